"""Tests of ``summarise.admission.adaptive``: how the limit follows the server."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summarise.admission import MOST, Allowance, Limiter, Limits
from summarise.admission.adaptive import (
    FACTORS,
    Adaptive,
    Congestion,
    Phase,
    Refusal,
    RequestOutcome,
)
from tests.simulated import SimulatedLoop, run


class Slots:
    """A server that works on so many requests at a time, and lets the others wait."""

    def __init__(self, count: int, after: Callable[[], float]) -> None:
        self._free = asyncio.Semaphore(count)
        self._after = after

    async def __call__(self) -> int:
        async with self._free:
            await asyncio.sleep(self._after())
        return 200


class Storm:
    """A server that answers after a fifth of a second, and refuses all in a time of storm."""

    def __init__(self, loop: SimulatedLoop, status: int, times: tuple[float, float]) -> None:
        self._loop = loop
        self._status = status
        self._start, self._end = times

    async def __call__(self) -> int:
        if self._start <= self._loop.time() < self._end:
            await asyncio.sleep(0.02)
            return self._status
        await asyncio.sleep(0.2)
        return 200


async def work(limiter: Limiter, server: Callable[[], object], answers: int) -> list[int]:
    """Send until so many answers have come, from more workers than could be in flight.

    Returns:
        The limit at each answer.
    """
    limits: list[int] = []

    async def worker() -> None:
        while len(limits) < answers:
            async with limiter.slot(1) as slot:
                if len(limits) >= answers:
                    return
                status = await server()  # type: ignore[misc]
                if status == 200:
                    slot.answered()
                    limits.append(limiter.concurrency)
                elif status == 429:
                    slot.limited()
                else:
                    slot.overloaded()
            if status != 200:
                await asyncio.sleep(1.0)

    await asyncio.gather(*(worker() for _ in range(MOST + 44)))
    return limits


def limits_of(
    make: Callable[[SimulatedLoop], Callable[[], object]], answers: int, start: int = 16
) -> list[int]:
    """The limit at each answer of a simulated server."""

    async def main(loop: SimulatedLoop) -> list[int]:
        limiter = Limiter(Limits(start=start), loop.time, random.Random(7))
        return await work(limiter, make(loop), answers)

    return run(main)


@pytest.mark.parametrize("slots", [1, 2, 4])
def test_a_local_server_gets_as_many_requests_as_it_has_slots(slots: int) -> None:
    """Where more in flight only makes them wait, the limit settles low without any refusal."""
    limits = limits_of(lambda _: Slots(slots, lambda: 0.2), 1200)
    later = limits[400:]
    assert sum(limit == slots for limit in later) > 0.7 * len(later)
    assert max(later) <= 4 * slots


@pytest.mark.parametrize("seed", range(8))
def test_answers_of_different_lengths_do_not_mislead_it(seed: int) -> None:
    """Where most answers take from half to twice as long as others, two slots get few requests."""
    chance = random.Random(seed)
    limits = limits_of(lambda _: Slots(2, lambda: chance.lognormvariate(0, 0.6)), 2500)
    later = limits[700:]
    assert sum(limit <= 8 for limit in later) > 0.85 * len(later)


def test_it_is_tried_again_when_the_server_grows() -> None:
    """A settled limit follows a server that later has more slots."""

    class Growing(Slots):
        def __init__(self) -> None:
            super().__init__(2, lambda: 0.2)
            self._asked = 0

        async def __call__(self) -> int:
            self._asked += 1
            if self._asked == 1500:
                for _ in range(30):
                    self._free.release()
            return await super().__call__()

    limits = limits_of(lambda _: Growing(), 6000)
    assert 2 in limits[400:1400]
    assert max(limits[1600:]) >= 32


def test_a_server_without_a_limit_gets_the_most() -> None:
    """It doubles from 16 with each window of answers, and never beyond the most."""
    limits = limits_of(lambda _: Slots(1000, lambda: 0.2), 3000)
    assert list(dict.fromkeys(limits)) == [16, 32, 64, 128, 256]
    assert limits.index(256) < 3 * (16 + 32 + 64 + 128)


def test_what_is_drained_is_no_throughput() -> None:
    """The answers to what was sent under another limit don't speak for this one."""
    chance = random.Random(7)
    limits = limits_of(lambda _: Slots(100, lambda: chance.uniform(0.1, 0.3)), 20_000)
    later = limits[2000:]
    assert set(later) <= {64, 128, 256}
    assert sum(limit == 128 for limit in later) > 0.6 * len(later)


def test_a_pause_is_no_loss_of_throughput() -> None:
    """A limit that climbs goes on climbing after the server closed for a while."""

    async def main(loop: SimulatedLoop) -> list[int]:
        limiter, limits = Limiter(Limits(), loop.time), list[int]()

        async def worker() -> None:
            while len(limits) < 2000:
                async with limiter.slot(1) as slot:
                    await asyncio.sleep(0.2)
                    closes = len(limits) in (25, 80, 200)
                    slot.answered(Allowance(requests=0, requests_reset=30.0) if closes else None)
                    limits.append(limiter.concurrency)

        await asyncio.gather(*(worker() for _ in range(MOST)))
        return limits

    assert list(dict.fromkeys(run(main))) == [16, 32, 64, 128, 256]


def test_it_does_not_grow_where_it_is_not_used() -> None:
    """Three workers leave a limit of 16 where it is."""

    async def main(loop: SimulatedLoop) -> int:
        limiter = Limiter(Limits(), loop.time)

        async def worker() -> None:
            for _ in range(100):
                async with limiter.slot(1) as slot:
                    await asyncio.sleep(0.1)
                    slot.answered()

        await asyncio.gather(*(worker() for _ in range(3)))
        return limiter.concurrency

    assert run(main) == 16


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("length", [1, 20])
def test_it_recovers_from_a_storm(status: int, length: int) -> None:
    """Within three thousand answers it is back at half of its best, however low it fell."""
    limits = limits_of(lambda loop: Storm(loop, status, (5, 5 + length)), 9000)
    before = limits.index(256)
    lowest = min(limits[before:])
    assert lowest < 256
    fell = before + limits[before:].index(lowest)
    assert max(limits[fell : fell + 3000]) >= 128


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("places", [4, 20])
def test_a_server_that_refuses_what_is_too_much_is_kept_busy(places: int, seed: int) -> None:
    """Of a server that takes a few and refuses the rest at once, three quarters are used."""
    chance = random.Random(seed)

    class Bouncer:
        inside = 0

        async def __call__(self) -> int:
            if self.inside >= places:
                await asyncio.sleep(0.01)
                return 429
            self.inside += 1
            await asyncio.sleep(chance.uniform(0.1, 0.4))
            self.inside -= 1
            return 200

    async def main(loop: SimulatedLoop) -> float:
        await work(Limiter(Limits(), loop.time, random.Random(7)), Bouncer(), places * 300)
        return loop.time()

    assert run(main) < 300 * 0.25 / 0.75


@pytest.mark.parametrize("outcome", [RequestOutcome.LIMITED, RequestOutcome.OVERLOADED])
@given(start=st.integers(1, MOST))
def test_congestion_lowers_it_by_its_factor(outcome: RequestOutcome, start: int) -> None:
    """By half for 429s, by a quarter for an overload; never below 1."""
    level = Adaptive(start)
    level.congested(outcome, 1.0)
    assert level.limit == max(1, int(start * FACTORS[outcome]))
    assert FACTORS == {RequestOutcome.LIMITED: 0.5, RequestOutcome.OVERLOADED: 0.75}


@settings(max_examples=50)
@given(st.integers(0, 2**32))
def test_it_moves_by_the_rules(seed: int) -> None:
    """A refusal lowers it by its factor; an answer doubles it or undoes a halving, at the most."""
    chance = random.Random(seed)
    level, now = Adaptive(16), 0.0
    for _ in range(3000):
        now += chance.expovariate(20)
        before, phase = level.limit, level.phase
        if chance.random() > 0.002:
            level.in_use()
            level.answered(now, now - chance.uniform(0.01, 0.5))
            assert level.limit <= 2 * before + 1
            if phase is Phase.RECOVER and level.phase is Phase.RECOVER:
                assert level.limit >= before
        else:
            outcome = chance.choice(list(FACTORS))
            level.congested(outcome, now)
            assert level.limit == max(1, int(before * FACTORS[outcome]))
        assert 1 <= level.limit <= MOST


@given(st.lists(st.sampled_from(list(FACTORS)), min_size=8, max_size=40))
def test_it_is_never_stuck_at_one(storm: list[RequestOutcome]) -> None:
    """However often it was lowered, answers that come as fast as requests go raise it again."""
    level, now = Adaptive(16), 0.0
    for outcome in [RequestOutcome.LIMITED] * 5 + storm:
        now += 1.0
        level.congested(outcome, now)
    assert level.limit == 1
    # A server that takes whatever is sent: each answer comes a second after its request.
    in_flight: deque[float] = deque()
    answers = 0
    while level.limit < 8:
        while len(in_flight) < level.limit:
            in_flight.append(now)
            level.in_use()
        sent = in_flight.popleft()
        now = max(now, sent + 1.0)
        level.answered(now, sent)
        answers += 1
        assert answers < 200


def congested(outcomes: str, under_way: int = 0, spacing: float = 0.001) -> bool:
    """Whether outcomes are congestion: ``.`` is an answer, ``L`` a 429, ``O`` a 5xx."""
    subject, now, is_congested = Congestion(), 1.0, False
    for outcome in outcomes:
        now += spacing
        if outcome == ".":
            subject.answered(now, now - 0.2)
            continue
        refusal = Refusal(
            RequestOutcome.LIMITED if outcome == "L" else RequestOutcome.OVERLOADED, now - 0.2
        )
        is_congested = subject.refused(refusal, now, under_way) or is_congested
    return is_congested


@pytest.mark.parametrize(
    ("outcomes", "under_way", "expected"),
    [
        ("L", 0, False),
        ("O", 0, False),
        ("LL", 0, False),
        ("LLL", 0, True),
        ("OOO", 0, True),
        ("LOLO", 0, False),
        ("." * 20 + "LLL", 0, False),
        ("LLL", 20, False),
        ("." * 10 + "L" * 6, 0, False),
        ("." * 10 + "L" * 7, 0, True),
        ("." * 58 + "L" * 6, 0, False),
        ("." * 40 + "L" * 24, 0, True),
    ],
)
def test_several_refusals_of_one_kind_are_congestion(
    outcomes: str, under_way: int, expected: bool
) -> None:
    """Three at least, of one kind, and more than chance makes of a usual tenth."""
    assert congested(outcomes, under_way) is expected


def test_refusals_far_apart_are_not_congestion() -> None:
    """What lies further back than one latency is forgotten."""
    assert not congested("." + "L" * 50, spacing=0.15)


def test_what_was_sent_before_a_decrease_lowers_nothing_again() -> None:
    """The refusals of one burst are one congestion, however late they come."""
    subject = Congestion()
    subject.reset(10.0)
    late = [subject.refused(Refusal(RequestOutcome.LIMITED, 9.9), 10.0 + i, 0) for i in range(20)]
    assert not any(late)
    new = [subject.refused(Refusal(RequestOutcome.LIMITED, 10.0), 10.0, 0) for _ in range(3)]
    assert new == [False, False, True]
