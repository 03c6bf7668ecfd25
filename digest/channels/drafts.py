"""What newsletter providers share: a draft is made there, never sent, and looked for before it is made.

An editor sends it in the provider's own pages. Each attempt first asks whether the draft is there already, by a name
that it was given; so an attempt of unknown outcome is reconciled and never leaves a second draft. Subject and body are
templates over there: braces of an article are written so that they stand for themselves, and only the address for
unsubscribing stays alive.
"""

from __future__ import annotations

import json
import re
from html import escape
from typing import TYPE_CHECKING, Any

from digest.channels import Part, Request
from digest.channels.matrix import html as block_html
from digest.delivery import Verdict, by_status, no_answer, not_sent
from digest.edition.chat import issue_head, issue_items, page_items
from digest.edition.credit import web
from digest.errors import ChannelError
from digest.labels import labels

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from digest.channels import Answer, ChannelConfig, Dispatch, Wire
    from digest.delivery import OnUnknown
    from digest.edition.chat import Block

SETTLED = 60.0
"""Seconds after which a request of unknown outcome is looked for: by then the provider is done with it."""

_STYLE = re.compile(r"(<style\b[^<>]{0,200}>[^<]{0,60000}</style>)")
_OPENS = re.compile(r"\{(?=[{%#])")


class Drafts:
    """A provider behind an API with a key. Kinds that are no letter to readers (posts) are not for it."""

    on_unknown: OnUnknown = "reconcile"
    pace = 1.0

    def __init__(self, config: ChannelConfig) -> None:
        self.config = config
        self.url = self.address()
        if not self.url.startswith(("https://", "http://")):
            raise ChannelError(config.name, "its address must begin with https://")

    def address(self) -> str:
        """Where drafts are made. Raises ChannelError where it is not configured."""
        raise NotImplementedError

    def credentials(self) -> tuple[tuple[str, str], ...]:
        """The headers that open the door, `authorization` among them."""
        raise NotImplementedError

    def letter(self, dispatch: Dispatch) -> dict[str, Any]:
        """The object that makes a draft there, its name in it."""
        raise NotImplementedError

    def query(self, letter: Mapping[str, Any], at: datetime) -> str:
        """What the address is asked for, to find the draft of `letter`."""
        raise NotImplementedError

    def listed(self, told: Any) -> tuple[list[Any], bool] | None:  # noqa: ANN401 -- what a JSON body holds
        """What was found, and whether that is all of it; None where `told` is no list."""
        raise NotImplementedError

    def same(self, letter: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
        """Whether something that was found is the draft of `letter`."""
        raise NotImplementedError

    def made(self, told: Any) -> dict[str, Any] | None:  # noqa: ANN401 -- what a JSON body holds
        """The draft in the answer to a request that made one; None where there is none in it."""
        raise NotImplementedError

    def plan(self, dispatch: Dispatch) -> tuple[Part, ...]:
        """One draft, whatever its length; none of posts."""
        if dispatch.kind == "posts":
            return ()
        body = json.dumps(self.letter(dispatch), ensure_ascii=False, separators=(",", ":")).encode()
        return (Part(f"{dispatch.kind}.json", body, "application/json; charset=utf-8"),)

    def request(self, part: Part, key: str, at: datetime) -> Request:  # noqa: ARG002 -- only some name it
        """The request that makes the draft."""
        return Request("POST", self.url, (("content-type", part.content_type), *self.credentials()), part.body)

    def send(self, part: Part, key: str, at: datetime, wire: Wire) -> Answer:
        """Look for the draft; make it where it is surely not there."""
        letter = json.loads(part.body)
        asked = Request("GET", f"{self.url}?{self.query(letter, at)}", self.credentials(), b"")
        answer = wire.look(asked, self.config)
        if answer.status != 200:
            return answer
        listed = self.listed(_json(answer.body))
        rows, whole = listed or ([], False)
        for row in rows:
            if isinstance(row, dict) and "id" in row and self.same(letter, row):
                return answer._replace(body=json.dumps(self.wrapped(row)).encode())
        if not whole:
            return answer._replace(body=b"", detail="the list of drafts cannot be read to its end")
        return wire.http(self.request(part, key, at), self.config)

    def wrapped(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """A draft that was found, as the answer that it was made with."""
        return {"id": row["id"], "status": row.get("status", "")}

    def verdict(self, answer: Answer) -> Verdict:
        """By status, and by the draft in the body: it must be one still, unless it was found and not made."""
        if answer.status is None:
            lost = no_answer(answer.error)._replace(retry_after=SETTLED)
            return lost if answer.started else not_sent(answer.error)
        refused = by_status(answer.status, answer.headers, answer.at, blind=answer.started)
        draft = self.made(_json(answer.body)) if refused is None else None
        if not answer.started:
            return self._looked(answer, refused, draft)
        if refused:
            return refused._replace(retry_after=SETTLED) if refused.outcome == "unknown" else refused
        if draft is None:
            detail = "an answer that cannot be read"
            return Verdict("unknown", f"HTTP {answer.status}", detail, answer.status, retry_after=SETTLED)
        if draft.get("status") != "draft":
            state = str(draft.get("status"))[:40]
            gone = f"what was asked for as a draft became {state!r}: look there at once"
            return Verdict("dead", "not a draft", gone, answer.status, disable=gone, remote_ref=str(draft["id"]))
        return Verdict("delivered", "draft", status=answer.status, remote_ref=str(draft["id"]))

    def _looked(self, answer: Answer, refused: Verdict | None, draft: dict[str, Any] | None) -> Verdict:
        """What a look means: it is there (an editor may have sent it since), or nothing was done and will be later."""
        if draft is not None:
            return Verdict("delivered", "already there", status=answer.status, remote_ref=str(draft["id"]))
        if refused and refused.outcome in {"dead", "retry"}:
            return refused
        return Verdict("retry", f"HTTP {answer.status}", answer.detail or "nothing was sent", answer.status)


def named(dispatch: Dispatch) -> str:
    """The name by which a draft is found again: letters, digits, points, hyphens. One for each kind of an issue."""
    about = re.sub(r"[^A-Za-z0-9.-]+", "-", dispatch.about).strip("-") or "unnamed"
    return about if dispatch.kind == "digest" else f"{about}-{dispatch.kind}"


def page(dispatch: Dispatch) -> str:
    """The draft as HTML: the email, else its stories or words in a few plain tags."""
    if dispatch.kind == "digest" and dispatch.email:
        return dispatch.email.html
    head = issue_head(dispatch.issue) if dispatch.issue else dispatch.subject
    return f"<html><body><h4>{escape(head, quote=False)}</h4>{''.join(map(block_html, blocks(dispatch)))}</body></html>"


def blocks(dispatch: Dispatch) -> list[Block]:
    """The stories of a digest, the paragraphs of anything else."""
    digest = dispatch.kind == "digest" and dispatch.issue
    items = issue_items(dispatch.issue) if digest and dispatch.issue else page_items(dispatch.markdown)
    return [block for item in items for unit in item for block in unit]


def literal_html(html: str) -> str:
    """HTML in which no brace begins or ends a template's tag; it shows the same."""
    pieces = _STYLE.split(html)
    return "".join(
        parted(piece) if at % 2 else piece.replace("{", "&#123;").replace("}", "&#125;")
        for at, piece in enumerate(pieces)
    )


def parted(text: str) -> str:
    """Text in which braces that would begin a tag of Django's are a space apart."""
    return _OPENS.sub("{ ", text)


def unsubscribing(html: str, dispatch: Dispatch, tag: str) -> str:
    """HTML whose link for unsubscribing is the provider's `tag`; one is added where there was none."""
    ours = dispatch.issue and web(dispatch.issue.masthead.unsubscribe, mail=True)
    live = f'href="{tag}"'
    if ours and f'href="{escape(ours, quote=False)}"' in html:
        return html.replace(f'href="{escape(ours, quote=False)}"', live)
    word = labels(dispatch.issue.language if dispatch.issue else "en")["unsubscribe"]
    head, end, tail = html.rpartition("</body>")
    link = f"<p><a {live}>{escape(word)}</a></p>"
    return f"{head}{link}{end}{tail}" if end else f"{html}{link}"


def _json(body: bytes) -> Any:  # noqa: ANN401 -- what a JSON body holds
    try:
        return json.loads(body)
    except ValueError:
        return None
