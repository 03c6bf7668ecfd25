"""Saved pages: what the mark-up tells about the article, and which of its words are the article's."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

from digest import formats, lexicon
from digest.reading import dates
from digest.seed import Seed

if TYPE_CHECKING:
    from digest.document import Document

PROSE = (
    "<p>The harbour clock was three minutes slow, and nobody noticed, because the ships were slow as well.</p>"
    "<p>On Tuesday the keeper set it right, and by noon four captains had complained about the hour.</p>"
)


def page(body: str, head: str = "<title>The slow clock</title>") -> Document:
    markup = f"<!DOCTYPE html><html lang=en><head><meta charset=utf-8>{head}</head><body>{body}</body></html>"
    return formats.read(Seed("a page.html", markup.encode()), lexicon.default())[0]


def article(inside: str) -> str:
    return f"<article><h1>The slow clock</h1>{inside}</article>"


# ── who, when ──


@pytest.mark.parametrize(("before", "after"), [("", ""), ("<![CDATA[", "]]>"), ("//<![CDATA[\n", "\n//]]>")])
def test_author_and_day_are_read_from_linked_data_in_lists_and_wrappings(before: str, after: str) -> None:
    one = {"@type": "BlogPosting", "datePublished": "2026-03-02", "author": {"@type": "Person", "name": "Mara Linde"}}
    data = json.dumps([[{"@graph": [{"@type": "WebSite"}]}, one]])
    document = page(article(PROSE), f'<script type="application/ld+json">{before}{data}{after}</script>')
    assert document.authors == ("Mara Linde",)
    assert document.published == "2026-03-02"


def test_a_person_whose_site_bears_the_persons_name_stays_the_author() -> None:
    head = '<meta name="author" content="Mara Linde"><meta property="og:site_name" content="Mara Linde">'
    document = page(article(PROSE), head)
    assert document.authors == ("Mara Linde",)
    assert document.outlet == "Mara Linde"


def test_the_author_by_rel_goes_before_one_by_class() -> None:
    box = '<div class="author-info"><span class="author">All about our writers</span></div>'
    link = '<a rel="author" href="/by/mara">View all posts by Mara Linde</a>'
    assert page(article(box + PROSE + link)).authors == ("Mara Linde",)


def test_a_reader_who_comments_gives_neither_author_nor_day() -> None:
    comment = (
        '<ul id="comments"><li class="comment"><span class="author">Tom Brook</span>'
        '<span class="comment-date">4 April 2025</span><p>Nice.</p></li></ul>'
    )
    document = page(comment + article(PROSE))
    assert document.authors == ()
    assert document.published is None


def test_a_credit_with_house_and_place_names_the_person_alone() -> None:
    assert page(article(PROSE + "<p>Autor: Mara Linde, Amt für Uhren, Hafenstadt</p>")).authors == ("Mara Linde",)
    assert page(article(PROSE + "<p>Author: Mara Linde, Tom de Brook</p>")).authors == ("Mara Linde", "Tom de Brook")


def test_the_day_is_read_where_a_blog_writes_it() -> None:
    assert page(article('<a rel="bookmark" href="#">Mai 03, 2025</a>' + PROSE)).published == "2025-05-03"
    assert page('<h2 class="date-header">Thursday, July 10, 2025</h2>' + article(PROSE)).published == "2025-07-10"
    assert page(article(PROSE + '<div id="artikeldatum">am 25.10.2025 15:19</div>')).published == "2025-10-25"
    told = page(article(PROSE), '<link rel="canonical" href="https://news.example/hl?a=20250309-350-clock">')
    assert (told.published, told.published_from) == ("2025-03-09", "address")


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2. März 2025", "2025-03-02"),
        ("1er août 2025", "2025-08-01"),
        ("3 de mayo de 2025", "2025-05-03"),
        ("21.dez.2025 às 12h55", "2025-12-21"),
        ("12 giugno 2025", "2025-06-12"),
        ("5 maart 2025", "2025-03-05"),
        ("10.12.2025", "2025-12-10"),
        ("release 1.2.3.2025", None),
        ("v1.2.2019", None),
        ("31.02.2025", None),
    ],
)
def test_days_are_read_in_the_languages_of_the_pages(value: str, day: str | None) -> None:
    assert dates.iso(value) == day


def test_a_line_of_day_and_name_over_the_article_is_its_byline() -> None:
    document = page(article("<small>11.09.2025, 16:20 von uhrwart</small>" + PROSE))
    assert (document.authors, document.published) == (("uhrwart",), "2025-09-11")
    assert "uhrwart" not in document.text
    kept = page(article("<p>In 2025-09 the clock was stopped by thieves</p>" + PROSE))
    assert "thieves" in kept.text


# ── the title ──


def test_a_site_behind_a_guillemet_is_no_part_of_the_title() -> None:
    named = '<meta property="og:title" content="{}">'
    assert page("<h2>x</h2>" + PROSE, named.format("The slow clock » Harbour Post")).title == "The slow clock"
    assert page("<h2>x</h2>" + PROSE, named.format("« Late » says the clock")).title == "« Late » says the clock"


def test_a_site_behind_a_dash_is_cut_where_no_heading_tells_better() -> None:
    document = page(PROSE, "<title>Why the harbour clock was slow – Harbour Post</title>")
    assert (document.title, document.outlet) == ("Why the harbour clock was slow", "Harbour Post")
    assert page(PROSE, "<title>Slow clocks – and what they cost</title>").title == "Slow clocks – and what they cost"


# ── the words ──


def test_words_inside_a_sentence_stay_whatever_their_class_is_called() -> None:
    text = page(
        article(
            '<p>The clock was <a class="popup" href="javascript:note()">three minutes slow</a> and <span class="tools">'
            "its tools</span> were never found, said the keeper of the harbour.</p>"
            '<p><a class="popup" href="javascript:void(0)">Ah, the ships</a>!</p>'
            '<p><span class="share">Share this</span></p>' + PROSE
        )
    ).text
    assert "was three minutes slow and its tools were never found" in text
    assert "Ah, the ships!" in text
    assert "Share" not in text


def test_a_cell_that_lays_the_page_out_is_read_as_lines_and_not_as_a_table() -> None:
    text = page(f"<table><tr><td><h3>The slow clock</h3>{PROSE}</td></tr></table>").text
    assert "|" not in text
    assert text.count("\n\n") >= 1


def test_a_pictures_caption_goes_and_a_quotations_source_stays() -> None:
    picture = '<figure><img src="a.png"><figcaption>The clock in winter, a photograph of it.</figcaption></figure>'
    said = "<figure><blockquote><p>We were all late.</p></blockquote><figcaption>— Mara Linde</figcaption></figure>"
    text = page(article(PROSE + picture + said + PROSE.replace("Tuesday", "Friday"))).text
    assert "winter" not in text
    assert "Mara Linde" in text


def test_a_foot_note_mark_goes_and_a_power_stays() -> None:
    text = page(article("<p>It was slow.<sup>1</sup> The hall has 40 m<sup>2</sup>, they say.</p>" + PROSE)).text
    assert "It was slow. The hall has 40 m2, they say." in text


def test_a_date_at_the_front_of_a_line_is_no_item_of_a_list() -> None:
    text = page(article("<p>3. März 2025 war der Tag, an dem die Uhr im Hafen stehen blieb.</p>" + PROSE)).text
    assert "3. März 2025 war" in text


def test_the_authors_box_under_the_article_is_not_read() -> None:
    box = '<div class="author_description"><p>Mara Linde writes about clocks, ships and their captains.</p></div>'
    assert "captains." not in page(article(PROSE.replace("captains", "masters") + box)).text


def test_related_pages_under_a_bold_line_are_not_read_in_german_either() -> None:
    links = '<p><b>Weiterführende Links:</b></p><p><a href="/x">Zur Uhr</a></p><p><a href="/y">Zum Hafen</a></p>'
    text = page(article(PROSE + PROSE.replace("Tuesday", "Friday") + links)).text
    assert "Weiterführende" not in text
    assert "Zum Hafen" not in text


def test_many_named_elements_side_by_side_take_time_in_proportion() -> None:
    def seconds(times: int) -> float:
        body = article("<p>" + '<span class="share">a</span>' * times + "</p>" + PROSE)
        start = time.process_time()
        page(body)
        return time.process_time() - start

    small, large = (min(seconds(times) for _ in range(3)) for times in (2000, 8000))
    assert large <= max(small * 9, 0.3)


def test_the_way_to_a_page_in_its_site_is_not_read() -> None:
    way = '<p><a href="/">Harbour Post</a> &gt; <a href="/c">Clocks</a> &gt; The slow clock</p>'
    text = page(article(way + PROSE)).text
    assert text.startswith("The harbour clock")
