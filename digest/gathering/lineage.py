"""Lineage: which stories of earlier issues this week's clips go on with, as far as the clips of those are kept.

Clips of different weeks are weighed like those of one desk (`kinship`), but that weeks between them speak less against
it, and that a name is fresh which stands in clips of no other days than theirs.
"""

from __future__ import annotations

from itertools import accumulate, chain, pairwise, product
from typing import TYPE_CHECKING, NamedTuple

from digest.gathering import kinship

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.gathering.event import Clip

SURE = 1.0
"""From here on, on average over their clips, a story goes on with an earlier one."""
EXACT = 0.4
"""It must share so much that is exact: two guides or notices of one series are as alike in all else as two accounts."""
PERHAPS = kinship.ENOUGH
"""From here on it may, which is the editor's to say: in one week they would be one story."""


class Claim(NamedTuple):
    """An earlier story, by its number, that clips go on with or may: `is_sure` says which. `why`, in plain words."""

    story: int
    points: float
    is_sure: bool
    why: str


def claims(
    clips: Sequence[Clip], groups: Sequence[Sequence[int]], told: Sequence[Sequence[Clip]]
) -> list[tuple[Claim, ...]]:
    """For each group of this week's `clips` the earlier stories that it goes on with, the likest first.

    `told` are the clips of each earlier story; of one that has none nothing is known. Of several groups that
    might go on with one story only the likest is sure to: they were not put together, so hardly more than one does.
    """
    if not any(told):
        return [()] * len(groups)
    every = [*clips, *chain.from_iterable(told)]
    places = [range(start, end) for start, end in pairwise(accumulate(map(len, told), initial=len(clips)))]
    desk = kinship.Desk(every, patient=True)
    story_of = {at: story for story, some in enumerate(places) for at in some}
    near = desk.toward(len(clips))
    points: list[dict[int, float]] = []
    for group in groups:
        likely = {story_of[to] for at in group for to in near[at] if desk.score(at, to) >= kinship.ALONE}
        points.append({story: desk.between(group, places[story]) for story in sorted(likely)})
    best: dict[int, float] = {}
    for found in points:
        for story, value in found.items():
            best[story] = max(value, best.get(story, value))
    return [
        tuple(
            _claim(desk, group, places[story], story, value, best[story])
            for story, value in sorted(found.items(), key=lambda item: (-item[1], item[0]))
            if value >= PERHAPS
        )
        for group, found in zip(groups, points, strict=True)
    ]


def _claim(
    desk: kinship.Desk, group: Sequence[int], places: Sequence[int], story: int, points: float, best: float
) -> Claim:
    """The claim of a group to an earlier story, with what the two likest clips of both have in common."""
    pairs = list(product(group[: kinship.MEMBERS], places[: kinship.MEMBERS]))
    is_sure = points >= max(SURE, best) and any(desk.exact(*pair) >= EXACT for pair in pairs)
    return Claim(story, points, is_sure, desk.why(*max(pairs, key=lambda pair: desk.score(*pair))))
