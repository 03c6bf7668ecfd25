"""`make desk`: the desk in Chromium against its bar: axe-core, width, first paint with fifty stories; and its pictures.

Node is needed once, to install the pinned axe-core of tests/email_lint/package.json. `--pictures` renews those of
docs/desk.md and README.md from the sample seeds.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

import screenshot
from chromium import chromium
from lint_email import install
from tab import Tab

from digest.desk.serving import served
from digest.edits import Edits, save
from digest.press import opened
from digest.settings import load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.desk.serving import Served

NOW = datetime.fromisoformat("2026-11-20T08:00:00+08:00")
VIEWS = (
    *("", "email", "email?as=text", "email?as=source", "channels", "held", "checks", "changes"),
    *(f"posts?on={name}" for name in ("x", "mastodon", "bluesky", "threads", "linkedin", "weibo", "telegram")),
    *(f"posts?on={name}" for name in ("wechat", "xiaohongshu", "facebook")),
)
WIDTHS = (1280, 390)
STORIES = 50
PAINT = 1000
"""Milliseconds until the first words of a page with fifty stories."""
PICTURES = HERE.parent / "docs"
CONFIG = """\
newsletter: {title: %s, language: %s, from: "Desk <editor@newsletter.example>", unsubscribe: "https://newsletter.example/leave"}
platforms: [x, mastodon, bluesky, threads, linkedin, weibo, telegram, wechat, xiaohongshu, facebook]
approval: required
desk: {port: 0}
channels: {files: {type: folder, path: out/delivered, gets: [digest, posts]}}
"""
AXE = """axe.run(document, {runOnly: {type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21aa', 'best-practice']}})
.then(found => {
  if (found.passes.length < 10) throw new Error('axe saw nothing')
  return found.violations.map(one => [one.impact, one.id, one.nodes.map(node => node.html.slice(0, 140))])
})"""
CLIP = """\
---
title: "{firm}{deed}，影响{n}个城市"
source: "https://news.example/{at}"
author: ["[[{paper}]]"]
published: 2026-11-18
---
{paper}获悉，{firm}本周{deed}，涉及{n}个城市，{m}名员工的工作因此改变。

{firm}创始人{who}在内部会上说：“我们做{firm}的这件事花了{n}个月，最难的不是{deed}，而是先承认前{m}次都错了。”

“客户问得最多的一句话是，{deed}以后还有没有人接电话。”{who}说，“我们把{m}个接电话的人都留下了。”

> “第{n}个月的时候，账上只剩下{m}天的钱，没有人愿意说出来。”
> ——{other}，{firm}财务负责人
"""
FIRMS = ("青禾", "远山", "潮汐", "白鹭", "砺石", "云岭", "南桥", "蓝鲸", "星河", "拓野")
TRADES = ("外送", "芯片", "影业", "银行", "机器人")
DEEDS = (
    "停止夜间配送",
    "推迟新品发布",
    "关闭海外柜台",
    "召回一批设备",
    "公开失败记录",
    "换掉首席执行官",
    "取消年终考核",
)
SURNAMES, NAMES = "林周沈梁贺苏方邹秦顾", ("知夏", "以宁", "若溪", "云帆", "以南")


def sampled(home: Path, language: str = "zh-CN") -> Path:
    """A home over the sample seeds."""
    (home / "config").mkdir(parents=True)
    title = "科技剪报" if language.startswith("zh") else "The Weekly Clip"
    (home / "config" / "digest.yaml").write_text(CONFIG % (title, language), encoding="utf-8")
    return home


def fifty(home: Path) -> Path:
    """A home whose next issue has fifty stories."""
    sampled(home)
    rules = (HERE.parent / "config" / "rules.yaml").read_text(encoding="utf-8")
    roomy = rules.replace("issue: 15, stories: 10", "issue: 250, stories: 0")
    (home / "config" / "rules.yaml").write_text(roomy, encoding="utf-8")
    seeds = home / "seeds"
    seeds.mkdir()
    for at in range(STORIES):
        told = {
            "firm": FIRMS[at % 10] + TRADES[at // 10],
            "deed": DEEDS[at % 7],
            "paper": f"{FIRMS[(at * 3) % 10]}周刊",
            "who": SURNAMES[at % 10] + NAMES[at // 10],
            "other": SURNAMES[(at + 3) % 10] + NAMES[(at + 2) // 10 % 5],
        }
        (seeds / f"{at:02}.md").write_text(CLIP.format(at=at, n=at + 3, m=2 * at + 11, **told), encoding="utf-8")
    with opened(load(home), lambda: NOW, readonly=True) as press:
        save(home, Edits(split=tuple((clip.seed,) for clip in press.desk().summaries)))
    return home


@contextmanager
def shown(home: Path, seeds: tuple[Path, ...] = ()) -> Iterator[Served]:
    """The desk over a home."""
    with served(load(home, seeds), seeds, lambda: NOW, by_hand=True) as desk:
        yield desk


def looked(tab: Tab, desk: Served, axe: str) -> list[str]:
    """Everything that axe finds, or that is wider than the window, on any page in either light."""
    wrong = []
    for width in WIDTHS:
        for dark in (False, True):
            tab.size(width, dark=dark, mobile=width < 500)
            for view in VIEWS:
                tab.go(desk.address + view)
                tab.value("[...document.querySelectorAll('details')].slice(0, 6).forEach(one => { one.open = true })")
                tab.wait("[...document.querySelectorAll('[open] > .laid')].every(one => one.childElementCount)")
                tab.value(axe)
                where = f"/{view} {width} {'dark' if dark else 'light'}"
                wrong += [f"{where}: {' '.join(map(str, one))}" for one in tab.value(AXE)]
                if tab.value("document.documentElement.scrollWidth > innerWidth"):
                    wrong.append(f"{where}: wider than the window")
    return wrong


def paint(tab: Tab, desk: Served) -> dict[str, Any]:
    """Milliseconds to the first contentful paint with fifty stories, the middle of five, and how many stories."""
    times = []
    for _ in range(5):
        tab.go("about:blank")
        tab.go(desk.address)
        times.append(tab.wait("performance.getEntriesByName('first-contentful-paint')[0]?.startTime"))
    count = tab.value("document.querySelectorAll('.story').length")
    size = tab.value("performance.getEntriesByType('navigation')[0].decodedBodySize")
    return {"first paint ms": round(sorted(times)[2]), "stories": count, "KiB": round(size / 1024)}


def pictures(tab: Tab, desk: Served) -> None:
    """The pictures of docs/desk.md and README.md."""
    first = "document.querySelector('details.open').open = true"
    for name, view, width, height, dark, script in (
        ("desk", "", 1280, 860, False, first),
        ("desk-phone", "", 390, 844, False, ""),
        ("desk-dark", "", 1280, 860, True, ""),
        ("desk-posts", "posts?on=weibo", 1280, 860, False, ""),
        ("desk-send", "", 1280, 860, False, "document.querySelector('#send').click()"),
    ):
        tab.size(width, height, dark=dark, mobile=width < 500)
        tab.go(desk.address + view)
        tab.value("localStorage.setItem('by', '林编辑')")
        tab.value(script or "0")
        tab.value("new Promise(done => setTimeout(done, 500))")
        tab.picture(PICTURES / f"{name}.png")


def main() -> int:
    """Print what was measured; 1 where the bar is missed, 2 where the tools are missing."""
    program = chromium()
    if program is None:
        print("make desk needs Chromium", file=sys.stderr)
        return 2
    install(HERE / "email_lint")
    axe = (HERE / "email_lint" / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    seeds = (HERE.parent / "seeds",)
    wrong: list[str] = []
    with Tab(program) as tab, TemporaryDirectory() as place:
        if "--pictures" in sys.argv:
            with shown(sampled(Path(place, "pictures")), seeds) as desk:
                pictures(tab, desk)
            screenshot.main()
            return 0
        for language in ("zh-CN", "en"):
            with shown(sampled(Path(place, language), language), seeds) as desk:
                found = looked(tab, desk, axe)
            serious = [one for one in found if " minor " not in one and " moderate " not in one]
            print(f"{language}: {len(VIEWS)} pages x 4: {len(found)} found, {len(serious)} serious or too wide")
            wrong += found
        with shown(fifty(Path(place, "fifty"))) as desk:
            tab.size(1280)
            told = paint(tab, desk)
        print(told)
        if told["first paint ms"] > PAINT or told["stories"] < STORIES:
            wrong.append(f"fifty stories: {told}")
    print("\n".join(dict.fromkeys(wrong)), file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
