"""A simulated event loop: its clock stands still while code runs, and jumps to the next timer."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

# Each turn of a real loop takes some time; without it, a timer that rings a rounding error too
# early would be set again for ever.
_TURN = 1e-9


class Deadlock(Exception):
    """Nothing is ready, and no timer is set: what is awaited can never come."""


class _Jumping(selectors.DefaultSelector):
    """Where a selector waits for a timer, this one moves the clock to it."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise Deadlock
        self.now += max(timeout, _TURN)
        return super().select(0)


class SimulatedLoop(asyncio.SelectorEventLoop):
    """An event loop that waits for timers in no time."""

    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now


def run(main: Callable[[SimulatedLoop], Coroutine[Any, Any, T]]) -> T:
    """Run ``main(loop)`` on a simulated loop of its own."""
    loop = SimulatedLoop()
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(main(loop))
