"""The desk's addresses and what they answer. No logic: pages are drawn from the keeper's sheet, deeds go to it."""

from __future__ import annotations

import asyncio
import hmac
import html
import json
import re
import secrets
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import anyio.to_thread
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from digest.desk import page
from digest.desk.guard import COOKIE, FRAME, Guard
from digest.desk.keeper import StaleSheetError
from digest.errors import ApprovalError, DigestError
from digest.press import Hand

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from digest.desk.keeper import Keeper

HEARTBEAT = 15.0
"""Seconds after which a stream says that it is alive."""
BEAT = 0.2
"""Seconds between two looks of a stream at the keeper's revision."""
LONGEST = 64 * 1024
"""Bytes of an action."""


def application(keeper: Keeper, *, names: tuple[str, ...] = (), token: str | None = None) -> ASGIApp:
    """The desk over a keeper, guarded. `names` are hosts it answers to beside this machine's own."""
    desk = _Desk(keeper, secrets.token_urlsafe(24), token)
    views = [Route("/" if name == "stories" else f"/{name}", partial(desk.view, name)) for name in page.VIEWS]
    app = Starlette(
        routes=[
            *views,
            Route("/quote/{name}", desk.quote),
            Route("/frame/email", desk.frame),
            Route("/events", desk.events),
            Route("/enter", desk.enter, methods=["GET", "POST"]),
            *(
                Route(f"/{name}", partial(desk.act, name), methods=["POST"])
                for name in ("edit", "mark", "approve", "send")
            ),
            Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
        ]
    )
    return Guard(app, names=names, token=token, key=desk.key)


class _Desk:
    """The answers. `key` is what an action must bring; a page gets it when it is drawn."""

    def __init__(self, keeper: Keeper, key: str, token: str | None) -> None:
        self._keeper = keeper
        self._token = token
        self.key = key
        self._pages = page.Pages(keeper, key)

    async def view(self, name: str, request: Request) -> Response:
        """A page: one of `page.VIEWS`."""
        draw = partial(self._pages.view, name, dict(request.query_params))
        return HTMLResponse(await anyio.to_thread.run_sync(draw))

    async def quote(self, request: Request) -> Response:
        """A quote laid open: a piece of a page."""
        found = await anyio.to_thread.run_sync(self._pages.quote, request.path_params["name"])
        return HTMLResponse(found or "", 200 if found else 404)

    async def frame(self, _: Request) -> Response:
        """The email as its readers see it, to be shown in a frame of its own."""
        sheet = self._keeper.sheet
        told = framed(sheet.look.drafts.email.html, sheet.look.drafts.issue) if sheet else ""
        return HTMLResponse(told, headers={"content-security-policy": FRAME})

    async def events(self, _: Request) -> Response:
        """Tells every tab when there is something new to show, and at once which revision is the newest."""
        headers = {"x-accel-buffering": "no"}
        return StreamingResponse(self._stream(), media_type="text/event-stream", headers=headers)

    async def _stream(self) -> AsyncIterator[str]:
        told, quiet = -1, 0.0
        while not self._keeper.closed:
            if self._keeper.revision != told:
                told, quiet = self._keeper.revision, 0.0
                yield f"data: {told}\n\n"
            elif quiet >= HEARTBEAT:
                quiet = 0.0
                yield ": alive\n\n"
            await asyncio.sleep(BEAT)
            quiet += BEAT

    async def enter(self, request: Request) -> Response:
        """Ask for the token, or take it and open the desk."""
        given = request.query_params.get("token", "")
        if request.method == "POST":
            given = parse_qs((await _body(request)).decode("utf-8", "replace")).get("token", [""])[0]
        if self._token is None or (given and hmac.compare_digest(given.encode(), self._token.encode())):
            answer = RedirectResponse("/", 303)
            answer.set_cookie(COOKIE, given, max_age=30 * 86400, httponly=True, samesite="strict")
            return answer
        return HTMLResponse(self._pages.enter(wrong=bool(given)), 401 if given else 200)

    async def act(self, what: str, request: Request) -> Response:
        """Carry out what the editor asked for. 409 where the draft has changed, 422 where it cannot be done."""
        try:
            given = json.loads(await _body(request))
        except (ValueError, RecursionError):
            given = None
        if not isinstance(given, dict):
            return JSONResponse({"error": "expected a JSON object"}, 400)
        try:
            told = await anyio.to_thread.run_sync(partial(self._deeds()[what], given))
        except (StaleSheetError, ApprovalError):
            return JSONResponse({"error": self._pages.stale()}, 409)
        except DigestError as error:
            return JSONResponse({"error": str(error)}, 422)
        sheet = self._keeper.sheet
        return JSONResponse({**told, "seen": sheet.look.sha256 if sheet else ""})

    def _deeds(self) -> dict[str, Callable[[dict[str, Any]], dict[str, Any]]]:
        return {"edit": self._edit, "mark": self._mark, "approve": self._approve, "send": self._send}

    def _edit(self, given: dict[str, Any]) -> dict[str, Any]:
        change = self._keeper.edit(_text(given, "seen"), _text(given, "verb"), given)
        undo = None if given.get("verb") == "undo" else {"key": change.key, "id": change.id}
        return {"told": self._pages.told(change), "undo": undo}

    def _mark(self, given: dict[str, Any]) -> dict[str, Any]:
        self._keeper.mark(_text(given, "post")[:40], _text(given, "by")[:80], on=given.get("on") is True)
        return {"told": ""}

    def _approve(self, given: dict[str, Any]) -> dict[str, Any]:
        self._keeper.approve(_hand(given))
        return {"told": self._pages.words("approved_now")}

    def _send(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"told": self._pages.words("sent_now").format(id=self._keeper.send(_hand(given)))}


def framed(told: str, issue: Any) -> str:  # noqa: ANN401 -- an Issue; only its stories are asked
    """An email for its frame: links open a tab of their own, and each story's headline can be scrolled to."""
    titles = [(story.id, story.title) for story in issue.stories]

    def named(found: re.Match[str]) -> str:
        words = _squeezed(html.unescape(re.sub(r"<[^>]{0,2000}>", "", found[3])))
        known = next((one for one in titles if _squeezed(one[1])[:12] and _squeezed(one[1])[:12] in words), None)
        if known is None:
            return found[0]
        titles.remove(known)
        return f'<h{found[1]} id="{html.escape(known[0])}"{found[2]}>{found[3]}</h{found[1]}>'

    told = re.sub(r"<h([2-4])((?: [^<>]{0,2000})?)>(.{0,5000}?)</h\1>", named, told, flags=re.DOTALL)
    return told.replace("<head>", '<head><base target="_blank">', 1)


def _squeezed(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


async def _body(request: Request) -> bytes:
    whole = b""
    async for chunk in request.stream():
        whole += chunk
        if len(whole) > LONGEST:
            return b""
    return whole


def _text(given: dict[str, Any], name: str) -> str:
    value = given.get(name)
    return value if isinstance(value, str) else ""


def _hand(given: dict[str, Any]) -> Hand:
    return Hand(_text(given, "by").strip()[:80] or "?", _text(given, "seen"))
