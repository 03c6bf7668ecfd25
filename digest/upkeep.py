"""Commands that look after what is planned: approval, the outbox, a pause, channels, a copy of the archive."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from digest import account, advice, fate, record, trial
from digest.accord import fingerprint
from digest.archive import backup as copies
from digest.archive.journal import Journal
from digest.delivery import Patience
from digest.errors import UsageError
from digest.home import spoken
from digest.inbox import bare
from digest.labels import labels
from digest.outbox import Outbox
from digest.press import located, opened
from digest.settings import load
from digest.slot import latest_slot, named
from digest.standing import inspection
from digest.terminal import Terminal

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from digest.channels import Part
    from digest.delivery import Delivery, State, Verdict
    from digest.press import Press
    from digest.settings import Settings

_OPEN: tuple[State, ...] = ("pending", "claimed", "sending", "unknown", "dead")


def outbox(arguments: argparse.Namespace) -> int:
    """List what has not arrived, try it again, or decide what became of it."""
    settings = _settings(arguments)
    if arguments.action != "list" and not arguments.ids:
        message = f"name the deliveries by their numbers: digest outbox {arguments.action} N"
        raise UsageError(message)
    if arguments.action == "resolve" and arguments.delivered == arguments.resend:
        message = "say what became of it: --delivered or --resend"
        raise UsageError(message)
    with opened(settings, _clock(arguments), readonly=arguments.action == "list") as press:
        rows = _listed(press, arguments) if arguments.action == "list" else _decided(press, arguments)
        resting = press.archive.ledger.channels()
    terminal, zone = Terminal(settings.masthead.language, home=arguments.home), settings.schedule.zone
    for row in rows:
        print(json.dumps(record.delivery(row), ensure_ascii=False) if arguments.json else terminal.delivery(row, zone))
    if not arguments.json:
        for channel, why in resting.items():
            print(f"{channel}: {terminal.told(why)}")
        if arguments.action == "list" and not rows:
            print(terminal.words["s_arrived"])
    return 0


def rules(arguments: argparse.Namespace) -> int:
    """Say what each rule did on the last issue. A rule book that is not right is a wrong configuration, told whole."""
    settings = _settings(arguments)
    with opened(settings, _clock(arguments), readonly=True) as press:
        found = inspection(press)
    if arguments.json:
        print(json.dumps(record.inspection(found), ensure_ascii=False))
    else:
        print(Terminal(settings.masthead.language, home=arguments.home).inspection(found))
    return 0


def approve(arguments: argparse.Namespace) -> int:
    """Agree to the next issue as it is drafted now, byte for byte."""
    settings = _settings(arguments)
    with opened(settings, _clock(arguments)) as press:
        drafts = press.approve(arguments.id)
        known = press.archive.reviews.find(arguments.id)
    if arguments.json:
        print(json.dumps({"id": arguments.id, "sha256": known and known.sha256}))
        return 0
    terminal = Terminal(settings.masthead.language, home=arguments.home)
    print(terminal.issue(drafts.issue, terminal.words["t_approved"]))
    return 0


def skip(arguments: argparse.Namespace) -> int:
    """Let a slot pass without an issue."""
    settings = _settings(arguments)
    with opened(settings, _clock(arguments)) as press:
        slot = named(arguments.slot, press.now(), settings.schedule)
        if slot is None:
            message = f"no slot is called {arguments.slot!r}; name it by its date or issue id: digest status"
            raise UsageError(message)
        if slot.due < latest_slot(press.now(), settings.schedule).due:
            message = f"the slot of {slot.day} has passed; nothing will be sent for it"
            raise UsageError(message)
        press.skip(slot, arguments.reason)
        following = press.upcoming()
    if arguments.json:
        print(json.dumps({"skipped": slot.key, "next_slot": following.due.isoformat()}))
    else:
        print(labels(settings.masthead.language)["s_skipped"].format(day=slot.day, next=following.day))
    return 0


def why(arguments: argparse.Namespace) -> int:
    """Say in plain words why something did or did not go out: a slot, an issue or a clip."""
    settings = _settings(arguments)

    def show(at: datetime) -> str:
        return f"{at.astimezone(settings.schedule.zone):%Y-%m-%d %H:%M}"

    terminal = Terminal(settings.masthead.language, home=arguments.home)
    with opened(settings, _clock(arguments), readonly=True) as press:
        found = account.gathered(press, arguments.name)
        told = [(facts.id, account.tell(facts, settings.masthead.language, show)) for facts in found]
        records = [account.as_record(facts, rows) for facts, (_, rows) in zip(found, told, strict=True)]
        if not found:
            fates = fate.fates(press, arguments.name, show)
            told = [(f"{one.path} · {one.seed[:8]}", list(one.lines)) for one in fates]
            records = [one.record() for one in fates]
    if arguments.json:
        print("\n".join(json.dumps(one, ensure_ascii=False) for one in records))
        return 0
    for name, rows in told:
        shown = [f"  {advice.homed(row, arguments.home)}" for row in rows]
        print("\n".join([terminal.style(name, "bold"), *shown]))
    return 0


def channel(arguments: argparse.Namespace) -> int:
    """Send a short message to a channel, to see whether it works; nothing is recorded."""
    settings = _settings(arguments)
    return tried(trial.hello(settings, arguments.name), json_=arguments.json)


def doctor(arguments: argparse.Namespace) -> int:
    """Say what would keep an issue from going out; status 1 where anything would."""
    from digest import doctor as examination  # noqa: PLC0415 -- it draws in what drafting needs

    home = Path(arguments.home)
    if not home.is_dir():
        message = f"{home} is no folder; name the newsletter's folder with --home"
        raise UsageError(message)
    found = examination.examine(home, tuple(map(Path, arguments.seeds)), arguments.now or _real())
    terminal = Terminal(spoken(home), home=arguments.home)
    for one in found:
        told = f"✗ {one.where}: {terminal.told(one.message)}\n  → {terminal.told(one.remedy)}"
        print(json.dumps(one._asdict(), ensure_ascii=False) if arguments.json else told)
    if not found and not arguments.json:
        print(f"✓ {terminal.words['s_healthy']}")
        settings = _settings(arguments)
        for folder in bare(settings.folders):
            print(f"  {terminal.told(f'There is no clip in {folder} yet.')}")
        with opened(settings, readonly=True) as press:
            kept = press.archive.contents.size()
        if kept.issues:
            sizes = {"packed": f"{kept.packed / 2**20:.1f} MB", "size": f"{kept.size / 2**20:.1f} MB"}
            print(f"  {terminal.words['s_kept'].format(n=kept.issues, **sizes)}")
    return 1 if found else 0


def tried(told: Sequence[tuple[Part, Verdict]], *, json_: bool) -> int:
    """Print what came of a trial; status 1 where a part of it did not arrive."""
    for part, verdict in told:
        said = {"part": part.name, "to": part.recipient or None, **verdict._asdict()}
        why = ": ".join(filter(None, (verdict.code, verdict.detail)))
        to = f" → {part.recipient}" if part.recipient else ""
        row = f"{part.name}{to}  {verdict.outcome}{f' ({why})' if why and verdict.outcome != 'delivered' else ''}"
        print(json.dumps(said, ensure_ascii=False) if json_ else row)
    return 0 if told and all(verdict.outcome == "delivered" for _, verdict in told) else 1


def pause(arguments: argparse.Namespace) -> int:
    """Plan and send nothing until `resume`."""
    settings = _settings(arguments)
    with opened(settings, _clock(arguments)) as press:
        press.archive.pause(arguments.reason)
    told = advice.homed(labels(settings.masthead.language)["s_paused_now"], arguments.home)
    return _done(arguments, {"paused": arguments.reason}, told)


def resume(arguments: argparse.Namespace) -> int:
    """Let everything go on, and accept what the send journal knows more than the database."""
    settings = _settings(arguments)
    with opened(settings, _clock(arguments)) as press:
        journal = Journal(settings.state / "journal.jsonl")
        Outbox(press.archive, (), journal, now=press.now, real=press.now).resume()
    return _done(arguments, {"paused": False}, labels(settings.masthead.language)["s_resumed"])


def backup(arguments: argparse.Namespace) -> int:
    """Write a consistent copy of the archive, while others go on."""
    settings = _settings(arguments)
    with opened(settings, readonly=True) as press:
        press.archive.backup(Path(arguments.file))
    size = Path(arguments.file).stat().st_size
    told = f"{arguments.file} holds the archive ({size / 2**20:.1f} MB); keep config/ and templates/ with it"
    told = advice.told(told, settings.masthead.language)
    return _done(arguments, {"file": arguments.file, "bytes": size}, told)


def restore(arguments: argparse.Namespace) -> int:
    """Put a copy in the place of the archive."""
    settings = _settings(arguments)
    if settings.database:
        message = f"make an empty database, name it in DATABASE_URL, then: digest archive move {arguments.file}"
        raise UsageError(message)
    kept = copies.restore(Path(arguments.file), settings.state / "digest.db")
    before = f"; the one that was there is now {kept}" if kept else ""
    told = advice.told(f"{arguments.file} is the archive now{before}", settings.masthead.language)
    return _done(arguments, {"file": arguments.file, "before": kept and str(kept)}, told)


def archive(arguments: argparse.Namespace) -> int:
    """Move the archive of this home into PostgreSQL, or make its configuration the one that all services plan by."""
    from digest.archive.moving import move  # noqa: PLC0415 -- once in the life of a home

    settings = _settings(arguments)
    if settings.database is None:
        message = "name the PostgreSQL first, in DATABASE_URL: postgresql://user:password@host/name"
        raise UsageError(message)
    if arguments.action == "adopt":
        with opened(settings) as press:
            mine = fingerprint(settings)
            press.archive.services.adopt(mine)
        print(json.dumps({"planned_by": mine}) if arguments.json else f"All services plan by {mine} from now on.")
        return 0
    with located(settings) as target:
        source = Path(arguments.file) if arguments.file else settings.state / "digest.db"
        moved = move(source, target.database, Journal(settings.state / "journal.jsonl"))
    if arguments.json:
        print(json.dumps({"to": moved.to, "rows": dict(moved.counts), "before": moved.before}))
        return 0
    for table, number in moved.counts.items():
        print(f"{number:>8}  {table}")
    done = "was moved before; it" if moved.before else "is moved, every table counted; it"
    print(f"{source} {done} stays as a backup and is not used any more. The archive is now in {moved.to}.")
    return 0


def _done(arguments: argparse.Namespace, said: dict[str, object], told: str) -> int:
    """Tell what was done, to a program or a person."""
    print(json.dumps(said, ensure_ascii=False) if arguments.json else told)
    return 0


def _listed(press: Press, arguments: argparse.Namespace) -> list[Delivery]:
    ledger = press.archive.ledger
    return ledger.all() if arguments.all else ledger.all(*_OPEN)


def _decided(press: Press, arguments: argparse.Namespace) -> list[Delivery]:
    ledger, now, patience = press.archive.ledger, press.now(), Patience()
    if arguments.action == "retry":
        return [ledger.retry(number, now, patience) for number in arguments.ids]
    return [
        ledger.resolve(number, delivered=arguments.delivered, now=now, patience=patience) for number in arguments.ids
    ]


def _settings(arguments: argparse.Namespace) -> Settings:
    home = Path(arguments.home)
    if not home.is_dir():
        message = f"{home} is no folder; name the newsletter's folder with --home"
        raise UsageError(message)
    return load(home, tuple(Path(folder) for folder in arguments.seeds))


def _real() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 -- a way in: the doctor looks at the machine's own clock


def _clock(arguments: argparse.Namespace) -> Callable[[], datetime] | None:
    return (lambda: arguments.now) if arguments.now else None
