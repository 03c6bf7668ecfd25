"""The folder channel: one file a part, written under a temporary name, made durable, then renamed.

The same name again with the same bytes is success, so that an attempt of unknown outcome can simply be
repeated; with other bytes it is dead, since a delivered file is never overwritten.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from threading import get_ident
from typing import TYPE_CHECKING

from digest.channels import Part, Request
from digest.delivery import Verdict, not_sent
from digest.errors import ChannelError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from digest.channels import Answer, ChannelConfig, Dispatch, Wire
    from digest.delivery import OnUnknown

_UNSAFE = re.compile(r"[^\w.-]+")
_MARKDOWN = "text/markdown; charset=utf-8"
_JSON = "application/json"


class Folder:
    """Writes each part into `path/<issue>/<name>`; alerts into `path/alerts/`."""

    on_unknown: OnUnknown = "resend"
    pace = 0.0

    def __init__(self, config: ChannelConfig) -> None:
        if not config.path:
            raise ChannelError(config.name, "needs path: the folder to write into")
        self.config = config
        self.root = Path(config.path)

    def plan(self, dispatch: Dispatch) -> tuple[Part, ...]:
        """The drafts as files: email and issue for a digest, posts for posts, one page of Markdown otherwise."""
        folder = "alerts" if dispatch.kind == "alert" else safe(dispatch.about)
        return tuple(Part(f"{folder}/{name}", body, content_type) for name, body, content_type in _files(dispatch))

    def request(self, part: Part, key: str, at: datetime) -> Request:  # noqa: ARG002 -- a file has neither key nor time
        """The write as if it were a request, for people to look at."""
        return Request("WRITE", part.name, (("content-type", part.content_type),), part.body)

    def send(self, part: Part, key: str, at: datetime, wire: Wire) -> Answer:  # noqa: ARG002 -- as above
        """Write the file."""
        return wire.local(lambda: store(self.root / part.name, part.body))

    def verdict(self, answer: Answer) -> Verdict:
        """Written, already there, there with other bytes, or an error of the file system."""
        if answer.complete:
            return Verdict("delivered")
        if answer.error == "FileExistsError":
            detail = "a file of this name with other content is there; move it away, then: digest outbox retry"
            return Verdict("dead", "exists", detail)
        if not answer.started:
            return not_sent(answer.error)
        return Verdict("retry", answer.error, answer.detail)


def store(path: Path, body: bytes) -> None:
    """Write `body` to `path` so that it is there whole or not at all, also after a power loss.

    Raises FileExistsError where other bytes lie there, OSError where the disk or the folder refuses.
    """
    if path.exists():
        if path.read_bytes() == body:
            return
        raise FileExistsError(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{get_ident()}.part")
    try:
        with temporary.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        # A link fails where the name has meanwhile been taken; a rename would overwrite.
        try:
            os.link(temporary, path)
        except FileExistsError:
            if path.read_bytes() != body:
                raise
        except OSError:  # a file system without hard links
            temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def safe(name: str) -> str:
    """A name that is one path segment everywhere."""
    return _UNSAFE.sub("-", name).strip(".-") or "unnamed"


def _files(dispatch: Dispatch) -> Iterator[tuple[str, bytes, str]]:
    """Name, bytes and content type of each file of a draft."""
    if dispatch.kind == "alert":
        yield f"{safe(dispatch.about)}.md", dispatch.markdown.encode(), _MARKDOWN
    elif dispatch.kind == "posts":
        yield "posts.json", _json(list(dispatch.posts_json)), _JSON
        yield "posts.md", dispatch.markdown.encode(), _MARKDOWN
    elif dispatch.kind == "digest":
        if dispatch.email:
            yield "email.html", dispatch.email.html.encode(), "text/html; charset=utf-8"
            yield "email.txt", dispatch.email.text.encode(), "text/plain; charset=utf-8"
            yield "email.eml", dispatch.email.message, "message/rfc822"
        yield "digest.md", dispatch.markdown.encode(), _MARKDOWN
        yield "issue.json", _json(dict(dispatch.issue_json)), _JSON
    else:
        yield f"{dispatch.kind}.md", dispatch.markdown.encode(), _MARKDOWN


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
