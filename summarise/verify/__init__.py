"""A stored run held against its own documents again, offline and without a model.

Each record is read anew: its values must stand where it says, and what code derives from them
(sentences, links, unsupported words, unclaimed quantities) must come out the same. Its draft must
be what was answered: an answer that the run keeps, field by field, or, by the embedded extractor,
what the abstract gives. A record whose answer came from the cache has none in the run, so there
the draft is held against the abstract alone.

What differs is of two kinds. ``altered``: the record contradicts its document, its answer or
itself, or differs though this version of summarise made it. ``rules``: every value stands where
the record says, but another version made it, and this one derives something else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json, to_json

from summarise.answers import schema_faults
from summarise.characters import for_screen
from summarise.models import Document, Record
from summarise.reading import DocumentReading
from summarise.store import KeptAnswers, Run, RunState, StoredRow
from summarise.verify.check import Check
from summarise.verify.verdict import Difference, DifferenceKind, Verdict

__all__ = ["Difference", "DifferenceKind", "Verdict", "Verification"]


@dataclass(slots=True)
class Verification:
    """The verification of a run, and its accounts so far.

    Attributes:
        run: The run.
        records: Records verified.
        altered: Those that other rules can't explain.
        by_rules: Those that differ by the rules of another version alone.
        failures: Documents that failed, so have no record.
        pending: Documents that were not attempted in a run that was stopped.
    """

    run: Run
    records: int = 0
    altered: int = 0
    by_rules: int = 0
    failures: int = 0
    pending: int = 0
    _versions: set[str] = field(default_factory=set)

    def verdicts(self) -> Iterator[Verdict]:
        """Verify each record, in input order.

        Raises:
            RunError: A file of the run is damaged.
        """
        schema, answers = self.run.schema, self.run.answers()
        for row in self.run.stored_rows():
            if row.kind is Record:
                verdict = _verdict(row, schema, answers)
            elif row.kind is None and self.run.manifest.state is RunState.COMPLETE:
                verdict = _without_outcome(row.document)
            else:
                self.failures += row.kind is not None
                self.pending += row.kind is None
                continue
            self._count(verdict)
            yield verdict

    def _count(self, verdict: Verdict) -> None:
        self.records += 1
        self.altered += verdict.is_altered
        if verdict.differences and not verdict.is_altered:
            self.by_rules += 1
            self._versions.add(str(verdict.version))

    @property
    def exit_code(self) -> int:
        """0 when nothing differs, else 1."""
        return int(bool(self.altered or self.by_rules))

    def closing_line(self) -> str:
        """The accounts, for a reader."""
        parts = []
        if self.altered:
            parts.append(f"{self.altered} altered")
        if self.by_rules:
            parts.append(f"{self.by_rules} by the rules of {', '.join(sorted(self._versions))}")
        reasons = f" ({', '.join(parts)})" if parts else ""
        differing = self.altered + self.by_rules
        line = f"{_count(self.records, 'record')} verified, {differing} differ{reasons}"
        if self.failures:
            line += f"; {_count(self.failures, 'failure')} without a record"
        return f"{line}; {self.pending} not attempted" if self.pending else line

    def to_json(self) -> str:
        """The accounts on one line."""
        accounts = {
            "records": self.records,
            "altered": self.altered,
            "rules": self.by_rules,
            "failures": self.failures,
            "pending": self.pending,
        }
        return to_json(accounts).decode()


def _without_outcome(document: Document) -> Verdict:
    """A complete run has a record or a failure of each document: one of the two was changed."""
    now = f"{document.content_hash} of the document"
    return Verdict(
        document.doc_id, None, (Difference("content_hash", "no record with this text", now),)
    )


def _verdict(row: StoredRow, schema: type[BaseModel], answers: KeptAnswers) -> Verdict:
    try:
        record = Record.model_validate_json(row.line)
        schema.model_validate(record.draft)
    except ValidationError as error:
        fault = for_screen(schema_faults(error)[0], 200, reveal=True)
        difference = Difference("record", "a line that can't be read back", fault)
        return Verdict(row.document.doc_id, _version_in(row.line), (difference,))
    check = Check(record, DocumentReading.of(row.document), schema)
    found = [*check.values(), *check.sentences(), *check.derived()]
    verdict = Verdict(record.doc_id, record.provenance.version, tuple(found))
    # Where a value was changed, that it wasn't answered either says nothing more.
    return verdict if verdict.is_altered else verdict.with_more(check.answered(answers))


def _version_in(line: bytes) -> str | None:
    try:
        return str(from_json(line)["provenance"]["version"])
    except (ValueError, LookupError, TypeError):
        return None


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
