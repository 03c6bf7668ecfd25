"""Who said it: a voice as it stands in the text, and the words it is given."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Voice:
    """The words that say who speaks.

    `mention` is the phrase as it stands, at offset `at` of the text; `name` the name in it (None for a pronoun
    or "a spokesman"), `role` the title or affiliation beside the name, `cue` the verb or phrase that says that
    it is speech. `pronoun` is to be resolved; `unnamed` stays as worded; `hearsay` is second-hand.
    """

    mention: str | None
    at: int
    cue: str | None = None
    name: str | None = None
    role: str | None = None
    pronoun: bool = False
    unnamed: bool = False
    hearsay: bool = False


NOBODY = Voice(None, -1)
"""Somebody speaks, and the article does not say who."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Marked words that are speech: their span, whose they are, and the split quotation they are a part of."""

    start: int
    end: int
    voice: Voice
    group: int | None = None
