"""What became of many documents, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

from summarise.models.record import FailureKind, Outcome, Record, SettledRow


@dataclass(slots=True)
class OutcomeCounts:
    """What became of documents: each has a record, or failed, or wasn't attempted.

    Attributes:
        flagged: Records in which something deserves a second look.
        outdated: Documents without a record by these settings, of which one of before is shown.
    """

    records: int = 0
    failures: Counter[FailureKind] = field(default_factory=Counter)
    pending: int = 0
    flagged: int = 0
    outdated: int = 0

    @classmethod
    def of(cls, rows: Iterable[SettledRow]) -> Self:
        """What has become of the documents of a run."""
        counts = cls()
        for row in rows:
            counts.add(row.became, is_outdated=row.is_outdated)
        return counts

    def add(self, outcome: Outcome | None, *, is_outdated: bool = False) -> None:
        """Take one document into account."""
        self.outdated += is_outdated
        if outcome is None:
            self.pending += 1
        elif isinstance(outcome, Record):
            self.records += 1
            self.flagged += outcome.is_flagged
        else:
            self.failures[outcome.kind] += 1

    @property
    def documents(self) -> int:
        """All of them."""
        return self.records + self.failures.total() + self.pending
