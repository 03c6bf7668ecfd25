"""Topics: who and what an article is about, told by its title, its lead and what it keeps naming."""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from digest.gathering.naming import PARTICLES, common, named
from digest.judging.amount import amounts
from digest.term import CJK, Finder, is_kana, tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from digest.document import Document
    from digest.lexicon import Lexicon
    from digest.quote import Quote

LEAD = 240
"""How many characters of the text count as its lead (beside the title)."""
TERMS = 200
"""How many rare terms of a document are kept."""
FIGURE = 100
"""From here on a figure tells something without its unit."""
YEARS = (1900, 2100)
PLAIN = frozenset({"years", "months", "weeks", "days", "hours", "minutes", "times", "points", "items", ""})
"""Units that articles about anything share figures in."""


class Topic(NamedTuple):
    """What an article is about.

    `people` are its principal persons, with their weight against the most prominent one; `bodies`
    companies and the like, in lower case; `spelled` the words of all names in Latin letters; `terms` rare
    words with their weight; `figures` the values it names, those below FIGURE with their unit; `events` what
    happens (`layoff`, `funding` …), weights that add up to 1.
    """

    people: Mapping[str, float]
    bodies: frozenset[str]
    spelled: frozenset[str]
    terms: Mapping[str, float]
    figures: frozenset[str]
    events: Mapping[str, float]


def topic(document: Document, quotes: Iterable[Quote], lexicon: Lexicon) -> Topic:
    """Who and what the document is about. `quotes` tell who speaks in it."""
    text = document.text
    title = document.title or ""
    head = f"{title}\n{text[:LEAD]}"
    counts = Counter(tokens(text))
    names = named(text, head, counts, quotes, lexicon)
    heading = Counter(tokens(head))
    counts.update(tokens(title))
    return Topic(
        people=names.people,
        bodies=names.bodies,
        spelled=names.spelled,
        terms=_terms(counts, heading),
        figures=_figures(text),
        events=_events(title, text, lexicon),
    )


def _figures(text: str) -> frozenset[str]:
    """The values a text names: amounts, and bare numbers too large or too exact to be a count of sections."""
    found = {
        f"{amount.value:.6g}" if amount.value >= FIGURE else f"{amount.value:.6g} {amount.unit}"
        for amount in amounts(text)
        if amount.value > 2 and (amount.value >= FIGURE or amount.unit not in PLAIN)
    }
    for match in _bare().finditer(text):
        value = float(match.group().replace(",", ""))
        if value >= FIGURE and not YEARS[0] <= value <= YEARS[1]:
            found.add(f"{value:.6g}")
    return frozenset(found)


@cache
def _bare() -> re.Pattern[str]:
    return re.compile(
        r"(?<![0-9A-Za-z.,/_%-])(?:[1-9][0-9]{0,2}(?:,[0-9]{3}){1,3}|[1-9][0-9]{2,6})(?![0-9A-Za-z.,/_%年月-])"
    )


def _terms(counts: Mapping[str, int], head: Mapping[str, int]) -> dict[str, float]:
    """The terms a document repeats or leads with, without the common ones and those of particles."""
    usual = common()
    weights = {
        term: (1 + math.log(count)) * (2 if term in head else 1)
        for term, count in counts.items()
        if len(term) > 1
        and term not in usual
        and not (term.isdigit() if term[0] < CJK else is_kana(term) or not PARTICLES.isdisjoint(term))
    }
    return dict(sorted(weights.items(), key=lambda item: (-item[1], item[0]))[:TERMS])


@cache
def _finder(lexicon: Lexicon) -> Finder:
    names = [name for name in lexicon.names() if name.startswith("rules.event_")]
    return Finder({name.removeprefix("rules.event_"): lexicon.words(name) for name in names})


def _events(title: str, text: str, lexicon: Lexicon) -> dict[str, float]:
    """What happens, by the words of title, lead and the paragraphs behind it."""
    finder = _finder(lexicon)
    weights: Counter[str] = Counter()
    for part, points in ((title, 3.0), (text[:LEAD], 2.0), (text[LEAD : LEAD * 5], 0.4)):
        for name in finder.within(part):
            weights[name] += points  # type: ignore[assignment] # a counter holds floats as well
    total = sum(weights.values())
    return {name: weight / total for name, weight in sorted(weights.items())}
