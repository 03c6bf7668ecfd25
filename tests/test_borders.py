"""The house rules a machine can hold: imports, pins, reasons, and nothing of the machine it was made on."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
REGISTRIES = ("pypi" + ".org", "python" + "hosted.org", "npm" + "js.org", "crates" + ".io", "proxy.golang" + ".org")
LOCKS = {"uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "package-lock.json", "yarn.lock", "pnpm-lock.yaml"}


def tracked() -> dict[str, str]:
    """The text files under version control (or about to be), by path."""
    git = shutil.which("git") or "git"
    listed = subprocess.run(
        [git, "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    found = {}
    for name in listed.stdout.splitlines():
        try:
            found[name] = (ROOT / name).read_text(encoding="utf-8")
        except (UnicodeDecodeError, OSError):
            continue
    return found


def pins(name: str) -> dict[str, str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE))


def test_imports_go_only_towards_the_seed() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_pure_module_is_held_to_purity() -> None:
    layers, forbidden = PROJECT["tool"]["importlinter"]["contracts"]
    lines = [layer.split(" : ") for layer in layers["layers"]]
    first = next(place for place, line in enumerate(lines) if "record" in line)  # the edges stand above it
    pure = sorted(f"digest.{name}" for line in lines[first:] for name in line)
    pure.remove("digest.kept")  # it keeps what was parsed of what ships, as Python keeps what it has compiled
    assert pure == forbidden["source_modules"]


def test_no_file_names_a_package_registry() -> None:
    named = {(name, host) for name, text in tracked().items() for host in REGISTRIES if host in text}
    assert not named


def test_no_file_names_a_place_on_the_machine_it_was_written_on() -> None:
    places = re.compile(r"(?<![\w.:/])/(?:home|root|Users|opt(?!/digest\b)|workspace)/\w|" + re.escape(str(ROOT)))
    named = {name: found[0] for name, text in tracked().items() if (found := places.search(text))}
    assert not named


def test_no_lock_file_is_kept() -> None:
    assert not {name for name in tracked() if Path(name).name in LOCKS}


def test_every_noqa_gives_its_reason() -> None:
    bare = re.compile(r"#\s*(?:noqa|type:\s*ignore)(?![^\n]* (?:--|#) \S)[^\n]*")
    found = {
        f"{name}: {hit[0]}"
        for name, text in tracked().items()
        if name.startswith("digest/") and name.endswith(".py")
        for hit in bare.finditer(text)
    }
    assert not found


def test_every_dependency_and_every_lint_exemption_gives_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lists = re.findall(r"^(?:dependencies|dev|ignore|\"[\w*/.]+\") = \[\n(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    assert len(lists) > 4
    reasoned = re.compile(r'\s+(?:"[^"]+"|\{[^{}]+\}),\s+# \S.{8,}')
    bare = [row for rows in lists for row in rows.splitlines() if not reasoned.fullmatch(row)]
    assert not bare


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_requirements_are_pinned_with_hashes_and_name_no_place_to_get_them(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    rows = [row for row in text.replace("\\\n", " ").splitlines() if row and not row.lstrip().startswith("#")]
    assert rows
    assert all(re.match(r"[\w.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", row) for row in rows)
    assert not re.search(r"https?:|file:|--(?:index|extra|find|trusted)", text)


def test_requirements_hold_what_the_project_asks_for() -> None:
    def named(wanted: list[object]) -> set[str]:
        rows = [row for row in wanted if isinstance(row, str)]  # the others are groups that are taken in
        return {re.split(r"[<>=!~\[ ]", row, maxsplit=1)[0].lower() for row in rows}

    run, dev = pins("requirements.txt"), pins("requirements-dev.txt")
    assert named(PROJECT["project"]["dependencies"]) <= set(run)
    assert named(PROJECT["dependency-groups"]["dev"]) <= set(dev)
    assert run.items() <= dev.items()


def test_the_makefile_has_at_most_twelve_targets_of_one_line() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipes = re.findall(r"^([a-z-]+):[^=\n]*\n((?:\t[^\n]*\n)+)", text, re.MULTILINE)
    assert 5 <= len(recipes) <= 12
    assert [name for name, recipe in recipes if recipe.count("\n") > 1] == []


def test_a_wheel_carries_configuration_and_templates_and_runs(tmp_path: Path) -> None:
    build: list[Any] = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", tmp_path]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        wheel.extractall(tmp_path / "site")
    shipped = tmp_path / "site" / "digest" / "shipped"
    for folder in ("config", "templates"):
        files = {path.relative_to(ROOT) for path in (ROOT / folder).rglob("*.*") if "__pycache__" not in path.parts}
        assert files == {path.relative_to(shipped) for path in (shipped / folder).rglob("*.*")}
    code = "from digest import shipped; print(len(shipped.table('config/lexicon/cues.yaml')), shipped.__file__)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert str(tmp_path) in done.stdout
