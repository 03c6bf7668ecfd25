"""SMTP: one message and one delivery a recipient, so that nobody sees another.

Everything before the content is safe to repeat; once the server has said 354 and the content begins to leave, only
its answer tells. A lost connection after that is held. An address that is refused for good is not written to again.

`url` is `smtp://user:password@host:587` (STARTTLS; demanded where there is a password) or `smtps://…:465`; `to` are the
recipients.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from contextlib import closing, suppress
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from email.utils import format_datetime, parseaddr
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from digest.channels import Part, Request
from digest.delivery import Verdict, no_answer, not_sent
from digest.errors import ChannelError

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from datetime import datetime

    from digest.channels import Answer, ChannelConfig, Dispatch, Wire
    from digest.delivery import OnUnknown

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,255}")
_PORTS = {"smtp": 587, "smtps": 465}
_DONE, _GO_ON, _REFUSED = range(200, 300), 354, range(500, 600)
_DENIED = frozenset({530, 534, 535, 538})
_TO_THE_RECIPIENT = b"RCPT: "
"""Marks a reply that refuses the recipient and not the sender or the message."""
_NO_SUCH = re.compile(rb"\b5\.1\.(?:1|2|3|6|10)\b")


class Smtp:
    """Sends the email of a digest, and other drafts as plain text."""

    on_unknown: OnUnknown = "hold"
    pace = 0.0

    def __init__(self, config: ChannelConfig) -> None:
        self.config = config
        where = urlsplit(config.url.reveal()) if config.url else None
        if where is None or where.scheme not in _PORTS or not where.hostname:
            message = "needs url_env or url_file: the server, like smtp://user:password@mail.example:587"
            raise ChannelError(config.name, message)
        self._where = where
        listed = config.options.get("to")
        self.recipients = [_recipient(config.name, one) for one in (listed if isinstance(listed, list | tuple) else ())]
        if not self.recipients:
            raise ChannelError(config.name, "needs to: the addresses it goes to")
        self.tls: ssl.SSLContext | None = None

    def plan(self, dispatch: Dispatch) -> tuple[Part, ...]:
        """One message for each recipient."""
        made = dispatch.email.message if dispatch.kind == "digest" and dispatch.email else self._plain(dispatch)
        sender = _sender(made)
        if sender is None:
            raise ChannelError(self.config.name, "the email has no sender; set newsletter: from:")
        return tuple(
            Part(f"{dispatch.kind}-{number}.eml", addressed(made, one), "message/rfc822", (("sender", sender),), one)
            for number, one in enumerate(dict.fromkeys(self.recipients), 1)
        )

    def request(self, part: Part, key: str, at: datetime) -> Request:  # noqa: ARG002 -- the message is its own
        """The message as if it were a request, for people to look at."""
        url = f"{self._where.scheme}://{self._where.hostname}:{self._port}"
        return Request("MAIL", url, (("to", part.recipient), ("content-type", part.content_type)), part.body)

    def send(self, part: Part, key: str, at: datetime, wire: Wire) -> Answer:  # noqa: ARG002 -- as above
        """One dialogue with the server."""
        host = self._where.hostname or ""

        def talk(connection: socket.socket, start: Callable[[], None]) -> tuple[int, bytes]:
            with closing(_Dialogue(connection, host)) as dialogue:
                reply = self._talk(dialogue, part, at, start)
                with suppress(OSError):
                    dialogue.docmd("QUIT")
            return reply

        return wire.talk(host, self._port, self.config, talk)

    def verdict(self, answer: Answer) -> Verdict:
        """By the code of the reply that ended the dialogue, and by whether the content had begun to leave."""
        code = answer.status
        if code is None:
            return no_answer(answer.error) if answer.started else not_sent(answer.error)
        name = f"SMTP {code}"
        if answer.started and code in _DONE:
            return Verdict("delivered", name, status=code)
        if code in _REFUSED and code not in _DENIED:
            refused = answer.body.startswith(_TO_THE_RECIPIENT) or _NO_SUCH.search(answer.body)
            return Verdict("dead", name, status=code, suppress=name if refused else None)
        # A wrong password is mended by people, not by giving up on every recipient.
        return Verdict("retry", name, status=code)

    @property
    def _port(self) -> int:
        return self._where.port or _PORTS[self._where.scheme]

    def _plain(self, dispatch: Dispatch) -> bytes:
        """A text of ours as a message, without a date: that is set when it is sent."""
        sender = self.config.options.get("sender")
        letter = EmailMessage(POLICY)
        letter["From"] = (
            dispatch.issue.masthead.sender if dispatch.issue else str(sender or f"digest@{self._where.hostname}")
        )
        letter["Subject"] = " ".join(dispatch.subject.split())
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(dispatch.markdown, cte="base64")
        return letter.as_bytes()

    def _talk(self, dialogue: _Dialogue, part: Part, at: datetime, start: Callable[[], None]) -> tuple[int, bytes]:
        """The dialogue up to the reply that decides. `start` is called at the last moment before the content."""
        secure = self._where.scheme == "smtps"
        if secure:
            dialogue.secure(self._context())
        code, words = dialogue.getreply()
        if code not in _DONE:
            return code, words
        dialogue.ehlo()
        if not secure and dialogue.has_extn("starttls"):
            code, words = dialogue.docmd("STARTTLS")
            if code not in _DONE:
                return code, words
            dialogue.secure(self._context())
            dialogue.ehlo()
            secure = True
        if self._where.username:
            if not secure:
                message = "the server offers no encryption, and the password is not sent in clear"
                raise smtplib.SMTPException(message)
            try:
                dialogue.login(unquote(self._where.username), unquote(self._where.password or ""))
            except smtplib.SMTPAuthenticationError as error:
                return error.smtp_code, error.smtp_error if isinstance(error.smtp_error, bytes) else b""
        code, words = dialogue.mail(dict(part.headers)["sender"])
        if code not in _DONE:
            return code, words
        code, words = dialogue.rcpt(part.recipient)
        if code not in _DONE:
            return code, _TO_THE_RECIPIENT + words
        return dialogue.content(_dated(part.body, at), start)

    def _context(self) -> ssl.SSLContext:
        if self.tls is None:
            self.tls = ssl.create_default_context()
        return self.tls


class _Dialogue(smtplib.SMTP):
    """smtplib on a connection that has been opened and checked already."""

    def __init__(self, connection: socket.socket, host: str) -> None:
        super().__init__(local_hostname=f"[{connection.getsockname()[0]}]")
        self.sock = connection
        self._name = host

    def secure(self, context: ssl.SSLContext) -> None:
        """Go on encrypted; what was learnt in clear is forgotten."""
        assert self.sock  # noqa: S101 -- set by the constructor
        self.sock = context.wrap_socket(self.sock, server_hostname=self._name)
        self.file = None
        self.helo_resp = self.ehlo_resp = None
        self.esmtp_features = {}
        self.does_esmtp = False

    def content(self, message: bytes, start: Callable[[], None]) -> tuple[int, bytes]:
        """DATA, the message, and the reply to it."""
        code, words = self.docmd("DATA")
        if code != _GO_ON:
            return code, words
        start()
        stuffed = re.sub(rb"(?m)^\.", b"..", message)
        self.send(stuffed + (b"" if stuffed.endswith(b"\r\n") else b"\r\n") + b".\r\n")
        return self.getreply()


def addressed(message: bytes, recipient: str) -> bytes:
    """The message with this recipient, and no other, in its To header."""
    head, parting, body = message.partition(b"\r\n\r\n")
    head = re.sub(rb"(?im)^(?:To|Cc|Bcc):[^\r\n]*(?:\r\n[ \t][^\r\n]*)*\r\n", b"", head + b"\r\n")
    return b"To: " + recipient.encode("ascii") + b"\r\n" + head.removesuffix(b"\r\n") + parting + body


def _dated(message: bytes, at: datetime) -> bytes:
    """A message that says when it was sent, where it does not yet."""
    head = message.partition(b"\r\n\r\n")[0]
    if re.search(rb"(?im)^Date:", head):
        return message
    return b"Date: " + format_datetime(at).encode() + b"\r\n" + message


def _sender(message: bytes) -> str | None:
    """The address in a message's From header."""
    found = re.search(rb"(?im)^From:([^\r\n]*(?:\r\n[ \t][^\r\n]*)*)", message.partition(b"\r\n\r\n")[0])
    address = parseaddr(found[1].decode("ascii", "replace"))[1] if found else ""
    return address if _ADDRESS.fullmatch(address) else None


def _recipient(channel: str, value: object) -> str:
    address = parseaddr(str(value))[1]
    if not _ADDRESS.fullmatch(address) or not str(value).isprintable():
        raise ChannelError(channel, f"to: {value!r} is no address; write it like name@example.org")
    return address
