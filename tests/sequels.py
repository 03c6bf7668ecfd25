"""How well later clips are known to go on with a story told before: `python tests/sequels.py`.

Of two thirds of the invented events of tests/events/ the first two clips are told in an earlier issue; then all other
clips come, those of the events that nobody told too. The events were invented to be hard: several share a company.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import stories

from digest import record
from digest.story import gather

if TYPE_CHECKING:
    from digest.summary import Summary


class Figures(NamedTuple):
    """Updates that go on with a story of their event, those that do not, and later stories not known for one."""

    right: int
    wrong: int
    missed: int
    dropped: int


def measure() -> Figures:
    """Tell the first clips, then the others."""
    rules = stories.rules()
    events: dict[str, list[Summary]] = defaultdict(list)
    for event, one in stories.clips().values():
        events[event].append(one)
    of = {one.seed: event for event, clips in events.items() for one in clips}
    first = [one for at, event in enumerate(sorted(events)) if at % 3 for one in events[event][:2]]
    later = [one for clips in events.values() for one in clips[2:]]
    told = gather(first, rules).stories
    earlier = record.told({"stories": [record.story(one) for one in told]})
    about = {one.id: {of[source.seed] for source in one.sources} for one in told}
    known = set().union(*about.values())
    found = gather(later, rules, earlier=earlier)
    right = wrong = missed = 0
    for story in (*found.stories, *found.repeats):
        mine = {of[source.seed] for source in story.sources}
        if story.update_of is None:
            missed += bool(mine & known)
        elif about[story.update_of] & mine:
            right += 1
        else:
            wrong += 1
    return Figures(right, wrong, missed, len(found.repeats))


if __name__ == "__main__":
    print(measure())
