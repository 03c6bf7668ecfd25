"""Drift: what earlier issues quoted and their sources no longer say, as far as the clips on the desk and folders tell.

A clip that was edited, one that went away, an article that was clipped again and now says something else: readers
who follow the link would not find what they read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from digest.labels import labels

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from digest.summary import Summary

Code = Literal["changed", "reworded", "gone"]


class Printed(NamedTuple):
    """A quote as an issue printed it. `place` is `2.1`: the first of the second story; `seed` its clip's sha256."""

    issue: str
    place: str
    id: str
    text: str
    seed: str
    link: str | None
    title: str


class Drift(NamedTuple):
    """Quotes of one clip in an issue whose source is not what it was.

    `code`: the clip has `changed`, the article was clipped again and is `reworded`, the clip is `gone`. `quotes` are
    their ids, `places` as in Printed; `message` is a sentence for the editor.
    """

    issue: str
    places: tuple[str, ...]
    quotes: tuple[str, ...]
    seed: str
    title: str
    code: Code
    message: str


def printed(issues: Iterable[Mapping[str, object]]) -> tuple[Printed, ...]:
    """The quotes that stand in these issues (`issue.json`), each with its clip."""
    return tuple(quote for issue in issues for quote in _quotes(issue))


def drift(
    quotes: Iterable[Printed], strays: Mapping[str, str | None], summaries: Sequence[Summary], language: str
) -> tuple[Drift, ...]:
    """What has drifted, in the order it was printed; `language` is that of the messages.

    `strays` are the clips that lie in no folder any more: sha256 → that of what lies under the path now, or None.
    """
    texts: dict[str, list[str]] = {}
    again: dict[str, list[tuple[str, str]]] = {}
    for one in summaries:
        texts.setdefault(one.seed, []).append(one.document.text)
        if one.document.source:
            again.setdefault(one.document.source, []).append((one.seed, one.document.text))
    found: dict[tuple[str, str, Code], list[Printed]] = {}
    for quote in quotes:
        code = _code(quote, strays, texts, again)
        if code:
            found.setdefault((quote.issue, quote.seed, code), []).append(quote)
    return tuple(_told(key[2], some, labels(language)) for key, some in found.items())


def _code(
    quote: Printed,
    strays: Mapping[str, str | None],
    texts: Mapping[str, Sequence[str]],
    again: Mapping[str, Sequence[tuple[str, str]]],
) -> Code | None:
    if quote.seed in strays:
        after = strays[quote.seed]
        there = texts.get(after or "", ())
        if any(quote.text in text for text in there):
            return None
        if after:
            return "changed"
    clipped = [text for seed, text in again.get(quote.link or "", ()) if seed != quote.seed]
    if clipped:
        return None if any(quote.text in text for text in clipped) else "reworded"
    return "gone" if quote.seed in strays else None


def _told(code: Code, quotes: Sequence[Printed], say: Mapping[str, str]) -> Drift:
    first = quotes[0]
    places = tuple(one.place for one in quotes)
    message = say[f"d_{code}"].format(places=say["comma"].join(places), issue=first.issue, title=first.title)
    return Drift(first.issue, places, tuple(one.id for one in quotes), first.seed, first.title, code, message)


def _quotes(issue: Mapping[str, object]) -> Iterator[Printed]:
    stories = issue.get("stories")
    for number, story in enumerate(stories if isinstance(stories, list) else (), 1):
        for at, quote in enumerate(story["quotes"], 1):
            source = story["sources"][quote["source"]]
            yield Printed(
                str(issue["id"]),
                f"{number}.{at}",
                quote["id"],
                quote["text"],
                source["seed"],
                source["link"],
                source["title"],
            )
