"""Leads: the first words of a story, whole sentences of an article, verbatim.

Never the description, an abstract, a heading or a caption: only paragraphs of the body.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import takewhile
from typing import TYPE_CHECKING

from digest.gathering.echo import has_any
from digest.judging.predicate import opener
from digest.sentence import sentences
from digest.term import Finder, repeated, units

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from digest.document import Block, Document
    from digest.lexicon import Lexicon
    from digest.quote import Quote

ROOM = {"zh": (40, 130), "en": (50, 160)}
"""Least and most units of a lead: 40–130 Chinese characters, 25–80 English words."""
SENTENCES = 3
"""A lead has at most so many."""
CAPTION = 16
"""A paragraph shorter than this, in characters, is a caption or a label."""
AGAIN = 0.4
"""A sentence that shares more of its words with those before says the same again."""
DEPTH = 12
"""Only so many paragraphs from the top are looked at."""
_LABEL = re.compile(r"[^\s，。、,.：:]{1,8}(?: [^\s，。、,.：:]{1,8})?[：:]")
"""A label with its colon, such as `注意：`, at the head of a sentence."""


def lead(document: Document, quotes: Sequence[Quote], lexicon: Lexicon, barred: Collection[str] = ()) -> str | None:
    """One to three whole sentences from near the top of the body, or None where nothing there can stand alone.

    A paragraph that belongs to a speaker (an interview's turn, a block quotation, speech in marks at its
    head) is passed over, so are greetings, labels, announcements of what follows, hearsay, sentences that
    point at something before them, and words that the editor took out (`barred`, by `bare`).
    """
    text = document.text
    spoken = [(quote.start, quote.end) for quote in quotes if quote.kind in ("turn", "block", "spoken")]
    least, most = ROOM["en" if (document.language or "zh").startswith("en") else "zh"]
    unfit, announces = _unfit(lexicon)
    best: str | None = None
    for block in _body(document, spoken)[:DEPTH]:
        for first, spans in enumerate(_openings(text, block, unfit)):
            fitting = list(takewhile(lambda span: not announces(text[slice(*span)]), spans))
            run = _run(text, fitting or spans, most)
            if barred and has_any(run, barred):
                continue
            if units(run) >= least:
                return run
            if units(run) > units(best or "") and first == 0:
                best = run
    return best


def _body(document: Document, spoken: Sequence[tuple[int, int]]) -> list[Block]:
    """The paragraphs that are the author's own running text."""
    title = re.sub(r"\W", "", document.title or "")
    return [
        block
        for block in document.blocks
        if block.kind == "paragraph"
        and block.end - block.start >= CAPTION
        and not any(start < block.end and block.start < end and _leads(block, start, end) for start, end in spoken)
        and re.sub(r"\W", "", document.text[block.start : block.end]) != title
        and not any(start < block.end and block.start < end for start, end in document.holes)
    ]


def _leads(block: Block, start: int, end: int) -> bool:
    """Whether a quote stands at the head of a paragraph, or fills half of it."""
    return start <= block.start + 2 or 2 * (end - start) >= block.end - block.start


def _openings(text: str, block: Block, unfit: Callable[[str], bool]) -> list[list[tuple[int, int]]]:
    """The sentences of the paragraph from each of the first two that can open a lead."""
    spans = _spans(text, block)
    return [spans[first:] for first in range(min(2, len(spans))) if not unfit(text[slice(*spans[first])])]


def _spans(text: str, block: Block) -> list[tuple[int, int]]:
    """The sentences of the paragraph up to the first that is none: a question, a lead-in, a line without an end."""
    whole = []
    for start, end in sentences(text, block.start, block.end):
        if text[end - 1] not in '。！!.”」』）)…’"' or text[end - 2] in "？?：:":
            break
        whole.append((start, end))
    return whole


def _run(text: str, spans: Sequence[tuple[int, int]], most: int) -> str:
    """The first sentences as long as they fit; the first one may be a quarter longer."""
    start, end = spans[0]
    if units(text[start:end]) > most * 1.25:
        return ""
    for first, last in spans[1:SENTENCES]:
        if (
            "\n" in text[end:first]
            or units(text[start:last]) > most
            or repeated(text[start:end], text[first:last], AGAIN)
        ):
            break
        end = last
    return text[start:end]


@cache
def _unfit(lexicon: Lexicon) -> tuple[Callable[[str], bool], Callable[[str], bool]]:
    """Whether a sentence cannot open a lead, and whether it cannot be part of one."""
    dangling, standing = opener(lexicon.words("rules.dangling")), opener(lexicon.words("rules.standing"))
    joining = opener(lexicon.words("rules.connective"))
    talk = Finder({"talk": lexicon.words("rules.greeting", "rules.announcing", "cues.hearsay")})

    def announces(sentence: str) -> bool:
        return bool(talk.within(sentence))

    def unfit(sentence: str) -> bool:
        points = dangling(sentence) and not standing(sentence)
        return points or joining(sentence) or announces(sentence) or _LABEL.match(sentence) is not None

    return unfit, announces
