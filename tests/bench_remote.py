"""What a bucket and the health pages cost: `PYTHONPATH=. python tests/bench_remote.py`.

The S3 server is moto on this machine, and slow itself.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import test_bucket
from conftest import ROOT

from digest import bucket, inbox

CLIPS = 2000
IDLE = 90.0


def mirror(folder: Path) -> None:
    """Fetch a bucket, look again, and fetch one clip that has changed."""
    server = test_bucket.Server()
    try:
        shelf = test_bucket.Shelf(server.url, "bench", folder / "mirror")
        with ThreadPoolExecutor(8) as crew:
            list(crew.map(lambda at: shelf.put(f"{at:05}.md", test_bucket.CLIP.format(name=at)), range(CLIPS)))
        bucket.REST = 0.0
        made = shelf.mirror()
        for what in ("first", "unchanged", "unchanged", "unchanged", "one changed"):
            if what == "one changed":
                shelf.put("00001.md", "other words")
            time.sleep(bucket.SETTLED + 1)
            since, cpu = time.perf_counter(), time.process_time()
            trouble = made.refresh()
            took, own = time.perf_counter() - since, time.process_time() - cpu
            count = sum(1 for _ in inbox.scan([folder / "mirror"]))
            print(f"bucket of {CLIPS}, {what}: {took:.2f} s, own CPU {own:.2f} s, {count} clips {trouble}")
    finally:
        server.end()


def idle(folder: Path, what: str, *, health: bool, asked: bool) -> None:
    """Run a service on 50 clips; the CPU that it takes while nothing happens, asked for /metrics every 15 s or not."""
    home = folder / what
    (home / "config").mkdir(parents=True)
    (home / "seeds").mkdir()
    for at in range(50):
        (home / "seeds" / f"{at}.md").write_text(test_bucket.CLIP.format(name=at), encoding="utf-8")
        os.utime(home / "seeds" / f"{at}.md", (1_700_000_000, 1_700_000_000))
    config = "desk: {serve: false}\n" + "health: {port: 0}\n" * health
    (home / "config" / "digest.yaml").write_text(config, encoding="utf-8")
    log = (home / "log").open("w", encoding="utf-8")
    command = [sys.executable, "-m", "digest", "run", "--home", str(home)]
    process = subprocess.Popen(command, cwd=ROOT, stderr=log)
    client = httpx.Client()

    def cpu() -> float:
        fields = Path(f"/proc/{process.pid}/stat").read_text(encoding="ascii").split()
        return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")

    try:
        time.sleep(15)
        found = re.search(r"http://127\.0\.0\.1:\d+", (home / "log").read_text(encoding="utf-8"))
        address = f"{found[0]}/metrics" if found else ""
        times = []
        if asked:
            client.get(address)  # the first one loads the library
        before = cpu()
        for _ in range(int(IDLE / 15)):
            time.sleep(15)
            if asked:
                since = time.perf_counter()
                client.get(address)
                times.append(f"{(time.perf_counter() - since) * 1000:.0f}")
        used = (cpu() - before) / IDLE * 60
        print(f"idle, {what}: {used:.2f} s of CPU a minute", f"(asked: {' '.join(times)} ms)" * asked)
    finally:
        client.close()
        process.terminate()
        process.wait(60)
        log.close()


def main() -> None:
    """Print every figure."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        mirror(folder)
        cases = (("no health", False, False), ("health", True, False), ("health, asked every 15 s", True, True))
        crew = [
            threading.Thread(target=idle, args=(folder, what), kwargs={"health": health, "asked": asked})
            for what, health, asked in cases
        ]
        for one in crew:
            one.start()
        for one in crew:
            one.join()


if __name__ == "__main__":
    main()
