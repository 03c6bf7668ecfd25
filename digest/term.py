"""Terms: the words of a text without a dictionary, and word lists looked for in it.

Chinese, Japanese and Korean count in pairs of neighbouring characters, everything else in words. That is
enough to compare texts and to find a phrase, and two orders of magnitude cheaper than segmentation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HAN = "㐀-䶿一-鿿豈-﫿々〇"
KANA = "぀-ヿ"
HANGUL = "가-힯"
WIDE = HAN + KANA + HANGUL
LATIN = "0-9A-Za-zÀ-ÖØ-öø-ɏ"

GAP = 30
"""How many characters may stand in the place of the `…` of a phrase (不是…而是)."""


@cache
def _words() -> re.Pattern[str]:
    return re.compile(rf"[{LATIN}]+(?:['’&.+-][{LATIN}]+)*|[{WIDE}]+")


@cache
def _counted() -> re.Pattern[str]:
    return re.compile(rf"[{WIDE}]|[{LATIN}]+(?:['’.,-][{LATIN}]+)*")


def units(text: str) -> int:
    """The length of a text in its own unit: a Chinese, Japanese or Korean character 1, any other word 2."""
    return sum(1 if len(piece) == 1 and piece > "⺀" else 2 for piece in _counted().findall(text))


def tokens(text: str) -> Iterator[str]:
    """The terms of a text in order: words in lower case, and pairs of neighbouring characters of Chinese."""
    for run in _words().findall(text):
        if run[0] < "⺀":
            yield run.casefold()
        else:
            yield from map("".join, zip(run, run[1:], strict=False))


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of text, prepared once to be asked for many word lists."""

    text: str
    lower: str = field(init=False)
    spaced: str = field(init=False)
    words: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        lower = self.text.casefold()
        latin = [run for run in _words().findall(self.text) if run[0] < "⺀"]
        object.__setattr__(self, "lower", lower)
        object.__setattr__(self, "spaced", f" {' '.join(latin).casefold()} ")
        object.__setattr__(self, "words", frozenset(latin) | frozenset(word.casefold() for word in latin))


class Wording:
    """A word list that can be looked for in a stretch.

    A Chinese word is found anywhere, a Latin one only as whole words; one written in capitals (`US`, `AI`)
    only in capitals. `…` in a phrase stands for up to GAP characters of the same sentence.
    """

    __slots__ = ("_gapped", "_inside", "_phrases", "_words")

    def __init__(self, words: Iterable[str]) -> None:
        listed = [word.strip() for word in words if word.strip()]
        gapped = [word for word in listed if "…" in word]
        plain = [word for word in listed if "…" not in word]
        wide = re.compile(f"[{WIDE}]")
        self._inside = tuple(word.casefold() for word in plain if wide.search(word) or not word[0].isalnum())
        latin = [word for word in plain if not wide.search(word) and word[0].isalnum()]
        self._words = frozenset(w if w.isupper() and len(w) > 1 else w.casefold() for w in latin if " " not in w)
        self._phrases = tuple(f" {word.casefold()} " for word in latin if " " in word)
        self._gapped = tuple(re.compile(_with_gaps(word), re.IGNORECASE) for word in gapped)

    def within(self, stretch: Stretch) -> bool:
        """Whether any of the words stands in the stretch."""
        return (
            any(word in stretch.lower for word in self._inside)
            or not self._words.isdisjoint(stretch.words)
            or any(phrase in stretch.spaced for phrase in self._phrases)
            or any(pattern.search(stretch.text) for pattern in self._gapped)
        )


def _with_gaps(phrase: str) -> str:
    parts = [bounded(part.strip()) for part in phrase.split("…") if part.strip()]
    return f"[^。！？!?\n]{{0,{GAP}}}".join(parts)


def bounded(word: str) -> str:
    """A word as a regular expression that matches it whole: a Latin letter on either side is another word."""
    before = rf"(?<![{LATIN}])" if re.match(f"[{LATIN}]", word) else ""
    after = rf"(?![{LATIN}])" if re.search(f"[{LATIN}]$", word) else ""
    return f"{before}{re.escape(word)}{after}"
