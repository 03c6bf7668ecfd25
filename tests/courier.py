"""One service in a process of its own, which can be told where to die.

    python courier.py HOME URL POLICY [POINT]

plans the sample issue for one webhook (unless that has happened) and drains the outbox with the real clock.
At POINT it kills itself with SIGKILL, `stop:POINT` asks itself to stop with SIGTERM there, `freeze:POINT`
waits there with SIGSTOP. POLICY is `resend` or `hold`, or `folder`, for which URL is a folder. The archive is the
PostgreSQL of DATABASE_URL, else a file in HOME.
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from posting import folder, plan, ticking, webhook

from digest.archive import Archive
from digest.archive.journal import Journal
from digest.delivery import Patience
from digest.outbox import Outbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.delivery import Delivery

LEASE = 0.6
PATIENCE = Patience(steps=(0.01,), lease=timedelta(seconds=LEASE), deadline=timedelta(days=36_500))


class Trap:
    """Does what was asked for when its point is passed for the first time."""

    def __init__(self, order: str) -> None:
        action, _, self._point = order.rpartition(":")
        self._signal = {"": signal.SIGKILL, "stop": signal.SIGTERM, "freeze": signal.SIGSTOP}[action]

    def __call__(self, point: str) -> None:
        if point == self._point:
            self._point = ""
            os.kill(os.getpid(), self._signal)

    def inside(self, point: str) -> Iterator[Delivery]:
        """No deliveries: a point in the middle of the transaction that takes them."""
        self(point)
        yield from ()


def main(home: str, url: str, policy: str, order: str = "") -> None:
    trap = Trap(order)
    stopping: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: stopping.append(number))
    if policy == "folder":
        channel = folder(Path(url), "team", gets=["digest"])
    else:
        channel = webhook(url, on_unknown="hold" if policy == "hold" else "resend", limit=3000)
    shared = os.environ.get("DATABASE_URL")
    archive = Archive.connect(shared) if shared else Archive.open(Path(home) / "digest.db")
    plan(archive, [channel], None, ticking(), PATIENCE, trap.inside("planning"))
    trap("planned")
    with archive.database.write() as writing:
        writing.execute("UPDATE delivery SET next_at = '2000-01-01T00:00:00.000000+00:00' WHERE attempts = 0")
    outbox = Outbox(
        archive,
        [channel],
        Journal(Path(home) / "journal.jsonl"),
        now=ticking,
        real=ticking,
        patience=PATIENCE,
    )
    outbox.passing = trap
    report = outbox.drain(stopping=lambda: bool(stopping), wait=0.2)
    print(f"{report.count('delivered')} delivered")
    archive.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
