"""Kinship: how much speaks for two dated clips of a desk telling of one event, and groups of such clips.

The weights are those of a logistic regression on the fifteen odd events of `tests/events`, rounded; its features
are few, so that each can be said in words. Two clips of one firm are kept apart by what happens (concepts), by
the days, and by their principal names; a name that other weeks are full of says little.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from functools import lru_cache
from heapq import heapify, heappop, heappush
from itertools import combinations
from typing import TYPE_CHECKING

from digest.gathering import event
from digest.gathering.profile import profile, rare
from digest.term import CJK, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.gathering.event import Clip
    from digest.gathering.profile import Profile

WEIGHTS = {
    "names": 0.58, "fresh": 0.52, "words": 0.11, "figures": 0.38, "sounds": 0.59, "concepts": 1.6, "meaning": 1.17,
    "both": 0.4, "gap": -0.61, "late": -1.25, "languages": -1.49, "strangers": -1.75, "principal": 0.74, "told": 0.75,
    "long": -4.0,
}  # fmt: skip
"""What each feature adds."""
BIAS = -1.95
ENOUGH = -1.1
"""From here on, on average, two groups are one."""
LEAST, MOST = -5.0, 5.0
"""Bounds of one pair, so that no pair outweighs a group."""
DAYS = 10
"""A name is fresh that stands in clips of no other days than these around it."""
LATE = 14
"""Days between two clips from which on they hardly tell of one event."""
LONG = 250
"""Texts of more different words share some by chance: what they share counts less."""
CROWD = 40
"""A word that more clips than this hold points at none of them."""
NEAREST = 16
"""A clip is compared with so many that share most rare words with it."""
MEMBERS = 6
"""So many clips of a group are asked whether another group belongs to it."""
RARE = 0.3
"""How rare a word must be to point at another clip."""
TWICE = 0.4
"""What a pair of characters counts that goes on another one which is shared too."""
ENGLISH = (" the ", " of ", " to ")
"""Words that English is known by."""
OUTLET = 0.1
"""What a word of an outlet's name counts."""


class Desk:
    """The clips of a desk beside each other."""

    def __init__(self, clips: Sequence[Clip], wide: Sequence[bool]) -> None:
        self.clips = clips
        self.profiles = [profile(clip, wide=one) for clip, one in zip(clips, wide, strict=True)]
        written = {name for one in self.profiles for name in one.names}
        self._sounds = [one.sounds & written for one in self.profiles]
        self._days: dict[str, list[int]] = defaultdict(list)
        counts: Counter[str] = Counter()
        for clip, one, heard in zip(clips, self.profiles, self._sounds, strict=True):
            counts.update(one.terms.keys())
            if clip.day is not None:
                for word in {*one.terms, *heard, *one.names}:
                    self._days[word].append(clip.day)
        for days in self._days.values():
            days.sort()
        self._names = {
            part
            for clip in clips
            for name in (*clip.topic.people, *clip.topic.bodies, *clip.topic.spelled)
            for part in tokens(name)
        }
        outlets = {word for clip in clips for word in tokens(clip.outlet)}
        size = math.log(len(clips) + 100)
        self._weights = {
            term: (rare(term) * max(0.0, 1 - math.log(count) / size)) ** 2 * (OUTLET if term in outlets else 1)
            for term, count in counts.items()
        }
        often = Counter(key for clip in clips for key in (*clip.topic.terms, *clip.topic.figures))
        size = math.log(len(clips) + event.BACKGROUND)
        self._rarity = {key: 1 - math.log(count) / size for key, count in often.items() if count > 1}
        self.score = lru_cache(maxsize=None)(self._score)

    def why(self, first: int, second: int) -> str:
        """What two clips have in common, in plain words."""
        if event.copies(self.clips[first], self.clips[second]):
            return "nearly the same text"
        if self.clips[first].day is None or self.clips[second].day is None:
            return event.evidence(self.clips[first], self.clips[second], self._rarity).why
        one, other = self.profiles[first], self.profiles[second]
        shared = sorted(one.terms.keys() & other.terms.keys(), key=lambda term: (-self._weights[term], term))
        names = [term for term in shared if term in self._names][:4]
        words = [term for term in shared if term not in self._names and self._weights[term] > RARE][:4]
        meant = sorted(
            one.concepts.keys() & other.concepts.keys(), key=lambda name: -one.concepts[name] * other.concepts[name]
        )[:3]
        figures = sorted(self.clips[first].topic.figures & self.clips[second].topic.figures)[:3]
        parts = [f"names in common ({', '.join(names)})"] if names else []
        heard = sorted(self._heard(first, second))[:3]
        parts += [f"names that sound alike ({', '.join(heard)})"] if heard else []
        parts += [f"the same happens ({', '.join(meant)})"] if meant else []
        parts += [f"figures in common ({', '.join(figures)})"] if figures else []
        parts += [f"rare words in common ({', '.join(words)})"] if words else []
        return "; ".join(parts)

    def _known(self, at: int) -> bool:
        """Whether a clip is in a language that the background was counted in."""
        text = self.clips[at].text
        return self.profiles[at].wide or sum(map(text.count, ENGLISH)) * 250 >= len(text)

    def _heard(self, first: int, second: int) -> frozenset[str]:
        """Names that one writes in Latin letters and the other in Han characters."""
        one, other = self.profiles[first], self.profiles[second]
        if one.wide == other.wide:
            return frozenset()
        return (self._sounds[first] & other.names) | (self._sounds[second] & one.names)

    def _fresh(self, word: str, middle: float) -> float:
        """The share of a word's clips that are of these days."""
        days = self._days[word]
        return (bisect_right(days, middle + DAYS) - bisect_left(days, middle - DAYS)) / max(1, len(days))

    def _score(self, first: int, second: int) -> float:
        """What speaks for two clips telling of one event, against ENOUGH. Without the day of one, the old evidence."""
        clip, told = self.clips[first], self.clips[second]
        if event.copies(clip, told):
            return MOST
        evidence = event.evidence(clip, told, self._rarity)
        if clip.day is None or told.day is None or not (self._known(first) and self._known(second)):
            return ENOUGH + 1 if evidence.points >= event.ENOUGH else LEAST
        if abs(clip.day - told.day) > event.DAYS:
            return LEAST
        features = self._features(first, second, (clip.day + told.day) / 2)
        features["told"] = max(-0.5, min(1.5, evidence.points))
        gap = abs(clip.day - told.day)
        features |= {"gap": gap / 10, "late": float(gap > LATE)}
        points = BIAS + sum(WEIGHTS[name] * value for name, value in features.items())
        return max(LEAST, min(MOST, points))

    def _features(self, first: int, second: int, middle: float) -> dict[str, float]:
        one, other = self.profiles[first], self.profiles[second]
        size = max(1.0, math.sqrt(math.sqrt(max(len(one.terms), 60) * max(len(other.terms), 60)) / LONG))
        names = fresh = words = 0.0
        for term, weight in self._shared(one, other):
            new = self._fresh(term, middle)
            if term in self._names:
                names += weight
                fresh += weight * new**2
            else:
                words += weight * new
        heard = sum(
            (1 - math.log(len(self._days[name]) or 1) / math.log(len(self.clips) + 100)) * self._fresh(name, middle)
            for name in self._heard(first, second)
        )
        meaning = sum(weight * other.concepts.get(name, 0.0) for name, weight in one.concepts.items())
        shared = self.clips[first].topic.figures & self.clips[second].topic.figures
        scale = math.log(20 + min(len(one.terms), len(other.terms))) / math.log(150)
        found = {
            "names": math.sqrt(names),
            "fresh": math.sqrt(fresh),
            "words": math.sqrt(words) / scale,
            "figures": min(1.5, sum(event.specific(figure) for figure in shared)),
            "sounds": math.sqrt(heard),
            "concepts": meaning,
            "meaning": meaning**2,
        }
        found = {name: value / size for name, value in found.items()} | {"long": size - 1}
        found["both"] = (found["fresh"] + found["sounds"]) * meaning
        ours = [name for name in one.principal if name in other.terms]
        theirs = [name for name in other.principal if name in one.terms]
        if one.wide == other.wide:
            found["strangers"] = float(bool(one.principal and other.principal) and not ours and not theirs)
        else:
            found |= {"languages": 1.0, "principal": min(2, len({*ours, *theirs})) / 2}
        return found

    def _shared(self, one: Profile, other: Profile) -> Iterator[tuple[str, float]]:
        few, many = (one.terms, other.terms) if len(one.terms) < len(other.terms) else (other.terms, one.terms)
        shared = [term for term in few if term in many]
        ends = {term[-1] for term in shared if term[0] >= CJK}
        for term in shared:
            again = TWICE if term[0] >= CJK and term[0] in ends else 1
            yield term, self._weights[term] * again * min(2.0, math.sqrt(min(few[term], many[term])))

    def _keys(self, at: int) -> Iterator[str]:
        one, clip = self.profiles[at], self.clips[at]
        yield from (term for term in one.terms if self._weights[term] > RARE / 3)
        yield from (f"~{name}" for name in {*self._sounds[at], *one.names})
        yield from (figure for figure in clip.topic.figures if event.specific(figure) >= event.TELLING)
        yield from (f"p:{name}" for name in clip.topic.people)
        yield from (f"#{piece}" for piece in clip.sketch)

    def near(self) -> Iterator[tuple[int, int]]:
        """Pairs of clips to compare, each once: those that share most rare words."""
        keys = [frozenset(self._keys(at)) for at in range(len(self.clips))]
        index: dict[str, list[int]] = defaultdict(list)
        for at, found in enumerate(keys):
            for key in found:
                index[key].append(at)
        pairs = set()
        for at, found in enumerate(keys):
            near = Counter(other for key in found if len(index[key]) <= CROWD for other in index[key] if other != at)
            ranked = sorted(near.items(), key=lambda item: (-item[1], item[0]))[:NEAREST]
            pairs |= {(min(at, other), max(at, other)) for other, _ in ranked}
        yield from sorted(pairs)

    def groups(self) -> list[list[int]]:
        """Groups of clips, each and all in order: the two that are likest on average come together first."""
        members = {at: [at] for at in range(len(self.clips))}
        links: dict[int, set[int]] = {at: set() for at in members}
        waiting = []
        for one, other in self.near():
            if self.score(one, other) >= ENOUGH:
                links[one].add(other)
                links[other].add(one)
                waiting.append((-self.score(one, other), one, other, 2))
        heapify(waiting)
        while waiting:
            _, first, second, size = heappop(waiting)
            if first not in members or second not in members:
                continue
            if len(members[first]) + len(members[second]) != size:  # one has grown since
                continue
            members[first] = sorted(members[first] + members.pop(second))
            links[first] = (links[first] | links.pop(second)) - {first, second}
            for other in links[first]:
                links[other] = (links[other] - {second}) | {first}
                points = self._between(members[first], members[other])
                if points >= ENOUGH:
                    size = len(members[first]) + len(members[other])
                    heappush(waiting, (-points, min(first, other), max(first, other), size))
        return [members[at] for at in sorted(members, key=lambda at: members[at][0])]

    def _between(self, some: Sequence[int], others: Sequence[int]) -> float:
        found = [self.score(min(one, other), max(one, other)) for one in some[:MEMBERS] for other in others[:MEMBERS]]
        return sum(found) / len(found)

    def best(self, group: Sequence[int]) -> dict[int, tuple[int, float]]:
        """For each clip of a group but the first, the one it is likest and how much."""
        best: dict[int, tuple[int, float]] = {}
        for one, other in combinations(group[: 4 * MEMBERS], 2):
            points = self.score(one, other)
            for at, to in ((one, other), (other, one)):
                if at != group[0] and (at not in best or points > best[at][1]):
                    best[at] = (to, points)
        return best
