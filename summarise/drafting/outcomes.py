"""The outcomes that an abstract reports: which numbers are, of what, compared with what, where."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from summarise.drafting import ties
from summarise.drafting.announcements import is_notice
from summarise.drafting.clauses import CLAUSE, Clauses
from summarise.drafting.margins import has_further, is_margin_over, metric_behind, tells_metric
from summarise.drafting.measures import Phrases, likely_measure
from summarise.drafting.metrics import metric_of
from summarise.drafting.no_results import lay_preludes, tells_no_outcome
from summarise.drafting.openings import cased, opened, past_announced, past_mark
from summarise.drafting.owners import is_measure, owner_of
from summarise.drafting.places import SentencePlaces
from summarise.models import Span
from summarise.numbers import (
    ARCHITECTURE,
    ComparedFigure,
    Figure,
    is_label_behind,
    reported_in,
    telling,
)
from summarise.reading import Reading, Sentence
from summarise.scan import Stretches, closed_formula, words


def results_of(
    reading: Reading, sentences: tuple[Sentence, ...], closed: Stretches
) -> list[dict[str, Any]]:
    """Describe the outcomes of the sentences that report them, as the draft has them.

    ``closed`` is what is a compute fact or a size of material. There is one result for each
    number and for each p-value of an outcome in words, or one for a sentence without any.
    """
    results: list[dict[str, Any]] = []
    lay = lay_preludes(reading.sentences)
    for sentence in sentences:
        if sentence.number in lay or is_notice(sentence.lower):
            continue
        named = Stretches(m.span for m in (*sentence.metrics, *reading.datasets_in(sentence)))
        found = reported_in(reading.text, sentence, closed, named)
        measured = [_measured(reading, sentence, one) for one in found.outcomes]
        measured = _with_carried(reading.text, measured, sentence.span.end)
        sides = tuple(side for one in measured for side in (one.group, one.row.comparator))
        measured = [one._replace(sides=sides) for one in measured]
        untied = [one.row.outcome.span for one in measured if one.metric is None]
        phrases = Phrases(reading, sentence, untied)
        places = SentencePlaces(reading, sentence, [one.row.outcome.span for one in measured])
        known = [(one.row.outcome, one.metric) for one in measured if one.metric]
        told = [
            (
                one.row.outcome.span.start,
                _in_numbers(reading, sentence, one, phrases, places, known),
            )
            for one in measured
        ]
        alone = len(found.p_values) == 1
        told += [
            (at.start, _in_words(reading, sentence, places, found.names, at, alone=alone))
            for at in found.p_values
        ]
        if not (told or found.has_others or tells_no_outcome(sentence)):
            told = [(sentence.span.start, _in_words(reading, sentence, places, found.names))]
        results += [row for _, row in sorted(told, key=lambda one: one[0]) if row["claim"]]
    return results


class _TiedOutcome(NamedTuple):
    """An outcome, what it measures by a rule, and whose it is; ``whole`` is where it stands."""

    row: ComparedFigure
    whole: Span
    metric: str | None
    group: Span | None
    sides: tuple[Span | None, ...] = ()
    """Whose all outcomes of its sentence are, and what they are compared with."""
    is_labelled: bool = False
    """Whether whose it is stands where else what it measures does: "(46% NRH, 7% HC)"."""
    level: Span | None = None
    """Where the value is that it is the margin of."""


def _measured(reading: Reading, sentence: Sentence, row: ComparedFigure) -> _TiedOutcome:
    value, baseline = row.outcome.span, row.baseline
    whole = Span(min(value.start, baseline.start), value.end) if baseline else value
    # "4%/7%/9%" measure the same.
    inside = (q for q in sentence.quantities if q.span.start < value.start < q.span.end)
    whole = next((q.span for q in inside if "%/" in q.text), whole)
    metric, group = metric_of(reading, sentence, whole), row.group
    metric = metric_behind(reading.text, value) or metric
    metric = metric if metric and tells_metric(metric) else None
    if group and metric and reading.text.startswith(f" and {metric}", group.end):
        # "Salt and sand counts fell from 8 to 3 and from 2 to 1": the head alone is shared.
        metric = metric.rpartition(" ")[2] if " " in metric else None
    if group and metric is None and telling(reading.text, group, must_measure=True) == group:
        # "Weight and height were 70 kg and 1.8 m, respectively"
        metric, group = group.of(reading.text), None
    is_labelled = group is not None and is_label_behind(reading.text, value, group)
    metric = None if is_labelled else metric
    rival = row.comparator
    if rival and group and rival.of(reading.text) == group.of(reading.text):
        # "82% for x<33 vs. 57% for x>=33": neither is told apart by what is left of its name.
        row, group = row._replace(comparator=None), None
    if rival and metric and rival.of(reading.text) == metric:
        # "compared with salt values (3 vs. 4)"
        metric = None
    if group and (is_measure(group.of(reading.text), metric) or group.of(reading.text) in _RANKS):
        group = None
    return _TiedOutcome(row, whole, metric, group, is_labelled=is_labelled)


_NO_OTHER = re.compile(r"(?:(?!\d+\.\d)[^=;]){1,140}")


def _with_carried(text: str, measured: list[_TiedOutcome], end: int) -> list[_TiedOutcome]:
    """Outcomes with what the one before measures.

    That is the ratio which is named before the first, "OR, 1.9 (1.2-3.1), shy, 2.1 (…)", and what
    others are beaten in. Their sentence ends at ``end``.
    """
    found: list[_TiedOutcome] = []
    for one in measured:
        last, sure = found[-1] if found else one, one.row.outcome.uncertainty
        if (
            one.metric is None
            and sure
            and not one.is_labelled
            and last.metric
            and last.row.outcome.uncertainty
            and last.row.outcome.kind is one.row.outcome.kind
            and ties.is_effect(last.metric)
            and _NO_OTHER.fullmatch(text, last.row.outcome.whole.end, one.row.outcome.span.start)
        ):
            found.append(one._replace(metric=last.metric))
        elif is_margin_over(text, last.row.outcome, one.row.outcome):
            is_other = has_further(text, one.row.outcome, end)
            level = None if is_other else last.row.outcome.span
            found.append(one._replace(metric=one.metric or last.metric, level=level))
        else:
            found.append(one)
    return found


def _in_numbers(
    reading: Reading,
    sentence: Sentence,
    one: _TiedOutcome,
    phrases: Phrases,
    places: SentencePlaces,
    known: list[tuple[Figure, str]],
) -> dict[str, Any]:
    """One row; what the number measures is known from then on."""
    row, metric = one.row, one.metric
    likely = None
    if metric is None and not one.is_labelled:
        likely = _likely(reading.text, sentence, one, phrases, known)
        if likely:
            known.append((row.outcome, likely.of(reading.text)))
    is_said = likely and one.group and likely.of(reading.text) == one.group.of(reading.text)
    group: Span | str | None = None if is_said else one.group
    if group is None and (owner := owner_of(reading, sentence, one.level or one.whole, metric)):
        told = metric or (likely.of(reading.text) if likely else None)
        group = None if is_measure(owner, told) or (" " in owner and owner == told) else owner
    dataset, rival = places.of_value(row.outcome.span), row.comparator
    has_own = dataset and reading.text.find(dataset, row.outcome.span.end) >= 0
    if one.level and not has_own:
        dataset = places.of_value(one.level)
    if isinstance(group, Span) and places.is_listed(group):
        # "on FooBench (91%) and BarQA (87%)"
        dataset, group = group.of(reading.text), None
    if task := places.task_of(row.outcome.span):
        dataset = dataset if has_own else task
        group = None if isinstance(group, Span) and group.of(reading.text) in task else group
    if dataset and isinstance(group, Span) and group.of(reading.text) == dataset:
        # It isn't told twice: "in the dry cohort and 7% in the wet cohort".
        group, dataset = (group, None) if _PARTY.search(dataset) else (None, dataset)
    if dataset and metric and dataset in metric and _PARTY.search(dataset):
        dataset = None  # "visits at dry sites rose"
    if rival and rival.of(reading.text) == dataset:
        # "91% vs. 87% in the FooBench simulator"
        rival = None
    return _result(
        reading,
        sentence,
        _claim_of(sentence, row.outcome.span, group if isinstance(group, Span) else None),
        metric=metric or likely,
        value=row.outcome.span,
        kind="change" if row.outcome.is_change else None,
        uncertainty=row.outcome.uncertainty,
        group=group,
        baseline=row.baseline,
        comparator=rival,
        dataset=dataset,
    )


def _likely(
    text: str,
    sentence: Sentence,
    one: _TiedOutcome,
    phrases: Phrases,
    known: list[tuple[Figure, str]],
) -> Span | None:
    """What a number without a tied metric measures: what is ranked, likely, or said of a share."""
    outcome = one.row.outcome
    is_share = "%" in outcome.span.of(text)
    if is_share and (found := ties.ranked(text, one.whole, sentence.span)):
        return found
    unlike = [of for other, of in known if _are_unlike(outcome, other)]
    likely = likely_measure(phrases, outcome, one.sides, unlike)
    # "The survey found that 4% of gulls": it doesn't measure itself.
    is_said = likely and _SAID.match(text, likely.end, sentence.span.end)
    is_other = likely and (_MODEL.search(text, *likely) or not tells_metric(likely.of(text)))
    if likely and not (is_said or is_other):
        return likely
    return ties.said_of_share(text, one.whole, sentence.span) if is_share else None


def _are_unlike(one: Figure, other: Figure) -> bool:
    """Whether two numbers can't measure the same: "a score of 4.2", "12% had a high score"."""
    return not (one.is_change or other.is_change or one.is_like(other))


def _in_words(
    reading: Reading,
    sentence: Sentence,
    places: SentencePlaces,
    names: tuple[Span | None, Span | None],
    p_value: Span | None = None,
    *,
    alone: bool = True,
) -> dict[str, Any]:
    metric = metric_of(reading, sentence, p_value)
    if metric is None and p_value and alone:
        metric = metric_of(reading, sentence, None)
    claim = _claim_of(sentence, p_value)
    group, comparator = names
    own = _claim_of(sentence, p_value, is_brief=True) if metric or comparator else claim
    if metric and metric.lower() not in own.lower():
        # "Zeta grips well, while the speed is that of others": another clause's.
        metric = None
    dataset = places.of_words()
    if comparator and not _is_of_claim(reading, sentence, comparator, own):
        comparator = None
    return _result(
        reading,
        sentence,
        claim,
        metric=metric,
        uncertainty=p_value,
        group=group,
        comparator=comparator,
        dataset=dataset,
    )


_SAID = re.compile(r" that \S")
_MODEL = re.compile(rf"{ARCHITECTURE}\Z")
_PARTY = re.compile(r"(?:cohorts?|populations?|sites?)\Z")
_RANKS = words("first second third last best worst")


def _is_of_claim(reading: Reading, sentence: Sentence, rival: Span, claim: str) -> bool:
    """Whether a rival is told in the claim or right behind it, not in a clause left out."""
    if rival.of(reading.text) in claim:
        return True
    end = sentence.text.find(claim[-_LAST:])
    if end < 0:
        return False
    gap = reading.text[sentence.span.start + end + _LAST : rival.start]
    return _OTHER_CLAUSE.search(gap) is None


_LAST = 16
_OTHER_CLAUSE = re.compile(r"[,;:.]|\b(?:while|and|but|which|that)\b")


def _result(
    reading: Reading, sentence: Sentence, claim: str, **fields: Span | str | None
) -> dict[str, Any]:
    """A row of the draft: its fields are places in the abstract, or text."""
    told = {
        name: field and closed_formula(field.of(reading.text) if isinstance(field, Span) else field)
        for name, field in fields.items()
    }
    return {
        "claim": claim,
        **dict.fromkeys(_FIELDS),
        **told,
        "sentences": [sentence.number],
    }


_FIELDS = ("metric", "value", "kind", "uncertainty", "group", "baseline", "comparator", "dataset")


_MOST_WORDS = 12
# What a claim needs to be understood may take more room: its condition, its other side.
_MOST_WHOLE = 35
_HOW = re.compile(
    r"(?:Built|By|Using|Through|[A-Z][a-z]+(?:ed|ing)) [^;:]{10,200}?, "
    r"(?=(?:[A-Z][\w-]+|our|the|we) (?:[a-z-]+ )?[a-z]+s? )"
)


def _claim_of(
    sentence: Sentence, value: Span | None, group: Span | None = None, *, is_brief: bool = False
) -> str:
    """What a result says, in the clause that holds its value where it has one.

    ``value`` is where that stands in the text that the sentence is of, ``group`` whose it is.
    ``is_brief`` leaves out what only restricts it, or stands against it: "…, but not at sea".
    """
    offset = sentence.body_start
    at = Span(value.start - offset, value.end - offset) if value else None
    clauses = Clauses(sentence.body, at)
    start = opened(clauses.text, at.start if at else len(clauses.text), claims=True)
    start = past_mark(clauses.text, start)
    announced = past_announced(clauses.text, start)
    start = announced if at is None or announced <= at.start else start
    if clauses.count(start, len(clauses.text)) > CLAUSE and (
        how := _HOW.match(clauses.text, start)
    ):
        start = how.end() if at is None or how.end() <= at.start else start
    if at is None:
        end = clauses.fitting(start, _MOST_WORDS)
        if sentence.is_torn and end == len(clauses.text):
            end = clauses.before_cut(start)
        if _ONLY_TRIED.search(clauses.text, start, end) and clauses.text.startswith(", ", end):
            # "Zeta is tried on ships, reaching …"
            end = clauses.fitting(start, _MOST_WORDS, past=end + len(", "))
        else:
            end = _past_content(clauses, start, end)
            end = _past_denial(clauses, start, end)
            if not (is_brief or sentence.is_torn):
                end = clauses.past_needed(start, end, _MOST_WHOLE)
        return cased(clauses.phrase(start, end))
    start, end = clauses.of_number(start, at, _MOST_WORDS)
    start = past_mark(clauses.text, start)
    end = clauses.fitting(start, _MOST_WORDS, past=at.end, whole=end)
    if not (is_brief or sentence.is_torn):
        end = clauses.past_needed(start, end, _MOST_WHOLE, is_number=True)
    if group and _WHOSE.fullmatch(clauses.text, end, max(end, group.start - offset)):
        # "The share was 19% for boys": it isn't that of all.
        whose_end = group.end - offset
        end = end if _SHARED.match(clauses.text, whose_end) else whose_end
    return cased(clauses.phrase(start, _past_denial(clauses, start, end)))


_WHOSE = re.compile(r",? (?:for|in|among) (?:the )?")
_SHARED = re.compile(r"/|[^.;]{0,60}\brespectively\b")


def _past_content(clauses: Clauses, start: int, end: int) -> int:
    """Where a claim ends: behind what it is about, where that is brief, "… in terms of recall"."""
    behind = _CONTENT.match(clauses.text, end)
    if behind is None:
        return end
    past = clauses.fitting(start, _MOST_WORDS, past=behind.end())
    return past if clauses.count(start, past) <= _MOST_WITH_CONTENT else end


_MOST_WITH_CONTENT = 22
_CONTENT = re.compile(
    r"(?:, including [^,;.]{3,60},)?,? in terms of (?=\w)"
    r"| while (?:[a-z]+ly |also )?[a-z]{3,}ing (?=\w)"
    r"|, (?:showing|demonstrating) (?:[\w-]+ ){0,2}?(?:higher|lower|better|enhanced|improved"
    r"|stronger|superior|faster|greater|fewer|reduced)\b"
)


def _past_denial(clauses: Clauses, start: int, end: int) -> int:
    """Where a claim ends: behind what takes it back, "…, but no difference was significant"."""
    denial = _BUT_NOT.match(clauses.text, end)
    return clauses.fitting(start, _MOST_WORDS, past=denial.end()) if denial else end


_BUT_NOT = re.compile(
    r",? (?:but|although|though|yet)\b[^.;:]{0,80}?\b(?:no|not|nor|neither|insignificant)\b",
    re.IGNORECASE,
)


_ONLY_TRIED = re.compile(
    r"\b(?:is|are|was|were) (?:[a-z]+ )?(?:evaluated|tested|validated|tried|compared)\b"
    r"|\b(?:[Ww]e (?:[a-z]+ )?|[Tt]his (?:work|study|paper) )"
    r"(?:evaluate|test|validate|try|compare)[ds]?\b"
)
