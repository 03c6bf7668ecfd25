"""Mail: one message a recipient, the password never in clear, and a lost connection held."""

from __future__ import annotations

import email.policy
import ssl
from email import message_from_bytes
from typing import TYPE_CHECKING

import pytest
import trustme
from posting import LOOPBACK, Home, issue, ticking
from receiver import Receiver
from services import MailServer

from digest.channels import ChannelConfig, Dispatch, Secret, build
from digest.channels.smtp import Smtp, addressed
from digest.draft import Email
from digest.edition.message import Envelope, message
from digest.errors import ChannelError
from digest.settings import load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

READERS = ["ann@readers.example", "Bo Lin <bo@readers.example>"]


def drafts() -> list[Dispatch]:
    of = issue()
    envelope = Envelope("澄心周报 <digest@letter.example>", "all@letter.example", of.subject, ticking(), of.id)
    body = message(envelope, "一封邮件\n.\n..点开头的行", "<p>一封邮件</p>")
    return [Dispatch("digest", of.id, of.subject, "# x", of, Email(of.subject, "", "<p>x</p>", "x", body))]


def mail(url: str, to: list[str] | None = None, tls: ssl.SSLContext | None = None) -> Smtp:
    options = {"to": READERS if to is None else to}
    made = build(ChannelConfig("mail", "smtp", Secret(url), gets=("digest", "alerts"), allow=LOOPBACK, options=options))
    assert isinstance(made, Smtp)
    made.tls = tls
    return made


@pytest.fixture
def server() -> Iterator[tuple[MailServer, Receiver]]:
    mailer = MailServer()
    with Receiver(usual=mailer) as receiver:
        yield mailer, receiver


def run(tmp_path: Path, channel: Smtp) -> Home:
    home = Home(tmp_path, [channel])
    assert home.plan(drafts())
    return home


def certificates() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    authority = trustme.CA()
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(own)
    client = ssl.create_default_context()
    authority.configure_trust(client)
    return own, client


def test_each_reader_gets_a_message_of_their_own(tmp_path: Path, server: tuple[MailServer, Receiver]) -> None:
    mailer, receiver = server
    home = run(tmp_path, mail(f"smtp://127.0.0.1:{receiver.port}"))
    assert [row.recipient for row in home.rows] == ["ann@readers.example", "bo@readers.example"]
    assert len({row.key for row in home.rows}) == 2
    report = home.outbox.drain()
    assert report.good
    assert home.states == ["delivered", "delivered"]
    assert [(sender, to) for sender, to, _ in mailer.mails] == [
        ("digest@letter.example", ["ann@readers.example"]),
        ("digest@letter.example", ["bo@readers.example"]),
    ]
    for (_, (reader,), data), other in zip(mailer.mails, ("bo@", "ann@"), strict=True):
        read = message_from_bytes(data, policy=email.policy.default)
        assert read["To"] == reader
        assert read["Subject"] == issue().subject
        plain = read.get_body(("plain",))
        assert plain
        assert "点开头的行" in plain.get_content()
        assert other.encode() not in data


def test_a_password_goes_only_over_tls(tmp_path: Path) -> None:
    own, client = certificates()
    mailer = MailServer(tls=own, user="digest", password="p@ss/word")
    with Receiver(usual=mailer) as receiver:
        home = run(tmp_path, mail(f"smtp://digest:p%40ss%2Fword@127.0.0.1:{receiver.port}", tls=client))
        assert home.outbox.drain().good
        assert len(mailer.mails) == 2
        heard = [line.split(" ")[0] for line in mailer.heard]
        assert heard.index("STARTTLS") < heard.index("AUTH")


def test_smtps_is_encrypted_from_the_first_byte(tmp_path: Path) -> None:
    own, client = certificates()
    mailer = MailServer(user="digest", password="word12")
    with Receiver(usual=mailer, tls=own) as receiver:
        home = run(tmp_path, mail(f"smtps://digest:word12@127.0.0.1:{receiver.port}", tls=client))
        assert home.outbox.drain().good
        assert len(mailer.mails) == 2


def test_without_encryption_the_password_stays_here(tmp_path: Path, server: tuple[MailServer, Receiver]) -> None:
    mailer, receiver = server
    home = run(tmp_path, mail(f"smtp://digest:secretword@127.0.0.1:{receiver.port}"))
    home.outbox.drain()
    assert home.states == ["pending", "pending"]
    assert not [line for line in mailer.heard if line.startswith("AUTH")]
    assert "no encryption" in str(home.rows[0].last_error)


def test_a_wrong_password_is_not_held_against_the_readers(tmp_path: Path) -> None:
    own, client = certificates()
    mailer = MailServer(tls=own, user="digest", password="right1")
    with Receiver(usual=mailer) as receiver:
        home = run(tmp_path, mail(f"smtp://digest:wrongword@127.0.0.1:{receiver.port}", tls=client))
        home.outbox.drain()
    assert home.states == ["pending", "pending"]
    assert home.archive.ledger.suppressed() == {}
    assert "wrongword" not in "".join(str(row.last_error) for row in home.rows)


def test_a_reader_refused_for_good_is_not_written_to_again(tmp_path: Path, server: tuple[MailServer, Receiver]) -> None:
    mailer, receiver = server
    mailer.refuses = {"ann@readers.example": "550 5.1.1 no such user"}
    home = run(tmp_path, mail(f"smtp://127.0.0.1:{receiver.port}"))
    home.outbox.drain()
    assert home.states[:2] == ["dead", "delivered"]
    assert list(home.archive.ledger.suppressed()) == [("mail", "ann@readers.example")]
    home.outbox.alert("x", "x", "x")
    assert [row.recipient for row in home.rows if row.about == "x"] == ["bo@readers.example"]
    home.archive.ledger.pardon("mail", "ann@readers.example")
    home.outbox.alert("y", "y", "y")
    assert len([row for row in home.rows if row.about == "y"]) == 2


@pytest.mark.parametrize(
    ("dies_at", "refuses", "final", "state"),
    [
        ("EHLO", "", "250 ok", "pending"),
        ("RCPT", "", "250 ok", "pending"),
        ("DATA", "", "250 ok", "pending"),
        ("CONTENT", "", "250 ok", "unknown"),
        ("", "451 4.7.1 greylisted", "250 ok", "pending"),
        ("", "", "451 4.3.0 try later", "pending"),
        ("", "", "554 5.7.1 spam", "dead"),
    ],
)
def test_what_breaks_before_the_content_is_tried_again_and_after_it_held(
    tmp_path: Path, server: tuple[MailServer, Receiver], dies_at: str, refuses: str, final: str, state: str
) -> None:
    mailer, receiver = server
    mailer.dies_at, mailer.final = dies_at, final
    mailer.refuses = {"ann@readers.example": refuses} if refuses else {}
    home = run(tmp_path, mail(f"smtp://127.0.0.1:{receiver.port}", READERS[:1]))
    home.outbox.drain()
    assert home.rows[0].state == state
    assert home.archive.ledger.suppressed() == {}


def test_a_private_server_is_refused_unless_allowed(tmp_path: Path, server: tuple[MailServer, Receiver]) -> None:
    mailer, receiver = server
    config = ChannelConfig(
        "mail", "smtp", Secret(f"smtp://127.0.0.1:{receiver.port}"), gets=("digest",), options={"to": READERS}
    )
    home = Home(tmp_path, [build(config)])
    home.plan(drafts())
    home.outbox.drain()
    assert mailer.heard == []
    assert "not a public address" in str(home.rows[0].last_error)


def test_an_alert_is_a_dated_plain_message(tmp_path: Path, server: tuple[MailServer, Receiver]) -> None:
    mailer, receiver = server
    home = Home(tmp_path, [mail(f"smtp://127.0.0.1:{receiver.port}", READERS[:1])])
    home.outbox.alert("weekly:2026-11-27:skipped", "没有发出", "磁盘满了。")
    assert home.outbox.drain().good
    read = message_from_bytes(mailer.mails[0][2], policy=email.policy.default)
    assert read["Subject"] == "没有发出"
    assert read["Date"]
    assert "磁盘满了。" in read.get_content()


def test_an_alert_by_mail_comes_from_the_newsletter(tmp_path: Path, server: tuple[MailServer, Receiver]) -> None:
    mailer, receiver = server
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "digest.yaml").write_text(
        "newsletter: {from: 潮汐周报 <editor@letter.example>}\n"
        "channels: {mail: {type: smtp, url_env: MAIL, to: ops@reader.example, gets: [alerts], allow: [127.0.0.0/8]}}\n",
        encoding="utf-8",
    )
    (config,) = load(tmp_path, environment={"MAIL": f"smtp://127.0.0.1:{receiver.port}"}).channels
    home = Home(tmp_path, [build(config)])
    home.outbox.alert("weekly:2026-11-27:skipped", "没有发出", "磁盘满了。")
    assert home.outbox.drain().good
    read = message_from_bytes(mailer.mails[0][2], policy=email.policy.default)
    assert read["From"] == "潮汐周报 <editor@letter.example>"


@pytest.mark.parametrize(
    ("url", "to", "what"),
    [
        ("https://mail.example", READERS, "smtp://"),
        ("smtp://mail.example", [], "to:"),
        ("smtp://mail.example", ["nobody"], "no address"),
        ("smtp://mail.example", ["a@b.example\r\nBcc: c@d.example"], "no address"),
    ],
)
def test_what_mail_lacks_is_said_with_its_key(url: str, to: list[str], what: str) -> None:
    with pytest.raises(ChannelError, match=what):
        mail(url, to)


def test_only_the_recipient_stands_in_the_headers() -> None:
    made = b"From: a@b.example\r\nTo: x@y.example,\r\n z@y.example\r\nBCC: q@y.example\r\nSubject: s\r\n\r\nTo: me\r\n"
    assert addressed(made, "n@y.example") == (b"To: n@y.example\r\nFrom: a@b.example\r\nSubject: s\r\n\r\nTo: me\r\n")
