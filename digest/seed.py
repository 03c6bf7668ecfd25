"""A seed: one file as it was picked up, never changed by the program."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Seed:
    """The bytes of one file and the name it is known by.

    `path` is relative to its seed folder, with `/`; `modified` the file's time (aware), the last resort
    for a date. `sha256` is of the bytes, in hex, and is the seed's identity.
    """

    path: str
    data: bytes
    modified: datetime | None = None
    sha256: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sha256", hashlib.sha256(self.data).hexdigest())

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return self.path.rsplit("/", 1)[-1]


class Clipped(NamedTuple):
    """A seed as an issue keeps it: its path, the sha256 of its bytes, and its file's time in nanoseconds."""

    path: str
    sha256: str
    mtime_ns: int

    def seed(self, data: bytes) -> Seed:
        """The seed again, of its bytes."""
        return Seed(self.path, data, datetime.fromtimestamp(self.mtime_ns / 1e9, UTC))
