"""What the commands do with the newsroom's verbs: they ask, print and give an exit status."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digest import inbox, quote, record, summary
from digest.document import plain
from digest.errors import SeedError, UsageError
from digest.newsroom import Newsroom
from digest.quote import QUOTABLE
from digest.settings import load
from digest.terminal import Terminal

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from digest.inbox import File
    from digest.settings import Settings


def _settings(arguments: argparse.Namespace) -> Settings:
    home = Path(arguments.home)
    if not home.is_dir():
        message = f"{home} is no folder; name the newsletter's folder with --home"
        raise UsageError(message)
    return load(home, tuple(Path(folder) for folder in arguments.seeds))


def _files(arguments: argparse.Namespace) -> list[File]:
    if not arguments.paths:
        message = f"name a file or folder: digest {arguments.command} PATH"
        raise UsageError(message)
    try:
        return [file for path in arguments.paths for file in inbox.locate(Path(path))]
    except OSError as error:
        message = f"{error.filename}: {error.strerror}"
        raise UsageError(message) from error


def _lines(name: str) -> Iterator[dict[str, Any]]:
    """The objects of a JSON Lines file; `-` is stdin."""
    try:
        with sys.stdin if name == "-" else Path(name).open(encoding="utf-8") as handle:
            for number, text in enumerate(handle, 1):
                if not text.strip():
                    continue
                try:
                    row = json.loads(text)
                except ValueError as error:
                    message = f"{name}:{number}: not JSON ({error})"
                    raise UsageError(message) from error
                if not isinstance(row, dict) or not isinstance(row.get("text"), str):
                    message = f'{name}:{number}: expected an object with "id" and "text"'
                    raise UsageError(message)
                yield row
    except OSError as error:
        message = f"{name}: {error.strerror}"
        raise UsageError(message) from error


def _say(row: dict[str, Any]) -> None:
    print(json.dumps(row, ensure_ascii=False))


def extract(arguments: argparse.Namespace) -> int:
    """Print what was read: documents with their quotes."""
    settings = _settings(arguments)
    newsroom = Newsroom(settings)
    if arguments.jsonl:
        kinds = None if arguments.all else QUOTABLE | ({"reported"} if arguments.reported else frozenset())
        for row in _lines(arguments.jsonl):
            document = plain(row["text"], row.get("title"), row.get("language"))
            found = quote.find(document, settings.lexicon, settings.people)
            kept = [record.quote(one, None) for one in found if kinds is None or one.kind in kinds]
            _say({"id": row.get("id"), "quotes": kept})
        return 0
    terminal = Terminal(settings.masthead.language)
    for file in _files(arguments):
        sha256 = None
        try:
            seed = inbox.read(file)
            sha256 = seed.sha256
            for document, quotes in newsroom.read(seed):
                if arguments.json:
                    _say(record.document(seed, document, quotes, newsroom.link))
                else:
                    print(terminal.page(document, quotes), end="\n\n")
        except SeedError as error:
            if arguments.json:
                _say(record.unread(file.path, sha256, error.code, error.message))
            else:
                print(f"digest: {file.path}: {error.message}. {error.remedy}".rstrip(), file=sys.stderr)
    return 0


def explain(arguments: argparse.Namespace) -> int:
    """Print every candidate in rank order, with the rules that spoke for and against it."""
    settings = _settings(arguments)
    newsroom = Newsroom(settings)
    if arguments.jsonl:
        for row in _lines(arguments.jsonl):
            document = plain(row["text"], row.get("title"), row.get("language"))
            for verdict in summary.ranked(document, settings.book)[: arguments.top]:
                _say({**record.verdict(verdict), "id": row.get("id"), "quote": verdict.quote.id})
        return 0
    terminal = Terminal(settings.masthead.language)
    for file in _files(arguments):
        try:
            seed = inbox.read(file)
            for document, quotes in newsroom.read(seed):
                judged = summary.summarise(document, quotes, settings.book, seed=seed.sha256, path=seed.path)
                best = judged.verdicts[: arguments.top]
                if arguments.json:
                    for verdict in best:
                        _say(record.verdict(verdict, path=seed.path))
                else:
                    print(terminal.verdicts(document.title or seed.path, best), end="\n\n")
        except SeedError as error:
            print(f"digest: {file.path}: {error.message}. {error.remedy}".rstrip(), file=sys.stderr)
    return 0
