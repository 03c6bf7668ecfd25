"""The timetable: a tick every half minute, nothing more.

Slots are arithmetic on local dates (`slot.py`), so the scheduler only has to wake the press up: its own cron
triggers fire twice in a fold and lose a slot that was missed while the machine was off.
"""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

EVERY = 30
"""Seconds between two ticks."""


def run(tick: Callable[[threading.Event], object], every: float = EVERY) -> None:
    """Tick at once and then every `every` seconds until SIGTERM or SIGINT.

    `tick` is given an event that is set when the service should end: what is in flight is finished, nothing
    new is begun. Ticks never overlap; those missed while the machine slept count as one. The scheduler's thread
    only says that a tick is due: the work is done here, in the main thread, where a time limit can be kept.
    """
    from apscheduler.schedulers.background import BackgroundScheduler  # noqa: PLC0415 -- only the service pays for it

    stop, due = threading.Event(), threading.Event()

    def end(*_: object) -> None:
        stop.set()
        due.set()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, end)
    scheduler = BackgroundScheduler(timezone="UTC")
    scheduler.add_job(due.set, "interval", seconds=every, coalesce=True, max_instances=1, misfire_grace_time=None)
    scheduler.start()
    try:
        while not stop.is_set():
            tick(stop)
            due.wait()
            due.clear()
    finally:
        scheduler.shutdown(wait=True)
