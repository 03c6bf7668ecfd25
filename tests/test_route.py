"""Routes: each channel gets the kinds and the sections it asks for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from posting import DUE, dispatches, issue, ticking, webhook
from receiver import Receiver, answer

from digest.channels import ChannelConfig, Dispatch
from digest.draft import Post
from digest.outbox import outgoing, tried
from digest.route import routed

if TYPE_CHECKING:
    from collections.abc import Sequence


def drafts() -> list[Dispatch]:
    of = issue(3)
    told = tuple(replace(story, section=name) for story, name in zip(of.stories, ("模型", "芯片", None), strict=True))
    of = replace(of, stories=told)
    posts = tuple(Post("x", "zh", story.id, "quote", f"帖 {story.id}", 4, 280, "https://x.example") for story in told)
    records = [{"platform": "x", "story": story.id} for story in told]
    record = {"id": of.id, "stories": [{"id": story.id} for story in told], "held_back": [{"title": "内部"}]}
    return [replace(draft, posts=posts, posts_json=records, issue_json=record, issue=of) for draft in dispatches(of)]


def got(gets: Sequence[str], sections: Sequence[str] = ()) -> list[Dispatch]:
    return list(routed(ChannelConfig("team", "generic", gets=gets, sections=sections), drafts()))


def test_a_channel_gets_the_kinds_it_asks_for() -> None:
    assert [draft.kind for draft in got(["digest", "posts"])] == ["digest", "posts"]
    assert [draft.kind for draft in got(["posts"])] == ["posts"]
    assert got(["alerts"]) == []


def test_a_channel_with_sections_gets_nothing_of_the_others() -> None:
    digest, posts = got(["digest", "posts"], ["芯片"])
    assert digest.issue
    assert [story.id for story in digest.issue.stories] == ["s2"]
    assert "第2款" in digest.markdown
    assert "第1款" not in digest.markdown
    assert digest.email is None
    assert digest.issue_json == {"id": "2026-W48", "stories": [{"id": "s2"}], "held_back": []}
    assert [post.story for post in posts.posts] == ["s2"]
    assert posts.posts_json == [{"platform": "x", "story": "s2"}]


def test_a_channel_none_of_whose_sections_is_in_the_issue_gets_nothing() -> None:
    assert got(["digest", "posts"], ["政策"]) == []


def test_the_rows_of_a_narrow_channel_are_narrow() -> None:
    channel = webhook("https://hooks.example/x")
    channel.config = replace(channel.config, sections=["模型"])
    rows, problems = outgoing([channel], drafts(), DUE)
    assert problems == []
    assert "s1" in rows[0].body.decode()
    assert "第2款" not in rows[0].body.decode()


def test_trying_a_channel_out_sends_and_tells_what_came_of_it() -> None:
    with Receiver(script=[answer(200), answer(401, "no")]) as receiver:
        channel = webhook(receiver.url)
        assert [verdict.outcome for _, verdict in tried(channel, dispatches()[:1], ticking)] == ["delivered"]
        assert [verdict.outcome for _, verdict in tried(channel, dispatches(), ticking)] == ["dead"]
        assert len(receiver.requests) == 2
