"""How an entry of a layout is written as a fact or a name: which of its fields stand where."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from summarise.render.cells import BLANK, CLOSE, COMMA, SEMICOLON
from summarise.render.format import Line, Strength, Stretch
from summarise.render.layout import Details, Layout, is_fact
from summarise.schema import COMPARED, MEASURED, Kind

DATASET = "dataset"
ON = Stretch(" on ", Strength.STOP)
_VERSUS = Stretch(" (vs. ", Strength.STOP)
# A bracket could open a link, so it is text.
_WITHIN, _WITHOUT = Stretch("["), Stretch("]")
_ASIDE = ("group", "uncertainty")
_PLACED = frozenset((*MEASURED, *COMPARED, "value", "kind", DATASET))
_UNSAID = frozenset((*MEASURED, "claim", "kind", "role"))


class _Around(NamedTuple):
    """Fields that stand together behind the value of a fact."""

    opening: Line
    names: tuple[str, ...]
    stop: Stretch
    closing: Line


class FactPlan(NamedTuple):
    """How entries of a layout are written."""

    is_fact: bool
    kind: str | None
    """Name of the choice that they are grouped by."""
    details: Details
    """The others that a group tells."""
    tells: tuple[str, ...]
    """Names of those."""
    sized: tuple[str, ...]
    """Names of what takes room wherever it is there."""
    around: tuple[_Around, ...]
    """What stands behind the value of a fact."""
    measures: tuple[str, ...]
    """Those that say what was measured."""
    statements: tuple[str, ...]
    """Names of its statements."""


@cache
def plan_of(layout: Layout) -> FactPlan:
    """The plan of a layout, made once."""
    choices = [field for field, _ in layout.details if field.kind is Kind.CHOICE]
    is_named = layout.head is not None and not layout.statements
    kind = choices[0] if is_named and len(choices) == 1 else None
    details = tuple(one for one in layout.details if one[0] is not kind)
    names = [field.name for field, _ in layout.details]
    others = [name for name in names if name not in _PLACED and name not in _ASIDE]
    known = {field.name for field in layout.fields}
    around = (
        _Around([_VERSUS], COMPARED, COMMA, [CLOSE]),
        _Around([ON], (DATASET,), COMMA, []),
        _Around([BLANK, _WITHIN], (*_ASIDE, *others), SEMICOLON, [_WITHOUT]),
    )
    return FactPlan(
        is_fact(layout),
        kind.name if kind else None,
        details,
        tuple(field.name for field, _ in details),
        tuple(name for name in layout.leaves if name not in _UNSAID),
        tuple(one._replace(names=tuple(filter(known.__contains__, one.names))) for one in around),
        tuple(name for name in MEASURED if name in known),
        tuple(field.name for field in layout.statements),
    )
