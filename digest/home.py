"""A home: the folder of one newsletter, laid out for an editor to change."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from digest import shipped
from digest.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.resources.abc import Traversable

CONFIG = ("digest.yaml", "rules.yaml")
"""What an editor changes first; the other tables stand in from what ships until a home has its own."""

ZONE = "Asia/Shanghai"
"""The time zone of a machine that does not tell its own."""

CLIPPINGS = "Clippings"
"""Where Obsidian Web Clipper puts its notes. Source: the "Note location" of its default template."""

_VAULTS = {
    "darwin": ("Library/Application Support/obsidian",),
    "linux": (
        ".config/obsidian",
        ".var/app/md.obsidian.Obsidian/config/obsidian",
        "snap/obsidian/current/.config/obsidian",
    ),
}
"""Where Obsidian lists its vaults, beneath the user's own folder (`obsidian.json`)."""


class Answers(NamedTuple):
    """What an editor has said of a new newsletter; None leaves the shipped value.

    `seeds` are absolute folders, none for `seeds/` of the home; `channel` is a name and its row under `channels:`.
    """

    title: str | None = None
    language: str | None = None
    timezone: str | None = None
    seeds: tuple[str, ...] = ()
    channel: tuple[str, Mapping[str, object]] | None = None


def lay(folder: Path, answers: Answers | None = None) -> list[Path]:
    """Lay a home into a folder: config with the answers in it, templates and an empty `seeds/`.

    Returns the files written. What is there already stays as it is. UsageError where the folder cannot be written.
    """
    written = []
    answers = answers or Answers()
    try:
        (folder if answers.seeds else folder / "seeds").mkdir(parents=True, exist_ok=True)
        for name, source in _files():
            path = folder / name
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                text = source.read_bytes()
                path.write_bytes(configured(text.decode(), answers).encode() if name == "config/digest.yaml" else text)
                written.append(path)
    except OSError as error:
        message = f"{error.filename}: {error.strerror}; name a folder that can be written"
        raise UsageError(message) from error
    return written


def configured(text: str, answers: Answers) -> str:
    """The text of the shipped `config/digest.yaml` with the answers in the place of its values; comments stay."""
    rows = {"title": answers.title, "language": answers.language, "timezone": answers.timezone}
    for key, value in rows.items():
        if value is not None:
            text = _set(text, f"  {key}", _written(value))
    if answers.title is not None:
        text = _set(text, "  from", _written(f"{re.sub('[<>]', '', answers.title)} <editor@newsletter.invalid>"))
    if answers.seeds:
        text = _set(text, "seeds", f"[{', '.join(map(_written, answers.seeds))}]")
    if answers.channel is not None:
        name, row = answers.channel
        # A JSON object is YAML too, and any value is quoted rightly in it.
        text = text.replace("\nchannels:\n", f"\nchannels:\n  {name}: {json.dumps(row, ensure_ascii=False)}\n", 1)
    return text


def zone() -> str:
    """This machine's time zone by its IANA name: of `TZ`, else of /etc/localtime; `ZONE` where neither tells."""
    named = os.environ.get("TZ", "").lstrip(":")
    place = named if re.fullmatch(r"[A-Z]\w+/[\w/+-]+", named) else os.path.realpath("/etc/localtime")
    found = re.search(r"(?:^|zoneinfo/)((?!posix|right)[A-Z]\w+/[\w/+-]+)$", place)
    return found[1] if found else ZONE


def tongue() -> str:
    """The newsletter language that fits the locale of this machine; zh-CN where it tells none."""
    spoken = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    known = {"zh_TW": "zh-TW", "zh_HK": "zh-TW", "en": "en", "ja": "ja"}
    return next((tag for start, tag in known.items() if spoken.startswith(start)), "zh-CN")


def spoken(folder: Path) -> str:
    """The language of a home, told without reading the rest of its configuration, which may be what is wrong.

    Where there is no home, the one of this machine, English where it tells none.
    """
    try:
        text = (folder / "config" / "digest.yaml").read_text(encoding="utf-8", errors="replace")
    except OSError:
        used = any((folder / name).is_dir() for name in ("seeds", "state"))
        return "zh-CN" if used or os.environ.get("LANG", "").startswith("zh") else "en"
    match = re.search(r"""^[^#\n]{0,2000}\blanguage:[ \t]{0,20}["']?([A-Za-z-]{2,20})""", text, re.MULTILINE)
    return match[1] if match else "zh-CN"


def vaults() -> list[Path]:
    """Where clips of Obsidian lie on this machine: `Clippings` of each vault, or the vault where it has none."""
    found = []
    for place in _VAULTS.get(sys.platform, ()):
        try:
            listed = json.loads((Path.home() / place / "obsidian.json").read_text(encoding="utf-8"))
            paths = [Path(vault["path"]) for vault in listed["vaults"].values()]
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue  # no Obsidian, or one that keeps another list: the user names the folder
        found += [path / CLIPPINGS if (path / CLIPPINGS).is_dir() else path for path in paths if path.is_dir()]
    return found


def _set(text: str, key: str, value: str) -> str:
    """The text with a key's value replaced up to its comment."""
    return re.sub(
        rf"(?m)^({re.escape(key)}: )[^#\n]*?( *#[^\n]*)?$", lambda row: f"{row[1]}{value}{row[2] or ''}", text
    )


def _written(value: str) -> str:
    """A text as YAML: plain where that is safe, else in the quotation marks of JSON, which YAML reads alike."""
    return (
        value
        if re.fullmatch(r"[A-Za-z\u4e00-\u9fff][\w/.\u4e00-\u9fff-]*", value)
        else json.dumps(value, ensure_ascii=False)
    )


def _files() -> Iterator[tuple[str, Traversable]]:
    root = shipped.root()
    for name in CONFIG:
        yield f"config/{name}", root / "config" / name
    yield from _under(root / "templates", "templates")


def _under(folder: Traversable, name: str) -> Iterator[tuple[str, Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.startswith(("_", ".")):
            continue
        if entry.is_dir():
            yield from _under(entry, f"{name}/{entry.name}")
        else:
            yield f"{name}/{entry.name}", entry
