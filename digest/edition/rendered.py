"""A rendered email as a mail program sees it: its links, images and blocks of text."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import NamedTuple

_UNSEEN = frozenset({"head", "script", "style", "title"})
_INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "font", "i", "img", "mark", "q", "s", "small", "span"}
    | {"strong", "sub", "sup", "time", "u"}
)
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)


class Rendered(NamedTuple):
    """`links` are (address, words), `images` (source, alternative text or None), `blocks` paragraphs with line ends.

    `attributes` are the values of title, alt and aria-label, which readers may meet too.
    """

    links: tuple[tuple[str, str], ...]
    images: tuple[tuple[str, str | None], ...]
    blocks: tuple[str, ...]
    attributes: tuple[str, ...]


def rendered(html: str) -> Rendered:
    """Read the HTML of an email."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.flush()
    return Rendered(tuple(reader.links), tuple(reader.images), tuple(reader.blocks), tuple(reader.attributes))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[tuple[str, str]] = []
        self.images: list[tuple[str, str | None]] = []
        self.blocks: list[str] = []
        self.attributes: list[str] = []
        self._block: list[str] = []
        self._anchor: str | None = None
        self._words: list[str] = []
        self._unseen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in _UNSEEN:
            self._unseen.append(tag)
        if tag not in _INLINE:
            self._block.append("\n") if tag in ("br", "wbr") else self.flush()
        self.attributes += [values[name] or "" for name in ("title", "alt", "aria-label") if name in values]
        if tag == "a":
            self._end_anchor()
            self._anchor = values.get("href") or ""
        elif tag == "img":
            self.images.append((values.get("src") or "", values.get("alt")))
            self._words.append(values.get("alt") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._unseen:
            del self._unseen[self._unseen.index(tag) :]
        if tag == "a":
            self._end_anchor()
        if tag not in _INLINE and tag not in _VOID:
            self.flush()

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._block.append(data)
            self._words.append(data)

    def flush(self) -> None:
        """End a block."""
        if words := "".join(self._block).strip():
            self.blocks.append(words)
        self._block = []

    def close(self) -> None:
        super().close()
        self._end_anchor()

    def _end_anchor(self) -> None:
        if self._anchor is not None:
            self.links.append((self._anchor, "".join(self._words).strip()))
        self._anchor = None
        self._words = []
