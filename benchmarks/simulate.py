"""A scheduler that never pauses, simulated on the faults of a seed: what a wall is held against.

It fills every free slot at once: with a document whose wait is over, else with the next new one.
A 429 waits for its Retry-After, and a corrected request is sent without delay; neither holds a slot
meanwhile. A stalled attempt holds its slot until the timeout.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

from benchmarks.fault_mix import Fault, FaultMix


@dataclass(frozen=True, slots=True)
class Step:
    """One attempt.

    Attributes:
        busy: Seconds in a slot.
        wait: Seconds after it before the next attempt may start.
    """

    busy: float
    wait: float = 0.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How a client goes about its documents.

    Attributes:
        concurrency: Slots.
        latency: Of the server, in seconds.
        timeout: Seconds after which it gives an attempt up.
        max_attempts: How often one request may fail, 429 apart.
        max_reasks: How often it asks again after an answer that isn't valid.
        total: Seconds of calls and waits after which a document is given up.
    """

    concurrency: int
    latency: float
    timeout: float
    max_attempts: int = 5
    max_reasks: int = 1
    total: float = 600.0


def steps(document: int, mix: FaultMix, patience: Patience) -> list[Step]:
    """The attempts that a document takes, up to its record or its failure."""
    found: list[Step] = []
    failed = reasks = 0
    while failed < patience.max_attempts and _spent(found) < patience.total:
        fault = mix.fault(document, len(found))
        if fault is Fault.RATE_LIMITED:
            found.append(Step(patience.latency, mix.retry_after))
        elif fault is Fault.STALLED and mix.stall > patience.timeout:
            found.append(Step(patience.timeout))
            failed += 1
        elif fault is Fault.INVALID and reasks < patience.max_reasks:
            found.append(Step(patience.latency))
            failed, reasks = 0, reasks + 1
        else:
            found.append(Step(mix.stall if fault is Fault.STALLED else patience.latency))
            break
    return found


def _spent(chain: list[Step]) -> float:
    return sum(step.busy + step.wait for step in chain)


@dataclass(slots=True)
class _Clockwork:
    """The state of one simulation: times in seconds, documents by number."""

    left: dict[int, list[Step]]
    free: int
    now: float = 0.0
    new: int = 0
    ready: list[tuple[float, int]] = field(default_factory=list)
    events: list[tuple[float, bool, int, float]] = field(default_factory=list)

    def start_what_fits(self) -> None:
        while self.free:
            if self.ready:
                _, document = heapq.heappop(self.ready)
            elif self.new < len(self.left):
                document, self.new = self.new, self.new + 1
            else:
                return
            self.free -= 1
            step = self.left[document].pop(0)
            heapq.heappush(self.events, (self.now + step.busy, True, document, step.wait))

    def advance(self) -> None:
        self.now, was_busy, document, wait = heapq.heappop(self.events)
        self.free += was_busy
        if not self.left[document]:
            return
        if was_busy and wait > 0:
            heapq.heappush(self.events, (self.now + wait, False, document, 0.0))
        else:
            heapq.heappush(self.ready, (self.now, document))


def wall(documents: int, mix: FaultMix, patience: Patience) -> float:
    """Seconds until the last document is done."""
    left = {number: steps(number, mix, patience) for number in range(documents)}
    clockwork = _Clockwork(left, patience.concurrency)
    clockwork.start_what_fits()
    while clockwork.events:
        clockwork.advance()
        clockwork.start_what_fits()
    return clockwork.now
