"""The log of the service: JSON where a program reads it, text where a person does, and nothing that is private."""

from __future__ import annotations

import io
import json
import logging
import os
from typing import TYPE_CHECKING

import pytest

from digest import logbook

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]

NOW = ("--now", "2026-11-20T09:07+08:00")
TOKEN = "hook-token-73019"
WORDS = "我们不是卖得不够快，而是跑得太快，快到没有人知道为什么要跑这一趟。"
CLIP = f"---\ntitle: 一家公司的四月\nsource: https://news.example/april\n---\n创始人林知夏说：“{WORDS}”\n"
LETTER = """\
newsletter: {title: 潮汐周报, from: a@b.example}
channels:
  team: {type: generic, url_env: TEAM, gets: [digest], allow: 127.0.0.0/8}
  files: {type: folder, path: out/delivered, gets: [digest, alerts]}
"""


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    root = logging.getLogger()
    before = root.level
    yield
    root.setLevel(before)
    root.handlers[:] = [one for one in root.handlers if not isinstance(one.formatter, logbook.Lines)]


def home(folder: Path) -> None:
    (folder / "config").mkdir()
    (folder / "config" / "digest.yaml").write_text(LETTER, encoding="utf-8")
    (folder / "seeds").mkdir()
    clip = folder / "seeds" / "one.md"
    clip.write_text(CLIP, encoding="utf-8")
    os.utime(clip, (1_700_000_000, 1_700_000_000))


def test_a_run_that_nobody_watches_logs_an_object_a_line_without_secrets_or_words(digest: Run, tmp_path: Path) -> None:
    home(tmp_path)
    address = f"http://127.0.0.1:9/{TOKEN}"
    digest("run", "--once", "--now", "2026-11-19T09:07+08:00", env={"TEAM": address})
    done = digest("run", "--once", *NOW, env={"TEAM": address})
    rows = [json.loads(line) for line in done.stderr.splitlines()]
    assert all({"at", "level", "message"} <= row.keys() for row in rows)
    (refused,) = [row for row in rows if row.get("channel") == "team"]
    assert (refused["about"], refused["state"], refused["attempt"]) == ("2026-W47", "pending", 1)
    assert TOKEN not in done.stderr
    assert WORDS[:8] not in done.stderr
    assert "一家公司" not in done.stderr


@pytest.mark.parametrize("text", ["newsletter: {titel: x}\n", "channels: {a: {type: slack, url_env: NO_SUCH_HOOK}}\n"])
def test_what_ends_a_run_is_logged_as_an_object_too(digest: Run, tmp_path: Path, text: str) -> None:
    home(tmp_path)
    (tmp_path / "config" / "digest.yaml").write_text(text)
    done = digest("run", "--once", *NOW)
    assert done.returncode == 2
    assert [json.loads(line)["level"] for line in done.stderr.splitlines()][-1] == "error"


def test_a_person_at_a_terminal_reads_lines_of_text() -> None:
    screen = Screen()
    logbook.begin(screen)
    logging.getLogger("digest").warning("the %s is late", "issue")
    assert screen.getvalue().endswith("WARNING the issue is late\n")


def test_an_error_of_ours_names_its_type_and_no_words_of_its_place() -> None:
    pipe = io.StringIO()
    logbook.begin(pipe)
    logging.getLogger("digest").error("it broke", exc_info=KeyError(WORDS))
    row = json.loads(pipe.getvalue())
    assert (row["error"], row["level"], row["message"]) == ("KeyError", "error", "it broke")


def test_libraries_that_tell_addresses_are_silenced() -> None:
    pipe = io.StringIO()
    logbook.begin(pipe)
    logging.getLogger("httpx").info("HTTP Request: POST https://hooks.example/%s", TOKEN)
    logging.getLogger("digest").info("ready")
    assert [json.loads(row)["message"] for row in pipe.getvalue().splitlines()] == ["ready"]
