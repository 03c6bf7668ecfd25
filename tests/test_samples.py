"""The shipped seeds: invented, in real shapes, and read as a reader would wish."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from conftest import ROOT, run_digest

if TYPE_CHECKING:
    from pathlib import Path

    Rows = dict[str, dict[str, Any]]

SEEDS = sorted((ROOT / "seeds").iterdir())
INTERVIEW = "shen-zhiyao-interview.md"
BRACKETS = "20261118-1342.txt"
UNLINKED = ("20261117-2210.txt", "20261118-0905.txt")
FEED = "nordhaven-evening-courier.xml"
HEAD_COUNT = "yanhai-head-count.html"
GARAGE = "2026-11-18-chuchu-garage.md"
HARBOUR = "「わかりません」と答えるAI.md"
NEWSLETTER = "small-hours-dispatch-118.eml"
ARCHIVE = "the-archive-that-learned-to-lose-things.md"
COPY = "Invented sentences in patient files: Marrowby switches off its AI note-taker in 212 clinics"
FERRY = (
    "Islanders left on the quay by a timetable nobody wrote, inquiry hears",
    "Ferry captains win back the right to wait",
)
NOW = "2026-11-20T09:00+08:00"


@pytest.fixture(scope="module")
def issue(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The issue that `preview` makes of the samples."""
    home = tmp_path_factory.mktemp("home")
    done = run_digest("preview", "--json", "--seeds", ROOT / "seeds", "--now", NOW, cwd=home)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)["issue"]
    return found


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Rows:
    """What `extract` reads from the samples, by file name; the items of the feed by their titles."""
    done = run_digest("extract", "--json", ROOT / "seeds", cwd=tmp_path_factory.mktemp("home"))
    assert done.returncode == 0, done.stderr
    read = [(row["path"].rsplit("/", 1)[-1], row) for row in map(json.loads, done.stdout.splitlines())]
    return {row["title"] if name == FEED else name: row for name, row in read}


def grams(text: str, size: int) -> set[str]:
    """Runs of `size` letters: mark-up and addresses are alike in all clips."""
    words = re.sub(r"<[^>]{0,400}>|https?:[^\s)\"]+|^[a-z]+:|\W", "", text, flags=re.MULTILINE)
    return {words[at : at + size] for at in range(len(words) - size + 1)}


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.name)
def test_every_sample_says_that_it_is_invented(path: Path) -> None:
    assert re.search("虚构|invented", path.read_text(encoding="utf-8")[-900:])


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.name)
def test_no_sample_shares_a_long_run_of_text_with_a_real_clip(path: Path, shared: Path) -> None:
    own = grams(path.read_text(encoding="utf-8"), 24)
    for real in sorted((shared / "seeds").iterdir()):
        assert not own & grams(real.read_text(encoding="utf-8"), 24)


def test_the_interview_is_read_with_its_byline(rows: Rows) -> None:
    row = rows[INTERVIEW]
    assert row["title"] == '专访沈知遥：离开砚海研究院的第一周，谈谈"会偷懒"的模型'
    assert row["outlet"] == "纸灯笼访谈"
    assert row["published"] == "2026-11-18T20:30:00+08:00"
    assert row["published_from"] == "byline"
    assert row["source"] == "https://mp.weixin.qq.com/s/Sample_digest_invented"


def test_the_interview_keeps_the_host_apart_from_the_guest(rows: Rows) -> None:
    row = rows[INTERVIEW]
    turns = [quote for quote in row["quotes"] if quote["speaker"] == "沈知遥"]
    assert len(turns) > 20
    answers = "".join(quote["text"] for quote in turns)
    for asked in ("你今天背的还是", "这个词很重", "开源的时候，公司内部是有争议的", "一句话？"):
        assert asked in row["text"]
        assert asked not in answers


def test_the_interview_leaves_out_what_is_not_the_article(rows: Rows) -> None:
    text = rows[INTERVIEW]["text"]
    for noise in ("Original", "摄影", "图源", "继续滑动", "三连", "修改于", "svg", "imgIndex", "创作团队"):
        assert noise not in text


def test_the_bold_of_the_interview_leaves_no_stray_space(rows: Rows) -> None:
    quotes = [quote["text"] for quote in rows[INTERVIEW]["quotes"]]
    together = "".join(quotes)
    for whole in (
        "从收到邮件到刷不开门，一共二十五分钟，我在那里工作了八年零两个月。",
        "一个模型最该学会的，不是想得更久，而是知道什么时候可以不想。",
        "不是研究没有用，而是没有人愿意为三年以后的用处签字。",
        "这才叫拿聪明换虚荣",
        "创业公司的offer",
    ):
        assert whole in together


def test_the_terms_in_brackets_are_no_quotes_and_the_one_quotation_is(rows: Rows) -> None:
    row = rows[BRACKETS]
    assert row["title"] == "贺云帆确认月底离开拓野,「零号机」延期成最后一根稻草!"
    assert row["outlet"] == "量尺"
    assert "mid=2247500002" in row["source"]
    assert "chksm" not in row["source"]
    assert "<" not in row["text"]
    spoken = [quote for quote in row["quotes"] if quote["kind"] == "spoken"]
    assert [(quote["speaker"], quote["text"][:6]) for quote in spoken] == [("贺云帆", "我不怕机器人")]


@pytest.mark.parametrize("name", UNLINKED)
def test_a_pasted_text_has_no_address_and_says_so(name: str, rows: Rows) -> None:
    row = rows[name]
    assert row["source"] is None
    assert "no-source" in {warning["code"] for warning in row["warnings"]}
    assert not row["text"].startswith("摘要")


@pytest.fixture
def said(rows: Rows) -> dict[str, str]:
    """What each person of the two English reports is heard to say, in one string."""
    heard: dict[str, str] = {}
    for name in ("marrowby-harbour-ledger.md", "marrowby-signal-and-post.md"):
        for quote in rows[name]["quotes"]:
            if quote["kind"] == "spoken" and quote["speaker"]:
                heard[quote["speaker"]] = f"{heard.get(quote['speaker'], '')}|{quote['text']}"
    return heard


def test_direct_and_split_quotes_of_the_english_reports_have_their_speakers(said: dict[str, str]) -> None:
    assert "We built a machine that hates silence" in said["Ines Lindqvist-Okafor"]
    assert "|When the room went quiet" in said["Ines Lindqvist-Okafor"]
    assert "That is not a research problem, it is a decision" in said["Tomas Breyer"]
    assert "I am not against computers" in said["Bea Tamaro"]
    assert "they lacked three seconds of patience" in said["Gideon Marsh"]
    assert "nobody ignores paper" in said["Wil Oduya"]
    assert "We are not going to find out by asking the software" in said["Ruth Adeyemi-Hart"]


def test_she_is_who_the_sentence_before_is_about(said: dict[str, str]) -> None:
    assert "a quarter of our revenue" in said["Ines Lindqvist-Okafor"]


@pytest.mark.parametrize(
    ("name", "title", "authors", "published", "source", "language"),
    [
        (
            HEAD_COUNT,
            "砚海研究院到底裁了多少人？一份员工名单数到了512",
            ["许若汀"],
            "2026-11-19T11:40:00+08:00",
            "https://www.lanbian.example/company/2026/11/19/yanhai-head-count.html",
            "zh",
        ),
        (
            GARAGE,
            "拓野的「慢派」搬回了汽修厂",
            [],
            "2026-11-18T21:15:00+08:00",
            "https://chejianzhoukan.example/2026/1118/chuchu",
            "zh",
        ),
        (
            HARBOUR,
            "「わかりません」と答えるAIが、汐見の港で信用を取り戻すまで",
            ["柚木 かなえ"],
            "2026-11-17",
            "https://tomohama-tsushin.example/articles/20261117-nagi",
            "ja",
        ),
        (
            NEWSLETTER,
            "Two counts of one pile – what Marrowby’s software made up",
            ["Lena Achterberg"],
            "2026-11-19T20:31:40+00:00",
            "https://smallhours.example/p/two-counts-of-one-pile",
            "en",
        ),
        (
            FERRY[0],
            FERRY[0],
            ["Ffion Askew"],
            "2026-11-18T18:05:00+00:00",
            "https://www.nordhavencourier.example/news/islanders-left-on-the-quay",
            "en",
        ),
        (
            ARCHIVE,
            "The Archive That Learned to Lose Things",
            ["Odile Marchetti-Bray"],
            "2026-11-15",
            "https://slowcopy.example/essays/the-archive-that-learned-to-lose-things",
            "en",
        ),
    ],
)
def test_a_sample_of_each_shape_is_read(
    name: str, title: str, authors: list[str], published: str, source: str, language: str, rows: Rows
) -> None:
    row = rows[name]
    assert (row["title"], row["authors"], row["published"]) == (title, authors, published)
    assert (row["source"], row["language"][:2]) == (source, language)


@pytest.mark.parametrize(
    ("name", "outlet"),
    [
        (HEAD_COUNT, "澜边财经"),
        (NEWSLETTER, "Small Hours Dispatch"),
        (COPY, "Nordhaven Evening Courier"),
        ("marrowby-signal-and-post.md", "Signal & Post"),
        (HARBOUR, "灯浜通信"),
        (GARAGE, "车间周刊"),
    ],
)
def test_an_outlet_goes_by_its_name_and_not_by_its_host(name: str, outlet: str, rows: Rows) -> None:
    assert rows[name]["outlet"] == outlet


@pytest.mark.parametrize(
    ("name", "noise"),
    [
        (
            HEAD_COUNT,
            (
                "Cookie",
                "快讯",
                "登录",
                "相关阅读",
                "修表匠",
                "网友评论",
                "热榜",
                "责任编辑",
                "版权",
                "广告",
                "受访者供图",
            ),
        ),
        (HEAD_COUNT, ("阅读 3.8万", "11:40")),
        (HEAD_COUNT, ("阅读体验更佳",)),
        (GARAGE, ("原文", "骆小川", "more -->", "layout")),
        (HARBOUR, ("![", "応援しよう", "サポート")),
        (HARBOUR, ("灰色の波が表示",)),
        (NEWSLETTER, ("View in browser", "Subscribe", "http")),
        (NEWSLETTER, ("Why 3,430",)),
        (NEWSLETTER, ("Issue 118",)),
        (NEWSLETTER, ("Unsubscribe", "signed up at", "Rope Walk")),
        (COPY, ("appeared first on",)),
        (ARCHIVE, ("View Highlight", "opener", "archives", "Full Title", "invented")),
    ],
)
def test_the_furniture_of_a_sample_is_no_text(name: str, noise: tuple[str, ...], rows: Rows) -> None:
    assert [words for words in noise if words in rows[name]["text"]] == []


@pytest.mark.parametrize(
    ("name", "speaker", "words"),
    [
        (HEAD_COUNT, "岑一帆", "公司数的是工牌"),
        (HEAD_COUNT, "梁以南", "名单上少一行"),
        (HEAD_COUNT, "杜小满", "谁不吃香菜我都记得"),
        (HEAD_COUNT, "方苓", "这个口径从来没有变过"),
        (GARAGE, "贺云帆", "搬回来不是怀旧"),
        (GARAGE, "贺云帆", "没做完有一半是我的"),
        (GARAGE, "老金", "人是会想念机油味的"),
        (GARAGE, "邹亦可", "不是一种手感"),
        (GARAGE, "邹亦可", "没有一次是为了钱"),
        (HARBOUR, "真柴千尋", "港では重い罪なんです"),
        (HARBOUR, "黒部真帆", "網を直す日"),
        (HARBOUR, "奥津源三", "自信満々だった"),
        (HARBOUR, "相良ゆかり", "どの日に黙ったか"),
        (NEWSLETTER, "Hollis Trewin", "surprise a court"),
        (NEWSLETTER, "Ines Lindqvist-Okafor", "corrected twice"),
        (FERRY[0], "Moira Tangen", "the bakery girl"),
        (FERRY[0], "Alasdair Vane", "somebody bought"),
        (FERRY[1], "Petra Holm-Ainslie", "asked it to be a neighbour"),
    ],
)
def test_the_people_of_a_sample_say_what_they_say(name: str, speaker: str, words: str, rows: Rows) -> None:
    said = [quote["speaker"] for quote in rows[name]["quotes"] if quote["kind"] == "spoken" and words in quote["text"]]
    assert said == [speaker]


@pytest.mark.parametrize(
    ("name", "speaker", "role"),
    [
        (HEAD_COUNT, "梁以南", "劳动法律师"),
        (HARBOUR, "真柴千尋", "社長"),
        (NEWSLETTER, "Hollis Trewin", "chief pharmacist"),
        (FERRY[0], "Alasdair Vane", "judge"),
        (FERRY[1], "Petra Holm-Ainslie", "operations director"),
        ("marrowby-harbour-ledger.md", "Ines Lindqvist-Okafor", "chief executive"),
        ("marrowby-harbour-ledger.md", "Tomas Breyer", "professor of computational linguistics"),
        (FERRY[0], "Moira Tangen", "captain"),
        (GARAGE, "邹亦可", "首席产品官"),
        (HEAD_COUNT, "方苓", "公共事务负责人"),
        (HEAD_COUNT, "岑一帆", "工程师"),
        (HEAD_COUNT, "杜小满", "行政专员"),
        (HARBOUR, "黒部真帆", "参事"),
    ],
)
def test_the_people_of_a_sample_have_the_role_their_article_gives(
    name: str, speaker: str, role: str, rows: Rows
) -> None:
    roles = {quote["role"] for quote in rows[name]["quotes"] if quote["speaker"] == speaker}
    assert [one for one in roles if not one or role not in one] == []


def test_a_role_says_of_itself_whose_it_is(issue: dict[str, Any]) -> None:
    roles = [quote["role"] for story in issue["stories"] for quote in story["quotes"] if quote["role"]]
    assert [role for role in roles if re.match(r"(?i)(?:its|his|her|their|他|她|其)\b", role)] == []


@pytest.mark.parametrize("words", ["It is the most expensive thing", "九年前他们搬走的时候"])
def test_no_quote_of_the_issue_points_at_what_it_leaves_out(words: str, issue: dict[str, Any]) -> None:
    texts = [quote["text"] for story in issue["stories"] for quote in story["quotes"]]
    assert [text for text in texts if text.startswith(words)] == []


def test_the_clip_owners_highlights_and_notes_stand_apart(rows: Rows) -> None:
    row = rows[ARCHIVE]
    marked = [quote for quote in row["quotes"] if quote["highlighted"]]
    assert len(marked) > 6
    assert {(quote["kind"], quote["speaker"]) for quote in marked} == {("highlight", None)}
    assert row["notes"][0] == "opener for the archive section?"


def test_an_essays_own_sentences_are_nobodys_reported_speech(rows: Rows) -> None:
    assert [quote["text"] for quote in rows[ARCHIVE]["quotes"] if quote["kind"] == "reported"] == []


@pytest.fixture
def grouped(issue: dict[str, Any], rows: Rows) -> dict[str, int]:
    """In which story of the issue each sample stands, by its key in `rows`."""
    found: dict[str, int] = {}
    keys = {row["source"] or (row["sha256"], row["title"]): key for key, row in rows.items()}
    for number, story in enumerate(issue["stories"]):
        for source in story["sources"]:
            for address in (source["link"], *(copy["link"] for copy in source["copies"])):
                if address in keys:
                    found[keys[address]] = number
    return found


@pytest.mark.parametrize(
    "names",
    [
        ("marrowby-harbour-ledger.md", "marrowby-signal-and-post.md", NEWSLETTER, COPY),
        (BRACKETS, GARAGE),
        FERRY,
        (INTERVIEW, HEAD_COUNT),
    ],
)
def test_the_samples_of_one_event_are_one_story(names: tuple[str, ...], grouped: dict[str, int]) -> None:
    numbers = {grouped[name] for name in names}
    assert len(numbers) == 1
    assert [name for name, number in grouped.items() if number in numbers and name not in names] == []


@pytest.mark.parametrize("name", [HARBOUR, ARCHIVE])
def test_a_sample_without_a_second_voice_is_a_story_of_its_own(name: str, grouped: dict[str, int]) -> None:
    assert list(grouped.values()).count(grouped[name]) == 1


def test_the_report_carried_twice_counts_once_and_names_both_outlets(issue: dict[str, Any]) -> None:
    (source,) = [one for story in issue["stories"] for one in story["sources"] if one["copies"]]
    assert source["outlet"] == "The Harbour Ledger"
    assert [copy["outlet"] for copy in source["copies"]] == ["Nordhaven Evening Courier"]


@pytest.mark.parametrize(
    "values",
    [
        {"The Harbour Ledger": 34, "Signal & Post": 41},
        {"量尺": 80_000_000, "车间周刊": 120_000_000},
        {"纸灯笼访谈": 420, "澜边财经": 512},
        {"The Harbour Ledger": 3430, "Small Hours Dispatch": 5870},
    ],
)
def test_figures_of_one_thing_stand_side_by_side(values: dict[str, int], issue: dict[str, Any]) -> None:
    shown = [
        {story["sources"][one["source"]]["outlet"]: one["value"] for one in figure["values"]}
        for story in issue["stories"]
        for figure in story["figures"]
        if figure["same_measure"]
    ]
    assert values in shown


def test_every_story_has_something_to_read(issue: dict[str, Any]) -> None:
    assert [story["title"] for story in issue["stories"] if not story["quotes"] and not story["lead"]] == []


def test_the_clips_without_an_address_are_held_back_with_their_remedy(issue: dict[str, Any]) -> None:
    held = issue["held_back"]
    assert sorted(held_back["reason"] for held_back in held) == ["no-source", "no-source"]
    assert all("digest release" in one["remedy"] and one["title"] for one in held)
    assert max(one["quotes_ready"] for one in held) > 2


def test_every_quote_of_the_issue_links_to_its_article(issue: dict[str, Any]) -> None:
    assert sum(len(story["quotes"]) for story in issue["stories"]) >= 12
    for story in issue["stories"]:
        for quote in story["quotes"]:
            source = story["sources"][quote["source"]]
            assert quote["link"].startswith(source["link"])
            assert quote["reasons"]
