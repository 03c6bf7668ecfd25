"""Approval: what goes out is byte for byte what somebody agreed to, or nothing does."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from threading import Event
from typing import TYPE_CHECKING

import pytest

from digest.errors import ApprovalError, ArchiveError, UsageError
from digest.press import Press, opened
from digest.service import serve
from digest.settings import load
from digest.standing import standing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from digest.outbox import Report

FRIDAY = datetime.fromisoformat("2026-11-20T09:07:00+08:00")
CONFIG = """\
newsletter: {title: 潮汐周报, language: zh-CN, timezone: Asia/Shanghai, from: a@b.example}
approval: required
review: 6h
channels: {files: {type: folder, path: out/delivered, gets: [digest, review, alerts]}}
"""
CLIP = """\
---
title: "{who}停止夜间配送"
source: "https://news.example/{name}"
published: 2026-11-18
---
{who}创始人林知夏说：“我们不是卖得不够快，而是跑得太快，快到没有人知道为什么要跑这一趟。”
"""


class Home:
    """A newsletter whose issues need approval, with a clock that a test sets."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = FRIDAY
        (folder / "config").mkdir()
        (folder / "config" / "digest.yaml").write_text(CONFIG, encoding="utf-8")
        (folder / "seeds").mkdir()
        self.clip("one", "青禾外送")

    def clip(self, name: str, who: str) -> None:
        path = self.folder / "seeds" / f"{name}.md"
        path.write_text(CLIP.format(name=name, who=who), encoding="utf-8")
        os.utime(path, (1_700_000_000, 1_700_000_000))

    def delivered(self) -> list[str]:
        found = (self.folder / "out" / "delivered").glob("*")
        return sorted(path.name for path in found if path.name != "alerts")

    def alerts(self) -> list[str]:
        return [path.read_text("utf-8") for path in (self.folder / "out" / "delivered" / "alerts").glob("*")]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def press(home: Home) -> Iterator[Press]:
    with opened(load(home.folder), lambda: home.clock) as press:
        tick(home, press, days=-2)
        yield press


def tick(home: Home, press: Press, **span: float) -> Report:
    home.clock = FRIDAY + timedelta(**span)
    return press.tick(Event())


def test_the_draft_is_shown_once_some_hours_before_and_goes_out_when_approved(home: Home, press: Press) -> None:
    tick(home, press, hours=-7)
    assert home.delivered() == []
    tick(home, press, hours=-6)
    tick(home, press, hours=-5)
    assert home.delivered() == ["2026-W47-r1"]
    shown = (home.folder / "out" / "delivered" / "2026-W47-r1" / "review.md").read_text("utf-8")
    assert "digest approve 2026-W47" in shown
    assert "跑得太快" in shown
    assert standing(press)["approval"]["state"] == "waiting"  # type: ignore[index]
    press.approve("2026-W47")
    assert standing(press)["approval"]["state"] == "approved"  # type: ignore[index]
    assert tick(home, press).good
    assert home.delivered() == ["2026-W47", "2026-W47-r1"]


def test_what_goes_out_is_what_was_shown_to_the_byte(home: Home, press: Press) -> None:
    tick(home, press, hours=-3)
    drafts = press.approve("2026-W47")
    tick(home, press, hours=5)
    sent = home.folder / "out" / "delivered" / "2026-W47"
    assert (sent / "email.eml").read_bytes() == drafts.email.message
    assert (sent / "email.html").read_bytes() == drafts.pages["email.html"]


@pytest.mark.parametrize("what", ["clip", "template", "edit", "channel"])
def test_any_change_of_the_draft_asks_again_and_is_not_sent(home: Home, press: Press, what: str) -> None:
    tick(home, press, hours=-5)
    press.approve("2026-W47")
    if what == "clip":
        home.clip("two", "白鹭物流")
    elif what == "template":
        folder = home.folder / "templates" / "email"
        folder.mkdir(parents=True)
        (folder / "issue.txt.j2").write_text("{% include 'shipped/email/issue.txt.j2' %}\n又及\n", encoding="utf-8")
        press.newsroom = type(press.newsroom)(load(home.folder))
    elif what == "edit":
        (home.folder / "config" / "edits.yaml").write_text(f"hold: ['{press.desk().summaries[0].seed}']\n")
        home.clip("two", "白鹭物流")
    else:
        text = CONFIG.replace("channels: {", "channels: {more: {type: folder, path: more, gets: [digest]}, ")
        (home.folder / "config" / "digest.yaml").write_text(text, encoding="utf-8")
        press.newsroom = type(press.newsroom)(load(home.folder))
    tick(home, press, hours=-4)
    assert home.delivered() == ["2026-W47-r1", "2026-W47-r2"]
    assert not tick(home, press).good
    assert "2026-W47" not in home.delivered()
    press.approve("2026-W47")
    assert tick(home, press, minutes=1).good
    assert "2026-W47" in home.delivered()


def test_unapproved_at_the_slot_it_is_not_sent_and_that_is_said_once(home: Home, press: Press) -> None:
    tick(home, press, hours=-1)
    for seconds in (0, 30, 60):
        report = tick(home, press, seconds=seconds)
        assert not report.good
        assert "nobody has approved it" in report.alerts[0]
    (alert,) = home.alerts()
    assert "was not sent" in alert
    assert "digest approve 2026-W47" in alert
    assert home.delivered() == ["2026-W47-r1"]


def test_an_approval_that_comes_late_counts_within_the_grace_and_not_after_it(home: Home, press: Press) -> None:
    tick(home, press)
    press.approve("2026-W47")
    assert tick(home, press, days=1).good
    assert "2026-W47" in home.delivered()
    home.clip("two", "白鹭物流")
    tick(home, press, days=7)
    tick(home, press, days=10, minutes=1)
    assert press.archive.slots()[0].state == "skipped"
    with pytest.raises(UsageError, match="2026-W49"):
        press.approve("2026-W48")


def test_what_changed_since_it_was_shown_is_shown_again_instead_of_approved(home: Home, press: Press) -> None:
    tick(home, press, hours=-5)
    home.clip("two", "白鹭物流")
    with pytest.raises(ApprovalError, match="shown again"):
        press.approve("2026-W47")
    assert home.delivered() == ["2026-W47-r1", "2026-W47-r2"]
    press.approve("2026-W47")
    assert tick(home, press).good


def test_sending_by_hand_is_refused_without_approval_and_asks_for_it(home: Home, press: Press) -> None:
    home.clock = FRIDAY - timedelta(days=1)
    with pytest.raises(ApprovalError, match="digest approve 2026-W47"):
        press.send()
    assert home.delivered() == ["2026-W47-r1"]
    press.approve("2026-W47")
    drafts, report = press.send()
    assert drafts is not None
    assert report.good
    assert "2026-W47" in home.delivered()


def test_an_empty_week_asks_nobody(home: Home, press: Press) -> None:
    (home.folder / "seeds" / "one.md").unlink()
    tick(home, press, hours=-1)
    assert tick(home, press).good
    assert home.delivered() == []
    with pytest.raises(UsageError, match="nothing to send"):
        press.approve("2026-W48")


def test_nothing_is_approved_where_nothing_needs_it(home: Home) -> None:
    (home.folder / "config" / "digest.yaml").write_text(CONFIG.replace("required", "none"), encoding="utf-8")
    with opened(load(home.folder), lambda: home.clock) as press:
        with pytest.raises(UsageError, match="approval: required"):
            press.approve("2026-W47")
        assert standing(press)["approval"] is None


def test_an_approved_issue_that_could_not_be_planned_goes_out_at_the_next_look(
    home: Home, press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    tick(home, press, hours=-1)
    press.approve("2026-W47")
    home.clock = FRIDAY

    def locked(**_: object) -> bool:
        message = "the database is locked"
        raise ArchiveError(message)

    with monkeypatch.context() as now:
        now.setattr(press.archive, "plan", locked)
        assert serve(press, Event(), ()).faults == ("database",)
    assert serve(press, Event(), ()).faults == ()
    assert "2026-W47" in home.delivered()
