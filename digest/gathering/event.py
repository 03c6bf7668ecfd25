"""Events: which clips tell of the same one, and what says so.

Principal person or body plus what happens. Companies and bystanders that two clips share are no evidence;
two different principal persons are evidence against. Copies (nearly the same text) are told apart from
separate tellings.
"""

from __future__ import annotations

import math
import re
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

from digest.gathering.naming import as_word, in_latin, sounding
from digest.term import CJK, is_kana, tokens

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from digest.gathering.profile import Profile
    from digest.gathering.topic import Topic

SKETCH = 24
"""How many of the smallest hashes of a text's clauses are compared."""
CLAUSE = 6
"""A clause shorter than this, in characters, is anybody's."""
COPY = 0.5
"""The share of a sketch that copies have in common."""
ENOUGH = 0.88
"""The evidence that joins two clips."""
ANCHOR = 0.08
"""The likeness in rare words below which two clips that name nobody in common are not compared further."""
FIGURES = 1.0
"""The most that common figures may say."""
SAME_PERSON = 0.9
"""From here on two clips are about one person."""
LATE = 7
"""Days between two clips from which on they speak against one event."""
TELLING = 0.3
"""A figure that says so much finds clips to compare."""
OFTEN = 4
"""A person that other clips are about is this one's too where it names them in the lead, or so often."""
PAIR = 2
"""A company is known by the two characters that its name begins with (澄原 of 澄原科技)."""
NAME = 3
"""The fewest characters of a name that is looked for in other clips: a surname and two more."""
LARGE = 10_000
"""From here on two figures that agree do so seldom by chance."""
RUN = 4
"""Four pairs of characters, or four words, in a row: a phrase rather than a word."""
WORDING = 0.4
"""The most that common wording may say."""
PART = 4000
"""How much of a text is compared by its wording, in characters."""
HEAD = 160
"""A name within so many characters from the start is in the lead."""
BACKGROUND = 200
"""Clips that are thought to lie beside those at hand, so that a word of a small batch is not common at once."""
DAYS = 21
"""Clips published further apart than this tell of different events."""


class Evidence(NamedTuple):
    """What speaks for two clips telling of one event: `points` against ENOUGH, and why, in plain words."""

    points: float
    why: str


class Clip(NamedTuple):
    """What grouping looks at: the topic, the day published (ordinal, None unknown), the words and their sketch.

    `title` and `outlet` as in Document, empty where they are not known. `profile` is what the clip is told by, where
    that was kept.
    """

    topic: Topic
    day: int | None
    text: str
    sketch: frozenset[int]
    title: str = ""
    outlet: str = ""
    profile: Profile | None = None


def sketch(text: str) -> frozenset[int]:
    """The smallest hashes of the text's clauses: copies share most of them, however they are laid out."""
    clauses = {"".join(clause.split()) for clause in _clauses().split(text)}
    hashes = sorted(crc32(clause.casefold().encode("utf-8", "replace")) for clause in clauses if len(clause) >= CLAUSE)
    return frozenset(hashes[:SKETCH])


@cache
def _clauses() -> re.Pattern[str]:
    return re.compile(r"[。！？!?，,；;：:、.\n“”「」\"]+")


def copies(first: Clip, second: Clip) -> bool:
    """Whether two clips are the same article: most of their smallest hashes are shared."""
    union = sorted(first.sketch | second.sketch)[:SKETCH]
    if len(union) < SKETCH // 4:
        return False
    shared = first.sketch & second.sketch
    return sum(one in shared for one in union) >= COPY * len(union)


def evidence(first: Clip, second: Clip, rarity: Mapping[str, float]) -> Evidence:
    """How much speaks for two clips telling of one event. `rarity` is 0–1 a term, 1 where it is not listed."""
    if first.day is not None and second.day is not None and abs(first.day - second.day) > DAYS:
        return Evidence(0.0, "published weeks apart")
    one, other = first.topic, second.topic
    people, named = _people(first, second)
    words = _words(one, other, rarity, one.bodies | other.bodies)
    figures = sorted(one.figures & other.figures)
    counted = min(FIGURES, 1.4 * sum(specific(figure) * rarity.get(figure, 1.0) for figure in figures))
    body = not one.bodies.isdisjoint(other.bodies) or _spelled(first, second)
    happens = sum(min(weight, other.events.get(name, 0.0)) for name, weight in one.events.items())
    kinds = sorted(name for name in one.events if name in other.events)
    points = 0.9 * people + 0.35 * happens + counted + 2.2 * words + 0.3 * body * happens + _dates(first, second)
    if one.events and other.events and not kinds:
        points -= 0.3
    # Comparing the wording costs most, so only where it can settle the matter.
    wording = _wording(first, second) if 0 < ENOUGH - points <= WORDING else 0.0
    points += wording
    if people <= 0 and max(words, counted / 4, wording / 4) < ANCHOR and not body:
        return Evidence(0.0, "they name nobody and nothing in common")
    parts = [named] if people > 0 else []
    parts += [f"the same happens ({', '.join(kinds)})"] if kinds else []
    parts += [f"figures in common ({', '.join(figures)})"] if figures else []
    parts += ["wording in common"] if wording else []
    parts += [f"rare words in common ({words:.2f})"] if words >= ANCHOR / 2 else []
    return Evidence(round(points, 3), "; ".join(parts) or "nothing")


def _dates(first: Clip, second: Clip) -> float:
    """Clips of one event appear within days of each other; nothing where a date is missing."""
    if first.day is None or second.day is None:
        return 0.0
    return -0.4 if abs(first.day - second.day) > LATE else 0.0


def specific(figure: str) -> float:
    """How much one shared figure says: 43.1% or 1,150 far more than 50% or 100."""
    value = figure.partition(" ")[0]
    digits = len(value.partition("e")[0].replace(".", "").strip("0"))
    if " " in figure:
        return (0.04, 0.12, 0.35)[min(digits, 3) - 1] if digits else 0.0
    large = "e" in value or float(value) >= LARGE
    return (0.05, 0.3 if large else 0.15, 0.4 if large else 0.3)[min(digits, 3) - 1] if digits else 0.0


def _people(first: Clip, second: Clip) -> tuple[float, str]:
    """How far the principal persons are the same (1 both about one, below 0 about different ones), and why.

    A name also counts written in the other script, and where a clip has no principal person, it counts
    that it names the other's.
    """
    one, other = first.topic.people, second.topic.people
    shared = {name: min(weight, other[name]) for name, weight in one.items() if name in other}
    for clip, told in ((first, second), (second, first)):
        shared |= {name: weight for name, weight in clip.topic.people.items() if _elsewhere(name, clip, told)}
    if shared:
        return min(1.0, sum(shared.values())), f"both are about {', '.join(sorted(shared))}"
    named = max(_naming(first, second), _naming(second, first))
    if one and other:
        return (0.0, "") if named else (-1.0, "")
    return named, "one names the person the other is about"


def about_one(first: Clip, second: Clip) -> bool:
    """Whether two clips are about the same principal person, or one names the other's in its lead."""
    return _people(first, second)[0] >= SAME_PERSON


def _elsewhere(name: str, clip: Clip, told: Clip) -> bool:
    """Whether another clip writes the name of this clip's person in the other script."""
    if is_wide(clip.text) == is_wide(told.text):
        return False
    if name[0] >= CJK:
        return bool(in_latin(name)) and in_latin(name) <= told.topic.spelled
    return _heard(name, clip.topic.spelled, told.text)


def _heard(name: str, spelled: frozenset[str], text: str) -> bool:
    """Whether a Chinese text has a name that sounds like this person's (Song Zhiwei as 宋知微)."""
    last = name.casefold()
    return any(last in sounds for sounds in sounding(text[:PART], spelled))


def _naming(about: Clip, told: Clip) -> float:
    """How much a clip names the principal person of another."""
    best = 0.0
    for name, weight in about.topic.people.items():
        if weight == 1:
            count = told.text.count(name)
            best = max(best, 0.9 if count and told.text.find(name) < HEAD else 0.3 * min(count, 2))
    return best


def _spelled(first: Clip, second: Clip) -> bool:
    """Whether a body of one is named by the other in Latin letters."""
    return is_wide(first.text) != is_wide(second.text) and any(
        name[0] >= CJK and as_word(name) in told.topic.spelled
        for clip, told in ((first, second), (second, first))
        for name in clip.topic.bodies
    )


def _wording(first: Clip, second: Clip) -> float:
    """How much stands in both in the same words: stretches of RUN terms and more."""
    if is_wide(first.text) != is_wide(second.text):
        return 0.0
    shared = shingles(first.text) & shingles(second.text)
    return min(WORDING, 0.05 * len(shared)) if len(shared) > 1 else 0.0


def is_wide(text: str) -> bool:
    """Whether a text is written in Chinese, Japanese or Korean characters."""
    return sum(character >= CJK for character in text[:HEAD]) * 4 > len(text[:HEAD])


@lru_cache(maxsize=512)
def shingles(text: str) -> frozenset[str]:
    """Every RUN terms in a row in the first PART characters; the endings of Japanese are passed over."""
    terms = [term for term in tokens(text[:PART]) if not is_kana(term)]
    return frozenset(" ".join(terms[at : at + RUN]) for at in range(len(terms) - RUN + 1))


def _words(one: Topic, other: Topic, rarity: Mapping[str, float], barred: frozenset[str]) -> float:
    """Cosine of the rare terms, those of companies barred."""
    few, many = (one.terms, other.terms) if len(one.terms) < len(other.terms) else (other.terms, one.terms)
    dot = sum(
        weight * many[term] * rarity.get(term, 1.0) ** 2
        for term, weight in few.items()
        if term in many and term not in barred
    )
    if not dot:
        return 0.0
    return dot / math.sqrt(_norm(one.terms, rarity, barred) * _norm(other.terms, rarity, barred))


def _norm(terms: Mapping[str, float], rarity: Mapping[str, float], barred: frozenset[str]) -> float:
    return sum((weight * rarity.get(term, 1.0)) ** 2 for term, weight in terms.items() if term not in barred)


def group(clips: Sequence[Clip]) -> tuple[list[list[int]], dict[int, str]]:
    """Groups of indices into `clips`, each in the order given, and what joined each clip to its group.

    A clip joins the group that most speaks for; linear in the number of clips, as only those that share a
    rare word are compared.
    """
    known = {name for clip in clips for name, weight in clip.topic.people.items() if weight == 1 and len(name) >= NAME}
    from digest.gathering import kinship  # noqa: PLC0415 -- it weighs what is told here

    clips = [clip if clip.topic.people else _recognised(clip, known) for clip in clips]
    places = frozenset(name for clip in clips for name in clip.topic.bodies if len(name) == PAIR and name[0] >= CJK)
    clips = [_placed(clip, places) for clip in clips]
    desk = kinship.Desk(clips)
    groups = desk.groups()
    why = {at: desk.why(at, to) for group in groups for at, (to, _) in desk.best(group).items()}
    return groups, why


def _placed(clip: Clip, known: frozenset[str]) -> Clip:
    """The clip with the bodies that it names of those other clips tell to be one."""
    bodies = known.intersection(map("".join, pairwise(clip.text)))
    if bodies <= clip.topic.bodies:
        return clip
    return clip._replace(topic=clip.topic._replace(bodies=clip.topic.bodies | bodies))


def _recognised(clip: Clip, known: set[str]) -> Clip:
    """The clip with the person it names most, of those that other clips are about."""
    words = {clip.text[at : at + 3] for at in range(len(clip.text) - 2)}
    found = {name: clip.text.count(name) for name in known & words if name[0] >= CJK}
    top = max(found.values(), default=0)
    leads = {name for name in found if clip.text.find(name) < HEAD}
    if top < OFTEN and not leads:
        return clip
    people = {name: 1.0 if name in leads else 0.8 for name, count in sorted(found.items()) if 2 * count > top}
    return clip._replace(topic=clip.topic._replace(people=people))
