"""An account of a slot: why its issue did or did not go out, in plain words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from digest import record, shipped
from digest.slot import EMPTY, FIRST, LATE, issue_id, named
from digest.typography import headline, line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime, timedelta

    from digest.archive import KnownSlot, Planned
    from digest.archive.reviews import Review
    from digest.delivery import Delivery
    from digest.press import Press


class Facts(NamedTuple):
    """What is known of one slot. `held` are held-back clips as in issue.json; `review` is the time before the slot.

    `upcoming` says that it is the slot of the next issue, for which the clips on the desk are meant. `corrected` is
    what was put right of the issue since, `drift` what its sources no longer say, in sentences.
    """

    id: str
    due: datetime
    now: datetime
    slot: KnownSlot | None = None
    issue: Planned | None = None
    rows: tuple[Delivery, ...] = ()
    closed: tuple[tuple[str, str], ...] = ()
    paused: str | None = None
    review: timedelta | None = None
    shown: Review | None = None
    ready: int = 0
    held: tuple[Mapping[str, Any], ...] = ()
    upcoming: bool = False
    corrected: tuple[str, ...] = ()
    drift: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        """One word: sending, sent, unknown, failed, skipped, passed, due or ahead."""
        if self.issue:
            return self.issue.state
        if self.slot:
            return self.slot.state
        if self.due > self.now:
            return "ahead"
        return "due" if self.upcoming else "passed"


def tell(facts: Facts, language: str, show: Callable[[datetime], str]) -> list[str]:
    """The account in sentences; `show` writes a moment for the reader."""
    tongue = "zh" if language.startswith("zh") else "en"
    table = shipped.table("config/account.yaml")

    def say(name: str, **values: object) -> str:
        return str(table[name][tongue]).format(**values)

    if facts.issue:
        return [*_issued(facts, say, show), *_kept(facts, say)]
    if facts.slot:
        return [_skipped(facts.slot, say, show)]
    return [*_open(facts, say, show), *_kept(facts, say)]


def as_record(facts: Facts, lines: Sequence[str]) -> dict[str, object]:
    """The account for programs."""
    return {
        "id": facts.id,
        "slot": facts.slot.key if facts.slot else None,
        "due": facts.due.isoformat(),
        "state": facts.state,
        "reason": facts.slot.reason if facts.slot else None,
        "paused": facts.paused,
        "approved_at": facts.shown.approved_at.isoformat() if facts.shown and facts.shown.approved_at else None,
        "lines": list(lines),
        "deliveries": [record.delivery(row) for row in facts.rows],
        "held_back": [dict(one) for one in facts.held],
    }


def gathered(press: Press, name: str | None) -> list[Facts]:
    """The facts of the slot or issue of this name; without one, of the last slot and the one that is next.

    None where no slot or issue is called so.
    """
    if name is None:
        past = [slot for slot in press.archive.slots() if slot.due <= press.now()][:1]
        last = [_known(press, slot) for slot in past]
        return [*last, _upcoming(press)]
    slot = named(name, press.now(), press.settings.schedule)
    known = press.archive.slot(slot.key) if slot else None
    issue = press.archive.issue(name)
    known = (press.archive.slot(issue.slot_key) if issue else None) or known
    if known:
        return [_known(press, known)]
    if slot is None:
        return []
    if slot.key == press.upcoming().key:
        return [_upcoming(press)]
    return [
        Facts(issue_id(slot.day, press.settings.schedule.days), slot.due, press.now(), paused=press.archive.paused())
    ]


def _known(press: Press, slot: KnownSlot) -> Facts:
    archive = press.archive
    issue = archive.issue_of(slot.key)
    day = slot.due.astimezone(press.settings.schedule.zone).date()
    name = issue.id if issue else slot.key.removeprefix("extra:")
    if not issue and slot.key.startswith("weekly:"):
        name = issue_id(day.fromisoformat(slot.key.removeprefix("weekly:")), press.settings.schedule.days)
    rows = archive.ledger.all(about=name) if issue else []
    used = {row.channel for row in rows if row.state != "delivered"}
    return Facts(
        id=name,
        due=slot.due,
        now=press.now(),
        slot=slot,
        issue=issue,
        rows=tuple(rows),
        closed=tuple(one for one in archive.ledger.channels().items() if one[0] in used),
        paused=archive.paused(),
        review=press.settings.review,
        shown=archive.reviews.find(name),
        held=tuple(json.loads(issue.content).get("held_back", ())) if issue else (),
        corrected=tuple(one.erratum.text for one in archive.corrections.all() if one.erratum.issue == name),
        drift=tuple(one.message for one in press.drifted() if one.issue == name) if issue else (),
    )


def _upcoming(press: Press) -> Facts:
    slot = press.upcoming()
    name = press.issue_name(slot)
    desk = press.desk()
    held = [
        {"title": one.title, "message": one.message, "remedy": one.remedy} for one in press.newsroom.held_back(desk, {})
    ]
    return Facts(
        id=name,
        due=slot.due,
        now=press.now(),
        paused=press.archive.paused(),
        review=press.settings.review,
        shown=press.archive.reviews.find(name),
        ready=len({one.seed for one in desk.summaries if not one.held}),
        held=tuple(held),
        upcoming=True,
    )


def _issued(facts: Facts, say: Callable[..., str], show: Callable[[datetime], str]) -> Iterator[str]:
    issue = facts.issue
    assert issue  # noqa: S101 -- the caller has looked
    name = "planned_send" if facts.slot and facts.slot.trigger == "send" else "planned"
    yield say(name, number=issue.number, at=show(issue.frozen_at))
    if facts.shown and facts.shown.approved_at:
        yield say("approval_approved", at=show(facts.shown.approved_at))
    outstanding = [row for row in facts.rows if row.state not in {"delivered", "cancelled"}]
    if facts.paused and outstanding:
        yield say("paused", why=facts.paused)
    if not facts.rows:
        yield say("no_rows")
    yield from _arrived(facts.rows, say, show)
    yield from (_row(row, say, show) for row in outstanding)
    yield from (say("channel_closed", channel=channel, why=why) for channel, why in facts.closed)
    yield from (say("corrected", text=line(text)) for text in facts.corrected)
    yield from (say("drift", text=text) for text in facts.drift)


def _arrived(rows: Iterable[Delivery], say: Callable[..., str], show: Callable[[datetime], str]) -> Iterator[str]:
    """A line for each channel at which something has arrived."""
    done: dict[str, list[datetime]] = {}
    for row in rows:
        if row.state == "delivered" and row.delivered_at:
            done.setdefault(row.channel, []).append(row.delivered_at)
    for channel, moments in done.items():
        yield say("delivered", channel=channel, n=len(moments), at=show(max(moments)))


def _row(row: Delivery, say: Callable[..., str], show: Callable[[datetime], str]) -> str:
    """A delivery that has not arrived: how it stands, its last error, its next attempt."""
    name = "sending" if row.state == "claimed" else row.state
    why = row.last_error or "?"
    if name == "pending":
        why = f" ({row.last_error})" if row.last_error else ""
    return say(name, label=row.label, why=why, at=show(row.next_at), row=row.id)


def _skipped(slot: KnownSlot, say: Callable[..., str], show: Callable[[datetime], str]) -> str:
    why = slot.reason or ""
    if slot.trigger == "operator":
        return say("skipped_operator", why=why)
    for start, name in ((FIRST, "skipped_first"), (EMPTY, "skipped_empty"), (LATE, "skipped_late")):
        if why.startswith(start):
            return say(name, at=show(slot.due))
    return say("skipped", why=why)


def _open(facts: Facts, say: Callable[..., str], show: Callable[[datetime], str]) -> Iterator[str]:
    """A slot of which nothing has become yet, and what stands in its way."""
    yield say({"ahead": "next"}.get(facts.state, facts.state), at=show(facts.due))
    if facts.paused and facts.state != "passed":
        yield say("paused", why=facts.paused)
    if not facts.upcoming:
        return
    if facts.review is not None:
        shown = facts.shown
        if shown is None:
            yield say("approval_not_asked", hours=f"{facts.review.total_seconds() / 3600:g}")
        elif shown.approved_at:
            yield say("approval_approved", at=show(shown.approved_at))
        else:
            yield say("approval_waiting", at=show(shown.asked_at), id=facts.id)
    yield say("clips", n=facts.ready) if facts.ready else say("clips_none")


def _kept(facts: Facts, say: Callable[..., str]) -> Iterator[str]:
    if facts.held:
        yield say("held", n=len(facts.held))
    for one in facts.held:
        remedy = f" → {one['remedy']}" if one.get("remedy") else ""
        yield f"  ○ {headline(str(one['title']))}: {one['message']}{remedy}"
