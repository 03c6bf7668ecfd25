"""Corrections are told once, in the next issue and to those who got the mistake; sources that drift are noticed."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from conftest import ROOT, run_digest
from newsdesk import CLIPS, EARLIER, NOW, clip, lay

from digest.archive import FrozenIssue
from digest.correction import correct, listed
from digest.drift import Printed, drift, printed
from digest.errors import DigestError, UsageError
from digest.press import opened
from digest.settings import load
from digest.standing import standing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from digest.newsroom import Drafts
    from digest.press import Press

CONFIG = """\
newsletter: {title: 潮汐周报, language: zh-CN, timezone: Asia/Shanghai, from: a@tidal.example}
channels:
  files: {type: folder, path: out/delivered, gets: [digest]}
  editors: {type: folder, path: out/editors, gets: [posts]}
  shut: {type: folder, path: out/shut, gets: [digest]}
  banks: {type: folder, path: out/banks, gets: [digest], sections: [nowhere]}
  log: {type: folder, path: out/log, gets: [alerts]}
"""
RIGHT = "骑手是四千三百名，不是四千二百名。"


def at(home: Path, weeks: int = 0) -> AbstractContextManager[Press]:
    return opened(load(home, environment={}), lambda: NOW + timedelta(weeks=weeks))


def sent(home: Path, weeks: int = 0) -> Drafts:
    with at(home, weeks) as press:
        drafts, _ = press.send()
    assert drafts
    return drafts


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = lay(tmp_path / "home", "heron-a.md", "bank.md", config=CONFIG)
    (folder / "out").mkdir()
    (folder / "out" / "shut").write_text("a file is in the way")
    return folder


def text(drafts: Drafts) -> dict[str, str]:
    """Every form of an issue that readers get."""
    chat = next(one.markdown for one in drafts.dispatches if one.kind == "digest")
    return {"html": drafts.email.html, "text": drafts.email.text, "markdown": drafts.email.markdown, "chat": chat}


def test_a_correction_is_told_in_the_next_issue_and_in_no_other(home: Path) -> None:
    first = sent(home)
    with at(home) as press:
        done = correct(press, first.issue.id, RIGHT, quote="1.1")
    assert done.fresh
    clip(home, "kestrel.md")
    second = sent(home, 1)
    for form in text(second).values():
        assert "更正" in form
        assert RIGHT in form
        assert "第1期" in form
        assert "2026年11月20日" in form
    record = json.loads(second.pages["issue.json"])
    assert [one["text"] for one in record["errata"]] == [RIGHT]
    assert record["errata"][0]["words"] == first.issue.stories[0].quotes[0].quote.text
    clip(home, "later.md", EARLIER.replace("白鹭物流", "灰鹤物流").replace("heron-0", "crane"))
    third = sent(home, 2)
    assert not any(RIGHT in form for form in text(third).values())
    with at(home, 2) as press:
        assert [one.told_in for one, _ in listed(press)] == [second.issue.id]


def test_a_correction_that_was_to_be_told_by_an_issue_that_was_not_committed_waits_on(home: Path) -> None:
    name = sent(home).issue.id
    with at(home) as press:
        made = correct(press, name, RIGHT, story="1").erratum

        def killed() -> Iterator[Any]:
            message = "the power is gone"
            raise DigestError(message)
            yield

        issue = FrozenIssue("2026-W48", 2, b"{}", (), errata=(made.id,))
        with pytest.raises(DigestError, match="power"):
            press.archive.plan(
                slot_key="weekly:2026-11-27", due=NOW, trigger="send", issue=issue, deliveries=killed(), now=NOW
            )
        assert press.archive.corrections.waiting() == (made,)
        plain = replace_plan(press, issue)
        assert plain
        assert press.archive.corrections.waiting() == ()


def replace_plan(press: Press, issue: FrozenIssue) -> bool:
    return press.archive.plan(
        slot_key="weekly:2026-11-27", due=NOW, trigger="send", issue=issue, deliveries=(), now=NOW
    )


def test_the_same_said_twice_is_one_correction_with_its_first_day(home: Path) -> None:
    name = sent(home).issue.id
    with at(home) as press:
        first = correct(press, name, RIGHT, story="1")
    with at(home, 1) as press:
        again = correct(press, name, f"  {RIGHT} ", story="1")
        assert (first.fresh, again.fresh) == (True, False)
        assert again.erratum == first.erratum
        assert len(press.archive.corrections.all()) == 1


def test_only_the_channels_that_got_the_mistake_are_told_and_once(home: Path) -> None:
    name = sent(home).issue.id
    with at(home) as press:
        done = correct(press, name, RIGHT, story="1", notify=True)
        assert {row.channel for row in done.told} == {"files", "editors"}
        assert {row.kind for row in done.told} == {"correction"}
        press.outbox().drain()
        again = correct(press, name, RIGHT, story="1", notify=True)
        assert {row.key for row in again.told} == {row.key for row in done.told}
        rows = press.archive.ledger.all(about=f"{name}-{done.erratum.id}")
        assert [row.state for row in rows] == ["delivered", "delivered"]
    told = list((home / "out").rglob("correction.md"))
    assert sorted(path.parts[-3] for path in told) == ["delivered", "editors"]
    assert RIGHT in told[0].read_text(encoding="utf-8")


def test_what_cannot_be_told_is_said_with_the_reason(home: Path) -> None:
    name = sent(home).issue.id
    (home / "config" / "digest.yaml").write_text(CONFIG.replace("  files:", "  other:"), encoding="utf-8")
    with at(home) as press:
        done = correct(press, name, RIGHT, story="1", notify=True)
    assert {row.channel for row in done.told} == {"editors"}
    assert done.missed["files"] == "it is not configured any more"
    assert "not arrived" in done.missed["shut"]


@pytest.mark.parametrize(
    ("name", "where", "hint"),
    [
        ("2020-W01", {"story": "1"}, "the last one is 2026-W47"),
        ("2026-W47", {}, "--story N"),
        ("2026-W47", {"story": "9"}, "1 "),
        ("2026-W47", {"story": "0"}, "no story"),
        ("2026-W47", {"story": ""}, "no story"),
        ("2026-W47", {"quote": "7.7"}, "1.1"),
    ],
)
def test_what_is_not_there_is_said_with_what_there_is(home: Path, name: str, where: dict[str, Any], hint: str) -> None:
    sent(home)
    with at(home) as press, pytest.raises(UsageError, match=hint):
        correct(press, name, RIGHT, **where)


def test_the_command_corrects_lists_and_tells(home: Path) -> None:
    sent(home)
    wrong = run_digest("correct", "--home", home, cwd=home)
    assert wrong.returncode == 2
    assert "--list" in wrong.stderr
    options = ("--home", home, "--now", NOW.isoformat())
    done = run_digest("correct", "2026-W47", "--story", "1", "--text", RIGHT, "--notify", *options, cwd=home)
    assert done.returncode == 0, done.stderr
    assert "files  已送达" in done.stdout
    assert "不显示更正" not in done.stderr
    (home / "templates" / "email").mkdir(parents=True)
    (home / "templates" / "email" / "issue.txt.j2").write_text("{{ issue.title }}", encoding="utf-8")
    again = run_digest("correct", "2026-W47", "--story", "1", "--text", RIGHT, *options, cwd=home)
    assert "templates/email/issue.txt.j2 不显示更正" in again.stderr
    rows = run_digest("correct", "--list", "--json", *options, cwd=home).stdout.splitlines()
    assert [json.loads(row)["told_in"] for row in rows] == [None]
    assert RIGHT in run_digest("rebuild", "2026-W47", "--check", *options, cwd=home).stdout
    assert f"更正：{RIGHT}" in run_digest("why", "2026-W47", *options, cwd=home).stdout
    assert "待刊更正 1" in " ".join(run_digest("status", *options, cwd=home).stdout.split())


QUOTE = Printed("2026-W47", "2.1", "q1", "一句话", "a" * 64, "https://news.example/a", "标题")


def test_a_clip_that_changed_is_noticed_where_its_quote_is_gone_and_only_there(home: Path) -> None:
    sent(home)
    changed = CLIPS["heron-a.md"].replace("停下来比跑起来难得多", "停下来比跑起来难一些")
    lost = changed.replace("快到没有人知道为什么要跑这一趟", "快到没有人问为什么要跑这一趟")
    clip(home, "heron-a.md", lost)
    with at(home, 1) as press:
        press.pick_up()
        (found,) = press.drifted()
        assert found.code == "changed"
        assert "原文改了" in found.message
        assert "2026-W47" in found.message
        assert standing(press)["drift"] == [found.message]
        page = press.look().drafts.pages["held-back.md"].decode()
    assert found.message in page
    told = run_digest("why", "2026-W47", "--home", home, "--now", NOW.isoformat(), cwd=home).stdout
    assert "原文改了" in told
    clip(home, "heron-a.md", CLIPS["heron-a.md"] + "\n白鹭物流没有回应其他问题。\n")
    with at(home, 1) as press:
        press.pick_up()
        assert press.drifted() == ()


def test_a_clip_that_is_gone_is_noticed_and_one_that_was_moved_is_not(home: Path) -> None:
    sent(home)
    (home / "seeds" / "bank.md").rename(home / "seeds" / "moved.md")
    (home / "seeds" / "heron-a.md").unlink()
    with at(home, 1) as press:
        press.pick_up()
        (found,) = press.drifted()
    assert found.code == "gone"
    assert "白鹭" in found.message


def test_an_article_that_was_clipped_again_with_other_words_is_noticed(home: Path) -> None:
    sent(home)
    clip(home, "again.md", CLIPS["bank.md"].replace("先弄清楚它为什么会错", "先弄明白它为什么会错"))
    with at(home, 1) as press:
        press.pick_up()
        found = press.drifted()
    assert [one.code for one in found] == ["reworded"]


def test_quotes_of_an_issue_are_known_by_story_and_place() -> None:
    source = {"seed": "a" * 64, "link": None, "title": "标题"}
    story = {
        "sources": [source],
        "quotes": [{"id": "q1", "text": "一", "source": 0}, {"id": "q2", "text": "二", "source": 0}],
    }
    found = printed([{"id": "2026-W47", "stories": [story, story]}])
    assert [one.place for one in found] == ["1.1", "1.2", "2.1", "2.2"]


def test_nothing_drifts_where_nothing_strayed() -> None:
    assert drift([QUOTE], {}, (), "zh-CN") == ()
    (found,) = drift([QUOTE, replace_place(QUOTE)], {QUOTE.seed: None}, (), "en")
    assert found.message == "quote 2.1, 2.2 of 2026-W47: its clip is gone (标题)"


def replace_place(quote: Printed) -> Printed:
    return quote._replace(place="2.2", id="q2")


@pytest.mark.faults
@pytest.mark.timeout(300)
def test_kills_at_any_moment_neither_lose_a_correction_nor_tell_it_twice(home: Path) -> None:
    name = sent(home).issue.id
    chance = random.Random(11)  # noqa: S311 -- the same moments each time
    when = (NOW + timedelta(weeks=1)).isoformat()
    clip(home, "kestrel.md")
    said = ("correct", name, "--story", "1", "--text", RIGHT, "--notify")
    for command in (said, ("send",)):
        for _ in range(8):
            killed(home, chance.uniform(0.2, 2.0), *command, "--home", home, "--now", when)
    assert run_digest(*said, "--home", home, "--now", when, cwd=home).returncode == 0
    run_digest("send", "--home", home, "--now", when, cwd=home)
    clip(home, "later.md", EARLIER.replace("白鹭物流", "灰鹤物流").replace("heron-0", "crane"))
    run_digest("send", "--home", home, "--now", (NOW + timedelta(weeks=2)).isoformat(), cwd=home)
    issues = sorted((home / "out" / "delivered").glob("2026-W??/email.html"))
    assert [RIGHT in path.read_text(encoding="utf-8") for path in issues] == [False, True, False]
    with at(home, 2) as press:
        ((made, rows),) = listed(press)
        assert made.told_in == "2026-W48"
        assert sorted(row.channel for row in rows if row.state == "delivered") == ["editors", "files"]
        assert all(press.archive.contents.inputs(one) for one in press.archive.issue_ids())


def killed(home: Path, after: float, *command: object) -> None:
    """A command that is killed after so many seconds, unless it was quicker."""
    process = subprocess.Popen(
        [sys.executable, "-m", "digest", *map(str, command)],
        cwd=home,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    with suppress(subprocess.TimeoutExpired):
        process.wait(after)
    process.kill()
    process.wait()
