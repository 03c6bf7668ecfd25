"""What a browser does not show: comments, scripts, styles, drawings. Linear, also where nothing is closed."""

from __future__ import annotations

import re
from functools import cache

DRAWN = ("script", "style", "svg", "noscript", "template", "canvas")
"""Elements whose content is no text."""
PLAYED = (*DRAWN, "iframe", "video", "audio", "figcaption")
"""The same with players and captions, for HTML inside Markdown."""


@cache
def _opening(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"<(?:!--|({'|'.join(names)})\b(?=[\s>/]))", re.IGNORECASE)


@cache
def _closing(name: str) -> re.Pattern[str]:
    return re.compile(rf"</{name}\s{{0,5}}>", re.IGNORECASE)


def without(text: str, names: tuple[str, ...] = DRAWN, *, keep: str | None = None) -> str:
    """The text without comments and without these elements; one left open goes alone, not what follows.

    `keep` is a word that saves an element when its opening tag holds it (`ld+json`).
    """
    if "<" not in text:
        return text
    opening = _opening(names)
    parts: list[str] = []
    at = start = 0
    unclosed: set[str] = set()
    while found := opening.search(text, at):
        name = (found[1] or "!--").lower()
        at = found.end()
        if name in unclosed:
            continue
        if name == "!--":
            end = text.find("-->", at)
            end = end + 3 if end >= 0 else -1
        else:
            if keep and keep in text[at : at + 300].split(">", 1)[0]:
                continue
            closed = _closing(name).search(text, at)
            end = closed.end() if closed else -1
        if end < 0:
            unclosed.add(name)
            continue
        parts.append(text[start : found.start()])
        start = at = end
    parts.append(text[start:])
    return "".join(parts)
