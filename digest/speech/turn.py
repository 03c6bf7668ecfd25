"""Interview turns: who has the word from which label to which.

A label is a short name at the start of a paragraph (`小林：`, `Q:`, `【小林】`), found at least twice and in
alternation with another. Turns carry no marks; those inside are nested. Rules: quotes.md 2.8, clips.md 4.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from digest import late
from digest.sentence import sentences
from digest.speech import chinese, clause

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from digest.document import Block, Document
    from digest.lexicon import Lexicon

LONGEST_LABEL = 24
_ENDS_LABEL = late.regex("[：:∶】]")
FEWEST_CHANGES = 3
SHORTEST_RUN = 14
SHORTEST_TURN = 12
LONGEST_HEADING = 30
MOST_HEADINGS = 5
LONGEST_QUESTION = 80
_PAIRED = late.regex("[“”「」（）()《》]")


@dataclass(frozen=True, slots=True)
class Turn:
    """One piece of a turn: what paragraph `block` holds behind its label, under the label of who speaks.

    A label that stands alone is a piece without words (`start == end`).
    """

    label: str
    start: int
    end: int
    asks: bool
    block: int


@cache
def _label() -> re.Pattern[str]:
    name = r"[^\s：:，。！？；,!?;“”\"「」《》()（）\[\]【】|｜/\\<>#=+*]"
    return re.compile(
        rf"[ \t]*(?:\d{{1,2}}:\d{{2}}(?::\d{{2}})?\s*)?"
        rf"(?:【(?P<box>{name}{{1,16}}(?: {name}{{1,16}}){{0,3}})】[：:]?"
        rf"|「(?P<corner>{name}{{1,16}})」\s?[：:]"
        rf"|(?P<name>{name}{{1,20}}(?:[ \u00a0·]{name}{{1,16}}){{0,3}})"
        r"(?:\s?[（(][^（()）\n]{1,24}[)）])?\s*[：:∶](?!//))\s*"
    )


def key(label: str) -> str:
    """A label as it is compared: without spaces, case and numbering (`Q1` is `Q`)."""
    squeezed = "".join(label.split()).strip("*_-—·.、")
    return squeezed[0] if squeezed[:1] in _SIDES and squeezed[1:].isdigit() else squeezed


_SIDES = tuple("QAqa问答")


@cache
def _keys(lexicon: Lexicon, *lists: str) -> frozenset[str]:
    return frozenset(map(key, lexicon.words(*lists)))


def spelt(document: Document, label: str) -> str:
    """A label as the article spells it: without the spaces a clipper left between Chinese characters."""
    if not label.isascii():
        return label
    words = re.search(r"\s?".join(map(re.escape, label)), document.text)
    return re.sub(r"\s+", " ", words.group()) if words else label


def turns(document: Document, lexicon: Lexicon) -> list[Turn]:
    """The turns of an interview in document order, a piece a paragraph; empty where there is none."""
    text, blocks = document.text, document.blocks
    starts: dict[int, tuple[str, int]] = {}
    fields = _keys(lexicon, "marks.fields", "people.no_speakers")
    for i, block in enumerate(blocks):
        behind = min(block.end, block.start + LONGEST_LABEL * 3)
        if block.kind in ("table", "code", "quote") or not _ENDS_LABEL.search(text, block.start, behind):
            continue
        m = _label().match(text, block.start, behind)
        if m:
            spelt_so = m["box"] or m["corner"] or m["name"]
            name = key(spelt_so)
            if name and not _LOWER_WORD.search(spelt_so) and name not in fields and not name.isdigit():
                starts[i] = (name, m.end())
    if len(starts) < FEWEST_CHANGES:
        return []
    return _spoken(document, blocks, _sides(starts, document, lexicon), starts)


def _sides(starts: dict[int, tuple[str, int]], document: Document, lexicon: Lexicon) -> dict[str, bool]:
    """Label → whether it asks, for the labels that are speakers; empty where the labels are no interview."""
    every = [starts[i][0] for i in sorted(starts)]
    counts = Counter(every)
    speakers = _Speakers(document, lexicon, min(starts, default=0))
    names = {name for name, n in counts.items() if (n > 1 or speakers.is_role(name)) and speakers.may_speak(name)}
    order = [name for name in every if name in names]
    if len(names) < 2 or len(order) * 2 < len(every):
        return {}
    if sum(a != b for a, b in itertools.pairwise(order)) < FEWEST_CHANGES:
        return {}
    asked: defaultdict[str, list[tuple[bool, int]]] = defaultdict(list)
    blocks, marks = document.blocks, sorted(starts)
    for i, nxt in zip(marks, [*marks[1:], len(blocks)], strict=True):
        name, at = starts[i]
        if name in names:
            said = document.text[at : blocks[i].end] or (
                document.text[blocks[i + 1].start : blocks[i + 1].end] if i + 1 < nxt else ""
            )
            length = len(said)
            asked[name].append((said.rstrip().endswith(("？", "?", "吗", "呢", "か。")) or "？" in said, length))
    total = [length for said in asked.values() for _, length in said]
    if sum(total) < SHORTEST_TURN * len(total):
        return {}
    return _who_asks(asked, document, lexicon)


def _side(label: str) -> str:
    """A label without the number or letter that tells several of one side apart (提问3, 嘉宾A)."""
    return re.sub(r"(?<=.)[A-Z\d]{1,2}$", "", label)


class _Speakers:
    """Which labels can be people, bodies or sides of an interview, and not fields of a list."""

    def __init__(self, document: Document, lexicon: Lexicon, first: int) -> None:
        self._roles = _keys(lexicon, "marks.asks", "marks.answers")
        self._credited = [key(name) for name in (*document.authors, document.outlet or "") if name]
        lead = document.text[: document.blocks[first].start] if document.blocks else ""
        self._introduced = key(f"{document.title or ''}\n{lead}")
        self._chinese = chinese.of(lexicon)
        self._common = clause.COMMON | frozenset(lexicon.words("people.english_openers"))

    def is_role(self, label: str) -> bool:
        """Q, 记者, 主持人 and their like."""
        return _side(label) in self._roles

    def may_speak(self, label: str) -> bool:
        """A name by its shape, a role, the outlet, or somebody whom the title or the lead introduces."""
        if self.is_role(label) or any(label in name or name in label for name in self._credited):
            return True
        if not label[0].isalpha():
            return False
        if label.isascii() or re.match(r"[A-ZÀ-Ý][A-Za-zÀ-ÿ.'’-]+$", label):
            return label[0].isupper() and label.lower() not in self._common and not _PHRASE.search(label)
        return (
            self._chinese.is_name(label)
            or self._chinese.sounds.issuperset(label)
            or (
                len(label) > 1
                and label in self._introduced
                and ("·" in label or _INTRODUCES.search(self._introduced) is not None)
            )
        )


_LOWER_WORD = late.regex(r" (?!(?:de|la|van|von|der|den|bin|al|el|di|da|du|le) )[a-z]+")
_PHRASE = late.regex(r"[!?/\\<>{}]|\d{3}")
_CLOSING = late.regex(
    "以上|本文|本期|本次|感谢|更多|延伸|编辑|作者|视频|欢迎|点击|关注|这[场次]|注：|（完|完$"
    "|END|The interview|This interview"
)
_INTRODUCES = late.regex(
    "采访|专访|对话|对谈|访谈|访问|采訪|專訪|對談|訪談|圆桌|聊了聊|interview|Interview|INTERVIEW|インタビュー|対談|Q&A"
)


def _who_asks(asked: dict[str, list[tuple[bool, int]]], document: Document, lexicon: Lexicon) -> dict[str, bool]:
    asks = {name for name in asked if _side(name) in _keys(lexicon, "marks.asks")}
    answers = {name for name in asked if _side(name) in _keys(lexicon, "marks.answers")}
    credited = {key(name) for name in (*document.authors, document.outlet or "")} - {""}
    title = key(document.title or "")

    def weight(name: str) -> float:
        said = asked[name]
        share = sum(question for question, _ in said) / len(said)
        length = sum(length for _, length in said) / len(said)
        weight = share - min(1.0, length / 800)
        weight += 4 * (name in asks or any(name in credit or credit in name for credit in credited)) - 4 * (
            name in answers
        )
        return weight - 0.8 * (len(name) > 1 and name in title)

    weights = {name: weight(name) for name in asked}
    most = max(weights.values())
    # Several may ask (guests of the host, an audience); all that come close to the one who asks most do.
    return {name: name in asks or w == most or w > 2 for name, w in weights.items()}


def _spoken(
    document: Document, blocks: Sequence[Block], sides: dict[str, bool], starts: dict[int, tuple[str, int]]
) -> list[Turn]:
    found: list[Turn] = []
    speaker: str | None = None
    last = max((i for i in starts if starts[i][0] in sides), default=-1)
    for i, block in enumerate(blocks):
        at = block.start
        if i in starts and starts[i][0] in sides:
            speaker, at = starts[i]
        elif block.kind == "heading":
            speaker = speaker if i < last and not document.text[block.start : block.end].endswith("：") else None
            if i > last:
                speaker = None
            continue
        if speaker is None or block.kind in ("table", "code"):
            continue
        if i > last and (sides[speaker] or _is_closing(document.text[at : block.end], speaker)):
            speaker = None
            continue
        if i not in starts and _is_heading(document, i, starts, sides):
            continue
        found.append(Turn(speaker, min(at, block.end), block.end, sides[speaker], i))
    return found


def _is_heading(document: Document, i: int, starts: dict[int, tuple[str, int]], sides: dict[str, bool]) -> bool:
    """Whether only lines without a full stop stand between paragraph `i` and the next label: a section's heading."""
    for k in range(i, min(len(document.blocks), i + MOST_HEADINGS)):
        if k in starts and starts[k][0] in sides:
            return True
        block = document.blocks[k]
        if block.end - block.start > LONGEST_HEADING or document.text[block.end - 1] in "。！？.!?…”」":
            return False
    return False


def _is_closing(paragraph: str, speaker: str) -> bool:
    """Whether a paragraph behind the last label is the editor's own: it speaks of the speaker, or of the interview."""
    return (len(speaker) > 1 and speaker in paragraph) or _CLOSING.match(paragraph) is not None


def runs(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """An answer cut into sentences, or short runs of them that stand on their own; together they cover it."""
    cut: list[tuple[int, int]] = []
    for a, b in sentences(text, start, end):
        if cut and (
            b - a < SHORTEST_RUN
            or cut[-1][1] - cut[-1][0] < SHORTEST_RUN
            or not _is_balanced(text[cut[-1][0] : cut[-1][1]])
        ):
            cut[-1] = (cut[-1][0], b)
        else:
            cut.append((a, b))
    return cut


def question(text: str, piece: Turn) -> str | None:
    """What a piece of the asking side asks, where that is one short sentence with one question mark and no more."""
    asked = text[piece.start : piece.end].strip()
    single = asked[-1:] in ("？", "?") and len(re.findall("[？?]", asked)) == 1 and len(asked) <= LONGEST_QUESTION
    whole = single and len(list(sentences(text, piece.start, piece.end))) == 1
    return asked if piece.asks and whole and _is_balanced(asked) else None


def _is_balanced(piece: str) -> bool:
    return not _PAIRED.search(piece) or all(
        piece.count(a) == piece.count(b) for a, b in ("“”", "「」", "（）", "()", "《》")
    )


def named(labels: Iterable[str], names: Iterable[str]) -> dict[str, str]:
    """Label → the full name it stands for: a surname, initials or short form of a name the article gives."""
    full: dict[str, str] = {}
    known = sorted(set(names), key=len, reverse=True)
    for label in labels:
        for name in known:
            initials = "".join(word[0] for word in re.split(r"[\s·]+", name) if word)
            if label != name and (
                (len(label) > 1 and (key(name).startswith(label) or key(name).endswith(label)))
                or (label.isascii() and label.isupper() and len(label) > 1 and label == initials.upper())
            ):
                full[label] = name
                break
    return full
