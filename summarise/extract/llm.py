"""The extractor that asks a model for the whole record."""

from __future__ import annotations

from dataclasses import replace

from pydantic import BaseModel

from summarise.answers import Fault, failure, read_draft
from summarise.endpoint import Correction, Endpoint, Request
from summarise.errors import BudgetReached, RequestRejected, TransportError
from summarise.extract.exchange import AnswerSources, Exchange, Line
from summarise.extract.extractor import hashed
from summarise.extract.reask import faults_of, merged
from summarise.ground import Grounded
from summarise.models import Completion, Document, Identity, Outcome
from summarise.prompts import Prompt
from summarise.reading import Reading
from summarise.schema import Draft, schema_fingerprint
from summarise.settings import Settings
from summarise.version import __version__


class LLMExtractor:
    """Asks a model, by the endpoint.

    Args:
        identity: What makes the answers.
        prompt: What to ask.
        endpoint: Whom to ask. It is the caller's to close.
        sources: Where to look for the answer before asking.
        settings: How often to ask once more after an answer with faults, and how long to try.
        schema: What to fill in.
    """

    def __init__(
        self,
        identity: Identity,
        prompt: Prompt,
        endpoint: Endpoint,
        sources: AnswerSources,
        settings: Settings,
        schema: type[BaseModel] = Draft,
    ) -> None:
        self.identity = identity
        self._prompt = prompt
        self._max_reasks = settings.max_reasks
        self._schema = schema
        parts = {
            "prompt": f"{prompt.version} ({prompt.fingerprint})",
            "schema": f"{schema.__name__} ({schema_fingerprint(schema)})",
        }
        self._line = Line(endpoint, sources, parts, settings.deadline)

    @property
    def width(self) -> int:
        """As the line says."""
        return self._line.width

    def close(self) -> None:
        """Send nothing more; what is in flight may finish."""
        self._line.close()

    async def extract(self, document: Document) -> Outcome:
        """Make a record of a document, or say why there is none.

        Raises:
            EndpointUnusable: No document can succeed.
            BudgetReached: It could cost more than may be spent.
            AdmissionClosed: The run is stopping.
            RunError: An answer can't be kept.
        """
        reading = Reading(document)
        exchange = Exchange(self._line, document)
        grounded = await self._grounded(reading, exchange)
        provenance = exchange.provenance(self.identity)
        if isinstance(grounded, Fault):
            return failure(document, grounded, exchange.text, provenance)
        return reading.record(grounded, provenance)

    def _accepts(self, completion: Completion) -> bool:
        return not isinstance(read_draft(completion, self._schema), Fault)

    async def _grounded(self, reading: Reading, exchange: Exchange) -> Grounded | Fault:
        """Ask until an answer has no fault, or no reask is left; the best there was."""
        document = reading.document
        user = self._prompt.user(document, reading.source.sentences)
        request = Request(user, doc_id=document.doc_id)
        best: Grounded | None = None
        fault: Fault | None = None
        has_repeated = False
        outcome: Grounded | Fault
        while True:
            try:
                completion = await exchange.ask(request, self._accepts)
            except (TransportError, RequestRejected, BudgetReached) as error:
                exchange.unanswered(error)
                if best is not None:
                    return best
                if isinstance(error, BudgetReached):
                    raise
                return exchange.fault(error, fault)
            draft = read_draft(completion, self._schema)
            if isinstance(draft, Fault):
                fault, outcome = draft, best or draft
                if fault.lacks_room and request.room == 1:
                    request = replace(request, room=2)
                    continue
                if fault.is_garbled and not has_repeated:
                    has_repeated = True
                    continue
                faults = fault.details
            else:
                exchange.cache(request, completion)
                found = reading.ground(self._schema, draft)
                outcome = best = merged(best, found, self._schema, reading) if best else found
                faults = tuple(faults_of(best, reading))
            if not faults or exchange.reasks == self._max_reasks:
                return outcome
            exchange.reasks += 1
            request = replace(request, correction=Correction(completion, faults))


def llm_identity(
    settings: Settings, prompt: Prompt, endpoint: Endpoint, schema: type[BaseModel] = Draft
) -> Identity:
    """What makes the answers of a model."""
    return Identity(
        extractor="llm",
        fingerprint=hashed(endpoint.fingerprint, prompt.fingerprint, schema_fingerprint(schema)),
        model=settings.model,
        endpoint_host=settings.host,
        prompt_version=prompt.version,
        prompt_fingerprint=prompt.fingerprint,
        schema_name=schema.__name__,
        schema_fingerprint=schema_fingerprint(schema),
        sampling=settings.sampling,
        version=__version__,
    )
