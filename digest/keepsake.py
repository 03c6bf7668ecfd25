"""Keepsakes: the clips of earlier issues, as later ones are compared with them.

A plain value, made of a clip's bytes alone, so that it can be kept in the cache. KeyError, TypeError, ValueError and
the like say that a kept row cannot be used (`packed.BROKEN`).
"""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from digest.gathering.event import Clip
from digest.gathering.profile import Profile
from digest.gathering.topic import Topic
from digest.story import clip
from digest.summary import label

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from digest.packed import Read
    from digest.rule import Book
    from digest.story import Source, Story

_SETS = frozenset({"bodies", "spelled", "figures", "sketch", "heading", "named", "names", "sounds", "heard", "days"})


class Keepsake(NamedTuple):
    """An article of a clip: its address and label, by which a story's source is known, and what it is compared by."""

    link: str | None
    label: str
    clip: Clip


def keepsakes(read: Iterable[Read], book: Book) -> list[Keepsake]:
    """The articles that were read in a clip."""
    return [Keepsake(one.source, label(one), clip(one, quotes, book)) for one, quotes in read]


def remembering(stories: Iterable[Story], kept: Mapping[str, Sequence[Keepsake]]) -> Iterator[Story]:
    """Stories of earlier issues with the articles that may speak in them, as far as they are `kept`, by sha256."""
    for told in stories:
        found = tuple(one for source in told.voices for one in _clips(source, kept.get(source.seed, ())))
        yield replace(told, clips=found) if found else told


def _clips(source: Source, kept: Sequence[Keepsake]) -> Iterator[Clip]:
    """The article of a source: the only one of its clip, or that of the same address and label."""
    for one in kept:
        if len(kept) == 1 or (one.link, one.label) == (source.link, source.title):
            yield one.clip
            return


def packed(found: Iterable[Keepsake]) -> bytes:
    """Keepsakes as bytes to keep."""
    rows = [[one.link, one.label, _row(one.clip)] for one in found]
    words = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(words.encode("utf-8", "surrogatepass"), 1)


def unpacked(data: bytes) -> list[Keepsake]:
    """The keepsakes again. Raises one of `packed.BROKEN`."""
    return [Keepsake(link, name, _clip(row)) for link, name, row in json.loads(zlib.decompress(data))]


def _row(value: Clip | Topic | Profile) -> dict[str, object]:
    """The fields of a value; sets in order, so that equal ones give equal bytes."""
    row: dict[str, object] = {}
    for name, part in value._asdict().items():
        if isinstance(part, Topic | Profile):
            row[name] = _row(part)
        else:
            row[name] = sorted(part) if name in _SETS else part
    return row


def _clip(row: Mapping[str, Any]) -> Clip:
    parts = {"topic": Topic(**_values(row["topic"])), "profile": Profile(**_values(row["profile"]))}
    return Clip(**{**_values(row), **parts})


def _values(row: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: frozenset(part) if name in _SETS else part for name, part in row.items()}
    return found | {name: tuple(found[name]) for name in ("principal",) if name in found}
