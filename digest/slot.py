"""When an issue is due: slots keyed by the local calendar date, so that clock changes neither make nor lose one.

A slot's key is the date it stands for in the newsletter's own time zone. A fold cannot make two of it and a
gap cannot lose it. Everything here is arithmetic; the clock is an argument.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import time
    from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Names of the weekdays as the configuration writes them, Monday first as in `date.weekday()`."""

FIRST, EMPTY, LATE = "it lay before the first start", "there was nothing new to send", "it was due at"
"""Why a slot is skipped, as the archive keeps it: such sentences begin so."""

_ONE_DAY = timedelta(days=1)


class Schedule(NamedTuple):
    """When the newsletter goes out: weekdays (0 = Monday), local time of day, zone, how late is still worth sending."""

    days: frozenset[int]
    at: time
    zone: ZoneInfo
    grace: timedelta = timedelta(days=3)


class Slot(NamedTuple):
    """One date on which an issue is due. `due` is in UTC; `expired` says that the grace has passed."""

    key: str
    day: date
    due: datetime
    state: Literal["due", "expired"]


def latest_slot(now: datetime, schedule: Schedule) -> Slot:
    """The newest slot at or before `now` (aware): the only one that is ever caught up."""
    # One day ahead of the local date: where a zone jumps over a midnight or a whole day, the slot of
    # "tomorrow" can already lie in the past.
    day = _previous(now.astimezone(schedule.zone).date() + 2 * _ONE_DAY, schedule.days)
    while (due := instant(day, schedule)) > now:
        day = _previous(day, schedule.days)
    state: Literal["due", "expired"] = "due" if now - due <= schedule.grace else "expired"
    return Slot(key(day), day, due, state)


def next_slot(now: datetime, schedule: Schedule) -> Slot:
    """The first slot after `now` (aware)."""
    day = now.astimezone(schedule.zone).date() - 2 * _ONE_DAY
    while True:
        day += _ONE_DAY
        if day.weekday() in schedule.days and (due := instant(day, schedule)) > now:
            return Slot(key(day), day, due, "due")


def steady(now: datetime, schedule: Schedule) -> datetime:
    """The first moment after `now` at which another slot is due, one expires, or another local day begins."""
    latest = latest_slot(now, schedule)
    tomorrow = now.astimezone(schedule.zone).date() + _ONE_DAY
    midnight = datetime.combine(tomorrow, datetime.min.time(), schedule.zone).astimezone(UTC)
    changes = (midnight, next_slot(now, schedule).due, latest.due + schedule.grace)
    return min((one for one in changes if one > now), default=now)


def named(name: str, now: datetime, schedule: Schedule) -> Slot | None:
    """The slot that a person names by date (`2026-11-27`), key or issue id (`2026-W48`); None where there is none."""
    match = re.fullmatch(r"(\d{4})-W(\d\d)(?:-([1-7]))?", name)
    try:
        if match:
            days = sorted(schedule.days)
            weekday = int(match[3]) if match[3] else days[0] + 1
            day = date.fromisocalendar(int(match[1]), int(match[2]), weekday)
            known = issue_id(day, schedule.days) == name
        else:
            day, known = date.fromisoformat(name.removeprefix("weekly:")), True
    except ValueError:
        return None
    if not known or day.weekday() not in schedule.days:
        return None
    due = instant(day, schedule)
    return Slot(key(day), day, due, "expired" if now - due > schedule.grace else "due")


def instant(day: date, schedule: Schedule) -> datetime:
    """The moment (UTC) of the slot of `day`: the earlier one in a fold, shifted by the gap in a gap."""
    return datetime.combine(day, schedule.at.replace(fold=0), schedule.zone).astimezone(UTC)


def key(day: date) -> str:
    """The name of a scheduled slot in the archive: `weekly:2026-11-27`."""
    return f"weekly:{day.isoformat()}"


def issue_id(day: date, days: Collection[int]) -> str:
    """The identity of the issue of `day`: `2026-W48`, or `2026-W48-4` where several weekdays are configured.

    Weeks and weekdays are those of ISO 8601, so the year of the last days of December can be the next one.
    """
    year, week, weekday = day.isocalendar()
    return f"{year}-W{week:02d}" if len(days) == 1 else f"{year}-W{week:02d}-{weekday}"


def extra_id(base: str, taken: Iterable[str]) -> str:
    """The identity of a further issue beside `base`: the first of `base-x1`, `base-x2` … not in `taken`."""
    known = frozenset(taken)
    number = 1
    while f"{base}-x{number}" in known:
        number += 1
    return f"{base}-x{number}"


def _previous(day: date, days: Collection[int]) -> date:
    """The newest configured weekday before `day`."""
    day -= _ONE_DAY
    while day.weekday() not in days:
        day -= _ONE_DAY
    return day
