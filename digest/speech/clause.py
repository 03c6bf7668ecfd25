"""English clauses: words and their places, where sentences end, and what their little words part.

What is said here is grammar and not a word list to be edited: conjunctions, prepositions, auxiliaries, abbreviations.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from digest import late
from digest.speech.marks import DUMMY
from digest.words import listed

_TOKEN = late.regex(rf"{DUMMY}+|[^\W_]+(?:[’'.&/-][^\W_]+)*(?:[’'](?![\w’']))?\.?|[—–―]|--|[^\w\s]", re.UNICODE)
CONJUNCTIONS = listed(
    "and but so as while then though although yet or nor because since when if that which who whom whose where "
    "after before until unless whether how why what whereas plus"
)
PREPOSITIONS = listed(
    "in on at during after before under over by with without from for to of about against into onto through "
    "throughout amid among between within across since until upon despite following per via like unlike regarding "
    "concerning"
)
AUXILIARIES = listed(
    "has have had is are was were be been being would will could can may might must should shall do does did not "
    "also then later once recently still again never always often just now already even only earlier further soon "
    "previously initially eventually finally simply merely repeatedly himself herself went on to goes continued "
    "n't didn't has’nt himself both all instead too quickly first subsequently sometimes frequently famously "
    "reportedly first"
)
NO_SUBJECT = listed(
    "there what which whom whose when where why how if as while because so such to not no yes and but or nor then "
    "thus hence here now everything nothing something anything"
)
COMMON = CONJUNCTIONS | PREPOSITIONS | NO_SUBJECT
"""Words that begin sentences and name nobody."""

ALONE = listed("this that these those all most both each other who")
"""Words that are no subject by themselves (`this source` is one)."""
DETERMINERS = listed(
    "a an the one another some several many two three four five his her its their our my this that these those "
    "every each no both most"
)
TIME = listed(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december today yesterday tomorrow tonight"
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
            first == DUMMY
            and len(word) <= 14
            and found
            and found[-1].is_capital
            and text[behind : behind + 2].strip().isupper()
        ):
            continue
        if word[-1] == "." and len(word) > 1 and not is_abbreviation(text, behind - 1):
            word = word[:-1]
            found.append(Token(word, m.start(), behind - 1, word.lower(), first.isalnum(), first.isupper()))
            found.append(Token(".", behind - 1, behind, "", is_word=False, is_capital=False))
        else:
            found.append(Token(word, m.start(), behind, word.lower().rstrip("."), first.isalnum(), first.isupper()))
    return found


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
    """Where a sentence ends by the mark at `at`: behind a full stop, at a quotation before a new sentence; or 0."""
    mark = text[at]
    if mark == DUMMY:
        behind = at + 1
        while text[behind : behind + 1] == DUMMY:
            behind += 1
        if text[behind : behind + 1].isspace() and (
            text[behind : behind + 3].strip()[:1].isupper()
            or text[behind : behind + 3].strip()[:1] in (DUMMY, "“", '"')
        ):
            return behind if whole else at or 1
        return 0
    if mark == "\n":
        return at + 1
    follows = text[at + 1 : at + 2]
    if follows and not follows.isspace() and not (follows in '”"’)' and not text[at + 2 : at + 3].strip()):
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
_MARK = late.regex(f"[.!?\n]|{DUMMY}+")
_ABBREVIATED = listed(
    "mr mrs ms dr prof rev hon sen rep gov gen col lt sgt capt maj cmdr adm st jr sr vs u.s u.k u.n d.c n.y n.j "
    "n.c s.c n.h calif fla tex ariz ill mass mich minn wis pa va ga ky tenn ohio ore wash colo conn ala ark okla "
    "nev neb kan mo md del jan feb mar apr jun jul aug sept oct nov dec no inc co corp ltd etc dept lt.gov d r"
)


def is_abbreviation(text: str, dot: int) -> bool:
    """Whether the full stop at `dot` belongs to an abbreviation or initial and ends no sentence."""
    m = _LAST_WORD.search(text, max(0, dot - 14), dot)
    word = m.group().lower() if m else ""
    if text[dot + 1 : dot + 2] == ")" and text.find("(", max(0, dot - 14), dot) >= 0:
        return True
    follows = text[dot + 1 : dot + 3].strip()
    if word in _ABBREVIATED:
        return bool(follows) and (
            word not in ("no", "co", "inc", "corp", "ltd", "etc", "pa", "va", "mo") or follows[0].islower()
        )
    return len(word) == 1 and word.isalpha() and word != "i"


DASHES = ("—", "–", "-", "―", "--")
CONTRACTED = late.regex("(?:i|he|she|it|we|they|you|who|that|there|here|what)[’']")
_LAST_WORD = late.regex(r"[\w.]+$")


def parted(words: list[Token]) -> list[list[Token]]:
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


def after_conjunction(chunk: list[Token]) -> list[Token]:
    """What follows the last conjunction or relative pronoun of a chunk: its innermost clause."""
    for i in range(len(chunk) - 1, -1, -1):
        if chunk[i].lower == "who" and i:  # `an official who spoke at length said`
            return after_conjunction(chunk[:i])
        if chunk[i].lower in CONJUNCTIONS - {"and", "or", "after", "before", "since", "until"}:
            return chunk[i + 1 :]
        if (
            chunk[i].lower == "and"
            and i
            and not (chunk[i - 1].is_capital and i + 1 < len(chunk) and chunk[i + 1].is_capital)
        ):
            return chunk[i + 1 :]
    return list(chunk)


def without_brackets(words: list[Token]) -> list[Token]:
    """The words that stand in no bracket."""
    kept: list[Token] = []
    depth = 0
    for word in words:
        depth += word.text == "("
        if depth == 0 and word.text != ")":
            kept.append(word)
        depth -= word.text == ")" and depth > 0
    return kept


def before_preposition(words: list[Token]) -> list[Token]:
    """The head of a noun phrase: what stands before `of`, `for`, `from` …."""
    for i, word in enumerate(words):
        if i and word.lower in PREPOSITIONS and not (word.is_capital):
            return words[:i]
    return words


def last_run(words: list[Token]) -> list[Token]:
    """The last run of capitalised words, particles of names included."""
    end = len(words)
    while end and not words[end - 1].is_capital:
        end -= 1
    start = end
    while start and (
        words[start - 1].is_capital
        or (words[start - 1].lower in PARTICLES and start > 1 and words[start - 2].is_capital)
    ):
        start -= 1
    run = words[start:end]
    while run and run[0].lower in DETERMINERS and len(run) == 1:
        run = []
    if start > 1 and words[start - 1].lower == "and" and words[start - 2].is_capital and run:  # two who speak together
        return last_run(words[: start - 1]) + words[start - 1 : end]
    for i in range(len(run) - 1, 0, -1):  # `Trump's Steve Lee`: the name behind a possessive
        if run[i - 1].text.endswith(("’s", "'s")):
            return run[i:]
    return run


PARTICLES = listed("de la van von der den bin al el di da du le of") - {"of"}


def run_at(words: list[Token], start: int) -> list[Token]:
    """The run of two capitalised words and more that begins at `start`; empty if there is none."""
    end = start
    while end < len(words) and (words[end].is_capital or words[end].lower in PARTICLES):
        end += 1
    run = words[start:end]
    return run if len(run) > 1 and run[0].is_capital else []
