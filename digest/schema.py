"""The schema of `config/digest.yaml`: its keys, what each may hold, and what a wrong one is told.

Its library takes longer to load than a clip to read, so it is asked only about words it has not seen (digest/kept.py).
"""

from __future__ import annotations

import difflib
import re
from datetime import time, timedelta
from ipaddress import ip_network
from typing import TYPE_CHECKING, Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from digest.channels import TYPES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Kind = Literal["digest", "posts", "review", "alerts"]


def _zone(value: object) -> object:
    """An IANA time zone that this machine knows."""
    try:
        ZoneInfo(str(value))
    except (KeyError, ValueError, OSError) as error:
        message = f"no time zone {value!r}; write one like Asia/Shanghai or Europe/Berlin"
        raise ValueError(message) from error
    return value


def _clock(value: object) -> object:
    """`HH:MM` as a time of day. YAML reads an unquoted 9:07 as a number, hence the hint."""
    match = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", str(value))
    if not match:
        message = f'no time of day {value!r}; write it in quotes, like "09:07"'
        raise ValueError(message)
    return time(int(match[1]), int(match[2]))


def _span(value: object) -> object:
    """`3d`, `12h` or `30m` as a span of time."""
    match = re.fullmatch(r"(\d{1,4})\s*([dhm])", str(value))
    if not match:
        message = f"no span of time {value!r}; write it like 3d, 12h or 30m"
        raise ValueError(message)
    return timedelta(**{{"d": "days", "h": "hours", "m": "minutes"}[match[2]]: int(match[1])})


def _utm(value: object) -> object:
    strange = (
        [key for key in value if not re.fullmatch(r"utm_[a-z_]{1,20}", str(key))] if isinstance(value, dict) else []
    )
    if strange:
        message = f"{strange[0]!r} is no campaign key; there are utm_source, utm_medium, utm_campaign …"
        raise ValueError(message)
    return value


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _address(value: object) -> object:
    if not re.match(r"(https?://|mailto:)\S+$", str(value)):
        message = f"{value!r} is no address; write it with https://"
        raise ValueError(message)
    return value


def _sender(value: object) -> object:
    if not re.fullmatch(r"[^<>\n]{0,200}<[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+", str(value)):
        message = f"{value!r} is no sender; write it like Name <name@example.org>"
        raise ValueError(message)
    return value


class _Model(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, populate_by_name=True, defer_build=True, ser_json_timedelta="float"
    )


class _Newsletter(_Model):
    title: Annotated[str, Field(min_length=1)] = "Digest"
    language: Literal["zh-CN", "zh-TW", "en", "ja"] = "zh-CN"
    timezone: Annotated[str, BeforeValidator(_zone)] = "Asia/Shanghai"
    sender: Annotated[str, BeforeValidator(_sender), Field(alias="from")] = "Digest <digest@newsletter.invalid>"
    unsubscribe: Annotated[str, BeforeValidator(_address)] | None = None
    web: Annotated[str, BeforeValidator(_address)] | None = None
    postal: str | None = None


class _Schedule(_Model):
    day: Annotated[tuple[Day, ...], BeforeValidator(_listed), Field(min_length=1)] = ("fri",)
    at: Annotated[time, BeforeValidator(_clock)] = time(9, 7)
    grace: Annotated[timedelta, BeforeValidator(_span)] = timedelta(days=3)
    when_empty: Literal["skip", "send"] = "skip"


def _networks(value: object) -> object:
    listed = [value] if isinstance(value, str) else value
    for text in listed if isinstance(listed, list) else ():
        try:
            ip_network(text, strict=False)
        except ValueError as error:
            message = f"{text!r} is no network; write it like 10.0.0.0/8"
            raise ValueError(message) from error
    return listed


def _type(value: object) -> object:
    if value not in TYPES:
        message = f"{value!r} is no type of channel; there are {', '.join(TYPES)}"
        raise ValueError(message)
    return value


class _Channel(_Model):
    """One channel, as it is written."""

    type: Annotated[str, BeforeValidator(_type)]
    url_env: str | None = None
    url_file: str | None = None
    secret_env: str | None = None
    secret_file: str | None = None
    path: str | None = None
    gets: tuple[Kind, ...] = ("digest", "posts")
    sections: tuple[str, ...] = ()
    allow: Annotated[tuple[str, ...], BeforeValidator(_networks)] = ()
    proxy: str | None = None
    limit: Annotated[int, Field(gt=0)] | None = None
    html: bool | None = None
    chat_id: str | int | None = None
    room: str | None = None
    lists: Annotated[tuple[int, ...], Field(min_length=1)] | None = None
    template: int | None = None
    to: Annotated[tuple[str, ...], BeforeValidator(_listed)] | None = None


class _Cards(_Model):
    font: str | None = None


class _Desk(_Model):
    """Where the desk is served, as it is written."""

    port: Annotated[int, Field(ge=0, le=65535)] = 8737
    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    names: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    token_env: str | None = None
    token_file: str | None = None
    serve: bool = True


class _Site(_Model):
    url: Annotated[str, BeforeValidator(_address)] | None = None


class _Health(_Model):
    port: Annotated[int, Field(ge=0, le=65535)] = 9187
    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"


def _sources(value: object) -> object:
    """A folder may be named by its path alone."""
    return [{"url": one} if isinstance(one, str) else one for one in value] if isinstance(value, list) else value


def _source(value: object) -> object:
    if "://" in str(value) and not re.fullmatch(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*)?", str(value)):
        message = f"{value!r} is neither a folder nor a bucket; write a bucket like s3://name/prefix"
        raise ValueError(message)
    return value


class _Source(_Model):
    """One folder or bucket of clips, as it is written."""

    url: Annotated[str, BeforeValidator(_source), Field(min_length=1)]
    endpoint: str | None = None
    endpoint_env: str | None = None
    region: str | None = None
    key_env: str | None = None
    key_file: str | None = None
    secret_env: str | None = None
    secret_file: str | None = None


class _Memory(_Model):
    issues: Annotated[int, Field(ge=0, le=60)] = 8
    waits: Annotated[int, Field(ge=0, le=60)] = 2


class _Config(_Model):
    """The whole file."""

    newsletter: _Newsletter = Field(default_factory=_Newsletter)
    seeds: Annotated[tuple[_Source, ...], BeforeValidator(_sources)] = (_Source(url="seeds"),)
    schedule: _Schedule = Field(default_factory=_Schedule)
    approval: Literal["none", "required"] = "none"
    review: Annotated[timedelta, BeforeValidator(_span)] = timedelta(hours=6)
    platforms: tuple[str, ...] = ("x", "mastodon", "weibo")
    utm: Annotated[dict[str, str], BeforeValidator(_utm)] = Field(default_factory=dict)
    people: dict[str, str] = Field(default_factory=dict)
    channels: dict[str, _Channel] = Field(default_factory=dict)
    database_env: str | None = None
    database_file: str | None = None
    cards: _Cards = Field(default_factory=_Cards)
    memory: _Memory = Field(default_factory=_Memory)
    site: _Site = Field(default_factory=_Site)
    look_back: bool = False
    desk: _Desk = Field(default_factory=_Desk)
    health: _Health | None = None


def checked(table: Mapping[str, Any]) -> tuple[dict[str, Any], list[tuple[tuple[int | str, ...], str]]]:
    """The whole configuration as plain values, with what is not set, and every fault: its place and what to do.

    A time of day is given as `HH:MM:SS`, a span of time in seconds. Where there are faults, the values are not those
    of the file.
    """
    try:
        config, faults = _Config.model_validate(table), []
    except ValidationError as error:
        config, faults = _Config(), [(fault["loc"], _plain(fault)) for fault in error.errors(include_url=False)]
    return config.model_dump(mode="json"), faults


def _plain(fault: Mapping[str, Any]) -> str:
    """What pydantic found, in words that say what to do."""
    if fault["type"] == "extra_forbidden":
        known = _keys(fault["loc"][:-1])
        near = difflib.get_close_matches(str(fault["loc"][-1]), known, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(known)}"
        return f"unknown key; {hint}"
    if fault["type"] == "value_error":
        return str(fault["ctx"]["error"])
    if fault["type"] == "literal_error":
        return f"{fault['input']!r} is not one of {fault['ctx']['expected']}"
    wanted = next((words for ending, words in _WANTED.items() if fault["type"].endswith(ending)), None)
    return f"{wanted or fault['msg']} (found {fault['input']!r})"


_WANTED = {
    "missing": "this key is needed here",
    "tuple_type": "expected a list, like [one, two]",
    "list_type": "expected a list, like [one, two]",
    "set_type": "expected a list, like [one, two]",
    "dict_type": "expected keys of its own, each on an indented line",
    "mapping_type": "expected keys of its own, each on an indented line",
    "model_type": "expected keys of its own, each on an indented line",
    "string_type": "expected words",
    "bool_type": "expected true or false",
    "bool_parsing": "expected true or false",
    "int_type": "expected a whole number",
    "int_parsing": "expected a whole number",
    "float_type": "expected a number",
    "float_parsing": "expected a number",
}
"""What a kind of value is called to a user, by the ending of pydantic's name for the fault."""


def _keys(loc: Iterable[str | int]) -> list[str]:
    """The keys that are known at a place of the configuration."""
    nested: dict[str, type[BaseModel]] = {
        "newsletter": _Newsletter,
        "schedule": _Schedule,
        "cards": _Cards,
        "memory": _Memory,
        "channels": _Channel,
        "desk": _Desk,
        "site": _Site,
        "health": _Health,
        "seeds": _Source,
    }
    steps = [str(part) for part in loc]
    current = nested.get(steps[0], _Config) if steps else _Config
    return [info.alias or name for name, info in current.model_fields.items()]
