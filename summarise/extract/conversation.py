"""The questions and answers about one document: looked for, bought, kept, counted."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from pydantic import BaseModel, ValidationError

from summarise.admission import Patience
from summarise.endpoint import Correction, Endpoint, Request
from summarise.errors import (
    BudgetReached,
    EndpointUnusable,
    RequestRejected,
    TransportError,
    TransportKind,
)
from summarise.extract.drafts import Fault, Read, kept_part, read_answer
from summarise.models import Answer, Completion, Document, FailureKind, Identity, Provenance, Spent
from summarise.store import AnswerCache, Misses, Origin, Parts, utc_now

_LOG = logging.getLogger("summarise")
_FEW = 3
# What may be wrong with the address or the model, or with one document on its way to them.
_NOT_FOUND = (404, 405)


class AnswerLog(Protocol):
    """Where answers are kept before anything else happens to them: the run directory."""

    def recall(self, key: str) -> Completion | None:
        """An answer that was paid for by a run that was cut off."""

    def append_answer(self, answer: Answer) -> None:
        """Keep an answer."""


@dataclass(frozen=True, slots=True)
class AnswerSources:
    """Where an answer may come from before it is bought: the run directory, or the cache.

    ``reads`` is whether the cache is read; it is written in any case. ``misses`` counts what it
    doesn't hold, where that is asked for.
    """

    log: AnswerLog
    cache: AnswerCache | None
    reads: bool = True
    misses: Misses | None = None


class Asking:
    """An endpoint that is asked by all conversations, and what they learn of it together.

    ``parts`` is what the answers depend on, the endpoint's own apart, by name; ``deadline`` how
    many seconds one document may take. ``is_waiting`` is whether the last answer had to be bought,
    so that this process has others to wait for: else what answers there are were kept.
    """

    def __init__(
        self, endpoint: Endpoint, sources: AnswerSources, parts: Mapping[str, str], deadline: float
    ) -> None:
        self.endpoint = endpoint
        self.sources = sources
        self.parts = Parts.of({**endpoint.parts, **parts})
        self.deadline = deadline
        self.is_waiting = True
        self._has_answered = False
        self._put_off = 0
        self._has_refused = False
        self._in_flight = self._not_found = 0
        self._heard = asyncio.Event()

    async def buy(self, request: Request, patience: Patience) -> Completion:
        """Get an answer from the endpoint; an EndpointError where there is none."""
        self._in_flight += 1
        try:
            completion = kept_part(await self.endpoint.complete(request, patience))
            self._has_answered = True
            self._put_off = self._not_found = 0
            return completion
        finally:
            self._in_flight -= 1
            self._heard.set()

    async def is_of_one(self, error: EndpointUnusable) -> bool:
        """Whether what is said to be nowhere (HTTP 404) is so for one document: others do well.

        Where nobody was answered yet, those that are being asked are waited for; where three are
        told the same, and as many as are in flight, it is so for all: the model was unloaded.
        """
        if error.status not in _NOT_FOUND:
            return False
        self._not_found += 1
        while not self._has_answered and self._in_flight and self._not_found < _FEW:
            self._heard.clear()
            await self._heard.wait()
        return self._has_answered and self._not_found < max(_FEW, self.endpoint.concurrency)

    def cached(self, key: str) -> Completion | None:
        """What the cache holds, None where it isn't read or that is no answer."""
        cache = self.sources.cache
        # What a batch was paid for is taken, and counted, though others have asked meanwhile.
        is_read = self.sources.reads and not self.endpoint.is_bought(key)
        text = cache.get(key) if cache is not None and is_read else None
        if text is None:
            return None
        try:
            return Completion.model_validate_json(text)
        except ValidationError:
            self.refuse_cached()
            return None

    def refuse_cached(self) -> None:
        """Warn, once, of an entry of the cache that isn't taken."""
        if not self._has_refused:
            self._has_refused = True
            _LOG.warning(
                "the cache holds what is no valid answer; that is asked anew, and replaced"
            )

    def fault(self, error: TransportError | RequestRejected) -> Fault:
        """What to say of a request that got no answer.

        Raises:
            EndpointUnusable: No document can succeed now: nobody ever was there, or the server
                wants to be left alone, by everybody, for longer than a document may take.
        """
        if isinstance(error, RequestRejected):
            return Fault(FailureKind.REJECTED, str(error))
        if error.kind is TransportKind.RATE_LIMITED and (error.retry_after or 0) > self.deadline:
            closed = EndpointUnusable(
                f"asks to wait {error.retry_after:,.0f} s: {error.message}",
                where=error.where,
                hint="Run the same command again after that time.",
            )
            # Where as many as are in flight, and no fewer than three, were told so in a row.
            self._put_off += 1
            if self._put_off >= max(_FEW, self.endpoint.concurrency):
                raise closed from error
            return Fault(FailureKind.UNAVAILABLE, str(closed))
        if not (error.connected and error.is_api) and not self._has_answered:
            raise EndpointUnusable(
                error.message,
                where=error.where,
                hint=error.hint or "Is the server running? Check --base-url.",
            ) from error
        kind = (
            FailureKind.TIMEOUT if error.kind is TransportKind.TIMEOUT else FailureKind.UNAVAILABLE
        )
        return Fault(kind, str(error))


class Conversation:
    """What is asked and answered about one document: asked, repeated, reasked, counted.

    It begins with a user message, and its answers fill in the schema.
    """

    def __init__(
        self,
        asking: Asking,
        document: Document,
        user: str,
        schema: type[BaseModel],
        max_reasks: int,
    ) -> None:
        self._asking = asking
        self._document = document
        self._schema = schema
        self._reasks_left = max_reasks
        self._request = Request(user, doc_id=document.doc_id)
        self._is_over = self._has_draft = self._has_repeated = False
        self._fault: Fault | None = None
        self._patience = Patience(asking.deadline)
        self._spent = self._saved = Spent()
        self._attempts = self._reasks = 0
        self._latency = 0.0
        self._is_cut = False
        self._last: Completion | None = None

    @property
    def text(self) -> str | None:
        """The text of the last answer."""
        return self._last.text if self._last else None

    async def next(self) -> Read | Fault | None:
        """The draft in the next answer, or why there is none; None where nothing more is asked.

        An answer that was cut off is asked for once more with twice the room, one that isn't JSON
        once more as it was.
        """
        while not self._is_over:
            try:
                draft = await self._answer()
            except (TransportError, RequestRejected, BudgetReached) as error:
                self._is_over = True
                self._attempts += error.attempts
                return self._unanswered(error)
            except EndpointUnusable as error:
                if not await self._asking.is_of_one(error):
                    raise
                self._is_over = True
                self._attempts += error.attempts
                fault = Fault(FailureKind.REJECTED, f"{error.where}: {error.message}")
                return None if self._has_draft else fault
            if not isinstance(draft, Fault):
                self._is_over = self._has_draft = True
                return draft
            self._fault = draft
            if draft.lacks_room and self._request.room == 1:
                self._request = replace(self._request, room=2)
            elif draft.is_garbled and not self._has_repeated:
                self._has_repeated = True
            else:
                self._is_over = True
                return draft
        return None

    def reask(self, faults: tuple[str, ...]) -> bool:
        """Have the next answer correct the last one, where it has faults and a reask is left.

        Returns:
            Whether there is to be a next answer.
        """
        if faults and self._reasks_left and self._last:
            self._reasks_left -= 1
            self._reasks += 1
            self._request = replace(self._request, correction=Correction(self._last, faults))
            self._is_over = False
        return not self._is_over

    def _unanswered(self, error: TransportError | RequestRejected | BudgetReached) -> Fault | None:
        if self._has_draft:
            return None
        if isinstance(error, BudgetReached):
            raise error
        # More tokens than the model has were asked for after an answer that was cut off.
        if isinstance(error, RequestRejected) and self._fault and self._fault.lacks_room:
            return self._fault
        return self._asking.fault(error)

    async def _answer(self) -> Read | Fault:
        """What the run, the cache or the endpoint answers: kept, counted and read."""
        asking, request = self._asking, self._request
        key = asking.endpoint.key(request)
        asking.is_waiting = False
        completion = asking.sources.log.recall(key)
        if completion is None and (completion := asking.cached(key)) is not None:
            # No run keeps another, so this one was planted, or imported from who knows where.
            draft = read_answer(completion, self._document, self._schema)
            if not isinstance(draft, Fault):
                self._keep(completion, key, cached=True)
                self._count_saved(completion)
                return draft
            asking.refuse_cached()
            completion = None
        if completion is not None:
            self._count_saved(completion)
            return read_answer(completion, self._document, self._schema)
        asking.is_waiting = True
        self._explain(key)
        completion = await asking.buy(request, self._patience)
        cache = asking.sources.cache
        try:
            self._keep(completion, key)
        finally:
            # It is paid for: where the folder can't take it, the next run finds it in the cache.
            draft = read_answer(completion, self._document, self._schema)
            # With a larger context the same request deserves a better answer.
            if cache is not None and not (isinstance(draft, Fault) or completion.input_was_cut):
                cache.put(key, completion.model_dump_json(), self._origin())
        self._spent = self._spent + Spent.of(completion)
        self._attempts += completion.attempts
        self._latency += completion.latency
        self._take(completion)
        return draft

    def _count_saved(self, completion: Completion) -> None:
        self._saved = self._saved + Spent.of(completion)
        self._take(completion)

    def _take(self, completion: Completion) -> None:
        self._last = completion
        self._is_cut = self._is_cut or completion.input_was_cut

    def _keep(self, completion: Completion, key: str, *, cached: bool = False) -> None:
        """Write down what a record will be made of, wherever that comes from."""
        self._asking.sources.log.append_answer(
            Answer(
                key=key,
                doc_id=self._document.doc_id,
                content_hash=self._document.content_hash,
                completion=completion,
                cached=cached,
            )
        )

    def _explain(self, key: str) -> None:
        """Say why an answer isn't in the cache, where that was asked for."""
        cache, misses = self._asking.sources.cache, self._asking.sources.misses
        if cache is None or misses is None:
            return
        reason = cache.explain(key, self._origin())
        if line := misses.add(self._document.title or self._document.doc_id, reason):
            _LOG.info("%s", line)

    def _origin(self) -> Origin:
        is_reask = self._request.correction is not None
        return Origin(self._asking.parts, self._document.content_hash, is_reask)

    def provenance(self, identity: Identity) -> Provenance:
        """Where what came of it comes from, and what it took."""
        last = self._last
        return Provenance(
            **dict(identity),
            served_model=last.model if last else None,
            mode=last.mode if last else None,
            unsent=last.unsent if last else (),
            input_was_cut=self._is_cut,
            usage=self._spent.usage,
            cost=self._spent.known_cost,
            calls=self._spent.calls,
            attempts=self._attempts,
            reasks=self._reasks,
            latency=round(self._latency, 4),
            cache_hit=self._saved.calls > 0,
            saved=self._saved,
            created=utc_now(),
        )
