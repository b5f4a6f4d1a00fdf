"""The assisted mode at an endpoint: the tasks of ``assist`` as requests."""

from __future__ import annotations

from collections.abc import Mapping

from summarise.answers import Fault
from summarise.assist import AssistedExtractor, Task, assisted_identity, load_questions
from summarise.endpoint import Endpoint, Request, Wire
from summarise.errors import RequestRejected, TransportError
from summarise.extract.exchange import AnswerSources, Exchange, Line
from summarise.models import Completion, Document, Identity, Provenance
from summarise.settings import Settings


def assisted_extractor(
    settings: Settings, endpoint: Endpoint, sources: AnswerSources
) -> AssistedExtractor:
    """The extractor in which a small model chooses among what code has found.

    Args:
        settings: Which model, and how long to try.
        endpoint: Whom to ask. It is the caller's to close.
        sources: Where to look for an answer before asking.
    """
    questions = load_questions()
    parts = {"prompt": f"{questions.version} ({questions.fingerprint})"}
    line = Line(endpoint, sources, parts, settings.deadline)
    return AssistedExtractor(assisted_identity(settings, endpoint.fingerprint), _Asker(line))


class _Asker:
    """Whom a task is asked."""

    def __init__(self, line: Line) -> None:
        self._line = line

    @property
    def width(self) -> int:
        return self._line.width

    def close(self) -> None:
        self._line.close()

    def exchange(self, document: Document) -> _TaskExchange:
        return _TaskExchange(self._line, document)


class _TaskExchange:
    """The tasks about one document."""

    def __init__(self, line: Line, document: Document) -> None:
        self._endpoint = line.endpoint
        self._doc_id = document.doc_id
        self._exchange = Exchange(line, document)

    async def ask(self, task: Task) -> Completion | Fault:
        wire = Wire(task.question.name, task.schema)
        body = self._endpoint.body(task.question.messages, wire, task.max_output_tokens)
        request = Request(task.user, doc_id=self._doc_id, body=body)
        try:
            completion = await self._exchange.ask(
                request, lambda one: task.chosen(one) is not None, task.task_id
            )
        except (TransportError, RequestRejected) as error:
            self._exchange.unanswered(error)
            return self._exchange.fault(error)
        if task.chosen(completion) is not None:
            self._exchange.cache(request, completion)
        return completion

    def provenance(self, identity: Identity, parts: Mapping[str, str]) -> Provenance:
        return self._exchange.provenance(identity, parts)
