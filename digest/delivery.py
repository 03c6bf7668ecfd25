"""One thing to deliver: its key, its state, and what follows from an answer.

    pending ──claim──▶ claimed ──first byte──▶ sending ──▶ delivered
       ▲                  │                       │ └────▶ dead
       └──── not sent ────┘◀── retry, resend ─────┤
                                                  └──────▶ unknown ── resolve ──▶ delivered | cancelled (+ a new one)

Nothing here acts: a verdict and the clock go in, the next step comes out.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = Literal["digest", "posts", "review", "alert", "correction"]
State = Literal["pending", "claimed", "sending", "delivered", "unknown", "dead", "cancelled"]
OnUnknown = Literal["resend", "hold", "reconcile"]
Outcome = Literal["delivered", "retry", "dead", "unknown"]

STATES: tuple[State, ...] = ("pending", "claimed", "sending", "delivered", "unknown", "dead", "cancelled")

DISABLING = frozenset({404, 410})
BUSY = frozenset({408, 425, 429, 500, 503})
GATEWAY = frozenset({502, 504})
REFUSED = frozenset({400, 401, 403, 405, 413, 415, 422})
TOO_MANY = 429
_OK = range(200, 300)
_MOVED = range(300, 400)


class Patience(NamedTuple):
    """How long deliveries are tried. The steps are in seconds; waits are settings so that tests run fast."""

    steps: tuple[float, ...] = (5, 30, 120, 600, 1800, 7200, 21600)
    longest: float = 86_400
    deadline: timedelta = timedelta(hours=48)
    attempts: int = 8
    breaker_fails: int = 5
    breaker_open: timedelta = timedelta(minutes=5)
    lease: timedelta = timedelta(seconds=90)

    def backoff(self, attempts: int, jitter: float) -> float:
        """Seconds to wait after the given number of attempts (1 …); `jitter` in 0 … 1 takes a part of it."""
        return self.steps[min(max(attempts, 1), len(self.steps)) - 1] * jitter


@dataclass(frozen=True, slots=True)
class Delivery:
    """A row of the outbox: one part for one channel and recipient, its bytes frozen when it was planned.

    `about` is the issue's id, or the alert's own name; `part` counts from 1. `key` is what a receiver can
    tell repeats by. Times are aware. `id` is 0 until the archive has given one.
    """

    kind: Kind
    about: str
    channel: str
    part: int
    parts: int
    name: str
    content_type: str
    body: bytes
    on_unknown: OnUnknown
    next_at: datetime
    deadline_at: datetime
    recipient: str = ""
    generation: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    id: int = 0
    state: State = "pending"
    attempts: int = 0
    max_attempts: int = 8
    remote_ref: str | None = None
    last_error: str | None = None
    delivered_at: datetime | None = None
    key: str = field(init=False)

    def __post_init__(self) -> None:
        key = idem_key(self.kind, self.about, self.channel, self.recipient, self.part, self.generation)
        object.__setattr__(self, "key", key)

    @property
    def label(self) -> str:
        """How people see it: `2026-W48 digest 2/3 → team`."""
        to = f"{self.channel} ({self.recipient})" if self.recipient else self.channel
        return f"{self.about} {self.kind} {self.part}/{self.parts} → {to}"


class Verdict(NamedTuple):
    """What an answer means at its channel.

    `code` is a short stable word, `detail` an excerpt for the operator (masked later). `retry_after` is in
    seconds, `disable` the reason why the channel must not be used any more, `remote_ref` the receiver's name
    for what it got, `suppress` why its recipient must not be written to again.
    """

    outcome: Outcome
    code: str = ""
    detail: str = ""
    status: int | None = None
    retry_after: float | None = None
    disable: str | None = None
    remote_ref: str | None = None
    suppress: str | None = None


class Step(NamedTuple):
    """What becomes of a delivery: its new state, when it is next due, and whether somebody must be told."""

    state: State
    next_at: datetime | None = None
    failed: bool = False
    quiet_until: datetime | None = None
    disable: str | None = None
    alert: str | None = None


def idem_key(kind: str, about: str, channel: str, recipient: str, part: int, generation: int) -> str:
    """The key a receiver can tell repeats by, the same for every attempt: `msg_` and 24 hex digits."""
    name = f"{kind}|{about}|{channel}|{recipient}|{part}|{generation}"
    return "msg_" + hashlib.sha256(name.encode()).hexdigest()[:24]


def step(delivery: Delivery, verdict: Verdict, now: datetime, jitter: float, patience: Patience) -> Step:
    """The next step of a delivery after its latest attempt. `jitter` is a number from 0 to 1."""
    if verdict.outcome == "delivered":
        return Step("delivered")
    if verdict.outcome == "dead":
        return Step("dead", disable=verdict.disable, alert=verdict.code or "refused")
    if verdict.outcome == "unknown" and delivery.on_unknown == "hold":
        return Step("unknown", failed=True, alert="outcome unknown: it may or may not have arrived")
    return _again(delivery, verdict, now, jitter, patience)


def _again(delivery: Delivery, verdict: Verdict, now: datetime, jitter: float, patience: Patience) -> Step:
    """Try later, unless that would be too late; never earlier than the receiver asked."""
    wait = max(patience.backoff(delivery.attempts, jitter), verdict.retry_after or 0.0)
    end: State = "unknown" if verdict.outcome == "unknown" else "dead"
    if verdict.retry_after is not None and verdict.retry_after > patience.longest:
        return Step("dead", failed=True, alert=f"asked to wait {verdict.retry_after:.0f} s, longer than is waited")
    if delivery.attempts >= delivery.max_attempts:
        return Step(end, failed=True, alert=f"given up after {delivery.attempts} attempts")
    next_at = now + timedelta(seconds=wait)
    if next_at >= delivery.deadline_at:
        return Step(end, failed=True, alert="the next attempt would lie past its deadline")
    throttled = verdict.status == TOO_MANY and verdict.retry_after
    return Step("pending", next_at, failed=True, quiet_until=next_at if throttled else None)


def not_sent(error: str) -> Verdict:
    """Nothing left this machine: safe to try again."""
    return Verdict("retry", code=error, detail="nothing was sent")


def no_answer(error: str) -> Verdict:
    """The request had begun to leave and no conclusive answer came."""
    return Verdict("unknown", code=error, detail="no conclusive answer")


def by_status(status: int, headers: Mapping[str, str], now: datetime, *, blind: bool) -> Verdict | None:
    """What an HTTP status alone decides; None where it is 2xx and the channel's body rule has the word.

    `headers` have lower-case names. `blind`: the receiver cannot tell repeats, so that a gateway's error,
    behind which the request may have been carried out, leaves the outcome unknown.
    """
    if status in _OK:
        return None
    wait = retry_after(headers.get("retry-after"), now)
    code = f"HTTP {status}"
    if status in BUSY or (status in GATEWAY and not blind):
        return Verdict("retry", code, status=status, retry_after=wait)
    if status in DISABLING:
        return Verdict("dead", code, status=status, disable=f"{code}: the address no longer exists")
    if status in REFUSED or status in _MOVED:
        return Verdict("dead", code, status=status)
    return Verdict("unknown", code, status=status)


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds to wait by a Retry-After header: a number (fractions too) or a date; what makes no sense is None."""
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        from email.utils import parsedate_to_datetime  # noqa: PLC0415 -- previews plan deliveries and read no answers

        try:
            moment = parsedate_to_datetime(value)
        except ValueError:
            return None
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        seconds = (moment - now).total_seconds()
    return max(0.0, seconds) if math.isfinite(seconds) else None
