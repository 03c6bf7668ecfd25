"""The marks inside a paragraph: links, images, code, emphasis, escapes. What stays are the words.

Each step runs only where its character stands in the paragraph, so that plain prose costs one look. All
quantifiers are bounded: a line may be twenty megabytes of brackets.
"""

from __future__ import annotations

import html
import re
from functools import cache
from typing import TYPE_CHECKING

from digest import late
from digest.reading.encoding import tidy

if TYPE_CHECKING:
    from digest.document import MarkKind
    from digest.reading.paragraph import Paragraph

_SPECIAL = late.regex(r"[\\*_~=<&`\[\]$\n\t]")
_ESCAPE = late.regex(r"\\([!-/:-@\[-`{-~])")
_SHELF = 0xF0000
"""Escaped characters wait on this private plane until all marks are read; `tidy` keeps it free."""
_BACK = {_SHELF + code: chr(code) for code in range(0x20, 0x7F)}
_CODE = late.regex(r"(`{1,3})(?!`)([^`\n]{1,2000})\1(?!`)")
_LINK = late.regex(
    r"""(?x) \[ ( [^\[\]]{0,1000} ) \] \( \s{0,3}
        (?: <([^<>\n]{0,2000})> | ( [^\s()]{0,2000}+ (?: \([^\s()]{0,500}+\) [^\s()]{0,2000}+ ){0,8} ) )
        (?: \s{1,3} (?: "[^"]{0,500}" | '[^'\n]{0,500}' | \([^()\n]{0,300}\) ) )? \s{0,3} \)"""
)
_HIGHLIGHT = late.regex(r"\(?\[View Highlight\]\([^()\s]{0,400}\)\)?")  # Readwise's own link behind each highlight
_REMAINS = late.regex(r"^\[(?=[^\]]*$)|\]\([^()\s]{0,2000}\)?\s*$")
_REFERENCE = late.regex(r"!?\[([^\[\]\n]{1,300})\]\[[^\[\]\n]{0,80}\]")
_WIKI = late.regex(r"\[\[([^\[\]|\n]{1,300})(?:\|([^\[\]\n]{1,300}))?\]\]")
_ENTITY = late.regex(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?")
_EMBED = late.regex(r"!\[\[[^\[\]\n]{1,300}\]\]")
_FOOTNOTE = late.regex(r"\[\^[^\[\]\n]{1,60}\]|\[\d{1,3}\](?!\()")
_TAG = late.regex(r"<(/?)([A-Za-z][A-Za-z0-9-]{0,20})((?:\s|/)[^<>]{0,4000})?/?>")
_AUTOLINK = late.regex(r"<((?:https?|ftp|mailto):[^<>\s]{1,2000})>|<[^<>\s@]{1,80}@[^<>\s]{1,80}>")
_ADDRESS = late.regex(r"""([(\[（【<]\s?)?((?:https?://|www\.)[!-'*-;=?-Z_a-z~]{3,2000})(\s?[)\]）】>])?""")
# These begin with one character or one set of them, and not with a run or a look behind: that keeps the search quick.
_ITALIC = late.regex(r"\*(?<![*\\]\*)(?=[^\s*])([^*\n]{1,1000})(?<=[^\s*])\*(?!\*)")
_EMPHASIS = late.regex(r"(\*\*+|==(?!=))")
_SPACES = late.regex(r"[ \t\u2002-\u200a](?:[ \t\u2002-\u200a]+|(?<=[ \t])(?=\n)|(?<=\n[ \t])|(?<=\t))")
_MATH = late.regex(r"\$\$[^$\n]{1,2000}\$\$|\$(?=[^\s$\d])[^$\n]{1,300}(?<=\S)\$(?!\d)")
_SUPERSCRIPT = late.regex(
    r"<sup\b[^<>]{0,200}>[^<>]{0,40}(?:<a\b[^<>]{0,600}>[^<>]{0,40}</a>)?[^<>]{0,10}</sup>", re.IGNORECASE
)
_BOLD_TAGS = {"b": "**", "strong": "**", "mark": "==", "br": "\n"}
_COLON = "："
_LABEL = 40
_ALT_LIMIT = 2000
_WHERE = "\ue000"
"""A lost stretch waits as this character, so that its place becomes a hole."""


def read(paragraph: Paragraph) -> None:
    """Fill in the paragraph's words, marks and holes from its mark-up."""
    text = paragraph.raw
    if _SPECIAL.search(text) is None and "http" not in text and "www." not in text and "  " not in text:
        paragraph.text = text.strip()
        return
    if paragraph.kind in {"code", "table", "definition"}:
        paragraph.text = text
        return
    text = _plain(paragraph, _shelve(text))
    text = _slanted(_ENTITY.sub(_character, text) if "&" in text else text)
    text = _SPACES.sub(_one_space, text)
    if "**" in text or "==" in text:
        text = _emphasis(paragraph, text)
    text = _holes(paragraph, text) if _WHERE in text else text
    paragraph.text = text.translate(_BACK) if "`" in paragraph.raw or "\\" in paragraph.raw else text
    start = len(paragraph.text) - len(paragraph.text.lstrip())
    end = len(paragraph.text.rstrip())
    if start or end < len(paragraph.text):
        paragraph.trim(start, max(end, start), "space")


def _plain(paragraph: Paragraph, text: str) -> str:
    """Without links, tags, formulas and addresses."""
    if "[" in text or "](" in text:
        text = _links(paragraph, text)
    if "<" in text:
        text = _tags(paragraph, text)
    if "$" in text:
        text = _MATH.sub(_WHERE, text)
    text = _addresses(paragraph, text)
    if text.endswith((_COLON + _WHERE, ":" + _WHERE)) and len(text) < _LABEL:  # `论文地址：` and its address
        paragraph.cuts.append(("address", text[:-1]))
        return ""
    return text


def _character(found: re.Match[str]) -> str:
    """What an entity stands for, made visible like everything else."""
    return tidy(html.unescape(found[0]))


@cache
def _underline() -> re.Pattern[str]:
    return re.compile(
        r"(?<![0-9A-Za-z_\u3040-\u9fff])(_{1,2})(?=[^\s_])([^_\n]{1,1000})(?<=[^\s_])\1(?![0-9A-Za-z_\u3040-\u9fff])"
    )


def _slanted(text: str) -> str:
    """Without italics and strikes; underlined bold written with stars."""
    if "*" in text:
        text = _ITALIC.sub(r"\1", text)
    if text.count("_") > 1:
        text = _underline().sub(lambda found: f"**{found[2]}**" if len(found[1]) > 1 else found[2], text)
    return text.replace("~~", "") if "~" in text else text


def _one_space(found: re.Match[str]) -> str:
    whole = found[0]
    at = found.end()
    text = found.string
    beside_break = (at < len(text) and text[at] == "\n") or (found.start() and text[found.start() - 1] == "\n")
    return "" if beside_break else whole[0].replace("\t", " ")


def _shelve(text: str) -> str:
    """Put escaped characters and the words of code spans where no mark will be seen in them."""
    if "`" in text:
        text = _CODE.sub(lambda found: _aside(found[2].strip()), text)
    if "\\" in text:
        if "\\*\\*" in text:  # bold that a clipper escaped
            text = text.replace("\\*\\*", "**")
        text = _ESCAPE.sub(lambda found: chr(_SHELF + ord(found[1])), text)
    return text


def _aside(words: str) -> str:
    return "".join(chr(_SHELF + ord(c)) if c in "*_~=<>&[]\\!^$`#:" else c for c in words)


def _links(paragraph: Paragraph, text: str) -> str:
    """Images and embeds go, links leave their words, footnote marks go."""
    if "![" in text:
        text = _EMBED.sub("", _images(paragraph, text))
    if "[[" in text:
        text = _WIKI.sub(lambda found: found[2] or found[1].rsplit("/", 1)[-1], text)
    if "View Highlight" in text:
        text = _HIGHLIGHT.sub("", text)
    if "](" in text:
        text = _LINK.sub(lambda found: _words(paragraph, found), text)
        if "](" in text:  # a link around an image, or brackets inside the words
            text = _LINK.sub(lambda found: _words(paragraph, found), text)
    if "][" in text:
        text = _REFERENCE.sub(lambda found: "" if found[0][0] == "!" else found[1], text)
    if "](" in text or text.startswith("["):  # what a clipper left of a link it broke
        text = _REMAINS.sub("", text)
    return _FOOTNOTE.sub("", text)


def _words(paragraph: Paragraph, found: re.Match[str]) -> str:
    words = found[1]
    if not words.strip() or words.startswith(("http://", "https://", "www.")):
        if words.strip():
            paragraph.cuts.append(("address", words))
            return _WHERE
        return ""
    paragraph.linked += len(words.strip(" *_"))
    return words


def _images(paragraph: Paragraph, text: str) -> str:
    """Take images out to their real end: addresses of data hold brackets and quotes of their own."""
    parts: list[str] = []
    at = 0
    broken = False
    while not broken and (start := text.find("![", at)) >= 0:
        middle = text.find("](", start)
        if middle < 0:
            break
        if middle > start + _ALT_LIMIT:
            parts.append(text[at : middle - _ALT_LIMIT])
            at = middle - _ALT_LIMIT
            continue
        end = _closing(text, middle + 2)
        if end < 0:
            broken = True
            end = len(text) if "data:" in text[middle : middle + 8] else min(len(text), middle + 2)
        parts.append(text[at:start])
        paragraph.cuts.append(("image", text[start : min(end, start + 200)]))
        at = end
    parts.append(text[at:])
    return "".join(parts)


_BRACKET = late.regex(r"[()\n]")


def _closing(text: str, at: int) -> int:
    """Behind the bracket that closes the one opened before `at`, or -1."""
    depth = 1
    for found in _BRACKET.finditer(text, at, at + 400_000):
        mark = found[0]
        if mark == "\n":
            return -1
        depth += 1 if mark == "(" else -1
        if not depth:
            return found.end()
    return -1


def _tags(paragraph: Paragraph, text: str) -> str:
    """HTML inside Markdown: bold and mark stay as emphasis, line breaks as breaks, the rest goes."""
    text = _AUTOLINK.sub(lambda found: _lost(paragraph, found[0]), text)
    if "<sup" in text:
        text = _SUPERSCRIPT.sub("", text)
    return _TAG.sub(lambda found: _BOLD_TAGS.get(found[2].lower(), ""), text)


def _addresses(paragraph: Paragraph, text: str) -> str:
    if "http" in text or "www." in text:
        return _ADDRESS.sub(lambda found: _address(paragraph, found), text)
    return text


def _address(paragraph: Paragraph, found: re.Match[str]) -> str:
    """A bare address goes; between brackets of its own it leaves no hole."""
    address = found[2].rstrip(".,;:!?'")
    behind = found[2][len(address) :]
    paragraph.cuts.append(("address", address))
    if found[1] and found[3] and not behind:
        return ""
    return f"{found[1] or ''}{_WHERE}{behind}{found[3] or ''}"


def _lost(paragraph: Paragraph, gone: str) -> str:
    paragraph.cuts.append(("address", gone))
    return _WHERE


def _emphasis(paragraph: Paragraph, text: str) -> str:
    """Bold and highlighted stretches as spans; adjacent and broken runs join."""
    pieces = _EMPHASIS.split(text)
    out: list[str] = []
    at = 0
    opened: dict[MarkKind, int] = {}
    spans: list[tuple[MarkKind, int, int]] = []
    for place, piece in enumerate(pieces):
        if place % 2 == 0:
            out.append(piece)
            at += len(piece)
            continue
        paragraph.edges.append(at)
        kind: MarkKind = "highlight" if piece == "==" else "bold"
        if kind == "bold" and (len(piece) // 2) % 2 == 0:
            continue  # `****` closes and opens at once: the run goes on
        if kind in opened:
            start = opened.pop(kind)
            if at > start:
                spans.append((kind, start, at))
        else:
            opened[kind] = at
    whole = "".join(out)
    paragraph.marks = _runs(whole, spans)
    return whole


def _runs(text: str, spans: list[tuple[MarkKind, int, int]]) -> list[tuple[MarkKind, int, int]]:
    """Spans without the spaces at their ends, those with only a space between them joined."""
    runs: list[tuple[MarkKind, int, int]] = []
    for kind, left, right in sorted(spans, key=lambda span: (span[0], span[1])):
        inner = text[left:right]
        start = left + len(inner) - len(inner.lstrip())
        end = right - len(inner) + len(inner.rstrip())
        if start >= end:
            continue
        if runs and runs[-1][0] == kind and not text[runs[-1][2] : start].strip():
            runs[-1] = (kind, runs[-1][1], end)
        else:
            runs.append((kind, start, end))
    return runs


def _holes(paragraph: Paragraph, text: str) -> str:
    """Close the places where an address or a formula was lost, and remember them as holes."""
    parts = text.split(_WHERE)
    at = 0
    gaps: list[int] = []
    for part in parts[:-1]:
        at += len(part)
        gaps.append(at)
    whole = "".join(parts)
    before = [place for place, _ in enumerate(gaps)]
    marks = []
    for kind, start, end in paragraph.marks:
        a = start - sum(1 for n in before if gaps[n] + n < start)
        b = end - sum(1 for n in before if gaps[n] + n < end)
        if a < b:
            marks.append((kind, a, b))
    paragraph.marks = marks
    if whole.strip():
        paragraph.holes = [(max(gap - 1, 0), min(gap + 1, len(whole))) for gap in gaps]
    return whole
