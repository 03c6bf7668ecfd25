"""How long a text is on a platform, by the platform's own rule.

The rules are written out, with their sources, in the project reference (posts.md, section 1): X weighs, Mastodon
and Bluesky count what a reader sees as one character, Weibo counts halves, others UTF-16 units.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from unicodedata import normalize

from digest import late
from digest.errors import UsageError
from digest.posting import autolink

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

URL = 23
"""Characters an address counts on X and Mastodon (twitter-text config/v3.json)."""
_WEIBO_URL, _WEIBO_LONG = 20, 140

_HEAVY = late.regex(r"[^\u0000-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]")
# Only here can several code points be one emoji; © and ® are light letters but emoji.
_JOINED = late.regex("[©®\u200d\u20e3\ufe0f\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
# Each of these is a grapheme of its own whatever stands beside it.
_SINGLE = late.regex(
    r"[\x00-\x0c\x0e-\u02ff\u0370-\u0482\u048a-\u0590\u2010-\u2027\u2030-\u205e\u2070-\u20cf\u2100-\u2bff\u2e80-\u3029"
    r"\u3030-\u3098\u309b-\ua48f\uac00-\ud7a3\uf900-\ufaff\uff00-\uff9d\U0001f300-\U0001f3fa\U0001f400-\U0001faff"
    r"\U00020000-\U0003ffff]*",
)
_PICTURES = late.regex("[©®\u203c\u2049\u20e3\u2122\u2139\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]")
_ACCOUNT = late.regex(
    r"(?<![=/\w])(@[a-z0-9_](?:[a-z0-9_.-]{0,200}[a-z0-9_])?)@(\w(?:[\w.-]{0,500}\w)?)", re.IGNORECASE
)
_WEIBO_LINK = late.regex(r"https?://[a-z0-9-]+(?:\.[a-z0-9]+)+[-\w$.+!*()/\\,:;@&=?~#%]*", re.IGNORECASE | re.ASCII)
_ABOVE_80 = late.regex(r"[^\u0000-\u0080]")
_ABOVE_7F = late.regex(r"[^\u0000-\u007f]")


def length(text: str, platform: str) -> int:
    """The length of a text by the platform's own rule; `xiaohongshu_title` has one of its own.

    UsageError for a platform that is not known.
    """
    try:
        return COUNTERS[platform](text)
    except KeyError:
        message = f"no platform is called {platform!r}; there are {', '.join(COUNTERS)}"
        raise UsageError(message) from None


def graphemes(text: str) -> list[str]:
    """The characters a reader sees (extended grapheme clusters)."""
    if _SINGLE.fullmatch(text):
        return list(text)
    return list(_patterns()[0].findall(text))


@lru_cache(maxsize=512)  # a post is counted when it is made to fit and when it is done, its links each time
def on_x(text: str, names: frozenset[str] | None = None) -> int:
    """Weighted characters: an address 23, an emoji 2, a light letter 1, any other 2. `names` as in `autolink.on_x`."""
    text = normalize("NFC", text)
    spans = autolink.on_x(text, names)
    return sum(_weight(piece) for piece in _between(text, spans)) + URL * len(spans)


@lru_cache(maxsize=512)
def on_mastodon(text: str, warning: str = "", names: frozenset[str] | None = None) -> int:
    """Graphemes of text and content warning; an address counts 23, `@user@host` only its `@user`."""
    spans = autolink.on_mastodon(text, names)
    plain = ("\n" * URL).join(_ACCOUNT.sub(_local, piece) for piece in _between(text, spans))
    return len(graphemes(warning)) + len(graphemes(plain))


def utf16(text: str) -> int:
    """UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _between(text: str, spans: Iterable[tuple[int, int]]) -> list[str]:
    """What stands before, between and behind the spans."""
    pieces, at = [], 0
    for start, end in spans:
        pieces.append(text[at:start])
        at = end
    return [*pieces, text[at:]]


def _weight(text: str) -> int:
    emoji = 0
    if _JOINED.search(text):
        text, emoji = _patterns()[1].subn("", text)
    return len(text) + len(_HEAVY.findall(text)) + 2 * emoji


def _local(account: re.Match[str]) -> str:
    """An account without its host, where the host is one the DNS can hold."""
    labels = account[2].split(".")
    fits = len(account[2]) <= 253 and all(0 < len(label) <= autolink.LABEL for label in labels)
    return account[1] if fits else account[0]


def _on_threads(text: str) -> int:
    if not _PICTURES.search(text):
        return len(text)
    picture = _patterns()[2]
    return sum(len(one.encode()) if picture.search(one) else len(one) for one in graphemes(text))


def _on_weibo(text: str) -> int:
    """字: a half-width character is half of one, an address ten; the web form trims first."""
    halves, at = 0, 0
    text = text.strip()
    for link in _WEIBO_LINK.finditer(text):
        halves += _halves(text[at : link.start()], _ABOVE_80)
        at = link.end()
        if re.match(r"https?://t\.cn(?![\w.-])", link[0]):
            halves += len(link[0])
        else:
            halves += _WEIBO_URL + max(0, len(link[0]) - _WEIBO_LONG)
    return -(-(halves + _halves(text[at:], _ABOVE_80)) // 2)


def _xiaohongshu_title(text: str) -> int:
    return -(-_halves(text, _ABOVE_7F) // 2)


def _halves(text: str, wide: re.Pattern[str]) -> int:
    """Half-width units: each wide UTF-16 unit is two."""
    return len(text) + sum(3 if char > "\uffff" else 1 for char in wide.findall(text))


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """A grapheme; an emoji, which several code points may make; what makes a grapheme a picture."""
    import regex  # type: ignore[import-untyped]  # noqa: PLC0415 -- 31 ms, and most texts need none of what it knows

    mark = r"(?:[\p{Emoji_Modifier}\uFE0F]|[\U000E0020-\U000E007F]+)?"
    one = rf"[\p{{Emoji}}--[0-9#*]]{mark}"
    emoji = rf"\p{{RI}}\p{{RI}}|[0-9#*]\uFE0F?\u20E3|{one}(?:\u200D{one})*"
    return (
        regex.compile(r"\X"),
        regex.compile(emoji, regex.VERSION1),
        regex.compile(r"\p{Extended_Pictographic}|\p{RI}\p{RI}|[0-9#*]\uFE0F?\u20E3"),
    )


COUNTERS: dict[str, Callable[[str], int]] = {
    "x": on_x,
    "mastodon": on_mastodon,
    "bluesky": lambda text: len(graphemes(text)),
    "threads": _on_threads,
    "linkedin": utf16,
    "weibo": _on_weibo,
    "telegram": utf16,
    "wechat": len,
    "xiaohongshu": utf16,
    "xiaohongshu_title": _xiaohongshu_title,
    "facebook": utf16,
}
"""How each platform counts. A title of WeChat and its digest are counted as its text is."""
