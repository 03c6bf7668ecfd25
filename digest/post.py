"""Social posts: for each platform, what an editor could post about a story, the best first.

    from digest.post import length, facets, fit

A post says nothing that is not in its quotation, its headline or its byline. Patterns, wording, counting and fitting
are in `digest.posting`.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from digest.fragment import fold
from digest.link import identity, is_address
from digest.posting import autolink, pattern
from digest.posting.dispute import disagree
from digest.posting.fitting import fit, leans
from digest.posting.pattern import Facet, Layout, Renderer, Sheet, headline_within
from digest.posting.platform import platforms as shipped_platforms
from digest.posting.weight import length
from digest.posting.wording import Voice, has_figure, headline, outlet, phrases, tongue
from digest.quote import Quote
from digest.story import Pick

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from digest.issue import Masthead
    from digest.posting.platform import Platform
    from digest.story import Source, Story

__all__ = ["Post", "facets", "fit", "key", "keys", "length", "posts"]

CARDS = 2
"""Cards that are offered for a story."""
LISTED = 3
"""Quotations in a list."""
THREAD = 5
"""Quotations in a thread."""
TELLING = 16
"""Code points above which words are known again on any page; shorter ones (没有。) many people may say."""

_LIVE_MENTIONS = frozenset({"x", "mastodon", "threads", "telegram", "weibo"})
_LIVE_DOMAINS = frozenset({"x", "telegram"})
_MARKS = " .,;:!?。，、；：！？…—-\"'「」『』"
_MENTION = re.compile(r"(?<![\w@])@\w+")


@dataclass(frozen=True, slots=True)
class Post:
    """A social post. `length` is counted by the platform's own rule and never exceeds `limit`.

    `link` is always set; `facets` say by UTF-8 bytes what leads where in `text` (Bluesky, Telegram); `thread`
    holds the further items of a thread and `thread_facets` theirs; `quotes` are the ids of what is quoted;
    `why` says why this pattern and quote; `flags` what an editor should look at; `keys` are what an archive
    remembers of it, so that no later issue posts the same again.
    """

    platform: str
    language: str
    story: str
    pattern: str
    text: str
    length: int
    limit: int
    link: str
    title: str | None = None
    digest: str | None = None
    quotes: tuple[str, ...] = ()
    facets: tuple[Facet, ...] = ()
    thread: tuple[str, ...] = ()
    why: str = ""
    flags: tuple[str, ...] = field(default=())
    thread_facets: tuple[tuple[Facet, ...], ...] = ()
    keys: tuple[str, ...] = ()


def facets(text: str) -> list[Facet]:
    """Bluesky's link facets of a text as its official client finds them; recompute them after any change."""
    return [
        {"byteStart": len(text[:start].encode()), "byteEnd": len(text[:end].encode()), "uri": text[start:end]}
        for start, end in autolink.on_bluesky(text)
    ]


def key(platform: str, link: str, quotation: str) -> str:
    """What tells that a quotation of a page was posted on a platform already, in hex."""
    page = identity(link.partition("#:~:")[0])
    words = fold(quotation).strip(_MARKS)  # one clipper takes the full stop along, another does not
    return hashlib.sha256(f"{platform}|{page}|{words}".encode("utf-8", "replace")).hexdigest()


def keys(platform: str, source: Source, quotation: str) -> tuple[str, ...]:
    """Every key under which a quotation is known: of its page, of each copy's, and of telling words alone.

    A reprint has another address, but its reader has seen the same words.
    """
    pages = [page for page in (source.link, *(copy.link for copy in source.copies)) if page]
    if len(fold(quotation)) > TELLING:
        pages.append("")
    return tuple(dict.fromkeys(key(platform, page, quotation) for page in pages))


def posts(
    story: Story,
    masthead: Masthead,
    platforms: Iterable[str],
    templates: Renderer,
    table: Mapping[str, Platform] | None = None,
    utm: Mapping[str, str] | None = None,
    posted: frozenset[str] = frozenset(),
) -> tuple[Post, ...]:
    """The posts that can be made of a story, platform by platform, the best first.

    Only quotations of sources with an address that are not held back are used. `table` takes the place of the
    shipped limits (`digest.posting.platform.platforms`), `utm` are campaign keys for every link. What `posted`
    knows by one of its `keys` is not posted again: the next candidate is, or nothing. KeyError for a platform that
    is not in the table, TemplateError where a template drops what must stand.
    """
    story = replace(story, sources=tuple(replace(one, title=one.headline) for one in story.sources))
    voices = _voices(story)
    if not any(is_address(source.link or "") for source in story.voices):
        return ()
    main = tongue(story.language)
    if voices and not any(tongue(voice.language) == main for voice in voices):
        main = tongue(voices[0].language)
    mine = [voice for voice in voices if tongue(voice.language) == main]
    other = {tongue(voice.language): voice for voice in reversed(voices) if tongue(voice.language) != main}
    made: list[Post] = []
    for name in platforms:
        layout = Layout((table or shipped_platforms())[name], templates, _tags(story), utm)
        desk = _Desk(story, masthead, layout)

        def is_new(voice: Voice, name: str = name) -> bool:
            return not posted or posted.isdisjoint(keys(name, voice.source, voice.words))

        new = [voice for voice in mine if is_new(voice)]
        made += [desk.post(sheet, why) for sheet, why in _sheets(layout, story, new)]
        if not any(post.platform == name for post in made) and len(new) == len(mine):
            made += [post for post in desk.headline() if posted.isdisjoint(post.keys)]
        for voice in filter(is_new, other.values()):
            sheet = pattern.card(layout, voice) if layout.platform.title else pattern.quote(layout, voice)
            if sheet:
                made.append(desk.post(sheet, "language"))
    return tuple(made)


def _voices(story: Story) -> list[Voice]:
    """What may be quoted, the best first: named speakers, others in quotation marks, the article's own words.

    Among equals one that leans on what was said before it (但是…) comes last.
    """
    voices, seen = [], set()
    for pick in sorted(story.quotes, key=lambda pick: -pick.score):
        source = story.sources[pick.source]
        words = fold(pick.quote.text)
        if source.held_back or pick.quote.asks or words in seen or not is_address(source.link or ""):
            continue
        seen.add(words)
        voices.append(Voice(pick, source, source.language or story.language))
    if not voices and story.lead is not None:
        source = story.sources[story.lead.source]
        if not source.held_back and is_address(source.link or ""):
            words = story.lead.text
            lead = Quote(words, 0, len(words), "highlight")
            voices.append(Voice(Pick(lead, story.lead.source, 0.0, (), None, source.link), source, story.language))
    return sorted(voices, key=lambda voice: (not voice.is_named, not voice.is_said, leans(voice.words)))


def _tags(story: Story) -> tuple[str, ...]:
    """The section as a hashtag, where it is one word to a platform."""
    word = re.sub(r"[\s&/·-]+", "", story.section or "")
    return (word,) if word and re.fullmatch(r"\w{2,20}", word) and not word.isdigit() else ()


def _sheets(layout: Layout, story: Story, voices: Sequence[Voice]) -> Iterator[tuple[Sheet, str]]:
    """The posts for one platform, best first, each with the name of its reason."""
    if layout.platform.title is not None:
        if voices:
            yield from _cards(layout, voices)
        return
    if not story.quotes:
        if sheet := _single(layout, voices):
            yield sheet, "lead"
        return
    used: list[Voice] = []
    if sheet := _single(layout, voices):
        used += sheet.voices
        yield sheet, sheet.pattern
    yield from _pairs(layout, voices)
    figures = (voice for voice in voices if not voice.is_said and voice not in used and has_figure(voice.words))
    if sheet := next(filter(None, (pattern.number(layout, voice) for voice in figures)), None):
        used += sheet.voices
        yield sheet, "number"
    if sheet := next(filter(None, (pattern.question(layout, voice) for voice in voices)), None):
        yield sheet, "question"
    if sheet := _single(layout, [voice for voice in voices if voice not in used]):
        yield sheet, "another" if sheet.pattern == "quote" else "report"
    yield from _several(layout, story, voices)


def _principal(story: Story) -> Source:
    """The first article of a story that can be linked."""
    return next(source for source in story.voices if is_address(source.link or ""))


def _single(layout: Layout, voices: Iterable[Voice]) -> Sheet | None:
    """The first quotation that stands alone on the platform; one that would have to mislead is passed over."""
    return next(filter(None, (pattern.quote(layout, voice) for voice in voices)), None)


def _pairs(layout: Layout, voices: Sequence[Voice]) -> Iterator[tuple[Sheet, str]]:
    """The two best named speakers from two sources who disagree about one thing; nothing where nobody does."""
    named = [voice for voice in voices if voice.is_named]
    for at, other in enumerate(named):
        for one in named[:at]:
            if other.source is not one.source and disagree(one, other):
                if sheet := pattern.contrast(layout, one, other):
                    yield sheet, "contrast"
                return


def _several(layout: Layout, story: Story, voices: Sequence[Voice]) -> Iterator[tuple[Sheet, str]]:
    """A thread where the platform has them, else a list of quotations of one article."""
    said = [voice for voice in voices if voice.is_named]
    if layout.platform.thread:
        if sheet := pattern.thread(layout, story.title, _principal(story), said[:THREAD]):
            yield sheet, "thread"
        return
    same = [voice for voice in said if voice.source is said[0].source][:LISTED]
    if len(same) > 1 and layout.platform.limit > 1000 and (sheet := pattern.listed(layout, same)):
        yield sheet, "list"


def _cards(layout: Layout, voices: Sequence[Voice]) -> Iterator[tuple[Sheet, str]]:
    """What stands beside a quote card, and for a long body several quotations of the best one's article."""
    same = [voice for voice in voices if voice.is_said and voice.source is voices[0].source][:LISTED]
    if layout.platform.digest is not None and len(same) > 1 and (sheet := pattern.listed(layout, same)):
        yield sheet, "list"
        return
    for voice in voices[: 1 if layout.platform.digest is not None else CARDS]:
        if sheet := pattern.card(layout, voice):
            yield sheet, "card"


class _Desk(NamedTuple):
    """Where a sheet becomes a post of a story."""

    story: Story
    masthead: Masthead
    layout: Layout

    def post(self, sheet: Sheet, why: str) -> Post:
        """A sheet with at least one quotation."""
        voice, most = sheet.voices[0], self.layout.platform.digest
        digest = _digest(voice, most) if most is not None else None
        name = self.layout.platform.name
        known = tuple(one for voice in sheet.voices for one in keys(name, voice.source, voice.words))
        return self._post(sheet, voice.source, voice.language, voice.speaker, digest, self._why(sheet, why), known)

    def headline(self) -> list[Post]:
        """Nothing but the headline of the principal article and its link, if that fits."""
        source, most = _principal(self.story), self.layout.platform.digest
        language = source.language or self.story.language
        sheet = pattern.headline(self.layout, source, language)
        digest = headline(source, language)[:most] if most is not None else None
        why = phrases(self.masthead.language)["why"]["headline"]
        known = keys(self.layout.platform.name, source, source.title)
        return [self._post(sheet, source, language, None, digest, why, known)] if sheet else []

    def _post(
        self,
        sheet: Sheet,
        source: Source,
        language: str,
        speaker: str | None,
        digest: str | None,
        why: str,
        known: tuple[str, ...],
    ) -> Post:
        platform = self.layout.platform
        return Post(
            platform=platform.name,
            language=language,
            story=self.story.id,
            pattern=sheet.pattern,
            text=sheet.text,
            length=length(sheet.text, platform.name),
            limit=platform.limit,
            link=sheet.addresses[0].link,
            title=self._title(source, language, speaker),
            digest=digest,
            quotes=tuple(voice.pick.quote.id for voice in sheet.voices),
            facets=sheet.facets,
            thread=tuple(item.text for item in sheet.items),
            why=why,
            flags=tuple(self._flags(sheet)),
            thread_facets=tuple(item.facets for item in sheet.items),
            keys=known,
        )

    def _title(self, source: Source, language: str, speaker: str | None) -> str | None:
        """A headline that fits, of the story or of the article, else who speaks; None where none is wanted."""
        name, limit = self.layout.platform.name, self.layout.platform.title
        if limit is None:
            return None
        counter = "xiaohongshu_title" if name == "xiaohongshu" else name
        own = self.story.title if tongue(language) == tongue(self.story.language) else source.title
        for title in filter(None, (own, source.title, speaker or outlet(source))):
            if kept := headline_within(title.strip(), limit, counter):
                return kept
        last = outlet(source) or own
        return next(last[:end] for end in range(limit, -1, -1) if length(last[:end], counter) <= limit)

    def _why(self, sheet: Sheet, why: str) -> str:
        told = phrases(self.masthead.language)
        what: str = told["why"][why].format(n=len(sheet.voices))
        for_it = sorted((r for r in sheet.voices[0].pick.reasons if r.points > 0), key=lambda reason: -reason.points)
        rules = told["why"]["comma"].join(dict.fromkeys(one.name(self.masthead.language) for one in for_it[:2]))
        return str(told["why"]["because"].format(what=what, rules=rules)) if rules else what

    def _flags(self, sheet: Sheet) -> Iterator[str]:
        """What an editor should look at before this is posted."""
        told = phrases(self.masthead.language)["flags"]
        name = self.layout.platform.name
        words = [voice.words for voice in sheet.voices]
        if name in _LIVE_MENTIONS:
            yield from (told["mention"].format(found=found) for text in words for found in _MENTION.findall(text))
        if name in _LIVE_DOMAINS:
            yield from (told["link"].format(found=text[a:b]) for text in words for a, b in autolink.on_x(text))
        if sheet.is_cut:
            yield told["cut"]
        if any(voice.pick.quote.hearsay for voice in sheet.voices):
            yield told["hearsay"]
        if any(voice.pick.quote.unnamed for voice in sheet.voices):
            yield told["unnamed"]
        if not self.layout.platform.official:
            yield told["unofficial"]


def _digest(voice: Voice, limit: int) -> str:
    """The summary line of an article: speaker and quotation where they fit, else the outlet's name."""
    line = voice.line if voice.is_named else voice.form
    kept = fit(voice.words, limit - len(line("")), "wechat")
    return line(kept) if kept else voice.headline()[:limit]
