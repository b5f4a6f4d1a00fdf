"""What comes out: records and failures, with where they come from."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any

from pydantic import ConfigDict, PrivateAttr

from summarise.models.completion import Spent, Usage
from summarise.models.document import (
    Document,
    NormalisedQuantity,
    Quantity,
    Reference,
    Span,
    Stored,
)
from summarise.models.people import LaidJudgement, by_shown_path, settles, top_field


class Grounding(StrEnum):
    """How a verbatim value was found in its source."""

    EXACT = "exact"
    NORMALISED = "normalised"
    MISSING = "missing"


_MISSING = Grounding.MISSING


class GroundedValue(Stored):
    """A verbatim value of the draft and where it stands.

    Attributes:
        path: Which field: ``results[0].value``.
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
    """Numbers and names in a statement, such as ``results[0].claim``, that its evidence lacks."""

    path: str
    tokens: tuple[str, ...]


class DoubtKind(StrEnum):
    """Why words that stand in the abstract may say what it doesn't."""

    MOVED = "moved"
    """A part of a row stands in another sentence than its value."""
    ORDER = "order"
    """Value and baseline stand the other way round in "from B to A", "A vs. B" and the like."""
    POLARITY = "polarity"
    """A statement denies, or turns round, what its sentences say."""
    SWAPPED = "swapped"
    """A number stands at another's noun: one of a statement, or that of a row, a part of which
    (group, dataset, metric, comparator, interval) its sentence gives to another number."""
    CUT = "cut"
    """What goes on with it changes it: "less than", a unit, a sign, the rest of a name."""
    ELSEWHOSE = "elsewhose"
    """Its sentence gives the value to somebody else: a rival, a control group, earlier work."""
    NO_OUTCOME = "no_outcome"
    """The value is a bound, p-value, year, age, threshold or sample size."""
    FOREIGN = "foreign"
    """Few of a statement's words stand in the abstract: it may be another paper's."""
    UNSURE = "unsure"
    """Entries that read like it are often wrong: the embedded extractor isn't sure of its own."""


class Doubt(Stored):
    """A field of a draft whose words were found, and whose sense may not be the abstract's.

    Attributes:
        path: Which field: ``results[0].value``.
        words: What speaks against it, for a reader: a clause with the abstract's own words.
    """

    path: str
    kind: DoubtKind
    words: str


class Identity(Stored):
    """What makes answers: all that two runs must share for their records to be the same.

    Attributes:
        extractor: ``llm`` or ``embedded``; ``assisted`` in records of earlier versions.
        fingerprint: Hash of all that can change an answer, the document apart.
        model: As requested, None for the embedded extractor.
        prompt_fingerprint: Hash of the templates.
        schema_fingerprint: Hash of the wire schema.
        sampling: Settings that were sent.
        version: Of summarise.
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

    def told(self) -> dict[str, str | None]:
        """Who made the records of a run, for machines."""
        return {
            "model": self.model,
            "endpoint": self.endpoint_host,
            "extractor": self.extractor,
            "prompt": self.prompt_version,
            "schema": self.schema_name,
            "version": self.version,
        }


EMBEDDED = "embedded"
"""Name of the extractor that needs no model."""

ASSISTED = "assisted"
"""Name of the extractor of earlier versions in which a small model chose among what code found."""


class Provenance(Identity):
    """Where a record or a failure comes from, and what it took.

    Attributes:
        served_model: As the server names it.
        mode: Of the last ``Completion``, as is ``unsent``.
        input_was_cut: Whether the endpoint read only part of a request, by its own count.
        usage: Tokens of all calls for this document.
        cost: US dollars for them, None where the price isn't known.
        calls: Completions received.
        attempts: Requests sent, transport retries included.
        reasks: Corrected requests after an answer that failed validation.
        latency: Seconds waited for answers.
        parts: ``model`` or ``code`` for each part of an ``assisted`` record that a model chose.
        missing_keys: What the answers lacked, by path: ``method.also``, ``results[2].baseline``.
            The record has null or an empty list there.
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
    missing_keys: tuple[str, ...] = ()
    cache_hit: bool = False
    saved: Spent = Spent()
    created: str

    @property
    def spent(self) -> Spent:
        """What its calls took; nothing that was saved."""
        unpriced = self.calls if self.cost is None else 0
        cost = self.cost or Decimal(0)
        return Spent(calls=self.calls, usage=self.usage, cost=cost, unpriced=unpriced)


class Derived:
    """Marks a field of a record that code makes of the document and the draft, always the same."""


class Record(Stored):
    """The grounded, stored result for one document.

    The fields of the draft (``problem``, ``method``, …) stand beside those below, at the top
    level, so that a line of ``records.jsonl`` reads like the answer that it is; ``draft`` gives
    them as a mapping. Sentence numbers in them count from 1 and point into ``sentence_spans``.

    Attributes:
        content_hash: Of the document at the time.
        links: URLs in the abstract, verbatim.
        sentence_spans: The numbered sentences: sentence n is item n - 1.
        doubts: Where its words were found and its sense may be another; none in records of versions
            before 0.2.0.
        quantities: Quantities of the abstract in a unit for comparison, where that is safe.
        unclaimed: Quantities of the abstract that no field holds.
        corrections: What was put right or dropped on the way, in words.
        instructions: Numbers of the sentences that tell a model or a reviewer what to do, or hold
            text that is hidden from readers; 0 is the title. They are no evidence.
        written_in: What the abstract seems to be written in, None where that is English or can't be
            told; the embedded extractor reads English alone.
    """

    model_config = ConfigDict(extra="allow")

    doc_id: Annotated[str, Derived]
    content_hash: Annotated[str, Derived]
    title: Annotated[str | None, Derived]
    authors: tuple[str, ...] = ()
    author_count: int | None = None
    published: str | None = None
    url: str | None = None
    reference: Reference = Reference()
    links: Annotated[tuple[str, ...], Derived] = ()
    sentence_spans: Annotated[tuple[Span, ...], Derived] = ()
    verbatims: tuple[GroundedValue, ...] = ()
    unsupported: Annotated[tuple[Unsupported, ...], Derived] = ()
    doubts: Annotated[tuple[Doubt, ...], Derived] = ()
    quantities: Annotated[tuple[NormalisedQuantity, ...], Derived] = ()
    unclaimed: Annotated[tuple[Quantity, ...], Derived] = ()
    corrections: tuple[str, ...] = ()
    instructions: Annotated[tuple[int, ...], Derived] = ()
    written_in: Annotated[str | None, Derived] = None
    provenance: Provenance

    def __hash__(self) -> int:
        """By its document: the mappings in it have none."""
        return hash((self.doc_id, self.content_hash))

    @property
    def judgements(self) -> tuple[LaidJudgement, ...]:
        """What people said of it, where that is laid over it: see ``JudgedRecord``."""
        return ()

    def exported(self) -> str:
        """The record as JSON on one line, with what people said of it where anybody did."""
        told = self.model_dump_json()
        if not self.judgements:
            return told
        said = ",".join(one.model_dump_json() for one in self.judgements)
        return f'{told[:-1]},"judgements":[{said}]}}'

    @property
    def draft(self) -> dict[str, Any]:
        """The fields of the schema (``problem``, ``method``, …) as JSON values."""
        return self.model_extra or {}

    @cached_property
    def missing(self) -> tuple[GroundedValue, ...]:
        """The verbatim values that stand nowhere in the abstract or the title, and in doubt so."""
        nowhere = [v for v in self.verbatims if v.grounding is _MISSING]
        return tuple([v for v in nowhere if not self.is_settled(v.path)])

    @cached_property
    def vouched(self) -> tuple[GroundedValue, ...]:
        """The verbatim values that stand nowhere, and that a person has put there or checked."""
        if not self.judgements:
            return ()
        nowhere = [v for v in self.verbatims if v.grounding is _MISSING]
        return tuple([v for v in nowhere if self.is_settled(v.path)])

    @cached_property
    def judged(self) -> Mapping[str, LaidJudgement]:
        """What people said of it, by the paths of what is shown."""
        return by_shown_path(self.judgements)

    def is_settled(self, path: str) -> bool:
        """Whether a person has checked or corrected what stands at a path, or the part it is in."""
        return bool(self.judgements) and settles(self.judged, path)

    @cached_property
    def verbatim_count(self) -> int:
        """How many verbatim values it holds, whether they were found or not."""
        return len(self.verbatims)

    @property
    def input_was_cut(self) -> bool:
        """Whether the endpoint read only part of what it was asked."""
        return self.provenance.input_was_cut

    @property
    def is_grounded(self) -> bool:
        """Whether every verbatim value was found and no statement says more than its evidence.

        What a person vouches for counts as if it had been found.
        """
        return not self.missing and not self.unsupported

    @property
    def is_flagged(self) -> bool:
        """Whether something in it deserves a second look."""
        return not self.is_grounded or bool(self.instructions) or self.input_was_cut

    @property
    def is_unread(self) -> bool:
        """Whether nothing was looked for in it, since it isn't in English."""
        return self.written_in is not None and self.provenance.extractor == EMBEDDED

    @property
    def doubtful(self) -> frozenset[str]:
        """The top-level fields of the draft that hold a doubt, but what is only unsure."""
        paths = [one.path for one in self.doubts if one.kind is not DoubtKind.UNSURE]
        return frozenset(map(top_field, paths))

    @property
    def unsure_entries(self) -> tuple[frozenset[str], frozenset[str]]:
        """The entries that it is unsure of, ``data[0].``; then those of which it is in part.

        The latter are doubted in what goes with their number alone: its metric, whose it is, where
        it holds, against what. No cell of facts has the first, and the latter are told in words.
        """
        unsure = [one.path.rpartition(".") for one in self.doubts if one.kind is DoubtKind.UNSURE]
        itself = frozenset(f"{owner}." for owner, _, name in unsure if name not in _WITH_NUMBERS)
        return itself, frozenset(f"{owner}." for owner, *_ in unsure) - itself


_WITH_NUMBERS = frozenset({"metric", "outcome", "group", "baseline", "comparator", "dataset"})


class JudgedRecord(Record):
    """A record with what people said of it laid over: see ``summarise.judging``.

    No line of ``records.jsonl`` is one: what people said stands elsewhere.
    """

    _judgements: tuple[LaidJudgement, ...] = PrivateAttr(default=())

    @property
    def judgements(self) -> tuple[LaidJudgement, ...]:
        """What people said of it, in the order in which they did."""
        return self._judgements


RESERVED_FIELDS = frozenset(Record.model_fields) | {
    *("draft", "missing", "is_grounded", "is_flagged", "is_unread", "doubtful"),
    *("judgements", "judged", "is_settled", "vouched", "exported"),
    *("verbatim_count", "input_was_cut"),
}
"""Names that a schema of the user's own can't use for its top-level fields."""

DERIVED_FIELDS = tuple(n for n, one in Record.model_fields.items() if Derived in one.metadata)
"""The fields of a record that come out the same when they are made again."""

REPEATED_FIELDS = tuple(
    n for n in Record.model_fields if n in Document.model_fields and n not in DERIVED_FIELDS
)
"""The fields that a record repeats of its document, though nothing in it rests on them."""
