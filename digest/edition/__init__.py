"""An edition: an issue as its readers see it. The one value that templates of email and chat are filled with.

Everything is said in the newsletter's language, dated, credited and safe to show: held-back sources are gone, links
are http(s) or absent, quotes know whether they are a person's words or the article's. No template decides any of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from digest import typography
from digest.edition import credit, measure
from digest.labels import counted, labels

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from digest.edition.credit import Credit
    from digest.edition.measure import Measure
    from digest.erratum import Erratum
    from digest.issue import Issue
    from digest.remainder import Year
    from digest.story import Pick, Story

LEAD_QUOTES = 3
"""Quotes shown under the lead story before the rest may go into the box."""
SHORT = 5
"""An issue of so many stories has room for two quotes in each."""
BOX = (3, 5)
"""The fewest and the most quotes of the box; with fewer left over they stay with their stories."""

_MARKS = "，、：: "


class Said(NamedTuple):
    """A quote as it is shown.

    `person` tells a person's words: `shown` is then in quotation marks (or bare, for a block) and `by` is the name with
    its role. Else `intro` ("据新智元报道") and `mark` ("，") introduce `shown`, the article's words, without marks.
    `href` opens the page at the sentence, `link` the page; both None for lack of an address. `pinned` says that the
    editor put it in.
    """

    id: str
    text: str
    shown: str
    lines: tuple[str, ...]
    person: bool
    speaker: str | None
    role: str | None
    by: str
    intro: str
    mark: str
    outlet: str
    date: str
    language: str | None
    direction: str
    href: str | None
    link: str | None
    story: str
    score: float
    pinned: bool = False


class Opening(NamedTuple):
    """A story's first words, verbatim from an article: `intro` names its outlet ("新智元写道：")."""

    intro: str
    text: str
    lines: tuple[str, ...]
    language: str | None
    direction: str


class Piece(NamedTuple):
    """A story as it is shown, the `position`-th.

    `note` is the editor's why-it-matters, "" where none was written; `news` says in a line what is new in an update.
    """

    position: int
    id: str
    title: str
    language: str
    direction: str
    section: str | None
    update: bool
    opening: Opening | None
    quotes: tuple[Said, ...]
    figures: tuple[Measure, ...]
    credits: tuple[Credit, ...]
    note: str
    news: str = ""

    @property
    def link(self) -> str | None:
        """The address of its first article that has one."""
        return next((each.link for each in self.credits if each.link), None)


class Amended(NamedTuple):
    """A correction. `where` names the issue that was wrong and its day, `title` the story, `words` what was printed.

    `lines` put it right, said on `date`; `words` is "" where it is not about one quote.
    """

    where: str
    title: str
    words: str
    lines: tuple[str, ...]
    date: str


class Back(NamedTuple):
    """The issue of this week in an earlier year: which and when, its first story and its link."""

    where: str
    title: str
    line: str
    link: str | None


class Section(NamedTuple):
    """Stories under one name; "" where the issue has no sections."""

    name: str
    stories: tuple[Piece, ...]


class Edition(NamedTuple):
    """An issue as its readers see it. `further` are stories that only their title and link are given of."""

    title: str
    language: str
    direction: str
    number: str
    date: str
    reading: str
    tally: str
    subject: str
    preheader: str
    lead: Piece | None
    sections: tuple[Section, ...]
    box: tuple[Said, ...]
    further: tuple[Piece, ...]
    web: str | None
    unsubscribe: str | None
    postal: str | None
    why_you: str
    labels: Mapping[str, str]
    errata: tuple[Amended, ...] = ()
    years: tuple[Back, ...] = ()

    @property
    def stories(self) -> tuple[Piece, ...]:
        """Every story, in the order they are read."""
        lead = () if self.lead is None else (self.lead,)
        return (*lead, *(story for section in self.sections for story in section.stories), *self.further)


def edition(
    issue: Issue,
    notes: Mapping[str, str] | None = None,
    own: Mapping[str, Mapping[str, str]] | None = None,
    whole: int | None = None,
) -> Edition:
    """An issue in its readers' language.

    `notes` are words on why a story matters, by story id, in the place of its own; `own` a home's label table; `whole`
    how many stories are told in full (None: all), the others go to further reading.
    """
    say = labels(issue.language, own)
    told = [
        _piece(issue, story, say, (notes or {}).get(story.id, story.note)) for story in issue.stories if story.voices
    ]
    full, box = _boxed(_ordered(told[:whole]))
    head = issue.masthead
    return Edition(
        title=typography.line(head.title),
        language=issue.language,
        direction=typography.direction(head.title)
        if not issue.language.startswith(("ar", "he", "fa", "ur"))
        else "rtl",
        number=say["number"].format(n=issue.number),
        date=credit.full_date(issue.day.isoformat(), say),
        reading=say["minutes"].format(n=typography.minutes(*_words(full, box))),
        tally=" · ".join(_tally(issue, say)),
        subject=issue.subject,
        preheader=issue.preheader,
        lead=full[0] if full else None,
        sections=_sections(full[1:], say),
        box=box,
        further=tuple(told[len(full) :]),
        web=credit.web(head.web),
        unsubscribe=credit.web(head.unsubscribe, mail=True),
        postal=head.postal,
        why_you=say["why_you"].format(title=typography.line(head.title)),
        labels=say,
        errata=tuple(amended(one, say) for one in issue.errata),
        years=tuple(_back(one, say) for one in issue.years),
    )


def amended(erratum: Erratum, say: Mapping[str, str]) -> Amended:
    """A correction as readers see it."""
    number = say["number"].format(n=erratum.number)
    return Amended(
        where=f"{number} · {credit.full_date(erratum.day, say)}",
        title=typography.line(erratum.title),
        words=typography.line(erratum.words or ""),
        lines=_lines(erratum.text),
        date=credit.full_date(erratum.at[:10], say),
    )


def _back(year: Year, say: Mapping[str, str]) -> Back:
    number = say["number"].format(n=year.number)
    where = f"{counted(say['years_ago'], year.ago)} · {number} · {credit.full_date(year.day, say)}"
    return Back(where, typography.line(year.title), typography.line(year.line), credit.web(year.link))


def _piece(issue: Issue, story: Story, say: Mapping[str, str], note: str) -> Piece:
    shown = [_said(issue, pick, story, say) for pick in story.quotes if not story.sources[pick.source].held_back]
    opening = _opening(story, say)
    first = opening.text if opening else ""
    title = typography.headline(story.title, story.language)
    return Piece(
        position=0,
        id=story.id,
        title=title,
        language=story.language,
        direction=typography.direction(title),
        section=issue.sections.get(story.section or "", story.section),
        update=story.update_of is not None,
        opening=opening,
        quotes=tuple(said for said in shown if said.person or said.text not in first),
        figures=measure.measures(story, say),
        credits=credit.credits_of(story, issue.day, say),
        note=note.strip(),
        news=told_anew(story, say),
    )


def told_anew(story: Story, say: Mapping[str, str]) -> str:
    """What is new in an update, in a line: its figures with those told before, and who speaks."""
    told = []
    for one in story.news:
        if one.kind == "figure":
            form = say["new_figure" if one.before else "new_count"]
            told.append(form.format(what=one.what, before=one.before, after=one.after))
        else:
            told.append(say["new_quote"].format(who=one.what) if one.what else say["new_words"])
    return say["semicolon"].join(dict.fromkeys(typography.line(line) for line in told))


def _opening(story: Story, say: Mapping[str, str]) -> Opening | None:
    lead = story.lead
    if lead is None or story.sources[lead.source].held_back:
        return None
    source = story.sources[lead.source]
    return Opening(
        intro=say["writes"].format(outlet=credit.name(source, say)),
        text=lead.text,
        lines=_lines(lead.text),
        language=source.language,
        direction=typography.direction(lead.text),
    )


def _said(issue: Issue, pick: Pick, story: Story, say: Mapping[str, str]) -> Said:
    quote, source = pick.quote, story.sources[pick.source]
    outlet = credit.name(source, say)
    person = quote.kind in {"spoken", "turn", "block"} and quote.speaker is not None
    cited = quote.kind in {"spoken", "turn", "block"} and not person
    label = say["cited"] if cited else say["reported"] if quote.kind == "reported" else say["writes"]
    shown = typography.quoted(quote.text, source.language) if person or cited else typography.closed(quote.text)
    link = credit.web(source.link)
    by = ""
    if person:
        tongue = labels(source.language)
        by = tongue["comma"].join(
            typography.closed(typography.line(part)) for part in (quote.speaker, quote.role) if part
        )
        by = (
            (f"{by} ({say['as_told']})" if say["comma"].isascii() else f"{by}（{say['as_told']}）")
            if quote.hearsay
            else by
        )
    return Said(
        id=quote.id,
        text=quote.text,
        shown=shown,
        lines=_lines(shown),
        person=person,
        speaker=quote.speaker,
        role=quote.role,
        by=by,
        intro="" if person else label.rstrip(_MARKS).format(outlet=outlet),
        mark="" if person else label[len(label.rstrip(_MARKS)) :],
        outlet=say["translation"].format(outlet=outlet) if person and pick.translated else outlet,
        date=credit.date(source, issue.day, say),
        language=source.language,
        direction=typography.direction(quote.text),
        href=credit.web(pick.link) or link,
        link=link,
        story=story.id,
        score=pick.score,
        pinned=pick.pinned,
    )


def _ordered(stories: list[Piece]) -> list[Piece]:
    """The lead, then section by section in order of each one's first story, those without one last; all numbered."""
    names = [story.section for story in stories[1:] if story.section]
    rest = sorted(stories[1:], key=lambda story: names.index(story.section) if story.section else len(names))
    return [story._replace(position=at) for at, story in enumerate([*stories[:1], *rest], 1)]


def _boxed(stories: list[Piece]) -> tuple[list[Piece], tuple[Said, ...]]:
    """Stories with the quotes they keep, and the box: the best of what people said that is left over.

    The lead keeps three; another story one, or two in a short issue or where it joins several articles; every article
    is heard before one is heard twice, and what the editor put in before all. One quote a speaker in the box.
    """
    kept, over = [], []
    for at, story in enumerate(stories):
        room = LEAD_QUOTES if at == 0 else 2 if len(stories) <= SHORT else min(2, len(story.credits))
        people = [said for said in story.quotes if said.person]
        first = list({said.outlet: said for said in reversed(people)}.values())[::-1]
        ranked = [*sorted(first, key=people.index), *(said for said in people if said not in first)]
        left = sorted(ranked, key=lambda said: not said.pinned)[room:]
        over += left
        kept.append(story._replace(quotes=tuple(said for said in story.quotes if said not in left)))
    best: dict[str | None, Said] = {}
    for said in sorted(over, key=lambda said: -said.score):
        best.setdefault(said.speaker, said)
    box = tuple(best.values())[: BOX[1]]
    return (kept, box) if len(box) >= BOX[0] else (stories, ())


def _sections(stories: list[Piece], say: Mapping[str, str]) -> tuple[Section, ...]:
    """The ordered stories under their sections' names; those without one under "elsewhere" where others have one."""
    other = say["elsewhere"] if any(story.section for story in stories) else ""
    grouped: dict[str, list[Piece]] = {}
    for story in stories:
        grouped.setdefault(story.section or other, []).append(story)
    return tuple(Section(name, tuple(told)) for name, told in grouped.items())


def _tally(issue: Issue, say: Mapping[str, str]) -> list[str]:
    stories = [story for story in issue.stories if story.voices]
    if not stories:
        return []
    articles = sum(len(story.voices) for story in stories)
    return [counted(say["stories"], len(stories)), counted(say["articles"], articles)]


def _lines(text: str) -> tuple[str, ...]:
    return tuple(typography.closed(line.strip()) for line in text.split("\n") if line.strip())


def _words(stories: Sequence[Piece], box: Sequence[Said]) -> list[str]:
    """Every word of an edition that is read, for the reading time."""
    words = [said.text for said in box]
    for story in stories:
        words += [story.title, story.note, story.opening.text if story.opening else ""]
        words += [said.text for said in story.quotes]
    return words
