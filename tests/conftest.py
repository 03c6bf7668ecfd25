"""What every test may ask for: the shared data, and the program as a user runs it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import cluster as clusters
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cluster import Cluster

os.environ.pop("DATABASE_URL", None)  # the tests make their own
ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"


def missing(what: str) -> None:
    """Skip the test for want of something from outside the project; with CI=true fail instead."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing, and CI must have it")
    pytest.skip(f"{what} is missing")


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The data of ../shared, read in place."""
    if not SHARED.is_dir():
        missing("../shared")
    return SHARED


def run_digest(
    *args: str | Path,
    cwd: Path,
    stdin: str | None = None,
    env: dict[str, str] | None = None,
    timeout: float = 60,
) -> subprocess.CompletedProcess[str]:
    """Run `python -m digest ARGS` in `cwd` as a user does; `env` is added to the environment."""
    return subprocess.run(
        [sys.executable, "-m", "digest", *map(str, args)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1", **(env or {})},
        input=stdin,
        stdin=None if stdin is not None else subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=timeout,
        check=False,
    )


@pytest.fixture
def digest(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run `python -m digest ARGS` as a user does, in an empty folder; keywords as `run_digest` takes them."""
    return partial(run_digest, cwd=tmp_path)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL of our own, for as long as the tests run."""
    if clusters.found() is None:
        missing("PostgreSQL")
    # Not in pytest's own folder, which nobody but the user of the tests may enter.
    with tempfile.TemporaryDirectory(prefix="digest-postgresql-") as folder, clusters.Cluster(Path(folder)) as running:
        yield running
