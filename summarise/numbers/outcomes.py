"""The numbers of a sentence that may be outcomes: whether each is a difference, how sure it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from summarise.ground import whole_number
from summarise.models import QuantityKind, Span
from summarise.numbers.uncertainty import (
    IS_P_VALUE,
    UncertaintyMark,
    bare_range_behind,
    marks_of,
    uncertainty_behind,
    uncertainty_in_bracket,
    with_units,
)
from summarise.numbers.values import (
    PER_STEP,
    SentenceNumbers,
    ToldNumber,
    as_told,
    changes_apart,
    estimates_of,
    numbers_of,
    pair_starts,
)
from summarise.scan import Stretches, bare_words, words

_DIGIT = re.compile(r"\d")
_MOST = 40
_REACH = 60
_BESIDE = 12

Marks = Sequence[UncertaintyMark]


class Figure(NamedTuple):
    """A number that was found, and how sure it is.

    Attributes:
        is_change: It is a difference, or a share of another number.
    """

    span: Span
    kind: QuantityKind
    is_change: bool = False
    uncertainty: Span | None = None

    @property
    def whole(self) -> Span:
        """Where it stands with what tells how sure it is."""
        (start, end), sure = self.span, self.uncertainty
        is_beside = sure is not None and 0 <= sure.start - end <= _BESIDE
        return Span(start, sure.end) if sure and is_beside else self.span


class SentenceFigures(NamedTuple):
    """What a sentence reports in numbers: outcomes, and p-values that belong to none of them."""

    outcomes: list[Figure]
    p_values: list[Span]


def numbers_in(text: str, sentence: SentenceNumbers) -> tuple[list[ToldNumber], Marks]:
    """The numbers of a sentence as it tells them, in order, and what tells how sure they are.

    They are its first 40: more are a table.
    """
    if not sentence.quantities and not _DIGIT.search(text, *sentence.span):
        return [], []
    marks = with_units(marks_of(text, sentence.span), sentence.quantities)
    numbers = list(numbers_of(text, sentence, marks))[:_MOST]
    known = Stretches(number.span for number in numbers)
    estimates = estimates_of(text, sentence.span, marks)
    estimates += pair_starts(text, sentence.span, numbers)
    numbers += [one for one in estimates if not known.overlap(one.span)]
    numbers.sort(key=lambda number: number.span)
    told = as_told(text, sentence.span, numbers)
    return list(changes_apart(text, sentence.span, told)), marks


def figures_of(
    text: str, sentence: SentenceNumbers, outcomes: Iterable[ToldNumber], marks: Marks
) -> SentenceFigures:
    """The outcomes among the numbers of a sentence, each with its uncertainty."""
    figures: list[Figure] = []
    for one in outcomes:
        last = figures[-1] if figures else None
        if last and last.uncertainty and one.span.start < last.uncertainty.end:
            continue
        outcome = _outcome(text, sentence, one, marks)
        if (
            last is not None
            and last.is_change
            and (
                _goes_on(text, last, one) or _adds(text, last, one) or _is_against(text, last, one)
            )
        ):
            outcome = outcome._replace(is_change=True)
        figures.append(outcome)
    return _with_p_values(text, figures, marks)


_LIST_GAP = re.compile(
    r"(?:\s?\([^()]{0,40}\))?(?: (?:on|in|for|at|with|over|to) [^;,()]{1,50}?)?"
    r"(?:,? and|,) (?:by )?"
)


# "by 3 points and by up to 7", "by 3 points and warmth by 5"
_AND_BY = re.compile(
    r"[^;,]{0,30},? and (?:(?:the |its |their )?(?:[a-z-]+ ){1,4}?)?by"
    r" (?:up to |about |only |between )?[$€£]?"
)


def _adds(text: str, last: Figure, one: ToldNumber) -> bool:
    """Whether a number goes on from a difference: "by 3 points on average and by up to 7"."""
    end = last.whole.end
    return _AND_BY.fullmatch(text, end, max(end, one.span.start)) is not None


_AGAINST = re.compile(
    r"[^;.,]{0,90}\b(?:versus|vs\.?|compared (?:with|to)|against) (?:an? |only )?"
)


def _is_against(text: str, last: Figure, one: ToldNumber) -> bool:
    """Whether a number is what a difference is compared with: "rose by 58 versus 20 mm"."""
    end = last.whole.end
    return last.kind is one.kind and bool(_AGAINST.fullmatch(text, end, max(end, one.span.start)))


def _goes_on(text: str, last: Figure, one: ToldNumber) -> bool:
    """Whether a number stands in one list with the outcome before it."""
    end = last.whole.end
    if one.span.start - end > 2 * _REACH:
        return False
    return last.kind is one.kind and bool(_LIST_GAP.fullmatch(text, end, one.span.start))


# A value with its uncertainty

_CHANGE_WORD = (
    r"(?:improv|increas|reduc|decreas|ris|rose|fell|fall|drop|gain|gr[eo]w|declin|boost|cut|lower"
    r"|rais|greater|larger|smaller|enhanc|outperform|surpass|exceed|shorten|slow|accelerat|sav"
    r"|shr[aiu]nk|beat|higher|better"
    r"|overestimat|underestimat|differ|chang|widen|narrow|extend|speed)\w*"
)
_CHANGED_BY = re.compile(
    rf"\b{_CHANGE_WORD}\b(?:[^.;]|\.\d){{0,60}}? by"
    r" (?:only |just |an? |as much as |up to |at least |more than |about |over |nearly"
    r" |between )?"
    r"(?:(?:average|mean|median|factor|total) of )?[$~]?\Z"
)
_CHANGE_BEFORE = re.compile(
    r"\b(?:gains?|improvements?|increases?"
    r"|reductions?|differences?|drops?|decreases?|declines?"
    r"|(?:level|absolute|relative|mean|percent(?:age)?) change|boosts?|savings?"
    r"|speed-?ups?|margins?|rise|growth|lift"
    r"|(?<!blood )(?<!return )(?<!insertion )(?<!path )losse?s?)\b"
    r"(?: (?:in|vs\.?|versus|between|from|with) (?:[\w'’-]+ ){1,5}?)?"
    r"(?: ?(?:is|was|were|are|of|by|:|=|,|averaging|from|\(|ranging) ?| ){1,2}"
    r"(?:an? )?(?:(?:average|mean) (?:of )?)?[$~]?\Z"
)
_CHANGE_WORDS = words(
    """gain gains improvement improvements increase increases reduction reductions difference
    differences drop drops decrease decreases decline declines change boost boosts saving savings
    speed speedup speedups margin margins loss losss losse losses rise growth lift"""
)
_CHANGE_AFTER = re.compile(
    r"(?: points?)?(?: in absolute terms| on average|,)? "
    r"(?:absolute |relative |mean |average |\w+ly )?"
    r"(?:\w+ )?(?:higher|lower|more|less|fewer|better|worse|faster|slower|larger|smaller|longer"
    r"|shorter|greater|increase|decrease|reduction|improvement|gain|drop|decline|rise|above"
    r"|below|as"
    r" (?:many|much|likely|fast|high|low|large)|the (?:size|number|amount)|savings?|benefit|cheaper"
    r"|speed-?up|difference|stronger|weaker)\b"
    r"|(?: points?)? (?:over|ahead of|behind|compared (?:with|to)) (?:the |a )?[A-Za-z]"
    r"| of (?:the )?(?:[\w'’-]+ )?[\w-]+['’]s? (?:[\w-]+ )?(?:performance|quality|accuracy"
    r"|scores?|level|speed|costs?|size|errors?|time|memory|throughput|parameters)\b"
    r"| of (?:the )?(?:[\w'’-]+ ){0,3}?(?:level|performance of)"
    r"| of (?:the |all )?(?:[\w-]+ ){1,4}(?:can be|could be|is|are|was|were)"
    r" (?:saved|avoided|spared)\b"
    r"|(?: points?)?(?: (?!(?:of|in|on|for|with|to|from|and|or|at|by|than|the)\b)[a-z-]++){2,3}"
    r" (?:increase|decrease|reduction|improvement|gain|drop|decline|savings?|speed-?up)\b"
    r"|(?-i: (?:\w+ )?(?:performance|quality) of (?:the )?(?:[a-z'’-]+ ){0,4}?[A-Z])"
)
# "a 4.2% (95% CI: 1.1%, 7.4%) increase"
_CHANGE_BEHIND = re.compile(
    r"[)\]] (?:relative |absolute )?(?:increase|decrease|reduction|improvement|gain|drop|decline"
    r"|rise|higher|lower)\b"
)
# "2%, 3% and 5% gains", not "a score of 71%, 4 points higher than"
_OTHER_AFTER = re.compile(
    r"(?:, \d[\d.]* ?\\?%){0,3},? (?:and|or|to),? (?:up to )?\d[\d.]*(?: ?\\?%|x| points?)"
    r"(?! (?:over|ahead|behind|compared|of)\b)"
)
_TO_AFTER = re.compile(r"(?: [a-z]+){0,2}? to [$~]?\d")
_FROM_BEFORE = re.compile(r"\bfrom [$~]?\d[^;]{0,30} to \Z")
_PAIR_AFTER = re.compile(r"[^()]{0,24}?\b(?:vs?\.?|versus) ")
_SIGN = re.compile(r"[+]")


def _outcome(text: str, sentence: SentenceNumbers, one: ToldNumber, marks: Marks) -> Figure:
    start, end = whole_number(text, one.span, sentence.span)
    end = min((m.span.start for m in marks if one.span.end <= m.span.start < end), default=end)
    span = Span(start, one.span.end + len(text[one.span.end : end].rstrip()))
    step = PER_STEP.match(text, one.span.end, sentence.span.end)
    span = one.span if step else span
    sure = uncertainty_behind(text, step.end() if step else span.end, marks)
    sure = sure or bare_range_behind(text, span, sentence.span, marks)
    sure = sure or uncertainty_in_bracket(text, span.end, marks)
    is_change = _is_change(text, sentence.span, one, span)
    if sure and not one.is_share:
        is_change = is_change or _CHANGE_BEHIND.match(text, sure.end) is not None
    return Figure(span, one.kind, is_change, sure)


def _is_change(text: str, within: Span, one: ToldNumber, span: Span) -> bool:
    after = (span.end, within.end)
    # "The loss drops from 4% to 2%"
    starts = text.startswith("from ", span.start - 5) and _TO_AFTER.match(text, *after)
    ends = text.startswith(" to ", span.start - 4) and _FROM_BEFORE.search(
        text, max(within.start, span.start - _REACH), span.start
    )
    if starts or ends or _PAIR_AFTER.match(text, *after):
        return False
    if one.kind is QuantityKind.FACTOR or _SIGN.match(text, span.start, span.end):
        return True
    if one.is_share:
        return False
    before = text[max(within.start, span.start - 2 * _REACH) : span.start].lower()
    if " by " in before and _CHANGED_BY.search(before):
        return True
    if not _CHANGE_WORDS.isdisjoint(bare_words(before)) and _CHANGE_BEFORE.search(before):
        return True
    other = _OTHER_AFTER.match(text, *after) if one.kind is QuantityKind.PERCENT else None
    end = other.end() if other else span.end
    return _CHANGE_AFTER.match(text, end, min(within.end, end + _REACH)) is not None


_P_REACH = 100
_CLAUSE_END = re.compile(r"; |, (?:and|while|but|whereas) |[)\]] and ")


def _with_p_values(text: str, outcomes: list[Figure], marks: Marks) -> SentenceFigures:
    """Give each p-value to the outcome of its clause before it; the others are told alone."""
    taken = Stretches(o.uncertainty for o in outcomes if o.uncertainty)
    free: list[Span] = []
    for mark in marks:
        if not mark.is_p_value or taken.overlap(mark.span):
            continue
        if (ahead := _ahead(text, outcomes, mark.span)) is not None:
            if outcomes[ahead].uncertainty is None:
                outcomes[ahead] = outcomes[ahead]._replace(uncertainty=mark.span)
            continue
        at = next((i for i, o in _before(outcomes, mark.span.start)), None)
        if at is None or (joined := _joined(text, outcomes[at], mark.span)) is None:
            free.append(mark.span)
        else:
            outcomes[at] = joined
    return SentenceFigures(outcomes, free)


# "(p = 0.03; OR = 2.1)"
_LEADS_TO = re.compile(r"[,;] ?(?:[A-Za-z][\w -]{0,30}?(?: ?\[[A-Za-z]+\])? ?[=:]? ?)?")


def _ahead(text: str, outcomes: Sequence[Figure], p_value: Span) -> int | None:
    """The outcome that follows a p-value in the bracket which that opens."""
    if text[p_value.start - 1] not in "([":
        return None
    after = ((i, o.span.start) for i, o in enumerate(outcomes) if o.span.start >= p_value.end)
    index, start = next(after, (0, 0))
    return index if start and _LEADS_TO.fullmatch(text, p_value.end, start) else None


def _joined(text: str, outcome: Figure, p_value: Span) -> Figure | None:
    """An outcome with a p-value of its clause or its bracket; None where it has none of them."""
    sure = outcome.uncertainty
    gap = text[sure.end if sure else outcome.span.end : p_value.start]
    is_inside = (
        ")" not in gap and text.count("(", max(0, outcome.span.start - 60), p_value.start) > 0
    )
    if len(gap) > _P_REACH or (_CLAUSE_END.search(gap) and not (sure and is_inside)):
        return None
    if sure is None:
        return outcome._replace(uncertainty=p_value)
    if not is_inside or IS_P_VALUE.search(text, *sure):
        return None
    if "(" in gap or gap.count("]") > gap.count("["):
        return outcome
    return outcome._replace(uncertainty=Span(sure.start, p_value.end))


def _before(outcomes: Sequence[Figure], at: int) -> Iterator[tuple[int, Figure]]:
    for index in range(len(outcomes) - 1, -1, -1):
        if outcomes[index].span.end <= at:
            yield index, outcomes[index]
