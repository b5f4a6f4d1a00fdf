"""Stretches of a text that are taken, and whether a place or another stretch falls on them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from summarise.models import Span


class Stretches:
    """Parts of a text, in any order; they may overlap. Asking takes no longer where they are many.

    Args:
        spans: The first parts.
    """

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for span in sorted(spans):
            self.add(span)

    def add(self, span: Span) -> None:
        """Take one more part."""
        start, end = span
        first, last = bisect_left(self._ends, start), bisect_right(self._starts, end)
        if first < last:
            start, end = min(start, self._starts[first]), max(end, self._ends[last - 1])
        self._starts[first:last] = [start]
        self._ends[first:last] = [end]

    def cover(self, position: int) -> bool:
        """Whether a character belongs to one of them."""
        at = bisect_right(self._ends, position)
        return at < len(self._starts) and self._starts[at] <= position

    def overlap(self, span: Span) -> bool:
        """Whether one of them shares a character with a span; those that touch don't."""
        at = bisect_right(self._ends, span.start)
        return at < len(self._starts) and self._starts[at] < span.end
