"""Sentences tile a text, whatever its language."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.sentence import sentences


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("海边下雨了。店还开着吗？开着！", ["海边下雨了。", "店还开着吗？", "开着！"]),
        ("他说：“走吧。”然后关了灯。", ["他说：“走吧。”", "然后关了灯。"]),
        ("“走吧！”她说。灯灭了。", ["“走吧！”她说。", "灯灭了。"]),
        ("价格是3.5元.很便宜!对吧?", ["价格是3.5元.", "很便宜!", "对吧?"]),
        ("Dr. Ann Lee of the U.S. office left. She paid 3.5 dollars.", None),
        ('"Stop!" he said. "Why?" She left.', ['"Stop!" he said.', '"Why?"', "She left."]),
        ("それは雨だった。店は開いている。", ["それは雨だった。", "店は開いている。"]),
    ],
)
def test_a_text_breaks_where_a_reader_would_break_it(text: str, expected: list[str] | None) -> None:
    wanted = expected or ["Dr. Ann Lee of the U.S. office left.", "She paid 3.5 dollars."]
    assert split(text) == wanted


def test_a_closing_mark_stays_with_its_sentence() -> None:
    assert split("（灯亮了。）门开了。") == ["（灯亮了。）", "门开了。"]


def test_only_the_span_that_was_asked_for_is_read() -> None:
    text = "一。二。三。"
    assert sentences(text, 2, 4) == [(2, 4)]


@given(st.text(alphabet="ab A.!?。！？…“”」\"' \n,3", max_size=80))
def test_sentences_tile_the_text(text: str) -> None:
    spans = sentences(text)
    assert all(start < end for start, end in spans)
    assert all(left[1] <= right[0] for left, right in itertools.pairwise(spans))
    covered = {place for start, end in spans for place in range(start, end)}
    assert all(text[place].isspace() for place in range(len(text)) if place not in covered)
    assert all(not text[start].isspace() and not text[end - 1].isspace() for start, end in spans)
