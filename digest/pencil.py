"""The editor's commands: what `story`, `quote`, `subject`, `release`, `hold` and `undo` do with the editor's verbs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from digest import editor, record
from digest.errors import UsageError
from digest.press import opened
from digest.settings import load
from digest.terminal import Terminal

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from digest.issue import Change
    from digest.press import Press


def release(arguments: argparse.Namespace) -> int:
    """Let a held-back clip into the issue."""
    return _carried_out(
        arguments,
        lambda press: editor.release(press, arguments.seed, arguments.source, unlinked=arguments.unlinked),
    )


def hold(arguments: argparse.Namespace) -> int:
    """Keep a clip, or a single quote, out of the issue."""
    return _carried_out(arguments, lambda press: editor.hold(press, arguments.name))


def story(arguments: argparse.Namespace) -> int:
    """Name, order, drop, split and join stories of the draft."""
    action, names = arguments.action, arguments.names
    if action == "order":
        return _carried_out(arguments, lambda press: editor.order(press, names))
    least, most, verb = _STORY[action]
    if not least <= len(names) <= (most or len(names)):
        message = f"write it like this: digest story {_USAGE[action]}"
        raise UsageError(message)
    return _carried_out(arguments, lambda press: verb(press, names))


def quote(arguments: argparse.Namespace) -> int:
    """Hold a quote of the draft back, or put another candidate of its clip in its place."""
    if len(arguments.ids) != (2 if arguments.action == "swap" else 1):
        message = "write it like this: digest quote swap ID OTHER, digest quote hold ID"
        raise UsageError(message)
    verb: Callable[..., Change] = editor.swap if arguments.action == "swap" else editor.hold
    return _carried_out(arguments, lambda press: verb(press, *arguments.ids))


def subject(arguments: argparse.Namespace) -> int:
    """Give the issue that would go out another subject."""
    return _carried_out(arguments, lambda press: editor.subject(press, arguments.text))


def undo(arguments: argparse.Namespace) -> int:
    """Take the last decision back, one by its name, or with `--gone` all that are about nothing on the desk."""
    if arguments.gone and arguments.key:
        message = f"name what to take back: digest undo KEY [ID], KEY one of {', '.join(editor.KINDS)}; or --gone"
        raise UsageError(message)
    if not (arguments.gone or arguments.key):
        return _carried_out(arguments, editor.back)
    if arguments.gone:
        return _all_carried_out(arguments, editor.tidy)
    return _carried_out(arguments, lambda press: editor.undo(press, arguments.key, arguments.id))


_STORY: dict[str, tuple[int, int, Callable[[Press, Sequence[str]], Change]]] = {
    "drop": (1, 1, lambda press, names: editor.drop(press, names[0])),
    "join": (2, 2, lambda press, names: editor.join(press, *names)),
    "note": (2, 0, lambda press, names: editor.note(press, names[0], " ".join(names[1:]))),
    "split": (2, 0, lambda press, names: editor.split(press, names[0], names[1:])),
    "title": (2, 0, lambda press, names: editor.title(press, names[0], " ".join(names[1:]))),
}
_USAGE = {
    "drop": "drop STORY",
    "join": "join STORY STORY",
    "note": "note STORY TEXT",
    "split": "split STORY SEED…",
    "title": "title STORY TEXT",
}


def _carried_out(arguments: argparse.Namespace, verb: Callable[[Press], Change]) -> int:
    """Carry out a verb and say what it has done."""
    return _all_carried_out(arguments, lambda press: (verb(press),))


def _all_carried_out(arguments: argparse.Namespace, verb: Callable[[Press], Sequence[Change]]) -> int:
    folder = Path(arguments.home)
    if not folder.is_dir():
        message = f"{folder} is no folder; name the newsletter's folder with --home"
        raise UsageError(message)
    settings = load(folder, tuple(Path(one) for one in arguments.seeds))
    with opened(settings, (lambda: arguments.now) if arguments.now else None, readonly=True) as press:
        done = verb(press)
    terminal = Terminal(settings.masthead.language, home=arguments.home)
    for change in done:
        print(json.dumps(record.change(change), ensure_ascii=False) if arguments.json else terminal.change(change))
    if not done and not arguments.json:
        print(terminal.words["s_decided"])
    return 0
