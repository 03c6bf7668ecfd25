"""An issue as it was frozen (`issue.json`), as a value again: what its readers saw of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from digest import record
from digest.gathering.sequel import News
from digest.issue import Issue
from digest.quote import Quote
from digest.remainder import Year
from digest.story import Figure, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.issue import Masthead
    from digest.story import Pick, Source, Story


def issue(content: Mapping[str, Any], day: date, masthead: Masthead, sections: Mapping[str, str]) -> Issue:
    """An issue of its `issue.json`; `day` is when it was frozen, for one that does not tell its day.

    The masthead is the present one, but in the issue's own language; `sections` are the headings of its sections.
    """
    shown = replace(masthead, language=content["language"])
    stories = tuple(_story(told, row) for told, row in zip(record.told(content), content["stories"], strict=True))
    return Issue(
        id=content["id"],
        number=content["number"],
        day=date.fromisoformat(content["day"]) if content.get("day") else day,
        masthead=shown,
        subject=content["subject"],
        subjects=tuple(content["subjects"]),
        preheader=content["preheader"],
        stories=stories,
        held_back=(),
        seeds=tuple(content["seeds"]),
        sections=sections,
        years=tuple(Year(**one) for one in content.get("years", ())),
    )


def _story(told: Story, row: Mapping[str, Any]) -> Story:
    """A story with everything that its readers saw; `record.told` keeps what later stories are compared with."""
    return replace(
        told,
        note=row.get("note") or "",
        quotes=tuple(_pick(pick, one) for pick, one in zip(told.quotes, row["quotes"], strict=True)),
        sources=tuple(_source(source, one) for source, one in zip(told.sources, row["sources"], strict=True)),
        figures=tuple(
            Figure(
                one["what"],
                tuple(Value(value["value"], value["unit"], value["text"], value["source"]) for value in one["values"]),
                one["same_measure"],
            )
            for one in row.get("figures", ())
        ),
        news=tuple(News(**one) for one in row.get("news", ())),
    )


def _source(source: Source, row: Mapping[str, Any]) -> Source:
    return replace(source, authors=tuple(row.get("authors", ())))


def _pick(pick: Pick, row: Mapping[str, Any]) -> Pick:
    words = row["text"]
    said = Quote(
        words,
        0,
        len(words),
        row["kind"],
        speaker=row.get("speaker"),
        mention=row.get("speaker_mention"),
        role=row.get("role"),
        hearsay=bool(row.get("hearsay")),
        unnamed=bool(row.get("unnamed")),
    )
    object.__setattr__(said, "id", row["id"])  # an id is of the whole article, which is not at hand
    return replace(
        pick, quote=said, translated=bool(row.get("translated")), pinned=bool(row.get("pinned")), link=row.get("link")
    )
