"""How long a text is on each platform; vectors written by hand from the platforms' rules."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import UsageError
from digest.posting import autolink, weight
from digest.posting.platform import platform, platforms
from digest.posting.weight import length

FAMILY = "👨‍👩‍👧‍👦"
CODER = "👩🏽‍💻"
FLAG = "🇯🇵"
ENGLAND = "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
KEYCAP = "1️⃣"
DECOMPOSED = "cafe\u0301"
HANGUL = "\u1112\u1161\u11ab"
LONG = "https://mp.weixin.qq.com/s?__biz=MzAxMjM0NTY3OA==&mid=2650000001&idx=2&sn=0a1b2c3d4e5f"
FRAGMENT = LONG + "#:~:text=%E6%88%91%E4%BB%AC"


@pytest.mark.parametrize(
    ("text", "x"),
    [
        ("", 0),
        ("hello", 5),
        ("你好", 4),
        ("你好，世界。", 12),
        ("“你好”——他说…", 14),  # “ ” — weigh 1, … 2
        ("‘a’ – b", 7),
        ("•→", 4),
        ("「引」", 6),
        ("한국어", 6),
        ("𠮷", 2),
        ("😀", 2),
        (FAMILY, 2),
        (CODER, 2),
        (FLAG, 2),
        (ENGLAND, 2),
        (KEYCAP, 2),
        ("1", 1),
        ("👍🏽👍", 4),
        ("☺️", 2),
        (DECOMPOSED, 4),  # NFC
        (HANGUL, 2),
        ("1️⃣2️⃣中", 6),
        (LONG, 23),
        (FRAGMENT, 23),
        (f"看\n{LONG}\n好", 2 + 1 + 23 + 1 + 2),
        (f"看{LONG}", 25),
        ("https://zh.wikipedia.org/wiki/中国", 23 + 4),  # the path ends where Chinese begins
        ("https://zh.wikipedia.org/wiki/%E4%B8%AD", 23),
        ("README.md 和 Node.js", 23 + 1 + 2 + 1 + 7),
        ("main.py、ASP.NET、GPT4.ai", 23 * 3 + 4),
        ("e.g. U.S. 3.5 v1.2", 18),
        ("a@b.com", 7),
        ("见example.com。", 2 + 23 + 2),
        ("https://a.com#x", 25),  # no path: the fragment is text
        ("https://127.0.0.1/x", 19),
        ("http://localhost:8080", 21),
        ("$AAPL.com #a.com @a.com", 23),
    ],
)
def test_x_weighs(text: str, x: int) -> None:
    assert length(text, "x") == x


@pytest.mark.parametrize(
    ("text", "mastodon"),
    [
        ("你好，世界。", 6),
        (FAMILY + CODER + FLAG, 3),
        (DECOMPOSED, 4),
        ("\r\n", 1),
        (FRAGMENT, 23),
        (f"看 {LONG} 好", 27),
        ("example.com", 11),  # no scheme, no link
        ("https://zh.wikipedia.org/wiki/中国，好", 23),  # stuck: Chinese becomes part of the path
        ("https://zh.wikipedia.org/wiki/中国 好", 25),
        ("xhttps://a.com/", 15),
        ("@user@host.example 好", 7),
        ("a@user@host.example", 19),
        ("https://a.com/@user@host.com", 23),
        ("https://a.com/x。", 23),
        ("https://a.com/x.", 24),
        ("(https://a.com/x)", 25),
        ("ก็", 1),
    ],
)
def test_mastodon_counts_what_a_reader_sees(text: str, mastodon: int) -> None:
    assert length(text, "mastodon") == mastodon


def test_a_content_warning_counts_on_mastodon_too() -> None:
    assert weight.on_mastodon("你好", "剧透") == 4


@pytest.mark.parametrize(
    ("text", "bluesky", "threads"),
    [
        ("你好", 2, 2),
        ("é", 1, 1),
        (DECOMPOSED, 4, 5),
        ("😀", 1, 4),
        ("☺", 1, 3),
        (FAMILY, 1, 25),
        (CODER, 1, 15),
        (FLAG, 1, 8),
        (KEYCAP, 1, 7),
        ("好👍🏽a", 3, 10),
        ("𠮷", 1, 1),
        (HANGUL, 1, 3),
        (LONG, len(LONG), len(LONG)),
        ("“小”，是武器——她说……", 13, 13),  # marks are one each
        ("「いか」が、ぎ\u304b\u3099", 8, 9),  # か with a combining voicing mark is one to a reader
        ("一\ufe00二", 2, 3),  # a variation selector on a Chinese character
        ("中\u200d文", 2, 3),  # a joiner without emoji joins to what stands before it
        ("👨‍👩‍👧‍👦和👩🏽‍💻", 3, 41),
        ("🇨🇳🇺🇸", 2, 16),
        ("🇨中", 2, 2),  # half a flag is no picture
        ("❤️‍🔥", 1, 13),
        ("🏳️‍🌈", 1, 14),
        (ENGLAND, 1, 28),
        ("#️⃣*️⃣", 2, 14),
        ("®™", 2, 5),  # pictures in Unicode's eyes: two and three bytes
        ("\r\n", 1, 2),
        ("\u0e01\u0e47", 1, 2),
        ("नि", 1, 2),
        ("z\u0351\u036b\u0343", 1, 4),
    ],
)
def test_bluesky_counts_graphemes_and_threads_the_bytes_of_emoji(text: str, bluesky: int, threads: int) -> None:
    assert (length(text, "bluesky"), length(text, "threads")) == (bluesky, threads)


@pytest.mark.parametrize(
    ("text", "weibo"),
    [
        ("", 0),
        ("你好", 2),
        ("ab", 1),
        ("abc", 2),
        ("你a", 2),
        ("你好 ab", 4),
        (" 你好\n", 2),  # the form trims
        ("😀", 2),
        (FAMILY, 11),
        ("é", 1),
        ("\u0080\u0081", 2),
        ("https://a.com/x", 10),
        (f"原文：\n{LONG}", 3 + 1 + 10),  # 3 字, a newline is half, ten for the address: 13.5
        ("https://a.com/" + "x" * 126, 10),
        ("https://a.com/" + "x" * 127, 11),
        ("http://t.cn/A6abc", 9),
        ("看https://a.com/x。", 12),
        ("“小”——她说……", 9),  # the dashes, the marks and the ellipsis are two halves each
        ("3.2亿元，同比增长140%。", 12),  # 7 half-width in 3.5: 3.5 + 8, rounded up
        ("你好　世界", 5),  # an ideographic space is 字
        ("　你好　", 2),  # and is trimmed
        (DECOMPOSED, 3),  # 4 halves and a combining mark of 2
        (HANGUL, 3),
        ("𠮷野家", 4),  # outside the BMP: two units
        (KEYCAP, 3),  # 1 + 2 + 2 halves
        (FLAG, 4),
        ("👍🏽", 4),
        ("中\u200d文", 3),
        ("#人工智能#【标题】“引文”——林小鹿", 18),
        ("https://a.com/x https://b.com/y", 21),  # ten each, the space is half
        ("https://a.com/维基", 12),  # the address ends where Chinese begins
        ("HTTPS://A.COM/X", 10),
        ("ftp://a.com", 6),
    ],
)
def test_weibo_counts_halves(text: str, weibo: int) -> None:
    assert length(text, "weibo") == weibo


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("你好", 2),
        ("abc", 2),
        ("abcd", 2),
        ("中a", 2),
        ("😀", 2),
        ("中文 AI 大会", 6),
        ("é", 1),
        ("，", 1),
        ("", 0),
        ("“小”是武器", 6),
        ("\u007f\u0080", 2),  # the bound lies one below Weibo's
        (DECOMPOSED, 3),
        (FAMILY, 11),
        (FLAG, 4),
        ("𠮷", 2),
        (" 你好 ", 3),  # no trimming
        ("——……", 4),
        ("3.2亿元", 4),
    ],
)
def test_a_title_on_xiaohongshu_counts_halves_too(text: str, title: int) -> None:
    assert length(text, "xiaohongshu_title") == title


@pytest.mark.parametrize("name", ["telegram", "linkedin", "facebook", "xiaohongshu"])
def test_others_count_utf_16_units(name: str) -> None:
    assert [length(text, name) for text in ("你好", "😀", FAMILY, "𠮷", DECOMPOSED)] == [2, 2, 11, 2, 5]


@pytest.mark.parametrize("name", ["telegram", "linkedin"])
@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("“小”，是武器——她说……", 13),
        (CODER, 7),
        (ENGLAND, 14),
        ("🇨🇳和👍🏽", 9),
        (KEYCAP, 3),
        (HANGUL, 3),
        ("一\U000e0100", 3),  # a variation selector outside the BMP
        ("中\u200d文", 3),
        ("a\r\n中", 4),
        (LONG, len(LONG)),
        ("𠮷野家，\U00020bb7", 7),
    ],
)
def test_a_unit_of_utf_16_is_what_others_count(name: str, text: str, units: int) -> None:
    assert length(text, name) == units


def test_wechat_counts_code_points() -> None:
    assert [length(text, "wechat") for text in ("你好", "😀", FAMILY)] == [2, 1, 7]


def test_an_unknown_platform_is_named_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"'myspace'.*mastodon"):
        length("a", "myspace")
    with pytest.raises(UsageError, match=r"'myspace'.*mastodon"):
        platform("myspace")


def test_every_platform_of_the_table_can_be_counted_and_names_its_source() -> None:
    for name, one in platforms().items():
        assert length("好", name) > 0
        assert one.source
        assert one.limit > 0
        assert "{}" in one.tag


def test_a_home_may_set_limits_but_invent_none() -> None:
    assert platforms({"mastodon": {"limit": 5000}})["mastodon"].limit == 5000
    with pytest.raises(KeyError):
        platforms({"mastodon": {"characters": 5000}})
    with pytest.raises(KeyError):
        platforms({"myspace": {"limit": 1}})
    with pytest.raises(TypeError):
        platforms({"mastodon": {"limit": "many"}})


def test_bluesky_finds_links_as_its_client_does() -> None:
    text = "看https://no.com 看 (https://a.com/x_(y)) https://b.com/z), https://c.com。好"
    assert [text[a:b] for a, b in autolink.on_bluesky(text)] == [
        "https://a.com/x_(y))",
        "https://b.com/z",
        "https://c.com。好",
    ]


@given(st.text(max_size=60))
def test_no_text_breaks_a_counter(text: str) -> None:
    for name in weight.COUNTERS:
        assert length(text, name) >= 0


@given(st.text("aé中，“😀\u200d\ufe0f👍🏽🇯🇵1#.:/", max_size=30), st.text("a中 😀\n", max_size=10))
def test_counting_adds_up_over_a_line_break(one: str, other: str) -> None:
    for name in ("x", "mastodon", "bluesky", "threads", "linkedin", "telegram", "wechat"):
        assert length(f"{one}\n{other}", name) == length(one, name) + 1 + length(other, name)


@given(st.text(max_size=60))
def test_the_quick_way_of_counting_graphemes_is_the_slow_one(text: str) -> None:
    import regex  # type: ignore[import-untyped]

    assert weight.graphemes(text) == regex.findall(r"\X", text)
