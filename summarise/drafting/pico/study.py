"""A clinical study in the words of its abstract: population, intervention, comparison, outcomes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from summarise.drafting.confidence import unsure_entries
from summarise.drafting.outcomes import row_of
from summarise.drafting.pico.arms import arm_as_json, arms_of, intervention_as_json
from summarise.drafting.pico.endpoint_names import cut_to_measured
from summarise.drafting.pico.endpoints import MeasuredOutcome, endpoints_of, role_of
from summarise.drafting.pico.population import population_of
from summarise.models import Doubt
from summarise.numbers import ReportedRow
from summarise.reading import PaperPart, PaperParts, Reading, Sentence, Shares

_MOST_OUTCOMES = 12


def pico_draft(
    reading: Reading,
    parts: PaperParts,
    data: Sequence[Mapping[str, Any]],
    results: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """The draft of a clinical study, from the parts of a paper and what they say in general.

    Returns:
        JSON values valid for ``schema.Pico``.
    """
    told = _by_relevance(reading, parts)
    intervention, comparison = arms_of(told, reading.title)
    sure = _sure_results(results, reading, parts)
    arms = {one.name.casefold() for one in (intervention, comparison) if one}
    return {
        "population": population_of(reading, parts, data),
        "intervention": intervention_as_json(reading, intervention, comparison),
        "comparison": arm_as_json(comparison),
        "outcome": list(outcomes_of(endpoints_of(reading), sure, arms)),
        "results": [_finding_of(result) for result in results],
    }


def _by_relevance(reading: Reading, parts: PaperParts) -> list[Sentence]:
    """The sentences of method, aim and results; each once."""
    ordered = (*parts.method, *parts.problem, *parts.results, *reading.sentences)
    return list({s.number: s for s in ordered if not s.is_instruction}.values())


# Outcomes and findings.


def outcomes_of(
    endpoints: Iterable[MeasuredOutcome],
    results: Iterable[Mapping[str, Any]],
    arms: Collection[str],
) -> Iterator[dict[str, Any]]:
    """What the study says that it measures, then what its results are of; each once.

    ``arms`` are the names of what was done and compared, in small letters: no outcomes.
    """
    taken: list[str] = []
    for name, role, number in (*endpoints, *_reported(results)):
        low = name.casefold()
        if low in arms or len(taken) == _MOST_OUTCOMES:
            continue
        whole = f" {low} "
        if not any(whole in one or one in whole for one in taken):
            taken.append(whole)
            yield {"name": name, "role": role, "sentences": [number] if number else []}


def _reported(results: Iterable[Mapping[str, Any]]) -> Iterator[MeasuredOutcome]:
    for result in results:
        name = _measured_in(result)
        if result["value"] is None and _TIES.search(result["claim"]):
            # "Age (P = 0.01) and income (P = 0.02) were associated with falls"
            continue
        if name and result["sentences"]:
            yield MeasuredOutcome(name, role_of(name), result["sentences"][0])


_TIES = re.compile(r"\b(?:associated|correlated|likely|predict(?:ed|ors?)|risk factors?)\b")


def _measured_in(result: Mapping[str, Any]) -> str | None:
    """What a result is of, where it is told by a noun, not by "were given lamps (12%)"."""
    metric, claim = result["metric"], result["claim"]
    at = claim.casefold().find(metric.casefold()) if metric else -1
    if not metric or (at < 0 and " " not in metric) or _PREDICATE.search(claim[: max(0, at)]):
        return None
    return cut_to_measured(metric)


_PREDICATE = re.compile(
    r"\b(?:was|were|is|are|be|been|being|had|have|has|not)(?: [a-z]+ly| not)? \Z"
    r"|\b(?:likely|able) to \Z"
)


def _finding_of(result: Mapping[str, Any]) -> dict[str, Any]:
    """A result as a finding of the study."""
    kept = ("claim", "value", "kind", "uncertainty", "group", "baseline", "comparator", "sentences")
    return {"outcome": _measured_in(result), **{name: result[name] for name in kept}}


def unsure_findings(
    findings: Sequence[Mapping[str, Any]],
    sentences: Sequence[Sentence],
    shares: Mapping[PaperPart, Shares],
    rows: Sequence[ReportedRow | None],
) -> Iterator[Doubt]:
    """The findings that are likelier to mislead than is worth it, as for any other paper.

    ``rows`` is what the number of each was read as.
    """
    results = [{"metric": one["outcome"], "dataset": None, **one} for one in findings]
    for doubt in _unsure(results, sentences, shares, rows):
        yield doubt.model_copy(update={"path": doubt.path.replace(".metric", ".outcome")})


def _sure_results(
    results: Sequence[Mapping[str, Any]], reading: Reading, parts: PaperParts
) -> list[Mapping[str, Any]]:
    """The results that nothing speaks against."""
    rows = [row_of(reading, one) for one in results]
    # Whose a number is doesn't tell what was measured.
    unsure = _unsure(results, reading.sentences, parts.shares, rows, needs=None)
    paths = [doubt.path.partition(".") for doubt in unsure]
    doubted = {owner for owner, _, name in paths if name in _TELLING}
    return [one for at, one in enumerate(results) if f"results[{at}]" not in doubted]


def _unsure(
    results: Sequence[Mapping[str, Any]],
    sentences: Sequence[Sentence],
    shares: Mapping[PaperPart, Shares],
    rows: Sequence[ReportedRow | None],
    needs: str | None = "group",
) -> Iterator[Doubt]:
    nameless: dict[str, Any] = {"name": None, "text": None, "sentences": []}
    told = {"method": nameless, "results": results}
    return unsure_entries(told, "", sentences, shares, rows, needs=needs)


_TELLING = frozenset({"value", "metric", "claim"})
