"""The extractor that asks a model for the whole record."""

from __future__ import annotations

from summarise import __version__
from summarise.endpoint import Endpoint
from summarise.extract.conversation import AnswerSources, Asking, Conversation
from summarise.extract.drafts import NOTHING, Fault, failure
from summarise.extract.elsewhere import Maker, maker_for, work_on_answers
from summarise.extract.extractor import hashed
from summarise.extract.prompts import Prompt
from summarise.extract.workers import AHEAD, Work, Workers
from summarise.models import Document, Identity, Made, Provenance
from summarise.schema import schema_fingerprint
from summarise.settings import Settings


class LLMExtractor:
    """Asks a model, by the endpoint, which is the caller's to close.

    The settings say how often to ask once more after an answer with faults, and how long to try.
    """

    waits = True

    def __init__(
        self,
        identity: Identity,
        prompt: Prompt,
        endpoint: Endpoint,
        sources: AnswerSources,
        settings: Settings,
    ) -> None:
        self.identity = identity
        self.workers: Workers | None = None
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
        """Twice as many as requests in flight: a document that waits to retry holds no slot.

        While all answers are kept, what the workers have before them, and one for this process.
        """
        if self.workers is not None and not self._asking.is_waiting:
            return AHEAD * len(self.workers) + 1
        return 2 * self._endpoint.concurrency

    def close(self) -> None:
        """Send nothing more; what is in flight may finish."""
        self._endpoint.close_admission()

    def work(self) -> Work:
        """What a worker does for it."""
        return work_on_answers(self._prompt)

    async def extract(self, document: Document) -> Made:
        """Make a record of a document, the best of all answers, or say why there is none."""
        waits = self._asking.is_waiting
        maker = maker_for(document, self._prompt, self.workers, waits=waits)
        try:
            return await self._made(document, maker)
        finally:
            maker.leave()

    async def _made(self, document: Document, maker: Maker) -> Made:
        user = await maker.question()
        asked = Conversation(self._asking, document, user, self._schema, self._max_reasks)
        provenance: Provenance | None = None
        fault = NOTHING
        while (read := await asked.next()) is not None:
            if isinstance(read, Fault):
                fault, provenance = read, None
                asked.reask(fault.details)
                continue
            provenance = asked.provenance(self.identity)
            if not asked.reask(await maker.take(read, provenance)):
                break
            provenance = None
        provenance = provenance or asked.provenance(self.identity)
        made = await maker.record(provenance)
        return failure(document, fault, asked.text, provenance) if made is None else made


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
