"""What ships with the program: the default configuration, lexicons and templates.

They lie in `config/` and `templates/` of a checkout and inside the package of an installed wheel. They
never change while the program runs, so reading them counts as reading code, not as touching a file.
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING, Any

from digest import kept

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


_elsewhere: list[Traversable] = []


def serve(folder: Traversable) -> None:
    """Let what ships be what lies in this folder, for a process of its own that makes an old issue again.

    Before anything of it is read: what was read is kept.
    """
    _elsewhere[:] = [folder]


def root() -> Traversable:
    """The folder that holds `config/` and `templates/`."""
    if _elsewhere:
        return _elsewhere[0]
    inside = kept.PROGRAM / "shipped"
    return inside if inside.is_dir() else kept.PROGRAM / ".."


def read(path: str) -> str:
    """The text of a shipped file, named as in a checkout (`config/rules.yaml`)."""
    return root().joinpath(path).read_text(encoding="utf-8")


@cache
def table(path: str) -> Any:  # noqa: ANN401 -- YAML has no narrower type; each user checks its own table
    """A shipped YAML file as plain values."""
    data = root().joinpath(path).read_bytes()
    file, of = kept.BESIDE / f"{path.replace('/', '-')}.json", hashlib.sha256(data).hexdigest()
    if (values := kept.known(file, of)) is None:
        import yaml  # noqa: PLC0415 -- a table is parsed once

        values = yaml.load(data, Loader=yaml.CSafeLoader)
        kept.keep(file, of, values)
    return values
