"""A document: the article as a reader sees it, and what is known about every stretch of it.

`text` has no mark-up: paragraphs are parted by one blank line; a block quotation, list item or heading is
a paragraph of its own. All offsets are Unicode code points into `text`, end exclusive. Cleaning happens
before a document exists and is recorded in `cuts`; nothing behind it changes a word.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

BlockKind = Literal["heading", "paragraph", "item", "quote", "table", "code"]
MarkKind = Literal["bold", "highlight"]
Format = Literal["markdown", "html", "text", "feed", "email"]


class Block(NamedTuple):
    """One paragraph of the text. `level` is a heading's (1–6), else 0.

    `quote` is a block quotation of the article's author. Tables and code stand in `text` only where a
    reader would miss them, and are never quoted.
    """

    kind: BlockKind
    start: int
    end: int
    level: int = 0


class Mark(NamedTuple):
    """Emphasis that survived as a span: `bold` is the author's, `highlight` the clip owner's own."""

    kind: MarkKind
    start: int
    end: int


class Cut(NamedTuple):
    """What one named cleaning step removed, so that an editor can check that nothing real was lost.

    `at` is the offset in the clean text where it stood.
    """

    step: str
    text: str
    at: int


class Warn(NamedTuple):
    """Something an editor should know about a document. `code` is stable (`no-source`, `no-title` …)."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Document:
    """An article with its byline. Absent values are None or empty, never invented.

    `published` and `clipped` are ISO-8601 as `contract.md` has them (a day, a month `YYYY-MM`, or a time
    with offset); `source` is the address in its link form; `seams` are offsets at which a stray space was
    removed (a text fragment must not cross one); `holes` are spans with a lost formula or citation
    (never quoted); `notes` are the clip owner's own words, kept apart from the article.
    """

    text: str
    blocks: tuple[Block, ...]
    format: Format = "text"
    title: str | None = None
    authors: tuple[str, ...] = ()
    outlet: str | None = None
    published: str | None = None
    published_from: str | None = None
    clipped: str | None = None
    source: str | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    seams: tuple[int, ...] = ()
    holes: tuple[tuple[int, int], ...] = ()
    cuts: tuple[Cut, ...] = ()
    notes: tuple[str, ...] = ()
    warnings: tuple[Warn, ...] = ()

    def __post_init__(self) -> None:
        """Blocks lie in order inside the text; marks, seams and holes lie inside it too."""
        last = 0
        for block in self.blocks:
            if not last <= block.start < block.end <= len(self.text):
                message = f"block {block} does not lie in order inside a text of {len(self.text)}"
                raise ValueError(message)
            last = block.end
        spans = [(mark.start, mark.end) for mark in self.marks] + list(self.holes)
        if any(not 0 <= start < end <= len(self.text) for start, end in spans):
            message = "a mark or hole lies outside the text"
            raise ValueError(message)

    def warned(self, code: str) -> bool:
        """Whether a warning of this code was given."""
        return any(warn.code == code for warn in self.warnings)


def plain(text: str, title: str | None = None, language: str | None = None) -> Document:
    """Take a text as it is: no cleaning, a block a non-empty line. For `--jsonl` and for tests."""
    blocks = []
    start = 0
    for line in text.splitlines(keepends=True):
        stripped = line.strip()
        if stripped:
            lead = len(line) - len(line.lstrip())
            blocks.append(Block("paragraph", start + lead, start + lead + len(stripped)))
        start += len(line)
    return Document(text=text, blocks=tuple(blocks), title=title, language=language)
