"""What the page shows of an issue: stories, quotes with their score, and each one's place in its source."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from digest.edition import edition, told_anew
from digest.inspection import named
from digest.labels import labels
from digest.quote import QUOTABLE
from digest.typography import closed, line, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from digest.document import Document
    from digest.edition import Piece
    from digest.newsroom import Desk
    from digest.press import Look
    from digest.rule import Book, Reason
    from digest.story import Pick, Source, Story
    from digest.summary import Summary, Verdict

NEXT = 4
"""Candidates that are offered in a quote's place."""
TOP = 3
"""Reasons that stand beside a quote; its score card has all."""


class Candidate(NamedTuple):
    """Another exact span of the same clip; `why` says what kept it out, "" where only the quota did."""

    id: str
    text: str
    who: str
    score: float
    why: str
    direction: str


class Shown(NamedTuple):
    """A quote on the sheet. `person` tells a person's words; `place` where readers find it (`story`, `box`, `none`).

    `reasons` are names in the newsletter's language, best first; `other` is the candidate that one click puts here.
    """

    id: str
    text: str
    who: str
    person: bool
    outlet: str
    score: float
    reasons: tuple[str, ...]
    place: str
    link: str | None
    other: Candidate | None


class Told(NamedTuple):
    """A story on the sheet, the `number`-th; `news` is what is new in it where an earlier issue told it."""

    number: int
    story: Story
    title: str
    note: str
    quotes: tuple[Shown, ...]
    edited: bool
    news: str


class Card(NamedTuple):
    """A quote laid open: every rule that spoke, the paragraph it stands in, and what could take its place.

    The paragraph is `before`, the quote's words, `after`; `context` are the paragraphs around it.
    """

    quote: Shown
    points: tuple[tuple[str, float], ...]
    earlier: str
    before: str
    words: str
    after: str
    later: str
    candidates: tuple[Candidate, ...]
    source: Source


def stories(look: Look, book: Book) -> tuple[Told, ...]:
    """The stories in the order readers meet them."""
    issue, notes = look.drafts.issue, look.desk.edits.note
    shown = edition(issue, notes)
    placed = _places(shown.stories, (said.id for said in shown.box))
    known = {told.id: told for told in issue.stories}
    clips = _clips(look.desk)
    chosen = {pick.quote.id for told in issue.stories for pick in told.quotes}
    say = labels(issue.language)
    edited = {change.id for change in issue.changes if change.applied}
    return tuple(
        Told(
            number=number,
            story=(told := known[piece.id]),
            title=piece.title,
            note=piece.note,
            quotes=tuple(
                _shown(pick, told, placed, clips, chosen, look, book)
                for pick in told.quotes
                if not told.sources[pick.source].held_back
            ),
            edited=piece.id in edited,
            news=told_anew(told, say) if told.update_of else "",
        )
        for number, piece in enumerate(shown.stories, 1)
    )


def card(look: Look, book: Book, name: str) -> Card | None:
    """A quote of the issue laid open, by its id; None where it is not in it."""
    clips = _clips(look.desk)
    chosen = {pick.quote.id for told in look.drafts.issue.stories for pick in told.quotes}
    for told in look.drafts.issue.stories:
        for pick in told.quotes:
            source = told.sources[pick.source]
            if pick.quote.id == name and source.seed in clips and not source.held_back:
                return _card(pick, told, clips, chosen, look, book)
    return None


def _card(
    pick: Pick, told: Story, clips: Mapping[str, list[Summary]], chosen: set[str], look: Look, book: Book
) -> Card:
    source = told.sources[pick.source]
    clip = _holding(pick, clips[source.seed])
    text, quote = clip.document.text, pick.quote
    start, end = _paragraph(clip.document, quote.start, quote.end)
    earlier, later = _around(clip.document, start, end)
    shown = _shown(pick, told, {}, clips, chosen, look, book)
    language = look.drafts.issue.language
    return Card(
        quote=shown,
        points=tuple((reason.name(language), reason.points) for reason in pick.reasons if reason.points),
        earlier=earlier,
        before=text[start : quote.start],
        words=text[quote.start : quote.end],
        after=text[quote.end : end],
        later=later,
        candidates=tuple(_candidates(pick, clip, chosen, book, language)),
        source=source,
    )


def _shown(
    pick: Pick,
    told: Story,
    placed: Mapping[str, str],
    clips: Mapping[str, list[Summary]],
    chosen: set[str],
    look: Look,
    book: Book,
) -> Shown:
    quote, source, language = pick.quote, told.sources[pick.source], look.drafts.issue.language
    person = quote.kind in QUOTABLE and quote.speaker is not None
    tongue = labels(source.language)
    held = clips.get(source.seed)
    others = _candidates(pick, _holding(pick, held), chosen, book, language) if held else iter(())
    return Shown(
        id=quote.id,
        text=quoted(quote.text, source.language) if person else closed(quote.text),
        who=tongue["comma"].join(filter(None, map(line, (quote.speaker or "", quote.role or "")))) if person else "",
        person=person,
        outlet=source.called or source.headline,
        score=pick.score,
        reasons=tuple(_best(pick.reasons, language)),
        place=placed.get(quote.id, "none"),
        link=pick.link or source.link,
        other=next(others, None),
    )


def _best(reasons: Iterable[Reason], language: str) -> Iterator[str]:
    best = sorted((reason for reason in reasons if reason.points > 0), key=lambda one: -one.points)
    yield from (reason.name(language) for reason in best[:TOP])


def _candidates(pick: Pick, clip: Summary, chosen: set[str], book: Book, language: str) -> Iterator[Candidate]:
    """The next-best of a clip, at most `NEXT`: not the asking side, and no word that the issue has already.

    One that shares words with another quote of the issue would put that out as it comes in.
    """
    given = 0
    taken = [pick.quote, *(one.quote for one in clip.verdicts if one.quote.id in chosen)]
    for verdict in clip.verdicts:
        quote = verdict.quote
        inside = any(quote.start < one.end and one.start < quote.end for one in taken)
        if quote.id in chosen or quote.asks or inside:
            continue
        yield Candidate(
            quote.id,
            quoted(quote.text, clip.document.language)
            if quote.kind in QUOTABLE and quote.speaker
            else closed(quote.text),
            line(quote.speaker or ""),
            verdict.score,
            _sunk(verdict, book, language),
            "",
        )
        given += 1
        if given == NEXT:
            return


def _sunk(verdict: Verdict, book: Book, language: str) -> str:
    """What keeps a candidate from being a key quote, in the newsletter's language; "" where only the quota is full."""
    told = named(verdict.rejected_by or "", book, language)
    return "" if told == labels(language)["v_quota"].format(n=book.quotas.document) else told


def _clips(desk: Desk) -> dict[str, list[Summary]]:
    """The documents of each seed: a feed or an archive of mail holds several."""
    found: dict[str, list[Summary]] = {}
    for one in desk.summaries:
        found.setdefault(one.seed, []).append(one)
    return found


def _holding(pick: Pick, clips: Sequence[Summary]) -> Summary:
    """The document that holds a quote."""
    quote = pick.quote
    return next((one for one in clips if one.document.text[quote.start : quote.end] == quote.text), clips[0])


def _places(pieces: Iterable[Piece], box: Iterable[str]) -> dict[str, str]:
    """Where readers find each quote."""
    placed = {said.id: "story" for piece in pieces for said in piece.quotes}
    return {**dict.fromkeys(box, "box"), **placed}


def _paragraph(document: Document, start: int, end: int) -> tuple[int, int]:
    """The paragraphs that a span touches, from the first's start to the last's end."""
    touched = [block for block in document.blocks if block.start < end and start < block.end]
    if not touched:
        return start, end
    return min(touched[0].start, start), max(touched[-1].end, end)


def _around(document: Document, start: int, end: int) -> tuple[str, str]:
    """The paragraph before and the one behind; "" where there is none."""
    before = [block for block in document.blocks if block.end <= start]
    behind = next((block for block in document.blocks if block.start >= end), None)
    earlier = document.text[before[-1].start : before[-1].end] if before else ""
    return earlier, document.text[behind.start : behind.end] if behind else ""
