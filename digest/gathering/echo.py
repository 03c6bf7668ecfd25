"""Echoes: one saying in several articles: in the same words, in others, or in another language.

Words of one speaker that two articles give differently are doubtful; two translations of one saying are not, as every
translator words it in another way. Decided by rule, and for doubt where the rule does not know.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from digest.gathering.naming import in_latin, key
from digest.judging.amount import amounts, same
from digest.quote import QUOTABLE
from digest.term import CJK, is_han, repeated, units

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.document import Document
    from digest.lexicon import Lexicon
    from digest.quote import Quote

Echo = Literal["same", "differs", "translation"]
"""How another article gives a saying: in the same words (or more, or fewer of them), in others, in another language."""

RATIO = (0.5, 1.9)
"""How much longer, in units, a Chinese or Japanese rendering of an English saying may be, and the other way round."""
NEAR = 120
"""How many characters before a quotation may tell that it was translated."""
FEWEST = 8
"""Units of the shortest saying that is known again in other words: shorter ones many people say."""

_SPAN = re.compile(r"[0-9A-Za-z年月日号点时]")
"""After such a character a hyphen is no minus but a span (2019-2021, 3月-5月)."""
_MARKS = dict(zip(".．%％-−$＄€£¥￥", "..%%--$$€£¥¥", strict=True))
"""Marks that belong to a figure, as ASCII has them where it does."""


class Saying(NamedTuple):
    """A quotation with its speaker, made ready to be compared: `words` by `bare`, `wide` in Chinese or Japanese."""

    text: str
    speaker: str
    words: str
    wide: bool


def saying(quote: Quote) -> Saying | None:
    """The quote as a saying; None where it is nobody's words."""
    words = bare(quote.text)
    if quote.kind not in QUOTABLE or not quote.speaker or not words:
        return None
    return Saying(quote.text, quote.speaker, words, _is_wide(words))


def echo(one: Saying, other: Saying, share: float) -> Echo | None:
    """How `other`, of another article, echoes a saying; None where it is another saying or another speaker's.

    `share` is the share of its terms that a saying has in common with another wording of it in the same language.
    """
    if one.wide != other.wide:
        return "translation" if _renders(one, other) else None
    if not same_speaker(one.speaker, other.speaker):
        return None
    if one.words in other.words or other.words in one.words:
        return "same"
    if min(units(one.text), units(other.text)) < FEWEST:
        return None
    first, second = (one.words, other.words) if one.wide else (one.text, other.text)
    return "differs" if repeated(first, second, share) else None


def is_translated(quote: Quote, document: Document, lexicon: Lexicon) -> bool:
    """Whether an article gives the saying in another language than it was said in.

    That is so where the article says it (编译, 用英语说, in Mandarin), or where a Chinese or Japanese one names its
    speaker in Latin letters or with a middle dot, as foreigners are named.
    """
    speaker = quote.speaker or ""
    wide = _is_wide(bare(quote.text))
    before = document.text[max(0, quote.start - NEAR) : quote.start].rpartition("\n")[2]
    if _cues(lexicon, "translating").search(before):
        return True
    if _cues(lexicon, "translated_article").search(f"{document.title or ''}\n{document.text[:NEAR]}"):
        return True
    return wide and bool(re.search(r"[A-Za-zÀ-ɏ]{2}|·|・", speaker))


def is_foreign(speaker: str) -> bool:
    """Whether a speaker's name is no Chinese or Japanese one."""
    return "·" in speaker or "・" in speaker or not any(map(is_han, speaker))


@lru_cache(maxsize=4096)
def same_speaker(one: str, other: str) -> bool:
    """Whether two names are one speaker's: equal, one the other's last part, or one the other in Latin letters."""
    if one == other or key(one).casefold() == key(other).casefold():
        return True
    for name, told in ((one, other), (other, one)):
        if name[0] >= CJK and told[0] < CJK:
            spelled = in_latin(name)
            return bool(spelled) and spelled <= set(re.findall(r"[a-z]+", told.casefold().replace("-", "")))
    return False


def bare(text: str) -> str:
    """Words to compare: no marks, spaces or case, but those marks that make another figure of one (3.5%, 35%, -5)."""
    words = text.casefold()
    if _MARKS.keys().isdisjoint(words):
        return "".join(filter(str.isalnum, words))
    return "".join(
        character if character.isalnum() else mark
        for at, character in enumerate(words)
        if character.isalnum() or (mark := _of_figure(words, at))
    )


def has_more_figures(one: str, other: str) -> bool:
    """Whether a saying has a figure that another one has not."""
    known = _figures(other)
    return not all(any(same(figure, each) for each in known) for figure in _figures(one))


def has_any(text: str, barred: Iterable[str]) -> bool:
    """Whether a text has any of these words (by `bare`), or is a part of them."""
    words = bare(text)
    return any(one in words or words in one for one in barred)


def _renders(one: Saying, other: Saying) -> bool:
    """Whether one is the other in another language: same speaker, length, figures and names, at least one of these.

    A speaker whose name the two languages write each in its own letters (卡尔·本松) is taken for the same where two
    figures or names agree.
    """
    wide, latin = (one, other) if one.wide else (other, one)
    known = same_speaker(wide.speaker, latin.speaker)
    # A foreign name in Chinese characters cannot be read back; a Chinese one can, and then it must agree.
    if not known and "·" not in wide.speaker:
        return False
    ratio = units(wide.text) / max(1, units(latin.text))
    if not RATIO[0] <= ratio <= RATIO[1]:
        return False
    figures, others = _figures(wide.text), _figures(latin.text)
    if len(figures) != len(others) or not all(any(same(figure, each) for each in others) for figure in figures):
        return False
    names = {word.casefold() for word in re.findall(r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ0-9.+-]+", wide.text)}
    words = {word.casefold().removesuffix("'s") for word in re.findall(r"[A-Za-zÀ-ɏ][\w'.+-]*\w", latin.text)}
    if not names <= words:
        return False
    return len(figures) + len(names) >= (1 if known else 2)


def _of_figure(text: str, at: int) -> str:
    """The mark at this place where it belongs to a figure, as ASCII has it; else nothing."""
    if (mark := _MARKS.get(text[at])) is None:
        return ""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if mark == "%":
        return mark if before.isdecimal() else ""
    if not after.isdecimal() or (mark == "." and not before.isdecimal()) or (mark == "-" and _SPAN.search(before)):
        return ""
    return mark


def _figures(text: str) -> list[float]:
    """Every number of a saying, normalised, calendar years too."""
    found = amounts(text)
    covered = [(one.start, one.end) for one in found]
    bare_ones = [
        float(match[0].replace(",", ""))
        for match in re.finditer(
            r"(?<![0-9A-Za-z.,])[0-9]{1,9}(?:,[0-9]{3}){0,3}(?:\.[0-9]{1,4})?(?![0-9A-Za-z])", text
        )
        if not any(start <= match.start() < end for start, end in covered)
    ]
    return sorted({*(one.value for one in found), *bare_ones})


def _is_wide(text: str) -> bool:
    return sum(character >= CJK for character in text) * 4 > len(text)


@cache
def _cues(lexicon: Lexicon, name: str) -> re.Pattern[str]:
    return re.compile(lexicon.any_of(f"rules.{name}"), re.IGNORECASE)
