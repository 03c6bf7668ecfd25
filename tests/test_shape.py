"""What a speaker and a role look like."""

from __future__ import annotations

import pytest

from digest import lexicon
from digest.speech import shape


@pytest.mark.parametrize(
    ("words", "role"),
    [
        ("Its chief clinical officer", "chief clinical officer"),
        ("the retired judge who chairs the inquiry", "the retired judge who chairs the inquiry"),
        ("Marrow's head of sales", "head of sales"),
        ("On Monday night", None),
        ("at the time", None),
        ("the first thing", None),
        ("其创始人", "创始人"),
        ("海边研究院推理组组长", "海边研究院推理组组长"),
        ("组长", None),
        ("代理其中六名员工的劳动法律师", "劳动法律师"),
        ("核验结果：", None),
        ("", None),
    ],
)
def test_a_role_is_an_office_without_the_possessive_before_it(words: str, role: str | None) -> None:
    assert shape.role(words, lexicon.default()) == role


@pytest.mark.parametrize(
    "name",
    [
        "Ada Finch",
        "the city council",
        "林小鹿",
        "老于",
        "这位委员",
        "一位资深投资人",
        "IBM",
        "Harbor/North",
        "Will",
        "May Finch",
    ],
)
def test_people_and_bodies_may_speak(name: str) -> None:
    assert shape.is_speaker(name, lexicon.default(), unnamed=True)


@pytest.mark.parametrize(
    "name",
    ["I", "000", "Write", "Runtime", "LLM", "For I", "lawyers for", "于她", "finch.json", "a_b", "Whether Ada Finch"],
)
def test_code_commands_and_bits_of_sentences_never_speak(name: str) -> None:
    assert not shape.is_speaker(name, lexicon.default())
