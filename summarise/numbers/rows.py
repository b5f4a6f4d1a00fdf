"""What the numbers of a sentence report: outcomes, of what, how sure, whose, against what, where.

Which numbers are outcomes, and which phrase says what of each, is told by linear models over the
signs of ``numbers.signs``. ``training/train_rows.py`` trains their weights on results that were
labelled by language models.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cache
from importlib.resources import files
from math import exp
from operator import add
from typing import NamedTuple

from summarise.models import Span
from summarise.numbers.outcomes import Figure, figures_of, numbers_in
from summarise.numbers.signs import SentenceSigns, Sign
from summarise.numbers.uncertainty import IS_P_VALUE
from summarise.numbers.values import SentenceNumbers, ToldNumber
from summarise.scan import Stretches


class RowField(StrEnum):
    """What phrases say of a number."""

    METRIC = "metric"
    GROUP = "group"
    COMPARATOR = "comparator"
    DATASET = "dataset"


LEAST_SHARE = {
    RowField.METRIC: 0.4,
    RowField.GROUP: 0.5,
    RowField.COMPARATOR: 0.5,
    RowField.DATASET: 0.5,
}
"""How likely a phrase, or one that it holds or that holds it, must be what it is told as."""
LEAST_OUTCOME = 0.5
"""How likely a number must be an outcome."""
LEAST_PAIR = 0.4
"""How likely a value must be compared with another number."""
_NEAR = 6
HUNDREDTHS = 100


class ToldPhrase(NamedTuple):
    """A phrase, and how likely it or its kin is what it is told as."""

    span: Span
    share: float


class ReportedRow(NamedTuple):
    """An outcome in numbers.

    Attributes:
        baseline: The number that it is compared with, and how likely it is.
        fields: The phrases that say something of it, each with how likely it does.
        share: How likely it is an outcome of the paper's own work.
    """

    outcome: Figure
    baseline: ToldPhrase | None
    fields: Mapping[RowField, ToldPhrase]
    share: float


class Reported(NamedTuple):
    """What a sentence reports in numbers: outcomes, and p-values that belong to none of them."""

    rows: list[ReportedRow]
    p_values: list[Span]


def reported_in(
    text: str,
    sentence: SentenceNumbers,
    datasets: Stretches,
    said: Sequence[str] = (),
) -> Reported:
    """What a sentence of a text reports in numbers.

    ``datasets`` is where data sets are named, ``said`` what is known to be said by the sentence.
    """
    numbers, marks = numbers_in(text, sentence)
    if not numbers and not marks:
        return Reported([], [])
    signs = SentenceSigns(text, sentence, datasets, said)
    weights = load_weights()
    of_all = _total(weights.outcome, signs.of_sentence(len(numbers)))
    shares = {}
    for index, one in enumerate(numbers):
        own = _total(weights.outcome, signs.of_number(one, marks, is_first=index == 0))
        shares[one.span] = 1 / (1 + exp(-(of_all + own) / HUNDREDTHS))
    told = [one for one in numbers if shares[one.span] >= LEAST_OUTCOME]
    pairs = pairs_of(signs, told, numbers)
    compared = {pair.other.span for pair in pairs.values()}
    asked = [one for one in numbers if one in told or one.span in compared]
    found = figures_of(text, sentence, asked, marks)
    figures = {one.span: _figure_of(one, found.outcomes) for one in asked}
    outcomes = [(one, figures[one.span]) for one in told if one.span not in compared]
    scores = scores_of_phrases(signs) if outcomes else []
    rows = []
    for one, figure in outcomes:
        if figure is None:
            continue
        pair = pairs.get(one.span)
        against = figures[pair.other.span] if pair else None
        outcome = _tested_with(text, figure, against) if against else figure
        baseline = ToldPhrase(against.span, pair.share) if against and pair else None
        fields = fields_of(signs, scores, figure.span, len(outcomes))
        rows.append(ReportedRow(outcome, baseline, fields, shares[one.span]))
    return Reported(rows, found.p_values)


def _figure_of(one: ToldNumber, figures: Iterable[Figure]) -> Figure | None:
    """What a number was read as; none of it where it tells how sure another is."""
    (start, end) = one.span
    return next((f for f in figures if start < f.span.end and f.span.start < end), None)


def _tested_with(text: str, value: Figure, other: Figure) -> Figure:
    """A value with the p-value of what it is compared with, which is that of both."""
    sure = other.uncertainty
    if value.uncertainty or sure is None or IS_P_VALUE.match(text, sure.start) is None:
        return value
    return value._replace(uncertainty=sure)


class Rival(NamedTuple):
    """A number that a value is compared with, and how likely it is."""

    other: ToldNumber
    share: float


def pairs_of(
    signs: SentenceSigns, told: Sequence[ToldNumber], numbers: Sequence[ToldNumber]
) -> dict[Span, Rival]:
    """What the outcomes of a sentence are likely compared with, by where each stands.

    Of numbers that are each compared with the other the likelier one is the value.
    """
    likely = [(one, pair) for one in told if (pair := baseline_of(signs, one, numbers))]
    found: dict[Span, Rival] = {}
    for one, pair in sorted(likely, key=lambda each: -each[1].share):
        is_baseline = any(of.other.span == one.span for of in found.values())
        if not is_baseline and pair.other.span not in found:
            found[one.span] = pair
    return found


def baseline_of(
    signs: SentenceSigns, value: ToldNumber, numbers: Sequence[ToldNumber]
) -> Rival | None:
    """The number that a value is compared with, where one likely is."""
    weights, others = load_weights(), numbers_near(value, numbers)
    if not others:
        return None
    scores = [_total(weights.pair, signs.of_pair(value, other)) for other in others]
    shares = _shares([*scores, weights.no_pair])
    best = max(range(len(others)), key=shares.__getitem__)
    return Rival(others[best], shares[best]) if shares[best] >= LEAST_PAIR else None


def numbers_near(value: ToldNumber, numbers: Sequence[ToldNumber]) -> list[ToldNumber]:
    """The numbers of a sentence with which a value may be compared."""
    at = numbers.index(value)
    return [*numbers[max(0, at - _NEAR) : at], *numbers[at + 1 : at + 1 + _NEAR]]


Scores = Sequence[int]
"""How much speaks for each field, in the order of ``RowField``."""


def scores_of_phrases(signs: SentenceSigns) -> list[tuple[Scores, Scores]]:
    """How much each phrase by itself speaks for what it says of a number behind and before it."""
    weights = load_weights().fields
    found: list[tuple[Scores, Scores]] = []
    for of in signs.of_phrases:
        before: Scores = [0] * len(RowField)
        behind = before
        for sort, sign in of:
            if (weight := weights[sort].get(sign)) is not None:
                before = [*map(add, before, weight[0])]
                behind = [*map(add, behind, weight[1])]
        found.append((before, behind))
    return found


def fields_of(
    signs: SentenceSigns, own: Sequence[tuple[Scores, Scores]], number: Span, count: int
) -> dict[RowField, ToldPhrase]:
    """The phrases that say something of a number, which is one of a count of outcomes.

    ``own`` is how much each phrase speaks by itself.
    """
    weights = load_weights()
    spans: list[Span] = []
    scores: list[Scores] = []
    for index, is_before, beside in signs.beside(number):
        side = 0 if is_before else 1
        total = own[index][side]
        for sort, sign in beside:
            if (weight := weights.fields[sort].get(sign)) is not None:
                total = [*map(add, total, weight[side])]
        spans.append(signs.layout.phrases[index].span)
        scores.append(total)
    none: Scores = [0] * len(RowField)
    for sort, sign in signs.of_none(number, count):
        if (of_none := weights.none[sort].get(sign)) is not None:
            none = [*map(add, none, of_none)]
    found: dict[RowField, ToldPhrase] = {}
    for at, field in enumerate(RowField):
        shares = _shares([*(score[at] for score in scores), none[at]])
        span = _likeliest(spans, shares, (one.span for one in found.values()))
        if span is None:
            continue
        share = _share_of_kin(spans, shares, span)
        if share >= LEAST_SHARE[field]:
            found[field] = ToldPhrase(span, share)
    return found


def _likeliest(
    spans: Sequence[Span], shares: Sequence[float], taken: Iterable[Span]
) -> Span | None:
    """The likeliest phrase, but for those that say something else; None where none is likelier."""
    closed = Stretches(taken)
    free = [at for at, span in enumerate(spans) if not closed.overlap(span)]
    best = max(free, key=shares.__getitem__, default=None)
    return None if best is None or shares[best] < shares[-1] else spans[best]


def _share_of_kin(spans: Sequence[Span], shares: Sequence[float], one: Span) -> float:
    """How likely it is a phrase, or one that it holds or that holds it."""
    return sum(
        share
        for (start, end), share in zip(spans, shares, strict=False)
        if (start <= one.start and one.end <= end) or (one.start <= start and end <= one.end)
    )


class RowWeights(NamedTuple):
    """What speaks for what, by the sort of a sign and the sign, in whole hundredths.

    Sums of these are the same in any order: words come in that of a set, another in each process.

    Attributes:
        fields: For what a phrase says, in the order of ``RowField``: before and behind the number.
        none: For that no phrase does.
        outcome: For that a number is an outcome.
        pair: For that a value is compared with another number.
        no_pair: For that it is with none.
    """

    fields: Mapping[str, Mapping[str, Sequence[Sequence[int]]]]
    none: Mapping[str, Mapping[str, Sequence[int]]]
    outcome: Mapping[str, Mapping[str, int]]
    pair: Mapping[str, Mapping[str, int]]
    no_pair: int


@cache
def load_weights() -> RowWeights:
    """The weights as they ship."""
    told = json.loads(files("summarise.numbers").joinpath("rows.json").read_text("utf-8"))
    return RowWeights(**told)


def softmax(scores: Sequence[float]) -> list[float]:
    """How likely each is, of which one is."""
    most = max(scores)
    raised = [exp(score - most) for score in scores]
    whole = sum(raised)
    return [one / whole for one in raised]


def _shares(totals: Sequence[int]) -> list[float]:
    return softmax([total / HUNDREDTHS for total in totals])


def _total(weights: Mapping[str, Mapping[str, int]], signs: Iterable[Sign]) -> int:
    return sum([weights[sort].get(sign, 0) for sort, sign in signs])
