"""The remainder: what an issue leaves aside, and for how long.

Clips that an issue passes over wait for the next ones and are let go after so many; nothing is lost unseen.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from digest.labels import labels

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from digest.drift import Printed
    from digest.erratum import Erratum
    from digest.seed import Clipped
    from digest.story import Gathered, Story
    from digest.summary import Summary

WAITS = 2
"""For how many more issues a clip is kept that one has passed over."""


class KeptQuote(NamedTuple):
    """A quote that stands ready and is not shown: why, and what the editor can do.

    `reason` is a stable code, `seed` and `title` are its article's, `story` the id of its story. `other` are the other
    words it is known in, `where` the article or earlier story that has them.
    """

    id: str
    text: str
    speaker: str | None
    story: str
    seed: str
    title: str
    reason: str
    message: str
    remedy: str
    other: str | None = None
    where: str | None = None


class Repeat(NamedTuple):
    """A story of this week that an earlier issue told and that says nothing new; `seeds` are its clips."""

    title: str
    update_of: str
    told: str
    seeds: tuple[str, ...]


class Waiting(NamedTuple):
    """A clip that no issue has used yet: passed over by this one, or let go with it.

    `waits` is for how many more issues it is kept, `reason` a stable code for why it was passed over.
    """

    seed: str
    title: str
    reason: str
    message: str
    waits: int = 0


class Remainder(NamedTuple):
    """What an issue leaves aside, beside the clips held back.

    `quotes` stand ready and are not shown, `repeats` were told before, `waiting` clips are passed over, `lapsing` ones
    are let go with this issue; `lapsed` were let go with the one before.
    """

    quotes: tuple[KeptQuote, ...] = ()
    repeats: tuple[Repeat, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    lapsing: tuple[Waiting, ...] = ()
    lapsed: tuple[Waiting, ...] = ()


class Year(NamedTuple):
    """The issue of this week some years ago: its number and day (ISO date), its first story's title and link."""

    ago: int
    issue: str
    number: int
    day: str
    title: str
    link: str | None
    line: str


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of earlier issues: the stories they `told` (oldest first) and how long clips have waited.

    `waited` gives for a clip's sha256 how many issues have passed it over, `waits` how many more may; `lapsed` is what
    was let go with the last issue. `printed` are the quotes of these issues, `strays` the clips of theirs that lie in
    no folder any more (digest.drift); `errata` wait to be told; `years` are the issues of this week in earlier years.
    `clips` are those of earlier issues that the stories are compared by.
    """

    told: tuple[Story, ...] = ()
    waited: Mapping[str, int] = field(default_factory=dict)
    waits: int = WAITS
    lapsed: tuple[Waiting, ...] = ()
    printed: tuple[Printed, ...] = ()
    strays: Mapping[str, str | None] = field(default_factory=dict)
    errata: tuple[Erratum, ...] = ()
    years: tuple[Year, ...] = ()
    clips: tuple[Clipped, ...] = ()


class Aside(NamedTuple):
    """A clip that is held back: its sha256, its title, a stable code of the reason, and the reason in words."""

    seed: str
    title: str
    reason: str
    message: str


def remainder(
    summaries: Iterable[Summary],
    gathered: Gathered,
    held: Sequence[Aside],
    used: Collection[str],
    memory: Memory,
    language: str,
) -> Remainder:
    """What an issue leaves aside, in the words of `language`.

    `summaries` are the clips on the desk, `held` those held back, `used` the sha256 of what the issue uses up.
    """
    say = labels(language)
    clips = _passed(summaries, gathered, used, say)
    waiting = [_waiting(one, memory) for one in clips]
    kept_out = [_waiting(one, memory) for one in {one.seed: one for one in held if one.seed not in used}.values()]
    return Remainder(
        quotes=tuple(_quotes(gathered.stories, say)),
        repeats=tuple(_repeats(gathered.repeats, memory.told)),
        waiting=tuple(one for one in waiting if one.waits > 0),
        lapsing=tuple(one for one in [*waiting, *kept_out] if one.waits <= 0),
        lapsed=memory.lapsed,
    )


def _waiting(clip: Aside, memory: Memory) -> Waiting:
    return Waiting(*clip, waits=memory.waits - memory.waited.get(clip.seed, 0))


def _passed(
    summaries: Iterable[Summary], gathered: Gathered, used: Collection[str], say: Mapping[str, str]
) -> list[Aside]:
    """The clips that could go out and do not, each once, with the reason."""
    why = {seed: "repeat" for told in gathered.repeats for seed in _seeds(told)}
    why |= {seed: "dropped" for told in gathered.dropped for seed in _seeds(told)}
    why |= {seed: "no-room" for told in gathered.passed for seed in _seeds(told)}
    ready = {one.seed: one for one in summaries if not one.held and one.seed not in used}
    reasons = {seed: why.get(seed, "left-out") for seed in ready}
    return [Aside(seed, ready[seed].label, reason, say[f"p_{reason}"]) for seed, reason in reasons.items()]


def _repeats(repeats: Iterable[Story], told: Iterable[Story]) -> Iterator[Repeat]:
    titles = {one.id: one.title for one in told}
    for one in repeats:
        before = one.update_of or one.id
        yield Repeat(one.title, before, titles.get(before, one.title), tuple(_seeds(one)))


def _quotes(stories: Iterable[Story], say: Mapping[str, str]) -> Iterator[KeptQuote]:
    for story in stories:
        shown = {pick.source: pick.quote.id for pick in reversed(story.quotes)}
        for kept in story.kept:
            source, chosen = story.sources[kept.source], shown.get(kept.source)
            yield KeptQuote(
                id=kept.quote.id,
                text=kept.quote.text,
                speaker=kept.quote.speaker,
                story=story.id,
                seed=source.seed,
                title=source.title,
                reason=kept.because,
                message=say[f"k_{kept.because}"].format(where=kept.where or ""),
                remedy=say[f"kr_{kept.because}" if chosen else "kr_alone"].format(id=kept.quote.id, chosen=chosen),
                other=kept.other,
                where=kept.where,
            )


def _seeds(story: Story) -> Iterator[str]:
    for source in story.voices:
        yield source.seed
        yield from (copy.seed for copy in source.copies)
