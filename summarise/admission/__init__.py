"""When a request may go, and what it may cost: concurrency, pauses, rates, retries, budget."""

from __future__ import annotations

from summarise.admission.budget import Budget, Caps, Reservation
from summarise.admission.caps import MOST, START, Allowance, Limits
from summarise.admission.limiter import Limiter, Slot
from summarise.admission.prices import Price, format_usd, price_for
from summarise.admission.retry import Patience, Silence, send
from summarise.admission.token_estimate import TokenRatio, characters, was_cut

__all__ = [
    "MOST",
    "START",
    "Allowance",
    "Budget",
    "Caps",
    "Limiter",
    "Limits",
    "Patience",
    "Price",
    "Reservation",
    "Silence",
    "Slot",
    "TokenRatio",
    "characters",
    "format_usd",
    "price_for",
    "send",
    "was_cut",
]
