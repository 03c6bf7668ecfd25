"""docs/rules.md is true: its lists, rules and sections work as they stand there."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from conftest import ROOT

from digest import home

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]

PAGE = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
LISTS, PROMISE, MORE, SECTIONS = BLOCKS
CLIP = """\
---
title: 晚潮电池换了掌门
source: https://news.example/late-tide
---
新任首席执行官乔未央说：“年底之前，我们会把所有旧电池都换一遍，一块也不留给客户。”

她又说：“也许年底之前，我们会把仓库也搬到港口去，那里离客户的车更近一些。”
"""


@pytest.fixture
def newsroom(tmp_path: Path) -> Path:
    """A home with everything that the page adds."""
    home.lay(tmp_path, home.Answers(language="zh-CN"))
    (tmp_path / "config" / "lexicon").mkdir()
    (tmp_path / "config" / "lexicon" / "rules.yaml").write_text(LISTS, encoding="utf-8")
    book = tmp_path / "config" / "rules.yaml"
    text = book.read_text(encoding="utf-8").replace("sections: []\n", SECTIONS)
    book.write_text(text.rstrip() + "\n" + PROMISE + MORE, encoding="utf-8")
    (tmp_path / "seeds" / "late-tide.md").write_text(CLIP, encoding="utf-8")
    return tmp_path


def explained(digest: Run, newsroom: Path) -> list[dict[str, Any]]:
    done = digest("explain", "--json", "--home", newsroom, newsroom / "seeds" / "late-tide.md")
    assert done.returncode == 0, done.stderr
    return [json.loads(row) for row in done.stdout.splitlines()]


def test_the_promise_is_heard_and_the_hedged_one_is_not(digest: Run, newsroom: Path) -> None:
    points = {
        row["text"][:2]: {one["rule"]: one["points"] for one in row["reasons"]} for row in explained(digest, newsroom)
    }
    assert points["年底"]["promises something by a date"] == 3
    assert "promises something by a date" not in points["也许"]


def test_the_rule_check_counts_it_and_the_sections_are_taken(digest: Run, newsroom: Path) -> None:
    done = digest("rules", "check", "--home", newsroom)
    assert done.returncode == 0, done.stderr
    assert "许下了期限" in done.stdout


def test_the_figures_of_the_page_are_those_of_the_rule_book() -> None:
    book = yaml.safe_load((ROOT / "config" / "rules.yaml").read_text(encoding="utf-8"))
    points = {one["id"]: one["points"] for one in book["rules"]}
    named = {"author-bold": "gives 4", "known-speaker": "a named speaker 1", "thesis": "1.2", "owner-highlight": "20"}
    flat = " ".join(PAGE.split())
    assert book["least"] == 1.5
    assert "`least` (1.5" in flat
    for rule, told in named.items():
        assert told.split()[-1] == f"{points[rule]:g}"
        assert told in flat
