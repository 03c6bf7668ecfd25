# ruff: noqa: S608 -- all SQL here is made of constants of this module; values are always bound
"""Everything remembered: which seeds were seen and used, which slots were planned, what each issue held.

The outbox's rows live in the same file, so that an issue, its deliveries and the seeds it uses up are
committed together or not at all; `Archive.ledger` has them.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Literal, NamedTuple, Self

from digest.archive import corrections
from digest.archive.contents import Contents
from digest.archive.corrections import Corrections
from digest.archive.database import moment, stamp
from digest.archive.decisions import Decisions
from digest.archive.ledger import Ledger
from digest.archive.reviews import Reviews
from digest.archive.row import insert
from digest.archive.services import Services
from digest.archive.sqlite import TIMEOUT, Sqlite
from digest.errors import ArchiveError, StaleError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from digest.archive.contents import Made
    from digest.archive.database import Database, Row, Writing
    from digest.delivery import Delivery

SeedState = Literal["new", "held", "used", "lapsed", "gone"]
FileStamp = tuple[int, int, str]
"""Size in bytes, time of change in nanoseconds, sha256 in hex."""


class KnownFile(NamedTuple):
    """A file as it lay in a seed folder at a pick-up. `path` is relative to `folder`, with `/`."""

    path: str
    size: int
    mtime_ns: int
    sha256: str


class KnownSeed(NamedTuple):
    """A content that was seen. `replaces` is what lay under its path before; age counts from `first_seen`."""

    sha256: str
    folder: str
    path: str
    first_seen: datetime
    state: SeedState
    reason: str | None = None
    issue_id: str | None = None
    replaces: str | None = None


class FrozenIssue(NamedTuple):
    """An issue to be planned: `content` are the bytes of issue.json, `seeds` the sha256 of what it uses up.

    `posts` are the keys of what its posts quote (digest.post.keys), `lapsed` the sha256 of what is let go with it.
    `errata` are the ids of the corrections it tells, `made` is what it was made of.
    """

    id: str
    number: int
    content: bytes
    seeds: tuple[str, ...]
    posts: tuple[str, ...] = ()
    lapsed: tuple[str, ...] = ()
    errata: tuple[str, ...] = ()
    made: Made | None = None


class Planned(NamedTuple):
    """An issue as it was frozen. `state` sums up its deliveries; `sent_at` is when the last one arrived."""

    id: str
    slot_key: str
    number: int
    content: bytes
    frozen_at: datetime
    state: Literal["sending", "sent", "unknown", "failed"]
    sent_at: datetime | None


class KnownSlot(NamedTuple):
    """A slot that was planned or skipped, and why."""

    key: str
    due: datetime
    opened: datetime
    trigger: str
    state: Literal["planned", "skipped"]
    reason: str | None


class Archive:
    """The memory of one home. Close it, or use it in a `with`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.ledger = Ledger(database)
        self.reviews = Reviews(database)
        self.services = Services(database)
        self.decisions = Decisions(database)
        self.contents = Contents(database)
        self.corrections = Corrections(database)
        self._stamps: dict[str, tuple[object, Mapping[str, tuple[int, int]]]] = {}

    @classmethod
    def open(cls, path: Path | None, *, readonly: bool = False, timeout: float = TIMEOUT) -> Archive:
        """Open or create the archive; None, or a missing file opened read-only, is an empty one in memory.

        Raises ArchiveError with a sentence: locked, no permission, not a database, from a newer version.
        """
        return cls(Sqlite.open(path, readonly=readonly, timeout=timeout))

    @classmethod
    def connect(cls, url: str, *, readonly: bool = False) -> Archive:
        """Open or create the archive in the PostgreSQL of this address.

        Raises ArchiveError with a sentence: not reached, refused, of another program, from a newer version.
        """
        try:
            from digest.archive.postgres import Postgres  # noqa: PLC0415 -- an extra, and only for several machines
        except ImportError as error:
            message = 'PostgreSQL needs psycopg: pip install "digest[postgres]"'
            raise ArchiveError(message) from error
        return cls(Postgres.open(url, readonly=readonly))

    @property
    def database(self) -> Database:
        """What it lies in, for what moves it as a whole."""
        return self._database

    @property
    def shared(self) -> bool:
        """Whether services on several machines may be at work on it."""
        return self._database.shared

    def clock(self, real: datetime) -> datetime:
        """The time that counts for slots and waits: the database's own where it is shared, else `real`."""
        return self._database.clock(real)

    def revision(self) -> object:
        """Something that is another as soon as anybody has written since; None where the database cannot tell."""
        return self._database.revision()

    def close(self) -> None:
        """Close the database; safe to call twice."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ── seeds ──

    def known_files(self, folder: str) -> dict[str, FileStamp]:
        """What lay in `folder` at the last pick-up: path → (size, mtime_ns, sha256)."""
        return {file.path: (file.size, file.mtime_ns, file.sha256) for file in self.files(folder)}

    def stamps(self, folder: str) -> Mapping[str, tuple[int, int]]:
        """The same without the contents, which is all that a look at an unchanged folder needs: (size, mtime_ns).

        It is kept and not asked again while nobody writes.
        """
        revision = self.revision()
        if revision is not None and (kept := self._stamps.get(folder)) and kept[0] == revision:
            return kept[1]
        sql = "SELECT path, size, mtime_ns FROM file WHERE folder = ?"
        found = {path: (size, mtime_ns) for path, size, mtime_ns in self._database.stream(sql, (folder,))}
        self._stamps[folder] = (revision, found)
        return found

    def files(self, folder: str) -> Iterator[KnownFile]:
        """The same one by one, sorted by path, for folders too large to hold."""
        sql = "SELECT path, size, mtime_ns, sha256 FROM file WHERE folder = ? ORDER BY path"
        for row in self._database.stream(sql, (folder,)):
            yield KnownFile(*row)

    def record_files(self, folder: str, seen: Iterable[KnownFile], gone: Iterable[str], now: datetime) -> list[str]:
        """Remember files that are new or changed and forget paths that are gone, in one transaction.

        A content never seen before becomes a new seed, first seen `now`; one that was gone is as it was, new.
        A content that no file holds any more and that no issue has used is gone. Returns the sha256 of the
        seeds that are new.
        """
        added: list[str] = []
        with self._database.write() as writing:
            left: set[str] = set()
            for file in seen:
                before = _forget(writing, folder, file.path)
                writing.execute(
                    "INSERT INTO file (folder, path, size, mtime_ns, sha256) VALUES (?, ?, ?, ?, ?)",
                    (folder, file.path, file.size, file.mtime_ns, file.sha256),
                )
                if before and before != file.sha256:
                    left.add(before)
                if _appear(writing, folder, file, before, now):
                    added.append(file.sha256)
            for path in gone:
                before = _forget(writing, folder, path)
                if before:
                    left.add(before)
            writing.executemany(
                "UPDATE seed SET state = 'gone' WHERE sha256 = ? AND state IN ('new', 'held')"
                " AND NOT EXISTS (SELECT 1 FROM file WHERE file.sha256 = seed.sha256)",
                [(sha256,) for sha256 in left],
            )
        return added

    def seeds(self, *states: SeedState) -> list[KnownSeed]:
        """The seeds in these states, oldest first."""
        marks = ", ".join("?" * len(states))
        sql = f"SELECT * FROM seed WHERE state IN ({marks}) ORDER BY first_seen, sha256"
        return [_seed(row) for row in self._database.rows(sql, states)]

    def seed(self, sha256: str) -> KnownSeed | None:
        """One seed by its whole sha256."""
        row = self._database.row("SELECT * FROM seed WHERE sha256 = ?", (sha256,))
        return _seed(row) if row else None

    def mark(self, reasons: Mapping[str, str | None]) -> None:
        """Sort unused seeds: sha256 → the reason it is held back, or None where it is free to be used."""
        values = [("held" if why else "new", why, sha256) for sha256, why in reasons.items()]
        if not values:
            return
        with self._database.write() as writing:
            writing.executemany(
                "UPDATE seed SET state = ?1, reason = ?2 WHERE sha256 = ?3 AND state IN ('new', 'held')"
                " AND (state <> ?1 OR coalesce(reason, '') <> coalesce(?2, ''))",
                values,
            )

    def seed_counts(self) -> dict[str, int]:
        """How many seeds are `new`, `used`, `held_back` and `lapsed`."""
        rows = self._database.rows("SELECT state, count(*) FROM seed GROUP BY state")
        found = {row[0]: row[1] for row in rows}
        names = (("new", "new"), ("used", "used"), ("held_back", "held"), ("lapsed", "lapsed"))
        return {name: found.get(state, 0) for name, state in names}

    def held_reasons(self) -> dict[str, int]:
        """How many clips the last draft held back, by reason (a stable word)."""
        rows = self._database.rows("SELECT reason, count(*) FROM seed WHERE state = 'held' GROUP BY reason")
        return {row[0]: row[1] for row in rows if row[0]}

    # ── slots and issues ──

    def plan(
        self,
        *,
        slot_key: str,
        due: datetime,
        trigger: str,
        issue: FrozenIssue,
        deliveries: Iterable[Delivery],
        now: datetime,
    ) -> bool:
        """Commit an issue with all its deliveries, the seeds it uses up and those that lapse with it, or nothing.

        False where the slot was already planned or skipped, by whomever. Raises StaleError where the draft
        was overtaken: its number, one of its seeds or corrections has gone into another issue meanwhile.
        """
        digest = hashlib.sha256(issue.content).hexdigest()
        packed = self.contents.pack(issue.made) if issue.made else None
        with self._database.write() as writing:
            if not _open_slot(writing, slot_key, due, now, trigger, "planned", None):
                return False
            if writing.execute("SELECT 1 FROM issue WHERE id = ? OR number = ?", (issue.id, issue.number)).fetchone():
                message = f"issue {issue.id} (number {issue.number}) exists already; draft again"
                raise StaleError(message)
            writing.execute(
                "INSERT INTO issue (id, slot_key, number, content, content_sha256, frozen_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (issue.id, slot_key, issue.number, issue.content, digest, stamp(now)),
            )
            for sha256 in sorted(set(issue.seeds)):
                sql = "UPDATE seed SET state = 'used', issue_id = ? WHERE sha256 = ? AND state <> 'used'"
                if writing.execute(sql, (issue.id, sha256)).rowcount != 1:
                    message = f"seed {sha256[:8]} is not there any more or already in an issue; draft again"
                    raise StaleError(message)
            sql = "UPDATE seed SET state = 'lapsed', issue_id = ? WHERE sha256 = ? AND state IN ('new', 'held')"
            writing.executemany(sql, [(issue.id, sha256) for sha256 in sorted(set(issue.lapsed))])
            sql = "INSERT INTO post (key, issue_id) VALUES (?, ?) ON CONFLICT (key) DO NOTHING"
            writing.executemany(sql, [(key, issue.id) for key in sorted(set(issue.posts))])
            if corrections.told(writing, issue.id, issue.errata) != len(issue.errata):
                message = "a correction has gone into another issue; draft again"
                raise StaleError(message)
            if packed:
                self.contents.keep(writing, issue.id, packed)
            for delivery in deliveries:
                insert(writing, delivery, issue.id)
        return True

    def skip(self, slot_key: str, due: datetime, trigger: str, reason: str, now: datetime) -> bool:
        """Let a slot pass without an issue. False where it was already planned or skipped."""
        with self._database.write() as writing:
            return _open_slot(writing, slot_key, due, now, trigger, "skipped", reason)

    def slot(self, slot_key: str) -> KnownSlot | None:
        """What became of a slot; None where nothing has."""
        row = self._database.row("SELECT * FROM slot WHERE slot_key = ?", (slot_key,))
        return _slot(row) if row else None

    def decided(self, slot_key: str) -> bool:
        """Whether this scheduled slot, or one of a later date, has been planned or skipped.

        A clock that is set back must not open an older slot again; keys hold the date, so they sort by it. A later
        slot that an operator skips ahead says nothing about those before it.
        """
        sql = (
            "SELECT 1 FROM slot WHERE slot_key LIKE 'weekly:%'"
            " AND (slot_key = ?1 OR (slot_key > ?1 AND trigger <> 'operator')) LIMIT 1"
        )
        return self._database.row(sql, (slot_key,)) is not None

    def started(self) -> bool:
        """Whether the schedule has ever decided about a slot; what an operator skips ahead does not count."""
        return self._database.row("SELECT 1 FROM slot WHERE trigger <> 'operator' LIMIT 1") is not None

    def slots(self, limit: int = 20) -> list[KnownSlot]:
        """The latest slots, newest first."""
        rows = self._database.rows("SELECT * FROM slot ORDER BY due_at DESC, opened_at DESC LIMIT ?", (limit,))
        return [_slot(row) for row in rows]

    def next_number(self) -> int:
        """The number of the next issue, from 1."""
        row = self._database.row("SELECT coalesce(max(number), 0) + 1 FROM issue")
        return int(row[0]) if row else 1

    def issue_ids(self) -> list[str]:
        """The ids of all issues, oldest first."""
        return [row[0] for row in self._database.rows("SELECT id FROM issue ORDER BY number")]

    def posted(self, before: int | None = None) -> frozenset[str]:
        """The keys of everything that the posts of earlier issues quote; of those with a number below `before`."""
        if before is None:
            return frozenset(row[0] for row in self._database.rows("SELECT key FROM post"))
        sql = "SELECT key FROM post JOIN issue ON issue.id = post.issue_id WHERE issue.number < ?"
        return frozenset(row[0] for row in self._database.rows(sql, (before,)))

    def last_issue(self) -> Planned | None:
        """The issue with the highest number."""
        return self._issue("ORDER BY number DESC LIMIT 1")

    def recent(self, limit: int) -> list[bytes]:
        """What the latest issues held (issue.json), newest first."""
        rows = self._database.rows("SELECT content FROM issue ORDER BY number DESC LIMIT ?", (limit,))
        return [bytes(row[0]) for row in rows]

    def strays(self, issue_ids: Iterable[str]) -> dict[str, str | None]:
        """Seeds of these issues that lie in no folder any more: sha256 → what lies under the path now, if anything."""
        names = list(issue_ids)
        rows = self._database.rows(
            "SELECT seed.sha256, file.sha256 FROM seed LEFT JOIN file"
            " ON file.folder = seed.folder AND file.path = seed.path"
            f" WHERE seed.state = 'used' AND seed.issue_id IN ({', '.join('?' * len(names)) or 'NULL'})"
            " AND NOT EXISTS (SELECT 1 FROM file AS own WHERE own.sha256 = seed.sha256)",
            names,
        )
        return {row[0]: row[1] for row in rows}

    def all_issues(self) -> list[tuple[bytes, datetime]]:
        """What every issue held (issue.json), and when it was frozen, oldest first."""
        rows = self._database.rows("SELECT content, frozen_at FROM issue ORDER BY number")
        return [(bytes(row[0]), moment(row[1])) for row in rows]

    def frozen(self, limit: int) -> list[datetime]:
        """When the latest issues of the schedule were frozen, newest first; extra ones do not count."""
        sql = "SELECT frozen_at FROM issue WHERE slot_key LIKE 'weekly:%' ORDER BY number DESC LIMIT ?"
        return [moment(row[0]) for row in self._database.rows(sql, (limit,))]

    def issue(self, issue_id: str) -> Planned | None:
        """One issue as it was frozen."""
        return self._issue("WHERE issue.id = ?", issue_id)

    def issue_of(self, slot_key: str) -> Planned | None:
        """The issue that was made for a slot."""
        return self._issue("WHERE issue.slot_key = ?", slot_key)

    # ── the whole ──

    def paused(self) -> str | None:
        """Why nothing is planned or sent at the moment; None where it is."""
        row = self._database.row("SELECT value FROM meta WHERE key = 'paused'")
        return row[0] if row else None

    def pause(self, reason: str) -> None:
        """Hold everything until `resume`; the reason is told by `status`."""
        with self._database.write() as writing:
            writing.execute(_REMEMBER, ("paused", reason))

    def resume(self) -> None:
        """Let everything go on."""
        with self._database.write() as writing:
            writing.execute("DELETE FROM meta WHERE key = 'paused'")

    def recall(self, key: str) -> str | None:
        """A small thing to remember across runs, by name."""
        row = self._database.row("SELECT value FROM meta WHERE key = ?", (key,))
        return row[0] if row else None

    def remember(self, key: str, value: str) -> None:
        """Keep a small thing under a name."""
        with self._database.write() as writing:
            writing.execute(_REMEMBER, (key, value))

    def recalled(self, prefix: str = "") -> dict[str, str]:
        """The small things whose names begin so."""
        rows = self._database.rows("SELECT key, value FROM meta ORDER BY key")
        return {row[0]: row[1] for row in rows if row[0].startswith(prefix)}

    def damage(self) -> str | None:
        """What is wrong with the database itself; None where it is sound."""
        return self._database.damage()

    def backup(self, path: Path) -> None:
        """A consistent copy into a new file, while others go on writing. Raises ArchiveError where one is there."""
        if path.exists():
            message = f"{path}: is there already; name a new file"
            raise ArchiveError(message)
        self._database.copy_to(path)

    def settle(self) -> None:
        """Bring everything into the one file. Raises ArchiveError where another process is at work on it."""
        self._database.settle()

    def _issue(self, which: str, *values: object) -> Planned | None:
        row = self._database.row(
            "SELECT issue.*, (SELECT max(delivered_at) FROM delivery WHERE issue_id = issue.id) AS sent_at"
            f" FROM issue {which}",
            values,
        )
        if row is None:
            return None
        states = self._database.rows("SELECT DISTINCT state FROM delivery WHERE issue_id = ?", (row["id"],))
        state = _sum({found[0] for found in states})
        sent = moment(row["sent_at"]) if row["sent_at"] and state == "sent" else None
        frozen = moment(row["frozen_at"])
        return Planned(row["id"], row["slot_key"], row["number"], row["content"], frozen, state, sent)


_REMEMBER = "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"


def _sum(states: set[str]) -> Literal["sending", "sent", "unknown", "failed"]:
    """One word for the states of an issue's deliveries."""
    if states & {"pending", "claimed", "sending"}:
        return "sending"
    if "unknown" in states:
        return "unknown"
    return "failed" if "dead" in states else "sent"


def _open_slot(
    writing: Writing,
    slot_key: str,
    due: datetime,
    now: datetime,
    trigger: str,
    state: str,
    reason: str | None,
) -> bool:
    """Take a slot; the row decides between any number of processes."""
    sql = (
        "INSERT INTO slot (slot_key, due_at, opened_at, trigger, state, reason)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (slot_key) DO NOTHING"
    )
    return writing.execute(sql, (slot_key, stamp(due), stamp(now), trigger, state, reason)).rowcount == 1


def _forget(writing: Writing, folder: str, path: str) -> str | None:
    """Take a path out; what lay there."""
    row = writing.execute("DELETE FROM file WHERE folder = ? AND path = ? RETURNING sha256", (folder, path)).fetchone()
    return row[0] if row else None


def _appear(writing: Writing, folder: str, file: KnownFile, before: str | None, now: datetime) -> bool:
    """Make sure the content is a seed; whether it has become a new one."""
    known = writing.execute("SELECT state FROM seed WHERE sha256 = ?", (file.sha256,)).fetchone()
    if known:
        if known[0] != "gone":
            return False
        sql = "UPDATE seed SET state = 'new', folder = ?, path = ? WHERE sha256 = ?"
        writing.execute(sql, (folder, file.path, file.sha256))
        return True
    writing.execute(
        "INSERT INTO seed (sha256, folder, path, size, mtime_ns, first_seen, state, replaces)"
        " VALUES (?, ?, ?, ?, ?, ?, 'new', ?)",
        (file.sha256, folder, file.path, file.size, file.mtime_ns, stamp(now), before),
    )
    return True


def _seed(row: Row) -> KnownSeed:
    return KnownSeed(
        sha256=row["sha256"],
        folder=row["folder"],
        path=row["path"],
        first_seen=moment(row["first_seen"]),
        state=row["state"],
        reason=row["reason"],
        issue_id=row["issue_id"],
        replaces=row["replaces"],
    )


def _slot(row: Row) -> KnownSlot:
    return KnownSlot(
        key=row["slot_key"],
        due=moment(row["due_at"]),
        opened=moment(row["opened_at"]),
        trigger=row["trigger"],
        state=row["state"],
        reason=row["reason"],
    )
