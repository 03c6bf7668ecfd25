"""Advice: the one-line errors, hints and remedies of the program, as the editor at the terminal needs them.

The program words them in English, where they arise; programs read them so (`--json`, logs). For a person they are told
in the newsletter's language by one table, `config/messages.yaml`, and a command in them names the home it is about.
"""

from __future__ import annotations

import re
import shlex
from functools import cache
from typing import TYPE_CHECKING

from digest import shipped

if TYPE_CHECKING:
    from collections.abc import Sequence

REST = "rest"
"""The field whose words are themselves advice."""


def told(text: str, language: str | None) -> str:
    """What the program says in English, in the newsletter's language; as it is where the table has no such line."""
    if not (language or "").lower().startswith("zh"):
        return text
    for parts, names, chinese in _table():
        values = _values(text, parts)
        if values is not None:
            found = dict(zip(names, values, strict=True))
            if REST in found:
                found[REST] = told(found[REST], language)
            return chinese.format(**found)
    return text


def homed(text: str, home: str) -> str:
    """The text with `--home` in each of its commands, where the home is not the folder that the user is in."""
    if home == "." or "digest " not in text:
        return text
    return commands().sub(lambda found: f"{found[0]} --home {shlex.quote(home)}", text)


@cache
def commands() -> re.Pattern[str]:
    """What finds a command of the program that is about a home, up to its name."""
    names = (
        "approve|archive|backup|check|correct|doctor|explain|hold|outbox|preview|quote|rebuild|release|restore|resume|rules|send"
        "|site|skip|status|story|subject|undo|why"
    )
    return re.compile(rf"(?<![A-Za-z./-])digest (?:{names})(?![a-z-])(?! --home)")


def _values(text: str, parts: Sequence[str]) -> list[str] | None:
    """What stands between these parts of a text, each taken as early as it comes; None where they are not its parts."""
    first, *between = parts
    if not text.startswith(first):
        return None
    at, values = len(first), []
    for number, part in enumerate(between, 1):
        last = number == len(between)
        if last and not text.endswith(part):
            return None
        end = len(text) - len(part) if last else text.find(part, at + 1)
        if end <= at:
            return None
        values.append(text[at:end])
        at = end + len(part)
    return values if at == len(text) else None


@cache
def _table() -> tuple[tuple[tuple[str, ...], tuple[str, ...], str], ...]:
    """Each line of the table: the parts of the English one, the names of what stands between them, the Chinese one."""
    rows = []
    for section in shipped.table("config/messages.yaml").values():
        for row in section:
            parts = re.split(r"(?<!\{)\{([a-z]{1,20})\}(?!\})", row["en"])
            literal = (part.replace("{{", "{").replace("}}", "}") for part in parts[::2])  # as `format` has them
            rows.append((tuple(literal), tuple(parts[1::2]), str(row["zh"])))
    return tuple(rows)
