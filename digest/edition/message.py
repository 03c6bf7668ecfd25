"""An email as bytes: RFC 5322 headers and two alternatives, the same bytes for the same content.

Written out here rather than by `email.message`, which folds a long List-Unsubscribe into encoded words (python/cpython
#85725) so that mail programs show no unsubscribe button, and draws its boundary at random. Tests read the bytes back
with `email`.
"""

from __future__ import annotations

import hashlib
from binascii import b2a_base64
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from digest.typography import CONTROLS

if TYPE_CHECKING:
    from datetime import datetime

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LINE = 76


class Envelope(NamedTuple):
    """What a message says of itself. `sender` and `to` are `Name <address>`; `at` is aware.

    `key` names the content (`2026-W48`): with the content's hash it makes the Message-ID. `unsubscribe` is an https or
    mailto address in ASCII, None where there is none. `languages` in order of weight.
    """

    sender: str
    to: str
    subject: str
    at: datetime
    key: str
    languages: tuple[str, ...] = ()
    unsubscribe: str | None = None


def message(envelope: Envelope, text: str, html: str) -> bytes:
    """The complete message: multipart/alternative, text first, both UTF-8 in base64, lines ended by CRLF."""
    content = f"{envelope.key}\0{envelope.subject}\0{envelope.sender}\0{text}\0{html}"
    sealed = hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()
    _, address = _parted(envelope.sender)
    domain = _domain(address)
    headers = [
        ("From", _mailbox(envelope.sender)),
        ("To", _mailbox(envelope.to)),
        ("Subject", _words(envelope.subject, len("Subject: "))),
        ("Date", _date(envelope.at)),
        ("Message-ID", f"<{_slug(envelope.key)}.{sealed[:24]}@{domain}>"),
        ("List-ID", f"<{_slug(address.partition('@')[0])}.{domain}>"),
        *_unsubscribe(envelope.unsubscribe, address),
        ("Auto-Submitted", "auto-generated"),
        ("MIME-Version", "1.0"),
        *([("Content-Language", ", ".join(envelope.languages))] if envelope.languages else []),
        ("Content-Type", f'multipart/alternative; boundary="=_{sealed[24:48]}"'),
    ]
    lines = [f"{name}: {value}".encode("ascii") for name, value in headers]
    for kind, content in (("plain", text), ("html", html)):
        lines += [b"", f"--=_{sealed[24:48]}".encode(), f'Content-Type: text/{kind}; charset="utf-8"'.encode()]
        lines += [b"Content-Transfer-Encoding: base64", b"", *_base64(content)]
    return b"\r\n".join([*lines, b"", f"--=_{sealed[24:48]}--".encode(), b""])


def _base64(content: str) -> list[bytes]:
    """A part's text in base64, 76 characters a line, its own lines ended by CRLF."""
    data = "\r\n".join(content.splitlines()).encode("utf-8") + b"\r\n"
    return [b2a_base64(data[at : at + 57], newline=False) for at in range(0, len(data), 57)]


def _words(text: str, taken: int) -> str:
    """A header's text: as it is where it is short ASCII, else encoded words (RFC 2047) of at most 75 characters.

    `taken` is what the first line already holds. A word never cuts a character.
    """
    text = CONTROLS.sub(" ", text)
    if text.isascii() and len(text) + taken <= _LINE and "=?" not in text:
        return text
    words, word, room = [], b"", (_LINE - taken - 12) // 4 * 3
    for character in text:
        one = character.encode("utf-8", "replace")
        if len(word) + len(one) > room:
            words.append(word)
            word, room = b"", 45
        word += one
    return "\r\n ".join(f"=?utf-8?b?{b2a_base64(each, newline=False).decode()}?=" for each in [*words, word] if each)


def _mailbox(value: str) -> str:
    """`Name <address>` as a header: the name quoted or encoded, the address's domain in ASCII."""
    display, address = _parted(value)
    local, _, _ = address.rpartition("@")
    local = quote(local, safe="!#$%&'*+-/=?^_`{|}~.")
    address = f"{local}@{_domain(address)}"
    if not display:
        return address
    if display.isascii() and len(display) + len(address) < 60:
        escaped = display.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}" <{address}>'
    return f"{_words(display, len('From: '))}\r\n <{address}>"


def _parted(value: str) -> tuple[str, str]:
    """The name and the address of `Name <address>`."""
    value = CONTROLS.sub(" ", value).strip()
    if value.endswith(">") and "<" in value:
        display, _, address = value[:-1].rpartition("<")
        return display.strip().strip('"'), address.strip()
    return "", value


def _domain(address: str) -> str:
    """The domain of an address in ASCII; `localhost` where there is none."""
    host = address.rpartition("@")[2].strip()
    if host.isascii() and all(0 < len(label) < 64 for label in host.split(".")):
        return host  # the codec would say the same, at the price of its tables
    try:
        return host.encode("idna").decode("ascii") or "localhost"
    except UnicodeError:
        return "localhost"


def _unsubscribe(address: str | None, sender: str) -> list[tuple[str, str]]:
    """The List-Unsubscribe headers, each on one line however long (see the top of the file)."""
    if not address:
        return []
    mail = f"<mailto:{_mailbox(sender)}?subject=unsubscribe>"
    if not address.lower().startswith("https://"):
        return [("List-Unsubscribe", f"<{address}>")]
    return [
        ("List-Unsubscribe", f"<{address}>, {mail}"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    ]


def _slug(text: str) -> str:
    """Letters, digits, points and hyphens of a text, for an identifier."""
    return (
        "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-.") else "-" for sign in text).strip("-.")
        or "digest"
    )


def _date(at: datetime) -> str:
    """RFC 5322 date and time, in English whatever the machine's locale."""
    zone = at.strftime("%z") or "+0000"
    return f"{_DAYS[at.weekday()]}, {at.day:02} {_MONTHS[at.month - 1]} {at.year} {at:%H:%M:%S} {zone[:5]}"
