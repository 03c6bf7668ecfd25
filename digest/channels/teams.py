"""Microsoft Teams: a Workflows webhook ("when a Teams webhook request is received") that posts an Adaptive Card.

A message may have 28,672 bytes AFTER Teams has expanded it (24,453 sent were counted as 28,897, msteams-docs#11274), so
21,000 bytes here. 202 says that the flow has accepted the card, not that it was posted: what goes wrong later stands
in the flow's run history only. The connectors of old answer 200 with an error inside (msteams-docs#1810) and are
refused. Four messages a second. Sources: Microsoft Learn connectors-using; the Adaptive Cards schema 1.5.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from digest.channels.chat import Chat, unreadable
from digest.delivery import TOO_MANY, Verdict, retry_after
from digest.errors import ChannelError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.channels import Answer
    from digest.edition.chat import Block

BUDGET = 21_000
ACCEPTED = 202

_MARKS = re.compile(
    r"[\\`*_\[\]()<>#|~]|&(?=#?\w{1,10};)|^[ \t]{0,8}[-+](?=\s)|^[ \t]{0,8}\d{1,9}(?=[.)]\s)", re.MULTILINE
)
_FUNCTION = re.compile(r"\{(?=\{)|\$(?=\{)")
"""What would begin a function (`{{DATE(…)}}`) or an expression (`${…}`) of a card."""
_OLD_ERROR = re.compile(rb"HTTP error (\d{3})")
_OFF = "WorkflowTriggerIsNotEnabled"
_OLD = (".webhook.office.com", "outlook.office.com", "outlook.office365.com")


class Teams(Chat):
    """One Adaptive Card a part."""

    pace = 0.25

    def address(self) -> str:
        """The address of the flow. Raises ChannelError for that of an old connector, which lies about errors."""
        url = super().address()
        host = urlsplit(url).hostname or ""
        if f".{host}".endswith(_OLD):
            message = "is the address of an old connector; make a webhook with Workflows in Teams and take its address"
            raise ChannelError(self.config.name, message)
        return url

    def message(self, head: str, blocks: Sequence[Block]) -> dict[str, Any]:
        """A headline, then an element a block; a quote in a shaded box."""
        top = _text(escaped(head), size="Large", weight="Bolder")
        card = {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard",
            "version": "1.5",
            "msteams": {"width": "Full"},
            "body": [top, *map(_element, blocks)],
        }
        content_type = "application/vnd.microsoft.card.adaptive"
        return {
            "type": "message",
            "attachments": [{"contentType": content_type, "contentUrl": None, "content": card}],
        }

    def fits(self, message: dict[str, Any], body: bytes) -> bool:  # noqa: ARG002 -- Teams counts the body
        """Within the bytes of a body."""
        return len(body) <= BUDGET

    def judged(self, answer: Answer, told: Any) -> Verdict:  # noqa: ANN401 -- what a JSON body holds
        """202 is accepted; an error of a connector in disguise, or of a flow that is turned off, is told apart."""
        if answer.status == ACCEPTED:
            return Verdict("delivered", "accepted by the flow", status=ACCEPTED)
        if found := _OLD_ERROR.search(answer.body[:4096]):
            status = int(found[1])
            if status == TOO_MANY:
                wait = retry_after(answer.headers.get("retry-after"), answer.at)
                return Verdict("retry", "error 429 inside", status=TOO_MANY, retry_after=wait)
            return Verdict("dead", f"error {status} inside", status=answer.status)
        error = told.get("error") if isinstance(told, dict) else None
        if isinstance(error, dict) and error.get("code") == _OFF:
            return Verdict("dead", _OFF, status=answer.status, disable="the flow is turned off")
        return unreadable(answer)


def escaped(text: str) -> str:
    """Text in which nothing is Markdown or a function of a card."""
    return _FUNCTION.sub(lambda found: f"{found[0]}\u200b", _MARKS.sub(_escape, text))


def _escape(found: re.Match[str]) -> str:
    """The mark with a backslash before it; behind a number, whose point would make a list."""
    mark = found[0]
    if mark.strip().isdigit():
        return f"{mark}\\"
    return f"{mark[:-1]}\\{mark[-1]}"


def _link(text: str, url: str | None) -> str:
    return f"[{escaped(text)}]({url.replace('(', '%28').replace(')', '%29')})" if url else escaped(text)


def _text(text: str, **more: object) -> dict[str, Any]:
    return {"type": "TextBlock", "text": text, "wrap": True, **more}


def _element(block: Block) -> dict[str, Any]:
    if block.kind == "title":
        return _text(_link(block.text, block.link), size="Medium", weight="Bolder", separator=True)
    if block.kind == "said":
        words, by = _text(_lines(block.text)), _text(f"— {_link(block.by, block.link)}", isSubtle=True, spacing="Small")
        return {"type": "Container", "style": "emphasis", "items": [words, by]}
    if block.kind == "credit":
        return _text(_link(block.text, block.link), size="Small", isSubtle=True)
    return _text(_lines(block.intro + block.text))


def _lines(text: str) -> str:
    """Paragraphs: a single line end shows as a space in a card."""
    return "\n\n".join(escaped(line) for line in text.splitlines() if line.strip())
