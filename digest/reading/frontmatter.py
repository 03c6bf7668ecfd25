"""Front matter, read leniently but honestly: every value stays a string, broken YAML is recovered line by line."""

from __future__ import annotations

import html
from dataclasses import dataclass, field

from digest import late
from digest.document import Warn

_LONGEST = 400
"""Lines; a longer block is no front matter."""
_KEY = late.regex(r"^([A-Za-z\u3040-\u9fff][\w\u3040-\u9fff .-]{0,60}?)[ \t]{0,8}:(?:[ \t]+(.*)|)$")
_ITEM = late.regex(r"^[ \t]*-[ \t]+(.*)$")
_NESTING = late.regex(r"[\[\]{}]|[-?:](?=[ \t]{1,9}[-?:\[{])")
_DEEPEST = 10
_WIKI = late.regex(r"!?\[\[([^\[\]|]{1,300})(?:\|([^\[\]]{1,300}))?\]\]")
_ALIAS = late.regex(r"(?m)^[^\"'\n]{0,80}[:\-]\s{1,4}[&*][A-Za-z0-9_]{1,40}")

Value = str | list[str]


@dataclass(slots=True)
class Front:
    """The fields by lower-case key (`_` for spaces and dashes), the body behind them, and what was wrong."""

    fields: dict[str, Value] = field(default_factory=dict)
    body: str = ""
    warnings: tuple[Warn, ...] = ()
    found: bool = False

    def first(self, *keys: str) -> str | None:
        """The first of these keys with a value."""
        for key in keys:
            value = self.fields.get(key)
            if isinstance(value, list):
                value = next((item for item in value if item), None)
            if value:
                return value
        return None

    def every(self, *keys: str) -> list[str]:
        """All values of the first of these keys that has one."""
        for key in keys:
            value = self.fields.get(key)
            if value:
                return [value] if isinstance(value, str) else [item for item in value if item]
        return []


def split(text: str) -> Front:
    """Part front matter from the body. A first `---` without a `key:` line behind it is a rule."""
    start = len(text) - len(text.lstrip("\n\ufeff \t"))
    if not text.startswith("---", start):
        return Front(body=text)
    lines = text[start : start + 200_000].split("\n", _LONGEST)
    end = next((at for at, line in enumerate(lines) if at and line.rstrip() in {"---", "..."}), None)
    inside = lines[1:end] if end else []
    first = next((line for line in inside if line.strip() and not line.startswith("#")), "")
    if lines[0].rstrip() != "---" or end is None or not _KEY.match(first.rstrip()):
        return Front(body=text)
    body = text[start + sum(len(line) + 1 for line in lines[: end + 1]) :]
    fields, sound = _fields("\n".join(inside))
    warnings = () if sound else (Warn("front-matter", "the front matter is broken YAML; it was read line by line"),)
    return Front(fields, body, warnings, found=True)


def _fields(block: str) -> tuple[dict[str, Value], bool]:
    import yaml  # noqa: PLC0415 -- plain text needs no YAML

    # Nothing in a clip needs an anchor or ten levels; the one can be made to explode, the other to overflow C's stack.
    if _ALIAS.search(block) or _nested(block) > _DEEPEST:
        return _line_by_line(block), False
    try:
        # The base loader: every scalar stays the string it is, tags are not looked at.
        table = yaml.load(block, Loader=yaml.CBaseLoader)  # noqa: S506 -- builds strings, lists and tables only
    except (yaml.YAMLError, ValueError, RecursionError):
        return _line_by_line(block), False
    if not isinstance(table, dict):
        return _line_by_line(block), False
    return {_key(str(key)): _clean(value) for key, value in reversed(table.items())}, True


def _nested(block: str) -> int:
    """How deep brackets, or dashes on one line, are nested at most."""
    deepest = brackets = 0
    for line in block.split("\n"):
        depth = brackets
        for mark in _NESTING.findall(line):
            depth += -1 if mark in "]}" else 1
            deepest = max(deepest, depth)
            if mark in "[]{}":
                brackets = max(0, brackets + (-1 if mark in "]}" else 1))
    return deepest


def _key(name: str) -> str:
    return name.strip().lower().replace(" ", "_").replace("-", "_")


def _clean(value: object) -> Value:
    if isinstance(value, list):
        flat = [item for inner in value for item in (inner if isinstance(inner, list) else [inner])]
        return [word for item in flat if isinstance(item, (str, list)) and (word := scalar(_bracketed(item)))]
    return scalar(value) if isinstance(value, str) else ""


def _bracketed(item: str | list[object]) -> str:
    # [[name]] without quotes is a list in a list to YAML
    return item if isinstance(item, str) else " ".join(str(inner) for inner in item)


def scalar(value: str) -> str:
    """A value without wikilink brackets, entities, stray backslashes and outer space."""
    value = value.strip()
    if "[[" in value:
        value = _WIKI.sub(lambda found: found[2] or found[1], value)
    if "&" in value:
        value = html.unescape(value)
    return value.replace('\\"', '"').replace("\xa0", " ").strip()


def _line_by_line(block: str) -> dict[str, Value]:
    fields: dict[str, Value] = {}
    key = ""
    for line in block.split("\n"):
        if found := _KEY.match(line.rstrip()):
            key = _key(found[1])
            value = (found[2] or "").strip()
            if value.startswith("[") and value.endswith("]") and not value.startswith("[["):
                fields.setdefault(key, [word for item in value[1:-1].split(",") if (word := scalar(_unquoted(item)))])
            else:
                fields.setdefault(key, scalar(_unquoted(value)))
        elif key and (item := _ITEM.match(line)):
            before = fields.get(key)
            items = before if isinstance(before, list) else [before] if before else []
            fields[key] = [*items, scalar(_unquoted(item[1]))]
    return fields


def _unquoted(value: str) -> str:
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        value = value[1:-1]
    elif value[:1] in ("'", '"') and value.count(value[0]) == 1:  # opened and never closed: what broke the block
        value = value[1:]
    return value.replace("\\\\", "\\").replace('\\"', '"')
