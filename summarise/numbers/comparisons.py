"""Which number of a sentence another is compared with, and with whose."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from summarise.ground import value_first, why_not_own
from summarise.models import QuantityKind, Span
from summarise.numbers.groups import listed, phrase_before, phrase_behind
from summarise.numbers.outcomes import Figure
from summarise.numbers.values import SentenceNumbers
from summarise.scan import Stretches

_SHARING = frozenset({QuantityKind.POINTS, QuantityKind.MEASURE})
"""What a bare number beside them may be, too."""


class ComparedFigure(NamedTuple):
    """An outcome, whose it is, and what it is compared with."""

    outcome: Figure
    group: Span | None = None
    baseline: Span | None = None
    comparator: Span | None = None


def compared(
    text: str, sentence: SentenceNumbers, outcomes: Sequence[Figure], named: Stretches
) -> list[ComparedFigure]:
    """The outcomes of a sentence that are the paper's own, with what they are compared with.

    ``named`` is where metrics and datasets stand, which are no groups.
    """
    lists = listed(text, sentence.span, [_whole(o) for o in outcomes])
    pairs = _pairs(text, outcomes, lists)
    naming = _Naming(text, sentence, outcomes, named)
    others = set(pairs.values())
    rows: list[ComparedFigure] = []
    for index in range(len(outcomes)):
        if index in others:
            continue
        group = naming.apart(lists.get(index))
        row = naming.of_pair(index, pairs[index]) if index in pairs else naming.alone(index)
        row = row._replace(group=group or row.group)
        if _is_own(text, sentence.span, row):
            rows.append(row)
    return rows


def _whole(outcome: Figure) -> Span:
    """A value and what tells how sure it is."""
    start, end = outcome.span
    return Span(start, max(end, outcome.uncertainty.end if outcome.uncertainty else end))


def _is_own(text: str, within: Span, row: ComparedFigure) -> bool:
    """Whether nothing around a value says that it is somebody else's, or where a change began."""
    group = row.group.of(text) if row.group else ""
    rival = row.comparator.of(text) if row.comparator else ""
    return why_not_own(text, row.outcome.span, within, group=group, rival=rival) is None


def _pairs(text: str, outcomes: Sequence[Figure], lists: dict[int, Span]) -> dict[int, int]:
    """The index of each value that is compared with a number, and that number's."""
    pairs: dict[int, int] = {}
    used: set[int] = set()
    for left in range(len(outcomes) - 1):
        right = left + 1
        if left in used or (left in lists and right in lists):
            continue
        first, second = outcomes[left], outcomes[right]
        if not _alike(first, second):
            continue
        told = value_first(text, first.span, second.span)
        if told is None and _is_between(text, first, second):
            told = True
        gap = text[first.span.end : second.span.start]
        if told is None or (told and _OTHER_CLAUSE.search(gap)):
            continue
        if told and _crossed(text, outcomes, left, used):
            pairs |= {left - 1: right, left: right + 1}
            used |= {left - 1, left, right, right + 1}
            continue
        pairs[left if told else right] = right if told else left
        used |= {left, right}
    return pairs


def _alike(one: Figure, other: Figure) -> bool:
    """Whether two numbers can be the same measure of two things."""
    if one.is_change is not other.is_change:
        return False
    if one.kind is other.kind:
        return True
    kinds = {one.kind, other.kind}
    return QuantityKind.NUMBER in kinds and not _SHARING.isdisjoint(kinds)


_BETWEEN = re.compile(r"\bbetween [^();,]{1,60}\(\Z")
_AND = re.compile(r"\)? and [^();,]{1,60}\(")


def _is_between(text: str, first: Figure, second: Figure) -> bool:
    """Whether two numbers are of two groups: "between men (3%) and women (4%)"."""
    start, end = first.span
    if _BETWEEN.search(text, max(0, start - 80), start) is None:
        return False
    return _AND.fullmatch(text, end, second.span.start) is not None


# "…, and stays within 0.2 points of" begins a comparison of its own.
_OTHER_CLAUSE = re.compile(r", (?:and|but) (?!that|those|the (?:best|strongest)|in |for |with )")
_LISTED = re.compile(r"[^;\d]{0,40}(?:,|\band\b)[^;\d]{0,30}")


def _crossed(text: str, outcomes: Sequence[Figure], left: int, used: set[int]) -> bool:
    """Whether two values are compared with two others: "0.87 and 0.92 (CLIP: 0.71 and 0.90)"."""
    if not 0 < left < len(outcomes) - 2 or left - 1 in used:
        return False
    four = outcomes[left - 1 : left + 3]
    if not all(_alike(four[0], other) for other in four[1:]):
        return False
    return all(_LISTED.fullmatch(text, a.span.end, b.span.start) for a, b in (four[:2], four[2:]))


_P_VALUE = re.compile(r"[pP][\s_-]?\w{0,8}\s?[<>=≤≥&\\]")
_BRACKET = re.compile(r"[(\[](?P<label>[^()\[\]\d;]{0,25})\Z")
_BRACKET_LABEL = re.compile(
    r"[(\[;]\s?(?:and )?(?P<name>[A-Za-z][\w /+.-]{1,40}):\s?[^();:\d]{0,15}\Z"
)
_STATISTIC = re.compile(r"[A-Z]{1,4}\d?|[a-z]|median|mean|range|difference|total", re.IGNORECASE)
_WHOSE = re.compile(
    r"(?:%?[)\]])?,? ?(?:of [a-z]+ )?(?P<how>in|with|for|under|among|by|achieved by|obtained by)"
    r" (?:those (?:with|in|on|receiving) )?"
)
_THAN = re.compile(
    r"\b(?:than|compared (?:with|to)|relative to|versus|vs\.?|over|against)"
    r" (?:(?:that|those) )?(?:(?:in|with|for|of|on|by|among|observed in) )?(?=[^\d\W])"
)
_POSSESSIVE = re.compile(r"['’]s? (?:[a-z]+ ){0,2}\Z")
_BEFORE_COMPARED = re.compile(
    r"\b(?:than|versus|vs\.?|against|compared (?:with|to)|relative to|and|over)"
    r" (?:(?:that|those) )?(?:(?:in|with|for|of|on|by|among) )?"
)
_COPULA = re.compile(r"\b(?:is|was|are|were) (?:an? |the )?\Z")
_OUT_OF = re.compile(r"[)\]]?,? ?(?:(?:out )?of (?:the )?(?:\d[\d,]* )?)?(?=[a-z])")
_SHARE_OF = re.compile(r" of (?:the |all )?(?=[a-z])")
_PEOPLE = re.compile(
    r"\b(?:patients|participants|adults|children|women|men|people|individuals|subjects|students"
    r"|respondents|infants|adolescents|caregivers|users|workers|residents|mice|rats|animals|controls"
    r"|group|groups|arm|cohort|volunteers|physicians|nurses|teachers|parents|cases|carriers|athletes"
    r"|households|families|carers|drivers|farmers|voters|firms|employees|smokers|survivors|responders"
    r"|pupils|learners|readers|players|veterans|neonates|girls|boys|females|males|eyes|pregnancies|samples|isolates|runners)\b"
)
_FRONTED = re.compile(
    r"(?:^|[;,.] (?:and |while |whereas |but )?)(?:[A-Z]+: )?(?:Among|among|In|in|For|for|With) "
)


class _Naming:
    """Finds the names of those whose the outcomes of a sentence are."""

    def __init__(
        self, text: str, sentence: SentenceNumbers, outcomes: Sequence[Figure], named: Stretches
    ) -> None:
        self._text = text
        self._start = sentence.span.start + sentence.label_length
        self._end = sentence.span.end
        self._outcomes = outcomes
        self._named = named

    def apart(self, name: Span | None) -> Span | None:
        """A name unless a metric or a dataset stands in it."""
        return None if name is None or self._named.overlap(name) else name

    def of_pair(self, index: int, other: int) -> ComparedFigure:
        """A value with the number that it is compared with, and the names of both."""
        outcome, baseline = self._outcomes[index], self._outcomes[other]
        theirs = baseline.uncertainty
        if outcome.uncertainty is None and theirs and _P_VALUE.match(self._text, theirs.start):
            outcome = outcome._replace(uncertainty=theirs)
        row = ComparedFigure(outcome, baseline=baseline.span)
        if other < index:
            return row
        if (theirs := self._bracketed(baseline)) is not None:
            ours = self._bracketed(outcome)
            return row._replace(group=self.apart(ours), comparator=self.apart(theirs))
        end = self._next_start(other)
        how = _WHOSE.match(self._text, _whole(baseline).end, end)
        if how is None:
            return row._replace(comparator=self._possessor(outcome, baseline))
        theirs = phrase_behind(self._text, how.end(), end)
        own = _WHOSE.match(self._text, _whole(outcome).end, baseline.span.start)
        ours = own and phrase_behind(self._text, own.end(), baseline.span.start)
        return row._replace(group=self.apart(ours), comparator=self.apart(theirs))

    def _possessor(self, outcome: Figure, baseline: Figure) -> Span | None:
        """Who has a baseline: "against CLIP's 70.1%"."""
        start, end = outcome.span.end, baseline.span.start
        found = _POSSESSIVE.search(self._text, max(start, end - 40), end)
        return self.apart(phrase_before(self._text, start, found.start())) if found else None

    def _next_start(self, index: int) -> int:
        following = self._outcomes[index + 1 : index + 2]
        return following[0].span.start if following else self._end

    def _last_end(self, index: int) -> int:
        return _whole(self._outcomes[index - 1]).end if index else self._start

    def alone(self, index: int) -> ComparedFigure:
        """A value that isn't compared with a number, with the names that the sentence gives."""
        outcome = self._outcomes[index]
        row = ComparedFigure(outcome)
        if outcome.is_change:
            row = row._replace(comparator=self._rival(index))
        return row._replace(group=self.apart(self._group(index)))

    def _rival(self, index: int) -> Span | None:
        """What a difference is a difference to: "18% fewer than men"."""
        start, end = self._outcomes[index].span.end, self._next_start(index)
        end = min(end, start + 80, self._clause_end(start))
        found = _THAN.search(self._text, start, end)
        return self.apart(phrase_behind(self._text, found.end(), end)) if found else None

    def _clause_end(self, at: int) -> int:
        found = _CLAUSE_END.search(self._text, at, self._end)
        return found.start() if found else self._end

    def _group(self, index: int) -> Span | None:
        outcome = self._outcomes[index]
        if (label := self._label(outcome)) is not None:
            return label
        bracketed = self._bracketed(outcome)
        if bracketed is not None and self._is_parallel(index):
            return bracketed
        return self._counted(index) or self._fronted(outcome) or self._behind(index)

    def _label(self, outcome: Figure) -> Span | None:
        start = max(self._start, outcome.span.start - 70)
        found = _BRACKET_LABEL.search(self._text, start, outcome.span.start)
        if found is None:
            return None
        is_direct = self._text[found.end("name") : outcome.span.start].strip(": ") == ""
        if is_direct and _STATISTIC.fullmatch(found["name"]):
            return None
        return Span(*found.span("name"))

    def _bracketed(self, outcome: Figure) -> Span | None:
        """The phrase before the bracket that a value opens: "than in controls (2.6%)"."""
        start = max(self._start, outcome.span.start - 30)
        found = _BRACKET.search(self._text, start, outcome.span.start)
        return phrase_before(self._text, self._start, found.start()) if found else None

    def _is_parallel(self, index: int) -> bool:
        """Whether another value stands in brackets, too, and the phrase before them is a name."""
        kin = [o for o in self._outcomes if o.kind is self._outcomes[index].kind]
        names = [name for one in kin if (name := self._bracketed(one))]
        return len(names) > 1 and any(map(self._is_somebody, names))

    def _is_somebody(self, name: Span) -> bool:
        """Whether a phrase before a bracket can be whose the number in it is."""
        if _COPULA.search(self._text, max(self._start, name.start - 12), name.start):
            return False
        text = name.of(self._text)
        return any(c.isupper() or c.isdigit() for c in text) or _PEOPLE.search(text) is not None

    def _counted(self, index: int) -> Span | None:
        """Of whom a value is a share: "9 (10%) of 87 patients with gout", "27% of carers"."""
        outcome = self._outcomes[index]
        if index and _LIST_LIKE.fullmatch(self._text, self._last_end(index), outcome.span.start):
            return None
        if outcome.is_change or outcome.kind not in (QuantityKind.PERCENT, QuantityKind.COUNT):
            return None
        end = self._next_start(index)
        for pattern in (_SHARE_OF, _OUT_OF):
            found = pattern.match(self._text, outcome.span.end, end)
            name = phrase_behind(self._text, found.end(), end) if found else None
            if name is not None and _PEOPLE.search(self._text, *name):
                return name
        return None

    def _fronted(self, outcome: Figure) -> Span | None:
        """The group that a clause begins with: "Among the carers, 27% …"."""
        clause = self._text[self._start : outcome.span.start]
        opening = max((m.end() for m in _FRONTED.finditer(clause)), default=None)
        if opening is None:
            return None
        name = phrase_behind(self._text, self._start + opening, outcome.span.start)
        is_closed = name is not None and self._text.startswith(",", name.end)
        return name if is_closed and name and _PEOPLE.search(self._text, *name) else None

    def _behind(self, index: int) -> Span | None:
        """The group behind a value where others have theirs, too: "9.6 with A and 4.1 with B"."""
        kin = [i for i, o in enumerate(self._outcomes) if o.kind is self._outcomes[index].kind]
        if len(kin) < 2:
            return None
        names = {i: self._named_behind(i) for i in kin}
        told = [how for name, how in names.values() if name is not None]
        name, how = names[index]
        return name if len(told) > 1 and told.count(how) > 1 else None

    def _named_behind(self, index: int) -> tuple[Span | None, str]:
        end = self._next_start(index)
        found = _WHOSE.match(self._text, _whole(self._outcomes[index]).end, end)
        if found is None:
            return None, ""
        return phrase_behind(self._text, found.end(), end), found["how"]


_LIST_LIKE = re.compile(r",? (?:and |or )?")
_CLAUSE_END = re.compile(r"; |, (?:and|while|but|whereas) ")
