"""One connection to PostgreSQL, made again when it breaks; what was committed is always known.

Each transaction notes its id before anything else. When the connection breaks at the commit, the server is asked
what became of that id, so that "not committed" is certain and may be carried out again. A server that answers no
more is left after `WAIT` seconds; a client that freezes inside a transaction is thrown out by the server.
"""

from __future__ import annotations

import logging
import time
from contextlib import contextmanager, suppress
from datetime import timedelta
from threading import RLock
from typing import TYPE_CHECKING, NamedTuple

from digest.archive import login
from digest.archive.database import Database, LostError, T, moment
from digest.archive.dialect import Record, first, named, query
from digest.archive.sqlite import Sqlite
from digest.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from psycopg import Connection, Cursor

    from digest.archive.database import Values, Writing
    from digest.archive.login import Impatient

log = logging.getLogger(__name__)

RECONNECT = 30.0
"""Seconds for which a lost connection is sought again before an error is told."""

_OPENING = 5.0  # the same for the first connection
_PAUSES = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
_TIMES = 5  # how often a transaction is begun again
_FRESH = 60.0  # seconds for which the server's clock need not be asked again
_WRITERS = (0x64676573, 1)  # the advisory lock of those who write alone
_COPYING = 600.0  # seconds for which a copy waits for an answer; it holds nobody up
_AT_EASE = b"SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"
_MOMENT = "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"+00:00\"')"


class _Id(NamedTuple):
    """A transaction: its id, and the server process that carries it out."""

    xid: str
    process: int


class _Writing:
    """A transaction that is open. `opened` is the server's clock when it began, any wait for others included."""

    skipping = " FOR UPDATE OF d SKIP LOCKED"

    def __init__(self, connection: Connection[Record], opened: datetime) -> None:
        self._connection = connection
        self._opened = opened

    def execute(self, sql: str, values: Values = ()) -> Cursor[Record]:
        return self._connection.execute(query(sql), named(values))

    def executemany(self, sql: str, values: Iterable[Values]) -> None:
        with self._connection.cursor() as cursor:
            cursor.executemany(query(sql), map(named, values))

    def clock(self, _: datetime) -> datetime:
        return self._opened


class Postgres(Database):
    """The archive's database, shared by services on any number of machines."""

    shared = True

    def __init__(self, address: login.Address, *, readonly: bool = False) -> None:
        self.name = address.name
        self._address = address
        self._readonly = readonly
        self._patience = RECONNECT
        self._lock = RLock()
        self._connection: Impatient | None = None
        self._inside = False
        self._synced: tuple[datetime, float] | None = None

    @classmethod
    def open(cls, url: str, *, readonly: bool = False) -> Database:
        """Connect and bring the schema up to date; read-only, an empty database is an empty archive in memory.

        Raises ArchiveError with a sentence: not reached, refused, of another program, from a newer version.
        """
        database = cls(login.address(url), readonly=readonly)
        try:
            with database._explained():
                connection = database._live(_OPENING)
                version = login.version(connection, database.name)
                if version == 0 and readonly:
                    database.close()
                    return Sqlite.open(None)
                login.prepare(connection, database.name, version, readonly=readonly)
        except BaseException:
            database.close()
            raise
        return database

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            if self._connection:
                self._connection.close()
                self._connection = None

    @contextmanager
    def write(self, *, alone: bool = True) -> Iterator[Writing]:
        """A write transaction. Raises LostError where the connection broke and nothing was kept of it."""
        with self._lock, self._explained():
            one, writing = self._begin(alone=alone)
            self._inside = True
            try:
                yield writing
            except BaseException as error:
                self._inside = False
                self._give_up(one, error)
                raise
            self._inside = False
            self._commit(one)

    def carry(self, act: Callable[[Writing], T]) -> T:
        """A write transaction that is begun again, whole, while it is certain that nothing of it was kept."""
        for left in reversed(range(_TIMES)):
            try:
                with self.write(alone=False) as writing:
                    return act(writing)
            except LostError:
                if not left:
                    raise
        raise AssertionError  # the last turn returns or raises

    def rows(self, sql: str, values: Values = ()) -> list[Record]:
        """All rows of a query."""
        return self._ask(lambda connection: connection.execute(query(sql), named(values)).fetchall())

    def row(self, sql: str, values: Values = ()) -> Record | None:
        """The first row of a query."""
        return self._ask(lambda connection: connection.execute(query(sql), named(values)).fetchone())

    def stream(self, sql: str, values: Values = ()) -> Iterator[Record]:
        """The rows of a query; inside of a copy they come a few at a time, else packed and are unpacked one by one."""
        if self._inside and self._connection:
            with self._connection.cursor(name="copy") as cursor:
                yield from cursor.execute(query(sql), named(values))
            return
        yield from self._ask(lambda connection: connection.execute(query(sql), named(values)))

    def clock(self, real: datetime) -> datetime:
        """The server's clock, as it was last asked, and what has passed since; never ahead of it."""
        del real
        with self._lock:
            if self._synced is None or login.passed() - self._synced[1] > _FRESH:
                found = self._ask(lambda one: one.execute(f"SELECT {_MOMENT.format('clock_timestamp()')}".encode()))
                self._sync(moment(first(found.fetchone())))
            assert self._synced  # noqa: S101 -- it was asked just now
            told, at = self._synced
        return told + timedelta(seconds=login.passed() - at)

    def revision(self) -> None:
        """It cannot tell."""

    def damage(self) -> str | None:
        """PostgreSQL looks after its own pages."""
        return None

    def copy_to(self, path: Path) -> None:
        """A consistent copy as an SQLite file."""
        from digest.archive.moving import copied  # noqa: PLC0415 -- it knows both kinds of database

        with self._lock, self._explained():
            connection = self._live()
            connection.execute(b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            self._inside = True
            usual, connection.patience = connection.patience, _COPYING
            try:
                connection.execute(_AT_EASE, prepare=False)
                with Sqlite.open(path) as target:
                    copied(self, target)
            except BaseException:
                path.unlink(missing_ok=True)
                raise
            finally:
                self._inside, connection.patience = False, usual
                with suppress(Exception):
                    connection.execute(b"ROLLBACK")

    def settle(self) -> None:
        """There is no file."""

    def _ask(self, act: Callable[[Connection[Record]], T]) -> T:
        """A query outside of a transaction is asked again where the connection was lost; inside it belongs to it."""
        with self._lock, self._explained():
            for left in reversed(range(_TIMES)):
                connection = self._live()
                try:
                    return act(connection)
                except Exception as error:
                    if self._inside or not left or not login.lost(connection, error):
                        raise
                    self._drop(error)
        raise AssertionError  # the last turn returns or raises

    def _begin(self, *, alone: bool) -> tuple[_Id, _Writing]:
        turn = f"SELECT pg_advisory_xact_lock({_WRITERS[0]}, {_WRITERS[1]});" if alone else ""
        sql = (
            f"BEGIN ISOLATION LEVEL READ COMMITTED; {turn}"
            f" SELECT pg_current_xact_id()::text, {_MOMENT.format('clock_timestamp()')}"
        )

        def begin(connection: Connection[Record]) -> tuple[_Id, _Writing]:
            try:
                cursor = connection.execute(sql.encode(), prepare=False)
            except Exception as error:
                if not login.lost(connection, error):
                    connection.execute(b"ROLLBACK")
                raise
            while cursor.nextset():
                pass
            xid, told = cursor.fetchone() or ("", "")
            opened = moment(told)
            self._sync(opened)
            return _Id(xid, connection.info.backend_pid), _Writing(connection, opened)

        return self._ask(begin)

    def _commit(self, one: _Id) -> None:
        connection = self._connection
        assert connection  # noqa: S101 -- the transaction is open on it
        try:
            done = connection.execute(b"COMMIT").statusmessage
        except Exception as error:
            if not login.lost(connection, error):
                raise
            self._drop(error)
            if not self._committed(one):
                raise LostError(self._nothing) from error
        else:
            if done != "COMMIT":
                message = f"{self.name}: the transaction was taken back; try again"
                raise ArchiveError(message)

    def _give_up(self, one: _Id, error: BaseException) -> None:
        """Take a transaction back, also where the connection it ran on is gone."""
        connection = self._connection
        if connection is None or login.lost(connection, error):
            self._drop(error)
            self._committed(one)  # it was not; but it may hold its locks yet
            raise LostError(self._nothing) from error
        try:
            connection.execute(b"ROLLBACK")
        except login.Error as broken:
            self._drop(broken)
        if login.again(error):
            raise LostError(self._nothing) from error

    @property
    def _nothing(self) -> str:
        return f"{self.name}: the connection was lost; nothing of this was recorded, try again"

    def _committed(self, one: _Id) -> bool:
        """What became of a transaction whose connection is gone. A server process still at it is ended first."""
        end = time.monotonic() + self._patience
        while True:
            found = self._ask(
                lambda connection: connection.execute(
                    b"SELECT pg_xact_status(%(xid)s::xid8), (SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    b" WHERE pid = %(process)s AND backend_xid = %(xid)s::xid8::xid)",
                    one._asdict(),
                ).fetchone()
            )
            state = first(found)
            if state in {"committed", "aborted"}:
                return state == "committed"
            if time.monotonic() > end:
                message = f"{self.name}: the connection was lost, and it is not known what was recorded; digest status"
                raise ArchiveError(message)
            time.sleep(0.05)

    def _live(self, patience: float | None = None) -> Impatient:
        """The connection, made again where it is gone, with a pause between two tries. Raises ArchiveError."""
        if self._connection and not self._connection.closed:
            return self._connection
        if self._inside:
            message = f"{self.name}: the connection was lost inside a transaction"
            raise LostError(message)
        began = time.monotonic()
        end = began + (self._patience if patience is None else patience)
        turn = 0
        while True:
            try:
                self._connection = login.connect(self._address, readonly=self._readonly)
                break
            except login.NotReachedError as error:
                pause = _PAUSES[min(turn, len(_PAUSES) - 1)]
                if error.final or time.monotonic() + pause > end:
                    raise
                time.sleep(pause)
                turn += 1
        self._synced = None
        if turn:
            log.warning("%s: connected again after %.1f s", self.name, time.monotonic() - began)
        return self._connection

    def _drop(self, error: BaseException) -> None:
        """Leave a connection that is broken, and say so once."""
        if self._connection:
            with suppress(Exception):
                self._connection.close()
            self._connection = None
            log.warning("%s: the connection was lost (%s)", self.name, type(error).__name__)

    def _sync(self, told: datetime) -> None:
        self._synced = (told, login.passed())

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn what PostgreSQL raises into a sentence with a remedy."""
        try:
            yield
        except ArchiveError:
            raise
        except Exception as error:
            if (sentence := login.sentence(self.name, error)) is None:
                raise
            raise ArchiveError(sentence) from error
