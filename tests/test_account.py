"""`why`, `skip`, `approve` and trials of channels, as a user runs them."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest
from receiver import Receiver

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]

NOW = ("--now", "2026-11-20T09:07+08:00")
BEFORE = ("--now", "2026-11-19T09:07+08:00")
LETTER = "newsletter: {title: 潮汐周报, language: %s, timezone: Asia/Shanghai, from: a@b.example}\n%s"
CLIP = """\
---
title: 一家公司的四月
source: https://news.example/april
---
创始人林知夏说：“我们不是卖得不够快，而是跑得太快，快到没有人知道为什么要跑这一趟。”
"""
FILES = "channels: {files: {type: folder, path: out/delivered, gets: [digest, posts, review, alerts]}}\n"


def lay(home: Path, channels: str = FILES, language: str = "zh-CN") -> None:
    (home / "config").mkdir(exist_ok=True)
    (home / "config" / "digest.yaml").write_text(LETTER % (language, channels), encoding="utf-8")


def told(digest: Run, *args: str) -> list[dict[str, Any]]:
    done = digest("why", "--json", *args)
    assert done.returncode == 0, done.stderr
    return [json.loads(row) for row in done.stdout.splitlines()]


@pytest.fixture
def seeds(tmp_path: Path) -> tuple[str, ...]:
    """Two clips, the second without an address."""
    folder = tmp_path / "clips"
    folder.mkdir()
    for name, text in (("one", CLIP), ("two", CLIP.replace("source:", "via:").replace("四月", "五月"))):
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
        os.utime(folder / f"{name}.md", (1_700_000_000, 1_700_000_000))
    return ("--seeds", str(folder))


def test_why_tells_what_arrived_where_and_what_was_held_back(digest: Run, tmp_path: Path, seeds: tuple[str]) -> None:
    lay(tmp_path)
    assert digest("send", *NOW, *seeds).returncode == 0
    shown = digest("why", "2026-W47", *NOW, *seeds).stdout
    assert "第 1 期于 2026-11-20 09:07" in shown
    assert "files：7 份已送达" in shown
    assert "暂缓" in shown
    (facts,) = told(digest, "2026-11-20", *NOW, *seeds)
    assert (facts["id"], facts["state"]) == ("2026-W47", "sent")
    assert facts["held_back"]


def test_why_tells_the_last_error_the_next_attempt_and_what_to_do(
    digest: Run, tmp_path: Path, seeds: tuple[str]
) -> None:
    lay(tmp_path, language="en")
    (tmp_path / "out" / "delivered" / "2026-W47").mkdir(parents=True)
    (tmp_path / "out" / "delivered" / "2026-W47" / "email.html").write_text("in the way")
    assert digest("send", *NOW, *seeds).returncode == 1
    (facts,) = told(digest, "2026-W47", *NOW, *seeds)
    lines = "\n".join(facts["lines"])
    assert facts["state"] == "sending"
    assert "given up, exists" in lines
    assert "digest outbox retry 1" in lines
    assert "waiting, next attempt at 2026-11-20 09:07" in lines


def test_why_tells_of_a_pause_an_empty_week_and_the_next_slot(digest: Run, tmp_path: Path) -> None:
    lay(tmp_path)
    (tmp_path / "seeds").mkdir()
    digest("run", "--once", "--now", "2026-11-14T09:00+08:00")
    digest("run", "--once", *NOW)
    digest("pause", "春节")
    last, upcoming = told(digest, *NOW)
    assert last["lines"] == ["没有发送：没有新的内容。"]
    assert (upcoming["id"], upcoming["state"]) == ("2026-W48", "ahead")
    assert any("春节" in row for row in upcoming["lines"])
    assert any("目前没有新的剪藏" in row for row in upcoming["lines"])
    (first,) = told(digest, "2026-11-13", *NOW)
    assert first["lines"] == ["没有发送：它早于第一次启动。"]
    (older,) = told(digest, "2026-11-06", *NOW)
    assert older["state"] == "passed"


def test_a_name_that_means_nothing_is_wrong_usage(digest: Run, tmp_path: Path) -> None:
    lay(tmp_path)
    done = digest("why", "2026-11-19", *NOW)
    assert (done.returncode, "没有叫 '2026-11-19' 的" in done.stderr) == (2, True)
    assert digest("skip", "2026-W60", *NOW).returncode == 2


def test_a_skipped_slot_sends_nothing_and_the_others_go_on(digest: Run, tmp_path: Path, seeds: tuple[str]) -> None:
    lay(tmp_path)
    digest("run", "--once", *BEFORE, *seeds)
    done = digest("skip", "2026-W48", "感恩节", *BEFORE)
    assert done.returncode == 0, done.stderr
    assert "2026-11-27 跳过；下一期是 2026-11-20" in done.stdout
    assert digest("skip", "2026-11-27", *BEFORE).returncode == 2
    digest("run", "--once", *NOW, *seeds)
    assert (tmp_path / "out" / "delivered" / "2026-W47").is_dir()
    digest("run", "--once", "--now", "2026-11-27T09:07+08:00", *seeds)
    assert not (tmp_path / "out" / "delivered" / "2026-W48").exists()
    (facts,) = told(digest, "2026-11-27", *NOW)
    assert facts["lines"] == ["没有发送：操作者跳过了（感恩节）。"]
    assert digest("skip", "2026-11-13", *NOW).returncode == 2


def test_an_approval_by_hand_lets_the_issue_out(digest: Run, tmp_path: Path, seeds: tuple[str]) -> None:
    lay(tmp_path, f"approval: required\n{FILES}")
    refused = digest("send", *NOW, *seeds)
    assert (refused.returncode, "digest approve 2026-W47" in refused.stderr) == (1, True)
    (facts,) = told(digest, "2026-W47", *NOW, *seeds)
    assert any("digest approve 2026-W47" in row for row in facts["lines"])
    assert json.loads(digest("status", "--json", *NOW, *seeds).stdout)["approval"]["state"] == "waiting"
    approved = digest("approve", "2026-W47", *NOW, *seeds)
    assert "已批准" in approved.stdout
    assert "审批      2026-W47 · 已批准" in digest("status", *NOW, *seeds).stdout
    assert digest("send", *NOW, *seeds).returncode == 0
    assert digest("approve", "2026-W47", *NOW, *seeds).returncode == 2


def test_a_channel_is_tried_out_and_nothing_is_recorded(digest: Run, tmp_path: Path) -> None:
    with Receiver() as receiver:
        lay(
            tmp_path,
            "channels: {team: {type: generic, url_env: TEAM, allow: 127.0.0.0/8}, b: {type: slack, url_env: NO_HOOK}}",
        )
        for _ in range(2):
            done = digest("channel", "test", "team", env={"TEAM": receiver.url})
            assert done.returncode == 0, done.stderr
            assert "delivered" in done.stdout
        assert len(receiver.effects) == 2
        assert "测试" in receiver.requests[0].body.decode()
    done = digest("channel", "test", "team", "--json", env={"TEAM": receiver.url})
    assert (done.returncode, json.loads(done.stdout)["outcome"]) == (1, "retry")
    assert digest("channel", "test", "nobody").returncode == 2
    assert "环境变量 NO_HOOK 没有设置" in digest("channel", "test", "b").stderr
    assert not (tmp_path / "state").exists()


def test_an_issue_is_sent_as_a_test_and_stays_unsent(digest: Run, tmp_path: Path, seeds: tuple[str]) -> None:
    lay(tmp_path)
    done = digest("send", "--test", "files", *NOW, *seeds)
    assert done.returncode == 0, done.stderr
    (folder,) = (tmp_path / "out" / "delivered").iterdir()
    assert folder.name.startswith("2026-W47-test-")
    assert json.loads((folder / "issue.json").read_text("utf-8"))["subject"].startswith("【测试】")
    assert "Subject: =?utf-8?" in (folder / "email.eml").read_text("utf-8")
    assert not (tmp_path / "state" / "digest.db").exists()
    assert not (tmp_path / "state" / "journal.jsonl").exists()
    assert digest("send", *NOW, *seeds).returncode == 0


def test_a_test_of_an_issue_needs_a_channel_that_gets_it(digest: Run, tmp_path: Path, seeds: tuple[str]) -> None:
    lay(tmp_path, "channels: {files: {type: folder, path: out/delivered, gets: [alerts]}}")
    done = digest("send", "--test", "files", *NOW, *seeds)
    assert (done.returncode, "既不收邮件" in done.stderr) == (2, True)


def test_a_rehearsal_of_why_leaves_the_state_alone(digest: Run, tmp_path: Path) -> None:
    lay(tmp_path)
    digest("why", *NOW)
    assert not (tmp_path / "state" / "digest.db").exists()
