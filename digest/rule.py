"""The rule book: predicates over what a document knows, points, and the reasons they leave behind."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that spoke for (or, with negative points, against) a quote, by its plain name."""

    rule: str
    points: float
