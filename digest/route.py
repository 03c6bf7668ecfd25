"""Routes: which drafts a channel gets, and how much of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from digest.edition.telling import story_markdown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from digest.channels import ChannelConfig, Dispatch

_WORDS = {
    "digest": {"digest"},
    "posts": {"posts"},
    "review": {"review"},
    "alert": {"alerts"},
    "correction": {"digest", "posts"},
}
"""Which words of a channel's `gets` ask for which kind of draft."""


def routed(config: ChannelConfig, dispatches: Iterable[Dispatch]) -> Iterator[Dispatch]:
    """The drafts that go to a channel, narrowed to its sections where it names some."""
    for dispatch in dispatches:
        if _WORDS[dispatch.kind].isdisjoint(config.gets):
            continue
        narrow = narrowed(dispatch, config.sections) if config.sections and dispatch.issue else dispatch
        if narrow:
            yield narrow


def narrowed(dispatch: Dispatch, sections: Sequence[str]) -> Dispatch | None:
    """A draft of an issue with the stories of these sections only; None where it has none of them.

    The email is a rendering of the whole issue and stays behind; the Markdown is made anew.
    """
    issue = dispatch.issue
    if issue is None:
        return dispatch
    stories = tuple(story for story in issue.stories if story.section in sections)
    if not stories:
        return None
    kept = {story.id for story in stories}
    digest = dispatch.kind != "posts"
    posts = [(post, told) for post, told in zip(dispatch.posts, dispatch.posts_json, strict=True) if post.story in kept]
    return replace(
        dispatch,
        issue=replace(
            issue, stories=stories, errata=tuple(one for one in issue.errata if one.section in sections), years=()
        ),
        email=None,
        markdown="\n\n".join(map(story_markdown, stories) if digest else (post.text for post, _ in posts)),
        posts=tuple(post for post, _ in posts),
        issue_json=_only(dispatch.issue_json, kept),
        posts_json=[told for _, told in posts],
    )


def _only(record: Mapping[str, object], kept: set[str]) -> dict[str, object]:
    """`issue.json` with these stories; what was held back is told to nobody here."""
    stories = record.get("stories")
    told = [story for story in stories if story.get("id") in kept] if isinstance(stories, list) else []
    return {**record, "stories": told, "held_back": []}
