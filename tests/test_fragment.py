"""Text fragments: they name one place, begin and end where words do, and cross no removed space."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.fragment import fold
from digest.link import linked, text_fragment

PAGE = """海岸科技发布了新模型。林小鹿说：“我们把成本降了一半，而且没有牺牲质量。”她补充说，很好。

第二段也有很好，但是不一样。因为他在离开之前已有安排，所以公司没有停摆。\
The company sold 3,000 units. It's a long sentence without any marks that goes on and on until it finally ends here.

很多很多个分句的一个句子，每个分句都只说一点事情，写它的人最后也觉得有些累了，读它的人同样觉得有些累了，大家都需要停下来休息一下。"""


def terms(words: str, seams: tuple[int, ...] = (), page: str = PAGE) -> str | None:
    start = page.index(words)
    found = text_fragment(page, start, start + len(words), seams)
    return None if found is None else unquote(found.removeprefix("#:~:text="))


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("我们把成本降了一半，而且没有牺牲质量。", "我们把成本降了一半，而且没有牺牲质量"),
        ("本降了一", "我们把成本降了一半"),  # widened to the clause: 本 is no beginning of a word
        ("很好", "她补充说，-,很好"),  # stands twice
        ("3,000", "3,000"),
        ("000 units", "3,000 units"),
        (
            "It's a long sentence without any marks that goes on and on until it finally ends here.",
            "It's a long sentence without,until it finally ends here",
        ),
        (PAGE[PAGE.index("很多很多") :], "很多很多个分句的一个句子,大家都需要停下来休息一下"),
        ("但是不一样。", "但是不一样"),
        (PAGE[PAGE.index("林小鹿") : PAGE.index("第二段") + 8], "林小鹿说,第二段也有很好"),
    ],
)
def test_the_shortest_certain_terms_are_given(words: str, found: str) -> None:
    assert terms(words) == found


def test_no_term_crosses_a_removed_space() -> None:
    seam = PAGE.index("离开之前")
    words = "因为他在离开之前已有安排，所以公司没有停摆。"
    assert terms(words, (seam,)) == "因为他在,所以公司没有停摆"
    assert terms("因为他在离开之前已有安排", (seam,)) == "因为他在,离开之前已有安排"


def test_the_whole_passage_is_named_even_where_a_part_of_it_would_be_easier_to_tell() -> None:
    page = "慢一点，他说，也是一种快。\n\n会上有人问起速度。慢一点，他说，也是一种快。\n\n慢一点成了口号。"
    second = page.index("慢一点", 5)
    found = text_fragment(page, second, second + 13)
    assert unquote(found or "") == "#:~:text=会上有人问起速度。-,慢一点，他说，也是一种快"


def test_a_range_ends_at_its_own_end_though_its_last_words_come_before() -> None:
    page = f"开头说得很清楚，{'又说了许多别的事情，' * 8}结果还不知道。后来查了三个月，结果还不知道！大家散了。"
    found = text_fragment(page, 0, page.index("！"))
    assert unquote(found or "") == "#:~:text=开头说得很清楚,后来查了三个月，结果还不知道"
    page = f"开头说得很清楚，{'又说了许多别的事情，' * 4}结果还不知道。\n\n结果还不知道！大家散了。"
    found = text_fragment(page, 0, page.index("！"))
    assert unquote(found or "") == "#:~:text=开头说得很清楚,结果还不知道,-！大家散了"


def test_a_place_that_cannot_be_told_from_another_gets_no_fragment() -> None:
    assert terms("好的好的", page="好的好的。\n\n好的好的。") is None


def test_equal_words_in_other_letters_count_as_the_same_place() -> None:
    assert terms("YES, WE DO", page="Yes, we do!\n\nYES, WE DO!") == "we do!-,YES, WE DO"


def test_separators_in_the_words_are_escaped() -> None:
    page = "It is state-of-the-art, R&D says."
    assert text_fragment(page, 6, 33) == "#:~:text=state%2Dof%2Dthe%2Dart%2C%20R%26D%20says"


def test_a_span_outside_the_text_is_refused() -> None:
    with pytest.raises(ValueError, match="does not lie inside"):
        text_fragment("abc", 2, 9)


def test_folding_is_the_browsers() -> None:
    assert fold("Ｃafé “Naïve”\u00a0 \u200b再\u00ad见") == 'cafe "naive" 再见'


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://a.example", "https://a.example/"),
        ("https://a.example#top", "https://a.example/#top"),
        (
            "https://zh.example/维基/中国?名=值",
            "https://zh.example/%E7%BB%B4%E5%9F%BA/%E4%B8%AD%E5%9B%BD?%E5%90%8D=%E5%80%BC",
        ),
        ("https://zh.example/%E4%B8%AD 文", "https://zh.example/%E4%B8%AD%20%E6%96%87"),
        ("https://中国.example/a", "https://xn--fiqs8s.example/a"),
        ("https://a.example/Inc.", "https://a.example/Inc%2E"),
        ("https://a.example/X_(film)", "https://a.example/X_(film)"),
        ("https://a.example/X)", "https://a.example/X%29"),
        ("https://a.example/100%", "https://a.example/100%25"),
        ("https://a.example:8080/a|b", "https://a.example:8080/a%7Cb"),
        ("no address", "no address"),
    ],
)
def test_a_link_stands_whole_in_running_text(url: str, link: str) -> None:
    assert linked(url) == link
    assert linked(link) == link


def test_campaign_keys_stand_before_the_fragment_and_replace_old_ones() -> None:
    link = linked(
        "https://a.example/x?b=1&utm_source=old#/ch9:~:text=old", "#:~:text=new", {"utm_source": "x", "utm_term": "a b"}
    )
    assert link == "https://a.example/x?b=1&utm_source=x&utm_term=a%20b#/ch9:~:text=new"


pieces = st.sampled_from(
    ["成本", "降了", "我们", "，", "。", "“", "”", " ", "\n\n", "AI", "a", "3,000", "-", ".", "it's", "——", "（", "）"]
)


@given(st.data())
def test_a_fragment_names_the_place_it_was_made_for(data: st.DataObject) -> None:
    page = "".join(data.draw(st.lists(pieces, min_size=1, max_size=60)))
    start = data.draw(st.integers(0, len(page) - 1))
    end = data.draw(st.integers(start + 1, len(page)))
    found = text_fragment(page, start, end)
    if found is None:
        return
    assert re.fullmatch(r"#:~:text=[A-Za-z0-9%,-]+", found)
    parts = found.removeprefix("#:~:text=").split(",")
    words = re.escape(fold(unquote(parts.pop(0)[:-1]))) + r"\s*" if parts[0].endswith("-") else ""
    words += re.escape(fold(unquote(parts[0])))
    if parts[-1].startswith("-"):
        words += r"\s*" + re.escape(fold(unquote(parts[-1][1:])))
    assert len(re.findall(f"(?={words})", fold(page))) == 1
