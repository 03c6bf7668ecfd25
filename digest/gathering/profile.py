"""Profiles: what a clip is told by beside the others of a desk, for the comparison of every two.

Rare words weigh by how seldom they stand in clippings of all sorts (`config/lexicon/background.yaml`) and on this
desk; concepts (`config/lexicon/concepts.yaml`) are what an account in another language or manner shares.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from digest import shipped
from digest.gathering.naming import PARTICLES, common, reading
from digest.term import CJK, is_kana, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from digest.gathering.event import Clip

LEAD = 240
"""How many characters of the text count as its lead."""
FIRST = 200
"""How many of them make a concept weigh more."""
OPENING = 160
"""How many of them make a name a principal one."""
TERMS = 1500
"""How many different words of a text are kept: those of a long one are cut at its end."""
PRINCIPAL = 4
"""How many of its most prominent names stand for a clip."""
CLIPPINGS = (310, 135)
"""How many clippings the background was counted in, those in Han or kana and the others."""
SEEN = 0.6
"""How rare a word must be to be a name."""
ENDINGS = ("", "s", "es", "ed", "d", "ing")
"""What English words are given without in the list of concepts."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A clip beside others.

    `terms` are its rare words with their weight, `names` words with a capital that it writes in no other way,
    `sounds` the reading of every two Han characters, `concepts` its concepts with their weight, a vector of
    length 1, `principal` its most prominent names, `wide` whether it is written in Han or kana.
    """

    terms: Mapping[str, float]
    names: frozenset[str]
    sounds: frozenset[str]
    concepts: Mapping[str, float]
    principal: tuple[str, ...]
    wide: bool


@cache
def _background() -> dict[str, int]:
    table = shipped.table("config/lexicon/background.yaml")
    return {word: int(key.removeprefix("in_")) for key, words in table.items() for word in words.split()}


@cache
def rare(term: str) -> float:
    """How rare a word is in clippings of all sorts, 0 in all of them, 1 in none."""
    size = math.log(CLIPPINGS[term[0] < CJK] + 1)
    return max(0.0, size - math.log(_background().get(term, 0) + 1)) / size


@cache
def _concepts() -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, tuple[tuple[str, str], ...]], Mapping[str, float]]:
    """Concepts by Latin word, and by the first two Han characters with the whole word; and how much each says."""
    latin: dict[str, set[str]] = defaultdict(set)
    han: dict[str, list[tuple[str, str]]] = defaultdict(list)
    weights: dict[str, float] = {}
    for key, words in shipped.table("config/lexicon/concepts.yaml").items():
        name, _, weight = key.partition(" ")
        weights[name] = float(weight)
        for word in words.split():
            if word[0] >= CJK:
                han[word[:2]].append((word, name))
                continue
            forms = {word + ending for ending in ENDINGS} | {word[:-1] + "ing"}
            for form in forms | ({word[:-1] + "ies"} if word.endswith("y") else set()):
                latin[form].add(name)
    return (
        {word: tuple(sorted(names)) for word, names in latin.items()},
        {pair: tuple(words) for pair, words in han.items()},
        weights,
    )


def profile(clip: Clip, *, wide: bool) -> Profile:
    """What the clip is told by. `wide` says that it is written in Han or kana."""
    counts = Counter(tokens(clip.text))
    heading = Counter(tokens(clip.title))
    lead = {*heading, *tokens(clip.text[:LEAD])}
    terms = dict(_terms(counts, heading, lead))
    names = _names(f"{clip.title}\n{clip.text}")
    return Profile(
        terms=terms,
        names=names,
        sounds=frozenset(_sounds(counts, heading)) if wide else frozenset(),
        concepts=_meant(clip, counts),
        principal=_principal(clip, counts, heading, terms, names),
        wide=wide,
    )


def _terms(counts: Counter[str], heading: Counter[str], lead: set[str]) -> Iterator[tuple[str, float]]:
    usual = common()
    found = 0
    for term, count in (counts + heading).items():
        if len(term) < 2 or term in usual or term.isdigit() or is_kana(term):
            continue
        if term[0] >= CJK and not PARTICLES.isdisjoint(term):
            continue
        found += 1
        if found > TERMS:
            return
        yield term.removesuffix("'s").removesuffix("’s"), (1 + math.log(count)) * (1.5 if term in lead else 1)


def _names(text: str) -> frozenset[str]:
    small = set(_lower().findall(text))
    return frozenset(
        name for word in _capitals().findall(text) if (name := word.casefold()) not in small and name not in common()
    )


@cache
def _lower() -> re.Pattern[str]:
    return re.compile(r"\b[a-z]{4,24}")


@cache
def _capitals() -> re.Pattern[str]:
    return re.compile(r"\b[A-Z][a-z]{3,24}")


def _sounds(*parts: Counter[str]) -> Iterator[str]:
    """How every two neighbouring Han characters are read: a name is among them."""
    for part in parts:
        for term in part:
            if term[0] >= CJK and len(term) == 2:
                first, second = reading(term[0]), reading(term[1])
                if first and second and len(first + second) > 3:
                    yield first + second


def _meant(clip: Clip, counts: Counter[str]) -> dict[str, float]:
    """The concepts of a text, those of its title and first words thrice."""
    latin, han, says = _concepts()
    first = {*tokens(clip.title), *tokens(clip.text[:FIRST])}
    found: Counter[str] = Counter()
    for term, count in counts.items():
        weight = count + 2 * (term in first)
        for name in latin.get(term, ()):
            found[name] += weight
        for word, name in han.get(term, ()):
            if len(word) == len(term) or word in clip.text:
                found[name] += weight
    weights = {name: math.log1p(count) * says[name] for name, count in found.items()}
    length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
    return {name: weight / length for name, weight in sorted(weights.items())}


def _principal(
    clip: Clip, counts: Counter[str], heading: Counter[str], terms: Mapping[str, float], names: frozenset[str]
) -> tuple[str, ...]:
    """The names a clip repeats or has in its title, the most prominent first."""
    opening = set(tokens(clip.text[:OPENING]))
    weights = {}
    for term in terms:
        count = counts[term]
        if rare(term) < SEEN or (count + (term in heading) < 2 and term not in heading):
            continue
        if term[0] >= CJK or term in names:
            weights[term] = math.log1p(count) * rare(term) ** 2 * (1 + (term in heading) + 0.5 * (term in opening))
    return tuple(sorted(weights, key=lambda term: (-weights[term], term))[:PRINCIPAL])
