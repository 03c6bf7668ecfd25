"""Lines of display type: where they may break, and that nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.posting import lines

NEVER_FIRST = "，。、；：！？）》」』】〉”’…—%"
NEVER_LAST = "（《「『【〈“‘"


def ems(text: str, latin: bool) -> float:  # noqa: FBT001 -- as `lines.cells` asks
    """A face whose Chinese characters are an em wide and whose Latin ones are half as wide."""
    return len(text) * (0.5 if latin else 1.0)


def broken(text: str, most: float) -> list[str] | None:
    found = lines.broken(lines.cells(text, ems), most)
    return found and [
        "".join(" " * (cell.lead == lines.SPACE and n > 0) + cell.text for n, cell in enumerate(line)) for line in found
    ]  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("text", "most", "expected"),
    [
        ("我们把成本降了一半，质量没有变。", 9.5, ["我们把成本降了一半，", "质量没有变。"]),  # the mark hangs by half
        ("他说：“小就是武器。”", 9, ["他说：“小就是", "武器。”"]),
        ("原话是这样的……可他不认", 7, ["原话是这样", "的……可他不认"]),
        ("预算一共有3.2亿元左右", 6, ["预算一共有", "3.2亿元左右"]),
        ("We wait. It’s late", 5, ["We wait.", "It’s late"]),
        ("write — and nobody said", 6, ["write — and", "nobody said"]),
        ("用的是GPT-5模型", 5, ["用的是", "GPT-5模型"]),
    ],
)
def test_lines_break_where_a_typesetter_would(text: str, most: float, expected: list[str]) -> None:
    assert broken(text, most) == expected


def test_a_word_wider_than_the_column_is_not_torn() -> None:
    assert broken("Donaudampfschifffahrt", 5) is None
    assert broken("他说Donaudampfschifffahrt", 5) is None


def test_no_word_is_left_alone_on_the_last_line() -> None:
    found = broken("一二三四五六七八九十一二三四五六七八九十一二", 10)
    assert found is not None
    assert len(found) == 3
    assert len(found[-1]) > 3


@given(
    st.text("中文字很长，。”“《》（）…—、！A1%. -’万元", min_size=1, max_size=80).filter(str.strip),
    st.floats(4, 30),
)
def test_nothing_is_lost_and_no_line_begins_or_ends_wrongly(text: str, most: float) -> None:
    found = lines.broken(lines.cells(text, ems), most)
    if found is None:
        return
    cells = [cell.text for line in found for cell in line]
    assert "".join(cells) == "".join(text.split())
    for line in found:
        assert lines.width(line) <= most
    for line in found[1:]:
        assert line[0].text[0] not in NEVER_FIRST
    for line in found[:-1]:
        assert line[-1].text[-1] not in NEVER_LAST
