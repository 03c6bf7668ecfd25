"""More fake chat services, beside those of services.py: each refuses what the real one would; some lose it silently.

Their limits are written down here once more, from the services' documents and not from the program. `Lost` is what a
service takes with a success and then drops, splits or turns into something else: the test must see it.
"""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from services import Refused, said, want

if TYPE_CHECKING:
    from collections.abc import Callable

    from receiver import Received


class Lost(Refused):
    """Answered like a success, and yet not what was meant has been shown."""


class Shown(HTMLParser):
    """What is left of HTML when it is read; tags that are unknown, badly nested or carry too much are refused."""

    def __init__(self, tags: dict[str, set[str]], refusal: Refused) -> None:
        super().__init__(convert_charrefs=True)
        self.tags, self.refusal = tags, refusal
        self.text = ""
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        want(tag in self.tags and {name for name, _ in attrs} <= self.tags[tag], self.refusal)
        for name, value in attrs:
            want(name != "href" or re.match(r"https?://\S+$", value or ""), self.refusal)
        if tag != "br":
            self.open.append(tag)
        else:
            self.text += "\n"

    def handle_endtag(self, tag: str) -> None:
        want(self.open and self.open.pop() == tag, self.refusal)

    def handle_data(self, data: str) -> None:
        self.text += data


def shown(html: str, tags: dict[str, set[str]], refusal: Refused) -> str:
    reader = Shown(tags, refusal)
    reader.feed(html)
    reader.close()
    want(not reader.open, refusal)
    return reader.text


# ── teams, through a flow ──


def teams(received: Received) -> str:
    def no(code: str, status: int) -> Refused:
        return Refused(json.dumps({"error": {"code": code, "message": "…"}}), status)

    where = urlsplit(received.target)
    want(re.fullmatch(r"/workflows/[0-9a-z]+/triggers/manual/paths/invoke", where.path), no("WorkflowNotFound", 404))
    want(parse_qs(where.query).get("sig"), no("DirectApiAuthorizationRequired", 401))
    message = said(received, no("InvalidJson", 400))
    want(message.get("type") == "message", no("TriggerInputSchemaMismatch", 400))
    attachments: list[Any] = message.get("attachments") or []
    want(len(attachments) == 1, no("TriggerInputSchemaMismatch", 400))
    want(attachments[0]["contentType"] == "application/vnd.microsoft.card.adaptive", Lost("", 202))
    card = attachments[0]["content"]
    want(card["type"] == "AdaptiveCard" and card["version"] in {"1.2", "1.3", "1.4", "1.5"}, Lost("", 202))
    # 24,453 bytes were counted as 28,897; the flow takes more and fails afterwards.
    want(len(received.body) * 28_897 / 24_453 <= 28 * 1024, Lost("", 202))
    want("entities" not in card.get("msteams", {}), Refused("a mention is alive", 400))
    want(card["body"], Lost("", 202))
    for element in card["body"]:
        items = element["items"] if element["type"] == "Container" else [element]
        for item in items:
            want(item["type"] == "TextBlock" and item["text"] and item["wrap"] is True, Lost("", 202))
            want(not re.search(r"\{\{|\$\{", item["text"]), Refused("a function is alive", 400))
    return ""


# ── mattermost ──


def mattermost(received: Received) -> str:
    def no(name: str, status: int = 400) -> Refused:
        return Refused(json.dumps({"id": name, "message": "…", "status_code": status}), status)

    want(re.fullmatch(r"/hooks/[a-z0-9]+", received.target), no("web.incoming_webhook.invalid.app_error"))
    message = said(received, no("web.incoming_webhook.parse.app_error"))
    text = message.get("text")
    want(isinstance(text, str) and text.strip(), no("web.incoming_webhook.text.app_error"))
    want(len(str(text)) <= 16_383, Lost("ok"))
    want(not re.search(r"@(all|channel|here|\w)", str(text), re.IGNORECASE), Refused("a mention is alive", 400))
    return "ok"


# ── google chat ──

_CARD_TAGS = {"b": set(), "i": set(), "br": set(), "a": {"href"}, "font": {"color"}}


def google_chat(received: Received) -> str:
    def no(code: int, status: str) -> Refused:
        return Refused(json.dumps({"error": {"code": code, "message": "…", "status": status}}), code)

    where = urlsplit(received.target)
    query = parse_qs(where.query)
    want(re.fullmatch(r"/v1/spaces/\w+/messages", where.path), no(404, "NOT_FOUND"))
    want(query.get("key") == ["k+/="] and query.get("token") == ["markedtoken%3D"], no(401, "UNAUTHENTICATED"))
    want(query.get("messageReplyOption") == ["REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD"], no(400, "INVALID_ARGUMENT"))
    want(query.get("requestId"), no(400, "INVALID_ARGUMENT"))
    bad = no(400, "INVALID_ARGUMENT")
    message = said(received, bad)
    want(set(message) <= {"text", "cardsV2", "thread"} and len(received.body) <= 32_000, bad)
    want(0 < len(message["thread"]["threadKey"]) <= 4000, bad)
    want(not re.search(r"<[^\s\u200b]", message["text"]), Refused("a mention is alive", 400))
    widgets = 0
    for card in message["cardsV2"]:
        want(re.fullmatch(r"[a-z0-9-]{1,63}", card["cardId"]), bad)
        for section in card["card"]["sections"]:
            widgets += len(section["widgets"])
            for widget in section["widgets"]:
                want(set(widget) == {"textParagraph"}, bad)
                want(shown(widget["textParagraph"]["text"], _CARD_TAGS, bad), bad)
    want(widgets <= 100, Lost('{"name": "spaces/A/messages/cut"}'))
    return '{"name": "spaces/A/messages/B.C", "thread": {"name": "spaces/A/threads/B"}}'


# ── matrix ──

_EVENT_TAGS: dict[str, set[str]] = {tag: set() for tag in ("h4", "p", "strong", "em", "blockquote", "br")} | {
    "a": {"href", "target"}
}
ROOM = "!AbC/d:matrix.example"


def matrix(token: str) -> Callable[[Received], str]:
    """One room of a server; the same transaction gives the same event, for this token."""
    events: dict[str, str] = {}

    def take(received: Received) -> str:
        def no(code: str, status: int) -> Refused:
            return Refused(json.dumps({"errcode": code, "error": "…"}), status)

        want(received.headers.get("authorization") == f"Bearer {token}", no("M_UNKNOWN_TOKEN", 401))
        parts = received.target.split("/")
        want(parts[:5] == ["", "_matrix", "client", "v3", "rooms"] and len(parts) == 9, no("M_UNRECOGNIZED", 404))
        want(received.method == "PUT", no("M_UNRECOGNIZED", 405))
        want(unquote(parts[5]) == ROOM, no("M_FORBIDDEN", 403))
        want(parts[6:8] == ["send", "m.room.message"] and parts[8], no("M_UNRECOGNIZED", 404))
        try:
            content = json.loads(received.body)
        except ValueError:
            raise no("M_NOT_JSON", 400) from None
        event = {
            "auth_events": ["$" + "a" * 43] * 10,
            "content": content,
            "depth": 12_000,
            "hashes": {"sha256": "h" * 43},
            "origin_server_ts": 1_700_000_000_000,
            "prev_events": ["$" + "p" * 43] * 20,
            "room_id": ROOM,
            "sender": "@digest:matrix.example",
            "signatures": {"matrix.example": {"ed25519:a_AbCd": "s" * 86}},
            "type": "m.room.message",
        }
        whole = json.dumps(event, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
        want(len(whole) <= 65_536, no("M_TOO_LARGE", 413))
        bad = no("M_BAD_JSON", 400)
        want(content.get("msgtype") == "m.notice" and isinstance(content.get("body"), str) and content["body"], bad)
        want(content.get("format") == "org.matrix.custom.html", bad)
        want(shown(content["formatted_body"], _EVENT_TAGS, bad), bad)
        want(content.get("m.mentions") == {}, Refused("a mention is alive", 400))
        return json.dumps({"event_id": events.setdefault(parts[8], f"${len(events)}abc")})

    return take


# ── ntfy ──


def ntfy(topic: str, token: str | None = None) -> Callable[[Received], str]:
    def take(received: Received) -> str:
        def no(code: int, words: str = "…") -> Refused:
            return Refused(json.dumps({"code": code, "http": code // 100, "error": words}), code // 100)

        want(received.method == "POST" and received.target == "/", no(40401))
        want(token is None or received.headers.get("authorization") == f"Bearer {token}", no(40101))
        want(len(received.body) <= 2 * 4096, no(41301))
        try:
            message: dict[str, Any] = json.loads(received.body)
        except ValueError:
            raise no(40024) from None
        want(
            set(message) <= {"topic", "title", "message", "markdown", "click", "actions", "tags", "priority"}, no(40024)
        )
        want(message.get("topic") == topic, no(40009))
        want(len(message["title"].encode()) <= 1024, no(40057))
        want("\n" not in message["title"], no(40024))
        want(message["markdown"] is True and message["message"], no(40024))
        want(len(message["message"].encode()) <= 4096, Lost('{"id": "x", "attachment": {"name": "attachment.txt"}}'))
        want(re.match(r"https?://\S+$", message.get("click", "https://x")), no(40024))
        return json.dumps({"id": "sPs71M8A2T", "time": 1_700_000_000, "event": "message", "topic": topic})

    return take
