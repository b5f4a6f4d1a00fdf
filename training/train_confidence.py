"""Train the model that ships as ``summarise/drafting/confidence.json``.

usage: python training/train_confidence.py JUDGED.jsonl... [--output confidence.json] [--folds 8]
       [--further] [--parts claim,value,name] [--penalty 10]

Needs numpy and scipy, which the package itself doesn't. A line has ``id``, ``title``, ``abstract``,
``part`` (an ``EntryPart`` of ``summarise.drafting.confidence``), ``entry`` as a draft has it,
``misleads`` (from 0 to 1: what is only clumsy lies between), ``weight`` where it doesn't count
whole, and ``shares`` where those of ``summarise.reading.clarity`` are by weights that hadn't seen
the abstract: by part and number of a sentence.

A logistic regression for each part over the signs of ``summarise.drafting.confidence``, with an L2
penalty. L-BFGS; no randomness is involved, but for the folds of a cross-validation, which keep the
entries of an abstract together. With ``--further`` the weights begin as they ship and are drawn
back to what they were rather than to nothing: what verdicts that are at hand no more have taught is
kept where new ones say nothing else.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from summarise.drafting import confidence, name_of
from summarise.drafting.confidence import (
    AMOUNTS,
    EntryPart,
    Signs,
    Weights,
    signs_of,
    signs_of_name,
    source_of,
)
from summarise.models import Document
from summarise.reading import PaperPart, Reading, Shares, shares_in

Floats = NDArray[np.float64]
PENALTY = 10.0
FEWEST = 4
"""Entries that must have a sign; a rarer one has no weight."""
LEAST = 0.03
"""Weights nearer to nothing are dropped."""


@dataclass(frozen=True)
class Judged:
    """An entry: the abstract it is from, what it stands for, its signs, and the verdict."""

    abstract: str
    part: EntryPart
    signs: Signs
    amounts: dict[str, float]
    misleads: float
    weight: float

    @property
    def columns(self) -> Iterator[tuple[tuple[str, str], float]]:
        """Each sign with its sort, and how much of it there is."""
        for sort, found in self.signs.items():
            for sign in found:
                yield (sort, sign), 1.0
        for name, amount in self.amounts.items():
            yield (AMOUNTS, name), amount


def read(paths: Iterable[Path]) -> Iterator[Judged]:
    """The judged entries of some files."""
    readings: dict[str, Reading] = {}
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if (key := row["id"]) not in readings:
                document = Document(doc_id=key, title=row["title"], abstract=row["abstract"])
                readings[key] = Reading(document)
            part, entry, sentences = EntryPart(row["part"]), row["entry"], readings[key].sentences
            if part is EntryPart.NAME:
                signs, amounts = signs_of_name(entry["name"], readings[key].title, sentences)
            elif of := source_of(entry, sentences):
                shares = _shares_of(row.get("shares"), readings[key])
                signs, amounts = signs_of(part, entry, of, sentences, shares)
            else:
                continue
            yield Judged(key, part, signs, amounts, row["misleads"], row.get("weight", 1.0))


def _shares_of(
    told: Mapping[str, Mapping[str, float]] | None, reading: Reading
) -> Mapping[PaperPart, Shares]:
    """Those of a line, else those by the weights that ship."""
    if told is None:
        return shares_in(reading, name_of(reading))
    return {
        PaperPart(part): {int(number): share for number, share in own.items()}
        for part, own in told.items()
    }


def train(
    judged: Sequence[Judged], before: Weights | None = None, penalty: float = PENALTY
) -> Weights:
    """The weights of the signs of one part, as ``confidence.risk`` takes them.

    ``before`` are those that are trained further; signs that no entry has keep theirs.
    """
    known = {(sort, sign): w for sort, own in (before or {}).items() for sign, w in own.items()}
    seen = Counter(key for one in judged for key, _ in one.columns)
    often = (key for key, count in seen.items() if count >= FEWEST or key in known)
    columns = {key: at for at, key in enumerate(sorted(often))}
    start = np.array([known.get((AMOUNTS, ""), 0.0), *(known.get(key, 0.0) for key in columns)])
    kept = [[(columns[k], n) for k, n in one.columns if k in columns] for one in judged]
    ends = np.cumsum([0, *map(len, kept)])
    rows = csr_matrix(
        ([n for row in kept for _, n in row], [at for row in kept for at, _ in row], ends),
        shape=(len(kept), len(columns)),
    )
    bad = np.array([one.misleads for one in judged])
    much = np.array([one.weight for one in judged])

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = rows @ weights[1:] + weights[0]
        value = much @ (np.logaddexp(0, scores) - bad * scores)
        pull = much * (1 / (1 + np.exp(-scores)) - bad)
        change = (weights - start)[1:]
        value = float(value) + float(change @ change) * penalty / 2
        return value, np.concatenate([[pull.sum()], rows.T @ pull + penalty * change])

    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 500})
    trained = known | {(AMOUNTS, ""): found.x[0]} | dict(zip(columns, found.x[1:], strict=True))
    weights: Weights = {}
    for sort, sign in sorted(trained):
        weight = round(float(trained[sort, sign]), 2)
        if abs(weight) >= LEAST or (sort, sign) == (AMOUNTS, ""):
            weights.setdefault(sort, {})[sign] = weight
    return weights


def cross_validate(
    judged: Sequence[Judged], folds: int, before: Mapping[str, Weights], penalty: float
) -> Iterator[str]:
    """For each part, what its surest doubts hit, and how well risks are ordered (AUC).

    ``before`` are the weights that are trained further, if any.
    """
    abstracts = sorted({one.abstract for one in judged})
    order = np.random.default_rng(7).permutation(len(abstracts))
    fold_of = {abstract: int(at) % folds for abstract, at in zip(abstracts, order, strict=True)}
    for part in sorted({one.part for one in judged}):
        own = [one for one in judged if one.part is part]
        told: list[tuple[float, bool]] = []
        for fold in range(folds):
            others = [one for one in own if fold_of[one.abstract] != fold]
            weights = train(others, before.get(part), penalty)
            told += [
                (confidence.risk(weights, one.signs, one.amounts), one.misleads == 1)
                for one in own
                if fold_of[one.abstract] == fold and one.weight == 1
            ]
        told.sort(reverse=True)
        bad = np.array([misleads for _, misleads in told])
        hits = (~bad).cumsum()[bad]
        auc = 1 - hits.sum() / (bad.sum() * (~bad).sum())
        yield f"{part}: {len(bad)} entries, {bad.sum()} mislead, AUC {auc:.3f}"
        for least in sorted({0.1, 0.2, 0.3, 0.4, 0.5, confidence.MOST_RISK[part]}):
            out = sum(risk >= least for risk, _ in told)
            rest = f"{bad[out:].mean():.3f} of the rest"
            yield f"  risk {least}: {out} left out, {bad[:out].sum()} of them mislead; {rest}"


def main() -> None:
    """Train, and write the weights; or tell what cross-validation says."""
    parser = argparse.ArgumentParser(description="Train the model of what would mislead.")
    parser.add_argument("judged", type=Path, nargs="+")
    parser.add_argument("--folds", type=int, default=0)
    parser.add_argument("--penalty", type=float, default=PENALTY)
    parser.add_argument("--further", action="store_true", help="begin with the weights that ship")
    parser.add_argument("--parts", default=",".join(EntryPart), help="those that are trained")
    parser.add_argument(
        "--output", type=Path, default=Path(confidence.__file__).with_name("confidence.json")
    )
    options = parser.parse_args()
    judged = list(read(options.judged))
    shipped: dict[str, Weights] = json.loads(
        Path(confidence.__file__).with_name("confidence.json").read_text("utf-8")
    )
    before = shipped if options.further else {}
    if options.folds:
        lines = cross_validate(judged, options.folds, before, options.penalty)
        sys.stdout.writelines(f"{line}\n" for line in lines)
        return
    asked = {EntryPart(name) for name in options.parts.split(",")}
    found = {
        part.value: train(
            [one for one in judged if one.part is part], before.get(part), options.penalty
        )
        if part in asked
        else shipped[part]
        for part in EntryPart
    }
    lines = (
        f"{json.dumps(part)}: {{\n"
        + ",\n".join(
            f"{json.dumps(sort)}: {json.dumps(own, ensure_ascii=False)}"
            for sort, own in weights.items()
        )
        + "\n}"
        for part, weights in found.items()
    )
    options.output.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
    sizes = ", ".join(f"{sum(map(len, w.values()))} of {part}" for part, w in found.items())
    sys.stdout.write(f"{len(judged)} entries; signs: {sizes}\n")


if __name__ == "__main__":
    main()
