"""A post in the markup of an API: counted first, escaped last. A post to paste by hand stays plain text."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_ADDRESS = re.compile(r"https?://\S+")
_LITTLE = re.compile(r"[\\|{}@\[\]()<>#*_~]")


def as_html(text: str, facets: Iterable[Mapping[str, object]] = ()) -> str:
    """A post as Telegram's HTML: `& < > "` escaped, what a facet covers (UTF-8 bytes) as a link to its `uri`."""
    data, at, parts = text.encode(), 0, []
    for facet in facets:
        start, end = int(str(facet["byteStart"])), int(str(facet["byteEnd"]))
        shown = escape(data[start:end].decode())
        parts += [escape(data[at:start].decode()), f'<a href="{escape(str(facet["uri"]))}">{shown}</a>']
        at = end
    return "".join((*parts, escape(data[at:].decode())))


def as_little_text(text: str, tags: Iterable[str] = ()) -> str:
    r"""A post as LinkedIn's "little text": reserved marks escaped outside addresses, `tags` as hashtag templates.

    Unescaped, LinkedIn cuts the post at the first of `\ | { } @ [ ] ( ) < > # * _ ~` without a word.
    """
    parts, at = [], 0
    for address in _ADDRESS.finditer(text):
        parts += [_LITTLE.sub(r"\\\g<0>", text[at : address.start()]), address[0]]
        at = address.end()
    made = "".join((*parts, _LITTLE.sub(r"\\\g<0>", text[at:])))
    for tag in tags:
        escaped = _LITTLE.sub(r"\\\g<0>", tag)
        template = f"{{hashtag|#|{tag}}}".replace("\\", r"\\")
        made = re.sub(rf"(?<!\w)\\#{re.escape(escaped)}(?!\w)", template, made)
    return made
