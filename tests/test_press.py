"""The press: picked up once, planned once, delivered once; a preview remembers nothing."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import datetime, timedelta
from io import StringIO
from itertools import count
from threading import Event
from typing import TYPE_CHECKING

import pytest

from digest import draft
from digest.errors import ConfigError, UsageError
from digest.outbox import Outbox, Report
from digest.press import Press, opened
from digest.service import serve
from digest.settings import load
from digest.standing import standing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FRIDAY = datetime.fromisoformat("2026-11-20T09:07:00+08:00")

CLIP = """\
---
title: "{title}"
source: "https://news.example/{name}"
author: ["[[河岸周刊]]"]
published: 2026-11-18
created: 2026-11-19
---
河岸周刊获悉，{who}本周宣布停止在三座城市的夜间配送，改为只在白天营业。

创始人林知夏在内部会上说：“我们不是卖得不够快，而是跑得太快，快到没有人知道为什么要跑这一趟。”

她同时表示，被裁撤的四十名员工都会拿到六个月的补偿。
"""


class Home:
    """A newsletter in a folder, with a clock that a test sets."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = FRIDAY - timedelta(days=1)
        (folder / "seeds").mkdir()

    def clip(self, name: str, title: str = "{who}停止夜间配送", who: str = "青禾外送") -> Path:
        path = self.folder / "seeds" / f"{name}.md"
        path.write_text(CLIP.format(title=title.format(who=who), name=name, who=who), encoding="utf-8")
        os.utime(path, (1_700_000_000, 1_700_000_000))
        return path

    def sent(self, issue: str) -> list[str]:
        return sorted(path.name for path in (self.folder / "out" / "delivered" / issue).glob("*"))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def press(home: Home) -> Iterator[Press]:
    with opened(load(home.folder), lambda: home.clock) as press:
        yield press


def tick(home: Home, press: Press, at: datetime) -> None:
    home.clock = at
    report = press.tick(Event())
    assert report.good


def test_an_issue_goes_out_at_its_slot_and_only_once(home: Home, press: Press) -> None:
    home.clip("one")
    tick(home, press, FRIDAY - timedelta(minutes=1))
    assert home.sent("2026-W47") == []
    tick(home, press, FRIDAY)
    first = home.sent("2026-W47")
    assert "email.html" in first
    assert "posts.json" in first
    stamps = {path: path.stat().st_mtime_ns for path in (home.folder / "out" / "delivered").rglob("*")}
    tick(home, press, FRIDAY + timedelta(seconds=30))
    assert stamps == {path: path.stat().st_mtime_ns for path in (home.folder / "out" / "delivered").rglob("*")}
    assert press.archive.ledger.counts()["delivered"] == len(first)


def test_at_first_start_past_slots_are_skipped_and_all_seeds_are_new(home: Home, press: Press) -> None:
    home.clip("one")
    tick(home, press, FRIDAY + timedelta(hours=2))
    assert home.sent("2026-W47") == []
    (slot,) = press.archive.slots()
    assert (slot.state, slot.reason) == ("skipped", "it lay before the first start")
    assert standing(press)["seeds"]["new"] == 1  # type: ignore[index]
    tick(home, press, FRIDAY + timedelta(days=7))
    assert home.sent("2026-W48")


def test_a_clip_in_an_issue_is_not_used_again(home: Home, press: Press) -> None:
    home.clip("one")
    tick(home, press, FRIDAY - timedelta(days=1))
    tick(home, press, FRIDAY)
    home.clip("two", who="白鹭物流")
    tick(home, press, FRIDAY + timedelta(days=7))
    issue = json.loads((home.folder / "out" / "delivered" / "2026-W48" / "issue.json").read_text("utf-8"))
    assert [source["link"] for story in issue["stories"] for source in story["sources"]] == ["https://news.example/two"]


def test_the_same_quote_clipped_again_a_week_later_makes_no_second_post(home: Home, press: Press) -> None:
    first = home.clip("one").read_text("utf-8")
    tick(home, press, FRIDAY - timedelta(days=1))
    tick(home, press, FRIDAY)
    said = json.loads((home.folder / "out" / "delivered" / "2026-W47" / "posts.json").read_text("utf-8"))
    assert {post["platform"] for post in said} == {"x", "mastodon", "weibo"}
    for name, source in (
        ("again", "https://news.example/one?utm_source=copy"),
        ("reprint", "https://reprint.example/9"),
    ):
        path = home.folder / "seeds" / f"{name}.md"
        path.write_text(first.replace("https://news.example/one", source) + "\n分享到\n", encoding="utf-8")
        os.utime(path, (1_700_000_000, 1_700_000_000))
    other = home.clip("two", "玄武岩电池下线")
    front = other.read_text("utf-8").rpartition("---")[0]
    body = "玄武岩电池的总工程师周砚秋在发布会上说：“这块电池充满要六分钟，我们为这六分钟试了四百种配方。”"
    other.write_text(f"{front}---\n{body}\n", encoding="utf-8")
    os.utime(other, (1_700_000_000, 1_700_000_000))
    tick(home, press, FRIDAY + timedelta(days=7))
    later = json.loads((home.folder / "out" / "delivered" / "2026-W48" / "posts.json").read_text("utf-8"))
    assert {post["link"].partition("#")[0] for post in later} == {"https://news.example/two"}


def test_a_slot_missed_while_the_machine_was_off_is_caught_up_within_the_grace(home: Home, press: Press) -> None:
    tick(home, press, FRIDAY - timedelta(days=3))
    home.clip("one")
    tick(home, press, FRIDAY + timedelta(days=2))
    assert home.sent("2026-W47")


def test_a_slot_missed_for_longer_is_skipped_and_said(home: Home, press: Press) -> None:
    tick(home, press, FRIDAY - timedelta(days=3))
    home.clip("one")
    tick(home, press, FRIDAY + timedelta(days=4))
    assert home.sent("2026-W47") == []
    (alert,) = (home.folder / "out" / "delivered" / "alerts").glob("*.md")
    assert "was not sent" in alert.read_text("utf-8")
    assert standing(press)["seeds"]["new"] == 1  # type: ignore[index]


def test_an_empty_week_is_skipped_and_the_next_one_goes_on(home: Home, press: Press) -> None:
    tick(home, press, FRIDAY - timedelta(days=1))
    tick(home, press, FRIDAY)
    assert press.archive.slots()[0].reason == "there was nothing new to send"
    home.clip("one")
    tick(home, press, FRIDAY + timedelta(days=7))
    assert home.sent("2026-W48")


def test_sending_early_takes_the_next_slot_and_shows_the_day_it_went_out(home: Home, press: Press) -> None:
    home.clip("one")
    home.clock = FRIDAY - timedelta(days=2)
    drafts, report = press.send()
    assert drafts is not None
    assert report.good
    assert (drafts.issue.id, drafts.issue.day.isoformat()) == ("2026-W47", "2026-11-18")
    home.clip("two", who="白鹭物流")
    tick(home, press, FRIDAY)
    assert press.archive.issue_ids() == ["2026-W47"]
    home.clock = FRIDAY - timedelta(days=1)
    with pytest.raises(UsageError, match="--extra"):
        press.send()
    extra, _ = press.send(extra=True)
    assert extra is not None
    assert extra.issue.id.endswith("-x1")


def test_sending_nothing_uses_no_slot_up(press: Press) -> None:
    drafts, _ = press.send()
    assert drafts is None
    assert press.archive.slots() == []


def test_a_preview_changes_nothing_but_its_pages_and_a_disposable_cache(home: Home) -> None:
    home.clip("one")
    with opened(load(home.folder), lambda: home.clock, readonly=True) as press:
        drafts, files = press.preview()
    assert drafts.issue.stories
    assert files
    assert {path.name for path in home.folder.iterdir()} <= {"seeds", "out", "state"}
    assert not list(home.folder.rglob("digest.db*"))
    assert not list(home.folder.rglob("journal*"))
    assert {path.name for path in (home.folder / "out").iterdir()} == {"2026-W47"}


def test_the_same_clips_and_clock_give_the_same_bytes(home: Home) -> None:
    home.clip("one")
    home.clip("two", who="白鹭物流")
    pages = []
    for _ in range(2):
        with opened(load(home.folder), lambda: home.clock, readonly=True) as press:
            _, files = press.preview()
            pages.append({path: path.read_bytes() for path in files})
    assert pages[0] == pages[1]


def test_new_changed_and_removed_files_are_noticed_and_an_absent_folder_is_not_taken_for_empty(
    home: Home, press: Press
) -> None:
    path = home.clip("one")
    assert press.pick_up() == 1
    assert press.pick_up() == 0
    path.write_text(path.read_text("utf-8") + "\n又及：补偿方案已经签字。\n", encoding="utf-8")
    os.utime(path, (1_700_000_100, 1_700_000_100))
    assert press.pick_up() == 1
    folder = home.folder / "seeds"
    folder.rename(home.folder / "unmounted")
    assert press.pick_up() == 0
    assert [seed.state for seed in press.archive.seeds("new", "gone")].count("new") == 1
    (home.folder / "unmounted").rename(folder)
    path.unlink()
    press.pick_up()
    assert press.archive.seeds("new") == []


def test_a_file_being_written_waits_for_the_next_tick(home: Home, press: Press) -> None:
    path = home.clip("one")
    os.utime(path)
    assert press.pick_up() == 0
    os.utime(path, (1_700_000_000, 1_700_000_000))
    assert press.pick_up() == 1


def test_a_first_look_tells_how_far_it_is_and_an_idle_one_nothing(
    home: Home, press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Screen(StringIO):
        def isatty(self) -> bool:
            return True

    for name in ("one", "two"):
        home.clip(name)
    clock = count(0.0, 5.0)
    monkeypatch.setattr("digest.progress.time.monotonic", lambda: next(clock))
    monkeypatch.setattr("digest.progress.sys.stderr", screen := Screen())
    press.pick_up()
    assert "登记 1 个文件 · 50% · 还需约 1 分钟" in screen.getvalue()
    assert "登记 2 个文件 · 100%" in screen.getvalue()
    assert screen.getvalue().endswith("\r\x1b[K")
    before = screen.getvalue()
    press.pick_up()
    assert screen.getvalue() == before


def test_a_file_that_cannot_be_read_is_looked_at_again_and_nothing_is_written(
    home: Home, press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.clip("one")
    monkeypatch.setattr("digest.inbox.BIGGEST", 10)
    before = press.archive.revision()
    assert press.pick_up() == 0
    assert press.archive.revision() == before
    monkeypatch.undo()
    assert press.pick_up() == 1
    assert press.archive.revision() != before


def test_seeds_are_never_changed(home: Home, press: Press) -> None:
    path = home.clip("one")
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    tick(home, press, FRIDAY - timedelta(days=1))
    tick(home, press, FRIDAY)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_an_issue_is_not_planned_without_the_address_of_a_channel(home: Home) -> None:
    home.clip("one")
    (home.folder / "config").mkdir()
    (home.folder / "config" / "digest.yaml").write_text("channels: {team: {type: generic, url_env: NO_SUCH}}\n")
    home.clock = FRIDAY
    with opened(load(home.folder, environment={}), lambda: home.clock) as press:
        with pytest.raises(ConfigError, match="NO_SUCH is not set"):
            press.send()
        assert press.archive.slots() == []


def test_campaign_keys_stand_in_the_links_of_posts_before_the_fragment(home: Home) -> None:
    home.clip("one")
    (home.folder / "config").mkdir()
    (home.folder / "config" / "digest.yaml").write_text("utm: {utm_source: letter}\n")
    with opened(load(home.folder), lambda: home.clock, readonly=True) as press:
        drafts, _ = press.preview()
    assert all("/one?utm_source=letter" in post.link for post in drafts.posts)
    assert all("utm_" not in (pick.link or "") for story in drafts.issue.stories for pick in story.quotes)


def test_a_changed_configuration_is_in_use_at_the_next_tick_and_a_broken_one_is_not(
    home: Home, press: Press, caplog: pytest.LogCaptureFixture
) -> None:
    config = home.folder / "config" / "digest.yaml"
    config.parent.mkdir()
    config.write_text("newsletter: {title: 新名字}\n", encoding="utf-8")
    serve(press, Event(), ())
    assert press.settings.masthead.title == "新名字"
    config.write_text("newsletter: {titel: 写错了}\n", encoding="utf-8")
    with caplog.at_level("ERROR"):
        serve(press, Event(), ())
        serve(press, Event(), ())
    assert press.settings.masthead.title == "新名字"
    assert "did you mean 'title'?" in caplog.text


def test_a_broken_template_stops_the_issue_and_not_the_service(
    home: Home, press: Press, caplog: pytest.LogCaptureFixture
) -> None:
    home.clip("one")
    serve(press, Event(), ())
    template = home.folder / "templates" / "email" / "issue.txt.j2"
    template.parent.mkdir(parents=True)
    template.write_text("{{ nothing_of_this_name }}", encoding="utf-8")
    home.clock = FRIDAY
    with caplog.at_level("ERROR"):
        serve(press, Event(), ())
    assert "templates/email/issue.txt.j2:1" in caplog.text
    assert home.sent("2026-W47") == []
    template.unlink()
    serve(press, Event(), ())
    assert home.sent("2026-W47")


@pytest.mark.parametrize(
    ("name", "text"),
    [("templates/email/issue.txt.j2", "{{ nothing_of_this_name }}"), ("config/edits.yaml", "drop: 7\n")],
)
def test_a_due_slot_that_cannot_be_planned_is_told_once_in_the_log_and_where_alerts_go(
    home: Home, press: Press, caplog: pytest.LogCaptureFixture, name: str, text: str
) -> None:
    home.clip("one")
    serve(press, Event(), ())
    broken = home.folder / name
    broken.parent.mkdir(parents=True, exist_ok=True)
    broken.write_text(text, encoding="utf-8")
    serve(press, Event(), ())
    alert = home.folder / "out" / "delivered" / "alerts" / "weekly-2026-11-20-unplanned.md"
    assert not alert.exists(), "no slot waits for it yet"
    home.clock = FRIDAY
    with caplog.at_level("ERROR"):
        for _ in range(3):
            serve(press, Event(), ())
        with opened(load(home.folder), lambda: home.clock) as another:
            serve(another, Event(), ())
    assert [row.about for row in press.archive.ledger.all()] == ["weekly:2026-11-20:unplanned"]
    told = alert.read_text("utf-8")
    assert name in told
    assert "until 2026-11-23 09:07" in told
    assert caplog.text.count("is due and cannot be made") == 2, "each service logs it once"
    broken.unlink()
    serve(press, Event(), ())
    assert home.sent("2026-W47")


def test_an_issue_that_is_too_long_holds_up_no_other_delivery_and_is_told(
    home: Home, press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.clip("one")
    serve(press, Event(), ())
    home.clock = FRIDAY
    monkeypatch.setattr(draft, "CAP", 100)
    press.outbox().alert("some:thing", "Another message", "It waits in the outbox.")
    assert serve(press, Event(), ()).faults == ("work",)
    alerts = home.folder / "out" / "delivered" / "alerts"
    assert "100 are the most" in (alerts / "weekly-2026-11-20-unplanned.md").read_text("utf-8")
    assert (alerts / "some-thing.md").exists()
    monkeypatch.undo()
    serve(press, Event(), ())
    assert home.sent("2026-W47")


def test_why_a_story_matters_stands_where_the_editor_wrote_it(home: Home) -> None:
    home.clip("one")
    with opened(load(home.folder), lambda: home.clock, readonly=True) as press:
        drafts, _ = press.preview()
        assert "编者按" not in drafts.email.text
        (home.folder / "config").mkdir()
        note = f"note: {{{drafts.issue.stories[0].id}: 这一次改的是价格。}}\n"
        (home.folder / "config" / "edits.yaml").write_text(note, encoding="utf-8")
        drafts, _ = press.preview()
    assert "这一次改的是价格。" in drafts.email.text
    assert "这一次改的是价格。" in drafts.email.html


def test_a_weekday_moved_within_a_week_makes_an_issue_with_an_id_of_its_own(home: Home) -> None:
    config = home.folder / "config" / "digest.yaml"
    config.parent.mkdir()
    wanted = "schedule: {{day: {day}, at: '09:07'}}\nchannels: {{files: {{type: folder, path: out/delivered}}}}\n"
    config.write_text(wanted.format(day="fri"), encoding="utf-8")
    home.clip("one")
    with opened(load(home.folder), lambda: home.clock) as press:
        tick(home, press, FRIDAY - timedelta(days=1))
        tick(home, press, FRIDAY)
        home.clip("two", who="白鹭物流")
        config.write_text(wanted.format(day="sat"), encoding="utf-8")
        home.clock = FRIDAY + timedelta(hours=1)
        assert serve(press, Event(), ()).faults == ()
        assert press.look().drafts.issue.id == "2026-W47-x1"
        home.clock = FRIDAY + timedelta(days=1)
        assert serve(press, Event(), ()).faults == ()
    assert home.sent("2026-W47")
    assert home.sent("2026-W47-x1")


def test_decisions_that_cannot_be_read_do_not_hold_up_what_is_planned(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    decided = home.folder / "config" / "edits.yaml"
    decided.parent.mkdir()
    decided.with_name("digest.yaml").write_text(
        "schedule: {day: [fri, sat], at: '09:07'}\nchannels: {files: {type: folder, path: out/delivered}}\n", "utf-8"
    )
    home.clip("one")
    with opened(load(home.folder), lambda: home.clock) as press:
        tick(home, press, FRIDAY - timedelta(days=1))
        with monkeypatch.context() as now:
            now.setattr(Outbox, "drain", lambda *_: Report())
            tick(home, press, FRIDAY)
        assert home.sent("2026-W47-5") == []
        home.clip("two", who="白鹭物流")
        decided.write_text("drop: [", encoding="utf-8")
        home.clock = FRIDAY + timedelta(days=1)
        assert serve(press, Event(), ()).faults == ("work",)
        assert home.sent("2026-W47-5")
        assert home.sent("2026-W47-6") == []
        decided.unlink()
        assert serve(press, Event(), ()).faults == ()
        assert home.sent("2026-W47-6")


def test_what_two_decide_at_the_same_time_adds_up_and_a_broken_file_is_not_written_over(home: Home) -> None:
    settings = load(home.folder)
    with opened(settings, readonly=True) as one, opened(settings, readonly=True) as two:
        one.decide(replace(one.edits(), drop=frozenset({"s1111111110", "s2222222220"})))
        mine, theirs = one.edits(), two.edits()
        one.decide(replace(mine, drop=mine.drop - {"s1111111110"}, note={"s3333333330": "为什么"}))
        two.decide(replace(theirs, drop=theirs.drop | {"s4444444440"}, order=("s2222222220",)))
        both = one.edits()
        assert both.drop == {"s2222222220", "s4444444440"}
        assert both.note == {"s3333333330": "为什么"}
        assert both.order == ("s2222222220",)
        (home.folder / "config" / "edits.yaml").write_text("drop: [s5555", encoding="utf-8")
        with pytest.raises(ConfigError):
            two.decide(replace(both, drop=frozenset()))
    assert (home.folder / "config" / "edits.yaml").read_text("utf-8") == "drop: [s5555"


@pytest.mark.parametrize("looked", [False, True], ids=["unseen", "previewed"])
def test_a_clip_that_changes_under_its_size_and_time_holds_up_no_issue_and_is_quoted_as_it_is(
    home: Home, press: Press, *, looked: bool
) -> None:
    clip = home.clip("one")
    tick(home, press, FRIDAY - timedelta(days=1))
    assert press.look().drafts.issue.stories
    before = clip.stat()
    clip.write_text(clip.read_text("utf-8").replace("跑得太快", "走得太快"), encoding="utf-8")
    os.utime(clip, ns=(before.st_atime_ns, before.st_mtime_ns))
    if looked:
        with opened(load(home.folder), lambda: home.clock, readonly=True) as other:
            assert "走得太快" in other.preview()[0].email.text
    tick(home, press, FRIDAY)
    content = (home.folder / "out" / "delivered" / "2026-W47" / "issue.json").read_text("utf-8")
    assert "走得太快" in content
    assert "跑得太快" not in content
