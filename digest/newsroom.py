"""The newsroom: the whole recipe on a page. Seeds in, drafts out; nothing is sent from here."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from digest import edits, formats, inbox, link, quote, record, story, summary
from digest.draft import draft_email
from digest.errors import SeedError, UsageError
from digest.issue import HeldBack, Issue
from digest.post import posts
from digest.subject import preheader, subjects
from digest.summary import Held, Summary
from digest.template import Templates

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from digest.document import Document
    from digest.draft import Email, Post
    from digest.edits import Edits
    from digest.inbox import File
    from digest.quote import Quote
    from digest.seed import Seed
    from digest.settings import Settings
    from digest.slot import Slot


@dataclass(frozen=True, slots=True)
class Drafts:
    """An issue with everything that is made of it. `files` are the pages of `out/<issue>/` by name."""

    issue: Issue
    email: Email
    posts: tuple[Post, ...]
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Desk:
    """What lies on the desk before an issue is made: clips that were read, and files that could not be."""

    summaries: tuple[Summary, ...]
    unread: tuple[HeldBack, ...]


class Newsroom:
    """One newsletter at work: reads what lies in its folders and drafts issues from it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.templates = Templates(settings.home / "templates")

    def read(self, seed: Seed) -> Iterator[tuple[Document, tuple[Quote, ...]]]:
        """The documents in a seed, each with its quotes. Raises SeedError where it holds none."""
        for document in formats.read(seed, self.settings.lexicon):
            yield document, quote.find(document, self.settings.lexicon, self.settings.people)

    def link(self, document: Document, found: Quote) -> str | None:
        """The address that opens a document's page at a quote; None where the document has no address."""
        if document.source is None:
            return None
        return link.linked(document.source, link.text_fragment(document.text, found.start, found.end, document.seams))

    def files(self, *, patient: bool) -> list[File]:
        """The seed files that are finished. `patient` waits once for those written just now."""
        found = list(inbox.scan(self.settings.seeds))
        young = [file for file in found if not file.settled(time.time())]
        if young and patient:
            time.sleep(inbox.SETTLED)
            found = list(inbox.scan(self.settings.seeds))
        return [file for file in found if file.settled(time.time())]

    def desk(self, files: Iterable[File], used: frozenset[str] = frozenset()) -> Desk:
        """Read the files and judge their quotes; what an earlier issue used, and second copies, are left out."""
        decided = edits.load(self.settings.home)
        summaries: list[Summary] = []
        unread: list[HeldBack] = []
        seen = set(used)
        for file in files:
            try:
                seed = inbox.read(file)
                if seed.sha256 in seen:
                    continue
                seen.add(seed.sha256)
                summaries += [self._summary(seed, *found, decided) for found in self.read(seed)]
            except SeedError as error:
                unread.append(HeldBack("", file.path, file.path, error.code, error.message, error.remedy))
        return Desk(tuple(summaries), tuple(unread))

    def _summary(self, seed: Seed, document: Document, quotes: tuple[Quote, ...], decided: Edits) -> Summary:
        released = decided.release.get(seed.sha256)
        if released and released.source:
            document = replace(
                document,
                source=link.canonical(released.source),
                warnings=tuple(warn for warn in document.warnings if warn.code != "no-source"),
            )
        made = summary.summarise(document, quotes, self.settings.book, seed=seed.sha256, path=seed.path)
        if seed.sha256 in decided.hold:
            name = seed.sha256[:8]
            held = Held("held-by-editor", "you held it back", f"remove {name}… from config/edits.yaml")
            return replace(made, held=held)
        if released and made.held and made.held.code == "no-source":
            return replace(made, held=None)
        return made

    def draft(self, slot: Slot, number: int, desk: Desk) -> Drafts:
        """Make the issue of a slot from what lies on the desk, and everything that is sent of it."""
        settings = self.settings
        gathered = story.gather(desk.summaries, settings.book)
        options = subjects(gathered.stories, settings.masthead, number)
        issue = Issue(
            id=slot.issue_id,
            number=number,
            day=slot.day,
            masthead=settings.masthead,
            subject=options[0],
            subjects=options,
            preheader=preheader(gathered.stories, settings.masthead, options[0]),
            stories=gathered.stories,
            held_back=(*(_held_back(one, gathered.joined) for one in desk.summaries if one.held), *desk.unread),
            seeds=_used(gathered.stories),
        )
        email = draft_email(issue, self.templates, slot.due_at)
        made = tuple(one for told in issue.stories for one in posts(told, settings.masthead, settings.platforms))
        return Drafts(issue, email, made, self._files(issue, email, made))

    def _files(self, issue: Issue, email: Email, made: tuple[Post, ...]) -> dict[str, bytes]:
        render = self.templates.text
        return {
            "issue.json": _json(record.issue(issue)),
            "email.html": email.html.encode(),
            "email.txt": email.text.encode(),
            "email.eml": email.message,
            "posts.json": _json([record.post(one) for one in made]),
            "posts.md": render("posts.md.j2", issue=issue, posts=made).encode(),
            "held-back.md": render("held-back.md.j2", issue=issue).encode(),
        }


def find_seed(desk: Desk, name: str) -> Summary:
    """The clip that an editor names by its path or by eight or more digits of its sha256.

    Raises UsageError where none or several fit.
    """
    if len(name) >= 8 and set(name) <= set("0123456789abcdef"):  # noqa: PLR2004 -- the contract's eight digits
        found = [one for one in desk.summaries if one.seed.startswith(name)]
    else:
        found = [one for one in desk.summaries if one.path == name or one.path.endswith(f"/{name}")]
    if len({one.seed for one in found}) == 1:
        return found[0]
    what = "several clips are" if found else "no clip is"
    message = f"{what} called {name!r}; `digest status` lists them with their digits"
    raise UsageError(message)


def _held_back(held: Summary, joined: Mapping[str, str]) -> HeldBack:
    assert held.held  # noqa: S101 -- asked by the caller
    ready = tuple(verdict.quote.text for verdict in held.verdicts if verdict.chosen)
    return HeldBack(
        seed=held.seed,
        path=held.path,
        title=held.label,
        reason=held.held.code,
        message=held.held.message,
        remedy=held.held.remedy,
        quotes_ready=len(ready),
        quotes=ready,
        story=joined.get(held.seed),
    )


def _used(stories: Iterable[story.Story]) -> tuple[str, ...]:
    """The seeds an issue uses up: every voice in it and the copies of it."""
    used = {
        seed: None
        for told in stories
        for source in told.voices
        for seed in (source.seed, *(copy.seed for copy in source.copies))
    }
    return tuple(used)


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def write(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Write the pages of an issue, each whole or not at all; pages of an earlier draft go."""
    import os  # noqa: PLC0415

    written = []
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(path.name + ".tmp")
        draft.write_bytes(data)
        os.replace(draft, path)
        written.append(path)
    for stale in sorted(folder.rglob("*"), reverse=True):
        if stale.is_file() and stale not in written:
            stale.unlink()
    return written
