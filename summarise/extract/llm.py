"""The extractor that asks a model for the whole record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from summarise.endpoint import Endpoint
from summarise.extract import Prompt
from summarise.extract.conversation import AnswerSources, Asking, Conversation
from summarise.extract.extractor import NOTHING, Fault, failure, hashed
from summarise.ground import Grounded
from summarise.models import Document, Grounding, Identity, Outcome, top_field
from summarise.reading import Reading
from summarise.schema import schema_fingerprint
from summarise.settings import Settings
from summarise.version import __version__


class LLMExtractor:
    """Asks a model, by the endpoint, which is the caller's to close.

    The settings say how often to ask once more after an answer with faults, and how long to try.
    """

    def __init__(
        self,
        identity: Identity,
        prompt: Prompt,
        endpoint: Endpoint,
        sources: AnswerSources,
        settings: Settings,
    ) -> None:
        self.identity = identity
        self._prompt = prompt
        self._endpoint = endpoint
        self._max_reasks = settings.max_reasks
        self._schema = schema = prompt.schema
        parts = {
            "prompt": f"{prompt.version} ({prompt.fingerprint})",
            "schema": f"{schema.__name__} ({schema_fingerprint(schema)})",
        }
        self._asking = Asking(endpoint, sources, parts, settings.deadline)

    @property
    def width(self) -> int:
        """Twice as many as requests in flight: a document that waits to retry holds no slot."""
        return 2 * self._endpoint.concurrency

    def close(self) -> None:
        """Send nothing more; what is in flight may finish."""
        self._endpoint.close_admission()

    async def extract(self, document: Document) -> Outcome:
        """Make a record of a document, the best of all answers, or say why there is none."""
        reading = Reading(document)
        user = self._prompt.user(document, reading.source.sentences)
        asked = Conversation(self._asking, document, user, self._schema, self._max_reasks)
        best: Grounded | None = None
        dropped: dict[str, None] = {}
        fault = NOTHING
        while (read := await asked.next()) is not None:
            if isinstance(read, Fault):
                fault = read
                asked.reask(fault.details)
            else:
                dropped.update(dict.fromkeys(read.dropped))
                found = _grounded(read.draft, self._schema, reading)
                best = merged(best, found, self._schema, reading) if best else found
                asked.reask(tuple(faults_of(best, reading)))
        provenance = asked.provenance(self.identity)
        if best is None:
            return failure(document, fault, asked.text, provenance)
        return reading.record(replace(best, corrections=(*dropped, *best.corrections)), provenance)


def llm_identity(settings: Settings, prompt: Prompt, endpoint: Endpoint) -> Identity:
    """What makes the answers of a model."""
    fields = schema_fingerprint(prompt.schema)
    return Identity(
        extractor="llm",
        fingerprint=hashed(endpoint.fingerprint, prompt.fingerprint, fields),
        model=settings.model,
        endpoint_host=settings.host,
        prompt_version=prompt.version,
        prompt_fingerprint=prompt.fingerprint,
        schema_name=prompt.schema.__name__,
        schema_fingerprint=fields,
        sampling=settings.sampling,
        version=__version__,
    )


_COUNT = re.compile("two|three|four|five|six", re.IGNORECASE)


def faults_of(grounded: Grounded, reading: Reading) -> Iterator[str]:
    """What a reask tells the model, if one is due: what could not be found, and what goes with it.

    None is due where statements merely count what the abstract lists; nor for what is only doubted,
    since it may be right, nor for a number that no field holds, which may be of no interest.
    """
    tokens = (token for statement in grounded.unsupported for token in statement.tokens)
    if not grounded.missing and all(map(_COUNT.fullmatch, tokens)):
        return
    for value in grounded.missing:
        yield (
            f"{value.path}: “{value.value}” doesn't stand in the abstract or its title. "
            "Copy it character by character, or answer null."
        )
    for statement in grounded.unsupported:
        names = ", ".join(f"“{token}”" for token in statement.tokens)
        yield f"{statement.path}: the abstract doesn't hold {names}. Say only what it says."
    for doubt in grounded.doubts:
        yield f"{doubt.path}: is it so? {doubt.words}."
    if unclaimed := reading.unclaimed(grounded):
        names = ", ".join(f"“{quantity.text}”" for quantity in unclaimed)
        yield f"No field holds these quantities of the abstract; add those that belong: {names}."


def merged(
    first: Grounded, second: Grounded, schema: type[BaseModel], reading: Reading
) -> Grounded:
    """The better of both for each field, so that a reask can't make a good field worse."""
    draft = {
        name: second.draft[name] if _is_better(second, first, name) else first.draft[name]
        for name in first.draft
    }
    return _grounded(draft, schema, reading)


def _grounded(draft: dict[str, Any], schema: type[BaseModel], reading: Reading) -> Grounded:
    return reading.doubted(reading.ground(schema, draft))


def _is_better(new: Grounded, old: Grounded, name: str) -> bool:
    """Whether a field has fewer faults than before and holds no fewer values that were found."""
    (new_faults, new_found), (old_faults, old_found) = _tally(new, name), _tally(old, name)
    return new_faults < old_faults and new_found >= old_found


def _tally(grounded: Grounded, name: str) -> tuple[tuple[int, int], int]:
    """Faults and doubts, and found values of a top-level field."""
    values = [v.grounding for v in grounded.verbatims if top_field(v.path) == name]
    missing = values.count(Grounding.MISSING)
    unsupported = sum(len(u.tokens) for u in grounded.unsupported if top_field(u.path) == name)
    doubts = sum(top_field(doubt.path) == name for doubt in grounded.doubts)
    return (missing + unsupported, doubts), len(values) - missing
