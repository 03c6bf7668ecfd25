"""The archive's schema, as numbered steps that are only ever appended to.

Times are ISO-8601 in UTC with microseconds, always of one length, so that they sort as text and read well
in any database tool. The steps are written for SQLite, whose `PRAGMA user_version` holds how many have been taken;
`dialect.py` says the same to PostgreSQL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.archive.database import Writing

APPLICATION = 0x64676573
"""`PRAGMA application_id` of an archive: the letters `dges`."""

MOVED = 0x64676D76
"""The same of an archive that was moved to PostgreSQL: the letters `dgmv`."""

_FIRST = """
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE file (                -- what lay in the seed folders at the last pick-up
    folder TEXT NOT NULL,
    path TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (folder, path)
) WITHOUT ROWID;
CREATE INDEX file_by_content ON file (sha256);

CREATE TABLE seed (                -- every content ever seen, once
    sha256 TEXT PRIMARY KEY,
    folder TEXT NOT NULL,
    path TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    first_seen TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('new', 'held', 'used', 'lapsed', 'gone')),
    reason TEXT,
    issue_id TEXT,
    replaces TEXT                  -- the content that had lain under the same path before
) WITHOUT ROWID;
CREATE INDEX seed_by_state ON seed (state, first_seen);

CREATE TABLE slot (
    slot_key TEXT PRIMARY KEY,
    due_at TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    trigger TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('planned', 'skipped')),
    reason TEXT
);

CREATE TABLE issue (
    id TEXT PRIMARY KEY,
    slot_key TEXT NOT NULL UNIQUE REFERENCES slot (slot_key),
    number INTEGER NOT NULL UNIQUE,
    content BLOB NOT NULL,         -- issue.json as it was frozen
    content_sha256 TEXT NOT NULL,
    frozen_at TEXT NOT NULL
);

CREATE TABLE delivery (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('digest', 'posts', 'review', 'alert', 'correction')),
    about TEXT NOT NULL,           -- the issue's id, or an alert's own name
    issue_id TEXT REFERENCES issue (id),
    channel_id TEXT NOT NULL,
    recipient TEXT NOT NULL DEFAULT '',
    part INTEGER NOT NULL,
    parts INTEGER NOT NULL,
    generation INTEGER NOT NULL DEFAULT 0,
    idem_key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    content_type TEXT NOT NULL,
    headers TEXT NOT NULL DEFAULT '[]',
    body BLOB NOT NULL,
    body_sha256 TEXT NOT NULL,
    on_unknown TEXT NOT NULL CHECK (on_unknown IN ('resend', 'hold', 'reconcile')),
    state TEXT NOT NULL DEFAULT 'pending'
        CHECK (state IN ('pending', 'claimed', 'sending', 'delivered', 'unknown', 'dead', 'cancelled')),
    attempts INTEGER NOT NULL DEFAULT 0,
    max_attempts INTEGER NOT NULL DEFAULT 8,
    next_at TEXT NOT NULL,
    deadline_at TEXT NOT NULL,
    lease_owner TEXT,
    lease_until TEXT,
    remote_ref TEXT,
    last_error TEXT,
    delivered_at TEXT,
    UNIQUE (kind, about, channel_id, recipient, part, generation)
);
CREATE INDEX delivery_due ON delivery (channel_id, next_at) WHERE state = 'pending';
CREATE INDEX delivery_leased ON delivery (lease_until) WHERE state IN ('claimed', 'sending');
CREATE INDEX delivery_by_issue ON delivery (issue_id, state);

CREATE TABLE attempt (
    delivery_id INTEGER NOT NULL REFERENCES delivery (id),
    n INTEGER NOT NULL,
    owner TEXT NOT NULL,
    claimed_at TEXT NOT NULL,
    sending_at TEXT,
    finished_at TEXT,
    outcome TEXT,
    http_status INTEGER,
    detail TEXT,
    PRIMARY KEY (delivery_id, n)
) WITHOUT ROWID;

CREATE TABLE channel_state (
    channel_id TEXT PRIMARY KEY,
    fails INTEGER NOT NULL DEFAULT 0,
    open_until TEXT,
    disabled_reason TEXT
) WITHOUT ROWID;

CREATE TABLE suppressed (          -- recipients that were refused for good; nothing is planned for them
    channel_id TEXT NOT NULL,
    recipient TEXT NOT NULL,
    reason TEXT NOT NULL,
    since TEXT NOT NULL,
    PRIMARY KEY (channel_id, recipient)
) WITHOUT ROWID;
"""

_SECOND = """
CREATE TABLE post (                -- what was quoted on a platform already (digest.post.keys)
    key TEXT PRIMARY KEY,
    issue_id TEXT NOT NULL REFERENCES issue (id)
) WITHOUT ROWID;
"""

_THIRD = """
CREATE TABLE review (              -- drafts that were shown for approval
    issue_id TEXT PRIMARY KEY,
    sha256 TEXT NOT NULL,          -- over every byte that would be sent
    turn INTEGER NOT NULL,         -- how often a draft of this issue was shown
    asked_at TEXT NOT NULL,
    approved_at TEXT
) WITHOUT ROWID;
"""

_FOURTH = """
CREATE TABLE decision (            -- the editor's decisions, where several services share the archive
    section TEXT NOT NULL,         -- a key of config/edits.yaml
    id TEXT NOT NULL,
    value TEXT NOT NULL,           -- JSON
    decided_at TEXT NOT NULL,
    PRIMARY KEY (section, id)
) WITHOUT ROWID;

CREATE TABLE service (             -- who is at work, where several services share the archive
    name TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,     -- of its configuration
    started_at TEXT NOT NULL,
    seen_at TEXT NOT NULL
) WITHOUT ROWID;
"""

_FIFTH = """
CREATE TABLE content (             -- bytes that issues were made of, each once
    sha256 TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    packed BLOB NOT NULL           -- zlib
);

CREATE TABLE making (              -- what an issue was made of
    issue_id TEXT PRIMARY KEY REFERENCES issue (id),
    inputs BLOB NOT NULL           -- JSON, zlib; names contents by their sha256
);

CREATE TABLE correction (
    id TEXT PRIMARY KEY,
    issue_id TEXT NOT NULL REFERENCES issue (id),
    record TEXT NOT NULL,          -- JSON
    made_at TEXT NOT NULL,
    told_in TEXT                   -- the issue that has told it
);
"""

STEPS = (_FIRST, _SECOND, _THIRD, _FOURTH, _FIFTH)
"""Each step turns the schema of one version into the next; a released step is never changed."""


def migrate(writing: Writing) -> None:
    """Take the steps that are missing in an SQLite file, inside the transaction that is open."""
    row = writing.execute("PRAGMA user_version").fetchone()
    done = row[0] if row else 0
    for number, step in enumerate(STEPS[done:], done + 1):
        for statement in statements(step):
            writing.execute(statement)
        writing.execute(f"PRAGMA user_version = {number}")
    writing.execute(f"PRAGMA application_id = {APPLICATION}")


def statements(script: str) -> list[str]:
    """The statements of a step; `executescript` would commit the transaction they must share."""
    lines = (line.partition("--")[0] for line in script.splitlines())
    return [statement for statement in "\n".join(lines).split(";") if statement.strip()]
