"""Figures side by side: the same thing counted by several sources of a story, never averaged.

What a figure counts is told by the words beside it (`measure_…` in `config/lexicon/rules.yaml`).
"""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from digest.gathering import tally
from digest.judging.amount import amounts, same
from digest.term import is_whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.document import Document
    from digest.judging.amount import Amount
    from digest.lexicon import Lexicon

BEFORE, AFTER = 28, 26
"""How many characters before and behind a figure the word may stand that says what it counts."""
OWN = 6
"""How far away the word is reckoned that stands in the figure itself (420 jobs): one that stands nearer says more."""
UNITS = {
    "jobs": ("people", "%"), "raised": ("USD", "CNY", "EUR", "GBP", "JPY", "HKD", "KRW"),
    "valuation": ("USD", "CNY", "EUR", "GBP", "JPY", "HKD", "KRW"), "users": ("people", "users", ""),
    "staff": ("people",), "affected": ("people", "users", "%", "items", "bodies", ""),
    "recalled": ("vehicles", "machines", "items", ""), "parameters": ("parameters", ""),
    "capacity": ("MW", "GW", "kWh", "vehicles", "machines", "tonnes", "cards", "items", ""),
    "duration": ("minutes", "hours", "days"), "dead": ("people", ""), "injured": ("people", ""),
    "court": ("date",), "effect": ("date",), "opening": ("date",), "closing": ("date",),
}  # fmt: skip
"""The units a thing is counted in; money for what is not listed. "" is a number with its scale alone (6.2亿)."""
MONEY = ("USD", "CNY", "EUR", "GBP", "JPY", "HKD", "KRW", "")
ONE_UNIT = {"users": "users", "parameters": "parameters", "dead": "people", "injured": "people"}
"""Things that are counted in one unit, whatever stands behind the number."""
NAMED = 3
"""At most so many things are set side by side under the names they are counted by."""


class Count(NamedTuple):
    """An amount of a document and the measure it belongs to."""

    measure: str
    amount: Amount


def counts(document: Document, lexicon: Lexicon) -> tuple[Count, ...]:
    """What the document counts: the first figure of each measure and unit, of `from 300 to 420` the second."""
    seen: dict[tuple[str, str], Count] = {}
    text = document.text
    found = sorted([*amounts(text), *tally.days(text)], key=lambda amount: amount.start)
    left = {one.start for one, other in pairwise(found) if _is_left(text, one, other)}
    for amount in found:
        measure = _measure(text, amount, lexicon) if amount.start not in left else None
        if measure:
            one = amount._replace(unit=ONE_UNIT.get(measure, amount.unit))
            seen.setdefault((measure, one.unit), Count(measure, one))
    return tuple(seen.values())


def named(told: Sequence[tuple[int, Document]]) -> list[tuple[str, list[tuple[int, Amount]]]]:
    """Things that sources count under their own names and differently: what, and each source's figure."""
    languages = {document.language for _, document in told}
    rows = []
    for language in sorted(filter(None, languages)):
        of = [(source, tally.tallies(document.text)) for source, document in told if document.language == language]
        rows += tally.beside(of) if len(of) > 1 else []
    return rows[:NAMED]


def _is_left(text: str, one: Amount, other: Amount) -> bool:
    """Whether a figure is but where another comes from (从300人升到420人, from 300 to 420 people)."""
    between = text[one.end : other.start]
    if len(between) > BEFORE or one.unit not in ("", other.unit):
        return False
    before = text[max(0, one.start - 8) : one.start].casefold()
    return bool(
        re.search(r"[从由][^，。]{0,6}$|\bfrom\s$", before) and re.search(r"[到至]\s?[约近]?$|\bto\s$", between)
    )


def beside(told: Sequence[tuple[int, Sequence[Count]]]) -> list[tuple[str, list[tuple[int, Amount]], bool]]:
    """Measures that two sources or more count: measure, (source, amount) in order, whether in one unit.

    Of a source only the unit most sources use is taken; where no unit is shared, each gives its first.
    """
    measures = dict.fromkeys(count.measure for _, found in told for count in found)
    rows = []
    for measure in measures:
        of = [(source, [one.amount for one in found if one.measure == measure]) for source, found in told]
        of = [(source, found) for source, found in of if found]
        if len(of) < 2:
            continue
        units = [amount.unit for _, found in of for amount in found]
        best = max(dict.fromkeys(units), key=units.count)
        values = [(source, next((one for one in found if one.unit == best), found[0])) for source, found in of]
        if best != "date" or disagree(values):  # that two sources name one day is no news
            rows.append((measure, values, len({amount.unit for _, amount in values}) == 1))
    return rows


def disagree(values: Sequence[tuple[int, Amount]]) -> bool:
    """Whether figures of one unit differ by more than rounding; days by a day."""
    first = values[0][1]
    return any(
        amount.value != first.value and (first.unit == "date" or not same(first.value, amount.value))
        for _, amount in values
    )


def label(measure: str, language: str, lexicon: Lexicon) -> str:
    """What is counted, in the story's language."""
    words = lexicon.words(f"rules.measure_{measure}")
    return words[0] if language.startswith("zh") or len(words) < 2 else words[1]


def _measure(text: str, amount: Amount, lexicon: Lexicon) -> str | None:
    """The measure whose word stands nearest to the figure in its clause or the one before."""
    before = re.split(r"[。！？!?；;\n]", text[max(0, amount.start - BEFORE) : amount.start].casefold())[-1]
    after = re.split(r"[。！？!?；;，,\n]", text[amount.end : amount.end + AFTER].casefold())[0]
    own = amount.text.casefold()
    found: list[tuple[int, str]] = []
    for name, words in _measures(lexicon):
        if amount.unit not in UNITS.get(name, MONEY):
            continue
        for word in words:
            last, first = before.rfind(word), after.find(word)
            if last >= 0 and is_whole(before, last, last + len(word)):
                found.append((len(before) - last - len(word), name))
            if first >= 0 and is_whole(after, first, first + len(word)):
                found.append((first + 2, name))
            inside = own.find(word)
            if inside >= 0 and is_whole(own, inside, inside + len(word)):
                found.append((OWN, name))
    return min(found)[1] if found else None


@cache
def _measures(lexicon: Lexicon) -> tuple[tuple[str, tuple[str, ...]], ...]:
    names = [name for name in lexicon.names() if name.startswith("rules.measure_")]
    return tuple((name.removeprefix("rules.measure_"), lexicon.words(name)) for name in names)
