"""When a request that failed in transport is sent again, and after what wait."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, NoReturn, TypeVar

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    wait_random,
    wait_random_exponential,
)

from summarise.errors import TransportError

T = TypeVar("T")

_UNREACHED_ATTEMPTS = 3
_LONGEST_WAIT = 60.0
_unreached_wait = wait_random(0.1, 0.5)
_backoff = wait_random_exponential(multiplier=1, max=_LONGEST_WAIT)


@dataclass(slots=True)
class Patience:
    """The time that one document may take, with all its requests and the waits between them.

    Only calls and waits of its own count: a document that waits for its turn, because of a cap or
    of what the server allows, is not late.

    Attributes:
        left: Seconds.
    """

    left: float

    def spend(self, seconds: float) -> None:
        """Take note of a call or a wait."""
        self.left -= seconds


async def send(call: Callable[[], Awaitable[T]], max_attempts: int, patience: Patience) -> T:
    """Await ``call()``, again after each ``TransportError`` that a later attempt can mend.

    A wait is what the server asks for, with up to a tenth more, so that those who were told the
    same don't return together; else it is exponential with full jitter (windows of 1, 2, 4, …
    seconds, at most 60; https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
    A server that was never reached is given up after three quick attempts. A server that asks to
    come later (429) is asked again for as long as there is patience; anything else counts against
    ``max_attempts``.

    Args:
        call: Sends the request once, and takes its time off ``patience``.
        max_attempts: How often it may fail, 429 apart.
        patience: No wait is longer than what is left of it.

    Returns:
        What the first call that succeeded returned.

    Raises:
        TransportError: The last one, with ``attempts`` filled in. Any other exception of ``call``
            passes through at once.
    """
    try:
        return await call()
    except TransportError as error:
        again = _Again(error, call)
    # Most requests pass at once, and are spared the machinery, which costs as much as a tenth of
    # the request itself.
    tries = _Tries(max_attempts, patience)
    retrying = AsyncRetrying(
        sleep=tries.rest,
        stop=tries.gives_up,
        wait=_wait,
        retry=retry_if_exception_type(TransportError),
        retry_error_callback=_give_up,
    )
    return await retrying(again.call)


async def pause(seconds: float) -> None:
    """Sleep between two attempts. Nothing else in this module waits."""
    await asyncio.sleep(seconds)


@dataclass(slots=True)
class _Again(Generic[T]):
    """A call whose first attempt has failed already."""

    failed: TransportError | None
    next: Callable[[], Awaitable[T]]

    async def call(self) -> T:
        if self.failed is not None:
            error, self.failed = self.failed, None
            raise error
        return await self.next()


@dataclass(slots=True)
class _Tries:
    """One request on its way."""

    max_attempts: int
    patience: Patience
    failed: int = 0

    def gives_up(self, state: RetryCallState) -> bool:
        """Whether the attempt that just failed was the last one."""
        error = _error(state)
        self.failed += error.kind != "rate_limited"
        if not error.connected and state.attempt_number >= _UNREACHED_ATTEMPTS:
            return True
        return self.failed >= self.max_attempts or state.upcoming_sleep >= self.patience.left

    async def rest(self, seconds: float) -> None:
        self.patience.spend(seconds)
        await pause(seconds)


def _wait(state: RetryCallState) -> float:
    """Seconds to wait after the attempt that just failed."""
    error = _error(state)
    if not error.connected:
        return _unreached_wait(state)
    if error.retry_after:
        return error.retry_after + wait_random(0, error.retry_after / 10)(state)
    return _backoff(state)


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
