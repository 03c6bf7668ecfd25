"""docs/channels.md is true: the channel it shows plans, delivers and judges as the page says."""

from __future__ import annotations

import json
import re
import sys
from datetime import UTC, datetime
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest
from conftest import ROOT
from issues import week
from receiver import Receiver, answer

from digest import channels, outbox
from digest.channels import Channel, ChannelConfig, Dispatch, Secret
from digest.edition import edition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.delivery import Verdict

PAGE = (ROOT / "docs" / "channels.md").read_text(encoding="utf-8")
CODE, LINE = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
AT = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The module of the page, in the table of the types as the page says."""
    module = ModuleType("digest.channels.board")
    monkeypatch.setitem(sys.modules, "digest.channels.board", module)
    exec(compile(CODE, "docs/channels.md", "exec"), module.__dict__)  # noqa: S102 -- the page's own code
    monkeypatch.setattr(channels, "_TYPES", dict(channels._TYPES))
    exec(compile(LINE, "docs/channels.md", "exec"), channels.__dict__)  # noqa: S102 -- likewise
    return module


def built(url: str = "https://board.example/town") -> Channel:
    return channels.build(ChannelConfig("square", "board", url=Secret(url), allow=("127.0.0.0/8",)))


def planned(channel: Channel, stories: int = 8) -> tuple[channels.Part, ...]:
    return channel.plan(Dispatch("digest", "2026-W47", "x", "x", issue=week(stories)))


def test_an_issue_becomes_notices_within_the_limit_with_every_story_in_them(board: ModuleType) -> None:
    parts = planned(built())
    assert len(parts) > 1
    assert all(len(part.body) <= board.BUDGET for part in parts)
    lines = "\n".join(line for part in parts for line in json.loads(part.body)["lines"])
    assert all(story.title in lines for story in edition(week(8)).stories)


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (200, {"posted": "n-17"}, "delivered"),
        (200, {"problem": "closed"}, "dead"),
        (200, {"hello": 1}, "unknown"),
        (503, {}, "retry"),
        (413, {}, "dead"),
    ],
)
@pytest.mark.usefixtures("board")
def test_each_answer_means_what_the_page_says(status: int, body: dict[str, Any], outcome: str) -> None:
    told = channels.Answer(started=True, at=AT, status=status, body=json.dumps(body).encode(), complete=True)
    verdict: Verdict = built().verdict(told)
    assert verdict.outcome == outcome
    assert bool(verdict.disable) == (body == {"problem": "closed"})


@pytest.mark.usefixtures("board")
def test_a_notice_is_delivered_once_it_is_posted() -> None:
    with Receiver() as receiver:
        receiver.usual = answer(200, '{"posted": "n-17"}')
        channel = built(f"{receiver.url}/town")
        dispatch = Dispatch("digest", "2026-W47", "x", "x", issue=week(1))
        ((part, verdict),) = outbox.tried(channel, [dispatch], lambda: AT)
    assert (verdict.outcome, verdict.remote_ref) == ("delivered", "n-17")
    assert receiver.requests[0].body == part.body


def test_the_page_counts_the_types_rightly() -> None:
    words = {16: "sixteen", 17: "seventeen", 18: "eighteen", 19: "nineteen"}
    assert f"has {words[len(channels.TYPES)]}," in PAGE
