"""The four real clips, read in place, and copies of them with names, outlets and addresses replaced.

What holds for the clips must hold for the copies: nothing here may depend on who is in the news.
"""

from __future__ import annotations

import json
import os
import random
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from digest.press import opened
from digest.settings import load

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NOW = datetime.fromisoformat("2025-11-14T09:00+08:00")

PEOPLE = ("田渊栋", "陈茜", "扎克伯格", "杨立昆")
LATIN = ("LeCun", "Alexandr Wang", "Meta", "FAIR", "OpenAI")
OUTLETS = ("硅谷101", "新智元")
ADDRESSES = ("cTHKXZDEIaUZhqHEiqS6yg", "MzI3MTA0MTk1MA", "2652647143", "fe187825cf13ed438f5a5cfaf0d57fb2")

SURNAMES = "沈柏许顾谢苏潘葛范彭"
GIVEN = ("知远", "明川", "若溪", "一鸣", "书言", "景行", "望舒", "思齐")
WORDS = ("Norvane", "Quillon", "Tessaro", "Brimwick", "Holloran", "Veltrix", "Ostrand", "Camberly")


def renamed(seed: int) -> dict[str, str]:
    """Old name → new name, the same kind and made at random; none holds another."""
    pick = random.Random(seed)  # noqa: S311 -- the same names each time
    surnames, given, words = pick.sample(SURNAMES, 4), pick.sample(GIVEN, 4), pick.sample(WORDS, 8)
    latin = (words[0], f"{words[1]} {words[2]}", words[3], words[4].upper(), f"{words[5]}AI")
    outlets = (
        f"{pick.choice('晨夜远云')}{pick.choice('桥汀舟径')}{pick.randint(200, 900)}",
        f"{pick.choice('新明')}{pick.choice('知见')}{pick.choice('堂斋社')}",
    )
    addresses = tuple("".join(pick.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in old) for old in ADDRESSES)
    new = (*map("".join, zip(surnames, given, strict=True)), *latin, *outlets, *addresses)
    return dict(zip((*PEOPLE, *LATIN, *OUTLETS, *ADDRESSES), new, strict=True))


@dataclass(frozen=True)
class Drafted:
    """What the preview made of the clips, and the names they go by."""

    names: Mapping[str, str]
    issue: dict[str, Any]
    email: str
    posts: str

    def of(self, text: str) -> str:
        """The text with the names of this copy."""
        for old, new in self.names.items():
            text = text.replace(old, new)
        return text

    def story(self, title: str) -> dict[str, Any]:
        return next(story for story in self.issue["stories"] if self.of(title) in story["title"])


@pytest.fixture(scope="module", params=["as they are", 1, 2, 3])
def drafted(request: pytest.FixtureRequest, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Drafted:
    names = {} if request.param == "as they are" else renamed(request.param)
    home = tmp_path_factory.mktemp("home")
    seeds = home / "seeds"
    seeds.mkdir()
    for place, path in enumerate(sorted((shared / "seeds").glob("*.txt"))):
        text = path.read_text(encoding="utf-8")
        for old, new in names.items():
            text = text.replace(old, new)
        copy = seeds / (path.name if not names else f"{place:03}_{request.param:016x}.txt")
        copy.write_text(text, encoding="utf-8")
        os.utime(copy, (1_700_000_000, 1_700_000_000))
    with opened(load(home), lambda: NOW, readonly=True) as press:
        _, files = press.preview()
    page = {path.name: path.read_text(encoding="utf-8") for path in files if "channels" not in path.parts}
    return Drafted(names, json.loads(page["issue.json"]), page["email.html"] + page["email.txt"], page["posts.md"])


def test_the_interview_has_its_own_title_outlet_date_and_address(drafted: Drafted) -> None:
    story = drafted.story("专访前FAIR研究总监田渊栋")
    (source,) = [source for source in story["sources"] if not source["held_back"]]
    assert source["outlet"] == drafted.of("硅谷101")
    assert source["published"] == "2025-11-12T12:19:00+08:00"
    assert source["link"] == drafted.of(f"https://mp.weixin.qq.com/s/{ADDRESSES[0]}")


def test_the_interviews_quotes_are_the_guests_with_his_role_and_never_the_hosts(drafted: Drafted) -> None:
    story = drafted.story("专访前FAIR研究总监田渊栋")
    assert story["quotes"]
    for quote in story["quotes"]:
        assert quote["speaker"] == drafted.of("田渊栋")
        assert drafted.of("FAIR") in quote["role"]
        assert "总监" in quote["role"]
        assert quote["text"][-1] in "。！？…", "a whole sentence"
        assert "  " not in quote["text"]
        assert not {"图片来源", "滑动看下一个", "以上就是", "祝他好运"} & set(quote["text"].split())
    assert any(quote["highlighted"] for quote in story["quotes"])


def test_no_stray_space_or_hole_is_left_in_a_quote(drafted: Drafted) -> None:
    for story in drafted.issue["stories"]:
        for quote in story["quotes"]:
            gaps = [
                place
                for place, sign in enumerate(quote["text"][1:-1], 1)
                if sign == " " and "一" <= quote["text"][place - 1] <= "鿿" and "一" <= quote["text"][place + 1] <= "鿿"
            ]
            assert not gaps, quote["text"]


def test_the_article_in_corner_marks_has_its_headline_outlet_and_labelled_address(drafted: Drafted) -> None:
    story = drafted.story("LeCun确认年底离开Meta,Llama 4翻车成导火索!")
    (source,) = [source for source in story["sources"] if not source["held_back"]]
    assert source["title"] == drafted.of("LeCun确认年底离开Meta,Llama 4翻车成导火索!")
    assert source["outlet"] == drafted.of("新智元")
    assert source["published"] is None
    assert source["link"] == drafted.of("http://mp.weixin.qq.com/s?__biz={1}==&mid={2}&idx=2&sn={3}".format(*ADDRESSES))


def test_its_one_real_quotation_is_there_and_none_of_its_terms(drafted: Drafted) -> None:
    story = drafted.story("LeCun确认年底离开Meta")
    spoken = [quote for quote in story["quotes"] if quote["kind"] in {"spoken", "turn", "block"}]
    assert [quote["speaker"] for quote in spoken] == [drafted.of("LeCun")]
    assert spoken[0]["text"].startswith("也许5年后我们会知道自己")


def test_clips_without_an_address_are_held_back_with_title_quotes_and_remedy(drafted: Drafted) -> None:
    held = drafted.issue["held_back"]
    assert [clip["reason"] for clip in held] == ["no-source", "no-source"]
    for clip in held:
        assert 8 <= len(clip["title"]) <= 40
        assert not clip["title"].startswith("摘要")
        assert clip["remedy"] == f"digest release {clip['seed'][:8]} --source URL"
    assert any(clip["quotes_ready"] for clip in held)


def test_nothing_of_a_held_back_clip_reaches_email_or_posts(drafted: Drafted) -> None:
    for clip in drafted.issue["held_back"]:
        for words in (clip["title"], *clip["quotes"]):
            assert words not in drafted.email
            assert words not in drafted.posts


def test_the_clips_of_one_lay_off_are_one_story_and_the_other_departure_is_not(drafted: Drafted) -> None:
    assert len(drafted.issue["stories"]) == 2
    story = drafted.story("专访前FAIR研究总监田渊栋")
    assert sorted(source["held_back"] for source in story["sources"]) == [False, True, True]
    assert len(drafted.story("LeCun确认年底离开Meta")["sources"]) == 1


def test_the_email_shows_no_mark_up_pixel_or_clipper_noise(drafted: Drafted) -> None:
    for noise in ("media_tool_meta", "images.weserv", "继续滑动", "图片来源", "imgIndex", "poc_token", "Original "):
        assert noise not in drafted.email
    assert drafted.of("田渊栋") in drafted.email


def test_posts_carry_the_address_and_the_speakers_name(drafted: Drafted) -> None:
    assert drafted.of(ADDRESSES[0]) in drafted.posts
    assert drafted.of("田渊栋") in drafted.posts
    assert drafted.of("陈茜") not in drafted.posts
