"""English noun phrases: the name, the role and the pronoun in the words that a verb of saying takes for its subject."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from digest.speech.clause import (
    ALONE,
    CONJUNCTIONS,
    CONTRACTED,
    DETERMINERS,
    NO_SUBJECT,
    PREPOSITIONS,
    TIME,
    before_preposition,
    last_run,
    run_at,
    without_brackets,
)
from digest.speech.speaker import Voice
from digest.words import listed

if TYPE_CHECKING:
    from digest.lexicon import Lexicon
    from digest.speech.clause import Token

_CLAUSAL = listed("i we you he she they it was were is are had has have did does do would could will can must be been")
"""Words that make a clause of what should be a noun phrase."""

MOST_WORDS = 26
"""A longer phrase is no subject."""


class Phrases:
    """The words of one lexicon that noun phrases are read with."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.openers = frozenset(lexicon.words("people.english_openers"))
        self.pronouns = frozenset(lexicon.words("people.english_pronouns"))
        self.titles = frozenset(word.lower() for word in lexicon.words("people.english_titles"))

    def phrase(  # noqa: C901, PLR0911 -- a shape after the other
        self, text: str, words: list[Token], rest: list[Token], offset: int, cue: str
    ) -> Voice | None:
        """The voice that a noun phrase names; `rest` are the words behind it, for an apposition that holds the name."""
        words = without_brackets(words)
        while words and (words[0].lower in CONJUNCTIONS or not words[0].is_word):
            words = words[1:]
        if not words or len(words) > MOST_WORDS:
            return None
        at, first = offset + words[0].start, words[0].lower
        mention = text[words[0].start : words[-1].end]
        if len(words) == 1 and first in self.pronouns:
            return None if first == "who" else Voice(mention, at, cue, pronoun=True)
        if len(words) == 1 and (first in ALONE or first in self.openers):
            return None
        if CONTRACTED.match(first) or first in NO_SUBJECT or not any(word.is_word for word in words):
            return None
        head = before_preposition(words)
        run = last_run(head)
        if run and run[-1] is head[-1]:
            return self._named(text, words, run, offset, cue)
        if rest and rest[0].text == "," and (apposed := run_at(rest, 1)):
            return Voice(
                text[apposed[0].start : apposed[-1].end],
                offset + apposed[0].start,
                cue,
                name=text[apposed[0].start : apposed[-1].end],
                role=mention,
            )
        if first == "about" and len(words) > 1 and words[1].text[0].isdigit():
            return Voice(mention, at, cue, unnamed=True)
        if first in PREPOSITIONS or first in TIME or first in self.openers:
            return None
        if any(word.lower in _CLAUSAL for word in words):
            return None
        if first not in DETERMINERS and not run and len(head) > 3:
            return None
        return Voice(mention, at, cue, unnamed=True)

    def _named(self, text: str, words: list[Token], run: list[Token], offset: int, cue: str) -> Voice | None:
        bare = list(run)
        while len(bare) > 1 and (
            bare[0].lower in self.titles or (bare[0] is words[0] and bare[0].lower.endswith("ly"))
        ):
            bare.pop(0)
        if all(word.lower in TIME for word in bare):
            return None
        name = re.sub(r"[’']s?$", "", text[bare[0].start : bare[-1].end])
        name = name if bare[-1].lower in ("jr", "sr") else name.rstrip(".") if len(bare[-1].text) > 3 else name
        role = text[words[0].start : bare[0].start].strip().removeprefix("and ") or None
        if role and role.rstrip(".").lower() in ("mr", "mrs", "ms", "miss", "dr", "the", "a"):
            role = None
        mention = text[words[0].start : words[-1].end]
        return Voice(mention, offset + words[0].start, cue, name=name, role=role)
