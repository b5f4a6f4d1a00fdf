"""What became of many documents, counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from summarise.models.record import FailureKind, Outcome, Record


@dataclass
class OutcomeCounts:
    """What became of documents: each has a record, or failed, or wasn't attempted."""

    records: int = 0
    failures: Counter[FailureKind] = field(default_factory=Counter)
    pending: int = 0

    def add(self, outcome: Outcome | None) -> None:
        """Take what became of one document into account."""
        if outcome is None:
            self.pending += 1
        elif isinstance(outcome, Record):
            self.records += 1
        else:
            self.failures[outcome.kind] += 1

    @property
    def documents(self) -> int:
        """All of them."""
        return self.records + self.failures.total() + self.pending
