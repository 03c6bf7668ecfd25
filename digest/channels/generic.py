"""The generic channel: a signed webhook by the rules of Standard Webhooks (standardwebhooks.com).

The receiver verifies `webhook-signature` and drops repeats by `webhook-id`, which is why an attempt of
unknown outcome is simply repeated.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from typing import TYPE_CHECKING

from digest.channels import Part, Request
from digest.delivery import Verdict, by_status, no_answer, not_sent
from digest.edition.telling import story_markdown, told
from digest.errors import ChannelError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from digest.channels import Answer, ChannelConfig, Dispatch, Wire
    from digest.delivery import OnUnknown

BUDGET = 20_000
"""Bytes of a body, `html` not counted, unless the channel's `limit` says otherwise."""

_PREFIX = "whsec_"
_KEY_BYTES = range(24, 65)


class Generic:
    """POSTs `{id, event, issue, html, text, markdown, stories, posts}` as JSON.

    Options: `limit` (bytes of a body without `html`) and `html` (true: the email's HTML goes along).
    """

    on_unknown: OnUnknown = "resend"
    pace = 0.0

    def __init__(self, config: ChannelConfig) -> None:
        if not config.url:
            raise ChannelError(config.name, "needs url_env or url_file: where to post")
        if not config.url.reveal().startswith(("https://", "http://")):
            raise ChannelError(config.name, "its address must begin with https://")
        self.config = config
        self._url = config.url.reveal()
        self._key = signing_key(config.name, config.secret.reveal()) if config.secret else None
        limit = config.options.get("limit", BUDGET)
        if not isinstance(limit, int) or limit <= 0:
            raise ChannelError(config.name, "limit: must be a number of bytes above 0")
        self._limit = limit
        self._html = config.options.get("html", False) is True

    def plan(self, dispatch: Dispatch) -> tuple[Part, ...]:
        """One body where the draft fits; else a body for each run of stories or posts that does."""
        whole = self._payload(dispatch)
        if self._fits(dispatch, whole):
            return (self._part(dispatch, whole, 1, 1),)
        field = "posts" if dispatch.kind == "posts" else "stories"
        runs = self._runs(dispatch, whole, field)
        return tuple(self._part(dispatch, run, number, len(runs)) for number, run in enumerate(runs, 1))

    def request(self, part: Part, key: str, at: datetime) -> Request:
        """The signed request of one attempt."""
        headers = [("content-type", part.content_type), *part.headers, ("webhook-id", key)]
        stamp = int(at.timestamp())
        headers.append(("webhook-timestamp", str(stamp)))
        if self._key:
            headers.append(("webhook-signature", sign(self._key, key, stamp, part.body)))
        return Request("POST", self._url, tuple(headers), part.body)

    def send(self, part: Part, key: str, at: datetime, wire: Wire) -> Answer:
        """One POST."""
        return wire.http(self.request(part, key, at), self.config)

    def verdict(self, answer: Answer) -> Verdict:
        """Any 2xx is delivered; there is no rule for the body."""
        if answer.status is None:
            return no_answer(answer.error) if answer.started else not_sent(answer.error)
        judged = by_status(answer.status, answer.headers, answer.at, blind=False)
        return judged or Verdict("delivered", f"HTTP {answer.status}", status=answer.status)

    def _payload(self, dispatch: Dispatch) -> dict[str, object]:
        """The whole draft as one object, without its id and HTML."""
        issue = dispatch.issue
        about = issue and {
            "id": issue.id,
            "number": issue.number,
            "subject": issue.subject,
            "preheader": issue.preheader,
            "language": issue.language,
        }
        text = dispatch.email.text if dispatch.email and dispatch.kind == "digest" else dispatch.markdown
        return {
            "event": "alert" if dispatch.kind == "alert" else f"issue.{dispatch.kind}",
            "subject": dispatch.subject,
            "issue": about,
            "part": 1,
            "parts": 1,
            "text": text,
            "markdown": dispatch.markdown,
            "stories": [told(story) for story in issue.stories] if issue and dispatch.kind == "digest" else [],
            "posts": list(dispatch.posts_json) if dispatch.kind == "posts" else [],
        }

    def _runs(self, dispatch: Dispatch, whole: dict[str, object], field: str) -> list[dict[str, object]]:
        """The draft cut between stories or posts, each run as long as fits."""
        items = whole[field]
        assert isinstance(items, list)  # noqa: S101 -- made by _payload
        runs: list[dict[str, object]] = []
        first = 0
        while first < len(items):
            size = self._longest(dispatch, whole, field, items[first:], first)
            runs.append(self._run(dispatch, whole, field, items[first : first + size], first))
            first += size
        if not runs:
            raise ChannelError(self.config.name, f"the {dispatch.kind} is larger than its limit of {self._limit} bytes")
        return runs

    def _longest(
        self, dispatch: Dispatch, whole: dict[str, object], field: str, items: Sequence[object], first: int
    ) -> int:
        """How many of `items` fit into one body, at least one."""
        for size in range(1, len(items) + 1):
            if not self._fits(dispatch, self._run(dispatch, whole, field, items[:size], first)):
                if size == 1:
                    which = f"{'post' if field == 'posts' else 'story'} {first + 1}"
                    message = f"{which} alone is larger than its limit of {self._limit} bytes; raise limit:"
                    raise ChannelError(self.config.name, message)
                return size - 1
        return len(items)

    def _run(
        self, dispatch: Dispatch, whole: dict[str, object], field: str, items: Sequence[object], first: int
    ) -> dict[str, object]:
        """One body of several, with the words of its own stories only."""
        words = ""
        if field == "stories" and dispatch.issue:
            words = "\n\n".join(map(story_markdown, dispatch.issue.stories[first : first + len(items)]))
        # 999 stands for numbers not known yet, so that a body is never longer than it was measured.
        return {**whole, "text": words, "markdown": words, field: list(items), "part": 999, "parts": 999}

    def _fits(self, dispatch: Dispatch, payload: Mapping[str, object]) -> bool:
        return len(_bytes({"id": _name(dispatch, 999), **payload, "html": None})) <= self._limit

    def _part(self, dispatch: Dispatch, payload: Mapping[str, object], part: int, parts: int) -> Part:
        body: dict[str, object] = {"id": _name(dispatch, part), **payload, "part": part, "parts": parts}
        body["html"] = dispatch.email.html if self._html and part == 1 and dispatch.email else None
        name = dispatch.kind if parts == 1 else f"{dispatch.kind}-{part}"
        return Part(f"{name}.json", _bytes(body), "application/json")


def signing_key(channel: str, secret: str) -> bytes:
    """The key in a `whsec_…` secret. Raises ChannelError where it is none, without showing it."""
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) not in _KEY_BYTES:
        message = "its secret must be whsec_ followed by base64 of 24 to 64 bytes"
        raise ChannelError(channel, message)
    return key


def sign(key: bytes, name: str, stamp: int, body: bytes) -> str:
    """The value of `webhook-signature`: HMAC-SHA256 over `id.timestamp.body`."""
    digest = hmac.new(key, f"{name}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def _name(dispatch: Dispatch, part: int) -> str:
    """The name of one body, for people who read logs."""
    return f"{dispatch.about}/{dispatch.kind}/{part}"


def _bytes(payload: Mapping[str, object]) -> bytes:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
