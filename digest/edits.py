"""The editor's decisions: `config/edits.yaml`, keyed by stable ids, applied again at each draft.

Removing a line undoes a decision. The program writes the file only for `release` and `hold`.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from digest.errors import ConfigError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NAME = "config/edits.yaml"

HEAD = """\
# The editor's decisions, applied at every draft. Removing an entry undoes it.
# release: a held-back clip goes out after all; `source` gives its address, `unlinked: true` allows it in
#          the email only, marked as without a link; `{}` lets it out as it is.
# hold:    a clip stays out.
# note:    why a story matters, in your words, by the story's id (`issue.json` has it).
"""


class Release(NamedTuple):
    """A clip let out: with an address, `unlinked` (the email only, never posts), or as it is."""

    source: str | None = None
    unlinked: bool = False


@dataclass(frozen=True, slots=True)
class Edits:
    """Decisions by seed (the sha256 of its file), and notes by story id."""

    release: Mapping[str, Release] = field(default_factory=dict)
    hold: frozenset[str] = frozenset()
    note: Mapping[str, str] = field(default_factory=dict)


def load(home: Path) -> Edits:
    """The decisions of a home; none where the file is absent. Raises ConfigError with every problem."""
    path = home / NAME
    if not path.exists():
        return Edits()
    try:
        table = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        raise ConfigError(Problem(NAME, "is not valid YAML; mend or remove the line", line)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(Problem(NAME, "cannot be read as UTF-8")) from error
    return _checked(table)


def save(home: Path, edits: Edits) -> None:
    """Write the decisions, whole or not at all."""
    table: dict[str, object] = {}
    if edits.release:
        table["release"] = {
            seed: {"unlinked": True} if one.unlinked else {"source": one.source} if one.source else {}
            for seed, one in sorted(edits.release.items())
        }
    if edits.hold:
        table["hold"] = sorted(edits.hold)
    if edits.note:
        table["note"] = dict(edits.note)
    path = home / NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".yaml.tmp")
    draft.write_text(HEAD + (yaml.safe_dump(table, allow_unicode=True) if table else ""), encoding="utf-8")
    os.replace(draft, path)  # noqa: PTH105 -- the atomic step, named as such


def _checked(table: object) -> Edits:
    if not isinstance(table, dict):
        raise ConfigError(Problem(NAME, f"expected {' and '.join(_KINDS)}", 1))
    known = ", ".join(_KINDS)
    problems = [Problem(NAME, f"unknown key; known here: {known}", key=str(key)) for key in table.keys() - _KINDS]
    given: dict[str, Any] = {}
    for key, kind in _KINDS.items():
        value = table.get(key) or kind()
        if not isinstance(value, kind):
            problems.append(Problem(NAME, f"expected a {'list' if kind is list else 'mapping'}", key=key))
        given[key] = value if isinstance(value, kind) else kind()
    releases: dict[str, Release] = {}
    for seed, value in given["release"].items():
        fit = isinstance(value, dict) and not value.keys() - {"source", "unlinked"}
        source, unlinked = (value.get("source"), value.get("unlinked", False)) if fit else (None, None)
        if _is_seed(seed) and fit and (source is None or _is_address(source)) and isinstance(unlinked, bool):
            releases[seed] = Release(source, unlinked)
        else:
            message = "expected a seed's sha256 with `source: https://…`, `unlinked: true` or {}"
            problems.append(Problem(NAME, message, key=f"release.{seed}"))
    no_seed = [seed for seed in given["hold"] if not _is_seed(seed)]
    no_words = [story for story, words in given["note"].items() if not isinstance(words, str)]
    problems += [Problem(NAME, "expected a seed's sha256", key=f"hold.{seed}") for seed in no_seed]
    problems += [Problem(NAME, "expected the words of the note", key=f"note.{story}") for story in no_words]
    if problems:
        raise ConfigError(*problems)
    return Edits(releases, frozenset(given["hold"]), given["note"])


_KINDS: dict[str, Any] = {"release": dict, "hold": list, "note": dict}


def _is_seed(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[0-9a-f]{64}", value) is not None


def _is_address(value: object) -> bool:
    return isinstance(value, str) and re.match(r"https?://[^\s/]+", value) is not None
