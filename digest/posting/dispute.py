"""Disputes: whether two speakers disagree about one thing, so that their words may be set against each other.

By rule, and no where the rule does not know: two sayings that only stand in one story are no contrast. Both must speak
of the same thing, in words that few texts have; and one must answer, deny or measure otherwise what the other says.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from digest import lexicon
from digest.gathering.naming import key
from digest.gathering.profile import rare
from digest.judging.amount import amounts, same
from digest.term import CJK, bounded, tokens

if TYPE_CHECKING:
    from digest.posting.wording import Voice

TELLING = 0.3
"""How rare a word must be in clippings of all sorts to tell what is spoken of."""
SHARED = 2
"""So many such words two sayings have in common that are about one thing; one where an opposite or a name stands."""
LIKE = 0.6
"""Sayings that share more of the shorter one's words say the same."""


def disagree(one: Voice, other: Voice) -> bool:
    """Whether two named voices contradict each other about the same thing."""
    words, others = set(tokens(one.words)), set(tokens(other.words))
    denied = bool(_denial().search(one.words)) != bool(_denial().search(other.words))
    alike = len(words & others) > LIKE * max(1, min(len(words), len(others)))
    if one.speaker == other.speaker or (alike and not denied):
        return False
    shared = {word for word in words & others if (len(word) > 3 or word[0] >= CJK) and rare(word) >= TELLING}
    if _answers(one, other) or _answers(other, one):
        return True
    if shared and _opposite(one.words, other.words):
        return True
    if shared - _counted(one.words) - _counted(other.words) and _otherwise(one.words, other.words):
        return True
    return denied and len(shared) >= SHARED


def _answers(one: Voice, other: Voice) -> bool:
    """Whether one names the other and turns against what they hold."""
    name = other.speaker or ""
    given = name[1:] if name[:1] >= CJK and len(name) == 3 else key(name)
    return len(given) > 1 and given in one.words and bool(_denial().search(one.words))


def _opposite(one: str, other: str) -> bool:
    """Whether one has a word and the other its opposite, and neither has both."""
    for first, second in _opposites():
        # The second is looked for first, as it may hold the first: 不公平 and 公平.
        mine, theirs = ((bool(first.search(second.sub("", text))), bool(second.search(text))) for text in (one, other))
        if mine in ((True, False), (False, True)) and theirs == mine[::-1]:
            return True
    return False


def _otherwise(one: str, other: str) -> bool:
    """Whether both count in one unit and come to other figures."""
    return any(
        first.unit and first.unit == second.unit and not same(first.value, second.value)
        for first in amounts(one)
        for second in amounts(other)
    )


def _counted(text: str) -> set[str]:
    """The words of figures: two spans of time share their unit, and are about nothing in common for it."""
    return {word for amount in amounts(text) for word in tokens(amount.text)}


@cache
def _denial() -> re.Pattern[str]:
    return _any(lexicon.default().words("fitting.denials"))


@cache
def _opposites() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    """Pairs of words that say the opposite of each other."""
    pairs = (pair.split("|") for pair in lexicon.default().words("fitting.opposites"))
    return tuple((_any(first.split("/")), _any(second.split("/"))) for first, second in pairs)


def _any(words: tuple[str, ...] | list[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(bounded, words)), re.IGNORECASE)
