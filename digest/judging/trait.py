"""Traits: everything the rule book may ask about a candidate, worked out once.

A candidate is a quote of a document, or a sentence of a raw text. Its traits come from the words, from
where they stand, and from what the document knows about that place.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, repeat
from operator import add
from typing import TYPE_CHECKING, Literal

from digest.judging.amount import has_figure
from digest.term import placed, units

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from digest.document import Document
    from digest.quote import Quote
    from digest.term import Finder

Place = Literal["only", "first", "last", "middle"]
Speaker = Literal["known", "unnamed", "none"]

ENDS = "。！？!?.…｡"
CLOSERS = "”’」』）)】》\"'"
ENDING, CLOSING = frozenset(ENDS), frozenset(CLOSERS)
AFTER = ENDS + "，,；;—"
"""What may follow a whole sentence: its own end, or the comma before the words that say whose it is."""
MARKS = "“「『‘\"'"
LEANS = '：: *_」”"\t\n'
"""What may stand between the words that announce something and the thing itself."""
OUTER = ENDS + CLOSERS + MARKS + " \t\n*_"
"""What stands between a candidate and the words behind it."""
ASIDE = 0.3
"""A paragraph this much longer than a candidate still counts as holding it alone."""
SLACK = 4
"""So many characters at an end of a paragraph are marks and labels rather than words."""
HEAD = 2000
"""How many characters tell the script of a text."""
LEAD = 24
"""How many characters in front of a colon tell what it announces."""
NEXT = 24
"""How many characters behind a candidate tell how the text goes on."""


@dataclass(slots=True)  # not frozen: made by the hundred, and frozen ones cost three times as much
class Traits:
    """What is known about a candidate.

    `kind` is the quote's, or `sentence`; `name` is its speaker's, "" where nobody is named. `length` is in
    units (`term.units`). `lists` are the word lists of which a word stands in it. `position` is 0–1 in the
    text; `centrality` 0–1, the share of the document's
    candidates that are less central; `title` the share of the title's terms it holds; `emphasis` the share
    of it that the author set in bold. `before` is the character in front of it, "" at the start of a
    paragraph (or the colon that a paragraph above it ends in); `starts` says that it begins a sentence,
    `ends` that it ends in a full stop or the like, `whole` that it is made of whole ones. `latin` is the
    share of its characters that are Latin letters. `lead` are the last words before the colon that announces
    it (in front of it, or inside it), "" without one; `after` the first words behind it, of the next
    paragraph at its paragraph's end, "" before a heading. `link` says that it holds the address of another page.
    """

    text: str
    kind: str
    speaker: Speaker
    name: str
    role: bool
    cue: bool
    hearsay: bool
    asks: bool
    highlighted: bool
    bold: bool
    emphasis: float
    hole: bool
    figure: bool
    length: int
    lists: AbstractSet[str]
    position: float
    place: Place
    block: str
    after_heading: bool
    before: str
    starts: bool
    whole: bool
    ends: bool
    latin: float
    centrality: float
    title: float
    language: str
    lead: str
    after: str
    link: bool


class Setting:
    """A document prepared to be asked about its candidates: terms, blocks, marks, title."""

    def __init__(self, document: Document, finder: Finder, words: str | None = None) -> None:
        """`words` is the text with everything that is no word blanked out, where it holds such things."""
        self._document = document
        self._finder = finder
        self._text = text = words or document.text
        self._language = (document.language or language_of(text))[:2]
        self._terms, self._places = _terms(text, self._language)
        self._weights = _weights(Counter(self._terms))
        self._title = frozenset(_terms(document.title or "", self._language)[0])
        self._starts = [block.start for block in document.blocks]
        self._bold = [(mark.start, mark.end) for mark in document.marks if mark.kind == "bold"]
        self._highlights = [(mark.start, mark.end) for mark in document.marks if mark.kind == "highlight"]

    def traits(self, spans: Sequence[tuple[int, int]], quotes: Sequence[Quote | None]) -> list[Traits]:
        """The traits of each candidate, in order; `quotes` has the quote a span is, or None for a sentence."""
        bags = [self._bag(start, end) for start, end in spans]
        weigh = self._weights.get
        central = _ranks([sum(map(weigh, bag, repeat(0.0))) / math.sqrt(len(bag) + 4) for bag in bags])
        lists = self._lists(spans)
        return [self._traits(*known) for known in zip(spans, quotes, bags, central, lists, strict=True)]

    def _bag(self, start: int, end: int) -> list[str]:
        """The terms that lie in a stretch of the text."""
        if self._places is None:
            return self._terms[start : max(start, end - 1)]
        return self._terms[bisect_left(self._places, start) : bisect_left(self._places, end)]

    def _lists(self, spans: Sequence[tuple[int, int]]) -> list[set[str]]:
        """The word lists of which a word stands in each candidate; all candidates are searched in one go."""
        starts = list(accumulate((end - start + 1 for start, end in spans), initial=0))
        lists: list[set[str]] = [set() for _ in spans]
        for name, spots in self._finder.spots("\n".join(self._text[start:end] for start, end in spans)).items():
            for start, end in spots:
                at = bisect_right(starts, start)
                if end < starts[at]:
                    lists[at - 1].add(name)
        return lists

    def _traits(
        self, span: tuple[int, int], quote: Quote | None, bag: Sequence[str], centrality: float, lists: set[str]
    ) -> Traits:
        start, end = span
        text = self._text
        blocks = self._document.blocks
        at = bisect_right(self._starts, start) - 1
        begin, stop = (blocks[at].start, blocks[at].end) if at >= 0 else (0, len(text))
        marked = bool(quote) and start > 0 and text[start - 1] in MARKS
        before = "" if marked else _before(text, begin, start)
        words = text[start:end]
        starts = not before or before in ENDS or before in CLOSERS
        lead_end = start if before in ("：", ":") else start + _colon(words)
        if not before and at > 0 and start - begin < SLACK and text[blocks[at - 1].end - 1] in "：:":
            before = ":"
            lead_end = blocks[at - 1].end
        emphasis = _share(span, self._bold)
        return Traits(
            text=words,
            kind=quote.kind if quote else "sentence",
            speaker="none" if not quote or not quote.speaker else "unnamed" if quote.unnamed else "known",
            name=(quote.speaker or "") if quote else "",
            role=bool(quote and quote.role),
            cue=bool(quote and quote.cue),
            hearsay=bool(quote and quote.hearsay),
            asks=bool(quote and quote.asks),
            highlighted=_share(span, self._highlights) > 0,
            bold=emphasis > 0 or bool(quote and quote.highlighted),
            emphasis=emphasis,
            hole=bool(self._document.holes)
            and any(first < end and start < last for first, last in self._document.holes),
            figure=has_figure(words),
            length=units(words),
            lists=lists,
            position=start / max(1, len(text)),
            place=_place(start - begin, stop - end, end - start),
            block=blocks[at].kind if at >= 0 else "paragraph",
            after_heading=at > 0 and blocks[at - 1].kind == "heading",
            before=before,
            starts=starts,
            whole=starts and (end >= stop or text[end - 1] in ENDS or text[end - 1] in CLOSERS or text[end] in AFTER),
            ends=words.rstrip(CLOSERS)[-1:] in ENDING or words[-1:] in CLOSING,
            latin=len(_letters().findall(words)) / len(words),
            centrality=centrality,
            title=len(self._title.intersection(bag)) / len(self._title) if self._title else 0.0,
            language=self._language,
            lead=_lead(text, start, lead_end, before),
            after=self._after(at, end, stop),
            link="](" in self._document.text[start:end],
        )

    def _after(self, at: int, end: int, stop: int) -> str:
        """The words that follow a candidate of the block `at`."""
        if stop - end > SLACK:
            return self._text[end : end + NEXT].lstrip(OUTER)
        blocks = self._document.blocks
        if at + 1 < len(blocks) and blocks[at + 1].kind != "heading":
            start = blocks[at + 1].start
            return self._text[start : start + NEXT].lstrip(OUTER)
        return ""


def _weights(counts: Mapping[str, int]) -> dict[str, float]:
    """What each term of a document says of its subject: the logarithm of how often it stands there."""
    often = [(term, count) for term, count in counts.items() if count > 1]
    logarithms = {count: math.log(count) for count in {count for _, count in often}}
    return {term: logarithms[count] for term, count in often if term.isalnum()}


def _terms(text: str, language: str) -> tuple[list[str], Sequence[int] | None]:
    """The terms of a text and where each begins.

    In Chinese simply every pair of characters, each at its own index (None): twice as quick as telling the
    words of other scripts apart, and as good for saying what a text keeps coming back to.
    """
    if language in ("zh", "ja"):
        return list(map(add, text, text[1:])), None
    places, terms = placed(text)
    return terms, places


@cache
def _letters() -> re.Pattern[str]:
    return re.compile("[A-Za-z]")


def language_of(text: str) -> str:
    """`zh`, `ja` or `en`, told by the script of its beginning: enough to choose a unit."""
    head = text[:HEAD]
    if sum("぀" <= character <= "ヿ" for character in head) * 20 > len(head):
        return "ja"
    return "zh" if sum("一" <= character <= "鿿" for character in head) * 8 > len(head) else "en"


def _before(text: str, begin: int, start: int) -> str:
    """The last character of the paragraph before the candidate, spaces and opening marks aside."""
    while start > begin and (text[start - 1].isspace() or text[start - 1] in MARKS):
        start -= 1
    return text[start - 1] if start > begin else ""


def _lead(text: str, start: int, end: int, before: str) -> str:
    """The last words before a colon that ends at `end` (at the start where no colon announces anything)."""
    if end == start and before not in ("：", ":"):
        return ""
    return text[max(0, end - LEAD) : end].rstrip(LEANS)


def _colon(words: str) -> int:
    """Where the first colon stands that leads to something inside the words; 0 where none does."""
    found = [at for at in (words.find("：", 0, -SLACK), words.find(":", 0, -SLACK)) if at > 0]
    return min(found) if found else 0


def _ranks(values: Sequence[float]) -> list[float]:
    """Each value as the share of the values below it."""
    ordered = sorted(values)
    return [bisect_left(ordered, value) / max(1, len(ordered) - 1) for value in values]


def _share(span: tuple[int, int], marks: Sequence[tuple[int, int]]) -> float:
    """The share of the span that lies in marks: 0 unless half of a mark, or of the span, does."""
    if not marks:
        return 0.0
    start, end = span
    at = bisect_left(marks, (start, start)) - 1
    inside = 0
    real = False
    for first, last in marks[max(0, at) :]:
        if first >= end:
            break
        shared = min(end, last) - max(start, first)
        if shared > 0:
            inside += shared
            real = real or 2 * shared >= min(end - start, last - first)
    return inside / (end - start) if real else 0.0


def _place(before: int, after: int, length: int) -> Place:
    """Where in its paragraph: an outer mark or a short rest is nothing."""
    slack = SLACK + ASIDE * min(length, 20)
    if before <= slack and after <= slack:
        return "only"
    if before <= slack:
        return "first"
    return "last" if after <= slack else "middle"
