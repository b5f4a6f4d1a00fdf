"""Tests of ``summarise.admission``: admission, pauses and limits a minute, on a simulated clock."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summarise.admission import MOST, Allowance, Limiter, Limits
from summarise.admission.adaptive import LONGEST, Pauses
from summarise.errors import AdmissionClosed
from tests.simulated import SimulatedLoop, run


@dataclass(frozen=True)
class Reply:
    """What a simulated server does with a request."""

    status: int = 200
    after: float = 0.2
    retry_after: float | None = None


Serve = Callable[[], Awaitable[Reply]]


def limiter(loop: SimulatedLoop, limits: Limits | None = None) -> Limiter:
    """A limiter on a simulated clock, with the same jitter each time."""
    return Limiter(limits or Limits(), loop.time, random.Random(7))


async def ask(limiter: Limiter, reply: Reply, tokens: int = 1) -> None:
    """Send one request and tell the slot what came."""
    async with limiter.slot(tokens) as slot:
        assert limiter.in_flight <= limiter.concurrency
        await asyncio.sleep(reply.after)
        if reply.status == 200:
            slot.answered()
        elif reply.status == 429:
            slot.limited(reply.retry_after)
        elif reply.status >= 500:
            slot.overloaded(reply.retry_after)


async def ask_all(limiter: Limiter, replies: Sequence[Reply]) -> None:
    """Send requests together."""
    await asyncio.gather(*(ask(limiter, reply) for reply in replies))


def test_admission_is_first_come_first_served() -> None:
    """Requests are admitted in the order in which they ask, large ones too."""

    async def main(loop: SimulatedLoop) -> list[int]:
        subject, order = limiter(loop, Limits(2, tokens_per_minute=600)), []

        async def one(number: int) -> None:
            async with subject.slot(200 if number % 2 else 1) as slot:
                order.append(number)
                await asyncio.sleep(1 + number % 3)
                slot.answered()

        await asyncio.gather(*(one(number) for number in range(12)))
        return order

    assert run(main) == list(range(12))


def test_who_comes_back_at_once_goes_to_the_end() -> None:
    """A worker that leaves and asks again in one breath doesn't pass the one it has just woken."""

    async def main(loop: SimulatedLoop) -> str:
        subject, order = limiter(loop, Limits(1)), []

        async def work(name: str) -> None:
            for _ in range(4):
                async with subject.slot(1):
                    order.append(name)
                    await asyncio.sleep(1)

        await asyncio.gather(work("a"), work("b"), work("c"))
        return "".join(order)

    assert run(main) == "abc" * 4


def test_a_fixed_limit_is_kept_and_never_moves() -> None:
    """Under ``concurrency=N`` N are in flight, whatever the server answers."""

    async def main(loop: SimulatedLoop) -> tuple[float, int]:
        subject = limiter(loop, Limits(4))
        await ask_all(subject, [Reply(500)] * 40 + [Reply()] * 40)
        return loop.time(), subject.concurrency

    elapsed, concurrency = run(main)
    assert elapsed == pytest.approx(80 / 4 * 0.2)
    assert concurrency == 4


def test_leaving_without_a_verdict_changes_nothing() -> None:
    """A refused document (400) or an exception frees the slot, and is no congestion."""

    async def main(loop: SimulatedLoop) -> Limiter:
        subject = limiter(loop)
        await ask_all(subject, [Reply(400)] * 100)
        with pytest.raises(ValueError, match="a bug"):
            async with subject.slot(1):
                raise ValueError("a bug")
        return subject

    subject = run(main)
    assert (subject.in_flight, subject.concurrency, subject.paused_for) == (0, 16, 0.0)


def test_a_slot_is_told_once() -> None:
    """A second verdict on the same request is a bug, and says so."""

    async def main(loop: SimulatedLoop) -> None:
        async with limiter(loop).slot(1) as slot:
            slot.limited(1.0)
            slot.answered()

    with pytest.raises(RuntimeError, match="told twice"):
        run(main)


@pytest.mark.parametrize("refusals", [1, 2])
def test_one_or_two_429s_pause_nobody(refusals: int) -> None:
    """An isolated 429 delays its own record only, however long it asks to wait."""

    async def main(loop: SimulatedLoop) -> Limiter:
        subject = limiter(loop)
        await ask_all(subject, [Reply(429, retry_after=60)] * refusals + [Reply()] * 40)
        return subject

    subject = run(main)
    assert subject.paused_for == 0.0
    assert subject.concurrency >= 16


def test_several_429s_pause_all_until_the_longest_wait() -> None:
    """Admission goes on when the longest Retry-After is over, with half of the limit."""

    async def main(loop: SimulatedLoop) -> tuple[float, float, int]:
        subject = limiter(loop)
        waits = [9.0, 2.0, 4.0] + [1.0] * 13
        await ask_all(subject, [Reply(429, retry_after=wait) for wait in waits])
        paused, before = subject.paused_for, loop.time()
        await ask(subject, Reply())
        return paused, loop.time() - before, subject.concurrency

    paused, waited, concurrency = run(main)
    assert paused == pytest.approx(9.0)
    assert waited == pytest.approx(9.2)
    assert concurrency == 8


def test_a_pause_that_ends_while_it_is_looked_at_is_over() -> None:
    """However short the waits that a server asks for, nobody waits for an end that has passed."""

    async def main(loop: SimulatedLoop) -> int:
        looks = itertools.accumulate(random.Random(7).choices([1e-5, 4e-5, 9e-5], k=5000))
        subject = Limiter(Limits(1), lambda: loop.time() + next(looks))
        await ask_all(subject, [Reply(429, 0.001, retry_after=1e-4)] * 300)
        return subject.in_flight

    assert run(main) == 0


def test_a_late_429_extends_the_pause() -> None:
    """A refusal of a request that was under way when the pause began counts for its length."""

    async def main(loop: SimulatedLoop) -> float:
        subject = limiter(loop)
        early = [Reply(429, retry_after=1)] * 15
        await ask_all(subject, [*early, Reply(429, after=0.5, retry_after=30)])
        return subject.paused_for

    assert run(main) == pytest.approx(30.0)


def test_without_a_wait_the_pauses_double() -> None:
    """1, 2, 4 … 30 seconds and up to a quarter more; an answer sent since starts over."""
    pauses, now, lengths = Pauses(random.Random(7)), 0.0, []
    for _ in range(7):
        pauses.back_off(now, 8)
        lengths.append(pauses.left(now))
        pauses.answered(sent=now, limit=8)
        now = pauses.until
    pauses.answered(sent=now, limit=8)
    pauses.back_off(now, 8)
    lengths.append(pauses.left(now))
    for length, nominal in zip(lengths, (1, 2, 4, 8, 16, 30, 30, 1), strict=True):
        assert nominal <= length <= nominal * 1.25 + 1e-6


def test_a_server_that_refuses_everything_is_asked_ever_more_seldom() -> None:
    """Thirty-two workers that retry at once send it few requests in five minutes, not thousands."""

    async def main(loop: SimulatedLoop) -> int:
        subject, sent = limiter(loop), 0

        async def work() -> None:
            nonlocal sent
            while loop.time() < 300:
                await ask(subject, Reply(429, after=0.02))
                sent += 1

        await asyncio.gather(*(work() for _ in range(32)))
        return sent

    assert run(main) < 200


def test_after_a_pause_the_herd_comes_in_steps() -> None:
    """A quarter of the limit goes first, and one more with each answer."""

    async def main(loop: SimulatedLoop) -> list[int]:
        subject, seen = limiter(loop, Limits(64)), []
        await ask_all(subject, [Reply(429, retry_after=5)] * 64)

        async def one() -> None:
            async with subject.slot(1) as slot:
                seen.append(subject.in_flight)
                await asyncio.sleep(0.2)
                slot.answered()

        await asyncio.gather(*(one() for _ in range(300)))
        return seen

    seen = run(main)
    assert max(seen[:16]) == 16
    assert max(seen[:48]) <= 32
    assert max(seen) == 64


@pytest.mark.parametrize(
    "allowance",
    [
        Allowance(requests=0, requests_reset=12.0, tokens=5, tokens_reset=80.0),
        Allowance(requests=7, requests_reset=80.0, tokens=0, tokens_reset=12.0),
    ],
)
@pytest.mark.parametrize("status", [200, 429])
def test_an_empty_allowance_pauses_until_its_reset(allowance: Allowance, status: int) -> None:
    """Where nothing remains of requests or of tokens, nothing is sent before the reset."""

    async def main(loop: SimulatedLoop) -> tuple[float, float]:
        subject = limiter(loop, Limits(4))
        async with subject.slot(1) as slot:
            tell = slot.answered if status == 200 else slot.limited
            tell(allowance=allowance)
        paused = subject.paused_for
        await ask(subject, Reply(after=0.0))
        return paused, loop.time()

    paused, sent = run(main)
    assert paused == pytest.approx(12.0)
    assert sent == pytest.approx(12.0)


@pytest.mark.parametrize(
    "allowance",
    [
        Allowance(),
        Allowance(requests=0),
        Allowance(requests=1, requests_reset=60.0),
        Allowance(requests=0, requests_reset=0.0, tokens_reset=50.0),
    ],
)
def test_an_allowance_that_is_left_or_has_no_reset_pauses_nobody(allowance: Allowance) -> None:
    """What isn't known to be closed is open."""

    async def main(loop: SimulatedLoop) -> float:
        subject = limiter(loop)
        async with subject.slot(1) as slot:
            slot.answered(allowance)
        return subject.paused_for

    assert run(main) == 0.0


def test_a_pause_is_never_longer_than_five_minutes() -> None:
    """A server that names a day is asked again sooner."""

    async def main(loop: SimulatedLoop) -> float:
        subject = limiter(loop)
        async with subject.slot(1) as slot:
            slot.answered(Allowance(requests=0, requests_reset=86_400.0))
        return subject.paused_for

    assert run(main) == pytest.approx(LONGEST)


class Unlucky:
    """A server that refuses a tenth by chance, and knows each request's fate in advance."""

    def __init__(self, seed: int, after: Callable[[random.Random], float]) -> None:
        self._random = random.Random(seed)
        self._after = after

    async def __call__(self) -> Reply:
        if self._random.random() < 0.1:
            await asyncio.sleep(0.02)
            return Reply(429, retry_after=1.0)
        await asyncio.sleep(self._after(self._random))
        return Reply()


async def send_all(enter: Callable[[], Awaitable[Reply]], count: int, workers: int) -> None:
    """Send ``count`` requests, each again after its own wait where it is refused."""
    todo = iter(range(count))

    async def work() -> None:
        for _ in todo:
            reply = await enter()
            while reply.status != 200:
                await asyncio.sleep(reply.retry_after or 1.0)
                reply = await enter()

    await asyncio.gather(*(work() for _ in range(workers)))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "after", [lambda _: 0.2, lambda chance: chance.uniform(0.1, 0.6)], ids=["steady", "spread"]
)
def test_a_tenth_of_429s_by_chance_costs_little(
    seed: int, after: Callable[[random.Random], float]
) -> None:
    """With 64 in flight the wall time is at most 1.2 times that of a scheduler without pauses."""

    async def ours(loop: SimulatedLoop) -> float:
        subject, server = limiter(loop, Limits(64)), Unlucky(seed, after)

        async def enter() -> Reply:
            async with subject.slot(1) as slot:
                reply = await server()
                if reply.status == 200:
                    slot.answered()
                else:
                    slot.limited(reply.retry_after)
                return reply

        await send_all(enter, 3000, 256)
        return loop.time()

    async def plain(loop: SimulatedLoop) -> float:
        slots, server = asyncio.Semaphore(64), Unlucky(seed, after)

        async def enter() -> Reply:
            async with slots:
                return await server()

        await send_all(enter, 3000, 256)
        return loop.time()

    assert run(ours) <= 1.2 * run(plain)


def most_in_a_minute(events: Sequence[tuple[float, int]]) -> int:
    """The largest sum of amounts in any 60 seconds."""
    return max(
        sum(amount for time, amount in events[first:] if time < start + 60)
        for first, (start, _) in enumerate(events)
    )


def admissions(limits: Limits, tokens: Sequence[int]) -> list[tuple[float, int]]:
    """When requests that are answered at once are admitted, with their tokens."""

    async def main(loop: SimulatedLoop) -> list[tuple[float, int]]:
        subject, seen = limiter(loop, limits), []

        async def one(amount: int) -> None:
            async with subject.slot(amount) as slot:
                seen.append((loop.time(), amount))
                slot.answered(tokens=amount)

        await asyncio.gather(*(one(amount) for amount in tokens))
        return seen

    return run(main)


@pytest.mark.parametrize("per_minute", [3, 25, 60, 500])
def test_requests_a_minute_are_kept_from_the_first_minute_on(per_minute: int) -> None:
    """In any 60 seconds there are no more than the limit and a tenth; and hardly fewer."""
    events = admissions(Limits(64, requests_per_minute=per_minute), [1] * (per_minute * 3))
    burst = max(1.0, per_minute / 10)
    assert most_in_a_minute([(time, 1) for time, _ in events]) <= per_minute + burst
    assert events[-1][0] == pytest.approx((per_minute * 3 - burst) * 60 / per_minute, rel=0.01)


def test_tokens_a_minute_hold_for_requests_larger_than_the_bucket() -> None:
    """A request of half a minute's tokens waits for all of them, and starves nobody."""
    sizes = [3000, 10, 400, 3000, 50] * 4
    events = admissions(Limits(64, tokens_per_minute=6000), sizes)
    assert [amount for _, amount in events] == sizes
    assert most_in_a_minute(events) <= 6000 + 600 + 3000
    assert events[-1][0] == pytest.approx((sum(sizes) - 600) / 100, rel=0.01)


@pytest.mark.parametrize(("used", "seconds"), [(100, 48.0), (50, 21.0), (200, 102.0)])
def test_what_an_answer_really_took_is_settled(used: int, seconds: float) -> None:
    """The rate is that of the tokens used, not of those estimated."""

    async def main(loop: SimulatedLoop) -> float:
        subject = limiter(loop, Limits(1, tokens_per_minute=6000))
        for _ in range(55):
            async with subject.slot(100) as slot:
                slot.answered(tokens=used)
        return loop.time()

    assert run(main) == pytest.approx(seconds, abs=2.0)


def test_a_credit_makes_no_burst() -> None:
    """However much too high the estimates were, no more than a tenth of a minute is given back."""

    async def main(loop: SimulatedLoop) -> float:
        subject = limiter(loop, Limits(1, tokens_per_minute=6000))
        async with subject.slot(30_000) as slot:
            slot.answered(tokens=0)
        start = loop.time()
        for _ in range(60):
            async with subject.slot(100) as slot:
                slot.answered(tokens=100)
        return loop.time() - start

    # 6,000 tokens, of which one bucket is credited; the bucket itself is full.
    assert run(main) == pytest.approx((6000 - 600) / 100, abs=1.0)


def test_an_absurd_count_costs_a_minute() -> None:
    """Whatever a server says that an answer took, the next one waits no longer than a minute."""

    async def main(loop: SimulatedLoop) -> float:
        subject = limiter(loop, Limits(1, tokens_per_minute=6000))
        async with subject.slot(100) as slot:
            slot.answered(tokens=10**12)
        async with subject.slot(100) as slot:
            slot.answered(tokens=100)
        return loop.time()

    assert run(main) <= 62


def test_a_cancelled_waiter_leaves_the_line() -> None:
    """Neither the first in line, nor one behind it, nor a holder keeps what it was given."""

    async def main(loop: SimulatedLoop) -> tuple[int, list[int]]:
        subject, done = limiter(loop, Limits(1)), []

        async def one(number: int) -> None:
            await ask(subject, Reply(after=1.0))
            done.append(number)

        tasks = [asyncio.create_task(one(number)) for number in range(6)]
        await asyncio.sleep(0.5)
        for number in (0, 1, 3):
            tasks[number].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return subject.in_flight, done

    assert run(main) == (0, [2, 4, 5])


REPLIES = st.builds(
    Reply,
    st.sampled_from([200, 200, 200, 429, 500, 400]),
    st.floats(0, 3),
    st.none() | st.floats(0, 20),
)
LIMITS = st.builds(
    Limits,
    st.none() | st.integers(1, 8),
    st.none() | st.floats(1, 1000),
    st.none() | st.floats(10, 5000),
    st.integers(1, 32),
)


@settings(max_examples=60)
@given(
    LIMITS,
    st.lists(st.tuples(REPLIES, st.integers(0, 300), st.none() | st.floats(0, 30)), max_size=60),
)
def test_all_are_admitted_and_no_slot_is_lost(
    limits: Limits, requests: list[tuple[Reply, int, float | None]]
) -> None:
    """Whatever is answered or cancelled, the limit holds, nobody waits for ever, all slots return.

    A wait that can't end raises ``Deadlock`` in the simulated loop.
    """

    async def main(loop: SimulatedLoop) -> None:
        subject = limiter(loop, limits)
        tasks = []
        for reply, tokens, cancelled in requests:
            task = asyncio.create_task(ask(subject, reply, tokens))
            tasks.append(task)
            if cancelled is not None:
                loop.call_later(cancelled, task.cancel)
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        for end, (_, _, cancelled) in zip(ends, requests, strict=True):
            if end is not None:
                assert isinstance(end, asyncio.CancelledError)
                assert cancelled is not None
        assert subject.in_flight == 0
        assert 1 <= subject.concurrency <= MOST
        await ask(subject, Reply(after=0.0))

    run(main)


@pytest.mark.parametrize("field", ["concurrency", "requests_per_minute", "tokens_per_minute"])
@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf")])
def test_a_limit_that_lets_nothing_through_is_refused(field: str, value: float) -> None:
    """A limit is a number above 0."""
    with pytest.raises(ValueError, match=field):
        Limits(**{field: value})  # type: ignore[arg-type]


def test_closing_calls_off_who_waits_and_lets_who_holds_a_slot_finish() -> None:
    """A task that waits elsewhere ends too; one that isn't asked for is left alone."""

    async def main(loop: SimulatedLoop) -> list[object]:
        subject = limiter(loop, Limits(1))

        async def send(before: float) -> str:
            with subject.waiting():
                await asyncio.sleep(before)
                async with subject.slot(1):
                    await asyncio.sleep(1.0)
                return "sent"

        async def other() -> str:
            async with subject.slot(0):
                pass
            await asyncio.sleep(5.0)
            return "other"

        tasks = [asyncio.create_task(one) for one in (other(), send(0.1), send(0.2), send(9.0))]
        await asyncio.sleep(0.5)
        subject.close()
        with pytest.raises(AdmissionClosed):
            await send(0.0)
        return await asyncio.gather(*tasks, return_exceptions=True)

    left, done, *called_off = run(main)
    assert (left, done) == ("other", "sent")
    assert [type(one) for one in called_off] == [AdmissionClosed, AdmissionClosed]
