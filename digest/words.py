"""Word lists in the forms a text is searched with: cheap to build (no pattern to compile), quick to ask."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def listed(words: str) -> frozenset[str]:
    """The words of a string, parted by spaces."""
    return frozenset(words.split())


class Words(frozenset[str]):
    """A set of words that knows where in a text they stand; the longest word at a place wins."""

    __slots__ = ("_by_first", "_firsts", "_lasts", "_longest")

    def __init__(self, words: Iterable[str]) -> None:
        del words  # a frozen set has taken them when it was made
        self._longest = max(map(len, self), default=0)
        by_first: defaultdict[str, list[str]] = defaultdict(list)
        for word in self:
            by_first[word[0]].append(word)
        self._by_first = {first: tuple(sorted(them, key=len, reverse=True)) for first, them in by_first.items()}
        self._lasts = frozenset(word[-1] for word in self)
        self._firsts: re.Pattern[str] | None = None

    def at(self, text: str, start: int, end: int) -> str:
        """The longest word that begins at `start` and ends by `end`; empty if none."""
        return _first(self._by_first.get(text[start] if start < end else "", ()), text, start, end)

    def ending(self, text: str) -> str:
        """The longest word that `text` ends with; empty if none."""
        if text[-1:] not in self._lasts:
            return ""
        for size in range(min(self._longest, len(text)), 0, -1):
            if text[-size:] in self:
                return text[-size:]
        return ""

    def within(self, text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
        """Every place of `text[start:end]` at which a word begins, with the longest one there; they may overlap."""
        if self._firsts is None:  # compiled by the first search: a set of so many characters takes a millisecond
            self._firsts = re.compile(f"[{re.escape(''.join(self._by_first))}]" if self._by_first else "(?!)")
        for m in self._firsts.finditer(text, start, end):
            at, words = m.start(), self._by_first[m.group()]
            if text.startswith(words, at, end):
                yield at, _first(words, text, at, end)


def _first(words: tuple[str, ...], text: str, start: int, end: int) -> str:
    """The first of the words that `text[start:end]` begins with; empty if none."""
    for word in words:
        if text.startswith(word, start, end):
            return word
    return ""
