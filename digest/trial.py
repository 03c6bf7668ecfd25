"""A trial: something is sent to one channel at once, marked as a test, and nothing of it is remembered."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from digest import outbox
from digest.channels import Dispatch, build
from digest.errors import ConfigError, UsageError
from digest.labels import labels
from digest.route import routed

if TYPE_CHECKING:
    from digest.channels import Channel, Part
    from digest.delivery import Verdict
    from digest.press import Press
    from digest.settings import Settings


def hello(settings: Settings, name: str) -> list[tuple[Part, Verdict]]:
    """Send a short message to the channel of this name, whatever it gets.

    Raises UsageError where no channel is called so, ConfigError where its address or secret lacks, ChannelError
    where it cannot be built.
    """
    words = labels(settings.masthead.language)
    subject = f"{words['test']}{settings.masthead.title}"
    page = f"# {subject}\n\n{words['test_hello']}\n"
    return outbox.tried(_channel(settings, name), [Dispatch("alert", _named("test"), subject, page)], _real)


def issue(press: Press, name: str) -> list[tuple[Part, Verdict]]:
    """Send the issue that would go out to the channel of this name. Raises as `hello` does."""
    channel = _channel(press.settings, name)
    slot = press.upcoming()
    drafts = press.newsroom.draft(slot, press.archive.next_number(), press.desk(), posted=press.archive.posted())
    marked = press.newsroom.trial(drafts, _named(f"{drafts.issue.id}-test"), slot.due)
    wanted = list(routed(channel.config, marked))
    if not wanted:
        message = f"channel {name} gets neither the digest nor posts of this issue; look at its gets: and sections:"
        raise UsageError(message)
    return outbox.tried(channel, wanted, _real)


def _named(base: str) -> str:
    """A name that no delivery had before, so that no receiver takes a second trial for a repeat."""
    return f"{base}-{_real():%Y%m%dT%H%M%S%f}"


def _real() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 -- a trial happens now, whatever clock is rehearsed


def _channel(settings: Settings, name: str) -> Channel:
    """The channel of this name; others may lack their secrets."""
    lacks = [lack for lack in settings.lacks if (lack.key or "").split(".")[1:2] == [name]]
    if lacks:
        raise ConfigError(*lacks)
    for config in settings.channels:
        if config.name == name:
            return build(config)
    known = ", ".join(config.name for config in settings.channels) or "none"
    message = f"no channel is called {name!r}; there are: {known}"
    raise UsageError(message)
