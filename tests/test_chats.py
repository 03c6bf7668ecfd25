"""Chat channels against fake services that refuse what the real ones would."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kinds import KINDS, TOKEN, Kind, channel, kind_of, kinds, received, taken
from posting import DUE, Home, dispatches, issue, ticking
from receiver import Receiver, answer
from rooms import Lost
from services import Refused, Service

from digest.channels import Answer, ChannelConfig, Dispatch, Secret, build, exact
from digest.channels import dingtalk as dingtalk_channel
from digest.channels import feishu as feishu_channel
from digest.draft import Post
from digest.edition import edition
from digest.edition.chat import clipped, utf16
from digest.errors import ChannelError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@kinds
@pytest.mark.parametrize("size", [(1, 1), (3, 8), (50, 1), (50, 6)], ids=str)
def test_every_quote_of_an_issue_arrives_whole_in_one_message(kind: Kind, size: tuple[int, int]) -> None:
    of = issue(*size, words="“降到四分钟” & <b>一半</b> 的 *客户* 说_好_ [真的](x) ~是~ `的` 🎉👩‍🔬 #1")
    messages = [kind.words(message) for message in taken(kind, dispatches(of)[0])]
    shown = edition(of)
    assert all("第12期" in message for message in messages)
    assert all(f"({n}/{len(messages)})" in text for n, text in enumerate(messages, 1)) == (len(messages) > 1)
    for story in shown.stories:
        assert any(story.title in message for message in messages)
        for said in story.quotes:
            assert sum(said.shown in message for message in messages) == 1, said.shown
            assert any(said.by in message for message in messages)


@kinds
def test_nobody_is_called_by_an_article(kind: Kind) -> None:
    words = (
        '@everyone @here <!channel> <@U12> <users/all> <at id=all></at> <at user_id="all"> @all @room <@&9> <@all>'
        " @channel {{DATE(2026-11-27T01:07:00Z,SHORT)}} ${user} :tada: ~town-square"
    )
    for message in taken(kind, dispatches(issue(1, 1, words=words))[0]):
        said = json.dumps(message, ensure_ascii=False)
        if kind.type == "feishu-flow":
            assert "<at" not in said
        elif kind.type in {"slack", "feishu", "telegram"}:
            assert not re.search(r"<[!@]|<at|<users", said)
        elif kind.type == "discord":
            assert not re.search(r"<[@#:t]|@everyone|@here", said.replace("\\", ""))
        elif kind.type == "mattermost":
            assert not re.search(r"@\w|:tada:", said)
        elif kind.type == "teams":
            assert not re.search(r"\{\{|\$\{|entities", said)
        elif kind.type == "google-chat":
            assert not re.search(r"<users|<at|<!", said)
        elif kind.type == "matrix":
            assert message["m.mentions"] == {}


@kinds
def test_long_quotes_fill_messages_by_their_size_and_not_by_their_number(kind: Kind) -> None:
    of = issue(30, 3, words="很长的一句话，" * 34)
    messages = [kind.words(message) for message in taken(kind, dispatches(of)[0])]
    assert len(messages) > 1
    for said in (said for story in edition(of).stories for said in story.quotes):
        assert sum(said.shown in message for message in messages) == 1


@kinds
def test_posts_and_alerts_have_their_messages_too(kind: Kind) -> None:
    post = Post(
        "x", "zh", "s1", "quote", "一条帖子 *照抄* https://news.example/a/1", 20, 280, "https://news.example/a/1"
    )
    posted = taken(kind, replace(dispatches()[1], posts=(post,)))
    assert any(post.text in kind.words(message) for message in posted)
    alarm = Dispatch("alert", "msg_1:dead", "2026-W48: dead", "# 2026-W48: dead\n\nIt was refused.\n\nDo this.\n")
    (told,) = taken(kind, alarm)
    assert "It was refused." in kind.words(told)
    assert "2026-W48: dead" in kind.words(told)


@settings(max_examples=12, deadline=None)
@given(
    words=st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=280),
    stories=st.integers(1, 12),
    quotes=st.integers(1, 4),
)
@kinds
def test_no_service_refuses_what_was_planned_for_it(kind: Kind, words: str, stories: int, quotes: int) -> None:
    assert taken(kind, dispatches(issue(stories, quotes, words=words))[0])


NASTY = [
    "我们 *不是* 卖得_不够_快 ~而是~ `跑得` [太快](https://x.example) <b>了</b>",
    "שלום \u202eabc\u202c مرحبا \u2067خ\u2069 🎉👩\u200d🔬🇨🇳 e\u0301",
    "1. 第一 - 第二 + 第三 # 四 > 五 | 六 \\ 七 &amp; 八 &#60; 九",
    "@everyone @room <@U1> <!here> <users/all> {{ x }} {% y %} ${z} :tada:",
    "'\"<script>alert(1)</script> </p></blockquote> ]]> --> \u2028 \ufeff",
    "𠮷野家🀄️" * 12,
]


@kinds
@pytest.mark.parametrize("named", NASTY, ids=range(len(NASTY)))
def test_titles_speakers_and_outlets_are_read_back_as_they_are(kind: Kind, named: str) -> None:
    of = issue(2, 1, named=named)
    of = replace(of, masthead=replace(of.masthead, title=named[:30]))
    told = "\n".join(kind.words(message) for message in taken(kind, dispatches(of)[0]))
    for piece in edition(of).stories:
        for expected in (piece.title, piece.quotes[0].by, piece.quotes[0].shown, piece.credits[0].line):
            assert plainly(expected) in plainly(told)


def plainly(text: str) -> str:
    """Without what a channel may put in, and as line ends are read back."""
    return " ".join(text.replace("\u200b", "").replace("∼", "~").split())


@kinds
def test_a_quote_too_long_for_any_message_fails_the_plan_and_is_named(kind: Kind) -> None:
    with pytest.raises(ChannelError, match="longer than one message can be"):
        channel(kind).plan(dispatches(issue(1, 1, words="很长的话" * 5000))[0])


@kinds
def test_an_issue_goes_through_the_outbox_to_the_service(tmp_path: Path, kind: Kind) -> None:
    service = Service(kind.take, kind.success)
    with Receiver(usual=service) as receiver:
        base = f"http://127.0.0.1:{receiver.port}"
        run = Home(tmp_path, [channel(kind, base)])
        run.plan(dispatches(issue(12, 3))[:1])
        report = run.outbox.drain()
    assert report.good
    assert set(run.states) == {"delivered"}
    assert len(service.posted) == len(run.rows)
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for secret in (b"markedtoken", b"markedTOKEN", b"markedsecret"):
        assert secret not in stored


@kinds
def test_a_rehearsed_request_shows_no_secret(kind: Kind) -> None:
    made = channel(kind)
    request = exact(made, made.plan(dispatches()[0])[0], "msg_1", DUE)
    shown = json.dumps(request, ensure_ascii=False)
    assert not re.search("marked(token|TOKEN|secret)", shown)
    if kind.type == "feishu":
        assert json.loads(str(request["body"]))["sign"] == "…"


def test_a_rehearsed_request_has_the_very_words_even_where_the_address_has_them_too() -> None:
    made = channel(KINDS[0])
    words = "services are webhooks"
    request = exact(made, made.plan(dispatches(issue(1, 1, words=words))[0])[0], "msg_1", DUE)
    assert words in str(request["body"])


def test_a_title_too_long_is_clipped_and_says_so() -> None:
    assert clipped("一个标题", 4) == "一个标题"
    assert clipped("一个长标题", 4) == "一个长…"
    assert clipped("👩\u200d🔬标题", 4, utf16) == "👩…"
    assert utf16("👩") == 2


# ── the services themselves ──


OVER: dict[str, Callable[[dict[str, Any]], None]] = {
    "slack": lambda message: message["blocks"].append(
        {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}
    ),
    "discord": lambda message: message["embeds"].append({"description": "x" * 4097}),
    "feishu": lambda message: message["card"]["body"]["elements"].append({"tag": "markdown", "content": "x" * 20_480}),
    "feishu-flow": lambda message: message["content"].update(text="x" * 20_480),
    "dingtalk": lambda message: message["markdown"].update(text="x" * 20_001),
    "wecom": lambda message: message["markdown_v2"].update(content="x" * 4097),
    "telegram": lambda message: message.update(text="x" * 4097),
    "teams": lambda message: message["attachments"][0]["content"]["body"][0].update(text="x" * 24_453),
    "mattermost": lambda message: message.update(text="x" * 16_384),
    "google-chat": lambda message: message.update(text="x" * 32_000),
    "matrix": lambda message: message.update(body="x" * 65_536),
    "ntfy": lambda message: message.update(message="x" * 4097),
}
SILENT = {"teams", "mattermost", "ntfy"}
"""Services that take what is too long with a success, and then lose it, split it or attach it as a file."""


@kinds
def test_the_fake_refuses_what_is_too_long_and_the_channel_knows_it_for_dead(kind: Kind) -> None:
    made = channel(kind)
    (part, *_) = made.plan(dispatches()[0])
    message = json.loads(part.body)
    OVER[kind.type](message)
    fat = part._replace(body=json.dumps(message).encode())
    with pytest.raises(Refused) as refused:
        kind.take(received(made.request(fat, "msg_1", ticking())))
    told = Answer(True, DUE, refused.value.status, {}, refused.value.body.encode(), complete=True)
    assert isinstance(refused.value, Lost) == (kind.type in SILENT)
    assert made.verdict(told).outcome == ("delivered" if kind.type in SILENT else "dead")


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.secret], ids=lambda kind: kind.type)
def test_the_fake_refuses_a_wrong_signature_and_one_that_is_too_old(kind: Kind) -> None:
    other = "123456:" + "otherTOKEN--" * 3 if kind.type == "telegram" else "SECother"
    for made, at in ((channel(replace(kind, secret=other)), ticking()), (channel(kind), DUE.replace(year=2020))):
        if kind.type in {"telegram", "matrix", "ntfy"} and at.year == 2020:
            continue  # their token has no time in it
        with pytest.raises(Refused) as refused:
            kind.take(received(made.request(made.plan(dispatches()[0])[0], "msg_1", at)))
        told = Answer(True, DUE, refused.value.status, {}, refused.value.body.encode(), complete=True)
        assert made.verdict(told).outcome == "dead"


def test_signatures_are_those_of_the_published_vectors() -> None:
    assert feishu_channel.sign(1599360473, "demo") == "l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8="
    assert feishu_channel.sign(1661860880, "xxx") == "QnWVTSBe6FmQDE0bG6X0mURbI+DnvVyu1h+j5dHOjrU="
    assert (
        dingtalk_channel.sign(1577262236757, "this is secret") == "hmPWwU%2B7lVdm3ZZz0r9tSfx0L4Q26jWOZr9%2BGs6EZQM%3D"
    )


# ── what answers mean (rows 15, 16, 17, 19, 20, 21) ──


VERDICTS = [
    ("slack", 200, "ok", "delivered", None),
    ("slack", 200, "", "unknown", None),
    ("slack", 200, "<html>", "unknown", None),
    ("slack", 400, "invalid_blocks", "dead", None),
    ("slack", 404, "no_service", "dead", None),
    ("slack", 503, "", "retry", None),
    ("slack", 502, "", "unknown", None),
    ("discord", 200, '{"id": "9"}', "delivered", None),
    ("discord", 204, "", "unknown", None),
    ("discord", 200, "{}", "unknown", None),
    ("discord", 400, '{"code": 50035}', "dead", None),
    ("discord", 404, '{"code": 10015}', "dead", None),
    ("discord", 429, '{"retry_after": 64.57, "global": false}', "retry", 64.57),
    ("feishu", 200, '{"code": 0}', "delivered", None),
    ("feishu", 200, '{"StatusCode": 0}', "delivered", None),
    ("feishu", 200, "{}", "unknown", None),
    ("feishu", 200, "<html>", "unknown", None),
    ("feishu", 200, '{"code": 19024, "msg": "Key Words Not Found"}', "dead", None),
    ("feishu", 200, '{"code": 11232, "msg": "frequency limited"}', "retry", None),
    ("feishu", 400, '{"code": 9499, "msg": "too many request, frequency"}', "retry", None),
    ("feishu", 500, '{"code": 2200}', "retry", None),
    ("feishu-flow", 200, '{"code": 0}', "delivered", None),
    ("dingtalk", 200, '{"errcode": 0}', "delivered", None),
    ("dingtalk", 200, '{"errcode": 310000, "errmsg": "keywords not in content"}', "dead", None),
    ("dingtalk", 200, '{"errcode": 130101}', "retry", 600.0),
    ("dingtalk", 200, "", "unknown", None),
    ("wecom", 200, '{"errcode": 0, "errmsg": "ok"}', "delivered", None),
    ("wecom", 200, '{"errcode": 40058}', "dead", None),
    ("wecom", 200, '{"errcode": 45009}', "retry", 60.0),
    ("wecom", 200, '{"errcode": 93000}', "dead", None),
    ("telegram", 200, '{"ok": true, "result": {"message_id": 5}}', "delivered", None),
    ("telegram", 200, '{"ok": false, "error_code": 400}', "dead", None),
    ("telegram", 403, '{"ok": false, "error_code": 403, "description": "bot was kicked"}', "dead", None),
    ("telegram", 429, '{"ok": false, "error_code": 429, "parameters": {"retry_after": 35}}', "retry", 35.0),
    ("telegram", 502, "<html>", "unknown", None),
    ("telegram", 200, "{}", "unknown", None),
    ("teams", 202, "", "delivered", None),
    ("teams", 200, "1", "unknown", None),
    ("teams", 200, "", "unknown", None),
    (
        "teams",
        200,
        "Webhook message delivery failed with error: … returned HTTP error 413 with ContextId",
        "dead",
        None,
    ),
    ("teams", 200, "… Microsoft Teams endpoint returned HTTP error 429 with ContextId …", "retry", None),
    ("teams", 400, '{"error": {"code": "TriggerInputSchemaMismatch"}}', "dead", None),
    ("teams", 400, '{"error": {"code": "WorkflowTriggerIsNotEnabled"}}', "dead", None),
    ("teams", 401, '{"error": {"code": "DirectApiAuthorizationRequired"}}', "dead", None),
    ("teams", 404, '{"error": {"code": "WorkflowNotFound"}}', "dead", None),
    ("teams", 429, "", "retry", None),
    ("teams", 502, '{"error": {"code": "NoResponse"}}', "unknown", None),
    ("teams", 503, "", "retry", None),
    ("mattermost", 200, "ok", "delivered", None),
    ("mattermost", 200, "<html>", "unknown", None),
    ("mattermost", 200, "", "unknown", None),
    ("mattermost", 400, '{"id": "web.incoming_webhook.parse.app_error"}', "dead", None),
    ("mattermost", 400, '{"id": "web.incoming_webhook.invalid.app_error"}', "dead", None),
    ("mattermost", 501, '{"id": "web.incoming_webhook.disabled.app_error"}', "dead", None),
    ("mattermost", 500, '{"id": "app.post.save.app_error"}', "retry", None),
    ("mattermost", 504, "", "unknown", None),
    ("google-chat", 200, '{"name": "spaces/A/messages/B"}', "delivered", None),
    ("google-chat", 200, "{}", "unknown", None),
    ("google-chat", 200, "<html>", "unknown", None),
    ("google-chat", 200, '{"error": {"code": 400, "message": "…"}}', "dead", None),
    ("google-chat", 400, '{"error": {"code": 400, "status": "INVALID_ARGUMENT"}}', "dead", None),
    ("google-chat", 403, '{"error": {"code": 403, "status": "PERMISSION_DENIED"}}', "dead", None),
    ("google-chat", 429, '{"error": {"code": 429, "status": "RESOURCE_EXHAUSTED"}}', "retry", 60.0),
    ("google-chat", 503, '{"error": {"code": 503}}', "retry", None),
    ("google-chat", 502, "<html>", "unknown", None),
    ("matrix", 200, '{"event_id": "$a"}', "delivered", None),
    ("matrix", 200, "{}", "unknown", None),
    ("matrix", 200, "<html>", "unknown", None),
    ("matrix", 200, '{"errcode": "M_FORBIDDEN"}', "dead", None),
    ("matrix", 401, '{"errcode": "M_UNKNOWN_TOKEN"}', "dead", None),
    ("matrix", 403, '{"errcode": "M_FORBIDDEN"}', "dead", None),
    ("matrix", 413, '{"errcode": "M_TOO_LARGE"}', "dead", None),
    ("matrix", 429, '{"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 2500}', "retry", 2.5),
    ("matrix", 429, '{"errcode": "M_LIMIT_EXCEEDED"}', "retry", None),
    ("matrix", 502, "<html>", "retry", None),
    ("matrix", 504, "", "retry", None),
    ("ntfy", 200, '{"id": "a", "event": "message"}', "delivered", None),
    ("ntfy", 200, "{}", "unknown", None),
    ("ntfy", 200, "<!doctype html>", "unknown", None),
    ("ntfy", 400, '{"code": 40057, "http": 400}', "dead", None),
    ("ntfy", 403, '{"code": 40301, "http": 403}', "dead", None),
    ("ntfy", 429, '{"code": 42901, "http": 429}', "retry", None),
    ("ntfy", 507, '{"code": 50701, "http": 507}', "unknown", None),
]


@pytest.mark.parametrize(("type_", "status", "body", "outcome", "wait"), VERDICTS)
def test_an_answer_means_what_the_service_means_by_it(
    type_: str, status: int, body: str, outcome: str, wait: float | None
) -> None:
    kind = kind_of(type_)
    verdict = channel(kind).verdict(Answer(True, DUE, status, {}, body.encode(), complete=True))
    assert (verdict.outcome, verdict.retry_after) == (outcome, wait)


@pytest.mark.parametrize(
    "type_", ["slack", "wecom", "telegram", "discord", "teams", "mattermost", "google-chat", "ntfy"]
)
def test_a_gone_address_or_key_disables_the_channel(type_: str) -> None:
    kind = kind_of(type_)
    body, status = {
        "slack": ("no_service", 404),
        "wecom": ('{"errcode": 93000}', 200),
        "telegram": ('{"ok": false, "error_code": 404}', 404),
        "discord": ("", 404),
        "teams": ('{"error": {"code": "WorkflowTriggerIsNotEnabled"}}', 400),
        "mattermost": ('{"id": "web.incoming_webhook.invalid.app_error"}', 400),
        "google-chat": ('{"error": {"code": 404, "status": "NOT_FOUND"}}', 404),
        "ntfy": ('{"code": 40401}', 404),
    }[type_]
    assert channel(kind).verdict(Answer(True, DUE, status, {}, body.encode(), complete=True)).disable


def test_a_group_that_moved_tells_its_new_number() -> None:
    body = b'{"ok": false, "error_code": 400, "parameters": {"migrate_to_chat_id": -1009}}'
    verdict = channel(kind_of("telegram")).verdict(Answer(True, DUE, 400, {}, body, complete=True))
    assert (verdict.outcome, "chat_id: -1009" in verdict.detail) == ("dead", True)


@kinds
def test_19_a_wait_told_in_the_body_is_kept(tmp_path: Path, kind: Kind) -> None:
    waits = {
        "discord": (429, '{"retry_after": 90.5}', 90.5),
        "telegram": (429, '{"ok": false, "error_code": 429, "parameters": {"retry_after": 35}}', 35),
        "dingtalk": (200, '{"errcode": 130101}', 600),
        "wecom": (200, '{"errcode": 45009}', 60),
        "google-chat": (429, '{"error": {"code": 429, "status": "RESOURCE_EXHAUSTED"}}', 60),
        "matrix": (429, '{"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 90500}', 90.5),
    }
    if kind.type not in waits:
        return
    status, body, seconds = waits[kind.type]
    with Receiver(usual=answer(status, body)) as receiver:
        run = Home(tmp_path, [channel(kind, f"http://127.0.0.1:{receiver.port}")])
        run.plan(dispatches()[:1])
        run.outbox.drain()
        assert (run.rows[0].next_at - DUE).total_seconds() == seconds
        run.now.forward(seconds=seconds - 0.01)
        run.outbox.drain()
        assert len(receiver.requests) == 1


@pytest.mark.parametrize(
    ("config", "what"),
    [
        (ChannelConfig("chat", "slack"), "url_env"),
        (ChannelConfig("chat", "telegram", options={"chat_id": 1}), "secret_env"),
        (ChannelConfig("chat", "telegram", secret=Secret(TOKEN)), "chat_id"),
        (ChannelConfig("chat", "wecom", Secret("wecom.example/x")), "https://"),
        (ChannelConfig("chat", "teams", Secret("https://acme.webhook.office.com/webhookb2/x")), "old connector"),
        (ChannelConfig("chat", "teams"), "url_env"),
        (ChannelConfig("chat", "matrix", secret=Secret("syt_x")), "homeserver"),
        (ChannelConfig("chat", "matrix", Secret("https://matrix.example")), "secret_env"),
        (ChannelConfig("chat", "matrix", Secret("https://matrix.example"), Secret("syt_x")), "room"),
        (
            ChannelConfig(
                "chat", "matrix", Secret("https://m.example"), Secret("x"), options={"room": "#news:m.example"}
            ),
            "alias",
        ),
        (ChannelConfig("chat", "ntfy", Secret("https://ntfy.sh/")), "topic"),
    ],
)
def test_what_a_channel_lacks_is_said_with_its_key(config: ChannelConfig, what: str) -> None:
    with pytest.raises(ChannelError, match=what):
        build(config)
