"""What a text tells exactly: its figures, however they are written, and the days it speaks of.

18.7亿, 十八亿七千万 and 1.87bn are one figure, four hundred and twelve and 412 too. A day is told by its date, by its
number alone (15日晚), by the day of the week or by yesterday, all against the day of publication.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from digest.judging.amount import SCALES, UNITS

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGE = 100
"""From here on a figure tells something without its unit."""
ROUND = 10_000
"""From here on two figures that agree do so seldom by chance."""
YEARS = (1900, 2100)
HAN = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
PLACES = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
SMALL = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90,
}  # fmt: skip
BIG = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEK = {
    "monday": 0, "tuesday": 1, "wednesday": 2, "thursday": 3, "friday": 4, "saturday": 5, "sunday": 6,
    "周一": 0, "周二": 1, "周三": 2, "周四": 3, "周五": 4, "周六": 5, "周日": 6, "月曜": 0, "火曜": 1, "水曜": 2,
    "木曜": 3, "金曜": 4, "土曜": 5, "日曜": 6,
}  # fmt: skip
AGO = {"今天": 0, "今日": 0, "昨天": 1, "昨日": 1, "昨晚": 1, "前天": 2, "yesterday": 1, "today": 0}
MOST = 150
"""How many figures of a text are kept."""


def figures(text: str) -> frozenset[str]:
    """The figures of a text: `1870000000`, `12.6 %`, `0.4`; small whole ones with their unit, `24 people`.

    Years, and the numbers of dates, are none. `text` in simplified characters.
    """
    text = _dates().sub(" ", text)
    found: list[str] = []
    written = [(value, unit) for value, unit in (*_digits(text), *_wide(text)) if not _is_year(value, unit)]
    for value, unit in (*written, *_spelled(text)):
        if value >= LARGE or value != int(value):
            found.append(f"{value:.5g}")
        elif value > 2:
            found.append(f"{value:.5g} {unit or '?'}")
        if len(found) >= MOST:
            break
    return frozenset(found)


def specific(figure: str) -> float:
    """How much one shared figure says: 43.1% or 1,150 far more than 50% or 100, and 24 of anything next to nothing."""
    value, _, unit = figure.partition(" ")
    digits = min(3, len(value.partition("e")[0].replace(".", "").strip("0")))
    if not digits:
        return 0.0
    if unit == "?":
        return (0.03, 0.06, 0.06)[digits - 1]
    if unit:
        return (0.05, 0.2, 0.35)[digits - 1]
    if "." in value and "e" not in value:
        return (0.12, 0.3, 0.45)[digits - 1]
    large = "e" in value or float(value) >= ROUND
    return (0.05, 0.35 if large else 0.15, 0.5 if large else 0.4)[digits - 1]


def _is_year(value: float, unit: str) -> bool:
    """Whether a number is a year of the calendar: one of a likely size that counts nothing known."""
    return YEARS[0] <= value <= YEARS[1] and value == int(value) and (unit == "years" or unit not in UNITS.values())


def _digits(text: str) -> Iterator[tuple[float, str]]:
    for match in _figure().finditer(text):
        value = float(match["number"].replace(",", ""))
        scale = (match["scale"] or match["latin"] or "").casefold()
        value *= SCALES.get(scale, 1)
        if match["more"]:
            value += float(match["more"].replace(",", "")) * SCALES.get(match["rest"] or "", 1)
        unit = match["unit"] or (match["word"] or "").casefold()
        yield value, UNITS.get(unit, unit)


@cache
def _figure() -> re.Pattern[str]:
    wide = "|".join(sorted((key for key in SCALES if key > "z"), key=len, reverse=True))
    latin = "|".join(sorted((key for key in SCALES if key < "{"), key=len, reverse=True))
    units = "|".join(sorted((re.escape(key) for key in UNITS if key > "z" and key not in "£¥€"), key=len, reverse=True))
    return re.compile(
        rf"""(?<![0-9A-Za-z.,])(?P<number>[0-9]{{1,3}}(?:,[0-9]{{3}}){{1,4}}(?:\.[0-9]{{1,4}})?|[0-9]{{1,9}}(?:\.[0-9]{{1,4}})?)
        (?:\s?(?P<scale>{wide})(?:(?P<more>[0-9]{{1,4}}(?:,[0-9]{{3}})?)(?P<rest>万|千)?)?
        |[\s-]?(?P<latin>{latin})(?![A-Za-z]))?[多余]?
        (?:\s?(?P<unit>%|％|{units}|(?-i:[一-鿿]))|[\s-](?P<word>per\s?cent|[A-Za-z]{{3,12}}))?""",
        re.VERBOSE | re.IGNORECASE,
    )


def _wide(text: str) -> Iterator[tuple[float, str]]:
    """Numbers in Chinese numerals of two characters and more."""
    for match in _numerals().finditer(text):
        yield float(_read(match["number"])), UNITS.get(match["unit"], match["unit"])


@cache
def _numerals() -> re.Pattern[str]:
    return re.compile(
        r"(?P<number>[一二两三四五六七八九十百千][零〇一二两三四五六七八九十百千万亿]{1,12})[多余]?(?P<unit>[一-鿿]?)"
    )


def _read(numerals: str) -> int:
    """The value of Chinese numerals: 一千八百七十四 as 1874, 二〇二六 as 2026."""
    if not any(sign in PLACES for sign in numerals):
        return int("".join(str(HAN[sign]) for sign in numerals))
    total = section = digit = 0
    for sign in numerals:
        if sign in HAN:
            digit = HAN[sign]
        elif PLACES[sign] < PLACES["万"]:
            section += (digit or 1) * PLACES[sign]
            digit = 0
        else:
            total = (total + section + digit) * PLACES[sign] if not total else total + (section + digit) * PLACES[sign]
            section = digit = 0
    return total + section + digit


def _spelled(text: str) -> Iterator[tuple[float, str]]:
    """Numbers in English words: four hundred and twelve, nineteen hundred, sixty-four."""
    for match in _words().finditer(text):
        total = section = 0
        for word in re.split(r"[\s-]+", match.group().casefold()):
            if word in SMALL:
                section += SMALL[word]
            elif word == "hundred":
                section = (section or 1) * BIG[word]
            elif word in BIG:
                total += (section or 1) * BIG[word]
                section = 0
        behind = _behind().match(text, match.end())
        unit = behind.group(1).casefold() if behind else ""
        yield float(total + section), UNITS.get(unit, unit)


@cache
def _words() -> re.Pattern[str]:
    small, big = "|".join(SMALL), "|".join(BIG)
    return re.compile(rf"\b(?:{small})(?:(?:-| | and )(?:{small}|{big})){{0,6}}\b", re.IGNORECASE)


@cache
def _behind() -> re.Pattern[str]:
    return re.compile(r"[\s-]([A-Za-z]{3,12})")


def days(text: str, published: int | None) -> frozenset[int]:
    """The days a text speaks of, as the day of the calendar (`date.toordinal`); none without that of publication."""
    if published is None:
        return frozenset()
    return frozenset(day for day in _days(text, published) if published - 200 <= day <= published + 100)


def _days(text: str, published: int) -> Iterator[int]:
    for match in _dates().finditer(text):
        if match["day"] or match["number"]:
            month = _number(match["month"]) if match["month"] else None
            yield from _nearest(month, _number(match["day"] or match["number"]), published)
        elif match["name"] or match["behind"]:
            month = MONTHS.index((match["name"] or match["behind"])[:3].casefold()) + 1
            yield from _nearest(month, int(match["second"] or match["first"]), published)
    for match in _relative().finditer(text):
        word = match.group().casefold().replace("本", "").replace("星期", "周")
        if word in AGO:
            yield published - AGO[word]
        elif word in WEEK:
            yield published - (published - 1 - WEEK[word]) % 7


def _number(sign: str) -> int:
    """A day or month in digits or Chinese numerals."""
    if sign.isascii():
        return int(sign)
    return HAN.get(sign, 10) if len(sign) == 1 else _read(sign)


def _nearest(month: int | None, day: int, published: int) -> Iterator[int]:
    """The day with this number that lies nearest to the day of publication."""
    from datetime import date  # noqa: PLC0415 -- for the calendar alone

    at = date.fromordinal(published)
    best: int | None = None
    if month is None:
        choices = [(at.year + (at.month + step - 1) // 12, (at.month + step - 1) % 12 + 1) for step in (0, -1)]
    else:
        choices = [(at.year + step, month) for step in (-1, 0, 1)]
    for year, which in choices:
        try:
            found = date(year, which, day).toordinal()
        except ValueError:
            continue
        if month is None and found > published:
            continue
        if best is None or abs(found - published) < abs(best - published):
            best = found
    if best is not None:
        yield best


@cache
def _dates() -> re.Pattern[str]:
    names = f"(?:{'|'.join(MONTHS)})[a-z]{{0,6}}"
    numerals = "[一二三四五六七八九十]{1,3}"
    return re.compile(
        rf"""(?<![0-9])(?:(?:19|20)[0-9]{{2}}年)?(?P<month>[0-9]{{1,2}}|{numerals})月(?P<day>[0-9]{{1,2}}|{numerals})[日号]
        |(?<![0-9月.])(?P<number>[0-9]{{1,2}})[日号](?![间线机楼厂门车发])
        |(?<![0-9A-Za-z])(?P<first>[0-9]{{1,2}})\s(?P<behind>{names})\b
        |\b(?P<name>{names})\.?\s(?P<second>[0-9]{{1,2}})\b
        |(?:19|20)[0-9]{{2}}[年-]""",
        re.VERBOSE | re.IGNORECASE,
    )


@cache
def _relative() -> re.Pattern[str]:
    words = "|".join(sorted((*WEEK, *AGO), key=len, reverse=True))
    return re.compile(rf"本?(?:{words})|本?星期[一二三四五六日]", re.IGNORECASE)
