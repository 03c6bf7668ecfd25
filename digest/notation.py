"""Notation: YAML as an editor writes it. A key that stands twice is an error: YAML would take the last in silence."""

from __future__ import annotations

from typing import Any

import yaml

from digest.errors import Problem

Broken = yaml.YAMLError
"""A text that is no YAML, or one in which a key stands twice."""


class TwiceError(yaml.constructor.ConstructorError):
    """A key that stands twice in one mapping. `line` is where it stands again, 1-based."""

    def __init__(self, key: str, line: int, first: int) -> None:
        super().__init__(None, None, f"is written twice; the first is on line {first}, keep one of them", None)
        self.key = key
        self.line = line


class _Loader(yaml.CSafeLoader):
    """The C loader, which counts the keys of each mapping."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 -- the signature of PyYAML
        merges = any(key.tag == "tag:yaml.org,2002:merge" for key, _ in node.value)
        made: dict[Any, Any] = super().construct_mapping(node, deep)
        if len(made) < len(node.value) and not merges:  # what is merged in may be written over: that is its point
            first: dict[object, int] = {}
            for key, _ in node.value:
                line = key.start_mark.line + 1
                name = self.construct_object(key, deep=True)
                if name in first:
                    raise TwiceError(str(name), line, first[name])
                first[name] = line
        return made


def read(text: str) -> Any:  # noqa: ANN401 -- YAML has no narrower type; each user checks its own table
    """A text as plain values. Raises yaml.YAMLError; TwiceError, which is one, where a key stands twice."""
    return yaml.load(text, Loader=_Loader)  # noqa: S506 -- a safe loader, made stricter


def problem(name: str, text: str, error: yaml.YAMLError) -> Problem:
    """What is wrong with the text of the file `name`, and on which line."""
    what = getattr(error, "problem", None) or "is not YAML"
    if isinstance(error, TwiceError):
        return Problem(name, what, error.line, error.key)
    mark = getattr(error, "problem_mark", None)
    if mark and any(row[: mark.column + 1].endswith("\t") for row in text.splitlines()[mark.line : mark.line + 1]):
        what = "a tab stands where YAML wants spaces"
    return Problem(name, f"is not valid YAML: {what}", mark.line + 1 if mark else None)
