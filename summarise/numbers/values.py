"""How a sentence tells its numbers: each with its share, its whole or its range as one value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

from summarise.models import Quantity, QuantityKind, Span
from summarise.numbers.uncertainty import UncertaintyMark
from summarise.scan import SPELLED, one_of

_NEVER = frozenset(
    {QuantityKind.YEAR, QuantityKind.HARDWARE, QuantityKind.COMPUTE_TIME, QuantityKind.BATCH_SIZE}
    | {QuantityKind.PARAMETERS, QuantityKind.MEMORY, QuantityKind.INTERVAL, QuantityKind.P_VALUE}
)
_REACH = 60


class SentenceNumbers(Protocol):
    """A sentence, and what a scan found in it."""

    @property
    def span(self) -> Span:
        """Where it stands in its text."""
        ...

    @property
    def body_start(self) -> int:
        """Where it starts behind the label of a section."""
        ...

    @property
    def quantities(self) -> Sequence[Quantity]:
        """Its numbers, in order."""
        ...


class ToldNumber(NamedTuple):
    """A number as the text tells it, its share or its whole included."""

    span: Span
    kind: QuantityKind
    unit: str
    is_share: bool = False
    """It is a count with its share or with the whole that it is of."""


def numbers_of(
    text: str, sentence: SentenceNumbers, marks: Sequence[UncertaintyMark]
) -> Iterator[ToldNumber]:
    """The numbers of a sentence that don't tell how sure another is."""
    for quantity in sentence.quantities:
        start, end = quantity.span
        mark = next((m for m in marks if m.span.start < end and start < m.span.end), None)
        if mark is not None:
            if start >= mark.span.start:
                continue
            end = start + len(text[start : mark.span.start].rstrip(" ,;:(["))
        if quantity.kind in _NEVER:
            continue
        yield ToldNumber(Span(start, end), quantity.kind, quantity.unit or "")


# A count and its share

# "Thirty-one of 80"
_ONES = rf"{one_of(SPELLED)}(?:-[a-z]+)?"
_SPELLED = rf"(?i:(?:{_ONES}\s(?:hundred|thousand)\s(?:and\s)?){{0,2}}{_ONES})"
_IN_WORDS = (
    r"(?<![\w-])(?!(?<=[a-z] )(?<!in )(?<!only )(?<!and )(?<!of )(?<!with )(?<!than )one\s[(\[])"
    rf"{_SPELLED}"
    r"(?=\s(?:out\s)?of\s(?:the\s|these\s|those\s)?\d|(?:\s[a-z]+){0,2}\s?[(\[]\Z)"
)
_COUNT = (
    rf"(?:{_IN_WORDS}|(?<![\w.,/^-])(?<!\d )\d[\d,]*)"
    r"(?:\s?/\s?\d[\d,]*|\s(?:out\s)?of\s(?:the\s|these\s|those\s)?\d[\d,]*)?"
    r"(?:\s[A-Za-z][\w-]*){0,3}"
)
_FRACTION = r"\d[\d,]*\s?(?:/|(?:out\s)?of(?:\s(?:the|these|those))?)\s?\d[\d,]*"
_COUNT_BEFORE = re.compile(rf"{_COUNT}\s?[(\[]\Z")
_FRACTION_BEFORE = re.compile(
    rf"(?<![\w.,/^-])(?:{_FRACTION}(?:\s[a-z][a-z-]*)?\s?[,;:(]|[nN]\s?=\s?\d[\d,]*\s?[,;])\s?\Z"
)
_SHARE_ENDS = frozenset(",;:([")
_FRACTION_BEHIND = re.compile(
    rf"\s?[(\[](?:{_FRACTION}(?:\s[a-z]+)?|{_SPELLED}\sof\s(?:\d[\d,]*|[a-z]+(?:-[a-z]+)?)"
    r"|(?:[nN]\s?=\s?)?\d[\d,]*)[)\]]"
)
_COUNT_WITH_SHARE = re.compile(
    r"(?:\d[\d,]*|[A-Za-z][a-z]+(?:[ -][a-z]+){0,6})\s?\(\d[\d.·]*\s?(?:\\?%|per ?cent)\)"
)
_PART_BEFORE = re.compile(
    rf"(?:(?<![\w.,])\d[\d,]*|(?<=[(\[]){_SPELLED})\s(?:out\s)?of\s(?:the\s|these\s|those\s)?\Z"
)
_LEADING_DIGITS = re.compile(r"\d[\d,]*(?![.·\d])")
_IS_FRACTION = re.compile(_FRACTION)


def as_told(text: str, within: Span, numbers: Iterable[ToldNumber]) -> list[ToldNumber]:
    """Make one value of "14/116, 12%", "9 (10%)" and "11 of 12 users"."""
    done: list[ToldNumber] = []
    for number in numbers:
        whole = _with_count(text, within, number)
        if done and _is_range(text, within, done[-1], whole):
            whole = whole._replace(span=Span(done[-1].span.start, whole.span.end))
        while done and done[-1].span.end > whole.span.start and _is_longer(whole, done[-1]):
            done.pop()
        if not done or done[-1].span.end <= whole.span.start:
            done.append(whole)
    return done


def _is_longer(one: ToldNumber, other: ToldNumber) -> bool:
    (start, end), (first, last) = one.span, other.span
    return end - start >= last - first


_RANGES = re.compile(
    r"\b(?:rang\w+(?: from| between)?|between|varied from|var(?:ies|ying) from|(?:ratios|rates"
    r"|scores"
    r"|values|levels|estimates|coefficients|correlations|shares|proportions) from) \Z"
)
_TO = re.compile(r" (?:to|and) ")


def _is_range(text: str, within: Span, low: ToldNumber, high: ToldNumber) -> bool:
    """Whether two numbers are the ends of one range: "ranging from 6% to 21%"."""
    if not _TO.fullmatch(text, low.span.end, high.span.start):
        return False
    return _RANGES.search(text, max(within.start, low.span.start - 24), low.span.start) is not None


def _with_count(text: str, within: Span, number: ToldNumber) -> ToldNumber:
    """A share with its count, or a count with its share or its whole."""
    before = text[max(within.start, number.span.start - _REACH) : number.span.start]
    if number.kind is QuantityKind.PERCENT:
        return _share(text, within, number, before)
    if number.kind in (QuantityKind.NUMBER, QuantityKind.COUNT):
        return _part(text, number, before)
    return number


def _share(text: str, within: Span, number: ToldNumber, before: str) -> ToldNumber:
    start, end = number.span
    # Both end in a sign, with or without a space behind it.
    may_be = before.rstrip()[-1:] in _SHARE_ENDS
    for pattern in (_FRACTION_BEFORE, _COUNT_BEFORE) if may_be else ():
        found = pattern.search(before)
        if found is None:
            continue
        is_open = found.group().rstrip().endswith(("(", "["))
        if not is_open or text.startswith((")", "]"), end):
            span = Span(start - len(found.group()), end + is_open)
            return number._replace(span=span, is_share=True)
    if (found := _FRACTION_BEHIND.match(text, end, within.end)) is not None:
        return number._replace(span=Span(start, found.end()), is_share=True)
    return number


def _part(text: str, number: ToldNumber, before: str) -> ToldNumber:
    start, end = number.span
    part = _PART_BEFORE.search(before) if "of" in before[-9:] else None
    first = start - len(part.group()) if part else start
    if (inner := _COUNT_WITH_SHARE.match(text, start, end)) is not None:
        return ToldNumber(Span(first, inner.end()), QuantityKind.PERCENT, "", is_share=True)
    if _IS_FRACTION.match(text, start, end):
        return number._replace(is_share=True)
    digits = _LEADING_DIGITS.match(text, start, end)
    if part is None or digits is None:
        return number
    return ToldNumber(Span(first, digits.end()), QuantityKind.COUNT, "", is_share=True)
