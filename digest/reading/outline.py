"""Markdown as people's clippers write it, taken apart into paragraphs: one pass over the lines.

Not CommonMark: clippers leave bold with inner spaces, headings without a blank line, images of a whole
megabyte. What matters here is which words belong together and what each stretch is.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from digest import late
from digest.reading.paragraph import Paragraph

if TYPE_CHECKING:
    import re

    from digest.reading.paragraph import Kind

_LINE = late.regex(
    r"""(?x)
      [ ]{0,3} (?P<rule> (?:[*][ \t]{0,3}){3,}$ | (?:-[ \t]{0,3}){3,}$ | (?:_[ \t]{0,3}){3,}$ | ={3,}[ ]{0,3}$ )
    | [ ]{0,3} (?P<heading> \#{1,6} ) (?= [ \t\u3000] | $ )
    | [ ]{0,3} (?P<quote> > )
    | \s{0,12} (?P<item> [-*+•][ \t]{1,4}(?=\S) | \d{1,3}[.)][ \t]{1,4}(?=\S) )
    | [ ]{0,3} (?P<table> \| )
    | [ ]{0,3} (?P<definition> \[[^\]\n]{1,80}\]: )
    """
)
_LINK_OPENS = late.regex(r"(^|\n)[ \t]{0,8}\[[ \t]{0,8}\n\s{0,40}")
_LINK_CLOSES = late.regex(r"\s{0,4}\n\s{0,40}\]\(")
_FENCE = late.regex(r"`{3,}[^`\n]{0,60}$")
_ALT = late.regex(r"!\[[^\[\]]{1,4000}\]\(")
_NESTED = late.regex(r"(?:#{1,6} |[-*+] |> ?)+")
_CALLOUT = late.regex(r"\[!-?([A-Za-z-]{2,20})\][+-]?\s?(.*)")
_LETTER = late.regex(r"[^\W\d_]")
_SPLIT_ROW = late.regex(r"^[ |:+-]{3,}$")
_SETEXT_LIMIT = 120
"""Characters; a longer line above `---` is a paragraph above a rule."""


def paragraphs(text: str, *, prose: bool = False) -> list[Paragraph]:
    """The paragraphs of a Markdown text, in order, their `raw` mark-up filled in.

    `prose` takes each line for a paragraph, as pasted text has them.
    """
    if "\n](" in text or "\n\t](" in text or "[\n" in text:  # a link around whole paragraphs
        text = _LINK_OPENS.sub(r"\1[", _LINK_CLOSES.sub("](", text))
    if "![" in text:
        text = _ALT.sub(lambda found: found[0].replace("\n", " "), text)
    lines = text.split("\n")
    return _Outline(by_line=prose or _by_line(lines), soft=_soft(lines)).read(lines)


def _by_line(lines: list[str]) -> bool:
    """Whether the text parts its paragraphs by line ends: few blank lines and long or wide lines."""
    full = [line for line in lines if line and not line.isspace()]
    if len(full) * 2 < len(lines) * 1.5 or len(full) < 2:
        return False
    wide = sum(1 for line in full if any(map(_is_wide, line[:80])))
    return wide * 2 > len(full) or sum(map(len, full)) > len(full) * 100


def _is_wide(character: str) -> bool:
    """Whether a character is written without spaces around it: CJK, its marks, full-width forms."""
    return character >= "\u3000" and (
        "\u3400" <= character <= "\u9fff"
        or "\u3000" <= character <= "\u30ff"
        or "\uac00" <= character <= "\ud7a3"
        or "\uff00" <= character <= "\uffef"
    )


def _soft(lines: list[str]) -> bool:
    """Whether nearly every line ends in two spaces: then they mean nothing, and a line is a paragraph."""
    full = [line for line in lines if line and not line.isspace()]
    return len(full) > 3 and sum(1 for line in full if line.endswith("  ")) * 5 > len(full) * 4


class _Outline:
    """What has been read so far, and the lines of the paragraph being read."""

    __slots__ = ("_by_line", "_callout", "_fenced", "_kind", "_lines", "_out", "_soft")

    def __init__(self, *, by_line: bool, soft: bool) -> None:
        self._by_line = by_line or soft
        self._soft = soft
        self._fenced = True
        self._out: list[Paragraph] = []
        self._lines: list[str] = []
        self._kind: Kind = "paragraph"
        self._callout: str | None = None

    def read(self, lines: list[str]) -> list[Paragraph]:
        """The paragraphs of these lines."""
        match = _LINE.match
        at, last = 0, len(lines)
        while at < last:
            line = lines[at]
            at += 1
            if not line or line.isspace():
                self._end()
            elif "```" in line and (opened := _FENCE.search(line)) and self._fenced:
                at = self._fence(line, opened, lines, at)
            elif line[0].isalpha() or (found := match(line)) is None:
                if self._kind in {"quote", "note"} and self._lines:
                    self._end()  # a lazy continuation is far rarer than a paragraph under a quotation
                self._add("paragraph" if self._kind in {"quote", "note"} else self._kind, line)
            else:
                self._special(found, line)
        self._end()
        return self._out

    def _special(self, found: re.Match[str], line: str) -> None:
        name = found.lastgroup
        body = line[found.end() :]
        if name == "rule":
            self._rule(found["rule"])
        elif name == "heading":
            self._end()
            self._out.append(Paragraph("heading", body.strip().rstrip("#").rstrip(), level=len(found["heading"])))
        elif name == "quote":
            self._quote(body)
        elif name == "item":
            self._end()
            if nested := _NESTED.match(body):
                body = body[nested.end() :]
            self._add("item", body)
        elif name == "table":
            self._table(line)
        else:
            self._end()
            self._out.append(Paragraph("definition", line.strip()))

    def _add(self, kind: Kind, line: str) -> None:
        if kind != self._kind:
            callout = self._callout
            self._end()
            self._kind, self._callout = kind, callout if kind in {"quote", "note"} else None
        self._lines.append(line)
        if self._by_line and kind == "paragraph" and (self._soft or not line.endswith("  ")):
            self._end()

    def _end(self) -> None:
        if self._lines:
            kind = self._kind
            self._out.append(Paragraph(kind, _joined(self._lines)))
            self._lines = []
        self._kind = "paragraph"
        self._callout = None

    def _fence(self, line: str, opened: re.Match[str], lines: list[str], at: int) -> int:
        """Code from here to the closing fence; a fence that never closes is no fence. Gives the next line's place."""
        head = line[: opened.start()]
        if "```" in head:  # opened and closed on one line
            self._add(self._kind if self._kind != "quote" else "paragraph", line)
            return at
        end = next((place for place in range(at, len(lines)) if "```" in lines[place]), None)
        if end is None:
            self._fenced = False
            if head.strip():
                self._add("paragraph", head)
            return at
        if head.strip():
            self._add(self._kind if self._kind != "quote" else "paragraph", head)
        self._end()
        self._out.append(Paragraph("code", "\n".join(lines[at:end])))
        behind = lines[end].split("```")[-1].strip(" `")
        if behind:
            self._add("paragraph", behind)
        return end + 1

    def _rule(self, mark: str) -> None:
        under = self._lines and self._kind == "paragraph" and mark[0] in "-=" and "- " not in mark
        if not self._lines and self._by_line and mark[0] == "=" and self._out and self._out[-1].kind == "paragraph":
            last = self._out.pop()
            self._lines, under = [last.raw], True
        if under and len(self._lines[-1]) <= _SETEXT_LIMIT and _LETTER.search(self._lines[-1]):
            title = self._lines.pop()
            self._end()
            self._out.append(Paragraph("heading", title.strip(), level=1 if mark[0] == "=" else 2))
        else:
            self._end()
            if mark[0] != "=":
                self._out.append(Paragraph("rule", mark))

    def _quote(self, body: str) -> None:
        inner = body.lstrip(" >\t")
        if not inner:
            self._end()
            return
        if inner.startswith("[!") and (callout := _CALLOUT.match(inner)):
            self._end()
            # GitHub's own (NOTE, TIP …) are the article's; a quotation stays one; the rest are the clip owner's words.
            self._callout = "quote" if callout[1].isupper() or callout[1] in {"quote", "cite"} else "note"
            inner = callout[2].strip()
            if not inner or inner.casefold() == callout[1].casefold():
                return
        if self._callout == "note":
            self._add("note", inner)
            return
        found = _LINE.match(inner)
        if found and found.lastgroup in {"item", "heading"}:
            self._end()
            inner = inner[found.end() :].strip()
        elif self._kind == "quote" and self._by_line and not self._lines[-1].endswith("  "):
            self._end()
        self._add("quote", inner)

    def _table(self, line: str) -> None:
        row = line.strip()
        if self._kind != "table" and not (row.endswith("|") and row.count("|") > 1) and not _SPLIT_ROW.match(row):
            self._add("paragraph", line)
        else:
            self._add("table", line)


def _joined(lines: list[str]) -> str:
    """The lines of one paragraph: a break stays where two spaces, a backslash or Chinese ask for it."""
    if len(lines) == 1:
        return lines[0].strip()
    parts = [lines[0].strip()]
    for before, line in itertools.pairwise(lines):
        stripped = before.rstrip()
        hard = (
            before.endswith("  ") or stripped.endswith("\\") or _is_wide(stripped[-1:]) or _is_wide(line.lstrip()[:1])
        )
        if stripped.endswith("\\"):
            parts[-1] = parts[-1][:-1].rstrip()
        parts += ["\n" if hard else " ", line.strip()]
    return "".join(parts)
