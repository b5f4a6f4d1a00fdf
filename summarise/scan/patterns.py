"""What the patterns of a scan are built of: lists of words, and stretches of text left out."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from string import ascii_letters, digits
from sys import maxsize

from summarise.characters import Normalised, normal_form
from summarise.models import Span

P_VALUE_BEFORE = re.compile(
    r"(?<![A-Za-z])[pP](?:[ -]?values?)?(?:[ _-]?(?:for )?(?:trend|interaction|heterogeneity|adj))?"
    r"(?: of| was| were|:)? ?(?:[<>=≤≥]{1,2}|\\leq?|(?<=of)|(?<=was)|(?<=were)) ?\Z"
)
"""What stands right before the number of a p-value: "P < ", "p-value of ", "p trend ="."""


def words(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


_PLAIN = frozenset((ascii_letters + digits).encode())
_PARTED = bytes(code if code in _PLAIN else 32 for code in range(256))


@lru_cache(maxsize=64)
def bare_words(text: str) -> frozenset[str]:
    """The runs of plain letters and digits of a text.

    A pattern that needs one of some words is tried where they are among these: to know that takes
    a fifth of a search, and is shared by all patterns for one text.
    """
    return frozenset(text.encode("ascii", "replace").translate(_PARTED).decode("ascii").split())


DIGITS = r"(?:(?<!\d)\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?!\d)|\d[\d,]*)"
"""A whole number as a text has it: "12,450", "12 450"."""

MIXED = re.compile(r"[a-z0-9][A-Z]|[A-Z]{2}|\d")
"""In a name, what no other word has: a capital within, two of them, a digit."""

AGAINST = r"(?:vs\.?|versus|against|compared (?:to|with)|relative to|instead of|rather than)"
"""What stands before that with which something is compared."""

BRACKETED = re.compile(r" \([^()]*\)(?!\^)")
"""An aside with the blank before it; what is raised to a power is none."""


class Gated:
    """A pattern, and words in lower case of which one is in all that it finds: tried where one is.

    ``tests/test_shortcuts.py`` holds each against strings that its pattern makes up.
    """

    def __init__(
        self, needed: frozenset[str], pattern: str, flags: re.RegexFlag = re.NOFLAG
    ) -> None:
        self.words = needed
        self.pattern = re.compile(pattern, flags)

    def may_be_in(self, text: str) -> bool:
        """Whether a text has one of the words."""
        return not self.words.isdisjoint(bare_words(text.lower()))

    def search(self, text: str, start: int = 0, end: int = maxsize) -> re.Match[str] | None:
        """Where the pattern first is in a text, or between two places of it."""
        return self.pattern.search(text, start, end) if self.may_be_in(text) else None

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """What the pattern makes of a text as a whole."""
        return self.pattern.fullmatch(text) if self.may_be_in(text) else None

    def finditer(self, text: str) -> Iterable[re.Match[str]]:
        """Wherever the pattern is in a text."""
        return self.pattern.finditer(text) if self.may_be_in(text) else ()


class Ended:
    """A pattern that ends where a text does, and what it can end in, blanks apart.

    To look at the end of a text takes less than a search for where what ends there begins.
    """

    def __init__(self, ends: Iterable[str], pattern: str, flags: re.RegexFlag = re.NOFLAG) -> None:
        self.ends = tuple(ends)
        self.pattern = re.compile(pattern, flags)
        self._folds_case = bool(flags & re.IGNORECASE)

    def search(self, text: str, start: int, end: int) -> re.Match[str] | None:
        """Where the pattern is that ends at a place of a text."""
        near = text[start:end].rstrip(" ")
        if self._folds_case:
            near = near.lower()
        return self.pattern.search(text, start, end) if near.endswith(self.ends) else None


def beginnings(forms: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Runs of plain letters and digits, by what they are in lower case."""
    found: dict[str, tuple[str, ...]] = {}
    for form in forms:
        found[form.lower()] = (*found.get(form.lower(), ()), form)
    return found


def word_places(text: str, wanted: Mapping[str, Sequence[str]]) -> list[int]:
    """Where some runs of plain letters and digits may begin in a text, in order.

    A pattern that begins with one of them is tried there alone: to look for one word, where it is
    known to be there, takes a tenth of a search for all. They are given by ``beginnings``, since
    the words of a text in lower case are what others ask for, too.
    """
    places: set[int] = set()
    for low in wanted.keys() & bare_words(text.lower()):
        for word in wanted[low]:
            at = text.find(word)
            while at >= 0:
                places.add(at)
                at = text.find(word, at + len(word))
    return sorted(places)


def matches_at(
    pattern: re.Pattern[str], text: str, wanted: Mapping[str, Sequence[str]]
) -> Iterator[re.Match[str]]:
    """What a pattern that begins with one of some words matches, none inside of the one before."""
    until = 0
    for place in word_places(text, wanted):
        if place >= until and (match := pattern.match(text, place)):
            until = match.end()
            yield match


def either_case(forms: Iterable[str]) -> list[str]:
    """Each word as it stands and with a capital first letter."""
    return [form for word in forms for form in (word, word[0].upper() + word[1:])]


def one_of(forms: Iterable[str]) -> str:
    """A pattern that matches any of the words, longer ones first.

    The words are grouped by their first letter, so that at most places of a text one comparison
    rules out all of them: on 130 words three times as fast as a plain alternation.

    The forms are patterns whose first character is a letter.
    """
    ordered = sorted(set(forms), key=lambda word: (word[0], -len(word), word))
    groups = []
    for first, members in groupby(ordered, key=lambda word: word[0]):
        rest = "|".join(word[1:] for word in members)
        groups.append(f"{first}(?:{rest})")
    return f"(?:{'|'.join(groups)})"


class Stretches:
    """Parts of a text, which may overlap; asking takes no longer where they are many."""

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(spans):
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(end, self._ends[-1])
            else:
                self._starts.append(start)
                self._ends.append(end)

    def add(self, span: Span) -> None:
        """Take one more part."""
        start, end = span
        first, last = bisect_left(self._ends, start), bisect_right(self._starts, end)
        if first < last:
            start, end = min(start, self._starts[first]), max(end, self._ends[last - 1])
        self._starts[first:last] = [start]
        self._ends[first:last] = [end]

    def spans(self) -> list[Span]:
        """The parts, in order, those that touch as one."""
        return [Span(*ends) for ends in zip(self._starts, self._ends, strict=True)]

    def cover(self, position: int) -> bool:
        """Whether a character belongs to one of them."""
        at = bisect_right(self._ends, position)
        return at < len(self._starts) and self._starts[at] <= position

    def overlap(self, span: Span) -> bool:
        """Whether one of them shares a character with a span; those that touch don't."""
        at = bisect_right(self._ends, span.start)
        return at < len(self._starts) and self._starts[at] < span.end


# "1,2 g", but neither "1,200 g" nor the places of a citation, "[1,2]".
_DECIMAL_COMMA = re.compile(r",(?<=\d,)(?<![\[,]\d,)(?<!\[\d\d,)\d{1,2}(?![\d,\]])")
_DECIMAL_POINT = re.compile(r"\.(?<=\d\.)\d")
_WITH_COMMA = re.compile(r"\d+(?:,\d+)+")


def decimal_commas(text: str) -> list[Span]:
    """The numbers with a comma in a text whose decimal numbers have one, and never a point.

    Half of "1,2" is no number, and what "1,200" is isn't known there.
    """
    if "," not in text or not _DECIMAL_COMMA.search(text) or _DECIMAL_POINT.search(text):
        return []
    return [Span(*match.span()) for match in _WITH_COMMA.finditer(text)]


# What a formula begins with before a number: "$", "$\\sim ".
_OPENED = re.compile(r"(?<!\\)\$(?!\s)[^$\d]*\Z")
_REACH = 40


def original_span(normal: Normalised, text: str, start: int, end: int) -> Span:
    """Where what stands in a normal form is in the text as it is.

    Braces and the ``$`` of a formula are in it as pairs or not at all.
    """
    start, end = normal.original_span(start, end)
    while text[end : end + 1] == "}" and text.count("{", start, end) > text.count("}", start, end):
        end += 1
    if text.count("$", start, end) % 2:
        opened = _OPENED.search(text, max(0, start - _REACH), start)
        if text[end : end + 1] == "$":
            end += 1
        elif opened and text.count("$", start + 1, end):
            start = opened.start()
    return Span(start, end)


_MONEY, _FORMULA = re.compile(r"\$ ?\d"), re.compile(r"[\\^_{]")


def closed_formula(piece: str) -> str:
    """A part of a text with the ``$`` that open and close the formulas that it begins or ends in.

    What needs none, and what has one for money, stays as it is.
    """
    if "$" not in piece:
        # "0.06\\,M_\\oplus" is a part of one; a name with a "_" is none.
        return f"${piece}$" if "_" in piece and "\\" in piece else piece
    if _MONEY.search(piece) and not _FORMULA.search(piece):
        return piece
    for before, after in (("", ""), ("$", ""), ("", "$"), ("$", "$")):
        if "$" not in normal_form(whole := f"{before}{piece}{after}"):
            return whole
    return piece
