"""Interview turns: who has the word, and what is no interview at all."""

from __future__ import annotations

import pytest

from digest import lexicon, quote
from digest.document import Block, Document, Mark, plain
from digest.speech.turn import runs

INTERVIEW = """对话海边科技研究总监林小鹿：雨天也开门

海边科技的研究总监林小鹿说起话来很快。

周明：
你们为什么在雨天开门？

林小鹿：
因为雨天才有人想喝热的。我们算过，雨天的收入比晴天多三成。
后来我们干脆把遮阳棚改成了雨棚。

周明：那晴天怎么办？

林小鹿：晴天我们卖冰的。“热的别卖”，这是我们的规矩。

周明：好的，谢谢你，期待下一次。

以上就是我们对林小鹿的采访，欢迎留言。
"""


def turns(text: str, **more: object) -> list[quote.Quote]:
    document = plain(text, **more)  # type: ignore[arg-type]
    return [one for one in quote.find(document, lexicon.default()) if one.kind == "turn"]


def test_an_answer_stands_under_the_guest_and_a_question_under_the_host() -> None:
    found = turns(INTERVIEW)
    assert {(one.speaker, one.asks) for one in found} == {("林小鹿", False), ("周明", True)}
    guest = "".join(one.text for one in found if one.speaker == "林小鹿")
    assert "为什么" not in guest
    assert "怎么办" not in guest
    assert "以上" not in guest


def test_only_the_first_words_after_a_single_question_answer_it() -> None:
    lines = [
        "记者：你们为什么停掉夜间配送？",
        "林小鹿：因为夜里的每一单都在亏钱，亏得我睡不着。我们把三个月的账算了两遍，又请别人再算了一遍。",
        "记者：有人反对吗？后来怎么说服他们的？",
        "林小鹿：反对的人很多，他们自己跑了一夜就不反对了。",
        "记者：我们再谈谈骑手。",
        "林小鹿：骑手的收入没有变，变的是他们睡觉的时间。",
    ]
    found = turns("\n\n".join(lines), title="对话林小鹿")
    known = {one.text: one.question for one in found if one.question}
    assert known == {"因为夜里的每一单都在亏钱，亏得我睡不着。": "你们为什么停掉夜间配送？"}


def test_the_turn_goes_on_over_paragraphs_without_a_label() -> None:
    assert any(one.text.startswith("后来我们") and one.speaker == "林小鹿" for one in turns(INTERVIEW))


def test_the_guest_has_the_role_of_the_introduction() -> None:
    assert {one.role for one in turns(INTERVIEW) if not one.asks} == {"海边科技研究总监"}


def test_a_mark_inside_an_answer_is_no_quotation_of_its_own() -> None:
    found = quote.find(plain(INTERVIEW), lexicon.default())
    assert not [one for one in found if one.kind == "spoken"]


@pytest.mark.parametrize(
    "labels", [("Q", "A"), ("问", "答"), ("「暮色」", "林小鹿"), ("【记者】", "【林小鹿】"), ("主持人", "林小鹿")]
)
def test_every_form_of_label_is_read(labels: tuple[str, str]) -> None:
    asks, answers = labels
    lines = [
        f"{label}：{text}" if label[-1] != "】" else f"{label}{text}"
        for _ in range(3)
        for label, text in ((asks, "你们为什么在雨天还开门营业呢？"), (answers, "因为雨天才有人想喝一杯热的东西。"))
    ]
    found = turns("\n".join(lines), title="对话林小鹿｜暮色")
    assert len([one for one in found if one.asks]) == 3
    assert {one.text for one in found if not one.asks} == {"因为雨天才有人想喝一杯热的东西。"}


def test_one_person_spelt_with_stray_spaces_is_one_person() -> None:
    text = INTERVIEW.replace("林小鹿：晴天", "林小 鹿：晴天")
    assert {one.speaker for one in turns(text) if not one.asks} == {"林小鹿"}


@pytest.mark.parametrize(
    "text",
    [
        "优点：很便宜，很好用。\n缺点：不太耐用，容易坏。\n" * 4,
        "输入：一个数组和一个整数。\n处理：逐个比较大小。\n" * 4,
        "color: red;\nwidth: 100%;\n" * 4,
        "North: 547.\nSouth: 46.\n" * 4,
        "Before: the call fails with an error.\nAfter: the call gives a list back.\n" * 4,
    ],
)
def test_a_list_of_fields_is_no_interview(text: str) -> None:
    assert turns(text) == []


def test_runs_cover_the_answer_and_stand_on_their_own() -> None:
    text = "对。我们算过“好。坏。都有”，雨天多三成。那又怎么样呢？就这样吧，没有别的办法了。"
    cut = runs(text, 0, len(text))
    assert "".join(text[start:end] for start, end in cut) == text
    assert all(text[start:end].count("“") == text[start:end].count("”") for start, end in cut)
    assert all(end - start >= 10 for start, end in cut)


def test_bold_inside_an_answer_lights_its_whole_sentence() -> None:
    text = "\n".join(
        f"问：为什么呢？\n答：我们在海边卖热的东西已经很久了。雨天收入比晴天多三成，这是真的。这已经是我们开的第{n}家店了。"
        for n in range(3)
    )
    document = plain(text)
    at = text.index("雨天收入")
    lit = Document(text, document.blocks, marks=(Mark("bold", at, at + 4),))
    found = [one for one in quote.find(lit, lexicon.default()) if one.highlighted]
    assert [one.text for one in found if one.kind == "turn"] == ["雨天收入比晴天多三成，这是真的。"]


def test_a_heading_is_in_nobodys_mouth() -> None:
    text = "问：为什么呢？\n答：我们卖热的东西很久了。\n雨天的生意\n问：晴天呢？\n答：晴天卖冰的东西给大家。\n"
    document = plain(text)
    blocks = tuple(
        Block("heading", block.start, block.end, 2) if text[block.start : block.end] == "雨天的生意" else block
        for block in document.blocks
    )
    found = quote.find(Document(text, blocks), lexicon.default())
    assert not [one for one in found if "雨天的生意" in one.text]
