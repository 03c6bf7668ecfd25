"""Word lists: data an editor can read and add to.

They lie in `config/lexicon/*.yaml`, a list a key, its words parted by white space or, where words hold
spaces, one a line of a YAML list. A home's own file of the same name adds to the shipped one; a word
with `-` before it is taken out.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from digest import shipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FILES = ("cues", "people", "marks", "noise", "labels", "rules", "fitting")
"""The lexicons there are, without `.yaml`."""


class Lexicon:
    """Word lists by `file.key`, equal only to itself, so that compiled patterns can be kept with it."""

    __slots__ = ("_lists",)

    def __init__(self, lists: Mapping[str, Iterable[str]]) -> None:
        self._lists = {name: tuple(dict.fromkeys(words)) for name, words in lists.items()}

    def words(self, *names: str) -> tuple[str, ...]:
        """The words of these lists, in order, each once. KeyError for a list that does not exist."""
        return tuple(dict.fromkeys(word for name in names for word in self._lists[name]))

    def any_of(self, *names: str) -> str:
        """A regular expression that matches any of the words, longest first, escaped."""
        return alternation(self.words(*names))

    def names(self) -> tuple[str, ...]:
        """The lists there are."""
        return tuple(self._lists)

    def with_words(self, own: Mapping[str, Iterable[str]]) -> Lexicon:
        """A lexicon with an editor's words added, and those written `-word` taken out."""
        lists = {name: list(words) for name, words in self._lists.items()}
        for name, words in own.items():
            kept = lists.setdefault(name, [])
            for word in words:
                if word.startswith("-") and word[1:] in kept:
                    kept.remove(word[1:])
                else:
                    kept.append(word)
        return Lexicon(lists)


def alternation(words: Iterable[str]) -> str:
    """Words as one regular expression, longest first, so that a longer word is never cut short."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word))) or "(?!)"


def lists_in(name: str, table: Mapping[str, object]) -> dict[str, list[str]]:
    """The lists of one lexicon file as `name.key`. TypeError for a value that is no list of words."""
    lists: dict[str, list[str]] = {}
    for key, value in table.items():
        if isinstance(value, str):
            lists[f"{name}.{key}"] = value.split()
        elif isinstance(value, list) and all(isinstance(word, str) for word in value):
            lists[f"{name}.{key}"] = list(value)
        else:
            message = f"{key}: expected words parted by spaces, or a list of words"
            raise TypeError(message)
    return lists


@cache
def default() -> Lexicon:
    """The shipped lexicon."""
    lists: dict[str, list[str]] = {}
    for name in FILES:
        lists |= lists_in(name, shipped.table(f"config/lexicon/{name}.yaml"))
    return Lexicon(lists)
