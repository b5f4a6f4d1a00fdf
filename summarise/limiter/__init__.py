"""When the next request may be sent: concurrency, pauses, and limits a minute."""

from __future__ import annotations

from summarise.limiter.limits import MOST, START, Allowance, Limits
from summarise.limiter.slots import Limiter, Slot

__all__ = ["MOST", "START", "Allowance", "Limiter", "Limits", "Slot"]
