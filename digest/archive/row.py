"""A delivery as a row of the archive: into the table and out of it."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from digest.archive.database import moment, stamp
from digest.delivery import Delivery

if TYPE_CHECKING:
    from datetime import datetime

    from digest.archive.database import Row, Writing
    from digest.delivery import Patience


def insert(writing: Writing, delivery: Delivery, issue_id: str | None) -> int:
    """Add a row inside the transaction that is open; 0 where its key is there or its recipient suppressed."""
    return writing.execute(
        "INSERT INTO delivery (kind, about, issue_id, channel_id, recipient, part, parts, generation, idem_key, name,"
        " content_type, headers, body, body_sha256, on_unknown, max_attempts, next_at, deadline_at)"
        " SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?"
        " WHERE NOT EXISTS (SELECT 1 FROM suppressed WHERE channel_id = ?4 AND recipient = ?5)"
        " ON CONFLICT (idem_key) DO NOTHING",
        (
            delivery.kind,
            delivery.about,
            issue_id,
            delivery.channel,
            delivery.recipient,
            delivery.part,
            delivery.parts,
            delivery.generation,
            delivery.key,
            delivery.name,
            delivery.content_type,
            json.dumps(delivery.headers),
            delivery.body,
            hashlib.sha256(delivery.body).hexdigest(),
            delivery.on_unknown,
            delivery.max_attempts,
            stamp(delivery.next_at),
            stamp(delivery.deadline_at),
        ),
    ).rowcount


def again(delivery: Delivery, now: datetime, patience: Patience) -> Delivery:
    """The same bytes as a new row of the next generation."""
    return Delivery(
        kind=delivery.kind,
        about=delivery.about,
        channel=delivery.channel,
        part=delivery.part,
        parts=delivery.parts,
        name=delivery.name,
        content_type=delivery.content_type,
        body=delivery.body,
        on_unknown=delivery.on_unknown,
        next_at=now,
        deadline_at=now + patience.deadline,
        recipient=delivery.recipient,
        generation=delivery.generation + 1,
        headers=delivery.headers,
        max_attempts=patience.attempts,
    )


def as_delivery(row: Row) -> Delivery:
    """A row as a value."""
    return Delivery(
        kind=row["kind"],
        about=row["about"],
        channel=row["channel_id"],
        part=row["part"],
        parts=row["parts"],
        name=row["name"],
        content_type=row["content_type"],
        body=row["body"],
        on_unknown=row["on_unknown"],
        next_at=moment(row["next_at"]),
        deadline_at=moment(row["deadline_at"]),
        recipient=row["recipient"],
        generation=row["generation"],
        headers=tuple((name, value) for name, value in json.loads(row["headers"])),
        id=row["id"],
        state=row["state"],
        attempts=row["attempts"],
        max_attempts=row["max_attempts"],
        remote_ref=row["remote_ref"],
        last_error=row["last_error"],
        delivered_at=moment(row["delivered_at"]) if row["delivered_at"] else None,
    )
