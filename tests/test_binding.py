"""Bindings: the editor puts clips together and apart, and every clip stays in exactly one group."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from digest.decision import Edits
from digest.gathering.binding import JOINED, bound

Lists = tuple[tuple[str, ...], ...]
NAMES = [(letter * 64, letter * 64) for letter in "abcdef"]
CLIPS = [name for name, _ in NAMES]
LISTS = st.lists(st.lists(st.sampled_from(CLIPS), min_size=1, max_size=4).map(tuple), max_size=3).map(tuple)


def test_clips_of_a_split_leave_their_group_together() -> None:
    why = {1: "a name", 2: "a name", 4: "a day", 5: "a day"}
    groups, left = bound([[0, 1, 2], [3, 4, 5]], why, NAMES, Edits(split=((CLIPS[1], CLIPS[3]),)))
    assert sorted(groups) == [[0, 2], [1, 3], [4, 5]]
    assert left == {2: "a name", 3: JOINED, 5: "a day"}


def test_a_join_brings_whole_groups_together_and_says_so_once_a_group() -> None:
    groups, why = bound([[0, 1], [2], [3, 4, 5]], {1: "x", 4: "y", 5: "y"}, NAMES, Edits(join=((CLIPS[0], CLIPS[5]),)))
    assert sorted(groups) == [[0, 1, 3, 4, 5], [2]]
    assert why == {1: "x", 3: JOINED, 4: "y", 5: "y"}


def test_a_group_whose_first_clip_left_does_not_say_what_joined_the_next() -> None:
    _, why = bound([[0, 1, 2]], {1: "x", 2: "x"}, NAMES[:3], Edits(split=((CLIPS[0],),)))
    assert why == {2: "x"}


def test_a_file_of_several_articles_is_named_whole_or_by_one_of_them() -> None:
    names = [("a/1", "a"), ("a/2", "a"), ("b", "b")]
    assert sorted(bound([[0, 1, 2]], {}, names, Edits(split=(("a",),)))[0]) == [[0, 1], [2]]
    assert sorted(bound([[0, 1, 2]], {}, names, Edits(split=(("a/2",),)))[0]) == [[0, 2], [1]]


@given(
    cuts=st.sets(st.integers(1, 5)),
    split=LISTS,
    join=LISTS,
    absent=st.lists(st.just(("z" * 64,)), max_size=1).map(tuple),
)
def test_every_clip_stays_in_one_group_and_what_was_joined_is_together(
    cuts: set[int],
    split: tuple[tuple[str, ...], ...],
    join: tuple[tuple[str, ...], ...],
    absent: tuple[tuple[str], ...],
) -> None:
    edges = [0, *sorted(cuts), 6]
    before = [list(range(start, end)) for start, end in pairwise(edges)]
    groups, why = bound(before, {}, NAMES, Edits(split=split + absent, join=join + absent))
    assert sorted(at for group in groups for at in group) == list(range(6))
    assert all(group == sorted(group) for group in groups)
    home = {CLIPS[at]: number for number, group in enumerate(groups) for at in group}
    assert all(len({home[name] for name in clips}) == 1 for clips in join)
    assert all(at not in why for group in groups for at in group[:1])
    if not join:
        for at, clips in enumerate(split):
            own = set(clips) - {name for other in split[:at] for name in other}
            assert {name for name in home if own and home[name] == home[min(own)]} == own or not own
