"""An issue: the stories of a week, in order, with a subject."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import date

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


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A clip that stays out: why, and what the editor can do. `title` is a label where it has none.

    `quotes_ready` counts the quotes that would stand if the clip were released; `quotes` are their words.
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


@dataclass(frozen=True, slots=True)
class Change:
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


class KeptQuote(NamedTuple):
    """A quote that stands ready and is not shown: why, and what the editor can do.

    `reason` is a stable code, `seed` and `title` are its article's, `story` the id of its story. `other` are the other
    words it is known in, `where` the article or earlier story that has them.
    """

    id: str
    text: str
    speaker: str | None
    story: str
    seed: str
    title: str
    reason: str
    message: str
    remedy: str
    other: str | None = None
    where: str | None = None


class Repeat(NamedTuple):
    """A story of this week that an earlier issue told and that says nothing new; `seeds` are its clips."""

    title: str
    update_of: str
    told: str
    seeds: tuple[str, ...]


class Waiting(NamedTuple):
    """A clip that no issue has used yet: passed over by this one, or let go with it.

    `waits` is for how many more issues it is kept, `reason` a stable code for why it was passed over.
    """

    seed: str
    title: str
    reason: str
    message: str
    waits: int = 0


@dataclass(frozen=True, slots=True)
class Remainder:
    """What an issue leaves aside, beside the clips held back.

    `quotes` stand ready and are not shown, `repeats` were told before, `waiting` clips are passed over, `lapsing` ones
    are let go with this issue; `lapsed` were let go with the one before.
    """

    quotes: tuple[KeptQuote, ...] = ()
    repeats: tuple[Repeat, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    lapsing: tuple[Waiting, ...] = ()
    lapsed: tuple[Waiting, ...] = ()


@dataclass(frozen=True, slots=True)
class Issue:
    """A week. `id` (`2026-W48`) is for programs; readers see `number` and `day`, the slot's local date.

    `subjects` are three options from the content, the first is `subject`. `seeds` are the sha256 of every
    seed that the issue uses up. `changes` is what the editor changed, in reading order;
    `remainder` what is left aside.
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
    remainder: Remainder = Remainder()

    @property
    def language(self) -> str:
        """The newsletter's language, a BCP 47 tag (`zh-CN`)."""
        return self.masthead.language
