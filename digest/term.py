"""Terms: the words of a text without a dictionary, and word lists looked for in it.

Chinese, Japanese and Korean count in pairs of neighbouring characters, everything else in words. That is
enough to compare texts and to find a phrase, and two orders of magnitude cheaper than segmentation.
"""

from __future__ import annotations

import re
from functools import cache
from operator import add
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

HAN = "㐀-䶿一-鿿\uf900-\ufaff々〇"
KANA = "぀-ヿ"
HIRAGANA = "".join(map(chr, range(ord("ぁ"), ord("ん") + 1)))
HANGUL = "가-힯"
WIDE = HAN + KANA + HANGUL
LATIN = "0-9A-Za-zÀ-ÖØ-öø-ɏ"
CJK = "⺀"
"""Where the scripts begin that are written without spaces: what sorts below is written in words."""

GAP = 30
"""How many characters may stand in the place of the `…` of a phrase (不是…而是)."""


def is_han(character: str) -> bool:
    """Whether a character is one of HAN. Cheaper to begin with than a pattern: its ranges are slow to compile."""
    return character >= "々" and (
        "一" <= character <= "鿿"
        or "㐀" <= character <= "䶿"
        or "\uf900" <= character <= "\ufaff"
        or character in "々〇"
    )


@cache
def _words() -> re.Pattern[str]:
    return re.compile(rf"[{LATIN}]+(?:['’&.+-][{LATIN}]+)*|[{WIDE}]+")


@cache
def _latin() -> re.Pattern[str]:
    return re.compile(rf"[{LATIN}]+(?:['’&.+-][{LATIN}]+)*")


@cache
def _counted() -> re.Pattern[str]:
    return re.compile(rf"[{WIDE}]+|[{LATIN}]+(?:['’.,-][{LATIN}]+)*")


def units(text: str) -> int:
    """The length of a text in its own unit: a Chinese, Japanese or Korean character 1, any other word 2."""
    return sum([2 if run[0] < CJK else len(run) for run in _counted().findall(text)])


def tokens(text: str) -> Iterator[str]:
    """The terms of a text in order: words in lower case, and pairs of neighbouring characters of Chinese."""
    for run in _words().findall(text):
        if run[0] < CJK:
            yield run.casefold()
        else:
            yield from map(add, run, run[1:])


def is_kana(term: str) -> bool:
    """Whether a term is made of hiragana alone: grammar rather than a word."""
    return not term.strip(HIRAGANA)


def placed(text: str) -> tuple[list[int], list[str]]:
    """The terms of a text and where each begins."""
    places: list[int] = []
    terms: list[str] = []
    for match in _words().finditer(text):
        run, at = match.group(), match.start()
        if run[0] < CJK:
            places.append(at)
            terms.append(run.casefold())
        else:
            places += range(at, at + len(run) - 1)
            terms += map(add, run, run[1:])
    return places, terms


def repeated(first: str, second: str, share: float) -> bool:
    """Whether two texts have more than this share of the shorter one's terms in common."""
    one, other = set(tokens(first)), set(tokens(second))
    return len(one & other) > share * max(1, min(len(one), len(other)))


class _Inside(NamedTuple):
    """A word found anywhere, in small letters; `whole` says that letters beside it make another word of it."""

    word: str
    list: str
    whole: bool


class Finder:
    """Word lists looked for in a text, all of them in one go.

    A Chinese word is found anywhere, a Latin one only as whole words; one written in capitals (`US`, `AI`)
    only in capitals. `…` in a phrase stands for up to GAP characters of the same sentence.
    """

    __slots__ = ("_begun", "_gapped", "_inside", "_names", "_words")

    def __init__(self, lists: Mapping[str, Iterable[str]]) -> None:
        self._names = tuple(lists)
        self._inside: dict[_Inside, frozenset[str]] = {}
        self._begun: dict[str, list[_Inside]] = {}
        self._words: dict[str, list[str]] = {}
        self._gapped: list[tuple[re.Pattern[str], str]] = []
        for name, words in lists.items():
            for word in words:
                self._add(name, word.strip())

    def _add(self, name: str, word: str) -> None:
        if "…" in word:
            self._gapped.append((re.compile(_with_gaps(word), re.IGNORECASE), name))
        elif _latin().fullmatch(word):
            exact = word.isupper() and len(word) > 1
            self._words.setdefault(word if exact else word.casefold(), []).append(name)
        elif word:
            lower = word.casefold()
            inside = _Inside(lower, name, word[0] < CJK)
            self._inside[inside] = frozenset(lower)
            for pair in _cases(word[:2]) if len(word) > 1 else ("",):
                self._begun.setdefault(pair, []).append(inside)

    def spots(self, text: str) -> dict[str, list[tuple[int, int]]]:
        """Where the words of each list stand in the text, in no order. Lists that do not occur are left out."""
        found = self.spots_apart(text)
        lower = _folded(text)
        characters = frozenset(lower)
        for inside, made_of in self._inside.items():
            if made_of <= characters:
                for at in _places(lower, inside):
                    found.setdefault(inside.list, []).append((at, at + len(inside.word)))
        return found

    def spots_apart(self, text: str) -> dict[str, list[tuple[int, int]]]:
        """Where single Latin words and phrases with a gap stand: what `inside` does not look for."""
        found: dict[str, list[tuple[int, int]]] = {}
        if self._words:
            for match in _latin().finditer(text):
                word = match.group()
                for name in (*self._words.get(word.casefold(), ()), *self._capitals(word)):
                    found.setdefault(name, []).append(match.span())
        for pattern, name in self._gapped:
            for match in pattern.finditer(text):
                found.setdefault(name, []).append(match.span())
        return found

    def inside(self, text: str, pairs: Iterable[str]) -> set[str]:
        """The lists of which another word stands in the text, whose pairs of neighbouring characters are known."""
        lower = _folded(text)
        begun = self._begun
        words = [one for pair in ("", *(begun.keys() & pairs)) for one in begun.get(pair, ())]
        return {
            one.list for one in words if one.word in lower and not (one.whole and next(_places(lower, one), -1) < 0)
        }

    def _capitals(self, word: str) -> Iterable[str]:
        return self._words.get(word, ()) if word.isupper() and word != word.casefold() else ()

    def within(self, text: str) -> frozenset[str]:
        """The lists of which a word stands in the text."""
        return frozenset(self.spots(text))


def _cases(pair: str) -> set[str]:
    """Two characters in small letters and capitals, in every way."""
    return {
        first + second for first in (pair[0].lower(), pair[0].upper()) for second in (pair[1].lower(), pair[1].upper())
    }


def _folded(text: str) -> str:
    """The text in small letters; as it is where a letter would grow."""
    lower = text.casefold()
    return lower if len(lower) == len(text) else text


def _places(text: str, inside: _Inside) -> Iterator[int]:
    """Where the word begins in the text."""
    word = inside.word
    at = text.find(word)
    while at >= 0:
        if not inside.whole or is_whole(text, at, at + len(word)):
            yield at
        at = text.find(word, at + len(word))


def is_whole(text: str, start: int, end: int) -> bool:
    """Whether no letter touches the stretch from outside."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (_is_letter(before) and _is_letter(text[start])) and not (
        _is_letter(after) and _is_letter(text[end - 1])
    )


def _is_letter(character: str) -> bool:
    return character < CJK and character.isalnum()


def _with_gaps(phrase: str) -> str:
    parts = [bounded(part.strip()) for part in phrase.split("…") if part.strip()]
    return f"[^。！？!?\n]{{0,{GAP}}}".join(parts)


def bounded(word: str) -> str:
    """A word as a regular expression that matches it whole: a Latin letter on either side is another word."""
    before = "(?<![0-9A-Za-z])" if _is_letter(word[:1]) else ""  # ASCII: other ranges are slow to compile
    after = "(?![0-9A-Za-z])" if _is_letter(word[-1:]) else ""
    return f"{before}{re.escape(word)}{after}"
