"""The service: one tick after the other, each with the newest configuration that is right."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, NamedTuple

from digest.errors import ArchiveError, ConfigError, DigestError
from digest.newsroom import Newsroom
from digest.settings import configured, load

if TYPE_CHECKING:
    from pathlib import Path
    from threading import Event

    from digest.outbox import Report
    from digest.press import Press

log = logging.getLogger("digest")


class Round(NamedTuple):
    """What a tick of the service came to: what was delivered, and in stable words what kept it from its work.

    The words are `configuration` (the last good one is in use), `database`, and `work` for everything else.
    """

    report: Report | None
    faults: tuple[str, ...]


def serve(press: Press, stop: Event, seeds: tuple[Path, ...]) -> Round:
    """One tick of the service, with the newest configuration that is right; no error of the user's ends it."""
    report, faults = None, []
    try:
        written = configured(press.settings.home)
        fresh = press.settings
        if written != press.written or press.settings.lacks:
            fresh = load(press.settings.home, seeds)
            press.written = written
        if fresh.version != press.settings.version or fresh.lacks != press.settings.lacks:
            log.info("the configuration has changed; it is in use from now on")
            press.newsroom = Newsroom(fresh)
    except ConfigError as error:
        log.error("the last good configuration stays in use: %s", error)  # noqa: TRY400 -- told in one line
        faults.append("configuration")
    try:
        report = press.tick(stop)
    except DigestError as error:
        log.error("%s", error)  # noqa: TRY400 -- told in one line
        faults.append("database" if isinstance(error, ArchiveError) else "work")
    return Round(report, tuple(faults))
