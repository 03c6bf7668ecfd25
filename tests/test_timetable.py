"""The service as it runs: ticks, survives a broken configuration, and ends when it is told to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from digest import timetable
from digest.wire import Timeouts

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator
    from pathlib import Path

ARTICLE = """\
---
title: "一家公司的四月"
source: "https://news.example/april"
---
创始人林知夏说：“我们不是卖得不够快，而是跑得太快，快到没有人知道为什么要跑这一趟。”
"""


def until(true: Callable[[], bool], seconds: float = 15) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return False


@contextmanager
def service(home: Path, root: Path, *args: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "digest", "run", "--home", str(home), *args]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stderr:
            process.stderr.close()


def clip(home: Path) -> None:
    (home / "seeds").mkdir()
    path = home / "seeds" / "one.md"
    path.write_text(ARTICLE, encoding="utf-8")
    os.utime(path, (1_700_000_000, 1_700_000_000))


def test_the_service_sends_at_the_slot_and_ends_on_sigterm(root: Path, tmp_path: Path) -> None:
    clip(tmp_path)
    with service(tmp_path, root, "--now", "2026-11-20T09:07+08:00") as process:
        assert until((tmp_path / "out" / "delivered" / "2026-W47" / "posts.md").exists)
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0


def test_two_services_at_once_send_one_issue(root: Path, tmp_path: Path) -> None:
    clip(tmp_path)
    now = ("--now", "2026-11-20T09:07+08:00")
    with service(tmp_path, root, *now) as one, service(tmp_path, root, *now) as two:
        assert until((tmp_path / "out" / "delivered" / "2026-W47" / "posts.md").exists)
        for process in (one, two):
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=10) == 0
    journal = (tmp_path / "state" / "journal.jsonl").read_text("utf-8").splitlines()
    files = list((tmp_path / "out" / "delivered" / "2026-W47").iterdir())
    assert len(journal) == len(files)


def test_ticks_come_at_once_and_then_regularly_until_the_end() -> None:
    ticks: list[float] = []

    def tick(stop: threading.Event) -> None:
        ticks.append(time.monotonic())
        if len(ticks) == 3:
            stop.set()

    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    try:
        timetable.run(tick, every=0.2)
    finally:
        signal.signal(signal.SIGTERM, before[0])
        signal.signal(signal.SIGINT, before[1])
    assert len(ticks) == 3
    assert ticks[2] - ticks[0] < 5


def test_a_service_that_cannot_finish_ends_hard_within_its_time(root: Path) -> None:
    code = (
        "import sys, time\nfrom digest import timetable\n"
        "def tick(stop):\n    print('busy', flush=True)\n    time.sleep(60)\n"
        "timetable.run(tick, within=0.3)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(root)}
    process = subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "busy\n"
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) == 1
    process.stdout.close()


def test_the_time_to_end_is_longer_than_an_attempt_may_take() -> None:
    assert Timeouts().total < timetable.WITHIN
