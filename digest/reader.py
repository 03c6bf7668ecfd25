"""The reader: what lies in seed files as summaries, read once and judged once as long as nothing about it changes.

What was read is kept in the cache, so that a changed rule judges again without reading and a changed file costs one
file. However many clips wait, only the best are laid on the desk: one pass in the order of the files, in time linear
in their number and in memory that does not grow with what they hold.
"""

from __future__ import annotations

import hashlib
import logging
import math
import os
from contextlib import closing, suppress
from dataclasses import replace
from functools import cached_property
from heapq import heappush, heappushpop
from typing import TYPE_CHECKING, NamedTuple

from digest import inbox, packed
from digest.cache import JUDGES, READERS, TELLERS, Cache, Known, Row, code
from digest.errors import SeedError
from digest.issue import HeldBack
from digest.story import worth

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Generator, Iterable, Iterator, Mapping, Sequence

    from digest.inbox import File
    from digest.keepsake import Keepsake
    from digest.packed import Read
    from digest.seed import Clipped, Seed
    from digest.settings import Settings
    from digest.summary import Summary

log = logging.getLogger("digest")

MOST = 300
"""Clips that are laid on the desk, and as many held-back ones; the best, where more wait. An issue has room for fifteen
quotes, and finding what belongs together costs some 30 ms a clip, at each preview."""

BULK = 300
"""From so many files on that were never read, several processes read them."""


Made = Row | list["Summary"] | None
"""What came of a file that had to be read: the summaries themselves, or packed; None where it was known."""

Done = tuple[Known, Made]


class Laid(NamedTuple):
    """What is laid on the desk, in the order of the files. `more` and `more_held` count what waits beside it."""

    summaries: tuple[Summary, ...]
    unread: tuple[HeldBack, ...]
    more: int = 0
    more_held: int = 0


class _Place(NamedTuple):
    """A clip's place among the others: the weightier first, then the earlier."""

    worth: float
    before: int
    known: Known
    made: Made


class Reader:
    """Reads and judges seeds by one configuration."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def read(self, seed: Seed) -> list[Read]:
        """The documents in a seed, each with its quotes. Raises SeedError where it holds none."""
        from digest import formats, quote  # noqa: PLC0415 -- what was read before is not read again

        settings = self.settings
        with inbox.at_most(inbox.LONGEST):
            return [
                (one, quote.find(one, settings.lexicon, settings.people))
                for one in formats.read(seed, settings.lexicon)
            ]

    def judge(self, read: Sequence[Read], seed: str, path: str) -> list[Summary]:
        """The documents of a seed with what the rules choose of them."""
        from digest import summary  # noqa: PLC0415 -- what was judged before is not judged again

        made = [summary.summarise(one, quotes, self.settings.book, seed=seed, path=path) for one, quotes in read]
        return made if len(made) < 2 else [replace(one, part=part) for part, one in enumerate(made, 1)]

    def keepsakes(self, seed: Seed) -> list[Keepsake]:
        """What the articles of a seed are compared by. Raises SeedError where it holds none."""
        from digest import keepsake  # noqa: PLC0415 -- only who has issues compares with them

        return keepsake.keepsakes(self.read(seed), self.settings.book)

    def remember(
        self, clips: Iterable[Clipped], find: Callable[[Iterable[str]], Mapping[str, bytes]]
    ) -> dict[Clipped, list[Keepsake]]:
        """What these clips of earlier issues are compared by, in their order; `find` gives bytes by their sha256.

        What is not there any more, or cannot be read, is left out. The cache has what was read before.
        """
        from digest import keepsake  # noqa: PLC0415 -- as above

        keys = {one: (one.sha256, f"{one.mtime_ns} {one.path.rpartition('/')[2]}") for one in clips}
        if not keys:
            return {}
        found: dict[Clipped, list[Keepsake]] = {}
        with self.cache() as cache:
            kept = cache.keepsakes(self._telling)
            for one, key in keys.items():
                with suppress(*packed.BROKEN):
                    found[one] = keepsake.unpacked(kept[key])
            lacking = [one for one in keys if one not in found]
            data = find(one.sha256 for one in lacking) if lacking else {}
            fresh = {one: self._kept(one.seed(data[one.sha256])) for one in lacking if one.sha256 in data}
            found |= fresh
            if fresh or kept.keys() - keys.values():
                rows = {keys[one]: keepsake.packed(fresh[one]) for one in fresh}
                cache.cherish(self._telling, {**{key: kept[key] for key in keys.values() if key in kept}, **rows})
        return {one: found[one] for one in keys if found.get(one)}

    def _kept(self, seed: Seed) -> list[Keepsake]:
        try:
            return self.keepsakes(seed)
        except SeedError:
            return []

    @cached_property
    def _telling(self) -> str:
        """What decides what an article is compared by, as a hash."""
        return hashlib.sha256(f"{code(TELLERS)}{self.versions[0]}".encode()).hexdigest()[:16]

    @cached_property
    def versions(self) -> tuple[str, str]:
        """What decides what is read (code, word lists, aliases), and what is chosen (the rule book too), as hashes."""
        settings = self.settings
        lists = [(name, settings.lexicon.words(name)) for name in settings.lexicon.names()]
        words = repr((lists, sorted(settings.people.items()))).encode("utf-8", "surrogatepass")
        reading = hashlib.sha256(code(READERS).encode() + words).hexdigest()[:16]
        return reading, hashlib.sha256(f"{code(JUDGES)}{reading}{settings.rules}".encode()).hexdigest()[:16]

    def cache(self, *, needed: bool = True) -> Cache:
        """The cache of this home, for what this configuration reads and chooses; none is made that is not `needed`."""
        path = self.settings.state / "cache.db"
        return Cache.open(path, *self.versions) if needed or path.exists() else Cache(None)

    def lay(self, files: Iterable[File], used: frozenset[str], asked: frozenset[str] = frozenset()) -> Laid:
        """The best clips of the files that no issue has used, second copies left out. `asked` are laid in any case."""
        there: dict[str, list[File]] = {str(folder): [] for folder in self.settings.seeds}
        for file in files:
            there.setdefault(file.folder, []).append(file)
        with self.cache(needed=any(there.values())) as cache:
            seen = set(used)
            best: tuple[list[_Place], list[_Place]] = ([], [])
            counts = [0, 0]
            with closing(self._done(there, seen, cache)) as done:
                for at, (known, made) in enumerate(done):
                    if known.seed in seen:
                        continue
                    seen.update([known.seed] if known.seed else [])
                    heap = best[known.held or 0]
                    counts[known.held or 0] += 1
                    place = _Place(math.inf if known.seed in asked else known.worth or 0.0, -at, known, made)
                    if len(heap) < MOST:
                        heappush(heap, place)
                    else:
                        heappushpop(heap, place)
            cache.tidy(list(there))
            summaries: list[Summary] = []
            unread: list[HeldBack] = []
            for place in sorted((*best[0], *best[1]), key=lambda place: -place.before):
                try:
                    summaries += self._summaries(place, cache)
                except SeedError as error:
                    path = place.known.file.path
                    unread.append(HeldBack(place.known.seed or "", path, path, error.code, error.message, error.remedy))
        more, more_held = (count - len(heap) for count, heap in zip(counts, best, strict=True))
        if more:
            log.warning("%d more clips wait: an issue is made of the best %d", more, MOST)
        return Laid(tuple(summaries), tuple(unread), more, more_held)

    def work(
        self, file: File, seed: str | None = None, readings: bytes | None = None, seen: Container[str] = ()
    ) -> tuple[Row, list[Summary]]:
        """Read a file and judge what it holds. `readings` are what was read in its content (`seed`) before.

        A content in `seen` is not read. What cannot be read gives a row that says why.
        """
        try:
            read = self._unpacked(readings)
            if read is None:
                found = inbox.read(file)
                seed = found.sha256
                if seed in seen:
                    return Row(seed, b"", None, 0.0, held=True, lasting=False), []
                read = self.read(found)
        except SeedError as error:
            lasting = bool(seed) and error.code != "too-slow"  # another day the machine is less busy
            return Row(seed or "", packed.readings(error), None, 0.0, held=True, lasting=lasting), []
        summaries = self.judge(read, seed or "", file.path)
        weight = max((worth(one) for one in summaries), default=0.0)
        held = all(one.held for one in summaries)
        return Row(seed or "", readings or packed.readings(read), packed.judgements(summaries), weight, held), summaries

    def _done(self, there: Mapping[str, list[File]], seen: Container[str], cache: Cache) -> Generator[Done, None, None]:
        """Every file in order with its content and worth; what had to be read beside it."""
        unread = [one.file.size for one in self._known(there, cache) if one.worth is None and one.seed not in seen]
        cache.flush()  # whom the first look was sure of, the second one is
        if len(unread) >= BULK:
            from digest import bulk  # noqa: PLC0415 -- a handful of clips needs no processes

            yield from bulk.done(self, self._known(there, cache), cache, seen, sum(unread))
            return
        for known in self._known(there, cache):
            if known.worth is not None or known.seed in seen:
                yield known, None
                continue
            row, summaries = self.work(*self.job(known, cache), seen)
            yield self.kept(known, row, cache), summaries or row

    def job(self, known: Known, cache: Cache) -> tuple[File, str | None, bytes | None]:
        """What `work` is given for a file: itself, and what was read in its content before."""
        if known.seed is None:
            return known.file, None, None
        return known.file, known.seed, cache.readings(known.seed, known.file.path.rpartition("/")[2])

    def kept(self, known: Known, row: Row, cache: Cache) -> Known:
        """What is known of a file now that it was worked; the cache keeps it."""
        if row.seed:
            cache.keep(known.file, row)
        return Known(known.file, row.seed or None, row.worth, row.held)

    def _known(self, there: Mapping[str, list[File]], cache: Cache) -> Iterator[Known]:
        for folder, files in there.items():
            if files or os.path.isdir(folder):  # noqa: PTH112 -- a share that is away is not empty
                for known in cache.known(folder, files):
                    yield self._sure(known, cache) if known.touched else known

    def _sure(self, known: Known, cache: Cache) -> Known:
        """What is known of a file that was touched: all of it where its content is the one it had, else nothing."""
        with suppress(SeedError):
            if inbox.read(known.file).sha256 == known.seed:
                cache.touch(known.file)
                return known._replace(touched=False)
        cache.doubt(known.file.folder, known.file.path)
        return Known(known.file)

    def _summaries(self, place: _Place, cache: Cache) -> list[Summary]:
        """The summaries of a clip on the desk: just made, or from the cache, or made again. Raises SeedError."""
        known, made = place.known, place.made
        if isinstance(made, list):
            return made
        seed, name = known.seed or "", known.file.path.rpartition("/")[2]
        readings = made.readings if made else cache.readings(seed, name)
        judgements = made.judgements if made else cache.judgements(seed, name)
        read = self._unpacked(readings)
        if read is not None and judgements is not None:
            with suppress(*packed.BROKEN):
                return packed.judgements_in(judgements, read, seed=seed, path=known.file.path)
        row, summaries = self.work(known.file)
        if not summaries:
            packed.readings_in(row.readings)  # tells why
        return summaries

    def _unpacked(self, readings: bytes | None) -> list[Read] | None:
        """What was read before; None where there is nothing that can be used. Raises the SeedError it gave."""
        if readings:
            with suppress(*packed.BROKEN):
                return packed.readings_in(readings)
        return None
