"""What the inbox shows of an issue: three subjects that name different stories, and a preheader. From content only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from digest.labels import labels
from digest.quote import QUOTABLE
from digest.typography import columns, headline, line, quoted, shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from digest.issue import Masthead
    from digest.story import Story

SUBJECT = 70
"""Columns of a subject (a Han character takes two): what a phone shows of it, and a little more."""
PREHEADER = (40, 90)
"""The fewest characters a preheader wants, where the issue has so many to say, and the most it has."""
_SENTENCE = re.compile("[^。！？!?\n]{1,400}?(?:[。！？!?]+[”」』]?|\\.(?=\\s|$)|\n|$)")


def subjects(stories: Sequence[Story], masthead: Masthead, number: int) -> tuple[str, ...]:
    """Three subjects that name different stories; the first is the one to take.

    They are the issue's number with the first story; the next two headlines; a person's words or a figure of one more.
    With fewer stories they take other words of the same ones.

    Every name and number in them stands in a story, or is the issue's own number.
    """
    say = labels(masthead.language)
    issue = say["number"].format(n=number)
    told = [story for story in stories if story.voices]
    titles = [headline(story.title, story.language) for story in told]
    pair = say["semicolon"].join(titles[1:3])
    named = 3 if len(titles) > 2 and columns(pair) <= SUBJECT else 2
    options = [_numbered(issue, title, say["colon"]) for title in titles[:1]]
    options += [pair if named > 2 else shortened(title, SUBJECT) for title in titles[1:2]]
    options += [words for story in told[named : named + 3] for words in _words(story)][:1]
    options += [shortened(title, SUBJECT) for title in titles[named : named + 1]]
    options += [words for story in told for words in _words(story)]
    options += [shortened(title, SUBJECT) for title in titles]
    options += [f"{line(masthead.title)} · {issue}", issue, line(masthead.title)]
    return tuple(dict.fromkeys(filter(None, options)))[:3]


def preheader(stories: Sequence[Story], subject: str, masthead: Masthead) -> str:
    """The line behind the subject: the next headlines, or words of the only story; never what the subject says."""
    say = labels(masthead.language)
    told = [story for story in stories if story.voices]
    if not told:
        return say["empty"]
    said = ""
    for words in _others(told, subject):
        longer = _added(said, words, say["semicolon"])
        if said and len(longer) > PREHEADER[1]:
            continue
        said = shortened(longer, columns(longer[: PREHEADER[1]]))
        if len(said) >= PREHEADER[0]:
            break
    return said or line(masthead.title)


def _added(said: str, words: str, semicolon: str) -> str:
    """Words behind what is said already, parted by a mark unless a sentence ended there."""
    if not said:
        return words
    if said[-1] in "。！？!?.…":
        return f"{said} {words}" if said[-1] in "!?." else said + words
    return said + semicolon + words


def _numbered(issue: str, title: str, colon: str) -> str:
    """The headline behind the issue's number; one with a colon of its own stands behind a dot."""
    mark = " · " if ":" in title or "：" in title else colon
    return f"{issue}{mark}{shortened(title, SUBJECT - columns(issue + mark))}"


def _words(story: Story) -> Iterator[str]:
    """A person's words, whole and short enough, then the story's sentence with a number or a question."""
    for pick in story.quotes:
        quote = pick.quote
        if story.sources[pick.source].held_back or quote.kind not in QUOTABLE or quote.hearsay or quote.speaker is None:
            continue
        colon = labels(story.sources[pick.source].language)["colon"]
        option = line(f"{quote.speaker}{colon}{quoted(quote.text, story.sources[pick.source].language)}")
        if columns(option) <= SUBJECT:
            yield option
    if story.lead is not None and not story.sources[story.lead.source].held_back:
        for sentence in _sentences(story.lead.text):
            if columns(sentence) <= SUBJECT and (sentence[-1] in "?？" or any(sign.isdigit() for sign in sentence)):
                yield sentence


def _others(stories: Sequence[Story], subject: str) -> Iterator[str]:
    """Words of the issue that the subject does not say, best first."""
    rest = [headline(story.title, story.language) for story in stories]
    rest = [title for title in rest if not _repeats(title, subject)]
    yield from rest
    for story in stories:
        if story.lead is not None and not story.sources[story.lead.source].held_back:
            yield from (sentence for sentence in _sentences(story.lead.text) if not _repeats(sentence, subject))
        yield from (words for words in _words(story) if not _repeats(words, subject))


def _repeats(words: str, subject: str) -> bool:
    """Whether a subject holds these words or their beginning."""
    start = words[: max(6, len(words) // 3)].rstrip("…")
    return start in subject or subject in words


def _sentences(text: str) -> Iterable[str]:
    return filter(None, (line(found[0]) for found in _SENTENCE.finditer(text)))
