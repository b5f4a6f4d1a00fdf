"""What the outcomes of a sentence are compared with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from summarise.models import Quantity, QuantityKind, Span
from summarise.reading.sentence import Sentence

Pair = tuple[Span, Span | None]
"""Where a value stands, and the number that it is compared with."""

_QUALIFIERS = frozenset({QuantityKind.INTERVAL, QuantityKind.P_VALUE})
_ALIKE = frozenset({QuantityKind.NUMBER, QuantityKind.POINTS})
_JOIN = re.compile(r"[\s,;]*[(\[]?[\s,;]*(?:and )?(?:s\.?e\.?m?\.?|SE|SD)?[\s=]*")
_VERSUS = re.compile(
    r"(?:^|[\s(,])(?:vs\.?|versus|compared (?:to|with)|against|than|over|relative to|rather than"
    r"|instead of|from (?:an? )?(?:\w+ )?(?:base(?:line)?|level|initial))\s[^.;\d]{0,50}\Z"
)
_FROM = re.compile(r"\bfrom (?:(?:a|an|about|around|approximately) )?\Z", re.IGNORECASE)
_TO = re.compile(r" (?:[^\s.;]+ ){0,5}to ")
_BEFORE_AND = re.compile(r"[^.;\d]*\bbefore(?:,| and) (?:[a-z]+ ){0,2}")
_CONTROL = re.compile(
    r"(?: \([\d.]+ ?%\))?[^.;\d]{0,12}"
    r"\b(?:with|in|for|on|under|among|of|from|given|receiving) (?:the )?"
    r"(?:[a-z-]+ ){0,2}?(?:usual care|controls?|placebo|standard|sham|comparison|comparators?"
    r"|baseline|conventional|waiting|untreated|other|others)\b"
)
_RIVAL = re.compile(
    r"; [^;]*?\b(?:baselines?|(?:best|strongest|previous|prior|earlier|existing|next[- ]best)"
    r" [^;]*?)\b"
)
_REACH = 80


def pairs_of(abstract: str, sentence: Sentence, numbers: Sequence[Quantity]) -> list[Pair]:
    """Pair the outcomes of a sentence: each value with what it is compared with, in order."""
    found = list(_neighbours(abstract, numbers))
    kinds = {q.span.start: q.kind for q in numbers}
    rival = _RIVAL.search(sentence.text)
    clause = sentence.span.start + rival.start() if rival else sentence.span.end
    for at in range(len(found) - 1, 0, -1):
        other, against = found[at]
        if against is not None:
            continue
        if not (other.start > clause or _CONTROL.match(abstract, other.end, sentence.span.end)):
            continue
        partner = _partner(found[:at], kinds, other, clause)
        if partner is not None and not _CONTROL.match(abstract, found[partner][0].end):
            found[partner] = (found[partner][0], other)
            del found[at]
    return found


def _partner(
    found: Sequence[Pair], kinds: dict[int, QuantityKind], other: Span, clause: int
) -> int | None:
    """The value that a number of a rival or a control group belongs to; the nearest for a group."""
    free = [
        index
        for index, (value, against) in enumerate(found)
        if against is None and kinds[value.start] is kinds[other.start]
    ]
    if other.start <= clause:
        return free[-1] if free and other.start - found[free[-1]][0].end <= 2 * _REACH else None
    free = [index for index in free if found[index][0].start < clause]
    return free[-1] if free else None


def _neighbours(abstract: str, numbers: Sequence[Quantity]) -> Iterator[Pair]:
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


def _with_qualifiers(abstract: str, numbers: Sequence[Quantity], at: int) -> tuple[Span, int]:
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
    gap = abstract[left.span.end : right.span.start]
    if len(gap) > 2 * _REACH:
        return None
    if _BEFORE_AND.fullmatch(gap) and abstract.startswith(" after", right.span.end):
        return "baseline first"
    if left.kind is not right.kind and not _ALIKE & {left.kind, right.kind}:
        return None
    before = abstract[max(0, left.span.start - 22) : left.span.start]
    if _TO.fullmatch(gap) and _FROM.search(before):
        return "baseline first"
    return "value first" if _VERSUS.search(gap) else None
