"""The outcomes that an abstract reports: which numbers are, of what, compared with what, where."""

from __future__ import annotations

import re
from typing import Any

from summarise.models import Span
from summarise.reading.comparisons import Pair, pairs_of
from summarise.reading.metrics import metric_of
from summarise.reading.phrases import announces, claim_of
from summarise.reading.reading import Reading
from summarise.reading.sentence import Sentence
from summarise.reading.values import outcome_numbers
from summarise.scan import Stretches

_CLAUSE_END = re.compile(r"; |, (?:and|while|but) ")


def results_of(
    reading: Reading, sentences: tuple[Sentence, ...], closed: Stretches
) -> list[dict[str, Any]]:
    """Describe the outcomes of the sentences that report them, as the draft has them.

    ``closed`` is what is a compute fact or a size of material. There is one result for each
    number, or one for a sentence without any.
    """
    results: list[dict[str, Any]] = []
    for sentence in sentences:
        numbers = outcome_numbers(reading.text, sentence, closed)
        pairs = pairs_of(reading.text, sentence, numbers)
        if not pairs and announces(sentence):
            continue
        results += [_result(reading, sentence, pair) for pair in pairs or (None,)]
    return results


def _result(reading: Reading, sentence: Sentence, pair: Pair | None) -> dict[str, Any]:
    value, baseline = pair or (None, None)
    if value is None:
        metric = sentence.metrics[0].text if sentence.metrics else None
        dataset = _list_of_datasets(reading, sentence)
    else:
        whole = Span(min(value.start, baseline.start), value.end) if baseline else value
        metric = metric_of(reading, sentence, whole)
        dataset = _dataset_of(reading, sentence, value)
    return {
        "claim": claim_of(sentence, value),
        "metric": metric,
        "value": value.of(reading.text) if value else None,
        "kind": None,
        "uncertainty": None,
        "group": None,
        "baseline": baseline.of(reading.text) if baseline else None,
        "comparator": None,
        "dataset": dataset,
        "sentences": [sentence.number],
    }


def _dataset_of(reading: Reading, sentence: Sentence, at: Span) -> str | None:
    """The dataset right before a bracket with the number, the next one, or the one before."""
    abstract = reading.text
    names = reading.datasets_in(sentence)
    before = [m for m in names if m.span.end <= at.start]
    if before and abstract[before[-1].span.end : at.start] == " (":
        return before[-1].text
    after = next((m for m in names if m.span.start >= at.end), None)
    if after and not (before and _CLAUSE_END.search(abstract[at.end : after.span.start])):
        return after.text
    return before[-1].text if before else None


def _list_of_datasets(reading: Reading, sentence: Sentence) -> str | None:
    """The datasets of a sentence as one stretch of text, where they stand side by side."""
    places = reading.datasets_in(sentence)
    if not places:
        return None
    start, end = places[0].span
    abstract = reading.text
    for place in places[1:]:
        if len(abstract[end : place.span.start]) > 6:
            break
        end = place.span.end
    return abstract[start:end]
