"""Telegram: a bot that sends HTML to one chat.

4096 UTF-16 units after the tags are parsed, so 4,000 here; one message a second and twenty a minute in a group.
`secret` is the bot's token, `chat_id` an option; `url` only for a server of one's own.
Source: PaulSonOfLars/telegram-bot-api-spec api.json.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any

from digest.channels.chat import Chat, unreadable
from digest.delivery import DISABLING, TOO_MANY, Verdict
from digest.edition.chat import utf16
from digest.errors import ChannelError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.channels import Answer
    from digest.edition.chat import Block

BUDGET = 4_000
_SERVER = "https://api.telegram.org"
_TOKEN = re.compile(r"[0-9]{3,20}:[A-Za-z0-9_-]{20,80}")
_TAG = re.compile(r"<[^<>]{1,4096}>")


class Telegram(Chat):
    """One `sendMessage` a part."""

    pace = 3.1  # twenty a minute in a group

    def address(self) -> str:
        """The method's address, which holds the token."""
        config = self.config
        if not config.secret or not _TOKEN.fullmatch(config.secret.reveal()):
            raise ChannelError(config.name, "needs secret_env or secret_file: the bot's token, like 123456:AbC…")
        if not isinstance(config.options.get("chat_id"), str | int):
            raise ChannelError(config.name, "needs chat_id: the number of the chat, or @name of a public channel")
        server = config.url.reveal().rstrip("/") if config.url else _SERVER
        return f"{server}/bot{config.secret.reveal()}/sendMessage"

    def message(self, head: str, blocks: Sequence[Block]) -> dict[str, Any]:
        """HTML with every tag closed."""
        return {
            "chat_id": self.config.options["chat_id"],
            "text": "\n\n".join([f"<b>{escape(head)}</b>", *map(_html, blocks)]),
            "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": True},
        }

    def fits(self, message: dict[str, Any], body: bytes) -> bool:  # noqa: ARG002 -- Telegram counts what is shown
        """Within the units that are left when tags are gone; entities are counted as written, which is more."""
        return utf16(_TAG.sub("", message["text"])) <= BUDGET

    def judged(self, answer: Answer, told: Any) -> Verdict:  # noqa: ANN401 -- what a JSON body holds
        """By `ok`; a refusal tells its code and, for too many requests, how long to wait."""
        if not isinstance(told, dict) or not isinstance(told.get("ok"), bool):
            return unreadable(answer)
        if told["ok"]:
            found = told.get("result")
            ref = str(found["message_id"]) if isinstance(found, dict) and "message_id" in found else None
            return Verdict("delivered", "ok", status=answer.status, remote_ref=ref)
        code, words = told.get("error_code"), str(told.get("description", ""))
        found = told.get("parameters")
        more: dict[str, Any] = found if isinstance(found, dict) else {}
        if code == TOO_MANY:
            wait = more.get("retry_after")
            seconds = float(wait) if isinstance(wait, int) else None
            return Verdict("retry", f"error {code}", words, status=TOO_MANY, retry_after=seconds)
        if "migrate_to_chat_id" in more:
            words = f"the group has moved: set chat_id: {more['migrate_to_chat_id']}"
        gone = "the bot's token is not valid" if code in DISABLING else None
        return Verdict("dead", f"error {code}", words, status=answer.status, disable=gone)


def _html(block: Block) -> str:
    if block.kind == "title":
        return f"<b>{_link(block.text, block.link)}</b>"
    if block.kind == "said":
        return f"<blockquote>{escape(block.text)}\n— {_link(block.by, block.link)}</blockquote>"
    if block.kind == "credit":
        return _link(block.text, block.link)
    return escape(block.intro + block.text)


def _link(text: str, url: str | None) -> str:
    return f'<a href="{escape(url)}">{escape(text)}</a>' if url else escape(text)
