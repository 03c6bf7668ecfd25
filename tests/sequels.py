"""How well later clips are known to go on with a story told before: `PYTHONPATH=. python tests/sequels.py [--errors]`.

Of two thirds of the invented events of tests/events/ two clips are told in an earlier issue; then all other clips come,
those of the events that nobody told too, 0, 7, 28 or 49 days later. Three times, so that each event is once not told,
and with the first two clips told or the last two. The odd events were looked at while it was made, of the even ones
only their figures are seen. The events were invented to be hard: several share a company. `--errors` names what went
wrong with odd events.
"""

from __future__ import annotations

import random
import sys
from collections import defaultdict
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import stories

from digest import record
from digest.errors import SeedError
from digest.gathering import event
from digest.gathering.lineage import claims
from digest.seed import Seed
from digest.story import Story, clip, gather

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from digest.summary import Summary

FOLDS = 3
"""Each third of the events is once not told."""
LATER = (0, 7, 28, 49)
"""Days between the clips that are told and the others, beside those that are between them as they are."""
TOLD = 2
"""Clips of an event that the earlier issue tells."""


class Figures(NamedTuple):
    """Of later stories: updates that go on with a story of their event, updates that do not, and those not known.

    `hinted` of those not known are told to the editor as what may go on with a story of their event; `misled` are
    hints that are wrong. `arrows` are wrong updates that set a figure beside one told before, `lost` are stories that
    were dropped, as saying nothing new, for a story of another event.
    """

    right: int = 0
    wrong: int = 0
    missed: int = 0
    hinted: int = 0
    misled: int = 0
    arrows: int = 0
    dropped: int = 0
    lost: int = 0

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + self.missed)

    def __str__(self) -> str:
        known, could = self.right + self.wrong, self.right + self.missed
        return (
            f"precision {self.precision:.3f} n={known:3}  recall {self.recall:.3f} n={could:3}  hinted {self.hinted}, "
            f"wrongly {self.misled}  dropped {self.dropped}, wrongly {self.lost}  wrong arrows {self.arrows}"
        )


class Later(NamedTuple):
    """A story of the later issue: the events of its clips, those that were told, and those of what it goes on with."""

    story: Story
    events: frozenset[str]
    told: frozenset[str]
    of: frozenset[str] | None
    hint: frozenset[str] | None
    dropped: bool


@cache
def _events() -> dict[str, list[Summary]]:
    events: dict[str, list[Summary]] = defaultdict(list)
    for name, one in stories.clips().values():
        events[name].append(one)
    return events


def later(fold: int, days: int = 0, *, last: bool = False, kept: bool = True) -> list[Later]:
    """Tell two clips of each event but those of a fold, then the others. `kept` says that their clips are kept."""
    rules, events = stories.rules(), _events()
    first, others = [], []
    for at, name in enumerate(sorted(events)):
        clips = events[name]
        two, rest = (clips[-TOLD:], clips[:-TOLD]) if last else (clips[:TOLD], clips[TOLD:])
        first += two if at % FOLDS != fold else []
        others += [_later(one, days) for one in rest]
    of = {one.seed: name for name, clips in events.items() for one in clips}
    told = gather(first, rules).stories
    known = {one.id: frozenset(of[source.seed] for source in one.sources) for one in told}
    every = frozenset().union(*known.values())
    earlier = record.told({"stories": [record.story(one) for one in told]})
    if kept:
        read = {one.seed: clip(one.document, one.quotes, rules) for one in first}
        earlier = tuple(replace(one, clips=tuple(read[source.seed] for source in one.voices)) for one in earlier)
    found = gather(others, rules, earlier=earlier)
    return [
        Later(
            one,
            frozenset(of[source.seed] for source in one.sources),
            frozenset(of[source.seed] for source in one.sources) & every,
            known[one.update_of] if one.update_of else None,
            known[one.kin.id] if one.kin else None,
            dropped,
        )
        for some, dropped in ((found.stories, False), (found.repeats, True))
        for one in some
    ]


def _later(one: Summary, days: int) -> Summary:
    """The clip as if it had been published so many days later."""
    published = one.document.published
    if not published or not days:
        return one
    day = (date.fromisoformat(published[:10]) + timedelta(days=days)).isoformat()
    return replace(one, document=replace(one.document, published=day + published[10:]))


def figures(found: Iterable[Later], wanted: Callable[[int], bool] = lambda _: True) -> Figures:
    """The figures of the stories that have a clip of these events."""
    rows = [one for one in found if any(wanted(stories.number(name)) for name in one.events)]
    new = [one for one in rows if one.of is None]
    wrong = [one for one in rows if one.of is not None and not one.of & one.events]
    return Figures(
        right=sum(bool(one.of and one.of & one.events) for one in rows),
        wrong=len(wrong),
        missed=sum(bool(one.told) for one in new),
        hinted=sum(bool(one.hint and one.hint & one.events) for one in new),
        misled=sum(bool(one.hint and not one.hint & one.events) for one in new),
        arrows=sum(any(news.before for news in one.story.news) for one in wrong),
        dropped=sum(one.dropped for one in rows),
        lost=sum(one.dropped for one in wrong),
    )


def every(days: Sequence[int] = LATER, *, kept: bool = True) -> list[Later]:
    """Each fold, with the first clips told and with the last, so many days later."""
    return [
        one
        for gap in days
        for fold in range(FOLDS)
        for last in (False, True)
        for one in later(fold, gap, last=last, kept=kept)
    ]


def unrelated(rounds: int = 3) -> tuple[int, int, int]:
    """Real clips, a third of them after the others: later stories, and how many are taken for updates, and hinted at.

    Two in three clips are told, many more than eight issues hold; next to none of them goes on with another.
    """
    rules = stories.rules()
    desk = []
    for path in sorted(stories.CLIPS.iterdir()):
        with suppress(SeedError):
            desk += [
                clip(one.document, one.quotes, rules) for one in stories.read(Seed(path.name, path.read_bytes()))[:1]
            ]
    dice = random.Random(5)  # noqa: S311 -- the same draws each time
    count = sure = perhaps = 0
    for _ in range(rounds):
        dice.shuffle(desk)
        new, old = desk[: len(desk) // 3], desk[len(desk) // 3 :]
        told = [[old[at] for at in group] for group in event.group(old)[0]]
        found = claims(new, event.group(new)[0], told)
        count += len(found)
        sure += sum(any(one.is_sure for one in some) for some in found)
        perhaps += sum(bool(some) and not any(one.is_sure for one in some) for some in found)
    return count, sure, perhaps


def measure() -> Figures:
    """One issue as the floor in tests/ has it: the first two clips told, the others on their own days."""
    return figures(later(0))


def main() -> None:
    halves = (("all", lambda _: True), ("odd", lambda at: at % 2 == 1), ("even", lambda at: at % 2 == 0))
    for gap in LATER:
        found = every([gap])
        for name, wanted in halves:
            print(f"{gap:2} days later, {name:4} {figures(found, wanted)}")
        if "--errors" in sys.argv:
            _errors(found)
    if stories.CLIPS.is_dir():
        print("of {} later stories of unrelated real clips {} are updates, {} are hinted at".format(*unrelated()))
    print(f"only what the issue printed is known: {figures(every([0], kept=False))}")


def _errors(found: Iterable[Later]) -> None:
    for one in found:
        if not all(stories.number(name) % 2 for name in one.events):
            continue
        if one.of is not None and not one.of & one.events:
            print("  wrong:", *sorted(one.events), "->", *sorted(one.of), one.story.news)
        if one.of is None and one.told:
            print("  missed:", *sorted(one.events), "hinted" if one.hint else "")


if __name__ == "__main__":
    main()
