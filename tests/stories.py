"""How well clips are put together into stories: `python tests/stories.py [--errors]`.

The invented events of tests/events/ lie on one desk; the pairs of clips that share a story are counted against the
pairs that share an event, in all, in the odd events (looked at while the grouping was made) and in the even ones
(held out: only their figures are seen). Intervals are a bootstrap over events. Then 200 pairs of unrelated real
clips, which must all stay apart. `--errors` names the pairs of odd events that went wrong.
"""

from __future__ import annotations

import random
import sys
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from digest import formats, quote, story, summary
from digest.errors import SeedError
from digest.lexicon import default
from digest.rule import book
from digest.seed import Seed
from digest.shipped import table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from digest.rule import Book

ROOT = Path(__file__).parents[1]
EVENTS = ROOT / "tests" / "events"
CLIPS = ROOT.parent / "shared" / "eval" / "clips" / "files"


FIRST = 30
"""So many events were written by somebody who had not seen the grouping code; the others are told apart."""
ROUNDS = 2000
"""How often events are drawn again for an interval."""

Pair = frozenset[str]


@dataclass(frozen=True)
class Figures:
    """Pairs of clips by their ids: `gold` in one event, `found` in one story. `event_of` names the event of a clip."""

    gold: frozenset[Pair]
    found: frozenset[Pair]
    event_of: Mapping[str, str]

    @property
    def precision(self) -> float:
        return len(self.gold & self.found) / len(self.found) if self.found else 0.0

    @property
    def recall(self) -> float:
        return len(self.gold & self.found) / len(self.gold)

    def of(self, wanted: Callable[[int], bool]) -> Figures:
        """The figures of some events, by their number; a pair that joins one of them to another event is theirs too."""
        ids = {name for name, event in self.event_of.items() if wanted(number(event))}
        return Figures(
            frozenset(pair for pair in self.gold if pair & ids),
            frozenset(pair for pair in self.found if pair & ids),
            self.event_of,
        )

    def intervals(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """95 % of precision and of recall, events drawn again; a wrong pair belongs half to each of its events."""
        events = sorted({self.event_of[name] for pair in self.gold for name in pair})
        counts = {event: [0.0, 0.0, 0.0] for event in events}
        for place, pairs in enumerate((self.gold, self.found, self.gold & self.found)):
            for pair in pairs:
                for name in pair & {name for name in pair if self.event_of[name] in counts}:
                    counts[self.event_of[name]][place] += 0.5
        dice = random.Random(0)  # noqa: S311 -- the same draws each time
        drawn = []
        for _ in range(ROUNDS):
            rows = [counts[event] for event in dice.choices(events, k=len(events))]
            gold, found, right = (sum(column) for column in zip(*rows, strict=True))
            drawn.append((right / found if found else 0.0, right / gold))
        low, high = ROUNDS // 40, ROUNDS - 1 - ROUNDS // 40
        precisions, recalls = (sorted(column) for column in zip(*drawn, strict=True))
        return (precisions[low], precisions[high]), (recalls[low], recalls[high])


def number(event: str) -> int:
    return int(event.partition("-")[0])


def clips() -> dict[str, tuple[str, summary.Summary]]:
    """Every invented clip by its id, with the event it tells of."""
    found = {}
    for path in sorted(EVENTS.glob("*.yaml")):
        for clip in yaml.safe_load(path.read_text(encoding="utf-8"))["clips"]:
            head = {key: str(clip[key]) for key in ("title", "source", "published")} | {"site_source": clip["outlet"]}
            text = f"---\n{yaml.safe_dump(head, allow_unicode=True, width=10_000)}---\n{clip['text']}"
            (one,) = read(Seed(f"{clip['id']}.md", text.encode()))
            found[clip["id"]] = (path.stem, one)
    return found


@cache
def rules() -> Book:
    """The shipped rules without a cap on stories: grouping is measured, not what an issue has room for."""
    shipped = table("config/rules.yaml")
    return book({**shipped, "quotas": {**shipped["quotas"], "stories": 0}}, default())


def read(seed: Seed) -> list[summary.Summary]:
    return [
        summary.summarise(document, quote.find(document, default()), rules(), seed=seed.sha256, path=seed.path)
        for document in formats.read(seed, default())
    ]


def together(desk: list[summary.Summary]) -> set[frozenset[str]]:
    """The pairs of seeds that share a story; a copy counts with the article it is one of."""
    gathered = story.gather(desk, rules())
    groups: dict[str, set[str]] = {}
    for told in gathered.stories:
        seeds = {source.seed for source in told.sources}
        seeds |= {copy.seed for source in told.sources for copy in source.copies}
        groups.setdefault(told.id, set()).update(seeds)
    return {frozenset(pair) for seeds in groups.values() for pair in combinations(sorted(seeds), 2)}


def unrelated() -> tuple[int, list[str]]:
    """How many pairs of unrelated real clips there are, and those that were joined."""
    joined, count = [], 0
    for line in (EVENTS / "unrelated.txt").read_text(encoding="utf-8").splitlines():
        names = line.split()
        desk = []
        for name in names:
            try:
                desk += read(Seed(name, (CLIPS / name).read_bytes()))[:1]
            except SeedError:
                break
        if len(desk) == len(names):
            count += 1
            joined += [line] if together(desk) else []
    return count, joined


def measure(wanted: Callable[[int], bool] = lambda _: True) -> Figures:
    """The figures of these events, all on one desk."""
    known = {name: told for name, told in clips().items() if wanted(number(told[0]))}
    ids = {one.seed: name for name, (_, one) in known.items()}
    event_of = {name: event for name, (event, _) in known.items()}
    return Figures(
        frozenset(frozenset(pair) for pair in combinations(known, 2) if len({event_of[name] for name in pair}) == 1),
        frozenset(frozenset(ids[seed] for seed in pair) for pair in together([one for _, one in known.values()])),
        event_of,
    )


def _print(name: str, figures: Figures) -> None:
    (low, high), (least, most) = figures.intervals()
    print(
        f"{name:28} precision {figures.precision:.3f} ({low:.3f}-{high:.3f}) n={len(figures.found):3}  "
        f"recall {figures.recall:.3f} ({least:.3f}-{most:.3f}) n={len(figures.gold):3}"
    )


def main() -> None:
    first, every = measure(lambda event: event <= FIRST), measure()
    for desk, figures in (("first thirty", first), ("all events", every)):
        _print(desk, figures)
        _print(f"{desk}, odd", figures.of(lambda event: event % 2 == 1))
        _print(f"{desk}, even", figures.of(lambda event: event % 2 == 0))
    _print("added events, odd", every.of(lambda event: event > FIRST and event % 2 == 1))
    _print("added events, even", every.of(lambda event: event > FIRST and event % 2 == 0))
    if "--errors" in sys.argv:
        odd = {name for name, event in every.event_of.items() if number(event) % 2 == 1}
        for name, pairs in (("joined wrongly", every.found - every.gold), ("missed", every.gold - every.found)):
            print(f"{name}:", *sorted(" ".join(sorted(pair)) for pair in pairs if pair <= odd), sep="\n  ")
    if CLIPS.is_dir():
        count, joined = unrelated()
        print(f"unrelated real pairs joined: {len(joined)} of {count}", *joined, sep="\n  ")


if __name__ == "__main__":
    main()
