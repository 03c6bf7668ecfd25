"""A desk full of clips for the tests of the editor's work: invented companies and people, three events."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime.fromisoformat("2026-11-20T09:00:00+08:00")
CONFIG = """\
newsletter: {title: 潮汐周报, language: zh-CN, timezone: Asia/Shanghai, from: a@tidal.example}
channels: {files: {type: folder, path: out/delivered, gets: [digest, posts, review, alerts]}}
"""
CLIPS = {
    "heron-a.md": """\
---
title: 白鹭物流停掉夜间配送，林知夏说跑得太快了
source: https://news.example/heron-a
site: 北岸商业周刊
published: 2026-11-17
---
白鹭物流周一宣布，从十二月起停掉全部夜间配送，涉及全国三十一个城市的四千二百名骑手。创始人林知夏在发布会上解释了这个决定。

林知夏说：“我们不是卖得不够快，而是跑得太快，快到没有人知道为什么要跑这一趟。”

她还说：“夜里送出去的每一单，平均亏掉九块四毛钱，这个数字我们看了整整两年才敢承认。”

在谈到骑手时，林知夏说：“如果一家公司只能靠让人不睡觉来赚钱，那它赚到的就不是钱，而是别人的身体。”

她最后说：“停下来比跑起来难得多。”
""",
    "heron-b.md": """\
---
title: 白鹭物流叫停夜间配送：四千二百名骑手白天上班
source: https://paper.example/heron-b
site: 晨星科技评论
published: 2026-11-18
---
停掉夜间配送之后，白鹭物流创始人林知夏要把四千二百名骑手全部转到白天。公司运营总监许南枝说，排班表已经重写了十一遍。

许南枝说：“我们把排班表重写了十一遍，每一遍都要先问骑手：你几点能睡着？”

林知夏告诉记者：“白天的单子够不够分，我心里没有底，但夜里的单子不该存在，这一点我有底。”
""",
    "bank.md": """\
---
title: 南桥银行叫停自动催收，高闻笛要先弄清楚它为什么会错
source: https://news.example/bank
site: 四维观察
published: 2026-11-16
---
南桥银行上周叫停了自动催收系统。这套系统在十四个月里拨出了六百万通电话，其中有两百一十二通打给了已经还清的人。

风控总监高闻笛说：“先弄清楚它为什么会错，再谈让它替我们做决定，这个顺序不能反过来。”

高闻笛还说：“两百一十二通电话在报表上是一个小数点，在接电话的人那里是一整个晚上。”
""",
    "kestrel.md": """\
---
title: What the night shift at Kestrel Motors looks like now
source: https://post.example/kestrel
site: The Harbour Post
published: 2026-11-15
---
Kestrel Motors handed its night shift to a scheduling program in March, and the plant in Wexham has kept a diary of it.

"The program never asked who had a child at home: nobody had given it a field," said Mara Lindqvist, the manager.

Lindqvist said: "We got back forty minutes a night and lost the only people who knew why the third press hums."
""",
    "pasted.txt": """\
钟楼科技的夜间客服换成了机器人，三个月之后又换了回来。

负责人陆惟安说：“机器人回答得很快，快得没有人相信它听完了问题，所以我们把人请了回来。”
""",
}
EARLIER = """\
---
title: 白鹭物流创始人林知夏：夜间配送是一笔算错的账
source: https://tide.example/heron-0
site: 海雀报
published: 2026-11-14
---
在宣布停掉夜间配送之前三天，白鹭物流创始人林知夏向海雀报摊开了账本：夜里送出去的单子，一年亏掉一亿两千万元。

林知夏说：“账本不会撒谎，是我们看账本的时候只挑白天看。”
"""
"""An earlier article of the first event."""


def lay(folder: Path, *names: str, config: str = CONFIG) -> Path:
    """A home with these clips in its seeds (all of them where none is named)."""
    (folder / "seeds").mkdir(parents=True)
    (folder / "config").mkdir()
    (folder / "config" / "digest.yaml").write_text(config, encoding="utf-8")
    for name in names or CLIPS:
        clip(folder, name)
    return folder


def clip(folder: Path, name: str, text: str | None = None) -> Path:
    """A clip that was written an hour ago."""
    import os

    path = folder / "seeds" / name
    path.write_text(CLIPS[name] if text is None else text, encoding="utf-8")
    os.utime(path, (NOW.timestamp() - 3600,) * 2)
    return path
