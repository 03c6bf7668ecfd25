"""The terminal: lines that fit whatever the width of their characters, and no colour where nobody sees it."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from issues import week

from digest.document import plain
from digest.issue import HeldBack
from digest.labels import retold
from digest.quote import Quote
from digest.settings import load
from digest.summary import HELD as BY_EDITOR
from digest.summary import SWAPPED, Verdict
from digest.terminal import HELD, Terminal, wrap
from digest.typography import columns

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

WORDS = st.text(alphabet=st.sampled_from("模型 ab，。“”（）the 12%—…"), max_size=120)


@given(WORDS, st.integers(min_value=8, max_value=40))
def test_no_line_is_wider_than_the_room_and_no_word_is_lost(text: str, room: int) -> None:
    rows = wrap(text, room)
    assert all(columns(row) <= room for row in rows)
    assert "".join("".join(rows).split()) == "".join(text.split())


def test_lines_do_not_begin_with_a_closing_mark() -> None:
    assert wrap("他说模型会变小，会变快。", 14) == ["他说模型会变", "小，会变快。"]


def test_a_page_shows_each_quote_in_its_place_with_its_speaker() -> None:
    text = "林知夏说：“我们跑得太快。”会后她离开了。"
    quote = Quote(text, 6, 13, "spoken", speaker="林知夏", mention="林知夏")
    assert text[6:13] == "我们跑得太快。"
    page = Terminal("zh-CN", colour=False, width=80).page(plain(text, "标题"), [quote])
    assert "⟦我们跑得太快。⟧林知夏”会后她离开了。" in page
    assert "\x1b" not in page


def test_colour_is_used_where_it_is_wanted() -> None:
    assert Terminal("en", colour=True, width=80).style("x", "bold") == "\x1b[1mx\x1b[0m"
    assert Terminal("en", colour=False, width=80).style("x", "bold") == "x"


def test_of_very_many_clips_held_back_the_first_are_shown_and_the_rest_counted() -> None:
    held = tuple(
        HeldBack(f"{n:064x}", f"{n}.md", f"笔记{n}", "no-source", "剪藏里没有原文地址", "") for n in range(240)
    )
    shown = Terminal("zh-CN", colour=False, width=80).issue(replace(week(0), held_back=held), "草稿")
    assert shown.count("○ 笔记") == HELD
    assert f"+{240 - HELD}  held-back.md" in shown


def test_what_to_do_names_the_home_that_the_user_named_and_stays_on_one_line(
    digest: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    home = tmp_path / "a letter with a long name, so that the line is wider than a terminal"
    assert digest("init", str(home), "--yes").returncode == 0
    (home / "seeds" / "pasted.md").write_text("# 小厂的账本\n\n周予安说：“账本不会说谎，说谎的是记账的人。”\n", "utf-8")
    shown = digest("preview", "--home", str(home), "--now", "2026-11-20T09:07+08:00").stdout
    (todo,) = re.findall(r"→ digest (release .* )--source URL$", shown, re.MULTILINE)
    typed = [*shlex.split(todo), "--source", "https://news.example/ledger"]
    assert digest(*typed).returncode == 0


def test_what_kept_a_quote_out_is_told_in_the_newsletters_language(tmp_path: Path) -> None:
    assert retold("fewer than 1.5 points", "v_", "zh-CN") == "不到 1.5 分"
    assert retold("4 better ones in this document", "v_", "zh-CN") == "这篇里还有 4 句更好"
    assert retold("no such words", "v_", "zh-CN") == "no such words"
    book = load(tmp_path).book
    for reason in (BY_EDITOR, SWAPPED, "says much the same as a better one", book.reject[0].reason.rule):
        verdict = Verdict(Quote("他们来了。", 0, 5, "spoken"), 1.0, (), chosen=False, rejected_by=reason)
        page = Terminal("zh-CN", colour=False, width=80).verdicts("一篇", [verdict], book)
        assert reason not in page


def test_of_an_issue_that_is_out_no_quote_is_offered_for_another(
    digest: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    seeds = Path(__file__).parents[1] / "seeds"
    when = ("--seeds", str(seeds), "--now", "2026-11-20T09:07+08:00")
    assert "digest quote " in digest("preview", *when).stdout
    assert "digest quote " not in digest("send", *when).stdout
