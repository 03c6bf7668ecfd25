"""Quote cards: the whole quotation or no card, and the same words for those who cannot see it."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING

import pytest
from conftest import ROOT, missing
from PIL import Image, ImageChops
from posting import story

from digest import canvas
from digest.canvas import Canvas, Refused, find_font, sizes
from digest.card import Card, cards
from digest.errors import UsageError
from digest.settings import load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from subprocess import CompletedProcess

WORDS = "我们不是卖得不够快，而是跑得太快，快到没有人知道为什么要跑这一趟。"
CARD = Card(
    "q1", "s1", "zh", WORDS, "“", "林知夏", "创始人", "《停止夜间配送》（河岸周刊）", "alt", "https://a.example/1"
)


def card(words: str = WORDS, language: str = "zh") -> Card:
    return Card(
        "q1",
        "s1",
        language,
        words,
        "“",
        "林知夏",
        "创始人",
        "《停止夜间配送》（河岸周刊）",
        "alt",
        "https://a.example/1",
    )


@pytest.fixture(scope="module")
def light() -> Canvas:
    try:
        return Canvas("light", "河岸周报")
    except UsageError as error:
        missing(str(error))
        raise


def test_a_card_is_a_png_of_its_size_and_the_same_bytes_each_time(light: Canvas) -> None:
    assert set(sizes()) == {"1200x675", "1080x1080", "1080x1440"}
    for name, size in sizes().items():
        data = light.draw(card(), size)
        image = Image.open(io.BytesIO(data))
        assert (image.format, f"{image.width}x{image.height}") == ("PNG", name)
        assert data == light.draw(card(), size)


def test_ink_stays_inside_the_margins_whatever_the_length(light: Canvas) -> None:
    english = "It’s the cheapest thing a machine can make — a sentence. "
    for name, size in sizes().items():
        for words in ("小。", f"《{WORDS}" * 3, english * 3):
            image = Image.open(io.BytesIO(light.draw(card(words, "en" if "It" in words else "zh"), size)))
            paper = Image.new("RGB", image.size, image.getpixel((0, 0)))
            box = ImageChops.difference(image, paper).getbbox()
            assert box is not None
            edge = size.margin - size.most // 8
            assert min(box[0], box[1], size.width - box[2], size.height - box[3]) >= edge, (name, words, box)


def test_light_and_dark_are_two(light: Canvas) -> None:
    size = sizes()["1200x675"]
    papers = [
        Image.open(io.BytesIO(one.draw(card(), size))).convert("L").getpixel((0, 0))
        for one in (light, Canvas("dark", "河岸周报"))
    ]
    assert isinstance(papers[0], int)
    assert isinstance(papers[1], int)
    assert papers[1] < 60
    assert papers[0] > 200


def test_a_quotation_too_long_is_refused_and_never_cut(light: Canvas) -> None:
    with pytest.raises(Refused, match="smaller than 40 pixels"):
        light.draw(card(WORDS * 30), sizes()["1080x1440"])
    files, rows = canvas.pages([card(WORDS * 7)], light)
    assert set(rows[0]["refused"]) | set(rows[0]["files"]) == set(sizes())
    assert set(rows[0]["refused"]) & {"1200x675"}
    assert set(files) == set(rows[0]["files"].values())


def test_what_the_font_lacks_is_refused_and_named(light: Canvas) -> None:
    with pytest.raises(Refused, match="🦊"):
        light.draw(card("狐狸🦊来了，大家都很高兴。"), sizes()["1080x1080"])
    assert light.draw(card("e\u0301te\u0301\u200d\ufe0f"), sizes()["1200x675"]) == light.draw(
        card("été"), sizes()["1200x675"]
    )


def test_the_alternative_text_holds_quotation_speaker_and_source() -> None:
    (made,) = cards([story()])
    assert made.words in made.alt
    assert made.speaker == "林知夏"
    for part in ("林知夏", "首席科学家", "云图周刊", "澄心科技发布第1款客服模型"):
        assert part in made.alt
    assert made.link.startswith("https://news.example/a/1")


def test_the_same_words_make_one_card() -> None:
    assert len(cards([story(), story()])) == 1


def test_without_pillow_or_font_the_editor_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=r"no such font.*cards: font:"):
        find_font(tmp_path / "none.otf")
    with monkeypatch.context() as bare:
        bare.setattr(canvas, "_table", lambda: {"folders": [str(tmp_path)], "fonts": ["A.otf"], "package": "fonts-x"})
        with pytest.raises(UsageError, match=r"apt install fonts-x.*cards: font:"):
            find_font()
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(UsageError, match=r'pip install "digest\[cards\]"'):
        Canvas("light", "x")


def test_a_file_that_is_no_font_is_told_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "broken.otf"
    path.write_bytes(b"no font")
    with pytest.raises(UsageError, match="cannot be read as a font"):
        Canvas("light", "x", path).draw(card(), sizes()["1080x1080"])


def test_a_home_may_name_its_font(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "digest.yaml").write_text("cards: {font: fonts/own.otf}\n", encoding="utf-8")
    assert load(tmp_path).card_font == tmp_path / "fonts" / "own.otf"


@pytest.mark.usefixtures("light")
def test_the_command_draws_every_quote_and_a_later_draft_leaves_the_cards(
    digest: Callable[..., CompletedProcess[str]], tmp_path: Path
) -> None:
    clip = ROOT / "seeds" / "shen-zhiyao-interview.md"
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / clip.name).write_bytes(clip.read_bytes())
    when = ("--now", "2026-11-20T09:00+08:00")
    done = digest("cards", "--style", "dark", "--json", *when)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    folder = tmp_path / told["folder"]
    assert json.loads((folder / "cards.json").read_text("utf-8")) == told["cards"]
    names = {name for row in told["cards"] for name in row["files"].values()}
    assert {path.name for path in folder.glob("*.png")} == names
    assert names
    assert digest("preview", *when).returncode == 0
    assert {path.name for path in folder.glob("*.png")} == names
