"""The desk's doors, answers and memory, without a browser."""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from conftest import ROOT

from digest.channels import Secret
from digest.desk import mock, serving
from digest.desk.app import application, framed
from digest.desk.deeds import VERBS
from digest.desk.keeper import Keeper
from digest.desk.words import words
from digest.errors import ConfigError, UsageError
from digest.post import Post
from digest.settings import DeskConfig, load
from digest.shipped import read

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOW = datetime.fromisoformat("2026-11-20T08:00:00+08:00")
CLIP = """\
---
title: "青禾外送停止夜间配送"
source: "https://news.example/qinghe"
author: ["[[河岸周刊]]"]
published: 2026-11-18
---
河岸周刊获悉，青禾外送本周宣布停止在三座城市的夜间配送，改为只在白天营业。

创始人林知夏在内部会上说：“我们不是卖得不够快，而是跑得太快，快到没有人知道为什么要跑这一趟。”

“夜里的单子每送一单亏四块钱，我们送了三年，以为总有一天会不亏。”林知夏说。
"""
TOKEN = "a-token-that-nobody-guesses"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "config").mkdir()
    clip = tmp_path / "seeds" / "qinghe.md"
    clip.write_text(CLIP, encoding="utf-8")
    os.utime(clip, (1_700_000_000, 1_700_000_000))
    return tmp_path


@pytest.fixture
def keeper(home: Path) -> Keeper:
    made = Keeper(load(home), (), lambda: NOW)
    made.look()
    return made


class Web:
    """A client of the desk inside this process; it keeps cookies."""

    def __init__(self, app: Any, host: str) -> None:
        self.base = f"http://{host}"
        self._app = app
        self._cookies = httpx.Cookies()

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self._ask("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self._ask("POST", path, **options)

    def _ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url=self.base, cookies=self._cookies) as web:
                answer = await web.request(method, path, **options)
                self._cookies = web.cookies
                return answer

        return asyncio.run(asked())


def client(keeper: Keeper, host: str = "127.0.0.1:8737", **options: Any) -> Web:
    return Web(application(keeper, **options), host)


def door(page: str) -> tuple[str, str]:
    """The key and the draft's hash that a page was drawn with."""
    found = re.search(r'desk-key" content="([^"]+)"', page), re.search(r'data-seen="([^"]+)"', page)
    assert found[0]
    assert found[1]
    return found[0][1], found[1][1]


def act(web: Web, where: str, **what: Any) -> Any:
    key, seen = door(web.get("/").text)
    headers = {"x-desk-key": key, "origin": web.base}
    return web.post(where, content=json.dumps({"seen": seen, **what}), headers=headers)


# ── the doors ──


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8737", "", "10.0.0.7"]
)
def test_a_foreign_host_is_not_answered(keeper: Keeper, host: str) -> None:
    answer = client(keeper).get("/", headers={"host": host})
    assert answer.status_code == 421
    assert "data-seen" not in answer.text


@pytest.mark.parametrize("host", ["127.0.0.1:8737", "localhost:9", "[::1]:8737", "desk.example.org"])
def test_the_hosts_of_this_machine_and_those_configured_are_answered(keeper: Keeper, host: str) -> None:
    assert client(keeper, names=("desk.example.org",)).get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_what_another_page_asks_for_is_not_done(keeper: Keeper, home: Path, headers: dict[str, str]) -> None:
    web = client(keeper)
    key, seen = door(web.get("/").text)
    story = keeper.sheet.look.drafts.issue.stories[0].id if keeper.sheet else ""
    body = json.dumps({"verb": "drop", "story": story, "seen": seen})
    assert web.post("/edit", content=body, headers={**headers, "x-desk-key": key}).status_code == 403
    assert web.post("/edit", content=body, headers={"origin": "http://127.0.0.1:8737"}).status_code == 403
    assert not (home / "config" / "edits.yaml").exists()


@pytest.mark.parametrize("where", ["/edit", "/mark", "/approve", "/send"])
def test_to_look_changes_nothing(keeper: Keeper, where: str) -> None:
    assert client(keeper).get(where).status_code == 405


def test_every_answer_carries_the_policy_and_the_page_has_nothing_inline(keeper: Keeper) -> None:
    web = client(keeper)
    for path in ("/", "/email", "/posts", "/channels", "/held", "/checks", "/changes", "/static/desk.js", "/nothing"):
        answer = web.get(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        if path != "/static/desk.js":
            assert not re.search(r"<script(?! src=)|\sstyle=[\"']|\son[a-z]+=[\"']|<style", answer.text), path
    frame = web.get("/frame/email").headers["content-security-policy"]
    assert "script-src" not in frame
    assert "sandbox allow-popups" in frame
    assert "allow-scripts" not in frame
    assert "allow-same-origin" not in frame


def test_with_a_token_nobody_looks_in_without_it(keeper: Keeper) -> None:
    web = client(keeper, "10.0.0.7:8737", token=TOKEN)
    assert web.get("/").status_code == 401
    asked = web.get("/", headers={"accept": "text/html"})
    assert (asked.status_code, asked.headers["location"]) == (303, "/enter")
    assert web.get("/static/desk.js").status_code == 401
    assert web.get("/events").status_code == 401
    assert web.get("/enter?token=wrong").status_code == 401
    entered = web.get(f"/enter?token={TOKEN}")
    cookie = entered.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert web.get("/").status_code == 200


def test_the_token_may_be_typed_too(keeper: Keeper) -> None:
    web = client(keeper, token=TOKEN)
    origin = {"origin": "http://127.0.0.1:8737"}
    assert web.post("/enter", content="token=wrong", headers=origin).status_code == 401
    assert web.post("/enter", content=f"token={TOKEN}", headers=origin).status_code == 303


@pytest.mark.parametrize(
    "config",
    [
        DeskConfig(host="0.0.0.0"),  # noqa: S104 -- what must not be served
        DeskConfig(host="desk.example.org"),
        DeskConfig(token=Secret("short")),
    ],
)
def test_a_desk_that_others_could_reach_is_not_served_without_a_good_token(config: DeskConfig) -> None:
    with pytest.raises(ConfigError, match="token"):
        serving._checked(config)


# ── what is asked for ──


@pytest.mark.parametrize("body", ["", "[]", "{", "[" * 5000, '"x"', "x" * 70_000])
def test_a_body_that_is_no_object_is_refused(keeper: Keeper, body: str) -> None:
    web = client(keeper)
    key, _ = door(web.get("/").text)
    headers = {"x-desk-key": key, "origin": "http://127.0.0.1:8737"}
    assert web.post("/edit", content=body, headers=headers).status_code == 400


@pytest.mark.parametrize(
    "what",
    [
        {"verb": "nonsense"},
        {"verb": "__class__"},
        {"verb": "drop"},
        {"verb": "drop", "story": 7},
        {"verb": "drop", "story": "s0000000000"},
        {"verb": "order", "stories": "s1"},
        {"verb": "swap", "quote": "q1", "other": "q2"},
        {"verb": "release", "seed": "0" * 64, "source": "javascript:alert(1)"},
        {"verb": "words", "key": "__init__", "story": "s1", "words": "x"},
        {"verb": "undo", "key": "nonsense", "id": "x"},
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence_and_nothing_is_kept(
    keeper: Keeper, home: Path, what: dict[str, Any]
) -> None:
    answer = act(client(keeper), "/edit", **what)
    assert answer.status_code == 422
    assert answer.json()["error"]
    assert "Traceback" not in answer.text
    assert not (home / "config" / "edits.yaml").exists()


def test_every_verb_of_the_page_is_one_the_page_asks_for() -> None:
    pages = "".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "digest" / "desk").glob("*/*")
        if path.suffix in {".j2", ".js"}
    )
    asked = set(re.findall(r'data-act="(\w+)"', pages)) | set(re.findall(r"act\('(\w+)'", pages))
    assert asked == set(VERBS)


def test_an_action_on_an_older_draft_is_a_conflict_that_says_what_changed(keeper: Keeper, home: Path) -> None:
    web = client(keeper)
    story = keeper.sheet.look.drafts.issue.stories[0].id if keeper.sheet else ""
    key, seen = door(web.get("/").text)
    headers = {"x-desk-key": key, "origin": "http://127.0.0.1:8737"}
    first = web.post(
        "/edit",
        content=json.dumps({"verb": "words", "key": "title", "story": story, "words": "甲", "seen": seen}),
        headers=headers,
    )
    assert first.status_code == 200
    second = web.post(
        "/edit",
        content=json.dumps({"verb": "words", "key": "title", "story": story, "words": "乙", "seen": seen}),
        headers=headers,
    )
    assert second.status_code == 409
    assert "第 1 条的标题改为：甲" in second.json()["error"]
    assert "乙" not in (home / "config" / "edits.yaml").read_text(encoding="utf-8")
    third = web.post(
        "/edit",
        content=json.dumps(
            {"verb": "words", "key": "title", "story": story, "words": "乙", "seen": first.json()["seen"]}
        ),
        headers=headers,
    )
    assert third.status_code == 200


@pytest.mark.parametrize("where", ["/approve", "/send"])
def test_nothing_goes_out_that_was_not_seen(keeper: Keeper, home: Path, where: str) -> None:
    (home / "config" / "digest.yaml").write_text(
        "approval: required\nchannels: {files: {type: folder, path: out/delivered}}\n", encoding="utf-8"
    )
    keeper.look()
    answer = act(client(keeper), where, seen="0" * 64, by="苏")
    assert answer.status_code == 409
    assert not (home / "out" / "delivered").exists()


def test_who_approved_and_sent_and_when_is_remembered(keeper: Keeper, home: Path) -> None:
    (home / "config" / "digest.yaml").write_text(
        "approval: required\nchannels: {files: {type: folder, path: out/delivered}}\n", encoding="utf-8"
    )
    keeper.look()
    web = client(keeper)
    assert act(web, "/approve", by="苏").status_code == 200
    assert keeper.sheet
    assert keeper.sheet.approved == {"by": "苏", "at": NOW.isoformat()}
    assert "苏" in web.get("/").text
    assert act(web, "/send", by="林").status_code == 200
    for _ in range(100):
        if keeper.sheet.last and keeper.sheet.last.state == "sent":
            break
        time.sleep(0.05)
    assert keeper.sheet.sent
    assert keeper.sheet.sent["by"] == "林"
    assert list((home / "out" / "delivered").rglob("email.html"))
    assert act(web, "/send", by="林").status_code == 422  # there is nothing more to send


def test_an_approval_falls_with_the_next_change(keeper: Keeper, home: Path) -> None:
    (home / "config" / "digest.yaml").write_text("approval: required\n", encoding="utf-8")
    keeper.look()
    web = client(keeper)
    assert act(web, "/approve", by="苏").status_code == 200
    story = keeper.sheet.look.drafts.issue.stories[0].id if keeper.sheet else ""
    assert act(web, "/edit", verb="words", key="note", story=story, words="因为").status_code == 200
    assert keeper.sheet
    assert keeper.sheet.approved is None


# ── looking ──


def test_a_look_at_what_has_not_changed_draws_nothing_anew(keeper: Keeper, home: Path) -> None:
    before = keeper.revision
    keeper.look()
    assert keeper.revision == before
    page = home / "templates" / "posts.md.j2"
    page.parent.mkdir()
    page.write_text("{{ issue.title }}", encoding="utf-8")
    keeper.look()
    assert keeper.revision == before + 1


@pytest.mark.parametrize(
    ("name", "text", "where"),
    [
        ("config/digest.yaml", "schedul: {}\n", "config/digest.yaml:1"),
        ("config/rules.yaml", "rules: 7\n", "config/rules.yaml"),
        ("config/edits.yaml", "drop: 7\n", "config/edits.yaml"),
        ("templates/email/issue.html.j2", "{{ issue.title }\n", "issue.html.j2:1"),
    ],
)
def test_what_is_wrong_is_told_while_the_last_good_draft_stays(
    keeper: Keeper, home: Path, name: str, text: str, where: str
) -> None:
    good = keeper.sheet
    (home / name).parent.mkdir(parents=True, exist_ok=True)
    (home / name).write_text(text, encoding="utf-8")
    keeper.look()
    assert keeper.sheet is good
    assert keeper.error
    assert where in keeper.error
    page = client(keeper).get("/").text
    assert where in page
    assert "青禾外送停止夜间配送" in page
    (home / name).unlink()
    keeper.look()
    assert keeper.error is None


def test_a_desk_whose_first_draft_fails_says_why_and_goes_on_by_itself(home: Path) -> None:
    template = home / "templates" / "email" / "issue.txt.j2"
    template.parent.mkdir(parents=True)
    template.write_text("{{ nonsense }}", encoding="utf-8")
    keeper = Keeper(load(home), (), lambda: NOW)
    keeper.look()
    assert "nonsense" in client(keeper).get("/").text
    template.unlink()
    keeper.look()
    assert "青禾外送停止夜间配送" in client(keeper).get("/").text


def test_what_changed_since_the_draft_of_an_earlier_preview_is_told(home: Path, digest: Callable[..., Any]) -> None:
    assert digest("preview", "--home", home, "--now", NOW.isoformat()).returncode == 0
    clip = home / "seeds" / "qinghe.md"
    clip.write_text(CLIP.replace("每送一单亏四块钱", "每送一单亏五块钱"), encoding="utf-8")
    os.utime(clip, (1_700_000_100, 1_700_000_100))
    keeper = Keeper(load(home), (), lambda: NOW)
    keeper.look()
    assert any("原文有改动" in one.difference.text for one in keeper.news), (keeper.error, keeper.news)
    again = digest("preview", "--home", home, "--now", NOW.isoformat())
    assert again.returncode == 0


def test_the_service_serves_the_desk_and_goes_on_without_it_where_the_port_is_taken(
    home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = load(home)
    with serving.served(settings, (), lambda: NOW, by_hand=True) as desk:
        with httpx.Client() as web:
            assert web.get(desk.address).status_code == 200
        port = int(desk.address.rsplit(":", 1)[1].strip("/"))
        (home / "config" / "digest.yaml").write_text(f"desk: {{port: {port}}}\n", encoding="utf-8")
        with pytest.raises(UsageError, match="port"), serving.served(load(home), ()):
            pass
        with serving.beside(load(home), ()):
            pass
        assert "cannot be served" in caplog.text
    with pytest.raises(httpx.ConnectError):
        httpx.get(desk.address)
    assert not [one for one in threading.enumerate() if one.name.startswith("desk-")]


# ── what is shown ──


def test_the_page_speaks_every_word_in_both_languages() -> None:
    chinese, english = words("zh-CN"), words("en")
    assert chinese.keys() == english.keys()
    pages = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "digest" / "desk" / "pages").glob("*"))
    named = set(re.findall(r"\bw\.([a-z_]+)", pages))
    assert named <= chinese.keys()
    assert not named & set(dir(dict))
    assert all(re.findall(r"\{\w+\}", chinese[name]) or not re.findall(r"\{\w+\}", english[name]) for name in english)


def test_the_page_in_english_has_no_chinese_of_its_own(home: Path) -> None:
    (home / "config" / "digest.yaml").write_text("newsletter: {language: en, title: Weekly}\n", encoding="utf-8")
    (home / "seeds" / "qinghe.md").unlink()
    keeper = Keeper(load(home), (), lambda: NOW)
    keeper.look()
    web = client(keeper)
    for path in ("/", "/posts", "/checks", "/changes", "/held"):
        assert not re.search("[\u4e00-\u9fff]", web.get(path).text), path


def post(platform: str, text: str, **also: Any) -> Post:
    return Post(platform, "zh", "s1", "quote", text, 1, 280, "https://news.example/a", **also)


def shown(platform: str, text: str, **also: Any) -> list[tuple[str, str]]:
    made = mock.mock(post(platform, text, **also), "标题", [1])
    return [(piece.kind, piece.text) for piece in made.items[0]]


def test_a_mock_links_what_its_platform_links() -> None:
    text = "看这里 https://www.news.com/2026/11/18/a-very-long-path-indeed #话题# 完"
    assert ("link", "news.com/2026/11/18/a-very-…") in shown("x", text)
    assert ("link", "https://www.news.com/2026/11/18/a-very-long-path-indeed") in shown("weibo", text)
    assert ("tag", "#话题#") in shown("weibo", text)
    assert "link" not in [kind for kind, _ in shown("xiaohongshu", text)]
    assert "".join(words for _, words in shown("weibo", text)) == text


def test_a_mock_takes_links_from_facets_by_their_bytes() -> None:
    text = "原文 news.example/a 完"
    start = len("原文 ".encode())
    facet = {"byteStart": start, "byteEnd": start + len("news.example/a"), "uri": "javascript:alert(1)"}
    made = mock.mock(post("bluesky", text, facets=(facet,)), "标题", [1])
    (link,) = [piece for piece in made.items[0] if piece.kind == "link"]
    assert (link.text, link.href) == ("news.example/a", None)  # no address that is none is ever a link


def test_a_long_post_is_folded_where_its_platform_folds_it() -> None:
    pieces = shown("linkedin", "字" * 300)
    assert pieces == [("text", "字" * 210), ("more", ""), ("text", "字" * 90)]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"msgtype": "markdown", "markdown": {"content": "**甲** [乙](https://a.example/)"}}, "甲 乙"),
        (
            {"text": "fallback", "blocks": [{"type": "section", "text": {"text": "*甲* <https://a.example/|乙>"}}]},
            "甲 乙",
        ),
        ({"chat_id": 1, "text": '<b>甲</b> <a href="https://a.example/">乙</a> &lt;3'}, "甲 乙 <3"),
        ({"text": '<b><a href="https://a.example/">甲</a></b> *<https://b.example/|乙>*'}, "甲 乙"),
    ],
)
def test_a_message_shows_its_words_and_no_mark_up(body: dict[str, Any], words: str) -> None:
    found = mock.chat({"headers": {"content-type": "application/json"}, "body": json.dumps(body)})
    assert "".join(piece.text for line in found for piece in line.pieces) == words


def test_a_frame_opens_links_in_tabs_and_marks_each_headline(keeper: Keeper) -> None:
    assert keeper.sheet
    issue = keeper.sheet.look.drafts.issue
    told = framed(keeper.sheet.look.drafts.email.html, issue)
    assert '<base target="_blank">' in told
    assert f'id="{issue.stories[0].id}"' in told
    assert framed("<p>no head</p>", issue) == "<p>no head</p>"


def test_a_preview_that_is_opened_prints_its_address_serves_the_page_and_ends_when_told(home: Path) -> None:
    (home / "config" / "digest.yaml").write_text("desk: {port: 0}\n", encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "digest",
        "preview",
        "--open",
        "--json",
        "--home",
        str(home),
        "--now",
        NOW.isoformat(),
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "DISPLAY": "", "WAYLAND_DISPLAY": ""}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        address = json.loads(process.stdout.readline())["address"]
        assert "青禾外送停止夜间配送" in httpx.get(address).text
        with httpx.stream("GET", f"{address}events") as stream:  # a tab that listens keeps nobody waiting
            assert next(stream.iter_lines()).startswith("data:")
            process.terminate()
            assert process.wait(20) == 0


def test_the_service_shows_the_desk_as_long_as_it_runs(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (home / "config" / "digest.yaml").write_text(f"desk: {{port: {port}}}\n", encoding="utf-8")
    command = [sys.executable, "-m", "digest", "run", "--home", str(home)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        told = ""
        while "the desk is at" not in told:
            told = process.stderr.readline()
            assert told, process.poll()
        for _ in range(200):
            if "青禾" in httpx.get(f"http://127.0.0.1:{port}/").text:
                break
            time.sleep(0.05)
        else:
            pytest.fail("the desk shows no draft")
        process.terminate()
        process.communicate(timeout=20)
        assert process.returncode == 0


# ── candidates ──


@pytest.mark.parametrize(("language", "told"), [("zh-CN", "不到 {n} 分"), ("en", "fewer than {n} points")])
def test_a_candidate_under_the_floor_says_so_before_it_is_put_in(home: Path, language: str, told: str) -> None:
    (home / "config" / "digest.yaml").write_text(f"newsletter: {{language: {language}}}\n")
    looking = Keeper(load(home), (), lambda: NOW)
    looking.look()
    assert looking.sheet
    (summary,) = looking.sheet.look.desk.summaries
    best, other, *_ = summary.verdicts
    floor = f"{(best.score + other.score) / 2:.2f}"
    (home / "config" / "rules.yaml").write_text(
        re.sub(r"(?m)^least: .*$", f"least: {floor}", read("config/rules.yaml")), encoding="utf-8"
    )
    keeper = Keeper(load(home), (), lambda: NOW)
    keeper.look()
    page = client(keeper).get("/").text
    (row,) = re.findall(r'<button[^>]* data-act="swap".*?</button>', page, re.DOTALL)
    assert f'<span class="badge near">{told.format(n=f"{float(floor):g}")}</span>' in row
