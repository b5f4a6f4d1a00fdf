"""The arithmetic: which entries of two summaries match, and precision, recall and F1 of that."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from summarise.evaluate.summary import Data, Summary

_NOT_WORDS = re.compile(r"[^a-z0-9.%]+")
_NUMBER = re.compile(r"\d[\d,]*\.?\d*")
_LIKE_NAME = 0.6
_LIKE_FACT = 0.5


@dataclass(frozen=True, slots=True)
class Tally:
    """How many entries of one field match.

    Attributes:
        matched: Entries that match one of the other side.
        predicted: Entries of the run.
        expected: Entries of the gold, or of the other run.
    """

    matched: int = 0
    predicted: int = 0
    expected: int = 0

    def __add__(self, other: Tally) -> Tally:
        """Both together."""
        return Tally(
            self.matched + other.matched,
            self.predicted + other.predicted,
            self.expected + other.expected,
        )

    @property
    def precision(self) -> float:
        """Share of the predicted entries that match; 1 where nothing is predicted."""
        return self.matched / self.predicted if self.predicted else 1.0

    @property
    def recall(self) -> float:
        """Share of the expected entries that match; 1 where nothing is expected."""
        return self.matched / self.expected if self.expected else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of both; 0 where both are."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


class Match(NamedTuple):
    """One field of two summaries, entry by entry.

    Attributes:
        tally: How many entries match.
        extra: Entries of the first summary that the second lacks, in words.
        missed: Entries of the second that the first lacks.
    """

    tally: Tally
    extra: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()


class _Field(NamedTuple):
    entries: Callable[[Summary], Sequence[Any]]
    agree: Callable[[Any, Any], bool]
    word: Callable[[Any], str] = str


def matches(predicted: Summary | None, expected: Summary | None) -> dict[str, Match]:
    """Match a summary with what it should be, field by field.

    Args:
        predicted: The summary; None has no entry in any field.
        expected: What it should be; likewise.
    """
    return {
        name: _matched(field, _entries(field, predicted), _entries(field, expected))
        for name, field in _FIELDS.items()
    }


def agreement(left: Summary | None, right: Summary | None) -> dict[str, Match]:
    """Match two summaries of which neither is the measure: either order gives the same counts.

    Entries are matched in order, and the order of the sides can matter by one where several
    entries of one field resemble each other. The better of both orders counts.
    """
    there, back = matches(left, right), matches(right, left)
    return {
        name: match
        if match.tally.matched >= back[name].tally.matched
        else Match(
            Tally(back[name].tally.matched, match.tally.predicted, match.tally.expected),
            back[name].missed,
            back[name].extra,
        )
        for name, match in there.items()
    }


def macro_f1(tallies: Iterable[Tally]) -> float:
    """Mean of the F1 of several fields."""
    scores = [tally.f1 for tally in tallies]
    return sum(scores) / len(scores)


def _entries(field: _Field, summary: Summary | None) -> Sequence[Any]:
    return () if summary is None else field.entries(summary)


def _matched(field: _Field, left: Sequence[Any], right: Sequence[Any]) -> Match:
    """Match each entry with the first one on the other side that is still free."""
    free = list(right)
    extra = []
    for entry in left:
        found = next((at for at, other in enumerate(free) if field.agree(entry, other)), None)
        if found is None:
            extra.append(field.word(entry))
        else:
            del free[found]
    tally = Tally(len(left) - len(extra), len(left), len(right))
    return Match(tally, tuple(extra), tuple(map(field.word, free)))


def _equal(left: Any, right: Any) -> bool:
    return bool(left == right)


def _words(text: str) -> list[str]:
    return _NOT_WORDS.sub(" ", text.lower()).split()


def _holds(left: str, right: str) -> bool:
    """Whether one text has all words of the other in a row."""
    one, other = (f" {' '.join(_words(text))} " for text in (left, right))
    return bool(one.strip() and other.strip()) and (one in other or other in one)


def _shared(left: str, right: str) -> float:
    """Dice coefficient of the words of two texts."""
    one, other = _words(left), _words(right)
    if not one or not other:
        return 0.0
    return 2 * (Counter(one) & Counter(other)).total() / (len(one) + len(other))


def _same_data(left: Data, right: Data) -> bool:
    return _holds(left.name, right.name) or _shared(left.name, right.name) >= _LIKE_NAME


def _same_fact(left: str, right: str) -> bool:
    if not _holds(left, right) and _shared(left, right) < _LIKE_FACT:
        return False
    one, other = set(_NUMBER.findall(left)), set(_NUMBER.findall(right))
    return not one or not other or bool(one & other)


def _numbers(summary: Summary) -> list[str]:
    texts = [text for one in summary.results for text in (one.value, one.baseline) if text]
    found = (number for text in texts for number in _NUMBER.findall(text))
    return [number.rstrip(".").replace(",", "") for number in found]


_FIELDS = {
    "problem.sentences": _Field(lambda s: sorted(set(s.problem.sentences)), _equal),
    "method.sentences": _Field(lambda s: sorted(set(s.method.sentences)), _equal),
    "method.name": _Field(lambda s: [s.method.name] if s.method.name else [], _holds),
    "data.name": _Field(lambda s: s.data, _same_data, lambda data: data.name),
    "data.role": _Field(
        lambda s: s.data,
        lambda left, right: _same_data(left, right) and left.role == right.role,
        lambda data: f"{data.name} ({data.role})",
    ),
    "compute.value": _Field(lambda s: [c.value for c in s.compute if c.value], _same_fact),
    "results.numbers": _Field(_numbers, _equal),
    "results.sentences": _Field(
        lambda s: sorted({number for result in s.results for number in result.sentences}), _equal
    ),
    "links": _Field(lambda s: list(dict.fromkeys(s.links)), _equal),
}

FIELDS = tuple(_FIELDS)
"""The names of what is scored, in the order of the schema."""
