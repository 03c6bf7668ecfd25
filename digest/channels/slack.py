"""Slack: an incoming webhook that takes blocks.

Limits: header 150, section 3000, 50 blocks; `msg_blocks_too_long` from about 13,200 characters over all blocks
(bolt-js#2509), so 12,000 here. Only `& < >` are escaped; a mention lives only with a raw `<`.
Sources: slackapi/node-slack-sdk packages/types/src/block-kit; prometheus/alertmanager notify/slack/slack.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from digest.channels.chat import Chat, unreadable
from digest.delivery import Verdict
from digest.edition.chat import clipped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.channels import Answer
    from digest.edition.chat import Block

HEADER, SECTION, BLOCKS, BUDGET = 150, 3000, 50, 12_000

_DEAD = frozenset(
    {"invalid_payload", "invalid_blocks", "no_text", "action_prohibited", "channel_is_archived", "channel_not_found"}
)


class Slack(Chat):
    """One message of blocks a part."""

    def message(self, head: str, blocks: Sequence[Block]) -> dict[str, Any]:
        """A header, then a section a story or a run of its blocks."""
        sections: list[list[str]] = []
        for block in blocks:
            line = _line(block)
            if not sections or block.kind == "title" or len("\n".join([*sections[-1], line])) > SECTION:
                sections.append([])
            sections[-1].append(line)
        return {
            "text": escaped(head),
            "blocks": [
                {"type": "header", "text": {"type": "plain_text", "text": clipped(head, HEADER), "emoji": False}},
                *(
                    {"type": "section", "text": {"type": "mrkdwn", "text": "\n".join(section), "verbatim": True}}
                    for section in sections
                ),
            ],
            "unfurl_links": False,
            "unfurl_media": False,
        }

    def fits(self, message: dict[str, Any], body: bytes) -> bool:  # noqa: ARG002 -- Slack counts characters
        """Within the limits of each block and of them all."""
        lengths = [len(block["text"]["text"]) for block in message["blocks"]]
        return len(lengths) <= BLOCKS and max(lengths) <= SECTION and sum(lengths) + len(message["text"]) <= BUDGET

    def judged(self, answer: Answer, told: Any) -> Verdict:  # noqa: ANN401, ARG002 -- its bodies are plain words
        """Exactly `ok`, or the name of an error."""
        body = answer.body.strip()
        if body == b"ok":
            return Verdict("delivered", "ok", status=answer.status)
        name = body[:100].decode("utf-8", "replace")
        if name in _DEAD:
            return Verdict("dead", name, status=answer.status, disable=name if name == "channel_is_archived" else None)
        return Verdict("dead", "no_service", disable="no_service") if name == "no_service" else unreadable(answer)


def escaped(text: str) -> str:
    """Text in which nothing is a link or a mention."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _link(text: str, url: str | None) -> str:
    if not url:
        return escaped(text)
    safe = url.replace("|", "%7C").replace(">", "%3E").replace("<", "%3C").replace("&", "&amp;")
    return f"<{safe}|{escaped(text)}>"


def _line(block: Block) -> str:
    if block.kind == "title":
        return f"*{_link(block.text, block.link)}*"
    if block.kind == "said":
        quoted = "\n".join(f">{escaped(line)}" for line in block.text.splitlines())
        return f"{quoted}\n>— {_link(block.by, block.link)}"
    if block.kind == "credit":
        return _link(block.text, block.link)
    return escaped(block.intro + block.text)
