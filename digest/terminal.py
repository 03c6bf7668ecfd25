"""What a person reads in a terminal: width-aware for wide characters, without colour when piped."""

from __future__ import annotations

import os
import shutil
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

from digest import advice
from digest.edition import edition, told_anew
from digest.edition.alteration import alterations, worded
from digest.inspection import named
from digest.labels import counted, labels
from digest.quote import QUOTABLE
from digest.typography import columns, headline, line, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import tzinfo
    from pathlib import Path

    from digest.check import Finding
    from digest.delivery import Delivery
    from digest.difference import Difference
    from digest.document import Document
    from digest.inspection import Inspection
    from digest.issue import Change, HeldBack, Issue
    from digest.newsroom import Drafts
    from digest.quote import Quote
    from digest.remainder import Remainder
    from digest.rule import Book, Reason
    from digest.story import Pick, Story
    from digest.summary import Verdict

_STYLES = {
    "bold": "1",
    "dim": "2",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "magenta": "35",
    "cyan": "36",
    "mark": "7",
}
_NO_START = "，。！？；：、）」』》〉】”’…—·,.!?;:)]}%"
_NO_END = "（「『《〈【“‘([{"
WIDEST = 100
"""Columns of the longest line; longer ones are hard to read."""
SUNK = 2
"""Quotes that are shown of those a rule kept out."""
HELD = 12
"""So many clips held back are shown; the page in `out/` has all of them."""
LEFT = 5
"""Lines of each kind of what an issue leaves aside; `held-back.md` has them all."""


class Terminal:
    """Styled text for one terminal: `colour` as the stream allows, `width` in columns.

    `home` is the folder that the user named: the commands in what to do name it too, so that a copied one works.
    """

    def __init__(
        self, language: str = "en", *, colour: bool | None = None, width: int | None = None, home: str = "."
    ) -> None:
        tty = sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
        self.colour = tty if colour is None else colour
        self.width = width or min(shutil.get_terminal_size((80, 24)).columns, WIDEST)
        self.words = labels(language)
        self.language = language
        self.home = home

    def style(self, text: str, *names: str) -> str:
        """The text in a style, bare where there is no colour."""
        if not self.colour or not text:
            return text
        return f"\x1b[{';'.join(_STYLES[name] for name in names)}m{text}\x1b[0m"

    def wrapped(self, text: str, first: str = "", rest: str | None = None, *styles: str) -> str:
        """Text in lines of the terminal's width, each behind its prefix, the words in a style."""
        rest = " " * columns(first) if rest is None else rest
        room = max(self.width - max(columns(first), columns(rest)), 20)
        rows = wrap(text, room)
        return "\n".join((rest if row else first) + self.style(words, *styles) for row, words in enumerate(rows))

    def _todo(self, remedy: str) -> str:
        """What to do about something. A command in it stays on one line: one that is broken cannot be copied."""
        if not advice.commands().search(remedy):
            return self.wrapped(f"→ {remedy}", "     ", "       ", "green")
        return self.style(f"     → {advice.homed(remedy, self.home)}", "green")

    def told(self, text: str) -> str:
        """An error, a hint or a remedy of the program: in the newsletter's language, its commands naming the home."""
        return advice.homed(advice.told(text, self.language), self.home)

    def issue(self, issue: Issue, state: str, *, out: bool = False) -> str:
        """An issue at a glance: stories with their quotes and why, then what was held back.

        Of one that is `out` no quote can be swapped any more, so none is offered.
        """
        words = self.words
        number = words["number"].format(n=issue.number)
        facts = [
            f"{issue.day.isoformat()}",
            counted(words["stories"], len(issue.stories)),
            counted(words["quotes"], len(_quotes(issue.stories))),
            edition(issue).reading,
            state,
        ]
        rows = [
            f"{self.style(f'{issue.masthead.title} {number}', 'bold')}  {self.style(' · '.join(facts), 'dim')}",
            self.wrapped(issue.subject, f"{words['t_subject']}  "),
        ]
        if not issue.stories:
            rows += ["", words["empty"]]
        for place, told in enumerate(issue.stories, 1):
            rows += ["", *self._story(place, told)]
        rows += self._changes(issue)
        if issue.held_back:
            rows += ["", self.style(f"{words['held']} {len(issue.held_back)}", "bold", "yellow")]
            for held in issue.held_back[:HELD]:
                rows += self._held_back(held)
            if len(issue.held_back) > HELD:
                rows.append(self.style(f"   … +{len(issue.held_back) - HELD}  held-back.md", "dim"))
        return "\n".join([*rows, *self._left(issue.remainder._replace(quotes=()) if out else issue.remainder)])

    def _changes(self, issue: Issue) -> Iterable[str]:
        """What the editor changed, before → after; of what does not apply only the first few, held-back.md has all."""
        found = list(alterations(issue, self.words))
        if found:
            yield from ("", self.style(f"{self.words['e_changes']} {len(found)}", "bold", "yellow"))
        for one in found:
            if one.applied:
                yield self.wrapped(f"{one.what}  {one.words}", "   ✎ ", "     ")
        gone = [one for one in found if not one.applied]
        for one in gone[:LEFT]:
            yield self.wrapped(f"{one.what}  {one.words}", "   ○ ", "     ", "dim")
        if len(gone) > LEFT:
            yield self.style(f"   … +{len(gone) - LEFT}  held-back.md", "dim")
        if gone:
            yield self._todo(self.words["e_tidy"])

    def change(self, change: Change) -> str:
        """What a verb of the editor has done, on a line or a few."""
        what = self.words[f"e_{change.key}"]
        return self.wrapped(f"{what}  {worded(change)}".rstrip(), "✎ " if change.applied else "↶ ", "  ")

    def _left(self, left: Remainder) -> Iterable[str]:
        """What an issue leaves aside; held-back.md tells more."""
        words = self.words
        if left.quotes:
            yield from ("", self.style(f"{words['l_quotes']} {len(left.quotes)}", "bold", "yellow"))
        for one in left.quotes[:LEFT]:
            yield self.wrapped(line(one.text), "   ○ ", "     ")
            yield self.wrapped(" · ".join(filter(None, (one.speaker, one.message))), "     ", None, "dim")
            yield self._todo(one.remedy)
        if len(left.quotes) > LEFT:
            yield self.style(f"   … +{len(left.quotes) - LEFT}  held-back.md", "dim")
        waits = [
            (one.title, f"{one.message}{words['comma']}{counted(words['l_waits'], one.waits)}") for one in left.waiting
        ]
        for heading, clips in (
            ("l_repeats", [(one.title, words["l_told"].format(title=one.told)) for one in left.repeats]),
            ("l_waiting", [one for one, clip in zip(waits, left.waiting, strict=True) if clip.reason != "repeat"]),
            ("l_lapsing", [(one.title, one.message) for one in left.lapsing]),
            ("l_lapsed", [(one.title, one.message) for one in left.lapsed]),
        ):
            if clips:
                yield from ("", self.style(f"{words[heading]} {len(clips)}", "bold", "yellow"))
            for title, message in clips[:LEFT]:
                yield self.wrapped(headline(title, self.language), "   ○ ", "     ")
                yield self.wrapped(message, "     ", None, "dim")
            if len(clips) > LEFT:
                yield self.style(f"   … +{len(clips) - LEFT}  held-back.md", "dim")

    def _story(self, place: int, told: Story) -> Iterable[str]:
        yield self.wrapped(headline(told.title, told.language), f"{place}  ", "   ", "bold")
        outlets = [
            " ".join(filter(None, (source.called, (source.published or "")[:10]))) or source.headline
            for source in told.voices
        ]
        yield self.wrapped(" · ".join(outlets), "   ", None, "dim")
        if news := told_anew(told, self.words):
            yield self.wrapped(f"{self.words['anew']}{self.words['colon']}{news}", "   ", None, "bold", "yellow")
        if told.kin:
            hint = self.words["may_follow"].format(title=line(told.kin.title))
            yield self.wrapped(hint, "   ? ", "     ", "yellow")
        for pick in told.quotes:
            yield from self._pick(pick, told)

    def _pick(self, pick: Pick, told: Story) -> Iterable[str]:
        """A quote with who said it and, in one line, the rules that spoke most for it; `explain` tells all."""
        bar = "   " + self.style("┃", "cyan") + " "
        quote, source = pick.quote, told.sources[pick.source]
        tongue = labels(source.language)
        if quote.kind in QUOTABLE and quote.speaker:
            text = quoted(line(quote.text), source.language)
            who = tongue["dash"] + tongue["comma"].join(filter(None, (quote.speaker, quote.role)))
        else:
            label = "reported" if quote.kind == "reported" else "writes"
            text = tongue[label].format(outlet=source.called or source.headline) + line(quote.text)
            who = ""
        room = self.width - 5
        yield "\n".join(bar + row for row in wrap(text, room))
        best = sorted((reason for reason in pick.reasons if reason.points > 0), key=lambda one: -one.points)
        why = ""
        for name in (reason.name(self.language) for reason in best):
            longer = f"{why} · {name}" if why else name
            if columns(who) + 2 + columns(longer) > room:
                break
            why = longer
        yield f"{bar}{self.style(who, 'magenta')}{'  ' if who and why else ''}{self.style(why, 'dim')}"

    def _held_back(self, held: HeldBack) -> Iterable[str]:
        ready = counted(self.words["t_ready"], held.quotes_ready) if held.quotes_ready else ""
        yield self.wrapped(headline(held.title, self.language), "   ○ ", "     ")
        yield self.wrapped(" · ".join(filter(None, (held.message, ready))), "     ", None, "dim")
        if held.remedy:
            yield self._todo(held.remedy)

    def files(self, folder: Path, drafts: Drafts) -> str:
        """Where the pages are."""
        names = " ".join(name for name in drafts.pages if "/" not in name)
        return "\n" + self.wrapped(f"{folder}/  {names}", f"{self.words['t_files']}  ", None, "dim")

    def checks(self, found: Sequence[Finding], most: int | None = None) -> str:
        """What the check found, errors first; of more than `most` the rest is counted."""
        if not found:
            return "\n" + self.style(f"✓ {self.words['t_fine']}", "green")
        rows = ["", self.style(f"{self.words['t_check']} {len(found)}", "bold", "yellow")]
        for one in found[:most]:
            rows.append(self.wrapped(one.message, "   ✗ " if one.serious else "   ! ", "     "))
            rows.append(self.wrapped(" · ".join(filter(None, (one.where, one.found))), "     ", None, "dim"))
            rows.append(self._todo(one.remedy))
        if most is not None and len(found) > most:
            rows.append(self.style(f"   … +{len(found) - most}  digest check", "dim"))
        return "\n".join(rows)

    def changed(self, found: Sequence[Difference]) -> str:
        """What is new since the last draft or issue; "" where nothing is."""
        if not found:
            return ""
        head = self.style(f"{self.words['t_news']} {len(found)}", "bold")
        return "\n".join(["", head, *(self.wrapped(line(one.text), "   · ", "     ") for one in found)])

    def deliveries(self, rows: Iterable[Delivery]) -> str:
        """What was delivered where, and what was not and why."""
        shown = []
        for row in rows:
            mark = self.style("✓", "green") if row.state == "delivered" else self.style("✗", "yellow")
            why = f"  {row.last_error}" if row.last_error else ""
            state = self.words[f"d_{row.state}"]
            shown.append(f"   {mark} {row.channel}  {row.name}  {self.style(state + why, 'dim')}")
        return "\n".join(["", *shown])

    def rehearsal(self, issue: Issue, folder: Path, parts: Sequence[Path]) -> str:
        """What `send` would send where."""
        head = f"{issue.id}  {issue.subject}"
        return "\n".join([self.style(head, "bold"), *(f"   → {folder / part}" for part in parts)])

    def standing(self, standing: Mapping[str, Any], zone: tzinfo) -> str:
        """How things stand, a line each; times as the newsletter's readers have them."""
        words, last, approval = self.words, standing["last_issue"], standing["approval"]

        def at(told: str | None) -> str:
            return self.moment(datetime.fromisoformat(told), zone) if told else ""

        def counts(found: Mapping[str, int], start: str) -> str:
            return " · ".join(f"{words[f'{start}_{name}']} {count}" for name, count in found.items()) or "—"

        sent = (last["id"], words[f"s_{last['state']}"], at(last["sent_at"])) if last else ("—",)
        rows = [
            ("seeds", counts(standing["seeds"], "s")),
            ("next", at(standing["next_slot"])),
            ("last", " · ".join(filter(None, sent))),
            ("deliveries", counts({name: n for name, n in standing["deliveries"].items() if n}, "d")),
        ]
        if approval:
            rows.append(("approval", f"{approval['issue']} · {words['s_' + approval['state'].replace(' ', '_')]}"))
        rows += [("paused", advice.homed(words["s_paused_now"], self.home))] if standing["paused"] else []
        rows += [("corrections", str(waiting))] if (waiting := standing["corrections"]) else []
        rows += [("drift", told) for told in standing["drift"]]
        wide = max(columns(words[f"s_{name}"]) for name, _ in rows) + 2
        return "\n".join(
            self.style(words[f"s_{name}"], "bold") + " " * (wide - columns(words[f"s_{name}"])) + value
            for name, value in rows
        )

    def moment(self, at: datetime, zone: tzinfo) -> str:
        """A moment as the newsletter's readers have it, with its weekday."""
        here = at.astimezone(zone)
        return f"{here:%Y-%m-%d} {self.words['s_weekdays'].split()[here.weekday()]} {here:%H:%M}"

    def delivery(self, row: Delivery, zone: tzinfo) -> str:
        """A delivery by its number: what it is, how it stands, and when it is tried again."""
        again = self.words["s_again"].format(at=self.moment(row.next_at, zone)) if row.state == "pending" else ""
        why = row.last_error if row.state != "delivered" else None
        return f"{row.id:>4}  {row.label}  {' · '.join(filter(None, (self.words[f'd_{row.state}'], again, why)))}"

    def inspection(self, found: Inspection) -> str:
        """What each rule did: those that spoke, those that kept quotes out, and those that did nothing."""
        words = self.words
        facts = words["i_facts"].format(clips=found.clips, candidates=found.candidates, shown=found.shown)
        head = found.issue or words["i_next"]
        rows = [f"{self.style(head, 'bold')}  {self.style(facts, 'dim')}"]
        rows += [self.style(words["i_gone"].format(n=found.gone), "yellow")] if found.gone else []
        rows += ["", self.style(words["i_columns"], "dim")]
        spoke = [deed for deed in found.deeds if deed.sort == "rules" and deed.fired]
        for deed in sorted(spoke, key=lambda one: (-len(one.chosen), -len(one.missed), -one.fired)):
            counts = f"{deed.fired:>6}{len(deed.chosen):>6}{len(deed.missed):>6}"
            rows.append(f"{counts}  {deed.rule.points:+5.1f}  {deed.rule.name(self.language)}")
        for deed in found.deeds:
            if deed.sank:
                rows += ["", f"{self.style('✗', 'yellow')} {deed.rule.name(self.language)} · {len(deed.sank)}"]
                rows += [self.wrapped(line(quote.text), "   ", None, "dim") for quote in deed.sank[:SUNK]]
        idle = [deed.rule.name(self.language) for deed in found.deeds if not deed.fired]
        rows += ["", self.wrapped(words["enumeration"].join(idle), f"{words['i_idle']}  ", None, "dim")] if idle else []
        return "\n".join(rows)

    def page(self, document: Document, quotes: Sequence[Quote]) -> str:
        """A document with its quotes marked in their places and who said them beside each."""
        rows = [self.style(line(document.title or "—"), "bold")]
        facts = (", ".join(document.authors), document.outlet, document.published, document.language, document.source)
        rows.append(self.style(" · ".join(filter(None, facts)), "dim"))
        rows += [self.style(f"! {warn.code}: {warn.message}", "yellow") for warn in document.warnings]
        starts = {quote.start: quote for quote in reversed(quotes)}
        for block in document.blocks:
            inside = [quote for quote in starts.values() if block.start <= quote.start < block.end]
            inside.sort(key=lambda quote: quote.start)
            rows += ["", self._block(document, block.start, block.end, inside)]
        return "\n".join(rows)

    def _block(self, document: Document, start: int, end: int, quotes: Sequence[Quote]) -> str:
        shown: list[str] = []
        at = start
        for quote in quotes:
            if quote.start < at:
                continue
            stop = min(quote.end, end)
            style = {"spoken": "green", "turn": "green", "block": "cyan"}.get(quote.kind, "blue")
            shown.append(
                document.text[at : quote.start]
                + self._open(quote)
                + self.style(document.text[quote.start : stop], style)
            )
            shown.append(self.style(f"⟧{_who(quote)}", "dim"))
            at = stop
        return "".join(shown) + document.text[at:end]

    def _open(self, quote: Quote) -> str:
        return self.style("⟦", "dim") + ("★" if quote.highlighted else "")

    def verdicts(self, label: str, verdicts: Sequence[Verdict], book: Book) -> str:
        """The score card of every candidate, best first, with the rule that sank the others."""
        rows = [self.style(label, "bold")]
        for place, verdict in enumerate(verdicts, 1):
            mark = self.style("●", "green") if verdict.chosen else "○"
            who = self.style(_who(verdict.quote), "magenta")
            rows += [
                "",
                f"{place:>3} {mark} {verdict.score:+.1f} {who}  {self.style(verdict.quote.id, 'dim')}",
                self.wrapped(line(verdict.quote.text), "      "),
            ]
            if verdict.rejected_by:
                rows.append("      " + self.style(f"✗ {named(verdict.rejected_by, book, self.language)}", "yellow"))
            if verdict.reasons:
                rows.append(self.wrapped(self._why(verdict.reasons), "      ", None, "dim"))
        return "\n".join(rows)

    def _why(self, reasons: Iterable[Reason]) -> str:
        return " · ".join(f"{reason.points:+g} {reason.name(self.language)}" for reason in reasons if reason.points)


def wrap(text: str, room: int) -> list[str]:
    """Lines of at most `room` columns, broken at spaces and between wide characters.

    No line begins with a closing mark or ends with an opening one; a longer run without a place to break
    is broken where the room ends.
    """
    rows: list[str] = []
    row, used, last = "", 0, 0
    for character in text:
        taken = columns(character)
        if used + taken > room:
            cut = last or len(row)
            rows.append(row[:cut].rstrip())
            row = row[cut:].lstrip()
            used, last = columns(row), 0
        if row and _breaks(row[-1], character):
            last = len(row)
        row += character
        used += taken
    return [*rows, row] if row or not rows else rows


def _breaks(left: str, right: str) -> bool:
    if right in _NO_START or left in _NO_END:
        return False
    return left == " " or left > "\u2e7f" or right > "\u2e7f" or left in "-—"


def _who(quote: Quote) -> str:
    name = quote.speaker or quote.mention or "?"
    return f"{name}（{quote.kind}）" if quote.kind not in QUOTABLE else name


def _quotes(stories: Iterable[Story]) -> list[str]:
    return [pick.quote.text for told in stories for pick in told.quotes]
