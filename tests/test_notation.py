"""A key that stands twice in a file of the editor is told, with both of its lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from digest import edits, notation
from digest.errors import ConfigError
from digest.settings import load

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("digest.yaml", "seeds: [a]\nplatforms: [x]\nseeds: [b]\n", "config/digest.yaml:3: seeds: is written twice"),
        (
            "digest.yaml",
            "newsletter:\n  title: a\n  language: en\n  title: b\n",
            "digest.yaml:4: title: is written twice; the first is on line 2,",
        ),
        ("digest.yaml", "channels:\n  a: {type: folder, path: x, path: y}\n", "config/digest.yaml:2: path: is"),
        ("lexicon/things.yaml", "own: a b\nown: c\n", "config/lexicon/things.yaml:2: own: is written twice"),
    ],
)
def test_a_key_that_stands_twice_is_an_error_with_its_lines(name: str, text: str, told: str, tmp_path: Path) -> None:
    file = tmp_path / "config" / name
    file.parent.mkdir(parents=True)
    file.write_text(text)
    with pytest.raises(ConfigError, match="is written twice") as caught:
        load(tmp_path)
    assert told in str(caught.value)


def test_a_decision_that_stands_twice_is_an_error_with_its_lines(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / edits.NAME).write_text("title: {s0123456789: One}\nhold: []\ntitle: {s0123456789: Two}\n")
    with pytest.raises(ConfigError, match=r"config/edits.yaml:3: title: is written twice; the first is on line 1"):
        edits.load(tmp_path)


def test_a_mapping_that_is_merged_in_may_be_written_over() -> None:
    assert notation.read("a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  x: 3\n")["b"] == {"x": 3, "y": 2}


def test_a_list_of_mappings_may_use_the_same_keys() -> None:
    assert notation.read("- {a: 1}\n- {a: 2}\n") == [{"a": 1}, {"a": 2}]
