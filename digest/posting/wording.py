"""How a post words what it takes from an article: the marks, the name, the article's own words as the article's.

Only what was said in quotation marks, in an interview or in a block quotation stands in marks under a name; all
else is given as the article's. The few words a post adds are in `config/phrases.yaml`.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from digest import late, lexicon, shipped
from digest.labels import labels
from digest.quote import QUOTABLE

if TYPE_CHECKING:
    from digest.story import Pick, Source

Phrases = dict[str, Any]

_FULL_STOP = late.regex(r"[。！？…!?.；;：:”’」』\"]$")
_MARKS_INSIDE = {"“": "“”", "‘": "‘’", "「": "「」", "『": "『』"}
_FIGURE = late.regex(
    r"\d[\d,.]*\s*(?:[%％‰万亿千百倍元]|个百分点|美元|分之|percent|per cent|million|billion|trillion|times\b|fold\b)"
    r"|[$€£¥￥]\s?\d|\d{1,3}(?:,\d{3})+",
    re.IGNORECASE,
)


def tongue(language: str | None) -> str:
    """The language of the phrases that serves a BCP 47 tag: zh, ja, or en for every other."""
    start = (language or "").lower().partition("-")[0]
    return start if start in ("zh", "ja") else "en"


def phrases(language: str | None) -> Phrases:
    """The words of a post in one language."""
    table: dict[str, Phrases] = shipped.table("config/phrases.yaml")
    return table[tongue(language)]


def has_figure(text: str) -> bool:
    """Whether a text tells an amount (a bare year or small number is none)."""
    return _FIGURE.search(text) is not None


@cache
def _pronouns() -> frozenset[str]:
    lists = [name for name in lexicon.default().names() if name.startswith("people.") and name.endswith("_pronouns")]
    return frozenset(word.casefold() for word in lexicon.default().words(*lists))


def quoted(words: str, language: str | None) -> str:
    """Words in quotation marks that do not occur in them: “…”, or 「…」 where they hold “ or ”."""
    told = phrases(language)
    if any(mark in words for mark in _MARKS_INSIDE[told["open"]]):
        return f"{told['open_other']}{words}{told['close_other']}"
    return f"{told['open']}{words}{told['close']}"


def publisher(source: Source) -> str:
    """Who published an article, by name: the outlet, else the author; empty where neither is known."""
    return source.publisher.lstrip("@")


def outlet(source: Source) -> str:
    """Who published an article, else the site it stands on; empty where that would tell nothing."""
    return source.called


def headline(source: Source, language: str | None, *, with_outlet: bool = True) -> str:
    """An article's headline in the marks of the language, with the outlet behind it."""
    told, title = phrases(language), source.title.strip()
    form = "headline_other" if any(mark in title for mark in "《》『』") else "headline"
    line: str = told[form].format(title=title)
    name = outlet(source)
    wanted = with_outlet and name and name not in title
    return told["headline_outlet"].format(headline=line, outlet=name) if wanted else line


class Voice(NamedTuple):
    """A chosen quotation with the article it is from, as a post in the article's language words it."""

    pick: Pick
    source: Source
    language: str

    @property
    def words(self) -> str:
        """The quotation, verbatim."""
        return self.pick.quote.text

    @property
    def is_said(self) -> bool:
        """Whether it may stand in quotation marks under its speaker's name."""
        return self.pick.quote.kind in QUOTABLE and not self.pick.quote.hearsay

    @property
    def speaker(self) -> str | None:
        """Who said it; a bare pronoun names nobody outside its article."""
        name = (self.pick.quote.speaker or "").strip()
        return name if name and name.casefold() not in _pronouns() else None

    @property
    def is_named(self) -> bool:
        """Whether it may stand in marks and somebody is named for it."""
        return self.is_said and self.speaker is not None

    @property
    def outlet(self) -> str:
        """Who published it."""
        return outlet(self.source)

    @property
    def names_headline(self) -> bool:
        """Whether the words that frame it name the article by its headline already."""
        return not self.is_named if self.is_said else not publisher(self.source)

    def headline(self, *, with_outlet: bool = True) -> str:
        """The article's headline as this voice's language marks it."""
        return headline(self.source, self.language, with_outlet=with_outlet)

    def form(self, words: str) -> str:
        """The quotation, or what is kept of it, as it stands in a post."""
        if self.is_said:
            return quoted(words, self.language)
        return self.as_the_articles(words)

    def as_the_articles(self, words: str) -> str:
        """Words without marks, given as the article's (据X报道，… or X写道：…), by its title where X is not known."""
        told, quote = phrases(self.language), self.pick.quote
        stopped = words if _FULL_STOP.search(words) else words + told["stop"]
        speaker = self.speaker
        named = speaker and speaker not in words and not (quote.mention and words.startswith(quote.mention))
        if quote.kind == "highlight" or (self.is_said and not named):
            form = "writes"
        else:
            form = "report_of" if named else "report"
        cue = quote.cue if quote.cue and tongue(self.language) == "zh" else told["says"]
        who = publisher(self.source) or self.headline(with_outlet=False)
        filled: str = told[form].format(outlet=who, text=stopped, speaker=speaker, cue=cue)
        return filled

    def by(self, *, role: bool = True) -> str:
        """The line that names the speaker; nothing for the article's own words, which name their outlet."""
        quote, told = self.pick.quote, phrases(self.language)
        if not self.is_said:
            return ""
        if self.speaker is None:
            return str(told["quoted_in"].format(headline=self.headline()))
        if role and quote.role and quote.role.strip() not in self.speaker:
            line = str(told["by_role"].format(speaker=self.speaker, role=quote.role.strip()))
        else:
            line = str(told["by"].format(speaker=self.speaker))
        return line + self._translation()

    def _translation(self) -> str:
        """Whose translation the words are, in brackets; nothing where they are the speaker's own."""
        if not self.pick.translated:
            return ""
        whose = labels(self.language)["translation"].format(outlet=self.outlet)
        return f" ({whose})" if tongue(self.language) == "en" else f"（{whose}）"

    def line(self, words: str) -> str:
        """Speaker and quotation in one line, as in a contrast."""
        return str(phrases(self.language)["says_colon"].format(speaker=self.speaker, text=self.form(words)))
