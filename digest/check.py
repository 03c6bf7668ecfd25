"""The check before an issue goes out: what an editor would be sorry about, each with where it is and what to do.

Codes, levels and wording are in `config/checks.yaml`. Nothing here asks the network (`digest.reach` does) or decides
whether the issue is sent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from digest import shipped
from digest.draft import CAP
from digest.edition.credit import web
from digest.edition.rendered import rendered
from digest.edition.subject import SUBJECT
from digest.fragment import fold
from digest.link import identity, is_address
from digest.post import length
from digest.sentence import sentences
from digest.typography import CONTROLS, columns, headline

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from digest.draft import Email, Post
    from digest.edition.rendered import Rendered
    from digest.issue import Issue
    from digest.story import Pick, Source, Story

Level = Literal["error", "warning"]

NEAR = 0.9
"""The share of the cap from which the size is worth a warning."""
FAR = timedelta(days=31)
"""How far from today the day of an issue may lie."""
QUOTED = 8
"""Characters from which words in quotation marks are looked for in the clips; shorter ones are terms."""
LONGEST = 200
"""Characters of what was found that are told."""


class Finding(NamedTuple):
    """Something wrong: `code` and `level` are stable, `where` the page and place, `found` the very words or address.

    `message` and `remedy` are sentences in the newsletter's language (Chinese or English).
    """

    code: str
    level: Level
    where: str
    found: str
    message: str
    remedy: str

    @property
    def serious(self) -> bool:
        """Whether the issue should not go out like this."""
        return self.level == "error"


@dataclass(frozen=True, slots=True)
class Context:
    """What is known beside the drafts. Absent, the checks that need it are left out.

    `texts` are the documents' texts by the sha256 of their seed; `before` the last issue's record (`issue.json`);
    `mailed` says that mail is sent by us, so that sender and unsubscribe are errors, not warnings.
    """

    texts: Mapping[str, Collection[str]] = field(default_factory=dict)
    before: Mapping[str, Any] | None = None
    today: date | None = None
    mailed: bool = False


def findings(issue: Issue, email: Email, posts: Iterable[Post], context: Context | None = None) -> tuple[Finding, ...]:
    """Everything wrong with an issue and its drafts, errors first; equal findings once."""
    context = context or Context()
    made = tuple(posts)
    page = rendered(email.html)
    found = [
        *_heads(issue, email),
        *_dates(issue, context),
        *_stories(issue, page, context),
        *_repeats(issue, context),
        *_injections(issue),
        *_placeholders(issue, email, page, made),
        *_marks(issue, email, page, made),
        *_size(issue, email),
        *_links(issue, page),
        *_text_part(issue, email, page),
        *_images(issue, page),
        *_imprint(issue, email, page, context),
        *_posts(issue, made),
    ]
    return tuple(sorted(dict.fromkeys(found), key=lambda one: not one.serious))


def finding(code: str, where: str, found: str, language: str, *, serious: bool = False) -> Finding:
    """A finding in words; `serious` makes an error of what is a warning elsewhere. KeyError for an unknown code."""
    row = shipped.table("config/checks.yaml")["checks"][code]
    tongue = "zh" if language.lower().startswith("zh") else "en"
    level: Level = "error" if serious else row["level"]
    words = " ".join(CONTROLS.sub(" ", found).split())
    shown = words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"
    return Finding(code, level, where, shown, row[tongue], row["do"][tongue])


# ── what the inbox shows ──


def _heads(issue: Issue, email: Email) -> Iterator[Finding]:
    subject, preheader = email.subject.strip(), email.preheader.strip()
    if not subject:
        yield finding("no-subject", "subject", "", issue.language)
    elif columns(subject) > SUBJECT:
        yield finding("long-subject", "subject", f"{subject} ({columns(subject)} > {SUBJECT})", issue.language)
    if not preheader:
        yield finding("no-preheader", "preheader", "", issue.language)
    elif subject and (_key(subject) in _key(preheader) or _key(preheader) in _key(subject)):
        yield finding("same-preheader", "preheader", preheader, issue.language)


def _dates(issue: Issue, context: Context) -> Iterator[Finding]:
    before, today = context.before, context.today
    last = str((before or {}).get("day") or "")
    if (today and abs(issue.day - today) > FAR) or (last and issue.day.isoformat() < last):
        yield finding("odd-date", "issue", issue.day.isoformat(), issue.language)
    if issue.number < 1 or (before and issue.number != before["number"] + 1):
        yield finding("odd-number", "issue", str(issue.number), issue.language)
    latest = (issue.day + timedelta(days=1)).isoformat()  # the author's day may be ahead of ours
    for at, told in enumerate(issue.stories, 1):
        for source in told.voices:
            if (source.published or "")[:10] > latest:
                yield finding("future-article", f"story {at}", f"{source.published} {source.title}", issue.language)


# ── the stories ──


def _stories(issue: Issue, page: Rendered, context: Context) -> Iterator[Finding]:
    if not issue.stories:
        yield finding("empty", "issue", "", issue.language)
    shown = {_plain(address) for address, _ in page.links}
    owner: dict[str, int] = {}
    for at, told in enumerate(issue.stories, 1):
        yield from _sources(issue, at, told, shown)
        for source in told.voices:
            if source.link and owner.setdefault(identity(source.link), at) != at:
                yield finding("duplicate-link", f"story {at}", source.link, issue.language)
        for pick in told.quotes:
            yield from _quote(issue, at, told, pick, context)
        if told.lead and not _stands(told.lead.text, told.sources[told.lead.source], context):
            yield finding("not-verbatim", f"story {at}, lead", told.lead.text, issue.language)


def _sources(issue: Issue, at: int, told: Story, shown: Collection[str]) -> Iterator[Finding]:
    if not told.voices:
        yield finding("no-source", f"story {at}", told.title, issue.language)
    proper = [source.link for source in told.voices if source.link and not _malformed(source.link, raw=True)]
    for source in told.voices:
        if not source.link:
            yield finding("unlinked", f"story {at}", source.title, issue.language)
        elif source.link not in proper:
            yield finding("malformed-link", f"story {at}", source.link, issue.language)
    reached = {identity(address) for address in shown}
    if proper and not any(identity(address) in reached for address in proper):
        yield finding("missing-link", f"story {at}, email.html", told.title, issue.language)


def _quote(issue: Issue, at: int, told: Story, pick: Pick, context: Context) -> Iterator[Finding]:
    where, quote = f"story {at}, quote {pick.quote.id}", pick.quote
    if pick.source >= len(told.sources) or told.sources[pick.source].held_back:
        yield finding("no-source", where, quote.text, issue.language)
        return
    source = told.sources[pick.source]
    texts = context.texts.get(source.seed)
    if texts is not None and not any(text[quote.start : quote.end] == quote.text for text in texts):
        yield finding("not-verbatim", where, quote.text, issue.language)
    if source.link and not pick.link:
        yield finding("missing-link", where, quote.text, issue.language)


def _stands(words: str, source: Source, context: Context) -> bool:
    """Whether every sentence of a lead stands in its document; true where the document is not at hand."""
    texts = context.texts.get(source.seed)
    if texts is None:
        return True
    pages = [_squeezed(text) for text in texts]
    return all(any(_squeezed(words[a:b]) in page for page in pages) for a, b in sentences(words))


def _repeats(issue: Issue, context: Context) -> Iterator[Finding]:
    before = (context.before or {}).get("stories") or []
    if not before:
        return
    if _key(issue.subject) == _key(str((context.before or {}).get("subject") or "")):
        yield finding("repeat", "subject", issue.subject, issue.language)
    links = {identity(source["link"]) for story in before for source in story["sources"] if source.get("link")}
    words = {_key(quote["text"]) for story in before for quote in story["quotes"]}
    known = {story["id"] for story in before}
    for at, told in enumerate(issue.stories, 1):
        again = [source.link for source in told.voices if source.link and identity(source.link) in links]
        if not told.update_of and (told.id in known or again):
            yield finding("repeat", f"story {at}", again[0] if again else told.title, issue.language)
        for pick in told.quotes:
            if _key(pick.quote.text) in words:
                yield finding("repeat", f"story {at}, quote {pick.quote.id}", pick.quote.text, issue.language)


# ── words of clips that a machine might obey, and words of ours that nobody filled in ──


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {
        # Jinja, Liquid and Go templates; Slack, Discord, Feishu, Telegram-like and Matrix mentions of everybody.
        "obeyed": re.compile(
            r"\{\{[^{}\n]{0,80}(?:\}\})?|\{%[^%\n]{0,80}(?:%\})?|\{#[^#\n]{0,80}#\}|<%[^%\n]{0,80}%>"
            r"|<!(?:channel|here|everyone)\b[^>\n]{0,40}>?|<!subteam\^[^>\n]{0,40}>?|<@[!&]?\w{1,40}>"
            r"|<at\b[^>\n]{0,80}>|(?<![\w.@])@(?:everyone|here|channel|all|room)\b|@所有人|@全体成员|@全體成員",
            re.IGNORECASE,
        ),
        "unfilled": re.compile(
            r"\{\{[^{}\n]{0,80}(?:\}\})?|\{%[^%\n]{0,80}(?:%\})?|\{[A-Za-z_][\w.]{0,30}\}|\*\|[^|\n]{1,40}\|\*"
            r"|\[\[[^\[\]\n]{1,60}\]\]|%[A-Z][A-Z_]{2,30}%|\b(?:TODO|FIXME|TBD|XXX)\b|<no value>"
            r"|待填写|此处填写|(?i:lorem ipsum|\[(?:your|insert)\b[^\]\n]{0,40}\])"
        ),
        "address": re.compile(r"https?://[^\s<>\"]{1,8000}"),
        "quoted": re.compile("“([^“”]{1,4000})”|「([^「」]{1,4000})」|『([^『』]{1,4000})』"),
    }


def _told(issue: Issue) -> Iterator[tuple[str, str]]:
    """Every text that comes from a seed, with where it stands."""
    for at, story in enumerate(issue.stories, 1):
        yield f"story {at}, title", story.title
        for source in story.sources:
            place = f"story {at}, source {source.seed[:8]}"
            texts = (source.title, source.outlet, *source.authors, *(copy.outlet for copy in source.copies))
            yield from ((place, text) for text in texts if text)
        if story.lead:
            yield f"story {at}, lead", story.lead.text
        for pick in story.quotes:
            texts = (pick.quote.text, pick.quote.speaker, pick.quote.role, pick.quote.mention)
            yield from ((f"story {at}, quote {pick.quote.id}", text) for text in texts if text)
        for figure in story.figures:
            yield f"story {at}, figure", figure.what
            yield from ((f"story {at}, figure", value.text) for value in figure.values)


def _injections(issue: Issue) -> Iterator[Finding]:
    for where, text in _told(issue):
        if found := _patterns()["obeyed"].search(text):
            yield finding("injection", where, found[0], issue.language)


def _pages(email: Email, page: Rendered, posts: Iterable[Post]) -> Iterator[tuple[str, str]]:
    """Every text that a reader gets, in paragraphs, with where it stands."""
    yield "subject", email.subject
    yield "preheader", email.preheader
    yield from (("email.html", text) for text in (*page.blocks, *page.attributes))
    for part in re.split(r"\n[ \t]*\n", email.text):
        yield "email.txt", re.sub(r"(?m)^> ?", "", part)
    for post in posts:
        texts = (post.title, post.digest, post.text, *post.thread)
        yield from ((f"posts.json, {post.platform}, {post.story}", text) for text in texts if text)


def _placeholders(issue: Issue, email: Email, page: Rendered, posts: Iterable[Post]) -> Iterator[Finding]:
    pattern = _patterns()["unfilled"]
    ours = [(where, found[0]) for where, text in _pages(email, page, posts) for found in pattern.finditer(text)]
    hrefs = [(where, address) for where, address in _addresses(page) if pattern.search(address)]
    if not ours and not hrefs:
        return
    theirs = "\n".join(_squeezed(text) for _, text in _told(issue))
    links = {_plain(source.link) for story in issue.stories for source in story.sources if source.link}
    for where, words in ours:
        if _squeezed(words) not in theirs:
            yield finding("placeholder", where, words, issue.language)
    for where, address in hrefs:
        if _plain(address) not in links:
            yield finding("placeholder", where, address, issue.language)


def _marks(issue: Issue, email: Email, page: Rendered, posts: Iterable[Post]) -> Iterator[Finding]:
    """Words in quotation marks that stand in no clip: what a template has changed or somebody has made up."""
    known = [text for _, text in _told(issue)]
    known += [source.headline for story in issue.stories for source in story.sources]
    known += [headline(story.title, story.language) for story in issue.stories] + [issue.masthead.title]
    corpus = "\n".join(_squeezed(text) for text in known)
    for where, text in _pages(email, page, posts):
        for found in _patterns()["quoted"].finditer(text):
            words = _squeezed(found[1] or found[2] or found[3]).rstrip("….")
            if len(words) >= QUOTED and words not in corpus:
                yield finding("not-verbatim", where, found[0], issue.language)


# ── the email ──


def _size(issue: Issue, email: Email) -> Iterator[Finding]:
    size = len(email.html.encode())
    if size >= NEAR * CAP:
        code = "size-over" if size > CAP else "size-near"
        yield finding(code, "email.html", f"{size / 1024:.1f} KiB, {CAP // 1024} are the most", issue.language)


def _addresses(page: Rendered) -> Iterator[tuple[str, str]]:
    yield from (("email.html", address) for address, _ in page.links)
    yield from (("email.html", source) for source, _ in page.images)


def _links(issue: Issue, page: Rendered) -> Iterator[Finding]:
    for address, words in page.links:
        if not address.strip("# ") or not words:
            yield finding("empty-link", "email.html", words or address, issue.language)
        elif _malformed(address, mail=True):
            yield finding("malformed-link", "email.html", address, issue.language)
    for source, _ in page.images:
        if _malformed(source) and not source.startswith(("data:image/", "cid:")):
            yield finding("malformed-link", "email.html", source, issue.language)


def _text_part(issue: Issue, email: Email, page: Rendered) -> Iterator[Finding]:
    there = {_plain(found[0]) for found in _patterns()["address"].finditer(email.text)}
    for address in there:
        if _malformed(address):
            yield finding("malformed-link", "email.txt", address, issue.language)
    for address, _ in page.links:
        if address.startswith(("http://", "https://")) and _plain(address) not in there:
            yield finding("not-in-text", "email.txt", _plain(address), issue.language)


def _images(issue: Issue, page: Rendered) -> Iterator[Finding]:
    for source, alternative in page.images:
        if alternative is None:
            yield finding("no-alt", "email.html", source, issue.language)


def _imprint(issue: Issue, email: Email, page: Rendered, context: Context) -> Iterator[Finding]:
    head, mailed = issue.masthead, context.mailed
    sender = head.sender.rstrip("> ")
    if "@" not in sender or sender.endswith(".invalid"):
        yield finding("no-sender", "config/digest.yaml", head.sender, issue.language, serious=mailed)
    if not head.unsubscribe:
        yield finding("no-unsubscribe", "config/digest.yaml", "", issue.language, serious=mailed)
        return
    shown = web(head.unsubscribe, mail=True) or head.unsubscribe
    if not any(address == shown for address, _ in page.links):
        yield finding("no-unsubscribe", "email.html", head.unsubscribe, issue.language, serious=True)
    if shown not in email.text:
        yield finding("no-unsubscribe", "email.txt", head.unsubscribe, issue.language, serious=True)


# ── the posts ──


def _posts(issue: Issue, posts: Iterable[Post]) -> Iterator[Finding]:
    for post in posts:
        where = f"posts.json, {post.platform}, {post.story}"
        for text in (post.text, *post.thread):
            if (size := length(text, post.platform)) > post.limit:
                yield finding("post-too-long", where, f"{size} > {post.limit}: {text}", issue.language)
        if not post.link:
            yield finding("post-unlinked", where, post.text, issue.language)
        elif _malformed(post.link):
            yield finding("malformed-link", where, post.link, issue.language)


# ── addresses and words ──


def _malformed(address: str, *, mail: bool = False, raw: bool = False) -> bool:
    """Whether this is no address that every mail program and platform opens.

    A `raw` one is still as the clip has it: letters of other scripts are percent-encoded on the way out.
    """
    if mail and re.fullmatch(r"mailto:[^\s<>]{1,200}@[^\s<>]{1,2000}", address):
        return False
    broken = r"[\s<>\"]" if raw else r"[^!-~]|[<>\"]|%(?![0-9A-Fa-f]{2})"
    if not is_address(address) or re.search(broken, address):
        return True
    host = re.split(r"[/?#]", address.partition("://")[2], maxsplit=1)[0].rpartition("@")[2]
    return "." not in host.strip(".") and not host.startswith(("[", "localhost"))


def _plain(address: str) -> str:
    """An address without its text fragment."""
    return address.partition(":~:")[0].rstrip("#")


def _key(words: str) -> str:
    return fold(words).rstrip("….")


def _squeezed(text: str) -> str:
    """Words to be found again: without white space, control characters and direction marks."""
    return "".join(CONTROLS.sub("", text).split())
