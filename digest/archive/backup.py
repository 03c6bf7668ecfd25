"""Bringing an archive back from a copy, without losing the one it replaces.

The send journal is left as it is: what it knows was delivered after the copy was made is not sent again, and
deliveries the copy has never heard of hold everything until a person has looked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.archive import Archive
from digest.archive.sqlite import explained
from digest.errors import ArchiveError

if TYPE_CHECKING:
    from pathlib import Path

_BESIDE = ("-wal", "-shm")


def restore(copy: Path, target: Path) -> Path | None:
    """Put the archive in `copy` in the place of `target`; where the replaced one now lies, None where there was none.

    Raises ArchiveError: the copy is missing or no archive, a process is at work on the present one.
    """
    if not copy.is_file():
        message = f"{copy}: no such file"
        raise ArchiveError(message)
    fresh = target.with_name(f"{target.name}.restored")
    with explained(str(target)):
        target.parent.mkdir(parents=True, exist_ok=True)
        _remove(fresh)
        with Archive.open(copy, readonly=True) as source:
            source.backup(fresh)
        Archive.open(fresh).close()  # brought to the present schema before it takes the place
        kept = _put_aside(target)
        fresh.replace(target)
    return kept


def _put_aside(target: Path) -> Path | None:
    """Give the present archive another name, whole, when nobody is writing to it."""
    if not target.exists():
        return None
    present = Archive.open(target, timeout=2.0)
    try:
        present.settle()
    finally:
        present.close()
    number = 1
    while (kept := target.with_name(f"{target.name}.replaced-{number}")).exists():
        number += 1
    target.replace(kept)
    for suffix in _BESIDE:
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    return kept


def _remove(path: Path) -> None:
    """Take away what an interrupted restore has left."""
    for suffix in ("", *_BESIDE):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
