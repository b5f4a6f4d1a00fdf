"""The arithmetic: which summaries belong together, which of their entries match, and F1 of that."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import eq
from typing import Any, NamedTuple

from pydantic_core import to_json

from summarise.errors import InputError
from summarise.evaluate.gold import Gold, Scored, ScoredData, ScoredResult, Summary, scored_row
from summarise.models import Row

_NOT_WORDS = re.compile(r"[^\w.%]+|_+")
_NUMBER = re.compile(r"\d[\d,]*\.?\d*")
_SIGNED = re.compile(r"(?<![\w%])([-+]?)[$€£]?(\d[\d.]*)\s*(%?)")
_LIKE_NAME = 0.6
_LIKE_FACT = 0.5


@dataclass(frozen=True, slots=True)
class FieldTally:
    """How many entries of one field match, of those of the run and of the gold or other run."""

    matched: int = 0
    predicted: int = 0
    expected: int = 0

    def __add__(self, other: FieldTally) -> FieldTally:
        """Both together."""
        return FieldTally(
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
    """One field of two summaries: ``extra`` and ``missed`` are what only one has, in words."""

    tally: FieldTally
    extra: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Compared:
    """One abstract in both: what the run says, what the other side says, and each field's match."""

    left: Scored
    right: Scored
    fields: dict[str, Match]

    @property
    def differing(self) -> dict[str, Match]:
        """The fields that don't match entirely."""
        return {name: one for name, one in self.fields.items() if one.extra or one.missed}


@dataclass(frozen=True, slots=True)
class Scores:
    """A run (left) against gold, or against another run (right)."""

    left: str
    right: str
    symmetric: bool
    """Whether the other side is a run, so that neither is the measure."""
    compared: tuple[Compared, ...]
    left_only: tuple[Scored, ...]
    right_only: tuple[Scored, ...]
    unusable: tuple[str, ...] = ()

    @property
    def tallies(self) -> dict[str, FieldTally]:
        """The counts of each field. Gold that the run lacks counts, too."""
        fields = [one.fields for one in self.compared]
        if not self.symmetric:
            fields += [_of_gold(matches(None, one.summary), one) for one in self.right_only]
        rights = [*(one.right for one in self.compared), *self.right_only]
        # What nobody has judged in a corrected run isn't scored, and is in no mean.
        known = [name for name in FIELDS if any(one.counts(name) for one in rights)]
        all_ = {name: sum((one[name].tally for one in fields), FieldTally()) for name in known}
        # Gold of earlier versions tells nothing of groups and intervals.
        return {name: one for name, one in all_.items() if name not in ROWS or one.expected}

    @property
    def macro_f1(self) -> float:
        """Mean F1 of the fields, those of whole rows apart."""
        scores = [tally.f1 for name, tally in self.tallies.items() if name not in ROWS]
        return sum(scores) / len(scores) if scores else 0.0

    @property
    def without_summary(self) -> tuple[str, ...]:
        """Names of the abstracts in both of which one side has no record."""
        lacking = (c for c in self.compared if not (c.left.summary and c.right.summary))
        return tuple(one.left.name for one in lacking)

    @property
    def other_text(self) -> tuple[str, ...]:
        """Names of the abstracts in both whose text isn't the same."""
        return tuple(c.left.name for c in self.compared if not c.left.is_same_text(c.right))

    def to_json(self) -> str:
        """All of it as JSON."""

        def identity(scored: Scored) -> dict[str, str | None]:
            return {"doc_id": scored.doc_id, "title": scored.title}

        figures = ("precision", "recall", "f1", "matched", "predicted", "expected")
        return to_json(
            {
                "left": self.left,
                "right": self.right,
                "symmetric": self.symmetric,
                "macro_f1": self.macro_f1,
                "fields": {
                    name: {figure: getattr(tally, figure) for figure in figures}
                    for name, tally in self.tallies.items()
                },
                "paired": len(self.compared),
                "left_only": [identity(one) for one in self.left_only],
                "right_only": [identity(one) for one in self.right_only],
                "without_summary": self.without_summary,
                "other_text": self.other_text,
                "unusable": self.unusable,
                "differences": [
                    {
                        **identity(one.left),
                        "fields": {
                            name: {"left_only": match.extra, "right_only": match.missed}
                            for name, match in one.differing.items()
                        },
                    }
                    for one in self.compared
                    if one.differing
                ],
            },
            indent=2,
        ).decode()


def against_gold(rows: Iterable[Row], gold: Gold, *, run: str, name: str) -> Scores:
    """Score a run; the names are those in the table.

    Raises:
        InputError: They have no abstract in common, or the run isn't by the default schema.
    """

    def match(left: Scored, right: Scored) -> dict[str, Match]:
        return _of_gold(matches(left.numbered_as(right), right.summary), right)

    return _scores(map(scored_row, rows), gold, match, left=run, right=name, symmetric=False)


def _of_gold(found: dict[str, Match], gold: Scored) -> dict[str, Match]:
    """The matches of what a summary is gold for; nothing in the others."""
    return {name: one if gold.counts(name) else Match(FieldTally()) for name, one in found.items()}


def against_run(rows: Iterable[Row], others: Iterable[Row], *, run: str, other: str) -> Scores:
    """Hold two runs against each other; either order gives the same agreement.

    Raises:
        InputError: They have no abstract in common, or one isn't by the default schema.
    """

    def match(left: Scored, right: Scored) -> dict[str, Match]:
        finer = max(left, right, key=lambda one: (len(one.sentences), one.sentences))
        return agreement(left.numbered_as(finer), right.numbered_as(finer))

    measure = Gold(tuple(map(scored_row, others)))
    return _scores(map(scored_row, rows), measure, match, left=run, right=other, symmetric=True)


def _scores(
    scored: Iterable[Scored],
    measure: Gold,
    match: Callable[[Scored, Scored], dict[str, Match]],
    *,
    left: str,
    right: str,
    symmetric: bool,
) -> Scores:
    lefts, rights = list(scored), measure.summaries
    pairs = _paired(lefts, rights)
    if not pairs:
        raise InputError(
            f"has no abstract in common with {left}",
            where=right,
            hint="They are paired by title, else by id.",
        )
    known = {id(one) for pair in pairs for one in pair}
    return Scores(
        left,
        right,
        symmetric,
        compared=tuple(Compared(*pair, match(*pair)) for pair in pairs),
        left_only=tuple(one for one in lefts if id(one) not in known),
        right_only=tuple(one for one in rights if id(one) not in known),
        unusable=measure.unusable,
    )


def _paired(lefts: Sequence[Scored], rights: Sequence[Scored]) -> list[tuple[Scored, Scored]]:
    """The abstracts of both, in the order of the first: by title where it is the only one."""
    titled = _by_title(rights)
    partners = {id(one): titled[key] for key, one in _by_title(lefts).items() if key in titled}
    taken = {id(one) for one in partners.values()}
    free = {one.doc_id: one for one in rights if one.doc_id and id(one) not in taken}
    for left in lefts:
        if id(left) not in partners and left.doc_id in free:
            partners[id(left)] = free.pop(left.doc_id)
    return [(left, partners[id(left)]) for left in lefts if id(left) in partners]


def _by_title(scored: Iterable[Scored]) -> dict[str, Scored]:
    """Those with a title of their own, letter case and punctuation apart."""
    keyed = [("".join(filter(str.isalnum, (one.title or "").casefold())), one) for one in scored]
    counts = Counter(key for key, _ in keyed)
    return {key: one for key, one in keyed if key and counts[key] == 1}


class _Field(NamedTuple):
    entries: Callable[[Summary], Sequence[Any]]
    agree: Callable[[Any, Any], bool]
    word: Callable[[Any], str] = str


def matches(predicted: Summary | None, expected: Summary | None) -> dict[str, Match]:
    """Match a summary with what it should be, field by field; None has no entry in any."""
    sides = (predicted, expected)
    return {
        name: _matched(field, *(() if one is None else field.entries(one) for one in sides))
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
            FieldTally(back[name].tally.matched, match.tally.predicted, match.tally.expected),
            back[name].missed,
            back[name].extra,
        )
        for name, match in there.items()
    }


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
    tally = FieldTally(len(left) - len(extra), len(left), len(right))
    return Match(tally, tuple(extra), tuple(map(field.word, free)))


@lru_cache(maxsize=2048)
def _words(text: str) -> tuple[str, ...]:
    return tuple(_NOT_WORDS.sub(" ", text.lower()).split())


def _holds(left: str, right: str) -> bool:
    """Whether one text has all words of the other in a row."""
    one, other = (f" {' '.join(_words(text))} " for text in (left, right))
    return bool(one.strip() and other.strip()) and (one in other or other in one)


def _shared(left: str, right: str) -> float:
    """Dice coefficient of the words of two texts."""
    one, other = _words(left), _words(right)
    if set(one).isdisjoint(other):
        return 0.0
    return 2 * (Counter(one) & Counter(other)).total() / (len(one) + len(other))


def _same_data(left: ScoredData, right: ScoredData) -> bool:
    return _holds(left.name, right.name) or _shared(left.name, right.name) >= _LIKE_NAME


def _same_fact(left: str, right: str) -> bool:
    if not _holds(left, right) and _shared(left, right) < _LIKE_FACT:
        return False
    one, other = set(_NUMBER.findall(left)), set(_NUMBER.findall(right))
    return not one or not other or bool(one & other)


def _values(text: str | None) -> list[str]:
    """The numbers of a value with their sign and per cent; the dash of a range is no sign."""
    plain = (text or "").replace("\u2212", "-").replace("\\%", "%").replace(",", "")
    return ["".join(found).replace(".%", "%") for found in _SIGNED.findall(plain)]


def _same_value(left: ScoredResult, right: ScoredResult) -> bool:
    return _values(left.value) == _values(right.value)


def _same_part(left: str | None, right: str | None) -> bool:
    """Whether both lack a part of a row, or have the same."""
    if not (left and right):
        return not (left or right)
    return _holds(left, right) or _shared(left, right) >= _LIKE_FACT


def _rows(part: str, agree: Callable[[Any, Any], bool]) -> _Field:
    """The rows with a number that have a part as well, and where they hold the same value."""
    return _Field(
        lambda s: [one for one in s.results if _values(one.value) and getattr(one, part)],
        lambda left, right: _same_value(left, right) and agree(left, right),
        lambda row: f"{row.value} ({getattr(row, part)})",
    )


def _numbers(summary: Summary) -> list[str]:
    texts = [text for one in summary.results for text in (one.value, one.baseline) if text]
    found = (number for text in texts for number in _NUMBER.findall(text))
    return [number.rstrip(".").replace(",", "") for number in found]


_FIELDS = {
    "problem.sentences": _Field(lambda s: sorted(set(s.problem.sentences)), eq),
    "method.sentences": _Field(lambda s: sorted(set(s.method.sentences)), eq),
    "method.name": _Field(lambda s: [s.method.name] if s.method.name else [], _holds),
    "data.name": _Field(lambda s: s.data, _same_data, lambda data: data.name),
    "data.role": _Field(
        lambda s: s.data,
        lambda left, right: _same_data(left, right) and left.role == right.role,
        lambda data: f"{data.name} ({data.role})",
    ),
    "compute.value": _Field(lambda s: [c.value for c in s.compute if c.value], _same_fact),
    "results.numbers": _Field(_numbers, eq),
    "results.sentences": _Field(
        lambda s: sorted({number for result in s.results for number in result.sentences}), eq
    ),
    "row.value": _rows("value", _same_value),
    "row.whole": _rows(
        "value",
        lambda left, right: (
            _same_part(left.metric, right.metric) and _same_part(left.dataset, right.dataset)
        ),
    ),
    "row.group": _rows("group", lambda left, right: _same_part(left.group, right.group)),
    "row.uncertainty": _rows(
        "uncertainty", lambda left, right: _values(left.uncertainty) == _values(right.uncertainty)
    ),
    "links": _Field(lambda s: list(dict.fromkeys(s.links)), eq),
}

ROWS = frozenset(name for name in _FIELDS if name.startswith("row."))
"""The measures of whole rows, which the mean leaves out."""

FIELDS = tuple(_FIELDS)
"""The names of what is scored, in the order of the schema."""
