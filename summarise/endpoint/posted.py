"""An endpoint that is asked later: what is said to it is posted, and answered by what came back.

To those who ask it is an endpoint like another, of which nothing is heard the first time: see
``AdmissionClosed``. So all that holds of a live answer holds of one of a batch.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from pydantic import BaseModel
from typing_extensions import override

from summarise.admission import Patience, Price
from summarise.endpoint.answer import NotACompletion, as_object, read_completion
from summarise.endpoint.dialect import Dialect
from summarise.endpoint.endpoint import Call, Endpoint, Ledger
from summarise.endpoint.request import Request
from summarise.errors import (
    AdmissionClosed,
    EndpointError,
    EndpointUnusable,
    RequestRejected,
    TransportError,
)
from summarise.models import Completion
from summarise.settings import Mode, Settings


@dataclass(frozen=True, slots=True)
class Posted:
    """A request to be answered later.

    Attributes:
        body: As it would be sent live.
        tokens: Of it and of its answer, at most.
        worst: US dollars that its answer can cost, None where no price is known.
    """

    key: str
    body: bytes
    dialect: Dialect
    tokens: int
    worst: Decimal | None


@dataclass(frozen=True, slots=True)
class Returned:
    """What came back for a request.

    Attributes:
        status: Of HTTP, as if it had been sent live.
        body: JSON: a chat completion, or an error.
        mode: How the request held the model to the schema.
        unsent: Sampling settings that it lacked.
    """

    status: int
    body: object
    mode: str
    unsent: tuple[str, ...] = ()


class Post(Protocol):
    """Where requests go, and answers come from."""

    @property
    def is_introduced(self) -> bool:
        """Whether requests that are worded as the settings say have been answered before."""

    def find(self, key: str) -> Returned | None:
        """What came back for a request, None where nothing did."""

    def is_bought(self, key: str) -> bool:
        """Whether an answer to a request came back, or is to come."""

    def takes(self, key: str) -> bool:
        """Whether a request is to be posted: nothing is to come for it, and it was seldom tried."""

    def is_awaited(self, key: str) -> bool:
        """Whether something is to come for a request."""

    def put(self, posted: Posted) -> None:
        """Take a request."""


class PostedEndpoint(Endpoint):
    """An endpoint all of whose requests go by a post, but the first where it isn't known yet.

    That one is asked live, so that the others are worded as the endpoint takes them. The price is
    that of what comes by the post.
    """

    def __init__(
        self,
        settings: Settings,
        messages: Sequence[Mapping[str, str]],
        schema: type[BaseModel],
        *,
        ledger: Ledger,
        post: Post,
        price: Price | None,
    ) -> None:
        super().__init__(settings, messages, schema, ledger=ledger)
        self._post = post
        self._batch_price = price
        self._first = asyncio.Lock()
        self._is_known = self._ladder.is_remembered

    @override
    def is_bought(self, key: str) -> bool:
        return self._post.is_bought(key)

    @override
    async def complete(self, request: Request, patience: Patience | None = None) -> Completion:
        """What came back for a request; else it is posted.

        Raises:
            AdmissionClosed: It is answered later.
            BudgetReached: It could cost more than may be spent.
            RequestRejected: The endpoint refused this request.
            TransportError: It got no answer time and again.
        """
        key = self.key(request)
        if (returned := self._post.find(key)) is not None:
            try:
                return self._read(request, returned)
            except TransportError:
                if not self._post.takes(key):
                    raise
        if self._post.is_awaited(key):
            raise self._later()
        async with self._first:
            if not (self._is_known or self._post.is_introduced):
                completion = await super().complete(request, patience)
                self._is_known = True
                return completion
        await self._put(request, key)
        raise self._later()

    async def _put(self, request: Request, key: str) -> None:
        call = Call(request, Patience(self._settings.deadline), self._ladder.dialect)
        tokens = self._measure(call)
        reservation = await self._ledger.budget.reserve(tokens, call.most_tokens)
        # What it comes to is known when it comes back.
        reservation.keep()
        body = self._worded(call)
        most, price = call.most_tokens, self._batch_price
        worst = price.worst(tokens, most) if price else None
        self._post.put(Posted(key, body, call.dialect, tokens + most, worst))

    def _read(self, request: Request, returned: Returned) -> Completion:
        """The completion that came back.

        Raises:
            EndpointError: An error did, as ``complete`` says.
        """
        mode, told = Mode(returned.mode), None
        if 200 <= returned.status < 300:
            content = json.dumps(returned.body).encode()
            try:
                completion = read_completion(
                    content, mode, self._body.function, key=self._settings.key
                )
            except NotACompletion as error:
                told = error
            else:
                dialect = Dialect(mode, unsent=frozenset(returned.unsent))
                call = Call(request, Patience(self._settings.deadline), dialect)
                self._measure(call)
                usage = completion.usage
                cost = self._batch_price.of(usage) if self._batch_price else None
                update = {"cost": cost, "unsent": dialect.left_out}
                return self._counted(call, completion.model_copy(update=update))
        raise self._fault(returned, told)

    def _fault(self, returned: Returned, told: NotACompletion | None) -> EndpointError:
        # It loads the SDK, whose errors it knows as well.
        from summarise.endpoint.faults import Answered, Site  # noqa: PLC0415

        site = Site(self._settings)
        if told is not None:
            return site.from_body(told)
        error = as_object(returned.body).get("error") or returned.body
        fault = site.from_status(Answered(returned.status, {"error": error}))
        if isinstance(fault, EndpointUnusable):
            # One line says nothing of the others, which are paid for.
            return RequestRejected(fault.message, where=fault.where, hint=fault.hint)
        return fault

    def _later(self) -> AdmissionClosed:
        return AdmissionClosed("it is answered later", where=self._settings.host)
