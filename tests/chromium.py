"""A headless Chromium, driven over its DevTools pipe with nothing but the standard library."""

from __future__ import annotations

import fcntl
import json
import os
import select
import shutil
import subprocess
import time
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Sequence

_FREE = 10
"""Our ends of the pipes lie above 3 and 4, which Chromium reads from and writes to."""


def chromium() -> str | None:
    """The browser of this machine; None where there is none."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


class BrowserError(Exception):
    """The browser did not do what it was asked."""


class Chromium:
    """One browser with one page. Use it in a `with`; `seconds` bounds every command."""

    def __init__(self, program: str, *flags: str, seconds: float = 30) -> None:
        self._seconds = seconds
        self._profile = TemporaryDirectory(ignore_cleanup_errors=True)
        self._buffer = b""
        self._sent = 0
        reads, self._out = _pipe()
        self._in, writes = _pipe()
        shared = "--headless --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run --remote-debugging-pipe"
        command = [program, *shared.split(), f"--user-data-dir={self._profile.name}", *flags, "about:blank"]

        def placed() -> None:
            os.dup2(reads, 3)
            os.dup2(writes, 4)

        self._process = subprocess.Popen(
            command,
            pass_fds=(3, 4),
            preexec_fn=placed,  # noqa: PLW1509 -- two calls of the system; nothing of Python's is touched
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(reads)
        os.close(writes)
        self._session: str | None = None

    def __enter__(self) -> Self:
        try:
            target = self.command("Target.createTarget", url="about:blank")["targetId"]
            self._session = self.command("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            self.command("Page.enable")
        except BrowserError:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        try:
            os.close(self._out)  # the browser ends when its pipe does
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._in)
        self._profile.cleanup()

    def command(self, method: str, **parameters: object) -> dict[str, Any]:
        """One command and its result. Raises BrowserError where it fails or takes too long."""
        self._sent += 1
        message = {"id": self._sent, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        try:
            os.write(self._out, json.dumps(message).encode() + b"\0")
        except BrokenPipeError as error:
            raise BrowserError(method) from error
        end = time.monotonic() + self._seconds
        while (answer := self._message(end)).get("id") != self._sent:
            pass
        if "error" in answer:
            raise BrowserError(method, answer["error"])
        found: dict[str, Any] = answer.get("result", {})
        return found

    def open(self, url: str) -> None:
        """Go to an address. Raises BrowserError where it cannot be opened."""
        if why := self.command("Page.navigate", url=url).get("errorText"):
            raise BrowserError(url, why)

    def value(self, script: str) -> Any:
        """What an expression gives, awaited."""
        found = self.command("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in found:
            raise BrowserError(found["exceptionDetails"])
        return found["result"].get("value")

    def _message(self, end: float) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._in], [], [], max(0.0, end - time.monotonic()))
            data = os.read(self._in, 1 << 16) if ready else b""
            if not data:
                raise BrowserError("no answer in time" if not ready else "it ended")
            self._buffer += data
        first, _, self._buffer = self._buffer.partition(b"\0")
        message: dict[str, Any] = json.loads(first)
        return message


def _pipe() -> Sequence[int]:
    """A pipe whose ends lie where they are not in Chromium's way."""
    ends = os.pipe()
    moved = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, _FREE) for end in ends]
    for end in ends:
        os.close(end)
    return moved
