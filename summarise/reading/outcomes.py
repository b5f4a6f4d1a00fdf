"""The outcomes that an abstract reports: claim, metric, value, baseline, dataset."""

from __future__ import annotations

import re
from typing import Any

from summarise.models import Span
from summarise.reading.metrics import metric_of
from summarise.reading.pairs import outcome_numbers, pairs_of
from summarise.reading.sentence import Reading, Sentence
from summarise.scan import Stretches

_CLAUSE_END = re.compile(r"; |, (?:and|while|but) ")
# "Extensive experiments demonstrate that X …": the claim starts at X.
_FRAME = re.compile(
    r"^(?:[A-Z][\w-]*,? )?(?:[\w-]+ ){0,8}?(?:show(?:s|ed)?|demonstrate[sd]?|reveal(?:s|ed)?"
    r"|indicate[sd]?|suggest(?:s|ed)?|finds?|found|confirm(?:s|ed)?) that (?=[A-Z])"
)


def results_of(
    reading: Reading, sentences: tuple[Sentence, ...], closed: Stretches
) -> list[dict[str, Any]]:
    """Describe the outcomes of the sentences that report them.

    Args:
        reading: An abstract.
        sentences: The sentences that report outcomes.
        closed: What is a compute fact or a size of material.

    Returns:
        Results as the draft has them: one for each number, or one for a sentence without any.
    """
    abstract = reading.document.abstract
    results: list[dict[str, Any]] = []
    for sentence in sentences:
        numbers = outcome_numbers(abstract, sentence, closed)
        found = [
            _result(reading, sentence, *pair) for pair in pairs_of(abstract, sentence, numbers)
        ]
        results += found or [_qualitative(reading, sentence)]
    return results


def _qualitative(reading: Reading, sentence: Sentence) -> dict[str, Any]:
    metrics = sentence.metrics
    return {
        "claim": _claim(sentence),
        "metric": metrics[0].text if metrics else None,
        "value": None,
        "baseline": None,
        "dataset": _list_of_datasets(reading, sentence),
        "sentences": [sentence.number],
    }


def _result(
    reading: Reading, sentence: Sentence, value: Span, baseline: Span | None
) -> dict[str, Any]:
    abstract = reading.document.abstract
    whole = Span(min(value.start, baseline.start), value.end) if baseline else value
    return {
        "claim": _claim(sentence),
        "metric": metric_of(reading, sentence, whole),
        "value": value.of(abstract),
        "baseline": baseline.of(abstract) if baseline else None,
        "dataset": _dataset_of(reading, sentence, value),
        "sentences": [sentence.number],
    }


def _claim(sentence: Sentence) -> str:
    text = sentence.body
    frame = _FRAME.match(text)
    return text[frame.end() :] if frame else text


def _dataset_of(reading: Reading, sentence: Sentence, at: Span) -> str | None:
    """The dataset right before a bracket with the number, the next one, or the one before."""
    abstract = reading.document.abstract
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
    abstract = reading.document.abstract
    for place in places[1:]:
        if len(abstract[end : place.span.start]) > 6:
            break
        end = place.span.end
    return abstract[start:end]
