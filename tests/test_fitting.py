"""Quotations are shortened honestly or not at all."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest import lexicon
from digest.posting.fitting import fit, is_balanced
from digest.posting.weight import length

PATIENT = "The U.S. market is not simple. It rewards patience. We sold 3,000 units in May. Margins held."
HALF = "我们把推理成本降了一半，而且没有牺牲质量。接下来要去做真正困难的事情。大家都在等这一天。"


def test_a_quotation_that_fits_is_given_whole() -> None:
    assert fit(HALF, length(HALF, "x"), "x") == HALF


def test_a_long_one_ends_with_a_sentence_and_the_cut_is_marked() -> None:
    assert (
        fit(HALF, length(HALF, "x") - 1, "x")
        == "我们把推理成本降了一半，而且没有牺牲质量。接下来要去做真正困难的事情。……"
    )
    assert fit(PATIENT, 92, "x") == "The U.S. market is not simple. It rewards patience. We sold 3,000 units in May. …"
    assert fit(PATIENT, 60, "x") == "The U.S. market is not simple. It rewards patience. …"


def test_else_with_a_clause() -> None:
    text = "我们花了三年时间把同一件小事做到没有人愿意再做一遍，这件小事就是让冰箱安静下来，安静到你忘记它在那里。"
    assert fit(text, 42, "weibo") == "我们花了三年时间把同一件小事做到没有人愿意再做一遍，这件小事就是让冰箱安静下来……"
    assert fit(text, 38, "weibo") == "我们花了三年时间把同一件小事做到没有人愿意再做一遍……"
    english = "We spent three years doing one small thing over and over, and that thing was a quiet fridge"
    assert fit(english, 80, "x") == "We spent three years doing one small thing over and over…"


def test_too_little_is_worse_than_nothing() -> None:
    assert fit("好。" + "我们花了三年时间把同一件小事做到没有人愿意再做一遍" * 2, 20, "weibo") is None
    assert fit("没有任何标点的一句很长很长的话" * 4, 30, "weibo") is None
    assert fit("abc", 0, "x") is None


@pytest.mark.parametrize(
    "text",  # the bar stands where it must not be cut
    [
        # what was dropped turns or limits
        "价格明年一定会降下来，这一点我可以向所有用户保证。|但是要等到新的工厂真正建成投产的那一天。",
        "价格明年一定会降下来，这一点我可以向所有用户保证。|\n\n“不过，要等到新的工厂真正建成投产的那一天。”",
        "价格明年一定会降下来，这一点我可以向所有用户保证。|只是要等到新的工厂真正建成投产的那一天。",
        "価格は来年かならず下がります、すべてのお客様に約束します。|ただし、新しい工場が動き出してからの話です。",
        "Prices will come down for every customer next year.| However, the new plant has to open first.",
        "Prices will come down for every customer next year.| Even if the new plant opens late, margins are thin.",
        "Prices will come down for every customer next year| — unless the new plant opens late again",
        # a first half without its second
        "我们缺的并非聪明的人，我们缺的也远远谈不上是钱。|我们真正缺的，而是愿意等三年的人，你明白吗。",
        "虽然所有人都说这门生意肯定是做不成的了|，银行也不肯借钱，我们却在第三年赚到了钱。",
        "如果所有人都肯等我们三年时间把冰箱做安静|，整个行业就都会跟着安静下来，安静到听得见海。",
        "Although everybody told us that the business could never work at all|, we made money in year three.",
        "We are not only a company that makes refrigerators for boats.| We are, and always were, but a family.",
        # the rest of the sentence holds a condition, a turn or whose claim it is
        "Prices will fall for every customer next year|, according to analysts, and margins will be thin.",
        "明年所有产品的价格都会比今年下降一半以上|，公司内部的人认为这是可能的，没有人敢打包票。",
        "明年所有产品的价格都会比今年下降一半以上|，整个行业都跟着下降，前提是新的工厂能够建成投产。",
        "明年所有产品的价格都会比今年下降一半以上|，整个行业都跟着下降，但没有人敢向你打任何的包票。",
        "明年所有产品的价格都会比今年下降一半以上|，整个行业跟着下降。但没有人敢向你打任何的包票，一个也没有。",
        # the main clause is still to come, or the subject has lost its predicate
        "我们把冰箱从船上一直卖到了岸上，当所有的人都安静下来|，你才听得见它的声音，那是海的声音。",
        "我们把冰箱从船上一直卖到了岸上的人家里去，如果他们嫌贵|，我们也没有什么别的办法。",
        "这种一年又一年没有尽头的消耗和没有人看得见的成就感|，最终把最好的工程师一个一个地送走了。",
        "We sold refrigerators to boats. In the years after the second harbour was built at last|, we sold to houses",
        "The founder of the company that makes refrigerators for boats| — a quiet man, by all accounts — sold it",
        "They sold refrigerators that are quiet, small|, and cheap enough for everybody who lives by the sea",
        # a connective at the end
        "我们把所有能够想到的办法全部都试过了一遍，所以|，是那一个最笨的办法救了我们大家，谁也没有想到。",
        "We tried every single thing that anybody could think of, because|, as you know, the sea does not wait",
        # a question without its answer
        "你以为做这件事情的人图的是什么呢，是钱还是名声？|我们图的是晚上睡得着，白天有活干，一家人都在。",
        # brackets and marks stay open
        "他的原话是“我们把所有能够想到的办法全部都试过了一遍。|什么都没有留下来，一样都没有。”",
        "他当时（那是在第三年的冬天里，工厂停工了整整两个月。|连灯都不亮）还是没有走的。",
        # inside a number, an abbreviation or an address
        "We have sold our quiet refrigerators in the whole of the U.|S. and in Canada since the year 2019",
        "They moved to a larger plant near the harbour in May, as Mr.| Reed and Mrs. Quill had hoped for years",
        "详细的测试方法和每一次的结果都放在这个地址里 https://a.com/x?|a=1 谁都可以自己去重新做一遍的。",
        "我们给这个系列的文章起了一个不短的名字叫做 #一台冰箱，|和它的海# 欢迎大家都来参加我们的讨论。",
    ],
)
def test_a_cut_that_would_mislead_is_never_made(text: str) -> None:
    whole, bad = text.replace("|", ""), text.partition("|")[0]
    assert len(bad) >= min(24, 0.4 * len(whole)), "it would be too short to be kept anyway"
    for room in range(2 * len(whole)):
        kept = fit(whole, room, "x") or ""
        assert kept.rstrip("… ") != bad


def test_links_tags_and_names_are_not_cut() -> None:
    text = "看这里 https://a.com/x?a=1,b=2!c 和这里的说明，#一个，很长的话题# 写得很清楚，@某某 也同意，大家都很满意。"
    for room in range(10, 70):
        kept = (fit(text, room, "xiaohongshu") or "").rstrip("…")
        assert not re.search(r"https?://\S*$|#[^#]*$", kept) or kept.count("#") == 2


def test_no_comma_between_digits_is_a_place_to_cut() -> None:
    text = "We sold three hundred and some units and then another 3,000, 4,000 and 5,000 of them in the month of May"
    for room in range(40, 100):
        kept = fit(text, room, "x")
        assert kept is None or not kept.rstrip("…")[-1].isdigit()


def test_an_editor_may_add_words() -> None:
    words = lexicon.default().with_words({"fitting.turns_zh": ["接下来"]})
    assert fit(HALF, 60, "x") is not None
    assert fit(HALF, 60, "x", words) is None


def test_brackets_are_told_from_apostrophes() -> None:
    assert is_balanced("it’s ‘fine’ (really) “yes”")
    assert not is_balanced("）（")
    assert not is_balanced('one " two')


clauses = st.sampled_from(
    [
        "价格会下降",
        "但是质量不会",
        "虽然很慢",
        "我们却很稳",
        "不是能力",
        "而是意愿",
        "据说",
        "如果有钱",
        "“很好",
        "”他说",
        "（注",
        "）",
        "We sold 3,000 units",
        "but margins are thin",
        "if supply holds",
        "the U.S. market",
        "https://a.com/b,c!d",
        "#话题，很长#",
        "👨‍👩‍👧‍👦",
        "e\u0301t",
        "3.5亿元",
    ]
)
marks = st.sampled_from(["，", "。", "！", "？", "；", "：", "——", ", ", ". ", "! ", " — ", "……", "", "\n"])
texts = st.lists(st.tuples(clauses, marks), min_size=1, max_size=14).map(lambda parts: "".join(map("".join, parts)))


@given(
    texts,
    st.integers(0, 200),
    st.sampled_from(["x", "mastodon", "bluesky", "threads", "weibo", "telegram", "linkedin"]),
)
def test_what_is_kept_is_a_beginning_in_room_with_its_marks_closed(text: str, room: int, platform: str) -> None:
    kept = fit(text, room, platform)
    if kept is None:
        return
    assert length(kept, platform) <= room
    if kept == text:
        return
    words = kept.removesuffix("…").removesuffix("…").rstrip(" ")
    assert kept.endswith("…")
    assert text.startswith(words)
    assert is_balanced(words)
    assert len(words) >= min(24, 0.4 * len(text.strip())) - 1
    dropped = text[len(words) :].lstrip(" \n，。；：！？、…,.;:!?—–-“”（）")
    assert not dropped.startswith(("但", "却", "而是", "如果", "but", "if"))
