"""A floor under who said what, on real articles read in place. The scorers are those of ../shared/eval."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from digest import formats, lexicon, quote
from digest.document import plain
from digest.seed import Seed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from digest.quote import Quote


def as_json(quotes: Iterable[Quote]) -> list[dict[str, Any]]:
    return [
        {
            "start": one.start,
            "end": one.end,
            "text": one.text,
            "kind": one.kind,
            "speaker": one.speaker,
            "speaker_mention": one.mention,
        }
        for one in quotes
    ]


def scored(script: Path, *args: str | Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, script, *map(str, args), "--json"], capture_output=True, text=True, check=True
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def on_set(shared: Path, tmp_path: Path, name: str, *, reported: bool = False) -> dict[str, Any]:
    folder = shared / "eval" / "quotes"
    plain_file, packed = folder / f"{name}.jsonl", folder / f"{name}.jsonl.gz"
    words = (
        plain_file.read_text(encoding="utf-8") if plain_file.exists() else gzip.decompress(packed.read_bytes()).decode()
    )
    out = tmp_path / "out.jsonl"
    with out.open("w", encoding="utf-8") as file:
        for row in map(json.loads, words.splitlines()):
            found = quote.find(plain(row["text"]), lexicon.default())
            kept = [one for one in found if one.kind in quote.QUOTABLE or (reported and one.kind == "reported")]
            file.write(json.dumps({"id": row["id"], "quotes": as_json(kept)}) + "\n")
    return scored(folder / "score.py", "quotes", "--set", name, out)


def test_english_news(shared: Path, tmp_path: Path) -> None:
    found = on_set(shared, tmp_path, "polnear_dev")
    assert found["checks"]["not_verbatim"] == 0
    assert found["direct"]["exact_f1"] >= 0.965
    assert found["direct"]["exact_p"] >= 0.975
    assert found["direct"]["quote_speaker_f1"] >= 0.925
    assert found["direct"]["precision_when_given"] >= 0.96


def test_english_statements(shared: Path, tmp_path: Path) -> None:
    found = on_set(shared, tmp_path, "polnear_dev", reported=True)
    assert found["all attributions"]["overlap_f1"] >= 0.6


@pytest.mark.parametrize(("name", "floor"), [("sdp_zh_news_valid", 0.93), ("sdp_zh_text_valid", 0.88)])
def test_chinese_sentences(shared: Path, tmp_path: Path, name: str, floor: float) -> None:
    found = on_set(shared, tmp_path, name)["direct"]
    assert found["exact_f1"] >= 0.98
    assert found["quote_speaker_f1_known"] >= floor
    assert found["false_alarms"] == 0


def test_saved_interviews_and_news(shared: Path, tmp_path: Path) -> None:
    folder = shared / "eval" / "speech"
    out = tmp_path / "out.jsonl"
    with out.open("w", encoding="utf-8") as file:
        for row in map(json.loads, (folder / "dev.jsonl").read_text(encoding="utf-8").splitlines()):
            path = (folder / row["local"]).resolve()
            for document in formats.read(Seed(path.name, path.read_bytes()), lexicon.default()):
                found = as_json(quote.find(document, lexicon.default()))
                file.write(json.dumps({"sha256": row["sha256"], "text": document.text, "quotes": found}) + "\n")
    rates = scored(folder / "score.py", out)["all"]["rates"]
    assert rates["said recall"]["score"] >= 0.95
    assert rates["wrong speaker"]["score"] <= 0.03
    assert rates["false alarms"]["score"] <= 0.03
    assert rates["host given as guest"]["score"] <= 0.03
