"""Three services on one PostgreSQL, one clock right, two an hour off, while the database or the way to it breaks."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from conftest import run_digest
from endurance import Crew, frozen, held, judged, slowly
from posting import DUE
from proxy import Proxy
from receiver import Receiver

from digest.archive import Archive, FrozenIssue, KnownFile
from digest.errors import ArchiveError

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cluster import Cluster

SLOTS = 10
CLIP = """\
---
title: "青禾外送停止夜间配送"
source: "https://news.example/one"
author: ["[[河岸周刊]]"]
published: 2026-11-18
---
创始人林知夏在内部会上说：“我们不是卖得不够快，而是跑得太快，快到没有人知道为什么要跑这一趟。”
"""
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
    "frozen": lambda cluster, _: frozen(cluster, 2),
    "cut off": lambda _, proxy: proxy.cut(),
    "out of reach": lambda _, proxy: held(proxy, 2),
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
        for seen in (2, 8, 14):
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


def test_30_services_in_homes_of_their_own_send_one_issue(tmp_path: Path, cluster: Cluster, receiver: Receiver) -> None:
    clips = tmp_path / "clips"
    clips.mkdir()
    (clips / "one.md").write_text(CLIP, encoding="utf-8")
    os.utime(clips / "one.md", (1_700_000_000, 1_700_000_000))
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    env = {"DATABASE_URL": cluster.url(), "TEAM_URL": receiver.url, "TEAM_SECRET": secret}
    config = "channels:\n  team: {type: generic, url_env: TEAM_URL, secret_env: TEAM_SECRET, allow: [127.0.0.0/8]}\n"
    homes = [tmp_path / name for name in ("one", "two", "three")]
    for home in homes:
        (home / "config").mkdir(parents=True)
        (home / "config" / "digest.yaml").write_text(config)

    def once(home: Path, now: str) -> subprocess.CompletedProcess[str]:
        return run_digest("run", "--once", "--home", home, "--seeds", clips, "--now", now, cwd=tmp_path, env=env)

    assert once(homes[0], "2026-11-19T09:00+08:00").returncode == 0
    assert receiver.requests == []
    with ThreadPoolExecutor(3) as pool:
        for done in pool.map(lambda home: once(home, "2026-11-20T09:07+08:00"), homes):
            assert done.returncode == 0, done.stderr
    kinds = [json.loads(request.body)["event"] for request in receiver.requests]
    assert sorted(kinds) == ["issue.digest", "issue.posts"]
    with Archive.connect(env["DATABASE_URL"]) as archive:
        assert archive.issue_ids() == ["2026-W47"]
        assert archive.seed_counts()["used"] == 1
    (homes[1] / "config" / "digest.yaml").write_text(f"newsletter: {{title: other}}\n{config}")
    refused = once(homes[1], "2026-11-27T09:07+08:00")
    assert refused.returncode == 0, refused.stderr  # nobody else is alive: it is the configuration from now on


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
