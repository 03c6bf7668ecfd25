"""Amounts: the figures in a text, brought to one measure so that they can be compared.

6亿 and 600 million are the same number; 15% and 600 people are different measures and are never compared.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from digest.term import HAN, LATIN

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


@dataclass(frozen=True, slots=True)
class Amount:
    """A figure: `text` is as it stands at `start:end`, `value` normalised, `unit` a measure ("" unknown).

    `about` says that the text gives a round or bounded number (近, 约, 超, about, more than).
    """

    start: int
    end: int
    text: str
    value: float
    unit: str
    about: bool = False


def _any(words: dict[str, object] | dict[str, float] | dict[str, str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@cache
def _pattern() -> re.Pattern[str]:
    """A number with its currency, scale and unit, each bounded."""
    scales_wide = _any({word: 0.0 for word in SCALES if word[0] > "⺀"})
    scales_latin = _any({word: 0.0 for word in SCALES if word[0] < "⺀"})
    units_wide = _any({word: "" for word in UNITS if word[0] > "⺀"})
    units_latin = _any({word: "" for word in UNITS if word[0] < "⺀" and word[0].isalpha()})
    return re.compile(
        rf"""(?P<about>(?:近|约|約|超过|超|逾|大约|至少|不到|多达|nearly|about|around|over|some|almost|roughly
                |more\s than|at\s least|up\s to|less\s than)\s?)?
        (?P<sign>US\$|[$€£¥￥])?\s?
        (?:(?<![{LATIN}.,])(?P<number>\d{{1,3}}(?:,\d{{3}}){{1,4}}(?:\.\d{{1,6}})?|\d{{1,15}}(?:\.\d{{1,6}})?)
          |(?P<wide>[零〇一二两三四五六七八九十百]{{1,5}})(?=[万亿千百成多余]|个百分点|名|位|人|家|倍|年|个月|美元|元)
          |(?<![{LATIN}])(?P<spelled>{"|".join(SPELLED)})(?=[\s-])(?![{LATIN}]))
        (?:\s?(?P<scale>{scales_wide})|[\s-]?(?P<lscale>{scales_latin})(?![{LATIN}]))?
        (?P<more>多|余|余个)?
        (?:\s?(?P<percent>[%％])|\s?(?P<unit>{units_wide})|[\s-](?P<lunit>{units_latin})(?![{LATIN}]))?
        """,
        re.VERBOSE | re.IGNORECASE,
    )


def amounts(text: str, start: int = 0, end: int | None = None) -> tuple[Amount, ...]:
    """Every figure in `text[start:end]`, in order. Calendar years, days and bare small numbers are none."""
    found = (_amount(match) for match in _pattern().finditer(text, start, len(text) if end is None else end))
    return tuple(amount for amount in found if amount)


def _amount(match: re.Match[str]) -> Amount | None:
    value = _number(match)
    if value is None:
        return None
    scale = match["scale"] or match["lscale"]
    word = match["percent"] or match["unit"] or match["lunit"] or match["sign"] or ""
    unit = UNITS.get(word.casefold(), "")
    if match["sign"] and unit != "%":
        unit = UNITS[match["sign"].casefold()]
    if _calendar(match, value, unit) or not (unit or scale) or (match["spelled"] and unit in ("", "times")):
        return None
    if word == "成":
        value *= 10
    if scale:
        value *= SCALES[scale.casefold()]
    about = bool(match["about"] or match["more"])
    at = match.start() + len(match["about"] or "")
    at += len(match.string[at : match.end()]) - len(match.string[at : match.end()].lstrip())
    return Amount(at, match.end(), match.string[at : match.end()], round(value, 6), unit, about)


def _number(match: re.Match[str]) -> float | None:
    if match["number"]:
        return float(match["number"].replace(",", ""))
    if match["spelled"]:
        return float(SPELLED[match["spelled"].casefold()])
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
    behind = match.string[match.end() : match.end() + 2]
    year = unit == "years" and 1900 <= value <= 2100  # noqa: PLR2004 -- the years an article speaks of
    return year or (
        not unit and behind[:1] in ("年", "月", "日", "号", "时", "点", ":", "：", "/", "-") and not match["scale"]
    )


def same(first: float, second: float) -> bool:
    """Whether two values are one: within a hundredth, as rounding goes."""
    return abs(first - second) <= 0.01 * max(abs(first), abs(second))


@cache
def _digits() -> re.Pattern[str]:
    return re.compile(rf"\d|[一二两三四五六七八九十百千]{{1,4}}(?:万|亿|成|倍|个百分点|%)(?![{HAN}]{{0,1}}一)")


def has_figure(text: str) -> bool:
    """Whether the text names an amount: quick, for scoring."""
    return bool(_digits().search(text)) and bool(amounts(text))
