"""Feishu and Lark: a native bot (cards, signed) or a Flow hook (text only), told apart by the address.

Native: body 20 KB, 200 elements, so 19,000 bytes here; signature over the time in SECONDS, in the body, good for
an hour. Errors often come with HTTP 200: only `code` or `StatusCode` 0 is success.
Sources: Feishu 自定义机器人使用指南; go-lark/lark crypto_test.go (signature vectors).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from digest.channels.chat import Chat, unreadable
from digest.delivery import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from digest.channels import Answer, Part, Request
    from digest.edition.chat import Block

BUDGET, ELEMENTS = 19_000, 200
_SIGNED = 128  # bytes of the two fields that an attempt adds
_RATE, _BODY = 11232, 9499
_NATIVE, _FLOW = "/open-apis/bot/v2/hook/", "/flow/api/trigger-webhook/"

_ENTITIES = {
    "&": "&#38;",
    "<": "&#60;",
    ">": "&#62;",
    "*": "&#42;",
    "_": "&#95;",
    "~": "&sim;",
    "[": "&#91;",
    "]": "&#93;",
    "(": "&#40;",
    ")": "&#41;",
    "`": "&#96;",
    "#": "&#35;",
}
_MARKS = re.compile(r"&(?=#?\w{1,10};)|[<>*_~\[\]()`#]")


class Feishu(Chat):
    """A card for a native bot, text for a Flow hook."""

    pace = 0.25

    @property
    def flow(self) -> bool:
        """Whether the address is that of a Flow, which knows neither cards nor signatures."""
        return urlsplit(self.url).path.startswith(_FLOW)

    def message(self, head: str, blocks: Sequence[Block]) -> dict[str, Any]:
        """A card with an element a story; for a Flow the same as plain text."""
        if self.flow:
            lines = [head, *(_plain(block) for block in blocks)]
            return {"msg_type": "text", "content": {"text": "\n".join(lines)}}
        stories: list[list[str]] = []
        for block in blocks:
            if not stories or block.kind == "title":
                stories.append([])
            stories[-1].append(_line(block))
        return {
            "msg_type": "interactive",
            "card": {
                "schema": "2.0",
                "header": {"title": {"tag": "plain_text", "content": head}},
                "body": {"elements": [{"tag": "markdown", "content": "\n".join(story)} for story in stories]},
            },
        }

    def fits(self, message: dict[str, Any], body: bytes) -> bool:
        """Within the bytes of a body, signature included, and the elements of a card."""
        elements = () if self.flow else message["card"]["body"]["elements"]
        return len(body) + _SIGNED <= BUDGET and len(elements) <= ELEMENTS

    def request(self, part: Part, key: str, at: datetime) -> Request:
        """The frozen body with the two fields of the signature put in front."""
        request = super().request(part, key, at)
        if self.flow or not self.config.secret:
            return request
        stamp = int(at.timestamp())
        signature = sign(stamp, self.config.secret.reveal())
        fields = f'{{"timestamp":"{stamp}","sign":"{signature}",'.encode()
        return request._replace(body=fields + part.body[1:])

    def judged(self, answer: Answer, told: Any) -> Verdict:  # noqa: ANN401 -- what a JSON body holds
        """By `code`, or by the legacy `StatusCode`."""
        code = told.get("code", told.get("StatusCode")) if isinstance(told, dict) else None
        if not isinstance(code, int):
            return unreadable(answer)
        words = str(told.get("msg", ""))
        if code == 0:
            return Verdict("delivered", "code 0", status=answer.status)
        if code == _RATE or (code == _BODY and "frequen" in words.lower()):
            return Verdict("retry", f"code {code}", words, status=answer.status)
        return Verdict("dead", f"code {code}", words, status=answer.status)


def sign(stamp: int, secret: str) -> str:
    """The signature at a time in seconds: the time and the secret are the KEY, the message is empty."""
    return base64.b64encode(hmac.new(f"{stamp}\n{secret}".encode(), b"", hashlib.sha256).digest()).decode()


def escaped(text: str) -> str:
    """Text in which nothing is Markdown, a tag or a mention."""
    return _MARKS.sub(lambda found: _ENTITIES[found[0]], text)


def _link(text: str, url: str | None) -> str:
    return f"[{escaped(text)}]({url.replace('(', '%28').replace(')', '%29')})" if url else escaped(text)


def _line(block: Block) -> str:
    if block.kind == "title":
        return f"**{_link(block.text, block.link)}**"
    if block.kind == "said":
        return f"{escaped(block.text)}\n— {_link(block.by, block.link)}"
    if block.kind == "credit":
        return _link(block.text, block.link)
    return escaped(block.intro + block.text)


def _plain(block: Block) -> str:
    text = block.text.replace("<at", "<\u200bat")
    if block.kind == "said":
        return f"{text}\n— {block.by}"
    return f"{block.intro}{text}\n{block.link}" if block.kind == "credit" and block.link else f"{block.intro}{text}"
