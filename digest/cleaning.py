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
_SPEECH = re.compile("[“「\"][^“”「」\"]{10,}[，。！？,.!?]?[”」\"]")
_STOP = re.compile("[。！？]")
_TIME = re.compile(r"^\W{0,4}(?:时长|時長|duration)?\s?(?:\d{1,2}:)?\d{1,2}:\d{2}\W{0,4}$")
_TIME_LEAD = re.compile(r"^[(\[（【]?(?:\d{1,2}:)?\d{1,2}:\d{2}[)\]）】]?(?:\s*[-–~]\s*(?:\d{1,2}:)?\d{1,2}:\d{2})?\s+(?=\S)")
_SIGNLESS = re.compile(r"^[\W_]+$")
_CHAPTER = re.compile(r"^(?:\W?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[、.．\s)）]|第[一二三四五六七八九十\d]{1,3}|Part\b|PART\b|Q\d|[A-Z]\.)")
_HELLO = re.compile(r"大家好|你好，我是|欢迎来到|欢迎回到|我是[^，。]{1,20}，一[名个位]|原创计划")
_PROSE = re.compile(r"[。！？!?；]|[.:：，,](?:\s|$)|，")
_SERVICE = re.compile(r"\]\([^()\s]{0,300}/(?:guidelines|terms|tos|privacy|login|signin|signup|sign-up|register|subscribe|cookies?)(?:[/?#)]|$)")
_DATE = re.compile(r"^\W{0,3}(?:\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?|[A-Z][a-z]{2,8} \d{1,2}(?:st|nd|rd|th)?,? \d{4})(?:\s\d{1,2}:\d{2}(?::\d{2})?)?\W{0,3}$")
_COMMENTS = re.compile(r"(?i)^(?:全部|最新|热门)?(?:评论|留言|回复|comments?|コメント)\s?[（(]?\d{1,6}[)）]?$")
_NUMBER = re.compile(r"^[\d,.]{1,9}\s?[kKwW万千천만个]?$|^[/／]$")
_COUNT = re.compile(r"(?i)^[\d,.]+\s*[kKwW万千]?\s*(?:人?(?:点赞|赞同?|阅读|评论|收藏|喜欢|在看|关注|回复|浏览|views?|likes?|comments?|reposts?|shares?|スキ|件のコメント|フォロワー|人がフォロー中|천|만|회))?$|^(?:조회|좋아요|답글|阅读|点赞|浏览)\s?[\d.,]+\s?(?:천|만|万)?(?:회|개)?$")
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
def _tailing(lexicon: Lexicon) -> re.Pattern[str]:
    return re.compile(lexicon.any_of("noise.calls_tail"), re.I)


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


def clean(paragraphs: list[Paragraph], lexicon: Lexicon, *, title: str | None = None, host: str | None = None) -> None:
    """Take out of the paragraphs whatever is not the article. `host` is the article's own."""
    if host:
        _advertised(paragraphs, host)
    _abstracts(paragraphs, lexicon)
    _greeting(paragraphs, lexicon)
    _menu(paragraphs)
    _tail(paragraphs, lexicon)
    _section(paragraphs, lexicon, "labels.disclaimer", "disclaimer")
    _section(paragraphs, lexicon, "labels.own_notes", "own note")
    _section(paragraphs, lexicon, "labels.references", "references")
    _section(paragraphs, lexicon, "noise.related", "related reading")
    _lines(paragraphs, lexicon)
    _captioned(paragraphs, lexicon)
    _closing(paragraphs, lexicon)
    _ended(paragraphs, lexicon)
    _trailing(paragraphs, lexicon)
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
            break
    tails = _starts(lexicon, "noise.tails")
    for at in range(len(paragraphs) // 3, len(paragraphs)):
        text = paragraphs[at].text
        if paragraphs[at].read and len(text) < _SHORT * 2 and tails.match(text) and _mostly_short(paragraphs[at + 1 :]):
            _cut(paragraphs[at:], "related reading")
            return


def _mostly_short(behind: list[Paragraph]) -> bool:
    """Whether nine in ten of what follows are lines, links and titles, or nothing follows."""
    left = [one for one in behind if one.read]
    return sum(1 for one in left if len(one.text) - one.linked > _SHORT * 2) * 4 <= len(left)


def _cut(paragraphs: list[Paragraph], step: str) -> None:
    for paragraph in paragraphs:
        paragraph.drop(step)


def _section(paragraphs: list[Paragraph], lexicon: Lexicon, name: str, step: str) -> None:
    """A heading of noise goes with all under it: to the end, or to the next heading as high."""
    headed = _headed(lexicon, name)
    anywhere = step in {"own note", "disclaimer"}
    for at in range(0 if anywhere else len(paragraphs) * 2 // 5, len(paragraphs)):
        head = paragraphs[at]
        first = head.text.split("\n", 1)[0] if head.text else ""
        if not head.read or len(first) > 40 or not headed.match(first):  # noqa: PLR2004 -- a heading's length
            continue
        heading = head.kind == "heading" or head.bold
        behind = paragraphs[at + 1 :]
        if not heading and (anywhere or not (_small(behind, paragraphs) if step == "references" else _all_short(behind))):
            continue
        end = _next_heading(paragraphs, at) if heading else len(paragraphs)
        _cut(paragraphs[at:end], step)
        if step == "own note":
            for paragraph in paragraphs[at + 1 : end]:
                paragraph.kind = "note"


def _small(behind: list[Paragraph], paragraphs: list[Paragraph]) -> bool:
    """Whether less than a quarter of the text follows."""
    return sum(len(one.text) for one in behind if one.read) * 4 < sum(len(one.text) for one in paragraphs if one.read)


def _all_short(paragraphs: list[Paragraph]) -> bool:
    """Whether what follows is a list of titles and lines, not prose."""
    left = [paragraph.text for paragraph in paragraphs if paragraph.read]
    return sum(1 for text in left if len(text) > _SHORT) * 4 <= len(left)


def _advertised(paragraphs: list[Paragraph], host: str) -> None:
    """A paragraph that is nothing but a link to another page of the same site leads away from the article."""
    for paragraph in paragraphs:
        if paragraph.kind == "paragraph" and paragraph.linked and paragraph.linked >= len(paragraph.text) - 4 and host in paragraph.raw:
            paragraph.drop("related reading")


def _greeting(paragraphs: list[Paragraph], lexicon: Lexicon) -> None:  # noqa: ARG001 -- word lists when more are seen
    """A quotation block at the very head in which the account introduces itself."""
    introduced = False
    for paragraph in [one for one in paragraphs if one.read][:5]:
        if paragraph.kind == "heading":
            continue
        if paragraph.kind != "quote":
            break
        introduced = introduced or _HELLO.search(paragraph.text) is not None
        if introduced:
            paragraph.drop("greeting")


def _menu(paragraphs: list[Paragraph]) -> None:
    """A page's menu: a dozen short lines without a mark before the first prose."""
    run: list[Paragraph] = []
    for paragraph in paragraphs:
        if not paragraph.read:
            continue
        if len(paragraph.text) > 60 and _PROSE.search(paragraph.text):  # noqa: PLR2004 -- prose
            break
        run.append(paragraph)
    plain = [one for one in run if not _PROSE.search(one.text) and len(one.text) < 30]  # noqa: PLR2004
    if len(plain) >= 12 and len(plain) * 5 >= len(run) * 4 and len(run) < len([one for one in paragraphs if one.read]):  # noqa: PLR2004
        _cut(run, "menu")


def _ended(paragraphs: list[Paragraph], lexicon: Lexicon) -> None:
    """`- END -`, `（完）`: what stands behind is not the article, unless it is much."""
    marks = {word.casefold() for word in lexicon.words("labels.end_mark")}
    for at in range(len(paragraphs) // 2, len(paragraphs)):
        text = paragraphs[at].text
        if 0 < len(text) < 24 and _LETTERS.sub("", text).casefold() in marks and paragraphs[at].kind != "code":  # noqa: PLR2004
            if _small(paragraphs[at + 1 :], paragraphs):
                _cut(paragraphs[at:], "end of the page")
                return
            paragraphs[at].drop("end of the page")


def _trailing(paragraphs: list[Paragraph], lexicon: Lexicon) -> None:
    """From the back: links to other pages, calls, and headings with nothing left under them."""
    weak, strong = _weak(lexicon), _strong(lexicon)
    for paragraph in reversed(paragraphs):
        if not paragraph.read:
            continue
        text = paragraph.text
        size = len(text)
        linked = paragraph.linked / size if size else 1
        if text.startswith(("—", "--", "–")):  # says whose words stand above
            return
        if paragraph.kind == "heading" or (paragraph.bold and size <= 20 and not _END_MARK.search(text)):  # noqa: PLR2004
            paragraph.drop("heading without text")
        elif linked > 0.8 or (linked > 0.4 and size <= _SHORT) or (paragraph.kind == "quote" and linked > 0.15):  # noqa: PLR2004
            paragraph.drop("related reading")
        elif size <= (_SHORT if text[-1] not in "。.！!" else _SHORT // 2) and len(set(weak.findall(text))) > 1:
            paragraph.drop("call to act")
        elif size <= _SHORT * 3 // 2 and (_tailing(lexicon).search(text) or strong.search(text.replace(" ", ""))):
            paragraph.drop("call to act")
        else:
            return


def _next_heading(paragraphs: list[Paragraph], at: int) -> int:
    level = paragraphs[at].level or 6
    for place in range(at + 1, len(paragraphs)):
        paragraph = paragraphs[place]
        if paragraph.kind == "heading" and paragraph.level <= level and paragraph.read:
            return place
    return len(paragraphs)


def _lines(paragraphs: list[Paragraph], lexicon: Lexicon) -> None:
    whole, strong, weak = _whole(lexicon), _strong(lexicon), _weak(lexicon)
    invites = False
    number: Paragraph | None = None
    for paragraph in paragraphs:
        text = paragraph.text
        if not text or paragraph.dropped:
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
        invites = False
        if len(text) > _SHORT * 2:
            continue
        bare = text.strip(_EDGE).casefold()
        if not bare or bare in whole or (" " in bare and bare.replace(" ", "") in whole):
            paragraph.drop("furniture")
        elif _SIGNLESS.match(text):
            paragraph.drop("decoration")
        elif _TIME.match(text) or _DATE.match(text):
            paragraph.drop("time stamp")
        elif _COMMENTS.match(text):
            paragraph.drop("count")
        elif _READING.match(text) or (_COUNT.match(text) and paragraph.kind != "heading" and not text.isdigit()):
            paragraph.drop("count")
        elif (paragraph.kind != "heading" or len(text) < 30) and not _SPEECH.search(text):  # noqa: PLR2004 -- longer headings are the article's
            squeezed = text.replace(" ", "") if not text.isascii() else text
            limit = _SHORT if paragraph.kind != "quote" else _SHORT * 2
            if len(text) <= limit and (strong.search(squeezed) or (len(text) <= _SHORT and len(set(weak.findall(squeezed))) > 2)):
                paragraph.drop("call to act")
                invites = text.endswith(("：", ":"))
            elif len(text) <= _SHORT * 2 and paragraph.linked and _SERVICE.search(paragraph.raw):
                paragraph.drop("furniture")


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
            if len(text) <= _CAPTION and "。" not in text and (captions.search(text) or text.startswith(("△", "▲", "▽", "▼", "↑"))):
                paragraph.drop("caption")
                under = False
                continue
            if under and paragraph.kind == "paragraph" and len(text) <= _CAPTION * 2 // 3 and _plain_caption(paragraph):
                paragraph.drop("caption")
            under = False
        elif paragraph.read:
            under = False


def _plain_caption(paragraph: Paragraph) -> bool:
    text = paragraph.text
    return not (_STOP.search(text) or _END_MARK.search(text) or text.endswith(("：", ":", "，", ",", "、")) or paragraph.bold or _CHAPTER.match(text) or "：" in text or ": " in text)


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
