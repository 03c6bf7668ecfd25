"""Which marked words are speech, and whose: the cue of each, and what the words around inherit from it.

A third of all direct speech has no cue of its own (quotes.md 1); it takes the voice of the quotation before it, or
stays nobody's: a wrong name costs more than a missing one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from digest import late
from digest.speech import chinese, clause, english, french, japanese
from digest.speech.marks import DUMMY
from digest.speech.speaker import NOBODY, Heard, Voice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.document import Block
    from digest.lexicon import Lexicon
    from digest.speech.chinese import Chinese
    from digest.speech.english import English
    from digest.speech.marks import Pair
    from digest.speech.passage import Passage

ENOUGH_WORDS = 7
"""From so many words on, 85 % and more of marked English words are somebody's speech."""

FEW_WORDS = 4
ENOUGH_HAN = 4
FEW_KANA = 8
ENOUGH_IN_STATEMENT = 8

_WORD = late.regex(r"[^\W_]+(?:[’'-][^\W_]+)*")


def heard(passages: Sequence[Passage], lexicon: Lexicon, written: Chinese) -> list[Heard]:
    """The speech in the passages, in order, each with its voice (`NOBODY` where the article does not say).

    `written` is the Chinese grammar that reads this text.
    """
    found: list[Heard] = []
    last: Voice | None = None  # whose quotation ended the passage before
    left_open = False  # whether it goes on in this one
    ahead = ""  # the last words of the passage before, if they lead up to a quotation
    foreign = french.are_french(passages)
    for passage in passages:
        if not passage.pairs:
            last, left_open, ahead = None, False, passage.text[passage.block.start : passage.block.end]
            continue
        if passage.script == "japanese":
            own, last = _japanese(passage), None
        elif passage.script == "chinese":
            own, last = _chinese(passage, written, last, ahead)
        elif foreign:
            own, last = _french(passage), None
        else:
            own, last = _english(passage, english.of(lexicon), last, ahead)
        ahead = passage.blank
        if left_open and own and found and found[-1].voice is NOBODY and own[0].voice is not NOBODY:
            found[-1] = replace(found[-1], voice=own[0].voice)
        left_open = not passage.pairs[-1].closed
        found += _grouped(passage, own)
    return found


def _grouped(passage: Passage, own: list[Heard]) -> list[Heard]:
    """The halves of a quotation split by its cue, `“…,” she said, “…”`, get a group: where the first one begins."""
    for i in range(len(own) - 1):
        first, second = own[i], own[i + 1]
        between = passage.text[first.end : second.start]
        if first.voice.cue and first.voice == second.voice and len(between) < WIDEST_SPLIT:
            ends = passage.text[first.start : first.end].rstrip()[-1:]
            if ends not in tuple("。.!?！？") and not _SENTENCE_END.search(between):
                group = first.start if first.group is None else first.group
                own[i], own[i + 1] = replace(first, group=group), replace(second, group=group)
    return own


def of_block(text: str, block: Block, before: str, lexicon: Lexicon) -> tuple[int, int, Voice]:
    """A block quotation without its signature, and its voice: by the signature, or the words `before` it."""
    start, end = block.start, block.end
    signed = _SIGNATURE.search(text, max(start, end - 60), end)
    if signed and signed.start() > start:
        name = signed[1].strip()
        return start, start + len(text[start : signed.start()].rstrip()), Voice(name, signed.start(1), "—", name=name)
    if before.rstrip()[-1:] not in tuple("：:"):
        return start, end, NOBODY
    at = max(0, start - len(before))
    if not before.isascii():
        grammar = chinese.of(lexicon)
        lead = grammar.cue_before(before[-chinese.WINDOW :])
        head = before[-chinese.WINDOW :]
        voice = grammar.subject(head[: lead.start], at, lead.verb) if lead else grammar.about(head, at)
        return start, end, voice or NOBODY
    told = english.of(lexicon).before(before[-english.WINDOW :], at)
    return start, end, told[0] if told else NOBODY


WIDEST_SPLIT = 120
_SENTENCE_END = late.regex(r"[。！？]|[.!?]\s")
_SIGNATURE = late.regex(r"\s*(?:——|—|–|― ?)\s*([^\s—–。，,.!?！？：:][^—–。！？!?\n]{1,40})$")


# ── English ───────────────────────────────────────────────────────────────────────────────────────────────────
def _english(passage: Passage, grammar: English, last: Voice | None, ahead: str) -> tuple[list[Heard], Voice | None]:
    found: list[Heard] = []
    current: Voice | None = None
    voice: Voice | None
    for i, pair in enumerate(passage.pairs):
        content = passage.text[pair.start : pair.end].strip().rstrip("’' ")
        before, at = passage.before(pair, english.WINDOW)
        after = passage.after(pair, english.WINDOW)
        label = _LABEL.match(content)
        if label and not pair.single:
            voice = Voice(label[1], pair.start, ":", name=label[1])
            found.append(Heard(pair.start + label.end(), pair.end, voice))
            current = voice
            continue
        voice = _english_voice(grammar, pair, content, before, at, after, follows=current is not None)
        if voice is None:
            continue
        if voice is NOBODY:
            voice = current or _inherited(grammar, before, ahead, at, last if i == 0 else None) or NOBODY
        else:
            if current is None:
                found = [Heard(one.start, one.end, voice) if one.voice is NOBODY else one for one in found]
            current = voice
        found.append(Heard(pair.start, pair.end, voice))
    ended = bool(found) and passage.block.end - passage.pairs[-1].right < 160
    return found, (current or (found[-1].voice if found else None)) if ended else None


def _inherited(grammar: English, before: str, ahead: str, at: int, last: Voice | None) -> Voice | None:
    """The voice of a quotation without a cue: of the sentence before it, of the paragraph before it."""
    sentence = clause.last_sentence(before)
    if sentence:
        return grammar.narrated(sentence, at)
    if before.strip():
        return None
    if ahead.rstrip().endswith(":"):
        led_up = grammar.before(ahead[-english.WINDOW :], 0)
        return led_up[0] if led_up else None
    return last or grammar.narrated(clause.last_sentence(ahead[-english.WINDOW :]), 0)


def _english_voice(  # noqa: PLR0911 -- a verdict a line, in the order in which they are tried
    grammar: English, pair: Pair, content: str, before: str, at: int, after: str, *, follows: bool
) -> Voice | None:
    """Whose the marked words are; NOBODY for speech of somebody not named here, None for what is no speech.

    `follows` says that an attributed quotation stands before them in the paragraph.
    """
    words = _WORD.findall(content)
    if not words or _is_code(before, after):
        return None
    ends, behind, joined = content[-1:], after.lstrip()[:1], before.rstrip()[-1:]
    comma, closed = ends == "," or behind == ",", ends in tuple(".?!…—–-")
    few = len(words) < FEW_WORDS
    title = _is_title(words, before, grammar)
    lead = grammar.before(before, at)
    attached = lead is not None and lead[1] and joined in tuple(",:")
    if lead and attached and not comma and (lead[0].cue or (not title and not few)):
        return lead[0]
    signed = grammar.behind(after, pair.right, touches=False) if behind in tuple("—–-―") and after.strip() else None
    if signed and signed[0].cue == "—":
        return signed[0]
    touches = comma or ends in tuple("?!—–-")
    tail = None
    if touches or ends != ".":
        tail = grammar.behind(after, pair.right, touches=touches)
        if tail and touches and not (title and not attached):
            return tail[0]
    if lead and attached and (lead[0].cue or (not title and len(words) >= ENOUGH_WORDS)):
        return lead[0]
    if title or (pair.single and not lead and not tail):
        return None
    if tail and not few:
        return tail[0]
    if lead and (not few or (lead[1] and _touches(before, grammar))):
        return lead[0]
    inside = bool(before.strip()) and clause.sentence_start(before) < len(before.rstrip()) and joined not in tuple(",:")
    whole = closed and (not before.strip() or clause.sentence_start(before) >= len(before.rstrip()))
    speech = len(words) >= ENOUGH_WORDS or (not few and (closed or (comma and not inside))) or (whole and follows)
    return NOBODY if speech else None


def _is_code(before: str, after: str) -> bool:
    """Whether the marks are those of code: `{"name": "x"}`, `size="3"`."""
    lead = before.rstrip()
    keyed = lead[-1:] == ":" and lead[-2:-1] == DUMMY
    return (keyed or before[-1:] in tuple("{[:,=(<")) and after.lstrip()[:1] in tuple("{}[]:,=)>")


def _touches(before: str, grammar: English) -> bool:
    """Whether the word right before the mark is a strong cue (`said “no”`)."""
    m = _LAST.search(before)
    return m is not None and grammar.is_cue(m.group(1).lower(), weak=False)


_LABEL = late.regex(r"((?:[A-Z]{3,}[A-Z.'’-]*)(?: [A-Z][A-Z.'’-]+){0,3}|[A-Z][a-z]+(?: [A-Z][a-z]+){1,2}):\s+(?=\S)")
_LAST = late.regex(r"(\w+)[\s]*$")


def _is_title(words: list[str], before: str, grammar: English) -> bool:
    """A title of a work or show: capitals throughout, or a noun of work before it."""
    long = [word for word in words if len(word) > 3 and word not in ("with", "from", "into", "over")]
    if len(words) < 12 and grammar.works.search(before[-24:]):
        return True
    return (
        len(words) < 12
        and len(long) > 0
        and all(word[0].isupper() or word[0].isdigit() for word in long)
        and (len(words) > 1 or before[-1:] == " ")
    )


# ── French ────────────────────────────────────────────────────────────────────────────────────────────────────
def _french(passage: Passage) -> list[Heard]:
    found: list[Heard] = []
    current: Voice | None = None
    for pair in passage.pairs:
        content = passage.text[pair.start : pair.end].strip()
        told = french.voice(passage.after(pair, english.WINDOW), pair.right)
        if told is None and len(_WORD.findall(content)) < ENOUGH_WORDS:
            continue
        current = told or current
        found.append(Heard(pair.start, pair.end, current or NOBODY))
    return found


# ── Japanese ──────────────────────────────────────────────────────────────────────────────────────────────────
def _japanese(passage: Passage) -> list[Heard]:
    found: list[Heard] = []
    for pair in passage.pairs:
        content = passage.text[pair.start : pair.end].strip()
        before, at = passage.before(pair, chinese.WINDOW)
        voice = (
            japanese.voice(content, before, at, passage.after(pair, chinese.WINDOW), pair.right)
            if len(content) >= FEW_KANA
            else None
        )
        if voice:
            found.append(Heard(pair.start, pair.end, voice))
    return found


# ── Chinese ───────────────────────────────────────────────────────────────────────────────────────────────────
def _chinese(passage: Passage, grammar: Chinese, last: Voice | None, ahead: str) -> tuple[list[Heard], Voice | None]:
    found: list[Heard] = []
    current: Voice | None = None
    for i, pair in enumerate(passage.pairs):
        content = passage.text[pair.start : pair.end].strip()
        before, at = passage.before(pair, chinese.WINDOW)
        after = passage.after(pair, chinese.WINDOW)
        if (
            i == 0 and pair.left == passage.start and ahead.rstrip()[-1:] in tuple("：:")
        ):  # `林小鹿说：` on a line of its own
            before, at = ahead[-chinese.WINDOW :], max(0, passage.start - chinese.WINDOW)
        voice = _chinese_voice(grammar, pair, content, before, at, after)
        if voice is None:
            continue
        if voice is NOBODY:
            wide, low = passage.before(pair, 3 * chinese.WINDOW)
            voice = current or _told(grammar, wide, low)
            if voice is NOBODY and i == 0 and pair.left == passage.start:
                voice = last or _told(grammar, ahead[-chinese.WINDOW :], 0)
        elif voice.mention is not None:
            current = voice
        found.append(Heard(pair.start, pair.end, voice))
    ended = bool(found) and passage.block.end - passage.pairs[-1].right < 40
    return found, current if ended else None


def _chinese_voice(  # noqa: PLR0911 -- a verdict a line, in the order in which they are tried
    grammar: Chinese, pair: Pair, content: str, before: str, at: int, after: str
) -> Voice | None:
    """Whose the marked words are; NOBODY for speech of somebody not named here, None for what is no speech."""
    if not content or _is_code(before, after) or grammar.is_term(before, after, content):
        return None
    ends, behind, joined = content[-1:], after.lstrip()[:1], before.rstrip()[-1:]
    closed, comma = ends in tuple("。！？!?…"), ends in tuple("，,")
    colon = joined in tuple("：:∶")
    lead = grammar.cue_before(before)
    if lead and not lead.joined and not closed and len(content) < ENOUGH_IN_STATEMENT:
        lead = None
    led = (grammar.subject(before[: lead.start], at, lead.verb) or Voice(None, -1, lead.verb)) if lead else None
    if led and (colon or not comma):
        return led
    if colon and not comma and (closed or len(content) >= ENOUGH_IN_STATEMENT):
        about = grammar.about(before, at)
        if about or closed:
            return about or NOBODY
    tail = grammar.cue_after(after, comma=comma or (closed and behind not in tuple("，。")) or behind in tuple("，,"))
    if tail and (comma or closed or after[tail.end : tail.end + 1] in tuple("。：:")):
        voice = grammar.subject(after[: tail.start], pair.right, tail.verb)
        if voice:
            return voice
    if led:
        return led
    speech = (closed or comma or not pair.closed) and len(content) >= ENOUGH_HAN
    if not speech:
        told = _told(grammar, before, at, inside=True) if len(content) >= ENOUGH_IN_STATEMENT else NOBODY
        return None if told is NOBODY else told
    return (grammar.about(before, at) if joined in tuple("，,—") else None) or NOBODY


def _told(grammar: Chinese, before: str, at: int, *, inside: bool = False) -> Voice:
    """Who is reported to speak in the last sentences of `before`, or in the one the quotation is `inside` of."""
    end = len(before) if inside else len(before.rstrip().rstrip("。！？!?"))
    if not end:
        return NOBODY
    for _ in range(1 if inside else 2):
        start = max(before.rfind(mark, 0, end) for mark in "。！？\n") + 1
        told = grammar.statement(before[start:end], at + start)
        if told:
            return told[0]
        end = start - 1
        if end <= 0:
            break
    return NOBODY
