"""A release comes out of a clean checkout, whole, and has the same bytes whoever builds it."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest
import release
from conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

AUTHOR = dict.fromkeys(
    ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"), "a@b.example"
)
DAY = {"GIT_AUTHOR_DATE": "2026-11-20T09:07:00+0000", "GIT_COMMITTER_DATE": "2026-11-20T09:07:00+0000"}


def checkout(folder: Path) -> Path:
    """The files of this checkout that a release is made of, as a repository of their own."""
    folder.mkdir()
    for name in ("digest", "config", "templates"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(ROOT / name, folder / name)
    (folder / "CHANGELOG.md").write_text("# Changelog\n\n## Unreleased\n\n### Added\n- Boats.\n\n## 0.0.1\n- Oars.\n")
    release.git(folder, "init", "-q")
    release.git(folder, "add", "--all")
    release.git(folder, "commit", "-q", "-m", "All of it")
    return folder


@pytest.fixture
def clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in {**AUTHOR, **DAY}.items():
        monkeypatch.setenv(name, value)
    return checkout(tmp_path / "one")


def sums(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_a_release_turns_the_changelog_bumps_builds_and_tags(clean: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert release.main(["0.2.0"], clean) == 0
    told = capsys.readouterr().out
    assert {path.name for path in (clean / "dist").iterdir()} == {
        "digest-0.2.0.tar.gz",
        "digest-0.2.0-py3-none-any.whl",
    }
    assert all(value in told for value in sums(clean / "dist").values())
    changes = (clean / "CHANGELOG.md").read_text(encoding="utf-8")
    assert (
        changes.index("## Unreleased")
        < changes.index("## 0.2.0 – ")
        < changes.index("- Boats")
        < changes.index("## 0.0.1")
    )
    assert '__version__ = "0.2.0"' in (clean / "digest" / "__init__.py").read_text(encoding="utf-8")
    assert release.git(clean, "tag") == "v0.2.0"
    assert release.git(clean, "log", "-1", "--format=%s") == "Release 0.2.0"
    assert release.git(clean, "status", "--porcelain") == ""
    assert release.main(["0.2.0"], clean) == 1  # it is tagged
    assert release.main(["0.1.9"], clean) == 1  # it is older


@pytest.mark.parametrize("version", ["", "0.2", "v0.2.0", "0.2.0; rm"])
def test_what_is_no_version_is_refused(version: str, clean: Path) -> None:
    assert release.main([version], clean) == 1
    assert release.git(clean, "status", "--porcelain") == ""


def test_a_checkout_that_is_not_clean_or_tells_nothing_new_is_refused(
    clean: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (clean / "stray.txt").write_text("x")
    assert release.main(["0.2.0"], clean) == 1
    assert "stray.txt" in capsys.readouterr().err
    (clean / "stray.txt").unlink()
    (clean / "CHANGELOG.md").write_text("# Changelog\n\n## Unreleased\n\n## 0.0.1\n- Oars.\n")
    release.git(clean, "commit", "-q", "-a", "-m", "Nothing new")
    assert release.main(["0.2.0"], clean) == 1
    assert "nothing under" in capsys.readouterr().err


def test_two_builds_of_one_commit_have_the_same_bytes(clean: Path, tmp_path: Path) -> None:
    release.built(clean, tmp_path / "first")
    again = tmp_path / "elsewhere"
    release.git(tmp_path, "clone", "-q", str(clean), str(again))
    for place in again.rglob("*.py"):
        os.utime(place, (1_600_000_000, 1_600_000_000))
    release.built(again, tmp_path / "second")
    assert sums(tmp_path / "first") == sums(tmp_path / "second")
    with tarfile.open(next((tmp_path / "first").glob("*.gz"))) as archive:
        assert len({info.mtime for info in archive}) == 1


def test_the_wheel_lays_a_home_and_drafts_outside_the_checkout(clean: Path, tmp_path: Path) -> None:
    release.built(clean, tmp_path / "built")
    with zipfile.ZipFile(next((tmp_path / "built").glob("*.whl"))) as wheel:
        assert not [name for name in wheel.namelist() if name.startswith(("tests/", "seeds/", "config/"))]
        assert "digest/desk/static/desk.css" in wheel.namelist()
        wheel.extractall(tmp_path / "site")  # noqa: S202 -- a wheel of our own
    (tmp_path / "letter" / "seeds").mkdir(parents=True)
    shutil.copy(ROOT / "seeds" / "marrowby-harbour-ledger.md", tmp_path / "letter" / "seeds")
    for words in (
        ["init", "letter", "--language", "en"],
        ["preview", "--home", "letter", "--now", "2026-11-20T08:00+08:00"],
    ):
        done = subprocess.run(
            [sys.executable, "-m", "digest", *words],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(tmp_path / "site"), "PYTHONIOENCODING": "utf-8"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert "Marrowby" in done.stdout
