"""Titles, people, outlets, dates and addresses: told apart and cleaned."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from digest import formats, lexicon
from digest.reading import dates, frontmatter
from digest.seed import Seed

if TYPE_CHECKING:
    from digest.document import Document

BODY = "港口的钟慢了三分钟，没有人发现，因为船也慢了三分钟，一切看起来都很准时。"


def clip(fields: str, body: str = BODY, name: str = "deadbeef0123.md") -> Document:
    return formats.read(Seed(name, f"---\n{fields}\n---\n{body}\n".encode()), lexicon.default())[0]


WEIXIN = 'source: "https://mp.weixin.qq.com/s/abc"\ncreated: 2025-11-13'


@pytest.mark.parametrize(
    ("line", "authors", "outlet"),
    [
        ("Original 海边读书会 *2025年11月12日 12:19*", (), "海边读书会"),
        ("原创 林小鹿 [海边读书会](https://mp.weixin.qq.com/s/) *2025年11月12日 12:19*", ("林小鹿",), "海边读书会"),
        ("海边读书会 [海边读书会](https://mp.weixin.qq.com/s/) *2025年11月12日 12:19*", (), "海边读书会"),
        (
            "Original 林小鹿 周行舟 [海边读书会](https://mp.weixin.qq.com/s/) *2025年11月12日 12:19*",
            ("林小鹿", "周行舟"),
            "海边读书会",
        ),
        ("林小鹿  海边读书会   2025-11-12 12:19", ("林小鹿",), "海边读书会"),
        ("[海边读书会](https://mp.weixin.qq.com/s/) *2025年11月12日 12:19*", (), "海边读书会"),
    ],
)
def test_a_byline_tells_person_account_and_time(line: str, authors: tuple[str, ...], outlet: str) -> None:
    document = clip(f"title: 慢钟\n{WEIXIN}\nauthor: Weixin Official Accounts Platform", f"{line}\n\n{BODY}")
    assert (document.authors, document.outlet) == (authors, outlet)
    assert (document.published, document.published_from) == ("2025-11-12T12:19:00+08:00", "byline")
    assert document.source == "https://mp.weixin.qq.com/s/abc"
    assert document.text == BODY


def test_a_byline_of_two_words_is_one_account_where_the_front_matter_says_so() -> None:
    document = clip(
        f'title: 慢钟\n{WEIXIN}\nauthor: "[[Tide\xa0Park]]"', f"Original Tide Park *2025年11月12日 12:19*\n\n{BODY}"
    )
    assert (document.authors, document.outlet) == ((), "Tide Park")


@pytest.mark.parametrize(
    "junk", ["Unknown", "编辑部", "''", "note（ノート）", "Qiita", "Weixin Official Accounts Platform"]
)
def test_a_placeholder_is_no_author(junk: str) -> None:
    assert clip(f"title: 慢钟\nauthor: {junk}\nsource: https://t.example/1").authors == ()


@pytest.mark.parametrize(
    ("title", "author", "expected"),
    [
        ("慢钟｜小鹿", "小鹿", "慢钟"),
        ("Slow clocks - Tide Letters", "x\nsite: Tide Letters", "Slow clocks"),
        ("Slow clocks - an apology", "Mara Olin", "Slow clocks - an apology"),
        ("潮汐：慢钟 - 潮汐", "x\nplatform: 潮汐", "潮汐：慢钟"),
        ('独家：\\"只有\\"九个人的公司', "x", '独家："只有"九个人的公司'),
        ("Caf&eacute; clocks", "x", "Café clocks"),
    ],
)
def test_a_title_loses_a_tail_only_where_it_names_its_owner(title: str, author: str, expected: str) -> None:
    assert clip(f'title: "{title}"\nsource: https://t.example/1\nauthor: {author}').title == expected


def test_a_hash_or_number_is_no_title_and_a_file_name_is_one() -> None:
    assert clip("author: x").title is None
    assert clip("author: x", name="- 慢钟 1.md").title == "慢钟"
    assert clip("author: x", name="2025-01-02-slow-clocks.md").title == "slow-clocks"
    assert clip("author: x", name="0001_ab12cd34ef.md").title is None


def test_a_word_in_the_source_key_is_no_address() -> None:
    document = clip(
        "title: x\nsource: wechat\nurl: https://t.example/p/1?utm_source=a\nwebClipUrl: https://clips.example/9"
    )
    assert document.source == "https://t.example/p/1"


@pytest.mark.parametrize(
    ("url", "source", "outlet"),
    [
        (
            "https://webcache.googleusercontent.com/search?q=cache:AbCdEfGh1234:https://paper.example/a&hl=en",
            "https://paper.example/a",
            "paper.example",
        ),
        ("https://r.jina.ai/https://paper.example/a", "https://paper.example/a", "paper.example"),
        (
            "https://web.archive.org/web/20200101000000/https://paper.example/a",
            "https://web.archive.org/web/20200101000000/https://paper.example/a",
            "paper.example",
        ),
    ],
)
def test_a_page_in_a_cache_is_linked_where_it_stands_and_named_by_its_own_site(
    url: str, source: str, outlet: str
) -> None:
    document = clip(f"title: x\nsource: {url}")
    assert (document.source, document.outlet) == (source, outlet)


@pytest.mark.parametrize(
    ("title", "outlet"),
    [
        ("The slow clock - Salt & Wick", "Salt & Wick"),
        ("慢钟的一年｜海边周刊", "海边周刊"),
        ("慢钟的一年｜写给自己", "saltandwick.example"),
        ("The slow clock - an essay in Weekly", "saltandwick.example"),
    ],
)
def test_a_titles_tail_names_the_outlet_where_the_host_or_a_papers_word_says_so(title: str, outlet: str) -> None:
    document = clip(f'title: "{title}"\nsource: https://www.saltandwick.example/p/1')
    assert document.outlet == outlet


def test_an_address_in_the_text_is_never_the_source() -> None:
    document = clip("title: x", f"{BODY}\n\n详见 https://other.example/paper 一文，里面有全部数据。")
    assert document.source is None
    assert document.warned("no-source")


@pytest.mark.parametrize(
    "line",
    [
        "原文： https://t.example/p/1",
        "原文地址：[慢钟](https://t.example/p/1)",
        "> 原文 ~~[慢钟](https://t.example/p/1)~~",
        "via: https://t.example/p/1",
    ],
)
def test_a_labelled_address_is_the_source(line: str) -> None:
    document = clip("title: x", f"{line}\n\n{BODY}\n\n{BODY}")
    assert document.source == "https://t.example/p/1"
    assert "http" not in document.text


@pytest.mark.parametrize(
    ("value", "iso"),
    [
        ("2026-03-02", "2026-03-02"),
        ("2026/3/2", "2026-03-02"),
        ("2026-03-02 08:50", "2026-03-02T08:50:00+08:00"),
        ("2026-03-02 08:50:55", "2026-03-02T08:50:55+08:00"),
        ("2026-03-02T08:50:55Z", "2026-03-02T08:50:55+00:00"),
        ("2026-03-02T08:50:55.123+0100", "2026-03-02T08:50:55+01:00"),
        ("2025年9月12日 10:00", "2025-09-12T10:00:00+08:00"),
        ("9月12日 10:00", "2025-09-12T10:00:00+08:00"),
        ("12月30日 10:00", "2024-12-30T10:00:00+08:00"),
        ("12小时前", "2025-11-13"),
        ("3天前", "2025-11-10"),
        ("昨天", "2025-11-12"),
        ("2026-03-02 10:00 (12小时前)", "2026-03-02T10:00:00+08:00"),
        ("2026-9", "2026-09"),
        ("202401011200", "2024-01-01T12:00:00+08:00"),
        ("March 2, 2026", "2026-03-02"),
        ("2. March 2026", "2026-03-02"),
        ("25/06/2025", "2025-06-25"),
        ("2026-13-40", None),
        ("null", None),
        ("", None),
    ],
)
def test_a_date_is_read_in_every_form_it_is_written(value: str, iso: str | None) -> None:
    assert dates.iso(value, clipped="2025-11-13", china=True) == iso


def test_a_day_that_can_be_two_days_is_said_to_be() -> None:
    assert dates.ambiguous("05/06/2025")
    assert not dates.ambiguous("25/06/2025")
    assert clip("title: x\npublished: 05/06/2025").warned("date")


def test_a_publication_after_the_clip_is_misread_and_not_taken() -> None:
    document = clip("title: x\npublished: 2026-01-01\ncreated: 2025-11-13")
    assert document.warned("date")
    assert (document.published, document.published_from) == ("2025-11-13", "clipped")


def test_a_clip_date_is_a_publication_date_only_by_name() -> None:
    document = clip("title: x\ncreated: 2025-11-13")
    assert (document.published_from, document.clipped) == ("clipped", "2025-11-13")


def test_an_edit_date_is_no_publication_date() -> None:
    assert clip(f"title: x\n{WEIXIN}", f"{BODY}\n\n修改于 2025年11月12日").published_from == "clipped"


def test_broken_front_matter_is_read_line_by_line_with_a_warning() -> None:
    document = clip('title: "慢\\s钟"\nsource: https://t.example/1\nlab: Lab 2025: Bolder\ntags: #x')
    assert document.warned("front-matter")
    assert document.source == "https://t.example/1"


def test_front_matter_values_stay_the_words_they_are() -> None:
    front = frontmatter.split("---\ntitle: no\n\nTime: 12:30\ndate: 2026-03-02\nauthor: [[林小鹿]]\n---\nx")
    assert front.fields == {"title": "no", "time": "12:30", "date": "2026-03-02", "author": ["林小鹿"]}


def test_a_first_rule_without_keys_is_no_front_matter() -> None:
    assert not frontmatter.split("---\n\n港口的钟慢了。\n\n---\n").found


def test_descriptions_never_become_the_article() -> None:
    document = clip('title: x\ndescription: "模型写的。"\nabstract: "也是模型写的。"')
    assert document.text == BODY
