"""Who speaks, as French says it: `« … », explique Anne Lee`, `« … », explique-t-elle`. Anything else stays nobody's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest import late
from digest.speech.speaker import Voice
from digest.words import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.speech.passage import Passage

_NAME = r"[A-ZÀ-Ý][\w’'-]+(?: (?:[A-ZÀ-Ý][\w’'-]+|de|du|le|la)){0,3}"
_BEHIND = late.regex(
    r"[\s,.]{0,4}(?:a |avait )?(?P<cue>[a-zà-ÿ]{3,14}(?:e|t|d|é|it|ut))(?:(?:-t)?-(?P<pronoun>il|elle|on)\b"
    rf"|\s(?P<name>{_NAME})|\s(?P<phrase>(?:le|la|l’|l'|un|une|les)\s?[a-zà-ÿ][^,.;:«»\n]{{2,50}}))"
)
_CUES = listed(
    "explique précise insiste ajoute affirme déclare estime souligne poursuit confie indique assure raconte "
    "rappelle note résume conclut détaille reconnaît regrette observe prévient avance analyse juge lance répond "
    "demande dit écrit promet expliqué précisé insisté ajouté affirmé déclaré estimé souligné confié indiqué "
    "assuré raconté rappelé lancé répondu commente plaide défend martèle nuance tranche glisse soupire témoigne "
    "complète reprend constate admet argumente"
)


def voice(after: str, offset: int) -> Voice | None:
    """Whose the quotation is by the words behind its closing mark, at `offset` of the document."""
    m = _BEHIND.match(after)
    if m is None or m["cue"] not in _CUES:
        return None
    if m["pronoun"]:
        pronoun = {"il": "he", "elle": "she"}.get(m["pronoun"])
        return Voice(m["pronoun"], offset + m.start("pronoun"), m["cue"], pronoun=True) if pronoun else None
    if m["name"]:
        return Voice(m["name"], offset + m.start("name"), m["cue"], name=m["name"])
    return Voice(m["phrase"].strip(), offset + m.start("phrase"), m["cue"], unnamed=True)


def are_french(passages: Sequence[Passage]) -> bool:
    """Whether the passages of a document are written in French; those in other scripts are not looked at."""
    return any(passage.script == "latin" for passage in passages) and is_french(passages[0].text)


def is_french(text: str) -> bool:
    """Whether a text is written in French: its little words outnumber the English ones by far."""
    head = f" {text[:4000].lower()} "
    own = sum(head.count(f" {word} ") for word in ("le", "la", "les", "des", "et", "une", "est", "que"))
    return own > 12 and own > 3 * sum(head.count(f" {word} ") for word in ("the", "and", "of", "to"))
