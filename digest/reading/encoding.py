"""Bytes of a seed as text: the mark at the front, the declared charset, then trial decoding.

A wrong guess must not pass silently: whatever is not UTF-8 and not declared gives a warning that names
the charset taken.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from functools import cache

from digest.document import Warn
from digest.errors import SeedError

LARGEST = 64 * 1024 * 1024
"""Bytes; a larger seed is no article."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ARCHIVES = (
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"%PDF-",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"7z\xbc\xaf",
    b"Rar!",
    b"\x7fELF",
)
_LINE_ENDS = re.compile("\r\n?|\u2028|\u2029|\x0b|\x0c|\x85")
_DECLARED = re.compile(
    rb"""(?ix) <meta[^<>]{0,200}?charset\s{0,3}=\s{0,3}["']?([a-z0-9_.:-]{2,40})
      | <\?xml[^<>]{0,200}?encoding\s{0,3}=\s{0,3}["']([a-z0-9_.:-]{2,40}) """,
)
# What may stand in a text but never in front of a reader: controls, zero-width and bidirectional
# overrides (they can turn an address or a name around), interlinear marks, and the private planes,
# the first of which the inline reader borrows for escaped characters.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f\x80-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f\U000f0000-\U0010ffff]"
)
# Radicals that PDF exports put for the characters they look like.
_RADICALS = re.compile("[\u2e80-\u2fdf][\u2e80-\u2fdf]*")
_COMMON_HAN = frozenset(
    "的一是不了在人有我他这这個个們们中来來上大为為和国國到说說时時要就出会會可也你对對生能而子那得于於"
)


def decode(data: bytes, declared: str | None = None) -> tuple[str, tuple[Warn, ...]]:
    r"""Text with line ends as `\\n` and nothing invisible in it, and what an editor should know.

    `declared` is a charset told from outside (a MIME header). SeedError for what is no text: `empty`,
    `binary`, `too-large`, `encoding`.
    """
    if not data.strip(b"\x00 \t\r\n"):
        raise SeedError("empty", "the file is empty", "clip the page again, or delete the file")
    if len(data) > LARGEST:
        message = f"the file holds {len(data) // 1024 // 1024} MB; an article is never that long"
        raise SeedError("too-large", message, "save the article alone")
    text, charset, sure = _text(data, declared)
    warnings = () if sure else (Warn("encoding", f"read as {charset}, which is a guess: look for garbled words"),)
    if "\x00" in text or _binary(text):
        raise _no_text(data)
    if "\ufffd" in text and charset == "utf-8" and text.count("\ufffd") > len(text) // 100:
        warnings = (*warnings, Warn("encoding", "some characters were lost before the file was saved"))
    return tidy(text), warnings


def tidy(text: str) -> str:
    """One line end, ordinary spaces, nothing invisible."""
    if not text.isascii():
        text = text.replace("\xa0", " ").replace("\u202f", " ")
        if _LINE_ENDS.search(text):
            text = _LINE_ENDS.sub("\n", text)
        if _RADICALS.search(text):
            text = _RADICALS.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
        return _INVISIBLE.sub("", text)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _INVISIBLE.sub("", text)


def _text(data: bytes, declared: str | None) -> tuple[str, str, bool]:
    """The text, the charset it was read with, and whether that is certain."""
    for mark, charset in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(charset, "replace"), charset, True
    if (start := data[:8]).startswith(_ARCHIVES):
        raise _no_text(start)
    told = declared or _told(data)
    if told and told not in {"utf-8", "utf8"} and (text := _try(data, told)) is not None:
        return text, told, True
    try:
        return data.decode("utf-8"), "utf-8", True
    except UnicodeDecodeError as wrong:
        if wrong.start >= len(data) - 3:  # cut off inside the last character: only that one is lost
            return data[: wrong.start].decode("utf-8"), "utf-8", True
        if _spoilt(data):
            return data.decode("utf-8", "replace"), "utf-8", False
    return _guess(data)


def _spoilt(data: bytes) -> bool:
    """Whether this is UTF-8 with a few bytes broken, and not another charset."""
    text = data.decode("utf-8", "replace")
    lost = text.count("\ufffd")
    return lost * 50 < sum(1 for character in text[:20000] if character > "\x7f")


def _told(data: bytes) -> str | None:
    found = _DECLARED.search(data[:4096])
    return (found[1] or found[2]).decode("ascii").lower() if found else None


def _try(data: bytes, charset: str) -> str | None:
    # Pages that say gb2312 or gbk hold characters of gb18030; shift_jis holds those of cp932.
    charset = {
        "gb2312": "gb18030",
        "gbk": "gb18030",
        "shift_jis": "cp932",
        "shift-jis": "cp932",
        "x-sjis": "cp932",
    }.get(charset, charset)
    charset = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "us-ascii": "cp1252", "big5": "big5hkscs"}.get(
        charset, charset
    )
    try:
        return data.decode(charset)
    except (UnicodeDecodeError, LookupError):
        return None


def _guess(data: bytes) -> tuple[str, str, bool]:
    """Whichever charset gives the likeliest text; SeedError when none does."""
    zeros = data[:4000].count(0)
    if zeros * 8 > min(len(data), 4000):
        charset = "utf-16-le" if data[1:4000:2].count(0) >= data[0:4000:2].count(0) else "utf-16-be"
        if (text := _try(data[: len(data) // 2 * 2], charset)) is not None:
            return text, charset, False
        raise _no_text(data)
    best: tuple[float, str, str] | None = None
    for charset in ("gb18030", "big5hkscs", "cp932", "euc-jp", "euc-kr", "utf-16-le", "cp1252"):
        text = _try(data, charset)
        if text is not None and "\x00" not in text and (best is None or _likely(text) > best[0]):
            best = (_likely(text), charset, text)
    if best is None and zeros:
        raise _no_text(data)
    if best is None or best[0] <= 0:
        raise SeedError("encoding", "no known encoding gives readable text", "save the file as UTF-8")
    return best[2], best[1], False


def _likely(text: str) -> float:
    """How much a decoded text reads like one: common Han and kana count for it, oddities against it."""
    sample = text[:20000]
    beyond = [character for character in sample if character > "\x7f"]
    if not beyond:
        return 1.0
    score = 0.0
    for character in beyond:
        if character in _COMMON_HAN or "\u3040" <= character <= "\u30ff" or character in "，。、：；？！「」“”’–—":
            score += 3
        elif "\uac00" <= character <= "\ud7a3":
            score += 1.3
        elif "\u4e00" <= character <= "\u9fff":
            score += 0.5
        elif "\xc0" <= character <= "\xff":
            score += 1
        elif "\ue000" <= character <= "\uf8ff" or "\uff61" <= character <= "\uff9f" or character < "\xa0":
            score -= 3
        elif not "\u3000" <= character <= "\u30ff":
            score -= 1
    return score / len(beyond)


@cache
def _controls() -> re.Pattern[str]:
    return re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def _binary(text: str) -> bool:
    sample = text[:8000]
    count = len(_controls().findall(sample))
    return count > 3 and count * 50 > len(sample)  # one or two stray bytes are no sign


def _no_text(data: bytes) -> SeedError:
    zipped = data.startswith(b"PK\x03\x04")
    what = "a zip archive under another name" if zipped else "not text"
    return SeedError("binary", f"the file is {what}", "clip or export the article as text, Markdown or HTML")
