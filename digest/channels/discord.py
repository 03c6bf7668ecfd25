"""Discord: a webhook that takes embeds, one a story.

Limits: content 2000, ten embeds, title 256, description 4096, 6000 over all embeds of a message; here 1,900 and
5,800. Of two embeds with one url the second vanishes. `wait=true`, since without it a 204 comes back even where
nothing was saved; `allowed_mentions` with an empty list, since the default pings.
Sources: discord/discord-api-docs developers/resources/webhook.mdx and topics/rate-limits.mdx.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from digest.channels.chat import Chat, unreadable
from digest.delivery import TOO_MANY, Verdict
from digest.edition.chat import clipped, utf16

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.channels import Answer
    from digest.edition.chat import Block

CONTENT, EMBEDS, TITLE, DESCRIPTION, BUDGET = 1_900, 10, 256, 4_096, 5_800

_MARKS = re.compile(r"([\\*_~`|>#\-\[\]()])")
_LIVE = re.compile(r"<(?=[@#:t])|@(?=everyone|here)")


class Discord(Chat):
    """One message of embeds a part."""

    def address(self) -> str:
        """The webhook's address, made to wait for the message to be saved."""
        parts = urlsplit(super().address())
        query = dict(parse_qsl(parts.query)) | {"wait": "true"}
        return urlunsplit(parts._replace(query=urlencode(query)))

    def message(self, head: str, blocks: Sequence[Block]) -> dict[str, Any]:
        """The headline as content, then an embed a story; one that grows too long goes on in the next."""
        embeds: list[dict[str, str]] = []
        seen: set[str] = set()
        for block in blocks:
            if block.kind == "title":
                embeds.append({"title": clipped(escaped(block.text), TITLE, utf16), "description": ""})
                if block.link and block.link not in seen:
                    seen.add(block.link)
                    embeds[-1]["url"] = block.link
                continue
            line = _line(block)
            if not embeds or utf16(f"{embeds[-1]['description']}\n{line}") > DESCRIPTION:
                embeds.append({"description": ""})
            embeds[-1]["description"] = f"{embeds[-1]['description']}\n{line}".lstrip("\n")
        for embed in embeds:
            if not embed["description"]:
                del embed["description"]
        content = f"**{escaped(clipped(head, CONTENT // 3))}**"
        return {"content": content, "embeds": embeds, "allowed_mentions": {"parse": []}}

    def fits(self, message: dict[str, Any], body: bytes) -> bool:  # noqa: ARG002 -- Discord counts characters
        """Within the limits of each embed and of them all."""
        embeds = message["embeds"]
        total = sum(utf16(embed.get("title", "")) + utf16(embed.get("description", "")) for embed in embeds)
        longest = max((utf16(embed.get("description", "")) for embed in embeds), default=0)
        return len(embeds) <= EMBEDS and longest <= DESCRIPTION and total <= BUDGET

    def judged(self, answer: Answer, told: Any) -> Verdict:  # noqa: ANN401 -- what a JSON body holds
        """A message with an id."""
        if isinstance(told, dict) and isinstance(told.get("id"), str):
            return Verdict("delivered", "saved", status=answer.status, remote_ref=told["id"])
        return unreadable(answer)

    def verdict(self, answer: Answer) -> Verdict:
        """As others, with the finer wait that the body of a 429 tells."""
        found = super().verdict(answer)
        if answer.status == TOO_MANY and (wait := _wait(answer)) is not None:
            return found._replace(retry_after=max(wait, found.retry_after or 0.0))
        return found


def _wait(answer: Answer) -> float | None:
    found = re.search(rb'"retry_after"\s*:\s*(\d{1,9}(?:\.\d{1,9})?)', answer.body[:4096])
    return float(found[1]) if found else None


def escaped(text: str) -> str:
    """Text in which nothing is Markdown or a mention."""
    return _LIVE.sub(lambda found: f"{found[0]}\u200b", _MARKS.sub(r"\\\1", text))


def _link(text: str, url: str | None) -> str:
    return f"[{escaped(text)}](<{url.replace('>', '%3E')}>)" if url else escaped(text)


def _line(block: Block) -> str:
    if block.kind == "said":
        quoted = "\n".join(f"> {escaped(line)}" for line in block.text.splitlines())
        return f"{quoted}\n> — {_link(block.by, block.link)}"
    if block.kind == "credit":
        return _link(block.text, block.link)
    return escaped(block.intro + block.text)
