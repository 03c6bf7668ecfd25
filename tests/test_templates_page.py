"""docs/templates.md is true: every value it shows is filled in, none is missing, and its theme works as it stands."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from issues import week

from digest.draft import Post, draft_email
from digest.edition import Edition, Opening, Piece, Said, Section, edition
from digest.edition.alteration import Alteration, alterations
from digest.edition.credit import Credit
from digest.edition.measure import Measure
from digest.issue import Change, HeldBack
from digest.shipped import read
from digest.template import Templates

PAGE = (Path(__file__).parents[1] / "docs" / "templates.md").read_text(encoding="utf-8")
ROWS = re.findall(r"(?m)^\| `(?!posts)([a-z]+(?:\.|\[|\\\|)[^`]*)` \|(?: [^|]* \|)??(?: ([^|]*?))? ?\|$", PAGE)


@cache
def values() -> dict[str, Any]:
    """What the page calls by its short names."""
    shown = edition(week(8), {"zh000": "因为它决定了谁先交付。"})
    lead = shown.lead
    assert lead is not None
    altered = replace(week(8), changes=(Change("title", "zh000", "旧标题", "新标题"),))
    post = Post("x", "zh", "zh000", "quote", "“一句话。”", 9, 280, "https://news.example/1")
    return {
        "issue": shown,
        "labels": shown.labels,
        "story": lead,
        "said": lead.quotes[0],
        "told": lead.quotes[2],
        "figure": lead.figures[0],
        "credit": lead.credits[0],
        "clip": week(8).held_back[0],
        "change": next(alterations(altered, shown.labels)),
        "post": post,
        "stories": [(shown.stories[0].title, [("x", [post])])],
        "platforms": [("x", [post])],
        "titles": {story.id: story.title for story in shown.stories},
    }


@pytest.mark.parametrize(("write", "here"), ROWS, ids=[write for write, _ in ROWS])
def test_a_row_of_the_page_holds(tmp_path: Path, write: str, here: str) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "row.txt.j2").write_text("{{ " + write.replace("\\|", "|") + " }}", encoding="utf-8")
    assert Templates(tmp_path).render("row.txt.j2", **values()) == here


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (Edition, "issue"),
        (Section, r"issue\.sections\[0\]"),
        (Piece, "story"),
        (Opening, r"story\.opening"),
        (Said, "(?:said|told)"),
        (Measure, "figure"),
        (Credit, "credit"),
        (HeldBack, "clip"),
        (Alteration, "change"),
        (Post, "post"),
    ],
)
def test_the_page_leaves_no_value_out(kind: type, name: str) -> None:
    for field in getattr(kind, "_fields", ()) or [field.name for field in fields(kind)]:
        assert re.search(rf"`{name}\.{field}\b", PAGE), field


def test_the_page_names_every_template_that_ships(root: Path) -> None:
    for file in (root / "templates").rglob("*.j2"):
        name = file.relative_to(root / "templates").as_posix()
        assert f"`{name}`" in PAGE or name.startswith("posts/"), name


def test_a_theme_made_from_the_page_drafts_a_whole_email(tmp_path: Path) -> None:
    (theme,) = re.findall(r"```jinja\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "templates" / "email").mkdir(parents=True)
    (tmp_path / "templates" / "email" / "issue.html.j2").write_text(theme, encoding="utf-8")
    for count in (0, 1, 8):
        made = draft_email(week(count), Templates(tmp_path))
        assert "Georgia" in made.html
        assert all(story.title in made.html for story in edition(week(count)).stories)
        assert made.text == draft_email(week(count), Templates()).text


def test_other_colours_need_the_style_sheet_only(tmp_path: Path) -> None:
    (tmp_path / "templates" / "email").mkdir(parents=True)
    own = read("templates/email/style.css.j2").replace("#8a3b12", "#124a8a")
    (tmp_path / "templates" / "email" / "style.css.j2").write_text(own, encoding="utf-8")
    page = draft_email(week(3), Templates(tmp_path)).html
    assert "#124a8a" in page
    assert "#8a3b12" not in page
