"""Requests and tokens a minute, by the leaky buckets of aiolimiter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from summarise.limiter.limits import Limits

if TYPE_CHECKING:
    from aiolimiter import AsyncLimiter

# A bucket of a whole minute would let nearly twice the limit through in the first minute.
_BURST = 1 / 10


class Rates:
    """The buckets that each request takes from before it is sent.

    A bucket holds a tenth of a minute, and one request at least: in any 60 seconds no more than
    the limit and that tenth is let through. Only one task at a time may take.

    Args:
        limits: Of requests and tokens a minute.
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
