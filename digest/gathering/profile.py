"""Profiles: what a clip is told by beside the others of a desk, for the comparison of every two.

A plain value, made from the clip alone, so that it can be kept with what was read of the document. Rare words weigh by
how seldom they stand in clippings of all sorts (`config/lexicon/background.yaml`) and on this desk; what happens
(`concepts.yaml`) and what it is about (`things.yaml`) is what an account in another language or manner shares. Japanese
and traditional characters count as the simplified ones (`variants.yaml`).
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from functools import cache
from itertools import islice
from sys import intern
from typing import TYPE_CHECKING, NamedTuple

from digest import shipped
from digest.gathering import sound, told
from digest.gathering.naming import PARTICLES, common, foreign_names, readings
from digest.term import CJK, tokens

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
ENDINGS = (("s", ""), ("es", ""), ("ed", ""), ("d", ""), ("ing", ""), ("ing", "e"), ("ies", "y"))
"""Endings that English words are given without in the lists of concepts, and what stands in their place."""


SCRIPT = 400
"""A text's script is told by so many characters from its start."""
ENGLISH = (" the ", " of ", " to ")
"""Words that English is known by."""


class Profile(NamedTuple):
    """A clip beside others.

    `terms` are its rare words with their weight; `heading` those of its title; `named` the parts of the names of people
    and bodies; `names` words with a capital that it writes in no other way; `sounds` the reading of every two Han
    characters; `heard` its foreign names by their consonants; `concepts` what happens and `things` what it is about,
    with their weight; `figures` and `days` as in `told`; `principal` its most prominent names. `script` is h for Han,
    k for Japanese, l for words; `known` says that the background was counted in its language.
    """

    terms: Mapping[str, float]
    heading: frozenset[str]
    named: frozenset[str]
    names: frozenset[str]
    sounds: frozenset[str]
    heard: frozenset[str]
    concepts: Mapping[str, float]
    things: Mapping[str, float]
    figures: frozenset[str]
    days: frozenset[int]
    principal: tuple[str, ...]
    script: str
    known: bool

    @property
    def wide(self) -> bool:
        """Whether it is written in Han or kana."""
        return self.script != "l"


def folded(text: str) -> str:
    """The text with Japanese and traditional characters as the simplified ones."""
    return text.translate(_variants())


@cache
def _variants() -> dict[int, str]:
    table = shipped.table("config/lexicon/variants.yaml")
    return {ord(sign): plain for plain, signs in table.items() for sign in signs}


@cache
def _background() -> dict[str, int]:
    table = shipped.table("config/lexicon/background.yaml")
    return {word: int(key.removeprefix("in_")) for key, words in table.items() for word in words.split()}


def rare(term: str) -> float:
    """How rare a word is in clippings of all sorts, 0 in all of them, 1 in none."""
    if (seen := _background().get(term)) is None:
        return 1.0
    size = math.log(CLIPPINGS[term[0] < CJK] + 1)
    return max(0.0, size - math.log(seen + 1)) / size


class Vocabulary(NamedTuple):
    """Concepts by Latin word, and by the first two Han characters with the whole word; and how much each says."""

    latin: Mapping[str, tuple[str, ...]]
    han: Mapping[str, tuple[tuple[str, str], ...]]
    says: Mapping[str, float]


@cache
def vocabulary(name: str) -> Vocabulary:
    """The concepts of a shipped list (`concepts`, `things`)."""
    latin: dict[str, set[str]] = defaultdict(set)
    han: dict[str, list[tuple[str, str]]] = defaultdict(list)
    says: dict[str, float] = {}
    for key, words in shipped.table(f"config/lexicon/{name}.yaml").items():
        concept, _, weight = key.partition(" ")
        says[concept] = float(weight)
        for word in folded(words).split():
            if word[0] >= CJK:
                han[word[:2]].append((word, concept))
            else:
                latin[word].add(concept)
    return Vocabulary(
        {word: tuple(sorted(names)) for word, names in latin.items()},
        {pair: tuple(words) for pair, words in han.items()},
        says,
    )


def profile(clip: Clip) -> Profile:
    """What the clip is told by; what was kept of it is not told again, but whom its topic names."""
    if clip.profile:
        return clip.profile._replace(named=_parts(clip))
    title, text = folded(clip.title), folded(clip.text)
    whole = f"{title}\n{text}"
    counts, heading = Counter(tokens(text)), Counter(tokens(title))
    terms = dict(_terms(counts, heading, {*heading, *tokens(text[:LEAD])}))
    names = _names(whole)
    script = _script(clip.text)
    foreign = sound.heard(whole, names if script == "l" else frozenset(), foreign_names())
    return Profile(
        terms=terms,
        heading=frozenset(heading.keys() & terms.keys()),
        named=_parts(clip),
        names=names | _joined(whole),
        sounds=frozenset() if script == "l" else frozenset(_sounds(counts, heading)),
        heard=frozenset(intern(one) for one in foreign if len(one) >= sound.LEAST),
        concepts=_meant(vocabulary("concepts"), whole, counts, heading),
        things=_meant(vocabulary("things"), whole, counts, heading),
        figures=told.figures(whole),
        days=told.days(whole, clip.day),
        principal=_principal(text, counts, heading, terms, names),
        script=script,
        known=script != "l" or sum(map(clip.text.count, ENGLISH)) * 250 >= len(clip.text),
    )


def _parts(clip: Clip) -> frozenset[str]:
    """The parts of the names of people and bodies."""
    about = clip.topic
    names = (*about.people, *about.bodies, *about.spelled)
    return frozenset(intern(part) for name in names for part in tokens(folded(name)))


def _script(text: str) -> str:
    head = text[:SCRIPT]
    if sum("ぁ" <= character <= "ヿ" for character in head) * 8 > len(head):
        return "k"
    return "h" if sum(character >= CJK for character in head) * 4 > len(head) else "l"


def _terms(counts: Counter[str], heading: Counter[str], lead: set[str]) -> Iterator[tuple[str, float]]:
    usual = common()
    whole = counts.copy()
    whole.update(heading)
    telling = (
        term
        for term in whole
        if len(term) > 1 and term not in usual and not (term.isdigit() if term[0] < CJK else _is_grammar(term))
    )
    for term in islice(telling, TERMS):
        yield intern(term.removesuffix("'s").removesuffix("’s")), _weight(min(whole[term], 200), term in lead)


def _is_grammar(pair: str) -> bool:
    """Whether a pair of characters holds a particle, or hiragana: an ending rather than a name."""
    return "ぁ" <= pair[0] <= "ん" or "ぁ" <= pair[1] <= "ん" or not PARTICLES.isdisjoint(pair)


@cache
def _weight(count: int, lead: bool) -> float:  # noqa: FBT001 -- a private table, so that equal weights are one object
    return (1 + math.log(count)) * (1.5 if lead else 1)


def _names(text: str) -> frozenset[str]:
    small = set(_lower().findall(text))
    return frozenset(
        intern(name)
        for word in _capitals().findall(text)
        if (name := word.casefold()) not in small and name not in common()
    )


def _joined(text: str) -> frozenset[str]:
    """Two short names in a row as one word: a Chinese name of two syllables (Tan Yue) reads so."""
    return frozenset(intern((one + other).casefold()) for one, other in _couples().findall(text))


@cache
def _couples() -> re.Pattern[str]:
    return re.compile(r"\b(?=([A-Z][a-z]{1,5}) ([A-Z][a-z]{1,5})\b)")


@cache
def _lower() -> re.Pattern[str]:
    return re.compile(r"\b[a-z]{4,24}")


@cache
def _capitals() -> re.Pattern[str]:
    return re.compile(r"\b[A-Z][a-z]{3,24}")


def _sounds(*parts: Counter[str]) -> Iterator[str]:
    """How every two neighbouring Han characters are read: a name is among them."""
    known = readings()
    for part in parts:
        for term in part:
            if len(term) == 2 and term[0] in known and term[1] in known:
                both = known[term[0]] + known[term[1]]
                if len(both) > 3:
                    yield intern(both)


def _meant(words: Vocabulary, text: str, counts: Counter[str], heading: Counter[str]) -> dict[str, float]:
    """The concepts of a text with their weight, those of its title and first words thrice."""
    first = {*heading, *tokens(text[:FIRST])}
    found: Counter[str] = Counter()
    for term in counts:
        for name in _named(term, words.latin) if term[0] < CJK else ():
            found[name] += counts[term] + 2 * (term in first)
    for pair in counts.keys() & words.han.keys():
        for word, name in words.han[pair]:
            if len(word) == len(pair) or word in text:
                found[name] += counts[pair] + 2 * (pair in first)
    return {name: math.log1p(count) * words.says[name] for name, count in sorted(found.items())}


def _named(term: str, latin: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """The concepts of an English word, with its ending or without."""
    found = set(latin.get(term, ()))
    for ending, plain in ENDINGS:
        if term.endswith(ending):
            found.update(latin.get(term[: -len(ending)] + plain, ()))
    return frozenset(found)


def _principal(
    text: str, counts: Counter[str], heading: Counter[str], terms: Mapping[str, float], names: frozenset[str]
) -> tuple[str, ...]:
    """The names a clip repeats or has in its title, the most prominent first."""
    opening = set(tokens(text[:OPENING]))
    weights = {}
    for term in terms:
        count = counts[term]
        if (count < 2 and term not in heading) or rare(term) < SEEN:
            continue
        if term[0] >= CJK or term in names:
            weights[term] = math.log1p(count) * rare(term) ** 2 * (1 + (term in heading) + 0.5 * (term in opening))
    return tuple(sorted(weights, key=lambda term: (-weights[term], term))[:PRINCIPAL])
