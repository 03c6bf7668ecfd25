"""Rows of the noise catalogue: what a reader never sees, and what must stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from digest import formats, lexicon
from digest.seed import Seed

if TYPE_CHECKING:
    from digest.document import Document

FIRST = "港口的钟慢了三分钟，没有人发现，因为船也慢了三分钟，一切看起来都很准时。"
LAST = "直到三月，一条快船来了，船长看了看自己的表，又看了看塔上的钟，什么也没说。"


def read(body: str, name: str = "慢钟.md") -> Document:
    return formats.read(Seed(name, body.encode()), lexicon.default())[0]


def left(line: str) -> str:
    """What is left of a line between two paragraphs of an article."""
    text = read(f"{FIRST}\n\n{line}\n\n{LAST}").text
    assert text.startswith(FIRST)
    assert text.endswith(LAST)
    return text[len(FIRST) : -len(LAST)].strip()


@pytest.mark.parametrize(
    "line",
    [
        "![Image](https://a.example/1.png)",
        "[![Image](https://a.example/1.png)](https://a.example/page)",
        "![](data:image/svg+xml,%3Csvg%20xmlns='http://x'%3E%3Cg%20transform='translate(-249.0, -126.0)'%3E%3C/g%3E)",
        "![[地图.png]]",
        "点赞、在看、转发，三连支持一下",
        "扫码加入读者群",
        "点 击 上 方 关 注 我 们",
        "长按二维码关注",
        "**03:37**",
        "[00:12:45]",
        "8 人赞同了该文章",
        "阅读原文",
        "| 甲 | 乙 |\n|---|---|\n| 1 | 2 |",
        "```\nlet x = 1\n```",
        "<img src='https://a.example/1.png'>",
        "<!-- 编者看 -->",
        "https://a.example/paper",
        "全文约 3000 字，阅读需要 8 分钟",
        "▲ 塔上的钟",
        "图 3：塔上的钟",
        "本文不构成投资建议",
        "[^1]: 港务局年报",
    ],
)
def test_a_reader_never_sees(line: str) -> None:
    assert left(line) == ""


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("## 二、三月", "二、三月"),
        ("**林小鹿：**", "林小鹿："),
        ("主持人：你什么时候发现的？", "主持人：你什么时候发现的？"),
        ("> “钟没有错。”老船工说。", "“钟没有错。”老船工说。"),
        (
            "老船工说：“扫码这件事，我一辈子也学不会，关注我们有什么用。”",
            "老船工说：“扫码这件事，我一辈子也学不会，关注我们有什么用。”",
        ),
        ("他说*很好*的钟。", "他说很好的钟。"),
        ("路径是 `a_b*c` 那一个。", "路径是 a_b*c 那一个。"),
        ("名字叫 utm\\_source\\*，第 1\\. 个。", "名字叫 utm_source*，第 1. 个。"),
        ('钟在[塔](https://a.example "塔")上。', "钟在塔上。"),
        ("钟在[[青石镇|镇上]]。", "钟在镇上。"),
        ("5 * 3 = 15，2 * 2 = 4。", "5 * 3 = 15，2 * 2 = 4。"),
        ("A &amp; B 公司&nbsp;的钟。", "A & B 公司 的钟。"),
        ("<b>钟</b>在<span style='x'>塔</span>上。", "钟在塔上。"),
        ("价格从 $5 涨到 $9，没有人说话。", "价格从 $5 涨到 $9，没有人说话。"),
    ],
)
def test_a_reader_sees_the_words_without_the_marks(line: str, words: str) -> None:
    assert left(line) == words


@pytest.mark.parametrize(
    ("line", "bold"),
    [
        ("钟**慢了**。", ["慢了"]),
        ("钟** 慢了 **。", ["慢了"]),
        ("钟**慢****了**。", ["慢了"]),
        ("钟**慢** **了**。", ["慢了"]),
        ("钟__慢了__。", []),
        ("The __clock__ was slow.", ["clock"]),
        ("钟\\*\\*慢了\\*\\*。", ["慢了"]),
        ("<strong>钟</strong>慢了。", ["钟"]),
        ("钟**慢了。", []),
    ],
)
def test_bold_survives_as_a_span_of_the_clean_text(line: str, bold: list[str]) -> None:
    document = read(f"{FIRST}\n\n{line}\n\n{LAST}")
    assert [document.text[mark.start : mark.end] for mark in document.marks] == bold
    assert "*" not in document.text


@pytest.mark.parametrize("mark", ["==慢了==", "<mark>慢了</mark>"])
def test_the_owners_highlight_is_told_from_the_authors_bold(mark: str) -> None:
    document = read(f"{FIRST}\n\n塔上的钟{mark}三分钟。\n\n{LAST}")
    assert [(one.kind, document.text[one.start : one.end]) for one in document.marks] == [("highlight", "慢了")]


def test_stray_spaces_close_up_and_each_is_remembered() -> None:
    document = read("因为 我在离开 之前已经有o ffer了 ，所以没有特别惊讶，后来又待了一阵子，才真的走，offer 一直在。")
    assert document.text.startswith("因为我在离开之前已经有offer了，所以")
    assert document.text.endswith("offer 一直在。")
    assert [document.text[seam - 1 : seam + 1] for seam in document.seams] == ["为我", "开之", "of", "了，"]


@pytest.mark.parametrize(
    "line",
    [
        "第三章 慢钟",
        "文 王某 李某，编辑 张某，他们写了这篇很长的文章，花了三个月，走了六个城市，见了许多人。",
        "使用 AI 的时代来了，港口的钟也换成了 GPS 的，没有人再去看塔，塔也就慢慢地旧了下去。",
        "好的 改天再谈，我先走了，你们慢慢聊，有什么事情给我打电话，我晚上都在家里。",
    ],
)
def test_spaces_that_are_meant_stay(line: str) -> None:
    assert left(line) == line


def test_a_lost_formula_leaves_a_hole() -> None:
    document = read("步长由下式给出，其中 为步长， 从零开始逐步增加，直到收敛为止，这是最常用的做法之一。")
    assert document.holes


def test_a_lost_address_leaves_a_hole_unless_it_stood_in_brackets() -> None:
    assert read(f"{FIRST}\n\n请看 https://a.example/x 上的说明，那里写得很清楚。").holes
    assert not read(f"{FIRST}\n\n请看说明（https://a.example/x），那里写得很清楚。").holes


def test_related_reading_goes_to_the_next_heading_as_high() -> None:
    filler = "\n\n".join([FIRST] * 6)
    document = read(f"# 慢钟\n\n{filler}\n\n## 相关阅读\n\n- [快钟](https://a.example/2)\n\n## 后记\n\n{LAST}")
    assert "快钟" not in document.text
    assert document.text.endswith(LAST)


def test_a_lead_repeated_as_the_first_line_is_read_once() -> None:
    assert read(f"> {FIRST}\n\n{FIRST}\n\n{LAST}").text.count(FIRST) == 1


def test_an_interview_keeps_every_label_though_it_is_a_credits_word() -> None:
    turns = "\n\n".join(f"记者：第{n}个问题是什么？\n\n嘉宾：第{n}个回答，说的是港口的钟。" for n in range(1, 6))
    assert read(turns).text.count("记者：") == 5


def test_traditional_chinese_japanese_korean_and_european_languages_are_told() -> None:
    samples = {
        "zh": FIRST,
        "zh-Hant": "港口的鐘慢了三分鐘，沒有人發現，因為船也慢了。",
        "ja": "港の時計は三分遅れていた。誰も気づかなかった。",
        "ko": "항구의 시계는 삼 분 늦었다. 아무도 알아채지 못했다.",
        "en": "The clock of the harbour was slow and nobody saw it.",
        "de": "Die Uhr im Hafen ging nach, und es hat niemand gemerkt, dass sie nicht richtig ist.",
        "fr": "L'horloge du port était en retard et personne ne le savait dans la ville.",
    }
    assert {code: read(text).language for code, text in samples.items()} == {code: code for code in samples}
