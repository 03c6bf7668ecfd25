"""The newsletter's own words in its language: one table, `config/labels.yaml`."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from digest import shipped

if TYPE_CHECKING:
    from collections.abc import Mapping

LANGUAGES = ("zh-CN", "zh-TW", "en", "ja")
"""The languages the shipped table speaks."""

_TRADITIONAL = ("zh-tw", "zh-hk", "zh-mo", "zh-hant")


def nearest(language: str | None) -> str:
    """The language of the table that serves a BCP 47 tag best; English where none does."""
    tag = (language or "").lower()
    if tag.startswith(_TRADITIONAL):
        return "zh-TW"
    return {"zh": "zh-CN", "ja": "ja"}.get(tag.partition("-")[0], "en")


def labels(language: str | None, own: Mapping[str, Mapping[str, str]] | None = None) -> dict[str, str]:
    """Every label in one language, by name. `own` is a home's table: its entries replace the shipped ones."""
    tongue = nearest(language)
    return _shipped(tongue) | _in(tongue, own or {})


@cache
def _shipped(tongue: str) -> dict[str, str]:
    return _in(tongue, shipped.table("config/labels.yaml"))


def _in(tongue: str, table: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    return {name: words[tongue] if tongue in words else words["en"] for name, words in table.items()}


def retold(told: str, prefix: str, language: str | None) -> str:
    """What was told in English by a label whose name begins with `prefix`, in another language; else as it is."""
    words = labels(language)
    for name, label in labels("en").items():
        before, gap, after = label.partition("{n}")
        if not name.startswith(prefix) or not (told == label or (gap and told.startswith(before))):
            continue
        if told == label or told.endswith(after):
            return words[name].format(n=told[len(before) : len(told) - len(after)])
    return told


def counted(label: str, n: int) -> str:
    """A label with its number; `a|b` gives its singular after the bar."""
    many, _, one = label.partition("|")
    return (one if n == 1 and one else many).format(n=n)
