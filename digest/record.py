"""The JSON forms of documents, quotes, issues and posts that other programs rely on.

The fields are those of the machine-readable contract: more may be added, none is renamed or dropped.
Absent values are null, never an empty string; offsets are code points into the document's text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from digest.gathering.choice import Kept
from digest.gathering.sequel import Counted
from digest.labels import labels
from digest.quote import Quote
from digest.remainder import Waiting, Year
from digest.story import Copy, Lead, Pick, Source, Story
from digest.typography import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

    from digest.check import Finding
    from digest.delivery import Delivery
    from digest.document import Document
    from digest.draft import Post
    from digest.inspection import Inspection
    from digest.issue import Change, HeldBack, Issue
    from digest.remainder import Remainder
    from digest.rule import Reason
    from digest.seed import Seed
    from digest.summary import Ranked, Verdict

Record = dict[str, Any]

ONE_LINE = 60
"""The most code points of a quote that stands as one line of the look back."""


def quote(found: Quote, link: str | None) -> Record:
    """A quote as `extract` prints it."""
    record: Record = {
        "id": found.id,
        "start": found.start,
        "end": found.end,
        "text": found.text,
        "kind": found.kind,
        "highlighted": found.highlighted,
        "speaker": found.speaker,
        "speaker_mention": found.mention,
        "role": found.role,
        "hearsay": found.hearsay,
        "unnamed": found.unnamed,
        "cue": found.cue,
        "link": link,
    }
    if found.group is not None:
        record["group"] = found.group
    if found.asks:
        record["asks"] = True
    return record


def document(
    seed: Seed, found: Document, quotes: Iterable[Quote], link: Callable[[Document, Quote], str | None]
) -> Record:
    """A document as `extract` prints it. `link` gives the address that opens the page at a quote."""
    return {
        "path": seed.path,
        "format": found.format,
        "sha256": seed.sha256,
        "title": found.title,
        "authors": list(found.authors),
        "outlet": found.outlet,
        "published": found.published,
        "published_from": found.published_from,
        "clipped": found.clipped,
        "source": found.source,
        "language": found.language,
        "tags": list(found.tags),
        "text": found.text,
        "quotes": [quote(one, link(found, one)) for one in quotes],
        "notes": list(found.notes),
        "cuts": [{"step": cut.step, "at": cut.at, "text": cut.text} for cut in found.cuts],
        "warnings": [{"code": warn.code, "message": warn.message} for warn in found.warnings],
    }


def unread(path: str, sha256: str | None, code: str, message: str) -> Record:
    """The row of a file that gives no document."""
    absent = dict.fromkeys(
        ("format", "title", "outlet", "published", "published_from", "clipped", "source", "language", "text")
    )
    warning = {"code": code, "message": message}
    return {"path": path, "sha256": sha256, **absent, "authors": [], "tags": [], "quotes": [], "warnings": [warning]}


def verdict(found: Verdict, **also: object) -> Record:
    """A candidate as `explain` prints it."""
    one = found.quote
    return {
        **also,
        "id": one.id,
        "start": one.start,
        "end": one.end,
        "text": one.text,
        "speaker": one.speaker,
        "kind": one.kind,
        "score": found.score,
        "reasons": reasons(found.reasons),
        "chosen": found.chosen,
        "rejected_by": found.rejected_by,
    }


def ranked(of: Document, found: Ranked) -> Record:
    """A sentence of a raw text as `explain --jsonl` prints it."""
    return {
        "quote": Quote(of.text, found.start, found.end, "reported").id,
        "start": found.start,
        "end": found.end,
        "text": found.text,
        "score": found.score,
        "reasons": reasons(found.reasons),
    }


def reasons(found: Iterable[Reason]) -> list[Record]:
    """The rules that spoke for or against a quote."""
    return [{"rule": reason.rule, "zh": reason.zh, "id": reason.id, "points": reason.points} for reason in found]


def issue(found: Issue) -> Record:
    """`issue.json`."""
    return {
        "id": found.id,
        "number": found.number,
        "day": found.day.isoformat(),
        "subject": found.subject,
        "subjects": list(found.subjects),
        "preheader": found.preheader,
        "language": found.language,
        "stories": [story(one) for one in found.stories],
        "held_back": [held_back(one) for one in found.held_back],
        "seeds": list(found.seeds),
        "changes": [change(one) for one in found.changes],
        "errata": [one.record() for one in found.errata],
        "years": [one._asdict() for one in found.years],
        **remainder(found.remainder),
    }


def remainder(found: Remainder) -> Record:
    """What an issue leaves aside, in `issue.json`."""
    return {
        "kept_quotes": [one._asdict() for one in found.quotes],
        "repeats": [{**one._asdict(), "seeds": list(one.seeds)} for one in found.repeats],
        "passed_over": [one._asdict() for one in found.waiting],
        "lapsing": [one._asdict() for one in found.lapsing],
        "lapsed": [one._asdict() for one in found.lapsed],
    }


def lapsed(content: Mapping[str, Any]) -> tuple[Waiting, ...]:
    """What was let go with an issue, of its `issue.json`."""
    return tuple(Waiting(**one) for one in content.get("lapsing", ()))


def year(content: Mapping[str, Any], now: int, frozen: date, base: str | None) -> Year | None:
    """An issue of an earlier year for the look back from the year `now`; None where it told nothing.

    Its page lies below the address `base`; where there is none, the link is that of its first story. The line is its
    first short quote of a person, whole.
    """
    stories = content.get("stories") or ()
    if not stories:
        return None
    first, say = stories[0], labels(content["language"])
    quotes = (quote for story in stories for quote in story["quotes"])
    said = next(
        (one for one in quotes if one["speaker"] and one["kind"] != "reported" and len(one["text"]) <= ONE_LINE), None
    )
    link = next((source["link"] for source in first["sources"] if source["link"]), None)
    return Year(
        ago=now - int(content["id"][:4]),
        issue=content["id"],
        number=content["number"],
        day=content.get("day") or frozen.isoformat(),
        title=first["title"],
        link=f"{base}{content['id']}.html" if base else link,
        line=f"{quoted(said['text'], content['language'])}{say['dash']}{said['speaker']}" if said else "",
    )


def told(content: Mapping[str, Any]) -> tuple[Story, ...]:
    """The stories of an `issue.json` as far as they stand in it, to compare later ones with."""
    kept: dict[str, list[Kept]] = {}
    for one in content.get("kept_quotes", ()):
        said = Quote(one["text"], 0, len(one["text"]), "spoken", speaker=one["speaker"])
        kept.setdefault(one["story"], []).append(Kept(said, 0, one["reason"], one["other"], one["where"]))
    return tuple(_told(one, kept.get(one["id"], ())) for one in content.get("stories", ()))


def _told(row: Mapping[str, Any], kept: Iterable[Kept]) -> Story:
    words = row.get("lead")
    return Story(
        id=row["id"],
        title=row["title"],
        language=row["language"],
        section=row.get("section"),
        sources=tuple(_told_source(one) for one in row["sources"]),
        lead=Lead(words, row.get("lead_source") or 0) if words else None,
        quotes=tuple(_told_pick(one) for one in row["quotes"]),
        update_of=row.get("update_of"),
        counts=tuple(Counted(**one) for one in row.get("counts", ())),
        kept=tuple(kept),
        about=tuple(row.get("about", ())),
    )


def _told_source(row: Mapping[str, Any]) -> Source:
    copies = tuple(Copy(one["outlet"], one["link"], one["seed"]) for one in row.get("copies", ()))
    names = ("seed", "title", "outlet", "published", "published_from", "link", "language", "held_back")
    return Source(**{name: row.get(name) for name in names}, copies=copies)  # type: ignore[arg-type] # as written by _source


def _told_pick(row: Mapping[str, Any]) -> Pick:
    words = row["text"]
    said = Quote(
        words, 0, len(words), row["kind"], speaker=row.get("speaker"), highlighted=bool(row.get("highlighted"))
    )
    return Pick(said, row["source"], row.get("score", 0.0), (), None, row.get("link"))


def change(found: Change) -> Record:
    """What the editor changed, in `issue.json`."""
    return {
        "key": found.key,
        "id": found.id or None,
        "before": found.before,
        "after": found.after,
        "applied": found.applied,
    }


def story(found: Story) -> Record:
    """A story of `issue.json`."""
    return {
        "id": found.id,
        "title": found.title,
        "note": found.note or None,
        "language": found.language,
        "section": found.section,
        "sources": [_source(source) for source in found.sources],
        "lead": found.lead.text if found.lead else None,
        "lead_source": found.lead.source if found.lead else None,
        "quotes": [_pick(pick) for pick in found.quotes],
        "figures": [
            {
                "what": figure.what,
                "values": [
                    {"value": value.value, "unit": value.unit, "text": value.text, "source": value.source}
                    for value in figure.values
                ],
                "same_measure": figure.same_measure,
            }
            for figure in found.figures
        ],
        "evidence": list(found.evidence),
        "update_of": found.update_of,
        "news": [one._asdict() for one in found.news],
        "counts": [one._asdict() for one in found.counts],
        "about": list(found.about),
        **({"may_follow": found.kin._asdict()} if found.kin else {}),
    }


def held_back(found: HeldBack) -> Record:
    """A held-back clip of `issue.json`."""
    return {
        "seed": found.seed,
        "path": found.path,
        "title": found.title,
        "story": found.story,
        "reason": found.reason,
        "message": found.message,
        "remedy": found.remedy,
        "quotes_ready": found.quotes_ready,
        "quotes": list(found.quotes),
    }


def post(found: Post) -> Record:
    """A post of `posts.json`."""
    return {
        "platform": found.platform,
        "language": found.language,
        "story": found.story,
        "pattern": found.pattern,
        "title": found.title,
        "digest": found.digest,
        "text": found.text,
        "length": found.length,
        "limit": found.limit,
        "link": found.link,
        "quotes": list(found.quotes),
        "facets": [dict(facet) for facet in found.facets],
        "thread": list(found.thread),
        "thread_facets": [[dict(facet) for facet in facets] for facets in found.thread_facets],
        "why": found.why,
        "flags": list(found.flags),
    }


def finding(found: Finding) -> Record:
    """A finding of `check`."""
    return {
        "code": found.code,
        "level": found.level,
        "where": found.where,
        "found": found.found or None,
        "message": found.message,
        "remedy": found.remedy,
    }


def inspection(found: Inspection) -> Record:
    """What the rules did, as `rules check` prints it."""

    def quotes(some: Iterable[Quote]) -> list[Record]:
        return [{"id": one.id, "text": one.text, "speaker": one.speaker} for one in some]

    return {
        "issue": found.issue,
        "clips": found.clips,
        "gone": found.gone,
        "candidates": found.candidates,
        "shown": found.shown,
        "rules": [
            {
                "id": deed.rule.id,
                "rule": deed.rule.rule,
                "zh": deed.rule.zh,
                "list": deed.sort,
                "points": deed.rule.points if deed.sort == "rules" else None,
                "fired": deed.fired,
                "chosen": quotes(deed.chosen),
                "missed": quotes(deed.missed),
                "sank": quotes(deed.sank),
            }
            for deed in found.deeds
        ],
    }


def delivery(found: Delivery) -> Record:
    """A row of the outbox, without its bytes."""
    return {
        "id": found.id,
        "kind": found.kind,
        "about": found.about,
        "channel": found.channel,
        "part": found.part,
        "parts": found.parts,
        "name": found.name,
        "state": found.state,
        "attempts": found.attempts,
        "next_at": found.next_at.isoformat(),
        "delivered_at": found.delivered_at.isoformat() if found.delivered_at else None,
        "last_error": found.last_error,
    }


def _source(found: Source) -> Record:
    return {
        "title": found.title,
        "outlet": found.outlet,
        "authors": list(found.authors),
        "published": found.published,
        "published_from": found.published_from,
        "link": None if found.held_back else found.link,
        "language": found.language,
        "seed": found.seed,
        "held_back": found.held_back,
        "copies": [{"outlet": copy.outlet, "link": copy.link, "seed": copy.seed} for copy in found.copies],
    }


def _pick(found: Pick) -> Record:
    return {
        **quote(found.quote, found.link),
        "source": found.source,
        "score": found.score,
        "reasons": reasons(found.reasons),
        "translated": found.translated,
        "pinned": found.pinned,
    }
