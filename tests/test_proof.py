"""A proof stands exactly as long as a new preview would write the same bytes."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import run_digest

from digest.cli import main
from digest.proof import Proof

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]
NOW = "2026-11-18T10:00+08:00"


class Desk:
    """A home whose preview is asked for again and again; `drafted` says whether it was made anew."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.drafted = False
        self._capsys = capsys
        (folder / "seeds").mkdir()
        for name in ("marrowby-harbour-ledger.md", "small-hours-dispatch-118.eml"):
            shutil.copy(ROOT / "seeds" / name, folder / "seeds")
        for clip in (folder / "seeds").iterdir():
            os.utime(clip, (1_700_000_000, 1_700_000_000))
        begin = Proof.begin

        def beginning(*args: object) -> None:
            self.drafted = True
            begin(*args)  # type: ignore[arg-type]

        monkeypatch.setattr(Proof, "begin", beginning)

    def preview(self, *options: str, now: str = NOW) -> tuple[str, dict[str, bytes]]:
        self.drafted = False
        assert main(["preview", "--home", str(self.folder), "--now", now, *options]) == 0
        pages = {path.name: path.read_bytes() for path in sorted((self.folder / "out").rglob("*")) if path.is_file()}
        return self._capsys.readouterr().out, pages


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, monkeypatch, capsys)


def test_the_same_again_says_the_same_without_drafting(desk: Desk) -> None:
    first = desk.preview()
    assert desk.drafted
    assert desk.preview() == first
    assert not desk.drafted
    as_json = desk.preview("--json")
    assert desk.drafted
    assert desk.preview("--json") == as_json
    assert not desk.drafted


def test_an_hour_later_it_says_what_a_new_draft_would(desk: Desk) -> None:
    first = desk.preview()
    later = "2026-11-18T11:00+08:00"
    assert desk.preview(now=later) == first
    assert not desk.drafted
    (desk.folder / "state" / "cache.db").unlink()
    assert desk.preview(now=later) == first
    assert desk.drafted


def _clip(folder: Path) -> None:
    shutil.copy(ROOT / "seeds" / "marrowby-signal-and-post.md", folder / "seeds")
    os.utime(folder / "seeds" / "marrowby-signal-and-post.md", (1_700_000_000, 1_700_000_000))


def _touched(folder: Path) -> None:
    os.utime(folder / "seeds" / "marrowby-harbour-ledger.md", (1_700_000_001, 1_700_000_001))


def _gone(folder: Path) -> None:
    (folder / "seeds" / "marrowby-harbour-ledger.md").unlink()


def _titled(folder: Path) -> None:
    (folder / "config").mkdir()
    (folder / "config" / "digest.yaml").write_text("newsletter: {title: Tidewater}\n", encoding="utf-8")


def _template(folder: Path) -> None:
    (folder / "templates").mkdir()
    (folder / "templates" / "posts.md.j2").write_text("nothing\n", encoding="utf-8")


def _held(folder: Path) -> None:
    assert main(["hold", "marrowby-harbour-ledger.md", "--home", str(folder), "--now", NOW]) == 0


def _page(folder: Path) -> None:
    next((folder / "out").rglob("email.txt")).write_text("somebody's own", encoding="utf-8")


def _lost(folder: Path) -> None:
    shutil.rmtree(folder / "out")


def _skipped(folder: Path) -> None:
    assert main(["skip", "2026-11-20", "--home", str(folder), "--now", NOW]) == 0


CHANGES = (_clip, _touched, _gone, _titled, _template, _held, _page, _lost, _skipped)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__[1:])
def test_whatever_changes_it_is_drafted_again(desk: Desk, change: Callable[[Path], None]) -> None:
    desk.preview()
    change(desk.folder)
    desk._capsys.readouterr()
    _, pages = desk.preview()
    assert desk.drafted
    again = desk.preview()
    assert not desk.drafted
    (desk.folder / "state" / "cache.db").unlink()
    assert desk.preview() == again
    assert desk.drafted
    assert again[1] == pages


@pytest.mark.parametrize("now", ["2026-11-19T00:00+08:00", "2026-11-20T09:07+08:00", "2026-11-17T23:59+08:00"])
def test_another_day_or_slot_is_drafted_again(desk: Desk, now: str) -> None:
    desk.preview()
    desk.preview(now=now)
    assert desk.drafted


def test_what_a_channel_lacks_is_said_each_time(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "config").mkdir()
    config = "channels: {team: {type: generic, url_env: NOT_SET_ANYWHERE}}\n"
    (tmp_path / "config" / "digest.yaml").write_text(config, encoding="utf-8")
    for _ in range(2):
        assert "NOT_SET_ANYWHERE" in run_digest("preview", "--now", NOW, cwd=tmp_path).stderr


def test_a_proof_that_somebody_bent_is_no_proof(desk: Desk) -> None:
    import sqlite3

    first = desk.preview()
    for data in (b"{}", b"no json", b'{"setting": 1}', b"[]"):
        with sqlite3.connect(desk.folder / "state" / "cache.db") as database:
            database.execute("UPDATE proof SET data = ?", (data,))
        assert desk.preview() == first
        assert desk.drafted


def test_what_an_editor_program_leaves_beside_the_configuration_is_in_nobodys_way(desk: Desk) -> None:
    first = desk.preview()
    (desk.folder / "config").mkdir(exist_ok=True)
    (desk.folder / "config" / ".#digest.yaml").symlink_to("somebody@machine.123:456")
    os.mkfifo(desk.folder / "config" / "pipe")
    assert desk.preview() == first
    assert desk.drafted
    assert desk.preview() == first
    assert not desk.drafted
