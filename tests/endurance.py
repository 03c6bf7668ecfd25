"""Services that plan and deliver slot after slot while somebody kills them, and what the receiver saw of it.

    python tests/endurance.py [SLOTS [sqlite|postgresql [SEED]]]

Three services share an archive. At random one is killed with SIGKILL or stopped past its lease; a PostgreSQL is
restarted, frozen and cut off as well. Status 1 where an effect came twice or got lost without a word.
"""

from __future__ import annotations

import asyncio
import collections
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from cluster import Cluster
from crew import rows
from posting import DUE
from proxy import Proxy
from receiver import Receiver, answered

from digest.archive import Archive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from receiver import Exchange

CREW = Path(__file__).with_name("crew.py")


@dataclass
class Crew:
    """The services: each with a journal of its own, as on machines of their own, where they share a PostgreSQL."""

    home: Path
    receiver: str
    slots: int
    url: str = ""
    skews: tuple[int, ...] = (0, 0, 0)
    patience: float = 2.0
    kills: int = 0
    running: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, place: int) -> subprocess.Popen[str]:
        """One service, at its place."""
        paths = os.pathsep.join([str(CREW.parents[1]), str(CREW.parent)])
        own = {"DATABASE_URL": self.url, "CREW_PATIENCE": str(self.patience)} if self.url else {}
        environment = {**os.environ, "PYTHONPATH": paths, **own}
        home = self.home / str(place) if self.url else self.home
        home.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, str(CREW), str(home), self.receiver, str(self.slots), str(self.skews[place])]
        with (self.home / f"log-{place}").open("a") as log:
            return subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT, text=True)

    def muster(self) -> None:
        """All of them."""
        self.running = [self.start(place) for place in range(len(self.skews))]

    def kill(self, chance: random.Random) -> None:
        """Kill one, and start it again."""
        place = chance.randrange(len(self.running))
        if self.running[place].poll() is None:
            self.running[place].kill()
            self.running[place].wait()
            self.kills += 1
            self.running[place] = self.start(place)

    def stop(self, chance: random.Random, seconds: float = 2.0) -> None:
        """Stop one past its lease, and let it go on."""
        one = chance.choice(self.running)
        with suppress(ProcessLookupError):
            one.send_signal(signal.SIGSTOP)
            time.sleep(seconds)
            one.send_signal(signal.SIGCONT)

    def done(self, seconds: float) -> None:
        """Wait for all of them. AssertionError where one fails or does not end."""
        end = time.monotonic() + seconds
        for place, one in enumerate(self.running):
            try:
                status = one.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                status = -1
            log = (self.home / f"log-{place}").read_text()[-3000:]
            assert status == 0, f"service {place} ended with {status}:\n{log}"

    def end(self) -> None:
        """Whatever is left of them."""
        for one in self.running:
            if one.poll() is None:
                one.send_signal(signal.SIGCONT)
                one.kill()
                one.wait()


def judged(archive: Archive, receiver: Receiver, slots: int) -> dict[str, int]:
    """What came of it, counted at the receiver. AssertionError where anything came twice or got lost unsaid."""
    posts = collections.Counter(request.headers["webhook-id"] for request in receiver.requests)
    states = {row.key: row for row in archive.ledger.all()}
    wanted = {row.key: row for number in range(1, slots + 1) for row in rows(number, DUE)}
    assert states.keys() == wanted.keys(), "an issue was planned twice or not at all"
    assert archive.issue_ids() == [f"issue-{number}" for number in range(1, slots + 1)]
    for key, row in states.items():
        assert row.state in {"delivered", "unknown"}, row
        if row.on_unknown == "resend":
            assert row.state == "delivered", row
            assert posts[key] >= 1, f"{row.label}: said to be delivered, and never seen"
        else:
            assert posts[key] <= 1, f"{row.label}: {posts[key]} effects"
            assert posts[key] == 1 or row.state == "unknown", f"{row.label}: lost without a word"
    assert not posts.keys() - wanted.keys()
    team = [key for key, row in wanted.items() if row.on_unknown == "resend"]
    blind = [key for key, row in wanted.items() if row.on_unknown == "hold"]
    return {
        "slots": slots,
        "effects where repeats are told": len({*team} & posts.keys()),
        "posts of them": sum(posts[key] for key in team),
        "effects where they are not": sum(posts[key] for key in blind),
        "unknown, arrived": sum(states[key].state == "unknown" and posts[key] == 1 for key in blind),
        "unknown, not arrived": sum(states[key].state == "unknown" and posts[key] == 0 for key in blind),
        "twice": sum(posts[key] > 1 for key in blind),
    }


async def slowly(exchange: Exchange) -> None:
    """Take the request and answer a moment later, so that a delivery has a middle."""
    exchange.receiver.accepted.append(await exchange.request())
    await asyncio.sleep(0.03)
    await exchange.write(answered(200, "ok"))


def frozen(cluster: Cluster, seconds: float) -> None:
    """A database that says nothing for a while."""
    cluster.freeze()
    time.sleep(seconds)
    cluster.thaw()


def held(proxy: Proxy, seconds: float) -> None:
    """A network that passes nothing on for a while."""
    proxy.hold()
    time.sleep(seconds)
    proxy.release()


def disturbed(crew: Crew, cluster: Cluster | None, proxy: Proxy | None, chance: random.Random) -> Iterator[None]:
    """Something goes wrong, again and again, until all have ended."""
    troubles: list[Callable[[], None]] = [lambda: crew.kill(chance)] * 8
    troubles.append(lambda: crew.stop(chance))
    if cluster and proxy:
        troubles += [
            proxy.cut,
            lambda: cluster.restart("immediate"),
            lambda: cluster.restart("fast", 0.5),
            lambda: frozen(cluster, 3),
            lambda: held(proxy, 3),
        ]
    while any(one.poll() is None for one in crew.running):
        time.sleep(chance.uniform(0.2, 1.0))
        chance.choice(troubles)()
        yield


def main(slots: str = "1000", database: str = "postgresql", seed: str = "1") -> int:
    began = time.monotonic()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        receiver = stack.enter_context(Receiver(usual=slowly))
        cluster = proxy = None
        if database == "postgresql":
            own = stack.enter_context(tempfile.TemporaryDirectory())
            cluster = stack.enter_context(Cluster(Path(own)))
            proxy = stack.enter_context(Proxy(cluster.port))
        schema = cluster.url() if cluster else ""
        url = schema.replace(f":{cluster.port}/", f":{proxy.port}/") if cluster and proxy else ""
        crew = Crew(folder / "homes", receiver.url, int(slots), url, (0, 3600, -3600) if url else (0, 0, 0))
        crew.home.mkdir()
        stack.callback(crew.end)
        crew.muster()
        for _ in disturbed(crew, cluster, proxy, random.Random(int(seed))):  # noqa: S311 -- repeatable
            assert time.monotonic() - began < 1800, "it does not end"
        crew.done(60)
        archive = Archive.connect(schema) if url else Archive.open(crew.home / "digest.db")
        with archive:
            told = judged(archive, receiver, int(slots))
    told |= {"kills": crew.kills, "seconds": int(time.monotonic() - began)}
    print(f"{database}: " + ", ".join(f"{name} {number}" for name, number in told.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
