"""The commands that look after what was planned, as a user runs them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]

NOW = "2026-11-20T09:07+08:00"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A newsletter that is delivered into a folder in which a file is in the way."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "digest.yaml").write_text(
        "newsletter: {title: 潮汐周报, language: zh-CN, timezone: Asia/Shanghai, from: a@b.example}\n"
        "channels:\n  files: {type: folder, path: out/delivered, gets: [digest]}\n"
    )
    blocked = tmp_path / "out" / "delivered" / "2026-W47"
    blocked.mkdir(parents=True)
    (blocked / "email.html").write_text("in the way")
    return tmp_path


def sent(digest: Run, home: Path, root: Path) -> None:
    digest("send", "--home", home, "--seeds", root / "seeds", "--now", NOW)


def listed(digest: Run, home: Path, *more: str) -> list[dict[str, object]]:
    told = digest("outbox", "list", "--json", "--home", home, *more)
    assert told.returncode == 0, told.stderr
    return [json.loads(line) for line in told.stdout.splitlines()]


def test_what_was_refused_is_listed_and_tried_again(digest: Run, home: Path, root: Path) -> None:
    sent(digest, home, root)
    first, *rest = listed(digest, home)
    assert first["state"] == "dead"
    assert {row["state"] for row in rest} == {"pending"}
    shown = digest("outbox", "list", "--home", home).stdout
    assert "email.html" not in shown or "in the way" not in shown
    assert "没有送达" in shown
    assert re.search(r"等待发送 · 下次尝试 2026-11-20 周五 09:\d\d", shown), shown
    (home / "out" / "delivered" / "2026-W47" / "email.html").unlink()
    retried = digest("outbox", "retry", str(first["id"]), "--home", home, "--now", NOW)
    assert retried.returncode == 0, retried.stderr
    digest("run", "--once", "--home", home, "--seeds", root / "seeds", "--now", NOW)
    assert listed(digest, home) == []
    assert "全部送达。" in digest("outbox", "list", "--home", home).stdout
    assert len(listed(digest, home, "--all")) == len(rest) + 1


@pytest.mark.parametrize("wrong", [("retry",), ("resolve", "1"), ("retry", "999"), ("resolve", "1", "--resend")])
def test_a_decision_that_cannot_be_taken_says_why(digest: Run, home: Path, wrong: tuple[str, ...]) -> None:
    told = digest("outbox", *wrong, "--home", home)
    assert told.returncode == 2
    assert "digest: " in told.stderr
    assert "Traceback" not in told.stderr


def test_a_pause_holds_everything_until_it_is_over(digest: Run, home: Path, root: Path) -> None:
    assert digest("pause", "holiday", "--home", home).returncode == 0
    once = digest("run", "--once", "--home", home, "--seeds", root / "seeds", "--now", NOW)
    assert "holiday" in once.stderr
    assert json.loads(digest("status", "--json", "--home", home).stdout)["paused"] is True
    assert digest("resume", "--home", home).returncode == 0
    assert json.loads(digest("status", "--json", "--home", home).stdout)["paused"] is False


def test_a_copy_is_written_and_put_back(digest: Run, home: Path, root: Path) -> None:
    sent(digest, home, root)
    assert digest("backup", home / "copy.db", "--home", home).returncode == 0
    again = digest("backup", home / "copy.db", "--home", home)
    assert (again.returncode, "已经有了" in again.stderr) == (1, True)
    restored = digest("restore", home / "copy.db", "--home", home)
    assert restored.returncode == 0, restored.stderr
    assert "replaced-1" in restored.stdout
    assert listed(digest, home)
