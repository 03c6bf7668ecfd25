"""Who speaks, as Chinese says it: the cue before or after a marked stretch, and the subject of the cue.

Works on text whose quoted stretches are dummies (`marks.blanked`), in windows of some 80 code points, so that its
cost hangs on the number of quotations and not on the length of the text. Rules: quotes.md 2.2, 2.4, 2.5.
"""

from __future__ import annotations

import re
from copy import copy
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from digest import late
from digest.speech.marks import DUMMY
from digest.speech.nominal import STOP, Nominal
from digest.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Container

    from digest.lexicon import Lexicon
    from digest.speech.speaker import Voice


WINDOW = 90

HEAD = 24
"""Code points of a sentence in which the role and name that it begins with stand."""

LONGEST = 200_000
"""Code points in which a name that no list knows is looked for."""

_SENTENCE_END = late.regex("[。！？!?\\n][。！？!?\\n]*")  # begins with a set and not with a run: quicker to search
_SAYING = frozenset("说表指认称介回坦强透告解补道問问答說稱認")
_IN_EYES = late.regex(r"(?:而|但|不过)?在([^，。]{1,30}?)(?:看来|眼中|眼里)[，,]?")
_SOURCE = late.regex(r"(?:据|按照|根据|據|依据)([^，。]{2,40})[，,：:]")
_SHORT_DUMMY = late.regex(f"{DUMMY}{{3,24}}(?!{DUMMY})(?=[^{STOP}])")


class Cue(NamedTuple):
    """A cue verb: `start:end` in its window, and whether a colon or comma joins it to the quotation."""

    verb: str
    start: int
    end: int
    joined: bool


class Chinese(Nominal):
    """The patterns of one lexicon, compiled once."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.told: dict[tuple[str, int], tuple[Voice, int] | None] = {}
        super().__init__(lexicon)
        words = lexicon.words
        self._false = Words(words("cues.chinese_false"))
        self._term_after = Words(words("cues.term_after"))
        self._term_before = Words(words("cues.term_before"))
        self._named_so = Words(words("cues.term_always"))
        self._says = Words(words("cues.chinese_says"))
        self._hearsay = Words(words("cues.hearsay"))

    # ── is it speech? ──────────────────────────────────────────────────────────────────────────────────────────
    def is_term(self, before: str, after: str, content: str) -> bool:
        """Whether the marked words are a term, title or label by what stands around them."""
        lead = before.rstrip()
        if self._term_after.at(after.lstrip(), 0, len(after)) or self._named_so.ending(lead.rstrip("：:∶")):
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
            if DUMMY in rest and rest.count(DUMMY) <= 12:
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
        return len(rest) <= 8 and (rest in self._pronoun or self.is_nominal(rest))

    def _is_false(self, text: str, start: int, end: int) -> bool:
        """Whether the cue is part of a longer word that is none (知道, 报道, 名称 …)."""
        return any(
            at <= start and at + len(word) >= end and len(word) > end - start
            for at, word in self._false.within(text, max(0, start - 3), min(len(text), end + 2))
        )

    # ── the subject ────────────────────────────────────────────────────────────────────────────────────────────
    def subject(self, head: str, offset: int, cue: str | None) -> Voice | None:
        """The subject of a cue: `head` is the text before it, back to the sentence's start, at `offset`.

        Looks in the cue's own clause, then in the clauses before it.
        """
        hearsay = any(True for _ in self._hearsay.within(head, 0, len(head)))
        end = len(head)
        for step in range(4):
            start = end
            while start > 0 and head[start - 1] not in STOP:
                start -= 1
            while start < end and head[start] == DUMMY:
                start += 1  # a quotation that the clause follows
            if (dummies := head.rfind(DUMMY * 25, start, end)) >= 0:
                start = dummies + 25
            found = self.noun_phrase(head, start, end, own=step == 0)
            if found:
                a, b = found
                return self.voice(head[a:b], offset + a, cue, hearsay=hearsay)
            if start == 0 or head[start - 1] not in "，,：:":
                return None
            end = start - 1
        return None

    def statement(self, text: str, offset: int) -> tuple[Voice, int] | None:
        """Who is reported to say something in the sentence `text`, without marks, and where his words begin.

        `林小鹿表示，…`, `据林小鹿介绍，…`, `在林小鹿看来，…`; the first such cue of the sentence.
        """
        key = (text, offset)
        if key not in self.told:
            self.told[key] = self._statement(text, offset)
        return self.told[key]

    def _statement(self, text: str, offset: int) -> tuple[Voice, int] | None:
        seen = _IN_EYES.match(text) if "在" in text[:3] and ("看来" in text or "眼" in text) else None
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
            if (
                verb in self._bare and behind not in tuple("，,：:" if verb in ("称", "稱") else "：:")
            ) or self._is_false(text, at, end):
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
        found = self.noun_phrase(text, start, end, own=True)
        return self.voice(text[found[0] : found[1]], offset + found[0], cue, hearsay=False) if found else None

    def about(self, before: str, offset: int) -> Voice | None:
        """The subject of what leads up to a quotation without any cue (`他的看法很明确：`)."""
        end = len(before.rstrip().rstrip("：:∶，,—"))
        start = end
        while start > 0 and before[start - 1] not in "。！？；\n" and before[start - 1] != DUMMY:
            start -= 1
        for clause in re.finditer(rf"[^{STOP}]+", before[start:end]):
            found = self.noun_phrase(before, start + clause.start(), start + clause.end(), own=False, weak=False)
            if found:
                voice = self.voice(before[found[0] : found[1]], offset + found[0], None, hearsay=False)
                if voice and (voice.name or voice.pronoun or voice.unnamed):
                    return voice
        return None

    def headed(self, sentence: str) -> str | None:
        """The person that a sentence begins with as subject or owner, behind a role (`总监林小鹿的看法`) or alone."""
        end = next((i for i, char in enumerate(sentence) if char in STOP or char == DUMMY), len(sentence))
        start = self._past_front(sentence, 0, min(end, HEAD))
        at = 0
        for place, title in self._title.within(sentence, start, min(end, start + HEAD)):
            if at and place >= at:
                break
            at = place + len(title)
        if at and any(self._preposition.within(sentence, start + 1, at)):
            return None
        begin = at or start
        for size in (4, 3, 2):
            name, behind = sentence[start : start + size], start + size
            if behind < at and sentence[behind] == "是" and self.is_name(name) and name[:2] not in self._no_name:
                return name  # 林小鹿是公司的总监
        for size in (4, 3, 2):
            name, behind = sentence[begin : begin + size], begin + size
            if name[-1:] in tuple("则却也亦就才都还又"):  # 李敏则…: the adverb is no part of the name
                continue
            if behind <= end and self.is_name(name) and name[:2] not in self._no_name:
                ends = behind == end or sentence[behind] in "的（(" or self._starter.at(sentence, behind, end)
                ends = ends or self._adverb.at(sentence, behind, end) or self._verb.at(sentence, behind, end)
                if ends and (at or self.known(name) or self.together(name)):
                    return name
        return None

    def opens_with_other(self, sentence: str, name: str) -> bool:
        """Whether a sentence begins with something shaped like a name that is no part of `name`."""
        return any(
            self.is_name(head) and head[:2] not in self._no_name and head not in name and head[:2] not in name
            for head in (sentence[:3], sentence[:2])
        )


def speaks_often(text: str) -> Callable[[str], bool]:
    """Whether a phrase stands before a verb of saying twice at least in this text: a name that no list knows."""

    @cache
    def often(phrase: str) -> bool:
        found, at = 0, text.find(phrase, 0, LONGEST)
        while at >= 0 and found < 2:
            found += text[at + len(phrase) : at + len(phrase) + 1] in _SAYING
            at = text.find(phrase, at + len(phrase), LONGEST)
        return found > 1

    return often


def always_together(text: str) -> Callable[[str], bool]:
    """Whether a phrase of three characters stands in this text twice at least, and its first two never without it."""

    @cache
    def together(phrase: str) -> bool:
        found = text.count(phrase, 0, LONGEST) if len(phrase) == 3 else 0
        return found > 1 and text.count(phrase[:2], 0, LONGEST) == found

    return together


def sentence_end(text: str, start: int) -> int:
    """Where the sentence that begins at `start` ends, its mark included."""
    m = _SENTENCE_END.search(text, start)
    return m.end() if m else len(text)


@cache
def of(lexicon: Lexicon) -> Chinese:
    """The word lists of a lexicon, built once."""
    return Chinese(lexicon)


def reading(lexicon: Lexicon, text: str, names: Container[str] = ()) -> Chinese:
    """The grammar of a lexicon for one text: it also knows `names`, and those that speak often in it."""
    grammar = copy(of(lexicon))
    often = speaks_often(text)
    grammar.known = lambda phrase: phrase in names or often(phrase)
    grammar.together = always_together(text)
    grammar.told = {}
    return grammar
