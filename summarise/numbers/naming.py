"""Whose the outcomes of a sentence are: the names of arms, groups and rivals."""

from __future__ import annotations

import re
from functools import cached_property
from typing import NamedTuple

from summarise.models import Span
from summarise.numbers.beside import COPULA, SHARE_OF, WHOSE, Beside
from summarise.numbers.groups import PEOPLE, label_before, phrase_before, phrase_behind
from summarise.numbers.outcomes import IS_P_VALUE, Figure, is_tested
from summarise.numbers.sides import (
    is_anybody,
    is_effect,
    more_with,
    ratio_of,
    sides_around,
    sides_before,
    subject_of,
    tied_subject,
)


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
_AND_RIVAL = re.compile(r"(?: \([^()]{1,40}\))? and (?:the )?")
# "95% performance of Zeta"
_PERFORMANCE_OF = re.compile(
    r" (?:of (?:the )?)?(?:\w+ )?(?:performance|quality) of (?:the )?(?=\w)"
)
_LIST_BEFORE = re.compile(
    r"(?:, |\band |, while |, whereas |\bincluding |\bwere |\bby |\bidentified )(?:the |an? )?\Z"
)
_COUNTED = re.compile(
    r"\d[\d,]*(?: (?:out )?of (?:the )?\d[\d,]*)? (?P<name>(?!of\b|out\b)"
    r"[A-Za-z][\w-]*(?: [\w-]+){0,2}) \("
)
_VERSUS_BEFORE = re.compile(
    r"\b(?:than|compared (?:with|to)|versus|vs\.?|over|against|relative to|and)"
    r" (?:(?:that|those) )?(?:(?:in|for|with|among|of|by|after|at) )?(?:the |an? )?\Z"
)
_BEFORE_GROUP = re.compile(
    r"\b(?:in|for|with|among|after|of|by|under|at|between|and|than) (?:the )?\Z"
)
_CONTRASTED = re.compile(r"(?:[,;] (?:while|whereas|but)|;) (?:the |an? )?(?=[\w])")
_RANGE = re.compile(
    r"\b(?:ranges?|periods?|course|intervals?|(?:life)?times?|years?|days?|cycles?)\Z"
)
_POSSESSIVE = re.compile(r"['’]s? (?:[a-z]+ ){0,2}\Z")
_PREDICTORS = re.compile(
    r"\b(?:predictors?|factors?|determinants?|variables?)\b[^;()\[\]]{0,90}"
    r"\b(?:was|were|is|are) (?:an? |the )?\Z"
)
_OF_ONE = frozenset({"in", "with", "for", "among"})
_NO_PARTY = re.compile(
    r"\b(?:tasks?|scenarios?|settings?|data|sensors?|terms|tests?|benchmarks?|studies|study)\b"
)
# "for Profiles A and B", "with AAI < 0.9", "in CIP hearts 2.6"
_LIST_GOES_ON = re.compile(r" (?:[A-Z\d] )?(?:and|or) (?!\d)| ?[<>=≤≥]| [\d(]|, \d")
_IS_THE = re.compile(r"\b(?:is|was|are|were) (?:an?|the) \Z")
_EFFECT_ON = re.compile(r"\b(?:effects?|influences?|impacts?) on\b(?:[^.;:]|\.\d)*\Z")
_CONTRAST = re.compile(r",? (?:whereas|while|but) (?=[A-Za-z])")


_JOINT = re.compile(r",? (?:vs\.?|versus|and|compared (?:with|to)) (?:in )?(?:the )?")
_FURTHER = re.compile(r",? (?:and|or) [-+]?\d[\d.]*(?: ?%)?[;,)]")
_IN_ORDER = re.compile(r"[^;.()]{0,30}?,? respectively\b")


class Arms(NamedTuple):
    """The values of the arms of a comparison: whose each is, and what it is compared with."""

    names: dict[int, Span]
    pairs: dict[int, int]


_ARM_GAP = re.compile(
    r"[)\]]?,? (?:and |but |vs\.? |versus )?(?:(?:in|by|of|was|a (?:mean|median) of) )?"
)
_RIVALS_BEGIN = re.compile(
    r"\b(?:compared (?:with|to)|versus|vs\.?|against|than) (?:an? |the |only )?\Z"
)
_CONTROL = re.compile(
    r"\b(?:controls?|placebo|usual|standard|sham|untreated|conventional|comparison|comparator|alone"
    r"|vehicle|waiting|no(?!-))\b"
)
_ARM = re.compile(r"\b(?:groups?|arms?|cohorts?)\b")
_RATIO = re.compile(r"\b(?:ratios?|relative risks?|a?[HOR]R)\b")
_ARM_BEFORE = re.compile(
    r"\b(?P<arm>(?:groups?|arms?))(?: [(\[][^()\[\]]{1,24}[)\]])?,?"
    r" (?:was|were|had|is|by|to|of|from|with|reached|averaged|(?:rose|fell|increased|decreased"
    r"|declined|improved)(?: from [^,;]{1,30})? (?:by|to))(?: [a-z]+){0,4} ?[$~]?\Z"
)
_VERB_TO_NUMBER = re.compile(r" (?:[a-z]+ ){1,4}[$~]?")


class Naming(Beside):
    """Finds the names of those whose the outcomes of a sentence are."""

    def arms(self, taken: dict[int, Span]) -> Arms:
        """Whose the values of a run are, and which is the control's.

        "3.9 with A, 3.1 with B and 2.0 with placebo": each of the others is compared with that.
        """
        arms = Arms({}, {})
        run: list[tuple[int, Span]] = []
        for index in range(len(self._outcomes) + 1):
            name = self._arm(index, taken)
            if run and not (name and self._follows(run[-1], index)):
                self._compare(run, arms)
                run = []
            if name:
                run.append((index, name))
        return arms

    def _arm(self, index: int, taken: dict[int, Span]) -> Span | None:
        is_free = index < len(self._outcomes) and index not in taken
        return self.apart(self._named_behind(index)[0]) if is_free else None

    def _follows(self, last: tuple[int, Span], index: int) -> bool:
        one, other = self._outcomes[last[0]], self._outcomes[index]
        gap = _ARM_GAP.fullmatch(self._text, last[1].end, other.span.start)
        return one.is_like(other) and gap is not None

    def _compare(self, run: list[tuple[int, Span]], arms: Arms) -> None:
        if len(run) < 2:
            return
        first = self._outcomes[run[0][0]].span.start
        if _RIVALS_BEGIN.search(self._text, max(self._start, first - 30), first):
            return
        names = [name.of(self._text) for _, name in run]
        controls = [i for i, name in enumerate(names) if _CONTROL.search(name)]
        (_, _), (last, name), *more = run
        is_ratio = _RATIO.search(self._text, self._start, first) is not None
        are_levels = not (is_ratio or any(self._outcomes[index].is_change for index, _ in run))
        are_tested = (
            are_levels
            and not more
            and (
                all(map(_ARM.search, names))
                or is_tested(self._text, self._outcomes[last], name.end)
            )
        )
        if len(controls) != 1 and not are_tested:
            return
        control = run[controls[0] if len(controls) == 1 else 1][0]
        arms.names.update(run)
        arms.pairs.update({index: control for index, _ in run if index != control})

    def of_pair(self, index: int, other: int) -> ComparedFigure:
        """A value with the number that it is compared with, and the names of both."""
        outcome, baseline = self._outcomes[index], self._outcomes[other]
        theirs = baseline.uncertainty
        if outcome.uncertainty is None and theirs and IS_P_VALUE.match(self._text, theirs.start):
            outcome = outcome._replace(uncertainty=theirs)
        row = ComparedFigure(outcome, baseline=baseline.span)
        if other < index:
            if (crossed := self._in_order(index)) is not None:
                theirs, ours = map(self.apart, crossed)
                return row._replace(group=ours, comparator=theirs)
            ours, theirs = self._named_behind(index)[0], self._named_behind(other)[0]
            ours = ours or label_before(self._text, self._start, baseline.span.start)
            bracketed = self._bracketed(baseline)
            ours = ours or (bracketed if bracketed and self._is_somebody(bracketed) else None)
            return row._replace(group=self.apart(ours), comparator=self.apart(theirs))
        within = Span(self._start, self._end)
        named = (
            self._beside(outcome, baseline)
            or sides_around(self._text, within, outcome.span, baseline.span)
            or self._behind_both(index, other)
        )
        ours, theirs = named
        ours = ours or more_with(self._text, self._start, outcome.span.start)
        ours = ours or subject_of(self._text, self._start, outcome.span.start)
        return row._replace(group=self.apart(ours), comparator=self.apart(theirs))

    def _in_order(self, index: int) -> tuple[Span, Span] | None:
        """The names behind two numbers, in their order: "from 3 to 5 in A vs. B, respectively"."""
        name, _ = self._named_behind(index)
        joint = name and _JOINT.match(self._text, name.end, self._end)
        second = phrase_behind(self._text, joint.end(), self._end) if joint else None
        if not (name and second and _IN_ORDER.match(self._text, second.end, self._end)):
            return None
        return name, second

    def _beside(self, outcome: Figure, baseline: Figure) -> tuple[Span | None, Span | None] | None:
        """The names of a pair that stand in it or right before its brackets."""
        ours, theirs = (_COUNTED.match(self._text, *one.span) for one in (outcome, baseline))
        if ours and theirs and ours["name"] != theirs["name"]:
            return Span(*ours.span("name")), Span(*theirs.span("name"))
        if (rival := self._bracketed(baseline)) is not None:
            # "than A and B (5 and 7%": the first is not that of B.
            is_first = _FURTHER.match(self._text, baseline.span.end, self._end)
            is_rival = self._is_rival(rival) and not is_first
            return self._ours(outcome), rival if is_rival else None
        if (told := sides_before(self._text, self._start, outcome.span)) is not None:
            return told
        contrast = _CONTRAST.search(self._text, outcome.span.end, baseline.span.start)
        if contrast is None:
            return None
        return None, phrase_behind(self._text, contrast.end(), baseline.span.start)

    def _behind_both(self, index: int, other: int) -> tuple[Span | None, Span | None]:
        """The names of a pair that stand behind its numbers."""
        outcome, baseline = self._outcomes[index], self._outcomes[other]
        end = self._next_start(other)
        how = WHOSE.match(self._text, baseline.whole.end, end)
        own = WHOSE.match(self._text, outcome.whole.end, baseline.span.start)
        ours = phrase_behind(self._text, own.end(), baseline.span.start) if own else None
        if how is None:
            told = ours if ours and PEOPLE.search(self._text, *ours) else None
            return told or self._counted(index), self._possessor(outcome, baseline)
        if how.group().startswith((")", "]")) and self._opens(outcome):
            # "It was shorter (3 vs 5 days) in the shaded plots"
            return phrase_behind(self._text, how.end(), end), None
        return ours or self._counted(index), phrase_behind(self._text, how.end(), end)

    def _is_rival(self, name: Span) -> bool:
        """Whether it can be what is compared with, not where its sample was kept."""
        start = max(self._start, name.start - 24)
        is_told = _VERSUS_BEFORE.search(self._text, start, name.start) is not None
        return is_told or self._is_somebody(name)

    def _ours(self, outcome: Figure) -> Span | None:
        """Whose a value in brackets is: "in cases (12%) than in controls (3%)"."""
        name = self._bracketed(outcome)
        if name is None:
            return None
        is_told = _BEFORE_GROUP.search(self._text, max(self._start, name.start - 14), name.start)
        return self.apart(name) if is_told or self._is_somebody(name) else None

    def _possessor(self, outcome: Figure, baseline: Figure) -> Span | None:
        """Who has a baseline: "against CLIP's 70.1%"."""
        start, end = outcome.span.end, baseline.span.start
        found = _POSSESSIVE.search(self._text, max(start, end - 40), end)
        return self.apart(phrase_before(self._text, start, found.start())) if found else None

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
        end = min(end, start + 80, self._clause_end(start))
        found = _THAN.search(self._text, start, end) or _PERFORMANCE_OF.match(
            self._text, start, end
        )
        name = phrase_behind(self._text, found.end(), end) if found else None
        if name and index and self._is_beside_last(index):
            # "is 3% and 6% better than A (old) and B"
            further = _AND_RIVAL.match(self._text, name.end, self._end)
            second = phrase_behind(self._text, further.end(), self._end) if further else None
            name = second or name
        return None if name is None or _RANGE.search(self._text, *name) else self.apart(name)

    def _is_beside_last(self, index: int) -> bool:
        one, last = self._outcomes[index], self._outcomes[index - 1]
        return one.is_like(last) and self._text[last.span.end : one.span.start] == " and "

    def _group(self, index: int) -> Span | None:
        outcome = self._outcomes[index]
        label = label_before(self._text, self._start, outcome.span.start)
        if label is not None:
            return label
        if outcome.uncertainty and (predictor := self._predictor(index)):
            return predictor
        bracketed = self._bracketed(outcome)
        if bracketed is not None and _EFFECT_ON.search(self._text, self._start, bracketed.start):
            # "an effect on rust (β = 0.3)": rust is what is measured.
            return None
        if bracketed is not None and self._is_parallel(index):
            return None if self._is_predicate(bracketed, _IS_THE) else bracketed
        name = self._counted(index) or self._shared(index) or self._fronted(outcome)
        name = name or self._behind(index)
        return name or self._contrasted(index) or self._arm_told(index)

    def _shared(self, index: int) -> Span | None:
        """Of whom a value is a share where others are of others: "9% of the A and 4% of the B"."""
        end = self._next_start(index)
        found = SHARE_OF.match(self._text, self._outcomes[index].span.end, end)
        name = phrase_behind(self._text, found.end(), end) if found else None
        is_one = name and any(c.isupper() or c.isdigit() for c in name.of(self._text))
        if is_one and self._fronted(self._outcomes[index]):
            return name
        return self._of_list(index)

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
        is_listed = _PREDICTORS.search(self._text, self._start, name.start) is not None
        return name if is_listed or not self._is_predicate(name, COPULA) else None

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

    def _behind(self, index: int) -> Span | None:
        """The group behind a value where others have theirs, too: "9.6 with A and 4.1 with B"."""
        kin = [i for i, o in enumerate(self._outcomes) if o.kind is self._outcomes[index].kind]
        names = {i: self._named_behind(i) for i in kin}
        told = [how for name, how in names.values() if name is not None]
        name, how = names[index]
        if told.count(how) > 1:
            return name
        is_told = name and self._tells_apart(name, how, self._next_start(index))
        return name if is_told else None

    def _tells_apart(self, name: Span, how: str, end: int) -> bool:
        """Whether a name behind a value is that of some people or of one thing.

        ``end`` is where the next value begins, whose it is if nothing stands between.
        """
        if how not in _OF_ONE or is_anybody(self._text, name) or not self._text[name.end : end]:
            return False
        text = name.of(self._text)
        if _NO_PARTY.search(text) or _LIST_GOES_ON.match(self._text, name.end):
            return False
        is_named = how != "with" and any(c.isupper() or c.isdigit() for c in text)
        return is_named or PEOPLE.search(text) is not None
