"""A proxy on 127.0.0.1 between a client and its server that cuts, holds, and swallows what it is told to."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from dataclasses import dataclass, field
from typing import Self


@dataclass
class Proxy:
    """Passes everything on, until told otherwise.

    `mute`: the next time these bytes come from the client, everything is cut before they are passed on. `deaf`: they
    are passed on, and everything is cut before their answer.
    """

    target: int
    mute: bytes = b""
    deaf: bytes = b""
    port: int = 0
    _pairs: list[tuple[socket.socket, socket.socket]] = field(default_factory=list)
    _open: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._open.set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        self.release()
        self.cut()

    def cut(self) -> None:
        """Reset every connection, as a router does that was restarted."""
        pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for one in pair:
                with contextlib.suppress(OSError):
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    one.shutdown(socket.SHUT_RDWR)
                with contextlib.suppress(OSError):
                    one.close()

    def hold(self) -> None:
        """Pass nothing on, and say nothing of it."""
        self._open.clear()

    def release(self) -> None:
        """Pass everything on that has waited."""
        self._open.set()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                client.close()
                continue
            self._pairs.append((client, server))
            threading.Thread(target=self._pass, args=(client, server, True), daemon=True).start()
            threading.Thread(target=self._pass, args=(server, client, False), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, asking: bool) -> None:  # noqa: FBT001 -- its own thread
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self._open.wait()
                if asking and self.mute and self.mute in data:
                    self.mute = b""
                    self.cut()
                    return
                if asking and self.deaf and self.deaf in data:
                    self.deaf = b""
                    with contextlib.suppress(OSError):
                        target.sendall(data)
                        target.settimeout(5)
                        target.recv(1)  # it has answered
                    self.cut()
                    return
                target.sendall(data)
        for one in (source, target):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
