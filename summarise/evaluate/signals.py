"""What a run says of its own quality, where there is nothing to hold it against."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pydantic_core import to_json

from summarise.evaluate.markdown import quoted, table
from summarise.models import Failure, FailureKind, Grounding, Record, Row


@dataclass(slots=True)
class Signals:
    """Counts over the records of a run.

    Attributes:
        run: Name of the run.
        records: Records.
        failures: Failures, by kind.
        pending: Documents that have neither.
        values: Verbatim values, by how they were found.
        flagged: Records with a value that is missing, or a statement that is unsupported.
        unsupported: Statements that say more than their evidence.
        unclaimed: Quantities that no field holds.
        records_with_unclaimed: Records that have any.
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

    def add(self, record: Record) -> None:
        """Count a record."""
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
                "documents": self._documents,
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

    def lines(self, *, full: bool = False) -> Iterator[str]:  # noqa: ARG002 - like a comparison's
        """All of it as Markdown."""
        yield f"# {quoted(self.run)}"
        yield ""
        counts = [("records", self.records), ("not attempted", self.pending)]
        counts += [(f"failed: {kind}", number) for kind, number in self.failures.most_common()]
        yield from _counted("documents", counts, self._documents)
        yield ""
        found = [(f"{kind}", self.values[kind]) for kind in Grounding]
        yield from _counted("verbatim values", found, self.values.total())
        yield ""
        yield from _counted("records", self._record_counts(), self.records)
        yield ""
        yield from _counted("records with an empty field", self.empty.items(), self.records)
        yield ""
        mean = self.unclaimed / self.records if self.records else 0.0
        yield f"Unclaimed quantities: {self.unclaimed}, {mean:.1f} a record."
        yield f"Unsupported statements: {self.unsupported}."

    @property
    def _documents(self) -> int:
        return self.records + self.failures.total() + self.pending

    def _record_counts(self) -> list[tuple[str, int]]:
        return [
            ("flagged: a value missing or a statement unsupported", self.flagged),
            ("with unclaimed quantities", self.records_with_unclaimed),
            ("with corrected sentence numbers", self.corrected),
            ("with instructions in the abstract", self.instructed),
        ]


def signals_of(rows: Iterable[Row], *, run: str) -> Signals:
    """Count what the records of a run say of its quality.

    Args:
        rows: The documents of the run, with what became of them.
        run: What to call it.
    """
    signals = Signals(run)
    for _, outcome in rows:
        match outcome:
            case Record():
                signals.add(outcome)
            case Failure():
                signals.failures[outcome.kind] += 1
            case None:
                signals.pending += 1
    return signals


def _counted(head: str, counts: Iterable[tuple[str, int]], total: int) -> Iterator[str]:
    rows = [
        (label, str(number), f"{number / total:.1%}" if total else "–") for label, number in counts
    ]
    yield from table((head, "count", "share"), [*rows, ("**all**", str(total), "")])


def _is_empty(value: Any) -> bool:
    """Whether a field of a draft holds nothing: null, an empty text or list, or parts that do."""
    if isinstance(value, dict):
        return all(map(_is_empty, value.values()))
    return value is None or value in ("", [])
