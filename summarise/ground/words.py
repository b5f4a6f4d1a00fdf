"""The numbers and names of a text, for holding a statement to its evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from propcache.api import cached_property

from summarise.ground.occurrences import SUFFIX, TIME_UNIT
from summarise.scan import NO_UNIT, unit_behind


class Number(NamedTuple):
    """A number in a normalised text."""

    text: str
    """As it stands, with its sign, multiplier and unit."""
    key: str
    """Its value, written in one way: equal numbers have equal keys."""
    unit: str | None
    """Name of its unit in the table of ``scan.units``."""
    tens: int
    """Power of ten that its multiplier stands for; 0 without one."""
    start: int
    end: int

    def supports(self, stated: Number) -> bool:
        """Whether this number bears out a stated one: same value, and no unit made up."""
        if self.key != stated.key:
            return False
        if stated.unit is None or stated.unit == self.unit:
            return stated.unit == self.unit or self.unit != "th"
        if self.unit is None:
            left_out = stated.unit.rpartition("-")[2] in _MAY_BE_LEFT_OUT
            return left_out or stated.text.lower() in _WHOLE
        measure, _, rate = self.unit.rpartition("/")
        return measure == stated.unit and rate in _OFTEN


class NameWord(NamedTuple):
    """A word of a normalised text that names something."""

    text: str
    opens: bool = False
    """Whether its place at the start of a sentence may be all that gives it a capital."""

    def spellings(self) -> Iterator[str]:
        """The forms of which one must stand in the evidence."""
        yield self.text
        yield self.text[:-1] if self.text.endswith("s") else self.text + "s"
        for suffix in (SUFFIX, TIME_UNIT):
            if found := suffix.search(self.text):
                yield self.text[: found.start()]
        if "_" in self.text:
            yield self.text.replace("_", "")
        if self.text[0].islower():
            yield self.text[0].upper() + self.text[1:]
        elif _CAPITALISED.fullmatch(self.text):
            yield self.text.lower()
        elif self.text[1:]:
            yield self.text[0].lower() + self.text[1:]


_CAPITALISED = re.compile(r"[^\W\d_][^\W\d_A-Z]+(?:-(?:[^\W\d_][^\W\d_A-Z]*|\d+))*")
_OFTEN = frozenset(("day", "week", "month", "year"))
_MAY_BE_LEFT_OUT = frozenset(("point", "s", "min", "h", *_OFTEN))
_POWERS_OF_TEN = {
    "hundred": 2,
    **dict.fromkeys(("thousand", "k", "K"), 3),
    **dict.fromkeys(("million", "M"), 6),
    **dict.fromkeys(("billion", "B", "bn"), 9),
    **dict.fromkeys(("trillion", "T"), 12),
}
_ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
_ONES += " fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_SPELLED = {word: value for value, word in enumerate(_ONES.split())} | {
    word: 10 * value for value, word in enumerate(_TENS.split(), start=2)
}
_ORDINALS = "second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
# Words that are a number as they stand, with its value and, in place of a unit, its kind.
_WHOLE = {
    **{word: (str(of), "th") for of, word in enumerate(_ORDINALS.split(), start=2)},
    **{f"{word}s": (str(of), "th") for of, word in enumerate(_ORDINALS.split()[1:], start=3)},
    **{f"{word}fold": (str(of), "×") for word, of in _SPELLED.items()},
    **{
        stem + ending: (of, "×")
        for stem, of in (("doubl", "2"), ("tripl", "3"), ("quadrupl", "4"))
        for ending in ("e", "es", "ed", "ing")
    },
    "twice": ("2", "×"),
    "thrice": ("3", "×"),
    **dict.fromkeys(("half", "halves", "halve", "halved", "halving"), (".5", "part")),
    **dict.fromkeys(("quarter", "quarters"), (".25", "part")),
}
# The shares that a half, quarters and thirds may be said of, give or take three points.
_PERCENT = {"5E-1": (50,), "25E-2": (25, 75), "3E0": (33, 67)}

_MULTIPLIER = r"""
    (?:[ -]?(?P<multiplier>(?:hundred|thousand|million|billion|trillion)(?![a-z])|bn(?!\w)
        |[kKMBT](?![\w⊙⊕]|\.\ [a-z])))?
"""
_DIGITS = (
    r"""(?:(?<![\w.])|(?<=\bUS)(?=\$)|(?<=\b[AC])(?=\$))
    (?:(?<!(?<!\d)[^\W\d_]-)|(?=\d+(?:\.\d+)?[KMB](?!\w)))
    (?P<sign>(?<![)%])[+-])?
    (?P<currency>[$€£¥])?
    (?P<digits>(?>(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+))
    (?P<power>×10\^[+-]?\d{1,4}|\^[+-]?\d{1,4}(?:\.\d+)?)?"""
    + _MULTIPLIER
)
_WORDS = (
    r"(?<![\w-])(?P<spelled>(?i:"
    rf"(?:{_TENS.replace(' ', '|')})(?:-(?:{'|'.join(_ONES.split()[1:10])}))?"
    rf"|{_ONES.replace(' ', '|')}"
    r"|a(?=\ (?:hundred|thousand|million|billion|trillion)(?![a-z]))))(?![a-z])"
    r"(?![ -](?:halves|thirds|quarters|fourths|fifths))" + _MULTIPLIER
)
_DIGIT_NUMBER = re.compile(_DIGITS, re.VERBOSE)
_SPELLED_NUMBER = re.compile(_WORDS, re.VERBOSE)
# No plain small letter: with ranges alone, which the engine is quick to look for.
_MARKED = re.compile(r"[A-Z0-9\x80-\U0010ffff]")
_WORD = re.compile(
    r"\w+(?:(?:[-@&^]|\.(?=[a-z\d])|(?<=[A-Z])\.(?=[A-Z]\b)|'(?=[A-Z]))\w+)*(?:\++(?!\w))?"
)
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)")
_OPENING = re.compile(r"(?:\A|[.!?:;]\s)[\"'(\[]*\Z")


def statement_tokens(text: str) -> tuple[list[Number], list[NameWord]]:
    """The numbers and the names of a statement in its normal form, each once."""
    numbers = list(_digit_numbers(text))
    low = text.lower()
    words = low.encode("utf-8", "surrogatepass").translate(_PARTED).split()
    if spelled := _SPELLING.intersection(words):
        starts = {_START_OF[word] for word in spelled}
        found = _spelled_numbers(text, low, starts)
        numbers = sorted((*numbers, *found), key=attrgetter("start"))
    ends = {n.start + len(n.text) - len(n.text.lstrip("+-$€£¥.")): n.end for n in numbers}
    names: dict[str, NameWord] = {}
    for start, word in _marked_words(text, ends):
        if word not in names and (name := _name(text, start, word)):
            names[word] = name
    return list({number.text: number for number in numbers}.values()), list(names.values())


def _marked_words(text: str, number_ends: dict[int, int]) -> Iterator[tuple[int, str]]:
    """The words in which something isn't a plain small letter; numbers aren't words."""
    at = 0
    while mark := _MARKED.search(text, at):
        # 0, where no space stands between the two, goes on from where it is.
        at = text.rfind(" ", at, mark.start()) + 1 or at
        start = None
        while (word := _WORD.search(text, at)) and word.start() in number_ends:
            start, at = word.start(), number_ends[word.start()]
        if word is None:
            return
        if start is None or not (text[word.start() - 1] == "-" and word.group()[0].isupper()):
            start = word.start()
        # "6-DOF" and "Two-Stream" stand as wholes, if at all.
        yield start, text[start : word.end()]
        at = word.end()


def _name(text: str, start: int, word: str) -> NameWord | None:
    first, rest = word[0], word[1:]
    if rest != rest.lower() or (not rest.isalpha() and ANY_DIGIT.search(rest)):
        return None if first.isdigit() and _ORDINAL.fullmatch(word) else NameWord(word)
    if not first.isupper() or word in ("I", "A"):
        return None
    opens = start == 0 or _OPENING.search(text, max(0, start - 5), start) is not None
    return NameWord(word, opens)


# "four K. pneumoniae isolates"
_GENUS = re.compile(r" [A-Z]\. [a-z]")


def _unit_behind(text: str, at: int) -> tuple[str, int] | None:
    unit = unit_behind(text, at)
    return None if unit and _GENUS.match(text, at) else unit


def _spelled_number(match: re.Match[str], *, with_one: bool = False) -> Number | None:
    """The number behind a match of a spelled number, None for a lone "one"."""
    spelled, multiplier = match.group("spelled", "multiplier")
    unit, end = _unit_behind(match.string, match.end()) or (None, match.end())
    if spelled.lower() == "one" and not (multiplier or unit or with_one):
        return None
    tens = _POWERS_OF_TEN[multiplier] if multiplier else 0
    value = sum(_SPELLED.get(word, 1) for word in spelled.lower().split("-"))
    start = match.start()
    return Number(match.string[start:end], _key(str(value), tens), unit, tens, start, end)


_CODES = {"USD ": "$", "EUR ": "€", "GBP ": "£"}


def _digit_number(match: re.Match[str]) -> Number | None:
    """The number behind a match of a number in digits, None where letters go on from it."""
    sign, currency, digits, power, multiplier = match.groups()
    text, (start, end) = match.string, match.span()
    unit, unit_end = None, end
    after = text[end : end + 1]
    if after not in NO_UNIT:
        unit, unit_end = _unit_behind(text, end) or (None, end)
        if unit is None and after != " " and (letters := _WORD.match(text, end)):
            if letters.group() not in ("nd", "rd", "th"):
                return None
            unit, unit_end = "th", letters.end()
    tens = _POWERS_OF_TEN[multiplier] if multiplier else 0
    key = _digits_key(digits, power, tens)
    key = f"-{key}" if sign == "-" else key
    if currency or (start and text[start - 1] == " "):
        unit = currency or _CODES.get(text[max(0, start - 4) : start], unit)
    return Number(text[start:unit_end], key, unit, tens, start, unit_end)


@lru_cache(maxsize=1024)
def _digits_key(digits: str, power: str | None, tens: int) -> str:
    if power and power.startswith("×10^"):
        return _key(digits, tens + int(power[4:]))
    if power and digits == "10" and "." not in power:
        return _key("1", tens + int(power[1:]))
    return f"({_key(digits, tens)}){power}" if power else _key(digits, tens)


def _key(digits: str, tens: int) -> str:
    """Value of ``digits`` times a power of ten, without zeros at either end: ``4E+4``."""
    whole, _, fraction = digits.replace(",", "").partition(".")
    mantissa = (whole + fraction).lstrip("0")
    significant = mantissa.rstrip("0")
    if not significant:
        return "0"
    return f"{significant}E{tens - len(fraction) + len(mantissa) - len(significant)}"


# Of a text in ASCII the second finds the same, in half the time.
ANY_DIGIT, _ASCII_DIGIT = re.compile(r"\d"), re.compile(r"[0-9]")
_DIGITS_ON = re.compile(r"[\d.,]*")
_JOINTS = frozenset(
    ("-", " - ", " to ", "/", "±", ", ", " and ", ", and ", " or ", ", or ", " vs ", " vs. ")
)
_LEVEL = re.compile(r"[ -]*(?:Cr?I(?!\w)|C\.I\.|[Cc]onf|[Cc]red|HPD|HDI)")
_LONGEST_ASIDE = 60


class NumberIndex:
    """The numbers of a normalised text, by value."""

    def __init__(self, text: str) -> None:
        self._text = text

    def supporting(self, stated: Number) -> list[Number]:
        """The numbers that bear out a stated one, in no particular order of place."""
        numbers = self._digits.get(stated.key, [])
        # More than two digits are hardly ever spelled out.
        if stated.key.find("E") < 3:
            words = _first_words(stated.key, whole=stated.unit in ("×", "th", "part"))
            spelled = _spelled_numbers(self._text, self._low, words, with_one=True)
            numbers = [*numbers, *spelled]
        found = [number for number in numbers if number.supports(stated)]
        if stated.unit in ("part", "th") and (shares := _PERCENT.get(stated.key)):
            percents = (
                n for ns in self._digits.values() for n in ns if n.unit == "%" and "^" not in n.key
            )
            found += (n for n in percents if any(abs(float(n.key) - of) <= 3 for of in shares))
        return found

    def has(self, key: str) -> bool:
        """Whether a number of this value stands here in digits, whatever its unit."""
        return key in self._digits

    @cached_property
    def _low(self) -> str:
        return self._text.lower()

    @cached_property
    def _digits(self) -> dict[str, list[Number]]:
        index: dict[str, list[Number]] = {}
        for number in _with_shared_units(self._text, list(_digit_numbers(self._text))):
            index.setdefault(number.key, []).append(number)
        return index


def _digit_numbers(text: str) -> Iterator[Number]:
    at, search = 0, (_ASCII_DIGIT if text.isascii() else ANY_DIGIT).search
    while digits := search(text, at):
        start = digits.start()
        while start > at and text[start - 1] in "+-$€£¥.":
            start -= 1
        match = _DIGIT_NUMBER.match(text, start)
        while match is None and start < digits.start():
            start += 1
            match = _DIGIT_NUMBER.match(text, start)
        number = match and _digit_number(match)
        if number:
            at = number.end
            yield number
        elif goes_on := _DIGITS_ON.match(text, digits.end()):
            at = goes_on.end()


_PARTED = bytes.maketrans(b"-,.;:!?()[]/'\"", b" " * 14)
_A_HUNDRED = {word: f"a {word}" for word in _POWERS_OF_TEN if len(word) > 2}
_STARTS = {
    **{word: str(of) for word, of in _SPELLED.items()},
    **dict.fromkeys(_A_HUNDRED.values(), "1"),
} | {word: of.lstrip(".") for word, (of, _) in _WHOLE.items()}
_START_OF = {
    word.encode(): start
    for word, start in ({word: word for word in (*_SPELLED, *_WHOLE)} | _A_HUNDRED).items()
}
_SPELLING = frozenset(_START_OF)


@lru_cache(maxsize=512)
def _first_words(key: str, *, whole: bool) -> tuple[str, ...]:
    """The words with which a number of this value may begin, with or without whole ones."""
    mantissa, _, tens = key.partition("E")
    tens_of = f"{mantissa[:1]}0" if len(mantissa) == 2 or tens != "0" else mantissa
    return tuple(
        w for w, of in _STARTS.items() if of in (mantissa, tens_of) and (whole or w not in _WHOLE)
    )


# "per second" and "one second" are times.
_WHOLE_WORD = re.compile(r"(?<!\w)(?<!per )(?<![-/](?=sec))(?<!one (?=sec))(?<!\d (?=sec))\w+")


def _spelled_numbers(
    text: str, lower: str, starts: Iterable[str], *, with_one: bool = False
) -> Iterator[Number]:
    """The numbers that begin with one of these words, in no particular order."""
    for word in starts if len(lower) == len(text) else ():
        value, kind = _WHOLE.get(word, (None, None))
        pattern = _WHOLE_WORD if value else _SPELLED_NUMBER
        at = lower.find(word)
        while at >= 0:
            match = pattern.match(text, at)
            if match and value and match.end() == at + len(word):
                yield Number(match.group(), _key(value, 0), kind, 0, *match.span())
            elif match and not value and (number := _spelled_number(match, with_one=with_one)):
                yield number
            at = lower.find(word, at + 1)


def _with_shared_units(text: str, numbers: Sequence[Number]) -> Iterator[Number]:
    """The numbers, and their readings with the unit and the multiplier of what follows."""
    later: Number | None = None
    is_list = False
    for number in reversed(numbers):
        yield number
        joint = later and text[number.end : later.start]
        # What a comma alone parts may be anything: "0.71, 20% less".
        is_list = joint in _JOINTS and (is_list or joint != ", ")
        shared = _sharing(number, later) if later and is_list else _before_aside(text, number)
        if shared != number:
            yield shared
        later = None if _LEVEL.match(text, number.end) else shared


def _sharing(number: Number, later: Number) -> Number:
    """A number as the first of a range or a list reads: "5 to 8 million days"."""
    shared = number._replace(unit=number.unit or later.unit)
    if number.tens or not later.tens or "E" not in number.key or "^" in number.key:
        return shared
    mantissa, _, tens = number.key.partition("E")
    return shared._replace(key=f"{mantissa}E{int(tens) + later.tens}", tens=later.tens)


def _before_aside(text: str, number: Number) -> Number:
    """A number whose unit stands behind brackets: "12 (range 3-20) mg"."""
    if number.unit or not text.startswith(" (", number.end):
        return number
    closed = text.find(")", number.end, number.end + _LONGEST_ASIDE) + 1
    unit = _unit_behind(text, closed) if closed else None
    return number._replace(unit=unit[0]) if unit else number
