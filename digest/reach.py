"""The reach of an issue's links: asked of the network, only where the editor wants it, politely and within a time.

One question at a time to a host, a pause between two, HEAD before GET, no body read, five seconds an exchange and
twenty in all. Peers inside private networks are not asked unless a channel's `allow` names them.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from digest.address import refusal
from digest.check import finding
from digest.wire import Clients, RefusedPeerError, Timeouts

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterable, Iterator, Mapping

    from digest.address import Network
    from digest.check import Finding
    from digest.issue import Issue

EACH = 5.0
"""Seconds for one exchange."""
ALL = 20.0
"""Seconds for all of them."""
ASKERS = 6
"""Hosts that are asked at the same time."""
PAUSE = 0.3
"""Seconds between two questions to one host."""
REDIRECTS = 5

_GONE = frozenset({404, 410})


def links(issue: Issue) -> dict[str, str]:
    """The addresses an issue leads to, without text fragments, each with the place it stands in.

    Never the one to unsubscribe by: asking for it could be taken for the wish.
    """
    found: dict[str, str] = {}
    for at, told in enumerate(issue.stories, 1):
        for source in told.voices:
            for address in (source.link, *(copy.link for copy in source.copies)):
                if address:
                    found.setdefault(address, f"story {at}")
    if issue.masthead.web:
        found.setdefault(issue.masthead.web, "newsletter.web")
    return found


def unreached(
    asked: Mapping[str, str], language: str, networks: Iterable[Network] = (), seconds: float = ALL
) -> tuple[Finding, ...]:
    """What is wrong with these addresses (address → where it stands): gone, not to be confirmed, or not asked in time.

    `networks` are private ones that may be asked all the same; it takes no longer than `seconds`.
    """
    timeouts = Timeouts(connect=EACH, read=EACH, write=EACH, pool=EACH, total=EACH)
    with Clients(timeouts) as clients:
        round_ = _Round(clients, tuple(networks), time.monotonic() + seconds)
        hosts: dict[str, list[str]] = {}
        for address in asked:
            hosts.setdefault(urlsplit(address).netloc, []).append(address)
        for addresses in hosts.values():
            round_.waiting.put(addresses)
        # Daemons: a name server that does not answer cannot be interrupted, and nobody waits for it.
        askers = [threading.Thread(target=round_.ask, daemon=True) for _ in range(min(ASKERS, len(hosts)))]
        for asker in askers:
            asker.start()
        for asker in askers:
            asker.join(max(0.0, round_.end - time.monotonic()))
        answers = dict(round_.answers)
    return tuple(_told(asked, answers, language))


def _told(asked: Mapping[str, str], answers: Mapping[str, int | str], language: str) -> Iterator[Finding]:
    for address, where in asked.items():
        answer = answers.get(address)
        if answer is None:
            yield finding("not-asked", where, address, language)
        elif answer in _GONE:
            yield finding("dead-link", where, f"{answer} {address}", language)
        elif isinstance(answer, str) or answer >= 400:
            yield finding("unreachable", where, f"{answer} {address}", language)


@dataclass
class _Round:
    """One round of questions: what is waiting, by host, and what was answered (a status, or why there is none)."""

    clients: Clients
    networks: tuple[Network, ...]
    end: float
    waiting: SimpleQueue[list[str]] = field(default_factory=SimpleQueue)
    answers: dict[str, int | str] = field(default_factory=dict)

    def ask(self) -> None:
        """Ask one host after another until nothing is waiting or the time is up."""
        with suppress(Empty):
            while time.monotonic() < self.end:
                for number, address in enumerate(self.waiting.get_nowait()):
                    if number:
                        time.sleep(PAUSE)
                    if time.monotonic() < self.end:
                        self.answers[address] = self._answer(address)

    def _answer(self, address: str) -> int | str:
        import httpx  # noqa: PLC0415 -- only where the network is asked

        try:
            status = self._status("HEAD", address)
            # Many a site answers HEAD wrongly, or not at all.
            return status if status < 400 else self._status("GET", address)
        except RefusedPeerError as error:
            return str(error)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, UnicodeError, RuntimeError) as error:
            return type(error).__name__

    def _status(self, method: str, address: str) -> int:
        """The status behind all redirects."""
        client = self.clients.client(address)
        request = client.build_request(method, address)
        for _ in range(REDIRECTS):
            watched: list[socket.socket] = []

            def trace(event: str, info: dict[str, Any], watched: list[socket.socket] = watched) -> None:
                if event == "connection.connect_tcp.complete":
                    self._connected(info["return_value"], watched)

            request.extensions = {**request.extensions, "trace": trace}
            try:
                response = self.clients.client(str(request.url)).send(request, stream=True)
                response.close()
            finally:
                for own in watched:
                    self.clients.watchdog.release(own)
            if response.next_request is None:
                break
            request = response.next_request
        return response.status_code

    def _connected(self, stream: Any, watched: list[socket.socket]) -> None:  # noqa: ANN401 -- httpcore's, which has no public type
        if why := refusal(stream.get_extra_info("server_addr")[0], self.networks):
            stream.close()
            raise RefusedPeerError(why)
        left = max(0.1, min(EACH, self.end - time.monotonic()))
        watched.append(self.clients.watchdog.watch(stream.get_extra_info("socket"), left))
