"""What a platform makes a link of in running text, as spans in code points.

X and Mastodon share a grammar (twitter-text) and differ in what may stand in a path. X links bare domains
too (`README.md`), which only the list of top-level domains can tell from `Node.js`. Sources: twitter-text
conformance (extract.yml, tlds.yml), mastodon config/initializers/twitter_regex.rb, atproto
packages/api/src/rich-text/detection.ts; in words in the project reference, posts.md, section 1.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from digest import late, shipped

Span = tuple[int, int]

MOST = 4096
"""Characters of an address, its scheme counted twice, above which X and Mastodon leave it as text."""
LABEL = 63
"""Characters of a host's label as it stands in the DNS."""
SLUG = 40
"""Characters of a t.co slug."""

_LATIN = "a-zA-Z0-9À-ÖØ-öø-ÿĀ-ɏɓɔɖɗəɛɣɨɩʉʋʻ\u0300-\u036fḀ-ỿ"
_UNSEEN = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff"
_START = late.regex(rf"(?P<scheme>(?i:https?://))|(?:(?!(?i:https?://))[-._{_LATIN}])+")
_HOST = late.regex(rf"[^\s!-,/:-@\[-^`{{-~{_UNSEEN}]+")
_ASCII_TOP = late.regex(r"xn--[-0-9a-z]+|[0-9a-z]+", re.IGNORECASE)
_GOES_ON = late.regex(r"[0-9A-Za-z@+-]")
_STUCK = late.regex(r"[A-Za-z0-9@＠$#＃]")
_PORT = late.regex(r":[0-9]+")
_TCO = late.regex(r"https?://t\.co/([a-z0-9]+)", re.IGNORECASE)
_BLUESKY = late.regex(r"(?<![^\s(])https?://\S+", re.IGNORECASE)


class Grammar(NamedTuple):
    """What may stand in an address behind its host, and in which characters it cannot end."""

    path: re.Pattern[str]
    path_end: re.Pattern[str]
    query: re.Pattern[str]
    query_end: re.Pattern[str]
    bare: bool


def _grammar(path: str, path_end: str, query: str, query_end: str, *, bare: bool) -> Grammar:
    balanced = rf"\((?:[{path}]+|[{path}]*\([{path}]+\)[{path}]*)\)"
    return Grammar(
        path=re.compile(rf"/(?:[{path}]|{balanced})*"),
        path_end=re.compile(rf"[{path_end}]"),
        query=re.compile(rf"\?[{query}]*"),
        query_end=re.compile(rf"[{query_end}]"),
        bare=bare,
    )


@cache
def _x() -> Grammar:
    return _grammar(
        path=rf"{_LATIN}Ѐ-ӿ!*';:=+,.$/%#\[\]\-–_~@|&",
        path_end=rf"{_LATIN}Ѐ-ӿ+\-=_#/)",
        query=r"a-zA-Z0-9!?*'@();:&=+$/%#\[\]\-_.,~|",
        query_end=r"a-zA-Z0-9\-_&=#/",
        bare=True,
    )


@cache
def _mastodon() -> Grammar:
    return _grammar(
        path=r"^\s<>()?",
        path_end=r"^!*\"'「」;:=,.$%\[\]~&|@",
        query=r"^\x00-\x20\"<>\\`{}\x7f-\x9f",
        query_end=r"^\x00-\x22$%\x27-,.:;<>?@\[\\\]\^`{-\x9f",
        bare=False,
    )


@cache
def top_level() -> frozenset[str]:
    """The top-level domains, small letters, each in its own script (`config/tlds.txt`)."""
    lines = shipped.read("config/tlds.txt").splitlines()
    return frozenset(name for line in lines if not line.startswith("#") for name in line.split())


@cache
def _foreign(names: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """The names in other scripts by their first letter, the longest first."""
    found: dict[str, tuple[str, ...]] = {}
    for name in sorted((name for name in names if not name.isascii()), key=len, reverse=True):
        found[name[0]] = (*found.get(name[0], ()), name)
    return found


def on_x(text: str, names: frozenset[str] | None = None) -> tuple[Span, ...]:
    """The addresses X finds, with and without a scheme. `names` takes the place of the top-level domains."""
    return tuple(_spans(text, _x(), names or top_level())) if "." in text else ()


def on_mastodon(text: str, names: frozenset[str] | None = None) -> tuple[Span, ...]:
    """The addresses Mastodon finds: only those with a scheme."""
    return tuple(_spans(text, _mastodon(), names or top_level())) if "://" in text else ()


def on_bluesky(text: str) -> tuple[Span, ...]:
    """The addresses the official Bluesky client finds: after white space or `(`, a final mark left out."""
    spans = []
    for found in _BLUESKY.finditer(text):
        link = found[0][:-1] if found[0][-1] in ".,;:!?" else found[0]
        link = link[:-1] if link[-1] == ")" and "(" not in link else link
        spans.append((found.start(), found.start() + len(link)))
    return tuple(spans)


def _spans(text: str, grammar: Grammar, names: frozenset[str]) -> list[Span]:
    spans = []
    at = 0
    while found := _START.search(text, at):
        at = found.end()
        if found.start() and _STUCK.match(text, found.start() - 1):
            continue
        if found["scheme"]:
            host = _HOST.match(text, found.end())
            start, end = found.start(), _host_end(text, *host.span(), names) if host else 0
        elif grammar.bare:
            start, end = _bare(text, found.span(), names)
        else:
            continue
        if end:
            at = end = _address_end(text, end, grammar)
            if slug := _TCO.match(text, start, end):
                at = end = _rest(text, slug.end(), grammar.query, grammar.query_end)
            if _linkable(text[start:end], slug):
                spans.append((start, end))
    return spans


def _linkable(url: str, slug: re.Match[str] | None) -> bool:
    scheme = url.partition("://")[0] if "://" in url else "https"
    return len(url) + len(scheme) + 3 <= MOST and (slug is None or len(slug[1]) <= SLUG)


def _address_end(text: str, at: int, grammar: Grammar) -> int:
    """Where an address ends whose host ends here."""
    port = _PORT.match(text, at)
    at = _rest(text, port.end() if port else at, grammar.path, grammar.path_end)
    return _rest(text, at, grammar.query, grammar.query_end)


def _rest(text: str, at: int, part: re.Pattern[str], last: re.Pattern[str]) -> int:
    """Where a path or query that may begin here ends; it ends in one of the last characters, or is none."""
    found = part.match(text, at)
    end = found.end() if found else at
    while end > at and not last.match(text[end - 1]):
        end -= 1
    return end if end > at + (text[at : at + 1] == "?") else at


def _host_end(text: str, start: int, stop: int, names: frozenset[str]) -> int:
    """Where the host that begins here ends, behind its top-level domain; 0 where there is none."""
    labels = text[start:stop].split(".")
    ends = [start - 1]
    for label in labels:
        ends.append(ends[-1] + 1 + len(label))
    good = 0
    while good < len(labels) and _is_label(labels[good]):
        good += 1
    for last in range(min(good, len(labels) - 1), 0, -1):
        end = _top_level_end(text, ends[last] + 1, names)
        if end and "_" not in labels[last - 1]:
            return end
    return 0


def _bare(text: str, run: Span, names: frozenset[str]) -> Span:
    """An address without a scheme in a run of Latin letters, digits and `-._`; its end is 0 where there is none."""
    start = run[0]
    if text[start] in "-_." or text[start - 1 : start] == "/":
        return start, 0
    end = _host_end(text, start, run[1], names)
    return start + text[start:end].rfind("_") + 1, end


def _is_label(label: str) -> bool:
    """Whether this can be a label of a host: not empty, `-` and `_` only inside, short enough for the DNS."""
    if not label or label[0] in "-_" or label[-1] in "-_":
        return False
    if label.isascii():
        return len(label) <= LABEL
    return not label.lower().startswith("xn--") and len(label.encode("punycode")) + len("xn--") <= LABEL


def _top_level_end(text: str, start: int, names: frozenset[str]) -> int:
    """Where a top-level domain that begins here ends; 0 where none does."""
    run = _ASCII_TOP.match(text, start)
    ends = [run.end()] if run and (run[0].lower() in names or run[0][:4].lower() == "xn--") else []
    others = _foreign(names).get(text[start : start + 1], ())
    ends += [start + len(name) for name in others if text.startswith(name, start)]
    return next((end for end in ends if not _GOES_ON.match(text, end)), 0)
