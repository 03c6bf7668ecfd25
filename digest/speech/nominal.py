"""Chinese noun phrases: where a subject begins and ends, and the name, title or body in it.

Chinese writes no spaces, and no segmenter runs here: a phrase is known by how it ends (a surname and two characters, a
title, a body, a foreign name's characters) and by the words that cannot stand inside it. Rules: quotes.md 2.5, 2.10.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from digest.speech.speaker import Voice
from digest.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.lexicon import Lexicon

HAN = "㐀-鿿"

STOP = "，。；！？：:,;!?…\n"
"""What ends a clause."""

_HAN = re.compile(f"[{HAN}]+")
_BRACKET = re.compile(r"[（(][^（()）]{0,40}[）)]$")
_LATIN = re.compile(r"[A-ZÀ-Ý][A-Za-zÀ-ÿ.'’-]*(?:[ ·•][A-Za-zÀ-ÿ][A-Za-zÀ-ÿ.'’-]*){0,4}$")
_LEADING_LATIN = re.compile(r"[A-Z][A-Za-zÀ-ÿ.'’-]+(?: [A-Z][A-Za-zÀ-ÿ.'’-]*){0,3}(?= ?[\u3400-\u9fff])")
_DAY = re.compile(r"(?:\d{2,4}年)?(?:\d{1,2}月)?(?:\d{1,2}日)?(?:[（(]\d{1,2}日[）)])?[\s、]*")
_ADVERBIALS = tuple(
    map(
        re.compile,
        (
            rf"(?:在|于|於|當|当)[^{STOP}]{{1,40}}?(?:时|時|中|上|里|裡|后|後|前|间|間|内|內|期间)$",
            r"(?:对|對|向|跟|给|給|问|問|告诉|告訴|提醒)[^的，。]{1,14}$",
            r"(?:接受|通过|透过|透過|致信|致函|回应|发表|面对|就|针对)[^的，。]{1,20}$",
        ),
    )
)


def _never(phrase: str) -> bool:
    del phrase
    return False


class Nominal:
    """The words of one lexicon that noun phrases are read with.

    `known` says of a phrase whether this text uses it as a name, though no list does; `together` of three characters
    whether the first two never stand without the third.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self.known: Callable[[str], bool] = _never
        self.together: Callable[[str], bool] = _never
        words = lexicon.words
        self._verb = Words((*words("cues.chinese"), *words("cues.chinese_bare")))
        self._bare = Words(words("cues.chinese_bare"))
        self._front = Words(words("people.chinese_front"))
        self._adverb = Words(words("people.chinese_adverbs"))
        self._pronoun = Words(words("people.chinese_pronouns"))
        self._predicate = Words((*words("people.chinese_predicates"), *words("cues.chinese")))
        self._preposition = Words(words("people.chinese_prepositions"))
        self._starter = Words(words("people.chinese_prepositions", "people.chinese_predicates"))
        self._title = Words(words("people.chinese_titles"))
        self._person = Words(words("people.chinese_titles", "people.chinese_kin"))
        self._body = Words(words("people.chinese_bodies"))
        self._unnamed = Words(words("people.chinese_unnamed"))
        self._no_name = frozenset(words("people.chinese_no_names"))
        self._surname = Words(words("people.surnames"))
        self._surname_double = Words(words("people.surnames_double"))
        self.sounds = frozenset("".join(words("people.chinese_sounds")))

    def noun_phrase(  # noqa: C901, PLR0911, PLR0912 -- an ending after the other
        self, text: str, start: int, end: int, *, own: bool, weak: bool = True
    ) -> tuple[int, int] | None:
        """The noun phrase that is the subject of the clause `text[start:end]`.

        `own` is the clause of the cue; `weak` takes two or three characters that no list knows for a name.
        """
        while end > start and text[end - 1].isspace():
            end -= 1
        if (
            not own
            and text[start : start + 1] in tuple("在当當据據随隨自从從对對于於")
            and len(self._front.at(text, start, end)) < 2
        ):
            return None  # an adverbial clause: its nouns are no subject of what follows
        start = self._past_front(text, start, end)
        if own:
            end = self._before_adverbs(text, start, end)
        if start >= end:
            return None
        if own and self.is_nominal(text[start:end]) and not self._has_verb(text, start, end):
            return start, end
        for at, word in self._starter.within(text, start + 1, end):
            if len(self._person.at(text, at, end)) > len(word):
                continue  # 负责 of 负责人
            cut = self._before_adverbs(text, start, at)
            if cut > start and self.is_nominal(text[start:cut]):
                return start, self._whole(text, start, cut, end)
        latin = _LEADING_LATIN.match(text, start, end)
        if latin and not any(self._title.within(text, latin.end(), min(end, latin.end() + 8))):
            return start, latin.end()
        if not weak:
            return None
        first = next((at for at, _ in self._starter.within(text, start + 1, end)), end)
        cut = self._before_adverbs(text, start, first)
        plain = text[start:cut]
        if plain and (own_pronoun := self._pronoun.at(plain, 0, len(plain))) and len(plain) <= len(own_pronoun) + 1:
            return start, start + len(own_pronoun)
        if own and end - start == 5 and text[end - 1] == "地":
            return None
        if (
            own
            and cut == end
            and 2 <= len(plain) <= 3
            and _HAN.fullmatch(plain)
            and plain not in self._front
            and self.known(plain)
        ):
            return start, cut
        if (
            2 <= len(plain) <= 6
            and self.sounds.issuperset(plain)
            and plain not in self._starter
            and plain not in self._front
        ):
            return start, cut
        return None

    def _has_verb(self, text: str, start: int, end: int) -> bool:
        """Whether a predicate of two characters stands inside the phrase, outside a 的-clause: no noun phrase."""
        low = max(start, text.rfind("的", start, end))
        return any(
            len(word) > 1
            and (low < at or at == start)
            and at + len(word) < end
            and len(self._person.at(text, at, end)) <= len(word)
            for at, word in self._predicate.within(text, low, end)
        )

    def _whole(self, text: str, start: int, cut: int, end: int) -> int:
        """Where a subject ends that was cut at a character of its own (李未 of 李未可科技的总裁林小鹿)."""
        if (
            not self.is_name(text[start:cut])
            or self._starter.at(text, cut, end) in self._preposition
            or len(self._starter.at(text, cut, end)) > 1
        ):
            return cut
        for at, word in self._starter.within(text, cut + 1, end):
            named = self.name_in(text[start:at])
            if named and named[1] and self._title.ending(named[1].rstrip("兼 ")):
                return at
            if word in self._preposition:
                break
        name = text[start : cut + 1]
        whole = cut - start == 2 and cut < end and self.is_name(name) and self.together(name)
        return cut + 1 if whole and not self._body.at(text, cut + 1, end) else cut

    def _past_front(self, text: str, start: int, end: int) -> int:
        while start < end and not self.is_name(text[start:end]) and text[start:end] not in self._pronoun:
            day = _DAY.match(text, start, end)
            word = day.group() if day and day.group() else self._front.at(text, start, end)
            if not word or len(self._person.at(text, start, end)) > len(word):  # 用 of 用户
                break
            start += len(word)
        return start

    def _before_adverbs(self, text: str, start: int, end: int) -> int:
        """Where the adverbials at the end of the clause begin."""
        while start < end:
            piece = text[start:end].rstrip()
            end = start + len(piece)
            if not piece or self.is_name(piece) or piece in self._pronoun:
                return end
            cut = self._one_adverbial(piece)
            if cut == len(piece):
                return end
            end = start + cut
        return end

    def _one_adverbial(self, piece: str) -> int:
        """How long the piece is without its last adverbial."""
        if piece[-1] in "地着":
            for size in (3, 5, 4, 6, 2):
                if (
                    len(piece) > size
                    and self.is_nominal(piece[:-size])
                    and (size == 3 or not self._body.ending(piece[:-size]))
                ):
                    return len(piece) - size
            return max(0, len(piece) - 3)
        for pattern in _ADVERBIALS:
            m = pattern.search(piece)
            if m:
                return m.start()
        if piece[-1] == "所" and self._person.ending(piece[:-1]):
            return len(piece) - 1
        adverb = self._adverb.ending(piece)
        if adverb:
            return len(piece) - len(adverb)
        verb = self._verb.ending(piece)
        return len(piece) - len(verb) if verb and verb not in self._bare and verb != piece else len(piece)

    def is_name(self, phrase: str) -> bool:
        """Surname and one or two characters, or 老, 小, 阿 and one or two."""
        if not 2 <= len(phrase) <= 4:
            return False
        double = phrase[:2] in self._surname_double
        if not double and (len(phrase) > 3 or (phrase[0] not in self._surname and phrase[0] not in "老小阿")):
            return False
        if (
            phrase in self._no_name
            or phrase[-1] in "地着了的得过说道们中上时"
            or phrase in self._starter
            or phrase in self._adverb
        ):
            return False
        return (not double or len(phrase) > 2) and _HAN.fullmatch(phrase) is not None

    def is_nominal(self, phrase: str) -> bool:  # noqa: PLR0911 -- an ending after the other
        """Whether the phrase ends as a name, title, body or pronoun does."""
        bare = _BRACKET.sub("", phrase)
        if bare in self._pronoun:
            return True
        if not bare or bare[-1] in "、的（(":
            return False
        if bare[-1] == "》" and "《" in bare:
            return True
        if bare in self._pronoun or self.is_name(bare) or (len(bare) == 2 and bare[0] == bare[1]):
            return True
        if _LATIN.search(bare) or _foreign_name(bare):
            return True
        if bare[-1] == "们":
            bare = bare[:-1]
        person = self._person.ending(bare)
        if person or (len(bare) > 2 and self._body.ending(bare)):
            return bare[0] not in "对對向跟给給"
        return self.name_in(bare) is not None

    def name_in(self, phrase: str) -> tuple[int, str | None] | None:
        """Where the name at the end of a phrase begins, and the role before or behind it."""
        after_de = phrase.rfind("的") + 1
        tail = phrase[after_de:]
        named = _LATIN.search(tail) or _foreign_name(tail)
        at, last = -1, ""
        for place, title in self._title.within(tail, 0, len(tail)):
            if place + len(title) > at + len(last):
                at, last = place, title
        behind = at + len(last) if last else 0
        if named:
            start = max(named.start(), behind if behind < named.end() else 0)
            return after_de + start, phrase[: after_de + start].rstrip("、 的") or None
        if last and behind < len(tail):
            rest = tail[behind:].lstrip("、 ")
            start = after_de + len(tail) - len(rest)
            if (
                2 <= len(rest) <= 6
                and not self._person.ending(rest)
                and (self.is_name(rest) or self.sounds.issuperset(rest) or self.known(rest))
            ):
                return start, phrase[:start].rstrip("、 ") or None
        if last and behind == len(tail):
            name = tail[:at]
            return (after_de, last) if self.is_name(name) or (at > 1 and self.sounds.issuperset(name)) else None
        return (after_de, phrase[:after_de].rstrip("的") or None) if self.is_name(tail) else None

    def voice(self, phrase: str, at: int, cue: str | None, *, hearsay: bool) -> Voice | None:
        """What a noun phrase says of the speaker: a name with its role, a pronoun, or words for somebody unnamed."""
        bare = _BRACKET.sub("", phrase)
        if not bare or bare[0] in "由把被将從从向对對" or (len(bare) < 3 and bare.isascii() and bare.isupper()):
            return None
        if bare in self._pronoun:
            return Voice(phrase, at, cue, pronoun=True, hearsay=hearsay)
        named = self.name_in(bare)
        if named is None:
            unnamed = self._person.ending(bare) != "" or self._unnamed.at(bare, 0, len(bare)) != ""
            return Voice(phrase, at, cue, name=None if unnamed else bare, unnamed=unnamed, hearsay=hearsay)
        start, role = named
        name = bare[start:]
        if role and name.endswith(role):
            name = name[: -len(role)]
        elif role and not (self._person.ending(role) or self._body.ending(role)):
            if bare[start - 1 : start] != "的" and any(self._predicate.within(role, 0, len(role))):
                return None
            role = None
        return Voice(phrase, at, cue, name=name, role=role, hearsay=hearsay)


def _foreign_name(phrase: str) -> re.Match[str] | None:
    """The foreign name in Chinese, its parts joined by dots, that a phrase ends with."""
    return _foreign().search(phrase) if any(dot in phrase for dot in "·•‧・") else None


@cache
def _foreign() -> re.Pattern[str]:
    return re.compile(f"[{HAN}]{{1,10}}(?:[·•‧・][{HAN}A-Z.]{{1,12}}){{1,3}}$")
