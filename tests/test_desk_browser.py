"""The desk in a real browser: everything an editor does there, as a person does it."""

from __future__ import annotations

import json
import os
import shutil
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from chromium import chromium
from conftest import ROOT, missing
from tab import Tab

from digest.desk.serving import served
from digest.edits import load as decisions
from digest.settings import load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from digest.desk.serving import Served

pytestmark = pytest.mark.browser

NOW = datetime.fromisoformat("2026-11-20T08:00:00+08:00")
CONFIG = """\
newsletter: {title: 科技剪报, language: zh-CN, from: "科技剪报 <editor@newsletter.example>", unsubscribe: "https://newsletter.example/leave"}
platforms: [x, weibo]
approval: required
desk: {port: 0}
channels:
  files: {type: folder, path: out/delivered, gets: [digest, posts]}
"""
CLIPS = (
    "shen-zhiyao-interview.md",
    "yanhai-head-count.html",
    "marrowby-harbour-ledger.md",
    "marrowby-signal-and-post.md",
    "2026-11-18-chuchu-garage.md",
    "20261117-2210.txt",
)


@pytest.fixture(scope="module")
def tab() -> Iterator[Tab]:
    program = chromium()
    if program is None:
        missing("Chromium")
    with Tab(program or "") as browser:
        yield browser


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose clips have been read once: each test works on a copy, with what was read kept."""
    home = tmp_path_factory.mktemp("desk") / "home"
    (home / "config").mkdir(parents=True)
    (home / "config" / "digest.yaml").write_text(CONFIG, encoding="utf-8")
    (home / "seeds").mkdir()
    for name in CLIPS:
        shutil.copy(ROOT / "seeds" / name, home / "seeds")
        os.utime(home / "seeds" / name, (1_700_000_000, 1_700_000_000))
    with opened(home):
        pass
    return home


@pytest.fixture
def home(drafted: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "home"
    shutil.copytree(drafted, copy)
    return copy


@contextmanager
def opened(home: Path) -> Iterator[Served]:
    with served(load(home), (), lambda: NOW, by_hand=True) as desk:
        yield desk


@pytest.fixture
def desk(home: Path, tab: Tab) -> Iterator[Served]:
    with opened(home) as found:
        tab.actions = 0
        tab.size(1280)
        tab.go(found.address)
        yield found
        tab.go("about:blank")


def stories(tab: Tab) -> list[str]:
    found: list[str] = tab.value("[...document.querySelectorAll('#stories > .story')].map(one => one.dataset.story)")
    return found


def quotes(tab: Tab) -> list[str]:
    found: list[str] = tab.value("[...document.querySelectorAll('.quote')].map(one => one.id)")
    return found


@pytest.mark.usefixtures("desk")
def test_a_quote_becomes_another_one_with_a_click_and_itself_again_with_another(tab: Tab, home: Path) -> None:
    first = quotes(tab)[0]
    other = tab.value("document.querySelector('.swap').dataset.other")
    tab.click(".swap")
    tab.wait(f"document.getElementById('{other}') && !document.getElementById('{first}')")
    assert "换引语" in tab.told()
    assert decisions(home).swap == {first: other}
    tab.click("#toasts .toast:last-child button")
    tab.wait(f"document.getElementById('{first}') && !document.getElementById('{other}')")
    assert not decisions(home).swap
    assert tab.actions == 2


@pytest.mark.usefixtures("desk")
def test_beside_a_quote_stand_its_points_its_paragraph_and_the_others(tab: Tab, home: Path) -> None:
    first = quotes(tab)[0]
    tab.click(f"#{first} > details > summary")
    tab.wait("document.querySelector('.passage mark')")
    words = tab.value("document.querySelector('.passage mark').textContent")
    assert words in tab.value(f"document.querySelector('#{first} > blockquote').textContent")
    assert words in tab.value("document.querySelector('.passage').textContent")
    points = tab.value("[...document.querySelectorAll('.points td')].map(one => Number(one.textContent))")
    score = float(tab.value("document.querySelector('.points caption').textContent").split()[-1])
    assert round(sum(points), 1) == score
    other = tab.value("document.querySelectorAll('.candidates button')[1].dataset.other")
    tab.click(".candidates li:nth-child(2) button")
    tab.wait(f"document.getElementById('{other}')")
    assert decisions(home).swap == {first: other}


@pytest.mark.usefixtures("desk")
def test_a_story_is_dropped_and_comes_back_with_a_key(tab: Tab, home: Path) -> None:
    gone = stories(tab)[1]
    tab.click(f"#{gone} .drop")
    tab.wait(f"!document.getElementById('{gone}')")
    assert decisions(home).drop == {gone}
    tab.value("document.activeElement.blur()")
    tab.press("z")
    tab.wait(f"document.getElementById('{gone}')")
    assert not decisions(home).drop


@pytest.mark.usefixtures("desk")
def test_stories_change_places_by_buttons_by_keys_and_by_dragging(tab: Tab, home: Path) -> None:
    one, two, three = stories(tab)[:3]
    tab.click(f"#{one} [data-move='1']")
    tab.wait(f"document.querySelectorAll('.story')[1].id === '{one}'")
    tab.wait("document.querySelector('#toasts .toast')")
    assert decisions(home).order[:2] == (two, one)
    tab.wait(f"document.activeElement === document.querySelector('#{one} .grip')")
    tab.press("ArrowUp", alt=True)
    tab.wait(f"document.querySelectorAll('.story')[0].id === '{one}'")
    tab.value("queue")
    assert decisions(home).order[:2] == (one, two)
    tab.wait("document.querySelectorAll('.story.drag').length === 0")
    tab.drag(f"#{two} .grip", f"#{three}")
    tab.value("queue")
    assert decisions(home).order[:3] == (one, three, two)
    assert stories(tab)[:3] == [one, three, two]


def test_headline_note_and_subject_are_the_editors_and_empty_ones_go_back(desk: Served, tab: Tab, home: Path) -> None:
    story = stories(tab)[0]
    tab.replace(f"#t-{story}", "另一个标题")
    tab.value("queue")
    tab.replace(f"#n-{story}", "因为它说明了一件事。")
    tab.value("queue")
    tab.replace("#subject", "这一期只讲一件事")
    tab.value("queue")
    decided = decisions(home)
    assert decided.title == {story: "另一个标题"}
    assert decided.note == {story: "因为它说明了一件事。"}
    assert list(decided.subject.values()) == ["这一期只讲一件事"]
    sheet = desk.keeper.sheet
    assert sheet
    assert "因为它说明了一件事。" in sheet.look.drafts.email.html
    tab.replace(f"#n-{story}", "")
    tab.value("queue")
    assert not decisions(home).note
    tab.go(f"{desk.address}changes")
    assert tab.value("document.querySelectorAll('.changes [data-act=undo]').length") == 2
    tab.click(".changes [data-act=undo]")
    tab.wait("document.querySelectorAll('.changes [data-act=undo]').length === 1")


@pytest.mark.usefixtures("desk")
def test_a_held_clip_is_released_by_typing_its_address_and_a_wrong_one_is_told(tab: Tab, home: Path) -> None:
    tab.click(".held input")
    tab.type("ftp://news.example/yanhai")
    tab.press("Enter")
    assert "no address" in tab.told()
    assert not decisions(home).release
    tab.value("document.querySelector('.held input').select()")
    tab.type("https://news.example/yanhai")
    tab.press("Enter")
    tab.wait("!document.querySelector('.held')")
    (release,) = decisions(home).release.values()
    assert release.source == "https://news.example/yanhai"


def test_a_clip_is_held_back_and_let_in_again(desk: Served, tab: Tab, home: Path) -> None:
    story = stories(tab)[-1]
    tab.click(f"#x-{story} summary")
    tab.click(f"#x-{story} [data-act=hold]")
    tab.wait(f"!document.getElementById('{story}')")
    tab.go(f"{desk.address}held")
    tab.click(".held-one [data-act=undo]")
    tab.wait("document.querySelectorAll('.held-one').length === 1")
    assert not decisions(home).hold


@pytest.mark.usefixtures("desk")
def test_a_story_is_split_and_joined_again(tab: Tab, home: Path) -> None:
    several = tab.value("[...document.querySelectorAll('.story')].find(one => one.querySelector('[name=seed]')).id")
    count = len(stories(tab))
    tab.click(f"#x-{several} summary")
    tab.click(f"#x-{several} li:nth-child(2) input")
    tab.click(f"#x-{several} [data-split]")
    tab.wait(f"document.querySelectorAll('.story').length === {count + 1}")
    assert decisions(home).split
    other = next(one for one in stories(tab) if one != several)
    tab.value(f"document.querySelector('#x-{several}').open = true")
    tab.value(
        f"(() => {{ const one = document.querySelector('#x-{several} select'); one.value = '{other}';"
        " one.dispatchEvent(new Event('change', {bubbles: true})) })()"
    )
    tab.wait(f"document.querySelectorAll('.story').length === {count}")
    assert decisions(home).join


def test_a_new_clip_shows_up_by_itself_and_words_that_are_being_typed_stay(desk: Served, tab: Tab, home: Path) -> None:
    story = stories(tab)[0]
    tab.click(f"#n-{story}")
    tab.type("写到一半")
    clip = ROOT / "seeds" / "the-archive-that-learned-to-lose-things.md"
    shutil.copy(clip, home / "seeds")
    os.utime(home / "seeds" / clip.name, (1_700_000_000, 1_700_000_000))
    count = len(stories(tab))
    tab.wait(f"document.querySelectorAll('.story').length === {count + 1}")
    assert tab.value("document.activeElement.value") == "写到一半"
    assert not decisions(home).note
    assert any("新增" in one.difference.text for one in desk.keeper.news)


def test_a_broken_template_keeps_the_last_good_page_with_what_is_wrong_until_it_is_mended(
    desk: Served, tab: Tab, home: Path
) -> None:
    count = len(stories(tab))
    own = home / "templates" / "email" / "issue.txt.j2"
    own.parent.mkdir(parents=True)
    own.write_text("{{ issue.title }}\n{{ issue.nonsense }}\n", encoding="utf-8")
    tab.wait("document.querySelector('.notice.bad code')?.textContent.includes('issue.txt.j2:2')")
    assert len(stories(tab)) == count
    assert tab.value("document.querySelector('#send').disabled")
    own.write_text("第一行 {{ issue.title }}\n{{ issue.unsubscribe }}", encoding="utf-8")
    tab.wait("!document.querySelector('.notice.bad')")
    tab.go(f"{desk.address}email?as=text")
    assert "第一行 科技剪报" in tab.value("document.querySelector('.paperwork').textContent")


def test_a_post_is_copied_and_marked_as_posted(desk: Served, tab: Tab) -> None:
    tab.go(f"{desk.address}posts?on=weibo")
    tab.command("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
    wanted = tab.value("document.querySelector('[data-copy]').dataset.copy")
    tab.click("[data-copy]")
    assert "已复制" in tab.told()
    assert tab.value("navigator.clipboard.readText()") == wanted
    tab.click("[data-mark]")
    tab.wait("document.querySelector('.post.posted [data-mark]:checked')")
    sheet = desk.keeper.sheet
    assert sheet
    (mark,) = sheet.marks.values()
    assert mark["at"]
    tab.click("[data-mark]")
    tab.wait("!document.querySelector('.post.posted')")


@pytest.mark.usefixtures("desk")
def test_acting_on_an_older_draft_is_told_and_loses_nothing(tab: Tab, home: Path) -> None:
    story = stories(tab)[0]
    tab.click(f"#n-{story}")
    tab.type("我的话")
    tab.value("seen = 'another'")
    tab.press("Enter")
    assert "刚刚变了" in tab.told()
    assert tab.value(f"document.getElementById('n-{story}').value") == "我的话"
    assert not decisions(home).note
    tab.click(f"#n-{story}")
    tab.press("Enter")
    tab.wait("document.querySelector('#toasts .toast:not(.bad)')")
    assert decisions(home).note == {story: "我的话"}


def test_a_second_tab_sees_what_the_first_one_does(desk: Served, tab: Tab) -> None:
    with Tab(chromium() or "") as second:
        second.go(desk.address)
        gone = stories(tab)[1]
        tab.click(f"#{gone} .drop")
        second.wait(f"!document.getElementById('{gone}')")
        second.click("#approve")
        tab.wait("document.querySelector('.state.approved')")


def test_a_friday_takes_seven_actions_and_sends_what_was_seen(desk: Served, tab: Tab, home: Path) -> None:
    gone = stories(tab)[-1]
    tab.click(".swap")
    tab.wait("document.querySelector('#toasts .toast')")
    tab.click(f"#{gone} .drop")
    tab.wait(f"!document.getElementById('{gone}')")
    tab.click(".held input")
    tab.paste("https://news.example/yanhai")
    tab.wait("!document.querySelector('.held')")
    subject = tab.value("document.querySelector('.chip').dataset.words")
    tab.click(".chip")
    tab.wait(f"document.querySelector('#subject').value === {json.dumps(subject)}")
    tab.value("queue")
    shown = tab.value("seen")
    tab.click("#send")
    tab.click("#send-now")
    tab.wait("document.querySelector('#last[data-state=sent]')")
    assert tab.actions == 7
    assert tab.value("document.querySelector('#last').textContent").count("已送达") >= 1
    (issue,) = (home / "out" / "delivered").glob("*/issue.json")
    told = json.loads(issue.read_text(encoding="utf-8"))
    assert told["subject"] == subject
    assert gone not in [story["id"] for story in told["stories"]]
    sheet = desk.keeper.sheet
    assert sheet
    assert sheet.sent
    assert sheet.sent["by"]
    assert sheet.look.sha256 != shown
