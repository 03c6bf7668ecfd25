"""`python tests/bench_rebuild.py`: ten issues over ten weeks, an upgrade, and every byte of them again.

A copy of the program plans them; then it gets another step of the schema, another email template, other labels and
another version, and makes all of them again. Invented clips.
"""

from __future__ import annotations

import sqlite3
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from test_rebuild import newer, ran, upgraded

WEEKS = 10
FIRST = datetime.fromisoformat("2026-01-09T09:00:00+08:00")
CONFIG = """\
newsletter: {title: 潮汐周报, language: zh-CN, timezone: Asia/Shanghai, from: a@tidal.example}
platforms: [x, weibo, mastodon, bluesky]
channels: {files: {type: folder, path: out/delivered, gets: [digest, posts]}}
"""
CLIP = """\
---
title: "{firm}{deed}，影响{n}个城市"
source: "https://news.example/{at}"
site: {paper}
published: {day}
---
{paper}获悉，{firm}本周{deed}，涉及{n}个城市，{m}名员工的工作因此改变。

{firm}创始人{who}说：“我们做{firm}的这件事花了{n}个月，最难的不是{deed}，而是先承认前{m}次都错了。”

“客户问得最多的一句话是，{deed}以后还有没有人接电话。”{who}说，“我们把{m}个接电话的人都留下了。”
"""
FIRMS = (
    "青禾外送",
    "远山芯片",
    "潮汐影业",
    "白鹭物流",
    "砺石银行",
    "云岭电池",
    "南桥保险",
    "蓝鲸航运",
    "星河机器人",
    "拓野农机",
)
DEEDS = (
    "停止夜间配送",
    "推迟新品发布",
    "关闭海外柜台",
    "召回一批设备",
    "公开失败记录",
    "换掉首席执行官",
    "取消年终考核",
)
PEOPLE = ("林知夏", "许南枝", "高闻笛", "陆惟安", "沈知遥")


def lay(home: Path) -> None:
    """A home without clips."""
    (home / "seeds").mkdir(parents=True)
    (home / "config").mkdir()
    (home / "config" / "digest.yaml").write_text(CONFIG, encoding="utf-8")


def clips(home: Path, week: int, day: datetime) -> None:
    """Five clips of a week."""
    for at in range(5):
        number = week * 5 + at
        text = CLIP.format(
            firm=FIRMS[number % len(FIRMS)],
            deed=DEEDS[(number * 3 + week) % len(DEEDS)],
            who=PEOPLE[at],
            paper=("北岸商业周刊", "晨星科技评论")[at % 2],
            n=7 + number,
            m=40 + 3 * number,
            at=number,
            day=f"{day:%Y-%m-%d}",
        )
        (home / "seeds" / f"{number}.md").write_text(text, encoding="utf-8")


def main() -> int:
    """Print what came of it; 1 where a byte is not the same."""
    with TemporaryDirectory() as folder:
        place = Path(folder)
        program, home = upgraded(place, lambda _: None), place / "home"
        lay(home)
        names, sizes = [], []
        for week in range(WEEKS):
            at = FIRST + timedelta(weeks=week)
            clips(home, week, at)
            told = ran(program, "send", "--home", home, "--now", at.isoformat())
            names.append(told["issue"]["id"])
            with sqlite3.connect(home / "state" / "digest.db") as database:
                row = database.execute(
                    "SELECT sum(length(packed)) + (SELECT sum(length(inputs)) FROM making) FROM content"
                )
                sizes.append(row.fetchone()[0])
        upgraded(place, newer)
        began, same, pages = time.monotonic(), 0, 0
        for name in names:
            told = ran(program, "rebuild", name, "--check", "--home", home)
            pages += len(told["pages"])
            same += sum(page["state"] == "equal" for page in told["pages"])
            if not told["good"]:
                print(name, told["why"], [page for page in told["pages"] if page["state"] != "equal"])
        took = (time.monotonic() - began) / len(names)
    later = (sizes[-1] - sizes[0]) / (len(sizes) - 1)
    print(f"{len(names)} issues, {pages} pages and deliveries, {same} equal after the upgrade, {took:.1f} s an issue")
    print(f"kept: {sizes[0] / 1024:.0f} KiB with the first issue, {later / 1024:.0f} KiB with each later one")
    return 0 if same == pages else 1


if __name__ == "__main__":
    sys.exit(main())
