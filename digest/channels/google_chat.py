"""Google Chat: a space's incoming webhook that takes a card.

32,000 bytes a message with text and cards, so 30,000 here; a card's widgets beyond the hundredth are left out without
a word. The card's text is HTML, in which everything of an article can be escaped; the message's own text is not, so
only the headline stands there. Parts of one draft share a thread. One message a second for all hooks of a space.
`requestId` names the message, but whether it holds for webhooks is not documented, so unknown outcomes are held.
Source: the discovery document of Chat v1 (spaces.messages.create).
"""

from __future__ import annotations

import json
import re
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from digest.channels.chat import Chat, unreadable
from digest.delivery import TOO_MANY, Verdict, retry_after

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from digest.channels import Answer, Dispatch, Part, Request
    from digest.edition.chat import Block

BUDGET, WIDGETS = 30_000, 100
_THREADED = 300  # bytes that the thread adds

_MINUTE = 60.0  # seconds over which a space's messages are counted
_LIVE = re.compile(r"<(?=\S)|[*_~`](?=\S)")
"""What would begin a mention, a link or mark-up in the message's own text."""


class GoogleChat(Chat):
    """One message with one card a part."""

    def message(self, head: str, blocks: Sequence[Block]) -> dict[str, Any]:
        """The headline as text, then a card with a section a story."""
        stories: list[list[str]] = []
        for block in blocks:
            if not stories or block.kind == "title":
                stories.append([])
            stories[-1].append(_html(block))
        sections = [{"widgets": [{"textParagraph": {"text": text}} for text in story]} for story in stories]
        return {
            "text": _LIVE.sub(lambda found: f"{found[0]}\u200b", head),
            "cardsV2": [{"cardId": "digest", "card": {"sections": sections}}],
        }

    def fits(self, message: dict[str, Any], body: bytes) -> bool:
        """Within the bytes of a message and the widgets of a card."""
        sections = message["cardsV2"][0]["card"]["sections"]
        return len(body) + _THREADED <= BUDGET and sum(len(section["widgets"]) for section in sections) <= WIDGETS

    def plan(self, dispatch: Dispatch) -> tuple[Part, ...]:
        """As others, each part in the draft's own thread."""
        thread = json.dumps({"threadKey": f"{dispatch.about[:38]}-{dispatch.kind}"}).encode()
        return tuple(
            part._replace(body=part.body[:-1] + b',"thread":' + thread + b"}") for part in super().plan(dispatch)
        )

    def request(self, part: Part, key: str, at: datetime) -> Request:
        """The address with the message's own name, answering in the thread of its draft."""
        parts = urlsplit(self.url)
        option = "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD"
        query = dict(parse_qsl(parts.query)) | {"messageReplyOption": option, "requestId": key}
        return super().request(part, key, at)._replace(url=urlunsplit(parts._replace(query=urlencode(query))))

    def judged(self, answer: Answer, told: Any) -> Verdict:  # noqa: ANN401 -- what a JSON body holds
        """A message with a name; too many of them are counted over a minute."""
        if isinstance(told, dict) and isinstance(told.get("name"), str):
            return Verdict("delivered", "saved", status=answer.status, remote_ref=told["name"])
        error = told.get("error") if isinstance(told, dict) else None
        if answer.status == TOO_MANY or (isinstance(error, dict) and error.get("code") == TOO_MANY):
            wait = retry_after(answer.headers.get("retry-after"), answer.at)
            return Verdict("retry", "too many", status=TOO_MANY, retry_after=_MINUTE if wait is None else wait)
        if isinstance(error, dict) and answer.status == 200:
            return Verdict("dead", f"error {error.get('code')}", str(error.get("message", "")), status=answer.status)
        return unreadable(answer)


def _html(block: Block) -> str:
    if block.kind == "title":
        return f"<b>{_link(block.text, block.link)}</b>"
    if block.kind == "said":
        return f"{_lines(block.text)}<br><i>— {_link(block.by, block.link)}</i>"
    if block.kind == "credit":
        return f'<font color="#5f6368">{_link(block.text, block.link)}</font>'
    return _lines(block.intro + block.text)


def _lines(text: str) -> str:
    return "<br>".join(escape(line, quote=False) for line in text.splitlines())


def _link(text: str, url: str | None) -> str:
    return f'<a href="{escape(url)}">{escape(text, quote=False)}</a>' if url else escape(text, quote=False)
