"""The credit line (出处): outlet, title, date, and an address that is safe to show."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlsplit

from digest import typography
from digest.labels import counted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.story import Source, Story

OLD = dt.timedelta(days=60)
"""An article published longer before the issue is marked as an older one."""


CREDITS = 12
"""Articles of a story that are credited one by one; all of them are in issue.json."""


class Credit(NamedTuple):
    """One article's credit: `line` is the whole of it, outlet, title and date; the parts stand beside it.

    `copies` are (outlet, link) of the same article elsewhere; `old` tells an article of long before the issue. Where
    there is no room for all articles of a story, the line of the last one tells how many more there are.
    """

    outlet: str
    title: str
    link: str | None
    date: str
    old: bool
    line: str
    language: str | None
    direction: str
    copies: tuple[tuple[str, str | None], ...]


def credits_of(story: Story, day: dt.date, say: Mapping[str, str]) -> tuple[Credit, ...]:
    """The credits of a story in an issue of `day`: of what is quoted first of all, in the order they are read."""
    quoted = {pick.source for pick in story.quotes}
    open_ = [at for at, source in enumerate(story.sources) if not source.held_back]
    shown = sorted(sorted(open_, key=lambda at: at not in quoted)[:CREDITS])
    made = [credit(story.sources[at], day, say) for at in shown]
    if len(open_) > len(shown):
        line = counted(say["more_articles"], len(open_) - len(shown))
        made.append(made[-1]._replace(outlet="", title="", link=None, date="", old=False, line=line, copies=()))
    return tuple(made)


def credit(source: Source, day: dt.date, say: Mapping[str, str]) -> Credit:
    """The credit of an article in an issue of `day`; `say` are the labels."""
    outlet = source.called
    if outlet and _host(source.link) == "mp.weixin.qq.com":
        outlet = say["wechat"].format(outlet=outlet)
    when = date(source, day, say)
    old = _old(source, day)
    if when and old:
        when = f"{when} ({say['old']})" if say["comma"].isascii() else f"{when}（{say['old']}）"
    title = typography.closed(source.headline)
    dated = say["comma"] + when if when else ""
    opening = say["title_before"] if outlet else say["title_before"].lstrip(", ")
    return Credit(
        outlet=outlet,
        title=title,
        link=web(source.link),
        date=when,
        old=old,
        line="".join((outlet, opening, title, say["title_after"], dated, _unlinked(source, say))),
        language=source.language,
        direction=typography.direction(title),
        copies=_copies(source, say),
    )


def _copies(source: Source, say: Mapping[str, str]) -> tuple[tuple[str, str | None], ...]:
    named = [(copy.called, web(copy.link)) for copy in source.copies if copy.called]
    more = len(named) - CREDITS
    return (*named[:CREDITS], *([(counted(say["more_articles"], more), None)] if more > 0 else ()))


def _unlinked(source: Source, say: Mapping[str, str]) -> str:
    """The mark of an article that the editor let out without an address."""
    if web(source.link):
        return ""
    return f" ({say['unlinked']})" if say["comma"].isascii() else f"（{say['unlinked']}）"


def name(source: Source, say: Mapping[str, str]) -> str:
    """What an article's outlet is called in a sentence: its name, else its site, else "the article"."""
    return source.called or say["original"]


def date(source: Source, day: dt.date, say: Mapping[str, str]) -> str:
    """When an article was published, in words; "" where it does not tell.

    A clip's or a file's date is not a publication date. The year stands where it is not that of `day`, the issue's, or
    the article is an old one.
    """
    if not source.published or source.published_from in {"clipped", "file time"}:
        return ""
    if source.published[:4] != f"{day.year:04}" or _old(source, day):
        return full_date(source.published, say)
    return _date(source.published, say, "date_short")


def full_date(iso: str, say: Mapping[str, str]) -> str:
    """An ISO date, month or time as a date with its year, in words."""
    return _date(iso, say, "date")


def web(link: str | None, *, mail: bool = False) -> str | None:
    """An address that may be shown and clicked: http, https (with `mail` mailto too), else None.

    It comes out in ASCII: the host in punycode, what else has no place in an address percent-encoded.
    """
    allowed = ("https://", "http://", "mailto:") if mail else ("https://", "http://")
    if link is None or not link.lower().startswith(allowed) or typography.CONTROLS.search(link):
        return None
    if not link.isascii():
        host = _host(link)
        with suppress(UnicodeError):
            link = link.replace(host, host.encode("idna").decode("ascii"), 1)
    return quote(link, safe="!#$%&'()*+,-./:;=?@[]_~")


def _date(iso: str, say: Mapping[str, str], pattern: str) -> str:
    numbers = [int(number) if number.isdigit() else 0 for number in iso[:10].split("-")]
    year, month, day = (*numbers, 0, 0)[:3]
    if not month:
        return say["date_year"].format(y=year)
    names = say["months"].split()
    word = names[month - 1] if names and 1 <= month <= len(names) else ""
    return say[pattern if day else "date_month"].format(y=year, m=month, d=day, month=word)


def _old(source: Source, day: dt.date) -> bool:
    """Whether an article was published long before the issue."""
    published = source.published or ""
    if source.published_from in {"clipped", "file time"}:
        return False
    try:
        return day - dt.date.fromisoformat(published[:10] if len(published) > 7 else f"{published}-28") > OLD
    except ValueError:
        return False


def _host(link: str | None) -> str:
    """The site of an address, without www."""
    try:
        return (urlsplit(link or "").hostname or "").removeprefix("www.")
    except ValueError:
        return ""
