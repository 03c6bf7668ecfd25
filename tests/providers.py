"""Fake newsletter providers that keep what they are given: Buttondown and listmonk.

Written down from their documents and not from the program. Each has books (`kept`), and says in `alive` what of a
draft would be executed as a template when it is sent.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from receiver import answered
from services import Refused, want

if TYPE_CHECKING:
    from receiver import Exchange, Received


@dataclass
class Provider:
    """What both are: a server with books. `kept` are the drafts, in the order they were made."""

    kept: list[dict[str, Any]] = field(default_factory=list)

    def take(self, received: Received) -> tuple[int, dict[str, Any]]:
        """Status and body. Raises Refused."""
        raise NotImplementedError

    async def __call__(self, exchange: Exchange) -> None:
        await exchange.write(self.reply(await exchange.request()))

    def reply(self, received: Received) -> bytes:
        try:
            status, body = self.take(received)
            return answered(status, json.dumps(body))
        except Refused as refusal:
            return answered(refusal.status, refusal.body, refusal.headers)


# ── buttondown ──

_EMAIL_KEYS = {
    *("subject", "body", "status", "description", "slug", "canonical_url", "image", "metadata", "email_type"),
    *("publish_date", "secondary_id", "template", "related_email_ids", "filters", "commenting_mode", "attachments"),
}


@dataclass
class Buttondown(Provider):
    """An account. `obeys` False: it does not heed the wish for a draft. `page` is how many it lists at once."""

    key: str = "markedkey-buttondown"
    obeys: bool = True
    page: int = 100

    def take(self, received: Received) -> tuple[int, dict[str, Any]]:
        def no(code: str, status: int = 400) -> Refused:
            return Refused(json.dumps({"code": code, "detail": "…"}), status)

        where = urlsplit(received.target)
        want(received.headers.get("authorization") == f"Token {self.key}", no("not_authenticated", 401))
        want(received.headers.get("x-api-version", "") >= "2025-06-01", no("version_invalid"))
        want("x-buttondown-live-dangerously" not in received.headers, no("dangerous"))
        want(where.path == "/v1/emails", no("not_found", 404))
        if received.method == "GET":
            return 200, self._list(parse_qs(where.query))
        want(received.method == "POST", no("method_not_allowed", 405))
        want(received.headers.get("content-type", "").startswith("application/json"), no("parse_error"))
        want(0 < len(received.headers.get("x-idempotency-key", "x")) <= 200, no("idempotency_key_invalid"))
        email: dict[str, Any] = json.loads(received.body)
        want(set(email) <= _EMAIL_KEYS, no("extra_forbidden", 422))
        want(0 < len(email.get("subject", "")) <= 2000, no("subject_invalid"))
        want(isinstance(email.get("metadata", {}), dict), no("metadata_invalid"))
        want(not email.get("body", "").startswith("---"), no("body_invalid"))
        status = email.get("status", "about_to_send") if self.obeys else "about_to_send"
        made = {**email, "id": f"em_{len(self.kept)}", "status": status, "creation_date": "2026-11-27T01:07:00Z"}
        self.kept.append(made)
        return 201, made

    def _list(self, query: dict[str, list[str]]) -> dict[str, Any]:
        since = query.get("creation_date__start", [""])[0]
        rows = [email for email in self.kept if email["creation_date"] >= since]
        shown = [
            {name: value for name, value in email.items() if name not in query.get("excluded_fields", [])}
            for email in rows[: self.page]
        ]
        more = "https://api.buttondown.com/v1/emails?page=2" if len(rows) > self.page else None
        return {"count": len(rows), "next": more, "previous": None, "results": shown}


def alive_in_django(text: str) -> list[str]:
    """What a Django template would execute or leave out."""
    return re.findall(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", text, re.DOTALL)


# ── listmonk ──


@dataclass
class Listmonk(Provider):
    """A server with three lists and two templates, of which only the second shows the body alone."""

    user: str = "digest:markedkey-listmonk"
    page: int = 100

    def take(self, received: Received) -> tuple[int, dict[str, Any]]:
        def no(words: str, status: int = 400) -> Refused:
            return Refused(json.dumps({"message": words}), status)

        where = urlsplit(received.target)
        basic = f"Basic {base64.b64encode(self.user.encode()).decode()}"
        allowed = received.headers.get("authorization") in {basic, f"token {self.user}"}
        want(allowed, no("invalid API credentials", 403))
        want(where.path == "/api/campaigns", no("Not Found", 404))
        if received.method == "GET":
            return 200, self._list(parse_qs(where.query))
        want(received.method == "POST", no("Method Not Allowed", 405))
        want(received.headers.get("content-type", "").startswith("application/json"), no("Unsupported Media Type", 415))
        campaign: dict[str, Any] = json.loads(received.body)
        want(0 < len(campaign.get("name", "")) <= 2000, no("Invalid length for name."))
        want(0 < len(campaign.get("subject", "")) <= 2000, no("Invalid length for subject."))
        want(set(campaign.get("lists", [])) <= {1, 2, 3} and campaign.get("lists"), no("No valid lists"))
        want(campaign.get("template_id", 1) in {1, 2}, no("Error compiling campaign body: template"))
        for name in ("body", "subject", "altbody"):
            executed(campaign.get(name, ""), no("Error compiling campaign body"))
        content_type = campaign.get("content_type")
        if content_type not in {"richtext", "html", "markdown", "plain", "visual"}:
            content_type = "richtext"
        made = {**campaign, "id": len(self.kept) + 7, "status": "draft", "content_type": content_type}
        self.kept.append(made)
        return 200, {"data": made}

    def _list(self, query: dict[str, list[str]]) -> dict[str, Any]:
        wanted = query.get("query", [""])[0].lower()
        rows = [row for row in self.kept if wanted in f"{row['name']} {row['subject']}".lower()]
        bare = query.get("no_body") == ["true"]
        shown = [{name: value for name, value in row.items() if not (bare and name == "body")} for row in rows]
        return {"data": {"results": shown[: self.page], "query": wanted, "total": len(rows), "page": 1}}


def without_comments(html: str) -> str:
    """HTML as html/template takes it: comments are gone, but for those inside an action."""
    actions = re.split(r"(\{\{.*?\}\})", html, flags=re.DOTALL)
    return "".join(
        piece if at % 2 else re.sub(r"<!--.*?-->", "", piece, flags=re.DOTALL) for at, piece in enumerate(actions)
    )


def executed(text: str, refusal: Refused | None = None) -> str:
    """A Go template carried out as far as drafts may use it: strings, what is safe, the address for unsubscribing.

    Anything else stands out between two zero bytes; what is no action at all is refused, as it does not parse.
    """
    pieces = re.split(r"\{\{(.*?)\}\}", text, flags=re.DOTALL)
    if "{{" in "".join(pieces[::2]):
        raise refusal or Refused("unclosed action", 400)
    told = []
    for at, piece in enumerate(pieces):
        action = piece.strip()
        if at % 2 == 0:
            told.append(re.sub(r"https?://\S+@TrackLink", "\0counted\0", piece))
        elif safe := re.fullmatch(r"Safe `([^`]*)`", action):
            told.append(safe[1])
        elif action == "UnsubscribeURL":
            told.append("https://lists.example/unsubscribe")
        elif re.fullmatch(r'"[^"\\]*"', action):
            told.append(action[1:-1])
        elif re.match(r"[\w.\"`(|$]", action):
            told.append(f"\0{action}\0")
        else:
            raise refusal or Refused("unexpected in action", 400)
    return "".join(told)
