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
"""The fewest and the most columns of a preheader."""
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
    options = [_numbered(issue, headline(story.title, story.language), say["colon"]) for story in told[:1]]
    options += _pairs(told[1:4], say["semicolon"])
    options += [option for story in (*told[3:6], *told) for option in _words(story)]
    options += [shortened(headline(story.title, story.language), SUBJECT) for story in told]
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
        longer = f"{said}{say['semicolon']}{words}" if said else words
        if said and columns(longer) > PREHEADER[1]:
            break
        said = shortened(longer, PREHEADER[1])
        if columns(said) >= PREHEADER[0]:
            break
    return said or line(masthead.title)


def _numbered(issue: str, title: str, colon: str) -> str:
    return f"{issue}{colon}{shortened(title, SUBJECT - columns(issue + colon))}"


def _pairs(stories: Sequence[Story], semicolon: str) -> Iterator[str]:
    """Two headlines where both fit, else the first alone."""
    titles = [headline(story.title, story.language) for story in stories]
    if len(titles) > 1 and columns(semicolon.join(titles[:2])) <= SUBJECT:
        yield semicolon.join(titles[:2])
    elif titles:
        yield shortened(titles[0], SUBJECT)


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
