"""The send journal: an append-only file beside the database, one line for each delivered part.

A database restored from an old backup has forgotten what was sent since. The journal has not: what it says
was delivered is never sent again, and where it knows deliveries that the database has never heard of,
everything is held until a person has looked.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from typing import TYPE_CHECKING

from digest.errors import ArchiveError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from digest.delivery import Delivery


class Journal:
    """`state/journal.jsonl`. Reading is incremental; appending is durable before it returns."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._keys: dict[str, int] = {}
        self._read = 0

    def delivered(self, delivery: Delivery, at: datetime, ref: str | None) -> None:
        """Append one line and make it durable. Raises ArchiveError where the disk refuses."""
        line = {
            "at": at.isoformat(timespec="seconds"),
            "key": delivery.key,
            "about": delivery.about,
            "kind": delivery.kind,
            "channel": delivery.channel,
            "recipient": delivery.recipient,
            "part": delivery.part,
            "generation": delivery.generation,
            "ref": ref,
        }
        data = (json.dumps(line, ensure_ascii=False) + "\n").encode()
        try:
            target = self._opened()
            try:
                # One writer at a time: two that both see a torn last line would both mend it.
                fcntl.flock(target, fcntl.LOCK_EX)
                # A torn last line (power loss, full disk) must not swallow this one.
                size = os.fstat(target).st_size
                torn = size > 0 and os.pread(target, 1, size - 1) != b"\n"
                os.write(target, b"\n" * torn + data)
                os.fsync(target)
            finally:
                os.close(target)
        except OSError as error:
            message = f"{self._path}: the send journal cannot be written ({error.strerror}); nothing more is sent"
            raise ArchiveError(message) from error

    def _opened(self) -> int:
        mode = os.O_RDWR | os.O_APPEND | os.O_CREAT
        try:
            return os.open(self._path, mode, 0o600)
        except FileNotFoundError:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            return os.open(self._path, mode, 0o600)

    @property
    def accepted(self) -> str:
        """The name under which an archive that several machines share remembers what was accepted of this journal.

        Each machine has a journal of its own, known by its first line, which never changes.
        """
        try:
            with self._path.open("rb") as file:
                first = file.readline()
        except OSError:
            first = b""
        return f"journal_accepted:{hashlib.sha256(first).hexdigest()[:16]}"

    def keys(self) -> dict[str, int]:
        """The keys of everything delivered, each with the offset in bytes at which its line ends."""
        try:
            size = self._path.stat().st_size
            if size < self._read:
                self._keys, self._read = {}, 0
            if size > self._read:
                with self._path.open("rb") as file:
                    file.seek(self._read)
                    self._take(file.read(size - self._read))
        except FileNotFoundError:
            self._keys, self._read = {}, 0
        except OSError as error:
            message = f"{self._path}: the send journal cannot be read ({error.strerror}); nothing is sent without it"
            raise ArchiveError(message) from error
        return self._keys

    def _take(self, data: bytes) -> None:
        for line in data.splitlines(keepends=True):
            if not line.endswith(b"\n"):
                return  # still being written by another process
            self._read += len(line)
            try:
                entry = json.loads(line)
            except ValueError:
                continue  # torn by a power loss; its delivery was not recorded anywhere
            if isinstance(entry, dict) and isinstance(entry.get("key"), str):
                self._keys[entry["key"]] = self._read
