"""RSS, RDF and Atom: each item a document. XML is data: no entity is defined, no file or network touched."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from digest.errors import SeedError
from digest.formats.html import fragment
from digest.formats.markdown import article
from digest.reading import dates
from digest.reading.masthead import Told, people

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.document import Document, Warn
    from digest.lexicon import Lexicon
    from digest.seed import Seed

MOST = 500
"""Items read of one feed; a feed file of more is an archive, and its rest is told in a warning's place."""
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]{0,500}>")
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_XML_NAMES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_DECLARATION = re.compile(r"^\s{0,50}<\?xml[^>]{0,200}\?>")
_TAGS = re.compile(r"<[a-zA-Z/][^<>]{0,2000}>")


def read(markup: str, seed: Seed, lexicon: Lexicon, warnings: tuple[Warn, ...] = ()) -> tuple[Document, ...]:
    """The documents of a feed, in its order. SeedError `feed` for broken XML or one that defines entities."""
    root = _parsed(markup)
    channel = next((one for one in root.iter() if _name(one) in {"channel", "feed"}), root)
    site = _text(channel, "title")
    items = [one for one in root.iter() if _name(one) in {"item", "entry"}][:MOST]
    if not items:
        raise SeedError("empty", "the feed holds no item", "save a feed with items, or clip the article itself")
    return tuple(_document(item, site, seed, lexicon, warnings) for item in items)


def _parsed(markup: str) -> ET.Element:
    if "<!ENTITY" in markup:
        raise SeedError(
            "feed", "the feed defines entities of its own, which are not read", "save the feed again without them"
        )
    markup = _CONTROL.sub("", _DOCTYPE.sub("", _DECLARATION.sub("", markup)))
    markup = _ENTITY.sub(lambda found: found[0] if found[1] in _XML_NAMES else html.unescape(found[0]), markup)
    try:
        return ET.fromstring(markup.strip())  # noqa: S314 -- no entity can be defined: refused above
    except (ET.ParseError, ValueError, RecursionError) as wrong:
        raise SeedError(
            "feed", f"the feed is broken XML ({wrong})", "save the feed again, or clip the article itself"
        ) from None


def _name(element: ET.Element) -> str:
    return str(element.tag).rsplit("}", 1)[-1]


def _children(element: ET.Element, *names: str) -> Iterator[ET.Element]:
    for name in names:
        yield from (child for child in element if _name(child) == name)


def _text(element: ET.Element, *names: str) -> str | None:
    for child in _children(element, *names):
        words = "".join(child.itertext()).strip()
        if words:
            return html.unescape(_TAGS.sub("", words)).strip() or None
    return None


def _markup(item: ET.Element) -> str:
    """The fullest body the item has, as HTML."""
    best = ""
    for child in _children(item, "encoded", "content", "description", "summary"):
        xhtml = child.get("type") == "xhtml" or len(child) > 0
        words = ET.tostring(child, encoding="unicode", method="html") if xhtml else "".join(child.itertext())
        if child.get("type") == "text":
            words = html.escape(words)
        if len(words) > len(best):
            best = words
    return best


def _link(item: ET.Element) -> str | None:
    for child in _children(item, "link"):
        if child.get("rel", "alternate") == "alternate" and (
            address := child.get("href") or (child.text or "").strip()
        ):
            return address
    guid = next(_children(item, "guid"), None)
    if guid is not None and guid.get("isPermaLink", "true") == "true" and (guid.text or "").startswith("http"):
        return guid.text
    return None


def _document(item: ET.Element, site: str | None, seed: Seed, lexicon: Lexicon, warnings: tuple[Warn, ...]) -> Document:
    told = Told(title=_text(item, "title"), site=site, source=_link(item), warnings=list(warnings))
    author = next(_children(item, "author"), None)
    named = (_text(author, "name") if author is not None and len(author) else None) or _text(item, "creator", "author")
    if named:
        found = re.fullmatch(r"\S{1,80}@\S{1,80}\s\((.{1,80})\)", named)
        told.authors = people(found[1] if found else named)
    for name in ("pubDate", "published", "date", "issued", "updated"):
        told.date(dates.iso(_text(item, name) or ""), "feed")
    told.tags = [
        words for child in _children(item, "category") if (words := child.get("term") or (child.text or "").strip())
    ]
    body = _markup(item)
    return article(fragment(body) if "<" in body else html.unescape(body), told, seed.name, lexicon, form="feed")
