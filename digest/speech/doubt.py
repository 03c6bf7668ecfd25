"""When a speaker is no speaker: words that speak of the person they are given to.

`“Ann Lee is the best engineer I know,” she said` is not Ann Lee. Nobody is told instead: a wrong name costs more than
a missing one (quotes.md 2.13).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from digest import late

if TYPE_CHECKING:
    from digest.speech.speaker import Voice

NEAR = 60
"""Code points between a quotation and the name of its speaker that the article itself puts beside it."""

_OWN = late.regex(r"(?:我是|我叫|我，|本人|我就是|I am|I’m|I'm|[Mm]y name is|[Tt]his is)\s?$")


def settled(voice: Voice, text: str, start: int, end: int, *, found: Voice) -> Voice:
    """The voice, or one without a name where `text[start:end]` names its supposed speaker in the third person.

    `found` is the voice as it stood before pronouns were resolved. What the article says outright, `“…,” Lee said`,
    is never doubted: only a pronoun and what is inherited from another quotation.
    """
    if not voice.name or not (found.pronoun or not start - NEAR <= found.at <= end + NEAR):
        return voice
    return replace(voice, name=None, role=None) if _names(text[start:end], voice.name) else voice


def _names(words: str, name: str) -> bool:
    """Whether the words hold the full name, a given name of two Chinese characters, or an English surname."""
    if _third_person(words, name):
        return True
    rest = words.replace(name, "")
    if any("㐀" <= character <= "鿿" for character in name):  # a pattern of this range takes 2 ms to compile
        return len(name) > 2 and "·" not in name and _third_person(rest, name[-2:])
    return " " in name and _third_person(rest, name[name.rindex(" ") + 1 :])


def _third_person(words: str, form: str) -> bool:
    at = words.find(form)
    while at >= 0:
        behind = words[at + len(form) : at + len(form) + 1]
        whole = not form.isascii() or not ((at and words[at - 1].isalnum()) or behind.isalnum())
        if whole and not _OWN.search(words, max(0, at - 12), at):
            return True
        at = words.find(form, at + 1)
    return False
