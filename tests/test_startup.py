"""A command pays only for what it needs: the modules it may load, and the time `--help` takes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = {"apscheduler", "bs4", "httpx", "markdownify", "psycopg", "sqlalchemy", "starlette", "uvicorn", "watchfiles"}
HEAVY |= {"aiobotocore", "fsspec", "prometheus_client", "s3fs"}
HELP = HEAVY | {"css_inline", "jinja2", "pydantic", "regex", "sqlite3", "yaml"}
LIST = """
import sys
from digest.cli import main
try:
    status = main(sys.argv[1:])
except SystemExit as stop:
    status = stop.code
print(*sorted({name for name in sys.modules if name.startswith("digest.")}), file=sys.stderr)
print(*sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
sys.exit(status)
"""


def environment() -> dict[str, str]:
    """Without coverage, which would load modules of its own; what is compiled and parsed may be kept."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept | {"PYTHONPATH": str(ROOT)}


def loaded(cwd: Path, *args: str | Path) -> set[str]:
    """The top modules that a command loads, and those of the program itself with their whole names."""
    done = subprocess.run(
        [sys.executable, "-c", LIST, *map(str, args)],
        cwd=cwd,
        env=environment(),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {name for row in done.stderr.splitlines()[-2:] for name in row.split()}


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_load_no_library(option: str, tmp_path: Path) -> None:
    names = loaded(tmp_path, option)
    assert not names & HELP
    assert {name for name in names if name.startswith("digest.")} <= {"digest.cli", "digest.errors"}


def test_help_of_a_command_loads_no_library(tmp_path: Path) -> None:
    assert not loaded(tmp_path, "preview", "--help") & HELP


def test_a_preview_of_markdown_and_text_loads_no_network_scheduler_or_html(tmp_path: Path) -> None:
    (tmp_path / "clips").mkdir()
    for kind in ("*.md", "*.txt"):
        for clip in (ROOT / "seeds").glob(kind):
            if "<" not in clip.read_text(encoding="utf-8"):  # a clip with an HTML tail has it cut by the HTML reader
                shutil.copy2(clip, tmp_path / "clips")
    assert len(list((tmp_path / "clips").iterdir())) > 3
    assert not loaded(tmp_path, "preview", "--seeds", tmp_path / "clips", "--now", "2026-11-20T09:00+08:00") & HEAVY


def preview(tmp_path: Path) -> set[str]:
    """What a preview of the samples loads."""
    clips = tmp_path / "clips"
    if not clips.is_dir():
        shutil.copytree(ROOT / "seeds", clips)
        for clip in clips.iterdir():
            os.utime(clip, (1_700_000_000, 1_700_000_000))
    return loaded(tmp_path, "preview", "--seeds", clips, "--now", "2026-11-20T09:00+08:00")


def test_a_preview_that_would_say_the_same_loads_no_library_and_drafts_nothing(tmp_path: Path) -> None:
    assert "digest.newsroom" in preview(tmp_path)
    names = preview(tmp_path)
    assert not names & (HELP - {"sqlite3"})
    assert not names & {"digest.newsroom", "digest.settings", "digest.story", "digest.quote"}


def test_a_draft_of_what_was_read_before_loads_nothing_that_reads(tmp_path: Path) -> None:
    preview(tmp_path)
    next((tmp_path / "out").rglob("email.html")).unlink()  # so that it is drafted again
    names = preview(tmp_path)
    assert "digest.story" in names
    assert not {name for name in names if name.startswith(("digest.formats", "digest.reading", "digest.speech"))}


def test_a_configuration_that_was_checked_before_is_not_checked_again(tmp_path: Path) -> None:
    preview(tmp_path)  # the shipped one
    next((tmp_path / "out").rglob("email.html")).unlink()
    names = preview(tmp_path)
    assert "digest.settings" in names
    assert not names & {"pydantic", "digest.schema"}


def test_an_extract_loads_no_template_and_no_network(tmp_path: Path) -> None:
    names = loaded(tmp_path, "extract", "--json", ROOT / "seeds" / "marrowby-harbour-ledger.md")
    assert not names & (HEAVY | {"css_inline"})
