"""Commands that look after what was planned: the outbox, a pause, a copy of the archive."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from digest import record
from digest.archive import backup as copies
from digest.archive.journal import Journal
from digest.delivery import Patience
from digest.errors import UsageError
from digest.outbox import Outbox
from digest.press import opened
from digest.settings import load

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from datetime import datetime

    from digest.delivery import Delivery, State
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
    for row in rows:
        print(json.dumps(record.delivery(row), ensure_ascii=False) if arguments.json else _line(row))
    if not arguments.json:
        for channel, why in resting.items():
            print(f"{channel}: {why}")
        if arguments.action == "list" and not rows:
            print("Everything has arrived.")
    return 0


def pause(arguments: argparse.Namespace) -> int:
    """Plan and send nothing until `resume`."""
    with opened(_settings(arguments), _clock(arguments)) as press:
        press.archive.pause(arguments.reason)
    return 0


def resume(arguments: argparse.Namespace) -> int:
    """Let everything go on, and accept what the send journal knows more than the database."""
    settings = _settings(arguments)
    with opened(settings, _clock(arguments)) as press:
        journal = Journal(settings.state / "journal.jsonl")
        Outbox(press.archive, (), journal, now=press.now, real=press.now).resume()
    return 0


def backup(arguments: argparse.Namespace) -> int:
    """Write a consistent copy of the archive, while others go on."""
    with opened(_settings(arguments), readonly=True) as press:
        press.archive.backup(Path(arguments.file))
    return 0


def restore(arguments: argparse.Namespace) -> int:
    """Put a copy in the place of the archive."""
    kept = copies.restore(Path(arguments.file), _settings(arguments).state / "digest.db")
    if kept and not arguments.json:
        print(f"The archive that was there is now {kept}")
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


def _line(row: Delivery) -> str:
    """A row for a person: its number, what it is, how it stands."""
    when = f", again at {row.next_at.astimezone():%Y-%m-%d %H:%M}" if row.state == "pending" else ""
    why = f": {row.last_error}" if row.last_error and row.state != "delivered" else ""
    return f"{row.id:>4}  {row.label}  {row.state}{when}{why}"


def _settings(arguments: argparse.Namespace) -> Settings:
    home = Path(arguments.home)
    if not home.is_dir():
        message = f"{home} is no folder; name the newsletter's folder with --home"
        raise UsageError(message)
    return load(home, tuple(Path(folder) for folder in arguments.seeds))


def _clock(arguments: argparse.Namespace) -> Callable[[], datetime] | None:
    return (lambda: arguments.now) if arguments.now else None
