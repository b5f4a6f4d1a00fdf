"""One document in, one record or failure out.

An extractor asks a model or reads by code; it has the draft grounded, and decides on the reask:
once more, with the exact list of faults, when an answer doesn't fit the schema or says what the
abstract doesn't.
"""

from summarise.extract.exchange import AnswerLog, AnswerSources, Line
from summarise.extract.extractor import (
    MOST_CHARACTERS,
    EmbeddedExtractor,
    Extractor,
    internal_failure,
    length_failure,
)
from summarise.extract.llm import LLMExtractor, llm_identity

__all__ = [
    "MOST_CHARACTERS",
    "AnswerLog",
    "AnswerSources",
    "EmbeddedExtractor",
    "Extractor",
    "LLMExtractor",
    "Line",
    "internal_failure",
    "length_failure",
    "llm_identity",
]
