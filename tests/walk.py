"""`python tests/walk.py`: from the wheel to an approved, delivered issue; each command with its seconds.

A machine of its own as far as one folder can be one: a new environment with the wheel, a user's folder with an Obsidian
vault of 300 invented notes, a receiver on 127.0.0.1 that answers as Slack does. pip needs a package index; nothing else
is reached. Figures: docs/quality.md.
"""

from __future__ import annotations

import json
import os
import pty
import shlex
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

import vault
from receiver import Receiver, answer
from release import built

CLIPPED, NOTES = 60, 240
NOW = "2026-11-20T08:00:00+08:00"
DAILY = """\
---
tags: [daily]
---
# {day}

- [ ] 给{who}回电话
- 读了 [[Clippings/{n}]]，想法见 [[想法 {n}]]
- 会议：下周的选题，谁来写导语

> [!note] 提醒
> 周五之前把剪藏看完。
"""


class Walk:
    """A user at a shell; every command is shown with its status and the seconds it took."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder = folder
        self.spent = 0.0
        self.environment = {
            "HOME": str(folder),
            "PATH": f"{folder / 'venv' / 'bin'}:{os.environ['PATH']}",
            "LANG": "zh_CN.UTF-8",
            "TZ": "Asia/Shanghai",
            "SLACK_URL": f"{address}/services/T0/B0/x",
            "PYTHONUTF8": "1",
            **{name: value for name, value in os.environ.items() if name.startswith("PIP_")},
        }

    def run(self, line: str, *, status: int = 0, quiet: bool = False) -> str:
        """What a command prints."""
        begun = time.perf_counter()
        done = subprocess.run(
            ["/bin/bash", "-c", line],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        self._shown(line, time.perf_counter() - begun, done.returncode)
        if not quiet or done.returncode != status:
            print("".join(f"          {row}\n" for row in (done.stdout + done.stderr).splitlines()[:14]), end="")
        if done.returncode != status:
            sys.exit(f"expected status {status}")
        return done.stdout

    def typed(self, line: str, answers: list[str]) -> None:
        """A command on a terminal, its questions answered at once."""
        begun = time.perf_counter()
        child, master = pty.fork()
        if child == 0:
            os.chdir(self.folder)
            words = shlex.split(line)
            os.execvpe(words[0], words, self.environment)  # noqa: S606 -- the child of a terminal is the program
        shown = bytearray()
        left = iter(answers)
        try:
            while part := os.read(master, 4096):
                shown += part
                if shown.rstrip().endswith((b"]:", b":")) and (text := next(left, None)) is not None:
                    os.write(master, f"{text}\n".encode())
        except OSError:
            pass  # how Linux tells that the other end has closed
        _, status = os.waitpid(child, 0)
        self._shown(
            f"{line}   (answers: {', '.join(one or 'Enter' for one in answers)})", time.perf_counter() - begun, status
        )
        print("".join(f"          {row}\n" for row in shown.decode().splitlines()), end="")

    def _shown(self, line: str, seconds: float, status: int) -> None:
        self.spent += seconds
        print(f"{seconds:6.1f} s  $ {line}" + (f"   [{status}]" if status else ""), flush=True)


def laid(home: Path) -> None:
    """An Obsidian vault: clips among daily notes, ideas, a template, a canvas, what was thrown away."""
    place = home / "Documents" / "知识库"
    for name in (".obsidian", ".trash", "Clippings", "日记", "想法", "模板", "附件"):
        (place / name).mkdir(parents=True)
    for number in range(CLIPPED):
        text = vault.clip(number, 4_000).replace("2026-01-", "2026-11-").replace("2026-02-", "2026-11-")
        (place / "Clippings" / f"{number}.md").write_text(text, encoding="utf-8")
    (place / "Clippings" / "没有地址.md").write_text(
        "砚台公司创始人林若溪说：“我们不怕慢，怕的是快到没有人记得为什么出发。”\n", encoding="utf-8"
    )
    for number in range(NOTES // 2):
        text = DAILY.format(day=f"2026-{1 + number % 11:02d}-{1 + number % 28:02d}", who="沈知遥", n=number)
        (place / "日记" / f"{number}.md").write_text(text, encoding="utf-8")
        thought = f"# 想法 {number}\n\n“慢一点”也许是优点。#想法\n\n![[图{number}.png]]\n"
        (place / "想法" / f"想法 {number}.md").write_text(thought, encoding="utf-8")
    (place / ".trash" / "旧.md").write_text("扔掉的\n", encoding="utf-8")
    (place / "模板" / "日记.md").write_text("# {{date}}\n", encoding="utf-8")
    (place / "关系.canvas").write_text('{"nodes": [], "edges": []}', encoding="utf-8")
    (place / "附件" / "图1.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    listed = home / ".config" / "obsidian" / "obsidian.json"
    listed.parent.mkdir(parents=True)
    listed.write_text(json.dumps({"vaults": {"9f": {"path": str(place), "ts": 1}}}), encoding="utf-8")


def main() -> int:
    """Walk, and say how long it took."""
    with TemporaryDirectory() as place, Receiver() as receiver:
        receiver.usual = answer(200, "ok")
        home = Path(place)
        laid(home)
        wheel = next(file for file in built(HERE.parent, home / "built") if file.suffix == ".whl")
        walk = Walk(home, receiver.url)
        at = f"--home letter --now {NOW}"
        walk.run(f"{shlex.quote(sys.executable)} -m venv venv", quiet=True)
        walk.run(f"pip install --quiet {wheel}", quiet=True)
        walk.typed("digest init letter", ["", "潮汐周报", "", "", "slack", "", "e", "n"])
        walk.run("digest doctor --home letter", status=1)
        edit = (
            '/^  slack:/s/"gets"/"allow": ["127.0.0.0\\/8"], "gets"/',
            "s/^approval: none/approval: required/",
            "s/editor@newsletter.invalid/editor@tide.example/",
        )
        walk.run(f"sed -i {shlex.quote('; '.join(edit))} letter/config/digest.yaml")
        walk.run("digest doctor --home letter")
        walk.run("digest channel test slack --home letter")
        walk.run(f"digest preview {at}")
        walk.run("digest release 没有地址.md --source https://news.example/slow --home letter")
        walk.run(f"digest story title 1 慢下来的人 {at}")
        walk.run(f"digest check {at}", status=0, quiet=True)
        before = len(receiver.requests)
        walk.run(f"digest run --once {at}")
        walk.run(f"digest approve 2026-W47 {at}", quiet=True)
        walk.run("digest run --once --home letter --now 2026-11-20T09:07:05+08:00")
        walk.run("digest why 2026-W47 --home letter --now 2026-11-20T09:10:00+08:00")
        walk.run("digest outbox list --home letter")
        print(f"{walk.spent:6.1f} s  in all; {len(receiver.requests) - before} messages at the receiver")
        walk.run(f"digest preview --seeds Documents/知识库 {at}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
