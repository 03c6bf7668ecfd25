# ruff: noqa: S608 -- all SQL here is made of constants of this module; values are always bound
"""What issues were made of, by the sha256 of its bytes: each content is kept once, compressed, with the first issue.

The rows come into the archive with the issue itself, in one commit, and are never changed.
"""

from __future__ import annotations

import hashlib
import zlib
from typing import TYPE_CHECKING, NamedTuple

from digest.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from digest.archive.database import Database, Writing

_AT_ONCE = 200
_LEVEL = 6


class Made(NamedTuple):
    """What an issue was made of: `inputs` names everything by the sha256 of its bytes, `contents` has those bytes."""

    inputs: bytes
    contents: Mapping[str, bytes]


class Packed(NamedTuple):
    """The same as it is written: the inputs, and (sha256, size, compressed bytes) of what is not there yet."""

    inputs: bytes
    rows: tuple[tuple[str, int, bytes], ...]


class Size(NamedTuple):
    """How much is kept: issues, contents, their bytes, and what these take in the archive."""

    issues: int
    contents: int
    size: int
    packed: int


class Contents:
    """Bytes by their sha256, and what each issue was made of."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def pack(self, made: Made) -> Packed:
        """Compress what is not kept yet: before the transaction, which is then short."""
        known = self._known(made.contents)
        fresh = ((sha256, data) for sha256, data in sorted(made.contents.items()) if sha256 not in known)
        rows = tuple((sha256, len(data), zlib.compress(data, _LEVEL)) for sha256, data in fresh)
        return Packed(zlib.compress(made.inputs, _LEVEL), rows)

    def keep(self, writing: Writing, issue_id: str, packed: Packed) -> None:
        """Write it inside the transaction that is open."""
        sql = "INSERT INTO content (sha256, size, packed) VALUES (?, ?, ?) ON CONFLICT (sha256) DO NOTHING"
        writing.executemany(sql, packed.rows)
        writing.execute("INSERT INTO making (issue_id, inputs) VALUES (?, ?)", (issue_id, packed.inputs))

    def inputs(self, issue_id: str) -> bytes | None:
        """What an issue was made of; None where that was not kept. Raises ArchiveError where it is damaged."""
        row = self._database.row("SELECT inputs FROM making WHERE issue_id = ?", (issue_id,))
        return None if row is None else _unpacked(bytes(row[0]), f"what {issue_id} was made of")

    def find(self, wanted: Iterable[str]) -> dict[str, bytes]:
        """The bytes of these contents, each checked against its sha256; what is missing or damaged is left out."""
        names = sorted(set(wanted))
        found = {}
        for at in range(0, len(names), _AT_ONCE):
            some = names[at : at + _AT_ONCE]
            sql = f"SELECT sha256, packed FROM content WHERE sha256 IN ({', '.join('?' * len(some))})"
            for row in self._database.rows(sql, some):
                try:
                    data = _unpacked(bytes(row["packed"]), row["sha256"])
                except ArchiveError:
                    continue
                if hashlib.sha256(data).hexdigest() == row["sha256"]:
                    found[row["sha256"]] = data
        return found

    def size(self) -> Size:
        """How much is kept."""
        row = self._database.row(
            "SELECT (SELECT count(*) FROM making), count(*), coalesce(sum(size), 0), coalesce(sum(length(packed)), 0)"
            " FROM content"
        )
        return Size(*map(int, row)) if row else Size(0, 0, 0, 0)

    def _known(self, wanted: Iterable[str]) -> set[str]:
        names = sorted(wanted)
        known = set()
        for at in range(0, len(names), _AT_ONCE):
            some = names[at : at + _AT_ONCE]
            sql = f"SELECT sha256 FROM content WHERE sha256 IN ({', '.join('?' * len(some))})"
            known |= {row[0] for row in self._database.rows(sql, some)}
        return known


def _unpacked(data: bytes, what: str) -> bytes:
    try:
        return zlib.decompress(data)
    except zlib.error as error:
        message = f"{what} is damaged in the archive; restore a backup: digest restore FILE"
        raise ArchiveError(message) from error
