"""What changed: between two drafts of an issue, and since the issue before, told in an editor's words.

Both sides are records as `issue.json` has them (digest.record.issue); nothing else is known of the older one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from digest.labels import labels

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Record = dict[str, Any]

FIELDS: dict[str, Any] = {"id": None, "subject": "", "stories": [], "held_back": [], "changes": []}
"""What of a record is looked at; an older program's may lack some of it."""


class Difference(NamedTuple):
    """One change. `code` is stable, `text` a sentence in the newsletter's language, `story` the id of the story."""

    code: str
    text: str
    story: str | None = None


def drafts(before: Record | None, after: Record, language: str) -> tuple[Difference, ...]:
    """What changed from one draft of an issue to the next, in reading order; () where the first is of another issue."""
    if before is None or before.get("id") != after.get("id"):
        return ()
    old, new = {**FIELDS, **before}, {**FIELDS, **after}
    say = labels(language)
    found = [*_head(old, new, say), *_gone(old, new, say), *_moved(old, new, say)]
    known = {story["id"]: story for story in old["stories"]}
    for number, story in enumerate(new["stories"], 1):
        was = known.get(story["id"])
        if was is None:
            found.append(
                Difference("story-new", say["c_story_new"].format(n=number, title=story["title"]), story["id"])
            )
        else:
            found += _within(was, story, number, new, say)
    found += _notes(old, new, say)
    return (*found, *_held(old, new, say))


def issues(last: Record | None, this: Record, language: str) -> tuple[Difference, ...]:
    """What is new in an issue beside the last one: stories, those that go on, and outlets not heard then."""
    if last is None:
        return ()
    say = labels(language)
    places = {story["id"]: number for number, story in enumerate(last.get("stories") or [], 1)}
    found = []
    for story in this["stories"]:
        number = places.get(story.get("update_of") or story["id"])
        code = "story-goes-on" if number or story.get("update_of") else "story-first"
        words = say["c_goes_on" if code == "story-goes-on" else "c_first"]
        found.append(Difference(code, words.format(title=story["title"]), story["id"]))
    heard = _outlets(last)
    fresh = [outlet for outlet in _outlets(this) if outlet not in heard]
    if fresh and heard:
        found.append(Difference("outlet-first", say["c_outlets"].format(names=say["enumeration"].join(fresh))))
    return tuple(found)


def _outlets(record: Record) -> list[str]:
    stories = record.get("stories") or []
    names = (
        source.get("outlet")
        for story in stories
        for source in story.get("sources") or []
        if not source.get("held_back")
    )
    return list(dict.fromkeys(filter(None, names)))


def _head(old: Record, new: Record, say: Mapping[str, str]) -> Iterator[Difference]:
    if old["subject"] != new["subject"]:
        yield Difference("subject", say["c_subject"].format(subject=new["subject"]))


def _gone(old: Record, new: Record, say: Mapping[str, str]) -> Iterator[Difference]:
    """Stories that are left out now, each with why, as far as both records tell."""
    there = {story["id"] for story in new["stories"]}
    dropped = {change["id"] for change in new["changes"] if change["key"] == "drop"}
    home = {seed: number for number, story in enumerate(new["stories"], 1) for seed in _seeds(story)}
    held = {held["seed"] for held in new["held_back"]}
    for story in old["stories"]:
        if story["id"] in there:
            continue
        seeds = _seeds(story)
        into = next((home[seed] for seed in seeds if seed in home), None)
        if story["id"] in dropped:
            code, why = "story-dropped", "c_story_dropped"
        elif into:
            code, why = "story-joined", "c_story_joined"
        elif held.intersection(seeds):
            code, why = "story-held", "c_story_held"
        else:
            code, why = "story-gone", "c_story_gone"
        yield Difference(code, say[why].format(title=story["title"], n=into), story["id"])


def _moved(old: Record, new: Record, say: Mapping[str, str]) -> Iterator[Difference]:
    """The fewest stories that must have been moved to come from one order to the other."""
    places = {story["id"]: number for number, story in enumerate(old["stories"])}
    common = [(number, story) for number, story in enumerate(new["stories"], 1) if story["id"] in places]
    stayed = _rising([places[story["id"]] for _, story in common])
    for at, (number, story) in enumerate(common):
        if at not in stayed:
            text = say["c_moved"].format(title=story["title"], n=number)
            yield Difference("story-moved", text, story["id"])


def _rising(values: Sequence[int]) -> set[int]:
    """The places of a longest rising run of values, not necessarily neighbours."""
    runs: list[list[int]] = []
    for at, value in enumerate(values):
        longest: list[int] = max((run for run in runs if values[run[-1]] < value), key=len, default=[])
        runs.append([*longest, at])
    best: list[int] = max(runs, key=len, default=[])
    return set(best)


def _within(was: Record, now: Record, number: int, new: Record, say: Mapping[str, str]) -> Iterator[Difference]:
    story = now["id"]
    if was["title"] != now["title"]:
        yield Difference("title", say["c_title"].format(n=number, title=now["title"]), story)
    yield from _sources(was, now, number, say)
    yield from _quotes(was, now, number, new, say)


def _sources(was: Record, now: Record, number: int, say: Mapping[str, str]) -> Iterator[Difference]:
    """Clips that came to a story, left it, or changed under the same address."""
    before = {source["seed"]: source for source in was["sources"]}
    after = {source["seed"]: source for source in now["sources"]}
    came = [source for seed, source in after.items() if seed not in before]
    left = [source for seed, source in before.items() if seed not in after]
    for source in came:
        old = next((one for one in left if _same(one, source)), None)
        if old:
            left.remove(old)
        code = "source-changed" if old else "source-new"
        text = say["c_source_changed" if old else "c_source_new"].format(n=number, source=_named(source))
        yield Difference(code, text, now["id"])
    for source in left:
        yield Difference("source-gone", say["c_source_gone"].format(n=number, source=_named(source)), now["id"])


def _same(one: Record, other: Record) -> bool:
    """Whether two sources are the same article, clipped at two times."""
    if one.get("link") and other.get("link"):
        return bool(one["link"] == other["link"])
    return bool(one["title"] == other["title"])


def _named(source: Record) -> str:
    return str(source.get("outlet") or source["title"])


def _quotes(was: Record, now: Record, number: int, new: Record, say: Mapping[str, str]) -> Iterator[Difference]:
    """Quotes that came, left or took another's place, by their number in the story."""
    before, after = {one["id"] for one in was["quotes"]}, {one["id"] for one in now["quotes"]}
    left = [(at, one) for at, one in enumerate(was["quotes"], 1) if one["id"] not in after]
    came = [(at, one) for at, one in enumerate(now["quotes"], 1) if one["id"] not in before]
    for place, quote in came:
        pair = next((old for old in left if old[0] == place), None) or (left[0] if left else None)
        if pair:
            left.remove(pair)
            why = _why(pair[1], quote, was, now, new)
            text = say["c_quote_replaced"].format(n=number, m=place, why=say[f"c_why_{why}"])
            yield Difference("quote-replaced", text, now["id"])
        else:
            text = say["c_quote_new"].format(n=number, who=quote.get("speaker") or _by(quote, now))
            yield Difference("quote-new", text, now["id"])
    for place, quote in left:
        why = "held" if _decided(new, "hold", quote["id"]) else _lost(quote, was, now)
        text = say["c_quote_gone"].format(n=number, m=place, why=say[f"c_why_{why}"])
        yield Difference("quote-gone", text, now["id"])


def _by(quote: Record, story: Record) -> str:
    return _named(story["sources"][quote["source"]])


def _why(old: Record, quote: Record, was: Record, now: Record, new: Record) -> str:
    """Why a quote took another's place: the editor, its source, or another clip or rule."""
    if _decided(new, "swap", old["id"]) or _decided(new, "swap", quote["id"]):
        return "you"
    return "held" if _decided(new, "hold", old["id"]) else _lost(old, was, now)


def _lost(quote: Record, was: Record, now: Record) -> str:
    source = was["sources"][quote["source"]]
    if any(one["seed"] == source["seed"] for one in now["sources"]):
        return "other"
    return "source" if any(_same(source, one) for one in now["sources"]) else "clip"


def _decided(record: Record, key: str, about: str) -> bool:
    return any(change["key"] == key and change["id"] == about for change in record["changes"])


def _notes(old: Record, new: Record, say: Mapping[str, str]) -> Iterator[Difference]:
    """Why-it-matters that was written, changed or taken back."""
    before, after = _noted(old), _noted(new)
    for number, story in enumerate(new["stories"], 1):
        words, now = before.get(story["id"]), after.get(story["id"])
        if words != now:
            text = say["c_note" if now else "c_note_gone"].format(n=number)
            yield Difference("note", text, story["id"])


def _noted(record: Record) -> dict[str, str]:
    return {one["id"]: one["after"] for one in record["changes"] if one["key"] == "note" and one["after"]}


def _held(old: Record, new: Record, say: Mapping[str, str]) -> Iterator[Difference]:
    before = {held["seed"] for held in old["held_back"]}
    told = {seed for story in new["stories"] for seed in _seeds(story)}
    for held in new["held_back"]:
        if held["seed"] not in before:
            text = say["c_held"].format(title=held["title"], why=held["message"])
            yield Difference("held", text, held.get("story"))
    for held in old["held_back"]:
        if held["seed"] in told:
            yield Difference("released", say["c_released"].format(title=held["title"]))


def _seeds(story: Record) -> list[str]:
    return [source["seed"] for source in _voices(story["sources"])]


def _voices(sources: Iterable[Record]) -> list[Record]:
    return [source for source in sources if not source.get("held_back")]
