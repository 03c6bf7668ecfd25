"""The services that share an archive, and the one configuration by which they plan.

An issue must not depend on which machine was quicker, so services plan by one configuration only, known by its
fingerprint. A new one takes over as soon as no service that is alive has the one before, or when an operator says so.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from digest.archive.database import moment, stamp

if TYPE_CHECKING:
    from datetime import datetime

    from digest.archive.database import Database

LIVING = timedelta(minutes=2)
"""A service that was not seen for so long is taken for dead; it says that it lives every half minute."""

_FORGOTTEN = timedelta(days=1)
_PLANNED_BY = "planned_by"


class Service(NamedTuple):
    """A service as it was last seen. `living`: within the last two minutes; `planning`: by the configuration in use."""

    name: str
    fingerprint: str
    started: datetime
    seen: datetime
    living: bool
    planning: bool


class Services:
    """Who is at work on the archive."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def seen(self, name: str, fingerprint: str, real: datetime) -> None:
        """Say that a service is alive, and by which configuration it would plan."""
        with self._database.write() as writing:
            at = writing.clock(real)
            writing.execute(
                "INSERT INTO service (name, fingerprint, started_at, seen_at) VALUES (?1, ?2, ?3, ?3)"
                " ON CONFLICT (name) DO UPDATE SET fingerprint = excluded.fingerprint, seen_at = excluded.seen_at",
                (name, fingerprint, stamp(at)),
            )
            writing.execute("DELETE FROM service WHERE seen_at < ?", (stamp(at - _FORGOTTEN),))

    def leave(self, name: str) -> None:
        """Say that a service has ended."""
        with self._database.write() as writing:
            writing.execute("DELETE FROM service WHERE name = ?", (name,))

    def all(self, real: datetime) -> list[Service]:
        """Every service that was seen during the last day, the one seen last first."""
        since, agreed = self._database.clock(real) - LIVING, self.agreed()
        rows = self._database.rows("SELECT * FROM service ORDER BY seen_at DESC, name")
        found = []
        for row in rows:
            seen, print_ = moment(row["seen_at"]), row["fingerprint"]
            started = moment(row["started_at"])
            found.append(Service(row["name"], print_, started, seen, seen > since, print_ == agreed))
        return found

    def agreed(self) -> str | None:
        """The fingerprint of the configuration by which everybody plans; None before the first plan."""
        row = self._database.row("SELECT value FROM meta WHERE key = ?", (_PLANNED_BY,))
        return row[0] if row else None

    def objection(self, fingerprint: str, real: datetime) -> str | None:
        """The name of a living service for whose configuration this one must wait; None where this one may plan.

        Where it may, it is the configuration in use from then on.
        """
        if self.agreed() == fingerprint:
            return None
        with self._database.write() as writing:
            row = writing.execute(
                "SELECT name FROM service JOIN meta ON meta.value = service.fingerprint"
                " WHERE meta.key = ? AND service.fingerprint <> ? AND seen_at > ? ORDER BY name LIMIT 1",
                (_PLANNED_BY, fingerprint, stamp(writing.clock(real) - LIVING)),
            ).fetchone()
            if row:
                return str(row[0])
            writing.execute(_AGREE, (_PLANNED_BY, fingerprint))
        return None

    def adopt(self, fingerprint: str) -> None:
        """Let everybody plan by this configuration from now on; who has another waits until it has this one."""
        with self._database.write() as writing:
            writing.execute(_AGREE, (_PLANNED_BY, fingerprint))


_AGREE = "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
