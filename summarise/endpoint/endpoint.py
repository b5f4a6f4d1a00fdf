"""The endpoint: retries around a reservation and a slot around one HTTP call."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import math
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel

from summarise.admission import (
    Budget,
    Caps,
    Limiter,
    Limits,
    Patience,
    Price,
    Silence,
    Slot,
    TokenRatio,
    characters,
    send,
    was_cut,
)
from summarise.endpoint.answer import read_allowance
from summarise.endpoint.dialect import Dialect, Memory
from summarise.endpoint.ladder import Ladder
from summarise.endpoint.request import Body, Request, correction_messages
from summarise.endpoint.request_log import RequestEvent, RequestLog
from summarise.errors import EndpointError, TransportError, TransportKind
from summarise.models import Completion
from summarise.settings import Settings, preset_at

if TYPE_CHECKING:
    import httpx2

    from summarise.endpoint.client import Caller

_LOG = logging.getLogger("summarise")
# What an answer is taken to need, in tokens, until some have come.
_USUAL_ANSWER = 500
# A server on this machine has few slots: more requests than those would only wait in it.
_LOCAL_START = 2
# No natural text has more characters a token: a request of more than that for each token that the
# server keeps wasn't read whole, whatever it counts.
_MOST_CHARACTERS = 5
# Answers after which what was found out of the concurrency is worth keeping for the next run.
_LEARNED = 8
# Requests a minute beyond which one key of a provider's prompt cache is spread over more servers,
# each of which writes it anew: https://developers.openai.com/api/docs/guides/prompt-caching
_KEY_RATE = 15
# Seconds for which others wait until the first request has written the prompt cache.
_MOST_WRITING = 30.0
_MINUTE = 60.0
# A pause of all admission is told of, in seconds, and how seldom.
_WORTH_TELLING, _TOLD_SECONDS = 2.0, 60.0


@dataclass(slots=True)
class Ledger:
    """Where an endpoint writes down what it sends; the price is found when it is needed."""

    budget: Budget = field(default_factory=lambda: Budget(Caps(), None))
    price: Callable[[], Price | None] = lambda: None
    log: RequestLog | None = None


class Endpoint:
    """An OpenAI-compatible API, one model, and one schema that its answers are held to.

    Use it as an async context manager, or close it; from one event loop. Each request begins with
    the same messages: system prompt and worked examples. An HTTP client that is given is the
    caller's to close. Without a ledger there is no limit, and no log.

    Raises:
        SchemaError: The schema can't be put into the strict subset.
    """

    def __init__(
        self,
        settings: Settings,
        messages: Sequence[Mapping[str, str]],
        schema: type[BaseModel],
        *,
        ledger: Ledger | None = None,
        http_client: httpx2.AsyncClient | None = None,
    ) -> None:
        self._settings = settings
        self._http_client = http_client
        self._body = Body(settings, messages, schema)
        self._ledger = ledger or Ledger()
        memory = Memory(settings.cache_dir) if settings.cache else None
        self._ladder = Ladder(settings, self._body.schema, memory)
        limits = Limits(settings.concurrency, settings.rpm, settings.tpm)
        learned = memory.recall_concurrency(self._ladder.key) if memory else None
        if learned or settings.is_local:
            limits = replace(limits, start=learned or _LOCAL_START)
        self._memory, self._learned_from = memory, 0
        self._limiter = Limiter(limits, on_pause=self._paused)
        # With one request in flight, two documents are in hand.
        self._silence = Silence(settings.deadline, few=2 if settings.concurrency == 1 else 3)
        self._told_until = 0.0
        self._ratio = TokenRatio()
        self._answer_tokens = _USUAL_ANSWER
        self._caller: Caller | None = None
        self._price: Price | None = None
        self._most_read = 0
        self._is_introduced = preset_at(settings.host) is not None
        self._introducing = asyncio.Lock()
        self._has_told_of_cut = False
        self._written: asyncio.Event | None = None
        self._sent_at: deque[float] = deque()
        self._sent = 0

    @property
    def fingerprint(self) -> str:
        """Hash of everything that can change an answer, the user message apart."""
        return self._body.fingerprint

    @property
    def parts(self) -> dict[str, str]:
        """What its answers depend on, the prompt and the schema apart, by name."""
        return self._body.parts

    @property
    def concurrency(self) -> int:
        """Requests in flight at most, now."""
        return self._limiter.concurrency

    def key(self, request: Request) -> str:
        """Hash of everything that can change the answer to a request: its key in the cache."""
        return self._body.key(request)

    def is_bought(self, key: str) -> bool:  # noqa: ARG002 - of others than this one
        """Whether the answer to a request is paid for already, so that it comes before others."""
        return False

    async def complete(self, request: Request, patience: Patience | None = None) -> Completion:
        """Send a request, again after a transport error, and read the answer.

        A slot is held only while a call runs, never during a wait between two. Of the patience of a
        document, what is left is taken; None: all of it.

        Raises:
            EndpointUnusable: No request can succeed here, or none did for a whole deadline.
            BudgetReached: It could cost more than may be spent.
            AdmissionClosed: It waited for its turn when admission was closed.
            TransportError: The last attempt failed in transport.
            RequestRejected: The endpoint refuses this request.
        """
        patience = patience or Patience(self._settings.deadline)
        call = Call(request, patience, self._ladder.dialect)
        attempt, most = partial(self._attempt, call), self._settings.max_attempts
        with self._limiter.waiting():
            try:
                return await send(attempt, most, patience, self._silence)
            except EndpointError as error:
                # Whatever the last one came to, those before it were sent, too.
                error.attempts = call.attempts
                raise

    def close_admission(self) -> None:
        """Send nothing more; what is in flight may finish, what waits is called off."""
        self._limiter.close()

    async def aclose(self) -> None:
        """Close the connections, and the log."""
        if self._memory and self._settings.concurrency is None and self._learned_from >= _LEARNED:
            self._memory.keep_concurrency(self._ladder.key, self.concurrency)
        caller, self._caller = self._caller, None
        if caller is not None:
            await caller.aclose()
        if self._ledger.log is not None:
            self._ledger.log.close()

    async def __aenter__(self) -> Self:
        """Nothing is opened before the first request."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the connections."""
        await self.aclose()

    async def _attempt(self, call: Call) -> Completion:
        """One request, worded anew for as long as the endpoint refuses its wording."""
        while True:
            try:
                completion = await self._paid(call)
            except EndpointError as error:
                # Each refusal moves the ladder on, so that this comes to an end.
                if self._ladder.refused(call.dialect, error, call.request.doc_id):
                    continue
                if isinstance(error, TransportError):
                    # It isn't sent again.
                    self._limiter.refuse_when_closed()
                raise
            # What was cut off may have been what says how to answer.
            if not completion.input_was_cut:
                request, is_reask = call.request, call.request.correction is not None
                self._ladder.answered(call.dialect, completion, request.doc_id, is_reask=is_reask)
            return completion

    async def _paid(self, call: Call) -> Completion:
        """One request, within the budget."""
        call.is_sent = False
        tokens = self._measure(call)
        reservation = await self._ledger.budget.reserve(tokens, call.most_tokens)
        try:
            async with self._limiter.slot(tokens + self._answer_tokens) as slot:
                completion = await self._call(call, slot)
        except EndpointError as error:
            reservation.fail(error)
            raise
        except BaseException:
            # Called off: the server may have been at work on it, if it was sent.
            reservation.keep() if call.is_sent else reservation.release()
            raise
        reservation.settle(completion.usage)
        cost = self._price.of(completion.usage) if self._price else None
        update = {"attempts": call.attempts, "cost": cost, "unsent": call.dialect.left_out}
        return completion.model_copy(update=update)

    def _measure(self, call: Call) -> int:
        """Take the size of a request, and of its answer at most; returns the tokens to expect."""
        said = self._corrections(call)
        returned = sum(characters(json.dumps(one, ensure_ascii=False)) for one in said)
        call.characters = self._body.characters + characters(call.request.user) + returned
        call.most_tokens = call.request.room * self._body.max_output_tokens
        return self._ratio.estimate(call.characters)

    async def _call(self, call: Call, slot: Slot) -> Completion:
        """One request, in its slot."""
        # While it waited, others may have found out how to word it.
        dialect = call.dialect = self._ladder.dialect
        caller, request = self._connect(), call.request
        await self._introduce(caller)
        await self._await_cache(call)
        call.content = self._worded(call)
        call.attempts += 1
        call.is_sent = True
        started = time.monotonic()
        timeout = min(self._settings.timeout, call.patience.left)
        try:
            reply = await caller.complete(call.content, timeout, dialect.mode)
        except EndpointError as error:
            seconds = time.monotonic() - started
            self._judge(slot, error)
            self._note(call, error, seconds)
            if isinstance(error, TransportError):
                self._silence.failed(request.doc_id, error, seconds)
            raise
        finally:
            call.patience.spend(time.monotonic() - started)
            if self._written:
                self._written.set()
        self._silence.answered()
        self._learned_from += 1
        allowance = read_allowance(reply.headers)
        if allowance is not None and allowance.closed_for:
            self._silence.reason = f"{self._settings.host}: nothing remains, by its headers"
        slot.answered(allowance, reply.completion.usage.total)
        self._note(call, reply.completion, reply.completion.latency)
        return self._counted(call, reply.completion)

    async def _introduce(self, caller: Caller) -> None:
        """Hear, once, whether a server that takes any name has a model of this one.

        Raises:
            EndpointUnusable: It hasn't.
        """
        if self._is_introduced or self._http_client is not None:
            return
        async with self._introducing:
            if not self._is_introduced:
                await caller.check_model()
                self._is_introduced = True

    async def _await_cache(self, call: Call) -> None:
        """Let the first request write the provider's prompt cache, so that the others read it."""
        if call.dialect.prompt_cache(self._settings) is None:
            return
        if self._written is None:
            self._written = asyncio.Event()
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_MOST_WRITING):
                await self._written.wait()

    def _cache_key(self) -> int:
        """Which key of the prompt cache is next: as few as the rate of the last minute allows."""
        now = time.monotonic()
        self._sent_at.append(now)
        while now - self._sent_at[0] > _MINUTE:
            self._sent_at.popleft()
        self._sent += 1
        return self._sent % math.ceil(len(self._sent_at) / _KEY_RATE)

    def _judge(self, slot: Slot, error: EndpointError) -> None:
        """Tell the limiter what a failure says about the load."""
        if not isinstance(error, TransportError) or not error.connected or error.is_loading:
            return
        # Who is to wait for longer than a document may take, waits alone: it may be a whim.
        asked = error.retry_after
        wait = asked if asked is not None and asked <= self._settings.deadline else None
        if error.kind is TransportKind.RATE_LIMITED:
            slot.limited(wait, read_allowance(error.headers))
        else:
            slot.overloaded(wait)

    def _paused(self, seconds: float) -> float:
        """Say that nobody may send for a while, and end the waiting after a whole deadline.

        Raises:
            EndpointUnusable: Nobody was answered for so long.
        """
        self._silence.begin()
        if self._silence.is_over():
            raise self._silence.stop()
        now = time.monotonic()
        if seconds > _WORTH_TELLING and now >= self._told_until:
            self._told_until = now + max(seconds, _TOLD_SECONDS)
            _LOG.warning("waiting %.0f s: %s", seconds, self._silence.reason)
        return self._silence.left

    def _worded(self, call: Call) -> bytes:
        request, corrections = call.request, self._corrections(call)
        return self._body.with_user(
            request.user, corrections, request.room, call.dialect, self._cache_key()
        )

    def _counted(self, call: Call, completion: Completion) -> Completion:
        """The completion, after what its tokens tell of the next ones and of the context."""
        spoken = self._body.spoken(call.dialect) + characters(call.request.user)
        usage = completion.usage
        if usage.output_tokens:
            answered = min(usage.output_tokens, call.most_tokens)
            self._answer_tokens += (answered - self._answer_tokens) // 8
        read, context = usage.input_tokens or 0, self._settings.context
        # Some servers leave out what they had in their cache: what was read once, can be read
        # (Ollama 0.30, https://github.com/ollama/ollama/pull/16428).
        self._most_read = max(self._most_read, read)
        if was_cut(spoken, self._most_read if read else 0) or (
            context is not None and spoken > _MOST_CHARACTERS * context
        ):
            if not self._has_told_of_cut:
                _LOG.warning(
                    "%s, %s: the server read only part of a request (%d tokens); let it keep more: "
                    "OLLAMA_CONTEXT_LENGTH for Ollama, --ctx-size for llama.cpp",
                    self._settings.host,
                    self._settings.model,
                    read,
                )
            self._has_told_of_cut = True
            return completion.model_copy(update={"input_was_cut": True})
        self._ratio.observe(call.characters, read)
        return completion

    def _note(self, call: Call, outcome: Completion | EndpointError, latency: float) -> None:
        if self._ledger.log is None:
            return
        told: dict[str, Any]
        if isinstance(outcome, Completion):
            told = {
                "status": 200,
                "usage": outcome.usage,
                "finish_reason": outcome.finish_reason,
                "served_model": outcome.model,
                "response": outcome.text,
            }
        else:
            told = {
                "status": outcome.status,
                "error": getattr(outcome, "kind", type(outcome).__name__),
                "retry_after": getattr(outcome, "retry_after", None),
                "response": outcome.message,
            }
        self._ledger.log.append(
            RequestEvent(
                doc_id=call.request.doc_id,
                key=self._body.key(call.request),
                attempt=call.attempts,
                model=self._settings.model or "",
                base_url=self._settings.base_url,
                latency=latency,
                request=call.content.decode(),
                **told,
            )
        )

    def _corrections(self, call: Call) -> Sequence[Mapping[str, Any]]:
        correction = call.request.correction
        if correction is None:
            return ()
        return correction_messages(correction, call.dialect.mode, self._body.function)

    def _connect(self) -> Caller:
        """The line to the endpoint, opened when the first request is sent."""
        if self._caller is None:
            # The data of prices takes 70 MB for a moment, openai 30 for good: one after the other.
            self._price = self._ledger.price()
            # openai takes a second to import: a run that finds all in the cache does without.
            from summarise.endpoint.client import Caller  # noqa: PLC0415

            self._caller = Caller(self._settings, self._body.function, self._http_client)
        return self._caller


@dataclass(slots=True)
class Call:
    """A request on its way, with all its attempts."""

    request: Request
    patience: Patience
    dialect: Dialect
    content: bytes = b""
    attempts: int = 0
    is_sent: bool = False
    characters: int = 0
    most_tokens: int = 0
