"""A proof: what a preview said, kept as long as everything it was made of is what it was.

A draft is a function of the program, the configuration, the templates, the clips, the archive and the slot. Where all
of them and the pages in `out/` are as they were, the same bytes would be written again, so nothing is. Sizes and times
tell whether clips, code and pages have changed (of clips also the time at which the system saw them change);
configuration and templates are compared by their content, libraries by their versions.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digest import inbox
from digest.cache import Cache, libraries

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from digest.settings import Settings

KNOWN = {"command", "home", "seeds", "now", "json"}
"""The options a proof understands; with any other one the preview is made."""


class Proof:
    """The proof of one preview, as it was asked for."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self._home = Path(arguments.home)
        self._now = arguments.now.timestamp() if arguments.now else time.time()
        others = any(value for name, value in vars(arguments).items() if name not in KNOWN)
        self._usable = not others and self._home.is_dir() and "DATABASE_URL" not in os.environ
        asked = (str(Path.cwd()), arguments.home, arguments.seeds, arguments.json, _look())
        self._key = json.dumps(asked)
        self._setting = self._hash(_setting(self._home)) if self._usable else ""
        self._clips = ""

    def text(self) -> str | None:
        """What the preview says, where it would say the same again; None where it must be made."""
        if not self._usable or not (self._home / "state" / "cache.db").is_file():
            return None
        with self._cache() as cache:
            data = cache.proof(self._key)
        if data is None:
            return None
        try:
            kept: dict[str, Any] = json.loads(data)
            same = (
                kept["setting"] == self._setting
                and kept["since"] <= self._now < kept["until"]
                and kept["pages"] == _stamps(map(Path, kept["files"]))
                and kept["clips"] == self._hash(_clips(map(Path, kept["folders"])))
            )
            return str(kept["text"]) if same else None
        except (LookupError, TypeError, ValueError):  # whatever wrote that, it was not `keep`
            return None

    def begin(self, settings: Settings) -> None:
        """Look at the clips before they are read: what changes from now on is not proven."""
        if any(channel.type != "folder" for channel in settings.channels) or settings.lacks:
            self._usable = False  # the requests of others hold the time, and what lacks is said each time
        if settings.database or settings.buckets or inbox.missing(settings.seeds):
            self._usable = False  # whether a database or a bucket elsewhere has changed is not seen from here
        if self._usable:
            self._clips = self._hash(_clips(settings.seeds))

    def keep(self, settings: Settings, until: datetime, files: Iterable[Path], text: str) -> None:
        """Keep what was said and written, unless something has changed meanwhile. It holds `until` then at most."""
        if not self._usable or self._setting != self._hash(_setting(self._home)):
            return
        if self._clips != self._hash(_clips(settings.seeds)):
            return
        pages = [str(file) for file in files]
        kept = {
            "setting": self._setting,
            "clips": self._clips,
            "folders": [str(folder) for folder in settings.seeds],
            "since": self._now,
            "until": until.timestamp(),
            "files": pages,
            "pages": _stamps(map(Path, pages)),
            "text": text,
        }
        with self._cache() as cache:
            cache.prove(self._key, json.dumps(kept).encode())

    def _cache(self) -> Cache:
        return Cache.open(self._home / "state" / "cache.db")

    def _hash(self, parts: Iterable[object]) -> str:
        found = hashlib.sha256()
        for part in parts:
            found.update(repr(part).encode("utf-8", "backslashreplace"))
        return found.hexdigest()


def _setting(home: Path) -> Iterator[object]:
    """Everything but the clips: the program with what ships, the home's own words and templates, the archive."""
    package = Path(__file__).parent
    yield sys.version, libraries()
    for root in (package, package.parent / "config", package.parent / "templates"):
        yield from _under(root, home=False)
    for root in (home / "config", home / "templates"):
        yield from _under(root, home=True)
    archive = _stamps(home / "state" / f"digest.db{end}" for end in ("", "-wal", "-journal"))
    yield [stamp for stamp in archive if stamp and stamp[0]]  # looking at it may leave an empty log behind


def _under(folder: Path, *, home: bool) -> Iterator[object]:
    """Every file below a folder: of a home's its content, of others size and time."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if entry.is_dir():
            if entry.name != "__pycache__":
                yield from _under(Path(entry.path), home=home)
        elif home:
            yield entry.name, _content(Path(entry.path)) if entry.is_file() else None
        else:
            info = entry.stat()
            yield entry.name, info.st_size, info.st_mtime_ns


def _content(file: Path) -> str | None:
    """A hash of a file; None where it cannot be read: the configuration tells whether that matters."""
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return None


def _clips(folders: Iterable[Path]) -> Iterator[object]:
    """Every clip by name, size and time; a folder's own way of being written does not count."""
    for folder in folders:
        yield os.path.realpath(folder)
        for file in inbox.scan([folder]):
            yield file[1:]


def _stamps(files: Iterable[Path]) -> list[list[int] | None]:
    """Size and time of each file, None where it is not there."""
    found: list[list[int] | None] = []
    for file in files:
        try:
            info = file.stat()
        except OSError:
            found.append(None)
        else:
            found.append([info.st_size, info.st_mtime_ns])
    return found


def _look() -> tuple[object, ...]:
    """What decides how a terminal's text looks."""
    tty = sys.stdout is not None and sys.stdout.isatty()
    return tty, os.environ.get("NO_COLOR"), os.environ.get("TERM"), shutil.get_terminal_size((80, 24)).columns
