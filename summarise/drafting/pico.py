"""A clinical study in the words of its abstract: population, intervention, comparison, outcomes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from summarise.drafting.arm_names import bare_name
from summarise.drafting.arms import arm_as_json, arms_of, intervention_as_json
from summarise.drafting.confidence import unsure_entries
from summarise.drafting.population import population_of
from summarise.models import Doubt
from summarise.reading import PaperParts, Reading, Sentence

_MOST_OUTCOMES = 12
_MEASURE = re.compile(
    r"(?:(?:[a-z]+-)?(?:un)?adjusted |pooled |crude |estimated |absolute |relative |weighted"
    r" |standardi[sz]ed |within-[a-z]+ )*"
    r"(?:(?:hazards?|odds|risk|rate|incidence(?: rate)?|relative|prevalence) (?:ratios?|risks?)"
    r"|risks?|a?[HOR]R|IRR|W?MD|SMD|(?:mean |risk |rate |treatment )?(?:differences?|reductions?)"
    r"|effect sizes?|correlations?|intra-?c[a-z]+ correlation(?: coefficient)?|β|τ²?|I²|SUCRA"
    r"|scores?|numbers? needed to [a-z]+)",
    re.IGNORECASE,
)
_STATED = re.compile(
    r"\b(?P<role>primary|main|secondary|safety|co-primary)(?: (?:and secondary|efficacy|clinical"
    r"|safety|study|composite))* (?:outcomes?|end[ -]?points?)(?: measures?)?(?: of interest)?"
    r" (?:was|were|is|are|included?|comprised|:)(?: the)? (?P<list>(?:[^.;]|\.(?=\d)){3,240})",
    re.IGNORECASE,
)
_OUTCOME_NAME = re.compile(r"(?!(?:with|that|which|whether|to|by|of)\b)[A-Za-z]")
_PARTED = re.compile(r",? and |, ")
_ENDS_OUTCOME = re.compile(
    r" (?:at|after|from|within|during|over|by|between|through|up to|assessed|defined|measured"
    r"|based|using|as|on|in|among|with|for|that|which|according|was|were)\b.*",
    re.DOTALL,
)
# A verb's end, a group, a state before, or nothing that is measured.
_NO_OUTCOME = re.compile(
    r"\A(?:(?:experienced|agreed|reported|achieved|showed|received|required|felt|had|having) "
    r"|no |not |baseline |both |this |these |comparisons?\Z|(?:the )?ratios?\Z|results?\Z"
    r"|groups?\Z|differences?\Z|changes?\Z|values?\Z|rates?\Z|levels?\Z|numbers?\Z|effects?\Z)"
    r"|\b(?:showed?|shown|was|were|is|are|had|has|have|to|of|in|for|with|and|or|than|that)\Z"
)
_HARM = re.compile(
    r"\badverse|\bharms?\b|side[ -]effects?|toxicit|complications?|\btolerability", re.IGNORECASE
)


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
    sure = _sure_results(results, reading.sentences)
    arms = {one.name.casefold() for one in (intervention, comparison) if one}
    return {
        "population": population_of(reading, parts, data),
        "intervention": intervention_as_json(reading, intervention, comparison),
        "comparison": arm_as_json(comparison),
        "outcome": list(outcomes_of(told, sure, arms)),
        "results": [_finding_of(result) for result in results],
    }


def _by_relevance(reading: Reading, parts: PaperParts) -> list[Sentence]:
    """The sentences of method, aim and results; each once."""
    ordered = (*parts.method, *parts.problem, *parts.results, *reading.sentences)
    return list({s.number: s for s in ordered if not s.is_instruction}.values())


# Outcomes and findings.


def outcomes_of(
    sentences: Iterable[Sentence], results: Iterable[Mapping[str, Any]], arms: Collection[str]
) -> Iterator[dict[str, Any]]:
    """What the study says that it measures, then what its results are of; each once.

    ``arms`` are the names of what was done and compared, in small letters: no outcomes.
    """
    taken: list[str] = []
    for name, role, number in (*_stated(sentences), *_reported(results)):
        low = name.casefold()
        if low in arms or _MEASURE.fullmatch(name) or _NO_OUTCOME.search(low):
            continue
        if len(taken) < _MOST_OUTCOMES and not any(low in one or one in low for one in taken):
            taken.append(low)
            yield {"name": name, "role": role, "sentences": [number]}


def _stated(sentences: Iterable[Sentence]) -> Iterator[tuple[str, str, int]]:
    for sentence in sorted(sentences, key=lambda s: s.number):
        for match in _STATED.finditer(sentence.text):
            role = match["role"].lower()
            role = {"main": "primary", "co-primary": "primary", "safety": "harm"}.get(role, role)
            for name in _PARTED.split(match["list"]):
                bare = bare_name(_ENDS_OUTCOME.sub("", name)).strip(" :)")
                if (
                    _OUTCOME_NAME.match(bare)
                    and "(" not in bare
                    and len(bare.split()) <= _MOST_OUTCOMES // 2
                ):
                    yield bare, "harm" if _HARM.search(bare) else role, sentence.number


def _reported(results: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str, int]]:
    for result in results:
        if (metric := result["metric"]) and result["sentences"]:
            role = "harm" if _HARM.search(metric) else "unspecified"
            yield metric, role, result["sentences"][0]


def _finding_of(result: Mapping[str, Any]) -> dict[str, Any]:
    """A result as a finding of the study."""
    kept = ("claim", "value", "kind", "uncertainty", "group", "baseline", "comparator", "sentences")
    metric = result["metric"]
    outcome = None if metric and _MEASURE.fullmatch(metric) else metric
    return {"outcome": outcome, **{name: result[name] for name in kept}}


def unsure_findings(
    findings: Sequence[Mapping[str, Any]], sentences: Sequence[Sentence]
) -> Iterator[Doubt]:
    """The findings that are likelier to mislead than is worth it, as for any other paper."""
    rows = [{"metric": one["outcome"], "dataset": None, **one} for one in findings]
    for doubt in _unsure(rows, sentences):
        yield doubt.model_copy(update={"path": doubt.path.replace(".metric", ".outcome")})


def _sure_results(
    results: Sequence[Mapping[str, Any]], sentences: Sequence[Sentence]
) -> list[Mapping[str, Any]]:
    """The results that nothing speaks against."""
    doubted = {doubt.path.partition(".")[0] for doubt in _unsure(results, sentences)}
    return [one for at, one in enumerate(results) if f"results[{at}]" not in doubted]


def _unsure(rows: Sequence[Mapping[str, Any]], sentences: Sequence[Sentence]) -> Iterator[Doubt]:
    nameless: dict[str, Any] = {"name": None, "text": None, "sentences": []}
    return unsure_entries({"method": nameless, "results": rows}, "", sentences)
