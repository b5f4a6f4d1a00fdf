"""What a number measures, in words of its sentence: its metric, a noun phrase, or nothing.

A phrase is taken where the grammar ties it to the number: a statistic before "=", a noun before
"of", the subject of "was", the object of "reduces … by", a noun right behind. Where nothing does,
the number has no metric: a wrong one is worse.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from propcache.api import cached_property

from summarise.drafting import ties
from summarise.drafting.clauses import Clauses
from summarise.models import Quantity, QuantityKind, Span
from summarise.numbers import as_said, measure_before, measure_behind, telling
from summarise.reading import Reading, Sentence
from summarise.scan import SPELLED, Ended, one_of, words

_LONGEST = 400
_LONGEST_SUBJECT = 120
_REACH = 90
_MOST_STEPS = 8
_VERBS = words("scores yield")
"""Words that name metrics, and may be verbs."""
_CUT = re.compile(r"; |: |, (?:and|while|but|whereas|with|which|where) | (?:while|whereas|but) ")
_PLAIN_QUALIFIER = (
    r"(?:(?:about|around|approximately|roughly|nearly|almost|over|up to|at least|at most|only|just"
    r"|as (?:high|low|much|many|few) as|more than|less than|an?|the|averages? of|(?:mean|median) of"
    r"|additional|(?<=\()(?:mean|median|average)) |[<>=≤≥~≈] ?|&[lg]t; ?"
    r"|\$?\\(?:sim|approx|l?geq?|leq?)\$? ?)"
)
_PLAIN_QUALIFIERS = rf"{_PLAIN_QUALIFIER}{{0,4}}"
_QUALIFIERS = Ended(
    (
        *("about", "around", "approximately", "roughly", "nearly", "almost", "over", "to", "least"),
        *("most", "only", "just", "as", "than", "a", "an", "the", "of", "additional", "mean"),
        *("median", "average", *"<>=≤≥~≈;$", "sim", "approx", "leq", "geq", "le", "ge"),
    ),
    rf"(?<=[\s(\[=]){_PLAIN_QUALIFIER}{{1,4}}\Z",
)

_NAMED = re.compile(
    r"(?: (?:value|values|score|scores|coefficient|coefficients))?"
    r"(?: ?[(\[][\w .+-]{1,24}[)\]])?(?: \w\d(?= ?=))?"
    r"(?: ?[=:,(]| (?:of|was|were|is|are|at|by|reached|reaches|reaching))? ?"
    rf"{_PLAIN_QUALIFIERS}(?:- ?)?"
)
# A value may begin with its qualifier, "exceeding 70%", or in words: "Thirty-one of 80".
_NUMBER = re.compile(
    rf"(?![pP]\b|[pP][ -]|(?i:{one_of(SPELLED)})\b)[^\d]{{0,24}}?(?P<number>[-+−$€£.]{{0,2}}\d)"
)
_BEGINS_ALONE = re.compile(r"[(,;] (?:and )?(?:the |an? )?\Z|\(\Z")
_SPREADS = (QuantityKind.INTERVAL, QuantityKind.P_VALUE)
_VAGUE = words("error errors score precision")
_MORE = re.compile(r"\b(?:more|fewer|less|higher|lower|greater|better|worse) \Z")
_ATTAINS = ("reach", "exceed")


def metric_of(reading: Reading, sentence: Sentence, at: Span | None) -> str | None:
    """Name what a number measures in words of its sentence, or None where they don't tell.

    ``at`` is where the number stands, the number that it is compared with included; None asks what
    the sentence says of in words: "latency" of "lowers latency".
    """
    if at is None:
        end = Span(sentence.span.end, sentence.span.end)
        found = _MeasuredNumber(reading, sentence, end).in_words()
    else:
        found = _MeasuredNumber(reading, sentence, at).metric()
        found = found and as_said(reading.text, found, sentence.span.end)
        found = found and ties.whole_metric(reading.text, found, sentence.body_start)
    return found and found.of(reading.text)


def _is_open(text: str) -> bool:
    """Whether a bracket is open where a text ends."""
    return text.count("(") + text.count("[") > text.count(")") + text.count("]")


class _MeasuredNumber:
    """A number in its clause, and what stands before it and behind it."""

    def __init__(self, reading: Reading, sentence: Sentence, at: Span, steps: int = 0) -> None:
        self.reading, self.sentence, self.steps = reading, sentence, steps
        self.text = reading.text
        number = _NUMBER.match(self.text, at.start, at.end)
        self.at = at = Span(number.start("number"), at.end) if number else at
        self.end = at.end + self.text.startswith("$", at.end)
        self.body = max(sentence.body_start, at.start - _LONGEST)
        # What leads to the number ends before its qualifiers.
        qualifiers = _QUALIFIERS.search(self.text, max(self.body, at.start - _REACH), at.start)
        self.lead = qualifiers.start() if qualifiers else at.start

    @cached_property
    def clause(self) -> int:
        """Where the clause of the number begins; a bracket that is closed before it isn't cut."""
        for cut in reversed(list(_CUT.finditer(self.text, self.body, self.at.start))):
            is_list = ties.OF_WHOM.search(self.text, self.body, cut.end())
            is_within = is_list or _is_open(self.text[self.body : cut.start()])
            if not is_within or (not is_list and self.text.find(")", cut.end(), self.at.start) < 0):
                return cut.end()
        return self.body

    def metric(self) -> Span | None:
        """Where what it measures is named; the strongest tie first."""
        is_others = self._is_of_others()
        own = self._within() or self._statistic() or self._of_several()
        own = own or (None if is_others else self._named() or self._noun_of()) or self._behind()
        if own is not None:
            return own
        if ties.LIKELY.match(self.text, self.end, self.sentence.span.end):
            to = ties.LIKELY_TO.match(self.text, self.end, self.sentence.span.end)
            return Span(*to.span("metric")) if to else None
        found = self._subject() or self._object() or self._change() or self._in_words()
        return found or self._of_neighbour() or (None if is_others else self._near())

    def _is_of_others(self) -> bool:
        """Whether a bracket with it stands behind who is compared or related, and no metric."""
        at = self.lead - 2
        if self.text[at : self.lead] != " (":
            return False
        before = (max(self.body, at - _REACH), at)
        return any(one.search(self.text, *before) for one in ties.OF_OTHERS)

    def in_words(self) -> Span | None:
        """What is said to change or to differ, a measure; else the first metric that is named."""
        for found in (self._change(), self._in_words(), self._object()):
            if found is not None and self._nameless(found, must_measure=True):
                return found
        named = (
            m.span
            for m in self.sentence.metrics
            if m.text not in _VERBS | _VAGUE and not self._is_example(m.span)
        )
        return next((span for span in named if self._nameless(span, must_measure=False)), None)

    def _is_example(self, metric: Span) -> bool:
        """Whether a metric is one of those that are listed, or a part of another name."""
        if self.text[metric.start - 1] in "/-" or _is_open(self.text[self.body : metric.start]):
            return True
        if ties.EXAMPLE_BEFORE.search(self.text, max(self.body, metric.start - 60), metric.start):
            return True
        return ties.OTHER_NOUN.match(self.text, metric.end, self.sentence.span.end) is not None

    def _within(self) -> Span | None:
        """A metric that is the unit of the number, "31.6 BLEU", or behind it: "0.93 in SSIM"."""
        told = next((m.span for m in self.sentence.metrics if self.at.start < m.span.start), None)
        if told is None or told.end <= self.at.end:
            return told
        is_behind = ties.IN_METRIC.fullmatch(self.text, self.end, told.start)
        return told if is_behind else None

    def _statistic(self) -> Span | None:
        found = ties.STATISTIC.search(self.text, max(self.body, self.at.start - 90), self.at.start)
        if found is None:
            return None
        group = next(name for name, text in found.groupdict().items() if text)
        if found["comma"] and not _is_open(self.text[self.body : found.start()]):
            # "In CKD, 12% died" names no statistic.
            return None
        return Span(*found.span(group))

    def _named(self) -> Span | None:
        """A known metric right before the number, perhaps with its acronym between."""
        before = [m.span for m in self.sentence.metrics if m.span.end <= self.at.start]
        has_own = any(m.span.start == self.end + 1 for m in self.sentence.metrics)
        for named in reversed(before[-2:]):
            if has_own and self.text.startswith(",", named.end):
                # "87% precision, 64% recall"
                return None
            if _NAMED.fullmatch(self.text, named.end, self.at.start):
                return self._wider(named)
        return None

    def _noun_of(self) -> Span | None:
        """As in "A character error rate of 6.4%", "MIC values ranging from 2 to"."""
        lead = self.lead
        if of := ties.OF.search(self.text, max(self.body, lead - 20), lead):
            is_part = self.text.startswith(" of ", self.end) or of.group().strip() != "of"
            acronym = ties.ACRONYM.search(self.text, max(self.body, of.start() - 16), of.start())
            end = acronym.start() if acronym else of.start()
            return self._phrase(end, must_measure=is_part)
        if self.text[lead - 2 : lead] in (" (", ": ", "= "):
            return self._before_sign(lead - 2)
        apposed = self._phrase(lead - 1 - (self.text[lead - 2] == ","), must_measure=True)
        if apposed is None:
            return None
        since = max(self.body, apposed.start - 12)
        return apposed if _BEGINS_ALONE.search(self.text, since, apposed.start) else None

    def _before_sign(self, end: int) -> Span | None:
        """What stands before the bracket or the sign that leads to the number."""
        told = self._phrase(end)
        if self.text[self.lead] == "=" and ties.EFFECT_ON.search(self.text, self.body, end):
            return told
        start = told.start if told and self.text[self.lead] in "pP" else self.body
        if told and (differs := ties.DIFFERS.search(self.text, self.body, start)):
            return self._phrase(end, must_measure=differs.group().endswith("and "))
        if told and _MORE.search(self.text, max(self.body, told.start - 12), told.start):
            return told
        return self._phrase(end, must_measure=True)

    def _behind(self) -> Span | None:
        """As in "82 % accuracy", "0.76 for the correlation coefficient", "37% fewer visits"."""
        end = self.sentence.span.end
        if (change := ties.CHANGE_IN_AFTER.match(self.text, self.end, end)) is not None:
            return self._forward(change.end())
        if (compared := ties.COMPARED_AFTER.match(self.text, self.end, end)) is not None:
            return self._forward(compared.end())
        following = ties.NEXT_VALUES.match(self.text, self.end, end)
        start = following.end() if following else self.end
        known = (m.span for m in self.sentence.metrics if m.span.start == start + 1)
        if following and (unit := next(known, None)):
            return unit
        since = max(self.body, self.at.start - _REACH)
        acronym = ties.ACRONYM_AFTER.match(self.text, start, end)
        if acronym and ties.ACHIEVED.search(self.text, since, self.at.start):
            return Span(*acronym.span("metric"))
        after = ties.AFTER.match(self.text, start, end)
        return self._forward(after.end(), must_measure=True) if after else None

    def _subject(self) -> Span | None:
        """As in "Median survival was 5.6 months"."""
        end = self._verb()
        if end is None:
            return None
        attains = self.text.startswith(_ATTAINS, end + 1)
        found = self._subject_of(end, must_measure=attains)
        change = ties.CHANGE_OF.match(self.text, found.start, end) if found else None
        if change is None:
            return found
        # "The difference between salt levels was 3%"
        of = self._forward(change.end(), limit=end, must_measure=change["sides"] is not None)
        return of or found

    def _verb(self) -> int | None:
        """Where the verb begins that leads to the number, if one does."""
        lead = self.lead
        copula = ties.COPULA.search(self.text, max(self.clause, lead - 80), lead)
        return copula.start() if copula else None

    def _subject_of(self, end: int, *, must_measure: bool) -> Span | None:
        """The subject of a verb: a noun phrase from the start of its clause, or right before it."""
        starts = [match.end() for match in ties.SUBJECT_START.finditer(self.text, self.clause, end)]
        opening = ties.FIRST_DETERMINER.match(self.text, self.clause)
        for start in (*reversed(starts), opening.end() if opening else self.clause):
            if ties.NO_SUBJECT.search(self.text, self.clause, start):
                continue
            found = self._forward(start, limit=end, must_measure=must_measure)
            if found and ties.PARTICIPLE.fullmatch(found.of(self.text)):
                continue
            if found and ties.ADJUNCT.fullmatch(self.text, found.end, end):
                return self._with_complement(found, end)
        return self._phrase(end, must_measure=True)

    def _with_complement(self, found: Span, end: int) -> Span:
        """A subject with what it is of, up to its verb: "wait of patients with pain was"."""
        more = ties.COMPLEMENT.fullmatch(self.text, found.end, end)
        return Span(found.start, more.end()) if more else found

    def _of_several(self) -> Span | None:
        """The subject of the same rank as the number has in the list behind their verb."""
        numbers, here = self.sentence.quantities, self._rank()
        first = last = here
        least, most = max(0, here - _MOST_STEPS), min(len(numbers), here + _MOST_STEPS) - 1
        while least < first <= most and self._are_listed(numbers[first - 1], numbers[first]):
            first -= 1
        while last < most and self._are_listed(numbers[last], numbers[last + 1]):
            last += 1
        if first == last:
            return None
        leader = self if first == here else self._at(numbers[first].span)
        end = leader._verb()
        if end is None:
            return leader._object_of_rank(here - first, last - first + 1)
        start = max(self.clause, end - _LONGEST_SUBJECT)
        gaps = [match.span() for match in ties.SUBJECT_GAP.finditer(self.text, start, end)]
        ends = [*(gap[0] for gap in gaps), end]
        if len(ends) != last - first + 1:
            return None
        found, one = self._phrase(ends[here - first]), self._phrase(ends[0])
        names = [name for name in (found, one) if name]
        is_whose = any(ties.WHOSE_BEFORE.search(self.text, start, name.start) for name in names)
        return None if is_whose else found

    def _object_of_rank(self, rank: int, count: int) -> Span | None:
        """One of as many objects as there are numbers: "cuts wear and rust by 3% and 7%"."""
        by = ties.BY.search(self.text, max(self.clause, self.lead - 8), self.lead)
        verbs = list(ties.OBJECT.finditer(self.text, self.clause, by.start())) if by else []
        if by is None or not verbs:
            return None
        starts, ends = [verbs[-1].end()], [by.start()]
        for gap in ties.OBJECT_GAP.finditer(self.text, starts[0], ends[0]):
            starts.append(gap.end())
            ends.insert(-1, gap.start())
        if len(starts) != count or ties.WITHIN_OBJECT.search(self.text, starts[0], starts[-1]):
            return None
        found = self._forward(starts[rank], limit=ends[rank])
        return found if found and found.end == ends[rank] else None

    def _are_listed(self, left: Quantity, right: Quantity) -> bool:
        return ties.LISTED.fullmatch(self.text, left.span.end, right.span.start) is not None

    def _at(self, number: Span) -> _MeasuredNumber:
        return _MeasuredNumber(self.reading, self.sentence, number, self.steps + 1)

    def _object(self) -> Span | None:
        """As in "Reduces the word error rate from 3.8% to", "increases coverage by"."""
        verbs = list(ties.OBJECT.finditer(self.text, self.clause, self.at.start))
        gapped = ties.GAPPED.search(self.text, max(self.clause, self.lead - _REACH), self.lead)
        if gapped and not (verbs and verbs[-1].end() > gapped.start("metric")):
            # "lowers wear by 3% and rust by 7%"
            return self._forward(gapped.start("metric"), limit=gapped.end("metric"))
        for verb in reversed(verbs):
            found = self._forward(verb.end())
            if found and ties.OBJECT_END.match(self.text, found.end, self.at.start):
                return found
        return None

    def _change(self) -> Span | None:
        """As in "A reduction in data requirements by", "no difference in the frequency of"."""
        found = list(ties.CHANGE_IN.finditer(self.text, self.clause, self.at.start))
        if not found:
            return None
        measured = self._forward(found[-1].end(), must_measure=found[-1]["seen"] is not None)
        # "a change in the plan in 9 cases"
        is_share = ties.SHARE_OF_CASES.match(self.text, *self.at)
        return Span(found[-1].start(), measured.end) if measured and is_share else measured

    def _in_words(self) -> Span | None:
        """As in "The frequency of the mutation was higher in patients (12%)"."""
        told = ties.IN_WORDS.search(self.text, self.clause, self.at.start)
        if told is None:
            return None
        goes_on = self.text.find(" and ", told.end(), self.at.start) > 0
        if goes_on and self.at.start < self.sentence.span.end and self.text[self.lead - 1] != "(":
            return None
        is_any = told.group().endswith(("frequent", "common", "differ"))
        return self._subject_of(told.start(), must_measure=not is_any)

    def _of_neighbour(self) -> Span | None:
        """What the number before it in a list measures: "3.0% on A and 4.3% on B"."""
        numbers, here = self.sentence.quantities, self._rank()
        if not 0 < here < len(numbers) or self.steps == _MOST_STEPS:
            return None
        for last in reversed(numbers[max(0, here - _MOST_STEPS) : here]):
            if last.kind in _SPREADS or ties.SETTING.search(self.text, self.body, last.span.start):
                continue
            tie = ties.COORDINATED if last.kind is numbers[here].kind else ties.SAME
            told = (m.span.end for m in self.sentence.metrics if m.span.start == last.span.end + 1)
            if tie.fullmatch(self.text, next(told, last.span.end), self.at.start):
                return self._at(last.span).metric()
        return None

    def _rank(self) -> int:
        """Which of the sentence's quantities it is, or begins with."""
        return bisect_right(self.sentence.quantities, self.at.start, key=lambda q: q.span.end)

    def _near(self) -> Span | None:
        """A known metric before the number in its clause, with no other number between."""
        metrics = [m.span for m in self.sentence.metrics if m.text not in _VERBS]
        last = next((m for m in reversed(metrics) if self.clause <= m.start < self.at.start), None)
        if last is None or self.at.start - last.end > 60:
            return None
        between = self.text[last.end : self.lead].rstrip(" (")
        if any(c.isdigit() or c in ";,(" for c in between):
            return None
        return None if Clauses(between).verb(0, None, "it") is not None else self._wider(last)

    def _wider(self, named: Span) -> Span:
        """A known metric with the words of its noun phrase that stand before it."""
        found = self._phrase(named.end)
        return found if found and found.start <= named.start else named

    def _phrase(self, end: int, *, must_measure: bool = False) -> Span | None:
        """The noun phrase that ends at a place, unless it names something."""
        found = measure_before(self.text, end, self.body)
        return self._nameless(found, must_measure=must_measure)

    def _forward(
        self, start: int, *, limit: int | None = None, must_measure: bool = False
    ) -> Span | None:
        """The noun phrase that begins at a place, unless it names something."""
        limit = self.sentence.span.end if limit is None else limit
        found = measure_behind(self.text, start, limit, to_measure=must_measure)
        return self._nameless(found, must_measure=must_measure)

    def _nameless(self, span: Span | None, *, must_measure: bool) -> Span | None:
        if span is None:
            return None
        start = span.start
        for name in self.reading.dataset_names:
            if self.text.startswith(f"{name} ", start, span.end):
                start += len(name) + 1
        found = telling(self.text, Span(start, span.end), must_measure=must_measure)
        is_name = found is not None and self.reading.is_part_of_name(found.of(self.text))
        return None if is_name else found
