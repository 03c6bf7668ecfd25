"""Amounts: the figures in a text, brought to one measure so that they can be compared.

6亿 and 600 million are the same number; 15% and 600 people are different measures and are never compared.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from digest.term import CJK

if TYPE_CHECKING:
    from collections.abc import Iterable

SCALES = {
    "万亿": 1e12, "千亿": 1e11, "百亿": 1e10, "十亿": 1e9, "亿": 1e8, "億": 1e8, "千万": 1e7, "百万": 1e6,
    "十万": 1e5, "万": 1e4, "萬": 1e4, "千": 1e3, "百": 1e2,
    "trillion": 1e12, "billion": 1e9, "million": 1e6, "thousand": 1e3, "hundred": 1e2,
    "tn": 1e12, "trn": 1e12, "bn": 1e9, "mn": 1e6, "m": 1e6, "k": 1e3, "b": 1e9, "t": 1e12,
}  # fmt: skip
"""What a word behind a number multiplies it by."""

UNITS = {
    "%": "%", "％": "%", "percent": "%", "per cent": "%", "个百分点": "points", "个点": "points",
    "percentage points": "points", "成": "%",
    "美元": "USD", "美金": "USD", "dollars": "USD", "dollar": "USD", "usd": "USD", "$": "USD", "us$": "USD",
    "元": "CNY", "块": "CNY", "人民币": "CNY", "yuan": "CNY", "rmb": "CNY", "renminbi": "CNY", "¥": "CNY", "￥": "CNY",
    "欧元": "EUR", "euros": "EUR", "euro": "EUR", "€": "EUR", "英镑": "GBP", "pounds": "GBP", "£": "GBP",
    "日元": "JPY", "日圆": "JPY", "円": "JPY", "yen": "JPY", "港元": "HKD", "港币": "HKD", "韩元": "KRW", "won": "KRW",
    "人": "people", "名": "people", "位": "people", "个人": "people", "员工": "people", "个岗位": "people",
    "名员工": "people", "岗位": "people", "people": "people", "employees": "people", "staff": "people",
    "workers": "people", "jobs": "people", "roles": "people", "positions": "people", "engineers": "people",
    "researchers": "people", "heads": "people",
    "年": "years", "years": "years", "year": "years", "个月": "months", "months": "months", "month": "months",
    "周": "weeks", "个星期": "weeks", "weeks": "weeks", "week": "weeks", "天": "days", "days": "days", "day": "days",
    "小时": "hours", "个小时": "hours", "hours": "hours", "hour": "hours",
    "分钟": "minutes", "minutes": "minutes", "minute": "minutes",
    "倍": "times", "times": "times", "fold": "times",
    "家": "bodies", "companies": "bodies", "篇": "papers", "papers": "papers", "台": "machines", "辆": "vehicles",
    "vehicles": "vehicles", "cars": "vehicles", "张": "cards", "gpus": "cards", "个": "items",
    "参数": "parameters", "parameters": "parameters", "用户": "users", "users": "users", "吨": "tonnes",
    "tonnes": "tonnes", "公里": "km", "kilometres": "km", "kilometers": "km", "km": "km",
    "兆瓦": "MW", "mw": "MW", "吉瓦": "GW", "gw": "GW", "千瓦时": "kWh", "kwh": "kWh",
}  # fmt: skip
"""The unit a word behind (or a sign before) a number stands for."""

DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
"""Chinese numerals; 十 and 百 are handled as places."""

SPELLED = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
"""English number words that stand before a scale or a unit."""


class Amount(NamedTuple):
    """A figure: `text` is as it stands at `start:end`, `value` normalised, `unit` a measure ("" unknown).

    `about` says that the text gives a round or bounded number (近, 约, 超, about, more than).
    """

    start: int
    end: int
    text: str
    value: float
    unit: str
    about: bool = False


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """Numbers in digits, in Chinese numerals and in English words, each with its scale and unit behind it.

    Each begins with a set of characters, which keeps the search for them quick.
    """
    scales_wide, scales_latin = (
        _any(word for word in SCALES if word[0] >= CJK),
        _any(word for word in SCALES if word[0] < CJK),
    )
    units_wide, units_latin = (
        _any(word for word in UNITS if word[0] >= CJK),
        _any(word for word in UNITS if word[0].isascii() and word[0].isalpha()),
    )
    behind = rf"""(?:\s?(?P<scale>{scales_wide})|[\s-]?(?P<lscale>{scales_latin})(?![0-9A-Za-z]))?
        (?P<more>多|余)?
        (?:\s?(?P<percent>[%％])|\s?(?P<unit>{units_wide})|[\s-](?P<lunit>{units_latin})(?![0-9A-Za-z]))?"""
    flags = re.VERBOSE | re.IGNORECASE
    numerals = "[零〇一二两三四五六七八九十百]"
    first = "".join(sorted({word[0] for word in SPELLED}))
    return (
        re.compile(
            rf"(?P<number>[0-9](?:[0-9]{{0,2}}(?:,[0-9]{{3}}){{1,4}}|[0-9]{{0,14}})(?:\.[0-9]{{1,6}})?){behind}", flags
        ),
        re.compile(rf"(?P<wide>{numerals}{{1,5}})(?=[万亿千百成多余名位人家倍年元]|个百分点|个月|美元){behind}", flags),
        re.compile(rf"(?P<spelled>[{first}](?:{'|'.join(word[1:] for word in SPELLED)}))(?=[\s-]){behind}", flags),
    )


@cache
def _around() -> re.Pattern[str]:
    """What stands right before a number: how exact it is, and a currency."""
    return re.compile(
        r"""(?P<about>近|约|約|超过|超|逾|大约|至少|不到|多达|(?:\b(?:nearly|about|around|over|some|almost|roughly
            |more\ than|at\ least|up\ to|less\ than)\s))?\s?(?P<sign>US\$|[$€£¥￥])?\s?$""",
        re.VERBOSE | re.IGNORECASE,
    )


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def amounts(text: str) -> tuple[Amount, ...]:
    """Every figure in the text, in order. Calendar years, days and bare small numbers are none."""
    found = [
        amount for pattern in _patterns() for match in pattern.finditer(text) if (amount := _amount(match)) is not None
    ]
    return tuple(sorted(found, key=lambda amount: amount.start))


def _amount(match: re.Match[str]) -> Amount | None:
    text, at = match.string, match.start()
    if (
        at
        and (text[at - 1] in ".,-" or (text[at - 1].isascii() and text[at - 1].isalnum()))
        and match.re is not _patterns()[1]
    ):
        return None
    before = _around().search(text[max(0, at - 16) : at])
    sign = (before["sign"] if before else None) or ""
    scale = match["scale"] or match["lscale"]
    word = match["percent"] or match["unit"] or match["lunit"] or ""
    unit = UNITS.get(word.casefold(), "")
    if sign and unit != "%":
        unit = UNITS[sign.casefold()]
    value = _number(match)
    if value is None or not (unit or scale) or _calendar(match, value, unit):
        return None
    if word == "成":
        value *= 10
    if scale:
        value *= SCALES[scale.casefold()]
    about = bool((before and before["about"]) or match["more"])
    start = text.rindex(sign, 0, at) if sign else at
    return Amount(start, match.end(), text[start : match.end()], round(value, 6), unit, about)


def _number(match: re.Match[str]) -> float | None:
    groups = match.groupdict()
    if groups.get("number"):
        return float(match["number"].replace(",", ""))
    if groups.get("spelled"):
        value = SPELLED.get(match["spelled"].casefold())
        return None if value is None else float(value)
    return _chinese(match["wide"])


def _chinese(word: str) -> float | None:
    """A Chinese numeral below 1000 (六百, 十二, 三); None where it is no number."""
    total = digit = 0
    for character in word:
        if character in ("十", "百"):
            total += (digit or 1) * (10 if character == "十" else 100)
            digit = 0
        elif digit:
            return None
        else:
            digit = DIGITS[character]
    return float(total + digit)


def _calendar(match: re.Match[str], value: float, unit: str) -> bool:
    """Whether this is a date or a time of day rather than an amount."""
    behind = match.string[match.end() : match.end() + 1]
    year = unit == "years" and 1900 <= value <= 2100
    return year or (not unit and behind in tuple("年月日号时点:：/-"))


def same(first: float, second: float) -> bool:
    """Whether two values are one: within a hundredth, as rounding goes."""
    return abs(first - second) <= 0.01 * max(abs(first), abs(second))


@cache
def _digit() -> re.Pattern[str]:
    """What may be an amount. It begins with one set of characters, which keeps the search quick."""
    return re.compile(
        r"[0-9$€£¥￥二两三四五六七八九十百](?:(?<=[0-9])(?:[%％]|[0-9.,]*\s?[^\W\d_])|(?<=[$€£¥￥])[0-9]"
        r"|(?<=[二两三四五六七八九十百])[二两三四五六七八九十百]{0,3}[万亿千百成多余名位人家倍年元个])"
    )


def has_figure(text: str) -> bool:
    """Whether the text names an amount."""
    return _digit().search(text) is not None and any(
        _amount(match) is not None for pattern in _patterns() for match in pattern.finditer(text)
    )
