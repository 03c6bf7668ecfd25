"""Settings: `config/` and the environment as checked values.

Every problem is found and reported at once, with file, line and key. What a home does not hold comes from
what ships: a home with nothing but a folder of seeds works.
"""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import suppress
from datetime import time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from digest import kept, rule, shipped
from digest import lexicon as lexicons
from digest.bucket import Bucket, named
from digest.channels import ChannelConfig, Secret
from digest.errors import ConfigError, Problem
from digest.issue import Masthead
from digest.posting import platform
from digest.slot import DAYS, Schedule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from digest.lexicon import Lexicon
    from digest.posting.platform import Platform
    from digest.rule import Book

_OPTIONS = {"limit", "html", "chat_id", "to", "room", "lists", "template"}
"""What only some types know."""


class DeskConfig(NamedTuple):
    """Where the desk is served, by `digest run` if `serve`. `names` are further host names it answers to.

    `token` opens it; it is needed where `host` is not of this machine alone.
    """

    port: int = 8737
    host: str = "127.0.0.1"
    names: tuple[str, ...] = ()
    token: Secret | None = None
    serve: bool = True


class HealthConfig(NamedTuple):
    """Where `digest run` tells machines how it is (digest/health.py)."""

    port: int
    host: str


class Settings(NamedTuple):
    """Everything that is configured, checked. `version` is a hash of all that was read, `rules` of the rule book.

    `lacks` are addresses and secrets that are not there: drafting goes on without them, sending does not.
    `card_font` is the file of the font for quote cards, None for the first that is found.
    Stories are compared with those of `look_back` earlier issues; a clip passed over waits for `waits` more.
    `database` is the address of the PostgreSQL that holds the archive, None where it lies in a file of the home.
    `site` is the address at which the pages of past issues will lie; `years` asks for a look back at earlier years.
    `review` is how long before its slot a draft is shown for approval; None where none is required.
    `seeds` are folders, the mirrors of `buckets` among them.
    `health` is where the running service tells machines how it is; None for nowhere.
    """

    home: Path
    masthead: Masthead
    seeds: tuple[Path, ...]
    schedule: Schedule
    send_empty: bool
    review: timedelta | None
    platforms: Mapping[str, Platform]
    utm: Mapping[str, str]
    people: Mapping[str, str]
    channels: tuple[ChannelConfig, ...]
    lexicon: Lexicon
    book: Book
    lacks: tuple[Problem, ...] = ()
    version: str = ""
    rules: str = ""
    card_font: Path | None = None
    look_back: int = 8
    waits: int = 2
    desk: DeskConfig = DeskConfig()
    database: Secret | None = None
    site: str | None = None
    years: bool = False
    health: HealthConfig | None = None
    buckets: tuple[Bucket, ...] = ()

    @property
    def folders(self) -> tuple[Path, ...]:
        """The seed folders of the user's own; `seeds` holds the mirrors of buckets too."""
        mirrors = {bucket.mirror for bucket in self.buckets}
        return tuple(folder for folder in self.seeds if folder not in mirrors)

    @property
    def state(self) -> Path:
        """The folder of the database and the journal."""
        return self.home / "state"

    @property
    def out(self) -> Path:
        """The folder of the drafts."""
        return self.home / "out"


def load(home: Path, seeds: Iterable[Path] = (), environment: Mapping[str, str] | None = None) -> Settings:
    """Read a home's configuration. `seeds`, where given, take the place of the configured folders.

    Raises ConfigError with every problem found. The environment is asked for channel addresses and
    secrets; a missing one is a problem of the channel that names it.
    """
    reader = _Reader(home, os.environ if environment is None else environment)
    config = reader.config()
    words = reader.lexicon()
    book = reader.book(words)
    platforms = reader.platforms(config["platforms"])
    letter, schedule = config["newsletter"], config["schedule"]
    channels = tuple(reader.channel(name, one, letter["sender"]) for name, one in config["channels"].items())
    database = reader.database(config)
    given = tuple(seeds)
    sources = () if given else tuple(reader.source(at, one) for at, one in enumerate(config["seeds"]))
    if reader.problems:
        raise ConfigError(*reader.problems)
    assert book is not None  # noqa: S101 -- a missing book has left a problem
    return Settings(
        home=home,
        masthead=Masthead(**letter),
        seeds=given or tuple(one.mirror if isinstance(one, Bucket) else one for one in sources),
        schedule=Schedule(
            days=frozenset(DAYS.index(day) for day in schedule["day"]),
            at=time.fromisoformat(schedule["at"]),
            zone=ZoneInfo(letter["timezone"]),
            grace=timedelta(seconds=schedule["grace"]),
        ),
        send_empty=schedule["when_empty"] == "send",
        review=timedelta(seconds=config["review"]) if config["approval"] == "required" else None,
        platforms=platforms,
        utm=config["utm"],
        people=config["people"],
        channels=channels,
        lexicon=words,
        book=book,
        lacks=tuple(reader.lacks),
        version=reader.version(),
        rules=reader.rules,
        look_back=config["memory"]["issues"],
        waits=config["memory"]["waits"],
        site=config["site"]["url"],
        years=config["look_back"],
        card_font=(home / config["cards"]["font"]).expanduser() if config["cards"]["font"] else None,
        desk=reader.desk(config["desk"]),
        database=database,
        health=HealthConfig(**config["health"]) if config["health"] else None,
        buckets=tuple(one for one in sources if isinstance(one, Bucket)),
    )


def configured(home: Path) -> tuple[tuple[str, int, int], ...]:
    """Which files a home's configuration consists of, with size and time: `load` gives the same while this does."""
    found: list[tuple[str, int, int]] = []
    folders = [os.path.join(home, "config")]  # noqa: PTH118 -- asked at every tick: plain strings
    while folders:
        with suppress(OSError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                with suppress(OSError):  # an editor puts a new file in the place of the old one
                    info = entry.stat()
                    found.append((entry.path, info.st_size, info.st_mtime_ns))
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
    return tuple(sorted(found))


class _Reader:
    """Reads the files of `config/` and collects what is wrong with them."""

    def __init__(self, home: Path, environment: Mapping[str, str]) -> None:
        self.home = home
        self.environment = environment
        self.problems: list[Problem] = []
        self.lacks: list[Problem] = []
        self.rules = ""
        self._hash = hashlib.sha256()
        self._strange: list[tuple[str, str, str]] = []

    def version(self) -> str:
        return self._hash.hexdigest()[:16]

    def config(self) -> dict[str, Any]:
        """`config/digest.yaml` as plain values, checked; the same words are checked once."""
        name = "config/digest.yaml"
        text = self._read(name)
        own = (self.home / name).exists()
        file = self.home / "state" / "config.json" if own else kept.BESIDE / "config-checked.json"
        by = Path(__file__).with_name("schema.py").stat()
        of = [by.st_mtime_ns, by.st_size, text]
        config: dict[str, Any] | None = kept.known(file, of)
        if config is None:
            from digest.schema import checked  # noqa: PLC0415 -- its library takes longer than all else here

            config, faults = checked(self._parsed(name, text))
            for loc, message in faults:
                self._fault(name, text, loc, message)
            if not self.problems:
                kept.keep(file, of, config)
        return config

    def lexicon(self) -> Lexicon:
        words = lexicons.default()
        for path in sorted((self.home / "config" / "lexicon").glob("*.yaml")):
            name = f"config/lexicon/{path.name}"
            if self._is_shipped(name) or self._is_copy(name, path):
                continue
            table, text = self._table(name)
            self._strange += [(name, key, text) for key in map(str, table) if f"{path.stem}.{key}" not in words.names()]
            try:
                words = words.with_words(lexicons.lists_in(path.stem, table))
            except TypeError as error:
                self.problems.append(Problem(name, str(error)))
        return words

    def _is_copy(self, name: str, path: Path) -> bool:
        """Whether a home's file says just what the shipped one says."""
        try:
            return _ships(name, path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError):
            return False

    def _unasked(self, table: Mapping[str, Any]) -> None:
        """Word lists that nothing asks for are misspelt, but for those of the home's own that its rules ask for."""
        if not self._strange:
            return
        import difflib  # noqa: PLC0415 -- only who misspells a list pays for it

        asked = set(_texts(table))
        for name, key, text in self._strange:
            stem = Path(name).stem
            if f"{stem}.{key}" in asked or (stem == "rules" and key in asked):
                continue
            known = [one.partition(".")[2] for one in lexicons.default().names() if one.startswith(f"{stem}.")]
            near = difflib.get_close_matches(key, known, 1)
            hint = f"did you mean {near[0]!r}?" if near else "no rule of config/rules.yaml asks for it"
            self._fault(name, text, (key,), f"unknown word list; {hint}")

    def book(self, words: Lexicon) -> Book | None:
        table, text = self._table("config/rules.yaml")
        self._unasked(table)
        self.rules = hashlib.sha256(text.encode()).hexdigest()[:16]
        try:
            return rule.book(table, words, sure=_ships("config/rules.yaml", text))
        except ConfigError as error:
            for problem in error.problems:
                line = line_of(text, _path(problem.key or ""))
                self.problems.append(Problem(problem.file, problem.message, line, problem.key))
            return None

    def platforms(self, wanted: Iterable[str]) -> dict[str, Platform]:
        """The platforms to write for, in the order wanted, with the limits of the home."""
        name = "config/platforms.yaml"
        own: dict[str, Any] = {}
        text = ""
        if (self.home / name).exists() and not self._is_shipped(name):
            table, text = self._table(name)
            own = table.get("platforms") or {}
        try:
            known = platform.platforms(own)
        except (KeyError, TypeError, AttributeError) as error:
            self._fault(name, text, ("platforms",), f"{error}: no such platform or value; compare the shipped file")
            return {}
        for place, one in enumerate(wanted):
            if one not in known:
                hint = f"{one!r} is none; there are {', '.join(known)}"
                self._fault("config/digest.yaml", self._text("config/digest.yaml"), ("platforms", place), hint)
        return {one: known[one] for one in wanted if one in known}

    def channel(self, name: str, channel: Mapping[str, Any], sender: str) -> ChannelConfig:
        """A channel with its address and secret read from where the configuration says they are.

        `sender` is the newsletter's own, for the mails that belong to no issue.
        """
        options = {key: channel[key] for key in _OPTIONS if channel[key] is not None}
        return ChannelConfig(
            name=name,
            type=channel["type"],
            url=self._secret(name, "url", channel),
            secret=self._secret(name, "secret", channel),
            gets=tuple(channel["gets"]),
            sections=tuple(channel["sections"]),
            allow=tuple(channel["allow"]),
            proxy=channel["proxy"],
            path=str(self.home / channel["path"]) if channel["path"] else None,
            options={**options, "sender": sender} if channel["type"] == "smtp" else options,
        )

    def desk(self, desk: Mapping[str, Any]) -> DeskConfig:
        """The desk with its token, None where the configuration names none or it is not there."""
        token = self.environment.get(desk["token_env"], "").strip() if desk["token_env"] else ""
        if desk["token_file"] and (self.home / desk["token_file"]).is_file():
            token = (self.home / desk["token_file"]).read_text(encoding="utf-8").strip()
        names = tuple(desk["names"])
        return DeskConfig(desk["port"], desk["host"], names, Secret(token) if token else None, desk["serve"])

    def source(self, at: int, source: Mapping[str, Any]) -> Path | Bucket:
        """A seed folder, or a bucket with its key. What is named and missing is a problem."""
        given = {key: value for key, value in source.items() if value is not None}
        url = given.pop("url")
        if not url.startswith("s3://"):
            if given:
                self._misplaced(at, next(iter(given)), "only a bucket (s3://name/prefix) has this")
            return self.home / Path(url).expanduser()
        endpoint = self._given(at, "endpoint_env", given) or source["endpoint"]
        key = self._given(at, "key_env", given) or self._given(at, "key_file", given)
        secret = self._given(at, "secret_env", given) or self._given(at, "secret_file", given)
        if endpoint and not re.match(r"https?://[^\s/@]+/?$", endpoint):
            self._misplaced(at, "endpoint", "an endpoint is written like https://s3.example.com")
        if bool(source["key_env"] or source["key_file"]) != bool(source["secret_env"] or source["secret_file"]):
            self._misplaced(at, "url", "a bucket needs a key and a secret, or neither")
        url = url.rstrip("/")
        return Bucket(
            url,
            self.home / "state" / "buckets" / named(url, endpoint),
            endpoint,
            source["region"],
            Secret(key) if key else None,
            Secret(secret) if secret else None,
        )

    def _given(self, at: int, key: str, source: Mapping[str, Any]) -> str | None:
        """What the variable or file of a bucket holds that is named under a key; missing, it is a problem."""
        name = source.get(key)
        if name is None:
            return None
        value, why = self.environment.get(name, "").strip(), f"the environment variable {name} is not set"
        if key.endswith("_file"):
            value, why = "", f"{name} cannot be read, or is empty"
            with suppress(OSError, UnicodeDecodeError):
                value = (self.home / name).read_text(encoding="utf-8").strip()
        if not value:
            self._misplaced(at, key, why)
        return value or None

    def _misplaced(self, at: int, key: str, message: str) -> None:
        """A problem of the seeds at a place in their list."""
        self._fault("config/digest.yaml", self._text("config/digest.yaml"), ("seeds", at, key), message)

    def database(self, config: Mapping[str, Any]) -> Secret | None:
        """The address of the PostgreSQL that holds the archive; None where it lies in a file of the home.

        What is named and missing is a problem: the file in its place would be another memory.
        """
        variable, file = config["database_env"], config["database_file"]
        name = variable or "DATABASE_URL"
        key = "database_file" if file else "database_env"
        value = self.environment.get(name, "").strip()
        if file:
            try:
                value = (self.home / file).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError):
                self._unnamed(key, f"{file} cannot be read")
                return None
        elif variable and not value:
            self._unnamed(key, f"the environment variable {name} is not set; set it or take the line out")
            return None
        if value and not re.match(r"postgres(ql)?://", value):
            place = file or name
            self._unnamed(key, f"{place} holds no address of a PostgreSQL (postgresql://user:password@host/name)")
            return None
        return Secret(value) if value else None

    def _unnamed(self, key: str, message: str) -> None:
        self._fault("config/digest.yaml", self._text("config/digest.yaml"), (key,), message)

    def _secret(self, channel: str, what: str, given: Mapping[str, Any]) -> Secret | None:
        variable, file = given[f"{what}_env"], given[f"{what}_file"]
        if variable and not self.environment.get(variable):
            message = f"the environment variable {variable} is not set; set it or take the channel out"
            self._lack(channel, f"{what}_env", message)
            return None
        if variable:
            return Secret(self.environment[variable].strip())
        if not file:
            return None
        try:
            return Secret((self.home / file).read_text(encoding="utf-8").strip())
        except (OSError, UnicodeDecodeError):
            self._lack(channel, f"{what}_file", f"{file} cannot be read")
            return None

    def _lack(self, channel: str, key: str, message: str) -> None:
        text = self._text("config/digest.yaml")
        line = line_of(text, ("channels", channel, key))
        self.lacks.append(Problem("config/digest.yaml", message, line, f"channels.{channel}.{key}"))

    def _fault(self, name: str, text: str, loc: tuple[str | int, ...], message: str) -> None:
        key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc).lstrip(".")
        self.problems.append(Problem(name, message, line_of(text, loc), key))

    def _is_shipped(self, name: str) -> bool:
        """Whether the home's file is the shipped one itself (a checkout used as a home)."""
        return (self.home / name).resolve() == Path(str(shipped.root().joinpath(name))).resolve()

    def _text(self, name: str) -> str:
        own = self.home / name
        return own.read_text(encoding="utf-8") if own.exists() else shipped.read(name)

    def _table(self, name: str) -> tuple[dict[str, Any], str]:
        """A YAML file of the home, else the shipped one, as a mapping, with its text for line numbers."""
        text = self._read(name)
        return self._parsed(name, text), text

    def _read(self, name: str) -> str:
        """The text of a file of the home, else of the shipped one; it counts for the version. Empty with a problem."""
        try:
            text = self._text(name)
        except OSError as error:
            self.problems.append(Problem(name, f"cannot be read ({error.strerror})"))
            return ""
        except UnicodeDecodeError:
            self.problems.append(Problem(name, "is not UTF-8; save it as UTF-8"))
            return ""
        self._hash.update(text.encode())
        return text

    def _parsed(self, name: str, text: str) -> dict[str, Any]:
        """The text of a file as a mapping. Empty with a problem."""
        if _ships(name, text):
            shipped_table: dict[str, Any] = shipped.table(name)
            return shipped_table
        from digest import notation  # noqa: PLC0415 -- what ships is parsed already

        try:
            table = notation.read(text)
        except notation.Broken as error:
            self.problems.append(notation.problem(name, text, error))
            return {}
        if table is None:
            return {}
        if not isinstance(table, dict):
            self.problems.append(Problem(name, "expected keys with values (`key: value`)", 1))
            return {}
        return table


def _ships(name: str, text: str) -> bool:
    """Whether a text is that of the shipped file of this name."""
    try:
        return shipped.read(name) == text
    except OSError:
        return False


def line_of(text: str, path: Iterable[str | int]) -> int | None:
    """The 1-based line on which the value at `path` stands in a YAML text, or the nearest parent's."""
    import yaml  # noqa: PLC0415 -- only who tells where something is wrong needs it

    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return None
    line = None
    for part in path:
        if isinstance(node, yaml.MappingNode):
            found = next((pair for pair in node.value if pair[0].value == str(part)), None)
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            break
    return line


def _texts(value: object) -> Iterator[str]:
    """Every text in a value of lists and mappings, keys aside."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)


def _path(key: str) -> list[str | int]:
    """`rules[3].when.length` as the steps to it."""
    parts = re.findall(r"[^.\[\]]+|\[\d+\]", key)
    return [int(part[1:-1]) if part.startswith("[") else part for part in parts]
