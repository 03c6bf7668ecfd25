"""Sequels: what goes on with an earlier story, what is new in it, and what is no sequel at all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_story import LAYOFF, LAYOFF_AGAIN, SUIT, a_summary, gathered, the_book

from digest import record
from digest.decision import Edits
from digest.keepsake import Keepsake, packed, remembering, unpacked
from digest.story import Story, clip, gather

if TYPE_CHECKING:
    from digest.gathering.event import Clip
    from digest.summary import Summary

EARLIER = gathered(a_summary(LAYOFF, "一夜裁掉三成人")).stories


def again(text: str, title: str = "又一篇", **about: str) -> tuple[tuple[Story, ...], tuple[Story, ...]]:
    found = gather([a_summary(text, title, **about)], the_book(), earlier=EARLIER)
    return found.stories, found.repeats


def test_what_an_issue_keeps_of_a_story_is_enough_to_go_on_from() -> None:
    kept = record.told({"stories": [record.story(one) for one in EARLIER]})
    found = gather([a_summary(LAYOFF, "转载", outlet="b")], the_book(), earlier=kept)
    assert found.stories == ()
    assert [one.update_of for one in found.repeats] == [EARLIER[0].id]


@pytest.mark.parametrize(
    ("before", "after", "is_new"),
    [("约320人", "410人", True), ("约320人", "320人", False), ("约320人", "300多人", False), ("28%", "31%", True)],
)
def test_a_figure_is_new_unless_it_is_the_same_but_for_rounding(before: str, after: str, *, is_new: bool) -> None:
    told, repeats = again(LAYOFF.replace(before, after), "裁员之后")
    assert bool(told) is is_new
    assert bool(repeats) is not is_new
    if told:
        assert [one.kind for one in told[0].news] == ["figure"]
        assert told[0].news[0].after == after.removeprefix("约")


def test_the_article_that_says_something_new_opens_the_update() -> None:
    long = LAYOFF + "\n\n" + "被裁员工将拿到三个月的补偿，公司说会在月底前发完，并且替他们联系了新的东家。" * 6
    clips = [a_summary(long, "内部信全文", outlet="b"), a_summary(LAYOFF_AGAIN, "她不肯认输", outlet="c")]
    (story,) = gather(clips, the_book(), earlier=EARLIER).stories
    assert story.update_of == EARLIER[0].id
    assert story.title == "她不肯认输"


def test_another_event_of_the_same_company_is_no_sequel() -> None:
    told, repeats = again(SUIT, "青柠芯片被起诉")
    assert [one.update_of for one in told] == [None]
    assert repeats == ()


def test_the_same_notice_of_another_shop_is_no_sequel() -> None:
    told, repeats = again(LAYOFF.replace("青柠芯片", "白鹭物流"))
    assert len(told) + len(repeats) == 1
    notice = "青柠芯片宣布停止夜间配送。\n\n创始人顾南音说：“我们不是卖得不够快，而是跑得太快。”"
    first = gathered(a_summary(notice, "青柠芯片宣布停止夜间配送")).stories
    other = a_summary(notice.replace("青柠芯片", "白鹭物流"), "白鹭物流宣布停止夜间配送")
    found = gather([other], the_book(), earlier=first)
    assert [one.update_of for one in found.stories] == [None]
    assert found.repeats == ()


def test_nothing_is_dropped_for_what_is_not_known_of_it() -> None:
    first = replace(EARLIER[0], counts=(), quotes=())
    brief = "顾南音的青柠芯片这一周没有开门，存储控制器部门的门禁卡都停了。"
    found = gather([a_summary(brief, "没有开门")], the_book(), earlier=[first])
    assert [one.title for one in found.stories] == ["没有开门"]


def test_the_latest_of_several_earlier_stories_is_the_one_an_update_goes_on_with() -> None:
    second = gather([a_summary(LAYOFF_AGAIN, "她不肯认输")], the_book(), earlier=EARLIER).stories
    third = a_summary(LAYOFF.replace("约320人", "410人"), "裁掉410人", outlet="d")
    (story,) = gather([third], the_book(), earlier=[*EARLIER, *second]).stories
    assert story.update_of == second[0].id
    assert story.news[0].before in {"320人", "300多人"}


@pytest.mark.parametrize(
    ("before", "after"),
    [("9人", "10人"), ("20人", "22人"), ("15人", "5人"), ("11.5亿元", "1.5亿元"), ("十三人", "三人")],
)
def test_a_small_figure_that_has_changed_is_news(before: str, after: str) -> None:
    note = "青柠芯片的存储控制器厂房昨夜起火，顾南音在现场。公司说，{}。"
    what = "遇难者有{}" if "人" in after else "损失约{}"
    first = gathered(a_summary(note.format(what.format(before)), "厂房起火")).stories
    found = gather([a_summary(note.format(what.format(after)), "厂房起火之后")], the_book(), earlier=first)
    assert [one.title for one in found.stories] == ["厂房起火之后"]


def test_words_that_only_this_weeks_articles_give_differently_are_no_repeat() -> None:
    first = replace(EARLIER[0], counts=(), quotes=(), kept=())
    text = "顾南音谈青柠芯片的存储控制器部门。她对记者说：“{}”"
    clips = [
        a_summary(text.format("我们会把每一位离开的同事都送到下一家公司的门口才算完。"), "送到门口", outlet="b"),
        a_summary(text.format("我们会把每一位离开的同事都送到下一个东家的门口才算完。"), "送到东家", outlet="c"),
    ]
    assert gather(clips, the_book(), earlier=[first]).repeats == ()


def test_an_article_clipped_once_more_is_no_news_for_what_found_no_room_before() -> None:
    text = (
        "河岸书店上周关了门，店里的账目直到昨天才贴出来。\n\n"
        "河岸书店创始人葛青说：“我们不是卖不动书，而是付不起这条街的房租。”\n\n"
        "“读者最怕的不是书贵，而是没有地方坐下来。”北岸大学教授袁路告诉记者，“没有人会为一个下午签三年的租约。”"
    )
    address = "https://a.example/shop"
    (shown,) = gathered(a_summary(text, "书店关门", address)).stories
    assert [kept.because for kept in shown.kept] == ["share", "share"]
    same = gather([a_summary(text + "\n", "书店关门", address)], the_book(), earlier=[shown])
    assert (same.stories, len(same.repeats)) == ((), 1)
    other = a_summary(text, "书店关门之后", "https://b.example/2", outlet="b")
    assert [one.update_of for one in gather([other], the_book(), earlier=[shown]).stories] == [shown.id]


ENGLISH = (
    "Qingning Chips, the memory start-up run by Gu Nanyin, has begun to close its storage controller unit after the "
    "layoffs it announced this week. “Nobody here thought the interface bet would end like this,” said Xu Zhibai, an "
    "engineer who was let go."
)
QUIET = "青柠芯片存储控制器部门的人陆续离开了园区，顾南音没有再露面。"


def kept(*told: Summary) -> tuple[Story, ...]:
    """What an issue of these clips is known by later, where the clips themselves are kept."""
    stories = record.told({"stories": [record.story(one) for one in gathered(*told).stories]})
    clips = {one.seed: [Keepsake(one.document.source, one.label, a_clip(one))] for one in told}
    return tuple(remembering(stories, clips))


def a_clip(one: Summary) -> Clip:
    return clip(one.document, one.quotes, the_book())


def test_another_outlet_that_shares_no_words_figures_or_language_goes_on_with_a_story_whose_clips_are_kept() -> None:
    first = a_summary(LAYOFF, "一夜裁掉三成人")
    new = a_summary(ENGLISH, "Engineers leave Qingning Chips", outlet="b")
    (printed,) = gather([new], the_book(), earlier=EARLIER).stories
    assert printed.update_of is None
    (update,) = gather([new], the_book(), earlier=kept(first)).stories
    assert update.update_of == EARLIER[0].id
    assert [(one.kind, one.what) for one in update.news] == [("quote", "Xu Zhibai")]


def test_what_only_looks_like_a_sequel_and_says_nothing_new_is_told_and_hinted_to_the_editor() -> None:
    found = gather([a_summary(QUIET, "园区空了", outlet="b")], the_book(), earlier=kept(a_summary(LAYOFF, "一封信")))
    (story,) = found.stories
    assert (story.update_of, found.repeats) == (None, ())
    assert story.kin
    assert (story.kin.id, story.kin.title) == (EARLIER[0].id, "一封信")
    assert story.kin.why
    assert record.story(story)["may_follow"]["title"] == "一封信"
    assert "may_follow" not in record.story(EARLIER[0])


@pytest.mark.parametrize("text", [SUIT, LAYOFF.replace("青柠芯片", "白鹭物流").replace("顾南音", "方既明")])
def test_neither_another_event_of_a_company_nor_the_same_notice_of_another_goes_on_with_kept_clips(text: str) -> None:
    found = gather([a_summary(text, "另一件事", outlet="b")], the_book(), earlier=kept(a_summary(LAYOFF, "一封信")))
    assert [(one.update_of, one.kin) for one in (*found.stories, *found.repeats)] == [(None, None)]


def test_a_figure_that_few_things_have_by_chance_makes_a_repeat_and_a_common_one_does_not() -> None:
    note = "顾南音的青柠芯片这一周关了存储控制器部门，裁减{}人。"
    for count, dropped in (("317", 1), ("300", 0)):
        first = a_summary(note.format(count), "关了部门")
        again = a_summary(f"{note.format(count)}园区里很安静。", "部门关了之后", outlet="b")
        found = gather([again], the_book(), earlier=kept(first))
        assert len(found.repeats) == dropped, count


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from([LAYOFF, LAYOFF_AGAIN, SUIT, ENGLISH, QUIET]), max_size=3))
def test_what_is_kept_of_clips_comes_back_as_it_was(texts: list[str]) -> None:
    made = [Keepsake(f"https://a.example/{at}", f"{at}", a_clip(a_summary(text))) for at, text in enumerate(texts)]
    assert unpacked(packed(made)) == made


def test_of_a_clip_of_several_articles_the_one_that_speaks_is_compared() -> None:
    first = a_summary(LAYOFF, "一封信")
    (story,) = record.told({"stories": [record.story(one) for one in gathered(first).stories]})
    other, own = a_clip(a_summary(SUIT, "官司")), a_clip(first)
    both = {first.seed: [Keepsake("https://x.example", "官司", other), Keepsake(first.document.source, "一封信", own)]}
    assert [one.clips for one in remembering([story], both)] == [(own,)]
    assert [one.clips for one in remembering([story], {first.seed: both[first.seed][:1] * 2})] == [()]


def test_of_two_stories_of_a_week_only_the_likest_goes_on_with_an_earlier_one() -> None:
    first = a_summary(LAYOFF, "一封信")
    likest, other = a_summary(LAYOFF, "转载", outlet="c"), a_summary(ENGLISH, "Engineers leave", outlet="b")
    apart = Edits(split=((other.clip,),))
    found = gather([likest, other], the_book(), earlier=kept(first), edits=apart)
    assert [one.update_of for one in found.repeats] == [EARLIER[0].id]
    assert [(one.update_of, one.kin is not None) for one in found.stories] == [(None, True)]
    (alone,) = gather([other], the_book(), earlier=kept(first)).stories
    assert alone.update_of == EARLIER[0].id
