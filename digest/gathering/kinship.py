"""Kinship: how much speaks for two clips of a desk telling of one event, and groups of such clips.

The weights are those of a logistic regression on the odd events of `tests/events`, none of them against its meaning,
rounded; its features are few, so that each can be said in words. Two clips of one firm are kept apart by what
happens, by what it is about, by the days, and by their principal names; a name that other weeks are full of says
little.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from functools import lru_cache
from heapq import heapify, heappop, heappush
from itertools import combinations
from typing import TYPE_CHECKING

from digest.gathering import event, told
from digest.gathering.profile import profile, rare
from digest.term import CJK, tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from digest.gathering.event import Clip
    from digest.gathering.profile import Profile

WEIGHTS = {
    "names": 0.8, "fresh": 2.2, "words": 1.2, "title": 0.5, "figures": 3.1, "sounds": 4.3, "heard": 4.0, "day": 3.0,
    "things": 2.2, "concepts": 5.0, "across": 4.7, "principal": 3.6, "gap": -0.5, "late": -1.0, "long": -12.0,
}  # fmt: skip
"""What each feature adds."""
EXACT = ("figures", "day", "sounds", "heard")
"""Figures, days and names in another script: guides, series and notices about different things hardly share them."""
BIAS = -5.5
ENOUGH = 0.5
"""From here on, on average, two groups are one."""
ALONE = 0.5
"""From here on a clip that is alone joins the group that it is likest."""
CLEAR = 1.0
"""By so much it must be likelier than any other group."""
CLOSEST = 2
"""It is compared with so many of a group, the likest."""
LEAST, MOST = -6.0, 6.0
"""Bounds of one pair, so that no pair outweighs a group."""
DAYS = 10
"""A name is fresh that stands in clips of no other days than so many around the two that have it."""
LATE = 14
"""Days between two clips from which on they hardly tell of one event."""
APART = 100
"""Days between two clips from which on they are not compared."""
PATIENCE = 10
"""What more days between a story and one that goes on with it count as."""
UNDATED = 0.5
"""How far apart, in tens of days, two clips are taken to be where one has no date."""
LONG = 250
"""Texts of more different words share some by chance: what they share counts less."""
SHORT = 60
"""Texts of fewer different words count as having so many."""
CROWD = 40
"""A word that more clips of these weeks hold than this points at none of them."""
REACH = 21
"""Days around a clip in which others are looked for."""
NEAREST = 16
"""A clip is compared with so many that share most rare words with it."""
MEMBERS = 6
"""So many clips of a group are asked whether another group belongs to it."""
RARE = 0.3
"""How rare a word must be to point at another clip."""
TWICE = 0.4
"""What a pair of characters counts that goes on another one which is shared too."""
OUTLET = 0.1
"""What a word of an outlet's name counts."""
HEARD = (0.0, 0.0, 0.15, 0.6, 1.0, 1.3)
"""What a name says that is heard alike, by how many consonants it has."""
KEPT = 1 << 17
"""So many compared pairs are remembered."""


class Desk:
    """The clips of a desk beside each other."""

    def __init__(self, clips: Sequence[Clip], *, patient: bool = False) -> None:
        """`patient` takes weeks between two clips for no more than PATIENCE: one goes on with what the other told."""
        self.clips = clips
        self.profiles = [profile(clip) for clip in clips]
        self._patience = PATIENCE if patient else APART
        self._written = {name for one in self.profiles for name in one.names}
        self._named = {name for one in self.profiles for name in one.named}
        self._counts: Counter[str] = Counter()
        self._days: dict[str, list[int]] = defaultdict(list)
        for at in sorted(range(len(clips)), key=lambda at: clips[at].day or 0):
            day = clips[at].day
            keys = frozenset(self._keys(at))
            self._counts.update(keys)
            if day is not None:
                for key in keys:
                    self._days[key].append(day)
        self._size = math.log(len(clips) + 100)
        outlets = {word for clip in clips for word in tokens(clip.outlet)}
        self._weights = {
            term: (rare(term) * self._rarity(term)) ** 2 * (OUTLET if term in outlets else 1)
            for term in {term for one in self.profiles for term in one.terms}
        }
        self._things = [_unit(one.things, self._rarity_of_thing) for one in self.profiles]
        self._concepts = [_unit(one.concepts, lambda _: 1.0) for one in self.profiles]
        often = Counter(key for clip in clips for key in (*clip.topic.terms, *clip.topic.figures))
        size = math.log(len(clips) + event.BACKGROUND)
        self._common = {key: 1 - math.log(count) / size for key, count in often.items() if count > 1}
        self.compared = 0
        self.score = lru_cache(maxsize=KEPT)(self._score)

    def _keys(self, at: int) -> Iterator[str]:
        """What a clip is counted under: its words, and all else with a sign before it."""
        one = self.profiles[at]
        yield from one.terms
        yield from (f"~{name}" for name in one.names)
        yield from (f"~{name}" for name in one.sounds if name in self._written)
        yield from (f"#{figure}" for figure in one.figures)
        yield from (f"@{day}" for day in one.days)
        yield from (f"!{name}" for name in one.heard)
        yield from (f"%{name}" for name in one.things)

    def _rarity(self, key: str) -> float:
        """How rare on this desk: 1 in one clip, near 0 in all of them."""
        return max(0.0, 1 - math.log(max(1, self._counts[key])) / self._size)

    def _rarity_of_thing(self, name: str) -> float:
        return self._rarity(f"%{name}")

    def _fresh(self, key: str, span: tuple[int, int]) -> float:
        """The share of a word's clips that are of the days around either of these two; 1 where none has a date."""
        days = self._days.get(key)
        if not days:
            return 1.0
        first, last = span
        until = bisect_right(days, first + DAYS)
        since = max(until, bisect_left(days, last - DAYS))
        found = until - bisect_left(days, first - DAYS) + bisect_right(days, last + DAYS) - since
        return found / len(days)

    def _score(self, first: int, second: int) -> float:
        """What speaks for two clips telling of one event, against ENOUGH. Without the day of one, `event.evidence`."""
        self.compared += 1
        clip, other = self.clips[first], self.clips[second]
        if event.copies(clip, other):
            return MOST
        known = self.profiles[first].known and self.profiles[second].known
        if clip.day is None or other.day is None or not known:
            points = event.evidence(clip, other, self._common).points
            return ENOUGH + 1 if points >= event.ENOUGH else LEAST
        if abs(clip.day - other.day) > APART:
            return LEAST
        features = self.features(first, second)
        points = BIAS + sum(weight * features[name] for name, weight in WEIGHTS.items())
        return max(LEAST, min(MOST, points))

    def features(self, first: int, second: int) -> dict[str, float]:
        """What two dated clips have in common, by the names of WEIGHTS."""
        one, other = self.profiles[first], self.profiles[second]
        day, another = self.clips[first].day or 0, self.clips[second].day or 0
        span = (min(day, another), max(day, another))
        gap = min(abs(day - another), self._patience)
        across = one.script != other.script
        things = _likeness(self._things[first], self._things[second]) ** 2
        figures = sum(
            told.specific(figure) * self._recent(f"#{figure}", span) for figure in one.figures & other.figures
        )
        heard = (
            HEARD[min(len(name), 5)] * self._rarity(f"!{name}") * self._recent(f"!{name}", span)
            for name in (one.heard & other.heard if across else ())
        )
        sounds = (self._recent(f"~{name}", span) for name in self._alike(one, other))
        days = (self._rarity(f"@{each}") for each in one.days & other.days)
        principal = {name for name in one.principal if name in other.terms}
        principal |= {name for name in other.principal if name in one.terms}
        size = max(1.0, math.sqrt(math.sqrt(max(len(one.terms), SHORT) * max(len(other.terms), SHORT)) / LONG))
        return self._words(one, other, span, size) | {
            "figures": math.sqrt(min(2.0, figures)) / size,
            "sounds": math.sqrt(sum(sounds)) / size,
            "heard": math.sqrt(min(3.0, sum(heard))) / size,
            "day": max(days, default=0.0) / size,
            "things": things / size,
            "concepts": _likeness(self._concepts[first], self._concepts[second]) ** 2 / size,
            "across": math.sqrt(things) / size if across else 0.0,
            "principal": min(2, len(principal)) / 2 / size,
            "gap": min(gap, 30) / 10,
            "late": float(gap > LATE),
            "long": size - 1,
        }

    def _recent(self, key: str, span: tuple[int, int]) -> float:
        return self._rarity(key) * self._fresh(key, span)

    def _alike(self, one: Profile, other: Profile) -> frozenset[str]:
        """Names that one writes in Latin letters and the other in Han characters."""
        if one.wide == other.wide:
            return frozenset()
        return one.sounds & other.names if one.wide else other.sounds & one.names

    def exact(self, first: int, second: int) -> float:
        """The most that two clips share of what is EXACT; 1 where they are about one person or nearly the same."""
        clip, other = self.clips[first], self.clips[second]
        if event.copies(clip, other) or event.about_one(clip, other):
            return 1.0
        features = self.features(first, second)
        return max(features[name] for name in EXACT)

    def _words(self, one: Profile, other: Profile, span: tuple[int, int], size: float) -> dict[str, float]:
        """The rare words in common: those that are names, those that are fresh, other ones, those of a title."""
        scale = math.log(20 + min(len(one.terms), len(other.terms))) / math.log(150)
        names = fresh = words = title = 0.0
        for term, weight, count in self._shared(one, other):
            new = self._fresh(term, span)
            if term in self._named:
                names += weight * count
                fresh += weight * count * new**2
            else:
                words += weight * count * new
            if term in one.heading or term in other.heading:
                title += weight
        found = {"names": names, "fresh": fresh, "words": words / scale**2, "title": title}
        return {name: math.sqrt(value) / size for name, value in found.items()}

    def _shared(self, one: Profile, other: Profile) -> Iterator[tuple[str, float, float]]:
        few, many = (one.terms, other.terms) if len(one.terms) < len(other.terms) else (other.terms, one.terms)
        shared = [term for term in few if term in many]
        ends = {term[-1] for term in shared if term[0] >= CJK}
        for term in shared:
            again = TWICE if term[0] >= CJK and term[0] in ends else 1
            yield term, self._weights[term] * again, min(2.0, math.sqrt(min(few[term], many[term])))

    def why(self, first: int, second: int) -> str:
        """What two clips have in common, in plain words."""
        if event.copies(self.clips[first], self.clips[second]):
            return "nearly the same text"
        if self.clips[first].day is None or self.clips[second].day is None:
            return event.evidence(self.clips[first], self.clips[second], self._common).why
        one, other = self.profiles[first], self.profiles[second]
        shared = sorted(one.terms.keys() & other.terms.keys(), key=lambda term: (-self._weights[term], term))
        alike = sorted(self._alike(one, other))
        alike += [name for name in sorted(one.heard & other.heard) if one.script != other.script and len(name) > 2]
        found = {
            "names in common": [term for term in shared if term in self._named][:4],
            "names that sound alike": alike[:3],
            "the same happens": _most_alike(self._concepts[first], self._concepts[second])[:3],
            "about the same": _most_alike(self._things[first], self._things[second])[:3],
            "figures in common": sorted(figure.rstrip(" ?") for figure in one.figures & other.figures)[:3],
            "rare words in common": [term for term in shared if term not in self._named and self._weights[term] > RARE][
                :4
            ],
        }
        return "; ".join(f"{name} ({', '.join(words)})" for name, words in found.items() if words)

    def _pointers(self, at: int) -> Iterator[str]:
        """What points from one clip at others: rare words, names, figures, pieces of text."""
        one, clip = self.profiles[at], self.clips[at]
        yield from (term for term in one.terms if self._weights[term] > RARE / 3)
        yield from (f"~{name}" for name in one.names)
        yield from (f"~{name}" for name in one.sounds if name in self._written)
        yield from (f"!{name}" for name in one.heard if len(name) > 2)
        yield from (f"#{figure}" for figure in one.figures if told.specific(figure) >= event.TELLING)
        yield from (f"p:{name}" for name in clip.topic.people)
        yield from (f"={piece}" for piece in clip.sketch)

    def near(self) -> Iterator[tuple[int, int]]:
        """Pairs of clips to compare, each once: those of the same weeks that share most rare words.

        Each clip is compared with at most NEAREST others, and no word with more than CROWD clips is followed: the
        number of pairs grows with that of the clips.
        """
        order = sorted(range(len(self.clips)), key=lambda at: (self.clips[at].day or 0, at))
        index: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        for at in order:
            for key in self._pointers(at):
                days, places = index[key]
                days.append(self.clips[at].day or 0)
                places.append(at)
        pairs = set()
        for at in range(len(self.clips)):
            near: Counter[int] = Counter()
            for key in frozenset(self._pointers(at)):
                if len(index[key][1]) > 1:  # most words stand in one clip
                    near.update(self._beside(index[key], self.clips[at].day))
            near.pop(at, None)
            ranked = sorted(near.items(), key=lambda item: (-item[1], item[0]))[:NEAREST]
            pairs |= {(min(at, other), max(at, other)) for other, _ in ranked}
        yield from sorted(pairs)

    def _beside(self, entry: tuple[list[int], list[int]], day: int | None) -> Iterable[int]:
        """The clips under a word that are of these weeks or without a date; none where they are a crowd."""
        days, places = entry
        undated = bisect_right(days, 0)
        low, high = (
            (undated, len(days)) if day is None else (bisect_left(days, day - REACH), bisect_right(days, day + REACH))
        )
        if undated + high - low > CROWD:
            return ()
        return (*places[:undated], *places[low:high])

    def toward(self, first: int) -> list[list[int]]:
        """For each clip before `first`, of any day, those from there on that share most rare words with it.

        Bounded as `near` is.
        """
        index: dict[str, list[int]] = defaultdict(list)
        for at in range(first, len(self.clips)):
            for key in frozenset(self._pointers(at)):
                index[key].append(at)
        found = []
        for at in range(first):
            near: Counter[int] = Counter()
            for key in frozenset(self._pointers(at)):
                if len(index.get(key, ())) <= CROWD:
                    near.update(index.get(key, ()))
            found.append([other for other, _ in sorted(near.items(), key=lambda item: (-item[1], item[0]))[:NEAREST]])
        return found

    def groups(self) -> list[list[int]]:
        """Groups of clips, each and all in order: the two that are likest on average come together first."""
        members = {at: [at] for at in range(len(self.clips))}
        links: dict[int, set[int]] = {at: set() for at in members}
        waiting = []
        for one, other in self.near():
            points = self.score(one, other)
            if points >= ALONE:
                links[one].add(other)
                links[other].add(one)
            if points >= ENOUGH:
                waiting.append((-points, one, other, 2))
        around = {at: frozenset(near) for at, near in links.items()}
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
                points = self.between(members[first], members[other])
                if points >= ENOUGH:
                    size = len(members[first]) + len(members[other])
                    heappush(waiting, (-points, min(first, other), max(first, other), size))
        self._gather_single(members, around)
        return [members[at] for at in sorted(members, key=lambda at: members[at][0])]

    def between(self, some: Sequence[int], others: Sequence[int]) -> float:
        """What speaks for two groups being one: the mean of their pairs, of a large group of its first clips."""
        found = [self.score(min(one, other), max(one, other)) for one in some[:MEMBERS] for other in others[:MEMBERS]]
        return sum(found) / len(found)

    def _gather_single(self, members: dict[int, list[int]], around: Mapping[int, frozenset[int]]) -> None:
        """Let each clip that is alone join the group that it is clearly likest, by the likest of its clips.

        A lurid or a late account may share something with two of a story's clips and nothing with the others.
        """
        group_of = {at: name for name, group in members.items() if len(group) > 1 for at in group}
        joined: dict[int, list[int]] = defaultdict(list)
        for at in [name for name, group in members.items() if len(group) == 1]:
            near = {group_of[other] for other in around[at] if other in group_of}
            found = sorted(((self._closeness(at, members[name]), name) for name in near), reverse=True)
            if found and found[0][0] >= ALONE and (len(found) < 2 or found[0][0] - found[1][0] >= CLEAR):
                joined[found[0][1]].append(at)
        for name, singles in joined.items():
            for at in singles:
                del members[at]
            members[name] = sorted(members[name] + singles)

    def _closeness(self, at: int, group: Sequence[int]) -> float:
        found = sorted((self.score(min(at, other), max(at, other)) for other in group[: 4 * MEMBERS]), reverse=True)
        return sum(found[:CLOSEST]) / len(found[:CLOSEST])

    def best(self, group: Sequence[int]) -> dict[int, tuple[int, float]]:
        """For each clip of a group but the first, the one it is likest and how much."""
        best: dict[int, tuple[int, float]] = {}
        for one, other in combinations(group[: 4 * MEMBERS], 2):
            points = self.score(one, other)
            for at, to in ((one, other), (other, one)):
                if at != group[0] and (at not in best or points > best[at][1]):
                    best[at] = (to, points)
        return best


def _unit(weights: Mapping[str, float], rarity: Callable[[str], float]) -> dict[str, float]:
    """A vector of length 1 of these weights, each times its rarity."""
    scaled = {name: weight * rarity(name) for name, weight in weights.items()}
    length = math.sqrt(sum(weight * weight for weight in scaled.values())) or 1.0
    return {name: weight / length for name, weight in scaled.items()}


def _likeness(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """The cosine of two vectors of length 1."""
    few, many = (one, other) if len(one) < len(other) else (other, one)
    return sum(weight * many[name] for name, weight in few.items() if name in many)


def _most_alike(one: Mapping[str, float], other: Mapping[str, float]) -> list[str]:
    """What two vectors have in common, the most telling first."""
    return sorted(one.keys() & other.keys(), key=lambda name: (-one[name] * other[name], name))
