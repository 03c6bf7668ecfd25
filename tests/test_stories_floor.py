"""Floors under the grouping of clips into stories; the figures themselves are in docs/quality.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sequels
import stories

if TYPE_CHECKING:
    from pathlib import Path


def test_most_clips_of_one_event_are_one_story_and_few_others_join_them() -> None:
    first = stories.measure(lambda event: event <= stories.FIRST)
    assert first.precision >= 0.96
    assert first.recall >= 0.78


def test_the_events_that_were_held_out_are_found_too() -> None:
    figures = stories.measure().of(lambda event: event % 2 == 0)
    assert figures.precision >= 0.85
    assert figures.recall >= 0.68


def test_unrelated_real_clips_stay_apart(shared: Path) -> None:
    assert (shared / "eval" / "clips" / "files").is_dir()
    count, joined = stories.unrelated()
    assert count >= 190
    assert len(joined) <= 2


def test_later_accounts_of_told_stories_are_known_and_none_is_dropped_for_another_event() -> None:
    figures = sequels.figures([*sequels.later(0, 7), *sequels.later(2, 28, last=True)])
    assert figures.precision >= 0.94
    assert figures.right + figures.hinted >= 0.68 * (figures.right + figures.missed)
    assert figures.misled <= 5
    assert (figures.lost, figures.arrows) == (0, 0)
