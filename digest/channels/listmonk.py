"""listmonk: a campaign is made as a draft with the email's HTML and its plain text.

New campaigns are always drafts; nothing here ever sets a time or a status. There is no idempotency and a name may be
taken twice, so a campaign is looked for by its name first; the search matches parts of names, hence the comparison.
The body is put into a template: one that shows the body alone has to be named, since the default one has a frame of
its own. Body, subject and plain text are Go templates: bad syntax is refused, good syntax would be executed, comments
(which hold the email together in Outlook) are left out unless `Safe` keeps them, and `@TrackLink` behind an address is
a command. Sources: knadh/listmonk docs apis/campaigns.md and templating.md, cmd/campaigns.go, models/campaigns.go.
"""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from digest.channels.drafts import Drafts, literal_html, named, page, unsubscribing
from digest.edition.credit import web
from digest.errors import ChannelError
from digest.typography import line

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from digest.channels import Dispatch

_TAG = "{{ UnsubscribeURL }}"
_BRACES = '{{"{{"}}'
"""How a Go template writes two opening braces."""
_COMMENT = re.compile(r"<!--[^`]{0,20000}?-->")
_TRACKED = "@TrackLink"


class Listmonk(Drafts):
    """One campaign in the state `draft`."""

    def address(self) -> str:
        """The campaigns of the server."""
        config = self.config
        if not config.url:
            raise ChannelError(config.name, "needs url_env or url_file: the server, like https://lists.example.org")
        if not config.secret or ":" not in config.secret.reveal():
            raise ChannelError(config.name, "needs secret_env or secret_file: user:token of a user for the API")
        lists, template = config.options.get("lists"), config.options.get("template")
        if not isinstance(lists, list | tuple) or not lists:
            raise ChannelError(config.name, "needs lists: the numbers of the lists it is meant for, like [3]")
        if not isinstance(template, int):
            message = 'needs template: the number of a template that is just {{ template "content" . }}'
            raise ChannelError(config.name, message)
        self._lists, self._template = list(lists), template
        return f"{config.url.reveal().rstrip('/')}/api/campaigns"

    def credentials(self) -> tuple[tuple[str, str], ...]:
        """User and token; of the two forms that listmonk takes, the one that older servers know too."""
        pair = self.config.secret.reveal() if self.config.secret else ""
        return (("authorization", f"Basic {base64.b64encode(pair.encode()).decode()}"),)

    def letter(self, dispatch: Dispatch) -> dict[str, Any]:
        """Name, subject, both bodies and whom it is meant for."""
        title = dispatch.issue.masthead.title if dispatch.issue else dispatch.subject
        return {
            "name": f"{line(title)[:200]} {named(dispatch)}",
            "subject": literal(line(dispatch.subject)),
            "lists": self._lists,
            "type": "regular",
            "content_type": "html",
            "body": unsubscribing(_kept(literal_html(page(dispatch))), dispatch, _TAG),
            "altbody": _text(dispatch),
            "template_id": self._template,
            "tags": ["digest"],
        }

    def query(self, letter: Mapping[str, Any], at: datetime) -> str:  # noqa: ARG002 -- names have no time
        """The campaigns with the issue's id in their name, without their bodies."""
        return urlencode({"query": str(letter["name"]).rpartition(" ")[2], "no_body": "true", "per_page": "100"})

    def listed(self, told: Any) -> tuple[list[Any], bool] | None:  # noqa: ANN401 -- what a JSON body holds
        """The campaigns of one page; they are all where there are as many as are told of."""
        data = told.get("data") if isinstance(told, dict) else None
        rows = data.get("results") if isinstance(data, dict) else None
        return (rows, data.get("total", 0) == len(rows)) if isinstance(data, dict) and isinstance(rows, list) else None

    def same(self, letter: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
        """By its whole name."""
        return bool(row.get("name") == letter["name"])

    def made(self, told: Any) -> dict[str, Any] | None:  # noqa: ANN401 -- what a JSON body holds
        """The campaign under `data`."""
        data = told.get("data") if isinstance(told, dict) else None
        return data if isinstance(data, dict) and "id" in data and "status" in data else None

    def wrapped(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Under `data`, where a campaign is told."""
        return {"data": super().wrapped(row)}


def literal(text: str) -> str:
    """Text in which no brace begins an action of a Go template."""
    return text.replace("{{", _BRACES).replace(_TRACKED, '{{"@"}}TrackLink')


def _kept(html: str) -> str:
    """HTML whose comments stay, and in which no address is made one that is counted."""
    whole = _COMMENT.sub(lambda found: f"{{{{ Safe `{found[0]}` }}}}", html)
    return whole.replace(_TRACKED, "&#64;TrackLink")


def _text(dispatch: Dispatch) -> str:
    """The email's plain text, the address for unsubscribing alive; else the words of the draft."""
    if not (dispatch.kind == "digest" and dispatch.email):
        return f"{literal(dispatch.markdown)}\n\n{_TAG}\n"
    text = literal(dispatch.email.text)
    ours = dispatch.issue and web(dispatch.issue.masthead.unsubscribe, mail=True)
    return text.replace(ours, _TAG) if ours and ours in text else f"{text.rstrip()}\n\n{_TAG}\n"
