"""Inspections: what each rule did on an issue's clips."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from digest import cli, lexicon, quote, rule
from digest.document import plain
from digest.inspection import Deed, inspect
from digest.summary import Summary, summarise

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

BOOK = rule.book(
    {
        "least": 1,
        "quotas": {"document": 1},
        "require": [{"id": "long", "name": {"zh": "够长", "en": "long enough"}, "when": {"length": {"min": 6}}}],
        "reject": [{"id": "asks", "name": {"zh": "是问句", "en": "asks"}, "when": {"question": True}}],
        "rules": [
            {"id": "named", "name": {"zh": "有名", "en": "named"}, "points": 2, "when": {"speaker": "known"}},
            {"id": "true", "name": {"zh": "真正", "en": "true"}, "points": 1, "when": {"keywords": ["真正"]}},
            {"id": "none", "name": {"zh": "没有", "en": "none"}, "points": 1, "when": {"keywords": ["玄武岩"]}},
            {
                "id": "raw",
                "name": {"zh": "生文", "en": "raw"},
                "points": 1,
                "when": {"kind": "sentence", "place": "first"},
            },
        ],
    },
    lexicon.default(),
)


def a_summary() -> Summary:
    text = (
        "林知夏说：“真正难的不是造船，而是等三年。”\n\n林知夏说：“造船的人都知道这件事。”\n\n"
        "林知夏说：“我们还要再等三年吗？”\n\n林知夏说：“不等。”"
    )
    document = plain(text, title="船", language="zh")
    return summarise(document, quote.find(document, lexicon.default()), BOOK, seed="0" * 64)


def deeds(**also: Any) -> dict[str, Deed]:
    return {deed.rule.id: deed for deed in inspect([a_summary()], BOOK, **also).deeds}


def test_a_rule_tells_on_which_quotes_it_spoke_and_which_of_them_were_shown() -> None:
    found = deeds()
    assert [one.text for one in found["named"].chosen] == ["真正难的不是造船，而是等三年。"]
    assert [one.text for one in found["named"].missed] == ["造船的人都知道这件事。"]
    assert found["named"].fired == 4
    assert found["true"].fired == 1


def test_a_filter_tells_what_it_sank() -> None:
    found = deeds()
    assert [one.text for one in found["asks"].sank] == ["我们还要再等三年吗？"]
    assert [one.text for one in found["long"].sank] == ["不等。"]


def test_a_rule_that_did_nothing_is_told_and_one_for_raw_texts_is_left_out() -> None:
    found = deeds()
    assert found["none"].fired == 0
    assert "raw" not in found


def test_what_was_shown_is_what_the_issue_holds() -> None:
    beaten = next(one.quote for one in a_summary().verdicts if one.quote.text.startswith("造船的人"))
    found = deeds(shown={beaten.id})
    assert [one.id for one in found["named"].chosen] == [beaten.id]
    assert [one.text for one in found["named"].missed] == ["真正难的不是造船，而是等三年。"]


CLIP = """\
---
title: "灯塔"
source: "https://news.example/one"
published: 2026-11-18
---
河岸周刊获悉，灯塔在周三重新点亮。

创始人林知夏在内部会上说：“真正难的不是点亮它，而是让它在没有船的夜里也亮着。”
"""


def test_the_command_tells_of_the_last_issue_and_of_clips_that_are_gone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "seeds").mkdir()
    path = tmp_path / "seeds" / "one.md"
    path.write_text(CLIP, encoding="utf-8")
    common = ["--home", str(tmp_path), "--now", "2026-11-20T09:07+08:00"]
    assert cli.main(["rules", "check", *common, "--json"]) == 0
    before = json.loads(capsys.readouterr().out)
    assert before["issue"] is None
    assert cli.main(["send", *common]) == 0
    capsys.readouterr()
    assert cli.main(["rules", "check", *common, "--json"]) == 0
    after = json.loads(capsys.readouterr().out)
    assert (after["issue"], after["clips"], after["gone"], after["shown"]) == ("2026-W47", 1, 0, 1)
    named = next(row for row in after["rules"] if row["id"] == "known-speaker")
    assert [one["speaker"] for one in named["chosen"]] == ["林知夏"]
    assert cli.main(["rules", "check", *common]) == 0
    assert "2026-W47" in capsys.readouterr().out
    path.unlink()
    assert cli.main(["rules", "check", *common, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["gone"] == 1


def test_a_wrong_rule_book_is_told_with_every_line_and_status_two(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "rules.yaml").write_text("laest: 1\nquotas: {story: 3, storys: 4}\n", encoding="utf-8")
    assert cli.main(["rules", "check", "--home", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert "config/rules.yaml:1: laest: unknown key" in told
    assert "config/rules.yaml:2: quotas.storys: unknown key" in told
