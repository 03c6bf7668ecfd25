"""Sounds: names as they are heard, so that one written in three scripts is one name.

A name is brought down to its consonants, those that the scripts cannot tell apart made one: Femke Oost, 费姆克·奥斯特
and フェムケ・オースト are all FMK and ST. Liquids that end a syllable are left out, as each script writes them in
its own way (Halden, 哈尔登, ハルデン: HTN).
"""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from digest.gathering.naming import readings

if TYPE_CHECKING:
    from collections.abc import Iterator

LEAST = 2
"""Fewer consonants than this tell no name."""
KANA = 3
"""A word of fewer katakana is not looked at."""
CLASSES = {
    "b": "P", "p": "P", "d": "T", "t": "T", "g": "K", "k": "K", "q": "K", "c": "K", "f": "F", "v": "F", "w": "F",
    "h": "H", "m": "M", "n": "N", "l": "L", "r": "L", "s": "S", "z": "S", "j": "S",
}  # fmt: skip
"""Consonants that the scripts do not tell apart."""
INITIALS = {"zh": "S", "ch": "S", "sh": "S", "q": "S", "x": "S", "z": "S", "c": "S"}
"""Initials of Chinese syllables that are not what they are in English."""
HARD = frozenset("基吉金")
"""Characters that stand for a k or a hard g."""
ROWS = {
    "": "アイウエオァィゥェォヤユヨャュョー", "K": "カキクケコガギグゲゴ", "S": "サシスセソザジズゼゾチツヂヅッ",
    "T": "タテトダデド", "N": "ナニヌネノン", "H": "ハヒヘホ", "F": "フワヴヷ", "P": "バビブベボパピプペポ",
    "M": "マミムメモ", "L": "ラリルレロ",
}  # fmt: skip
"""Katakana by the consonant they begin with."""


def english(word: str) -> str:
    """The consonants of a word in Latin letters."""
    word = word.casefold().replace("sh", "s").replace("ch", "j").replace("th", "s").replace("ph", "f")
    word = word.replace("ck", "k").replace("x", "ks")
    found: list[str] = []
    for letter, behind in pairwise(f"{word}."):
        vowel = behind in "aeiouyáéíóúöüäå"
        if (letter in "lr" and found and not vowel and behind != letter) or (letter in "hw" and not vowel):
            continue
        soft = letter == "c" and behind in "eiy"
        found.append("S" if soft else CLASSES.get(letter, ""))
    return _single(found)


def chinese(name: str) -> str:
    """The consonants of a foreign name in Han characters; empty where a reading is not known."""
    found: list[str] = []
    for character in name:
        sound = readings().get(character, "")
        if not sound:
            return ""
        if sound != "er":
            initial = next((INITIALS[start] for start in INITIALS if sound.startswith(start)), None)
            found.append("K" if character in HARD else initial or CLASSES.get(sound[0], ""))
            found.append("N" if sound[-1] in "ng" and len(sound) > 1 else "")
    return _single(found)


def japanese(name: str) -> str:
    """The consonants of a name in katakana."""
    rows = _rows()
    found = [rows.get(sign, "") for sign in name]
    kept = [one for place, one in enumerate(found) if place == 0 or name[place] not in "ルッ"]
    return _single(kept)


def _single(found: list[str]) -> str:
    """Consonants in a row, each repeated one once."""
    word = "".join(found)
    return "".join(one for one, behind in pairwise(f"{word}.") if one != behind)


@cache
def _rows() -> dict[str, str]:
    return {sign: row for row, signs in ROWS.items() for sign in signs}


def heard(text: str, names: frozenset[str], foreign: re.Pattern[str]) -> Iterator[str]:
    """The consonants of the foreign names of a text, in whatever script they stand.

    `names` are its names in Latin letters, `foreign` matches what can be a foreign name in Han characters.
    """
    for match in foreign.finditer(text):
        for part in match.group().split("·"):
            yield chinese(part)
    for word in _katakana().findall(text):
        yield japanese(word)
    for name in names:
        yield english(name)


@cache
def _katakana() -> re.Pattern[str]:
    return re.compile(rf"[ァ-ヴー]{{{KANA},20}}")
