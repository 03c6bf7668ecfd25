"""Title, authors, outlet, dates, address and tags of an article, cleaned and told apart.

What the front matter, the page and the lines around the article say is gathered in a `Told`; here it is
settled: a person is an author, an account or publication an outlet, and nothing is invented.
"""

from __future__ import annotations

import html
import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit

from digest import late, link
from digest.document import Warn
from digest.reading import dates
from digest.reading.encoding import tidy
from digest.reading.masthead import Told, people

if TYPE_CHECKING:
    from digest.lexicon import Lexicon
    from digest.reading.frontmatter import Front

_HTTP = late.regex(r"https?://\S{4,2000}", re.IGNORECASE)
_CACHED = late.regex(
    r"https?://(?:webcache\.googleusercontent\.com/search\?q=cache(?::|%3A)(?:[\w-]{8,20}(?::|%3A))?|12ft\.io/(?:proxy\?q=)?|r\.jina\.ai/)"
    r"((?:https?(?:://|%3A%2F%2F))?[\w-]+\.[^\s&]{3,2000})",
    re.IGNORECASE,
)
"""Addresses that show another page's words and may be gone tomorrow: Google's cache, readers."""
_ARCHIVED = late.regex(r"https?://web\.archive\.org/web/\d{4,14}\w{0,5}/(https?://\S{4,2000})")
"""A page in the Internet Archive: a link that lasts, so it stays."""
_HASHED = late.regex(
    r"(?i)^(?:[0-9a-f]{8,64}|[\d_\-. ]{1,40}|\d{1,6}_[0-9a-f]{8,64}|[0-9a-f]{8}(?:-[0-9a-f]{4,12}){2,4}"
    r"|untitled.{0,4}|index|readme|article|document|new note|无标题.{0,4}|未命名.{0,4})$"
)
_COPY = late.regex(r"\s(?:\(?\d{1,2}\)?|copy|副本)$")
_DATED_NAME = late.regex(r"^(?:\d{4}-?\d{2}-?\d{2}|\d{6,8}(?:\.\d)?)[-_ .]+(?=\S)")
_TAIL = late.regex(r"^(.{2,400})(?<=\S)\s{0,3}(?:[|｜丨–—»·:：_]|(?<=\s)-(?=\s))\s{0,3}([^|｜丨–—»]{1,60})$")
_SLUG = late.regex(r"^[a-z0-9]+(?:-[a-z0-9'’]+){3,30}$", re.IGNORECASE)
_ISSUE = late.regex(
    r"^(.{2,24}?(?:周刊|週刊|周报|日报|月刊|早报|晚报|通讯|Weekly|Newsletter|Digest))"
    r"\s?[:：#（(第]?.{0,3}(?:第|#|Issue|Vol\.?|No\.?)\s?\d",
    re.IGNORECASE,
)
_LETTERS = late.regex(r"[\W_]+")
_LATIN_NAME = late.regex(
    r"^[A-Z\u00c0-\u00de][\w.'’-]{0,20}(?:\s(?:[A-Z\u00c0-\u00de][\w.'’-]{0,20}|de|da|van|von|der|di|la|le|bin|al)){1,4}$"
)
_NO_NAME = late.regex(
    r"[。！？!?；;:：，]|^[–—-]|[a-z]{3}\.$|^\W+$|^[a-z]$|https?:|@.+\.|\w\.(?:com|cn|org|net|io|jp|dev|co)$|观点|仅供|版权|转载"
)
_BY = late.regex(
    r"(?i)^(?:(?:posted|written|words|article rédigé|story|text|veröffentlicht|beiträge"
    r"|(?:view\s)?all (?:articles|posts|stories))\s+)?(?:by|von|par|por|door|作者|文)\s*[:：]?\s+"
    r"|^作者[:：]|^@"
)
_HANDLE = late.regex(r"\s*[(（]@?[\w.]{2,40}[)）]$")
_DAY = 10
"""Characters of an ISO day."""


class Byline(NamedTuple):
    """The settled fields of a document, as `digest/document.py` explains them."""

    title: str | None
    authors: tuple[str, ...]
    outlet: str | None
    published: str | None
    published_from: str | None
    clipped: str | None
    source: str | None
    tags: tuple[str, ...]
    warnings: tuple[Warn, ...]


def told_by(front: Front, lexicon: Lexicon) -> Told:
    """What the front matter says, each field read from the first key that holds one of its kind."""
    words = lexicon.words
    told = Told(warnings=list(front.warnings))
    if not front.found:
        return told
    told.title = _title_words(front.first(*words("labels.keys_title")))
    told.authors = [name for value in front.every(*words("labels.keys_author")) for name in people(value)]
    told.site = _site(front, lexicon)
    if len(told.authors) == 1 and (found := re.match(r"^(.{2,40}) on ([\w.]{2,20})$", told.authors[0])):
        told.authors, told.site = [found[1]], told.site or found[2]
    told.source = next(
        (
            found[0]
            for key in words("labels.keys_source")
            for value in front.every(key)
            if (found := _HTTP.match(value.strip()))
        ),
        None,
    )
    told.clipped = next(
        (day for key in words("labels.keys_clipped") if (day := dates.iso(front.first(key) or "", china=True))), None
    )
    told.description = front.first("description")
    told.tags = [tag for value in front.every(*words("labels.keys_tags")) for tag in _tags(value)]
    told.notes = [value for key in words("labels.keys_note") for value in front.every(key)]
    china = "mp.weixin.qq.com" in (told.source or "") or any("\u4e00" <= c <= "\u9fff" for c in told.title or "")
    for key in (*words("labels.keys_published"), "date"):
        value = front.first(key)
        if value and (day := dates.iso(value, clipped=told.clipped, china=china)):
            told.date(day, "front matter")
            if dates.ambiguous(value):
                told.warnings.append(Warn("date", f"“{value}” can be read as two days"))
    return told


def _site(front: Front, lexicon: Lexicon) -> str | None:
    for key in lexicon.words("labels.keys_outlet"):
        value = front.first(key)
        if value and not _HTTP.match(value) and len(value) <= 60:
            return value
    return None


def _tags(value: str) -> list[str]:
    value = value.strip("[]")
    parts = (
        re.split(r"\s*[,，、;；]\s*", value)
        if re.search(r"[,，、;；]", value)
        else value.split()
        if "#" in value
        else [value]
    )
    return [part.strip("#\"' ") for part in parts]


def settle(told: Told, name: str, lexicon: Lexicon) -> Byline:
    """The fields of a document from all that was told. `name` is the seed file's, with its ending."""
    warnings = list(told.warnings)
    source = _source(told.source, warnings)
    site = host(source)
    weixin = site == "mp.weixin.qq.com" or (told.account is not None and source is None)
    authors, outlet = _who(told, site, lexicon, weixin=weixin)
    title = _title(told, name, source, [*authors, *told.authors, outlet or "", told.site or "", site or ""], warnings)
    if title:
        title, person = _byline_tail(title.split(" --- ", 1)[0])
        authors = (person,) if person and not authors else authors
    if title and not authors:
        title, authors = _signed(title, told, source)
    if outlet is None and title and (found := _ISSUE.match(title)):
        outlet = found[1]
    published, origin = _published(told, source, warnings)
    if source is None:
        warnings.append(Warn("no-source", "the file tells no address of the article"))
    if title is None:
        warnings.append(Warn("no-title", "the file tells no title"))
    junk = {word.casefold() for word in lexicon.words("labels.junk_tags")}
    tags = tuple(dict.fromkeys(tag for tag in told.tags if tag and tag.casefold() not in junk))
    return Byline(title, authors, outlet, published, origin, told.clipped, source, tags, tuple(warnings))


def _source(value: str | None, warnings: list[Warn]) -> str | None:
    if not value:
        return None
    value = f"https:{value}" if value.startswith("//") else value
    if found := _CACHED.match(value):
        inner = unquote(found[1]).split("+", 1)[0]
        value = inner if inner.startswith("http") else f"https://{inner}"
    try:
        address = link.canonical(html.unescape(value))
    except ValueError:
        warnings.append(Warn("source", "the address in the file cannot be read"))
        return None
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or "." not in parts.netloc:
        return None
    return address


def host(source: str | None) -> str | None:
    """The site of an address, without `www.` and `m.`; of a page in a web archive, the site it was on."""
    if source is None:
        return None
    kept = _ARCHIVED.match(source)
    try:
        name = urlsplit(kept[1] if kept else source).hostname or ""
    except ValueError:
        return None
    return re.sub(r"^(?:www\d?|m|amp)\.(?=[^.]+\.)", "", name) or None


def _published(told: Told, source: str | None, warnings: list[Warn]) -> tuple[str | None, str | None]:
    value, origin = told.published, told.published_from
    clip = told.clipped
    if value and clip and len(clip) >= _DAY and len(value) >= _DAY and dates.later(value, clip) and origin != "byline":
        warnings.append(Warn("date", f"published {value[:10]} lies after the clip date {clip[:10]}"))
        value = None
    if (
        value is None
        and source
        and (
            found := re.search(r"[/=]((?:19|20)\d\d)[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?=[/_-]|\b)", source)
        )
    ):
        day = dates.iso("-".join(found.groups()))
        if day and not (clip and dates.later(day, clip)):
            return day, "address"
    if value is None and clip:
        return clip, "clipped"
    return (value, origin) if value else (None, None)


# ── who ──


@cache
def _junk(lexicon: Lexicon) -> frozenset[str]:
    words = (*lexicon.words("labels.junk_authors"), *_sites(lexicon).values())
    return frozenset(_LETTERS.sub("", word).casefold() for word in words)


@cache
def _sites(lexicon: Lexicon) -> dict[str, str]:
    """What readers call the site of a host."""
    return dict(line.split(" ", 1) for line in lexicon.words("labels.site_names"))


@cache
def _surnames(lexicon: Lexicon) -> tuple[str, ...]:
    return lexicon.words("labels.surnames")


@cache
def _organised(lexicon: Lexicon) -> re.Pattern[str]:
    words = lexicon.words("labels.organisations")
    latin = [word for word in words if word.isascii()]
    wide = [word for word in words if not word.isascii()]
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, latin))})\b|(?:{'|'.join(map(re.escape, wide))})", re.IGNORECASE)


def clean_name(name: str) -> str:
    """A name without `by `, handle, brackets and outer marks."""
    name = re.split(r"\s[-–—｜|@]\s", name, maxsplit=1)[0]
    name = _HANDLE.sub("", _BY.sub("", tidy(html.unescape(name)).strip()))
    return re.sub(r"\s{2,}", " ", name).strip(" \"'“”[]()（）【】,，、:：|｜*@")


def _could_be(name: str) -> bool:
    """Whether this can be a name at all: short, few words, no sentence."""
    return bool(name) and len(name) <= 40 and len(name.split()) <= 6 and not _NO_NAME.search(name)


def _is_han_name(name: str) -> bool:
    """Whether a name is written as a Chinese one (two to four characters) or a foreign one in Chinese, with a dot."""
    first, dot, rest = name.partition("·")
    if not all("\u4e00" <= character <= "\u9fff" for character in first + rest.replace("·", "")):
        return False
    return 1 <= len(first) <= 6 and 1 <= len(rest) <= 10 if dot else 2 <= len(first) <= 4


def is_person(name: str, lexicon: Lexicon) -> bool:
    """Whether a name looks like a person's, and not like an account's or a publication's."""
    if _organised(lexicon).search(name) or any(character.isdigit() for character in name):
        return False
    if _is_han_name(name):
        return "·" in name or (len(name) <= 4 and name.startswith(_surnames(lexicon)))
    return _LATIN_NAME.match(name) is not None


def _who(told: Told, site: str | None, lexicon: Lexicon, *, weixin: bool) -> tuple[tuple[str, ...], str | None]:
    """Authors and outlet. On WeChat the front matter names the account; elsewhere mostly a person."""
    junk = _junk(lexicon)

    def good(names: list[str]) -> list[str]:
        clean = (clean_name(name) for name in names)
        return [
            name for name in dict.fromkeys(clean) if _could_be(name) and _LETTERS.sub("", name).casefold() not in junk
        ]

    account = clean_name(told.account) if told.account else None
    signed, fronted = good(told.byline), good(told.authors)
    outlet = account or told.outlet or told.site
    authors = [name for name in signed if not _same(name, account)]
    if weixin:
        if not account and fronted and not told.outlet and not is_person(fronted[0], lexicon):
            outlet = fronted[0]
        authors = authors or [name for name in fronted if is_person(name, lexicon)]
        if account and not authors and is_person(account, lexicon) and not _organised(lexicon).search(account):
            authors = [account] if _is_han_name(account) else []
    elif not authors:
        groups = [name for name in fronted if _organised(lexicon).search(name) or _names_host(name, site)]
        authors = [name for name in fronted if name not in groups]
        outlet = outlet or (groups[0] if groups else None)
    authors = [name for name in authors if not _same(name, outlet) or is_person(name, lexicon)]
    authors = [name for name in authors if not _same(name, told.site) or _LATIN_NAME.match(name)]
    if outlet is None and site and not weixin:
        outlet = _sites(lexicon).get(site) or _hung_on(told.title, site, lexicon) or site
    return tuple(authors), outlet


def _hung_on(title: str | None, site: str, lexicon: Lexicon) -> str | None:
    """The outlet in a title's tail: the name that the host spells, or behind a bar one that ends as a paper's does."""
    found = _TAIL.match(title or "")
    if found is None:
        return None
    tail = found[2].strip()
    spelled = _LETTERS.sub("", tail.replace("&", "and")).casefold() == _LETTERS.sub("", site.rsplit(".", 1)[0])
    papers = tuple(lexicon.words("labels.papers"))
    return tail if spelled or ((title or "")[found.end(1) :].strip()[0] in "|｜丨" and tail.endswith(papers)) else None


def _signed(title: str, told: Told, source: str | None) -> tuple[str, tuple[str, ...]]:
    """A name hung on the title (`題名｜名`) where the author's field held the platform; or a handle in the address."""
    found = re.match(r"^(.{4,}?)\s?[｜丨]\s?([^\s｜|]{2,12})$", title)
    if found and told.authors:
        return found[1], (found[2],)
    handle = re.match(r"https?://[^/]+/@([\w.]{2,40})(?:/|$)", source or "")
    return title, (handle[1],) if handle else ()


def _same(one: str | None, other: str | None) -> bool:
    return bool(one and other) and _LETTERS.sub("", one or "").casefold() == _LETTERS.sub("", other or "").casefold()


def _names_host(name: str, site: str | None) -> bool:
    letters = _LETTERS.sub("", name).casefold()
    return bool(site and letters and letters == _LETTERS.sub("", site.rsplit(".", 1)[0]).casefold())


# ── the title ──


def _title_words(value: str | None) -> str | None:
    if not value:
        return None
    value = re.sub(r"\s+", " ", tidy(html.unescape(value[:400]))).strip().strip("*#").strip()
    return value or None


def named(name: str, source: str | None) -> bool:
    """Whether the file's name or the address can name the article."""
    return _stem(name) is not None or _slug(source) is not None


def _stem(name: str) -> str | None:
    stem = name.rsplit(".", 1)[0] if "." in name else name
    stem = unquote(stem) if "%" in stem else stem
    if _HASHED.match(stem):
        return None
    stem = _COPY.sub("", _DATED_NAME.sub("", stem)).strip(" -_")
    return stem if stem and not _HASHED.match(stem) else None


def _slug(source: str | None) -> str | None:
    slug = unquote(urlsplit(source).path.rstrip("/").rsplit("/", 1)[-1]) if source else ""
    slug = re.sub(r"\.(?:html?|php|aspx?|md)$", "", slug)
    return slug if _SLUG.match(slug) and not re.search(r"\d{5}|[0-9a-f]{10}", slug) else None


def _title(told: Told, name: str, source: str | None, owners: list[str], warnings: list[Warn]) -> str | None:
    title = _title_words(told.title)
    if title and not _HASHED.match(title):
        return _without_tail(title, owners)
    if stem := _stem(name):
        return _without_tail(stem, owners)
    if slug := _slug(source):
        warnings.append(Warn("title-from-address", "the title is made from the address"))
        words = slug.replace("-", " ")
        return words[0].upper() + words[1:]
    return None


def _byline_tail(title: str) -> tuple[str, str | None]:
    """A title without the `| by Person | Site` that some hosts hang on it, and the person."""
    found = re.search(r"\s[|｜-]\s(?:by\s|作者\s?[:：]\s?)([^|｜]{2,40}?)(?:\s[|｜].{0,60})?$", title)
    return (title[: found.start()], found[1].strip()) if found else (title, None)


def _without_tail(title: str, owners: list[str]) -> str:
    """Cut ` - Site`, `｜Author` off a title, only where it names the outlet, the author or the host."""
    known = [letters for owner in owners if owner and (letters := _LETTERS.sub("", owner).casefold())]
    for _ in range(2):
        found = _TAIL.match(title)
        if not found:
            break
        tail = _LETTERS.sub("", found[2]).casefold()
        if tail and any(tail == one or (len(tail) > 3 and tail in one) for one in known):
            title = found[1].rstrip()
        else:
            break
    return title
