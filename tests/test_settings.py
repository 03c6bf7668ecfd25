"""Settings: every problem at once, with file, line and key; secrets from the environment or files."""

from __future__ import annotations

from datetime import time, timedelta
from typing import TYPE_CHECKING

import pytest

from digest.errors import ConfigError
from digest.settings import line_of, load

if TYPE_CHECKING:
    from pathlib import Path


def home(tmp_path: Path, **files: str) -> Path:
    (tmp_path / "config").mkdir(exist_ok=True)
    for name, text in files.items():
        (tmp_path / "config" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_home_without_configuration_has_the_shipped_one(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert settings.seeds == (tmp_path / "seeds",)
    assert settings.schedule.at == time(9, 7)
    assert settings.schedule.grace == timedelta(days=3)
    assert [channel.type for channel in settings.channels] == ["folder"]


def test_every_problem_is_named_at_once_with_line_and_key(tmp_path: Path) -> None:
    config = """\
newsletter: {title: T, timezone: Mars/Olympus}
schedule:
  day: friday
  at: 25:00
  grase: 3d
channels:
  team: {type: pigeon}
  hook:
    type: generic
    gest: [digest]
"""
    with pytest.raises(ConfigError) as caught:
        load(home(tmp_path, digest=config))
    found = {(problem.line, problem.key) for problem in caught.value.problems}
    assert found == {
        (1, "newsletter.timezone"),
        (3, "schedule.day[0]"),
        (4, "schedule.at"),
        (5, "schedule.grase"),
        (7, "channels.team.type"),
        (10, "channels.hook.gest"),
    }
    assert "did you mean 'grace'?" in str(caught.value)
    assert "did you mean 'gets'?" in str(caught.value)


def test_yaml_that_is_none_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"config/digest.yaml:2: is not valid YAML"):
        load(home(tmp_path, digest="newsletter:\n\ttitle: x\n"))


def test_a_wrong_rule_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"config/rules.yaml:\d+: "):
        load(home(tmp_path, rules="rules:\n  - id: one\n    name: {zh: 一, en: one}\n    points: many\n    when: {}\n"))


def test_addresses_and_secrets_come_from_environment_or_file_and_never_print(tmp_path: Path) -> None:
    config = "channels: {hook: {type: generic, url_env: HOOK_URL, secret_file: hook.key}}\n"
    (tmp_path / "hook.key").write_text("whsec_hidden\n")
    settings = load(home(tmp_path, digest=config), environment={"HOOK_URL": "https://hooks.example/token-77"})
    (channel,) = settings.channels
    assert channel.url is not None
    assert channel.secret is not None
    assert channel.url.reveal() == "https://hooks.example/token-77"
    assert channel.secret.reveal() == "whsec_hidden"
    assert "token-77" not in repr(settings)
    assert "hidden" not in repr(settings)


def test_a_missing_secret_is_a_lack_that_drafting_survives(tmp_path: Path) -> None:
    config = "channels:\n  hook:\n    type: generic\n    url_env: HOOK_URL\n"
    settings = load(home(tmp_path, digest=config), environment={})
    (lack,) = settings.lacks
    assert (lack.line, lack.key) == (4, "channels.hook.url_env")
    assert "HOOK_URL is not set" in lack.message


def test_an_editors_words_join_the_shipped_lexicon(tmp_path: Path) -> None:
    (tmp_path / "config" / "lexicon").mkdir(parents=True)
    (tmp_path / "config" / "lexicon" / "own.yaml").write_text("words: 吐槽 爆料\n", encoding="utf-8")
    rule = "rules: [{id: o, name: {zh: 爆料, en: a leak}, points: 1, when: {words: own.words}}]\n"
    settings = load(home(tmp_path, rules=rule))
    assert settings.lexicon.words("own.words") == ("吐槽", "爆料")


def test_a_home_may_raise_a_limit_and_only_knows_platforms_there_are(tmp_path: Path) -> None:
    limits = "platforms: {mastodon: {limit: 5000}}\n"
    settings = load(home(tmp_path, digest="platforms: [mastodon, x]\n", platforms=limits))
    assert {name: one.limit for name, one in settings.platforms.items()} == {"mastodon": 5000, "x": 280}
    with pytest.raises(ConfigError, match=r"config/digest.yaml:1: platforms\[1\]: 'myspace' is none"):
        load(home(tmp_path, digest="platforms: [x, myspace]\n"))


def test_the_version_follows_what_is_configured(tmp_path: Path) -> None:
    first = load(home(tmp_path, digest="newsletter: {title: A}\n")).version
    assert load(tmp_path).version == first
    assert load(home(tmp_path, digest="newsletter: {title: B}\n")).version != first


def test_a_line_is_found_by_its_path() -> None:
    text = "a:\n  - b: 1\n  - c:\n      d: 2\n"
    assert line_of(text, ("a", 1, "c", "d")) == 4
    assert line_of(text, ("a", 1, "nothing")) == 3
    assert line_of("a: [", ("a",)) is None


def test_an_unknown_word_list_is_named_with_its_line_unless_a_rule_of_the_home_asks_for_it(tmp_path: Path) -> None:
    (tmp_path / "config" / "lexicon").mkdir(parents=True)
    lexicon = tmp_path / "config" / "lexicon"
    (lexicon / "rules.yaml").write_text("hedge: [perchance]\n\nhegde: [mayhap]\nbrands: [Kestrel]\n", encoding="utf-8")
    (lexicon / "cues.yaml").write_text("zaid: quoth\n", encoding="utf-8")
    (lexicon / "ruls.yaml").write_text("hedge: [x]\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(tmp_path)
    found = {(problem.file.rpartition("/")[2], problem.line, problem.key) for problem in caught.value.problems}
    assert found == {
        ("rules.yaml", 3, "hegde"),
        ("rules.yaml", 4, "brands"),
        ("cues.yaml", 1, "zaid"),
        ("ruls.yaml", 1, "hedge"),
    }
    assert "did you mean 'hedge'?" in str(caught.value)
    (lexicon / "rules.yaml").write_text("brands: [Kestrel]\n", encoding="utf-8")
    (lexicon / "cues.yaml").unlink()
    (lexicon / "ruls.yaml").unlink()
    rule = "rules: [{id: b, name: {zh: 牌子, en: names a brand}, points: 1, when: {words: brands}}]\n"
    (tmp_path / "config" / "rules.yaml").write_text(rule, encoding="utf-8")
    assert "rules.brands" in load(tmp_path).lexicon.names()


def test_an_unknown_key_of_the_rule_book_is_named_with_its_line(tmp_path: Path) -> None:
    rules = "least: 1\nquotas: {documnet: 3}\nown_langauge: 2\nsections:\n  - {id: a, name: {zh: 甲, en: A}, mots: 2}\n"
    with pytest.raises(ConfigError) as caught:
        load(home(tmp_path, rules=rules))
    found = {(problem.line, problem.key) for problem in caught.value.problems}
    assert found == {(2, "quotas.documnet"), (3, "own_langauge"), (5, "sections[0].mots")}
