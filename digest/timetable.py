"""The timetable: a tick every half minute, nothing more.

Slots are arithmetic on local dates (`slot.py`), so the scheduler only has to wake the press up: its own cron
triggers fire twice in a fold and lose a slot that was missed while the machine was off.
"""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

EVERY = 30
"""Seconds between two ticks."""

WITHIN = 45.0
"""Seconds in which the service ends once it is told to: longer than one attempt may take (wire.Timeouts.total)."""


def ending(within: float = WITHIN, then: Callable[[], object] | None = None) -> threading.Event:
    """An event that SIGTERM or SIGINT sets; `then` is called with it.

    What has not ended `within` seconds after that is ended hard, status 1: everything is committed before it acts,
    so what it held is taken up by the next process as after a crash.
    """
    stop = threading.Event()

    def end(*_: object) -> None:
        if not stop.is_set():
            last = threading.Timer(within, os._exit, (1,))
            last.daemon = True
            last.start()
        stop.set()
        if then:
            then()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, end)
    return stop


def run(tick: Callable[[threading.Event], object], every: float = EVERY, within: float = WITHIN) -> None:
    """Tick at once and then every `every` seconds until SIGTERM or SIGINT, then end within `within` seconds.

    `tick` is given an event that is set when the service should end: what is in flight is finished, nothing
    new is begun. Ticks never overlap; those missed while the machine slept count as one. The scheduler's thread
    only says that a tick is due: the work is done here, in the main thread, where a time limit can be kept.
    """
    from apscheduler.schedulers.background import BackgroundScheduler  # noqa: PLC0415 -- only the service pays for it

    due = threading.Event()
    stop = ending(within, due.set)
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
