"""Grouping grows with the clips: pairs are counted, as no clock is to be trusted on a busy machine."""

from __future__ import annotations

import growth_stories


def test_four_times_the_clips_compare_about_four_times_the_pairs() -> None:
    few, many = growth_stories.compared(200), growth_stories.compared(800)
    assert few > 200, "something is compared"
    assert many <= 5 * few
