"""What the tests of delivery share: a small issue of invented people, clocks, and an outbox in a folder."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from digest.archive import Archive, FrozenIssue, KnownFile
from digest.archive.journal import Journal
from digest.archive.sqlite import Sqlite
from digest.channels import ChannelConfig, Dispatch, Secret, build
from digest.delivery import Patience
from digest.draft import Email
from digest.issue import Issue, Masthead
from digest.outbox import Outbox, outgoing
from digest.quote import Quote
from digest.rule import Reason
from digest.story import Lead, Pick, Source, Story
from digest.wire import Timeouts

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from digest.channels import Channel
    from digest.delivery import Delivery, OnUnknown

DUE = datetime(2026, 11, 27, 1, 7, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
LOOPBACK = ("127.0.0.0/8", "::1/128")
FAST = Timeouts(connect=0.6, read=0.4, write=0.4, pool=0.4, total=0.9)
QUICK = Patience(steps=(0.01,), lease=timedelta(seconds=0.4))


WORDS = "我们把客服的等待时间从九分钟降到了四分钟"


class KilledError(BaseException):
    """Stands for SIGKILL: nothing of ours runs after it."""


def story(number: int = 1, quotes: int = 1, *, words: str = WORDS, named: str | None = None) -> Story:
    """A story; `named`: what its title, outlet, speaker and role are called, to see what becomes of such names."""
    texts = [f"{words}，这是第{number}.{index}句。" for index in range(quotes)]
    text = "".join(f"林知夏说：“{quoted}”" for quoted in texts)
    source = Source(
        seed=f"{number:064x}",
        title=named or f"澄心科技发布第{number}款客服模型",
        outlet=named or "云图周刊",
        published="2026-11-20",
        published_from="front matter",
        link=f"https://news.example/a/{number}",
        language="zh",
    )
    kept = Source(
        seed=f"{number:063x}f",
        title="不该外传的剪报",
        outlet="内部群",
        published=None,
        published_from=None,
        link=None,
        language="zh",
        held_back=True,
    )
    picks = []
    for quoted in texts:
        start = text.index(quoted)
        quote = Quote(text, start, start + len(quoted), "spoken", speaker=named or "林知夏", role=named or "首席科学家")
        picks.append(Pick(quote, 1, 5.0, (Reason("names a figure", 1.5),), None, source.link))
    return Story(
        id=f"s{number}",
        title=source.title,
        language="zh",
        section=None,
        sources=(kept, source),
        lead=Lead(texts[0], 1),
        quotes=tuple(picks),
    )


def issue(stories: int = 2, quotes: int = 1, *, words: str = WORDS, named: str | None = None) -> Issue:
    told = tuple(story(number, quotes, words=words, named=named) for number in range(1, stories + 1))
    return Issue(
        id="2026-W48",
        number=12,
        day=date(2026, 11, 27),
        masthead=Masthead("澄心周报", "zh-CN", "Asia/Shanghai", "澄心周报 <digest@letter.example>"),
        subject="客服模型进入第二阶段",
        subjects=("客服模型进入第二阶段",),
        preheader="两件事",
        stories=told,
        held_back=(),
        seeds=tuple(source.seed for one in told for source in one.voices),
    )


def dispatches(of: Issue | None = None) -> list[Dispatch]:
    of = of or issue()
    email = Email(of.subject, of.preheader, "<p>一封邮件</p>", "一封邮件", b"Subject: x\r\n\r\nx\r\n")
    posts = [{"platform": "x", "text": "一条帖子", "link": "https://news.example/a/1"}]
    return [
        Dispatch("digest", of.id, of.subject, "# 澄心周报", of, email, (), {"id": of.id}),
        Dispatch("posts", of.id, of.subject, "# 帖子", of, None, (), {}, posts),
    ]


def webhook(url: str, name: str = "team", *, on_unknown: OnUnknown = "resend", **options: object) -> Channel:
    """A generic channel; with `hold` it stands for the receivers that cannot tell repeats."""
    gets = ("digest",)
    channel = build(ChannelConfig(name, "generic", Secret(url), Secret(SECRET), gets, allow=LOOPBACK, options=options))
    channel.on_unknown = on_unknown
    return channel


def folder(path: Path, name: str = "files", gets: Sequence[str] = ("digest", "posts", "alerts")) -> Channel:
    return build(ChannelConfig(name, "folder", gets=gets, path=str(path)))


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    at: datetime = DUE

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **span: float) -> None:
        self.at += timedelta(**span)


def ticking() -> datetime:
    """The real clock."""
    return datetime.now(UTC)  # noqa: TID251 -- the tests' way in


SHARED: list[Callable[[Path], str]] = []
"""Where the archives of folders lie: while this is not empty, at the address its last gives for a folder."""

OPENED: list[Archive] = []
"""Connections to close when a test is over."""


def opened(folder: Path) -> Archive:
    """The archive of a folder, in its file or in PostgreSQL."""
    if not SHARED:
        return Archive.open(folder / "digest.db", timeout=0.5)
    folder.mkdir(parents=True, exist_ok=True)
    OPENED.append(Archive.connect(SHARED[-1](folder)))
    return OPENED[-1]


def connection(archive: Archive) -> sqlite3.Connection:
    """The connection under an archive that lies in a file."""
    database = archive.database
    assert isinstance(database, Sqlite)
    return database._connection


@dataclass
class Home:
    """A newsroom's state in a folder, for one process."""

    path: Path
    channels: list[Channel]
    now: Clock = field(default_factory=Clock)
    patience: Patience = QUICK
    timeouts: Timeouts = field(default_factory=Timeouts)

    def __post_init__(self) -> None:
        self.archive = opened(self.path)
        self.outbox = self.another()

    def another(self) -> Outbox:
        """A second outbox on the same archive, as another process would have it."""
        outbox = Outbox(
            self.archive,
            self.channels,
            Journal(self.path / "journal.jsonl"),
            now=self.now,
            real=ticking,
            patience=self.patience,
            timeouts=self.timeouts,
        )
        outbox.jitter = lambda: 1.0
        return outbox

    def plan(self, drafts: Iterable[Dispatch] | None = None) -> bool:
        """Pick up the seeds of the sample issue and plan it."""
        return plan(self.archive, self.channels, drafts, self.now(), self.patience)

    @property
    def rows(self) -> list[Delivery]:
        return self.archive.ledger.all()

    @property
    def states(self) -> list[str]:
        return [row.state for row in self.rows]


def plan(
    archive: Archive,
    channels: Iterable[Channel],
    drafts: Iterable[Dispatch] | None,
    now: datetime,
    patience: Patience,
    passing: Iterable[Delivery] | None = None,
) -> bool:
    of = issue()
    seen = [KnownFile(f"{sha256}.md", 10, 1, sha256) for sha256 in of.seeds]
    if not archive.seed(of.seeds[0]):
        archive.record_files("seeds", seen, [], now)
    rows, problems = outgoing(channels, list(drafts or dispatches(of)), DUE, patience)
    assert problems == []
    frozen = FrozenIssue(of.id, of.number, b"{}", of.seeds)
    return archive.plan(
        slot_key="weekly:2026-11-27",
        due=DUE,
        trigger="schedule",
        issue=frozen,
        deliveries=itertools.chain(rows, passing or ()),
        now=now,
    )
