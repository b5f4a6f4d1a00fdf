"""What a run says of its own quality, where there is nothing to hold it against."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pydantic_core import to_json

from summarise.models import Failure, FailureKind, Grounding, Outcome, Record, Row


@dataclass(slots=True)
class Signals:
    """Counts over the documents of a run.

    Attributes:
        pending: Documents that have neither a record nor a failure.
        values: Verbatim values, by how they were found.
        flagged: Records with a value that is missing, or a statement that is unsupported.
        unsupported: Statements that say more than their evidence.
        unclaimed: Quantities that no field holds.
        corrected: Records of which grounding corrected something.
        instructed: Records of an abstract that tells a model or a reviewer what to do.
        empty: Records in which a field holds nothing, by field.
    """

    run: str
    records: int = 0
    failures: Counter[FailureKind] = field(default_factory=Counter)
    pending: int = 0
    values: Counter[Grounding] = field(default_factory=Counter)
    flagged: int = 0
    unsupported: int = 0
    unclaimed: int = 0
    records_with_unclaimed: int = 0
    corrected: int = 0
    instructed: int = 0
    empty: Counter[str] = field(default_factory=Counter)

    @property
    def documents(self) -> int:
        """All of them."""
        return self.records + self.failures.total() + self.pending

    def add(self, outcome: Outcome | None) -> None:
        """Count what became of a document."""
        match outcome:
            case Record():
                self._add_record(outcome)
            case Failure():
                self.failures[outcome.kind] += 1
            case None:
                self.pending += 1

    def _add_record(self, record: Record) -> None:
        self.records += 1
        self.values.update(value.grounding for value in record.verbatims)
        self.flagged += not record.is_grounded
        self.unsupported += len(record.unsupported)
        self.unclaimed += len(record.unclaimed)
        self.records_with_unclaimed += bool(record.unclaimed)
        self.corrected += bool(record.corrections)
        self.instructed += bool(record.instructions)
        for name, value in record.draft.items():
            self.empty[name] += _is_empty(value)

    def to_json(self) -> str:
        """All of it as JSON."""
        return to_json(
            {
                "run": self.run,
                "documents": self.documents,
                "records": self.records,
                "failures": dict(self.failures),
                "pending": self.pending,
                "values": {kind: self.values[kind] for kind in Grounding},
                "flagged": self.flagged,
                "unsupported": self.unsupported,
                "unclaimed": self.unclaimed,
                "records_with_unclaimed": self.records_with_unclaimed,
                "corrected": self.corrected,
                "instructed": self.instructed,
                "empty": dict(self.empty),
            },
            indent=2,
        ).decode()


def signals_of(rows: Iterable[Row], *, run: str) -> Signals:
    """Count what the records of a run say of its quality.

    Args:
        rows: The documents of the run, with what became of them.
        run: What to call it.
    """
    signals = Signals(run)
    for _, outcome in rows:
        signals.add(outcome)
    return signals


def _is_empty(value: Any) -> bool:
    """Whether a field of a draft holds nothing: null, an empty text or list, or parts that do."""
    if isinstance(value, dict):
        return all(map(_is_empty, value.values()))
    return value is None or value in ("", [])
