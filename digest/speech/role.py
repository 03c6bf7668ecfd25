"""The role an article gives a person: the title or affiliation that stands beside the name."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from digest import late
from digest.words import Words

if TYPE_CHECKING:
    from digest.document import Document
    from digest.lexicon import Lexicon

LONGEST = 24
"""Code points of the longest role taken from before a Chinese name."""

_VERBS = late.regex(
    r".*(?:(?:根据|以及|而|作为|按照|专访|采访|对话|访谈|对谈|访问|邀请|请|约|连线|介绍)(?:了|到|到了)?|包括|来自|是|由|与|和|：|:)"
)
_POINTS_BACK = late.regex(
    r"(?:Its|Their|His|Her|Our|My)\s+|(?:其(?![他它她中余实])|同社の?|该公司的?|这家公司的?)", re.IGNORECASE
)
_OF_ONE = late.regex(r"(?:wife|husband|partner|son|daughter|mother|father|brother|sister|spouse)\b")
_APPOSITION = late.regex(
    r", (?:(?:an?|the|who (?:is|was|has been|had been|works as|serves as)(?: an?| the)?"
    r"|(?:[A-Z][\w.&-]{0,30} ){0,3}[A-Z][\w.&-]{0,30}[’']s?) )?([a-z][^,.;:\n]{4,80})[,.]"
)
_IS = late.regex(r"(原|曾|前)?(?:是|任|担任|出任)([^，。；：:（）()\n]{2,24})[，。；]")
_WIDEST = 200
"""Code points behind a name in which an English apposition ends."""
_JAPANESE = late.regex("(?:[長役員家師士]|参事|(?:准?教|助)授|助教|講師|教諭|監督|理事|記者|研究者|代表)$")


def standing(role: str | None) -> str | None:
    """The role without a word that points back in its article (`其创始人`, `its chief executive`): it stands alone.

    None for kin, who are nobody's without that word.
    """
    found = _POINTS_BACK.match(role) if role else None
    if role is None or found is None:
        return role
    rest = role[found.end() :].strip()
    return None if _OF_ONE.match(rest) else rest or None


@cache
def _titles(lexicon: Lexicon) -> Words:
    return Words(lexicon.words("people.chinese_titles"))


def beside(document: Document, name: str, lexicon: Lexicon) -> str | None:
    """The role that stands before or behind the name in the title or text; the first that ends in a known title.

    A title within a team or a list (组长, 发起人) without it says less than any other.
    """
    titles, bare = _titles(lexicon), lexicon.words("people.bare_titles")
    japanese = (document.language or "").startswith("ja")
    for text in (document.text, document.title or ""):
        at = text.find(name)
        for _ in range(8):
            if at < 0:
                break
            for found in (_before(text, at, titles, japanese=japanese), _behind(text, at + len(name), titles)):
                if found and found not in bare:
                    return found
            at = text.find(name, at + len(name))
    return None


def _before(text: str, at: int, titles: Words, *, japanese: bool) -> str | None:
    head = re.split(r"[，。；！？“”「」（）()\n|｜,]", text[max(0, at - LONGEST) : at])[-1].rstrip(" 、")
    if japanese:
        last = head.rsplit("、", 1)[-1]
        return last if _JAPANESE.search(last) else None
    head = _VERBS.sub("", head)
    title = titles.ending(head)
    if not title or len(head) < len(title):
        return None
    return head[head.rfind("的") + 1 :] if titles.ending(head[head.rfind("的") + 1 :]) else head


def _behind(text: str, at: int, titles: Words) -> str | None:
    """`林小鹿，海边科技创始人，…`, `林小鹿（海边科技创始人）`, `Ann Lee, a nurse at …,`."""
    m = re.match(r"(?:[，,]|[（(])([^，。；：:（）()\n]{2,24})(?:[，。,）)])", text[at : at + LONGEST + 4])
    if m and titles.ending(m[1].strip()):
        return re.sub(r"^(?:是|现任|时任|任|担任|作为)", "", m[1].strip())
    if (stands := _IS.match(text, at, min(len(text), at + LONGEST + 8))) and titles.ending(stands[2]):
        return (stands[1] or "") + stands[2]
    english = _APPOSITION.match(text, at, min(len(text), at + _WIDEST))
    return english[1] if english else None
