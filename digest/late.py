"""Patterns that are compiled by their first use.

CPython takes a third of a millisecond to compile a middling pattern, and 1 to 3 ms where it holds a range of Chinese
characters; most clips need three quarters of those that are written down, and most commands read no clip.
"""

from __future__ import annotations

import re
from typing import cast


def regex(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """A stand-in for `re.compile(pattern, flags)` by its methods; no function of `re` takes it, no `match.re` is it."""
    return cast("re.Pattern[str]", _Late(pattern, flags))


class _Late:
    """A pattern's methods, each fetched once."""

    def __init__(self, pattern: str, flags: int) -> None:
        self._made_of = pattern, flags

    def __getattr__(self, name: str) -> object:
        found: object = getattr(re.compile(*self._made_of), name)  # `re` keeps what it compiled
        setattr(self, name, found)
        return found
