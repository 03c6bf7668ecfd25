"""The archive: one plan a slot, seeds used once, the same on SQLite and PostgreSQL; and what only a file can meet."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest
from posting import DUE, connection, dispatches, folder, plan

from digest.archive import Archive, FrozenIssue, KnownFile, migrations
from digest.archive.contents import Made
from digest.archive.ledger import Turn
from digest.delivery import Delivery, Patience, Step, Verdict
from digest.errors import ArchiveError, StaleError
from digest.outbox import outgoing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

A, B, C = "a" * 64, "b" * 64, "c" * 64


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Archive]:
    """Opens the same archive each time it is called, as another process would."""
    if request.param == "sqlite":
        return partial(Archive.open, tmp_path / "state" / "digest.db")
    return partial(Archive.connect, request.getfixturevalue("cluster").url())


@pytest.fixture
def archive(store: Callable[[], Archive]) -> Iterator[Archive]:
    with store() as opened:
        yield opened


def picked_up(archive: Archive, *hashes: str) -> None:
    archive.record_files("seeds", [KnownFile(f"{sha[:4]}.md", 5, 7, sha) for sha in hashes], [], DUE)


def planned(archive: Archive, key: str = "weekly:2026-11-27", number: int = 1, seeds: tuple[str, ...] = (A,)) -> bool:
    issue = FrozenIssue(f"issue-{key}", number, b"{}", seeds)
    return archive.plan(slot_key=key, due=DUE, trigger="schedule", issue=issue, deliveries=[], now=DUE)


def test_the_files_of_a_pick_up_are_known_at_the_next_one(archive: Archive) -> None:
    assert archive.record_files("seeds", [KnownFile("x/a.md", 5, 7, A), KnownFile("b.md", 6, 8, B)], [], DUE) == [A, B]
    assert archive.known_files("seeds") == {"x/a.md": (5, 7, A), "b.md": (6, 8, B)}
    assert [file.path for file in archive.files("seeds")] == ["b.md", "x/a.md"]
    assert archive.known_files("elsewhere") == {}


def test_the_same_content_under_two_names_is_one_seed(archive: Archive) -> None:
    assert archive.record_files("seeds", [KnownFile("a.md", 5, 7, A), KnownFile("copy.md", 5, 9, A)], [], DUE) == [A]
    archive.record_files("seeds", [], ["a.md"], DUE)
    assert archive.seed_counts()["new"] == 1
    archive.record_files("seeds", [], ["copy.md"], DUE)
    assert archive.seed_counts()["new"] == 0


def test_a_changed_file_is_a_new_seed_that_names_what_it_replaces(archive: Archive) -> None:
    picked_up(archive, A)
    assert archive.record_files("seeds", [KnownFile("aaaa.md", 6, 8, B)], [], DUE) == [B]
    seed = archive.seed(B)
    assert seed
    assert seed.replaces == A
    assert [one.sha256 for one in archive.seeds("new")] == [B]
    assert [one.sha256 for one in archive.seeds("gone")] == [A]


def test_a_seed_that_comes_back_keeps_its_first_day(archive: Archive) -> None:
    picked_up(archive, A)
    archive.record_files("seeds", [], ["aaaa.md"], DUE)
    again = archive.record_files("seeds", [KnownFile("back.md", 5, 7, A)], [], DUE + timedelta(days=9))
    assert again == [A]
    assert [(seed.first_seen, seed.path) for seed in archive.seeds("new")] == [(DUE, "back.md")]


def test_counts_follow_marks_lapses_and_use(archive: Archive) -> None:
    picked_up(archive, A, B, C)
    archive.mark({B: "no-source"})
    assert archive.seed_counts() == {"new": 2, "used": 0, "held_back": 1, "lapsed": 0}
    assert archive.held_reasons() == {"no-source": 1}
    issue = FrozenIssue("2026-W48", 1, b"{}", (A,), lapsed=(B, C))
    assert archive.plan(slot_key="weekly:x", due=DUE, trigger="schedule", issue=issue, deliveries=[], now=DUE)
    assert archive.seed_counts() == {"new": 0, "used": 1, "held_back": 0, "lapsed": 2}
    archive.mark({A: "late"})
    assert archive.seed_counts()["used"] == 1


def test_a_slot_is_planned_once(archive: Archive) -> None:
    picked_up(archive, A, B)
    assert planned(archive)
    assert not planned(archive, number=2, seeds=(B,))
    assert archive.seed_counts()["used"] == 1
    assert archive.issue_ids() == ["issue-weekly:2026-11-27"]
    assert archive.next_number() == 2


def test_a_skipped_slot_is_not_planned_and_tells_why(archive: Archive) -> None:
    picked_up(archive, A)
    assert archive.skip("weekly:2026-11-27", DUE, "schedule", "down for three weeks", DUE)
    assert not archive.skip("weekly:2026-11-27", DUE, "schedule", "again", DUE)
    assert not planned(archive)
    slot = archive.slot("weekly:2026-11-27")
    assert slot
    assert (slot.state, slot.reason) == ("skipped", "down for three weeks")


def test_38_a_clock_that_is_set_back_opens_no_older_slot(archive: Archive) -> None:
    picked_up(archive, A)
    archive.skip("extra:2027-W01-x1", DUE, "send", "nothing new", DUE)
    assert not archive.decided("weekly:2026-11-27")
    assert planned(archive)
    assert archive.decided("weekly:2026-11-27")
    assert archive.decided("weekly:2026-11-20")
    assert not archive.decided("weekly:2026-12-04")


def test_a_draft_that_was_overtaken_records_nothing(archive: Archive) -> None:
    picked_up(archive, A, B)
    assert planned(archive, "weekly:2026-11-20", 1, (A,))
    with pytest.raises(StaleError):
        planned(archive, "weekly:2026-11-27", 2, (A, B))
    with pytest.raises(StaleError):
        planned(archive, "weekly:2026-11-27", 1, (B,))
    assert archive.slot("weekly:2026-11-27") is None
    assert archive.seed_counts() == {"new": 1, "used": 1, "held_back": 0, "lapsed": 0}


def test_an_issue_is_committed_with_its_deliveries_or_not_at_all(archive: Archive, tmp_path: Path) -> None:
    class DiskBurntError(Exception):
        pass

    def broken() -> Delivery:
        raise DiskBurntError

    channels = [folder(tmp_path / "out")]
    with pytest.raises(DiskBurntError):
        plan(archive, channels, None, DUE, Patience(), (broken() for _ in range(1)))
    assert archive.last_issue() is None
    assert archive.ledger.all() == []
    assert archive.slot("weekly:2026-11-27") is None
    assert plan(archive, channels, None, DUE, Patience())
    rows, _ = outgoing(channels, dispatches(), DUE)
    assert [row.key for row in archive.ledger.all()] == [row.key for row in rows]


def test_what_an_issue_posts_is_remembered_with_it_or_not_at_all(archive: Archive) -> None:
    picked_up(archive, A, B)
    gone = FrozenIssue("2026-W48", 1, b"{}", (A, "f" * 64), posts=("k1",))
    with pytest.raises(StaleError):
        archive.plan(slot_key="weekly:x", due=DUE, trigger="schedule", issue=gone, deliveries=[], now=DUE)
    assert archive.posted() == frozenset()
    issue = FrozenIssue("2026-W48", 1, b"{}", (A,), posts=("k1", "k2", "k1"))
    assert archive.plan(slot_key="weekly:x", due=DUE, trigger="schedule", issue=issue, deliveries=[], now=DUE)
    later = FrozenIssue("2026-W49", 2, b"{}", (B,), posts=("k2", "k3"))
    assert archive.plan(slot_key="weekly:y", due=DUE, trigger="schedule", issue=later, deliveries=[], now=DUE)
    assert archive.posted() == {"k1", "k2", "k3"}


def test_of_many_planners_one_wins(store: Callable[[], Archive]) -> None:
    with store() as first:
        picked_up(first, A)
    barrier = threading.Barrier(4, timeout=30)  # a thread that does not come fails the test, and does not hang it

    def attempt(number: int) -> bool:
        with store() as mine:
            barrier.wait()
            return planned(mine, number=number + 1)

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(attempt, range(4))) == 1


def test_many_processes_may_create_the_archive_at_once(store: Callable[[], Archive]) -> None:
    barrier = threading.Barrier(4, timeout=30)  # a thread that does not come fails the test, and does not hang it

    def create(_: int) -> int:
        barrier.wait()
        with store() as mine:
            return mine.next_number()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(create, range(4))) == [1, 1, 1, 1]


def test_the_last_issue_is_sent_when_all_of_it_is(archive: Archive, tmp_path: Path) -> None:
    assert archive.last_issue() is None
    plan(archive, [folder(tmp_path / "out")], None, DUE, Patience())
    last = archive.last_issue()
    assert last
    assert (last.id, last.number, last.state, last.sent_at) == ("2026-W48", 12, "sending", None)


def test_a_pause_is_remembered_with_its_reason(archive: Archive) -> None:
    assert archive.paused() is None
    archive.pause("on holiday")
    assert archive.paused() == "on holiday"
    archive.resume()
    assert archive.paused() is None


def test_what_earlier_issues_held_is_told_newest_first(archive: Archive) -> None:
    picked_up(archive, A, B, C)
    assert planned(archive, "weekly:2026-11-20", 1, (A,))
    assert planned(archive, "extra:2026-W47-x1", 2, (B,))
    assert planned(archive, "weekly:2026-11-27", 3, (C,))
    assert len(archive.recent(2)) == 2
    assert archive.frozen(5) == [DUE, DUE]
    assert len(archive.slots(2)) == 2
    issue = archive.issue_of("extra:2026-W47-x1")
    assert issue
    assert (issue.number, issue.state, issue.content) == (2, "sent", b"{}")
    assert archive.started()


def test_what_an_issue_was_made_of_and_how_things_stand_is_told(archive: Archive, tmp_path: Path) -> None:
    picked_up(archive, A, B)
    archive.mark({B: "no-source"})
    bytes_of = {hashlib.sha256(data).hexdigest(): data for data in (b"one", b"two" * 1000)}
    issue = FrozenIssue("2026-W48", 1, b"{}", (A,), made=Made(b"[]", bytes_of))
    rows, _ = outgoing([folder(tmp_path / "out", gets=["digest"])], dispatches(), DUE)
    assert archive.plan(slot_key="weekly:x", due=DUE, trigger="send", issue=issue, deliveries=rows[:2], now=DUE)
    assert archive.contents.inputs("2026-W48") == b"[]"
    assert archive.contents.find(bytes_of) == bytes_of
    size = archive.contents.size()
    assert (size.issues, size.contents, size.size) == (1, 2, 3003)
    assert archive.held_reasons() == {"no-source": 1}
    assert archive.ledger.tally() == {("files", "pending"): 2}
    assert archive.corrections.waiting() == ()


def test_small_things_are_remembered_by_name(archive: Archive) -> None:
    archive.remember("desk:a", "1")
    archive.remember("desk:b", "2")
    archive.remember("other", "3")
    archive.remember("desk:a", "4")
    assert archive.recall("desk:a") == "4"
    assert archive.recall("nothing") is None
    assert archive.recalled("desk:") == {"desk:a": "4", "desk:b": "2"}


def test_an_approval_holds_for_the_bytes_that_were_shown_last(archive: Archive, tmp_path: Path) -> None:
    reviews, files = archive.reviews, [folder(tmp_path / "out")]

    def asking(turn: int) -> list[Delivery]:
        return outgoing(files, dispatches()[:1], DUE)[0][: turn % 2]

    assert reviews.find("2026-W48") is None
    assert reviews.ask("2026-W48", A, DUE, asking) == 1
    assert reviews.ask("2026-W48", A, DUE, asking) is None
    assert not reviews.approve("2026-W48", B, DUE)
    assert reviews.approve("2026-W48", A, DUE)
    assert reviews.approved("2026-W48", A)
    assert reviews.ask("2026-W48", B, DUE, asking) == 2
    assert not reviews.approved("2026-W48", A)
    assert not reviews.approved("2026-W48", B)
    assert len(archive.ledger.all()) == 1


def test_a_channel_rests_after_failures_and_is_opened_again(archive: Archive, tmp_path: Path) -> None:
    patience = Patience(breaker_fails=2)
    rows, _ = outgoing([folder(tmp_path / "out", gets=["digest"])], dispatches(), DUE, patience)
    archive.ledger.enqueue(rows)
    assert archive.ledger.tally() == {("files", "pending"): len(rows)}
    turn = Turn("files", "me", DUE, DUE, patience.lease)
    for _ in range(2):
        row = archive.ledger.claim(turn)
        assert row
        assert archive.ledger.begin(row, "me", DUE)
        failed = Step("pending", DUE, failed=True)
        archive.ledger.finish(row, "me", Verdict("retry", "HTTP 500", status=500), failed, "HTTP 500", DUE, patience)
    assert "resting until" in archive.ledger.channels()["files"]
    assert archive.ledger.claim(turn) is None
    assert archive.ledger.next_due(["files"]) == DUE + patience.breaker_open
    assert archive.ledger.next_due([]) is None
    archive.ledger.enable("files")
    assert archive.ledger.claim(turn)


def test_read_only_leaves_no_trace(tmp_path: Path) -> None:
    path = tmp_path / "state" / "digest.db"
    with Archive.open(path, readonly=True) as archive:
        assert archive.next_number() == 1
    assert not path.parent.exists()
    with Archive.open(path) as archive:
        picked_up(archive, A)
    before = path.read_bytes()
    with Archive.open(path, readonly=True) as archive:
        assert archive.seed_counts()["new"] == 1
        with pytest.raises(ArchiveError, match="cannot be written"):
            archive.pause("no")
    assert path.read_bytes() == before


def test_a_backup_is_a_whole_archive_and_overwrites_nothing(archive: Archive, tmp_path: Path) -> None:
    picked_up(archive, A)
    archive.backup(tmp_path / "copy.db")
    with pytest.raises(ArchiveError, match="is there already"):
        archive.backup(tmp_path / "copy.db")
    with Archive.open(tmp_path / "copy.db") as copy:
        assert copy.seed_counts()["new"] == 1


def test_an_archive_in_use_is_told_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "digest.db"
    with Archive.open(path, timeout=0.1) as archive:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(ArchiveError, match="another digest process"):
            archive.pause("now")
        other.execute("ROLLBACK")
        other.close()
        archive.pause("now")


def test_who_waits_to_write_waits_until_the_other_is_done(tmp_path: Path) -> None:
    path = tmp_path / "digest.db"
    with Archive.open(path) as archive, Archive.open(path) as other:
        began, order = threading.Event(), []

        def hold() -> None:
            with other.database.write() as writing:
                began.set()
                writing.execute("INSERT INTO meta (key, value) VALUES ('tides', 'high')")
                threading.Event().wait(0.1)
                order.append("other")

        with ThreadPoolExecutor(1) as pool:
            holding = pool.submit(hold)
            assert began.wait(5)
            archive.pause("now")
            order.append("mine")
            holding.result()
        assert order == ["other", "mine"]
        assert archive.recall("tides") == "high"
        assert connection(archive).execute("PRAGMA busy_timeout").fetchone()[0] == 10_000, "whatever else has to wait"


def test_a_success_writes_nothing_of_a_channel_that_has_nothing_to_forget(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "digest.db") as archive:
        archive.ledger.enqueue(
            Delivery("alert", f"a{n}", "team", 1, 1, "x", "text/plain", b"x", "resend", DUE, DUE + timedelta(days=1))
            for n in range(3)
        )
        turn = Turn("team", "me", DUE, DUE, timedelta(seconds=90))
        changed = []
        for state in ("pending", "delivered", "delivered"):
            row = archive.ledger.claim(turn)
            assert row
            verdict = Verdict("delivered" if state == "delivered" else "retry")
            step = Step("delivered") if state == "delivered" else Step("pending", DUE + timedelta(days=1), failed=True)
            before = connection(archive).total_changes
            archive.ledger.finish(row, "me", verdict, step, None, DUE, Patience())
            told = archive.database.row("SELECT fails FROM channel_state")
            changed.append((connection(archive).total_changes - before, told and told[0]))
        assert changed == [(3, 1), (3, 0), (2, 0)], "its delivery and its attempt"


def test_a_file_that_is_no_archive_is_told_in_a_sentence(tmp_path: Path) -> None:
    text = tmp_path / "text.db"
    text.write_bytes(b"this is not a database, however long it may be" * 100)
    with pytest.raises(ArchiveError, match="not a digest database"):
        Archive.open(text)
    foreign = tmp_path / "foreign.db"
    with sqlite3.connect(foreign) as other:
        other.execute("CREATE TABLE bookmarks (url)")
    other.close()
    with pytest.raises(ArchiveError, match="another program"):
        Archive.open(foreign)
    blocked = tmp_path / "folder.db"
    blocked.mkdir()
    with pytest.raises(ArchiveError, match="cannot be opened"):
        Archive.open(blocked)


def test_an_archive_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "digest.db"
    Archive.open(path).close()
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA user_version = 99")
    other.close()
    with pytest.raises(ArchiveError, match="newer version"):
        Archive.open(path)
    with pytest.raises(ArchiveError, match="newer version"):
        Archive.open(path, readonly=True)


def test_a_full_disk_plans_nothing(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "digest.db")
    picked_up(archive, A)
    pages = connection(archive).execute("PRAGMA page_count").fetchone()[0]
    connection(archive).execute(f"PRAGMA max_page_count = {pages}")
    issue = FrozenIssue("2026-W48", 1, b"x" * 200_000, (A,))
    with pytest.raises(ArchiveError, match="disk is full"):
        archive.plan(slot_key="weekly:x", due=DUE, trigger="schedule", issue=issue, deliveries=[], now=DUE)
    connection(archive).execute("PRAGMA max_page_count = 100000")
    assert archive.slot("weekly:x") is None
    assert archive.seed_counts()["new"] == 1


def test_an_older_archive_is_brought_forward_or_read_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "digest.db"
    with Archive.open(path) as archive:
        picked_up(archive, A)
    monkeypatch.setattr(migrations, "STEPS", (*migrations.STEPS, "CREATE TABLE later (x); -- a step; of tomorrow"))
    with Archive.open(path, readonly=True) as archive:
        assert archive._database.rows("SELECT * FROM later") == []
    with sqlite3.connect(path) as other:
        assert other.execute("PRAGMA user_version").fetchone()[0] == len(migrations.STEPS) - 1
    other.close()
    with Archive.open(path) as archive:
        assert archive._database.rows("SELECT * FROM later") == []
        assert archive.seed_counts()["new"] == 1


def test_a_kept_archive_of_the_first_schema_is_brought_forward_with_everything_in_it(
    root: Path, tmp_path: Path
) -> None:
    path = tmp_path / "digest.db"
    shutil.copyfile(root / "tests" / "cases" / "archive-1.db", path)
    with Archive.open(path, readonly=True) as archive:
        assert archive.issue_ids() == ["2026-W47"]
        assert archive.reviews.find("2026-W47") is None
    with Archive.open(path) as archive:
        assert archive._database.rows("PRAGMA user_version")[0][0] == len(migrations.STEPS)
        assert archive.seed_counts() == {"new": 1, "used": 1, "held_back": 0, "lapsed": 0}
        assert [slot.state for slot in archive.slots()] == ["planned", "skipped"]
        assert [row.label for row in archive.ledger.all()] == [
            "2026-W47 digest 1/1 → files",
            "2026-W47 digest 1/1 → team",
        ]
        assert archive.paused() == "holiday"
        assert archive.posted() == frozenset()
        assert archive.reviews.approve("2026-W48", A, DUE)
        issue = FrozenIssue("2026-W48", 2, b"{}", ("2" * 64,), ("quote",))
        assert archive.plan(slot_key="weekly:x", due=DUE, trigger="schedule", issue=issue, deliveries=[], now=DUE)


def test_a_slot_that_is_skipped_ahead_closes_none_before_it(archive: Archive) -> None:
    assert archive.skip("weekly:2026-12-11", DUE + timedelta(days=14), "operator", "holiday", DUE)
    assert not archive.decided("weekly:2026-11-27")
    assert not archive.started()
    assert archive.decided("weekly:2026-12-11")
    picked_up(archive, A)
    assert planned(archive)
    assert archive.decided("weekly:2026-11-20")
