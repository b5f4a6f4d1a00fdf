"""What a run says of its own quality, where there is nothing to hold it against, and its cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any

from pydantic_core import to_json

from summarise.models import (
    DoubtKind,
    Grounding,
    Outcome,
    OutcomeCounts,
    Record,
    Row,
    Spent,
    Stored,
)


@dataclass
class Signals(OutcomeCounts):
    """Counts over the documents of a run.

    ``doubts`` counts fields, ``unsupported`` statements and ``unclaimed`` quantities; all else but
    ``values`` counts records: ``instructed`` those of an abstract with instructions, ``empty``
    those in which a field holds nothing.
    """

    run: str = ""
    values: Counter[Grounding] = field(default_factory=Counter)
    flagged: int = 0
    doubts: Counter[DoubtKind] = field(default_factory=Counter)
    doubtful: int = 0
    unsupported: int = 0
    unclaimed: int = 0
    records_with_unclaimed: int = 0
    corrected: int = 0
    instructed: int = 0
    empty: Counter[str] = field(default_factory=Counter)

    def add(self, outcome: Outcome | None) -> None:
        """Count what became of a document."""
        super().add(outcome)
        if not isinstance(outcome, Record):
            return
        self.values.update(value.grounding for value in outcome.verbatims)
        self.flagged += not outcome.is_grounded
        self.doubts.update(doubt.kind for doubt in outcome.doubts)
        self.doubtful += bool(outcome.doubtful)
        self.unsupported += len(outcome.unsupported)
        self.unclaimed += len(outcome.unclaimed)
        self.records_with_unclaimed += bool(outcome.unclaimed)
        self.corrected += bool(outcome.corrections)
        self.instructed += bool(outcome.instructions)
        for name, value in outcome.draft.items():
            self.empty[name] += _is_empty(value)

    def to_json(self) -> str:
        """All of it as JSON."""
        counts = {one.name: getattr(self, one.name) for one in fields(Signals)}
        all_ = {"run": self.run, "documents": self.documents, **counts}
        values = {kind: self.values[kind] for kind in Grounding}
        doubts = {kind: self.doubts[kind] for kind in DoubtKind}
        return to_json({**all_, "values": values, "doubts": doubts}, indent=2).decode()


def signals_of(rows: Iterable[Row], *, run: str) -> Signals:
    """Count what the records of a run say of its quality."""
    signals = Signals(run=run)
    for _, outcome in rows:
        signals.add(outcome)
    return signals


def _is_empty(value: Any) -> bool:
    """Whether a field of a draft holds nothing: null, an empty text or list, or parts that do."""
    if isinstance(value, dict):
        return all(map(_is_empty, value.values()))
    return value is None or value in ("", [])


class RunCounts(Stored):
    """What the records and failures of a run say, as it is stored; counted as in ``Signals``."""

    records: int
    failures: Mapping[str, int]
    pending: int
    values: int
    missing: int
    unsupported: int
    unclaimed: int
    reasks: int
    spent: Spent
    """What the answers took when they were bought, in this run or an earlier one."""
    cost: Decimal | None
    """US dollars for them; None where the price of one isn't known."""
    untold: int
    """How often the server told no tokens of what it answered about a document."""
    answer_seconds: float | None
    """None where all answers came from the cache."""

    @property
    def grounded(self) -> float | None:
        """Share of the values that were found; None where there is no value."""
        return (self.values - self.missing) / self.values if self.values else None
