"""Arrangement: which stories the editor names, orders and leaves out, and for which there is room."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from digest.decision import Edits
    from digest.rule import Book
    from digest.story import Story


class Stories:
    """Stories by what a decision may call them: their ids, then the ids of any of their articles.

    So a decision stays with its story where an earlier article joins, or the earliest is held back.
    """

    def __init__(self, stories: Iterable[Story]) -> None:
        self._by_id = {one.id: one for one in stories}
        self._by_article: dict[str, Story] = {}
        for one in self._by_id.values():
            for name in one.articles:
                self._by_article.setdefault(name, one)

    def find(self, name: str) -> Story | None:
        """The story that a decision is about."""
        return self._by_id.get(name) or self._by_article.get(name)

    def words(self, said: Mapping[str, str]) -> dict[str, tuple[str, str]]:
        """The editor's words for each story by its id, with what the decision calls it; its own id goes before others.

        A decision about another story's article never comes before one that names the story itself.
        """
        found: dict[str, tuple[str, str]] = {}
        for name in sorted(said, key=lambda name: (name not in self._by_id, name)):
            story = self.find(name)
            if story is not None:
                found.setdefault(story.id, (name, said[name]))
        return found


def arranged(stories: Sequence[Story], edits: Edits) -> tuple[list[Story], tuple[Story, ...]]:
    """The stories in the editor's order, then the others as they come, with headlines and notes; and those left out."""
    known = Stories(stories)
    out = {story.id for name in edits.drop if (story := known.find(name))}
    first = list(dict.fromkeys(story.id for name in edits.order if (story := known.find(name))))
    titles, notes = known.words(edits.title), known.words(edits.note)
    told = [
        replace(
            story,
            title=titles[story.id][1] if story.id in titles else story.title,
            note=notes[story.id][1] if story.id in notes else story.note,
        )
        for story in stories
    ]
    told.sort(key=lambda story: first.index(story.id) if story.id in first else len(first))
    return [story for story in told if story.id not in out], tuple(story for story in told if story.id in out)


def capped(stories: Iterable[Story], book: Book) -> tuple[list[Story], list[Story]]:
    """Stories within the quotas, with their quotes, and those for which there is no room: the weightier comes first."""
    most = {section.id: section.most for section in book.sections}
    held: dict[str, int] = {}
    shown: list[Story] = []
    passed: list[Story] = []
    for story in stories:
        of = story.section or ""
        cap = most.get(of)
        cap = book.quotas.section if cap is None else cap
        full = story.section and held.get(of, 0) >= cap
        if full or (book.quotas.stories and len(shown) >= book.quotas.stories):
            passed.append(story)
            continue
        held[of] = held.get(of, 0) + 1
        shown.append(story)
    return _with_room(shown, book.quotas.issue), passed


def _with_room(stories: Sequence[Story], left: int) -> list[Story]:
    """Stories with their best quotes, so many in all; every story keeps one, whatever those before it could use."""
    later = sum(1 for story in stories if story.quotes)
    made = []
    for story in stories:
        later -= bool(story.quotes)
        best = sorted(story.quotes, key=lambda pick: (not pick.pinned, -pick.score, pick.source, pick.quote.start))
        best = best[: max(left - later, 1)]
        left -= len(best)
        made.append(replace(story, quotes=tuple(pick for pick in story.quotes if pick in best)))
    return made
