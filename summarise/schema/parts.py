"""What a schema is built from: a base model, and types that say what code does with a field."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Marker(StrEnum):
    """What code does with a field of the draft."""

    VERBATIM = "verbatim"
    STATEMENT = "statement"
    SENTENCE = "sentence"


Verbatim = Annotated[str, Marker.VERBATIM]
"""Copied character for character from the abstract; grounded to a span."""

Statement = Annotated[str, Marker.STATEMENT]
"""Free text; each number and name in it must occur in its evidence."""

SentenceRef = Annotated[int, Marker.SENTENCE]
"""Number of a sentence of the abstract, counted from 1."""

NUMBERS_OF_EVIDENCE = "Numbers of the supporting sentences"

Evidence = Annotated[list[SentenceRef], Field(description=NUMBERS_OF_EVIDENCE)]
"""The sentences that the other fields of a model rest on; where it has none, the whole abstract."""


class Part(BaseModel):
    """Base of a schema's models: closed, and every key is required (null says "not reported")."""

    model_config = ConfigDict(extra="forbid", frozen=True)
