"""When nobody may send, and how sending starts again."""

from __future__ import annotations

import math
import random

# In seconds. A server that names a day is asked again after five minutes.
LONGEST = 300.0
_LONGEST_BACKOFF = 30.0
_JITTER = 0.25


class Pauses:
    """The pauses of all admission.

    After a pause a quarter of the limit may be in flight, and one more with each answer, so that
    those who waited don't arrive together.

    Args:
        jitter: Source of the random part of a backoff.

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
        """Note an answer: sending works again, if it was sent since the pause.

        Returns:
            Whether the whole limit may be in flight again from now on.
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
