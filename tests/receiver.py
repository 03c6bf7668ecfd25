"""A real server on 127.0.0.1 that receives deliveries and misbehaves on request.

    with Receiver() as receiver:
        receiver.script = [reset_after_request, answer(200)]   # one behaviour a connection; then `usual`

It counts what arrived: `requests` in order, `effects` (distinct `webhook-id`s of accepted requests).
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import ssl


@dataclass(frozen=True)
class Received:
    """A request as it came in."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Exchange:
    """One connection, for a behaviour to play with."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    receiver: Receiver

    async def request(self) -> Received:
        """Read a whole request and take it into the books."""
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _ = head[0].split(" ", 2)
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        body = await self.reader.readexactly(int(headers.get("content-length", "0")))
        received = Received(method, target, headers, body)
        self.receiver.requests.append(received)
        return received

    async def write(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    def reset(self) -> None:
        """Close with RST instead of FIN."""
        held: socket.socket = self.writer.get_extra_info("socket")
        held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Behaviour = Callable[[Exchange], Awaitable[None]]


def answered(status: int, body: bytes | str = b"", headers: dict[str, str] | None = None) -> bytes:
    """The bytes of an answer."""
    data = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} Whatever", f"content-length: {len(data)}", "connection: close"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join([*lines, "", ""]).encode() + data


def answer(status: int, body: bytes | str = b"", headers: dict[str, str] | None = None) -> Behaviour:
    """Take the request and answer it."""

    async def behave(exchange: Exchange) -> None:
        received = await exchange.request()
        if 200 <= status < 300:
            exchange.receiver.accepted.append(received)
        await exchange.write(answered(status, body, headers))

    return behave


async def reset_on_accept(exchange: Exchange) -> None:
    """Break off unread. A moment later, since a reset that comes before the first byte is another fault."""
    await asyncio.sleep(0.1)
    exchange.reset()


async def reset_after_request(exchange: Exchange) -> None:
    await exchange.request()
    exchange.reset()


async def close_after_request(exchange: Exchange) -> None:
    await exchange.request()


async def hang_after_request(exchange: Exchange) -> None:
    await exchange.request()
    await asyncio.sleep(30)


async def continue_then_hang(exchange: Exchange) -> None:
    await exchange.request()
    await exchange.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    await asyncio.sleep(30)


async def never_read(exchange: Exchange) -> None:
    exchange.writer.transport.pause_reading()  # type: ignore[attr-defined]  # a socket's transport has it
    await asyncio.sleep(30)


async def reset_mid_body(exchange: Exchange) -> None:
    exchange.receiver.accepted.append(await exchange.request())
    await exchange.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nhalf")
    await asyncio.sleep(0.05)
    exchange.reset()


async def close_mid_body(exchange: Exchange) -> None:
    exchange.receiver.accepted.append(await exchange.request())
    await exchange.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nhalf")


async def slow_head(exchange: Exchange) -> None:
    """One byte now and then: no read ever times out."""
    await exchange.request()
    for byte in b"HTTP/1.1 200 OK\r\nx: " + b"y" * 10_000:
        await exchange.write(bytes([byte]))
        await asyncio.sleep(0.05)


async def slow_body(exchange: Exchange) -> None:
    await exchange.request()
    await exchange.write(b"HTTP/1.1 200 OK\r\ncontent-length: 10000\r\n\r\n")
    for _ in range(10_000):
        await exchange.write(b"x")
        await asyncio.sleep(0.05)


async def huge_body(exchange: Exchange) -> None:
    exchange.receiver.accepted.append(await exchange.request())
    await exchange.write(b"HTTP/1.1 200 OK\r\ncontent-length: 134217728\r\n\r\n")
    for _ in range(2048):
        await exchange.write(b"x" * 65536)
        exchange.receiver.written += 65536


async def huge_header(exchange: Exchange) -> None:
    await exchange.request()
    await exchange.write(b"HTTP/1.1 200 OK\r\nx-long: " + b"x" * 300_000 + b"\r\ncontent-length: 0\r\n\r\n")


async def garbage(exchange: Exchange) -> None:
    await exchange.request()
    await exchange.write(b"\x00\x01NOT HTTP\xff\r\n\r\n")


@dataclass
class Receiver:
    """The server and its books. `script` is used up first, a behaviour a connection, then `usual`."""

    usual: Behaviour = field(default_factory=lambda: answer(200, "ok"))
    tls: ssl.SSLContext | None = None
    host: str = "127.0.0.1"
    script: list[Behaviour] = field(default_factory=list)
    requests: list[Received] = field(default_factory=list)
    accepted: list[Received] = field(default_factory=list)
    connections: int = 0
    written: int = 0
    port: int = 0

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://{self.host}:{self.port}/hook/markedtoken?key=markedkey"

    @property
    def effects(self) -> list[str]:
        """What a receiver that drops repeats by their id has carried out."""
        return sorted({received.headers.get("webhook-id", "?") for received in self.accepted})

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: list[asyncio.StreamWriter] = []
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self._thread.start()
        assert ready.wait(5)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(5)

    def _run(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve(ready))
        self._loop.close()

    async def _serve(self, ready: threading.Event) -> None:
        self._stop = asyncio.Event()
        self._loop.set_exception_handler(lambda _loop, _context: None)  # clients break off on purpose
        server = await asyncio.start_server(self._take, self.host, 0, ssl=self.tls)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await self._stop.wait()
        for listening in server.sockets:
            self._loop.remove_reader(listening.fileno())
        await asyncio.sleep(0)  # who was accepted just now gets a transport; of a closed server, a socket nobody closes
        server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for _ in range(2):  # one that was accepted just before has its task only now
            for task in list(self._tasks):
                task.cancel()
            for writer in self._writers:
                writer.transport.abort()
            await asyncio.sleep(0.01)  # the loop closes them in its next turns

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        self._writers.append(writer)
        self.connections += 1
        behave = self.script.pop(0) if self.script else self.usual
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await behave(Exchange(reader, writer, self))
        finally:
            self._tasks.discard(task)
            with contextlib.suppress(Exception):
                writer.close()
