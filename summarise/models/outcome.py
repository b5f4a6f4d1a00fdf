"""What becomes of a document that is attempted: a record, or a failure with its reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from pydantic_core import to_json

from summarise.models.document import Document, Stored
from summarise.models.record import Provenance, Record


class FailureKind(StrEnum):
    """Why a document has no record."""

    INVALID = "invalid"
    TRUNCATED = "truncated"
    REFUSED = "refused"
    FILTERED = "filtered"
    EMPTY = "empty"
    REJECTED = "rejected"
    TIMEOUT = "timeout"
    UNAVAILABLE = "unavailable"
    TOO_LONG = "too_long"
    INTERNAL = "internal"


class Failure(Stored):
    """A document without a record, and why.

    Attributes:
        content_hash: Of the document at the time.
        message: What happened and what to do, in one line.
        raw_text: What the endpoint answered, if it did.
        answered_until: Size of ``answers.jsonl`` in bytes when this was written; the answers before
            it are used up, so that trying again asks anew.
    """

    doc_id: str
    content_hash: str
    title: str | None
    kind: FailureKind
    message: str
    raw_text: str | None = None
    answered_until: int = 0
    provenance: Provenance

    def __hash__(self) -> int:
        """By its document: the mappings in it have none."""
        return hash((self.doc_id, self.content_hash))


Outcome = Record | Failure
"""What becomes of a document that was attempted."""


class MadeRecord(NamedTuple):
    """A record that was just made, as it is written: what made it may be another process.

    Attributes:
        line: The record as JSON on one line, without the line's end.
    """

    doc_id: str
    content_hash: str
    provenance: Provenance
    line: bytes

    @classmethod
    def of(cls, record: Record) -> MadeRecord:
        """A record that this process has made."""
        return cls(record.doc_id, record.content_hash, record.provenance, to_json(record))


Made = MadeRecord | Failure
"""What an extractor makes of a document."""

Row = tuple[Document, Outcome | None]
"""A document with what has become of it: None when it was not attempted yet."""


class SettledRow(NamedTuple):
    """A document, what is shown of it, and what has become of it.

    Attributes:
        shown: Its record, or else its last failure.
        became: Likewise, but for a record that is to be made anew: that one is shown until it is.
    """

    document: Document
    shown: Outcome | None
    became: Outcome | None


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
