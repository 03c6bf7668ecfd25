"""Figures side by side: the same thing as several outlets count it, never averaged."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from digest.edition import credit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from digest.story import Figure, Source, Story

MEASURES = 4
"""Things counted that a story shows; all of them are in issue.json."""
VALUES = 6
"""Figures of one thing that are shown: two rows of an email's table."""


class Measure(NamedTuple):
    """A thing counted by several outlets: `values` are (words, outlet, link).

    `caution` tells of figures that cannot be compared, and how many there is no room for.
    """

    what: str
    values: tuple[tuple[str, str, str | None], ...]
    caution: str


def measures(story: Story, say: Mapping[str, str]) -> tuple[Measure, ...]:
    """The first figures of a story that at least two of its sources tell which may be shown."""
    return tuple(islice(_measures(story.figures, story.sources, say), MEASURES))


def _measures(figures: Sequence[Figure], sources: Sequence[Source], say: Mapping[str, str]) -> Iterator[Measure]:
    for figure in figures:
        told = [value for value in figure.values if not sources[value.source].held_back]
        if len(told) < 2:
            continue
        differing = {value.text: value for value in reversed(told)}  # the first to tell each
        shown = [value for value in told if differing[value.text] is value]
        shown = (shown + [value for value in told if value not in shown])[:VALUES]
        values = tuple(
            (value.text, credit.name(sources[value.source], say), credit.web(sources[value.source].link))
            for value in told
            if value in shown
        )
        cautions = [
            "" if figure.same_measure else say["other_unit"],
            say["more_figures"].format(n=len(told) - len(shown)) if len(told) > len(shown) else "",
        ]
        yield Measure(figure.what, values, " · ".join(filter(None, cautions)))
