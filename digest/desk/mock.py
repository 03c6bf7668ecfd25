"""Posts and chat messages as their platforms show them: which words are links, what is folded away, what card appears.

Nothing here is mark-up: a text becomes pieces, and the page escapes each of them.
"""

from __future__ import annotations

import hashlib
import json
import re
from email import policy
from email.parser import BytesParser
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote, urlsplit

from digest.edition.credit import web
from digest.posting import autolink

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from digest.post import Post

FOLDS = {"linkedin": 210, "facebook": 480}
"""Characters after which a platform hides the rest behind "more" (third parties' figures)."""
SHORT = 27
"""Characters of an address that X and Mastodon show; the rest is an ellipsis."""
CARDED = frozenset({"x", "mastodon", "bluesky", "threads", "linkedin", "facebook", "telegram"})
"""Platforms that show a card of the page that is linked."""

_ADDRESS = re.compile(r"https?://[^\s<>]{1,4000}")
_TAG = re.compile(r"#[^\s#.,，。、：；！？!?]{1,60}#?")
_INLINE = re.compile(
    r"\[(?P<words>[^\[\]\n]{1,600})\]\((?P<link>https?://[^\s()]{1,4000})\)"  # Markdown
    r"|<(?P<href>https?://[^\s|<>]{1,4000})\|(?P<label>[^<>\n]{0,600})>"  # Slack
    r"|<a href=\"(?P<url>[^\"]{1,4000})\">(?P<name>[^<]{0,600})</a>"  # Telegram
    r"|\*\*(?P<bold>[^*\n]{1,2000})\*\*|<b>(?P<strong>[^\n]{1,2000}?)</b>"
    r"|(?<![\w*])\*(?P<star>[^*\n]{1,2000})\*(?![\w*])"
    r"|(?P<bare>https?://[^\s<>()]{1,4000})"
)
_ESCAPED = re.compile(r"\\([\\`*_\[\]<>#|~&])")
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&amp;": "&"}


class Piece(NamedTuple):
    """A stretch of a text: `kind` is `text`, `link`, `tag`, `bold` or `more`; `href` where a link may be opened."""

    text: str
    kind: str = "text"
    href: str | None = None


class Line(NamedTuple):
    """A line of a chat message: `kind` is `p`, `h`, `quote`, `item` or `gap`."""

    kind: str
    pieces: tuple[Piece, ...] = ()


class Mock(NamedTuple):
    """A post as its platform shows it: `items` are the post and what follows it in a thread.

    `copy` are the same texts as they are pasted; `host` and `card` the site and headline of the card under it.
    """

    key: str
    post: Post
    items: tuple[tuple[Piece, ...], ...]
    copy: tuple[str, ...]
    lengths: tuple[int, ...]
    host: str
    card: str | None


def key(post: Post) -> str:
    """A name of exactly this post: another word makes it another one."""
    whole = json.dumps([post.platform, post.story, post.title, post.digest, post.text, *post.thread])
    return hashlib.sha256(whole.encode()).hexdigest()[:12]


def mock(post: Post, title: str, lengths: Sequence[int]) -> Mock:
    """A post as it will look; `title` is the headline of its article, `lengths` the count of each item."""
    texts = (post.text, *post.thread)
    facets = (post.facets, *post.thread_facets, *((),) * len(texts))
    items = tuple(_pieces(text, post.platform, known) for text, known in zip(texts, facets, strict=False))
    return Mock(
        key(post),
        post,
        items,
        texts,
        tuple(lengths),
        host(post.link),
        title if post.platform in CARDED else None,
    )


def host(link: str | None) -> str:
    """The site of an address, as a card names it; "" where there is none."""
    try:
        return (urlsplit(link or "").hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _pieces(text: str, platform: str, facets: Iterable[Mapping[str, Any]]) -> tuple[Piece, ...]:
    fold = FOLDS.get(platform)
    spans = _spans(text, platform, list(facets))
    pieces: list[Piece] = []
    at = 0
    for start, end, made in spans:
        pieces += [Piece(text[at:start])] * (start > at)
        pieces.append(made)
        at = end
    pieces += [Piece(text[at:])] * (at < len(text))
    return _folded(pieces, fold) if fold and len(text) > fold else tuple(pieces)


def _folded(pieces: Iterable[Piece], fold: int) -> tuple[Piece, ...]:
    """Pieces with a mark where the platform stops showing them."""
    shown: list[Piece] = []
    left = fold
    for piece in pieces:
        if 0 <= left < len(piece.text) and piece.kind == "text":
            shown += [piece._replace(text=piece.text[:left]), Piece("", "more"), piece._replace(text=piece.text[left:])]
        elif 0 <= left < len(piece.text):
            shown += [Piece("", "more"), piece]
        else:
            shown.append(piece)
        left -= len(piece.text)
    return tuple(shown)


def _spans(text: str, platform: str, facets: list[Mapping[str, Any]]) -> list[tuple[int, int, Piece]]:
    """The links and tags of a text in order, none over another."""
    found: list[tuple[int, int, Piece]] = []
    if facets:
        raw = text.encode()
        for one in facets:
            start, end = (len(raw[: one[edge]].decode("utf-8", "ignore")) for edge in ("byteStart", "byteEnd"))
            found.append((start, end, Piece(text[start:end], "link", web(str(one["uri"])))))
    else:
        links = {"x": autolink.on_x, "mastodon": autolink.on_mastodon}.get(platform)
        spans = links(text) if links else tuple(one.span() for one in _ADDRESS.finditer(text))
        for start, end in () if platform in {"wechat", "xiaohongshu"} else spans:
            address = text[start:end]
            full = address if "://" in address else f"https://{address}"
            shown = _short(address) if platform in {"x", "mastodon"} else address
            found.append((start, end, Piece(shown, "link", web(full))))
    taken = [(start, end) for start, end, _ in found]
    found += [
        (*tag.span(), Piece(tag[0], "tag"))
        for tag in _TAG.finditer(text)
        if not any(start < tag.end() and tag.start() < end for start, end in taken)
    ]
    return sorted(found, key=lambda one: one[0])


def _short(address: str) -> str:
    bare = address.partition("://")[2] or address
    bare = unquote(bare.removeprefix("www.").partition("#:~:")[0])
    return bare if len(bare) <= SHORT else f"{bare[:SHORT]}…"


# ── chat messages ──


def chat(request: Mapping[str, Any]) -> tuple[Line, ...]:
    """What a reader sees of a request: the words in its body, line by line; () where it holds none."""
    body = str(request.get("body") or "")
    kind = str((request.get("headers") or {}).get("content-type") or "")
    if kind.startswith(("text/markdown", "text/plain")):
        return lines(body)
    try:
        told = json.loads(body)
    except ValueError:
        return ()
    return tuple(line for words in _words(told) for line in lines(words)) if isinstance(told, dict) else ()


_KEYS = (
    *("title", "header", "description", "content", "text", "markdown", "markdown_v2", "value", "blocks", "elements"),
    *("embeds", "fields", "card", "body", "message", "post", "zh_cn", "actions", "attachments", "columns", "sections"),
)
"""Where the words of a message stand in the bodies of chats, in reading order."""


def _words(told: Any) -> list[str]:  # noqa: ANN401 -- what a JSON body holds
    """The texts of a message in reading order; a fallback `text` beside richer blocks is left out."""
    if isinstance(told, str):
        return [told]
    if isinstance(told, list):
        return [words for each in told for words in _words(each)]
    if not isinstance(told, dict):
        return []
    richer = [key for key in ("blocks", "embeds", "attachments") if told.get(key)]
    wanted = [key for key in _KEYS if key in told and not (richer and key in {"text", "content"})]
    return [words for key in wanted for words in _words(told[key])]


def lines(text: str) -> tuple[Line, ...]:
    """A message in Markdown, Slack's mark-up or Telegram's HTML as lines to show."""
    made: list[Line] = []
    for row in text.replace("<blockquote>", "> ").replace("</blockquote>", "").split("\n"):
        bare = row.strip()
        if bare.startswith("```"):
            continue
        if not bare:
            if made and made[-1].kind != "gap":
                made.append(Line("gap"))
        elif bare.startswith("#") and bare.lstrip("#").startswith(" "):
            made.append(Line("h", _inline(bare.lstrip("# "))))
        elif bare.startswith(("> ", "&gt; ", ">")):
            made.append(Line("quote", _inline(bare.removeprefix("&gt;").removeprefix(">").strip())))
        elif bare.startswith(("- ", "• ")):
            made.append(Line("item", _inline(bare[2:])))
        else:
            made.append(Line("p", _inline(bare)))
    return tuple(made)


def _inline(text: str) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    at = 0
    for found in _INLINE.finditer(text):
        if found.start() > at:
            pieces.append(Piece(_plain(text[at : found.start()])))
        bold = found["bold"] or found["strong"] or found["star"]
        if bold and (inner := _INLINE.search(bold)) and inner[0] != found[0]:  # a link set in bold
            pieces += _inline(bold)
            at = found.end()
            continue
        link = found["link"] or found["href"] or found["url"] or found["bare"]
        words = found["words"] or found["label"] or found["name"] or link or ""
        pieces.append(Piece(_plain(bold), "bold") if bold else Piece(_plain(words), "link", web(_plain(link))))
        at = found.end()
    return (*pieces, Piece(_plain(text[at:]))) if at < len(text) else tuple(pieces)


def _plain(text: str) -> str:
    """Words without the escapes of Markdown and HTML."""
    text = _ESCAPED.sub(r"\1", text)
    for entity, character in _ENTITIES.items():
        text = text.replace(entity, character)
    return text


def headers(message: bytes) -> tuple[tuple[str, str], ...]:
    """The headers of a message, decoded, in their order."""
    parsed = BytesParser(policy=policy.default).parsebytes(message, headersonly=True)
    return tuple((name, str(value)) for name, value in parsed.items())
