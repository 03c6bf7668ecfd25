"""What an issue was made of is kept with it and gives every byte again, after an upgrade too; what differs is told."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import zlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from conftest import ROOT, run_digest
from newsdesk import CLIPS, CONFIG, EARLIER, NOW, clip, lay

from digest.archive import Archive
from digest.press import opened
from digest.rebuild import rebuild
from digest.settings import load

if TYPE_CHECKING:
    from pathlib import Path


def sent(home: Path, weeks: int = 0) -> str:
    """The next issue goes out, so many weeks on; its id."""
    at = NOW + timedelta(weeks=weeks)
    with opened(load(home, environment={}), lambda: at) as press:
        drafts, _ = press.send()
    assert drafts
    return drafts.issue.id


def again(home: Path, name: str) -> dict[str, str]:
    """The state of everything an issue consists of."""
    with Archive.open(home / "state" / "digest.db", readonly=True) as archive:
        found = rebuild(archive, name)
    assert found.why is None, found.why
    return {leaf.name: leaf.state for leaf in found.leaves}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = lay(tmp_path / "home")
    (folder / "config" / "edits.yaml").write_text("subject: {2026-W47: 这一周，有人停下来}\n", encoding="utf-8")
    (folder / "templates" / "chat").mkdir(parents=True)
    template = "本期 {{ issue.number }}\n{% include 'shipped/chat/issue.md.j2' %}"
    (folder / "templates" / "chat" / "issue.md.j2").write_text(template, encoding="utf-8")
    return folder


def test_every_byte_comes_back_when_clips_rules_templates_and_decisions_are_gone(home: Path) -> None:
    name = sent(home)
    for part in ("seeds", "config", "templates", "out"):
        shutil.rmtree(home / part)
    states = again(home, name)
    assert set(states.values()) == {"equal"}
    assert {"issue.json", "email.html", "email.eml", "posts.json", "held-back.md"} <= states.keys()
    assert "deliveries/files/digest/1-email.html" in states


def test_a_second_issue_remembers_what_the_first_one_told_and_posted(home: Path) -> None:
    first = sent(home)
    clip(home, "earlier.md", EARLIER)
    clip(
        home, "new.md", CLIPS["bank.md"].replace("南桥银行", "松涛银行").replace("news.example/bank", "a.example/pine")
    )
    second = sent(home, 1)
    assert set(again(home, first).values()) == {"equal"}
    assert set(again(home, second).values()) == {"equal"}


def test_the_same_content_is_kept_once(home: Path) -> None:
    sent(home)
    with Archive.open(home / "state" / "digest.db", readonly=True) as archive:
        before = archive.contents.size()
    clip(home, "earlier.md", EARLIER)
    sent(home, 1)
    with Archive.open(home / "state" / "digest.db", readonly=True) as archive:
        after = archive.contents.size()
    assert (before.issues, after.issues) == (1, 2)
    assert after.contents - before.contents < 12  # a clip and the pages; not the word lists and templates again


def test_pages_that_another_program_made_are_named_and_given_as_they_were(home: Path) -> None:
    name = sent(home)
    stored = (home / "out" / name / "email.txt").read_bytes()
    with sqlite3.connect(home / "state" / "digest.db") as database:
        inputs = json.loads(zlib.decompress(database.execute("SELECT inputs FROM making").fetchone()[0]))
        other = b"what another program made\n"
        sha256 = __import__("hashlib").sha256(other).hexdigest()
        inputs["pages"]["email.txt"] = sha256
        database.execute("INSERT INTO content VALUES (?, ?, ?)", (sha256, len(other), zlib.compress(other)))
        database.execute("UPDATE making SET inputs = ?", (zlib.compress(json.dumps(inputs).encode()),))
    assert stored != other
    checked = run_digest("rebuild", name, "--check", "--home", home, cwd=home)
    assert checked.returncode == 1
    assert "≠ email.txt" in checked.stdout
    assert "✓ email.html" in checked.stdout
    given = run_digest("rebuild", name, "--home", home, cwd=home)
    assert given.returncode == 0, given.stderr
    assert (home / "out" / "rebuilt" / name / "email.txt").read_bytes() == other


def test_what_is_damaged_is_said_and_nothing_is_called_equal(home: Path) -> None:
    name = sent(home)
    with sqlite3.connect(home / "state" / "digest.db") as database:
        database.execute("UPDATE content SET packed = ?", (zlib.compress(b"rotten"),))
        database.execute("UPDATE delivery SET body = ? WHERE part = 1", (b"rotten",))
    done = run_digest("rebuild", name, "--check", "--json", "--home", home, cwd=home)
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert "damaged" in told["why"]
    states = {page["name"]: page["state"] for page in told["pages"]}
    assert states["email.html"] == "damaged"
    assert states["deliveries/files/digest/1-email.html"] == "damaged"
    assert "equal" not in states.values()


def test_an_issue_from_before_says_so_and_gives_what_was_sent(home: Path) -> None:
    name = sent(home)
    with sqlite3.connect(home / "state" / "digest.db") as database:
        database.execute("DELETE FROM making")
    checked = run_digest("rebuild", name, "--check", "--home", home, cwd=home)
    assert checked.returncode == 1
    assert "没有重新做" in checked.stdout
    assert run_digest("rebuild", name, "--out", home / "again", "--home", home, cwd=home).returncode == 0
    before = (home / "out" / name / "email.eml").read_bytes()
    assert before == (home / "again/deliveries/files/digest/3-email.eml").read_bytes()


def test_an_unknown_issue_is_a_wrong_usage_that_names_the_last_one(home: Path) -> None:
    sent(home)
    done = run_digest("rebuild", "2020-W01", "--home", home, cwd=home)
    assert done.returncode == 2
    assert "2026-W47" in done.stderr


def test_a_copy_of_the_archive_gives_the_same_bytes(home: Path, tmp_path: Path) -> None:
    name = sent(home)
    assert run_digest("backup", tmp_path / "copy.db", "--home", home, cwd=home).returncode == 0
    (tmp_path / "other").mkdir()
    assert run_digest("restore", tmp_path / "copy.db", "--home", tmp_path / "other", cwd=home).returncode == 0
    assert set(again(tmp_path / "other", name).values()) == {"equal"}


def test_a_channel_whose_secret_is_not_here_is_given_as_stored(home: Path) -> None:
    team = "team: {type: generic, url_env: TEAM_URL, gets: [digest], allow: [127.0.0.0/8]}"
    (home / "config" / "digest.yaml").write_text(CONFIG.replace("}}", f"}}, {team}}}"), encoding="utf-8")
    at = NOW
    with opened(load(home, environment={"TEAM_URL": "http://127.0.0.1:9/x"}), lambda: at) as press:
        drafts, _ = press.send()
    assert drafts
    states = again(home, drafts.issue.id)
    there = {name: state for name, state in states.items() if name.startswith("deliveries/team/")}
    assert there
    assert set(there.values()) == {"stored"}
    with sqlite3.connect(home / "state" / "digest.db") as database:
        everything = b"".join(zlib.decompress(row[0]) for row in database.execute("SELECT packed FROM content"))
    assert b"127.0.0.1:9" not in everything


@pytest.mark.faults
def test_issues_of_before_an_upgrade_come_back_byte_by_byte(tmp_path: Path) -> None:
    program = upgraded(tmp_path, lambda _: None)
    home = lay(tmp_path / "home", "heron-a.md", "bank.md")
    first = NOW
    assert ran(program, "send", "--home", home, "--now", first.isoformat())["issue"]
    clip(home, "earlier.md", EARLIER)
    clip(home, "kestrel.md")
    assert ran(program, "send", "--home", home, "--now", (first + timedelta(weeks=1)).isoformat())["issue"]
    upgraded(tmp_path, newer)
    for name in ("2026-W47", "2026-W48"):
        told = ran(program, "rebuild", name, "--check", "--home", home)
        assert told["good"], told
        assert told["program"]["then"] != told["program"]["now"]
    with sqlite3.connect(home / "state" / "digest.db") as database:
        assert database.execute("SELECT count(*) FROM making").fetchone() == (2,)


def upgraded(folder: Path, change: Any) -> Path:
    """A copy of the program, changed in place where it is there already."""
    program = folder / "program"
    if not program.exists():
        for part in ("digest", "config", "templates"):
            shutil.copytree(ROOT / part, program / part, ignore=shutil.ignore_patterns("__pycache__"))
    change(program)
    return program


def newer(program: Path) -> None:
    """What an upgrade brings: a step of the schema, another template, other words and one more, another version."""
    steps = program / "digest" / "archive" / "migrations.py"
    text = steps.read_text(encoding="utf-8")
    more = text.replace("\nSTEPS = (", '\n_NEWER = "CREATE TABLE newer (id INTEGER PRIMARY KEY);"\n\nSTEPS = (')
    steps.write_text(more.replace("_FIFTH)", "_FIFTH, _NEWER)"), encoding="utf-8")
    assert "_NEWER)" in steps.read_text(encoding="utf-8")
    page = program / "templates" / "email" / "issue.html.j2"
    page.write_text(page.read_text(encoding="utf-8").replace("</body>", "<p>new</p></body>"), encoding="utf-8")
    words = program / "config" / "labels.yaml"
    words.write_text(words.read_text(encoding="utf-8").replace("第{n}期", "总第{n}期"), encoding="utf-8")
    words.write_text(words.read_text(encoding="utf-8") + "\nbrand_new: {en: new}\n", encoding="utf-8")
    asking = program / "digest" / "edition" / "__init__.py"
    text = asking.read_text(encoding="utf-8")
    asking.write_text(text.replace('say["why_you"]', '(say["brand_new"] and say["why_you"])'), encoding="utf-8")
    assert "brand_new" in asking.read_text(encoding="utf-8")
    version = program / "digest" / "__init__.py"
    version.write_text(version.read_text(encoding="utf-8").replace('"0.', '"9.'), encoding="utf-8")


def ran(program: Path, *args: object) -> Any:
    """What a copy of the program says to `--json`."""
    done = subprocess.run(
        [sys.executable, "-m", "digest", *map(str, args), "--json"],
        cwd=program,
        env={**os.environ, "PYTHONPATH": str(program)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def test_clips_beyond_the_bound_are_left_out_and_said(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digest.making.MOST", 10)
    name = sent(home)
    with Archive.open(home / "state" / "digest.db", readonly=True) as archive:
        found = rebuild(archive, name)
    assert found.why == "1 clips that lay beside it were too large to be kept"
    assert not found.good
    assert found.whole
    assert {leaf.state for leaf in found.leaves} == {"stored"}
