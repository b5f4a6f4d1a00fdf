"""When a request may go, and what it may cost: concurrency, pauses, rates, retries, budget."""

# mypy: implicit-reexport

from __future__ import annotations

from summarise.admission.adaptive import MOST, START
from summarise.admission.budget import Budget, Caps, Reservation
from summarise.admission.costs import (
    Price,
    TokenRatio,
    batch_price_for,
    characters,
    format_usd,
    price_for,
    was_cut,
)
from summarise.admission.limiter import Allowance, Limiter, Limits, Slot
from summarise.admission.retry import Patience, Silence, send
