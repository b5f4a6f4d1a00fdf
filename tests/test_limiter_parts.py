"""Tests of parts of ``summarise.admission``: the end of a ramp, another try, half a token."""

from __future__ import annotations

import asyncio
import random

import pytest

from summarise.admission import Limits
from summarise.admission.adaptive import Adaptive, Pauses, Phase
from summarise.admission.limiter import Rates
from tests.simulated import SimulatedLoop, run


def test_a_ramp_ends_when_the_limit_is_reached() -> None:
    """From a quarter of the limit, one more with each answer; the last one opens all."""
    pauses = Pauses(random.Random(7))
    pauses.pause(now=0.0, until=5.0, limit=8)
    assert pauses.room(8) == 2
    assert not pauses.answered(sent=4.0, limit=8)
    assert [pauses.answered(sent=5.0, limit=8) for _ in range(6)] == [*[False] * 5, True]
    assert pauses.room(8) == pauses.room(800) // 100 == 8
    assert not pauses.answered(sent=6.0, limit=8)


def test_a_settled_limit_is_tried_higher_after_so_many_windows() -> None:
    """After 8 windows of answers, then, as it didn't help, after 16."""
    subject, now, stays, answers = Adaptive(8), 0.0, [], 0
    for _ in range(2000):
        before = subject.phase
        # A server with eight slots: no limit above makes it faster.
        now += 1 / min(subject.limit, 8)
        subject.in_use()
        subject.answered(now, now)
        answers += before is Phase.SETTLED
        if before is Phase.SETTLED and subject.phase is not before:
            assert (subject.phase, subject.limit) == (Phase.CLIMB, 16)
            stays.append(answers)
            answers = 0
    # A window has as many answers as may be in flight; one opens the first.
    assert stays[:3] == [8 * windows + 1 for windows in (8, 16, 32)]


@pytest.mark.parametrize("tokens", [0.5, 1.5, 7.5])
def test_a_part_of_a_token_is_owed_too(tokens: float) -> None:
    """Requests of half a token wait as long as half as many of a whole one."""

    async def main(loop: SimulatedLoop) -> float:
        rates = Rates(Limits(tokens_per_minute=60))
        for _ in range(round(120 / tokens)):
            await rates.take(tokens)
        return loop.time()

    # Two minutes of tokens, of which the bucket has a tenth of a minute at once.
    assert run(main) == pytest.approx(114, abs=1.0)


def test_who_is_called_off_gives_back_what_it_waits_for() -> None:
    """A large request that is cancelled while it waits delays nobody behind it."""

    async def main(loop: SimulatedLoop) -> float:
        rates = Rates(Limits(tokens_per_minute=60))
        large = asyncio.create_task(rates.take(6000))
        await asyncio.sleep(1)
        large.cancel()
        await asyncio.gather(large, return_exceptions=True)
        await rates.take(6)
        return loop.time()

    assert run(main) == pytest.approx(1, abs=0.1)
