"""Quotation marks are paired inside a paragraph, and one odd mark costs one paragraph."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.speech.marks import DUMMY, blanked, pairs


def inside(text: str) -> list[str]:
    return [text[pair.start : pair.end] for pair in pairs(text, 0, len(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("他说“好”，又说“不”。", ["好", "不"]),
        ("「甲『乙』丙」说她", ["甲『乙』丙"]),
        ("“A“，他说：“B”", ["A", "B"]),
        ("报错”甲“，再报”乙“。", ["甲", "乙"]),
        ('她说:"好。"然后"走"。', ["好。", "走"]),
        ('“外面"里面"外面”，他说。', ['外面"里面"外面']),
        ('The "workers" and "one', ["workers", "one"]),
        ("''We are open,'' she said.", ["We are open,"]),
        ("He is 6'2\" tall.", []),
        ("It's the workers' day, isn't it?", []),
        ("She called it ‘a long day’ today.", ["a long day"]),
        ('<tweet id="17" by="x">text', []),
        ("« Bonjour », dit-elle.", [" Bonjour "]),
    ],
)
def test_marks_pair_as_they_were_meant(text: str, expected: list[str]) -> None:
    assert inside(text) == expected


def test_a_mark_left_open_runs_to_the_end_of_its_paragraph_and_says_so() -> None:
    (pair,) = pairs("“We are open", 0, 12)
    assert (pair.start, pair.end, pair.closed) == (1, 12, False)


def test_a_quotation_goes_on_from_the_paragraph_before() -> None:
    (pair,) = pairs("and so it went.” He left.", 0, 25, inside=True)
    assert (pair.start, pair.end, pair.opened) == (0, 15, False)


def test_the_blank_text_keeps_every_offset() -> None:
    text = "她说“好”吗"
    blank = blanked(text, 0, len(text), pairs(text, 0, len(text)))
    assert blank == f"她说{DUMMY * 3}吗"


@given(st.text(alphabet="ab “”\"‘’'「」«».,说", max_size=60))
def test_pairs_lie_in_order_and_never_overlap(text: str) -> None:
    found = pairs(text, 0, len(text))
    assert all(0 <= pair.left <= pair.start <= pair.end <= pair.right <= len(text) for pair in found)
    assert all(left.right <= right.left for left, right in itertools.pairwise(found))
    assert len(blanked(text, 0, len(text), found)) == len(text)
