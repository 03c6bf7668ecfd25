"""Expectations nobody here wrote: twitter-text's and Mastodon's own vectors, read in place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from conftest import missing

from digest.posting import autolink, weight
from digest.posting.platform import platform

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.conformance

Case = dict[str, Any]
Sections = dict[str, list[Case]]


def read(shared: Path, name: str) -> str:
    path = shared / "conformance" / name
    if not path.is_file():
        missing(f"shared/conformance/{name}")
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def validate(shared: Path) -> Sections:
    found: Sections = yaml.safe_load(read(shared, "validate.yml"))["tests"]
    return found


@pytest.fixture(scope="module")
def extract(shared: Path) -> Sections:
    found: Sections = yaml.safe_load(read(shared, "extract.yml"))["tests"]
    return found


@pytest.fixture(scope="module")
def names(shared: Path) -> tuple[frozenset[str], list[Case]]:
    """Our top-level domains with those that have left the root zone since the vectors were written."""
    tests: Sections = yaml.load(read(shared, "tlds.yml"), yaml.CSafeLoader)["tests"]
    cases = tests["country"] + tests["generic"]
    return autolink.top_level() | {case["text"].rpartition(".")[2].lower() for case in cases}, cases


@pytest.mark.parametrize(
    ("section", "count"),
    [("WeightedTweetsWithDiscountedEmojiCounterTest", 22), ("UnicodeDirectionalMarkerCounterTest", 2)],
)
def test_a_post_on_x_weighs_what_twitter_text_says(validate: Sections, section: str, count: int) -> None:
    cases = validate[section]
    assert len(cases) == count
    wrong = {
        case["description"]: weight.length(case["text"], "x")
        for case in cases
        if weight.length(case["text"], "x") != case["expected"]["weightedLength"]
    }
    assert wrong == {}


@pytest.mark.parametrize(
    ("section", "count"),
    [("urls", 91), ("urls_with_indices", 10), ("tco_urls_with_params", 5), ("urls_with_directional_markers", 2)],
)
def test_the_addresses_of_a_post_on_x_are_found(
    extract: Sections, names: tuple[frozenset[str], list[Case]], section: str, count: int
) -> None:
    cases = extract[section]
    assert len(cases) == count
    for case in cases:
        spans = autolink.on_x(case["text"], names[0])
        found: list[Any] = [case["text"][start:end] for start, end in spans]
        if case["expected"] and isinstance(case["expected"][0], dict):
            found = [{"url": url, "indices": list(span)} for url, span in zip(found, spans, strict=True)]
        assert found == case["expected"], case["description"]


def test_an_address_alone_weighs_23(extract: Sections, names: tuple[frozenset[str], list[Case]]) -> None:
    urls = [url for case in extract["urls"] for url in case["expected"] if url.startswith("http")]
    assert len(urls) == 61
    assert {url: weight.on_x(url, names[0]) for url in urls} == dict.fromkeys(urls, weight.URL)


def test_every_top_level_domain_of_the_vectors_makes_a_link(names: tuple[frozenset[str], list[Case]]) -> None:
    found, cases = names
    assert len(cases) == 1574
    for case in cases:
        assert [case["text"][a:b] for a, b in autolink.on_x(case["text"], found)] == case["expected"]


def test_the_constants_are_those_of_the_published_configuration(shared: Path) -> None:
    config = json.loads(read(shared, "v3.json"))
    assert config["maxWeightedTweetLength"] == platform("x").limit
    assert config["transformedURLLength"] == weight.URL
    light = {chr(cp) for span in config["ranges"] for cp in range(span["start"], span["end"] + 1)} - {"©", "®"}
    assert {char for char in map(chr, range(0x3000)) if weight._weight(char) == 1} == light


def test_mastodon_counts_as_its_server_does(shared: Path) -> None:
    cases = json.loads(read(shared, "mastodon_server.json"))["server_validator_max500"]
    assert len(cases) == 10
    for case in cases:
        assert (weight.on_mastodon(case["text"], case["spoiler"]) > platform("mastodon").limit) == case["over"], case[
            "desc"
        ]
