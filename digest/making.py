"""The making of an issue: everything it was made of, by the sha256 of its bytes, and how to make it again of that.

Clips as they lay on the desk, what a home and the program say in `config/` and `templates/`, the editor's decisions,
what was remembered of earlier issues, the slot and the number. Secrets and addresses of channels are no part of it.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from digest import __version__, edits, inbox, keepsake, record, revision, shipped
from digest.archive.contents import Made
from digest.cache import code
from digest.drift import printed
from digest.erratum import erratum
from digest.errors import SeedError, StaleError
from digest.issue import HeldBack
from digest.newsroom import Desk
from digest.remainder import Memory, Year
from digest.seed import Clipped
from digest.slot import Slot

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from digest.inbox import File
    from digest.keepsake import Keepsake
    from digest.newsroom import Drafts, Newsroom
    from digest.settings import Settings

MOST = 64 * 1024 * 1024
"""Bytes of clips that are kept with an issue beside those it uses; what lies on a desk is a hundredth of it."""

_OWN = ("digest.yaml", "rules.yaml", "platforms.yaml")
_KEPT = frozenset({".yaml", ".txt", ".j2"})
_CODE = ("", "archive", "channels", "edition", "formats", "gathering", "judging", "posting", "reading", "speech")


class Program(NamedTuple):
    """Which program: its version, and a hash of all its modules."""

    version: str
    code: str


def program() -> Program:
    """The program that runs."""
    return Program(__version__, code(_CODE))


def made(
    settings: Settings, drafts: Drafts, desk: Desk, slot: Slot, files: Iterable[File], earlier: Sequence[str]
) -> Made:
    """What the drafts were made of, with their pages. `earlier` are the ids of the issues that were remembered.

    Raises StaleError where a clip has changed since it was read.
    """
    contents: dict[str, bytes] = {}

    def kept(data: bytes) -> str:
        sha256 = hashlib.sha256(data).hexdigest()
        contents[sha256] = data
        return sha256

    clips, left = _clips(desk, files, frozenset(drafts.issue.seeds), contents)
    inputs = {
        "program": program()._asdict(),
        "slot": [slot.key, slot.day.isoformat(), slot.due.isoformat(), slot.state],
        "number": drafts.issue.number,
        "clips": clips,
        "left": left,
        "unread": [record.held_back(one) for one in desk.unread],
        "beside": [desk.more, desk.more_held],
        "edits": edits.as_table(desk.edits),
        "memory": _memory(desk, earlier),
        "home": {name: kept(data) for name, data in _home(settings.home)},
        "shipped": {name: kept(data) for name, data in _shipped()},
        "pages": {name: kept(data) for name, data in drafts.pages.items() if name != "issue.json"},
    }
    return Made(json.dumps(inputs, ensure_ascii=False, sort_keys=True).encode(), contents)


def contents(inputs: Mapping[str, Any]) -> list[str]:
    """The sha256 of everything that an issue was made of."""
    clips = (clip[1] for clip in (*inputs["clips"], *inputs["memory"].get("clips", ())))
    return [*clips, *inputs["home"].values(), *inputs["shipped"].values()]


def lay(folder: Path, inputs: Mapping[str, Any], found: Mapping[str, bytes]) -> None:
    """Lay out what an issue was made of: `home/` and, over what ships today, `shipped/` as it was then.

    A newer program may ask a shipped table for what it did not say then: such entries are today's.
    """
    today = dict(_shipped())
    for name, data in today.items():
        _write(folder / "shipped" / name, data)
    for name, sha256 in inputs["home"].items():
        _write(folder / "home" / name, found[sha256])
    for name, sha256 in inputs["shipped"].items():
        then, now = found[sha256], today.get(name, b"")
        _write(folder / "shipped" / name, then if then == now or not name.endswith(".yaml") else _completed(then, now))


def slot(inputs: Mapping[str, Any]) -> Slot:
    """The slot of the issue."""
    key, day, due, state = inputs["slot"]
    return Slot(key, date.fromisoformat(day), datetime.fromisoformat(due), state)


def desk(newsroom: Newsroom, inputs: Mapping[str, Any], found: Mapping[str, bytes], issues: Sequence[bytes]) -> Desk:
    """The desk as it was: every clip is read and judged anew. `issues` are those that were remembered, newest first.

    Raises SeedError where a clip cannot be read any more.
    """
    decided = edits.from_table(inputs["edits"])
    reader, book = newsroom.reader, newsroom.settings.book
    seeds = [clip.seed(found[clip.sha256]) for clip in (Clipped(*row) for row in inputs["clips"])]
    read = [one for seed in seeds for one in reader.judge(reader.read(seed), seed.sha256, seed.path)]
    kept = inputs["memory"]
    clips = [Clipped(*row) for row in kept.get("clips", ())]  # an issue of an earlier version compared with none
    memory = remembered(
        [json.loads(content) for content in issues],
        newsroom.settings.look_back,
        {clip: reader.keepsakes(clip.seed(found[clip.sha256])) for clip in clips},
        Memory(
            waited=kept["waited"],
            waits=kept["waits"],
            strays=kept["strays"],
            errata=tuple(map(erratum, kept["errata"])),
            years=tuple(Year(**one) for one in kept["years"]),
        ),
    )
    unread = tuple(HeldBack(**{**one, "quotes": tuple(one["quotes"])}) for one in inputs["unread"])
    return Desk(tuple(revision.decided(one, decided, book) for one in read), unread, decided, memory, *inputs["beside"])


def clips(issue: Mapping[str, Any], inputs: Mapping[str, Any]) -> Iterator[Clipped]:
    """The clips that speak in an issue, of what it was made of."""
    speaking = {one["seed"] for told in issue["stories"] for one in told["sources"] if not one.get("held_back")}
    yield from (Clipped(*row) for row in inputs["clips"] if row[1] in speaking)


def remembered(
    issues: Sequence[Mapping[str, Any]], look_back: int, kept: Mapping[Clipped, Sequence[Keepsake]], memory: Memory
) -> Memory:
    """A memory with what these issues say, newest first; stories are compared with those of `look_back` of them.

    `kept` is what clips of theirs are compared by.
    """
    told = (one for issue in reversed(issues[:look_back]) for one in record.told(issue))
    return Memory(
        told=tuple(keepsake.remembering(told, {clip.sha256: found for clip, found in kept.items()})),
        clips=tuple(kept),
        lapsed=record.lapsed(issues[0]) if issues else (),
        printed=printed(issues[:look_back]),
        waited=memory.waited,
        waits=memory.waits,
        strays=memory.strays,
        errata=memory.errata,
        years=memory.years,
    )


def _memory(desk: Desk, earlier: Sequence[str]) -> dict[str, object]:
    there = {one.seed for one in desk.summaries} | {one.seed for one in desk.unread}
    memory = desk.memory
    return {
        "issues": list(earlier),
        "clips": list(memory.clips),
        "waited": {seed: count for seed, count in memory.waited.items() if seed in there},
        "waits": memory.waits,
        "strays": dict(memory.strays),
        "errata": [one.record() for one in memory.errata],
        "years": [one._asdict() for one in memory.years],
    }


def _clips(
    desk: Desk, files: Iterable[File], used: frozenset[str], contents: dict[str, bytes]
) -> tuple[list[tuple[str, str, int]], int]:
    """The clips in the order in which they lay, (path, sha256, time in ns), and how many were too much to keep."""
    there: dict[str, list[File]] = {}
    for file in files:
        there.setdefault(file.path, []).append(file)
    room, left = MOST, 0
    clips = []
    for seed, path in dict.fromkeys((one.seed, one.path) for one in desk.summaries):
        file, data = _read(seed, there.get(path, ()))
        if seed not in used and len(data) > room:
            left += 1
            continue
        room -= len(data) if seed not in used else 0
        contents[seed] = data
        clips.append((path, seed, file.mtime_ns))
    return clips, left


def _read(seed: str, files: Sequence[File]) -> tuple[File, bytes]:
    for file in files:
        try:
            found = inbox.read(file)
        except SeedError:
            continue
        if found.sha256 == seed:
            return file, found.data
    message = f"clip {seed[:8]} has changed since it was read; draft again"
    raise StaleError(message, tuple((file.folder, file.path) for file in files))


def _home(home: Path) -> Iterator[tuple[str, bytes]]:
    """What a home says of its own: files of `config/` that are read, and templates. Never anything with a secret."""
    root = Path(str(shipped.root())).resolve()
    config, templates = home / "config", home / "templates"
    own = [*(config / name for name in _OWN), *sorted((config / "lexicon").glob("*.yaml"))]
    for path in [*own, *sorted(templates.rglob("*.j2"))]:
        if path.is_file() and not path.resolve().is_relative_to(root / path.relative_to(home).parts[0]):
            yield path.relative_to(home).as_posix(), path.read_bytes()


def _shipped() -> Iterator[tuple[str, bytes]]:
    root = Path(str(shipped.root()))
    for part in ("config", "templates"):
        for path in sorted((root / part).rglob("*")):
            if path.suffix in _KEPT and path.is_file():
                yield path.relative_to(root).as_posix(), path.read_bytes()


def _completed(then: bytes, now: bytes) -> bytes:
    """A table as it was then, with the entries that only today's has behind it."""
    import yaml  # noqa: PLC0415 -- only a rebuild after an upgrade needs it

    old, new = (yaml.load(text, Loader=yaml.CSafeLoader) for text in (then, now or b"{}"))
    more = {key: new[key] for key in new if key not in old} if isinstance(old, dict) and isinstance(new, dict) else {}
    if not more:
        return then
    return then.rstrip() + b"\n" + yaml.safe_dump(more, allow_unicode=True, sort_keys=False).encode()


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
