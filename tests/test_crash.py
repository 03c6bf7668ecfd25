"""Processes that are killed, frozen, stopped and multiplied: never two effects, and none only where it is said."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from courier import LEASE
from receiver import Receiver, answer

from digest.archive import Archive

if TYPE_CHECKING:
    from collections.abc import Iterator

COURIER = Path(__file__).with_name("courier.py")

# The point of death, then POSTs and effects, and the state of the row: with resend, then with hold.
POINTS = {
    "planning": ((1, 1, "delivered"), (1, 1, "delivered")),
    "planned": ((1, 1, "delivered"), (1, 1, "delivered")),
    "claimed": ((1, 1, "delivered"), (1, 1, "delivered")),
    "connected": ((1, 1, "delivered"), (1, 1, "delivered")),
    "sending": ((1, 1, "delivered"), (0, 0, "unknown")),
    "sent": ((2, 1, "delivered"), (1, 1, "unknown")),
    "answered": ((2, 1, "delivered"), (1, 1, "unknown")),
    "journalled": ((1, 1, "delivered"), (1, 1, "delivered")),
    "recorded": ((1, 1, "delivered"), (1, 1, "delivered")),
}
QUICKLY = {("sending", "hold"), ("answered", "resend"), ("journalled", "hold"), ("planning", "resend")}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


def courier(home: Path, url: str, policy: str, order: str = "") -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(COURIER.parents[1]), str(COURIER.parent)])}
    command = [sys.executable, str(COURIER), str(home), url, policy, order]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def finished(process: subprocess.Popen[str], *, well: bool = True) -> str:
    output, _ = process.communicate(timeout=30)
    assert (process.returncode == 0) == well, output
    return output


def states(home: Path) -> list[str]:
    with Archive.open(home / "digest.db", readonly=True) as archive:
        return [row.state for row in archive.ledger.all()]


def cases(policies: tuple[str, ...]) -> list[object]:
    return [
        pytest.param(point, policy, marks=[] if (point, policy) in QUICKLY else [pytest.mark.faults])
        for point in POINTS
        for policy in policies
    ]


@pytest.mark.parametrize(("point", "policy"), cases(("resend", "hold")))
def test_24_to_27_killed_at_a_point_and_started_again(
    tmp_path: Path, receiver: Receiver, point: str, policy: str
) -> None:
    posts, effects, state = POINTS[point][policy == "hold"]
    dead = courier(tmp_path, receiver.url, policy, point)
    finished(dead, well=False)
    assert dead.returncode == -signal.SIGKILL
    time.sleep(LEASE)
    finished(courier(tmp_path, receiver.url, policy))
    # A request that was on its way when its sender died may or may not have been read by the receiver.
    seen = len(receiver.requests)
    assert seen == posts or (point == "sent" and seen == posts - 1)
    assert len(receiver.effects) <= effects
    assert len(receiver.effects) == effects or point == "sent"
    assert states(tmp_path) == [state]


@pytest.mark.faults
@pytest.mark.parametrize("point", ["planning", "planned", "claimed", "sending", "answered", "journalled", "recorded"])
def test_a_folder_has_each_file_once_wherever_its_writer_died(tmp_path: Path, point: str) -> None:
    out = tmp_path / "out"
    finished(courier(tmp_path, str(out), "folder", point), well=False)
    time.sleep(LEASE)
    finished(courier(tmp_path, str(out), "folder"))
    assert set(states(tmp_path)) == {"delivered"}
    assert len(list((out / "2026-W48").iterdir())) == 5


def test_28_a_service_that_is_asked_to_stop_leaves_nothing_half_sent(tmp_path: Path, receiver: Receiver) -> None:
    finished(courier(tmp_path, receiver.url, "hold", "stop:sending"))
    assert states(tmp_path) == ["delivered"]
    assert len(receiver.requests) == 1


@pytest.mark.faults
@pytest.mark.parametrize(("point", "posts"), [("claimed", 1), ("connected", 1), ("answered", 2)])
def test_29_a_service_frozen_past_its_lease_makes_no_second_effect(
    tmp_path: Path, receiver: Receiver, point: str, posts: int
) -> None:
    frozen = courier(tmp_path, receiver.url, "resend", f"freeze:{point}")
    _stopped(frozen)
    time.sleep(LEASE)
    finished(courier(tmp_path, receiver.url, "resend"))
    frozen.send_signal(signal.SIGCONT)
    finished(frozen)
    assert states(tmp_path) == ["delivered"]
    assert len(receiver.requests) == posts
    assert len(receiver.effects) == 1


@pytest.mark.faults
def test_29_a_service_frozen_after_the_answer_tells_of_its_own_attempt(tmp_path: Path, receiver: Receiver) -> None:
    frozen = courier(tmp_path, receiver.url, "hold", "freeze:answered")
    _stopped(frozen)
    time.sleep(LEASE)
    finished(courier(tmp_path, receiver.url, "hold"))
    assert states(tmp_path) == ["unknown"]
    frozen.send_signal(signal.SIGCONT)
    finished(frozen)
    assert states(tmp_path) == ["delivered"]
    assert len(receiver.requests) == 1


def _stopped(process: subprocess.Popen[str]) -> None:
    """Wait until the process has stopped itself."""
    found, status = os.waitpid(process.pid, os.WUNTRACED)
    assert found == process.pid
    assert os.WIFSTOPPED(status)


@pytest.mark.parametrize("services", [2, pytest.param(3, marks=pytest.mark.faults)])
def test_30_services_at_once_make_one_plan_and_one_post(tmp_path: Path, receiver: Receiver, services: int) -> None:
    running = [courier(tmp_path, receiver.url, "hold") for _ in range(services)]
    for process in running:
        finished(process)
    assert states(tmp_path) == ["delivered"]
    assert len(receiver.requests) == 1


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(6))
def test_services_that_are_killed_at_random_never_make_two_effects(
    tmp_path: Path, receiver: Receiver, seed: int
) -> None:
    points = list(POINTS)
    receiver.script = [answer(503)] * (seed % 3)
    for turn in range(3):
        pair = [
            courier(tmp_path, receiver.url, "resend", points[(seed * 5 + turn * 2) % len(points)]),
            courier(tmp_path, receiver.url, "resend", points[(seed * 7 + turn * 3 + 4) % len(points)]),
        ]
        for process in pair:
            process.communicate(timeout=30)
        time.sleep(LEASE)
    finished(courier(tmp_path, receiver.url, "resend"))
    assert states(tmp_path) == ["delivered"]
    assert len(receiver.effects) == 1
