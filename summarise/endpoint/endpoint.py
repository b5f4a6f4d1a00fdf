"""The endpoint: retries around a slot around one HTTP call."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel

from summarise.endpoint.request import Body, Request
from summarise.models import Completion
from summarise.retry import RetryPolicy, send
from summarise.settings import Settings

if TYPE_CHECKING:
    import httpx2

    from summarise.endpoint.sdk import Caller

# Longest time for one request with all its retries, in seconds; a long timeout extends it.
_PATIENCE = 600.0


class Endpoint:
    """An OpenAI-compatible API, one model, and one schema that its answers are held to.

    Use it as an async context manager, or close it; from one event loop.

    Args:
        settings: Where to send, what, and how patiently.
        messages: The static beginning of each request: system prompt and worked examples.
        schema: What the answers are held to.
        http_client: To send with; the caller closes it. None opens one over aiohttp.

    Raises:
        SchemaError: The schema can't be put into the strict subset.
    """

    def __init__(
        self,
        settings: Settings,
        messages: Sequence[Mapping[str, str]],
        schema: type[BaseModel],
        *,
        http_client: httpx2.AsyncClient | None = None,
    ) -> None:
        self._settings = settings
        self._http_client = http_client
        self._body = Body(settings, messages, schema)
        self._slots = asyncio.Semaphore(settings.concurrency)
        patience = max(_PATIENCE, 3 * settings.timeout)
        self._policy = RetryPolicy(settings.max_attempts, max_total=patience)
        self._caller: Caller | None = None

    @property
    def fingerprint(self) -> str:
        """Hash of everything that can change an answer, the user message apart."""
        return self._body.fingerprint

    def key(self, request: Request) -> str:
        """Hash of everything that can change the answer to a request: its key in the cache."""
        return self._body.key(request)

    async def complete(self, request: Request) -> Completion:
        """Send a request, again after a transport error, and read the answer.

        A slot is held only while a call runs, never during a wait between two.

        Raises:
            EndpointUnusable: No request can succeed here.
            TransportError: The last attempt failed in transport.
            RequestRejected: The endpoint refuses this request.
        """
        body = self._body.with_user(request.user, self._corrections(request))
        caller = self._connect()
        attempts = 0

        async def attempt() -> Completion:
            nonlocal attempts
            async with self._slots:
                attempts += 1
                return await caller.complete(body, attempts)

        return await send(attempt, self._policy)

    async def aclose(self) -> None:
        """Close the connections."""
        caller, self._caller = self._caller, None
        if caller is not None:
            await caller.aclose()

    async def __aenter__(self) -> Self:
        """Nothing is opened before the first request."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the connections."""
        await self.aclose()

    def _corrections(self, request: Request) -> Sequence[Mapping[str, Any]]:
        if request.correction is None:
            return ()
        # instructor takes a third of a second to import, and most runs never reask.
        from summarise.endpoint.reask import correction_messages  # noqa: PLC0415

        return correction_messages(request.correction, self._settings.mode, self._body.function)

    def _connect(self) -> Caller:
        """The line to the endpoint, opened when the first request is sent."""
        if self._caller is None:
            # openai takes a second to import: a run that finds all in the cache does without.
            from summarise.endpoint.sdk import Caller  # noqa: PLC0415

            self._caller = Caller(self._settings, self._body.function, self._http_client)
        return self._caller
