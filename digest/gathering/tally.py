"""Tallies: things counted under their own name (5,870 notes, 3430份病历), and days that are named (4月12日开庭).

No list can hold all that is counted. Two sources count the same where the noun (or the Chinese measure word) is the
same and the clauses around the figures share what is told of them.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from digest.gathering.profile import rare
from digest.judging.amount import Amount
from digest.term import CJK, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST = 20_000
"""How many characters of a text are looked at: what is counted further down is no news."""
LEAST = 10
"""A smaller number is seldom what two sources quarrel about."""
AROUND = 60
"""How many characters of the clause on either side tell what is counted."""
SHARED = 2
"""So many telling words two clauses have in common at least."""
TELLING = 0.35
"""How rare such a word is."""
CLASSIFIERS = "份个条篇台辆家件起例次所座张款户名位只枚套项笔封页部艘架栋"
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip


class Tally(NamedTuple):
    """A number of things: `noun` is what they are called, `around` the telling words of the clause."""

    noun: str
    amount: Amount
    around: frozenset[str]


def tallies(text: str) -> tuple[Tally, ...]:
    """What a text counts by name, in order. `3,430 of them` counts what was counted last."""
    found: list[Tally] = []
    for match in _counted().finditer(text[:MOST]):
        value = float(re.sub("[,，]", "", match["number"])) * {"万": 1e4, "千": 1e3, "亿": 1e8}.get(
            match["scale"] or "", 1
        )
        noun = (match["noun"] or match["measure"] or "").casefold()
        if match["again"]:
            noun = found[-1].noun if found else ""
        if noun and value >= LEAST:
            end = match.end("number") if match["again"] else match.end()
            amount = Amount(match.start(), end, text[match.start() : end], value, noun)
            found.append(Tally(noun, amount, _around(text, match.start(), match.end())))
    return tuple(found)


def beside(told: Sequence[tuple[int, Sequence[Tally]]]) -> list[tuple[str, list[tuple[int, Amount]]]]:
    """Things that two sources count differently: the noun, and each source's figure.

    A source that knows the other's figure and has one more of the same is known by its own.
    """
    rows: list[tuple[str, list[tuple[int, Amount]]]] = []
    for place, (source, mine) in enumerate(told):
        for one in mine:
            values = [(source, one.amount)]
            for other, theirs in told[place + 1 :]:
                if best := _other(one, mine, theirs):
                    values.append((other, best.amount))
            taken = any(value in row for value in values for _, row in rows)
            if len(values) > 1 and not taken:
                rows.append((one.noun, values))
    return rows


def _other(one: Tally, mine: Sequence[Tally], theirs: Sequence[Tally]) -> Tally | None:
    """The figure that another source has for the same thing, where it is another one."""
    own = {each.amount.value for each in mine if each.noun == one.noun}
    found = [
        (len(one.around & each.around), -each.amount.start, each)
        for each in theirs
        if each.noun == one.noun and each.amount.value not in own and len(one.around & each.around) >= SHARED
    ]
    if not found:
        return None
    best = max(found)[2]
    # Another of my own figures may be nearer to it: then that one is what they have another figure for.
    near = max(len(each.around & best.around) for each in mine if each.noun == one.noun)
    return best if len(one.around & best.around) == near else None


def days(text: str) -> Iterator[Amount]:
    """The days a text names, as amounts of unit `date`: month and day as 412 for 12 April."""
    for match in _days().finditer(text[:MOST]):
        name = (match["name"] or match["called"] or "").casefold()
        month = int(match["month"]) if match["month"] else MONTHS.index(name) + 1
        day = int(match["day"] or match["first"] or match["then"])
        if 1 <= month <= 12 and 1 <= day <= 31:
            yield Amount(match.start(), match.end(), match[0], float(month * 100 + day), "date")


def _around(text: str, start: int, end: int) -> frozenset[str]:
    """The telling words of the clause around a figure, those right of it up to the clause's end."""
    before = re.split(r"[。！？!?；;，,\n]", text[max(0, start - AROUND) : start])[-1]
    after = re.split(r"[。！？!?；;\n]|\.\s", text[end : end + 2 * AROUND])[0]
    return frozenset(
        word
        for part in (before, after)
        for word in tokens(part)
        if not word.isdigit() and (len(word) > 3 or word[0] >= CJK) and rare(word) >= TELLING
    )


@cache
def _counted() -> re.Pattern[str]:
    """A number with the plural noun or the measure word behind it, or with `of them`."""
    return re.compile(
        rf"(?<![0-9A-Za-z.,$€£¥%])(?P<number>[0-9]{{1,3}}(?:,[0-9]{{3}}){{1,3}}|[0-9]{{2,7}}(?:\.[0-9]{{1,2}})?)"
        rf"(?:\s?(?P<scale>[万千亿]))?(?:多|余)?(?:(?P<measure>[{CLASSIFIERS}])"
        r"|\s(?P<again>of\ (?:them|these|those))\b|\s(?:[a-z-]{3,14}\s){0,2}?(?P<noun>[a-z]{3,16}s)\b)"
    )


@cache
def _days() -> re.Pattern[str]:
    months = "|".join(MONTHS)
    return re.compile(
        rf"(?<![0-9])(?P<month>[0-9]{{1,2}})月(?P<day>[0-9]{{1,2}})日"
        rf"|\b(?P<name>{months})\s(?P<first>[0-9]{{1,2}})(?:st|nd|rd|th)?\b"
        rf"|\b(?P<then>[0-9]{{1,2}})(?:st|nd|rd|th)?\s(?P<called>{months})\b",
        re.IGNORECASE,
    )
