"""Told: figures and days are one however they are written."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.gathering import told

FRIDAY = date(2026, 9, 18).toordinal()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("罚款18.7亿元", "十八亿七千万，一分不少"),
        ("罚款18.7亿元", "fined 1.87bn yuan"),
        ("疏散412人", "four hundred and twelve workers"),
        ("1,450 jobs", "a cut of fourteen hundred and fifty"),
        ("约2亿3000万个", "230 million sensors"),
        ("占12.6%", "in 12.6 per cent of them"),
    ],
)
def test_a_figure_is_the_same_however_it_is_written(one: str, other: str) -> None:
    assert told.figures(one) & told.figures(other)


@pytest.mark.parametrize("text", ["2026年9月17日", "in 2026 the firm", "9月17日", "on 17 September", "二〇二六年"])
def test_years_and_dates_are_no_figures(text: str) -> None:
    assert not {figure for figure in told.figures(text) if figure.startswith(("2026", "17"))}


@pytest.mark.parametrize(
    "text", ["9月17日凌晨", "九月十七日", "17日晚", "昨天", "on Thursday", "Sept. 17", "17 September", "周四"]
)
def test_a_day_is_the_same_however_it_is_told(text: str) -> None:
    assert date(2026, 9, 17).toordinal() in told.days(text, FRIDAY)


def test_without_the_day_of_publication_no_day_is_known() -> None:
    assert told.days("9月17日", None) == frozenset()


def test_a_number_of_a_house_is_no_day() -> None:
    assert not told.days("3号厂房", FRIDAY)


@given(st.text("0123456789,.一二十百千万亿月日号年%bnm oneandhundred", max_size=200))
def test_no_text_of_figures_is_too_strange(text: str) -> None:
    told.figures(text)
    told.days(text, FRIDAY)
