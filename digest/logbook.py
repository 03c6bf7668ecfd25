"""The service's log: a line of text on a terminal, a JSON object a line everywhere else.

Nothing secret and no word of an article goes into it: messages name issues, channels, files and codes, and what a
receiver answered is masked before it gets here.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

_NOISY = ("httpx", "httpcore", "apscheduler")
"""They tell addresses at INFO, and addresses hold secrets."""


class Lines(logging.Formatter):
    """`{"at", "level", "message"}` and what was given as `extra={"fields": {…}}`; of an error its type only."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, whatever the message holds."""
        row: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[0]:
            row["error"] = record.exc_info[0].__name__
        return json.dumps(row, ensure_ascii=False)


def begin(stream: TextIO) -> None:
    """Log everything to `stream`, in the form that suits it."""
    handler = logging.StreamHandler(stream)
    text = logging.Formatter("%(asctime)s %(levelname)s %(message)s")
    handler.setFormatter(text if stream.isatty() else Lines())
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    for noisy in _NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)
