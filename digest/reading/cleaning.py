"""Noise: what stands around and inside an article and is not the article. Every cut names its step.

The rows of the noise catalogue are word lists in `config/lexicon/noise.yaml` and `labels.yaml`; what is
here is where such a stretch begins and how far its cut reaches. Single lines are `digest/reading/furniture.py`'s.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING

from digest import late
from digest.document import Warn
from digest.lexicon import alternation
from digest.reading import furniture
from digest.reading.furniture import SHORT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.lexicon import Lexicon
    from digest.reading.paragraph import Paragraph

_CROWD = late.regex("交流群|读者群|粉丝群|扫码|二维码|加我微信|添加微信|公众号后台|关注[「“【『]")
_HELLO = late.regex(r"大家好|你好，我是|欢迎来到|欢迎回到|我是[^，。]{1,20}，一[名个位]|原创计划")
_PROSE = late.regex(r"[。！？!?；]|[.:：，,](?:\s|$)|，")
_LETTERS = late.regex(r"[\W_][\W_]*")
_HEADING = 40
"""Code points; a longer line is no heading of noise."""
_CAPTCHA = 600
"""Code points; an article says more than a page that could not be read."""


@cache
def _starts(lexicon: Lexicon, name: str) -> re.Pattern[str]:
    """A line that begins with one of the words; to be looked for in small letters, quicker than without case."""
    return re.compile(rf"\W{{0,6}}(?:{alternation(word.lower() for word in lexicon.words(name))})")


@cache
def _headed(lexicon: Lexicon, *names: str) -> re.Pattern[str]:
    """A line that holds nothing but one of the words, with a number before or marks around it; a group a list."""
    groups = "|".join(f"({lexicon.any_of(name)})" for name in names)
    number = r"\W{0,8}(?:\d{1,2}|[一二三四五六七八九十]{1,3})?\W{0,4}"
    return re.compile(rf"{number}(?:{groups})(?:/\w{{1,20}})?\W{{0,6}}$", re.IGNORECASE)


@cache
def _labelled(lexicon: Lexicon, name: str) -> re.Pattern[str]:
    return re.compile(rf"\W{{0,3}}(?:{lexicon.any_of(name)})\W{{0,2}}\s?[:：|｜丨]\W{{0,2}}")


@cache
def _tailing(lexicon: Lexicon) -> re.Pattern[str]:
    return re.compile(lexicon.any_of("noise.calls_tail"), re.IGNORECASE)


@cache
def _end_marks(lexicon: Lexicon) -> frozenset[str]:
    return frozenset(word.casefold() for word in lexicon.words("labels.end_mark"))


@cache
def _failed(lexicon: Lexicon) -> re.Pattern[str]:
    return re.compile(lexicon.any_of("noise.failed"), re.IGNORECASE)


def clean(paragraphs: list[Paragraph], lexicon: Lexicon, *, title: str | None = None, host: str | None = None) -> None:
    """Take out of the paragraphs whatever is not the article. `title` and `host` are the article's own."""
    live = [paragraph for paragraph in paragraphs if paragraph.read]
    _advertised(live, host)
    _abstracts(live, lexicon)
    _greeting(live)
    _menu(live)
    live = _left(live)
    _tail(live, lexicon)
    furniture.captions(paragraphs, lexicon)
    live = _left(live)
    _sections(live, lexicon)
    live = _left(live)
    furniture.clear(live, lexicon)
    live = _left(live)
    _closing(live, lexicon)
    _ended(live, lexicon)
    _trailing(live, lexicon, title)
    _twice(_left(live)[:10], title)


def _left(live: Iterable[Paragraph]) -> list[Paragraph]:
    return [paragraph for paragraph in live if paragraph.dropped is None]


def _cut(paragraphs: Iterable[Paragraph], step: str) -> None:
    for paragraph in paragraphs:
        paragraph.drop(step)


def _behind(sizes: list[int]) -> list[int]:
    """For each place, the sum of what stands behind it."""
    sums = list(accumulate(reversed(sizes), initial=0))
    return sums[-2::-1] if sizes else []


def _advertised(live: list[Paragraph], host: str | None) -> None:
    """A paragraph that is nothing but a link to another page of the same site leads away from the article."""
    for paragraph in live:
        alone = paragraph.linked and paragraph.kind == "paragraph" and paragraph.linked >= len(paragraph.text) - 4
        if alone and host is not None and host in paragraph.raw:
            paragraph.drop("related reading")


def _abstracts(live: list[Paragraph], lexicon: Lexicon) -> None:
    """`摘要：…`, and `摘要` or `关键词` alone with the line under it, near the head."""
    near = live[:8]
    for name, step in (("labels.abstract", "abstract"), ("labels.keywords", "keywords")):
        headed, labelled = _headed(lexicon, name), _labelled(lexicon, name)
        for place, paragraph in enumerate(near):
            if paragraph.dropped:
                continue
            if labelled.match(paragraph.text) and paragraph.kind != "heading":
                paragraph.drop(step)
            elif len(paragraph.text) <= _HEADING and headed.match(paragraph.text):
                paragraph.drop(step)
                below = near[place + 1] if place + 1 < len(near) else None
                if below is not None and below.kind in {"paragraph", "quote"} and paragraph.kind != "heading":
                    below.drop(step)


def _greeting(live: list[Paragraph]) -> None:
    """A quotation block at the very head in which the account introduces itself, or a clipper's cut-off excerpt."""
    if live and live[0].kind == "quote" and live[0].text.endswith(("...", "…")):
        live[0].drop("excerpt")
    introduced = False
    for paragraph in live[:5]:
        if paragraph.kind == "heading":
            continue
        if paragraph.kind != "quote":
            break
        introduced = introduced or _HELLO.search(paragraph.text) is not None
        if introduced:
            paragraph.drop("greeting")


def _menu(live: list[Paragraph]) -> None:
    """A page's menu: a dozen short lines without a mark before the first prose."""
    run: list[Paragraph] = []
    for paragraph in live:
        if len(paragraph.text) > 60 and _PROSE.search(paragraph.text):
            break
        run.append(paragraph)
    if len(run) < 12:
        return
    plain = sum(1 for one in run if len(one.text) < 30 and not _PROSE.search(one.text))
    size = sum(len(one.text) for one in run)
    little = size < len(run) * 12 or size * 6 < sum(len(one.text) for one in live)
    if plain >= 12 and plain * 5 >= len(run) * 4 and little and len(run) < len(live):
        _cut(run, "menu")


def _tail(live: list[Paragraph], lexicon: Lexicon) -> None:
    """`继续滑动看下一个` and its like end the article; so does a line that opens a page's tail of lines and links."""
    ends, tails = _starts(lexicon, "noise.ends"), _starts(lexicon, "noise.tails")
    long = _behind([int(len(one.text) - one.linked > SHORT * 2) for one in live])
    for at in range(len(live) // 4, len(live)):
        text = live[at].text
        if len(text) < SHORT * 2:
            text = text.lower()
            if len(text) < SHORT and ends.match(text):
                _cut(live[at:], "end of the page")
                return
            if at * 3 >= len(live) and tails.match(text) and long[at] * 4 <= len(live) - at - 1:
                _cut(live[at:], "related reading")
                return


_SECTIONS = (
    ("labels.disclaimer", "disclaimer"),
    ("labels.own_notes", "own note"),
    ("labels.references", "references"),
    ("noise.related", "related reading"),
)


def _sections(live: list[Paragraph], lexicon: Lexicon) -> None:
    """A heading of noise goes with all under it: to the end, or to the next heading as high.

    Disclaimers and the owner's notes may stand anywhere; references and related reading in the second half,
    and there without a heading's mark too, where only a little or only short lines follow.
    """
    headed = _headed(lexicon, *(name for name, _ in _SECTIONS))
    sizes = [len(one.text) for one in live]
    behind, long = _behind(sizes), _behind([int(size > SHORT) for size in sizes])
    whole = sum(sizes)
    for at, head in enumerate(live):
        first = head.text[: _HEADING + 1].split("\n", 1)[0]
        if head.dropped or len(first) > _HEADING or not (found := headed.match(first)):
            continue
        step = _SECTIONS[(found.lastindex or 1) - 1][1]
        anywhere = step in {"disclaimer", "own note"}
        if head.kind == "heading" or head.bold:
            if not anywhere and at * 5 < len(live) * 2:
                continue
            end = _next_heading(live, at)
        elif not anywhere and at * 5 >= len(live) * 2 and _little(step, behind[at], whole, long[at], len(live) - at):
            end = len(live)
        else:
            continue
        for paragraph in live[at:end]:
            paragraph.drop(step)
            if step == "own note" and paragraph is not head:
                paragraph.kind = "note"


def _little(step: str, behind: int, whole: int, long: int, lines: int) -> bool:
    return behind * 4 < whole if step == "references" else long * 4 <= lines


def _next_heading(live: list[Paragraph], at: int) -> int:
    level = live[at].level or 6
    for place in range(at + 1, len(live)):
        if live[place].kind == "heading" and live[place].level <= level:
            return place
    return len(live)


def _closing(live: list[Paragraph], lexicon: Lexicon) -> None:
    """Closing remarks end the article where little but credits follows."""
    starts = _starts(lexicon, "noise.closing")
    total = sum(len(paragraph.text) for paragraph in live)
    behind = 0
    for at in range(len(live) - 1, -1, -1):
        text = live[at].text
        behind += len(text)
        if behind * 6 > total and behind > SHORT * 5:
            return
        if starts.match(text.lower()):
            _cut(live[at:], "closing remarks")
            return


def _ended(live: list[Paragraph], lexicon: Lexicon) -> None:
    """`- END -`, `（完）`: what stands behind is not the article, unless it is much."""
    marks = _end_marks(lexicon)
    for at in range(len(live) // 2, len(live)):
        text = live[at].text
        if len(text) < SHORT and _LETTERS.sub("", text).casefold() in marks:
            behind = sum(len(one.text) for one in live[at + 1 :])
            live[at].drop("end of the page")
            if behind * 4 < sum(len(one.text) for one in live):
                _cut(live[at:], "end of the page")
            return


def _trailing(live: list[Paragraph], lexicon: Lexicon, title: str | None) -> None:
    """From the back: links to other pages, calls, the title again, and what leads in to nothing."""
    gone: list[Paragraph] = []
    for paragraph in reversed(live):
        if paragraph.dropped:
            continue
        text = paragraph.text
        gone.append(paragraph)
        size, linked = len(text), paragraph.linked / len(text)
        if text.startswith(("—", "--", "–")):  # says whose words stand above
            return
        if paragraph.kind == "heading" or (paragraph.bold and size <= 20 and not furniture.ends_in_mark(text)):
            paragraph.drop("heading without text")
        elif size <= SHORT and text.endswith(("：", ":")):
            paragraph.drop("lead-in to nothing")
        elif title and text.startswith(title) and size <= len(title) + 30:
            paragraph.drop("title")
        elif linked > 0.8 or (linked > 0.4 and size <= SHORT) or (paragraph.kind == "quote" and linked > 0.15):
            paragraph.drop("related reading")
        elif _invites(text, lexicon):
            paragraph.drop("call to act")
        else:
            return
    for paragraph in gone:  # nothing but links and headings: a list, and then the list is the article
        paragraph.dropped = None


def _invites(text: str, lexicon: Lexicon) -> bool:
    """Whether a line at the very end calls to act: there one word is enough."""
    size = len(text)
    limit = SHORT if text[-1] not in "。.！!" else SHORT // 2
    if size <= limit and len(set(furniture.weak(lexicon).findall(text))) > 1:
        return True
    if size <= SHORT * 3 // 2 and _tailing(lexicon).search(text):
        return True
    crowd = size <= SHORT * 4 and _CROWD.search(text)
    return bool(crowd or (size <= SHORT * 2 and furniture.strong(lexicon).search(text.replace(" ", "").lower())))


def _twice(near: list[Paragraph], title: str | None) -> None:
    """Lines said twice near the head: a lead that is the beginning of the next paragraph, a name repeated."""
    for place, paragraph in enumerate(near):
        words = paragraph.text.rstrip("….。 ")
        if title and paragraph.kind == "heading" and same(paragraph.text, title):
            paragraph.drop("title")
        elif any(
            later.text.startswith(words) and (len(words) > 15 or later.text == paragraph.text)
            for later in near[place + 1 :]
        ):
            paragraph.drop("said twice")


def same(one: str, other: str) -> bool:
    """Whether two lines say the same, marks and spaces aside."""
    return _LETTERS.sub("", one).casefold() == _LETTERS.sub("", other).casefold()


def failures(text: str, lexicon: Lexicon) -> tuple[Warn, ...]:
    """`failed-clip` for a captcha, a deleted page or a log-in wall: their words, and few others."""
    if not text.strip():
        return (Warn("failed-clip", "nothing of an article was left after cleaning"),)
    if len(text) < _CAPTCHA and (found := _failed(lexicon).search(text)):
        return (Warn("failed-clip", f"the page was not there when it was clipped (“{found[0]}”)"),)
    return ()
