"""Prose: the paragraphs and sentences of a raw Markdown text, by exact offsets into it.

For ranking a text as it is (`digest explain --jsonl`): nothing is cleaned, but pictures, headings, tables,
code and bare links are no candidates, and the marks around a line are no part of it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from digest.document import Block
from digest.sentence import sentences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.document import Document

LONGEST = 4000
"""A line longer than this, in characters, is data rather than prose."""


@cache
def _lines() -> dict[str, re.Pattern[str]]:
    return {
        "heading": re.compile(r"\s{0,3}#{1,6}\s|\s{0,3}(?:={3,}|-{3,}|\*{3,}|_{3,})\s*$"),
        "table": re.compile(r"\s*\|"),
        "fence": re.compile(r"\s{0,3}(?:```|~~~)"),
        "item": re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)、．])\s+|\s*[①②③④⑤⑥⑦⑧⑨⑩]"),
        "quote": re.compile(r"\s*>\s?"),
        "mark": re.compile(r"[\s*_~=`#>]+"),
    }


@cache
def _silent() -> re.Pattern[str]:
    """Pictures, the addresses of links, footnotes, tags and bare addresses: no words of the text."""
    return re.compile(
        r"!\[[^\]\n]{0,300}\]\([^()\n]{0,2000}(?:\([^()\n]{0,200}\)[^()\n]{0,500})?\)"
        r"|\]\([^()\n]{0,2000}(?:\([^()\n]{0,200}\)[^()\n]{0,500})?\)"
        r"|<[a-zA-Z/][^<>\n]{0,500}>|https?://[^\s）)】\]，。]{1,2000}|\[\^[^\]\n]{1,20}\]"
    )


def blocks(text: str) -> tuple[Block, ...]:
    """The lines of a raw text as blocks of one kind each; offsets leave out the marks at a line's start."""
    return tuple(_blocks(text))


def _blocks(text: str) -> Iterator[Block]:
    start = 0
    fenced = False
    lines = _lines()
    for line in text.splitlines(keepends=True):
        at, start = start, start + len(line)
        if lines["fence"].match(line):
            fenced = not fenced
            continue
        body = line.strip()
        if not body or len(line) > LONGEST:
            continue
        begin, end = at + line.index(body), at + line.index(body) + len(body)
        if fenced or lines["table"].match(line):
            yield Block("code" if fenced else "table", begin, end)
        elif lines["heading"].match(line):
            yield Block("heading", begin, end, level=len(body) - len(body.lstrip("#")) or 1)
        else:
            yield from _paragraph(line, at, end)


def _paragraph(line: str, at: int, end: int) -> Iterator[Block]:
    """A line of prose: its kind, and its span without a bullet or the mark of a quotation."""
    lines = _lines()
    kind = "paragraph"
    cut = 0
    for name in ("quote", "item"):
        found = lines[name].match(line, cut)
        if found:
            kind, cut = name, found.end()
    found = lines["mark"].match(line, cut)
    begin = at + (found.end() if found else cut)
    if begin < end and re.search(r"\w", _silent().sub("", line[begin - at :])):
        yield Block(kind, begin, end)  # type: ignore[arg-type] # the two names are kinds of blocks


def masked(text: str) -> str:
    """The text with everything that is no word of it blanked out, at the same offsets."""
    return _silent().sub(lambda found: " " * len(found.group()), text)


def laid_out(document: Document) -> Document:
    """A plain document with its lines told apart."""
    return replace(document, blocks=blocks(document.text))


def candidates(document: Document) -> list[tuple[int, int]]:
    """The spans of every sentence of running text, items and quotations, in order."""
    hidden = masked(document.text)
    spans = []
    for block in document.blocks:
        if block.kind in ("paragraph", "item", "quote"):
            for start, end in sentences(hidden, block.start, block.end):
                if re.search(r"\w{2}", hidden[start:end]):
                    spans.append((start, end))
    return spans
