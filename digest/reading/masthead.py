"""What the lines around an article tell about it: bylines, credits, where the original stands.

Clippers keep these lines in the body. Each that is understood is dropped from the text and its news noted
in `Told`; what the front matter told stays unless the line knows better.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from digest import late
from digest.reading import dates, furniture

if TYPE_CHECKING:
    from digest.document import Warn
    from digest.lexicon import Lexicon
    from digest.reading.paragraph import Paragraph


@dataclass(slots=True)
class Told:
    """What a file has told so far. `account` is the publication in a byline, `site` the page's own name."""

    title: str | None = None
    authors: list[str] = field(default_factory=list)
    byline: list[str] = field(default_factory=list)
    account: str | None = None
    outlet: str | None = None
    site: str | None = None
    published: str | None = None
    published_from: str | None = None
    clipped: str | None = None
    source: str | None = None
    tags: list[str] = field(default_factory=list)
    description: str | None = None
    language: str | None = None
    notes: list[str] = field(default_factory=list)
    warnings: list[Warn] = field(default_factory=list)

    def date(self, value: str | None, where: str) -> None:
        """Note a publication date, unless one is known."""
        if value and self.published is None:
            self.published, self.published_from = value, where


_HEAD = 14
"""Paragraphs at the front in which a byline, a source line or a credit may stand; twice that at the back."""
_LONGEST = 4000
"""Characters of mark-up; a longer line is no line about the article."""
_EDGE = " :：[]【】"
_URL = r"https?://[^\s<>\"'）)\]】」，。]{4,1500}"
_LINK = late.regex(rf"\]\(\s{{0,2}}<?({_URL})")
_BACKWARDS = late.regex(rf"\[({_URL})\]\((?!https?:)([^()\n]{{1,200}})\)")
_BARE = re.compile(_URL)  # looked for in a match
_ANCHOR = late.regex(
    r"""<a\s[^<>]{0,2000}?href\s?=\s?["']([^"'<>\s]{4,1500})["'][^<>]{0,500}>\s{0,5}([^<>]{1,40}?)\s{0,5}</a>""",
    re.IGNORECASE,
)
_SIMPREAD = late.regex(
    rf"SimpRead\]\([^()\s]{{1,200}}\).{{0,40}}?\[[^\[\]]{{0,300}}\]\(({_URL})\)|简悦.{{0,60}}?原文地址.{{0,10}}?\[[^\[\]]{{0,300}}\]\(({_URL})\)"
)
_DATE_END = late.regex(
    r"[*_\s]{0,4}((?:\d{4}\s?[-/.年]\s?)?\d{1,2}\s?[-/.月]\s?\d{1,2}日?(?:[\sT]{1,3}\d{1,2}:\d{2}(?::\d{2})?)?|\d{1,3}\s?(?:分钟|小时|天|周)前|昨天|前天)"
    r"(?:\s{0,3}[(（][^()（）]{1,12}[)）])?[*_]{0,3}\s{0,4}[*_]{0,3}(?:[\u4e00-\u9fff]{2,4}|听全文)?[*_]{0,3}\s{0,4}$"
)
_DATED = 70
"""Characters in which _DATE_END lies."""
_DAY_LINE = late.regex(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:[\sT]{1,2}\d{1,2}:\d{2}(?::\d{2})?)?")
_STACK, _LINE = 5, 40
"""Lines, and characters a line, of a byline in lines."""
_NAME_LINK = late.regex(r"\[([^\[\]\n]{1,60})\]\(([^()\s]{0,400})\)")
_FIELD = late.regex(
    r'^\[#\]:\s{0,4}([a-z]{1,20})(?:\s\([^()]{0,200}\))?:?\s{0,4}(?:\(([^()]{0,200})\)|"([^"]{0,500})"|(.{0,500}))'
)
_FROM = late.regex(
    r"(?:来自|來自|来源于|转自|转载自|摘自|选自|载于|刊于|首发于|发表于)\s?[「“《『]?([^\s「」“”《》『』：:，,~\[\]]{2,20}?)[」”》』]?\s{0,2}[：:，,~\[]"
)
_TITLED = late.regex(r"\)?\s{0,3}《([^《》\n]{2,20})》")
_SPLIT = late.regex(r"\s*[、,，;；/／&＆]\s*|\s+(?:and|und|et|y|与|和)\s+|\s{2,}")
_MARKUP = late.regex(r"[*_`~#\\]+|<[^<>]{1,200}>")
_FULL_NAME = late.regex(
    r"[A-Z\u00c0-\u00de][\w.'’-]{0,20}(?:\s(?:[A-Z\u00c0-\u00de][\w.'’-]{0,20}|de|da|van|von|der|di|la|le|bin|al)){1,4}$"
)
_SEND = late.regex(r"^(.{1,30}?)\s+(?:发自|發自)\s+\S.{0,20}$")
_ACCOUNT = late.regex(r"^(.{2,20}?)\s*[|｜丨]\s*(?:微信)?公众号\s*\S{0,30}$")
_IDENTIFIED = late.regex(
    r"^\W{0,3}(?:(?:来源|文|作者|本文)\s?[:：|｜/]\s?)?(.{2,24}?)\s?"
    r"[（(](?:微信)?(?:公众号|微信号|ID|id|微信ID)\s?[:：]?\s?[\w-]{2,40}[)）]"
)
_BY = late.regex(
    r"^(?:(?:Written|Writed|Words|Story|Text|Posted|Published)\s+)?[Bb][Yy]:?\s+"
    r"([A-Z][\w.'’-]{1,20}(?:\s+[A-Z][\w.'’-]{0,20}){0,3})(?:\s*[|,·•—–-].{0,60})?$"
)
_DAY_BY = late.regex(r"^([^\n]{6,40}?)\W{1,4}(?:by|von|par|por|door)\s([^\W\d_][\w.'’ -]{1,40})$")
_WORD = late.regex(r"[^\W\d_]{2,}")
_NUMBERED = late.regex(
    r"(?i:issue|no\.|vol\.|edition|#)\s?\d{1,5}\W{1,5}(?i:by\s)\s{0,3}([A-Z][\w.'’-]{1,20}(?:\s[A-Z][\w.'’-]{0,20}){0,3})$"
)
"""`Issue 118 · by A Person`: a letter's byline."""
_OTHER_BY = late.regex(
    r"(?i)^(?:translated|edited|photos?|photographs?|photography|illustrations?|illustrated|reviewed|produced"
    r"|reporting|additional reporting) by [^。.!?]{2,60}$"
)
_EDITED = late.regex(r"^(?:最后)?(?:修改|编辑|更新)(?:于|时间)?|(?i:^(?:last\s)?(?:updated|modified|edited))")
_TAIL_ACCOUNT = late.regex(r"^\W{0,3}(?:继续滑动看下一个|轻触阅读原文)")
_PROUD = late.regex(r"[,，。\s]\[?([^\s,，。\[\]]{2,20})\]?(?:\([^()\s]{0,300}\))?\s{0,2}荣誉推出")


@cache
def _permanent(lexicon: Lexicon) -> re.Pattern[str]:
    return re.compile(lexicon.any_of("labels.permanent"))


@cache
def _source_words(lexicon: Lexicon) -> frozenset[str]:
    return frozenset(lexicon.words("labels.source"))


@cache
def _source_label(lexicon: Lexicon) -> re.Pattern[str]:
    labels = lexicon.any_of("labels.source")
    return re.compile(
        rf"^[^\w\[]{{0,8}}(?:\[?(?:{labels})\]?)\W{{0,4}}(?:[:：|｜]|\s|~|\[|\(|（)|(?:{lexicon.any_of('labels.source_words')})"
    )


@cache
def _credit(lexicon: Lexicon) -> re.Pattern[str]:
    label = lexicon.any_of("labels.credit_author", "labels.credit_outlet", "labels.credit_other")
    gap = r"\s{0,3}"
    return re.compile(
        rf"^[【\[(（「\-—·•*>▎|｜丨]{{0,3}}{gap}(?:本文|原文|文章|本期|今日|视频|特约|责任|本篇)?(?P<label>{label})(?P<more>{gap}[/／、&＆+丨|·,，和]?{gap}(?:{label})){{0,3}}"
        rf"{gap}[】\])）」]?{gap}(?:[:：|｜丨︱┃│∣/／]|\sI\s|\s-\s|——){gap}(?P<value>[^\n]{{1,80}})$"
    )


@cache
def _report(lexicon: Lexicon) -> re.Pattern[str]:
    return re.compile(rf"^([A-Za-z0-9\u4e00-\u9fff]{{2,12}}?)\s?(?:{lexicon.any_of('labels.reports')})$")


@cache
def _lead(lexicon: Lexicon) -> re.Pattern[str]:
    return re.compile(rf"^[【\[]\s?([^【】\[\]\n]{{0,12}}?)\s?(?:{lexicon.any_of('labels.lead')})\s?[】\]]\s?[:：]?")


def read(paragraphs: list[Paragraph], told: Told, lexicon: Lexicon) -> None:
    """Read the lines around the article into `told`, and drop them from the text."""
    _title(paragraphs, told)
    near = [
        paragraph
        for paragraph in paragraphs[: _HEAD * 3]
        if paragraph.raw.strip() and paragraph.kind not in {"image", "rule"}
    ][:_HEAD]
    for place, paragraph in enumerate(near):
        if paragraph.dropped:
            continue
        if paragraph.kind == "definition":
            _definition(paragraph, told)
        elif (place < 6 and (_dated(paragraph, told, lexicon) or _stacked(paragraph, told))) or _source(
            paragraph, told, lexicon
        ):
            continue
        else:
            _leads(paragraph, told, lexicon)
    for paragraph in paragraphs[-_HEAD * 2 :]:
        if not paragraph.dropped and len(paragraph.raw) < 3000:
            _source(paragraph, told, lexicon, tail=True)
    _credits(paragraphs, told, lexicon)
    _footer(paragraphs, told)


def _title(paragraphs: list[Paragraph], told: Told) -> None:
    """The first H1 near the head names the article where nothing else has."""
    heads = [paragraph for paragraph in paragraphs[:12] if paragraph.kind == "heading" and paragraph.text]
    top = next((paragraph for paragraph in heads if paragraph.level == 1), None)
    if top is not None and told.title is None:
        told.title = top.text
        top.drop("title")


def _definition(paragraph: Paragraph, told: Told) -> None:
    """Credits of a translation kept as link definitions: `[#]: author: "…"`."""
    if found := _FIELD.match(paragraph.raw):
        value = (found[2] or found[3] or found[4] or "").strip()
        name = found[1]
        if name == "via" and value.startswith("http"):
            told.source = told.source or value
        elif name == "author" and value:
            told.byline.append(value)
        paragraph.drop("credit")


def _source(paragraph: Paragraph, told: Told, lexicon: Lexicon, *, tail: bool = False) -> bool:
    """A line that tells the address of the original, by a label; a bare address never does."""
    raw = paragraph.raw
    if "http" not in raw or len(raw) > _LONGEST:
        return False
    if "impRead" in raw or "简悦" in raw:
        if found := _SIMPREAD.search(raw):
            told.source = told.source or found[1] or found[2]
        paragraph.drop("source line")
    elif anchor := next((one for one in _ANCHOR.finditer(raw) if one[2].strip(_EDGE) in _source_words(lexicon)), None):
        told.source = told.source or anchor[1]
    elif _permanent(lexicon).search(raw[:40]):
        paragraph.drop("source line")
    else:
        return _labelled_source(paragraph, told, lexicon, tail=tail)
    return True


def _labelled_source(paragraph: Paragraph, told: Told, lexicon: Lexicon, *, tail: bool) -> bool:
    """`原文：[题目](https://…)`, `via: https://…`, also with words and address changed over."""
    raw = paragraph.raw
    words = paragraph.text or raw
    if len(words) > (60 if tail else 200) or not _source_label(lexicon).search(_MARKUP.sub("", raw)[:200]):
        return False
    backwards = _BACKWARDS.search(raw)
    found = backwards or _LINK.search(raw) or _BARE.search(raw)
    if found is None:
        return False
    label = raw[: found.start()]
    if tail and not backwards and "](" in raw and _labels_nothing(label, lexicon):
        return False
    if "译文出自" in label:  # who translated it, not where it stood first
        _outlet_link(paragraph, told)
    else:
        told.source = told.source or found[1 if found.re is not _BARE else 0].rstrip("~*_")
        if named := _FROM.search(label) or _TITLED.match(raw, found.end()):
            told.outlet = told.outlet or named[1]
    paragraph.drop("source line")
    return True


def _labels_nothing(label: str, lexicon: Lexicon) -> bool:
    return not any(word in label for word in _source_words(lexicon))


def _outlet_link(paragraph: Paragraph, told: Told) -> None:
    if found := _NAME_LINK.search(paragraph.raw):
        told.outlet = told.outlet or found[1].strip()


def _dated(paragraph: Paragraph, told: Told, lexicon: Lexicon) -> bool:
    """A byline: `Original 小林 [海边读书会](…) *2025年11月12日 12:19*`, with or without its parts."""
    raw = paragraph.raw.strip()
    if len(raw) > 600 or paragraph.kind == "heading" or not (found := _DATE_END.search(raw, max(0, len(raw) - _DATED))):
        return False
    names = raw[: found.start()].strip(" *_")
    if _EDITED.search(names):  # when it was changed, not when it came out
        paragraph.drop("count")
        return True
    if len(_NAME_LINK.sub(r"\1", names)) > 60 or re.search(r"[。？?：:]", _NAME_LINK.sub("", names)):
        return False
    if not names and "年" not in found[1] and ":" not in found[1]:
        return False  # a date alone may be anything
    if not (value := dates.iso(found[1], clipped=told.clipped, china=True)):
        return False
    told.date(value, "byline")
    _names(names, told, lexicon)
    paragraph.drop("byline")
    return True


def _stacked(paragraph: Paragraph, told: Told) -> bool:
    """A saved page's byline, a line for each part: who, a date, how often it was read."""
    lines = paragraph.text.split("\n")
    if not 1 < len(lines) <= _STACK or max(map(len, lines)) > _LINE or paragraph.kind != "paragraph":
        return False
    days = [dates.iso(line, china=True) for line in lines if _DAY_LINE.fullmatch(line)]
    others = [line for line in lines if not _DAY_LINE.fullmatch(line) and not furniture.counts(line)]
    if len(days) != 1 or len(others) > 1 or furniture.ends_in_mark(paragraph.text):
        return False
    told.date(days[0], "byline")
    paragraph.drop("byline")
    return True


def _names(names: str, told: Told, lexicon: Lexicon) -> None:
    """Who and which account stand before a byline's date."""
    for word in lexicon.words("labels.original"):
        if names.startswith(word) and (
            len(names) == len(word) or not names[len(word)].isalnum() or ord(word[0]) > 0x2E80
        ):
            names = names[len(word) :].strip()
    link = _NAME_LINK.search(names)
    if link:
        account, person = link[1].strip(), _MARKUP.sub("", names[: link.start()]).strip()
        told.account = account
        if person and person != account:
            told.byline.extend(people(person))
        return
    names = _MARKUP.sub("", names).strip()
    if not names:
        return
    known = [author for author in told.authors if author]
    parts = re.split(r"\s{2,}", names)
    if len(parts) > 1:
        told.byline.extend(parts[:-1])
        told.account = parts[-1]
    elif (
        " " in names
        and names not in known
        and (author := next((one for one in known if names.startswith(one + " ")), None))
    ):
        told.byline.append(author)
        told.account = names[len(author) :].strip()
    elif "、" in names:
        told.byline.extend(people(names))
    else:
        told.account = names


def _leads(paragraph: Paragraph, told: Told, lexicon: Lexicon) -> None:
    """`新刊报道` names the outlet; `【新刊导读】…` is the lead, without its label."""
    text = paragraph.text
    if found := _report(lexicon).match(text):
        told.outlet = told.outlet or found[1]
        paragraph.drop("credit")
    elif found := _lead(lexicon).match(text):
        told.outlet = told.outlet or found[1] or None
        paragraph.trim(found.end(), len(text), "label")
        paragraph.kind = "paragraph"
    elif found := _ACCOUNT.match(text) or (_IDENTIFIED.match(text) if len(text) < _HEADLINE else None):
        told.outlet = told.outlet or outlet_name(found[1])
        paragraph.drop("credit")
    elif found := _NUMBERED.match(text):
        told.byline.extend(people(found[1]))
        paragraph.drop("byline")
    elif found := _SEND.match(text):
        told.byline.extend(people(found[1]))
        paragraph.drop("credit")
    elif _OTHER_BY.match(text):
        paragraph.drop("credit")
    elif (found := _DAY_BY.match(text)) and len(_WORD.findall(found[1])) < 3 and (day := dates.iso(found[1])):
        told.date(day, "byline")
        told.byline.extend(people(found[2]))
        paragraph.drop("byline")
    elif found := _BY.match(text):
        told.byline.extend(people(found[1]))
        paragraph.drop("credit")


def _credits(paragraphs: list[Paragraph], told: Told, lexicon: Lexicon) -> None:
    """Credit lines at the head and the tail, unless the label speaks again and again, as in an interview."""
    shown = [paragraph for paragraph in paragraphs if paragraph.read]
    pattern = _credit(lexicon)
    found = [
        (paragraph, match)
        for paragraph in (shown if len(shown) <= _HEAD * 3 else shown[:_HEAD] + shown[-_HEAD * 2 :])
        if len(paragraph.text) <= 100 and "\n" not in paragraph.text and (match := pattern.match(paragraph.text))
    ]
    for paragraph in shown[:_HEAD] + shown[-_HEAD:]:
        lines = paragraph.text.split("\n") if "\n" in paragraph.text and len(paragraph.text) < 400 else []
        each = [match for line in lines if (match := pattern.match(line))]
        if len(lines) > 1 and len(each) == len(lines):
            found.extend((paragraph, match) for match in each)
    counts: dict[str, int] = {}
    for _, match in found:
        counts[match["label"]] = counts.get(match["label"], 0) + 1
    authors, outlets = lexicon.words("labels.credit_author"), lexicon.words("labels.credit_outlet")
    for paragraph, match in found:
        value = match["value"].strip()
        if counts[match["label"]] > 2 or value.endswith(("。", "？", "！", "?")):
            continue
        if match["label"] in authors:
            told.byline.extend(people(_unaffiliated(value)))
        elif match["label"] in outlets and not value.startswith("http"):
            told.outlet = told.outlet or outlet_name(value)
        paragraph.drop("credit")


def _unaffiliated(value: str) -> str:
    """A Latin name without the house and the place behind it; names behind it stay."""
    first, *others = _SPLIT.split(value)
    return value if not _FULL_NAME.match(first) or all(map(_FULL_NAME.match, others)) else first


def _footer(paragraphs: list[Paragraph], told: Told) -> None:
    """The account's name stands between `继续滑动看下一个` and `向上滑动看下一个`."""
    for at, paragraph in enumerate(paragraphs):
        if len(paragraph.text) < 30 and _TAIL_ACCOUNT.match(paragraph.text):
            lines = [
                line
                for after in paragraphs[at : at + 3]
                for line in after.text.split("\n")
                if "看下一个" not in line and line
            ]
            if lines and len(lines[0]) <= 30:
                told.account = told.account or lines[0].strip()
            return
    for paragraph in [one for one in paragraphs if one.kind != "definition"][-12:]:
        if "荣誉推出" in paragraph.raw and (found := _PROUD.search(paragraph.raw)):
            told.outlet = told.outlet or found[1]
            paragraph.drop("credit")


def people(value: str) -> list[str]:
    """Names in a credit line: parted by marks, or by spaces between Chinese names."""
    value = re.sub(r"\s?[(（][^()（）]{0,60}[)）]", "", _MARKUP.sub("", value)).strip(" 【】[]()（）")
    names: list[str] = []
    for part in _SPLIT.split(value):
        words = part.split()
        if len(words) > 1 and all(re.fullmatch(r"[\u4e00-\u9fff·]{2,5}", word) for word in words):
            names.extend(words)
        elif part.strip():
            names.append(part.strip())
    return names


def outlet_name(value: str) -> str | None:
    """An outlet as a credit line names it, without emoji, brackets and what follows a mark."""
    value = re.split(r"[|｜丨，,。；;（(\[]", _MARKUP.sub("", value))[0]
    value = re.sub(r"[^\w\s·.&'’+-]+", "", value).strip()
    return value or None


_CLAUSE = late.regex(r"[。；;…]$|[:：，,]$")
_HEADLINE = 60
"""Code points; a longer first line is a paragraph."""


def headline(paragraphs: list[Paragraph], told: Told) -> None:
    """A short line at the head, followed by prose, is the title of a text that names none."""
    shown = [paragraph for paragraph in paragraphs if paragraph.read][:6]
    for place, paragraph in enumerate(shown[:4]):
        text = paragraph.text
        if "\n" in text or _CLAUSE.search(text) or len(text) > _HEADLINE or len(text) < 4:
            continue
        prose = shown[place + 1 :]
        if paragraph.kind not in {"paragraph", "heading"} or not any(
            len(after.text) > len(text) for after in prose[:2]
        ):
            continue
        if place and not all(len(one.text) > _HEADLINE or one.cuts for one in shown[:place]):  # a lead stands above
            continue
        told.title = text
        paragraph.drop("title")
        return


def is_heading(paragraph: Paragraph) -> bool:
    """A short line all in bold, without a full stop or a colon, is a heading by another name."""
    text = paragraph.text
    return len(text) <= 30 and paragraph.bold and text[-1] not in '。！？!?；;…，,、：:”』」".)）' and "\n" not in text
