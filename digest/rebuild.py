"""Rebuild: an issue that has gone out, made again of what was kept of it, and compared byte by byte.

A process of its own reads the kept clips with the kept configuration and templates by the program that runs now.
Nothing is called equal that was not compared; what the program would make otherwise today is named, and given as it
was then.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from digest import making
from digest.errors import DigestError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from digest.archive import Archive
    from digest.delivery import Delivery
    from digest.making import Program

State = Literal["equal", "differs", "stored", "damaged"]


class Leaf(NamedTuple):
    """A page of the issue, or the bytes of a delivery, as they were then; None where they are damaged or lost.

    `state`: made again and `equal`; made again, and the program of today `differs`; only as `stored`, not made again;
    `damaged` in the archive. `name` is a path below the folder that it is given in.
    """

    name: str
    state: State
    data: bytes | None

    @property
    def sha256(self) -> str | None:
        """Of its bytes, in hex."""
        return hashlib.sha256(self.data).hexdigest() if self.data is not None else None


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """An issue made again. `then` is the program that made it, None where that was not kept; `now` the present one.

    `why` says what kept it from being made again, None where nothing did.
    """

    issue: str
    leaves: tuple[Leaf, ...]
    then: Program | None
    now: Program
    why: str | None = None

    @property
    def good(self) -> bool:
        """Whether every byte was made again and is equal."""
        return self.why is None and all(leaf.state == "equal" for leaf in self.leaves)

    @property
    def whole(self) -> bool:
        """Whether every byte of then is there."""
        return all(leaf.data is not None for leaf in self.leaves)


class Given(NamedTuple):
    """What the process of its own is given: what was kept, and what the archive knows of earlier issues."""

    issue: str
    inputs: Mapping[str, Any]
    found: Mapping[str, bytes]
    issues: tuple[bytes, ...]
    posted: frozenset[str]


class Again(NamedTuple):
    """What it gives back: pages by name, bodies of deliveries by key, channels it could not plan for; or why not."""

    pages: Mapping[str, bytes]
    bodies: Mapping[str, bytes]
    without: frozenset[str] = frozenset()
    why: str | None = None


def rebuild(archive: Archive, name: str) -> Rebuilt:
    """Make an issue again and compare it with what was kept. Raises UsageError where there is no issue of this id."""
    issue = archive.issue(name)
    if issue is None:
        last = archive.last_issue()
        hint = f"the last one is {last.id}" if last else "none has gone out yet"
        message = f"no issue is called {name!r}; {hint}"
        raise UsageError(message)
    rows = [row for row in archive.ledger.all(about=name) if row.kind in {"digest", "posts"} and not row.generation]
    now = making.program()
    raw = archive.contents.inputs(name)
    if raw is None:
        before = "it was planned before digest kept what issues are made of; only what was sent is there"
        return Rebuilt(name, _leaves({"issue.json": issue.content}, {}, rows, None), None, now, before)
    inputs = json.loads(raw)
    pages = archive.contents.find(inputs["pages"].values())
    stored = {"issue.json": issue.content, **{page: pages.get(sha256) for page, sha256 in inputs["pages"].items()}}
    then = making.Program(**inputs["program"])
    again, why = _again(archive, name, inputs)
    return Rebuilt(name, _leaves(stored, archive.ledger.hashes(name), rows, again), then, now, why)


def _again(archive: Archive, name: str, inputs: Mapping[str, Any]) -> tuple[Again | None, str | None]:
    """The issue made again, or why it could not be."""
    found = archive.contents.find(making.contents(inputs))
    if lost := set(making.contents(inputs)) - found.keys():
        return None, f"{len(lost)} of the things it was made of are damaged or lost in the archive"
    if inputs["left"]:
        return None, f"{inputs['left']} clips that lay beside it were too large to be kept"
    earlier = [archive.issue(one) for one in inputs["memory"]["issues"]]
    if not all(earlier):
        return None, "an earlier issue that it was compared with is not in the archive"
    issues = tuple(one.content for one in earlier if one)
    given = Given(name, inputs, found, issues, archive.posted(inputs["number"]))
    again = _apart(given)
    return (None, again.why) if again.why else (again, None)


def _apart(given: Given) -> Again:
    """Make it in a process of its own, which reads the word lists, rules and templates of then."""
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 -- only a rebuild needs it

    with (
        tempfile.TemporaryDirectory(prefix="digest-rebuild-") as folder,
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool,
    ):
        making.lay(Path(folder), given.inputs, given.found)
        return pool.submit(derive, Path(folder), given).result()


def derive(folder: Path, given: Given) -> Again:
    """Draft the issue again of what `making.lay` has laid into a folder. For a process of its own."""
    from digest import shipped  # noqa: PLC0415 -- named here, where it is turned to another folder

    shipped.serve(folder / "shipped")
    try:
        return _drafted(folder / "home", given)
    except DigestError as error:
        return Again({}, {}, why=f"the program of today refuses what was kept: {error}")
    except Exception as error:  # noqa: BLE001 -- old word lists and rules under a newer program: whatever it is, it is told
        return Again({}, {}, why=f"the program of today cannot use what was kept ({type(error).__name__}: {error})")


def _drafted(home: Path, given: Given) -> Again:
    from digest import outbox  # noqa: PLC0415 -- in the process of its own
    from digest.channels import build  # noqa: PLC0415 -- as above
    from digest.newsroom import Newsroom  # noqa: PLC0415 -- as above
    from digest.settings import load  # noqa: PLC0415 -- as above

    home.mkdir(exist_ok=True)
    settings = load(home, (), _environment(home))
    newsroom = Newsroom(settings)
    slot = making.slot(given.inputs)
    desk = making.desk(newsroom, given.inputs, given.found, given.issues)
    drafts = newsroom.draft(slot, given.inputs["number"], desk, given.issue, given.posted)
    lacking = frozenset(lack.key.split(".")[1] for lack in settings.lacks if lack.key)
    channels = [build(config) for config in settings.channels if config.name not in lacking]
    rows, problems = outbox.outgoing(channels, drafts.dispatches, slot.due)
    without = lacking | {problem.channel for problem in problems}
    return Again(dict(drafts.pages), {row.key: row.body for row in rows}, without)


def _environment(home: Path) -> dict[str, str]:
    """The environment, with stand-ins for the address of a database, which no draft depends on."""
    import os  # noqa: PLC0415 -- in the process of its own

    import yaml  # noqa: PLC0415 -- as above

    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    config = home / "config" / "digest.yaml"
    table = yaml.load(config.read_bytes(), Loader=yaml.CSafeLoader) if config.is_file() else None
    stand_in = "postgresql://unused"
    if isinstance(table, dict) and table.get("database_env"):
        environment[str(table["database_env"])] = stand_in
    if isinstance(table, dict) and table.get("database_file"):
        file = home / str(table["database_file"])
        if file.is_relative_to(home) and ".." not in file.parts:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(stand_in, encoding="utf-8")
    return environment


def _leaves(
    pages: Mapping[str, bytes | None], hashes: Mapping[str, str], rows: Sequence[Delivery], again: Again | None
) -> tuple[Leaf, ...]:
    """Every page and delivery, compared."""
    found = [_leaf(name, data, again.pages.get(name) if again else None, again) for name, data in pages.items()]
    for row in rows:
        whole = hashes.get(row.key) in {None, hashlib.sha256(row.body).hexdigest()}
        known = again if again and row.channel not in again.without else None
        to = f"{row.recipient}/" if row.recipient else ""
        name = f"deliveries/{row.channel}/{row.kind}/{to}{row.part}-{Path(row.name).name}"
        found.append(_leaf(name, row.body if whole else None, known.bodies.get(row.key) if known else None, known))
    return tuple(found)


def _leaf(name: str, data: bytes | None, derived: bytes | None, again: Again | None) -> Leaf:
    if data is None:
        return Leaf(name, "damaged", None)
    if again is None:
        return Leaf(name, "stored", data)
    return Leaf(name, "equal" if derived == data else "differs", data)
