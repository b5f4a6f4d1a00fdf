"""One document in, one record or failure out: what a model is told, and what comes of its answer.

An extractor asks a model, by a prompt of ``prompts/``, or reads by code; it has the draft grounded,
and decides on the reask: once more, with the exact list of faults, when an answer doesn't fit the
schema or says what the abstract doesn't. What it does by code alone, workers do where cores are
free.
"""

# mypy: implicit-reexport

from typing import TYPE_CHECKING

from summarise import lazily

if TYPE_CHECKING:
    from summarise.extract.conversation import AnswerSources
    from summarise.extract.drafts import Fault, Read, read_answer, read_draft
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
    from summarise.extract.workers import Stream, count_workers, employed, streaming
else:
    # Few commands need more than one module.
    __getattr__ = lazily(__name__)
