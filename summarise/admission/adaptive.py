"""How many requests may be in flight, found out from answers and refusals; none in a pause."""

from __future__ import annotations

import math
import random
from collections import deque
from dataclasses import dataclass, replace
from enum import Enum
from typing import NamedTuple

# Where an adaptive limit begins, and the highest it goes: beyond it the connections cost more
# than they bring.
START = 16
MOST = 256

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


class RequestOutcome(Enum):
    """How one request ended; the two kinds of refusals are counted apart."""

    ANSWERED = "answered"
    LIMITED = "limited"
    OVERLOADED = "overloaded"


class Refusal(NamedTuple):
    """A request that was refused: when it was sent, and how many seconds it is to wait."""

    outcome: RequestOutcome
    sent: float
    wait: float | None = None


class _Verdict(NamedTuple):
    time: float
    outcome: RequestOutcome
    until: float


class Congestion:
    """The outcomes of the last latency window.

    A window is the smoothed latency of recent answers. Refusals are congestion when there are at
    least three of one kind in a window, and more than chance makes of a usual tenth of what ended
    in it or is under way: refusals come fast, so that of a burst they are known first.
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
            self._recent.append(_Verdict(now, RequestOutcome.ANSWERED, now))

    def refused(self, refusal: Refusal, now: float, under_way: int) -> bool:
        """Note a refusal, with so many others under way, and say whether the server is congested.

        A request that was sent before the last reset tells nothing new.
        """
        if refusal.sent < self._since:
            return False
        self._recent.append(_Verdict(now, refusal.outcome, now + (refusal.wait or 0.0)))
        window = _UNKNOWN if self.latency is None else max(self.latency, _SHORTEST)
        while self._recent[0].time < now - window:
            self._recent.popleft()
        refusals = sum(verdict.outcome is refusal.outcome for verdict in self._recent)
        total = len(self._recent) + under_way
        # The most that chance makes of so many: binomial, as a normal.
        chance = _USUAL * total + _SURE * math.sqrt(_USUAL * (1 - _USUAL) * total)
        return refusals >= _FEWEST and refusals > chance

    def asked_until(self, outcome: RequestOutcome) -> float:
        """The latest time that the refusals of the window named; minus infinity if none did."""
        named = (v.until for v in self._recent if v.outcome is outcome and v.until > v.time)
        return max(named, default=-math.inf)

    def reset(self, now: float) -> None:
        """Start anew: what was sent before ``now`` was sent under other limits."""
        self._since = now
        self._recent.clear()


FACTORS = {RequestOutcome.LIMITED: 0.5, RequestOutcome.OVERLOADED: 0.75}
# What doubling must bring. Where one window leaves it in doubt, as answers of different lengths
# do, up to four windows decide.
_GAIN = 1.1
_IN_DOUBT = (1.02, 1.35)
_WINDOWS = 4
# Windows of the past that a settled throughput is the mean of.
_MEMORY = 8
# Fewer answers than this make no throughput that could be compared.
_FEWEST_ANSWERS = 8
# Windows before a settled limit, or what congested before, is tried again.
_SOONEST, _LATEST = 8, 64
# Congestion within a tenth of the last is the same one.
_NEAR = 1.1


class Phase(Enum):
    """What the limit is doing."""

    CLIMB = "climb"
    DESCEND = "descend"
    SETTLED = "settled"
    RECOVER = "recover"


@dataclass(frozen=True, slots=True)
class _Measured:
    """A limit, and how many answers it brought in how many seconds."""

    limit: int
    answers: float
    seconds: float

    @property
    def rate(self) -> float:
        return self.answers / self.seconds

    def plus(self, other: _Measured) -> _Measured:
        """Both together, where the older counts for no more than some windows."""
        weight = min(1.0, _MEMORY * self.limit / self.answers)
        answers = weight * self.answers + other.answers
        return _Measured(self.limit, answers, weight * self.seconds + other.seconds)


class Fixed:
    """A limit of requests in flight that stays, whatever happens."""

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def in_use(self, *_: object) -> None:
        """Nothing follows."""

    answered = congested = hold = in_use


class Adaptive:
    """A limit of requests in flight, from 1 to ``MOST``, that follows the server."""

    def __init__(self, start: int) -> None:
        self.limit = min(start, MOST)
        self.phase = Phase.CLIMB
        self._reference: _Measured | None = None
        self._threshold = MOST
        self._ceiling = MOST + 1
        self._since_decrease = 0
        self._interval = _SOONEST
        self._settled = 0
        # The window of answers that is being counted. After a change it opens with the first
        # answer to a request that was sent under the new limit: what is drained tells nothing.
        self._changed = -math.inf
        self._started: float | None = None
        self._count = 0
        self._windows = 0
        self._full = False

    def in_use(self) -> None:
        """As many are in flight as may be."""
        self._full = True

    def answered(self, now: float, sent: float) -> None:
        """Note an answer; each full window of them may move the limit."""
        self._since_decrease += 1
        if self._started is None:
            if sent >= self._changed:
                self._open(now)
            return
        self._count += 1
        if self._count >= self._size() * self._windows:
            self._close(now, self._started)

    def congested(self, outcome: RequestOutcome, now: float) -> None:
        """Lower the limit: by half for 429s, by a quarter for a server that can't cope."""
        lowered = max(1, int(self.limit * FACTORS[outcome]))
        # While nothing gets through, a further decrease says nothing of how much the server takes.
        if self._since_decrease >= lowered:
            self._threshold = lowered
            again = self._ceiling / _NEAR <= self.limit <= self._ceiling * _NEAR
            self._interval = min(self._interval * 2, _LATEST) if again else _SOONEST
            self._ceiling = self.limit
        self.limit = lowered
        self.phase = Phase.RECOVER
        self._reference = None
        self._since_decrease = self._settled = 0
        self.hold(now)

    def hold(self, until: float) -> None:
        """Measure nothing of what is sent before this time, as before the end of a pause."""
        self._changed, self._started = until, None

    def _size(self) -> int:
        grows = self.phase is Phase.RECOVER and self.limit + 1 != self._ceiling
        return self.limit if grows else max(self.limit, _FEWEST_ANSWERS)

    def _open(self, now: float) -> None:
        self._started, self._count, self._windows, self._full = now, 0, 1, False

    def _close(self, now: float, started: float) -> None:
        # Where there was too little to send, the throughput says nothing of the server.
        if not self._full or now <= started:
            self._open(now)
            return
        measured = _Measured(self.limit, self._count, now - started)
        if self._is_in_doubt(measured):
            self._windows += 1
            return
        self._open(now)
        _STEPS[self.phase](self, measured)
        # A recovery isn't measured step by step, so it needn't wait for each.
        if self.limit != measured.limit and self.phase is not Phase.RECOVER:
            self.hold(now)

    def _is_in_doubt(self, measured: _Measured) -> bool:
        before = self._reference
        if before is None or self._windows >= _WINDOWS:
            return False
        if self.phase is Phase.CLIMB:
            gain = measured.rate / before.rate
        elif self.phase is Phase.DESCEND:
            gain = before.rate / measured.rate
        else:
            return False
        return _IN_DOUBT[0] < gain < _IN_DOUBT[1]

    def _climb(self, measured: _Measured) -> None:
        before = self._reference
        if before is not None and measured.rate < before.rate * _GAIN:
            self._descend_from(before)
        elif self.limit >= MOST:
            self._settle(measured)
        else:
            self._reference = measured
            self._interval = _SOONEST
            self.limit = min(self.limit * 2, MOST)

    def _descend_from(self, best: _Measured) -> None:
        """Try half of the best limit; the interval is kept if that turns out too little."""
        self._reference = best
        if best.limit == 1:
            self._settle(best)
            return
        self.phase, self.limit = Phase.DESCEND, best.limit // 2

    def _descend(self, measured: _Measured) -> None:
        before = self._reference or measured
        if measured.rate * _GAIN <= before.rate:
            self._settle(before)
            return
        # The old rate stays the yardstick: small losses mustn't add up.
        best = replace(before, limit=self.limit)
        self._interval = _SOONEST
        self._descend_from(best)

    def _settle(self, at: _Measured) -> None:
        self.phase, self.limit, self._reference = Phase.SETTLED, at.limit, at
        self._settled = 0

    def _stay(self, measured: _Measured) -> None:
        before = self._reference or measured
        self._reference = before.plus(measured)
        self._settled += 1
        if self._settled >= self._interval and self.limit < MOST:
            self._interval = min(self._interval * 2, _LATEST)
            self.phase, self.limit = Phase.CLIMB, min(self.limit * 2, MOST)

    def _recover(self, measured: _Measured) -> None:
        if self.limit < self._threshold:
            self.limit = min(self.limit * 2, self._threshold)
            return
        before = self._reference
        if before is not None and self.limit >= 2 * before.limit:
            if measured.rate < before.rate * _GAIN:
                self._descend_from(before)
                return
            self._reference = measured
        elif before is None and measured.answers >= _FEWEST_ANSWERS:
            self._reference = measured
        self._increase()

    def _increase(self) -> None:
        """Add one, but wait below what congested before."""
        if self.limit > self._ceiling * _NEAR:
            self._ceiling, self._interval = MOST + 1, _SOONEST
        if self.limit + 1 == self._ceiling and self._settled < self._interval:
            self._settled += 1
            return
        self.limit = min(self.limit + 1, MOST)


_STEPS = {
    Phase.CLIMB: Adaptive._climb,
    Phase.DESCEND: Adaptive._descend,
    Phase.SETTLED: Adaptive._stay,
    Phase.RECOVER: Adaptive._recover,
}


# In seconds. A server that names a day is asked again after five minutes.
LONGEST = 300.0
_LONGEST_BACKOFF = 30.0
_JITTER = 0.25


class Pauses:
    """The pauses of all admission.

    After a pause a quarter of the limit may be in flight, and one more with each answer, so that
    those who waited don't arrive together.
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
