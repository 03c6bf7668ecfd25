"""Reported speech: what somebody is said to have said, in the article's words and without quotation marks.

A statement is the clause that a cue governs: `Lee said the shop would close`, `The shop would close, Lee said`,
`according to Lee`, `林小鹿表示，…`. It may never stand in quotation marks.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from digest.speech import chinese, clause, english, french
from digest.speech.clause import tokens
from digest.speech.marks import DUMMY
from digest.speech.speaker import NOBODY, Voice
from digest.words import listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.lexicon import Lexicon
    from digest.speech.chinese import Chinese
    from digest.speech.clause import Token
    from digest.speech.english import English
    from digest.speech.passage import Passage

LONGEST = 1200
"""Code points of a sentence that is looked at; longer ones are lists or mark-up."""

_LEADS_UP = re.compile(
    rf"[^：:{DUMMY}]{{0,24}}[：:，,]?\s*{DUMMY}+\s*$|[^：:{DUMMY}]{{0,24}}[：:]\s*{DUMMY}|\s*{DUMMY}"
)
_TO_WHOM = listed(
    "told tell tells telling asked ask asks urged urge urges reminded assured informed warned advised begged pressed"
)
_OPENS = listed("that whether if how why what who when where which")
_STOPS = listed("which while but though although whereas who when aside led")
_ADVERBIAL = listed("on in at during to of from via through after before about last this earlier late early")
_HAS = listed("has have had did does was is would will also")
_BE = listed("is are was were be been being")
_PLACE = listed("in at on during by via from of after before through for")
_NO_CLAUSE = listed("in at during by via through into along up back down away off")
"""Behind a verb these tell where and how, and never what: `recalled in an interview`, `chimed in on`."""

_MODALS = listed("would could will can may might must should was were is are has had have")
"""Behind a verb these tell that it was a noun: `the ruling would`."""

_SUBORDINATE = listed("while although though if when after contrary because since despite as")

_WHEN = listed("to as when while")

_TIMES = listed("late early last this just yesterday")
_SAYS = listed("said says say saying told wrote write writes added adds asked noted notes tweeted")
_DAYS = listed(
    "monday tuesday wednesday thursday friday saturday sunday today yesterday however too again instead recently "
    "also repeatedly publicly simply only morning afternoon evening night"
)


class Statement(NamedTuple):
    """A reported statement: its span, and who is said to make it."""

    start: int
    end: int
    voice: Voice


def statements(passages: Sequence[Passage], lexicon: Lexicon, written: Chinese) -> list[Statement]:
    """The reported statements of the passages, in order."""
    found: list[Statement] = []
    if french.are_french(passages):
        return found
    for passage in passages:
        if passage.script == "chinese":
            found += _chinese(passage, written)
        elif passage.script == "latin":
            found += _english(passage, english.of(lexicon))
    text = passages[0].text if passages else ""
    return [_trimmed(text, one) for one in found if text[one.start : one.end].strip()]


def _trimmed(text: str, one: Statement) -> Statement:
    """A statement without the white space at its ends."""
    words = text[one.start : one.end]
    start = one.start + len(words) - len(words.lstrip())
    return one._replace(start=start, end=start + len(words.strip()))


# ── English ───────────────────────────────────────────────────────────────────────────────────────────────────
def _english(passage: Passage, grammar: English) -> Iterator[Statement]:
    blank, at = passage.blank, 0
    while at < len(blank):
        end = clause.sentence_end(blank, at, whole=True)
        if end - at <= LONGEST:
            yield from _in_sentence(blank[at:end], passage.start + at, grammar)
        at = end


def _in_sentence(  # noqa: C901, PLR0912 -- a position of the verb after the other
    sentence: str, offset: int, grammar: English
) -> Iterator[Statement]:
    if not grammar.has_cue(sentence):
        return
    words = tokens(sentence)
    while words and not words[-1].is_word and words[-1].text[0] != DUMMY:
        words.pop()
    lead = next((i for i, word in enumerate(words) if word.text[0] != DUMMY and (word.is_word)), len(words))
    if lead == 0 and (final := _closing(words, grammar)):  # `The shop would open, and they knew it, Lee said.`
        yield from _statement(words, final[:2], offset, grammar.of_verb(sentence, words, final[2], offset))
        return
    busy = -1
    for i in range(lead, len(words)):
        word = words[i]
        if word.lower == "according" and i + 2 < len(words) and words[i + 1].lower == "to":
            yield from _according(sentence, words, lead, i, offset, grammar)
            return
        if i >= busy and _is_claim(words, i, grammar):
            busy = _clause_end(words, i + 1, grammar)
            yield from _statement(words, (i + 1, busy), offset, _owner(sentence, words, i, offset, grammar))
            continue
        if not _is_verb(words, i, lead, grammar):
            continue
        after_quote = lead > 0 and busy < 0
        if i > lead and words[i - 1].text == "," and i - 1 > lead and _is_bare(words, i + 1, grammar):  # `…, said Lee.`
            voice = grammar.inverted(sentence, words[i + 1 :], offset, word.text)
            if voice and not after_quote and busy < lead:
                yield from _statement(words, (lead, i - 1), offset, voice)
                busy = len(words)
            continue
        behind = _behind(words, i, grammar, after_quote=after_quote)
        if behind is None:
            before = _before(words, lead, i, grammar)
            if before and busy < lead and not after_quote:
                yield from _statement(words, before, offset, grammar.of_verb(sentence, words, i, offset))
            continue
        if i < busy:
            continue
        behind = behind[0], _subordinate_end(words, lead, i, behind)
        voice = grammar.of_verb(sentence, words, i, offset)
        if (
            words[i + 1].text == ","
            and busy < lead
            and not after_quote
            and (before := _before(words, lead, i, grammar, aside=True))
        ):
            yield from _statement(words, before, offset, voice)  # both pieces round `, Lee said,`
        busy = behind[1]
        yield from _statement(words, behind, offset, voice)


def _is_verb(words: list[Token], i: int, lead: int, grammar: English) -> bool:
    """Whether `words[i]` is a verb that takes a statement."""
    word, follows = words[i], words[i + 1].lower if i + 1 < len(words) else ""
    return grammar.reports(word.lower, follows) and not (word.is_capital and i > lead) and not grammar.is_noun(words, i)


def _is_claim(words: list[Token], i: int, grammar: English) -> bool:
    """Whether a noun of saying opens a statement: `the claim that`."""
    return words[i].lower in grammar.claims and i + 3 < len(words) and words[i + 1].lower == "that"


def _owner(sentence: str, words: list[Token], i: int, offset: int, grammar: English) -> Voice | None:
    """Whose claim it is: of `Ann Lee's claim that` Ann Lee, of `his claim that` his; else nobody's."""
    before = words[i - 1] if i else None
    if before and before.lower in ("his", "her"):
        return Voice(before.text, offset + before.start, words[i].text, pronoun=True)
    if before and before.is_capital and before.lower.endswith(("’s", "'s")):
        return grammar.phrase(sentence, clause.last_run(words[:i]), [], offset, words[i].text)
    return None


def _closing(words: list[Token], grammar: English) -> tuple[int, int, int] | None:
    """The clause before a cue that ends its sentence, and the cue: it governs everything before it."""
    for i in range(len(words) - 1, max(2, len(words) - 8), -1):
        if grammar.is_cue(words[i].lower, weak=False) and not words[i].is_capital and not grammar.is_noun(words, i):
            if _behind(words, i, grammar, after_quote=False) is not None or words[i].lower.endswith("ing"):
                return None
            span = _before(words, 0, i, grammar)
            return (*span, i) if span and not grammar.reports(words[0].lower) else None
    return None


def _is_bare(words: list[Token], start: int, grammar: English) -> bool:
    """Whether only a noun phrase follows, as in `said Lee, a nurse in the town`."""
    if start >= len(words) or not (words[start].is_capital or words[start].lower in ("a", "an", "the", "one")):
        return False
    return not any(grammar.is_verb(word) or word.text[0] == DUMMY for word in words[start : start + 6])


def _statement(words: list[Token], span: tuple[int, int], offset: int, voice: Voice | None) -> Iterator[Statement]:
    inside = words[span[0] : span[1]]
    if sum(word.is_word for word in inside) >= 2 and (voice or inside[0].lower == "that"):
        yield Statement(offset + inside[0].start, offset + inside[-1].end, voice or NOBODY)


def _behind(words: list[Token], i: int, grammar: English, *, after_quote: bool) -> tuple[int, int] | None:
    """The clause behind the verb `words[i]`: past whom it is said to and when, to the end of the sentence.

    `after_quote`: the verb belongs to the quotation before it, unless `that` opens a clause of its own.
    """
    start = i + 1
    if start < len(words) - 5 and words[start].text == "," and words[i].lower in _SAYS and not after_quote:
        aside = any(word.text == "," for word in words[max(0, i - 6) : i])  # `The shop, Lee said, would close`
        return (
            (start + 1, len(words))
            if aside and words[start + 1].text[0] != DUMMY and words[start + 1].lower not in _STOPS
            else None
        )
    if start >= len(words) or words[start].text in ",.;:)—–" or _is_passive(words, i):
        return None
    limit = min(len(words), start + 12)
    that = next((k for k in range(start, limit) if words[k].lower == "that" or words[k].text == ","), -1)
    if (
        words[start].lower not in _OPENS
        and that > 0
        and words[that].lower == "that"
        and (words[start].lower in _ADVERBIAL or words[start].lower in _DAYS or words[i].lower in _TO_WHOM)
    ):
        start = that
    else:
        while start < len(words) and words[start].lower in _DAYS:
            start += 1
        if start + 1 < len(words) and words[start].lower == "on" and words[start + 1].lower in _DAYS:
            start += 2
        if words[i].lower in _TO_WHOM and start < len(words):
            start = _past_object(words, start)
    if start >= len(words) or words[start].text in ",.;:" or (after_quote and words[start].lower not in _OPENS):
        return None
    if words[start].text[0] == DUMMY and len(words) - start < 3:
        return None
    return (start, _clause_end(words, start, grammar)) if _may_begin(words[start].lower, words[i].lower) else None


def _may_begin(first: str, verb: str) -> bool:
    """Whether a clause that `verb` governs may begin with `first`: not with where, when or to whom it was said."""
    if verb in _SAYS and first in _PLACE | _TIMES | _WHEN:
        return False
    return first not in _NO_CLAUSE and (first not in _MODALS or verb.endswith("ed"))


def _is_passive(words: list[Token], i: int) -> bool:
    """`was reported by …`: the statement is no clause behind the verb."""
    near = {word.lower for word in words[max(0, i - 2) : i]}
    return (
        not near.isdisjoint(_BE)
        and not words[i].lower.endswith("ing")
        and words[i].lower not in ("expected", "told", "asked")
    )


def _past_object(words: list[Token], start: int) -> int:
    k = start + 1
    while k < len(words) and k < start + 6 and (words[k].is_capital or words[k].lower in ("and", "of", "the")):
        k += 1
    return k


def _clause_end(words: list[Token], start: int, grammar: English) -> int:
    """Where the clause that begins at `start` ends: before a predicate, participle, contrast or another voice."""
    for k in range(start + 3, len(words) - 1):
        word, after = words[k], words[k + 1]
        if word.text == ";":
            return k
        if word.text == "," and (after.lower in _STOPS or _is_participle(after) or _new_voice(words, k + 1, grammar)):
            return k
        if word.lower == "but" and (after.lower in _HAS or grammar.is_cue(after.lower, weak=True)):
            return k
        if word.lower == "and" and after.is_capital and _new_voice(words, k + 1, grammar, weak=True):
            return k - (words[k - 1].text == ",")
        if (
            word.lower == "and"
            and grammar.is_cue(after.lower, weak=words[k - 1].text == ",")
            and not _is_participle(after)
        ):
            return k - (words[k - 1].text == ",")
    return len(words)


def _subordinate_end(words: list[Token], lead: int, i: int, span: tuple[int, int]) -> int:
    """Where the statement ends in `While Lee says it is open, the shop …`: at the comma; else where it ended."""
    commas = [k for k in range(lead, span[1]) if words[k].text == ","]
    if words[lead].lower in _SUBORDINATE and commas and commas[0] > max(i, span[0]):
        return commas[0]
    return span[1]


def _is_participle(word: Token) -> bool:
    return word.lower.endswith("ing") and word.lower != "including" and not word.is_capital


def _new_voice(words: list[Token], start: int, grammar: English, *, weak: bool = False) -> bool:
    """Whether `Lee said` or `she said` begins here: words that end the statement of somebody else."""
    for k in range(start, min(len(words), start + 7)):
        word = words[k]
        if (
            k > start
            and (grammar.reports(word.lower) if weak else grammar.is_cue(word.lower, weak=False))
            and not word.is_capital
            and (weak or not word.lower.endswith("ing"))
        ):
            return True
        if not (
            word.is_capital
            or word.lower in _HAS
            or word.lower in grammar.pronouns
            or word.lower in ("the", "a", "of", "’s")
        ):
            return False
    return False


def _before(words: list[Token], lead: int, i: int, grammar: English, *, aside: bool = False) -> tuple[int, int] | None:
    """The clause before `, Lee said.`, or with `aside` the piece before `, Lee said, `."""
    if (
        not aside
        and i + 1 < len(words)
        and (words[i + 1].text != "," or (i + 2 < len(words) and words[i + 2].text[0] == DUMMY))
        and words[i + 1].lower not in _PLACE | _DAYS | _TIMES
    ):
        return None
    for k in range(i - 1, lead, -1):
        if words[k].text == ",":
            if k == i - 1 and not any(word.text[0] != DUMMY and grammar.is_verb(word) for word in words[lead:k]):
                return None  # `Lee, a nurse in the town, said`: the subject
            if k - lead >= (1 if aside else 3) and not any(word.text[0] == DUMMY for word in words[k - 1 : k]):
                return lead, k
            return None
        if words[k].text in ";:":
            return None
    return None


def _according(
    sentence: str, words: list[Token], lead: int, i: int, offset: int, grammar: English
) -> Iterator[Statement]:
    if i == lead or (i - lead == 1 and words[lead].lower in ("but", "and")):
        comma = next((k for k in range(i + 2, len(words)) if words[k].text == ","), -1)
        if comma > 0:
            voice = grammar.phrase(sentence, words[i + 2 : comma], [], offset, "according to")
            yield from _statement(words, (comma + 1, len(words)), offset, voice)
        return
    end = i - 1 if words[i - 1].text == "," else i
    stop = next((k for k in range(i + 2, len(words)) if words[k].text in ",;"), len(words))
    voice = grammar.phrase(sentence, words[i + 2 : stop], [], offset, "according to")
    yield from _statement(words, (lead, end), offset, voice)


# ── Chinese ───────────────────────────────────────────────────────────────────────────────────────────────────
def _chinese(passage: Passage, grammar: Chinese) -> Iterator[Statement]:
    blank, at = passage.blank, 0
    while at < len(blank):
        end = chinese.sentence_end(blank, at)
        sentence = blank[at:end].rstrip("。！？!?\n")
        told = grammar.statement(sentence, passage.start + at) if len(sentence) <= LONGEST else None
        if told and not _LEADS_UP.match(sentence, told[1]):
            start, stop = at + told[1], end
            while stop > start and blank[stop - 1] in "。！？!?；;，, \n":
                stop -= 1
            if stop - start >= 4:
                yield Statement(passage.start + start, passage.start + stop, told[0])
        at = end
