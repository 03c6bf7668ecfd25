"""The site says what was sent, in the same bytes each time, with corrections, feeds and a search for Chinese too."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from chromium import chromium
from conftest import missing, run_digest
from issues import hostile, week
from newsdesk import EARLIER, NOW, clip, lay

from digest import formats, lexicon, record
from digest import past as archived
from digest.correction import correct
from digest.edition import edition
from digest.erratum import Erratum
from digest.labels import LANGUAGES
from digest.press import opened
from digest.seed import Seed
from digest.settings import load
from digest.site import Sent, past, site
from digest.template import Templates
from digest.typography import headline

if TYPE_CHECKING:
    from pathlib import Path

    from digest.issue import Issue

AT = datetime(2026, 11, 20, 1, 7, tzinfo=UTC)
URL = "https://tidal.example/past"
ATOM = "{http://www.w3.org/2005/Atom}"


def frozen(issue: Issue) -> dict[str, Any]:
    """What the archive keeps of an issue."""
    content: dict[str, Any] = json.loads(json.dumps(record.issue(issue)))
    return content


def made(*issues: Issue, url: str | None = URL, errata: tuple[Erratum, ...] = ()) -> dict[str, str]:
    """The site of these issues, the corrections being of the last."""
    sent = [Sent(frozen(one), AT + timedelta(weeks=at)) for at, one in enumerate(issues)]
    sent = [*sent[:-1], sent[-1]._replace(errata=errata)] if sent else []
    masthead = (issues or (week(1),))[-1].masthead
    sections = dict(issues[-1].sections) if issues else {}
    return {name: data.decode() for name, data in site(sent, masthead, sections, Templates(), url).items()}


def dated(count: int, number: int, language: str = "zh-CN") -> Issue:
    tongue: Any = {"zh-CN": "zh", "zh-TW": "zh"}.get(language, language)
    return replace(week(count, (tongue,), language), id=f"2026-W{number}", number=number)


def put_right(issue: Issue, *, quote: bool) -> Erratum:
    story = issue.stories[0]
    said = story.quotes[0].quote
    return Erratum(
        issue=issue.id,
        number=issue.number,
        day=issue.day.isoformat(),
        story=story.id,
        title=story.title,
        text="是周一，<b>不是</b>周二。",
        at="2026-11-24T09:00:00+08:00",
        quote=said.id if quote else None,
        words=said.text if quote else None,
    )


class Checked(HTMLParser):
    """Elements that are closed as they were opened, ids, and addresses."""

    VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.add(tag)
        self.ids += [values["id"] or ""] if "id" in values else []
        self.links += [values[name] or "" for name in ("href", "src", "action", "cite") if name in values]
        assert not any(name.startswith("on") for name in values)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("issue", [week(1), week(10), week(3, ("zh", "en", "ja")), week(4, ("en",), "en"), hostile()])
def test_a_frozen_issue_reads_as_it_was_sent(issue: Issue) -> None:
    again = past.issue(frozen(issue), issue.day, issue.masthead, issue.sections)
    assert edition(again) == edition(issue)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_whole_and_links_only_to_what_is_there(language: str) -> None:
    files = made(dated(3, 46, language), dated(8, 47, language))
    pages = {name: Checked(text) for name, text in files.items() if name.endswith(".html")}
    for name, page in pages.items():
        assert len(page.ids) == len(set(page.ids)), name
        for link in page.links:
            if link.startswith(("http", "mailto:")):
                continue
            path, _, anchor = link.partition("#")
            there = path.removeprefix("../") if name.startswith("issues/") else path
            assert there in files
            assert not anchor or anchor in pages[there].ids
    assert all("{{" not in text and "undefined" not in text for text in files.values())


def test_quotes_open_their_page_at_the_sentence() -> None:
    issue = dated(1, 47)
    page = made(issue)["issues/2026-W47.html"]
    links = [pick.link for pick in issue.stories[0].quotes if pick.link]
    assert any(":~:text=" in link for link in links)
    assert set(links) <= set(Checked(page).links)


def test_nothing_an_article_says_becomes_markup() -> None:
    files = made(replace(hostile(), id="2026-W47"), errata=(put_right(hostile(), quote=True),))
    for name, text in files.items():
        if name.endswith(".html"):
            page = Checked(text)
            assert not page.tags & {"b", "img", "iframe", "style", "svg"}
            assert not any(link.lower().startswith(("javascript:", "data:")) for link in page.links)
    found = re.search(r'<script id="index" type="application/json">(.*?)</script>', files["search.html"], re.DOTALL)
    assert found
    assert json.loads(found[1]) == json.loads(files["search.json"])


def test_a_correction_heads_its_page_stands_beside_its_quote_and_renews_the_feeds() -> None:
    issue = dated(2, 47)
    plain, marked = made(issue), made(issue, errata=(put_right(issue, quote=True),))
    page = marked["issues/2026-W47.html"]
    assert page.count("是周一，&lt;b&gt;不是&lt;/b&gt;周二。") == 2
    assert page.index("本期有更正") < page.index(headline(issue.stories[0].title), page.index("<main>") + 400)
    assert "2026年11月24日" in page
    assert "本期有更正" in marked["index.html"]
    assert "<updated>2026-11-24T01:00:00+00:00</updated>" in marked["feed.xml"]
    assert "<published>2026-11-20T01:07:00+00:00</published>" in marked["feed.xml"]
    changed = {name for name in plain if plain[name] != marked[name]}
    assert changed == {"index.html", "issues/2026-W47.html", "feed.xml", "feed.json"}
    story = made(issue, errata=(put_right(issue, quote=False),))["issues/2026-W47.html"]
    assert story.count("&lt;b&gt;不是&lt;/b&gt;") == 2


def test_the_atom_feed_has_what_a_reader_needs_and_holds_the_issues_in_full() -> None:
    issue = dated(3, 47)
    feed = ET.fromstring(made(dated(1, 46), issue)["feed.xml"])  # noqa: S314 -- made here
    assert [feed.findtext(f"{ATOM}{name}") for name in ("title", "id")] == [issue.masthead.title, f"{URL}/"]
    assert {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}["self"] == f"{URL}/feed.xml"
    entries = feed.findall(f"{ATOM}entry")
    assert [len(entry.findall(f"{ATOM}{name}")) for entry in entries for name in ("id", "title", "updated")] == [1] * 6
    content = entries[0].find(f"{ATOM}content")
    assert content is not None
    assert content.get("type") == "html"
    for story in issue.stories:
        assert headline(story.title) in (content.text or "")
    assert feed.findtext(f"{ATOM}updated") == max(entry.findtext(f"{ATOM}updated") or "" for entry in entries)


def test_our_own_reader_of_feeds_reads_the_feed() -> None:
    issue = dated(2, 47)
    documents = formats.read(Seed("feed.xml", made(issue)["feed.xml"].encode()), lexicon.default())
    assert [one.source for one in documents] == [f"{URL}/issues/2026-W47.html"]
    assert issue.stories[0].quotes[0].quote.text in documents[0].text


def test_the_json_feed_keeps_its_rules() -> None:
    feed = json.loads(made(dated(2, 46), dated(3, 47))["feed.json"])
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == f"{URL}/feed.json"
    assert len({item["id"] for item in feed["items"]}) == 2
    for item in feed["items"]:
        assert item["content_html"]
        assert datetime.fromisoformat(item["date_published"]).tzinfo
        Checked(item["content_html"])


def test_without_an_address_the_site_says_no_canonical_one() -> None:
    files = made(dated(2, 47), url=None)
    assert 'rel="canonical"' not in "".join(files.values())
    ET.fromstring(files["feed.xml"])  # noqa: S314 -- made here
    assert f'<link rel="canonical" href="{URL}/issues/2026-W47.html">' in made(dated(2, 47))["issues/2026-W47.html"]


def test_a_site_without_issues_says_so() -> None:
    assert "还没有发出过" in made()["index.html"]


def test_what_xml_cannot_say_is_left_out_of_the_feed() -> None:
    issue = replace(dated(1, 47), subject="主题\x00\x0b\ufffe好")
    ET.fromstring(made(issue)["feed.xml"])  # noqa: S314 -- made here


def test_the_command_writes_only_what_changed(tmp_path: Path) -> None:
    home = lay(tmp_path / "home", "heron-a.md", "bank.md")
    with opened(load(home, environment={}), lambda: NOW) as press:
        press.send()
    first = json.loads(run_digest("site", "--json", "--home", home, cwd=home).stdout)
    assert first["written"] == first["files"]
    assert json.loads(run_digest("site", "--json", "--home", home, cwd=home).stdout)["written"] == []
    with opened(load(home, environment={}), lambda: NOW) as press:
        correct(press, "2026-W47", "是四千三百名。", story="1")
    told = json.loads(run_digest("site", "--json", "--home", home, cwd=home).stdout)["written"]
    assert told == ["feed.json", "feed.xml", "index.html", "issues/2026-W47.html"]
    assert "是四千三百名。" in (home / "out" / "site" / "issues" / "2026-W47.html").read_text(encoding="utf-8")


def test_a_look_back_names_this_week_of_earlier_years_where_it_is_asked_for(tmp_path: Path) -> None:
    home = lay(tmp_path / "home", "heron-a.md", "bank.md")
    with opened(load(home, environment={}), lambda: NOW) as press:
        first, _ = press.send()
    assert first
    clip(home, "kestrel.md")
    clip(home, "later.md", EARLIER.replace("白鹭物流", "灰鹤物流").replace("heron-0", "crane"))
    later = datetime.fromisoformat("2027-11-26T09:00:00+08:00")  # the same week: 2027-W47
    with opened(load(home, environment={}), lambda: later) as press:
        assert press.look().drafts.issue.years == ()
    config = home / "config" / "digest.yaml"
    config.write_text(config.read_text(encoding="utf-8") + "look_back: true\n", encoding="utf-8")
    with opened(load(home, environment={}), lambda: later) as press:
        drafts, _ = press.send()
        assert drafts
        (found,) = drafts.issue.years
        assert (found.ago, found.issue) == (1, "2026-W47")
        assert found.title == first.issue.stories[0].title
        page = archived.site(press.archive, press.newsroom)["issues/2027-W47.html"].decode()
    for form in (drafts.email.html, drafts.email.text, drafts.email.markdown, page):
        assert "往年这一周" in form
        assert "1 年前" in form


@pytest.mark.browser
@pytest.mark.parametrize(("asked", "n"), [("", 11), ("星河", None), ("zzz不存在zzz", 0), ("客服", None)])
def test_the_search_finds_chinese_in_a_browser_from_a_folder(tmp_path: Path, asked: str, n: int | None) -> None:
    program = chromium()
    if program is None:
        missing("Chromium")
    files = made(dated(3, 46), dated(8, 47))
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    rows = json.loads(files["search.json"])
    wanted = n if n is not None else sum(asked in row["t"] + row["x"] for row in rows)
    address = f"{(tmp_path / 'search.html').as_uri()}?q={asked}"
    done = subprocess.run(
        [str(program), "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", address],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    shown = done.stdout.partition('<ol id="rows"')[2].partition("</ol>")[0]
    assert shown.count("<li>") == wanted
    assert wanted == 0 or asked == "" or f"<mark>{asked}</mark>" in shown
