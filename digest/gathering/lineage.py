"""Lineage: which stories of earlier issues this week's clips go on with, as far as the clips of those are kept.

Clips of different weeks are weighed like those of one desk (`kinship`), but that weeks between them speak less against
it, and that a name is fresh which stands in clips of no other days than theirs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.gathering import kinship

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.gathering.event import Clip

SURE = 1.0
"""From here on, on average over their clips, a story goes on with an earlier one."""
PERHAPS = kinship.ENOUGH
"""From here on it may, which is the editor's to say: in one week they would be one story."""


class Lineage:
    """This week's clips beside those of earlier stories."""

    def __init__(self, clips: Sequence[Clip], told: Sequence[Sequence[Clip]]) -> None:
        """`told` are the clips of each earlier story; those of one that has none are not known."""
        every = list(clips)
        self._places: list[range] = []
        for some in told:
            self._places.append(range(len(every), len(every) + len(some)))
            every += some
        self._story_of = {at: story for story, places in enumerate(self._places) for at in places}
        self._desk = kinship.Desk(every, patient=True) if self._story_of else None
        self._near = self._desk.toward(len(clips)) if self._desk else []

    def points(self, group: Sequence[int]) -> dict[int, float]:
        """What speaks for these clips going on with earlier stories, by their number, against SURE and PERHAPS."""
        if self._desk is None:
            return {}
        near = {
            self._story_of[other]
            for at in group
            for other in self._near[at]
            if self._desk.score(at, other) >= kinship.ALONE
        }
        points = {story: self._desk.between(group, self._places[story]) for story in sorted(near)}
        return {story: value for story, value in points.items() if value >= PERHAPS}

    def why(self, group: Sequence[int], story: int) -> str:
        """What they have in common, in plain words."""
        if self._desk is None:
            return ""
        score = self._desk.score
        one, other = max(((at, to) for at in group for to in self._places[story]), key=lambda pair: score(*pair))
        return self._desk.why(one, other)
