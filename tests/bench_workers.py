"""Deliveries a second by 1, 2 and 4 services that share an archive, on SQLite and on PostgreSQL (synced to disk).

Run it by itself: `PYTHONPATH=. python tests/bench_workers.py [COUNT]`. The receiver is a process of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from cluster import Cluster
from posting import DUE, ticking, webhook

from digest.archive import Archive
from digest.archive.journal import Journal
from digest.delivery import Delivery
from digest.outbox import Outbox


def work(url: str, folder: str, receiver: str) -> None:
    """One service: wait for the word, deliver everything, say how many."""
    home = Path(folder)
    home.mkdir(exist_ok=True)
    archive = Archive.connect(url) if url != "-" else Archive.open(home.parent / "digest.db")
    outbox = Outbox(archive, [webhook(receiver)], Journal(home / "journal.jsonl"), now=lambda: DUE, real=ticking)
    print("ready", flush=True)
    sys.stdin.readline()
    print(outbox.drain().count("delivered"), flush=True)


def measured(url: str, folder: Path, receiver: str, workers: int, count: int) -> float:
    """Deliveries a second."""
    archive = Archive.connect(url) if url else Archive.open(folder / "digest.db")
    with archive:
        archive.ledger.enqueue(
            Delivery("alert", f"{at}", "team", 1, 1, "x", "text/plain", b"x" * 8000, "resend", DUE, DUE + timedelta(1))
            for at in range(count)
        )
    paths = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), str(Path(__file__).parent)])}
    crew = [
        subprocess.Popen(
            [sys.executable, __file__, "work", url or "-", str(folder / str(place)), receiver],
            env=paths,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for place in range(workers)
    ]
    for one in crew:
        assert one.stdout
        assert one.stdout.readline() == "ready\n"
    began = time.monotonic()
    for one in crew:
        assert one.stdin
        one.stdin.write("go\n")
        one.stdin.flush()
    done = [int(one.communicate()[0]) for one in crew]
    spent = time.monotonic() - began
    assert sum(done) == count, done
    return count / spent


def main(count: int) -> None:
    with ExitStack() as stack:
        server = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("bench_delivery.py")), "serve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert server.stdin
        assert server.stdout
        stack.callback(server.wait, 5)
        stack.callback(server.stdin.close)
        receiver = server.stdout.readline().strip()
        cluster = stack.enter_context(Cluster(Path(stack.enter_context(tempfile.TemporaryDirectory())), durable=True))
        for turn in range(3):
            for workers in (1, 2, 4):
                folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
                file = measured("", folder, receiver, workers, count)
                other = Path(stack.enter_context(tempfile.TemporaryDirectory()))
                shared = measured(cluster.url(), other, receiver, workers, count)
                print(f"{turn + 1}: {workers} at work: SQLite {file:.0f}/s, PostgreSQL {shared:.0f}/s", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["work"]:
        work(*sys.argv[2:])
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else 300)
