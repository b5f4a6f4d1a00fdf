"""Which numbers of a sentence are outcomes, and which of them is compared with which."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from summarise.models import Quantity, QuantityKind, Span
from summarise.reading.sentence import Sentence
from summarise.scan import Stretches

Pair = tuple[Span, Span | None]
"""Where a value stands, and the number that it is compared with."""

_SET_UP = frozenset(
    {QuantityKind.YEAR, QuantityKind.HARDWARE, QuantityKind.COMPUTE_TIME, QuantityKind.BATCH_SIZE}
    | {QuantityKind.PARAMETERS, QuantityKind.MEMORY}
)
_QUALIFIERS = frozenset({QuantityKind.INTERVAL, QuantityKind.P_VALUE})
_EXTENTS = frozenset({QuantityKind.MEASURE, QuantityKind.TIME})
_ALIKE = frozenset({QuantityKind.NUMBER, QuantityKind.POINTS})
_JOIN = re.compile(r"[\s,;]*[(\[]?[\s,;]*(?:and )?(?:s\.?e\.?m?\.?|SE|SD)?[\s=]*")
_VERSUS = re.compile(
    r"(?:^|[\s(,])(?:vs\.?|versus|compared (?:to|with)|against|than|over|relative to|rather than"
    r"|instead of|from (?:an? )?(?:\w+ )?(?:base(?:line)?|level|initial))\s[^.;\d]{0,50}\Z"
)
_FROM = re.compile(r"\bfrom (?:(?:a|an|about|around|approximately) )?\Z", re.IGNORECASE)
_TO = re.compile(r" (?:[^\s.;]+ ){0,5}to ")
_BEFORE_AND = re.compile(r"[^.;\d]*\bbefore(?:,| and) (?:[a-z]+ ){0,2}")
_COMPARED_THINGS = re.compile(
    r"(?:models?|methods?|baselines|approaches|algorithms|datasets|data sets|benchmarks|corpora"
    r"|tasks?|languages|domains|settings|metrics|categories|tracks|aspects|dimensions|epochs)$"
)
_SETTING = re.compile(
    r"\b(?:of|on|across|among|with|for|in|from|over|the|these|all|using|at"
    r"|(?:more|less|fewer) than) \Z",
    re.IGNORECASE,
)
_WITHIN = re.compile(
    r"\b(?:within|along|every|for|after|over|during|below|above|per|between|until|up to|older than"
    r"|links of|at (?:a )?(?:depth|distance|dose) of) \Z",
    re.IGNORECASE,
)
_FRACTION = re.compile(r"(?<![\w.,])\d[\d,]* (?:out )?of (?:the )?\Z")
_LEADING_DIGITS = re.compile(r"\d[\d,]*")
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
_MOST = 40


def outcome_numbers(abstract: str, sentence: Sentence, closed: Stretches) -> list[Quantity]:
    """Choose the numbers of a sentence that can be outcomes, no more than 40: more are a table.

    ``closed`` is what is a compute fact or a size of material.
    """
    numbers = _with_fractions(
        abstract,
        [q for q in sentence.quantities if _is_outcome(q) and not closed.overlap(q.span)][:_MOST],
    )
    told = [q for q in numbers if not _is_setting(abstract, sentence, q)]
    is_telling = any(q.kind is not QuantityKind.COUNT for q in told)
    is_telling = is_telling or any(" of " in q.text for q in told)
    return told if is_telling else numbers


def _is_outcome(quantity: Quantity) -> bool:
    """Whether a number can be an outcome: counts of compared things can't."""
    if quantity.kind is QuantityKind.COUNT:
        is_spelled = not any(character.isdigit() for character in quantity.text)
        return not is_spelled and not _COMPARED_THINGS.search(quantity.unit or "")
    return quantity.kind not in _SET_UP


def _with_fractions(abstract: str, numbers: list[Quantity]) -> list[Quantity]:
    """Make one number of "11 of 12 users"."""
    merged: list[Quantity] = []
    for quantity in numbers:
        fraction = _fraction(abstract, quantity)
        if fraction is not None and merged and merged[-1].span.start == fraction.span.start:
            merged.pop()
        merged.append(fraction or quantity)
    return merged


def _fraction(abstract: str, quantity: Quantity) -> Quantity | None:
    """A count together with the part of it that stands before: "11 of 12"."""
    start = quantity.span.start
    part = _FRACTION.search(abstract[max(0, start - 20) : start])
    digits = _LEADING_DIGITS.match(quantity.text)
    is_counted = quantity.kind in (QuantityKind.NUMBER, QuantityKind.COUNT)
    is_whole = is_counted and quantity.value is not None and quantity.value.is_integer()
    if part is None or digits is None or not is_whole:
        return None
    span = Span(start - len(part.group()), start + digits.end())
    text = span.of(abstract)
    return quantity.model_copy(update={"span": span, "text": text, "kind": QuantityKind.COUNT})


def _is_setting(abstract: str, sentence: Sentence, quantity: Quantity) -> bool:
    """Whether a number says where a measurement was made: "0.84 on 29 species", "within 50 m"."""
    start = quantity.span.start
    before = abstract[max(sentence.span.start, start - 24) : start]
    if quantity.kind in _EXTENTS:
        return _WITHIN.search(before) is not None
    if quantity.kind is not QuantityKind.COUNT or " of " in quantity.text:
        return False
    since = abstract[sentence.span.start : start]
    is_bracketed = since.count("(") > since.count(")")
    return is_bracketed or _SETTING.search(before) is not None


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
