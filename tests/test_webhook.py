"""The whole line as a user sets it up: clips in a folder, a signed webhook out, once, whatever the network does."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
from receiver import Receiver, answer
from standardwebhooks import Webhook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from subprocess import CompletedProcess

    Digest = Callable[..., CompletedProcess[str]]

SECRET = "whsec_" + "aG9sZC10aGUtcHJlc3Mtb24tZnJpZGF5LW1vcm5pbmc="
CONFIG = """\
newsletter: {title: 河岸通讯}
channels:
  team: {type: generic, url_env: TEAM_URL, secret_env: TEAM_SECRET, gets: [digest, posts], allow: [127.0.0.0/8]}
  files: {type: folder, path: out/delivered, gets: [digest]}
"""
ARTICLE = """\
---
title: "一家公司的四月"
source: "https://news.example/april"
---
创始人林知夏说：“我们不是卖得不够快，而是跑得太快，快到没有人知道为什么要跑这一趟。”
"""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "digest.yaml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "seeds").mkdir()
    clip = tmp_path / "seeds" / "one.md"
    clip.write_text(ARTICLE, encoding="utf-8")
    os.utime(clip, (1_700_000_000, 1_700_000_000))
    return tmp_path


def send(
    digest: Digest, receiver: Receiver, *args: str, at: str = "2026-11-20T09:07:00+08:00"
) -> CompletedProcess[str]:
    return digest(*args, "--now", at, env={"TEAM_URL": receiver.url, "TEAM_SECRET": SECRET})


@pytest.mark.usefixtures("home")
def test_the_issue_and_its_posts_arrive_signed_and_once(digest: Digest, receiver: Receiver) -> None:
    assert send(digest, receiver, "run", "--once").returncode == 0
    assert send(digest, receiver, "run", "--once", at="2026-11-20T09:08:00+08:00").returncode == 0
    assert len(receiver.requests) == len(receiver.effects) == 2
    bodies = [Webhook(SECRET).verify(request.body, request.headers) for request in receiver.requests]
    issue = next(body for body in bodies if body["event"] == "issue.digest")
    posts = next(body for body in bodies if body["event"] == "issue.posts")
    assert issue["stories"][0]["quotes"][0]["speaker"] == "林知夏"
    assert issue["issue"]["id"] == "2026-W47"
    assert {post["platform"] for post in posts["posts"]} == {"x", "mastodon", "weibo"}


def test_what_did_not_arrive_is_said_and_tried_again_later(digest: Digest, receiver: Receiver, home: Path) -> None:
    receiver.usual = answer(503)
    result = send(digest, receiver, "send")
    assert result.returncode == 1
    assert (home / "out" / "delivered" / "2026-W47" / "email.html").exists(), "one channel keeps no other waiting"
    receiver.usual = answer(200, "ok")
    assert send(digest, receiver, "run", "--once", at="2026-11-20T10:07:00+08:00").returncode == 0
    assert len(receiver.effects) == 2
    standing = json.loads(send(digest, receiver, "status", "--json", at="2026-11-20T10:08:00+08:00").stdout)
    assert standing["deliveries"]["pending"] == 0


def test_the_address_and_the_secret_are_nowhere_to_be_found(digest: Digest, receiver: Receiver, home: Path) -> None:
    receiver.usual = answer(400, "no such hook markedtoken")
    shown = [send(digest, receiver, *command) for command in (("preview",), ("send",), ("status",), ("run", "--once"))]
    pages = [path.read_bytes() for path in home.rglob("*") if path.is_file()]
    said = "".join(result.stdout + result.stderr for result in shown).encode()
    for secret in (b"markedtoken", b"markedkey", SECRET.removeprefix("whsec_").encode()):
        assert secret not in said
        assert not any(secret in page for page in pages)
