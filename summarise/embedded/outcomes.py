"""The outcomes that an abstract reports: claim, metric, value, baseline, dataset."""

from __future__ import annotations

import re
from typing import Any

from summarise.embedded.reading import Reading, Sentence
from summarise.models import Quantity, QuantityKind, Span
from summarise.scan import Mention

_NUMERIC = frozenset(
    {
        QuantityKind.PERCENT, QuantityKind.POINTS, QuantityKind.FACTOR, QuantityKind.NUMBER, QuantityKind.MEASURE, QuantityKind.TIME,
        QuantityKind.MONEY, QuantityKind.COUNT, QuantityKind.INTERVAL, QuantityKind.P_VALUE, QuantityKind.EMISSIONS,
    }
)  # fmt: skip
_QUALIFIERS = frozenset({QuantityKind.INTERVAL, QuantityKind.P_VALUE})
_JOIN = re.compile(r"[\s,;]*[(\[]?[\s,;]*(?:and )?")
_VERSUS = re.compile(
    r"(?:^|[\s(,])(?:vs\.?|versus|compared (?:to|with)|against|than|over|relative to|respectively,? and)\s[^.;]{0,50}\Z|^ vs\.? \Z", re.IGNORECASE
)
_FROM = re.compile(r"\bfrom (?:(?:a|an|about|around|approximately) )?\Z", re.IGNORECASE)
_GAIN_BEFORE = re.compile(
    r"(?P<metric>(?:(?!(?:an?|the|by|and|with|of|achiev\w+|yield\w*|show\w*)\b)[\w-]+ ){0,2}(?:gains?|improvements?|boosts?|reductions?|increases?|decreases?|drops?|declines?|score|rate|ratio))(?: (?:of|by))(?: (?:about|up to|around|approximately|over|nearly))? \Z",
    re.IGNORECASE,
)
_METRIC_AFTER = re.compile(
    r" (?P<metric>(?:(?!(?:on|in|of|for|and|with|over|to|by|from|at|the|than|as|vs|compared|when|while|or|using|across|respectively|is|are|was|were|improvement)\b)[\w-]+ ){0,3}?(?:accuracy|precision|recall|reduction|improvement|increase|decrease|gain|error|score|rate|success|performance|sensitivity|specificity|probing|classification))\b"
)
_FRAME = re.compile(
    r"^(?:[A-Z][\w-]*(?:,)? )?(?:[\w-]+ ){0,8}?(?:show|shows|showed|demonstrate|demonstrates|demonstrated|reveal|reveals|indicate|indicates|suggest|suggests|find|found|confirm|confirms) that (?=[A-Z])"
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
            q
            for q in reading.quantities_in(sentence)
            if q.kind in _NUMERIC and not any(s.start < q.span.end and q.span.start < s.end for s in closed)
        ]
        found = _numeric(reading, sentence, numbers)
        results += found or [_qualitative(reading, sentence)]
    return results


def _numeric(reading: Reading, sentence: Sentence, numbers: list[Quantity]) -> list[dict[str, Any]]:
    abstract = reading.document.abstract
    results = []
    index = 0
    while index < len(numbers):
        value, baseline = numbers[index], None
        span = _with_qualifiers(abstract, numbers, index)
        index += 1
        while index < len(numbers) and numbers[index].span.start < span.end:
            index += 1
        if index < len(numbers) and (pair := _paired(abstract, value, numbers[index])) is not None:
            value, baseline = pair
            if baseline is numbers[index]:
                base_span = _with_qualifiers(abstract, numbers, index)
            else:
                base_span, span = span, _with_qualifiers(abstract, numbers, index)
            end = max(base_span.end, span.end)
            index += 1
            while index < len(numbers) and numbers[index].span.start < end:
                index += 1
        else:
            base_span = None
        results.append(
            _result(reading, sentence, value.span, span.of(abstract), base_span.of(abstract) if base_span else None)
        )
    return results


def _with_qualifiers(abstract: str, numbers: list[Quantity], index: int) -> Span:
    """A value with the interval and the p-value that stand right behind it."""
    start, end = numbers[index].span
    for following in numbers[index + 1 :]:
        if following.kind not in _QUALIFIERS or not _JOIN.fullmatch(abstract[end : following.span.start]):
            break
        end = following.span.end
    text = abstract[start:end]
    for opener, closer in (("(", ")"), ("[", "]")):
        if text.count(opener) > text.count(closer) and abstract[end : end + 1] == closer:
            end += 1
    return Span(start, end)


def _paired(abstract: str, left: Quantity, right: Quantity) -> tuple[Quantity, Quantity] | None:
    """Value and baseline of two neighbouring numbers, or None where they are two outcomes."""
    if left.kind is not right.kind and QuantityKind.NUMBER not in (left.kind, right.kind):
        return None
    gap = abstract[left.span.end : right.span.start]
    if gap.strip() == "to" and _FROM.search(abstract[max(0, left.span.start - 22) : left.span.start]):
        return right, left
    if re.fullmatch(r" (?:\S+ ){0,5}to ", gap) and _FROM.search(abstract[max(0, left.span.start - 22) : left.span.start]):
        return right, left
    if _VERSUS.search(gap):
        return left, right
    return None


def _qualitative(reading: Reading, sentence: Sentence) -> dict[str, Any]:
    metrics = [m for m in reading.mentions.metrics if sentence.span.start <= m.span.start < sentence.span.end]
    return {
        "claim": _claim(sentence),
        "metric": metrics[0].text if metrics else None,
        "value": None,
        "baseline": None,
        "dataset": _list_of_datasets(reading, sentence),
        "sentences": [sentence.number],
    }


def _result(
    reading: Reading, sentence: Sentence, at: Span, value: str, baseline: str | None
) -> dict[str, Any]:
    return {
        "claim": _claim(sentence),
        "metric": _metric_of(reading, sentence, at),
        "value": value,
        "baseline": baseline,
        "dataset": _dataset_of(reading, sentence, at),
        "sentences": [sentence.number],
    }


def _claim(sentence: Sentence) -> str:
    frame = _FRAME.match(sentence.text)
    return sentence.text[frame.end() :] if frame else sentence.text


def _metric_of(reading: Reading, sentence: Sentence, at: Span) -> str | None:
    abstract = reading.document.abstract
    before = abstract[sentence.span.start : at.start]
    if (match := _GAIN_BEFORE.search(before)) is not None:
        return match["metric"]
    if (match := _METRIC_AFTER.match(abstract[at.end : sentence.span.end])) is not None:
        return match["metric"]
    near = _nearest(reading.mentions.metrics, sentence, at, 80)
    return near.text if near else None


def _dataset_of(reading: Reading, sentence: Sentence, at: Span) -> str | None:
    names = _dataset_places(reading, sentence)
    after = [m for m in names if m.span.start >= at.end]
    if after:
        return after[0].text
    return names[-1].text if names else None


def _nearest(mentions: tuple[Mention, ...], sentence: Sentence, at: Span, reach: int) -> Mention | None:
    inside = [m for m in mentions if sentence.span.start <= m.span.start < sentence.span.end]
    def distance(m: Mention) -> int:
        return m.span.start - at.end if m.span.start >= at.end else at.start - m.span.end + 5
    close = [m for m in inside if distance(m) <= reach]
    return min(close, key=distance, default=None)


def _dataset_places(reading: Reading, sentence: Sentence) -> list[Mention]:
    found = []
    for mention in reading.mentions.datasets:
        at = sentence.text.find(mention.text)
        if at >= 0:
            start = sentence.span.start + at
            found.append(Mention(mention.text, Span(start, start + len(mention.text)), mention.kind))
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
