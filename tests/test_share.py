"""Clips on a network folder: a clock that is off, a file that grows, a share that is not mounted."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from digest.press import opened
from digest.settings import load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from digest.press import Press

CLIP = """\
---
title: "一家公司的四月"
source: "https://news.example/april"
---
创始人林知夏说：“我们不是卖得不够快，而是跑得太快，快到没有人知道为什么要跑这一趟。”
"""
HOUR = 3600.0


@pytest.fixture
def share(tmp_path: Path) -> Path:
    (tmp_path / "share").mkdir()
    return tmp_path / "share"


@pytest.fixture
def press(share: Path, tmp_path: Path) -> Iterator[Press]:
    with opened(load(tmp_path, [share], environment={})) as made:
        yield made


def write(share: Path, text: str, off: float = -60.0) -> None:
    """Write the clip as a server does whose clock is `off` by so many seconds."""
    (share / "one.md").write_text(text, encoding="utf-8")
    os.utime(share / "one.md", (time.time() + off, time.time() + off))


def new(press: Press) -> int:
    return press.archive.seed_counts()["new"]


@pytest.mark.parametrize("off", [-24 * HOUR, -HOUR, HOUR, 24 * HOUR])
def test_a_clip_is_taken_whatever_the_clock_of_the_share_says(press: Press, share: Path, off: float) -> None:
    write(share, CLIP, off)
    assert press.pick_up() == 1
    assert len(press.newsroom.files()) == 1


@pytest.mark.parametrize("off", [-HOUR, HOUR])
def test_what_is_taken_while_it_is_written_is_taken_again_when_it_is_whole(
    press: Press, share: Path, off: float
) -> None:
    write(share, CLIP[:60], off)
    assert press.pick_up() == 1
    write(share, CLIP, off)
    assert press.pick_up() == 1
    assert new(press) == 1  # the half is forgotten
    (clip,) = press.newsroom.desk(press.newsroom.files()).summaries
    assert clip.chosen


def test_a_clip_that_is_renamed_into_place_is_never_half(press: Press, share: Path) -> None:
    for name in ("one.md.part", ".one.md"):
        (share / name).write_text(CLIP[:60], encoding="utf-8")
    assert press.pick_up() == 0
    (share / ".one.md").write_text(CLIP, encoding="utf-8")
    os.utime(share / ".one.md", (time.time() - 60, time.time() - 60))
    (share / ".one.md").rename(share / "one.md")
    assert press.pick_up() == 1


def test_a_share_that_is_away_leaves_its_clips_as_they_were_known(press: Press, share: Path) -> None:
    write(share, CLIP)
    press.pick_up()
    share.rename(share.with_name("away"))
    press.pick_up()
    assert press.picked.away == 1
    assert new(press) == 1
    share.with_name("away").rename(share)
    assert press.pick_up() == 0
    assert new(press) == 1


def test_an_empty_mount_point_takes_clips_away_only_until_it_is_mounted(press: Press, share: Path) -> None:
    write(share, CLIP)
    press.pick_up()
    share.rename(share.with_name("away"))
    share.mkdir()
    press.pick_up()
    assert new(press) == 0
    share.rmdir()
    share.with_name("away").rename(share)
    press.pick_up()
    assert new(press) == 1
