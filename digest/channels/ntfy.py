"""ntfy: a topic whose subscribers get notifications, published as JSON to the server's root.

A message over 4,096 bytes silently becomes an attachment, so 3,900 here; the JSON around it may have twice that, the
title 1,024 bytes (40057 since 2.28). As JSON nothing needs the encoded words that titles in headers do. The topic is
as good as a password, so it is no part of what is frozen and stored. `url` is the topic's address, `secret` an access
token where the server asks for one. A burst of 60, then one in five seconds; ntfy.sh 250 a day.
Source: binwiederhier/ntfy docs/publish.md.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from digest.channels.chat import Chat, unreadable
from digest.channels.dingtalk import markdown
from digest.delivery import Verdict
from digest.edition.chat import clipped
from digest.errors import ChannelError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from digest.channels import Answer, Part, Request
    from digest.edition.chat import Block

BUDGET, TITLE, BODY = 3_900, 250, 8_000
_TOPICAL = 80  # bytes that the topic adds
_CLICK = 1_500  # bytes of an address that is still worth its room

_TOPIC = re.compile(r"[-_A-Za-z0-9]{1,64}")


class Ntfy(Chat):
    """One notification a part; a click opens its first story."""

    def address(self) -> str:
        """The server's root; the topic is kept apart. Raises ChannelError where the address names no topic."""
        parts = urlsplit(super().address())
        root, _, self._topic = parts.path.rstrip("/").rpartition("/")
        if not _TOPIC.fullmatch(self._topic):
            raise ChannelError(self.config.name, "needs the address of a topic, like https://ntfy.sh/name-of-the-topic")
        return urlunsplit(parts._replace(path=f"{root}/", query="", fragment=""))

    def message(self, head: str, blocks: Sequence[Block]) -> dict[str, Any]:
        """A title and Markdown, without the topic."""
        # A link to the very sentence is nine bytes a character: title and credit have the page's own.
        bare = (replace(block, link=None) if block.kind == "said" else block for block in blocks)
        click = next((block.link for block in blocks if block.link and len(block.link) <= _CLICK), None)
        message: dict[str, Any] = {
            "title": clipped(head, TITLE, lambda text: len(text.encode())),
            "message": "\n\n".join(map(markdown, bare)),
            "markdown": True,
        }
        return {**message, "click": click} if click else message

    def fits(self, message: dict[str, Any], body: bytes) -> bool:
        """Within the bytes of a message, and of the JSON that carries it."""
        return len(message["message"].encode()) <= BUDGET and len(body) + _TOPICAL <= BODY

    def request(self, part: Part, key: str, at: datetime) -> Request:
        """The frozen body with the topic put in front."""
        request = super().request(part, key, at)
        topic = json.dumps({"topic": self._topic}, separators=(",", ":"))[:-1].encode()
        headers = request.headers
        if self.config.secret:
            headers = (*headers, ("authorization", f"Bearer {self.config.secret.reveal()}"))
        return request._replace(headers=headers, body=topic + b"," + part.body[1:])

    def judged(self, answer: Answer, told: Any) -> Verdict:  # noqa: ANN401 -- what a JSON body holds
        """A message with an id."""
        if isinstance(told, dict) and answer.status == 200 and isinstance(told.get("id"), str):
            return Verdict("delivered", "saved", status=answer.status, remote_ref=told["id"])
        return unreadable(answer)
