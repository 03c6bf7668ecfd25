"""The language of a text, told by its letters and its smallest words.

Scripts tell Chinese, Japanese and Korean apart; characters that only one of the two Chinese scripts has
tell traditional from simplified; the commonest words tell the languages of Europe.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.lexicon import Lexicon

# Each begins with one set of characters, and not with a run of them: that keeps the search quick.
_KANA = re.compile("[\u3040-\u30ff\uff66-\uff9f][\u3040-\u30ff\uff66-\uff9f]*")
_HANGUL = re.compile("[\uac00-\ud7a3][\uac00-\ud7a3]*")
_HAN = re.compile("[\u3400-\u9fff][\u3400-\u9fff]*")
_CYRILLIC = re.compile("[\u0400-\u04ff][\u0400-\u04ff]{1,29}")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f][A-Za-z\u00c0-\u024f]{1,29}")
_SAMPLE = 3000
"""Code points looked at: most from the front, the rest from the middle, where no menu or transcript stands alone."""


@cache
def _words(lexicon: Lexicon) -> dict[str, frozenset[str]]:
    names = [name for name in lexicon.names() if name.startswith("labels.words_")]
    return {name.removeprefix("labels.words_"): frozenset(lexicon.words(name)) for name in names}


@cache
def _traditional(lexicon: Lexicon) -> tuple[frozenset[str], frozenset[str]]:
    return frozenset("".join(lexicon.words("labels.han_simplified"))), frozenset(
        "".join(lexicon.words("labels.han_traditional"))
    )


def language(text: str, lexicon: Lexicon) -> str | None:
    """`zh` (simplified), `zh-Hant`, `ja`, `ko`, `en`, `de` …; None for a text without words."""
    if len(text) > _SAMPLE:
        middle = len(text) // 2
        text = text[: _SAMPLE * 2 // 3] + text[middle : middle + _SAMPLE // 3]
    latin = _LATIN.findall(text)
    words = len(latin)
    kana = hangul = han = cyrillic = 0
    if not text.isascii():
        kana, hangul, han = (sum(map(len, script.findall(text))) for script in (_KANA, _HANGUL, _HAN))
        cyrillic = len(_CYRILLIC.findall(text))
    if hangul and hangul * 3 >= han + kana and hangul >= words:
        return "ko"
    if kana * 8 >= han + kana and kana >= 3 and kana + han >= words:
        return "ja"
    if han >= 2 and han * 2 >= words:
        return _chinese(text, lexicon)
    if cyrillic > words:
        return "ru"
    return _european(latin, lexicon) if words else None


def _chinese(text: str, lexicon: Lexicon) -> str:
    simplified, traditional = _traditional(lexicon)
    return "zh-Hant" if _held(text, traditional) > _held(text, simplified) else "zh"


def _held(text: str, characters: frozenset[str]) -> int:
    """How many of the characters stand in the text."""
    return sum(map(text.__contains__, characters))


def _european(latin: list[str], lexicon: Lexicon) -> str:
    words = [word.lower() for word in latin]
    counts = {name: sum(1 for word in words if word in known) for name, known in _words(lexicon).items()}
    best = max(counts, key=lambda name: counts[name], default="en")
    return best if counts.get(best, 0) > max(counts.get("en", 0), 1) else "en"
