"""Who speaks, as Japanese says it: `「…」と林氏は話す`, `林氏は「…」と語る`, `「…」（林氏）`, `林氏いわく「…」`.

Corner marks in Japanese mostly hold terms and titles (clips.md 4): only what such a cue touches is speech.
"""

from __future__ import annotations

from digest import late
from digest.speech.marks import DUMMY
from digest.speech.speaker import Voice

_PERSON = (
    r"[^\s、。，．「」『』（）()"
    + DUMMY
    + r"]{1,60}?(?:氏|さん|社長|会長|教授|代表|部長|監督|選手|准教授|博士|先生|CEO|CTO|取締役|執行役員)"
)
_SIGNED = late.regex(rf"\s?[（(]({_PERSON}|同氏|同)(?:[、，][^（）()]{{0,30}})?[）)]")
_AFTER = late.regex(
    rf"と(?:、)?(?P<who>{_PERSON}|同氏|彼|彼女)(?:は|が|も)?(?P<cue>(?!の)[^。、「」{DUMMY}]{{0,20}})(?=[。、]|$)"
)
_AFTER_TOPIC = late.regex(
    r"[。、]?\s?(?:そう|こう)(?P<cue>話す|語る|言う|説明する|振り返る|明かす|指摘する|述べる)のは[、]?(?P<who>[^。「」]{2,60})[。だ]"
)
_BEFORE = late.regex(rf"(?:^|[。、\s])(?P<who>{_PERSON})(?:は|が|も|によると|いわく)[^。「」{DUMMY}]{{0,40}}$")
_LED_UP = late.regex(
    rf"(?:^|[。、\s])(?P<who>{_PERSON})(?:[（(][^（）()]{{1,12}}[）)])?(?:は|も)[^。「」{DUMMY}]{{0,40}}?"
    r"(?P<cue>(?:話|語|明か|こぼ|漏ら)(?:す|した)|(?:言|笑|いう)(?:う|った)?|(?:説明|指摘|評価|強調|分析|期待|回想)(?:する|した)"
    r"|(?:振り返|打ち明け|述べ|訴え|続け|付け加え)(?:る|た|った))。\s?$"
)
"""`林氏はこう振り返る。`: a sentence of its own that leads up to the quotation."""
_SAYS = late.regex(
    r"と(?:いう|言|い|話|語|述べ|説明|振り返|明か|指摘|強調|打ち明け|胸を張|力を込め|コメント|笑|自信|期待|分析|見|考え|続け|答え|問|付け加え|訴え|推察|狙い|意気込|漏ら|こぼ)"
)
_BEFORE_NAME = late.regex("[の／/、 　]")
_TITLE_END = late.regex("(?:社長|会長|教授|代表|部長|監督|選手|CEO|CTO|取締役|執行役員)$")
_HONORIFIC = late.regex(r"(?:氏|さん|先生|博士)$")


def voice(content: str, before: str, at: int, after: str, right: int) -> Voice | None:  # noqa: PLR0911 -- a cue after the other
    """Whose the marked words are, by the words right around them; None for what is no attributed speech.

    `at` and `right` are the document offsets of `before` and `after`; a voice without mention is somebody's.
    """
    signed = _SIGNED.match(after)
    if signed:
        return _person(signed[1], right + signed.start(1), "（）")
    behind = _AFTER.match(after)
    if behind:
        return _person(behind["who"], right + behind.start("who"), behind["cue"] or "と")
    if topic := _AFTER_TOPIC.match(after):
        return _person(topic["who"], right + topic.start("who"), topic["cue"])
    if (led_up := _LED_UP.search(before)) and not after.strip():
        return _person(led_up["who"], at + led_up.start("who"), led_up["cue"])
    lead = _BEFORE.search(before)
    if lead and (_SAYS.match(after) or before.endswith("いわく") or after[:1] in ("。", "")):
        return _person(lead["who"], at + lead.start("who"), "と")
    if content[-1:] in "。！？" and (_SAYS.match(after) or (not before.strip() and not after.strip())):
        return Voice(None, -1)
    return None


def _person(phrase: str, at: int, cue: str) -> Voice:
    """`海辺社広報部部長の林小鹿氏` → the name without its honorific, and the role before it."""
    if phrase in ("彼", "彼女", "同氏", "同"):
        return Voice(phrase, at, cue, pronoun=True)
    bare = _HONORIFIC.sub("", phrase)
    name = _BEFORE_NAME.split(bare)[-1]
    if not 2 <= len(name) <= 12 or _TITLE_END.search(name):
        return Voice(phrase, at, cue, unnamed=True)
    role = bare[: len(bare) - len(name)].rstrip("の／/・、 ") or None
    return Voice(phrase, at, cue, name=name, role=role)
