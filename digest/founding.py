"""The founding of a newsletter: what `digest init` asks on a terminal, and the home it leaves."""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from digest import home, shipped
from digest.errors import DigestError, UsageError
from digest.labels import LANGUAGES

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable

_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,60}")
_GETS = {"r": ["digest"], "e": ["digest", "posts", "review", "alerts"]}
"""What a channel gets, by who reads there: readers, or editors."""


class Asked(NamedTuple):
    """What the flags of `init` say (None where one is absent), and whether the rest is asked for."""

    title: str | None
    language: str | None
    timezone: str | None
    seeds: tuple[str, ...]
    channel: str | None
    env: str | None
    settings: tuple[str, ...]
    interview: bool


class Interview:
    """Questions and answers. `ask` shows a question and gives the line that was typed; `tell` shows a remark."""

    def __init__(self, ask: Callable[[str], str], tell: Callable[[str], None], language: str) -> None:
        self._ask = ask
        self._tell = tell
        self.language = language
        self._table = shipped.table("config/interview.yaml")

    def say(self, name: str, /, **values: object) -> str:
        """A text of config/interview.yaml in the newsletter's language."""
        tongue = "zh" if self.language.startswith("zh") else "en"
        return str(self._table["words"][name][tongue]).format(**values)

    def answer(self, name: str, guess: str, wrong: Callable[[str], str | None], **values: object) -> str:
        """The answer to a question, asked until `wrong` finds nothing wrong with it; Enter takes the guess."""
        while True:
            text = self._ask(f"{self.say(name, **values)}{f' [{guess}]' if guess else ''}: ").strip() or guess
            why = wrong(text)
            if why is None:
                return text
            self._tell(why)

    def held(self) -> home.Answers:
        """Ask everything."""
        self._tell(self.say("begin"))
        self.language = self.answer("language", self.language, partial(self.none_of, LANGUAGES))
        title = self.answer("title", self.say("default_title"), self.empty)
        timezone = self.answer("timezone", home.zone(), self.no_zone)
        seeds = self.folder()
        kinds = self._table["channels"]
        kind = self.answer("channel", "folder", partial(self.none_of, kinds), known=", ".join(kinds))
        return home.Answers(title, self.language, timezone, (seeds,) if seeds else (), self._channel(kind))

    def folder(self) -> str | None:
        """Where the clips are; None for `seeds/` of the home itself."""
        guess = str(next(iter(home.vaults()), "seeds"))
        while True:
            text = self._ask(f"{self.say('seeds')} [{guess}]: ").strip() or guess
            if text == "seeds":
                return None
            place = Path(text).expanduser().absolute()
            if place.is_dir():
                count = sum(1 for path in place.rglob("*") if path.is_file() and not path.name.startswith("."))
                self._tell(self.say("found", folder=place, n=count))
                if (place / ".obsidian").is_dir():
                    self._tell(self.say("vault", folder=place))
                return str(place)
            self._tell(self.say("nowhere", folder=place))
            guess = "seeds"

    def given(self, asked: Asked) -> home.Answers:
        """The answers of the flags, checked. Raises UsageError with everything that is wrong."""
        self.language = asked.language or self.language
        seeds = tuple(str(Path(one).expanduser().absolute()) for one in asked.seeds)
        wrong = [
            asked.language and self.none_of(LANGUAGES, asked.language),
            asked.timezone and self.no_zone(asked.timezone),
            *(self.say("nowhere", folder=one) for one in seeds if not Path(one).is_dir()),
            asked.channel and self.none_of(self._table["channels"], asked.channel),
            asked.env and self.no_variable(asked.env),
        ]
        if problems := [f"init: {one}" for one in wrong if one]:
            raise UsageError("\n".join(problems))
        channel = None
        if asked.channel:
            needs = self._table["channels"][asked.channel]
            if len(missing := needs.get("ask", ())) != len(asked.settings):
                each = ", ".join(f"--setting {name.upper()}" for name in missing) or "no --setting"
                message = f"init: channel {asked.channel} needs {each}"
                raise UsageError(message)
            channel = self._row(asked.channel, asked.env, asked.settings)
        title = asked.title or (self.say("default_title") if asked.language else None)
        return home.Answers(title, asked.language, asked.timezone, seeds, channel)

    def wants_test(self) -> bool:
        """Whether a test message shall be sent."""
        return self.answer("test", "n", partial(self.none_of, ("y", "n"))) == "y"

    def _channel(self, kind: str) -> tuple[str, dict[str, object]] | None:
        needs = self._table["channels"][kind]
        named = {what: self.answer(what, needs[what], self.no_variable) for what in ("url", "secret") if what in needs}
        more = [self.answer(name, "", self.empty) for name in needs.get("ask", ())]
        asks = kind not in {"folder", "buttondown", "listmonk"}  # a folder is there already, the others make drafts
        who = self.answer("readers", "r", partial(self.none_of, _GETS)) if asks else "r"
        made = self._row(kind, None, more, who)
        return made and (made[0], {**made[1], **{f"{what}_env": name for what, name in named.items()}})

    def _row(
        self, kind: str, variable: str | None, more: Iterable[str], who: str = "r"
    ) -> tuple[str, dict[str, object]] | None:
        """The channel's row in the configuration; None for the folder that the shipped one has."""
        needs = self._table["channels"][kind]
        if kind == "folder":
            return None
        row: dict[str, object] = {"type": kind}
        for what in ("url", "secret"):
            if what in needs:
                row[f"{what}_env"] = variable or needs[what]
                variable = None  # --env names the first; the second keeps its suggested name
        for ask, text in zip(needs.get("ask", ()), more, strict=True):
            value = int(text) if text.isdigit() else text
            row[ask] = [value] if ask == "lists" else value
        return kind, {**row, "gets": _GETS[who]}

    def none_of(self, known: Iterable[str], text: str) -> str | None:
        """What is wrong with a text that has to be one of these."""
        known = list(known)
        hint = self.say("one_of", known=", ".join(known))
        return None if text in known else self.say("unknown", text=text, hint=hint)

    def no_zone(self, text: str) -> str | None:
        """What is wrong with the name of a time zone."""
        try:
            ZoneInfo(text)
        except (KeyError, ValueError, OSError):
            return self.say("unknown", text=text, hint=self.say("a_zone"))
        return None

    def no_variable(self, text: str) -> str | None:
        """What is wrong with the name of an environment variable. An address in its place is not repeated."""
        shown = text if len(text) <= 30 and "/" not in text else "…"
        return None if _VARIABLE.fullmatch(text) else self.say("unknown", text=shown, hint=self.say("a_variable"))

    def empty(self, text: str) -> str | None:
        """What is wrong with no answer."""
        return None if text else self.say("needed")


def init(arguments: argparse.Namespace) -> int:
    """Lay a home; what is there already stays. A terminal is asked for the answers that no flag or `--yes` says."""
    folder = Path(arguments.folder)
    seeds = tuple(arguments.seeds)
    flags = (arguments.title, arguments.language, arguments.timezone, seeds, arguments.channel, arguments.env)
    there = (folder / "config" / "digest.yaml").exists()
    asks = not (arguments.yes or arguments.json or there or any(flags)) and sys.stdin is not None and sys.stdin.isatty()
    asked = Asked(*flags, tuple(arguments.setting), asks)
    interview = Interview(_typed, _told, arguments.language or (_spoken(folder) if there else home.tongue()))
    _placed(folder, interview)
    answers = interview.held() if asked.interview else interview.given(asked)
    written = home.lay(folder, answers)
    if arguments.json:
        print(json.dumps({"home": str(folder), "files": [str(path) for path in written]}, ensure_ascii=False))
        return 0
    if asked.interview and answers.channel:
        _tested(folder, answers, interview)
    for row in _ended(folder, answers, interview, there=there):
        print(row)
    return 0


def _spoken(folder: Path) -> str:
    """The language of a home that is there already."""
    from digest.settings import load  # noqa: PLC0415 -- only where a home is laid again

    try:
        return load(folder, ()).masthead.language
    except DigestError:
        return home.tongue()  # its configuration is broken: preview and doctor will say where


def _placed(folder: Path, interview: Interview) -> None:
    """Say before anything is asked that the folder will not do. Raises UsageError where it cannot be written."""
    from digest.doctor import synced  # noqa: PLC0415 -- it draws in what drafting needs

    above = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        message = (
            f"{above}: {'Permission denied' if above.is_dir() else 'it is a file'}; name a folder that can be written"
        )
        raise UsageError(message)
    if where := synced(folder):
        _told(f"{folder}: {interview.say('synced', where=where)}")


def _ended(folder: Path, answers: home.Answers, interview: Interview, *, there: bool) -> Iterable[str]:
    """What has been made, and what comes next."""
    at = "" if folder.resolve() == Path.cwd() else f" --home {shlex.quote(str(folder))}"
    yield interview.say("ready", folder=folder)
    if there:
        yield interview.say("kept", file=folder / "config" / "digest.yaml")
    elif not answers.seeds:
        yield interview.say("clips", folder=folder / "seeds")
    if answers.channel and not there:
        name, row = answers.channel
        for variable in (row[key] for key in ("url_env", "secret_env") if key in row):
            if not os.environ.get(str(variable)):
                yield interview.say("set", name=variable, channel=name, home=at)
    yield interview.say("next", home=at)


def _tested(folder: Path, answers: home.Answers, interview: Interview) -> None:
    """Send a test message where everything for it is there and the editor wants it; it fails nothing."""
    from digest import trial  # noqa: PLC0415 -- only where a message is sent
    from digest.settings import load  # noqa: PLC0415 -- likewise
    from digest.upkeep import tried  # noqa: PLC0415 -- likewise

    name = answers.channel[0] if answers.channel else ""
    settings = load(folder, ())
    if settings.lacks or not interview.wants_test():
        return
    try:
        tried(trial.hello(settings, name), json_=False)
    except DigestError as error:
        _told(str(error))


def _typed(question: str) -> str:
    """A line from the terminal; the question goes to stderr, as all that is no result. Raises UsageError at its end."""
    print(question, end="", file=sys.stderr, flush=True)
    line = sys.stdin.readline()
    if not line:
        message = "init ended without an answer, and wrote nothing; digest init --yes DIR asks nothing"
        raise UsageError(message)
    return line


def _told(remark: str) -> None:
    print(remark, file=sys.stderr)
