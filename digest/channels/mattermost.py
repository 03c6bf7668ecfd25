"""Mattermost: an incoming webhook that takes Markdown.

16,383 characters a post, so 16,000 here: above, the server splits at any character, drops attachments and can answer
500 when the first half is posted. Mentions live in the text itself, so each `@` of an article gets a zero-width space.
Source: mattermost/mattermost server/channels/app/webhook.go.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from digest.channels.chat import Chat, unreadable
from digest.channels.dingtalk import markdown
from digest.delivery import Verdict
from digest.edition.telling import escaped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.channels import Answer
    from digest.edition.chat import Block

BUDGET = 16_000

_LIVE = re.compile(r"@(?=\S)|:(?=[A-Za-z0-9_+-]{1,64}:)|&(?=#?\w{1,10};)")
"""What begins a mention, the name of an emoji, an entity."""
_GONE = {
    "web.incoming_webhook.invalid.app_error": "the webhook was deleted",
    "web.incoming_webhook.disabled.app_error": "the server takes no incoming webhooks",
}


class Mattermost(Chat):
    """One post a part."""

    def message(self, head: str, blocks: Sequence[Block]) -> dict[str, Any]:
        """Paragraphs under a heading."""
        return {"text": "\n\n".join([f"#### {escaped(calm(head))}", *(markdown(_calmed(block)) for block in blocks)])}

    def fits(self, message: dict[str, Any], body: bytes) -> bool:  # noqa: ARG002 -- Mattermost counts characters
        """Within the characters of a post."""
        return len(message["text"]) <= BUDGET

    def judged(self, answer: Answer, told: Any) -> Verdict:  # noqa: ANN401, ARG002 -- success is plain words
        """Exactly `ok`."""
        if answer.body.strip() == b"ok":
            return Verdict("delivered", "ok", status=answer.status)
        return unreadable(answer)

    def verdict(self, answer: Answer) -> Verdict:
        """As others; a webhook that is gone or switched off says so by the name of its error."""
        for name, gone in _GONE.items():
            if name.encode() in answer.body[:4096]:
                return Verdict("dead", name, gone, status=answer.status, disable=gone)
        return super().verdict(answer)


def calm(text: str) -> str:
    """Text that calls nobody and has no emoji by name or entity in it."""
    return _LIVE.sub(lambda found: f"{found[0]}\u200b", text)


def _calmed(block: Block) -> Block:
    return replace(block, text=calm(block.text), by=calm(block.by), intro=calm(block.intro))
