"""Bytes become documents: formats told apart, encodings, bad input, spans, hostile input."""

from __future__ import annotations

import contextlib
import time
from email.mime.text import MIMEText
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest import formats, lexicon
from digest.errors import SeedError
from digest.formats import sniff
from digest.seed import Seed

if TYPE_CHECKING:
    from digest.document import Document

CHINESE = "港口的钟慢了三分钟，没有人发现，因为船也慢了三分钟。他说：“一切都很准时。”"
TAIWAN = "港口的鐘慢了三分鐘，沒有人發現，因為船也慢了。他說：「一切都很準時。」"
JAPANESE = "港の時計は三分遅れていた。誰も気づかなかったのは、船も三分遅れていたからだ。"


def read(data: bytes | str, name: str = "a note.md") -> Document:
    return formats.read(Seed(name, data.encode() if isinstance(data, str) else data), lexicon.default())[0]


def refused(data: bytes, name: str = "a note.md") -> str:
    with pytest.raises(SeedError) as error:
        read(data, name)
    assert error.value.message
    assert error.value.remedy
    return error.value.code


# ── encodings ──


@pytest.mark.parametrize(
    ("text", "charset", "language"),
    [
        (CHINESE, "gb18030", "zh"),
        (TAIWAN, "big5", "zh-Hant"),
        (JAPANESE, "shift_jis", "ja"),
        ("Le café était fermé – « déjà », dit-elle.", "cp1252", None),
        (CHINESE, "utf-16-le", "zh"),
        (JAPANESE, "euc-jp", "ja"),
        ("항구의 시계는 삼 분 늦었다. 아무도 몰랐다.", "euc-kr", "ko"),
    ],
)
def test_a_guessed_encoding_reads_right_and_says_that_it_is_a_guess(
    text: str, charset: str, language: str | None
) -> None:
    document = read(text.encode(charset), "a note.txt")
    assert document.text == text
    assert document.warned("encoding")
    assert language is None or document.language == language


@pytest.mark.parametrize("charset", ["utf-8-sig", "utf-16", "utf-8"])
def test_a_marked_encoding_is_no_guess(charset: str) -> None:
    document = read(CHINESE.encode(charset), "a note.txt")
    assert document.text == CHINESE
    assert not document.warned("encoding")


def test_a_declared_charset_is_believed_before_any_guess() -> None:
    page = f"<html><head><meta charset=big5><title>x</title></head><body><p>{TAIWAN}</p></body></html>"
    document = read(page.encode("big5"), "page.html")
    assert TAIWAN in document.text
    assert not document.warned("encoding")


def test_a_file_cut_off_inside_a_character_loses_that_character_alone() -> None:
    assert read(CHINESE.encode()[:-1], "a note.txt").text == CHINESE[:-1]


def test_invisible_and_turning_characters_are_taken_out() -> None:
    assert (
        read("港口\u200b的\u202e钟\u2060慢了\x07三分钟，没有人发现。", "a note.txt").text
        == "港口的钟慢了三分钟，没有人发现。"
    )


def test_all_line_ends_are_line_ends() -> None:
    assert (
        read(
            "一行，说了一件事。\r\n二行，说了二件事。\r三行，说了三件事。\u2028四行，说了四件事。", "a.txt"
        ).text.count("\n\n")
        == 3
    )


# ── files that give no document ──


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \r\n\t\n", "empty"),
        (b"PK\x03\x04\x14\x00\x00\x00", "binary"),
        (b"%PDF-1.7\n\x00\x01", "binary"),
        (bytes(range(256)) * 40, "binary"),
        (b"---\ntitle: x\nsource: https://a.example\n---\n\n", "front-matter-only"),
        (b"<rss><channel><item><title>x", "feed"),
        (b"<html><body><ul>" + b"<li>x</li>" * 100_000, "too-large"),
        (b"<rss version='2.0'><channel></channel></rss>", "empty"),
        (b'<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss><channel><item/></channel></rss>', "feed"),
    ],
)
def test_a_file_without_an_article_is_refused_with_a_reason_and_a_remedy(data: bytes, code: str) -> None:
    assert refused(data) == code


def test_a_deleted_or_guarded_page_is_a_failed_clip() -> None:
    for words in (
        "当前环境异常，完成验证后即可继续访问。\n\n去验证",
        "该内容已被发布者删除",
        "Just a moment...\n\nVerify you are human",
    ):
        assert read(f"---\ntitle: x\nsource: https://a.example/1\n---\n{words}\n").warned("failed-clip"), words


def test_an_article_that_speaks_of_captchas_is_none() -> None:
    body = "\n\n".join(["他们把验证码叫做“环境异常”，这是所有读者都见过的一句话，没有人喜欢它。"] * 30)
    assert not read(f"---\ntitle: x\n---\n{body}").warned("failed-clip")


# ── formats ──


@pytest.mark.parametrize(
    ("name", "words", "kind"),
    [
        ("a.md", "<!doctype html><html></html>", "html"),
        ("a.txt", '<?xml version="1.0"?>\n<rss version="2.0">', "feed"),
        ("a.xml", '<feed xmlns="http://www.w3.org/2005/Atom">', "feed"),
        ("a.txt", "---\ntitle: x\n---\n# y", "markdown"),
        ("a.txt", "一句话。\n又一句话。", "text"),
        ("a.md", "一句话。", "markdown"),
    ],
)
def test_the_first_words_say_more_than_the_name(name: str, words: str, kind: str) -> None:
    assert sniff(name, words) == kind


def test_each_item_of_a_feed_is_a_document() -> None:
    feed = """<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
      xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Tide Letters</title>
      <item><title>Tide &amp; time</title><link>https://t.example/1?utm_source=rss</link>
      <dc:creator>Mara Olin</dc:creator>
      <pubDate>Tue, 04 Mar 2025 08:30:00 GMT</pubDate><category>sea</category><description>short</description>
      <content:encoded><![CDATA[<p>The harbour <b>froze</b> over.</p><p>Nobody came.</p>]]></content:encoded></item>
      <item><title>Two</title><guid>https://t.example/2</guid><description>Caf&eacute; talk.</description></item>
      </channel></rss>"""
    first, second = formats.read(Seed("feed.xml", feed.encode()), lexicon.default())
    assert (first.title, first.authors, first.outlet) == ("Tide & time", ("Mara Olin",), "Tide Letters")
    assert (first.published, first.published_from, first.source) == (
        "2025-03-04T08:30:00+00:00",
        "feed",
        "https://t.example/1",
    )
    assert first.text == "The harbour froze over.\n\nNobody came."
    assert (second.text, second.source, second.format) == ("Café talk.", "https://t.example/2", "feed")


def test_a_mail_archive_gives_a_document_a_message() -> None:
    mails = []
    for subject in ("One", "Two"):
        mail = MIMEText(
            f"The {subject.lower()} tide came late, and nobody at the harbour had seen it.", "plain", "utf-8"
        )
        mail["From"], mail["Subject"], mail["Date"] = (
            "Mara Olin <m@t.example>",
            subject,
            "Tue, 04 Mar 2025 08:30:00 +0000",
        )
        mails.append("From m@t.example Tue Mar  4 08:30:00 2025\n" + mail.as_string() + "\n")
    documents = formats.read(Seed("letters.mbox", "".join(mails).encode()), lexicon.default())
    assert [document.title for document in documents] == ["One", "Two"]


def test_a_page_saved_as_mhtml_knows_its_address() -> None:
    page = (
        "From: <Saved by Blink>\nSnapshot-Content-Location: https://t.example/p/1\nSubject: x\nMIME-Version: 1.0\n"
        'Content-Type: multipart/related; boundary="b"\n\n--b\nContent-Type: text/html\n'
        "Content-Transfer-Encoding: quoted-printable\n\n<html><head><title>Slow clocks</title></head><body><article><p>"
        "The clock was slow, and so were the ships, and nobody saw=\n it.</p></article></body></html>\n--b--\n"
    )
    document = read(page, "page.mhtml")
    assert (document.title, document.source) == ("Slow clocks", "https://t.example/p/1")
    assert document.text == "The clock was slow, and so were the ships, and nobody saw it."


def test_no_script_style_or_handler_of_a_page_reaches_the_text() -> None:
    page = "<html><body><article><p onclick='x()'>The harbour stood still for a day, they say.</p><script>x()</script>"
    assert read(page, "p.html").text == "The harbour stood still for a day, they say."


# ── spans ──

MARKUP = st.text(alphabet='字，。 a*_=[]()!<>`#>-\n\\"“”http:/&;~|1', max_size=200)


@given(MARKUP)
@settings(max_examples=150, deadline=None)
def test_whatever_the_marks_every_span_lies_in_the_text(body: str) -> None:
    try:
        document = read("字句。\n\n" + body)
    except SeedError:
        return
    for block in document.blocks:
        words = document.text[block.start : block.end]
        assert words == words.strip()
        assert "\n\n" not in words
    assert "\n\n".join(document.text[block.start : block.end] for block in document.blocks) == document.text
    assert all(0 <= seam <= len(document.text) for seam in document.seams)
    assert all(0 <= cut.at <= len(document.text) for cut in document.cuts)


def test_what_is_cut_is_recorded_with_its_step_and_place() -> None:
    document = read(
        "第一段，说了一件很要紧的事情。\n\n![图](https://a.example/1.png)\n\n▲ 塔上的钟\n\n第二段，说了另一件事情。"
    )
    steps = {cut.step: cut for cut in document.cuts}
    assert steps["caption"].text == "▲ 塔上的钟"
    assert document.text[: steps["caption"].at] == "第一段，说了一件很要紧的事情。"
    assert "image" in steps


# ── hostile input ──

HOSTILE = {
    "unclosed quotation": "“",
    "images": "![",
    "images with addresses": "![](",
    "drawings": "![](data:image/svg+xml,",
    "links": "[a](",
    "wikilinks": "[[",
    "rules": "---",
    "lists": "<ol>",
    "tags": "<a ",
    "comments": "<!--",
    "scripts": "<script>",
    "spaces": " 字",
    "bold": "**a",
    "italics": "*a ",
    "fences": "```\n",
    "quotes": "> a\n",
    "references": "参考\n",
    "labels": "作者：",
    "callouts": "> [!note]\n",
    "dates": "2025-01-",
    "gaps": "“a, ",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_four_times_the_input_takes_not_much_more_than_four_times_as_long(name: str) -> None:
    def seconds(times: int) -> float:
        data = HOSTILE[name] * times
        start = time.process_time()
        with contextlib.suppress(SeedError):
            read("字句。\n\n" + data)
        return time.process_time() - start

    seconds(100)
    # Processor time of the best of three: a busy machine makes single ones longer.
    small, large = (min(seconds(times) for _ in range(3)) for times in (3000, 12_000))
    assert large <= max(small * 9, 0.3)


@pytest.mark.parametrize("tag", ["div", "ol", "li", "b", "blockquote", "table"])
def test_a_page_nested_five_thousand_deep_is_read(tag: str) -> None:
    words = "The harbour stood still for a day, and nobody could say why it did."
    page = "<html><body>" + f"<{tag}>" * 5000 + f"<p>{words}</p>" + f"</{tag}>" * 5000
    assert words in read(page, "p.html").text.replace("\n", " ")


def test_front_matter_cannot_explode_or_run_code() -> None:
    fields = "a: &a [x,x]\nb: &b [*a,*a]\nc: !!python/object/apply:os.system [id]\ntitle: 两条河"
    document = read(f"---\n{fields}\n---\n河在镇上分成两条。")
    assert document.title == "两条河"
    assert document.warned("front-matter")
    assert read("---\na: " + "[" * 50_000 + "\ntitle: 两条河\n---\n河在镇上分成两条。").title == "两条河"


def test_a_line_of_a_million_characters_is_read() -> None:
    start = time.process_time()
    assert len(read("港口的钟慢了三分钟，没有人发现。" * 70_000).text) > 1_000_000
    assert time.process_time() - start < 5


def test_a_feed_with_a_document_type_is_a_feed_and_not_text() -> None:
    markup = (
        '<?xml version="1.0"?>\n<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://my.example/rss-0.91.dtd">\n'
        "<rss><channel><title>Salt</title><item><title>The slow clock</title>"
        "<description>The harbour clock ran three minutes late and nobody noticed.</description></item></channel></rss>"
    )
    [document] = formats.read(Seed("feed.xml", markup.encode()), lexicon.default())
    assert (document.title, document.outlet, document.format) == ("The slow clock", "Salt", "feed")


def test_a_quotation_mark_that_breaks_the_front_matter_is_no_part_of_the_title() -> None:
    words = '---\ntitle: "The slow clock\nsource: https://salt.example/a\n---\nThe harbour clock ran late all year.\n'
    [document] = formats.read(Seed("note.md", words.encode()), lexicon.default())
    assert (document.title, document.source) == ("The slow clock", "https://salt.example/a")
    assert document.warned("front-matter")
