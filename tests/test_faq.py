"""docs/faq.md answers what the program really prints: each heading in code comes out of a home that is wrong so."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import ROOT

from digest.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = (ROOT / "docs" / "faq.md").read_text(encoding="utf-8")
ERRORS = [re.sub(r"^… |^…", "", error) for error in re.findall(r"^### `([^`]*)`$", PAGE, re.MULTILINE)]
NOW = ("--now", "2026-11-20T09:07+08:00")
GETS = "gets: [digest, alerts]"
LINKED = "---\ntitle: 一家公司的四月\nsource: https://news.example/april\n---\n"
SAID = "创始人林知夏说：“我们不是卖得不够快，而是跑得太快，快到没有人知道为什么要跑这一趟。”\n"


def configured(text: str) -> None:
    Path("config").mkdir(exist_ok=True)
    tongue = "zh-CN" if os.environ["LANG"].startswith("zh") else "en"
    head = "" if "newsletter" in text else f"newsletter: {{language: {tongue}}}\n"
    text = head + text.replace("newsletter: {timezone", f"newsletter: {{language: {tongue}, timezone")
    Path("config/digest.yaml").write_text(text, encoding="utf-8")


def clip(text: str) -> None:
    Path("seeds").mkdir(exist_ok=True)
    path = Path("seeds/one.md" if text.startswith("---") else "seeds/one.txt")
    path.write_text(text, encoding="utf-8")
    os.utime(path, (1_700_000_000, 1_700_000_000))


def wrong(text: str) -> int:
    configured(text)
    return main(["preview", *NOW])


def previewed(text: str) -> int:
    clip(text)
    configured("")
    return main(["preview", *NOW])


def nobody() -> int:
    configured("")
    clip(LINKED + "一位资深投资人表示：“我们不是卖得不够快，而是跑得太快，没有人知道为什么要跑这一趟。”\n")
    return main(["why", *NOW])


def unread() -> int:
    configured("")
    clip("")
    return main(["extract", "seeds"])


def synced() -> int:
    configured("")
    Path("Dropbox/letter").mkdir(parents=True)
    Path("config").rename("Dropbox/letter/config")
    return main(["doctor", "--home", "Dropbox/letter"])


def unset() -> int:
    clip(LINKED + SAID)
    configured(f"channels: {{team: {{type: slack, url_env: SLACK_URL, {GETS}}}}}\n")
    return main(["send", *NOW])


def uncalled() -> int:
    configured("")
    return main(["channel", "test", "slack"])


def addressless() -> int:
    configured(f"channels: {{team: {{type: slack, {GETS}}}}}\n")
    return main(["doctor"])


def private() -> int:
    Path("hook").write_text("http://192.168.7.9/hook")
    configured(f"channels: {{team: {{type: generic, url_file: hook, {GETS}}}}}\n")
    return main(["doctor"])


def unapproved() -> int:
    clip(LINKED + SAID)
    configured("approval: required\nchannels: {f: {type: folder, path: o, gets: [digest, review, alerts]}}\n")
    return main(["send", *NOW])


def foreign() -> int:
    configured("")
    Path("state").mkdir()
    Path("state/digest.db").write_bytes(b"this is no database" * 100)
    return main(["status"])


def paused() -> int:
    configured("")
    Path("seeds").mkdir()
    main(["pause"])
    return main(["doctor"])


SCENES: dict[str, Callable[[], int]] = {
    "there is no folder": lambda: wrong("seeds: [gone]\n"),
    "is no folder;": lambda: main(["status", "--home", "nowhere"]),
    "unknown key": lambda: wrong("chanels: {}\n"),
    "no time zone": lambda: wrong("newsletter: {timezone: Beijing}\n"),
    "no time of day": lambda: wrong("schedule: {at: 9:07}\n"),
    "is not valid YAML": lambda: wrong("seeds: [one\nschedule: x: y\n"),
    "it lies in a synced folder": synced,
    "the clip holds no address": lambda: previewed(SAID),
    "every quotation in it": nobody,
    "the file is empty": unread,
    "the environment variable": unset,
    "no channel is called": uncalled,
    "needs url_env": addressless,
    "is not a public address": private,
    "is not approved": unapproved,
    "this file is not a digest database": foreign,
    "everything is paused": paused,
}


@pytest.fixture(autouse=True)
def tongue(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the scenes' newsletters and this machine speak."""
    monkeypatch.setenv("LANG", "en_GB.UTF-8")


@pytest.mark.parametrize("error", ERRORS)
def test_an_editor_of_a_newsletter_in_chinese_is_told_the_same_in_chinese(
    error: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    monkeypatch.delenv("SLACK_URL", raising=False)
    (scene,) = [scene for start, scene in SCENES.items() if error.startswith(start)]
    scene()
    shown = capfd.readouterr()
    printed = shown.out + shown.err
    assert not re.search(".*".join(map(re.escape, error.split("…"))), printed), printed
    assert all(re.search("[\u4e00-\u9fff]", row) for row in printed.splitlines() if row.startswith("digest: ")), printed


@pytest.mark.parametrize("error", ERRORS)
def test_the_program_prints_what_the_page_answers(
    error: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SLACK_URL", raising=False)
    (scene,) = [scene for start, scene in SCENES.items() if error.startswith(start)]
    scene()
    shown = capfd.readouterr()
    printed = shown.out + shown.err
    with_json = json.dumps(printed, ensure_ascii=False)
    pattern = ".*".join(map(re.escape, error.split("…")))
    assert re.search(pattern, printed) or re.search(pattern, with_json), printed
    assert "Traceback" not in printed


def test_every_scene_has_its_answer() -> None:
    assert [start for start in SCENES if not any(error.startswith(start) for error in ERRORS)] == []
