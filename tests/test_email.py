"""The email: the message as bytes, the HTML as a reader meets it, the text beside it, and what never stands in it."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from issues import SAID, hostile, issue, masthead, pick, story, week

from digest import typography
from digest.draft import CAP, chat_message, draft_email
from digest.edition import credit, edition
from digest.errors import DigestError
from digest.labels import LANGUAGES, labels, nearest
from digest.posting import wording
from digest.quote import Quote
from digest.shipped import table
from digest.story import Copy, Figure, Lead, Source, Value
from digest.template import Templates

if TYPE_CHECKING:
    from email.message import EmailMessage

    from digest.draft import Email
    from digest.issue import Issue

TEMPLATES = Templates()
WEEKS = {
    "none": week(0),
    "one": week(1),
    "zh": week(8),
    "en": week(8, ("en",), "en"),
    "ja": week(6, ("ja",), "ja"),
    "tw": week(4, ("zh",), "zh-TW"),
    "mixed": week(9, ("zh", "en", "ja")),
    "fifty": week(50, ("zh", "en")),
    "eighty": week(80),
    "hostile": hostile(),
}
_DRAFTED: dict[str, Email] = {}

every_week = pytest.mark.parametrize("name", WEEKS)


def drafted(name: str) -> Email:
    """A week's email, made once."""
    if name not in _DRAFTED:
        _DRAFTED[name] = draft_email(WEEKS[name], TEMPLATES)
    return _DRAFTED[name]


def html(made: Issue) -> str:
    return draft_email(made, TEMPLATES).html


class Page(HTMLParser):
    """What a mail program meets: tags, links, headings, visible words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not {"style", "title"} & set(self._open):
            self.words.append(data)

    @property
    def links(self) -> list[str]:
        return [attrs["href"] or "" for tag, attrs in self.tags if tag == "a"]

    @property
    def said(self) -> str:
        return "".join(self.words)


# --- the message


def parsed(data: bytes) -> EmailMessage:
    return email.message_from_bytes(data, policy=email.policy.default)


@every_week
def test_the_message_is_read_back_by_another_parser_as_it_was_written(name: str) -> None:
    made = drafted(name)
    message = parsed(made.message)
    text, page = message.iter_parts()
    assert message.get_content_type() == "multipart/alternative"
    assert text.get_content_type() == "text/plain"
    assert page.get_content_type() == "text/html"
    for part, content in ((text, made.text), (page, made.html)):
        assert part["Content-Transfer-Encoding"] == "base64"
        assert part.get_content_charset() == "utf-8"
        assert part.get_content().splitlines() == content.splitlines()
    assert message["Subject"] == made.subject
    assert not message.defects


@every_week
def test_the_message_keeps_to_the_rules_of_its_bytes(name: str) -> None:
    head, _, _ = (data := drafted(name).message).partition(b"\r\n\r\n")
    assert data.isascii()
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert max(map(len, data.split(b"\r\n"))) <= 998
    for header in (
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "MIME-Version",
        "List-ID",
        "Auto-Submitted",
        "List-Unsubscribe",
    ):
        assert len(re.findall(f"(?m)^{header}:".encode(), head)) == 1, header
    for word in re.findall(rb"=\?utf-8\?b\?[^?]*\?=", head):
        assert len(word) <= 75
    for line in head.split(b"\r\n"):
        assert len(line) <= 76 or line.startswith(b"List-"), line


def test_a_long_unsubscribe_address_stands_on_one_line_and_in_ascii() -> None:
    address = "https://例え.example/退订?reader=" + "8f14e45fceea167a" * 20
    made = replace(week(1), masthead=replace(masthead(), unsubscribe=address))
    raw = draft_email(made, TEMPLATES).message
    (line,) = [line for line in raw.split(b"\r\n") if line.startswith(b"List-Unsubscribe:")]
    assert b"=?utf-8?" not in line
    assert line.startswith(b"List-Unsubscribe: <https://xn--")
    assert line.endswith(b">, <mailto:letter@tidal.example?subject=unsubscribe>")
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw


def test_a_newsletter_without_unsubscribe_or_web_says_nothing_of_them() -> None:
    made = draft_email(issue([story(0)], bare=True), TEMPLATES)
    assert b"List-Unsubscribe" not in made.message
    assert "退订" not in made.html
    assert "退订" not in made.text


def test_a_title_cannot_add_a_header() -> None:
    evil = replace(
        week(1),
        subject="news\r\nBcc: all@example.com\u2028",
        masthead=replace(masthead(), sender="a\r\nX: y <a@b.example>"),
    )
    message = parsed(draft_email(evil, TEMPLATES).message)
    assert message["Bcc"] is None
    assert message["X"] is None
    assert message["Subject"] == "news Bcc: all@example.com"


def test_the_same_issue_gives_the_same_bytes_and_another_slot_another_date() -> None:
    first, again = (draft_email(week(3), TEMPLATES).message for _ in range(2))
    assert first == again
    slot = datetime(2025, 11, 14, 9, 7, tzinfo=UTC)
    assert parsed(draft_email(week(3), TEMPLATES, at=slot).message)["Date"].datetime == slot
    assert parsed(first)["Message-ID"] == parsed(again)["Message-ID"]
    assert parsed(first)["Message-ID"] != parsed(draft_email(week(2), TEMPLATES).message)["Message-ID"]


def test_the_languages_of_the_stories_are_told() -> None:
    assert parsed(drafted("mixed").message)["Content-Language"] == "zh-CN, zh, en, ja"


# --- the HTML


@every_week
def test_the_html_stays_under_the_cap(name: str) -> None:
    assert len(drafted(name).html.encode()) <= CAP


def test_a_long_week_ends_in_titles_with_links_and_loses_no_story() -> None:
    made = WEEKS["eighty"]
    page = Page(drafted("eighty").html)
    assert len(drafted("eighty").html.encode()) > CAP * 0.95
    for told in made.stories:
        title = typography.headline(told.title, told.language)
        assert title in page.said
        assert title in drafted("eighty").text
        assert told.sources[0].link in page.links
    assert labels("zh-CN")["further"] in page.said


def test_a_single_story_that_is_too_long_is_told_and_never_cut() -> None:
    told = replace(story(0), lead=Lead("很长的话。" * 20_000, 0))
    with pytest.raises(DigestError, match="take stories out"):
        draft_email(issue([told]), TEMPLATES)


@every_week
def test_the_charset_comes_first_and_the_head_is_whole(name: str) -> None:
    page = drafted(name).html
    assert page.encode().find(b'<meta charset="utf-8">') < 200
    assert "@media (prefers-color-scheme: dark)" in page
    assert '<div role="main" lang=' in page
    assert "<title></title>" not in page


@every_week
def test_nothing_is_fetched_run_or_hidden_in_the_html(name: str) -> None:
    tags = Page(drafted(name).html).tags
    assert not {tag for tag, _ in tags} & {"script", "img", "form", "iframe", "video", "svg", "link", "object"}
    for _, attrs in tags:
        assert not [key for key in attrs if key.startswith("on")]
        assert (attrs.get("href") or "https://").startswith(("https://", "http://"))
        assert "url(" not in (attrs.get("style") or "")


@every_week
def test_headings_skip_no_level_and_there_is_one_title(name: str) -> None:
    levels = [int(tag[1]) for tag, _ in Page(drafted(name).html).tags if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@every_week
def test_the_mail_is_complete_without_its_style_sheet(name: str) -> None:
    page = re.sub(r"<style>.*?</style>", "", drafted(name).html, flags=re.DOTALL)
    for tag, attrs in Page(page).tags:
        if tag in {"h1", "h2", "h3", "p", "blockquote"}:
            assert "margin" in (attrs.get("style") or ""), tag


def test_hostile_words_stand_in_the_mail_as_they_are_and_do_nothing() -> None:
    page = Page(drafted("hostile").html)
    for told in WEEKS["hostile"].stories:
        shown = typography.line(told.title)
        assert shown in page.said.replace("\u202c", ""), shown
        assert shown in drafted("hostile").text
    assert not [tag for tag, _ in page.tags if tag in {"b", "script"}]
    assert "{{ 7 * 7 }}" in page.said
    assert '"><b>' not in "".join(page.links)


def test_a_story_in_another_language_or_direction_says_so() -> None:
    tags = Page(drafted("mixed").html).tags
    for kind in ("h3", "blockquote", "span"):
        assert {attrs.get("lang") for tag, attrs in tags if tag == kind} >= {"en", "ja"}, kind
    assert "rtl" in {attrs.get("dir") for _, attrs in Page(drafted("hostile").html).tags}


# --- the text part


@every_week
def test_every_link_of_the_html_is_in_the_text_on_a_line_of_its_own(name: str) -> None:
    lines = set(drafted(name).text.splitlines())
    for link in Page(drafted(name).html).links:
        assert link.partition("#:~:")[0] in lines


@every_week
def test_the_text_says_what_the_html_says(name: str) -> None:
    said = "".join(drafted(name).text.split())
    page = Page(drafted(name).html)
    for words in page.words:
        if "\u200c" in words:
            continue  # the preheader
        for part in words.split(" · "):
            assert "".join(part.split()).strip("·") in said, part


def test_a_short_issue_as_text() -> None:
    assert (
        drafted("one").text
        == """潮汐周报
第12期 · 2025年11月14日 · 约 1 分钟

在网页上阅读
https://tidal.example/issues/12


1. 星河机器人开源装配模型，三周内下载破百万！

晨星科技评论写道：星河机器人周三公开了它的装配模型，权重、数据卡和一份42页的失败记录一并放出。公司说，模型在自家三条产线上跑了九个月，停线时间从每周六小时降到一小时以内。

> “我们把失败记录也放出来，因为别人最需要的恰恰是它。”
> ——林若溪，星河机器人首席科学家 · 晨星科技评论

> 「很多人问我为什么不做“全能助手”。老实说，我们试了两年，用户每天只用其中三个功能。」
> ——周以宁，蓝鲸智能创始人 · 北岸商业周刊

据晨星科技评论报道，云岭芯片将首批流片推迟到明年二季度，原因是良率未达到内部标准。

下载量
- 120 万次 · 晨星科技评论
- “超过 100 万次” · 北岸商业周刊

晨星科技评论（微信公众号）《星河机器人开源装配模型，三周内下载破百万！》，11月12日
https://mp.weixin.qq.com/s/zh-0-0
另载 · 转载站
https://mirror.example/zh-0
北岸商业周刊（微信公众号）《云岭芯片推迟流片：良率还差一口气》，11月11日
https://mp.weixin.qq.com/s/zh-0-1


--\x20
你收到这封邮件，是因为订阅了《潮汐周报》。
Tidal Letter, 1 Quay Street, Harbourtown
退订
https://tidal.example/unsubscribe?reader=8f14e45fceea167a5a36dedd4bea2543&list=weekly
"""
    )


# --- who said what


def test_a_persons_words_are_quoted_with_name_and_role_and_link_to_the_sentence() -> None:
    told = story(0)
    page = html(issue([told]))
    assert "“我们把失败记录也放出来，因为别人最需要的恰恰是它。”" in page
    assert "——林若溪，星河机器人首席科学家" in page
    assert told.quotes[0].link in Page(page).links


def test_the_articles_own_words_never_stand_in_quotation_marks_or_under_a_name() -> None:
    for tongue, language in (("zh", "zh-CN"), ("en", "en"), ("ja", "ja")):
        kinds = [said for said in SAID[tongue] if said[0] in {"highlight", "reported"}]
        quotes = tuple(pick(kind, words, "某人", "某职", 0, "https://news.example/x") for kind, words, _, _ in kinds)
        page = Page(html(issue([replace(story(1, tongue), quotes=quotes)], language))).said  # type: ignore[arg-type]
        for _, words, _, _ in kinds:
            at = page.index(words)
            assert page[at - 1] not in "“「『"
        assert "某人" not in page


def test_words_in_quotation_marks_that_nobody_is_named_for_are_the_articles() -> None:
    told = replace(
        story(1), quotes=(pick("spoken", "谁也不知道是谁说的话。", None, None, 0, "https://news.example/x"),)
    )
    page = Page(html(issue([told]))).said
    assert "文中引述：“谁也不知道是谁说的话。”" in page
    assert "——" not in page


def test_a_held_back_source_is_never_shown_linked_or_counted() -> None:
    told = story(0)
    hidden = replace(told, sources=(told.sources[0], replace(told.sources[1], held_back=True, outlet="隐去的媒体")))
    alone = replace(story(2), sources=tuple(replace(source, held_back=True) for source in story(2).sources))
    made = draft_email(issue([hidden, alone]), TEMPLATES)
    for shown in (made.html, made.text, chat_message(issue([hidden, alone]), TEMPLATES)):
        assert "隐去的媒体" not in shown
        assert (told.sources[1].link or "?") not in shown
        assert typography.headline(alone.title) not in shown
        assert "保密的剪藏标题" not in shown
        assert "不该出现在邮件里的话" not in shown
    assert edition(issue([hidden, alone])).lead is not None
    assert edition(issue([hidden])).lead.figures == ()  # type: ignore[union-attr]


def test_a_story_of_three_hundred_articles_shows_the_first_and_those_it_quotes_and_says_how_many_more() -> None:
    told = story(0)
    many = tuple(
        replace(told.sources[0], seed=f"{at:064x}", outlet=f"第{at}家报", link=f"https://news.example/{at}", copies=())
        for at in range(300)
    )
    copied = tuple(Copy(f"转载{at}", f"https://mirror.example/{at}", "c0ffee") for at in range(300))
    values = tuple(Value(at, "", f"{at // 2} 万次", at) for at in range(300))
    figures = tuple(Figure(f"下载量{at}", values, same_measure=True) for at in range(30))
    quoted = (replace(told.quotes[0], source=280), *told.quotes[1:])
    big = replace(told, sources=(replace(many[0], copies=copied), *many[1:]), figures=figures, quotes=quoted)
    for made in (draft_email(issue([big]), TEMPLATES), draft_email(issue([big, big]), TEMPLATES)):
        assert len(made.html.encode()) <= CAP
        assert "另有 288 篇文章" in made.text
        assert "第280家报" in made.text
        assert "第299家报" not in made.text
        assert "另有 294 处没有列出" in made.text
        assert [f"- {at} 万次" in made.text for at in (0, 5, 6)] == [True, True, False]
    first = edition(issue([big])).lead.credits[0]  # type: ignore[union-attr]
    assert first.copies[11:] == (("转载11", "https://mirror.example/11"), ("另有 288 篇文章", None))
    assert first.link == "https://news.example/0"


def test_why_it_matters_stands_only_where_the_editor_wrote_it() -> None:
    made = issue([story(0), story(1)])
    label = labels("zh-CN")["note"]
    assert label not in draft_email(made, TEMPLATES).html
    noted = draft_email(made, TEMPLATES, notes={"zh001": "因为它决定了谁先交付。\n第二行"})
    assert noted.html.count(label) == 1
    assert "因为它决定了谁先交付。<br>第二行" in noted.html
    assert "因为它决定了谁先交付。" in noted.text


def test_the_box_takes_what_people_said_that_no_story_has_room_for() -> None:
    people = [
        ("甲某", "一句话。"),
        ("乙某", "两句话。"),
        ("丙某", "三句话。"),
        ("丁某", "四句话。"),
        ("戊某", "五句话。"),
        ("己某", "六句话。"),
    ]
    quotes = tuple(
        pick("spoken", words, name, "职务", 0, "https://news.example/x", 9 - at)
        for at, (name, words) in enumerate(people)
    )
    shown = edition(issue([replace(story(2), quotes=quotes)]))
    assert shown.lead is not None
    assert [said.speaker for said in shown.lead.quotes] == ["甲某", "乙某", "丙某"]
    assert [said.speaker for said in shown.box] == ["丁某", "戊某", "己某"]
    fewer = edition(issue([replace(story(2), quotes=quotes[:5])]))
    assert fewer.box == ()
    assert fewer.lead is not None
    assert len(fewer.lead.quotes) == 5


def test_second_hand_words_say_so_and_a_story_that_goes_on_is_an_update() -> None:
    words = pick("spoken", "我听说是这样。", "林若溪", None, 0, "https://news.example/x")
    told = replace(words, quote=Quote("我听说是这样。", 0, 7, "spoken", speaker="林若溪", hearsay=True))
    made = draft_email(issue([replace(story(1), quotes=(told,), update_of="zh000")]), TEMPLATES)
    for shown in (Page(made.html).said, made.text):
        assert "——林若溪（转述）" in shown
        assert "更新" in shown


def test_every_article_of_a_story_is_heard_before_one_is_heard_twice() -> None:
    names = ("甲某", "乙某", "丙某", "丁某", "戊某", "己某")
    quotes = tuple(
        pick("spoken", f"{name}说的话。", name, None, int(at > 3), None, 9 - at) for at, name in enumerate(names)
    )
    shown = edition(issue([replace(story(0), quotes=quotes)]))
    assert shown.lead is not None
    assert [said.speaker for said in shown.lead.quotes] == ["甲某", "乙某", "戊某"]
    assert [said.speaker for said in shown.box] == ["丙某", "丁某", "己某"]


# --- how words are set


@pytest.mark.parametrize(
    ("text", "language", "shown"),
    [
        ("平常的话。", "zh", "“平常的话。”"),
        ("他说“不”。", "zh", "「他说“不”。」"),
        ("他说“不”，又说「好」。", "zh", "『他说“不”，又说「好」。』"),
        ("平常的話。", "zh-TW", "「平常的話。」"),
        ("普通の言葉。", "ja", "「普通の言葉。」"),
        ("Plain words.", "en", "“Plain words.”"),
        ("He said “no”.", "en", "He said “no”."),
        ('He said "no".', "en", 'He said "no".'),
        ("看Transformer的论文", None, "“看Transformer的论文”"),
        ("Plain.", None, "“Plain.”"),
    ],
)
def test_quotation_marks_fit_the_language_and_what_is_inside(text: str, language: str | None, shown: str) -> None:
    assert typography.quoted(text, language) == shown


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("某甲确认离开Acme,二代翻车!", "某甲确认离开Acme，二代翻车！"),
        ("某甲离开Acme,Beta 4翻车", "某甲离开Acme，Beta 4翻车"),
        ("营收1,280亿,涨12.5%", "营收1,280亿，涨12.5%"),
        ("直播时间 9:30 开始", "直播时间 9:30 开始"),
        ("为什么?因为:它", "为什么？因为：它"),
        ("Acme, Beta and Gamma: a story", "Acme, Beta and Gamma: a story"),
    ],
)
def test_a_chinese_headline_of_ours_has_full_width_marks(title: str, shown: str) -> None:
    assert typography.headline(title, "zh") == shown


def source(
    published: str | None, *, told: str = "byline", link: str = "https://news.example/1", outlet: str | None = "晨星"
) -> Source:
    return Source("a" * 64, "标题,原样!", outlet, published, told, link, "zh")


@pytest.mark.parametrize(
    ("article", "line"),
    [
        (source("2025-11-12T12:19:00+08:00"), "晨星《标题，原样！》，11月12日"),
        (source("2025-11-12", link="https://mp.weixin.qq.com/s/x"), "晨星（微信公众号）《标题，原样！》，11月12日"),
        (source("2024-12-30"), "晨星《标题，原样！》，2024年12月30日"),
        (source("2023-05-04"), "晨星《标题，原样！》，2023年5月4日（旧文）"),
        (source("2025-02-04"), "晨星《标题，原样！》，2025年2月4日（旧文）"),
        (source("2023-05"), "晨星《标题，原样！》，2023年5月（旧文）"),
        (source("2025-11-13", told="clipped"), "晨星《标题，原样！》"),
        (source(None, outlet=None), "news.example《标题，原样！》"),
    ],
)
def test_a_credit_line_in_chinese(article: Source, line: str) -> None:
    day = date(2025, 1, 14) if (article.published or "").startswith("2024") else date(2025, 11, 14)
    assert credit.credit(article, day, labels("zh-CN")).line == line


@pytest.mark.parametrize(
    ("article", "called"),
    [
        (source("2025-11-12"), "晨星"),
        (source("2025-11-12", outlet=None), "news.example"),
        (replace(source("2025-11-12", outlet="@晨星"), authors=("林知夏",)), "晨星"),
        (replace(source("2025-11-12", outlet="news.example"), authors=("林知夏",)), "林知夏"),
    ],
)
def test_an_outlet_is_called_the_same_in_the_email_and_in_posts(article: Source, called: str) -> None:
    credited = credit.credit(article, date(2025, 11, 14), labels("zh-CN"))
    assert (credited.outlet, credit.name(article, labels("zh-CN"))) == (called, called)
    assert wording.outlet(article) == called
    assert credited.title == article.headline == "标题，原样！"


def test_a_credit_line_in_english_and_japanese() -> None:
    article = source("2025-11-12", outlet="Fieldnote")
    assert credit.credit(article, date(2025, 11, 14), labels("en")).line == "Fieldnote, “标题，原样！”, November 12"
    assert (
        credit.credit(article, date(2025, 11, 14), labels("ja")).line
        == "Fieldnote『標題』".replace("標題", "标题，原样！") + "、11月12日"
    )


def test_an_address_that_is_no_web_address_is_never_a_link() -> None:
    assert credit.web("javascript:alert(1)") is None
    assert credit.web("https://a.example/\r\nX: y") is None
    assert credit.web('https://a.example/"><b>中') == "https://a.example/%22%3E%3Cb%3E%E4%B8%AD"
    assert (
        credit.web("https://a.example/x?y=1&z=%E4#:~:text=a-,b,-c") == "https://a.example/x?y=1&z=%E4#:~:text=a-,b,-c"
    )


def test_reading_time_counts_words_and_han_characters() -> None:
    assert typography.minutes("") == 1
    assert typography.minutes("字" * 700) == 2
    assert typography.minutes("word " * 230 + "字" * 351) == 3


def test_a_direction_left_open_is_closed_behind_the_words() -> None:
    assert typography.closed("a\u202eb") == "a\u202eb\u202c"
    assert typography.closed("a\u2067b\u2069c") == "a\u2067b\u2069c"
    assert typography.line("a\u202eb\r\nc") == "ab c"


def test_every_label_is_there_in_every_language_with_the_same_fields() -> None:
    for name, words in table("config/labels.yaml").items():
        assert set(words) == set(LANGUAGES), name
        fields = [set(re.findall(r"\{(n|title|outlet)\}", words[language].partition("|")[0])) for language in LANGUAGES]
        assert all(each == fields[0] for each in fields), name


@pytest.mark.parametrize(
    ("tag", "tongue"),
    [
        ("zh-CN", "zh-CN"),
        ("zh", "zh-CN"),
        ("zh-Hant-HK", "zh-TW"),
        ("zh-HK", "zh-TW"),
        ("en-GB", "en"),
        ("ja-JP", "ja"),
        ("fr", "en"),
        (None, "en"),
    ],
)
def test_a_language_finds_its_nearest_labels(tag: str | None, tongue: str) -> None:
    assert nearest(tag) == tongue


def test_readers_see_number_and_date_and_never_the_id() -> None:
    for name, made in WEEKS.items():
        assert made.id not in drafted(name).html
        assert made.id not in drafted(name).text
