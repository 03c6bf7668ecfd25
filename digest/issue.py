"""An issue: the stories of a week, in order, with a subject."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from digest.remainder import Remainder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from digest.drift import Drift
    from digest.erratum import Erratum
    from digest.remainder import Year
    from digest.story import Story


@dataclass(frozen=True, slots=True)
class Masthead:
    """What the newsletter says of itself. Times are shown in `timezone` (IANA name).

    `sender` is `Name <address>`; `unsubscribe` and `web` are addresses, None where not configured.
    """

    title: str
    language: str
    timezone: str
    sender: str
    unsubscribe: str | None = None
    web: str | None = None
    postal: str | None = None


class HeldBack(NamedTuple):
    """A clip that stays out: why, and what the editor can do. `title` is a label where it has none.

    `quotes_ready` counts the quotes that would stand if the clip were released; `quotes` are their words, `speakers`
    in the same order who said them, "" where nobody is named.
    """

    seed: str
    path: str
    title: str
    reason: str
    message: str
    remedy: str
    quotes_ready: int = 0
    quotes: tuple[str, ...] = ()
    story: str | None = None
    speakers: tuple[str, ...] = ()


_NOTHING = Remainder()


class Change(NamedTuple):
    """What one of the editor's decisions did to a draft.

    `key` is its kind (a key of config/edits.yaml), `id` what it is about: a story, quote, clip or issue. `before` and
    `after` are what readers would see without it and see now (None: nothing). A decision about something that is not
    there any more is not `applied`.
    """

    key: str
    id: str
    before: str | None = None
    after: str | None = None
    applied: bool = True


@dataclass(frozen=True, slots=True)
class Issue:
    """A week. `id` (`2026-W48`) is for programs; readers see `number` and `day`, the slot's local date.

    `subjects` are three options from the content, the first is `subject`. `seeds` are the sha256 of every
    seed that the issue uses up. `changes` is what the editor changed, in reading order;
    `remainder` what is left aside. `sections` gives the headings of its sections by their ids. `errata` put earlier
    issues right; `drift`, for the editor only, is what their sources no longer say; `years` looks back at this week in
    earlier years.
    """

    id: str
    number: int
    day: date
    masthead: Masthead
    subject: str
    subjects: tuple[str, ...]
    preheader: str
    stories: tuple[Story, ...]
    held_back: tuple[HeldBack, ...]
    seeds: tuple[str, ...]
    changes: tuple[Change, ...] = ()
    remainder: Remainder = _NOTHING
    sections: Mapping[str, str] = field(default_factory=dict)
    errata: tuple[Erratum, ...] = ()
    drift: tuple[Drift, ...] = ()
    years: tuple[Year, ...] = ()

    @property
    def language(self) -> str:
        """The newsletter's language, a BCP 47 tag (`zh-CN`)."""
        return self.masthead.language
