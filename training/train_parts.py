"""Train the model that ships as ``summarise/reading/clarity.json``.

usage: python training/train_parts.py LABELLED.jsonl... [--output clarity.json]

Needs numpy and scipy, which the package itself doesn't. A line has ``title``, ``abstract`` and,
below ``gold``, the numbers of the sentences of ``problem`` and ``method``, as
``fixtures/gold.jsonl`` has them; the one that tells most goes first. Sentences are those of
``summarise.scan``.

Three linear models over the signs of ``summarise.reading.clarity``: whether a sentence is a part of
the problem, or of the method (logistic regression), and which one tells most of the method (a
softmax over the sentences of an abstract). L-BFGS with an L2 penalty; no randomness is involved.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from summarise.drafting.proposal import names_of
from summarise.models import Document
from summarise.reading import Reading, clarity, statements

Floats = NDArray[np.float64]

PENALTY = 5.0
PENALTY_OF_CHOICE = 8.0
FEWEST = 4
"""Sentences that must have a sign; a rarer one has no weight."""

BIAS = {"problem": 0.3, "method": 0.5}
"""What a sentence is given beforehand, so that as many are missed as are taken too many."""


@dataclass(frozen=True)
class Labelled:
    """The sentences of an abstract: their signs, and which of them are told of a part."""

    signs: list[dict[str, float]]
    parts: dict[str, list[int]]


def read(path: Path) -> Iterator[Labelled]:
    """Read labelled abstracts, the places of sentences counted from 0."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        document = Document(doc_id="-", title=row["title"] or None, abstract=row["abstract"])
        reading = Reading(document)
        name = names_of(reading).name
        turn = statements.turn_of(reading, name)
        signs = clarity.signs_of(reading.sentences, turn, reading.title, name)
        at = {sentence.number: place for place, sentence in enumerate(reading.sentences)}
        parts = {
            part: [at[number] for number in row["gold"][part]["sentences"] if number in at]
            for part in ("problem", "method")
        }
        yield Labelled(signs, parts)


def matrix(labelled: Sequence[Labelled], names: Sequence[str]) -> Floats:
    """All sentences as rows."""
    rows = [[signs.get(name, 0.0) for name in names] for one in labelled for signs in one.signs]
    return np.array(rows, dtype=float)


def minimum(loss: Callable[[Floats], tuple[float, Floats]], size: int) -> Floats:
    """Where a loss is least."""
    found = minimize(loss, np.zeros(size), jac=True, method="L-BFGS-B", options={"maxiter": 500})
    return np.asarray(found.x)


def told(rows: Floats, labels: Floats) -> Floats:
    """Weights of a logistic regression, the last one that of none."""
    side = np.where(labels > 0, 1.0, -1.0)

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights = flat[:-1]
        margin = side * (rows @ weights + flat[-1])
        pull = -side / (1 + np.exp(margin))
        value = np.logaddexp(0, -margin).sum() + PENALTY / 2 * float(weights @ weights)
        return float(value), np.append(rows.T @ pull + PENALTY * weights, pull.sum())

    return minimum(loss, rows.shape[1] + 1)


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
        value += PENALTY_OF_CHOICE / 2 * float(weights @ weights) - float(right @ weights)
        return value, rows.T @ shares - right + PENALTY_OF_CHOICE * weights

    return minimum(loss, rows.shape[1])


def train(labelled: Sequence[Labelled]) -> dict[str, list[float]]:
    """The weights of each sign for each part, as ``clarity.load_weights`` reads them."""
    counts = Counter(name for one in labelled for signs in one.signs for name in signs)
    names = sorted(name for name, count in counts.items() if count >= FEWEST)
    rows = matrix(labelled, names)
    columns = []
    for part, more in BIAS.items():
        places = [place in one.parts[part] for one in labelled for place in range(len(one.signs))]
        weights = told(rows, np.array(places, dtype=float))
        weights[-1] += more
        columns.append(weights)
    works = [one for one in labelled if one.parts["method"]]
    groups = [matrix([one], names) for one in works]
    targets = [one.parts["method"][0] for one in works]
    columns.append(np.append(chosen(groups, targets), 0.0))
    weights_of = zip([*names, ""], np.stack(columns, axis=1).round(2).tolist(), strict=True)
    return dict(weights_of)


def main() -> None:
    """Train, and write the weights."""
    parser = argparse.ArgumentParser(description="Train the model of problem and method.")
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
