"""A home: the folder of one newsletter, laid out for an editor to change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest import shipped
from digest.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable
    from pathlib import Path

CONFIG = ("digest.yaml", "rules.yaml")
"""What an editor changes first; the other tables stand in from what ships until a home has its own."""


def lay(folder: Path) -> list[Path]:
    """Lay a home into a folder: config, templates and an empty `seeds/`. Returns the files written.

    What is there already stays as it is. UsageError where the folder cannot be written.
    """
    written = []
    try:
        (folder / "seeds").mkdir(parents=True, exist_ok=True)
        for name, source in _files():
            path = folder / name
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(source.read_bytes())
                written.append(path)
    except OSError as error:
        message = f"{error.filename}: {error.strerror}; name a folder that can be written"
        raise UsageError(message) from error
    return written


def _files() -> Iterator[tuple[str, Traversable]]:
    root = shipped.root()
    for name in CONFIG:
        yield f"config/{name}", root / "config" / name
    yield from _under(root / "templates", "templates")


def _under(folder: Traversable, name: str) -> Iterator[tuple[str, Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.startswith(("_", ".")):
            continue
        if entry.is_dir():
            yield from _under(entry, f"{name}/{entry.name}")
        else:
            yield f"{name}/{entry.name}", entry
