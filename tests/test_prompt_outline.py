"""Tests of ``summarise.prompts.outline``: a schema in the words of a prompt."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from summarise.prompts import field_notes, load_prompt, outline
from summarise.schema import Part, SentenceRef, Statement, Verbatim


class Season(StrEnum):
    """When they breed."""

    SPRING = "spring"


class Sighting(Part):
    """A bird that was seen."""

    bird: Verbatim
    season: Season


class Nest(Part):
    """Where they breed."""

    kind: Literal["cliff", "dune"]
    sightings: list[Sighting]
    remark: Annotated[Statement | None, Field(description="In\n a few words")]
    sentences: list[SentenceRef]


def test_the_outline_of_a_schema() -> None:
    """Names, types and choices on one line, and descriptions apart, evidence left out."""
    assert outline(Nest) == (
        '{"kind": "cliff"|"dune", "sightings": [{"bird": verbatim, "season": "spring"}], '
        '"remark": text|null, "sentences": [n]}'
    )
    assert list(field_notes(Nest)) == [
        ("sightings[]", "A bird that was seen."),
        ("sightings[].season", "When they breed."),
        ("remark", "In a few words"),
    ]


def test_version_2_tells_a_schema_of_ones_own() -> None:
    """Its outline and its descriptions stand in the system prompt, those of the built-in don't."""
    (system,) = load_prompt("v2", Nest).messages
    assert outline(Nest) in system["content"].split("\n")
    assert "remark: In a few words" in system["content"].split("\n")
    assert "compute" not in system["content"]
