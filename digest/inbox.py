"""The inbox: which files lie in the seed folders, and which of them can be read now.

The program never changes, moves or deletes a seed. A file is known by folder and path; whether it is new
is told by its size and time first and by its hash only when one of them differs.
"""

from __future__ import annotations

import errno
import os
import signal
import stat
import threading
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from digest.errors import SeedError
from digest.seed import Seed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

SUFFIXES = (".md", ".markdown", ".txt", ".html", ".htm", ".mhtml", ".mht", ".eml", ".xml", ".rss", ".atom")
"""The files that are seeds; anything else in a vault (images, PDFs, notes of plug-ins) is passed over."""

SETTLED = 2.0
"""Seconds without a change after which a file counts as finished writing."""

LONGEST = 20.0
"""Seconds that one file may take to be read; a clip takes a thousandth of it."""

NO_FILE = -1
"""The size of what has a seed's name and is no file: a pipe, a device, a link that leads nowhere or in a circle."""

BIGGEST = 50 * 1024 * 1024
"""Bytes of the largest file that is read; a clip is a thousandth of it."""


class File(NamedTuple):
    """A file in a seed folder. `path` is relative to `folder`, with `/`; size in bytes, times in nanoseconds.

    `path` is always text that can be stored and printed; `raw` is how the system spells it where its bytes are no
    UTF-8 (an archive of an old system, a share), and empty otherwise. `ctime_ns` is when the system saw it change: it
    moves where another content was given the size and time of the one before.
    """

    folder: str
    path: str
    size: int
    mtime_ns: int
    raw: str = ""
    ctime_ns: int = 0

    @property
    def stamp(self) -> tuple[int, int]:
        """What tells a changed file without opening it."""
        return self.size, self.mtime_ns

    def settled(self, clock: float) -> bool:
        """Whether the file had stopped changing at `clock` (real seconds since the epoch).

        A time in the future (a copied file, a wrong clock) counts as settled: it says nothing.
        """
        age = clock - self.mtime_ns / 1e9
        return age >= SETTLED or age < 0


def scan(folders: Iterable[Path]) -> Iterator[File]:
    """Every seed under the folders, hidden ones passed over, sorted by path in each folder.

    Symbolic links are followed to files but not to folders, so that a loop cannot be entered. A folder
    that cannot be listed is passed over; `missing` names the seed folders that are not there.
    """
    for folder in folders:
        root = os.fspath(folder)
        yield from _walk(root, root, "")


class Changes(NamedTuple):
    """What is different in a folder: files that are new or changed, known paths that are not there any more."""

    changed: list[File]
    gone: set[str]


def changes(folder: Path, known: Mapping[str, tuple[int, int]]) -> Changes:
    """What is new, changed or gone since `known` (path → size and time) was the truth.

    A file that is as it was costs one look: of a hundred thousand, `scan` would make a `File` each to be thrown away.
    """
    root = os.fspath(folder)
    changed: list[File] = []
    same = 0
    folders = [(root, "")]
    while folders:
        place, prefix = folders.pop()
        count, names, inner = _parted(place, prefix, known)
        same += count
        folders += [(f"{place}/{name}", f"{prefix}{name}/") for name in inner]
        for name in names:
            with suppress(OSError):  # vanished between listing and looking; the next look sees the truth
                changed.append(_file(root, prefix + name, _stat(f"{place}/{name}")))
    there = same + sum(file.path in known for file in changed)
    gone = set() if there == len(known) else known.keys() - {file.path for file in scan([folder])}
    return Changes([file for file in changed if known.get(file.path) != file.stamp], gone)


def _parted(place: str, prefix: str, known: Mapping[str, tuple[int, int]]) -> tuple[int, list[str], list[str]]:
    """A folder's entries: how many are known files as they were, the names of other seeds, and of folders."""
    count = 0
    names: list[str] = []
    inner: list[str] = []
    with suppress(OSError), _listed(place) as entries:
        for entry in entries:
            stamp = known.get(prefix + entry.name)
            if stamp:
                try:
                    info = entry.stat()
                except OSError:
                    continue
                if info.st_size == stamp[0] and info.st_mtime_ns == stamp[1]:
                    count += 1
                    continue
            if is_hidden(entry.name):
                continue
            if _is_folder(entry):
                inner.append(entry.name)
            elif entry.name.lower().endswith(SUFFIXES):
                names.append(entry.name)
    return count, names, inner


@contextmanager
def _listed(place: str) -> Iterator[Iterator[os.DirEntry[str]]]:
    """The entries of a folder that is held open: each look at one starts from it and not from the root again."""
    handle = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with os.scandir(handle) as entries:
            yield entries
    finally:
        os.close(handle)


def _stat(path: str) -> os.stat_result:
    """What the system says of a file; of a link that leads nowhere, of the link itself."""
    try:
        return os.stat(path)  # noqa: PTH116 -- plain strings, as everywhere here
    except OSError:
        return os.lstat(path)


def is_hidden(name: str) -> bool:
    """Whether a file or folder is passed over by its name."""
    return name.startswith(".") or name.endswith("~")


def missing(folders: Iterable[Path]) -> list[Path]:
    """The seed folders that do not exist or are no folders."""
    return [folder for folder in folders if not folder.is_dir()]


def bare(folders: Iterable[Path]) -> list[Path]:
    """The seed folders in which no file lies that could be a seed."""
    there = (folder for folder in folders if folder.is_dir())
    return [folder for folder in there if next(_walk(os.fspath(folder), os.fspath(folder), ""), None) is None]


def _walk(root: str, folder: str, prefix: str) -> Iterator[File]:
    """The seeds below a folder, sorted by path as they come: a folder stands where its name and a `/` would."""
    try:
        shown = [entry for entry in os.scandir(folder) if not is_hidden(entry.name)]
    except OSError:
        return
    listed = [(f"{_text(entry.name)}{'/' * _is_folder(entry)}", entry) for entry in shown]
    listed.sort(key=lambda one: one[0])
    for name, entry in listed:
        try:
            if name.endswith("/"):
                yield from _walk(root, entry.path, f"{prefix}{entry.name}/")
            elif name.lower().endswith(SUFFIXES):
                yield _file(root, prefix + entry.name, _looked_at(entry))
        except OSError:
            continue  # vanished between listing and looking; the next tick sees the truth


def _is_folder(entry: os.DirEntry[str]) -> bool:
    with suppress(OSError):
        return entry.is_dir(follow_symlinks=False)
    return False


def _looked_at(entry: os.DirEntry[str]) -> os.stat_result:
    """What the system says of a file; of a link that leads nowhere, of the link itself."""
    try:
        return entry.stat()
    except OSError:
        return entry.stat(follow_symlinks=False)


def _file(folder: str, path: str, info: os.stat_result) -> File:
    """The file, its path as text: bytes that are no UTF-8 are escaped, which keeps two names apart."""
    text = _text(path)
    size = info.st_size if stat.S_ISREG(info.st_mode) else NO_FILE
    return File(folder, text, size, info.st_mtime_ns, path if text != path else "", info.st_ctime_ns)


def _text(name: str) -> str:
    return name if name.isascii() else name.encode("utf-8", "backslashreplace").decode("utf-8")


def read(file: File) -> Seed:
    """The seed in a file.

    Raises SeedError (`no-permission`, `vanished`, `unreadable`, `too-big`), which is held back, not fatal.
    """
    if file.size == NO_FILE:
        message = "it is no file: a pipe, or a link that leads nowhere"
        raise SeedError("no-file", message, "Take it out of the folder.")
    if file.size > BIGGEST:
        code, message = "too-big", f"{file.size // 2**20} MB is more than a clip holds"
        raise SeedError(code, message, "Save the article alone, not the whole site.")
    try:
        with open(os.path.join(file.folder, file.raw or file.path), "rb") as handle:  # noqa: PTH118, PTH123 -- 100,000 files: plain strings
            data = handle.read()
    except PermissionError as error:
        raise SeedError("no-permission", "the file may not be read", "Give read permission to it.") from error
    except FileNotFoundError as error:
        raise SeedError("vanished", "the file went away while it was read", "Nothing to do.") from error
    except OSError as error:
        message = f"the file cannot be read ({error.strerror})"
        raise SeedError("unreadable", message, "Check the disk or the share.") from error
    return Seed(file.path, data, datetime.fromtimestamp(file.mtime_ns / 1e9, UTC))


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Give up on a file that takes longer: SeedError `too-slow`, and the rest goes on.

    The alarm of the system is only there in the main thread, where every command and the service read.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def give_up(*_: object) -> None:
        message = f"reading it took more than {seconds:g} seconds"
        raise SeedError("too-slow", message, "Save the article alone, as Markdown or text.")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def locate(path: Path) -> list[File]:
    """The seeds a command names: the file itself whatever its suffix, or all of a folder.

    Raises OSError where there is no such file.
    """
    if path.is_dir():
        return list(scan([path]))
    info = path.stat()
    if not stat.S_ISREG(info.st_mode):
        raise OSError(errno.EINVAL, "it is a pipe or a device and no file", os.fspath(path))
    return [_file(os.fspath(path.parent), path.name, info)]
