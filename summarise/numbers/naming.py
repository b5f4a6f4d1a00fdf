"""Whose the outcomes of a sentence are: the names of arms, groups and rivals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from summarise.models import QuantityKind, Span
from summarise.numbers.groups import PEOPLE, label_before, phrase_before, phrase_behind
from summarise.numbers.outcomes import IS_P_VALUE, Figure, is_tested
from summarise.numbers.sides import (
    is_anybody,
    is_effect,
    more_with,
    ratio_of,
    sides_before,
    subject_of,
    tied_subject,
)
from summarise.numbers.values import SentenceNumbers
from summarise.scan import Stretches

_BRACKET = re.compile(r"[(\[](?P<label>[^()\[\]\d;]{0,25})\Z")
_WHOSE = re.compile(
    rf"(?:%?[)\]])?(?: (?:[a-z]+ )?per [a-z]+| units?| points?)?(?: {PEOPLE.pattern})?"
    r"(?: (?:higher|lower|more|less|greater|longer|shorter))?,? ?"
    r"(?:of (?:(?:the|all|those) )?(?:[a-z]+ )?)?"
    r"(?P<how>in|with|for|under|among|by|assigned to|receiving"
    r"|randomi[sz]ed to|treated with|given|achieved by|obtained by)"
    r" (?:those (?:with|in|on|receiving) )?"
    rf"(?:(?:those|{PEOPLE.pattern}) "
    r"(?:(?:that|who) )?(?:had )?(?:received|receiving|underwent|undergoing|(?:were )?given"
    r"|(?:were )?treated with|took|taking) (?:the )?)?"
    r"(?:(?:the|those|all) (?:[a-z]+ )?(?:done|performed|conducted|treated|seen|living|born"
    r"|admitted"
    r"|cared for) (?:in|with|at|on|by|under) (?:the )?)?"
)
_OUT_OF = re.compile(r"[)\]]?,? ?(?:(?:out )?of (?:the )?(?:\d[\d,]* )?)?(?=[a-z])")


class ComparedFigure(NamedTuple):
    """An outcome, whose it is, and what it is compared with."""

    outcome: Figure
    group: Span | None = None
    baseline: Span | None = None
    comparator: Span | None = None


_THAN = re.compile(
    r"\b(?:than|compared (?:with|to)|relative to|versus|vs\.?|over|against)"
    r" (?:(?:that|those) )?(?:(?:in|with|for|of|on|by|among|observed in) )?(?=[^\d\W])"
)
_LIST_BEFORE = re.compile(r"(?:, |\band |\bincluding |\bwere |\bby |\bidentified )(?:the |an? )?\Z")
_BEFORE_GROUP = re.compile(
    r"\b(?:in|for|with|among|after|of|by|under|at|between|and|than) (?:the )?\Z"
)
_CONTRASTED = re.compile(r"(?:[,;] (?:while|whereas|but)|;) (?:the |an? )?(?=[\w])")
_OF_ONE = frozenset({"in", "with", "for", "among"})
# "for Profiles A and B", "with AAI < 0.9", "in CIP hearts 2.6"
_LIST_GOES_ON = re.compile(r" (?:[A-Z\d] )?(?:and|or) (?!\d)| ?[<>=≤≥]| [\d(]|, \d")
_FRONTED = re.compile(
    r"(?:^|[;,.] (?:and |while |whereas |but )?)(?:[A-Z]+: )?(?:Among|among|In|in|For|for|With) "
)


class Arms(NamedTuple):
    """The values of the arms of a comparison: whose each is, and what it is compared with."""

    names: dict[int, Span]
    pairs: dict[int, int]


_ARM_GAP = re.compile(
    r"[)\]]?,? (?:and |but |vs\.? |versus )?(?:(?:in|by|of|was|a (?:mean|median) of) )?"
)
_ARM = re.compile(r"\b(?:groups?|arms?|cohorts?)\b")
_ARM_BEFORE = re.compile(
    r"\b(?P<arm>(?:groups?|arms?))(?: [(\[][^()\[\]]{1,24}[)\]])?,?"
    r" (?:was|were|had|is|by|to|of|from|with|reached|averaged|(?:rose|fell|increased|decreased"
    r"|declined|improved)(?: from [^,;]{1,30})? (?:by|to))(?: [a-z]+){0,4} ?[$~]?\Z"
)
_VERB_TO_NUMBER = re.compile(r" (?:[a-z]+ ){1,4}[$~]?")


class Naming:
    """Finds the names of those whose the outcomes of a sentence are."""

    def __init__(
        self, text: str, sentence: SentenceNumbers, outcomes: Sequence[Figure], named: Stretches
    ) -> None:
        self._text = text
        self._start = sentence.body_start
        self._end = sentence.span.end
        self._outcomes = outcomes
        self._named = named

    def apart(self, name: Span | None) -> Span | None:
        """A name unless a metric or a dataset stands in it."""
        return None if name is None or self._named.overlap(name) else name

    def _last_end(self, index: int) -> int:
        return self._outcomes[index - 1].whole.end if index else self._start

    def _next_start(self, index: int) -> int:
        following = self._outcomes[index + 1 : index + 2]
        return following[0].span.start if following else self._end

    def _bracketed(self, outcome: Figure) -> Span | None:
        """The phrase before the bracket that a value opens: "than in controls (2.6%)"."""
        start = max(self._start, outcome.span.start - 30)
        found = _BRACKET.search(self._text, start, outcome.span.start)
        return phrase_before(self._text, self._start, found.start()) if found else None

    def _named_behind(self, index: int) -> tuple[Span | None, str]:
        end = self._next_start(index)
        found = _WHOSE.match(self._text, self._outcomes[index].whole.end, end)
        if found is None:
            return None, ""
        return phrase_behind(self._text, found.end(), end), found["how"]

    def _counted(self, index: int) -> Span | None:
        """Of whom a value is a share: "9 (10%) of 87 patients with gout", "27% of carers"."""
        outcome = self._outcomes[index]
        if outcome.is_change or outcome.kind not in (QuantityKind.PERCENT, QuantityKind.COUNT):
            return None
        end = self._next_start(index)
        found = _OUT_OF.match(self._text, outcome.span.end, end)
        name = phrase_behind(self._text, found.end(), end) if found else None
        return name if name and PEOPLE.search(self._text, *name) else None

    def _is_somebody(self, name: Span) -> bool:
        """Whether a phrase before a bracket can be whose the number in it is."""
        text = name.of(self._text)
        return any(c.isupper() or c.isdigit() for c in text) or PEOPLE.search(text) is not None

    def arms(self, taken: dict[int, Span]) -> Arms:
        """Whose the two values of a test are: "3.9 in the A group and 3.1 in the B group"."""
        arms = Arms({}, {})
        run: list[tuple[int, Span]] = []
        for index in range(len(self._outcomes) + 1):
            name = self._arm(index, taken)
            if run and not (name and self._follows(run[-1], index)):
                if len(run) == 2 and self._are_tested(*run):
                    arms.names.update(run)
                    arms.pairs[run[0][0]] = run[1][0]
                run = []
            if name:
                run.append((index, name))
        return arms

    def _are_tested(self, one: tuple[int, Span], other: tuple[int, Span]) -> bool:
        """Whether two values of a run are compared: of groups, or with a test behind them."""
        if all(_ARM.search(self._text, *name) for _, name in (one, other)):
            return True
        return is_tested(self._text, self._outcomes[other[0]], other[1].end)

    def _arm(self, index: int, taken: dict[int, Span]) -> Span | None:
        is_free = index < len(self._outcomes) and index not in taken
        return self.apart(self._named_behind(index)[0]) if is_free else None

    def _follows(self, last: tuple[int, Span], index: int) -> bool:
        one, other = self._outcomes[last[0]], self._outcomes[index]
        gap = _ARM_GAP.fullmatch(self._text, last[1].end, other.span.start)
        return one.is_like(other) and gap is not None

    def of_pair(self, index: int, other: int) -> ComparedFigure:
        """A value with the number that it is compared with, and the names of both."""
        outcome, baseline = self._outcomes[index], self._outcomes[other]
        theirs = baseline.uncertainty
        if outcome.uncertainty is None and theirs and IS_P_VALUE.match(self._text, theirs.start):
            outcome = outcome._replace(uncertainty=theirs)
        row = ComparedFigure(outcome, baseline=baseline.span)
        if other < index:
            ours, theirs = self._named_behind(index)[0], self._named_behind(other)[0]
            bracketed = self._bracketed(baseline)
            ours = ours or (bracketed if bracketed and self._is_somebody(bracketed) else None)
            return row._replace(group=self.apart(ours), comparator=self.apart(theirs))
        ours, theirs = self._beside(outcome, baseline) or self._behind_both(index, other)
        ours = ours or more_with(self._text, self._start, outcome.span.start)
        ours = ours or subject_of(self._text, self._start, outcome.span.start)
        return row._replace(group=self.apart(ours), comparator=self.apart(theirs))

    def _beside(self, outcome: Figure, baseline: Figure) -> tuple[Span | None, Span | None] | None:
        """The names of a pair that stand in it or right before its brackets."""
        if (rival := self._bracketed(baseline)) is not None:
            return self._ours(outcome), rival
        return sides_before(self._text, self._start, outcome.span)

    def _behind_both(self, index: int, other: int) -> tuple[Span | None, Span | None]:
        """The names of a pair that stand behind its numbers."""
        outcome, baseline = self._outcomes[index], self._outcomes[other]
        end = self._next_start(other)
        how = _WHOSE.match(self._text, baseline.whole.end, end)
        own = _WHOSE.match(self._text, outcome.whole.end, baseline.span.start)
        ours = phrase_behind(self._text, own.end(), baseline.span.start) if own else None
        if how is None:
            return self._counted(index), None
        return ours, phrase_behind(self._text, how.end(), end)

    def _ours(self, outcome: Figure) -> Span | None:
        """Whose a value in brackets is: "in cases (12%) than in controls (3%)"."""
        name = self._bracketed(outcome)
        if name is None:
            return None
        is_told = _BEFORE_GROUP.search(self._text, max(self._start, name.start - 14), name.start)
        return self.apart(name) if is_told else None

    def alone(self, index: int) -> ComparedFigure:
        """A value that isn't compared with a number, with the names that the sentence gives."""
        outcome = self._outcomes[index]
        row = ComparedFigure(outcome)
        if is_effect(self._text, self._start, outcome.span):
            told = sides_before(self._text, self._start, outcome.span)
            if told and told.ours and told.theirs:
                ours, theirs = map(self.apart, told)
                return row._replace(group=ours, comparator=theirs)
        if outcome.is_change:
            row = row._replace(comparator=self._rival(index))
        name = self.apart(self._group(index))
        return row._replace(group=None if name and is_anybody(self._text, name) else name)

    def _rival(self, index: int) -> Span | None:
        """What a difference is a difference to: "18% fewer than men"."""
        start, end = self._outcomes[index].span.end, self._next_start(index)
        end = min(end, start + 80)
        found = _THAN.search(self._text, start, end)
        return self.apart(phrase_behind(self._text, found.end(), end)) if found else None

    def _group(self, index: int) -> Span | None:
        outcome = self._outcomes[index]
        label = label_before(self._text, self._start, outcome.span.start)
        if label is not None:
            return label
        if outcome.uncertainty and (predictor := self._predictor(index)):
            return predictor
        bracketed = self._bracketed(outcome)
        if bracketed is not None and self._is_parallel(index):
            return bracketed
        name = self._counted(index) or self._fronted(outcome) or self._behind(index)
        return name or self._contrasted(index) or self._arm_told(index)

    def _arm_told(self, index: int) -> Span | None:
        """The arm that a value alone is given of: "5.3 in the massage group"."""
        outcome = self._outcomes[index]
        name, _ = self._named_behind(index)
        if name and _ARM.search(self._text, *name):
            return name
        start = self._last_end(index)
        found = _ARM_BEFORE.search(
            self._text, max(start, outcome.span.start - 90), outcome.span.start
        )
        name = phrase_before(self._text, start, found.end("arm")) if found else None
        return name or subject_of(self._text, start, outcome.span.start)

    def _predictor(self, index: int) -> Span | None:
        """Of what an estimate in brackets is, where another one is there of something else."""
        name = self._ratios[index]
        if name is None:
            return None
        if sum(one.uncertainty is not None for one in self._outcomes) == 1:
            return tied_subject(self._text, self._start, self._outcomes[index].span.start)
        if sum(one is not None for one in self._ratios) == 1:
            return None
        return name

    @cached_property
    def _ratios(self) -> list[Span | None]:
        """Of what each outcome is the ratio, where a bracket gives it as one."""
        return [ratio_of(self._text, self._start, o.span) for o in self._outcomes]

    def _contrasted(self, index: int) -> Span | None:
        """Who begins a clause that contrasts: "…, while the experts reach 78%"."""
        start, end = self._last_end(index), self._outcomes[index].span.start
        found = _CONTRASTED.search(self._text, max(start, end - 80), end) if index else None
        name = phrase_behind(self._text, found.end(), end) if found else None
        if name is None or not _VERB_TO_NUMBER.fullmatch(self._text, name.end, end):
            return None
        return name if self._is_somebody(name) else None

    def _is_parallel(self, index: int) -> bool:
        """Whether another value stands in brackets, too, and the phrase before them is a name."""
        kin = [o for o in self._outcomes if o.kind is self._outcomes[index].kind]
        names = [name for one in kin if (name := self._bracketed(one))]
        if all(one.uncertainty for one in kin) and all(map(self._is_predictor, names)):
            return len(names) == len(kin) > 1
        if len(names) == len(kin) > 2 and all(map(self._is_predictor, names[1:])):
            return True
        return len(names) > 1 and any(map(self._is_somebody, names))

    def _is_predictor(self, name: Span) -> bool:
        """Whether a phrase before an estimate in brackets is a whole one of a list."""
        start = max(self._start, name.start - 24)
        return _LIST_BEFORE.search(self._text, start, name.start) is not None

    def _fronted(self, outcome: Figure) -> Span | None:
        """The group that a clause begins with: "Among the carers, 27% …"."""
        clause = self._text[self._start : outcome.span.start]
        opening = max((m.end() for m in _FRONTED.finditer(clause)), default=None)
        if opening is None:
            return None
        name = phrase_behind(self._text, self._start + opening, outcome.span.start)
        is_closed = name is not None and self._text.startswith(",", name.end)
        if name and self._text[name.start].isdigit():
            return None
        return name if is_closed and name and PEOPLE.search(self._text, *name) else None

    def _behind(self, index: int) -> Span | None:
        """The group behind a value where others have theirs, too: "9.6 with A and 4.1 with B"."""
        kin = [i for i, o in enumerate(self._outcomes) if o.kind is self._outcomes[index].kind]
        names = {i: self._named_behind(i) for i in kin}
        told = [how for name, how in names.values() if name is not None]
        name, how = names[index]
        if told.count(how) > 1:
            return name
        return name if name and self._tells_apart(name, how) else None

    def _tells_apart(self, name: Span, how: str) -> bool:
        """Whether a name behind a value is that of some people or of one thing."""
        if how not in _OF_ONE:
            return False
        text = name.of(self._text)
        if _LIST_GOES_ON.match(self._text, name.end):
            return False
        is_named = how != "with" and any(c.isupper() or c.isdigit() for c in text)
        return is_named or PEOPLE.search(text) is not None
