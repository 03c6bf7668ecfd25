"""The errors a user can meet, each naming its place and what to do next.

DigestError
├── SeedError            one seed cannot be read; held back, the rest goes on
├── ConfigError          config/ is wrong; carries every problem at once (exit status 2)
│   └── TemplateError    a template is wrong
├── ArchiveError         the database cannot be used
├── BucketError          clips in object storage cannot be had
├── AccordError          services that share an archive are not configured alike
├── ApprovalError        a draft that nobody has approved as it is
├── ChannelError         a draft cannot be planned for a channel
└── UsageError           the command cannot be carried out as asked (exit status 2)
"""

from __future__ import annotations

from typing import NamedTuple


class DigestError(Exception):
    """Anything that is told to the user in one line, without a traceback."""


class SeedError(DigestError):
    """A seed that gives no document.

    `code` is a stable word for programs (`empty`, `binary`, `no-permission`, `encoding` …), `message` a
    sentence for the editor, `remedy` what to do about it.
    """

    def __init__(self, code: str, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.remedy = remedy


class Problem(NamedTuple):
    """One thing wrong in a file of the user: where it is and what to do. `line` is 1-based.

    A named tuple: every command loads this module, and `dataclasses` costs half of what Python itself does.
    """

    file: str
    message: str
    line: int | None = None
    key: str | None = None

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.key}: {self.message}" if self.key else f"{place}: {self.message}"


class ConfigError(DigestError):
    """Wrong configuration: every problem found, not only the first."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class TemplateError(ConfigError):
    """A template that does not compile or asks for something that does not exist."""


class ArchiveError(DigestError):
    """The archive cannot be read or written."""


class BucketError(DigestError):
    """A bucket that cannot be listed or read; what is mirrored of it stays."""


class StaleError(ArchiveError):
    """A draft whose number or seeds have gone into another issue meanwhile: nothing was recorded.

    `files`, (folder, path) each: those whose content is another one than was read.
    """

    def __init__(self, message: str, files: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(message)
        self.files = files


class ChannelError(DigestError):
    """A draft that cannot be planned for a channel (an item too big for its limits, a missing secret)."""

    def __init__(self, channel: str, message: str) -> None:
        super().__init__(f"channel {channel}: {message}")
        self.channel = channel


class AccordError(DigestError):
    """A service whose configuration is not the one that the others plan by: it plans nothing."""


class ApprovalError(DigestError):
    """A draft that nobody has approved as it is: it is not sent."""


class UsageError(DigestError):
    """A command that cannot be carried out as asked."""
