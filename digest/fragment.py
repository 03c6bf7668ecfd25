"""Links that open the page at the quoted words: `#:~:text=…`, and the address put together for readers.

A browser looks for a term's words in the page's own text, takes the first place where they stand, and only
counts a place that begins and ends at a word's edge. Chinese has no spaces to tell a word's edge by, so a
term here begins and ends at marks, spaces or the edge of a paragraph, never in the middle of a clause.
Source: WICG scroll-to-text-fragment; measured in Chromium (project reference, posts.md, sections 2 and 3).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import islice, pairwise
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

EXACT = 60
"""Code points up to which a passage in one paragraph is given whole, not as `start,end`."""
CLAUSE = (4, 28)
"""Fewest and most code points of a clause that begins or ends a range; a Chinese one is never cut at a count."""
CONTEXT = 60
"""Most code points of what stands before or after and tells equal places apart."""

_WITHOUT_SPACES = "\u2e80"  # where the letters begin that are written without spaces
_MARKS = '。！？；，、：,;:!?…—–“”‘’「」『』（）()《》〈〉【】[]"\n'
_EDGE = re.compile(rf"[\s{re.escape(_MARKS)}]")
_BREAK = re.compile(rf"(?<=[{re.escape(_MARKS)}])|(?<=\w\w\.) ")
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»", '"') | dict.fromkeys("‘’‚‛", "'"))
_UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufeff\u0300-\u036f\u3099\u309a]")


class _Page(NamedTuple):
    """The text a term is sought in, and where a stray space was taken out of it."""

    text: str
    seams: tuple[int, ...]

    def whole(self, start: int, end: int) -> bool:
        """Whether the words stand on the page as they stand here: in one paragraph, over no removed space."""
        return start < end and "\n" not in self.text[start:end] and self.unbroken(start, end)

    def unbroken(self, start: int, end: int) -> bool:
        """Whether no space was removed inside this span."""
        return not any(start < seam < end for seam in self.seams)

    def is_alone(self, start: int, end: int) -> bool:
        """Whether these words occur once, as a browser compares them; places may overlap."""
        whole, words = _folded(self.text), fold(self.text[start:end])
        first = whole.find(words)
        return first >= 0 and whole.find(words, first + 1) < 0


def fold(text: str) -> str:
    """Text as a browser compares it: no case, accents, width or kind of quotation mark, single spaces."""
    bare = _UNSEEN.sub("", unicodedata.normalize("NFKD", text)).casefold().translate(_QUOTES)
    return " ".join(bare.split())


@lru_cache(maxsize=16)
def _folded(text: str) -> str:
    return fold(text)


def text_fragment(text: str, start: int, end: int, seams: Iterable[int] = ()) -> str | None:
    """`#:~:text=…` that opens a page holding `text` at `text[start:end]`, or None where none is certain.

    Offsets are code points; `seams` are those at which a stray space was removed (no term crosses one).
    The span is widened to the edges of its clauses. Up to 60 code points in one paragraph are given whole,
    else the first and the last clause; where these occur more than once, the clause before or after is
    added. ValueError for a span that does not lie inside the text.
    """
    if not 0 <= start < end <= len(text):
        message = f"span {start}:{end} does not lie inside a text of {len(text)}"
        raise ValueError(message)
    page = _Page(text, tuple(seams))
    start, end = _trimmed(text, *_widened(text, start, end))
    if start >= end:
        return None
    if end - start <= EXACT and (found := _exact(page, start, end)):
        return found
    if found := _range(page, _outer(page, start, end, last=False), _outer(page, start, end, last=True)):
        return found
    if found := _exact(page, start, end):
        return found
    firsts, lasts = islice(_ends(page, start, end, last=False), 4), islice(_ends(page, start, end, last=True), 4)
    if found := _range(page, firsts, lasts):
        return found
    return _one_clause(page, start, end)


def linked(url: str, fragment: str | None = None, utm: Mapping[str, str] | None = None) -> str:
    """An address as it is given to readers: host in IDNA, nothing a platform would cut it at, fragment last.

    `utm` goes into the query in the order given, in place of old `utm_…` keys. An id or route in the
    address's own fragment stays before `:~:text=`. What is no `http(s)` address is returned as it is.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return url
    if parts.scheme not in ("http", "https") or not host:
        return url
    keys = [piece for piece in parts.query.split("&") if piece and not (utm and piece.lower().startswith("utm_"))]
    keys = [_escaped(key) for key in keys] + [
        f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in (utm or {}).items()
    ]
    place = f"[{host}]" if ":" in host else _ascii_host(host)
    link = f"{parts.scheme}://{place}{f':{port}' if port else ''}{_escaped(parts.path) or '/'}"
    link += "?" + "&".join(keys) if keys else ""
    own = _escaped(parts.fragment.partition(":~:")[0])
    if fragment:
        return f"{link}#{own}{fragment.removeprefix('#')}"
    return _closed(f"{link}#{own}" if own else link)


def _ascii_host(host: str) -> str:
    if host.isascii():
        return host
    import idna  # noqa: PLC0415 -- few hosts need its tables

    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        return quote(host, safe="")


def _escaped(part: str) -> str:
    """A part of an address without what ends a link in running text; what is escaped stays as it is."""
    part = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", part)
    return re.sub(r"""[^!#-;=?-\[\]_a-z~]""", lambda found: quote(found[0], safe="", errors="replace"), part)


def _closed(link: str) -> str:
    """A link whose last character no platform takes for the sentence's own mark."""
    last = link[-1]
    loose = last in ".,;:!?'~*" or (last == ")" and link.count(")") > link.count("("))
    return f"{link[:-1]}%{ord(last):02X}" if loose else link


def _term(words: str) -> str:
    """Words as a term: every byte but ASCII letters and digits escaped, so that no separator stands in it."""
    escaped = quote(" ".join(words.split()), safe="", errors="replace")
    return escaped.translate({ord(mark): f"%{ord(mark):02X}" for mark in "-._~"})


def _is_edge(text: str, at: int) -> bool:
    """Whether a word certainly ends and another begins here: beside a mark, a space or the edge of the text."""
    return at in (0, len(text)) or _parts(text, at - 1) or _parts(text, at)


def _parts(text: str, at: int) -> bool:
    """Whether the character parts words; a comma, colon or apostrophe inside `1,000` or `it’s` does not."""
    if not _EDGE.match(text[at]):
        return False
    around = text[at - 1 : at] + text[at + 1 : at + 2]
    return text[at] not in ",:’" or not (at and len(around) > 1 and around.isalnum() and max(around) < _WITHOUT_SPACES)


def _widened(text: str, start: int, end: int) -> tuple[int, int]:
    """The span moved out to the nearest edges of words, at most a clause away."""
    while not _is_edge(text, start):
        start -= 1
    while not _is_edge(text, end):
        end += 1
    return start, end


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without marks and spaces at its ends, which pages set in many ways."""
    while start < end and _EDGE.match(text[start]):
        start += 1
    while start < end and (_EDGE.match(text[end - 1]) or text[end - 1] == "."):
        end -= 1
    return start, end


def _clauses(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The clauses of a span, without their marks."""
    cuts = [start, *(found.end() for found in _BREAK.finditer(text, start, end) if _is_edge(text, found.end())), end]
    spans = (_trimmed(text, one, other) for one, other in pairwise(cuts))
    return [(one, other) for one, other in spans if one < other]


def _short(text: str, start: int, end: int, *, last: bool = False) -> tuple[int, int]:
    """A clause written with spaces, cut to the length of a term at one of them."""
    most = CLAUSE[1]
    if end - start <= most:
        return start, end
    if last:
        at = text.find(" ", end - most - 1, end)
        return (at + 1, end) if at >= 0 and _latin(text, at) else (start, end)
    at = text.rfind(" ", start, start + most + 1)
    return (start, at) if at > start and _latin(text, at) else (start, end)


def _latin(text: str, space: int) -> bool:
    """Whether a space parts two words of a script written with spaces."""
    return max(text[space - 1 : space + 2]) < _WITHOUT_SPACES


def _ends(page: _Page, start: int, end: int, *, last: bool) -> Iterator[tuple[int, int]]:
    """Terms for one end of a range, the outermost clause first, each also with its neighbour."""
    clauses = _clauses(page.text, start, end)
    for at in range(len(clauses))[::-1] if last else range(len(clauses)):
        one, other = _short(page.text, *clauses[at], last=last)
        if other - one >= CLAUSE[0] and page.whole(one, other):
            yield one, other
        one, other = clauses[at]
        if last and at and page.whole(clauses[at - 1][0], other):
            yield clauses[at - 1][0], other
        elif not last and at + 1 < len(clauses) and page.whole(one, clauses[at + 1][1]):
            yield one, clauses[at + 1][1]


def _outer(page: _Page, start: int, end: int, *, last: bool) -> Iterator[tuple[int, int]]:
    """Terms that begin where the passage does (with `last`: end where it does), the shortest good one first.

    Together they hold the whole of it. A clause over which a space was removed is cut there for want of better:
    it was left by bold or a link, which seldom stand inside a word.
    """
    clauses = _clauses(page.text, start, end)
    edge = clauses[-1 if last else 0]
    short = _short(page.text, *edge, last=last)
    nearest = clauses[-3:][::-1] if last else clauses[:3]
    longer = [(one[0], end) if last else (start, one[1]) for one in nearest]
    seams = [seam for seam in page.seams if start < seam < end]
    cut = ((max(seams), end) if last else (start, min(seams))) if seams else edge
    spans = [short, *longer] if short[1] - short[0] >= CLAUSE[0] else [*longer[1:], short]
    for one, other in (*spans, _trimmed(page.text, *cut)):
        if page.whole(one, other):
            yield one, other


def _range(page: _Page, firsts: Iterable[tuple[int, int]], lasts: Iterable[tuple[int, int]]) -> str | None:
    """The directive of the first pair of terms that names one place; a first term that needs no context is better."""
    every = list(lasts)
    for first in sorted(firsts, key=lambda span: not page.is_alone(*span)):
        behind = [last for last in every if first[1] <= last[0]]
        for last in sorted(behind, key=lambda span: not _is_first(page, first[1], *span)):
            if ending := _ending(page, first[1], *last):
                middle = f"{_term(page.text[first[0] : first[1]])},{ending}"
                if found := _in_context(page, *first, middle):
                    return found
    return None


def _exact(page: _Page, start: int, end: int) -> str | None:
    """The directive that gives the passage whole, where it stands in one paragraph."""
    return _in_context(page, start, end, _term(page.text[start:end])) if page.whole(start, end) else None


def _one_clause(page: _Page, start: int, end: int) -> str | None:
    """The whole passage, or, where no part of it can be named at both ends, one clause of it."""
    for one, other in ((start, end), *_clauses(page.text, start, end)):
        if other - one >= CLAUSE[0] * 2 and page.whole(one, other):
            found = _in_context(page, one, other, _term(page.text[one:other]))
            if found:
                return found
    return None


def _ending(page: _Page, behind: int, start: int, end: int) -> str | None:
    """The last term of a range, with what follows where its words come before; None where that is no help."""
    term = _term(page.text[start:end])
    if _is_first(page, behind, start, end):
        return term
    after = _after(page, end)
    if after is None or not _is_first(page, behind, start, after):
        return None
    return f"{term},-{_term(page.text[end:after])}"


def _is_first(page: _Page, behind: int, start: int, end: int) -> bool:
    """Whether the first place of these words behind an offset is the true one."""
    between, words = fold(page.text[behind:end]), fold(page.text[start:end])
    return between.find(words) == len(between) - len(words)


def _in_context(page: _Page, start: int, end: int, middle: str) -> str | None:
    """The directive, with as much of what stands before or after as makes the place the only one."""
    if page.is_alone(start, end):
        return f"#:~:text={middle}"
    before, after = _before(page, start), _after(page, end)
    for one in before:
        if page.is_alone(one, end):
            return f"#:~:text={_term(page.text[one:start])}-,{middle}"
    if "," in middle or after is None:  # what follows a range stands behind its last term
        return None
    if page.is_alone(start, after):
        return f"#:~:text={middle},-{_term(page.text[end:after])}"
    for one in before:
        if page.is_alone(one, after):
            return f"#:~:text={_term(page.text[one:start])}-,{middle},-{_term(page.text[end:after])}"
    return None


def _before(page: _Page, start: int) -> list[int]:
    """Where the clause before a term begins, and the one before that; the marks between them belong to them."""
    floor = max(0, start - CONTEXT)
    while floor < start and not _is_edge(page.text, floor):
        floor += 1
    clauses = _clauses(page.text, floor, start)[-2:]
    return [one for one, _ in reversed(clauses) if _stands(page, one, start)]


def _after(page: _Page, end: int) -> int | None:
    """Where the clause after a term ends."""
    ceiling = min(len(page.text), end + CONTEXT)
    while ceiling > end and not _is_edge(page.text, ceiling):
        ceiling -= 1
    clauses = _clauses(page.text, end, ceiling)
    if not clauses:
        return None
    other = clauses[0][1]
    return other if _stands(page, end, other) else None


def _stands(page: _Page, start: int, end: int) -> bool:
    """Whether a neighbouring clause with its marks stands in one paragraph, be it the next one."""
    return "\n" not in page.text[start:end].strip() and page.unbroken(start, end)
