"""What a model came to: the figures of one column of the table, as they are stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from summarise.evaluate.signals import signals_of
from summarise.models import (
    Failure,
    Grounding,
    Provenance,
    Record,
    Row,
    Spent,
    Stored,
)


class Counts(Stored):
    """What the records and failures of a run say.

    Attributes:
        records: Documents with a record.
        failures: Documents that failed, by kind.
        pending: Documents that weren't attempted.
        values: Verbatim values.
        missing: Of these, those that stand nowhere in the abstract or the title.
        unsupported: Statements that say more than their evidence.
        unclaimed: Quantities that no field holds.
        reasks: Corrected requests after an answer with faults.
        spent: What the answers took when they were bought, in this run or an earlier one.
        cost: US dollars for them; None where the price of one isn't known.
        untold: Records and failures with answers whose tokens the server didn't tell.
        answer_seconds: Mean time to an answer; None where all answers came from the cache.
    """

    records: int
    failures: Mapping[str, int]
    pending: int
    values: int
    missing: int
    unsupported: int
    unclaimed: int
    reasks: int
    spent: Spent
    cost: Decimal | None
    untold: int
    answer_seconds: float | None

    @property
    def grounded(self) -> float | None:
        """Share of the values that were found; None where there is no value."""
        return (self.values - self.missing) / self.values if self.values else None


class Speed(Stored):
    """How quick a run was that made all its records in one go.

    Attributes:
        seconds: From its start to its table.
        records_per_second: Records by seconds.
        in_flight: Requests in flight, on average; None where nothing was asked.
    """

    seconds: float
    records_per_second: float
    in_flight: float | None


class Figures(Stored):
    """What one of the compared came to. None is unknown, or doesn't apply.

    Attributes:
        name: What it is called.
        model: Model id; None: the embedded extractor.
        endpoint: Host that was asked.
        folder: Its run directory.
        fingerprint: Of all that can change an answer; None where it didn't run.
        trouble: What stopped it, or kept it from running.
        counts: Of its run; None where it didn't run.
        speed: As it was measured when its records were made.
        agreement_embedded: Mean F1 with the embedded extractor, over the fields of ``evaluate``.
        agreement_models: Likewise with each of the other models, and the mean of these.
        macro_f1: Mean F1 against gold.
        f1: F1 against gold, by field.
    """

    name: str
    model: str | None
    endpoint: str | None
    folder: str
    fingerprint: str | None = None
    trouble: str | None = None
    counts: Counts | None = None
    speed: Speed | None = None
    agreement_embedded: float | None = None
    agreement_models: float | None = None
    macro_f1: float | None = None
    f1: Mapping[str, float] = {}


class Pair(Stored):
    """Two of the compared, held against each other.

    Attributes:
        left: Name of the one.
        right: Name of the other.
        documents: Documents of which both have a record.
        agreement: Mean F1 of the fields; None where that can't be said.
    """

    left: str
    right: str
    documents: int
    agreement: float | None


class ModelComparison(Stored):
    """Several models on the same documents.

    Attributes:
        input: What the documents come from.
        documents: How many there are.
        gold: Gold summaries of these documents; None where there was no gold.
        gold_elsewhere: Gold summaries of other documents, which count for nothing.
        models: The compared, the embedded extractor first.
        pairs: Each two of them.
        exit_code: The gravest of the runs': 0, 1, 2, 3 or 130.
    """

    input: str
    documents: int
    gold: int | None
    gold_elsewhere: int = 0
    models: tuple[Figures, ...]
    pairs: tuple[Pair, ...]
    exit_code: int

    def to_json(self) -> str:
        """All of it as JSON."""
        return self.model_dump_json(indent=2)


@dataclass(slots=True)
class Tally:
    """Goes through the rows of a run once, and counts.

    Attributes:
        ids: Of the documents that have a record.
        latency: Seconds waited for answers.
    """

    ids: set[str] = field(default_factory=set)
    latency: float = 0.0
    _spent: Spent = field(default_factory=Spent)
    _bought: int = 0
    _untold: int = 0
    _reasks: int = 0

    def counts(self, rows: Iterable[Row]) -> Counts:
        """The counts of a run."""
        signals = signals_of(self._passing(rows), run="")
        return Counts(
            records=signals.records,
            failures={str(kind): number for kind, number in signals.failures.most_common()},
            pending=signals.pending,
            values=signals.values.total(),
            missing=signals.values[Grounding.MISSING],
            unsupported=signals.unsupported,
            unclaimed=signals.unclaimed,
            reasks=self._reasks,
            spent=self._spent,
            cost=self._spent.known_cost,
            untold=self._untold,
            answer_seconds=round(self.latency / self._bought, 3) if self._bought else None,
        )

    def _passing(self, rows: Iterable[Row]) -> Iterator[Row]:
        for row in rows:
            outcome = row[1]
            if isinstance(outcome, Record):
                self.ids.add(outcome.doc_id)
            if isinstance(outcome, Record | Failure):
                self._add(outcome.provenance)
            yield row

    def _add(self, made: Provenance) -> None:
        cost = Decimal(0) if made.cost is None else made.cost
        unpriced = made.calls if made.cost is None else 0
        bought = Spent(calls=made.calls, usage=made.usage, cost=cost, unpriced=unpriced)
        both = bought + made.saved
        self._spent = self._spent + both
        self._bought += made.calls
        self._untold += any(one.calls and one.usage.total is None for one in (bought, made.saved))
        self._reasks += made.reasks
        self.latency += made.latency
