"""The inbox: which files are seeds, which are finished, and what becomes of those that cannot be read."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from digest import inbox
from digest.errors import SeedError

if TYPE_CHECKING:
    from pathlib import Path


def paths(folder: Path) -> list[str]:
    return [file.path for file in inbox.scan([folder])]


def test_clips_are_found_in_folders_and_other_files_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "week").mkdir()
    for name in ("b.md", "week/a.HTML", "c.txt", "picture.png", "notes.pdf", "draft.md~"):
        (tmp_path / name).write_text("x")
    assert paths(tmp_path) == ["b.md", "c.txt", "week/a.HTML"]


def test_hidden_folders_and_trash_are_passed_over(tmp_path: Path) -> None:
    for name in (".obsidian", ".trash", "kept"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "clip.md").write_text("x")
    (tmp_path / ".hidden.md").write_text("x")
    assert paths(tmp_path) == ["kept/clip.md"]


def test_a_loop_of_links_a_pipe_and_a_folder_named_like_a_seed_are_told_and_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "folder.md").mkdir()
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "self.md").symlink_to(tmp_path / "self.md")
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "real.md").write_text("x")
    (tmp_path / "linked.md").symlink_to(tmp_path / "real.md")
    assert paths(tmp_path) == ["linked.md", "pipe.md", "real.md", "self.md"]
    codes = {}
    for file in inbox.scan([tmp_path]):
        try:
            codes[file.path] = inbox.read(file).data.decode()
        except SeedError as error:
            codes[file.path] = error.code
    assert codes == {"linked.md": "x", "pipe.md": "no-file", "real.md": "x", "self.md": "no-file"}


def test_a_file_still_being_written_is_not_settled(tmp_path: Path) -> None:
    clip = tmp_path / "clip.md"
    clip.write_text("x")
    os.utime(clip, (1000, 1000))
    (file,) = inbox.scan([tmp_path])
    assert not file.settled(1001.9)
    assert file.settled(1002.0)
    assert file.settled(900), "a time in the future says nothing"


def test_reading_never_changes_a_seed(tmp_path: Path) -> None:
    clip = tmp_path / "clip.md"
    clip.write_bytes(b"words")
    before = clip.stat()
    seed = inbox.read(next(inbox.scan([tmp_path])))
    after = clip.stat()
    assert seed.data == b"words"
    assert (before.st_mtime_ns, before.st_size) == (after.st_mtime_ns, after.st_size)


def test_a_file_that_vanishes_is_held_back_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "clip.md").write_text("x")
    (file,) = inbox.scan([tmp_path])
    (tmp_path / "clip.md").unlink()
    with pytest.raises(SeedError, match="went away") as caught:
        inbox.read(file)
    assert caught.value.code == "vanished"


def test_a_file_without_permission_is_held_back_with_a_remedy(tmp_path: Path) -> None:
    clip = tmp_path / "clip.md"
    clip.write_text("x")
    (file,) = inbox.scan([tmp_path])
    clip.chmod(0)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)  # root may read everything, nobody may not
    try:
        with pytest.raises(SeedError) as caught:
            inbox.read(file)
    finally:
        os.seteuid(user)
    assert (caught.value.code, caught.value.remedy) == ("no-permission", "Give read permission to it.")


def test_a_file_too_big_for_a_clip_is_not_opened() -> None:
    file = inbox.File("/nowhere", "site.html", inbox.BIGGEST + 1, 0)
    with pytest.raises(SeedError, match="more than a clip holds"):
        inbox.read(file)


def test_a_missing_seed_folder_is_named(tmp_path: Path) -> None:
    assert inbox.missing([tmp_path, tmp_path / "away"]) == [tmp_path / "away"]
    assert paths(tmp_path / "away") == []


def test_a_file_that_takes_too_long_is_given_up_and_the_next_one_is_read() -> None:
    with pytest.raises(SeedError) as caught, inbox.at_most(0.05):
        time.sleep(10)
    assert caught.value.code == "too-slow"
    with inbox.at_most(5):
        assert sum(range(10)) == 45


def test_a_name_that_is_no_utf8_becomes_text_that_can_be_stored_and_the_file_is_still_read(tmp_path: Path) -> None:
    strange = os.fsencode(tmp_path) + b"/\xd4\xc6.md"  # a Chinese name as old systems spell it
    with open(strange, "wb") as handle:  # noqa: PTH123 -- pathlib cannot say these bytes
        handle.write(b"text")
    (file,) = inbox.scan([tmp_path])
    assert file.path.encode("utf-8").decode("utf-8") == "\\udcd4\\udcc6.md"
    assert inbox.read(file).data == b"text"
    assert inbox.read(file).path == file.path
    (same,) = inbox.locate(tmp_path / os.fsdecode(b"\xd4\xc6.md"))
    assert inbox.read(same).data == b"text"


def test_a_pipe_named_on_the_command_line_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    with pytest.raises(OSError, match="no file"):
        inbox.locate(tmp_path / "pipe.md")
