"""Choices: which of the key quotes of its sources a story shows, and which are kept back and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from digest.gathering.echo import bare, echo, has_any, has_more_figures, is_foreign, is_translated, saying
from digest.term import repeated, units

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from digest.gathering.echo import Saying
    from digest.quote import Quote
    from digest.rule import Book
    from digest.summary import Summary, Verdict

Because = Literal["differs", "carried", "older", "share"]
"""Why a key quote is kept back: two sources word it differently; an earlier issue carried it; an older article of the
story has it; its article would be quoted beyond a fair share."""


class Kept(NamedTuple):
    """A key quote that is not shown. `other` are the other words it is known in, `where` the article that has them."""

    quote: Quote
    source: int
    because: Because
    other: str | None = None
    where: str | None = None


class Carried(NamedTuple):
    """What earlier issues quoted: by `bare` words, and by speaker; each with the headline it stood under.

    `doubtful` are the words that they kept back as two articles gave them differently, with the other words and where.
    """

    words: Mapping[str, str]
    said: Sequence[tuple[Saying, str]] = ()
    doubtful: Mapping[str, tuple[str, str]] = {}

    def known(self, quote: Quote, share: float) -> tuple[str, str] | None:
        """The earlier words and their headline, where the quote says the same."""
        words = bare(quote.text)
        if words in self.words:
            return quote.text, self.words[words]
        told = saying(quote)
        for earlier, where in self.said if told else ():
            # Of one wording with other figures nothing is known: 300 last week and 500 now are two sayings.
            if told and echo(told, earlier, share) and not has_more_figures(told.text, earlier.text):
                return earlier.text, where
        return None


class Choice(NamedTuple):
    """The quotes a story shows, each with the index of its source, in reading order.

    `kept` are those kept back, `translated` the ids of the shown ones that are somebody's translation, `notes` what the
    editor should know.
    """

    taken: tuple[tuple[Verdict, int], ...]
    kept: tuple[Kept, ...] = ()
    translated: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()


_NOTHING = Carried({})


def choose(
    voices: Sequence[Summary],
    book: Book,
    carried: Carried = _NOTHING,
    language: str = "",
    barred: Collection[str] = (),
) -> Choice:
    """The best quotes of all voices, within the quotas, each saying something of its own.

    Words of one speaker that two sources give differently are kept back, so are words that an earlier issue
    (`carried`) or an older source has, and those beyond a source's fair share. Two translations of one saying are one:
    the one in `language`, the story's, is shown, else the better one. Words the editor took out (`barred`, by `bare`)
    stay out whoever has them; what the editor put in comes first and stays whatever the rules say.
    """
    return _Table(voices, book, language).choice(carried, barred)


class _Table:
    """The key quotes of a story's sources, laid side by side."""

    def __init__(self, voices: Sequence[Summary], book: Book, language: str) -> None:
        self.voices = voices
        self.book = book
        self.language = language[:2]
        self.offered = sorted(
            ((verdict, at) for at, voice in enumerate(voices) for verdict in voice.chosen),
            key=lambda one: (-one[0].score, one[1], one[0].quote.start),
        )
        self.kept: list[Kept] = []
        self.translated: set[str] = set()
        self.notes: list[str] = []
        self._sayings = [[(told, one) for one in voice.quotes if (told := saying(one))] for voice in voices]
        self._same: dict[str, str] = {}
        """Of sayings that were translated, the id of the one that is shown, by the id of each other."""

    def choice(self, carried: Carried, barred: Collection[str]) -> Choice:
        out = {one.quote.id for one in self._doubtful()}
        out |= {self._same.get(verdict.quote.id, "") for verdict, _ in self.offered if verdict.pinned}
        taken: list[tuple[Verdict, int]] = []
        for verdict, at in self._preferred():
            quote = verdict.quote
            if verdict.pinned:  # once, where two clips of one page have it
                taken += [] if any(one.quote.id == quote.id for one, _ in taken) else [(verdict, at)]
                continue
            if quote.id in out or quote.id in self._same or (barred and has_any(quote.text, barred)):
                continue
            if other := carried.doubtful.get(bare(quote.text)):
                self.kept.append(Kept(quote, at, "differs", *other))
            elif before := carried.known(quote, self.book.diversity):
                self.kept.append(Kept(quote, at, "carried", *before))
            elif self._fits(verdict, at, taken):
                taken.append((verdict, at))
        taken.sort(key=lambda one: (one[1], one[0].quote.start))
        shown = {verdict.quote.id for verdict, _ in taken}
        kept = sorted(self.kept, key=lambda one: (one.source, one.quote.start))
        return Choice(tuple(taken), tuple(kept), frozenset(self.translated & shown), tuple(sorted(set(self.notes))))

    def _doubtful(self) -> Iterator[Kept]:
        """Quotes that another source echoes, sorted into doubtful ones and translations of one saying."""
        paired: set[str] = set()
        for verdict, at in self.offered:
            if verdict.pinned:
                continue
            told = saying(verdict.quote)
            for elsewhere, heard, other in self._others(at) if told else ():
                kind = echo(told, heard, self.book.diversity) if told else None
                if kind == "same" and self._is_older(elsewhere, at):
                    kept = Kept(verdict.quote, at, "older", other.text, self.voices[elsewhere].label)
                elif kind == "differs" and not self._both_translated(verdict.quote, at, other, elsewhere):
                    kept = Kept(verdict.quote, at, "differs", other.text, self.voices[elsewhere].label)
                    self.notes.append(
                        f"{verdict.quote.speaker} is quoted differently in {self.voices[at].label} and {kept.where}"
                    )
                elif kind in ("differs", "translation"):
                    self._one(verdict.quote, at, other, elsewhere)
                    continue
                else:
                    continue
                if verdict.quote.id not in paired:  # told once, with both wordings
                    self.kept.append(kept)
                paired |= {verdict.quote.id, other.id} if kind == "differs" else {verdict.quote.id}
                yield kept
                break

    def _others(self, at: int) -> Iterator[tuple[int, Saying, Quote]]:
        for elsewhere, sayings in enumerate(self._sayings):
            if elsewhere != at:
                yield from ((elsewhere, told, other) for told, other in sayings)

    def _is_older(self, one: int, other: int) -> bool:
        """Whether a source was published on an earlier day than the other, by what both tell."""
        days = [(self.voices[at].document.published or "")[:10] for at in (one, other)]
        return all(len(day) == 10 for day in days) and days[0] < days[1]

    def _both_translated(self, quote: Quote, at: int, other: Quote, elsewhere: int) -> bool:
        """Whether two wordings in one language are two translations of what was said in another."""
        words = self.book.lexicon
        return is_translated(quote, self.voices[at].document, words) and is_translated(
            other, self.voices[elsewhere].document, words
        )

    def _one(self, quote: Quote, at: int, other: Quote, elsewhere: int) -> None:
        """Note that two are one saying: which of them is shown, and which is a translation."""
        chosen = {verdict.quote.id for verdict, _ in self.offered}
        lead, left = (quote, other)
        mine, theirs = self._tongue(at), self._tongue(elsewhere)
        if other.id in chosen and mine != theirs and theirs == self.language:
            lead, left = other, quote
        if left.id not in self._same and lead.id not in self._same:
            self._same[left.id] = lead.id
            self.notes.append(
                f"{lead.speaker}: {self.voices[at].label} and {self.voices[elsewhere].label} give one saying"
            )
        for one, where in ((quote, at), (other, elsewhere)):
            if mine == theirs or self._is_rendered(one, where, f"{quote.speaker} {other.speaker}"):
                self.translated.add(one.id)

    def _is_rendered(self, quote: Quote, at: int, speakers: str) -> bool:
        """Whether, of a saying in two languages, this is the one its speaker did not say: by cue, else by the name."""
        if is_translated(quote, self.voices[at].document, self.book.lexicon):
            return True
        foreign = all(is_foreign(name) for name in speakers.split())
        return foreign == (self._tongue(at) in ("zh", "ja"))

    def _tongue(self, at: int) -> str:
        return (self.voices[at].document.language or "")[:2]

    def _preferred(self) -> Iterator[tuple[Verdict, int]]:
        """What is offered, best first, a quote that an older source has too as that source gives it."""
        older = {bare(one.other or "") for one in self.kept if one.because == "older"}
        beaten = [
            (verdict, at)
            for at, voice in enumerate(self.voices if older else ())
            for verdict in voice.verdicts
            if verdict.beaten and bare(verdict.quote.text) in older
        ]
        offered = [*self.offered, *beaten]
        offered.sort(key=lambda one: (not one[0].pinned, -one[0].score, one[1], one[0].quote.start))
        yield from offered

    def _fits(self, verdict: Verdict, at: int, taken: Sequence[tuple[Verdict, int]]) -> bool:
        """Whether a quote keeps within the quotas beside those taken: story, speaker, fair share of its source."""
        quote, quotas = verdict.quote, self.book.quotas
        same = [one for one, _ in taken if one.quote.speaker == quote.speaker]
        if len(taken) >= quotas.story or len(same) >= quotas.speaker:
            return False
        if any(repeated(quote.text, one.quote.text, self.book.diversity) for one, _ in taken):
            return False
        mine = [units(one.quote.text) for one, other in taken if other == at]
        if not mine or sum(mine) + units(quote.text) <= self.book.share * units(self.voices[at].document.text):
            return True
        self.kept.append(Kept(quote, at, "share", where=self.voices[at].label))
        return False
