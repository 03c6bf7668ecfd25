"""The press: an issue is planned once, whole, and only then delivered. What the timetable and `send` work with."""

from __future__ import annotations

import json
import logging
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from digest import advice, approval, difference, drift, intake, making, outbox, past, record
from digest.accord import Accord
from digest.archive import Archive, FrozenIssue
from digest.archive.journal import Journal
from digest.channels import build
from digest.check import Context, findings
from digest.duty import Duty
from digest.errors import (
    ApprovalError,
    ConfigError,
    DigestError,
    StaleError,
    UsageError,
)
from digest.minutes import Minutes
from digest.newsroom import HELD, Newsroom, page, write
from digest.slot import EMPTY, extra_id, issue_id, latest_slot, next_slot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path
    from threading import Event

    from digest.channels import Channel
    from digest.check import Finding
    from digest.decision import Edits
    from digest.delivery import Delivery
    from digest.difference import Difference
    from digest.drift import Drift
    from digest.errors import ChannelError
    from digest.inbox import File
    from digest.issue import Change, Issue
    from digest.minutes import Step
    from digest.newsroom import Desk, Drafts
    from digest.outbox import Outbox, Report
    from digest.remainder import Memory
    from digest.settings import Settings
    from digest.slot import Slot
    from digest.summary import Summary

log = logging.getLogger("digest")


class Look(NamedTuple):
    """The next issue as it stands: `sha256` is over everything that would be sent of it (digest.approval.bound)."""

    slot: Slot
    desk: Desk
    drafts: Drafts
    sha256: str


class Ready(NamedTuple):
    """Drafts that could go out, their deliveries, what could not be planned; the desk and files they are made of."""

    drafts: Drafts
    rows: list[Delivery]
    problems: list[ChannelError]
    desk: Desk
    files: list[File]


class Hand(NamedTuple):
    """Who approves or sends, and the hash of what that person has seen (Look.sha256): only that may go out."""

    by: str
    sha256: str


class Press:
    """A newsroom with its archive. `now` is the clock of slots, drafts and waits; a rehearsal may set it."""

    def __init__(
        self, newsroom: Newsroom, archive: Archive, now: Callable[[], datetime], minutes: Minutes | None = None
    ) -> None:
        self.newsroom = newsroom
        self.archive = archive
        self.now = now
        self.accord = Accord(archive)
        self.minutes = minutes or Minutes(archive)
        self.written: object = None  # of which files, sizes and times the configuration was read last
        self.known: Look | None = None  # what the desk has just drafted, until a decision changes it
        self.picked = intake.Picked()
        self.duty = Duty(self)

    @property
    def settings(self) -> Settings:
        """What is configured."""
        return self.newsroom.settings

    def upcoming(self) -> Slot:
        """The slot that the next issue is for: the latest where it is still due and open, else the next open one.

        With an archive that knows no slot yet, past slots count as skipped.
        """
        schedule = self.settings.schedule
        slot = latest_slot(self.now(), schedule)
        past = not self.archive.started() and slot.due < self.now()
        if slot.state == "due" and not past and not self.archive.decided(slot.key):
            return slot
        slot = next_slot(self.now(), schedule)
        while self.archive.slot(slot.key):
            slot = next_slot(slot.due, schedule)
        return slot

    def edits(self) -> Edits:
        """The editor's decisions. Raises ConfigError where somebody wrote what is none."""
        return self.minutes.read(self.settings.home, self.now())

    def decide(self, decided: Edits, by: Change | None = None) -> None:
        """Keep these decisions in the place of those before; `by` is the decision that made them so."""
        self.known = None
        self.minutes.write(self.settings.home, decided, self.now(), by)

    def take_back(self) -> Step | None:
        """Take the last decision back that still stands; None where none is known."""
        self.known = None
        return self.minutes.back(self.settings.home, self.now())

    def desk(self) -> Desk:
        """The clips that no issue has used, read and judged, with the editor's decisions about them."""
        if self.known:
            return self.known.desk
        decided = self.edits()
        return self.newsroom.desk(self.newsroom.files(patient=True), self._used(decided), decided, self.memory())

    def memory(self, *, extra: bool = False) -> Memory:
        """What is remembered of earlier issues; with an `extra` one beside the schedule no clip lapses."""
        day = self.upcoming().day if self.settings.years else None
        return past.memory(self.archive, self.newsroom, day, extra=extra)

    def drifted(self, desk: Desk | None = None) -> tuple[Drift, ...]:
        """Quotes of earlier issues whose sources are not what they were, as far as the last pick-up knows."""
        desk = desk or self.desk()
        language = self.settings.masthead.language
        return drift.drift(desk.memory.printed, desk.memory.strays, desk.summaries, language)

    def services(self) -> object:
        """The services that share the archive, and by which configuration they plan."""
        return self.accord.standing(_real())

    def looked(self) -> tuple[Desk, Issue]:
        """The desk, and the issue that would go out, without its drafts: what a verb of the editor needs."""
        if self.known:
            return self.known.desk, self.known.drafts.issue
        desk = self.desk()
        slot = self.upcoming()
        return desk, self.newsroom.issue(slot, self.archive.next_number(), desk, self.issue_name(slot))

    def preview(self) -> tuple[Drafts, list[Path]]:
        """Draft the issue that would go out and write its pages to `out/`. Sends and remembers nothing."""
        drafts = self.look().drafts
        return drafts, self.file(drafts)

    def look(self) -> Look:
        """Draft the issue that would go out, with what lies on the desk and the hash that an approval binds."""
        desk, slot = self.desk(), self.upcoming()
        drafts = self.newsroom.draft(
            slot, self.archive.next_number(), desk, self.issue_name(slot), self.archive.posted()
        )
        drafts = drafts._replace(checks=self._checks(drafts, desk))
        rows, _ = outbox.outgoing(self._able(), drafts.dispatches, self.now())
        return Look(slot, desk, drafts, approval.bound(drafts.pages["issue.json"], rows))

    def requests(self, drafts: Drafts) -> dict[str, dict[str, object]]:
        """The exact requests that a draft would be sent with, by `<channel>/<part>.json`, without secrets."""
        return outbox.rehearsed(self._able(), drafts.dispatches, self.now())

    def file(self, drafts: Drafts) -> list[Path]:
        """Lay the pages of a draft into `out/`."""
        pages = {f"channels/{name}": page(shown) for name, shown in self.requests(drafts).items()}
        told = advice.homed(drafts.pages[HELD].decode(), str(self.settings.home))  # its commands work as they stand
        return write(self.settings.out / drafts.issue.id, {**drafts.pages, HELD: told.encode(), **pages})

    def changed(self, drafts: Drafts) -> tuple[Difference, ...]:
        """What is new beside the draft that lies in `out/`; where that is of another issue, beside the last issue."""
        now, language = record.issue(drafts.issue), drafts.issue.language
        if before := self.filed(drafts.issue.id):
            return difference.drafts(before, now, language)
        last = self.archive.last_issue()
        return difference.issues(json.loads(last.content) if last else None, now, language)

    def filed(self, name: str) -> dict[str, Any] | None:
        """The record of an issue as its last draft lies in `out/`; None where there is none that can be read."""
        try:
            found = json.loads((self.settings.out / name / "issue.json").read_bytes())
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def send(self, *, extra: bool = False) -> tuple[Drafts | None, Report]:
        """Plan the next issue now and deliver what is due; None for the drafts where there was nothing to send.

        Raises UsageError where the next slot's issue has gone out already and it is not an `extra` one, ApprovalError
        where it must be approved first; its reviewers are asked then.
        """
        slot = self.upcoming()
        if not extra and slot.due > (soon := next_slot(self.now(), self.settings.schedule)).due:
            message = f"the issue of {soon.day} is already planned or skipped; `digest send --extra` makes another"
            raise UsageError(message)
        try:
            drafts = self.plan("send", slot, extra=extra)
        except ApprovalError:
            self.outbox().drain()
            raise
        return drafts, self.outbox().drain()

    def approve(self, name: str, hand: Hand | None = None) -> Drafts:
        """Agree to the next issue as it is drafted now, byte for byte; `name` is its id.

        Raises ApprovalError where other bytes were shown: they are shown again, but for a `hand` that has seen them on
        the desk. UsageError where there is nothing to approve, or it is not the next issue.
        """
        if self.settings.review is None:
            message = "nothing needs approval here: `approval: required` in config/digest.yaml asks for it"
            raise UsageError(message)
        slot = self.upcoming()
        own = issue_id(slot.day, self.settings.schedule.days)
        if name not in {own, extra_id(own, self.archive.issue_ids())}:
            message = f"{name} is not the issue that goes out next; that is {own}"
            raise UsageError(message)
        drafts, rows, *_ = self.drafted(slot, name)
        if not drafts.issue.stories and not self.settings.send_empty:
            message = f"there is nothing to send in {name} yet"
            raise UsageError(message)
        sha256 = approval.bound(drafts.pages["issue.json"], rows)
        if hand:
            self._unaltered(hand, sha256)
            self.archive.reviews.ask(name, sha256, self.now(), lambda _: ())
        if not self.archive.reviews.approve(name, sha256, self.now()):
            self.ask(drafts, sha256)
            self.outbox().drain()
            message = (
                f"{name} has changed since it was shown; it is shown again. Look at it, then: digest approve {name}"
            )
            raise ApprovalError(message)
        if hand:
            self._sign("approved", name, hand)
        log.info("issue %s is approved as sha256 %s", name, sha256[:12])
        self.file(drafts)
        return drafts

    def skip(self, slot: Slot, why: str) -> None:
        """Let a slot pass without an issue, by an operator's decision. UsageError where it is planned or skipped."""
        if not self.archive.skip(slot.key, slot.due, "operator", why, self.now()):
            known = self.archive.slot(slot.key)
            message = f"the issue of {slot.day} is {known.state if known else 'decided'} already: digest why {slot.day}"
            raise UsageError(message)

    def tick(self, stop: Event, *, patient: bool = False) -> Report:
        """What the service does every half minute: pick up, plan the slot that is due, deliver."""
        return self.duty.tick(stop, patient=patient)

    def agree(self) -> None:
        """Raise AccordError where other services plan by another configuration."""
        self.accord.check(self.settings, _real())

    def attend(self) -> None:
        """Tell the other services that this one is there, and by which configuration it plans."""
        self.accord.attend(self.settings, _real())

    def real(self) -> datetime:
        """The time of leases and signatures: the machine's, or the database's where machines share one."""
        return self.archive.clock(_real())

    def find(self, name: str) -> Summary:
        """The clip that an editor names by its path or by eight or more digits of its sha256, one that lapsed too.

        Raises UsageError where none or several fit.
        """
        found = _called(name, self.desk().summaries)
        if not found:
            used = frozenset(seed.sha256 for seed in self.archive.seeds("used"))
            found = _called(name, self.newsroom.desk(self.newsroom.files(), used, self.edits()).summaries)
        if len({one.seed for one in found}) == 1:
            return found[0]
        what = "several clips are" if found else "no clip is"
        message = f"{what} called {name!r}; `digest preview` shows each held-back one with its digits"
        raise UsageError(message)

    def outbox(self, *, able: bool = False) -> Outbox:
        """The outbox with every channel that is configured; with `able`, those that have their addresses and secrets.

        Raises ConfigError where others lack them.
        """
        journal = Journal(self.settings.state / "journal.jsonl")
        channels = self._able() if able else self._channels()
        return outbox.Outbox(self.archive, channels, journal, now=self.now, real=self.real)

    def pick_up(self, *, patient: bool = False) -> int:
        """Remember which files are new, changed or gone; how many contents were never seen before.

        `patient` waits once for what was written just now.
        """
        self.picked = intake.pick_up(self.newsroom, self.archive, self.now(), patient=patient)
        return self.picked.new

    def plan(self, trigger: str, slot: Slot, *, extra: bool = False, hand: Hand | None = None) -> Drafts | None:
        """Commit the issue of a slot with all its deliveries; None where there was nothing to send or it was done.

        Raises ConfigError where a channel lacks its address or secret, ApprovalError where it is not what `hand` saw,
        AccordError where other services plan by another configuration.
        """
        self.agree()
        name, key = self.issue_name(slot), slot.key
        if extra:
            name = extra_id(issue_id(slot.day, self.settings.schedule.days), self.archive.issue_ids())
            key = f"extra:{name}"
        box = self.outbox()
        for _ in range(3):
            try:
                return self._plan(trigger, slot, key, name, box, hand)
            except StaleError as error:
                log.info("drafting again: %s", error)
                self._doubt(error.files or self._unseen())
        message = "the clips kept changing while the issue was made; try again in a moment"
        raise UsageError(message)

    def _unseen(self) -> Sequence[tuple[str, str]]:
        """The files whose content no pick-up has seen: size and time did not tell it, the time of the change did."""
        known = {seed.sha256 for seed in self.archive.seeds("new", "held", "used", "lapsed")}
        paths = {one.path for one in self.desk().summaries if one.seed not in known}
        return [(file.folder, file.path) for file in self.newsroom.files() if file.path in paths]

    def _doubt(self, files: Sequence[tuple[str, str]]) -> None:
        """Look into these files again, (folder, path) each: size and time do not tell that their content changed."""
        with self.newsroom.reader.cache() as cache:
            for folder, path in files:
                cache.doubt(folder, path)
                self.archive.record_files(folder, (), [path], self.now())

    def issue_name(self, slot: Slot) -> str:
        """The id of an open slot's issue: the week's, or a free one where it was taken before the weekday moved."""
        own, taken = issue_id(slot.day, self.settings.schedule.days), self.archive.issue_ids()
        return extra_id(own, taken) if own in taken else own

    def ask(self, drafts: Drafts, sha256: str) -> None:
        """Show a draft to the channels that get `review`, unless these bytes were shown before."""

        def asking(turn: int) -> list[Delivery]:
            rows, problems = outbox.outgoing(self._channels(), [approval.question(drafts, turn)], self.now())
            for problem in problems:
                log.error("%s", problem)
            return rows

        name = drafts.issue.id
        if self.archive.reviews.ask(name, sha256, self.now(), asking):
            log.info("issue %s waits for approval", name)
            self.file(drafts)

    def drafted(self, slot: Slot, name: str, hand: Hand | None = None, shown: Slot | None = None) -> Ready:
        """The issue of a slot as it would go out now, with its deliveries and what could not be planned.

        Raises ApprovalError where `hand` saw another one, drafted for the slot `shown`.
        """
        files = self.newsroom.files(patient=True)
        self.pick_up()
        decided = self.edits()
        extra = name != issue_id(slot.day, self.settings.schedule.days)
        desk = self.newsroom.desk(files, self._used(decided), decided, self.memory(extra=extra))
        self.archive.mark({one.seed: one.held.code if one.held else None for one in desk.summaries})
        if hand and shown:
            drafts, rows, _ = self._made(shown, name, desk)
            self._unaltered(hand, approval.bound(drafts.pages["issue.json"], rows))
        return Ready(*self._made(slot, name, desk), desk, files)

    def _made(self, slot: Slot, name: str, desk: Desk) -> tuple[Drafts, list[Delivery], list[ChannelError]]:
        drafts = self.newsroom.draft(slot, self.archive.next_number(), desk, name, self.archive.posted())
        return drafts, *outbox.outgoing(self._channels(), drafts.dispatches, self.now())

    def _unaltered(self, hand: Hand, sha256: str) -> None:
        if hand.sha256 != sha256:
            message = "the issue has changed since you looked at it; nothing was approved or sent"
            raise ApprovalError(message)

    def _sign(self, deed: str, name: str, hand: Hand) -> None:
        """Remember who did it and when."""
        self.archive.remember(f"{deed}:{name}", json.dumps({"by": hand.by, "at": self.now().isoformat()}))

    def _plan(
        self, trigger: str, slot: Slot, key: str, name: str, box: Outbox, hand: Hand | None = None
    ) -> Drafts | None:
        # Early or beside the schedule, readers see the day it goes out; what was approved stays as it was.
        shown = slot
        if trigger == "send" and self.settings.review is None:
            day = self.now().astimezone(self.settings.schedule.zone).date()
            slot = slot._replace(day=min(slot.day, day), due=min(slot.due, self.now()))
        drafts, rows, problems, desk, files = self.drafted(slot, name, hand, shown)
        if not drafts.issue.stories and not self.settings.send_empty:
            if trigger == "schedule":
                self.archive.skip(key, slot.due, trigger, EMPTY, self.now())
            return None
        if self.settings.review is not None:
            sha256 = approval.bound(drafts.pages["issue.json"], rows)
            if not self.archive.reviews.approved(name, sha256):
                self.ask(drafts, sha256)
                message = f"{name} is not approved as it is now; look at it, then: digest approve {name}"
                raise ApprovalError(message)
        planned = self.archive.plan(
            slot_key=key,
            due=slot.due,
            trigger=trigger,
            issue=FrozenIssue(
                name,
                drafts.issue.number,
                drafts.pages["issue.json"],
                drafts.issue.seeds,
                tuple(key for one in drafts.posts for key in one.keys),
                tuple(one.seed for one in drafts.issue.remainder.lapsing),
                tuple(one.id for one in drafts.issue.errata),
                making.made(self.settings, drafts, desk, slot, files, past.earlier(self.archive, self.settings)),
            ),
            deliveries=rows,
            now=self.now(),
        )
        if not planned:
            return None
        if hand:
            self._sign("sent", name, hand)
        log.info("issue %s is planned: %d stories", name, len(drafts.issue.stories))
        for problem in problems:
            box.alert(f"{name}:{problem.channel}", f"{name} does not go to {problem.channel}", str(problem))
        self.file(drafts)
        return drafts

    def _checks(self, drafts: Drafts, desk: Desk) -> tuple[Finding, ...]:
        """What an editor should see before the drafts go out."""
        texts: dict[str, list[str]] = {}
        for one in desk.summaries:
            texts.setdefault(one.seed, []).append(one.document.text)
        last = self.archive.last_issue()
        context = Context(
            texts=texts,
            before=json.loads(last.content) if last else None,
            today=self.now().astimezone(self.settings.schedule.zone).date(),
            mailed=any(one.type == "smtp" and "digest" in one.gets for one in self.settings.channels),
        )
        return findings(drafts.issue, drafts.email, drafts.posts, context)

    def _able(self) -> list[Channel]:
        """The channels that have their address and secret."""
        lacking = {lack.key.split(".")[1] for lack in self.settings.lacks if lack.key}
        return [build(config) for config in self.settings.channels if config.name not in lacking]

    def _channels(self) -> list[Channel]:
        if self.settings.lacks:
            raise ConfigError(*self.settings.lacks)
        return [build(config) for config in self.settings.channels]

    def _used(self, decided: Edits) -> frozenset[str]:
        """The seeds that no issue may use any more: those used, and those let go that the editor has not released."""
        gone = {seed.sha256 for seed in self.archive.seeds("lapsed")} - decided.release.keys()
        return frozenset(gone | {seed.sha256 for seed in self.archive.seeds("used")})


@contextmanager
def opened(settings: Settings, now: Callable[[], datetime] | None = None, *, readonly: bool = False) -> Iterator[Press]:
    """The press of a home. Read-only, a missing archive is an empty one and nothing is created."""
    with located(settings, readonly=readonly) as archive:
        minutes = Minutes(archive, partial(located, settings) if readonly else None)
        press = Press(Newsroom(settings), archive, now or (lambda: archive.clock(_real())), minutes)
        try:
            yield press
        finally:
            with suppress(DigestError):  # it is taken for dead in two minutes anyway
                press.accord.leave()


def located(settings: Settings, *, readonly: bool = False) -> Archive:
    """The archive of a home, in its file or in the PostgreSQL that the settings name."""
    if settings.database:
        return Archive.connect(settings.database.reveal(), readonly=readonly)
    return Archive.open(settings.state / "digest.db", readonly=readonly)


def _called(name: str, summaries: Iterable[Summary]) -> list[Summary]:
    """The clips of this path, or of these digits of their sha256."""
    digits = len(name) >= 8 and set(name) <= set("0123456789abcdef")
    return [
        one
        for one in summaries
        if (digits and one.seed.startswith(name)) or one.path == name or one.path.endswith(f"/{name}")
    ]


def _real() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 -- the press is where the service's own clock is read
