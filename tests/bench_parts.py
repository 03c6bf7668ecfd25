"""The parts of the bench that want a process of their own: `python tests/bench_parts.py PART …` prints a value as JSON.

`peers` runs in the environment of the peers, everything else in ours.
"""

from __future__ import annotations

import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

ROUNDS = 5


def spent(work: Callable[[], object], rounds: int = 1) -> float:
    """Processor seconds, the median of some rounds."""
    times = []
    for _ in range(rounds):
        before = time.process_time()
        work()
        times.append(time.process_time() - before)
    return statistics.median(times)


def texts(folder: str) -> list[Path]:
    """The text files of a folder; of many, every twelfth of 2 to 30 KB: for a longer one TextRank takes minutes."""
    files = sorted(path for path in Path(folder).iterdir() if path.suffix in {".md", ".txt"})
    return files if len(files) < 100 else [path for path in files if 2000 < path.stat().st_size < 30_000][::12]


def pipeline(folder: str) -> float:
    """Milliseconds a document of reading, finding quotes and judging them, warm."""
    from digest import inbox
    from digest.reader import Reader
    from digest.settings import load

    reader = Reader(load(Path(tempfile.mkdtemp())))
    seeds = [inbox.read(inbox.locate(path)[0]) for path in texts(folder)]

    def work() -> None:
        for seed in seeds:
            reader.judge(reader.read(seed), seed.sha256, seed.path)

    work()
    return spent(work, ROUNDS) * 1000 / len(seeds)


def peers(folder: str) -> dict[str, float]:
    """Milliseconds a document of the peers, on the same texts, warm."""
    import jieba  # type: ignore[import-not-found]  # in the environment of the peers
    from sumy.nlp.tokenizers import Tokenizer  # type: ignore[import-not-found]  # as above
    from sumy.parsers.plaintext import PlaintextParser  # type: ignore[import-not-found]  # as above
    from sumy.summarizers.luhn import LuhnSummarizer  # type: ignore[import-not-found]  # as above
    from sumy.summarizers.text_rank import TextRankSummarizer  # type: ignore[import-not-found]  # as above

    found = [path.read_text("utf-8") for path in texts(folder)]

    def summed(summarizer: Callable[..., object]) -> Callable[[], None]:
        def work() -> None:
            for text in found:
                summarizer(PlaintextParser.from_string(text, Tokenizer("chinese")).document, 5)

        return work

    def cut() -> None:
        for text in found:
            jieba.lcut(text)

    cut()
    works = {"textrank": summed(TextRankSummarizer()), "luhn": summed(LuhnSummarizer()), "jieba": cut}
    return {name: spent(work, 3) * 1000 / len(found) for name, work in works.items()}


def pages(folder: str) -> float:
    """Milliseconds of reading a saved page, its quotes found too, warm."""
    from digest import inbox
    from digest.reader import Reader
    from digest.settings import load

    reader = Reader(load(Path(tempfile.mkdtemp())))
    seeds = [inbox.read(inbox.locate(path)[0]) for path in sorted(Path(folder).glob("*.html"))]
    reader.read(seeds[0])
    return spent(lambda: [reader.read(seed) for seed in seeds], ROUNDS) * 1000 / len(seeds)


def trafilatura(folder: str) -> float:
    """Milliseconds of trafilatura for a saved page: its text, without quotes, warm."""
    from trafilatura import extract  # type: ignore[import-not-found]  # in the environment of the peers

    found = [path.read_bytes() for path in sorted(Path(folder).glob("*.html"))]
    extract(found[0])
    return spent(lambda: [extract(data) for data in found], ROUNDS) * 1000 / len(found)


def pickup(folder: str) -> dict[str, float]:
    """Seconds of a bare look at every file, of an idle pick-up, and of one with a new file."""
    from digest.press import opened
    from digest.settings import load

    root = Path(folder)

    def bare() -> None:
        folders = [folder]
        while folders:
            for entry in os.scandir(folders.pop()):
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                else:
                    entry.stat()

    with opened(load(Path(tempfile.mkdtemp()), (root,))) as press:
        begun = time.monotonic()
        press.pick_up()
        first = time.monotonic() - begun
        times = [(spent(bare), spent(press.pick_up)) for _ in range(ROUNDS)]
        fresh = []
        for number in range(3):
            new = root / "00" / f"new-{number}.md"
            new.write_text("Nothing was decided.\n", encoding="utf-8")
            os.utime(new, (1_600_000_000, 1_600_000_000))
            fresh.append(spent(press.pick_up))
            new.unlink()
            press.pick_up()
    looks, idle = (statistics.median(column) for column in zip(*times, strict=True))
    return {"bare": looks, "idle": idle, "new": statistics.median(fresh), "first": first}


def rerun(folder: str) -> dict[str, float]:
    """Seconds of laying a vault's clips on the desk, the first time and when nothing changed, by one process."""
    from digest import reader
    from digest.newsroom import Newsroom
    from digest.settings import load

    reader.BULK = 1_000_000  # processor time of other processes would not be counted here
    home = Path(tempfile.mkdtemp())
    settings = load(home, (Path(folder),))

    def lay() -> None:
        newsroom = Newsroom(settings)
        newsroom.reader.lay(newsroom.files(), frozenset())

    return {"first": spent(lay), "again": spent(lay, 3)}


def extract(folder: str) -> tuple[float, float]:
    """Processor seconds and peak megabytes of `digest extract` on a folder."""
    command = [sys.executable, "-m", "digest", "extract", "--json", folder, "--home", tempfile.mkdtemp()]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def group(count: str) -> tuple[float, float]:
    """Processor seconds of grouping so many clips, and what the process holds in megabytes."""
    import vault

    return grouped(vault.clip(number, 600).split("---\n", 2)[2] for number in range(int(count)))


def group_files(folder: str, count: str) -> tuple[float, float]:
    """The same of the first files of a folder."""
    files = sorted(Path(folder).rglob("*.md"), key=lambda path: path.name)[: int(count)]
    return grouped(path.read_text("utf-8", "replace").split("---\n", 2)[-1] for path in files)


def grouped(texts: Iterable[str]) -> tuple[float, float]:
    """Processor seconds of grouping these texts, and what the process holds in megabytes."""
    from digest.document import plain
    from digest.gathering import event
    from digest.gathering.topic import topic
    from digest.lexicon import default

    clips = []
    for number, text in enumerate(texts):
        about = topic(plain(text), (), default())
        clips.append(event.Clip(about, 739_000 + number // 3 % 300, text, event.sketch(text)))
    event.group(clips[:1])
    seconds = spent(lambda: event.group(clips))
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def issue(folder: str) -> float:
    """Processor seconds of drafting an issue from a folder's clips, read before."""
    from datetime import datetime

    from digest.press import opened
    from digest.settings import load

    home = Path(tempfile.mkdtemp())
    now = datetime.fromisoformat("2026-11-18T10:00+08:00")
    with opened(load(home, (Path(folder),)), lambda: now, readonly=True) as press:
        press.desk()
        return spent(press.preview)


def first(folder: str) -> dict[str, float | dict[str, int]]:
    """A preview of a vault that was never read, on a terminal: what it took, and how far its estimates were off.

    `seconds` and `cpu` (with all its processes), `memory` of the largest process in megabytes, `cache` in megabytes,
    `off`: share read → the per cent by which the whole time reckoned then differs from what reading took; `again` and
    `cpu_again`: the same preview when nothing changed.
    """
    home = Path(tempfile.mkdtemp())
    command = (sys.executable, "-m", "digest", "preview", "--home", str(home), "--seeds", folder)
    begun, shown, end = time.monotonic(), [], 0.0
    for seconds, line in screen(*command, "--now", "2026-11-20T09:00+08:00"):
        share = re.search(r"(\d+)%", line)
        left = re.search(r"还需约 (\d+) 分钟", line)
        if share and left:
            shown.append((int(share[1]), seconds + 60 * int(left[1])))
        if share:
            end = seconds
    took = time.monotonic() - begun
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    off = {}
    for wanted in (5, 25, 50, 75):
        near = [told for share, told in shown if share == wanted]
        if near:
            off[f"{wanted} %"] = round((near[0] / end - 1) * 100)
    kept = sum(path.stat().st_size for path in (home / "state").glob("cache.db*")) / 1e6
    begun = time.monotonic()
    again = subprocess.run([*command, "--now", "2026-11-20T09:00+08:00"], stdout=subprocess.DEVNULL, check=True)
    assert again.returncode == 0
    later = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "seconds": took,
        "cpu": used.ru_utime + used.ru_stime,
        "memory": used.ru_maxrss / 1024,
        "cache": kept,
        "off": off,
        "again": time.monotonic() - begun,
        "cpu_again": later.ru_utime + later.ru_stime - used.ru_utime - used.ru_stime,
    }


def screen(*command: str) -> Iterator[tuple[float, str]]:
    """What a command writes to a terminal as errors: each piece, and seconds since it began."""
    mine, theirs = os.openpty()
    begun = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=theirs) as process:
        os.close(theirs)
        with suppress(OSError):  # what Linux gives for the end
            while piece := os.read(mine, 65_536):
                yield time.monotonic() - begun, piece.decode("utf-8", "replace")
    os.close(mine)
    assert process.returncode == 0


def hostile() -> dict[str, object]:
    """How much longer four times the input takes, for shapes that made other readers slow; and one that is deep."""
    from digest.errors import SeedError
    from digest.reader import Reader
    from digest.seed import Seed
    from digest.settings import load

    reader = Reader(load(Path(tempfile.mkdtemp())))
    shapes = {
        "unclosed marks": ("a.md", "“他说这事还没有完"),
        "`![`": ("a.md", "!["),
        "`---`": ("a.md", "---\n"),
        "`<ol>`": ("a.html", "<ol><li>x"),
        "spaces": ("a.md", " "),
    }

    def read(name: str, text: str) -> None:
        with suppress(SeedError):
            reader.read(Seed(name, text.encode()))

    def growth(name: str, unit: str) -> float:
        size = 2000 if name.endswith("html") else 20_000
        few, many = (spent(lambda count=count: read(name, unit * count), 3) for count in (size, 4 * size))  # type: ignore[misc]
        return many / max(few, 1e-4)

    deep = True
    try:
        read("deep.html", "<html><body>" + "<div>" * 5000 + "Nothing was said." + "</div>" * 5000 + "</body></html>")
    except RecursionError:
        deep = False
    return {"growth": {label: round(growth(*shape), 2) for label, shape in shapes.items()}, "deep": deep}


def delivery() -> float:
    """One delivery to one post of a reused client."""
    import bench_delivery
    from posting import dispatches, webhook

    with subprocess.Popen([sys.executable, bench_delivery.__file__, "serve"], stdin=-1, stdout=-1, text=True) as server:
        assert server.stdin
        assert server.stdout
        url = server.stdout.readline().strip()
        (one,) = webhook(url).plan(dispatches()[0])
        with tempfile.TemporaryDirectory() as folder:
            post, ours = (
                bench_delivery.reused(url, one.body),
                bench_delivery.delivery(url, one.body, Path(folder)),
            )
        server.stdin.close()
    return ours / post


IMPORTS = "import apscheduler.schedulers.background, httpx, jinja2, pydantic, sqlite3, yaml, resource\n"
BARE = """
import threading, time
from apscheduler.schedulers.background import BackgroundScheduler
scheduler = BackgroundScheduler(timezone="UTC")
ticks = []
due = threading.Event()
def tick():
    ticks.append(1); due.set()
scheduler.add_job(tick, "interval", seconds=0.02, coalesce=True, max_instances=1)
scheduler.start()
before = time.process_time()
while len(ticks) < 200:
    due.wait(); due.clear()
print((time.process_time() - before) / len(ticks) * 1000)
"""


def idle(folder: str) -> dict[str, float]:
    """A tick of the service with nothing to do beside one of the scheduler alone, and the memory of both."""
    from digest import timetable
    from digest.press import opened
    from digest.service import serve
    from digest.settings import load

    def other(code: str) -> float:
        done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True)
        return float(done.stdout)

    bare = statistics.median(other(BARE) for _ in range(3))
    imports = other(IMPORTS + "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)")
    seeds = (Path(folder),)
    with opened(load(Path(tempfile.mkdtemp()), seeds)) as press:
        serve(press, Event(), seeds)
        import apscheduler.schedulers.background  # noqa: F401 -- loaded beforehand, as in the bare one

        count = 0
        begun = time.process_time()

        def tick(stop: Event) -> None:
            nonlocal count
            count += 1
            serve(press, stop, seeds)
            if count == 200:
                stop.set()

        timetable.run(tick, every=0.02)
        ours = (time.process_time() - begun) / count * 1000
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"bare": bare, "tick": ours, "memory": memory, "imports": imports}


PARTS: dict[str, Callable[..., object]] = {
    function.__name__: function
    for function in (
        pipeline,
        peers,
        pages,
        trafilatura,
        pickup,
        rerun,
        extract,
        group,
        group_files,
        issue,
        first,
        hostile,
        delivery,
        idle,
    )
}

if __name__ == "__main__":
    print(json.dumps(PARTS[sys.argv[1]](*sys.argv[2:])))
