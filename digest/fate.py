"""The fate of a clip: what has become of it, in plain words. Chosen, passed over, held back, waiting, used, let go."""

from __future__ import annotations

import hashlib
import json
import shlex
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from digest import shipped
from digest.errors import UsageError
from digest.inspection import named
from digest.labels import counted, labels
from digest.typography import headline, line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from digest.archive import KnownSeed
    from digest.issue import Issue
    from digest.newsroom import Desk
    from digest.press import Press
    from digest.story import Source, Story
    from digest.summary import Summary, Verdict

PASSED = 3
"""So many of the candidates that were passed over are told; `digest explain` tells all."""


class Fate(NamedTuple):
    """What has become of one clip: `lines` say it in sentences, `issue` is the id of the issue they are about.

    `state` is a stable word: chosen, listed, held-back, waiting, lapsing, repeat, used, lapsed, gone or unread.
    """

    seed: str
    path: str
    state: str
    issue: str | None
    lines: tuple[str, ...]

    def record(self) -> dict[str, object]:
        """The fate for programs."""
        return {**self._asdict(), "lines": list(self.lines)}


def fates(press: Press, name: str, show: Callable[[datetime], str]) -> list[Fate]:
    """What has become of the clip of this path, or of these eight or more digits of its sha256.

    A path that has held several contents gives one each. `show` writes a moment for the reader. Raises UsageError where
    no clip is called so.
    """
    desk, issue = press.looked()
    name = _content(press, name) or name
    there = [one for one in desk.summaries if _is(name, one.seed, one.path)]
    told = [_Telling(press, desk, issue, show).of(one) for one in there]
    told += [
        Fate(one.seed, one.path, "unread", issue.id, (f"{one.message} → {one.remedy}".rstrip(" →"),))
        for one in issue.held_back
        if _is(name, one.seed, one.path) and one.seed not in {known.seed for known in there}
    ]
    known = {one.seed for one in told}
    rows = press.archive.seeds("used", "lapsed", "new", "held", "gone")
    past = [_past(press, row, show) for row in rows if _is(name, row.sha256, row.path) and row.sha256 not in known]
    if not (told or past):
        message = (
            f"no slot, issue or clip is called {name!r}; name a slot like 2026-11-27, an issue like 2026-W48,"
            " a clip by its path or eight or more digits of its sha256"
        )
        raise UsageError(message)
    return [*told, *past]


class _Telling:
    """Tells of the clips on the desk what the next issue makes of them."""

    def __init__(self, press: Press, desk: Desk, issue: Issue, show: Callable[[datetime], str]) -> None:
        self.press = press
        self.desk = desk
        self.issue = issue
        self.language = press.settings.masthead.language
        self.say = _sayer(self.language)
        self.at = show(press.upcoming().due)

    def of(self, clip: Summary) -> Fate:
        """The fate of a clip that no issue has used."""
        for number, story in enumerate(self.issue.stories, 1):
            for at, source in enumerate(story.sources):
                if source.clip == clip.clip and not source.held_back:
                    return self._told(clip, number, story, at)
                if clip.clip in {copy.clip for copy in source.copies}:
                    return self._fate(clip, "listed", self._copied(number, story, source))
        return self._left(clip)

    def _left(self, clip: Summary) -> Fate:
        """The fate of a clip that the issue leaves aside."""
        left, words = self.issue.remainder, labels(self.language)
        for held in self.issue.held_back:
            if held.seed == clip.seed:
                ready = counted(words["t_ready"], held.quotes_ready) if held.quotes_ready else ""
                why = " · ".join(filter(None, (held.message, ready)))
                return self._fate(clip, "held-back", [self.say("clip_held", why=why, remedy=held.remedy)])
        for repeat in left.repeats:
            if clip.seed in repeat.seeds:
                return self._fate(clip, "repeat", [self.say("clip_repeat", title=line(repeat.told))])
        aside = {one.seed: ("waiting", one) for one in left.waiting} | {
            one.seed: ("lapsing", one) for one in left.lapsing
        }
        if clip.seed in aside:
            state, one = aside[clip.seed]
            waits = counted(words["l_waits"], one.waits)
            told = self.say(f"clip_{state}", issue=self.issue.id, why=one.message, waits=waits)
            return self._fate(clip, state, [told, *self._passed(clip, ())])
        return self._fate(clip, "waiting", [self.say("clip_left", issue=self.issue.id), *self._passed(clip, ())])

    def _fate(self, clip: Summary, state: str, lines: Iterable[str]) -> Fate:
        return Fate(clip.seed, clip.path, state, self.issue.id, tuple(lines))

    def _told(self, clip: Summary, number: int, story: Story, at: int) -> Fate:
        """A clip whose article the issue tells, with what it quotes of it."""
        shown = [pick.quote for pick in story.quotes if pick.source == at]
        lines = [self._place("clip_next", number, story)]
        lines += [self.say("clip_quotes", n=len(shown))] if shown else [self.say("clip_no_quotes")]
        lines += [_spoken(quote.text, quote.speaker, "●") for quote in shown]
        kept = [one for one in self.issue.remainder.quotes if one.seed == clip.seed]
        lines += [f"{_spoken(one.text, one.speaker, '○')}  {one.message}" for one in kept]
        told = {quote.id for quote in shown} | {one.id for one in kept}
        return self._fate(clip, "chosen" if shown else "listed", [*lines, *self._passed(clip, told)])

    def _copied(self, number: int, story: Story, source: Source) -> Iterator[str]:
        yield self._place("clip_next", number, story)
        yield self.say("clip_copy", title=source.headline, outlet=source.called)

    def _place(self, name: str, number: int, story: Story) -> str:
        title = headline(story.title, story.language)
        return self.say(name, issue=self.issue.id, n=number, title=title, at=self.at)

    def _passed(self, clip: Summary, told: Iterable[str]) -> Iterator[str]:
        """The best of the candidates that were passed over, with what kept each out."""
        others = [one for one in clip.verdicts if one.quote.id not in told]
        if not others:
            return
        yield self.say("clip_passed", n=len(others), path=_file(self.press, clip.path))
        for one in others[:PASSED]:
            yield f"{_spoken(one.quote.text, one.quote.speaker, '○')}  {self._why(one)}".rstrip()

    def _why(self, verdict: Verdict) -> str:
        if verdict.rejected_by:
            return named(verdict.rejected_by, self.press.settings.book, self.language)
        return self.say("clip_no_room")


def _past(press: Press, row: KnownSeed, show: Callable[[datetime], str]) -> Fate:
    """The fate of a clip that lies on no desk any more."""
    say = _sayer(press.settings.masthead.language)
    issue = press.archive.issue(row.issue_id) if row.issue_id else None
    if row.state == "lapsed":
        lines = [say("clip_lapsed", issue=row.issue_id, seed=row.sha256[:8])]
    elif row.state == "used" and issue:
        told = list(_printed(json.loads(issue.content), row.sha256))
        at = show(issue.sent_at or issue.frozen_at)
        lines = [say("clip_used", issue=issue.id, number=issue.number, at=at)]
        for number, story, quotes in told:
            title = headline(story["title"], story["language"])
            lines.append(say("clip_story", n=number, title=title, quotes=len(quotes)))
            lines += [_spoken(quote["text"], quote.get("speaker"), "●") for quote in quotes]
        lines.append(say("clip_explain", path=_file(press, row.path)))
    else:
        lines = [say("clip_gone", at=show(row.first_seen))]
    state = row.state if row.state in {"used", "lapsed"} else "gone"
    return Fate(row.sha256, row.path, state, row.issue_id, tuple(lines))


def _printed(content: dict[str, Any], seed: str) -> Iterator[tuple[int, dict[str, Any], Sequence[dict[str, Any]]]]:
    """The stories of a record of an issue that a clip is in, each with its number and the clip's own quotes."""
    for number, story in enumerate(content["stories"], 1):
        own = {at for at, source in enumerate(story["sources"]) if source["seed"] == seed}
        copied = any(copy["seed"] == seed for source in story["sources"] for copy in source.get("copies", ()))
        if own or copied:
            yield number, story, [quote for quote in story["quotes"] if quote["source"] in own]


def _spoken(text: str, speaker: str | None, mark: str) -> str:
    return f"  {mark} {line(text)}{f' ——{line(speaker)}' if speaker else ''}"


def _content(press: Press, name: str) -> str | None:
    """The sha256 of the file of this path, below a seed folder or from here; a copy is known by it too."""
    for file in (*(folder / name for folder in press.settings.seeds), Path(name)):
        with suppress(OSError, ValueError):
            return hashlib.sha256(file.read_bytes()).hexdigest()
    return None


def _file(press: Press, path: str) -> str:
    """A clip's path as another command takes it."""
    files = [folder / path for folder in press.settings.seeds]
    return shlex.quote(str(next((file for file in files if file.is_file()), path)))


def _is(name: str, seed: str, path: str) -> bool:
    """Whether a clip is called so: by its path, the end of it or one that ends in it, or by digits of its sha256."""
    digits = len(name) >= 8 and set(name) <= set("0123456789abcdef")
    same = path == name or path.endswith(f"/{name}") or name.endswith(f"/{path}")
    return (bool(path) and same) or (digits and seed.startswith(name))


def _sayer(language: str) -> Callable[..., str]:
    tongue = "zh" if language.startswith("zh") else "en"
    table = shipped.table("config/account.yaml")

    def say(name: str, **values: object) -> str:
        return str(table[name][tongue]).format(**values)

    return say
