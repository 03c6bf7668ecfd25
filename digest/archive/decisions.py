"""The editor's decisions where several services share the archive: a row each, so that two editors' changes add up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from digest.archive.database import stamp

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from digest.archive.database import Database

Table = dict[str, Any]
"""The decisions as `digest.edits.as_table` gives them: sections that are mappings or lists."""

_TAKEN = "edits_taken"
_WHOLE = frozenset({"order"})
"""Lists whose order is the decision: they are one row."""


class Decisions:
    """What was decided, by whomever."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def table(self) -> Table:
        """Everything that is decided."""
        rows = self._database.rows("SELECT section, id, value FROM decision ORDER BY section, id")
        return tabled({(row["section"], row["id"]): row["value"] for row in rows})

    def change(self, before: Table, after: Table, now: datetime) -> None:
        """Make of the decisions `before`, as they were read, those `after`.

        Only what differs is written: what others have decided meanwhile stays.
        """
        old, new = entries(before), entries(after)
        with self._database.write() as writing:
            for key in sorted(old.keys() - new.keys()):
                writing.execute("DELETE FROM decision WHERE section = ? AND id = ?", key)
            for key in sorted(key for key, value in new.items() if old.get(key) != value):
                writing.execute(
                    "INSERT INTO decision (section, id, value, decided_at) VALUES (?, ?, ?, ?)"
                    " ON CONFLICT (section, id) DO UPDATE SET value = excluded.value, decided_at = excluded.decided_at",
                    (*key, new[key], stamp(now)),
                )

    def taken(self) -> bool:
        """Whether the decisions of a file were taken over."""
        return self._database.row("SELECT 1 FROM meta WHERE key = ?", (_TAKEN,)) is not None

    def take(self, table: Table, now: datetime) -> bool:
        """Take the decisions of a file over, once; what is decided already stays. False where that was done before."""
        with self._database.write() as writing:
            sql = "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO NOTHING"
            if writing.execute(sql, (_TAKEN, stamp(now))).rowcount != 1:
                return False
            writing.executemany(
                "INSERT INTO decision (section, id, value, decided_at) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (section, id) DO NOTHING",
                [(*key, value, stamp(now)) for key, value in sorted(entries(table).items())],
            )
        return True


def merged(there: Table, before: Table, after: Table) -> Table:
    """What is decided `there`, with what somebody made of `before`, as it was read, `after`: both changes count."""
    old, new = entries(before), entries(after)
    kept = {key: value for key, value in entries(there).items() if key in new or key not in old}
    return tabled(kept | {key: value for key, value in new.items() if old.get(key) != value})


def entries(table: Table) -> dict[tuple[str, str], str]:
    """The single decisions: (section, id) → value; an item of a list has its own JSON for an id and no value."""
    found = {}
    for section, value in table.items():
        if section in _WHOLE:
            found[section, ""] = _json(value)
        elif isinstance(value, dict):
            found.update({(section, name): _json(one) for name, one in value.items()})
        else:
            found.update({(section, _json(one)): "" for one in value})
    return found


def tabled(single: Mapping[tuple[str, str], str]) -> Table:
    """Single decisions, as `entries` gives them, together again."""
    table: Table = {}
    for (section, name), value in single.items():
        if section in _WHOLE:
            table[section] = json.loads(value)
        elif value:
            table.setdefault(section, {})[name] = json.loads(value)
        else:
            table.setdefault(section, []).append(json.loads(name))
    return table


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
