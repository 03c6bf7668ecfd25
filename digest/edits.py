"""The editor's decisions: `config/edits.yaml`, keyed by stable ids, applied again at each draft.

Removing a line undoes a decision. The program writes the file only for the editor's verbs (digest/editor.py).
"""

from __future__ import annotations

import fcntl
import os
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from digest.decision import Edits as Edits  # noqa: PLC0414 -- what is kept here: others look for it here
from digest.decision import Release as Release  # noqa: PLC0414 -- so is this
from digest.errors import ConfigError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

NAME = "config/edits.yaml"

HEAD = """\
# The editor's decisions, applied at every draft. Removing an entry undoes it.
# release: a held-back clip goes out after all; `source` gives its address, `unlinked: true` allows it in
#          the email only, marked as without a link; `{}` lets it out as it is.
# hold:    a clip (the sha256 of its file), or a single quote by its id, stays out.
# note:    why a story matters, in your words, by the story's id (`issue.json` has it).
# title:   a story's headline. subject: an issue's subject, by the issue's id.
# order:   these stories come first, in this order. drop: these are left out, their clips stay unused.
# swap:    in the place of a quote, another candidate of the same clip, by their ids.
# split:   clips that are a story of their own, apart from all others. join: clips that are one story.
"""


def load(home: Path) -> Edits:
    """The decisions of a home; none where the file is absent. Raises ConfigError with every problem."""
    path = home / NAME
    if not path.exists():
        return Edits()
    from digest import notation  # noqa: PLC0415 -- most homes have no decisions

    try:
        text = path.read_text(encoding="utf-8")
        table = notation.read(text) or {}
    except notation.Broken as error:
        raise ConfigError(notation.problem(NAME, text, error)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(Problem(NAME, "cannot be read as UTF-8")) from error
    return from_table(table)


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Hold the decisions of a home: who changes them elsewhere meanwhile waits until this is done."""
    (home / "state").mkdir(parents=True, exist_ok=True)
    with (home / "state" / "edits.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def save(home: Path, edits: Edits) -> None:
    """Write the decisions, whole or not at all. One at a time: in `alone`."""
    table = as_table(edits)
    path = home / NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".yaml.tmp")
    draft.write_text(HEAD + (_written(table) if table else ""), encoding="utf-8")
    os.replace(draft, path)  # noqa: PTH105 -- the atomic step, named as such


def _written(table: dict[str, object]) -> str:
    """A table as YAML that a person reads, and that reads back as it was."""
    import yaml  # noqa: PLC0415 -- as above

    def written(*, plain: bool) -> str:
        return str(yaml.safe_dump(table, allow_unicode=plain, sort_keys=False, width=100))

    body = written(plain=True)
    # The C loader folds a NEL (U+0085) that the dumper writes as it is: then everything is escaped.
    return body if yaml.load(body, Loader=yaml.CSafeLoader) == table else written(plain=False)


def as_table(edits: Edits) -> dict[str, object]:
    """The decisions as plain lists and mappings, without the empty ones; the same decisions give the same table."""
    table: dict[str, object] = {
        "release": {
            seed: {"unlinked": True} if one.unlinked else {"source": one.source} if one.source else {}
            for seed, one in sorted(edits.release.items())
        },
        "hold": sorted(edits.hold),
        "note": dict(sorted(edits.note.items())),
        "title": dict(sorted(edits.title.items())),
        "subject": dict(sorted(edits.subject.items())),
        "order": list(edits.order),
        "drop": sorted(edits.drop),
        "swap": dict(sorted(edits.swap.items())),
        "split": [list(clips) for clips in edits.split],
        "join": [list(clips) for clips in edits.join],
    }
    return {key: value for key, value in table.items() if value}


def from_table(table: object) -> Edits:
    """The decisions of a table as `as_table` gives it. Raises ConfigError with every problem."""
    if not isinstance(table, dict):
        raise ConfigError(Problem(NAME, f"expected {', '.join(_KINDS)}", 1))
    known = ", ".join(_KINDS)
    problems = [Problem(NAME, f"unknown key; known here: {known}", key=str(key)) for key in table.keys() - _KINDS]
    given: dict[str, Any] = {}
    for key, kind in _KINDS.items():
        value = table.get(key) or kind()
        if not isinstance(value, kind):
            problems.append(Problem(NAME, f"expected a {'list' if kind is list else 'mapping'}", key=key))
        given[key] = value if isinstance(value, kind) else kind()
    problems += _wrong_entries(given)
    if problems:
        raise ConfigError(*problems)
    return Edits(
        release={seed: Release(**one) for seed, one in given["release"].items()},
        hold=frozenset(given["hold"]),
        note=given["note"],
        title=given["title"],
        subject=given["subject"],
        order=tuple(dict.fromkeys(given["order"])),
        drop=frozenset(given["drop"]),
        swap=given["swap"],
        split=tuple(tuple(clips) for clips in given["split"]),
        join=tuple(tuple(clips) for clips in given["join"]),
    )


def _wrong_entries(given: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with the entries, each with its key."""
    checks: dict[str, tuple[Callable[[Any, Any], bool], str]] = {
        "release": (_is_release, "expected a seed's sha256 with `source: https://…`, `unlinked: true` or {}"),
        "note": (_has_words, "expected the words of the note"),
        "title": (_has_words, "expected the words of the headline"),
        "subject": (_has_words, "expected the words of the subject"),
        "swap": (lambda one, other: _is_quote(one) and _is_quote(other), "expected a quote's id with another's"),
    }
    lists: dict[str, tuple[Callable[[Any], bool], str]] = {
        "hold": (lambda one: _is_clip(one) or _is_quote(one), "expected a seed's sha256 or a quote's id"),
        "order": (_is_story, "expected a story's id"),
        "drop": (_is_story, "expected a story's id"),
        "split": (_are_clips, "expected a list of seeds' sha256"),
        "join": (_are_clips, "expected a list of seeds' sha256"),
    }
    wrong = [
        Problem(NAME, message, key=f"{key}.{name}")
        for key, (fits, message) in checks.items()
        for name, value in given[key].items()
        if not fits(name, value)
    ]
    wrong += [
        Problem(NAME, message, key=f"{key}.{value}")
        for key, (fitting, message) in lists.items()
        for value in given[key]
        if not fitting(value)
    ]
    return wrong


_KINDS: dict[str, Any] = {
    "release": dict,
    "hold": list,
    "note": dict,
    "title": dict,
    "subject": dict,
    "order": list,
    "drop": list,
    "swap": dict,
    "split": list,
    "join": list,
}


def _is_clip(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[0-9a-f]{64}(?:/[1-9][0-9]{0,5})?", value) is not None


def _are_clips(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_clip, value))


def _is_quote(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch("q[0-9a-f]{10}", value) is not None


def _is_story(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch("s[0-9a-f]{10}", value) is not None


def _has_words(key: object, value: object) -> bool:
    return isinstance(key, str) and isinstance(value, str) and bool(value.strip())


def _is_release(seed: object, value: object) -> bool:
    if not isinstance(seed, str) or re.fullmatch("[0-9a-f]{64}", seed) is None or not isinstance(value, dict):
        return False
    source, unlinked = value.get("source"), value.get("unlinked", False)
    address = source is None or (isinstance(source, str) and re.match(r"https?://[^\s/]+", source) is not None)
    return not value.keys() - {"source", "unlinked"} and address and isinstance(unlinked, bool)
