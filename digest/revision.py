"""A revision: what the editor's decisions make of clips, and what they have changed on an issue."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from digest import link, summary
from digest.decision import Edits
from digest.gathering.arrangement import Stories
from digest.gathering.identity import article
from digest.issue import Change

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from digest.issue import Issue
    from digest.rule import Book
    from digest.story import Gathered, Story
    from digest.summary import Summary


def decided(made: Summary, edits: Edits, book: Book) -> Summary:
    """A clip with the decisions about it: its address, its single quotes, and whether it stays out.

    A clip that is held stays out though it was released; one that is released without an address stays out unless it
    may go `unlinked`. What is decided about single quotes holds in both.
    """
    released = edits.release.get(made.seed)
    if released and released.source and (made.document.source is None or not made.part):
        warnings = tuple(warn for warn in made.document.warnings if warn.code != "no-source")
        document = replace(made.document, source=link.canonical(released.source), warnings=warnings)
        made = replace(made, document=document, held=summary.held(document, made.quotes, seed=made.seed))
    made = summary.revised(made, edits, book)
    if not edits.hold.isdisjoint((made.clip, made.seed)):
        remedy = f"digest undo hold {made.seed[:8]}"
        return replace(made, held=summary.Held("held-by-editor", "you held it back", remedy))
    if released and made.held and (made.document.source or released.unlinked):
        return replace(made, held=None)
    return made


def subjects(edits: Edits, name: str, options: Sequence[str]) -> tuple[str, ...]:
    """The subjects of the issue of this id, the editor's first where there is one; as many as there were."""
    own = edits.subject.get(name)
    return tuple(options) if own is None else tuple(dict.fromkeys((own, *options)))[: max(len(options), 1)]


def changes(
    edits: Edits, issue: Issue, gathered: Gathered, clips: Sequence[Summary], plain: str, say: Mapping[str, str]
) -> tuple[Change, ...]:
    """What the editor changed on an issue, in reading order; last what did not apply.

    `plain` is the subject without the editor, `say` the newsletter's labels. A decision that is about no clip, quote or
    story of the issue did not apply; subjects of other issues are passed over.
    """
    if edits == Edits():
        return ()
    found = _Found(edits, issue, gathered, clips, say)
    applied = [*_of_issue(found, plain), *(one for story in issue.stories for one in found.of_story(story))]
    applied += [*found.dropped(), *found.of_clips()]
    return (*applied, *found.unapplied(applied))


def _of_issue(found: _Found, plain: str) -> Iterator[Change]:
    """The subject, and the places of stories: by weight and as they are."""
    edits, issue = found.edits, found.issue
    if issue.id in edits.subject:
        yield Change("subject", issue.id, plain, issue.subject)
    shown = Stories(issue.stories)
    places = {one.id: place for place, one in enumerate(issue.stories, 1)}
    weighed = sorted(issue.stories, key=lambda one: (-one.weight, one.id))
    before = {one.id: place for place, one in enumerate(weighed, 1)}
    for name in edits.order:
        if story := shown.find(name):
            yield Change("order", name, str(before[story.id]), str(places[story.id]))


class _Found(NamedTuple):
    """The decisions beside an issue and what lies on the desk."""

    edits: Edits
    issue: Issue
    gathered: Gathered
    clips: Sequence[Summary]
    say: Mapping[str, str]

    def of_story(self, story: Story) -> Iterator[Change]:
        """What was changed in a story."""
        own = story.sources[0].title
        shown = Stories(self.issue.stories)
        for key, said, before in (("title", self.edits.title, own), ("note", self.edits.note, None)):
            for at, (name, words) in shown.words(said).items():
                if at == story.id:
                    yield Change(key, name, before, words)
        here = {*members(story)}
        inside = {name for one in self.clips for name in (one.clip, one.seed) if one.clip in here}
        for clips in self.edits.join:
            titles = dict.fromkeys(self.gathered.alone[name] for name in clips if name in inside)
            if len(inside.intersection(clips)) > 1:
                yield Change("join", story.id, " + ".join(titles), story.title)
        for clips in self.edits.split:
            there = inside.intersection(clips)
            if there:
                yield Change("split", story.id, self.gathered.alone[min(there)], story.title)
        yield from self._quotes([one for one in self.clips if one.clip in here])

    def _quotes(self, clips: Iterable[Summary]) -> Iterator[Change]:
        told: dict[tuple[str, str], Change] = {}
        for clip in clips:
            pinned = {verdict.quote.id: verdict.quote.text for verdict in clip.verdicts if verdict.pinned}
            for verdict in sorted(clip.out, key=lambda one: one.quote.start):
                name, text = verdict.quote.id, verdict.quote.text
                if name in self.edits.hold:
                    told["hold", name] = Change("hold", name, text)
                if self.edits.swap.get(name) in pinned:
                    told["swap", name] = Change("swap", name, text, pinned[self.edits.swap[name]])
        yield from told.values()

    def dropped(self) -> Iterator[Change]:
        """The stories left out."""
        out = Stories(self.gathered.dropped)
        for name in sorted(self.edits.drop):
            if story := out.find(name):
                yield Change("drop", name, story.title)

    def of_clips(self) -> Iterator[Change]:
        """The clips held back and let out, and those joined or split that are in no story of the issue."""
        there = {name: one for one in reversed(self.clips) for name in (one.clip, one.seed)}
        shown = {name for story in self.issue.stories for name in members(story)}
        for key, lists, least in (("join", self.edits.join, 2), ("split", self.edits.split, 1)):
            for clips in lists:
                found = [name for name in clips if name in there]
                if len(found) >= least and not any(there[name].clip in shown for name in found):
                    before = " + ".join(dict.fromkeys(self.gathered.alone[name] for name in found))
                    yield Change(key, found[0], before, " · ".join(there[name].label for name in found))
        for name in sorted(self.edits.hold & there.keys()):
            yield Change("hold", name, there[name].label)
        for name, release in sorted(self.edits.release.items()):
            if name in there and not there[name].held:
                how = release.source or (self.say["unlinked"] if release.unlinked else None)
                yield Change("release", name, None, " · ".join(filter(None, (there[name].label, how))))

    def unapplied(self, applied: Collection[Change]) -> Iterator[Change]:
        """What was decided and is about nothing in the issue; `after` is what was wanted."""
        done = {(one.key, one.id) for one in applied}
        edits = self.edits
        wanted: list[tuple[str, str, str | None]] = [("order", name, None) for name in edits.order]
        wanted += [("title", *each) for each in sorted(edits.title.items())]
        wanted += [("note", *each) for each in sorted(edits.note.items())]
        wanted += [("swap", *each) for each in sorted(edits.swap.items())]
        wanted += [("drop", name, None) for name in sorted(edits.drop)]
        wanted += [("hold", name, None) for name in sorted(edits.hold)]
        wanted += [("release", name, each.source) for name, each in sorted(edits.release.items())]
        wanted = [one for one in wanted if one[:2] not in done]
        yield from (Change(key, name, None, after, applied=False) for key, name, after in wanted)
        there = {name for one in self.clips for name in (one.clip, one.seed)}
        for key, lists, least in (("join", edits.join, 2), ("split", edits.split, 1)):
            for clips in lists:
                if len(there.intersection(clips)) < least:
                    yield Change(key, clips[0], None, None, applied=False)


def members(story: Story) -> Iterator[str]:
    """The clips of a story."""
    for source in story.sources:
        yield source.clip
        yield from (copy.clip for copy in source.copies)


def gone(edits: Edits, clips: Sequence[Summary], issue: Issue) -> frozenset[tuple[str, str]]:
    """The decisions, by key and id, that are about nothing on the desk at all; lists of clips by their first.

    `issue` is the one that goes out next: the subjects of others are gone.
    """
    seeds = {name for one in clips for name in (one.clip, one.seed)}
    quotes = {verdict.quote.id for one in clips for verdict in one.verdicts}
    stories = {article(one) for one in clips} | {one.id for one in issue.stories}
    left = {("subject", name) for name in edits.subject if name != issue.id}
    for key in ("title", "note", "order", "drop"):
        left |= {(key, name) for name in getattr(edits, key) if name not in stories}
    left |= {("hold", name) for name in edits.hold if name not in seeds | quotes}
    left |= {("release", name) for name in edits.release if name not in seeds}
    left |= {("swap", old) for old, new in edits.swap.items() if old not in quotes or new not in quotes}
    left |= {("join", clips[0]) for clips in edits.join if len(seeds.intersection(clips)) < 2}
    return frozenset(left | {("split", clips[0]) for clips in edits.split if not seeds.intersection(clips)})
