"""Markdown: clipper notes, SimpRead, Jekyll, Readwise, WeChat exports, and everything that was made Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.document import Document, Warn
from digest.errors import SeedError
from digest.reading import (
    byline,
    cleaning,
    frontmatter,
    furniture,
    inline,
    masthead,
    outline,
    readwise,
    spacing,
    unseen,
)
from digest.reading.language import language
from digest.reading.paragraph import join

if TYPE_CHECKING:
    from digest.document import Format
    from digest.lexicon import Lexicon
    from digest.reading.masthead import Told
    from digest.reading.paragraph import Paragraph
    from digest.seed import Seed


def read(words: str, seed: Seed, lexicon: Lexicon, warnings: tuple[Warn, ...] = ()) -> Document:
    """The document of a Markdown file. SeedError `front-matter-only` where nothing stands behind the fields."""
    front = frontmatter.split(words)
    if front.found and not front.body.strip():
        raise SeedError("front-matter-only", "the file holds fields and no article", "clip the page again")
    told = byline.told_by(front, lexicon)
    told.warnings[:0] = warnings
    return article(front.body, told, seed.name, lexicon)


def article(body: str, told: Told, name: str, lexicon: Lexicon, *, form: Format = "markdown") -> Document:
    """The document of a Markdown body and what else was told about it."""
    paragraphs = outline.paragraphs(unseen.without(body, unseen.PLAYED), prose=form == "text")
    for paragraph in paragraphs:
        inline.read(paragraph)
    if readwise.is_readwise(body):
        readwise.read(paragraphs, told)
    return assemble(paragraphs, told, name, lexicon, form=form)


def assemble(paragraphs: list[Paragraph], told: Told, name: str, lexicon: Lexicon, *, form: Format) -> Document:
    """Clean the paragraphs, settle the byline, and put the document together."""
    for paragraph in paragraphs:
        spacing.close_up(paragraph, lexicon)
    furniture.stamps(paragraphs)
    masthead.read(paragraphs, told, lexicon)
    if told.title is None and (form == "text" or not byline.named(name, told.source)):
        masthead.headline(paragraphs, told)
    for paragraph in paragraphs:
        if paragraph.read and paragraph.kind == "paragraph" and masthead.is_heading(paragraph):
            paragraph.kind, paragraph.level = "heading", 6
    cleaning.clean(paragraphs, lexicon, title=told.title, host=byline.host(told.source))
    spacing.rejoin(paragraphs)
    line = byline.settle(told, name, lexicon)
    made = join(paragraphs)
    notes = (*told.notes, *(paragraph.text for paragraph in paragraphs if paragraph.kind == "note" and paragraph.text))
    return Document(
        text=made.text,
        blocks=made.blocks,
        format=form,
        title=line.title,
        authors=line.authors,
        outlet=line.outlet,
        published=line.published,
        published_from=line.published_from,
        clipped=line.clipped,
        source=line.source,
        language=told.language or language(made.text, lexicon),
        tags=line.tags,
        marks=made.marks,
        seams=made.seams,
        holes=made.holes,
        cuts=made.cuts,
        notes=notes,
        warnings=(*line.warnings, *cleaning.failures(made.text, lexicon)),
    )
