"""One SQLite file, opened the one way that is safe here.

Every write is a `BEGIN IMMEDIATE` transaction: a read that turns into a write fails at once with
SQLITE_BUSY_SNAPSHOT whatever the timeout, while BEGIN IMMEDIATE waits. `synchronous=FULL` makes a commit
survive a power loss. The connection may be used by several threads, one at a time.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from threading import RLock
from time import monotonic, sleep
from typing import TYPE_CHECKING
from urllib.parse import quote

from digest.archive import migrations
from digest.archive.database import Database, T
from digest.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from digest.archive.database import Values, Writing

TIMEOUT = 10.0
"""Seconds to wait for another process that is writing."""

_TRIES, _PAUSE = 50, 0.02
_SHORTEST, _LONGEST = 0.001, 0.02  # seconds between two tries to become the writer


class _Writing:
    """A transaction on the one connection; nobody else writes until it ends."""

    skipping = ""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.execute = connection.execute
        self._connection = connection

    def executemany(self, sql: str, values: Iterable[Values]) -> None:
        self._connection.executemany(sql, values)

    def clock(self, real: datetime) -> datetime:
        return real


class Sqlite(Database):
    """A connection to the file, with its schema in place."""

    shared = False

    def __init__(self, connection: sqlite3.Connection, name: str) -> None:
        self.name = name
        self._connection = connection
        self._lock = RLock()
        self._written = 0
        self._patience = connection.execute("PRAGMA busy_timeout").fetchone()[0] / 1000

    @classmethod
    def open(
        cls, path: Path | None, *, readonly: bool = False, timeout: float = TIMEOUT, moved: bool = False
    ) -> Sqlite:
        """Open or create the file; None, or a missing file opened read-only, is an empty one in memory.

        `moved`: also one that was moved to PostgreSQL. Raises ArchiveError: not a database, from a newer version,
        locked, no permission.
        """
        if path is None or (readonly and not path.exists()):
            return cls._memory(None, "in memory")
        with explained(str(path)):
            if readonly:
                return cls._readonly(path, timeout)
            path.parent.mkdir(parents=True, exist_ok=True)
            connection = _connect(str(path), timeout)
            try:
                return cls._prepared(connection, str(path), moved=moved)
            except BaseException:
                connection.close()
                raise

    def close(self) -> None:
        """Close the file; safe to call twice."""
        self._connection.close()

    @contextmanager
    def write(self, *, alone: bool = True) -> Iterator[Writing]:
        """A write transaction: all of it or nothing; always the only one. ArchiveError where the database refuses."""
        del alone
        with self._lock, explained(self.name):
            self._written += 1
            self._begin()
            try:
                yield _Writing(self._connection)
                self._connection.execute("COMMIT")
            except BaseException:
                # A full disk may have rolled back already.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def _begin(self) -> None:
        """Become the only writer.

        SQLite itself would try again after sleeps that grow to a tenth of a second, where a write takes a millisecond
        or two: of four services that send, all sleep for a quarter of the time.
        """
        connection, began = self._connection, monotonic()
        connection.execute("PRAGMA busy_timeout = 0")
        try:
            while True:
                try:
                    connection.execute("BEGIN IMMEDIATE")
                except sqlite3.OperationalError as error:
                    waited = monotonic() - began
                    if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or waited >= self._patience:
                        raise
                    sleep(min(max(waited / 20, _SHORTEST), _LONGEST))
                else:
                    return
        finally:
            connection.execute(f"PRAGMA busy_timeout = {self._patience * 1000:.0f}")

    def carry(self, act: Callable[[Writing], T]) -> T:
        """A write transaction; a file has no connection to lose."""
        with self.write(alone=False) as writing:
            return act(writing)

    def clock(self, real: datetime) -> datetime:
        """One machine, one clock."""
        return real

    def revision(self) -> tuple[int, int]:
        """What others have committed shows in `data_version`, which passes over what this connection has."""
        with self._lock, explained(self.name):
            (version,) = self._connection.execute("PRAGMA data_version").fetchone()
            return version, self._written

    def damage(self) -> str | None:
        """What SQLite finds wrong with the file."""
        row = self.row("PRAGMA quick_check(1)")
        return None if row is None or row[0] == "ok" else str(row[0])

    def rows(self, sql: str, values: Values = ()) -> list[sqlite3.Row]:
        """All rows of a query."""
        with self._lock, explained(self.name):
            return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, values: Values = ()) -> sqlite3.Row | None:
        """The first row of a query."""
        with self._lock, explained(self.name):
            found: sqlite3.Row | None = self._connection.execute(sql, values).fetchone()
            return found

    def stream(self, sql: str, values: Values = ()) -> Iterator[sqlite3.Row]:
        """The rows of a query one by one, where they are too many to hold."""
        with self._lock, explained(self.name):
            yield from self._connection.execute(sql, values)

    def copy_to(self, path: Path) -> None:
        """A consistent copy of the whole, while others go on writing."""
        with self._lock, explained(str(path)):
            target = sqlite3.connect(path)
            try:
                self._connection.backup(target)
            finally:
                target.close()

    def settle(self) -> None:
        """Move the write-ahead log into the file. Raises ArchiveError where another process keeps it from that."""
        with self._lock, explained(self.name):
            if self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                message = f"{self.name}: another digest process is at work; stop it first"
                raise ArchiveError(message)

    @classmethod
    def _prepared(cls, connection: sqlite3.Connection, name: str, *, moved: bool) -> Sqlite:
        _check(connection, name, moved=moved)
        _write_ahead(connection)
        database = cls(connection, name)
        if _version(connection) < len(migrations.STEPS):
            with database.write() as writing:
                _check(connection, name)  # another process may have been quicker
                migrations.migrate(writing)
        return database

    @classmethod
    def _readonly(cls, path: Path, timeout: float) -> Sqlite:
        connection = _connect(f"file:{quote(str(path))}?mode=ro", timeout)
        _check(connection, str(path))
        if _version(connection) < len(migrations.STEPS):
            try:
                return cls._memory(connection, str(path))
            finally:
                connection.close()
        return cls(connection, str(path))

    @classmethod
    def _memory(cls, source: sqlite3.Connection | None, name: str) -> Sqlite:
        """A private copy of `source`, or nothing, brought to the present schema."""
        connection = _connect(":memory:", 0)
        if source:
            source.backup(connection)
        database = cls(connection, name)
        with database.write() as writing:
            migrations.migrate(writing)
        return database


@contextmanager
def explained(name: str) -> Iterator[None]:
    """Turn what SQLite raises into a sentence with a remedy."""
    try:
        yield
    except sqlite3.Error as error:
        raise ArchiveError(_sentence(name, error)) from error
    except PermissionError as error:
        message = f"{name}: no permission; the user who runs digest must own the state folder"
        raise ArchiveError(message) from error
    except OSError as error:
        message = f"{name}: cannot be opened ({error.strerror}); check the state folder"
        raise ArchiveError(message) from error


_SENTENCES = {
    "SQLITE_BUSY": "another digest process has been writing for too long; let it finish or stop it, then try again",
    "SQLITE_LOCKED": "another part of this process is writing; try again",
    "SQLITE_READONLY": "the database cannot be written; check the permissions of the state folder and of the disk",
    "SQLITE_CANTOPEN": "the database cannot be opened; check that the state folder exists and can be written",
    "SQLITE_NOTADB": "this file is not a digest database; move it away or give another --home",
    "SQLITE_CORRUPT": "the database is damaged; restore a backup with: digest restore FILE",
    "SQLITE_FULL": "the disk is full; nothing was changed; free some space and try again",
    "SQLITE_IOERR": "the disk reports an error; check it and its free space, then try again",
}


def _sentence(name: str, error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorname", "")
    for known, sentence in _SENTENCES.items():
        if code.startswith(known):
            return f"{name}: {sentence}"
    return f"{name}: {error}"


def _connect(target: str, timeout: float) -> sqlite3.Connection:
    connection = sqlite3.connect(
        target, timeout=timeout, isolation_level=None, uri=target.startswith("file:"), check_same_thread=False
    )
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to WAL; of several processes that create the file at once, one switches and the others see it."""
    for _ in range(_TRIES):
        try:
            if connection.execute("PRAGMA journal_mode = WAL").fetchone()[0] == "wal":
                return
        except sqlite3.OperationalError:  # busy: this statement does not wait
            sleep(_PAUSE)
    connection.execute("PRAGMA journal_mode = WAL")


def _version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


def _check(connection: sqlite3.Connection, name: str, *, moved: bool = False) -> None:
    """Raise ArchiveError where the file belongs to something else or to a newer version."""
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    owner = connection.execute("PRAGMA application_id").fetchone()[0]
    if owner == migrations.MOVED and not moved:
        message = (
            f"{name}: this archive was moved to PostgreSQL and is only a backup now; set DATABASE_URL as it was then,"
            " or, to begin anew without it, move the file away"
        )
        raise ArchiveError(message)
    if tables and owner not in {migrations.APPLICATION, migrations.MOVED}:
        message = f"{name}: this is the database of another program; move it away or give another --home"
        raise ArchiveError(message)
    if _version(connection) > len(migrations.STEPS):
        message = f"{name}: made by a newer version of digest; install that version or restore an older backup"
        raise ArchiveError(message)
