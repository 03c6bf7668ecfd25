"""Stray spaces between Chinese characters, left by inline tags that a clipper dropped.

The rule is the measured one of the reference (55 of 60 removals right): a space between two Han goes where
the line is prose (a mark of 。！？；，, twenty Han, a mark in every 45) and no label or date stands nearby. A
space before a Chinese mark, and one beside bold between Han, is always stray. Han–Latin spaces are style.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import cache
from typing import TYPE_CHECKING

from digest import late
from digest.term import is_han

if TYPE_CHECKING:
    from digest.lexicon import Lexicon
    from digest.reading.paragraph import Paragraph

# Each begins with one character or one set of them, and not with a run: that keeps the search quick.
_GAP = late.regex(r"[ \u3000][ \u3000]*(?=[^\x00-\x7f])")
_CLOSES, _CLOSING, _OPENS = frozenset("”』」）)》%"), frozenset("”』」）》"), frozenset("“『「（《")
_MARKS = frozenset("，。、；：！？")
_KANA = late.regex("[\u3040-\u30ff]")
_MARK = late.regex("[。！？；，!?;,]")
_PAUSE = late.regex("[。！？；，、：!?;,:]")
_WORD = late.regex(r"[A-Za-z][A-Za-z]{2,29}")
_SPLIT_WORD = late.regex(r"([a-z](?<![A-Za-z][a-z])[a-z]?) ([a-z]{2,12})(?![A-Za-z])")
_WORDS = frozenset({"a", "i", "an", "in", "on", "at", "to", "of", "is", "it", "as", "be", "by", "or"})
"""What stands before a space as a word of its own, and is not the beginning of a split one."""
_DATE = late.regex(r"\d{4}年|\d{1,2}:\d{2}")
_NEAR = 14
_PROSE_HAN, _HAN_A_MARK = 20, 45


@cache
def _labels(lexicon: Lexicon) -> re.Pattern[str]:
    return re.compile(rf"{lexicon.any_of('labels.near_space')}|{_DATE.pattern}")


@cache
def _lost(lexicon: Lexicon) -> re.Pattern[str]:
    """A word that stands before a formula, and a gap where the formula was: `其中 为步长`, `给定 ，从`."""
    return re.compile(rf"(?:{lexicon.any_of('labels.before_formula')})([ \u3000]+)(?=[，。、；：为是表和与的到])")


def close_up(paragraph: Paragraph, lexicon: Lexicon) -> None:
    """Take the stray spaces out of a paragraph and remember where each stood."""
    text = paragraph.text
    if (" " not in text and "\u3000" not in text) or text.isascii():
        return
    paragraph.holes.extend((found.start(1), found.end(1) + 1) for found in _lost(lexicon).finditer(text))
    found_gaps = [(found.span(), _left(text, found.start()), text[found.end()]) for found in _GAP.finditer(text)]
    gone = {gap for gap, before, after in found_gaps if _is_stray(text, gap, before, after)}
    gaps = [gap for gap, before, after in found_gaps if is_han(before) and is_han(after)]
    if gaps and not _KANA.search(text):
        edges = set(paragraph.edges)
        gone |= {(a, b) for a, b in gaps if b in edges or a in edges}
        if paragraph.kind in {"paragraph", "quote", "item"} and _prose(text):
            gone |= {gap for gap in gaps if gap not in gone and _stray(text, gap, gaps, lexicon)}
    if gone:
        _remove(paragraph, sorted(gone))


def _left(text: str, at: int) -> str:
    """The character before a place; "" at the start."""
    return text[at - 1] if at else ""


def _is_stray(text: str, gap: tuple[int, int], before: str, after: str) -> bool:
    """Whether a gap before or behind a Chinese mark is one: ASCII spaces only, and a word or mark on the other side."""
    if set(text[gap[0] : gap[1]]) != {" "}:
        return False
    if after in _MARKS or after in _CLOSING:
        return is_han(before) or before in _CLOSES or (before.isascii() and before.isalnum())
    return (before in _MARKS or before in _OPENS) and (is_han(after) or after in _OPENS)


def _prose(text: str) -> bool:
    most = len(_MARK.findall(text)) * _HAN_A_MARK
    return len(text) >= _PROSE_HAN <= most and _PROSE_HAN <= sum(map(is_han, text)) <= most


def _stray(text: str, gap: tuple[int, int], gaps: list[tuple[int, int]], lexicon: Lexicon) -> bool:
    a, b = gap
    if _labels(lexicon).search(text, max(a - _NEAR, 0), b + _NEAR):
        return False
    wide = bisect_right(gaps, (a + _NEAR, len(text))) - bisect_left(gaps, (a - _NEAR, 0))
    letters = text[max(a - 6, 0) : b + 6].replace(" ", "")
    if wide > 3 and len(letters) <= wide + 3:
        return False
    if len(gaps) > 1:
        return True
    # One space in the line between two full clauses is a pause that was meant.
    left = _PAUSE.split(text[max(a - 20, 0) : a])[-1]
    right = _PAUSE.split(text[b : b + 20])[0]
    starts = a - len(left) == 0 or text[a - len(left) - 1] in "。！？!?"
    return not (starts and len(left) <= 6 and len(right) >= 4)


def _remove(paragraph: Paragraph, gone: list[tuple[int, int]]) -> None:
    """Close the gaps up, and move every span along."""
    text = paragraph.text
    parts: list[str] = []
    seams: list[int] = []
    at = shift = 0
    moves: list[tuple[int, int]] = []
    for a, b in gone:
        if a < at:
            continue
        parts.append(text[at:a])
        shift += b - a
        seams.append(b - shift)
        moves.append((b, shift))
        at = b
    parts.append(text[at:])

    def moved(place: int) -> int:
        back = 0
        for edge, total in moves:
            if edge > place:
                break
            back = total
        return place - back

    paragraph.text = "".join(parts)
    paragraph.marks = [(kind, moved(a), moved(b)) for kind, a, b in paragraph.marks if moved(a) < moved(b)]
    paragraph.holes = [(moved(a), max(moved(b), moved(a) + 1)) for a, b in paragraph.holes]
    paragraph.seams = seams


def rejoin(paragraphs: list[Paragraph]) -> None:
    """Join a split Latin word (`o ffer`) where it stands whole elsewhere in the document."""
    split = [
        (paragraph, found)
        for paragraph in paragraphs
        if " " in paragraph.text and not paragraph.text.isascii() and paragraph.read
        for found in _SPLIT_WORD.finditer(paragraph.text)
        if found[1] not in _WORDS
    ]
    if not split:
        return
    whole = {word for paragraph in paragraphs if paragraph.read for word in _WORD.findall(paragraph.text)}
    for paragraph, found in reversed(split):
        if found[1] + found[2] in whole and any(map(is_han, paragraph.text)):
            at = found.end(1)
            earlier = paragraph.seams
            _remove(paragraph, [(at, at + 1)])
            paragraph.seams = sorted([seam - (seam > at) for seam in earlier] + paragraph.seams)
