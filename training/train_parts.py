"""Train the model that ships as ``summarise/reading/clarity.json``.

usage: python training/train_parts.py LABELLED.jsonl... [--output clarity.json] [--folds 6]

Needs numpy and scipy, which the package itself doesn't. A line has ``title``, ``abstract`` and,
below ``best``, the numbers of the sentences that tell ``problem``, ``method`` and ``results`` best,
the best first, none where none does. Sentences are those of ``summarise.scan``.

For each part a linear model over the signs of ``summarise.reading.clarity`` and the words: which
sentence of an abstract tells it best, or that none does (a softmax over all of them). L-BFGS with
an L2 penalty; no randomness is involved, but for the folds of a cross-validation.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from summarise.drafting import name_of
from summarise.models import Document
from summarise.reading import PaperPart, Reading, clarity, statements

Floats = NDArray[np.float64]

PENALTY = 10.0
FEWEST = 20
"""Sentences that must have a sign or a word; a rarer one has no weight."""
LEAST = 0.02
"""Weights nearer to nothing are dropped, where they are so for all parts."""
FIRST = 0.65
"""How much the best of several sentences counts; the others share the rest."""


@dataclass(frozen=True)
class Labelled:
    """The sentences of an abstract: signs and words of each, and those that tell each part best."""

    numbers: Sequence[int]
    signs: Sequence[Mapping[str, float]]
    words: Sequence[frozenset[str]]
    best: Mapping[PaperPart, Sequence[int]]

    def target(self, part: PaperPart) -> tuple[list[float], float]:
        """How much of the choice each sentence should get, and how much that none does."""
        best = [number for number in self.best[part] if number in self.numbers]
        if not best:
            return [0.0] * len(self.numbers), 1.0
        others = (1 - FIRST) / (len(best) - 1) if len(best) > 1 else 0.0
        first = FIRST if others else 1.0
        shares = dict.fromkeys(best, others) | {best[0]: first}
        return [shares.get(number, 0.0) for number in self.numbers], 0.0


def read(path: Path) -> Iterator[Labelled]:
    """Read labelled abstracts in English."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        document = Document(doc_id="-", title=row["title"] or None, abstract=row["abstract"])
        reading = Reading(document)
        if reading.language is not None:
            continue
        name = name_of(reading)
        sentences = reading.sentences
        signs = clarity.signs_of(sentences, statements.turn_of(reading, name), reading.title, name)
        best = {part: row["best"].get(part) or [] for part in PaperPart}
        yield Labelled([s.number for s in sentences], signs, [s.words for s in sentences], best)


Column = tuple[bool, str]
"""Whether it is a word, and the sign or word."""


def columns_of(labelled: Sequence[Labelled]) -> dict[Column, int]:
    """The signs and words that are frequent enough, in order, each with its column."""
    counts = Counter((False, sign) for one in labelled for signs in one.signs for sign in signs)
    counts.update((True, word) for one in labelled for words in one.words for word in words)
    return {key: at for at, key in enumerate(sorted(k for k, n in counts.items() if n >= FEWEST))}


def matrix(labelled: Sequence[Labelled], columns: Mapping[Column, int]) -> csr_matrix:
    """All sentences as rows."""
    amounts: list[float] = []
    places: list[int] = []
    ends = [0]
    for one in labelled:
        for signs, words in zip(one.signs, one.words, strict=True):
            told = {(False, sign): n for sign, n in signs.items()} | {(True, w): 1.0 for w in words}
            for key in told.keys() & columns.keys():
                amounts.append(told[key])
                places.append(columns[key])
            ends.append(len(amounts))
    return csr_matrix((amounts, places, ends), shape=(len(ends) - 1, len(columns)))


def fit(labelled: Sequence[Labelled], part: PaperPart, rows: csr_matrix) -> Floats:
    """Weights of one part: first that no sentence tells it, then a column each."""
    starts = np.cumsum([0, *(len(one.numbers) for one in labelled)])
    of = np.repeat(np.arange(len(labelled)), np.diff(starts))
    told = [one.target(part) for one in labelled]
    asked = np.array([share for shares, _ in told for share in shares])
    none = np.array([share for _, share in told])

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores, least = rows @ weights[1:], weights[0]
        most = np.maximum(np.maximum.reduceat(scores, starts[:-1]), least)
        raised, rest = np.exp(scores - most[of]), np.exp(least - most)
        whole = np.add.reduceat(raised, starts[:-1]) + rest
        value = (np.log(whole) + most).sum() - asked @ scores - none.sum() * least
        value += PENALTY / 2 * (weights[1:] @ weights[1:])
        pull = rows.T @ (raised / whole[of] - asked) + PENALTY * weights[1:]
        return float(value), np.concatenate([[(rest / whole - none).sum()], pull])

    start = np.zeros(rows.shape[1] + 1)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 500})
    return np.asarray(found.x)


def train(labelled: Sequence[Labelled]) -> clarity.Weights:
    """The weights of all parts, as ``clarity.load_weights`` reads them."""
    columns = columns_of(labelled)
    rows = matrix(labelled, columns)
    found = np.array([fit(labelled, part, rows) for part in PaperPart]).round(2)
    weights: tuple[dict[str, list[float]], dict[str, list[float]]] = ({}, {})
    for (is_word, key), at in columns.items():
        own = found[:, at + 1].tolist()
        if max(map(abs, own)) >= LEAST:
            weights[is_word][key] = own
    return clarity.Weights(found[:, 0].tolist(), *weights)


def cross_validate(labelled: Sequence[Labelled], folds: int) -> Iterator[str]:
    """For each part, how often the sentence that leads is among the best, of those with any."""
    fold_of = np.random.default_rng(7).integers(0, folds, len(labelled))
    columns = columns_of(labelled)
    for part in PaperPart:
        hits: list[tuple[float, bool, bool]] = []
        for fold in range(folds):
            known = [one for one, at in zip(labelled, fold_of, strict=True) if at != fold]
            weights = fit(known, part, matrix(known, columns))
            for one in (one for one, at in zip(labelled, fold_of, strict=True) if at == fold):
                scores = np.append(matrix([one], columns) @ weights[1:], weights[0])
                shares = np.exp(scores - scores.max()) / np.exp(scores - scores.max()).sum()
                at = int(shares[:-1].argmax())
                best = one.best[part]
                hits.append((float(shares[at]), one.numbers[at] in best, bool(best)))
        has_any = [is_best for _, is_best, is_told in hits if is_told]
        yield f"{part}: {sum(has_any)} of {len(has_any)}"
        for least in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6):
            sure = [is_best for share, is_best, _ in hits if share >= least]
            yield f"  from {least}: {len(sure)} of {len(hits)}, {np.mean(sure):.3f} of them"


def main() -> None:
    """Train, and write the weights."""
    parser = argparse.ArgumentParser(description="Train the model of what tells a part best.")
    parser.add_argument("labelled", type=Path, nargs="+")
    parser.add_argument(
        "--output", type=Path, default=Path(clarity.__file__).with_name("clarity.json")
    )
    parser.add_argument("--folds", type=int, default=0)
    options = parser.parse_args()
    labelled = [one for path in options.labelled for one in read(path)]
    if options.folds:
        sys.stdout.writelines(f"{line}\n" for line in cross_validate(labelled, options.folds))
        return
    weights = train(labelled)
    tables = (
        f"{json.dumps(name)}: {{\n"
        + ",\n".join(f"{json.dumps(key, ensure_ascii=False)}: {own}" for key, own in table.items())
        + "\n}"
        for name, table in (("signs", weights.signs), ("words", weights.words))
    )
    told = ",\n".join((f'"none": {weights.none}', *tables))
    options.output.write_text(f"{{\n{told}\n}}\n", "utf-8")
    sizes = f"{len(weights.signs)} signs, {len(weights.words)} words"
    sys.stdout.write(f"{len(labelled)} abstracts, {sizes}\n")


if __name__ == "__main__":
    main()
