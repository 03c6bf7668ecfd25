"""The doctor finds each newcomer's mistake and says what to do about it."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from digest.archive import Archive
from digest.doctor import examine, synced

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    Run = Callable[..., subprocess.CompletedProcess[str]]

NOW = datetime(2026, 11, 20, 1, 7, tzinfo=UTC)
LETTER = "newsletter: {title: 潮汐周报, from: a@b.example}\n"
CLIP = """\
---
title: 一家公司的四月
source: https://news.example/april
---
创始人林知夏说：“我们不是卖得不够快，而是跑得太快，快到没有人知道为什么要跑这一趟。”
"""
FILES = "channels: {files: {type: folder, path: out/delivered, gets: [digest, alerts]}}\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "letter" / "seeds").mkdir(parents=True)
    configured(tmp_path / "letter", FILES)
    clip = tmp_path / "letter" / "seeds" / "one.md"
    clip.write_text(CLIP, encoding="utf-8")
    os.utime(clip, (1_700_000_000, 1_700_000_000))
    return tmp_path / "letter"


def configured(home: Path, rest: str) -> None:
    (home / "config").mkdir(exist_ok=True)
    (home / "config" / "digest.yaml").write_text(LETTER + rest, encoding="utf-8")


def codes(home: Path, now: datetime = NOW) -> list[str]:
    found = examine(home, (), now)
    assert all(one.where and one.message and one.remedy for one in found)
    return [one.code for one in found]


def test_a_sound_home_has_nothing_wrong_before_and_after_its_first_issue(digest: Run, home: Path) -> None:
    done = digest("doctor", "--home", home)
    assert (done.returncode, done.stdout[:1]) == (0, "✓")
    digest("send", "--home", home, "--now", NOW.isoformat())
    assert codes(home) == []
    assert not list(home.glob("state/*.tmp"))


def test_findings_go_to_programs_too_and_end_with_status_one(digest: Run, home: Path) -> None:
    (home / "seeds").rename(home / "elsewhere")
    done = digest("doctor", "--json", "--home", home)
    assert done.returncode == 1
    assert json.loads(done.stdout).keys() == {"code", "where", "message", "remedy"}
    assert "→" in digest("doctor", "--home", home).stdout


@pytest.mark.parametrize(
    ("rest", "code"),
    [
        ("chanels: {}\n", "config"),
        ("channels: {files: {type: folder, gets: [digest, alerts]}}\n", "channel"),
        ("channels: {a: {type: slack, url_env: NO_SUCH_HOOK, gets: [digest, alerts]}}\n", "secret"),
        ("channels: {files: {type: folder, path: out, gets: [digest]}}\n", "route"),
        (f"approval: required\n{FILES}", "route"),
        ("channels: {a: {type: generic, url_file: hook, gets: [digest, alerts]}}\n", "address"),
    ],
)
def test_each_mistake_in_the_configuration_is_found(home: Path, rest: str, code: str) -> None:
    (home / "hook").write_text("http://192.168.7.9/hook")
    configured(home, rest)
    assert codes(home) == [code]


def test_mail_from_the_placeholder_is_found(home: Path) -> None:
    (home / "mail").write_text("smtp://mail.example")
    text = "channels: {m: {type: smtp, url_file: mail, to: x@y.example, gets: [digest, alerts]}}\n"
    (home / "config" / "digest.yaml").write_text(text)
    assert codes(home) == ["sender"]


@pytest.mark.parametrize("text", ["{% if %}", "{{ nothing_of_this_name }}"])
def test_a_template_that_does_not_work_is_found_with_its_place(home: Path, text: str) -> None:
    (home / "templates" / "email").mkdir(parents=True)
    (home / "templates" / "email" / "issue.txt.j2").write_text(f"one\n{text}\n")
    (found,) = examine(home, (), NOW)
    assert found.code == "template"
    assert found.where.endswith("issue.txt.j2:2")


def test_a_broken_rule_is_found(home: Path) -> None:
    (home / "config" / "rules.yaml").write_text("version: 1\nrules:\n- id: a\n  pints: 1\n")
    assert set(codes(home)) == {"config"}


def test_a_database_of_something_else_is_found(home: Path) -> None:
    (home / "state").mkdir()
    (home / "state" / "digest.db").write_bytes(b"this is no database" * 100)
    assert codes(home) == ["database"]


def test_a_database_that_is_behind_its_journal_is_found(digest: Run, home: Path) -> None:
    digest("send", "--home", home, "--now", NOW.isoformat())
    (home / "state" / "digest.db").unlink()
    assert codes(home) == ["journal"]


def test_a_pause_and_a_clock_that_went_back_are_found(home: Path) -> None:
    with Archive.open(home / "state" / "digest.db") as archive:
        archive.pause("holiday")
        archive.skip("weekly:2026-11-20", NOW, "schedule", "x", NOW)
    assert codes(home) == ["paused"]
    assert codes(home, datetime(2026, 11, 1, tzinfo=UTC)) == ["paused", "clock"]
    assert "clock" in codes(home, datetime(1970, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("folder", ["Dropbox", "OneDrive - Harbour Ltd", "坚果云", "Mobile Documents"])
def test_a_state_in_a_synced_folder_is_found_by_the_folders_name(tmp_path: Path, folder: str) -> None:
    home = tmp_path / folder / "letter"
    (home / "seeds").mkdir(parents=True)
    configured(home, FILES)
    assert codes(home) == ["synced-state"]


@pytest.mark.parametrize("marker", [".stfolder", ".dropbox.cache"])
def test_a_state_in_a_synced_folder_is_found_by_a_marker(home: Path, marker: str) -> None:
    assert synced(home / "state") is None
    (home.parent / marker).mkdir()
    assert synced(home / "state") == str(home.parent / marker)


def test_a_folder_that_may_not_be_read_is_found(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The superuser of a CI machine may read everything: what the system answers to others stands in for it.
    asked = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path).name != "seeds" and asked(path, mode))
    assert codes(home) == ["seeds"]


def test_a_folder_that_is_no_home_is_told_from_one_that_lost_its_clips(home: Path) -> None:
    (found,) = examine(home.parent, (), NOW)
    assert (found.code, found.remedy) == ("home", f"--home {home}")
    (home / "config" / "digest.yaml").unlink()
    assert "home" not in codes(home)  # a folder of clips is a home
    (home / "seeds" / "one.md").unlink()
    (home / "seeds").rmdir()
    assert codes(home) == ["home"]
    configured(home, FILES)
    assert codes(home) == ["seeds"]


def test_a_file_in_the_place_of_the_clips_is_found(home: Path) -> None:
    configured(home, f"seeds: [seeds/one.md]\n{FILES}")
    (found,) = examine(home, (), NOW)
    assert (found.code, "it is a file" in found.message) == ("seeds", True)


def test_a_tab_in_the_configuration_is_called_a_tab(home: Path) -> None:
    (home / "config" / "digest.yaml").write_text("newsletter:\n\ttitle: x\n")
    (found,) = examine(home, (), NOW)
    assert (found.where, found.message) == (
        "config/digest.yaml:2",
        "is not valid YAML: a tab stands where YAML wants spaces",
    )


def test_yaml_that_breaks_off_at_its_end_is_told(home: Path) -> None:
    (home / "config" / "digest.yaml").write_text("seeds: [one\n")
    assert codes(home) == ["config"]


def test_a_home_without_clips_yet_is_sound_and_said_to_be_empty(digest: Run, home: Path) -> None:
    (home / "seeds" / "one.md").rename(home / "seeds" / ".hidden.md")
    done = digest("doctor", "--home", home)
    assert (done.returncode, "里还没有剪藏。" in done.stdout) == (0, True)
    assert "里还没有剪藏" in digest("preview", "--home", home).stderr
