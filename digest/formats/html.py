"""Saved web pages: the article's element becomes Markdown and is read as such."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from digest.errors import SeedError
from digest.formats.markdown import article
from digest.reading import container, webpage
from digest.reading.language import language

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

    from digest.document import Document, Warn
    from digest.lexicon import Lexicon
    from digest.seed import Seed

_LONG_LIST = 500
"""Items; markdownify counts a list's items again for each of them, so longer ones become paragraphs."""
_LONG_CARD = 600
"""Characters; a link around more is the article's own wrapper."""
_LONG_CELL = 200
"""Characters; a longer cell holds prose."""


def read(markup: str, seed: Seed, lexicon: Lexicon, warnings: tuple[Warn, ...] = ()) -> Document:
    """The document of a saved page. SeedError `too-large` for a page of millions of elements."""
    page = _page(markup)
    told = webpage.told_by(markup, page)
    told.warnings.extend(warnings)
    body = markdown(container.article(page))
    document = article(body, told, seed.name, lexicon, form="html")
    if document.language is None:
        told.language = language(told.title or "", lexicon)
    return document


def _page(markup: str) -> BeautifulSoup:
    light = webpage.lighten(markup)
    if len(light) > webpage.LARGEST or light.count("<") > webpage.MOST:
        raise SeedError("too-large", "the page is too large to be an article", "save the article alone")
    return webpage.parse(light)


def markdown(element: Tag) -> str:
    """An element's words as Markdown, emphasis and headings kept."""
    from markdownify import MarkdownConverter  # noqa: PLC0415 -- paid for by pages alone

    for listing in element.find_all(["ol", "ul"]):
        items = listing.find_all("li", recursive=False)
        if len(items) > _LONG_LIST:
            for item in items:
                item.name = "p"
            listing.name = "div"
    for link in element.find_all("a"):
        if link.find(["h1", "h2", "h3", "h4", "h5", "h6", "p", "div", "ul", "section"]) is not None:
            words = link.get_text(" ", strip=True)
            if len(words) <= _LONG_CARD:
                link.string = words  # a card that leads elsewhere
            else:
                link.unwrap()
    for table in element.find_all("table"):
        _untable(table)
    for marked in element.find_all("mark"):
        marked.insert(0, "==")
        marked.append("==")
        marked.unwrap()
    text = MarkdownConverter(heading_style="ATX", bullets="-", wrap=False).convert_soup(element)
    return re.sub(r"\n{3,}", "\n\n", text)


def _untable(table: Tag) -> None:
    """A table that lays a page out becomes plain blocks; one of hundreds of figures goes, nobody quotes it."""
    if table.name != "table":  # was inside one that has been undone
        return
    cells = table.find_all(["td", "th"])
    layout = table.find("table") is not None or any(
        cell.find(["p", "div", "h1", "h2", "h3", "ul", "img"]) for cell in cells[:50]
    )
    if layout or any(len(cell.get_text()) > _LONG_CELL for cell in cells[:50]):
        for part in [table, *table.find_all(["table", "thead", "tbody", "tfoot", "tr", "td", "th"])]:
            part.name = "div"
    elif len(cells) > _LONG_LIST:
        table.decompose()


def fragment(markup: str) -> str:
    """A piece of HTML (a feed's item, a mail's body) as Markdown, all of it."""
    page = _page(markup)
    for element in page.find_all(["script", "style", "head", "title"]):
        element.decompose()
    return markdown(page)
