"""The check: every mistake an editor would be sorry about is named with its place, and a good issue has none."""

from __future__ import annotations

import json
import re
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

import pytest
from issues import hostile, issue, pick, story, week
from test_commands import NOW, clip, rows

from digest import record, shipped
from digest.check import Context, Finding, finding, findings
from digest.draft import Email, draft_email
from digest.edition.rendered import rendered
from digest.post import Post, posts
from digest.reach import links, unreached
from digest.story import Lead
from digest.template import Templates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from test_commands import Digest

    from digest.issue import Issue

TEMPLATES = Templates()
PLATFORMS = ("x", "mastodon", "bluesky", "weibo", "telegram", "wechat", "xiaohongshu")


def drafted(made: Issue) -> tuple[Issue, Email, tuple[Post, ...]]:
    """An issue with its email and posts."""
    told = [post for one in made.stories for post in posts(one, made.masthead, PLATFORMS, TEMPLATES)]
    return made, draft_email(made, TEMPLATES), tuple(told)


def codes(found: tuple[Finding, ...]) -> set[str]:
    return {one.code for one in found}


@pytest.fixture(scope="module")
def good() -> tuple[Issue, Email, tuple[Post, ...]]:
    return drafted(week(4, ("zh", "en", "ja")))


def test_a_good_issue_has_no_finding(good: tuple[Issue, Email, tuple[Post, ...]]) -> None:
    assert findings(*good) == ()
    for made in (week(1), week(10), week(3, ("en",), "en"), week(5, ("ja",), "ja")):
        assert findings(*drafted(made)) == ()


MISTAKES: dict[str, Callable[[Email], Email]] = {
    "no-subject": lambda mail: replace(mail, subject=" "),
    "long-subject": lambda mail: replace(mail, subject="很长的主题" * 8),
    "no-preheader": lambda mail: replace(mail, preheader=""),
    "same-preheader": lambda mail: replace(mail, preheader=mail.subject + "！"),
    "placeholder": lambda mail: replace(mail, text=mail.text + "\n\n{{ issue.unsubscribe }}"),
    "size-over": lambda mail: replace(mail, html=mail.html + "字" * 32_000),
    "size-near": lambda mail: replace(mail, html=mail.html + "<!-- -->" * 9_000),
    "empty-link": lambda mail: replace(mail, html=mail.html.replace("</h1>", '</h1><a href="#">more</a>')),
    "malformed-link": lambda mail: replace(mail, html=mail.html + '<a href="https://exa mple/x">more</a>'),
    "not-in-text": lambda mail: replace(mail, html=mail.html + '<a href="https://other.example/x">more</a>'),
    "no-alt": lambda mail: replace(mail, html=mail.html + '<img src="https://pictures.example/a.png">'),
    "no-unsubscribe": lambda mail: replace(mail, text=mail.text.partition("https://tidal.example/unsubscribe")[0]),
    "not-verbatim": lambda mail: replace(mail, html=mail.html.replace("恰恰", "", 1)),
    "missing-link": lambda mail: replace(
        mail, html=re.sub(r'href="https://mp\.[^"]*"', 'href="mailto:a@b.example"', mail.html)
    ),
}


@pytest.mark.parametrize("code", MISTAKES)
def test_a_mistake_in_the_email_is_found(code: str, good: tuple[Issue, Email, tuple[Post, ...]]) -> None:
    made, mail, told = good
    found = [one for one in findings(made, MISTAKES[code](mail), told) if one.code == code]
    assert found
    assert all(one.where and one.message and one.remedy for one in found)


@pytest.mark.parametrize(
    "left",
    [
        "{% endif %}",
        "{outlet}写道",
        "*|FNAME|*",
        "[[ name ]]",
        "%RECIPIENT_NAME%",
        "TODO: intro",
        "Lorem ipsum dolor",
        "[Your name]",
    ],
)
def test_every_kind_of_placeholder_is_found_in_every_page(
    left: str, good: tuple[Issue, Email, tuple[Post, ...]]
) -> None:
    made, mail, told = good
    for changed in (
        replace(mail, subject=left),
        replace(mail, preheader=left),
        replace(mail, html=mail.html.replace("</h1>", f"</h1><p>{left}</p>")),
        replace(mail, html=mail.html.replace("</h1>", f'</h1><img src="https://a.example/x" alt="{left}">')),
    ):
        assert "placeholder" in codes(findings(made, changed, told))
    post = replace(told[0], text=left)
    (one,) = [one for one in findings(made, mail, (post,)) if one.code == "placeholder"]
    assert one.where == f"posts.json, {post.platform}, {post.story}"
    address = mail.html.replace("</h1>", '</h1><a href="https://a.example/{{ id }}">x</a>')
    assert "placeholder" in codes(findings(made, replace(mail, html=address), told))


def test_braces_that_an_article_wrote_are_no_placeholder() -> None:
    made = issue([story(title="模板里写 {{ name }} 的人"), story(1)])
    found = findings(*drafted(made))
    assert codes(found) == {"injection"}


@pytest.mark.parametrize(
    "words",
    [
        "先写 {{ config }} 再说", "{% raw %}", "{# note #}", "<%= secret %>", "@everyone 快看", "看这里 @here",
        "<!channel>", "<!subteam^S012|x>", "<@U0123>", "<at id=all></at>", '<at user_id="all">',
        "@所有人 下楼", "@room please",
    ],
)  # fmt: skip
def test_an_injection_is_found_wherever_a_clip_can_put_it(words: str) -> None:
    plain = story(1)
    (source,) = plain.sources
    first = plain.quotes[0]
    changed = {
        "title": replace(plain, title=words),
        "lead": replace(plain, lead=Lead(f"有人写道：{words}。", 0)),
        "quote": replace(plain, quotes=(pick("spoken", words, "林若溪", None, 0, source.link),)),
        "quote ": replace(plain, quotes=(pick("spoken", first.quote.text, words, None, 0, source.link),)),
        "source": replace(plain, sources=(replace(source, outlet=words),)),
    }
    for place, told in changed.items():
        found = [one for one in findings(*drafted(issue([told]))) if one.code == "injection"]
        assert found, place
        assert any(place.strip() in one.where for one in found)
        assert all(one.serious for one in found)


@pytest.mark.parametrize("words", ["mail@here.example", "f(x) = {x | x > 1}", "a <b> c", "50% off", "@herewith", "{a}"])
def test_ordinary_words_are_no_injection(words: str) -> None:
    assert "injection" not in codes(findings(*drafted(issue([story(1, title=words), story(2)]))))


def test_a_hostile_issue_is_told_place_by_place() -> None:
    found = findings(*drafted(hostile()))
    assert {"injection", "malformed-link"} <= codes(found)
    assert "placeholder" not in codes(found)
    assert [one.serious for one in found] == sorted((one.serious for one in found), reverse=True)


def test_a_quote_that_does_not_stand_in_its_document_is_found(good: tuple[Issue, Email, tuple[Post, ...]]) -> None:
    made, _, _ = good
    told = made.stories[1]
    texts = {
        source.seed: [f"{told.quotes[0].quote.text}\n\n{told.lead.text if told.lead else ''}"]
        for source in told.sources
    }
    found = findings(*good, Context(texts=texts))
    wrong = {one.where for one in found if one.code == "not-verbatim"}
    assert wrong == {f"story 2, quote {told.quotes[1].quote.id}"}
    texts = {source.seed: ["".join(one.quote.text for one in told.quotes[:1])] for source in told.sources}
    assert "story 2, lead" in {one.where for one in findings(*good, Context(texts=texts))}


def test_a_post_with_words_that_nobody_said_is_found(good: tuple[Issue, Email, tuple[Post, ...]]) -> None:
    made, mail, told = good
    cut = replace(told[0], text="“我们把失败记录也放出来……”\n——林若溪")
    assert findings(made, mail, (cut,)) == ()
    changed = replace(told[0], text="“我们把成功记录也放出来……”\n——林若溪")
    assert codes(findings(made, mail, (changed,))) == {"not-verbatim"}


def test_a_story_without_source_and_a_quote_of_a_held_back_one_are_found() -> None:
    plain = story(1)
    gone = replace(plain, sources=(replace(plain.sources[0], held_back=True),))
    made, mail, _ = drafted(issue([plain]))
    found = [one for one in findings(replace(made, stories=(gone,)), mail, ()) if one.code == "no-source"]
    assert {one.where for one in found} == {"story 1", *(f"story 1, quote {one.quote.id}" for one in plain.quotes)}


def test_a_source_without_address_is_a_warning_and_a_quote_without_its_link_an_error() -> None:
    plain = story(1)
    unlinked = replace(
        plain,
        sources=(replace(plain.sources[0], link=None),),
        quotes=tuple(replace(one, link=None, fragment=None) for one in plain.quotes),
    )
    found = findings(*drafted(issue([unlinked])))
    assert [(one.code, one.level) for one in found] == [("unlinked", "warning")]
    bare = replace(plain, quotes=(replace(plain.quotes[0], link=None),))
    assert "missing-link" in codes(findings(*drafted(issue([bare]))))


def test_one_address_in_two_stories_is_found() -> None:
    first, second = story(1), story(2)
    same = replace(second.sources[0], link=f"{first.sources[0].link}?utm_source=x")
    again = replace(second, sources=(same,), quotes=())
    assert codes(findings(*drafted(issue([first, again])))) == {"duplicate-link"}


def test_what_the_last_issue_had_is_found_unless_it_is_an_update() -> None:
    last = record.issue(week(2))
    made = replace(week(2), number=13, day=week(2).day + timedelta(days=7))
    before = Context(before=last)
    found = [one for one in findings(*drafted(made), before) if one.code == "repeat"]
    assert {"story 1", "story 2", "subject"} <= {one.where for one in found}
    made = replace(made, subject="另一个主题", subjects=("另一个主题",))
    fresh = tuple(replace(one, id=f"new{one.id}", update_of=one.id, quotes=()) for one in made.stories)
    assert findings(*drafted(replace(made, stories=fresh)), before) == ()


def test_an_odd_date_or_number_is_found(good: tuple[Issue, Email, tuple[Post, ...]]) -> None:
    made, mail, told = good
    day = made.day
    assert findings(made, mail, told, Context(today=day)) == ()
    assert codes(findings(made, mail, told, Context(today=day - timedelta(days=60)))) == {"odd-date"}
    later = {"id": "x", "number": made.number - 1, "day": (day + timedelta(days=1)).isoformat(), "stories": []}
    assert codes(findings(made, mail, told, Context(before=later))) == {"odd-date"}
    assert codes(findings(made, mail, told, Context(before={**later, "day": None, "number": 3}))) == {"odd-number"}
    assert codes(findings(replace(made, number=0), mail, told)) == {"odd-number"}
    early = replace(made, day=day - timedelta(days=20))
    assert codes(findings(early, mail, told)) == {"future-article"}


def test_a_post_over_its_limit_or_without_a_link_is_found(good: tuple[Issue, Email, tuple[Post, ...]]) -> None:
    made, mail, told = good
    long = replace(told[0], text="长" * 141)
    assert codes(findings(made, mail, (long,))) == {"post-too-long"}
    chain = replace(told[0], thread=("长" * 141,))
    assert codes(findings(made, mail, (chain,))) == {"post-too-long"}
    assert codes(findings(made, mail, (replace(told[0], link=""),))) == {"post-unlinked"}
    assert codes(findings(made, mail, (replace(told[0], link="news.example/x"),))) == {"malformed-link"}


def test_sender_and_unsubscribe_are_errors_only_where_we_send_mail_ourselves() -> None:
    made = week(3)
    bare = replace(made, masthead=replace(made.masthead, unsubscribe=None, sender="Digest <digest@newsletter.invalid>"))
    for mailed, level in ((False, "warning"), (True, "error")):
        found = findings(*drafted(bare), Context(mailed=mailed))
        assert {(one.code, one.level) for one in found} == {("no-sender", level), ("no-unsubscribe", level)}


def test_an_issue_without_a_story_is_a_warning() -> None:
    assert [(one.code, one.serious) for one in findings(*drafted(week(0)))] == [("empty", False)]


def test_every_code_has_its_words_in_both_languages_and_a_test() -> None:
    table = shipped.table("config/checks.yaml")["checks"]
    assert list(table) == sorted(table)
    for code in table:
        for language in ("zh-CN", "en"):
            one = finding(code, "here", "a\nb", language)
            assert one.message
            assert one.remedy
            assert one.found == "a b"
    tests = (shipped.root() / "tests" / "test_check.py").read_text(encoding="utf-8")
    assert [code for code in table if f'"{code}"' not in tests] == []


def test_links_images_and_blocks_are_read_from_html() -> None:
    page = rendered(
        '<head><title>t</title></head><p>one <b>two</b><br>three</p><td>four<a href="https://a.example/?a=1&amp;b=2">'
        'fi&amp;ve</a></td><style>p{}</style><img src=x><a href="y"><img src=z alt="six"></a>'
    )
    assert page.blocks == ("one two\nthree", "fourfi&ve")
    assert page.links == (("https://a.example/?a=1&b=2", "fi&ve"), ("y", "six"))
    assert page.images == (("x", None), ("z", "six"))


# ── the command ──


def test_the_command_says_what_is_wrong_and_its_status_tells_whether_it_matters(digest: Digest, tmp_path: Path) -> None:
    clip(tmp_path / "seeds")
    result = digest("check", *NOW)
    assert result.returncode == 0, result.stderr
    assert "没有退订地址" in result.stdout
    article = "---\ntitle: 给 @everyone 的 {{ 模板 }}\nsource: https://news.example/may\n---\n林知夏说：“我们跑得太快，快到忘了为什么要跑。”\n"
    clip(tmp_path / "seeds", "two.md", article)
    result = digest("check", "--json", *NOW)
    assert result.returncode == 1, result.stderr
    found = rows(result)
    assert {"code", "level", "where", "found", "message", "remedy"} == set(found[0])
    assert [row["code"] for row in found if row["level"] == "error"].count("injection") >= 1
    shown = digest("preview", "--json", *NOW)
    assert shown.returncode == 0
    assert json.loads(shown.stdout)["checks"] == found
    assert "✗" in digest("preview", *NOW).stdout


def test_the_samples_have_no_error(digest: Digest, root: Path) -> None:
    result = digest("check", "--json", "--seeds", root / "seeds", *NOW)
    assert result.returncode == 0, result.stdout
    assert {row["code"] for row in rows(result)} == {"no-sender", "no-unsubscribe"}


# ── the network ──


@contextmanager
def site(answers: dict[str, int], slow: float = 0.0) -> Iterator[tuple[str, list[str]]]:
    """A site on this machine that answers by path; what it was asked is listed. `/slow` waits."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            asked.append(f"{self.command} {self.path}")
            if self.path.startswith("/slow"):
                time.sleep(slow)
            status = 405 if self.path == "/get" and self.command == "HEAD" else answers.get(self.path, 200)
            self.send_response(status)
            if status == 302:
                self.send_header("location", "/gone")
            self.send_header("content-length", "0")
            self.end_headers()

        do_GET = do_HEAD  # noqa: N815 -- the name the server looks for

        def log_message(self, *_: Any) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


LOOPBACK = (ip_network("127.0.0.0/8"),)


def test_dead_links_are_told_from_those_that_only_refuse_to_answer() -> None:
    answers = {"/gone": 404, "/moved": 302, "/busy": 503, "/members": 403}
    with site(answers) as (here, asked):
        addresses = {f"{here}{path}": path for path in ("/fine", "/get", *answers)}
        found = unreached(addresses, "en", LOOPBACK)
    assert {(one.where, one.code) for one in found} == {
        ("/gone", "dead-link"),
        ("/moved", "dead-link"),
        ("/busy", "unreachable"),
        ("/members", "unreachable"),
    }
    assert "GET /fine" not in asked
    assert "GET /get" in asked


def test_private_addresses_are_not_asked_unless_they_are_allowed() -> None:
    with site({}) as (here, asked):
        (found,) = unreached({here: "story 1"}, "en")
    assert found.code == "unreachable"
    assert "not a public address" in found.found
    assert asked == []


def test_the_network_is_given_up_when_the_time_is_up() -> None:
    with site({}, slow=3) as (here, _):
        start = time.monotonic()
        found = unreached({f"{here}/slow{number}": "story 1" for number in range(3)}, "en", LOOPBACK, seconds=0.5)
        assert time.monotonic() - start < 2.8  # a single answer takes three
    assert {one.code for one in found} <= {"not-asked", "unreachable"}
    assert "not-asked" in codes(found)


def test_the_address_to_unsubscribe_by_is_never_asked_for() -> None:
    made = week(2)
    assert made.masthead.unsubscribe not in links(made)
    assert made.masthead.web in links(made)
    assert {source.link for one in made.stories for source in one.voices} <= links(made).keys()


def test_the_command_asks_the_network_only_where_it_is_told_to(digest: Digest, tmp_path: Path) -> None:
    with site({"/may": 404}) as (here, asked):
        clip(
            tmp_path / "seeds",
            "one.md",
            f"---\ntitle: 五月\nsource: {here}/may\n---\n林知夏说：“我们跑得太快，快到忘了为什么要跑。”\n",
        )
        (tmp_path / "config").mkdir()
        (tmp_path / "config" / "digest.yaml").write_text(
            "channels:\n  files: {type: folder, path: out/delivered, allow: [127.0.0.0/8]}\n", encoding="utf-8"
        )
        assert digest("check", *NOW).returncode == 0
        assert asked == []
        result = digest("check", "--links", "--json", *NOW)
    assert result.returncode == 1, result.stderr
    assert [row["code"] for row in rows(result) if row["level"] == "error"] == ["dead-link"]
