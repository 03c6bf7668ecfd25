"""Sequels: which of this week's stories earlier issues have told, and what is new in them."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, NamedTuple

from digest import link
from digest.document import plain
from digest.gathering import comparison, event
from digest.gathering.choice import Carried
from digest.gathering.echo import bare, saying
from digest.gathering.lineage import claims
from digest.gathering.profile import rare
from digest.gathering.topic import topic
from digest.judging.amount import same
from digest.quote import QUOTABLE
from digest.term import tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.rule import Book
    from digest.story import Story
    from digest.summary import Summary

LIKE = 0.06
"""How much of an earlier story's rare words must be there to look closer."""
SAME = 0.03
"""What a figure in common counts as."""
NEAREST = 2
"""So many of the likest earlier stories are looked at more closely."""
FEW = 30
"""Stories that are thought to lie beside the earlier ones, so that a word of a few is not common at once."""
TOLD = 1600
"""So many characters of an article tell what it is about."""
ABOUT = 120
"""So many words are kept of a story, to know it again by."""
ENDING = 6
"""Clauses that end in so many equal characters are laid side by side."""
SUBJECT = 12
"""The longest beginning of a clause that is but a name, in characters."""
PART = 4000
"""How much of a text is looked at for that, in characters."""
TELLING = 3
"""Digits of a figure that few things have by chance."""
ROUND = 0.1
"""How far two figures may lie apart and be one, where one of them is a round number (300多人 and 320人)."""
ROUNDED = 100
"""The least number that is taken for a round one: nine and ten dead, or 5% and 5.4%, are no rounding."""


class Counted(NamedTuple):
    """What a source counts: the measure by its name in the lexicon, its value normalised, and as it stands there."""

    measure: str
    value: float
    unit: str
    text: str
    source: int


class News(NamedTuple):
    """What is new in an update.

    A `figure` by what it counts, with the one told before (None: none was), or a `quote` by who said it (empty for the
    article's own words).
    """

    kind: Literal["figure", "quote"]
    what: str
    after: str
    before: str | None = None


class Kin(NamedTuple):
    """An earlier story that one may go on with, by its id and title; `why` says what they have in common."""

    id: str
    title: str
    why: str


class Past:
    """What earlier issues told."""

    def __init__(
        self, earlier: Sequence[Story], book: Book, clips: Sequence[event.Clip], groups: Sequence[Sequence[int]]
    ) -> None:
        """`earlier` are stories, oldest first; `clips` are those of this week and `groups` of these tell one event."""
        self.book = book
        self._told = tuple(reversed(earlier))
        self._claims = claims(clips, groups, [story.clips for story in self._told])
        self._links = [_links(story) for story in self._told]
        often = Counter(word for story in self._told for word in story.about)
        size = math.log(len(self._told) + FEW)
        self._weights = {word: (rare(word) * rare(word) * (1 - math.log(n) / size)) ** 2 for word, n in often.items()}
        self.carried = Carried(
            {bare(pick.quote.text): story.title for story in earlier for pick in story.quotes},
            [
                (told, story.title)
                for story in self._told
                for pick in story.quotes
                if (told := saying(pick.quote)) is not None
            ],
            dict(_doubtful(earlier)),
        )

    def before(
        self, summaries: Sequence[Summary], clips: Sequence[event.Clip], group: int
    ) -> tuple[list[Story], Kin | None]:
        """The earlier stories that these clips of one event go on with, the likest first, and one that they may.

        `group` is their number among the groups of this week.
        """
        links = {link.identity(one.document.source) for one in summaries if one.document.source}
        known = [at for at in range(len(self._told)) if not links.isdisjoint(self._links[at])]
        kin = [claim for claim in self._claims[group] if self._is_kin(clips, claim.story)]
        without = [at for at, story in enumerate(self._told) if not story.clips and at not in known]
        near = [*(claim.story for claim in kin if claim.is_sure), *self._likest(summaries, clips, without)]
        first = self._told[kin[0].story] if kin else None
        return [self._told[at] for at in dict.fromkeys([*known, *near])], (
            Kin(first.id, first.title, kin[0].why) if first else None
        )

    def _is_kin(self, clips: Sequence[event.Clip], at: int) -> bool:
        """Whether these clips are not the same notice of another body."""
        return not any(_of_another(one.text, told.text) for one in clips for told in self._told[at].clips)

    def _likest(self, summaries: Sequence[Summary], clips: Sequence[event.Clip], among: Sequence[int]) -> list[int]:
        """Of these earlier stories, of which only what the issue printed is known, those that the clips go on with."""
        if not among:
            return []
        words = set(about([f"{one.document.title or ''} {one.document.text}" for one in summaries if not one.held]))
        alike = {at: self._likeness(words, self._told[at]) for at in among}
        if any(LIKE - SAME <= one < LIKE for one in alike.values()):
            counts = self._counts(summaries)
            alike = {at: one + SAME * _shares(self._told[at], counts) for at, one in alike.items()}
        near = [at for at in sorted(among, key=lambda at: -alike[at]) if alike[at] >= LIKE][:NEAREST]
        return [at for at in near if _goes_on(clips, _retold(self._told[at], self.book))]

    def _counts(self, summaries: Sequence[Summary]) -> set[tuple[str, float]]:
        found = [comparison.counts(one.document, self.book.lexicon) for one in summaries]
        return {(one.measure, one.amount.value) for counts in found for one in counts}

    def _likeness(self, words: set[str], old: Story) -> float:
        """How much of what tells an earlier story is in these words, 0 to 1: the cosine of rare words."""
        shared = sum(self._weight(word) for word in words.intersection(old.about))
        if not shared:
            return 0.0
        both = sum(map(self._weight, words)) * sum(map(self._weight, old.about))
        return shared / math.sqrt(both)

    def _weight(self, word: str) -> float:
        return self._weights.get(word) or rare(word) ** 4

    def is_fresh(self, summary: Summary, found: Sequence[Story]) -> bool:
        """Whether a clip has something that the earlier stories have not."""
        if not found:
            return True
        counts = comparison.counts(summary.document, self.book.lexicon)
        if any(_is_new(_counted(one), found) for one in counts):
            return True
        said = (one.quote for one in summary.chosen if one.quote.kind in QUOTABLE or one.quote.highlighted)
        known, doubtful = self.carried.known, self.carried.doubtful
        old = {*doubtful, *_passed_over(found, summary.document.source)}
        return any(bare(one.text) not in old and known(one, self.book.diversity) is None for one in said)

    def updated(self, story: Story, found: Sequence[Story], kin: Kin | None = None) -> Story:
        """The story as an update of the first of these earlier ones, left with the figures that are new.

        What goes on with none, or only by its looks and with nothing new, is told as it is, beside its `kin`.
        """
        if not found:
            return replace(story, kin=kin) if kin else story
        new = [one for one in story.counts if _is_new(one, found)]
        figures = tuple(
            figure
            for figure in story.figures
            if any(value.text == one.text and value.source == one.source for value in figure.values for one in new)
        )
        news = (*_figures(new, found, story.language, self.book), *_quotes(story, found))
        if not news and not self._is_known(story, found):
            return replace(story, kin=kin) if kin else story
        last = _latest(found)
        return replace(
            story,
            figures=figures,
            update_of=last.id,
            news=news,
            evidence=(*story.evidence, f"update of {last.title}: {len(news)} things are new"),
        )

    def _is_known(self, story: Story, found: Sequence[Story]) -> bool:
        """Whether a story in which nothing is new has at least something that an earlier one told.

        A story is dropped for what is known of it, never for what is not, nor for its looks: where the clips of the
        earlier ones are compared, only a figure counts that few things have by chance, or that is not the only one.
        """
        if any(not _links(story).isdisjoint(_links(old)) for old in found):
            return True
        doubtful = self.carried.doubtful  # words that differ between two articles of this week alone are not told yet
        alone = any(old.clips for old in found) and len({(one.measure, one.unit) for one in story.counts}) == 1
        return any(_digits(one.value) >= TELLING or not alone for one in story.counts) or any(
            kept.because == "carried" or (kept.because == "differs" and bare(kept.quote.text) in doubtful)
            for kept in story.kept
        )


def _doubtful(earlier: Sequence[Story]) -> Iterator[tuple[str, tuple[str, str]]]:
    """Words that were kept back as another article gave them differently, both ways round."""
    for story in earlier:
        for kept in story.kept:
            if kept.because == "differs" and kept.other:
                yield bare(kept.quote.text), (kept.other, kept.where or story.title)
                yield bare(kept.other), (kept.quote.text, story.title)


def _counted(one: comparison.Count) -> Counted:
    return Counted(one.measure, one.amount.value, one.amount.unit, one.amount.text, 0)


def _of_another(text: str, told: str) -> bool:
    """Whether both have a sentence that differs but in whom it is about: 青禾外送停止夜间配送, 白鹭物流停止夜间配送.

    Then they are cut from one cloth (a press release of many shops, a daily notice), and no sequels.
    """
    endings: dict[str, list[str]] = {}
    for clause in _clauses(told):
        endings.setdefault(clause[-ENDING:], []).append(clause)
    for clause in _clauses(text):
        for other in endings.get(clause[-ENDING:], ()):
            same = next((at for at in range(1, min(len(clause), len(other)) + 1) if clause[-at] != other[-at]), 0)
            mine, theirs = clause[: len(clause) - same + 1].strip(), other[: len(other) - same + 1].strip()
            if same and mine not in told and theirs not in text and 2 <= min(len(mine), len(theirs)) <= SUBJECT:
                return True
    return False


def _clauses(text: str) -> list[str]:
    return [clause for clause in re.split(r"[。！？!?，,；;：:\n“”「」]+", text[:PART]) if len(clause) > ENDING]


def _retold(story: Story, book: Book) -> event.Clip:
    """What an earlier story told, as a clip to compare with."""
    words = [story.lead.text if story.lead else "", *(pick.quote.text for pick in story.quotes), " ".join(story.about)]
    document = plain("\n\n".join(filter(None, words)), title=story.title, language=story.language)
    about = topic(document, [pick.quote for pick in story.quotes], book.lexicon)
    return event.Clip(about, None, f"{story.title}\n{document.text}", event.sketch(document.text), story.title)


def about(texts: Sequence[str]) -> tuple[str, ...]:
    """The rarest words of a story's articles, to know it again by; in the order of how much they say."""
    often = Counter(word for text in texts for word in tokens(text[:TOLD]) if not word.isdigit())
    ranked = sorted(often, key=lambda word: (-math.sqrt(often[word]) * rare(word) ** 2, word))
    return tuple(ranked[:ABOUT])


def _latest(found: Sequence[Story]) -> Story:
    """The likest, or the last of the updates that it has had since."""
    last = found[0]
    since = {one.update_of: one for one in found if one.update_of != one.id}
    for _ in found:
        last = since.get(last.id, last)
    return last


def _shares(old: Story, counts: set[tuple[str, float]]) -> bool:
    """Whether an earlier story counts something just so, in a figure that few things have by chance."""
    return any((one.measure, one.value) in counts and _digits(one.value) >= TELLING for one in old.counts)


def _goes_on(clips: Sequence[event.Clip], told: event.Clip) -> bool:
    """Whether an earlier story would be put together with these clips, had it come this week."""
    if any(_of_another(clip.text, told.text) for clip in clips):
        return False
    days = [clip.day for clip in clips if clip.day is not None]
    groups, _ = event.group([*clips, told._replace(day=min(days) if days else None)])
    return any(len(clips) in group and len(group) > 1 for group in groups)


def _links(story: Story) -> frozenset[str]:
    """The addresses of a story's articles."""
    return frozenset(link.identity(source.link) for source in story.voices if source.link)


def _is_new(one: Counted, told: Sequence[Story]) -> bool:
    """Whether no earlier story counted the same so."""
    known = [each for old in told for each in old.counts if (each.measure, each.unit) == (one.measure, one.unit)]
    if any(_agree(one, each) for each in known):
        return False
    words = " ".join(pick.quote.text for old in told for pick in old.quotes) + " ".join(
        old.lead.text for old in told if old.lead
    )
    return re.search(rf"(?<![0-9.,一二三四五六七八九十百千]){re.escape(one.text)}(?![0-9])", words) is None


def _agree(one: Counted, other: Counted) -> bool:
    """Whether two figures are the same, as far as a round one tells."""
    if same(one.value, other.value):
        return True
    is_round = any(_digits(each.value) == 1 and each.value >= ROUNDED for each in (one, other))
    return is_round and abs(one.value - other.value) <= ROUND * max(one.value, other.value)


def _digits(value: float) -> int:
    """How many digits a number has before its closing zeros."""
    return len(f"{value:.6g}".partition("e")[0].replace(".", "").strip("0")) or 1


def _figures(new: Sequence[Counted], told: Sequence[Story], language: str, book: Book) -> Iterator[News]:
    """New figures, one a measure and unit, each with the last one told before."""
    seen = set()
    for one in new:
        if (one.measure, one.unit) in seen:
            continue
        seen.add((one.measure, one.unit))
        known = [each for old in told for each in old.counts if (each.measure, each.unit) == (one.measure, one.unit)]
        what = comparison.label(one.measure, language, book.lexicon)
        yield News("figure", what, one.text, known[0].text if known else None)


def _passed_over(found: Sequence[Story], address: str | None) -> set[str]:
    """What earlier stories had of the same article and did not show: clipped once more, it is no news."""
    if not address:
        return set()
    known = link.identity(address)
    return {bare(kept.quote.text) for old in found if known in _links(old) for kept in old.kept}


def _quotes(story: Story, found: Sequence[Story]) -> Iterator[News]:
    """What people said, and what is marked in the clip; the article's own words alone are no news."""
    for pick in story.quotes:
        if bare(pick.quote.text) in _passed_over(found, story.sources[pick.source].link):
            continue
        if pick.quote.kind in QUOTABLE or pick.quote.highlighted:
            yield News("quote", (pick.quote.speaker or "") if pick.quote.kind in QUOTABLE else "", pick.quote.text)
