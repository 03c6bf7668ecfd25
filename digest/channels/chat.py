"""What chat channels share: one JSON message a part, posted to one address, judged by status and body.

Each channel is then its own limits, escapes, message and verdict.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from digest.channels import Part, Request
from digest.delivery import Verdict, by_status, no_answer, not_sent
from digest.edition.chat import TooLargeError, issue_head, issue_items, pack, page_items, post_items
from digest.errors import ChannelError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from digest.channels import Answer, ChannelConfig, Dispatch, Wire
    from digest.delivery import OnUnknown
    from digest.edition.chat import Block, Item


class Chat:
    """A chat behind a webhook. Few of its receivers can tell repeats, so unknown outcomes are held."""

    on_unknown: OnUnknown = "hold"
    pace: float = 1.0

    def __init__(self, config: ChannelConfig) -> None:
        self.config = config
        self.url = self.address()
        if not self.url.startswith(("https://", "http://")):
            raise ChannelError(config.name, "its address must begin with https://")

    def address(self) -> str:
        """Where messages are posted to. Raises ChannelError where it is not configured."""
        if not self.config.url:
            raise ChannelError(self.config.name, "needs url_env or url_file: the address of the webhook")
        return self.config.url.reveal()

    def message(self, head: str, blocks: Sequence[Block]) -> dict[str, Any]:
        """The message of some blocks under a headline."""
        raise NotImplementedError

    def fits(self, message: dict[str, Any], body: bytes) -> bool:
        """Whether a message is within every limit of the channel."""
        raise NotImplementedError

    def judged(self, answer: Answer, told: Any) -> Verdict:  # noqa: ANN401 -- what a JSON body holds
        """What a body means; `told` is its JSON, None where it is none."""
        raise NotImplementedError

    def plan(self, dispatch: Dispatch) -> tuple[Part, ...]:
        """The messages of a draft, each whole in itself and numbered where there are several."""
        head = issue_head(dispatch.issue) if dispatch.issue else dispatch.subject
        try:
            packed = pack(_items(dispatch), lambda blocks: self._fits(head, blocks))
        except TooLargeError as error:
            message = f"“{error}…” in {dispatch.about} is longer than one message can be"
            raise ChannelError(self.config.name, message) from error
        total = len(packed)
        return tuple(
            Part(
                f"{dispatch.kind}.json" if total == 1 else f"{dispatch.kind}-{number}.json",
                _bytes(self.message(head if total == 1 else f"{head} ({number}/{total})", blocks)),
                "application/json; charset=utf-8",
            )
            for number, blocks in enumerate(packed, 1)
        )

    def request(self, part: Part, key: str, at: datetime) -> Request:  # noqa: ARG002 -- only some sign or name it
        """The exact request of one attempt."""
        return Request("POST", self.url, (("content-type", part.content_type), *part.headers), part.body)

    def send(self, part: Part, key: str, at: datetime, wire: Wire) -> Answer:
        """One POST."""
        return wire.http(self.request(part, key, at), self.config)

    def verdict(self, answer: Answer) -> Verdict:
        """By status and body: success needs both, and a request to come back later counts from either."""
        if answer.status is None:
            return no_answer(answer.error) if answer.started else not_sent(answer.error)
        refused = by_status(answer.status, answer.headers, answer.at, blind=self.on_unknown == "hold")
        judged = self.judged(answer, _json(answer.body))
        return judged if refused is None or judged.outcome in {refused.outcome, "retry"} else refused

    def _fits(self, head: str, blocks: Sequence[Block]) -> bool:
        # 99/99 stands for numbers not known yet, so that no message is longer than it was measured.
        message = self.message(f"{head} (99/99)", blocks)
        return self.fits(message, _bytes(message))


def unreadable(answer: Answer) -> Verdict:
    """A success by its status whose body says nothing that is known."""
    return Verdict("unknown", f"HTTP {answer.status}", "an answer that cannot be read", status=answer.status)


def _items(dispatch: Dispatch) -> list[Item]:
    if dispatch.kind == "posts":
        return post_items(dispatch.posts)
    if dispatch.kind == "digest" and dispatch.issue:
        return issue_items(dispatch.issue)
    return page_items(dispatch.markdown)


def _bytes(message: dict[str, Any]) -> bytes:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


def _json(body: bytes) -> Any:  # noqa: ANN401 -- what a JSON body holds
    try:
        return json.loads(body)
    except ValueError:
        return None
