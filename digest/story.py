"""A story: what several clips tell of one event, and who said what in it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from digest import fragment
from digest.decision import Edits
from digest.gathering import comparison, event, lead, sequel
from digest.gathering.arrangement import arranged, capped
from digest.gathering.binding import apart, bound
from digest.gathering.choice import choose
from digest.gathering.echo import bare
from digest.gathering.identity import age, article, hashed
from digest.gathering.profile import profile
from digest.gathering.topic import topic
from digest.judging.trait import language_of
from digest.link import site_name
from digest.term import Finder, units
from digest.typography import headline, line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from digest.document import Document
    from digest.gathering.choice import Carried, Kept
    from digest.gathering.comparison import Count
    from digest.gathering.sequel import Counted, Kin, News
    from digest.quote import Quote
    from digest.rule import Book, Reason
    from digest.summary import Summary, Verdict

_NONE = Edits()


class Copy(NamedTuple):
    """The same article somewhere else: counted once, listed."""

    outlet: str | None
    link: str | None
    seed: str
    part: int = 0

    @property
    def called(self) -> str:
        """What readers know it by: its outlet, else its site; "" where neither tells."""
        return line((self.outlet or "").lstrip("@")) or site_name(self.link or "")

    @property
    def clip(self) -> str:
        """What the editor's decisions call it, as in Summary."""
        return f"{self.seed}/{self.part}" if self.part else self.seed


@dataclass(frozen=True, slots=True)
class Source:
    """One article of a story. `seed` and `part` as in Summary; `published` and `link` as in Document.

    A `held_back` source is evidence for the editor only: never quoted, linked or counted as a voice.
    """

    seed: str
    title: str
    outlet: str | None
    published: str | None
    published_from: str | None
    link: str | None
    language: str | None
    authors: tuple[str, ...] = ()
    held_back: bool = False
    copies: tuple[Copy, ...] = ()
    part: int = 0

    @property
    def clip(self) -> str:
        """What the editor's decisions call it, as in Summary."""
        return f"{self.seed}/{self.part}" if self.part else self.seed

    @property
    def publisher(self) -> str:
        """Whose words the article's own are: the outlet, but an author before a bare site name; "" where unknown."""
        outlet = self.outlet or ""
        if self.authors and (not outlet or ("." in outlet and " " not in outlet and outlet in (self.link or ""))):
            return self.authors[0]
        return outlet

    @property
    def called(self) -> str:
        """What readers know it by, wherever it is named: its publisher, else its site; "" where neither tells."""
        return line(self.publisher.lstrip("@")) or site_name(self.link or "")

    @property
    def headline(self) -> str:
        """Its title as it is set wherever readers meet it (digest.typography.headline)."""
        return headline(self.title, self.language)


@dataclass(frozen=True, slots=True)
class Pick:
    """A chosen quote: which source it is from, why it was chosen, and the link that opens the page there.

    `fragment` is the text fragment (`#:~:text=…`) or None where none is unique; `link` is the source's
    address with it. `translated` says that the words are the source's translation of what was said, `pinned`
    that the editor put it in.
    """

    quote: Quote
    source: int
    score: float
    reasons: tuple[Reason, ...]
    fragment: str | None
    link: str | None
    translated: bool = False
    pinned: bool = False


class Value(NamedTuple):
    """One source's figure: `value` normalised (亿 → 100,000,000), `text` as it stands there."""

    value: float
    unit: str
    text: str
    source: int


class Figure(NamedTuple):
    """A thing counted by several sources, side by side, never averaged."""

    what: str
    values: tuple[Value, ...]
    same_measure: bool


class Lead(NamedTuple):
    """The first words of a story: whole sentences of one of its sources, verbatim."""

    text: str
    source: int


@dataclass(frozen=True, slots=True)
class Story:
    """One event. `id` is stable while its earliest article is; the first source is the principal one.

    `evidence` says in plain words what joined the sources. `articles` are the ids it would have by each of its
    articles: a decision about any of them is about it. `note` is the editor's word on why it matters. `kept` are key
    quotes that are not shown, with the reason. `counts` is all that the sources count, `about` are words to know it
    again by. An update of the earlier story `update_of` names in `news` what is new; `kin` is an earlier story that
    this one may go on with, for the editor. Of an earlier story, `clips` are what its articles are compared by.
    """

    id: str
    title: str
    language: str
    section: str | None
    sources: tuple[Source, ...]
    lead: Lead | None
    quotes: tuple[Pick, ...]
    figures: tuple[Figure, ...] = ()
    evidence: tuple[str, ...] = ()
    update_of: str | None = None
    weight: float = 0.0
    kept: tuple[Kept, ...] = ()
    counts: tuple[Counted, ...] = ()
    news: tuple[News, ...] = ()
    about: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    note: str = ""
    kin: Kin | None = None
    clips: tuple[event.Clip, ...] = ()

    @property
    def voices(self) -> tuple[Source, ...]:
        """The sources that may be quoted and linked."""
        return tuple(source for source in self.sources if not source.held_back)


class Gathered(NamedTuple):
    """The stories in order of weight; `joined` names the story that a held-back clip (its sha256) belongs to.

    `repeats` are those left out because an earlier issue told them and nothing is new, `passed` those for which their
    section or the issue has no room, `dropped` those that the editor left out. `alone` tells the headline under which
    each clip that the editor joined or split would stand without that.
    """

    stories: tuple[Story, ...]
    joined: Mapping[str, str]
    repeats: tuple[Story, ...] = ()
    passed: tuple[Story, ...] = ()
    dropped: tuple[Story, ...] = ()
    alone: Mapping[str, str] = {}


def gather(
    summaries: Sequence[Summary],
    book: Book,
    *,
    earlier: Sequence[Story] = (),
    language: str | None = None,
    edits: Edits = _NONE,
) -> Gathered:
    """Put together the clips that tell of one event, and tell each story with the quotes that were chosen.

    Held-back clips join as evidence and are never a voice; a story of nothing else is not told. A story that
    one of the `earlier` ones (oldest first) told comes back as an update of it where a quote or figure is new, else
    not. Stories in `language`, the newsletter's, weigh more. `edits` join and split, name, order and drop stories. The
    same summaries in any order give the same stories.
    """
    ordered = sorted(summaries, key=lambda one: (one.held is not None, -units(one.document.text), one.seed, one.path))
    clips = [clip(one.document, one.quotes, book) for one in ordered]
    found, why = event.group(clips)
    groups, why = bound(found, why, [(one.clip, one.seed) for one in ordered], edits)
    barred = frozenset(bare(verdict.quote.text) for one in ordered for verdict in one.out)
    stories = []
    past = sequel.Past(earlier, book, clips, groups)
    joined: dict[str, str] = {}
    ids: set[str] = set()
    for group, members in enumerate(groups):
        if ordered[members[0]].held:
            continue
        mine = [ordered[at] for at in members]
        theirs = [clips[at] for at in members]
        before, kin = past.before(mine, theirs, group)
        stale = frozenset(one.clip for one in mine if before and not past.is_fresh(one, before))
        told = _tell(
            mine,
            theirs,
            [why.get(at) for at in members],
            book,
            past.carried,
            barred,
            stale,
        )
        if told.id in ids:  # one address in two stories: a page that was clipped twice and has changed, or was split
            told = replace(told, id=hashed(min(source.seed for source in told.sources) + told.id))
        ids.add(told.id)
        stories.append(past.updated(told, before, kin))
        joined |= {ordered[at].seed: told.id for at in members if ordered[at].held}
    stories = [_weighed(one, book, language) for one in stories]
    stories.sort(key=lambda one: (-one.weight, one.id))
    news, dropped = arranged([story for story in stories if story.update_of is None or story.news], edits)
    shown, passed = capped(news, book)
    repeats = tuple(one for one in stories if one.update_of is not None and not one.news)
    alone = apart([[ordered[at] for at in some] for some in found], edits, worth)
    return Gathered(tuple(shown), joined, repeats, tuple(passed), dropped, alone)


def _weighed(story: Story, book: Book, language: str | None) -> Story:
    """The story with its weight in a newsletter of this language (BCP 47)."""
    if not language or story.language[:2] != language[:2]:
        return story
    return replace(story, weight=round(story.weight * book.own_language, 3))


def clip(document: Document, quotes: Iterable[Quote], book: Book) -> event.Clip:
    """What grouping looks at of a document with its quotes."""
    plain = event.Clip(
        topic(document, quotes, book.lexicon),
        _day(document.published),
        document.text,
        event.sketch(document.text),
        document.title or "",
        document.outlet or "",
    )
    return plain._replace(profile=profile(plain))


def _day(published: str | None) -> int | None:
    """The day as a number to compare; None where only a month or nothing is told."""
    try:
        return date.fromisoformat((published or "")[:10]).toordinal()
    except ValueError:
        return None


def _tell(
    summaries: Sequence[Summary],
    clips: Sequence[event.Clip],
    why: Sequence[str | None],
    book: Book,
    carried: Carried,
    barred: frozenset[str],
    stale: frozenset[str],
) -> Story:
    """One story of these clips; at least the first may be a voice. `stale` ones say nothing new, and come last."""
    voices, held = _voices(summaries, clips)
    voices.sort(key=lambda one: (one[0].clip in stale, -worth(one[0]), one[0].seed))
    principal = voices[0][0]
    document = principal.document
    language = document.language or language_of(document.text)
    sources = [_source(one, copies) for one, copies in voices] + [_source(one, ()) for one in held]
    told = [one for one, _ in voices]
    chosen = choose(told, book, carried, language, barred)
    picks = [_pick(verdict, at, told[at], verdict.quote.id in chosen.translated) for verdict, at in chosen.taken]
    counted = [(at, comparison.counts(one.document, book.lexicon)) for at, one in enumerate(told)]
    begun = lead.lead(document, principal.quotes, book.lexicon, barred)
    story = Story(
        id=article(min(told, key=age)),
        title=principal.label,
        language=language,
        section=None,
        sources=tuple(sources),
        lead=Lead(begun, 0) if begun else None,
        quotes=tuple(picks),
        figures=tuple(_figures(counted, [(at, one.document) for at, one in enumerate(told)], language, book)),
        evidence=(
            *(f"{summary.label}: {reason}" for summary, reason in zip(summaries, why, strict=True) if reason),
            *chosen.notes,
        ),
        weight=round(sum(map(worth, told)) ** 0.5 + 2 * math.log(len(told)) + math.log1p(len(held)), 3),
        kept=chosen.kept,
        articles=tuple(dict.fromkeys(article(one) for one in sorted(summaries, key=age))),
        about=sequel.about([f"{one.document.title or ''} {one.document.text}" for one in told]),
        counts=tuple(
            sequel.Counted(one.measure, one.amount.value, one.amount.unit, one.amount.text, at)
            for at, counts in counted
            for one in counts
        ),
    )
    return replace(story, section=_section(story, told, book))


def _voices(
    summaries: Sequence[Summary], clips: Sequence[event.Clip]
) -> tuple[list[tuple[Summary, tuple[Summary, ...]]], list[Summary]]:
    """The clips that may speak, each with its copies (the longest stands for them), and those held back."""
    originals: list[tuple[Summary, event.Clip, list[Summary]]] = []
    held: list[Summary] = []
    for summary, clip in zip(summaries, clips, strict=True):
        if summary.held:
            held.append(summary)
            continue
        same = next((one for one in originals if event.copies(one[1], clip)), None)
        if same:
            same[2].append(summary)
        else:
            originals.append((summary, clip, []))
    return [(summary, tuple(copies)) for summary, _, copies in originals], held


def worth(summary: Summary) -> float:
    """What a clip gives to a story: its best quotes, and a little for its length."""
    best = sorted((one.score for one in (summary.chosen if summary.best is None else summary.best)), reverse=True)[:3]
    return sum(best) + math.log1p(units(summary.document.text)) / 2


def _source(summary: Summary, copies: Iterable[Summary]) -> Source:
    document = summary.document
    return Source(
        seed=summary.seed,
        title=summary.label,
        outlet=document.outlet,
        published=document.published,
        published_from=document.published_from,
        link=document.source,
        language=document.language,
        authors=document.authors,
        held_back=summary.held is not None,
        part=summary.part,
        copies=tuple(Copy(one.document.outlet, one.document.source, one.seed, one.part) for one in copies),
    )


def _pick(verdict: Verdict, at: int, voice: Summary, translated: bool) -> Pick:  # noqa: FBT001 -- a field of the pick
    document, quote = voice.document, verdict.quote
    there = fragment.text_fragment(document.text, quote.start, quote.end, document.seams) if document.source else None
    address = fragment.linked(document.source, there) if document.source else None
    return Pick(quote, at, verdict.score, verdict.reasons, there, address, translated, verdict.pinned)


def _figures(
    counted: Sequence[tuple[int, Sequence[Count]]],
    documents: Sequence[tuple[int, Document]],
    language: str,
    book: Book,
) -> Iterator[Figure]:
    """What several sources count, side by side; what has no name in the lexicon only where they differ."""
    shown: set[tuple[int, int]] = set()
    for measure, values, one in comparison.beside(counted):
        shown |= {(at, amount.start) for at, amount in values}
        yield Figure(
            comparison.label(measure, language, book.lexicon),
            tuple(Value(amount.value, amount.unit, amount.text, at) for at, amount in values),
            same_measure=one,
        )
    for what, rows in comparison.named(documents):
        if shown.isdisjoint((at, amount.start) for at, amount in rows):
            told = tuple(Value(amount.value, amount.unit, amount.text, at) for at, amount in rows)
            yield Figure(what, told, same_measure=True)


def _section(story: Story, voices: Sequence[Summary], book: Book) -> str | None:
    """The first section whose tag, outlet or keyword the story has."""
    tags = {tag.casefold() for voice in voices for tag in voice.document.tags}
    outlets = {(voice.document.outlet or "").casefold() for voice in voices}
    told = Finder({section.id: section.keywords for section in book.sections}).within(
        f"{story.title}\n{story.lead.text if story.lead else ''}"
    )
    for section in book.sections:
        if section.tags & tags or section.outlets & outlets or section.id in told:
            return section.id
    return None
