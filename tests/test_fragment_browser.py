"""Text fragments in a real Chromium: every quotation's link highlights it, and nothing beyond its sentences."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from chromium import BrowserError, Chromium, chromium
from conftest import missing
from fragments import FLAG, documents, fault, highlighted, opened, page, served

from digest.document import plain
from digest.quote import Quote

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    program = chromium()
    if program is None:
        missing("Chromium")
    with Chromium(program or "", FLAG) as started:
        yield started


def test_every_quote_of_the_samples_is_highlighted_and_nothing_beyond_its_sentences(
    browser: Chromium, root: Path
) -> None:
    found = list(documents(sorted((root / "seeds").iterdir())))
    pages = [page(document) for _, document, _ in found]
    wrong: list[tuple[str, ...]] = []
    tried = 0
    with served(pages) as address:
        for number, (name, document, quotes) in enumerate(found):
            for one in opened(browser, f"{address}/{number}", document, quotes):
                tried += 1
                if one.fault or one.fragment is None:
                    wrong.append((name, one.fault or "a plain link", one.quote.text, one.shown, one.fragment or ""))
    assert tried > 100
    assert wrong == []


def test_a_wrong_fragment_is_noticed(browser: Chromium) -> None:
    document = plain("第一句话在这里。第二句话也在这里。\n\n还有一段：完全是别的话。")
    quote = Quote(document.text, 8, 17, "spoken")
    assert quote.text == "第二句话也在这里。"
    with served([page(document)]) as address:

        def shown(number: int, fragment: str) -> tuple[str, str] | None:
            return highlighted(browser, f"{address}/0?{number}#:~:text={fragment}")

        right = shown(1, "第二句话也在这里")
        assert right is not None
        assert fault(document, quote, *right) == ""
        wide = shown(2, "第一句话在这里,完全是别的话")
        assert wide is not None
        assert fault(document, quote, *wide) == "goes beyond the sentence"
        away = shown(3, "完全是别的话")
        assert away is not None
        assert fault(document, quote, *away) == "elsewhere"
        part = shown(4, "第二句话")
        assert part is None or fault(document, quote, *part) == "does not hold the quote"
        assert shown(5, "没有这样的话") is None


def test_a_browser_that_cannot_start_says_so() -> None:
    with pytest.raises(BrowserError), Chromium(sys.executable, seconds=5):
        pass
