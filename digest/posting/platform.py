"""A platform: how long a post may be there, and what becomes of its links. The table is `config/platforms.yaml`."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from digest import shipped
from digest.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

LinkForm = Literal["deep", "plain", "short", "hidden", "none"]


class Platform(NamedTuple):
    """What a platform allows. `limit` and `title` are in its own unit (`digest.posting.weight`), `bytes` in UTF-8.

    `digest` is in code points. `official` says whether the platform itself states the limit.
    """

    name: str
    limit: int
    unit: str
    official: bool
    source: str
    link: LinkForm
    thread: bool
    tags: int
    tag: str
    bytes: int | None = None
    title: int | None = None
    digest: int | None = None


def platforms(own: Mapping[str, Mapping[str, Any]] | None = None) -> dict[str, Platform]:
    """Every platform by name. `own` changes some of their values (an instance that allows 5,000 characters).

    KeyError for a platform or value that does not exist, TypeError for a number that is none.
    """
    table: dict[str, dict[str, Any]] = shipped.table("config/platforms.yaml")["platforms"]
    made = dict(_shipped())
    for name, values in (own or {}).items():
        row = table[name]
        for key, value in values.items():
            if key not in Platform._fields or key == "name":
                raise KeyError(key)
            if not isinstance(value, type(row.get(key, 0))):
                message = f"{name}: {key}: {value!r} is no {type(row.get(key, 0)).__name__}"
                raise TypeError(message)
        made[name] = Platform(name=name, **(row | dict(values)))
    return made


@cache
def _shipped() -> dict[str, Platform]:
    table = shipped.table("config/platforms.yaml")["platforms"]
    return {name: Platform(name=name, **row) for name, row in table.items()}


def platform(name: str) -> Platform:
    """A platform as it ships. UsageError for a name that is none, with the names there are."""
    try:
        return _shipped()[name]
    except KeyError:
        message = f"no platform is called {name!r}; there are {', '.join(_shipped())}"
        raise UsageError(message) from None
