"""Issues made up for the tests: invented companies and people, in Chinese, English, Japanese and mixed."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote as percent

from digest.issue import HeldBack, Issue, Masthead
from digest.quote import Quote, QuoteKind
from digest.rule import Reason
from digest.story import Copy, Figure, Lead, Pick, Source, Story, Value

if TYPE_CHECKING:
    from collections.abc import Sequence

Tongue = Literal["zh", "en", "ja"]

TITLES: dict[str, tuple[str, ...]] = {
    "zh": (
        "星河机器人开源装配模型,三周内下载破百万!",
        "云岭芯片推迟流片：良率还差一口气",
        "对话蓝鲸智能创始人：我们为什么放弃通用助手",
        "远山汽车把夜班交给了调度算法",
        "南桥银行叫停自动催收，称“先弄清楚再用”",
        "一家做助听器的小公司，凭什么打动医院",
    ),
    "en": (
        "Northwind Robotics opens its assembly model, and rivals take notes",
        "Heron Labs delays its chip by a quarter: yield is not there yet",
        "Why Tideline gave up on a general assistant",
        "A hearing-aid maker wins over three hospitals",
        "Brightwater Bank halts automated collections after 212 complaints",
        "What the night shift at Kestrel Motors looks like now",
    ),
    "ja": (
        "青葉ロボティクス、組立モデルを公開　三週間で百万回取得",
        "白樺半導体、試作を延期「歩留まりがあと一歩」",
        "汎用アシスタントをやめた理由を潮見社長に聞く",
        "夜勤を任された配車アルゴリズムの一か月",
    ),
}
LEADS: dict[str, str] = {
    "zh": "星河机器人周三公开了它的装配模型，权重、数据卡和一份42页的失败记录一并放出。"
    "公司说，模型在自家三条产线上跑了九个月，停线时间从每周六小时降到一小时以内。",
    "en": "Northwind Robotics published the weights of its assembly model on Wednesday, together with a 42-page log of "
    "everything that went wrong. The company says the model ran on three of its own lines for nine months.",
    "ja": "青葉ロボティクスは水曜日、組立モデルの重みと42ページに及ぶ失敗記録を公開した。"
    "同社の三つのラインで九か月動かしたという。",
}
SAID: dict[str, tuple[tuple[QuoteKind, str, str | None, str | None], ...]] = {
    "zh": (
        ("spoken", "我们把失败记录也放出来，因为别人最需要的恰恰是它。", "林若溪", "星河机器人首席科学家"),
        (
            "turn",
            "很多人问我为什么不做“全能助手”。老实说，我们试了两年，用户每天只用其中三个功能。",
            "周以宁",
            "蓝鲸智能创始人",
        ),
        ("reported", "云岭芯片将首批流片推迟到明年二季度，原因是良率未达到内部标准。", "云岭芯片", None),
        ("highlight", "真正拖慢产线的不是机器人，而是排班表。", None, None),
        ("spoken", "先弄清楚它为什么会错，再谈让它替我们做决定。", "高闻笛", "南桥银行风控总监"),
        ("spoken", "医生只问了一句：它吵不吵？", "许南枝", None),
    ),
    "en": (
        (
            "spoken",
            "We published the failures because that is the part everyone else needs.",
            "Mara Lindqvist",
            "chief scientist at Northwind Robotics",
        ),
        (
            "turn",
            "People used three features a day. So we built those three, and stopped.",
            "Tobias Wren",
            "founder of Tideline",
        ),
        (
            "reported",
            "Heron Labs has moved its first tape-out to the second quarter, citing yields below its own bar.",
            "Heron Labs",
            None,
        ),
        ("highlight", "What slowed the line was never the robots. It was the roster.", None, None),
        (
            "spoken",
            "First find out why it is wrong, then let it decide.",
            "Ines Okafor",
            "head of risk at Brightwater Bank",
        ),
        ("block", "He told us “just ship it”, and we did not.", "Priya Nandakumar", "plant manager"),
    ),
    "ja": (
        (
            "spoken",
            "失敗の記録こそ、ほかの会社がいちばん欲しいものだと思いました。",
            "森川葵",
            "青葉ロボティクス主任研究員",
        ),
        ("turn", "一日に使われる機能は三つだけでした。だから三つだけ作ったんです。", "潮見直人", "社長"),
        ("reported", "白樺半導体は初回の試作を来年四〜六月期に延期する。", "白樺半導体", None),
    ),
}
OUTLETS: dict[str, tuple[str, ...]] = {
    "zh": ("晨星科技评论", "北岸商业周刊", "四维观察"),
    "en": ("The Harbour Post", "Fieldnote", "Slate & Signal"),
    "ja": ("若葉テック", "港経済新聞"),
}
SECTIONS: dict[str, tuple[str, ...]] = {
    "zh": ("公司", "产业", "人物"),
    "en": ("Companies", "Industry", "People"),
    "ja": ("企業", "産業"),
}
HOSTILE = (
    '<b>"&{{ 7 * 7 }}</b>',
    "{% raw %}<script>alert(1)</script>{% endraw %}",
    "gnidaer\u202ereversed title",
    "Pneumono" + "ultramicroscopic" * 18,
    "发布会🎉👩‍👩‍👧‍👦与🇯🇵的一天",
    "شركة النجم تطلق نموذجها الجديد",
    "javascript:alert(1) & co.\r\nBcc: all@example.com",
)


def masthead(language: str = "zh-CN", *, bare: bool = False) -> Masthead:
    """A newsletter of ours; `bare` without web version, unsubscribe and postal line."""
    titles = {"zh-CN": "潮汐周报", "zh-TW": "潮汐週報", "ja": "潮汐通信"}
    return Masthead(
        title=titles.get(language, "The Tidal Letter"),
        language=language,
        timezone="Asia/Shanghai",
        sender=f"{titles.get(language, 'The Tidal Letter')} <letter@tidal.example>",
        unsubscribe=None
        if bare
        else "https://tidal.example/unsubscribe?reader=8f14e45fceea167a5a36dedd4bea2543&list=weekly",
        web=None if bare else "https://tidal.example/issues/12",
        postal=None if bare else "Tidal Letter, 1 Quay Street, Harbourtown",
    )


def pick(
    kind: QuoteKind,
    words: str,
    speaker: str | None,
    role: str | None,
    source: int,
    link: str | None,
    score: float = 5.0,
) -> Pick:
    """A chosen quote, with a link that opens the page at it."""
    fragment = f"#:~:text={percent(words[:12], safe='')},{percent(words[-8:], safe='')}"
    quote = Quote(words, 0, len(words), kind, speaker=speaker, mention=speaker, role=role)
    return Pick(quote, source, score, (Reason("names a figure", 1.5),), fragment, link + fragment if link else None)


def story(at: int = 0, tongue: Tongue = "zh", *, section: str | None = None, title: str | None = None) -> Story:
    """A story, the `at`-th: every third joins two articles and has a figure they disagree on."""
    turn = at // len(TITLES[tongue])
    title = title or TITLES[tongue][at % len(TITLES[tongue])] + (f" ({turn + 1})" if turn else "")
    joined = at % 3 == 0
    sources = tuple(
        Source(
            seed=sha256(f"{tongue}{at}{number}".encode()).hexdigest(),
            title=title if number == 0 else TITLES[tongue][(at + 1) % len(TITLES[tongue])],
            outlet=OUTLETS[tongue][(at + number) % len(OUTLETS[tongue])],
            published="2025-11-12T12:19:00+08:00" if number == 0 else "2025-11-11",
            published_from="byline",
            link=f"https://{'mp.weixin.qq.com/s' if tongue == 'zh' else 'news.example'}/{tongue}-{at}-{number}",
            language=tongue,
            copies=(Copy("转载站" if tongue == "zh" else "Mirror", f"https://mirror.example/{tongue}-{at}", "c0ffee"),)
            if at == 0 and number == 0
            else (),
        )
        for number in range(2 if joined else 1)
    )
    said = SAID[tongue]
    quotes = tuple(
        pick(
            *said[(at + number) % len(said)],
            number % len(sources),
            sources[number % len(sources)].link,
            9 - at % 5 - number / 4,
        )
        for number in range(3 if joined else 2)
    )
    million = {
        "zh": ("下载量", "120 万次", "“超过 100 万次”"),
        "en": ("Downloads", "1.2 million", "more than a million"),
    }
    what, first, second = million.get(tongue, ("取得回数", "120万回", "100万回以上"))
    figure = Figure(what, (Value(1.2e6, "", first, 0), Value(1e6, "", second, 1)), same_measure=at == 0)
    return Story(
        id=f"{tongue}{at:03}",
        title=title,
        language=tongue,
        section=section,
        sources=sources,
        lead=Lead(LEADS[tongue], 0),
        quotes=quotes,
        figures=(figure,) if joined else (),
        evidence=("both name the same company",),
    )


def held() -> HeldBack:
    """A clip without an address."""
    return HeldBack(
        seed="ab" * 32,
        path="inbox/pasted.md",
        title="保密的剪藏标题",
        reason="no-source",
        message="没有原文地址",
        remedy="digest release abababab --source URL",
        quotes_ready=2,
        quotes=("不该出现在邮件里的话。",),
    )


def issue(
    stories: Sequence[Story], language: str = "zh-CN", *, number: int = 12, bare: bool = False, held_back: bool = True
) -> Issue:
    """An issue of these stories, its subject made as the program makes it."""
    from digest.edition.subject import preheader, subjects

    head = masthead(language, bare=bare)
    options = subjects(stories, head, number)
    return Issue(
        id="2025-W46",
        number=number,
        day=date(2025, 11, 14),
        masthead=head,
        subject=options[0],
        subjects=options,
        preheader=preheader(stories, options[0], head),
        stories=tuple(stories),
        held_back=(held(),) if held_back else (),
        seeds=tuple(source.seed for story in stories for source in story.sources),
    )


def week(count: int, tongues: Sequence[Tongue] = ("zh",), language: str = "zh-CN", *, sections: bool = True) -> Issue:
    """An issue of `count` stories, in turn in these languages."""
    stories = []
    for at in range(count):
        tongue = tongues[at % len(tongues)]
        names = SECTIONS["en" if language == "en" else "ja" if language == "ja" else "zh"]
        stories.append(story(at, tongue, section=names[at % len(names)] if sections and at else None))
    return issue(stories, language)


def hostile() -> Issue:
    """An issue whose titles, quotes, names and links do their worst."""
    stories = []
    for at, words in enumerate(HOSTILE):
        plain = story(at + 1, "zh", title=words)
        source = Source(
            "e" * 64,
            words,
            words,
            "2025-11-12",
            "byline",
            "javascript:alert(1)" if at % 2 else 'https://evil.example/"><b>',
            "zh",
        )
        stories.append(
            Story(
                id=f"h{at}",
                title=words,
                language="ar" if at == 5 else "zh",
                section=None,
                sources=(source,),
                lead=Lead(words, 0),
                quotes=(
                    pick("spoken", words, words, words, 0, source.link),
                    pick("highlight", words + "。", None, None, 0, source.link),
                ),
                evidence=plain.evidence,
            )
        )
    return issue(stories)
