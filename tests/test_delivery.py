"""Deliveries: keys, waits, and what follows from a verdict."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.address import masked, redacted, refusal, secrets_in
from digest.delivery import (
    Delivery,
    OnUnknown,
    Patience,
    Verdict,
    by_status,
    idem_key,
    no_answer,
    not_sent,
    retry_after,
    step,
)

NOW = datetime(2026, 11, 27, 1, 7, tzinfo=UTC)
PATIENCE = Patience()


def delivery(*, on_unknown: OnUnknown = "hold", attempts: int = 1, deadline: timedelta = PATIENCE.deadline) -> Delivery:
    return Delivery(
        kind="digest",
        about="2026-W48",
        channel="team",
        part=1,
        parts=1,
        name="digest.json",
        content_type="application/json",
        body=b"{}",
        on_unknown=on_unknown,
        next_at=NOW,
        deadline_at=NOW + deadline,
        attempts=attempts,
    )


def test_the_key_is_stable_and_differs_in_every_field() -> None:
    base = ("digest", "2026-W48", "team", "", 1, 0)
    others = {
        idem_key("posts", *base[1:]),
        idem_key("digest", "2026-W49", *base[2:]),
        idem_key("digest", "2026-W48", "files", "", 1, 0),
        idem_key("digest", "2026-W48", "team", "a@b.example", 1, 0),
        idem_key("digest", "2026-W48", "team", "", 2, 0),
        idem_key("digest", "2026-W48", "team", "", 1, 1),
    }
    assert len(others) == 6
    assert idem_key(*base) not in others
    assert len(idem_key(*base)) == len("msg_") + 24


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("0.5", 0.5),
        ("-5", 0.0),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("", None),
        (None, None),
        ("604800", 604800.0),
        ("Fri, 27 Nov 2026 01:09:00 GMT", 120.0),
        ("Fri, 27 Nov 2026 01:00:00 GMT", 0.0),
    ],
)
def test_retry_after_is_a_number_or_a_date_and_nonsense_counts_as_nothing(
    value: str | None, seconds: float | None
) -> None:
    assert retry_after(value, NOW) == seconds


@pytest.mark.parametrize("status", [408, 425, 429, 500, 503])
def test_a_busy_receiver_is_tried_again(status: int) -> None:
    verdict = by_status(status, {}, NOW, blind=True)
    assert verdict
    assert step(delivery(), verdict, NOW, 1.0, PATIENCE).state == "pending"


@pytest.mark.parametrize("status", [502, 504])
def test_a_gateway_error_is_unknown_only_where_repeats_cannot_be_told(status: int) -> None:
    blind, clear = by_status(status, {}, NOW, blind=True), by_status(status, {}, NOW, blind=False)
    assert blind
    assert clear
    assert step(delivery(), blind, NOW, 1.0, PATIENCE).state == "unknown"
    assert step(delivery(on_unknown="resend"), clear, NOW, 1.0, PATIENCE).state == "pending"


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 403, 405, 413, 415, 422])
def test_a_refusal_is_final(status: int) -> None:
    verdict = by_status(status, {}, NOW, blind=True)
    assert verdict
    assert step(delivery(), verdict, NOW, 1.0, PATIENCE).state == "dead"


@pytest.mark.parametrize("status", [404, 410])
def test_a_gone_address_disables_its_channel(status: int) -> None:
    verdict = by_status(status, {}, NOW, blind=False)
    assert verdict
    following = step(delivery(), verdict, NOW, 1.0, PATIENCE)
    assert (following.state, bool(following.disable)) == ("dead", True)


def test_what_was_not_sent_is_tried_again_whatever_the_policy() -> None:
    assert step(delivery(on_unknown="hold"), not_sent("ConnectError"), NOW, 1.0, PATIENCE).state == "pending"


def test_an_unknown_outcome_is_held_or_resent_by_policy() -> None:
    lost = no_answer("ReadError")
    assert step(delivery(on_unknown="hold"), lost, NOW, 1.0, PATIENCE).state == "unknown"
    looked_for = step(delivery(on_unknown="reconcile"), lost._replace(retry_after=60.0), NOW, 1.0, PATIENCE)
    assert (looked_for.state, looked_for.next_at) == ("pending", NOW + timedelta(seconds=60))
    assert step(delivery(on_unknown="resend"), lost, NOW, 1.0, PATIENCE).state == "pending"


def test_an_unknown_outcome_stays_unknown_when_there_are_no_attempts_left() -> None:
    last = delivery(on_unknown="resend", attempts=8)
    assert step(last, no_answer("ReadError"), NOW, 1.0, PATIENCE).state == "unknown"
    assert step(last, not_sent("ConnectError"), NOW, 1.0, PATIENCE).state == "dead"


@given(st.integers(1, 7), st.floats(0, 1), st.one_of(st.none(), st.floats(0, 86_400)))
def test_nothing_is_tried_earlier_than_the_receiver_asked(attempts: int, jitter: float, asked: float | None) -> None:
    verdict = Verdict("retry", status=503, retry_after=asked)
    following = step(delivery(attempts=attempts, deadline=timedelta(days=9)), verdict, NOW, jitter, PATIENCE)
    assert following.next_at is not None
    wait = (following.next_at - NOW).total_seconds()
    assert wait >= (asked or 0) - 1e-5
    assert wait <= max(asked or 0, PATIENCE.steps[attempts - 1]) + 1e-5


def test_a_wait_past_a_day_or_the_deadline_is_final_and_never_shortened() -> None:
    week = Verdict("retry", status=429, retry_after=604_800)
    assert step(delivery(deadline=timedelta(days=30)), week, NOW, 0.0, PATIENCE).state == "dead"
    hour = Verdict("retry", status=429, retry_after=3600)
    assert step(delivery(deadline=timedelta(minutes=30)), hour, NOW, 0.0, PATIENCE).state == "dead"


PRIVATE = [
    "127.0.0.1",
    "127.9.9.9",
    "::1",
    "::ffff:127.0.0.1",
    "::7f00:1",
    "0.0.0.0",  # noqa: S104 -- an address to be refused
    "::",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "::ffff:169.254.169.254",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fec0::1",
    "224.0.0.1",
    "ff02::1",
    "240.0.0.1",
    "255.255.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "198.18.0.1",
    "203.0.113.5",
    "192.88.99.1",
    "64:ff9b::a00:1",
    "2001::1",
    "2001:db8::1",
    "2002:a00:1::",
    "3fff::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    assert refusal(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_a_public_address_is_reached(address: str) -> None:
    assert refusal(address) is None


def test_an_allowed_network_is_reached_but_never_a_metadata_address() -> None:
    everything = (ip_network("0.0.0.0/0"), ip_network("::/0"))
    assert refusal("10.1.2.3", everything) is None
    assert refusal("127.0.0.1", everything) is None
    for address in ("169.254.169.254", "fe80::1", "fd00:ec2::254", "::ffff:169.254.169.254", "100.100.100.200"):
        assert refusal(address, everything), address


def test_an_address_is_shown_without_anything_that_may_be_secret() -> None:
    url = "https://user:word@hooks.example:8443/services/T000/tokentoken?key=abcdefgh#x"
    shown = redacted(url)
    assert shown == "https://hooks.example:8443/…"
    assert not [piece for piece in secrets_in(url) if piece in shown]


def test_an_excerpt_shows_neither_secrets_nor_addresses_nor_lines() -> None:
    url = "https://hooks.example/a/tokentoken?key=abc%2Fdefgh"
    text = f"no such hook {url}\nkey abc/defgh, token tokentoken, see https://docs.example/x?tokentoken"
    shown = masked(text, secrets_in(url))
    assert "tokentoken" not in shown
    assert "abc/defgh" not in shown
    assert "\n" not in shown
    assert shown.startswith("no such hook ")
    assert len(masked("字" * 5000)) == 200
