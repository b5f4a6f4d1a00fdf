"""What ``--explain-cache`` says: a line for the first misses, then how often each reason came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator


class Misses:
    """Documents that had no answer in the cache, counted by reason.

    Args:
        listed: How many of them get a line of their own.
    """

    def __init__(self, listed: int = 20) -> None:
        self._listed = listed
        self._reasons: Counter[str] = Counter()

    def add(self, name: str, reason: str) -> str | None:
        """Count a miss.

        Args:
            name: What the document is called in the line.
            reason: Of ``AnswerCache.explain``.

        Returns:
            A line to show, None when enough were shown.
        """
        self._reasons[reason] += 1
        if self._reasons.total() > self._listed:
            return None
        return f"{name}: not in the cache: {reason}"

    def closing_lines(self) -> Iterator[str]:
        """The counts by reason, the most frequent first."""
        total = self._reasons.total()
        yield f"{total:,} {'request' if total == 1 else 'requests'} not in the cache"
        for reason, count in self._reasons.most_common():
            yield f"  {count:,}: {reason}"
