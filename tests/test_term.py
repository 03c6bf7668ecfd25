"""Word lists looked for in a text: the same words are found whether its pairs of characters are known or not."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from digest.term import Finder

LISTS = {
    "wide": ("未来", "未来三年", "慢", "的是：", "Ａ股"),
    "mixed": ("AI时代", "Q1季报", "you know", "12月", "不是…而是"),
    "latin": ("AI", "chip"),
}
PIECES = [word for words in LISTS.values() for word in words] + [
    "a股",
    "ai时代",
    "You Know",
    "未",
    "来",
    "不是",
    "。",
    " ",
]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_known_pairs_leave_no_word_out(text: str) -> None:
    finder = Finder(LISTS)
    pairs = [first + second for first, second in pairwise(text)]
    assert finder.inside(text, pairs) | finder.spots_apart(text).keys() == finder.within(text)
