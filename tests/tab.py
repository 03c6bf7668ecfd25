"""A tab of a real browser on the desk: it clicks, types and drags as a person does, counting what is done."""

from __future__ import annotations

import base64
import json
import time
from typing import TYPE_CHECKING, Any, Self

from chromium import BrowserError, Chromium

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = 15.0
"""The longest that anything on the page may take."""


class Tab(Chromium):
    """One tab. `actions` counts clicks, typed texts and pressed keys; `events` keeps what the browser reported."""

    actions = 0
    _events: list[dict[str, Any]]

    def __enter__(self) -> Self:
        self._events = []
        super().__enter__()
        for domain in ("Runtime", "Log", "Network"):
            self.command(f"{domain}.enable")
        self.size(1280, 900)
        return self

    def size(self, width: int, height: int = 900, *, dark: bool = False, mobile: bool = False) -> None:
        """The window, and the colours that its user likes."""
        self.command(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=mobile
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.command("Emulation.setEmulatedMedia", features=[scheme])

    def go(self, address: str) -> None:
        """Open an address and wait until its page is whole."""
        self.open(address)
        self.wait(f"document.readyState === 'complete' && location.href.startsWith({json.dumps(address)})")

    def wait(self, condition: str, seconds: float = SECONDS) -> Any:
        """Until an expression is true; what it gave. Raises BrowserError with it where it never is."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if (found := self.value(condition)) or found == {}:  # an element comes as an empty object
                    return found
            except BrowserError as error:
                if "navigat" not in str(error) and "context" not in str(error):
                    raise
            time.sleep(0.03)
        raise BrowserError(condition)

    def spot(self, selector: str) -> tuple[float, float]:
        """The middle of an element, scrolled into view, where nothing lies over it."""
        found = self.wait(
            f"""(() => {{
                const one = document.querySelector({json.dumps(selector)}); if (!one) return null
                one.scrollIntoView({{block: 'center'}})
                const box = one.getBoundingClientRect()
                return box.width ? [box.x + box.width / 2, box.y + Math.min(box.height / 2, 20)] : null
            }})()"""
        )
        return found[0], found[1]

    def click(self, selector: str) -> None:
        """Press the mouse on an element."""
        self.actions += 1
        x, y = self.spot(selector)
        for kind in ("mousePressed", "mouseReleased"):
            self.command("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def drag(self, selector: str, to: str) -> None:
        """Drag one element over another."""
        self.actions += 1
        x, y = self.spot(selector)
        self.command("Input.dispatchMouseEvent", type="mousePressed", x=x, y=y, button="left", buttons=1, clickCount=1)
        goal = self.value(
            f"""(() => {{ const box = document.querySelector({json.dumps(to)}).getBoundingClientRect()
                return [box.x + 30, box.y + box.height * 0.8] }})()"""
        )
        for part in (0.3, 0.7, 1.0, 1.0):
            along = {"x": x + (goal[0] - x) * part, "y": y + (goal[1] - y) * part}
            self.command("Input.dispatchMouseEvent", type="mouseMoved", button="left", buttons=1, **along)
        self.command("Input.dispatchMouseEvent", type="mouseReleased", x=goal[0], y=goal[1], button="left")

    def type(self, text: str) -> None:
        """Type or paste a text where the focus is."""
        self.actions += 1
        self.command("Input.insertText", text=text)

    def paste(self, text: str) -> None:
        """Paste a text where the focus is."""
        self.command("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
        self.value(f"navigator.clipboard.writeText({json.dumps(text)})")
        self.actions += 1
        known: dict[str, Any] = {"key": "v", "windowsVirtualKeyCode": 86, "modifiers": 2}
        self.command("Input.dispatchKeyEvent", type="rawKeyDown", **known, commands=["paste"])
        self.command("Input.dispatchKeyEvent", type="keyUp", **known)

    def press(self, key: str, *, alt: bool = False) -> None:
        """Press a key."""
        self.actions += 1
        codes = {"Enter": 13, "Escape": 27, "ArrowUp": 38, "ArrowDown": 40, "Tab": 9}
        known: dict[str, Any] = {"key": key, "windowsVirtualKeyCode": codes.get(key, ord(key[0].upper()))}
        known |= {"modifiers": 1 if alt else 0}
        text = "\r" if key == "Enter" else key if len(key) == 1 and not alt else ""
        self.command("Input.dispatchKeyEvent", type="keyDown", **known, **({"text": text} if text else {}))
        self.command("Input.dispatchKeyEvent", type="keyUp", **known)

    def replace(self, selector: str, text: str) -> None:
        """Write other words into a field and leave it with Enter."""
        self.click(selector)
        self.value("document.activeElement.select()")
        self.type(text)
        self.press("Enter")

    def told(self) -> str:
        """What the newest message on the page says."""
        return str(self.wait("document.querySelector('#toasts .toast:last-child span')?.textContent"))

    def events(self, *methods: str) -> list[dict[str, Any]]:
        """What the browser has reported of these kinds."""
        self.value("1")
        return [one for one in self._events if one.get("method") in methods]

    def picture(self, path: Path) -> None:
        """What the window shows, as a PNG."""
        shot = self.command("Page.captureScreenshot", format="png")
        path.write_bytes(base64.b64decode(shot["data"]))

    def _message(self, end: float) -> dict[str, Any]:
        message = super()._message(end)
        if "method" in message:
            self._events.append(message)
        return message
