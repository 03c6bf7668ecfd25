# ruff: noqa: S608 -- all SQL here is made of the names in our own schema; values are always bound
"""Everything that is remembered, from one kind of database to the other: table by table, and counted."""

from __future__ import annotations

import re
import secrets
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from digest.archive import migrations
from digest.archive.sqlite import Sqlite
from digest.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from digest.archive.database import Database, Writing
    from digest.archive.journal import Journal

TABLES = tuple(re.findall(r"CREATE TABLE (\w+)", "\n".join(migrations.STEPS)))
"""In the order in which they were made: what another one refers to comes before it."""

_MOVED_AS = "moved_as"
_AT_ONCE = 200
_GIVE = "SELECT setval(pg_get_serial_sequence('delivery', 'id'), max(id)) FROM delivery HAVING count(*) > 0"


class Moved(NamedTuple):
    """What was moved: where to, and how many rows each table has there. `before`: it had been moved already."""

    to: str
    counts: Mapping[str, int]
    before: bool


def move(path: Path, target: Database, journal: Journal) -> Moved:
    """Move the SQLite archive at `path` into an empty database that services can share.

    All of it arrives or nothing. The file stays as a backup, marked so that it is not used by mistake. Safe to run
    again: what an interrupted run has left undone is done. `journal` is the one beside the file. Raises ArchiveError:
    no such file, somebody at work on it, the target not empty, a count that differs.
    """
    if not path.is_file():
        message = f"{path}: there is no archive to move"
        raise ArchiveError(message)
    with Sqlite.open(path, moved=True) as source:
        with source.write() as opening:  # committed by itself: a run that is cut off later is known by it
            token = _token(opening)
        with source.write() as closing:  # nobody writes to the file meanwhile
            with target.write() as writing:
                before = _meant(writing, token)
                counts = _counts(writing) if before else _filled(source, target, writing, journal)
            closing.execute(f"PRAGMA application_id = {migrations.MOVED}")
    return Moved(target.name, counts, before is not None)


def _filled(source: Sqlite, target: Database, writing: Writing, journal: Journal) -> dict[str, int]:
    """Copy everything into an empty database; how many rows each table has."""
    if full := [f"{table} ({number})" for table, number in _counts(writing).items() if number]:
        message = f"{target.name}: it is not empty ({', '.join(full)}); name an empty database"
        raise ArchiveError(message)
    counts = _copy(source, writing, names=source)
    writing.execute(_GIVE)
    _accept(writing, journal)
    return counts


def copied(source: Database, target: Sqlite) -> Mapping[str, int]:
    """Copy everything into an empty SQLite archive, counted; the reading transaction is the caller's."""
    with target.write() as writing:
        return _copy(source, writing, names=target)


def _copy(source: Database, writing: Writing, *, names: Sqlite) -> dict[str, int]:
    for table in TABLES:
        columns = [row["name"] for row in names.rows(f"PRAGMA table_info({table})")]
        listed, marks = ", ".join(columns), ", ".join("?" * len(columns))
        rows = source.stream(f"SELECT {listed} FROM {table}")
        while batch := [tuple(row) for row in islice(rows, _AT_ONCE)]:
            writing.executemany(f"INSERT INTO {table} ({listed}) VALUES ({marks})", batch)
    arrived = _counts(writing)
    for table, number in arrived.items():
        row = source.row(f"SELECT count(*) FROM {table}")
        if row is None or row[0] != number:
            message = f"{source.name}: of the {row and row[0]} rows of {table} {number} arrived; nothing was moved"
            raise ArchiveError(message)
    return arrived


def _counts(writing: Writing) -> dict[str, int]:
    found = {}
    for table in TABLES:
        row = writing.execute(f"SELECT count(*) FROM {table}").fetchone()
        found[table] = int(row[0]) if row else 0
    return found


def _token(writing: Writing) -> str:
    """The name of this move, kept on both sides, by which a second run knows the first."""
    sql = (
        "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = meta.value RETURNING value"
    )
    row = writing.execute(sql, (_MOVED_AS, secrets.token_hex(16))).fetchone()
    return str(row[0]) if row else ""


def _meant(writing: Writing, token: str) -> str | None:
    """The name of the move that filled the target, where it is this one."""
    row = writing.execute("SELECT value FROM meta WHERE key = ?", (_MOVED_AS,)).fetchone()
    return str(row[0]) if row and row[0] == token else None


def _accept(writing: Writing, journal: Journal) -> None:
    """What was accepted of the journal was accepted of this machine's; others keep their own."""
    row = writing.execute("SELECT value FROM meta WHERE key = 'journal_accepted'").fetchone()
    if row:
        sql = "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO NOTHING"
        writing.execute(sql, (journal.accepted, row[0]))
