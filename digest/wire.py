"""The wire: one attempt, watched so closely that it is always known whether a byte has left.

httpx reports `send_request_headers.started` at the last moment before the first byte; that is where the
outbox commits `sending`. Whatever goes wrong before is safe to repeat, whatever goes wrong after is not.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from digest import __version__
from digest.address import refusal
from digest.channels import Answer

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    import httpx

    from digest.channels import ChannelConfig, Request

CAP = 64 * 1024
"""Bytes of an answer that are read; the rest is not waited for."""


class LostLeaseError(Exception):
    """Another worker has taken the delivery over; nothing was sent."""


class RefusedPeerError(Exception):
    """The address that was reached is not one this channel may talk to; nothing was sent."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. `total` bounds the whole attempt, also against a peer that sends a byte now and then."""

    connect: float = 5.0
    read: float = 10.0
    write: float = 10.0
    pool: float = 5.0
    total: float = 30.0


@dataclass
class Clients:
    """The HTTP clients of one run: one, and one more for each proxy. Use it in an `async with`."""

    timeouts: Timeouts = field(default_factory=Timeouts)
    tls: ssl.SSLContext | None = None
    _open: dict[str | None, httpx.AsyncClient] = field(default_factory=dict)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for client in self._open.values():
            await client.aclose()
        self._open.clear()

    def get(self, proxy: str | None) -> httpx.AsyncClient:
        """The client for a proxy, or for none; the environment's proxies never count."""
        if proxy not in self._open:
            self._open[proxy] = self._made(proxy)
        return self._open[proxy]

    def _made(self, proxy: str | None) -> httpx.AsyncClient:
        import httpx  # noqa: PLC0415 -- eight times the start of Python; only what sends pays for it

        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)  # at INFO it logs every address, secrets and all
        if self.tls is None:
            self.tls = httpx.create_ssl_context(trust_env=False)
        times = self.timeouts
        return httpx.AsyncClient(
            timeout=httpx.Timeout(connect=times.connect, read=times.read, write=times.write, pool=times.pool),
            # A connection kept alive may be closed by the peer just when it is used again, which would
            # leave the outcome of a harmless race unknown.
            limits=httpx.Limits(max_connections=20, max_keepalive_connections=0),
            verify=self.tls,
            proxy=proxy,
            trust_env=False,
            follow_redirects=False,
            headers={"user-agent": f"digest/{__version__}", "accept": "*/*"},
        )


@dataclass
class Attempt:
    """One attempt of one delivery. `begin` is the write-ahead point: it commits `sending` or says no.

    `passing` is told the name of each point that is passed (tests stop the process there).
    """

    clients: Clients
    begin: Callable[[], bool]
    clock: Callable[[], datetime]
    passing: Callable[[str], None]
    started: bool = False

    async def http(self, request: Request, config: ChannelConfig) -> Answer:
        """One HTTP exchange; every failure is an answer except LostLeaseError and an archive that fails."""
        import httpx  # noqa: PLC0415 -- as above

        seen = _Seen()
        try:
            async with asyncio.timeout(self.clients.timeouts.total):
                await self._exchange(request, config, seen)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            return self._answer(seen, type(error).__name__, str(error))
        except TimeoutError:
            return self._answer(seen, "TotalTimeout", f"no end after {self.clients.timeouts.total:g} s")
        except RefusedPeerError as error:
            return self._answer(seen, "RefusedPeer", str(error))
        except (OSError, UnicodeError) as error:
            return self._answer(seen, type(error).__name__, str(error))
        return self._answer(seen)

    async def local(self, act: Callable[[], Awaitable[None]]) -> Answer:
        """Carry out `act` after the write-ahead point; an OSError is an answer."""
        self._start()
        try:
            await act()
        except OSError as error:
            known = {"PermissionError", "FileExistsError", "NotADirectoryError", "IsADirectoryError"}
            name = type(error).__name__ if type(error).__name__ in known else "OSError"
            return Answer(started=True, at=self.clock(), error=name, detail=error.strerror or "")
        self.passing("answered")
        return Answer(started=True, at=self.clock(), complete=True)

    async def _exchange(self, request: Request, config: ChannelConfig, seen: _Seen) -> None:
        networks = config.networks
        client = self.clients.get(config.proxy)

        async def trace(event: str, info: dict[str, Any]) -> None:
            if event == "connection.connect_tcp.complete":
                stream = info["return_value"]
                if why := refusal(stream.get_extra_info("server_addr")[0], networks):
                    await stream.aclose()  # httpcore has not taken it into its books yet
                    raise RefusedPeerError(why)
                self.passing("connected")
            elif event.endswith("send_request_headers.started"):
                # A CONNECT to a proxy carries nothing of ours yet.
                if not self.started and info["request"].method != b"CONNECT":
                    self._start()
            elif event.endswith("send_request_body.complete"):
                self.passing("sent")

        headers = [("accept-encoding", "identity"), *request.headers]
        built = client.build_request(
            request.method, request.url, content=request.body, headers=headers, extensions={"trace": trace}
        )
        # `build_request` has already put the timeouts beside the trace.
        response = await client.send(built, stream=True)
        try:
            seen.status = response.status_code
            seen.headers = {name.lower(): value for name, value in response.headers.items()}
            async for chunk in response.aiter_raw():
                seen.body += chunk
                if len(seen.body) >= CAP:
                    break
            else:
                seen.complete = True
        finally:
            await response.aclose()
        self.passing("answered")

    def _start(self) -> None:
        if not self.begin():
            raise LostLeaseError
        self.started = True
        self.passing("sending")

    def _answer(self, seen: _Seen, error: str = "", detail: str = "") -> Answer:
        return Answer(
            started=self.started,
            at=self.clock(),
            status=seen.status,
            headers=seen.headers,
            body=bytes(seen.body[:CAP]),
            complete=seen.complete,
            error=error,
            detail=detail,
        )


@dataclass
class _Seen:
    """What has come back so far; an exchange that breaks off leaves what it had."""

    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)
    complete: bool = False
