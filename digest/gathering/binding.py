"""Bindings: clips that the editor put together, or apart, whatever grouping makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from digest.decision import Edits
    from digest.summary import Summary

JOINED = "the editor put them together"
"""What joined clips that only the editor joined."""


def bound(
    groups: Sequence[Sequence[int]], why: Mapping[int, str], names: Sequence[tuple[str, str]], edits: Edits
) -> tuple[list[list[int]], dict[int, str]]:
    """Groups as the editor has them, each in ascending order, and what joined each clip to its group.

    `groups` and `why` are as grouping found them; `names` are the clip's own name and that of its file, either of
    which a decision may use. First the clips of each `split` leave their group and are one of their own (a clip of two
    splits is in the first), then the groups that the clips of each `join` are in become one. Clips that are not there
    are passed over.
    """
    parts = [set(group) for group in groups]
    home = {at: number for number, part in enumerate(parts) for at in part}
    named: dict[str, set[int]] = {}
    for at, (clip, file) in enumerate(names):
        named.setdefault(clip, set()).add(at)
        named.setdefault(file, set()).add(at)
    left: set[int] = set()
    for clips in edits.split:
        leaving = {at for name in clips for at in named.get(name, ())} - left
        for at in leaving:
            parts[home[at]].discard(at)
            home[at] = len(parts)
        left |= leaving
        parts.append(leaving)
    for clips in edits.join:
        there = sorted({home[at] for name in clips for at in named.get(name, ())})
        for other in there[1:]:
            home |= dict.fromkeys(parts[other], there[0])
            parts[there[0]] |= parts[other]
            parts[other] = set()
    why = {at: reason for at, reason in why.items() if at not in left}  # what joined them to others
    made = [sorted(part) for part in parts if part]
    return made, {at: reason for group in made for at, reason in _reasons(group, why).items()}


def apart(groups: Iterable[Sequence[Summary]], edits: Edits, worth: Callable[[Summary], float]) -> dict[str, str]:
    """The headline of each clip that the editor joined or split, as it would be without that.

    `groups` are as grouping found them, `worth` is what a clip gives to a story.
    """
    decided = {name for clips in (*edits.join, *edits.split) for name in clips}
    titles: dict[str, str] = {}
    for group in groups if decided else ():
        voices = [one for one in group if not one.held] or group
        title = min(voices, key=lambda one: (one.document.source is None, -worth(one), one.seed)).label
        titles |= {name: title for one in group for name in (one.clip, one.seed) if name in decided}
    return titles


def _reasons(group: Sequence[int], why: Mapping[int, str]) -> dict[int, str]:
    """What joined each clip of a group but the one that the others joined."""
    without = [at for at in group if at not in why]
    first, *others = without or group[:1]
    return {at: why[at] for at in group if at in why and at != first} | dict.fromkeys(others, JOINED)
