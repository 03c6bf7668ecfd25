"""Choices: which of the key quotes of its sources a story shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.quote import QUOTABLE
from digest.term import repeated, units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.quote import Quote
    from digest.rule import Book
    from digest.summary import Summary, Verdict


def choose(
    voices: Sequence[Summary], book: Book, carried: frozenset[str] = frozenset()
) -> tuple[list[tuple[Verdict, int]], list[str]]:
    """The best quotes of all voices with their index, within the quotas, each saying something of its own.

    They come in reading order.

    Also what the editor should know: words of one speaker that two sources give differently stay out, so do
    words that an earlier issue carried (`carried`, by `bare`).
    """
    offered = sorted(
        ((verdict, at) for at, voice in enumerate(voices) for verdict in voice.chosen),
        key=lambda one: (-one[0].score, one[1], one[0].quote.start),
    )
    differing = _differing(offered, voices, book)
    taken: list[tuple[Verdict, int]] = []
    for verdict, at in offered:
        fresh = bare(verdict.quote.text) not in carried and verdict.quote.id not in differing
        if fresh and _fits(verdict, at, taken, voices, book):
            taken.append((verdict, at))
    taken.sort(key=lambda one: (one[1], one[0].quote.start))
    return taken, sorted(set(differing.values()))


def _fits(
    verdict: Verdict, at: int, taken: Sequence[tuple[Verdict, int]], voices: Sequence[Summary], book: Book
) -> bool:
    """Whether a quote keeps within the quotas beside those taken: story, speaker, fair share of its source."""
    quote = verdict.quote
    same = [one for one, _ in taken if one.quote.speaker == quote.speaker]
    if len(taken) >= book.quotas.story or len(same) >= book.quotas.speaker:
        return False
    if any(repeated(quote.text, one.quote.text, book.diversity) for one, _ in taken):
        return False
    mine = [units(one.quote.text) for one, other in taken if other == at]
    return not mine or sum(mine) + units(quote.text) <= book.share * units(voices[at].document.text)


def _differing(offered: Sequence[tuple[Verdict, int]], voices: Sequence[Summary], book: Book) -> dict[str, str]:
    """Quotes that two sources of one language word differently, by id, with what to tell the editor."""
    found: dict[str, str] = {}
    for verdict, at in offered:
        for elsewhere, voice in enumerate(voices):
            if elsewhere != at and any(_is_variant(verdict.quote, other, book) for other in voice.quotes):
                speaker = verdict.quote.speaker
                found[verdict.quote.id] = f"{speaker} is quoted differently in {voices[at].label} and {voice.label}"
    return found


def _is_variant(quote: Quote, other: Quote, book: Book) -> bool:
    """Whether the other is the same saying of the same speaker in other words of the same language."""
    if other.kind not in QUOTABLE or other.speaker != quote.speaker:
        return False
    first, second = bare(quote.text), bare(other.text)
    if first in second or second in first or first[:1].isascii() != second[:1].isascii():
        return False
    return repeated(first, second, book.diversity)


def bare(text: str) -> str:
    """Words to compare: no marks, spaces or case."""
    return "".join(character for character in text.casefold() if character.isalnum())
