"""What is lost on the way to each chat: counted at its fake, never two effects, and never none without a word."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest
from kinds import KINDS, Kind, channel, kinds
from posting import FAST, Home, KilledError, dispatches, ticking
from receiver import Receiver, answered
from services import Refused

from digest.channels import TYPES

if TYPE_CHECKING:
    from pathlib import Path

    from receiver import Exchange, Received

    from digest.channels import Channel

Ending = Callable[["Exchange", bytes], Awaitable[None]]
"""How a service ends an exchange, given the answer it would have made."""


@dataclass
class Losing:
    """A service that meets its first request with a fault and serves the others. `seen` is what it has carried out."""

    kind: Kind
    fault: str | None = None
    seen: list[Received] = field(default_factory=list)
    requests: int = 0

    @property
    def effects(self) -> int:
        """Messages that stand in the room: one a request, at Matrix one a transaction."""
        return len({one.target for one in self.seen}) if self.kind.type == "matrix" else len(self.seen)

    async def __call__(self, exchange: Exchange) -> None:
        received = await exchange.request()
        self.requests += 1
        carried, ending = FAULTS[self.fault] if self.fault and self.requests == 1 else (True, None)
        reply = b""
        if carried:
            try:
                reply = answered(self.kind.success, self.kind.take(received))
                self.seen.append(received)
            except Refused as refusal:
                reply = answered(refusal.status, refusal.body)
        await (ending(exchange, reply) if ending else exchange.write(reply))


async def reset(exchange: Exchange, _: bytes) -> None:
    exchange.reset()


async def close(_exchange: Exchange, _: bytes) -> None:
    """Nothing: the connection is closed."""


async def hang(_exchange: Exchange, _: bytes) -> None:
    await asyncio.sleep(5)


async def half(exchange: Exchange, reply: bytes) -> None:
    await exchange.write(reply[:20] or b"HTTP/1.1 2")


def says(status: int, body: str = "", **headers: str) -> Ending:
    async def ending(exchange: Exchange, _: bytes) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        await exchange.write(answered(status, body, named))

    return ending


async def soon(exchange: Exchange, _: bytes) -> None:
    moment = format_datetime(ticking() + timedelta(seconds=90), usegmt=True)
    await exchange.write(answered(429, "", {"retry-after": moment}))


# Whether the service has carried the request out, and what it says then.
FAULTS: dict[str, tuple[bool, Ending]] = {
    "reset, not carried out": (False, reset),
    "reset, carried out": (True, reset),
    "closed, not carried out": (False, close),
    "closed, carried out": (True, close),
    "hangs, not carried out": (False, hang),
    "hangs, carried out": (True, hang),
    "half an answer, carried out": (True, half),
    "half an answer, not carried out": (False, half),
    "502, carried out": (True, says(502, "<html>")),
    "504, not carried out": (False, says(504, "<html>")),
    "a page with 200, carried out": (True, says(200, "<!doctype html><title>Sign in</title>")),
    "a page with 200, not carried out": (False, says(200, "<!doctype html><title>Sign in</title>")),
    "{} with 200, not carried out": (False, says(200, "{}")),
    "nothing with 200, carried out": (True, says(200)),
    "999, carried out": (True, says(999)),
    "503": (False, says(503)),
    "500": (False, says(500)),
    "429": (False, says(429, "{}", retry_after="7")),
    "429 with a date": (False, soon),
    "429 without a wait": (False, says(429)),
    "400": (False, says(400, "no")),
    "302": (False, says(302, "", location="http://169.254.169.254/")),
}
REFUSED = {"400", "302"}
LATER = {"500", "503", "429", "429 with a date", "429 without a wait"}
"""Answers that say themselves that nothing was done and that it may be tried later."""


def quiet(kind: Kind, receiver: Receiver) -> Channel:
    """The channel of a kind, which gets the digest and nothing else, so that all that arrives is of it."""
    made = channel(kind, f"http://127.0.0.1:{receiver.port}")
    made.config = replace(made.config, gets=("digest",))
    return made


# Here the one that sends again; test_outbox.py has a receiver that is held, and the whole runs with the other faults.
some = pytest.mark.parametrize(
    "kind",
    [pytest.param(kind, marks=[] if kind.type == "matrix" else pytest.mark.faults) for kind in KINDS],
    ids=lambda kind: kind.type,
)


@some
@pytest.mark.parametrize("fault", FAULTS)
def test_never_two_effects_and_never_none_without_a_word(tmp_path: Path, kind: Kind, fault: str) -> None:
    service = Losing(kind, fault)
    with Receiver(usual=service) as receiver:
        made = quiet(kind, receiver)
        run = Home(tmp_path, [made], timeouts=FAST)
        run.plan(dispatches()[:1])
        alerts = list(run.outbox.drain().alerts)
        for _ in range(3):
            run.now.forward(hours=2)
            alerts += run.outbox.drain().alerts
    (state,) = run.states
    assert service.effects <= 1
    assert service.effects == 1 or (state in {"unknown", "dead"} and alerts), "lost without a word"
    if fault in REFUSED:
        assert (state, service.requests) == ("dead", 1)
    elif made.on_unknown == "resend" or fault in LATER:
        assert (state, service.effects) == ("delivered", 1)
    elif state == "unknown":
        assert alerts
        assert service.requests == 1, "sent again without knowing"
    else:
        assert (state, service.effects) == ("delivered", 1)


@kinds
def test_a_wait_that_is_asked_for_is_kept(tmp_path: Path, kind: Kind) -> None:
    service = Losing(kind, "429")
    with Receiver(usual=service) as receiver:
        run = Home(tmp_path, [quiet(kind, receiver)])
        run.plan(dispatches()[:1])
        run.outbox.drain()
        run.now.forward(seconds=6.9)
        run.outbox.drain()
        assert service.requests == 1
        run.now.forward(seconds=600)
        run.outbox.drain()
    assert (run.states, service.effects) == (["delivered"], 1)


@pytest.mark.faults
@kinds
@pytest.mark.parametrize("point", ["claimed", "sending", "sent", "answered", "journalled", "recorded"])
def test_a_worker_that_dies_at_any_point_sends_nothing_twice(tmp_path: Path, kind: Kind, point: str) -> None:
    service = Losing(kind)

    def die(passed: str) -> None:
        if passed == point:
            raise KilledError

    with Receiver(usual=service) as receiver:
        made = quiet(kind, receiver)
        run = Home(tmp_path, [made])
        run.plan(dispatches()[:1])
        run.outbox.passing = die
        with pytest.raises(KilledError):
            run.outbox.drain()
        time.sleep(run.patience.lease.total_seconds())
        run.now.forward(hours=1)
        alerts = run.another().drain().alerts
    (state,) = run.states
    if made.on_unknown == "resend" or point in {"claimed", "journalled", "recorded"}:
        assert (state, service.effects) == ("delivered", 1)
    else:
        assert (state, bool(alerts)) == ("unknown", True)
        assert service.effects <= 1


def test_every_chat_of_the_program_is_held_against_a_fake() -> None:
    others = {"folder", "generic", "smtp", "buttondown", "listmonk"}
    assert {kind.type for kind in KINDS} == set(TYPES) - others
