"""The files of docs/deploy: read as their programs read them, and held against what digest really has."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from conftest import ROOT, missing

from digest import timetable
from digest.cli import _parser
from digest.settings import load

if TYPE_CHECKING:
    from pathlib import Path

DEPLOY = ROOT / "docs" / "deploy"
UNITS = ("digest.service", "digest-once.service", "digest-once.timer")
HARDENED = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "CapabilityBoundingSet": "",
    "RestrictNamespaces": "yes",
    "SystemCallArchitectures": "native",
    "UMask": "0077",
}


def text(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


def unit(name: str) -> dict[str, dict[str, list[str]]]:
    """A unit's sections: key → every value it is given."""
    found: dict[str, dict[str, list[str]]] = {}
    section: dict[str, list[str]] = {}
    for row in text(name).splitlines():
        if head := re.fullmatch(r"\[(\w+)\]", row):
            section = found.setdefault(head[1], {})
        elif row and not row.startswith("#"):
            key, sign, value = row.partition("=")
            assert sign, row
            section.setdefault(key, []).append(value)
    return found


def compose() -> dict[str, Any]:
    table = yaml.safe_load(text("compose.yaml"))
    assert isinstance(table, dict)
    return table


def variables() -> dict[str, str]:
    rows = [row for row in text("digest.env.example").splitlines() if row and not row.startswith("#")]
    found = dict(row.split("=", 1) for row in rows)
    assert all(re.fullmatch(r"[A-Z][A-Z0-9_]*", name) for name in found)
    return found


def invocations() -> list[list[str]]:
    """Every command line of digest in these files, without the program."""
    found = [shlex.split(row)[1:] for name in UNITS[:2] for row in unit(name)["Service"]["ExecStart"]]
    entry, command = re.search(r"^ENTRYPOINT (.*)$", text("Containerfile"), re.MULTILINE), None
    command = re.search(r"^CMD (.*)$", text("Containerfile"), re.MULTILINE)
    assert entry
    assert command
    assert yaml.safe_load(entry[1]) == ["digest"]
    return [*found, yaml.safe_load(command[1])]


def test_every_command_in_them_exists() -> None:
    lines = invocations()
    assert len(lines) == 3
    for words in lines:
        assert _parser(words).parse_args(words).command == "run"
    spoken = re.findall(r"/opt/digest/bin/digest ((?:\w+ )?[^`\n]+)", (ROOT / "docs" / "service.md").read_text("utf-8"))
    assert spoken
    for row in spoken:
        words = shlex.split(row)
        assert _parser(words).parse_args(words).command


@pytest.mark.parametrize("name", UNITS)
def test_systemd_finds_nothing_wrong_with_a_unit(name: str, tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        missing("systemd-analyze")
    for one in UNITS:  # the program is not at its place here: another one stands in for it
        (tmp_path / one).write_text(text(one).replace("/opt/digest/bin/digest", "/bin/true"), encoding="utf-8")
    command = [str(analyze), "verify", "--man=no", str(tmp_path / name)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize("name", UNITS[:2])
def test_a_service_may_do_little(name: str) -> None:
    service = unit(name)["Service"]
    assert {key: service.get(key) for key in HARDENED} == {key: [value] for key, value in HARDENED.items()}
    assert service["User"] != ["root"]
    assert int(service["TimeoutStopSec"][0]) > timetable.WITHIN


def test_both_services_are_hardened_alike() -> None:
    own = {"Type", "ExecStart", "Restart", "RestartPreventExitStatus", "RestartSec", "TimeoutStartSec"}
    one, two = (unit(name)["Service"] for name in UNITS[:2])
    assert {key: one[key] for key in one.keys() - own} == {key: two[key] for key in two.keys() - own}


def test_the_timer_starts_the_service_that_ends() -> None:
    assert unit("digest-once.timer")["Timer"]["Unit"] == ["digest-once.service"]
    assert "--once" in unit("digest-once.service")["Service"]["ExecStart"][0]
    assert "Install" not in unit("digest-once.service")


def test_two_services_share_a_database_and_nothing_else_that_is_written() -> None:
    table = compose()
    services = table["services"]
    writable = []
    for name in ("one", "two"):
        service = services[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["user"] == "10001:10001"
        assert "ports" not in service
        assert service["depends_on"]["database"]["condition"] == "service_healthy"
        assert int(service["stop_grace_period"].removesuffix("s")) > timetable.WITHIN
        writable += [volume.split(":")[0] for volume in service["volumes"] if not volume.endswith(":ro")]
    assert len(writable) == len(set(writable)) == 4
    assert {*writable, "database"} == set(table["volumes"])
    assert "healthcheck" in services["database"]
    assert (DEPLOY / services["one"]["build"]["context"]).resolve() == ROOT
    assert (ROOT / services["one"]["build"]["dockerfile"]).is_file()


def test_the_example_configuration_loads_with_the_example_environment(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    shutil.copy(DEPLOY / "digest.yaml", tmp_path / "config")
    settings = load(tmp_path, environment=variables())
    assert settings.lacks == ()
    assert settings.database
    assert settings.health
    assert len(settings.buckets) == 1
    port = str(settings.health.port)
    probe = compose()["services"]["one"]["healthcheck"]["test"]
    assert f":{port}/healthz" in probe[-1]
    assert f"EXPOSE {port}" in text("Containerfile")


def test_every_variable_that_is_asked_for_is_in_the_example() -> None:
    asked = set(re.findall(r"\$\{(\w+)", text("compose.yaml")))
    asked |= set(re.findall(r"_env: (\w+)", text("digest.yaml")))
    assert asked <= variables().keys()
    assert "POSTGRES_PASSWORD" in asked
    assert variables()["POSTGRES_PASSWORD"] in variables()["DATABASE_URL"]


def test_the_image_is_made_of_what_there_is_and_runs_as_nobody() -> None:
    steps = [row for row in text("Containerfile").replace("\\\n", " ").splitlines() if row and row[0] not in "# "]
    assert {step.split()[0] for step in steps} <= {
        *("ARG", "FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "STOPSIGNAL", "EXPOSE", "ENTRYPOINT", "CMD")
    }
    copied = [name for step in steps if re.match(r"COPY (?!--)", step) for name in step.split()[1:-1]]
    assert [name for name in copied if not (ROOT / name).exists()] == []
    ignored = text("Containerfile.dockerignore").splitlines()
    assert [name for name in copied if f"!{name.removeprefix('./')}" not in ignored] == []
    assert "USER 10001:10001" in steps[[step.startswith("FROM") for step in steps].index(True) + 1 :]
    installs = [part for step in steps for part in step.split("&&") if "pip install" in part]
    assert all("--require-hashes" in part or "--no-index" in part for part in installs)


def test_the_image_has_the_pins_that_the_tests_run_with() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^([a-z0-9][^ ;\\]*==[^ ;\\]+)", (ROOT / name).read_text("utf-8"), re.MULTILINE))

    service = pins("requirements-service.txt")
    assert service <= pins("requirements-dev.txt")
    assert {one.split("==")[0] for one in service} >= {"psycopg", "prometheus-client", "s3fs", "hatchling"}
