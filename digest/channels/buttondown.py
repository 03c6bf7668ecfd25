"""Buttondown: an email is made as a draft, in Markdown, or as HTML with `html: true`.

Its API sends what does not say that it is a draft (`status` defaults to `about_to_send`), so the reply is checked too.
The version of the API is pinned to one in which a key's first sending has to be confirmed. Emails are found again by
the `issue_key` in their metadata; `X-Idempotency-Key` is known from the documents only and is sent besides. Subject
2,000 characters; 600 requests a minute. Subject and body are Django templates.
Sources: buttondown/openapi openapi.json, enums.json; buttondown/docs.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from digest.channels.dingtalk import markdown
from digest.channels.drafts import Drafts, blocks, literal_html, named, page, parted, unsubscribing
from digest.edition.chat import clipped
from digest.edition.credit import web
from digest.errors import ChannelError
from digest.labels import labels
from digest.typography import line

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from digest.channels import Dispatch, Part, Request

SUBJECT = 2_000
_API = "https://api.buttondown.com"
_VERSION = "2026-04-01"
_WINDOW = timedelta(days=14)
"""How far back drafts are looked for: deliveries are given up after two days, a person may take longer."""
_TAG = "{{ unsubscribe_url }}"


class Buttondown(Drafts):
    """One email in the state `draft`."""

    def address(self) -> str:
        """The emails of the account that the key belongs to."""
        if not self.config.secret or not self.config.secret.reveal():
            raise ChannelError(self.config.name, "needs secret_env or secret_file: the API key")
        server = self.config.url.reveal() if self.config.url else _API
        return f"{server.rstrip('/')}/v1/emails"

    def credentials(self) -> tuple[tuple[str, str], ...]:
        """The key, and the version of the API."""
        key = self.config.secret.reveal() if self.config.secret else ""
        return ("authorization", f"Token {key}"), ("x-api-version", _VERSION)

    def letter(self, dispatch: Dispatch) -> dict[str, Any]:
        """Subject, body, and that it is a draft."""
        subject = clipped(line(dispatch.subject), SUBJECT - 100)
        issue = dispatch.issue
        return {
            "subject": parted(subject),
            "body": _html(dispatch) if self.config.options.get("html") is True else _markdown(dispatch),
            "status": "draft",
            "description": parted(line(issue.preheader)) if issue else "",
            "metadata": {"issue_key": named(dispatch)},
        }

    def request(self, part: Part, key: str, at: datetime) -> Request:
        """The request with the delivery's key."""
        request = super().request(part, key, at)
        return request._replace(headers=(*request.headers, ("x-idempotency-key", key)))

    def query(self, letter: Mapping[str, Any], at: datetime) -> str:  # noqa: ARG002 -- metadata cannot be asked for
        """The emails of the last days, without their bodies."""
        return urlencode({"creation_date__start": f"{at - _WINDOW:%Y-%m-%d}", "excluded_fields": "body"})

    def listed(self, told: Any) -> tuple[list[Any], bool] | None:  # noqa: ANN401 -- what a JSON body holds
        """The emails of one page; it is the last where it names no next one."""
        rows = told.get("results") if isinstance(told, dict) else None
        return (rows, not told.get("next")) if isinstance(rows, list) else None

    def same(self, letter: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
        """By the key in its metadata, whatever an editor has done to the rest."""
        metadata = row.get("metadata")
        return isinstance(metadata, dict) and metadata.get("issue_key") == letter["metadata"]["issue_key"]

    def made(self, told: Any) -> dict[str, Any] | None:  # noqa: ANN401 -- what a JSON body holds
        """The email itself."""
        return told if isinstance(told, dict) and "id" in told and "status" in told else None


def _markdown(dispatch: Dispatch) -> str:
    """The email in Markdown, else the stories or words of the draft; the first line says that it is Markdown."""
    written = dispatch.email.markdown if dispatch.kind == "digest" and dispatch.email else ""
    text = (written or "\n\n".join(map(markdown, blocks(dispatch)))).replace("{", "&#123;").replace("}", "&#125;")
    ours = dispatch.issue and web(dispatch.issue.masthead.unsubscribe, mail=True)
    if ours and f"]({ours})" in text:
        text = text.replace(f"]({ours})", f"]({_TAG})")
    else:
        word = labels(dispatch.issue.language if dispatch.issue else "en")["unsubscribe"]
        text = f"{text.rstrip()}\n\n[{word}]({_TAG})\n"
    return f"<!-- buttondown-editor-mode: plaintext -->\n{text}"


def _html(dispatch: Dispatch) -> str:
    html = unsubscribing(literal_html(page(dispatch)), dispatch, _TAG)
    return f"<!-- buttondown-editor-mode: fancy -->\n{html}"
