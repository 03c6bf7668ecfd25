"""Read once, judged once: what the cache knows, and that it may go away, be damaged or be shared at any time."""

from __future__ import annotations

import ast
import os
import shutil
import signal
import sqlite3
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import digest
from digest import bulk, formats, inbox, keepsake, packed, quote, reader, summary
from digest.cache import JUDGES, PARSERS, READERS, TELLERS, Cache, code, libraries
from digest.errors import SeedError
from digest.newsroom import Newsroom
from digest.progress import Progress
from digest.settings import load

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from digest.reader import Laid

ROOT = Path(__file__).parents[1]
CLIP = """\
---
title: "{name}停止夜间配送"
source: "https://news.example/{name}"
published: 2026-11-18
---
河岸周刊获悉，{name}本周宣布停止在三座城市的夜间配送，改为只在白天营业。

创始人林知夏在内部会上说：“我们不是卖得不够快，而是跑得太快，快到没有人知道为什么要跑这一趟。”
"""


class Home:
    """A home with clips, which counts what is opened, read and judged."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        (folder / "seeds").mkdir()
        self.opened = self.read = self.judged = 0
        for module, name in ((inbox, "read"), (formats, "read"), (summary, "summarise")):
            monkeypatch.setattr(
                module, name, self._counted(name if module is not inbox else "open", getattr(module, name))
            )

    def _counted(self, what: str, function: Callable[..., object]) -> Callable[..., object]:
        field = {"open": "opened", "read": "read", "summarise": "judged"}[what]

        def counting(*args: object, **options: object) -> object:
            setattr(self, field, getattr(self, field) + 1)
            return function(*args, **options)

        return counting

    def clip(self, name: str, text: str = CLIP) -> Path:
        path = self.folder / "seeds" / f"{name}.md"
        path.write_text(text.format(name=name), encoding="utf-8")
        os.utime(path, (1_700_000_000, 1_700_000_000))
        return path

    def lay(self) -> Laid:
        self.opened = self.read = self.judged = 0
        newsroom = Newsroom(load(self.folder))
        return newsroom.reader.lay(newsroom.files(), frozenset())

    @property
    def cache(self) -> Path:
        return self.folder / "state" / "cache.db"

    def rows(self) -> dict[str, int]:
        with sqlite3.connect(self.cache) as database:
            return {
                table: database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 -- fixed names
                for table in ("file", "reading", "judgement")
            }


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    return Home(tmp_path, monkeypatch)


def test_what_has_not_changed_is_neither_opened_nor_read_nor_judged_again(home: Home) -> None:
    for name in ("青禾", "澄原", "白鹭"):
        home.clip(name)
    first = home.lay()
    assert (home.opened, home.read, home.judged) == (3, 3, 3)
    assert home.lay() == first
    assert (home.opened, home.read, home.judged) == (0, 0, 0)


def test_changing_one_file_touches_one_file(home: Home) -> None:
    home.clip("青禾")
    home.clip("澄原")
    home.lay()
    home.clip("澄原", CLIP.replace("三座", "四座城"))
    laid = home.lay()
    assert (home.opened, home.read, home.judged) == (1, 1, 1)
    assert sum("四座城" in one.document.text for one in laid.summaries) == 1
    assert home.rows() == {"file": 2, "reading": 2, "judgement": 2}


def test_another_content_of_the_same_size_and_time_is_read(home: Home) -> None:
    home.clip("青禾")
    home.clip("澄原")
    home.lay()
    home.clip("澄原", CLIP.replace("三座", "七座"))  # as many bytes, and `clip` sets the same time
    laid = home.lay()
    assert (home.opened, home.read, home.judged) == (2, 1, 1), "it is looked at, then read"
    assert sum("七座" in one.document.text for one in laid.summaries) == 1
    assert home.lay() == laid
    assert (home.opened, home.read, home.judged) == (0, 0, 0)


def test_a_file_that_was_only_touched_is_looked_at_once_and_not_read(home: Home) -> None:
    path = home.clip("青禾")
    first = home.lay()
    path.chmod(0o600)
    assert home.lay() == first
    assert (home.opened, home.read, home.judged) == (1, 0, 0)
    assert home.lay() == first
    assert (home.opened, home.read, home.judged) == (0, 0, 0)


def test_another_version_of_what_parses_pages_reads_anew(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    assert {name.partition("-")[0] for name in libraries() if name.startswith(PARSERS)} == {
        name.rstrip("-") for name in PARSERS
    }, "each of them is found among the installed ones"
    home.clip("青禾")
    home.lay()
    real = libraries()
    for name, read in (("jinja2-99.0.dist-info", 0), ("beautifulsoup4-99.0.dist-info", 1)):
        code.cache_clear()
        monkeypatch.setattr("digest.cache.libraries", lambda name=name: (*real, name))
        home.lay()
        assert home.read == read, name
    code.cache_clear()


def test_changing_a_rule_judges_again_without_reading(home: Home) -> None:
    home.clip("青禾")
    before = home.lay()
    (home.folder / "config").mkdir()
    rules = (ROOT / "config" / "rules.yaml").read_text("utf-8")
    (home.folder / "config" / "rules.yaml").write_text(rules.replace("least: ", "least: 1"), encoding="utf-8")
    after = home.lay()
    assert (home.opened, home.read, home.judged) == (0, 0, 1)
    assert before.summaries[0].chosen
    assert not after.summaries[0].chosen


def test_a_word_or_alias_of_the_editor_reads_anew(home: Home) -> None:
    home.clip("青禾")
    home.lay()
    (home.folder / "config").mkdir()
    (home.folder / "config" / "digest.yaml").write_text("people: {知夏: 林知夏}\n", encoding="utf-8")
    home.lay()
    assert (home.read, home.judged) == (1, 1)


def test_a_file_that_is_gone_leaves_nothing_behind(home: Home) -> None:
    home.clip("青禾")
    gone = home.clip("澄原")
    home.lay()
    gone.unlink()
    home.lay()
    assert home.rows() == {"file": 1, "reading": 1, "judgement": 1}
    for path in (home.folder / "seeds").iterdir():
        path.unlink()
    home.lay()
    assert home.rows() == {"file": 0, "reading": 0, "judgement": 0}
    with sqlite3.connect(home.cache) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert "澄原".encode() not in home.cache.read_bytes()


def test_a_share_that_is_away_is_not_taken_for_emptied(home: Home) -> None:
    home.clip("青禾")
    home.lay()
    (home.folder / "seeds").rename(home.folder / "away")
    home.lay()
    (home.folder / "away").rename(home.folder / "seeds")
    home.lay()
    assert home.opened == 0


def test_a_file_that_gives_nothing_is_told_again_without_being_read(home: Home) -> None:
    path = home.clip("leer", "---\ntitle: x\n---\n")
    first = home.lay()
    assert [one.path for one in first.unread] == [path.name]
    assert home.lay() == first
    assert home.opened == 0


def test_a_second_copy_is_not_read(home: Home) -> None:
    shutil.copy2(home.clip("青禾"), home.folder / "seeds" / "anew.md")
    laid = home.lay()
    assert (len(laid.summaries), home.read) == (1, 1)
    assert home.lay() == laid
    assert home.read == 0


def test_the_cache_may_be_deleted_damaged_or_of_another_version_at_any_time(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    home.clip("青禾")
    first = home.lay()
    home.cache.unlink()
    assert home.lay() == first
    home.cache.write_bytes(b"no database" * 1000)
    assert home.lay() == first
    assert "cache" in caplog.text
    assert home.lay() == first  # the damaged one was cleared away
    with sqlite3.connect(home.cache) as database:
        database.execute("UPDATE reading SET data = x'00'")
        database.execute("UPDATE judgement SET data = x'00'")
    assert home.lay() == first
    with sqlite3.connect(home.cache) as database:
        database.execute("PRAGMA user_version = 99")
    assert home.lay() == first


def test_a_quote_that_somebody_bent_in_the_cache_never_comes_out(home: Home) -> None:
    home.clip("青禾")
    first = home.lay()
    document, quotes = first.summaries[0].document, first.summaries[0].quotes
    bent = packed.readings([(replace(document, text=document.text[:40], blocks=(), marks=()), quotes)])
    with sqlite3.connect(home.cache) as database:
        database.execute("UPDATE reading SET data = ?", (bent,))
    assert home.lay() == first


def test_a_cache_that_is_locked_or_may_not_be_written_is_done_without(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digest.cache.TIMEOUT", 0.05)
    home.clip("青禾")
    first = home.lay()
    home.clip("澄原")
    with sqlite3.connect(home.cache, isolation_level=None) as database:
        database.execute("BEGIN IMMEDIATE")
        assert len(home.lay().summaries) == 2
        database.execute("ROLLBACK")
    database.close()
    shutil.rmtree(home.folder / "state")
    (home.folder / "state").write_text("a file where a folder should be")
    assert home.lay().summaries[-1] == first.summaries[0]


def test_two_at_once_get_the_same(home: Home) -> None:
    for number in range(12):
        home.clip(f"firma{number}")
    settings = load(home.folder)
    newsroom = Newsroom(settings)
    files = newsroom.files()
    found: list[Laid] = []
    both = [
        threading.Thread(target=lambda: found.append(reader.Reader(settings).lay(files, frozenset()))) for _ in range(2)
    ]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert len(found) == 2
    assert found[0] == found[1]


def test_the_best_are_laid_and_the_others_counted(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        home.clip(f"firma{number}", CLIP if number == 3 else CLIP.partition("创始人")[0])
    monkeypatch.setattr(reader, "MOST", 2)
    laid = home.lay()
    assert [one.path for one in laid.summaries] == ["firma0.md", "firma3.md"]
    assert laid.more == 3
    newsroom = Newsroom(load(home.folder))
    asked = reader.Reader(newsroom.settings).lay(newsroom.files(), frozenset())
    last = newsroom.reader.read(inbox.read(newsroom.files()[-1]))
    assert asked.more == 3
    seed = inbox.read(newsroom.files()[-1]).sha256
    wanted = newsroom.reader.lay(newsroom.files(), frozenset(), frozenset({seed}))
    assert [one.document for one in wanted.summaries if one.seed == seed] == [last[0][0]]


def test_several_processes_read_the_same_as_one(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(8):
        home.clip(f"firma{number}")
    home.clip("leer", "---\ntitle: x\n---\n")
    alone = home.lay()
    home.cache.unlink()
    monkeypatch.setattr(reader, "BULK", 2)
    assert home.lay() == alone
    assert home.read == 0  # others read
    monkeypatch.setattr(reader, "BULK", 1000)
    assert home.lay() == alone


@pytest.mark.faults
def test_a_process_that_dies_or_hangs_costs_its_file_only(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(8):
        home.clip(f"firma{number}")
    monkeypatch.setattr(reader, "BULK", 2)
    monkeypatch.setattr(bulk, "PATIENCE", 5.0)
    take = bulk._Worker.take
    killed: list[str] = []

    def deadly(worker: bulk._Worker, slot: bulk._Slot) -> None:
        take(worker, slot)
        if len(killed) < 2 and slot.known.file.path in {"firma2.md", "firma5.md"}:
            killed.append(slot.known.file.path)
            os.kill(worker.process.pid or 0, signal.SIGKILL if len(killed) == 1 else signal.SIGSTOP)

    monkeypatch.setattr(bulk._Worker, "take", deadly)
    laid = home.lay()
    assert sorted(one.path for one in laid.unread) == ["firma2.md", "firma5.md"]
    assert len(laid.summaries) == 6
    again = home.lay()
    assert (len(again.summaries), again.unread) == (8, ())


def test_an_estimate_is_given_only_once_there_is_ground_for_one() -> None:
    progress = Progress(1_000_000, "en")
    progress.add(0)
    assert progress.line(5.0) == "1 files read · 0%"
    progress.add(10_000)
    assert "left" not in progress.line(5.0)
    progress.add(90_000)
    assert "left" not in progress.line(1.0)
    assert progress.line(60.0).endswith("about 9 min left")


def test_what_is_packed_comes_out_the_same(home: Home) -> None:
    newsroom = Newsroom(load(home.folder))
    for path in sorted((ROOT / "seeds").iterdir()):
        seed = inbox.read(inbox.locate(path)[0])
        read = newsroom.read(seed)
        again = packed.readings_in(packed.readings(read))
        assert again == read
        judged = newsroom.reader.judge(read, seed.sha256, seed.path)
        assert packed.judgements_in(packed.judgements(judged), again, seed=seed.sha256, path=seed.path) == judged
    with pytest.raises(SeedError, match="why"):
        packed.readings_in(packed.readings(SeedError("code", "why", "what")))


def test_a_cache_knows_files_in_any_number_of_pages(home: Home) -> None:
    files = [inbox.File("f", f"{number:05d}.md", 1, number) for number in range(4500)]
    row = bulk._failed(SeedError("x", "x"))._replace(seed="ab", lasting=True)
    with Cache.open(home.cache, "r", "j") as cache:
        for file in files:
            cache.keep(file, row)
        cache.flush()
        assert [one.seed for one in cache.known("f", files)] == ["ab"] * 4500
        assert [one.worth is None for one in cache.known("f", files[::2])] == [False] * 2250
        cache.tidy(["f"])
        assert sum(one.seed is not None for one in cache.known("f", files)) == 2250


def imported(names: set[Path]) -> set[Path]:
    """Every module of the package that these load, themselves included; under TYPE_CHECKING does not count."""
    package = Path(digest.__file__).parent
    todo, found = set(names), set()
    while todo:
        file = todo.pop()
        found.add(file)
        for node in ast.walk(_without_types(file)):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("digest"):
                base = package.joinpath(*node.module.split(".")[1:])
                for place in (base, *(base / alias.name for alias in node.names)):
                    todo |= {one for one in (place.with_suffix(".py"), place / "__init__.py") if one.is_file()} - found
    return found - {package / "__init__.py"}


def _without_types(file: Path) -> ast.Module:
    tree = ast.parse(file.read_text("utf-8"))
    tree.body = [one for one in tree.body if not (isinstance(one, ast.If) and "TYPE_CHECKING" in ast.dump(one.test))]
    return tree


@pytest.mark.parametrize(
    ("entry", "listed"),
    [((formats, quote), READERS), ((formats, quote, summary), JUDGES), ((formats, quote, keepsake), TELLERS)],
)
def test_every_module_that_reads_or_judges_is_part_of_the_version(
    entry: tuple[ModuleType, ...], listed: tuple[str, ...]
) -> None:
    package = Path(digest.__file__).parent
    needed = imported({Path(str(module.__file__)) for module in entry} | set((package / "formats").glob("*.py")))
    outside = {file.relative_to(package).parts[0] for file in needed} - set(listed)
    assert not outside, "what these do would change without a new version"
