"""Disputes: only those who contradict each other about one thing are set against each other."""

from __future__ import annotations

import pytest

from digest.posting.dispute import disagree
from digest.posting.wording import Voice
from digest.quote import Quote
from digest.story import Pick, Source


def voice(words: str, speaker: str, language: str = "zh") -> Voice:
    quote = Quote(words, 0, len(words), "spoken", speaker=speaker)
    source = Source("0" * 64, "标题", "港口日报", None, None, "https://harbour.example/1", language)
    return Voice(Pick(quote, 0, 3.0, (), None, source.link), source, language)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("渡轮延误是船长的责任。", "周砚秋"), ("渡轮延误不是船长的责任，是调度的责任。", "林知夏")),
        (("这批电池非常安全。", "高闻笛"), ("我见过那批电池出事，它们一点也不可靠。", "许南枝")),
        (("裁员人数是320人。", "方岚"), ("裁员名单上有412人，我数过。", "梁觉非")),
        (("知夏说得好听，但她没有付过一次加班费。", "许南枝"), ("我们从来都善待每一个人。", "林知夏")),
        (("The ferry timetable was fair to islanders.", "Ada Voss"), ("That timetable was never fair.", "Tom Reyl")),
        (("The battery recall will be cheap.", "Ada Voss"), ("A battery recall this size is expensive.", "Tom Reyl")),
    ],
)
def test_those_who_contradict_each_other_disagree(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert disagree(voice(*one), voice(*other))
    assert disagree(voice(*other), voice(*one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("研究没有人愿意签字。", "沈望舒"), ("名单上少一行，就有一家人少半年的房贷。", "梁觉非")),
        (("我们会把每一份记录重读一遍。", "周砚秋"), ("重读每一份记录的人都在现场。", "林知夏")),
        (("我在这里干了八年零两个月。", "方岚"), ("他能不能拿到那六个月工资，才算数。", "梁觉非")),
        (("渡轮准点了。", "周砚秋"), ("今天的面包很好吃，但是不便宜。", "林知夏")),
        (("裁员人数是320人。", "方岚"), ("裁员人数是320人。", "梁觉非")),
        (("裁员不会停止。", "方岚"), ("裁员会停止的，名单不是我定的。", "方岚")),
        (("We read the notes again.", "Ada Voss"), ("The nurse was not asked.", "Tom Reyl")),
    ],
)
def test_those_who_speak_of_other_things_or_agree_do_not(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert not disagree(voice(*one), voice(*other))
