"""The extractor of the assisted mode: code drafts a record, a small model chooses within it."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Protocol

from summarise.answers import Fault, failure
from summarise.assist.drafting import assisted_draft, pending_tasks
from summarise.assist.tasks import Task, load_questions
from summarise.models import (
    ASSISTED,
    Completion,
    Document,
    FailureKind,
    Identity,
    Outcome,
    Provenance,
)
from summarise.reading import DocumentReading
from summarise.schema import Draft, schema_fingerprint
from summarise.settings import Settings
from summarise.version import __version__


class Exchange(Protocol):
    """The questions and answers about one document: its patience, its costs, its kept answers."""

    async def ask(self, task: Task) -> Completion | Fault:
        """Get the answer to a task from the run, the cache or the endpoint.

        An answer is kept before anything else happens to it, with the task's id, and goes into the
        cache where ``task.chosen`` finds a choice in it.

        Returns:
            The answer, or why there is none.

        Raises:
            EndpointUnusable: No task can succeed.
            BudgetReached: It could cost more than may be spent.
            RunError: The answer can't be kept.
        """

    def provenance(self, identity: Identity, parts: Mapping[str, str]) -> Provenance:
        """Where the record comes from, who made which part, and what all answers took."""


class Asker(Protocol):
    """Whom to ask."""

    @property
    def width(self) -> int:
        """How many documents at a time keep it busy, now."""

    def close(self) -> None:
        """Send nothing more; what is in flight may finish."""

    def exchange(self, document: Document) -> Exchange:
        """Begin with a document."""


class AssistedExtractor:
    """Reads by code, and asks a small model only to choose.

    Args:
        identity: What makes the answers.
        asker: Whom to ask.
    """

    def __init__(self, identity: Identity, asker: Asker) -> None:
        self.identity = identity
        self._asker = asker

    @property
    def width(self) -> int:
        """As the asker says."""
        return self._asker.width

    def close(self) -> None:
        """Send nothing more; what is in flight may finish."""
        self._asker.close()

    async def extract(self, document: Document) -> Outcome:
        """Make a record of a document, or say why there is none.

        A question that the endpoint refuses, or whose answer isn't one of the choices, leaves that
        part to code. One that gets no answer makes a failure, so that the next run asks again.

        Raises:
            EndpointUnusable: No document can succeed.
            BudgetReached: It could cost more than may be spent.
            RunError: An answer can't be kept.
        """
        reading = DocumentReading.of(document)
        exchange = self._asker.exchange(document)
        answers: dict[str, Completion | None] = {}
        while tasks := pending_tasks(reading, answers):
            for task in tasks:
                answer = await exchange.ask(task)
                if isinstance(answer, Fault) and answer.kind is not FailureKind.REJECTED:
                    provenance = exchange.provenance(self.identity, {})
                    return failure(document, answer, None, provenance)
                answers[task.task_id] = answer if isinstance(answer, Completion) else None
        assisted = assisted_draft(reading, answers)
        provenance = exchange.provenance(self.identity, assisted.parts)
        return reading.record(reading.ground(Draft, assisted.draft), provenance)


def assisted_identity(settings: Settings, endpoint_fingerprint: str) -> Identity:
    """What makes the records of the assisted mode.

    Args:
        settings: Which model, where, and how it samples.
        endpoint_fingerprint: Hash of all else that is sent with a task.
    """
    questions = load_questions()
    # Code makes most of the record, so its version counts as it does for the embedded extractor.
    made_by = (ASSISTED, __version__, endpoint_fingerprint, questions.fingerprint)
    schema = schema_fingerprint(Draft)
    return Identity(
        extractor=ASSISTED,
        fingerprint=sha256("\0".join((*made_by, schema)).encode()).hexdigest()[:16],
        model=settings.model,
        endpoint_host=settings.host,
        prompt_version=questions.version,
        prompt_fingerprint=questions.fingerprint,
        schema_name=Draft.__name__,
        schema_fingerprint=schema,
        sampling=settings.sampling,
        version=__version__,
    )
