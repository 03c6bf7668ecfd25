"""A saved web page: its mark-up made bearable, and what the page tells about its article."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any

from digest.reading import dates, unseen
from digest.reading.masthead import Told, people
from digest.reading.tree import called, elements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bs4 import BeautifulSoup, Tag

_PICTURE = re.compile(r"src=([\"'])data:[^\"']{100,}\1")
_SITE_TAIL = re.compile(r"^(.{3,300})\s[-–—|·»]\s[^-–—|·»]{2,60}$")
_TRAIL = re.compile(r"^([^«»]{3,300}?)\s»\s[^«»]{2,80}$")
"""`Title » Site`; the mark is also a quotation mark, but not with spaces around and none before."""
_SAVED = re.compile(
    r"saved from url=\(\d{1,6}\)(https?://[^\s<>]{4,2000})|(?:^|\n)\s{0,8}url:\s{0,4}(https?://[^\s<>]{4,2000})"
)
LARGEST = 5_000_000
"""Characters of mark-up left when scripts, styles and pictures are gone; more is no article."""
MOST = 100_000
"""Tags; a tree of more takes longer to build than anybody waits, and no article has a tenth of it."""
DEEPEST = 120
"""Levels of nesting kept; what lies deeper loses its elements and keeps its words."""

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]{0,30})(?=[\s/>])[^<>]{0,20000}>")
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"]
)
_ENDED_BY = {
    "p": ("p",),
    "li": ("li", "p"),
    "td": ("td", "th", "p"),
    "th": ("td", "th"),
    "tr": ("td", "th", "tr", "p"),
    "dt": ("dt", "dd"),
    "dd": ("dt", "dd"),
    "option": ("option",),
}
"""Elements people leave open: which of them the next one closes."""
_BLOCKS = frozenset(
    [
        "div",
        "p",
        "li",
        "ol",
        "ul",
        "section",
        "article",
        "table",
        "tr",
        "td",
        "blockquote",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
    ]
)
_BYLINE = re.compile(
    r"(?i)(?:^|[\s_-])(?:author|byline|by-line|p-author|contributor|writer|auteur|autor)(?:$|[\s_-]|name)"
)
_DATE_CLASS = re.compile(r"(?i)date|datum|fecha|publish|time|posted|created")
_DATE_PLACES = frozenset({"time", "abbr", "span", "div", "p", "meta", "small", "li", "h2", "h3", "h4", "h5", "h6"})
_SIGNED = frozenset({"a", "span", "p", "div", "address", "cite"})


_CDATA = re.compile(r"^\s{0,200}(?://\s{0,4})?<!\[CDATA\[|(?://\s{0,4})?\]\]>\s{0,200}$")
_ITEMS = 300
"""Objects of a page's JSON-LD that are looked at."""


def parse(markup: str) -> BeautifulSoup:
    """The page as a tree. SeedError is the caller's: a page over `LARGEST` is refused there."""
    from bs4 import BeautifulSoup  # noqa: PLC0415 -- paid for by pages alone

    return BeautifulSoup(markup, "html.parser")


def lighten(markup: str) -> str:
    """The page without scripts, styles, vector pictures and pictures written out in it."""
    return flatten(_PICTURE.sub("", unseen.without(markup, keep="ld+json")))


def flatten(markup: str) -> str:
    """The page with paragraphs and items closed where the next begins, and nothing nested beyond `DEEPEST`.

    Trees as deep as that are made to hurt: converters recurse over them, and every change to one costs its depth.
    """
    stack: list[str] = []
    deep = 0

    def bounded(found: re.Match[str]) -> str:
        nonlocal deep
        name = found[2].lower()
        if name in _VOID or found[0].endswith("/>"):
            return found[0]
        if found[1]:
            if deep:
                deep -= 1
                return ""
            if name in stack:
                while stack.pop() != name:
                    pass
            return found[0]
        if deep or len(stack) >= DEEPEST:
            deep += 1
            return "<br>" if name in _BLOCKS else ""
        closed = ""
        while stack and stack[-1] in _ENDED_BY.get(name, ()):
            closed += f"</{stack.pop()}>"
        stack.append(name)
        return closed + found[0]

    return _TAG.sub(bounded, markup)


def told_by(markup: str, page: BeautifulSoup) -> Told:
    """What the page tells about itself: title, people, site, date, address, language."""
    meta = _meta(page)
    data = list(_linked_data(page))
    told = Told()
    told.title = _title(page, meta, data)
    told.site = _first(meta, "og:site_name", "application-name", "twitter:app:name:iphone") or _name(
        _among(data, "publisher")
    )
    told.account = _text(page, "js_name") or _weixin(markup, "nickname")
    told.source = _address(markup, page, meta)
    told.description = _first(meta, "og:description", "description")
    told.tags = [
        tag
        for key in ("article:tag", "keywords", "news_keywords")
        for tag in re.split(r"\s*[,，;；]\s*", meta.get(key, ""))
    ]
    _date(told, markup, page, meta, data)
    told.byline = _authors(page, meta, data, told.site or "")
    shown = page.title.get_text(" ", strip=True) if page.title else ""
    if told.site is None and told.title and shown.startswith(told.title) and shown != told.title:
        told.site = shown[len(told.title) :].strip(" -–—|｜·»:_") or None  # the window's title ends in the site's name
    return told


def _meta(page: BeautifulSoup) -> dict[str, str]:
    found: dict[str, str] = {}
    for tag in elements(page, {"meta"})[:400]:
        key = tag.get("property") or tag.get("name") or tag.get("itemprop")
        value = tag.get("content")
        if isinstance(key, str) and isinstance(value, str) and value.strip():
            found.setdefault(key.lower(), html.unescape(value).strip())
    return found


def _first(meta: dict[str, str], *keys: str) -> str | None:
    return next((meta[key] for key in keys if meta.get(key)), None)


def _linked_data(page: BeautifulSoup) -> Iterator[dict[str, Any]]:
    """Articles among the page's JSON-LD."""
    for script in page.find_all("script", type="application/ld+json", limit=20):
        try:
            queue = [json.loads(_CDATA.sub("", script.string or ""))]
        except (ValueError, RecursionError):
            continue
        for item in queue:  # grows as it is read: lists lie in lists, and articles in graphs
            if isinstance(item, list):
                queue.extend(item[: max(0, _ITEMS - len(queue))])
            elif isinstance(item, dict):
                if isinstance(graph := item.get("@graph"), list):
                    queue.extend(graph[: max(0, _ITEMS - len(queue))])
                kind = str(item.get("@type"))
                if re.search(r"Article|Posting|Report|Review|Recipe|Blog", kind):
                    yield item


def _among(data: list[dict[str, Any]], key: str) -> object:
    return next((item[key] for item in data if item.get(key)), None)


def _name(value: object) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("name")
    return html.unescape(value).strip() or None if isinstance(value, str) else None


def _text(page: BeautifulSoup, name: str) -> str | None:
    found = called(page, name)
    return (found.get_text(" ", strip=True) or None) if found else None


def _title(page: BeautifulSoup, meta: dict[str, str], data: list[dict[str, Any]]) -> str | None:
    heads = [text for head in elements(page, {"h1"})[:6] if (text := head.get_text(" ", strip=True))]
    named = _first(meta, "og:title", "twitter:title") or _name(_among(data, "headline"))
    shown = page.title.get_text(" ", strip=True) if page.title else None
    within = [head for head in heads if len(head) > 3 and _folded(head) in _folded(named or shown or "")]
    if within and (named is None or len(max(within, key=len)) * 2 > len(named)):
        return max(within, key=len)
    if named is None and shown and (found := _SITE_TAIL.match(shown)):
        below = {_folded(head.get_text(" ", strip=True)) for head in elements(page, {"h1", "h2", "h3"})[:30]}
        long = len(found[1]) >= 2 * len(found[0][found.end(1) + 3 :])
        if _folded(found[1]) in below or (not below and long):
            return found[1]
    if named and (found := _TRAIL.match(named)):
        return found[1]
    return named or shown or (heads[0] if heads else None)


def _folded(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def _address(markup: str, page: BeautifulSoup, meta: dict[str, str]) -> str | None:
    for link in elements(page, {"link"})[:200]:
        if "canonical" in (link.get("rel") or []) and str(link.get("href", "")).startswith(("http", "//")):
            return str(link["href"])
    if (address := _first(meta, "og:url", "twitter:url")) and address.startswith(("http", "//")):
        return address
    saved = _SAVED.search(markup[:5000])
    return saved[1] or saved[2] if saved else None


def _weixin(markup: str, name: str) -> str | None:
    found = re.search(rf"""var\s{{1,4}}{name}\s{{0,4}}=\s{{0,4}}(?:htmlDecode\()?["']([^"'\n]{{1,80}})["']""", markup)
    return html.unescape(found[1]).strip() if found else None


def _date(told: Told, markup: str, page: BeautifulSoup, meta: dict[str, str], data: list[dict[str, Any]]) -> None:
    values = [
        _first(
            meta,
            "article:published_time",
            "og:article:published_time",
            "datepublished",
            "article:published",
            "parsely-pub-date",
            "sailthru.date",
            "dc.date.issued",
            "dc.date",
            "date",
            "pubdate",
            "publishdate",
            "publish_date",
            "dcterms.created",
            "citation_publication_date",
            "og:published_time",
            "last-modified-never",
        ),
        _among(data, "datePublished"),
        _text(page, "publish_time"),
    ]
    if (stamp := _weixin(markup, "ct")) and stamp.isdigit():
        from datetime import datetime  # noqa: PLC0415 -- only here

        values.append(datetime.fromtimestamp(int(stamp[:10]), dates.CHINA).isoformat())
    for element in elements(page, _DATE_PLACES)[:6000]:
        own = (
            " ".join(element.get("class") or [])
            + " "
            + str(element.get("id") or "")
            + " "
            + str(element.get("itemprop") or "")
        )
        if element.name == "time" and (element.get("datetime") or element.get("pubdate") is not None):
            values.append(str(element.get("datetime") or element.get_text(" ", strip=True)))
        elif own.strip() and _DATE_CLASS.search(own) and len(text := element.get_text(" ", strip=True)) < 60:
            values.extend([] if _remarked(element) else [text])
        if len(values) > 12:
            break
    values.extend(
        link.get_text(" ", strip=True)[:40] for link in page.find_all("a", rel="bookmark", limit=4)
    )  # a post's own address
    for value in values:
        if isinstance(value, str) and (day := dates.iso(value)):
            told.date(day, "html")
            return


def _authors(page: BeautifulSoup, meta: dict[str, str], data: list[dict[str, Any]], site: str) -> list[str]:
    told = _among(data, "author")
    group = told if isinstance(told, list) else [told] if told else []
    names = [name for one in group if (name := _name(one)) and not name.startswith("http")]
    if not names:
        names = [
            value
            for key in (
                "author",
                "article:author",
                "parsely-author",
                "sailthru.author",
                "dc.creator",
                "byl",
                "citation_author",
                "twitter:data1-never",
            )
            if (value := meta.get(key)) and not value.startswith("http") and len(value) < 80
        ][:1]
    if not names and (text := _signature(page)):
        names = [re.split(r"\s[|·•–—-]\s|\s{2,}|,? on [A-Z]", text)[0]]
    return [one for name in names for one in ([name] if _folded(name) == _folded(site) else people(name))]


def _signature(page: BeautifulSoup) -> str | None:
    """The words of the element that the page calls its author's: by `rel` or `itemprop` sooner than by a class."""
    called = None
    for element in elements(page, _SIGNED)[:6000]:
        meant = " ".join(element.get("rel") or []) + " " + str(element.get("itemprop") or "")
        own = " ".join(element.get("class") or []) + " " + meant
        if _BYLINE.search(own) and 1 < len(text := element.get_text(" ", strip=True)) < 60 and not _remarked(element):
            if "author" in meant.split():
                return text
            called = called or text
    return called


def _remarked(element: Tag) -> bool:
    """Whether an element is part of a reader's comment, which has its own author and date."""
    return any(
        name.lower().startswith("comment") and above.name not in {"article", "body", "html", "main"}
        for above in [element, *element.parents]
        for name in [*(above.get("class") or []), str(above.get("id") or "")]
    )
