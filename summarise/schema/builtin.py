"""What a schema is built from; the schemas for any paper and, as PICO, for clinical studies."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler


class Marker(StrEnum):
    """What code does with a field of the draft; ``wire`` finds it in pydantic's schema."""

    VERBATIM = "verbatim"
    STATEMENT = "statement"
    SENTENCE = "sentence"

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> Any:
        """The schema of the type that it marks, with the marker beside it."""
        schema: Any = handler(source)
        return {**schema, "metadata": {**schema.get("metadata", {}), MARKER: self}}


MARKER = "summarise.marker"
"""Key of the marker in pydantic's schemas."""

Verbatim = Annotated[str, Marker.VERBATIM]
"""Copied character for character from the abstract; grounded to a span."""

Statement = Annotated[str, Marker.STATEMENT]
"""Free text; each number and name in it must occur in its evidence."""

SentenceRef = Annotated[int, Marker.SENTENCE]
"""Number of a sentence of the abstract, counted from 1."""

NUMBERS_OF_EVIDENCE = "Numbers of the supporting sentences"

Evidence = Annotated[list[SentenceRef], Field(description=NUMBERS_OF_EVIDENCE)]
"""The sentences that the other fields of a model rest on; where it has none, the whole abstract."""


MEASURED = ("metric", "outcome")
"""Names of fields that say what was measured."""
COMPARED = ("baseline", "comparator")
"""Names of fields that say with what a value is compared."""


class Part(BaseModel):
    """Base of a schema's models: closed, and every key is required (null says "not reported")."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Problem(Part):
    """The gap or difficulty that the paper addresses."""

    text: Annotated[Statement | None, Field(description="A phrase of at most 15 words")]
    sentences: Evidence


class Method(Part):
    """What is proposed and how it works."""

    name: Annotated[Verbatim | None, Field(description="Name of the main proposal, verbatim")]
    also: Annotated[list[Verbatim], Field(description="Names of further equal proposals")]
    text: Annotated[Statement | None, Field(description="A phrase of at most 15 words")]
    sentences: Evidence


class Data(Part):
    """A dataset, benchmark, corpus, registry or sample that the abstract names or sizes."""

    name: Annotated[Verbatim, Field(description="Verbatim name or short noun phrase")]
    role: Literal["introduced", "studied", "training", "evaluation", "unspecified"]
    size: Annotated[Verbatim | None, Field(description="Verbatim size, such as '40K pairs'")]
    sentences: Evidence


class Compute(Part):
    """A fact about the resources that the work uses or saves."""

    kind: Literal["hardware", "time", "cost", "model_size", "speedup", "other"]
    value: Annotated[Verbatim, Field(description="Shortest verbatim phrase with the whole fact")]
    sentences: Evidence


VALUE = "Verbatim number with its sign, unit and comparing words"
KIND = "'change' where the value is a difference or a share of another's; null for a level"
UNCERTAINTY = "Verbatim interval, spread, range or p-value"
GROUP = "Verbatim name of whose value it is: arm, subgroup, variant"
BASELINE = "Verbatim number compared with"
COMPARATOR = "Verbatim name of what it is compared with"


class Result(Part):
    """One outcome of the paper's own work."""

    claim: Annotated[Statement, Field(description="A phrase of at most 12 words")]
    metric: Annotated[Verbatim | None, Field(description="Verbatim metric or measured thing")]
    value: Annotated[Verbatim | None, Field(description=VALUE)]
    kind: Annotated[Literal["change"] | None, Field(description=KIND)]
    uncertainty: Annotated[Verbatim | None, Field(description=UNCERTAINTY)]
    group: Annotated[Verbatim | None, Field(description=GROUP)]
    baseline: Annotated[Verbatim | None, Field(description=BASELINE)]
    comparator: Annotated[Verbatim | None, Field(description=COMPARATOR)]
    dataset: Annotated[Verbatim | None, Field(description="Verbatim dataset, task or population")]
    sentences: Evidence


class Draft(Part):
    """The answer for one abstract, not yet grounded."""

    problem: Problem
    method: Method
    data: list[Data]
    compute: list[Compute]
    results: list[Result]


class Population(Part):
    """Who or what was studied."""

    text: Annotated[
        Statement | None,
        Field(description="A phrase of at most 15 words: condition, setting, eligibility"),
    ]
    size: Annotated[Verbatim | None, Field(description="Verbatim number of those studied")]
    sentences: Evidence


class Intervention(Part):
    """What was done or given, or the exposure that was studied."""

    name: Annotated[Verbatim | None, Field(description="Verbatim name")]
    text: Annotated[
        Statement | None,
        Field(description="A phrase of at most 15 words: dose, schedule, duration"),
    ]
    sentences: Evidence


class Comparison(Part):
    """What it was compared with: placebo, usual care, another treatment, no exposure."""

    name: Annotated[Verbatim | None, Field(description="Verbatim name")]
    text: Annotated[Statement | None, Field(description="A phrase of at most 15 words")]
    sentences: Evidence


class Outcome(Part):
    """Something that the study set out to measure."""

    name: Annotated[Verbatim, Field(description="Verbatim name or short noun phrase")]
    role: Annotated[
        Literal["primary", "secondary", "harm", "unspecified"],
        Field(description="As the abstract calls it; harm for adverse events"),
    ]
    sentences: Evidence


class Finding(Part):
    """One finding of the study."""

    claim: Annotated[Statement, Field(description="A phrase of at most 12 words")]
    outcome: Annotated[Verbatim | None, Field(description="Verbatim outcome that it is about")]
    value: Annotated[Verbatim | None, Field(description=f"{VALUE}: effect, rate or mean")]
    kind: Annotated[Literal["change"] | None, Field(description=KIND)]
    uncertainty: Annotated[Verbatim | None, Field(description=UNCERTAINTY)]
    group: Annotated[Verbatim | None, Field(description=GROUP)]
    baseline: Annotated[Verbatim | None, Field(description=BASELINE)]
    comparator: Annotated[Verbatim | None, Field(description=COMPARATOR)]
    sentences: Evidence


class Pico(Part):
    """A clinical study: population, intervention, comparison, outcomes and results."""

    population: Population
    intervention: Intervention
    comparison: Comparison
    outcome: list[Outcome]
    results: list[Finding]


BUILT_INS: Mapping[str, type[Part]] = {"default": Draft, "pico": Pico}
"""The schemas that go by a name of their own."""
