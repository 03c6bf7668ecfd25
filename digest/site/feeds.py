"""The feeds of the site: Atom (RFC 4287) and JSON Feed 1.1, each with its issues in full."""

from __future__ import annotations

import json
import re
from email.utils import parseaddr
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, tostring

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from digest.issue import Masthead
    from digest.site import Page, Place

_ATOM = "http://www.w3.org/2005/Atom"
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to say."""


def atom(site: Place, pages: Sequence[Page], bodies: Mapping[str, str], masthead: Masthead) -> str:
    """The Atom feed; `bodies` are the issues as HTML, by their ids."""
    name, address = _sender(masthead)
    feed = Element("feed", {"xmlns": _ATOM, "xml:lang": site.language})
    _text(feed, "title", site.title)
    _text(feed, "id", site.url or _id(masthead, "feed"))
    _text(feed, "updated", max((page.at for page in pages), default="1970-01-01T00:00:00+00:00"))
    author = SubElement(feed, "author")
    _text(author, "name", name or site.title)
    if address:
        _text(author, "email", address)
    if site.url:
        SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": site.url})
        SubElement(feed, "link", {"rel": "self", "type": "application/atom+xml", "href": f"{site.url}feed.xml"})
    for page in pages:
        entry = SubElement(feed, "entry", {"xml:lang": page.issue.language})
        _text(entry, "title", page.issue.subject or page.issue.number)
        _text(entry, "id", _id(masthead, page.id))
        _text(entry, "published", page.made)
        _text(entry, "updated", page.at)
        SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": page.canonical or page.path})
        if page.issue.preheader:
            _text(entry, "summary", page.issue.preheader)
        _text(entry, "content", bodies[page.id]).set("type", "html")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(feed, "unicode") + "\n"


def json_feed(site: Place, pages: Sequence[Page], bodies: Mapping[str, str], masthead: Masthead) -> str:
    """The JSON feed."""
    name, _ = _sender(masthead)
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": site.title,
        "language": site.language,
        "authors": [{"name": name or site.title}],
        "home_page_url": site.url,
        "feed_url": site.url and f"{site.url}feed.json",
        "items": [
            {
                "id": _id(masthead, page.id),
                "url": page.canonical or page.path,
                "title": page.issue.subject or page.issue.number,
                "summary": page.issue.preheader or None,
                "language": page.issue.language,
                "date_published": page.made,
                "date_modified": page.at,
                "content_html": bodies[page.id],
            }
            for page in pages
        ],
    }
    return json.dumps(_told(feed), ensure_ascii=False, indent=1) + "\n"


def _told(value: object) -> object:
    """Without what is not known: a JSON feed leaves it out."""
    if isinstance(value, dict):
        return {key: _told(one) for key, one in value.items() if one is not None}
    return [_told(one) for one in value] if isinstance(value, list) else value


def _id(masthead: Masthead, name: str) -> str:
    """An id that stays while the sender's domain does, wherever the site lies (RFC 4151)."""
    domain = _sender(masthead)[1].rpartition("@")[2].lower() or "newsletter.invalid"
    return f"tag:{domain},2026:{name}"


def _sender(masthead: Masthead) -> tuple[str, str]:
    return parseaddr(masthead.sender)


def _text(parent: Element, tag: str, words: str) -> Element:
    made = SubElement(parent, tag)
    made.text = _ILLEGAL.sub("", words)
    return made
