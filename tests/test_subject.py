"""The subject lines and the preheader: from content only, different stories, nothing said twice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from issues import TITLES, hostile, issue, masthead, story, week

from digest.edition.subject import PREHEADER, SUBJECT, preheader, subjects
from digest.typography import CONTROLS, columns, headline, shortened

if TYPE_CHECKING:
    from digest.issue import Issue

WEEKS = [
    week(8),
    week(8, ("en",), "en"),
    week(4, ("ja",), "ja"),
    week(9, ("zh", "en", "ja")),
    week(3),
    week(2),
    week(1),
]
IDS = ["zh", "en", "ja", "mixed", "three", "two", "one"]


def words(issue: Issue) -> str:
    """Every word of an issue, its headlines as they are set."""
    said = [f"第{issue.number}期 Issue {issue.number} 第{issue.number}号"]
    for told in issue.stories:
        said += [told.title, headline(told.title, told.language), told.lead.text if told.lead else ""]
        said += [f"{pick.quote.speaker} {pick.quote.text}" for pick in told.quotes]
    return "\n".join(said)


@pytest.mark.parametrize("issue", WEEKS, ids=IDS)
def test_there_are_three_subjects_and_they_differ(issue: Issue) -> None:
    assert len(set(issue.subjects)) == 3
    assert all(0 < columns(subject) <= SUBJECT for subject in issue.subjects)


@pytest.mark.parametrize("issue", WEEKS, ids=IDS)
def test_every_name_and_number_of_a_subject_is_in_the_issue(issue: Issue) -> None:
    said = words(issue) + issue.masthead.title
    for line in (*issue.subjects, issue.preheader):
        for word in re.findall(r"[A-Za-z][A-Za-z-]+|\d+", line):
            assert word in said, f"{word} of {line}"


def named(issue: Issue, line: str) -> set[str]:
    """The stories a subject names: by their headline, or by words or a speaker of theirs alone."""
    found = {told.id for told in issue.stories if headline(told.title, told.language)[:8] in line}
    return found or {
        told.id
        for told in issue.stories
        if any((pick.quote.speaker or "?") in line for pick in told.quotes) or (told.lead and line in told.lead.text)
    }


@pytest.mark.parametrize("issue", WEEKS[:5], ids=IDS[:5])
def test_the_three_subjects_name_different_stories(issue: Issue) -> None:
    first, second, third = (named(issue, line) for line in issue.subjects)
    assert first
    assert second
    assert third
    assert not first & second
    assert third - first - second


@pytest.mark.parametrize("issue", WEEKS, ids=IDS)
def test_the_preheader_says_nothing_the_subject_says(issue: Issue) -> None:
    assert 0 < len(issue.preheader) <= PREHEADER[1]
    assert issue.preheader not in issue.subject
    first = headline(issue.stories[0].title, issue.stories[0].language)
    assert first[:8] not in issue.preheader


@pytest.mark.parametrize("issue", WEEKS[:4], ids=IDS[:4])
def test_the_preheader_of_a_full_week_is_long_enough_to_keep_body_text_out(issue: Issue) -> None:
    assert len(issue.preheader) >= PREHEADER[0]


def test_an_empty_week_still_has_a_subject_and_a_preheader() -> None:
    issue = week(0)
    assert issue.subject == "潮汐周报 · 第12期"
    assert "没有新的内容" in issue.preheader


def test_a_persons_words_in_a_subject_are_whole_and_in_quotation_marks() -> None:
    told = story(0)
    line = subjects([told], masthead(), 12)[1]
    speaker, _, said = line.partition("：")
    assert speaker == told.quotes[0].quote.speaker
    assert said == f"“{told.quotes[0].quote.text}”"


def test_hostile_titles_stay_one_line_without_controls() -> None:
    for line in (*hostile().subjects, hostile().preheader):
        assert not CONTROLS.search(line)


def test_a_held_back_source_is_never_in_a_subject() -> None:
    from dataclasses import replace

    told = story(1)
    hidden = replace(told, sources=tuple(replace(source, held_back=True) for source in told.sources))
    lines = subjects([story(2), hidden], masthead(), 12)
    assert not [line for line in lines if headline(told.title)[:6] in line]
    assert headline(told.title)[:6] not in preheader([story(2), hidden], lines[0], masthead())


def test_one_story_gives_a_preheader_of_its_own_first_words() -> None:
    made = issue([story(0, "en")], "en")
    lead = made.stories[0].lead
    assert lead is not None
    assert lead.text.startswith(made.preheader.rstrip("…")) or made.preheader.rstrip("…") in words(made)


@given(st.text(min_size=1, max_size=120), st.integers(8, 80))
def test_a_shortened_text_fits_its_room_and_only_leaves_off(text: str, room: int) -> None:
    short = shortened(text, room)
    assert columns(short) <= room
    assert short == text or text.startswith(short.removesuffix("…").rstrip())


@pytest.mark.parametrize(
    ("text", "room", "short"),
    [
        (TITLES["zh"][2], 30, "对话蓝鲸智能创始人…"),
        ("营收增长128.5亿元，利润下滑", 14, "营收增长…"),
        ("A hearing-aid maker wins over three hospitals", 20, "A hearing-aid maker…"),
        ("发布会👩‍👩‍👧‍👦全家出动", 12, "发布会…"),
    ],
)
def test_a_cut_tears_no_number_word_or_emoji_apart(text: str, room: int, short: str) -> None:
    assert shortened(text, room) == short
