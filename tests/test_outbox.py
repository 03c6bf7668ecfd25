"""The outbox against a real server: one effect, whatever breaks, and honest words where it cannot be known."""

from __future__ import annotations

import logging
import resource
import socket
import sqlite3
import ssl
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import receiver as faults
import trustme
from posting import DUE, FAST, OPENED, QUICK, SHARED, Home, connection, dispatches, folder, issue, ticking, webhook
from receiver import Behaviour, Receiver, answer

from digest.archive.journal import Journal
from digest.archive.ledger import Turn
from digest.channels import Channel, ChannelConfig, Dispatch, Secret, build
from digest.delivery import Delivery, OnUnknown, Patience
from digest.errors import ArchiveError, UsageError
from digest.outbox import Report, outgoing
from digest.wire import Timeouts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


@pytest.fixture(autouse=True, params=["sqlite", pytest.param("postgresql", marks=pytest.mark.faults)])
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """The database under every outbox of a test; each folder has an archive of its own."""
    if request.param == "postgresql":
        cluster, known = request.getfixturevalue("cluster"), dict[Path, str]()

        def address(folder: Path) -> str:
            if folder not in known:
                known[folder] = cluster.url()
            return known[folder]

        SHARED.append(address)
    yield request.param
    SHARED.clear()
    while OPENED:
        OPENED.pop().close()


on_file = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""What only a file can meet."""


def home(path: Path, *channels: Channel, patience: Patience = QUICK, timeouts: Timeouts | None = None) -> Home:
    made = Home(path / "state", list(channels), patience=patience, timeouts=timeouts or Timeouts())
    assert made.plan()
    return made


# ── what should happen ──


def test_an_issue_arrives_once_everywhere_and_the_books_say_so(tmp_path: Path, receiver: Receiver) -> None:
    run = home(tmp_path, webhook(receiver.url), folder(tmp_path / "out"))
    report = run.outbox.drain()
    assert report.good
    assert set(run.states) == {"delivered"}
    assert len(receiver.requests) == 1
    assert receiver.requests[0].headers["webhook-id"] == run.rows[0].key
    assert receiver.requests[0].body == run.rows[0].body
    written = {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*.*")}
    assert written == {
        f"2026-W48/{name}"
        for name in ("email.html", "email.txt", "email.eml", "digest.md", "issue.json", "posts.json", "posts.md")
    }
    last = run.archive.last_issue()
    assert last
    assert (last.state, last.sent_at) == ("sent", DUE)
    assert len((tmp_path / "state" / "journal.jsonl").read_text().splitlines()) == len(run.rows)
    assert run.outbox.drain().results == []
    assert len(receiver.requests) == 1


def test_nothing_is_sent_before_its_time(tmp_path: Path, receiver: Receiver) -> None:
    run = home(tmp_path, webhook(receiver.url))
    run.now.forward(hours=-1)
    assert run.outbox.drain().results == []
    run.now.forward(hours=1)
    assert run.outbox.drain().count("delivered") == 1


def test_parts_arrive_in_order_and_a_refused_one_stops_those_after_it(tmp_path: Path, receiver: Receiver) -> None:
    run = Home(tmp_path / "state", [webhook(receiver.url, limit=3000)])
    run.plan(dispatches(issue(6, 2))[:1])
    total = len(run.rows)
    assert total > 2
    receiver.script = [answer(200), answer(400, "no")]
    run.outbox.drain()
    assert run.states == ["delivered", "dead"] + ["pending"] * (total - 2)
    run.archive.ledger.retry(run.rows[1].id, run.now(), run.patience)
    run.outbox.drain()
    assert set(run.states) == {"delivered"}
    arrived = [received.headers["webhook-id"] for received in receiver.requests]
    assert arrived == [row.key for row in (run.rows[0], run.rows[1], *run.rows[1:])]


def test_one_failing_channel_keeps_nobody_else_waiting(tmp_path: Path, receiver: Receiver) -> None:
    broken = webhook("http://127.0.0.1:9/x", "broken")
    run = home(tmp_path, broken, webhook(receiver.url))
    run.outbox.drain()
    assert {row.channel: row.state for row in run.rows} == {"broken": "pending", "team": "delivered"}


def test_an_attempt_changes_the_signature_and_nothing_else(tmp_path: Path, receiver: Receiver) -> None:
    run = home(tmp_path, webhook(receiver.url))
    receiver.script = [answer(503)]
    run.outbox.drain()
    run.now.forward(seconds=1)
    run.outbox.drain()
    first, second = receiver.requests
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert {name for name in first.headers if first.headers[name] != second.headers[name]} <= {
        "webhook-timestamp",
        "webhook-signature",
    }


# ── faults of the network, by the rows of the plan ──

Setting = tuple[str, Behaviour, str, str]

# name, behaviour, state with policy hold, state with policy resend
AFTER_THE_FIRST_BYTE: list[Setting] = [
    ("5 reset on accept", faults.reset_on_accept, "unknown", "pending"),
    ("6 reset after the request", faults.reset_after_request, "unknown", "pending"),
    ("6 closed after the request", faults.close_after_request, "unknown", "pending"),
    ("7 hang after the request", faults.hang_after_request, "unknown", "pending"),
    ("7 continue, then hang", faults.continue_then_hang, "unknown", "pending"),
    ("9 reset in the body", faults.reset_mid_body, "delivered", "delivered"),
    ("9 closed in the body", faults.close_mid_body, "delivered", "delivered"),
    ("10 one byte now and then in the head", faults.slow_head, "unknown", "pending"),
    ("10 one byte now and then in the body", faults.slow_body, "delivered", "delivered"),
    ("11 a body of 128 MB", faults.huge_body, "delivered", "delivered"),
    ("12 a header of 300 KB", faults.huge_header, "unknown", "pending"),
    ("12 garbage for a status line", faults.garbage, "unknown", "pending"),
    ("13 status 999", answer(999), "unknown", "pending"),
    ("14 redirected to metadata", answer(302, headers={"location": "http://169.254.169.254/"}), "dead", "dead"),
    ("20 status 500", answer(500), "pending", "pending"),
    ("20 status 503", answer(503), "pending", "pending"),
    ("20 status 502", answer(502), "pending", "pending"),
    ("20 status 400", answer(400), "dead", "dead"),
    ("20 status 401", answer(401), "dead", "dead"),
    ("20 status 413", answer(413), "dead", "dead"),
    ("20 status 422", answer(422), "dead", "dead"),
    ("21 status 404", answer(404), "dead", "dead"),
    ("21 status 410", answer(410), "dead", "dead"),
]


STALLING = {faults.hang_after_request, faults.continue_then_hang, faults.slow_head, faults.slow_body}

PAIRS = [
    pytest.param(setting, policy, id=f"{setting[0]}-{policy}", marks=[pytest.mark.faults] if (at + turn) % 2 else [])
    for at, setting in enumerate(AFTER_THE_FIRST_BYTE)
    for turn, policy in enumerate(("hold", "resend"))
]


@pytest.mark.parametrize(("setting", "policy"), PAIRS)
def test_a_fault_after_the_first_byte(tmp_path: Path, receiver: Receiver, setting: Setting, policy: OnUnknown) -> None:
    _, behaviour, hold, resend = setting
    receiver.script = [behaviour]
    timeouts = FAST if behaviour in STALLING else None
    run = home(tmp_path, webhook(receiver.url, on_unknown=policy), timeouts=timeouts)
    report = run.outbox.drain()
    assert run.states == [hold if policy == "hold" else resend]
    assert receiver.connections == 1
    assert report.good == (run.states[0] in {"delivered", "pending"})
    if run.states == ["pending"]:
        run.now.forward(hours=1)
        run.outbox.drain()
        assert run.states == ["delivered"]
    assert len(receiver.effects) <= 1


def test_8_a_server_that_never_reads_leaves_the_outcome_unknown(tmp_path: Path, receiver: Receiver) -> None:
    receiver.script = [faults.never_read]
    run = Home(tmp_path / "state", [webhook(receiver.url, on_unknown="hold", limit=50_000_000)], timeouts=FAST)
    big = dispatches(issue(1))[0]
    run.plan([Dispatch(big.kind, big.about, big.subject, "x" * 20_000_000)])
    run.outbox.drain()
    assert run.states == ["unknown"]


def test_11_no_more_than_64_kib_of_an_answer_are_waited_for(tmp_path: Path, receiver: Receiver) -> None:
    receiver.script = [faults.huge_body]
    run = home(tmp_path, webhook(receiver.url))
    run.outbox.drain()
    assert receiver.written < 16 * 1024 * 1024


NEVER_LEFT = {
    "1 port closed": "http://127.0.0.1:9/x",
    "1 no such name": "http://no-such-host.invalid/x",
    "2 connect hangs": "http://127.0.0.2:{hanging}/x",
}


@pytest.fixture
def hanging() -> Iterator[int]:
    """A port whose queue is full: connecting to it takes for ever."""
    server = socket.socket()
    server.bind(("127.0.0.2", 0))
    server.listen(0)
    clients = []
    for _ in range(4):
        client = socket.socket()
        client.setblocking(False)
        client.connect_ex(server.getsockname())
        clients.append(client)
    yield server.getsockname()[1]
    for client in [*clients, server]:
        client.close()


@pytest.mark.parametrize("fault", NEVER_LEFT)
def test_a_fault_before_the_first_byte_is_tried_again_even_where_unknowns_are_held(
    tmp_path: Path, hanging: int, fault: str
) -> None:
    run = home(tmp_path, webhook(NEVER_LEFT[fault].format(hanging=hanging), on_unknown="hold"), timeouts=FAST)
    report = run.outbox.drain()
    assert run.states == ["pending"]
    assert report.good
    attempt = run.archive._database.row("SELECT sending_at, outcome FROM attempt")
    assert attempt
    assert (attempt["sending_at"], attempt["outcome"]) == (None, "retry")


def tls(*names: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(server)
    client = ssl.create_default_context()
    authority.configure_trust(client)
    return server, client


def test_3_an_untrusted_certificate_gets_nothing(tmp_path: Path) -> None:
    server, client = tls("127.0.0.1")
    with Receiver(tls=server) as receiver:
        run = home(tmp_path, webhook(receiver.url, on_unknown="hold"))
        run.outbox.drain()
        assert run.states == ["pending"]
        assert receiver.requests == []
        run.outbox.tls = client
        run.now.forward(hours=1)
        run.outbox.drain()
        assert run.states == ["delivered"]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("120", 120), ("0.5", 5), ("-5", 5), ("soon", 5)],
)
def test_18_a_wait_that_was_asked_for_is_kept(tmp_path: Path, receiver: Receiver, value: str, seconds: float) -> None:
    receiver.script = [answer(429, headers={"retry-after": value})]
    run = home(tmp_path, webhook(receiver.url), patience=Patience())
    run.outbox.drain()
    assert run.rows[0].next_at == DUE + timedelta(seconds=seconds)
    run.now.at = run.rows[0].next_at - timedelta(milliseconds=1)
    run.outbox.drain()
    assert len(receiver.requests) == 1
    run.now.forward(seconds=1)
    run.outbox.drain()
    assert run.states == ["delivered"]


def test_18_a_wait_given_as_a_date_is_kept(tmp_path: Path, receiver: Receiver) -> None:
    moment = ticking() + timedelta(seconds=100)
    receiver.script = [answer(503, headers={"retry-after": f"{moment:%a, %d %b %Y %H:%M:%S} GMT"})]
    run = home(tmp_path, webhook(receiver.url), patience=Patience())
    run.outbox.drain()
    assert 90 < (run.rows[0].next_at - DUE).total_seconds() <= 101


def test_18_a_wait_of_a_week_is_given_up_aloud(tmp_path: Path, receiver: Receiver) -> None:
    receiver.script = [answer(429, headers={"retry-after": "604800"})]
    run = home(tmp_path, webhook(receiver.url), folder(tmp_path / "out", gets=["alerts"]))
    report = run.outbox.drain()
    assert [row.state for row in run.rows if row.kind == "digest"] == ["dead"]
    assert len(report.alerts) == 1
    (alert,) = (tmp_path / "out" / "alerts").iterdir()
    assert "604800 s" in alert.read_text()


def test_21_a_gone_address_is_not_used_for_the_next_issue(tmp_path: Path, receiver: Receiver) -> None:
    receiver.script = [answer(410)]
    run = home(tmp_path, webhook(receiver.url))
    run.outbox.drain()
    run.outbox.alert("x", "x", "x")
    assert "team" in run.archive.ledger.channels()
    run.archive.ledger.enqueue(_next_week(run))
    run.outbox.drain()
    assert len(receiver.requests) == 1
    run.archive.ledger.enable("team")
    run.outbox.drain()
    assert len(receiver.requests) == 2


def _next_week(run: Home) -> list[Delivery]:
    first = dispatches()[0]
    again = Dispatch("digest", "2026-W49", first.subject, first.markdown, first.issue)
    rows, _ = outgoing(run.channels, [again], DUE, run.patience)
    return rows


def test_22_after_five_failures_in_a_row_a_channel_rests(tmp_path: Path, receiver: Receiver) -> None:
    receiver.usual = answer(500)
    run = home(tmp_path, webhook(receiver.url))
    for _ in range(5):
        run.outbox.drain()
        run.now.forward(seconds=1)
    assert len(receiver.requests) == 5
    run.now.forward(minutes=4)
    run.outbox.drain()
    assert (len(receiver.requests), run.rows[0].attempts) == (5, 5)
    run.now.forward(minutes=2)
    receiver.usual = answer(200)
    run.outbox.drain()
    assert run.states == ["delivered"]
    assert run.archive.ledger.channels() == {}


def test_23_when_attempts_are_used_up_nothing_more_is_sent(tmp_path: Path, receiver: Receiver) -> None:
    receiver.usual = answer(500)
    run = home(tmp_path, webhook(receiver.url))
    for _ in range(12):
        run.outbox.drain()
        run.now.forward(minutes=6)
    assert run.states == ["dead"]
    assert len(receiver.requests) == 8


def test_23_past_its_deadline_nothing_is_sent(tmp_path: Path, receiver: Receiver) -> None:
    run = home(tmp_path, webhook(receiver.url))
    run.now.forward(hours=49)
    report = run.outbox.drain()
    assert run.states == ["dead"]
    assert "deadline" in report.alerts[0]
    assert receiver.connections == 0


# ── faults of the machine ──


def test_28_when_asked_to_stop_the_current_one_is_finished_and_no_other_begun(
    tmp_path: Path, receiver: Receiver
) -> None:
    run = Home(tmp_path / "state", [webhook(receiver.url, limit=3000)])
    run.plan(dispatches(issue(6, 2))[:1])
    stopped: list[str] = []
    run.outbox.passing = stopped.append
    run.outbox.drain(stopping=lambda: "sending" in stopped)
    assert run.states == ["delivered"] + ["pending"] * (len(run.rows) - 1)


def test_29_a_worker_that_wakes_up_after_its_lease_sends_nothing(tmp_path: Path, receiver: Receiver) -> None:
    run = home(tmp_path, webhook(receiver.url))
    other = run.another()

    def oversleep(point: str) -> None:
        if point == "connected":
            run.outbox.passing = lambda _: None
            time.sleep(QUICK.lease.total_seconds() + 0.05)
            other._tidy(Report())
            assert run.archive.ledger.claim(Turn("team", "other", run.now(), ticking(), timedelta(minutes=1)))

    run.outbox.passing = oversleep
    report = run.outbox.drain()
    assert report.results == []
    assert receiver.requests == []
    assert run.states == ["claimed"]


def test_29_a_late_worker_closes_its_own_attempt_even_from_unknown(tmp_path: Path, receiver: Receiver) -> None:
    run = home(tmp_path, webhook(receiver.url, on_unknown="hold"))

    def oversleep(point: str) -> None:
        if point == "answered":
            time.sleep(QUICK.lease.total_seconds() + 0.05)
            lost = run.archive.ledger.recover(ticking())
            assert [row.state for row in lost] == ["unknown"]

    run.outbox.passing = oversleep
    run.outbox.drain()
    assert run.states == ["delivered"]
    assert len(receiver.requests) == 1


@on_file
@pytest.mark.usefixtures("roomy")
def test_32_a_full_disk_before_the_first_byte_sends_nothing(tmp_path: Path, receiver: Receiver) -> None:
    run = home(tmp_path, webhook(receiver.url))
    run.outbox.passing = _filling(run, "connected")
    with pytest.raises(ArchiveError, match="the disk"):
        run.outbox.drain()
    assert receiver.requests == []


@on_file
@pytest.mark.usefixtures("roomy")
def test_33_a_full_disk_at_the_outcome_stops_the_worker_after_one_post(tmp_path: Path, receiver: Receiver) -> None:
    run = Home(tmp_path / "state", [webhook(receiver.url, on_unknown="hold", limit=3000)])
    run.plan(dispatches(issue(6, 2))[:1])
    run.outbox.passing = _filling(run, "answered")
    with pytest.raises(ArchiveError, match="the disk"):
        run.outbox.drain()
    assert len(receiver.requests) == 1
    assert run.states[0] == "sending"


def _filling(run: Home, where: str) -> Callable[[str], None]:
    """From a point on no file may grow beyond what the write-ahead log has already."""

    def fill(point: str) -> None:
        if point == where:
            size = (run.path / "digest.db-wal").stat().st_size
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    return fill


@pytest.fixture
def roomy() -> Iterator[None]:
    """Give the disk back after the test."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@on_file
def test_34_an_archive_that_is_locked_or_read_only_sends_nothing(tmp_path: Path, receiver: Receiver) -> None:
    run = home(tmp_path, webhook(receiver.url))
    other = sqlite3.connect(tmp_path / "state" / "digest.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(ArchiveError, match="another digest process"):
        run.outbox.drain()
    other.execute("ROLLBACK")
    other.close()
    connection(run.archive).execute("PRAGMA query_only = ON")
    with pytest.raises(ArchiveError, match="cannot be written"):
        run.outbox.drain()
    assert receiver.connections == 0


@on_file
def test_35_a_database_older_than_the_journal_holds_everything_and_says_so(tmp_path: Path, receiver: Receiver) -> None:
    run = Home(tmp_path / "state", [webhook(receiver.url)])
    run.archive.backup(tmp_path / "old.db")
    run.plan()
    run.outbox.drain()
    run.archive.close()
    for name in ("digest.db", "digest.db-wal", "digest.db-shm"):
        (tmp_path / "state" / name).unlink(missing_ok=True)
    (tmp_path / "old.db").rename(tmp_path / "state" / "digest.db")
    restored = home(tmp_path, webhook(receiver.url))
    report = restored.outbox.drain()
    # The same issue was planned again under the same key: the journal says that it arrived.
    assert report.held is None
    assert restored.states == ["delivered"]
    assert len(receiver.requests) == 1


def test_35_deliveries_that_the_database_has_never_heard_of_hold_everything(tmp_path: Path, receiver: Receiver) -> None:
    run = home(tmp_path, webhook(receiver.url))
    journal = tmp_path / "state" / "journal.jsonl"
    journal.write_text('{"key": "msg_of_a_later_week"}\n')
    report = run.outbox.drain()
    assert report.held
    assert "1 deliveries" in report.held
    assert receiver.connections == 0
    assert run.another().drain().held
    run.outbox.resume()
    assert run.another().drain().count("delivered") == 1


def test_a_torn_line_of_the_journal_swallows_nothing(tmp_path: Path, receiver: Receiver) -> None:
    journal = tmp_path / "state" / "journal.jsonl"
    run = home(tmp_path, webhook(receiver.url), folder(tmp_path / "out"))
    journal.write_text('{"key": "msg_half')
    run.outbox.drain()
    assert run.another().drain().held is None
    assert len(journal.read_text().splitlines()) == 1 + len(run.rows)


def test_a_journal_that_cannot_be_written_stops_everything_after_the_part_it_missed(
    tmp_path: Path, receiver: Receiver
) -> None:
    run = Home(tmp_path / "state", [webhook(receiver.url, limit=3000)])
    run.plan(dispatches(issue(6, 2))[:1])
    (tmp_path / "state" / "journal.jsonl").mkdir()
    run.outbox._compare = lambda: None  # type: ignore[method-assign]  # it broke after the start
    with pytest.raises(ArchiveError, match="journal cannot be written"):
        run.outbox.drain()
    assert run.states[:2] == ["delivered", "pending"]
    assert len(receiver.requests) == 1


def test_nothing_is_sent_without_the_journal(tmp_path: Path, receiver: Receiver) -> None:
    run = home(tmp_path, webhook(receiver.url))
    (tmp_path / "state" / "journal.jsonl").mkdir()
    with pytest.raises(ArchiveError, match="journal cannot be read"):
        run.outbox.drain()
    assert receiver.connections == 0


@on_file
def test_a_journal_that_was_replaced_is_read_from_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)
    assert journal.keys() == {}
    path.write_text('{"key": "msg_first"}\n{"key": "msg_second"}\n["no", "key"]\n')
    assert list(journal.keys()) == ["msg_first", "msg_second"]
    path.write_text('{"key": "msg_other"}\n')
    assert list(journal.keys()) == ["msg_other"]
    path.unlink()
    assert journal.keys() == {}


def test_when_the_archive_fails_one_channel_the_others_begin_nothing_new(tmp_path: Path, receiver: Receiver) -> None:
    run = Home(tmp_path / "state", [webhook(receiver.url, "one", limit=3000), webhook(receiver.url, "two", limit=3000)])
    run.plan(dispatches(issue(6, 2))[:1])
    journal = tmp_path / "state" / "journal.jsonl"
    run.outbox.passing = lambda point: journal.mkdir(exist_ok=True) if point == "connected" else None
    with pytest.raises(ArchiveError, match="journal"):
        run.outbox.drain()
    assert len(receiver.requests) <= 2
    assert "sending" not in run.states


# ── addresses and secrets ──


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "0.0.0.0", "2130706433", "0x7f000001", "017700000001", "[::ffff:127.0.0.1]"],  # noqa: S104 -- to be refused
)
def test_39_the_machine_itself_is_not_reached_in_any_spelling(tmp_path: Path, receiver: Receiver, host: str) -> None:
    url = receiver.url.replace("127.0.0.1", host)
    config = ChannelConfig("team", "generic", Secret(url), gets=("digest",))
    run = home(tmp_path, build(config))
    run.outbox.drain()
    assert receiver.requests == []
    assert run.states == ["pending"]
    error = run.rows[0].last_error
    assert error
    assert "not a public address" in error


def test_40_proxies_of_the_environment_are_ignored(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    run = home(tmp_path, webhook(receiver.url))
    run.outbox.drain()
    assert run.states == ["delivered"]


def test_40_a_channel_may_name_its_own_proxy_and_the_address_rule_holds_for_it(
    tmp_path: Path, receiver: Receiver
) -> None:
    proxy = f"http://127.0.0.1:{receiver.port}"
    for allow, requests in (((), 0), (("127.0.0.0/8",), 1)):
        config = ChannelConfig(
            "team", "generic", Secret("http://hooks.example/x"), gets=("digest",), allow=allow, proxy=proxy
        )
        home(tmp_path / str(requests), build(config)).outbox.drain()
        assert len(receiver.requests) == requests
    assert receiver.requests[0].target == "http://hooks.example/x"


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(answer(400, "bad markedtoken and markedkey"), id="refused"),
        pytest.param(faults.reset_on_accept, id="reset"),
        pytest.param(answer(200), id="delivered"),
    ],
)
def test_41_no_secret_is_found_in_logs_database_journal_or_report(
    tmp_path: Path, receiver: Receiver, behaviour: Behaviour, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    receiver.script = [behaviour]
    run = home(tmp_path, webhook(receiver.url), webhook("http://no-such-host.invalid/markedtoken", "gone"))
    report = run.outbox.drain()
    seen = caplog.text + repr(report)
    for table in ("delivery", "attempt", "channel_state", "meta"):
        seen += repr([tuple(row) for row in run.archive.database.rows(f"SELECT * FROM {table}")])  # noqa: S608 -- our own
    run.archive.close()
    for path in (tmp_path / "state").iterdir():
        seen += path.read_bytes().decode("latin-1")
    for secret in ("markedtoken", "markedkey", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"):
        assert secret not in seen


# ── people decide ──


def test_an_unknown_outcome_is_decided_by_a_person(tmp_path: Path, receiver: Receiver) -> None:
    receiver.script = [faults.reset_after_request]
    run = home(tmp_path, webhook(receiver.url, on_unknown="hold"))
    run.outbox.drain()
    again = run.archive.ledger.resolve(run.rows[0].id, delivered=False, now=run.now(), patience=run.patience)
    assert again.key != run.rows[0].key
    run.outbox.drain()
    assert run.states == ["cancelled", "delivered"]
    assert receiver.requests[0].body == receiver.requests[1].body


def test_a_decision_about_a_row_that_needs_none_is_refused(tmp_path: Path, receiver: Receiver) -> None:
    run = home(tmp_path, webhook(receiver.url))
    run.outbox.drain()
    ledger, row = run.archive.ledger, run.rows[0]
    with pytest.raises(UsageError, match="no unknown outcome"):
        ledger.resolve(row.id, delivered=True, now=run.now(), patience=run.patience)
    with pytest.raises(UsageError, match="not waiting or dead"):
        ledger.retry(row.id, run.now(), run.patience)
    assert ledger.find(row.id) == row
    assert ledger.find(row.id + 1) is None
    assert ledger.all("dead") == []
    assert ledger.all(about="2026-W48") == [row]


def test_an_unknown_outcome_can_be_confirmed(tmp_path: Path, receiver: Receiver) -> None:
    receiver.script = [faults.reset_after_request]
    run = home(tmp_path, webhook(receiver.url, on_unknown="hold"))
    run.outbox.drain()
    decided = run.archive.ledger.resolve(run.rows[0].id, delivered=True, now=run.now(), patience=run.patience)
    assert (decided.state, decided.delivered_at) == ("delivered", run.now())
    run.outbox.drain()
    assert len(receiver.requests) == 1


def test_a_pause_holds_everything(tmp_path: Path, receiver: Receiver) -> None:
    run = home(tmp_path, webhook(receiver.url))
    run.archive.pause("holiday")
    assert run.outbox.drain().held == "holiday"
    assert receiver.connections == 0
    run.outbox.resume()
    assert run.outbox.drain().count("delivered") == 1


def test_a_short_wait_sees_the_retry_through(tmp_path: Path, receiver: Receiver) -> None:
    receiver.script = [answer(503), answer(503)]
    run = home(tmp_path, webhook(receiver.url))
    outbox, start = run.another(), ticking()
    outbox._now = lambda: DUE + (ticking() - start)
    report = outbox.drain(wait=3)
    assert [result.state for result in report.results] == ["pending", "pending", "delivered"]


def test_a_file_that_is_there_with_other_words_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "out" / "2026-W48").mkdir(parents=True)
    taken = tmp_path / "out" / "2026-W48" / "email.html"
    taken.write_text("mine")
    run = home(tmp_path, folder(tmp_path / "out", gets=["digest"]))
    report = run.outbox.drain()
    assert taken.read_text() == "mine"
    assert not report.good
    assert run.states[0] == "dead"


@on_file
def test_the_timeouts_are_what_delivery_asks_for() -> None:
    usual = Timeouts()
    assert (usual.connect, usual.read, usual.write, usual.total) == (5, 10, 10, 30)
    assert FAST.total < 1
    assert Patience().lease.total_seconds() > usual.total
