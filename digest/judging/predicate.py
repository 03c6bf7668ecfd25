"""Predicates: the questions a rule may ask of a candidate, checked when the rule book is read.

Each takes its plain value from `config/rules.yaml` and gives a test. A wrong value raises ValueError with
a sentence that says what was expected.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, get_args

from digest import late
from digest.document import BlockKind
from digest.judging.trait import Place, Speaker
from digest.quote import QuoteKind
from digest.term import CJK, LATIN, is_han

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from digest.judging.trait import Traits
    from digest.lexicon import Lexicon

    Test = Callable[[Traits], bool]
    Make = Callable[[object, "Vocabulary"], Test]

MARKS_BEHIND = 8
"""So many marks may stand behind the word that a candidate closes with."""


@dataclass(slots=True)
class Vocabulary:
    """The lexicon a rule book may name lists of, and the lists that it does use, to be looked for at once.

    `sure` says that its expressions are known to compile: then each is compiled when it is first asked.
    """

    lexicon: Lexicon
    sure: bool = False
    used: dict[str, tuple[str, ...]] = field(default_factory=dict)


def _flag(name: str) -> Make:
    """`bold: true`: a yes or no."""

    def make(value: object, _: Vocabulary) -> Test:
        if not isinstance(value, bool):
            message = "expected true or false"
            raise ValueError(message)  # noqa: TRY004 -- every wrong value is a ValueError here
        return known if value else lambda traits: not known(traits)

    known = attrgetter(name)
    return make


def _choice(name: str, allowed: Collection[str]) -> Make:
    """`kind: turn` or `kind: [turn, spoken]`: one of these."""

    def make(value: object, _: Vocabulary) -> Test:
        chosen = frozenset(strings(value))
        unknown = sorted(chosen - frozenset(allowed))
        if unknown:
            message = f"unknown {name} {unknown[0]!r}; expected {', '.join(sorted(allowed))}"
            raise ValueError(message)
        return lambda traits: known(traits) in chosen

    known = attrgetter(name)
    return make


def _range(name: str) -> Make:
    """`length: {min: 12, max: 60}`: both bounds belong to it, either may be missing."""

    def make(value: object, _: Vocabulary) -> Test:
        least, most = limits(value)
        return lambda traits: least <= known(traits) <= most

    known = attrgetter(name)
    return make


def _words(value: object, vocabulary: Vocabulary) -> Test:
    """`words: contrast`: a word of the list `contrast` in `config/lexicon/rules.yaml` (or `cues.said`) stands in it."""
    names = frozenset(strings(value))
    for name in names:
        vocabulary.used[name] = listed(name, vocabulary.lexicon)
    return lambda traits: not names.isdisjoint(traits.lists)


def _opens(value: object, vocabulary: Vocabulary) -> Test:
    """`opens: dangling`: it begins with a word of the list."""
    opens = opener(listed(value, vocabulary.lexicon))
    return lambda traits: opens(traits.text)


def _closes(value: object, vocabulary: Vocabulary) -> Test:
    """`closes: filler`: it ends with a word of the list, marks aside."""
    words = tuple({word.lower() for word in listed(value, vocabulary.lexicon)})
    room = max(map(len, words))

    def closes(traits: Traits) -> bool:
        text = traits.text
        end = len(text)
        least = max(0, end - MARKS_BEHIND)
        while end > least and not _is_letter(text[end - 1]):
            end -= 1
        return text[max(0, end - room) : end].lower().endswith(words)

    return closes


def _announced(value: object, vocabulary: Vocabulary) -> Test:
    """`announced: announcing`: the words before the colon that leads to it end with a word of the list."""
    announces = closer(listed(value, vocabulary.lexicon))
    return lambda traits: announces(traits.lead)


def _followed(value: object, vocabulary: Vocabulary) -> Test:
    """`followed: explaining`: the sentence behind it begins with a word of the list."""
    opens = opener(listed(value, vocabulary.lexicon))
    return lambda traits: opens(traits.after)


def _said_by(value: object, vocabulary: Vocabulary) -> Test:
    """`said_by: pronouns`: the speaker is called by a word of the list, and nothing else."""
    names = frozenset(word.casefold() for word in listed(value, vocabulary.lexicon))
    return lambda traits: traits.name.casefold() in names


def _half(value: object, vocabulary: Vocabulary) -> Test:
    """`half: pairs`: one half of a pair (`不仅…而且|还`) without the other."""
    pairs = []
    for pair in listed(value, vocabulary.lexicon):
        first, _, others = pair.casefold().partition("…")
        pairs.append((first.strip(), tuple(other.strip() for other in others.split("|"))))
    name = f"half {' '.join(strings(value))}"
    vocabulary.used[name] = tuple(first for first, _ in pairs if first[0] >= CJK)
    latin = [first for first, _ in pairs if first[0] < CJK]

    def test(traits: Traits) -> bool:
        text = f" {traits.text.casefold()} "
        if name not in traits.lists and not any(map(text.__contains__, latin)):
            return False
        for first, others in pairs:
            if first not in text or not _has(text, first):
                continue
            if not any(_has(text.replace(first, " ") if other in first else text, other) for other in others):
                return True
        return False

    return test


def _has(text: str, word: str) -> bool:
    """Whether the word stands in the text (with a space at both ends), a Latin one as a word."""
    return word in text and (word[0] >= CJK or any(f"{before}{word}" in text for before in ' "“('))


def _keywords(value: object, vocabulary: Vocabulary) -> Test:
    """`keywords: [US, 芯片]`: whole words in Latin script; in capitals only where written so."""
    words = strings(value)
    name = f"keywords {' '.join(words)}"
    vocabulary.used[name] = tuple(words)
    return lambda traits: name in traits.lists


def _regex(value: object, vocabulary: Vocabulary) -> Test:
    r"""`regex: '\bUS\b'`: `\b` also stands between a Latin and a Chinese character."""
    compiled = pattern(value, sure=vocabulary.sure)
    if is_anchored(str(value)):
        return lambda traits: compiled.match(traits.text) is not None
    return lambda traits: compiled.search(traits.text) is not None


def _before(value: object, _: Vocabulary) -> Test:
    """`before: "：:"`: the character in front of it is one of these."""
    if not isinstance(value, str) or not value:
        message = "expected the characters themselves, as text"
        raise ValueError(message)
    return lambda traits: traits.before != "" and traits.before in value


def _ends_in(marks: str) -> Make:
    """`question: true`: it ends in one of these marks."""

    def make(value: object, _: Vocabulary) -> Test:
        if not isinstance(value, bool):
            message = "expected true or false"
            raise ValueError(message)  # noqa: TRY004 -- every wrong value is a ValueError here
        return lambda traits: (traits.text.rstrip("”’」』）)】》\"'")[-1:] in marks) is value

    return make


def opener(words: Iterable[str]) -> Callable[[str], bool]:
    """Whether a text begins with one of the words, opening marks aside."""
    lower = sorted({word.lower() for word in words})
    wide = tuple(word for word in lower if not _is_whole(word))
    whole = tuple(word for word in lower if _is_whole(word))
    room = max(map(len, lower), default=0) + 4
    marks = "“「『‘\"'（("
    firsts = frozenset({*(word[0] for word in lower), *marks})

    def opens(text: str) -> bool:
        if text[:1].lower() not in firsts:
            return False
        head = text[:room].lower()
        bare = head.lstrip(marks)
        if len(head) - len(bare) > 3:
            return False
        return bare.startswith(wide) or (
            bare.startswith(whole)
            and any(bare.startswith(word) and not _is_ascii_letter(bare[len(word) :][:1]) for word in whole)
        )

    return opens


def closer(words: Iterable[str]) -> Callable[[str], bool]:
    """Whether a text ends with one of the words."""
    lower = {word.lower() for word in words}
    wide = tuple(word for word in lower if not _is_whole(word))
    whole = tuple(word for word in lower if _is_whole(word))

    def closes(text: str) -> bool:
        low = text.lower()
        return low.endswith(wide) or (
            low.endswith(whole)
            and any(low.endswith(word) and not _is_ascii_letter(low[: -len(word)][-1:]) for word in whole)
        )

    return closes


def strings(value: object) -> list[str]:
    """A word or a list of words. Raises ValueError for anything else."""
    items = value if isinstance(value, list) else [value]
    if not items or not all(isinstance(item, str) and item for item in items):
        message = "expected a word or a list of words (put words like no, on, 12 in quotes)"
        raise ValueError(message)
    return list(items)


def limits(value: object) -> tuple[float, float]:
    """`{min, max}` as two bounds. Raises ValueError for anything else."""
    numbers = value if isinstance(value, dict) else {}
    good = bool(numbers) and all(
        isinstance(number, int | float) and not isinstance(number, bool) for number in numbers.values()
    )
    if not good or numbers.keys() - {"min", "max"}:
        message = "expected {min: a number, max: a number}, either may be missing"
        raise ValueError(message)
    least, most = numbers.get("min", float("-inf")), numbers.get("max", float("inf"))
    if least > most:
        message = f"min {least} is greater than max {most}"
        raise ValueError(message)
    return least, most


def listed(value: object, lexicon: Lexicon) -> tuple[str, ...]:
    """The words of the named lists; a bare name is one of `config/lexicon/rules.yaml`."""
    known = lexicon.names()
    words: list[str] = []
    for name in strings(value):
        full = name if "." in name else f"rules.{name}"
        if full not in known:
            near = suggestion(full.removeprefix("rules."), [other.removeprefix("rules.") for other in known])
            message = f"unknown word list {name!r}{near}"
            raise ValueError(message)
        words += lexicon.words(full)
    return tuple(words)


def pattern(value: object, *, sure: bool = False) -> re.Pattern[str]:
    r"""A regular expression whose `\b` is right beside Chinese. Raises ValueError where it does not compile.

    One that is `sure` to compile is compiled when it is first asked.
    """
    if not isinstance(value, str) or not value:
        message = "expected a regular expression in quotes"
        raise ValueError(message)
    letter = f"[{LATIN}_]"
    bound = rf"(?:(?<!{letter})(?={letter})|(?<={letter})(?!{letter}))"
    compiled = late.regex(re.sub(r"(?<!\\)((?:\\\\)*)\\b", lambda match: match[1] + bound, value))
    try:
        if not sure:
            compiled.match("")
    except (re.error, OverflowError, RecursionError) as error:
        message = f"is no regular expression: {error}"
        raise ValueError(message) from error
    return compiled


def is_anchored(expression: str) -> bool:
    """Whether every alternative of a regular expression begins with `^`: only the beginning need be looked at."""
    bare = re.sub(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", "x", expression, flags=re.DOTALL)
    depth = 0
    opens = True
    for character in bare:
        if opens and character != "^":
            return False
        depth += (character == "(") - (character == ")")
        opens = depth == 0 and character == "|"
    return not opens


def suggestion(word: str, known: Iterable[str]) -> str:
    """`; did you mean 'length'?`, or the empty string where nothing is near."""
    import difflib  # noqa: PLC0415 -- only a wrong rule book pays for it

    near = difflib.get_close_matches(word, list(known), 1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _is_whole(word: str) -> bool:
    """Whether a word is matched whole: it ends in a letter of a script that parts words by spaces."""
    return word[-1] < CJK and word[-1].isalnum()


def _is_ascii_letter(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _is_letter(character: str) -> bool:
    """Whether a character is none of the marks behind a word: ASCII, Chinese, Japanese and Korean letters are."""
    if character < CJK:
        return _is_ascii_letter(character)
    return is_han(character) or "぀" <= character <= "ヿ" or "가" <= character <= "힯"


PREDICATES: dict[str, Make] = {
    "after_heading": _flag("after_heading"),
    "announced": _announced,
    "asks": _flag("asks"),
    "before": _before,
    "block": _choice("block", get_args(BlockKind)),
    "bold": _flag("bold"),
    "centrality": _range("centrality"),
    "closes": _closes,
    "cue": _flag("cue"),
    "ends": _flag("ends"),
    "exclamation": _ends_in("！!"),
    "emphasis": _range("emphasis"),
    "figure": _flag("figure"),
    "followed": _followed,
    "half": _half,
    "hearsay": _flag("hearsay"),
    "highlighted": _flag("highlighted"),
    "hole": _flag("hole"),
    "keywords": _keywords,
    "kind": _choice("kind", (*get_args(QuoteKind), "sentence")),
    "language": _choice("language", ("zh", "ja", "ko", "en")),
    "latin": _range("latin"),
    "length": _range("length"),
    "link": _flag("link"),
    "opens": _opens,
    "place": _choice("place", get_args(Place)),
    "position": _range("position"),
    "question": _ends_in("？?"),
    "regex": _regex,
    "role": _flag("role"),
    "said_by": _said_by,
    "speaker": _choice("speaker", get_args(Speaker)),
    "starts": _flag("starts"),
    "title": _range("title"),
    "whole": _flag("whole"),
    "words": _words,
}
"""Every predicate there is, by its name in `config/rules.yaml`."""
