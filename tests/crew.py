"""One service of several that share an archive, as a process that may be killed at any time.

    python crew.py HOME RECEIVER SLOTS [SKEW]

plans slot after slot, a delivery to `team` (which tells repeats) and one to `blind` (which cannot) in each, delivers
what is due and ends when nothing is left. The archive is the PostgreSQL of DATABASE_URL, else a file in HOME. Its own
clock goes SKEW seconds wrong. CREW_PATIENCE: seconds for which it waits for an answer of the database.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from courier import PATIENCE
from posting import ticking, webhook

from digest.archive import Archive, FrozenIssue, KnownFile
from digest.archive.journal import Journal
from digest.delivery import Delivery
from digest.errors import ArchiveError, StaleError
from digest.outbox import Outbox

if TYPE_CHECKING:
    from datetime import datetime

    from digest.channels import Channel

BIRTH = date(2001, 1, 5)
LEASE = timedelta(seconds=1.5)


def slot(number: int) -> str:
    return f"weekly:{BIRTH + timedelta(weeks=number)}"


def rows(number: int, due: datetime) -> list[Delivery]:
    one = Delivery(
        kind="digest",
        about=f"issue-{number}",
        channel="team",
        part=1,
        parts=1,
        name="digest.json",
        content_type="application/json",
        body=b'{"text": "one small issue"}',
        on_unknown="resend",
        next_at=due,
        deadline_at=due + PATIENCE.deadline,
        max_attempts=50,
    )
    return [one, replace(one, channel="blind", on_unknown="hold")]


def plan(archive: Archive, number: int, now: datetime) -> bool:
    """Pick up a seed and plan the issue that uses it up."""
    seed = sha256(f"seed {number}".encode()).hexdigest()
    if not archive.seed(seed):
        archive.record_files("seeds", [KnownFile(f"{number}.md", 1, 1, seed)], [], now)
    issue = FrozenIssue(f"issue-{number}", number, b"{}", (seed,), (f"post {number}",))
    due = now - timedelta(seconds=1)
    return archive.plan(
        slot_key=slot(number), due=due, trigger="schedule", issue=issue, deliveries=rows(number, due), now=now
    )


def located(home: Path) -> Archive:
    if url := os.environ.get("DATABASE_URL"):
        from digest.archive import login, postgres

        if patience := float(os.environ.get("CREW_PATIENCE", "0")):
            login.Impatient.patience = postgres.RECONNECT = patience
        return Archive.connect(url)
    return Archive.open(home / "digest.db")


def work(archive: Archive, home: Path, channels: list[Channel], slots: int, skew: timedelta) -> None:
    """Plan what is missing, deliver what is due, until nothing is left."""

    def clock() -> datetime:
        return archive.clock(ticking() + skew)

    patience = PATIENCE._replace(lease=LEASE, attempts=50)
    while True:
        outbox = Outbox(archive, channels, Journal(home / "journal.jsonl"), now=clock, real=clock, patience=patience)
        try:
            if (number := archive.next_number()) <= slots:
                plan(archive, number, clock())
            report = outbox.drain(wait=0.0 if number <= slots else 0.1)
            assert report.held is None, report.held
            counts = archive.ledger.counts()
            if number > slots and not counts["pending"] + counts["claimed"] + counts["sending"]:
                return
            if number > slots:
                time.sleep(0.05)
        except StaleError:
            continue
        except ArchiveError as error:
            print(error, flush=True)
            time.sleep(0.05)


def main(home: str, receiver: str, slots: str, skew: str = "0") -> None:
    folder = Path(home)
    folder.mkdir(parents=True, exist_ok=True)
    channels = [webhook(receiver, "team"), webhook(receiver, "blind", on_unknown="hold")]
    while True:
        try:
            archive = located(folder)
            break
        except ArchiveError as error:
            print(error, flush=True)
            time.sleep(0.1)
    work(archive, folder, channels, int(slots), timedelta(seconds=float(skew)))
    archive.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
