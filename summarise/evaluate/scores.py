"""How far two runs agree, and how far a run agrees with gold."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean

from summarise.errors import InputError
from summarise.evaluate.figures import Figures, Pair
from summarise.evaluate.gold import Gold
from summarise.evaluate.scoring import Scores, against_gold, against_run
from summarise.models import Document, Row
from summarise.store import Run


@dataclass(frozen=True, slots=True)
class Finished:
    """A run that has records.

    Attributes:
        name: What it is called.
        path: Its directory.
        ids: Of the documents that have a record.
    """

    name: str
    path: Path
    ids: Set[str]

    def rows(self) -> Iterator[Row]:
        """Its documents and what became of them."""
        return Run(self.path).rows()


def pairs_of(runs: Iterable[Finished]) -> Iterator[Pair]:
    """Each two runs, held against each other over the documents of which both have a record.

    A document that failed says nothing about agreement, and is counted elsewhere.
    """
    for left, right in itertools.combinations(runs, 2):
        ids = left.ids & right.ids
        yield Pair(
            left=left.name,
            right=right.name,
            documents=len(ids),
            agreement=_agreement(left, right, ids) if ids else None,
        )


def _agreement(left: Finished, right: Finished, ids: Set[str]) -> float | None:
    """The mean F1 of the fields; None where the records aren't of the built-in schema."""
    ours, theirs = ((row for row in run.rows() if row[0].doc_id in ids) for run in (left, right))
    try:
        return against_run(ours, theirs, run=left.name, other=right.name).macro_f1
    except InputError:
        return None


def with_agreement(
    figures: Figures, pairs: Iterable[Pair], models: Mapping[str, str | None]
) -> Figures:
    """The figures of one run with its agreement with all others.

    Args:
        figures: Of the run.
        pairs: Of all runs.
        models: The model of each run by its name; None: the embedded extractor.
    """
    embedded: list[float] = []
    others: list[float] = []
    for pair in pairs:
        if figures.name in {pair.left, pair.right} and pair.agreement is not None:
            other = pair.right if pair.left == figures.name else pair.left
            (embedded if models[other] is None else others).append(pair.agreement)
    update = {
        "agreement_embedded": mean(embedded) if embedded else None,
        "agreement_models": mean(others) if others else None,
    }
    return figures.model_copy(update=update)


def gold_comparison(rows: Iterable[Row], gold: Gold, name: str) -> Scores:
    """A run against the gold of its documents; gold of other documents counts for nothing.

    Raises:
        InputError: There is none, or the run isn't by the built-in schema.
    """
    return replace(against_gold(rows, gold, run=name, name="gold"), right_only=())


def gold_of(documents: Iterable[Document], gold: Gold, name: str) -> int:
    """How many of the documents there is gold of.

    Args:
        documents: Of the input.
        gold: The measure.
        name: What to call the input.

    Raises:
        InputError: There is none of any.
    """
    rows: Iterator[Row] = ((document, None) for document in documents)
    return len(against_gold(rows, gold, run=name, name="gold").compared)
