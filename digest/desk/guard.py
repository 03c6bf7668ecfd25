"""Who may ask the desk, and what a browser may load from it.

Four doors, each enough against another attack: the Host header (a foreign name that was made to lead here), the token
(somebody else on the network), the origin and a key that only our own page knows (a foreign page that sends our
browser), and the content security policy (words of a clip that would be mark-up).
"""

from __future__ import annotations

import hmac
from http.cookies import CookieError, SimpleCookie
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "digest_desk"
"""The cookie that holds the token."""
KEY = b"x-desk-key"
"""The header of an action: the key that the page was drawn with."""
OPEN = frozenset({"/enter", "/static/desk.css"})
"""What is answered without the token: the page that asks for it."""

PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""The policy of the page: nothing inline, nothing from elsewhere."""
FRAME = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
"""The policy of what came from a clip: no script, no network; a click on a link opens a tab of its own."""

_ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)


class Guard:
    """ASGI middleware in front of the desk. `names` are the hosts it answers to beside this machine's own."""

    def __init__(self, app: ASGIApp, *, names: Iterable[str], token: str | None, key: str) -> None:
        self._app = app
        self._names = frozenset(name.lower() for name in (*names, "localhost"))
        self._token = token
        self._key = key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or say in one line why not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        refused = self._refused(scope, headers)

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name.lower() for name, _ in message["headers"]}
                policy = (b"content-security-policy", PAGE.encode())
                added = [one for one in (*_ALWAYS, policy) if one[0] not in given]
                message = {**message, "headers": [*message["headers"], *added]}
            await send(message)

        if refused is None:
            await self._app(scope, receive, guarded)
            return
        status, text, where = refused
        answer = [(b"content-type", b"text/plain; charset=utf-8")]
        answer += [(b"location", where)] if where else []
        await guarded({"type": "http.response.start", "status": status, "headers": answer})
        await guarded({"type": "http.response.body", "body": text.encode()})

    def _refused(self, scope: Scope, headers: dict[bytes, bytes]) -> tuple[int, str, bytes] | None:
        host = headers.get(b"host", b"").decode("latin-1")
        if not self._is_ours(host):
            return 421, f"This desk does not answer to {host[:100]!r}; add it under desk: names in digest.yaml.\n", b""
        inside = self._token is None or hmac.compare_digest(_cookie(headers).encode(), self._token.encode())
        if not inside and scope["path"] not in OPEN:
            asks = scope["method"] == "GET" and b"text/html" in headers.get(b"accept", b"")
            return (303, "", b"/enter") if asks else (401, "The desk needs its token: open /enter.\n", b"")
        if scope["method"] not in {"GET", "HEAD"}:
            return self._forged(scope, headers, host)
        return None

    def _is_ours(self, host: str) -> bool:
        """Whether a Host header names this desk. An address of numbers cannot be made to lead elsewhere."""
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        if name in self._names:
            return True
        try:
            address = ip_address(name)
        except ValueError:
            return False
        return address.is_loopback or self._token is not None

    def _forged(self, scope: Scope, headers: dict[bytes, bytes], host: str) -> tuple[int, str, bytes] | None:
        """A change that our own page did not ask for."""
        origin = headers.get(b"origin", b"").decode("latin-1")
        foreign = urlsplit(origin).netloc != host if origin else headers.get(b"sec-fetch-site", b"") != b"same-origin"
        if foreign:
            return 403, "This was asked by another page; nothing was done.\n", b""
        if scope["path"] != "/enter" and not hmac.compare_digest(headers.get(KEY, b""), self._key.encode()):
            return 403, "This page is from before the desk was started again; load it again.\n", b""
        return None


def _cookie(headers: dict[bytes, bytes]) -> str:
    try:
        found = SimpleCookie(headers.get(b"cookie", b"").decode("latin-1")).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""
