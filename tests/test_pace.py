"""What a tick costs, counted: statements and files opened do not grow with the clips that lie there."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from threading import Event
from typing import TYPE_CHECKING

import pytest

from digest import settings
from digest.inbox import changes, scan
from digest.press import opened
from digest.service import serve
from digest.settings import load

if TYPE_CHECKING:
    from pathlib import Path

    from digest.press import Press

NOW = datetime.fromisoformat("2026-11-18T10:00+08:00")
OPENED: list[str] = []
"""Every file that was opened by Python while a test listens."""
LISTENING = Event()


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open" and LISTENING.is_set():
        OPENED.append(str(arguments[0]))


sys.addaudithook(_hook)


def lay(folder: Path, count: int) -> None:
    for number in range(count):
        path = folder / f"{number % 7}" / f"clip-{number}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"Clip {number} tells of nothing.\n", encoding="utf-8")
        os.utime(path, (1_700_000_000, 1_700_000_000))


def cost(press: Press, seeds: tuple[Path, ...]) -> tuple[list[str], list[str]]:
    """The statements of one tick of the service, and the files it opened."""
    asked: list[str] = []
    connection = press.archive.database._connection  # type: ignore[attr-defined]
    connection.set_trace_callback(asked.append)
    OPENED.clear()
    LISTENING.set()
    try:
        serve(press, Event(), seeds)
    finally:
        LISTENING.clear()
        connection.set_trace_callback(None)
    return asked, list(OPENED)


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    (tmp_path / "seeds").mkdir()
    return tmp_path / "seeds"


def test_an_idle_tick_asks_as_little_however_many_clips_lie_there_and_opens_none(tmp_path: Path, seeds: Path) -> None:
    counts = []
    for count in (3, 300):
        lay(seeds, count)
        with opened(load(tmp_path), lambda: NOW) as press:
            serve(press, Event(), ())
            serve(press, Event(), ())
            asked, files = cost(press, ())
        assert not [name for name in files if name.startswith(str(tmp_path)) and not name.startswith(str(seeds))]
        assert not [name for name in files if name.endswith(".md")]
        counts.append(asked)
    assert counts[0] == counts[1] == 2 * ["PRAGMA data_version"]


def test_a_tick_with_one_new_clip_opens_that_one(tmp_path: Path, seeds: Path) -> None:
    lay(seeds, 50)
    with opened(load(tmp_path), lambda: NOW) as press:
        serve(press, Event(), ())
        idle, _ = cost(press, ())
        lay(seeds / "new", 1)
        asked, files = cost(press, ())
        assert [name for name in files if name.endswith(".md")] == [str(seeds / "new" / "0" / "clip-0.md")]
        assert len(asked) <= len(idle) + 12


def test_a_tick_reads_the_configuration_only_where_its_files_have_changed(
    tmp_path: Path, seeds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(seeds, 1)
    with opened(load(tmp_path), lambda: NOW) as press:
        serve(press, Event(), ())
        read: list[object] = []
        reader = settings._Reader.config

        def counting(self: settings._Reader) -> object:
            read.append(self)
            return reader(self)

        monkeypatch.setattr(settings._Reader, "config", counting)
        serve(press, Event(), ())
        assert not read
        (tmp_path / "config").mkdir()
        (tmp_path / "config" / "digest.yaml").write_text("newsletter: {title: Tidewater}\n", encoding="utf-8")
        serve(press, Event(), ())
        assert len(read) == 1
        assert press.settings.masthead.title == "Tidewater"
        serve(press, Event(), ())
        assert len(read) == 1


def test_what_is_looked_at_is_what_a_scan_would_find(seeds: Path) -> None:
    lay(seeds, 30)
    (seeds / "3" / ".hidden").mkdir()
    (seeds / "3" / ".hidden" / "a.md").write_text("x")
    (seeds / "notes.pdf").write_text("x")
    (seeds / "b-c.md").write_text("x")
    (seeds / "b").mkdir()
    (seeds / "b" / "z.md").write_text("x")
    (seeds / os.fsdecode(b"\xd6l.md")).write_text("x")
    found = list(scan([seeds]))
    assert [file.path for file in found] == sorted(file.path for file in found)
    known = {file.path: file.stamp for file in found}
    assert sorted(changes(seeds, {}).changed) == sorted(found)
    assert changes(seeds, known) == ([], set())
    (seeds / "b" / "z.md").unlink()
    os.utime(seeds / "b-c.md", (1_600_000_000, 1_600_000_000))
    changed, gone = changes(seeds, known)
    assert ([file.path for file in changed], gone) == (["b-c.md"], {"b/z.md"})
