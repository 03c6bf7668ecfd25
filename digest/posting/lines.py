"""Lines of display type: where Chinese, Japanese and Latin text may be broken, and how a few lines look calm.

No line begins with a mark that closes (，。”) nor ends with one that opens (“《), a dash or ellipsis is not torn,
a figure keeps its unit; two full-width marks in a row share the blank between them. After W3C, Requirements for
Chinese Text Layout (clreq), 3.1. All widths are in ems, so that lines can be tried at any size.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from digest import late

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_CLOSING = frozenset("，。、；：！？）》」』】〉”’…—·～〜ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ!%),.:;?]}‰℃°%")
_OPENING = frozenset("（《「『【〈“‘([{$￥¥€£")
_BLANK_BEHIND = frozenset("，。、”’）》」』】〉")
_BLANK_BEFORE = frozenset("（《「『【〈“‘")
_FULL = frozenset("：；！？")
_UNITS = frozenset("万亿千百年月日时元岁倍个人次天")
_HAN = "\u2e80-\u303f\u3040-\u312f\u31f0-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
_IS_HAN = late.regex(f"[{_HAN}]")
_PIECE = late.regex(rf"(\s*)((?:[^\s{_HAN}“”‘’…—·]|(?<=[^\W{_HAN}])’(?=[^\W{_HAN}]))+|\S)")
_WORD = late.regex(r"(\s*)([^\s—–]+[—–]*|[—–]+)")

SPACE, SEAM = 0.26, 0.16
"""Ems of a space, and of the seam between Chinese and Latin where the text has none."""
LATIN = True
SHARED = 0.5
"""Ems of blank that a full-width mark gives up."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What is drawn as one: a Latin word with its marks, or a single character.

    `width` is in ems, `lead` the space before it inside a line; `joined` says that no line begins with it, `latin` that
    the Latin face draws it.
    """

    text: str
    width: float
    lead: float = 0.0
    joined: bool = False
    latin: bool = False


Line = tuple[Cell, ...]


def cells(text: str, measure: Callable[[str, bool], float]) -> tuple[Cell, ...]:
    """A paragraph as cells. `measure(text, latin)` gives the width in ems in the Latin or the other face."""
    if not _IS_HAN.search(text):
        return tuple(
            Cell(word, measure(word, LATIN), SPACE if space else 0.0, latin=True) for space, word in _WORD.findall(text)
        )
    made: list[Cell] = []
    for space, piece in _PIECE.findall(text):
        latin = len(piece) > 1 or (piece.isalnum() and not _IS_HAN.match(piece))
        cell = Cell(piece, measure(piece, latin), latin=latin)
        made.append(replace(cell, lead=_lead(made[-1], cell, space), joined=_joined(made[-1], cell)) if made else cell)
    return tuple(made)


def width(line: Sequence[Cell]) -> float:
    """The ems a line takes; the blank half of a full-width mark at either end is none of it."""
    return sum(cell.width + cell.lead for cell in line) - line[0].lead + start(line) - _behind(line[-1])


def start(line: Sequence[Cell]) -> float:
    """Ems, zero or less, by which a line is moved so that an opening mark hangs with its ink on the edge."""
    return -SHARED if line[0].text in _BLANK_BEFORE and line[0].width > SHARED else 0.0


def broken(paragraph: Sequence[Cell], most: float) -> tuple[Line, ...] | None:
    """The calmest lines of at most `most` ems, as few as can be; None where a cell is wider than that.

    Of all narrower columns with as many lines the one is taken whose lines end at marks, are of like length and
    leave no lonely word behind.
    """
    widest = _greedy(paragraph, most)
    if widest is None:
        return None
    tried = [widest]
    column = most - SHARED
    while (lines := _greedy(paragraph, column)) is not None and len(lines) == len(widest):
        tried.append(lines)
        column = min(column, max(map(width, lines))) - SHARED
    return max(tried, key=_calm)


def _greedy(paragraph: Sequence[Cell], most: float) -> tuple[Line, ...] | None:
    lines: list[Line] = []
    line: list[Cell] = []
    for group in _groups(paragraph):
        if line and width([*line, *group]) > most:
            lines.append(tuple(line))
            line = []
        if not line and width(group) > most:
            return None
        line += group
    return (*lines, tuple(line)) if line else tuple(lines)


def _groups(paragraph: Sequence[Cell]) -> Iterator[list[Cell]]:
    """Cells that stay on one line."""
    group: list[Cell] = []
    for cell in paragraph:
        if group and not cell.joined:
            yield group
            group = []
        group.append(cell)
    if group:
        yield group


def _calm(lines: Sequence[Line]) -> float:
    """How well lines look: more is better."""
    widths = [width(line) for line in lines]
    longest = max(widths)
    if len(lines) == 1:
        return longest
    ends = sum(line[-1].text[-1] in _CLOSING for line in lines[:-1]) / (len(lines) - 1)
    ragged = sum(((longest - one) / longest) ** 2 for one in widths[:-1]) / (len(lines) - 1)
    lonely = max(0.0, 0.45 - widths[-1] / longest)
    return ends - 6 * ragged - 4 * lonely + longest / 100


def _lead(before: Cell, cell: Cell, space: str) -> float:
    if space:
        return SPACE
    if before.latin != cell.latin:
        other = cell.text if before.latin else before.text
        return SEAM if other.isalnum() else 0.0
    behind = before.text in _BLANK_BEHIND and before.width > SHARED and cell.text in _CLOSING | _BLANK_BEFORE
    ahead = cell.text in _BLANK_BEFORE and cell.width > SHARED and before.text in _OPENING | _FULL
    return -SHARED if behind or ahead else 0.0


def _joined(before: Cell, cell: Cell) -> bool:
    first, last = cell.text[0], before.text[-1]
    if first in _CLOSING or last in _OPENING:
        return True
    return ((last.isdigit() or last in _UNITS) and first in _UNITS) or (last == "第" and first.isdigit())


def _behind(cell: Cell) -> float:
    """The blank behind a full-width mark."""
    return SHARED if cell.text in _BLANK_BEHIND and cell.width > SHARED else 0.0
