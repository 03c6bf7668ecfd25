"""Newsletter providers: a draft is made once, whatever is lost; nothing of an article is executed there."""

from __future__ import annotations

import asyncio
import html
import json
import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from issues import week
from posting import DUE, FAST, LOOPBACK, Home, KilledError, dispatches, issue, ticking
from providers import Buttondown, Listmonk, Provider, alive_in_django, executed, without_comments
from receiver import Received, Receiver, answer, answered, reset_after_request

from digest.channels import Answer, Channel, ChannelConfig, Dispatch, Secret, build, exact
from digest.channels.drafts import SETTLED, literal_html, named
from digest.channels.listmonk import literal
from digest.draft import Email, draft_email
from digest.edition import edition
from digest.edition.rendered import rendered
from digest.errors import ChannelError
from digest.template import Templates

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from receiver import Behaviour, Exchange

LIVE = '{{ x }} {% y %} {# z #} {{{ }}} {{ template "content" . }} {{/* c */}} https://a.example@TrackLink {'
OPTIONS: dict[str, dict[str, object]] = {"buttondown": {}, "listmonk": {"lists": [1, 3], "template": 2}}
KEYS = {"buttondown": Buttondown.key, "listmonk": Listmonk.user}
types = pytest.mark.parametrize("type_", ["buttondown", "listmonk"])


def provider(type_: str, **more: Any) -> Any:
    return Buttondown(**more) if type_ == "buttondown" else Listmonk(**more)


def channel(type_: str, base: str = "https://letters.example", **options: object) -> Channel:
    made = build(
        ChannelConfig(
            "letter",
            type_,
            Secret(base),
            Secret(KEYS[type_]),
            ("digest", "posts"),
            allow=LOOPBACK,
            options={**OPTIONS[type_], **options},
        )
    )
    made.pace = 0
    return made


def letter(words: str = LIVE, stories: int = 2) -> list[Dispatch]:
    """A digest with its real email, in whose articles stands what templates would execute."""
    of = issue(stories, 1, words=words)
    of = replace(
        of, subject=f"本周 {words}", masthead=replace(of.masthead, unsubscribe="https://letter.example/u?a=1&b=2")
    )
    return [replace(dispatches(of)[0], subject=of.subject, email=draft_email(of, Templates()))]


def posted(receiver: Receiver) -> list[Received]:
    return [request for request in receiver.requests if request.method != "GET"]


# ── one draft, whatever happens ──


@types
def test_an_issue_becomes_one_draft_and_its_posts_none(tmp_path: Path, type_: str) -> None:
    books = provider(type_)
    with Receiver(usual=books) as receiver:
        run = Home(tmp_path, [channel(type_, f"http://127.0.0.1:{receiver.port}")])
        run.plan(dispatches())
        report = run.outbox.drain()
    assert report.good
    assert run.states == ["delivered"]
    assert [kept["status"] for kept in books.kept] == ["draft"]
    assert run.rows[0].remote_ref == str(books.kept[0]["id"])
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"markedkey" not in stored


def process_then(ending: str) -> Callable[[Provider], Behaviour]:
    """Take what comes, keep it, and then not say so."""

    def of(books: Provider) -> Behaviour:
        async def behave(exchange: Exchange) -> None:
            reply = books.reply(await exchange.request())
            if ending == "reset":
                exchange.reset()
            elif ending == "hang":
                await asyncio.sleep(5)
            elif ending == "half":
                await exchange.write(reply[: len(reply) // 2])
            elif ending == "html":
                await exchange.write(answered(200, "<html>"))
            else:
                await exchange.write(answered(int(ending), "<html>"))

        return behave

    return of


BEFORE: dict[str, Behaviour] = {
    "reset": reset_after_request,
    "500": answer(500),
    "502": answer(502),
    "503": answer(503, headers={"retry-after": "90"}),
    "429": answer(429, headers={"retry-after": "90"}),
    "html": answer(200, "<html>"),
    "999": answer(999),
    "empty": answer(200, "{}"),
}


@types
@pytest.mark.parametrize("ending", ["reset", "hang", "half", "html", "500", "502", "999"])
def test_46_an_answer_lost_after_the_draft_was_made_leaves_one_draft(tmp_path: Path, type_: str, ending: str) -> None:
    books = provider(type_)
    with Receiver(usual=books) as receiver:
        made = channel(type_, f"http://127.0.0.1:{receiver.port}")
        run = Home(tmp_path, [made], timeouts=FAST)
        run.plan(dispatches()[:1])
        receiver.script = [books, process_then(ending)(books)]
        run.outbox.drain()
        assert run.states == ["pending"]
        assert len(books.kept) == 1
        if ending != "500":  # which says itself that it was not carried out
            run.now.forward(seconds=SETTLED - 1)
            run.outbox.drain()
            assert len(receiver.requests) == 2, "looked for too early"
        run.now.forward(seconds=SETTLED)
        assert run.outbox.drain().good
        assert run.states == ["delivered"]
        assert (len(books.kept), len(posted(receiver))) == (1, 1)


@types
@pytest.mark.parametrize("on", ["look", "make"])
@pytest.mark.parametrize("fault", BEFORE)
def test_what_was_not_made_is_made_later_and_once(tmp_path: Path, type_: str, on: str, fault: str) -> None:
    books = provider(type_)
    with Receiver(usual=books) as receiver:
        run = Home(tmp_path, [channel(type_, f"http://127.0.0.1:{receiver.port}")], timeouts=FAST)
        run.plan(dispatches()[:1])
        receiver.script = [BEFORE[fault]] if on == "look" else [books, BEFORE[fault]]
        run.outbox.drain()
        assert (run.states, books.kept) == (["pending"], [])
        assert on == "make" or not posted(receiver), "made without knowing"
        run.now.forward(seconds=120)
        assert run.outbox.drain().good
        assert (run.states, len(books.kept)) == (["delivered"], 1)


@pytest.mark.faults
@types
@pytest.mark.parametrize("point", ["claimed", "sending", "sent", "answered", "journalled", "recorded"])
def test_a_worker_that_dies_at_any_point_leaves_one_draft(tmp_path: Path, type_: str, point: str) -> None:
    books = provider(type_)

    def die(passed: str) -> None:
        if passed == point:
            raise KilledError

    with Receiver(usual=books) as receiver:
        run = Home(tmp_path, [channel(type_, f"http://127.0.0.1:{receiver.port}")])
        run.plan(dispatches()[:1])
        run.outbox.passing = die
        with pytest.raises(KilledError):
            run.outbox.drain()
        time.sleep(run.patience.lease.total_seconds())
        run.now.forward(hours=1)
        run.another().drain()
    assert (run.states, len(books.kept)) == (["delivered"], 1)


@types
def test_a_draft_that_an_editor_has_sent_meanwhile_is_not_made_again(tmp_path: Path, type_: str) -> None:
    books = provider(type_)
    with Receiver(usual=books) as receiver:
        run = Home(tmp_path, [channel(type_, f"http://127.0.0.1:{receiver.port}")], timeouts=FAST)
        run.plan(dispatches()[:1])
        receiver.script = [books, process_then("reset")(books)]
        run.outbox.drain()
        books.kept[0].update(status="finished", subject="neu")
        run.now.forward(seconds=120)
        assert run.outbox.drain().good
    assert len(books.kept) == 1


@types
def test_a_draft_of_another_issue_is_not_taken_for_this_one(tmp_path: Path, type_: str) -> None:
    books = provider(type_)
    made = channel(type_)
    longer = replace(dispatches()[0], about="2026-W48-x1")
    for dispatch in (longer, replace(dispatches()[0], about="2026-W47")):
        (part,) = made.plan(dispatch)
        request = made.request(part, "msg_1", ticking())
        books.take(Received("POST", "/" + request.url.split("/", 3)[3], dict(request.headers), request.body))
    with Receiver(usual=books) as receiver:
        run = Home(tmp_path, [channel(type_, f"http://127.0.0.1:{receiver.port}")])
        run.plan(dispatches()[:1])
        assert run.outbox.drain().good
    assert len(books.kept) == 3


@types
def test_a_list_that_goes_on_is_no_proof_that_a_draft_is_not_there(tmp_path: Path, type_: str) -> None:
    books = provider(type_, page=0)
    books.kept = [{"name": f"澄心周报 2026-W48-{n}", "subject": "x", "creation_date": "2026-12-01"} for n in range(3)]
    with Receiver(usual=books) as receiver:
        run = Home(tmp_path, [channel(type_, f"http://127.0.0.1:{receiver.port}")])
        run.plan(dispatches()[:1])
        run.outbox.drain()
        assert (run.states, len(posted(receiver))) == (["pending"], 0)
    assert "cannot be read" in str(run.rows[0].last_error)


def test_45_what_did_not_become_a_draft_raises_the_alarm_and_the_channel_is_not_used_again(tmp_path: Path) -> None:
    books = Buttondown(obeys=False)
    with Receiver(usual=books) as receiver:
        run = Home(tmp_path, [channel("buttondown", f"http://127.0.0.1:{receiver.port}")])
        run.plan(dispatches()[:1])
        report = run.outbox.drain()
        assert run.rows[0].state == "dead"
        assert any("look there at once" in alert for alert in report.alerts)
        assert "look there at once" in run.archive.ledger.channels()["letter"]
        run.now.forward(hours=1)
        run.outbox.drain()
        assert len(posted(receiver)) == 1


@types
@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_wrong_key_or_address_is_told_at_the_first_look(tmp_path: Path, type_: str, status: int) -> None:
    with Receiver(usual=answer(status, '{"message": "no"}')) as receiver:
        run = Home(tmp_path, [channel(type_, f"http://127.0.0.1:{receiver.port}")])
        run.plan(dispatches()[:1])
        run.outbox.drain()
        assert (run.rows[0].state, len(receiver.requests)) == ("dead", 1)
        assert bool(run.archive.ledger.channels()) == (status == 404)


@types
def test_a_server_that_cannot_be_reached_is_tried_again(tmp_path: Path, type_: str) -> None:
    run = Home(tmp_path, [channel(type_, "http://127.0.0.1:9")])
    run.plan(dispatches()[:1])
    run.outbox.drain()
    assert run.states == ["pending"]


# ── the drafts themselves ──


def test_43_nothing_of_an_article_is_executed_at_listmonk() -> None:
    (draft,) = letter()
    (part,) = channel("listmonk").plan(draft)
    body = json.loads(part.body)
    assert draft.email
    assert executed(body["subject"]) == draft.subject
    sent = executed(without_comments(body["body"]))
    comments = re.compile("<!--.*?-->", re.DOTALL)
    assert comments.findall(sent) == comments.findall(draft.email.html) != []
    assert "\0" not in sent
    before, after = rendered(draft.email.html), rendered(sent)
    assert after.blocks == before.blocks
    assert [words for _, words in after.links] == [words for _, words in before.links]
    assert [link for link, _ in after.links][-1] == "https://lists.example/unsubscribe"
    assert LIVE in html.unescape(re.sub(r"<[^<>]+>", "", sent))
    text = executed(body["altbody"])
    assert text == draft.email.text.replace("https://letter.example/u?a=1&b=2", "https://lists.example/unsubscribe")


@pytest.mark.parametrize("as_html", [False, True])
def test_43_nothing_of_an_article_is_executed_at_buttondown(*, as_html: bool) -> None:
    (draft,) = letter()
    (part,) = channel("buttondown", html=as_html).plan(draft)
    body = json.loads(part.body)
    assert alive_in_django(body["body"]) == ["{{ unsubscribe_url }}"]
    assert alive_in_django(body["subject"]) == alive_in_django(body["description"]) == []
    assert body["subject"].replace("{ ", "{") == draft.subject.replace("{ ", "{")
    mode = "fancy" if as_html else "plaintext"
    assert body["body"].startswith(f"<!-- buttondown-editor-mode: {mode} -->")
    shown = html.unescape(re.sub(r"\\(.)", r"\1", re.sub(r"<[^<>]+>", "", body["body"])))
    assert LIVE in shown


@types
@settings(max_examples=25, deadline=None)
@given(words=st.text(st.sampled_from("{}%#. a\"'`\\/*客<>&🎉\u202e"), min_size=1, max_size=60))
def test_no_words_are_refused_or_executed(type_: str, words: str) -> None:
    books = provider(type_)
    (draft,) = letter(f"句{words}")
    made = channel(type_)
    (part,) = made.plan(draft)
    request = made.request(part, "msg_1", ticking())
    books.take(Received("POST", "/" + request.url.split("/", 3)[3], dict(request.headers), request.body))
    (kept,) = books.kept
    if type_ == "listmonk":
        assert draft.email
        assert executed(kept["subject"]) == draft.email.subject
        assert "\0" not in executed(kept["body"]) + executed(kept["altbody"])
    else:
        assert alive_in_django(kept["body"]) == ["{{ unsubscribe_url }}"]
        assert alive_in_django(kept["subject"]) == []


def test_the_style_sheet_stays_what_it_is() -> None:
    email = draft_email(week(3), Templates())
    written = literal_html(email.html)
    styles = re.compile(r"<style>.*?</style>", re.DOTALL)
    assert styles.findall(written) == styles.findall(email.html)
    assert styles.findall(written)
    assert literal_html("<style>@media{#a{b:c}}</style><p>{{x}}") == (
        "<style>@media{ #a{b:c}}</style><p>&#123;&#123;x&#125;&#125;"
    )


@pytest.mark.parametrize("text", ["{{", "{{{", "{{{{", "{{{{{", "a{b}{{c}}", '{{"{{"}}', "}}{{"])
def test_braces_stand_for_themselves_in_a_go_template(text: str) -> None:
    assert executed(literal(text)) == text


def test_the_markdown_of_a_draft_tells_the_whole_issue() -> None:
    of = week(4)
    email = draft_email(of, Templates(), notes={of.stories[1].id: "因为它决定了谁先交付。"})
    draft = replace(dispatches()[0], issue=of, subject=of.subject, email=email)
    body = json.loads(channel("buttondown").plan(draft)[0].body)["body"]
    plain = re.sub(r"\\(.)", r"\1", body)
    shown = edition(of)
    for piece in shown.stories:
        assert piece.title in plain
        assert all(credit.line in plain for credit in piece.credits)
    for said in [*(said for piece in shown.stories for said in piece.quotes), *shown.box]:
        assert all(line in plain for line in said.lines)
        assert not said.person or said.by in plain
    assert "因为它决定了谁先交付。" in plain
    assert "{{ unsubscribe_url }}" in plain
    assert plain.count("unsubscribe?reader") == 0


@types
@pytest.mark.parametrize("stories", [1, 50])
def test_a_draft_of_some_sections_and_an_alert_have_their_words_too(type_: str, stories: int) -> None:
    books = provider(type_)
    made = channel(type_)
    narrow = replace(dispatches(issue(stories, 2))[0], email=None)
    alert = Dispatch("alert", "test-20261127T010700", "试发：澄心周报", "# 试发\n\n一切正常 <b> {{ x }}。\n")
    for draft, words in ((narrow, f"第{stories}款客服模型"), (alert, "一切正常")):
        (part,) = made.plan(draft)
        request = made.request(part, "msg_1", ticking())
        books.take(Received("POST", "/" + request.url.split("/", 3)[3], dict(request.headers), request.body))
        assert words in books.kept[-1]["body"]
        assert "unsubscribe" in books.kept[-1]["body"].lower()


def test_a_name_is_one_word_and_tells_kinds_apart() -> None:
    digest = dispatches()[0]
    assert named(digest) == "2026-W48"
    assert named(replace(digest, kind="correction")) == "2026-W48-correction"
    assert named(Dispatch("alert", "weekly:2026-11-27:跳过", "x", "x")) == "weekly-2026-11-27-alert"


# ── secrets, settings ──


@types
def test_a_rehearsed_request_shows_no_key(type_: str) -> None:
    made = channel(type_)
    request = exact(made, made.plan(dispatches()[0])[0], "msg_1", DUE)
    assert not re.search("marked|Basic|Token ", json.dumps(request, ensure_ascii=False))
    assert request["method"] == "POST"


@types
def test_a_refusal_that_repeats_the_key_is_masked(tmp_path: Path, type_: str) -> None:
    with Receiver(usual=answer(400, json.dumps({"message": f"bad key {KEYS[type_]}"}))) as receiver:
        run = Home(tmp_path, [channel(type_, f"http://127.0.0.1:{receiver.port}")])
        run.plan(dispatches()[:1])
        run.outbox.drain()
    assert "markedkey" not in str(run.rows[0].last_error)


@pytest.mark.parametrize(
    ("config", "what"),
    [
        (ChannelConfig("letter", "buttondown"), "API key"),
        (ChannelConfig("letter", "buttondown", Secret("api.buttondown.com"), Secret("k")), "https://"),
        (ChannelConfig("letter", "listmonk", secret=Secret("a:b")), "url_env"),
        (ChannelConfig("letter", "listmonk", Secret("https://l.example"), Secret("nocolon")), "user:token"),
        (ChannelConfig("letter", "listmonk", Secret("https://l.example"), Secret("a:b")), "lists"),
        (
            ChannelConfig("letter", "listmonk", Secret("https://l.example"), Secret("a:b"), options={"lists": [1]}),
            "template",
        ),
    ],
)
def test_what_a_provider_lacks_is_said_with_its_key(config: ChannelConfig, what: str) -> None:
    with pytest.raises(ChannelError, match=what):
        build(config)


@types
def test_an_answer_to_a_look_never_counts_as_made_by_us(type_: str) -> None:
    made = channel(type_)
    body = b'{"data": {"id": 9, "status": "running"}, "id": "em_9", "status": "sent"}'
    looked = Answer(False, DUE, 200, {}, body, complete=True)
    assert made.verdict(looked).outcome == "delivered"
    assert made.verdict(looked._replace(started=True)).disable


def test_an_email_is_what_it_was_without_its_markdown() -> None:
    assert Email("s", "p", "<p>h</p>", "t", b"m").markdown == ""
