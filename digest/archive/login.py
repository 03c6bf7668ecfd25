"""Getting into PostgreSQL: the address, the connection and its limits, the schema, and what an error means.

Only what uses PostgreSQL imports this module; psycopg may not be installed elsewhere.
"""

from __future__ import annotations

import os
import socket
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import psycopg
from psycopg import conninfo

from digest.archive import dialect, migrations
from digest.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Generator

    from digest.archive.dialect import Record

WAIT = 12.0
"""Seconds for which the server may leave a statement without an answer; it ends statements by itself before that."""

_CONNECT = 5  # seconds for one try to connect
_MIGRATION = 300.0  # seconds for a change of the schema, the wait for another service that makes it included
_OLDEST = 130000
_MIGRATING = (migrations.APPLICATION, 0)  # the advisory lock of those who change the schema

# A service that freezes inside a transaction holds its rows for ten seconds; nobody waits longer for a lock than
# that, and nobody for an answer.
_LIMITS = (
    "SET statement_timeout = '11s'; SET lock_timeout = '10500ms'; SET idle_in_transaction_session_timeout = '10s';"
    " SELECT CASE WHEN current_setting('synchronous_commit') IN ('off', 'local')"
    " THEN set_config('synchronous_commit', 'on', false) END"
)


class Address(NamedTuple):
    """Where the database is. `name` is for messages; `options` hold the password and are never shown."""

    name: str
    options: dict[str, Any]

    def __repr__(self) -> str:
        return self.name


class NotReachedError(ArchiveError):
    """The server was not reached, or did not let us in; `final` where trying again is of no use."""

    def __init__(self, message: str, *, final: bool) -> None:
        super().__init__(message)
        self.final = final


def address(url: str) -> Address:
    """An address out of DATABASE_URL. Raises ArchiveError where it is none."""
    try:
        options = conninfo.conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        message = "the address of the database is not right; write it like postgresql://user:password@host:5432/name"
        raise ArchiveError(message) from None  # what psycopg says may repeat the password
    place = str(options.get("host") or "this machine")
    if options.get("port"):
        place += f":{options['port']}"
    usual = {
        "application_name": f"digest {socket.gethostname()} {os.getpid()}"[:63],
        "connect_timeout": _CONNECT,
        "client_encoding": "utf8",
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 15_000,
    }
    name = f"PostgreSQL at {place}, database {options.get('dbname') or 'of the user'}"
    return Address(name, usual | {key: value for key, value in options.items() if value is not None})


Error = psycopg.Error


class Impatient(psycopg.Connection[Any]):
    """Gives up waiting for a server that says nothing: a frozen one keeps its connections open."""

    patience = WAIT

    def wait(self, gen: Generator[Any, Any, Any], *args: Any, **more: Any) -> Any:  # noqa: ANN401 -- psycopg's own
        """Wait for the server as psycopg does, and no longer than `patience`."""
        return super().wait(_limited(gen, self.patience), *args, **more)


def connect(to: Address, *, readonly: bool) -> Impatient:
    """One try to connect, with every limit set. Raises NotReachedError."""
    try:
        connection = Impatient.connect(**to.options, autocommit=True, row_factory=dialect.records)
        try:
            connection.execute(_LIMITS.encode(), prepare=False)
            if readonly:
                connection.execute(b"SET default_transaction_read_only = on")
        except BaseException:
            connection.close()
            raise
    except (psycopg.Error, SilentError) as error:
        text = str(error)
        for known, sentence in _REFUSALS.items():
            if known in text:
                message = f"{to.name}: {sentence}"
                raise NotReachedError(message, final=True) from None
        reason = text.strip().splitlines()[-1].removeprefix("connection failed: ") if text.strip() else "no answer"
        message = f"{to.name}: not reached ({reason}); see that it runs and that the address is right"
        raise NotReachedError(message, final=False) from None
    return connection


_REFUSALS = {
    "password authentication failed": "the password was refused; correct the address in DATABASE_URL",
    "no password supplied": "it asks for a password; add it to the address in DATABASE_URL",
    "no pg_hba.conf entry": "it lets nobody in from here; its pg_hba.conf says who may come",
    'role "': "there is no such user; create it, or correct the address in DATABASE_URL",
    'database "': "there is no such database; create it (createdb), or correct the address in DATABASE_URL",
    "permission denied": "this user may not connect; GRANT CONNECT ON DATABASE",
    "invalid ": "the address has an option that is not right; correct DATABASE_URL",
}


class SilentError(Exception):
    """The server says nothing."""


def _limited(gen: Generator[Any, Any, Any], seconds: float) -> Generator[Any, Any, Any]:
    """What psycopg waits with, for so many seconds at most; it looks in several times a second."""
    end = time.monotonic() + seconds
    try:
        wanted = next(gen)
        while True:
            ready = yield wanted
            if time.monotonic() > end:
                message = f"no answer for {seconds:g} s"
                raise SilentError(message)
            wanted = gen.send(ready)
    except StopIteration as done:
        return done.value


def lost(connection: psycopg.Connection[Record], error: BaseException) -> bool:
    """Whether an error means that the connection is gone or of no more use, and not only that a statement failed.

    57P: the server ends; 0A000: another service has changed the schema under statements that were prepared here.
    """
    if isinstance(error, psycopg.Error):
        return connection.closed or (error.sqlstate or "").startswith(("57P", "0A000"))
    return isinstance(error, SilentError)


def again(error: BaseException) -> bool:
    """Whether the database took a transaction back that may simply be tried again."""
    return isinstance(error, psycopg.errors.DeadlockDetected | psycopg.errors.SerializationFailure)


def sentence(name: str, error: BaseException) -> str | None:
    """What an error of the database means to whoever runs it; None where it is none of the database's."""
    if isinstance(error, SilentError):
        return f"{name}: {error}; see whether it is overloaded or stopped"
    if not isinstance(error, psycopg.Error):
        return None
    state = error.sqlstate or ""
    if "could not extend file" in str(error):  # a quota or limit on files has no state of its own
        state = "53100"
    for known, told in _SENTENCES.items():
        if state.startswith(known):
            return f"{name}: {told}"
    return f"{name}: {type(error).__name__} {state}: {str(error).strip().splitlines()[0] if str(error).strip() else ''}"


_SENTENCES = {
    "25006": "the database cannot be written: a read-only connection or a standby server",
    "25P03": "this service was stopped in the middle of a change; nothing of it was kept",
    "42501": "this user lacks a right; let it own its database: ALTER DATABASE … OWNER TO …",
    "53100": "the disk of the database is full; nothing was changed; free some space and try again",
    "53300": "it has too many connections; raise max_connections or end what is not needed",
    "55P03": "another service has been writing for too long; let it finish or stop it, then try again",
    "57014": "a statement took too long; see whether the database is overloaded, then try again",
    "57P": "it was shut down; start it again",
    "08": "the connection was lost; see whether it runs, then try again",
}


def version(connection: psycopg.Connection[Record], name: str) -> int:
    """How many steps the schema has taken. Raises ArchiveError where the database is not ours or too old."""
    if connection.info.server_version < _OLDEST:
        message = f"{name}: it is older than PostgreSQL 13; use a newer one"
        raise ArchiveError(message)
    asked = b"SELECT current_schema(), to_regclass('digest_schema'), to_regclass('delivery')"
    row = connection.execute(asked).fetchone()
    schema, ours, taken = row or (None, None, None)
    if schema is None:
        message = f"{name}: its search_path names no schema that exists; create one or correct search_path"
        raise ArchiveError(message)
    if ours is None:
        if taken is not None:
            message = f"{name}: this is the database of another program; create one for digest"
            raise ArchiveError(message)
        return 0
    found = connection.execute(b"SELECT coalesce(max(version), 0) FROM digest_schema").fetchone()
    return int(found[0]) if found else 0


def prepare(connection: Impatient, name: str, found: int, *, readonly: bool) -> None:
    """Bring the schema up to date; of several services that start at once, one does. Raises ArchiveError."""
    wanted = len(migrations.STEPS)
    if found > wanted:
        message = f"{name}: made by a newer version of digest; install that version here too"
        raise ArchiveError(message)
    if found == wanted:
        return
    if readonly:
        message = f"{name}: made by an older version of digest; a service of this version has to run once first"
        raise ArchiveError(message)
    usual, connection.patience = connection.patience, _MIGRATION
    with connection.transaction():
        connection.execute(b"SET LOCAL lock_timeout = '60s'; SET LOCAL statement_timeout = '5min'", prepare=False)
        connection.execute(f"SELECT pg_advisory_xact_lock({_MIGRATING[0]}, {_MIGRATING[1]})".encode())
        connection.execute(b"CREATE TABLE IF NOT EXISTS digest_schema (version INTEGER NOT NULL)")
        done = version(connection, name)  # another service may have been quicker
        for number, step in enumerate(migrations.STEPS[done:], done + 1):
            for statement in migrations.statements(step):
                connection.execute(dialect.schema(statement))
            connection.execute(b"DELETE FROM digest_schema")
            connection.execute(b"INSERT INTO digest_schema (version) VALUES (%s)", (number,))
    connection.patience = usual


def passed() -> float:
    """Seconds that have passed since some moment, those included in which the machine slept."""
    kind = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(kind)
