"""Commands about what has gone out: issues made again of what was kept of them, corrections, the site."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from digest import advice, past, record
from digest.errors import UsageError
from digest.labels import labels
from digest.newsroom import write
from digest.press import opened
from digest.settings import load
from digest.typography import line

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from digest.archive.corrections import Corrected
    from digest.delivery import Delivery
    from digest.press import Press
    from digest.rebuild import Leaf, Rebuilt
    from digest.settings import Settings

REBUILT = "rebuilt"
"""The folder of `out/` that issues are given in again."""

_SIGNS = {"equal": "✓", "differs": "≠", "stored": "·", "damaged": "✗"}
_SAID = {
    "equal": "made again, equal byte by byte",
    "differs": "as it was stored; the program of today would make it otherwise",
    "stored": "as it was stored; not made again",
    "damaged": "damaged or lost in the archive; restore a backup: digest restore FILE",
}


def rebuild(arguments: argparse.Namespace) -> int:
    """Make an issue again and give its bytes; status 1 where one is lost, with --check where one was not made equal."""
    from digest.rebuild import rebuild as again  # noqa: PLC0415 -- only this command pays for it

    settings = _settings(arguments)
    with opened(settings, _clock(arguments), readonly=True) as press:
        found = again(press.archive, arguments.id)
        said = [one.erratum for one in press.archive.corrections.all() if one.erratum.issue == found.issue]
    folder: Path | None = Path(arguments.out) if arguments.out else settings.out / REBUILT / found.issue
    if arguments.check and not arguments.out:
        folder = None
    if folder:
        write(folder, {leaf.name: leaf.data for leaf in found.leaves if leaf.data is not None})
    if arguments.json:
        corrected = [one.record() for one in said]
        print(json.dumps({**_record(found, folder), "corrected": corrected}, ensure_ascii=False))
    else:
        language = settings.masthead.language
        print("\n".join(_told(found, folder, language)))
        for one in said:
            print(advice.told(f"Corrected since ({one.at[:10]}, {line(one.title)}): {line(one.text)}", language))
    return 0 if (found.good if arguments.check else found.whole) else 1


def site(arguments: argparse.Namespace) -> int:
    """Write the pages of past issues; only what is new or changed is written."""
    settings = _settings(arguments)
    with opened(settings, _clock(arguments), readonly=True) as press:
        files = past.site(press.archive, press.newsroom)
    folder = Path(arguments.out) if arguments.out else settings.out / "site"
    fresh = [name for name, data in sorted(files.items()) if _differs(folder / name, data)]
    for name in fresh:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{path.name}.tmp")
        unfinished.write_bytes(files[name])
        unfinished.replace(path)
    if arguments.json:
        print(json.dumps({"folder": str(folder), "files": sorted(files), "written": fresh}, ensure_ascii=False))
    else:
        issues = sum(name.startswith("issues/") for name in files)
        language = settings.masthead.language
        told = f"{folder / 'index.html'}: {issues} issues, {len(fresh)} of {len(files)} files written"
        print(advice.told(told, language))
        if settings.site is None:
            hint = "name its address in config/digest.yaml (site: {url: https://…}) for feeds and canonical links"
            print(f"digest: {advice.told(hint, language)}", file=sys.stderr)
    return 0


def _differs(path: Path, data: bytes) -> bool:
    try:
        return path.read_bytes() != data
    except OSError:
        return True


def correct(arguments: argparse.Namespace) -> int:
    """Put right what has gone out: in the next issue, on the site, and with --notify where the mistake arrived."""
    from digest import correction  # noqa: PLC0415 -- only this command pays for it

    settings = _settings(arguments)
    if arguments.list:
        with opened(settings, _clock(arguments), readonly=True) as press:
            return _listed(correction.listed(press), settings.masthead.language, json_=arguments.json)
    if not arguments.id or not arguments.text:
        message = 'say which issue and what is right: digest correct ID --story N --text "…"; or --list'
        raise UsageError(message)
    with opened(settings, _clock(arguments)) as press:
        done = correction.correct(
            press, arguments.id, arguments.text, arguments.story, arguments.quote, notify=arguments.notify
        )
        report = press.outbox().drain() if done.told else None
        rows = [row for _, row in _rows(press, done.told)]
    made, language = done.erratum, settings.masthead.language
    words = labels(language)
    if arguments.json:
        told = {"fresh": done.fresh, "deliveries": [record.delivery(row) for row in rows], "missed": dict(done.missed)}
        print(json.dumps({**made.record(), **told}, ensure_ascii=False))
    else:
        before = "" if done.fresh else f"  ({advice.told('was said before', language)})"
        print(f"{made.id}  {made.issue} · {made.title}{before}")
        print(
            advice.homed(
                advice.told("The next issue tells it; `digest site` marks the page.", language), arguments.home
            )
        )
        for row in rows:
            print(f"  → {row.label}  {words[f'd_{row.state}']}")
    remarks = [
        *(
            f"{name} shows no corrections; take over what the shipped one says of issue.errata"
            for name in _silent(settings.home)
        ),
        *(f"{channel} is not told: {why}" for channel, why in done.missed.items()),
        *filter(None, (report and report.held, *(report.alerts if report else ()))),
    ]
    for one in remarks:
        print(f"digest: {one if arguments.json else advice.told(one, language)}", file=sys.stderr)
    return 0 if all(row.state == "delivered" for row in rows) else 1


def _silent(home: Path) -> list[str]:
    """The templates of a home's own that would leave a correction out of the next issue."""
    names = ("email/issue.html.j2", "email/issue.txt.j2", "email/issue.md.j2", "chat/issue.md.j2")
    own = {name: home / "templates" / name for name in names}
    texts = {name: path.read_text(encoding="utf-8", errors="replace") for name, path in own.items() if path.is_file()}
    return [f"templates/{name}" for name, text in texts.items() if not ("errata" in text or "shipped/" in text)]


def _rows(press: Press, told: Iterable[Delivery]) -> Iterator[tuple[str, Delivery]]:
    """The deliveries of a correction as they stand now."""
    for about in dict.fromkeys(row.about for row in told):
        yield from ((about, row) for row in press.archive.ledger.all(about=about))


def _listed(found: Iterable[tuple[Corrected, Sequence[Delivery]]], language: str, *, json_: bool) -> int:
    for one, rows in found:
        made = one.erratum
        if json_:
            told = {"told_in": one.told_in, "deliveries": [record.delivery(row) for row in rows]}
            print(json.dumps({**made.record(), **told}, ensure_ascii=False))
            continue
        where = advice.told(f"told in {one.told_in}" if one.told_in else "waits for the next issue", language)
        print(f"{made.id}  {made.issue} · {line(made.title)}  ({made.at[:10]}, {where})")
        print(f"  {line(made.text)}")
        for row in rows:
            print(f"  → {row.label}  {labels(language)[f'd_{row.state}']}")
    return 0


def _record(found: Rebuilt, folder: Path | None) -> dict[str, object]:
    def leaf(one: Leaf) -> dict[str, object]:
        return {"name": one.name, "state": one.state, "sha256": one.sha256, "bytes": len(one.data or b"") or None}

    return {
        "id": found.issue,
        "good": found.good,
        "why": found.why,
        "program": {"then": found.then and found.then._asdict(), "now": found.now._asdict()},
        "folder": folder and str(folder),
        "pages": [leaf(one) for one in found.leaves],
    }


def _told(found: Rebuilt, folder: Path | None, language: str) -> list[str]:
    leaves = [f"{_SIGNS[leaf.state]} {leaf.name}  {advice.told(_SAID[leaf.state], language)}" for leaf in found.leaves]
    rows = []
    if found.why:
        rows.append(f"{found.issue} was not made again: {found.why}")
    if found.then and found.then != found.now:
        then, now = found.then, found.now
        rows.append(
            f"The program has changed since: {then.version} ({then.code}) then, {now.version} ({now.code}) now."
        )
    equal = sum(leaf.state == "equal" for leaf in found.leaves)
    rows.append(
        f"{found.issue}: {equal} of {len(found.leaves)} made again, byte by byte" + (f": {folder}" if folder else "")
    )
    return [*leaves, *(advice.told(row, language) for row in rows)]


def _settings(arguments: argparse.Namespace) -> Settings:
    home = Path(arguments.home)
    if not home.is_dir():
        message = f"{home} is no folder; name the newsletter's folder with --home"
        raise UsageError(message)
    return load(home, tuple(Path(folder) for folder in arguments.seeds))


def _clock(arguments: argparse.Namespace) -> Callable[[], datetime] | None:
    return (lambda: arguments.now) if arguments.now else None
