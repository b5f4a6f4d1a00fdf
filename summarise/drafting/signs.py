"""What speaks for each phrase of a sentence as what a number of it measures: signs."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from propcache.api import cached_property

from summarise.drafting.fragments import Fragment, Token, fragments_of, tokens_of
from summarise.models import QuantityKind, Span
from summarise.numbers import CHANGES, EMPTY, MEASURES, NO_HEADS, PEOPLE_WORDS, SHARES
from summarise.reading import Reading, Sentence
from summarise.scan import Stretches

_FAR = 16
_NEAR = tuple(f"gap {3 if 3 <= n < 5 else 5 if 5 <= n < 9 else min(n, 9)}" for n in range(_FAR))
_SIGNS = ";,()"
_SORTS = ("measures", "metric", "shape n", "shape v", "people", "capitals")
_NEAREST = {sort: f"nearest {sort}" for sort in _SORTS}
_MANY = 4
_WORDED = frozenset("pcj;,:()[]=.")
_OF = frozenset({"of", "in"})
_DIGITS = re.compile(r"\d")
SHARE = "share"


class Signs(NamedTuple):
    """What speaks for a phrase; ``is_before`` tells on which side of the number it stands."""

    span: Span
    is_before: bool
    signs: tuple[str, ...]


class Phrases:
    """The phrases of a sentence, and what speaks for each as what a number of it measures."""

    def __init__(self, reading: Reading, sentence: Sentence) -> None:
        self._reading, self._sentence = reading, sentence
        self.text, self.end = reading.text, sentence.span.end

    @cached_property
    def _tokens(self) -> list[Token]:
        return tokens_of(self.text, self._sentence.body_start, self._sentence.span.end)

    @cached_property
    def _starts(self) -> list[int]:
        return [token.start for token in self._tokens]

    @cached_property
    def _kinds(self) -> str:
        return "".join([token.kind for token in self._tokens])

    @cached_property
    def _words(self) -> list[str]:
        return [token.low if token.kind in _WORDED else token.kind for token in self._tokens]

    @cached_property
    def phrases(self) -> list[tuple[Fragment, tuple[str, ...]]]:
        """All but names and units, each with what speaks for it whatever number is asked of."""
        is_name, text = self._reading.is_part_of_name, self.text
        counts = self._sentence.quantities
        units = Stretches(one.span for one in counts if one.kind is not QuantityKind.COUNT)
        return [
            (one, tuple(self._own_signs(one)))
            for one in fragments_of(self._tokens)
            if not is_name(one.span.of(text)) and not units.overlap(one.span)
        ]

    @cached_property
    def _sorts(self) -> list[list[str]]:
        """Of which sorts each phrase is."""
        return [[sort for sort in _SORTS if sort in own] for _, own in self.phrases]

    @cached_property
    def _of_sort(self) -> list[tuple[str, list[Fragment]]]:
        each = [(one, sorts) for (one, _), sorts in zip(self.phrases, self._sorts, strict=True)]
        return [(sort, [one for one, sorts in each if sort in sorts]) for sort in _SORTS]

    def _own_signs(self, one: Fragment) -> Iterator[str]:
        """What speaks for a phrase whatever number is asked of."""
        tokens = self._tokens
        before = one.first - 1
        if before >= 0 and tokens[before].kind == "d":
            yield "determined"
            before -= 1
        yield f"shape {one.shape}"
        yield f"< {self._word(before)}"
        yield f"> {self._word(one.last + 1)}"
        yield f"words {min(one.last - one.first, _MANY)}"
        is_of = before > 0 and tokens[before].low in _OF
        if is_of and tokens[before - 1].low in CHANGES:
            yield "of change"
        yield from self._of_words(tokens[one.first : one.last + 1], one.shape)
        yield from self._of_text(one.span)

    def _of_words(self, inner: list[Token], shape: str) -> Iterator[str]:
        head = inner[-1]
        if shape == "of":
            head = inner[next(at for at, token in enumerate(inner) if token.low == "of") - 1]
        low = head.low.rpartition("-")[2]
        for name, known in _HEADS:
            if low in known:
                yield name
        if not PEOPLE_WORDS.isdisjoint([token.low for token in inner]):
            yield "people"
        if inner[0].kind == "e":
            yield "ed"
        if low.endswith("ing"):
            yield "ing"

    def _of_text(self, span: Span) -> Iterator[str]:
        start, end = span
        for metric in self._sentence.metrics:
            if start <= metric.span.start and metric.span.end <= end:
                yield "metric"
                break
        phrase = self.text[start:end]
        if _DIGITS.search(phrase):
            yield "digit"
        if not phrase[1:].islower():
            yield "signs" if phrase[1:].lower() == phrase[1:] else "capitals"

    def _word(self, at: int) -> str:
        return self._words[at] if 0 <= at < len(self._words) else "$"

    def _at(self, position: int) -> int:
        return max(0, bisect_right(self._starts, position) - 1)

    def is_margin(self, number: Span) -> bool:
        """Whether a number tells how near two others are: "within 0.2 points of the best"."""
        return self._word(self._at(_digit(self.text, number)) - 1) == "within"

    def none(self, number: Span) -> tuple[str, ...]:
        """What speaks for none of them."""
        first = self._at(_digit(self.text, number))
        brackets = self._kinds.count("(0") + self._kinds.count("[0")
        return (
            "none",
            f"none {kind_of(number.of(self.text))}",
            f"none numbers {min(self._kinds.count('0'), 5)}",
            f"none brackets {min(brackets, 3)}",
            f"none < {self._word(first - 1)}",
        )

    def of_number(self, number: Span) -> Iterator[Signs]:
        """The phrases beside a number, but names, with what speaks for each.

        What a phrase is speaks for it alone, and once more for numbers of its looks.
        """
        kind = kind_of(number.of(self.text))
        for at, is_before, beside in self.beside(number):
            one, own = self.phrases[at]
            yield Signs(one.span, is_before, (*own, *(f"{kind} {sign}" for sign in own), *beside))

    def beside(self, number: Span) -> Iterator[tuple[int, bool, list[str]]]:
        """Which phrases are beside a number, whether before it, and what tells where they stand."""
        first, last = self._at(_digit(self.text, number)), self._at(number.end - 1)
        words, kinds, sorts = self._words, self._kinds, self._sorts
        nearest = {
            sort: (
                max((one.first for one in of if one.first < first), default=-1),
                min((one.last for one in of if one.last > last), default=len(words)),
            )
            for sort, of in self._of_sort
        }
        for at, (one, _) in enumerate(self.phrases):
            is_before = one.last < first
            if not (is_before or one.first > last):
                continue
            start, end = (one.last + 1, first) if is_before else (last + 1, one.first)
            signs = [_NEAR[end - start] if end - start < _FAR else "gap far"]
            if start < end:
                signs.append(f"| {words[start]} {words[end - 1]}")
                between = kinds[start:end]
                signs += [sign for sign in _SIGNS if sign in between]
            for sort in sorts[at]:
                left, right = nearest[sort]
                if one.last >= left if is_before else one.first <= right:
                    signs.append(_NEAREST[sort])
            yield at, is_before, signs


_HEADS = (
    *(("measures", MEASURES), ("empty", EMPTY), ("no head", NO_HEADS)),
    *(("changes", CHANGES), (SHARE, SHARES)),
)


def _digit(text: str, number: Span) -> int:
    """Where the first digit of a number stands."""
    found = _DIGITS.search(text, *number)
    return found.start() if found else number.start


def kind_of(value: str) -> str:
    """What a value is by its looks."""
    if "(" in value or "/" in value or " of " in value:
        return "share"
    if "%" in value:
        return "percent"
    if "." in value:
        return "decimal"
    return "unit" if any(map(str.isalpha, value)) else "whole"
