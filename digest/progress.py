"""Progress of long work, for the person at a terminal: files, share of the bytes, time left at the rate so far."""

from __future__ import annotations

import sys
import time
from typing import Self

from digest.labels import labels


class Progress:
    """A line that renews itself while `size` bytes of files are worked through; use it in a `with`.

    `said` is the label of the line: what is done with the files.
    """

    def __init__(self, size: int, language: str, said: str = "t_reading") -> None:
        self._size = max(size, 1)
        self._said = said
        self._words = labels(language)
        self._shown = sys.stderr is not None and sys.stderr.isatty()
        self._begun = self._last = time.monotonic()
        self._files = self._bytes = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)  # noqa: T201 -- progress is for the person at the terminal

    def add(self, size: int) -> None:
        """One file more, of so many bytes; shown five times a second at most."""
        self._files += 1
        self._bytes += max(size, 0)
        now = time.monotonic()
        if self._shown and now - self._last > 0.2:
            self._last = now
            print(f"\r\x1b[K{self.line(now - self._begun)}", end="", file=sys.stderr, flush=True)  # noqa: T201 -- as above

    def line(self, seconds: float) -> str:
        """The line after so many seconds. No estimate before a fiftieth is read: it would be a guess."""
        share = min(1.0, self._bytes / self._size)
        told = self._words[self._said].format(files=f"{self._files:,}", share=f"{share:.0%}")
        if share <= 0.02 or seconds <= 2:
            return told
        left = max(1, round(seconds * (1 - share) / share / 60))
        return told + self._words["t_reading_time"].format(minutes=left)
