"""The rule book: predicates over what a document knows, points, and the reasons they leave behind.

Rules are data (`config/rules.yaml`). A candidate must satisfy every `require` and no `reject`; then every
rule that holds adds its points, and its plain name stands beside the quote.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

from digest.errors import ConfigError, Problem
from digest.judging.predicate import PREDICATES, Vocabulary, strings, suggestion
from digest.quote import QuoteKind
from digest.term import Finder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from digest.judging.predicate import Test
    from digest.judging.trait import Traits
    from digest.lexicon import Lexicon

FILE = "config/rules.yaml"
KINDS = (*get_args(QuoteKind), "sentence")


class Reason(NamedTuple):
    """A rule that spoke for (or, with negative points, against) a quote, by its plain name.

    `rule` is the English name, `zh` the Chinese one; `id` is what `config/rules.yaml` calls it.
    """

    rule: str
    points: float
    id: str = ""
    zh: str = ""

    def name(self, language: str) -> str:
        """The plain name in the newsletter's language (`zh-CN`); English for any other."""
        return self.zh if language.startswith("zh") and self.zh else self.rule


class Rule(NamedTuple):
    """One rule: all of `when` hold and `unless` do not all hold (an empty `unless` never does).

    `mend` says where the sentence stands that might save a candidate this rule rejects; `kinds` are the
    kinds it can hold for, None for all. `lists` are the word lists of which it asks that a word stands in the
    candidate, where it asks nothing else but the kind.
    """

    reason: Reason
    when: tuple[Test, ...]
    unless: tuple[Test, ...] = ()
    mend: Literal["before", "after"] | None = None
    kinds: frozenset[str] | None = None
    lists: frozenset[str] = frozenset()

    def test(self) -> Test:
        """Whether the rule speaks for a candidate of one of its kinds."""
        when, unless = _all(self.when), _all(self.unless)
        return (lambda traits: when(traits) and not unless(traits)) if self.unless else when


def _all(tests: tuple[Test, ...]) -> Test:
    """Whether all of the tests hold, as one test."""
    if len(tests) == 1:
        return tests[0]
    if len(tests) == 2:
        first, second = tests
        return lambda traits: first(traits) and second(traits)
    return lambda traits: all(test(traits) for test in tests)


class Quotas(NamedTuple):
    """How many quotes at most from a document, in a story, of one speaker in a story, and in an issue.

    `section` is the most stories of a section, `stories` those of the whole issue (0: as many as there are).
    """

    document: int = 4
    story: int = 5
    speaker: int = 3
    section: int = 8
    issue: int = 15
    stories: int = 0


class Section(NamedTuple):
    """A part of the issue and what belongs there: any tag, outlet or keyword (of title and lead)."""

    id: str
    zh: str
    en: str
    tags: frozenset[str] = frozenset()
    outlets: frozenset[str] = frozenset()
    keywords: tuple[str, ...] = ()
    most: int | None = None

    def name(self, language: str) -> str:
        """The section's heading in the newsletter's language."""
        return self.zh if language.startswith("zh") else self.en


@dataclass(frozen=True, slots=True)
class Book:
    """The rule book. `least` is the score a quote needs; `diversity` the share of its words it may repeat.

    `share` is the share of an article that a story may quote (one quote is always allowed). The weight of a story in
    the newsletter's own language is multiplied by `own_language`.
    """

    rules: tuple[Rule, ...]
    require: tuple[Rule, ...]
    reject: tuple[Rule, ...]
    quotas: Quotas
    least: float
    diversity: float
    share: float
    sections: tuple[Section, ...]
    lexicon: Lexicon = field(repr=False)
    finder: Finder = field(repr=False)
    own_language: float = 1.0
    _of_kind: dict[str, _Asked] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Part the rules by the kind of candidate: most hold for one kind only."""
        object.__setattr__(self, "_of_kind", {kind: _asked(self, kind) for kind in KINDS})

    def judge(self, candidates: Sequence[Traits]) -> list[Judgement]:
        """What the book says of each candidate, in their order.

        A rule is asked about all candidates of a kind before the next one is: half as dear as the other way round.
        """
        places: list[list[int]] = [[] for _ in candidates]
        sunk: list[Rule | None] = [None] * len(candidates)
        for kind in {traits.kind for traits in candidates}:
            asked = self._of_kind[kind]
            those = [(at, traits) for at, traits in enumerate(candidates) if traits.kind == kind]
            for place, test in asked.rules:
                for at, traits in those:
                    if test(traits):
                        places[at].append(place)
            for at, traits in those:
                if traits.lists:
                    places[at] += {place for name in traits.lists for place in asked.listed.get(name, ())}
            for rule, sinks in asked.against:
                for at, traits in those:
                    if sunk[at] is None and sinks(traits):
                        sunk[at] = rule
        return [self._judgement(sorted(found), rule) for found, rule in zip(places, sunk, strict=True)]

    def _judgement(self, places: list[int], against: Rule | None) -> Judgement:
        """What the rules at these places of the book come to."""
        reasons = tuple([self.rules[place].reason for place in places])
        return Judgement(round(sum([reason.points for reason in reasons]), 3), reasons, against)


class Judgement(NamedTuple):
    """The points of a candidate, the rules that gave them in the order of the file, and what sinks it.

    `against` is the first `require` that fails or `reject` that holds.
    """

    score: float
    reasons: tuple[Reason, ...]
    against: Rule | None


class _Asked(NamedTuple):
    """What a candidate of a kind is asked: what may sink it, and rules by their place in the book.

    A rule that wants a word of a list is not asked: it stands under the name of each of its lists.
    """

    against: tuple[tuple[Rule, Test], ...]
    rules: tuple[tuple[int, Test], ...]
    listed: dict[str, list[int]]


def _asked(book: Book, kind: str) -> _Asked:
    against = [
        *((rule, _not(rule.test()) if _may(rule, kind) else _always) for rule in book.require if _wants(rule, kind)),
        *((rule, rule.test()) for rule in book.reject if _may(rule, kind)),
    ]
    listed: dict[str, list[int]] = {}
    rules = []
    for place, rule in enumerate(book.rules):
        if rule.lists and _may(rule, kind):
            for name in rule.lists:
                listed.setdefault(name, []).append(place)
        elif _may(rule, kind):
            rules.append((place, rule.test()))
    return _Asked(tuple(against), tuple(rules), listed)


def _may(rule: Rule, kind: str) -> bool:
    """Whether a rule can hold for a candidate of this kind."""
    return rule.kinds is None or kind in rule.kinds


def _wants(rule: Rule, kind: str) -> bool:
    """Whether a requirement wants more of a candidate than to be of this kind."""
    return bool(rule.when or rule.unless) or not _may(rule, kind)


def _not(test: Test) -> Test:
    return lambda traits: not test(traits)


def _always(_: Traits) -> bool:
    return True


def book(table: Mapping[str, object], lexicon: Lexicon, *, sure: bool = False) -> Book:
    """Check the plain values of `config/rules.yaml`. Raises ConfigError with every problem, by key.

    The regular expressions of a book that is `sure`, as the shipped one is, are not compiled for it.
    """
    reader = _Reader(lexicon, sure=sure)
    reader.known(
        table,
        ("version", "least", "diversity", "share", "own_language", "quotas", "require", "reject", "rules", "sections"),
        "",
    )
    made = Book(
        rules=reader.rules(table, "rules", ("id", "name", "points", "when", "unless")),
        require=reader.rules(table, "require", ("id", "name", "when", "unless")),
        reject=reader.rules(table, "reject", ("id", "name", "mend", "when", "unless")),
        quotas=reader.quotas(table.get("quotas")),
        least=reader.number(table, "least", "", 0.0),
        diversity=reader.number(table, "diversity", "", 0.5),
        share=reader.number(table, "share", "", 0.25),
        sections=reader.sections(table.get("sections")),
        lexicon=lexicon,
        finder=Finder(reader.vocabulary.used),
        own_language=reader.number(table, "own_language", "", 1.0),
    )
    if reader.problems:
        raise ConfigError(*reader.problems)
    return made


def _only_words(row: Mapping[str, object]) -> bool:
    """Whether a rule asks for words of lists, and for nothing else but the kind."""
    when = row.get("when")
    return isinstance(when, dict) and "words" in when and when.keys() <= {"kind", "words"} and not row.get("unless")


class _Reader:
    """Reads plain values and collects what is wrong with them, each with its key path."""

    def __init__(self, lexicon: Lexicon, *, sure: bool) -> None:
        self.problems: list[Problem] = []
        self.vocabulary = Vocabulary(lexicon, sure)
        self._ids: set[str] = set()

    def wrong(self, key: str, message: str) -> None:
        self.problems.append(Problem(FILE, message, key=key or None))

    def known(self, table: Mapping[str, object], keys: tuple[str, ...], at: str, what: str = "key") -> None:
        """Every key of the table is one of these."""
        for key in table:
            if key not in keys:
                place = f"{at}.{key}" if at else str(key)
                self.wrong(place, f"unknown {what}{suggestion(str(key), keys) or '; known: ' + ', '.join(keys)}")

    def number(self, table: Mapping[str, object], key: str, at: str, default: float) -> float:
        value = table.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.wrong(f"{at}.{key}" if at else key, "expected a number")
            return default
        return float(value)

    def quotas(self, value: object) -> Quotas:
        names = ("document", "story", "speaker", "section", "issue", "stories")
        if value is None:
            return Quotas()
        if not isinstance(value, dict):
            self.wrong("quotas", "expected {document: 4, …}")
            return Quotas()
        self.known(value, names, "quotas")
        given = {key: number for key, number in value.items() if key in names}
        for key, number in given.items():
            if isinstance(number, bool) or not isinstance(number, int) or number < 0:
                self.wrong(f"quotas.{key}", "expected a whole number, 0 or more")
        return Quotas(**given)

    def rules(self, table: Mapping[str, object], key: str, keys: tuple[str, ...]) -> tuple[Rule, ...]:
        """A list of rules; an absent list is empty."""
        rows = table.get(key)
        if rows is None:
            return ()
        if not isinstance(rows, list):
            self.wrong(key, "expected a list of rules, each beginning with `- id:`")
            return ()
        made = (self._rule(row, f"{key}[{index}]", keys) for index, row in enumerate(rows))
        return tuple(rule for rule in made if rule)

    def _rule(self, row: object, at: str, keys: tuple[str, ...]) -> Rule | None:
        if not isinstance(row, dict):
            self.wrong(at, "expected a rule: {id, name, when, …}")
            return None
        self.known(row, keys, at)
        identity = self._identity(row, at)
        zh, en = self._name(row, at)
        if "points" in keys and "points" not in row:
            self.wrong(f"{at}.points", "is missing")
        mend = row.get("mend")
        if mend not in (None, "before", "after"):
            self.wrong(f"{at}.mend", "expected before or after: where the sentence stands that may save the quote")
        if not row.get("when"):
            self.wrong(f"{at}.when", "is missing; say when the rule holds")
        kinds = self._kinds(row.get("when"), f"{at}.when")
        when = self._tests(row.get("when"), f"{at}.when", ("kind",))
        unless = self._tests(row.get("unless"), f"{at}.unless")
        reason = Reason(en, self.number(row, "points", at, 0.0), identity, zh)
        lists = frozenset(strings(row["when"]["words"])) if len(when) == 1 and _only_words(row) else frozenset[str]()
        return Rule(reason, when, unless, mend, kinds, lists)

    def _kinds(self, when: object, at: str) -> frozenset[str] | None:
        """The kinds a rule asks for, None where it asks for none in particular."""
        if not isinstance(when, dict) or "kind" not in when or self._test("kind", when["kind"], f"{at}.kind") is None:
            return None
        return frozenset(strings(when["kind"]))

    def _identity(self, row: Mapping[str, object], at: str) -> str:
        identity = row.get("id")
        if not isinstance(identity, str) or not identity:
            self.wrong(f"{at}.id", "is missing; give the rule a short name of its own")
            return ""
        if identity in self._ids:
            self.wrong(f"{at}.id", f"{identity!r} is taken by a rule above")
        self._ids.add(identity)
        return identity

    def _name(self, row: Mapping[str, object], at: str) -> tuple[str, str]:
        name = row.get("name")
        if not isinstance(name, dict) or not all(isinstance(name.get(tag), str) and name[tag] for tag in ("zh", "en")):
            self.wrong(f"{at}.name", "expected {zh: …, en: …}: the plain words shown with a quote")
            return "", ""
        self.known(name, ("zh", "en"), f"{at}.name")
        return name["zh"], name["en"]

    def _tests(self, value: object, at: str, but: tuple[str, ...] = ()) -> tuple[Test, ...]:
        """The predicates of a table but those named, which are looked at elsewhere."""
        if value is None:
            return ()
        if not isinstance(value, dict):
            self.wrong(at, "expected predicates: {kind: turn, length: {min: 12}}")
            return ()
        self.known(value, tuple(PREDICATES), at, "predicate")
        tests = (
            self._test(name, value[name], f"{at}.{name}") for name in value if name in PREDICATES and name not in but
        )
        return tuple(test for test in tests if test)

    def _test(self, name: str, value: object, at: str) -> Test | None:
        try:
            return PREDICATES[name](value, self.vocabulary)
        except ValueError as error:
            self.wrong(at, str(error))
            return None

    def sections(self, value: object) -> tuple[Section, ...]:
        if value is None:
            return ()
        if not isinstance(value, list):
            self.wrong("sections", "expected a list of sections, each beginning with `- id:`")
            return ()
        made = (self._section(row, f"sections[{index}]") for index, row in enumerate(value))
        return tuple(section for section in made if section)

    def _section(self, row: object, at: str) -> Section | None:
        if not isinstance(row, dict):
            self.wrong(at, "expected a section: {id, name, when}")
            return None
        self.known(row, ("id", "name", "when", "most"), at)
        identity = self._identity(row, at)
        zh, en = self._name(row, at)
        when = row.get("when") or {}
        if not isinstance(when, dict):
            self.wrong(f"{at}.when", "expected {tags: […], keywords: […], outlets: […]}")
            when = {}
        self.known(when, ("tags", "keywords", "outlets"), f"{at}.when")
        lists = {name: self._strings(when[name], f"{at}.when.{name}") for name in when}
        most = row.get("most")
        if most is not None and (isinstance(most, bool) or not isinstance(most, int) or most < 0):
            self.wrong(f"{at}.most", "expected a whole number, 0 or more")
            most = None
        return Section(
            identity,
            zh,
            en,
            frozenset(word.casefold() for word in lists.get("tags", ())),
            frozenset(word.casefold() for word in lists.get("outlets", ())),
            tuple(lists.get("keywords", ())),
            most,
        )

    def _strings(self, value: object, at: str) -> list[str]:
        try:
            return strings(value)
        except ValueError as error:
            self.wrong(at, str(error))
            return []
