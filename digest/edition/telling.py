"""A story as it is told outside: only what may be published, as plain values and as Markdown.

Sources that are held back are evidence for the editor and never leave; what was reported without quotation
marks never stands in them here either.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from digest.quote import QUOTABLE

if TYPE_CHECKING:
    from digest.story import Pick, Story

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~])")
_CHINESE = ("zh", "ja")


def told(story: Story) -> dict[str, object]:
    """A story for receivers: `{id, title, language, section, update_of, lead, sources, quotes, figures}`.

    `source` is an index into `sources`, which are the published ones only.
    """
    place = _places(story)
    return {
        "id": story.id,
        "title": story.title,
        "language": story.language,
        "section": story.section,
        "update_of": story.update_of,
        "lead": {"text": story.lead.text, "source": place[story.lead.source]}
        if story.lead and story.lead.source in place
        else None,
        "sources": [
            {"title": source.title, "outlet": source.outlet, "published": source.published, "link": source.link}
            for source in story.voices
        ],
        "quotes": [_quote(pick, place[pick.source]) for pick in story.quotes if pick.source in place],
        "figures": [
            {
                "what": figure.what,
                "values": [
                    {"value": value.value, "unit": value.unit, "text": value.text, "source": place[value.source]}
                    for value in figure.values
                    if value.source in place
                ],
                "same_measure": figure.same_measure,
            }
            for figure in story.figures
        ],
    }


def story_markdown(story: Story) -> str:
    """A story as Markdown: title with its link, the lead and its outlet, the quotes and their speakers."""
    place = _places(story)
    first = story.voices[0] if story.voices else None
    title = escaped(story.title)
    blocks = [f"## [{title}]({first.link})" if first and first.link else f"## {title}"]
    if story.lead and story.lead.source in place:
        outlet = story.sources[story.lead.source].called
        blocks.append(escaped(story.lead.text) + (f" — {escaped(outlet)}" if outlet else ""))
    blocks += [_quoted(pick, story) for pick in story.quotes if pick.source in place]
    return "\n\n".join(blocks)


def escaped(text: str) -> str:
    """Text in which nothing is Markdown."""
    return _SPECIAL.sub(r"\\\1", text)


def _places(story: Story) -> dict[int, int]:
    """Where each published source stands among the published ones."""
    shown = (index for index, source in enumerate(story.sources) if not source.held_back)
    return {index: position for position, index in enumerate(shown)}


def _quote(pick: Pick, source: int) -> dict[str, object]:
    quote = pick.quote
    return {
        "id": quote.id,
        "text": quote.text,
        "kind": quote.kind,
        "speaker": quote.speaker,
        "role": quote.role,
        "unnamed": quote.unnamed,
        "hearsay": quote.hearsay,
        "source": source,
        "link": pick.link,
    }


def _quoted(pick: Pick, story: Story) -> str:
    quote, source = pick.quote, story.sources[pick.source]
    opening, closing = ("“", "”") if quote.kind in QUOTABLE else ("", "")
    words = "\n> ".join(escaped(line) for line in f"{opening}{quote.text}{closing}".splitlines())
    comma = "，" if story.language.startswith(_CHINESE) else ", "
    credit = comma.join(escaped(name) for name in (quote.speaker, quote.role, source.called) if name)
    link = pick.link or source.link
    return f"> {words}\n>\n> — [{credit or 'link'}]({link})" if link else f"> {words}\n>\n> — {credit}"
