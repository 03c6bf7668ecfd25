"""Traits: everything the rule book may ask about a candidate, worked out once.

A candidate is a quote of a document, or a sentence of a raw text. Its traits come from the words, from
where they stand, and from what the document knows about that place.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from digest.amount import has_figure
from digest.term import Stretch, tokens, units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.document import Document, Mark
    from digest.quote import Quote

Place = Literal["only", "first", "last", "middle"]
Speaker = Literal["known", "unnamed", "none"]

ENDS = "。！？!?.…｡"
CLOSERS = "”’」』）)】》\"'"
ASIDE = 0.3
"""A paragraph this much shorter than the candidate's share of it still counts as holding it alone."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What is known about a candidate.

    `kind` is the quote's, or `sentence`. `length` is in units (`term.units`). `position` is 0–1 in the
    text; `centrality` 0–1, the share of the document's candidates that are less central; `title` the
    share of the title's terms it holds. `whole` says that it is made of whole sentences, `starts` that it
    begins one. `before` is the character in front of it, "" at the start of a paragraph.
    """

    stretch: Stretch
    kind: str
    speaker: Speaker
    role: bool
    cue: bool
    hearsay: bool
    asks: bool
    highlighted: bool
    bold: bool
    hole: bool
    figure: bool
    length: int
    position: float
    place: Place
    block: str
    after_heading: bool
    before: str
    starts: bool
    whole: bool
    centrality: float
    title: float
    language: str
    common: float = 0.0


class Setting:
    """A document prepared to be asked about its candidates: word counts, blocks, marks, title."""

    __slots__ = ("_blocks", "_bold", "_counts", "_document", "_highlights", "_language", "_starts", "_text", "_title")

    def __init__(self, document: Document, words: str | None = None) -> None:
        """`words` is the text with everything that is no word blanked out, where it holds such things."""
        self._document = document
        self._text = words or document.text
        self._counts = Counter(tokens(self._text))
        self._title = frozenset(tokens(document.title or ""))
        self._blocks = document.blocks
        self._starts = [block.start for block in document.blocks]
        self._bold = [mark for mark in document.marks if mark.kind == "bold"]
        self._highlights = [mark for mark in document.marks if mark.kind == "highlight"]
        self._language = (document.language or language_of(document.text))[:2]

    def traits(self, spans: Sequence[tuple[int, int]], quotes: Sequence[Quote | None]) -> list[Traits]:
        """The traits of each candidate, in order; `quotes` has the quote a span is, or None for a sentence."""
        bags = [set(tokens(self._text[start:end])) for start, end in spans]
        centralities = _ranks([self._centrality(bag) for bag in bags])
        return [
            self._traits(span, quote, bag, centrality)
            for span, quote, bag, centrality in zip(spans, quotes, bags, centralities, strict=True)
        ]

    def _traits(self, span: tuple[int, int], quote: Quote | None, bag: set[str], centrality: float) -> Traits:
        start, end = span
        text = self._text
        at = bisect_right(self._starts, start) - 1
        block = self._blocks[at] if at >= 0 else None
        begin, stop = (block.start, block.end) if block else (0, len(text))
        heading = at > 0 and self._blocks[at - 1].kind == "heading"
        before = text[begin:start].rstrip()[-1:] if start > begin else ""
        outer = before.lstrip("“「『‘\"'") == "" and bool(before)
        if outer:
            before = text[begin:start].rstrip().rstrip("“「『‘\"'").rstrip()[-1:]
        words = text[start:end]
        starts = not before or before in ENDS + CLOSERS
        unnamed = quote is not None and quote.unnamed
        return Traits(
            stretch=Stretch(words),
            kind=quote.kind if quote else "sentence",
            speaker="unnamed" if unnamed else "known" if quote and quote.speaker else "none",
            role=bool(quote and quote.role),
            cue=bool(quote and quote.cue),
            hearsay=bool(quote and quote.hearsay),
            asks=bool(quote and quote.asks),
            highlighted=_covered(span, self._highlights),
            bold=_covered(span, self._bold) or bool(quote and quote.highlighted),
            hole=any(first < end and start < last for first, last in self._document.holes),
            figure=has_figure(words),
            length=units(words),
            position=start / max(1, len(text)),
            place=_place(start - begin, stop - end, end - start),
            block=block.kind if block else "paragraph",
            after_heading=heading,
            before=before,
            starts=starts,
            whole=starts and (end >= stop or words[-1:] in ENDS + CLOSERS or text[end : end + 1] in ENDS),
            centrality=centrality,
            title=len(self._title & bag) / len(self._title) if self._title else 0.0,
            language=self._language,
            common=self._common(bag),
        )

    def _centrality(self, bag: set[str]) -> float:
        """How much the words are those the document keeps using, for their number."""
        if not bag:
            return 0.0
        counts = self._counts
        return sum(math.log(counts[term]) for term in bag if counts[term] > 1) / math.sqrt(len(bag) + 4)

    def _common(self, bag: set[str]) -> float:
        """The share of the words that stand elsewhere in the document too."""
        return sum(self._counts[term] > 1 for term in bag) / len(bag) if bag else 0.0


def language_of(text: str) -> str:
    """`zh`, `ja` or `en`, told by the script of the first thousand characters: enough to choose a unit."""
    head = text[:2000]
    if sum("぀" <= character <= "ヿ" for character in head) > len(head) / 20:
        return "ja"
    return "zh" if sum("一" <= character <= "鿿" for character in head) > len(head) / 8 else "en"


def _ranks(values: Sequence[float]) -> list[float]:
    """Each value as the share of the values below it."""
    ordered = sorted(values)
    return [bisect_left(ordered, value) / max(1, len(ordered) - 1) for value in values]


def _covered(span: tuple[int, int], marks: Sequence[Mark]) -> bool:
    """Whether half of a mark lies in the span, or half of the span in a mark."""
    start, end = span
    return any(
        2 * (min(end, mark.end) - max(start, mark.start)) >= min(end - start, mark.end - mark.start) for mark in marks
    )


def _place(before: int, after: int, length: int) -> Place:
    """Where in its paragraph: an outer mark or a short rest is nothing."""
    slack = 4 + ASIDE * min(length, 20)
    if before <= slack and after <= slack:
        return "only"
    if before <= slack:
        return "first"
    return "last" if after <= slack else "middle"
