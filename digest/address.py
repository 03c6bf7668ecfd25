"""Which network addresses a delivery may reach, and how an address that holds a secret is shown.

`is_global` of the standard library alone lets through multicast, 192.0.0.8, NAT64, 6to4 and site-local
addresses (measured, see the reference on delivery), so the rule here is narrower: global unicast only.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from digest import late

if TYPE_CHECKING:
    from collections.abc import Iterable

Network = IPv4Network | IPv6Network

_SPECIAL = tuple(
    map(ip_network, ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2002::/16", "3fff::/20")),
)
"""Inside global space, yet not a host of its own: protocol assignments, 6to4 relays, documentation."""

_UNICAST6 = ip_network("2000::/3")

_METADATA = tuple(map(ip_network, ("169.254.0.0/16", "fe80::/10", "fd00:ec2::/32", "100.100.100.200/32")))
"""Link-local networks and the metadata services of cloud hosts outside them: refused whatever is allowed."""

_URL = late.regex(r"\b([a-z][a-z0-9+.-]{0,20})://([^\s/?#\"'<>]{0,255})[^\s\"'<>]{0,4000}", re.IGNORECASE)
_SHOWN = 200
_TOO_SHORT = 6  # a "secret" this short occurs in ordinary words; masking it would only garble the message


def refusal(address: str, allow: Iterable[Network] = ()) -> str | None:
    """Why the peer `address` (digits, no name) must not be contacted; None where it may.

    `allow` are the networks a channel names for itself; link-local and metadata addresses stay refused.
    """
    try:
        peer = ip_address(address.partition("%")[0])
    except ValueError:
        return "not an IP address"
    if isinstance(peer, IPv6Address) and peer.ipv4_mapped:
        peer = peer.ipv4_mapped
    if any(peer in network for network in _METADATA):
        return f"{peer} is a link-local or metadata address, which no channel may reach"
    if any(peer in network for network in allow) or _is_public(peer):
        return None
    return f"{peer} is not a public address; where it is meant, name its network in the channel's allow:"


def _is_public(peer: IPv4Address | IPv6Address) -> bool:
    if not peer.is_global or peer.is_multicast or any(peer in network for network in _SPECIAL):
        return False
    return isinstance(peer, IPv4Address) or peer in _UNICAST6


def redacted(url: str) -> str:
    """The address without what may be a secret: user, path, query and fragment become `…`."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    rest = "/…" if parts.path.strip("/") or parts.query or parts.fragment else parts.path
    return f"{parts.scheme}://{host}{rest}"


def secrets_in(url: str) -> frozenset[str]:
    """The pieces of an address that must never be shown: itself, user info, path segments, query values."""
    parts = urlsplit(url)
    pieces = {url, parts.path, parts.query, parts.username or "", parts.password or ""}
    pieces.update(parts.path.split("/"))
    pieces.update(pair.partition("=")[2] for pair in parts.query.split("&"))
    pieces.update([unquote(piece) for piece in pieces])
    return frozenset(piece for piece in pieces if len(piece) >= _TOO_SHORT)


def masked(text: str, secrets: Iterable[str] = (), room: int = _SHOWN) -> str:
    """`text` on one line, at most `room` characters, without the given secrets and with addresses cut to hosts."""
    shown = text[: room + 20_000]
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _TOO_SHORT:
            shown = shown.replace(secret, "***")
    shown = _URL.sub(lambda found: f"{found[1]}://{found[2].rpartition('@')[2]}/…", shown)
    shown = " ".join("".join(mark if mark.isprintable() else " " for mark in shown[: room * 4]).split())
    return shown if len(shown) <= room else f"{shown[: room - 1]}…"
