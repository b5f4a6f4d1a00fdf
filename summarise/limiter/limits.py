"""What a limiter is told: the user's limits, and what the server says remains of its own."""

from __future__ import annotations

import math
from dataclasses import dataclass

# Where an adaptive limit begins, and the highest it goes: beyond it the connections cost more
# than they bring.
START = 16
MOST = 256


@dataclass(frozen=True, slots=True)
class Limits:
    """The user's limits on sending.

    Attributes:
        concurrency: Requests in flight at most. None finds out what the server takes.
        requests_per_minute: None where there is no such limit.
        tokens_per_minute: Input and output together; None where there is no such limit.
        start: Where an adaptive concurrency begins; a server on this machine wants a low one.

    Raises:
        ValueError: A limit that would let nothing through.
    """

    concurrency: int | None = None
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    start: int = START

    def __post_init__(self) -> None:
        """Refuse what nothing could pass."""
        for name in ("concurrency", "requests_per_minute", "tokens_per_minute", "start"):
            value = getattr(self, name)
            if value is not None and not (math.isfinite(value) and value > 0):
                raise ValueError(f"{name} must be a number above 0, not {value!r}")


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the rate-limit headers of one answer say; None is what they don't say.

    Attributes:
        requests: Requests that may still be sent before the reset.
        tokens: Tokens that may still be used before the reset.
        requests_reset: Seconds until the allowance of requests is whole again.
        tokens_reset: Seconds until the allowance of tokens is whole again.
    """

    requests: int | None = None
    tokens: int | None = None
    requests_reset: float | None = None
    tokens_reset: float | None = None

    @property
    def closed_for(self) -> float:
        """Seconds during which nothing can be sent; 0.0 where something remains."""
        requests = self.requests_reset if self.requests == 0 else None
        tokens = self.tokens_reset if self.tokens == 0 else None
        return max(requests or 0.0, tokens or 0.0)
