"""The site: past issues as pages that need no server, with feeds, a search and their corrections.

The same issues, corrections, settings and templates give the same bytes: no clock is read. Links between pages are
relative, so that it can be looked at from a folder; what leaves it (feeds, canonical addresses) is absolute where the
site's address is configured.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from digest.edition import amended, edition
from digest.labels import labels
from digest.site import feeds, past
from digest.typography import direction, line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from digest.draft import Renderer
    from digest.edition import Amended, Edition
    from digest.erratum import Erratum
    from digest.issue import Masthead

FEED = 20
"""Issues that the feeds hold in full."""


class Sent(NamedTuple):
    """An issue that has gone out: its `issue.json`, when it was frozen, and what was put right of it since."""

    content: Mapping[str, object]
    at: datetime
    errata: tuple[Erratum, ...] = ()


class Page(NamedTuple):
    """An issue on the site. `path` is relative to its root, `canonical` its whole address, None where that is unknown.

    `at` is when it was planned or last put right (ISO-8601); `errata` are its corrections, `by_quote` and `by_story`
    the same by what they are about.
    """

    path: str
    canonical: str | None
    at: str
    made: str
    issue: Edition
    id: str
    errata: tuple[Amended, ...]
    by_quote: Mapping[str, tuple[Amended, ...]]
    by_story: Mapping[str, tuple[Amended, ...]]


class Place(NamedTuple):
    """The site as its templates see it: `up` is the way to its root, `issues` are newest first."""

    title: str
    language: str
    direction: str
    url: str | None
    up: str
    issues: tuple[Page, ...]
    labels: Mapping[str, str]
    unsubscribe: str | None


def site(
    sent: Sequence[Sent],
    masthead: Masthead,
    sections: Mapping[str, str],
    templates: Renderer,
    url: str | None = None,
) -> dict[str, bytes]:
    """Every file of the site by its path. `sent` are the issues, oldest first; `url` is where the site will lie."""
    base = url and url.rstrip("/") + "/"
    say = labels(masthead.language)
    pages = tuple(_page(one, masthead, sections, base) for one in reversed(sent))
    title = line(masthead.title)
    place = Place(title, masthead.language, direction(title), base, "", pages, say, masthead.unsubscribe)
    found = index(pages)
    packed = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    files = {
        "index.html": templates.render("site/index.html.j2", site=place, labels=say),
        "search.html": templates.render(
            "site/search.html.j2", site=place, labels=say, rows=found, index=packed.replace("<", "\\u003c")
        ),
        "search.json": packed + "\n",
        "search.js": templates.render("site/search.js.j2", site=place, labels=say),
        "style.css": templates.render("site/style.css.j2", site=place, labels=say),
    }
    inner = place._replace(up="../")
    for at, page in enumerate(pages):
        newer, older = (pages[at - 1] if at else None), (pages[at + 1] if at + 1 < len(pages) else None)
        values = {"page": page, "issue": page.issue, "newer": newer, "older": older, "labels": page.issue.labels}
        files[page.path] = templates.render("site/issue.html.j2", site=inner, **values)
    bodies = {
        page.id: templates.render("site/entry.html.j2", page=page, issue=page.issue, labels=page.issue.labels)
        for page in pages[:FEED]
    }
    files["feed.xml"] = feeds.atom(place, pages[:FEED], bodies, masthead)
    files["feed.json"] = feeds.json_feed(place, pages[:FEED], bodies, masthead)
    return {name: text.encode() for name, text in files.items()}


def index(pages: Sequence[Page]) -> list[dict[str, str]]:
    """What the search looks through, a row a story: `u` where it is, `t` its title, `w` its issue, `x` its words."""
    return [
        {
            "u": f"{page.path}#{story.id}",
            "t": story.title,
            "w": f"{page.issue.number} · {page.issue.date}",
            "x": " ".join(
                filter(
                    None,
                    (
                        story.note,
                        story.opening.text if story.opening else "",
                        *(f"{said.by} {said.text}" for said in story.quotes),
                        *(said.by + " " + said.text for said in page.issue.box if said.story == story.id),
                        *(f"{credit.outlet} {credit.title}" for credit in story.credits),
                    ),
                )
            ).replace("\n", " "),
        }
        for page in pages
        for story in page.issue.stories
    ]


def _page(sent: Sent, masthead: Masthead, sections: Mapping[str, str], base: str | None) -> Page:
    issue = past.issue(sent.content, sent.at.date(), masthead, sections)
    shown = edition(issue)
    path = f"issues/{issue.id}.html"
    by_quote: dict[str, list[Amended]] = {}
    by_story: dict[str, list[Amended]] = {}
    for one in sent.errata:
        target, key = (by_quote, one.quote) if one.quote else (by_story, one.story)
        target.setdefault(key, []).append(amended(one, shown.labels))
    made = sent.at.isoformat(timespec="seconds")
    return Page(
        path=path,
        canonical=base + path if base else None,
        at=max([made, *(_utc(one.at) for one in sent.errata)]),
        made=made,
        issue=shown,
        id=issue.id,
        errata=tuple(amended(one, shown.labels) for one in sent.errata),
        by_quote={key: tuple(some) for key, some in by_quote.items()},
        by_story={key: tuple(some) for key, some in by_story.items()},
    )


def _utc(moment: str) -> str:
    from datetime import UTC, datetime  # noqa: PLC0415 -- only where something was put right

    return datetime.fromisoformat(moment).astimezone(UTC).isoformat(timespec="seconds")
