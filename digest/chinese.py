"""Who speaks, as Chinese says it: the cue before or after a marked stretch, and the subject of the cue.

Works on text whose quoted stretches are dummies (`marks.blanked`), in windows of some 80 code points, so that its
cost hangs on the number of quotations and not on the length of the text. Rules: quotes.md 2.2, 2.4, 2.5.
"""

from __future__ import annotations

import re
from copy import copy
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from digest.marks import DUMMY
from digest.speaker import Voice
from digest.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.lexicon import Lexicon

HAN = "㐀-鿿"
STOP = "，。；！？：:,;!?…\n"
"""What ends a clause."""

WINDOW = 90

_SENTENCE_END = re.compile("[。！？!?\\n]+")
_SAYING = frozenset("说表指认称介回坦强透告解补道問问答說稱認")
_HAN = re.compile(f"[{HAN}]+")
_BRACKET = re.compile(r"[（(][^（()）]{0,40}[）)]$")
_LATIN = re.compile(r"[A-ZÀ-Ý][A-Za-zÀ-ÿ.'’-]*(?:[ ·•][A-Za-zÀ-ÿ][A-Za-zÀ-ÿ.'’-]*){0,4}$")
_LEADING_LATIN = re.compile(r"[A-Z][A-Za-zÀ-ÿ.'’-]+(?: [A-Z][A-Za-zÀ-ÿ.'’-]*){0,3}(?= ?[\u3400-\u9fff])")
_FOREIGN = re.compile(f"[{HAN}]{{1,10}}(?:[·•‧・][{HAN}A-Z.]{{1,12}}){{1,3}}$")
_IN_EYES = re.compile(r"(?:而|但|不过)?在([^，。]{1,30}?)(?:看来|眼中|眼里)[，,]?")
_SOURCE = re.compile(r"(?:据|按照|根据|據|依据)([^，。]{2,40})[，,：:]")
_SHORT_DUMMY = re.compile(f"{DUMMY}{{3,24}}(?!{DUMMY})(?=[^{STOP}])")
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


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue verb: `start:end` in its window, and whether a colon or comma joins it to the quotation."""

    verb: str
    start: int
    end: int
    joined: bool


class Chinese:
    """The patterns of one lexicon, compiled once."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.known: Callable[[str], bool] = _never
        self.told: dict[tuple[str, int], tuple[Voice, int] | None] = {}
        words = lexicon.words
        self._bare = Words(words("cues.chinese_bare"))
        self._verb = Words((*words("cues.chinese"), *words("cues.chinese_bare")))
        self._false = Words(words("cues.chinese_false"))
        self._term_after = Words(words("cues.term_after"))
        self._term_before = Words(words("cues.term_before"))
        self._named_so = Words(words("cues.term_always"))
        self._front = Words(words("people.chinese_front"))
        self._adverb = Words(words("people.chinese_adverbs"))
        self._pronoun = Words(words("people.chinese_pronouns"))
        self._predicate = Words((*words("people.chinese_predicates"), *words("cues.chinese")))
        self._preposition = Words(words("people.chinese_prepositions"))
        self._starter = Words(words("people.chinese_prepositions", "people.chinese_predicates"))
        self._title = Words(words("people.chinese_titles"))
        self._person = Words(words("people.chinese_titles", "people.chinese_kin"))
        self._body = Words(words("people.chinese_bodies"))
        self._says = Words(words("cues.chinese_says"))
        self._unnamed = Words(words("people.chinese_unnamed"))
        self.sounds = frozenset("".join(words("people.chinese_sounds")))
        self._surname = Words(words("people.surnames"))
        self._surname_double = Words(words("people.surnames_double"))
        self._hearsay = Words(words("cues.hearsay"))

    # ── is it speech? ──────────────────────────────────────────────────────────────────────────────────────────
    def is_term(self, before: str, after: str, content: str) -> bool:
        """Whether the marked words are a term, title or label by what stands around them."""
        lead = before.rstrip()
        if self._term_after.at(after.lstrip(), 0, len(after)) or self._named_so.ending(lead.rstrip("：:∶")):
            return True
        if lead[-1:] in tuple("{[:,=(<") and lead[-1:] == before[-1:] and after[:1] in tuple("{}[]:,=)>"):  # code: `{"name": "x"}`
            return True
        return content[-1:] not in "。！？!?，," and self._term_before.ending(lead) != ""

    # ── the cue ────────────────────────────────────────────────────────────────────────────────────────────────
    def cue_before(self, before: str) -> Cue | None:
        """The cue that leads up to the mark at the end of `before`."""
        trimmed = before.rstrip()
        joined = trimmed[-1:] in tuple("：:∶，,")
        room = 14 if trimmed[-1:] in tuple("：:∶") else 5 if joined else 1
        body = trimmed[:-1].rstrip() if joined else trimmed
        best: Cue | None = None
        for at, verb in self._verb.within(body, max(0, len(body) - room - 4), len(body)):
            end = at + len(verb)
            rest = body[end:]
            if DUMMY in rest and rest.count(DUMMY) <= 12:  # noqa: PLR2004 -- whom it is said to stands in marks
                rest = rest.replace(DUMMY, "")
            if best and at < best.end:
                continue
            if len(rest) > room or any(char in STOP or char == DUMMY for char in rest) or self._is_false(body, at, end):
                continue
            if rest[:1] == "的" or (verb in self._bare and rest and not (joined and self._is_object(rest))):
                continue
            best = Cue(verb, at, end, joined)
        return best

    def cue_after(self, after: str, *, comma: bool) -> Cue | None:
        """The cue in the clause behind the closing mark; `comma` says that the quotation ends in one."""
        start = 0
        while start < len(after) and after[start] in " \u00a0，,。—-–":
            start += 1
        if not comma and "，" not in after[:start] and "," not in after[:start]:
            return None
        end = start
        while end < len(after) and after[end] not in STOP:
            if after[end] == DUMMY and not (inside := _SHORT_DUMMY.match(after, end)):
                break
            end = inside.end() if after[end] == DUMMY and inside else end + 1
        best: Cue | None = None
        for at, verb in self._verb.within(after, start, end):
            rest = after[at + len(verb) : end]
            if (best and at < best.end) or self._is_false(after, at, at + len(verb)):
                continue
            if verb in self._bare and rest and not self._is_object(rest):
                continue
            if len(rest) <= 10 and not rest.startswith(("的", "过", "出来", "不", "完", "起")):
                best = Cue(verb, at, at + len(verb), joined=True)
        return best

    def _is_object(self, rest: str) -> bool:
        """Whether the words behind a verb are whom it is said to (问他, 答老师)."""
        return len(rest) <= 8 and (rest in self._pronoun or self._is_nominal(rest))

    def _is_false(self, text: str, start: int, end: int) -> bool:
        """Whether the cue is part of a longer word that is none (知道, 报道, 名称 …)."""
        return any(
            at <= start and at + len(word) >= end and len(word) > end - start
            for at, word in self._false.within(text, max(0, start - 3), min(len(text), end + 2))
        )

    # ── the subject ────────────────────────────────────────────────────────────────────────────────────────────
    def subject(self, head: str, offset: int, cue: str | None) -> Voice | None:
        """The subject of a cue: `head` is the text before it, back to the sentence's start, at `offset` of the document.

        Looks in the cue's own clause, then in the clauses before it.
        """
        hearsay = any(True for _ in self._hearsay.within(head, 0, len(head)))
        end = len(head)
        for step in range(4):
            start = end
            while start > 0 and head[start - 1] not in STOP:
                start -= 1
            if (dummies := head.rfind(DUMMY * 25, start, end)) >= 0:
                start = dummies + 25
            found = self._phrase(head, start, end, own=step == 0)
            if found:
                a, b = found
                return self._voice(head[a:b], offset + a, cue, hearsay=hearsay)
            if start == 0 or head[start - 1] not in "，,：:":
                return None
            end = start - 1
        return None

    def _phrase(self, text: str, start: int, end: int, *, own: bool, weak: bool = True) -> tuple[int, int] | None:
        """The noun phrase that is the subject of the clause `text[start:end]`.

        `own` is the clause of the cue; `weak` takes two or three characters that no list knows for a name.
        """
        while end > start and text[end - 1].isspace():
            end -= 1
        start = self._past_front(text, start, end)
        if own:
            end = self._before_adverbs(text, start, end)
        if start >= end:
            return None
        if own and self._is_nominal(text[start:end]) and not self._has_verb(text, start, end):
            return start, end
        for at, _ in self._starter.within(text, start + 1, end):
            cut = self._before_adverbs(text, start, at)
            if cut > start and self._is_nominal(text[start:cut]):
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
        if own and end - start == 5 and text[end - 1] == "地":  # noqa: PLR2004 -- an idiom of four characters and 地
            return None
        if own and cut == end and 2 <= len(plain) <= 3 and _HAN.fullmatch(plain) and plain not in self._front and self.known(plain):  # noqa: PLR2004
            return start, cut
        if 2 <= len(plain) <= 6 and self.sounds.issuperset(plain) and plain not in self._starter and plain not in self._front:  # noqa: PLR2004
            return start, cut
        return None

    def _has_verb(self, text: str, start: int, end: int) -> bool:
        """Whether a predicate of two characters stands inside the phrase, outside a 的-clause: no noun phrase."""
        low = max(start, text.rfind("的", start, end))
        return any(len(word) > 1 and low < at and at + len(word) < end for at, word in self._predicate.within(text, low, end))

    def _whole(self, text: str, start: int, cut: int, end: int) -> int:
        """Where a subject ends that was cut at a character of its own (李未 of 李未可科技的总裁林小鹿)."""
        if not self.is_name(text[start:cut]) or self._starter.at(text, cut, end) in self._preposition or len(self._starter.at(text, cut, end)) > 1:
            return cut
        for at, word in self._starter.within(text, cut + 1, end):
            named = self._name_in(text[start:at])
            if named and named[1] and self._title.ending(named[1].rstrip("兼 ")):
                return at
            if word in self._preposition:
                break
        return cut

    def _past_front(self, text: str, start: int, end: int) -> int:
        while start < end and not self.is_name(text[start:end]) and text[start:end] not in self._pronoun:
            day = _DAY.match(text, start, end)
            word = day.group() if day and day.group() else self._front.at(text, start, end)
            if not word:
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
                if len(piece) > size and self._is_nominal(piece[:-size]) and (size == 3 or not self._body.ending(piece[:-size])):  # noqa: PLR2004
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
        if not 2 <= len(phrase) <= 4:  # noqa: PLR2004
            return False
        double = phrase[:2] in self._surname_double
        if not double and (len(phrase) > 3 or (phrase[0] not in self._surname and phrase[0] not in "老小阿")):  # noqa: PLR2004
            return False
        if phrase[-1] in "地着了的得过说道们中上时" or phrase in self._starter or phrase in self._adverb:
            return False
        return (not double or len(phrase) > 2) and _HAN.fullmatch(phrase) is not None  # noqa: PLR2004

    def _is_nominal(self, phrase: str) -> bool:
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
        if _LATIN.search(bare) or _FOREIGN.search(bare):
            return True
        if bare[-1] == "们":
            bare = bare[:-1]
        person = self._person.ending(bare)
        if person or (len(bare) > 2 and self._body.ending(bare)):
            return bare[0] not in "对對向跟给給"
        return self._name_in(bare) is not None

    def _name_in(self, phrase: str) -> tuple[int, str | None] | None:
        """Where the name at the end of a phrase begins, and the role before or behind it."""
        after_de = phrase.rfind("的") + 1
        tail = phrase[after_de:]
        named = _LATIN.search(tail) or _FOREIGN.search(tail)
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
            if 2 <= len(rest) <= 6 and not self._person.ending(rest) and (  # noqa: PLR2004
                self.is_name(rest) or self.sounds.issuperset(rest) or self.known(rest)
            ):
                return start, phrase[:start].rstrip("、 ") or None
        if last and behind == len(tail):
            return (after_de, last) if self.is_name(tail[:at]) else None
        return (after_de, phrase[:after_de].rstrip("的") or None) if self.is_name(tail) else None

    def statement(self, text: str, offset: int) -> tuple[Voice, int] | None:
        """Who is reported to say something in the sentence `text`, without marks, and where his words begin.

        `林小鹿表示，…`, `据林小鹿介绍，…`, `在林小鹿看来，…`; the first such cue of the sentence.
        """
        key = (text, offset)
        if key not in self.told:
            self.told[key] = self._statement(text, offset)
        return self.told[key]

    def _statement(self, text: str, offset: int) -> tuple[Voice, int] | None:
        seen = _IN_EYES.match(text) if "在" in text[:3] else None
        if seen:
            voice = self._voice_of(text, seen.start(1), seen.end(1), offset, "看来")
            return (voice, seen.end()) if voice else None
        source = _SOURCE.match(text) if text[:1] in tuple("据按根據依") else None
        if source and (verb := self._says.ending(source[1])):
            voice = self._voice_of(text, source.start(1), source.end(1) - len(verb), offset, f"据…{verb}")
            return (voice, source.end()) if voice else None
        for at, verb in self._verb.within(text, 1, min(len(text), WINDOW // 2)):
            end = at + len(verb)
            behind = text[end : end + 1]
            if (verb in self._bare and behind not in tuple("，,：:")) or self._is_false(text, at, end):
                continue
            rest = text[end : end + 2]
            if rest[:1] in tuple("的了过"):
                continue
            if DUMMY in rest:
                return None
            voice = self.subject(text[:at], offset, verb)
            if voice is None:
                return None
            return voice, end + (1 if behind in tuple("，,：:") else 0)
        return None

    def _voice_of(self, text: str, start: int, end: int, offset: int, cue: str) -> Voice | None:
        found = self._phrase(text, start, end, own=True)
        return self._voice(text[found[0] : found[1]], offset + found[0], cue, hearsay=False) if found else None

    def about(self, before: str, offset: int) -> Voice | None:
        """The subject of what leads up to a quotation without any cue (`他的看法很明确：`)."""
        end = len(before.rstrip().rstrip("：:∶，,—"))
        start = end
        while start > 0 and before[start - 1] not in "。！？；\n" and before[start - 1] != DUMMY:
            start -= 1
        for clause in re.finditer(rf"[^{STOP}]+", before[start:end]):
            found = self._phrase(before, start + clause.start(), start + clause.end(), own=False, weak=False)
            if found:
                voice = self._voice(before[found[0] : found[1]], offset + found[0], None, hearsay=False)
                if voice and (voice.name or voice.pronoun or voice.unnamed):
                    return voice
        return None

    def _voice(self, phrase: str, at: int, cue: str | None, *, hearsay: bool) -> Voice | None:
        bare = _BRACKET.sub("", phrase)
        if not bare or bare[0] in "由把被将從从向对對" or (len(bare) < 3 and bare.isascii() and bare.isupper()):  # noqa: PLR2004
            return None
        if bare in self._pronoun:
            return Voice(phrase, at, cue, pronoun=True, hearsay=hearsay)
        named = self._name_in(bare)
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


def _never(phrase: str) -> bool:
    del phrase
    return False


def speaks_often(text: str) -> Callable[[str], bool]:
    """Whether a phrase stands before a verb of saying twice at least in this text: a name that no list knows."""

    @cache
    def often(phrase: str) -> bool:
        found, at = 0, text.find(phrase)
        while at >= 0 and found < 2:  # noqa: PLR2004
            found += text[at + len(phrase) : at + len(phrase) + 1] in _SAYING
            at = text.find(phrase, at + len(phrase))
        return found > 1

    return often


def sentence_end(text: str, start: int) -> int:
    """Where the sentence that begins at `start` ends, its mark included."""
    m = _SENTENCE_END.search(text, start)
    return m.end() if m else len(text)


@cache
def of(lexicon: Lexicon) -> Chinese:
    """The word lists of a lexicon, built once."""
    return Chinese(lexicon)


def reading(lexicon: Lexicon, text: str) -> Chinese:
    """The grammar of a lexicon for one text: it also knows the names that speak often in it."""
    grammar = copy(of(lexicon))
    grammar.known = speaks_often(text)
    grammar.told = {}
    return grammar

