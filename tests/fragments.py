"""`python tests/fragments.py [FOLDER] [N]`: do our links open the page at the quoted sentence?

Every quote of N documents (60, evenly spread over ../shared/eval/clips/files) is opened with its text fragment in a
real Chromium, on a plain page of the document's text. Prints the share that is right and every failure.
"""

from __future__ import annotations

import html
import re
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from chromium import Chromium, chromium

from digest import formats, inbox, quote
from digest.errors import SeedError
from digest.fragment import fold, text_fragment
from digest.lexicon import default
from digest.sentence import sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from digest.document import Document
    from digest.quote import Quote

FLAG = "--enable-blink-features=TextFragmentAPI"
"""Lets a script ask for the range that a fragment has found."""

_FOUND = """(async () => {
  if (document.readyState !== 'complete') await new Promise(done => addEventListener('load', done));
  const found = [];
  for (const item of document.fragmentDirective.items) {
    try {
      const range = await item.getMatchingRange();
      const before = document.createRange();
      before.selectNodeContents(document.body);
      before.setEnd(range.startContainer, range.startOffset);
      found.push([before.toString(), range.toString()]);
    } catch (error) { found.push(null); }
  }
  return found;
})()"""
_ELEMENTS = {"heading": "h2", "item": "li", "quote": "blockquote", "code": "pre", "table": "div", "paragraph": "p"}
_MARKS = re.compile(r"\A[\W_]+|[\W_]+\Z")


@dataclass(frozen=True)
class Opened:
    """A quote and what Chromium highlights for its link. `fault` says what is wrong, "" where nothing is."""

    quote: Quote
    fragment: str | None
    shown: str
    fault: str


def documents(files: Iterable[Path]) -> Iterator[tuple[str, Document, tuple[Quote, ...]]]:
    """Every document of these files by name, with its quotes; files that hold none are passed over."""
    lexicon = default()
    for path in files:
        for file in inbox.locate(path):
            try:
                for document in formats.read(inbox.read(file), lexicon):
                    yield file.path, document, quote.find(document, lexicon)
            except SeedError:
                continue


def page(document: Document) -> str:
    """A document's text as a plain page: an element a block, nothing else in the body."""
    parts, at = [], 0
    for block in document.blocks:
        parts.append(html.escape(document.text[at : block.start]))
        words = html.escape(document.text[block.start : block.end]).replace("\n", "<br>\n")
        parts.append(f"<{_ELEMENTS[block.kind]}>{words}</{_ELEMENTS[block.kind]}>")
        at = block.end
    return f'<!doctype html><meta charset="utf-8"><title>a page</title><body>{"".join(parts)}</body>'


@contextmanager
def served(pages: list[str]) -> Iterator[str]:
    """The pages at /0, /1, … of a server on this machine; its address without a final slash."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            number = urlsplit(self.path).path.strip("/")
            known = number.isdigit() and int(number) < len(pages)
            data = pages[int(number)].encode() if known else b""
            self.send_response(200 if known else 404)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def opened(browser: Chromium, address: str, document: Document, quotes: Iterable[Quote]) -> Iterator[Opened]:
    """Every quote of a document, opened with its link on the page at `address`."""
    for number, one in enumerate(quotes):
        fragment = text_fragment(document.text, one.start, one.end, document.seams)
        if fragment is None:
            yield Opened(one, None, "", "")
            continue
        found = highlighted(browser, f"{address}?{number}{fragment}")
        if found is None:
            yield Opened(one, fragment, "", "not found")
        else:
            yield Opened(one, fragment, found[1], fault(document, one, *found))


def highlighted(browser: Chromium, link: str) -> tuple[str, str] | None:
    """What stands before the highlighted words and the words themselves; None where the link highlights nothing."""
    browser.open(link)
    found = browser.value(_FOUND)
    return (found[0][0], found[0][1]) if found and found[0] else None


def fault(document: Document, one: Quote, before: str, shown: str) -> str:
    """What is wrong with the highlighted words: they must hold the quote and nothing beyond its sentences."""
    start, end = _bare(document.text, one.start, one.end)
    spans = [
        span
        for block in document.blocks
        for span in sentences(document.text, block.start, block.end)
        if span[0] < one.end and span[1] > one.start
    ]
    first, last = min(span[0] for span in spans), max(span[1] for span in spans)
    at = len(_squeezed(before))
    until = at + len(_squeezed(shown))
    wanted = [len(_squeezed(document.text[:place])) for place in (first, start, end, last)]
    if until <= wanted[0] or at >= wanted[3]:
        return "elsewhere"
    if at > wanted[1] or until < wanted[2]:
        return "does not hold the quote"
    return "goes beyond the sentence" if at < wanted[0] or until > wanted[3] else ""


def _bare(text: str, start: int, end: int) -> tuple[int, int]:
    """A quote's span without the marks at its ends: a term begins and ends at a word."""
    words = text[start:end]
    opening = _MARKS.match(words)
    closing = re.search(r"[\W_]+\Z", words)
    start, end = start + (opening.end() if opening else 0), end - (len(closing[0]) if closing else 0)
    return (start, end) if start < end else (start, start)


def _squeezed(text: str) -> str:
    """Text as the browser compares it, without white space: a range does not tell where blocks part."""
    return "".join(fold(text).split())


def main(arguments: list[str]) -> int:
    """Print the share and the failures; 1 below 99 %, 2 without a browser."""
    program = chromium()
    if program is None:
        print("this needs Chromium", file=sys.stderr)
        return 2
    folder = Path(arguments[0]) if arguments else ROOT.parent / "shared" / "eval" / "clips" / "files"
    wanted = int(arguments[1]) if len(arguments) > 1 else 60
    every = sorted(path for path in folder.rglob("*") if path.is_file())
    step = max(1, len(every) // wanted)
    found: list[tuple[str, Document, tuple[Quote, ...]]] = []
    for each in documents(every[::step] + [path for at, path in enumerate(every) if at % step]):
        found += [each] if each[2] else []  # a document without a quote measures nothing
        if len(found) == wanted:
            break
    results: list[tuple[str, Opened]] = []
    with served([page(document) for _, document, _ in found]) as address, Chromium(program, FLAG) as browser:
        for number, (name, document, quotes) in enumerate(found):
            results += [(name, one) for one in opened(browser, f"{address}/{number}", document, quotes)]
    wrong = [(name, one) for name, one in results if one.fault]
    plain = sum(one.fragment is None for _, one in results)
    tried = len(results) - plain
    for name, one in wrong:
        print(f"{name} {one.quote.start}:{one.quote.end} {one.fault}\n   {one.quote.text!r}\n   {one.shown!r}")
        print(f"   {one.fragment}")
    right = (tried - len(wrong)) / max(tried, 1)
    print(f"{len(found)} documents, {len(results)} quotes: {tried} with a fragment, {plain} with a plain link")
    print(f"right: {tried - len(wrong)} of {tried} = {right:.2%}")
    return 0 if right >= 0.99 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
