"""Choices: what a story of several articles shows, and what it keeps back and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from test_story import a_summary, the_book

from digest.draft import draft_email
from digest.gathering.choice import Carried, choose
from digest.gathering.echo import Saying, bare
from digest.issue import Issue, Masthead
from digest.story import gather
from digest.template import Templates

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "青柠芯片周三宣布关闭存储控制器部门，创始人顾南音在信里解释了原因，消息在行业里传了一整天。\n\n"
OURS = HEAD + "青柠芯片创始人顾南音说：“我们在2019年押下4.6亿元，押错了一代接口标准，这个代价由我先承担。”"
OTHER = (
    "圈子里都在聊那封信。存储控制器做了五年，一夜之间没有了，青柠芯片的工位空出一片。\n\n"
    "青柠芯片创始人顾南音说：“我们在2019年押了4.6亿元，押错了一代接口的标准，代价应该由我先来承担。”"
)
ENGLISH = (
    "Qingning Chips is closing its storage controller unit, its founder wrote to the staff on Wednesday.\n\n"
    "“In 2019 we bet 460 million yuan on the wrong generation of an interface, and I am the first to pay for it,” said "
    "Gu Nanyin, the founder."
)


def test_words_that_two_articles_give_differently_are_kept_back_once_with_both() -> None:
    voices = [a_summary(OURS, "一封信", outlet="晨线"), a_summary(OTHER, "一夜之间", outlet="夜话")]
    made = choose(voices, the_book())
    assert made.taken == ()
    (kept,) = made.kept
    assert kept.because == "differs"
    assert kept.other
    assert {kept.where} <= {"一封信", "一夜之间"}


def test_two_translations_of_one_saying_are_one_quote() -> None:
    def translated(text: str) -> str:
        return text.replace("青柠芯片创始人顾南音说", "Karl Bengtson用英语说")

    voices = [a_summary(translated(OURS), "一封信", outlet="晨线"), a_summary(translated(OTHER), "一夜", outlet="夜话")]
    made = choose(voices, the_book())
    assert len(made.taken) == 1
    assert made.kept == ()
    assert made.translated == {made.taken[0][0].quote.id}


def test_a_saying_in_two_languages_is_shown_in_the_storys_with_whose_translation_it_is() -> None:
    voices = [a_summary(OURS, "一封信", outlet="晨线"), a_summary(ENGLISH, "A letter", outlet="Harbour")]
    zh, en = choose(voices, the_book(), language="zh"), choose(voices, the_book(), language="en")
    assert [at for _, at in zh.taken] == [0]
    assert zh.translated == frozenset(), "a Chinese founder's own words"
    assert [at for _, at in en.taken] == [1]
    assert en.translated == {en.taken[0][0].quote.id}


def test_readers_are_told_whose_translation_it_is(tmp_path: Path) -> None:
    (story,) = gather([a_summary(OURS, "一封信", outlet="晨线")], the_book()).stories
    translated = replace(story, quotes=tuple(replace(pick, translated=True) for pick in story.quotes))
    head = Masthead("夜航", "zh-CN", "Asia/Shanghai", "a@b.example")
    issue = Issue("2026-W10", 1, date(2026, 3, 6), head, "s", ("s",), "p", (translated,), (), ())
    email = draft_email(issue, Templates(tmp_path))
    assert "——顾南音，青柠芯片创始人 · 译文：晨线" in email.text
    assert "译文：晨线" in email.html
    plain = draft_email(replace(issue, stories=(story,)), Templates(tmp_path))
    assert "译文" not in plain.text


def test_a_quote_that_an_older_article_has_is_quoted_from_there() -> None:
    later = OURS.replace("周三", "本周") + "\n\n补偿方案随后公布，每个人都收到了短信。" * 8
    voices = [
        a_summary(later, "后来的", outlet="晨线", published="2026-03-05"),
        a_summary(OURS, "先发的", outlet="夜话", published="2026-03-03"),
    ]
    made = choose(voices, the_book())
    assert [at for _, at in made.taken] == [1]
    (kept,) = made.kept
    assert (kept.because, kept.source, kept.where) == ("older", 0, "先发的")


def test_a_quote_beyond_the_fair_share_is_kept_back_with_its_reason() -> None:
    short = (
        "顾南音在港口说：“真正难的不是造船，而是让人愿意等三年。”她又说：“未来属于肯在夜里守着灯塔的那些人。”就这些。"
    )
    made = choose([a_summary(short, "港口一日")], the_book())
    assert len(made.taken) == 1
    assert [kept.because for kept in made.kept] == ["share"]


def test_what_earlier_issues_kept_back_as_doubtful_stays_doubtful() -> None:
    words = "我们在2019年押下4.6亿元押错了一代接口标准这个代价由我先承担"
    carried = Carried({}, (), {words: ("别的说法", "旧文")})
    made = choose([a_summary(OURS, "一封信")], the_book(), carried)
    assert [(kept.because, kept.other, kept.where) for kept in made.kept] == [("differs", "别的说法", "旧文")]


def test_one_wording_with_other_figures_than_an_earlier_issue_had_is_news() -> None:
    words = "我们今年会在三座城市裁掉{}名骑手，绝不会再多一个。"
    now = a_summary(f"顾南音对记者说：“{words.format(500)}”", "又一次")
    (told,) = (one for one in now.quotes if one.speaker)
    for before, is_known in ((500, True), (300, False)):
        earlier = words.format(before)
        said = Saying(earlier, "顾南音", bare(earlier), wide=True)
        found = Carried({}, [(said, "旧文")]).known(told, the_book().diversity)
        assert (found is not None) is is_known
