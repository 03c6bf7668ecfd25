"""An erratum: what was wrong in an issue that has gone out, put right in the editor's words."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Erratum(NamedTuple):
    """One correction. `issue`, `number` and `day` (ISO date) are of the issue that had the mistake.

    `story` and `title` say where, `quote` and `words` (as they were printed) where it is about one quote; `section` is
    the story's. `text` puts it right; `at` (ISO-8601) is when that was said. The same said twice is one.
    """

    issue: str
    number: int
    day: str
    story: str
    title: str
    text: str
    at: str
    section: str | None = None
    quote: str | None = None
    words: str | None = None

    @property
    def id(self) -> str:
        """`c` and ten hex digits: of what it is about and what it says, whenever that is."""
        about = "\0".join((self.issue, self.story, self.quote or "", self.text))
        return f"c{hashlib.sha256(about.encode()).hexdigest()[:10]}"

    def record(self) -> dict[str, Any]:
        """As it stands in `issue.json` and the archive."""
        return {"id": self.id, **self._asdict()}


def erratum(record: Mapping[str, Any]) -> Erratum:
    """An erratum of its record."""
    return Erratum(**{name: value for name, value in record.items() if name != "id"})
