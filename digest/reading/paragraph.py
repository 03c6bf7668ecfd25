"""Paragraphs of an article on their way from mark-up to clean text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from digest.document import Block, Cut, Mark

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.document import BlockKind, MarkKind

Kind = Literal["heading", "paragraph", "item", "quote", "table", "code", "image", "rule", "note", "definition"]
"""What a paragraph is; those a reader does not read (images, rules, notes, definitions) end as cuts."""

_KINDS: dict[Kind, BlockKind] = {"heading": "heading", "item": "item", "quote": "quote"}
_WORD = re.compile(r"\w")
_UNREAD = frozenset({"table", "code", "image", "rule", "note", "definition"})


@dataclass(slots=True)
class Paragraph:
    """One paragraph. `raw` is its mark-up, `text` its words; spans are offsets into `text`.

    `edges` are the places of emphasis marks (a space there between Han is stray), `linked` counts the characters
    that are the words of links, and `dropped` names the cleaning step that took the paragraph out; it then ends
    as a `Cut`.
    """

    kind: Kind
    raw: str
    level: int = 0
    text: str = ""
    marks: list[tuple[MarkKind, int, int]] = field(default_factory=list)
    seams: list[int] = field(default_factory=list)
    holes: list[tuple[int, int]] = field(default_factory=list)
    cuts: list[tuple[str, str]] = field(default_factory=list)
    edges: list[int] = field(default_factory=list)
    linked: int = 0
    dropped: str | None = None

    @property
    def read(self) -> bool:
        """Whether a reader still reads it."""
        return self.dropped is None and self.kind not in _UNREAD and bool(self.text)

    @property
    def bold(self) -> bool:
        """Whether all its words are bold."""
        return any(kind == "bold" and start <= 1 and end >= len(self.text) - 1 for kind, start, end in self.marks)

    def drop(self, step: str) -> None:
        """Take it out of the article, for this reason."""
        self.dropped = self.dropped or step

    def trim(self, start: int, end: int, step: str) -> None:
        """Cut words off its front and back (`start:end` stay), with the spans moved along."""
        while start < end and self.text[start] in " \n\u3000":
            start += 1
        while end > start and self.text[end - 1] in " \n\u3000":
            end -= 1
        if gone := (self.text[:start] + self.text[end:]).strip():
            self.cuts.append((step, gone))
        self.text = self.text[start:end]
        self.marks = [(kind, *span) for kind, a, b in self.marks if (span := _clip(a, b, start, end))]
        self.holes = [span for a, b in self.holes if (span := _clip(a, b, start, end))]
        self.edges = [edge - start for edge in self.edges]
        self.seams = [seam - start for seam in self.seams if start < seam < end]


def _clip(a: int, b: int, start: int, end: int) -> tuple[int, int] | None:
    a, b = max(a, start), min(b, end)
    return (a - start, b - start) if a < b else None


@dataclass(slots=True)
class Joined:
    """Paragraphs put together as the text of a document, with all spans moved to it."""

    text: str
    blocks: tuple[Block, ...]
    marks: tuple[Mark, ...]
    seams: tuple[int, ...]
    holes: tuple[tuple[int, int], ...]
    cuts: tuple[Cut, ...]


def join(paragraphs: Iterable[Paragraph]) -> Joined:
    """The clean text: the paragraphs a reader reads, parted by a blank line; the others end as cuts."""
    parts: list[str] = []
    blocks: list[Block] = []
    marks: list[Mark] = []
    seams: list[int] = []
    holes: list[tuple[int, int]] = []
    cuts: list[Cut] = []
    at = 0
    for paragraph in paragraphs:
        read = paragraph.read
        start = at + 2 if parts else 0
        if paragraph.cuts:
            where = start if read else at
            cuts += [Cut(step, gone, where) for step, gone in paragraph.cuts]
        if not read:
            gone = paragraph.text or ("" if paragraph.cuts else paragraph.raw)
            if paragraph.kind != "rule" and _WORD.search(gone):
                cuts.append(Cut(paragraph.dropped or paragraph.kind, gone, at))
            continue
        kind: BlockKind = paragraph.kind if paragraph.kind in _KINDS else "paragraph"  # type: ignore[assignment]  # asked just now
        at = start + len(paragraph.text)
        parts.append(paragraph.text)
        blocks.append(Block(kind, start, at, paragraph.level if kind == "heading" else 0))
        if paragraph.marks:
            marks += [Mark(name, start + a, start + b) for name, a, b in paragraph.marks]
        if paragraph.seams:
            seams += [start + seam for seam in paragraph.seams]
        if paragraph.holes:
            holes += [(start + a, start + b) for a, b in paragraph.holes]
    text = "\n\n".join(parts)
    last = len(text)
    cuts = [cut if cut.at <= last else Cut(cut.step, cut.text, last) for cut in cuts]
    return Joined(text, tuple(blocks), tuple(marks), tuple(seams), tuple(holes), tuple(cuts))
