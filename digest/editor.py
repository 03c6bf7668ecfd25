"""The editor's verbs: each is checked against what lies on the desk, kept, and applied again at every draft.

A story is named by its id or by its 1-based number in the draft, a quote by its id or the first digits of it, a clip
by its path or eight or more digits of its sha256. All verbs raise UsageError, in one sentence, where that is not what
lies on the desk.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from digest.decision import Release
from digest.errors import UsageError
from digest.issue import Change
from digest.link import is_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from digest.newsroom import Desk
    from digest.press import Press
    from digest.story import Story
    from digest.summary import Summary, Verdict


def release(press: Press, seed: str, source: str | None = None, *, unlinked: bool = False) -> Change:
    """Let a held-back clip go out: with the address of its article, or `unlinked` (in the email only)."""
    if source and not is_address(source):
        message = f"{source!r} is no address; write it with https://"
        raise UsageError(message)
    found, decided = press.find(seed), press.edits()
    if found.held and found.held.code == "no-source" and not (source or unlinked):
        message = "the clip has no address: give it with --source URL, or allow the email only with --unlinked"
        raise UsageError(message)
    releases = {**decided.release, found.seed: Release(source, unlinked)}
    press.decide(replace(decided, release=releases, hold=decided.hold - {found.seed}))
    return Change("release", found.seed, found.held.message if found.held else None, source)


def hold(press: Press, name: str) -> Change:
    """Keep a clip, or a single quote, out of the issue."""
    decided = press.edits()
    if _is_quote(name):
        _, verdict = _quote(press.desk(), name)
        press.decide(replace(decided, hold=decided.hold | {verdict.quote.id}))
        return Change("hold", verdict.quote.id, verdict.quote.text)
    found = press.find(name)
    press.decide(replace(decided, hold=decided.hold | {found.seed}))
    return Change("hold", found.seed, found.label)


def note(press: Press, story: str, words: str) -> Change:
    """Say why a story matters; readers see it under the story."""
    told, decided = _story(press, story), press.edits()
    press.decide(replace(decided, note={**decided.note, told.id: _words(words)}))
    return Change("note", told.id, decided.note.get(told.id), _words(words))


def title(press: Press, story: str, words: str) -> Change:
    """Give a story another headline."""
    told, decided = _story(press, story), press.edits()
    press.decide(replace(decided, title={**decided.title, told.id: _words(words)}))
    return Change("title", told.id, told.title, _words(words))


def subject(press: Press, words: str) -> Change:
    """Give the issue that would go out another subject."""
    _, issue = press.looked()
    decided = press.edits()
    press.decide(replace(decided, subject={**decided.subject, issue.id: _words(words)}))
    return Change("subject", issue.id, issue.subject, _words(words))


def order(press: Press, stories: Sequence[str]) -> Change:
    """Put these stories first, in this order; the others follow by weight."""
    _, issue = press.looked()
    told = [_named(issue.stories, one) for one in stories]
    press.decide(replace(press.edits(), order=tuple(dict.fromkeys(one.id for one in told))))
    return Change("order", "", None, " · ".join(one.title for one in told))


def drop(press: Press, story: str) -> Change:
    """Leave a story out of the issue; its clips stay unused."""
    told, decided = _story(press, story), press.edits()
    press.decide(replace(decided, drop=decided.drop | {told.id}))
    return Change("drop", told.id, told.title)


def swap(press: Press, quote: str, other: str) -> Change:
    """Put another candidate of the same clip in the place of a quote."""
    desk, decided = press.desk(), press.edits()
    clip, old = _quote(desk, quote)
    beside, new = _quote(desk, other)
    if clip is not beside:
        message = f"{new.quote.id} is from another clip than {old.quote.id}; a swap stays within one clip"
        raise UsageError(message)
    press.decide(replace(decided, swap={**decided.swap, old.quote.id: new.quote.id}))
    return Change("swap", old.quote.id, old.quote.text, new.quote.text)


def split(press: Press, story: str, seeds: Sequence[str]) -> Change:
    """Take clips out of a story; they are one of their own."""
    told, decided = _story(press, story), press.edits()
    clips = tuple(sorted(press.find(seed).seed for seed in seeds))
    press.decide(replace(decided, split=(*decided.split, clips)))
    return Change("split", told.id, told.title, None)


def join(press: Press, story: str, other: str) -> Change:
    """Make two stories one."""
    _, issue = press.looked()
    one, two = _named(issue.stories, story), _named(issue.stories, other)
    decided = press.edits()
    clips = tuple(sorted({source.seed for told in (one, two) for source in told.sources}))
    press.decide(replace(decided, join=(*decided.join, clips)))
    return Change("join", one.id, f"{one.title} · {two.title}", one.title)


def undo(press: Press, key: str, name: str = "") -> Change:
    """Take a decision back: `key` is its kind, `name` what it is about (nothing for the order of stories)."""
    raise UsageError(f"{key} {name}")


def _is_quote(name: str) -> bool:
    return name.startswith("q") and len(name) >= 5 and set(name[1:]) <= set("0123456789abcdef")


def _quote(desk: Desk, name: str) -> tuple[Summary, Verdict]:
    """The candidate that is called so, with its clip."""
    found = {
        verdict.quote.id: (clip, verdict)
        for clip in desk.summaries
        for verdict in clip.verdicts
        if _is_quote(name) and verdict.quote.id.startswith(name)
    }
    if len(found) == 1:
        return next(iter(found.values()))
    what = "several quotes are" if found else "no quote is"
    message = f"{what} called {name!r}; `digest explain --json PATH` tells the ids of a clip's quotes"
    raise UsageError(message)


def _story(press: Press, name: str) -> Story:
    return _named(press.looked()[1].stories, name)


def _named(stories: Iterable[Story], name: str) -> Story:
    """The story of this id or number."""
    for number, told in enumerate(stories, 1):
        if name in (told.id, str(number)):
            return told
    message = f"no story is called {name!r}; name it by its number or id in `digest preview`"
    raise UsageError(message)


def _words(words: str) -> str:
    """One line of the editor's words."""
    said = " ".join(words.split())
    if not said:
        message = "say it in words; to take it back: digest undo"
        raise UsageError(message)
    return said
