"""Mail: newsletters saved as `.eml`, archives of them (`.mbox`), and pages saved as MHTML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from digest.errors import SeedError
from digest.formats import html
from digest.formats.markdown import article
from digest.reading import encoding
from digest.reading.masthead import Told

if TYPE_CHECKING:
    from email.message import EmailMessage

    from digest.document import Document, Warn
    from digest.lexicon import Lexicon
    from digest.seed import Seed

MOST = 200
"""Messages read of one archive."""
_PREFIX = re.compile(
    r"(?i)^(?:\s{0,4}(?:re|fw|fwd|aw|wg|tr|转发|转寄|回复|答复|轉寄)\s{0,2}(?:\[\d{1,3}\])?[:：])+\s{0,4}"
)
_LIST = re.compile(r"^\[[^\[\]]{1,40}\]\s{1,4}(?=\S)")
_ONLINE = re.compile(
    r"""<a\s[^<>]{0,2000}?href\s?=\s?["'](https?://[^"'<>\s]{4,2000})["'][^<>]{0,1000}>(?:\s|<[^<>]{0,500}>){0,20}"""
    r"""(?:view\s(?:this\s)?(?:email\s|post\s|it\s|newsletter\s|message\s)?(?:in\s(?:your\s|a\s)?browser|online|on\sthe\sweb|web\sversion)|read\s(?:it\s|this\s)?(?:online|in\sapp|on\sthe\sweb)|open\sin\s(?:app|browser)|web\sversion|"""
    r"""在浏览器中(?:查看|打开)|网页版|在线阅读|ブラウザで(?:見る|表示)|im\sbrowser|dans\s(?:le|votre)\snavigateur)""",
    re.IGNORECASE,
)
_ONLINE_TEXT = re.compile(
    r"(?i)(?:view (?:this (?:email|post) )?(?:in (?:your )?browser|online|on the web)(?: at)?|read online|在浏览器中(?:查看|打开)|在线阅读)\s{0,3}[:：(<]?\s{0,3}(https?://[^\s<>()]{4,2000})"
)
_ADDRESS = re.compile(r"\s{0,4}<[^<>]{1,200}>|\S{1,80}@\S{1,80}")
_VIA = re.compile(r"(?i)\s+(?:from|at|via|@|來自|来自)\s+|\s*[|｜·]\s*")


def read(seed: Seed, lexicon: Lexicon, *, archive: bool = False) -> tuple[Document, ...]:
    """The documents of a message or an archive. SeedError `empty` where no part holds text."""
    parts = (
        re.split(rb"(?m)^From [^\n]{5,200}\r?\n(?=[A-Z][\w-]{1,40}:)", seed.data)[1 : MOST + 1]
        if archive
        else [seed.data]
    )
    found: list[Document] = []
    for part in parts:
        try:
            found.append(_document(part, seed, lexicon))
        except SeedError:
            if len(parts) == 1:
                raise
    if not found:
        raise SeedError("empty", "no message in the archive holds text", "save the newsletter again")
    return tuple(found)


def _document(data: bytes, seed: Seed, lexicon: Lexicon) -> Document:
    from email import message_from_bytes, policy  # noqa: PLC0415 -- paid for by mail alone

    message: EmailMessage = message_from_bytes(data, policy=policy.default)
    kind, body, warnings = _body(message)
    where = _header(message, "Snapshot-Content-Location") or _header(message, "Content-Location")
    if where and kind == "html":  # a page saved as MHTML
        document = html.read(body, seed, lexicon, warnings)
        return document if document.source else _with_source(body, where, seed, lexicon, warnings)
    told = Told(warnings=list(warnings))
    told.title = _LIST.sub("", _PREFIX.sub("", _header(message, "Subject") or "")) or None
    told.authors, told.site = _sender(_header(message, "From") or "")
    told.date(_sent(message), "front matter")
    told.source = where or _online(body, kind)
    words = html.fragment(body) if kind == "html" else body
    return article(words, told, seed.name, lexicon, form="email")


def _with_source(body: str, where: str, seed: Seed, lexicon: Lexicon, warnings: tuple[Warn, ...]) -> Document:
    page = f'<link rel="canonical" href="{where}">{body}' if '"' not in where else body
    return html.read(page, seed, lexicon, warnings)


def _body(message: EmailMessage) -> tuple[str, str, tuple[Warn, ...]]:
    """The HTML part, else the plain one, decoded. SeedError where there is neither."""
    best: tuple[str, EmailMessage] | None = None
    for part in message.walk():
        kind = part.get_content_type()
        if part.get_content_disposition() == "attachment" or kind not in {"text/html", "text/plain"}:
            continue
        if best is None or (kind == "text/html" and best[0] == "plain"):
            best = (kind.removeprefix("text/"), part)
        if best[0] == "html":
            break
    if best is None:
        raise SeedError("empty", "the message holds no text", "save the newsletter again")
    payload = best[1].get_payload(decode=True)
    charset = best[1].get_content_charset()
    words, warnings = encoding.decode(payload if isinstance(payload, bytes) else b"", charset)
    return best[0], words, warnings


def _header(message: EmailMessage, name: str) -> str | None:
    try:
        value = message[name]
    except (ValueError, TypeError, IndexError, AttributeError):  # the standard parser trips over some broken headers
        return None
    return re.sub(r"\s+", " ", str(value)).strip() or None if value is not None else None


def _sender(value: str) -> tuple[list[str], str | None]:
    """`Person from Letter <a@b>` as author and outlet; a lone name is settled like any other."""
    name = _ADDRESS.sub("", value).strip(" \"'")
    parts = [part for part in _VIA.split(name) if part]
    if len(parts) > 1:
        return [parts[0]], parts[1]
    return ([], None) if not name else ([name], None)


def _sent(message: EmailMessage) -> str | None:
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 -- paid for by mail alone

    try:
        return parsedate_to_datetime(_header(message, "Date") or "").isoformat()
    except (ValueError, TypeError, IndexError):
        return None


def _online(body: str, kind: str) -> str | None:
    found = (_ONLINE if kind == "html" else _ONLINE_TEXT).search(body)
    return found[1] if found else None
