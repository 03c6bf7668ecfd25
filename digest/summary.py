"""A summary: the key quotes of a document. Every verdict is kept, so that explaining costs nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from digest.judging import prose
from digest.judging.trait import Setting
from digest.quote import QUOTABLE
from digest.sentence import sentences
from digest.term import repeated

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from digest.decision import Edits
    from digest.document import Document
    from digest.quote import Quote
    from digest.rule import Book, Reason, Rule

LABEL = 36
"""The longest label made for a clip without a title, in characters."""


HELD, SWAPPED = "held back by the editor", "swapped for another by the editor"
"""What `rejected_by` says of quotes that the editor took out."""


class Held(NamedTuple):
    """Why a clip stays out: a stable code, a sentence for the editor, and what to do about it."""

    code: str
    message: str
    remedy: str


class Verdict(NamedTuple):
    """What was decided about one candidate. `rejected_by` is the plain name of the rule that sank it.

    `beaten` says that no rule did: others were better. What the editor put in another's place is `pinned`.
    """

    quote: Quote
    score: float
    reasons: tuple[Reason, ...]
    chosen: bool
    rejected_by: str | None = None
    beaten: bool = False
    pinned: bool = False


class Ranked(NamedTuple):
    """A sentence of a raw text as a candidate; offsets are code points into that text."""

    start: int
    end: int
    text: str
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """A document with its verdicts in rank order, or the reason why it is held back.

    `seed` is the sha256 of the file it came from, `path` its name; `part` its 1-based number among the articles of
    that file (0: the only one). `best` are the key quotes by the rules alone, where the editor decided otherwise.
    """

    seed: str
    path: str
    document: Document
    quotes: tuple[Quote, ...]
    verdicts: tuple[Verdict, ...]
    held: Held | None = None
    part: int = 0
    best: tuple[Verdict, ...] | None = None

    @property
    def chosen(self) -> tuple[Verdict, ...]:
        """The key quotes, best first."""
        return tuple(verdict for verdict in self.verdicts if verdict.chosen)

    @property
    def clip(self) -> str:
        """What the editor's decisions call it: the sha256 of its file, with its number where that holds several."""
        return f"{self.seed}/{self.part}" if self.part else self.seed

    @property
    def out(self) -> tuple[Verdict, ...]:
        """The candidates that the editor took out."""
        return tuple(verdict for verdict in self.verdicts if verdict.rejected_by in (HELD, SWAPPED))

    @property
    def label(self) -> str:
        """As `label` of its document."""
        return label(self.document)


def label(document: Document) -> str:
    """The title, or the first clauses where there is none."""
    return document.title or first_clauses(document)


def summarise(document: Document, quotes: Sequence[Quote], book: Book, *, seed: str = "", path: str = "") -> Summary:
    """Judge every quote by the rule book and choose the key quotes of the document."""
    quotes = tuple(quotes)
    judged = _judged(document, quotes, book)
    judged.sort(key=lambda verdict: (verdict.rejected_by is not None, -verdict.score, verdict.quote.start))
    verdicts = tuple(_choose(judged, book))
    return Summary(seed, path, document, quotes, verdicts, held(document, quotes, seed=seed))


def _judged(document: Document, quotes: tuple[Quote, ...], book: Book) -> list[Verdict]:
    """The quotes with their points, and the rule that sank those it sank.

    A good quote that cannot stand alone is also tried together with its neighbour.
    """
    if not quotes:
        return []
    setting = Setting(document, book.finder)
    traits = setting.traits([(quote.start, quote.end) for quote in quotes], quotes)
    verdicts = []
    mended: dict[tuple[int, int], Quote] = {}
    for at, (quote, (score, reasons, against)) in enumerate(zip(quotes, book.judge(traits), strict=True)):
        verdicts.append(Verdict(quote, score, reasons, chosen=False, rejected_by=_sunk(against, book)))
        if against and against.mend and score >= book.least:
            longer = _mended(document.text, quotes, at, against.mend)
            if longer:
                mended.setdefault((longer.start, longer.end), longer)
    if mended:
        longer_ones = list(mended.values())
        traits = setting.traits(list(mended), longer_ones)
        for quote, (score, reasons, against) in zip(longer_ones, book.judge(traits), strict=True):
            if against is None:
                verdicts.append(Verdict(quote, score, reasons, chosen=False))
    return verdicts


def _sunk(rule: Rule | None, book: Book) -> str | None:
    """The name of the rule that sank a candidate; of a requirement, that it is wanting."""
    if rule is None:
        return None
    return f"wanting: {rule.reason.rule}" if rule in book.require else rule.reason.rule


def _mended(text: str, quotes: tuple[Quote, ...], at: int, where: str) -> Quote | None:
    """The quote together with its neighbour in the same turn and paragraph, or None. No word is changed."""
    other = at - 1 if where == "before" else at + 1
    if not 0 <= other < len(quotes):
        return None
    quote, beside = quotes[at], quotes[other]
    first, last = (beside, quote) if where == "before" else (quote, beside)
    same = quote.kind == beside.kind and quote.kind in ("turn", "block") and quote.speaker == beside.speaker
    if not same or text[first.end : last.start].strip() or "\n" in text[first.end : last.start]:
        return None
    return replace(quote, of=text, start=first.start, end=last.end, highlighted=first.highlighted or last.highlighted)


def _choose(verdicts: Iterable[Verdict], book: Book) -> Iterable[Verdict]:
    """Take the best that are left, each different enough from those before, up to the document's quota."""
    taken: list[Verdict] = []
    for verdict in verdicts:
        reason = verdict.rejected_by
        if reason is not None:
            yield verdict
            continue
        free = not verdict.pinned
        if free and verdict.score < book.least:
            reason = f"fewer than {book.least:g} points"
        elif free and len(taken) >= book.quotas.document:
            reason = f"{book.quotas.document} better ones in this document"
        elif free and any(repeated(verdict.quote.text, one.quote.text, book.diversity) for one in taken):
            reason = "says much the same as a better one"
        chosen = reason is None
        made = verdict._replace(chosen=chosen, rejected_by=reason, beaten=not chosen)
        if made.chosen:
            taken.append(made)
        yield made


def revised(summary: Summary, edits: Edits, book: Book) -> Summary:
    """The summary with the editor's decisions about single quotes: the rules choose anew among the others.

    A quote that is held or swapped stays out with all that shares words of its place; one that is swapped in is chosen
    before all others, also where rules are against it. A swap counts where both are candidates of this document; where
    the second is held, both stay out.
    """
    known = {verdict.quote.id: verdict for verdict in summary.verdicts}
    kept_out = edits.hold & known.keys()
    swaps = {old: new for old, new in edits.swap.items() if old in known and new in known}
    if not kept_out and not swaps:
        return summary
    pinned = set(swaps.values()) - swaps.keys() - kept_out
    spans = [(known[name].quote.start, known[name].quote.end) for name in {*kept_out, *pinned}]
    verdicts = []
    for verdict in summary.verdicts:
        name, here = verdict.quote.id, verdict.quote
        reason = None if verdict.beaten or name in pinned else verdict.rejected_by
        if name in kept_out:
            reason = HELD
        elif name in swaps:
            reason = SWAPPED
        elif name not in pinned and any(here.start < end and start < here.end for start, end in spans):
            reason = "shares words with one that the editor decided about"
        verdicts.append(verdict._replace(chosen=False, rejected_by=reason, beaten=False, pinned=name in pinned))
    verdicts.sort(key=lambda one: (not one.pinned, one.rejected_by is not None, -one.score, one.quote.start))
    return replace(summary, verdicts=tuple(_choose(verdicts, book)), best=summary.chosen)


def held(document: Document, quotes: Sequence[Quote], *, seed: str = "") -> Held | None:
    """Why a clip stays out, or None. `seed` is the sha256 that the remedy names."""
    name = seed[:8] or "SEED"
    for code in ("failed-clip", "not-an-article", "no-text"):
        for warn in document.warnings:
            if warn.code == code:
                return Held(
                    code, warn.message, f"clip the page again, or let it in: digest release {name} --source URL"
                )
    voices = [quote for quote in quotes if quote.kind in QUOTABLE and not quote.asks and quote.speaker]
    doubtful = bool(voices) and all(quote.unnamed or quote.hearsay for quote in voices)
    if not document.source:
        message = "the clip holds no address of its article"
        if doubtful:
            message += ", and every quotation in it is unnamed or second-hand"
        return Held("no-source", message, f"digest release {name} --source URL")
    if doubtful:
        message = "every quotation in it is from an unnamed or second-hand source"
        return Held("unnamed-sources", message, f"digest release {name}")
    return None


def first_clauses(document: Document) -> str:
    """A label from the first words of the text: whole clauses, at most LABEL characters, `…` where cut."""
    block = next((block for block in document.blocks if block.kind not in ("table", "code")), None)
    if block is None:
        return ""
    begin, end = next(iter(sentences(document.text, block.start, block.end)), (block.start, block.end))
    words = " ".join(document.text[begin:end].split())
    if len(words) <= LABEL:
        return words.rstrip("。.，,；;：:、")
    cuts = [found.start() for found in re.finditer("[，,；;：:。！？!?]", words[: LABEL + 1])]
    if cuts and cuts[-1] >= LABEL // 4:
        return words[: cuts[-1]]
    space = words.rfind(" ", 0, LABEL)
    return words[: space if space > LABEL // 2 else LABEL].rstrip() + "…"


def ranked(document: Document, book: Book) -> tuple[Ranked, ...]:
    """Every sentence of a raw text (Markdown or plain, taken as it is) as a candidate, best first.

    Those that a `reject` rule sinks or that are too short come last.
    """
    laid = prose.laid_out(document)
    spans = prose.candidates(laid)
    known = Setting(laid, book.finder, prose.masked(document.text)).traits(spans, [None] * len(spans))
    judged = []
    for (start, end), (score, reasons, against) in zip(spans, book.judge(known), strict=True):
        judged.append((against is not None, Ranked(start, end, document.text[start:end], score, reasons)))
    judged.sort(key=lambda one: (one[0], -one[1].score, one[1].start))
    return tuple(one for _, one in judged)
