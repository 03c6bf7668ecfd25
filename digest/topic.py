"""Topics: who and what an article is about, told by its title, its lead and what it keeps naming.

No dictionary of companies or people: a person is told by what is said around the name, so that the same
holds when every name is another.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from digest import shipped
from digest.amount import amounts
from digest.lexicon import alternation
from digest.term import HAN, LATIN, Stretch, Wording, tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from digest.document import Document
    from digest.lexicon import Lexicon
    from digest.quote import Quote

LEAD = 240
"""How many characters of the text count as its lead (beside the title)."""
TERMS = 48
"""How many rare terms of a document are kept."""
ROUND = frozenset({"years", "months", "weeks", "days", "hours", "minutes", "times", "points", "items", ""})
"""Units that articles about anything share figures in."""


@dataclass(frozen=True, slots=True)
class Topic:
    """What an article is about.

    `people` are its principal persons (by key: the Han name, or the last word of a Latin one), with their
    weight against the most named person; `bodies` companies and the like it keeps naming; `terms` rare
    words with their weight; `figures` (unit, value) pairs; `events` what happens (`layoff`, `funding` …).
    `head` is title and lead.
    """

    people: Mapping[str, float]
    bodies: frozenset[str]
    terms: Mapping[str, float]
    figures: frozenset[tuple[str, float]]
    events: Mapping[str, float]
    mentions: Mapping[str, int]


def topic(document: Document, quotes: Iterable[Quote], lexicon: Lexicon) -> Topic:
    """Who and what the document is about. `quotes` tell who speaks in it."""
    text = document.text
    head = f"{document.title or ''}\n{text[:LEAD]}"
    names = _of(lexicon)
    people = names.people(text, head, quotes)
    mentions = {name: max(text.count(name), 1) for name in people}
    counts = Counter(tokens(text))
    counts.update(token for token in tokens(head) for _ in range(2))
    bodies = names.bodies(text, head, people)
    return Topic(
        people=people,
        bodies=bodies,
        terms=_terms(counts, frozenset(tokens(head))),
        figures=frozenset(
            (amount.unit, amount.value) for amount in amounts(text) if amount.unit not in ROUND and amount.value > 2
        ),
        events=names.events(document.title or "", text),
        mentions=mentions,
    )


def _terms(counts: Counter[str], head: frozenset[str]) -> dict[str, float]:
    """The terms a document repeats or leads with, without the common ones and those of particles."""
    common, particles = _common()
    weights = {
        term: (1 + math.log(count)) * (2 if term in head else 1)
        for term, count in counts.items()
        if (count > 1 or term in head)
        and term not in common
        and not (len(term) == 2 and term[0] > "⺀" and (term[0] in particles or term[1] in particles))
        and not term.isdigit()
        and len(term) > 1
    }
    best = sorted(weights.items(), key=lambda item: (-item[1], item[0]))[:TERMS]
    return dict(best)


@cache
def _common() -> tuple[frozenset[str], frozenset[str]]:
    table = shipped.table("config/lexicon/common.yaml")
    particles = "的了在是和与对为被把就也都而及或并从到向让给以于其之这那个们着过地得很更最还又再已将会能可要不没有无我你他她它一二三四五六七八九十年月日号中上下前后内外里间等如由因此但则即若虽且所说称道"
    return frozenset(table["chinese"].split()) | frozenset(table["english"].split()), frozenset(particles)


class _Names:
    """Patterns that find people, bodies and events; compiled once for a lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        surnames = "".join(word for word in lexicon.words("people.surnames") if len(word) == 1)
        double = lexicon.any_of("people.surnames_double")
        titles = alternation(word for word in lexicon.words("people.chinese_titles") if len(word) > 1)
        latin = rf"[A-Z][{LATIN}'’.-]{{1,19}}"
        full = rf"{latin}(?: (?:[A-Z]\. )?{latin}){{1,2}}"
        han = rf"(?:{double})[{HAN}]{{1,2}}|[{surnames}][{HAN}]{{1,2}}|[{FOREIGN}]{{2,6}}(?:·[{FOREIGN}]{{1,6}})?"
        says = lexicon.any_of("cues.chinese")
        self._full = re.compile(rf"(?<![{LATIN}]){full}(?![{LATIN}])")
        self._titled = re.compile(rf"(?:{titles})[“「]?({full}|{latin}|{han})")
        self._says = re.compile(
            rf"(?<![{LATIN}])({full}|{latin}|{han})(?:本人|则|还|也|在[^，。\n]{{1,12}})?(?:{says})"
        )
        self._english = re.compile(
            rf"(?<![{LATIN}])(?:Mr|Ms|Mrs|Dr|Prof|CEO|CTO|CFO|Professor|President|Chairman|founder|researcher|scientist)\.? ({full}|{latin})"
            rf"|({full}),? (?:who|(?:the |its |a |an )?(?:[a-z-]+ ){{0,3}}(?:chief|founder|co-founder|head|director|professor|president|researcher|scientist|analyst|engineer|CEO|CTO))"
        )
        self._surname = re.compile(f"[{surnames}]")
        self._body = re.compile(
            rf"(?<![{LATIN}])([A-Z][{LATIN}]{{1,19}}|[{HAN}]{{2,4}})"
            rf"(?:公司|集团|科技|内部|旗下|员工|总部|官方|实验室|智能|资本|的?AI|宣布|已确认|{titles})"
            rf"|(?:离开|加入|加盟|入职|效力于|供职于|任职于|创办|创立|收购|前)(?:了)?([A-Z][{LATIN}]{{1,19}})"
            rf"|在([A-Z][{LATIN}]{{1,19}})(?:的|工作|内部|担任|任职|完成|待)"
            rf"|([A-Z][{LATIN}]{{1,19}})(?:'s|’s)? (?:Inc|Corp|Ltd|AI|Labs?|Group|employees|shares|staff)\b"
            rf"|\b(?:at|joined|joins|left|leaves|joining|leaving) ([A-Z][{LATIN}]{{1,19}})"
        )
        self._capital = re.compile(rf"(?<![{LATIN}.])[A-Z][{LATIN}-]{{1,19}}")
        self._events = {
            name.removeprefix("rules.event_"): Wording(lexicon.words(name))
            for name in lexicon.names()
            if name.startswith("rules.event_")
        }

    def people(self, text: str, head: str, quotes: Iterable[Quote]) -> dict[str, float]:
        """The principal persons by weight (at least a third of the weightiest)."""
        cues: Counter[str] = Counter()
        for pattern in (self._titled, self._says, self._english):
            for match in pattern.finditer(text):
                cues[_key(next(group for group in match.groups() if group))] += 1
        for match in self._full.finditer(text):
            cues[_key(match.group())] += 0
        for quote in quotes:
            if quote.speaker and not quote.unnamed and not quote.asks:
                cues[_key(quote.speaker)] += 1
        bodies = self._body_counts(text)
        common, _ = _common()
        weights = {}
        for name, said in cues.items():
            if len(name) < 2 or name.isupper() or name.casefold() in common or (name[0] > "⺀" and name[:2] in common):
                continue
            count = text.count(name)
            if count < 2 and name not in head:
                continue
            if not said and not (" " not in name and count > 1):
                continue
            if bodies[name] > said:
                continue
            weights[name] = count * (3 if name in head else 1) + 2 * said
        weights = _without_parts(weights)
        top = max(weights.values(), default=0)
        return {name: weight / top for name, weight in sorted(weights.items()) if weight * 3 >= top}

    def _body_counts(self, text: str) -> Counter[str]:
        return Counter(next(group for group in match.groups() if group) for match in self._body.finditer(text))

    def bodies(self, text: str, head: str, people: Mapping[str, float]) -> frozenset[str]:
        """Names that are no person's and that the article keeps using, in lower case."""
        counts = Counter(match.group() for match in self._capital.finditer(text))
        named = {name for name, count in counts.items() if count >= 3 or name in head}
        named |= {name for name, count in self._body_counts(text).items() if count >= 2}
        parts = {part for name in people for part in (name, *name.split())}
        return frozenset(name.casefold() for name in named - parts)

    def events(self, title: str, text: str) -> dict[str, float]:
        """What happens, by the words of title, lead and body; the weights add up to one."""
        places = [(Stretch(title), 3.0), (Stretch(text[:LEAD]), 2.0), (Stretch(text[LEAD : LEAD * 6]), 0.5)]
        weights: dict[str, float] = {}
        for name, wording in self._events.items():
            weight = sum(points for stretch, points in places if wording.within(stretch))
            if weight:
                weights[name] = weight
        total = sum(weights.values())
        return {name: weight / total for name, weight in weights.items()}


FOREIGN = (
    "阿埃艾安昂奥巴白班邦鲍贝本比彼宾波伯勃博布查岑楚达戴丹道德登邓狄迪蒂丁东杜顿多厄恩尔法范菲费芬弗福盖冈戈格葛根古瓜哈海汉豪赫黑亨洪胡华霍基吉季加贾"
    "简杰金卡凯坎康考柯科克肯库夸拉莱赖兰劳勒雷黎李里理利莉丽立列林琳卢鲁路伦罗洛马玛迈麦曼芒毛梅门蒙米密敏明摩莫默姆木穆纳娜乃奈南内尼涅宁纽努诺欧"
    "帕潘庞佩彭皮珀普奇齐契恰强乔切琴琼丘让热日荣茹瑞若萨塞赛桑瑟森沙山尚舍申圣施石史士斯松苏孙索塔泰坦汤唐特滕提廷图托瓦万旺威韦维温文沃乌吾伍西希锡"
    "夏香肖谢辛欣休修雪雅亚延扬杨耶叶伊易因英尤于约泽扎詹张哲珍朱兹佐祖昆"
)
"""Characters that foreign names are written with (after the usual transcription tables)."""


@cache
def _of(lexicon: Lexicon) -> _Names:
    return _Names(lexicon)


def _key(name: str) -> str:
    """A Han name as it is, without a middle dot's first part; of a Latin name its last word."""
    name = name.strip().removesuffix("'s").removesuffix("’s")
    return name.split("·")[-1] if "·" in name else name.split()[-1] if name[0] < "⺀" and " " in name else name


def _without_parts(weights: dict[str, float]) -> dict[str, float]:
    """Without names that are another with a letter more or less (林晓 beside 林晓峰): the fuller, if as common."""
    kept = dict(weights)
    for name, weight in weights.items():
        for other, more in weights.items():
            if name != other and name in other:
                kept.pop(name if more * 2 >= weight else other, None)
    return kept
