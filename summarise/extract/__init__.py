"""One document in, one record or failure out: what a model is told, and what comes of its answer.

An extractor asks a model, by a prompt of ``prompts/``, or reads by code; it has the draft grounded,
and decides on the reask: once more, with the exact list of faults, when an answer doesn't fit the
schema or says what the abstract doesn't. What it does by code alone, workers do where cores are
free.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from summarise.extract.conversation import AnswerSources
    from summarise.extract.drafts import Fault, Read, read_draft, schema_faults
    from summarise.extract.extractor import (
        MOST_CHARACTERS,
        EmbeddedExtractor,
        Extractor,
        hashed,
        internal_failure,
        length_failure,
    )
    from summarise.extract.llm import LLMExtractor, llm_identity
    from summarise.extract.prompt_review import check_prompts, prompt_messages, summarise_prompts
    from summarise.extract.prompts import Prompt, load_prompt, prompt_versions
    from summarise.extract.workers import count_workers, employed

__all__ = [
    "MOST_CHARACTERS",
    "AnswerSources",
    "EmbeddedExtractor",
    "Extractor",
    "Fault",
    "LLMExtractor",
    "Prompt",
    "Read",
    "check_prompts",
    "count_workers",
    "employed",
    "hashed",
    "internal_failure",
    "length_failure",
    "llm_identity",
    "load_prompt",
    "prompt_messages",
    "prompt_versions",
    "read_draft",
    "schema_faults",
    "summarise_prompts",
]

_HOMES = dict.fromkeys(__all__, "extractor")
_HOMES |= dict.fromkeys(("Fault", "Read", "read_draft", "schema_faults"), "drafts")
_HOMES |= dict.fromkeys(("count_workers", "employed"), "workers")
_HOMES |= {"AnswerSources": "conversation", "LLMExtractor": "llm", "llm_identity": "llm"}
_HOMES |= dict.fromkeys(("Prompt", "load_prompt", "prompt_versions"), "prompts")
_HOMES |= dict.fromkeys(("check_prompts", "prompt_messages", "summarise_prompts"), "prompt_review")


def __getattr__(name: str) -> Any:
    """Import a name when it is first asked for: few commands need more than one module."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
