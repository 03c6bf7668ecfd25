"""Accord: services that share an archive plan by one configuration, whichever machine is quicker.

What counts is whatever an issue's bytes depend on: rules, word lists, platforms, templates, the newsletter, its
schedule and what each channel gets. What may differ from machine to machine does not: seed folders, addresses, secrets.
"""

from __future__ import annotations

import hashlib
import json
import os
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from digest import __version__, shipped
from digest.errors import AccordError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from digest.archive import Archive
    from digest.settings import Settings

_TABLES = ("config/rules.yaml", "config/platforms.yaml", "config/lexicon", "templates")


class Accord:
    """What one process has to do with the others. On an archive of one machine it has nothing to say."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._attending = False
        self.name = f"{os.uname().nodename}:{os.getpid()}:{os.urandom(3).hex()}"

    def attend(self, settings: Settings, real: datetime) -> None:
        """Say that this service is alive, and by what it plans."""
        if self._archive.shared:
            self._archive.services.seen(self.name, fingerprint(settings), real)
            self._attending = True

    def check(self, settings: Settings, real: datetime) -> None:
        """Raise AccordError where others plan by another configuration: this process plans nothing then."""
        if not self._archive.shared:
            return
        mine = fingerprint(settings)
        if other := self._archive.services.objection(mine, real):
            message = (
                f"this configuration ({mine}) is not the one that service {other} plans by"
                f" ({self._archive.services.agreed()}): nothing is planned here. Bring all services to one"
                " configuration, or make them follow this one: digest archive adopt"
            )
            raise AccordError(message)

    def standing(self, real: datetime) -> list[dict[str, object]]:
        """The services that were seen during the last day, for programs."""
        return [
            {
                "name": one.name,
                "configuration": one.fingerprint,
                "planning": one.planning,
                "living": one.living,
                "seen": one.seen.isoformat(timespec="seconds"),
            }
            for one in self._archive.services.all(real)
        ]

    def leave(self) -> None:
        """Say that this service has ended."""
        if self._attending:
            self._archive.services.leave(self.name)
            self._attending = False


def fingerprint(settings: Settings) -> str:
    """Sixteen hex digits over everything an issue depends on and all machines must have alike."""
    schedule = settings.schedule
    values = [
        __version__,
        repr(settings.masthead),
        [sorted(schedule.days), schedule.at.isoformat(), str(schedule.zone), schedule.grace.total_seconds()],
        [settings.send_empty, settings.review and settings.review.total_seconds()],
        [list(settings.platforms), sorted(settings.utm.items()), sorted(settings.people.items())],
        [settings.look_back, settings.waits],
        [[one.name, one.type, one.gets, one.sections, sorted(one.options.items())] for one in settings.channels],
    ]
    whole = hashlib.sha256(json.dumps(values, ensure_ascii=False, default=str).encode())
    tables = _shipped(Path(str(shipped.root()))) | dict(_tables(settings.home))
    for name, sha256 in sorted(tables.items()):
        whole.update(f"\n{name}:{sha256}".encode())
    return whole.hexdigest()[:16]


@cache
def _shipped(root: Path) -> dict[str, str]:
    """What ships does not change under a running program."""
    return dict(_tables(root))


def _tables(root: Path) -> Iterator[tuple[str, str]]:
    """The files under a root that decide what an issue says: name → sha256; those of a home go before the shipped."""
    for name in _TABLES:
        place = root / name
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            hidden = any(part.startswith(("_", ".")) for part in path.relative_to(root).parts)
            if path.is_file() and not hidden:
                info = path.stat()
                yield path.relative_to(root).as_posix(), _sha256(path, info.st_size, info.st_mtime_ns)


@lru_cache(1024)
def _sha256(path: Path, _size: int, _mtime_ns: int) -> str:
    """Of a file's content; asked at every tick, so it is read again only where its size or time has changed."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
