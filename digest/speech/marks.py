"""Quotation marks: which opening belongs to which closing, and the text with every quoted stretch blanked.

Marks are paired inside one paragraph and resynchronised at its end, so that one odd mark costs one paragraph
and never a document. Everything is one pass over the marks of a paragraph: linear in its length.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DUMMY = "\ue000"
"""Stands for every code point of a quoted stretch (marks included), so that words inside never count."""

DEEPEST = 8
"""Quotations stand at most so deep in one another; beyond, the outermost was never closed."""

_CORNER = {"「": "」", "『": "』", "«": "»", "〝": "〞", "‹": "›"}
_CLOSING = {close: opening for opening, close in _CORNER.items()}
_ANY = re.compile("[“”\"„‟＂「」『』«»〝〞‹›]|``|''")
_SINGLE = re.compile("[‘’'‚]")
_BEFORE_OPENING = "([{（【<:：—–-"
_LEFT = " \t\u00a0\u3000([{（【<—–-:：,，、。．.；;！？!?…·/|*_~>"
_RIGHT = " \t\u00a0\u3000)]}）】>—–-:：,，、。.；;！？!?…·/|*_~<"


class Pair(NamedTuple):
    """A quoted stretch: `start:end` between its marks, `left:right` with them.

    `opened` and `closed` say whether its marks stand in this paragraph: a quotation continued over paragraphs
    opens in each and closes in the last. `single` tells single marks, `corner` those of East Asia and France,
    which often mark terms.
    """

    left: int
    start: int
    end: int
    right: int
    opened: bool = True
    closed: bool = True
    single: bool = False
    corner: bool = False


def pairs(text: str, start: int, end: int, *, inside: bool = False) -> list[Pair]:
    """The outermost quoted stretches of the paragraph `text[start:end]`, in order.

    `inside` says that the paragraph before left a quotation open. A stretch left open runs to the end of the
    paragraph; the caller decides whether that is a quotation.
    """
    found = _doubles(text, start, end, inside=inside) if _ANY.search(text, start, end) else []
    if _SINGLE.search(text, start, end):
        found = _with_singles(text, start, end, found)
    return found


def _looks(text: str, at: int, size: int, start: int, end: int) -> tuple[bool, bool]:
    """Whether a mark looks like an opening, and like a closing one, by its neighbours."""
    before = text[at - 1] if at > start else " "
    after = text[at + size] if at + size < end else " "
    space_before, space_after = before.isspace(), after.isspace()
    opens = (before in _LEFT and not space_after) or (at == start)
    closes = (after in _RIGHT and not space_before) or (at + size == end)
    return opens, closes


def _doubles(  # noqa: C901, PLR0912 -- a sort of mark after the other
    text: str, start: int, end: int, *, inside: bool
) -> list[Pair]:
    tokens = list(_ANY.finditer(text, start, end))
    if text.find('"', start, end) >= 0:
        tokens = [m for m in tokens if not _is_measure(text, m.start(), start)]
    found: list[Pair] = []
    stack: list[tuple[str, int, int]] = []  # (mark, its offset, offset behind it)
    shapes = [token.group() for token in tokens]
    swapped = not inside and _is_swapped(shapes)
    nested = shapes.count('"') % 2 == 0  # straight marks inside curly ones, when none of them is odd
    last_curly = max((k for k, shape in enumerate(shapes) if shape == "”"), default=-1)
    for i, token in enumerate(tokens):
        mark, at, behind = token.group(), token.start(), token.end()
        if swapped and mark in "“”":
            if stack:
                opening = stack.pop()
                _add(found, Pair(opening[1], opening[2], at, behind))
            else:
                stack.append((mark, at, behind))
            continue
        if mark in _CORNER:
            if mark == "«" and not stack and behind < end and text[behind] in _RIGHT and not text[behind].isspace():
                continue
            stack.append((mark, at, behind))
            del stack[:-DEEPEST]
        elif mark in _CLOSING:
            _close_corner(found, stack, mark, at, behind, is_bullet=at == start)
        elif _opens(text, tokens, i, stack, (start, end), nests=nested and i + 1 < last_curly):
            inner = mark == '"' and stack and stack[-1][0] in ("“", "„")
            if stack and stack[-1][0] not in _CORNER and not inner and not _nests(tokens, i):
                stack.pop()  # the one before was never closed: resynchronise
            stack.append((mark, at, behind))
            del stack[:-DEEPEST]
        elif stack and any(entry[0] not in _CORNER for entry in stack):
            while stack[-1][0] in _CORNER:
                stack.pop()
            opening = stack.pop()
            _add(found, Pair(opening[1], opening[2], at, behind))
        elif inside and not found and not stack:
            found.append(Pair(start, start, at, behind, opened=False))
    if stack:
        mark, at, behind = stack[0]
        if behind < end:
            found = [pair for pair in found if pair.right <= at or pair.left < at]
            found.append(Pair(at, behind, end, end, closed=False, corner=mark in _CORNER))
    return sorted(found, key=lambda pair: pair.left)


def _is_swapped(marks: list[str]) -> bool:
    """Whether every curly pair stands the wrong way round, `”so“`, as hurried typists leave it."""
    curly = [mark for mark in marks if mark in ("“", "”")]
    return (
        len(curly) > 1
        and curly[0] == "”"
        and curly[1::2] == ["“"] * (len(curly) // 2)
        and curly[::2] == ["”"] * len(curly[::2])
    )


def _add(found: list[Pair], pair: Pair) -> None:
    """Keep a stretch that lies in no other; an outer one swallows those inside it."""
    while found and found[-1].left > pair.left:
        found.pop()
    found.append(pair)


def _close_corner(
    found: list[Pair], stack: list[tuple[str, int, int]], mark: str, at: int, behind: int, *, is_bullet: bool
) -> None:
    want = _CLOSING[mark]
    if is_bullet or not any(entry[0] == want for entry in stack):
        return
    while stack:
        opening = stack.pop()
        if opening[0] == want:
            _add(found, Pair(opening[1], opening[2], at, behind, corner=True))
            return


def _is_measure(text: str, at: int, start: int) -> bool:
    """Inches after a digit where no quotation can close: `6'2"`; and attributes of left-over mark-up: `id="x"`."""
    if text[at] != '"' or at <= start:
        return False
    before = text[at - 1]
    if before == "=":
        return True
    if before.isdigit() and "'" in text[max(start, at - 4) : at]:
        return True
    opening = text.rfind('="', max(start, at - 200), at)
    return opening >= 0 and '"' not in text[opening + 2 : at]


def _opens(  # noqa: PLR0911 -- a sort of mark after the other
    text: str,
    tokens: list[re.Match[str]],
    i: int,
    stack: list[tuple[str, int, int]],
    within_text: tuple[int, int],
    *,
    nests: bool,
) -> bool:
    """Whether a double mark opens: its own shape first, then what stands around it, then the turn of toggling.

    `nests`: a straight mark inside a curly pair may open a pair of its own.
    """
    start, end = within_text
    mark, at = tokens[i].group(), tokens[i].start()
    looks_open, looks_close = _looks(text, at, len(mark), start, end)
    within = any(entry[0] not in _CORNER for entry in stack)
    if mark in "“„‟``" or mark == "``":
        if not within:
            return not (looks_close and not looks_open and at + len(mark) == end)
        if looks_close and not looks_open:
            return False
        # `“A“ and “B”`: an opening before another opening was meant to close.
        after = tokens[i + 1].group() if i + 1 < len(tokens) else ""
        return not (after == "“" and looks_close)
    if mark == "”":
        if within:
            return False
        closes_later = i + 1 < len(tokens) and tokens[i + 1].group() == "”"
        return closes_later and looks_open and not looks_close
    if within and stack[-1][0] in ("“", "„"):
        return mark == '"' and nests
    if within:
        return (
            looks_open
            and not looks_close
            and (at == start or text[at - 1].isspace() or text[at - 1] in _BEFORE_OPENING)
        )
    return looks_open or not looks_close


def _nests(tokens: list[re.Match[str]], i: int) -> bool:
    """Whether two closings follow, so that the opening at `i` stands inside another quotation."""
    depth = 1
    for token in tokens[i + 1 : i + 12]:
        if token.group() in "“„":
            depth += 1
        elif token.group() == "”":
            depth -= 1
            if depth < 0:
                return True
    return False


def _with_singles(text: str, start: int, end: int, doubles: list[Pair]) -> list[Pair]:
    """Add single-marked stretches outside the double ones; an apostrophe is no mark."""
    found: list[Pair] = list(doubles)
    opening: int | None = None
    inner = iter([*doubles, Pair(end, end, end, end)])
    current = next(inner)
    for token in _SINGLE.finditer(text, start, end):
        at = token.start()
        while current.right <= at < end:
            current, opening = next(inner), None  # a double-marked stretch ends every single one
        if current.left <= at:
            continue
        before = text[at - 1] if at > start else " "
        after = text[at + 1] if at + 1 < end else " "
        can_open = token.group() != "’" and not before.isalnum() and not after.isspace()
        can_open = can_open or (token.group() == "‘" and _is_han(before) and not after.isspace())
        can_close = opening is not None and not (after.isalnum() and not _is_han(after)) and not before.isspace()
        if opening is None:
            if can_open and not (after.isdigit() and token.group() != "‘"):
                opening = at
        elif can_close and token.group() != "‘" and not _is_possessive(text, at, end):
            found.append(Pair(opening, opening + 1, at, at + 1, single=True))
            opening = None
        elif can_open and token.group() == "‘":
            opening = at
    return sorted(found, key=lambda pair: pair.left)


def _is_possessive(text: str, at: int, end: int) -> bool:
    """`workers' rights`: an s before, a lower-case word after, and a better closing mark further on."""
    if text[at - 1] != "s" or not text[at + 1 : at + 2].isspace() or not text[at + 2 : at + 3].islower():
        return False
    return any(
        not text[m.end() : m.end() + 1].isalnum() and text[m.start() - 1] in ",.!?"
        for m in _SINGLE.finditer(text, at + 1, min(end, at + 300))
    )


def _is_han(char: str) -> bool:
    return "㐀" <= char <= "鿿"


def blanked(text: str, start: int, end: int, stretches: Sequence[Pair]) -> str:
    """`text[start:end]` with every quoted stretch, marks included, replaced by dummies of equal length."""
    return "".join(_blanks(text, start, end, stretches))


def _blanks(text: str, start: int, end: int, stretches: Sequence[Pair]) -> Iterator[str]:
    at = start
    for pair in stretches:
        yield text[at : pair.left]
        yield DUMMY * (pair.right - pair.left)
        at = pair.right
    yield text[at:end]
