"""The values that flow through a run: documents in, records or failures out.

All are frozen and do no I/O. What is stored as JSON lines is a Pydantic model; a value that lives
only in memory is a dataclass.
"""

# mypy: implicit-reexport

from summarise.models.completion import Answer, Completion, Spent, Usage, checked_count
from summarise.models.document import (
    SKIPPED_AS,
    STATUSES,
    Decided,
    Decision,
    Document,
    NormalisedQuantity,
    Quantity,
    QuantityKind,
    Reference,
    Role,
    SkipKind,
    Skipped,
    Span,
    Stored,
    content_hash,
    status_of,
    status_of_types,
    without_notice,
    without_status,
)
from summarise.models.outcome import (
    Failure,
    FailureKind,
    Made,
    MadeRecord,
    Outcome,
    OutcomeCounts,
    Row,
    SettledRow,
)
from summarise.models.people import (
    ADDING,
    Inclusion,
    JudgedAs,
    Judgement,
    LaidJudgement,
    Offered,
    Opinion,
    Screened,
    ScreeningDecision,
    ScreeningState,
    by_shown_path,
    moment_of,
    paths_above,
    settles,
    top_field,
)
from summarise.models.record import (
    ASSISTED,
    DERIVED_FIELDS,
    EMBEDDED,
    REPEATED_FIELDS,
    RESERVED_FIELDS,
    Doubt,
    DoubtKind,
    GroundedValue,
    Grounding,
    Identity,
    JudgedRecord,
    Provenance,
    Record,
    Unsupported,
)
