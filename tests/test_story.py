"""Stories: one event from several clips, whatever the names; nothing doubtful as a voice."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING
from zlib import crc32

import pytest

from digest import formats, lexicon, quote, rule, shipped
from digest.document import plain
from digest.errors import SeedError
from digest.gathering import event
from digest.gathering.topic import topic
from digest.judging.amount import amounts
from digest.seed import Seed
from digest.story import gather
from digest.summary import summarise

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from digest.document import Document
    from digest.rule import Book
    from digest.story import Gathered
    from digest.summary import Summary

LAYOFF = (
    "3月2日晚间，青柠芯片向全体员工发出内部信，宣布裁减约320人，占员工总数的28%，存储控制器部门整体撤销。\n\n"
    "创始人兼CEO顾南音在信中写道：“我们押错了一代接口标准，这个代价由我先承担。”她同时放弃了今年的全部薪酬。\n\n"
    "被裁员工将拿到三个月的补偿。公司去年完成4.6亿元C轮融资。"
)
LAYOFF_AGAIN = (
    "圈子里都在聊顾南音那封信。青柠芯片把做了五年的存储控制器整个砍了，一夜之间裁掉300多人。\n\n"
    "顾南音对记者说：“接口标准之争去年秋天就结束了，只是我们不肯认输而已。”\n\n"
    "一位前同事说，工牌当晚就失效了。"
)
LAYOFF_ENGLISH = (
    "Qingning Chips is cutting about 320 jobs, or 28 percent of its staff, and closing its storage unit.\n\n"
    '"We bet on the wrong generation of an interface, and I should be the first to pay for it," wrote Gu Nanyin, '
    "the founder and chief executive. The company raised 460 million yuan last year."
)
SUIT = (
    "青柠芯片近日被封装厂嘉禾起诉，后者称其拖欠两批次晶圆的加工费用，索赔9700万元，案件将于4月开庭。\n\n"
    "嘉禾法务负责人梁觉说：“良率是他们自己验收签的字，白纸黑字没有什么好争的。”\n\n"
    "青柠芯片回应称，两批次晶圆的良率低于合同约定。"
)


@cache
def the_book() -> Book:
    return rule.book(shipped.table("config/rules.yaml"), lexicon.default())


def a_document(text: str, title: str | None = None, source: str | None = "auto", **about: str) -> Document:
    language = "zh" if re.match("[㐀-鿿0-9]", text) else "en"
    address = f"https://{about.get('outlet', 'a')}.example/{crc32(text.encode())}" if source == "auto" else source
    return replace(plain(text, title=title, language=language), source=address, **about)  # type: ignore[arg-type]


def a_summary(text: str, title: str | None = None, source: str | None = "auto", **about: str) -> Summary:
    document = a_document(text, title, source, **about)
    seed = Seed(f"{title}.md", f"{text}{about}".encode())
    return summarise(document, quote.find(document, lexicon.default()), the_book(), seed=seed.sha256, path=seed.path)


def gathered(*summaries: Summary) -> Gathered:
    return gather(summaries, the_book())


def test_two_clips_of_one_event_are_one_story_and_say_why() -> None:
    found = gathered(
        a_summary(LAYOFF, "一夜裁掉三成人", outlet="晨线"), a_summary(LAYOFF_AGAIN, "她不肯认输", outlet="夜话")
    )
    (told,) = found.stories
    assert {source.outlet for source in told.voices} == {"晨线", "夜话"}
    assert "顾南音" in told.evidence[0]
    assert {told.sources[pick.source].outlet for pick in told.quotes} == {"晨线", "夜话"}


def test_another_event_of_the_same_company_is_another_story() -> None:
    found = gathered(a_summary(LAYOFF, "一夜裁掉三成人"), a_summary(SUIT, "青柠芯片被起诉"), a_summary(LAYOFF_AGAIN))
    assert sorted(len(told.sources) for told in found.stories) == [1, 2]


def test_a_clip_in_another_language_joins_by_names_and_figures() -> None:
    found = gathered(a_summary(LAYOFF, "一夜裁掉三成人"), a_summary(LAYOFF_ENGLISH, "Qingning cuts 320 jobs"))
    (told,) = found.stories
    assert {source.language for source in told.sources} == {"zh", "en"}


def test_a_held_back_clip_is_evidence_and_never_a_voice() -> None:
    held = a_summary(LAYOFF_AGAIN, "她不肯认输", source=None)
    found = gathered(a_summary(LAYOFF, "一夜裁掉三成人"), held)
    (told,) = found.stories
    assert found.joined == {held.seed: told.id}
    assert [source.held_back for source in told.sources] == [False, True]
    assert all(not told.sources[pick.source].held_back for pick in told.quotes)
    assert all(not told.sources[value.source].held_back for figure in told.figures for value in figure.values)
    assert len(told.voices) == 1


def test_a_story_of_held_back_clips_alone_is_not_told() -> None:
    found = gathered(a_summary(LAYOFF, source=None), a_summary(LAYOFF_AGAIN, source=None))
    assert found.stories == ()
    assert found.joined == {}


def test_copies_count_once_and_list_their_outlets() -> None:
    changed = LAYOFF.replace("全部薪酬", "薪酬") + "\n\n本文转自晨线。"
    found = gathered(a_summary(LAYOFF, "一夜裁掉三成人", outlet="晨线"), a_summary(changed, "裁员", outlet="转载社"))
    (told,) = found.stories
    assert len(told.sources) == 1
    assert len(told.sources[0].copies) == 1
    assert {told.sources[0].outlet, told.sources[0].copies[0].outlet} == {"晨线", "转载社"}


def test_figures_of_the_same_thing_stand_side_by_side_in_one_measure() -> None:
    told = gathered(a_summary(LAYOFF, "一夜裁掉三成人"), a_summary(LAYOFF_AGAIN, "她不肯认输")).stories[0]
    cut = next(figure for figure in told.figures if figure.what == "裁员")
    assert cut.same_measure
    assert sorted(value.value for value in cut.values) == [300, 320]
    assert {value.unit for value in cut.values} == {"people"}


def test_different_measures_are_labelled_as_such() -> None:
    share = LAYOFF_AGAIN.replace("一夜之间裁掉300多人", "裁掉了大约28%的员工")
    absolute = LAYOFF.replace("，占员工总数的28%", "")
    told = gathered(a_summary(absolute, "一夜裁掉三成人"), a_summary(share, "她不肯认输")).stories[0]
    cut = next(figure for figure in told.figures if figure.what == "裁员")
    assert not cut.same_measure
    assert {value.unit for value in cut.values} == {"people", "%"}


def test_the_lead_is_whole_sentences_of_the_article() -> None:
    told = gathered(a_summary("欢迎收听今天的节目，谢谢大家。\n\n" + LAYOFF, "一夜裁掉三成人")).stories[0]
    assert told.lead
    assert told.lead.text in LAYOFF
    assert told.lead.text.endswith("。")


def test_a_lead_never_says_the_same_twice_and_never_opens_by_pointing_back() -> None:
    text = "这件事来得很突然，没有人想到会是今天。\n\n" + LAYOFF.split("\n\n", maxsplit=1)[0] + "\n\n" + LAYOFF
    told = gathered(a_summary(text, "一夜裁掉三成人")).stories[0]
    assert told.lead
    assert not told.lead.text.startswith("这件事")
    assert told.lead.text.count("存储控制器") == 1


def test_the_title_is_the_principal_sources_own_or_its_first_clause() -> None:
    assert gathered(a_summary(LAYOFF, "一夜裁掉三成人")).stories[0].title == "一夜裁掉三成人"
    assert LAYOFF.startswith(gathered(a_summary(LAYOFF)).stories[0].title.rstrip("…"))


def test_every_pick_is_verbatim_and_linked_to_its_place() -> None:
    documents = [a_document(LAYOFF, "一夜裁掉三成人", outlet="x"), a_document(LAYOFF_AGAIN, "她不肯认输", outlet="y")]
    told = gathered(*(a_summary(one.text, one.title, outlet=one.outlet or "") for one in documents)).stories[0]
    assert told.quotes
    for pick in told.quotes:
        text = next(one.text for one in documents if one.outlet == told.sources[pick.source].outlet)
        assert pick.quote.text in text
        assert pick.link
        assert pick.link.startswith(f"https://{told.sources[pick.source].outlet}.example/")
        assert pick.fragment is None or pick.link.endswith(pick.fragment)


def test_an_article_released_without_an_address_is_told_without_links() -> None:
    released = replace(a_summary(LAYOFF, "一夜裁掉三成人", source=None), held=None)
    told = gathered(released).stories[0]
    assert told.quotes
    assert all(pick.link is None for pick in told.quotes)


def test_a_story_keeps_its_id_when_a_later_clip_joins_and_the_order_of_clips_changes_nothing() -> None:
    main = a_summary(LAYOFF, "一夜裁掉三成人", published="2026-03-02")
    also = a_summary(LAYOFF_AGAIN, "她不肯认输", published="2026-03-03T10:00:00+08:00")
    other = a_summary(SUIT, "青柠芯片被起诉")
    alone = gathered(main).stories[0]
    together = gathered(main, also, other)
    assert alone.id in {told.id for told in together.stories}
    clips = [main, also, other]
    for turn in range(4):
        random.Random(turn).shuffle(clips)  # noqa: S311 -- a draw that can be repeated
        assert gathered(*clips) == together


def test_no_speaker_takes_a_story_over_and_no_quota_is_passed() -> None:
    saying = "顾南音说：“我们真正缺的不是{0}，而是愿意为{0}负责到底的人，明年也一样。”"
    text = LAYOFF + "\n\n" + "\n\n".join(saying.format(one) for one in ("机器", "电力", "房租", "时间", "耐心", "算力"))
    told = gathered(a_summary(text, "一夜裁掉三成人"), a_summary(LAYOFF_AGAIN, "她不肯认输")).stories[0]
    speakers = [pick.quote.speaker for pick in told.quotes]
    assert len(speakers) <= the_book().quotas.story
    assert max(map(speakers.count, speakers)) <= the_book().quotas.speaker


def test_words_that_two_sources_give_differently_stay_out_and_the_editor_is_told() -> None:
    other = LAYOFF_AGAIN.replace(
        "接口标准之争去年秋天就结束了，只是我们不肯认输而已。", "我们押错了一代接口的标准，代价应该由我先来承担。"
    )
    told = gathered(a_summary(LAYOFF, "一夜裁掉三成人"), a_summary(other, "她不肯认输")).stories[0]
    assert not told.quotes
    assert any("quoted differently" in line for line in told.evidence)


def test_no_article_is_quoted_beyond_its_fair_share() -> None:
    short = (
        "顾南音在港口说：“真正难的不是造船，而是让人愿意等三年。”她又说：“未来属于肯在夜里守着灯塔的那些人。”就这些。"
    )
    told = gathered(a_summary(short, "港口一日")).stories[0]
    assert len(told.quotes) == 1


def test_a_story_with_nothing_new_is_dropped_and_with_a_new_quote_comes_back_as_an_update() -> None:
    first = gathered(a_summary(LAYOFF, "一夜裁掉三成人")).stories
    again = gather([a_summary(LAYOFF, "一夜裁掉三成人", outlet="b")], the_book(), earlier=first)
    assert again.stories == ()
    assert [one.update_of for one in again.repeats] == [first[0].id]
    (update,) = gather([a_summary(LAYOFF_AGAIN, "她不肯认输")], the_book(), earlier=first).stories
    assert update.update_of == first[0].id
    assert [(one.kind, one.what) for one in update.news] == [("quote", "顾南音")]
    assert "1 things are new" in update.evidence[-1]
    (other,) = gather([a_summary(SUIT, "青柠芯片被起诉")], the_book(), earlier=first).stories
    assert other.update_of is None


def test_sections_are_told_by_tag_outlet_or_keyword_and_capped() -> None:
    table = {
        **shipped.table("config/rules.yaml"),
        "sections": [
            {"id": "chips", "name": {"zh": "芯片", "en": "Chips"}, "when": {"keywords": ["芯片"]}, "most": 1},
            {"id": "robots", "name": {"zh": "机器", "en": "Robots"}, "when": {"tags": ["Robot"], "outlets": ["量尺"]}},
        ],
    }
    book = rule.book(table, lexicon.default())
    clips = [
        a_summary(LAYOFF, "一夜裁掉三成人"),
        a_summary(SUIT, "青柠芯片被起诉"),
        a_summary("会飞的锅炉昨天在港口试飞成功，围观的人站满了整条堤岸。", "锅炉试飞", outlet="量尺"),
    ]
    told = gather(clips, book).stories
    assert sorted(str(one.section) for one in told) == ["chips", "robots"]


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("裁减约600名员工", 600, "people"),
        ("融资12亿美元", 1.2e9, "USD"),
        ("raised $1.2 billion", 1.2e9, "USD"),
        ("about 15 percent of staff", 15, "%"),
        ("six hundred employees", 600, "people"),
        ("六百人", 600, "people"),
        ("三成员工", 30, "%"),
        ("8.6万辆", 86_000, "vehicles"),
        ("3.5bn euros", 3.5e9, "EUR"),
        ("1,150名员工", 1150, "people"),
    ],
)
def test_an_amount_is_normalised(text: str, value: float, unit: str) -> None:
    (found,) = amounts(text)
    assert (found.value, found.unit) == (value, unit)
    assert text[found.start : found.end] == found.text


@pytest.mark.parametrize("text", ["2025年10月22日", "12:30", "Llama 4", "GPT-5", "第12期", "3月2日晚间"])
def test_a_date_or_a_version_is_no_amount(text: str) -> None:
    assert not [one for one in amounts(text) if one.unit or one.value >= 100]


def the_four(shared: Path, names: Mapping[str, str] | None = None) -> list[Summary]:
    found = []
    for path in sorted((shared / "seeds").iterdir()):
        text = path.read_text(encoding="utf-8")
        if names:
            text = re.sub("|".join(map(re.escape, names)), lambda match: names[match.group()], text)
        seed = Seed(path.name, text.encode())
        for document in formats.read(seed, lexicon.default()):
            quotes = quote.find(document, lexicon.default())
            found.append(summarise(document, quotes, the_book(), seed=seed.sha256, path=path.name))
    return found


@pytest.mark.conformance
def test_the_three_real_clips_of_the_lay_off_are_one_story_and_the_fourth_is_its_own(shared: Path) -> None:
    summaries = the_four(shared)
    found = gather(summaries, the_book())
    assert sorted(len(told.sources) for told in found.stories) == [1, 3]
    assert sorted(told.title[:5] for told in found.stories) == ["LeCun", "专访前FA"]
    assert len(found.joined) == 2
    assert all(len(told.voices) == 1 for told in found.stories)


@pytest.mark.conformance
@pytest.mark.parametrize("draw", range(6))
def test_the_same_holds_when_every_name_is_another(shared: Path, draw: int) -> None:
    chance = random.Random(draw)  # noqa: S311 -- a draw that can be repeated
    people = ["沈望舒", "顾南音", "梁觉非", "程雨桐", "许知远", "韩青禾"]
    latin = ["Ostrava", "Kestrel", "Bellweather", "Norvik", "Halden", "Quimby", "Tessaly", "Brandt", "Verrin", "Aldine"]
    chance.shuffle(people)
    chance.shuffle(latin)
    names = dict(
        zip(["Yuandong Tian", "LeCun", "Meta", "OpenAI", "Alexandr", "Wang", "Llama", "Anthropic"], latin, strict=False)
    )
    names |= {"田渊栋": people[0], "杨立昆": people[1], "陈茜": people[2], "硅谷101": "海风电台", "新智元": "灯塔周刊"}
    names |= {"mp.weixin.qq.com/s/": f"clips{draw}.example/s/"}
    found = gather(the_four(shared, names), the_book())
    assert sorted(len(told.sources) for told in found.stories) == [1, 3]


@pytest.mark.conformance
def test_unrelated_real_clips_are_kept_apart(shared: Path) -> None:
    words = lexicon.default()
    clips = []
    for path in sorted((shared / "eval" / "clips" / "files").glob("*.md"))[:120]:
        try:
            documents = formats.read(Seed(path.name, path.read_bytes()), words)
        except SeedError:
            continue
        clips += [event.Clip(topic(one, (), words), None, one.text, event.sketch(one.text)) for one in documents]
    groups, _ = event.group(clips)
    joined = sum(len(group) * (len(group) - 1) // 2 for group in groups)
    assert joined <= 12, "of some 7,000 pairs; a few are copies"


def test_clips_are_compared_with_few_others_however_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    words = lexicon.default()
    calls = 0
    weigh = event.evidence

    def counted(first: event.Clip, second: event.Clip, rarity: Mapping[str, float]) -> event.Evidence:
        nonlocal calls
        calls += 1
        return weigh(first, second, rarity)

    def comparisons(number: int) -> int:
        nonlocal calls
        calls = 0
        chance = random.Random(5)  # noqa: S311 -- a draw that can be repeated
        clips = []
        for _ in range(number):
            name = "".join(chance.choices("岚柠焕曜蔚霁澄砚朔岭桐槿", k=2))
            text = f"{name}公司宣布推出新款机器，售价{chance.randrange(1000, 99999)}元，{name}已经等了三年。" * 2
            clips.append(event.Clip(topic(plain(text), (), words), None, text, event.sketch(text)))
        event.group(clips)
        return calls

    monkeypatch.setattr(event, "evidence", counted)
    few, many = comparisons(150), comparisons(600)
    assert many <= 6 * max(few, 1)
