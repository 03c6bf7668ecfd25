"""The reader on real files, read in place: floors a little below what is reached, and no file that stops it."""

from __future__ import annotations

import importlib.util
import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from digest import formats, lexicon
from digest.errors import SeedError
from digest.seed import Seed

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

FLOORS = {
    "title": 0.96,
    "authors F1": 0.95,
    "outlet": 0.93,
    "published": 0.96,
    "source": 0.96,
    "language": 1.0,
    "first words": 0.93,
    "last words": 0.92,
    "never": 0.98,
}
"""Shares of the labelled files, each file under the name it was saved with."""


def scorer(shared: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("score", shared / "eval" / "reader" / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rows(path: str, data: bytes) -> list[dict[str, Any]]:
    seed = Seed(path, data)
    try:
        documents = formats.read(seed, lexicon.default())
    except SeedError as error:
        return [{"sha256": seed.sha256, "text": None, "warnings": [error.code]}]
    fields = ("title", "outlet", "published", "published_from", "source", "language", "text")
    return [
        {field: getattr(document, field) for field in fields}
        | {
            "sha256": seed.sha256,
            "authors": list(document.authors),
            "warnings": [warn.code for warn in document.warnings],
        }
        for document in documents
    ]


@pytest.mark.conformance
def test_the_labelled_files_read_as_their_labels_say(shared: Path) -> None:
    folder = shared / "eval" / "reader"
    gold = [json.loads(line) for line in (folder / "dev.jsonl").read_text(encoding="utf-8").splitlines()]
    made = [row for one in gold for row in rows(one["path"], (folder / one["local"]).read_bytes())]
    table, wrong, missing = scorer(shared).score(gold, made)
    reached = {name: sum(table[name]) / len(table[name]) for name in FLOORS}
    assert not missing
    assert {name: value for name, value in reached.items() if value < FLOORS[name]} == {}, wrong


@pytest.mark.conformance
def test_every_real_file_gives_a_document_or_a_reason_and_none_takes_long(shared: Path) -> None:
    slow, silent = [], []
    for path in sorted((shared / "eval" / "clips" / "files").iterdir()):
        start = time.process_time()
        made = rows(path.name, path.read_bytes())
        if time.process_time() - start > 3:  # a second, and what measuring coverage costs on a busy machine
            slow.append(path.name)
        silent += [path.name for row in made if not (row["text"] or "").strip() and not row["warnings"]]
    assert slow == []
    assert silent == []


@pytest.mark.conformance
def test_nothing_of_a_clipper_or_a_page_is_left_in_real_files(shared: Path) -> None:
    left = []
    for path in sorted((shared / "eval" / "clips" / "files").iterdir()):
        for row in rows(path.name, path.read_bytes()):
            text = row["text"] or ""
            marks = ("![](", "](http", "滑动看下一个", "View Highlight", "&nbsp;", "data:image", "\\_")
            left += [(path.name, mark) for mark in marks if mark in text]
    assert len(left) <= 6, left
