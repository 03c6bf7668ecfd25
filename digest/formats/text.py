"""Plain pasted text: a line is a paragraph, the title a short first line if anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.formats.markdown import article
from digest.reading.masthead import Told

if TYPE_CHECKING:
    from digest.document import Document, Warn
    from digest.lexicon import Lexicon
    from digest.seed import Seed


def read(words: str, seed: Seed, lexicon: Lexicon, warnings: tuple[Warn, ...] = ()) -> Document:
    """The document of a text without mark-up."""
    return article(words, Told(warnings=list(warnings)), seed.name, lexicon, form="text")
