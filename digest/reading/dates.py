"""Dates as files tell them, in ISO-8601: a day, a month, or a time with its offset.

`2026-03-02`, `2026-03-02 08:50[:55]`, `…T…Z`, `2026/3/2`, `2025年9月12日 10:00`, `9月12日 10:00` (the latest such
day not after the clip date), `12小时前` (the clip date minus), `2026-9`, `202401011200`, `March 2, 2026`.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone

from digest import late

CHINA = timezone(timedelta(hours=8))

_NUMERIC = late.regex(
    r"""(?x) (?<!\d) (?P<y>(?:19|20)\d\d) \s?[-/.年]\s? (?P<m>\d{1,2})
        (?: \s?[-/.月]\s? (?P<d>\d{1,2}) (?!\d) (?:\s?日)? | \s?月 )?
        (?: (?: T | [\sT,，]{1,3} | (?<=日) ) (?:[上下]午\s?)?
            (?P<H>\d{1,2}) [:：] (?P<M>\d{2}) (?: [:：] (?P<S>\d{2}) (?:[.,]\d{1,9})? )?
            \s? (?P<Z> Z | [+-]\d{2}:?\d{2} | [+-]\d{2}(?!\d) )? )?"""
)
_PACKED = late.regex(r"(?<!\d)((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:(\d{2})(\d{2})(\d{2})?)?(?!\d)")
_DAY = late.regex(r"(?<!\d)(?P<m>\d{1,2})月(?P<d>\d{1,2})日(?:\s{0,3}(?P<H>\d{1,2})[:：](?P<M>\d{2}))?")
_AGO = late.regex(
    r"(\d{1,3})\s?(分钟|小时|天|周|个?月|minutes?|hours?|days?|weeks?|months?)\s?(?:前|ago)|(昨天|前天|今天|yesterday|today)",
    re.IGNORECASE,
)
_MONTHS = [
    ["jan", "ene", "gen"],
    ["feb", "fév", "fev"],
    ["mar", "mär", "mrz", "maa"],
    ["apr", "avr", "abr"],
    ["may", "mai", "mei", "mag"],
    ["jun", "juin", "giu"],
    ["jul", "juil", "lug"],
    ["aug", "aoû", "ago"],
    ["sep", "set"],
    ["oct", "okt", "out", "ott"],
    ["nov"],
    ["dec", "dez", "déc", "dic"],
]
"""How the months begin in English, German, French, Spanish, Portuguese, Italian and Dutch."""
_NAME = rf"({'|'.join(start for month in _MONTHS for start in month)})[^\W\d_]{{0,7}}\.?"
_WORDS = late.regex(
    rf"\b{_NAME}\s{{1,3}}(\d{{1,2}})(?:st|nd|rd|th)?,?\s{{1,3}}((?:19|20)\d\d)"
    rf"|\b(\d{{1,2}})(?:st|nd|rd|th|[.ºª]|er)?\s{{0,3}}(?:de\s)?{_NAME},?(?:\s{{0,3}}de)?\s{{0,3}}((?:19|20)\d\d)",
    re.IGNORECASE,
)
_DOTTED = re.compile(r"(?<![\w.])(\d{1,2})\.\s?(\d{1,2})\.\s?((?:19|20)\d\d)(?!\d)")  # looked for in a match
"""Day before month wherever dots part them."""
_CLOCK = late.regex(r"(\d{1,2}):(\d{2})(?::(\d{2}))?\s?([ap]m)?\s?(Z|GMT|UTC|[+-]\d{2}:?\d{2})?", re.IGNORECASE)
_SLASHED = late.regex(r"(?<!\d)(\d{1,2})/(\d{1,2})/((?:19|20)\d\d)(?!\d)")
_UNITS = {"分": 0, "mi": 0, "小": 0, "ho": 0, "天": 1, "da": 1, "周": 7, "we": 7, "个": 30, "月": 30, "mo": 30}


def iso(value: str, *, clipped: str | None = None, china: bool = False) -> str | None:
    """The first date in a value; None where there is none.

    `clipped` (ISO) resolves what is relative to it; `china` gives a time without an offset +08:00.
    """
    value = value.strip()[:200]
    if not value or value.lower() in {"null", "none", "~"}:
        return None
    if found := _NUMERIC.search(value):
        return _numeric(found, china=china)
    if found := _PACKED.search(value):
        year, month, day, hour, minute, second = found.groups()
        clock = (int(hour), int(minute), int(second or 0)) if hour else None
        return _made(int(year), int(month), int(day), clock, "+08:00" if china else None)
    if found := _WORDS.search(value):
        return _worded(found, value)
    if found := _DOTTED.search(value) or _SLASHED.search(value):
        return _parted(*map(int, found.groups()), dotted=found.re is _DOTTED)
    return _relative(value, clipped, china=china) if clipped else None


def ambiguous(value: str) -> bool:
    """Whether the day and the month of `05/06/2025` could be either way round."""
    found = _SLASHED.search(value)
    return bool(
        found and not _NUMERIC.search(value) and int(found[1]) <= 12 and int(found[2]) <= 12 and found[1] != found[2]
    )


def later(one: str, other: str) -> bool:
    """Whether `one` is certainly a later day than `other` (ISO both; months compare as months)."""
    width = min(len(one[:10]), len(other[:10]))
    return one[:width] > other[:width]


def _numeric(found: re.Match[str], *, china: bool) -> str | None:
    year, month = int(found["y"]), int(found["m"])
    if not found["d"]:
        return f"{year:04d}-{month:02d}" if 1 <= month <= 12 else None
    clock = None
    if found["H"]:
        hour = int(found["H"])
        if "下午" in found[0] and hour < 12:
            hour += 12
        clock = (hour, int(found["M"]), int(found["S"] or 0))
    zone = found["Z"]
    offset = ("+08:00" if china else None) if zone is None else _offset(zone)
    return _made(year, month, int(found["d"]), clock, offset)


def _offset(zone: str) -> str:
    if zone.upper() in {"Z", "GMT", "UTC"}:
        return "+00:00"
    digits = zone[1:].replace(":", "").ljust(4, "0")
    return f"{zone[0]}{digits[:2]}:{digits[2:]}"


def _made(year: int, month: int, day: int, clock: tuple[int, int, int] | None, offset: str | None) -> str | None:
    """ISO-8601; a time without an offset tells the day only where the offset is not known."""
    try:
        date(year, month, day)
        if clock is None or offset is None:
            return f"{year:04d}-{month:02d}-{day:02d}"
        moment = datetime(year, month, day, *clock)  # noqa: DTZ001 -- the offset is written behind it
    except ValueError:
        return None
    return moment.isoformat() + offset


def _worded(found: re.Match[str], value: str) -> str | None:
    name, day, year = (found[1], found[2], found[3]) if found[1] else (found[5], found[4], found[6])
    month = next(at for at, starts in enumerate(_MONTHS, 1) if name.lower() in starts)
    made = _made(int(year), month, int(day), None, None)
    if made and (clock := _CLOCK.search(value, found.end())) and clock[5]:
        hour = int(clock[1]) % 12 + (12 if clock[4].lower() == "pm" else 0) if clock[4] else int(clock[1])
        return _made(int(year), month, int(day), (hour, int(clock[2]), int(clock[3] or 0)), _offset(clock[5]))
    return made


def _parted(first: int, second: int, year: int, *, dotted: bool) -> str | None:
    month, day = (second, first) if dotted or first > 12 else (first, second)
    return _made(year, month, day, None, None)


def _relative(value: str, clipped: str, *, china: bool) -> str | None:
    day = date.fromisoformat(clipped[:10]) if len(clipped) >= 10 else None
    if day is None:
        return None
    if found := _DAY.search(value):
        clock = (int(found["H"]), int(found["M"]), 0) if found["H"] else None
        for year in (day.year, day.year - 1):
            made = _made(year, int(found["m"]), int(found["d"]), clock, "+08:00" if china and clock else None)
            if made and made[:10] <= day.isoformat():
                return made
        return None
    if found := _AGO.search(value):
        if found[3]:
            back = {"昨天": 1, "前天": 2, "yesterday": 1}.get(found[3].lower(), 0)
        else:
            unit = next((days for start, days in _UNITS.items() if found[2].lower().startswith(start)), 0)
            back = int(found[1]) * unit
            if unit == 0 and found[2].lower().startswith(("小", "ho")):
                back = int(found[1]) // 24
        return (day - timedelta(days=back)).isoformat()
    return None
