"""Seeds become documents: look what the bytes are, then hand them to the reader of that format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest import late
from digest.formats import markdown, text
from digest.reading import encoding

if TYPE_CHECKING:
    from digest.document import Document, Format
    from digest.lexicon import Lexicon
    from digest.seed import Seed

_HTML = late.regex(
    r"(?is)\s{0,50}(?:<!--.{0,4000}?-->\s{0,50}){0,4}(?:<\?xml[^>]{0,200}>\s{0,50})?(?:<!doctype\s+html|<html\b|<head\b|<body\b|<meta\b|<title\b|<article\b)"
)
_FEED = late.regex(
    r"(?is)\s{0,50}(?:<\?xml[^>]{0,200}\?>)?\s{0,50}(?:<!--.{0,4000}?-->\s{0,50}|<\?[^>]{0,400}\?>\s{0,50}){0,4}(?:<!DOCTYPE\s{1,5}(?:rss|rdf:RDF|feed)\b|(?:<!DOCTYPE[^<>\[]{0,400}(?:\[[^\]]{0,2000}\]\s{0,20})?>\s{0,50})?<(?:rss|feed|rdf:RDF)\b)"
)
_MAIL = late.regex(r"(?i)(?:[!-9;-~]{1,60}:[^\n]{0,2000}\n(?:[ \t][^\n]{0,2000}\n){0,40}){2,60}?")
_MAIL_KEYS = late.regex(r"(?im)^(?:from|subject|mime-version|message-id|return-path|received|date|to):")
_MARKDOWN = late.regex(r"(?m)\n(?:#{1,6} |---[^\S\n]*$|> |[-*] |\d{1,2}\. |```|!\[)")


def read(seed: Seed, lexicon: Lexicon) -> tuple[Document, ...]:
    """The documents of a seed: one, or several for a feed or a mail archive.

    SeedError for a file that gives none: `empty`, `binary`, `encoding`, `too-large`, `front-matter-only`.
    """
    if mail := _mail(seed):
        from digest.formats import email  # noqa: PLC0415 -- paid for by mail alone

        return email.read(seed, lexicon, archive=mail == "mbox")
    words, warnings = encoding.decode(seed.data)
    kind = sniff(seed.name, words)
    if kind == "feed":
        from digest.formats import feed  # noqa: PLC0415 -- paid for by feeds alone

        return feed.read(words, seed, lexicon, warnings)
    if kind == "html":
        from digest.formats import html  # noqa: PLC0415 -- paid for by pages alone

        return (html.read(words, seed, lexicon, warnings),)
    reader = markdown.read if kind == "markdown" else text.read
    return (reader(words, seed, lexicon, warnings),)


def sniff(name: str, words: str) -> Format:
    """Which format a decoded file is: its first words say more than its name."""
    head = words[:6000]
    if _FEED.match(head):
        return "feed"
    if _HTML.match(head):
        return "html"
    ending = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if ending in {"md", "markdown", "mdx", "qmd"}:
        return "markdown"
    if ending in {"html", "htm", "xhtml"}:
        return "html"
    head = words[:20000]
    marks = head.count("](") + head.count("**") + len(_MARKDOWN.findall(f"\n{head}"))
    return "markdown" if marks > 1 else "text"


def _mail(seed: Seed) -> str | None:
    head = seed.data[:4000]
    if head.startswith(b"From ") and b"\nFrom:" in head:
        return "mbox"
    ending = seed.name.rsplit(".", 1)[-1].lower()
    if ending not in {"eml", "mht", "mhtml", "mbox"} and not head.startswith(
        (b"From:", b"Return-Path:", b"Received:", b"MIME-Version:", b"Delivered-To:")
    ):
        return None
    start = head.decode("latin-1").replace("\r\n", "\n")
    return "mail" if len(_MAIL_KEYS.findall(start)) > 1 else None
