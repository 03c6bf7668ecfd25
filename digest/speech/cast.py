"""The people and bodies an article names: full names for short ones, persons for pronouns."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING

from digest import late
from digest.speech.marks import DUMMY
from digest.speech.role import standing
from digest.words import listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from digest.lexicon import Lexicon
    from digest.speech.speaker import Voice
    from digest.speech.topic import Topic

REACH = 1600
"""How far back a pronoun may point, in code points: some five paragraphs of English news."""

REACH_HAN = 400

MOST_NAMES = 400
"""An article names fewer people; what has more is a list or an index."""

RECENT = 60
"""So many speakers back a pronoun is looked up."""

_RUN = late.regex(
    r"[A-ZÀ-Ý][a-zà-ÿ]+(?:[-’'][A-Za-zà-ÿ]+)*(?: [A-ZÀ-Ý]\.?)?"
    r"(?: (?:(?:de|van|von|der|bin|al|el)[- ]){0,2}[A-ZÀ-Ý][A-Za-zà-ÿ]*[a-zà-ÿ](?:[-’'][A-Za-zà-ÿ]+)*){1,2}"
)
_OPENER = late.regex(
    r"^(?:But|And|The|A|An|As|When|While|In|On|At|For|If|So|Yet|With|From|To|By|After|Before|Since|Although|Though|"
    r"Because|That|This|"
    r"Mr|Mrs|Ms|Dr|Sen|Rep|Gov|President|Senator|Governor|Former|Then|Like|Now|Even|Both|Not|Did|Is|Are|Was|Will|Can|Does|Has|"
    r"All|One|Our|Some|Many|Most|Every|Unlike|According|Asked|Says|Said|Meanwhile|Later|Last|Also|"
    r"Only|Just|Here|Why|How|What|Who|Where) "
)
_SAYS = late.regex(
    r"\b(?:says?|said|adds?|added|asks?|asked|explains?|explained|wrote|writes|notes|noted|told|according to) $"
)
_PERSON_NOUN = late.regex(
    r"(?:man|woman|person|people|[a-z]{2,}er|[a-z]{2,}or|ist|ian|ant|ee|official|aide|friend|student|boss|guy|girl|boy|"
    r"chief|head)s?(?= (?:of|for|from|at|in|who|with)\b|$)"
)
_BRACKETED = late.regex(r"[（(]([A-Z][A-Za-z.'’-]+(?: [A-Z][A-Za-z.'’-]*){1,3})[）)]")
_BEFORE_BRACKET = late.regex(r"([㐀-鿿·]{2,12})\s?\Z")
_LONGEST_HAN = 13
"""Code points in which _BEFORE_BRACKET lies."""
_OPEN = listed(
    "i we you who it they 我 我们 我們 你 您 你们 自己 有的 有人 有些人 它 它们 谁 他们 她们 他們 她們 咱们 二人 两人 "
    "两者 本人 笔者 前者 后者"
)
"""Pronouns that mean more than one person, no person, or the author: left open."""

_GENDERS = {
    **dict.fromkeys(("he", "his", "him", "il", "他"), "m"),
    **dict.fromkeys(("she", "her", "elle", "她"), "f"),
}

_INSIDE = late.regex(r"(?:[\w,;’'，、“”（(] ?|\b(?:Mr|Mrs|Ms|Dr|Sen|Rep|Gov|Prof|St)\. )\Z")
"""What stands before a name that is inside a sentence, or behind a title."""
_LONGEST_INSIDE = 6
"""Code points in which _INSIDE lies."""
_HAN = late.regex("[㐀-鿿]+")


@dataclass(slots=True)
class Cast:
    """Who is named in one article.

    `aliases` are the editor's, short form → full name; `roles` name → the first role the article gives with it,
    `introduced` name → the role found beside it anywhere in the article.
    """

    text: str = ""
    aliases: Mapping[str, str] = field(default_factory=dict)
    roles: dict[str, str | None] = field(default_factory=dict)
    introduced: dict[str, str | None] = field(default_factory=dict)
    genders: dict[str, str] = field(default_factory=dict)
    voiced: set[str] = field(default_factory=set)
    joined: dict[str, str] = field(default_factory=dict)
    surnames: str = ""
    bodies: frozenset[str] = frozenset()
    topic: Topic | None = None
    _full: dict[str, str] = field(default_factory=dict)
    _unnamed: set[str] = field(default_factory=set)
    _spoken: list[tuple[int, str]] = field(default_factory=list)

    def meet(self, name: str, role: str | None = None) -> None:
        """Remember a name, and the first role the article gives with it."""
        self.roles[name] = self.roles.get(name) or standing(role)

    def meet_all(self) -> None:
        """Remember every name of two words and more whose last word stands alone too: how news names people."""
        for name in self._chinese_names():
            self.roles.setdefault(name, None)
            self.voiced.add(name)
        for m in _RUN.finditer(self.text):
            name = _OPENER.sub("", m.group())
            if " " not in name or name[: name.index(" ")].endswith("ly"):
                continue
            if len(self.roles) > MOST_NAMES:
                break
            if name not in self.roles:
                last = name[name.rfind(" ") + 1 :]
                at = self.text.find(last, m.end())
                if (
                    at > 0
                    and (not self.text[at - 1].isascii() or self.text[at - 1] in ' \n"(')
                    and not self.text.startswith(name[-len(last) - 2 :], at - 2)
                ):
                    self.roles[name] = None
                    behind = (self.text[at : at + 2] for at in _behind(self.text, name))
                    if not any(two.removeprefix(" ")[:1].isdecimal() for two in behind):  # a product has a version
                        self.voiced.add(name)

    def join(self) -> None:
        """Join two names of one person, `林小鹿（Ada Lin）`: the one that the article uses more stands for both."""
        for m in _BRACKETED.finditer(self.text):
            before = _BEFORE_BRACKET.search(self.text, max(0, m.start() - _LONGEST_HAN), m.start())
            if before is None:
                continue
            latin, run = m[1].strip(), before[1]
            han = next((run[-k:] for k in range(2, len(run) + 1) if run[-k:] in self.roles), None)
            if han is None or not (latin in self.roles or self.fullest(latin) != latin):
                continue
            counts = [(self.text.count(name), name) for name in (han, latin)]
            (_, less), (_, more) = sorted(counts, key=lambda pair: pair[0])
            self.joined[less] = more

    def _chinese_names(self) -> list[str]:
        """Surname and two characters that always stand together, three times at least."""
        if not self.surnames:
            return []
        begun = re.findall(f"([{self.surnames}])(?=(..))", self.text)
        counts = Counter([first + rest for first, rest in begun if "㐀" <= rest[0] <= "鿿" and "㐀" <= rest[1] <= "鿿"])
        return [
            name
            for name, n in counts.most_common(MOST_NAMES)
            if n > 2 and self.text.count(name[:2]) == n and name[-1] not in "的了是在和与说对也"
        ]

    def may_be_person(self, name: str) -> bool:
        """Whether he or she may stand for this name: no acronym, company or office."""
        words = name.split()
        if (
            _OPENER.match(name + " ")
            or any(word in self.bodies for word in words)
            or (not name.isascii() and any(name[-k:] in self.bodies for k in (2, 3)))
        ):
            return False
        if not name.isascii() or len(words) > 1:
            return not any(word.isupper() and len(word.strip(".")) > 1 for word in words)
        return name[1:].islower() and (
            name in self.genders or any(name in other.split() for other in self.roles if " " in other)
        )

    def fullest(self, name: str) -> str:
        """The longest name met that this one is a short form of; an alias of the editor goes before."""
        if name in self.aliases:
            return self.aliases[name]
        if name not in self._full:
            self._full[name] = self._fullest(name)
        full = self._full[name]
        return self.aliases.get(full) or self.joined.get(full, full)

    def _fullest(self, name: str) -> str:
        known = [other for other in self.roles if len(other) > len(name) and is_short_form(name, other)]
        if not known:
            return name
        longest = max(known, key=len)
        # Two people of one surname: a short form that fits both names neither.
        return longest if all(other == longest or is_short_form(other, longest) for other in known) else name

    def resolve(self, voice: Voice, blank: str) -> Voice:
        """The voice with the fullest name and the role the article gives it; a pronoun with the person it stands for.

        `blank` is the text with dummies for quotations: names inside them are never meant.
        """
        name = self.fullest(voice.name) if voice.name else None
        if voice.pronoun and voice.mention:
            name = self._meant(voice.mention.lower(), voice.at, blank)
            self._remember(voice.mention, name)
            if name and name in self._unnamed:
                return replace(voice, name=name, unnamed=True)
        if name and not voice.pronoun and self._is_only_a_capital(name):
            return replace(voice, name=None)
        if (
            voice.unnamed
            and voice.mention
            and voice.at >= 0
            and (not voice.mention.isascii() or _PERSON_NOUN.search(voice.mention))
        ):
            self._unnamed.add(voice.mention)
            self._spoken.append((voice.at, voice.mention))
        if name is None:
            return voice
        if voice.at >= 0:
            self._spoken.append((voice.at, name))
        role = standing(voice.role) or self.roles.get(name) or (self.roles.get(voice.name) if voice.name else None)
        return replace(voice, name=name, role=role)

    def _is_only_a_capital(self, name: str) -> bool:
        """Whether a single English word is capital only because it begins sentences (`Loudly`, `Imagine`)."""
        if " " in name or not name.isascii() or not name[1:].islower() or name in self.genders or name in self.bodies:
            return False
        if name in self.aliases:
            return False
        for at in _behind(self.text, name):
            follows = self.text[at : at + 2]
            start = at - len(name)
            whole = not follows[:1].isalnum() and follows[:1] != "_"
            if whole and _INSIDE.search(self.text, max(0, start - _LONGEST_INSIDE), start):
                return False
            if _HAN.match(follows.removeprefix(" ")):
                return False
        return True

    def _meant(self, pronoun: str, at: int, blank: str) -> str | None:
        """The person a pronoun at `at` stands for: the last one who was the subject of a clause, or spoke."""
        if pronoun in _OPEN:
            return None
        gender = _GENDERS.get(pronoun, "")
        headed = self.topic.before(blank, at) if self.topic and gender and at >= 0 else None
        if headed and self.genders.get(full := self.fullest(headed), gender) == gender and self.may_be_person(full):
            return full
        low = max(0, at - (REACH if pronoun.isascii() else REACH_HAN))
        places: list[tuple[int, bool, str]] = [
            (place, True, name)
            for place, name in self._spoken[-RECENT:]
            if low <= place < at and self.may_be_person(name)
        ]
        for name in self.roles:
            full = self.fullest(name)
            if (full not in self.voiced and full not in self.genders) or not self.may_be_person(full):
                continue
            for form in {name, name[name.rfind(" ") + 1 :]} if name.isascii() else {name}:
                place = blank.rfind(form, low, at)
                if place >= 0 and len(form) > 1:
                    places.append((place, _is_subject(blank, place), full))
        fitting = [p for p in places if not gender or self.genders.get(p[2], gender) == gender]
        if not fitting:
            return None
        subjects = [p for p in fitting if p[1]]
        best = max(subjects or fitting, key=lambda p: p[0])
        others = {p[2] for p in fitting if p[0] > best[0] - 40 and p[1] == best[1]} - {best[2]}
        if self.topic and gender and not pronoun.isascii() and at >= 0 and self.topic.stranger(blank, at, best[2]):
            return None
        return best[2] if subjects or not others else None

    def _remember(self, pronoun: str, name: str | None) -> None:
        """Keep of whom 他 or 她 was said: the other of the two is somebody else."""
        gender = _GENDERS.get(pronoun)
        if name and gender and not pronoun.isascii():
            self.genders.setdefault(name, gender)


def _behind(text: str, word: str) -> Iterator[int]:
    """Where the text goes on behind each place of a word."""
    at = text.find(word)
    while at >= 0:
        at += len(word)
        yield at
        at = text.find(word, at)


def _is_subject(text: str, at: int) -> bool:
    """Whether a name at `at` begins a clause, titles and roles before it set aside."""
    before = text[max(0, at - 60) : at]
    if _SAYS.search(before):
        return True
    head = re.split(rf"[.!?。！？；;\n{DUMMY}]|[,，](?=\s*$)", before)[-1].strip(" “\"'，,")
    return (
        not head
        or not (re.search("[a-z]{2}", head) or any(len(run) > 2 for run in _HAN.findall(head)))
        or bool(re.fullmatch(r"(?:and|but|as|when|while|that|而|但|对此)", head.lower()))
    )


def is_short_form(short: str, long: str) -> bool:
    """Whether `short` is a surname, forename or title form of the name `long`."""
    if not _HAN.search(long):
        words, wanted = long.replace("·", " ").split(), short.split()
        return len(wanted) < len(words) and (words[-len(wanted) :] == wanted or words[: len(wanted)] == wanted)
    if len(short) < 2 or len(long) <= len(short):
        return False
    surname = len(short) == 2 and len(long) <= 5 and "·" not in long and long.startswith(short)
    return long.endswith(short) or surname or ("·" in long and long.startswith(short + "·"))


@cache
def genders(lexicon: Lexicon) -> dict[str, str]:
    """Forename or title → "m" or "f"."""
    table = dict.fromkeys(lexicon.words("people.forenames_f"), "f")
    table.update(dict.fromkeys(lexicon.words("people.forenames_m"), "m"))
    return table


@cache
def bodies(lexicon: Lexicon) -> frozenset[str]:
    """Words that tell a body from a person."""
    return frozenset(lexicon.words("people.english_bodies", "people.chinese_bodies"))


@cache
def surnames(lexicon: Lexicon) -> str:
    """Every Chinese surname of one character."""
    return "".join(lexicon.words("people.surnames"))
