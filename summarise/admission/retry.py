"""When a request that failed in transport is sent again, and after what wait."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from tenacity import AsyncRetrying, RetryCallState, wait_random, wait_random_exponential

from summarise.errors import EndpointUnusable, TransportError, TransportKind

_LOG = logging.getLogger("summarise")
T = TypeVar("T")

_UNREACHED_ATTEMPTS = 3
_LONGEST_WAIT = 60.0
# In seconds: less would use up all attempts at once; and more than a timer rings too early.
_SHORTEST_ASKED, _TICK = 0.1, 1e-3
_unreached_wait = wait_random(0.1, 0.5)
_backoff = wait_random_exponential(multiplier=1, max=_LONGEST_WAIT)
# Who waits for a server to come back asks often enough to notice, and not all at once.
_outage_wait = wait_random(0.5, 5.0)
# A document may be what a server fails at; several, and nobody answered, is the server itself.
_FEW_FAILING, _OUTAGE_SECONDS = 3, 0.5


@dataclass(slots=True)
class Patience:
    """The time that one document may take, with all its requests and the waits between them.

    Only calls and waits of its own count: a document that waits for its turn, because of a cap or
    of what the server allows, is not late.
    """

    left: float

    def spend(self, seconds: float) -> None:
        """Take note of a call or a wait."""
        self.left -= seconds


@dataclass(slots=True)
class Silence:
    """How long an endpoint has answered nobody, though it was asked, or has closed admission."""

    deadline: float
    few: int = _FEW_FAILING
    reason: str = ""
    has_answered: bool = False
    _since: float | None = None
    _failing: set[str] = field(default_factory=set)
    _has_told: bool = False

    def answered(self) -> None:
        """Somebody was answered."""
        self.has_answered, self._since, self._has_told = True, None, False
        self._failing.clear()

    def begin(self, seconds: float = 0.0) -> None:
        """Nobody is answered, since so many seconds ago unless it has begun before."""
        if self._since is None:
            self._since = time.monotonic() - seconds

    def failed(self, doc_id: str, error: TransportError, seconds: float) -> None:
        """A request about a document, sent so many seconds ago, failed in transport."""
        self.begin(seconds)
        self._failing.add(doc_id)
        self.reason = f"{error.where}: {error.message}" if error.where else error.message

    @property
    def seconds(self) -> float:
        """How long it has lasted."""
        return 0.0 if self._since is None else time.monotonic() - self._since

    @property
    def left(self) -> float:
        """Seconds until the deadline; infinite where somebody was just answered."""
        return math.inf if self._since is None else self.deadline - self.seconds

    def is_over(self, wait: float = 0.0, asked: float | None = None) -> bool:
        """Whether it lasts for a whole deadline, or will before a wait of usual length ends."""
        # That a server which answers asks for more than any document has, is about that one alone.
        is_whim = self.has_answered and (asked or 0.0) > self.deadline
        return self.left <= (0.0 if is_whim else min(wait, _LONGEST_WAIT))

    def is_outage(self, error: TransportError) -> bool:
        """Whether a failure is the server's state: it has answered before, and answers nobody now.

        At the beginning of a run it isn't: an address may be wrong, and waiting mends nothing. A
        server that says that it loads its model is worth waiting for, at any time.
        """
        if not (self.has_answered or error.is_loading):
            return False
        together = len(self._failing) >= self.few and self.seconds >= _OUTAGE_SECONDS
        is_lost = not error.connected or error.is_loading
        is_out = is_lost or (error.kind is TransportKind.UNAVAILABLE and together)
        if is_out and not self._has_told:
            self._has_told = True
            _LOG.warning("waiting %.0f s at most: %s", max(self.left, 0.0), self.reason)
        return is_out

    def is_of_few(self, error: TransportError) -> bool:
        """Whether a server that is there fails at so few documents that they may be the cause."""
        is_its_state = error.is_loading or error.kind is TransportKind.RATE_LIMITED
        return error.connected and not is_its_state and len(self._failing) < self.few

    def stop(self) -> EndpointUnusable:
        """What stops the run."""
        return EndpointUnusable(
            f"no answer for {self.seconds:.3g} s: {self.reason}",
            hint="Run the same command again later: it does the rest. --deadline allows more.",
        )


async def send(
    call: Callable[[], Awaitable[T]],
    max_attempts: int,
    patience: Patience,
    silence: Silence | None = None,
) -> T:
    """Await ``call()``, again after each ``TransportError`` that a later attempt can mend.

    A wait is what the server asks for, with up to a tenth more, so that those who were told the
    same don't return together; where that is less than 0.1 s, or nothing, it is exponential with
    full jitter (windows of 1, 2, 4, … seconds, at most 60;
    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/), and no shorter.
    A server that was never reached, or answers with a web page, is given up after three quick
    attempts. A server that asks to come later (429) is asked again for as long as there is
    patience; anything else counts against ``max_attempts``, unless it is an outage of a server that
    has answered before, or loads its model: that one is waited for as long as it may be silent.

    Raises:
        EndpointUnusable: The endpoint is silent for a whole deadline, about more than a few.
        TransportError: The last one, with ``attempts`` filled in. Any other exception of ``call``
            passes through at once.
    """
    # A plain loop over tenacity's waits: its own costs as much as a tenth of a request that passes.
    tries = _Tries(max_attempts, patience, silence)
    while True:
        tries.attempt += 1
        try:
            return await call()
        except TransportError as error:
            wait = tries.wait(error)
            error.attempts = tries.attempt
            # A document that a server fails at has its own time, and isn't the end of the run.
            of_all = None if silence is None or silence.is_of_few(error) else silence
            if of_all is not None and of_all.is_over(wait, error.retry_after):
                # Others may be answered until then.
                await tries.rest(rest := max(of_all.left, 0.0) + _TICK)
                if of_all.is_over():
                    raise of_all.stop() from error
                wait = max(wait - rest, 0.0)
            if tries.gives_up(error, wait):
                raise
        await tries.rest(wait)


async def pause(seconds: float) -> None:
    """Sleep between two attempts. Nothing else in this module waits."""
    await asyncio.sleep(seconds)


@dataclass(slots=True)
class _Tries:
    """One request on its way."""

    max_attempts: int
    patience: Patience
    silence: Silence | None
    attempt: int = 0
    failed: int = 0
    waited: float = 0.0
    is_waiting: bool = False

    def wait(self, error: TransportError) -> float:
        """Seconds to wait after the attempt that just failed."""
        self.is_waiting = self.silence is not None and self.silence.is_outage(error)
        state = RetryCallState(AsyncRetrying(), None, (), {})
        state.attempt_number = self.attempt
        asked = error.retry_after or 0.0
        if asked >= _SHORTEST_ASKED:
            return asked + wait_random(0, asked / 10)(state)
        if self.is_waiting:
            return max(asked, _outage_wait(state))
        return max(asked, (_unreached_wait if self.is_astray(error) else _backoff)(state))

    def gives_up(self, error: TransportError, wait: float) -> bool:
        """Whether the attempt that just failed was the last one."""
        if self.is_waiting and self.silence is not None:
            return self.waited + wait >= self.silence.deadline
        self.failed += error.kind is not TransportKind.RATE_LIMITED
        if self.is_astray(error) and self.attempt >= _UNREACHED_ATTEMPTS:
            return True
        return self.failed >= self.max_attempts or wait >= self.patience.left

    def is_astray(self, error: TransportError) -> bool:
        """Whether nobody is there, or somebody who is no API and never was one."""
        never = self.silence is None or not self.silence.has_answered
        return not error.connected or (never and not error.is_api)

    async def rest(self, seconds: float) -> None:
        """Wait: for a server that is out it isn't the document's own time."""
        if self.is_waiting:
            self.waited += seconds
        else:
            self.patience.spend(seconds)
        await pause(seconds)
