"""How things stand: seeds, deliveries, approval; and what the rules do on the clips of the last issue."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from digest.inspection import inspect

if TYPE_CHECKING:
    from digest.inspection import Inspection
    from digest.press import Press


def standing(press: Press) -> dict[str, object]:
    """How things stand: seeds and deliveries by state, the next slot, the last issue."""
    desk = press.desk()
    counts = press.archive.seed_counts()
    held = len({one.seed for one in desk.held}) + len(desk.unread) + desk.more_held
    new = len({one.seed for one in desk.summaries if not one.held}) + desk.more
    slot = press.upcoming()
    last = press.archive.last_issue()
    return {
        "seeds": {**counts, "new": new, "held_back": held},
        "next_slot": slot.due.astimezone(press.settings.schedule.zone).isoformat(),
        "last_issue": last
        and {"id": last.id, "state": last.state, "sent_at": last.sent_at and last.sent_at.isoformat()},
        "deliveries": dict(press.archive.ledger.counts()),
        "paused": press.archive.paused() is not None,
        "drift": [one.message for one in press.drifted(desk)],
        "corrections": len(press.archive.corrections.waiting()),
        "approval": _approval(press, press.issue_name(slot)),
        **({"services": press.services()} if press.archive.shared else {}),
    }


def _approval(press: Press, name: str) -> dict[str, object] | None:
    """How the approval of an issue stands; None where none is required."""
    if press.settings.review is None:
        return None
    known = press.archive.reviews.find(name)
    approved = known and known.approved_at
    return {
        "issue": name,
        "state": "approved" if approved else "waiting" if known else "not asked",
        "asked_at": known and known.asked_at.isoformat(),
        "approved_at": approved.isoformat() if approved else None,
    }


def inspection(press: Press) -> Inspection:
    """What the rules do on the clips of the last issue, with the rule book as it is now; before it, on the desk."""
    last = press.archive.last_issue()
    book = press.settings.book
    if last is None:
        return inspect(press.desk().summaries, book)
    used = {seed.sha256 for seed in press.archive.seeds("used") if seed.issue_id == last.id}
    known = {
        (str(folder), file.path): file.sha256
        for folder in press.settings.seeds
        for file in press.archive.files(str(folder))
        if file.sha256 in used
    }
    files = [file for file in press.newsroom.files() if (file.folder, file.path) in known]
    there = press.newsroom.desk(files, edits=press.edits()).summaries
    content = json.loads(last.content)
    shown = {quote["id"] for story in content["stories"] for quote in story["quotes"]}
    return inspect(there, book, issue=last.id, gone=len(used - {one.seed for one in there}), shown=shown)
