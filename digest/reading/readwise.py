"""Readwise notes: highlights of an article without the article, under a list of what they are from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from digest import late
from digest.reading import dates

if TYPE_CHECKING:
    from digest.reading.masthead import Told
    from digest.reading.paragraph import Paragraph

_SIGNS = late.regex(r"\[View Highlight\]\(|#readwise|readwise\.io|\(Location \[?\d", re.IGNORECASE)
_MEANT = late.regex(r"\[View Highlight\]\(|\(Location \[?\d|^\s{0,3}\(?\[View")
_FIELD = late.regex(
    r"(?s)^(Author|Full Title|Title|URL|Url|Source URL|Published Date|Published|Category"
    r"|Document Tags|Tags|Summary|aliases|tags|link)s?"
    r":\s*(.*)$"
)
_URL = late.regex(r"https?://[^\s<>()\[\]]{4,1500}")
_PLACE = late.regex(r"\s*\(?Location \d{1,6}(?:-\d{1,6})?\)?\.?$")
_NOTE = late.regex(r"^(?:\*\*)?Note(?:\*\*)?:\s*")
_ADDED = late.regex(r"^(?:New )?highlights? added|^Highlights?$|^Metadata$|^Summary$|^Highlights from ", re.IGNORECASE)


def is_readwise(body: str) -> bool:
    """Whether a note looks like Readwise's: its links, its tags, or Kindle places behind the highlights."""
    head = body[:20000]
    folded = head.lower()
    return any(sign in folded for sign in ("readwise", "[view highlight", "(location")) and bool(_SIGNS.search(head))


def read(paragraphs: list[Paragraph], told: Told) -> None:
    """Take what stands before the first highlight into `told`; mark every highlight as one."""
    first = next((at for at, one in enumerate(paragraphs) if _MEANT.search(one.raw) and one.text), None)
    if first is None:
        return
    for paragraph in paragraphs[:first]:
        _head(paragraph, told)
    for paragraph in paragraphs[first:]:
        text = paragraph.text
        if _ADDED.match(text) or _FIELD.match(text):
            paragraph.drop("metadata")
        elif found := _NOTE.match(text):
            paragraph.trim(found.end(), len(text), "label")
            paragraph.kind = "note"
        elif paragraph.read and paragraph.kind != "heading":
            if found := _PLACE.search(text):
                paragraph.trim(0, found.start(), "place")
            paragraph.marks.append(("highlight", 0, len(paragraph.text)))


def _head(paragraph: Paragraph, told: Told) -> None:
    if paragraph.kind == "heading" and paragraph.level == 1 and told.title is None:
        told.title = paragraph.text
    found = _FIELD.match(paragraph.text)
    name, value = (found[1], found[2].strip()) if found else ("", "")
    if name == "Author" and value and not told.authors:
        told.authors = [value]
    elif name in {"Full Title", "Title"} and value:
        told.title = value
    elif name.startswith("Published"):
        told.date(dates.iso(value), "front matter")
    address = _URL.search(paragraph.raw)
    if address and told.source is None and (name.upper().endswith("URL") or paragraph.raw.startswith("http")):
        told.source = address[0]
    if paragraph.kind != "image":
        paragraph.drop("metadata")
