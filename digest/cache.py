"""The cache: what was read and decided before, by the content it came from. It can be deleted at any time.

`state/cache.db` knows four things: which content a file had when it was last opened (by its size and time), what
was read in a content (by the code and word lists that read it), what the rules decided about it (by the rule book as
well), and what clips of earlier issues are compared by. A row is used only where all of that is the same; a cache that
is damaged, locked or may not be written is left alone with a line in the log, and everything is read again.
"""

from __future__ import annotations

import hashlib
import logging
import os
import sqlite3
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from digest.inbox import File

log = logging.getLogger("digest")

FORM = 3
"""The form of the tables; a file of another form is emptied."""

TIMEOUT = 2.0
"""Seconds to wait for another process that is writing."""

ROOM = 256
"""Rows that are kept back and written together."""

PROOFS = 8
"""So many proofs are kept: as text and for programs, of a few ways to ask."""

SCHEMA = """
CREATE TABLE file (folder TEXT, path TEXT, size INTEGER, mtime_ns INTEGER, ctime_ns INTEGER, seed TEXT, name TEXT,
    PRIMARY KEY (folder, path)) WITHOUT ROWID;
CREATE TABLE reading (seed TEXT, name TEXT, version TEXT, data BLOB, PRIMARY KEY (seed, name));
CREATE TABLE judgement (seed TEXT, name TEXT, version TEXT, worth REAL, held INTEGER, data BLOB,
    PRIMARY KEY (seed, name));
CREATE TABLE keepsake (seed TEXT, name TEXT, version TEXT, data BLOB, PRIMARY KEY (seed, name));
CREATE TABLE proof (asked TEXT PRIMARY KEY, data BLOB);
"""

FILES = """
SELECT f.path, f.size, f.mtime_ns, f.ctime_ns, f.seed, r.version, j.version, j.worth, j.held FROM file f
LEFT JOIN reading r ON r.seed = f.seed AND r.name = f.name
LEFT JOIN judgement j ON j.seed = f.seed AND j.name = f.name
WHERE f.folder = ? AND f.path > ? ORDER BY f.path LIMIT 2000
"""

READERS = ("document.py", "errors.py", "formats", "fragment.py", "kept.py", "late.py", "lexicon.py", "link.py",
           "packed.py", "quote.py", "reading", "seed.py", "sentence.py", "shipped.py", "speech", "term.py",
           "typography.py", "words.py")  # fmt: skip
"""The code that decides what is read in a file; a test holds that nothing is missing."""

PARSERS = ("beautifulsoup4-", "markdownify-", "pyyaml-", "soupsieve-")
"""The libraries that decide what is read in a page or in front matter; mail, feeds and entities are Python's own."""

JUDGES = (*READERS, "judging", "rule.py", "summary.py")
"""The code that decides what is chosen of it."""

TELLERS = (*JUDGES, "decision.py", "gathering", "keepsake.py", "labels.py", "story.py")
"""The code that decides what it is compared by."""


class Known(NamedTuple):
    """What is known of a file that has not changed: its content, and what that is worth.

    `worth` and `held` are None where the content was not judged by these rules yet. A `touched` file has its size and
    time and was changed since: its content may be another one.
    """

    file: File
    seed: str | None = None
    worth: float | None = None
    held: bool | None = None
    touched: bool = False


class Row(NamedTuple):
    """What came of one file: packed readings and judgements, `held` where all its documents stay out.

    `judgements` is None where nothing was read. `lasting` says that another look would give the same.
    """

    seed: str
    readings: bytes
    judgements: bytes | None
    worth: float
    held: bool
    lasting: bool = True


class Cache:
    """The cache of one home. Close it, or use it in a `with`; a missing or useless one knows nothing."""

    def __init__(self, database: sqlite3.Connection | None, reading: str = "", judging: str = "") -> None:
        self._database = database
        self._reading = reading
        self._judging = judging
        self._waiting: list[tuple[str, tuple[object, ...]]] = []
        self._stirred = False  # whether a content may have lost its last file

    @classmethod
    def open(cls, path: Path, reading: str = "", judging: str = "") -> Cache:
        """Open or make the cache. `reading` and `judging` are the versions that its rows must have."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            return cls(_opened(path), reading, judging)
        except sqlite3.DatabaseError as error:
            if not isinstance(error, sqlite3.OperationalError):  # damaged, and worth nothing: the next run begins anew
                with suppress(OSError):
                    for end in ("", "-wal", "-shm"):
                        path.with_name(f"{path.name}{end}").unlink(missing_ok=True)
            log.warning("the cache is left alone and everything is read again: %s: %s", path, error)
        except OSError as error:
            log.warning("there is no cache, everything is read again: %s: %s", path, error.strerror)
        return cls(None)

    def close(self) -> None:
        """Write what waits and close the file."""
        self.flush()
        if self._database:
            self._database.close()
        self._database = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def known(self, folder: str, files: Iterable[File]) -> Iterator[Known]:
        """What is known of each of a folder's files, which must be sorted by path: one statement, in step with them.

        Files that are known and not among them are forgotten.
        """
        rows = self._files(folder)
        row = next(rows, None)
        for file in files:
            while row and row[0] < file.path:
                self._forget(folder, row[0])
                row = next(rows, None)
            if not row or row[0] != file.path:
                yield Known(file)
                continue
            _, size, mtime_ns, ctime_ns, seed, read, judged, worth, held = row
            touched = ctime_ns != file.ctime_ns
            row = next(rows, None)
            if (size, mtime_ns) != file.stamp:
                yield Known(file)
            elif read != self._reading or judged != self._judging:
                yield Known(file, seed, touched=touched)
            else:
                yield Known(file, seed, worth, bool(held), touched)
        while row:
            self._forget(folder, row[0])
            row = next(rows, None)

    def readings(self, seed: str, name: str) -> bytes | None:
        """What was read in a content, packed; None where nothing is known."""
        sql = "SELECT data FROM reading WHERE seed = ? AND name = ? AND version = ?"
        row = next(self._rows(sql, (seed, name, self._reading)), None)
        return row[0] if row else None

    def judgements(self, seed: str, name: str) -> bytes | None:
        """What was decided about it, packed; None where nothing is known."""
        sql = "SELECT data FROM judgement WHERE seed = ? AND name = ? AND version = ?"
        row = next(self._rows(sql, (seed, name, self._judging)), None)
        return row[0] if row else None

    def keep(self, file: File, row: Row) -> None:
        """Keep what came of a file."""
        name = file.path.rpartition("/")[2]
        stamp = (file.folder, file.path, *file.stamp, file.ctime_ns, row.seed, name)
        self._wait("INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?, ?)", stamp)
        if not row.lasting:
            return
        kept = (row.seed, name, self._reading, row.readings)
        self._wait("INSERT OR REPLACE INTO reading VALUES (?, ?, ?, ?)", kept)
        judged = (row.seed, name, self._judging, row.worth, row.held, row.judgements)
        self._wait("INSERT OR REPLACE INTO judgement VALUES (?, ?, ?, ?, ?, ?)", judged)

    def keepsakes(self, version: str) -> dict[tuple[str, str], bytes]:
        """What clips of earlier issues are compared by, packed, by content and name of the file."""
        rows = self._rows("SELECT seed, name, data FROM keepsake WHERE version = ?", (version,))
        return {(row[0], row[1]): row[2] for row in rows}

    def cherish(self, version: str, found: Mapping[tuple[str, str], bytes]) -> None:
        """Keep these keepsakes, and no others."""
        known = {(row[0], row[1]) for row in self._rows("SELECT seed, name FROM keepsake", ())}
        for key in known - found.keys():
            self._wait("DELETE FROM keepsake WHERE seed = ? AND name = ?", key)
        for (seed, name), data in found.items():
            self._wait("INSERT OR REPLACE INTO keepsake VALUES (?, ?, ?, ?)", (seed, name, version, data))
        self.flush()

    def touch(self, file: File) -> None:
        """Know that a file has the content it had, though the system saw it change."""
        sql = "UPDATE file SET ctime_ns = ? WHERE folder = ? AND path = ?"
        self._wait(sql, (file.ctime_ns, file.folder, file.path))

    def doubt(self, folder: str, path: str) -> None:
        """Forget which content a file had: it has another one now, of the same size and time."""
        self._forget(folder, path)

    def tidy(self, folders: Sequence[str]) -> None:
        """Forget the files of other folders, and contents that no file has any more."""
        others = {row[0] for row in self._rows("SELECT DISTINCT folder FROM file", ())} - set(folders)
        for folder in others:
            self._wait("DELETE FROM file WHERE folder = ?", (folder,))
        if self._stirred:
            self._wait("DELETE FROM reading WHERE (seed, name) NOT IN (SELECT seed, name FROM file)", ())
            self._wait("DELETE FROM judgement WHERE (seed, name) NOT IN (SELECT seed, name FROM file)", ())
            self._stirred = False
        self.flush()

    def proof(self, asked: str) -> bytes | None:
        """The proof of the last preview that was asked for like this, packed."""
        row = next(self._rows("SELECT data FROM proof WHERE asked = ?", (asked,)), None)
        return row[0] if row else None

    def prove(self, asked: str, data: bytes) -> None:
        """Keep the proof of a preview in the place of the one before."""
        self._wait("INSERT OR REPLACE INTO proof VALUES (?, ?)", (asked, data))
        newest = "SELECT rowid FROM proof ORDER BY rowid DESC LIMIT ?"
        self._wait(f"DELETE FROM proof WHERE rowid NOT IN ({newest})", (PROOFS,))  # noqa: S608 -- fixed words

    def flush(self) -> None:
        """Write what waits, in one transaction."""
        waiting, self._waiting = self._waiting, []
        if not (self._database and waiting):
            return
        try:
            self._database.execute("BEGIN IMMEDIATE")
            for sql, values in waiting:
                self._database.execute(sql, values)
            self._database.execute("COMMIT")
        except sqlite3.Error as error:
            self._give_up(error)

    def _files(self, folder: str) -> Iterator[Any]:
        """A folder's known files by path, with the versions and worth of what is known of their contents.

        Read page by page, so that no read is open while something is written.
        """
        last = ""
        while True:
            rows = list(self._rows(FILES, (folder, last)))
            yield from rows
            if not rows:
                return
            last = rows[-1][0]

    def _forget(self, folder: str, path: str) -> None:
        self._wait("DELETE FROM file WHERE folder = ? AND path = ?", (folder, path))

    def _wait(self, sql: str, values: tuple[object, ...]) -> None:
        if self._database:
            self._stirred = True
            self._waiting.append((sql, values))
            if len(self._waiting) >= ROOM:
                self.flush()

    def _rows(self, sql: str, values: tuple[object, ...]) -> Iterator[Any]:
        if not self._database:
            return
        try:
            yield from self._database.execute(sql, values)
        except sqlite3.Error as error:
            self._give_up(error)

    def _give_up(self, error: sqlite3.Error) -> None:
        """Go on without: whatever was to be known is read again."""
        log.warning("the cache is not used any more in this run: %s", error)
        if self._database:
            with suppress(sqlite3.Error):
                self._database.close()
        self._database = None


def _opened(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=TIMEOUT, isolation_level=None)
    try:
        if database.execute("PRAGMA user_version").fetchone() != (FORM,):
            _make(database)
        database.execute("PRAGMA synchronous = NORMAL")
    except BaseException:
        database.close()
        raise
    return database


def _make(database: sqlite3.Connection) -> None:
    """Lay the tables, unless another process has just done it."""
    database.execute("PRAGMA auto_vacuum = FULL")  # what is forgotten leaves the file as well
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("BEGIN IMMEDIATE")
    if database.execute("PRAGMA user_version").fetchone() != (FORM,):
        for table in ("file", "reading", "judgement", "keepsake", "proof"):
            database.execute(f"DROP TABLE IF EXISTS {table}")
        for statement in filter(str.strip, SCHEMA.split(";")):
            database.execute(statement)
        database.execute(f"PRAGMA user_version = {FORM}")
    database.execute("COMMIT")


@cache
def libraries() -> tuple[str, ...]:
    """The libraries that are installed, each with its version, by the names of their records beside them.

    A look into a few folders: importlib.metadata would take longer than all else of a preview.
    """
    found: set[str] = set()
    for folder in sys.path:
        with suppress(OSError):
            found.update(name for name in os.listdir(folder) if name.endswith((".dist-info", ".egg-info")))  # noqa: PTH208 -- plain strings
    return tuple(sorted(found))


@cache
def code(names: tuple[str, ...]) -> str:
    """A hash of these modules and packages, what they parse with, and what ships: what they do changes only with it."""
    package = Path(__file__).parent
    found = hashlib.sha256(repr((sys.version, [one for one in libraries() if one.startswith(PARSERS)])).encode())
    for file in _files(package, names):
        found.update(_hashed(file))
    return found.hexdigest()[:16]


@cache
def _hashed(file: Path) -> bytes:
    """A hash of a file with its name; what reads also judges, so most are asked for twice."""
    return hashlib.sha256(file.name.encode() + b"\0" + file.read_bytes()).digest()


def _files(package: Path, names: Iterable[str]) -> Iterator[Path]:
    for name in names:
        place = package / name
        yield from [place] if place.is_file() else sorted(place.glob("*.py"))
    inside = package / "shipped" / "config"
    shipped = inside if inside.is_dir() else package.parent / "config"
    yield from sorted(file for file in shipped.rglob("*") if file.suffix in {".yaml", ".txt"})
