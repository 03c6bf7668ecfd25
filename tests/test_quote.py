"""Who said what: exact spans, the right voice, and nothing taken for speech that is none."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest import lexicon, quote
from digest.document import Block, Document, Mark, plain

if TYPE_CHECKING:
    from digest.quote import Quote


def find(text: str, people: dict[str, str] | None = None) -> tuple[Quote, ...]:
    return quote.find(plain(text), lexicon.default(), people or {})


def spoken(text: str, people: dict[str, str] | None = None) -> list[tuple[str, str | None]]:
    return [(one.text, one.speaker) for one in find(text, people) if one.kind == "spoken"]


CHINESE = [
    ("海边科技总裁林小鹿说：“雨天也要开门。”", "雨天也要开门。", "林小鹿"),
    ("“雨天也要开门，”林小鹿说，“晴天更要。”", "雨天也要开门", "林小鹿"),
    ("林小鹿对《晚潮报》表示：“雨天也要开门。”", "雨天也要开门。", "林小鹿"),
    ("林小鹿在接受采访时毫不犹豫地说：“雨天也要开门。”", "雨天也要开门。", "林小鹿"),
    ("「雨天也要開門，」海邊科技發言人林小鹿說。", "雨天也要開門", "林小鹿"),
    ("林小鹿拉开门，走到街上，说：“雨天也要开门。”", "雨天也要开门。", "林小鹿"),
    ("正如一位资深店员所言：“雨天也要开门。”", "雨天也要开门。", "一位资深店员"),
    ("海边科技的创始人Ada Finch在推特上写道：“雨天也要开门。”", "雨天也要开门。", "Ada Finch"),
    ("林小鹿对这件事的看法很明确：“雨天也要开门。”", "雨天也要开门。", "林小鹿"),
    ("据林小鹿预计，生意会更好，「雨天也要开门的人会越来越多」。", "雨天也要开门的人会越来越多", "林小鹿"),
    ("林小鹿说：\n“雨天也要开门。”", "雨天也要开门。", "林小鹿"),
]

ENGLISH = [
    ("“We open when it rains,” said Ada Finch, a baker.", "We open when it rains", "Ada Finch"),
    ("“We open when it rains,” Harbor Foods chief Ada Finch said.", "We open when it rains", "Ada Finch"),
    ("Rep. Ada Finch (D-Ohio), a baker who likes rain, said, “We open.”", "We open.", "Ada Finch"),
    ("Ada Finch took the stage and said: “We open when it rains.”", "We open when it rains.", "Ada Finch"),
    ("According to Ada Finch, “we open when it rains.”", "we open when it rains.", "Ada Finch"),
    (
        "“We open when it rains,” a spokeswoman for Harbor Foods told reporters.",
        "We open when it rains",
        "a spokeswoman for Harbor Foods",
    ),
    ("“We open when it rains.” — Ada Finch", "We open when it rains.", "Ada Finch"),
    ("Ada Finch waved at the crowd, adding, “We open when it rains.”", "We open when it rains.", "Ada Finch"),
]

OTHERS = [
    (
        "「雨の日も店を開けることが大事だと思っている」と海辺社広報部長の林小鹿氏は話す。",
        "雨の日も店を開けることが大事だと思っている",
        "林小鹿",
    ),
    ("「雨の日も店を開けることが大事だと思っている」（林氏）", "雨の日も店を開けることが大事だと思っている", "林"),
]


@pytest.mark.parametrize(("text", "words", "speaker"), CHINESE + ENGLISH + OTHERS[:1])
def test_the_words_stand_under_whoever_said_them(text: str, words: str, speaker: str) -> None:
    assert (words, speaker) in spoken(text)


@pytest.mark.parametrize(
    "text",
    [
        "他开了一家被称为「雨棚」的店。",
        "本次活动本着“互利合作、共同发展”的原则进行。",
        "这家“网红”店卖“一站式”服务。",
        "这条街被誉为“海边的客厅”。",
        "这部名为“雨天”的电影很长。",
        '配置是{"name":"rain shop open","size":"10 by 20 or more"}。',
        "She wore a “lucky” hat and sang “The Long Rain” twice.",
        "The program “Rain and Shine Today” airs at noon.",
        "「N＝1マーケティング」を「組織的」に導入した。",
    ],
)
def test_a_term_a_title_or_code_is_no_speech(text: str) -> None:
    assert spoken(text) == []


def test_a_short_name_is_given_in_its_fullest_form_with_the_role() -> None:
    text = "“We open,” said Ada Finch, chief of Harbor Foods.\n“It may rain tomorrow,” Finch added."
    found = [one for one in find(text) if one.kind == "spoken"]
    assert [(one.speaker, one.mention) for one in found] == [("Ada Finch", "Ada Finch"), ("Ada Finch", "Finch")]
    assert found[0].role == "chief of Harbor Foods"


def test_a_pronoun_means_the_last_person_it_fits() -> None:
    text = "“We open,” said Mary Finch.\n“It will rain,” said Robert Moss.\n“We know that very well,” she said."
    assert spoken(text)[-1] == ("We know that very well", "Mary Finch")


def test_a_pronoun_without_anyone_to_mean_gives_no_name() -> None:
    assert spoken("“We open when it rains,” he said.") == [("We open when it rains", None)]


def test_a_pronoun_may_mean_an_unnamed_source() -> None:
    text = "“我们雨天也开门。”一位店员说。他补充，“晴天当然更要开门做生意”。"
    assert spoken(text) == [("我们雨天也开门。", "一位店员"), ("晴天当然更要开门做生意", "一位店员")]


def test_an_unnamed_source_is_given_as_worded_and_marked() -> None:
    (found,) = [one for one in find("多位店员坦言：“雨天没有人来。”") if one.kind == "spoken"]
    assert (found.speaker, found.unnamed) == ("多位店员", True)


def test_second_hand_words_are_marked() -> None:
    (found,) = [one for one in find("据知情人士透露，林小鹿在会上坦言：“雨天没有人来。”") if one.kind == "spoken"]
    assert (found.speaker, found.hearsay) == ("林小鹿", True)


def test_words_without_a_cue_inherit_the_voice_before_them() -> None:
    assert spoken("“We open,” Ada Finch said. “The rain is good for us.”")[1] == (
        "The rain is good for us.",
        "Ada Finch",
    )


def test_a_comment_after_other_paragraphs_is_nobodys() -> None:
    text = "“雨天也开门。”林小鹿说。\n街上的人都走了，灯一盏一盏灭掉，天慢慢黑下来。\n“早该回家了，谁还管生意好不好！”"
    assert spoken(text)[-1] == ("早该回家了，谁还管生意好不好！", None)


def test_the_halves_of_a_split_quotation_share_a_group() -> None:
    found = [one for one in find("“雨天也要开门，”林小鹿说，“晴天更要。”") if one.kind == "spoken"]
    assert found[0].group is not None
    assert found[0].group == found[1].group


def test_an_alias_of_the_editor_joins_two_names() -> None:
    assert spoken("芬奇说：“雨天也要开门。”", {"芬奇": "Ada Finch"}) == [("雨天也要开门。", "Ada Finch")]


def test_two_names_that_the_article_joins_are_one_speaker() -> None:
    text = "艾达·芬奇（Ada Finch）说：“雨天也要开门。”\n“晴天更要开门做生意。”Finch说。\nAda Finch很忙。"
    assert [speaker for _, speaker in spoken(text)] == ["Ada Finch", "Ada Finch"]


def test_they_are_never_one_person() -> None:
    assert spoken("林小鹿开了店。林小鹿说：“好的，开门。”\n他们说：“我们也要开门做生意。”")[-1][1] is None


def test_a_quotation_over_two_paragraphs_is_one_voice() -> None:
    text = "“We open when it rains.\n“We close when it snows,” said Ada Finch."
    assert [speaker for _, speaker in spoken(text)] == ["Ada Finch", "Ada Finch"]


@pytest.mark.parametrize(
    ("text", "words", "speaker"),
    [
        ("Ada Finch said on Monday that the shop would open.", "that the shop would open", "Ada Finch"),
        ("The shop would open in the rain, Ada Finch said.", "The shop would open in the rain", "Ada Finch"),
        ("According to Ada Finch, the shop would open early.", "the shop would open early", "Ada Finch"),
        ("林小鹿表示，店铺将在雨天继续营业。", "店铺将在雨天继续营业", "林小鹿"),
        ("在林小鹿看来，雨天的生意更好做。", "雨天的生意更好做", "林小鹿"),
    ],
)
def test_a_statement_without_marks_is_reported_and_never_spoken(text: str, words: str, speaker: str) -> None:
    found = find(text)
    assert [(one.kind, one.text, one.speaker) for one in found] == [("reported", words, speaker)]
    assert "reported" not in quote.QUOTABLE


def test_bold_is_a_highlight_of_its_whole_sentence_and_a_bold_word_is_none() -> None:
    text = "雨天的生意比晴天好做得多，这是真的。下一句没有什么特别。"
    lit = Document(text, (Block("paragraph", 0, len(text)),), marks=(Mark("bold", 0, 12), Mark("bold", 19, 21)))
    found = quote.find(lit, lexicon.default())
    assert [(one.kind, one.text, one.speaker) for one in found] == [
        ("highlight", "雨天的生意比晴天好做得多，这是真的。", None)
    ]


def test_a_block_quotation_has_the_voice_of_its_signature() -> None:
    text = "雨天也要开门，晴天更要开门。—— 林小鹿"
    (found,) = quote.find(Document(text, (Block("quote", 0, len(text)),)), lexicon.default())
    assert (found.kind, found.text, found.speaker) == ("block", "雨天也要开门，晴天更要开门。", "林小鹿")


def test_headings_tables_and_code_are_never_quoted() -> None:
    text = "“雨天也要开门。”林小鹿说。"
    for kind in ("heading", "table", "code"):
        assert quote.find(Document(text, (Block(kind, 0, len(text)),)), lexicon.default()) == ()


PIECES = st.sampled_from(
    [*'“”"「」‘’，。.!? \n：:', "他说", "林小鹿", "said Ada Finch", "We open", "雨天", "Q", "A", "问", "答"]
)


@given(st.lists(PIECES, max_size=40).map("".join))
def test_a_quote_is_never_anything_but_the_words_of_its_document(text: str) -> None:
    for one in find(text):
        assert text[one.start : one.end] == one.text
        assert one.text.strip() == one.text
        assert one.text[-1] not in "，、；：,;:" or one.kind in ("turn", "reported", "highlight")


@pytest.mark.parametrize(
    "piece",
    ["“", '"', "「", "“a ” ", "“abc def ghi jkl mno pqr stu vwx\n", "‘a’ ", "Q: ok?\nA: well.\nabc\n", "他说：“好。”"],
)
def test_four_times_the_marks_take_no_more_than_ten_times_the_time(piece: str) -> None:
    def seconds(size: int) -> float:
        document = plain((piece * size)[:size])
        start = time.process_time()
        quote.find(document, lexicon.default())
        return time.process_time() - start

    # Processor time of the best of three: a busy machine makes single ones longer.
    small, large = (min(seconds(size) for _ in range(3)) for size in (4_000, 16_000))
    assert large < max(10 * small, 0.1)


def test_the_lexicon_of_an_editor_adds_a_cue() -> None:
    own = lexicon.default().with_words({"cues.chinese": ["嘟嘟囔囔道"]})
    found = quote.find(plain("林小鹿嘟嘟囔囔道：“雨天也要开门。”"), own)
    assert [one.cue for one in found if one.kind == "spoken"] == ["嘟嘟囔囔道"]


@pytest.mark.parametrize(
    ("sentence", "speaker"),
    [
        ("项目发起人梁照野在邮件列表中写道：", "梁照野"),
        ("基金会联合发起人周一鸣在会上表示：", "周一鸣"),
        ("核心维护者高见说：", "高见"),
    ],
)
def test_who_began_a_project_is_its_title_and_no_part_of_a_name(sentence: str, speaker: str) -> None:
    assert spoken(f"{sentence}“我审一个补丁要四十分钟，写它只花了四秒钟。”") == [
        ("我审一个补丁要四十分钟，写它只花了四秒钟。", speaker)
    ]
