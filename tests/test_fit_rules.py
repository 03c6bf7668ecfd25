"""The offline fit of the rules' points: it finds what is least, and keeps together what belongs together."""

from __future__ import annotations

import pytest
from fit_rules import FOLDS, Article, folds, least, loss


def an_article(name: str, group: str, marked: int = 0) -> Article:
    """Three candidates: the rule 0 holds for the first, the rule 1 for the second."""
    spans = [[0, 10], [10, 20], [20, 30]]
    return Article({"id": name}, group, spans, [(0,), (1,), ()], [0.0] * 3, [at == marked for at in range(3)])


def test_the_least_of_a_bowl_is_its_ground() -> None:
    def bowl(at: list[float]) -> tuple[float, list[float]]:
        return (at[0] - 3) ** 2 + 10 * (at[1] + 1) ** 2, [2 * (at[0] - 3), 20 * (at[1] + 1)]

    assert least(bowl, 2) == pytest.approx([3, -1], abs=1e-3)


def test_the_slope_is_the_change_of_the_loss() -> None:
    articles = [an_article("a", "x"), an_article("b", "y", marked=1)]
    at = [0.3, -0.4]
    value, slope = loss(articles, at)
    for place in range(2):
        moved = [point + (1e-6 if index == place else 0) for index, point in enumerate(at)]
        assert (loss(articles, moved)[0] - value) / 1e-6 == pytest.approx(slope[place], abs=1e-4)


def test_a_rule_that_holds_for_what_was_marked_gets_points() -> None:
    articles = [an_article(str(number), str(number)) for number in range(9)]
    first, second = least(lambda points: loss(articles, points), 2)
    assert first > 0 > second


def test_folds_hold_every_article_once_and_part_no_group() -> None:
    articles = [an_article(str(number), str(number // 3)) for number in range(40)]
    parts = folds(articles)
    assert len(parts) == FOLDS
    assert sorted(one.row["id"] for part in parts for one in part) == sorted(one.row["id"] for one in articles)
    homes = [{one.group for one in part} for part in parts]
    assert sum(map(len, homes)) == len(set().union(*homes))
