"""Which number of a sentence another is compared with, and with whose."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from summarise.ground import value_first, why_not_own
from summarise.models import QuantityKind, Span
from summarise.numbers.beside import followed
from summarise.numbers.groups import PEOPLE, RESPECTIVELY, changed, listed
from summarise.numbers.naming import ComparedFigure, Naming
from summarise.numbers.outcomes import IS_P_VALUE, Figure, is_tested
from summarise.numbers.sides import is_effect, is_turned_round, named_in_words
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
    wholes = [o.whole for o in outcomes]
    lists = followed(text, sentence.span, wholes) | listed(text, sentence.span, wholes)
    owners = changed(text, sentence.span, [o.span for o in outcomes])
    rivals = _beaten(text, outcomes, lists)
    lists = {index: name for index, name in lists.items() if index not in rivals}
    naming = Naming(text, sentence, outcomes, named)
    arms = naming.arms(lists)
    names = {index: name for index, name in lists.items() if naming.is_free(name)} | arms.names
    known = arms.pairs | _tested_pair(text, outcomes, lists)
    pairs, theirs = _pairs(text, outcomes, names, known)
    rows: list[ComparedFigure] = []
    last_rival = -2
    for index in range(len(outcomes)):
        if index in theirs:
            continue
        row = naming.of_pair(index, pairs[index]) if index in pairs else naming.alone(index)
        row = row._replace(
            group=names.get(index) or owners.get(index) or row.group,
            comparator=rivals.get(index) or names.get(pairs.get(index, -1)) or row.comparator,
        )
        if rows and index not in pairs and not row.group and _is_effect(text, row, rows[-1]):
            # "14% with A and 20% with B (risk ratio 0.69": of the same two.
            row = row._replace(group=rows[-1].group, comparator=rows[-1].comparator)
        # "versus 62% and 75% by the others"
        is_further = last_rival == index - 1 and not row.baseline
        is_further = is_further and _is_beside(text, outcomes[index - 1], row.outcome)
        is_own = _is_turned(text, row) or _is_own(text, sentence.span, row)
        is_further = is_further or (index > 0 and not row.baseline and _is_theirs(text, row))
        if is_further or not is_own:
            last_rival = index
        else:
            rows.append(row)
    return _with_rival(text, sentence, rows, named)


def _is_beside(text: str, last: Figure, one: Figure) -> bool:
    return last.is_like(one) and text[last.whole.end : one.span.start] in (" and ", ", and ", ", ")


def _is_theirs(text: str, row: ComparedFigure) -> bool:
    """Whether a number stands in brackets behind the rival: "compared with the gulls (31%)"."""
    start = row.outcome.span.start
    return _RIVAL_BRACKET.search(text, max(0, start - 80), start) is not None


_RIVAL_BRACKET = re.compile(
    r"\b(?:compared (?:with|to)|than|versus|vs\.?) (?:(?:in|of|for|with|among) )?"
    r"(?:the |those |that )?[^().;,\d]{2,60} \(\Z"
)


def _is_turned(text: str, row: ComparedFigure) -> bool:
    """Whether a value stands behind what it is compared with: "decreased (33 vs. 25 g)"."""
    before = row.baseline
    if before is None or before.end > row.outcome.span.start:
        return False
    return _VERSUS.search(text, before.end, row.outcome.span.start) is not None


_VERSUS = re.compile(r"\b(?:vs?\.?|versus) \Z")


def _beaten(text: str, outcomes: Sequence[Figure], lists: dict[int, Span]) -> dict[int, Span]:
    """Whom each difference of a list is a difference to: "beats A and B by 2% and 3%"."""
    if not all(outcomes[index].is_change for index in lists):
        return {}
    first = min((name.start for name in lists.values()), default=0)
    before = (max(0, first - _REACH), first)
    return lists if _BEATEN.search(text, *before) or _RIVALS.search(text, *before) else {}


_RIVALS = re.compile(
    r"\b(?:compared (?:with|to)|over|than|relative to|against|versus|vs\.?) (?:the |those of )?\Z"
)


def _with_rival(
    text: str, sentence: SentenceNumbers, rows: list[ComparedFigure], named: Stretches
) -> list[ComparedFigure]:
    """The rows with the one rival of the sentence, where they are compared and name none."""
    if all(row.comparator for row in rows):
        return rows
    subject, rival = named_in_words(text, sentence, named)
    if rival is None:
        return rows
    if Stretches(r.group for r in rows if r.group).overlap(rival):
        return rows
    is_beaten = _BEATEN.search(text, max(0, rival.start - _REACH), rival.start) is not None
    return [
        row._replace(comparator=rival, group=row.group or (subject if row.baseline else None))
        if row.comparator is None
        and (_wants_rival(row) or (is_beaten and _is_reached(text, row.outcome.span, rival)))
        and _in_one_clause(text, row.outcome.span, rival)
        else row
        for row in rows
    ]


def _wants_rival(row: ComparedFigure) -> bool:
    return row.baseline is not None or row.outcome.is_change


def _in_one_clause(text: str, value: Span, rival: Span) -> bool:
    between = min(value.end, rival.end), max(value.start, rival.start)
    return _OTHER_STATEMENT.search(text, *between) is None


def _is_reached(text: str, value: Span, rival: Span) -> bool:
    """Whether a value behind a rival is what was reached: "outperforms A, achieving 82%"."""
    return value.end <= rival.start or _REACHED.search(text, rival.end, value.start) is not None


_REACHED = re.compile(
    r"\b(?:achiev|reach|attain|obtain|yield|scor|notic)\w*\b(?![^.;]{0,80}\bdespite\b)"
)
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
    if text[max(0, one.span.start - 4) : one.span.start].strip(" (=") == "r":
        # Of two correlations neither is compared.
        return {}
    sure = one.uncertainty
    is_apart = sure is not None and IS_P_VALUE.match(text, sure.start)
    is_pair = not is_apart and one.is_like(other) and is_tested(text, other, other.span.end)
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
        if count := _side_by_side(text, outcomes, left, used):
            pairs |= {index - count: index for index in range(right, right + count)}
            used |= set(range(right - count, right + count))
        if left in used or right in used or not _are_alike(text, *outcomes[left : right + 1]):
            continue
        told = _told(text, outcomes[left].whole, outcomes[right])
        if told is None:
            continue
        found = {left: right} if told else {right: left}
        if told and _crossed(text, outcomes, left, used):
            found = {left - 1: right, left: right + 1}
        elif told:
            others = set(_others(text, outcomes, right))
            theirs |= others
            used |= others
        pairs |= found
        used |= {*found, *found.values()}
    return pairs, theirs | set(pairs.values())


def _are_alike(text: str, one: Figure, other: Figure) -> bool:
    """Whether both can be the same measure: "12 v 26 hours"."""
    if one.is_like(other) or {one.kind, other.kind} != {QuantityKind.NUMBER, QuantityKind.TIME}:
        return one.is_like(other)
    return _VERSUS.fullmatch(text, one.span.end + 1, other.span.start) is not None


_MOST_SIDE_BY_SIDE = 4


def _side_by_side(text: str, outcomes: Sequence[Figure], left: int, used: set[int]) -> int:
    """How many measures are compared with as many: "1.2 GPa and 18%, compared with 0.8 and 25%".

    ``left`` is the last of the first list. Two of one kind are told apart by others.
    """
    right = left + 1
    may_be = 0 < left < len(outcomes) - 2
    if not may_be or value_first(text, outcomes[left].span, outcomes[right].span) is not True:
        return 0
    for count in range(min(_MOST_SIDE_BY_SIDE, right, len(outcomes) - right), 1, -1):
        ours, theirs = outcomes[right - count : right], outcomes[right : right + count]
        if not used.isdisjoint(range(right - count, right + count)):
            continue
        is_mixed = any(not one.is_like(ours[0]) for one in ours)
        is_same = all(one.is_like(other) for one, other in zip(ours, theirs, strict=True))
        if is_mixed and is_same and _are_listed(text, ours) and _are_listed(text, theirs):
            return count
    return 0


def _are_listed(text: str, figures: Sequence[Figure]) -> bool:
    return all(_LISTED.fullmatch(text, a.span.end, b.span.start) for a, b in pairwise(figures))


def _told(text: str, first: Span, second: Figure) -> bool | None:
    """Whether the first of two numbers is the value; None where they are two outcomes."""
    told = value_first(text, first, second.whole)
    is_range = told is False and _SPREADS_OUT.search(
        text, max(0, first.start - _REACH), first.start
    )
    gap = text[first.end : second.span.start]
    is_apart = _OTHER_CLAUSE.search(gap) or _NO_CONTRAST.search(gap)
    if is_range or (told and (is_apart or _is_parallel(text, gap, second))):
        return None
    if told and is_turned_round(text, first, second.span):
        return False
    if told is None and gap == " and " and "control" in text[second.span.start : second.span.end]:
        return True
    if told is None and gap == " to ":
        # Of a range no two numbers are made.
        return False
    is_compared = _CONTRAST.match(gap) or _is_between(text, first, second.span)
    if told is None and (is_compared or _are_tested(text, gap, second)):
        return _OVER_TIME.search(text, max(0, first.start - 160), first.start) is None
    return told


# "fell after the storm: 52 and 41 m (P = .01)"
_OVER_TIME = re.compile(
    r"(?:\b(?:improv|increas|decreas|declin|reduc|chang|fell|ros|dropp|worsen)\w*\b[^.]{0,90}"
    r"\b(?:after|following)|\bbefore and after|\bpre-? ?(?:and|to) post-?)\b"
    rf"(?:(?!\b(?:than|between|both)\b|{PEOPLE.pattern})(?:[^.;]|\.\d))*\Z"
)


_REACH = 60
# "odds ratios from 1.5 to 2.0": a range, and no change.
_SPREADS_OUT = re.compile(
    r"\b(?:ratios|rates|scores|values|levels|estimates|coefficients|correlations|shares|proportions"
    r") from \Z|\b(?:rang|vari|vary|spread)\w* from \Z"
)
_RELATION = re.compile(
    r"\b(?:against|over|above|below|compared (?:to|with)|relative to|ranging|varying)\b"
)


# "were immune against rust, with a loss in", "one on deck, two below the deck"
_NO_CONTRAST = re.compile(
    r"\b(?:immun\w+|vaccin\w+|protect\w+|effic\w+|effective\w*|activit\w+|active|antibod\w+"
    r"|resistan\w+|titers?|fight|defen[cs]e\w*|robust\w*|attack\w*|guard\w*|violence|discriminat\w+"
    r"|directed|raised) against\b"
    r"|, (?:and )?(?:above|below|over|beyond)[ -]|\bbut not\b"
)


def _is_parallel(text: str, gap: str, second: Figure) -> bool:
    """Whether both numbers have the word between them: "3 nM against A and 45 nM against B"."""
    found = _RELATION.search(gap)
    if found is None or found.group() in ("ranging", "varying"):
        return found is not None
    return text.startswith(f" {found.group()} ", second.span.end)


_CONTRAST = re.compile(
    r"[^.;]{0,60}?,? (?:whereas|while|but) (?:the |an? )?(?:[\w-]+ ){0,3}?"
    r"(?:alone|baselines?|standard|previous|prior|existing|controls?|conventional|humans?"
    r"|experts?|placebo|untreated|random"
    r"|others?)\b[^,;.]*\Z"
)


def _are_tested(text: str, gap: str, second: Figure) -> bool:
    return gap == " and " and is_tested(text, second, second.span.end)


_HAS_RIVAL = re.compile(r"[^,;.\d]{0,40}\b(?:vs|versus|against|compared)\b")
_AND_ANOTHER = re.compile(r"[^;.]{0,60}?,? and (?:(?:to|with|by|of) )?")


_COMMA = re.compile(r"(?:\s?\([^()]{0,40}\))?, ?")


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
        is_listed = _COMMA.fullmatch(text, *gap) and RESPECTIVELY.search(text, other.span.end)
        if not is_listed:
            return
        yield index


_BETWEEN = re.compile(r"\bbetween [^();,]{1,60}\(\Z")
_AND = re.compile(r"\)? and [^();,]{1,60}\(")


def _is_between(text: str, first: Span, second: Span) -> bool:
    """Whether two numbers are of two groups: "between men (3%) and women (4%)"."""
    start, end = first
    if _BETWEEN.search(text, max(0, start - 80), start) is None:
        return False
    return _AND.fullmatch(text, end, second.start) is not None


# "…, and stays within 0.2 points of" begins a comparison of its own.
_OTHER_CLAUSE = re.compile(r", (?:and|but) (?!that|those|the (?:best|strongest)|in |for |with )")
_LISTED = re.compile(r"[^;\d]{0,40}(?:,|\band\b)[^;\d]{0,30}")


def _crossed(text: str, outcomes: Sequence[Figure], left: int, used: set[int]) -> bool:
    """Whether two values are compared with two others: "0.87 and 0.92 (CLIP: 0.71 and 0.90)"."""
    if not 0 < left < len(outcomes) - 2 or left - 1 in used:
        return False
    four = outcomes[left - 1 : left + 3]
    if not all(map(four[0].is_like, four[1:])):
        return False
    return _are_listed(text, four[:2]) and _are_listed(text, four[2:])
