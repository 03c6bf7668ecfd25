"""What an archive asks of its database: whole transactions, rows by name, one writer at a time.

The SQL of the archive is written once, with SQLite's placeholders (`?`, `?1`, `:name`). `sqlite.py` runs it as it
stands; `postgres.py` translates placeholders and types. The rest of the seam is what is declared here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar

from digest.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    Values = Sequence[object] | Mapping[str, object]

T = TypeVar("T")


class Row(Protocol):
    """A row: its values in order, by place and by name."""

    def __getitem__(self, key: int | str, /) -> Any: ...  # noqa: ANN401 -- what a column holds is known by its schema

    def __iter__(self) -> Iterator[Any]: ...


class Result(Protocol):
    """What a statement gave."""

    @property
    def rowcount(self) -> int:
        """How many rows it changed."""

    def fetchone(self) -> Row | None:
        """The next row."""

    def fetchall(self) -> Sequence[Row]:
        """The rows that are left."""


class Writing(Protocol):
    """A write transaction that is open."""

    skipping: str
    """What a SELECT ends with to lock the rows of table `d` for this transaction and pass over locked ones."""

    def execute(self, sql: str, values: Values = (), /) -> Result:
        """Run one statement."""

    def executemany(self, sql: str, values: Iterable[Values], /) -> None:
        """Run one statement for each of these values."""

    def clock(self, real: datetime) -> datetime:
        """The clock of leases: that of the database where several machines share one, else `real`."""


class LostError(ArchiveError):
    """The connection broke before the commit; nothing of the transaction was kept."""


class Database(ABC):
    """A database with its schema in place. `name` is how messages call it, without any secret.

    `shared`: services on several machines may be at work on it; its clock is theirs then.
    """

    name: str
    shared: bool

    @abstractmethod
    def write(self, *, alone: bool = True) -> AbstractContextManager[Writing]:
        """A write transaction: all of it is committed when the block ends, or nothing and an error.

        `alone`: no other transaction of this kind at the same time, which is what reading before writing needs.
        Without it, locked rows have to be enough. Raises ArchiveError where the database refuses.
        """

    @abstractmethod
    def carry(self, act: Callable[[Writing], T]) -> T:
        """A write transaction that is not alone and is begun again where the connection was lost before its commit."""

    @abstractmethod
    def rows(self, sql: str, values: Values = ()) -> Sequence[Row]:
        """All rows of a query."""

    @abstractmethod
    def row(self, sql: str, values: Values = ()) -> Row | None:
        """The first row of a query."""

    @abstractmethod
    def stream(self, sql: str, values: Values = ()) -> Iterator[Row]:
        """The rows of a query one by one, where they are too many to hold."""

    @abstractmethod
    def clock(self, real: datetime) -> datetime:
        """The time by the clock that counts here; `real` is that of this machine."""

    @abstractmethod
    def revision(self) -> object:
        """Something that is another as soon as anybody has written since, this connection too; None: it cannot tell.

        Asking costs less than any query.
        """

    @abstractmethod
    def damage(self) -> str | None:
        """What is wrong with the database itself; None where it is sound."""

    @abstractmethod
    def copy_to(self, path: Path) -> None:
        """A consistent copy of the whole as an SQLite file, while others go on writing."""

    @abstractmethod
    def settle(self) -> None:
        """Bring everything into one file, where there is one. Raises ArchiveError where others are at work on it."""

    @abstractmethod
    def close(self) -> None:
        """Close it; safe to call twice."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def stamp(moment: datetime) -> str:
    """A moment as the database keeps it."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def moment(text: str) -> datetime:
    """A kept moment as a value (UTC)."""
    return datetime.fromisoformat(text)
