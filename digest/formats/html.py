"""Saved web pages: the article's element becomes Markdown and is read as such."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from digest.errors import SeedError
from digest.formats.markdown import article
from digest.reading import container, webpage
from digest.reading.language import language
from digest.reading.tree import elements, gone, holds

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


_NOTE = re.compile(r"[\[(（]?(?:\d{1,3}|[*†‡])[\])）]?")
_SENTENCE_END = tuple('.,;:!?。，；：！？”’"」）)')
_DAY = re.compile(r"^(\s{0,200}\d{1,2})\.(?=\s[^\W\d_]{3,9}\s\d{4}\b)")
_HIDDEN = re.compile(
    r"(?i)(?:display\s?:\s?none|visibility\s?:\s?hidden|mso-hide\s?:\s?all)\s?(?:!important)?\s?(?:;|$)"
)
_CELLS = frozenset({"thead", "tbody", "tfoot", "tr", "td", "th"})
_BLOCKS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "p", "div", "ul", "section"})
_LAID_OUT = frozenset({"p", "div", "h1", "h2", "h3", "ul", "img"})


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

    for listing in elements(element, {"ol", "ul"}):
        items = listing.find_all("li", recursive=False)
        if len(items) > _LONG_LIST:
            for item in items:
                item.name = "p"
            listing.name = "div"
    _unmarked(element)
    _unlinked(element)
    if element.name in _CELLS:  # a part of a table that lays the page out, and no table by itself
        around = element.find_parent("table")
        for part in [element, *elements(element, _CELLS)]:
            if part.find_parent("table") is around:
                part.name = "div"
    for table in elements(element, {"table"}):
        _untable(table)
    for marked in elements(element, {"mark"}):
        marked.insert(0, "==")
        marked.append("==")
        marked.unwrap()
    text = MarkdownConverter(heading_style="ATX", bullets="-", wrap=False).convert_soup(element)
    return re.sub(r"\n{3,}", "\n\n", text)


def _unlinked(element: Tag) -> None:
    """No links that lead nowhere, and none around whole paragraphs."""
    for link in elements(element, {"a"}):
        if str(link.get("href") or "").lower().startswith("javascript:"):
            link.unwrap()
        elif holds(link, _BLOCKS):
            words = link.get_text(" ", strip=True)
            if len(words) <= _LONG_CARD:
                link.string = words  # a card that leads elsewhere
            else:
                link.unwrap()


def _unmarked(element: Tag) -> None:
    """No foot-note marks, which would read as figures; and no dates taken for items of a list."""
    for raised in elements(element, {"sup"}):
        before = str(raised.previous_sibling or "").rstrip()
        if _NOTE.fullmatch(raised.get_text(strip=True)) and (holds(raised, {"a"}) or before.endswith(_SENTENCE_END)):
            raised.clear()  # taking it out of a long line would cost the line
    for words in element.find_all(string=_DAY):
        if words.find_parent(["code", "pre"]) is None:
            words.replace_with(_DAY.sub(r"\1\\.", str(words), count=1))


def _untable(table: Tag) -> None:
    """A table that lays a page out becomes plain blocks; one of hundreds of figures goes, nobody quotes it."""
    if table.name != "table":  # was inside one that has been undone
        return
    cells = elements(table, {"td", "th"})
    layout = holds(table, {"table"}) or any(holds(cell, _LAID_OUT) for cell in cells[:50])
    if layout or any(len(cell.get_text()) > _LONG_CELL for cell in cells[:50]):
        for part in [table, *elements(table, {"table", *_CELLS})]:
            part.name = "div"
    elif len(cells) > _LONG_LIST:
        table.decompose()


def fragment(markup: str) -> str:
    """A piece of HTML (a feed's item, a mail's body) as Markdown, all of it."""
    page = _page(markup)
    for element in elements(page, {"script", "style", "head", "title"}):
        element.decompose()
    for element in page.find_all(style=_HIDDEN):  # a mail's preheader
        if not gone(element):
            element.decompose()
    return markdown(page)
