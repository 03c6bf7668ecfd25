"""The wire: what a request carries beside the bytes of its part, and what it does not."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest
from posting import LOOPBACK, ticking
from receiver import Receiver, answer

from digest.channels import ChannelConfig, Request
from digest.wire import Attempt, Clients

if TYPE_CHECKING:
    from collections.abc import Iterator

    from receiver import Received

    from digest.channels import Answer

CONFIG = ChannelConfig("team", "generic", allow=LOOPBACK)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


def sent(clients: Clients, *requests: Request) -> list[Answer]:
    """What came back for each."""
    return [Attempt(clients, lambda: True, ticking, lambda _: None).http(one, CONFIG) for one in requests]


def post(url: str, *headers: tuple[str, str], method: str = "POST", body: bytes = b"Tides.") -> Request:
    return Request(method, url, headers, body)


def one(receiver: Receiver, request: Request) -> Received:
    with Clients() as clients:
        (got,) = sent(clients, request)
    assert got.status == 200
    (received,) = receiver.requests
    return received


def test_a_request_says_where_it_goes_how_long_it_is_and_who_asks(receiver: Receiver) -> None:
    headers = one(receiver, post(receiver.url, ("content-type", "text/plain"))).headers
    assert headers.pop("user-agent").startswith("digest/")
    assert headers == {
        "host": receiver.url.split("/")[2],
        "accept": "*/*",
        "accept-encoding": "identity",
        "connection": "keep-alive",
        "content-type": "text/plain",
        "content-length": "6",
    }


@pytest.mark.parametrize(("method", "length"), [("GET", None), ("POST", "0"), ("PUT", "0")])
def test_without_a_body_only_what_could_have_one_says_its_length(
    receiver: Receiver, method: str, length: str | None
) -> None:
    assert one(receiver, post(receiver.url, method=method, body=b"")).headers.get("content-length") == length


def test_a_header_of_a_channel_takes_the_place_of_the_usual_one(receiver: Receiver) -> None:
    request = post(receiver.url, ("Accept", "application/json"))
    with Clients() as clients:
        names = [name.lower() for name, _ in clients.request(request, print).headers.multi_items()]
    assert names.count("accept") == 1
    assert one(receiver, request).headers["accept"] == "application/json"


def test_user_and_password_of_an_address_go_into_a_header_and_not_into_the_path(receiver: Receiver) -> None:
    received = one(receiver, post(receiver.url.replace("://", "://tide:high%2Fwater@")))
    assert base64.b64decode(received.headers["authorization"].removeprefix("Basic ")) == b"tide:high/water"
    assert received.headers["host"] == receiver.url.split("/")[2]
    assert "tide" not in received.target


def test_nothing_that_a_receiver_asks_to_be_remembered_is(receiver: Receiver) -> None:
    receiver.usual = answer(200, "ok", {"Set-Cookie": "tide=high; Path=/"})
    with Clients() as clients:
        answers = sent(clients, *[post(receiver.url)] * 2)
    assert [got.headers["set-cookie"] for got in answers] == ["tide=high; Path=/"] * 2
    assert not any("cookie" in received.headers for received in receiver.requests)


def test_what_comes_packed_unasked_is_left_as_it_came(receiver: Receiver) -> None:
    receiver.usual = answer(200, "not really packed", {"Content-Encoding": "gzip"})
    with Clients() as clients:
        (got,) = sent(clients, post(receiver.url))
    assert (got.body, got.complete) == (b"not really packed", True)
