"""The pages of the desk: what each one needs, filled into its template."""

from __future__ import annotations

import getpass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from digest import typography
from digest.desk import mock, sheet
from digest.desk.words import words
from digest.draft import CAP
from digest.edition import edition
from digest.edition.alteration import worded
from digest.edition.subject import PREHEADER, SUBJECT
from digest.labels import counted, labels
from digest.post import length
from digest.typography import columns

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from digest.desk.keeper import Keeper, Sheet
    from digest.issue import Change

VIEWS = ("stories", "email", "posts", "channels", "held", "checks", "changes")
"""The pages, in the order of the tabs; each has a template of its name."""
FORMS = ("desktop", "phone", "dark", "text", "source")
"""The ways an email is shown."""
CLIP = 102 * 1024
"""Bytes above which Gmail clips a message."""
SOURCE = 60_000
"""Characters of a message's source that are shown."""


class ChannelShown(NamedTuple):
    """A channel with its parts: (name, lines as they look, the request)."""

    name: str
    type: str
    gets: str
    parts: tuple[tuple[str, tuple[mock.Line, ...], Mapping[str, Any]], ...]


class Pages:
    """Draws the pages from what the keeper holds. `key` goes into each, for its actions."""

    def __init__(self, keeper: Keeper, key: str) -> None:
        self._keeper = keeper
        self._key = key

    def words(self, name: str) -> str:
        """A word of the desk in the newsletter's language."""
        return words(self._language)[name]

    def view(self, name: str, query: Mapping[str, str]) -> str:
        """A whole page."""
        known = self._keeper.sheet
        common = self._common(name)
        if known is None:
            return self._filled("empty.html.j2", common)
        own: dict[str, Any] = getattr(self, f"_{name}")(known, query)
        return self._filled(f"{name}.html.j2", {**common, **self._head(known), **own})

    def quote(self, name: str) -> str | None:
        """A quote laid open; None where it is not in the issue."""
        known = self._keeper.sheet
        card = sheet.card(known.look, known.settings.book, name) if known else None
        return self._filled("quote.html.j2", {**self._common("stories"), "card": card}) if card else None

    def enter(self, *, wrong: bool) -> str:
        """The page that asks for the token."""
        return self._filled("enter.html.j2", {**self._common("enter"), "wrong": wrong})

    def told(self, change: Change) -> str:
        """A change of the editor's in one line."""
        say, shown = labels(self._language), worded(change)
        return say[f"e_{change.key}"] + (say["colon"] + shown if shown else "")

    def stale(self) -> str:
        """What is told to somebody who acted on an older draft: that nothing was done, and what has changed since."""
        newest = [one.difference.text for one in self._keeper.news[:3]]
        return self.words("stale") + (self.words("stale_changes").format(changes="；".join(newest)) if newest else "")

    @property
    def _language(self) -> str:
        return self._keeper.settings.masthead.language

    @cached_property
    def _environment(self) -> Environment:
        folder = FileSystemLoader(Path(__file__).parent / "pages")
        made = Environment(
            loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        made.filters["one"] = typography.line
        made.filters["evidence"] = self._evidence
        made.filters["closed"] = typography.closed
        made.filters["counted"] = counted
        made.filters["clock"] = self._clock
        made.filters["columns"] = columns
        made.filters["host"] = mock.host
        return made

    def _filled(self, name: str, values: Mapping[str, Any]) -> str:
        return self._environment.get_template(name).render(values)

    def _evidence(self, told: str) -> list[str]:
        """What joined a clip to its story, part by part; the kinds of evidence in the newsletter's language."""
        here, there = words(self._language), words("en")
        for name in there:
            if name.startswith("ev_"):
                told = told.replace(there[name], here[name])
        return told.split("; ")

    def _clock(self, at: datetime | str) -> str:
        """A moment as the newsletter's zone reads it: the time today, with its date otherwise."""
        from datetime import datetime as moment  # noqa: PLC0415 -- here it is a value, above a type

        known = moment.fromisoformat(at) if isinstance(at, str) else at
        return f"{known.astimezone(self._keeper.settings.schedule.zone):%m-%d %H:%M}"

    def _common(self, tab: str) -> dict[str, Any]:
        keeper = self._keeper
        return {
            "w": words(self._language),
            "language": self._language,
            "title": keeper.settings.masthead.title,
            "tab": tab,
            "tabs": VIEWS,
            "key": self._key,
            "revision": keeper.revision,
            "error": keeper.error,
            "user": _user(),
            "counts": self._counts(),
        }

    def _counts(self) -> dict[str, int]:
        known = self._keeper.sheet
        if known is None:
            return dict.fromkeys(("stories", "posts", "channels", "held", "checks", "serious", "changes", "over"), 0)
        drafts = known.look.drafts
        return {
            "stories": len(drafts.issue.stories),
            "posts": len(drafts.posts),
            "over": sum(post.length > post.limit for post in drafts.posts),
            "channels": len(known.settings.channels),
            "held": len(drafts.issue.held_back),
            "checks": len(drafts.checks),
            "serious": sum(one.serious for one in drafts.checks),
            "changes": len(drafts.issue.changes),
        }

    def _head(self, known: Sheet) -> dict[str, Any]:
        """What stands above every page: the issue, its state, its size, what became of the last one."""
        issue, email = known.look.drafts.issue, known.look.drafts.email
        shown = edition(issue, known.look.desk.edits.note)
        states = [row.state for row in known.deliveries]
        return {
            "sheet": known,
            "issue": issue,
            "shown": shown,
            "say": labels(issue.language),
            "hash": known.look.sha256,
            "state": "approved" if known.approved is not None else "waiting" if known.settings.review else "draft",
            "due": known.look.slot.due,
            "sendable": bool(issue.stories) or known.settings.send_empty,
            "size": len(email.html.encode()),
            "cap": CAP,
            "clip": CLIP,
            "subject_room": SUBJECT,
            "preheader_room": PREHEADER,
            "delivered": {state: states.count(state) for state in dict.fromkeys(states)},
            "targets": [config.name for config in known.settings.channels],
            "mail": f"{hash(email.html) & 0xFFFFFFFF:08x}",
        }

    # ── one page each ──

    def _stories(self, known: Sheet, _: Mapping[str, str]) -> dict[str, Any]:
        return {"told": sheet.stories(known.look, known.settings.book), "since": known.since}

    def _email(self, known: Sheet, query: Mapping[str, str]) -> dict[str, Any]:
        form = query.get("as", "desktop")
        email = known.look.drafts.email
        return {
            "form": form if form in FORMS else "desktop",
            "forms": FORMS,
            "email": email,
            "headers": mock.headers(email.message),
            "source": email.message.decode("utf-8", "replace")[:SOURCE],
        }

    def _posts(self, known: Sheet, query: Mapping[str, str]) -> dict[str, Any]:
        posts = known.look.drafts.posts
        platforms = list(dict.fromkeys(post.platform for post in posts))
        wanted = query.get("on", platforms[0] if platforms else "")
        titles = {
            story.id: typography.headline(story.title, story.language) for story in known.look.drafts.issue.stories
        }
        shown = [
            mock.mock(post, titles[post.story], [length(text, post.platform) for text in (post.text, *post.thread)])
            for post in posts
            if post.platform == wanted
        ]
        grouped: dict[str, list[mock.Mock]] = {}
        for one in shown:
            grouped.setdefault(one.post.story, []).append(one)
        limits = known.settings.platforms
        return {
            "platforms": [(name, sum(post.platform == name for post in posts)) for name in platforms],
            "on": wanted,
            "platform": limits.get(wanted),
            "grouped": [(story, titles[story], made) for story, made in grouped.items()],
            "folds": mock.FOLDS,
        }

    def _channels(self, known: Sheet, _: Mapping[str, str]) -> dict[str, Any]:
        lacking = {(lack.key or "").split(".")[1]: lack for lack in known.settings.lacks if "." in (lack.key or "")}
        return {"channels": tuple(self._channel(known)), "lacking": lacking}

    def _channel(self, known: Sheet) -> Iterator[ChannelShown]:
        for config in known.settings.channels:
            prefix = f"{config.name}/"
            parts = tuple(
                (name[len(prefix) :].removesuffix(".json"), mock.chat(request), request)
                for name, request in known.requests.items()
                if name.startswith(prefix)
            )
            parts = tuple(sorted(parts, key=lambda part: not (part[1] or part[0].endswith(".html"))))
            yield ChannelShown(config.name, config.type, " · ".join(config.gets), parts)

    def _held(self, known: Sheet, _: Mapping[str, str]) -> dict[str, Any]:
        places = {story.id: number for number, story in enumerate(known.look.drafts.issue.stories, 1)}
        return {"held": known.look.drafts.issue.held_back, "places": places, **_aside(known)}

    def _checks(self, known: Sheet, _: Mapping[str, str]) -> dict[str, Any]:
        return {"checks": known.look.drafts.checks}

    def _changes(self, known: Sheet, _: Mapping[str, str]) -> dict[str, Any]:
        changes = [(change, self.told(change)) for change in known.look.drafts.issue.changes]
        return {"changes": changes, "news": self._keeper.news, "since": known.since}


def _user() -> str:
    """Who is at this machine: the name that an approval is signed with, until another is given."""
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):
        return ""


def _aside(known: Sheet) -> dict[str, Any]:
    """What the issue leaves aside: headings with rows of (title, why), and the quotes that were kept back."""
    left, say = known.look.drafts.issue.remainder, labels(known.look.drafts.issue.language)
    waits = [
        (one.title, one.message + say["comma"] + counted(say["l_waits"], one.waits))
        for one in left.waiting
        if one.reason != "repeat"
    ]
    rows = (
        ("l_repeats", [(one.title, say["l_told"].format(title=one.told)) for one in left.repeats]),
        ("l_waiting", waits),
        ("l_lapsing", [(one.title, one.message) for one in left.lapsing]),
        ("l_lapsed", [(one.title, one.message) for one in left.lapsed]),
    )
    return {"aside": [(say[label], told) for label, told in rows if told], "kept": left.quotes}
