"""The questions and answers about one document: looked for, bought, kept, counted."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from pydantic import ValidationError

from summarise.admission import Patience
from summarise.answers import Fault
from summarise.endpoint import Endpoint, Request
from summarise.errors import EndpointError, EndpointUnusable, RequestRejected, TransportError
from summarise.models import (
    Answer,
    Completion,
    Document,
    FailureKind,
    Identity,
    Provenance,
    Spent,
)
from summarise.store import AnswerCache, Misses, Origin, Parts, utc_now

_LOG = logging.getLogger("summarise")
_FEW = 3


class AnswerLog(Protocol):
    """Where answers are kept before anything else happens to them: the run directory."""

    def recall(self, key: str) -> Completion | None:
        """An answer that was paid for by a run that was cut off."""

    def append_answer(self, answer: Answer) -> None:
        """Keep an answer."""


@dataclass(frozen=True, slots=True)
class AnswerSources:
    """Where an answer may come from before it is bought.

    Attributes:
        log: The run directory.
        cache: Answers of all runs, None where it isn't wanted.
        reads: Whether the cache is read; it is written in any case.
        misses: Where to count what the cache doesn't hold, None where nobody wants to know.
    """

    log: AnswerLog
    cache: AnswerCache | None
    reads: bool = True
    misses: Misses | None = None


class Line:
    """An endpoint, and where its answers are looked for before they are bought.

    Args:
        endpoint: Whom to ask. It is the caller's to close.
        sources: Where to look for an answer before asking.
        parts: What the answers depend on, the endpoint's own apart, by name.
        deadline: Seconds that one document may take.
    """

    def __init__(
        self, endpoint: Endpoint, sources: AnswerSources, parts: Mapping[str, str], deadline: float
    ) -> None:
        self.endpoint = endpoint
        self.sources = sources
        self.parts = Parts.of({**endpoint.parts, **parts})
        self.deadline = deadline
        self.has_answered = False
        self._put_off = 0
        self._has_refused = False

    @property
    def width(self) -> int:
        """Twice as many as requests in flight: a document that waits to retry holds no slot."""
        return 2 * self.endpoint.concurrency

    def close(self) -> None:
        """Send nothing more; what is in flight may finish."""
        self.endpoint.close_admission()

    def answered(self) -> None:
        """Take note that somebody is there."""
        self.has_answered = True
        self._put_off = 0

    def refuse_cached(self) -> None:
        """Warn, once, of an entry of the cache that isn't taken."""
        if not self._has_refused:
            self._has_refused = True
            _LOG.warning(
                "the cache holds what is no valid answer; that is asked anew, and replaced"
            )

    def is_closed(self) -> bool:
        """Take note of a document that is to wait for too long, and tell whether all others are.

        That is so where as many as are in flight, and no fewer than three, were told so in a row.
        """
        self._put_off += 1
        return self._put_off >= max(_FEW, self.endpoint.concurrency)


class Exchange:
    """What is asked and answered about one document.

    Args:
        line: Whom to ask.
        document: About what.

    Attributes:
        text: The last answer, None where there was none.
        reasks: Corrected requests.
    """

    def __init__(self, line: Line, document: Document) -> None:
        self._line = line
        self._document = document
        self._patience = Patience(line.deadline)
        self._spent = self._saved = Spent()
        self._attempts = 0
        self._latency = 0.0
        self._last: Completion | None = None
        self._key = ""
        self._is_bought = False
        self._is_cut = False
        self.reasks = 0

    @property
    def text(self) -> str | None:
        """The text of the last answer."""
        return self._last.text if self._last else None

    async def ask(self, request: Request, accepts: Callable[[Completion], bool]) -> Completion:
        """Get an answer, from the run, the cache or the endpoint.

        Args:
            request: What to ask.
            accepts: Whether an answer is valid: one of the cache that isn't, isn't taken from it.

        Raises:
            EndpointError: There is none.
            RunError: It can't be kept.
        """
        key = self._key = self._line.endpoint.key(request)
        found = self._line.sources.log.recall(key) or self._cached(key, accepts)
        self._is_bought = found is None
        completion = found or await self._bought(request, key)
        self._count(completion)
        return completion

    def cache(self, request: Request, completion: Completion) -> None:
        """Keep the last answer for other runs: it is valid.

        Args:
            request: That it answers.
            completion: The answer.
        """
        cache = self._line.sources.cache
        # With a larger context the same request deserves a better answer.
        if cache is not None and self._is_bought and not completion.input_was_cut:
            cache.put(self._key, completion.model_dump_json(), self._origin(request))

    def unanswered(self, error: EndpointError) -> None:
        """Count a request that got no answer, whatever becomes of the document."""
        self._attempts += error.attempts

    def fault(self, error: TransportError | RequestRejected, earlier: Fault | None = None) -> Fault:
        """What to say of a request that got no answer.

        Args:
            error: What came instead.
            earlier: Fault of the answer before it, where there was one.

        Raises:
            EndpointUnusable: No document can succeed now: nobody ever was there, or the server
                wants to be left alone, by everybody, for longer than a document may take.
        """
        if isinstance(error, RequestRejected):
            # More tokens than the model has were asked for after an answer that was cut off.
            lacked_room = earlier is not None and earlier.lacks_room
            return earlier if earlier and lacked_room else Fault(FailureKind.REJECTED, str(error))
        if error.kind == "rate_limited" and (error.retry_after or 0) > self._line.deadline:
            closed = EndpointUnusable(
                f"asks to wait {error.retry_after:,.0f} s: {error.message}",
                where=error.where,
                hint="Run the same command again after that time.",
            )
            if self._line.is_closed():
                raise closed from error
            return Fault(FailureKind.UNAVAILABLE, str(closed))
        if not error.connected and not self._line.has_answered:
            raise EndpointUnusable(
                error.message,
                where=error.where,
                hint=error.hint or "Is the server running? Check --base-url.",
            ) from error
        kind = FailureKind.TIMEOUT if error.kind == "timeout" else FailureKind.UNAVAILABLE
        return Fault(kind, str(error))

    def provenance(self, identity: Identity) -> Provenance:
        """Where what came of it comes from, and what it took."""
        last = self._last
        return Provenance(
            **identity.model_dump(),
            served_model=last.model if last else None,
            mode=last.mode if last else None,
            unsent=last.unsent if last else (),
            input_was_cut=self._is_cut,
            usage=self._spent.usage,
            cost=self._spent.known_cost,
            calls=self._spent.calls,
            attempts=self._attempts,
            reasks=self.reasks,
            latency=round(self._latency, 4),
            cache_hit=self._saved.calls > 0,
            saved=self._saved,
            created=utc_now(),
        )

    async def _bought(self, request: Request, key: str) -> Completion:
        self._explain(request, key)
        completion = await self._line.endpoint.complete(request, self._patience)
        self._line.answered()
        self._keep(completion, key)
        return completion

    def _keep(self, completion: Completion, key: str, *, cached: bool = False) -> None:
        """Write down what a record will be made of, wherever that comes from."""
        self._line.sources.log.append_answer(
            Answer(
                key=key,
                doc_id=self._document.doc_id,
                content_hash=self._document.content_hash,
                completion=completion,
                cached=cached,
            )
        )

    def _count(self, completion: Completion) -> None:
        """Take an answer into the accounts; one that wasn't bought now costs nothing now."""
        self._last = completion
        self._is_cut = self._is_cut or completion.input_was_cut
        if not self._is_bought:
            self._saved = self._saved + Spent.of(completion)
            return
        self._spent = self._spent + Spent.of(completion)
        self._attempts += completion.attempts
        self._latency += completion.latency

    def _origin(self, request: Request) -> Origin:
        is_reask = request.correction is not None
        return Origin(self._line.parts, self._document.content_hash, is_reask)

    def _explain(self, request: Request, key: str) -> None:
        """Say why an answer isn't in the cache, where that was asked for."""
        cache, misses = self._line.sources.cache, self._line.sources.misses
        if cache is None or misses is None:
            return
        reason = cache.explain(key, self._origin(request))
        if line := misses.add(self._document.title or self._document.doc_id, reason):
            _LOG.info("%s", line)

    def _cached(self, key: str, accepts: Callable[[Completion], bool]) -> Completion | None:
        sources = self._line.sources
        if sources.cache is None or not sources.reads:
            return None
        text = sources.cache.get(key)
        if text is None:
            return None
        with contextlib.suppress(ValidationError):
            completion = Completion.model_validate_json(text)
            # No run keeps another, so this one was planted, or imported from who knows where.
            if accepts(completion):
                self._keep(completion, key, cached=True)
                return completion
        self._line.refuse_cached()
        return None
