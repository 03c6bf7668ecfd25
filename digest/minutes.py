"""The minutes: where the editor's decisions are kept.

In `config/edits.yaml`; in the database where several services share one, each decision a row. Either way, what two
editors decide at the same time adds up. A file that is there when services begin to share is taken over once.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from digest import edits
from digest.archive.decisions import merged

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from datetime import datetime
    from pathlib import Path

    from digest.archive import Archive
    from digest.decision import Edits

log = logging.getLogger("digest")


class Minutes:
    """The decisions of one home. `writable` opens the archive to write where `archive` is only read."""

    def __init__(self, archive: Archive, writable: Callable[[], AbstractContextManager[Archive]] | None = None) -> None:
        self._archive = archive
        self._writable = writable
        self._seen = threading.local()
        self._told = False

    def read(self, home: Path, now: datetime) -> Edits:
        """What is decided. Raises ConfigError where somebody wrote what is no decision."""
        if not self._archive.shared:
            found = edits.load(home)
            self._seen.table = edits.as_table(found)
            return found
        self._seen.table = self._archive.decisions.table()
        if (home / edits.NAME).exists():
            own = self._taken(home, now)
            if own is not None:
                return own
        return edits.from_table(self._seen.table)

    def write(self, home: Path, decided: Edits, now: datetime) -> None:
        """Keep these decisions in the place of those that this thread has read last."""
        before = getattr(self._seen, "table", {})
        after = edits.as_table(decided)
        if not self._archive.shared:
            with edits.alone(home):  # the desk, a terminal and a hand in the file may all be at work
                there = edits.as_table(edits.load(home))
                edits.save(home, edits.from_table(merged(there, before, after)))
            self._seen.table = after
            return
        if self._writable:
            with self._writable() as archive:
                archive.decisions.change(before, after, now)
        else:
            self._archive.decisions.change(before, after, now)
        self._seen.table = after

    def _taken(self, home: Path, now: datetime) -> Edits | None:
        """Take the file over, or say that it is not read any more; its decisions, where they are taken only now."""
        if self._archive.decisions.taken():
            if not self._told:
                log.warning("%s is not read any more: the decisions are in the database", edits.NAME)
                self._told = True
            return None
        own = edits.load(home)
        if self._writable:  # a look changes nothing
            return own
        self._archive.decisions.take(edits.as_table(own), now)
        log.warning("%s was taken over: the decisions are in the database from now on", edits.NAME)
        self._told = True
        self._seen.table = self._archive.decisions.table()
        return edits.from_table(self._seen.table)
