"""What code finds in an abstract: the roles of its sentences, and its quantities."""

from __future__ import annotations

from enum import StrEnum

from summarise.models.document import Span, Stored


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
