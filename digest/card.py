"""A quote card: what an image of a quotation says, and the same in words for those who cannot see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.fragment import fold
from digest.link import is_address
from digest.posting.wording import Voice, phrases

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.story import Story


@dataclass(frozen=True, slots=True)
class Card:
    """A card. `words` are the quotation whole and verbatim, or for reported speech the article's words as such.

    `mark` is the opening mark where somebody said them, None for the article's own; `alt` holds the full
    quotation, its speaker and source.
    """

    quote: str
    story: str
    language: str
    words: str
    mark: str | None
    speaker: str | None
    role: str | None
    source: str
    alt: str
    link: str


def cards(stories: Iterable[Story]) -> tuple[Card, ...]:
    """A card for each chosen quotation whose article has an address and is not held back, the same words once."""
    made, seen = [], set()
    for story in stories:
        for pick in story.quotes:
            source = story.sources[pick.source]
            words = fold(pick.quote.text)
            if source.held_back or pick.quote.asks or words in seen or not is_address(source.link or ""):
                continue
            seen.add(words)
            made.append(_card(story.id, Voice(pick, source, source.language or story.language)))
    return tuple(made)


def _card(story: str, voice: Voice) -> Card:
    told, quote = phrases(voice.language), voice.pick.quote
    own = quote.kind == "highlight"
    role = (quote.role or "").strip()
    named = voice.is_named and voice.speaker
    headline = voice.headline()
    credit = voice.by() if named else ""
    alt = told["inline"].join(filter(None, (voice.words if own else voice.form(voice.words), credit)))
    return Card(
        quote=quote.id,
        story=story,
        language=voice.language,
        words=voice.words if voice.is_said or own else voice.as_the_articles(voice.words),
        mark=told["open"] if voice.is_said else None,
        speaker=voice.speaker if named else None,
        role=role if named and role and role not in (voice.speaker or "") else None,
        source=headline,
        alt=f"{alt}\n{told['source']}{headline}",
        link=voice.pick.link or voice.source.link or "",
    )
