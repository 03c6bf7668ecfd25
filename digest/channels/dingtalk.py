"""DingTalk: a group robot that takes Markdown, signed in the query with the time in MILLISECONDS.

Body 20,000 bytes (460101), so 19,000 here; 20 messages a minute, then ten minutes of silence. Nobody is ever
mentioned: no `at` list, `isAtAll` false. There is no official text; sources: PrometheusAlert#318, DingtalkChatbot#29.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from digest.channels.chat import Chat, unreadable
from digest.delivery import Verdict
from digest.edition.chat import clipped
from digest.edition.telling import escaped

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from digest.channels import Answer, Part, Request
    from digest.edition.chat import Block

BUDGET, TITLE = 19_000, 100
_RATE = frozenset({130101, 90030})
_SILENCE = 600.0  # seconds that a robot which sent too much is blocked


class DingTalk(Chat):
    """One Markdown message a part."""

    pace = 3.1  # twenty a minute

    def message(self, head: str, blocks: Sequence[Block]) -> dict[str, Any]:
        """Paragraphs under a heading."""
        paragraphs = [f"### {escaped(head)}", *map(markdown, blocks)]
        return {
            "msgtype": "markdown",
            "markdown": {"title": clipped(head, TITLE), "text": "\n\n".join(paragraphs)},
            "at": {"isAtAll": False},
        }

    def fits(self, message: dict[str, Any], body: bytes) -> bool:  # noqa: ARG002 -- DingTalk counts the body
        """Within the bytes of a body."""
        return len(body) <= BUDGET

    def request(self, part: Part, key: str, at: datetime) -> Request:
        """The address with the time and the signature of this attempt."""
        request = super().request(part, key, at)
        if not self.config.secret:
            return request
        stamp = int(at.timestamp() * 1000)
        signature = sign(stamp, self.config.secret.reveal())
        mark = "&" if "?" in self.url else "?"
        return request._replace(url=f"{self.url}{mark}timestamp={stamp}&sign={signature}")

    def judged(self, answer: Answer, told: Any) -> Verdict:  # noqa: ANN401 -- what a JSON body holds
        """By `errcode`."""
        code = told.get("errcode") if isinstance(told, dict) else None
        if not isinstance(code, int):
            return unreadable(answer)
        if code == 0:
            return Verdict("delivered", "errcode 0", status=answer.status)
        words = str(told.get("errmsg", ""))
        if code in _RATE:
            return Verdict("retry", f"errcode {code}", words, status=answer.status, retry_after=_SILENCE)
        return Verdict("dead", f"errcode {code}", words, status=answer.status)


def sign(stamp: int, secret: str) -> str:
    """The signature at a time in milliseconds, ready to stand in a query."""
    digest = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
    return quote(base64.b64encode(digest), safe="")


def markdown(block: Block) -> str:
    """A block in plain Markdown."""
    if block.kind == "title":
        return f"**{_link(block.text, block.link)}**"
    if block.kind == "said":
        quoted = "\n".join(f"> {escaped(line)}" for line in block.text.splitlines())
        return f"{quoted}\n>\n> — {_link(block.by, block.link)}"
    if block.kind == "credit":
        return _link(block.text, block.link)
    return "\n\n".join(escaped(line) for line in (block.intro + block.text).splitlines() if line.strip())


def _link(text: str, url: str | None) -> str:
    return f"[{escaped(text)}]({url.replace('(', '%28').replace(')', '%29')})" if url else escaped(text)
