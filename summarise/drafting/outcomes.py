"""The outcomes that an abstract reports, as the draft has them: in numbers, or in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from summarise.drafting.announcements import is_notice
from summarise.drafting.clauses import CLAUSE, Clauses
from summarise.drafting.no_results import lay_preludes, tells_no_outcome
from summarise.drafting.openings import cased, opened, past_announced, past_mark
from summarise.drafting.sides import datasets_in_words, rival_in_words
from summarise.models import Span
from summarise.numbers import Reported, ReportedRow, RowField, reported_in
from summarise.reading import Reading, Sentence, said_of
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
        found = reported_by(reading, sentence)
        told = [
            (row.outcome.span.start, _in_numbers(reading, sentence, row))
            for row in found.rows
            if not closed.overlap(row.outcome.span)
        ]
        told += [(at.start, _in_words(reading, sentence, at)) for at in found.p_values]
        if not (told or tells_no_outcome(sentence)):
            told = [(sentence.span.start, _in_words(reading, sentence))]
        results += [row for _, row in sorted(told, key=lambda one: one[0]) if row["claim"]]
    return results


# Asked for a draft, and again where that is doubted.
@lru_cache(maxsize=64)
def reported_by(reading: Reading, sentence: Sentence) -> Reported:
    """What a sentence reports in numbers."""
    return reported_in(reading.text, sentence, datasets_in(reading, sentence), said_of(sentence))


def row_of(reading: Reading, result: Mapping[str, Any]) -> ReportedRow | None:
    """What the number of a result of a draft was read as; None where that has none."""
    named = [one for one in reading.sentences if one.number in result["sentences"]]
    rows = [row for one in named for row in reported_by(reading, one).rows]
    alike = [row for row in rows if _text_of(reading, row.outcome.span) == result["value"]]
    said = {one for one in result.values() if isinstance(one, str)}
    # Of numbers alike it is the one that most of what the result says goes with.
    return max(
        alike,
        key=lambda row: sum([_text_of(reading, span) in said for span in _spans_of(row)]),
        default=None,
    )


def _spans_of(row: ReportedRow) -> list[Span]:
    """Where what goes with a number stands."""
    told = [*row.fields.values(), *([row.baseline] if row.baseline else [])]
    return [one.span for one in told]


def _text_of(reading: Reading, span: Span) -> str:
    return closed_formula(span.of(reading.text))


def datasets_in(reading: Reading, sentence: Sentence) -> Stretches:
    """Where data sets are named in a sentence."""
    return Stretches(mention.span for mention in reading.datasets_in(sentence))


def _in_numbers(reading: Reading, sentence: Sentence, row: ReportedRow) -> dict[str, Any]:
    outcome = row.outcome
    fields = {name.value: one.span for name, one in row.fields.items()}
    group, dataset = fields.get(RowField.GROUP.value), fields.get(RowField.DATASET.value)
    if group and _is_own(reading, group):
        del fields[RowField.GROUP.value]
    if dataset:
        fields[RowField.DATASET.value] = _name_in(reading, sentence, dataset)
    return _result(
        reading,
        sentence,
        _claim_of(sentence, outcome.span, group),
        value=outcome.span,
        kind="change" if outcome.is_change else None,
        uncertainty=outcome.uncertainty,
        baseline=row.baseline and row.baseline.span,
        **fields,
    )


def _is_own(reading: Reading, group: Span) -> bool:
    """Whether a group is what the paper proposes, which tells its value from no other."""
    told = group.of(reading.text)
    return any(told == name or told.startswith(f"{name} ") for name in reading.method_names)


def _name_in(reading: Reading, sentence: Sentence, dataset: Span) -> Span:
    """A data set by its name alone: "FooBench" of "the hard FooBench benchmark"."""
    names = [
        one.span
        for one in reading.datasets_in(sentence)
        if dataset.start <= one.span.start and one.span.end <= dataset.end
    ]
    return names[0] if len(names) == 1 else dataset


_VAGUE = words("error errors score scores precision yield")
"""Words that name metrics, and say little of a statement in words."""


def _in_words(reading: Reading, sentence: Sentence, p_value: Span | None = None) -> dict[str, Any]:
    claim = _claim_of(sentence, p_value)
    comparator = rival_in_words(reading, sentence)
    named = [one.span for one in sentence.metrics if one.text not in _VAGUE]
    metric = next((one for one in named if one.of(reading.text) in claim), None)
    if comparator and not _is_of_claim(reading, sentence, comparator, claim):
        comparator = None
    return _result(
        reading,
        sentence,
        claim,
        metric=metric,
        uncertainty=p_value,
        comparator=comparator,
        dataset=datasets_in_words(reading, sentence),
    )


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


def _claim_of(sentence: Sentence, value: Span | None, group: Span | None = None) -> str:
    """What a result says, in the clause that holds its value where it has one.

    ``value`` is where that stands in the text that the sentence is of, ``group`` whose it is.
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
            if not sentence.is_torn:
                end = clauses.past_needed(start, end, _MOST_WHOLE)
        return cased(clauses.phrase(start, end))
    start, end = clauses.of_number(start, at, _MOST_WORDS)
    start = past_mark(clauses.text, start)
    end = clauses.fitting(start, _MOST_WORDS, past=at.end, whole=end)
    if not sentence.is_torn:
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
