"""`why CLIP`: what has become of a clip, as a user asks for it."""

from __future__ import annotations

import json
import os
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]

WEEKS = [("--now", f"2026-11-{day}T09:07+08:00") for day in ("13", "20", "27")]
LETTER = "newsletter: {title: 潮汐周报, language: zh-CN, timezone: Asia/Shanghai, from: a@b.example}\n"
FILES = "channels: {files: {type: folder, path: out/delivered, gets: [digest]}}\n"
CLIP = """\
---
title: 一家公司的四月,停下来
source: https://news.example/april
---
创始人林知夏说：“我们不是卖得不够快，而是跑得太快，快到没有人知道为什么要跑这一趟。”

“那天下午大家都在。”林知夏说。
"""
OTHER = """\
---
title: 港口的潮水表
source: https://news.example/harbour
---
港务长莫晚舟表示：“潮水表写着六点，船却五点就到了，没有一个人敢先开闸。”
"""


def put(home: Path, name: str, text: str) -> None:
    path = home / "seeds" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    os.utime(path, (1_700_000_000, 1_700_000_000))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "digest.yaml").write_text(LETTER + FILES, encoding="utf-8")
    put(tmp_path, "one.md", CLIP)
    return tmp_path


def fate(digest: Run, name: str, week: int = 1) -> dict[str, Any]:
    done = digest("why", name, "--json", *WEEKS[week])
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_clip_of_the_next_issue_is_told_with_what_it_says_and_what_was_passed_over(digest: Run, home: Path) -> None:
    shown = digest("why", "one.md", *WEEKS[1]).stdout
    assert "会进下一期 2026-W47（2026-11-20 09:07 发送），第 1 条《一家公司的四月，停下来》。" in shown
    assert "● 我们不是卖得不够快，而是跑得太快，快到没有人知道为什么要跑这一趟。 ——林知夏" in shown
    assert "落选 1 段" in shown
    assert "○ 那天下午大家都在。 ——林知夏  " in shown, "with what kept it out behind it"
    assert "digest explain seeds/one.md" in shown
    digits = sha256(CLIP.encode()).hexdigest()
    names = ("one.md", "seeds/one.md", str(home / "seeds" / "one.md"), digits[:8], digits)
    assert [fate(digest, name)["state"] for name in names] == ["chosen"] * 5
    assert not (home / "state" / "digest.db").exists(), "asking changes nothing"


def test_a_clip_that_has_gone_out_is_told_with_its_issue(digest: Run, home: Path) -> None:
    assert digest("send", *WEEKS[1]).returncode == 0
    told = fate(digest, "one.md")
    assert (told["state"], told["issue"]) == ("used", "2026-W47")
    assert told["lines"][0].startswith("用在 2026-W47（第 1 期，")
    assert any("林知夏" in row for row in told["lines"])
    put(home, "again.md", CLIP)
    assert fate(digest, "again.md")["state"] == "used", "it is the same clip under another name"
    (home / "seeds" / "one.md").unlink()
    (home / "seeds" / "again.md").unlink()
    assert fate(digest, "one.md")["state"] == "used"


def test_a_clip_that_is_held_back_is_told_with_why_and_what_to_do(digest: Run, home: Path) -> None:
    put(home, "two.md", CLIP.replace("source:", "via:").replace("四月", "五月").replace("太快", "太急"))
    told = fate(digest, "two.md")
    assert told["state"] == "held-back"
    assert "剪藏里没有原文地址" in told["lines"][0]
    assert "digest release" in told["lines"][0]
    put(home, "empty.md", "")
    assert fate(digest, "empty.md")["state"] == "unread"


def test_a_clip_that_finds_no_room_waits_and_is_let_go(digest: Run, home: Path, root: Path) -> None:
    rules = (root / "config" / "rules.yaml").read_text(encoding="utf-8")
    (home / "config" / "rules.yaml").write_text(rules.replace("stories: 10}", "stories: 1}"), encoding="utf-8")
    (home / "config" / "digest.yaml").write_text(f"{LETTER}{FILES}memory: {{waits: 1}}\n", encoding="utf-8")
    put(home, "two.md", OTHER)
    states = {name: fate(digest, name, 0)["state"] for name in ("one.md", "two.md")}
    assert sorted(states.values()) == ["chosen", "waiting"]
    (name,) = [name for name, state in states.items() if state == "waiting"]
    assert "还会等 1 期" in fate(digest, name, 0)["lines"][0]
    for week in (0, 1):
        put(
            home,
            f"week{week}.md",
            CLIP.replace("april", f"w{week}").replace("林知夏", "高闻笛").replace("快", f"快{week}"),
        )
        assert digest("send", *WEEKS[week]).returncode == 0
    told = fate(digest, name, 1)
    assert (told["state"], told["issue"]) == ("lapsed", "2026-W47")
    assert "digest release" in told["lines"][0]


def test_a_clip_that_went_away_unused_is_told(digest: Run, home: Path) -> None:
    put(home, "two.md", OTHER)
    digest("run", "--once", *WEEKS[0])
    put(home, "three.md", OTHER.replace("莫晚舟", "贺青禾").replace("harbour", "quay"))
    digest("run", "--once", "--now", "2026-11-14T09:07+08:00")
    (home / "seeds" / "three.md").unlink()
    digest("run", "--once", "--now", "2026-11-15T09:07+08:00")
    assert fate(digest, "three.md")["state"] == "gone"


def test_a_name_that_means_nothing_is_wrong_usage(digest: Run, home: Path) -> None:
    assert home.is_dir()
    done = digest("why", "nowhere.md", *WEEKS[1])
    assert (done.returncode, done.stdout) == (2, "")
    assert "没有叫 'nowhere.md' 的发送日、期号或剪藏" in done.stderr
