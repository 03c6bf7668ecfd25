"""What was parsed or checked is kept for the next run, and never stands in for anything else."""

from __future__ import annotations

import sys
from datetime import date
from typing import TYPE_CHECKING

import pytest

from digest import kept, schema, settings, shipped
from digest.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

VALUE = {"words": ["一", "two"], "limit": 3, "share": 0.5, "on": True, "none": None}


@pytest.fixture(autouse=True)
def _writing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)


def test_what_was_kept_comes_back_as_it_was(tmp_path: Path) -> None:
    kept.keep(tmp_path / "one.json", "its hash", VALUE)
    assert kept.known(tmp_path / "one.json", "its hash") == VALUE
    assert [path.name for path in tmp_path.iterdir()] == ["one.json"]


def test_what_was_made_of_something_else_is_not_known(tmp_path: Path) -> None:
    kept.keep(tmp_path / "one.json", "its hash", VALUE)
    assert kept.known(tmp_path / "one.json", "another hash") is None
    assert kept.known(tmp_path / "two.json", "its hash") is None


@pytest.mark.parametrize("damage", [b"", b"{", b"[1]", b"3", b"[1, 2, 3]", b"\xff\xfe\xff", b"null"])
def test_a_file_that_is_damaged_is_as_good_as_none(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "one.json").write_bytes(damage)
    assert kept.known(tmp_path / "one.json", "its hash") is None


@pytest.mark.parametrize("value", [(1, 2), {1: "a number is no key of JSON"}, date(2026, 11, 22)])
def test_what_would_come_back_as_something_else_is_not_kept(tmp_path: Path, value: object) -> None:
    kept.keep(tmp_path / "one.json", "its hash", value)
    assert not list(tmp_path.iterdir())


def test_where_nothing_may_be_written_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.keep(tmp_path / "no folder" / "one.json", "its hash", VALUE)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    kept.keep(tmp_path / "one.json", "its hash", VALUE)
    assert not list(tmp_path.iterdir())


def test_a_shipped_table_that_has_changed_is_parsed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "BESIDE", tmp_path)
    monkeypatch.setattr(shipped, "root", lambda: tmp_path)
    for words in ("a b", "a b c"):
        (tmp_path / "words.yaml").write_text(f"one: {words}", encoding="utf-8")
        for _ in range(2):
            assert shipped.table.__wrapped__("words.yaml") == {"one": words}


def home(folder: Path, text: str) -> Path:
    (folder / "config").mkdir(exist_ok=True)
    (folder / "state").mkdir(exist_ok=True)
    (folder / "config" / "digest.yaml").write_text(text, encoding="utf-8")
    return folder


def test_a_configuration_is_checked_when_its_words_are_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checks: list[object] = []
    check = schema.checked

    def counted(table: dict[str, object]) -> object:
        checks.append(table)
        return check(table)

    monkeypatch.setattr(schema, "checked", counted)
    first = settings.load(home(tmp_path, "newsletter: {title: One}"))
    again = settings.load(tmp_path)
    assert (again.masthead, again.schedule, again.channels) == (first.masthead, first.schedule, first.channels)
    assert len(checks) == 1
    assert settings.load(home(tmp_path, "newsletter: {title: Two}")).masthead.title == "Two"
    assert len(checks) == 2


def test_a_wrong_configuration_is_told_each_time(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(ConfigError, match="did you mean 'title'"):
            settings.load(home(tmp_path, "newsletter: {titel: One}"))
    assert not list((tmp_path / "state").iterdir())


def test_times_and_spans_of_a_checked_configuration_are_plain() -> None:
    made, faults = schema.checked({"schedule": {"at": "18:30", "grace": "12h"}, "review": "30m"})
    assert (made["schedule"]["at"], made["schedule"]["grace"], made["review"]) == ("18:30:00", 43200, 1800)
    assert not faults
