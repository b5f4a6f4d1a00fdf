"""Tests of ``summarise.admission.retry``: no test sleeps, ``pause`` is replaced."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarise.admission import Patience, retry, send
from summarise.errors import EndpointUnusable, RequestRejected, TransportError, TransportKind


def fails(*errors: Exception) -> Callable[[], Awaitable[str]]:
    """A call that raises these errors, one a time, and then succeeds."""
    queue = list(errors)

    async def call() -> str:
        if queue:
            raise queue.pop(0)
        return "done"

    return call


def unavailable(**fields: object) -> TransportError:
    """A transport error that deserves another attempt."""
    return TransportError("down", kind=TransportKind.UNAVAILABLE, **fields)  # type: ignore[arg-type]


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits that were asked for, in seconds; none is slept."""
    seen: list[float] = []

    async def note(seconds: float) -> None:
        seen.append(seconds)

    monkeypatch.setattr(retry, "pause", note)
    return seen


def test_a_call_that_succeeds_is_made_once(waits: list[float]) -> None:
    """No failure, no wait."""
    assert asyncio.run(send(fails(), 5, Patience(600))) == "done"
    assert waits == []


def test_transport_errors_are_tried_again(waits: list[float]) -> None:
    """Each transport error costs one wait, and success ends it."""
    call = fails(unavailable(), unavailable())
    assert asyncio.run(send(call, 5, Patience(600))) == "done"
    assert len(waits) == 2


@pytest.mark.parametrize(
    "error", [EndpointUnusable("no key"), RequestRejected("too long"), ValueError("a bug")]
)
def test_anything_else_passes_through_at_once(waits: list[float], error: Exception) -> None:
    """Only transport errors are tried again."""
    with pytest.raises(type(error)) as caught:
        asyncio.run(send(fails(error), 5, Patience(600)))
    assert caught.value is error
    assert waits == []


def test_the_last_error_is_raised_with_the_number_of_attempts(waits: list[float]) -> None:
    """Giving up raises the last error itself, and it knows how often the request was sent."""
    errors = [unavailable() for _ in range(4)]
    with pytest.raises(TransportError) as caught:
        asyncio.run(send(fails(*errors), 4, Patience(600)))
    assert caught.value is errors[-1]
    assert caught.value.attempts == 4
    assert len(waits) == 3


def test_a_server_never_reached_gets_three_quick_attempts(waits: list[float]) -> None:
    """Nobody there: three attempts within about a second, however patient the policy is."""
    errors = [unavailable(connected=False) for _ in range(9)]
    with pytest.raises(TransportError) as caught:
        asyncio.run(send(fails(*errors), 9, Patience(600)))
    assert caught.value.attempts == 3
    assert sum(waits) <= 1.0


def test_a_single_attempt_is_possible(waits: list[float]) -> None:
    """One attempt means no retry."""
    with pytest.raises(TransportError) as caught:
        asyncio.run(send(fails(unavailable()), 1, Patience(600)))
    assert caught.value.attempts == 1
    assert waits == []


@given(asked=st.floats(0.0, 1e6))
def test_retry_after_is_kept(asked: float) -> None:
    """At least what the server asked for, at most a tenth more, or a second."""
    seen: list[float] = []

    async def note(seconds: float) -> None:
        seen.append(seconds)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(retry, "pause", note)
        asyncio.run(send(fails(unavailable(retry_after=asked)), 2, Patience(2e6)))
    assert asked <= seen[0] <= max(asked * 1.1, 1.0)


def test_backoff_grows_and_is_bounded(waits: list[float]) -> None:
    """Without Retry-After the windows are 1, 2, 4, … seconds, up to the bound."""
    errors = [unavailable() for _ in range(11)]
    asyncio.run(send(fails(*errors), 12, Patience(600)))
    assert all(wait <= min(2.0**n, 60.0) for n, wait in enumerate(waits))
    assert len(set(waits)) == len(waits)


@pytest.mark.parametrize("asked", [0.0, 1e-4, 0.09])
def test_a_short_retry_after_still_backs_off(waits: list[float], asked: float) -> None:
    """A server that asks for no wait, or for next to none, isn't hammered."""
    asyncio.run(send(fails(*[unavailable(retry_after=asked)] * 40), 41, Patience(6000)))
    assert sum(waits) > 60


def test_no_attempt_starts_when_patience_is_over(waits: list[float]) -> None:
    """A wait that would end beyond the patience isn't begun."""
    with pytest.raises(TransportError) as caught:
        asyncio.run(send(fails(unavailable(retry_after=30)), 9, Patience(10)))
    assert caught.value.attempts == 1
    assert waits == []


def test_waits_use_up_patience(waits: list[float]) -> None:
    """What is waited for one request is missing for the next one of the same document."""
    patience = Patience(10)
    asyncio.run(send(fails(unavailable(retry_after=4)), 9, patience))
    assert patience.left == 10 - waits[0]
    with pytest.raises(TransportError):
        asyncio.run(send(fails(unavailable(retry_after=7)), 9, patience))


def test_being_asked_to_come_later_is_no_failed_attempt(waits: list[float]) -> None:
    """A 429 doesn't count against the attempts, only against the time."""
    later = [
        TransportError("later", kind=TransportKind.RATE_LIMITED, retry_after=1) for _ in range(20)
    ]
    assert asyncio.run(send(fails(*later, unavailable()), 2, Patience(600))) == "done"
    assert len(waits) == 21
    with pytest.raises(TransportError) as caught:
        asyncio.run(send(fails(*later), 2, Patience(5)))
    assert 4 <= caught.value.attempts <= 5


def test_cancelling_passes_through(waits: list[float]) -> None:
    """A cancelled call isn't tried again."""
    calls = 0

    async def call() -> None:
        nonlocal calls
        calls += 1
        await asyncio.Event().wait()

    async def main() -> None:
        task = asyncio.create_task(send(call, 5, Patience(600)))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert calls == 1


def test_concurrent_calls_keep_their_own_count(waits: list[float]) -> None:
    """Attempts are counted for each request alone."""

    async def main() -> list[object]:
        errors = [[unavailable() for _ in range(3)] for _ in range(20)]
        jobs = [send(fails(*three), 3, Patience(600)) for three in errors]
        return await asyncio.gather(*jobs, return_exceptions=True)

    results = asyncio.run(main())
    assert [getattr(error, "attempts", None) for error in results] == [3] * 20


def test_pause_sleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real pause hands its seconds to the event loop."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    asyncio.run(retry.pause(1.5))
    assert slept == [1.5]
