"""Who speaks, as English says it: the cue verb around a marked stretch, and the noun phrase that governs it.

Works on text whose quoted stretches are dummies, a sentence at a time, so that verbs and names inside quotations never
count and the cost hangs on the number of quotations. Rules: quotes.md 2.2, 2.3, 2.5.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from digest.marks import DUMMY
from digest.speaker import Voice

if TYPE_CHECKING:
    from digest.lexicon import Lexicon

WINDOW = 320
MOST_WORDS = 26

_TOKEN = re.compile(rf"{DUMMY}+|[^\W_]+(?:[’'.&/-][^\W_]+)*(?:[’'](?![\w’']))?\.?|[—–―]|--|[^\w\s]", re.UNICODE)
_CONJUNCTIONS = frozenset(
    "and but so as while then though although yet or nor because since when if that which who whom whose where after before "
    "until unless whether how why what whereas plus".split()
)
_PREPOSITIONS = frozenset(
    "in on at during after before under over by with without from for to of about against into onto through throughout amid "
    "among between within across since until upon despite following per via like unlike regarding concerning".split()
)
_AUXILIARIES = frozenset(
    "has have had is are was were be been being would will could can may might must should shall do does did not also then "
    "later once recently still again never always often just now already even only earlier further soon previously "
    "initially eventually finally simply merely repeatedly himself herself went on to goes continued n't didn't has’nt "
    "himself both all instead too quickly first subsequently sometimes frequently famously reportedly first".split()
)
_NO_SUBJECT = frozenset(
    "there what which whom whose when where why how if as while because so such to not no yes and but or nor then thus hence "
    "here now everything nothing something anything".split()
)
COMMON = _CONJUNCTIONS | _PREPOSITIONS | _NO_SUBJECT
"""Words that begin sentences and name nobody."""

_ALONE = frozenset("this that these those all most both each other who".split())
"""Words that are no subject by themselves (`this source` is one)."""
_DETERMINERS = frozenset("a an the one another some several many two three four five his her its their our my this that these those "
                         "every each no both most".split())
_TIME = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september "
    "october november december today yesterday tomorrow tonight".split()
)


class Token(NamedTuple):
    """A word or sign of a window with its place there; `lower` has no full stop."""

    text: str
    start: int
    end: int
    lower: str
    is_word: bool
    is_capital: bool


def tokens(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """The words and signs of a window."""
    found: list[Token] = []
    for m in _TOKEN.finditer(text, start, len(text) if end is None else end):
        word, behind = m.group(), m.end()
        first = word[0]
        if (
            first == DUMMY and len(word) <= 14 and found  # noqa: PLR2004 -- a nickname inside a name
            and found[-1].is_capital and text[behind : behind + 2].strip().isupper()
        ):
            continue
        if word[-1] == "." and len(word) > 1 and not is_abbreviation(text, behind - 1):
            word = word[:-1]
            found.append(Token(word, m.start(), behind - 1, word.lower(), first.isalnum(), first.isupper()))
            found.append(Token(".", behind - 1, behind, "", False, False))
        else:
            found.append(Token(word, m.start(), behind, word.lower().rstrip("."), first.isalnum(), first.isupper()))
    return found


def forms(base: str) -> tuple[str, ...]:
    """The finite and participle forms of a regular verb: say → says, saying; cry → cries, cried."""
    if base.endswith("e"):
        return base, f"{base}s", f"{base}d", f"{base[:-1]}ing"
    if base.endswith("y") and base[-2] not in "aeiou":
        return base, f"{base[:-1]}ies", f"{base[:-1]}ied", f"{base}ing"
    third = f"{base}es" if base.endswith(("s", "sh", "ch", "x", "z")) else f"{base}s"
    doubled = base + base[-1] if re.fullmatch(r".*[^aeiou][aeiou][bdgmnprt]", base) else base
    return base, third, f"{base}ed", f"{base}ing", f"{doubled}ed", f"{doubled}ing"


class English:
    """The cue verbs of one lexicon with their forms."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.bases = frozenset(lexicon.words("cues.english_strong", "cues.english_weak"))
        self.strong = {form for base in lexicon.words("cues.english_strong") for form in forms(base)}
        self.strong |= set(lexicon.words("cues.english_irregular"))
        self.weak = {form for base in lexicon.words("cues.english_weak") for form in forms(base)} - self.strong
        self.reporting = {form for base in lexicon.words("cues.english_reported") for form in forms(base)}
        self.reporting |= set(lexicon.words("cues.english_reported_irregular"))
        self._reporting_words = (self.strong | self.weak | self.reporting) - set(lexicon.words("cues.english_reported_never"))
        self.bases |= frozenset(lexicon.words("cues.english_reported"))
        self.verbs = frozenset(lexicon.words("people.english_verbs"))
        self.openers = frozenset(lexicon.words("people.english_openers"))
        self.pronouns = frozenset(lexicon.words("people.english_pronouns"))
        self.titles = frozenset(word.lower() for word in lexicon.words("people.english_titles"))
        self.works = re.compile(rf"\b(?:{lexicon.any_of('cues.english_work')})s?\b[\s,:]*$", re.IGNORECASE)

    def reports(self, word: str) -> bool:
        """Whether the word is a form of a verb that takes a statement (saying, believing, planning)."""
        return word in self._reporting_words

    def has_cue(self, sentence: str) -> bool:
        """Whether any word of the sentence may be a cue; quick, for sentences by the thousand."""
        return "ccording to " in sentence or not self._reporting_words.isdisjoint(
            sentence.lower().replace(",", " ").replace(".", " ").split()
        )

    def is_cue(self, word: str, *, weak: bool) -> bool:
        """Whether the word, in lower case, is a finite or participle form of a cue verb."""
        return word in self.strong or (weak and word in self.weak)

    # ── the cue behind the quotation ──────────────────────────────────────────────────────────────────────────
    def behind(self, after: str, offset: int, *, touches: bool = True) -> tuple[Voice, int] | None:
        """Whose the quotation is by the words behind it, up to the end of their sentence; and where the cue ends.

        `touches` says that the quotation ends as one does before its cue: in a comma, question or exclamation mark.
        """
        end = sentence_end(after, 0)
        words = tokens(after, 0, end)
        if words and words[0].text in _DASHES and (signed := self._signed(after, words[1:], offset)):
            return signed, len(after)
        while words and words[0].text in ",—–-―--":
            words = words[1:]
        if not words or not words[0].is_word:
            return None
        if words[0].lower == "according" and len(words) > 2 and words[1].lower == "to":  # noqa: PLR2004
            voice = self.inverted(after, words[2:], offset, "according to")
            return (voice, words[1].end) if voice else None
        if words[0].lower in _CONJUNCTIONS | _PREPOSITIONS - {"as"} or not touches:
            return self._at_the_end(after, words, offset)
        for i, word in enumerate(words[:MOST_WORDS]):
            if word.text[0] == DUMMY or word.text in ";:":
                break
            strong = self.is_cue(word.lower, weak=False)
            if not (strong or (i < 8 and self.is_cue(word.lower, weak=True))) or word.is_capital or self.is_noun(words, i):  # noqa: PLR2004
                continue
            voice = self.of_verb(after, words, i, offset)
            if voice:
                return voice, word.end
            if strong:
                return None
        return self._unlisted(after, words, offset)

    def _signed(self, after: str, words: list[Token], offset: int) -> Voice | None:
        """`“…” — Ann Lee`: a name behind a dash that ends the line, with or without a title behind a comma."""
        run = _run_at(words, 0)
        rest = words[len(run) :]
        if not run or len(words) > 14 or (rest and rest[0].text not in ",.(;") or "\n" in after[: words[-1].end].strip():  # noqa: PLR2004
            return None
        return self.phrase(after, run, [], offset, "—")

    def _at_the_end(self, after: str, words: list[Token], offset: int) -> tuple[Voice, int] | None:
        """`“…” in the primary, said Lee.`, `“…” of the day, Lee said.`: a fragment whose sentence ends in its cue."""
        for i in range(len(words) - 1, 0, -1):
            if words[i].text in ",—–" and i + 1 < len(words):
                tail = words[i + 1 :]
                for k, word in enumerate(tail):
                    if self.is_cue(word.lower, weak=False) and not word.is_capital and not self.is_noun(tail, k):
                        voice = self.of_verb(after, tail, k, offset)
                        return (voice, word.end) if voice and (k == 0 or voice.at == offset + tail[0].start) else None
                if not tail[0].is_capital and tail[0].lower not in _DETERMINERS:
                    return None
        return None

    def of_verb(self, text: str, words: list[Token], i: int, offset: int) -> Voice | None:
        """The subject of the verb `words[i]`: behind it in `said Lee`, else before it."""
        starts = i == 0 or words[i - 1].text in ",—–" or words[i - 1].text[0] == DUMMY
        if starts and not words[i].lower.endswith("ing") and words[i].lower not in ("told", "tells", "tell") and (i == 0 or words[i].lower != "asked"):
            voice = self.inverted(text, words[i + 1 :], offset, words[i].text)
            if voice and (i == 0 or voice.name):
                return voice
        return self.subject(text, words[:i], offset, words[i].text) if i else None

    def _unlisted(self, after: str, words: list[Token], offset: int) -> tuple[Voice, int] | None:
        """`"…," Lee mused`: a name or pronoun, then a verb that no list has."""
        i = 0
        while i < len(words) and i < 6 and (words[i].is_capital or words[i].lower in self.pronouns):  # noqa: PLR2004
            i += 1
        if not i or i == len(words) or words[0].lower in _NO_SUBJECT | {"i", "we", "you"}:
            return None
        while i < len(words) and words[i].lower in _AUXILIARIES:
            i += 1
        verb = words[i].lower if i < len(words) else ""
        if not verb.endswith(("ed", "s")) or verb.endswith(("ss", "’s", "'s")) or verb in _PREPOSITIONS | _CONJUNCTIONS | {"is", "was", "has", "does"}:
            return None
        voice = self.subject(after, words[:i], offset, verb)
        return (voice, words[i].end) if voice else None

    def inverted(self, after: str, words: list[Token], offset: int, cue: str) -> Voice | None:
        """`said Lee, a nurse`: the noun phrase behind the verb."""
        if not words or not words[0].is_word or words[0].lower in _PREPOSITIONS | _CONJUNCTIONS:
            return None
        if words[0].lower in self.pronouns:
            return self.phrase(after, words[:1], [], offset, cue)
        end = 0
        capital = any(word.is_capital for word in words[:4])
        while end < len(words) and end < MOST_WORDS:
            word = words[end]
            if not word.is_word and word.text not in "()’'":
                break
            if end and word.lower in _CONJUNCTIONS - {"and"}:
                break
            if end and word.lower in _PREPOSITIONS - {"of", "for", "from", "with"} and (capital or word.lower != "in"):
                break
            end += 1
        return self.phrase(after, words[:end], words[end:], offset, cue)

    # ── the cue before the quotation ──────────────────────────────────────────────────────────────────────────
    def before(self, text: str, offset: int) -> tuple[Voice, bool] | None:
        """Whose the quotation is by the words of its sentence before it, and whether the cue touches the quotation."""
        begin = sentence_start(text)
        words = tokens(text, begin)
        joined = text.rstrip()[-1:]
        while words and not words[-1].is_word and words[-1].text[0] != DUMMY and words[-1].text not in ")":
            words.pop()
        if not words:
            return None
        if joined == ":":
            return self._colon(text, words, offset)
        if words[-1].lower == "words" and len(words) > 2 and (in_words := self._in_words(text, words, offset)):  # noqa: PLR2004
            return in_words, True
        room = 10 if joined == "," else 2
        for i in range(len(words) - 1, -1, -1):
            word = words[i].lower
            if word == "to" and i and words[i - 1].lower == "according":
                voice = self.phrase(text, words[i + 1 :], [], offset, "according to")
                return (voice, joined == ",") if voice else None
            near = len(words) - 1 - i <= room
            if self.is_cue(word, weak=near) and not (words[i].is_capital and i > 0) and not self.is_noun(words, i):
                voice = self.of_verb(text, words, i, offset)
                return (voice, near) if voice else None
            if words[i].text == ";":
                break
        if joined == ",":  # `Lee issued a statement, “…”`
            voice = self._leading(text, words, offset, "")
            return (voice, True) if voice and (voice.name or voice.pronoun) else None
        return None

    def _in_words(self, text: str, words: list[Token], offset: int) -> Voice | None:
        """`in her words`, `in the agency's words`."""
        start = next((i for i in range(len(words) - 2, -1, -1) if words[i].lower == "in"), -1)
        owner = words[start + 1 : -1]
        if start < 0 or not owner or len(owner) > 5:  # noqa: PLR2004
            return None
        if len(owner) == 1 and owner[0].lower in ("his", "her", "their", "its", "my"):
            return Voice(owner[0].text, offset + owner[0].start, "in … words", pronoun=True)
        return self.phrase(text, owner, [], offset, "in … words")

    def is_noun(self, words: list[Token], i: int) -> bool:
        """`the report`, `a claim`, `press secretary`: a noun of the same shape; `to say`: no finite verb."""
        word, before = words[i].lower, words[i - 1].lower if i else ""
        if before in _DETERMINERS | {"the", "s", "of", "for"} or before.endswith(("’s", "'s")):
            return True
        if before == "to":
            return i > 1 and words[i - 2].lower not in ("on", "continued", "continues", "used")
        if word not in self.bases or word in ("put", "read"):
            return False
        return not (before in ("i", "we", "you", "they", "who", "people", "and") or before.endswith("s") or before in _AUXILIARIES)

    def _colon(self, text: str, words: list[Token], offset: int) -> tuple[Voice, bool] | None:
        chunk = _chunks(words)[-1]
        by = next((i + 1 for i, word in enumerate(chunk[:-1]) if word.lower in ("by", "from") or (word.lower == "to" and i and chunk[i - 1].lower == "according")), 0)
        run = _run_at(chunk, by) or (chunk[by:] if by and len(chunk) - by <= 3 else [])  # noqa: PLR2004
        if run and run[-1] is chunk[-1]:
            voice = self.phrase(text, run, [], offset, ":")
            return (voice, True) if voice else None
        own = len(words) - len(chunk)
        for i in range(len(words) - 1, -1, -1):
            word = words[i].lower
            if i < own and chunk and (voice := self._leading(text, chunk, offset, ":")) and (voice.name or voice.pronoun):
                return voice, True
            if self.is_cue(word, weak=True) and not (words[i].is_capital and i > 0) and not self.is_noun(words, i):
                voice = self.of_verb(text, words, i, offset) or self._leading(text, words[:i], offset, words[i].text)
                return (voice, True) if voice else None
        voice = self._leading(text, words, offset, ":")
        return (voice, True) if voice else None

    def narrated(self, sentence: str, offset: int) -> Voice | None:
        """The person a sentence of narrative is about: the subject of its cue verb, else of the sentence."""
        words = tokens(sentence)
        while words and not words[-1].is_word and words[-1].text[0] != DUMMY:
            words.pop()
        for i in range(len(words) - 1, 0, -1):
            if self.is_cue(words[i].lower, weak=False) and not words[i].is_capital and not self.is_noun(words, i):
                voice = self.of_verb(sentence, words, i, offset)
                if voice:
                    return voice
        voice = self._leading(sentence, words, offset, "")
        return voice if voice and (voice.name or voice.pronoun) else None

    # ── the subject before a cue ──────────────────────────────────────────────────────────────────────────────
    def subject(self, text: str, words: list[Token], offset: int, cue: str) -> Voice | None:
        """The subject of a verb by the words of its sentence before it."""
        words = self._without_auxiliaries(words)
        chunks = _chunks(words)
        participle = cue.endswith("ing")
        if chunks and chunks[-1] and chunks[-1][-1].lower in ("and", "but", "or", "then"):  # `Lee sat down and said`
            inner = chunks[-1][:-1]
            return (self._leading(text, inner, offset, cue) if inner else None) or self._leading(text, words, offset, cue)
        if not chunks or (not chunks[-1] and len(chunks) == 1):
            return None
        if not chunks[-1]:
            if participle:
                return self._main_subject(text, words, offset, cue)
            return self._apposed(text, chunks[:-1], offset, cue)
        chunk = self._without_auxiliaries(_after_conjunction(chunks[-1]))
        if not chunk:
            return None
        if participle and not self._is_noun_phrase(chunk):
            return self._main_subject(text, words, offset, cue)
        return self.phrase(text, chunk, [], offset, cue)

    def _main_subject(self, text: str, words: list[Token], offset: int, cue: str) -> Voice | None:
        """Whose participle it is: of `Lee said, adding` Lee; of `when Lee left the stage, adding` Lee."""
        chunks = [chunk for chunk in _chunks(words) if chunk]
        if chunks and len(clause := _after_conjunction(chunks[-1])) > 1 and not clause[0].lower.endswith("ing"):
            found = self._leading(text, clause, offset, cue)
            if found and not self._is_noun_phrase(clause):
                return found
        for i in range(len(words) - 1, 0, -1):
            word = words[i].lower
            if self.is_cue(word, weak=False) and not word.endswith("ing") and not words[i].is_capital and not self.is_noun(words, i):
                found = self.subject(text, words[:i], offset, cue)
                if found:
                    return found
        return self._leading(text, words, offset, cue)

    def _apposed(self, text: str, chunks: list[list[Token]], offset: int, cue: str) -> Voice | None:
        """`Lee, a nurse, said`; `a nurse, Ann Lee, said`; `Lee, D-Ohio, who came, said`."""
        behind: list[list[Token]] = []
        while len(chunks) > 1 and self._is_apposition(chunks[-1]):
            behind.insert(0, chunks.pop())
        chunk = _after_conjunction(chunks[-1]) if chunks else []
        if not chunk:
            return None
        if behind and not chunk[-1].is_capital and (named := _run_at(behind[0], 0)) and len(named) == len(behind[0]):
            role = text[chunk[0].start : chunk[-1].end]
            name = text[named[0].start : named[-1].end]
            return Voice(name, offset + named[0].start, cue, name=name, role=role)
        voice = self.phrase(text, chunk, [], offset, cue)
        if voice and voice.name and not voice.role and behind and len(behind[0]) > 1:
            role = text[behind[0][0].start : behind[0][-1].end]
            return replace(voice, role=role) if behind[0][0].lower not in ("who", "which", "whose") else voice
        return voice

    def _without_auxiliaries(self, words: list[Token]) -> list[Token]:
        kept = list(words)
        while kept and kept[-1].is_word and (kept[-1].lower in _AUXILIARIES or (kept[-1].lower.endswith("ly") and not kept[-1].is_capital)):
            kept.pop()
        return kept

    def _is_noun_phrase(self, words: list[Token]) -> bool:
        """Whether no verb stands among the words."""
        return not any(self.is_verb(word) for word in words)

    def is_verb(self, word: Token) -> bool:
        return not word.is_capital and (word.lower in self.verbs or word.lower.endswith(("n’t", "n't")) or word.lower.endswith("ed") or self.is_cue(word.lower, weak=True))

    def _leading(self, text: str, words: list[Token], offset: int, cue: str) -> Voice | None:
        """The noun phrase a sentence begins with, behind conjunctions and adverbials of time and place."""
        i = 0
        while i < len(words) and (words[i].lower in ("and", "but", "so", "yet") or not words[i].is_word):
            i += 1
        for _ in range(3):
            if i >= len(words):
                return None
            first = words[i].lower
            if not (first in _PREPOSITIONS | _CONJUNCTIONS | self.openers or first.endswith("ing") or first in _TIME):
                break
            while i < len(words) and words[i].text != ",":
                i += 1
            i += 1
        start = i
        while i < len(words) and words[i].is_word and not self.is_verb(words[i]) and words[i].lower not in _CONJUNCTIONS - {"and"}:
            if words[i].lower in _PREPOSITIONS - {"of", "for", "from", "in", "at", "with"} or words[i].lower in _AUXILIARIES:
                break
            i += 1
        if i == start or (not cue and (i == len(words) or not words[i].is_word)):
            return None
        return self.phrase(text, words[start:i], words[i:], offset, cue)

    def _is_apposition(self, chunk: list[Token]) -> bool:
        """`a nurse`, `who has …`, `R-Ky.`, `the chairman of the board`, `Ann Lee`."""
        first = chunk[0] if chunk else None
        return (
            first is None
            or first.lower in _DETERMINERS | {"who", "which", "whose", "formerly", "now", "also", "himself", "herself"}
            or not first.is_capital
            or len(chunk) <= 3
            or any(word.lower in ("of", "for", "at", "in") for word in chunk)
        )

    # ── the noun phrase ───────────────────────────────────────────────────────────────────────────────────────
    def phrase(self, text: str, words: list[Token], rest: list[Token], offset: int, cue: str) -> Voice | None:
        """The voice that a noun phrase names; `rest` are the words behind it, for an apposition that holds the name."""
        words = _without_brackets(words)
        while words and (words[0].lower in _CONJUNCTIONS or not words[0].is_word):
            words = words[1:]
        if not words or len(words) > MOST_WORDS:
            return None
        at, first = offset + words[0].start, words[0].lower
        mention = text[words[0].start : words[-1].end]
        if len(words) == 1 and first in self.pronouns:
            return None if first == "who" else Voice(mention, at, cue, pronoun=True)
        if len(words) == 1 and (first in _ALONE or first in self.openers):
            return None
        if _CONTRACTED.match(first) or first in _NO_SUBJECT or not any(word.is_word for word in words):
            return None
        head = _before_preposition(words)
        run = _last_run(head)
        if run and run[-1] is head[-1]:
            return self._named(text, words, run, offset, cue)
        if rest and rest[0].text == "," and (apposed := _run_at(rest, 1)):
            return Voice(
                text[apposed[0].start : apposed[-1].end], offset + apposed[0].start, cue,
                name=text[apposed[0].start : apposed[-1].end], role=mention,
            )
        if first == "about" and len(words) > 1 and words[1].text[0].isdigit():
            return Voice(mention, at, cue, unnamed=True)
        if first in _PREPOSITIONS or (words[0].lower in _TIME):
            return None
        if first not in _DETERMINERS and not run and len(head) > 3:  # noqa: PLR2004
            return None
        return Voice(mention, at, cue, unnamed=True)

    def _named(self, text: str, words: list[Token], run: list[Token], offset: int, cue: str) -> Voice | None:
        bare = list(run)
        while len(bare) > 1 and bare[0].lower in self.titles:
            bare.pop(0)
        if all(word.lower in _TIME for word in bare):
            return None
        name = re.sub(r"[’']s?$", "", text[bare[0].start : bare[-1].end])
        name = name if bare[-1].lower in ("jr", "sr") else name.rstrip(".") if len(bare[-1].text) > 3 else name
        role = text[words[0].start : bare[0].start].strip().removeprefix("and ") or None
        if role and role.rstrip(".").lower() in ("mr", "mrs", "ms", "miss", "dr", "the", "a"):
            role = None
        mention = text[words[0].start : words[-1].end]
        return Voice(mention, offset + words[0].start, cue, name=name, role=role)


def sentence_end(text: str, start: int, *, whole: bool = False) -> int:
    """Where the sentence that `start` lies in ends: behind its full stop, before a quotation that ends it.

    `whole` counts such a quotation to the sentence.
    """
    for m in _MARK.finditer(text, start):
        at = _ends_at(text, m.start(), whole=whole)
        if at:
            return at
    return len(text)


def _ends_at(text: str, at: int, *, whole: bool = True) -> int:
    """Where a sentence ends by the mark at `at`: behind a full stop, at a quotation that a new sentence follows; or 0."""
    mark = text[at]
    if mark == DUMMY:
        behind = at + 1
        while text[behind : behind + 1] == DUMMY:
            behind += 1
        if text[behind : behind + 1].isspace() and (text[behind : behind + 3].strip()[:1].isupper() or text[behind : behind + 3].strip()[:1] in (DUMMY, "“", '"')):
            return behind if whole else at or 1
        return 0
    if mark == "\n":
        return at + 1
    follows = text[at + 1 : at + 2]
    if follows and not follows.isspace() and not (follows in "”\"’)" and not text[at + 2 : at + 3].strip()):
        return 0
    return 0 if mark == "." and is_abbreviation(text, at) else at + 1


def sentence_start(text: str) -> int:
    """Where the sentence begins that is not over at the end of `text`; the end itself where all are over."""
    for at in range(len(text) - 1, -1, -1):
        if text[at] in _ENDING and not (text[at] == DUMMY and text[at - 1 : at] == DUMMY and at):
            end = _ends_at(text, at)
            if end:
                return end
    return 0


def last_sentence(text: str) -> str:
    """The last sentence of `text` that is over."""
    end = sentence_start(text)
    head = text[:end].rstrip()
    return head[sentence_start(head[:-1]) :] if head else ""


_ENDING = f".!?\n{DUMMY}"
_MARK = re.compile(f"[.!?\n]|{DUMMY}+")
_ABBREVIATED = frozenset(
    "mr mrs ms dr prof rev hon sen rep gov gen col lt sgt capt maj cmdr adm st jr sr vs u.s u.k u.n d.c n.y n.j n.c s.c n.h "
    "calif fla tex ariz ill mass mich minn wis pa va ga ky tenn ohio ore wash colo conn ala ark okla nev neb kan mo md del "
    "jan feb mar apr jun jul aug sept oct nov dec no inc co corp ltd etc dept lt.gov d r".split()
)


def is_abbreviation(text: str, dot: int) -> bool:
    """Whether the full stop at `dot` belongs to an abbreviation or initial and ends no sentence."""
    m = _LAST_WORD.search(text, max(0, dot - 14), dot)
    word = m.group().lower() if m else ""
    if text[dot + 1 : dot + 2] == ")" and 0 <= text.find("(", max(0, dot - 14), dot):
        return True
    follows = text[dot + 1 : dot + 3].strip()
    if word in _ABBREVIATED:
        return bool(follows) and (word not in ("no", "co", "inc", "corp", "ltd", "etc", "pa", "va", "mo") or follows[0].islower())
    return len(word) == 1 and word.isalpha() and word != "i"


_DASHES = ("—", "–", "-", "―", "--")
_CONTRACTED = re.compile("(?:i|he|she|it|we|they|you|who|that|there|here|what)[’']")
_LAST_WORD = re.compile(r"[\w.]+$")


def _chunks(words: list[Token]) -> list[list[Token]]:
    """The words parted at commas, dashes, colons and dummies."""
    chunks: list[list[Token]] = [[]]
    depth = 0
    for word in words:
        depth += (word.text == "(") - (word.text == ")")
        if depth <= 0 and (word.text in (",", "—", "–", "--", "-", ":", ";", "“", "”") or word.text[0] == DUMMY):
            chunks.append([])
        else:
            chunks[-1].append(word)
    return chunks


def _after_conjunction(chunk: list[Token]) -> list[Token]:
    """What follows the last conjunction or relative pronoun of a chunk: its innermost clause."""
    for i in range(len(chunk) - 1, -1, -1):
        if chunk[i].lower == "who" and i:  # `an official who spoke at length said`
            return _after_conjunction(chunk[:i])
        if chunk[i].lower in _CONJUNCTIONS - {"and", "or", "after", "before", "since", "until"}:
            return chunk[i + 1 :]
        if chunk[i].lower == "and" and i and not (chunk[i - 1].is_capital and i + 1 < len(chunk) and chunk[i + 1].is_capital):
            return chunk[i + 1 :]
    return list(chunk)


def _without_brackets(words: list[Token]) -> list[Token]:
    kept: list[Token] = []
    depth = 0
    for word in words:
        depth += word.text == "("
        if depth == 0 and word.text != ")":
            kept.append(word)
        depth -= word.text == ")" and depth > 0
    return kept


def _before_preposition(words: list[Token]) -> list[Token]:
    """The head of a noun phrase: what stands before `of`, `for`, `from` …"""
    for i, word in enumerate(words):
        if i and word.lower in _PREPOSITIONS and not (word.is_capital):
            return words[:i]
    return words


def _last_run(words: list[Token]) -> list[Token]:
    """The last run of capitalised words, particles of names included."""
    end = len(words)
    while end and not words[end - 1].is_capital:
        end -= 1
    start = end
    while start and (words[start - 1].is_capital or (words[start - 1].lower in _PARTICLES and start > 1 and words[start - 2].is_capital)):
        start -= 1
    run = words[start:end]
    while run and run[0].lower in _DETERMINERS and len(run) == 1:
        run = []
    if start > 1 and words[start - 1].lower == "and" and words[start - 2].is_capital and run:  # two who speak together
        return _last_run(words[: start - 1]) + words[start - 1 : end]
    for i in range(len(run) - 1, 0, -1):  # `Trump's Steve Lee`: the name behind a possessive
        if run[i - 1].text.endswith(("’s", "'s")):
            return run[i:]
    return run


_PARTICLES = frozenset("de la van von der den bin al el di da du le of".split()) - {"of"}


def _run_at(words: list[Token], start: int) -> list[Token]:
    end = start
    while end < len(words) and (words[end].is_capital or words[end].lower in _PARTICLES):
        end += 1
    run = words[start:end]
    return run if len(run) > 1 and run[0].is_capital else []


@cache
def of(lexicon: Lexicon) -> English:
    """The cue verbs of a lexicon, built once."""
    return English(lexicon)
