"""`digest init` leaves a home that works, whatever it is told, and touches nothing that was there."""

from __future__ import annotations

import json
import os
import pty
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import ROOT

from digest import home, shipped
from digest.channels import TYPES, build
from digest.errors import UsageError
from digest.founding import Interview, _placed
from digest.settings import load

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator

    Run = Callable[..., subprocess.CompletedProcess[str]]

OFFERED = shipped.table("config/interview.yaml")["channels"]


def typed(tmp_path: Path, *lines: str) -> tuple[int, str]:
    """What `digest init letter` shows on a terminal where these lines are typed, and its exit status."""
    child, master = pty.fork()
    if child == 0:
        os.chdir(tmp_path)
        given = {"HOME": str(tmp_path), "TZ": "Europe/Berlin", "LANG": "en_GB.UTF-8", "LC_ALL": "", "PYTHONUTF8": "1"}
        words = [sys.executable, "-m", "digest", "init", "letter"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), **given}
        os.execve(sys.executable, words, environment)  # noqa: S606 -- the child of a terminal is the program itself
    shown = bytearray()
    left = iter([*lines])
    try:
        while part := os.read(master, 4096):
            shown += part
            if shown.rstrip().endswith((b"]:", b":")) and (line := next(left, None)) is not None:
                os.write(master, f"{line}\n".encode())
    except OSError:
        pass  # how Linux tells that the other end has closed
    _, status = os.waitpid(child, 0)
    os.close(master)
    return os.waitstatus_to_exitcode(status), shown.decode()


def answers(*lines: str) -> home.Answers:
    """What comes of an interview with these answers."""
    left: Iterator[str] = iter(lines)
    return Interview(lambda _: next(left), lambda _: None, "en").held()


def test_enter_at_every_question_gives_a_home_that_works(tmp_path: Path) -> None:
    status, shown = typed(tmp_path, "", "", "", "", "")
    assert status == 0, shown
    assert "Next: digest preview --home letter" in shown
    settings = load(tmp_path / "letter", ())
    assert (settings.masthead.language, settings.masthead.title) == ("en", "The Digest")
    assert settings.masthead.timezone == "Europe/Berlin"
    assert settings.seeds == (tmp_path / "letter" / "seeds",)
    assert [config.name for config in settings.channels] == ["files"]


def test_wrong_answers_are_asked_again_and_an_address_in_place_of_a_name_is_not_kept(tmp_path: Path) -> None:
    secret = "https://chat.example/T0/marked"
    lines = ("xx", "en", "", "Mars/One", "", "/no/such", "", "carrier pigeon", "slack", secret, "TEAM_URL", "r")
    status, shown = typed(tmp_path, *lines)
    assert status == 0, shown
    assert "export TEAM_URL=…" in shown
    assert "marked" not in shown.replace(secret, "", 1)  # the terminal itself shows what is typed
    assert "marked" not in (tmp_path / "letter" / "config" / "digest.yaml").read_text("utf-8")


def test_a_terminal_that_ends_leaves_nothing(tmp_path: Path) -> None:
    status, shown = typed(tmp_path, "en", "\x04")
    assert (status, "wrote nothing" in shown) == (2, True)
    assert not (tmp_path / "letter").exists()


def test_the_clippings_of_an_obsidian_vault_are_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "Vault" / "Clippings").mkdir(parents=True)
    (tmp_path / "Notes").mkdir()
    (tmp_path / ".config" / "obsidian").mkdir(parents=True)
    listed = {"vaults": {"a1": {"path": str(tmp_path / "Vault")}, "b2": {"path": str(tmp_path / "Notes")}}}
    (tmp_path / ".config" / "obsidian" / "obsidian.json").write_text(json.dumps(listed))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    assert home.vaults() == [tmp_path / "Vault" / "Clippings", tmp_path / "Notes"]
    assert answers("", "", "", "", "folder").seeds == (str(tmp_path / "Vault" / "Clippings"),)
    (tmp_path / ".config" / "obsidian" / "obsidian.json").write_text("[]")
    assert home.vaults() == []


def test_what_is_typed_becomes_exactly_that_in_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "clips: a # b").mkdir()
    said = home.Answers('A "title": # <yes>', "ja", "Asia/Tokyo", (str(tmp_path / "clips: a # b"),))
    home.lay(tmp_path / "letter", said)
    settings = load(tmp_path / "letter", ())
    assert settings.masthead.title == 'A "title": # <yes>'
    assert settings.seeds == (tmp_path / "clips: a # b",)
    assert not (tmp_path / "letter" / "seeds").exists()
    assert "# an IANA name" in (tmp_path / "letter" / "config" / "digest.yaml").read_text("utf-8")


def test_every_type_of_channel_is_offered() -> None:
    assert set(OFFERED) == set(TYPES)


@pytest.mark.parametrize("kind", sorted(set(OFFERED) - {"folder"}))
def test_a_channel_of_each_type_is_whole(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    needs = OFFERED[kind]
    values = {
        "smtp": "smtp://mail.example",
        "ntfy": "https://push.example/topic",
        "teams": "https://t.example/workflows/1",
    }
    monkeypatch.setenv("HOME", str(tmp_path))
    for what, value in (("url", values.get(kind, "https://hook.example/1")), ("secret", "123456:" + "A" * 35)):
        if what in needs:
            monkeypatch.setenv(needs[what], value)
    more = {"to": "x@y.example", "chat_id": "-100", "lists": "3", "room": "!a:b.example", "template": "2"}
    rest = [""] * (("url" in needs) + ("secret" in needs)) + [more[name] for name in needs.get("ask", ())] + ["e"]
    home.lay(tmp_path, answers("en", "", "", "", kind, *rest))
    settings = load(tmp_path, ())
    assert settings.lacks == ()
    (config,) = [one for one in settings.channels if one.type == kind]
    build(config)


def test_who_reads_a_channel_decides_what_it_gets_and_a_whole_vault_is_remarked(tmp_path: Path) -> None:
    (tmp_path / "Vault" / ".obsidian").mkdir(parents=True)
    told: list[str] = []
    for who, gets in (("r", ["digest"]), ("e", ["digest", "posts", "review", "alerts"])):
        left = iter(["en", "", "", str(tmp_path / "Vault"), "slack", "", who])
        said = Interview(lambda _, left=left: next(left), told.append, "en").held()  # type: ignore[misc]  # a bound default
        assert said.channel == ("slack", {"type": "slack", "url_env": "SLACK_URL", "gets": gets})
    assert any("whole Obsidian vault" in remark for remark in told)


def test_a_test_message_is_sent_before_the_last_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_URL", "http://127.0.0.1:9/hook")  # refused, and said: it keeps nobody from a home
    status, shown = typed(tmp_path, "en", "", "", "", "slack", "", "e", "y")
    assert status == 0, shown
    assert shown.index("alert.json  retry (") < shown.index("Next: digest preview")


def test_flags_answer_without_a_terminal(digest: Run, tmp_path: Path) -> None:
    (tmp_path / "clips").mkdir()
    words = (
        "--title",
        "潮汐周报",
        "--timezone",
        "Asia/Tokyo",
        "--seeds",
        "clips",
        "--channel",
        "smtp",
        "--setting",
        "x@y.example",
    )
    done = digest("init", "letter", *words, "--env", "MAIL")
    assert done.returncode == 0, done.stderr
    settings = load(tmp_path / "letter", ())
    assert settings.seeds == (tmp_path / "clips",)
    assert [lack.key for lack in settings.lacks] == ["channels.smtp.url_env"]
    assert "export MAIL=…" in done.stdout


def test_a_newsletter_in_english_has_no_chinese_title(digest: Run, tmp_path: Path) -> None:
    assert digest("init", "letter", "--language", "en").returncode == 0
    assert load(tmp_path / "letter", ()).masthead.title == "The Digest"


def test_wrong_flags_are_told_all_at_once(digest: Run, tmp_path: Path) -> None:
    done = digest(
        "init", "letter", "--language", "xx", "--timezone", "Mars/One", "--channel", "pigeon", "--seeds", "no"
    )
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 4
    assert not (tmp_path / "letter").exists()


def test_a_second_time_keeps_what_is_there_and_says_so(digest: Run, tmp_path: Path) -> None:
    digest("init", "letter", "--title", "One", "--language", "en")
    before = (tmp_path / "letter" / "config" / "digest.yaml").read_bytes()
    (tmp_path / "letter" / "config" / "rules.yaml").unlink()
    done = digest("init", "letter", "--title", "Two")
    assert "digest.yaml was there and stays" in done.stdout
    assert (tmp_path / "letter" / "config" / "digest.yaml").read_bytes() == before
    assert (tmp_path / "letter" / "config" / "rules.yaml").exists()


def test_a_file_in_the_place_of_the_folder_is_told_in_one_line(digest: Run, tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("x")
    done = digest("init", "letter")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)


def test_a_folder_that_may_not_be_written_is_told_before_anything_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, _: Path(path) != tmp_path)  # the superuser of a CI machine may all
    with pytest.raises(UsageError, match="Permission denied; name a folder that can be written"):
        _placed(tmp_path / "letter", Interview(str, print, "en"))


def test_a_synced_folder_is_told_before_anything_is_asked(digest: Run, tmp_path: Path) -> None:
    done = digest("init", tmp_path / "Dropbox" / "letter", "--language", "en")
    assert done.returncode == 0
    assert "synced folder" in done.stderr
