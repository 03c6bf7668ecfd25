"""Three services on one PostgreSQL, one clock right, two an hour off, while the database or the way to it breaks."""

from __future__ import annotations

import os
import random
import signal
import time
from typing import TYPE_CHECKING

import pytest
from endurance import Crew, frozen, held, judged, slowly
from posting import DUE
from proxy import Proxy
from receiver import Receiver

from digest.archive import Archive, FrozenIssue, KnownFile
from digest.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cluster import Cluster

SLOTS = 14
pytestmark = pytest.mark.faults


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver(usual=slowly) as running:
        yield running


@pytest.fixture
def proxy(cluster: Cluster) -> Iterator[Proxy]:
    with Proxy(cluster.port) as running:
        yield running


TROUBLES: dict[str, Callable[[Cluster, Proxy], None]] = {
    "restarted": lambda cluster, _: cluster.restart("fast", 0.3),
    "crashed": lambda cluster, _: cluster.restart("immediate"),
    "frozen": lambda cluster, _: frozen(cluster, 3),
    "cut off": lambda _, proxy: proxy.cut(),
    "out of reach": lambda _, proxy: held(proxy, 3),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_nothing_comes_twice_or_gets_lost_when_the_database_is(
    tmp_path: Path, cluster: Cluster, proxy: Proxy, receiver: Receiver, trouble: str
) -> None:
    direct = cluster.url()
    through = direct.replace(f":{cluster.port}/", f":{proxy.port}/")
    crew = Crew(tmp_path, receiver.url, SLOTS, through, (0, 3600, -3600), patience=1.5)
    crew.muster()
    try:
        for seen in (3, SLOTS):
            _until(lambda seen=seen: len(receiver.requests) >= seen)  # type: ignore[misc]
            TROUBLES[trouble](cluster, proxy)
        crew.done(60)
    finally:
        crew.end()
    with Archive.connect(direct) as archive:
        judged(archive, receiver, SLOTS)


def test_nothing_comes_twice_or_gets_lost_when_services_are_killed_and_stopped(
    tmp_path: Path, cluster: Cluster, receiver: Receiver
) -> None:
    url, chance = cluster.url(), random.Random(7)  # noqa: S311 -- repeatable
    crew = Crew(tmp_path, receiver.url, SLOTS, url, (0, 3600, -3600))
    crew.muster()
    try:
        for seen in (2, 8, 14, 20):
            _until(lambda seen=seen: len(receiver.requests) >= seen)  # type: ignore[misc]
            crew.kill(chance)
        crew.running[0].send_signal(signal.SIGSTOP)
        time.sleep(2)
        crew.running[0].send_signal(signal.SIGCONT)
        crew.done(60)
    finally:
        crew.end()
    with Archive.connect(url) as archive:
        judged(archive, receiver, SLOTS)


def test_32_no_room_in_the_database_plans_nothing(cluster: Cluster) -> None:
    with Archive.connect(cluster.url()) as archive:
        archive.record_files("seeds", [KnownFile("a.md", 1, 1, "a" * 64)], [], DUE)
        # A file may grow to the size of a segment of the log and no further: as a disk that is full.
        backend = archive.database._connection.info.backend_pid  # type: ignore[attr-defined]
        cluster.narrow(backend, 16 << 20)
        issue = FrozenIssue("2026-W48", 1, os.urandom(20 << 20), ("a" * 64,))
        with pytest.raises(ArchiveError, match="the disk of the database is full"):
            archive.plan(slot_key="weekly:x", due=DUE, trigger="schedule", issue=issue, deliveries=[], now=DUE)
        assert archive.slot("weekly:x") is None
        assert archive.seed_counts()["new"] == 1


def test_34_a_service_that_waits_too_long_for_another_says_so(cluster: Cluster) -> None:
    url = cluster.url()
    with Archive.connect(url) as one, Archive.connect(url) as two, one.database.write() as writing:
        writing.execute("DELETE FROM meta WHERE key = 'x'")
        two.database._connection.execute(b"SET lock_timeout = '200ms'")  # type: ignore[attr-defined]
        with pytest.raises(ArchiveError, match="another service has been writing for too long"):
            two.pause("now")


def _until(true: Callable[[], bool], seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)
