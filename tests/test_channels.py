"""Channels: exact bytes, limits, signatures, and what an answer means there."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from posting import DUE, LOOPBACK, SECRET, dispatches, folder, issue, webhook
from standardwebhooks import Webhook

from digest.channels import Answer, Channel, ChannelConfig, Dispatch, Part, Secret, build, exact
from digest.channels.folder import store
from digest.channels.generic import sign, signing_key
from digest.errors import ChannelError
from digest.outbox import outgoing, rehearsed

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://hooks.example/hook/markedtoken?key=markedkey"


def bodies(channel: Channel, dispatch: Dispatch) -> list[dict[str, Any]]:
    return [json.loads(part.body) for part in channel.plan(dispatch)]


def test_the_signature_is_that_of_the_published_vector() -> None:
    key = signing_key("team", SECRET)
    value = sign(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert value == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_an_independent_library_verifies_our_requests() -> None:
    channel = webhook(URL)
    (part,) = channel.plan(dispatches()[0])
    request = channel.request(part, "msg_1", datetime.now(UTC))  # noqa: TID251 -- the verifier uses the real clock
    verified = Webhook(SECRET).verify(request.body, dict(request.headers))
    assert verified["issue"]["id"] == "2026-W48"


@pytest.mark.parametrize("secret", ["whsec_", "short", "whsec_!!!!", "whsec_" + "QUJD" * 30])
def test_a_wrong_secret_is_refused_without_being_shown(secret: str) -> None:
    config = ChannelConfig("team", "generic", Secret(URL), Secret(secret))
    with pytest.raises(ChannelError, match="whsec_ followed by base64") as caught:
        build(config)
    assert secret == "whsec_" or secret not in str(caught.value)


def test_the_payload_tells_the_issue_and_leaves_out_what_is_held_back() -> None:
    (body,) = bodies(webhook(URL), dispatches()[0])
    assert set(body) >= {"id", "event", "issue", "html", "text", "markdown", "stories", "posts"}
    assert body["issue"] == {
        "id": "2026-W48",
        "number": 12,
        "subject": "客服模型进入第二阶段",
        "preheader": "两件事",
        "language": "zh-CN",
    }
    assert body["html"] is None
    told = body["stories"][0]
    assert [source["outlet"] for source in told["sources"]] == ["云图周刊"]
    assert told["quotes"][0]["source"] == 0
    assert told["quotes"][0]["speaker"] == "林知夏"
    assert "不该外传" not in json.dumps(body, ensure_ascii=False)


def test_html_goes_along_only_where_asked_for() -> None:
    (body,) = bodies(webhook(URL, html=True), dispatches()[0])
    assert body["html"] == "<p>一封邮件</p>"


@pytest.mark.parametrize("stories", [1, 2, 7, 50])
@pytest.mark.parametrize("limit", [4_000, 20_000])
def test_a_long_issue_is_cut_between_stories_and_every_part_fits(stories: int, limit: int) -> None:
    of = issue(stories, 3)
    channel = webhook(URL, limit=limit)
    parts = channel.plan(dispatches(of)[0])
    told = [json.loads(part.body) for part in parts]
    assert max(len(part.body) for part in parts) <= limit
    assert [story["id"] for body in told for story in body["stories"]] == [story.id for story in of.stories]
    assert [(body["part"], body["parts"]) for body in told] == [(n, len(told)) for n in range(1, len(told) + 1)]
    assert len({part.name for part in parts}) == len(parts)
    if len(told) > 1:
        for body in told:
            assert all(story["quotes"][0]["text"] in body["markdown"] for story in body["stories"])


def test_a_story_that_alone_is_too_large_fails_the_plan_and_names_it() -> None:
    with pytest.raises(ChannelError, match="story 1 alone is larger than its limit of 900 bytes"):
        webhook(URL, limit=900).plan(dispatches(issue(2, 9))[0])


def test_the_bytes_of_a_plan_are_the_same_every_time() -> None:
    assert webhook(URL).plan(dispatches()[0]) == webhook(URL).plan(dispatches()[0])


def test_a_secret_never_prints() -> None:
    channel = webhook(URL)
    (part,) = channel.plan(dispatches()[0])
    shown = exact(channel, part, "msg_1", DUE)
    everything = repr(channel.config) + json.dumps(shown, ensure_ascii=False) + repr(Secret("markedtoken"))
    for secret in ("markedtoken", "markedkey", SECRET):
        assert secret not in everything
    assert shown["method"] == "POST"
    assert shown["url"] == "https://hooks.example/…"
    headers = shown["headers"]
    assert isinstance(headers, dict)
    assert headers["webhook-signature"] == "…"
    assert json.loads(str(shown["body"]))["issue"]["number"] == 12


def test_a_rehearsal_shows_what_an_outbox_would_hold(tmp_path: Path) -> None:
    channels = [webhook(URL), folder(tmp_path), webhook(URL, "tight", limit=10)]
    shown = rehearsed(channels, dispatches(), DUE)
    assert set(shown) == {
        "team/digest.json",
        "files/email.html.json",
        "files/email.txt.json",
        "files/email.eml.json",
        "files/digest.md.json",
        "files/issue.json",
        "files/posts.json",
        "files/posts.md.json",
        "tight/digest.json",
    }
    assert "error" in shown["tight/digest.json"]
    rows, problems = outgoing(channels, dispatches(), DUE)
    assert len(rows) == 8
    assert [problem.channel for problem in problems] == ["tight"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("config", "what"),
    [
        (ChannelConfig("team", "pigeon"), "no type 'pigeon'"),
        (ChannelConfig("team", "generic"), "url_env"),
        (ChannelConfig("team", "generic", Secret("ftp://x.example/")), "https://"),
        (ChannelConfig("team", "generic", Secret(URL), allow=("10.0.0.0/99",)), "allow"),
        (ChannelConfig("team", "generic", Secret(URL), options={"limit": "many"}), "limit"),
        (ChannelConfig("team", "folder"), "path"),
    ],
)
def test_a_channel_that_lacks_something_says_so_with_its_name(config: ChannelConfig, what: str) -> None:
    with pytest.raises(ChannelError, match=what) as caught:
        build(config)
    assert "channel team" in str(caught.value)


def answered(status: int, body: bytes = b"", **more: Any) -> Answer:
    return Answer(started=True, at=DUE, status=status, body=body, complete=True, **more)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (answered(200), "delivered"),
        (answered(202, b"<html>"), "delivered"),
        (answered(204), "delivered"),
        (Answer(started=True, at=DUE, status=200, error="ReadError"), "delivered"),
        (answered(302), "dead"),
        (answered(400), "dead"),
        (answered(410), "dead"),
        (answered(429), "retry"),
        (answered(502), "retry"),
        (answered(999), "unknown"),
        (Answer(started=False, at=DUE, error="ConnectError"), "retry"),
        (Answer(started=True, at=DUE, error="ReadTimeout"), "unknown"),
    ],
)
def test_a_webhook_judges_by_status_and_phase(answer: Answer, outcome: str) -> None:
    assert webhook(URL).verdict(answer).outcome == outcome


def test_a_file_appears_whole_under_its_name_and_only_once(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b.md"
    store(path, b"words")
    store(path, b"words")
    assert path.read_bytes() == b"words"
    with pytest.raises(FileExistsError):
        store(path, b"others")
    assert path.read_bytes() == b"words"
    assert [file.name for file in path.parent.iterdir()] == ["b.md"]


def test_a_part_cannot_leave_its_folder(tmp_path: Path) -> None:
    channel = folder(tmp_path)
    parts = channel.plan(Dispatch("alert", "../../etc/weekly:2026-11-27:skipped", "x", "x"))
    assert [part.name for part in parts] == ["alerts/etc-weekly-2026-11-27-skipped.md"]
    assert isinstance(parts[0], Part)


def test_allowed_networks_are_read_from_the_configuration() -> None:
    config = ChannelConfig("team", "generic", Secret(URL), allow=LOOPBACK)
    assert [str(network) for network in config.networks] == list(LOOPBACK)
