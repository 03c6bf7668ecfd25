"""The commands as a user runs them: what goes to stdout, what to stderr, and the exit status."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from subprocess import CompletedProcess

    Digest = Callable[..., CompletedProcess[str]]

NOW = ("--now", "2026-11-20T09:00+08:00")
ARTICLE = """\
---
title: "一家公司的四月"
source: "https://news.example/april"
created: 2026-11-18
---
创始人林知夏说：“我们不是卖得不够快，而是跑得太快，快到没有人知道为什么要跑这一趟。”
"""


def clip(folder: Path, name: str = "one.md", text: str | bytes = ARTICLE) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    return path


def rows(result: CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_extract_prints_a_line_for_every_file_with_verbatim_quotes(digest: Digest, tmp_path: Path) -> None:
    clip(tmp_path / "clips")
    clip(tmp_path / "clips", "copy.md")
    result = digest("extract", "clips", "--json")
    found = rows(result)
    assert [row["path"] for row in found] == ["copy.md", "one.md"]
    for row in found:
        (quote,) = row["quotes"]
        assert row["text"][quote["start"] : quote["end"]] == quote["text"]
        assert quote["speaker"] == "林知夏"
        assert quote["link"].startswith("https://news.example/april#:~:text=")


def test_extract_shows_a_page_to_people(digest: Digest, tmp_path: Path) -> None:
    clip(tmp_path / "clips")
    result = digest("extract", "clips/one.md")
    assert "一家公司的四月" in result.stdout
    assert "⟧林知夏" in result.stdout


def test_texts_are_read_as_they_are_from_json_lines(digest: Digest) -> None:
    line = json.dumps({"id": "a", "text": "林知夏说：“我们不是卖得不够快，而是跑得太快。”"}, ensure_ascii=False)
    (row,) = rows(digest("extract", "--jsonl", "-", stdin=line))
    assert row["id"] == "a"
    assert row["quotes"][0]["text"] == "我们不是卖得不够快，而是跑得太快。"
    (first, *_) = rows(digest("explain", "--jsonl", "-", "--top", "1", stdin=line))
    assert first["id"] == "a"
    assert {"start", "end", "score", "reasons", "quote"} <= first.keys()


def test_explain_tells_why_each_quote_and_why_not_the_others(digest: Digest, tmp_path: Path) -> None:
    clip(tmp_path / "clips")
    found = rows(digest("explain", "clips", "--json"))
    (row,) = [row for row in found if row["chosen"]]
    assert row["reasons"]
    assert {"id", "start", "end", "text", "speaker", "kind", "score", "rejected_by"} <= row.keys()
    assert "林知夏" in digest("explain", "clips").stdout


def test_every_kind_of_bad_file_gets_one_clear_line_and_the_rest_goes_on(digest: Digest, tmp_path: Path) -> None:
    folder = tmp_path / "seeds"
    clip(folder)
    clip(folder, "again.md")
    clip(folder, "empty.md", b"")
    clip(folder, "binary.md", b"PK\x03\x04" + bytes(range(256)) * 8)
    clip(folder, "latin.md", b"---\ntitle: x\n---\n" + b"\xff\xfe\xfd caf\xe9 \x81\x8d" * 20)
    clip(
        folder,
        "broken.md",
        ARTICLE.replace('title: "一家公司的四月"', 'title: "x": y: "\\s" : [').replace("april", "may"),
    )
    clip(folder, "front.md", "---\ntitle: nothing else\n---\n")
    (folder / "folder.md").mkdir()
    result = digest("preview", "--json", *NOW)
    assert result.returncode == 0, result.stderr
    assert "Traceback" not in result.stderr
    issue = json.loads(result.stdout)["issue"]
    held = {row["path"]: row for row in issue["held_back"]}
    assert {"empty.md", "binary.md", "front.md"} <= held.keys()
    assert all(row["message"] for row in held.values())
    links = [source["link"] for story in issue["stories"] for source in story["sources"]]
    assert "https://news.example/april" in links
    assert len(links) == len(set(links))


def test_a_broken_configuration_rule_or_template_is_named_with_its_line(digest: Digest, tmp_path: Path) -> None:
    clip(tmp_path / "seeds")
    broken = {
        "config/digest.yaml": "newsletter:\n  titel: x\n",
        "config/rules.yaml": "version: 1\nrules:\n- id: a\n  name: {zh: 一, en: a}\n  points: 1\n  when: {lenght: 3}\n",
        "templates/email/issue.txt.j2": "one\ntwo {{ nothing_of_this_name }}\n",
    }
    for name, text in broken.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        result = digest("preview", *NOW)
        assert result.returncode == 2, name
        assert f"{name}:2:" in result.stderr or f"{name}:6:" in result.stderr
        assert "Traceback" not in result.stderr
        path.unlink()


def test_wrong_usage_ends_with_status_two(digest: Digest, tmp_path: Path) -> None:
    assert digest("preview", "--now", "yesterday").returncode == 2
    assert digest("extract").returncode == 2
    assert digest("extract", "nowhere.md").returncode == 2
    assert digest("preview", "--home", "nowhere").returncode == 2
    assert digest("release", "12345678", *NOW).returncode == 2
    assert digest("sendd").returncode == 2
    assert not list(tmp_path.iterdir())


def test_shared_options_may_stand_before_the_command(digest: Digest, tmp_path: Path) -> None:
    clip(tmp_path / "seeds")
    before = digest("--json", *NOW, "preview")
    assert before.returncode == 0
    assert before.stdout == digest("preview", "--json", *NOW).stdout


def test_a_value_of_the_wrong_kind_is_told_in_plain_words(digest: Digest, tmp_path: Path) -> None:
    config = tmp_path / "config" / "digest.yaml"
    config.parent.mkdir()
    for text, told in (
        ("newsletter: {language: en}\nseeds: 5\n", "seeds: expected a list, like [one, two] (found 5)"),
        ("newsletter: {language: en, title: [a]}\n", "newsletter.title: expected words"),
        ("newsletter: {language: en}\nchannels: 3\n", "channels: expected keys of its own"),
        ("seeds: 5\n", "seeds: 这里要写列表，如 [甲, 乙]（现在是 5）"),
        ("newsletter: 3\n", "newsletter: 这里要写下一级的键"),
    ):
        config.write_text(text)
        result = digest("preview", *NOW)
        assert (result.returncode, told in result.stderr) == (2, True), result.stderr


def test_a_secret_that_lacks_is_told_once(digest: Digest, tmp_path: Path) -> None:
    clip(tmp_path / "seeds")
    config = tmp_path / "config" / "digest.yaml"
    config.parent.mkdir()
    config.write_text("channels:\n  team: {type: slack, url_env: NOBODY_SET_THIS, gets: [digest]}\n")
    for command in (("send",), ("run", "--once")):
        result = digest(*command, *NOW)
        assert result.returncode == 2
        assert result.stderr.count("NOBODY_SET_THIS") == 1


@pytest.mark.parametrize("command", ["preview", "check", "send"])
def test_a_folder_that_is_no_home_is_left_as_it_is(digest: Digest, tmp_path: Path, command: str) -> None:
    result = digest(command, *NOW)
    assert (result.returncode, "digest init DIR" in result.stderr) == (2, True)
    assert list(tmp_path.iterdir()) == []


def test_the_page_of_what_is_held_back_names_the_home_in_its_commands(digest: Digest, tmp_path: Path) -> None:
    clip(tmp_path / "my letter" / "seeds", text=ARTICLE.replace('source: "https://news.example/april"\n', ""))
    assert digest("preview", "--home", "my letter", *NOW).returncode == 0
    page = (tmp_path / "my letter" / "out" / "2026-W47" / "held-back.md").read_text(encoding="utf-8")
    (command,) = re.findall("digest release .* --source", page)
    assert digest(*shlex.split(command)[1:], "https://news.example/april", *NOW).returncode == 0, "as it is copied"
    assert "held-back.md" in digest("preview", "--home", "my letter", *NOW).stdout
    assert "digest release" not in (tmp_path / "my letter" / "out" / "2026-W47" / "held-back.md").read_text("utf-8")


def test_a_missing_seed_folder_is_said_and_the_issue_is_empty(digest: Digest, tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "digest.yaml").write_text("seeds: [gone]\n")
    result = digest("preview", "--json", *NOW)
    assert result.returncode == 0
    assert "there is no folder" in result.stderr
    assert json.loads(result.stdout)["issue"]["stories"] == []


def test_a_held_back_clip_is_released_with_its_address_and_held_again(digest: Digest, tmp_path: Path) -> None:
    text = ARTICLE.replace('source: "https://news.example/april"\n', "")
    clip(tmp_path / "seeds", text=text)
    issue = json.loads(digest("preview", "--json", *NOW).stdout)["issue"]
    (held,) = issue["held_back"]
    assert (held["reason"], issue["stories"]) == ("no-source", [])
    assert digest("release", held["seed"][:8], *NOW).returncode == 2, "an address is needed"
    assert digest("release", held["seed"][:8], "--source", "https://news.example/april?utm_source=x").returncode == 0
    issue = json.loads(digest("preview", "--json", *NOW).stdout)["issue"]
    assert issue["stories"][0]["sources"][0]["link"] == "https://news.example/april"
    assert issue["held_back"] == []
    assert digest("hold", "one.md").returncode == 0
    issue = json.loads(digest("preview", "--json", *NOW).stdout)["issue"]
    assert (issue["held_back"][0]["reason"], issue["stories"]) == ("held-by-editor", [])


def test_an_unlinked_release_stands_in_the_email_and_never_in_posts(digest: Digest, tmp_path: Path) -> None:
    clip(tmp_path / "seeds", text=ARTICLE.replace('source: "https://news.example/april"\n', ""))
    assert digest("release", "one.md", "--unlinked", *NOW).returncode == 0
    digest("preview", *NOW)
    out = tmp_path / "out" / "2026-W47"
    assert "跑得太快" in (out / "email.txt").read_text("utf-8")
    assert "（无原文链接）" in (out / "email.txt").read_text("utf-8")
    assert "（无原文链接）" in (out / "email.html").read_text("utf-8")
    assert json.loads((out / "posts.json").read_text("utf-8")) == []


def test_a_dry_run_shows_what_would_go_where_and_sends_nothing(digest: Digest, tmp_path: Path) -> None:
    clip(tmp_path / "seeds")
    result = digest("send", "--dry-run", *NOW)
    assert result.returncode == 0
    assert "channels/files/email.html" in result.stdout
    assert not (tmp_path / "out" / "delivered").exists()
    assert not (tmp_path / "state" / "digest.db").exists()


def test_send_delivers_and_status_tells_it(digest: Digest, tmp_path: Path) -> None:
    clip(tmp_path / "seeds")
    result = digest("send", *NOW)
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "out" / "delivered" / "2026-W47" / "email.html").exists()
    standing = json.loads(digest("status", "--json", *NOW).stdout)
    assert standing["seeds"] == {"new": 0, "used": 1, "held_back": 0, "lapsed": 0}
    assert standing["last_issue"]["id"] == "2026-W47"
    assert standing["next_slot"] == "2026-11-27T09:07:00+08:00"
    assert standing["deliveries"]["delivered"] > 0
    shown = digest("status", *NOW).stdout
    assert "上一期    2026-W47 · 已发出 · 2026-11-20 周五 09:" in shown, "the time is the readers' own"
    assert "下次发送  2026-11-27 周五 09:07" in shown
    assert not re.search("[a-z]", shown)


def test_run_once_does_what_is_due_and_ends(digest: Digest, tmp_path: Path) -> None:
    clip(tmp_path / "seeds")
    assert digest("run", "--once", "--now", "2026-11-19T09:00+08:00").returncode == 0
    assert not (tmp_path / "out").exists()
    assert digest("run", "--once", "--now", "2026-11-20T09:07+08:00").returncode == 0
    assert (tmp_path / "out" / "delivered" / "2026-W47" / "issue.json").exists()


def test_preview_writes_the_pages_of_the_contract(digest: Digest, tmp_path: Path) -> None:
    clip(tmp_path / "seeds")
    result = json.loads(digest("preview", "--json", *NOW).stdout)
    out = tmp_path / "out" / "2026-W47"
    pages = {"issue.json", "email.html", "email.txt", "email.eml", "posts.json", "posts.md", "held-back.md"}
    assert pages <= {path.name for path in out.iterdir()}
    assert json.loads((out / "issue.json").read_text("utf-8")) == result["issue"]
    request = json.loads((out / "channels" / "files" / "email.html.json").read_text("utf-8"))
    assert request.keys() == {"method", "url", "headers", "body"}


def test_a_state_of_another_program_is_refused_in_one_line(digest: Digest, tmp_path: Path) -> None:
    clip(tmp_path / "seeds")
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "digest.db").write_bytes(b"this is no database" * 100)
    result = digest("send", *NOW)
    assert result.returncode == 1
    assert "不是 digest 的数据库" in result.stderr
    assert "Traceback" not in result.stderr
    shutil.rmtree(tmp_path / "state")


def test_a_text_is_counted_as_its_platform_counts(digest: Digest) -> None:
    assert digest("count", "--platform", "x", stdin="模型 https://example.com/april\n").stdout.startswith("28 / 280 ")
    assert digest("count", "--platform", "x", stdin="长" * 141).returncode == 1
    assert digest("count", "--platform", "nowhere", stdin="x").returncode == 2
    asked = [
        {"id": 1, "text": "模型😀", "platform": "weibo"},
        {"id": 2, "text": "模型", "platform": "xiaohongshu_title"},
    ]
    counted = rows(digest("count", "--jsonl", "-", stdin="\n".join(map(json.dumps, asked))))
    assert [(row["id"], row["length"], row["limit"]) for row in counted] == [(1, 4, 140), (2, 2, 20)]


def test_a_home_is_laid_and_what_is_there_stays(digest: Digest, tmp_path: Path) -> None:
    (tmp_path / "letter" / "config").mkdir(parents=True)
    (tmp_path / "letter" / "config" / "digest.yaml").write_text("newsletter: {title: 自己的}\n", encoding="utf-8")
    assert digest("init", "letter").returncode == 0
    assert (tmp_path / "letter" / "config" / "digest.yaml").read_text("utf-8") == "newsletter: {title: 自己的}\n"
    assert (tmp_path / "letter" / "config" / "rules.yaml").exists()
    assert (tmp_path / "letter" / "templates" / "email" / "issue.html.j2").exists()
    clip(tmp_path / "letter" / "seeds")
    issue = json.loads(digest("preview", "--json", "--home", "letter", *NOW).stdout)["issue"]
    assert "自己的" in (tmp_path / "letter" / "out" / issue["id"] / "email.txt").read_text("utf-8")


def test_a_place_that_cannot_be_written_is_named_in_one_line(digest: Digest, tmp_path: Path) -> None:
    clip(tmp_path / "seeds")
    (tmp_path / "out").write_text("a file where the folder should be")
    result = digest("preview", *NOW)
    assert result.returncode == 1
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert "out" in line


def test_a_week_is_run_though_a_file_has_a_name_that_is_no_utf8(digest: Digest, tmp_path: Path) -> None:
    clip(tmp_path / "seeds")
    clip(tmp_path / "seeds", os.fsdecode(b"\xd4\xc6.md"), ARTICLE.replace("april", "may"))
    assert digest("run", "--once", *NOW).returncode == 0
    assert len(rows(digest("extract", "seeds", "--json"))) == 2
