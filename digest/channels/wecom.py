"""WeCom: a group robot that takes `markdown_v2`, in which mentions are not alive.

4096 BYTES of content, so 4,000 here; 20 messages a minute; clients from 4.1.36 (Android 4.1.38).
Source: developer.work.weixin.qq.com path/99110.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from digest.channels.chat import Chat, unreadable
from digest.channels.dingtalk import markdown
from digest.delivery import Verdict
from digest.edition.telling import escaped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.channels import Answer
    from digest.edition.chat import Block

BUDGET = 4_000
_RATE, _NO_KEY = 45009, 93000
_MINUTE = 60.0


class WeCom(Chat):
    """One Markdown message a part."""

    pace = 3.1  # twenty a minute

    def message(self, head: str, blocks: Sequence[Block]) -> dict[str, Any]:
        """Paragraphs under a heading."""
        # A link to the very sentence is nine bytes a character: title and credit have the page's own.
        bare = (replace(block, link=None) if block.kind == "said" else block for block in blocks)
        paragraphs = [f"### {escaped(head)}", *map(markdown, bare)]
        return {"msgtype": "markdown_v2", "markdown_v2": {"content": "\n\n".join(paragraphs)}}

    def fits(self, message: dict[str, Any], body: bytes) -> bool:  # noqa: ARG002 -- WeCom counts the content
        """Within the bytes of the content."""
        return len(message["markdown_v2"]["content"].encode()) <= BUDGET

    def judged(self, answer: Answer, told: Any) -> Verdict:  # noqa: ANN401 -- what a JSON body holds
        """By `errcode`."""
        code = told.get("errcode") if isinstance(told, dict) else None
        if not isinstance(code, int):
            return unreadable(answer)
        if code == 0:
            return Verdict("delivered", "errcode 0", status=answer.status)
        words = str(told.get("errmsg", ""))
        if code == _RATE:
            return Verdict("retry", f"errcode {code}", words, status=answer.status, retry_after=_MINUTE)
        gone = "the key of the robot is not valid" if code == _NO_KEY else None
        return Verdict("dead", f"errcode {code}", words, status=answer.status, disable=gone)
