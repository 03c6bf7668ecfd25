"""The minutes: where the editor's decisions are kept.

In `config/edits.yaml`; in the database where several services share one, each decision a row. Either way, what two
editors decide at the same time adds up. A file that is there when services begin to share is taken over once.
"""

from __future__ import annotations

import json
import logging
import threading
from typing import TYPE_CHECKING, NamedTuple

from digest import edits
from digest.archive.decisions import entries, merged, tabled

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from datetime import datetime
    from pathlib import Path

    from digest.archive import Archive
    from digest.archive.decisions import Table
    from digest.decision import Edits
    from digest.issue import Change

log = logging.getLogger("digest")

STEPS = 50
"""So many of the last decisions can be taken back without being named."""

_STEPS = "decided_steps"
_FILE = "decided.json"


class Step(NamedTuple):
    """What one decision changed: its kind, what it is about, before and after in words, and each entry likewise.

    An entry is (section, id, value before, value after) as the archive keeps single decisions; None: there is none.
    """

    key: str
    id: str
    before: str | None
    after: str | None
    entries: tuple[tuple[str, str, str | None, str | None], ...]


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

    def write(self, home: Path, decided: Edits, now: datetime, by: Change | None = None) -> None:
        """Keep these decisions in the place of those that this thread has read last.

        `by` is the decision that made them so; without one it is no step that could be taken back.
        """
        before = getattr(self._seen, "table", {})
        after = edits.as_table(decided)
        self._write(home, before, after, now)
        if by and (changed := _changed(before, after)):
            self._keep(home, [*self.steps(home), Step(by.key, by.id, by.before, by.after, changed)][-STEPS:])

    def steps(self, home: Path) -> list[Step]:
        """The last decisions, the newest last; none where nobody kept them."""
        try:
            text = self._archive.recall(_STEPS) if self._archive.shared else (home / "state" / _FILE).read_text("utf-8")
            rows = json.loads(text or "[]")
            return [Step(key, name, before, after, tuple(map(tuple, of))) for key, name, before, after, of in rows]
        except (OSError, ValueError, TypeError):  # none yet, or whatever wrote that was not `_keep`
            return []

    def back(self, home: Path, now: datetime) -> Step | None:
        """Take the last decision back that still stands as it was made; None where none does."""
        self.read(home, now)
        there = entries(self._seen.table)
        steps = self.steps(home)
        while steps:
            step = steps.pop()
            if all(there.get((section, name)) == after for section, name, _, after in step.entries):
                for section, name, before, _ in step.entries:
                    there.pop((section, name), None)
                    there.update({(section, name): before} if before is not None else {})
                self._write(home, self._seen.table, edits.as_table(edits.from_table(tabled(there))), now)
                self._keep(home, steps)
                return step
        return None

    def _keep(self, home: Path, steps: list[Step]) -> None:
        text = json.dumps(steps, ensure_ascii=False)
        if not self._archive.shared:
            draft = (home / "state" / _FILE).with_suffix(".tmp")
            draft.write_text(text, encoding="utf-8", errors="surrogatepass")
            draft.replace(home / "state" / _FILE)
        elif self._writable:
            with self._writable() as archive:
                archive.remember(_STEPS, text)
        else:
            self._archive.remember(_STEPS, text)

    def _write(self, home: Path, before: Table, after: Table, now: datetime) -> None:
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


def _changed(before: Table, after: Table) -> tuple[tuple[str, str, str | None, str | None], ...]:
    """Each single decision that is another one after than it was before."""
    old, new = entries(before), entries(after)
    keys = sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))
    return tuple((*key, old.get(key), new.get(key)) for key in keys)
