# ruff: noqa: S608 -- all SQL here is made of constants of this module; values are always bound
"""The outbox's half of the archive: who may send what, and what became of it.

A row is claimed under a lease; `sending` is committed before the first byte leaves; the outcome is fenced on
the attempt's number, so that a worker that wakes up late closes only its own attempt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from digest.archive.database import moment, stamp
from digest.archive.row import again, as_delivery, insert
from digest.delivery import STATES, Delivery
from digest.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Container, Iterable
    from datetime import datetime, timedelta

    from digest.archive.database import Database, Writing
    from digest.delivery import Patience, State, Step, Verdict

_CLOSE_ROW = """
    UPDATE delivery SET state = :state, next_at = coalesce(:next, next_at), last_error = :error,
        remote_ref = coalesce(:ref, remote_ref), lease_owner = NULL, lease_until = NULL,
        delivered_at = CASE WHEN :state = 'delivered' THEN :now END
    WHERE id = :id AND attempts = :attempts
        AND ((state IN ('claimed', 'sending') AND lease_owner = :owner)
             OR (:state = 'delivered' AND state IN ('unknown', 'pending')))
"""
_CLOSE_ATTEMPT = """
    UPDATE attempt SET finished_at = :now, outcome = :outcome, http_status = :status, detail = :error
    WHERE delivery_id = :id AND n = :attempts AND owner = :owner
"""

_FREE = """
    d.state = 'pending' AND d.channel_id = :channel AND d.next_at <= :now
    AND (c.channel_id IS NULL OR (c.disabled_reason IS NULL AND (c.open_until IS NULL OR c.open_until <= :now)))
    AND NOT EXISTS (
        SELECT 1 FROM delivery AS lower
        WHERE lower.kind = d.kind AND lower.about = d.about AND lower.channel_id = d.channel_id
          AND lower.recipient = d.recipient AND lower.part < d.part
          AND lower.state NOT IN ('delivered', 'cancelled'))
"""
"""What may be sent now: due, the channel open, and no earlier part of the same message still outstanding."""


class Turn(NamedTuple):
    """Who asks for the next row of a channel: `now` is the clock of `next_at`, `real` that of the lease."""

    channel: str
    owner: str
    now: datetime
    real: datetime
    lease: timedelta


class Ledger:
    """The rows of the outbox."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def enqueue(self, deliveries: Iterable[Delivery]) -> int:
        """Add deliveries of no issue (alerts, reviews); one whose key is there already stays as it is."""
        wanted = [row for row in deliveries if not self._known(row.key)]
        if not wanted:
            return 0
        with self._database.write() as writing:
            return sum(insert(writing, row, None) for row in wanted)

    def due(self, channels: Iterable[str], now: datetime) -> bool:
        """Whether anything could be claimed now; costs no write."""
        return any(
            self._database.row(
                f"SELECT 1 FROM delivery AS d LEFT JOIN channel_state AS c USING (channel_id) WHERE {_FREE} LIMIT 1",
                {"channel": channel, "now": stamp(now)},
            )
            for channel in channels
        )

    def outstanding(self) -> bool:
        """Whether any row waits, is under way or of unknown outcome."""
        sql = (
            "SELECT 1 FROM delivery WHERE state = 'pending'"
            " UNION ALL SELECT 1 FROM delivery WHERE state IN ('claimed', 'sending', 'unknown') LIMIT 1"
        )
        return self._database.row(sql) is not None

    def next_due(self, channels: Iterable[str]) -> datetime | None:
        """When the next pending row of these channels is to be tried."""
        names = list(channels)
        if not names:
            return None
        marks = ", ".join("?" * len(names))
        row = self._database.row(
            "SELECT min(CASE WHEN c.open_until > d.next_at THEN c.open_until ELSE d.next_at END) FROM delivery AS d"
            " LEFT JOIN channel_state AS c USING (channel_id)"
            f" WHERE d.state = 'pending' AND c.disabled_reason IS NULL AND d.channel_id IN ({marks})",
            names,
        )
        return moment(row[0]) if row and row[0] else None

    def claim(self, turn: Turn) -> Delivery | None:
        """Take the next row of a channel under a lease; None where nothing is due."""
        return self._database.carry(lambda writing: _claim(writing, turn))

    def begin(self, delivery: Delivery, owner: str, real: datetime) -> bool:
        """The write-ahead point: False where the lease was lost and nothing may leave."""

        def begin(writing: Writing) -> bool:
            changed = writing.execute(
                "UPDATE delivery SET state = 'sending'"
                " WHERE id = ? AND attempts = ? AND state = 'claimed' AND lease_owner = ?",
                (delivery.id, delivery.attempts, owner),
            ).rowcount
            if changed == 1:
                writing.execute(
                    "UPDATE attempt SET sending_at = ? WHERE delivery_id = ? AND n = ?",
                    (stamp(writing.clock(real)), delivery.id, delivery.attempts),
                )
            return changed == 1

        return self._database.carry(begin)

    def finish(
        self,
        delivery: Delivery,
        owner: str,
        verdict: Verdict,
        step: Step,
        error: str | None,
        now: datetime,
        patience: Patience,
        then: Turn | None = None,
    ) -> Delivery | None:
        """Record the outcome of an attempt and, in the same commit, take the next row where `then` asks for it.

        The attempt itself is always closed; the row only where nobody else has taken it over meanwhile. A late
        "delivered" still counts while nobody has tried again.
        """
        values = {
            "state": step.state,
            "next": stamp(step.next_at) if step.next_at else None,
            "error": error,
            "ref": verdict.remote_ref,
            "now": stamp(now),
            "id": delivery.id,
            "attempts": delivery.attempts,
            "owner": owner,
            "outcome": verdict.outcome,
            "status": verdict.status,
        }

        def finish(writing: Writing) -> Delivery | None:
            writing.execute(_CLOSE_ROW, values)
            writing.execute(_CLOSE_ATTEMPT, values)
            _channel(writing, delivery.channel, step, now, patience)
            if verdict.suppress and delivery.recipient:
                writing.execute(
                    "INSERT INTO suppressed (channel_id, recipient, reason, since) VALUES (?, ?, ?, ?)"
                    " ON CONFLICT (channel_id, recipient) DO NOTHING",
                    (delivery.channel, delivery.recipient, verdict.suppress, stamp(now)),
                )
            return _claim(writing, then) if then else None

        return self._database.carry(finish)

    def recover(self, real: datetime) -> list[Delivery]:
        """Take back the rows whose lease has run out; those whose outcome is now unknown.

        `claimed`: nothing had left, pending again. `sending`: pending again where the receiver can tell
        repeats, otherwise unknown.
        """
        if not self._database.row("SELECT 1 FROM delivery WHERE state IN ('claimed', 'sending')"):
            return []

        def recover(writing: Writing) -> list[Delivery]:
            found = []
            values = {"real": stamp(writing.clock(real))}
            # The delivery is locked before its attempt, here as everywhere, so that nobody waits in a circle.
            expired = f"SELECT d.id, d.attempts FROM delivery AS d WHERE {_EXPIRED}{writing.skipping}"
            for row in writing.execute(expired, values).fetchall():
                writing.execute(
                    "UPDATE attempt SET finished_at = :real, outcome = CASE WHEN sending_at IS NULL THEN 'retry'"
                    " ELSE 'unknown' END, detail = 'the worker was stopped'"
                    " WHERE finished_at IS NULL AND delivery_id = :id AND n = :n",
                    {**values, "id": row["id"], "n": row["attempts"]},
                )
                found.append(writing.execute(_TAKE_BACK, (row["id"],)).fetchone())
            return [as_delivery(row) for row in found if row and row["state"] == "unknown"]

        return self._database.carry(recover)

    def expire(self, now: datetime) -> list[Delivery]:
        """Give up what lies past its deadline or has had its attempts; the rows that died."""
        values = {"now": stamp(now)}
        spent = "state = 'pending' AND (deadline_at <= :now OR attempts >= max_attempts)"
        if not self._database.row(f"SELECT 1 FROM delivery WHERE {spent}", values):
            return []
        with self._database.write() as writing:
            rows = writing.execute(
                "UPDATE delivery SET state = 'dead', last_error = CASE WHEN deadline_at <= :now"
                " THEN 'deadline passed' ELSE 'no attempts left' END || coalesce('; before: ' || last_error, '')"
                f" WHERE {spent} RETURNING *",
                values,
            ).fetchall()
        return [as_delivery(row) for row in rows]

    def settle(self, keys: Container[str], now: datetime, real: datetime) -> list[Delivery]:
        """Mark as delivered what the journal says has been; a row under a living lease is its owner's to close."""
        mine = "state NOT IN ('delivered', 'cancelled') AND (lease_until IS NULL OR lease_until <= ?)"
        rows = self._database.rows("SELECT id, idem_key FROM delivery WHERE state NOT IN ('delivered', 'cancelled')")
        found = [row["id"] for row in rows if row["idem_key"] in keys]
        settled: list[Delivery] = []
        if not found:
            return settled
        with self._database.write() as writing:
            for delivery_id in found:
                row = writing.execute(
                    "UPDATE delivery SET state = 'delivered', delivered_at = ?, lease_owner = NULL, lease_until = NULL,"
                    f" last_error = 'taken from the journal' WHERE id = ? AND {mine} RETURNING *",
                    (stamp(now), delivery_id, stamp(writing.clock(real))),
                ).fetchone()
                if row:
                    settled.append(as_delivery(row))
        return settled

    def known_keys(self) -> set[str]:
        """The keys of all rows."""
        return {row[0] for row in self._database.rows("SELECT idem_key FROM delivery")}

    def hashes(self, about: str) -> dict[str, str]:
        """The sha256 of the bytes of an issue's rows as it was when they were planned: key → hex."""
        rows = self._database.rows("SELECT idem_key, body_sha256 FROM delivery WHERE about = ?", (about,))
        return {row[0]: row[1] for row in rows}

    def counts(self) -> dict[State, int]:
        """How many rows are in each state."""
        found = {row[0]: row[1] for row in self._database.rows("SELECT state, count(*) FROM delivery GROUP BY state")}
        return {state: found.get(state, 0) for state in STATES}

    def tally(self) -> dict[tuple[str, str], int]:
        """How many rows there are by channel and state."""
        rows = self._database.rows("SELECT channel_id, state, count(*) FROM delivery GROUP BY channel_id, state")
        return {(row[0], row[1]): row[2] for row in rows}

    def find(self, delivery_id: int) -> Delivery | None:
        """One row."""
        row = self._database.row("SELECT * FROM delivery WHERE id = ?", (delivery_id,))
        return as_delivery(row) if row else None

    def all(self, *states: State, about: str | None = None) -> list[Delivery]:
        """The rows in these states (all where none is named), of one issue or alert where `about` says so."""
        wanted = states or STATES
        marks = ", ".join("?" * len(wanted))
        sql = f"SELECT * FROM delivery WHERE state IN ({marks}) AND about = coalesce(?, about) ORDER BY id"
        return [as_delivery(row) for row in self._database.rows(sql, (*wanted, about))]

    def retry(self, delivery_id: int, now: datetime, patience: Patience) -> Delivery:
        """Try a dead or pending row again from now on. Raises UsageError where it is neither."""
        with self._database.write() as writing:
            row = writing.execute(
                "UPDATE delivery SET state = 'pending', next_at = ?1, max_attempts = attempts + ?3,"
                " deadline_at = CASE WHEN deadline_at < ?2 THEN ?2 ELSE deadline_at END"
                " WHERE id = ?4 AND state IN ('dead', 'pending') RETURNING *",
                (stamp(now), stamp(now + patience.deadline), patience.attempts, delivery_id),
            ).fetchone()
            if row:
                writing.execute("DELETE FROM channel_state WHERE channel_id = ?", (row["channel_id"],))
        if row is None:
            message = f"delivery {delivery_id} is not waiting or dead; see: digest outbox list"
            raise UsageError(message)
        return as_delivery(row)

    def resolve(self, delivery_id: int, *, delivered: bool, now: datetime, patience: Patience) -> Delivery:
        """Decide an unknown outcome: it did arrive, or the same bytes go out once more under a new key.

        Raises UsageError where the outcome is not unknown.
        """
        with self._database.write() as writing:
            row = writing.execute(
                "UPDATE delivery SET state = ?, delivered_at = ? WHERE id = ? AND state = 'unknown' RETURNING *",
                ("delivered" if delivered else "cancelled", stamp(now) if delivered else None, delivery_id),
            ).fetchone()
            if row is None:
                message = f"delivery {delivery_id} has no unknown outcome; see: digest outbox list"
                raise UsageError(message)
            decided = as_delivery(row)
            if delivered:
                return decided
            fresh = again(decided, now, patience)
            insert(writing, fresh, row["issue_id"])
            added = writing.execute("SELECT * FROM delivery WHERE idem_key = ?", (fresh.key,)).fetchone()
        return as_delivery(added or row)

    def channels(self) -> dict[str, str]:
        """The channels that are not open, with the reason: disabled, or resting until when."""
        sql = "SELECT * FROM channel_state WHERE disabled_reason IS NOT NULL OR open_until IS NOT NULL"
        rows = self._database.rows(sql)
        return {row["channel_id"]: row["disabled_reason"] or f"resting until {row['open_until']}" for row in rows}

    def suppressed(self) -> dict[tuple[str, str], str]:
        """The recipients that are not written to any more: (channel, recipient) → why."""
        rows = self._database.rows("SELECT * FROM suppressed")
        return {(row["channel_id"], row["recipient"]): row["reason"] for row in rows}

    def pardon(self, channel: str, recipient: str) -> None:
        """Write to a recipient again."""
        with self._database.write() as writing:
            writing.execute("DELETE FROM suppressed WHERE channel_id = ? AND recipient = ?", (channel, recipient))

    def enable(self, channel: str) -> None:
        """Use a channel again that was disabled or resting."""
        with self._database.write() as writing:
            writing.execute("DELETE FROM channel_state WHERE channel_id = ?", (channel,))

    def _known(self, key: str) -> bool:
        return self._database.row("SELECT 1 FROM delivery WHERE idem_key = ?", (key,)) is not None


_EXPIRED = "d.state IN ('claimed', 'sending') AND d.lease_until <= :real"
_TAKE_BACK = """
    UPDATE delivery SET lease_owner = NULL, lease_until = NULL,
        last_error = CASE WHEN state = 'sending' THEN 'stopped while sending' ELSE last_error END,
        state = CASE WHEN state = 'claimed' OR (on_unknown <> 'hold' AND attempts < max_attempts)
            THEN 'pending' ELSE 'unknown' END
    WHERE id = ? RETURNING *
"""


def _claim(writing: Writing, turn: Turn) -> Delivery | None:
    real = writing.clock(turn.real)
    row = writing.execute(
        "UPDATE delivery SET state = 'claimed', attempts = attempts + 1, lease_owner = :owner,"
        " lease_until = :until WHERE id = (SELECT d.id FROM delivery AS d"
        f" LEFT JOIN channel_state AS c USING (channel_id) WHERE {_FREE}"
        f" ORDER BY d.next_at, d.id LIMIT 1{writing.skipping}) RETURNING *",
        {
            "channel": turn.channel,
            "now": stamp(turn.now),
            "owner": turn.owner,
            "until": stamp(real + turn.lease),
        },
    ).fetchone()
    if row is None:
        return None
    writing.execute(
        "INSERT INTO attempt (delivery_id, n, owner, claimed_at) VALUES (?, ?, ?, ?)",
        (row["id"], row["attempts"], turn.owner, stamp(real)),
    )
    return as_delivery(row)


def _channel(writing: Writing, channel: str, step: Step, now: datetime, patience: Patience) -> None:
    """Keep the breaker: count failures in a row, rest after too many, forget them after a success."""
    if step.state == "delivered":
        writing.execute(
            "UPDATE channel_state SET fails = 0, open_until = NULL WHERE channel_id = ? AND disabled_reason IS NULL"
            " AND (fails <> 0 OR open_until IS NOT NULL)",  # a row written in vain would hold up who sends there too
            (channel,),
        )
        return
    if not (step.failed or step.disable):
        return
    until = stamp(step.quiet_until) if step.quiet_until else None
    # One statement counts: two that fail at once must not read the same number.
    row = writing.execute(
        "INSERT INTO channel_state (channel_id, fails, open_until, disabled_reason) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (channel_id) DO UPDATE SET fails = channel_state.fails + excluded.fails,"
        " open_until = CASE WHEN channel_state.open_until > coalesce(excluded.open_until, '')"
        " THEN channel_state.open_until ELSE excluded.open_until END,"
        " disabled_reason = coalesce(excluded.disabled_reason, channel_state.disabled_reason) RETURNING fails",
        (channel, int(step.failed), until, step.disable),
    ).fetchone()
    if row and row["fails"] >= patience.breaker_fails:
        writing.execute(
            "UPDATE channel_state SET open_until = ?1 WHERE channel_id = ?2 AND coalesce(open_until, '') < ?1",
            (stamp(now + patience.breaker_open), channel),
        )
