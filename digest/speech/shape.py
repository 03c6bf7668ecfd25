"""What a speaker and a role look like: what is none of either by its shape is left out.

A wrong name or role in a post costs more than a missing one (quotes.md 2.13).
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from digest import late
from digest.speech import chinese
from digest.speech.clause import AUXILIARIES, CONJUNCTIONS, DETERMINERS, NO_SUBJECT, PREPOSITIONS, TIME
from digest.words import Words, listed

if TYPE_CHECKING:
    from digest.lexicon import Lexicon

LONGEST = 40
"""Code points of the longest Chinese phrase that can be who speaks."""

_POSSESSIVE = late.regex(
    r"^(?:(?:and|but|as|while)\s+)?(?:its|his|her|their|our|my|your|whose|the late)\s+", re.IGNORECASE
)
_OWNER = late.regex(r"^(?:[A-ZÀ-Ý][\w.&-]*\s){0,3}[A-ZÀ-Ý][\w.&-]*[’']s?\s+(?=[a-z])")
_CODE = late.regex(r"[\\_{}<>=|\[\]…]|(?:^|[a-z.])/[a-z]|\.\w{1,4}$|^[\d.,%~-]+\w?$|--")
_SENTENCE = listed(
    "i i've i'm you we he she they it is are was were has have had do does did will would can could should may "
    "might must"
)
_PERSONS = late.regex(
    r"(?:man|woman|men|women|person|people|[a-z]{2,}(?:er|or|ant|ent)|ist|ian|ee|chief|head|chair|official|aide|friend|"
    r"student|nurse|judge|boss|executive|secretary|fellow|captain|mayor|veteran|widow|surrogate|architect|expert|"
    r"scholar|democrat|republican|guard|analyst|spokes\w+|brother|son|wife|husband|candidate|nominee|attorney|counsel|"
    r"ceo|cto|cfo|coo|pm|host|cook|guide|scribe|lead|advocate|associate|colleague|general|deputy)s?$",
    re.IGNORECASE,
)
_HAN = late.regex("[㐀-鿿]+")  # the very pattern of cast.py and passage.py, so that it is compiled once
_JAPANESE = late.regex("[ぁ-ヿ]|[長役者員家師士官]$")
_STARTS_HAN = tuple("的地得了着过是在于其和与及或被把将让使对从为并而但也都就还又再啊吧呢吗请收")
_ENDS_HAN = tuple("的地得了着过在于和与及或被把将让使对向从为并而但也都就还又再所先误真")


def role(words: str | None, lexicon: Lexicon) -> str | None:
    """A role without the possessive before it; None for a time phrase, a clause, or what names no office."""
    bare = (words or "").strip(" \u00a0,，、：:;；—-")
    if not bare:
        return None
    if _HAN.search(bare):
        bare = bare.removeprefix("其").removeprefix("和").removeprefix("与")
        if "其中" in bare:  # of those the sentence before names
            bare = bare[bare.rfind("的") + 1 :]
        if bare in _bare_titles(lexicon):
            return None
        return bare if _titles(lexicon).ending(bare) or _JAPANESE.search(bare) else None
    if not bare.isascii() and not any(char.isascii() and char.isalpha() for char in bare):
        return bare
    previous = None
    while previous != bare:
        previous, bare = bare, _OWNER.sub("", _POSSESSIVE.sub("", bare))
    return bare if _is_office(bare, lexicon) else None


def _is_office(words: str, lexicon: Lexicon) -> bool:
    """Whether the head of an English phrase, before its first preposition or `who`, is a word for persons."""
    parts = words.replace(",", " ,").split()
    if parts and parts[0].lower() in TIME | PREPOSITIONS | CONJUNCTIONS | NO_SUBJECT:
        return False
    end = next(
        (i for i, part in enumerate(parts) if i and part.lower() in PREPOSITIONS | {"who", "and", ","}), len(parts)
    )
    head = [part.strip(".,") for part in parts[:end]]
    if not head or any(part.lower() in _SENTENCE for part in head):
        return False
    last = head[-1]
    return _PERSONS.search(last.split("-")[-1]) is not None or last.lower() in _english_titles(lexicon)


def is_speaker(  # noqa: PLR0911 -- a shape after the other
    name: str, lexicon: Lexicon, *, unnamed: bool = False
) -> bool:
    """Whether these words can stand for who speaks: no code, number, command, clause or bit of a sentence."""
    if (
        not name
        or _CODE.search(name)
        or name.endswith(("…", "”", ":", "："))
        or not any(char.isalpha() for char in name)
    ):
        return False
    if _HAN.search(name):
        if name[-1] in "他她它":
            return False
        if _titles(lexicon).ending(name) or chinese.of(lexicon).is_name(name):
            return True
        return 1 < len(name) <= LONGEST and not name.startswith(_STARTS_HAN) and not name.endswith(_ENDS_HAN)
    if not name.isascii() and not re.search("[A-Za-z]", name):
        return True
    # `Will` and `May` are names too.
    words = [word if word in ("Will", "May") else word.lower() for word in name.split()]
    if any(word in _SENTENCE for word in words) or words[0] in CONJUNCTIONS | NO_SUBJECT or words[-1] in _last():
        return False
    if len(words) > 1 and words[0] in PREPOSITIONS | {"like"}:
        return False
    return not (
        len(words) == 1 and (words[0] in _commands(lexicon) or words[0] in PREPOSITIONS | AUXILIARIES)
    ) and not (unnamed and len(words) == 1 and words[0].endswith(("ing", "ly")))


@cache
def _last() -> frozenset[str]:
    return (
        PREPOSITIONS
        | CONJUNCTIONS
        | DETERMINERS - {"all", "both", "one", "another", "most", "many", "several", "some", "these", "those"}
    )


@cache
def _commands(lexicon: Lexicon) -> frozenset[str]:
    return frozenset(word.lower() for word in lexicon.words("people.no_speakers"))


@cache
def _titles(lexicon: Lexicon) -> Words:
    return Words(lexicon.words("people.chinese_titles", "people.chinese_kin"))


@cache
def _bare_titles(lexicon: Lexicon) -> frozenset[str]:
    return frozenset(lexicon.words("people.bare_titles"))


@cache
def _english_titles(lexicon: Lexicon) -> frozenset[str]:
    return frozenset(word.lower() for word in lexicon.words("people.english_titles")) - {"former", "general"}
