"""The intake: which clips lie in the folders, remembered in the archive. Nothing is read that is as it was."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from digest import inbox
from digest.archive import KnownFile
from digest.errors import SeedError
from digest.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from digest.archive import Archive
    from digest.inbox import File
    from digest.newsroom import Newsroom

AT_ONCE = 1000
"""Files that are recorded together: of a hundred thousand, an interrupted first look keeps what it has."""


class Picked(NamedTuple):
    """What a pick-up saw: files that are known, contents never seen before, seconds, folders that were away."""

    files: int = 0
    new: int = 0
    seconds: float = 0.0
    away: int = 0


def pick_up(newsroom: Newsroom, archive: Archive, now: datetime, *, patient: bool = False) -> Picked:
    """Remember which files are new, changed or gone, first seen `now`.

    What is as it was costs a look at its size and time. A folder that is not there (a share that is not mounted)
    is left as it was known. `patient` waits once for what was written just now.
    """
    since = time.monotonic()
    added, files, away = 0, 0, newsroom.fetch(patient=patient)
    for folder in newsroom.settings.seeds:
        if not folder.is_dir():
            away += 1
            continue
        known = archive.stamps(str(folder))
        found = inbox.changes(folder, known)
        if patient and not all(file.settled(time.time()) for file in found.changed):
            time.sleep(inbox.SETTLED)
            found = inbox.changes(folder, known := archive.stamps(str(folder)))
        finished = [file for file in found.changed if file.settled(time.time())]
        files += len(known) - len(found.gone) + sum(file.path not in known for file in finished)
        if finished or found.gone:
            language = newsroom.settings.masthead.language
            added += _record_all(archive, str(folder), finished, sorted(found.gone), now, language)
    return Picked(files, added, time.monotonic() - since, away)


def _record_all(
    archive: Archive, folder: str, changed: Sequence[File], gone: Sequence[str], now: datetime, language: str
) -> int:
    """Record what changed, a thousand files together; how many contents are new."""
    added = 0
    with Progress(sum(file.size for file in changed), language, "t_picking") as progress:
        for at in range(0, max(len(changed), 1), AT_ONCE):
            seen = []
            for file in changed[at : at + AT_ONCE]:
                progress.add(file.size)
                try:
                    seen.append(KnownFile(file.path, file.size, file.mtime_ns, inbox.read(file).sha256))
                except SeedError:
                    continue  # told with the drafts; the next tick looks again
            left = () if at else gone
            if seen or left:  # a file that cannot be read stays unrecorded, and is no reason to write at each tick
                added += len(archive.record_files(folder, seen, left, now))
    return added
