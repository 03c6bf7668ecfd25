"""templates/ as strict, sandboxed Jinja2 environments: the home's templates first, then the shipped ones.

A name that ends in `.html.j2` is rendered with autoescape, every other one (text, Markdown, posts) without. A name
that begins with `shipped/` is always the shipped template, so that a home's own can extend or include it.
"""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from digest import shipped
from digest.errors import Problem, TemplateError
from digest.typography import headline

if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.resources.abc import Traversable

    from jinja2 import BytecodeCache, Environment
    from jinja2.bccache import Bucket

SHIPPED = "templates/"
"""How the file of a shipped template is called in an error; a home's own has its whole path."""
_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~&])")


class Templates:
    """The templates of a home (`None`: only the shipped ones), compiled once and kept while unchanged.

    Compiling costs ten times as much as filling in, so what is compiled is kept for the next run as Python keeps its
    own: the shipped templates in `__pycache__` beside them, a home's in its disposable `state/templates/`.
    """

    def __init__(self, home: Path | None = None) -> None:
        own = home and home / "templates"  # looked into each time: it may come while a service runs
        self._own = f"{own}/" if own else None
        self._places: tuple[tuple[str, Traversable], ...] = ((SHIPPED, shipped.root() / "templates"),)
        if own and self._own:
            self._places = ((self._own, own), *self._places)
        self._state = home and home / "state" / "templates"
        self._environments: dict[bool, Environment] = {}

    def render(self, name: str, /, **values: object) -> str:
        """A template filled in. TemplateError, with file and line, for whatever goes wrong inside it."""
        try:
            return self._environment(html=name.endswith(".html.j2")).get_template(name).render(values)
        except Exception as error:
            raise TemplateError(_problem(name, error)) from error

    def broken(self) -> list[Problem]:
        """The templates of the home that do not compile, each with its place."""
        if not self._own:
            return []
        own = Path(self._own)
        found = []
        for file in sorted(own.rglob("*.j2")):
            name = file.relative_to(own).as_posix()
            try:
                self._environment(html=name.endswith(".html.j2")).get_template(name)
            except Exception as error:  # noqa: BLE001 -- whatever is wrong with a template is told, with its place
                found.append(_problem(name, error))
        return found

    def _environment(self, *, html: bool) -> Environment:
        if html not in self._environments:
            from jinja2 import FunctionLoader, StrictUndefined  # noqa: PLC0415 -- only what renders pays for Jinja2
            from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415 -- as above

            environment = ImmutableSandboxedEnvironment(
                loader=FunctionLoader(self._load),
                bytecode_cache=_kept(self._state, self._own, html=html),
                autoescape=html,
                optimized=False,  # there is nothing to fold, and looking for it costs a tenth of compiling
                undefined=StrictUndefined,
                trim_blocks=True,
                lstrip_blocks=True,
                keep_trailing_newline=True,
                auto_reload=True,
            )
            environment.filters["md"] = markdown
            environment.filters["lines"] = lines
            environment.filters["headline"] = headline
            self._environments[html] = environment
        return self._environments[html]

    def _load(self, name: str) -> tuple[str, str, Callable[[], bool]] | None:
        found = self._find(name)
        return None if found is None else (found[0].decode("utf-8"), found[1], lambda: self._find(name) == found)

    def _find(self, name: str) -> tuple[bytes, str] | None:
        """The bytes of a template and the name of its file, the home's own before the shipped one."""
        from jinja2.loaders import split_template_path  # noqa: PLC0415 -- refuses `..`

        parts = split_template_path(name)
        places = self._places
        if parts[0] == "shipped":
            parts, places = parts[1:], places[-1:]
        for place, folder in places:
            file = folder.joinpath(*parts)
            if file.is_file():
                return file.read_bytes(), place + "/".join(parts)
        return None


def _kept(state: Path | None, own: str | None, *, html: bool) -> BytecodeCache:
    """A store of compiled templates: a home's (their files begin with `own`) in `state`, the shipped ones beside them.

    A template is compiled again when its text, its escaping, Python or Jinja2 changes. Where the package cannot be
    written the shipped ones are kept in `state` too; where nothing can be written it costs time and nothing else.
    """
    import jinja2  # noqa: PLC0415 -- only what renders pays for Jinja2

    made = f"{Path(jinja2.__file__).stat().st_mtime_ns} {html}"
    beside = shipped.root() / "templates" / "__pycache__"
    anywhere = [folder for folder in (beside, state) if isinstance(folder, Path)]

    class Kept(jinja2.BytecodeCache):
        def get_cache_key(self, name: str, filename: str | None = None) -> str:
            key = hashlib.sha1(f"{made} {name} {filename}".encode(), usedforsecurity=False).hexdigest()
            return f"{'own' if own and (filename or '').startswith(own) else 'shipped'}-{key}"

        def load_bytecode(self, bucket: Bucket) -> None:
            for file in self._files(bucket):
                if file.is_file():
                    with suppress(OSError):
                        bucket.bytecode_from_string(file.read_bytes())
                    return

        def dump_bytecode(self, bucket: Bucket) -> None:
            for file in self._files(bucket):
                with suppress(OSError):
                    file.parent.mkdir(parents=True, exist_ok=True)
                    whole = file.with_suffix(f".{os.getpid()}")
                    whole.write_bytes(bucket.bytecode_to_string())
                    whole.replace(file)
                    return

        def _files(self, bucket: Bucket) -> list[Path]:
            folders = [state] if state and bucket.key.startswith("own") else anywhere
            return [folder / f"{bucket.key}.j2c" for folder in folders]

    return Kept()


def markdown(value: object) -> str:
    """Text that shows as it stands inside a line of Markdown: mark-up characters escaped, line ends a space."""
    return " ".join(_MARKDOWN.sub(r"\\\1", str(value)).split("\n"))


def lines(value: object) -> list[str]:
    """The lines of a text that hold something."""
    return [line for line in str(value).split("\n") if line.strip()]


def _problem(name: str, error: Exception) -> Problem:
    """Where a template went wrong and what it says, without a traceback."""
    from jinja2 import TemplateNotFound, TemplateSyntaxError, UndefinedError  # noqa: PLC0415 -- it is loaded already

    if isinstance(error, TemplateSyntaxError):
        return Problem(error.filename or error.name or name, error.message or "syntax error", error.lineno)
    file, line = _place(error) or (f"templates/{name}", None)
    if isinstance(error, TemplateNotFound):
        missing = ", ".join(map(str, error.templates)) or str(error.name)
        return Problem(file, f"there is no template {missing}", line)
    if isinstance(error, UndefinedError):
        return Problem(file, f"{error.message}; docs/templates.md lists what a template may use", line)
    if isinstance(error, UnicodeDecodeError):
        return Problem(file, "is not UTF-8", line)
    return Problem(file, f"{type(error).__name__}: {error}", line)


def _place(error: Exception) -> tuple[str, int] | None:
    """The innermost place in a template that an error came from: Jinja2 puts template lines into tracebacks."""
    place = None
    trace = error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file.endswith(".j2"):
            place = (file, trace.tb_lineno)
        trace = trace.tb_next
    return place
