"""The editor's verbs: each is checked against what lies on the desk, kept, and applied again at every draft.

A story is named by its 1-based number in the draft or by its id, a quote by its place there (`2.3`: the third of the
second story) or by its id, a clip by its path or by eight or more digits of its sha256 (with `/3` behind them where it
is the third article of a file); the first characters of an id do where they fit one only. All verbs raise UsageError,
in one sentence, where nothing of that name lies on the desk.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from digest import revision, summary
from digest.decision import Edits, Release
from digest.errors import UsageError
from digest.gathering.arrangement import Stories
from digest.issue import Change
from digest.link import is_address
from digest.typography import line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from digest.issue import Issue
    from digest.newsroom import Desk
    from digest.press import Press
    from digest.story import Story
    from digest.summary import Summary, Verdict

KINDS = ("release", "hold", "note", "title", "subject", "order", "drop", "swap", "split", "join")
"""What can be decided, and taken back."""


def release(press: Press, seed: str, source: str | None = None, *, unlinked: bool = False) -> Change:
    """Let a clip go out that is held back or has lapsed: with the address of its article, or `unlinked` (email only).

    What was given with an earlier release of it stands. Quotes of it that are held stay out.
    """
    if source and not is_address(source):
        message = f"{source!r} is no address; write it with https://"
        raise UsageError(message)
    found, desk, decided = press.find(seed), press.desk(), press.edits()
    there = [one for one in desk.summaries if one.seed == found.seed]
    before = decided.release.get(found.seed, Release())
    address = source or (None if unlinked else before.source)
    lacking = [one for one in there or [found] if one.document.source is None]
    if source and len(lacking) > 1:
        message = f"{found.path} holds {len(lacking)} articles without an address; give each its own in the file"
        raise UsageError(message)
    if unlinked and not lacking:
        message = f"{found.path} has an address; release it without --unlinked"
        raise UsageError(message)
    if lacking and not (address or unlinked or before.unlinked):
        message = "the clip has no address: give it with --source URL, or allow the email only with --unlinked"
        raise UsageError(message)
    if there and not (source or unlinked or any(one.held for one in there)):
        message = f"{found.path} is not held back"
        raise UsageError(message)
    releases = dict(decided.release)
    if source or unlinked or found.seed in releases or not there or any(_own_reason(one) for one in there):
        releases[found.seed] = Release(address, unlinked=not address and (unlinked or before.unlinked))
    holds = {name for name in decided.hold if name.partition("/")[0] != found.seed}
    return _decided(
        press,
        replace(decided, release=releases, hold=frozenset(holds)),
        Change("release", found.seed, None, " · ".join(filter(None, (found.label, address)))),
    )


def hold(press: Press, name: str) -> Change:
    """Keep a clip, or a single quote, out of the issue. A clip's release is remembered for when it is let out again."""
    desk, issue = press.looked()
    decided = press.edits()
    name = _placed(issue, name)
    if _is_quote(name):
        verdict = _quote(desk.summaries, name)
        key, words = verdict.quote.id, verdict.quote.text
    else:
        found = _clip(desk.summaries, name)
        whole = not re.search("/[0-9]+$", name) or found.path.endswith(name)
        key, words = found.seed if whole else found.clip, found.label
    if key in decided.hold:
        message = f"{name} is held back already; to let it out: digest undo hold {name}"
        raise UsageError(message)
    return _decided(press, replace(decided, hold=decided.hold | {key}), Change("hold", key, words))


def note(press: Press, story: str, words: str) -> Change:
    """Say why a story matters; readers see it with the story."""
    _, issue = press.looked()
    told, said, decided = _story(issue, story), _words(words), press.edits()
    return _decided(
        press,
        replace(decided, note=_worded(decided.note, told, issue, said)),
        Change("note", told.id, told.note or None, said),
    )


def title(press: Press, story: str, words: str) -> Change:
    """Give a story another headline."""
    _, issue = press.looked()
    told, said, decided = _story(issue, story), _words(words), press.edits()
    return _decided(
        press,
        replace(decided, title=_worded(decided.title, told, issue, said)),
        Change("title", told.id, told.title, said),
    )


def subject(press: Press, words: str) -> Change:
    """Give the issue that would go out another subject."""
    _, issue = press.looked()
    said, decided = _words(words), press.edits()
    return _decided(
        press,
        replace(decided, subject={**decided.subject, issue.id: said}),
        Change("subject", issue.id, issue.subject, said),
    )


def order(press: Press, stories: Sequence[str]) -> Change:
    """Put these stories first, in this order; the others follow by weight."""
    _, issue = press.looked()
    told = list(dict.fromkeys(_story(issue, one).id for one in stories))
    if not told:
        message = "name the stories in their new order; to go back to their weight: digest undo order"
        raise UsageError(message)
    titles = {one.id: one.title for one in issue.stories}
    return _decided(
        press,
        replace(press.edits(), order=tuple(told)),
        Change("order", "", issue.stories[0].title, " · ".join(titles[one] for one in told)),
    )


def drop(press: Press, story: str) -> Change:
    """Leave a story out of the issue; its clips stay unused and wait."""
    _, issue = press.looked()
    told, decided = _story(issue, story), press.edits()
    return _decided(press, replace(decided, drop=decided.drop | {told.id}), Change("drop", told.id, told.title))


def swap(press: Press, quote: str, other: str) -> Change:
    """Put another candidate of the same clip, chosen by rule or not, in the place of a quote of the draft."""
    desk, issue = press.looked()
    decided = press.edits()
    shown = {pick.quote.id: pick.quote for story in issue.stories for pick in story.quotes}
    old = shown[_only(shown, _placed(issue, quote), "quote of the draft")]
    clips = [one for one in desk.summaries if any(each.quote.id == old.id for each in one.verdicts)]
    new = _quote(clips, other, "candidate of the same clip").quote
    first = next((name for name, now in decided.swap.items() if now == old.id), old.id)
    rest = {name: now for name, now in decided.swap.items() if name != first}
    if new.id == first != old.id:  # back to where it began
        return _decided(press, replace(decided, swap=rest), Change("swap", first, old.text, new.text))
    for wrong, why in (
        (new.id in shown, "is in the draft already"),
        (new.id in decided.hold, f"is held back; to let it out: digest undo hold {new.id}"),
        (new.id in rest, f"was swapped for another; to take that back: digest undo swap {new.id}"),
    ):
        if wrong:
            message = f"{new.id} {why}"
            raise UsageError(message)
    return _decided(press, replace(decided, swap={**rest, first: new.id}), Change("swap", first, old.text, new.text))


def split(press: Press, story: str, seeds: Sequence[str]) -> Change:
    """Take clips out of a story; together they are one of their own, apart from all others."""
    desk, issue = press.looked()
    told, decided = _story(issue, story), press.edits()
    inside = [one for one in desk.summaries if one.clip in set(revision.members(told))]
    leaving = {_clip(inside, seed, f"clip of story {story}").clip for seed in seeds}
    if not leaving or leaving == {one.clip for one in inside}:
        message = f"name some of the {len(inside)} clips of {told.title!r}, not all"
        raise UsageError(message)
    whole = sorted(leaving)
    splits = [_without(clips, leaving) for clips in decided.split]
    joins = [_without(clips, leaving) for clips in decided.join]
    made = replace(
        decided,
        split=(*filter(None, splits), tuple(whole)),
        join=tuple(clips for clips in joins if len(clips) > 1),
    )
    labels = " · ".join(one.label for one in inside if one.clip in leaving)
    press.decide(made, Change("split", whole[0], told.title, labels))
    return Change("split", _now(press, whole[0], told).id, told.title, labels)


def join(press: Press, story: str, other: str) -> Change:
    """Make one story of two."""
    _, issue = press.looked()
    first, second = _story(issue, story), _story(issue, other)
    if first.id == second.id:
        message = f"{story} and {other} are the same story; `digest preview` numbers them"
        raise UsageError(message)
    decided = press.edits()
    clips = {*revision.members(first), *revision.members(second)}
    rest = tuple(each for each in decided.join if not clips.issuperset(each))
    both = f"{first.title} + {second.title}"
    press.decide(replace(decided, join=(*rest, tuple(sorted(clips)))), Change("join", min(clips), both))
    made = _now(press, min(clips), first)
    return Change("join", made.id, both, made.title)


def undo(press: Press, key: str, name: str = "") -> Change:
    """Take a decision back: `key` is its kind, `name` what it is about; nothing for the order or the subject."""
    if key not in KINDS:
        message = f"nothing is decided by {key!r}; it is one of {', '.join(KINDS)}"
        raise UsageError(message)
    desk, issue = press.looked()
    decided = press.edits()
    value = getattr(decided, key)
    left: Any
    if key == "order":
        told = _told(issue, name)
        out = [one for one in value if not name or one == name or (told and one in (told.id, *told.articles))]
        left = tuple(one for one in value if one not in out)
    elif key in ("split", "join"):
        out = _lists(value, name, desk, issue)
        left = tuple(clips for clips in value if clips not in out)
    else:
        out = _called(value, _placed(issue, name) or (issue.id if key == "subject" else ""), desk, issue)
        left = {one: value[one] for one in value if one not in out} if isinstance(value, dict) else value - set(out)
    if not out:
        known = ", ".join(sorted(one if isinstance(one, str) else one[0] for one in value)) or "nothing"
        message = f"nothing of the kind {key} is decided about {name or 'this issue'}; decided is: {known}"
        raise UsageError(message)
    before = ", ".join(_was(value, one) for one in out)
    press.decide(replace(decided, **{key: left}))
    return Change(key, out[0] if isinstance(out[0], str) else name, before, None, applied=False)


def back(press: Press) -> Change:
    """Take the last decision back that still stands, whatever it was about."""
    if step := press.take_back():
        return Change(step.key, step.id, step.after, step.before, applied=False)
    decided = press.edits()
    if decided == Edits():
        message = "nothing is decided that could be taken back"
        raise UsageError(message)
    message = f"nobody knows which decision was the last; name it: digest undo KEY [ID], KEY one of {', '.join(KINDS)}"
    raise UsageError(message)


def tidy(press: Press) -> tuple[Change, ...]:
    """Take back every decision about what is no longer on the desk."""
    desk, issue = press.looked()
    decided = press.edits()
    out = revision.gone(decided, desk.summaries, issue)
    left: dict[str, Any] = {}
    for key in KINDS:
        value = getattr(decided, key)
        if isinstance(value, tuple):
            left[key] = tuple(one for one in value if (key, one if isinstance(one, str) else one[0]) not in out)
        elif isinstance(value, frozenset):
            left[key] = frozenset(one for one in value if (key, one) not in out)
        else:
            left[key] = {one: value[one] for one in value if (key, one) not in out}
    if out:
        press.decide(replace(decided, **left))
    return tuple(Change(key, name, None, None, applied=False) for key, name in sorted(out))


def _decided(press: Press, decided: Edits, by: Change) -> Change:
    """Keep the decisions that `by` made so."""
    press.decide(decided, by)
    return by


def _own_reason(clip: Summary) -> bool:
    """Whether a clip would be held back without the editor."""
    return summary.held(clip.document, clip.quotes, seed=clip.seed) is not None


def _worded(said: Mapping[str, str], told: Story, issue: Issue, words: str) -> dict[str, str]:
    """The words by story, those about this one replaced, whichever of its names they were kept by."""
    known = Stories(issue.stories)
    rest = {name: kept for name, kept in said.items() if known.find(name) is not told}
    return {**rest, told.id: words}


def _without(clips: Iterable[str], leaving: Collection[str]) -> tuple[str, ...]:
    return tuple(one for one in clips if one not in leaving)


def _now(press: Press, clip: str, before: Story) -> Story:
    """The story that a clip is in now; the one before where it is not told."""
    stories = press.looked()[1].stories
    return next((one for one in stories if clip in set(revision.members(one))), before)


def _lists(lists: Sequence[tuple[str, ...]], name: str, desk: Desk, issue: Issue) -> list[tuple[str, ...]]:
    """The lists of clips that are about a story, or hold a clip."""
    told = _told(issue, name)
    members = set(revision.members(told)) if told else {one for clips in lists for one in clips if _is_clip(one, name)}
    members |= {one.clip for one in desk.summaries if name and _is_path(one, name)}
    return [clips for clips in lists if members.intersection(clips)]


def _called(table: Collection[str], name: str, desk: Desk, issue: Issue) -> list[str]:
    """The entries that a name is about: by id or the first characters of it, by story, or by a clip's path."""
    if name in table:
        return [name]
    told = _told(issue, name)
    names = {told.id, *told.articles} if told else set()
    names |= {key for one in desk.summaries if name and _is_path(one, name) for key in (one.seed, one.clip)}
    if isinstance(table, dict):  # a swap goes by what is shown now, too
        names |= {key for key, value in table.items() if name and value == name}
    found = [one for one in table if one in names]
    if not found and len(name) >= 4:
        found = [one for one in table if one.startswith(name)]
        if len(found) > 1:
            message = f"several decisions are about {name!r}; write more of it"
            raise UsageError(message)
    return found


def _was(value: object, name: str | tuple[str, ...]) -> str:
    """What was decided, in short."""
    if isinstance(name, tuple):
        return " + ".join(one[:8] for one in name)
    if isinstance(value, dict) and isinstance(value[name], str):
        return str(value[name])
    return name[:8] if len(name) >= 64 else name


def _told(issue: Issue, name: str) -> Story | None:
    """The story of this number, id or article; None where there is none."""
    if name.isdecimal() and len(name) < 4:
        return issue.stories[int(name) - 1] if 0 < int(name) <= len(issue.stories) else None
    return Stories(issue.stories).find(name)


def _story(issue: Issue, name: str) -> Story:
    told = _told(issue, name)
    if told is None and re.fullmatch("s[0-9a-f]{3,9}", name):
        fitting = [one for one in issue.stories if one.id.startswith(name)]
        told = fitting[0] if len(fitting) == 1 else None
    if told is None:
        message = (
            f"no story of the draft is called {name!r}; `digest preview` numbers the {len(issue.stories)} there are"
        )
        raise UsageError(message)
    return told


def _clip(clips: Iterable[Summary], name: str, what: str = "clip") -> Summary:
    """The clip of this name among these; a file of several articles is named by its first."""
    found = [one for one in clips if _is_clip(one.clip, name) or _is_path(one, name)]
    if len({one.seed for one in found}) == 1:
        return found[0]
    many = f"several are called {name!r}" if found else f"no {what} is called {name!r}"
    message = f"{many}; name it by its path or eight or more digits of its sha256"
    raise UsageError(message)


def _is_clip(clip: str, name: str) -> bool:
    """Whether digits of a sha256, with or without the number of the article, name a clip."""
    digits, slash, part = name.partition("/")
    if not re.fullmatch("[0-9a-f]{8,64}", digits):
        return False
    seed, _, own = clip.partition("/")
    return seed.startswith(digits) and (not slash or own == part)


def _is_path(clip: Summary, name: str) -> bool:
    return clip.path == name or clip.path.endswith(f"/{name}")


def _is_quote(name: str) -> bool:
    return re.fullmatch("q[0-9a-f]{3,10}", name) is not None


def _placed(issue: Issue, name: str) -> str:
    """The id of the quote at a place of the draft (`2.3`); any other name as it is."""
    story, _, number = name.partition(".")
    told = _told(issue, story) if story.isdecimal() and number.isdecimal() else None
    return told.quotes[int(number) - 1].quote.id if told and 0 < int(number) <= len(told.quotes) else name


def _only(names: Collection[str], name: str, what: str) -> str:
    """The one of these ids that begins so."""
    found = [one for one in names if one.startswith(name)] if _is_quote(name) else []
    if len(found) != 1:
        several = f"several {what}s are" if found else f"no {what} is"
        message = f"{several} called {name!r}; `digest preview --json` tells the ids of quotes, `digest explain` all"
        raise UsageError(message)
    return found[0]


def _quote(clips: Iterable[Summary], name: str, what: str = "quote") -> Verdict:
    """The candidate of these clips that is called so."""
    found = {each.quote.id: each for clip in clips for each in clip.verdicts}
    return found[_only(found, name, what)]


def _words(words: str) -> str:
    """The editor's words on one line."""
    said = " ".join(line(words).split())
    if not said.isascii() and any("\ud800" <= character <= "\udfff" for character in said):
        message = "the words are not UTF-8; write them in a terminal that is set to it"
        raise UsageError(message)
    if not said:
        message = "say it in words; to take them back: digest undo"
        raise UsageError(message)
    return said
