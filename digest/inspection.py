"""An inspection: what each rule of the rule book did on an issue's clips."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from digest.labels import labels, retold

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from digest.quote import Quote
    from digest.rule import Book, Reason, Rule
    from digest.summary import Summary, Verdict

WANTING = "wanting: "
"""What stands before the name of a requirement that a candidate fails (Verdict.rejected_by)."""

RAW = frozenset({"sentence"})
"""What a rule asks for that holds for raw texts only (`explain --jsonl`), never for a clip."""


class Deed(NamedTuple):
    """What one rule did: `fired` on so many candidates, `sank` those that it kept out.

    `chosen` are those of them that were shown, `missed` those that no rule sank and others beat. `sort` is the list of
    `config/rules.yaml` that it stands in.
    """

    rule: Reason
    sort: Literal["require", "reject", "rules"]
    fired: int
    chosen: tuple[Quote, ...] = ()
    missed: tuple[Quote, ...] = ()
    sank: tuple[Quote, ...] = ()


class Inspection(NamedTuple):
    """The deeds of all rules, in the order of the file, over `candidates` of `clips`; so many were `shown`.

    `issue` is the id of the issue, None for the one that would go out; `gone` clips of it are not there any more.
    """

    issue: str | None
    clips: int
    gone: int
    candidates: int
    shown: int
    deeds: tuple[Deed, ...]


def inspect(
    summaries: Sequence[Summary],
    book: Book,
    *,
    issue: str | None = None,
    gone: int = 0,
    shown: Collection[str] | None = None,
) -> Inspection:
    """What the rules did on these clips. `shown` are the ids of the quotes in the issue; None: those chosen."""
    verdicts = [verdict for one in summaries for verdict in one.verdicts]
    in_it = {one.quote.id for one in verdicts if one.chosen} if shown is None else set(shown)
    deeds = [
        *(_kept_out(rule, "require", verdicts) for rule in book.require),
        *(_kept_out(rule, "reject", verdicts) for rule in book.reject),
        *(_spoke(rule, verdicts, in_it) for rule in book.rules if rule.kinds != RAW),
    ]
    count = sum(one.quote.id in in_it for one in verdicts)
    return Inspection(issue, len({one.seed for one in summaries}), gone, len(verdicts), count, tuple(deeds))


def _spoke(rule: Rule, verdicts: Sequence[Verdict], shown: Collection[str]) -> Deed:
    on = [one for one in verdicts if any(reason.id == rule.reason.id for reason in one.reasons)]
    chosen = tuple(one.quote for one in on if one.quote.id in shown)
    missed = tuple(one.quote for one in on if (one.beaten or one.chosen) and one.quote.id not in shown)
    return Deed(rule.reason, "rules", len(on), chosen, missed)


def _kept_out(rule: Rule, sort: Literal["require", "reject"], verdicts: Sequence[Verdict]) -> Deed:
    name = f"{WANTING}{rule.reason.rule}" if sort == "require" else rule.reason.rule
    sank = tuple(one.quote for one in verdicts if one.rejected_by == name)
    return Deed(rule.reason, sort, len(sank), sank=sank)


def named(rejected: str, book: Book, language: str) -> str:
    """What kept a candidate out (Verdict.rejected_by), in a language: the name of the rule, or that it was beaten."""
    names = {rule.reason.rule: rule.reason.name(language) for rule in (*book.require, *book.reject)}
    if rejected.startswith(WANTING):
        wanted = rejected.removeprefix(WANTING)
        return labels(language)["v_wanting"].format(n=names.get(wanted, wanted))
    return names.get(rejected) or retold(rejected, "v_", language)
