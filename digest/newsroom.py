"""The newsroom: the whole recipe on a page. Seeds in, drafts out; nothing is sent from here."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from digest import drift, inbox, link, record, revision, storage, story
from digest.bucket import Mirror
from digest.channels import Dispatch
from digest.decision import Edits
from digest.draft import chat_message, draft_email, held_back_page, posts_page
from digest.edition.subject import preheader, subjects
from digest.issue import HeldBack, Issue
from digest.labels import labels
from digest.post import posts
from digest.reader import Reader
from digest.remainder import Aside, Memory, remainder
from digest.slot import issue_id
from digest.template import Templates

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    from digest.check import Finding
    from digest.document import Document
    from digest.draft import Email, Post
    from digest.inbox import File
    from digest.quote import Quote
    from digest.seed import Seed
    from digest.settings import Settings
    from digest.slot import Slot
    from digest.summary import Summary


_NONE = Edits()
_BLANK = Memory()
HELD = "held-back.md"
"""The page of what stays out, for the editor only."""

CARDS = "cards"
"""The folder of an issue's quote cards, which `digest cards` draws and a new draft leaves alone."""


class Desk(NamedTuple):
    """What lies on the desk before an issue is made: clips that were read, and files that could not be.

    `edits` are the editor's decisions about them, `memory` is what is remembered of earlier issues.
    `more` and `more_held` count clips that wait beside these: an issue is made of the best.
    """

    summaries: tuple[Summary, ...]
    unread: tuple[HeldBack, ...]
    edits: Edits = _NONE
    memory: Memory = _BLANK
    more: int = 0
    more_held: int = 0

    @property
    def held(self) -> tuple[Summary, ...]:
        """The clips that were read and stay out."""
        return tuple(one for one in self.summaries if one.held)


class Drafts(NamedTuple):
    """An issue and everything that is made of it: the pages an editor looks at and what channels send."""

    issue: Issue
    email: Email
    posts: tuple[Post, ...]
    pages: Mapping[str, bytes]
    dispatches: tuple[Dispatch, ...]
    checks: tuple[Finding, ...] = ()


class Newsroom:
    """One newsletter at work: reads what lies in its folders and drafts issues from it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.reader = Reader(settings)
        self.templates = Templates(settings.home)
        self._mirrors = tuple(Mirror(bucket, storage.opened) for bucket in settings.buckets)

    def fetch(self, *, patient: bool = False) -> int:
        """Bring the mirrors of buckets up to date; how many buckets are away. `patient` as in `files`."""
        return sum(bool(mirror.refresh(patient=patient)) for mirror in self._mirrors)

    def files(self, *, patient: bool = False) -> list[File]:
        """The seed files that are finished. `patient` waits once for those written just now.

        Raises BucketError where a bucket was never fetched whole.
        """
        self.fetch(patient=patient)
        for mirror in self._mirrors:
            mirror.check()
        found = list(inbox.scan(self.settings.seeds))
        if patient and not all(file.settled(time.time()) for file in found):
            time.sleep(inbox.SETTLED)
            found = list(inbox.scan(self.settings.seeds))
        return [file for file in found if file.settled(time.time())]

    def read(self, seed: Seed) -> list[tuple[Document, tuple[Quote, ...]]]:
        """The documents in a seed, each with its quotes. Raises SeedError where it holds none."""
        return self.reader.read(seed)

    def link(self, document: Document, found: Quote) -> str | None:
        """The address that opens a document's page at a quote; None where the document has no address."""
        if document.source is None:
            return None
        return link.linked(document.source, link.text_fragment(document.text, found.start, found.end, document.seams))

    def desk(
        self,
        files: Iterable[File],
        used: frozenset[str] = frozenset(),
        edits: Edits = _NONE,
        memory: Memory = _BLANK,
    ) -> Desk:
        """Read the files and judge their quotes; what an earlier issue used, and second copies, are left out.

        `edits` are the editor's decisions, `memory` is what is remembered of earlier issues; the desk keeps both for
        the draft that is made of it.
        """
        asked = {*edits.release, *edits.hold, *chain.from_iterable((*edits.split, *edits.join))}
        laid = self.reader.lay(files, used, frozenset(name.partition("/")[0] for name in asked))
        summaries = tuple(revision.decided(one, edits, self.settings.book) for one in laid.summaries)
        return Desk(summaries, laid.unread, edits, memory, laid.more, laid.more_held)

    def issue(self, slot: Slot, number: int, desk: Desk, name: str | None = None) -> Issue:
        """The issue of a slot from what lies on the desk; `name` is its id where it is not the slot's own."""
        settings = self.settings
        gathered = story.gather(
            desk.summaries,
            settings.book,
            earlier=desk.memory.told,
            language=settings.masthead.language,
            edits=desk.edits,
        )
        held, used = self.held_back(desk, gathered.joined), _used(gathered.stories)
        plain = subjects(gathered.stories, settings.masthead, number)
        name = name or issue_id(slot.day, settings.schedule.days)
        options = revision.subjects(desk.edits, name, plain)
        made = Issue(
            id=name,
            number=number,
            day=slot.day,
            masthead=settings.masthead,
            subject=options[0],
            subjects=options,
            preheader=preheader(gathered.stories, options[0], settings.masthead),
            stories=gathered.stories,
            held_back=held,
            seeds=used,
            sections={one.id: one.name(settings.masthead.language) for one in settings.book.sections},
            remainder=remainder(
                desk.summaries,
                gathered,
                [Aside(one.seed, one.title, one.reason, one.message) for one in held if one.seed],
                used,
                desk.memory,
                settings.masthead.language,
            ),
            errata=desk.memory.errata,
            drift=drift.drift(desk.memory.printed, desk.memory.strays, desk.summaries, settings.masthead.language),
            years=desk.memory.years,
        )
        said = labels(settings.masthead.language)
        return replace(made, changes=revision.changes(desk.edits, made, gathered, desk.summaries, plain[0], said))

    def draft(
        self, slot: Slot, number: int, desk: Desk, name: str | None = None, posted: frozenset[str] = frozenset()
    ) -> Drafts:
        """Make the issue of a slot, and everything that is sent of it.

        `name` is as in `issue`, `posted` the keys of what was posted before.
        """
        settings = self.settings
        issue = self.issue(slot, number, desk, name)
        email = draft_email(issue, self.templates, at=slot.due)
        made = tuple(
            one
            for told in issue.stories
            for one in posts(
                replace(told, section=issue.sections.get(told.section or "")),  # its name, for the hashtag
                settings.masthead,
                settings.platforms,
                self.templates,
                settings.platforms,
                settings.utm,
                posted,
            )
        )
        return Drafts(issue, email, made, self._pages(issue, email, made), self._dispatches(issue, email, made))

    def trial(self, drafts: Drafts, name: str, at: datetime) -> tuple[Dispatch, ...]:
        """What is sent of an issue, marked as a test in its subject and under another id; `at` dates the email."""
        mark = labels(drafts.issue.language)["test"]
        issue = replace(drafts.issue, id=name, subject=f"{mark}{drafts.issue.subject}")
        return self._dispatches(issue, draft_email(issue, self.templates, at=at), drafts.posts)

    def held_back(self, desk: Desk, joined: Mapping[str, str]) -> tuple[HeldBack, ...]:
        """What stays out, with the reason in the newsletter's language and the quotes that stand ready.

        `joined` are the stories that held-back clips are about, by seed.
        """
        say = labels(self.settings.masthead.language)
        return tuple(
            HeldBack(
                seed=one.seed,
                path=one.path,
                title=one.label,
                reason=held.code,
                message=say.get(f"h_{held.code}", held.message),
                remedy=say.get(f"r_{held.code}", held.remedy).format(seed=one.seed[:8]),
                quotes_ready=len(one.chosen),
                quotes=tuple(verdict.quote.text for verdict in one.chosen),
                story=joined.get(one.seed),
                speakers=tuple(verdict.quote.speaker or "" for verdict in one.chosen),
            )
            for one in desk.held
            if (held := one.held)
        ) + tuple(
            one._replace(
                message=say.get(f"h_{one.reason}", one.message),
                remedy=say.get(f"r_{one.reason}", one.remedy).format(seed=one.seed[:8]),
            )
            for one in desk.unread
        )

    def _pages(self, issue: Issue, email: Email, made: tuple[Post, ...]) -> dict[str, bytes]:
        return {
            "issue.json": page(record.issue(issue)),
            "email.html": email.html.encode(),
            "email.txt": email.text.encode(),
            "email.eml": email.message,
            "posts.json": page([record.post(one) for one in made]),
            "posts.md": posts_page(issue, made, self.templates).encode(),
            HELD: held_back_page(issue, self.templates).encode(),
        }

    def _dispatches(self, issue: Issue, email: Email, made: tuple[Post, ...]) -> tuple[Dispatch, ...]:
        record_of, posted = record.issue(issue), [record.post(one) for one in made]
        page, posts_text = chat_message(issue, self.templates), posts_page(issue, made, self.templates)
        return (
            Dispatch("digest", issue.id, issue.subject, page, issue, email, made, record_of, posted),
            Dispatch("posts", issue.id, issue.subject, posts_text, issue, email, made, record_of, posted),
        )


def _used(stories: Iterable[story.Story]) -> tuple[str, ...]:
    """The seeds an issue uses up: every voice in it and the copies of it."""
    sources = [source for told in stories for source in told.voices]
    seeds = [seed for source in sources for seed in (source.seed, *(copy.seed for copy in source.copies))]
    return tuple(dict.fromkeys(seeds))


def page(value: object) -> bytes:
    """A value as a page of JSON."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def write(folder: Path, pages: Mapping[str, bytes]) -> list[Path]:
    """Write pages into a folder, each whole or not at all; what an earlier draft left there goes, but for cards."""
    written = []
    for name, data in pages.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{path.name}.tmp")
        unfinished.write_bytes(data)
        unfinished.replace(path)
        written.append(path)
    for stale in folder.rglob("*"):
        if stale.is_file() and stale not in written and stale.relative_to(folder).parts[0] != CARDS:
            stale.unlink()
    return written
