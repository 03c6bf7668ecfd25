"""Serving the desk: a socket that is ours before anything is promised, a server on a thread, and a browser."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys
import threading
import webbrowser
from contextlib import ExitStack, contextmanager
from ipaddress import ip_address
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from digest.desk.keeper import Keeper
from digest.errors import ConfigError, Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from uvicorn import Server

    from digest.settings import DeskConfig, Settings

log = logging.getLogger("digest")

SHORTEST = 16
"""Characters of a token: with fewer it could be guessed."""


class Served(NamedTuple):
    """A desk that is served. `address` is where, `entry` opens it with its token where it has one."""

    keeper: Keeper
    address: str
    entry: str


@contextmanager
def served(
    settings: Settings,
    seeds: tuple[Path, ...],
    now: Callable[[], datetime] | None = None,
    *,
    by_hand: bool = False,
) -> Iterator[Served]:
    """The desk of a home, served until the end of the `with`.

    `by_hand` somebody waits for it: the first draft is made before, and a port that is taken gives way to a free one.
    Raises UsageError where the port cannot be had, ConfigError where others could reach the desk without a token.
    """
    import uvicorn  # noqa: PLC0415 -- only who opens the desk pays for it

    from digest.desk.app import application  # noqa: PLC0415 -- as above

    config = _checked(settings.desk)
    bound = _bound(config, elsewhere=by_hand)
    keeper = Keeper(settings, seeds, now)
    token = config.token.reveal() if config.token else None
    app = application(keeper, names=(config.host, *config.names), token=token)
    server = uvicorn.Server(
        uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1)
    )
    watch = threading.Thread(target=keeper.watch, name="desk-keeper", daemon=True)
    serve = threading.Thread(target=lambda: asyncio.run(_serve(server, bound)), name="desk-server", daemon=True)
    if by_hand:
        keeper.look()  # in the main thread, where a clip that takes too long is given up
    watch.start()
    serve.start()
    try:
        yield Served(keeper, _address(bound, config), _address(bound, config) + _entry(token))
    finally:
        keeper.close()
        server.should_exit = True
        serve.join(5)
        watch.join(5)
        bound.close()


async def _serve(server: Server, bound: socket.socket) -> None:
    """Serve until told to end; browsers that still listen for news then are hung up on."""
    await server.serve(sockets=[bound])
    for connection in list(server.server_state.connections):
        if transport := getattr(connection, "transport", None):
            transport.abort()
    await asyncio.sleep(0.01)  # the loop closes them in its next turns


def browsed(address: str) -> bool:
    """Open a browser on the address, where this machine has one that does not take the terminal."""
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False
    return webbrowser.open(address)


def _checked(config: DeskConfig) -> DeskConfig:
    """The configuration, which may not leave the desk open to others."""
    where, problem = "config/digest.yaml", ""
    if config.token and len(config.token.reveal()) < SHORTEST:
        problem = f"the desk's token has fewer than {SHORTEST} characters; make a longer one: openssl rand -hex 24"
    elif not config.token and not _is_loopback(config.host):
        problem = f"others could reach the desk at {config.host}: give it a token with token_env or token_file"
    if problem:
        raise ConfigError(Problem(where, problem, key="desk"))
    return config


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _bound(config: DeskConfig, *, elsewhere: bool) -> socket.socket:
    for port in (config.port, 0) if elsewhere else (config.port,):
        try:
            family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
            return socket.create_server((config.host, port), family=family)
        except OSError as error:
            why = error.strerror or str(error)
    message = f"the desk cannot be served at {config.host}:{config.port} ({why}); set desk: {{port: …}}"
    raise UsageError(message)


def _address(bound: socket.socket, config: DeskConfig) -> str:
    port = bound.getsockname()[1]
    host = "127.0.0.1" if config.host in {"0.0.0.0", "localhost"} else config.host  # noqa: S104 -- only compared
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _entry(token: str | None) -> str:
    return f"enter?token={quote(token, safe='')}" if token else ""


@contextmanager
def beside(settings: Settings, seeds: tuple[Path, ...], now: Callable[[], datetime] | None = None) -> Iterator[None]:
    """The desk beside the service, where it is wanted; what keeps it from being served is told and no more."""
    if not settings.desk.serve:
        yield
        return
    with ExitStack() as stack:
        try:
            desk = stack.enter_context(served(settings, seeds, now))
            log.info("the desk is at %s", desk.address)
        except (ConfigError, UsageError) as error:
            log.warning("%s", error)
        yield
