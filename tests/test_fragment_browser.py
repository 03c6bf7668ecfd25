"""Text fragments in a real browser: every one we give opens the page at the quoted words."""

from __future__ import annotations

import threading
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from browser import Browser, chromium
from conftest import missing

from digest.fragment import fold
from digest.link import linked, text_fragment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.browser

PARAGRAPHS = (
    "海岸科技在渔港边上发布了第三代模型。",
    "林小鹿说：“我们把推理成本降了一半，而且没有牺牲质量。”她补充说，很好。",
    "很好，是渔民们的第一句话。人工智能的重要目标，是让长江大桥上的灯都亮。2027年以前，OpenAI的做法也许会取代编辑。",
    "The company sold 3,000 units in May, R&D said. It's a state-of-the-art fridge without marks that hums on and on.",
    "很多很多个分句的一个句子，每个分句都只说一点事情，写它的人最后也觉得有些累了，大家都要休息一下。",
    "“静かであることは、機能ではなく礼儀だと考えています。”",
    "Le port a consommé, selon l’atelier, trois fois plus d’électricité que la ville tout entière, dit-on à l’hôtel.",
    "WE DO NOT SELL FISH. We do not sell fish. 他说：「我们不卖鱼」，我们不卖鱼。",
    "因为他在离开之前已有安排，所以公司没有停摆——至少看起来没有。",
)
TEXT = "\n\n".join(PARAGRAPHS)
SEAM = TEXT.index("离开之前")  # the page has a space here that cleaning removed
QUOTES = (
    "我们把推理成本降了一半，而且没有牺牲质量。",
    "推理成本降了",
    "很好。",
    "很好，是渔民们的第一句话。",
    "人工智能的重要目标，是让长江大桥上的灯都亮。",
    "2027年以前，OpenAI的做法也许会取代编辑。",
    "The company sold 3,000 units in May, R&D said.",
    "R&D said",
    "It's a state-of-the-art fridge without marks that hums on and on.",
    PARAGRAPHS[4],
    "静かであることは、機能ではなく礼儀だと考えています。",
    "Le port a consommé, selon l’atelier, trois fois plus d’électricité que la ville tout entière, dit-on à l’hôtel.",
    "We do not sell fish.",
    "我们不卖鱼",
    "因为他在离开之前已有安排，所以公司没有停摆",
    "她补充说，很好。\n\n很好，是渔民们的第一句话。",
    TEXT[TEXT.index("海岸") : TEXT.index("她补充")],
)


def page() -> bytes:
    """The text as a web page sets it: mark-up inside words, the removed space, other words around it."""
    rows = []
    for at, words in enumerate(PARAGRAPHS):
        html = escape(words.replace("在离开", "在 离开")).replace("成本", "<b>成<i>本</i></b>")
        html = html.replace("3,000", "<a href=x>3,000</a>")
        rows.append(f"<p id=p{at}>{html}</p>")
    return (
        f"<!doctype html><meta charset=utf-8><title>页</title><h1 id=h>海岸</h1>{''.join(rows)}<p id=z>尾</p>".encode()
    )


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    program = chromium()
    if program is None:
        missing("Chromium")
    profile: Path = tmp_path_factory.mktemp("chromium")
    with Browser(str(program), profile) as one:
        yield one


def letters(text: str) -> str:
    return "".join(filter(str.isalnum, fold(text)))


@pytest.mark.timeout(90)
@pytest.mark.parametrize("words", QUOTES)
def test_the_browser_finds_the_quoted_place(browser: Browser, address: str, words: str) -> None:
    start = TEXT.index(words)
    fragment = text_fragment(TEXT, start, start + len(words), (SEAM,))
    assert fragment is not None
    found = browser.match(linked(address, fragment))
    assert found is not None
    assert found["text"]
    assert letters(found["text"]) in letters(words) or letters(words) in letters(found["text"])
    assert found["block"] == f"p{TEXT.count(chr(10) * 2, 0, start)}"


def test_the_oracle_can_say_no(browser: Browser, address: str) -> None:
    assert browser.match(f"{address}#:~:text=%E6%9C%AC%E9%99%8D%E4%BA%86%E4%B8%80") == {"text": "", "block": ""}
    assert browser.match(f"{address}#top") is None
