"""Every type of chat beside its fake service, for the tests that hold for all of them."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import rooms
import services
from posting import LOOPBACK, ticking
from receiver import Received

from digest.channels import Channel, ChannelConfig, Dispatch, Request, Secret, build

if TYPE_CHECKING:
    from collections.abc import Callable

TOKEN = "123456:" + "markedTOKEN-" * 3
SECRET = "SECmarkedsecret"


@dataclass(frozen=True)
class Kind:
    """A channel type and its service: the hook's path, what checks it, and how its words are read back.

    `success` is the status it answers with where all is well.
    """

    type: str
    path: str
    take: Callable[[Received], str]
    words: Callable[[dict[str, Any]], str]
    secret: str | None = None
    options: tuple[tuple[str, object], ...] = ()
    success: int = 200


def unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text).replace("\u200b", "")


def bare(text: str) -> str:
    """HTML without its tags."""
    return html.unescape(re.sub(r"<[^<>]+>", "", text.replace("<br>", "\n")))


def of_slack(message: dict[str, Any]) -> str:
    return html.unescape("\n".join(block["text"]["text"] for block in message["blocks"])).replace("\n>", "\n")


def of_discord(message: dict[str, Any]) -> str:
    embeds = [embed.get("title", "") + "\n" + embed.get("description", "") for embed in message["embeds"]]
    return unescaped("\n".join([message["content"], *embeds])).replace("\n> ", "\n")


def of_feishu(message: dict[str, Any]) -> str:
    card = message["card"]
    elements = [element["content"] for element in card["body"]["elements"]]
    return html.unescape("\n".join([card["header"]["title"]["content"], *elements])).replace("∼", "~")


def of_flow(message: dict[str, Any]) -> str:
    return str(message["content"]["text"])


def of_dingtalk(message: dict[str, Any]) -> str:
    return unescaped(message["markdown"]["text"]).replace("\n> ", "\n")


def of_wecom(message: dict[str, Any]) -> str:
    return unescaped(message["markdown_v2"]["content"]).replace("\n> ", "\n")


def of_telegram(message: dict[str, Any]) -> str:
    return html.unescape(re.sub(r"<[^<>]+>", "", message["text"]))


def of_teams(message: dict[str, Any]) -> str:
    elements = message["attachments"][0]["content"]["body"]
    texts = [item["text"] for element in elements for item in element.get("items", [element])]
    return unescaped("\n".join(texts))


def of_mattermost(message: dict[str, Any]) -> str:
    return unescaped(message["text"]).replace("\n> ", "\n")


def of_google_chat(message: dict[str, Any]) -> str:
    sections = message["cardsV2"][0]["card"]["sections"]
    texts = [widget["textParagraph"]["text"] for section in sections for widget in section["widgets"]]
    return "\n".join([message["text"].replace("\u200b", ""), *map(bare, texts)])


def of_matrix(message: dict[str, Any]) -> str:
    plain, rich = message["body"].replace("\n> ", "\n"), bare(message["formatted_body"])
    return f"{plain}\0{rich}"


def of_ntfy(message: dict[str, Any]) -> str:
    return f"{message['title']}\n{unescaped(message['message'])}".replace("\n> ", "\n")


KINDS = [
    Kind("slack", "/services/T0/B0/markedtoken", services.slack, of_slack),
    Kind("discord", "/api/webhooks/1/markedtoken", services.discord, of_discord),
    Kind("feishu", "/open-apis/bot/v2/hook/markedtoken", services.feishu(SECRET), of_feishu, SECRET),
    Kind("feishu-flow", "/flow/api/trigger-webhook/markedtoken", services.feishu(None), of_flow),
    Kind("dingtalk", "/robot/send?access_token=markedtoken", services.dingtalk(SECRET), of_dingtalk, SECRET),
    Kind("wecom", "/cgi-bin/webhook/send?key=markedtoken", services.wecom, of_wecom),
    Kind("telegram", "", services.telegram(TOKEN), of_telegram, TOKEN, (("chat_id", -100123),)),
    Kind(
        "teams",
        "/workflows/0a1b2c/triggers/manual/paths/invoke?api-version=2016-06-01&sig=markedtoken",
        rooms.teams,
        of_teams,
        success=202,
    ),
    Kind("mattermost", "/hooks/markedtoken", rooms.mattermost, of_mattermost),
    Kind(
        "google-chat",
        "/v1/spaces/AAA/messages?key=k%2B%2F%3D&token=markedtoken%253D",
        rooms.google_chat,
        of_google_chat,
    ),
    Kind("matrix", "", rooms.matrix(SECRET), of_matrix, SECRET, (("room", rooms.ROOM),)),
    Kind("ntfy", "/markedtoken", rooms.ntfy("markedtoken", SECRET), of_ntfy, SECRET),
]
kinds = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.type)


def kind_of(type_: str) -> Kind:
    return next(kind for kind in KINDS if kind.type == type_)


def channel(kind: Kind, base: str = "https://chat.example") -> Channel:
    config = ChannelConfig(
        "chat",
        kind.type,
        Secret(base + kind.path),
        Secret(kind.secret) if kind.secret else None,
        ("digest", "posts", "alerts"),
        allow=LOOPBACK,
        options=dict(kind.options),
    )
    made = build(config)
    made.pace = 0
    return made


def received(request: Request) -> Received:
    """A request as a server sees it."""
    target = "/" + request.url.split("/", 3)[3]
    return Received(request.method, target, {name.lower(): value for name, value in request.headers}, request.body)


def taken(kind: Kind, dispatch: Dispatch) -> list[dict[str, Any]]:
    """The messages of a draft, each taken by the service."""
    made = channel(kind)
    messages = []
    for part in made.plan(dispatch):
        kind.take(received(made.request(part, "msg_1", ticking())))
        messages.append(json.loads(part.body))
    return messages
