"""Admission: who may send now, in the order of arrival and within the user's limits."""

from __future__ import annotations

import asyncio
import contextlib
import math
import random
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Self

from summarise.admission.adaptive import (
    START,
    Adaptive,
    Congestion,
    Fixed,
    Pauses,
    Refusal,
    RequestOutcome,
)
from summarise.errors import AdmissionClosed

_STOPPING = "isn't sent, since the run is stopping"


@dataclass(frozen=True, slots=True)
class Limits:
    """The user's limits on sending; a ValueError where one would let nothing through.

    Attributes:
        concurrency: Requests in flight at most. None finds out what the server takes.
        tokens_per_minute: Input and output together.
        start: Where an adaptive concurrency begins; a server on this machine wants a low one.
    """

    concurrency: int | None = None
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    start: int = START

    def __post_init__(self) -> None:
        """Refuse what nothing could pass."""
        for name in ("concurrency", "requests_per_minute", "tokens_per_minute", "start"):
            value = getattr(self, name)
            if value is not None and not (math.isfinite(value) and value > 0):
                raise ValueError(f"{name} must be a number above 0, not {value!r}")


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the rate-limit headers of one answer say; None is what they don't say.

    Requests and tokens are those that may still be used before the reset, when the allowance is
    whole again: in so many seconds.
    """

    requests: int | None = None
    tokens: int | None = None
    requests_reset: float | None = None
    tokens_reset: float | None = None

    @property
    def closed_for(self) -> float:
        """Seconds during which nothing can be sent; 0.0 where something remains."""
        requests = self.requests_reset if self.requests == 0 else None
        tokens = self.tokens_reset if self.tokens == 0 else None
        return max(requests or 0.0, tokens or 0.0)


class _Bucket:
    """A limit a minute: what is taken leaks out at that rate.

    It holds a tenth of a minute, and one at least: with a whole one nearly twice the limit would be
    let through in the first minute.
    """

    def __init__(self, per_minute: float) -> None:
        self.per_minute = per_minute
        self.level = 0.0
        self._looked = -math.inf

    def add(self, amount: float) -> float:
        """Take so much, or give it back; returns in how many seconds there is room for it."""
        now = asyncio.get_running_loop().time()
        leaked = (now - self._looked) * self.per_minute / 60
        self.level = max(0.0, max(0.0, self.level - leaked) + amount)
        self._looked = now
        return (self.level - max(1.0, self.per_minute / 10)) * 60 / self.per_minute


class Rates:
    """The buckets that each request takes from before it is sent.

    In any 60 seconds no more than the limit and what a bucket holds is let through. Only one task
    at a time may take.
    """

    def __init__(self, limits: Limits) -> None:
        requests, tokens = limits.requests_per_minute, limits.tokens_per_minute
        self._requests = None if requests is None else _Bucket(requests)
        self._tokens = None if tokens is None else _Bucket(tokens)

    @property
    def is_open(self) -> bool:
        """Whether there is no limit at all."""
        return self._requests is None and self._tokens is None

    async def take(self, tokens: float) -> None:
        """Wait until one request of ``tokens`` may be sent.

        Tokens of one that is cancelled afterwards are lost to the others for a moment, never for
        good: buckets leak.
        """
        for bucket, amount in ((self._tokens, tokens), (self._requests, 1)):
            if bucket is not None and (wait := bucket.add(amount)) > 0:
                try:
                    await asyncio.sleep(wait)
                except asyncio.CancelledError:
                    bucket.add(-amount)
                    raise

    def settle(self, estimated: float, used: float) -> None:
        """Charge what an answer took beyond its estimate, or credit it.

        What is owed is at most a minute, whatever a server counts.
        """
        if (bucket := self._tokens) is not None:
            bucket.add(min(used - estimated, max(0.0, bucket.per_minute - bucket.level)))


class Limiter:
    """Says when the next request may be sent, from one event loop.

    A request waits for the end of a pause, for a place among those in flight, and for the limits
    a minute. One refusal delays nobody else; several in one latency window pause everybody.

    Args:
        clock: Seconds, as the event loop counts them.
        on_pause: Is told, by who waits first in line, how many seconds a pause still lasts; gives
            the seconds after which it wants to be told again, or raises what ends the waiting.
    """

    def __init__(
        self,
        limits: Limits,
        clock: Callable[[], float] = time.monotonic,
        jitter: random.Random | None = None,
        on_pause: Callable[[float], float] | None = None,
    ) -> None:
        self.in_flight = 0
        self.is_closed = False
        self._waiting: set[asyncio.Task[Any]] = set()
        self._called_off: set[asyncio.Task[Any]] = set()
        self._clock = clock
        self._on_pause = on_pause
        self._level: Adaptive | Fixed = (
            Adaptive(limits.start) if limits.concurrency is None else Fixed(limits.concurrency)
        )
        self._pauses = Pauses(jitter or random.Random())  # noqa: S311 - no secret hangs on it
        self._congestion = Congestion()
        self._rates = Rates(limits)
        self._queue: deque[asyncio.Future[None]] = deque()
        self._change: asyncio.Future[None] | None = None

    @property
    def concurrency(self) -> int:
        """Requests that may be in flight at present."""
        return self._level.limit

    @property
    def paused_for(self) -> float:
        """Seconds until the end of a pause of all admission, 0.0 where there is none."""
        return self._pauses.left(self._clock())

    def slot(self, tokens: int) -> Slot:
        """A slot to hold during one request: ``async with limiter.slot(tokens) as slot``.

        The tokens are an estimate of the input and the output together.
        """
        return Slot(self, tokens)

    @contextlib.contextmanager
    def waiting(self) -> Iterator[None]:
        """A task that is called off, by AdmissionClosed, when that comes while it has no slot."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("an endpoint is used from within a task")
        self._waiting.add(task)
        try:
            yield
        except asyncio.CancelledError:
            if task not in self._called_off:
                raise
            self._called_off.discard(task)
            task.uncancel()
            raise AdmissionClosed(_STOPPING) from None
        finally:
            self._waiting.discard(task)

    def close(self) -> None:
        """Admit nobody more: what is in flight may finish, what waits is called off."""
        self.is_closed = True
        for task in self._waiting - {asyncio.current_task()}:
            self._called_off.add(task)
            task.cancel()

    def refuse_when_closed(self) -> None:
        """Raise AdmissionClosed where nothing may be sent any more."""
        if self.is_closed:
            raise AdmissionClosed(_STOPPING)

    async def _enter(self, tokens: int) -> float:
        """Wait for admission, and return when it was granted."""
        if self._queue or not self._rates.is_open or self.paused_for or not self._has_room():
            await self._wait_in_line(tokens)
        self.refuse_when_closed()
        self.in_flight += 1
        if self.in_flight >= self._level.limit:
            self._level.in_use()
        return self._clock()

    async def _wait_in_line(self, tokens: int) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue = self._queue
        queue.append(turn)
        try:
            if queue[0] is not turn:
                await turn
            await self._pass(tokens)
        finally:
            if queue[0] is turn:
                queue.popleft()
                if queue and not queue[0].done():
                    queue[0].set_result(None)
            else:
                queue.remove(turn)

    async def _pass(self, tokens: int) -> None:
        """As the first in line, wait until all is clear at one moment."""
        has_taken = self._rates.is_open
        while True:
            # Looked at once: a pause that ended between two looks would be waited for without end.
            paused = self.paused_for
            if paused or not self._has_room():
                await self._wait_for_change(paused)
            elif has_taken:
                return
            else:
                await self._rates.take(tokens)
                has_taken = True

    def _has_room(self) -> bool:
        return self.in_flight < self._pauses.room(self._level.limit)

    async def _wait_for_change(self, paused: float) -> None:
        loop = asyncio.get_running_loop()
        again = self._on_pause(paused) if paused and self._on_pause is not None else paused
        timer = loop.call_later(min(paused, again), self._wake) if paused else None
        self._change = loop.create_future()
        try:
            await self._change
        finally:
            self._change = None
            if timer is not None:
                timer.cancel()

    def _wake(self) -> None:
        if self._change is not None and not self._change.done():
            self._change.set_result(None)

    def _answered(self, sent: float, allowance: Allowance | None) -> None:
        now = self._clock()
        self._congestion.answered(now, sent)
        self._level.answered(now, sent)
        if self._pauses.answered(sent, self._level.limit):
            # What was answered while fewer were in flight says nothing of the whole limit.
            self._level.hold(now)
        if allowance is not None:
            self._heed(allowance, now)

    def _refused(self, refusal: Refusal) -> None:
        now, outcome = self._clock(), refusal.outcome
        is_congested = self._congestion.refused(refusal, now, self.in_flight - 1)
        if refusal.wait is not None and outcome is RequestOutcome.LIMITED:
            self._pauses.refused(now, refusal.sent, refusal.wait)
        if not is_congested:
            return
        until = self._congestion.asked_until(outcome)
        self._congestion.reset(now)
        self._level.congested(outcome, now)
        if until > now:
            self._pauses.pause(now, until, self._level.limit)
        elif outcome is RequestOutcome.LIMITED:
            self._pauses.back_off(now, self._level.limit)
        self._level.hold(max(now, self._pauses.until))

    def _heed(self, allowance: Allowance, now: float) -> None:
        """Pause where the headers say that nothing remains."""
        closed = allowance.closed_for
        if closed > self._pauses.left(now):
            self._pauses.pause(now, now + closed, self._level.limit)
            self._level.hold(self._pauses.until)


class Slot:
    """The right to send one request; made by ``Limiter.slot``.

    Within the ``async with`` block, call the one method that says how the request ended; a second
    call is a RuntimeError. A block that is left without one (cancelled, or refused for its content)
    changes nothing.
    """

    __slots__ = ("_is_told", "_limiter", "_sent", "_task", "_tokens")

    def __init__(self, limiter: Limiter, tokens: int) -> None:
        self._limiter = limiter
        self._tokens = tokens
        self._sent = 0.0
        self._is_told = False
        self._task: asyncio.Task[Any] | None = None

    async def __aenter__(self) -> Self:
        """Wait for admission; AdmissionClosed where it is closed."""
        self._sent = await self._limiter._enter(self._tokens)
        task, waiting = asyncio.current_task(), self._limiter._waiting
        if task in waiting:
            self._task = task
            waiting.remove(task)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Make room for the next."""
        if self._task is not None:
            self._limiter._waiting.add(self._task)
        self._limiter.in_flight -= 1
        self._limiter._wake()

    def answered(self, allowance: Allowance | None = None, tokens: int | None = None) -> None:
        """The request succeeded, and took so many tokens: the next ones settle the difference."""
        self._tell()
        if tokens is not None:
            self._limiter._rates.settle(self._tokens, tokens)
        self._limiter._answered(self._sent, allowance)

    def limited(self, retry_after: float | None = None, allowance: Allowance | None = None) -> None:
        """The server refused it because of too many requests or tokens: 429.

        It may ask to wait for some seconds.
        """
        self._tell()
        self._limiter._refused(Refusal(RequestOutcome.LIMITED, self._sent, retry_after))
        if allowance is not None:
            self._limiter._heed(allowance, self._limiter._clock())

    def overloaded(self, retry_after: float | None = None) -> None:
        """The server couldn't cope (5xx, 529, a timeout, a dropped connection); as ``limited``."""
        self._tell()
        self._limiter._refused(Refusal(RequestOutcome.OVERLOADED, self._sent, retry_after))

    def _tell(self) -> None:
        if self._is_told:
            raise RuntimeError("a slot was told twice how its request ended")
        self._is_told = True
