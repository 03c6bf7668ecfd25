"""Events: which clips tell of the same one, and what says so.

Principal person or body plus what happens. Companies and bystanders that two clips share are no evidence;
two different principal persons are evidence against. Copies (nearly the same text) are told apart from
separate tellings.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.term import tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from digest.topic import Topic

SKETCH = 24
"""How many of the smallest hashes of a text's three-token shingles are compared."""
COPY = 0.5
"""The share of a sketch that copies have in common."""
ENOUGH = 1.0
"""The evidence that joins two clips."""
FEW = 6
"""A word that so many clips hold is still rare: an event seldom has more of them."""
CROWD = 40
"""A word that more clips than this hold points at none of them."""
DAYS = 21
"""Clips published further apart than this tell of different events."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for two clips telling of one event: `points` against ENOUGH, and why, in plain words."""

    points: float
    why: str


@dataclass(frozen=True, slots=True)
class Clip:
    """What grouping looks at: the topic, the day published (ordinal, None unknown) and a sketch of the words."""

    topic: Topic
    day: int | None
    sketch: frozenset[int]


def sketch(text: str) -> frozenset[int]:
    """The smallest hashes of the text's shingles: equal texts share all, unrelated ones none."""
    words = list(tokens(text))
    shingles = {" ".join(words[at : at + 3]) for at in range(max(1, len(words) - 2))}
    hashes = sorted(int.from_bytes(hashlib.blake2b(one.encode(), digest_size=6).digest()) for one in shingles)
    return frozenset(hashes[:SKETCH])


def copies(first: Clip, second: Clip) -> bool:
    """Whether two clips are the same article: most of their smallest hashes are shared."""
    union = sorted(first.sketch | second.sketch)[:SKETCH]
    shared = first.sketch & second.sketch
    return sum(one in shared for one in union) >= COPY * len(union)


def evidence(first: Clip, second: Clip, rarity: Mapping[str, float]) -> Evidence:
    """How much speaks for two clips telling of one event. `rarity` is 0–1 a term, 1 for one few clips hold."""
    if first.day is not None and second.day is not None and abs(first.day - second.day) > DAYS:
        return Evidence(0.0, "published weeks apart")
    one, other = first.topic, second.topic
    people = _people(one, other)
    happens = sum(min(weight, other.events.get(name, 0.0)) for name, weight in one.events.items())
    kinds = sorted(name for name in one.events if name in other.events)
    figures = one.figures & other.figures
    barred = one.bodies | other.bodies
    words = _words(one, other, rarity, barred)
    points = 0.9 * people + 0.35 * happens + 0.3 * min(3, len(figures)) + 2.2 * words
    if one.events and other.events and not kinds:
        points -= 0.3
    shared = sorted(name for name in one.people if name in other.people)
    parts = [f"both are about {', '.join(shared)}"] if people > 0 else []
    parts += [f"the same happens ({', '.join(kinds)})"] if kinds else []
    parts += [f"{len(figures)} figures in common"] if figures else []
    parts += [f"rare words in common ({words:.2f})"] if words > 0.05 else []
    return Evidence(round(points, 3), "; ".join(parts) or "nothing")


def _people(one: Topic, other: Topic) -> float:
    """How far the principal persons are the same: 1 both about one, below 0 about different ones."""
    if not one.people or not other.people:
        return 0.0
    shared = max((min(weight, other.people.get(name, 0.0)) for name, weight in one.people.items()), default=0.0)
    return shared if shared else -1.0


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
    counts = Counter(key for clip in clips for key in _keys(clip))
    rarity = {term: 1 / (1 + math.log(count / FEW)) for term, count in counts.items() if count > FEW}
    index: dict[str, list[int]] = defaultdict(list)
    groups: list[list[int]] = []
    home: dict[int, int] = {}
    why: dict[int, str] = {}
    for at, clip in enumerate(clips):
        near = Counter(other for key in _keys(clip) if counts[key] <= CROWD for other in index[key])
        best = _best(clip, {home[other] for other, _ in near.most_common(CROWD)}, groups, clips, rarity)
        if best is None:
            home[at] = len(groups)
            groups.append([at])
        else:
            home[at], why[at] = best
            groups[home[at]].append(at)
        for key in _keys(clip):
            if counts[key] <= CROWD:
                index[key].append(at)
    return groups, why


def _best(
    clip: Clip, near: Iterable[int], groups: Sequence[Sequence[int]], clips: Sequence[Clip], rarity: Mapping[str, float]
) -> tuple[int, str] | None:
    """The group that most speaks for: by its best clip, where on average it holds too."""
    found: list[tuple[float, int, str]] = []
    for number in near:
        told = [evidence(clip, clips[at], rarity) for at in groups[number][:8]]
        if any(copies(clip, clips[at]) for at in groups[number][:8]):
            found.append((9.0, -number, "nearly the same text"))
            continue
        best = max(told, key=lambda one: one.points)
        if best.points >= ENOUGH and sum(one.points for one in told) / len(told) >= ENOUGH * 0.7:
            found.append((best.points, -number, best.why))
    if not found:
        return None
    _, number, why = max(found)
    return -number, why


def _keys(clip: Clip) -> Iterator[str]:
    """What clips are found by: principal people, rare terms, figures, sketch."""
    yield from (f"p:{name}" for name in clip.topic.people)
    yield from clip.topic.terms
    yield from (f"{unit}:{value:g}" for unit, value in clip.topic.figures)
    yield from (f"#{one}" for one in clip.sketch)
