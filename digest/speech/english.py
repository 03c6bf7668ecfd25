"""Who speaks, as English says it: the cue verb around a marked stretch, and the noun phrase that governs it.

Works on text whose quoted stretches are dummies, a sentence at a time, so that verbs and names inside quotations never
count and the cost hangs on the number of quotations. Rules: quotes.md 2.2, 2.3, 2.5.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from digest.speech.clause import (
    AUXILIARIES,
    COMMON,
    CONJUNCTIONS,
    DASHES,
    DETERMINERS,
    NO_SUBJECT,
    PREPOSITIONS,
    TIME,
    Token,
    after_conjunction,
    parted,
    run_at,
    sentence_end,
    sentence_start,
    tokens,
)
from digest.speech.marks import DUMMY
from digest.speech.phrase import MOST_WORDS
from digest.speech.speaker import Voice
from digest.speech.verb import Verbs

if TYPE_CHECKING:
    from digest.lexicon import Lexicon

WINDOW = 320
LONGEST_ROLE = 14
"""Words of the longest apposition that is a role."""


class English(Verbs):
    """The cue verbs of one lexicon with their forms."""

    # ── the cue behind the quotation ──────────────────────────────────────────────────────────────────────────
    def behind(  # noqa: C901, PLR0911 -- a position of the cue after the other
        self, after: str, offset: int, *, touches: bool = True
    ) -> tuple[Voice, int] | None:
        """Whose the quotation is by the words behind it, up to the end of their sentence; and where the cue ends.

        `touches` says that the quotation ends as one does before its cue: in a comma, question or exclamation mark.
        """
        end = sentence_end(after, 0)
        words = tokens(after, 0, end)
        if words and words[0].text in DASHES and (signed := self._signed(after, words[1:], offset)):
            return signed, len(after)
        while words and words[0].text in ",—–-―--":
            words = words[1:]
        if not words or not words[0].is_word:
            return None
        if words[0].lower == "according" and len(words) > 2 and words[1].lower == "to":
            voice = self.inverted(after, words[2:], offset, "according to")
            return (voice, words[1].end) if voice else None
        if words[0].lower in CONJUNCTIONS | PREPOSITIONS - {"as"} or not touches:
            return self._at_the_end(after, words, offset)
        for i, word in enumerate(words[:MOST_WORDS]):
            if word.text[0] == DUMMY or word.text in ";:":
                break
            strong = self.is_cue(word.lower, weak=False)
            if (
                not (strong or (i < 8 and self.is_cue(word.lower, weak=True)))
                or word.is_capital
                or self.is_noun(words, i)
            ):
                continue
            voice = self.of_verb(after, words, i, offset)
            if voice:
                return voice, word.end
            if strong:
                return None
        return self._unlisted(after, words, offset)

    def _signed(self, after: str, words: list[Token], offset: int) -> Voice | None:
        """`“…” — Ann Lee`: a name behind a dash that ends the line, with or without a title behind a comma."""
        run = run_at(words, 0)
        rest = words[len(run) :]
        if (
            not run
            or len(words) > 14
            or (rest and rest[0].text not in ",.(;")
            or "\n" in after[: words[-1].end].strip()
        ):
            return None
        return self.phrase(after, run, [], offset, "—")

    def _at_the_end(self, after: str, words: list[Token], offset: int) -> tuple[Voice, int] | None:
        """`“…” in the primary, said Lee.`, `“…” of the day, Lee said.`: a fragment whose sentence ends in its cue."""
        for i in range(len(words) - 1, 0, -1):
            if words[i].text in ",—–" and i + 1 < len(words):
                tail = words[i + 1 :]
                for k, word in enumerate(tail):
                    if self.is_cue(word.lower, weak=False) and not word.is_capital and not self.is_noun(tail, k):
                        voice = self.of_verb(after, tail, k, offset)
                        return (voice, word.end) if voice and (k == 0 or voice.at == offset + tail[0].start) else None
                if not tail[0].is_capital and tail[0].lower not in DETERMINERS:
                    return None
        return None

    def of_verb(self, text: str, words: list[Token], i: int, offset: int) -> Voice | None:
        """The subject of the verb `words[i]`: behind it in `said Lee`, else before it."""
        starts = i == 0 or words[i - 1].text in ",—–" or words[i - 1].text[0] == DUMMY
        if (
            starts
            and not words[i].lower.endswith("ing")
            and words[i].lower not in ("told", "tells", "tell")
            and (i == 0 or words[i].lower != "asked")
        ):
            voice = self.inverted(text, words[i + 1 :], offset, words[i].text)
            if voice and (i == 0 or voice.name):
                return voice
        return self.subject(text, words[:i], offset, words[i].text) if i else None

    def _unlisted(self, after: str, words: list[Token], offset: int) -> tuple[Voice, int] | None:
        """`"…," Lee mused`: a name or pronoun, then a verb that no list has."""
        i = 0
        while i < len(words) and i < 6 and (words[i].is_capital or words[i].lower in self.pronouns):
            i += 1
        if not i or i == len(words) or words[0].lower in NO_SUBJECT | {"i", "we", "you"}:
            return None
        while i < len(words) and words[i].lower in AUXILIARIES:
            i += 1
        verb = words[i].lower if i < len(words) else ""
        if (
            not verb.endswith(("ed", "s"))
            or verb.endswith(("ss", "’s", "'s"))
            or verb in PREPOSITIONS | CONJUNCTIONS | {"is", "was", "has", "does"}
        ):
            return None
        voice = self.subject(after, words[:i], offset, verb)
        return (voice, words[i].end) if voice else None

    def inverted(self, after: str, words: list[Token], offset: int, cue: str) -> Voice | None:
        """`said Lee, a nurse`: the noun phrase behind the verb."""
        if not words or not words[0].is_word or words[0].lower in PREPOSITIONS | CONJUNCTIONS:
            return None
        if words[0].lower in self.pronouns:
            return self.phrase(after, words[:1], [], offset, cue)
        end = 0
        while end < len(words) and end < MOST_WORDS:
            word = words[end]
            if not word.is_word and word.text not in "()’'":
                break
            if end and word.lower in CONJUNCTIONS - {"and"}:
                break
            if end and word.lower in PREPOSITIONS - {"of", "for", "from", "with"}:
                break
            end += 1
        voice = self.phrase(after, words[:end], words[end:], offset, cue)
        if voice and voice.name and not voice.role and len(words) > end + 2 and words[end].text == ",":
            return replace(voice, role=_role(after, words[end + 1 :]))
        return voice

    # ── the cue before the quotation ──────────────────────────────────────────────────────────────────────────
    def before(  # noqa: PLR0911 -- a position of the cue after the other
        self, text: str, offset: int
    ) -> tuple[Voice, bool] | None:
        """Whose the quotation is by the words of its sentence before it, and whether the cue touches the quotation."""
        begin = sentence_start(text)
        words = tokens(text, begin)
        joined = text.rstrip()[-1:]
        while words and not words[-1].is_word and words[-1].text[0] != DUMMY and words[-1].text != ")":
            words.pop()
        if not words:
            return None
        if joined == ":":
            return self._colon(text, words, offset)
        if words[-1].lower == "words" and len(words) > 2 and (in_words := self._in_words(text, words, offset)):
            return in_words, True
        room = 10 if joined == "," else 2
        for i in range(len(words) - 1, -1, -1):
            word = words[i].lower
            if word == "to" and i and words[i - 1].lower == "according":
                voice = self.phrase(text, words[i + 1 :], [], offset, "according to")
                return (voice, joined == ",") if voice else None
            near = len(words) - 1 - i <= room
            if self.is_cue(word, weak=near) and not (words[i].is_capital and i > 0) and not self.is_noun(words, i):
                voice = self.of_verb(text, words, i, offset)
                return (voice, near) if voice else None
            if words[i].text == ";":
                break
        if joined == ",":  # `Lee issued a statement, “…”`
            voice = self._leading(text, words, offset, "")
            return (voice, True) if voice and (voice.name or voice.pronoun) else None
        return None

    def _in_words(self, text: str, words: list[Token], offset: int) -> Voice | None:
        """`in her words`, `in the agency's words`."""
        start = next((i for i in range(len(words) - 2, -1, -1) if words[i].lower == "in"), -1)
        owner = words[start + 1 : -1]
        if start < 0 or not owner or len(owner) > 5:
            return None
        if len(owner) == 1 and owner[0].lower in ("his", "her", "their", "its", "my"):
            return Voice(owner[0].text, offset + owner[0].start, "in … words", pronoun=True)
        return self.phrase(text, owner, [], offset, "in … words")

    def _colon(self, text: str, words: list[Token], offset: int) -> tuple[Voice, bool] | None:
        chunk = parted(words)[-1]
        by = next(
            (
                i + 1
                for i, word in enumerate(chunk[:-1])
                if word.lower in ("by", "from") or (word.lower == "to" and i and chunk[i - 1].lower == "according")
            ),
            0,
        )
        run = run_at(chunk, by) or (chunk[by:] if by and len(chunk) - by <= 3 else [])
        if run and run[-1] is chunk[-1]:
            voice = self.phrase(text, run, [], offset, ":")
            return (voice, True) if voice else None
        own = len(words) - len(chunk)
        for i in range(len(words) - 1, -1, -1):
            word = words[i].lower
            if (
                i < own
                and chunk
                and (voice := self._leading(text, chunk, offset, ":"))
                and (voice.name or voice.pronoun)
            ):
                return voice, True
            if self.is_cue(word, weak=True) and not (words[i].is_capital and i > 0) and not self.is_noun(words, i):
                voice = self.of_verb(text, words, i, offset) or self._leading(text, words[:i], offset, words[i].text)
                return (voice, True) if voice else None
        voice = self._leading(text, words, offset, ":")
        return (voice, True) if voice else None

    def narrated(self, sentence: str, offset: int) -> Voice | None:
        """The person a sentence of narrative is about: the subject of its cue verb, else of the sentence."""
        words = tokens(sentence)
        while words and not words[-1].is_word and words[-1].text[0] != DUMMY:
            words.pop()
        for i in range(len(words) - 1, 0, -1):
            if self.is_cue(words[i].lower, weak=False) and not words[i].is_capital and not self.is_noun(words, i):
                voice = self.of_verb(sentence, words, i, offset)
                if voice:
                    return voice
        voice = self._leading(sentence, words, offset, "")
        return voice if voice and (voice.name or voice.pronoun) else None

    def headed(self, sentence: str) -> str | None:
        """The name of the person that a sentence of narrative begins with."""
        voice = self._leading(sentence, tokens(sentence), 0, ":")
        return voice.name if voice else None

    # ── the subject before a cue ──────────────────────────────────────────────────────────────────────────────
    def subject(  # noqa: PLR0911 -- a shape of the sentence after the other
        self, text: str, words: list[Token], offset: int, cue: str
    ) -> Voice | None:
        """The subject of a verb by the words of its sentence before it."""
        words = self.without_auxiliaries(words)
        chunks = parted(words)
        participle = cue.endswith("ing")
        if chunks and chunks[-1] and chunks[-1][-1].lower in ("and", "but", "or", "then"):  # `Lee sat down and said`
            inner = chunks[-1][:-1]
            return (self._leading(text, inner, offset, cue) if inner else None) or self._leading(
                text, words, offset, cue
            )
        if not chunks or (not chunks[-1] and len(chunks) == 1):
            return None
        if not chunks[-1]:
            if participle:
                return self._main_subject(text, words, offset, cue)
            return self._apposed(text, chunks[:-1], offset, cue)
        chunk = self.without_auxiliaries(after_conjunction(chunks[-1]))
        if not chunk:
            return None
        if participle and not self.is_noun_phrase(chunk):
            return self._main_subject(text, words, offset, cue)
        return self.phrase(text, chunk, [], offset, cue)

    def _main_subject(self, text: str, words: list[Token], offset: int, cue: str) -> Voice | None:
        """Whose participle it is: of `Lee said, adding` Lee; of `when Lee left the stage, adding` Lee."""
        chunks = [chunk for chunk in parted(words) if chunk]
        if chunks and len(clause := after_conjunction(chunks[-1])) > 1 and not clause[0].lower.endswith("ing"):
            found = self._leading(text, clause, offset, cue)
            if found and not self.is_noun_phrase(clause):
                return found
        for i in range(len(words) - 1, 0, -1):
            word = words[i].lower
            if (
                self.is_cue(word, weak=False)
                and not word.endswith("ing")
                and not words[i].is_capital
                and not self.is_noun(words, i)
            ):
                found = self.subject(text, words[:i], offset, cue)
                if found:
                    return found
        return self._leading(text, words, offset, cue)

    def _apposed(self, text: str, chunks: list[list[Token]], offset: int, cue: str) -> Voice | None:
        """`Lee, a nurse, said`; `a nurse, Ann Lee, said`; `Lee, D-Ohio, who came, said`."""
        behind: list[list[Token]] = []
        while len(chunks) > 1 and self._is_apposition(chunks[-1]):
            behind.insert(0, chunks.pop())
        chunk = after_conjunction(chunks[-1]) if chunks else []
        if not chunk:
            return None
        if behind and not chunk[-1].is_capital and (named := run_at(behind[0], 0)) and len(named) == len(behind[0]):
            role = text[chunk[0].start : chunk[-1].end]
            name = text[named[0].start : named[-1].end]
            return Voice(name, offset + named[0].start, cue, name=name, role=role)
        voice = self.phrase(text, chunk, [], offset, cue)
        if voice and voice.name and not voice.role and behind and len(behind[0]) > 1:
            role = text[behind[0][0].start : behind[0][-1].end]
            return replace(voice, role=role) if behind[0][0].lower not in ("who", "which", "whose") else voice
        return voice

    def _leading(self, text: str, words: list[Token], offset: int, cue: str) -> Voice | None:
        """The noun phrase a sentence begins with, behind conjunctions and adverbials of time and place."""
        i = 0
        while i < len(words) and (words[i].lower in ("and", "but", "so", "yet") or not words[i].is_word):
            i += 1
        for _ in range(3):
            if i >= len(words):
                return None
            first = words[i].lower
            if not (first in PREPOSITIONS | CONJUNCTIONS | self.openers or first.endswith("ing") or first in TIME):
                break
            while i < len(words) and words[i].text != ",":
                i += 1
            i += 1
        start = i
        while (
            i < len(words)
            and words[i].is_word
            and not self.is_verb(words[i])
            and words[i].lower not in CONJUNCTIONS - {"and"}
        ):
            if (
                words[i].lower in PREPOSITIONS - {"of", "for", "from", "in", "at", "with"}
                or words[i].lower in AUXILIARIES
            ):
                break
            i += 1
        if i == start or (not cue and (i == len(words) or not words[i].is_word)):
            return None
        return self.phrase(text, words[start:i], words[i:], offset, cue)

    def _is_apposition(self, chunk: list[Token]) -> bool:
        """`a nurse`, `who has …`, `R-Ky.`, `the chairman of the board`, `Ann Lee`."""
        first = chunk[0] if chunk else None
        return (
            first is None
            or first.lower in DETERMINERS | {"who", "which", "whose", "formerly", "now", "also", "himself", "herself"}
            or not first.is_capital
            or len(chunk) <= 3
            or any(word.lower in ("of", "for", "at", "in") for word in chunk)
        )


def _role(text: str, words: list[Token]) -> str | None:
    """`a nurse in the town`, `chief of Harbor Foods`: the apposition behind a name, up to its comma."""
    first = words[0]
    if first.lower not in DETERMINERS | {"the"} and (
        not first.is_word or first.is_capital or first.lower in COMMON or first.lower.endswith(("ing", "ed", "ly"))
    ):
        return None
    end = next((i for i, word in enumerate(words) if word.text in ",.;:—–" or word.lower == "who"), len(words))
    return text[words[0].start : words[end - 1].end] if 0 < end <= LONGEST_ROLE else None


@cache
def of(lexicon: Lexicon) -> English:
    """The cue verbs of a lexicon, built once."""
    return English(lexicon)
