"""What of a result in numbers is doubtful: whether it is an outcome, and what goes with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from summarise.numbers import EMPTY, ReportedRow

SURE_OUTCOME = 0.9
"""How likely a number must be an outcome of the paper's own work, or it is in doubt."""
SURE_TOLD = 0.75
"""How likely what is told of it must be: its metric, whose it is, against what, where it holds."""


class Reason(NamedTuple):
    """The key of what is in doubt of an entry, and why."""

    key: str
    words: str


def doubts_of_number(
    entry: Mapping[str, Any], row: ReportedRow | None, needs: str | None
) -> Iterator[Reason]:
    """What is doubtful of the number of a result, and of what goes with it.

    ``row`` is what its number was read as, ``needs`` the field without which its measure doesn't
    tell it.
    """
    if entry["value"] is None:
        return
    if row and row.share < SURE_OUTCOME:
        yield Reason("value", f"of numbers told like it, {1 - row.share:.0%} are no outcomes")
        return
    unlike = _unlike(row) if row else {}
    metric, of_metric = entry["metric"], unlike.pop("metric", None)
    if metric and _is_untied(entry):
        yield Reason("metric", "a ratio, a difference or the like: of what isn't told")
    elif metric and of_metric:
        yield of_metric
    elif metric and needs and not entry[needs]:
        words = f"without a {needs}, two numbers in five don't tell all that they are of"
        yield Reason("metric", words)
    yield from (reason for name, reason in unlike.items() if entry.get(name))


def _unlike(row: ReportedRow) -> dict[str, Reason]:
    """Why what goes with a number may be something else, where that is likely enough."""
    told = [*row.fields.items(), ("baseline", row.baseline)]
    return {
        name: Reason(name, f"of what stands like it, {1 - one.share:.0%} is something else")
        for name, one in told
        if one and one.share < SURE_TOLD
    }


def _is_untied(row: Mapping[str, Any]) -> bool:
    """Whether a row tells an effect, and neither whose nor against what, or nothing: "OR 1.8"."""
    is_effect = not any(map(row.get, _SIDES)) and _EFFECT.fullmatch(row["metric"])
    return bool(is_effect) or row["metric"].lower() in EMPTY


_SIDES = ("group", "comparator", "dataset")
_EFFECT = re.compile(
    r"(?:(?:un)?adjusted |crude |pooled |mean |overall |summary |(?:standardi[sz]|weight)ed )*"
    r"(?:a?[HOR]RR?|a?OR|IRR|SMD|WMD|MD|A?RD|AD|NNT|NNH|ES|r|R2|R²|β|beta|b|d|g|ρ|rho|slope"
    r"|elasticity|(?:Cohen|Hedges)['’]?s?['’]? [dg]"
    r"|(?:(?:odds|hazards?|risk|rate|prevalence) )?ratios?|relative risks?|(?:risk )?differences?"
    r"|effect sizes?|(?:correlation |regression )?coefficients?|correlations?|numbers? needed to"
    r" treat)",
    re.IGNORECASE,
)
