"""Matrix: a notice in one room, as HTML and as plain text.

An event may have 65,536 bytes with everything that the server adds, so 60,000 here. The message is PUT under a
transaction id: the same id again from the same login gives the same event, so attempts of unknown outcome are sent
again. That holds per device: it survives a refreshed token, not a new login. `m.mentions` is always there and empty,
which turns off @room and the matching of names. `url` is the homeserver, `secret` the access token, `room` an option.
Source: matrix-org/matrix-spec content/client-server-api.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from digest.channels import Request
from digest.channels.chat import Chat, unreadable
from digest.delivery import TOO_MANY, Verdict, retry_after
from digest.errors import ChannelError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from digest.channels import Answer, Part
    from digest.delivery import OnUnknown
    from digest.edition.chat import Block

BUDGET = 60_000


class Matrix(Chat):
    """One `m.notice` a part."""

    on_unknown: OnUnknown = "resend"

    def address(self) -> str:
        """The room's address, to which the transaction id is added."""
        config = self.config
        if not config.url:
            raise ChannelError(config.name, "needs url_env or url_file: the homeserver, like https://matrix.example")
        if not config.secret or not config.secret.reveal():
            raise ChannelError(config.name, "needs secret_env or secret_file: the access token of the sender")
        room = config.options.get("room")
        if not isinstance(room, str) or not room.startswith("!"):
            raise ChannelError(config.name, "needs room: the id of the room, like '!AbC:example.org' (not its #alias)")
        return f"{config.url.reveal().rstrip('/')}/_matrix/client/v3/rooms/{quote(room, safe='')}/send/m.room.message"

    def message(self, head: str, blocks: Sequence[Block]) -> dict[str, Any]:
        """The same words twice: as plain text and as HTML with every tag closed."""
        return {
            "msgtype": "m.notice",
            "body": "\n\n".join([head, *map(_plain, blocks)]),
            "format": "org.matrix.custom.html",
            "formatted_body": "".join([f"<h4>{escape(head, quote=False)}</h4>", *map(html, blocks)]),
            "m.mentions": {},
        }

    def fits(self, message: dict[str, Any], body: bytes) -> bool:  # noqa: ARG002 -- Matrix counts the event
        """Within the bytes of an event."""
        return len(body) <= BUDGET

    def request(self, part: Part, key: str, at: datetime) -> Request:  # noqa: ARG002 -- there is no time in it
        """The PUT under the delivery's key as its transaction id."""
        token = self.config.secret.reveal() if self.config.secret else ""
        headers = (("content-type", part.content_type), ("authorization", f"Bearer {token}"), *part.headers)
        return Request("PUT", f"{self.url}/{quote(key, safe='')}", headers, part.body)

    def judged(self, answer: Answer, told: Any) -> Verdict:  # noqa: ANN401 -- what a JSON body holds
        """An event with an id; too many tell how long to wait in a header, by older servers in the body."""
        if not isinstance(told, dict):
            return unreadable(answer)
        if answer.status == 200 and isinstance(told.get("event_id"), str):
            return Verdict("delivered", "saved", status=answer.status, remote_ref=told["event_id"])
        name = told.get("errcode")
        if answer.status == TOO_MANY or name == "M_LIMIT_EXCEEDED":
            wait = retry_after(answer.headers.get("retry-after"), answer.at)
            told_ms = told.get("retry_after_ms")
            if wait is None and isinstance(told_ms, int | float):
                wait = max(0.0, told_ms / 1000)
            return Verdict("retry", "M_LIMIT_EXCEEDED", status=TOO_MANY, retry_after=wait)
        if isinstance(name, str) and answer.status == 200:
            return Verdict("dead", name[:60], str(told.get("error", "")), status=answer.status)
        return unreadable(answer)


def html(block: Block) -> str:
    """A block as HTML of a few plain tags, everything of an article in it escaped."""
    if block.kind == "title":
        return f"<p><strong>{_link(block.text, block.link)}</strong></p>"
    if block.kind == "said":
        return f"<blockquote><p>{_lines(block.text)}<br>— {_link(block.by, block.link)}</p></blockquote>"
    if block.kind == "credit":
        return f"<p>{_link(block.text, block.link)}</p>"
    return f"<p>{_lines(block.intro + block.text)}</p>"


def _lines(text: str) -> str:
    return "<br>".join(escape(line, quote=False) for line in text.splitlines())


def _link(text: str, url: str | None) -> str:
    return f'<a href="{escape(url)}">{escape(text, quote=False)}</a>' if url else escape(text, quote=False)


def _plain(block: Block) -> str:
    if block.kind == "said":
        quoted = "\n".join(f"> {line}" for line in block.text.splitlines())
        return f"{quoted}\n> — {block.by}"
    words = block.intro + block.text
    return f"{words}\n{block.link}" if block.kind == "credit" and block.link else words
