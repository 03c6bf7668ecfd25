"""Backup and restore: nothing is lost, and nothing that was sent is sent again."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest
from posting import Home, folder, webhook
from receiver import Receiver

from digest.archive import Archive
from digest.archive.backup import restore
from digest.errors import ArchiveError

if TYPE_CHECKING:
    from pathlib import Path


def test_a_restored_archive_sends_nothing_a_second_time(tmp_path: Path) -> None:
    with Receiver() as receiver:
        home = Home(tmp_path / "state", [webhook(receiver.url)])
        home.plan()
        home.archive.backup(tmp_path / "planned.db")
        home.outbox.drain()
        home.archive.close()
        kept = restore(tmp_path / "planned.db", tmp_path / "state" / "digest.db")
        assert kept
        with Archive.open(kept, readonly=True) as replaced:
            assert [row.state for row in replaced.ledger.all()] == ["delivered"]
        again = Home(tmp_path / "state", [webhook(receiver.url)])
        assert again.states == ["pending"]
        assert again.outbox.drain().held is None
        assert again.states == ["delivered"]
        assert len(receiver.requests) == 1


def test_an_archive_from_before_the_last_issue_holds_everything(tmp_path: Path) -> None:
    with Receiver() as receiver:
        home = Home(tmp_path / "state", [webhook(receiver.url)])
        home.archive.backup(tmp_path / "empty.db")
        home.plan()
        home.outbox.drain()
        home.archive.close()
        restore(tmp_path / "empty.db", tmp_path / "state" / "digest.db")
        channel = folder(tmp_path / "out")
        again = Home(tmp_path / "state", [channel])
        again.outbox.alert("x", "something waits", "x")
        report = again.outbox.drain()
        assert "knows 1 deliveries" in str(report.held)
        assert again.states == ["pending"]
        again.outbox.resume()
        assert again.outbox.drain().count("delivered") == 1


def test_each_replaced_archive_is_kept_under_a_name_of_its_own(tmp_path: Path) -> None:
    target = tmp_path / "digest.db"
    Archive.open(target).close()
    with Archive.open(target) as archive:
        archive.backup(tmp_path / "copy.db")
    names = [restore(tmp_path / "copy.db", target) for _ in range(2)]
    assert [name and name.name for name in names] == ["digest.db.replaced-1", "digest.db.replaced-2"]
    assert restore(tmp_path / "copy.db", tmp_path / "new" / "digest.db") is None


def test_what_cannot_be_restored_changes_nothing(tmp_path: Path) -> None:
    target = tmp_path / "digest.db"
    with Archive.open(target) as archive:
        archive.pause("mine")
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"no database at all, not even nearly" * 200)
    with pytest.raises(ArchiveError, match="not a digest database"):
        restore(broken, target)
    with pytest.raises(ArchiveError, match="no such file"):
        restore(tmp_path / "absent.db", target)
    with Archive.open(target) as archive:
        assert archive.paused() == "mine"


def test_a_process_at_work_is_not_pulled_from_under(tmp_path: Path) -> None:
    target = tmp_path / "digest.db"
    with Archive.open(target) as archive:
        archive.backup(tmp_path / "copy.db")
        archive.pause("at work")
    other = sqlite3.connect(target, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("UPDATE meta SET value = 'still at work'")
    with pytest.raises(ArchiveError, match="another digest process"):
        restore(tmp_path / "copy.db", target)
    other.execute("COMMIT")
    other.close()
    with Archive.open(target) as archive:
        assert archive.paused() == "still at work"
