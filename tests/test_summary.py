"""Summaries: what is chosen stands alone, what is not says why, and no word is ever changed."""

from __future__ import annotations

import gzip
import importlib.util
import json
import time
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest import formats, lexicon, quote, rule, shipped
from digest.document import Mark, Warn, plain
from digest.quote import QUOTABLE, Quote
from digest.seed import Seed
from digest.summary import first_clauses, held, ranked, summarise

if TYPE_CHECKING:
    from pathlib import Path

    from digest.rule import Book
    from digest.summary import Summary, Verdict


@cache
def the_book() -> Book:
    return rule.book(shipped.table("config/rules.yaml"), lexicon.default())


def judged(*texts: str, kind: Any = "turn", **about: Any) -> Summary:
    """Each text a paragraph and a quote of 林晓, after one of plain prose."""
    text = "\n\n".join(["上周五，云杉实验室关掉了它的第二座机房，没有事先通知任何人。", *texts])
    document = replace(plain(text, title="云杉关掉机房", language="zh"), source="https://a.example/1")
    quotes = []
    at = 0
    for one in texts:
        at = text.index(one, at)
        quotes.append(Quote(text, at, at + len(one), kind, **{"speaker": "林晓", **about}))
    return summarise(document, quotes, the_book())


def verdict(text: str, **about: Any) -> Verdict:
    return judged(text, **about).verdicts[0]


GOOD = "我们真正缺的不是机器，而是愿意在夜里三点起来看一眼的人。"


def test_a_good_answer_is_chosen_with_its_reasons() -> None:
    found = verdict(GOOD)
    assert found.chosen
    assert found.rejected_by is None
    assert found.reasons


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("这让我们在第二年丢掉了将近一半的客户。", "points outside"),
        ("后者才是我们当时真正担心的那一个部分。", "points outside"),
        ("That is the part nobody at the table wanted to hear about.", "points outside"),
        ("对，我们在第二年丢掉了将近一半的老客户。", "needs its question"),
        ("Yes, we lost half of our customers in the second year.", "needs its question"),
        ("我们为什么要在第二年关掉那一座机房呢？", "asks a question"),
        ("一方面我们确实缺少愿意值夜班的工程师。", "half of a pair"),
        ("It is the most expensive machine that this company ever bought.", "points outside"),
        ("It's a mistake we would make again in the third year.", "points outside"),
        ("This is a moment nobody in that room will forget.", "points outside"),
        ("九年前他们把第一台机器搬进了一间没有窗的屋子。", "noun lies outside"),
        ("所以，它永远只是跟在别人后面的一台机器而已。", "noun lies outside"),
        ("我觉得他其实早就知道这件事迟早会发生。", "noun lies outside"),
        ("Nine years ago they carried the first machine into a room without windows.", "noun lies outside"),
        ("I think he will regret the day he closed that laboratory.", "noun lies outside"),
        ("谢谢主持人，也谢谢大家今天晚上能够过来。", "greeting"),
        ("反过来，客户如果走了就再也不会回头。", "turns about"),
        ("我当时在会上只说了一句话，就是：", "leads into"),
        ("机房没了。", "long enough"),
    ],
)
def test_what_cannot_stand_alone_is_passed_over_and_says_why(text: str, why: str) -> None:
    found = verdict(text)
    assert not found.chosen
    assert why in str(found.rejected_by)


@pytest.mark.parametrize(
    "text",
    ["这个时代最贵的东西不是算力，而是还愿意等你三年的人。", "其实我们从第一天起就知道机房会关，只是没有人愿意先说。"],
)
def test_an_opening_that_only_looks_like_a_pointer_is_fine(text: str) -> None:
    assert verdict(text).chosen


@pytest.mark.parametrize(
    "text",
    [
        "It is hard to say what comes next for a laboratory without a night shift.",
        "It's time to stop pretending that the machines are free.",
        "It is important that somebody answers the phone at night.",
        "因为其他公司都没有耐心等上三年的时间。",
        "现在他人怎么看这条路，已经不再重要了。",
        "如果员工不相信公司，他们就会一个一个离开这里。",
        "When the customers left, they never came back to us.",
    ],
)
def test_a_pronoun_that_has_its_noun_or_needs_none_does_not_dangle(text: str) -> None:
    why = str(verdict(text).rejected_by)
    assert "outside" not in why


@pytest.mark.parametrize(
    ("about", "why"),
    [
        ({"asks": True}, "asking side"),
        ({"speaker": None}, "nobody is named"),
        ({"unnamed": True, "speaker": "一位高管"}, "not named"),
        ({"hearsay": True}, "second-hand"),
        ({"kind": "reported"}, "a person's words"),
    ],
)
def test_doubtful_words_never_become_a_key_quote(about: dict[str, Any], why: str) -> None:
    found = verdict(GOOD, **about)
    assert not found.chosen
    assert why in str(found.rejected_by)


def test_an_answer_that_leans_on_the_sentence_before_takes_it_along() -> None:
    first = "大家都以为机房是我们最重的资产。"
    second = "这其实是我们最重的负担，而不是什么资产，从来都不是。"
    text = first + second
    document = replace(plain(text, language="zh"), source="https://a.example/1")
    quotes = [
        Quote(text, 0, len(first), "turn", speaker="林晓"),
        Quote(text, len(first), len(text), "turn", speaker="林晓"),
    ]
    found = summarise(document, quotes, the_book())
    assert [one.quote.text for one in found.chosen] == [text]
    alone = next(one for one in found.verdicts if one.quote.text == second)
    assert "points outside" in str(alone.rejected_by)


def test_two_speakers_are_never_joined_into_one_quote() -> None:
    text = "大家都以为机房是我们最重的资产。这其实是我们最重的负担，而不是什么资产。"
    at = text.index("这其实")
    quotes = [Quote(text, 0, at, "turn", speaker="林晓"), Quote(text, at, len(text), "turn", speaker="周原")]
    found = summarise(plain(text, language="zh"), quotes, the_book())
    assert all(one.quote.text != text for one in found.verdicts)


def test_a_quota_keeps_the_best_and_names_the_rest() -> None:
    texts = [
        f"我们真正缺的不是{one}，而是愿意为它负责到底的人。" for one in ("机器", "电力", "房租", "时间", "耐心", "算力")
    ]
    loose = replace(the_book(), diversity=1.0)
    text = "\n\n".join(texts)
    quotes = [Quote(text, at := text.index(one), at + len(one), "turn", speaker="林晓") for one in texts]
    found = summarise(plain(text, language="zh"), quotes, loose)
    assert len(found.chosen) == loose.quotas.document
    assert all(one.rejected_by for one in found.verdicts if not one.chosen)
    assert len(judged(*texts).chosen) == 1, "five of them say much the same"


def test_authors_bold_lifts_a_sentence_over_its_equals() -> None:
    texts = [f"我们在第{one}年把机房搬到了城市的另外一头。" for one in "二三"]
    text = "\n\n".join(texts)
    at = text.index(texts[1])
    document = replace(plain(text, language="zh"), marks=(Mark("bold", at, at + len(texts[1])),))
    quotes = [Quote(text, text.index(one), text.index(one) + len(one), "turn", speaker="林晓") for one in texts]
    assert summarise(document, quotes, the_book()).verdicts[0].quote.start == at


@given(st.data())
def test_every_verdict_is_words_of_the_document_and_ranks_do_not_rise(data: st.DataObject) -> None:
    pieces = data.draw(
        st.lists(st.text("我们不是而是真正未来，。？！AI很慢 这", min_size=1, max_size=40), min_size=1, max_size=8)
    )
    text = "\n\n".join(piece.strip() or "空" for piece in pieces)
    document = plain(text, language="zh")
    quotes = [Quote(text, block.start, block.end, "turn", speaker="林晓") for block in document.blocks]
    found = summarise(document, quotes, the_book())
    assert all(text[one.quote.start : one.quote.end] == one.quote.text for one in found.verdicts)
    alive = [one.score for one in found.verdicts if one.chosen]
    assert alive == sorted(alive, reverse=True)
    assert all(one.chosen is (one.rejected_by is None) for one in found.verdicts)


def test_a_clip_without_an_address_is_held_with_the_command_that_lets_it_in() -> None:
    document = plain("有人说过一句话。", language="zh")
    found = held(document, [], seed="0123456789abcdef")
    assert found
    assert found.code == "no-source"
    assert "digest release 01234567 --source" in found.remedy
    assert held(replace(document, source="https://a.example/1"), []) is None


def test_a_clip_of_unnamed_or_second_hand_voices_only_is_held() -> None:
    text = "“我们缺的是人。”一位高管说。“也缺时间。”林晓说。"
    document = replace(plain(text, language="zh"), source="https://a.example/1")
    nobody = Quote(text, 1, 8, "spoken", speaker="一位高管", unnamed=True)
    somebody = Quote(text, 17, 22, "spoken", speaker="林晓")
    found = held(document, [nobody])
    assert found
    assert found.code == "unnamed-sources"
    assert held(document, [nobody, somebody]) is None


def test_a_failed_clip_is_held_even_with_an_address() -> None:
    document = replace(plain("环境异常"), source="https://a.example/1", warnings=(Warn("failed-clip", "a captcha"),))
    found = held(document, [])
    assert found
    assert (found.code, found.message) == ("failed-clip", "a captcha")


def test_a_clip_without_a_title_is_called_by_its_first_clauses() -> None:
    assert first_clauses(plain("云杉关掉了机房,没有通知任何人。第二天才有人发现。")) == "云杉关掉了机房,没有通知任何人"
    long = "云杉实验室在上个星期五的晚上关掉了它的第二座机房,而且没有事先通知任何一位客户或者任何一位员工"
    assert first_clauses(plain(long)) == "云杉实验室在上个星期五的晚上关掉了它的第二座机房"
    assert first_clauses(plain("")) == ""


def test_a_raw_text_is_ranked_by_sentences_and_passes_over_what_is_none() -> None:
    text = (
        "# 标题不是句子\n\n![图](https://a.example/1.png)\n\n今天下了一点小雨。\n\n"
        "真正的核心从来不是算力，而是愿意等你三年的人，未来也会是这样。\n\n| 表 | 格 |\n\n```\nprint('代码')\n```\n"
    )
    found = ranked(plain(text, title="算力与人"), the_book())
    assert [text[one.start : one.end] for one in found] == [one.text for one in found]
    assert found[0].text.startswith("真正的核心")
    assert not any(word in one.text for one in found for word in ("标题", "图", "表", "代码"))


@pytest.mark.conformance
def test_the_four_real_clips_give_quotes_that_stand_alone(shared: Path) -> None:
    words = lexicon.default()
    dangling = ("这", "它", "他", "她", "后者", "其中", "对，", "是的", "谢谢")
    for path in sorted((shared / "seeds").iterdir()):
        for document in formats.read(Seed(path.name, path.read_bytes()), words):
            found = summarise(document, quote.find(document, words), the_book())
            for one in found.chosen:
                assert one.quote.kind in QUOTABLE
                assert one.quote.speaker
                assert not one.quote.text.startswith(dangling), one.quote.text
                assert not one.quote.text.endswith(("？", "?", "：", ":")), one.quote.text


@pytest.mark.conformance
def test_the_rules_find_what_authors_set_in_bold_themselves(shared: Path) -> None:
    folder = shared / "eval" / "highlights"
    spec = importlib.util.spec_from_file_location("score", folder / "score.py")
    assert spec
    assert spec.loader
    score = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(score)
    rows = []
    with gzip.open(folder / "dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            article = json.loads(line)
            found = ranked(plain(article["text"], title=article["title"]), the_book())
            rows.append(score.measure(article, [[one.start, one.end] for one in found[:20]]))
    figures = dict(zip(score.NAMES, score.mean(rows), strict=True))
    assert figures["P@5"] >= 0.32, figures  # as shipped .340, in five folds .314; TextRank .157
    assert figures["hit@5"] >= 0.80, figures  # as shipped .827, in five folds .782


@pytest.mark.bench
def test_choosing_costs_milliseconds() -> None:
    sentence = "我们真正缺的不是机器，而是愿意在夜里三点起来看一眼的人，未来三年也不会变。"
    text = "\n\n".join(sentence.replace("三", str(number)) for number in range(180))
    document = plain(text, language="zh")
    quotes = [Quote(text, block.start, block.end, "turn", speaker="林晓") for block in document.blocks[::6]]
    summarise(document, quotes, the_book())
    begun = time.process_time()
    for _ in range(10):
        summarise(document, quotes, the_book())
    print(f"{len(text)} characters, {len(quotes)} quotes: {(time.process_time() - begun) * 100:.2f} ms")


def test_the_articles_own_stress_is_chosen_only_where_the_owner_marked_it_or_little_else_is_there() -> None:
    assert verdict("这个时代最贵的东西不是算力，而是还愿意等你三年的人。", kind="highlight", highlighted=True).chosen
    plain_words = verdict("这个时代最贵的东西不是算力，而是还愿意等你三年的人。", kind="highlight", speaker=None)
    said = verdict("这个时代最贵的东西不是算力，而是还愿意等你三年的人。")
    assert plain_words.score < said.score
