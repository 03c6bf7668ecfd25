"""Whom a sentence is about: the person named at its head, whom a pronoun right behind it means.

`The chief executive, Ann Lee, has been plain. “…,” she said`; `总监林小鹿的看法更直接。她说：“…”`: a person
who is named there once only still goes before the one who spoke last. Rules: quotes.md 2.9.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.speech import clause
from digest.speech.marks import DUMMY

if TYPE_CHECKING:
    from digest.speech.chinese import Chinese
    from digest.speech.english import English

FARTHEST = 400
"""Code points before a pronoun in which the sentence before it is looked for."""

_STOPS = "。！？!?"


class Topic:
    """The grammars that read the heads of one article's sentences."""

    __slots__ = ("_chinese", "_english")

    def __init__(self, written: Chinese, english: English) -> None:
        self._chinese, self._english = written, english

    def before(self, blank: str, at: int) -> str | None:
        """The name at the head of the sentence before the one that the pronoun at `at` stands in, same paragraph.

        `blank` is the text with dummies for its quotations.
        """
        head = blank[max(blank.rfind("\n", 0, at) + 1, at - FARTHEST) : at]
        if any("㐀" <= char <= "鿿" for char in head[-12:]) or "㐀" <= blank[at] <= "鿿":
            return self._before_han(head)
        sentence = clause.last_sentence(head.rstrip(f"{DUMMY} ,"))
        if not sentence or sentence[0] == DUMMY or head.rstrip(f"{DUMMY} ,")[-1:] not in tuple(".!?"):
            return None
        found = self._english.headed(sentence)
        return found if found and " " in found else None

    def stranger(self, blank: str, at: int, name: str) -> bool:
        """Whether that sentence begins with what looks like a name and is another one than `name`.

        Not sure enough to say who is meant (`李敏不这么看。她表示`), yet enough to leave it open.
        """
        sentence = self._sentence_han(blank[max(blank.rfind("\n", 0, at) + 1, at - FARTHEST) : at])
        return self._chinese.opens_with_other(sentence, name) if sentence else False

    def _before_han(self, head: str) -> str | None:
        sentence = self._sentence_han(head)
        return self._chinese.headed(sentence) if sentence else None

    def _sentence_han(self, head: str) -> str | None:
        """The sentence right before the pronoun at the end of `head`; None where there is none."""
        end = len(head.rstrip(f"{DUMMY}{_STOPS} "))
        # Only quotations may stand between the pronoun and the sentence before.
        own = min(end, max(head.rfind(mark) for mark in _STOPS))
        if own <= 0:
            return None
        start = max(head.rfind(mark, 0, own) for mark in f"{_STOPS}{DUMMY}") + 1
        return head[start:own].strip()
