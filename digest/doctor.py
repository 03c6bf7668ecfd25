"""The doctor: what would keep an issue from going out, found before it does, each with its remedy. Nothing is sent."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from digest import edits, shipped
from digest.accord import fingerprint
from digest.address import refusal
from digest.archive import Archive
from digest.archive.journal import Journal
from digest.channels import build
from digest.errors import ArchiveError, BucketError, ChannelError, ConfigError, TemplateError
from digest.inbox import missing
from digest.newsroom import Desk, Newsroom
from digest.settings import load
from digest.slot import next_slot
from digest.storage import opened
from digest.template import Templates

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from digest.channels import ChannelConfig
    from digest.settings import Settings

_BORN = datetime(2025, 1, 1, tzinfo=UTC)
_PLACEHOLDER = ".invalid"


class Trouble(NamedTuple):
    """One thing wrong: a stable word, where it is, what it is, and what to do about it."""

    code: str
    where: str
    message: str
    remedy: str


def examine(home: Path, seeds: tuple[Path, ...], now: datetime) -> list[Trouble]:
    """Everything that is wrong with a home, as far as can be told without sending."""
    try:
        settings = load(home, seeds)
        edits.load(home)
    except ConfigError as error:
        remedy = "correct the line; the shipped file of the same name shows every key"
        found = [Trouble("config", str(one).split(": ")[0], one.message, remedy) for one in error.problems]
        return [*found, *_clock(now), *_state(home / "state", now, None)]
    found = [*_clock(now), *_state(home / "state", now, settings)]
    if missing(settings.folders) and not (home / "config" / "digest.yaml").exists():
        message = "there is no newsletter here: neither config/digest.yaml nor a folder of clips"
        nested = next(iter(sorted(home.glob("*/config/digest.yaml"))), None)
        remedy = (
            f"--home {nested.parents[1]}" if nested else "name its folder with --home, or make one: digest init DIR"
        )
        return [Trouble("home", str(home), message, remedy), *found]
    return [*_templates(settings, now), *_seeds(settings.folders), *_buckets(settings), *_channels(settings), *found]


def synced(folder: Path) -> str | None:
    """The folder or marker, here or above, that shows that a folder is kept in step with other machines; else None."""
    table = shipped.table("config/synced.yaml")
    place = folder.absolute()
    for above in (place, *place.parents):
        for name in table["names"]:
            if above.name == name or above.name.startswith(f"{name} "):
                return str(above)
        for marker in table["markers"]:
            if (above / marker).exists():
                return str(above / marker)
    return None


def _clock(now: datetime) -> Iterator[Trouble]:
    if now < _BORN:
        yield Trouble("clock", "clock", f"it shows {now:%Y-%m-%d}, which is past", "set the machine's clock")


def _state(state: Path, now: datetime, settings: Settings | None) -> Iterator[Trouble]:
    """The database, the journal beside it, and the folder they lie in."""
    if where := synced(state):
        message = f"it lies in a synced folder ({where}); the database would be damaged or set back"
        yield Trouble("synced-state", str(state), message, "move the home out of it; clips may stay there (seeds:)")
    there = next(folder for folder in (state, *state.absolute().parents) if folder.exists())
    if not os.access(there, os.W_OK | os.X_OK):
        yield Trouble("state", str(there), "it cannot be written", "give the user who runs digest write permission")
    database = settings and settings.database
    try:
        if settings and database:
            with Archive.connect(database.reveal(), readonly=True) as archive:
                yield from _archive(archive, state, now)
                yield from _accord(archive, settings)
        elif not (settings is None and os.environ.get("DATABASE_URL")):
            with Archive.open(state / "digest.db", readonly=True) as archive:
                yield from _archive(archive, state, now)
    except ArchiveError as error:
        remedy = "restore a backup (digest restore FILE), or move the file away to begin anew"
        remedy = "mend it; what was planned waits in it" if database else remedy
        yield Trouble("database", "DATABASE_URL" if database else str(state / "digest.db"), str(error), remedy)


def _archive(archive: Archive, state: Path, now: datetime) -> Iterator[Trouble]:
    if damage := archive.damage():
        yield Trouble("database", str(state / "digest.db"), damage, "restore a backup: digest restore FILE")
        return
    journal = Journal(state / "journal.jsonl")
    keys = journal.keys()
    accepted = int(archive.recall(journal.accepted if archive.shared else "journal_accepted") or 0)
    missing = sum(end > accepted for key, end in keys.items() if key not in archive.ledger.known_keys()) if keys else 0
    if missing:
        message = f"the send journal knows {missing} deliveries that the database does not"
        yield Trouble("journal", str(state), message, "compare with what was received, then: digest resume")
    if why := archive.paused():
        yield Trouble("paused", str(state), f"everything is paused: {why}", "digest resume")
    for channel, why in archive.ledger.channels().items():
        yield Trouble("channel-closed", f"channel {channel}", why, "mend it, then: digest outbox retry N")
    unknown = len(archive.ledger.all("unknown"))
    if unknown:
        message = f"{unknown} deliveries of which nobody knows whether they arrived"
        yield Trouble("unknown", "outbox", message, "look, then: digest outbox resolve N --delivered or --resend")
    newest = max((slot.opened for slot in archive.slots()), default=now)
    if newest > now + timedelta(days=1):
        message = f"the clock shows {now:%Y-%m-%d}, and a slot was decided on {newest:%Y-%m-%d}"
        yield Trouble("clock", "clock", message, "set the machine's clock; older slots are not opened again")


def _accord(archive: Archive, settings: Settings) -> Iterator[Trouble]:
    """Whether this home would plan as the services do that share the archive."""
    agreed = archive.services.agreed()
    if archive.shared and agreed and agreed != (mine := fingerprint(settings)):
        message = f"this configuration ({mine}) is not the one that the services plan by ({agreed})"
        yield Trouble("accord", "config", message, "bring all to one configuration, or: digest archive adopt")


def _templates(settings: Settings, now: datetime) -> Iterator[Trouble]:
    remedy = "correct the template, or take the file away to use the shipped one; docs/templates.md"
    broken = Templates(settings.home).broken()
    if not broken:
        try:  # filled in with an issue without stories: a name that does not exist is only found so
            Newsroom(settings).draft(next_slot(now, settings.schedule), 1, Desk((), ()))
        except TemplateError as error:
            broken = list(error.problems)
    for one in broken:
        yield Trouble("template", one.file if one.line is None else f"{one.file}:{one.line}", one.message, remedy)


def _seeds(folders: Iterable[Path]) -> Iterator[Trouble]:
    for folder in folders:
        if folder.is_file():
            yield Trouble("seeds", str(folder), "it is a file and no folder", "name the folder it lies in, in seeds:")
        elif not folder.is_dir():
            yield Trouble("seeds", str(folder), "there is no such folder", "make it, or correct seeds: in digest.yaml")
        elif not os.access(folder, os.R_OK | os.X_OK):
            yield Trouble("seeds", str(folder), "it cannot be read", "give the user who runs digest read permission")


def _buckets(settings: Settings) -> Iterator[Trouble]:
    for bucket in settings.buckets:
        try:
            opened(bucket).list()
        except BucketError as error:
            yield Trouble("bucket", "seeds", str(error), "mend the bucket or its entry in seeds: of digest.yaml")


def _channels(settings: Settings) -> Iterator[Trouble]:
    """What each channel lacks, and which kinds of draft nobody would get."""
    for lack in settings.lacks:
        yield Trouble("secret", lack.key or lack.file, lack.message, "set it where the service is started")
    lacking = {(lack.key or "").split(".")[1] for lack in settings.lacks}
    for config in settings.channels:
        if config.name not in lacking:
            yield from _channel(config, settings)
    gets = {kind for config in settings.channels for kind in config.gets}
    wanted = {"digest": "an issue would go nowhere", "alerts": "failures would only stand in the log"}
    if settings.review is not None:
        wanted["review"] = "nobody would be asked for approval"
    for kind, what in wanted.items():
        if kind not in gets:
            yield Trouble("route", "channels", f"no channel gets {kind}: {what}", f"add {kind} to a channel's gets:")


def _channel(config: ChannelConfig, settings: Settings) -> Iterator[Trouble]:
    where = f"channels.{config.name}"
    try:
        build(config)
    except ChannelError as error:
        yield Trouble("channel", where, str(error), "correct it in config/digest.yaml; docs/delivery.md has a table")
        return
    if config.type == "smtp" and settings.masthead.sender.rstrip(">").endswith(_PLACEHOLDER):
        yield Trouble("sender", "newsletter.from", "mail would come from the placeholder", "set newsletter: from:")
    host = urlsplit(config.url.reveal()).hostname if config.url else None
    try:
        why = refusal(str(ip_address(host or "")), config.networks)
    except ValueError:
        return  # a name: what it stands for is asked when it is used
    if why:
        yield Trouble("address", where, why, "name its network in allow:, like allow: [10.0.0.0/8]")
