"""What changed between two drafts, told in an editor's words."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from digest.difference import drafts, issues


def quote(name: str, source: int = 0, speaker: str | None = "林知夏") -> dict[str, Any]:
    return {"id": name, "source": source, "speaker": speaker, "text": name}


def source(seed: str, link: str | None = None, outlet: str = "河岸周刊", **also: Any) -> dict[str, Any]:
    return {"seed": seed, "title": f"标题{seed}", "outlet": outlet, "link": link, "held_back": False, **also}


def story(name: str, *quotes: dict[str, Any], sources: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    told = sources or [source(f"seed-{name}", f"https://news.example/{name}")]
    return {"id": name, "title": f"故事{name}", "sources": told, "quotes": list(quotes), "update_of": None}


def issue(*stories: dict[str, Any], **also: Any) -> dict[str, Any]:
    return {"id": "2026-W48", "subject": "主题", "stories": list(stories), "held_back": [], "changes": [], **also}


def told(before: dict[str, Any], after: dict[str, Any], language: str = "zh-CN") -> list[str]:
    return [one.text for one in drafts(before, after, language)]


def codes(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [one.code for one in drafts(before, after, "zh-CN")]


def test_the_same_draft_and_one_of_another_issue_have_no_difference() -> None:
    one = issue(story("a", quote("q1")))
    assert drafts(one, deepcopy(one), "zh-CN") == ()
    assert drafts({**one, "id": "2026-W47"}, one, "zh-CN") == ()
    assert drafts(None, one, "zh-CN") == ()


def test_a_quote_that_was_replaced_tells_why() -> None:
    before = issue(story("a", quote("q1"), quote("q2")))
    after = issue(story("a", quote("q1"), quote("q3")))
    assert told(before, after) == ["第 1 条的第 2 段引语换了：别的剪藏、规则或次序有变"]
    assert told(before, after, "en") == ["Story 1: quote 2 replaced: other clips, the rules or the order changed"]
    after["changes"] = [{"key": "swap", "id": "q2", "before": "q2", "after": "q3", "applied": True}]
    assert told(before, after) == ["第 1 条的第 2 段引语换了：你换的"]
    again = source("seed-new", "https://news.example/a")
    after = issue(story("a", quote("q1"), quote("q3"), sources=[again]))
    assert told(before, after) == ["第 1 条的原文有改动：河岸周刊", "第 1 条的第 2 段引语换了：原文有改动"]


def test_quotes_that_came_and_went_are_told_with_their_place_and_speaker() -> None:
    one, two = issue(story("a", quote("q1"))), issue(story("a", quote("q1"), quote("q2", speaker="梁以南")))
    assert told(one, two) == ["第 1 条多了一段引语：梁以南"]
    assert codes(two, one) == ["quote-gone"]
    held = {**one, "changes": [{"key": "hold", "id": "q2", "after": None, "applied": True}]}
    assert told(two, held) == ["第 1 条少了第 2 段引语：你扣下了它"]


def test_only_the_story_that_was_moved_is_told_to_have_moved() -> None:
    before = issue(*(story(name) for name in "abcde"))
    after = issue(*(story(name) for name in "eabcd"))
    assert told(before, after) == ["移到第 1 条：故事e"]
    assert codes(issue(story("a"), story("b")), issue(story("b"), story("a"))) == ["story-moved"]


@pytest.mark.parametrize(
    ("after", "text"),
    [
        (issue(story("b"), changes=[{"key": "drop", "id": "a", "after": None, "applied": True}]), "你撤下了：故事a"),
        (issue(story("b", sources=[source("seed-b"), source("seed-a")])), "并入第 1 条：故事a"),
        (issue(story("b")), "没有了：故事a（剪藏不在了，或没有可用的引语）"),
    ],
)
def test_a_story_that_is_gone_tells_where_it_went(after: dict[str, Any], text: str) -> None:
    assert text in told(issue(story("a"), story("b")), after)


def test_headline_subject_and_note_are_told() -> None:
    before = issue(story("a"))
    after = issue({**story("a"), "title": "新标题"}, subject="新主题")
    after["changes"] = [{"key": "note", "id": "a", "before": None, "after": "因为", "applied": True}]
    assert told(before, after) == ["主题改为：新主题", "第 1 条的标题改为：新标题", "第 1 条的编者按有改动"]
    assert "第 1 条的编者按撤了" in told(after, before)


def test_a_clip_that_is_held_back_or_released_is_told() -> None:
    held = {"seed": "seed-x", "title": "无名", "message": "剪藏里没有原文地址", "story": None}
    before, after = issue(story("a")), issue(story("a"), held_back=[held])
    assert told(before, after) == ["新的暂缓：无名（剪藏里没有原文地址）"]
    out = issue(story("a"), story("x", sources=[source("seed-x")]))
    assert told(after, out) == ["新增第 2 条：故事x", "已放行：无名"]


def test_beside_the_last_issue_new_stories_updates_and_new_outlets_are_told() -> None:
    last = issue(story("a"), id="2026-W47")
    goes_on = {**story("c"), "update_of": "a"}
    this = issue(goes_on, story("b", sources=[source("seed-b", outlet="澜边财经")]))
    assert [one.text for one in issues(last, this, "zh-CN")] == [
        "接着上期：故事c",
        "新出现：故事b",
        "上期没有的来源：澜边财经",
    ]
    assert issues(None, this, "zh-CN") == ()


def test_a_record_of_an_older_program_is_read_all_the_same() -> None:
    assert codes({"id": "2026-W48"}, issue(story("a"))) == ["subject", "story-new"]
