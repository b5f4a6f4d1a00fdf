"""How far a run is, on one line of a terminal; and time, tokens and cost in words."""

from __future__ import annotations

import sys
import time
from typing import TextIO

from summarise.admission import format_usd
from summarise.characters import counted
from summarise.models import Spent

_REFRESH_INTERVAL = 0.1


class ProgressLine:
    """One line on a terminal, by default standard error, that shows how far a run is.

    It is silent where there is no terminal, and when it is quiet.
    """

    def __init__(self, stream: TextIO | None = None, *, quiet: bool = False) -> None:
        self._stream = stream or sys.stderr
        self._shows = self._stream.isatty() and not quiet
        self._started = self._shown = time.monotonic()

    def update(self, done: int, total: int, failed: int, spent: Spent | None = None) -> None:
        """Show the counts, the rate, the cost and the time left; at most ten times a second."""
        now = time.monotonic()
        if not self._shows or (now - self._shown < _REFRESH_INTERVAL and done < total):
            return
        self._shown = now
        rate = done / max(now - self._started, 1e-9)
        left = duration((total - done) / rate) if rate else "?"
        failures = f", {failed} failed" if failed else ""
        cost = f" · {cost_of(spent)}" if spent and spent.calls > spent.unpriced else ""
        self._stream.write(f"\r\x1b[K{done}/{total}{failures} · {rate:.1f}/s{cost} · {left} left")
        self._stream.flush()

    def clear(self) -> None:
        """Take the line away."""
        if self._shows:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


def taken(spent: Spent) -> str:
    """Tokens and cost of some calls, as far as they are known."""
    usage = spent.usage
    if usage.input_tokens is None or usage.output_tokens is None:
        tokens = "tokens unknown: the endpoint doesn't tell"
    else:
        cached = ""
        if usage.cached_tokens and usage.input_tokens:
            cached = f" ({usage.cached_tokens / usage.input_tokens:.0%} cached)"
        tokens = f"{usage.input_tokens:,} tokens in{cached}, {usage.output_tokens:,} out"
    return f"{tokens}, {cost_of(spent)}"


def cost_of(spent: Spent) -> str:
    """What some calls cost, as far as that is known."""
    if spent.unpriced == spent.calls:
        return "cost unknown"
    known = format_usd(spent.cost)
    rest = f" and {counted(spent.unpriced, 'call')} of unknown cost" if spent.unpriced else ""
    return known + rest


def duration(seconds: float) -> str:
    """A time in words: ``4.2 s``, ``3 min 05 s``, ``2 h 07 min``."""
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"
