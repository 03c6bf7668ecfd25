"""Alterations: what the editor changed on an issue, in words for the editor."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from digest.gathering.arrangement import Stories
from digest.typography import line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from digest.issue import Change, Issue


class Alteration(NamedTuple):
    """A change: `what` it is (标题), `words` before → after, whether it `applied`, and the command that undoes it."""

    what: str
    words: str
    applied: bool
    undo: str


def alterations(issue: Issue, say: Mapping[str, str]) -> Iterator[Alteration]:
    """The changes of an issue in the words of `say`, the newsletter's labels."""
    stories = Stories(issue.stories)
    for one in issue.changes:
        words = worded(one)
        if one.key == "order" and one.applied and (told := stories.find(one.id)):
            words = f"{words}  {line(told.title)}"
        if not one.applied:
            words = " · ".join(filter(None, (_short(one.id), words, say["e_gone"])))
        name = "" if one.key == "subject" else _short(one.id)
        yield Alteration(say[f"e_{one.key}"], words, one.applied, f"digest undo {one.key} {name}".rstrip())


def worded(change: Change) -> str:
    """Before → after on one line; the one of them that there is."""
    return " → ".join(line(words) for words in (change.before, change.after) if words)


def _short(name: str) -> str:
    """An id as an editor writes it: eight digits of a sha256 name a clip, `/3` behind them the third article of it."""
    seed, slash, part = name.partition("/")
    return f"{seed[:8]}{slash}{part}" if len(seed) == 64 else name
