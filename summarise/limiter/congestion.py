"""When refusals are the server's state rather than chance."""

from __future__ import annotations

import math
from collections import deque
from enum import Enum
from typing import NamedTuple

# Refusals of this share happen on healthy servers, and only delay the requests they hit.
_USUAL = 0.1
# Standard deviations above that share: with two or three, chance alone would pass every minute.
_SURE = 4.0
_FEWEST = 3
# Before the first answer, and the shortest window, in seconds.
_UNKNOWN = 1.0
_SHORTEST = 0.05
_SMOOTHING = 0.2
# As many as the highest limit answers in two windows.
_REMEMBERED = 512


class Outcome(Enum):
    """How one request ended."""

    ANSWERED = "answered"
    LIMITED = "limited"
    OVERLOADED = "overloaded"


class Refusal(NamedTuple):
    """A request that was refused.

    Attributes:
        outcome: Limited or overloaded; the two are counted apart.
        sent: When it was sent.
        wait: Seconds the server asked to wait, None if it didn't.
    """

    outcome: Outcome
    sent: float
    wait: float | None = None


class _Verdict(NamedTuple):
    time: float
    outcome: Outcome
    until: float


class Congestion:
    """The outcomes of the last latency window.

    A window is the smoothed latency of recent answers. Refusals are congestion when there are at
    least three of one kind in a window, and more than chance makes of a usual tenth of what ended
    in it or is under way: refusals come fast, so that of a burst they are known first.

    Attributes:
        latency: Smoothed latency of answers in seconds, None before the first.
    """

    def __init__(self) -> None:
        self.latency: float | None = None
        self._since = -math.inf
        self._recent: deque[_Verdict] = deque(maxlen=_REMEMBERED)

    def answered(self, now: float, sent: float) -> None:
        """Note an answer to a request that was sent at ``sent``."""
        latency = now - sent
        before = self.latency
        self.latency = latency if before is None else before + _SMOOTHING * (latency - before)
        if sent >= self._since:
            self._recent.append(_Verdict(now, Outcome.ANSWERED, now))

    def refused(self, refusal: Refusal, now: float, under_way: int) -> bool:
        """Note a refusal, and say whether the server is congested.

        Args:
            refusal: What was refused, and how. A request that was sent before the last reset tells
                nothing new.
            now: The time.
            under_way: Requests in flight, this one not counted.
        """
        if refusal.sent < self._since:
            return False
        self._recent.append(_Verdict(now, refusal.outcome, now + (refusal.wait or 0.0)))
        self._forget(now)
        refusals = sum(verdict.outcome is refusal.outcome for verdict in self._recent)
        total = len(self._recent) + under_way
        return refusals >= _FEWEST and refusals > _chance(total)

    def asked_until(self, outcome: Outcome) -> float:
        """The latest time that the refusals of the window named; minus infinity if none did."""
        named = (v.until for v in self._recent if v.outcome is outcome and v.until > v.time)
        return max(named, default=-math.inf)

    def reset(self, now: float) -> None:
        """Start anew: what was sent before ``now`` was sent under other limits."""
        self._since = now
        self._recent.clear()

    def _forget(self, now: float) -> None:
        window = _UNKNOWN if self.latency is None else max(self.latency, _SHORTEST)
        while self._recent[0].time < now - window:
            self._recent.popleft()


def _chance(total: int) -> float:
    """The most refusals that chance makes of so many outcomes (binomial, as a normal)."""
    return _USUAL * total + _SURE * math.sqrt(_USUAL * (1 - _USUAL) * total)
