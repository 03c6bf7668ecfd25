"""Sentences: spans that tile a text, in Chinese, English and Japanese.

A sentence keeps the closing marks and brackets behind its full stop. No break at abbreviations, initials,
decimal points, or between a quotation and the words that say whose it is.
"""

from __future__ import annotations

import re
from functools import cache

from digest.words import listed

_CLOSERS = "”’」』）)】》〉\"'］\\]"

_ABBREVIATIONS = listed(
    "mr mrs ms dr prof rev hon sen rep gov gen col capt lt sgt maj cmdr adm st jr sr vs etc inc ltd co corp no "
    "vol fig dept univ est al e.g i.e u.s u.k u.n d.c a.m p.m ph.d m.d b.a m.a jan feb mar apr jun jul aug sep "
    "sept oct nov dec mt ft ave blvd rd cf ed eds pp approx messrs mme mlle"
)


@cache
def _ends() -> re.Pattern[str]:
    """Where a sentence may end. It begins with one set of characters, which keeps the search quick."""
    return re.compile(
        r"[。！？!?｡….\n](?:"
        rf"(?<=[。！？!?｡])[。！？!?｡]*[{_CLOSERS}]*(?:\s*[（(][笑掌][^）)\n]{{0,6}}[）)])?"  # full-width, and ! ?
        rf"|(?<=…)(?:…*[{_CLOSERS}]+|…*(?=\s))"
        rf"|(?<=\.)(?:\.{{0,5}}[{_CLOSERS}]*(?=\s|$)"
        r"|\.*(?=[㐀-鿿]))"  # a half-width full stop inside Chinese
        r"|(?<=\n)\n*)"
    )


def sentences(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Spans (code points, end exclusive) of the sentences of `text[start:end]`.

    They lie in order, do not overlap, hold no outer white space, and together hold everything that is not
    white space.
    """
    stop = len(text) if end is None else end
    spans: list[tuple[int, int]] = []
    at = start
    for m in _ends().finditer(text, start, stop):
        if m.group()[0] != "\n" and not _is_end(text, m, at, stop):
            continue
        at = _append(spans, text, at, m.end())
    _append(spans, text, at, stop)
    return spans


def _append(spans: list[tuple[int, int]], text: str, start: int, end: int) -> int:
    """Add the span without its outer white space, if anything is left; returns where the next begins."""
    piece = text[start:end]
    stripped = piece.strip()
    if stripped:
        begin = start + len(piece) - len(piece.lstrip())
        spans.append((begin, begin + len(stripped)))
    return end


def _is_end(  # noqa: PLR0911 -- a sort of mark after the other
    text: str, m: re.Match[str], at: int, stop: int
) -> bool:
    mark = m.group()
    rest = text[m.end() : min(stop, m.end() + 24)]
    if not rest.strip():
        return True
    if mark[0] in "。｡":
        # `“……。”他说` goes on with the words that say whose it is.
        return len(mark) == 1 or not _says_whose(rest)
    after = rest.lstrip()[0]
    if mark[0] in "！？!?":
        if _says_whose(rest) and mark[-1] in '”」』"':
            return False
        if mark[-1] in "）)":
            return rest[0].isspace() or rest[0] in "“「"
        return not (after.islower() or after in ",，;；、：:") and (
            rest[0].isspace() or after > "⺀" or mark[-1] in '”"’'
        )
    if mark[0] == "…":
        return not after.islower()
    return _is_full_stop(text, m, at, after)


def _says_whose(rest: str) -> bool:
    return re.match(r"[^，。！？：；“”「」\s]{0,14}[说說道问問答喊叫笑称稱](?:[，。：,:]|$)", rest) is not None


def _is_full_stop(text: str, m: re.Match[str], at: int, after: str) -> bool:
    """Whether a half-width dot ends a sentence: not after an abbreviation or initial, not before lower case."""
    if after.islower() or after in ",;:":
        return False
    before = text[max(at, m.start() - 12) : m.start()]
    word = re.search(r"[^\s(“\"‘']*$", before)
    last = word.group() if word else ""
    if last.lower() in _ABBREVIATIONS or (len(last) == 1 and last.isupper() and last != "I"):
        return False
    if last.isdigit() and len(last) <= 2 and m.start() - len(last) <= at + 1:
        return False
    return not re.fullmatch(r"(?:[A-Z]\.)+[A-Z]", last) or after in '“"‘' or not after.isupper()
