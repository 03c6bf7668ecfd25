"""Approval: which bytes somebody has agreed to, and how they are asked.

An approval holds for the sha256 over everything that would be sent. Whatever changes it (a new clip, another rule,
a template, a channel) makes it another draft, which nobody has agreed to yet.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from digest.channels import Dispatch
from digest.labels import labels

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.delivery import Delivery
    from digest.newsroom import Drafts


def bound(content: bytes, rows: Iterable[Delivery]) -> str:
    """The sha256 (hex) over issue.json and every delivery: where it goes, its headers and its bytes."""
    whole = hashlib.sha256(hashlib.sha256(content).digest())
    for row in sorted(rows, key=lambda row: row.key):
        place = [row.kind, row.channel, row.recipient, row.part, row.parts, row.name, row.content_type, row.headers]
        whole.update(hashlib.sha256(json.dumps(place).encode()).digest() + hashlib.sha256(row.body).digest())
    return whole.hexdigest()


def question(drafts: Drafts, turn: int) -> Dispatch:
    """The draft as it goes to its reviewers, with what to do to let it out; `turn` counts how often it was shown."""
    issue, words = drafts.issue, labels(drafts.issue.language)
    subject = words["r_subject"].format(number=words["number"].format(n=issue.number), subject=issue.subject)
    page = next(one.markdown for one in drafts.dispatches if one.kind == "digest")
    again = f"{words['r_again']}\n\n" if turn > 1 else ""
    ask = words["r_ask"].format(command=f"`digest approve {issue.id}`")
    return Dispatch("review", f"{issue.id}-r{turn}", subject, f"{again}{ask}\n\n{page}")
