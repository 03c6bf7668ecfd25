"""Noise: lines around and inside an article that are not the article. Every cut names its step.

The rows of the noise catalogue are word lists in `config/lexicon/noise.yaml` and `labels.yaml`; what is
here is where such a line may stand, and how far its cut reaches.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from digest.document import Warn
from digest.lexicon import alternation

if TYPE_CHECKING:


    from digest.lexicon import Lexicon
    from digest.paragraph import Paragraph

_SHORT = 80
"""Code points; a longer line is prose, whatever words stand in it."""
_CAPTION = 60
_EDGE = "「」『』【】[]()（）《》〈〉<>“”\"'*#>-—–=·•|｜丨~～…♥❤▼▲↓↑→←▽△◆◇■□●○★☆👇👆👉🔗📌⭐ \t\u3000:：.。!！、,，"
_END_MARK = re.compile(r"[。！？!?…；;.”」』\"]$")
_TIME = re.compile(r"^\W{0,4}(?:\d{1,2}:)?\d{1,2}:\d{2}\W{0,4}$")
_TIME_LEAD = re.compile(r"^[(\[（【]?(?:\d{1,2}:)?\d{1,2}:\d{2}[)\]）】]?(?:\s*[-–~]\s*(?:\d{1,2}:)?\d{1,2}:\d{2})?\s+(?=\S)")
_SIGNLESS = re.compile(r"^[\W_]+$")
_CHAPTER = re.compile(r"^(?:\W?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[、.．\s)）]|第[一二三四五六七八九十\d]{1,3}|Part\b|PART\b|Q\d|[A-Z]\.)")
_COUNT = re.compile(r"(?i)^[\d,.]+\s*[kKwW万千]?\s*(?:人?(?:点赞|赞同?|阅读|评论|收藏|喜欢|在看|关注|回复|浏览|views?|likes?|comments?|reposts?|shares?|スキ|件のコメント|フォロワー))?$")
_READING = re.compile(r"(?i)^(?:本文|全文|文章)?(?:共计?|约|字数)?[^\n]{0,12}(?:\d+\s*字|字数)[^\n]{0,20}(?:分钟|阅读)|^\W{0,3}(?:预计)?阅读(?:本文)?(?:时间|时长|需要?|约)[^\n]{0,16}分钟|^\d{1,3}\s*(?:-?\s*)?min(?:ute)?s?\s+read$|^修改于\s|^编辑于\s|^发布于\s|^最后更新")


@cache
def _whole(lexicon: Lexicon) -> frozenset[str]:
    return frozenset(word.casefold() for word in lexicon.words("noise.furniture"))


@cache
def _strong(lexicon: Lexicon) -> re.Pattern[str]:
    return re.compile(alternation(_close(lexicon, "noise.calls_strong")) + "|" + lexicon.any_of("noise.calls_english"), re.I)


@cache
def _weak(lexicon: Lexicon) -> re.Pattern[str]:
    return re.compile(lexicon.any_of("noise.calls"))


def _close(lexicon: Lexicon, name: str) -> tuple[str, ...]:
    return tuple(word.replace(" ", "") for word in lexicon.words(name))


@cache
def _captions(lexicon: Lexicon) -> re.Pattern[str]:
    return re.compile(lexicon.any_of("labels.captions"))


@cache
def _starts(lexicon: Lexicon, name: str) -> re.Pattern[str]:
    return re.compile(rf"\W{{0,6}}(?:{lexicon.any_of(name)})", re.I)


@cache
def _headed(lexicon: Lexicon, name: str) -> re.Pattern[str]:
    """A line that holds nothing but one of the words, with a number before or marks around it."""
    return re.compile(rf"\W{{0,8}}(?:\d{{1,2}}|[一二三四五六七八九十]{{1,3}})?\W{{0,4}}(?:{lexicon.any_of(name)})(?:/\w{{1,20}})?\W{{0,6}}$", re.I)


@cache
def _labelled(lexicon: Lexicon, name: str) -> re.Pattern[str]:
    return re.compile(rf"\W{{0,3}}(?:{lexicon.any_of(name)})\W{{0,2}}\s?[:：|｜丨]\W{{0,2}}")


def clean(paragraphs: list[Paragraph], lexicon: Lexicon, *, title: str | None = None) -> None:
    """Take out of the paragraphs whatever is not the article."""
    _abstracts(paragraphs, lexicon)
    _tail(paragraphs, lexicon)
    _section(paragraphs, lexicon, "labels.own_notes", "own note")
    _section(paragraphs, lexicon, "labels.references", "references")
    _section(paragraphs, lexicon, "noise.related", "related reading")
    _lines(paragraphs, lexicon)
    _captioned(paragraphs, lexicon)
    _closing(paragraphs, lexicon)
    _twice(paragraphs, title)


def _abstracts(paragraphs: list[Paragraph], lexicon: Lexicon) -> None:
    """`摘要：…`, and `摘要` or `关键词` alone with the line under it, near the head."""
    near = [paragraph for paragraph in paragraphs if paragraph.read][:8]
    for name, step in (("labels.abstract", "abstract"), ("labels.keywords", "keywords")):
        headed, labelled = _headed(lexicon, name), _labelled(lexicon, name)
        for place, paragraph in enumerate(near):
            if paragraph.dropped:
                continue
            if labelled.match(paragraph.text) and paragraph.kind != "heading":
                paragraph.drop(step)
            elif headed.match(paragraph.text):
                paragraph.drop(step)
                below = near[place + 1] if place + 1 < len(near) else None
                if below is not None and below.kind in {"paragraph", "quote"} and paragraph.kind != "heading":
                    below.drop(step)


def _tail(paragraphs: list[Paragraph], lexicon: Lexicon) -> None:
    """`继续滑动看下一个` and its like end the article."""
    ends = _starts(lexicon, "noise.ends")
    for at in range(len(paragraphs) // 4, len(paragraphs)):
        if len(paragraphs[at].text) < _SHORT and ends.match(paragraphs[at].text):
            _cut(paragraphs[at:], "end of the page")
            return


def _cut(paragraphs: list[Paragraph], step: str) -> None:
    for paragraph in paragraphs:
        paragraph.drop(step)


def _section(paragraphs: list[Paragraph], lexicon: Lexicon, name: str, step: str) -> None:
    """A heading of noise goes with all under it: to the end, or to the next heading as high."""
    headed = _headed(lexicon, name)
    for at in range(len(paragraphs) * 2 // 5 if step != "own note" else 0, len(paragraphs)):
        head = paragraphs[at]
        if not head.read or len(head.text) > 40 or not headed.match(head.text):  # noqa: PLR2004 -- a heading's length
            continue
        heading = head.kind == "heading" or head.bold
        if not heading and step != "references" and not _all_short(paragraphs[at + 1 :]):
            continue
        end = _next_heading(paragraphs, at) if heading else len(paragraphs)
        _cut(paragraphs[at:end], step)
        if step == "own note":
            for paragraph in paragraphs[at + 1 : end]:
                paragraph.kind = "note"


def _all_short(paragraphs: list[Paragraph]) -> bool:
    """Whether what follows is a list of titles and lines, not prose."""
    left = [paragraph.text for paragraph in paragraphs if paragraph.read]
    return sum(1 for text in left if len(text) > _SHORT) * 4 <= len(left)


def _next_heading(paragraphs: list[Paragraph], at: int) -> int:
    level = paragraphs[at].level or 6
    for place in range(at + 1, len(paragraphs)):
        paragraph = paragraphs[place]
        if paragraph.kind == "heading" and paragraph.level <= level and paragraph.read:
            return place
    return len(paragraphs)


def _lines(paragraphs: list[Paragraph], lexicon: Lexicon) -> None:
    whole, strong, weak = _whole(lexicon), _strong(lexicon), _weak(lexicon)
    for paragraph in paragraphs:
        text = paragraph.text
        if not text or paragraph.dropped:
            continue
        if len(text) > _SHORT * 2:
            continue
        bare = text.strip(_EDGE).casefold()
        if not bare or bare in whole or (" " in bare and bare.replace(" ", "") in whole):
            paragraph.drop("furniture")
        elif _SIGNLESS.match(text):
            paragraph.drop("decoration")
        elif _TIME.match(text):
            paragraph.drop("time stamp")
        elif _READING.match(text) or (_COUNT.match(text) and paragraph.kind != "heading" and not text.isdigit()):
            paragraph.drop("count")
        elif paragraph.kind != "heading" or len(text) < 30:  # noqa: PLR2004 -- longer headings are the article's
            squeezed = text.replace(" ", "") if not text.isascii() else text
            limit = _SHORT if paragraph.kind != "quote" else _SHORT * 2
            if len(text) <= limit and (strong.search(squeezed) or (len(text) <= _SHORT and len(set(weak.findall(squeezed))) > 2)):
                paragraph.drop("call to act")


def _captioned(paragraphs: list[Paragraph], lexicon: Lexicon) -> None:
    """A caption is a short line without a full stop under an image, or one that says so."""
    captions = _captions(lexicon)
    under = False
    for paragraph in paragraphs:
        if paragraph.kind == "image" or (not paragraph.text and any(step == "image" for step, _ in paragraph.cuts)):
            under = True
            continue
        if paragraph.read and paragraph.kind in {"paragraph", "quote", "item"}:
            text = paragraph.text
            if len(text) <= _CAPTION and (captions.search(text) or text.startswith(("△", "▲", "▽", "▼", "↑"))):
                paragraph.drop("caption")
                continue
            if under and paragraph.kind == "paragraph" and len(text) <= _CAPTION * 2 // 3 and _plain_caption(paragraph):
                paragraph.drop("caption")
        if paragraph.read:
            under = False


def _plain_caption(paragraph: Paragraph) -> bool:
    text = paragraph.text
    return not (_END_MARK.search(text) or text.endswith(("：", ":", "，", ",", "、")) or paragraph.bold or _CHAPTER.match(text) or "：" in text)


def _closing(paragraphs: list[Paragraph], lexicon: Lexicon) -> None:
    """Closing remarks end the article where little but credits follows."""
    starts = _starts(lexicon, "noise.closing")
    total = sum(len(paragraph.text) for paragraph in paragraphs if paragraph.read)
    behind = 0
    for at in range(len(paragraphs) - 1, -1, -1):
        paragraph = paragraphs[at]
        if not paragraph.read:
            continue
        behind += len(paragraph.text)
        if behind * 6 > total and behind > _SHORT * 5:
            return
        if starts.match(paragraph.text):
            _cut(paragraphs[at:], "closing remarks")
            return


def _twice(paragraphs: list[Paragraph], title: str | None) -> None:
    """Lines said twice near the head: a lead that is the beginning of the next paragraph, a name repeated."""
    near = [paragraph for paragraph in paragraphs if paragraph.read][:10]
    for place, paragraph in enumerate(near):
        words = paragraph.text.rstrip("….。 ")
        if title and paragraph.kind == "heading" and same(paragraph.text, title):
            paragraph.drop("title")
            continue
        for later in near[place + 1 :]:
            if later.read and later.text.startswith(words) and (len(words) > 15 or later.text == paragraph.text):  # noqa: PLR2004
                paragraph.drop("said twice")
                break


_LETTERS = re.compile(r"[\W_]+")


def same(one: str, other: str) -> bool:
    """Whether two lines say the same, marks and spaces aside."""
    return _LETTERS.sub("", one).casefold() == _LETTERS.sub("", other).casefold()


def stamps(paragraphs: list[Paragraph]) -> None:
    """Take transcript times off the front of lines, where several lines carry one."""
    timed = [(paragraph, found) for paragraph in paragraphs if paragraph.read and (found := _TIME_LEAD.match(paragraph.text))]
    if len(timed) > 3:  # noqa: PLR2004 -- one or two are times of day
        for paragraph, found in timed:
            paragraph.trim(found.end(), len(paragraph.text), "time stamp")




@cache
def _failed(lexicon: Lexicon) -> re.Pattern[str]:
    return re.compile(lexicon.any_of("noise.failed"), re.I)


def failures(text: str, lexicon: Lexicon) -> tuple[Warn, ...]:
    """`failed-clip` for a captcha, a deleted page or a log-in wall: their words, and few others."""
    if not text.strip():
        return (Warn("failed-clip", "nothing of an article was left after cleaning"),)
    if len(text) < 600 and (found := _failed(lexicon).search(text)):  # noqa: PLR2004 -- an article says more
        return (Warn("failed-clip", f"the page was not there when it was clipped (“{found[0]}”)"),)
    return ()
