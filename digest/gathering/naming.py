"""Naming: the people and bodies an article names, told by what is said around the name.

There is no dictionary of companies or people: a title before a name, a verb of saying behind it and who
speaks in the article tell a person; what is joined, left, or has staff is a body. So the same holds when
every name is another.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from digest import shipped
from digest.lexicon import default
from digest.quote import QUOTABLE
from digest.term import CJK, LATIN, is_han

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from digest.lexicon import Lexicon
    from digest.quote import Quote

TOLD = 0.08
"""The share of a name's places that must tell that it is a person's."""
BODIES = 12
"""How many of the most repeated pairs of characters are looked at as names of bodies."""
SAYS = ("说", "称")
"""Verbs of saying of one character that tell a person; others (想, 指) are said of anything."""
MANY = 20
"""How many places of a name are looked at."""
PARTICLES = frozenset(
    "的了在是和与对为被把就也都而及或并从到向让给以于其之这那个们着过地得很更最还又再已将会能可要不没有无我你他她它"
    "一二三四五六七八九十年月日号中上下前后内外里间等如由因此但则即若虽且所说称道"
)
"""Characters that are mostly words of their own: a pair that holds one is no name."""
WINDOW = 16
"""How many characters beside a name are looked at."""


class Named(NamedTuple):
    """Names of an article.

    `people` by weight against the principal one (a fifth of it and more), under
    the Han name or the last word of a Latin one; `bodies` in lower case; `spelled` the words of every name
    in Latin letters, in lower case.
    """

    people: Mapping[str, float]
    bodies: frozenset[str]
    spelled: frozenset[str]


@cache
def common() -> frozenset[str]:
    """Common words: Chinese ones of two characters, those of other languages in lower case."""
    table = shipped.table("config/lexicon/common.yaml")
    return frozenset(word for words in table.values() for word in words.split())


def named(text: str, head: str, terms: Mapping[str, int], quotes: Iterable[Quote], lexicon: Lexicon) -> Named:
    """The people and bodies of a text. `head` is its title and lead, `terms` how often it has each term."""
    cues = _of(lexicon)
    spoken = Counter(
        key(quote.speaker)
        for quote in quotes
        if quote.speaker and quote.kind in QUOTABLE and not quote.unnamed and not quote.asks
    )
    latin, full = _latin_names(text, head)
    han = _han_names(text, head, terms, spoken, cues)
    weights: dict[str, float] = {}
    bodies: set[str] = set()
    words = sum(1 for term in terms if term[0] < CJK) * 2 > len(terms)
    for name, count in {**latin, **han}.items():
        person, body = cues.count(name, text)
        person += 2 * min(spoken[name], 3)
        if words and name[0] < CJK and name not in full:  # an article in English gives a person's whole name once
            person = 0
        if person > body and person >= _enough(name, min(count, MANY), name in full) and cues.is_name(name):
            weights[name] = count * (3 if name in head else 1) + 2 * person
        elif body or name[0] < CJK:
            bodies.add(name.casefold())
    bodies |= {*_repeated_bodies(text, terms, cues), *_suffixed_bodies(text, cues)}
    weights = _without_parts(weights)
    top = max(weights.values(), default=1.0)
    people = {name: round(weight / top, 3) for name, weight in sorted(weights.items()) if weight * 5 >= top}
    parts = {part.casefold() for name in people for part in (name, *full.get(name, ()))}
    spelled = {word.casefold() for name in {**latin, **full} for word in (name, *full.get(name, ()))}
    return Named(people, frozenset(bodies - parts), frozenset(spelled))


@cache
def _syllables() -> dict[str, str]:
    table = shipped.table("config/lexicon/pinyin.yaml")
    return {character: syllable for syllable, characters in table.items() for character in characters}


def readings() -> Mapping[str, str]:
    """How each Han character is read, without its tone."""
    return _syllables()


def in_latin(name: str) -> frozenset[str]:
    """How a Chinese name is written in Latin letters, surname and forename apart: 周慕白 as {zhou, mubai}.

    A name of two characters that need not be a person's is also one word; empty where a reading is not known.
    """
    sounds = [_syllables().get(character, "") for character in name]
    if not all(sounds) or not sounds:
        return frozenset()
    return frozenset((sounds[0], "".join(sounds[1:]))) - {""}


def sounding(text: str, spelled: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Surname and forename of every three characters of a text that sound like two of the words."""
    table = _syllables()
    for at in range(len(text) - 2):
        first = table.get(text[at])
        if first is not None and first in spelled:
            rest = table.get(text[at + 1], "?") + table.get(text[at + 2], "?")
            if rest in spelled:
                yield first, rest


def as_word(name: str) -> str:
    """The name in Latin letters as one word: 岚石 as lanshi."""
    return "".join(_syllables().get(character, "?") for character in name)


def key(name: str) -> str:
    """A name as it is counted: a Latin one by its last word, one with a middle dot by its last part."""
    name = re.sub(r"['’]s$", "", name.strip())
    if "·" in name:
        return name.split("·")[-1]
    return name.split()[-1] if name and name[0] < CJK and " " in name else name


def _latin_names(text: str, head: str) -> tuple[dict[str, int], dict[str, tuple[str, ...]]]:
    """Capitalised words by how often they stand in the text, and those that end a name of several words."""
    counts: Counter[str] = Counter()
    full: dict[str, tuple[str, ...]] = {}
    for match in _capitals().finditer(text):
        words = [re.sub(r"['’]s$", "", word) for word in match.group().split()]
        while words and words[0].casefold() in common():
            del words[0]
        counts.update(words)
        if 1 < len(words) <= 3 and not any(word.isupper() for word in words):
            full[words[-1]] = tuple(words[:-1])
    kept = {
        name: count
        for name, count in counts.items()
        if len(name) > 1 and name.casefold() not in common() and (count > 1 or name in head or name in full)
    }
    firsts = {word for words in full.values() for word in words}
    return {name: count for name, count in kept.items() if name not in firsts or name in full}, full


@cache
def _capitals() -> re.Pattern[str]:
    return re.compile(rf"[A-Z][{LATIN}'’-]{{1,24}}(?: (?:[A-Z]\. )?[A-Z][{LATIN}'’-]{{1,24}}){{0,2}}")


def _han_names(text: str, head: str, terms: Mapping[str, int], spoken: Mapping[str, int], cues: Cues) -> dict[str, int]:
    """Names in Chinese characters: who speaks, foreign names, and repeated words that begin as a surname does."""
    counts = {name: text.count(name) for name in spoken if name[:1] >= CJK}
    for match in cues.foreign.finditer(text):
        if match.group()[:2] not in common():
            counts[match.group()] = text.count(match.group())
    for term, count in terms.items():
        often = count > 2 or (count > 1 and term in head)
        if often and len(term) == 2 and term[0] in cues.surnames and term not in common():
            name = _extended(text, term, count)
            counts[name] = text.count(name)
    return {name: count for name, count in counts.items() if len(name) > 1}


def _enough(name: str, places: int, full: bool) -> float:  # noqa: FBT001 -- a private question about one name
    """How much must tell that a name is a person's: the less, the more it looks like one by itself."""
    if full or (name[0] >= CJK and len(name) > 2):
        return max(1.0, TOLD * places)
    return max(3.0, 2 * TOLD * places)


def _suffixed_bodies(text: str, cues: Cues) -> Iterator[str]:
    """The two characters before what only companies are called (澄原 of 澄原科技)."""
    for suffix in cues.suffixes:
        at = text.find(suffix)
        while at >= 0:
            pair = text[max(0, at - 2) : at]
            if len(pair) > 1 and _is_han(pair) and pair not in common() and PARTICLES.isdisjoint(pair):
                yield pair
            at = text.find(suffix, at + 1)


def _is_han(word: str) -> bool:
    return all("一" <= character <= "鿿" for character in word)


def _repeated_bodies(text: str, terms: Mapping[str, int], cues: Cues) -> Iterator[str]:
    """Pairs of characters that are no common word, stand often, and are spoken of as a body."""
    often = sorted(
        (term for term, count in terms.items() if count > 2 and len(term) == 2 and term[0] >= CJK),
        key=lambda term: (-terms[term], term),
    )
    for term in [term for term in often if term not in common() and PARTICLES.isdisjoint(term)][:BODIES]:
        person, body = cues.count(term, text)
        if body > person:
            yield term


def _extended(text: str, pair: str, count: int) -> str:
    """The pair with a third character where nearly every place has the same one behind it (田渊 → 田渊栋)."""
    behind: Counter[str] = Counter()
    at = text.find(pair)
    while at >= 0:
        behind[text[at + 2 : at + 3]] += 1
        at = text.find(pair, at + 2)
    character, often = behind.most_common(1)[0]
    return pair + character if is_han(character) and often * 5 >= count * 4 else pair


def foreign_names() -> re.Pattern[str]:
    """What a foreign name in Han characters looks like, by the shipped list of those it is written in."""
    return _of(default()).foreign


class Cues:
    """What stands around the names of people and of bodies."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.surnames = frozenset("".join(lexicon.words("people.surnames", "people.surnames_double")))
        transcribed = "".join(lexicon.words("rules.foreign_name"))
        self.foreign = re.compile(f"[{transcribed}]{{3,7}}(?:·[{transcribed}]{{1,7}})?")
        self._titles = tuple(word for word in lexicon.words("people.chinese_titles") if len(word) > 1)
        says = [word for word in lexicon.words("cues.chinese") if len(word) > 1 or word in SAYS]
        self._person = _begins([*lexicon.words("rules.behind_person"), *says])
        self._body = _begins(lexicon.words("rules.behind_body", "people.chinese_bodies", "people.chinese_titles"))
        self.suffixes = lexicon.words("rules.company")
        self.bodies = tuple(lexicon.words("people.chinese_bodies"))
        self._before_body = tuple(lexicon.words("rules.before_body"))
        self._english_titles = tuple(f"{word.casefold()} " for word in lexicon.words("rules.before_person"))

    def is_name(self, name: str) -> bool:
        """Whether it can be what a person is called: no capitals throughout, in Chinese a surname or a foreign name."""
        if name[0] < CJK:
            return not name.isupper()
        chinese = 1 < len(name) < 5 and name[0] in self.surnames and common().isdisjoint((name[:2], name[1:]))
        return not name.endswith(self.bodies) and (chinese or self.foreign.fullmatch(name) is not None)

    def count(self, name: str, text: str) -> tuple[float, float]:
        """How often the name is spoken of as a person, and as a body."""
        person = body = 0.0
        for at in _places(name, text):
            before, behind = text[max(0, at - WINDOW) : at], text[at + len(name) : at + len(name) + WINDOW]
            latin = name[0] < CJK and before.endswith(" ")
            if latin:
                before = _forenames().sub("", before)
            if before.endswith(self._titles) or (latin and before.casefold().endswith(self._english_titles)):
                person += 1
            elif before.endswith(self._before_body):
                body += 1
            if self._person(behind):
                person += 1
            elif self._body(behind):
                body += 1
        return person, body


@cache
def _forenames() -> re.Pattern[str]:
    return re.compile(rf"(?:[A-Z][{LATIN}.'’-]{{0,19}} ){{1,2}}$")


def _places(name: str, text: str) -> Iterator[int]:
    at = text.find(name)
    seen = 0
    while at >= 0 and seen < MANY:
        yield at
        seen += 1
        at = text.find(name, at + len(name))


def _begins(words: Iterable[str]) -> Callable[[str], bool]:
    """Whether what stands behind a name begins with one of the words, an adverb or a place before it aside."""
    options = tuple(words)
    firsts = frozenset(word[0] for word in options)

    def starts(text: str, at: int) -> bool:
        return text[at : at + 1] in firsts and text.startswith(options, at)

    def begins(behind: str) -> bool:
        aside = _aside().match(behind)
        if starts(behind, 0) or (aside and starts(behind, aside.end())):
            return True
        place = _place().match(behind) if behind.startswith("在") else None
        return place is not None and any(starts(behind, at) for at in range(2, place.end() + 1))

    return begins


@cache
def _aside() -> re.Pattern[str]:
    return re.compile("(?:本人|则|还|也|曾|已|['’]s|,)? ?")


@cache
def _place() -> re.Pattern[str]:
    """Where it was said: 在发布会上."""
    return re.compile(r"在[^，。,\n]{1,10}")


@cache
def _of(lexicon: Lexicon) -> Cues:
    return Cues(lexicon)


def _without_parts(weights: dict[str, float]) -> dict[str, float]:
    """Without names that are another with a letter more or less (林晓 beside 林晓峰): the fuller, if as common."""
    kept = dict(weights)
    for name, weight in weights.items():
        for other, more in weights.items():
            if name != other and name in other:
                kept.pop(name if more * 2 >= weight else other, None)
    return kept
