"""What the commands do with the newsroom's verbs: they ask, print and give an exit status."""

from __future__ import annotations

import json
import logging
import sys
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digest import advice, inbox, post, quote, record, summary
from digest.document import plain
from digest.errors import ConfigError, DigestError, SeedError, UsageError
from digest.labels import labels
from digest.newsroom import CARDS, Newsroom, page, write
from digest.posting import platform
from digest.press import opened
from digest.quote import QUOTABLE
from digest.settings import load
from digest.slot import steady
from digest.terminal import Terminal

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from digest.inbox import File
    from digest.outbox import Report
    from digest.proof import Proof
    from digest.settings import Settings

log = logging.getLogger("digest")


def _settings(arguments: argparse.Namespace) -> Settings:
    home = Path(arguments.home)
    if not home.is_dir():
        message = f"{home} is no folder; name the newsletter's folder with --home"
        raise UsageError(message)
    return load(home, tuple(Path(folder) for folder in arguments.seeds))


def _files(arguments: argparse.Namespace) -> Iterable[File]:
    """The files a command names; those of a folder one by one, however many they are."""
    if not arguments.paths:
        message = f"name a file or folder: digest {arguments.command} PATH"
        raise UsageError(message)
    try:
        paths = [Path(path) for path in arguments.paths]
        return chain.from_iterable([inbox.scan([path]) if path.is_dir() else inbox.locate(path) for path in paths])
    except OSError as error:
        message = f"{error.filename}: {error.strerror}"
        raise UsageError(message) from error


def _lines(name: str) -> Iterator[dict[str, Any]]:
    """The objects of a JSON Lines file; `-` is stdin."""
    try:
        with sys.stdin if name == "-" else Path(name).open(encoding="utf-8") as handle:
            for number, text in enumerate(handle, 1):
                if not text.strip():
                    continue
                try:
                    row = json.loads(text)
                except ValueError as error:
                    message = f"{name}:{number}: not JSON ({error})"
                    raise UsageError(message) from error
                if not isinstance(row, dict) or not isinstance(row.get("text"), str):
                    message = f'{name}:{number}: expected an object with "id" and "text"'
                    raise UsageError(message)
                yield row
    except OSError as error:
        message = f"{name}: {error.strerror}"
        raise UsageError(message) from error


def _say(row: dict[str, Any]) -> None:
    print(json.dumps(row, ensure_ascii=False))


def extract(arguments: argparse.Namespace) -> int:
    """Print what was read: documents with their quotes."""
    settings = _settings(arguments)
    newsroom = Newsroom(settings)
    if arguments.jsonl:
        kinds = None if arguments.all else QUOTABLE | ({"reported"} if arguments.reported else frozenset())
        for row in _lines(arguments.jsonl):
            document = plain(row["text"], row.get("title"), row.get("language"))
            found = quote.find(document, settings.lexicon, settings.people)
            kept = [record.quote(one, None) for one in found if kinds is None or one.kind in kinds]
            _say({"id": row.get("id"), "quotes": kept})
        return 0
    terminal = Terminal(settings.masthead.language, home=arguments.home)
    for file in _files(arguments):
        sha256 = None
        try:
            seed = inbox.read(file)
            sha256 = seed.sha256
            for document, quotes in newsroom.read(seed):
                if arguments.json:
                    _say(record.document(seed, document, quotes, newsroom.link))
                else:
                    print(terminal.page(document, quotes), end="\n\n")
        except SeedError as error:
            if arguments.json:
                _say(record.unread(file.path, sha256, error.code, error.message))
            else:
                _unread(file.path, error, settings)
    return 0


def explain(arguments: argparse.Namespace) -> int:
    """Print every candidate in rank order, with the rules that spoke for and against it."""
    settings = _settings(arguments)
    newsroom = Newsroom(settings)
    if arguments.jsonl:
        for row in _lines(arguments.jsonl):
            document = plain(row["text"], row.get("title"), row.get("language"))
            for ranked in summary.ranked(document, settings.book)[: arguments.top]:
                _say({"id": row.get("id"), **record.ranked(document, ranked)})
        return 0
    terminal = Terminal(settings.masthead.language, home=arguments.home)
    for file in _files(arguments):
        try:
            seed = inbox.read(file)
            for document, quotes in newsroom.read(seed):
                judged = summary.summarise(document, quotes, settings.book, seed=seed.sha256, path=seed.path)
                best = judged.verdicts[: arguments.top]
                if arguments.json:
                    for verdict in best:
                        _say(record.verdict(verdict, path=seed.path))
                else:
                    print(terminal.verdicts(document.title or seed.path, best, settings.book), end="\n\n")
        except SeedError as error:
            _unread(file.path, error, settings)
    return 0


def _unread(path: str, error: SeedError, settings: Settings) -> None:
    """Tell why a file gives no document, and what to do."""
    words = labels(settings.masthead.language)
    told = words.get(f"h_{error.code}", error.message), words.get(f"r_{error.code}", error.remedy)
    print(f"digest: {path}{words['colon']}{words['semicolon'].join(filter(None, told))}", file=sys.stderr)


def preview(arguments: argparse.Namespace, proof: Proof) -> int:
    """Draft the issue that would go out, write it to `out/` and show it; nothing is sent."""
    settings = _settings(arguments)
    _told_missing(settings, arguments)
    if arguments.open:
        return _desk(arguments, settings)
    proof.begin(settings)
    with opened(settings, _clock(arguments), readonly=True) as press:
        drafts = press.look().drafts
        changed = press.changed(drafts)
        files = press.file(drafts)
        until = steady(press.now(), settings.schedule)
    if arguments.json:
        checks = [record.finding(one) for one in drafts.checks]
        issue = {"issue": record.issue(drafts.issue), "files": [str(path) for path in files], "checks": checks}
        text = again = json.dumps(issue, ensure_ascii=False)
    else:
        terminal = Terminal(settings.masthead.language, home=arguments.home)
        rows = [
            terminal.issue(drafts.issue, terminal.words["t_draft"]),
            terminal.checks(drafts.checks, most=5),
            terminal.files(settings.out / drafts.issue.id, drafts),
        ]
        again = "\n".join(filter(None, rows))  # the same draft once more is no change
        text = "\n".join(filter(None, [*rows[:2], terminal.changed(changed), *rows[2:]]))
    print(text)
    proof.keep(settings, until, files, again)
    return 0


def _desk(arguments: argparse.Namespace, settings: Settings) -> int:
    """Serve the desk until the user ends it."""
    from digest import timetable  # noqa: PLC0415 -- likewise
    from digest.desk.serving import browsed, served  # noqa: PLC0415 -- only who opens the desk pays for it

    stop = timetable.ending()
    seeds = tuple(Path(folder) for folder in arguments.seeds)
    with served(settings, seeds, _clock(arguments), by_hand=True) as desk:
        if arguments.json:
            _say({"address": desk.entry})
        else:
            print(labels(settings.masthead.language)["t_desk"].format(address=desk.entry), flush=True)
        sys.stdout.flush()
        browsed(desk.entry)
        stop.wait()
    return 0


def check(arguments: argparse.Namespace) -> int:
    """Draft the issue that would go out and say what is wrong with it; status 1 where it should not go out so."""
    settings = _settings(arguments)
    _told_missing(settings, arguments)
    with opened(settings, _clock(arguments), readonly=True) as press:
        drafts, _ = press.preview()
    found = drafts.checks
    if arguments.links:
        from digest import reach  # noqa: PLC0415 -- the network is asked only where the editor wants it

        networks = [network for one in settings.channels for network in one.networks]
        found += reach.unreached(reach.links(drafts.issue), settings.masthead.language, networks)
    if arguments.json:
        for one in found:
            _say(record.finding(one))
    else:
        print(Terminal(settings.masthead.language, home=arguments.home).checks(found))
    return 1 if any(one.serious for one in found) else 0


def send(arguments: argparse.Namespace) -> int:
    """Send the next issue now; status 1 where anything of it has not arrived."""
    if arguments.dry_run:
        return _rehearse(arguments)
    settings = _settings(arguments)
    _told_missing(settings, arguments, lacks=False)  # what lacks is the error itself
    if arguments.test:
        with opened(settings, _clock(arguments), readonly=True) as press:
            from digest import trial  # noqa: PLC0415 -- a preview tries no channel
            from digest.upkeep import tried  # noqa: PLC0415 -- as above

            return tried(trial.issue(press, arguments.test), json_=arguments.json)
    with opened(settings, _clock(arguments)) as press:
        drafts, report = press.send(extra=arguments.extra)
        rows = press.archive.ledger.all(about=drafts.issue.id) if drafts else []
    terminal = Terminal(settings.masthead.language, home=arguments.home)
    if arguments.json:
        _say(
            {
                "issue": record.issue(drafts.issue) if drafts else None,
                "deliveries": [record.delivery(row) for row in rows],
                "held": report.held,
            }
        )
    elif drafts:
        print(terminal.issue(drafts.issue, terminal.words["t_sent"], out=True))
        print(terminal.deliveries(rows))
        print(terminal.files(settings.out / drafts.issue.id, drafts))
    else:
        print(terminal.words["empty"])
    _complain(report, settings, arguments)
    return 0 if not drafts or all(row.state == "delivered" for row in rows) else 1


def run(arguments: argparse.Namespace) -> int:
    """The service; with `--once` what is due now, then the end. What goes wrong stands in the log."""
    from digest import logbook  # noqa: PLC0415 -- only the service keeps a log

    logbook.begin(sys.stderr)
    try:
        return _run(arguments)
    except DigestError as error:
        log.error("%s", error)  # noqa: TRY400 -- told in one line
        return 2 if isinstance(error, ConfigError | UsageError) else 1


def _run(arguments: argparse.Namespace) -> int:
    settings = _settings(arguments)
    for folder in inbox.missing(settings.folders):
        log.warning("there is no folder %s; put clips there or name another with --seeds", folder)
    for lack in () if arguments.once else settings.lacks:  # once, what lacks ends it, and is told then
        log.warning("%s", lack)
    from digest import timetable  # noqa: PLC0415 -- a preview pays for nothing of the service
    from digest.doctor import synced  # noqa: PLC0415 -- as above
    from digest.service import serve  # noqa: PLC0415 -- as above
    from digest.standing import standing  # noqa: PLC0415 -- as above

    if where := synced(settings.state):
        log.warning("the state lies in a synced folder (%s), which damages databases: digest doctor", where)
    with opened(settings, _clock(arguments)) as press:
        if not arguments.once:
            seeds = tuple(Path(folder) for folder in arguments.seeds)
            from digest import health  # noqa: PLC0415 -- only the service pays for it
            from digest.desk.serving import beside  # noqa: PLC0415 -- as above

            with beside(settings, seeds, _clock(arguments)), health.served(settings.health) as pulse:
                tick = partial(serve, press, seeds=seeds)
                timetable.run((lambda stop: pulse.beat(press, partial(tick, stop))) if pulse else tick)
            return 0
        report = press.tick(timetable.ending(), patient=True)
        counts = press.archive.ledger.counts()
        stands = standing(press) if not (arguments.json or report.results) else {}
    if arguments.json:
        _say({"deliveries": counts, "attempts": [str(result) for result in report.results], "held": report.held})
    else:
        for result in report.results:
            print(result)
        if stands:
            print(Terminal(settings.masthead.language, home=arguments.home).standing(stands, settings.schedule.zone))
    for line in filter(None, (report.held, *report.alerts)):
        log.error("%s", line)
    return 0 if report.good else 1


def status(arguments: argparse.Namespace) -> int:
    """Say how things stand."""
    from digest.standing import standing  # noqa: PLC0415 -- as in _run

    settings = _settings(arguments)
    with opened(settings, _clock(arguments), readonly=True) as press:
        stands = standing(press)
    if arguments.json:
        _say(stands)
    else:
        print(Terminal(settings.masthead.language, home=arguments.home).standing(stands, settings.schedule.zone))
    return 0


def cards(arguments: argparse.Namespace) -> int:
    """Draw a picture of each quotation of the issue that would go out; what was refused is told on stderr."""
    from digest import canvas, card  # noqa: PLC0415 -- an optional extra

    settings = _settings(arguments)
    easel = canvas.Canvas(arguments.style, settings.masthead.title, settings.card_font)
    with opened(settings, _clock(arguments), readonly=True) as press:
        drafts, _ = press.preview()
    files, rows = canvas.pages(card.cards(drafts.issue.stories), easel)
    folder = settings.out / drafts.issue.id / CARDS
    write(folder, {**files, "cards.json": page(rows)})
    if arguments.json:
        _say({"folder": str(folder), "cards": rows})
    else:
        told = f"{len(files)} cards of {len(rows)} quotes, their alt texts in cards.json: {folder}"
        print(advice.told(told, settings.masthead.language))
    for row in rows:
        for size, why in row["refused"].items():
            print(f"digest: {row['quote']} is not drawn as {size}: {why}", file=sys.stderr)
    return 0


def count(arguments: argparse.Namespace) -> int:
    """Count a text by a platform's own rule; status 1 where it is too long."""
    if arguments.jsonl:
        for row in _lines(arguments.jsonl):
            name = row.get("platform") or arguments.platform
            _say({"id": row.get("id"), **_counted(row["text"], name)})
        return 0
    if not arguments.platform:
        message = "name the platform: digest count --platform x < text"
        raise UsageError(message)
    counted = _counted(sys.stdin.read().rstrip("\n"), arguments.platform)
    if arguments.json:
        _say(counted)
    else:
        print(f"{counted['length']} / {counted['limit']} {counted['unit']}")
    return 0 if counted["length"] <= counted["limit"] else 1


def _counted(text: str, name: str) -> dict[str, Any]:
    known = platform.platform(name.removesuffix("_title"))
    limit = known.title if name.endswith("_title") else known.limit
    return {"platform": name, "length": post.length(text, name), "limit": limit, "unit": known.unit}


def _rehearse(arguments: argparse.Namespace) -> int:
    """`send --dry-run`: what would go where, as `preview` drafts it."""
    settings = _settings(arguments)
    with opened(settings, _clock(arguments), readonly=True) as press:
        drafts, files = press.preview()
        there = settings.out / drafts.issue.id / "channels"
        parts = [path.relative_to(there) for path in files if path.is_relative_to(there)]
    if arguments.json:
        _say({"issue": record.issue(drafts.issue), "parts": [str(part) for part in parts]})
        return 0
    print(Terminal(settings.masthead.language, home=arguments.home).rehearsal(drafts.issue, there, parts))
    return 0


def _clock(arguments: argparse.Namespace) -> Callable[[], datetime] | None:
    return (lambda: arguments.now) if arguments.now else None


def _told_missing(settings: Settings, arguments: argparse.Namespace, *, lacks: bool = True) -> None:
    missing = inbox.missing(settings.folders)
    nothing = missing == list(settings.folders) and not (settings.buckets or (settings.home / "config").is_dir())
    if nothing and not arguments.seeds:
        message = (
            f"there is no newsletter in {settings.home}: neither config/digest.yaml nor a folder of clips;"
            " name its folder with --home, or make one: digest init DIR"
        )
        raise UsageError(message)
    found = [f"there is no folder {folder}; put clips there or name another with --seeds" for folder in missing]
    found += [f"there is no clip in {folder} yet" for folder in inbox.bare(settings.folders)]
    _hint(settings, arguments, found)
    language = "en" if arguments.json else settings.masthead.language
    _hint(
        settings,
        arguments,
        [str(lack._replace(message=advice.told(lack.message, language))) for lack in (settings.lacks if lacks else ())],
    )


def _complain(report: Report, settings: Settings, arguments: argparse.Namespace) -> None:
    _hint(settings, arguments, filter(None, (report.held, *report.alerts)))


def _hint(settings: Settings, arguments: argparse.Namespace, lines: Iterable[str]) -> None:
    """Lines on stderr: to programs as they are, to a person in the newsletter's language."""
    for row in lines:
        told = row if arguments.json else advice.told(row, settings.masthead.language)
        print(f"digest: {told if arguments.json else advice.homed(told, arguments.home)}", file=sys.stderr)
