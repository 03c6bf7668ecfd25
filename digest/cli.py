"""The command line: commands, their options and exit status. No logic.

Status 0: done (also where clips were held back). 1: the work could not be done. 2: wrong usage or
configuration. Only the result goes to stdout; everything else goes to stderr.
"""

from __future__ import annotations

import argparse
import atexit
import gc
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from digest import __version__
from digest.errors import ConfigError, DigestError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime


_UPKEEP = frozenset(
    {
        "approve",
        "archive",
        "backup",
        "channel",
        "doctor",
        "outbox",
        "pause",
        "restore",
        "resume",
        "rules",
        "skip",
        "why",
    }
)

_COMMON = frozenset({"--home", "--json", "--now", "--seeds"})
_PENCIL = frozenset({"hold", "quote", "release", "story", "subject", "undo"})

ALIVE = 100_000
"""So many more objects may be alive before a preview looks for cycles that nobody holds: some 10 MB."""

_FOUNDING = frozenset({"init"})
_KEEPING = frozenset({"correct", "rebuild", "site"})


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    atexit.register(gc.freeze)  # else the interpreter looks through all that is alive once more before it ends
    words = _command_first(sys.argv[1:] if argv is None else argv)
    arguments = _parser(words).parse_args(words)
    if sys.stdout is None:  # closed by the caller (`digest … >&-`); the files are written all the same
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 -- lasts as long as the process
    try:
        status = _command(arguments.command)(arguments)
        sys.stdout.flush()  # here, where it can still be told that the disk is full
    except (ConfigError, UsageError) as error:
        print(_told(error, arguments), file=sys.stderr)
        return 2
    except DigestError as error:
        print(_told(error, arguments), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output went away (`digest extract … | head`): nothing more to say to anybody.
        _hush()
        return 0
    except OSError as error:
        # A full disk, a folder that may not be written: whatever the place, the user needs its name and no traceback.
        place = f"{os.fsdecode(error.filename)}: " if error.filename else ""
        print(f"digest: {place}{error.strerror or error}; give it the space or the right, then again", file=sys.stderr)
        if not error.filename:
            _hush()
        return 1
    return status


def _command_first(words: Sequence[str]) -> Sequence[str]:
    """The words with the options that all commands share behind the command: users put them on either side."""
    at = 0
    while at < len(words) and words[at].partition("=")[0] in _COMMON:
        at += 2 if words[at] in _COMMON - {"--json"} else 1
    return [*words[at : at + 1], *words[:at], *words[at + 1 :]] if at < len(words) else words


def _hush() -> None:
    """Let what is still unwritten on stdout go nowhere: nobody reads it, and the interpreter would complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _command(name: str) -> Callable[[argparse.Namespace], int]:
    # `--help` and `--version` pay for no command.
    if name == "preview":
        return _preview
    places = {"upkeep": _UPKEEP, "pencil": _PENCIL, "keeping": _KEEPING, "founding": _FOUNDING}
    place = next((place for place, names in places.items() if name in names), "commands")
    module = import_module(f"digest.{place}")
    found: Callable[[argparse.Namespace], int] = getattr(module, name)
    return found


def _preview(arguments: argparse.Namespace) -> int:
    gc.set_threshold(ALIVE)  # little of what a short command makes is garbage: looking for it took a twentieth of it
    from digest.proof import Proof  # noqa: PLC0415 -- only where there may be one

    proof = Proof(arguments)
    if (text := proof.text()) is not None:
        print(text)
        return 0
    from digest import commands  # noqa: PLC0415 -- a preview that would say the same again pays for no library

    return commands.preview(arguments, proof)


def _told(error: DigestError, arguments: argparse.Namespace) -> str:
    """An error line by line: to programs as it is, to a person in the newsletter's language."""
    if arguments.json:
        return "\n".join(f"digest: {line}" for line in str(error).splitlines())
    from digest import advice, home  # noqa: PLC0415 -- only where something is wrong

    language = home.spoken(Path(arguments.home))
    problems = error.problems if isinstance(error, ConfigError) else ()
    lines = [str(one._replace(message=advice.told(one.message, language))) for one in problems]
    lines = lines or [advice.told(line, language) for line in str(error).splitlines()]
    return "\n".join(f"digest: {advice.homed(line, arguments.home)}" for line in lines)


def _moment(text: str) -> datetime:
    from datetime import datetime  # noqa: PLC0415 -- only where a rehearsal clock is given

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        message = f"{text!r} is no time with an offset; write it like 2026-11-20T09:07+08:00"
        raise argparse.ArgumentTypeError(message)
    return moment


class _Unasked:
    """The parser of a command that nobody asked for: what it would take does not matter."""

    def add_argument(self, *_names: str, **_how: object) -> None:
        """Take no notice."""


def _parser(asked: Sequence[str], *, listed: bool = False) -> argparse.ArgumentParser:
    """The parser of the commands among the words `asked`; where the first is none, with a list of all commands.

    To make a parser for each takes as long as to read a clip.
    """
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--home", default=".", metavar="DIR", help="the newsletter's folder (default: here)")
    common.add_argument(
        "--seeds", action="append", default=[], metavar="DIR", help="read clips from this folder instead; repeatable"
    )
    common.add_argument("--now", type=_moment, metavar="ISO-8601", help="rehearse at this time")
    common.add_argument("--json", action="store_true", help="print for programs")
    parser = argparse.ArgumentParser(
        prog="digest",
        description="Clipped articles in, a weekly newsletter and social posts out: every quote verbatim and linked.",
    )
    parser.add_argument("--version", action="version", version=f"digest {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, text: str) -> argparse.ArgumentParser | _Unasked:
        if name in asked:
            return commands.add_parser(name, help=text, description=text, parents=[common])
        if listed:
            commands.add_parser(name, help=text, add_help=False)
        return _Unasked()

    preview = command("preview", "draft the issue that would go out, and send nothing")
    preview.add_argument("--open", action="store_true", help="show it in a browser, to correct, approve and send it")

    extract = command("extract", "show what was read from files or folders")
    extract.add_argument("paths", nargs="*", metavar="PATH")
    extract.add_argument("--jsonl", metavar="IN", help='read {"id", "text"} lines instead of files; - is stdin')
    extract.add_argument("--reported", action="store_true", help="with --jsonl: statements without quotation marks too")
    extract.add_argument("--all", action="store_true", help="with --jsonl: quotes of every kind")

    explain = command("explain", "show why these quotes, and why not those")
    explain.add_argument("paths", nargs="*", metavar="PATH")
    explain.add_argument("--jsonl", metavar="IN", help="rank every sentence of each text instead; - is stdin")
    explain.add_argument("--top", type=int, metavar="N", help="so many a document")

    send = command("send", "send the next issue now")
    send.add_argument("--dry-run", action="store_true", help="show what would go where")
    send.add_argument("--test", metavar="CHANNEL", help="to this channel only, marked as a test, unrecorded")
    send.add_argument("--extra", action="store_true", help="an issue beside the schedule")

    run = command("run", "pick up, draft and deliver on schedule")
    run.add_argument("--once", action="store_true", help="do what is due now and end")

    check = command("check", "say what is wrong with the issue that would go out")
    check.add_argument("--links", action="store_true", help="ask the network whether every link leads somewhere")

    cards = command("cards", "draw a picture of each quote of the issue that would go out")
    cards.add_argument("--style", choices=("light", "dark"), default="light")

    command("status", "say how things stand")

    _add_founding(command)

    count = command("count", "count a text as a platform counts it")
    count.add_argument("--platform", metavar="P", help="the platform; the text comes on stdin")
    count.add_argument("--jsonl", metavar="IN", help='count {"id", "text", "platform"} lines instead; - is stdin')

    _add_pencil(command)
    _add_upkeep(command)
    _add_keeping(command)
    known = bool(asked) and asked[0] in commands.choices
    return parser if known or listed else _parser(asked, listed=True)


def _add_founding(command: Callable[[str, str], argparse.ArgumentParser | _Unasked]) -> None:
    """The command of founding.py."""
    init = command("init", "lay a newsletter's folder: config, templates, an empty seeds/")
    init.add_argument("folder", metavar="DIR")
    init.add_argument("--yes", action="store_true", help="ask nothing, take the shipped values")
    init.add_argument("--title", metavar="TEXT")
    init.add_argument("--language", metavar="TAG", help="zh-CN, zh-TW, en or ja")
    init.add_argument("--timezone", metavar="NAME", help="like Asia/Shanghai")
    init.add_argument("--channel", metavar="TYPE", help="where the issue goes: folder, slack, feishu, smtp …")
    init.add_argument(
        "--env", metavar="NAME", help="the environment variable that holds the channel's address or secret"
    )
    init.add_argument(
        "--setting", action="append", default=[], metavar="TEXT", help="what else it needs: to, chat_id, room, lists"
    )


def _add_pencil(command: Callable[[str, str], argparse.ArgumentParser | _Unasked]) -> None:
    """The commands of pencil.py."""
    release = command("release", "let a held-back clip into the issue")
    release.add_argument("seed", metavar="SEED", help="its path, or eight or more digits of its sha256")
    release.add_argument("--source", metavar="URL", help="the address of the article")
    release.add_argument("--unlinked", action="store_true", help="allow it in the email without a link, never in posts")

    hold = command("hold", "keep a clip, or a single quote, out of the issue")
    hold.add_argument("name", metavar="SEED", help="its path, eight or more digits of its sha256, or a quote's id")

    story = command("story", "name, order, drop, split or join the stories of the draft")
    story.add_argument("action", choices=("title", "note", "order", "drop", "split", "join"))
    story.add_argument(
        "names", nargs="+", metavar="STORY", help="its number in the draft or its id; then seeds, a story or words"
    )

    quote = command("quote", "swap a quote of the draft for another of its clip, or hold it back")
    quote.add_argument("action", choices=("swap", "hold"))
    quote.add_argument("ids", nargs="+", metavar="ID", help="a quote's id, or the first characters of it")

    subject = command("subject", "give the issue that would go out another subject")
    subject.add_argument("text", metavar="TEXT")

    undo = command("undo", "take the editor's last decision back, or the one that is named")
    undo.add_argument("key", nargs="?", metavar="KEY", help="title, note, subject, order, drop, swap, split, join, …")
    undo.add_argument("id", nargs="?", default="", metavar="ID", help="the story, quote or clip it is about")
    undo.add_argument("--gone", action="store_true", help="all that are about nothing on the desk any more")


def _add_upkeep(command: Callable[[str, str], argparse.ArgumentParser | _Unasked]) -> None:
    """The commands of upkeep.py."""
    approve = command("approve", "let the next issue out as it is drafted now, where approval is required")
    approve.add_argument("id", metavar="ID", help="the issue's id, as `digest status` tells it")

    skip = command("skip", "let a slot pass without an issue")
    skip.add_argument("slot", metavar="SLOT", help="its date or the id of its issue: 2026-11-27, 2026-W48")
    skip.add_argument("reason", nargs="?", default="skipped by the operator", metavar="WHY", help="what `why` will say")

    why = command("why", "say why something did or did not go out")
    why.add_argument(
        "name", nargs="?", metavar="ID|SLOT|CLIP", help="an issue, a slot's date or a clip (default: last, next slot)"
    )

    channel = command("channel", "try a channel out")
    channel.add_argument("action", choices=("test",))
    channel.add_argument("name", metavar="NAME", help="the channel, as config/digest.yaml calls it")

    rules = command("rules", "say what each rule did on the last issue, and whether the rule book is right")
    rules.add_argument("action", choices=("check",))

    command("doctor", "look for what would keep an issue from going out")

    outbox = command("outbox", "list what has not arrived, try it again, or decide what became of it")
    outbox.add_argument("action", choices=("list", "retry", "resolve"))
    outbox.add_argument("ids", nargs="*", type=int, metavar="N", help="the deliveries, by their numbers in the list")
    outbox.add_argument("--all", action="store_true", help="with list: what has arrived too")
    outbox.add_argument("--delivered", action="store_true", help="with resolve: it did arrive")
    outbox.add_argument("--resend", action="store_true", help="with resolve: it did not, send it once more")

    pause = command("pause", "plan and send nothing until `digest resume`")
    pause.add_argument("reason", nargs="?", default="paused by hand", metavar="WHY", help="what `status` will say")
    command("resume", "let everything go on")

    archive = command("archive", "move the archive into PostgreSQL, or let all services plan by this configuration")
    archive.add_argument("action", choices=("move", "adopt"))
    archive.add_argument("file", nargs="?", metavar="FILE", help="with move: this archive or copy, not the home's own")

    backup = command("backup", "write a copy of the archive, while others go on")
    backup.add_argument("file", metavar="FILE")
    restore = command("restore", "put a copy in the place of the archive; what was sent is not sent again")
    restore.add_argument("file", metavar="FILE")


def _add_keeping(command: Callable[[str, str], argparse.ArgumentParser | _Unasked]) -> None:
    """The commands of keeping.py."""
    rebuild = command("rebuild", "make an issue that has gone out again, and compare it byte by byte")
    rebuild.add_argument("id", metavar="ID", help="the issue's id, as `digest status` tells it")
    rebuild.add_argument("--out", metavar="DIR", help="write what it consists of here (default: out/rebuilt/ID)")
    rebuild.add_argument("--check", action="store_true", help="only compare; status 1 where anything is not equal")

    correct = command("correct", "put right what has gone out: in the next issue, and where the mistake arrived")
    correct.add_argument("id", nargs="?", metavar="ID", help="the issue's id")
    correct.add_argument("--story", metavar="N", help="the story, by its number in the issue or its id")
    correct.add_argument("--quote", metavar="PLACE", help="the quote, by its place (2.1) or its id")
    correct.add_argument("--text", metavar="WORDS", help="what is right")
    correct.add_argument("--notify", action="store_true", help="send it to the channels that got the mistake")
    correct.add_argument("--list", action="store_true", help="list all corrections")

    site = command("site", "write past issues as pages with feeds and a search, which need no server")
    site.add_argument("--out", metavar="DIR", help="write them here (default: out/site)")
