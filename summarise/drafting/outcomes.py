"""The outcomes that an abstract reports: which numbers are, of what, compared with what, where."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from summarise.drafting.announcements import tells_no_outcome
from summarise.drafting.measures import Phrases, likely_measure
from summarise.drafting.metrics import metric_of
from summarise.drafting.phrases import claim_of
from summarise.drafting.places import SentencePlaces, owner_of
from summarise.models import Span
from summarise.numbers import ComparedFigure, Figure, reported_in, telling
from summarise.reading import Reading, Sentence
from summarise.scan import Stretches, closed_formula, words


def results_of(
    reading: Reading, sentences: tuple[Sentence, ...], closed: Stretches
) -> list[dict[str, Any]]:
    """Describe the outcomes of the sentences that report them, as the draft has them.

    ``closed`` is what is a compute fact or a size of material. There is one result for each
    number and for each p-value of an outcome in words, or one for a sentence without any.
    """
    results: list[dict[str, Any]] = []
    for sentence in sentences:
        named = Stretches(m.span for m in (*sentence.metrics, *reading.datasets_in(sentence)))
        found = reported_in(reading.text, sentence, closed, named)
        measured = [_measured(reading, sentence, one) for one in found.outcomes]
        sides = tuple(side for one in measured for side in (one.group, one.row.comparator))
        measured = [one._replace(sides=sides) for one in measured]
        untied = [one.row.outcome.span for one in measured if one.metric is None]
        phrases = Phrases(reading, sentence, untied)
        places = SentencePlaces(reading, sentence)
        known = [(one.row.outcome, one.metric) for one in measured if one.metric]
        told = [
            (
                one.row.outcome.span.start,
                _in_numbers(reading, sentence, one, phrases, places, known),
            )
            for one in measured
        ]
        alone = len(found.p_values) == 1
        told += [
            (at.start, _in_words(reading, sentence, places, found.names, at, alone=alone))
            for at in found.p_values
        ]
        if not (told or found.has_others or tells_no_outcome(sentence)):
            told = [(sentence.span.start, _in_words(reading, sentence, places, found.names))]
        results += [row for _, row in sorted(told, key=lambda one: one[0])]
    return results


class _TiedOutcome(NamedTuple):
    """An outcome, what it measures by a rule, and whose it is; ``whole`` is where it stands."""

    row: ComparedFigure
    whole: Span
    metric: str | None
    group: Span | None
    sides: tuple[Span | None, ...] = ()
    """Whose all outcomes of its sentence are, and what they are compared with."""


def _measured(reading: Reading, sentence: Sentence, row: ComparedFigure) -> _TiedOutcome:
    value, baseline = row.outcome.span, row.baseline
    whole = Span(min(value.start, baseline.start), value.end) if baseline else value
    # "4%/7%/9%" measure the same.
    inside = (q for q in sentence.quantities if q.span.start < value.start < q.span.end)
    whole = next((q.span for q in inside if "%/" in q.text), whole)
    metric, group = metric_of(reading, sentence, whole), row.group
    if group and metric is None and telling(reading.text, group, must_measure=True) == group:
        # "Weight and height were 70 kg and 1.8 m, respectively"
        metric, group = group.of(reading.text), None
    rival = row.comparator
    if rival and group and rival.of(reading.text) == group.of(reading.text):
        # "82% for x<33 vs. 57% for x>=33": neither is told apart by what is left of its name.
        row, group = row._replace(comparator=None), None
    if rival and metric and rival.of(reading.text) == metric:
        # "compared with salt values (3 vs. 4)"
        metric = None
    if group and (_is_measure(group.of(reading.text), metric) or group.of(reading.text) in _RANKS):
        group = None
    return _TiedOutcome(row, whole, metric, group)


def _in_numbers(
    reading: Reading,
    sentence: Sentence,
    one: _TiedOutcome,
    phrases: Phrases,
    places: SentencePlaces,
    known: list[tuple[Figure, str]],
) -> dict[str, Any]:
    """One row; what the number measures is known from then on."""
    row, metric = one.row, one.metric
    if metric is None:
        unlike = [of for other, of in known if _are_unlike(row.outcome, other)]
        likely = likely_measure(phrases, row.outcome, one.sides, unlike)
        if likely:
            known.append((row.outcome, likely.of(reading.text)))
    else:
        likely = None
    group: Span | str | None = one.group
    if group is None and (owner := owner_of(reading, sentence, one.whole, metric)):
        told = metric or (likely.of(reading.text) if likely else None)
        group = None if _is_measure(owner, told) else owner
    return _result(
        reading,
        sentence,
        metric=metric or likely,
        value=row.outcome.span,
        kind="change" if row.outcome.is_change else None,
        uncertainty=row.outcome.uncertainty,
        group=group,
        baseline=row.baseline,
        comparator=row.comparator,
        dataset=places.of_value(row.outcome.span),
    )


def _are_unlike(one: Figure, other: Figure) -> bool:
    """Whether two numbers can't measure the same: "a score of 4.2", "12% had a high score"."""
    return not (one.is_change or other.is_change or one.is_like(other))


def _in_words(
    reading: Reading,
    sentence: Sentence,
    places: SentencePlaces,
    names: tuple[Span | None, Span | None],
    p_value: Span | None = None,
    *,
    alone: bool = True,
) -> dict[str, Any]:
    metric = metric_of(reading, sentence, p_value)
    if metric is None and p_value and alone:
        metric = metric_of(reading, sentence, None)
    dataset = places.of_words()
    group, comparator = names
    if comparator and not _is_of_claim(reading, sentence, comparator, p_value):
        comparator = None
    return _result(
        reading,
        sentence,
        metric=metric,
        uncertainty=p_value,
        group=group,
        comparator=comparator,
        dataset=dataset,
    )


_RANKS = words("first second third last best worst")


def _is_measure(group: str, metric: str | None) -> bool:
    """Whether a group is what is measured, and not whose that is."""
    if metric is None or " " not in group:
        return False
    is_part = group.startswith(metric) or (group.endswith(metric) and " of " not in group)
    return (" " in metric and is_part) or (group == metric and group[0].islower())


def _is_of_claim(reading: Reading, sentence: Sentence, rival: Span, p_value: Span | None) -> bool:
    """Whether a rival is told in the claim or right behind it, not in a clause left out."""
    claim = claim_of(sentence, p_value)
    if rival.of(reading.text) in claim:
        return True
    end = sentence.text.find(claim[-_LAST:])
    if end < 0:
        return False
    gap = reading.text[sentence.span.start + end + _LAST : rival.start]
    return _OTHER_CLAUSE.search(gap) is None


_LAST = 16
_OTHER_CLAUSE = re.compile(r"[,;:.]|\b(?:while|and|but|which|that)\b")


def _result(reading: Reading, sentence: Sentence, **fields: Span | str | None) -> dict[str, Any]:
    """A row of the draft: its fields are places in the abstract, or text."""
    at = fields["value"] if "value" in fields else fields["uncertainty"]
    told = {
        name: field and closed_formula(field.of(reading.text) if isinstance(field, Span) else field)
        for name, field in fields.items()
    }
    return {
        "claim": claim_of(sentence, at if isinstance(at, Span) else None),
        **dict.fromkeys(_FIELDS),
        **told,
        "sentences": [sentence.number],
    }


_FIELDS = ("metric", "value", "kind", "uncertainty", "group", "baseline", "comparator", "dataset")
