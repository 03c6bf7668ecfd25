"""The editor's verbs: each does what it says, sticks while clips come and go, and can be taken back to the byte."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import newsdesk
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from newsdesk import CLIPS, CONFIG, NOW, clip, lay

from digest import editor, edits, record
from digest.advice import homed
from digest.cli import main
from digest.decision import Edits
from digest.errors import ApprovalError, UsageError
from digest.labels import labels
from digest.newsroom import page
from digest.press import Press, opened
from digest.settings import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from digest.issue import Change
    from digest.story import Story

HERON, BANK, KESTREL = "白鹭物流停掉夜间配送", "南桥银行叫停自动催收", "What the night shift"
"""How the headlines of the three stories begin; the first has two articles."""


class Desk:
    """A home with the clips of newsdesk, worked on by the command line and looked at as a draft."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capsys = capsys

    def run(self, *args: str) -> tuple[int, str, str]:
        """A command as a user gives it: its status, stdout and stderr."""
        self.capsys.readouterr()
        try:
            status = main([*args, "--home", str(self.folder), "--now", NOW.isoformat()])
        except SystemExit as stop:
            status = int(stop.code or 0)
        out, err = self.capsys.readouterr()
        return status, out, err

    def do(self, *args: str) -> str:
        status, out, err = self.run(*args)
        assert status == 0, err
        assert len(out.strip().splitlines()) >= 1
        return out

    @contextmanager
    def press(self) -> Iterator[Press]:
        with opened(load(self.folder), lambda: NOW, readonly=True) as press:
            yield press

    def pages(self) -> dict[str, bytes]:
        """Every page of the draft."""
        with self.press() as press:
            return dict(press.look().drafts.pages)

    def issue(self) -> dict[str, Any]:
        with self.press() as press:
            return record.issue(press.looked()[1])

    def text(self) -> str:
        """Everything that readers get, in one string."""
        with self.press() as press:
            drafts = press.look().drafts
        return "\n".join([drafts.email.subject, drafts.email.text, *(post.text for post in drafts.posts)])

    def story(self, begins: str) -> dict[str, Any]:
        return next(one for one in self.issue()["stories"] if one["title"].startswith(begins))

    def titles(self) -> list[str]:
        return [one["title"] for one in self.issue()["stories"]]

    def changes(self) -> list[dict[str, Any]]:
        return list(self.issue()["changes"])

    def candidate(self, words: str) -> str:
        """The id of the candidate that begins with these words, chosen or not."""
        with self.press() as press:
            found = [each.quote for one in press.desk().summaries for each in one.verdicts]
        return next(one.id for one in found if one.text.startswith(words))


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(lay(tmp_path / "home"), capsys)


# ── words ──


def test_a_headline_of_the_editors_stands_everywhere_and_is_told_before_and_after(desk: Desk) -> None:
    before = desk.pages()
    name = desk.story(BANK)["id"]
    said = desk.do("story", "title", name, "机器打的电话，", "停了")
    assert "南桥银行" in said
    assert "机器打的电话， 停了" in desk.text()
    (change,) = desk.changes()
    assert change == {
        "key": "title",
        "id": name,
        "before": "南桥银行叫停自动催收，高闻笛要先弄清楚它为什么会错",
        "after": "机器打的电话， 停了",
        "applied": True,
    }
    assert "机器打的电话" in desk.do("preview").partition("编辑改动")[2]
    assert f"digest undo title {name}" in desk.pages()["held-back.md"].decode()
    desk.do("undo", "title", name)
    assert desk.pages() == before


def test_the_article_keeps_its_own_title_under_another_headline(desk: Desk) -> None:
    desk.do("story", "title", desk.story(BANK)["id"], "停了")
    assert desk.story("停了")["sources"][0]["title"].startswith(BANK)


def test_a_story_is_named_by_its_number_too(desk: Desk) -> None:
    first, second, _ = desk.titles()
    desk.do("story", "note", "2", "因为它说的是省钱")
    assert desk.issue()["stories"][1]["note"] == "因为它说的是省钱"
    assert "因为它说的是省钱" in desk.text()
    assert desk.titles()[:2] == [first, second]
    desk.do("undo", "note", "2")
    assert desk.issue()["stories"][1]["note"] is None


def test_a_note_goes_into_a_trial_mailing_as_well(desk: Desk) -> None:
    desk.do("story", "note", "1", "因为它说的是省钱")
    with desk.press() as press:
        drafts = press.look().drafts
        (digest, _) = press.newsroom.trial(drafts, "2026-W47-test", NOW)
    assert digest.email
    assert "因为它说的是省钱" in digest.email.text


def test_the_subject_is_the_editors_and_the_others_stay_options(desk: Desk) -> None:
    plain = desk.issue()["subjects"]
    desk.do("subject", "这一周，大家都慢下来了")
    found = desk.issue()
    assert found["subject"] == "这一周，大家都慢下来了"
    assert found["subjects"] == [found["subject"], *plain[:2]]
    assert desk.changes()[0]["before"] == plain[0]
    desk.do("subject", plain[1])
    assert desk.issue()["subjects"] == [plain[1], plain[0], plain[2]]
    desk.do("undo", "subject")
    assert desk.issue()["subjects"] == plain


def test_words_are_one_line_and_cannot_break_a_header(desk: Desk) -> None:
    desk.do("subject", "一行\r\nBcc: all@tidal.example")
    with desk.press() as press:
        head = press.look().drafts.email.message.partition(b"\r\n\r\n")[0]
    assert not re.search(rb"(?mi)^bcc:", head)
    assert desk.issue()["subject"] == "一行 Bcc: all@tidal.example"


# ── places ──


def test_stories_stand_in_the_editors_order_and_the_others_follow(desk: Desk) -> None:
    first, second, third = desk.titles()
    desk.do("story", "order", "3", desk.story(second)["id"])
    assert desk.titles() == [third, second, first]
    assert [(one["before"], one["after"]) for one in desk.changes()] == [("3", "1"), ("2", "2")]
    assert third in desk.do("preview").partition("编辑改动")[2]
    desk.do("undo", "order")
    assert desk.titles() == [first, second, third]


def test_a_dropped_story_is_left_out_and_its_clips_wait(desk: Desk) -> None:
    name = desk.story(BANK)["id"]
    desk.do("story", "drop", name)
    found = desk.issue()
    assert len(found["stories"]) == 2
    assert "高闻笛" not in desk.text()
    with desk.press() as press:
        (clip,) = [one for one in press.desk().summaries if one.label.startswith(BANK)]
        assert clip.seed not in press.look().drafts.issue.seeds
        (waiting,) = [one for one in press.look().drafts.issue.remainder.waiting if one.seed == clip.seed]
    assert waiting.reason == "dropped"
    assert [(one["key"], one["before"][:4]) for one in desk.changes()] == [("drop", BANK[:4])]
    desk.do("undo", "drop", name)
    assert BANK in " ".join(desk.titles())


# ── quotes ──


def test_a_quote_is_swapped_for_another_exact_span_of_its_clip_that_the_rules_left_out(desk: Desk) -> None:
    shown = desk.story(HERON)["quotes"][0]
    other = desk.candidate("停下来比跑起来难得多")
    assert other not in {one["id"] for one in desk.story(HERON)["quotes"]}
    desk.do("quote", "swap", "1.1", other)
    quotes = desk.story(HERON)["quotes"]
    assert shown["id"] not in {one["id"] for one in quotes}
    (new,) = [one for one in quotes if one["id"] == other]
    assert new["text"] == "停下来比跑起来难得多。"
    assert new["speaker"] == "林知夏"
    with desk.press() as press:
        texts = {one.seed: one.document.text for one in press.desk().summaries}
    assert texts[desk.story(HERON)["sources"][new["source"]]["seed"]][new["start"] : new["end"]] == new["text"]
    assert [(one["key"], one["id"], one["after"]) for one in desk.changes()] == [("swap", shown["id"], new["text"])]
    assert shown["text"] not in desk.text()


def test_a_swap_changes_neither_headline_nor_order_nor_the_other_quotes(desk: Desk) -> None:
    before = desk.issue()
    desk.do("quote", "swap", "1.1", desk.candidate("停下来比跑起来难得多"))
    after = desk.issue()
    assert [(one["id"], one["title"]) for one in after["stories"]] == [
        (one["id"], one["title"]) for one in before["stories"]
    ]
    assert {one["id"] for one in before["stories"][0]["quotes"][1:]} <= {
        one["id"] for one in after["stories"][0]["quotes"]
    }


def test_a_swapped_in_quote_is_in_the_email(desk: Desk) -> None:
    with desk.press() as press:
        made = press.look().drafts.email
    other = desk.candidate("停下来比跑起来难得多")
    assert "停下来比跑起来难得多" not in made.text
    desk.do("quote", "swap", "1.1", other)
    with desk.press() as press:
        drafts = press.look().drafts
    assert "停下来比跑起来难得多" in drafts.email.text
    assert "停下来比跑起来难得多" in drafts.email.html


def test_a_swap_of_a_swap_is_one_swap_and_swapping_back_is_none(desk: Desk) -> None:
    before = desk.pages()
    first = desk.story(HERON)["quotes"][0]["id"]
    second, third = desk.candidate("停下来比跑起来难得多"), desk.candidate("夜里送出去的每一单")
    desk.do("quote", "swap", first, second)
    desk.do("quote", "swap", second, third)
    with desk.press() as press:
        assert press.edits().swap == {first: third}
    desk.do("quote", "swap", third, first)
    assert desk.pages() == before
    with desk.press() as press:
        assert press.edits() == Edits()


def test_where_the_second_of_a_swap_is_held_neither_is_shown(desk: Desk) -> None:
    first, other = desk.story(HERON)["quotes"][0], desk.candidate("停下来比跑起来难得多")
    desk.do("quote", "swap", "1.1", other)
    desk.do("quote", "hold", other)
    assert not {first["id"], other} & {one["id"] for one in desk.story(HERON)["quotes"]}
    assert {(one["key"], one["applied"]) for one in desk.changes()} == {("hold", True), ("swap", False)}


def test_a_swapped_in_quote_stays_when_a_better_article_joins_and_the_first_stays_out(desk: Desk) -> None:
    first, other = desk.story(HERON)["quotes"][0], desk.candidate("停下来比跑起来难得多")
    desk.do("quote", "swap", first["id"], other)
    more = "".join(
        f"\n林知夏说：“第{at}笔账，我们算了三年，每一年都比前一年多亏一千二百万元，没有例外。”\n" for at in "一二三四五"
    )
    clip(desk.folder, "heron-0.md", newsdesk.EARLIER + more)
    quotes = {one["id"] for one in desk.story(HERON)["quotes"]}
    assert other in quotes
    assert first["id"] not in quotes
    assert first["text"] not in desk.text()


def test_a_swap_is_undone_by_either_quote(desk: Desk) -> None:
    before = desk.pages()
    other = desk.candidate("停下来比跑起来难得多")
    first = desk.story(HERON)["quotes"][0]["id"]
    for name in (first, first[:6], other, "its place"):
        desk.do("quote", "swap", "1.1", other)
        if name == "its place":
            name = f"1.{[one['id'] for one in desk.story(HERON)['quotes']].index(other) + 1}"  # noqa: PLW2901 -- known now
        desk.do("undo", "swap", name)
        assert desk.pages() == before


def test_a_held_quote_is_nowhere_not_even_where_another_article_has_it(desk: Desk) -> None:
    words = "我们不是卖得不够快，而是跑得太快，快到没有人知道为什么要跑这一趟。"
    more = CLIPS["heron-b.md"] + f"\n林知夏重复了她在发布会上的话：“{words}”\n"
    clip(desk.folder, "heron-b.md", more)
    assert words in desk.text()
    desk.do("quote", "hold", desk.candidate("我们不是卖得不够快"))
    assert words not in desk.text()
    assert desk.story(HERON)["quotes"]
    assert [(one["key"], one["before"]) for one in desk.changes()] == [("hold", words)]


def test_a_held_quote_is_not_told_in_the_lead_either(desk: Desk) -> None:
    essay = """\
---
title: 云岭芯片推迟流片
source: https://news.example/yunling
published: 2026-11-18
---
**云岭芯片把首批流片推迟到明年二季度，原因是良率还差一口气，公司为此重签了三份代工合同。**
这是一年里的第二次推迟，也是第一次公开承认原因出在自己这边。

供应链上的人对此并不意外，因为测试片在九月就已经晚了六个星期，封装厂的产线也早就让给了别人。
"""
    clip(desk.folder, "yunling.md", essay)
    told = desk.story("云岭芯片")
    assert told["lead"].startswith("云岭芯片把首批流片推迟")
    desk.do("hold", desk.candidate("云岭芯片把首批流片推迟"))
    assert "原因是良率还差一口气" not in desk.text()


def test_a_hold_on_a_quote_stays_when_its_clip_is_held_and_released(desk: Desk) -> None:
    quote = desk.story(BANK)["quotes"][0]
    desk.do("hold", quote["id"])
    desk.do("hold", "bank.md")
    assert not any(title.startswith(BANK) for title in desk.titles())
    desk.do("release", "bank.md")
    assert quote["id"] not in {one["id"] for one in desk.story(BANK)["quotes"]}
    with desk.press() as press:
        assert press.edits() == Edits(hold=frozenset({quote["id"]}))


# ── clips ──


def test_a_released_clip_is_restored_fully_with_its_address(desk: Desk) -> None:
    before = desk.pages()
    desk.do("release", "pasted.txt", "--source", "https://news.example/belfry")
    (told,) = [one for one in desk.issue()["stories"] if "陆惟安" in json.dumps(one, ensure_ascii=False)]
    assert told["sources"][0]["link"] == "https://news.example/belfry"
    assert all(one["link"].startswith("https://news.example/belfry") for one in told["quotes"])
    with desk.press() as press:
        assert any(post.story == told["id"] for post in press.look().drafts.posts)
    desk.do("hold", "pasted.txt")
    assert "陆惟安" not in desk.text()
    desk.do("release", "pasted.txt")  # the address is remembered
    assert "陆惟安" in desk.text()
    desk.do("undo", "release", "pasted.txt")
    assert desk.pages() == before


def test_an_unlinked_clip_goes_into_the_email_marked_and_never_into_posts(desk: Desk) -> None:
    desk.do("release", "pasted.txt", "--unlinked")
    with desk.press() as press:
        drafts = press.look().drafts
    assert "陆惟安" in drafts.email.text
    assert "无原文链接" in drafts.email.text
    assert not any("机器人回答得很快" in post.text or "陆惟安" in post.text for post in drafts.posts)


def test_an_unlinked_clip_stays_out_of_posts_when_it_joins_a_story_that_has_a_link(desk: Desk) -> None:
    desk.do("release", "pasted.txt", "--unlinked")
    titles = desk.titles()
    lone = next(number for number, one in enumerate(desk.issue()["stories"], 1) if not one["sources"][0]["link"])
    desk.do("story", "join", str(lone), str(titles.index(next(one for one in titles if one.startswith(KESTREL))) + 1))
    told = desk.story(KESTREL)
    assert {bool(one["link"]) for one in told["sources"]} == {True, False}
    with desk.press() as press:
        posts = press.look().drafts.posts
    assert any(post.story == told["id"] for post in posts)
    assert not any("机器人回答得很快" in post.text or "陆惟安" in post.text or "pasted" in post.text for post in posts)


@pytest.mark.parametrize("name", ["bank.md", "quote"])
def test_holding_twice_is_said(desk: Desk, name: str) -> None:
    name = desk.story(BANK)["quotes"][0]["id"] if name == "quote" else name
    desk.do("hold", name)
    status, _, err = desk.run("hold", name)
    assert status == 2
    assert f"要放行：{homed(f'digest undo hold {name}', str(desk.folder))}" in err


# ── stories ──


def test_a_clip_that_is_split_off_is_a_story_of_its_own_and_stays_one(desk: Desk) -> None:
    before = desk.pages()
    name = desk.story(HERON)["id"]
    desk.do("story", "split", "1", "heron-b.md")
    titles = desk.titles()
    assert len(titles) == 4
    assert len(desk.story(HERON)["sources"]) == 1
    assert desk.story(HERON)["id"] == name
    clip(desk.folder, "heron-c.md", CLIPS["heron-a.md"].replace("heron-a", "heron-c").replace("北岸商业周刊", "海雀报"))
    told = [one for one in desk.issue()["stories"] if "白鹭" in one["title"]]
    assert sorted(len(one["sources"]) + len(one["sources"][0]["copies"]) for one in told) == [1, 2]
    (desk.folder / "seeds" / "heron-c.md").unlink()
    (change,) = desk.changes()
    assert change["key"] == "split"
    assert change["before"].startswith(HERON)
    assert change["after"].startswith("白鹭物流叫停夜间配送")
    desk.do("undo", "split", "heron-b.md")
    assert desk.pages() == before


def test_joined_stories_are_one_with_both_outlets_and_the_editor_as_evidence(desk: Desk) -> None:
    before = desk.pages()
    desk.do("story", "join", "1", desk.story(BANK)["id"])
    told = desk.story(HERON)
    assert {"北岸商业周刊", "晨星科技评论", "四维观察"} == {one["outlet"] for one in told["sources"]}
    assert any("the editor put them together" in one for one in told["evidence"])
    assert len(desk.titles()) == 2
    (change,) = desk.changes()
    assert (change["key"], change["id"]) == ("join", told["id"])
    assert " + " in change["before"]
    desk.do("undo", "join", told["id"])
    assert desk.pages() == before


def test_a_split_after_a_join_and_a_join_after_a_split_do_what_was_said_last(desk: Desk) -> None:
    desk.do("story", "join", "1", desk.story(BANK)["id"])
    desk.do("story", "split", "1", "bank.md")
    assert len(desk.story(BANK)["sources"]) == 1
    assert len(desk.story(HERON)["sources"]) == 2
    desk.do("undo", "split", "bank.md")
    desk.do("story", "split", "1", "heron-b.md")
    desk.do("story", "join", desk.story("白鹭物流叫停")["id"], desk.story(BANK)["id"])
    assert sorted(len(one["sources"]) for one in desk.issue()["stories"]) == [1, 1, 2]
    desk.do("undo", "join", desk.story(BANK)["id"])
    assert len(desk.titles()) == 4


def test_the_headline_stays_when_an_earlier_article_joins_and_the_id_is_another(desk: Desk) -> None:
    name = desk.story(HERON)["id"]
    desk.do("story", "title", name, "白鹭停飞夜航")
    desk.do("story", "note", name, "四千人要换时间睡觉")
    desk.do("story", "order", desk.story(BANK)["id"], name)
    clip(desk.folder, "heron-0.md", newsdesk.EARLIER)
    told = desk.story("白鹭停飞夜航")
    assert told["id"] != name
    assert told["note"] == "四千人要换时间睡觉"
    assert desk.titles()[1] == "白鹭停飞夜航"
    assert all(one["applied"] for one in desk.changes())
    desk.do("undo", "title", told["id"])  # by its new id, and by the old one
    desk.do("undo", "note", name)
    assert {one["key"] for one in desk.changes()} == {"order"}


def test_the_headline_stays_when_the_earliest_article_is_held_back(desk: Desk) -> None:
    desk.do("story", "title", "1", "白鹭停飞夜航")
    desk.do("hold", "heron-a.md")
    told = desk.story("白鹭停飞夜航")
    assert [one["held_back"] for one in told["sources"]] == [False, True]


def test_words_go_with_the_article_that_gave_the_story_its_id_when_it_is_split_off(desk: Desk) -> None:
    desk.do("story", "title", "1", "白鹭停飞夜航")
    desk.do("story", "split", "1", "heron-a.md")
    assert [one["outlet"] for one in desk.story("白鹭停飞夜航")["sources"]] == ["北岸商业周刊"]
    assert [one["outlet"] for one in desk.story("白鹭物流叫停")["sources"]] == ["晨星科技评论"]


def test_no_two_stories_share_an_id_when_a_page_that_was_clipped_twice_is_split(desk: Desk) -> None:
    clip(desk.folder, "heron-2.md", CLIPS["heron-a.md"] + "\n公司没有说明骑手的新班次从哪一天开始。\n")
    desk.do("story", "split", "1", "heron-2.md")
    names = [one["id"] for one in desk.issue()["stories"]]
    assert len(set(names)) == len(names) == 4
    desk.do("story", "title", str(names.index(names[0]) + 1), "甲")
    assert desk.titles().count("甲") == 1


def test_one_article_of_a_feed_is_split_off_without_the_others(desk: Desk) -> None:
    items = [
        f"<item><title>{title}</title><link>https://feed.example/{at}</link><pubDate>Wed, 18 Nov 2026 0{at}:00:00 +0800"
        f"</pubDate><description>{text}</description></item>"
        for at, (title, text) in enumerate(
            [
                (
                    "石墩镇的桥修了三次",
                    "石墩镇的桥修了三次，第三次用了学生的方案。镇长高砚青说：“学生的图纸比我们的便宜一半，也比我们的结实一倍。”",
                ),
                (
                    "高砚青谈石墩镇的桥",
                    "石墩镇镇长高砚青谈桥的第三次维修。高砚青说：“前两次我们问的是多少钱，第三次我们才问它为什么会塌。”",
                ),
            ]
        )
    ]
    clip(
        desk.folder,
        "feed.xml",
        f"<?xml version='1.0'?><rss version='2.0'><channel><title>墩报</title>{''.join(items)}</channel></rss>",
    )
    with desk.press() as press:
        parts = [one.clip for one in press.desk().summaries if one.path == "feed.xml"]
    assert [one[64:] for one in parts] == ["/1", "/2"]
    (at, told) = next((at, one) for at, one in enumerate(desk.issue()["stories"], 1) if "石墩镇" in one["title"])
    if len(told["sources"]) == 1:  # they are two stories already: the editor puts them together first
        other = next(n for n, one in enumerate(desk.issue()["stories"], 1) if "石墩镇" in one["title"] and n != at)
        desk.do("story", "join", str(at), str(other))
    at = next(at for at, one in enumerate(desk.issue()["stories"], 1) if "石墩镇" in one["title"])
    desk.do("story", "split", str(at), f"{parts[1][:8]}/2")
    assert sorted(len(one["sources"]) for one in desk.issue()["stories"] if "石墩镇" in one["title"]) == [1, 1]
    desk.do("hold", f"{parts[1][:8]}/2")
    assert [one["title"] for one in desk.issue()["held_back"]].count("高砚青谈石墩镇的桥") == 1
    assert "为什么会塌" not in desk.text()
    assert "结实一倍" in desk.text()


def test_a_held_back_clip_that_is_split_off_is_no_evidence_of_the_story_any_more(desk: Desk) -> None:
    desk.do("hold", "heron-b.md")
    name = desk.story(HERON)["id"]
    assert desk.issue()["held_back"][0]["story"] == name
    desk.do("story", "split", "1", "heron-b.md")
    assert [one["held_back"] for one in desk.story(HERON)["sources"]] == [False]
    assert {one["story"] for one in desk.issue()["held_back"]} == {None}
    assert {(one["key"], one["applied"]) for one in desk.changes()} == {("hold", True), ("split", True)}


# ── what does not apply ──


def test_a_decision_about_what_is_gone_is_told_as_not_applied_and_can_be_tidied_away(desk: Desk) -> None:
    name, quote = desk.story(BANK)["id"], desk.story(BANK)["quotes"][0]["id"]
    desk.do("story", "title", name, "停了")
    desk.do("hold", quote)
    desk.do("story", "note", "1", "留下的一条")
    (desk.folder / "seeds" / "bank.md").unlink()
    assert {(one["key"], one["id"], one["applied"]) for one in desk.changes()} == {
        ("note", desk.story(HERON)["id"], True),
        ("title", name, False),
        ("hold", quote, False),
    }
    said = desk.do("preview").partition("编辑改动")[2]
    assert name in said
    assert re.search(r"digest undo (?:--home \S+ )?--gone", said)  # as it works when it is copied
    assert f"digest undo hold {quote}" in desk.pages()["held-back.md"].decode()
    clip(desk.folder, "bank.md")
    assert desk.titles().count("停了") == 1  # it applies again
    (desk.folder / "seeds" / "bank.md").unlink()
    desk.do("undo", "--gone")
    assert [one["key"] for one in desk.changes()] == ["note"]
    assert "每个决定" in desk.do("undo", "--gone")


def test_the_changes_are_told_in_english_to_an_english_newsletter(tmp_path: Path, capsys: Any) -> None:
    home = lay(tmp_path / "home", "kestrel.md", config=CONFIG.replace("zh-CN", "en"))
    desk = Desk(home, capsys)
    assert "Headline" in desk.do("story", "title", "1", "The third press hums")
    desk.do("story", "note", "1", "It is about who knows what")
    said = desk.do("preview")
    assert "Your changes 2" in said
    assert "What the night shift at Kestrel Motors looks like now → The third press" in " ".join(said.split())
    assert "Why it matters" in said
    assert "## Your changes" in desk.pages()["held-back.md"].decode()


# ── wrong names ──

WRONG = {
    "title-number": ["story", "title", "9", "x"],
    "title-zero": ["story", "title", "0", "x"],
    "title-id": ["story", "title", "s0123456789", "x"],
    "title-empty": ["story", "title", "1", " "],
    "title-short": ["story", "title", "1"],
    "title-bytes": ["story", "title", "1", "\udcff"],
    "note": ["story", "note", "nowhere", "x"],
    "order": ["story", "order", "1", "9"],
    "drop": ["story", "drop", "9"],
    "drop-two": ["story", "drop", "1", "2"],
    "join-self": ["story", "join", "1", "1"],
    "join-one": ["story", "join", "1"],
    "split-elsewhere": ["story", "split", "1", "bank.md"],
    "split-all": ["story", "split", "1", "heron-a.md", "heron-b.md"],
    "split-nothing": ["story", "split", "1", "nothing.md"],
    "swap-quote": ["quote", "swap", "q0123456789", "q9876543210"],
    "swap-place": ["quote", "swap", "1.9", "q9876543210"],
    "swap-other": ["quote", "swap", "1.1", "q9876543210"],
    "swap-one": ["quote", "swap", "1.1"],
    "hold-quote": ["quote", "hold", "q0123456789"],
    "hold-clip": ["hold", "nothing.md"],
    "hold-digits": ["hold", "0123456789"],
    "release-clip": ["release", "nothing.md"],
    "release-free": ["release", "bank.md"],
    "release-bare": ["release", "pasted.txt"],
    "release-address": ["release", "pasted.txt", "--source", "nowhere"],
    "release-unlinked": ["release", "bank.md", "--unlinked"],
    "subject": ["subject", "  "],
    "undo-kind": ["undo", "nonsense"],
    "undo-nothing": ["undo", "title", "1"],
    "undo-order": ["undo", "order"],
    "undo-subject": ["undo", "subject"],
    "undo-split": ["undo", "split", "1"],
    "undo-bare": ["undo"],
    "undo-both": ["undo", "title", "--gone"],
}


@pytest.fixture(scope="module")
def quiet_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home where nothing is ever decided."""
    return lay(tmp_path_factory.mktemp("quiet") / "home")


@pytest.mark.parametrize("args", WRONG.values(), ids=WRONG)
def test_what_is_not_on_the_desk_is_refused_in_one_sentence_and_nothing_is_kept(
    quiet_home: Path, capsys: pytest.CaptureFixture[str], args: list[str]
) -> None:
    desk = Desk(quiet_home, capsys)
    status, out, err = desk.run(*args)
    assert status == 2
    assert out == ""
    assert len(err.splitlines()) == 1, err
    assert err.startswith("digest: ")
    assert not (desk.folder / edits.NAME).exists()


MORNING: Mapping[str, Callable[[Desk], Sequence[str]]] = {
    "title": lambda _: ("story", "title", "1", "另一个标题"),
    "note": lambda _: ("story", "note", "1", "为什么"),
    "subject": lambda _: ("subject", "这一周"),
    "order": lambda _: ("story", "order", "3", "1"),
    "drop": lambda _: ("story", "drop", "1"),
    "hold": lambda _: ("hold", "bank.md"),
    "hold-quote": lambda _: ("quote", "hold", "1.1"),
    "release": lambda _: ("release", "pasted.txt", "--source", "https://news.example/pasted"),
    "swap": lambda desk: ("quote", "swap", "1.1", desk.candidate("停下来比跑起来难得多")),
    "split": lambda _: ("story", "split", "1", "heron-b.md"),
    "join": lambda _: ("story", "join", "1", "2"),
}


@pytest.mark.parametrize("verb", MORNING)
def test_undo_alone_takes_the_last_decision_back_and_says_which(desk: Desk, verb: str) -> None:
    desk.do("story", "note", "2", "留下的")
    before, clip_of = desk.pages(), verb.partition("-")[0]
    desk.do(*MORNING[verb](desk))
    assert desk.pages() != before
    said = desk.do("undo")
    assert said.startswith(f"↶ {labels('zh-CN')[f'e_{clip_of}']}"), said
    assert desk.pages() == before


def test_undo_alone_goes_back_step_by_step_past_what_was_undone_by_name(desk: Desk) -> None:
    before = desk.pages()
    desk.do("story", "title", "1", "第一次")
    desk.do("story", "title", "1", "第二次")
    desk.do("story", "drop", "2")
    desk.do("subject", "这一周")
    desk.do("undo", "drop", next(iter(edits.load(desk.folder).drop)))
    assert "这一周" in desk.do("undo")
    assert "第二次 → 第一次" in desk.do("undo")
    assert "第一次" in desk.do("undo")
    assert desk.pages() == before
    status, _, err = desk.run("undo")
    assert (status, "没有可以撤销的决定" in err) == (2, True)


def test_what_was_written_by_hand_is_not_taken_back_without_its_name(desk: Desk) -> None:
    desk.do("story", "title", "1", "第一次")
    kept = edits.load(desk.folder)
    edits.save(desk.folder, replace(kept, title=dict.fromkeys(kept.title, "用手写的")))
    status, _, err = desk.run("undo")
    assert (status, "不知道最后一次决定是哪一个" in err) == (2, True)
    assert "用手写的" in desk.text()


def test_a_journal_of_decisions_that_is_damaged_costs_no_decision(desk: Desk) -> None:
    desk.do("story", "title", "1", "第一次")
    (desk.folder / "state" / "decided.json").write_text('[["title"]]')
    assert desk.run("undo")[0] == 2
    desk.do("story", "title", "1", "第二次")
    assert "第二次 → 第一次" in desk.do("undo")


def test_a_swap_within_one_clip_only_and_never_for_what_is_shown_or_held(desk: Desk) -> None:
    elsewhere = desk.candidate("We got back forty minutes")
    status, _, err = desk.run("quote", "swap", "1.1", elsewhere)
    assert (status, "没有叫" in err) == (2, True)
    other = desk.candidate("停下来比跑起来难得多")
    desk.do("quote", "hold", other)
    status, _, err = desk.run("quote", "swap", "1.1", other)
    assert (status, homed(f"digest undo hold {other}", str(desk.folder)) in err) == (2, True)
    shown = desk.story(HERON)["quotes"][0]["id"]
    status, _, err = desk.run("quote", "swap", shown, shown)
    assert status == 2


# ── the whole ──


AFTERWARDS: Mapping[str, Callable[[Press], Change]] = {
    "title": lambda press: editor.title(press, "1", "另一个标题"),
    "note": lambda press: editor.note(press, "1", "为什么"),
    "order": lambda press: editor.order(press, ["3"]),
    "hold-quote": lambda press: editor.hold(press, "1.1"),
    "split": lambda press: editor.split(press, "1", ["heron-b.md"]),
}


@pytest.mark.parametrize("verb", AFTERWARDS.values(), ids=AFTERWARDS)
def test_what_is_changed_after_an_approval_is_not_sent_without_another(
    tmp_path: Path, verb: Callable[[Press], Change]
) -> None:
    home = lay(tmp_path / "home", config=CONFIG + "approval: required\nreview: 6h\n")
    with opened(load(home), lambda: NOW) as press:
        with pytest.raises(ApprovalError):
            press.send()
        press.approve("2026-W47")
        verb(press)
        with pytest.raises(ApprovalError, match="not approved as it is now"):
            press.send()
        press.approve("2026-W47")
        drafts, report = press.send()
    assert drafts is not None
    assert drafts.issue.changes
    assert report.good


def any_story(press: Press) -> list[Story]:
    return list(press.looked()[1].stories)


VERBS: Mapping[str, Callable[[Press, int], Change]] = {
    "title": lambda press, at: editor.title(press, str(at % 4 + 1), f"标题{at}"),
    "note": lambda press, at: editor.note(press, str(at % 4 + 1), f"按语{at}"),
    "subject": lambda press, at: editor.subject(press, f"主题{at}"),
    "order": lambda press, at: editor.order(press, [str(at % 4 + 1), str(at % 3 + 1)]),
    "drop": lambda press, at: editor.drop(press, str(at % 4 + 1)),
    "hold": lambda press, at: editor.hold(press, list(CLIPS)[at % 5]),
    "hold-quote": lambda press, at: editor.hold(press, f"{at % 3 + 1}.1"),
    "release": lambda press, at: editor.release(press, "pasted.txt", f"https://news.example/{at}" if at % 2 else None),
    "unlinked": lambda press, _: editor.release(press, "pasted.txt", unlinked=True),
    "swap": lambda press, at: editor.swap(press, f"{at % 3 + 1}.1", candidates(press)[at % 7]),
    "split": lambda press, at: editor.split(press, "1", [list(CLIPS)[at % 5]]),
    "join": lambda press, at: editor.join(press, str(at % 4 + 1), str(at % 3 + 1)),
}


def issue_of(press: Press) -> bytes:
    """The issue as it stands, from which all pages are made."""
    return page(record.issue(press.looked()[1]))


def candidates(press: Press) -> list[str]:
    return sorted(each.quote.id for one in press.desk().summaries for each in one.verdicts)


def undone(press: Press) -> None:
    """Take back every decision there is, one by one, by what the file calls it."""
    for key in editor.KINDS:
        while value := getattr(press.edits(), key):
            if key == "order":
                editor.undo(press, "order")
            else:
                name = next(iter(sorted(value)))
                editor.undo(press, key, name if isinstance(name, str) else name[0])


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.tuples(st.sampled_from(sorted(VERBS)), st.integers(0, 20)), min_size=1, max_size=5))
def test_whatever_is_decided_and_taken_back_leaves_the_same_bytes(desk: Desk, acts: list[tuple[str, int]]) -> None:
    with desk.press() as press:
        before = issue_of(press)
        for name, at in acts:
            try:
                VERBS[name](press, at)
            except UsageError as error:
                assert "\n" not in str(error)  # noqa: PT017 -- told in one sentence
        assert issue_of(press) == issue_of(press)
        names = [one.id for one in any_story(press)]
        assert len(set(names)) == len(names)
        undone(press)
        assert press.edits() == Edits()
        assert issue_of(press) == before


def test_a_desk_without_decisions_tells_of_no_changes(desk: Desk) -> None:
    assert desk.changes() == []
    assert "编辑改动" not in desk.do("preview")
    assert "编辑改动" not in desk.pages()["held-back.md"].decode()


def test_the_clips_of_the_tests_are_three_stories_and_one_that_is_held_back(desk: Desk) -> None:
    assert [len(one["sources"]) for one in desk.issue()["stories"]] == [2, 1, 1]
    assert [one["path"] for one in desk.issue()["held_back"]] == ["pasted.txt"]
    assert newsdesk.NOW.tzinfo is not None
