"""One document in, one record or failure out.

An extractor asks a model or reads by code, has the draft grounded, and decides on the reask: once
more, with the exact list of faults, when an answer doesn't fit the schema or says what the abstract
doesn't.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Protocol

from pydantic import BaseModel, ValidationError

from summarise import __version__
from summarise.answers import Fault, one_line, read_draft
from summarise.cache import AnswerCache
from summarise.endpoint import Correction, Endpoint, Request
from summarise.errors import EndpointUnusable, RequestRejected, TransportError
from summarise.ground import Grounded
from summarise.models import (
    EMBEDDED,
    Answer,
    Completion,
    Document,
    Failure,
    FailureKind,
    Grounding,
    Identity,
    Outcome,
    Provenance,
    Quantity,
    Record,
    Usage,
)
from summarise.prompts import Prompt
from summarise.reading import DocumentReading
from summarise.schema import Draft, schema_fingerprint
from summarise.settings import Settings
from summarise.store import utc_now

_LOG = logging.getLogger("summarise")


class Extractor(Protocol):
    """What makes records."""

    identity: Identity
    """All that can change its answers."""

    async def extract(self, document: Document) -> Outcome:
        """Make a record of a document, or say why there is none.

        Raises:
            EndpointUnusable: No document can succeed.
            RunError: An answer can't be kept.
        """


class AnswerLog(Protocol):
    """Where answers are kept before anything else happens to them: the run directory."""

    def recall(self, key: str) -> Completion | None:
        """An answer that was paid for by a run that was cut off."""

    def append_answer(self, answer: Answer) -> None:
        """Keep an answer."""


class EmbeddedExtractor:
    """Reads by code alone: no model, no key, no network."""

    def __init__(self) -> None:
        fingerprint = schema_fingerprint(Draft)
        self.identity = Identity(
            extractor=EMBEDDED,
            fingerprint=_hash(EMBEDDED, __version__, fingerprint),
            schema_name=Draft.__name__,
            schema_fingerprint=fingerprint,
            version=__version__,
        )

    async def extract(self, document: Document) -> Record:
        """Make a record of a document."""
        reading = DocumentReading.of(document)
        draft = reading.embedded_draft()
        provenance = Provenance(**self.identity.model_dump(), created=utc_now())
        return reading.record(reading.ground(Draft, draft), provenance)


@dataclass(frozen=True, slots=True)
class AnswerSources:
    """Where an answer may come from before it is bought.

    Attributes:
        log: The run directory.
        cache: Answers of all runs, None where it isn't wanted.
        reads: Whether the cache is read; it is written in any case.
    """

    log: AnswerLog
    cache: AnswerCache | None
    reads: bool = True


class LLMExtractor:
    """Asks a model, by the endpoint.

    Args:
        identity: What makes the answers.
        prompt: What to ask.
        endpoint: Whom to ask. It is the caller's to close.
        sources: Where to look for the answer before asking.
        max_reasks: How often to ask once more after an answer with faults.
        schema: What to fill in.
    """

    def __init__(
        self,
        identity: Identity,
        prompt: Prompt,
        endpoint: Endpoint,
        sources: AnswerSources,
        *,
        max_reasks: int,
        schema: type[BaseModel] = Draft,
    ) -> None:
        self.identity = identity
        self._prompt = prompt
        self._endpoint = endpoint
        self._sources = sources
        self._max_reasks = max_reasks
        self._schema = schema
        self._reachable = False

    async def extract(self, document: Document) -> Outcome:
        """Make a record of a document, or say why there is none.

        Raises:
            EndpointUnusable: No document can succeed.
            RunError: An answer can't be kept.
        """
        reading = DocumentReading.of(document)
        trail = _Trail()
        grounded = await self._grounded(reading, trail)
        provenance = trail.provenance(self.identity)
        if isinstance(grounded, Fault):
            return _failure(document, grounded, trail.text, provenance)
        return reading.record(grounded, provenance)

    async def _grounded(self, reading: DocumentReading, trail: _Trail) -> Grounded | Fault:
        """Ask until an answer has no fault, or no reask is left; the best there was."""
        request = Request(self._prompt.user(reading.document, reading.source.sentences))
        best: Grounded | None = None
        while True:
            key = self._endpoint.key(request)
            try:
                completion, bought = await self._complete(reading.document, request, key)
            except (TransportError, RequestRejected) as error:
                trail.attempts += error.attempts
                return best or self._transport_fault(error)
            trail.add(completion, bought=bought)
            draft = read_draft(completion, self._schema)
            outcome: Grounded | Fault
            if isinstance(draft, Fault):
                outcome, faults = best or draft, draft.details
            else:
                self._cache(key, completion, bought=bought)
                found = reading.ground(self._schema, draft)
                outcome = best = self._merged(best, found, reading) if best else found
                faults = tuple(_faults(best, reading.unclaimed(best)))
            if not faults or trail.reasks == self._max_reasks:
                return outcome
            trail.reasks += 1
            request = Request(request.user, Correction(completion, faults))

    async def _complete(
        self, document: Document, request: Request, key: str
    ) -> tuple[Completion, bool]:
        """An answer from the run, the cache or the endpoint, and whether it was bought now."""
        kept = self._sources.log.recall(key) or self._cached(key)
        if kept is not None:
            return kept, False
        completion = await self._endpoint.complete(request)
        self._reachable = True
        self._sources.log.append_answer(
            Answer(
                key=key,
                doc_id=document.doc_id,
                content_hash=document.content_hash,
                completion=completion,
            )
        )
        return completion, True

    def _cache(self, key: str, completion: Completion, *, bought: bool) -> None:
        if bought and self._sources.cache is not None:
            self._sources.cache.put(key, completion.model_dump_json())

    def _cached(self, key: str) -> Completion | None:
        if self._sources.cache is None or not self._sources.reads:
            return None
        text = self._sources.cache.get(key)
        try:
            return None if text is None else Completion.model_validate_json(text)
        except ValidationError:
            _LOG.warning("an entry of the cache isn't an answer of ours; asking anew")
            return None

    def _transport_fault(self, error: TransportError | RequestRejected) -> Fault:
        """What to say of a request that got no answer.

        Raises:
            EndpointUnusable: Nobody is there, nor was before: no document can succeed.
        """
        if isinstance(error, RequestRejected):
            return Fault(FailureKind.REJECTED, str(error))
        if not error.connected and not self._reachable:
            raise EndpointUnusable(
                error.message,
                where=error.where,
                hint=error.hint or "Is the server running? Check --base-url.",
            ) from error
        kind = FailureKind.TIMEOUT if error.kind == "timeout" else FailureKind.UNAVAILABLE
        return Fault(kind, str(error))

    def _merged(self, first: Grounded, second: Grounded, reading: DocumentReading) -> Grounded:
        """The better of both for each field, so that a reask can't make a good field worse."""
        draft = {
            name: second.draft[name] if _is_better(second, first, name) else first.draft[name]
            for name in first.draft
        }
        return reading.ground(self._schema, draft)


def llm_identity(
    settings: Settings, prompt: Prompt, endpoint: Endpoint, schema: type[BaseModel] = Draft
) -> Identity:
    """What makes the answers of a model."""
    return Identity(
        extractor="llm",
        fingerprint=_hash(endpoint.fingerprint, prompt.fingerprint, schema_fingerprint(schema)),
        model=settings.model,
        endpoint_host=settings.host,
        prompt_version=prompt.version,
        prompt_fingerprint=prompt.fingerprint,
        schema_name=schema.__name__,
        schema_fingerprint=schema_fingerprint(schema),
        sampling=settings.sampling,
        version=__version__,
    )


@dataclass(slots=True)
class _Trail:
    """What it took to get the answers for one document."""

    usage: Usage = field(default_factory=Usage)
    calls: int = 0
    attempts: int = 0
    reasks: int = 0
    latency: float = 0.0
    cache_hit: bool = False
    served_model: str | None = None
    text: str | None = None

    def add(self, completion: Completion, *, bought: bool) -> None:
        """Count an answer; one that wasn't bought now costs nothing now."""
        self.served_model, self.text = completion.model, completion.text
        if not bought:
            self.cache_hit = True
            return
        self.usage = self.usage + completion.usage
        self.calls += 1
        self.attempts += completion.attempts
        self.latency += completion.latency

    def provenance(self, identity: Identity) -> Provenance:
        return Provenance(
            **identity.model_dump(),
            served_model=self.served_model,
            usage=self.usage,
            calls=self.calls,
            attempts=self.attempts,
            reasks=self.reasks,
            latency=round(self.latency, 4),
            cache_hit=self.cache_hit,
            created=utc_now(),
        )


def internal_failure(document: Document, error: Exception, identity: Identity) -> Failure:
    """The failure of a document that met a bug of ours."""
    message = f"a bug in summarise: {type(error).__name__}: {one_line(str(error))}; see --debug"
    provenance = Provenance(**identity.model_dump(), created=utc_now())
    return _failure(document, Fault(FailureKind.INTERNAL, message), None, provenance)


def _failure(document: Document, fault: Fault, text: str | None, provenance: Provenance) -> Failure:
    return Failure(
        doc_id=document.doc_id,
        content_hash=document.content_hash,
        title=document.title,
        kind=fault.kind,
        message=fault.message,
        raw_text=text,
        provenance=provenance,
    )


def _faults(grounded: Grounded, unclaimed: tuple[Quantity, ...]) -> Iterator[str]:
    """What a reask tells the model: what could not be found, and then what was left out."""
    wrong = False
    for value in grounded.verbatims:
        if value.grounding is Grounding.MISSING:
            wrong = True
            yield (
                f"{value.path}: “{value.value}” doesn't stand in the abstract or its title. "
                "Copy it character by character, or answer null."
            )
    for statement in grounded.unsupported:
        wrong = True
        names = ", ".join(f"“{token}”" for token in statement.tokens)
        yield f"{statement.path}: the abstract doesn't hold {names}. Say only what it says."
    # A number that no field holds may be of no interest, so it alone is no reason to ask again.
    if wrong and unclaimed:
        names = ", ".join(f"“{quantity.text}”" for quantity in unclaimed)
        yield f"No field holds these quantities of the abstract; add those that belong: {names}."


def _is_better(new: Grounded, old: Grounded, name: str) -> bool:
    """Whether a field has fewer faults than before and holds no fewer values that were found."""
    new_faults, new_found = _tally(new, name)
    old_faults, old_found = _tally(old, name)
    return new_faults < old_faults and new_found >= old_found


def _tally(grounded: Grounded, name: str) -> tuple[int, int]:
    """Faults and found values of a top-level field."""
    values = [v.grounding for v in grounded.verbatims if _field(v.path) == name]
    missing = values.count(Grounding.MISSING)
    unsupported = sum(len(u.tokens) for u in grounded.unsupported if _field(u.path) == name)
    return missing + unsupported, len(values) - missing


def _field(path: str) -> str:
    return path.split(".", 1)[0].split("[", 1)[0]


def _hash(*parts: str) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()[:16]
