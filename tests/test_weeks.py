"""Weeks in a row: what earlier issues told comes back only as news, and nothing is passed over unseen."""

from __future__ import annotations

import json
import os
import sqlite3
from datetime import datetime, timedelta
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest

from digest import shipped
from digest.archive import Archive
from digest.cli import main
from digest.press import opened
from digest.reader import Reader
from digest.rebuild import rebuild
from digest.settings import load
from digest.standing import standing

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from digest.packed import Read
    from digest.press import Press
    from digest.seed import Seed

FIRST = datetime.fromisoformat("2026-03-06T09:07:00+08:00")

LETTER = (
    "3月2日晚间，青柠芯片向全体员工发出内部信，宣布裁减约320人，占员工总数的28%，存储控制器部门整体撤销。\n\n"
    "创始人兼CEO顾南音在信中写道：“我们押错了一代接口标准，这个代价由我先承担。”她同时放弃了今年的全部薪酬。\n\n"
    "顾南音说：“被裁掉的同事没有做错任何事，是我把路走窄了。”公司去年完成4.6亿元C轮融资。"
)
AGAIN = (
    "青柠芯片裁减约320人，存储控制器部门撤销，创始人顾南音放弃薪酬，补偿方案已经发到每个人手里。\n\n"
    "顾南音说：“被裁掉的同事没有做错任何事，是我把路走窄了。”"
)
MORE = (
    "青柠芯片的裁员还在继续。顾南音周三确认，青柠芯片最终裁减410人，比内部信里说的多出近百人。"
    "存储控制器部门的最后一批员工已经离开。\n\n"
    "青柠芯片创始人顾南音对员工说：“真正难的不是裁掉谁，而是让留下来的人愿意再相信一次未来。”"
)
OTHERS = {
    "boiler": "会飞的锅炉昨天在港口试飞成功。总工程师许知白说：“真正难的不是让它飞起来，而是让它愿意落下来。”",
    "tide": "潮汐发电站在东沙湾开张。站长邵行舟说：“潮水从来不迟到，迟到的一直是我们的电网，这才是真正要修的东西。”",
    "clay": "陶土打印的房子在河滩上立了起来。设计师林知夏说：“便宜从来不是目的，真正的目的是让人敢在河边再住一次。”",
}


class Home:
    """A newsletter in a folder, with a clock that a test sets."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = FIRST - timedelta(days=1)
        (folder / "seeds").mkdir()
        (folder / "config").mkdir()
        self.config()

    def config(self, rules: str = "", digest: str = "") -> None:
        (self.folder / "config" / "digest.yaml").write_text(
            f"platforms: [weibo]\n{digest}",
            encoding="utf-8",
        )
        if rules:
            table = shipped.read("config/rules.yaml")
            for change in rules.split("\n"):
                before, _, after = change.partition(" => ")
                assert before in table
                table = table.replace(before, after)
            (self.folder / "config" / "rules.yaml").write_text(table, encoding="utf-8")

    def clip(self, name: str, text: str, title: str, *, source: bool = True, tags: str = "") -> None:
        path = self.folder / "seeds" / f"{name}.md"
        address = f'source: "https://{name}.example/1"\n' if source else ""
        day = f"published: {(self.clock - timedelta(days=1)).date()}\n"
        path.write_text(f'---\ntitle: "{title}"\n{address}{day}{tags}---\n{text}\n', encoding="utf-8")
        os.utime(path, (1_700_000_000, 1_700_000_000))

    def week(self, number: int) -> dict[str, Any]:
        """The issue of a week, sent at its slot; the weeks before it must have been sent."""
        self.clock = FIRST + timedelta(weeks=number - 1)
        with self.press() as press:
            assert press.tick(Event()).good
            last = press.archive.last_issue()
            assert last
            found: dict[str, Any] = json.loads(last.content)
            return found

    def press(self) -> AbstractContextManager[Press]:
        return opened(load(self.folder), lambda: self.clock)

    def pick_up(self) -> None:
        self.clock = FIRST - timedelta(days=1)
        with self.press() as press:
            press.tick(Event())


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def titles(rows: list[dict[str, Any]]) -> list[str]:
    return [row["title"] for row in rows]


def test_a_story_with_nothing_new_is_dropped_and_listed(home: Home) -> None:
    home.clip("letter", LETTER, "一夜裁掉三成人")
    home.pick_up()
    first = home.week(1)
    assert titles(first["stories"]) == ["一夜裁掉三成人"]
    home.clip("again", AGAIN, "青柠芯片裁员始末")
    home.clip("boiler", OTHERS["boiler"], "会飞的锅炉")
    second = home.week(2)
    assert titles(second["stories"]) == ["会飞的锅炉"]
    (repeat,) = second["repeats"]
    assert (repeat["title"], repeat["told"]) == ("青柠芯片裁员始末", "一夜裁掉三成人")
    assert repeat["update_of"] == first["stories"][0]["id"]
    page = (home.folder / "out" / "2026-W11" / "held-back.md").read_text("utf-8")
    assert "往期讲过，没有新内容 · 1" in page


def test_a_new_figure_and_a_new_quote_make_an_update_that_names_them(home: Home) -> None:
    home.clip("letter", LETTER, "一夜裁掉三成人")
    home.pick_up()
    first = home.week(1)
    home.clip("more", MORE, "青柠芯片最终裁掉410人")
    (story,) = home.week(2)["stories"]
    assert story["update_of"] == first["stories"][0]["id"]
    assert [(one["kind"], one["what"], one["before"], one["after"]) for one in story["news"]] == [
        ("figure", "裁员", "320人", "410人"),
        ("quote", "顾南音", None, story["quotes"][0]["text"]),
    ]
    text = (home.folder / "out" / "2026-W11" / "email.txt").read_text("utf-8")
    assert "更新：裁员 320人 → 410人；顾南音有新的说法" in text
    assert "更新：" in (home.folder / "out" / "2026-W11" / "email.html").read_text("utf-8")


def test_a_quote_that_an_earlier_issue_carried_is_kept_back(home: Home) -> None:
    home.clip("letter", LETTER, "一夜裁掉三成人")
    home.pick_up()
    home.week(1)
    home.clip("more", MORE + AGAIN.partition("\n\n")[2], "青柠芯片最终裁掉410人")
    second = home.week(2)
    assert all("把路走窄了" not in quote["text"] for quote in second["stories"][0]["quotes"])
    (kept,) = [one for one in second["kept_quotes"] if "把路走窄了" in one["text"]]
    assert (kept["reason"], kept["where"]) == ("carried", "一夜裁掉三成人")
    assert f"digest quote swap {second['stories'][0]['quotes'][0]['id']} {kept['id']}" in kept["remedy"]


def test_only_so_many_issues_are_looked_back_on(home: Home) -> None:
    home.config(digest="memory: {issues: 1}\n")
    home.clip("letter", LETTER, "一夜裁掉三成人")
    home.pick_up()
    home.week(1)
    home.clip("boiler", OTHERS["boiler"], "会飞的锅炉")
    home.week(2)
    home.clip("again", AGAIN, "青柠芯片裁员始末")
    (story,) = home.week(3)["stories"]
    assert (story["title"], story["update_of"]) == ("青柠芯片裁员始末", None)


def test_what_finds_no_room_waits_two_issues_and_then_lapses(home: Home) -> None:
    home.config("stories: 10 => stories: 1")
    home.clip("weak", "海渊银行换了新的门牌。", "银行换门牌")
    home.clip("lost", "海渊银行叫停了自动催收。", "没有地址的一篇", source=False)
    seen = []
    for number, name in enumerate(OTHERS, 1):
        home.clip(name, OTHERS[name], name)
        if number == 1:
            home.pick_up()
        issue = home.week(number)
        assert titles(issue["stories"]) == [name]
        waits = [(one["title"], one["waits"]) for one in issue["passed_over"]]
        seen.append((waits, sorted(titles(issue["lapsing"])), titles(issue["lapsed"])))
    assert seen == [
        ([("银行换门牌", 2)], [], []),
        ([("银行换门牌", 1)], [], []),
        ([], sorted(["没有地址的一篇", "银行换门牌"]), []),
    ]
    home.clip("late", LETTER.replace("青柠", "海渊"), "海渊裁员")
    last = home.week(4)
    assert set(titles(last["lapsed"])) == {"银行换门牌", "没有地址的一篇"}
    with home.press() as press:
        counts = standing(press)["seeds"]
    assert counts == {"new": 0, "used": 4, "held_back": 0, "lapsed": 2}
    page = (home.folder / "out" / last["id"] / "held-back.md").read_text("utf-8")
    assert "上期已放下的剪藏" in page


def test_a_clip_that_lapsed_comes_back_when_it_is_released(home: Home) -> None:
    home.config(digest="memory: {waits: 0}\n")
    home.clip("letter", LETTER, "一夜裁掉三成人")
    home.clip("lost", OTHERS["tide"], "没有地址的一篇", source=False)
    home.pick_up()
    assert titles(home.week(1)["lapsing"]) == ["没有地址的一篇"]
    with home.press() as press:
        found = press.find("lost.md")
        (home.folder / "config" / "edits.yaml").write_text(
            f"release: {{{found.seed}: {{source: 'https://tide.example/1'}}}}\n", encoding="utf-8"
        )
    assert titles(home.week(2)["stories"]) == ["没有地址的一篇"]


def test_an_issue_that_is_not_planned_lets_nothing_go(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.config(digest="memory: {waits: 0}\nchannels: {files: {type: folder, path: out/delivered}}\n")
    home.clip("letter", LETTER, "一夜裁掉三成人")
    home.clip("lost", OTHERS["tide"], "没有地址的一篇", source=False)
    home.pick_up()

    class PowerCutError(Exception):
        pass

    def cut(*_: object) -> None:
        raise PowerCutError

    home.clock = FIRST
    with home.press() as press, monkeypatch.context() as patch:
        patch.setattr("digest.archive.insert", cut)
        with pytest.raises(PowerCutError):
            press.tick(Event())
        assert press.archive.seed_counts()["lapsed"] == 0
        assert press.archive.last_issue() is None
    assert titles(home.week(1)["lapsing"]) == ["没有地址的一篇"]
    with home.press() as press:
        assert press.archive.seed_counts()["lapsed"] == 1


def test_an_extra_issue_lets_nothing_go(home: Home) -> None:
    home.config(digest="memory: {waits: 1}\n")
    home.clip("letter", LETTER, "一夜裁掉三成人")
    home.clip("lost", OTHERS["tide"], "没有地址的一篇", source=False)
    home.pick_up()
    home.week(1)
    home.clip("boiler", OTHERS["boiler"], "会飞的锅炉")
    home.clock = FIRST + timedelta(days=1)
    with home.press() as press:
        extra, _ = press.send(extra=True)
        assert extra
        assert extra.issue.remainder.lapsing == ()
        assert press.archive.seed_counts()["lapsed"] == 0


def test_sections_take_by_tag_outlet_or_keyword_with_caps_and_what_is_cut_waits(home: Home) -> None:
    home.config(
        "sections: [] => sections:\\n"
        "  - {id: chips, name: {zh: 芯片, en: Chips}, most: 1, when: {keywords: [芯片]}}\\n"
        "  - {id: odd, name: {zh: 新奇, en: Odd}, when: {tags: [Odd], outlets: [clay.example]}}".replace("\\n", "\x0b")
    )
    path = home.folder / "config" / "rules.yaml"
    path.write_text(path.read_text("utf-8").replace("\x0b", "\n"), encoding="utf-8")
    home.clip("letter", LETTER, "一夜裁掉三成人")
    home.clip(
        "tax", "芯片税的账怎么算。学者宋知微说：“税最后总是由没有选择的人来交，这不是立场，而是算术。”", "芯片税的账"
    )
    home.clip("boiler", OTHERS["boiler"], "会飞的锅炉", tags="tags: [odd]\n")
    home.clip("tide", OTHERS["tide"], "潮汐发电站开张")
    home.pick_up()
    issue = home.week(1)
    assert {story["title"]: story["section"] for story in issue["stories"]} == {
        "一夜裁掉三成人": "chips",
        "会飞的锅炉": "odd",
        "潮汐发电站开张": None,
    }
    assert [(one["title"], one["reason"], one["waits"]) for one in issue["passed_over"]] == [
        ("芯片税的账", "no-room", 2)
    ]
    text = (home.folder / "out" / issue["id"] / "email.txt").read_text("utf-8")
    assert "\n新奇\n" in text
    assert "#新奇#" in (home.folder / "out" / issue["id"] / "posts.md").read_text("utf-8")
    assert {"芯片税的账"} == set(titles(home.week(2)["stories"]))


def test_a_story_in_the_newsletters_language_leads_one_about_as_strong(home: Home) -> None:
    english = (
        "The flying boiler took off at the port. Engineer Ada Voss said: “To fly is easy, the hard part is to land.”"
    )
    home.clip("ferry", english, "A boiler that flies")
    home.clip("tide", OTHERS["tide"], "潮汐发电站开张")
    home.pick_up()
    with home.press() as press:
        told = press.look().drafts.issue.stories
    assert [story.language for story in told] == ["zh", "en"]


def test_two_wordings_of_one_saying_are_kept_back_for_good_with_both(home: Home) -> None:
    home.clip("letter", LETTER, "一夜裁掉三成人")
    other = (
        "圈子里都在聊顾南音那封信。青柠芯片把做了五年的存储控制器整个砍了，一夜之间裁掉360人。\n\n"
        "青柠芯片创始人顾南音在信中写道：“我们押错了一代接口的标准，代价应该由我先来承担。”\n\n"
        "一位前同事说，工牌当晚就失效了。"
    )
    home.clip("other", other, "她不肯认输")
    home.pick_up()
    issue = home.week(1)
    (kept,) = [one for one in issue["kept_quotes"] if one["reason"] == "differs"]
    assert {kept["text"], kept["other"]} == {
        "我们押错了一代接口标准，这个代价由我先承担。",
        "我们押错了一代接口的标准，代价应该由我先来承担。",
    }
    page = (home.folder / "out" / issue["id"] / "held-back.md").read_text("utf-8")
    assert kept["text"] in page
    assert kept["other"] in page
    assert "digest quote hold" in page or "对照原文" in page


ELSEWHERE = (
    "Qingning Chips, the memory start-up run by Gu Nanyin, has begun to close its storage controller unit after the "
    "layoffs it announced last week. “Nobody here thought the interface bet would end like this,” said Xu Zhibai, an "
    "engineer who was let go."
)
QUIET = "青柠芯片存储控制器部门的人陆续离开了园区，顾南音没有再露面。"


def test_other_outlets_go_on_with_a_story_whose_clips_are_in_the_archive_alone(home: Home) -> None:
    home.clip("letter", LETTER, "一夜裁掉三成人")
    home.pick_up()
    first = home.week(1)
    (home.folder / "seeds" / "letter.md").unlink()
    home.clip("elsewhere", ELSEWHERE, "Engineers leave Qingning Chips")
    (story,) = home.week(2)["stories"]
    assert story["update_of"] == first["stories"][0]["id"]
    text = (home.folder / "out" / "2026-W11" / "email.txt").read_text("utf-8")
    assert "更新：Xu Zhibai有新的说法" in text
    for name in ("2026-W10", "2026-W11"):
        with Archive.open(home.folder / "state" / "digest.db", readonly=True) as archive:
            assert rebuild(archive, name).good


def test_what_may_go_on_with_an_earlier_story_is_told_to_the_editor_only(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    home.clip("letter", LETTER, "一夜裁掉三成人")
    home.pick_up()
    first = home.week(1)
    home.clip("quiet", QUIET, "园区空了")
    home.clock = FIRST + timedelta(days=3)
    assert main(["preview", "--home", str(home.folder), "--now", home.clock.isoformat()]) == 0
    assert "可能接着往期的《一夜裁掉三成人》" in capsys.readouterr().out
    (story,) = home.week(2)["stories"]
    assert (story["update_of"], story["may_follow"]["id"]) == (None, first["stories"][0]["id"])
    folder = home.folder / "out" / "2026-W11"
    assert "园区空了：可能接着往期的《一夜裁掉三成人》" in (folder / "held-back.md").read_text("utf-8")
    assert not any("可能接着" in (folder / name).read_text("utf-8") for name in ("email.html", "email.txt", "posts.md"))


@pytest.mark.parametrize(("text", "is_known"), [(MORE, True), (ELSEWHERE, False)])
def test_an_issue_of_before_clips_were_kept_is_compared_by_what_it_printed(
    home: Home, text: str, *, is_known: bool
) -> None:
    home.clip("letter", LETTER, "一夜裁掉三成人")
    home.pick_up()
    home.week(1)
    with sqlite3.connect(home.folder / "state" / "digest.db") as database:
        database.execute("DELETE FROM making")
    home.clip("new", text, "又一篇")
    (story,) = home.week(2)["stories"]
    assert bool(story["update_of"]) is is_known
    with Archive.open(home.folder / "state" / "digest.db", readonly=True) as archive:
        assert rebuild(archive, "2026-W11").good


def test_clips_of_earlier_issues_are_read_once_and_forgotten_with_their_issue(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.config(digest="memory: {issues: 1}\n")
    home.clip("letter", LETTER, "一夜裁掉三成人")
    home.pick_up()
    home.week(1)
    seen: list[str] = []
    known = Reader.read

    def read(self: Reader, seed: Seed) -> list[Read]:
        seen.append(seed.path)
        return known(self, seed)

    monkeypatch.setattr(Reader, "read", read)
    for day in (1, 2):
        home.clock = FIRST + timedelta(days=day)
        with home.press() as press:
            assert [one.path for one in press.memory().clips] == ["letter.md"]
    assert seen == ["letter.md"]
    home.clip("boiler", OTHERS["boiler"], "会飞的锅炉")
    home.week(2)
    with home.press() as press:
        assert [one.path for one in press.memory().clips] == ["boiler.md"]
    with sqlite3.connect(home.folder / "state" / "cache.db") as database:
        assert [name.partition(" ")[2] for (name,) in database.execute("SELECT name FROM keepsake")] == ["boiler.md"]
        database.execute("UPDATE keepsake SET data = x'00'")
    with home.press() as press:
        assert press.memory().told[0].clips
