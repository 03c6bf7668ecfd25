"""Posts: true to their quotation, within their limit, with speaker and link, readable where they go."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.errors import TemplateError
from digest.fragment import text_fragment
from digest.issue import Masthead
from digest.link import linked
from digest.post import Post, facets, key, keys, length, posts
from digest.posting.fitting import is_balanced
from digest.posting.pattern import headline_within
from digest.posting.platform import platforms
from digest.quote import Quote
from digest.rule import Reason
from digest.story import Lead, Pick, Source, Story
from digest.template import Templates

if TYPE_CHECKING:
    from digest.quote import QuoteKind

NINE = ("x", "mastodon", "bluesky", "threads", "linkedin", "weibo", "telegram", "wechat", "xiaohongshu")
MASTHEAD = Masthead("海岸周报", "zh-CN", "Asia/Shanghai", "海岸 <post@coast.example>")
TEMPLATES = Templates(None)

ZH = """海岸科技发布了第三代模型。林小鹿说：“我们把推理成本降了一半，而且没有牺牲质量。接下来我们会投入更多资源，\
去做真正困难的事情：让它在断网的渔船上也能跑起来。”

她说：“很多人以为小就是弱，我觉得“小”恰恰是我们的武器。”公司2025年收入达到3.2亿元，同比增长140%，其中海外占四成。

一位资深投资人评价：“他们花钱很省，省得让人害怕。”这不是技术的胜利，而是耐心的胜利。

据知情人士透露，林小鹿曾表示“会在明年上市”。公司明年将把团队扩到九十人。\
有人说“@海岸客服 在 README.md 里写的跑分和实际不一样”。"""
EN = """“The U.S. market is not simple. It rewards patience,” said Ada Quill, the founder. “We sold 3,000 units in May.”

Revenue was $42 million, up 18 percent. Quill said the firm would open two plants next year."""
PAGE = "https://mp.weixin.qq.com/s?__biz=MzAxMjM0NTY3OA==&mid=2650000001&idx=2&sn=0a1b2c3d4e5f"


def source(link: str | None = PAGE, language: str = "zh", outlet: str | None = "海边读书会", **also: object) -> Source:
    made = Source("ab" * 32, "独家：海岸科技把推理成本降了一半", outlet, "2025-11-12", "byline", link, language)
    return replace(made, **also)  # type: ignore[arg-type]  # fields of Source


def pick(words: str, kind: QuoteKind, speaker: str | None = None, at: int = 0, page: str = ZH, **also: object) -> Pick:
    start = page.index(words)
    quote = Quote(page, start, start + len(words), kind, speaker=speaker, **also)  # type: ignore[arg-type]  # of Quote
    fragment = text_fragment(page, start, start + len(words))
    score = 10 - start / 100
    return Pick(quote, at, score, (Reason("含数字", 2.0), Reason("太长", -1.0)), fragment, linked(PAGE, fragment))


LEADER = {"speaker": "林小鹿", "role": "海岸科技联合创始人兼首席执行官", "cue": "说"}
COST = pick(ZH[ZH.index("我们把") : ZH.index("”\n")], "spoken", **LEADER)  # type: ignore[arg-type]  # fields of Quote
SMALL = pick("很多人以为小就是弱，我觉得“小”恰恰是我们的武器。", "spoken", **LEADER)  # type: ignore[arg-type]  # the same
THRIFT = pick("他们花钱很省，省得让人害怕。", "spoken", "一位资深投资人", unnamed=True)
MONEY = pick("公司2025年收入达到3.2亿元，同比增长140%，其中海外占四成。", "highlight")
PATIENCE = pick("这不是技术的胜利，而是耐心的胜利。", "highlight")
TEAM = pick("公司明年将把团队扩到九十人", "reported", "海岸科技", cue="表示")
RUMOUR = pick("会在明年上市", "spoken", "林小鹿", hearsay=True)
SCORES = pick("@海岸客服 在 README.md 里写的跑分和实际不一样", "spoken", "一位用户")


def story(*quotes: Pick, sources: tuple[Source, ...] = (), **also: object) -> Story:
    made = Story("s1", "海岸科技把推理成本降了一半", "zh", "人工智能", sources or (source(),), None, quotes)
    return replace(made, **also)  # type: ignore[arg-type]  # fields of Story


def made(told: Story, *names: str) -> tuple[Post, ...]:
    return posts(told, MASTHEAD, names or NINE, TEMPLATES)


def first(told: Story, name: str, pattern: str | None = None) -> Post:
    return next(post for post in made(told, name) if pattern in (None, post.pattern))


FULL = story(COST, SMALL, THRIFT, MONEY, PATIENCE, TEAM, RUMOUR, SCORES)


def test_a_post_on_x_is_quotation_speaker_and_link() -> None:
    post = first(story(COST), "x")
    assert post.text == (
        f"“{COST.quote.text}”\n——林小鹿，海岸科技联合创始人兼首席执行官\n\n《独家：海岸科技把推理成本降了一半》（海边读书会）\n"
        f"{linked(PAGE, COST.fragment)}\n#人工智能"
    )
    assert (post.length, post.limit, post.link) == (length(post.text, "x"), 280, linked(PAGE, COST.fragment))
    assert post.quotes == (COST.quote.id,)


def test_a_post_on_weibo_has_its_form() -> None:
    post = first(story(SMALL), "weibo")
    assert post.text == (
        "#人工智能# 【独家：海岸科技把推理成本降了一半】「很多人以为小就是弱，我觉得“小”恰恰是我们的武器。」"
        f"——林小鹿，海岸科技联合创始人兼首席执行官\n原文：海边读书会\n{PAGE}"
    )
    assert post.length <= 140


@pytest.mark.parametrize("name", NINE)
def test_tags_go_first_then_the_role_then_the_headline_and_never_speaker_or_link(name: str) -> None:
    whole = first(story(SMALL), name)
    seen = []
    for limit in range(whole.length, 30, -3):
        table = platforms({name: {"limit": limit}})
        for post in posts(story(SMALL), MASTHEAD, [name], TEMPLATES, table)[:1]:
            assert post.length <= limit
            if post.pattern == "headline":
                continue
            assert "林小鹿" in post.text
            assert name in ("wechat", "xiaohongshu") or post.facets or post.link in post.text
            state = ("人工智能" in post.text, "首席执行官" in post.text, "《" in post.text or "【" in post.text)
            seen.append((*state, SMALL.quote.text in post.text))
    assert seen == sorted(seen, key=lambda state: (-state[3], -state[2], -state[1], -state[0]))


def test_the_articles_own_words_are_never_put_in_somebodys_mouth() -> None:
    for post in made(story(MONEY, TEAM, RUMOUR)):
        for words in (MONEY.quote.text, TEAM.quote.text, RUMOUR.quote.text):
            assert not re.search(rf"[“「『‘]{re.escape(words)}", post.text)
    assert first(story(PATIENCE), "x").text.startswith("海边读书会写道：这不是技术的胜利")
    assert first(story(TEAM), "x").text.startswith("据海边读书会报道，海岸科技表示，公司明年将把团队扩到九十人。\n")
    assert first(story(RUMOUR), "x").text.startswith("据海边读书会报道，林小鹿表示，会在明年上市。\n")
    assert first(story(MONEY, COST), "x", "number").text.startswith(f"{MONEY.quote.text}\n来源：海边读书会 · 《独家")
    english = pick("the firm would open two plants next year.", "reported", "Quill", page=EN)
    told = story(english, sources=(source("https://harbor.com/a", "en", "The Harbor Post"),), language="en")
    assert first(told, "x").text.startswith(
        "The Harbor Post reports: the firm would open two plants next year. (Quill)\n"
    )


def test_an_article_of_nobody_known_is_named_by_its_headline() -> None:
    told = story(PATIENCE, sources=(source(outlet=None),))
    assert first(told, "x").text.startswith(
        "《独家：海岸科技把推理成本降了一半》写道：这不是技术的胜利，而是耐心的胜利。\nhttps"
    )
    assert first(told, "weibo").text.startswith("#人工智能# 《独家：海岸科技把推理成本降了一半》写道：这不是")
    named = first(story(SMALL, sources=(source(outlet=None),)), "x")
    assert "mp.weixin" not in named.text.replace(named.link, "")
    hosted = first(story(SMALL, sources=(source("https://www.harbor.com/a", outlet=None),)), "x")
    assert "《独家：海岸科技把推理成本降了一半》（harbor.com）" in hosted.text
    figure = first(story(SMALL, MONEY, sources=(source(outlet=None),)), "x", "number")
    assert "\n来源：《独家：海岸科技把推理成本降了一半》\n" in figure.text


def test_marks_inside_a_quotation_change_the_marks_outside() -> None:
    assert "「很多人以为小就是弱，我觉得“小”恰恰是我们的武器。」" in first(story(SMALL), "x").text


def test_a_quotation_nobody_is_named_for_is_ascribed_to_its_article() -> None:
    post = first(story(pick("他们花钱很省，省得让人害怕。", "spoken")), "x")
    assert "“他们花钱很省，省得让人害怕。”\n——引自《独家：海岸科技把推理成本降了一半》（海边读书会）\n" in post.text


def test_a_pronoun_names_nobody() -> None:
    for pronoun in ("I", "他"):
        text = first(story(pick("他们花钱很省，省得让人害怕。", "spoken", pronoun)), "x").text
        assert "——引自《独家" in text


def test_a_quotation_that_cannot_be_shortened_honestly_gives_way_to_another() -> None:
    page = "价格明年一定会降下来，这一点我向所有人保证，" * 8 + "但是要等新厂建成。短一点的话也有人说过。"
    long, short = (
        pick(words, "spoken", "林小鹿", page=page) for words in (page[: page.index("短")], page[page.index("短") :])
    )
    assert [post.quotes for post in made(story(long, short), "weibo")] == [(short.quote.id,)]


def test_no_post_begins_as_a_reply() -> None:
    page = "@海岸科技 2025年收入达到3.2亿元。没有引语。"
    money = pick(page[: page.index("没有")], "highlight", page=page)
    author = source(outlet="@海岸", title="@海岸 说")
    found = made(story(COST, replace(money, source=1), sources=(source(), author)), "x")
    assert [post.pattern for post in found] == ["quote", "report"]
    assert found[1].text.startswith("海岸写道：@海岸科技")
    assert first(story(sources=(author,), language="en"), "weibo").pattern == "headline"
    assert made(story(sources=(replace(author, language="en"),), language="en"), "x") == ()


def test_a_quotation_that_leans_on_what_was_said_before_comes_later() -> None:
    page = "但是我们把成本降了一半。我们把成本降了一半，没有牺牲质量。"
    leaning, other = (pick(words, "spoken", "林小鹿", page=page) for words in (page[:12], page[12:]))
    assert [post.quotes for post in made(story(leaning, other), "weibo")] == [(other.quote.id,), (leaning.quote.id,)]


def test_a_thread_counts_its_items_and_each_has_its_own_link() -> None:
    post = first(FULL, "x", "thread")
    assert post.text == f"1/5 {FULL.title}\n{PAGE}\n#人工智能"
    assert [item[:4] for item in post.thread] == ["2/5 ", "3/5 ", "4/5 ", "5/5 "]
    for item, voice in zip(post.thread, (COST, SMALL, THRIFT, SCORES), strict=True):
        assert voice.quote.text in item
        assert item.endswith("\n" + linked(PAGE, voice.fragment))
        assert length(item, "x") <= 280


def test_a_question_is_posted_only_with_the_whole_beginning_of_its_answer() -> None:
    asked = "你们怎么让模型在渔船上跑起来？"
    answer = pick(COST.quote.text, "turn", "林小鹿", question=asked)
    post = first(story(answer), "mastodon", "question")
    assert post.text.startswith(f"问：{asked}\n“{COST.quote.text}”\n——林小鹿\n")
    assert post.link in post.text
    check(post)
    assert "question" not in {one.pattern for one in made(story(COST), "mastodon")}
    long = pick(COST.quote.text, "turn", "林小鹿", question="为什么" * 40 + "？")
    assert "question" not in {one.pattern for one in made(story(long), "x")}


def test_one_quotation_is_no_thread() -> None:
    assert not [post for post in made(story(COST, MONEY)) if post.pattern == "thread"]


def test_a_contrast_has_both_voices_and_both_links() -> None:
    other = source("https://harbor.com/b", outlet="港口日报")
    weak = pick(
        "小公司的武器从来都不是小，是没有退路。", "spoken", "梁觉非", page="小公司的武器从来都不是小，是没有退路。"
    )
    told = story(SMALL, replace(weak, source=1), sources=(source(), other))
    post = first(told, "weibo", "contrast")
    assert post.text.startswith(f"梁觉非：“{weak.quote.text}”\n\n林小鹿：「{SMALL.quote.text}」\n\n")
    assert re.findall(r"^https\S+$", post.text, re.MULTILINE) == ["https://harbor.com/b", PAGE]
    assert not [post for post in made(story(SMALL, weak)) if post.pattern == "contrast"]


def test_a_translated_quotation_tells_whose_translation_it_is() -> None:
    told = story(replace(COST, translated=True))
    assert "（译文：" in first(told, "mastodon", "quote").text
    assert "译文" not in first(story(COST), "mastodon", "quote").text


def test_two_who_do_not_disagree_are_no_contrast() -> None:
    other = source("https://harbor.com/b", outlet="港口日报")
    told = story(SMALL, replace(THRIFT, source=1), sources=(source(), other))
    assert not [post for post in made(told) if post.pattern == "contrast"]


def test_links_keep_their_fragment_only_where_it_costs_nothing() -> None:
    links = {post.platform: post.link for post in reversed(made(story(SMALL)))}
    deep = linked(PAGE, SMALL.fragment)
    assert {name for name, link in links.items() if link == deep} == {"x", "mastodon", "bluesky"}
    assert {link for name, link in links.items() if name not in ("x", "mastodon", "bluesky")} == {PAGE}
    telegram = first(story(SMALL), "telegram")
    assert [facet["uri"] for facet in telegram.facets] == [deep]


def test_campaign_keys_stand_before_the_fragment() -> None:
    post = posts(story(SMALL), MASTHEAD, ["x"], TEMPLATES, utm={"utm_source": "x"})[0]
    assert "&utm_source=x#:~:text=" in post.link


def test_a_link_in_chinese_is_written_so_that_it_is_not_cut() -> None:
    post = first(story(SMALL, sources=(source("https://zh.harbor.com/维基/中国"),)), "x")
    assert "https://zh.harbor.com/%E7%BB%B4%E5%9F%BA/%E4%B8%AD%E5%9B%BD#:~:text=" in post.text
    shown = first(story(SMALL, sources=(source("https://zh.harbor.com/维基/中国"),)), "bluesky").text
    assert "\nzh.harbor.com/维基/中国" in shown


def test_no_link_stands_where_none_is_allowed() -> None:
    for post in made(FULL, "wechat", "xiaohongshu"):
        assert "http" not in post.text
        assert post.link == PAGE
        assert "《独家：海岸科技把推理成本降了一半》（海边读书会）" in post.text
        assert post.title == "海岸科技把推理成本降了一半"
    article = first(FULL, "wechat")
    assert article.digest == f"林小鹿：“{COST.quote.text}”"


def test_a_title_too_long_is_cut_at_a_mark_or_replaced() -> None:
    told = story(SMALL, title="海岸科技把推理成本降了一半，林小鹿说接下来才是最难的部分")
    assert first(told, "xiaohongshu").title == "海岸科技把推理成本降了一半"
    told = story(
        SMALL, title="海岸科技把推理成本降了一半林小鹿说接下来才是最难的部分", sources=(source(title="同" * 21),)
    )
    assert first(told, "xiaohongshu").title == "林小鹿"


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("小模型越深越崩？一种缩放让它冲上一千层", "小模型越深越崩？"),
        ("海岸科技要上市，但是不在今年也不在明年", None),
        ("这个产品我先爱为敬了——因为通话后直接投了八百万", "这个产品我先爱为敬了"),
        ("【独家】海岸科技要上市，三年之后的事三年之后再说", "海岸科技要上市"),
        ("The slow clock in the harbour runs without hands", "The slow clock in the harbour…"),
        ("海岸科技要上市 - 海边读书会的深度报道在这里", "海岸科技要上市"),
        ("很好！后面还有很长很长很长很长的一句话", None),
        ("“我们到底算谁家的人？为什么少了一半工资？”", None),
    ],
)
def test_a_headline_keeps_its_question_mark_and_its_turn(title: str, kept: str | None) -> None:
    assert headline_within(title, 16, "xiaohongshu_title") == kept


def test_live_names_and_domains_in_a_quotation_are_flagged_and_left_alone() -> None:
    post = first(story(SCORES), "x")
    assert SCORES.quote.text in post.text
    assert post.flags == ("引文里的 @海岸客服 会变成提及", "引文里的 README.md 会变成链接")
    assert first(story(SCORES), "bluesky").flags == ()


def test_the_editor_is_told_why_and_what_to_check() -> None:
    post = first(FULL, "x")
    assert post.why == "得分最高的引语：含数字"
    assert "消息来源未具名" in first(story(THRIFT), "x").flags
    assert "字数上限不是平台官方公布的" in first(FULL, "linkedin").flags


def test_held_back_and_unlinked_sources_are_never_posted() -> None:
    assert made(story(COST, sources=(source(held_back=True),))) == ()
    assert made(story(COST, sources=(source(None),))) == ()


def test_the_asking_side_of_an_interview_is_not_quoted_and_the_headline_stands_in() -> None:
    asked = pick("公司明年将把团队扩到九十人", "turn", "主持人", asks=True)
    assert {post.pattern for post in made(story(asked))} == {"headline"}
    assert first(story(asked), "x").text == f"《独家：海岸科技把推理成本降了一半》（海边读书会）\n{PAGE}\n#人工智能"
    assert (
        first(story(asked), "weibo").text
        == f"#人工智能# 【独家：海岸科技把推理成本降了一半】\n原文：海边读书会\n{PAGE}"
    )
    assert first(story(asked), "xiaohongshu").title == "海岸科技把推理成本降了一半"


def test_without_a_quotation_the_articles_beginning_stands_in() -> None:
    post = first(story(lead=Lead("海岸科技发布了第三代模型。", 0)), "x")
    assert post.text.startswith("海边读书会写道：海岸科技发布了第三代模型。\n")
    assert post.why == "没有合用的引语，用文章开头"


def test_a_source_in_another_language_gives_a_post_in_that_language() -> None:
    english = pick(
        "The U.S. market is not simple. It rewards patience", "spoken", "Ada Quill", 1, EN, role="the founder"
    )
    other = source("https://harbor.com/a", "en", "The Harbor Post", title="Northwind waits")
    told = story(COST, english, sources=(source(), other))
    variants = [post for post in made(told) if post.language == "en"]
    assert {post.platform for post in variants} == set(NINE)
    assert "“The U.S. market is not simple. It rewards patience”\n— Ada Quill, the founder\n" in variants[0].text
    assert {post.title for post in variants if post.platform == "wechat"} == {"Northwind waits"}
    assert first(story(english, sources=(other, other)), "x").language == "en"


def test_japanese_has_its_own_marks() -> None:
    page = "森野葵氏は「静かであることは、礼儀だと考えています」と話した。"
    quote = pick("静かであることは、礼儀だと考えています", "spoken", "森野葵", page=page, role="社長")
    told = story(
        quote, sources=(source("https://hamabe.com/a", "ja", "浜辺新聞", title="静かな冷蔵庫"),), language="ja"
    )
    assert first(told, "x").text.startswith(
        "「静かであることは、礼儀だと考えています」\n——森野葵（社長）\n\n『静かな冷蔵庫』（浜辺新聞）\n"
    )


def test_a_template_that_drops_the_link_is_refused() -> None:
    class Careless:
        def render(self, name: str, /, **values: object) -> str:
            return f"{name} {values['quote']}"

    with pytest.raises(TemplateError, match="must stand"):
        posts(story(COST), MASTHEAD, ["x"], Careless())


def test_facets_are_found_as_the_official_client_does() -> None:
    text = "看 https://a.com/x。 和 https://b.com/y,"
    found = facets(text)
    assert [facet["uri"] for facet in found] == ["https://a.com/x。", "https://b.com/y"]
    assert [text.encode()[slice_of(facet)].decode() for facet in found] == [
        "https://a.com/x。",
        "https://b.com/y",
    ]


def test_the_same_words_of_the_same_page_have_one_key() -> None:
    one = key("x", f"{PAGE}#:~:text=a", "“很好， ok”")
    assert one == key("x", PAGE.replace("https", "http") + "&chksm=1", '"很好， OK"')
    assert one != key("weibo", PAGE, "“很好， ok”")
    assert one != key("x", PAGE, "不好")


def test_what_was_posted_gives_way_to_the_next_candidate_on_that_platform_only() -> None:
    told = story(COST, SMALL)
    best = first(told, "x")
    rest = posts(told, MASTHEAD, ["x", "weibo"], TEMPLATES, posted=frozenset(best.keys))
    assert {words for post in rest if post.platform == "x" for words in post.quotes} == {SMALL.quote.id}
    assert [post for post in rest if post.platform == "weibo"] == list(made(told, "weibo"))


def test_a_story_that_was_posted_whole_gives_no_post_not_even_its_headline() -> None:
    told = story(COST, SMALL)
    known = frozenset(one for post in made(told) for one in post.keys)
    assert posts(told, MASTHEAD, NINE, TEMPLATES, posted=known) == ()
    bare = story()
    assert [post.pattern for post in made(bare, "x")] == ["headline"]
    known = frozenset(made(bare, "x")[0].keys)
    assert posts(bare, MASTHEAD, ["x"], TEMPLATES, posted=known) == ()


def test_telling_words_are_known_on_any_page_and_short_ones_on_their_own() -> None:
    reprint = source("https://reprint.example/1")
    assert set(keys("x", source(), COST.quote.text)) & set(keys("x", reprint, COST.quote.text + "”"))
    assert not set(keys("x", source(), "没有。")) & set(keys("x", reprint, "没有。"))


def slice_of(facet: dict[str, object]) -> slice:
    start, end = facet["byteStart"], facet["byteEnd"]
    assert isinstance(start, int)
    assert isinstance(end, int)
    return slice(start, end)


def check(post: Post) -> None:
    """What holds for every post."""
    table = platforms()[post.platform]
    for item in (post.text, *post.thread):
        assert length(item, post.platform) <= post.limit
        assert table.bytes is None or len(item.encode()) <= table.bytes
        assert not item.startswith("@")
        for url in re.findall(r"https?://\S+", item):
            assert re.search(rf"(?:^|\s){re.escape(url)}(?:\s|$)", item)
            assert url.isascii()
    assert post.length == length(post.text, post.platform)
    assert post.link.startswith("http")
    assert post.title is None or length(post.title, "xiaohongshu_title" if table.digest is None else "wechat") <= (
        table.title or 0
    )
    assert post.digest is None or len(post.digest) <= (table.digest or 0)
    for facet in post.facets:
        shown = post.text.encode()[slice_of(facet)].decode()
        assert re.search(rf"(?:^|\n){re.escape(shown)}(?:\n|$)", post.text)
        assert str(facet["uri"]).startswith("http")


sentences = st.lists(
    st.sampled_from(
        [
            "我们把成本降了一半",
            "但是质量没变",
            "虽然很慢",
            "“小”是武器",
            "We wait",
            "👨‍👩‍👧‍👦",
            "3.5亿元",
            "@某人",
            "a.com",
            "e\u0301",
            "#话题",
        ]
    ),
    min_size=1,
    max_size=60,
).map(lambda parts: "，".join(parts[: len(parts) // 2]) + "。" + "。".join(parts[len(parts) // 2 :]) + "。")


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=40, deadline=None)
@given(
    st.lists(sentences, min_size=1, max_size=3, unique=True),
    st.sampled_from(["spoken", "turn", "block", "highlight", "reported"]),
    st.sampled_from([None, "林小鹿", "阿卜杜拉·本·穆罕默德·阿勒萨尼", "Ada Quill"]),
    st.sampled_from([None, "海边读书会", "The Harbor Post"]),
    st.sampled_from([PAGE, "https://a.com", "https://zh.harbor.com/维基/中国.", "https://a.com/" + "x" * 300]),
    st.sampled_from(["短题", "《书》与" + "很长的标题" * 20, "Title (x)"]),
    st.sampled_from(["zh", "en", "ja", "ko"]),
)
def test_every_post_keeps_the_rules(
    words: list[str], kind: QuoteKind, speaker: str | None, outlet: str | None, link: str, title: str, language: str
) -> None:
    page = "\n\n".join(words)
    quotes = [pick(one, kind, speaker, page=page, role="海岸科技创始人") for one in words]
    told = story(*quotes, sources=(source(link, language, outlet, title=title),), title=title, language=language)
    one = made(told)
    for post in one:
        check(post)
        kept = [quote.quote.text for quote in quotes if quote.quote.id in post.quotes]
        assert kept or post.pattern == "headline"
        if all(map(is_balanced, (*kept, title))):
            assert is_balanced(post.text)
    assert one == made(told)


def test_every_post_of_a_full_story_keeps_the_rules() -> None:
    found = made(FULL)
    assert {post.platform for post in found} == set(NINE)
    for post in found:
        check(post)
    json_patterns = {post.pattern for post in found}
    assert json_patterns == {"quote", "number", "thread", "list", "card"}


def test_no_label_stands_on_weibo_without_a_name_behind_it() -> None:
    page = "https://news.example/" + "long-address-" * 12
    told = made(story(COST, SMALL, sources=(source(page, outlet="海边的一家读书会" * 4),)), "weibo")
    assert told
    assert not [post.text for post in told if "原文：\n" in post.text]
