"""A lull: how long the service has nothing to do unless something changes, found once and not at each tick."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from digest.slot import steady

if TYPE_CHECKING:
    from datetime import datetime

    from digest.archive import Archive
    from digest.settings import Settings


class Lull(NamedTuple):
    """Nothing is to be done from `since` until `until` while the archive (Archive.revision) and the settings stay."""

    revision: object
    settings: Settings
    since: datetime
    until: datetime

    def lasts(self, revision: object, settings: Settings, now: datetime) -> bool:
        """Whether a tick at `now` could only find what was found before; a clock that was set back ends it."""
        return revision == self.revision and settings is self.settings and self.since <= now < self.until


def lull(
    archive: Archive, settings: Settings, revision: object, since: datetime, ask: datetime | None = None
) -> Lull | None:
    """What follows from a tick at `since` that had nothing to do; None where the next one has to look again.

    `revision` is the archive's from before that tick looked: what was written meanwhile, by whomever, ends the lull at
    once. `ask` is when reviewers are to be shown the next draft, if ever. It ends at the latest when a slot falls due.
    """
    if revision is None or archive.ledger.outstanding():
        return None
    until = steady(since, settings.schedule)
    if ask:
        until = min(until, ask)
    return Lull(revision, settings, since, until) if since < until else None
