"""The outbox: drafts become rows, rows become attempts, attempts become outcomes; nothing leaves uncommitted.

Any number of processes may drain the same archive. A row is claimed under a lease, marked `sending` in the
moment before its first byte leaves, and its outcome is written to the journal and the archive before the
next one is touched.
"""

from __future__ import annotations

import logging
import os
import random
import threading
import time
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from digest.archive.ledger import Turn
from digest.channels import Dispatch, Part, exact
from digest.delivery import Delivery, Patience, step
from digest.errors import ArchiveError, ChannelError
from digest.route import routed

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from digest.archive import Archive
    from digest.archive.journal import Journal
    from digest.channels import Answer, Channel
    from digest.delivery import State, Step, Verdict
    from digest.wire import Clients, Timeouts

    Clock = Callable[[], datetime]

log = logging.getLogger(__name__)


class Result(NamedTuple):
    """What one attempt came to: the row as it was claimed, its new state, and what went wrong in one line."""

    delivery: Delivery
    state: State
    error: str | None = None
    next_at: datetime | None = None

    @property
    def fields(self) -> dict[str, object]:
        """The same for programs, without bytes and secrets."""
        row = self.delivery
        told = {"delivery": row.id, "kind": row.kind, "about": row.about, "channel": row.channel, "part": row.part}
        return {**told, "attempt": row.attempts, "state": self.state, "error": self.error}

    def __str__(self) -> str:
        return f"{self.delivery.label}: {self.state}" + (f" ({self.error})" if self.error else "")


@dataclass(slots=True)
class Report:
    """What a drain did. `held` is why nothing was sent at all; `alerts` what a person should know."""

    results: list[Result] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)
    held: str | None = None

    def count(self, state: State) -> int:
        """How many attempts ended in this state."""
        return sum(result.state == state for result in self.results)

    @property
    def good(self) -> bool:
        """Whether nothing needs a person: no outcome unknown, nothing given up, nothing held."""
        return not (self.held or self.alerts)


def outgoing(
    channels: Iterable[Channel], dispatches: Sequence[Dispatch], due: datetime, patience: Patience | None = None
) -> tuple[list[Delivery], list[ChannelError]]:
    """The rows of some drafts for every channel that gets them, to be committed with the issue.

    `due` is when they may first be sent; their deadline counts from it. A channel that cannot be planned is
    a problem of its own and keeps nobody else waiting.
    """
    patience = patience or Patience()
    rows: list[Delivery] = []
    problems: list[ChannelError] = []
    for channel in channels:
        for dispatch in routed(channel.config, dispatches):
            try:
                rows += _rows(channel, dispatch, due, patience)
            except ChannelError as error:
                problems.append(error)
    return rows, problems


def rehearsed(
    channels: Iterable[Channel], dispatches: Sequence[Dispatch], at: datetime
) -> dict[str, dict[str, object]]:
    """The exact requests that would be sent, without their secrets: `<channel>/<part>.json` → the request.

    A channel that cannot be planned gives `{"error": …}` under `<channel>/<kind>.json`.
    """
    shown: dict[str, dict[str, object]] = {}
    for channel in channels:
        name = channel.config.name
        for dispatch in routed(channel.config, dispatches):
            try:
                rows = _rows(channel, dispatch, at, Patience())
            except ChannelError as error:
                shown[f"{name}/{dispatch.kind}.json"] = {"error": str(error)}
                continue
            for row in rows:
                leaf = PurePosixPath(row.name).name.removesuffix(".json")
                shown[f"{name}/{leaf}.json"] = exact(channel, _part(row), row.key, at)
    return shown


def tried(
    channel: Channel, dispatches: Sequence[Dispatch], real: Clock, timeouts: Timeouts | None = None
) -> list[tuple[Part, Verdict]]:
    """Send drafts to a channel at once, remembering nothing: for trying it out. Stops at the first that fails.

    Raises ChannelError where a draft cannot be planned.
    """
    from digest import wire  # noqa: PLC0415 -- a preview plans and sends nothing

    told: list[tuple[Part, Verdict]] = []
    with wire.Clients(timeouts or wire.Timeouts()) as clients:
        for row in [row for dispatch in dispatches for row in _rows(channel, dispatch, real(), Patience())]:
            attempt = wire.Attempt(clients, begin=lambda: True, clock=real, passing=_unheeded)
            verdict = channel.verdict(channel.send(_part(row), row.key, real(), attempt))
            told.append((_part(row), verdict._replace(detail=channel.config.mask(verdict.detail))))
            if verdict.outcome != "delivered":
                break
    return told


class Outbox:
    """Sends what is due.

    `now` is the clock of slots and waits (a rehearsal may set it), `real` that of leases and signatures.
    `passing` is told each point of an attempt that is passed; tests stop the process there.
    """

    def __init__(
        self,
        archive: Archive,
        channels: Iterable[Channel],
        journal: Journal,
        *,
        now: Clock,
        real: Clock,
        patience: Patience | None = None,
        timeouts: Timeouts | None = None,
    ) -> None:
        self._archive = archive
        self._ledger = archive.ledger
        self._channels = {channel.config.name: channel for channel in channels}
        self._journal = journal
        self._now = now
        self._real = real
        self._patience = patience or Patience()
        self._timeouts = timeouts
        self._owner = f"{os.uname().nodename}:{os.getpid()}:{os.urandom(4).hex()}"
        self._checked = -1
        self.jitter: Callable[[], float] = random.random
        self.passing: Callable[[str], None] = _unheeded
        self.tls: ssl.SSLContext | None = None

    def drain(self, stopping: Callable[[], bool] | None = None, wait: float = 0.0) -> Report:
        """Send everything that is due, each channel in its own order; report what came of it.

        `stopping` is asked before each claim: once true, what is under way is finished and nothing else begun.
        `wait`: stay up to so many seconds for retries that come due. Raises ArchiveError where outcomes cannot
        be recorded; nothing is sent then.
        """
        report = Report()
        self._tidy(report)
        report.held = self._archive.paused()
        if report.held:
            return report
        self._tell(report)
        if self._ledger.due(self._channels, self._now()) or (wait > 0 and self._ledger.next_due(self._channels)):
            self._drain(report, stopping or _never, wait)
        return report

    def alert(self, about: str, subject: str, text: str) -> None:
        """Tell something to every channel that gets alerts, once for each `about`."""
        dispatch = Dispatch("alert", about, subject, f"# {subject}\n\n{text}\n")
        rows, problems = outgoing(self._channels.values(), [dispatch], self._now(), self._patience)
        self._ledger.enqueue(rows)
        for problem in problems:
            log.error("%s", problem)

    def resume(self) -> None:
        """Let everything go on after a pause, and accept what the journal knows more than the archive."""
        ends = self._journal.keys().values()
        self._archive.remember(self._accepted, str(max(ends, default=0)))
        self._archive.resume()
        self._checked = -1

    def _tidy(self, report: Report) -> None:
        """Before anything is sent: believe the journal, take back what others dropped, give up what is late."""
        if not self._ledger.outstanding():
            return
        self._compare()
        for row in self._ledger.recover(self._real()):
            self._warn(report, row, "unknown", "the process was stopped while it was being sent")
        for row in self._ledger.expire(self._now()):
            self._warn(report, row, "dead", row.last_error or "")

    def _compare(self) -> None:
        """Hold everything where the journal knows deliveries that the archive does not."""
        keys = self._journal.keys()
        if len(keys) == self._checked:
            return
        for row in self._ledger.settle(keys, self._now(), self._real()):
            log.warning("%s: delivered, says the journal", row.label)
        accepted = int(self._archive.recall(self._accepted) or 0)
        known = self._ledger.known_keys()
        missing = sum(end > accepted and key not in known for key, end in keys.items())
        if missing and not self._archive.paused():
            self._archive.pause(
                f"the send journal knows {missing} deliveries that the database does not: it was restored from an"
                " older backup or replaced. Compare with what was received, then: digest resume"
            )
        if not missing:
            self._checked = len(keys)

    @property
    def _accepted(self) -> str:
        """Where the archive remembers how much of the journal was accepted; each machine has a journal of its own."""
        return self._journal.accepted if self._archive.shared else "journal_accepted"

    def _drain(self, report: Report, stopping: Callable[[], bool], wait: float) -> None:
        from digest import wire  # noqa: PLC0415 -- a preview plans and sends nothing

        end = time.monotonic() + wait
        with wire.Clients(self._timeouts or wire.Timeouts(), self.tls) as clients:
            while True:
                self._round(clients, report, stopping)
                self._tell(report)
                if stopping():
                    return
                if self._ledger.due(self._alerted(), self._now()):
                    continue
                left = end - time.monotonic()
                next_at = self._ledger.next_due(self._channels)
                if next_at is None or left <= 0 or (next_at - self._now()).total_seconds() > left:
                    return
                time.sleep(min(left, max(0.05, (next_at - self._now()).total_seconds())))

    def _round(self, clients: Clients, report: Report, stopping: Callable[[], bool]) -> None:
        """A thread for each channel that has something due, so that a slow one keeps nobody waiting.

        Where one of them fails (the archive, or a fault of ours), the others finish what is under way.
        """
        failed = threading.Event()

        def stop() -> bool:
            return failed.is_set() or stopping()

        def work(channel: Channel) -> None:
            try:
                self._work(channel, clients, report, stop)
            except BaseException:
                failed.set()
                raise

        busy = [channel for name, channel in self._channels.items() if self._ledger.due([name], self._now())]
        if len(busy) == 1:
            work(busy[0])
        elif busy:
            from concurrent.futures import ThreadPoolExecutor, wait  # noqa: PLC0415 -- only where several send

            with ThreadPoolExecutor(len(busy), "channel") as pool:
                running = [pool.submit(work, channel) for channel in busy]
                try:
                    wait(running)
                except BaseException:
                    failed.set()  # asked to end at once: begin nothing more
                    raise
            for one in running:
                one.result()

    def _work(self, channel: Channel, clients: Clients, report: Report, stop: Callable[[], bool]) -> None:
        """Send what is due at one channel, one after the other."""
        row = self._ledger.claim(self._turn(channel))
        while row:
            self.passing("claimed")
            row = self._deliver(channel, row, clients, report, stop)
            if row is None and not stop() and self._ledger.due([channel.config.name], self._now()):
                time.sleep(channel.pace)
                row = self._ledger.claim(self._turn(channel))

    def _turn(self, channel: Channel) -> Turn:
        return Turn(channel.config.name, self._owner, self._now(), self._real(), self._patience.lease)

    def _deliver(
        self, channel: Channel, row: Delivery, clients: Clients, report: Report, stop: Callable[[], bool]
    ) -> Delivery | None:
        """One attempt, from the claim to the recorded outcome; the next row, where it was taken with that."""
        from digest import wire  # noqa: PLC0415 -- a preview plans and sends nothing

        attempt = wire.Attempt(
            clients,
            begin=lambda: self._ledger.begin(row, self._owner, self._real()),
            clock=self._real,
            passing=self.passing,
        )
        try:
            answer = channel.send(_part(row), row.key, self._real(), attempt)
        except wire.LostLeaseError:
            log.warning("%s: taken over by another process before anything was sent", row.label)
            return None
        verdict = channel.verdict(answer)
        now = self._now()
        following = step(row, verdict, now, self.jitter(), self._patience)
        error = None if following.state == "delivered" else _told(channel, answer, verdict, following)
        broken = self._journalled(row, verdict) if following.state == "delivered" else None
        then = None if broken or channel.pace or stop() else self._turn(channel)
        taken = self._ledger.finish(row, self._owner, verdict, following, error, now, self._patience, then)
        self.passing("recorded")
        result = Result(row, following.state, error, following.next_at)
        report.results.append(result)
        level = logging.INFO if following.state in {"delivered", "pending"} else logging.ERROR
        log.log(level, "%s", result, extra={"fields": result.fields})
        if broken:
            raise broken
        return taken

    def _journalled(self, row: Delivery, verdict: Verdict) -> ArchiveError | None:
        """Tell the journal first, so that it knows where the archive could not be told; what kept it from that."""
        try:
            self._journal.delivered(row, self._real(), verdict.remote_ref)
        except ArchiveError as error:
            return error
        self.passing("journalled")
        return None

    def _tell(self, report: Report) -> None:
        """Turn what went wrong for good into alerts, once each."""
        for result in report.results[:]:
            if result.state in {"unknown", "dead"}:
                self._warn(report, result.delivery, result.state, result.error or "")

    def _warn(self, report: Report, row: Delivery, state: State, why: str) -> None:
        line = f"{row.label}: {'outcome unknown' if state == 'unknown' else 'given up'}; {why}"
        if line in report.alerts:
            return
        report.alerts.append(line)
        if row.kind == "alert":
            return  # an alert that cannot be delivered would only make another one
        about = f"{row.key}:{state}"
        remedy = f"digest outbox resolve {row.id} --delivered|--resend" if state == "unknown" else ""
        remedy = remedy or f"after mending the cause: digest outbox retry {row.id}"
        self.alert(about, f"{row.about}: {state}", f"{line}\n\n{remedy}")

    def _alerted(self) -> list[str]:
        return [name for name, channel in self._channels.items() if "alerts" in channel.config.gets]


def _rows(channel: Channel, dispatch: Dispatch, due: datetime, patience: Patience) -> list[Delivery]:
    """The rows of one draft at one channel; parts are counted for each recipient."""
    parts = channel.plan(dispatch)
    recipients: dict[str, list[Part]] = {}
    for part in parts:
        recipients.setdefault(part.recipient, []).append(part)
    return [
        Delivery(
            kind=dispatch.kind,
            about=dispatch.about,
            channel=channel.config.name,
            part=number,
            parts=len(own),
            name=part.name,
            content_type=part.content_type,
            body=part.body,
            on_unknown=channel.on_unknown,
            next_at=due,
            deadline_at=due + patience.deadline,
            recipient=recipient,
            headers=part.headers,
            max_attempts=patience.attempts,
        )
        for recipient, own in recipients.items()
        for number, part in enumerate(own, 1)
    ]


def _part(row: Delivery) -> Part:
    return Part(row.name, row.body, row.content_type, row.headers, row.recipient)


def _told(channel: Channel, answer: Answer, verdict: Verdict, following: Step) -> str:
    """What went wrong, in one masked line: the code, why it ends here, and an excerpt of the answer."""
    detail = (
        verdict.detail if answer.status is None else verdict.detail or answer.body[:1000].decode("utf-8", "replace")
    )
    pieces = (verdict.code or answer.error, following.disable or following.alert, answer.detail or detail)
    return channel.config.mask(": ".join(dict.fromkeys(filter(None, pieces))))


def _never() -> bool:
    return False


def _unheeded(_: str) -> None:
    """Nobody listens outside of tests."""
