"""Train the model that ships as ``summarise/reading/clarity.json``.

usage: python training/train_parts.py LABELLED.jsonl... [--output clarity.json]

Needs numpy and scipy, which the package itself doesn't. A line has ``title``, ``abstract`` and,
below ``gold``, the numbers of the sentences of ``method``, as ``fixtures/gold.jsonl`` has them; the
one that tells most goes first. Sentences are those of ``summarise.scan``.

A linear model over the signs of ``summarise.reading.clarity``: which sentence of an abstract tells
most of the method (a softmax over all of them). L-BFGS with an L2 penalty; no randomness is
involved.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from summarise.drafting import name_of
from summarise.models import Document
from summarise.reading import Reading, clarity, statements

Floats = NDArray[np.float64]

PENALTY = 8.0
FEWEST = 4
"""Sentences that must have a sign; a rarer one has no weight."""


@dataclass(frozen=True)
class Labelled:
    """The sentences of an abstract: their signs, and the place of the one that tells most."""

    signs: list[dict[str, float]]
    clearest: int | None


def read(path: Path) -> Iterator[Labelled]:
    """Read labelled abstracts, the places of sentences counted from 0."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        document = Document(doc_id="-", title=row["title"] or None, abstract=row["abstract"])
        reading = Reading(document)
        name = name_of(reading)
        turn = statements.turn_of(reading, name)
        numbers = [sentence.number for sentence in reading.sentences]
        signs = clarity.signs_of(reading.sentences, turn, reading.title, name, numbers)
        told = [number for number in row["gold"]["method"]["sentences"] if number in signs]
        yield Labelled(list(signs.values()), numbers.index(told[0]) if told else None)


def matrix(labelled: Sequence[Labelled], names: Sequence[str]) -> Floats:
    """All sentences as rows."""
    rows = [[signs.get(name, 0.0) for name in names] for one in labelled for signs in one.signs]
    return np.array(rows, dtype=float)


def chosen(groups: Sequence[Floats], targets: Sequence[int]) -> Floats:
    """Weights of a softmax over the rows of each group, of which one is the right one."""
    rows = np.vstack(groups)
    starts = np.cumsum([0, *map(len, groups[:-1])])
    right = rows[starts + np.array(targets)].sum(0)

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = rows @ weights
        value, shares = 0.0, np.empty(len(rows))
        for start, group in zip(starts, groups, strict=True):
            part = scores[start : start + len(group)]
            raised = np.exp(part - part.max())
            shares[start : start + len(group)] = raised / raised.sum()
            value += float(np.log(raised.sum()) + part.max())
        value += PENALTY / 2 * float(weights @ weights) - float(right @ weights)
        return value, rows.T @ shares - right + PENALTY * weights

    start_at = np.zeros(rows.shape[1])
    found = minimize(loss, start_at, jac=True, method="L-BFGS-B", options={"maxiter": 500})
    return np.asarray(found.x)


def train(labelled: Sequence[Labelled]) -> dict[str, float]:
    """The weight of each sign, as ``clarity.load_weights`` reads them; what weighs nothing goes."""
    counts = Counter(name for one in labelled for signs in one.signs for name in signs)
    names = sorted(name for name, count in counts.items() if count >= FEWEST)
    works = [one for one in labelled if one.clearest is not None]
    groups = [matrix([one], names) for one in works]
    targets = [one.clearest for one in works if one.clearest is not None]
    weights = chosen(groups, targets).round(2).tolist()
    return {name: weight for name, weight in zip(names, weights, strict=True) if weight}


def main() -> None:
    """Train, and write the weights."""
    parser = argparse.ArgumentParser(description="Train the model that chooses of the method.")
    parser.add_argument("labelled", type=Path, nargs="+")
    parser.add_argument(
        "--output", type=Path, default=Path(clarity.__file__).with_name("clarity.json")
    )
    options = parser.parse_args()
    labelled = [one for path in options.labelled for one in read(path)]
    weights = train(labelled)
    lines = (f"{json.dumps(n, ensure_ascii=False)}: {json.dumps(w)}" for n, w in weights.items())
    options.output.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
    sys.stdout.write(f"{len(labelled)} abstracts, {len(weights)} signs\n")


if __name__ == "__main__":
    main()
