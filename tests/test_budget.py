"""Tests of ``summarise.budget``: caps hold whatever the calls do, and nothing leaks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarise.admission import Budget, Caps, Price, Reservation
from summarise.admission.budget import Tally
from summarise.admission.costs import own_price
from summarise.errors import BudgetReached, SettingsError
from summarise.models import Spent, Usage

T = TypeVar("T")


def priced() -> Price:
    """One dollar for a million tokens of a prompt, two for those of an answer."""
    return own_price(Decimal(1), Decimal(2))


def usage(sent: int | None, answered: int | None) -> Usage:
    """The tokens of a call."""
    return Usage(input_tokens=sent, output_tokens=answered)


async def soon(awaitable: Awaitable[T]) -> T:
    """The result of what may not wait: a wait that nobody ends fails instead of hanging."""
    return await asyncio.wait_for(awaitable, 5)


async def started(budget: Budget, sent: int, answered: int = 0) -> asyncio.Task[Reservation]:
    """A reservation that has got as far as it can for now."""
    task = asyncio.create_task(budget.reserve(sent, answered))
    for _ in range(3):
        await asyncio.sleep(0)
    return task


def test_a_cost_cap_needs_a_price() -> None:
    """Capping what can't be counted is refused, with the settings that would allow it."""
    with pytest.raises(SettingsError, match=r"--max-cost.*no price.*--price-in.*--max-tokens"):
        Budget(Caps(cost=Decimal(1)), None)


def test_without_caps_all_is_let_in_and_counted() -> None:
    """No cap, no wait, and the totals are told all the same."""

    async def run() -> Budget:
        budget = Budget(Caps(), priced())
        for _ in range(100):
            (await budget.reserve(10**6, 10**6)).settle(usage(1000, 500))
        return budget

    assert asyncio.run(run()).spent == Tally(Decimal("0.2"), 150_000, 100)


def test_without_a_price_the_cost_is_unknown() -> None:
    """Unknown is None, never $0."""

    async def run() -> Tally:
        budget = Budget(Caps(tokens=1000), None)
        (await budget.reserve(10, 10)).settle(usage(5, 5))
        return budget.spent

    assert asyncio.run(run()) == Tally(Decimal(0), 10, 1)


@pytest.mark.parametrize(
    ("spent", "told"),
    [
        (Spent(calls=2, usage=usage(10_000, 5_000), cost=Decimal("0.03")), "$0.0300"),
        (Spent(calls=2, usage=usage(10_000, 5_000), unpriced=2), "$0.0200"),
        (Spent(calls=2, usage=usage(10_000, None), unpriced=2), "$0.0100"),
    ],
    ids=["priced", "unpriced", "tokens untold"],
)
def test_what_earlier_runs_took_counts(spent: Spent, told: str) -> None:
    """A cap is for all of them; what had no price then has that of now, and it is told."""

    async def run() -> str:
        budget = Budget(Caps(cost=Decimal("0.03")), priced())
        budget.count(spent)
        with pytest.raises(BudgetReached) as caught:
            await budget.reserve(10_000, 10_000)
        return str(caught.value)

    assert f"{told} spent, {told} of it in earlier runs, the next" in asyncio.run(run())


def test_n_calls_are_exactly_n_calls() -> None:
    """With a cap of three calls, three are made at once and the fourth is refused."""

    async def run() -> Budget:
        budget = Budget(Caps(calls=3), None)
        held = [await budget.reserve(1, 1) for _ in range(3)]
        fourth = await started(budget, 1)
        assert not fourth.done()
        for reservation in held:
            reservation.settle(usage(1, 1))
        with pytest.raises(BudgetReached):
            await soon(fourth)
        return budget

    assert asyncio.run(run()).spent.calls == 3


def test_a_call_that_fits_beside_those_in_flight_does_not_wait() -> None:
    """The cap is on the sum, not on the number of calls at once."""

    async def run() -> Tally:
        budget = Budget(Caps(tokens=100), None)
        await soon(budget.reserve(40, 10))
        await soon(budget.reserve(40, 10))
        return budget.held

    assert asyncio.run(run()) == Tally(Decimal(0), 100, 2)


def test_what_an_answer_did_not_take_is_given_back_to_who_waits() -> None:
    """A call waits for the worst case of another, and goes when that turns out smaller."""

    async def run() -> None:
        budget = Budget(Caps(cost=Decimal("0.000100")), priced())
        first = await budget.reserve(20, 40)
        second = await started(budget, 20, 30)
        assert not second.done()
        first.settle(usage(20, 0))
        (await soon(second)).settle(usage(20, 30))
        assert budget.spent == Tally(Decimal("0.0001"), 70, 2)

    asyncio.run(run())


def test_what_can_never_fit_is_refused_at_once() -> None:
    """Nobody waits for calls in flight that can't make enough room."""

    async def run() -> None:
        budget = Budget(Caps(tokens=100), None)
        await budget.reserve(50, 0)
        with pytest.raises(BudgetReached):
            await soon(budget.reserve(101, 0))
        assert budget.held.calls == 1

    asyncio.run(run())


def test_first_come_first_served() -> None:
    """A small call doesn't overtake a large one that waits."""

    async def run() -> None:
        budget = Budget(Caps(tokens=100), None)
        first = await budget.reserve(60, 0)
        large, small = await started(budget, 90), await started(budget, 10)
        assert not large.done()
        assert not small.done()
        first.release()
        await soon(large)
        await soon(small)

    asyncio.run(run())


def test_who_waits_behind_a_refused_call_has_its_turn() -> None:
    """When the first in line can never fit, the next one may."""

    async def run() -> None:
        budget = Budget(Caps(tokens=100), None)
        first = await budget.reserve(60, 0)
        large, small = await started(budget, 90), await started(budget, 30)
        first.settle(usage(50, 10))
        with pytest.raises(BudgetReached):
            await soon(large)
        assert (await soon(small)) is not None

    asyncio.run(run())


def test_a_call_that_was_not_sent_costs_nothing() -> None:
    """Released, all of it is there again."""

    async def run() -> None:
        budget = Budget(Caps(calls=1), priced())
        (await budget.reserve(10, 10)).release()
        await soon(budget.reserve(10, 10))
        assert budget.spent == Tally(Decimal(0), 0, 0)

    asyncio.run(run())


def test_a_call_without_an_answer_stays_spent_and_is_told_apart() -> None:
    """Its worst case counts against the caps, and the error names it."""

    async def run() -> None:
        budget = Budget(Caps(cost=Decimal("0.0008")), priced())
        (await budget.reserve(100, 200)).keep()
        assert budget.spent == Tally(Decimal(0), 0, 0)
        assert budget.uncertain == Tally(Decimal("0.0005"), 300, 1)
        with pytest.raises(BudgetReached, match=r"up to \$0\.0005 by calls without an answer"):
            await soon(budget.reserve(100, 200))

    asyncio.run(run())


@pytest.mark.parametrize(
    ("told", "tokens"),
    [
        (usage(None, None), 300),
        (usage(60, None), 260),
        (usage(None, 0), 100),
        (usage(0, 50), 150),
        (usage(60, 0), 60),
    ],
)
def test_a_count_that_is_not_told_stays_as_reserved(told: Usage, tokens: int) -> None:
    """The worst case is spent for each count that the server leaves out, and this is said."""

    async def run() -> Budget:
        budget = Budget(Caps(), priced())
        (await budget.reserve(100, 200)).settle(told)
        return budget

    budget = asyncio.run(run())
    assert budget.spent.tokens == tokens
    assert budget.spent.cost


def test_more_than_was_reserved_is_counted_in_full() -> None:
    """A server that takes more than its worst case is believed, and the run stops after it."""

    async def run() -> None:
        budget = Budget(Caps(tokens=100), None)
        (await budget.reserve(50, 0)).settle(usage(150, 0))
        assert budget.spent.tokens == 150
        with pytest.raises(BudgetReached):
            await soon(budget.reserve(1, 0))

    asyncio.run(run())


def test_the_first_word_on_a_reservation_counts() -> None:
    """Settling, releasing or keeping it again changes nothing."""

    async def run() -> Budget:
        budget = Budget(Caps(calls=5), None)
        reservation = await budget.reserve(10, 10)
        reservation.settle(usage(1, 1))
        reservation.release()
        reservation.keep()
        reservation.settle(usage(9, 9))
        return budget

    budget = asyncio.run(run())
    assert (budget.spent, budget.uncertain.calls, budget.held.calls) == (
        Tally(Decimal(0), 2, 1),
        0,
        0,
    )


def test_who_is_cancelled_while_waiting_leaves_the_line() -> None:
    """The next in line goes as if it had never been there."""

    async def run() -> None:
        budget = Budget(Caps(tokens=100), None)
        await budget.reserve(60, 0)
        large, small = await started(budget, 90), await started(budget, 30)
        large.cancel()
        await soon(small)
        assert large.cancelled()
        assert budget.held == Tally(Decimal(0), 90, 2)

    asyncio.run(run())


def test_who_is_cancelled_just_after_its_turn_gives_it_back() -> None:
    """A call that was let in and cancelled in the same moment holds nothing."""

    async def run() -> None:
        budget = Budget(Caps(tokens=100), None)
        first = await budget.reserve(60, 0)
        second, third = await started(budget, 90), await started(budget, 50)
        first.release()
        second.cancel()
        await soon(third)
        assert second.cancelled()
        assert budget.held == Tally(Decimal(0), 50, 1)

    asyncio.run(run())


def test_who_is_cancelled_just_before_its_turn_is_passed_over() -> None:
    """Room that comes free before a cancelled call has noticed goes to the next one."""

    async def run() -> None:
        budget = Budget(Caps(tokens=100), None)
        first = await budget.reserve(60, 0)
        second, third = await started(budget, 90), await started(budget, 50)
        second.cancel()
        first.release()
        await soon(third)
        assert second.cancelled()
        assert budget.held == Tally(Decimal(0), 50, 1)

    asyncio.run(run())


@pytest.mark.parametrize(
    ("caps", "told"),
    [
        (
            Caps(cost=Decimal("0.001")),
            "--max-cost: the limit is $0.0010: $0.0008 spent, the next call could take $0.0004",
        ),
        (
            Caps(tokens=1100),
            "--max-tokens: the limit is 1,100 tokens: 800 spent, the next call could take 400",
        ),
        (
            Caps(calls=1),
            "--max-calls: the limit is 1 call: 1 spent, the next call could take 1",
        ),
    ],
)
def test_the_error_says_which_cap_what_is_spent_and_what_to_do(caps: Caps, told: str) -> None:
    """One line with the setting, the limit, what is spent, and the next step; exit code 3."""

    async def run() -> None:
        budget = Budget(caps, priced())
        (await budget.reserve(800, 0)).settle(usage(800, 0))
        await budget.reserve(400, 0)

    with pytest.raises(BudgetReached) as error:
        asyncio.run(run())
    advice = "Raise it, then run the same command again: it does the rest."
    assert str(error.value) == f"{told}. {advice}"
    assert (error.value.exit_code, error.value.attempts) == (3, 0)


Step = tuple[int, int, str, int]
steps = st.lists(
    st.tuples(
        st.integers(0, 60),
        st.integers(0, 60),
        st.sampled_from(["settle", "untold", "release", "keep", "cancel"]),
        st.integers(0, 4),
    ),
    max_size=25,
)
caps = st.builds(
    Caps,
    cost=st.none() | st.integers(0, 400).map(lambda n: Decimal(n) / 10**6),
    tokens=st.none() | st.integers(0, 300),
    calls=st.none() | st.integers(0, 8),
)


def checked(budget: Budget, limits: Caps) -> None:
    """Spent, uncertain and held together exceed no cap."""
    tallies = [budget.spent, budget.uncertain, budget.held]
    assert limits.calls is None or sum(t.calls for t in tallies) <= limits.calls
    assert limits.tokens is None or sum(t.tokens for t in tallies) <= limits.tokens
    assert limits.cost is None or sum(t.cost or 0 for t in tallies) <= limits.cost


async def one_call(budget: Budget, step: Step, check: Callable[[], None]) -> tuple[str, int]:
    """Reserve, take some turns of the loop, and end as the step says: how, and with what tokens."""
    sent, answered, end, turns = step
    try:
        reservation = await budget.reserve(sent, answered)
    except BudgetReached:
        return "refused", 0
    try:
        check()
        for _ in range(turns):
            await asyncio.sleep(0)
        if end == "settle":
            reservation.settle(usage(sent, answered // 2))
        elif end == "untold":
            reservation.settle(Usage())
        elif end == "release":
            reservation.release()
        check()
    finally:
        reservation.keep()
    check()
    tokens = sent + (answered // 2 if end == "settle" else answered)
    return ("keep" if end == "cancel" else end), tokens


@given(caps, steps)
def test_no_cap_is_exceeded_and_the_totals_balance(limits: Caps, plan: list[Step]) -> None:
    """Whatever calls do and whenever they are cancelled: no cap broken, none lost, none waiting."""

    async def run() -> None:
        budget = Budget(limits, priced())

        def check() -> None:
            checked(budget, limits)

        tasks = []
        for step in plan:
            tasks.append(asyncio.create_task(one_call(budget, step, check)))
            for _ in range(step[3] % 3):
                await asyncio.sleep(0)
            if step[2] == "cancel" and len(tasks) > 1:
                tasks[-2].cancel()
            check()
        ends = await soon(asyncio.gather(*tasks, return_exceptions=True))
        done = [end for end in ends if not isinstance(end, BaseException)]
        assert all(isinstance(e, tuple | asyncio.CancelledError) for e in ends)
        answered = [tokens for how, tokens in done if how in {"settle", "untold"}]
        assert budget.held == Tally(Decimal(0), 0, 0)
        assert (budget.spent.calls, budget.spent.tokens) == (len(answered), sum(answered))
        kept = [tokens for how, tokens in done if how == "keep"]
        assert len(kept) <= budget.uncertain.calls <= len(kept) + len(ends) - len(done)
        assert budget.uncertain.tokens >= sum(kept)

    asyncio.run(run())
