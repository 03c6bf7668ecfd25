"""A vault for measuring: any number of clips in a hundred folders, invented and each a little different.

`python tests/vault.py DIR COUNT [BYTES]` lays one, the same each time. The words are put together from the parts below:
names, firms, figures and sentences vary, so that no two clips are the same and a story is told by a few of them.
`copies` makes one of real clips instead.
"""

from __future__ import annotations

import os
import random
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDERS = 100
OLD = 1_700_000_000
"""The time of the first file; each is a minute younger than the one before."""

SURNAMES = "林沈顾陆程许叶温唐宋江季苏裴秦聂"
GIVEN = "知远清禾一鸣书瑶景行若川望舒明朗子衿思齐安澜怀瑾予白云起星野"
FIRMS = ("青禾", "澄原", "白鹭", "北辰", "栖云", "望山", "砾石", "九溪", "临港", "扶光", "长庚", "鹿鸣")
KINDS = ("科技", "外送", "物流", "智能", "云", "汽车", "能源", "机器人")
OUTLETS = ("河岸周刊", "北岸科技", "城南商报", "潮汐财经", "灯塔评论")
EVENTS = (
    ("停止在{n}座城市的夜间配送", "我们不是卖得不够快，而是跑得太快，快到没有人知道为什么要跑这一趟。"),
    ("裁减{n}名员工", "留下来的人要学会少做三件事，把一件事做到没有人愿意离开。"),
    ("完成{n}亿元融资", "钱不是答案，它只是让你有机会把问题再问一遍。"),
    ("发布第{n}代模型", "真正的突破从来不在榜单上，而在用户不再抱怨的那一天。"),
    ("召回{n}辆车", "安全不是一次发布会，它是每一天都没有发生的事。"),
    ("关闭{n}家门店", "与其在一千个地方平庸，不如在一百个地方让人记住。"),
)
FILLER = (
    "业内人士认为，这一变化与过去两年的扩张节奏有关，但也有人持不同看法。",
    "记者从多方了解到，相关安排将在未来几周内陆续落实，员工已收到邮件通知。",
    "过去一年里，{firm}的市场份额从{a}%变为{b}%，竞争者则各有进退。",
    "分析师{other}指出：“数字会说话，但它们往往只说一半。”",
    "{who}还表示，团队会在下个季度公布更详细的计划，目前没有更多信息可以透露。",
    "在一场持续了{a}分钟的内部会议上，提问环节几乎没有停顿。",
    "“我们用了{a}个月才承认，原来的路走不通。”{who}说。",
    "一位接近公司的人士称，董事会对此早有讨论，只是没有人愿意第一个开口。",
    "市场对此反应平淡，当天成交额约为{b}亿元，与上周基本持平。",
    "“所有人都在谈规模，却很少有人问规模是为了谁。”{other}在接受采访时说。",
)


def clip(number: int, size: int) -> str:
    """The text of a clip, about `size` bytes of UTF-8."""
    chance = random.Random(number)  # noqa: S311 -- the same vault each time
    story = random.Random(number // 3)  # noqa: S311 -- three clips tell of one event
    firm = story.choice(FIRMS) + story.choice(KINDS)
    who = story.choice(SURNAMES) + story.choice(GIVEN) + story.choice(GIVEN)
    what, said = story.choice(EVENTS)
    what = what.format(n=story.randint(2, 900))
    day = f"2026-{1 + number // 3 % 11:02d}-{1 + number // 40 % 28:02d}"
    head = (
        f'---\ntitle: "{firm}{what}"\nsource: "https://news.example/{number}"\n'
        f"author: [{chance.choice(OUTLETS)}]\npublished: {day}\ncreated: {day}\n---\n"
    )
    parts = [head, f"{chance.choice(OUTLETS)}获悉，{firm}本周{what}。\n\n创始人{who}在内部会上说：“{said}”\n\n"]
    length = sum(len(part.encode()) for part in parts)
    while length < size:
        values = {
            "a": chance.randint(3, 97),
            "b": chance.randint(3, 97),
            "firm": firm,
            "who": who,
            "other": chance.choice(SURNAMES) + chance.choice(GIVEN) + chance.choice(GIVEN),
        }
        parts.append("".join(chance.choice(FILLER).format(**values) for _ in range(3)) + "\n\n")
        length += len(parts[-1].encode())
    return "".join(parts)


def lay(folder: Path, count: int, size: int = 10_000) -> Iterator[Path]:
    """Write clips 0 … count-1 into a hundred folders below `folder`; gives each path."""
    for number in range(FOLDERS):
        (folder / f"{number:02d}").mkdir(parents=True, exist_ok=True)
    for number in range(count):
        path = folder / f"{number % FOLDERS:02d}" / f"clip-{number:06d}.md"
        path.write_text(clip(number, size), encoding="utf-8")
        os.utime(path, (OLD + 60 * number, OLD + 60 * number))
        yield path


def copies(folder: Path, originals: Path, count: int) -> Iterator[Path]:
    """Write `count` clips made of the real ones in `originals`, each perturbed; gives each path.

    A copy keeps about two of three lines of the body and has figures and an address of its own, so that none is the
    same as another. A saved page keeps its lines and its tags.
    """
    for number in range(FOLDERS):
        (folder / f"{number:02d}").mkdir(parents=True, exist_ok=True)
    files = sorted(originals.iterdir())
    for number in range(count):
        original = files[number % len(files)]
        path = folder / f"{number % FOLDERS:02d}" / f"copy-{number:06d}{original.suffix}"
        path.write_bytes(perturbed(original.read_bytes(), number, whole=original.suffix == ".html"))
        os.utime(path, (OLD + 60 * number, OLD + 60 * number))
        yield path


def perturbed(data: bytes, number: int, *, whole: bool) -> bytes:
    """A clip's bytes with other figures and an address of its own; if not `whole`, a third of its lines goes."""
    chance = random.Random(number)  # noqa: S311 -- the same vault each time
    lines = data.splitlines(keepends=True)
    body = lines.index(b"---\n", 1) if lines[:1] == [b"---\n"] and b"---\n" in lines[1:] else 0
    kept = [line for at, line in enumerate(lines) if whole or at <= body or chance.random() < 2 / 3]
    address = re.compile(rb"(?<=://)(?=[\w.-]+/)")
    other = re.compile(rb"(?<![\d/=-])[1-9]\d(?![\d/=-])")
    text = address.sub(b"copy%d." % number, b"".join(kept))
    return text if whole else other.sub(lambda _: b"%d" % chance.randint(11, 98), text)


if __name__ == "__main__":
    for _ in lay(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 10_000):
        pass
