"""Processes that are killed, frozen, stopped and multiplied: never two effects, and none only where it is said.

On both databases; with PostgreSQL a service that is started again may be on another machine, without the journal.
"""

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


@pytest.fixture(autouse=True, params=["sqlite", pytest.param("postgresql", marks=pytest.mark.faults)])
def database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where the services of a test have their archive."""
    kind: str = request.param
    if kind == "postgresql":
        monkeypatch.setenv("DATABASE_URL", request.getfixturevalue("cluster").url())
    return kind


on_file = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


def courier(home: Path, url: str, policy: str, order: str = "") -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(COURIER.parents[1]), str(COURIER.parent)])}
    command = [sys.executable, str(COURIER), str(home), url, policy, order]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def finished(process: subprocess.Popen[str], *, well: bool = True) -> str:
    output, _ = process.communicate(timeout=30)
    assert (process.returncode == 0) == well, output
    return output


def states(home: Path) -> list[str]:
    url = os.environ.get("DATABASE_URL")
    with Archive.connect(url) if url else Archive.open(home / "digest.db", readonly=True) as archive:
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


@on_file
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


@on_file
@pytest.mark.faults
@pytest.mark.parametrize("seed", range(3))
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


# Killed on one machine, taken over by another one, which has not its journal; then the first comes back.
ELSEWHERE = {
    "sending": ((1, 1, "delivered", "delivered"), (0, 0, "unknown", "unknown")),
    "answered": ((2, 1, "delivered", "delivered"), (1, 1, "unknown", "unknown")),
    "journalled": ((2, 1, "delivered", "delivered"), (1, 1, "unknown", "delivered")),
}


@on_postgresql
@pytest.mark.faults
@pytest.mark.parametrize("policy", ["resend", "hold"])
@pytest.mark.parametrize("point", ELSEWHERE)
def test_24_to_27_killed_on_one_machine_and_taken_over_by_another(
    tmp_path: Path, receiver: Receiver, point: str, policy: str
) -> None:
    posts, effects, state, later = ELSEWHERE[point][policy == "hold"]
    finished(courier(tmp_path / "one", receiver.url, policy, point), well=False)
    time.sleep(LEASE)
    finished(courier(tmp_path / "two", receiver.url, policy))
    assert (len(receiver.requests), len(receiver.effects)) == (posts, effects)
    assert states(tmp_path) == [state]
    finished(courier(tmp_path / "one", receiver.url, policy))
    assert states(tmp_path) == [later]
    assert len(receiver.requests) == posts


@on_postgresql
@pytest.mark.faults
def test_30_a_service_frozen_inside_the_plan_is_thrown_out_and_another_plans(
    tmp_path: Path, receiver: Receiver
) -> None:
    frozen = courier(tmp_path / "one", receiver.url, "hold", "freeze:planning")
    _stopped(frozen)
    finished(courier(tmp_path / "two", receiver.url, "hold"))
    assert states(tmp_path) == ["delivered"]
    frozen.send_signal(signal.SIGCONT)
    finished(frozen, well=False)
    assert states(tmp_path) == ["delivered"]
    assert len(receiver.requests) == 1
