"""Health and metrics of a running service, asked as a watcher asks: over HTTP on loopback."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import httpx
from conftest import ROOT
from prometheus_client.parser import text_string_to_metric_families as families

from digest.health import STALE, Pulse, served
from digest.press import opened
from digest.service import serve
from digest.settings import HealthConfig, load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

SECRET = "marked-secret-4711"
TITLE = "一家公司的四月"
CLIP = f"""\
---
title: "{TITLE}"
source: "https://news.example/april"
---
创始人林知夏说：“我们不是卖得不够快，而是跑得太快，快到没有人知道为什么要跑这一趟。”
"""
CONFIG = """\
seeds: [seeds]
health: {port: 0}
desk: {serve: false}
channels:
  files: {type: folder, path: out/delivered, gets: [digest, posts]}
  team: {type: generic, url_env: TEAM_URL, gets: [digest], allow: [127.0.0.0/8]}
"""
LONE = CONFIG.partition("  team:")[0]


class Answer(NamedTuple):
    status: int
    kind: str
    text: str


def ask(address: str, path: str, accept: str = "*/*", method: str = "GET") -> Answer:
    answer = httpx.request(method, f"{address}{path}", headers={"Accept": accept}, timeout=5, trust_env=False)
    return Answer(answer.status_code, answer.headers["Content-Type"], answer.text)


def figures(text: str) -> dict[str, float]:
    """`name{label="value"}` → value of every sample."""
    return {
        sample.name + "".join(f"|{value}" for _, value in sorted(sample.labels.items())): sample.value
        for family in families(text)
        for sample in family.samples
    }


def home(folder: Path, config: str = CONFIG) -> Path:
    (folder / "seeds").mkdir()
    (folder / "config").mkdir()
    (folder / "config" / "digest.yaml").write_text(config, encoding="utf-8")
    for name, text in (("one.md", CLIP), ("two.txt", CLIP.rpartition("---\n")[2])):
        (folder / "seeds" / name).write_text(text, encoding="utf-8")
        os.utime(folder / "seeds" / name, (1_700_000_000, 1_700_000_000))
    return folder


@contextmanager
def running(folder: Path, now: str = "2026-11-20T09:10+08:00") -> Iterator[str]:
    """A service on this home; gives the address of its pages."""
    command = [sys.executable, "-m", "digest", "run", "--home", str(folder), "--now", now]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TEAM_URL": f"http://127.0.0.1:9/{SECRET}"}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    assert process.stderr
    drain = threading.Thread(target=process.stderr.read, daemon=True)
    try:
        address = ""
        for row in process.stderr:
            if found := re.search(r"health is at (http://127\.0\.0\.1:\d+)/healthz", row):
                address = found[1]
                break
        drain.start()
        assert address
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=20)
        finally:
            process.kill()
            process.wait()
            if drain.ident:
                drain.join()
            process.stderr.close()


def ready(address: str, seconds: float = 30) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if ask(address, "/readyz").status == 200:
            return True
        time.sleep(0.1)
    return False


def test_a_running_service_is_alive_and_ready_and_counts_what_it_does(tmp_path: Path) -> None:
    folder = home(tmp_path)
    with running(folder, "2026-11-19T09:00+08:00") as address:  # the past slots count as skipped
        assert ready(address)
    with running(folder) as address:
        assert ask(address, "/healthz").status == 200
        assert ready(address)
        assert json.loads(ask(address, "/readyz").text) == {"ready": True, "why": []}
        answer = ask(address, "/metrics")
        head, other = ask(address, "/metrics", method="HEAD"), ask(address, "/")
    assert answer.kind.startswith("text/plain; version=")
    found = figures(answer.text)
    assert found["digest_pickup_files"] == 2
    assert found["digest_deliveries|files|delivered"] > 0
    assert found["digest_attempts_total|files|delivered"] == found["digest_deliveries|files|delivered"]
    assert found["digest_deliveries|team|pending"] == 1
    assert found["digest_held_back|no-source"] == 1
    assert found["digest_slot_lateness_seconds"] == 180
    assert found["digest_slot_overdue_seconds"] == 0
    assert found["digest_ticks_total"] == 1
    assert abs(found["digest_last_tick_timestamp_seconds"] - time.time()) < 60
    assert any(name.startswith("digest_build_info|") for name in found)
    assert head.status == 200
    assert head.text == ""
    assert other.status == 404


def test_no_page_holds_a_secret_a_title_or_a_path(tmp_path: Path) -> None:
    with running(home(tmp_path)) as address:
        assert ready(address)
        pages = "".join(ask(address, path).text for path in ("/healthz", "/readyz", "/metrics"))
    for word in (SECRET, "TEAM_URL", TITLE, "林知夏", "one.md", str(tmp_path), "news.example"):
        assert word not in pages


def test_openmetrics_is_told_to_who_asks_for_it(tmp_path: Path) -> None:
    with opened(load(home(tmp_path), environment={"TEAM_URL": "http://127.0.0.1:9"})) as press:
        pulse = Pulse()
        pulse.beat(press, lambda: serve(press, threading.Event(), ()))
        page = pulse.metrics("application/openmetrics-text; version=1.0.0")
    assert page.kind.startswith("application/openmetrics-text")
    assert page.body.endswith(b"# EOF\n")


def test_before_the_first_tick_a_service_is_alive_and_not_ready() -> None:
    pulse = Pulse()
    assert pulse.alive().status == 200
    assert json.loads(pulse.ready().body) == {"ready": False, "why": ["starting"]}
    assert pulse.metrics().status == 200


def test_a_service_whose_ticks_do_not_end_is_neither_alive_nor_ready(tmp_path: Path) -> None:
    clock = [0.0]
    pulse = Pulse(lambda: clock[0])
    clock[0] = STALE + 1
    assert pulse.alive().status == 503
    with opened(load(home(tmp_path, LONE))) as press:
        pulse.beat(press, lambda: serve(press, threading.Event(), ()))
    assert pulse.ready().status == pulse.alive().status == 200
    clock[0] += STALE + 1
    assert pulse.alive().status == 503
    assert "stale" in json.loads(pulse.ready().body)["why"]


def test_a_broken_configuration_makes_a_service_unready_until_it_is_mended(tmp_path: Path) -> None:
    folder = home(tmp_path, LONE)
    file = folder / "config" / "digest.yaml"
    good = file.read_text(encoding="utf-8")
    with opened(load(folder)) as press:
        pulse = Pulse()

        def tick() -> None:
            press.written = None
            pulse.beat(press, lambda: serve(press, threading.Event(), ()))

        tick()
        assert pulse.ready().status == 200
        file.write_text("sedes: [seeds]\n", encoding="utf-8")
        tick()
        assert json.loads(pulse.ready().body)["why"] == ["configuration"]
        assert figures(pulse.metrics().body.decode())["digest_fault|configuration"] == 1
        assert pulse.alive().status == 200
        file.write_text(good, encoding="utf-8")
        tick()
        assert pulse.ready().status == 200
        assert figures(pulse.metrics().body.decode())["digest_ticks_failed_total"] == 1


def test_a_database_that_is_away_makes_a_service_unready_and_not_dead(tmp_path: Path) -> None:
    folder = home(tmp_path, LONE)
    with opened(load(folder)) as press:
        pulse = Pulse()
        pulse.beat(press, lambda: serve(press, threading.Event(), ()))
        press.archive.close()
        pulse.beat(press, lambda: serve(press, threading.Event(), ()))
        assert json.loads(pulse.ready().body)["why"] == ["database"]
        assert pulse.alive().status == 200
        assert figures(pulse.metrics().body.decode())["digest_pickup_files"] == 2  # as it was known


def test_a_slot_that_nobody_decides_shows_how_late_it_is(tmp_path: Path) -> None:
    from datetime import datetime

    folder = home(tmp_path, LONE)
    now = [datetime.fromisoformat("2026-11-19T09:00+08:00")]
    with opened(load(folder), lambda: now[0]) as press:
        pulse = Pulse()
        pulse.beat(press, lambda: serve(press, threading.Event(), ()))
        press.archive.pause("held for the test")
        now[0] = datetime.fromisoformat("2026-11-20T10:07+08:00")
        pulse.beat(press, lambda: serve(press, threading.Event(), ()))
        found = figures(pulse.metrics().body.decode())
        assert found["digest_slot_overdue_seconds"] == 3600
        assert found["digest_paused"] == 1


def test_a_port_that_is_taken_is_told_and_the_service_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with served(HealthConfig(port, "127.0.0.1")) as pulse:
            assert pulse
    assert "health cannot be served" in caplog.text


def test_a_watcher_that_says_nothing_keeps_nobody_waiting(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    with served(HealthConfig(0, "127.0.0.1")) as pulse:
        assert pulse
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", caplog.text)
        assert found
        silent = [socket.create_connection(("127.0.0.1", int(found[1]))) for _ in range(20)]
        try:
            assert ask(f"http://127.0.0.1:{found[1]}", "/healthz").status == 200
        finally:
            for one in silent:
                one.close()


def test_nothing_is_served_where_nothing_is_configured(tmp_path: Path) -> None:
    assert load(home(tmp_path, "seeds: [seeds]\n")).health is None
    with served(None) as pulse:
        assert pulse is None


def test_the_page_about_it_names_every_figure_and_no_other() -> None:
    page = (ROOT / "docs" / "service.md").read_text(encoding="utf-8")
    told = set(re.findall(r"\bdigest_[a-z_]+", page))
    known = set()
    for family in families(Pulse().metrics().body.decode()):
        if family.name.startswith("digest_"):
            known.add(f"{family.name}_total" if family.type == "counter" else family.name)
    assert told == known
