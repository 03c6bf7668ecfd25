"""Traits: everything the rule book may ask about a candidate, worked out once.

A candidate is a quote of a document, or a sentence of a raw text. Its traits come from the words, from
where they stand, and from what the document knows about that place.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from functools import cache
from itertools import accumulate, islice
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


class Traits:
    """What is known about a candidate. What only some rules ask about is worked out when they do.

    `kind` is the quote's, or `sentence`; `name` is its speaker's, "" where nobody is named. `length` is in
    units (`term.units`). `lists` are the word lists of which a word stands in it. `centrality` is 0–1, the share of the
    document's candidates that are less central; `title` the share of the title's terms it holds; `emphasis` the share
    of it that the author set in bold.
    """

    __slots__ = (
        "_at", "_begin", "_end", "_setting", "_start", "_stop",
        "asks", "bold", "centrality", "cue", "emphasis", "hearsay", "highlighted", "kind", "length", "lists", "name",
        "place", "role", "speaker", "text", "title",
    )  # fmt: skip

    def __init__(
        self,
        setting: Setting,
        span: tuple[int, int],
        quote: Quote | None,
        bag: Sequence[str],
        centrality: float,
        lists: AbstractSet[str],
    ) -> None:
        """`bag` are the terms that stand in the span of the setting's text; `quote` is None for a sentence."""
        self._setting = setting
        self._start, self._end = start, end = span
        self.text = setting.text[start:end]
        self.length = units(self.text)
        self.centrality, self.lists = centrality, lists
        self.title = len(setting.title.intersection(bag)) / len(setting.title) if setting.title else 0.0
        self.emphasis = _share(span, setting.bold) if setting.bold else 0.0
        self.highlighted = bool(setting.highlights) and _share(span, setting.highlights) > 0
        self._of(quote)
        blocks = setting.document.blocks
        self._at = at = bisect_right(setting.starts, start) - 1
        self._begin, self._stop = (blocks[at].start, blocks[at].end) if at >= 0 else (0, len(setting.text))
        self.place: Place = _place(start - self._begin, self._stop - end, end - start)

    def _of(self, quote: Quote | None) -> None:
        """What the quote knows by itself."""
        self.speaker: Speaker = "none"
        self.bold = self.emphasis > 0
        if quote is None:
            self.kind, self.name = "sentence", ""
            self.role = self.cue = self.hearsay = self.asks = False
            return
        self.kind, self.name = quote.kind, quote.speaker or ""
        if quote.speaker:
            self.speaker = "unnamed" if quote.unnamed else "known"
        self.role, self.cue = bool(quote.role), bool(quote.cue)
        self.hearsay, self.asks = quote.hearsay, quote.asks
        self.bold = self.bold or quote.highlighted

    @property
    def hole(self) -> bool:
        """Whether words are missing in it."""
        return any(first < self._end and self._start < last for first, last in self._setting.document.holes)

    @property
    def figure(self) -> bool:
        """Whether it names an amount."""
        return has_figure(self.text)

    @property
    def position(self) -> float:
        """Where in the text it begins, 0–1."""
        return self._start / max(1, len(self._setting.text))

    @property
    def block(self) -> str:
        """The kind of its paragraph."""
        return self._setting.document.blocks[self._at].kind if self._at >= 0 else "paragraph"

    @property
    def after_heading(self) -> bool:
        """Whether its paragraph stands right below a heading."""
        return self._at > 0 and self._setting.document.blocks[self._at - 1].kind == "heading"

    @property
    def before(self) -> str:
        """The character in front of it, spaces and opening marks aside; "" at the start of a paragraph.

        There it is the colon that the paragraph above ends in, if one does.
        """
        return ":" if self._announced_above() else self._own_before()

    def _own_before(self) -> str:
        """The character in front of it in its own paragraph."""
        text, start = self._setting.text, self._start
        if self.kind != "sentence" and start > 0 and text[start - 1] in MARKS:
            return ""
        return _before(text, self._begin, start)

    def _announced_above(self) -> bool:
        """Whether it begins its paragraph and the paragraph above ends in a colon."""
        return (
            self._at > 0
            and self._start - self._begin < SLACK
            and self._setting.text[self._setting.document.blocks[self._at - 1].end - 1] in "：:"
            and not self._own_before()
        )

    @property
    def starts(self) -> bool:
        """Whether it begins a sentence."""
        before = self._own_before()
        return not before or before in ENDS or before in CLOSERS

    @property
    def whole(self) -> bool:
        """Whether it is made of whole sentences."""
        text, end = self._setting.text, self._end
        over = end >= self._stop or text[end - 1] in ENDS or text[end - 1] in CLOSERS or text[end] in AFTER
        return over and self.starts

    @property
    def ends(self) -> bool:
        """Whether it ends in a full stop or the like."""
        return self.text.rstrip(CLOSERS)[-1:] in ENDING or self.text[-1:] in CLOSING

    @property
    def latin(self) -> float:
        """The share of its characters that are Latin letters."""
        return len(_letters().findall(self.text)) / len(self.text)

    @property
    def language(self) -> str:
        """The document's, in two letters."""
        return self._setting.language

    @property
    def lead(self) -> str:
        """The last words before the colon that announces it (in front of it, or inside it); "" without one."""
        if self._announced_above():
            end = self._setting.document.blocks[self._at - 1].end
        elif self._own_before() in ("：", ":"):
            end = self._start
        else:
            end = self._start + _colon(self.text)
            if end == self._start:
                return ""
        return self._setting.text[max(0, end - LEAD) : end].rstrip(LEANS)

    @property
    def after(self) -> str:
        """The first words behind it: of the next paragraph at its paragraph's end, "" before a heading."""
        text, blocks = self._setting.text, self._setting.document.blocks
        if self._stop - self._end > SLACK:
            return text[self._end : self._end + NEXT].lstrip(OUTER)
        if self._at + 1 < len(blocks) and blocks[self._at + 1].kind != "heading":
            start = blocks[self._at + 1].start
            return text[start : start + NEXT].lstrip(OUTER)
        return ""

    @property
    def link(self) -> bool:
        """Whether it holds the address of another page."""
        return "](" in self._setting.document.text[self._start : self._end]


class Setting:
    """A document prepared to be asked about its candidates: terms, blocks, marks, title."""

    def __init__(self, document: Document, finder: Finder, words: str | None = None) -> None:
        """`words` is the text with everything that is no word blanked out, where it holds such things."""
        self.document = document
        self.text = text = words or document.text
        self.language = (document.language or language_of(text))[:2]
        self.title = frozenset(_terms(document.title or "", self.language)[0])
        self.starts = [block.start for block in document.blocks]
        self.bold = [(mark.start, mark.end) for mark in document.marks if mark.kind == "bold"]
        self.highlights = [(mark.start, mark.end) for mark in document.marks if mark.kind == "highlight"]
        self._finder = finder
        self._terms, self._places = _terms(text, self.language)
        self._weights = _weights(Counter(self._terms))

    def traits(self, spans: Sequence[tuple[int, int]], quotes: Sequence[Quote | None]) -> list[Traits]:
        """The traits of each candidate, in order; `quotes` has the quote a span is, or None for a sentence."""
        bags = [self._bag(start, end) for start, end in spans]
        weigh = self._weights.get
        central = _ranks([sum(filter(None, map(weigh, bag))) / math.sqrt(len(bag) + 4) for bag in bags])
        lists = self._lists(spans, bags)
        return [Traits(self, *known) for known in zip(spans, quotes, bags, central, lists, strict=True)]

    def _bag(self, start: int, end: int) -> list[str]:
        """The terms that lie in a stretch of the text."""
        if self._places is None:
            return self._terms[start : max(start, end - 1)]
        return self._terms[bisect_left(self._places, start) : bisect_left(self._places, end)]

    def _lists(self, spans: Sequence[tuple[int, int]], bags: Sequence[Sequence[str]]) -> list[set[str]]:
        """The word lists of which a word stands in each candidate."""
        texts = [self.text[start:end] for start, end in spans]
        if self._places is None:
            lists = list(map(self._finder.inside, texts, bags))
            found = self._finder.spots_apart("\n".join(texts))
        else:
            lists = [set() for _ in spans]
            found = self._finder.spots("\n".join(texts))
        starts = list(accumulate((len(text) + 1 for text in texts), initial=0))
        for name, spots in found.items():
            for start, end in spots:
                at = bisect_right(starts, start)
                if end < starts[at]:
                    lists[at - 1].add(name)
        return lists


def _weights(counts: Mapping[str, int]) -> dict[str, float]:
    """What each term of a document says of its subject: the logarithm of how often it stands there."""
    logarithms = {count: math.log(count) for count in {*counts.values()}}
    return {term: logarithms[count] for term, count in counts.items() if count > 1 and term.isalnum()}


def _terms(text: str, language: str) -> tuple[list[str], Sequence[int] | None]:
    """The terms of a text and where each begins.

    In Chinese simply every pair of characters, each at its own index (None): twice as quick as telling the
    words of other scripts apart, and as good for saying what a text keeps coming back to.
    """
    if language in ("zh", "ja"):
        characters = list(text)
        return list(map(add, characters, islice(characters, 1, None))), None
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
