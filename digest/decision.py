"""Decisions: what an editor has said about clips, quotes, stories and issues, each by its stable id."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Release(NamedTuple):
    """A clip let out: with an address, `unlinked` (the email only, never posts), or as it is."""

    source: str | None = None
    unlinked: bool = False


@dataclass(frozen=True, slots=True)
class Edits:
    """What the editor has decided; applied again at each draft.

    A clip is known by the sha256 of its file (`…/3` where it is the third article of one), a quote, story and issue
    by their ids. `hold` keeps clips or single quotes out. `title`, `note` and `subject` are the editor's words.
    Stories of `order` come first, in this order; those of `drop` are left out. `swap` puts another candidate of the
    same clip in a quote's place. Clips of one `split` are a story apart from all others, those of one `join` one story.
    """

    release: Mapping[str, Release] = field(default_factory=dict)
    hold: frozenset[str] = frozenset()
    note: Mapping[str, str] = field(default_factory=dict)
    title: Mapping[str, str] = field(default_factory=dict)
    subject: Mapping[str, str] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    drop: frozenset[str] = frozenset()
    swap: Mapping[str, str] = field(default_factory=dict)
    split: tuple[tuple[str, ...], ...] = ()
    join: tuple[tuple[str, ...], ...] = ()
