"""What grouping costs as the desk grows: `python -m tests.growth_stories [1000 10000 100000]`.

The clips are the invented events of tests/events/, told again and again with other names, figures and days, five
clips a day, as a desk would get them in the course of years. Each size is measured in a process of its own.
"""

from __future__ import annotations

import random
import re
import resource
import subprocess
import sys
import time
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from digest import lexicon
from digest.document import plain
from digest.gathering import event, kinship
from digest.gathering.topic import topic

if TYPE_CHECKING:
    from collections.abc import Iterator

EVENTS = Path(__file__).parent / "events"
A_DAY = 5
"""So many clips come in a day."""
START = date(1970, 1, 1)
SYLLABLES = ("bel", "cor", "dan", "fir", "gal", "hol", "jun", "kel", "lor", "mer", "nov", "pel", "quin", "ros", "tam")
HAN = "沐芷岚泽铭朔棠霖翎珩砚潼璟鹤渝蔚昀恺瑜澈桓峤屿栩珞骁澜弈衡芮"
"""Characters of names."""
MOST = 40
"""So many names of an event are replaced."""


@cache
def told() -> tuple[tuple[dict[str, Any], ...], ...]:
    """The clips of each invented event."""
    paths = sorted(EVENTS.glob("*.yaml"))
    return tuple(tuple(yaml.safe_load(path.read_text(encoding="utf-8"))["clips"]) for path in paths)


@cache
def _names(number: int) -> tuple[str, ...]:
    """What is replaced in an event: words with a capital, and the pairs of Han characters it repeats most."""
    whole = "\n".join(f"{clip['title']}\n{clip['text']}" for clip in told()[number])
    latin = {word for word in re.findall(r"\b[A-Z][a-z]{4,20}", whole) if word.casefold() not in whole}
    pairs: dict[str, int] = {}
    for pair in re.findall(r"(?=([一-鿿]{2}))", whole):
        pairs[pair] = pairs.get(pair, 0) + 1
    often = sorted((pair for pair, count in pairs.items() if count > 2), key=lambda pair: (-pairs[pair], pair))
    return (*sorted(latin)[:MOST], *often[:MOST])


def clips(count: int) -> Iterator[event.Clip]:
    """So many clips, each event with names and figures of its own, told within a few days."""
    dice = random.Random(7)  # noqa: S311 -- the same clips each time
    words = lexicon.default()
    made = 0
    for turn in range(count):
        number = turn % len(told())
        other = {name: _other(name, dice) for name in _names(number)}
        pattern = re.compile("|".join(map(re.escape, other))) if other else None
        shift = dice.randint(3, 97)
        for clip in told()[number]:
            if made == count:
                return
            text, title = (_changed(clip[key], pattern, other, shift) for key in ("text", "title"))
            document = plain(text, title=title, language=clip["language"])
            day = (START + timedelta(days=made // A_DAY)).toordinal() + dice.randint(0, 2)
            about = topic(document, (), words)
            yield event.Clip(about, day, document.text, event.sketch(document.text), title, clip["outlet"])
            made += 1


def _other(name: str, dice: random.Random) -> str:
    if name[0].isascii():
        return "".join(dice.choices(SYLLABLES, k=3)).capitalize()
    return "".join(dice.choices(HAN, k=2))


def _changed(text: str, pattern: re.Pattern[str] | None, other: dict[str, str], shift: int) -> str:
    if pattern:
        text = pattern.sub(lambda match: other[match.group()], text)
    return re.sub(r"[0-9]{2,6}", lambda match: str(int(match.group()) + shift), text)


def grouping(count: int) -> tuple[float, float, int]:
    """Microseconds of CPU a clip to group so many of them, the peak of memory in MiB, and how many groups."""
    made = list(clips(count))
    began = time.process_time()
    groups, _ = event.group(made)
    spent = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return spent / count * 1e6, peak, len(groups)


def compared(count: int) -> int:
    """How many pairs are compared to group so many clips: what the time grows with, without a clock."""
    desk = kinship.Desk(list(clips(count)))
    desk.groups()
    return desk.compared


def main(counts: list[int]) -> None:
    first: float | None = None
    for count in counts:
        command = [sys.executable, "-m", "tests.growth_stories", "--one", str(count)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=EVENTS.parents[1])
        each, peak, groups = map(float, done.stdout.split())
        first = first or each
        print(f"{count:7} clips: {each:7.0f} µs a clip ({each / first:.2f}x), {peak:.0f} MiB, {groups:.0f} groups")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(*grouping(int(sys.argv[2])))
    else:
        main([int(one) for one in sys.argv[1:]] or [1000, 10_000, 100_000])
