"""Bulk: many files that were never read, by several processes, in the order of the files.

Each process holds one file at a time. One that dies or hangs costs that file: it is reported, held back, and another
process takes the place. What is done is in the cache at once, so that an interrupted run goes on where it stopped.
"""

from __future__ import annotations

import os
import signal
import time
from collections import deque
from multiprocessing import connection, get_context
from typing import TYPE_CHECKING, Self, cast

from digest import inbox, packed
from digest.cache import Row
from digest.errors import SeedError
from digest.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Container, Generator, Iterable
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess
    from pathlib import Path

    from digest.cache import Cache, Known
    from digest.inbox import File
    from digest.reader import Done, Reader

PATIENCE = inbox.LONGEST + 10
"""Seconds after which a process that has not answered is ended: longer than it takes to give up by itself."""

AHEAD = 64
"""Files that may be done before one that is not: what waits in memory for its turn."""

Job = tuple["File", str | None, bytes | None]


class _Worker:
    """One process and the file it is at."""

    def __init__(self, reader: Reader) -> None:
        context = get_context("spawn")  # a fork would copy locks that another thread of the service holds
        self.pipe, theirs = context.Pipe()
        given = (theirs, reader.settings.home, reader.settings.seeds, reader.versions)
        self.process: SpawnProcess = context.Process(target=_serve, args=given, daemon=True)
        self.process.start()
        theirs.close()
        self.slot: _Slot | None = None
        self.until = 0.0

    def take(self, slot: _Slot) -> None:
        """Begin a file."""
        self.until = time.monotonic() + PATIENCE
        self.slot = slot
        self.pipe.send(slot.job)

    def end(self) -> None:
        """End the process at once."""
        self.pipe.close()
        self.process.kill()
        self.process.join()


class _Slot:
    """A file's place in the order. `row` comes when it is done; `job` is None where there was nothing to do."""

    def __init__(self, known: Known, job: Job | None) -> None:
        self.known = known
        self.job = job
        self.row: Row | None = None

    @property
    def done(self) -> bool:
        """Whether it can be given out."""
        return self.job is None or self.row is not None


class Pool:
    """Processes that read files by the configuration of a home. Use it in a `with`; leaving it ends them."""

    def __init__(self, reader: Reader, size: int | None = None) -> None:
        self._reader = reader
        self._size = size or max(1, os.cpu_count() or 1)
        self._workers: list[_Worker] = []
        self._queue: deque[_Slot] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.end()
        self._workers.clear()

    def each(self, jobs: Iterable[tuple[Known, Job | None]]) -> Generator[tuple[Known, Row | None], None, None]:
        """What came of each job, in the order given; None where there was nothing to do."""
        window: deque[_Slot] = deque()
        for known, job in jobs:
            slot = _Slot(known, job)
            window.append(slot)
            if job:
                self._queue.append(slot)
            self._hand_out()
            while window and (window[0].done or len(window) > AHEAD * self._size):
                if window[0].done:
                    first = window.popleft()
                    yield first.known, first.row
                else:
                    self._wait()
        while window:
            if window[0].done:
                first = window.popleft()
                yield first.known, first.row
            else:
                self._wait()

    def _hand_out(self) -> None:
        """Give each process that has nothing to do the next file; start one more while there are too few."""
        while self._queue:
            free = next((one for one in self._workers if one.slot is None), None)
            if free is None and len(self._workers) < self._size:
                free = _Worker(self._reader)
                self._workers.append(free)
            if free is None:
                return
            slot = self._queue.popleft()
            try:
                free.take(slot)
            except OSError:
                self._lost(free, slot)

    def _wait(self) -> None:
        """Take in what is done, or part with a process that died or takes too long."""
        busy = {worker.pipe: worker for worker in self._workers if worker.slot}
        soonest = min((worker.until for worker in busy.values()), default=0.0)
        for pipe in connection.wait(list(busy), timeout=max(0.0, soonest - time.monotonic())):
            worker = busy[cast("Connection", pipe)]
            slot = worker.slot
            if slot is None:
                continue
            try:
                slot.row = worker.pipe.recv()
                worker.slot = None
                if slot.row is None and slot.job:  # its configuration is newer than ours
                    slot.row, _ = self._reader.work(*slot.job)
            except (EOFError, OSError):
                self._lost(worker, slot)
        for worker in list(self._workers):
            if worker.slot and worker.until <= time.monotonic():
                self._lost(worker, worker.slot)
        self._hand_out()

    def _lost(self, worker: _Worker, slot: _Slot) -> None:
        """Part with a process: the file it was at is held back, this time."""
        self._workers.remove(worker)
        worker.end()
        error = SeedError("too-slow", "reading it ended or hung its process", "Save the article alone, as text.")
        slot.row = _failed(error)


def done(
    reader: Reader, known: Iterable[Known], cache: Cache, seen: Container[str], size: int
) -> Generator[Done, None, None]:
    """As `Reader` does it alone: every file with its content and worth, in order. `size` is the bytes to be read."""
    jobs = ((one, None if one.worth is not None or one.seed in seen else reader.job(one, cache)) for one in known)
    with Pool(reader) as pool, Progress(size, reader.settings.masthead.language) as progress:
        for one, row in pool.each(jobs):
            if row is None:
                yield one, None
                continue
            progress.add(one.file.size)
            yield reader.kept(one, row, cache), row


def _serve(pipe: Connection, home: Path, seeds: tuple[Path, ...], versions: tuple[str, str]) -> None:
    """What a process does: read what it is given until there is nothing more.

    Where the configuration has changed meanwhile, it leaves the reading to the one that started it.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one that started us says when to end
    from digest.reader import Reader  # noqa: PLC0415 -- this process reads
    from digest.settings import load  # noqa: PLC0415 -- as above

    reader = Reader(load(home, seeds))
    while True:
        try:
            job = pipe.recv()
        except (EOFError, OSError):
            return
        pipe.send(_row(reader, job) if reader.versions == versions else None)


def _row(reader: Reader, job: Job) -> Row:
    try:
        row, _ = reader.work(*job)
    except Exception as error:  # noqa: BLE001 -- among a hundred thousand files, what nobody foresaw costs one of them
        code, message = "unreadable", f"reading it failed ({type(error).__name__}: {error})"[:200]
        return _failed(SeedError(code, message, "Save the article alone."))
    return row


def _failed(error: SeedError) -> Row:
    """The row of a file that is held back this time and tried again the next."""
    return Row("", packed.readings(error), None, 0.0, held=True, lasting=False)
