"""Packed: documents, quotes and verdicts as plain values, to be kept, sent between processes and made again.

Everything is made again by its own constructor, so a quote that is no longer a span of its document is refused, as is
any row that somebody bent. ValueError, KeyError, TypeError and the like say that a row cannot be used.
"""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any

from digest.document import Block, Cut, Document, Mark, Warn
from digest.errors import SeedError
from digest.quote import Quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from digest.summary import Summary, Verdict

Read = tuple[Document, tuple[Quote, ...]]
"""A document with its quotes."""

BROKEN = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, zlib.error)
"""What a row that cannot be used may raise."""


def readings(found: Iterable[Read] | SeedError) -> bytes:
    """The documents of a seed, or why it gives none."""
    if isinstance(found, SeedError):
        return _packed({"error": [found.code, found.message, found.remedy]})
    return _packed({"documents": [[*_fields(one), [_fields(quote) for quote in quotes]] for one, quotes in found]})


def readings_in(data: bytes) -> list[Read]:
    """The documents of a seed again. Raises the SeedError it gave, or one of BROKEN."""
    table = _unpacked(data)
    if "error" in table:
        code, message, remedy = table["error"]
        raise SeedError(code, message, remedy)
    return [_read(row) for row in table["documents"]]


def judgements(found: Sequence[Summary]) -> bytes:
    """What the rules decided about the quotes of a seed's documents, which are not in it themselves."""
    reasons = list(dict.fromkeys(reason for one in found for verdict in one.verdicts for reason in verdict.reasons))
    places = {reason: at for at, reason in enumerate(reasons)}
    rows = []
    for one in found:
        which = {id(quote): at for at, quote in enumerate(one.quotes)}
        verdicts = [
            [
                which.get(id(verdict.quote), _fields(verdict.quote)),
                verdict.score,
                [places[reason] for reason in verdict.reasons],
                verdict.chosen,
                verdict.rejected_by,
                verdict.beaten,
            ]
            for verdict in one.verdicts
        ]
        rows.append([verdicts, one.held, one.part])
    return _packed({"reasons": reasons, "summaries": rows})


def judgements_in(data: bytes, read: Sequence[Read], *, seed: str, path: str) -> list[Summary]:
    """The summaries of a seed's documents again. Raises one of BROKEN."""
    from digest.rule import Reason  # noqa: PLC0415 -- who only reads judges nothing
    from digest.summary import Held, Summary  # noqa: PLC0415 -- as above

    table = _unpacked(data)
    reasons = [Reason(*row) for row in table["reasons"]]
    return [
        Summary(
            seed,
            path,
            document,
            quotes,
            tuple(_verdict(row, document, quotes, reasons) for row in verdicts),
            Held(*held) if held else None,
            part,
        )
        for (document, quotes), (verdicts, held, part) in zip(read, table["summaries"], strict=True)
    ]


def _read(row: list[Any]) -> Read:
    *told, quotes = row
    values = dict(zip(Document.__slots__, told, strict=True))
    for name, kind in (("blocks", Block), ("marks", Mark), ("cuts", Cut), ("warnings", Warn)):
        values[name] = tuple(kind(*one) for one in values[name])
    for name in ("authors", "tags", "seams", "notes"):
        values[name] = tuple(values[name])
    values["holes"] = tuple((start, end) for start, end in values["holes"])
    document = Document(**values)
    return document, tuple(Quote(document.text, *one) for one in quotes)


def _verdict(row: list[Any], document: Document, quotes: Sequence[Quote], reasons: Sequence[Any]) -> Verdict:
    from digest.summary import Verdict  # noqa: PLC0415 -- who only reads judges nothing

    which, score, places, chosen, rejected, beaten = row
    quote = quotes[which] if isinstance(which, int) else Quote(document.text, *which)
    return Verdict(quote, score, tuple(reasons[at] for at in places), chosen, rejected, beaten)


_GIVEN = tuple(name for name in Quote.__slots__ if name not in {"text", "id"})


def _fields(value: Document | Quote) -> list[object]:
    """The fields in the order the constructor takes them; of a quote, what follows from its span is left out."""
    return [getattr(value, name) for name in (_GIVEN if isinstance(value, Quote) else Document.__slots__)]


def _packed(value: object) -> bytes:
    words = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(words.encode("utf-8", "surrogatepass"), 1)  # its checksum also tells a damaged row


def _unpacked(data: bytes) -> Any:  # noqa: ANN401 -- JSON has no narrower type; constructors check it
    return json.loads(zlib.decompress(data))
