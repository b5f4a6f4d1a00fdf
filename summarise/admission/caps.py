"""What bounds sending: the user's limits, what the server says remains, and pauses of everybody."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiolimiter import AsyncLimiter


# Where an adaptive limit begins, and the highest it goes: beyond it the connections cost more
# than they bring.
START = 16
MOST = 256


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


# In seconds. A server that names a day is asked again after five minutes.
LONGEST = 300.0
_LONGEST_BACKOFF = 30.0
_JITTER = 0.25


class Pauses:
    """The pauses of all admission.

    After a pause a quarter of the limit may be in flight, and one more with each answer, so that
    those who waited don't arrive together.

    Attributes:
        until: When the last pause ends.
    """

    def __init__(self, jitter: random.Random) -> None:
        self.until = -math.inf
        self._jitter = jitter
        self._began = -math.inf
        self._backoffs = 0
        self._ramp: int | None = None

    def left(self, now: float) -> float:
        """Seconds until admission goes on, 0.0 where it isn't paused."""
        # A timer may ring a rounding error too early.
        left = self.until - now
        return left if left > 1e-6 else 0.0

    def room(self, limit: int) -> int:
        """How many may be in flight, of ``limit``."""
        ramp = self._ramp
        return limit if ramp is None or ramp >= limit else ramp

    def pause(self, now: float, until: float, limit: int) -> None:
        """Pause until ``until``, or for as long as a running pause lasts beyond it."""
        if self.left(now) == 0.0:
            self._began = now
            self._ramp = max(1, limit // 4)
        self.until = max(self.until, min(until, now + LONGEST))

    def back_off(self, now: float, limit: int) -> None:
        """Pause for longer each time, where the server doesn't say how long: 1, 2, 4 … 30 s."""
        nominal = min(2.0**self._backoffs, _LONGEST_BACKOFF)
        # Above 2 ** 5 the cap decides.
        self._backoffs = min(self._backoffs + 1, 6)
        self.pause(now, now + nominal * (1 + _JITTER * self._jitter.random()), limit)

    def refused(self, now: float, sent: float, wait: float) -> None:
        """Extend a running pause for a refusal that was still under way when it began."""
        if sent <= self._began and self.left(now):
            self.until = max(self.until, now + min(wait, LONGEST))

    def answered(self, sent: float, limit: int) -> bool:
        """Note an answer; returns whether the whole limit may be in flight again from now on.

        If it was sent since the pause, sending works again.
        """
        if sent < self.until:
            return False
        self._backoffs = 0
        if self._ramp is None:
            return False
        self._ramp += 1
        if self._ramp < limit:
            return False
        self._ramp = None
        return True


# A bucket of a whole minute would let nearly twice the limit through in the first minute.
_BURST = 1 / 10


class Rates:
    """The buckets that each request takes from before it is sent.

    A bucket holds a tenth of a minute, and one request at least: in any 60 seconds no more than
    the limit and that tenth is let through. Only one task at a time may take.
    """

    def __init__(self, limits: Limits) -> None:
        self._requests = _bucket(limits.requests_per_minute)
        self._tokens = _bucket(limits.tokens_per_minute)
        self._most_owed = limits.tokens_per_minute or 0.0
        # What answers took beyond their estimates; below 0, what they left of them.
        self._owed = 0.0

    @property
    def is_open(self) -> bool:
        """Whether there is no limit at all."""
        return self._requests is None and self._tokens is None

    async def take(self, tokens: float) -> None:
        """Wait until one request of ``tokens`` may be sent.

        A request larger than the bucket takes it several times. What a cancelled one has taken is
        lost to the others for a moment, never for good: buckets leak.
        """
        if self._tokens is not None:
            due = tokens + self._owed
            self._owed = min(due, 0.0)
            await _take(self._tokens, due)
        if self._requests is not None:
            await self._requests.acquire(1)

    def settle(self, estimated: float, used: float) -> None:
        """Charge the next request with what an answer took beyond its estimate, or credit it.

        The library can't give back, so the difference is carried over; a credit is at most one
        bucket, so that it makes no burst, and a debt at most a minute, whatever a server counts.
        """
        if self._tokens is not None:
            owed = min(self._owed + used - estimated, self._most_owed)
            self._owed = max(owed, -self._tokens.max_rate)


async def _take(bucket: AsyncLimiter, amount: float) -> None:
    while amount > 0:
        part = min(amount, bucket.max_rate)
        await bucket.acquire(part)
        amount -= part


def _bucket(per_minute: float | None) -> AsyncLimiter | None:
    if per_minute is None:
        return None
    # Most runs have no such limit, and needn't load the library.
    from aiolimiter import AsyncLimiter  # noqa: PLC0415

    size = max(1.0, per_minute * _BURST)
    return AsyncLimiter(size, size * 60 / per_minute)
