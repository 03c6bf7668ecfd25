"""`make release VERSION=0.2.0`: a version out of a clean checkout. Nothing is pushed.

Turns the top of CHANGELOG.md into that version's, bumps `pyproject.toml` and `digest/__init__.py`, commits, builds
sdist and wheel into `dist/` with the time of that commit, so that anybody builds the same bytes from it, and tags it.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

BUMPED = {"pyproject.toml": 'version = "{}"', "digest/__init__.py": '__version__ = "{}"'}
TOP = "## Unreleased\n"


class RefusedError(Exception):
    """A release that must not be made; says why."""


def main(words: list[str], root: Path) -> int:
    """Make the release, or say in one line why not (status 1)."""
    try:
        version = checked(words[0] if words else "", root)
        turned(version, root, f"{datetime.now(UTC):%Y-%m-%d}")  # noqa: TID251 -- a way in
        git(root, "commit", "-q", "-m", f"Release {version}", "--", "CHANGELOG.md", *BUMPED)
        files = built(root, root / "dist")
        git(root, "tag", "-a", f"v{version}", "-m", f"Version {version}")
    except RefusedError as error:
        print(f"release: {error}", file=sys.stderr)
        return 1
    for file in files:
        print(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.relative_to(root)}")
    print(f"v{version} is tagged here and pushed nowhere; to publish it: git push --follow-tags")
    return 0


def checked(version: str, root: Path) -> str:
    """The version, if a release of it can be made. Raises RefusedError."""
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        message = f"{version!r} is no version; say it like make release VERSION=0.2.0"
        raise RefusedError(message)
    if dirt := git(root, "status", "--porcelain"):
        message = f"the checkout is not clean ({dirt.splitlines()[0].strip()} …); commit or take away what is there"
        raise RefusedError(message)
    here = re.search(r'^version = "(.*)"$', (root / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    if here and numbers(version) < numbers(here[1]):
        message = f"{version} is older than {here[1]}"
        raise RefusedError(message)
    if git(root, "tag", "--list", f"v{version}"):
        message = f"v{version} is tagged already"
        raise RefusedError(message)
    if "\n- " not in news((root / "CHANGELOG.md").read_text(encoding="utf-8")):
        message = f"CHANGELOG.md has nothing under {TOP.strip()!r}: write what a user notices"
        raise RefusedError(message)
    return version


def news(changelog: str) -> str:
    """What stands under the top section of a changelog."""
    return changelog.partition(TOP)[2].partition("\n## ")[0]


def turned(version: str, root: Path, day: str) -> None:
    """Write the version and its day into the changelog, and the version where it stands."""
    path = root / "CHANGELOG.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(TOP, f"{TOP}\n## {version} – {day}\n", 1), encoding="utf-8")
    for name, row in BUMPED.items():
        pattern = "^" + re.escape(row).replace(re.escape("{}"), '[^"]*') + "$"
        text = (root / name).read_text(encoding="utf-8")
        (root / name).write_text(
            re.sub(pattern, row.format(version), text, count=1, flags=re.MULTILINE), encoding="utf-8"
        )


def built(root: Path, into: Path) -> list[Path]:
    """Sdist and wheel of a checkout, the same bytes wherever and whenever they are built from one commit."""
    before = set(into.glob("*")) if into.is_dir() else set()
    for file in before:
        file.unlink()
    stamp = git(root, "log", "-1", "--format=%ct")
    command = [sys.executable, "-m", "hatchling", "build", "--directory", str(into)]
    done = subprocess.run(
        command, cwd=root, env={**os.environ, "SOURCE_DATE_EPOCH": stamp}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        message = f"the build failed:\n{done.stderr}"
        raise RefusedError(message)
    return sorted(into.iterdir())


def numbers(version: str) -> tuple[int, ...]:
    """`0.10.2` as (0, 10, 2)."""
    return tuple(int(part) for part in re.findall(r"\d+", version))


def git(root: Path, *words: str) -> str:
    """What git answers. Raises RefusedError with its own words where it refuses."""
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        message = f"git {words[0]}: {done.stderr.strip()}"
        raise RefusedError(message)
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Path(__file__).parents[1]))
