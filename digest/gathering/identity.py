"""Identities: what a story is known by, whatever joins it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from digest import link

if TYPE_CHECKING:
    from digest.summary import Summary


def article(summary: Summary) -> str:
    """The id of a story whose earliest article this is: it stays when a later one joins.

    The article is known by its address, or by the clip where it has none.
    """
    return hashed(_key(summary))


def hashed(key: str) -> str:
    """A story's id from what is its own."""
    return f"s{hashlib.sha256(key.encode('utf-8', 'replace')).hexdigest()[:10]}"


def age(summary: Summary) -> tuple[str, str]:
    """What the earliest article has the least of."""
    return summary.document.published or "9", _key(summary)


def _key(summary: Summary) -> str:
    source = summary.document.source
    return link.identity(source) if source else summary.seed + summary.label
