"""The archive's memory of approvals: which bytes of an issue were shown to its reviewers, and approved by them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from digest.archive.database import moment, stamp
from digest.archive.row import insert

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from digest.archive.database import Database
    from digest.delivery import Delivery


class Review(NamedTuple):
    """A draft as it was last shown. `sha256` is over every byte that would be sent; `turn` counts from 1."""

    issue_id: str
    sha256: str
    turn: int
    asked_at: datetime
    approved_at: datetime | None


class Reviews:
    """One row an issue: a changed draft takes the place of the one before, and its approval with it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, issue_id: str) -> Review | None:
        """What was last shown of an issue."""
        row = self._database.row("SELECT * FROM review WHERE issue_id = ?", (issue_id,))
        if row is None:
            return None
        approved = moment(row["approved_at"]) if row["approved_at"] else None
        return Review(row["issue_id"], row["sha256"], row["turn"], moment(row["asked_at"]), approved)

    def ask(self, issue_id: str, sha256: str, now: datetime, asking: Callable[[int], Iterable[Delivery]]) -> int | None:
        """Remember that these bytes wait for approval, with the deliveries that ask for it, in one commit.

        `asking` makes the deliveries of the given turn. Returns the turn; None where these bytes were shown already.
        """
        known = self.find(issue_id)
        if known and known.sha256 == sha256:
            return None
        with self._database.write() as writing:
            row = writing.execute(
                "INSERT INTO review (issue_id, sha256, turn, asked_at) VALUES (?, ?, 1, ?)"
                " ON CONFLICT (issue_id) DO UPDATE SET sha256 = excluded.sha256, turn = review.turn + 1,"
                " asked_at = excluded.asked_at, approved_at = NULL"
                " WHERE review.sha256 <> excluded.sha256 RETURNING turn",
                (issue_id, sha256, stamp(now)),
            ).fetchone()
            if row is None:
                return None
            for delivery in asking(row["turn"]):
                insert(writing, delivery, None)
        return int(row["turn"])

    def approve(self, issue_id: str, sha256: str, now: datetime) -> bool:
        """Approve these bytes. False where other ones were shown: what nobody has seen is not approved."""
        with self._database.write() as writing:
            return (
                writing.execute(
                    "INSERT INTO review (issue_id, sha256, turn, asked_at, approved_at) VALUES (?1, ?2, 1, ?3, ?3)"
                    " ON CONFLICT (issue_id) DO UPDATE SET approved_at = ?3 WHERE review.sha256 = ?2",
                    (issue_id, sha256, stamp(now)),
                ).rowcount
                == 1
            )

    def approved(self, issue_id: str, sha256: str) -> bool:
        """Whether exactly these bytes were approved."""
        known = self.find(issue_id)
        return known is not None and known.sha256 == sha256 and known.approved_at is not None
