"""What tells what a number of a sentence is: how it looks, and which words and phrases are beside.

Each sign has a sort and a text. ``training/train_rows.py`` finds how much each speaks for what.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from propcache.api import cached_property

from summarise.models import Span
from summarise.numbers.layout import FAR, NumberPlace, SentenceLayout
from summarise.numbers.nouns import CHANGES, EMPTY, MEASURES, PEOPLE_WORDS, SHARES
from summarise.numbers.phrases import Phrase, Token
from summarise.numbers.uncertainty import (
    IS_P_VALUE,
    UncertaintyMark,
    bare_range_behind,
    uncertainty_behind,
)
from summarise.numbers.values import SentenceNumbers, ToldNumber
from summarise.scan import Stretches, words

Sign = tuple[str, str]
"""Its sort, and its text."""

_NUMBER = re.compile(r"\d+")
_NAMED = re.compile(r"[A-Z][\w-]*[A-Z\d]")
_HEADS = (
    *(("measure", MEASURES), ("empty", EMPTY), ("change", CHANGES), ("share", SHARES)),
    ("people", PEOPLE_WORDS),
)
_NEAREST = ("measure", "some people", "capitals", "metric", "digit")
_JOINTS = frozenset(";,():=0vb")
_LINKS = words(
    """and while but whereas than versus vs vs. compared of in for by to from with was were had
    respectively or"""
)
_CLAUSE = words("and but while whereas that")
_LONG_PATH = 5
_REACH = 60
"""How many words from a number a phrase may be that says something of it."""
_MOST_GAP, _MOST_WORDS, _MOST_NUMBERS, _MOST_VALUES = 15, 7, 6, 4
_GAPS = (*range(5), 5, 5, 7, 7, 7, 10, 10, 10, 10, 10, 15)
_ENDING = 3
_AROUND, _NEAR_BEFORE, _NEAR_BEHIND = 4, 6, 4
_LOOKS = 12
_BACK = 24
# "0.71 (0.62-0.80)", "12% (10 to", "38.4%; (32.2, 45.0)"
_IN_RANGE = re.compile(r"\d ?%?[;,]? ?[(\[](?:[-−–]?\d[\d.]*(?:-{1,2}|–|—|−| to |, ?|; ?))?\Z")


def looks_of(value: str) -> str:
    """What a value is by its looks."""
    if "(" in value or "/" in value or " of " in value:
        return "share"
    if "%" in value:
        return "percent"
    if "." in value:
        return "decimal"
    return "unit" if any(map(str.isalpha, value)) else "whole"


class Beside(NamedTuple):
    """A phrase that is beside a number: which it is, on what side, and what tells where."""

    phrase: int
    is_before: bool
    signs: list[Sign]


class SentenceSigns:
    """The words and phrases of a sentence, and what they tell of each of its numbers.

    ``datasets`` is where data sets are named in the text that it is of, ``said`` what is known to
    be said by the sentence, by name.
    """

    def __init__(
        self, text: str, sentence: SentenceNumbers, datasets: Stretches, said: Sequence[str]
    ) -> None:
        self._text, self._sentence = text, sentence
        self._datasets, self._said = datasets, said
        self.layout = SentenceLayout(text, sentence.body_start, sentence.span.end)

    @cached_property
    def of_phrases(self) -> list[list[Sign]]:
        """What tells what each phrase is, whatever number is asked of."""
        metrics = [metric.span for metric in self._sentence.metrics]
        return [list(self._own_signs(one, metrics)) for one in self.layout.phrases]

    def _own_signs(self, one: Phrase, metrics: Sequence[Span]) -> Iterator[Sign]:
        tokens, (first, last, head) = self.layout.tokens, (one.first, one.last, one.head)
        before = first - 1
        if before >= 0 and tokens[before].kind == "d":
            yield "is", "determined"
            yield "determiner", tokens[before].low
            before -= 1
        yield "<", self.layout.form_at(before)
        yield ">", self.layout.form_at(last + 1)
        yield "shape", one.shape
        noun = tokens[head].low
        yield "head", noun
        yield "ending", noun[-_ENDING:]
        yield "words", str(min(last - first, _MOST_WORDS))
        inner = tokens[first : last + 1]
        if head < last:
            yield "joined by", next((t.low for t in tokens[head + 1 : last] if t.kind in "pj"), "")
        if one.shape == "p":
            yield "begins", inner[0].low
        yield from self._words(noun, inner)
        yield from self._looks(one, metrics)

    def _words(self, noun: str, inner: Sequence[Token]) -> Iterator[Sign]:
        """What the words of a phrase tell, the last of its first noun among them."""
        bare = noun.rpartition("-")[2]
        for name, known in _HEADS:
            if bare in known:
                yield "is", name
        said = {token.low for token in inner}
        for word in said:
            yield "word", word
        if not PEOPLE_WORDS.isdisjoint(said):
            yield "is", "some people"
        kinds = [token.kind for token in inner]
        if "0" in kinds:
            yield "is", "digit"
            if kinds[0] == "0":
                yield "is", "count"
        if kinds[0] == "e":
            yield "is", "ed"

    def _looks(self, one: Phrase, metrics: Sequence[Span]) -> Iterator[Sign]:
        text, (start, end) = self._text, one.span
        capitals = [
            text[token.start].isupper() for token in self.layout.tokens[one.first : one.last + 1]
        ]
        if all(capitals):
            yield "is", "all capitals"
        if any(capitals[1:] if one.first == 0 else capitals):
            yield "is", "capitals"
        if _NAMED.search(text, start, end):
            yield "is", "name"
        if end - start < _ENDING:
            yield "is", "short"
        if any(start <= metric.start and metric.end <= end for metric in metrics):
            yield "is", "metric"
        if self._datasets.overlap(one.span):
            yield "is", "dataset"
        if one.first <= 1:
            yield "is", "opening"
        if one.first <= 2 and self.layout.tokens[0].kind == "p":
            yield "opens with", self.layout.tokens[0].low

    @cached_property
    def _sorts(self) -> list[list[str]]:
        """Of which sorts each phrase is, of those of which the nearest is likeliest."""
        told = [{sign for sort, sign in signs if sort == "is"} for signs in self.of_phrases]
        return [[sort for sort in _NEAREST if sort in signs] for signs in told]

    @cached_property
    def _of_sort(self) -> dict[str, list[Phrase]]:
        """The phrases of each of these sorts."""
        of = list(zip(self.layout.phrases, self._sorts, strict=True))
        return {sort: [one for one, sorts in of if sort in sorts] for sort in _NEAREST}

    def beside(self, number: Span) -> Iterator[Beside]:
        """The phrases that are beside a number."""
        place = self.layout.place_of(number)
        first, last = place
        nearest = {
            sort: (
                max((one.last for one in of if one.last < first), default=-1),
                min((one.first for one in of if one.first > last), default=FAR),
            )
            for sort, of in self._of_sort.items()
        }
        rank = self.layout.rank_of(place)
        for index, one in enumerate(self.layout.phrases):
            is_before = one.last < first
            gap = first - one.last if is_before else one.first - last
            if 0 < gap <= _REACH:
                signs = list(self._between(one, place, is_before=is_before))
                signs += self._in_order(one, rank)
                for sort in self._sorts[index]:
                    left, right = nearest[sort]
                    if one.last >= left if is_before else one.first <= right:
                        signs.append(("nearest", sort))
                yield Beside(index, is_before, signs)

    def _between(self, one: Phrase, place: NumberPlace, *, is_before: bool) -> Iterator[Sign]:
        tokens, (first, last) = self.layout.tokens, place
        between = tokens[one.last + 1 : first] if is_before else tokens[last + 1 : one.first]
        gap = len(between)
        yield "gap", str(_GAPS[min(gap, _MOST_GAP)])
        kinds = [token.kind for token in between]
        for kind in _JOINTS.intersection(kinds):
            yield "between", kind
        for word in _LINKS.intersection([token.low for token in between]):
            yield "between", word
        if between:
            yield "ends", f"{between[0].form} {between[-1].form}"
            if gap < _LONG_PATH:
                yield "path", " ".join([token.form for token in between])
        numbers = kinds.count("0")
        yield "numbers", str(min(3, numbers))
        depth = self.layout.depths[one.first] - self.layout.depths[first]
        yield "depth", str(max(-1, min(1, depth)))
        if depth == 0 < self.layout.depths[first] and ")" not in kinds and "]" not in kinds:
            yield "stands", "same bracket"
        nearest = self.layout.to_next_number(one, place)
        yield "closest", "yes" if gap < nearest else "tied" if gap == nearest else "no"
        before = tokens[one.first - 1] if one.first else None
        if before is None or before.kind in ";," or before.low in _CLAUSE:
            yield "stands", "first"
        if one.last + 1 < len(tokens) and tokens[one.last + 1].kind in "bv":
            yield "stands", "subject"
            yield "subject", str(min(2, numbers))

    def _in_order(self, one: Phrase, rank: tuple[int, int]) -> Iterator[Sign]:
        """Whether a phrase has the rank in its list that a number has in its own."""
        own = self.layout.ranks.get(one.last) or self.layout.ranks.get(one.first)
        in_order = self.layout.is_in_order
        if in_order:
            yield "stands", "respectively"
        if own is None:
            return
        yield "stands", "listed"
        if own[1] == rank[1] > 1:
            is_same = "same" if own == rank else "other"
            yield "rank", is_same
            if in_order:
                yield "rank", f"{is_same} respectively"

    def of_none(self, number: Span, count: int) -> Iterator[Sign]:
        """What tells that no phrase says something of a number, one of a count of outcomes."""
        yield "none", "always"
        yield "looks", looks_of(number.of(self._text))
        yield "numbers in all", str(min(_MOST_NUMBERS, len(self.layout.numbers)))
        yield "outcomes", str(min(_MOST_VALUES, count))

    def of_sentence(self, count: int) -> Iterator[Sign]:
        """What tells whether any number is an outcome, of a count of numbers."""
        sentence = self._sentence
        yield "always", ""
        yield "role", sentence.role.value
        yield "section", str(sentence.section)
        for word in sentence.words:
            yield "said", word
        for said in self._said:
            yield "sentence", said
        if sentence.metrics:
            yield "sentence", "has a metric"
        yield "numbers", str(min(_MOST_NUMBERS, count))

    def of_number(
        self, one: ToldNumber, marks: Sequence[UncertaintyMark], *, is_first: bool
    ) -> Iterator[Sign]:
        """What tells whether a number is an outcome, beside what its sentence tells.

        ``marks`` tell how sure the numbers of the sentence are.
        """
        text, sentence, tokens = self._text, self._sentence, self.layout.tokens
        first, last = self.layout.place_of(one.span)
        yield "kind", one.kind.value
        yield "unit", one.unit
        yield "share", str(one.is_share)
        yield "role and kind", f"{sentence.role.value} {one.kind.value}"
        yield "looks", _NUMBER.sub("0", one.span.of(text))[:_LOOKS]
        for far in range(1, _AROUND + 1):
            yield f"-{far}", self.layout.word_at(first - far)
            yield f"+{far}", self.layout.word_at(last + far)
        yield "<<", f"{self.layout.form_at(first - 2)} {self.layout.form_at(first - 1)}"
        yield ">>", f"{self.layout.form_at(last + 1)} {self.layout.form_at(last + 2)}"
        near = tokens[max(0, first - _NEAR_BEFORE) : first]
        near += tokens[last + 1 : last + 1 + _NEAR_BEHIND]
        for word in {token.low for token in near if token.kind in "nevb"}:
            yield "near", word
        yield "stands", "first" if is_first else "later"
        if (sure := uncertainty_behind(text, one.span.end, marks)) is not None:
            is_tested = IS_P_VALUE.match(text, sure.start) is not None
            yield "stands", "before a p-value" if is_tested else "before an interval"
        if bare_range_behind(text, one.span, sentence.span, marks) is not None:
            yield "stands", "before a range"
        if _IN_RANGE.search(text, max(sentence.span.start, one.span.start - _BACK), one.span.start):
            yield "stands", "in a range"
        yield "open", text[one.span.start - 1 : one.span.start] if one.span.start else ""

    def of_pair(self, value: ToldNumber, other: ToldNumber) -> Iterator[Sign]:
        """What tells whether a value is compared with another number."""
        ours, theirs = self.layout.place_of(value.span), self.layout.place_of(other.span)
        is_before = theirs.last < ours.first
        left, right = (theirs, ours) if is_before else (ours, theirs)
        side = "<" if is_before else ">"
        between = self.layout.tokens[left.last + 1 : right.first]
        yield "side", side
        yield "gap", f"{side} {_GAPS[min(len(between), _MOST_GAP)]}"
        yield "kinds", "alike" if value.kind is other.kind else "unlike"
        yield "numbers", f"{side} {min(3, sum([token.kind == '0' for token in between]))}"
        for word in {token.low for token in between}:
            yield "between", f"{side} {word}"
        if len(between) < _LONG_PATH:
            yield "path", f"{side} {' '.join([token.form for token in between])}"
        for far in (1, 2):
            yield f"-{far}", f"{side} {self.layout.word_at(left.first - far)}"
        yield "+1", f"{side} {self.layout.form_at(right.last + 1)}"
        depth = min(1, self.layout.depths[left.first]), min(1, self.layout.depths[right.first])
        yield "brackets", f"{side} {depth[0]} {depth[1]}"
