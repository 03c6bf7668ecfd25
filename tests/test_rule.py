"""The rule book: checked when read, and plain in what it says of a quote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from digest import lexicon, rule, shipped
from digest.document import Mark, plain
from digest.errors import ConfigError
from digest.judging.predicate import is_anchored
from digest.quote import Quote
from digest.summary import ranked, summarise

if TYPE_CHECKING:
    from digest.rule import Book
    from digest.summary import Summary

NAME = {"zh": "某规则", "en": "some rule"}


def a_book(**table: Any) -> Book:
    return rule.book({"least": -99, **table}, lexicon.default())


def a_rule(name: str = "one", points: float = 1, **when: Any) -> dict[str, Any]:
    return {"id": name, "name": NAME, "points": points, "when": when}


def judged(text: str, book: Book, **about: Any) -> Summary:
    document = plain(text, language=about.pop("language", None))
    start, end = about.pop("span", (0, len(text)))
    return summarise(document, [Quote(text, start, end, "spoken", speaker="林晓", **about)], book)


def score(text: str, when: dict[str, Any], **about: Any) -> float:
    return judged(text, a_book(rules=[a_rule(**when)]), **about).verdicts[0].score


def problems(**table: Any) -> dict[str | None, str]:
    with pytest.raises(ConfigError) as caught:
        a_book(**table)
    return {problem.key: problem.message for problem in caught.value.problems}


def test_the_shipped_book_is_valid_and_names_every_rule_in_both_languages() -> None:
    book = rule.book(shipped.table("config/rules.yaml"), lexicon.default())
    reasons = [one.reason for one in (*book.rules, *book.require, *book.reject)]
    assert len(reasons) > 40
    assert all(reason.rule and reason.zh and reason.rule != reason.zh for reason in reasons)
    assert all(one.reason.points for one in book.rules), "a rule without points is noise"


def test_every_problem_is_told_at_once_with_its_key() -> None:
    found = problems(
        rules=[
            a_rule("first", lenght={"min": 3}),
            {"id": "first", "name": {"zh": "甲"}, "points": "many", "when": {"words": "contrasts", "kind": "spoke"}},
            {"id": "third", "name": NAME, "points": 1},
        ],
        quotas={"document": -1, "documents": 3},
        least="none",
        rule=[],
    )
    assert found["rules[0].when.lenght"] == "unknown predicate; did you mean 'length'?"
    assert "taken" in found["rules[1].id"]
    assert "zh" in found["rules[1].name"]
    assert found["rules[1].points"] == "expected a number"
    assert "did you mean 'contrast'" in found["rules[1].when.words"]
    assert "expected" in found["rules[1].when.kind"]
    assert "rules[2].when" in found
    assert {"quotas.document", "quotas.documents", "least"} <= found.keys()
    assert found["rule"] == "unknown key; did you mean 'rules'?"


@pytest.mark.parametrize(
    ("when", "says"),
    [
        ({"length": {"min": 9, "max": 3}}, "greater"),
        ({"length": {}}, "min"),
        ({"length": {"least": 3}}, "min"),
        ({"bold": "yes"}, "true or false"),
        ({"regex": "(unclosed"}, "regular expression"),
        ({"regex": ""}, "regular expression"),
        ({"keywords": []}, "list of words"),
        ({"keywords": [12]}, "quotes"),
        ({"before": ""}, "characters"),
        ({"speaker": ["known", "famous"]}, "unknown speaker 'famous'"),
    ],
)
def test_a_wrong_value_says_what_was_expected(when: dict[str, Any], says: str) -> None:
    assert says in "".join(problems(rules=[a_rule(**when)]).values())


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("只有一条教训：机器可以等，人不会等。", 1),
        ("Here is the lesson: people do not wait for machines.", 1),
        ("She sold a blesson: people do not wait for machines.", 0),
        ("联系方式：云杉路十二号三楼左手边。", 0),
        ("教训只有机器可以等，人不会等。", 0),
    ],
)
def test_what_a_colon_leads_to_knows_the_words_that_announce_it(text: str, points: float) -> None:
    assert score(text, {"announced": "claim_ahead"}) == points


def test_a_paragraph_is_announced_by_the_one_above_it() -> None:
    text = "我们得出的结论是：\n\n机器可以等，人不会等。"
    at = text.index("机器")
    assert score(text, {"announced": "claim_ahead"}, span=(at, len(text))) == 1
    assert score(text.replace("：", "。"), {"announced": "claim_ahead"}, span=(at, len(text))) == 0


@pytest.mark.parametrize(
    ("behind", "points"),
    [
        ("这就是我们留下来的理由。", 1),
        ("\n\n这就是我们留下来的理由。", 1),
        ("", 0),
        ("机房在云杉路。", 0),
    ],
)
def test_a_sentence_knows_how_the_next_one_begins(behind: str, points: float) -> None:
    text = "机器可以等，人不会等。"
    assert score(text + behind, {"followed": "explaining"}, span=(0, len(text))) == points


def test_what_stands_behind_a_heading_takes_nothing_up() -> None:
    book = a_book(rules=[a_rule(followed="explaining")])
    assert [one.score for one in ranked(plain("机器可以等，人不会等。\n\n# 这一年\n\n云杉没有关门。"), book)] == [0, 0]
    assert ranked(plain("机器可以等，人不会等。\n\n这一年云杉没有关门。"), book)[0].score == 1


def test_a_sentence_of_a_raw_text_knows_whether_it_points_at_another_page() -> None:
    text = "机器可以等，[人不会等](https://a.example/1)，这一点没有变过。"
    assert [one.score for one in ranked(plain(text), a_book(rules=[a_rule(link=True)]))] == [1]
    assert [one.score for one in ranked(plain("机器可以等，人不会等。"), a_book(rules=[a_rule(link=True)]))] == [0]


def test_a_keyword_in_capitals_is_not_the_small_word_it_looks_like() -> None:
    assert score("They told us about it.", {"keywords": ["US"]}) == 0
    assert score("The US said so first.", {"keywords": ["US"]}) == 1
    assert score("他们把US市场放在前面。", {"keywords": ["US"]}) == 1
    assert score("他们把USB接口放在前面。", {"keywords": ["US"]}) == 0
    assert score("A User wrote to me.", {"keywords": ["user"]}) == 1
    assert score("我们自己造芯片。", {"keywords": ["芯片"]}) == 1


def test_a_word_border_in_a_regex_stands_beside_chinese_too() -> None:
    assert score("他们把AI放在前面。", {"regex": r"\bAI\b"}) == 1
    assert score("他们把AIM放在前面。", {"regex": r"\bAI\b"}) == 0
    assert score("an Ärger of words", {"regex": r"\brger\b"}) == 0


@pytest.mark.parametrize(
    ("expression", "anchored"),
    [
        ('^[“"]?(?:it|so)', True),
        ("^(?:a|b)|^c", True),
        (r"^[(|\]]\||^x", True),
        ("^(?:a|b)|c", False),
        (r"^\^|[|^]", False),
        ("(?m)^a", False),
        ("^a|", False),
    ],
)
def test_a_regex_is_anchored_where_every_alternative_begins_with_a_caret(expression: str, *, anchored: bool) -> None:
    assert is_anchored(expression) is anchored


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("那天开了三次会，你知道了。", 0),
        ("那天开了三次会，什么的……”", 1),
        ("They opened three doors, You Know!", 1),
        ("They opened three doors you know. . . . . .", 0),
    ],
)
def test_what_a_candidate_closes_with_stands_before_a_few_marks(text: str, points: float) -> None:
    assert score(text, {"closes": "filler"}) == points


def test_length_counts_a_chinese_character_once_and_another_word_twice() -> None:
    assert score("我们自己造AI芯片。", {"length": {"min": 9, "max": 9}}) == 1
    assert score("We built it ourselves, twice.", {"length": {"min": 10, "max": 10}}) == 1


def test_a_phrase_with_a_gap_is_found_across_the_words_between() -> None:
    assert score("真正难的不是造出来，而是让人愿意用。", {"words": "contrast"}) == 1
    assert score("它很慢。", {"words": "contrast"}) == 0


def test_half_of_a_pair_is_told_from_a_whole_one() -> None:
    assert score("一方面我们缺人。", {"half": "pairs"}) == 1
    assert score("一方面我们缺人，另一方面我们缺时间。", {"half": "pairs"}) == 0
    assert score("Not only did we lose the key.", {"half": "pairs"}) == 1
    assert score("Not only the key but also the lock.", {"half": "pairs"}) == 0


def test_unless_switches_a_rule_off_only_where_all_of_it_holds() -> None:
    table = a_rule(opens="dangling") | {"unless": {"opens": "standing", "language": "zh"}}
    book = a_book(rules=[table])
    assert judged("这些年我们一直在等。", book, language="zh").verdicts[0].score == 0
    assert judged("这些年我们一直在等。", book, language="ja").verdicts[0].score == 1
    assert judged("这件事我们等了很久。", book, language="zh").verdicts[0].score == 1


def test_the_owners_highlight_beats_everything_a_sentence_can_say() -> None:
    text = "今天下过一阵小雨。\n\n真正的核心从来不是算力，而是人，未来也会是人，我相信本质没有变。"
    document = plain(text, title="算力与人", language="zh")
    first, second = document.blocks
    quotes = [Quote(text, block.start, block.end, "spoken", speaker="林晓") for block in (first, second)]
    marked = plain(text, title="算力与人", language="zh")
    object.__setattr__(marked, "marks", (Mark("highlight", first.start, first.end),))
    book = rule.book({**shipped.table("config/rules.yaml"), "require": []}, lexicon.default())
    assert summarise(document, quotes, book).chosen[0].quote.start == second.start
    assert summarise(marked, quotes, book).chosen[0].quote.start == first.start


def test_reasons_add_up_to_the_score_and_speak_the_newsletters_language() -> None:
    book = rule.book(shipped.table("config/rules.yaml"), lexicon.default())
    verdict = judged("真正难的不是造出来，而是让人愿意每天都用它。", book, role="创始人").verdicts[0]
    assert verdict.score == pytest.approx(sum(reason.points for reason in verdict.reasons))
    assert {"有转折对照", "点出本质"} <= {reason.name("zh-CN") for reason in verdict.reasons}
    assert "sets one thing against another" in {reason.name("en") for reason in verdict.reasons}


def test_sections_are_checked_too() -> None:
    found = problems(sections=[{"id": "chips", "name": NAME, "when": {"tag": ["芯片"]}, "most": "two"}])
    assert found["sections[0].when.tag"] == "unknown key; did you mean 'tags'?"
    assert "sections[0].most" in found


def test_the_expressions_of_a_sure_book_are_compiled_when_they_are_asked() -> None:
    table = {"rules": [a_rule(regex="一(")]}
    with pytest.raises(ConfigError, match="no regular expression"):
        rule.book(table, lexicon.default())
    assert len(rule.book(table, lexicon.default(), sure=True).rules) == 1
