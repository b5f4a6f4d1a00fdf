"""The values that flow through a run: documents in, records or failures out.

All are frozen and do no I/O. What is stored as JSON lines is a Pydantic model; a value that lives
only in memory is a dataclass.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict


class Span(NamedTuple):
    """A half-open interval of characters: ``text[start:end]``. Stored as ``[start, end]``."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The characters of ``text`` that this span covers."""
        return text[self.start : self.end]


class Stored(BaseModel):
    """Base of everything that is written to a run directory."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Document(Stored):
    """One input abstract with its metadata.

    Attributes:
        doc_id: Stable identity: the id given by the input, else DOI, arXiv id, or content hash.
        title: Title on one line, or None where the input has none.
        abstract: The abstract as the input holds it. All spans point into this text.
        authors: Names, where the input gives names.
        author_count: Number of authors, where that is all that the input gives.
        organisation: Organisation line of a Hugging Face page.
        published: Date in EDTF (ISO 8601-2): ``2024-12-23``, ``2024``; ``XXXX-09-18`` when the
            input gives no year.
        url: Where the paper can be read.
        source: Name of the file or stream it was read from.
        line: First line of the entry in the source, counted from 1.
    """

    doc_id: str
    title: str | None
    abstract: str
    authors: tuple[str, ...] = ()
    author_count: int | None = None
    organisation: str | None = None
    published: str | None = None
    url: str | None = None
    source: str = ""
    line: int | None = None

    @cached_property
    def content_hash(self) -> str:
        """Hash of what the model sees (title and abstract): 32 hexadecimal digits."""
        return content_hash(self.title, self.abstract)


def content_hash(title: str | None, abstract: str) -> str:
    """Hash of a title and an abstract, the part of a document that can change an answer."""
    return sha256(f"{title or ''}\0{abstract}".encode("utf-8", "surrogatepass")).hexdigest()[:32]


class SkipKind(StrEnum):
    """Why an entry of an input gave no document."""

    UNREADABLE = "unreadable"
    NO_ABSTRACT = "no_abstract"
    DUPLICATE = "duplicate"


class Skipped(Stored):
    """An entry of an input that gave no document.

    Attributes:
        source: Name of the file or stream.
        line: Line on which the entry starts, counted from 1.
        kind: Why it gave no document.
        reason: What is wrong with it and what to do, in one line.
    """

    source: str
    line: int
    kind: SkipKind
    reason: str


class Role(StrEnum):
    """Rhetorical role of a sentence, as in CSAbstruct (Cohan et al. 2019, arXiv 1909.04054)."""

    BACKGROUND = "background"
    OBJECTIVE = "objective"
    METHOD = "method"
    RESULT = "result"
    OTHER = "other"


class QuantityKind(StrEnum):
    """What a quantity measures, as far as its unit and its neighbours tell."""

    PERCENT = "percent"
    POINTS = "points"
    FACTOR = "factor"
    TIME = "time"
    COMPUTE_TIME = "compute_time"
    HARDWARE = "hardware"
    PARAMETERS = "parameters"
    MEMORY = "memory"
    BATCH_SIZE = "batch_size"
    EMISSIONS = "emissions"
    MONEY = "money"
    COUNT = "count"
    MEASURE = "measure"
    INTERVAL = "interval"
    P_VALUE = "p_value"
    YEAR = "year"
    NUMBER = "number"


class Quantity(Stored):
    """A quantity in an abstract.

    Attributes:
        text: Verbatim, number with unit: ``64 V100 GPUs``, ``46.3%``.
        span: Where it stands in the abstract.
        kind: What it measures.
        value: The number, with multipliers applied (``5M`` is 5e6); None for a range.
        unit: Unit or counted noun as it stands, or None.
    """

    text: str
    span: Span
    kind: QuantityKind
    value: float | None = None
    unit: str | None = None


class NormalisedQuantity(Stored):
    """A quantity in a unit in which abstracts can be compared.

    Attributes:
        text: Verbatim: ``15,000 A100 GPU days``.
        span: Where it stands in the abstract.
        value: The number in ``unit``.
        unit: ``GPU-hours``, ``TPU-hours``, ``CPU-hours``, ``core-hours``, ``parameters``, ``×``, or
            a currency sign.
        arithmetic: How it was come by: ``15,000 × 24 = 360,000 GPU-hours``.
    """

    text: str
    span: Span
    value: float
    unit: str
    arithmetic: str


class Grounding(StrEnum):
    """How a verbatim value was found in its source."""

    EXACT = "exact"
    NORMALISED = "normalised"
    MISSING = "missing"


class GroundedValue(Stored):
    """A verbatim value of the draft and where it stands.

    Attributes:
        path: Which field: ``results[0].value``.
        value: As the draft has it.
        grounding: How it was found.
        span: Where it was found, None when missing.
        source: ``abstract`` or ``title``: the text that ``span`` points into.
        cited: The sentence numbers that the draft gave, where grounding corrected them.
    """

    path: str
    value: str
    grounding: Grounding
    span: Span | None = None
    source: str = "abstract"
    cited: tuple[int, ...] | None = None


class Unsupported(Stored):
    """Numbers and names in a statement that its evidence doesn't contain.

    Attributes:
        path: Which statement: ``results[0].claim``.
        tokens: The numbers and names.
    """

    path: str
    tokens: tuple[str, ...]


class Usage(Stored):
    """Tokens of one or more calls, in the names of OpenTelemetry GenAI. None is "not told"."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None

    @property
    def total(self) -> int | None:
        """Tokens in and out, None unless both are known."""
        if self.input_tokens is None or self.output_tokens is None:
            return None
        return self.input_tokens + self.output_tokens

    def __add__(self, other: Usage) -> Usage:
        """Sum of both; a count that either side doesn't know stays what the other one knows."""
        return Usage(
            input_tokens=_sum(self.input_tokens, other.input_tokens),
            output_tokens=_sum(self.output_tokens, other.output_tokens),
            cached_tokens=_sum(self.cached_tokens, other.cached_tokens),
        )


def _sum(left: int | None, right: int | None) -> int | None:
    return right if left is None else left if right is None else left + right


class Completion(Stored):
    """The raw answer of the endpoint to one request, as received.

    Attributes:
        text: The JSON text: content, or the arguments of the tool call, or the part of the message
            that is JSON; never mended. None when there is none.
        message: The message as received, in JSON, where ``text`` is only a part of it.
        mode: How the endpoint was held to the schema, None where that wasn't noted.
        unsent: Sampling settings that the endpoint refuses, so that they weren't sent.
        input_was_cut: Whether the endpoint read only part of the request, by its own count.
        finish_reason: ``stop``, ``length``, ``content_filter``, ``tool_calls``, … or None.
        refusal: The model's own words when it declined.
        model: Model id as the server names it.
        usage: Tokens, as far as the server tells.
        cost: US dollars, None where the price isn't known.
        latency: Seconds from sending to the whole answer, last attempt only.
        attempts: How often the request was sent, transport retries included.
    """

    text: str | None
    message: str | None = None
    mode: str | None = None
    unsent: tuple[str, ...] = ()
    input_was_cut: bool = False
    finish_reason: str | None = None
    refusal: str | None = None
    model: str | None = None
    usage: Usage = Usage()
    cost: Decimal | None = None
    latency: float = 0.0
    attempts: int = 1


class Spent(Stored):
    """What some calls took.

    Attributes:
        calls: Answers that the endpoint gave.
        usage: Their tokens, as far as the server tells.
        cost: US dollars, of the calls whose price is known.
        unpriced: Calls whose price isn't known, so that ``cost`` doesn't hold them.
    """

    calls: int = 0
    usage: Usage = Usage()
    cost: Decimal = Decimal(0)
    unpriced: int = 0

    @classmethod
    def of(cls, completion: Completion) -> Spent:
        """What one answer took."""
        return cls(
            calls=1,
            usage=completion.usage,
            cost=completion.cost or Decimal(0),
            unpriced=int(completion.cost is None),
        )

    def __add__(self, other: Spent) -> Spent:
        """Both together."""
        return Spent(
            calls=self.calls + other.calls,
            usage=self.usage + other.usage,
            cost=self.cost + other.cost,
            unpriced=self.unpriced + other.unpriced,
        )

    @property
    def known_cost(self) -> Decimal | None:
        """US dollars of all calls, None where the price of one isn't known."""
        return None if self.unpriced else self.cost


class Answer(Stored):
    """One line of ``answers.jsonl``: a completion and what it answers.

    Attributes:
        key: Fingerprint of the request: everything that can change the answer.
        doc_id: The document it was asked for.
        content_hash: Of the document.
        task: Which of several questions about the document it answers, None where there is one.
        completion: As received.
    """

    key: str
    doc_id: str
    content_hash: str
    task: str | None = None
    completion: Completion


class Identity(Stored):
    """What makes answers: all that two runs must share for their records to be the same.

    Attributes:
        extractor: ``llm``, ``assisted`` or ``embedded``.
        fingerprint: Hash of all that can change an answer, the document apart.
        model: Model as requested, None for the embedded extractor.
        endpoint_host: Host of the base URL.
        prompt_version: Folder of ``prompts/`` that was used.
        prompt_fingerprint: Hash of its templates.
        schema_name: Name of the schema.
        schema_fingerprint: Hash of the wire schema.
        sampling: Sampling settings that were sent.
        version: Version of summarise.
    """

    extractor: str
    fingerprint: str
    model: str | None = None
    endpoint_host: str | None = None
    prompt_version: str | None = None
    prompt_fingerprint: str | None = None
    schema_name: str
    schema_fingerprint: str
    sampling: Mapping[str, float | int | str] = {}
    version: str

    @property
    def is_paid(self) -> bool:
        """Whether its answers may have cost something, so can't be made anew for nothing."""
        return self.extractor != EMBEDDED


EMBEDDED = "embedded"
"""Name of the extractor that needs no model."""

ASSISTED = "assisted"
"""Name of the extractor in which a small model chooses among what code has found."""


class Provenance(Identity):
    """Where a record or a failure comes from, and what it took.

    Attributes:
        served_model: Model as the server names it.
        mode: How the endpoint was held to the schema, in the last answer.
        unsent: Sampling settings that the endpoint refuses, so that they weren't sent.
        input_was_cut: Whether the endpoint read only part of a request, by its own count.
        usage: Tokens of all calls for this document.
        cost: US dollars for them, None where the price isn't known.
        calls: Completions received for this document.
        attempts: Requests sent, transport retries included.
        reasks: Corrected requests after an answer that failed validation.
        latency: Seconds waited for answers.
        parts: ``model`` or ``code`` for each part of the record that a small model may choose;
            empty where one or the other made all of it.
        cache_hit: Whether an answer came from the cache, or from a run that was cut off.
        saved: What those answers took when they were bought.
        created: Time, ISO 8601 in UTC.
    """

    served_model: str | None = None
    mode: str | None = None
    unsent: tuple[str, ...] = ()
    input_was_cut: bool = False
    usage: Usage = Usage()
    cost: Decimal | None = None
    calls: int = 0
    attempts: int = 0
    reasks: int = 0
    latency: float = 0.0
    parts: Mapping[str, str] = {}
    cache_hit: bool = False
    saved: Spent = Spent()
    created: str


class Record(Stored):
    """The grounded, stored result for one document.

    The fields of the draft (``problem``, ``method``, …) stand beside those below, at the top
    level, so that a line of ``records.jsonl`` reads like the answer that it is; ``draft`` gives
    them as a mapping. Sentence numbers in them count from 1 and point into ``sentence_spans``.

    Attributes:
        doc_id: Of the document.
        content_hash: Of the document at the time.
        title: Of the document.
        authors: Of the document.
        author_count: Of the document.
        published: Of the document.
        url: Of the document.
        links: URLs in the abstract, verbatim.
        sentence_spans: The numbered sentences: sentence n is item n - 1.
        verbatims: Each verbatim value with its grounding.
        unsupported: Statements that say more than their evidence.
        quantities: Quantities of the abstract in a unit for comparison, where that is safe.
        unclaimed: Quantities of the abstract that no field holds.
        corrections: What was put right or dropped on the way, in words.
        instructions: Numbers of the sentences that tell a model or a reviewer what to do, or hold
            text that is hidden from readers; 0 is the title. They are no evidence.
        provenance: Where it comes from.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    doc_id: str
    content_hash: str
    title: str | None
    authors: tuple[str, ...] = ()
    author_count: int | None = None
    published: str | None = None
    url: str | None = None
    links: tuple[str, ...] = ()
    sentence_spans: tuple[Span, ...] = ()
    verbatims: tuple[GroundedValue, ...] = ()
    unsupported: tuple[Unsupported, ...] = ()
    quantities: tuple[NormalisedQuantity, ...] = ()
    unclaimed: tuple[Quantity, ...] = ()
    corrections: tuple[str, ...] = ()
    instructions: tuple[int, ...] = ()
    provenance: Provenance

    @property
    def draft(self) -> dict[str, Any]:
        """The fields of the schema (``problem``, ``method``, …) as JSON values."""
        return self.model_extra or {}

    @property
    def missing(self) -> tuple[GroundedValue, ...]:
        """The verbatim values that stand nowhere in the abstract or the title."""
        return tuple(v for v in self.verbatims if v.grounding is Grounding.MISSING)

    @property
    def is_grounded(self) -> bool:
        """Whether every verbatim value was found and no statement says more than its evidence."""
        return not self.missing and not self.unsupported

    @property
    def is_flagged(self) -> bool:
        """Whether something in it deserves a second look."""
        return not self.is_grounded or bool(self.instructions)


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
    INTERNAL = "internal"


class Failure(Stored):
    """A document without a record, and why.

    Attributes:
        doc_id: Of the document.
        content_hash: Of the document at the time.
        title: Of the document.
        kind: Why.
        message: What happened and what to do, in one line.
        raw_text: What the endpoint answered, if it did.
        answered_until: Size of ``answers.jsonl`` in bytes when this was written; the answers before
            it are used up, so that trying again asks anew.
        provenance: What was asked and paid.
    """

    doc_id: str
    content_hash: str
    title: str | None
    kind: FailureKind
    message: str
    raw_text: str | None = None
    answered_until: int = 0
    provenance: Provenance


Outcome = Record | Failure
"""What becomes of a document that was attempted."""

Row = tuple[Document, Outcome | None]
"""A document with what has become of it: None when it was not attempted yet."""

RESERVED_FIELDS = frozenset(Record.model_fields) | {
    *("draft", "missing", "is_grounded", "is_flagged", "line")
}
"""Names that a schema of the user's own can't use for its top-level fields."""
