"""Which numbers of a sentence are outcomes."""

from __future__ import annotations

import re

from summarise.models import Quantity, QuantityKind, Span
from summarise.reading.sentence import Sentence
from summarise.scan import Stretches

_SET_UP = frozenset(
    {QuantityKind.YEAR, QuantityKind.HARDWARE, QuantityKind.COMPUTE_TIME, QuantityKind.BATCH_SIZE}
    | {QuantityKind.PARAMETERS, QuantityKind.MEMORY}
)
_EXTENTS = frozenset({QuantityKind.MEASURE, QuantityKind.TIME})
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
