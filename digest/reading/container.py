"""The element of a page that holds the article.

Found as readers' extractors find it: furniture goes first, then paragraphs vote for the elements around
them, links count against, and the votes are weighed by what the page's author called things.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from digest.reading.tree import elements, gone, holds

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

_FURNITURE = frozenset(
    {
        "script",
        "style",
        "svg",
        "noscript",
        "template",
        "iframe",
        "form",
        "button",
        "nav",
        "aside",
        "input",
        "select",
        "textarea",
        "object",
        "embed",
        "canvas",
        "audio",
        "video",
        "dialog",
        "menu",
        "map",
        "footer",
    }
)
_UNLIKELY = re.compile(
    r"(?i)(?:^|[\s_-])(?:ad|ads|advert\w*|agegate|author[-_]?(?:bio|box|card|desc\w*|details|info|profile)|banner|breadcrumbs?|byline-?bar|caption|combx|comments?|comment-?\w+|community|consent|contact|cookies?|cover-wrap|disqus|"
    r"extra|follow|foot|footer|footnote-back|gdpr|head-?bar|hidden|hide|invisible|jump|legends?|login|masthead|menu|meta-?bar|modal|nav|navbar|navigation|newsletter|noprint|outbrain|overlay|pager|pagination|paywall|popup|"
    r"popular|print|profile|promo\w*|rating|recommend\w*|related\w*|remark|replies|respond|rss|screen-?reader\w*|share\w*|sharing|shoutbox|sidebar|signup|skip\w*|skyscraper|social\w*|sponsor\w*|subscri\w+|"
    r"supplemental|taboola|tags?|tag-?list|toc|toolbar|tools|trending|widget\w*|wp-block-latest\w*|yom-remote|mw-editsection|reflist|navbox|infobox|catlinks|siteSub|jp-relatedposts|sharedaddy|post-?meta|entry-?meta|article-?meta|post-?nav\w*|entry-?footer|post-?footer|article-?footer)(?:$|[\s_-])"
)
_BODY = re.compile(
    r"(?i)^(?:post-?body|entry-?content|article-?(?:body|content|text)|post-?(?:content|text)|rich_media_content|markdown-body|story-?body)$"
)
_WRAPPERS = frozenset({"div", "section", "main", "td"})
_GOOD = re.compile(
    r"(?i)(?:^|[\s_-])(?:article|articlebody|article-?(?:body|content|text)|blog-?post|content|entry|entry-?content|hentry|main|main-?content|page-?content|post|post-?(?:body|content|text)|rich_media_content|js_content|story|story-?body|text|markdown-body|prose|RichText)(?:$|[\s_-])"
)
_BAD = re.compile(
    r"(?i)(?:^|[\s_-])(?:sidebar|widget|footer|header|comments?|related|menu|nav|promo|share|teaser|list|grid|archive)(?:$|[\s_-])"
)
_VOTERS = frozenset({"p", "pre", "blockquote", "td", "li", "section", "div"})
_PAUSE = re.compile("[,，、。;；.]")
_WRAPPING = frozenset({"div", "section", "li", "td"})
_BLOCKS = frozenset({"p", "div", "ul", "ol", "table", "blockquote", "section", "pre"})
_INLINE = frozenset(
    {"a", "abbr", "b", "cite", "code", "em", "font", "i", "mark", "q", "span", "strong", "sub", "sup", "u"}
)
_STOPS = frozenset(".!?。！？")
_NEAR = 6
"""Places to either side."""
_SENTENCE = 20
"""Code points; less beside an inline element may be a label or a mark."""
_SAID = frozenset({"blockquote", "pre", "table"})
"""What a figure may hold that its caption belongs to: words with their speaker, code, figures; else it is a picture."""
_KEPT = frozenset({"html", "body", "article", "main"})


def article(page: BeautifulSoup) -> Tag:
    """The element that holds the article, its furniture gone and its nesting bounded."""
    root = page.body or page
    whole = len(root.get_text())
    _strip(root, whole)
    return _best(root)


def _strip(root: Tag, whole: int) -> None:
    for element in elements(root, _FURNITURE):
        if not gone(element):
            element.decompose()
    for figure in elements(root, {"figure"}):
        if not holds(figure, _SAID):
            for caption in elements(figure, {"figcaption"}):
                caption.clear()
    for element in elements(root):
        if gone(element) or element.name in _KEPT:
            continue
        own = (
            " ".join(element.get("class") or [])
            + " "
            + str(element.get("id") or "")
            + " "
            + str(element.get("role") or "")
        )
        hidden = (
            "display:none" in str(element.get("style") or "").replace(" ", "") or element.get("aria-hidden") == "true"
        )
        if (
            (element.name == "header" and not holds(element, {"h1"}))
            or (hidden and not holds(element, {"p"}))
            or (
                len(own) > 2
                and _UNLIKELY.search(own)
                and not _GOOD.search(own)
                and len(element.get_text()) * 2 < whole
                and not _holds_article(element)
                and not _in_a_sentence(element)
            )
        ):
            element.decompose()


def _holds_article(element: Tag) -> bool:
    """Whether the article's own element lies inside: widgets and wrappers are named like furniture, too."""
    return element.name in _WRAPPERS and element.find(class_=_BODY) is not None


def _in_a_sentence(element: Tag) -> bool:
    """Whether words stand bare near an inline element: it is part of what they say, whatever it is called."""
    near = (*islice(element.previous_siblings, _NEAR), *islice(element.next_siblings, _NEAR))
    bare = [str(one).strip() for one in near if getattr(one, "name", None) is None]
    return element.name in _INLINE and any(len(words) > _SENTENCE or words in _STOPS for words in bare)


def _best(root: Tag) -> Tag:
    """The element most votes go to: a paragraph votes for its parent, half for the one above."""
    marked = next((one for one in elements(root) if _is_marked(one)), None)
    if marked is not None and len(marked.get_text(strip=True)) > 200:
        return marked
    votes: dict[int, float] = {}
    voted: dict[int, Tag] = {}
    for element in elements(root, _VOTERS):
        wraps = element.name in _WRAPPING and holds(element, _BLOCKS)
        # A wrapper speaks for the words that stand in it bare, with line breaks for paragraphs.
        words = (
            " ".join(str(bare).strip() for bare in element.find_all(string=True, recursive=False))
            if wraps
            else element.get_text(" ", strip=True)
        )
        if len(words) < 25 or (not wraps and _linked(element, words) > 0.5):
            continue
        wide = 2 if any(character > "\u2e80" for character in words[:40]) else 1
        vote = 1 + min(len(_PAUSE.findall(words)), 10) + min(len(words) * wide / 100, 4)
        above = element if wraps else element.parent
        for share in (1.0, 0.5, 0.25):
            if above is None or above.name == "[document]":
                break
            voted[id(above)] = above
            votes[id(above)] = votes.get(id(above), _called(above)) + vote * share
            above = above.parent
    if not votes:
        return root
    scored = {
        key: score * (1 - _linked(voted[key], voted[key].get_text(" ", strip=True))) for key, score in votes.items()
    }
    best = voted[max(scored, key=lambda key: scored[key])]
    return _widened(best)


def _is_marked(element: Tag) -> bool:
    """Whether the page says by itself that this is the article."""
    told = (element.get("itemprop") == "articleBody", element.get("id") == "js_content")
    return any(told) or "rich_media_content" in (element.get("class") or ())


def _called(element: Tag) -> float:
    own = " ".join(element.get("class") or []) + " " + str(element.get("id") or "")
    score = 8.0 if element.name in {"article", "main"} else 0.0
    if _GOOD.search(own):
        score += 12
    if _BAD.search(own):
        score -= 12
    return score


def _widened(best: Tag) -> Tag:
    """The element around, where it says it is the article and holds not much else."""
    size = len(best.get_text(strip=True))
    for above in best.parents:
        if above.name in {"body", "html", "[document]"}:
            break
        own = len(above.get_text(strip=True))
        if own > size * 2:
            break
        if above.name in {"article", "main"} or _GOOD.search(" ".join(above.get("class") or [])):
            return above
    return best


def _linked(element: Tag, words: str) -> float:
    """The share of an element's words that are links."""
    if not words:
        return 1.0
    return min(1.0, sum(len(link.get_text(" ", strip=True)) for link in elements(element, {"a"})) / len(words))
