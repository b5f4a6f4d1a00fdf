"""How a sentence tells its numbers: each with its share, its whole or its range as one value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

from summarise.models import Quantity, QuantityKind, Role, Span
from summarise.numbers.uncertainty import UncertaintyMark
from summarise.scan import DIGITS, SPELLED, Mention, Section, one_of, unit_behind

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

    @property
    def metrics(self) -> Sequence[Mention]:
        """The names of what is measured."""
        ...

    @property
    def words(self) -> frozenset[str]:
        """Its words, in lower case."""
        ...

    @property
    def role(self) -> Role:
        """What it does in its abstract."""
        ...

    @property
    def section(self) -> Section | None:
        """What the label says that it stands under."""
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
        if mark is not None and not quantity.text.startswith("("):
            if start >= mark.span.start:
                continue
            part = text[start : mark.span.start].rstrip(" ,;:([")
            if part.count("$") != 1 or _MATH.match(text, start):  # nothing of "$T = 4 \\pm 1$ K"
                end = start + len(part)
        if quantity.kind in _NEVER:
            if (late := _AFTER_YEAR.fullmatch(text, start, end)) is not None:
                yield ToldNumber(Span(*late.span("number")), QuantityKind.NUMBER, "")
            continue
        told = _told(text, quantity, Span(start, end))
        yield from _apart(text, sentence.span, told)


_ESTIMATE = re.compile(r"(?<![\w.·])(?P<number>[-−–]?\d+[.·]\d+)[\s,;:]{0,3}[(\[]?\Z")


def estimates_of(text: str, within: Span, marks: Sequence[UncertaintyMark]) -> list[ToldNumber]:
    """The numbers right before an interval, which are some even where a scan sees none."""
    found = []
    for mark in marks:
        if mark.is_p_value or mark.is_level:
            continue
        before = _ESTIMATE.search(text, max(within.start, mark.span.start - 16), mark.span.start)
        if before:
            found.append(ToldNumber(Span(*before.span("number")), QuantityKind.NUMBER, ""))
    return found


_PAIR_START = re.compile(r"(?:[(\[](?:[a-z]+ )?|[a-z], )(?P<number>\d+) (?:vs?\.?|versus) \Z")


def pair_starts(text: str, within: Span, numbers: Sequence[ToldNumber]) -> list[ToldNumber]:
    """The first numbers of pairs where a scan sees none: the "3" of "3 vs 5 days"."""
    found = []
    for one in numbers:
        start = max(within.start, one.span.start - 16)
        before = _PAIR_START.search(text, start, one.span.start)
        if before:
            found.append(one._replace(span=Span(*before.span("number"))))
    return found


_FROM_TO = re.compile(r"(?P<first>[^\s]+)\sto\s(?=[^\s])")
# "from 2.1% in 2020 to 8.0%"
_YEAR_TO = re.compile(r"(?:1[89]|20)\d\d(?:[-–](?:\d\d){1,2})?\sto\s")
# "from 12 in 2008 to 31 in 2017"
_AFTER_YEAR = re.compile(r"(?:1[89]|20)\d\d to (?P<number>\d{1,3}(?:[.,]\d+)*)")
_FROM_AVERAGE = re.compile(r"\bfrom (?:an? )?(?:average|mean|median|baseline|level)(?: of)? \Z")


def _apart(text: str, within: Span, number: ToldNumber) -> Iterator[ToldNumber]:
    """The two numbers of "from an average of 38% to 6%", which are no range."""
    start, end = number.span
    if (year := _YEAR_TO.match(text, start, end)) is not None:
        start = year.end()
    ends = _FROM_TO.match(text, start, end)
    if ends and _FROM_AVERAGE.search(text, max(within.start, start - 30), start):
        yield number._replace(span=Span(*ends.span("first")))
        start = ends.end()
    yield number._replace(span=Span(start, end))


_MATH = re.compile(r"\$(?P<number>\d[\d.,]*)(?P<percent>\\?%)?(?=\$|\s?\\)")


PER_STEP = re.compile(
    r" (?:per|for (?:each|every)) (?:[\w./-]+ ){0,4}?(?:increase|decrease|increment|rise"
    r"|change|unit|SD)\b[^,;()\[\]]{0,60}"
)
"""What a ratio is of: "0.93 per 10 mm rise in rain"."""
_NUMBER = re.compile(r"[-−+]?\d+(?:[.·]\d+)?")


def _told(text: str, quantity: Quantity, span: Span) -> ToldNumber:
    """A number as it stands; one between two dollar signs is no money."""
    if " per " in quantity.text:
        number = _NUMBER.match(text, *span)
        if number and PER_STEP.match(text, number.end()):
            return ToldNumber(Span(*number.span()), QuantityKind.NUMBER, "")
    if (math := _MATH.match(text, span.start)) is not None:
        kind = QuantityKind.PERCENT if math["percent"] else QuantityKind.NUMBER
        kind = kind if quantity.kind is QuantityKind.MONEY else quantity.kind
        return ToldNumber(Span(span.start + 1, math.end()), kind, "")
    if text[span.start].isalpha():
        tens = _TENS.search(text, max(0, span.start - len("seventy  ")), span.start)
        span = Span(tens.start(), span.end) if tens else span
    return ToldNumber(span, quantity.kind, quantity.unit or "")


# "Thirty one percent"
_TENS = re.compile(
    r"(?<![\w-])(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety) \Z", re.IGNORECASE
)
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
    rf"(?:{_IN_WORDS}|(?<![\w.,/^-])(?<!\d ){DIGITS})"
    rf"(?:\s?/\s?{DIGITS}|\s(?:out\s)?of\s(?:the\s|these\s|those\s)?{DIGITS})?"
    r"(?:\s[A-Za-z][\w-]*){0,3}"
)
_FRACTION = rf"{DIGITS}\s?(?:/|(?:out\s)?of(?:\s(?:the|these|those))?)\s?{DIGITS}"
# "RoBERTa 12 layers (45%", not "RESULTS: In 12 patients (45%"
_NAME_BEFORE = re.compile(
    r" (?!(?:In|Of|At|Only|Among|For|With|From|To|By|On|After|All|The|These|Another|While|Also"
    r"|And)\b)[A-Z][\w-]* \Z"
)
_COUNT_BEFORE = re.compile(rf"{_COUNT}\s?[(\[]\Z")
_FRACTION_BEFORE = re.compile(
    rf"(?<![\w.,/^-])(?:{_FRACTION}(?:\s[a-z][a-z-]*)?\s?[,;:(]|[nN]\s?=\s?{DIGITS}\s?[,;])\s?\Z"
)
# "from 12 in 2009 to 31 in 2018 (+158%)"
_YEAR_BEFORE = re.compile(r"\b(?:in|of|by|since|until|for|during) (?:1[89]|20)\d\d [(\[]\Z")
# "below 600 m (5.4%)" is no count.
_LIMIT = re.compile(r"\b(?:below|above|within|under|over|beyond|after|before|until|aged|than) \Z")
_SHARE_ENDS = frozenset(",;:([")
_FRACTION_BEHIND = re.compile(
    rf"\s?[(\[](?:{_FRACTION}(?:\s[a-z]+)?|{_SPELLED}\sof\s(?:{DIGITS}|[a-z]+(?:-[a-z]+)?)"
    rf"|(?:[nN]\s?=\s?)?{DIGITS}|[nN]\s?=\s?{_FRACTION})[)\]]"
    rf"|,\s?[nN]\s?=\s?{DIGITS}(?:\s?/\s?{DIGITS})?(?=[)\];])"
)
_COUNT_WITH_SHARE = re.compile(
    rf"(?:{DIGITS}|[A-Za-z][a-z]+(?:[ -][a-z]+){{0,6}})\s?\(\d[\d.·]*\s?(?:\\?%|per ?cent)\)"
)
_PART_BEFORE = re.compile(
    rf"(?:(?<![\w.,]){DIGITS}|(?<=[(\[]){_SPELLED})\s(?:out\s)?of\s(?:the\s|these\s|those\s)?\Z"
)
_LEADING_DIGITS = re.compile(rf"{DIGITS}(?![.·\d])")
_IS_FRACTION = re.compile(_FRACTION)


def as_told(text: str, within: Span, numbers: Iterable[ToldNumber]) -> list[ToldNumber]:
    """Make one value of "14/116, 12%", "9 (10%)" and "11 of 12 users"."""
    done: list[ToldNumber] = []
    for number in numbers:
        whole = _with_count(text, within, _with_start(text, within, number))
        if done and _is_range(text, within, done[-1], whole):
            whole = whole._replace(span=Span(done[-1].span.start, whole.span.end))
        while done and done[-1].span.end > whole.span.start and _is_longer(whole, done[-1]):
            done.pop()
        if not done or done[-1].span.end <= whole.span.start:
            done.append(whole)
    return done


_FAR = 300
_CHANGES_BEFORE = re.compile(
    r"\b(?:(?P<down>decreas|declin|fell|fall|drop|reduc|lower after)"
    r"|(?P<up>increas|rose|ris|improv|grew|higher after))\w*\b(?! by\b)"
    r"(?:(?!\b(?:rang\w*|between|CI|IQR)\b)(?:[^.]|\.\d))*"
    r"[A-Za-z](?:-?\d)? ?(?:\((?:[A-Za-z ]{1,24}[:,] )?|: )\Z"
)
_BOTH_ENDS = re.compile(r"(?P<first>\d[\d.]*)(?: ?%)? to (?P<last>\d[\d.]*)(?: ?%)?")


def changes_apart(text: str, within: Span, numbers: Iterable[ToldNumber]) -> Iterator[ToldNumber]:
    """The numbers, with the two of "fell (25% to 12%)" apart, which is a change and no range.

    The words before must say that it went the way that the numbers go.
    """
    for one in numbers:
        ends = _BOTH_ENDS.fullmatch(text, *one.span) if one.kind in _CHANGING else None
        start = max(within.start, one.span.start - _FAR)
        said = ends and _CHANGES_BEFORE.search(text, start, one.span.start)
        if ends and said and _goes(ends, is_up=said["up"] is not None):
            yield one._replace(span=Span(one.span.start, ends.start("last") - len(" to ")))
            yield one._replace(span=Span(ends.start("last"), one.span.end))
        else:
            yield one


def _goes(ends: re.Match[str], *, is_up: bool) -> bool:
    first, last = (float(ends[end].rstrip(".")) for end in ("first", "last"))
    return last >= first if is_up else last <= first


_CHANGING = frozenset({QuantityKind.PERCENT, QuantityKind.NUMBER, QuantityKind.MEASURE})


def _is_longer(one: ToldNumber, other: ToldNumber) -> bool:
    (start, end), (first, last) = one.span, other.span
    return end - start >= last - first


_RANGES = re.compile(
    r"\b(?:rang\w+(?: from| between)?|between|varied from|var(?:ies|ying) from|(?:ratios|rates"
    r"|scores"
    r"|values|levels|estimates|coefficients|correlations|shares|proportions) from) \Z"
)
_TO = re.compile(r" (?:to|and) ")
_DASHES = frozenset("-−–")
_START_BEFORE = re.compile(
    r"(?<![\w.,])(?<!\d[-–])(?P<low>(?!(?:1[89]|20)\d\d(?:[-–]\d{2,4})?\s)"
    rf"(?:{DIGITS}|\d[\d.,]*)\s?to\s)\Z"
)
# What a range begins behind: neither a change nor the ± of a spread.
_NO_START = re.compile(r"(?:\b(?:from|by) |(?:±|\\pm|\+/[-−–]) ?)\Z", re.IGNORECASE)


def _is_range(text: str, within: Span, low: ToldNumber, high: ToldNumber) -> bool:
    """Whether two numbers are the ends of one range: "ranging from 6% to 21%", "3% -5%"."""
    if text[low.span.end : high.span.start] == " " and text[high.span.start] in _DASHES:
        return low.kind is high.kind is QuantityKind.PERCENT
    if not _TO.fullmatch(text, low.span.end, high.span.start):
        return False
    return _RANGES.search(text, max(within.start, low.span.start - 24), low.span.start) is not None


def _with_start(text: str, within: Span, number: ToldNumber) -> ToldNumber:
    """A number with the low end of its range where a scan leaves that out: "A: 8 to 23%"."""
    start, end = number.span
    before = text[max(within.start, start - 16) : start]
    low = _START_BEFORE.search(before) if before[-3:-1] == "to" else None
    if low is None or _NO_START.search(before, 0, low.start()):
        return number
    return number._replace(span=Span(start - len(low["low"]), end))


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
    may_be = before.rstrip()[-1:] in _SHARE_ENDS and not _YEAR_BEFORE.search(before)
    for pattern in (_FRACTION_BEFORE, _COUNT_BEFORE) if may_be else ():
        found = pattern.search(before)
        size = found and _LEADING_DIGITS.match(before, found.start())
        if found is None or (
            size and unit_behind(before, size.end()) and _LIMIT.search(before, 0, found.start())
        ):
            continue
        is_open = found.group().rstrip().endswith(("(", "["))
        is_name = _NAME_BEFORE.search(before, 0, found.start()) is not None
        if not is_name and (not is_open or text.startswith((")", "]"), end)):
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
