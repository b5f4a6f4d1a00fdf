"""The outcomes that an abstract reports: claim, metric, value, baseline, dataset."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from summarise.embedded.reading import Reading, Sentence
from summarise.models import Quantity, QuantityKind, Span
from summarise.scan import Mention

_SET_UP = frozenset(
    {QuantityKind.YEAR, QuantityKind.HARDWARE, QuantityKind.COMPUTE_TIME, QuantityKind.BATCH_SIZE}
    | {QuantityKind.PARAMETERS, QuantityKind.MEMORY}
)
_QUALIFIERS = frozenset({QuantityKind.INTERVAL, QuantityKind.P_VALUE})
_ALIKE = frozenset({QuantityKind.NUMBER, QuantityKind.POINTS})
_JOIN = re.compile(r"[\s,;]*[(\[]?[\s,;]*(?:and )?")
_VERSUS = re.compile(
    r"(?:^|[\s(,])(?:vs\.?|versus|compared (?:to|with)|against|than|over|relative to"
    r"|from (?:an? )?(?:\w+ )?(?:base(?:line)?|level|initial))\s[^.;]{0,50}\Z"
)
_FROM = re.compile(r"\bfrom (?:(?:a|an|about|around|approximately) )?\Z", re.IGNORECASE)
_TO = re.compile(r" (?:[^\s.;]+ ){0,5}to ")
_GAIN_BEFORE = re.compile(
    r"\b(?P<metric>(?:(?!(?:an?|the|by|and|with|of|to|in|on|achiev\w+|yield\w*|show\w*|impl\w+)\b)"
    r"[\w-]+ ){1,2}(?:gains?|improvements?|boosts?|reductions?|increases?|decreases?|drops?"
    r"|declines?|score|rate|ratio)) (?:of|by) "
    r"(?:(?:about|up to|around|approximately|over|nearly) )?\Z"
)
_METRIC_AFTER = re.compile(
    r" (?P<metric>(?:(?!(?:on|in|of|for|and|with|over|to|by|from|at|the|than|as|vs|compared|when"
    r"|while|or|using|across|respectively|is|are|was|were|improvement)\b)[\w-]+ ){0,3}?"
    r"(?:accuracy|precision|recall|reduction|improvement|increase|decrease|gain|error|score|rate"
    r"|success|performance|sensitivity|specificity|probing|classification))\b"
)
_COMPARED_THINGS = re.compile(
    r"(?:models?|methods?|baselines|approaches|algorithms|datasets|data sets|benchmarks|corpora"
    r"|tasks?|languages|domains|settings|metrics|categories|tracks|aspects|dimensions|epochs)$"
)
_SETTING = re.compile(r"\b(?:of|on|across|among|with|for) \Z")
_GOES_ON = re.compile(r"-?\w")
_REACH = 80
# "Extensive experiments demonstrate that X …": the claim starts at X.
_FRAME = re.compile(
    r"^(?:[A-Z][\w-]*,? )?(?:[\w-]+ ){0,8}?(?:show(?:s|ed)?|demonstrate[sd]?|reveal(?:s|ed)?"
    r"|indicate[sd]?|suggest(?:s|ed)?|finds?|found|confirm(?:s|ed)?) that (?=[A-Z])"
)


def results_of(
    reading: Reading, sentences: tuple[Sentence, ...], closed: list[Span]
) -> list[dict[str, Any]]:
    """Describe the outcomes of the sentences that report them.

    Args:
        reading: An abstract.
        sentences: The sentences that report outcomes.
        closed: Spans that are compute facts or sizes of material.

    Returns:
        Results as the draft has them: one for each number, or one for a sentence without any.
    """
    results: list[dict[str, Any]] = []
    for sentence in sentences:
        numbers = [
            q for q in sentence.quantities if _is_outcome(q) and not _overlaps(q.span, closed)
        ]
        numbers = _without_settings(reading.document.abstract, numbers)
        found = [_result(reading, sentence, *pair) for pair in _pairs(reading, numbers)]
        results += found or [_qualitative(reading, sentence)]
    return results


def _without_settings(abstract: str, numbers: list[Quantity]) -> list[Quantity]:
    """Leave out counts that say where a measurement was made: "0.84 on 29 species"."""
    if all(q.kind is QuantityKind.COUNT for q in numbers):
        return numbers
    return [
        q
        for q in numbers
        if q.kind is not QuantityKind.COUNT
        or not _SETTING.search(abstract[max(0, q.span.start - 12) : q.span.start])
    ]


def _overlaps(span: Span, others: list[Span]) -> bool:
    return any(other.start < span.end and span.start < other.end for other in others)


def _is_outcome(quantity: Quantity) -> bool:
    """Whether a number can be an outcome: counts of compared things can't."""
    if quantity.kind is QuantityKind.COUNT:
        is_spelled = not any(character.isdigit() for character in quantity.text)
        return not is_spelled and not _COMPARED_THINGS.search(quantity.unit or "")
    return quantity.kind not in _SET_UP


def _pairs(reading: Reading, numbers: list[Quantity]) -> Iterator[tuple[Span, Span | None]]:
    """Where each value stands, and the number that it is compared with."""
    abstract = reading.document.abstract
    at = 0
    while at < len(numbers):
        first = numbers[at]
        span, at = _with_qualifiers(abstract, numbers, at)
        order = _order(abstract, first, numbers[at]) if at < len(numbers) else None
        if order is None:
            yield span, None
            continue
        other, at = _with_qualifiers(abstract, numbers, at)
        yield (span, other) if order == "value first" else (other, span)


def _with_qualifiers(abstract: str, numbers: list[Quantity], at: int) -> tuple[Span, int]:
    """A number with the interval and the p-value right behind it; and the index of the next."""
    start, end = numbers[at].span
    after = at + 1
    while after < len(numbers):
        following = numbers[after]
        gap = abstract[end : following.span.start]
        if following.kind not in _QUALIFIERS or not _JOIN.fullmatch(gap):
            break
        end = following.span.end
        after += 1
    end += _to_closing_bracket(abstract[start:end], abstract[end : end + _REACH])
    while after < len(numbers) and numbers[after].span.start < end:
        after += 1
    return Span(start, end), after


def _to_closing_bracket(text: str, rest: str) -> int:
    """How far a bracket that a value has opened is from its end; 0 where none is open."""
    for opener, closer in (("(", ")"), ("[", "]")):
        if text.count(opener) > text.count(closer):
            inner = rest.partition(closer)[0]
            return len(inner) + 1 if len(inner) < len(rest) and opener not in inner else 0
    return 0


def _order(abstract: str, left: Quantity, right: Quantity) -> str | None:
    """Which of two neighbours is the value; None where they are two outcomes."""
    if left.kind is not right.kind and not _ALIKE & {left.kind, right.kind}:
        return None
    gap = abstract[left.span.end : right.span.start]
    if len(gap) > 2 * _REACH:
        return None
    before = abstract[max(0, left.span.start - 22) : left.span.start]
    if _TO.fullmatch(gap) and _FROM.search(before):
        return "baseline first"
    return "value first" if _VERSUS.search(gap) else None


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
    return {
        "claim": _claim(sentence),
        "metric": _metric_of(reading, sentence, value),
        "value": value.of(abstract),
        "baseline": baseline.of(abstract) if baseline else None,
        "dataset": _dataset_of(reading, sentence, value),
        "sentences": [sentence.number],
    }


def _claim(sentence: Sentence) -> str:
    text = sentence.body
    frame = _FRAME.match(text)
    return text[frame.end() :] if frame else text


def _metric_of(reading: Reading, sentence: Sentence, at: Span) -> str | None:
    abstract = reading.document.abstract
    start = max(sentence.span.start, at.start - _REACH)
    if (match := _GAIN_BEFORE.search(abstract[start : at.start])) is not None:
        return match["metric"]
    if (match := _METRIC_AFTER.match(abstract, at.end, sentence.span.end)) is not None:
        metric = match["metric"]
        for dataset in reading.mentions.datasets:
            metric = metric.removeprefix(f"{dataset.text} ")
        return metric
    near = _nearest(sentence.metrics, at)
    return near.text if near else None


def _dataset_of(reading: Reading, sentence: Sentence, at: Span) -> str | None:
    names = _dataset_places(reading, sentence)
    after = [m for m in names if m.span.start >= at.end]
    if after:
        return after[0].text
    return names[-1].text if names else None


def _nearest(metrics: Sequence[Mention], at: Span) -> Mention | None:
    """The metric closest to a number; one before it wins over one as far behind it."""

    def distance(metric: Mention) -> int:
        if metric.span.start >= at.end:
            return metric.span.start - at.end + 1
        return at.start - metric.span.end

    close = [metric for metric in metrics if distance(metric) <= _REACH]
    return min(close, key=distance, default=None)


def _dataset_places(reading: Reading, sentence: Sentence) -> list[Mention]:
    found = []
    for mention in reading.mentions.datasets:
        at = sentence.text.find(mention.text)
        end = at + len(mention.text)
        if at >= 0 and not _GOES_ON.match(sentence.text, end):
            start = sentence.span.start + at
            span = Span(start, start + len(mention.text))
            found.append(Mention(mention.text, span, mention.kind))
    return sorted(found, key=lambda m: m.span)


def _list_of_datasets(reading: Reading, sentence: Sentence) -> str | None:
    """The datasets of a sentence as one stretch of text, where they stand side by side."""
    places = _dataset_places(reading, sentence)
    if not places:
        return None
    start, end = places[0].span
    abstract = reading.document.abstract
    for place in places[1:]:
        if len(abstract[end : place.span.start]) > 6:
            break
        end = place.span.end
    return abstract[start:end]
