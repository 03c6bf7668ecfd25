"""The press: an issue is planned once, whole, and only then delivered. What the timetable and `send` work with."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from digest import inbox, outbox
from digest.archive import Archive, KnownFile
from digest.channels import Dispatch
from digest.delivery import Delivery, Patience
from digest.errors import ConfigError, DigestError, SeedError, StaleError, UsageError
from digest.newsroom import Newsroom, write
from digest.settings import load
from digest.slot import extra_id, issue_id, latest_slot, next_slot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path
    from threading import Event

    from digest.channels import Channel
    from digest.inbox import File
    from digest.newsroom import Drafts
    from digest.settings import Settings
    from digest.slot import Slot

log = logging.getLogger("digest")


@dataclass(frozen=True, slots=True)
class Press:
    """A newsroom with its archive. `patience` says how long deliveries are tried."""

    newsroom: Newsroom
    archive: Archive
    patience: Patience = Patience()

    @property
    def settings(self) -> Settings:
        """What is configured."""
        return self.newsroom.settings

    def upcoming(self, now: datetime) -> Slot:
        """The slot that the next issue is for: the latest one where it is still due and open, else the next open one.

        With an archive that knows no slot yet, past slots count as skipped.
        """
        schedule = self.settings.schedule
        slot = latest_slot(now, schedule)
        fresh = not self.archive.slots(1) and slot.due < now
        if slot.state == "due" and not fresh and not self.archive.slot(slot.key):
            return slot
        slot = next_slot(now, schedule)
        while self.archive.slot(slot.key):
            slot = next_slot(slot.due, schedule)
        return slot

    def preview(self, now: datetime) -> Drafts:
        """The issue that would go out. Changes nothing."""
        desk = self.newsroom.desk(self.newsroom.files(patient=True), self._used())
        return self.newsroom.draft(self.upcoming(now), self.archive.next_number(), desk)

    def pick_up(self, files: Iterable[File], now: datetime) -> int:
        """Remember which files are new, changed or gone; how many contents were never seen before.

        A folder that is not there (a share that is not mounted) is left as it was known.
        """
        by_folder: dict[str, list[File]] = {
            str(folder): [] for folder in self.settings.seeds if folder not in inbox.missing(self.settings.seeds)
        }
        for file in files:
            by_folder[file.folder].append(file)
        return sum(self._pick_up(folder, found, now) for folder, found in by_folder.items())

    def plan(self, now: datetime, trigger: str, slot: Slot, *, extra: bool = False) -> Drafts | None:
        """Commit the issue of a slot with all its deliveries; None where there was nothing to send or it was done.

        Raises ConfigError where a channel lacks its address or secret, ChannelError where a draft does not fit.
        """
        if self.settings.lacks:
            raise ConfigError(*self.settings.lacks)
        name = issue_id(slot.day, self.settings.schedule.days)
        key = slot.key
        if extra:
            name = extra_id(name, self.archive.issue_ids())
            key = f"extra:{name}"
        for _ in range(3):
            try:
                return self._plan(now, trigger, slot, key, name)
            except StaleError as error:
                log.info("drafting again: %s", error)
        message = "the clips kept changing while the issue was made; try again in a moment"
        raise UsageError(message)

    def deliver(self, now: Callable[[], datetime], stop: Event | None = None) -> None:
        """Send what is due, record every outcome, and tell the alerts channels of what went wrong."""
        outbox.drain(self.archive, self.newsroom.channels(), now, stop=stop, patience=self.patience)

    def tick(self, now: Callable[[], datetime], stop: Event | None = None) -> None:
        """What the service does every half minute: pick up, plan the slot that is due, deliver."""
        moment = now()
        files = self.newsroom.files(patient=False)
        added = self.pick_up(files, moment)
        if added:
            log.info("picked up %d new clips", added)
        self._slot(moment)
        self.deliver(now, stop)

    def _slot(self, now: datetime) -> None:
        slot = latest_slot(now, self.settings.schedule)
        if self.archive.slot(slot.key):
            return
        if not self.archive.slots(1) and slot.due < now:
            self.archive.skip(slot.key, slot.due, "schedule", "it lay before the first start", now)
        elif slot.state == "expired":
            reason = f"it was due at {slot.due.isoformat()}, longer ago than the grace allows"
            if self.archive.skip(slot.key, slot.due, "schedule", reason, now):
                self._alert(f"{slot.key}:skipped", f"The issue of {slot.day.isoformat()} was not sent: {reason}.", now)
        else:
            self.plan(now, "schedule", slot)

    def _plan(self, now: datetime, trigger: str, slot: Slot, key: str, name: str) -> Drafts | None:
        files = self.newsroom.files(patient=True)
        self.pick_up(files, now)
        desk = self.newsroom.desk(files, self._used())
        drafts = self.newsroom.draft(slot, self.archive.next_number(), desk, name)
        if not drafts.issue.stories and not self.settings.send_empty:
            self.archive.skip(key, slot.due, trigger, "there was nothing new to send", now)
            return None
        planned = self.archive.plan(
            slot_key=key,
            due=slot.due,
            trigger=trigger,
            issue_id=name,
            number=drafts.issue.number,
            content=drafts.pages["issue.json"],
            seeds=drafts.issue.seeds,
            deliveries=self._deliveries(drafts.dispatches.values(), now, max(slot.due, now)),
            now=now,
        )
        if not planned:
            return None
        log.info("issue %s is planned: %d stories", name, len(drafts.issue.stories))
        write(self.settings.out / name, drafts.pages)
        return drafts

    def _pick_up(self, folder: str, files: Sequence[File], now: datetime) -> int:
        known = self.archive.known_files(folder)
        seen = []
        for file in files:
            before = known.get(file.path)
            if before and before[:2] == file.stamp:
                continue
            try:
                sha256 = inbox.read(file).sha256
            except SeedError:
                continue  # told with the drafts; the next tick looks again
            seen.append(KnownFile(file.path, file.size, file.mtime_ns, sha256))
        # A file being written now is not in `files` and yet not gone: only what is missing on the disk is.
        there = {file.path for file in inbox.scan([Path(folder)])} if known.keys() - {f.path for f in files} else None
        gone = sorted(known.keys() - there) if there is not None else []
        if not seen and not gone:
            return 0
        return len(self.archive.record_files(folder, seen, gone, now))

    def _used(self) -> frozenset[str]:
        return frozenset(seed.sha256 for seed in self.archive.seeds("used", "lapsed"))

    def _deliveries(self, dispatches: Iterable[Dispatch], now: datetime, since: datetime) -> list[Delivery]:
        """A row for each part of each draft, in each channel that gets it; its bytes are frozen here."""
        channels = self.newsroom.channels()
        return [
            row
            for dispatch in dispatches
            for channel in channels.values()
            if dispatch.kind in channel.config.gets or f"{dispatch.kind}s" in channel.config.gets
            for row in self._rows(dispatch, channel, now, since)
        ]

    def _rows(self, dispatch: Dispatch, channel: Channel, now: datetime, since: datetime) -> list[Delivery]:
        parts = channel.plan(dispatch)
        return [
            Delivery(
                kind=dispatch.kind,
                about=dispatch.about,
                channel=channel.config.name,
                part=number,
                parts=len(parts),
                name=part.name,
                content_type=part.content_type,
                body=part.body,
                on_unknown=channel.on_unknown,
                next_at=now,
                deadline_at=since + self.patience.deadline,
                recipient=part.recipient,
                headers=part.headers,
                max_attempts=self.patience.attempts,
            )
            for number, part in enumerate(parts, 1)
        ]

    def _alert(self, name: str, text: str, now: datetime) -> None:
        log.warning("%s", text)
        alert = Dispatch("alert", name, text, text)
        self.archive.ledger.enqueue(self._deliveries([alert], now, now))


def open_press(home: Path, seeds: tuple[Path, ...] = (), *, readonly: bool = False) -> Press:
    """The press of a home. Read-only, a missing archive is an empty one and nothing is created."""
    settings = load(home, seeds)
    return Press(Newsroom(settings), Archive.open(settings.state / "digest.db", readonly=readonly))


def serve(home: Path, seeds: tuple[Path, ...], stop: Event, press: list[Press]) -> None:
    """One tick of the service: with the newest configuration that is right, and no error that ends it."""
    try:
        fresh = load(home, seeds)
        if fresh.version != press[0].settings.version:
            log.info("the configuration has changed and is in use from now on")
            press[0] = Press(Newsroom(fresh), press[0].archive)
    except ConfigError as error:
        log.error("the last good configuration stays in use:\n%s", error)
    try:
        press[0].tick(lambda: datetime.now(UTC), stop)
    except DigestError as error:
        log.error("%s", error)
