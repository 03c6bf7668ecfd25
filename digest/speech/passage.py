"""A passage: one paragraph with its quoted stretches paired and blanked, ready for the question who speaks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from digest.speech import marks

if TYPE_CHECKING:
    from digest.document import Block, Document
    from digest.speech.marks import Pair


Script = Literal["latin", "chinese", "japanese"]

_HAN = re.compile("[\u3400-\u9fff][\u3400-\u9fff]*")  # begins with a set and not with a run: quicker to search
_KANA = re.compile("[\u3040-\u30ff]")


@dataclass(frozen=True)
class Passage:
    """A block of a document; `blank` is its text with every quoted stretch as dummies, at the same offsets."""

    text: str
    block: Block
    pairs: tuple[Pair, ...]
    script: Script

    @property
    def start(self) -> int:
        """Where the passage begins in the document."""
        return self.block.start

    @cached_property
    def blank(self) -> str:
        """The passage with dummies for quoted stretches; index 0 is `start` of the document."""
        return marks.blanked(self.text, self.block.start, self.block.end, self.pairs)

    def before(self, pair: Pair, size: int) -> tuple[str, int]:
        """Up to `size` blanked code points before the opening mark, and their offset in the document."""
        low = max(self.block.start, pair.left - size)
        return self.blank[low - self.block.start : pair.left - self.block.start], low

    def after(self, pair: Pair, size: int) -> str:
        """Up to `size` blanked code points behind the closing mark."""
        return self.blank[pair.right - self.block.start : pair.right - self.block.start + size]


def script(text: str, start: int, end: int, *, kana: bool) -> Script:
    """How a passage is written, by its first 400 code points: a tenth kana, a fifth Han, or neither.

    `kana` says whether the document holds any.
    """
    head = text[start : min(end, start + 400)]
    if head.isascii():
        return "latin"
    han = sum(map(len, _HAN.findall(head)))
    if kana and len(_KANA.findall(head)) * 10 > len(head):
        return "japanese"
    return "chinese" if han * 5 > len(head) else "latin"


def passages(document: Document, skip: set[int]) -> list[Passage]:
    """The passages of a document that hold running text; blocks in `skip` (by index) are left out."""
    found: list[Passage] = []
    inside, kana = False, _KANA.search(document.text) is not None
    for i, block in enumerate(document.blocks):
        if i in skip or block.kind in ("heading", "table", "code"):
            inside = False
            continue
        pairs = tuple(marks.pairs(document.text, block.start, block.end, inside=inside))
        inside = bool(pairs) and not pairs[-1].closed
        found.append(Passage(document.text, block, pairs, script(document.text, block.start, block.end, kana=kana)))
    return found


def blanked(document: Document, passages: list[Passage]) -> str:
    """The whole text with dummies for the quoted stretches of these passages."""
    return marks.blanked(document.text, 0, len(document.text), [pair for one in passages for pair in one.pairs])
