"""A story: what several clips tell of one event, and who said what in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.quote import Quote
    from digest.rule import Reason


@dataclass(frozen=True, slots=True)
class Copy:
    """The same article somewhere else: counted once, listed."""

    outlet: str | None
    link: str | None
    seed: str


@dataclass(frozen=True, slots=True)
class Source:
    """One article of a story. `seed` is the sha256 of its file; `published` and `link` as in Document.

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


@dataclass(frozen=True, slots=True)
class Pick:
    """A chosen quote: which source it is from, why it was chosen, and the link that opens the page there.

    `fragment` is the text fragment (`#:~:text=…`) or None where none is unique; `link` is the source's
    address with it.
    """

    quote: Quote
    source: int
    score: float
    reasons: tuple[Reason, ...]
    fragment: str | None
    link: str | None


@dataclass(frozen=True, slots=True)
class Value:
    """One source's figure: `value` normalised (亿 → 100,000,000), `text` as it stands there."""

    value: float
    unit: str
    text: str
    source: int


@dataclass(frozen=True, slots=True)
class Figure:
    """A thing counted by several sources, side by side, never averaged."""

    what: str
    values: tuple[Value, ...]
    same_measure: bool


@dataclass(frozen=True, slots=True)
class Lead:
    """The first words of a story: whole sentences of one of its sources, verbatim."""

    text: str
    source: int


@dataclass(frozen=True, slots=True)
class Story:
    """One event. `id` is stable while its principal article is; the first source is the principal one.

    `evidence` says in plain words what joined the sources.
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

    @property
    def voices(self) -> tuple[Source, ...]:
        """The sources that may be quoted and linked."""
        return tuple(source for source in self.sources if not source.held_back)
