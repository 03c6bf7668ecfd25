"""Echoes: one saying in several articles, in the same words, in others, or in another language."""

from __future__ import annotations

import pytest

from digest import lexicon
from digest.document import plain
from digest.gathering.echo import Saying, bare, echo, is_translated, same_speaker, saying
from digest.quote import Quote


def said(words: str, speaker: str = "顾南音") -> Saying:
    made = saying(Quote(words, 0, len(words), "spoken", speaker=speaker))
    assert made
    return made


OURS = said("我们押错了一代接口标准，这个代价由我先承担。")


@pytest.mark.parametrize(
    ("other", "kind"),
    [
        (said("我们押错了一代接口标准，这个代价由我先承担"), "same"),
        (said("坦白说，我们押错了一代接口标准，这个代价由我先承担。"), "same"),
        (said("我们押错了一代接口的标准，代价应该由我先来承担。"), "differs"),
        (said("我们押错了一代接口的标准，代价应该由我先来承担。", "梁觉"), None),
        (said("被裁掉的同事没有做错任何事。"), None),
    ],
)
def test_an_echo_in_one_language_is_the_same_words_or_others(other: Saying, kind: str | None) -> None:
    assert echo(OURS, other, 0.5) == kind
    assert echo(other, OURS, 0.5) == kind


@pytest.mark.parametrize(
    ("wide", "latin", "is_one"),
    [
        (
            ("我们在2025年会把320个岗位搬到Ostrava去。", "顾南音"),
            ("In 2025 we will move 320 jobs to Ostrava.", "Gu Nanyin"),
            True,
        ),
        (("这件事花了我们4.6亿元。", "顾南音"), ("It cost us 460 million yuan.", "Gu Nanyin"), True),
        (("这件事花了我们4.6亿元。", "顾南音"), ("It cost us 520 million yuan.", "Gu Nanyin"), False),
        (("这件事花了我们4.6亿元。", "顾南音"), ("It cost us 460 million yuan.", "Liang Jue"), False),
        (("我们已经没有退路了。", "顾南音"), ("There is no way back for us.", "Gu Nanyin"), False),
        (
            ("12个人在Brandt做出了这套系统，用了9个月。", "卡尔·本松"),
            ("Twelve people? No: 12 people at Brandt made it in 9 months.", "Karl Bengtson"),
            True,
        ),
        (("12个人做出了这套系统。", "卡尔·本松"), ("It took 12 people to make it.", "Karl Bengtson"), False),
        (
            ("12个人。", "顾南音"),
            (
                "When we began nobody believed in it, and for years there were but 12 people in a shed.",
                "Gu Nanyin",
            ),
            False,
        ),
    ],
)
def test_a_translation_has_its_speaker_length_figures_and_names(
    wide: tuple[str, str], latin: tuple[str, str], *, is_one: bool
) -> None:
    assert (echo(said(*wide), said(*latin), 0.5) == "translation") is is_one
    assert (echo(said(*latin), said(*wide), 0.5) == "translation") is is_one


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("顾南音", "顾南音", True),
        ("Gu Nanyin", "顾南音", True),
        ("Nanyin Gu", "顾南音", True),
        ("Ines Lindqvist-Okafor", "Lindqvist-Okafor", True),
        ("卡尔·本松", "本松", True),
        ("Gu Nanyin", "顾南亭", False),
        ("Ada Voss", "Tom Reyl", False),
    ],
)
def test_a_speaker_is_known_in_either_script(one: str, other: str, *, same: bool) -> None:
    assert same_speaker(one, other) is same
    assert same_speaker(other, one) is same


@pytest.mark.parametrize(
    ("text", "speaker", "is_so"),
    [
        ("本松用英语对记者说：“我们等了三年，等来了一张账单。”", "本松", True),
        ("记者 林声 编译\n\n本松说：“我们等了三年，等来了一张账单。”", "本松", True),
        ("Karl Bengtson说：“我们等了三年，等来了一张账单。”", "Karl Bengtson", True),
        ("卡尔·本松说：“我们等了三年，等来了一张账单。”", "卡尔·本松", True),
        ("顾南音说：“我们等了三年，等来了一张账单。”", "顾南音", False),
        ("“We waited for three years and got a bill,” said Gu Nanyin.", "Gu Nanyin", False),
        ("Speaking in Mandarin, Gu Nanyin said: “We waited for three years and got a bill.”", "Gu Nanyin", True),
    ],
)
def test_a_translated_saying_is_told_by_the_article_or_by_a_foreign_name(
    text: str, speaker: str, *, is_so: bool
) -> None:
    start, end = text.index("“") + 1, text.index("”")
    found = Quote(text, start, end, "spoken", speaker=speaker)
    assert is_translated(found, plain(text), lexicon.default()) is is_so


def test_words_of_nobody_and_of_the_article_are_no_saying() -> None:
    assert saying(Quote("没有人说过。", 0, 6, "spoken")) is None
    assert saying(Quote("没有人说过。", 0, 6, "highlight", speaker="顾南音")) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("增长了3.5%", "增长了35%", False),
        ("增长了 35％。", "增长了35%", True),
        ("利率是-0.5%", "利率是0.5%", False),
        ("We paid $5 million.", "We paid €5 million.", False),
        ("We grew in 2019-2021, by 3.", "we grew in 2019–2021 by 3", True),
        ("产量是35", "产量是35%", False),
    ],
)
def test_words_are_the_same_only_with_the_same_figures(one: str, other: str, *, same: bool) -> None:
    assert (bare(one) == bare(other)) is same
