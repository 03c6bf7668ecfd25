"""Ratios that docs/quality.md reports: each of ours beside its yardstick, measured in turns in one run.

`make bench` prints a table; only the ratios are meant to last. Processor time, the median of `ROUNDS`
pairs, and the spread of the single ratios beside it.
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "seeds"
ROUNDS = 9
YARD = "import jinja2\nfrom pydantic import BaseModel\nclass Model(BaseModel):\n    number: int = 1\n"


@dataclass(frozen=True, slots=True)
class Pair:
    """A goal of the project: `ours` and `yardstick` return seconds; their ratio should be at most `goal`."""

    name: str
    ours: Callable[[], float]
    yardstick: Callable[[], float]
    goal: float


def python(*args: str | Path) -> float:
    """Processor seconds of one Python process, its own and the system's for it."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *map(str, args)], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def preview(home: Path) -> float:
    """Processor seconds of a preview of the four real seeds, or of the samples where they are missing."""
    seeds = SHARED if SHARED.is_dir() else ROOT / "seeds"
    return python("-m", "digest", "preview", "--home", home, "--seeds", seeds, "--now", "2025-11-14T09:00+08:00")


def fresh() -> float:
    """A preview in a home that has no cache yet."""
    home = Path(tempfile.mkdtemp())
    try:
        return preview(home)
    finally:
        shutil.rmtree(home)


def pairs(home: Path) -> list[Pair]:
    """The goals, in the order of docs/quality.md. `home` is one that has been previewed before."""
    return [
        Pair("`digest --help` to `python -c pass`", lambda: python("-m", "digest", "--help"), floor, 4),
        Pair("`digest --version` to `python -c pass`", lambda: python("-m", "digest", "--version"), floor, 4),
        Pair("preview, uncached, to importing jinja2 and pydantic", fresh, imports, 2),
        Pair("preview, nothing changed, to importing jinja2 and pydantic", lambda: preview(home), imports, 1.5),
    ]


def floor() -> float:
    """What Python itself costs."""
    return python("-c", "pass")


def imports() -> float:
    """What the two libraries cost that a preview cannot do without, with one model."""
    return python("-c", YARD)


def main() -> None:
    """Print a row for every goal."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        preview(home)
        print(f"| what | ratio | least–most of {ROUNDS} | ours, ms | goal | |")
        print("|---|---|---|---|---|---|")
        for pair in pairs(home):
            times = [(pair.ours(), pair.yardstick()) for _ in range(ROUNDS)]
            ours, yard = (statistics.median(column) for column in zip(*times, strict=True))
            single = sorted(mine / theirs for mine, theirs in times)
            met = "met" if ours / yard <= pair.goal else "missed"
            spread = f"{single[0]:.2f}–{single[-1]:.2f}"
            print(f"| {pair.name} | {ours / yard:.2f} | {spread} | {ours * 1000:.0f} | {pair.goal:g} | {met} |")


if __name__ == "__main__":
    main()
