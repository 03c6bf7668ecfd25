"""Three services on one PostgreSQL, one clock right, two an hour off, while the database or the way to it breaks."""

from __future__ import annotations

import random
import signal
import time
from typing import TYPE_CHECKING

import pytest
from endurance import Crew, frozen, held, judged
from proxy import Proxy
from receiver import Received, Receiver, answered

from digest.archive import Archive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cluster import Cluster
    from receiver import Exchange

SLOTS = 14
pytestmark = pytest.mark.faults


async def slowly(exchange: Exchange) -> None:
    """Take the request and answer a moment later, so that there is a middle of a delivery."""
    import asyncio

    received: Received = await exchange.request()
    exchange.receiver.accepted.append(received)
    await asyncio.sleep(0.03)
    await exchange.write(answered(200, "ok"))


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


def _until(true: Callable[[], bool], seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)
