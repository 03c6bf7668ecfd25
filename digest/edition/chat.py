"""An issue as chat messages: small blocks in order, packed into as few messages as a channel's limits allow.

A message is cut between stories, in a long story between its quotes, never inside one. What a block looks
like is each channel's own affair; here it is only told what it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from digest.edition import edition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from digest.draft import Post
    from digest.edition import Amended, Back, Piece, Said
    from digest.issue import Issue


@dataclass(frozen=True, slots=True)
class Block:
    """A piece that is never cut: a story's `title`, `words` of an article, what was `said`, a `credit`.

    `intro` introduces words ("新智元写道："), `by` names the speaker of what was said; `link` opens the source.
    """

    kind: Literal["title", "words", "said", "credit"]
    text: str
    by: str = ""
    intro: str = ""
    link: str | None = None


Unit = tuple[Block, ...]
"""Blocks that stay in one message: a title and what follows it, a quote."""

Item = tuple[Unit, ...]
"""A story, a post: kept in one message where it fits into one."""

_MORE = " …"


class TooLargeError(Exception):
    """A unit that does not fit into a message of its own; `str()` is how it begins."""


def issue_head(issue: Issue) -> str:
    """What stands over each message: the newsletter, its number and the date."""
    shown = edition(issue)
    return f"{shown.title} · {shown.number} · {shown.date}"


def issue_items(issue: Issue) -> list[Item]:
    """The stories of an issue."""
    shown = edition(issue)
    told = [_story(piece, number) for number, piece in enumerate(shown.stories, 1)]
    told = told or [((Block("words", shown.labels["empty"]),),)]
    return [*told, *(_amended(one, shown.labels["errata"]) for one in shown.errata), *map(_back, shown.years)]


def post_items(posts: Iterable[Post]) -> list[Item]:
    """Posts for an editor to copy: the platform as a title, the text as it stands."""
    return [
        (
            (Block("title", f"{post.platform} · {post.language}"), Block("words", post.text)),
            *((Block("words", further),) for further in post.thread),
        )
        for post in posts
    ]


def page_items(text: str) -> list[Item]:
    """A page of plain words (a review, an alert), an item a paragraph."""
    paragraphs = (paragraph.strip() for paragraph in text.split("\n\n"))
    return [((Block("words", paragraph),),) for paragraph in paragraphs if paragraph and not paragraph.startswith("# ")]


def pack(items: Sequence[Item], fits: Callable[[Sequence[Block]], bool]) -> list[list[Block]]:
    """The blocks of each message. `fits` measures a whole message, as it would be sent.

    Raises TooLargeError where a single unit fits into no message.
    """
    messages: list[list[Block]] = [[]]
    for item in items:
        whole = [block for unit in item for block in unit]
        if fits([*messages[-1], *whole]):
            messages[-1] += whole
        elif fits(whole):
            messages.append(whole)
        else:
            _split(item, messages, fits)
    return [message for message in messages if message]


def _split(item: Item, messages: list[list[Block]], fits: Callable[[Sequence[Block]], bool]) -> None:
    """Spread a long item over messages; each that goes on with it begins with its title again."""
    title = next((block for block in item[0] if block.kind == "title"), None)
    again = [Block("title", title.text + _MORE, link=title.link)] if title else []
    for number, unit in enumerate(item):
        if fits([*messages[-1], *unit]):
            messages[-1] += unit
            continue
        fresh = [*(again if number else []), *unit]
        if not fits(fresh):
            raise TooLargeError(unit[-1].text[:40])
        messages.append(fresh)


def _story(piece: Piece, number: int) -> Item:
    opening = piece.opening
    title = Block("title", f"{number}. {piece.title}", link=piece.link)
    first = (Block("words", opening.text, intro=opening.intro),) if opening else ()
    quotes = tuple((_said(said),) for said in piece.quotes)
    credits_ = tuple(Block("credit", credit.line, link=credit.link) for credit in piece.credits)
    return ((title, *first), *quotes, credits_)


def _amended(one: Amended, label: str) -> Item:
    title = Block("title", f"{label} · {one.where} · {one.title}")
    words = (Block("words", one.words),) if one.words else ()
    return ((title, *words, Block("words", "\n".join(one.lines)), Block("credit", one.date)),)


def _back(one: Back) -> Item:
    return ((Block("title", f"{one.where} · {one.title}", link=one.link), Block("words", one.line)),)


def _said(said: Said) -> Block:
    if said.person:
        return Block("said", said.shown, by=said.by, link=said.href)
    return Block("words", said.shown, intro=said.intro + said.mark, link=said.href)


def clipped(text: str, room: int, length: Callable[[str], int] = len) -> str:
    """A title in at most `room` units, its end replaced by `…` where it is longer."""
    if length(text) <= room:
        return text
    while text and length(text) + 1 > room:
        text = text[:-1]
    return text.rstrip("\u200d\ufe0f ") + "…"


def utf16(text: str) -> int:
    """How many UTF-16 units a text has, which is how chats written in JavaScript and Telegram count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
