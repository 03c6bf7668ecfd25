"""Clips in the shapes people save, each with what a reader should make of it, found by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from digest import formats, lexicon
from digest.seed import Seed

CASES = Path(__file__).parent / "cases"
NAMES = sorted(path.name.removesuffix(".expected.yaml") for path in CASES.glob("*.expected.yaml"))
FIELDS = ("title", "outlet", "published", "published_from", "clipped", "source", "language")
LISTS = ("authors", "tags", "notes")


def seed_of(name: str) -> Seed:
    (path,) = (path for path in CASES.glob(f"{name}.*") if not path.name.endswith(".expected.yaml"))
    return Seed(path.name if name in {"saved_page", "newsletter"} else f"deadbeef0123{path.suffix}", path.read_bytes())


@pytest.mark.parametrize("name", NAMES)
def test_a_clip_reads_as_a_person_would_read_it(name: str) -> None:
    expected: dict[str, Any] = yaml.safe_load((CASES / f"{name}.expected.yaml").read_text(encoding="utf-8"))
    (document,) = formats.read(seed_of(name), lexicon.default())
    told = {field: getattr(document, field) for field in FIELDS} | {
        field: list(getattr(document, field)) for field in LISTS
    }
    assert {key: told[key] for key in expected if key in told} == {
        key: expected[key] for key in expected if key in told
    }
    assert document.text.startswith(expected["starts"])
    assert document.text.endswith(expected["ends"])
    assert [words for words in expected.get("holds", []) if words not in document.text] == []
    assert [words for words in expected.get("never", []) if words in document.text] == []
    assert {warn.code for warn in document.warnings} >= set(expected.get("warns", []))
    for kind in ("bold", "highlight"):
        marked = [document.text[mark.start : mark.end] for mark in document.marks if mark.kind == kind]
        assert [words for words in expected.get(kind, []) if words not in marked] == []


def test_there_are_cases() -> None:
    assert len(NAMES) >= 10
