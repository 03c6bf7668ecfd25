"""Who said it: a voice as it stands in the text, and the cast of an article that gives it its full name."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


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


@dataclass(slots=True)
class Cast:
    """The people and bodies that an article names, in the order in which they are met."""

    aliases: Mapping[str, str] = field(default_factory=dict)
    names: dict[str, str | None] = field(default_factory=dict)  # name → role
    full: dict[str, str] = field(default_factory=dict)

    def meet(self, name: str, role: str | None = None) -> None:
        """Remember a name, and the first role the article gives with it."""
        if role is not None or name not in self.names:
            self.names[name] = self.names.get(name) or role

    def fullest(self, name: str) -> str:
        """The longest name met that this one is a short form of; an alias of the editor goes before."""
        if name in self.aliases:
            return self.aliases[name]
        if name not in self.full:
            self.full[name] = self._fullest(name)
        return self.full[name]

    def _fullest(self, name: str) -> str:
        known = [other for other in self.names if len(other) > len(name) and is_short_form(name, other)]
        if not known:
            return name
        longest = max(known, key=len)
        # Two people of one surname: a short form that fits both names neither.
        return longest if all(is_short_form(other, longest) for other in known) else name

    def resolve(self, voice: Voice) -> Voice:
        """The voice with the fullest name and role the article gives it."""
        if voice.name is None:
            return voice
        name = self.fullest(voice.name)
        return replace(voice, name=name, role=voice.role or self.names.get(name) or self.names.get(voice.name))


def is_short_form(short: str, long: str) -> bool:
    """Whether `short` is a surname, forename or title form of the name `long`."""
    if long.isascii() or short.isascii():
        words, wanted = long.replace("·", " ").split(), short.split()
        return len(wanted) < len(words) and (words[-len(wanted) :] == wanted or words[: len(wanted)] == wanted)
    return len(short) > 1 and (long.endswith(short) or (("·" in long) and long.startswith(short + "·")))
