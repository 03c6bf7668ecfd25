"""What issues are made of and what was put right of them, the same on SQLite and PostgreSQL."""

from __future__ import annotations

import hashlib
import json
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from posting import DUE, dispatches, folder

from digest import past
from digest.archive import Archive, FrozenIssue, KnownFile
from digest.archive.contents import Made, Size
from digest.archive.journal import Journal
from digest.archive.moving import move
from digest.erratum import Erratum, erratum
from digest.errors import ArchiveError, StaleError
from digest.newsroom import Newsroom
from digest.outbox import outgoing
from digest.seed import Clipped
from digest.settings import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CLIP, PAGE = b"clip" * 100, b"page" * 100
WRONG = Erratum(
    "2026-W48", 1, "2026-11-27", "s1", "标题", "是周一。", "2026-11-28T09:00:00+08:00", None, "q1", "一句话"
)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def made(*contents: bytes) -> Made:
    return Made(b'{"clips": []}', {sha256(one): one for one in contents})


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Archive]:
    if request.param == "sqlite":
        return partial(Archive.open, tmp_path / "state" / "digest.db")
    return partial(Archive.connect, request.getfixturevalue("cluster").url())


@pytest.fixture
def archive(store: Callable[[], Archive]) -> Iterator[Archive]:
    with store() as opened:
        yield opened


def plan(archive: Archive, week: int = 48, deliveries: Any = (), **given: Any) -> bool:
    issue = FrozenIssue(f"2026-W{week}", week - 47, **{"content": b"{}", "seeds": (), **given})
    key = f"weekly:2026-12-{week - 40:02}"
    return archive.plan(slot_key=key, due=DUE, trigger="schedule", issue=issue, deliveries=deliveries, now=DUE)


def test_the_clips_that_spoke_in_an_issue_are_remembered_of_the_archive_alone(archive: Archive, tmp_path: Path) -> None:
    clip = "---\ntitle: 灯塔\nsource: https://a.example/1\n---\n北岸灯塔周一重新点亮，守塔人梁远航说他等了三年。\n".encode()
    held = {"held_back": True, "seed": sha256(PAGE), "title": "b", "copies": []}
    source: dict[str, Any] = {
        "seed": sha256(clip),
        "title": "灯塔",
        "outlet": None,
        "link": "https://a.example/1",
        "copies": [],
    }
    story = {"id": "s1", "title": "灯塔", "language": "zh", "sources": [source, held], "quotes": []}
    clips = [["a/灯塔.md", sha256(clip), 1_700_000_000_123_456_789], ["b.md", sha256(PAGE), 0]]
    inputs = Made(json.dumps({"clips": clips}).encode(), {sha256(clip): clip, sha256(PAGE): PAGE})
    assert plan(archive, made=inputs, content=json.dumps({"id": "2026-W48", "stories": [story]}).encode())
    newsroom = Newsroom(load(tmp_path, environment={}))
    for _ in range(2):  # read, and of the cache
        memory = past.memory(archive, newsroom, None)
        assert memory.clips == (Clipped("a/灯塔.md", sha256(clip), 1_700_000_000_123_456_789),)
        assert [[one.title for one in told.clips] for told in memory.told] == [["灯塔"]]


def test_contents_come_with_their_issue_and_each_is_kept_once(archive: Archive) -> None:
    assert archive.contents.inputs("2026-W48") is None
    assert plan(archive, made=made(CLIP, PAGE))
    assert plan(archive, 49, made=made(CLIP))
    assert archive.contents.inputs("2026-W48") == b'{"clips": []}'
    assert archive.contents.find([sha256(CLIP), sha256(PAGE), "0" * 64]) == {sha256(CLIP): CLIP, sha256(PAGE): PAGE}
    size = archive.contents.size()
    assert (size.issues, size.contents, size.size) == (2, 2, len(CLIP) + len(PAGE))
    assert size.packed < size.size


def test_an_issue_that_is_not_committed_leaves_nothing_of_what_it_was_made_of(archive: Archive) -> None:
    with pytest.raises(StaleError):
        plan(archive, made=made(CLIP), seeds=("a" * 64,))
    assert archive.contents.size() == Size(0, 0, 0, 0)
    assert plan(archive)
    assert not plan(archive, made=made(CLIP))  # the slot is taken
    assert archive.contents.size() == Size(0, 0, 0, 0)


def test_more_contents_than_one_query_takes_are_found(archive: Archive) -> None:
    many = [f"{number}".encode() * 20 for number in range(450)]
    assert plan(archive, made=made(*many))
    assert set(archive.contents.find(map(sha256, many)).values()) == set(many)


def test_a_correction_is_marked_as_told_with_the_issue_that_tells_it_or_not_at_all(archive: Archive) -> None:
    plan(archive)
    assert archive.corrections.add(WRONG, (), DUE)
    assert not archive.corrections.add(WRONG, (), DUE)
    assert archive.corrections.waiting() == (WRONG,)
    with pytest.raises(StaleError):
        plan(archive, 49, seeds=("a" * 64,), errata=(WRONG.id,))
    assert archive.corrections.waiting() == (WRONG,)
    assert plan(archive, 49, errata=(WRONG.id,))
    assert archive.corrections.waiting() == ()
    with pytest.raises(StaleError, match="correction"):
        plan(archive, 50, errata=(WRONG.id,))  # another service has drafted with it too
    assert [one.told_in for one in archive.corrections.all()] == ["2026-W49"]


def test_the_deliveries_of_a_correction_come_with_it_once(archive: Archive, tmp_path: Path) -> None:
    plan(archive)
    rows, _ = outgoing([folder(tmp_path)], dispatches(), DUE)
    archive.corrections.add(WRONG, rows, DUE)
    archive.corrections.add(WRONG, rows, DUE)
    assert len(archive.ledger.all(about=dispatches()[0].about)) == len(rows) > 0


def test_clips_of_an_issue_that_lie_nowhere_any_more_are_strays(archive: Archive) -> None:
    there, changed, gone = "a" * 64, "b" * 64, "c" * 64
    files = [KnownFile(f"{one[0]}.md", 1, 1, one) for one in (there, changed, gone)]
    archive.record_files("seeds", files, [], DUE)
    plan(archive, seeds=(there, changed, gone))
    assert archive.strays(["2026-W48"]) == {}
    archive.record_files(
        "seeds", [KnownFile("b.md", 2, 2, "d" * 64), KnownFile("moved.md", 1, 1, there)], ["c.md", "a.md"], DUE
    )
    assert archive.strays(["2026-W48"]) == {changed: "d" * 64, gone: None}
    assert archive.strays([]) == {}
    assert archive.strays(["2026-W47"]) == {}


def test_all_of_it_is_moved_and_copied(tmp_path: Path, cluster: Any) -> None:
    path = tmp_path / "state" / "digest.db"
    with Archive.open(path) as archive:
        plan(archive, made=made(CLIP))
        archive.corrections.add(WRONG, (), DUE)
    with Archive.connect(cluster.url()) as target:
        move(path, target.database, Journal(tmp_path / "journal.jsonl"))
        target.backup(tmp_path / "copy.db")
        assert target.contents.find([sha256(CLIP)]) == {sha256(CLIP): CLIP}
    with Archive.open(tmp_path / "copy.db", readonly=True) as copy:
        assert copy.contents.find([sha256(CLIP)]) == {sha256(CLIP): CLIP}
        assert copy.corrections.waiting() == (WRONG,)


def test_damaged_inputs_are_told(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "digest.db") as archive:
        plan(archive, made=made(CLIP))
        with archive.database.write() as writing:
            writing.execute("UPDATE making SET inputs = ?", (b"rotten",))
        with pytest.raises(ArchiveError, match="restore a backup"):
            archive.contents.inputs("2026-W48")


def test_an_erratum_is_its_record_again_and_known_by_what_it_says() -> None:
    assert erratum(WRONG.record()) == WRONG
    assert erratum({**WRONG.record(), "at": "2027-01-01T00:00:00+08:00"}).id == WRONG.id
    assert erratum({**WRONG.record(), "text": "是周二。"}).id != WRONG.id
