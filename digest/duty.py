"""The duty: what a service owes at each tick.

The slot that is due is planned, its reviewers are asked, and what keeps it from going out is told once; all of it is
safe to do twice, by any number of services.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from digest import approval
from digest.errors import AccordError, ApprovalError, ArchiveError, BucketError, DigestError
from digest.lull import lull
from digest.outbox import Report
from digest.slot import FIRST, LATE, latest_slot

if TYPE_CHECKING:
    from datetime import datetime
    from threading import Event

    from digest.lull import Lull
    from digest.press import Press
    from digest.slot import Slot

log = logging.getLogger("digest")


class Duty:
    """The ticks of one service. `calm` tells whether the last one knew beforehand that there was nothing to do."""

    def __init__(self, press: Press) -> None:
        self.calm = False
        self._press = press
        self._lull: Lull | None = None
        self._looked: object = None
        self._objection = ""
        self._alarmed: set[str] = set()

    def tick(self, stop: Event, *, patient: bool = False) -> Report:
        """Pick up, plan the slot that is due, deliver.

        Raises DigestError, after delivering, where the issue that is due cannot be made; ArchiveError at once.
        """
        press = self._press
        self.calm = False
        added = press.pick_up(patient=patient)
        if added:
            log.info("picked up %d new clips", added)
        revision, now = press.archive.revision(), press.now()
        self.calm = self._lull is not None and self._lull.lasts(revision, press.settings, now)
        if self.calm:
            return Report()
        self._lull, waiting, failed = None, None, None
        press.attend()
        if not (press.archive.paused() or stop.is_set()):
            waiting, failed = self._tried()
        report = press.outbox().drain(stop.is_set)
        if failed:
            raise failed
        report.alerts += [waiting] if waiting else []
        if not (report.alerts or report.held or stop.is_set()):
            self._lull = lull(press.archive, press.settings, revision, now, self._asking())
        return report

    def _tried(self) -> tuple[str | None, DigestError | None]:
        """Plan what is due: what it waits for, and why it cannot be made; that is told once.

        What is planned goes out all the same. Raises ArchiveError.
        """
        waiting = failed = None
        try:
            waiting = self._planned()
        except ArchiveError:
            raise
        except BucketError as error:  # nothing is planned without its clips
            waiting = f"nothing is planned: {error}"
            if waiting != self._objection:
                log.error("%s", waiting)  # noqa: TRY400 -- told in one line, once
            self._objection = waiting
        except DigestError as error:  # a decision that cannot be read, an email that is too long
            failed = error
        if failed or self._objection:
            self._alarm(str(failed or self._objection))
        return waiting, failed

    def _planned(self) -> str | None:
        """Decide about the slot that is due and ask about the next; what keeps this service from it, if anything."""
        press = self._press
        try:
            press.agree()
        except AccordError as error:
            if str(error) != self._objection:
                log.error("%s", error)  # noqa: TRY400 -- told in one line, once
            self._objection = str(error)
            return self._objection
        self._objection = ""
        try:
            waiting = self._due_slot()
            self._ask_ahead()
        except BaseException:
            self._looked = None  # it was looked at in vain: the next look is no second one
            raise
        return waiting

    def _due_slot(self) -> str | None:
        """Plan the slot that is due; what keeps it from going out, where somebody must approve it first."""
        press = self._press
        slot = latest_slot(press.now(), press.settings.schedule)
        if press.archive.decided(slot.key):
            return None
        if not press.archive.started() and slot.due < press.now():
            press.archive.skip(slot.key, slot.due, "schedule", FIRST, press.now())
        elif slot.state == "expired":
            reason = f"{LATE} {slot.due.isoformat()}, longer ago than the grace allows"
            if press.archive.skip(slot.key, slot.due, "schedule", reason, press.now()):
                log.warning("the issue of %s is skipped: %s", slot.day, reason)
                press.outbox().alert(f"{slot.key}:skipped", f"The issue of {slot.day} was not sent", f"{reason}.")
        else:
            return self._due(slot)
        return None

    def _due(self, slot: Slot) -> str | None:
        press = self._press
        waiting = f"the issue of {slot.day} is due and nobody has approved it: digest why {slot.day}"
        if self._unchanged(slot):
            return waiting
        try:
            press.plan("schedule", slot)
        except ApprovalError as error:
            log.warning("%s", error)
            text = f"{error}\n\nIt goes out as soon as it is approved, until {self._latest(slot)}."
            press.outbox().alert(f"{slot.key}:unapproved", f"The issue of {slot.day} was not sent", text)
            return waiting
        return None

    def _alarm(self, why: str) -> None:
        """Tell once, in the log and where alerts go, that the slot that is due cannot be planned."""
        press = self._press
        slot = latest_slot(press.now(), press.settings.schedule)
        about = f"{slot.key}:unplanned"
        if (
            about in self._alarmed
            or slot.state != "due"
            or not press.archive.started()
            or press.archive.decided(slot.key)
        ):
            return
        subject = f"The issue of {slot.day} is due and cannot be made"
        log.error("%s: %s", subject, why)
        text = f"{why}\n\nIt goes out as soon as that is mended, until {self._latest(slot)}."
        press.outbox(able=True).alert(about, subject, text)  # where a channel lacks its secret, the others are told
        self._alarmed.add(about)

    def _latest(self, slot: Slot) -> str:
        """Until when the issue of a slot may go out, as its readers have the time."""
        press = self._press
        until = (slot.due + press.settings.schedule.grace).astimezone(press.settings.schedule.zone)
        return f"{until:%Y-%m-%d %H:%M}"

    def _asking(self) -> datetime | None:
        """From when on reviewers are to see the draft of the next slot; None where nobody has to."""
        press = self._press
        return press.upcoming().due - press.settings.review if press.settings.review else None

    def _ask_ahead(self) -> None:
        """Show the draft of the next slot to its reviewers in good time, and again where it has changed."""
        press = self._press
        if press.settings.review is None:
            return
        slot = press.upcoming()
        if not slot.due - press.settings.review <= press.now() < slot.due:
            return
        if self._unchanged(slot):
            return
        drafts, rows, *_ = press.drafted(slot, press.issue_name(slot))
        if drafts.issue.stories or press.settings.send_empty:
            press.ask(drafts, approval.bound(drafts.pages["issue.json"], rows))

    def _unchanged(self, slot: Slot) -> bool:
        """Whether a draft that waits for approval can only be what it was at the last look: a cheap look."""
        press = self._press
        if press.settings.review is None:
            return False
        home, name = press.settings.home, press.issue_name(slot)
        own = [path for folder in ("config", "templates") for path in sorted((home / folder).rglob("*"))]
        looked = (
            slot,
            slot.due <= press.now(),
            tuple(press.newsroom.files()),
            [(path, path.stat().st_mtime_ns) for path in own if path.is_file()],
            (press.settings.version, press.archive.next_number(), press.archive.reviews.find(name)),
            press.archive.corrections.waiting(),
            press.archive.shared and press.archive.decisions.table(),
        )
        same = looked == self._looked
        self._looked = looked
        return same
