"""English verbs of saying: their forms, and when a word of the same shape is a noun."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from digest.speech.clause import AUXILIARIES, DETERMINERS
from digest.speech.phrase import Phrases

if TYPE_CHECKING:
    from digest.lexicon import Lexicon
    from digest.speech.clause import Token


def forms(base: str) -> tuple[str, ...]:
    """The finite and participle forms of a regular verb: say → says, saying; cry → cries, cried."""
    if base.endswith("e"):
        return base, f"{base}s", f"{base}d", f"{base[:-1]}ing"
    if base.endswith("y") and base[-2] not in "aeiou":
        return base, f"{base[:-1]}ies", f"{base[:-1]}ied", f"{base}ing"
    third = f"{base}es" if base.endswith(("s", "sh", "ch", "x", "z")) else f"{base}s"
    doubled = base + base[-1] if re.fullmatch(r".*[^aeiou][aeiou][bdgmnprt]", base) else base
    return base, third, f"{base}ed", f"{base}ing", f"{doubled}ed", f"{doubled}ing"


class Verbs(Phrases):
    """The verbs of one lexicon with their forms."""

    def __init__(self, lexicon: Lexicon) -> None:
        super().__init__(lexicon)
        self.bases = frozenset(lexicon.words("cues.english_strong", "cues.english_weak"))
        self.strong = {form for base in lexicon.words("cues.english_strong") for form in forms(base)}
        self.strong |= set(lexicon.words("cues.english_irregular"))
        self.weak = {form for base in lexicon.words("cues.english_weak") for form in forms(base)} - self.strong
        self.reporting = {form for base in lexicon.words("cues.english_reported") for form in forms(base)}
        self.reporting |= set(lexicon.words("cues.english_reported_irregular"))
        self._any_words = self.strong | self.weak | self.reporting
        self.claims = frozenset(lexicon.words("cues.english_claims"))
        self._signs = self._any_words | self.claims
        self._reporting_words = self._any_words - set(lexicon.words("cues.english_reported_never"))
        self.bases |= frozenset(lexicon.words("cues.english_reported"))
        self.verbs = frozenset(lexicon.words("people.english_verbs"))
        self.works = re.compile(rf"\b(?:{lexicon.any_of('cues.english_work')})s?\b[\s,:]*$", re.IGNORECASE)

    def reports(self, word: str, follows: str = "") -> bool:
        """Whether the word is a form of a verb that takes a statement (saying, believing, planning).

        `follows` is the word behind it: a verb of action takes one with `that` or `to` (`pledged to open`).
        """
        return word in self._reporting_words or (follows == "that" and word in self._any_words)

    def has_cue(self, sentence: str) -> bool:
        """Whether any word of the sentence may be a cue; quick, for sentences by the thousand."""
        return "ccording to " in sentence or not self._signs.isdisjoint(
            sentence.lower().replace(",", " ").replace(".", " ").split()
        )

    def is_cue(self, word: str, *, weak: bool) -> bool:
        """Whether the word, in lower case, is a finite or participle form of a cue verb."""
        return word in self.strong or (weak and word in self.weak)

    def is_noun(self, words: list[Token], i: int) -> bool:
        """`the report`, `a claim`, `press secretary`: a noun of the same shape; `to say`: no finite verb."""
        word, before = words[i].lower, words[i - 1].lower if i else ""
        if before in DETERMINERS | {"the", "s", "of", "for"} or before.endswith(("’s", "'s")):
            return True
        if before == "to":
            return i > 1 and words[i - 2].lower not in ("on", "continued", "continues", "used")
        if word not in self.bases or word in ("put", "read", "say", "believe", "think", "argue"):
            return False
        return not (
            before in ("i", "we", "you", "they", "who", "people", "and")
            or before.endswith("s")
            or before in AUXILIARIES
        )

    def is_verb(self, word: Token) -> bool:
        """Whether a word looks like a finite verb or a past participle."""
        return not word.is_capital and (
            word.lower in self.verbs
            or word.lower.endswith(("n’t", "n't"))
            or word.lower.endswith("ed")
            or self.is_cue(word.lower, weak=True)
        )

    def without_auxiliaries(self, words: list[Token]) -> list[Token]:
        """The words up to the subject's end: without auxiliaries and adverbs before the verb."""
        kept = list(words)
        while (
            kept
            and kept[-1].is_word
            and (kept[-1].lower in AUXILIARIES or (kept[-1].lower.endswith("ly") and not kept[-1].is_capital))
        ):
            kept.pop()
        return kept

    def is_noun_phrase(self, words: list[Token]) -> bool:
        """Whether no verb stands among the words."""
        return not any(self.is_verb(word) for word in words)
