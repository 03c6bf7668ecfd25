"""Commands about what has gone out: an issue made again of what was kept of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from digest.errors import UsageError
from digest.newsroom import write
from digest.press import opened
from digest.settings import load

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from datetime import datetime

    from digest.rebuild import Leaf, Rebuilt
    from digest.settings import Settings

REBUILT = "rebuilt"
"""The folder of `out/` that issues are given in again."""

_SIGNS = {"equal": "✓", "differs": "≠", "stored": "·", "damaged": "✗"}
_SAID = {
    "equal": "made again, equal byte by byte",
    "differs": "as it was stored; the program of today would make it otherwise",
    "stored": "as it was stored; not made again",
    "damaged": "damaged or lost in the archive; restore a backup: digest restore FILE",
}


def rebuild(arguments: argparse.Namespace) -> int:
    """Make an issue again and give its bytes; status 1 where one is lost, with --check where one was not made equal."""
    from digest.rebuild import rebuild as again  # noqa: PLC0415 -- only this command pays for it

    settings = _settings(arguments)
    with opened(settings, _clock(arguments), readonly=True) as press:
        found = again(press.archive, arguments.id)
    folder: Path | None = Path(arguments.out) if arguments.out else settings.out / REBUILT / found.issue
    if arguments.check and not arguments.out:
        folder = None
    if folder:
        write(folder, {leaf.name: leaf.data for leaf in found.leaves if leaf.data is not None})
    if arguments.json:
        print(json.dumps(_record(found, folder), ensure_ascii=False))
    else:
        print("\n".join(_told(found, folder)))
    return 0 if (found.good if arguments.check else found.whole) else 1


def _record(found: Rebuilt, folder: Path | None) -> dict[str, object]:
    def leaf(one: Leaf) -> dict[str, object]:
        return {"name": one.name, "state": one.state, "sha256": one.sha256, "bytes": len(one.data or b"") or None}

    return {
        "id": found.issue,
        "good": found.good,
        "why": found.why,
        "program": {"then": found.then and found.then._asdict(), "now": found.now._asdict()},
        "folder": folder and str(folder),
        "pages": [leaf(one) for one in found.leaves],
    }


def _told(found: Rebuilt, folder: Path | None) -> list[str]:
    rows = [f"{_SIGNS[leaf.state]} {leaf.name}  {_SAID[leaf.state]}" for leaf in found.leaves]
    if found.why:
        rows.append(f"{found.issue} was not made again: {found.why}")
    if found.then and found.then != found.now:
        then, now = found.then, found.now
        rows.append(
            f"The program has changed since: {then.version} ({then.code}) then, {now.version} ({now.code}) now."
        )
    equal = sum(leaf.state == "equal" for leaf in found.leaves)
    rows.append(
        f"{found.issue}: {equal} of {len(found.leaves)} made again, byte by byte" + (f": {folder}" if folder else "")
    )
    return rows


def _settings(arguments: argparse.Namespace) -> Settings:
    home = Path(arguments.home)
    if not home.is_dir():
        message = f"{home} is no folder; name the newsletter's folder with --home"
        raise UsageError(message)
    return load(home, tuple(Path(folder) for folder in arguments.seeds))


def _clock(arguments: argparse.Namespace) -> Callable[[], datetime] | None:
    return (lambda: arguments.now) if arguments.now else None
