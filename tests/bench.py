"""The twelve goals of speed, each of ours beside its yardstick, measured in turns in one run.

`make bench` measures all of them and writes `docs/speed.md` with its plots; only the ratios are meant to last.
Processor time, the median of several pairs. Peers (sumy, jieba, trafilatura, pelican) are installed for the bench
alone, into `.venv-bench`; without them their rows say so. Vaults go to 100,000 clips, one of them is of a gigabyte:
that takes the better part of an hour, 4 GB of memory and 3 GB of disk. `--quick` takes smaller ones.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import plot
import vault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
SEEDS = SHARED / "seeds" if SHARED.is_dir() else ROOT / "seeds"
CLIPS = SHARED / "eval" / "clips" / "files"
PEERS = ROOT / ".venv-bench"
NAMES = ("sumy", "jieba", "numpy", "trafilatura", "pelican[markdown]")
NOW = "2025-11-14T09:00+08:00"
YARD = "import jinja2\nfrom pydantic import BaseModel\nclass Model(BaseModel):\n    number: int = 1\n"


class Row(NamedTuple):
    """A goal and what was reached: `ratio` should be at most `goal`, or at least, where `more` is better.

    Without a goal it is a comparison.
    """

    number: str
    what: str
    ratio: float | None
    goal: float | None
    note: str
    more: bool = False

    @property
    def text(self) -> str:
        """The row of the table."""
        if self.goal is None:
            ratio = "–" if self.ratio is None else f"{self.ratio:.3g}"
            return f"| {self.number} | {self.what} | {ratio} | | | {self.note} |"
        limit = f"{'≥' if self.more else '≤'} {self.goal:g}"
        if self.ratio is None:
            return f"| {self.number} | {self.what} | – | {limit} | not measured | {self.note} |"
        met = self.ratio >= self.goal if self.more else self.ratio <= self.goal
        verdict = "met" if met else "**missed**"
        return f"| {self.number} | {self.what} | {self.ratio:.3g} | {limit} | {verdict} | {self.note} |"


def cpu(*command: str | Path, cwd: Path = ROOT) -> float:
    """Processor seconds of a command, its own and the system's for it."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    quiet = subprocess.DEVNULL
    subprocess.run([*map(str, command)], cwd=cwd, env=environment, stdout=quiet, stderr=quiet, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def python(*arguments: str | Path) -> float:
    """Processor seconds of this Python with these arguments."""
    return cpu(sys.executable, *arguments)


def part(name: str, *arguments: str | Path, interpreter: Path | None = None) -> Any:
    """What a part of the bench found, in a process of its own: its function's value."""
    command = [str(interpreter or sys.executable), str(ROOT / "tests" / "bench_parts.py"), name, *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def pair(ours: Callable[[], float], yardstick: Callable[[], float], rounds: int) -> tuple[float, str]:
    """The ratio of the medians, and what it is made of in milliseconds; measured in turns."""
    times = [(ours(), yardstick()) for _ in range(rounds)]
    mine, theirs = (statistics.median(column) * 1000 for column in zip(*times, strict=True))
    return mine / theirs, f"{mine:.0f} ms to {theirs:.0f} ms, {rounds} pairs"


class Bench:
    """One run: `sizes` are how many clips the plots go through."""

    def __init__(self, folder: Path, rounds: int, most: int) -> None:
        self.folder = folder
        self.rounds = rounds
        self.most = most
        self.sizes = [size for size in (1, 10, 100, 1000, 10_000, 100_000) if size <= most]
        self.plots: dict[str, list[tuple[int, float]]] = {}
        self._vaults: dict[tuple[int, int], Path] = {}

    def vault(self, count: int, size: int = 600) -> Path:
        """A vault of so many clips of about so many bytes."""
        if (count, size) not in self._vaults:
            path = self.folder / f"vault-{count}-{size}"
            for _ in vault.lay(path, count, size):
                pass
            self._vaults[count, size] = path
        return self._vaults[count, size]

    def preview(self, home: Path) -> float:
        """Processor seconds of a preview of the real clips."""
        return python("-m", "digest", "preview", "--home", home, "--seeds", SEEDS, "--now", NOW)

    def fresh(self) -> float:
        """The same in a home that has no cache yet."""
        home = Path(tempfile.mkdtemp(dir=self.folder))
        try:
            return self.preview(home)
        finally:
            shutil.rmtree(home)

    def rows(self) -> Iterator[Row]:
        """Every goal in order."""
        yield from self.start()
        yield from self.peers()
        yield from self.others()
        yield from self.vaults()
        yield from self.large()
        yield from self.real()
        yield from self.growth()
        yield from self.service()

    def start(self) -> Iterator[Row]:
        """Goals 1 and 2."""
        nothing = lambda: python("-c", "pass")  # noqa: E731 -- a yardstick
        imports = lambda: python("-c", YARD)  # noqa: E731 -- a yardstick
        for option in ("--help", "--version"):
            ratio, note = pair(lambda option=option: python("-m", "digest", option), nothing, self.rounds)  # type: ignore[misc]
            yield Row("1", f"`digest {option}` to `python -c pass`", ratio, 4, note)
        home = self.folder / "home"
        home.mkdir()
        self.preview(home)
        self.preview(home)
        ratio, note = pair(self.fresh, imports, self.rounds)
        yield Row("2", "preview of the four real clips, uncached, to importing jinja2 and pydantic", ratio, 2, note)
        ratio, note = pair(lambda: self.preview(home), imports, self.rounds)
        yield Row("2", "the same, nothing changed", ratio, 1.5, note)

    def peers(self) -> Iterator[Row]:
        """Goals 3, 4 and 5, which need the peers."""
        whats = (
            ("3", "that preview, uncached, to one sumy TextRank command on the longest of the four", 1 / 8, False),
            ("4", "sumy TextRank a document to ours (read, quotes, rules)", 30, True),
            ("4", "sumy Luhn a document to ours", 5, True),
            ("5", "ours a document to one `jieba.lcut` of the same text", 0.4, False),
        )
        sumy = PEERS / "bin" / "sumy"
        if not sumy.exists():
            for number, what, goal, more in whats:
                yield Row(number, what, None, goal, "peers are not installed", more)
            return
        longest = max(SEEDS.iterdir(), key=lambda path: path.stat().st_size)
        command = (sumy, "text-rank", "--length=5", "--language=chinese", f"--file={longest}")
        ratio, note = pair(self.fresh, lambda: cpu(*command), 3)
        yield Row(*whats[0][:2], ratio, whats[0][2], note)
        for folder, suffix in ((SEEDS, ""), (CLIPS, ", `eval/clips`")):
            if not folder.is_dir():
                continue
            mine, theirs = [], []
            for _ in range(3):
                mine.append(part("pipeline", folder))
                theirs.append(part("peers", folder, interpreter=PEERS / "bin" / "python"))
            ours = statistics.median(mine)
            rank, luhn, cut = (statistics.median(one[name] for one in theirs) for name in ("textrank", "luhn", "jieba"))
            for (number, what, goal, more), ratio, other in (
                (whats[1], rank / ours, rank),
                (whats[2], luhn / ours, luhn),
                (whats[3], ours / cut, cut),
            ):
                told = "of every twelfth of 2 to 30 KB" if suffix else "of the four"
                note = f"{ours:.1f} ms ours, {other:.1f} ms theirs, mean {told}, median of 3 runs"
                yield Row(number, f"{what}{suffix}", ratio, goal, note, more)

    def others(self) -> Iterator[Row]:
        """Peers that no goal names."""
        if CLIPS.is_dir() and (PEERS / "bin" / "trafilatura").exists():
            theirs, ours = part("trafilatura", CLIPS, interpreter=PEERS / "bin" / "python"), part("pages", CLIPS)
            note = (
                f"{ours:.1f} ms ours with its quotes, {theirs:.1f} ms theirs, mean of the saved pages of `eval/clips`"
            )
            yield Row("–", "reading a saved page to trafilatura", ours / theirs, None, note)
        if (PEERS / "bin" / "pelican").exists():
            notes, site = self.vault(1000, 2000), self.folder / "site"
            conf = self.folder / "pelicanconf.py"
            conf.write_text('DEFAULT_DATE = "fs"\nSLUGIFY_SOURCE = "basename"\nTIMEZONE = "UTC"\n', encoding="utf-8")
            theirs = cpu(PEERS / "bin" / "pelican", notes, "-o", site, "-s", conf)
            home = Path(tempfile.mkdtemp(dir=self.folder))
            command = (sys.executable, "-m", "digest", "preview", "--home", home, "--seeds", notes, "--now", NOW)
            ours, again = cpu(*command), cpu(*command)
            note = f"1,000 notes of 2 KB: {ours:.1f} s to {theirs:.1f} s; again {again:.1f} s"
            yield Row("–", "an issue of a thousand notes to pelican's site of them", ours / theirs, None, note)

    def vaults(self) -> Iterator[Row]:
        """Goals 6 to 9, and the plots."""
        looks = {size: part("pickup", self.vault(size)) for size in self.sizes}
        self.plots["pick-up"] = [(size, found["idle"]) for size, found in looks.items()]
        found = looks[self.most]
        idle, bare = found["idle"] * 1000, found["bare"] * 1000
        note = f"{self.most:,} files: {idle:.0f} ms to {bare:.0f} ms; the first look {found['first']:.0f} s"
        yield Row("6", "idle pick-up to scandir + stat", found["idle"] / found["bare"], 1.6, note)
        yield Row("6", "pick-up of one new file to scandir + stat", found["new"] / found["bare"], 2, note)
        found = part("rerun", self.vault(1000, 2000))
        note = f"1,000 clips of 2 KB: {found['again']:.2f} s to {found['first']:.1f} s"
        yield Row(
            "7",
            "reading and judging unchanged clips again to the first time",
            found["again"] / found["first"],
            0.12,
            note,
        )
        peaks: dict[int, float] = {}
        self.plots["extraction"] = []
        for size in self.sizes:
            seconds, peaks[size] = part("extract", self.vault(size))
            self.plots["extraction"].append((size, seconds))
        low, high = min(1000, self.sizes[-1]), self.sizes[-1]
        note = f"{high:,} clips of 600 bytes: {peaks[high]:.0f} MB to {peaks[low]:.0f} MB at {low:,}"
        yield Row(
            "8",
            f"peak memory of `digest extract` at {high:,} clips to that at {low:,}",
            peaks[high] / peaks[low],
            1.25,
            note,
        )
        grouped = {size: part("group", str(size)) for size in self.sizes}
        self.plots["grouping"] = [(size, seconds) for size, (seconds, _) in grouped.items()]
        tenth = max(high // 10, 1)
        each = {size: grouped[size][0] / size * 1e6 for size in (tenth, high)}
        note = f"{each[high]:.0f} µs to {each[tenth]:.0f} µs a clip; {grouped[high][1]:.0f} MB"
        yield Row("9", f"grouping: a clip at {high:,} to one at {tenth:,}", each[high] / each[tenth], 1.5, note)
        self.plots["issue"] = [(size, part("issue", self.vault(size))) for size in self.sizes]

    def large(self) -> Iterator[Row]:
        """The first run over a vault of a gigabyte."""
        found = part("first", self.vault(self.most, 10_000))
        off = ", ".join(f"at {share} read {told:+d} %" for share, told in found["off"].items())
        note = (
            f"{self.most:,} clips of 10 KB: {found['seconds'] / 60:.1f} min, {found['cpu'] / 60:.1f} of processor "
            f"time, {found['memory']:.0f} MB at most, cache {found['cache']:.0f} MB; estimates off: {off or '–'}"
        )
        yield Row(
            "–",
            "preview of a vault, the first time, in ms of processor time a clip",
            found["cpu"] / self.most * 1000,
            None,
            note,
        )
        note = f"{found['again']:.1f} s"
        yield Row("–", "the same, nothing changed, to the first time", found["cpu_again"] / found["cpu"], None, note)

    def real(self) -> Iterator[Row]:
        """Goals 7 to 9 on perturbed copies of `eval/clips`."""
        if not CLIPS.is_dir():
            return
        many = min(self.most // 10, 4480)
        few, all_of_them = self.folder / "copies-few", self.folder / "copies-many"
        for folder, count in ((few, many // 10), (all_of_them, many)):
            for _ in vault.copies(folder, CLIPS, count):
                pass
        found = part("rerun", few)
        note = f"{many // 10:,} clips: {found['again']:.2f} s to {found['first']:.1f} s"
        yield Row("7", "the same on copies of `eval/clips`", found["again"] / found["first"], 0.12, note)
        (least, low), (most, high) = part("extract", few), part("extract", all_of_them)
        note = f"{many:,} clips: {high:.0f} MB to {low:.0f} MB at {many // 10:,}; {most:.0f} s to {least:.0f} s"
        yield Row("8", "peak memory of `digest extract` on copies of `eval/clips`", high / low, 1.25, note)
        few_each, many_each = (
            part("group_files", all_of_them, str(count))[0] / count * 1e6 for count in (many // 10, many)
        )
        note = f"{many_each:.0f} µs to {few_each:.0f} µs a clip at {many // 10:,}"
        yield Row(
            "9", f"grouping {many:,} copies of `eval/clips`: a clip to one of a tenth", many_each / few_each, 1.5, note
        )

    def growth(self) -> Iterator[Row]:
        """Goal 10."""
        found = part("hostile")
        worst = max(found["growth"], key=found["growth"].__getitem__)
        told = ", ".join(f"{name} {value:.1f}" for name, value in found["growth"].items())
        yield Row("10", f"time for four times the hostile input, at worst ({worst})", found["growth"][worst], 6, told)
        yield Row("10", "crashes at HTML depth 5,000", float(not found["deep"]), 0, "read as a document or held back")

    def service(self) -> Iterator[Row]:
        """Goals 11 and 12."""
        ratios = [part("delivery") for _ in range(3)]
        yield Row(
            "11",
            "one delivery to a reused `httpx.Client.post`",
            statistics.median(ratios),
            3,
            "median of 3 runs of 300",
        )
        found = part("idle", SEEDS)
        note = f"{found['tick']:.2f} ms to {found['bare']:.2f} ms a tick"
        yield Row("12", "a tick of the idle service to a bare APScheduler tick", found["tick"] / found["bare"], 3, note)
        note = f"{found['memory']:.0f} MB to {found['imports']:.0f} MB"
        yield Row(
            "12", "memory of the idle service to the imports it needs", found["memory"] / found["imports"], 1.3, note
        )


def install() -> None:
    """The peers, in an environment of their own."""
    if not all((PEERS / "bin" / name).exists() for name in ("sumy", "trafilatura", "pelican")):
        subprocess.run([sys.executable, "-m", "venv", PEERS], check=True)
        subprocess.run([PEERS / "bin" / "pip", "install", "-qq", *NAMES], check=False)


def machine() -> str:
    """What it was measured on."""
    load = os.getloadavg()[0]
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    return f"{system}, which others had loaded with {load:.1f}" if load > 1.5 else system


def main() -> None:
    """Measure, print, and write the page."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true")
    options.add_argument("--no-peers", action="store_true")
    options.add_argument("--write", type=Path, default=ROOT / "docs", metavar="DIR")
    given = options.parse_args()
    if not given.no_peers:
        install()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # else every run would compile the program anew
    begun, where = time.monotonic(), machine()  # before it loads the machine itself
    most = 10_000 if given.quick else 100_000
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), 3 if given.quick else 7, most)
        rows = []
        for row in bench.rows():
            print(row.text, flush=True)
            rows.append(row)
    minutes = (time.monotonic() - begun) / 60
    (given.write / "speed.svg").write_text(
        plot.svg(bench.plots, "clips", "seconds of processor time"), encoding="utf-8"
    )
    today = datetime.now(UTC).date()  # noqa: TID251 -- the day of the measurement
    told = f"Measured {today} by `make bench` in {minutes:.0f} minutes on {where}."
    page = given.write / "speed.md"
    text = page.read_text("utf-8") if page.exists() else "# Speed\n\n<!-- measured -->\n<!-- end -->\n"
    before, _, rest = text.partition("<!-- measured -->")
    _, _, after = rest.partition("<!-- end -->")
    head = "| # | what | ratio | goal | | made of |\n|---|---|---|---|---|---|\n"
    table = head + "\n".join(row.text for row in rows)
    figure = "![Cost against the number of clips](speed.svg)"
    page.write_text(f"{before}<!-- measured -->\n{told}\n\n{table}\n\n{figure}\n<!-- end -->{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
