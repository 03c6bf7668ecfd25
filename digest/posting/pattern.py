"""The patterns of a post: how a quotation, its speaker and its link are laid out and made to fit.

What is too long loses its hashtags, then the role, then the headline; then the quotation is shortened, if that
can be done honestly (digest.posting.fitting), and else the pattern is refused. The speaker and the link always stay.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, Protocol
from urllib.parse import unquote, urlsplit

from digest import late
from digest.errors import Problem, TemplateError
from digest.link import linked
from digest.posting import wording
from digest.posting.fitting import fit, is_balanced, leans
from digest.posting.weight import graphemes, length
from digest.posting.wording import Voice, phrases

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from digest.posting.platform import Platform
    from digest.story import Source

Facet = dict[str, object]

_SHOWN_PATH = 15
"""Characters of a path that Bluesky's own client shows of an address."""


class Renderer(Protocol):
    """What a pattern needs of the templates (digest.template.Templates is one)."""

    def render(self, name: str, /, **values: object) -> str:
        """A template filled in."""


class Address(NamedTuple):
    """A link in a post: what is shown of it, the link itself, and where the facet over it leads."""

    shown: str
    link: str
    target: str | None = None


class Sheet(NamedTuple):
    """A post as it is laid out, before it becomes a Post."""

    pattern: str
    text: str
    addresses: tuple[Address, ...]
    voices: tuple[Voice, ...]
    is_cut: bool = False
    items: tuple[Sheet, ...] = ()

    @property
    def facets(self) -> tuple[Facet, ...]:
        """What leads where in the text, by UTF-8 bytes, end exclusive."""
        found: list[Facet] = []
        end = len(self.text)
        for address in reversed([one for one in self.addresses if one.target]):
            end = self.text.rindex(address.shown, 0, end)
            start = len(self.text[:end].encode())
            found.insert(0, {"byteStart": start, "byteEnd": start + len(address.shown.encode()), "uri": address.target})
        return tuple(found)


class Layout(NamedTuple):
    """What every pattern of one platform needs. `tags` are words; `utm` the campaign keys of links."""

    platform: Platform
    templates: Renderer
    tags: tuple[str, ...] = ()
    utm: Mapping[str, str] | None = None

    def address(self, source: Source, fragment: str | None = None) -> Address:
        """The link of an article, or of the place of a quotation in it, in the form the platform keeps."""
        page, form = source.link or "", self.platform.link
        plain = linked(page, None, self.utm)
        if form in ("plain", "none"):
            return Address(plain if form == "plain" else "", plain)
        deep = linked(page, fragment, self.utm) if fragment else plain
        if form == "short":
            return Address(shortened(plain), deep, deep)
        if form == "hidden":
            return Address(plain, plain, deep)
        # A host whose top-level domain the platform does not know counts in full: then the shorter link.
        shown = min(deep, plain, key=lambda link: length(link, self.platform.name))
        return Address(shown, shown)

    def fits(self, text: str) -> bool:
        """Whether the platform takes the text: by its own unit, by bytes where it counts them, and as no reply."""
        most = self.platform.bytes
        if text.startswith("@"):
            return False
        return length(text, self.platform.name) <= self.platform.limit and (most is None or len(text.encode()) <= most)

    def tag_line(self) -> str:
        """The hashtags as the platform writes them."""
        return " ".join(self.platform.tag.format(tag) for tag in self.tags[: self.platform.tags])

    def render(self, name: str, must: Sequence[str], /, **values: object) -> str:
        """A template of `templates/posts/` filled in. TemplateError where words, speaker or link are lost in it."""
        path = f"posts/{name}.txt.j2"
        text = re.sub(r"\n{3,}", "\n\n", self.templates.render(path, platform=self.platform.name, **values)).strip()
        for part in must:
            if part not in text:
                raise TemplateError(
                    Problem(f"templates/{path}", f"the post lost {part!r}; quotation, speaker and link must stand")
                )
        return text


def shortened(url: str) -> str:
    """An address as Bluesky's client shows it: no scheme, no `www.`, a long path cut; `%E4%B8%AD` as 中."""
    parts = urlsplit(url)
    path = "".join(unquote(parts.path + (f"?{parts.query}" if parts.query else "")).split())
    path = "" if path == "/" else path
    return parts.netloc.removeprefix("www.") + (path[: _SHOWN_PATH - 2] + "…" if len(path) > _SHOWN_PATH else path)


Levels = tuple[tuple[bool, bool, bool], ...]

# What may be left out, most first: hashtags, role, headline.
_LEVELS: Levels = ((True, True, True), (False, True, True), (False, False, True), (False, False, False))
_KEPT_HEADLINE: Levels = _LEVELS[:-1]


def _fitted(
    layout: Layout, voice: Voice, make: Callable[[str, bool, bool, bool], str], levels: Levels = _LEVELS
) -> tuple[str, str] | None:
    """The fullest post that fits, and the words of the quotation in it; None where nothing honest does.

    `make(words, tags, role, headline)` lays the post out; `levels` say what of these it may lose.
    """
    whole = voice.words
    for level in levels:
        if layout.fits(text := make(whole, *level)):
            return text, whole
    bare = make("", *levels[-1])
    room = layout.platform.limit - length(bare, layout.platform.name)
    # The frame may count a little more around words than around nothing.
    for narrower in (0, 2, 6):
        kept = fit(whole, room - narrower, layout.platform.name) if room > narrower else None
        if kept is None:
            return None
        for level in levels:
            if layout.fits(text := make(kept, *level)):
                return text, kept
    return None


def quote(layout: Layout, voice: Voice) -> Sheet | None:
    """“Q” / ——speaker，role / headline / link; the article's own words as the article's."""
    address = layout.address(voice.source, voice.pick.fragment)
    weibo = layout.platform.name == "weibo"

    def make(words: str, tags: bool, role: bool, headline: bool) -> str:  # noqa: FBT001 -- the levels above
        return layout.render(
            "weibo" if weibo else "quote",
            (words, address.shown, voice.speaker or "" if voice.is_named else ""),
            quote=voice.form(words),
            by=voice.by(role=role),
            title=voice.source.title if headline and not voice.names_headline else "",
            headline=voice.headline(with_outlet=voice.is_said) if headline and not voice.names_headline else "",
            label=phrases(voice.language)["original"],
            outlet=voice.outlet if headline else "",
            link=address.shown,
            tags=layout.tag_line() if tags else "",
            words=phrases(voice.language),
            language=voice.language,
        )

    # The article's own words say little without its headline, so they are shortened before it goes.
    made = None if voice.is_said else _fitted(layout, voice, make, _KEPT_HEADLINE)
    return _sheet("quote" if voice.is_said else "report", voice, address, made or _fitted(layout, voice, make))


def headline(layout: Layout, source: Source, language: str) -> Sheet | None:
    """The headline, its outlet and the link, where no quotation can stand; cut at a mark if it must be."""
    address = layout.address(source)
    told, title = phrases(language), source.title.strip()
    weibo = layout.platform.name == "weibo"

    def make(words: str, tags: str) -> str:
        line = wording.headline(replace(source, title=words), language)
        return layout.render(
            "weibo" if weibo else "quote",
            (words, address.shown),
            quote="" if weibo else line,
            by="",
            title=words if weibo else "",
            headline="",
            label=told["original"],
            outlet=wording.outlet(source),
            link=address.shown,
            tags=tags,
            words=told,
            language=language,
        )

    for tags in (layout.tag_line(), ""):
        if layout.fits(text := make(title, tags)):
            return Sheet("headline", text, (address,), ())
    room = layout.platform.limit - length(make("", ""), layout.platform.name)
    kept = headline_within(title, room, layout.platform.name)
    return Sheet("headline", text, (address,), ()) if kept and layout.fits(text := make(kept, "")) else None


def question(layout: Layout, voice: Voice) -> Sheet | None:
    """What was asked / “Q”, the whole beginning of the answer / ——speaker / link; None where no question is known."""
    asked, address = voice.pick.quote.question, layout.address(voice.source, voice.pick.fragment)
    if not asked or not voice.is_named or leans(asked) or leans(voice.words):
        return None
    line = phrases(voice.language)["asked"].format(question=asked)

    def make(words: str, tags: bool, role: bool, headline: bool) -> str:  # noqa: FBT001 -- the levels above
        return layout.render(
            "quote",
            (asked, words, address.shown, voice.speaker or ""),
            quote=f"{line}\n{voice.form(words)}",
            by=voice.by(role=role),
            headline=voice.headline() if headline else "",
            link=address.shown,
            tags=layout.tag_line() if tags else "",
            words=phrases(voice.language),
            language=voice.language,
        )

    # An answer that is cut may not answer any more.
    texts = (make(voice.words, *level) for level in _LEVELS)
    text = next((text for text in texts if layout.fits(text)), None)
    return Sheet("question", text, (address,), (voice,)) if text else None


def number(layout: Layout, voice: Voice) -> Sheet | None:
    """The sentence with the figure, verbatim and without marks / source: outlet / link."""
    address = layout.address(voice.source, voice.pick.fragment)
    told = phrases(voice.language)
    weibo = layout.platform.name == "weibo"

    def make(words: str, tags: bool, _: bool, headline: bool) -> str:  # noqa: FBT001 -- the levels above
        title = voice.headline(with_outlet=False) if headline or not voice.outlet else ""
        return layout.render(
            "weibo" if weibo else "quote",
            (words, address.shown, voice.outlet),
            quote=words,
            by="" if weibo else told["source"] + " · ".join(filter(None, (voice.outlet, title))),
            title=voice.source.title if headline else "",
            headline="",
            label=told["source"],
            outlet=voice.outlet,
            link=address.shown,
            tags=layout.tag_line() if tags else "",
            words=told,
            language=voice.language,
        )

    return _sheet("number", voice, address, _fitted(layout, voice, make))


def card(layout: Layout, voice: Voice) -> Sheet | None:
    """What goes beside a quote card: quotation, speaker, and the article by name where no link may stand."""
    address = layout.address(voice.source, voice.pick.fragment)

    def make(words: str, tags: bool, role: bool, _: bool) -> str:  # noqa: FBT001 -- the levels above
        return layout.render(
            "card",
            (words, voice.source.title.strip()),
            quote=voice.form(words),
            by=voice.by(role=role) if voice.is_named else "",
            label=phrases(voice.language)["source"],
            headline=voice.headline(),
            tags=layout.tag_line() if tags else "",
            words=phrases(voice.language),
            language=voice.language,
        )

    return _sheet("card", voice, address, _fitted(layout, voice, make))


def listed(layout: Layout, voices: Sequence[Voice]) -> Sheet | None:
    """Several whole quotations of one article, its headline above, its link below; None where they do not fit."""
    address = layout.address(voices[0].source)
    for tags in (True, False):
        text = layout.render(
            "list",
            (*(voice.words for voice in voices), address.shown),
            quotes=[(voice.form(voice.words), voice.by()) for voice in voices],
            label=phrases(voices[0].language)["original" if address.shown else "source"],
            headline="" if layout.platform.title else voices[0].headline(with_outlet=False),
            outlet=voices[0].outlet if address.shown else voices[0].headline(),
            link=address.shown,
            tags=layout.tag_line() if tags else "",
            words=phrases(voices[0].language),
            language=voices[0].language,
        )
        if layout.fits(text):
            return Sheet("list", text, (address,), tuple(voices))
    return None


def contrast(layout: Layout, one: Voice, other: Voice) -> Sheet | None:
    """A：“…” / B：“…” / both links; both sources, or nothing."""
    addresses = (layout.address(one.source, one.pick.fragment), layout.address(other.source, other.pick.fragment))

    def make(words: str, others: str, *, tags: bool) -> str:
        return layout.render(
            "contrast",
            (words, others, *(address.shown for address in addresses)),
            one=one.line(words),
            other=other.line(others),
            link=addresses[0].shown,
            other_link=addresses[1].shown,
            tags=layout.tag_line() if tags else "",
            words=phrases(one.language),
            language=one.language,
        )

    for tags in (True, False):
        if layout.fits(text := make(one.words, other.words, tags=tags)):
            return Sheet("contrast", text, addresses, (one, other))
    name = layout.platform.name
    room = layout.platform.limit - length(make("", "", tags=False), name) - 2
    lengths = (length(one.words, name), length(other.words, name))
    share = max(room // 2, room - lengths[1])
    kept = fit(one.words, share, name)
    others = fit(other.words, room - min(share, lengths[0]), name) if kept else None
    if not kept or not others or not layout.fits(text := make(kept, others, tags=False)):
        return None
    return Sheet("contrast", text, addresses, (one, other), is_cut=(kept, others) != (one.words, other.words))


def thread(layout: Layout, title: str, source: Source, voices: Sequence[Voice]) -> Sheet | None:
    """`1/n` headline and link; then one quotation with its own link an item. None with fewer than two that fit."""
    address = layout.address(source)
    count = len(voices) + 1
    items = [_item(layout, voice, f"{at}/{count}") for at, voice in enumerate(voices, 2)]
    kept = [item for item in items if item]
    if len(kept) < 2 or count > 9:
        return None
    if len(kept) < len(items):
        return thread(layout, title, source, [item.voices[0] for item in kept])
    for tags in (layout.tag_line(), ""):
        text = _in_thread(layout, f"1/{count} {title}", "", address, tags, kept[0].voices[0])
        if layout.fits(text):
            cut = any(item.is_cut for item in kept)
            return Sheet(
                "thread", text, (address,), tuple(item.voices[0] for item in kept), is_cut=cut, items=tuple(kept)
            )
    return None


def _item(layout: Layout, voice: Voice, count: str) -> Sheet | None:
    address = layout.address(voice.source, voice.pick.fragment)

    def make(words: str, _: bool, role: bool, __: bool) -> str:  # noqa: FBT001 -- the levels above
        return _in_thread(layout, f"{count} {voice.form(words)}", voice.by(role=role), address, "", voice)

    return _sheet("quote", voice, address, _fitted(layout, voice, make))


def _in_thread(layout: Layout, line: str, by: str, address: Address, tags: str, voice: Voice) -> str:
    return layout.render(
        "quote",
        (line, address.shown),
        quote=line,
        by=by,
        headline="",
        link=address.shown,
        tags=tags,
        words=phrases(voice.language),
        language=voice.language,
    )


def _sheet(pattern: str, voice: Voice, address: Address, made: tuple[str, str] | None) -> Sheet | None:
    if made is None:
        return None
    return Sheet(pattern, made[0], (address,), (voice,), is_cut=made[1] != voice.words)


_LABEL = late.regex(r"^(?:【[^【】]{1,12}】|\[[^\[\]]{1,12}\])\s{0,2}(?=\S)")
_MARK = late.regex(r"[？！?!]|[，。；：、,;:｜|]|[—–]+|\s[-|]\s")
_SPACE = late.regex(r"(?<=[A-Za-z]{4})\s(?=\S)")


def headline_within(title: str, limit: int, counter: str) -> str | None:
    """A headline of at most `limit`: the whole, else its longest beginning that ends at a mark, else None.

    A label in front (`【独家】`) goes first. A question keeps its mark, what turns (但…) is not cut off, and no
    quotation mark or bracket is left open. Where no mark is near, words go at a space, and `…` says so.
    """
    if length(title, counter) <= limit:
        return title
    title = _LABEL.sub("", title)
    for mark in reversed(list(_MARK.finditer(title))):
        kept = title[: mark.end() if mark[0] in "？！?!" else mark.start()].strip()
        whole = len(graphemes(kept)) >= 4 and is_balanced(kept)
        if whole and length(kept, counter) <= limit and not leans(title[mark.end() :].lstrip()):
            return kept
    for space in reversed(list(_SPACE.finditer(title))):
        kept = f"{title[: space.start()]}…"
        fits = limit // 2 <= length(kept, counter) <= limit
        if fits and is_balanced(kept) and not leans(title[space.end() :]):
            return kept
    return None
