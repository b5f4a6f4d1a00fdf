"""One document in, one record or failure out.

An extractor asks a model or reads by code; it has the draft grounded, and decides on the reask:
once more, with the exact list of faults, when an answer doesn't fit the schema or says what the
abstract doesn't.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from summarise.extract.extractor import (
    MOST_CHARACTERS,
    EmbeddedExtractor,
    Extractor,
    Fault,
    Read,
    hashed,
    internal_failure,
    length_failure,
    read_draft,
    schema_faults,
)

if TYPE_CHECKING:
    from summarise.extract.conversation import AnswerSources
    from summarise.extract.llm import LLMExtractor, llm_identity

__all__ = [
    "MOST_CHARACTERS",
    "AnswerSources",
    "EmbeddedExtractor",
    "Extractor",
    "Fault",
    "LLMExtractor",
    "Read",
    "hashed",
    "internal_failure",
    "length_failure",
    "llm_identity",
    "read_draft",
    "schema_faults",
]

_HOMES = {"AnswerSources": "conversation", **dict.fromkeys(("LLMExtractor", "llm_identity"), "llm")}


def __getattr__(name: str) -> Any:
    """Import what asks a model when it is first asked for: who verifies a run asks none."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
