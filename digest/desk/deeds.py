"""What an editor may ask for on the page: each is one of the editor's verbs (digest.editor), with its words checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest import editor
from digest.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from digest.issue import Change
    from digest.press import Press

LONGEST = 10_000
"""Characters of a text that came with an action."""


class Given:
    """What came with an action, each value checked for its type."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values

    def text(self, name: str) -> str:
        """A text. UsageError where there is none."""
        value = self._values.get(name)
        if not isinstance(value, str) or len(value) > LONGEST:
            message = f"{name}: expected a text"
            raise UsageError(message)
        return value

    def texts(self, name: str) -> list[str]:
        """A list of texts. UsageError where there is none."""
        value = self._values.get(name)
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            message = f"{name}: expected a list of texts"
            raise UsageError(message)
        return value

    def flag(self, name: str) -> bool:
        """Whether something was ticked."""
        return self._values.get(name) is True


def _worded(press: Press, given: Given) -> Change:
    key, story, words = given.text("key"), given.text("story"), given.text("words")
    act = {"note": editor.note, "title": editor.title}.get(key)
    if act is None:
        message = f"key: expected note or title, not {key!r}"
        raise UsageError(message)
    return act(press, story, words) if words.strip() else editor.undo(press, key, story)


def _subject(press: Press, given: Given) -> Change:
    words = given.text("words")
    return editor.subject(press, words) if words.strip() else editor.undo(press, "subject", given.text("issue"))


def _release(press: Press, given: Given) -> Change:
    address = given.text("source").strip() or None
    return editor.release(press, given.text("seed"), address, unlinked=given.flag("unlinked"))


VERBS: dict[str, Callable[[Press, Given], Change]] = {
    "drop": lambda press, given: editor.drop(press, given.text("story")),
    "hold": lambda press, given: editor.hold(press, given.text("id")),
    "join": lambda press, given: editor.join(press, given.text("story"), given.text("other")),
    "order": lambda press, given: editor.order(press, given.texts("stories")),
    "release": _release,
    "split": lambda press, given: editor.split(press, given.text("story"), given.texts("seeds")),
    "subject": _subject,
    "swap": lambda press, given: editor.swap(press, given.text("quote"), given.text("other")),
    "undo": lambda press, given: editor.undo(press, given.text("key"), given.text("id")),
    "words": _worded,
}
"""What an action on the page may ask for; each is one of the editor's verbs (digest.editor)."""
