"""Events: pairs of clips that tell of one event are found, pairs that do not are kept apart."""

from __future__ import annotations

from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

from digest import formats, lexicon, quote
from digest.document import plain
from digest.errors import SeedError
from digest.gathering import event
from digest.gathering.topic import topic
from digest.seed import Seed

CASES = sorted((Path(__file__).parent / "cases").glob("events*.yaml"))


def a_clip(row: dict[str, Any]) -> event.Clip:
    words = lexicon.default()
    document = plain(row["text"].strip(), title=row["title"], language=row["language"])
    told = topic(document, quote.find(document, words), words)
    return event.Clip(
        told, date.fromisoformat(str(row["published"])).toordinal(), document.text, event.sketch(document.text)
    )


def measured(names: list[str], clips: list[event.Clip]) -> tuple[float, float]:
    """Precision and recall over pairs of clips; a name is the event a clip tells of."""
    groups, _ = event.group(clips)
    group_of = {at: number for number, group in enumerate(groups) for at in group}
    found = {pair for pair in combinations(range(len(clips)), 2) if group_of[pair[0]] == group_of[pair[1]]}
    real = {pair for pair in combinations(range(len(clips)), 2) if names[pair[0]] == names[pair[1]]}
    return len(found & real) / max(1, len(found)), len(found & real) / len(real)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_clips_of_one_event_are_found_and_others_kept_apart(path: Path) -> None:
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    precision, recall = measured([row["event"] for row in rows], [a_clip(row) for row in rows])
    print(f"{path.stem}: pair precision {precision:.3f}, recall {recall:.3f}")
    assert precision >= 0.97
    assert recall >= 0.85


@pytest.mark.conformance
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_unrelated_real_clips_beside_them_change_nothing(path: Path, shared: Path) -> None:
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    names, clips = [row["event"] for row in rows], [a_clip(row) for row in rows]
    words = lexicon.default()
    for real in sorted((shared / "eval" / "clips" / "files").glob("*.md"))[::9]:
        try:
            documents = formats.read(Seed(real.name, real.read_bytes()), words)
        except SeedError:
            continue
        for at, document in enumerate(documents):
            told = topic(document, quote.find(document, words), words)
            names.append(f"{real.name} {at}")
            clips.append(event.Clip(told, None, document.text, event.sketch(document.text)))
    precision, recall = measured(names, clips)
    assert precision >= 0.97
    assert recall >= 0.85
