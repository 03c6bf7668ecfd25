"""Shortening a quotation so that it does not mislead, or not at all.

What is kept is always a prefix of the quotation, cut at the end of a sentence or, failing that, before a
clause mark, and a cut is marked. It is refused where what was dropped would have turned, limited or
finished it; the words that tell are in `config/lexicon/fitting.yaml`. Source: project reference, posts.md, 4.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from digest import late, lexicon
from digest.posting.weight import length

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.lexicon import Lexicon

LEAST = (24, 0.4)
"""What is kept is at least so many code points, or so much of the quotation, whichever is less."""

_CLOSERS = "”’」』）)】》〉\"'\\]"
_SENTENCE = late.regex(rf"[。！？!?｡]+[{_CLOSERS}]*|(?<!\.)\.[{_CLOSERS}]*(?=\s|$)")
_CLAUSE = late.regex(r"[，；：;]|,(?=\s)|——|[—–]")
_DASH = late.regex(r"[—–]")
_COMMA = late.regex(r"[，,；;—–]")
_PAIRS = ("“”", "‘’", "「」", "『』", "（）", "《》", "【】", "〈〉", "()", "[]")
_APOSTROPHE = late.regex(r"(?<=\w)’(?=\w)")
_ATOM = late.regex(r"(?:https?://|www\.)[^\s，。；：！？]+|#[^#\n]{1,40}#|[#@]\w+")
_LEADING = late.regex(r"^[\s，。；：！？、…,.;:!?—–\-“”‘’「」『』（）()\"']*")


class _Words(NamedTuple):
    """The word lists as patterns."""

    turns: re.Pattern[str]
    connectives: re.Pattern[str]
    conditions: re.Pattern[str]
    waiting: re.Pattern[str]
    waiting_clause: re.Pattern[str]
    waiting_sentence: re.Pattern[str]
    predicates: re.Pattern[str]
    continuations: re.Pattern[str]
    halves: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]
    abbreviations: frozenset[str]


def fit(quote_text: str, room: int, platform: str, words: Lexicon | None = None) -> str | None:
    """The quotation, or an honest beginning of it, in `room` of the platform's own unit; None: refused.

    A cut is marked with `…` (`……` where Chinese or Japanese is written), inside the room. UsageError for a
    platform that is not known.
    """
    if length(quote_text, platform) <= room:
        return quote_text or None
    book = _words(words or lexicon.default())
    least = min(LEAST[0], LEAST[1] * len(quote_text.strip()))
    for end, inside in _cuts(quote_text, room, book):
        kept, dropped = quote_text[:end], quote_text[end:]
        text = kept + _mark(kept, dropped, inside=inside)
        if end >= least and length(text, platform) <= room and _is_honest(kept, dropped, book, inside=inside):
            return text
    return None


def leans(text: str, words: Lexicon | None = None) -> bool:
    """Whether a quotation begins with a word that leans on what was said before it (但是, so)."""
    return _openings(words or lexicon.default()).match(text) is not None


def _mark(kept: str, dropped: str, *, inside: bool) -> str:
    """The mark of a cut, as the writing has it: behind a finished English sentence it stands apart."""
    if any("㐀" <= character <= "鿿" or "぀" <= character <= "ヿ" for character in kept):
        return "……"
    return " …" if not inside and dropped.startswith(" ") else "…"


def _cuts(text: str, room: int, book: _Words) -> Iterator[tuple[int, bool]]:
    """Where the text may be cut, best first; True for a cut inside a sentence.

    The longest that could fit comes first: no platform counts a character less than half, but for an address.
    """
    most = len(text) if "://" in text else 2 * room
    solid = [found.span() for found in _ATOM.finditer(text)]

    def is_free(at: int) -> bool:
        joined = unicodedata.category(text[at]) in ("Mn", "Me") or text[at] == "\u200d"
        return not joined and not any(start < at < end for start, end in solid)

    ends = [m.end() for m in _SENTENCE.finditer(text) if m.end() <= most and _is_full_stop(text, m, book)]
    yield from ((at, False) for at in reversed(ends) if at < len(text.rstrip()) and is_free(at))
    marks = [m for m in _CLAUSE.finditer(text) if 0 < m.start() <= most and not _between_digits(text, m)]
    yield from ((len(text[: m.start()].rstrip()), True) for m in reversed(marks) if is_free(m.start()))


def _is_full_stop(text: str, found: re.Match[str], book: _Words) -> bool:
    """Whether a mark ends its sentence: no question without its answer, no initial, no abbreviation."""
    if found[0][0] != ".":
        return not set("？?") & set(found[0])
    word = text[: found.start()].rpartition(" ")[2].lstrip("(“\"'")
    return not (re.search(r"(?:^|\W)[A-Z]$", word) or word.lower() in book.abbreviations)


def _between_digits(text: str, found: re.Match[str]) -> bool:
    before, after = text[: found.start()].rstrip()[-1:], text[found.end() :].lstrip()[:1]
    return before.isdigit() and after.isdigit()


def _is_honest(kept: str, dropped: str, book: _Words, *, inside: bool) -> bool:
    """Whether a reader of what is kept is told nothing that what is dropped takes back."""
    if not is_balanced(kept):
        return False
    rest = _bare(dropped)
    if book.turns.match(rest) or book.connectives.search(kept):
        return False
    if any(_is_half(kept, dropped, first, second) for first, second in book.halves):
        return False
    return not inside or _is_whole_clause(kept, dropped, rest, book)


def _is_whole_clause(kept: str, dropped: str, rest: str, book: _Words) -> bool:
    """Whether what is kept of a sentence stands without the rest of it, and the next one does not turn it."""
    end = _SENTENCE.search(dropped)
    same, after = (dropped[: end.end()], dropped[end.end() :]) if end else (dropped, "")
    if book.conditions.search(same) or book.turns.match(_bare(after)):
        return False
    if book.waiting.search(kept) or book.predicates.match(rest):
        return False
    last = kept[max((found.end() for found in _SENTENCE.finditer(kept)), default=0) :]
    if book.waiting_sentence.match(_bare(last)) and not _COMMA.search(last):
        return False
    clause = last[max((found.end() for found in _CLAUSE.finditer(last)), default=0) :]
    if book.waiting_clause.match(_bare(clause)):
        return False
    if _DASH.match(dropped.lstrip()):  # what stands between two dashes parts the subject from its predicate
        return not _COMMA.search(_bare(same))
    return not dropped.startswith(",") or book.continuations.match(rest) is not None


def _bare(text: str) -> str:
    """Text without the marks and spaces it begins with."""
    return _LEADING.sub("", text, count=1)


def _is_half(kept: str, dropped: str, first: re.Pattern[str], second: re.Pattern[str]) -> bool:
    """Whether a first half is kept whose second half is dropped."""
    found = first.search(kept)
    return bool(found and not second.search(kept, found.end()) and second.search(dropped))


def is_balanced(text: str) -> bool:
    """Whether every bracket and quotation mark in a text has its partner; an apostrophe is none."""
    bare = _APOSTROPHE.sub("", text)
    if "‘" not in bare:
        bare = bare.replace("’", "")
    return bare.count('"') % 2 == 0 and all(_closes(bare, *pair) for pair in _PAIRS)


def _closes(text: str, opening: str, closing: str) -> bool:
    depth = 0
    for mark in re.findall(rf"[{re.escape(opening + closing)}]", text):
        depth += 1 if mark == opening else -1
        if depth < 0:
            return False
    return depth == 0


@cache
def _openings(words: Lexicon) -> re.Pattern[str]:
    """Kept apart from the rest, which only a quotation that must be cut needs."""
    return re.compile(_either(words, "openings"), re.IGNORECASE)


def _either(words: Lexicon, name: str) -> str:
    """A list in each of its three languages; English words on their bounds."""
    zh, ja, en = (words.any_of(f"fitting.{name}_{tongue}") for tongue in ("zh", "ja", "en"))
    return rf"{zh}|{ja}|\b(?:{en})\b"


@cache
def _words(words: Lexicon) -> _Words:
    def list_of(name: str) -> str:
        return words.any_of(f"fitting.{name}")

    return _Words(
        turns=re.compile(_either(words, "turns"), re.IGNORECASE),
        connectives=re.compile(rf"(?:{_either(words, 'connectives')})$", re.IGNORECASE),
        conditions=re.compile(rf"{list_of('conditions_zh')}|\b(?:{list_of('conditions_en')})\b", re.IGNORECASE),
        waiting=re.compile(rf"(?:{list_of('waiting_zh')})$"),
        waiting_clause=re.compile(list_of("waiting_start_zh")),
        waiting_sentence=re.compile(rf"(?:{list_of('waiting_start_en')})\b"),
        predicates=re.compile(list_of("predicates_zh")),
        continuations=re.compile(rf"(?:{list_of('continuations_en')})\b", re.IGNORECASE),
        halves=tuple(_halves(words)),
        abbreviations=frozenset(word.lower() for word in words.words("fitting.abbreviations")),
    )


def _halves(words: Lexicon) -> Iterator[tuple[re.Pattern[str], re.Pattern[str]]]:
    """The first and second halves that belong together, by the names of their lists."""
    for name in words.names():
        if not name.startswith("fitting.") or "_first_" not in name:
            continue
        pair = (name, name.replace("_first_", "_second_"))
        if name.endswith("_zh"):
            first, second = (words.any_of(one) for one in pair)
        else:
            first, second = (_on_bounds(words.words(one)) for one in pair)
        yield re.compile(first, re.IGNORECASE), re.compile(second, re.IGNORECASE)


def _on_bounds(words: tuple[str, ...]) -> str:
    """Words of a script with spaces, as whole words; a mark stands for itself."""
    letters = lexicon.alternation(word for word in words if word.isalpha())
    marks = lexicon.alternation(word for word in words if not word.isalpha())
    return rf"\b(?:{letters})\b|{marks}"
