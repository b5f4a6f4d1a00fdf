"""A run that people have corrected, as gold: of each record what they have judged, and no more.

A measure counts for a record where all that it is made of was checked or corrected: each value of
each entry that isn't null, itself, with its entry or with the whole list. So does a list without
entries that was judged as a whole. Sentences count where they were judged, or the part or list that
they are in; links never do. What is said to be wrong, and what nobody has looked at, isn't truth.
A list is taken for whole: whoever judges its entries is to add what lacks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from summarise.errors import InputError
from summarise.evaluate.gold import Gold, scored_row
from summarise.models import Record
from summarise.store import Run


class _Needs(NamedTuple):
    """What must be judged of a part for a measure to count."""

    part: str
    names: tuple[str, ...]


_VALUES = ("value", "baseline")
NEEDS = {
    "problem.sentences": _Needs("problem", ("sentences",)),
    "method.sentences": _Needs("method", ("sentences",)),
    "method.name": _Needs("method", ("name",)),
    "data.name": _Needs("data", ("name",)),
    "data.role": _Needs("data", ("name", "role")),
    "compute.value": _Needs("compute", ("value",)),
    "results.numbers": _Needs("results", _VALUES),
    "results.sentences": _Needs("results", ("sentences",)),
    "row.value": _Needs("results", ("value",)),
    "row.whole": _Needs("results", ("value", "metric", "dataset")),
    "row.group": _Needs("results", ("value", "group")),
    "row.uncertainty": _Needs("results", ("value", "uncertainty")),
}
"""Of each measure that can count; links, which code finds, are no person's."""


def gold_of_run(run: Run) -> Gold:
    """What people have judged of a run, as gold.

    Raises:
        InputError: That is nothing that is scored, or the run isn't by the default schema.
    """
    summaries = []
    for document, outcome in run.rows():
        if isinstance(outcome, Record) and outcome.judgements:
            counting = frozenset(_counting(outcome))
            if counting:
                scored = scored_row((document, outcome))
                summaries.append(replace(scored, counting=counting))
    if not summaries:
        raise InputError(
            "holds nothing that people have judged and that is scored",
            where=str(run.path),
            hint="`summarise correct RUN PAPER results --checked` judges a list as a whole.",
        )
    return Gold(tuple(summaries), path=run.path)


def _counting(record: Record) -> Iterator[str]:
    for measure, needs in NEEDS.items():
        if _is_judged(record, needs, record.draft.get(needs.part)):
            yield measure


def _is_judged(record: Record, needs: _Needs, held: Any) -> bool:
    """Whether all that a measure needs of a part was checked or corrected."""
    if isinstance(held, dict):
        return all(record.is_settled(f"{needs.part}.{name}") for name in needs.names)
    if not held:
        return record.is_settled(needs.part)
    return all(
        record.is_settled(f"{needs.part}[{at}].{name}")
        for at, entry in enumerate(held)
        for name in needs.names
        if entry.get(name) is not None
    )
