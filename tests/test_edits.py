"""The editor's decisions: kept in a file a person can read, undone by removing a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from digest import edits
from digest.edits import Edits, Release
from digest.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

ONE, TWO = "1" * 64, "2" * 64


def test_decisions_come_back_as_they_were_saved(tmp_path: Path) -> None:
    released = {ONE: Release("https://a.example/x"), TWO: Release(unlinked=True)}
    decided = Edits(released, frozenset({TWO}), {"s0123456789": "因为它改了价格。"})
    edits.save(tmp_path, decided)
    assert edits.load(tmp_path) == decided
    assert (tmp_path / edits.NAME).read_text(encoding="utf-8").startswith("# The editor's decisions")


def test_a_home_without_decisions_has_none(tmp_path: Path) -> None:
    assert edits.load(tmp_path) == Edits()


def test_values_of_the_wrong_kind_are_named(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / edits.NAME).write_text("release: [x]\nhold: {a: b}\n")
    with pytest.raises(ConfigError) as caught:
        edits.load(tmp_path)
    assert {problem.key for problem in caught.value.problems} == {"release", "hold"}


def test_every_wrong_decision_is_named(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / edits.NAME).write_text(
        f"release:\n  abc: {{source: 'https://a.example'}}\n  '{ONE}': {{source: nowhere}}\nhold: [xyz]\nswap: 1\n"
    )
    with pytest.raises(ConfigError) as caught:
        edits.load(tmp_path)
    assert {problem.key for problem in caught.value.problems} == {"release.abc", f"release.{ONE}", "hold.xyz", "swap"}
