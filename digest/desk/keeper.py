"""The keeper of the desk: holds the last good draft, looks whether anything has changed, carries out what is asked.

Any number of tabs and people share one keeper, and any number of processes one home: whatever changed the clips, the
rules, the templates, the decisions or the archive shows up here at the next look.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import OrderedDict
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from digest import difference, record
from digest.desk.deeds import VERBS, Given
from digest.errors import DigestError, UsageError
from digest.newsroom import Newsroom
from digest.press import Hand, opened
from digest.settings import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from digest.archive import Archive, Planned
    from digest.delivery import Delivery
    from digest.difference import Difference
    from digest.document import Document
    from digest.issue import Change
    from digest.press import Look, Press
    from digest.quote import Quote
    from digest.seed import Seed
    from digest.settings import Settings

log = logging.getLogger("digest")

EVERY = 1.0
"""Seconds between two looks; longer where looking itself takes long."""
SHARE = 20
"""At most one part in so many of the time is spent on looking."""
RELOAD = 30.0
"""Seconds after which the configuration is read again though none of its files has changed."""
KEPT = 400
"""Readings that are kept, so that one changed clip does not have all others read again."""
TOLD = 60
"""Changes that are remembered."""


class Sheet(NamedTuple):
    """A good draft with what the page needs beside it.

    `requests` are the exact requests by channel and part; `last` is the issue before with its `deliveries`; `approved`,
    `sent` and `marks` say who did what (`{"by", "at"}`): approved this draft, sent the last issue, posted a post.
    """

    look: Look
    settings: Settings
    requests: Mapping[str, Mapping[str, object]]
    last: Planned | None
    deliveries: Sequence[Delivery]
    approved: Mapping[str, str] | None
    sent: Mapping[str, str] | None
    marks: Mapping[str, Mapping[str, str]]
    paused: str | None
    since: tuple[Difference, ...]


class News(NamedTuple):
    """Something that changed in the draft, and when."""

    at: datetime
    difference: Difference


class StaleSheetError(UsageError):
    """Somebody acts on a draft that is not the newest any more: nothing is done, and it is said what changed."""


class Reader(Newsroom):
    """A newsroom that remembers what it has read, by the content of the seed."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._read: OrderedDict[str, list[tuple[Document, tuple[Quote, ...]]]] = OrderedDict()

    def read(self, seed: Seed) -> list[tuple[Document, tuple[Quote, ...]]]:
        """The documents in a seed, each with its quotes; read once."""
        key = f"{seed.sha256} {seed.path}"  # the name of a file may tell its date
        if key not in self._read:
            self._read[key] = super().read(seed)
        self._read.move_to_end(key)
        while len(self._read) > KEPT:
            self._read.popitem(last=False)
        return self._read[key]


@dataclass(slots=True)
class _State:
    """What the keeper holds. `revision` grows whenever a tab has something new to show."""

    sheet: Sheet | None = None
    error: str | None = None
    revision: int = 0
    seen: object = None
    news: tuple[News, ...] = ()
    stamps: object = None
    read: float = 0.0


class Keeper:
    """One desk over one home. `now` is a rehearsal clock, None for the real one."""

    def __init__(self, settings: Settings, seeds: tuple[Path, ...], now: Callable[[], datetime] | None = None) -> None:
        self._seeds = seeds
        self._now = now
        self._newsroom: Newsroom = Reader(settings)
        self._state = _State()
        self._lock = threading.RLock()
        self._stop = threading.Event()

    @property
    def sheet(self) -> Sheet | None:
        """The last good draft; None where there was none yet."""
        return self._state.sheet

    @property
    def error(self) -> str | None:
        """What keeps a newer draft from being made."""
        return self._state.error

    @property
    def revision(self) -> int:
        """Grows with every change that a tab should show."""
        return self._state.revision

    @property
    def news(self) -> tuple[News, ...]:
        """What changed in the draft since the desk was opened, newest first."""
        return self._state.news

    @property
    def settings(self) -> Settings:
        """The newest configuration that is right."""
        return self._newsroom.settings

    def watch(self) -> None:
        """Look again and again until `close`."""
        while not self._stop.is_set():
            began = time.monotonic()
            try:
                self.look()
            except Exception as error:
                log.exception("the desk could not look")  # a fault of ours: told whole in the log, and the desk goes on
                self._fail(f"{type(error).__name__}: {error}")
            taken = time.monotonic() - began
            self._stop.wait(max(EVERY, SHARE * taken))

    def close(self) -> None:
        """Let `watch` and everybody who listens end."""
        self._stop.set()

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return self._stop.is_set()

    # ── looking ──

    def look(self, *, always: bool = False) -> None:
        """Draft again where anything has changed; with `always` in any case. What goes wrong is told on the page."""
        with self._lock:
            try:
                self._reload()
                with self._press() as press:
                    seen = self._traces(press)
                    if seen != self._state.seen or always:
                        self._draft(press)
                        # What was read a moment ago counts: a file that came meanwhile is found at the next look.
                        self._state.seen = seen
            except (DigestError, OSError) as error:
                self._fail(str(error))

    def _reload(self) -> None:
        """Read the configuration where a file of it has changed; now and then for secrets, which lie elsewhere."""
        stamps, now = self._stamps("config"), time.monotonic()
        if stamps == self._state.stamps and now - self._state.read < RELOAD:
            return
        settings = load(self.settings.home, self._seeds)
        self._state.stamps, self._state.read = stamps, now
        if (settings.version, settings.lacks) != (self.settings.version, self.settings.lacks):
            self._newsroom = Reader(settings)

    def _fail(self, problem: str) -> None:
        self._state.seen = None  # tried again at each look: whatever mends it may leave no other trace
        if problem != self._state.error:
            log.warning("the desk keeps the last good draft: %s", problem)
            self._state.error = problem
            self._state.revision += 1

    def _draft(self, press: Press) -> None:
        look, settings = press.look(), self.settings
        before = self._before(press, look)
        archive, last = press.archive, press.archive.last_issue()
        known = archive.reviews.find(look.drafts.issue.id)
        approved = known is not None and archive.reviews.approved(look.drafts.issue.id, look.sha256)
        now = record.issue(look.drafts.issue)
        sheet = Sheet(
            look=look,
            settings=settings,
            requests=press.requests(look.drafts),
            last=last,
            deliveries=archive.ledger.all(about=last.id) if last else (),
            approved=(_signed(archive, f"approved:{look.drafts.issue.id}") or {}) if approved else None,
            sent=_signed(archive, f"sent:{last.id}") if last else None,
            marks=_marks(archive, look.drafts.issue.id),
            paused=archive.paused(),
            since=difference.issues(json.loads(last.content) if last else None, now, settings.masthead.language),
        )
        found = difference.drafts(before, now, settings.masthead.language)
        self._state.news = (*(News(press.now(), one) for one in found), *self._state.news)[:TOLD]
        self._state.sheet, self._state.error = sheet, None
        self._state.revision += 1
        press.file(look.drafts)

    def _before(self, press: Press, look: Look) -> dict[str, object] | None:
        """The draft before: the one on the page, else the one that an earlier preview left in `out/`."""
        if self._state.sheet:
            return record.issue(self._state.sheet.look.drafts.issue)
        return press.filed(look.drafts.issue.id)

    def _traces(self, press: Press) -> object:
        """What a new draft could come from, as it lies there now: a cheap look."""
        archive, last = press.archive, press.archive.last_issue()
        slot = press.upcoming()
        files = self._newsroom.files()
        return (
            self._stamps("config", "templates"),
            [(file.path, file.stamp) for file in files],
            (slot.key, slot.due <= press.now(), archive.paused(), archive.next_number()),
            last and (last.id, last.state, [(row.id, row.state) for row in archive.ledger.all(about=last.id)]),
            last and archive.reviews.find(last.id),
            archive.recalled(""),
            press.edits() if self.settings.database else None,  # else they lie in config/
        )

    def _stamps(self, *folders: str) -> list[tuple[Path, int, int]]:
        """The files of some folders of the home, each with its size and the time of its last change."""
        own = [path for folder in folders for path in sorted((self.settings.home / folder).rglob("*"))]
        known = [(path, path.stat()) for path in own if path.is_file()]
        return [(path, stat.st_size, stat.st_mtime_ns) for path, stat in known]

    @contextmanager
    def _press(self, *, readonly: bool = True) -> Iterator[Press]:
        with opened(self.settings, self._now, readonly=readonly) as press:
            press.newsroom = self._newsroom
            yield press

    # ── what the editor does ──

    def edit(self, seen: str, verb: str, given: Mapping[str, object]) -> Change:
        """Carry out one of the editor's verbs. UsageError where it cannot be done, StaleSheetError where too late."""
        act = VERBS.get(verb)
        if act is None:
            message = f"no verb is called {verb!r}; there are {', '.join(VERBS)}"
            raise UsageError(message)
        with self._lock:
            self._fresh(seen)
            with self._press(readonly=False) as press:
                press.known = self._current().look
                change = act(press, Given(given))
            self.look(always=True)
            return change

    def mark(self, key: str, by: str, *, on: bool) -> None:
        """Remember that somebody has posted a post by hand, or that it was not so."""
        with self._lock, self._press(readonly=False) as press:
            name = f"posted:{self._current().look.drafts.issue.id}:{key}"
            press.archive.remember(name, json.dumps({"by": by, "at": press.now().isoformat()}) if on else "")
        self.look(always=True)

    def approve(self, hand: Hand) -> None:
        """Agree to the draft that `hand` has seen. ApprovalError where it is another one now."""
        with self._lock:
            self._fresh(hand.sha256)
            with self._press(readonly=False) as press:
                press.approve(self._current().look.drafts.issue.id, hand)
            self.look(always=True)

    def send(self, hand: Hand) -> str:
        """Plan the issue that `hand` has seen, approved by it where that is required, and begin to deliver it.

        Returns the issue's id. What is planned goes out even if this process ends: a running service takes it up.
        """
        with self._lock:
            self._fresh(hand.sha256)
            issue = self._current().look.drafts.issue
            with self._press(readonly=False) as press:
                if self.settings.review is not None:
                    press.approve(issue.id, hand)
                if press.plan("send", press.upcoming(), hand=hand) is None:
                    message = f"there is nothing to send in {issue.id}, or it is planned already"
                    raise UsageError(message)
            self.look(always=True)
        threading.Thread(target=self._deliver, name="desk-outbox").start()
        return issue.id

    def _deliver(self) -> None:
        try:
            with self._press(readonly=False) as press:
                press.outbox().drain(self._stop.is_set)
        except DigestError as error:
            log.error("%s", error)  # noqa: TRY400 -- told in one line
        self.look(always=True)

    def _current(self) -> Sheet:
        if self._state.sheet is None:
            message = self._state.error or "there is no draft yet"
            raise UsageError(message)
        return self._state.sheet

    def _fresh(self, seen: str) -> None:
        """Make sure that the newest draft is the one somebody acts on."""
        self.look()
        if self._state.error:
            raise UsageError(self._state.error)
        if self._current().look.sha256 != seen:
            message = "the draft has changed since this page was drawn"
            raise StaleSheetError(message)


def _signed(archive: Archive, name: str) -> dict[str, str] | None:
    """Who did something and when, as the archive remembers it."""
    found = archive.recall(name)
    return json.loads(found) if found else None


def _marks(archive: Archive, issue: str) -> dict[str, dict[str, str]]:
    """Which posts of an issue were posted by hand, by the key of each."""
    prefix = f"posted:{issue}:"
    return {name[len(prefix) :]: json.loads(value) for name, value in archive.recalled(prefix).items() if value}
