"""Addresses: the form a reader opens, and the form two addresses are compared in.

What each site needs stands in `config/sites.yaml`. Links into the page (`#:~:text=`) are made in
`digest/fragment.py`.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from digest import shipped
from digest.fragment import linked, text_fragment

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["canonical", "identity", "is_address", "linked", "site_name", "text_fragment"]

DEFAULT_PORT = {"http": 80, "https": 443}


class Site(NamedTuple):
    """What the pages of some hosts need in their address; the keys as `config/sites.yaml` explains them."""

    hosts: tuple[str, ...]
    under: str = ""
    keep: frozenset[str] | None = None
    drop: frozenset[str] = frozenset()
    identity: frozenset[str] | None = None
    same: tuple[tuple[str, str], ...] = ()

    def holds(self, host: str, path: str) -> bool:
        """Whether an address of this (bare, lower-case) host and path belongs to the site."""
        here = any(name in ("*", host) or host.endswith("." + name) for name in self.hosts)
        return here and (path.startswith(self.under) and (path != self.under or not self.under.endswith("/")))


@cache
def _sites() -> tuple[Site, ...]:
    def keys(row: dict[str, Any], name: str) -> frozenset[str] | None:
        return frozenset(key.casefold() for key in row[name]) if name in row else None

    return tuple(
        Site(
            hosts=tuple(row["hosts"]),
            under=row.get("under", ""),
            keep=keys(row, "keep"),
            drop=keys(row, "drop") or frozenset(),
            identity=keys(row, "identity"),
            same=tuple((start, form) for start, form in row.get("same", ())),
        )
        for row in shipped.table("config/sites.yaml")["sites"]
    )


@cache
def _tracking() -> tuple[frozenset[str], tuple[str, ...]]:
    """Keys that track anywhere: whole names, and beginnings of names."""
    names = [str(name) for name in shipped.table("config/sites.yaml")["tracking"]]
    return frozenset(n for n in names if n[-1] != "*"), tuple(n[:-1] for n in names if n[-1] == "*")


def is_address(url: str) -> bool:
    """Whether this is an absolute `http(s)` address with a host, the only kind that is ever linked."""
    return _split(url) is not None


def canonical(url: str) -> str:
    """The link form of an address: what the page needs, without what only tracks its readers.

    Scheme and host are written small; the default port, any user name, tracking keys and a fragment that
    is not the page itself (`#/chapter9` is) go; path, the other keys and their order stay as they are.
    Anything but an absolute `http(s)` address is returned as it is. `canonical(canonical(u)) == canonical(u)`.
    """
    parts = _split(url)
    if parts is None:
        return url
    host = parts.hostname or ""
    site = _site(host, parts.path)
    kept = "&".join(piece for piece in _pieces(parts.query) if _stays(_key(piece), site))
    return urlunsplit((parts.scheme, _place(parts), parts.path, kept, _page(parts.fragment))).rstrip()


def identity(url: str) -> str:
    """A key that is equal for addresses of the same page; for comparing only, never a link.

    On top of `canonical`: no scheme, no `www.` or `m.`, no trailing slash, keys sorted and percent-escapes
    undone, a site's several forms of one page as one. What is no address is returned as it is.
    """
    parts = _split(canonical(url))
    if parts is None:
        return url
    host, site = _bare(parts.hostname or ""), _site(parts.hostname or "", parts.path)
    path, fragment = parts.path.rstrip("/"), f"#{parts.fragment}" if parts.fragment else ""
    if site and (form := _same(site, path)):
        return form
    pieces = _pieces(parts.query)
    if site and site.identity is not None:
        pieces = [piece for piece in pieces if _key(piece) in site.identity]
    query = "&".join(sorted(map(unquote, pieces)))
    port = f":{parts.port}" if parts.port else ""
    return f"{host}{port}{unquote(path)}{'?' if query else ''}{query}{unquote(fragment)}"


def site_name(url: str) -> str:
    """The host as a reader knows it, without `www.`; empty where it tells nothing of who published the page."""
    parts = _split(url)
    host = (parts.hostname or "") if parts else ""
    nameless = shipped.table("config/sites.yaml")["nameless"]
    return "" if any(host == name or host.endswith("." + name) for name in nameless) else host.removeprefix("www.")


def _split(url: str) -> SplitResult | None:
    """The parts of an absolute http(s) address, its port readable; None for anything else."""
    try:
        parts = urlsplit(re.sub("&(?:amp;)+", "&", url.strip()))
        usable = parts.scheme in DEFAULT_PORT and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        return None
    return parts if usable else None


def _place(parts: SplitResult) -> str:
    """Host, and the port where it is not the scheme's own."""
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    return host if parts.port in (None, DEFAULT_PORT[parts.scheme]) else f"{host}:{parts.port}"


def _bare(host: str) -> str:
    """A host without the beginnings that only choose a layout."""
    for start in ("www.", "m.", "mobile."):
        if host.startswith(start) and "." in host.removeprefix(start):
            return host.removeprefix(start)
    return host


def _site(host: str, path: str) -> Site | None:
    return next((site for site in _sites() if site.holds(host, path)), None)


def _pieces(query: str) -> list[str]:
    return [piece for piece in query.split("&") if piece]


def _key(piece: str) -> str:
    return unquote(piece.partition("=")[0]).casefold()


def _stays(key: str, site: Site | None) -> bool:
    """Whether a key of the query is part of the link."""
    if site and site.keep is not None:
        return key in site.keep
    names, starts = _tracking()
    return key not in names and not key.startswith(starts) and not (site and key in site.drop)


def _page(fragment: str) -> str:
    """A fragment that is the page itself (`#/chapter9`, `#!/home`), else nothing."""
    plain = fragment.partition(":~:")[0]
    return plain if plain.startswith(("/", "!")) and len(plain) > 1 else ""


def _same(site: Site, path: str) -> str | None:
    """The one form of a page that a site shows under several paths."""
    for start, form in site.same:
        rest = _after(start.strip("/").split("/"), path.strip("/").split("/"))
        if rest:
            return form.format(rest)
    return None


def _after(start: Iterable[str], path: list[str]) -> str | None:
    """The path's first segment after this beginning (`*` is any one segment), None where it begins otherwise."""
    segments = [segment for segment in start if segment]
    if len(path) <= len(segments) or any(s not in ("*", p) for s, p in zip(segments, path, strict=False)):
        return None
    return path[len(segments)]
