"""The archive's memory of corrections: each is told once, in the issue that comes next."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from digest.archive.database import stamp
from digest.archive.row import insert
from digest.erratum import erratum

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from digest.archive.database import Database, Writing
    from digest.delivery import Delivery
    from digest.erratum import Erratum


class Corrected(NamedTuple):
    """A correction, and the id of the issue that has told it; None where it waits for the next one."""

    erratum: Erratum
    told_in: str | None


class Corrections:
    """One row a correction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, made: Erratum, deliveries: Iterable[Delivery], now: datetime) -> bool:
        """Remember a correction with the deliveries that tell it, in one commit. False where it was known already.

        Deliveries whose key is there stay as they are: who was told once is not told again.
        """
        record = json.dumps(made.record(), ensure_ascii=False, sort_keys=True)
        with self._database.write() as writing:
            sql = (
                "INSERT INTO correction (id, issue_id, record, made_at) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING"
            )
            fresh = writing.execute(sql, (made.id, made.issue, record, stamp(now))).rowcount == 1
            for delivery in deliveries:
                insert(writing, delivery, None)  # the issue itself has gone out as it did
        return fresh

    def all(self) -> list[Corrected]:
        """Every correction, oldest first."""
        rows = self._database.rows("SELECT record, told_in FROM correction ORDER BY made_at, id")
        return [Corrected(erratum(json.loads(row["record"])), row["told_in"]) for row in rows]

    def waiting(self) -> tuple[Erratum, ...]:
        """Those that no issue has told yet, oldest first."""
        return tuple(one.erratum for one in self.all() if one.told_in is None)


def told(writing: Writing, issue_id: str, ids: Iterable[str]) -> int:
    """Mark corrections as told by an issue, inside the transaction that is open; how many were."""
    sql = "UPDATE correction SET told_in = ? WHERE id = ? AND told_in IS NULL"
    return sum(writing.execute(sql, (issue_id, one)).rowcount for one in ids)
