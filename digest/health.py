"""The health of a running service, for machines that watch it: is it alive, is it ready, what does it do.

Three pages, on this machine alone unless the configuration says otherwise. They hold numbers, channel names and
stable words; no title, no address, no secret. What they tell was gathered at the last tick: looking costs the service
nothing, and a database that is away keeps no probe waiting.
"""

from __future__ import annotations

import json
import logging
import platform
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple

from digest import __version__
from digest.errors import DigestError
from digest.slot import latest_slot, next_slot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from http.server import ThreadingHTTPServer

    from prometheus_client.core import Metric
    from prometheus_client.registry import Collector

    from digest.press import Press
    from digest.service import Round
    from digest.settings import HealthConfig

log = logging.getLogger("digest")

STALE = 600.0
"""Seconds that may pass since a tick ended: half a minute is usual; a first look at 100,000 clips takes minutes."""

COUNTED = 300.0
"""Seconds after which deliveries are counted again though this service has sent none: others may have."""

PATIENCE = 5.0
"""Seconds that a client may take for its request."""


@dataclass(frozen=True, slots=True)
class Vitals:
    """What the last ticks have shown. A new one takes the place of the old: no reader sees half of it.

    Moments are seconds since the epoch, `ended` and `counted` of the monotonic clock. `overdue` is by how much the slot
    that is due waits to be decided, `lateness` by how much the last planned one was late; both in seconds.
    """

    ended: float | None = None
    at: float = 0.0
    seconds: float = 0.0
    faults: tuple[str, ...] = ()
    ticks: int = 0
    failed: int = 0
    overdue: float = 0.0
    lateness: float = 0.0
    upcoming: float = 0.0
    files: int = 0
    new: int = 0
    pickup: float = 0.0
    away: int = 0
    paused: bool = False
    seeds: Mapping[str, int] = field(default_factory=dict)
    held: Mapping[str, int] = field(default_factory=dict)
    deliveries: Mapping[tuple[str, str], int] = field(default_factory=dict)
    counted: float = 0.0
    attempts: Mapping[tuple[str, str], int] = field(default_factory=dict)


class Page(NamedTuple):
    """An answer to a watcher."""

    status: int
    kind: str
    body: bytes


class Pulse:
    """Feels a service's ticks and tells of them. `clock` is monotonic."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began = clock()
        self.vitals = Vitals()

    def beat(self, press: Press, work: Callable[[], Round]) -> None:
        """Do a tick's work and remember how it went. What cannot be counted stays as it was known."""
        since = self._clock()
        press.picked = press.picked._replace(new=0)  # a tick that ends early has picked up nothing
        done = work()
        before, now = self.vitals, self._clock()
        felt = replace(
            before,
            ended=now,
            at=time.time(),
            seconds=now - since,
            faults=done.faults,
            ticks=before.ticks + 1,
            failed=before.failed + bool(done.faults),
            attempts=_added(before.attempts, done),
            files=press.picked.files,
            new=before.new + press.picked.new,
            pickup=press.picked.seconds,
            away=press.picked.away,
        )
        self.vitals = felt
        if press.duty.calm and felt.counted:
            return  # nothing has changed since the last tick, so no count has
        with suppress(DigestError):  # the database is away: the tick has said so
            self.vitals = self._counted(felt, press, sent=bool(done.report and done.report.results))

    def _counted(self, felt: Vitals, press: Press, *, sent: bool) -> Vitals:
        now, schedule, archive = press.now(), press.settings.schedule, press.archive
        due = latest_slot(now, schedule)
        waits = due.state == "due" and archive.started() and not archive.decided(due.key)
        planned = [one for one in archive.slots() if one.state == "planned" and one.trigger == "schedule"]
        recount = sent or not felt.counted or self._clock() - felt.counted > COUNTED
        return replace(
            felt,
            overdue=(now - due.due).total_seconds() if waits else 0.0,
            lateness=(planned[0].opened - planned[0].due).total_seconds() if planned else 0.0,
            upcoming=next_slot(now, schedule).due.timestamp(),
            paused=archive.paused() is not None,
            seeds=archive.seed_counts(),
            held=archive.held_reasons(),
            deliveries=archive.ledger.tally() if recount else felt.deliveries,
            counted=self._clock() if recount else felt.counted,
        )

    def alive(self) -> Page:
        """Whether the service still ticks: 200 while the last tick, or the start, is not longer ago than STALE."""
        age = self._clock() - (self._began if self.vitals.ended is None else self.vitals.ended)
        return _told(age <= STALE, {"alive": age <= STALE, "last_tick_age": round(age, 1)})

    def ready(self) -> Page:
        """Whether the last tick could do its work: the database answered and the configuration is right.

        `why` holds stable words: `starting`, `stale`, `configuration`, `database`, `work`.
        """
        why = list(self.vitals.faults)
        if self.vitals.ended is None:
            why.append("starting")
        elif self._clock() - self.vitals.ended > STALE:
            why.append("stale")
        return _told(not why, {"ready": not why, "why": why})

    def metrics(self, accept: str = "") -> Page:
        """The figures in the text format of Prometheus, or as OpenMetrics where the watcher `accept`s that."""
        try:
            import prometheus_client as prometheus  # noqa: PLC0415 -- an optional extra; only who is watched loads it
            from prometheus_client.exposition import choose_encoder  # noqa: PLC0415 -- as above
        except ImportError:
            said = b'/metrics needs prometheus-client: pip install "digest[metrics]"\n'
            return Page(HTTPStatus.NOT_IMPLEMENTED, "text/plain; charset=utf-8", said)
        registry = prometheus.CollectorRegistry(auto_describe=True)
        registry.register(_figures(self.vitals))
        prometheus.ProcessCollector(registry=registry)
        encode, kind = choose_encoder(accept)
        return Page(HTTPStatus.OK, kind, encode(registry))

    def page(self, path: str, accept: str = "") -> Page:
        """What stands under a path."""
        match path.partition("?")[0]:
            case "/healthz":
                return self.alive()
            case "/readyz":
                return self.ready()
            case "/metrics":
                return self.metrics(accept)
        return Page(HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", b"/healthz, /readyz, /metrics\n")


@contextmanager
def served(config: HealthConfig | None) -> Iterator[Pulse | None]:
    """The pages of a service beside it, until the end of the `with`; None where none are configured.

    A port that cannot be had is told and no more: the newsletter goes out all the same.
    """
    if config is None:
        yield None
        return
    pulse = Pulse()
    with ExitStack() as stack:
        try:
            server = stack.enter_context(_server(config, pulse))
        except OSError as error:
            why = error.strerror or error
            log.warning("health cannot be served at %s:%d (%s); set health: {port: …}", config.host, config.port, why)
        else:
            host, port = server.server_address[:2]
            log.info("health is at http://%s:%d/healthz", host, port)
            thread = threading.Thread(target=server.serve_forever, name="health", daemon=True)
            thread.start()
            stack.callback(server.shutdown)
        yield pulse


def _server(config: HealthConfig, pulse: Pulse) -> ThreadingHTTPServer:
    """A bound server. The one of the standard library is what prometheus-client itself serves with."""
    import socket  # noqa: PLC0415 -- as below
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer  # noqa: PLC0415 -- only who is watched pays

    class Handler(BaseHTTPRequestHandler):
        timeout = PATIENCE
        server_version, sys_version = "digest", ""

        def do_GET(self) -> None:
            page = pulse.page(self.path, self.headers.get("Accept", ""))
            self.send_response(page.status)
            self.send_header("Content-Type", page.kind)
            self.send_header("Content-Length", str(len(page.body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(page.body)

        do_HEAD = do_GET  # noqa: N815 -- the name that the library asks for

        def log_message(self, *_: object) -> None:
            """Nothing: a probe every few seconds is no news."""

    class Server(ThreadingHTTPServer):
        address_family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Nothing: a watcher that hangs up is no fault of ours."""

    return Server((config.host, config.port), Handler)


def _told(good: bool, said: dict[str, object]) -> Page:  # noqa: FBT001 -- the one thing that is told
    status = HTTPStatus.OK if good else HTTPStatus.SERVICE_UNAVAILABLE
    return Page(status, "application/json", json.dumps(said).encode() + b"\n")


def _added(before: Mapping[tuple[str, str], int], done: Round) -> dict[tuple[str, str], int]:
    """The attempts until now, by channel and the state that each came to."""
    counts = dict(before)
    for result in done.report.results if done.report else ():
        key = (result.delivery.channel, result.state)
        counts[key] = counts.get(key, 0) + 1
    return counts


def _figures(vitals: Vitals) -> Collector:
    from prometheus_client.registry import Collector  # noqa: PLC0415 -- an optional extra

    class Figures(Collector):
        def collect(self) -> Iterator[Metric]:
            yield from _single(vitals)
            yield from _labelled(vitals)

    return Figures()


def _single(vitals: Vitals) -> Iterator[Metric]:
    from prometheus_client.core import CounterMetricFamily as Counter  # noqa: PLC0415 -- an optional extra
    from prometheus_client.core import GaugeMetricFamily as Gauge  # noqa: PLC0415 -- as above
    from prometheus_client.core import InfoMetricFamily as Info  # noqa: PLC0415 -- as above

    yield Info("digest_build", "The program.", {"version": __version__, "python": platform.python_version()})
    yield Gauge("digest_last_tick_timestamp_seconds", "When the last tick ended.", vitals.at)
    yield Gauge("digest_last_tick_duration_seconds", "How long the last tick took.", vitals.seconds)
    yield Counter("digest_ticks", "Ticks since the start.", vitals.ticks)
    yield Counter("digest_ticks_failed", "Ticks that something kept from their work.", vitals.failed)
    yield Gauge("digest_slot_overdue_seconds", "How long the slot that is due waits to be decided.", vitals.overdue)
    yield Gauge("digest_slot_lateness_seconds", "How late the last planned slot was planned.", vitals.lateness)
    yield Gauge("digest_next_slot_timestamp_seconds", "When the next slot is due.", vitals.upcoming)
    yield Gauge("digest_paused", "1 while everything is paused.", vitals.paused)
    yield Gauge("digest_pickup_files", "Seed files that are known.", vitals.files)
    yield Counter("digest_pickup_new", "Contents never seen before, since the start.", vitals.new)
    yield Gauge("digest_pickup_seconds", "How long the last pick-up took.", vitals.pickup)
    yield Gauge("digest_seed_folders_away", "Seed folders and buckets that could not be looked at.", vitals.away)


def _labelled(vitals: Vitals) -> Iterator[Metric]:
    from prometheus_client.core import CounterMetricFamily as Counter  # noqa: PLC0415 -- an optional extra
    from prometheus_client.core import GaugeMetricFamily as Gauge  # noqa: PLC0415 -- as above

    faults = Gauge("digest_fault", "1 for what kept the last tick from its work.", labels=["what"])
    for what in ("configuration", "database", "work"):
        faults.add_metric([what], what in vitals.faults)
    seeds = Gauge("digest_seeds", "Clips by state.", labels=["state"])
    for state, number in vitals.seeds.items():
        seeds.add_metric([state], number)
    held = Gauge("digest_held_back", "Clips that the last draft held back, by reason.", labels=["reason"])
    for reason, number in vitals.held.items():
        held.add_metric([reason], number)
    rows = Gauge("digest_deliveries", "Deliveries by channel and state.", labels=["channel", "state"])
    for labels, number in vitals.deliveries.items():
        rows.add_metric(labels, number)
    attempts = Counter("digest_attempts", "Attempts of this service, by their outcome.", labels=["channel", "state"])
    for labels, number in vitals.attempts.items():
        attempts.add_metric(labels, number)
    yield from (faults, seeds, held, rows, attempts)
