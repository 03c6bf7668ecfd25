"""Errors and hints in the newsletter's language, their commands naming the home."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from digest import shipped
from digest.advice import homed, told
from digest.home import spoken

if TYPE_CHECKING:
    from pathlib import Path

ROWS = [row for section in shipped.table("config/messages.yaml").values() for row in section]
SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "digest").rglob("*.py")))
BARE = re.sub(r'"\n *f?"|\\(?=")|\'', "", SOURCE)


def test_each_line_of_the_table_is_still_said_by_the_program() -> None:
    """The longest run of plain words of each stands somewhere in the code: who changes it there changes it here."""
    missing = []
    for row in ROWS:
        runs = re.split(r"\{[a-z]+\}|[`'\"(){}]|[:;] |digest init| about this issue|no clip is|several", row["en"])
        words = max(runs, key=len).strip(" :;,")
        missing += [row["en"]] if words not in BARE else []
    assert missing == []


def test_each_line_is_told_with_what_it_names() -> None:
    wrong = []
    for row in ROWS:
        values = {name: f"<{at}>" for at, name in enumerate(re.findall(r"\{([a-z]+)\}", row["en"]))}
        english, chinese = row["en"].format(**values), row["zh"].format(**values)
        wrong += [row["en"]] if (told(english, "zh-CN"), told(english, "en")) != (chinese, english) else []
    assert wrong == [], "the line is told by another one above it, or names what it does not have"


def test_what_follows_in_a_line_is_told_too() -> None:
    assert told("channel 群: its address must begin with https://", "zh") == "渠道 群：地址须以 https:// 开头"
    assert told("everything is paused: paused by hand", "zh-TW") == "已全部暂停：手动暂停"
    assert told("something that nobody has put into Chinese", "zh") == "something that nobody has put into Chinese"


@given(st.text())
def test_any_text_is_told_or_stays(text: str) -> None:
    assert isinstance(told(text, "zh"), str)
    assert told(text, None) == text


def test_a_command_names_the_home_once() -> None:
    assert homed("then: digest why 2026-11-27", "my letter") == "then: digest why --home 'my letter' 2026-11-27"
    assert homed("then: digest why --home x 1", "y") == "then: digest why --home x 1"
    assert homed("then: digest why 1", ".") == "then: digest why 1"
    assert (
        homed("make one: digest init DIR; config/digest.yaml", "y") == "make one: digest init DIR; config/digest.yaml"
    )


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("newsletter: {title: x, language: en}\n", "en"),
        ("newsletter:\n  language: 'zh-TW'\n  timezone: [\n", "zh-TW"),
        ("# language: en\n", "zh-CN"),
        ("", "zh-CN"),
    ],
)
def test_the_language_of_a_home_is_told_though_its_configuration_is_wrong(
    text: str, language: str, tmp_path: Path
) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "digest.yaml").write_text(text)
    assert spoken(tmp_path) == language


def test_where_no_home_is_the_machine_tells_the_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "C.UTF-8")
    assert spoken(tmp_path) == "en"
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert spoken(tmp_path) == "zh-CN"
    monkeypatch.setenv("LANG", "C.UTF-8")
    (tmp_path / "seeds").mkdir()
    assert spoken(tmp_path) == "zh-CN", "a folder of clips alone is a newsletter in Chinese"
