"""Drafts of an issue: the email and the posts, as values that a channel or an editor takes."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Email:
    """The email: `html` after inlining, `text` from the same issue, `message` the complete .eml bytes."""

    subject: str
    preheader: str
    html: str
    text: str
    message: bytes


@dataclass(frozen=True, slots=True)
class Post:
    """A social post. `length` is counted by the platform's own rule and never exceeds `limit`.

    `link` is always set; `facets` are Bluesky's (UTF-8 byte offsets); `thread` holds the further items
    of a thread; `why` says why this pattern and quote; `flags` what an editor should look at.
    """

    platform: str
    language: str
    story: str
    pattern: str
    text: str
    length: int
    limit: int
    link: str
    title: str | None = None
    digest: str | None = None
    quotes: tuple[str, ...] = ()
    facets: tuple[dict[str, object], ...] = ()
    thread: tuple[str, ...] = ()
    why: str = ""
    flags: tuple[str, ...] = field(default=())
