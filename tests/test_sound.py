"""Sounds: a foreign name is heard alike in three scripts."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.gathering import sound


@pytest.mark.parametrize(
    ("latin", "han", "kana"),
    [
        ("Femke", "费姆克", "フェムケ"),
        ("Oost", "奥斯特", "オースト"),
        ("Maasgate", "马斯盖特", "マースゲート"),
        ("Falk", "法尔克", "ファルク"),
        ("Strand", "斯特兰德", "ストランド"),
        ("Astrid", "阿斯特丽德", "アストリッド"),
    ],
)
def test_a_name_has_the_same_consonants_in_every_script(latin: str, han: str, kana: str) -> None:
    assert sound.english(latin) == sound.chinese(han) == sound.japanese(kana)


@pytest.mark.parametrize(("one", "other"), [("Femke", "Astrid"), ("Falk", "Marchetti"), ("Oost", "Landsmeer")])
def test_names_that_sound_otherwise_stay_apart(one: str, other: str) -> None:
    assert sound.english(one) != sound.english(other)


@given(st.text(max_size=40))
def test_any_word_can_be_heard(word: str) -> None:
    for found in (sound.english(word), sound.chinese(word), sound.japanese(word)):
        assert not any(one == behind for one, behind in pairwise(found))
