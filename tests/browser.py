"""Chromium as an oracle: driven over its debugging pipe, so that no other package is needed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--remote-debugging-pipe",
    "--enable-blink-features=TextFragmentAPI",
)
# What the page's own fragment directive found: null where it was no directive, "" where the words were not found.
MATCH = """(async () => {
  const frame = () => new Promise(done => requestAnimationFrame(done));
  await frame(); await frame();
  const items = [...document.fragmentDirective.items];
  if (!items.length) return null;
  for (let tries = 0; tries < 12; tries++) {
    try {
      const range = await items[0].getMatchingRange();
      return {text: range.toString(), block: range.startContainer.parentElement.closest('[id]').id};
    } catch { await new Promise(done => setTimeout(done, 75)); }
  }
  return {text: '', block: ''};
})()"""


def chromium() -> str | None:
    """The browser's program, if there is one."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


class Browser:
    """A headless Chromium; one page at a time."""

    def __init__(self, program: str, profile: Path) -> None:
        child_reads, self._write = os.pipe()
        self._read, child_writes = os.pipe()
        line = f'exec "$0" "$@" 3<&{child_reads} 4>&{child_writes}'  # where Chromium looks for its pipe
        self._process = subprocess.Popen(
            ["/bin/bash", "-c", line, program, *FLAGS, f"--user-data-dir={profile}", "about:blank"],
            pass_fds=(child_reads, child_writes),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(child_reads)
        os.close(child_writes)
        self._rest = b""
        self._number = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait(timeout=20)
        os.close(self._read)
        os.close(self._write)

    def match(self, url: str) -> dict[str, str] | None:
        """What the text fragment of an address matches in its page."""
        target = self._call("Target.createTarget", {"url": url})["targetId"]
        session = self._call("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        asked = {"expression": MATCH, "awaitPromise": True, "returnByValue": True}
        self._await(session)
        found: dict[str, str] | None = self._evaluate(session, asked)
        self._call("Target.closeTarget", {"targetId": target})
        return found

    def _await(self, session: str) -> None:
        """Until the page is there; before that there is an empty one, which goes away under the question."""
        asked = {"expression": "location.protocol + document.readyState", "returnByValue": True}
        while True:
            try:
                if self._evaluate(session, asked) == "http:complete":
                    return
            except RuntimeError:
                continue

    def _evaluate(self, session: str, asked: dict[str, object]) -> Any:
        return self._call("Runtime.evaluate", asked, session)["result"].get("value")

    def _call(self, method: str, params: dict[str, object], session: str | None = None) -> dict[str, Any]:
        self._number += 1
        request = {
            "id": self._number,
            "method": method,
            "params": params,
            **({"sessionId": session} if session else {}),
        }
        os.write(self._write, json.dumps(request).encode() + b"\0")
        while True:
            answer = json.loads(self._line())
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(answer["error"])
                result: dict[str, Any] = answer["result"]
                return result

    def _line(self) -> bytes:
        while b"\0" not in self._rest:
            data = os.read(self._read, 65536)
            if not data:
                message = "Chromium has gone"
                raise RuntimeError(message)
            self._rest += data
        line, _, self._rest = self._rest.partition(b"\0")
        return line
