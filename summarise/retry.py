"""When a request that failed in transport is sent again, and after what wait."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import NoReturn, TypeVar

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    stop_after_attempt,
    stop_before_delay,
    wait_random,
    wait_random_exponential,
)

from summarise.errors import TransportError

T = TypeVar("T")

_UNREACHED_ATTEMPTS = 3
_unreached_wait = wait_random(0.1, 0.5)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How patient to be with one request.

    A wait is what the server asks for, with up to a tenth more, so that those who were told the
    same don't return together; else it is exponential with full jitter (windows of 1, 2, 4, …
    seconds; https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/). A server
    that was never reached is given up after three quick attempts.

    Attributes:
        max_attempts: How often the request is sent at most.
        max_wait: Longest wait between two attempts, in seconds, whatever the server asks for.
        max_total: Seconds after the first sending beyond which no further attempt starts.
    """

    max_attempts: int
    max_wait: float = 60.0
    max_total: float = 600.0

    def wait(self, state: RetryCallState) -> float:
        """Seconds to wait after the attempt that just failed."""
        error = _error(state)
        if not error.connected:
            return _unreached_wait(state)
        if error.retry_after:
            asked = error.retry_after + wait_random(0, error.retry_after / 10)(state)
            return min(asked, self.max_wait)
        return wait_random_exponential(multiplier=1, max=self.max_wait)(state)

    def gives_up(self, state: RetryCallState) -> bool:
        """Whether the attempt that just failed was the last one."""
        stop = stop_after_attempt(self.max_attempts) | stop_before_delay(self.max_total)
        unreached = not _error(state).connected and state.attempt_number >= _UNREACHED_ATTEMPTS
        return unreached or stop(state)


async def send(call: Callable[[], Awaitable[T]], policy: RetryPolicy) -> T:
    """Await ``call()``, again after each ``TransportError`` for as long as the policy allows.

    Args:
        call: Sends the request once.
        policy: How often and how long.

    Returns:
        What the first call that succeeded returned.

    Raises:
        TransportError: The last one, with ``attempts`` filled in. Any other exception of ``call``
            passes through at once.
    """
    retrying = AsyncRetrying(
        sleep=pause,
        stop=policy.gives_up,
        wait=policy.wait,
        retry=retry_if_exception_type(TransportError),
        retry_error_callback=_give_up,
    )
    return await retrying(call)


async def pause(seconds: float) -> None:
    """Sleep between two attempts. Nothing else in this module waits."""
    await asyncio.sleep(seconds)


def _give_up(state: RetryCallState) -> NoReturn:
    error = _error(state)
    error.attempts = state.attempt_number
    raise error


def _error(state: RetryCallState) -> TransportError:
    """The error of the attempt that just failed; only transport errors get this far."""
    error = state.outcome.exception() if state.outcome else None
    if not isinstance(error, TransportError):
        raise TypeError(f"asked to wait after {error!r}")
    return error
