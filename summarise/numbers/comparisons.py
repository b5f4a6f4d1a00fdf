"""Which number of a sentence another is compared with, and with whose."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from summarise.ground import value_first, why_not_own
from summarise.models import Span
from summarise.numbers.groups import listed
from summarise.numbers.naming import ComparedFigure, Naming
from summarise.numbers.outcomes import Figure, is_tested
from summarise.numbers.sides import is_effect, named_in_words
from summarise.numbers.values import SentenceNumbers
from summarise.scan import Stretches


def compared(
    text: str, sentence: SentenceNumbers, outcomes: Sequence[Figure], named: Stretches
) -> list[ComparedFigure]:
    """The outcomes of a sentence that are the paper's own, with what they are compared with.

    ``named`` is where metrics and datasets stand, which are no groups.
    """
    if not outcomes:
        return []
    lists = listed(text, sentence.span, [o.whole for o in outcomes])
    naming = Naming(text, sentence, outcomes, named)
    arms = naming.arms(lists)
    names = {index: name for index, name in lists.items() if naming.apart(name)} | arms.names
    known = arms.pairs | _tested_pair(text, outcomes, lists)
    pairs, theirs = _pairs(text, outcomes, names, known)
    rows: list[ComparedFigure] = []
    for index in range(len(outcomes)):
        if index in theirs:
            continue
        row = naming.of_pair(index, pairs[index]) if index in pairs else naming.alone(index)
        row = row._replace(
            group=names.get(index) or row.group,
            comparator=names.get(pairs.get(index, -1)) or row.comparator,
        )
        if rows and index not in pairs and not row.group and _is_effect(text, row, rows[-1]):
            # "14% with A and 20% with B (risk ratio 0.69": of the same two.
            row = row._replace(group=rows[-1].group, comparator=rows[-1].comparator)
        if _is_own(text, sentence.span, row):
            rows.append(row)
    return _with_rival(text, sentence, rows, named)


def _with_rival(
    text: str, sentence: SentenceNumbers, rows: list[ComparedFigure], named: Stretches
) -> list[ComparedFigure]:
    """The rows with the one rival of the sentence, where they are compared and name none."""
    if all(row.comparator for row in rows):
        return rows
    _, rival = named_in_words(text, sentence, named)
    if rival is None:
        return rows
    is_beaten = _BEATEN.search(text, max(0, rival.start - _REACH), rival.start) is not None
    return [
        row._replace(comparator=rival)
        if row.comparator is None
        and (_wants_rival(row) or (is_beaten and row.outcome.span.end <= rival.start))
        and _in_one_clause(text, row.outcome.span, rival)
        else row
        for row in rows
    ]


def _wants_rival(row: ComparedFigure) -> bool:
    return row.baseline is not None or row.outcome.is_change


def _in_one_clause(text: str, value: Span, rival: Span) -> bool:
    between = min(value.end, rival.end), max(value.start, rival.start)
    return _OTHER_STATEMENT.search(text, *between) is None


_OTHER_STATEMENT = re.compile(
    r"[,;] (?:while|whereas|but) |; |, and (?:is|are|was|were|has|runs?|needs?|uses?|takes?)\b"
)
_BEATEN = re.compile(
    r"\b(?:outperform|surpass|exceed|beat)\w* (?:[a-z]+ ){0,2}\Z"
    r"|(?:\A|[.:] )(?:When )?[Cc]ompared (?:with|to) (?:[a-z]+ )?\Z"
)


def _is_effect(text: str, row: ComparedFigure, last: ComparedFigure) -> bool:
    """Whether it is the ratio or difference of the pair before it."""
    if not (last.group and last.baseline and last.comparator):
        return False
    start = max(last.outcome.span.end, last.baseline.end)
    return is_effect(text, start, row.outcome.span)


def _tested_pair(text: str, outcomes: Sequence[Figure], lists: dict[int, Span]) -> dict[int, int]:
    """The two numbers of a list that are compared: "63% and 29% …, respectively (p<0.01)"."""
    if len(lists) != 2:
        return {}
    first, second = sorted(lists)
    one, other = outcomes[first], outcomes[second]
    is_pair = one.is_like(other) and is_tested(text, other, other.span.end)
    return {first: second} if is_pair else {}


def _is_own(text: str, within: Span, row: ComparedFigure) -> bool:
    """Whether nothing around a value says that it is somebody else's, or where a change began."""
    group = row.group.of(text) if row.group else ""
    rival = row.comparator.of(text) if row.comparator else ""
    return why_not_own(text, row.outcome.span, within, group=group, rival=rival) is None


def _pairs(
    text: str, outcomes: Sequence[Figure], names: dict[int, Span], known: dict[int, int]
) -> tuple[dict[int, int], set[int]]:
    """The index of each value that is compared with a number, and that number's.

    ``names`` is whose some of them are, ``known`` the pairs that these tell. The second of what is
    returned are the numbers of others, those that no value is compared with included.
    """
    pairs = dict(known)
    used = {*known, *known.values(), *(index for index in names if index not in known)}
    theirs = set(known.values())
    for left in range(len(outcomes) - 1):
        right = left + 1
        if left in used or right in used or not outcomes[left].is_like(outcomes[right]):
            continue
        told = _told(text, outcomes[left].whole, outcomes[right])
        if told is None:
            continue
        found = {left: right} if told else {right: left}
        if told:
            others = set(_others(text, outcomes, right))
            theirs |= others
            used |= others
        pairs |= found
        used |= {*found, *found.values()}
    return pairs, theirs | set(pairs.values())


def _told(text: str, first: Span, second: Figure) -> bool | None:
    """Whether the first of two numbers is the value; None where they are two outcomes."""
    told = value_first(text, first, second.whole)
    is_range = told is False and _SPREADS_OUT.search(
        text, max(0, first.start - _REACH), first.start
    )
    gap = text[first.end : second.span.start]
    if is_range:
        return None
    if told is None and gap == " to ":
        # Of a range no two numbers are made.
        return False
    return True if told is None and _are_tested(text, gap, second) else told


_REACH = 60
# "odds ratios from 1.5 to 2.0": a range, and no change.
_SPREADS_OUT = re.compile(
    r"\b(?:ratios|rates|scores|values|levels|estimates|coefficients|correlations|shares|proportions"
    r") from \Z|\b(?:rang|vari|vary|spread)\w* from \Z"
)


def _are_tested(text: str, gap: str, second: Figure) -> bool:
    return gap == " and " and is_tested(text, second, second.span.end)


_HAS_RIVAL = re.compile(r"[^,;.\d]{0,40}\b(?:vs|versus|against|compared)\b")
_AND_ANOTHER = re.compile(r"[^;.]{0,60}?,? and (?:(?:to|with|by|of) )?")


def _others(text: str, outcomes: Sequence[Figure], right: int) -> Iterator[int]:
    """The numbers of further rivals that follow: "against 55% for A and 71% for B"."""
    for index in range(right + 1, len(outcomes)):
        last, other = outcomes[index - 1], outcomes[index]
        if not last.is_like(other) or _HAS_RIVAL.match(text, other.whole.end):
            return
        gap = (last.whole.end, other.span.start)
        if _AND_ANOTHER.fullmatch(text, *gap):
            yield index
            return
        return
