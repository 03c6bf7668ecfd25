"""The documents are executed: every `python -m digest` line in them runs, in order, in a copy of the checkout."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import ROOT

from digest import channels, shipped

if TYPE_CHECKING:
    from collections.abc import Callable

PAGES = sorted(path.relative_to(ROOT).as_posix() for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
ENDLESS = re.compile(r"digest preview\b.* --open$|digest run(?! --once)")
"""Commands that a document names and that do not end by themselves."""


def text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def commands(page: str) -> list[str]:
    """The command lines of a page's ```sh blocks, without their comments."""
    blocks = re.findall(r"^```sh\n(.*?)^```", text(page), re.MULTILINE | re.DOTALL)
    rows = [row for block in blocks for row in block.replace("\\\n", " ").splitlines()]
    return [bare for row in rows if (bare := re.sub(r"\s+# .*", "", row).strip())]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what a user has after cloning, to work in."""
    for folder in ("config", "templates", "seeds"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_a_page_run(page: str, checkout: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    english = commands(page.replace(".zh.md", ".md")) if page.endswith(".zh.md") else []
    for row in [row for row in commands(page) if row not in english]:  # a translation's own lines stand by themselves
        if assigned := re.fullmatch(r"export (\w+)=(.*)", row):
            environment[assigned[1]] = shlex.split(assigned[2])[0]
        if not row.startswith(("cp ", "mkdir ")) and ("python -m digest" not in row or ENDLESS.search(row)):
            continue
        done = subprocess.run(
            ["/bin/bash", "-o", "pipefail", "-c", row.replace("python", shlex.quote(sys.executable), 1)],
            cwd=checkout,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        fine = {0, 1} if " check" in row else {0}  # 1: it found something, as it may
        assert done.returncode in fine, f"{row}\n{done.stderr}"
        assert done.stdout or not re.match("python", row), row


@pytest.mark.parametrize("page", PAGES)
def test_the_make_targets_of_a_page_exist(page: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", text("Makefile"), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", text(page), re.MULTILINE))
    assert named <= targets


@pytest.mark.parametrize("page", PAGES)
def test_the_links_of_a_page_lead_to_files(page: str) -> None:
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", text(page))
    assert [target for target in targets if not (ROOT / page).parent.joinpath(target).exists()] == []


def test_the_first_screen_shows_the_two_commands() -> None:
    first = "\n".join(text("README.md").splitlines()[:40])
    assert "make demo" in first
    assert "make test" in first


def test_the_readme_tells_every_command(digest: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    listed = re.findall(r"^    ([a-z]+) ", digest("--help").stdout, re.MULTILINE)
    assert len(listed) >= 8
    for page in ("README.md", "README.zh.md"):
        assert [name for name in listed if f"`digest {name}" not in text(page)] == [], page
        told = set(re.findall(r"`digest ([a-z]+)", text(page)))
        assert told <= set(listed), page


def test_the_readme_names_every_channel_and_platform() -> None:
    known = {*channels.TYPES, *shipped.table("config/platforms.yaml")["platforms"]}
    assert [name for name in sorted(known) if f"`{name}`" not in text("README.md")] == []


def test_the_demo_prints_what_the_readme_shows() -> None:
    # -o: the environment is not made anew for a test.
    make = shutil.which("make") or "make"
    demo = [make, "--no-print-directory", "-o", ".venv/run", "demo", f"BIN={Path(sys.executable).parent}"]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(demo, cwd=ROOT, env=clean, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    (shown,) = re.findall(r"^```text\n(.*?)^```", text("README.md"), re.MULTILINE | re.DOTALL)
    printed = done.stdout.splitlines()
    assert [row for row in shown.splitlines() if row.strip() != "…" and row not in printed] == []
    assert all(name in done.stdout for name in ("贺云帆", "Lindqvist-Okafor", "email.html"))
