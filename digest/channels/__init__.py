"""Channels: a draft becomes the exact requests of one receiver, and an answer becomes a verdict.

A channel is three verbs and a table: its limits; `plan(dispatch)` gives the parts, whose bytes are frozen;
`send` carries one of them out; `verdict` says what the answer means there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from ipaddress import ip_network
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, Protocol

from digest.address import masked, redacted, secrets_in
from digest.errors import ChannelError

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from digest.address import Network
    from digest.delivery import Kind, OnUnknown, Verdict
    from digest.draft import Email, Post
    from digest.issue import Issue

    Dialogue = Callable[[socket.socket, Callable[[], None]], tuple[int, bytes]]

_TYPES = {
    "buttondown": "digest.channels.buttondown:Buttondown",
    "dingtalk": "digest.channels.dingtalk:DingTalk",
    "discord": "digest.channels.discord:Discord",
    "feishu": "digest.channels.feishu:Feishu",
    "feishu-flow": "digest.channels.feishu:Feishu",
    "folder": "digest.channels.folder:Folder",
    "generic": "digest.channels.generic:Generic",
    "google-chat": "digest.channels.google_chat:GoogleChat",
    "listmonk": "digest.channels.listmonk:Listmonk",
    "matrix": "digest.channels.matrix:Matrix",
    "mattermost": "digest.channels.mattermost:Mattermost",
    "ntfy": "digest.channels.ntfy:Ntfy",
    "smtp": "digest.channels.smtp:Smtp",
    "slack": "digest.channels.slack:Slack",
    "teams": "digest.channels.teams:Teams",
    "telegram": "digest.channels.telegram:Telegram",
    "wecom": "digest.channels.wecom:WeCom",
}
"""Where each `type:` of the configuration lives; imported only when a channel of it is built."""

_SIGNED = re.compile(r'("sign":")[A-Za-z0-9+/=]{20,}|("topic":")[-_A-Za-z0-9]{1,64}')
"""A signature or a topic among the fields of a JSON body; in an article's words the quotation marks are escaped."""

TYPES = tuple(_TYPES)


class Secret:
    """A value that never prints: an address with a token in it, a signing secret, a password."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself, for the request and nothing else."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


@dataclass(frozen=True, slots=True)
class ChannelConfig:
    """A channel as configured. `allow` are networks (CIDR) of its own; `path` the folder of a folder channel.

    `options` are what only this type knows (`limit`, `html` …).
    """

    name: str
    type: str
    url: Secret | None = None
    secret: Secret | None = None
    gets: Sequence[str] = ("digest", "posts")
    sections: Sequence[str] = ()
    allow: Sequence[str] = ()
    proxy: str | None = None
    path: str | None = None
    options: Mapping[str, object] = field(default_factory=dict)

    @property
    def networks(self) -> tuple[Network, ...]:
        """The allowed networks. Raises ValueError on one that is none."""
        return _networks(tuple(self.allow))

    @property
    def hidden(self) -> frozenset[str]:
        """Every string of this channel that must not be shown anywhere."""
        pieces = secrets_in(self.url.reveal()) if self.url else frozenset()
        if self.proxy and "@" in self.proxy:
            pieces |= {self.proxy.rpartition("@")[0].partition("://")[2]}
        secret = self.secret.reveal() if self.secret else ""
        return pieces | {secret, secret.rpartition(":")[2]} - {""}

    def mask(self, text: str) -> str:
        """An excerpt of `text` that can be shown and stored: one line, 200 characters, no secrets."""
        return masked(text, self.hidden)


@cache
def _networks(allow: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ip_network(text, strict=False) for text in allow)


@dataclass(frozen=True, slots=True)
class Dispatch:
    """What goes to channels: a draft of one kind, in every form that a channel may take.

    `about` is the issue's id, or an alert's own name (`weekly:2026-11-27:skipped`), told once. `markdown` is
    the kind's text: the digest, the posts, the review notes or the alert. `issue_json` and `posts_json` are
    the objects of `issue.json` and `posts.json`, ready for JSON.
    """

    kind: Kind
    about: str
    subject: str
    markdown: str
    issue: Issue | None = None
    email: Email | None = None
    posts: Sequence[Post] = ()
    issue_json: Mapping[str, object] = field(default_factory=dict)
    posts_json: Sequence[Mapping[str, object]] = ()


class Part(NamedTuple):
    """One message of a channel, frozen: what every attempt sends, without signature and time.

    `name` is unique within the plan and usable as a relative file name; `headers` hold no secrets.
    """

    name: str
    body: bytes
    content_type: str
    headers: tuple[tuple[str, str], ...] = ()
    recipient: str = ""


class Request(NamedTuple):
    """One attempt over HTTP, with everything in it. Never shown: `shown` makes the form for people."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    private: frozenset[str] = frozenset({"authorization", "webhook-signature"})

    def shown(self, config: ChannelConfig) -> dict[str, object]:
        """The request without its secrets: `{"method", "url", "headers", "body"}`."""
        headers = {name: "…" if name.lower() in self.private else value for name, value in self.headers}
        url = redacted(self.url) if "://" in self.url else self.url
        body = _SIGNED.sub(r"\1\2…", self.body.decode("utf-8", "backslashreplace"))
        for secret in (config.url, config.secret):
            if secret and secret.reveal():
                body = body.replace(secret.reveal(), "***")
        return {"method": self.method, "url": url, "headers": headers, "body": body}


class Answer(NamedTuple):
    """What came back. `status` is None where no answer began; `complete` says that the whole body arrived.

    `started` says that the first byte of the request may have left; `error` names what broke the exchange.
    `headers` have lower-case names, `body` is at most 64 KiB, `at` the real time of the answer.
    """

    started: bool
    at: datetime
    status: int | None = None
    headers: Mapping[str, str] = MappingProxyType({})
    body: bytes = b""
    complete: bool = False
    error: str = ""
    detail: str = ""


class Wire(Protocol):
    """What a channel sends with: it calls the write-ahead point at the last moment before a byte leaves."""

    def http(self, request: Request, config: ChannelConfig) -> Answer:
        """One HTTP exchange, never redirected, capped in time and size; errors come back as answers."""

    def look(self, request: Request, config: ChannelConfig) -> Answer:
        """An exchange that changes nothing over there, and so does not pass the write-ahead point."""

    def local(self, act: Callable[[], None]) -> Answer:
        """Carry out `act` on this machine after the write-ahead point; an OSError comes back as the answer."""

    def talk(self, host: str, port: int, config: ChannelConfig, act: Dialogue) -> Answer:
        """A dialogue over TCP: `act` gets the connection and the write-ahead point, and gives code and words."""


class Channel(Protocol):
    """What the outbox needs of a channel."""

    config: ChannelConfig
    on_unknown: OnUnknown
    pace: float

    def plan(self, dispatch: Dispatch) -> tuple[Part, ...]:
        """The parts of a draft here. Raises ChannelError where one cannot be made to fit."""

    def request(self, part: Part, key: str, at: datetime) -> Request:
        """The exact request of one attempt; `key` is stable, `at` (real time) goes into signatures."""

    def send(self, part: Part, key: str, at: datetime, wire: Wire) -> Answer:
        """Carry out one attempt."""

    def verdict(self, answer: Answer) -> Verdict:
        """What an answer means. Never raises."""


def build(config: ChannelConfig) -> Channel:
    """The channel of a configuration. Raises ChannelError where something it needs is missing."""
    if config.type not in _TYPES:
        raise ChannelError(config.name, f"no type {config.type!r}; known are {', '.join(sorted(_TYPES))}")
    try:
        config.networks  # noqa: B018 -- checked before anything is sent
    except ValueError as error:
        raise ChannelError(config.name, f"allow: {error}; write a network like 10.0.0.0/8") from error
    module, _, name = _TYPES[config.type].partition(":")
    channel: Channel = getattr(import_module(module), name)(config)
    return channel


def exact(channel: Channel, part: Part, key: str, at: datetime) -> dict[str, object]:
    """The request of a part as it would be sent at `at`, with secrets and signatures left out."""
    return channel.request(part, key, at).shown(channel.config)
