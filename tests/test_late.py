"""A late pattern is that pattern, compiled when it is first asked."""

from __future__ import annotations

import re

import pytest
from conftest import ROOT

from digest import late


def test_a_late_pattern_does_what_the_pattern_does() -> None:
    made, plain = late.regex(r"(?P<day>\d+)日", re.IGNORECASE), re.compile(r"(?P<day>\d+)日", re.IGNORECASE)
    for _ in range(2):
        found = made.search("10月5日")
        assert found is not None
        assert found["day"] == "5"
        assert made.sub("x", "5日6日") == plain.sub("x", "5日6日")
    assert (made.pattern, made.flags) == (plain.pattern, plain.flags)


def test_it_is_compiled_once_and_by_its_first_use(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    compile_ = re.compile

    def counted(pattern: str, flags: int) -> re.Pattern[str]:
        compiled.append(pattern)
        return compile_(pattern, flags)

    monkeypatch.setattr(re, "compile", counted)
    made = late.regex("一+")
    assert not compiled
    for text in ("一", "二"):
        made.search(text)
    assert compiled == ["一+"]


def test_one_that_is_no_pattern_is_told_by_its_use() -> None:
    with pytest.raises(re.error):
        late.regex("(").search("")


def test_no_match_is_asked_whether_it_is_of_a_late_pattern() -> None:
    for file in (ROOT / "digest").rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        for name in re.findall(r"\.re is (?:not )?(_[A-Z_]+)\b", text):
            assert f"\n{name} = re.compile(" in text, f"{file.name}: {name}"
