"""The past: what the archive tells of earlier issues, to the next one and to the site's readers."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from digest import making, record
from digest.errors import ArchiveError
from digest.remainder import Memory

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from digest.archive import Archive
    from digest.newsroom import Newsroom
    from digest.remainder import Year
    from digest.seed import Clipped
    from digest.settings import Settings


def memory(archive: Archive, newsroom: Newsroom, day: date | None, *, extra: bool = False) -> Memory:
    """What is remembered of earlier issues; with an `extra` one beside the schedule no clip lapses.

    `day` is the day of the issue, where earlier years are looked back on; else None.
    """
    settings = newsroom.settings
    issues = [json.loads(content) for content in archive.recent(max(settings.look_back, 1))]
    frozen = [] if extra else archive.frozen(max(settings.waits, 1))
    own = Memory(
        waited={seed.sha256: sum(seed.first_seen <= at for at in frozen) for seed in archive.seeds("new", "held")},
        waits=max(settings.waits, 1) if extra else settings.waits,
        strays=archive.strays(str(issue["id"]) for issue in issues[: settings.look_back]),
        errata=archive.corrections.waiting(),
        years=years(archive, settings, day) if day else (),
    )
    clips = [one for issue in issues[: settings.look_back] for one in _clips(archive, issue)]
    return making.remembered(issues, settings.look_back, newsroom.reader.remember(clips, archive.contents.find), own)


def _clips(archive: Archive, issue: Mapping[str, Any]) -> Iterator[Clipped]:
    """The clips that speak in an issue; none where it was made before such were kept, or they are damaged."""
    with suppress(ArchiveError):
        if inputs := archive.contents.inputs(issue["id"]):
            yield from making.clips(issue, json.loads(inputs))


def years(archive: Archive, settings: Settings, day: date) -> tuple[Year, ...]:
    """The issues of the week of `day` in earlier years, the latest first."""
    year, week, _ = day.isocalendar()
    names = [name for name in archive.issue_ids() if name[4:8] == f"-W{week:02}" and int(name[:4]) < year]
    found = [issue for name in reversed(names) if (issue := archive.issue(name))]
    base = settings.site and f"{settings.site.rstrip('/')}/issues/"
    told = (record.year(json.loads(one.content), year, one.frozen_at.date(), base) for one in found)
    return tuple(one for one in told if one)


def earlier(archive: Archive, settings: Settings) -> list[str]:
    """The ids of the issues that are remembered, newest first."""
    return archive.issue_ids()[::-1][: max(settings.look_back, 1)]


def site(archive: Archive, newsroom: Newsroom) -> dict[str, bytes]:
    """Every file of the site of past issues, by its path."""
    from digest.site import Sent  # noqa: PLC0415 -- only who asks for the site pays for it
    from digest.site import site as drawn  # noqa: PLC0415 -- as above

    settings, said = newsroom.settings, [one.erratum for one in archive.corrections.all()]
    sent = [
        Sent(content, at, tuple(one for one in said if one.issue == content["id"]))
        for content, at in ((json.loads(data), at) for data, at in archive.all_issues())
    ]
    sections = {one.id: one.name(settings.masthead.language) for one in settings.book.sections}
    return drawn(sent, settings.masthead, sections, newsroom.templates, settings.site)
