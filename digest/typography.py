"""How words are set: quotation marks, headlines of ours, writing direction, reading time, room.

Nothing here changes a quoted word: marks go around it, and an unclosed direction control is closed behind it.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby

from digest import late
from digest.labels import nearest

_MARKS = {
    "zh-CN": (("“", "”"), ("「", "」"), ("『", "』")),
    "zh-TW": (("「", "」"), ("『", "』"), ("“", "”")),
    "ja": (("「", "」"), ("『", "』"), ("“", "”")),
    "en": (("“", "”"),),
}
_WIDE = str.maketrans({",": "，", "!": "！", "?": "？", ":": "："})
_OPENS = "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"
_ISOLATES = "\u2066\u2067\u2068"
CONTROLS = late.regex("[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]+")
"""Line ends, control characters and direction controls: none of them has a place in a line of ours."""
_SPACES = late.regex("[\t-\r\u0085\u2028\u2029]")


def has_han(text: str) -> bool:
    """Whether a text holds a Han character."""
    return not text.isascii() and any(map(_is_han, text))


def _is_han(character: str) -> bool:
    # Compared, not matched: a pattern with such long ranges takes milliseconds to compile.
    return character >= "\u2e80" and (
        "\u4e00" <= character <= "\u9fff"
        or "\u3400" <= character <= "\u4dbf"
        or "\u3005" <= character <= "\u3007"
        or "\u2e80" <= character <= "\u2fdf"
        or "\uf900" <= character <= "\ufaff"
        or "\U00020000" <= character <= "\U0003ffff"
    )


def _is_cjk(character: str) -> bool:
    return "\u3040" <= character <= "\u30ff" or "\uac00" <= character <= "\ud7af" or _is_han(character)


def line(text: str) -> str:
    """A text as one line of ours: control characters become a space, direction controls go."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return CONTROLS.sub(
        lambda found: " " if found[0].strip("\t\n\r\x0b\x0c\x85\u2028\u2029") != found[0] else "", text
    ).strip()


def closed(text: str) -> str:
    """The same text, with every direction control it leaves open closed behind it."""
    if text.isascii() or not any(character in text for character in _OPENS):
        return text
    behind: list[str] = []
    for character in text:
        if character in _OPENS:
            behind.append("\u2069" if character in _ISOLATES else "\u202c")
        elif character in "\u202c\u2069" and behind and behind[-1] == character:
            behind.pop()
    return text + "".join(reversed(behind))


def direction(text: str) -> str:
    """`rtl` where the first letter with a direction runs from right to left, else `ltr`."""
    if text.isascii():
        return "ltr"
    first = next((kind for kind in map(unicodedata.bidirectional, text) if kind in {"L", "R", "AL"}), "L")
    return "ltr" if first == "L" else "rtl"


def quoted(text: str, language: str | None = None) -> str:
    """A person's words in the quotation marks of their language.

    A text that holds the marks itself is wrapped in the next pair (“” → 「」 → 『』); where none is left, or the
    text has straight marks of its own, it stands bare, for a block quotation. Marks inside stay as they are.
    """
    tongue = nearest(language) if language else ("zh-CN" if has_han(text) else "en")
    for opening, closing in _MARKS[tongue]:
        if opening not in text and closing not in text and not ('"' in text and opening == "“"):
            return f"{opening}{closed(text)}{closing}"
    return closed(text)


def headline(text: str, language: str | None = None) -> str:
    """A title set as our headline: one line; in Chinese `, ! ? :` beside Han characters turn full-width."""
    text = line(text)
    if (language or "zh").lower().startswith("zh") and has_han(text):
        return re.sub("[,!?:]", _widened, text)
    return text


def _widened(mark: re.Match[str]) -> str:
    before, after = mark.string[: mark.start()][-1:], mark.string[mark.end() : mark.end() + 1]
    letters = before.isascii() and before.isalpha() and after.isascii() and after.isalpha()
    wide = _is_han(before) or _is_han(after) or (mark[0] == "," and letters)
    return mark[0].translate(_WIDE) if wide else mark[0]


def minutes(*texts: str) -> int:
    """Reading time in minutes, at least 1: words / 230 + Han characters (kana and Hangul too) / 350, rounded up."""
    runs = re.findall(r"[^\W_]+", whole := "\n".join(texts))
    words = sum(sum(not cjk for cjk, _ in groupby(run, _is_cjk)) if max(run) >= "\u2e80" else 1 for run in runs)
    taken = words / 230 + sum(map(_is_cjk, whole)) / 350
    return max(1, -int(-taken // 1))


def columns(text: str) -> int:
    """The room a text takes, in columns: a wide character counts two."""
    return len(text) + sum(
        unicodedata.east_asian_width(character) in "WF" for character in text if character > "\u10ff"
    )


def shortened(text: str, room: int) -> str:
    """A text that takes at most `room` columns: whole, else up to its last clause that fits, else up to a word.

    What is cut is marked with `…`; no number, Latin word, surrogate or joined emoji is ever cut apart. A text
    that can be cut nowhere gives "".
    """
    if columns(text) <= room:
        return text
    taken, at = columns("…"), 0
    while at < len(text) and taken + columns(text[at]) <= room:
        taken += columns(text[at])
        at += 1
    kept = text[:at]
    clauses = [found.start() for found in re.finditer("[，。！？；：、,;:!?—|｜]|[ 　](?=[^\\x00-\\x7f])", kept)]
    clauses = [end for end in clauses if columns(kept[:end]) * 2 >= room and not kept[end + 1 : end + 2].isdigit()]
    if clauses:
        return kept[: clauses[-1]].rstrip() + "…"
    while kept and _joined(text[len(kept) - 1], text[len(kept)]):
        kept = kept[:-1]
    return kept.rstrip() + "…" if kept.strip() else ""


def _joined(left: str, right: str) -> bool:
    """Whether a cut between these two would tear a word, number, mark or emoji apart."""
    if "\u200d" in (left, right) or unicodedata.category(right) in {"Mn", "Me", "Cf", "Sk"}:
        return True
    flags = "\U0001f1e6" <= left <= "\U0001f1ff" and "\U0001f1e6" <= right <= "\U0001f1ff"
    narrow = (
        max(left, right) < "\u2e80" and (left.isalnum() or left in ".,%$€£") and (right.isalnum() or right in ".,%")
    )
    unit = left.isdigit() and right.isalnum()
    return flags or narrow or unit or left in "“「『《（([【"
