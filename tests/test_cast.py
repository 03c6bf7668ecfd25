"""The cast of an article: full names, roles, and persons behind pronouns."""

from __future__ import annotations

import pytest

from digest import lexicon, quote
from digest.document import plain
from digest.speech.cast import Cast, is_short_form
from digest.speech.role import beside, standing


@pytest.mark.parametrize(
    ("short", "long", "expected"),
    [
        ("Finch", "Ada Finch", True),
        ("Ada", "Ada Finch", True),
        ("Fin", "Ada Finch", False),
        ("小鹿", "林小鹿", True),
        ("関口", "関口昭雄", True),
        ("林", "林小鹿", False),
        ("芬奇", "艾达·芬奇", True),
    ],
)
def test_a_surname_or_forename_is_a_short_form(short: str, long: str, *, expected: bool) -> None:
    assert is_short_form(short, long) is expected


def test_two_people_of_one_surname_keep_the_short_form_open() -> None:
    cast = Cast()
    cast.meet("Ada Finch")
    cast.meet("Robert Finch")
    assert cast.fullest("Finch") == "Finch"


def test_an_alias_goes_before_what_the_article_says() -> None:
    cast = Cast(aliases={"芬奇": "Ada Finch"})
    cast.meet("艾达·芬奇")
    assert cast.fullest("芬奇") == "Ada Finch"


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("我们专访了前海边团队研究总监林小鹿。", "前海边团队研究总监"),
        ("林小鹿，海边科技创始人，今年三十岁。", "海边科技创始人"),
        ("林小鹿走在街上。", None),
    ],
)
def test_the_role_is_what_stands_beside_the_name(text: str, role: str | None) -> None:
    assert beside(plain(text), "林小鹿", lexicon.default()) == role


def test_the_names_of_an_article_are_its_capitals_that_stand_alone_too() -> None:
    cast = Cast("Ada van Finch opened a shop. Finch also sold bread in New York. Accordingly Finch was happy.")
    cast.meet_all()
    assert list(cast.roles) == ["Ada van Finch"]
    assert cast.fullest("Finch") == "Ada van Finch"


def who(text: str) -> list[str | None]:
    return [one.speaker for one in quote.find(plain(text), lexicon.default()) if one.kind == "spoken"]


def test_she_is_who_the_sentence_before_begins_with() -> None:
    spoken = "“雨天也要开门。”林小鹿说。\n\n海边科技总监周亦可的看法更直接。她在电话里说：“小鹿是我见过最好的店长。”"
    assert who(spoken) == ["林小鹿", "周亦可"]
    told = (
        "“We open in the rain,” said Ada Finch.\n\n"
        "The director, Robin Hollis-Okoro, has been plain. “Finch costs us a quarter of our bread,” she said."
    )
    assert who(told) == ["Ada Finch", "Robin Hollis-Okoro"]


def test_words_that_name_their_supposed_speaker_are_somebody_elses() -> None:
    assert who("“雨天也要开门。”林小鹿说。\n\n她又补充：“小鹿是我见过最好的店长。”")[-1] is None
    assert who("“We open,” Ada Finch said. She said: “Finch is the best of us all, believe me.”")[-1] is None
    assert who("“雨天也要开门。”林小鹿说。她又说：“我叫林小鹿，今年三十岁。”") == ["林小鹿", "林小鹿"]


def test_a_person_known_as_he_is_never_she() -> None:
    text = "“雨天也要开门。”林小鹿说。他笑着说：“晴天也开。”过了一会儿，她说：“那就都开吧。”"
    assert who(text) == ["林小鹿", "林小鹿", None]


@pytest.mark.parametrize(
    ("told", "alone"),
    [
        ("其创始人", "创始人"),
        ("Its chief clinical officer", "chief clinical officer"),
        ("同社広報部長", "広報部長"),
        ("她的母亲", "她的母亲"),
        ("his wife", None),
        ("其他合伙人", "其他合伙人"),
        ("Italy's minister", "Italy's minister"),
        (None, None),
    ],
)
def test_a_role_that_points_back_in_its_article_is_told_without_the_pointer(
    told: str | None, alone: str | None
) -> None:
    assert standing(told) == alone


def test_she_is_who_the_sentence_before_says_what_she_is() -> None:
    text = "赵一帆说：“我们把三年的事放在一年里做完了。”\n\n林小鹿是公司的首席运营官。她表示：“客户买的是能用的机器。”"
    found = quote.find(plain(text, language="zh"), lexicon.default())
    assert [one.speaker for one in found if one.kind == "spoken"] == ["赵一帆", "林小鹿"]


def test_a_pronoun_behind_a_name_that_is_not_sure_is_left_open() -> None:
    said = "王强说：“我们不会退让，这是最后的底线。”\n\n"
    (_, other) = quote.find(
        plain(f"{said}李敏不这么看。她表示：“客户买的是一台能用的机器，不是手感。”"), lexicon.default()
    )
    assert other.speaker is None
    (_, same) = quote.find(
        plain(f"{said}这句话传得很快。他表示：“客户买的是一台能用的机器，不是手感。”"), lexicon.default()
    )
    assert same.speaker == "王强"
