"""Fit the points of the rules that choose sentences, offline: `python tests/fit_rules.py ../shared/eval/highlights`.

What ships are the readable rules of `config/rules.yaml` with rounded points; this page only says which points. It fits
the rules from FIRST to LAST on sentences that authors set in bold (`dev.jsonl.gz`), and prints what five folds make
of it with intervals, a learning curve with `--curve`, and the points that all articles together give, each beside
the points in the file.

The model is a conditional logit: within each article, the marked sentences against all candidates. An article weighs
as many choices as it has marked sentences, at most MOST, so that a long one does not outweigh the rest. Folds never
part what one vault brought together, but for the largest, which is parted by article.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import math
import random
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from digest import lexicon, rule, shipped
from digest.document import plain
from digest.judging import prose
from digest.judging.trait import Setting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

FIRST, LAST = "contrast", "length-90"
MOST = 10
RIDGE = 1.0
"""How strongly points are drawn to nothing: chosen among .5, 1 and 2, which differ by less than .002."""
SCALE = 3.0
"""Points for one unit of the logit: as in the rules that are set by hand."""
FOLDS = 5


class Article(NamedTuple):
    """An article as the fit sees it: the rules that hold for each candidate, and which ones were marked."""

    row: dict[str, Any]
    group: str
    spans: list[list[int]]
    rules: list[tuple[int, ...]]
    fixed: list[float]
    marked: list[bool]


def scorer(folder: Path) -> Any:
    """The module `score.py` of the benchmark."""
    spec = importlib.util.spec_from_file_location("score", folder / "score.py")
    if not spec or not spec.loader:
        message = f"{folder} holds no score.py"
        raise SystemExit(message)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read(folder: Path, score: Any, book: rule.Book, fitted: Sequence[str]) -> list[Article]:
    """Every article of the development half with the rules that hold for its candidates."""
    places = {identity: at for at, identity in enumerate(fitted)}
    articles = []
    with gzip.open(folder / "dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            laid = prose.laid_out(plain(row["text"], title=row["title"]))
            spans = prose.candidates(laid)
            known = Setting(laid, book.finder, prose.masked(row["text"])).traits(spans, [None] * len(spans))
            judged = book.judge(known)
            kept = [at for at, one in enumerate(judged) if one.against is None]
            reasons = [judged[at].reasons for at in kept]
            articles.append(
                Article(
                    row,
                    row["id"] if row["repo"] == score.MAIN_VAULT else row["repo"],
                    [list(spans[at]) for at in kept],
                    [tuple(places[one.id] for one in ones if one.id in places) for ones in reasons],
                    [sum(one.points for one in ones if one.id not in places) / SCALE for ones in reasons],
                    [bool(score.hits(list(spans[at]), row["gold"])) for at in kept],
                )
            )
    return articles


def loss(articles: Iterable[Article], points: Sequence[float]) -> tuple[float, list[float]]:
    """What the points leave unexplained, and its slope."""
    total = RIDGE / 2 * sum(point * point for point in points)
    slope = [RIDGE * point for point in points]
    for article in articles:
        count = sum(article.marked)
        if not count:
            continue
        weight = min(count, MOST)
        scores = [
            fixed + sum(points[at] for at in held) for fixed, held in zip(article.fixed, article.rules, strict=True)
        ]
        top = max(scores)
        shares = [math.exp(one - top) for one in scores]
        whole = sum(shares)
        for held, share, one, marked in zip(article.rules, shares, scores, article.marked, strict=True):
            pull = weight * share / whole
            if marked:
                pull -= weight / count
                total -= weight / count * (one - top - math.log(whole))
            for at in held:
                slope[at] += pull
    return total, slope


def least(function: Callable[[list[float]], tuple[float, list[float]]], size: int, rounds: int = 60) -> list[float]:
    """The point where a smooth function of many numbers is least (L-BFGS with eight pairs)."""
    at = [0.0] * size
    value, slope = function(at)
    pairs: list[tuple[list[float], list[float], float]] = []
    for _ in range(rounds):
        way = _direction(slope, pairs)
        downhill = _dot(way, slope)
        step = 1.0 if pairs else 1.0 / max(1.0, math.sqrt(_dot(slope, slope)))
        while True:
            there = [one + step * by for one, by in zip(at, way, strict=True)]
            found, sloping = function(there)
            if found <= value + 1e-4 * step * downhill or step < 1e-6:
                break
            step /= 2
        moved = [new - old for new, old in zip(there, at, strict=True)]
        bent = [new - old for new, old in zip(sloping, slope, strict=True)]
        if _dot(moved, bent) > 0:
            pairs = [*pairs[-7:], (moved, bent, 1 / _dot(moved, bent))]
        done = value - found < 1e-6 * abs(value)
        at, value, slope = there, found, sloping
        if done:
            break
    return at


def _direction(slope: list[float], pairs: Sequence[tuple[list[float], list[float], float]]) -> list[float]:
    way = [-one for one in slope]
    shares = []
    for moved, bent, over in reversed(pairs):
        share = over * _dot(moved, way)
        shares.append(share)
        way = [one - share * by for one, by in zip(way, bent, strict=True)]
    if pairs:
        moved, bent, _ = pairs[-1]
        scale = _dot(moved, bent) / _dot(bent, bent)
        way = [scale * one for one in way]
    for (moved, bent, over), share in zip(pairs, reversed(shares), strict=True):
        back = share - over * _dot(bent, way)
        way = [one + back * by for one, by in zip(way, moved, strict=True)]
    return way


def _dot(one: Iterable[float], other: Iterable[float]) -> float:
    return sum(first * second for first, second in zip(one, other, strict=True))


def fit(articles: Sequence[Article], size: int) -> list[float]:
    """Points as the file has them: tenths."""
    return [round(SCALE * point, 1) for point in least(lambda points: loss(articles, points), size)]


def figures(articles: Iterable[Article], points: Sequence[float], score: Any) -> dict[str, list[float]]:
    """The metrics of each article by its id, ranked by these points."""
    found = {}
    for article in articles:
        scores = [
            SCALE * fixed + sum(points[at] for at in held)
            for fixed, held in zip(article.fixed, article.rules, strict=True)
        ]
        order = sorted(range(len(scores)), key=lambda at: (-round(scores[at], 3), article.spans[at][0]))
        found[article.row["id"]] = score.measure(article.row, [article.spans[at] for at in order[:30]])
    return found


def folds(articles: Iterable[Article], seed: int = 0) -> list[list[Article]]:
    """The articles in five parts of about one size; what belongs together stays together."""
    groups: dict[str, list[Article]] = defaultdict(list)
    for article in articles:
        groups[article.group].append(article)
    ordered = [groups[name] for name in sorted(groups)]
    random.Random(seed).shuffle(ordered)  # noqa: S311 -- for a fair draw, not for a secret
    ordered.sort(key=len, reverse=True)
    parts: list[list[Article]] = [[] for _ in range(FOLDS)]
    for group in ordered:
        min(parts, key=len).extend(group)
    return parts


def tell(found: dict[str, list[float]], articles: Sequence[Article], score: Any) -> None:
    """Print the metrics with intervals, in all and by group."""
    kinds: dict[str, Callable[[dict[str, Any]], str]] = {"all": lambda _: "", **score.GROUPS}
    for kind, name in kinds.items():
        rows: dict[str, list[list[float]]] = defaultdict(list)
        for article in articles:
            rows[name(article.row)].append(found[article.row["id"]])
        for which, ones in sorted(rows.items()):
            print(score.text_of(f"{kind} {which}".strip(), score.report(ones, ci=True)))


def held_out(articles: Sequence[Article], size: int, score: Any, share: float = 1.0) -> dict[str, list[float]]:
    """The metrics of each article under points fitted on the other folds, or on a share of them."""
    found: dict[str, list[float]] = {}
    parts = folds(articles)
    for part in parts:
        inside = {article.row["id"] for article in part}
        rest = [article for article in articles if article.row["id"] not in inside]
        rest = random.Random(1).sample(rest, round(share * len(rest)))  # noqa: S311 -- as above
        found |= figures(part, fit(rest, size), score)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="eval/highlights, with dev.jsonl.gz and score.py")
    parser.add_argument("--curve", action="store_true", help="also with a quarter and a half of the articles")
    arguments = parser.parse_args()
    score = scorer(arguments.folder)
    book = rule.book(shipped.table("config/rules.yaml"), lexicon.default())
    names = [one.reason.id for one in book.rules]
    fitted = names[names.index(FIRST) : names.index(LAST) + 1]
    shipped_points = {one.reason.id: one.reason.points for one in book.rules}
    articles = read(arguments.folder, score, book, fitted)
    print("points as shipped, on the articles they were fitted on")
    tell(figures(articles, [shipped_points[name] for name in fitted], score), articles, score)
    print("\nfive folds")
    tell(held_out(articles, len(fitted), score), articles, score)
    for share in (0.25, 0.5) if arguments.curve else ():
        rows = list(held_out(articles, len(fitted), score, share).values())
        print(score.text_of(f"{share:.0%} of them", score.report(rows, ci=True)))
    print("\nrule: points fitted, in the file")
    for name, points in zip(fitted, fit(articles, len(fitted)), strict=True):
        print(f"{name}: {points:g}, {shipped_points[name]:g}")


if __name__ == "__main__":
    main()
