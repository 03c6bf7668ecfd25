"""The wire: one attempt, watched so closely that it is always known whether a byte has left.

httpx reports `send_request_headers.started` at the last moment before the first byte; that is where the
outbox commits `sending`. Whatever goes wrong before is safe to repeat, whatever goes wrong after is not.
"""

from __future__ import annotations

import logging
import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, Self, cast

from digest import __version__
from digest.address import refusal
from digest.channels import Answer

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    import httpx

    from digest.address import Network
    from digest.channels import ChannelConfig, Dialogue, Request

CAP = 64 * 1024
"""Bytes of an answer that are read; the rest is not waited for."""

_HEADERS = {
    "accept": "*/*",
    "accept-encoding": "identity",
    "connection": "keep-alive",
    "user-agent": f"digest/{__version__}",
}
_LOOK = 0.1  # seconds between two looks of the watchdog


class LostLeaseError(Exception):
    """Another worker has taken the delivery over; nothing was sent."""


class RefusedPeerError(Exception):
    """The address that was reached is not one this channel may talk to; nothing was sent."""


class Timeouts(NamedTuple):
    """Seconds. `total` bounds the whole exchange, also against a peer that sends a byte now and then."""

    connect: float = 5.0
    read: float = 10.0
    write: float = 10.0
    pool: float = 5.0
    total: float = 30.0


class Watchdog:
    """Ends exchanges that go on for too long: no timeout of a single read ever fires on a trickle of bytes.

    It shuts the connection down from outside, which wakes whoever is reading or writing it.
    """

    def __init__(self) -> None:
        self._watched: dict[socket.socket, float] = {}
        self._bitten: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()

    def watch(self, connection: socket.socket, seconds: float) -> socket.socket:
        """Begin to watch; the duplicate that is given back stays valid when TLS takes the original over."""
        own = connection.dup()
        with self._lock:
            self._watched[own] = time.monotonic() + seconds
            if self._thread is None:
                self._thread = threading.Thread(target=self._look, name="watchdog", daemon=True)
                self._thread.start()
        return own

    def release(self, own: socket.socket) -> bool:
        """Stop watching; whether the exchange had to be ended."""
        with self._lock:
            self._watched.pop(own, None)
            bitten = own in self._bitten
            self._bitten.discard(own)
        own.close()
        return bitten

    def close(self) -> None:
        """Stop looking."""
        self._stop.set()
        if self._thread:
            self._thread.join()

    def _look(self) -> None:
        while not self._stop.wait(_LOOK):
            now = time.monotonic()
            with self._lock:
                for own in [own for own, end in self._watched.items() if end <= now]:
                    del self._watched[own]
                    self._bitten.add(own)
                    try:
                        own.shutdown(socket.SHUT_RDWR)
                    except OSError:
                        continue  # closed by the peer in the same moment


@dataclass
class Clients:
    """The HTTP connections of one run: a pool, and one more for each proxy. Use it in a `with`; threads share it.

    A delivery goes straight to its pool: what a client of httpx does around it (cookies, redirects, credentials of the
    environment) is no business of a delivery.
    """

    timeouts: Timeouts = field(default_factory=Timeouts)
    tls: ssl.SSLContext | None = None
    watchdog: Watchdog = field(default_factory=Watchdog)
    _open: dict[tuple[str | None, bool], httpx.HTTPTransport] = field(default_factory=dict)
    _clients: dict[httpx.HTTPTransport, httpx.Client] = field(default_factory=dict)
    _urls: dict[str, httpx.URL] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for pool in self._open.values():
            pool.close()
        self._open.clear()
        self._clients.clear()
        self.watchdog.close()

    def client(self, url: str) -> httpx.Client:
        """What asks for pages at an address: it keeps cookies and tells where a redirect leads."""
        import httpx  # noqa: PLC0415 -- as below

        pool = self.pool(url, None)
        with self._lock:
            if pool not in self._clients:
                times = httpx.Timeout(**self._times())
                self._clients[pool] = httpx.Client(transport=pool, timeout=times, trust_env=False, headers=_HEADERS)
            return self._clients[pool]

    def request(self, one: Request, trace: Callable[[str, dict[str, Any]], None]) -> httpx.Request:
        """A request with everything in it; user and password of its address go into a header, as browsers do it."""
        import httpx  # noqa: PLC0415 -- as below

        url = self._urls.get(one.url)
        if url is None:
            url = self._urls[one.url] = httpx.URL(one.url)
        own = {name.lower() for name, _ in one.headers}
        headers = [("Host", url.netloc.decode()), *(row for row in _HEADERS.items() if row[0] not in own), *one.headers]
        if one.body or one.method != "GET":
            headers.append(("Content-Length", str(len(one.body))))
        built = httpx.Request(
            one.method,
            url,
            headers=headers,
            stream=httpx.ByteStream(one.body),
            extensions={"timeout": self._times(), "trace": trace},
        )
        return next(httpx.BasicAuth(url.username, url.password).auth_flow(built)) if url.userinfo else built

    def pool(self, url: str, proxy: str | None) -> httpx.HTTPTransport:
        """The connections for an address and a proxy, or none; the environment's proxies never count."""
        secure = url.startswith("https:") or (proxy or "").startswith("https:")
        with self._lock:
            if (proxy, secure) not in self._open:
                self._open[proxy, secure] = self._made(proxy, secure=secure)
            return self._open[proxy, secure]

    def _times(self) -> dict[str, float]:
        times = self.timeouts
        return {"connect": times.connect, "read": times.read, "write": times.write, "pool": times.pool}

    def _made(self, proxy: str | None, *, secure: bool) -> httpx.HTTPTransport:
        import ssl  # noqa: PLC0415 -- as httpx

        import httpx  # noqa: PLC0415 -- eight times the start of Python; only what sends pays for it

        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)  # at INFO it logs every address, secrets and all
        if secure and self.tls is None:
            self.tls = httpx.create_ssl_context(trust_env=False)
        # Reading the certificates costs forty times a delivery; a context without any trusts nobody.
        tls = self.tls if secure and self.tls else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        return httpx.HTTPTransport(
            # A connection kept alive may be closed by the peer just when it is used again, which would
            # leave the outcome of a harmless race unknown.
            limits=httpx.Limits(max_connections=20, max_keepalive_connections=0),
            verify=tls,
            proxy=proxy,
            trust_env=False,
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

    def http(self, request: Request, config: ChannelConfig) -> Answer:
        """One HTTP exchange; every failure is an answer except LostLeaseError and an archive that fails."""
        return self._asked(request, config, effect=True)

    def look(self, request: Request, config: ChannelConfig) -> Answer:
        """One HTTP exchange that only asks: nothing is written ahead, and `started` stays as it was."""
        return self._asked(request, config, effect=False)

    def _asked(self, request: Request, config: ChannelConfig, *, effect: bool) -> Answer:
        import httpx  # noqa: PLC0415 -- as above

        seen = _Seen()
        name, detail = "", ""
        try:
            self._exchange(request, config, seen, effect=effect)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, UnicodeError) as error:
            name, detail = type(error).__name__, str(error)
        except RefusedPeerError as error:
            name, detail = "RefusedPeer", str(error)
        if seen.late:
            name, detail = "TotalTimeout", f"no end after {self.clients.timeouts.total:g} s"
        return Answer(
            started=self.started,
            at=self.clock(),
            status=seen.status,
            headers=seen.headers,
            body=bytes(seen.body[:CAP]),
            complete=seen.complete and not name,
            error=name,
            detail=detail,
        )

    def local(self, act: Callable[[], None]) -> Answer:
        """Carry out `act` after the write-ahead point; an OSError is an answer."""
        self.start()
        try:
            act()
        except OSError as error:
            return Answer(started=True, at=self.clock(), error=type(error).__name__, detail=error.strerror or "")
        self.passing("answered")
        return Answer(started=True, at=self.clock(), complete=True)

    def talk(self, host: str, port: int, config: ChannelConfig, act: Dialogue) -> Answer:
        """A dialogue over TCP with a peer that is checked and watched; every failure is an answer."""
        times, watchdog = self.clients.timeouts, self.clients.watchdog
        code, words, name, detail, late = None, b"", "", "", False
        try:
            with socket.create_connection((host, port), times.connect) as connection:
                _check(connection.getpeername()[0], config.networks)
                own = watchdog.watch(connection, times.total)
                try:
                    self.passing("connected")
                    connection.settimeout(times.read)
                    code, words = act(connection, self.start)
                    self.passing("answered")
                finally:
                    late = watchdog.release(own)
        except (OSError, UnicodeError) as error:  # also what smtplib raises
            name, detail = type(error).__name__, str(error)
        except RefusedPeerError as error:
            name, detail = "RefusedPeer", str(error)
        if late and code is None:
            name, detail = "TotalTimeout", f"no end after {times.total:g} s"
        return Answer(
            self.started, self.clock(), code, body=words[:CAP], complete=code is not None, error=name, detail=detail
        )

    def start(self) -> None:
        """The last moment before the first byte. Raises LostLeaseError where nothing may leave."""
        if not self.begin():
            raise LostLeaseError
        self.started = True
        self.passing("sending")

    def _exchange(self, request: Request, config: ChannelConfig, seen: _Seen, *, effect: bool) -> None:
        pool = self.clients.pool(request.url, config.proxy)
        with self._watched(config, seen, effect=effect) as trace:
            response = pool.handle_request(self.clients.request(request, trace))
            try:
                seen.status = response.status_code
                seen.headers = {name.lower(): value for name, value in response.headers.items()}
                for chunk in cast("httpx.SyncByteStream", response.stream):  # as bytes came: nothing is unpacked
                    seen.body += chunk
                    if len(seen.body) >= CAP:
                        break
                else:
                    seen.complete = True
            finally:
                response.close()
        if effect:
            self.passing("answered")

    @contextmanager
    def _watched(
        self, config: ChannelConfig, seen: _Seen, *, effect: bool
    ) -> Iterator[Callable[[str, dict[str, Any]], None]]:
        """What is done at the events of an exchange: check the peer, set the watchdog on it, write ahead."""
        networks, watchdog = config.networks, self.clients.watchdog
        watched: list[socket.socket] = []

        def trace(event: str, info: dict[str, Any]) -> None:
            if event == "connection.connect_tcp.complete":
                stream = info["return_value"]
                try:
                    _check(stream.get_extra_info("server_addr")[0], networks)
                except RefusedPeerError:
                    stream.close()  # httpcore has not taken it into its books yet
                    raise
                watched.append(watchdog.watch(stream.get_extra_info("socket"), self.clients.timeouts.total))
                if effect:
                    self.passing("connected")
            elif not effect:
                return
            elif event.endswith("send_request_headers.started"):
                # A CONNECT to a proxy carries nothing of ours yet.
                if not self.started and info["request"].method != b"CONNECT":
                    self.start()
            elif event.endswith("send_request_body.complete"):
                self.passing("sent")

        try:
            yield trace
        finally:
            seen.late = sum(watchdog.release(own) for own in watched) > 0


def _check(address: str, allow: Iterable[Network]) -> None:
    """Raise RefusedPeerError where a channel must not talk to this peer: asked of the connection, not of a name."""
    if why := _refusal(address, tuple(allow)):
        raise RefusedPeerError(why)


_refusal = lru_cache(256)(refusal)
"""Asked at each connection, mostly about the same few peers: an answer depends on nothing else."""


@dataclass
class _Seen:
    """What has come back so far; an exchange that breaks off leaves what it had."""

    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)
    complete: bool = False
    late: bool = False
