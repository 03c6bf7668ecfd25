"""Finding: what of a document is quoted, and whose words each quotation is."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import replace
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from digest.quote import QUOTABLE, Quote
from digest.sentence import sentences
from digest.speech import attribution, chinese, doubt, english, passage, reported, role, shape, turn
from digest.speech.cast import Cast, bodies, genders, surnames
from digest.speech.topic import Topic

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.document import Document
    from digest.lexicon import Lexicon
    from digest.quote import QuoteKind
    from digest.speech.reported import Statement
    from digest.speech.speaker import Heard, Voice
    from digest.speech.turn import Turn

SHORTEST_LIGHT = 8
"""Code points of bold that make a sentence a highlight; fewer are a term."""


def find(document: Document, lexicon: Lexicon, people: Mapping[str, str] | None = None) -> tuple[Quote, ...]:
    """What `quote.find` gives."""
    cast = Cast(
        document.text,
        dict(people or {}),
        surnames=surnames(lexicon),
        bodies=bodies(lexicon),
    )
    turns = turn.turns(document, lexicon)
    taken = {piece.block for piece in turns}
    cast.meet_all()
    found = _turn_quotes(document, turns, cast, lexicon)
    spots = passage.passages(document, taken)
    written = chinese.reading(lexicon, document.text, cast.aliases)
    cast.topic = Topic(written, english.of(lexicon))
    heard = attribution.heard(spots, lexicon, written)
    told = reported.statements(spots, lexicon, written)
    found += _attributed(document, heard, told, cast, lexicon, passage.blanked(document, spots))
    found += _block_quotes(document, [quote for quote in found if quote.kind in QUOTABLE], taken, lexicon)
    found += _highlights(document, found, taken)
    return tuple(sorted(found, key=lambda quote: (quote.start, quote.end)))


def _turn_quotes(document: Document, turns: list[Turn], cast: Cast, lexicon: Lexicon) -> list[Quote]:
    """An interview's turns as sentences or short runs, highlighted where the author or the clip's owner marked them."""
    found: list[Quote] = []
    lights = _Lights(document)
    names = {label: turn.spelt(document, label) for label in dict.fromkeys(piece.label for piece in turns)}
    for name in names.values():
        cast.meet(name, role.beside(document, name, lexicon))
    parts = {
        label: shape.role(cast.roles.get(cast.fullest(name)) or cast.roles.get(name), lexicon)
        for label, name in names.items()
    }
    for before, piece in pairwise([None, *turns]):
        assert piece is not None  # noqa: S101 -- only the first of the pairs begins with nothing
        question = turn.question(document.text, before) if before and not piece.asks else None
        mention, part = names[piece.label], parts[piece.label]
        name = cast.fullest(mention)
        for start, end in turn.runs(document.text, piece.start, piece.end):
            lit = lights.touch(start, end)
            found.append(
                Quote(
                    document.text,
                    start,
                    end,
                    "turn",
                    speaker=name,
                    mention=mention,
                    role=part,
                    highlighted=lit,
                    asks=piece.asks,
                    question=question,
                )
            )
            question = None
    return found


def _attributed(
    document: Document, heard: list[Heard], told: list[Statement], cast: Cast, lexicon: Lexicon, blank: str
) -> list[Quote]:
    """What stands in marks and is speech, and what is reported without marks, each with whose it is."""
    voices = [one.voice for one in heard] + [one.voice for one in told]
    for voice in voices:
        if voice.name:
            cast.meet(voice.name, voice.role)
    cast.join()
    cast.voiced.update(cast.fullest(voice.name) for voice in voices if voice.name)
    known = genders(lexicon)
    for name, part in cast.roles.items():
        gender = known.get(name.split(" ")[0]) or known.get((part or "").rstrip(".").split(" ")[-1])
        if gender:
            cast.genders[cast.fullest(name)] = gender
    settled = {
        voice: _introduced(_shaped(cast.resolve(voice, blank), lexicon), document, cast, lexicon)
        for voice in sorted(dict.fromkeys(voices), key=lambda voice: voice.at)
    }
    lights = _Lights(document)
    spans = [(one, *trimmed(document.text, one.start, one.end)) for one in heard]
    quotes = [
        _quote(
            document.text,
            start,
            end,
            "spoken",
            doubt.settled(settled[one.voice], document.text, start, end, found=one.voice),
            group=one.group,
            highlighted=lights.touch(start, end),
        )
        for one, start, end in spans
        if start < end
    ]
    quotes += [_quote(document.text, one.start, one.end, "reported", settled[one.voice]) for one in told]
    return quotes


def _introduced(voice: Voice, document: Document, cast: Cast, lexicon: Lexicon) -> Voice:
    """The voice with the role by which the article introduces its name elsewhere, where none stands beside the cue."""
    if voice.name is None or voice.role:
        return voice
    if voice.name not in cast.introduced:
        part = role.standing(role.beside(document, voice.name, lexicon))
        cast.introduced[voice.name] = shape.role(part, lexicon)
    return replace(voice, role=cast.introduced[voice.name])


def _shaped(voice: Voice, lexicon: Lexicon) -> Voice:
    """The voice with a role that is one, and without a speaker that is none."""
    said = voice.name or (voice.mention if voice.unnamed else None)
    if said and not shape.is_speaker(said, lexicon, unnamed=voice.name is None):
        return replace(voice, name=None, role=None, unnamed=False)
    return replace(voice, role=shape.role(voice.role, lexicon)) if voice.role else voice


def _quote(
    text: str,
    start: int,
    end: int,
    kind: QuoteKind,
    voice: Voice,
    *,
    group: int | None = None,
    highlighted: bool = False,
) -> Quote:
    return Quote(
        text,
        start,
        end,
        kind,
        speaker=voice.name or (voice.mention if voice.unnamed else None),
        mention=voice.mention,
        role=voice.role,
        cue=voice.cue,
        unnamed=voice.unnamed,
        hearsay=voice.hearsay,
        group=group,
        highlighted=highlighted,
    )


class _Lights:
    """Where the author or the clip's owner marked the text."""

    def __init__(self, document: Document) -> None:
        self.marks = sorted(document.marks, key=lambda mark: mark.start)
        self._starts = [mark.start for mark in self.marks]
        self._ends = list(accumulate((mark.end for mark in self.marks), max))

    def touch(self, start: int, end: int) -> bool:
        """Whether a mark overlaps the span."""
        return bisect_right(self._ends, start) < bisect_left(self._starts, end)

    def shine(self, start: int, end: int) -> bool:
        """Whether a mark covers more of the sentence than a word."""
        low, high = bisect_right(self._ends, start), bisect_left(self._starts, end)
        lit = sum(max(0, min(end, mark.end) - max(start, mark.start)) for mark in self.marks[low:high])
        return lit >= SHORTEST_LIGHT or lit * 2 > end - start


def _highlights(document: Document, found: list[Quote], taken: set[int]) -> list[Quote]:
    """What the author set in bold, or the clip's owner marked, outside turns and quotations: whole sentences of it."""
    lights = _Lights(document)
    if not lights.marks:
        return []
    busy = sorted((quote.start, quote.end) for quote in found if quote.kind in QUOTABLE)
    starts = [start for start, _ in busy]
    ends = list(accumulate((end for _, end in busy), max))
    lit: list[Quote] = []
    for i, block in enumerate(document.blocks):
        if i in taken or block.kind in ("heading", "table", "code") or not lights.touch(block.start, block.end):
            continue
        for start, end in sentences(document.text, block.start, block.end):
            overlaps = bisect_right(ends, start) < bisect_left(starts, end)
            if (
                end - start >= SHORTEST_LIGHT
                and document.text[end - 1] not in "：:"
                and lights.shine(start, end)
                and not overlaps
            ):
                lit.append(Quote(document.text, start, end, "highlight", highlighted=True))
    return lit


def _block_quotes(document: Document, found: list[Quote], taken: set[int], lexicon: Lexicon) -> list[Quote]:
    """Block quotations without marks of their own, with the voice that the line before or a dash gives them."""
    spoken = sorted(quote.start for quote in found)
    quotes: list[Quote] = []
    before = ""
    for i, block in enumerate(document.blocks):
        if block.kind == "quote" and i not in taken:
            start, end, voice = attribution.of_block(document.text, block, before, lexicon)
            if start < end and bisect_left(spoken, start) == bisect_left(spoken, end):
                quotes.append(_quote(document.text, start, end, "block", _shaped(voice, lexicon)))
        else:
            before = document.text[block.start : block.end]
    return quotes


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without outer white space and without a comma, semicolon or colon at its end."""
    while end > start and (text[end - 1].isspace() or text[end - 1] in "，、；：,;:"):
        end -= 1
    while start < end and text[start].isspace():
        start += 1
    return start, end
