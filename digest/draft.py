"""Drafts of an issue: the email and the posts, as values that a channel or an editor takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from digest.edition import edition
from digest.edition.alteration import alterations
from digest.edition.message import Envelope, message
from digest.errors import DigestError
from digest.labels import counted, labels
from digest.post import Post as Post  # noqa: PLC0414, TC001 -- a post is a draft too: others look for it here
from digest.typography import line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from digest.edition import Edition
    from digest.issue import Issue

CAP = 90 * 1024
"""The most bytes of the HTML part: Gmail clips at about 102 KiB and hides the unsubscribe link."""


class Renderer(Protocol):
    """What a draft needs of the templates (digest.template.Templates is one)."""

    def render(self, name: str, /, **values: object) -> str:
        """A template filled in."""


@dataclass(frozen=True, slots=True)
class Email:
    """The email: `html` after inlining, `text` from the same issue, `message` the complete .eml bytes.

    `markdown` is the same issue once more, for newsletter providers whose drafts are written in it.
    """

    subject: str
    preheader: str
    html: str
    text: str
    message: bytes
    markdown: str = ""


def draft_email(
    issue: Issue,
    templates: Renderer,
    *,
    at: datetime | None = None,
    notes: Mapping[str, str] | None = None,
    own: Mapping[str, Mapping[str, str]] | None = None,
) -> Email:
    """The email of an issue.

    `at` is the issue's slot, aware (09:00 UTC of its day by default); `notes` the editor's why-it-matters by story id;
    `own` a home's label table. A week longer than the cap ends in stories of which only title and link are given.
    TemplateError for a wrong template; DigestError where even that is too long.
    """
    shown, html = _fitted(issue, templates, notes, own)
    text = templates.render("email/issue.txt.j2", issue=shown, labels=shown.labels)
    envelope = Envelope(
        sender=issue.masthead.sender,
        to=issue.masthead.sender,
        subject=line(issue.subject),
        at=at or datetime.combine(issue.day, time(9), UTC),
        key=issue.id,
        languages=_languages(shown),
        unsubscribe=shown.unsubscribe,
    )
    written = templates.render("email/issue.md.j2", issue=shown, labels=shown.labels)
    return Email(line(issue.subject), line(issue.preheader), html, text, message(envelope, text, html), written)


def chat_message(issue: Issue, templates: Renderer, name: str = "chat/issue.md.j2") -> str:
    """The issue as one message for a chat, by one of the templates in templates/chat/."""
    shown = edition(issue)
    return templates.render(name, issue=shown, labels=shown.labels)


def held_back_page(issue: Issue, templates: Renderer) -> str:
    """What is held back, why, and what to do about it: Markdown, for the editor only."""
    say = labels(issue.language)
    left = issue.remainder
    waits = {one.waits: counted(say["l_waits"], one.waits) for one in left.waiting}
    values = {"held": issue.held_back, "left": left, "waits": waits, "drift": issue.drift}
    shown = edition(issue)
    changes = list(alterations(issue, say))
    kin = [told for told in issue.stories if told.kin]
    return templates.render("held-back.md.j2", issue=shown, labels=say, changes=changes, kin=kin, **values)


def posts_page(issue: Issue, posts: Sequence[Post], templates: Renderer) -> str:
    """Every post on one page of Markdown, story by story and each by platform, ready to be copied."""
    shown = edition(issue)
    titles = {story.id: story.title for story in shown.stories}
    posted = [post.story for post in posts]
    told = dict.fromkeys([*(one for one in titles if one in posted), *posted])  # in the order of the issue
    stories = [(titles.get(one, one), _by_platform(post for post in posts if post.story == one)) for one in told]
    values = {"stories": stories, "platforms": _by_platform(posts), "titles": titles}
    return templates.render("posts.md.j2", issue=shown, labels=shown.labels, **values)


def _by_platform(posts: Iterable[Post]) -> list[tuple[str, list[Post]]]:
    grouped: dict[str, list[Post]] = {}
    for post in posts:
        grouped.setdefault(post.platform, []).append(post)
    return list(grouped.items())


def _fitted(
    issue: Issue,
    templates: Renderer,
    notes: Mapping[str, str] | None,
    own: Mapping[str, Mapping[str, str]] | None,
) -> tuple[Edition, str]:
    """The edition with as many whole stories as fit the cap, and its HTML."""

    def attempt(whole: int | None) -> tuple[Edition, str, int]:
        shown = edition(issue, notes, own, whole)
        html = _inlined(templates.render("email/issue.html.j2", issue=shown, labels=shown.labels))
        return shown, html, len(html.encode("utf-8"))

    shown, html, size = attempt(None)
    if size <= CAP:
        return shown, html
    most, over, too_big = 1, len(issue.stories), size
    shown, html, size = attempt(most)
    if size > CAP:
        message = f"the email has {size} bytes with one story told in full, and {CAP} are the most: take stories out"
        raise DigestError(message)
    while over - most > 1:
        guess = most + (CAP - size) * (over - most) // (too_big - size)  # stories are about equally long
        tried = min(max(guess, most + 1), over - 1)
        other = attempt(tried)
        if other[2] <= CAP:
            most, (shown, html, size) = tried, other
        else:
            over, too_big = tried, other[2]
    return shown, html


def _inlined(html: str) -> str:
    """HTML with its style sheet on the elements, `@media` kept, and the charset first in the head."""
    inlined: str = _inliner().inline(html)
    charset = '<meta charset="utf-8">'
    if charset in inlined:  # css-inline puts @media before it; past 1,024 bytes a saved file is mis-decoded
        inlined = inlined.replace(charset, "", 1).replace("<head>", f"<head>{charset}", 1)
    return inlined


@cache
def _inliner() -> Any:  # noqa: ANN401 -- the type of a lazily imported module
    from css_inline import CSSInliner  # noqa: PLC0415 -- a native library: only a draft pays for it

    return CSSInliner(keep_at_rules=True, keep_style_tags=False, load_remote_stylesheets=False)


def _languages(shown: Edition) -> tuple[str, ...]:
    """The newsletter's language, then those of its stories."""
    return tuple(dict.fromkeys([shown.language, *(story.language for story in shown.stories if story.language)]))
