"""What only PostgreSQL meets: several machines, a connection that breaks, one configuration, the way there and back."""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from posting import DUE, Home, folder, plan, ticking
from proxy import Proxy

from digest import edits
from digest.accord import fingerprint
from digest.archive import Archive, dialect, login, migrations, moving
from digest.archive.database import LostError, moment
from digest.archive.journal import Journal
from digest.archive.ledger import Turn
from digest.archive.moving import move
from digest.cli import main
from digest.decision import Edits
from digest.delivery import Delivery, Patience
from digest.errors import AccordError, ArchiveError, ConfigError, UsageError
from digest.issue import Change
from digest.press import opened
from digest.settings import load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cluster import Cluster

HOUR = timedelta(hours=1)


@pytest.fixture
def url(cluster: Cluster) -> str:
    return cluster.url()


@pytest.fixture
def archive(url: str) -> Iterator[Archive]:
    with Archive.connect(url) as made:
        yield made


def rows(count: int, channel: str = "team") -> list[Delivery]:
    return [
        Delivery("alert", f"a{at}", channel, 1, 1, "x", "text/plain", b"x", "resend", DUE, DUE + 48 * HOUR)
        for at in range(count)
    ]


def turn(owner: str = "me", *, real: timedelta = timedelta(0), lease: float = 60.0) -> Turn:
    return Turn("team", owner, DUE, ticking() + real, timedelta(seconds=lease))


# ── the dialect ──


def test_placeholders_are_numbered_as_sqlite_numbers_them() -> None:
    assert dialect.query("a = ? AND b = ?1 AND c = ? OR d = ?7 OR e = ?") == (
        b"a = %(p1)s AND b = %(p1)s AND c = %(p2)s OR d = %(p7)s OR e = %(p8)s"
    )
    assert dialect.query("k LIKE 'weekly:%' AND x = :now AND y = 'it''s ?'") == (
        b"k LIKE 'weekly:%%' AND x = %(now)s AND y = 'it''s ?'"
    )


def test_both_databases_have_the_same_tables_and_columns(archive: Archive, tmp_path: Path) -> None:
    with Archive.open(tmp_path / "digest.db") as file:
        for table in moving.TABLES:
            ours = [row["name"] for row in file._database.rows(f"PRAGMA table_info({table})")]
            sql = "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema()"
            theirs = archive._database.rows(f"{sql} AND table_name = ? ORDER BY ordinal_position", (table,))
            assert [row[0] for row in theirs] == ours


# ── the database distributes ──


def test_no_row_is_claimed_twice_by_workers_on_several_connections(url: str, archive: Archive) -> None:
    archive.ledger.enqueue(rows(60))

    def work(number: int) -> list[int]:
        taken = []
        with Archive.connect(url) as mine:
            while row := mine.ledger.claim(turn(f"w{number}")):
                taken.append(row.id)
        return taken

    with ThreadPoolExecutor(4) as pool:
        taken = [one for each in pool.map(work, range(4)) for one in each]
    assert sorted(taken) == sorted(set(taken))
    assert len(taken) == 60


def test_leases_run_by_the_clock_of_the_database_and_not_by_that_of_a_replica(url: str, archive: Archive) -> None:
    archive.ledger.enqueue(rows(1))
    row = archive.ledger.claim(turn("late", real=-HOUR, lease=0.3))
    assert row
    with Archive.connect(url) as other:
        assert other.ledger.recover(ticking() + HOUR) == []
        assert [one.state for one in other.ledger.all()] == ["claimed"]
        assert archive.ledger.begin(row, "late", ticking() - HOUR)
        time.sleep(0.35)
        other.ledger.recover(ticking() - HOUR)
        assert [one.state for one in other.ledger.all()] == ["pending"]
    told = archive._database.row("SELECT claimed_at, sending_at FROM attempt")
    assert told
    assert abs((moment(told["sending_at"]) - ticking()).total_seconds()) < 60


def test_a_press_goes_by_the_clock_of_the_database(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setattr("digest.press._real", lambda: ticking() + HOUR)
    with opened(load(tmp_path)) as press:
        assert abs((press.now() - ticking()).total_seconds()) < 5
        assert abs((press.real() - ticking()).total_seconds()) < 5


def test_several_services_may_start_on_an_empty_database_at_once(cluster: Cluster) -> None:
    url, barrier = cluster.url(), threading.Barrier(4, timeout=30)

    def start(_: int) -> int:
        barrier.wait()
        with Archive.connect(url) as mine:
            return mine.next_number()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(start, range(4))) == [1, 1, 1, 1]


# ── the connection ──


def test_a_connection_that_was_cut_is_made_again_without_a_word_lost(
    cluster: Cluster, caplog: pytest.LogCaptureFixture
) -> None:
    with Proxy(cluster.port) as proxy, Archive.connect(cluster.url(proxy.port)) as archive:
        archive.pause("before")
        proxy.cut()
        with caplog.at_level(logging.WARNING):
            assert archive.paused() == "before"
            proxy.cut()
            archive.pause("after")
        assert archive.paused() == "after"
        assert [record.message.split(": ")[1][:24] for record in caplog.records] == ["the connection was lost "] * 2
        assert "markedpassword" not in caplog.text


def test_a_transaction_whose_connection_breaks_is_carried_out_again_once(cluster: Cluster) -> None:
    with Proxy(cluster.port) as proxy, Archive.connect(cluster.url(proxy.port)) as archive:
        archive.ledger.enqueue(rows(1))
        broken: list[int] = []

        def act(writing: object) -> int:
            done = writing.execute("UPDATE delivery SET attempts = attempts + 1 WHERE part = 1")  # type: ignore[attr-defined]
            if not broken:
                broken.append(1)
                proxy.cut()
            return int(done.rowcount)

        assert archive.database.carry(act) == 1
        assert [row.attempts for row in archive.ledger.all()] == [1]


def test_a_commit_whose_answer_was_lost_counts_as_what_it_was(cluster: Cluster) -> None:
    with Proxy(cluster.port) as proxy, Archive.connect(cluster.url(proxy.port)) as archive:
        archive.ledger.enqueue(rows(1))
        proxy.deaf = b"COMMIT\0"  # it arrives, and the connection is cut before its answer
        row = archive.ledger.claim(turn())
        assert row
        assert archive.ledger.begin(row, "me", ticking())
        proxy.mute = b"COMMIT\0"  # it never arrives
        with pytest.raises(LostError), archive.database.write() as writing:
            writing.execute("UPDATE delivery SET attempts = 7 WHERE part = 1")
        assert [(one.state, one.attempts) for one in archive.ledger.all()] == [("sending", 1)]


def test_a_database_that_says_nothing_is_left_and_said(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login.Impatient, "patience", 0.4)
    monkeypatch.setattr("digest.archive.postgres.RECONNECT", 0.2)
    with Proxy(cluster.port) as proxy, Archive.connect(cluster.url(proxy.port)) as archive:
        archive.database._patience = 0.2  # type: ignore[attr-defined]
        archive.database._address.options["connect_timeout"] = 1  # type: ignore[attr-defined]
        proxy.hold()
        with pytest.raises(ArchiveError, match="not reached"):
            archive.paused()
        proxy.release()
        assert archive.paused() is None


def test_what_cannot_be_reached_is_told_in_a_sentence_without_the_password(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digest.archive.postgres._OPENING", 0.1)
    with pytest.raises(ArchiveError, match=r"127.0.0.1:9.* not reached") as refused:
        Archive.connect("postgresql://me:markedpassword@127.0.0.1:9/letters")
    with pytest.raises(ArchiveError, match="no such database") as absent:
        Archive.connect(f"postgresql://postgres:markedpassword@127.0.0.1:{cluster.port}/nowhere")
    with pytest.raises(ArchiveError, match="no such user"):
        Archive.connect(f"postgresql://nobody:markedpassword@127.0.0.1:{cluster.port}/postgres")
    with pytest.raises(ArchiveError, match="the address of the database is not right") as wrong:
        Archive.connect("postgresql://me:markedpassword@[/x")
    for error in (refused, absent, wrong):
        assert "markedpassword" not in str(error.value) + repr(error.value.__cause__)


def test_a_database_of_another_program_or_of_a_newer_version_is_left_alone(cluster: Cluster) -> None:
    foreign, newer = cluster.url(), cluster.url()
    cluster.sql("CREATE TABLE delivery (truck INTEGER)", foreign)
    with pytest.raises(ArchiveError, match="another program"):
        Archive.connect(foreign)
    Archive.connect(newer).close()
    cluster.sql("UPDATE digest_schema SET version = 99", newer)
    with pytest.raises(ArchiveError, match="newer version"):
        Archive.connect(newer)


def test_an_older_schema_is_brought_forward_with_what_it_holds(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = cluster.url()
    with Archive.connect(url) as archive:
        archive.pause("kept")
    monkeypatch.setattr(migrations, "STEPS", (*migrations.STEPS, "CREATE TABLE later (x INTEGER PRIMARY KEY);"))
    with pytest.raises(ArchiveError, match="older version"):
        Archive.connect(url, readonly=True)
    with Archive.connect(url) as archive:
        assert archive._database.rows("SELECT * FROM later") == []
        assert archive.paused() == "kept"


def test_a_service_goes_on_when_another_one_has_changed_the_schema(
    url: str, archive: Archive, cluster: Cluster
) -> None:
    archive.ledger.enqueue(rows(8))
    for _ in range(7):  # psycopg prepares what it has seen five times
        assert archive.ledger.find(1)
        assert archive.ledger.claim(turn())
    cluster.sql("ALTER TABLE delivery ADD COLUMN later TEXT", url)
    assert archive.ledger.claim(turn())
    assert archive.ledger.find(1)


def test_a_look_at_an_empty_database_leaves_it_empty(url: str, cluster: Cluster) -> None:
    with Archive.connect(url, readonly=True) as archive:
        assert archive.next_number() == 1
    assert cluster.sql("SELECT to_regclass('delivery')", url) == [(None,)]
    Archive.connect(url).close()
    with Archive.connect(url, readonly=True) as archive, pytest.raises(ArchiveError, match="cannot be written"):
        archive.pause("no")


# ── one configuration ──


def test_services_plan_by_one_configuration_and_the_next_takes_over_when_the_last_is_gone(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    homes = []
    for name in ("old", "new"):
        home = tmp_path / name
        (home / "config").mkdir(parents=True)
        (home / "seeds").mkdir()
        (home / "config" / "digest.yaml").write_text(f"newsletter: {{title: {name}}}\n")
        homes.append(load(home))
    with opened(homes[0]) as first, opened(homes[1]) as second:
        first.accord.attend(homes[0], ticking())
        first.accord.check(homes[0], ticking())
        second.accord.attend(homes[1], ticking())
        with pytest.raises(AccordError, match="nothing is planned here"):
            second.accord.check(homes[1], ticking())
        with pytest.raises(AccordError):
            second.send()
        assert [one.planning for one in second.archive.services.all(ticking())].count(True) == 1
        told = {one["name"]: one["planning"] for one in second.accord.standing(ticking())}
        assert told == {first.accord.name: True, second.accord.name: False}
        second.archive.services.adopt(fingerprint(homes[1]))
        second.accord.check(homes[1], ticking())
        with pytest.raises(AccordError):
            first.accord.check(homes[0], ticking())
        second.accord.leave()
        first.accord.check(homes[0], ticking())


def test_what_may_differ_between_machines_is_no_other_configuration(tmp_path: Path) -> None:
    prints = []
    for name, text in {
        "a": "seeds: [clips]\nchannels: {team: {type: generic, url_env: TEAM}}\n",
        "b": "seeds: [/srv/clips]\nchannels: {team: {type: generic, url_env: OTHER}} # the same\n",
        "c": "seeds: [clips]\nchannels: {team: {type: generic, url_env: TEAM, gets: [posts]}}\n",
    }.items():
        home = tmp_path / name
        (home / "config").mkdir(parents=True)
        (home / "config" / "digest.yaml").write_text(text)
        prints.append(fingerprint(load(home, environment={"TEAM": "https://a.example", "OTHER": "https://b.example"})))
    assert prints[0] == prints[1] != prints[2]
    template = tmp_path / "a" / "templates" / "posts" / "own.j2"
    template.parent.mkdir(parents=True)
    template.write_text("x")
    assert fingerprint(load(tmp_path / "a", environment={"TEAM": "https://a.example"})) != prints[0]


def test_the_address_is_a_postgresql_or_an_error(tmp_path: Path) -> None:
    assert load(tmp_path, environment={}).database is None
    found = load(tmp_path, environment={"DATABASE_URL": "postgresql://me:markedpassword@db/letters"}).database
    assert found
    assert "markedpassword" not in repr(found)
    with pytest.raises(ConfigError, match="no address of a PostgreSQL"):
        load(tmp_path, environment={"DATABASE_URL": "mysql://db/letters"})
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "digest.yaml").write_text("database_env: LETTERS\n")
    with pytest.raises(ConfigError, match="LETTERS is not set"):
        load(tmp_path, environment={"DATABASE_URL": "postgresql://db/letters"})
    (tmp_path / "config" / "digest.yaml").write_text("database_file: secret\n")
    (tmp_path / "secret").write_text("postgresql://db/letters\n")
    assert load(tmp_path, environment={}).database


# ── the editor's decisions ──


def test_what_two_editors_decide_at_the_same_time_adds_up(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    with opened(load(tmp_path)) as one, opened(load(tmp_path), readonly=True) as two:
        one.decide(Edits(hold=frozenset({"a" * 64}), order=("s1111111111", "s2222222222"), note={"s1111111111": "x"}))
        first, second = one.edits(), two.edits()
        assert first == second
        one.decide(Edits(hold=first.hold | {"b" * 64}, order=("s2222222222", "s1111111111"), note=first.note))
        two.decide(Edits(hold=second.hold, order=second.order, title={"s2222222222": "Y"}, split=(("c" * 64,),)))
        assert one.edits() == Edits(
            hold=frozenset({"a" * 64, "b" * 64}),
            order=("s2222222222", "s1111111111"),
            title={"s2222222222": "Y"},
            split=(("c" * 64,),),
        )
    assert not (tmp_path / "config").exists()


def test_the_last_decision_is_taken_back_by_whoever_shares_the_archive(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    with opened(load(tmp_path)) as one, opened(load(tmp_path), readonly=True) as two:
        one.edits()
        one.decide(Edits(note={"s1111111111": "x"}), Change("note", "s1111111111", None, "x"))
        two.decide(replace(two.edits(), drop=frozenset({"s2222222222"})), Change("drop", "s2222222222", "Y"))
        step = one.take_back()
        assert step
        assert (step.key, step.id, two.edits()) == ("drop", "s2222222222", Edits(note={"s1111111111": "x"}))
        assert two.take_back()
        assert one.edits() == Edits()
        assert one.take_back() is None


def test_a_file_of_decisions_is_taken_over_once_and_then_said_to_be_ignored(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    kept = Edits(hold=frozenset({"a" * 64}), note={"s1111111111": "why"})
    edits.save(tmp_path, kept)
    with opened(load(tmp_path), readonly=True) as press:
        assert press.edits() == kept
    with opened(load(tmp_path)) as press:
        assert press.edits() == kept
    assert "was taken over" in caplog.text
    edits.save(tmp_path, Edits())
    with opened(load(tmp_path)) as press:
        assert press.edits() == kept
        press.edits()
    assert caplog.text.count("is not read any more") == 1


# ── the way there and back ──


def filled(path: Path) -> dict[str, int]:
    """An archive with something in it, and a delivery that arrived."""
    home = Home(path, [folder(path / "out", gets=["digest"])])
    home.plan()
    home.outbox.drain()
    home.outbox.alert("x", "x", "x")
    home.archive.remember("journal_accepted", "5")
    home.archive.close()
    with Archive.open(path / "digest.db") as archive:
        return {table: archive._database.rows(f"SELECT count(*) FROM {table}")[0][0] for table in moving.TABLES}  # noqa: S608 -- our own


def test_everything_is_moved_counted_and_the_file_left_as_a_marked_backup(tmp_path: Path, url: str) -> None:
    before = filled(tmp_path)
    journal = Journal(tmp_path / "journal.jsonl")
    with Archive.connect(url) as target:
        moved = move(tmp_path / "digest.db", target.database, journal)
        assert {**moved.counts, "meta": 0} == {**before, "meta": 0}
        assert not moved.before
        assert move(tmp_path / "digest.db", target.database, journal).before
        assert {row.state for row in target.ledger.all()} == {"delivered"}
        assert target.recall(journal.accepted) == "5"
        assert target.ledger.enqueue(rows(1)) == 1
    with pytest.raises(ArchiveError, match="was moved to PostgreSQL"):
        Archive.open(tmp_path / "digest.db")


def test_a_move_that_was_interrupted_before_the_mark_is_finished_by_the_next(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(tmp_path)
    journal = Journal(tmp_path / "journal.jsonl")
    with Archive.connect(url) as target:
        monkeypatch.setattr(migrations, "MOVED", "no number;")
        with pytest.raises(ArchiveError):
            move(tmp_path / "digest.db", target.database, journal)
        monkeypatch.undo()
        Archive.open(tmp_path / "digest.db").close()
        assert move(tmp_path / "digest.db", target.database, journal).before
    with pytest.raises(ArchiveError, match="was moved to PostgreSQL"):
        Archive.open(tmp_path / "digest.db")


def test_a_move_into_a_database_that_holds_something_is_refused(tmp_path: Path, archive: Archive) -> None:
    filled(tmp_path)
    plan(archive, [], None, DUE, Patience())
    with pytest.raises(ArchiveError, match=r"not empty \(.*issue \(1\)"):
        move(tmp_path / "digest.db", archive.database, Journal(tmp_path / "journal.jsonl"))
    Archive.open(tmp_path / "digest.db").close()


def test_a_count_that_differs_moves_nothing(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(tmp_path)
    whole = moving._counts
    monkeypatch.setattr(moving, "_counts", lambda writing: {**whole(writing), "seed": whole(writing)["seed"] * 2})
    with Archive.connect(url) as target:
        with pytest.raises(ArchiveError, match="of the 2 rows of seed 4 arrived"):
            move(tmp_path / "digest.db", target.database, Journal(tmp_path / "journal.jsonl"))
        assert target.seed_counts()["used"] == 0
    Archive.open(tmp_path / "digest.db").close()


def test_a_backup_is_a_file_that_can_be_moved_into_an_empty_database(
    tmp_path: Path, url: str, cluster: Cluster
) -> None:
    filled(tmp_path)
    journal = Journal(tmp_path / "journal.jsonl")
    with Archive.connect(url) as target:
        move(tmp_path / "digest.db", target.database, journal)
        target.backup(tmp_path / "copy.db")
        before = target.ledger.all()
    with Archive.connect(cluster.url()) as fresh:
        move(tmp_path / "copy.db", fresh.database, journal)
        assert fresh.ledger.all() == before


def said(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str]:
    """The status of a command, and what it printed."""
    status = main([*map(str, words)])
    told = capsys.readouterr()
    return status, told.out + told.err


def test_a_home_is_moved_by_one_command(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "seeds").mkdir()
    (tmp_path / "config" / "digest.yaml").write_text("schedule: {when_empty: send}\n")
    with opened(load(tmp_path), lambda: DUE) as press:
        press.send()
    assert said(capsys, "archive", "move", "--home", tmp_path)[0] == 2
    monkeypatch.setenv("DATABASE_URL", url)
    status, told = said(capsys, "archive", "move", "--json", "--home", tmp_path)
    assert (status, json.loads(told)["rows"]["issue"]) == (0, 1)
    assert "markedpassword" not in told
    assert "was moved before" in said(capsys, "archive", "move", "--home", tmp_path)[1]
    status, told = said(capsys, "status", "--json", "--home", tmp_path)
    assert json.loads(told)["last_issue"]["id"] == "2026-W48"
    move = f"digest archive --home {tmp_path} move copy.db"
    told = f"digest: make an empty database, name it in DATABASE_URL, then: {move}\n"
    assert said(capsys, "restore", "copy.db", "--home", tmp_path) == (2, told)
    monkeypatch.delenv("DATABASE_URL")
    status, told = said(capsys, "status", "--home", tmp_path)
    assert (status, "moved to PostgreSQL" in told) == (1, True)


def test_the_doctor_tells_of_a_configuration_that_is_not_the_others(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "seeds").mkdir()
    monkeypatch.setenv("DATABASE_URL", url)
    assert "no archive to move" in said(capsys, "archive", "move", "--home", tmp_path)[1]
    assert said(capsys, "archive", "adopt", "--home", tmp_path)[0] == 0
    adopt = f"digest archive --home {tmp_path} adopt"
    assert adopt not in said(capsys, "doctor", "--home", tmp_path)[1]
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "digest.yaml").write_text("newsletter: {title: other}\n")
    assert adopt in said(capsys, "doctor", "--home", tmp_path)[1]
    assert not (tmp_path / "state" / "digest.db").exists()


def test_without_psycopg_it_is_said_what_to_install(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "digest.archive.postgres", None)
    with pytest.raises(ArchiveError, match=r"pip install .digest\[postgres\]"):
        Archive.connect(url)


def test_a_decision_about_a_delivery_is_taken_once(archive: Archive) -> None:
    archive.ledger.enqueue(rows(1))
    with pytest.raises(UsageError, match="no unknown outcome"):
        archive.ledger.resolve(archive.ledger.all()[0].id, delivered=True, now=DUE, patience=Patience())
    assert os.environ.get("DATABASE_URL") is None
