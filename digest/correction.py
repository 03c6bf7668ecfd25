"""Correcting what has gone out: remembered at once, told in the next issue, and to those who got the mistake."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from digest import outbox
from digest.channels import Dispatch, build
from digest.edition import amended
from digest.erratum import Erratum
from digest.errors import UsageError
from digest.labels import labels
from digest.typography import line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from digest.archive.corrections import Corrected
    from digest.delivery import Delivery
    from digest.press import Press

_ARRIVED = ("claimed", "sending", "delivered", "unknown")
"""States of a delivery that has reached somebody, or may have."""


class Outcome(NamedTuple):
    """What came of a correction. `fresh`: it was not known before. `told` are the deliveries that tell it.

    `missed` are channels, with the reason, that got the mistake (or will) and could not be told now.
    """

    erratum: Erratum
    fresh: bool
    told: tuple[Delivery, ...] = ()
    missed: Mapping[str, str] = MappingProxyType({})


def correct(
    press: Press, name: str, text: str, story: str | None = None, quote: str | None = None, *, notify: bool = False
) -> Outcome:
    """Put an issue right: `name` is its id; a story by its number there or its id, or a quote by its place or id.

    Said twice it is one correction. With `notify` it is also sent, once, to the channels and recipients that got the
    mistake, and to no other. Raises UsageError where there is nothing of that name, or no words.
    """
    made = _erratum(press, name, _words(text), story, quote)
    known = {one.erratum.id: one.erratum for one in press.archive.corrections.all()}
    made = known.get(made.id, made)  # with the day on which it was first said
    rows, missed = _notices(press, made) if notify else ([], {})
    fresh = press.archive.corrections.add(made, rows, press.now())
    return Outcome(made, fresh, tuple(rows), missed)


def listed(press: Press) -> list[tuple[Corrected, list[Delivery]]]:
    """Every correction with the deliveries that tell it, oldest first."""
    return [(one, press.archive.ledger.all(about=_about(one.erratum))) for one in press.archive.corrections.all()]


def _erratum(press: Press, name: str, text: str, story: str | None, quote: str | None) -> Erratum:
    issue = press.archive.issue(name)
    if issue is None:
        last = press.archive.last_issue()
        message = f"no issue is called {name!r}; {f'the last one is {last.id}' if last else 'none has gone out yet'}"
        raise UsageError(message)
    if (story is None) == (quote is None):
        message = "name what is wrong: --story N, or --quote PLACE like 2.1"
        raise UsageError(message)
    content = json.loads(issue.content)
    told, said = _quote(content["stories"], quote) if quote else (_story(content["stories"], story or ""), None)
    return Erratum(
        issue=issue.id,
        number=issue.number,
        day=content.get("day") or issue.frozen_at.date().isoformat(),
        story=told["id"],
        title=told["title"],
        text=text,
        at=press.now().astimezone(press.settings.schedule.zone).isoformat(timespec="seconds"),
        section=told.get("section"),
        quote=said["id"] if said else None,
        words=said["text"] if said else None,
    )


def _story(stories: Sequence[dict[str, Any]], name: str) -> dict[str, Any]:
    if name.isdigit():
        found = stories[int(name) - 1 : int(name)] if int(name) else []
    else:
        found = [one for one in stories if one["id"].startswith(name)] if name else []
    if len(found) != 1:
        titles = "; ".join(f"{number} {line(one['title'])}" for number, one in enumerate(stories, 1))
        message = f"no story of it is called {name!r}; there are: {titles}"
        raise UsageError(message)
    return found[0]


def _quote(stories: Sequence[dict[str, Any]], name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    places = {
        f"{number}.{at}": (story, quote)
        for number, story in enumerate(stories, 1)
        for at, quote in enumerate(story["quotes"], 1)
    }
    if name in places:
        return places[name]
    found = {pair[1]["id"]: pair for pair in places.values() if name and pair[1]["id"].startswith(name)}
    if len(found) != 1:
        message = f"no quote of it is called {name!r}; name it by its place ({', '.join(places) or 'none'}) or its id"
        raise UsageError(message)
    return next(iter(found.values()))


def _notices(press: Press, made: Erratum) -> tuple[list[Delivery], dict[str, str]]:
    """The deliveries that tell a correction to those who got the mistake, and whom it could not be planned for."""
    rows = press.archive.ledger.all(about=made.issue)
    carried = [row for row in rows if row.kind == "digest" or (row.kind == "posts" and _posted(press, made))]
    got = {(row.channel, row.recipient) for row in carried if row.state in _ARRIVED}
    missed = {
        row.channel: "the issue has not arrived there yet; notify again when it has"
        for row in carried
        if row.state == "pending" and (row.channel, row.recipient) not in got
    }
    lacking = {lack.key.split(".")[1]: lack.message for lack in press.settings.lacks if lack.key}
    able = {config.name: config for config in press.settings.channels if config.name not in lacking}
    for channel in {channel for channel, _ in got} - able.keys():
        missed[channel] = lacking.get(channel, "it is not configured any more")
    wanted = [
        config
        for name, config in able.items()
        if any(channel == name for channel, _ in got) and (not config.sections or made.section in config.sections)
    ]
    planned, problems = outbox.outgoing(map(build, wanted), [_dispatch(press, made)], press.now())
    missed |= {problem.channel: str(problem) for problem in problems}
    return [row for row in planned if (row.channel, row.recipient) in got], missed


def _posted(press: Press, made: Erratum) -> bool:
    """Whether a post of the issue was about the story; where its posts were not kept, one may have been."""
    inputs = press.archive.contents.inputs(made.issue)
    sha256 = json.loads(inputs)["pages"].get("posts.json") if inputs else None
    page = press.archive.contents.find([sha256]).get(sha256) if sha256 else None
    return page is None or any(post["story"] == made.story for post in json.loads(page))


def _dispatch(press: Press, made: Erratum) -> Dispatch:
    say = labels(press.settings.masthead.language)
    page = press.newsroom.templates.render("chat/correction.md.j2", one=amended(made, say), labels=say)
    subject = f"{press.settings.masthead.title} · {say['errata']}{say['colon']}{line(made.title)}"
    return Dispatch("correction", _about(made), subject, page)


def _about(made: Erratum) -> str:
    return f"{made.issue}-{made.id}"


def _words(text: str) -> str:
    said = "\n".join(filter(None, (" ".join(line(row).split()) for row in text.splitlines())))
    if any("\ud800" <= character <= "\udfff" for character in said):
        message = "the words are not UTF-8; write them in a terminal that is set to it"
        raise UsageError(message)
    if not said:
        message = "say what is right: --text WORDS"
        raise UsageError(message)
    return said
