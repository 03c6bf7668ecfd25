"""Figures side by side: the same thing counted by several sources, however it is written."""

from __future__ import annotations

import pytest

from digest import lexicon
from digest.document import plain
from digest.gathering import comparison, tally


def rows(*texts: str) -> list[tuple[str, list[tuple[float, str]], bool]]:
    counted = [(at, comparison.counts(plain(text), lexicon.default())) for at, text in enumerate(texts)]
    return [
        (measure, [(amount.value, amount.unit) for _, amount in values], one)
        for measure, values, one in comparison.beside(counted)
    ]


@pytest.mark.parametrize(
    ("one", "other", "measure", "values", "unit"),
    [
        ("公司宣布裁员3430人。", "Cutting 5,870 jobs, the firm said.", "jobs", (3430, 5870), "people"),
        (
            "公司裁掉了约1.2万名员工。",
            "The company laid off 11,800 people.",
            "jobs",
            (12_000, 11_800),
            "people",
        ),
        ("一夜之间320名同事被裁", "300 employees were dismissed", "jobs", (320, 300), "people"),
        ("有3430人被裁员波及", "5,870 workers will lose their jobs", "jobs", (3430, 5870), "people"),
        ("裁员人数从最初的300人升到420人", "It will cut jobs, from 300 to 410 people", "jobs", (420, 410), "people"),
        ("约10%的员工被裁", "裁员人数占到全体员工的两成", "jobs", (10, 20), "%"),
        ("融资4.6亿元。", "The start-up raised 460 million yuan.", "raised", (4.6e8, 4.6e8), "CNY"),
        ("完成3亿美元融资", "It raised $280m from three funds.", "raised", (3e8, 2.8e8), "USD"),
        ("估值达到12亿美元", "It is valued at $1.3bn after the round.", "valuation", (1.2e9, 1.3e9), "USD"),
        ("营收同比增长23%，达到45亿元", "revenue of 4.4bn yuan", "revenue", (4.5e9, 4.4e9), "CNY"),
        ("净利润为9800万元", "a profit of 101 million yuan", "profit", (9.8e7, 1.01e8), "CNY"),
        ("收购价为18亿美元", "agreed to buy it for $1.75 billion", "price", (1.8e9, 1.75e9), "USD"),
        ("该公司投资120亿元建厂", "will invest 11.5 billion yuan in the plant", "invest", (1.2e10, 1.15e10), "CNY"),
        ("索赔9700万元", "seeks 95 million yuan in damages", "damages", (9.7e7, 9.5e7), "CNY"),
        ("罚款2.3亿欧元", "was fined 210 million euros", "fined", (2.3e8, 2.1e8), "EUR"),
        ("召回8.6万辆汽车", "recalled 91,000 vehicles", "recalled", (86_000, 91_000), "vehicles"),
        ("事故造成12人死亡", "The crash killed 14 people.", "dead", (12, 14), "people"),
        ("三十七人受伤", "39 people were injured", "injured", (37, 39), "people"),
        ("服务中断持续了6小时", "The outage lasted five hours", "duration", (6, 5), "hours"),
        ("公司现有员工总数5870人", "It employs 5,600 people", "staff", (5870, 5600), "people"),
        ("月活用户突破3000万", "It has 28 million users a month", "users", (3e7, 2.8e7), "users"),
        ("这款模型有700亿参数", "a model with 72 billion parameters", "parameters", (7e10, 7.2e10), "parameters"),
        ("案件将于4月12日开庭", "The trial opens on April 14", "court", (412, 414), "date"),
        ("新规自7月1日起施行", "The rule takes effect on 1 August", "effect", (701, 801), "date"),
    ],
)
def test_one_thing_is_counted_by_two_sources(
    one: str, other: str, measure: str, values: tuple[float, float], unit: str
) -> None:
    (found,) = [row for row in rows(one, other) if row[0] == measure]
    assert found == (measure, [(values[0], unit), (values[1], unit)], True)


def test_different_measures_of_one_thing_are_marked() -> None:
    assert rows("裁员比例为15%", "It will lay off 600 people.") == [("jobs", [(15, "%"), (600, "people")], False)]
    assert rows("亏损扩大到6.2亿", "a loss of 640 million yuan") == [("loss", [(6.2e8, ""), (6.4e8, "CNY")], False)]


def test_different_things_are_not_set_side_by_side() -> None:
    assert rows("公司裁员320人。", "公司融资4.6亿元。") == []
    assert rows("案件将于4月12日开庭", "新规自4月14日起施行") == []


def test_a_day_that_both_name_is_no_news() -> None:
    assert rows("案件将于4月12日开庭", "The trial opens on April 12") == []


REVIEW = "The review read 88,000 letters. It found that 1,240 of them held at least one forged signature."
RECOUNT = (
    "The first review of 88,000 letters found a forged signature in 1,240 of them. The ombudsman read the same pile "
    "and says that 2,015 letters held at least one forged signature, 775 letters more."
)


def test_what_no_list_holds_is_known_by_its_noun_and_its_clause() -> None:
    (found,) = comparison.named([(0, plain(REVIEW, language="en")), (1, plain(RECOUNT, language="en"))])
    assert found[0] == "letters"
    assert [(at, one.value, one.text) for at, one in found[1]] == [(0, 1240.0, "1,240"), (1, 2015.0, "2,015 letters")]


def test_in_chinese_the_measure_word_tells_what_is_counted() -> None:
    one = plain("调查组复核了8.8万份信件，其中1240份含有伪造的签名。", language="zh")
    other = plain("监察员另作清点，认定2015份信件含有伪造的签名，比校方公布的多。", language="zh")
    (found,) = comparison.named([(0, one), (1, other)])
    assert [value.value for _, value in found[1]] == [1240.0, 2015.0]


def test_the_same_noun_in_other_clauses_is_another_thing() -> None:
    one = plain("The office opened 1,240 letters by hand on Monday.", language="en")
    other = plain("A museum in the north shows 315 letters of a painter.", language="en")
    assert comparison.named([(0, one), (1, other)]) == []
    assert comparison.named([(0, one), (1, one)]) == []


def test_things_in_two_languages_are_not_compared_by_their_nouns() -> None:
    one = plain("1240份信件含有伪造的签名。", language="zh")
    other = plain("2,015 letters held a forged signature.", language="en")
    assert comparison.named([(0, one), (1, other)]) == []


def test_a_tally_is_the_words_of_the_text() -> None:
    for text in (REVIEW, RECOUNT):
        for one in tally.tallies(text):
            assert text[one.amount.start : one.amount.end] == one.amount.text


def test_reading_what_is_counted_takes_linear_time_on_a_long_line() -> None:
    assert len(tally.tallies("12,345 " * 200_000 + "x" * 1_000_000)) == 0
    assert list(tally.days("3月" * 500_000)) == []
