"""The quotations in a document: exact spans of it, with who said them."""

from __future__ import annotations

import hashlib
from dataclasses import InitVar, dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.document import Document
    from digest.lexicon import Lexicon

QuoteKind = Literal["spoken", "turn", "highlight", "block", "reported"]

QUOTABLE: frozenset[str] = frozenset({"spoken", "turn", "block"})
"""The kinds that may stand in quotation marks under a person's name."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A span of a document: `text` is `of[start:end]` and cannot be anything else.

    `of` is the document's text; it is checked against, not kept. `speaker` is the fullest form the
    article gives, `mention` the words as they stand; both None where nobody is named. `unnamed` says that
    the speaker is given as worded ("一位资深投资人"), `hearsay` that it is second-hand. `group` is shared by
    the halves of a split quotation. `asks` marks the asking side of an interview, kept out of key quotes; `question`
    is what was asked, where this is the first that was answered to it and it was a single question.
    """

    of: InitVar[str]
    start: int
    end: int
    kind: QuoteKind
    speaker: str | None = None
    mention: str | None = None
    role: str | None = None
    cue: str | None = None
    unnamed: bool = False
    hearsay: bool = False
    highlighted: bool = False
    asks: bool = False
    question: str | None = None
    group: int | None = None
    text: str = field(init=False)
    id: str = field(init=False)

    def __post_init__(self, of: str) -> None:
        if not 0 <= self.start < self.end <= len(of):
            message = f"span {self.start}:{self.end} does not lie inside a text of {len(of)}"
            raise ValueError(message)
        object.__setattr__(self, "text", of[self.start : self.end])
        # Stable while the words and their document are: the document is known by how it begins, and equal
        # words in it are told apart by how many came before.
        # Counting starts anew every 65,536 code points, so that a book of quotations takes linear time.
        part = self.start >> 16
        before = of.count(self.text, part << 16, self.start)
        key = f"{of[:64]}|{f'{part}:' if part else ''}{before}|{self.text}"
        object.__setattr__(self, "id", f"q{hashlib.sha256(key.encode('utf-8', 'replace')).hexdigest()[:10]}")


def find(document: Document, lexicon: Lexicon, people: Mapping[str, str] | None = None) -> tuple[Quote, ...]:
    """Every quotation of a document, in order: spoken, turn, block, highlight and reported.

    `people` are the editor's aliases, short form → full name.
    """
    from digest.speech import finding  # noqa: PLC0415 -- paid for where something is read, not where a quote is kept

    return finding.find(document, lexicon, people)
