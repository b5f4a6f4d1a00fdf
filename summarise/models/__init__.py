"""The values that flow through a run: documents in, records or failures out.

All are frozen and do no I/O. What is stored as JSON lines is a Pydantic model; a value that lives
only in memory is a dataclass.
"""

from summarise.models.completion import (
    Answer,
    Completion,
    Spent,
    Usage,
    checked_count,
)
from summarise.models.document import (
    Document,
    NormalisedQuantity,
    Quantity,
    QuantityKind,
    Role,
    SkipKind,
    Skipped,
    Span,
    Stored,
    content_hash,
)
from summarise.models.record import (
    ASSISTED,
    DERIVED_FIELDS,
    EMBEDDED,
    REPEATED_FIELDS,
    RESERVED_FIELDS,
    Failure,
    FailureKind,
    GroundedValue,
    Grounding,
    Identity,
    Outcome,
    OutcomeCounts,
    Provenance,
    Record,
    Row,
    SettledRow,
    Unsupported,
)

__all__ = [
    "ASSISTED",
    "DERIVED_FIELDS",
    "EMBEDDED",
    "REPEATED_FIELDS",
    "RESERVED_FIELDS",
    "Answer",
    "Completion",
    "Document",
    "Failure",
    "FailureKind",
    "GroundedValue",
    "Grounding",
    "Identity",
    "NormalisedQuantity",
    "Outcome",
    "OutcomeCounts",
    "Provenance",
    "Quantity",
    "QuantityKind",
    "Record",
    "Role",
    "Row",
    "SettledRow",
    "SkipKind",
    "Skipped",
    "Span",
    "Spent",
    "Stored",
    "Unsupported",
    "Usage",
    "checked_count",
    "content_hash",
]
