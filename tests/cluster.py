"""A throw-away PostgreSQL: its own cluster in a folder of its own, on a random port of 127.0.0.1.

    with Cluster(folder) as cluster:
        cluster.url()          # a fresh, empty schema each time

It can be stopped, restarted, killed and frozen. PostgreSQL does not run as root: where the tests do, `runuser` lends
it the user `postgres`.
"""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

USER = "postgres"
_FAST = ("fsync=off", "full_page_writes=off", "shared_buffers=16MB", "max_connections=60", "autovacuum=off")


def found() -> Path | None:
    """The folder of PostgreSQL's programs; None where it is not installed."""
    if program := shutil.which("initdb"):
        return Path(program).resolve().parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return folders[-1].parent if folders else None


@dataclass
class Cluster:
    """The server and its folder. `durable` syncs as a real one does."""

    folder: Path
    durable: bool = False
    port: int = 0
    _names: Iterator[int] = field(default_factory=itertools.count)

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            shutil.chown(self.folder, USER)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._run("initdb", "-D", self._data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError, FileNotFoundError):
            self.thaw()
        with suppress(subprocess.CalledProcessError):
            self.stop()

    def url(self, port: int | None = None, *, fresh: bool = True) -> str:
        """An address with an empty schema of its own, through another port where one is given."""
        schema = f"t{next(self._names)}" if fresh else "public"
        if fresh:
            self.sql(f"CREATE SCHEMA {schema}")
        return self.address(schema, port)

    def address(self, schema: str, port: int | None = None) -> str:
        """The address of a schema that exists."""
        options = quote(f"-csearch_path={schema}")
        return f"postgresql://{USER}:markedpassword@127.0.0.1:{port or self.port}/postgres?options={options}"

    def sql(self, text: str, url: str | None = None) -> list[Any]:
        """Run a statement with a connection of its own; the rows it gives."""
        import psycopg

        with psycopg.connect(url or self.address("public"), autocommit=True) as connection:
            cursor = connection.execute(text.encode())
            return cursor.fetchall() if cursor.description else []

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = [*(() if self.durable else _FAST), "listen_addresses=127.0.0.1", "log_min_messages=fatal"]
        settings = " ".join(f"-c {one}" for one in options)
        given = f"-p {self.port} -k {self.folder} {settings}"
        self._run("pg_ctl", "-D", self._data, "-l", str(self.folder / "log"), "-w", "-t", "30", "-o", given, "start")

    def stop(self, how: str = "immediate") -> None:
        """Stop it: `fast` says goodbye to its clients, `immediate` leaves them as a crash does."""
        self._run("pg_ctl", "-D", self._data, "-w", "-t", "30", "-m", how, "stop")

    def restart(self, how: str = "fast", down: float = 0.0) -> None:
        """Stop it, wait for so many seconds, and start it again."""
        self.stop(how)
        time.sleep(down)
        self.start()

    def freeze(self) -> None:
        """Stop every process of it in its tracks: connections stay open, nobody answers."""
        for process in self._processes():
            os.kill(process, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let them go on."""
        for process in self._processes():
            os.kill(process, signal.SIGCONT)

    def narrow(self, process: int, size: int) -> None:
        """Let no file that a process of it writes grow beyond so many bytes, as on a disk that is full."""
        self._run("prlimit", "--pid", str(process), f"--fsize={size}:")

    def _processes(self) -> list[int]:
        """The postmaster and its children."""
        first = int((Path(self._data) / "postmaster.pid").read_text().split()[0])
        children = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):  # it may have ended meanwhile
                if int(stat.read_text().rpartition(")")[2].split()[1]) == first:
                    children.append(int(stat.parent.name))
        return [first, *children]

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def _run(self, program: str, *arguments: str) -> None:
        there = found()
        assert there
        own = there / program
        command = [str(own) if own.exists() else program, *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", USER, "--", *command]
        # pg_ctl leaves the server behind with whatever it was given to write to
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, cwd="/")
