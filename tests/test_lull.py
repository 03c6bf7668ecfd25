"""Lulls: while nothing changes a tick asks nothing; whatever changes is seen by the very next tick."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Event
from typing import TYPE_CHECKING

import pytest
from posting import connection

from digest.archive import Archive
from digest.delivery import Delivery
from digest.health import Pulse
from digest.press import opened
from digest.service import serve
from digest.settings import load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from digest.outbox import Report
    from digest.press import Press

FRIDAY = datetime.fromisoformat("2026-11-20T09:07:00+08:00")
CONFIG = """\
schedule: {day: fri, at: "09:07"}
channels: {files: {type: folder, path: out/delivered, gets: [digest, review, alerts]}}
"""


class Home:
    """A newsletter in a folder whose service has nothing to do, with a clock that a test sets."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = FRIDAY + timedelta(hours=1)
        self.press: Press
        (folder / "seeds").mkdir()
        self.configure(CONFIG)

    def configure(self, text: str) -> None:
        (self.folder / "config").mkdir(exist_ok=True)
        (self.folder / "config" / "digest.yaml").write_text(text, encoding="utf-8")

    def tick(self, **span: float) -> Report:
        """A tick some time after the last."""
        self.clock += timedelta(**span)
        report = serve(self.press, Event(), ()).report
        assert report
        return report

    def calm(self, **span: float) -> bool:
        self.tick(**span)
        return self.press.duty.calm


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path)
    with opened(load(tmp_path), lambda: home.clock) as home.press:
        home.tick()
        home.tick()
        assert home.calm()
        yield home


def alert(name: str, home: Home) -> Delivery:
    row = ("alert", name, "files", 1, 1, f"{name}.md", "text/markdown", b"Tides.\n", "resend")
    return Delivery(*row, home.clock, home.clock + timedelta(days=2))  # type: ignore[arg-type]


def test_a_calm_tick_reads_and_writes_nothing_of_the_archive(home: Home) -> None:
    asked: list[str] = []
    connection(home.press.archive).set_trace_callback(asked.append)
    assert home.calm(seconds=30)
    assert set(asked) == {"PRAGMA data_version"}


@pytest.mark.parametrize("another", [True, False])
def test_a_delivery_that_anybody_adds_goes_out_at_the_next_tick(home: Home, another: bool) -> None:  # noqa: FBT001 -- a case
    if another:
        with Archive.open(home.folder / "state" / "digest.db") as archive:
            archive.ledger.enqueue([alert("tides", home)])
    else:
        home.press.archive.ledger.enqueue([alert("tides", home)])
    assert home.tick(seconds=30).count("delivered") == 1
    assert not home.calm()
    assert home.calm()


def test_a_delivery_that_waits_is_looked_at_in_every_tick(home: Home) -> None:
    home.press.archive.ledger.enqueue([alert("tides", home)])
    home.clock -= timedelta(minutes=10)
    assert not any(home.calm(minutes=4) for _ in range(2))
    assert home.tick(minutes=4).count("delivered") == 1


def test_what_another_process_pauses_or_skips_is_seen_at_once(home: Home) -> None:
    with Archive.open(home.folder / "state" / "digest.db") as archive:
        archive.pause("somebody said so")
        assert home.tick(seconds=30).held == "somebody said so"
        assert not home.calm()
        archive.resume()
        assert not home.calm()
        assert home.calm()


def test_a_slot_that_falls_due_ends_it(home: Home) -> None:
    home.tick(days=6, hours=22)
    assert home.calm(minutes=59)
    home.tick(minutes=1)
    slot = home.press.archive.slots()[0]
    assert (slot.key, slot.state) == ("weekly:2026-11-27", "skipped")


@pytest.mark.parametrize("span", [timedelta(hours=-2), timedelta(days=-30), timedelta(days=8)])
def test_a_clock_that_jumps_is_looked_at_anew(home: Home, span: timedelta) -> None:
    home.clock += span
    assert not home.calm()


@pytest.mark.parametrize("change", ["at: '10:07'", "at: '09:07', grace: 1d"])
def test_a_changed_configuration_ends_it(home: Home, change: str) -> None:
    home.configure(CONFIG.replace('at: "09:07"', change))
    assert not home.calm(seconds=30)


def test_the_time_to_ask_reviewers_ends_it(home: Home) -> None:
    home.configure(f"approval: required\nreview: 6h\n{CONFIG}")
    asking = FRIDAY + timedelta(days=7, hours=-6)
    home.clock = asking - timedelta(minutes=2)
    home.tick()
    assert home.calm(minutes=1)
    assert not home.calm(minutes=1)
    assert not home.calm(minutes=1)


def test_an_error_of_the_database_is_told_in_a_calm_time_too(home: Home) -> None:
    connection(home.press.archive).close()
    done = serve(home.press, Event(), ())
    assert done.report is None
    assert not home.press.duty.calm


def test_a_revision_is_another_after_each_commit_of_anybody(home: Home) -> None:
    mine = home.press.archive
    with Archive.open(home.folder / "state" / "digest.db") as other:
        for value, archive in enumerate((mine, other, mine)):
            before = mine.revision()
            assert mine.revision() == before
            archive.remember("tides", str(value))
            assert mine.revision() != before
            assert other.recall("tides") == mine.recall("tides") == str(value)


def test_nothing_is_counted_anew_for_watchers_while_it_lasts(home: Home) -> None:
    pulse = Pulse()
    asked: list[str] = []
    for _ in range(2):
        connection(home.press.archive).set_trace_callback(asked.append)
        pulse.beat(home.press, lambda: serve(home.press, Event(), ()))
        connection(home.press.archive).set_trace_callback(None)
        first, asked[:] = set(asked), []
        assert pulse.vitals.upcoming == (FRIDAY + timedelta(days=7)).timestamp()
    assert first == {"PRAGMA data_version"}
    assert pulse.vitals.ticks == 2
