"""The line to an endpoint: one question at a time, worded as the endpoint takes it.

On the way it is learned which parameters it refuses, as a run learns it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import httpx2

from summarise.admission import Patience, send
from summarise.endpoint import Wire
from summarise.endpoint.answer import read_json
from summarise.endpoint.client import Caller, Reply
from summarise.endpoint.complaints import complained_of, other_limit
from summarise.endpoint.dialect import Dialect
from summarise.endpoint.request import hold
from summarise.errors import BudgetReached, EndpointError, TransportError
from summarise.models import Completion, Usage
from summarise.settings import Mode, Sampling, Settings, TokenParameter

MOST = 20
"""Requests that are sent at most, those included that are refused or sent again."""

_SECONDS = 300.0
# A server that is busy is asked once more, after this many seconds at most.
_ATTEMPTS, _WAITS = 2, 30.0
# By these a server may refuse a parameter; see the ladder.
_REFUSALS = frozenset({400, 422, 500, 501})
_NO_HOST = "no endpoints found"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked.

    Attributes:
        messages: All of them.
        mode: How the model is held to the schema.
        wire: The schema; None: it isn't held to any.
        sampling: Sampling settings beside those of the settings.
        limit: Tokens of the answer; None: as many as the line allows.
    """

    messages: Sequence[Mapping[str, str]]
    mode: Mode = Mode.PROMPTED
    wire: Wire | None = None
    sampling: Mapping[str, float | int] = field(default_factory=dict)
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    Attributes:
        completion: As a run reads it.
        body: All of it.
    """

    completion: Completion
    body: Mapping[str, Any]

    @property
    def message(self) -> Mapping[str, Any]:
        """The message, as received."""
        choices = self.body.get("choices")
        first = choices[0] if isinstance(choices, list) and choices else None
        message = first.get("message") if isinstance(first, dict) else None
        return message if isinstance(message, dict) else {}


class Line:
    """Asks one endpoint.

    Args:
        settings: Whom to ask, and which model.
        client: To send with; the caller closes it.
        limit: Tokens of an answer, until more are seen to be needed.

    Attributes:
        settings: As given.
        dialect: What was learned of the endpoint.
        refusals: By which it was learned.
        limit: Tokens of an answer.
        sent: Requests.
        usages: Of the answers.
    """

    def __init__(self, settings: Settings, client: httpx2.AsyncClient, limit: int) -> None:
        self.settings = settings
        self.dialect = Dialect.of(settings)
        self.refusals: list[EndpointError] = []
        self.limit = limit
        self.sent = 0
        self.usages: list[Usage] = []
        self._refused_limits: set[TokenParameter] = set()
        self._bodies: dict[asyncio.Task[Any] | None, bytes] = {}
        hooks = client.event_hooks
        client.event_hooks = {**hooks, "response": [*hooks.get("response", []), self._keep]}
        self._caller = Caller(settings, "", client)

    async def ask(self, question: Question) -> Answer:
        """Ask, again for as long as the endpoint refuses the wording and says what of it.

        Raises:
            EndpointError: It doesn't answer, or refuses what can't be worded otherwise.
        """
        while True:
            dialect = replace(self.dialect, mode=question.mode)
            reply = await self._asked(question, dialect)
            if isinstance(reply, Answer):
                return reply
            better = self._without(question, dialect, reply)
            if better is None:
                raise reply
            self.refusals.append(reply)
            self.dialect = better

    async def aclose(self) -> None:
        """Give back what the SDK holds."""
        await self._caller.aclose()

    async def _asked(self, question: Question, dialect: Dialect) -> Answer | EndpointError:
        """One question in one wording, sent again when the server was busy or the line broke."""
        patience = Patience(_WAITS)
        body = self._body(question, dialect)
        function = question.wire.name if question.wire else ""

        async def attempt() -> Answer | EndpointError:
            if self.sent >= MOST:
                raise BudgetReached(f"isn't asked any more, after {MOST} requests")
            self.sent += 1
            seconds = min(self.settings.timeout, _SECONDS)
            try:
                reply = await self._caller.complete(body, seconds, dialect.mode, function)
            except TransportError as error:
                if error.status in _REFUSALS or error.kind == "timeout":
                    return error
                raise
            return self._received(reply)

        try:
            return await send(attempt, _ATTEMPTS, patience)
        except EndpointError as error:
            return error

    def _received(self, reply: Reply) -> Answer:
        self.usages.append(reply.completion.usage)
        body = read_json(self._bodies.pop(asyncio.current_task(), b"{}"), self.settings.key)
        return Answer(reply.completion, body)

    async def _keep(self, response: httpx2.Response) -> None:
        """Keep what came: a completion holds only what a run needs of it."""
        if response.is_success:
            self._bodies[asyncio.current_task()] = await response.aread()

    def _body(self, question: Question, dialect: Dialect) -> bytes:
        wire, settings = question.wire, self.settings
        held = hold(dialect, wire.name, wire.schema) if wire else {}
        spelled = self._spelled(question)
        values = {**settings.sampling, **question.sampling}
        sampling = {
            spelled[name]: value for name, value in values.items() if name not in dialect.unsent
        }
        return json.dumps(
            {
                "model": settings.model,
                "messages": question.messages,
                **held,
                **sampling,
                dialect.token_parameter: question.limit or self.limit,
                **settings.extra_body,
            }
        ).encode()

    def _spelled(self, question: Question) -> dict[str, str]:
        """The sampling settings of a question, and what they are called in a request."""
        seed = {str(Sampling.SEED): str(self.settings.seed_parameter)}
        return {n: seed.get(n, n) for n in (*self.settings.sampling, *question.sampling)}

    def _without(
        self, question: Question, dialect: Dialect, error: EndpointError
    ) -> Dialect | None:
        """The dialect without what was refused; None where that isn't a matter of wording."""
        if not is_refusal(error):
            return None
        sent = {n: s for n, s in self._spelled(question).items() if n not in dialect.unsent}
        part = complained_of(error.told or error.message, dialect, sent)
        if part is None or part == dialect.mode:
            return None
        if part != dialect.token_parameter:
            return replace(dialect, unsent=dialect.unsent | {part})
        self._refused_limits.add(dialect.token_parameter)
        other = other_limit(dialect.token_parameter)
        # Who refuses both names means something else.
        return None if other in self._refused_limits else replace(dialect, token_parameter=other)


def is_refusal(error: EndpointError) -> bool:
    """Whether an error may be about a part of the request."""
    text = (error.told or error.message).lower()
    return error.status in _REFUSALS or (error.status == 404 and _NO_HOST in text)
