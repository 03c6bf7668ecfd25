"""Furniture: single lines that are no part of an article, known by their words and their place.

The word lists stand in `config/lexicon/noise.yaml` and `labels.yaml`.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from digest import late
from digest.lexicon import alternation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.lexicon import Lexicon
    from digest.reading.paragraph import Paragraph

SHORT = 80
"""Code points; a longer line is prose, whatever words stand in it."""
_CAPTION = 60
"""Code points; a longer line under an image is prose."""
_EDGE = "「」『』【】[]()（）《》〈〉<>“”\"'*#>-—–=·•|｜丨~～…♥❤▼▲↓↑→←▽△◆◇■□●○★☆👇👆👉🔗📌⭐ \t\u3000:：.。!！、,，"
_END_MARK = late.regex(r"[。！？!?…；;.”」』\"]$")
_CLAUSES = late.regex("[，、]")
_STOP = late.regex("[。！？]")
_SPEECH = late.regex('[“「"][^“”「」"]{10,}[，。！？,.!?]?[”」"]')
_CHAPTER = late.regex(
    r"^(?:\W?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[、.．\s)）]|第[一二三四五六七八九十\d]{1,3}|Part\b|PART\b|Q\d|[A-Z]\.)"
)
_FIGURE = late.regex(r"(?:Figure|Fig\.|Table|Abb\.|图|圖|表|図)\s?\d{1,3}(?:[.．:：\s|-]|$)")
_SERVICE = late.regex(
    r"\]\([^()\s]{0,300}/(?:guidelines|terms|tos|privacy|login|signin|signup|sign-up|register|subscribe|cookies?)"
    r"(?:[/?#)]|$)"
)
_NUMBER = late.regex(r"[\d,.]{1,9}\s?[kKwW万千천만个]?$|[/／]$")
_TIME_LEAD = late.regex(
    r"[(\[（【]?(?:\d{1,2}:)?\d{1,2}:\d{2}[)\]）】]?(?:\s*[-–~]\s*(?:\d{1,2}:)?\d{1,2}:\d{2})?\s+(?=\S)"
)
_DIGIT = late.regex(r"\d")
_STAMP = late.regex(
    r"""(?x) \W{0,4}(?:时长|時長|duration)?\s?(?:\d{1,2}:)?\d{1,2}:\d{2}\W{0,4}$
    | \W{0,3}(?:\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?|\d{1,2}\.[ ]?(?:\d{1,2}\.|[A-Z]\w{2,8})[ ]?\d{4}
      |(?:[A-Z][a-z]{2,8},?[ ])?(?:[A-Z][a-z]{2,8}[ ]\d{1,2}(?:st|nd|rd|th)?|\d{1,2}[ ][A-Z][a-z]{2,8}),?[ ]\d{4})
      (?:\s\d{1,2}:\d{2}(?::\d{2})?)?\W{0,3}$"""
)
_REPOSTED = late.regex(
    r"(?:The post|Der Beitrag|L’article|La entrada) .{1,300} "
    r"(?:appeared first|erschien zuerst|est apparu en premier|se publicó primero) .{1,120}$"
)
"""What a blog's feed puts under each item (WordPress, in its own words of four languages)."""
_SLANTED = late.regex(r"([*_])(?!\1)[^*_\n]{2,200}\1")
"""A paragraph that is all in italics: under a picture, its caption."""
_CRUMBS = late.regex(r"[^<>›»\n]{1,40}(?:\s{0,3}[>›»]\s{0,3}[^<>›»\n]{1,60}){2,8}$")
"""`Home > Clocks > Slow ones`: where a page stands in its site."""
_COUNT = late.regex(
    r"""(?ix) (?:全部|最新|热门)?(?:评论|留言|回复|comments?|コメント)\s?[（(]?\d{1,6}[)）]?$
    | (?:조회|좋아요|답글|阅读|点赞|浏览)\s?[\d.,]+\s?(?:천|만|万)?(?:회|개)?$
    | (?=\d*[^\d\s])[\d,.]+\s*[kw万千]?\s*(?:人?(?:点赞|赞同?|阅读|评论|收藏|喜欢|在看|关注|回复|浏览|views?|likes?
      |comments?|reposts?|shares?|スキ|件のコメント|フォロワー|人がフォロー中|천|만|회))?$
    | (?:本文|全文|文章)?(?:共计?|约|字数)?[^\n]{0,12}(?:\d+\s*字|字数)[^\n]{0,20}(?:分钟|阅读)
    | \W{0,3}(?:预计)?阅读(?:本文)?(?:时间|时长|需要?|约)[^\n]{0,16}分钟 | \d{1,3}\s*(?:-?\s*)?min(?:ute)?s?\s+read$
    | Posted[ ]by[ ][^\n.]{2,40}$ | 修改于\s | 编辑于\s | 发布于\s | 最后更新"""
)


@cache
def _whole(lexicon: Lexicon) -> frozenset[str]:
    return frozenset(word.casefold() for word in lexicon.words("noise.furniture"))


@cache
def strong(lexicon: Lexicon) -> re.Pattern[str]:
    """One of these words makes a line a call to act; to be sought in lower case, without spaces between Han."""
    wide = [word.replace(" ", "").lower() for word in lexicon.words("noise.calls_strong")]
    return re.compile(alternation([*wide, *(word.lower() for word in lexicon.words("noise.calls_english"))]))


@cache
def weak(lexicon: Lexicon) -> re.Pattern[str]:
    """Several of these words do."""
    return re.compile(lexicon.any_of("noise.calls"))


@cache
def _captions(lexicon: Lexicon) -> re.Pattern[str]:
    return re.compile(lexicon.any_of("labels.captions"))


def clear(paragraphs: Sequence[Paragraph], lexicon: Lexicon) -> None:
    """Drop lone lines of furniture: buttons, counters, time stamps, calls to act and the lists under them."""
    invites = False
    number: Paragraph | None = None
    for paragraph in paragraphs:
        text = paragraph.text
        if _REPOSTED.match(text):
            paragraph.drop("feed tail")
            continue
        if len(text) > SHORT * 2:
            invites, number = False, None
            continue
        if _NUMBER.match(text):  # two numbers in a row are counters; one alone may be a chapter's
            if number is not None:
                number.drop("count")
                paragraph.drop("count")
            number = paragraph
            continue
        number = None
        if invites and paragraph.kind == "item":
            paragraph.drop("call to act")
            continue
        if step := _step(paragraph, text, lexicon):
            paragraph.drop(step)
        invites = step == "call to act" and text.endswith(("：", ":"))


def _step(paragraph: Paragraph, text: str, lexicon: Lexicon) -> str | None:
    """What kind of furniture a short line is; None for a line of the article."""
    bare = text.strip(_EDGE).casefold()
    whole = _whole(lexicon)
    crumbs = paragraph.linked and _CRUMBS.match(text)
    if not bare or crumbs or bare in whole or (" " in bare and bare.replace(" ", "") in whole):
        return "furniture"
    if _DIGIT.search(text) and _STAMP.match(text):
        return "time stamp"
    if _COUNT.match(text) and paragraph.kind != "heading":
        return "count"
    if (paragraph.kind == "heading" and len(text) >= SHORT // 3) or _SPEECH.search(text):
        return None  # somebody speaks, or a heading of the article
    if len(text) <= (SHORT if paragraph.kind != "quote" else SHORT * 2) and _calls(text, lexicon):
        return "call to act"
    return "furniture" if paragraph.linked and _SERVICE.search(paragraph.raw) else None


def counts(text: str) -> bool:
    """Whether a line only counts readers, comments or minutes."""
    return _COUNT.match(text) is not None


def _calls(text: str, lexicon: Lexicon) -> bool:
    squeezed = text.lower() if text.isascii() else text.replace(" ", "").lower()
    return bool(
        strong(lexicon).search(squeezed) or (len(text) <= SHORT and len(set(weak(lexicon).findall(squeezed))) > 2)
    )


def captions(paragraphs: Sequence[Paragraph], lexicon: Lexicon) -> None:
    """Drop captions: a short line without a full stop under an image, or one that says it is one."""
    says = _captions(lexicon)
    under = False
    for paragraph in paragraphs:
        text = paragraph.text
        if not text:
            under = under or any(step == "image" for step, _ in paragraph.cuts)
            continue
        if not paragraph.read:
            continue
        if under and len(text) <= SHORT and not text.startswith("注") and _SLANTED.fullmatch(paragraph.raw.strip()):
            paragraph.drop("caption")
        elif len(text) <= _CAPTION and paragraph.kind != "heading" and "。" not in text:
            said = says.search(text) or text[0] in "△▲▽▼↑" or _FIGURE.match(text)
            if said or (under and paragraph.kind == "paragraph" and len(text) <= SHORT // 2 and _plain(paragraph)):
                paragraph.drop("caption")
        under = False


def _plain(paragraph: Paragraph) -> bool:
    """Whether a line has nothing of prose, a label or a heading."""
    text = paragraph.text
    if (len(text) > SHORT // 5 and _CLAUSES.search(text)) or text.endswith(("ました", "です", "ます")):
        return False
    marked = text.endswith(("：", ":", "，", ",", "、")) or "：" in text or ": " in text
    return not (marked or _STOP.search(text) or _END_MARK.search(text) or paragraph.bold or _CHAPTER.match(text))


def ends_in_mark(text: str) -> bool:
    """Whether a line ends as a sentence does."""
    return _END_MARK.search(text) is not None


def stamps(paragraphs: Sequence[Paragraph]) -> None:
    """Take transcript times off the front of lines, where several lines carry one."""
    timed = [
        (paragraph, found) for paragraph in paragraphs if (found := _TIME_LEAD.match(paragraph.text)) and paragraph.read
    ]
    if len(timed) > 3:  # one or two are times of day
        for paragraph, found in timed:
            paragraph.trim(found.end(), len(paragraph.text), "time stamp")
