"""How well clips are put together into stories: `python tests/stories.py [--errors]`.

The thirty invented events of tests/events/ lie on one desk; the pairs of clips that share a story are counted
against the pairs that share an event. Then 200 pairs of unrelated real clips, which must all stay apart.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import yaml

from digest import formats, quote, story, summary
from digest.errors import SeedError
from digest.lexicon import default
from digest.rule import book
from digest.seed import Seed
from digest.shipped import table

ROOT = Path(__file__).parents[1]
EVENTS = ROOT / "tests" / "events"
CLIPS = ROOT.parent / "shared" / "eval" / "clips" / "files"


@dataclass(frozen=True)
class Figures:
    """Pairs of clips: in one event, in one story, in both; and unrelated ones that were joined, of how many."""

    gold: int
    found: int
    right: int
    joined: int
    unrelated: int
    wrong: tuple[str, ...]
    missed: tuple[str, ...]

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.gold


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


def read(seed: Seed) -> list[summary.Summary]:
    rules = book(table("config/rules.yaml"), default())
    return [
        summary.summarise(document, quote.find(document, default()), rules, seed=seed.sha256, path=seed.path)
        for document in formats.read(seed, default())
    ]


def together(desk: list[summary.Summary]) -> set[frozenset[str]]:
    """The pairs of seeds that share a story; a copy counts with the article it is one of."""
    gathered = story.gather(desk, book(table("config/rules.yaml"), default()))
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


def measure(*, real: bool) -> Figures:
    known = clips()
    ids = {one.seed: name for name, (_, one) in known.items()}
    gold = {
        frozenset((one.seed, other.seed))
        for (event, one), (same, other) in combinations(known.values(), 2)
        if event == same
    }
    found = together([one for _, one in known.values()])
    count, joined = unrelated() if real else (0, [])

    def names(pairs: set[frozenset[str]]) -> tuple[str, ...]:
        return tuple(sorted(" ".join(sorted(ids[seed] for seed in pair)) for pair in pairs))

    return Figures(
        len(gold),
        len(found),
        len(gold & found),
        len(joined),
        count,
        (*names(found - gold), *joined),
        names(gold - found),
    )


if __name__ == "__main__":
    figures = measure(real=CLIPS.is_dir())
    print(f"pairs in one event {figures.gold}, put together {figures.found}, rightly {figures.right}")
    print(f"precision {figures.precision:.3f}  recall {figures.recall:.3f}")
    print(f"unrelated real pairs joined: {figures.joined} of {figures.unrelated}")
    if "--errors" in sys.argv:
        print("joined wrongly:", *figures.wrong, sep="\n  ")
        print("missed:", *figures.missed, sep="\n  ")
