"""Fake chat services that refuse what the real ones would: too long, badly formed, wrongly signed.

Their limits are written down here once more, from the services' documents and not from the program.
Each is a behaviour for `receiver.Receiver`; what it has posted stands in `Service.posted`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import time
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from receiver import answered

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from receiver import Exchange, Received


@dataclass
class Refused(Exception):  # noqa: N818 -- it is an answer
    """What the service says instead of posting."""

    body: str
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def want(condition: object, refusal: Refused) -> None:
    if not condition:
        raise refusal


@dataclass
class Service:
    """A service: `take` checks a request and gives the body of an answer of `success`, or raises Refused."""

    take: Callable[[Received], str]
    success: int = 200
    posted: list[Any] = field(default_factory=list)

    async def __call__(self, exchange: Exchange) -> None:
        received = await exchange.request()
        try:
            reply = answered(self.success, self.take(received))
            self.posted.append(json.loads(received.body))
        except Refused as refusal:
            reply = answered(refusal.status, refusal.body, refusal.headers)
        await exchange.write(reply)


def said(received: Received, refusal: Refused) -> dict[str, Any]:
    """The JSON object of a request that says it is JSON."""
    want(received.method == "POST", refusal)
    want(received.headers.get("content-type", "").startswith("application/json"), refusal)
    try:
        value = json.loads(received.body)
    except ValueError:
        raise refusal from None
    want(isinstance(value, dict), refusal)
    return dict(value)


# ── slack ──


def slack(received: Received) -> str:
    bad = Refused("invalid_payload", 400)
    message = said(received, bad)
    want(message.get("text"), Refused("no_text", 400))
    blocks = message.get("blocks", [])
    wrong = Refused("invalid_blocks", 400)
    want(0 < len(blocks) <= 50, wrong)
    total = 0
    for block in blocks:
        text = block["text"]["text"]
        total += len(text)
        if block["type"] == "header":
            want(block["text"]["type"] == "plain_text" and 0 < len(text) <= 150, wrong)
        else:
            want(block["type"] == "section" and block["text"]["type"] == "mrkdwn" and 0 < len(text) <= 3000, wrong)
            want(not re.search(r"<(?!https?://[^|<>\s]+(\|[^<>]*)?>)", text), Refused("a mention is alive", 400))
    want(total <= 13_200, Refused("msg_blocks_too_long", 400))
    return "ok"


# ── discord ──


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def discord(received: Received) -> str:
    bad = Refused('{"message": "Invalid Form Body", "code": 50035}', 400)
    message = said(received, bad)
    want(parse_qs(urlsplit(received.target).query).get("wait") == ["true"], bad)
    want(message["allowed_mentions"] == {"parse": []}, Refused("a mention is alive", 400))
    want(units(message["content"]) <= 2000, bad)
    embeds = message["embeds"]
    want(len(embeds) <= 10 and (embeds or message["content"]), bad)
    total = 0
    for embed in embeds:
        want(embed.get("title") or embed.get("description"), bad)
        want(units(embed.get("title", "")) <= 256 and units(embed.get("description", "")) <= 4096, bad)
        total += units(embed.get("title", "")) + units(embed.get("description", ""))
    want(total <= 6000, bad)
    urls = [embed["url"] for embed in embeds if "url" in embed]
    want(len(urls) == len(set(urls)), Refused("an embed has vanished", 400))
    return '{"id": "1234567890", "type": 0}'


# ── feishu ──


def feishu(secret: str | None) -> Callable[[Received], str]:
    def take(received: Received) -> str:
        bad = Refused('{"code": 9499, "msg": "Bad Request"}')
        message = said(received, bad)
        want(len(received.body) <= 20 * 1024, Refused('{"code": 19036, "msg": "card size"}'))
        if secret:
            stamp = message.get("timestamp", "")
            fresh = str(stamp).isdigit() and abs(time.time() - int(stamp)) < 3600
            key = f"{stamp}\n{secret}".encode()
            good = base64.b64encode(hmac.new(key, digestmod=hashlib.sha256).digest()).decode()
            want(fresh and message.get("sign") == good, Refused('{"code": 19021, "msg": "sign match fail"}'))
        flow = urlsplit(received.target).path.startswith("/flow/")
        if flow:
            want(message["msg_type"] == "text" and message["content"]["text"], bad)
            return '{"code": 0, "msg": "success"}'
        want(message["msg_type"] == "interactive", Refused('{"code": 9499, "msg": "unknown card value"}'))
        card = message["card"]
        want(card["schema"] == "2.0" and card["header"]["title"]["tag"] == "plain_text", bad)
        elements = card["body"]["elements"]
        want(0 < len(elements) <= 200, bad)
        for element in elements:
            want(element["tag"] == "markdown" and element["content"], bad)
            want("<" not in element["content"], Refused('{"code": 1, "msg": "a mention is alive"}'))
        return '{"StatusCode": 0, "StatusMessage": "success", "code": 0, "data": {}, "msg": "success"}'

    return take


# ── dingtalk ──


def dingtalk(secret: str | None) -> Callable[[Received], str]:
    def take(received: Received) -> str:
        bad = Refused('{"errcode": 40035, "errmsg": "bad json"}')
        message = said(received, bad)
        want(len(received.body) <= 20_000, Refused('{"errcode": 460101, "errmsg": "message too long"}'))
        if secret:
            query = parse_qs(urlsplit(received.target).query)
            stamp = query.get("timestamp", [""])[0]
            fresh = stamp.isdigit() and abs(time.time() * 1000 - int(stamp)) < 3_600_000
            digest = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), "sha256").digest()
            good = query.get("sign") == [base64.b64encode(digest).decode()]
            want(fresh and good, Refused('{"errcode": 310000, "errmsg": "sign not match"}'))
        want(message["msgtype"] == "markdown" and message["markdown"]["title"] and message["markdown"]["text"], bad)
        at = message.get("at", {})
        want(not at.get("isAtAll") and not at.get("atMobiles"), Refused('{"errcode": 1, "errmsg": "a mention"}'))
        return '{"errcode": 0, "errmsg": "ok"}'

    return take


# ── wecom ──


def wecom(received: Received) -> str:
    bad = Refused('{"errcode": 40008, "errmsg": "invalid message type"}')
    message = said(received, bad)
    want(message["msgtype"] == "markdown_v2", bad)
    content = message["markdown_v2"]["content"]
    want(content, bad)
    want(len(content.encode()) <= 4096, Refused('{"errcode": 40058, "errmsg": "markdown.content exceed max length"}'))
    return '{"errcode": 0, "errmsg": "ok"}'


# ── telegram ──

_TAGS = {"b", "strong", "i", "em", "u", "s", "a", "code", "pre", "blockquote"}


class _Shown(HTMLParser):
    """What is left of Telegram's HTML when it has been parsed; badly nested or unknown tags are refused."""

    def __init__(self, refusal: Refused) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.open: list[str] = []
        self.refusal = refusal

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        want(tag in _TAGS and (not attrs or (tag == "a" and [name for name, _ in attrs] == ["href"])), self.refusal)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        want(self.open and self.open.pop() == tag, self.refusal)

    def handle_data(self, data: str) -> None:
        self.text += data


def telegram(token: str) -> Callable[[Received], str]:
    def take(received: Received) -> str:
        def no(code: int, words: str) -> Refused:
            return Refused(json.dumps({"ok": False, "error_code": code, "description": words}), code)

        want(received.target == f"/bot{token}/sendMessage", no(404, "Not Found"))
        message = said(received, no(400, "Bad Request: can't parse"))
        want(message["parse_mode"] == "HTML", no(400, "Bad Request: unsupported parse_mode"))
        shown = _Shown(no(400, "Bad Request: can't parse entities"))
        shown.feed(message["text"])
        shown.close()
        want(not shown.open, shown.refusal)
        want(0 < units(shown.text) <= 4096, no(400, "Bad Request: message is too long"))
        want(message["link_preview_options"] == {"is_disabled": True}, no(400, "a preview"))
        return json.dumps({"ok": True, "result": {"message_id": 77}})

    return take


# ── a mail server ──


@dataclass
class MailServer:
    """A server that asks for a password over TLS, refuses some recipients and keeps what it is given."""

    tls: ssl.SSLContext | None = None
    user: str | None = None
    password: str = ""
    refuses: dict[str, str] = field(default_factory=dict)
    dies_at: str = ""
    final: str = "250 2.0.0 queued"
    mails: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)

    async def __call__(self, exchange: Exchange) -> None:
        self._secure = self._known = False
        self._from, self._to = "", list[str]()
        await exchange.write(b"220 mail.example ESMTP\r\n")
        while True:
            line = (await exchange.reader.readuntil(b"\r\n")).decode().strip()
            command = line.split(" ")[0].upper()
            self.heard.append(line)
            if command == self.dies_at:
                return exchange.reset()
            if command == "QUIT":
                return await exchange.write(b"221 bye\r\n")
            if command == "DATA" and self._to:
                await self._data(exchange)
            elif command == "STARTTLS" and self.tls:
                await exchange.write(b"220 go ahead\r\n")
                await exchange.writer.start_tls(self.tls)
                self._secure = True
            else:
                await exchange.write(self._reply(command, line).encode() + b"\r\n")

    def _reply(self, command: str, line: str) -> str:
        address = line.partition("<")[2].partition(">")[0]
        if command == "EHLO":
            offers = ["250-mail.example", "250-8BITMIME"]
            if self.tls and not self._secure:
                offers.append("250-STARTTLS")
            return "\r\n".join([*offers, "250 AUTH PLAIN"])
        if command == "AUTH":
            return self._greet(line)
        if self.user and not self._known:
            return "530 5.7.0 authentication required"
        if command == "MAIL":
            self._from = address
        elif command == "RCPT" and address in self.refuses:
            return self.refuses[address]
        elif command == "RCPT":
            self._to.append(address)
        return "250 2.1.0 ok" if command in {"MAIL", "RCPT"} else "503 5.5.1 bad sequence"

    def _greet(self, line: str) -> str:
        if self.tls and not self._secure:
            return "538 5.7.11 encryption required"
        given = base64.b64decode(line.split(" ")[2]).decode().split("\0")
        self._known = given == ["", self.user, self.password]
        return "235 2.7.0 welcome" if self._known else "535 5.7.8 wrong password"

    async def _data(self, exchange: Exchange) -> None:
        await exchange.write(b"354 go on\r\n")
        message = await exchange.reader.readuntil(b"\r\n.\r\n")
        if self.dies_at == "CONTENT":
            return exchange.reset()
        if self.final.startswith("2"):
            self.mails.append((self._from, self._to, re.sub(rb"(?m)^\.", b"", message[:-3])))
        await exchange.write(self.final.encode() + b"\r\n")
        return None
