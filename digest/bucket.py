"""Buckets: clips in object storage, mirrored into a folder of the home.

The mirror is a seed folder like any other, so nothing after it knows of buckets, and a bucket that is away leaves the
clips as they were known. It is disposable: what is lost of it is fetched again. An object is fetched when it is new or
its etag has changed, and only once it is settled. This clock is never asked for that: the server's own `Date` is set
against the object's time, and where that says too little, the object must look the same twice.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple, Protocol
from urllib.parse import quote, unquote, urlsplit

from digest import inbox
from digest.errors import BucketError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from digest.channels import Secret

log = logging.getLogger("digest")

SETTLED = inbox.SETTLED + 1.0
"""Seconds after which an object counts as finished: times of objects are whole seconds."""
REST = 15.0
"""Seconds between two looks at a bucket: the desk looks every second, and a listing costs money."""
AGAIN = 60.0
"""Seconds until a bucket that could not be listed is tried again."""
LONGEST = 120.0
"""Seconds that fetching may take at a time; what is left comes with the next look."""
WORKERS = 8
"""Objects that are fetched at a time."""
LONG = 180
"""Bytes of the longest name in the mirror; file systems take 255, and a temporary name is longer."""
_VAST = 2**40


class Bucket(NamedTuple):
    """A bucket with its prefix, and the folder that mirrors it. Without a key, the machine's own credentials count."""

    url: str
    mirror: Path
    endpoint: str | None = None
    region: str | None = None
    key: Secret | None = None
    secret: Secret | None = None

    @property
    def name(self) -> str:
        """The bucket without its prefix."""
        return urlsplit(self.url).netloc

    @property
    def prefix(self) -> str:
        """What the keys begin with: nothing, or a path that ends with `/`."""
        path = urlsplit(self.url).path.strip("/")
        return f"{path}/" if path else ""


class Item(NamedTuple):
    """An object: its key under the prefix, size in bytes, `modified` in seconds of the server's clock."""

    key: str
    etag: str
    size: int
    modified: float


class Listing(NamedTuple):
    """Every object under a prefix; `at` is what the server's clock showed, None where it does not tell."""

    items: list[Item]
    at: float | None


class Storage(Protocol):
    """What a bucket is asked. Both raise BucketError, with what to do about it."""

    def list(self) -> Listing:
        """Every object, all pages of it."""

    def get(self, item: Item) -> bytes | None:
        """The bytes of just this version of an object; None where it was replaced or removed meanwhile."""


class Known(NamedTuple):
    """What is remembered of a mirror: key → (etag, size, modified), and key → etag of those that are not settled.

    `whole` tells that the bucket was once listed and fetched to its end.
    """

    files: Mapping[str, tuple[str, int, float]] = {}
    waiting: Mapping[str, str] = {}
    whole: bool = False


def named(url: str, endpoint: str | None) -> str:
    """The name of a mirror: readable, and one for each bucket, prefix and endpoint."""
    digits = hashlib.sha256(f"{endpoint or ''} {url}".encode()).hexdigest()[:8]
    return f"{urlsplit(url).netloc}-{digits}"


def is_seed(key: str) -> bool:
    """Whether a key names a clip; hidden folders and other files are passed over, as in a folder."""
    return key.lower().endswith(inbox.SUFFIXES) and not any(inbox.is_hidden(part) for part in key.split("/"))


def local(key: str) -> str:
    """The path of an object in the mirror: its key, or the key in one escaped name where no file can be called so.

    A key may hold what no path can (`a//b`, `..`, a part of 300 bytes), or be both a file and a folder.
    """
    *folders, name = key.split("/")
    parts = [*folders, name]
    odd = any(not part or part in {".", ".."} or "\0" in part or len(part.encode()) > LONG for part in parts)
    odd = odd or (not folders and unquote(name) != name)  # it might be another key's escaped name
    if not odd and not any(part.lower().endswith(inbox.SUFFIXES) for part in folders):
        return key
    escaped = quote(key, safe="")
    if len(escaped) <= LONG:
        return escaped
    suffix = next(one for one in sorted(inbox.SUFFIXES, key=len, reverse=True) if name.lower().endswith(one))
    return hashlib.sha256(key.encode()).hexdigest() + suffix


def wanted(listing: Listing, known: Known) -> tuple[list[Item], dict[str, str]]:
    """The objects to fetch now, and those that have to look the same once more (key → etag)."""
    fetch: list[Item] = []
    waiting: dict[str, str] = {}
    for item in listing.items:
        if known.files.get(item.key, ("", 0, 0.0))[:2] == (item.etag, item.size):
            continue
        still = listing.at is not None and listing.at - item.modified >= SETTLED
        if still or known.waiting.get(item.key) == item.etag:
            fetch.append(item)
        else:
            waiting[item.key] = item.etag
    return fetch, waiting


class Mirror:
    """The mirror of a bucket. Any number of processes may share it; one of them looks at a time.

    `opened` gives the bucket's objects, when they are first asked for.
    """

    def __init__(self, bucket: Bucket, opened: Callable[[Bucket], Storage]) -> None:
        self.bucket = bucket
        self.trouble = ""
        self._opened = opened
        self._storage: Storage | None = None
        self._failed: float | None = None
        self._whole = False

    def refresh(self, *, patient: bool = False) -> str:
        """Bring the mirror up to date; what is wrong with the bucket, or nothing. Never raises for a bucket's sake.

        A look that another process does, or has just done, is as good. `patient` looks at once, and a second time
        where objects were written just now.
        """
        if not patient and self._failed is not None and time.monotonic() - self._failed < AGAIN:
            return self.trouble
        before, self.trouble = self.trouble, ""
        try:
            with self._locked() as free:
                fresh = self._failed is None and self._fresh(inbox.SETTLED if patient else REST)
                if free and not fresh and self._look() and patient:
                    time.sleep(SETTLED)
                    self._look()
        except BucketError as error:
            self.trouble = str(error)
        except OSError as error:
            self.trouble = f"{self.bucket.mirror}: cannot be written ({error.strerror})"
        self._failed = time.monotonic() if self.trouble else None
        if self.trouble and self.trouble != before:
            log.warning("%s", self.trouble)
        return self.trouble

    def check(self) -> None:
        """Raise BucketError where the bucket was never fetched to its end: an issue would lack clips."""
        self._whole = self._note.exists() and (self._whole or self._known().whole)
        if not self._whole:
            why = self.trouble or f"{self.bucket.url}: is being fetched for the first time; try again in a moment"
            raise BucketError(why)

    @property
    def _note(self) -> Path:
        return self.bucket.mirror / ".listing.json"

    @contextmanager
    def _locked(self) -> Iterator[bool]:
        self.bucket.mirror.mkdir(parents=True, exist_ok=True)
        with (self.bucket.mirror / ".lock").open("w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True

    def _fresh(self, rest: float) -> bool:
        with suppress(OSError):
            return 0 <= time.time() - self._note.stat().st_mtime < rest
        return False

    def _known(self) -> Known:
        try:
            told = json.loads(self._note.read_bytes())
            files = {key: (str(etag), int(size), float(at)) for key, (etag, size, at) in told["files"].items()}
            return Known(files, dict(told["waiting"]), bool(told["whole"]))
        except (OSError, LookupError, TypeError, ValueError, AttributeError):
            return Known()  # never looked, or damaged: everything is fetched again

    def _look(self) -> bool:
        """One look; whether objects have to look the same once more. Raises BucketError, OSError."""
        if self._storage is None:
            self._storage = self._opened(self.bucket)
        listing = self._storage.list()
        listing = listing._replace(items=[item for item in listing.items if is_seed(item.key)])
        known = self._known()
        there = {file.path: file for file in inbox.scan([self.bucket.mirror])}
        files = {key: row for key, row in known.files.items() if _kept(there.get(local(key)), *row[1:])}
        fetch, waiting = wanted(listing, known._replace(files=files))
        names = {item.key for item in listing.items}
        files = {key: row for key, row in files.items() if key in names}
        got, cut, why = self._fetched(self._storage, fetch)
        files |= {item.key: (item.etag, item.size, item.modified) for item in got}
        self._clear(there, {local(key) for key in names})
        self._write(self._note, json.dumps({"files": files, "waiting": waiting, "whole": known.whole or not cut}))
        if why:
            raise BucketError(why)
        return bool(waiting)

    def _fetched(self, storage: Storage, items: Iterable[Item]) -> tuple[list[Item], bool, str]:
        """What was fetched and written, whether the time was too short for all, and what went wrong first."""
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 -- only a bucket needs a crew

        until, got, cut, why = time.monotonic() + LONGEST, [], False, ""

        def fetch(item: Item) -> Item | None:
            data = b"" if item.size > inbox.BIGGEST else storage.get(item)  # `inbox.read` tells that it is too big
            if data is None:
                return None
            self._write(self.bucket.mirror / local(item.key), data, item)
            return item

        with ThreadPoolExecutor(WORKERS, thread_name_prefix="bucket") as crew:
            queue = [
                crew.submit(lambda one: fetch(one) if time.monotonic() < until else one.key, item) for item in items
            ]
            for done in queue:
                try:
                    item = done.result()
                except BucketError as error:
                    why = why or str(error)
                    continue
                if isinstance(item, str):
                    cut = True
                elif item:
                    got.append(item)
        return got, cut, why

    def _write(self, path: Path, data: bytes | str, item: Item | None = None) -> None:
        """Write a file whole or not at all, with the object's time; one that is too big stays a hole of its size."""
        path.parent.mkdir(parents=True, exist_ok=True)
        digits = hashlib.sha256(str(path).encode()).hexdigest()[:16]
        unfinished = self.bucket.mirror / f".{digits}.part"
        unfinished.write_bytes(data.encode() if isinstance(data, str) else data)
        if item:
            os.truncate(unfinished, min(item.size, _VAST))
            os.utime(unfinished, (item.modified, item.modified))
        unfinished.replace(path)

    def _clear(self, there: Mapping[str, inbox.File], names: set[str]) -> None:
        """Take away what the bucket does not hold any more."""
        for path in there.keys() - names:
            (self.bucket.mirror / path).unlink(missing_ok=True)


def _kept(file: inbox.File | None, size: int, modified: float) -> bool:
    """Whether the mirror still holds what was fetched."""
    return file is not None and file.size == min(size, _VAST) and abs(file.mtime_ns / 1e9 - modified) < 1
