"""One delivery beside one post of a reused client (speed goal 11), in processor time, against a server of its own.

Run it by itself: `PYTHONPATH=. python tests/bench_delivery.py`. It prints the median of each, and their ratio.
"""

from __future__ import annotations

import itertools
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from posting import DUE, Home, dispatches, webhook
from receiver import Receiver, answered

from digest.delivery import Delivery, Patience

if TYPE_CHECKING:
    from receiver import Exchange

COUNT = 300


async def patient(exchange: Exchange) -> None:
    """Answer request after request on one connection."""
    while True:
        await exchange.request()
        await exchange.write(answered(200, "ok").replace(b"connection: close\r\n", b""))


def serve() -> None:
    with Receiver(usual=patient) as receiver:
        print(receiver.url, flush=True)
        sys.stdin.read()


def reused(url: str, body: bytes) -> float:
    """Milliseconds of one post."""
    import httpx

    spent = []
    with httpx.Client() as client:
        client.post(url, content=body)
        for _ in range(COUNT):
            before = time.process_time()
            client.post(url, content=body)
            spent.append(time.process_time() - before)
    return statistics.median(spent) * 1000


def delivery(url: str, body: bytes, folder: Path) -> float:
    """Milliseconds of one delivery, from one claim to the next."""
    home = Home(folder, [webhook(url)], patience=Patience())
    home.archive.ledger.enqueue(
        Delivery("alert", f"a{number}", "team", 1, 1, "x", "text/plain", body, "resend", DUE, DUE + timedelta(days=1))
        for number in range(COUNT)
    )
    claims: list[float] = []
    home.outbox.passing = lambda point: claims.append(time.process_time()) if point == "claimed" else None
    assert home.outbox.drain().count("delivered") == COUNT
    return statistics.median(after - before for before, after in itertools.pairwise(claims)) * 1000


def main() -> None:
    server = subprocess.Popen([sys.executable, __file__, "serve"], stdin=-1, stdout=-1, text=True)
    assert server.stdin
    assert server.stdout
    url = server.stdout.readline().strip()
    (part,) = webhook(url).plan(dispatches()[0])
    try:
        for _ in range(3):
            with tempfile.TemporaryDirectory() as folder:
                post, ours = reused(url, part.body), delivery(url, part.body, Path(folder))
            print(f"a reused client's post {post:.2f} ms, a delivery {ours:.2f} ms: {ours / post:.1f} times")
    finally:
        server.stdin.close()
        server.wait(5)


if __name__ == "__main__":
    serve() if sys.argv[1:] == ["serve"] else main()
