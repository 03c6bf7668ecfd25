"""Every type of channel as a user sets it up: configured, previewed, tried out, and never showing what it must hide."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest
import rooms
from kinds import SECRET, TOKEN, kind_of
from providers import Buttondown, Listmonk
from receiver import Receiver
from services import Service

from digest import trial
from digest.channels import TYPES
from digest.settings import Settings, load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from subprocess import CompletedProcess

CHATS = ("teams", "mattermost", "google-chat", "matrix", "ntfy", "telegram", "slack")
ARTICLE = """\
---
title: "一家公司的<四月> *{{ x }}* @everyone"
source: "https://news.example/april"
---
创始人林知夏说：“我们不是卖得不够快，而是跑得太快🎉，快到没有人知道为什么要跑这一趟。”
"""


def configured(tmp_path: Path, base: str = "https://chat.example") -> dict[str, str]:
    """A home with a channel of each of these types, called after it; its environment."""
    environment = {
        "BUTTONDOWN_URL": base,
        "BUTTONDOWN_SECRET": Buttondown.key,
        "LISTMONK_URL": base,
        "LISTMONK_SECRET": Listmonk.user,
    }
    rows = [
        f"  {name}: {{type: {name}, url_env: {name.upper()}_URL, secret_env: {name.upper()}_SECRET{more},"
        " allow: [127.0.0.0/8]}"
        for name, more in (("buttondown", ""), ("listmonk", ", lists: [1], template: 2"))
    ]
    for name in CHATS:
        kind, variable = kind_of(name), name.upper().replace("-", "_")
        environment[f"{variable}_URL"] = base + kind.path
        environment[f"{variable}_SECRET"] = kind.secret or ""
        row: dict[str, Any] = {
            "type": name,
            "url_env": f"{variable}_URL",
            "allow": ["127.0.0.0/8"],
            **dict(kind.options),
        }
        if kind.secret:
            row["secret_env"] = f"{variable}_SECRET"
        rows.append(f"  {name}: {json.dumps(row)}")
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "digest.yaml").write_text("\n".join(["channels:", *rows, ""]), encoding="utf-8")
    (tmp_path / "seeds").mkdir()
    clip = tmp_path / "seeds" / "one.md"
    clip.write_text(ARTICLE, encoding="utf-8")
    os.utime(clip, (1_700_000_000, 1_700_000_000))
    return environment


def hidden() -> list[str]:
    return ["marked", SECRET, TOKEN, "Basic ", rooms.ROOM]


def test_a_preview_shows_the_exact_requests_and_nothing_secret(
    tmp_path: Path, digest: Callable[..., CompletedProcess[str]]
) -> None:
    environment = configured(tmp_path)
    done = digest("preview", "--json", "--now", "2026-11-20T09:07:00+08:00", env=environment)
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "out" / "2026-W47" / "channels"
    assert {path.name for path in folder.iterdir()} == {*CHATS, "buttondown", "listmonk"}
    for name in (*CHATS, "buttondown", "listmonk"):
        shown = json.loads((folder / name / "digest.json").read_text(encoding="utf-8"))
        assert set(shown) == {"method", "url", "headers", "body"}, name
        assert shown["method"] == ("PUT" if name == "matrix" else "POST")
        assert "跑得太快" in json.dumps(json.loads(shown["body"]), ensure_ascii=False)
        assert (folder / name / "posts.json").exists() == (name in CHATS)
    everything = (
        done.stdout + done.stderr + "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.json"))
    )
    assert [secret for secret in hidden() if secret in everything] == []
    assert not (tmp_path / "state" / "digest.db").exists()


@pytest.mark.parametrize("name", [*CHATS, "buttondown", "listmonk"])
def test_a_channel_can_be_tried_out(tmp_path: Path, name: str) -> None:
    providers = {"buttondown": Buttondown(), "listmonk": Listmonk()}
    service: Any = providers[name] if name in providers else Service(kind_of(name).take, kind_of(name).success)
    with Receiver(usual=service) as receiver:
        settings = configured_at(tmp_path, receiver)
        ((_, verdict),) = trial.hello(settings, name)
        assert verdict.outcome == "delivered", verdict
        ((_, again),) = trial.hello(settings, name)
        assert again.outcome == "delivered", "a second trial is no repeat of the first"
    arrived = service.kept if name in providers else service.posted
    assert len(arrived) == 2
    assert "测试" in json.dumps(arrived, ensure_ascii=False)
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize("name", [*CHATS, "buttondown", "listmonk"])
def test_a_trial_that_is_refused_says_so_without_the_address(tmp_path: Path, name: str) -> None:
    from receiver import answer

    with Receiver() as receiver:
        settings = configured_at(tmp_path, receiver)
        secrets = " ".join(f"{one.reveal()}" for one in (channel_of(settings, name)) if one)
        receiver.usual = answer(403, json.dumps({"message": f"not for {secrets} {secrets.rpartition(':')[2]}"}))
        ((_, verdict),) = trial.hello(settings, name)
    assert verdict.outcome == "dead"
    assert [secret for secret in ("marked", SECRET, TOKEN) if secret in f"{verdict}"] == []


def channel_of(settings: Settings, name: str) -> tuple[Any, Any]:
    config = next(config for config in settings.channels if config.name == name)
    return config.url, config.secret


def configured_at(tmp_path: Path, receiver: Receiver) -> Settings:
    environment = configured(tmp_path, f"http://127.0.0.1:{receiver.port}")
    settings = load(tmp_path, environment=environment)
    assert settings.lacks == ()
    return settings


def test_the_types_are_those_of_the_contract() -> None:
    assert set(TYPES) == {
        *("generic", "folder", "slack", "discord", "teams", "mattermost", "telegram", "feishu", "feishu-flow"),
        *("dingtalk", "wecom", "google-chat", "matrix", "ntfy", "smtp", "buttondown", "listmonk"),
    }
