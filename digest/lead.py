"""Leads: the first words of a story, whole sentences of an article, verbatim.

Never the description, an abstract, a heading or a caption: only paragraphs of the body.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from digest.predicate import opener
from digest.sentence import sentences
from digest.term import Stretch, Wording, units

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from digest.document import Block, Document
    from digest.lexicon import Lexicon
    from digest.quote import Quote

ROOM = {"zh": (60, 130), "en": (80, 160)}
"""Least and most units of a lead: 60–130 Chinese characters, 40–80 English words."""
SENTENCES = 3
"""A lead has at most so many."""
DEPTH = 12
"""Only so many paragraphs from the top are looked at."""


def lead(document: Document, quotes: Sequence[Quote], lexicon: Lexicon) -> str | None:
    """One to three whole sentences from near the top of the body, or None where nothing there can stand alone.

    A paragraph that belongs to a speaker (an interview's turn, a block quotation) is passed over, so are
    greetings, announcements of what follows and sentences that point at something before them.
    """
    text = document.text
    spoken = [(quote.start, quote.end) for quote in quotes if quote.kind in ("turn", "block")]
    least, most = ROOM["en" if (document.language or "zh").startswith("en") else "zh"]
    best: str | None = None
    for block in _body(document, spoken)[:DEPTH]:
        for at, run in _runs(text, block, _unfit(lexicon), most):
            if units(run) >= least:
                return run
            if at == 0 and units(run) * 2 >= least and best is None:
                best = run
    return best


def _body(document: Document, spoken: Sequence[tuple[int, int]]) -> list[Block]:
    """The paragraphs that are the author's own running text."""
    title = re.sub(r"\W", "", document.title or "")
    return [
        block
        for block in document.blocks
        if block.kind == "paragraph"
        and block.end - block.start >= 16  # noqa: PLR2004 -- shorter ones are captions and labels
        and not any(start < block.end and block.start < end for start, end in spoken)
        and re.sub(r"\W", "", document.text[block.start : block.end]) != title
        and not any(start < block.end and block.start < end for start, end in document.holes)
    ]


def _runs(text: str, block: Block, unfit: Callable[[str], bool], most: int) -> list[tuple[int, str]]:
    """Runs of sentences of the paragraph, from each of the first two that can open one, as long as they fit."""
    spans = sentences(text, block.start, block.end)
    runs = []
    for first in range(min(2, len(spans))):
        start, end = spans[first]
        if unfit(text[start:end]) or text[end - 1] in "：:，,、？?" or text[end - 1] not in '。！!.”」』）)…’"':
            continue
        for _, further in spans[first + 1 : first + SENTENCES]:
            if units(text[start:further]) > most or text[further - 1] in "？?：:":
                break
            end = further
        if units(text[start:end]) <= most * 1.25:
            runs.append((first, text[start:end]))
    return runs


@cache
def _unfit(lexicon: Lexicon) -> Callable[[str], bool]:
    """Whether a sentence cannot open a lead."""
    dangling, standing = opener(lexicon.words("rules.dangling")), opener(lexicon.words("rules.standing"))
    joining = opener(lexicon.words("rules.connective"))
    talk = Wording(lexicon.words("rules.greeting", "rules.announcing"))

    def unfit(sentence: str) -> bool:
        points = dangling(sentence) and not standing(sentence)
        return points or joining(sentence) or talk.within(Stretch(sentence))

    return unfit
