"""The editor's decisions: kept in a file a person can read, undone by removing a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest import edits
from digest.edits import Edits, Release
from digest.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

ONE, TWO = "1" * 64, "2" * 64


def test_decisions_come_back_as_they_were_saved(tmp_path: Path) -> None:
    decided = Edits(
        release={ONE: Release("https://a.example/x"), TWO: Release(unlinked=True)},
        hold=frozenset({TWO, f"{ONE}/3", "q0123456789"}),
        note={"s0123456789": "因为它改了价格。"},
        title={"s0123456789": "价格：改了", "s9876543210": "null"},
        subject={"2026-W47": "这一周 # 都慢下来了"},
        order=("s9876543210", "s0123456789"),
        drop=frozenset({"sabcdef0123"}),
        swap={"q0123456789": "q9876543210"},
        split=((ONE, f"{TWO}/12"),),
        join=((TWO, ONE), (f"{ONE}/1", f"{ONE}/2")),
    )
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
        f"title: {{s0123456789: 7}}\nsubject: {{2026-W47: ''}}\norder: [1, s01]\ndrop: [q0123456789]\n"
        f"split: [abc, ['{ONE}', 1]]\njoin: [[]]\nmove: {{}}\n"
    )
    with pytest.raises(ConfigError) as caught:
        edits.load(tmp_path)
    assert {problem.key for problem in caught.value.problems} == {
        "release.abc",
        f"release.{ONE}",
        "hold.xyz",
        "swap",
        "title.s0123456789",
        "subject.2026-W47",
        "order.1",
        "order.s01",
        "drop.q0123456789",
        "split.abc",
        f"split.['{ONE}', 1]",
        "join.[]",
        "move",
    }


@pytest.mark.parametrize("swap", ["q0123456789: 5", "x: q0123456789", "q0123456789: q012345678"])
def test_a_swap_names_two_quotes(tmp_path: Path, swap: str) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / edits.NAME).write_text(f"swap: {{{swap}}}\n")
    with pytest.raises(ConfigError, match="a quote's id with another's"):
        edits.load(tmp_path)


def test_a_character_that_yaml_takes_for_the_end_of_a_line_survives(tmp_path: Path) -> None:
    decided = Edits(title={"s0123456789": "一\x85二\u2028三"})
    edits.save(tmp_path, decided)
    assert edits.load(tmp_path) == decided


@given(
    titles=st.dictionaries(st.from_regex("s[0-9a-f]{10}", fullmatch=True), st.text(min_size=1).filter(str.strip)),
    order=st.lists(st.from_regex("s[0-9a-f]{10}", fullmatch=True), unique=True),
)
def test_any_words_survive_the_file(
    tmp_path_factory: pytest.TempPathFactory, titles: dict[str, str], order: list[str]
) -> None:
    home = tmp_path_factory.mktemp("home")
    edits.save(home, Edits(title=titles, order=tuple(order)))
    assert edits.load(home) == Edits(title=titles, order=tuple(order))
