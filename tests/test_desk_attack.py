"""Clips that attack the desk: nothing of theirs runs there, and nothing leaves the machine."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from chromium import BrowserError, chromium
from conftest import missing
from tab import Tab

from digest.desk.page import VIEWS
from digest.desk.serving import served
from digest.edits import Edits, save
from digest.press import opened
from digest.settings import load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.browser

NOW = datetime.fromisoformat("2026-11-20T08:00:00+08:00")
TRAPS = (
    "<script>window.pwned=1;fetch('{there}/script')</script>",
    '<img src="{there}/img.png" onerror="window.pwned=2">',
    "<svg/onload=window.pwned=3><image href='{there}/svg'/></svg>",
    "<style>@import url('{there}/css');body{{background:url({there}/bg)}}</style>",
    "<meta http-equiv=refresh content='0;url={there}/meta'>",
    "<iframe src='{there}/frame' srcdoc='<script>parent.pwned=4</script>'></iframe>",
    "<a href=javascript:window.pwned=5>go</a><base href={there}/base/>",
    "\"'><form action={there}/form><input autofocus onfocus=window.pwned=6>",
    "{{{{ 7*7 }}}} {{% include '/etc/passwd' %}} ${{7*7}}",
    "\u202egnp.cod\u202c \u2066evil\u2069 ]](javascript:window.pwned=7)",
    "</textarea></bdi><script>window.pwned=8</script>",
    "&lt;script&gt;window.pwned=9&lt;/script&gt;",
)
CLIP = """\
---
title: {title}
source: {source}
author: {author}
site: {outlet}
published: 2026-11-18
created: 2026-11-19
---
{outlet}获悉，{firm}本周宣布{deed}，改为只在白天营业。{words}

{firm}创始人{speaker}在内部会上说：“我们不是卖得不够快，{words}而是跑得太快，快到没有人知道为什么要跑这一趟，第{at}次。”

> “名单上少一行，就有一家人少半年的房贷。{words}第{at}个。”
> ——{speaker}
"""
FIRMS = ("青禾外送", "远山芯片", "潮汐影业", "白鹭银行", "砺石机器人")
DEEDS = ("停止夜间配送", "推迟新芯片流片", "下架三部电影", "关闭海外柜台", "召回一批机械臂")
STRANGE = """
[...document.querySelectorAll('*')].flatMap(one => [...one.attributes].filter(each =>
    /^on/i.test(each.name) || /^\\s*(javascript|vbscript|data:text)/i.test(each.value)
    || (each.name === 'style')).map(each => one.tagName + ' ' + each.name + '=' + each.value))
"""


@pytest.fixture
def trap() -> Iterator[tuple[str, list[str]]]:
    """A server that must never be asked for anything, and what it was asked for."""
    asked: list[str] = []

    class Listening(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        do_POST = do_GET  # noqa: N815 -- the name that http.server looks for

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listening)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


@pytest.fixture
def tab() -> Iterator[Tab]:
    program = chromium()
    if program is None:
        missing("Chromium")
    # Frames in the page's own process report to the page's own session.
    with Tab(program or "", "--disable-features=IsolateSandboxedIframes", "--disable-site-isolation-trials") as browser:
        yield browser


def quoted(text: str) -> str:
    """A text as a YAML scalar."""
    return "'" + text.replace("'", "''") + "'"


@pytest.fixture
def home(tmp_path: Path, trap: tuple[str, list[str]]) -> Path:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "digest.yaml").write_text("platforms: [x, weibo]\ndesk: {port: 0}\n", encoding="utf-8")
    for at, pattern in enumerate(TRAPS):
        words = pattern.format(there=trap[0])
        firm, deed = FIRMS[at % len(FIRMS)], DEEDS[at % len(DEEDS)]
        fields = {
            "title": quoted(f"{firm}{deed}{words}"),
            "source": f"https://news{at}.example/qinghe" if at != 3 else quoted(f"javascript:fetch('{trap[0]}/a')"),
            "author": quoted(words),
            "outlet": quoted(f"周刊{at}{words}"),
        }
        text = CLIP.format(
            **fields, firm=firm, deed=deed, words=words, speaker=f"林知夏{words}" if at % 2 else "林知夏", at=at
        )
        path = tmp_path / "seeds" / f"clip-{at}.md"
        path.write_text(text, encoding="utf-8")
        os.utime(path, (1_700_000_000, 1_700_000_000))
    return tmp_path


def hostile(home: Path, there: str) -> None:
    """Words of the traps where only an editor's could stand, so that every place of the page meets them whole."""
    with opened(load(home), lambda: NOW, readonly=True) as press:
        apart = tuple((clip.seed,) for clip in press.desk().summaries)
        save(home, Edits(split=apart))
        told = press.look().drafts.issue.stories
    words = [one.format(there=there) for one in TRAPS]
    titles = {story.id: f"{at}{words[at % len(words)]}" for at, story in enumerate(told)}
    notes = {story.id: words[-1 - at % len(words)] for at, story in enumerate(told)}
    save(home, Edits(split=apart, title=titles, note=notes, subject={"2026-W47": "".join(words)[:900]}))


def test_no_words_of_a_clip_run_or_reach_out_from_any_page(home: Path, tab: Tab, trap: tuple[str, list[str]]) -> None:
    hostile(home, trap[0])
    with served(load(home), (), lambda: NOW, by_hand=True) as desk:
        sheet = desk.keeper.sheet
        assert sheet, desk.keeper.error
        assert len(sheet.look.drafts.issue.stories) + len(sheet.look.drafts.issue.held_back) >= 3
        pages = ["", *(f"{name}" for name in VIEWS[1:]), "email?as=source", "email?as=phone", "posts?on=weibo"]
        for page in pages:
            tab.go(desk.address + page)
            tab.value("[...document.querySelectorAll('details')].forEach(one => { one.open = true })")
            tab.wait("[...document.querySelectorAll('.laid')].every(one => one.childElementCount)")
            assert tab.value("window.pwned") is None, page
            assert tab.value(STRANGE) == [], page
            assert tab.value("document.scripts.length") == 1, page
            assert tab.value("[...document.querySelectorAll('form')].every(one => !one.getAttribute('action'))"), page
            assert (
                tab.value("document.querySelector('base, object, embed, link[href^=http], meta[http-equiv]')") is None
            )
            for link in tab.value("[...document.links].map(one => one.protocol)"):
                assert link in {"http:", "https:"}, page
        tab.value("new Promise(done => setTimeout(done, 300))")
    assert trap[1] == []


def frames(tab: Tab) -> list[object]:
    """What the flag of the traps is in the frames of the page, where any of their scripts could run at all."""
    made = [one["params"]["context"] for one in tab.events("Runtime.executionContextCreated")]
    main = tab.command("Page.getFrameTree")["frameTree"]["frame"]["id"]
    inner = [one["id"] for one in made if one["auxData"].get("frameId") != main]
    asked = {"expression": "window.pwned ?? null", "returnByValue": True}
    flags: list[object] = []
    for one in inner:
        with suppress(BrowserError):  # of a page that was there before
            flags.append(tab.command("Runtime.evaluate", contextId=one, **asked)["result"].get("value"))
    return flags


def test_even_an_email_with_mark_up_of_a_clip_runs_and_fetches_nothing(
    home: Path, tab: Tab, trap: tuple[str, list[str]]
) -> None:
    """As though a home's own template had let everything through unescaped."""
    own = home / "templates" / "email" / "issue.html.j2"
    own.parent.mkdir(parents=True)
    traps = "".join(one.format(there=trap[0]) for one in TRAPS if "{{" not in one)
    body = f"<!DOCTYPE html><html><head><title>x</title></head><body>{traps}<p>{{{{ issue.title }}}}</p></body></html>"
    own.write_text(body, encoding="utf-8")
    with served(load(home), (), lambda: NOW, by_hand=True) as desk:
        sheet = desk.keeper.sheet
        assert sheet, desk.keeper.error
        assert "window.pwned" in sheet.look.drafts.email.html
        for page in ("", "email", "email?as=dark", "channels"):
            tab.go(desk.address + page)
            tab.value("new Promise(done => setTimeout(done, 300))")
            assert tab.value("window.pwned") is None, page
            assert tab.value("location.href").startswith(desk.address), page
            assert set(frames(tab)) <= {None}, page
        blocked = [one["params"]["entry"]["text"] for one in tab.events("Log.entryAdded")]
        assert any("Content Security Policy" in one or "sandboxed" in one for one in blocked)
    assert trap[1] == []
