"""Train the model that ships as ``summarise/drafting/measures.json``.

usage: python training/train_measures.py LABELLED.jsonl... [--output measures.json] [--folds 5]

Needs numpy and scipy, which the package itself doesn't. A line has ``title``, ``abstract``, the
``sentence_spans`` of the abstract, and ``results`` with ``sentences`` (counted from 1), ``value``
and ``metric`` in words of it, or null.

A softmax over the phrases of the sentence in which a value stands, and none of them, over the signs
of ``summarise.drafting.measures``. Any phrase that agrees with the labelled metric is right, the
more the more of its words it shares. L-BFGS with an L2 penalty; no randomness is involved, but for
the folds of a cross-validation, which ``--folds`` asks for.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from summarise.drafting import measures
from summarise.drafting.measures import Phrases, kind_of
from summarise.drafting.metrics import metric_of
from summarise.models import Document, Span
from summarise.reading import Reading

Floats = NDArray[np.float64]
PENALTY = 4.0
FEWEST = 6
"""Abstracts that must have a sign; a rarer one has no weight."""


@dataclass(frozen=True)
class Asked:
    """A value of an abstract: the phrases beside it, the last of them none, and which are right."""

    abstract: int
    phrases: list[tuple[str | None, int, tuple[str, ...]]]
    """Its text, on which side of the value it stands, and its signs."""
    right: Floats
    metric: str | None
    by_rule: str | None


def read(paths: Iterable[Path]) -> Iterator[Asked]:
    """The values of labelled abstracts that have digits and can be found."""
    lines = (line for path in paths for line in path.read_text(encoding="utf-8").splitlines())
    for abstract, line in enumerate(lines):
        entry = json.loads(line)
        row = {**entry, **entry.get("gold", {})}
        document = Document(doc_id="-", title=row["title"] or None, abstract=row["abstract"])
        reading = Reading(document)
        known: dict[int, Phrases] = {}
        since: dict[int, int] = {}
        for result in row["results"]:
            value = result["value"] or ""
            first = row["sentence_spans"][result["sentences"][0] - 1][0]
            at = reading.text.find(value, max(first, since.get(first, 0)))
            at = reading.text.find(value, first) if at < 0 else at
            if at < 0 or not any(map(str.isdigit, value)):
                continue
            since[first] = at + 1
            sentence = reading.sentence_at(at)
            number = Span(at, at + len(value))
            if sentence.number not in known:
                known[sentence.number] = Phrases(reading, sentence)
            phrases = known[sentence.number]
            yield _asked(abstract, reading, phrases, number, result["metric"], sentence)


def _asked(
    abstract: int,
    reading: Reading,
    phrases: Phrases,
    number: Span,
    metric: str | None,
    sentence: Any,
) -> Asked:
    told: list[tuple[str | None, int, tuple[str, ...]]] = []
    kind = kind_of(number.of(reading.text))
    for at, is_before, beside in phrases.beside(number):
        one, own = phrases.phrases[at]
        # What a phrase is speaks for it alone, and once more for numbers of its looks.
        signs = (*own, *(f"{kind} {sign}" for sign in own), *beside)
        told.append((one.span.of(reading.text), 0 if is_before else 1, signs))
    told.append((None, 0, phrases.none(number)))
    right = [_agreement(text, metric) ** 2 for text, _, _ in told]
    by_rule = metric_of(reading, sentence, number)
    return Asked(abstract, told, np.array(right), metric, by_rule)


def _agreement(one: str | None, other: str | None) -> float:
    """The share of words in common, of phrases of which one holds the other or half of it."""
    if not one or not other:
        return float(not one and not other)
    ours, theirs = one.lower().split(), other.lower().split()
    common = sum((Counter(ours) & Counter(theirs)).values())
    shared = 2 * common / (len(ours) + len(theirs))
    first, second = f" {' '.join(ours)} ", f" {' '.join(theirs)} "
    return shared if shared >= 0.5 or first in second or second in first else 0.0


def train(asked: Sequence[Asked]) -> dict[str, tuple[float, float]]:
    """The weights of each sign on either side, as ``measures.load_weights`` reads them."""
    asked = [one for one in asked if one.right.any()]
    seen: dict[tuple[str, int], set[int]] = defaultdict(set)
    for one in asked:
        for _, side, signs in one.phrases:
            for sign in signs:
                seen[sign, side].add(one.abstract)
    columns = {key: at for at, key in enumerate(k for k, of in seen.items() if len(of) >= FEWEST)}
    indices: list[int] = []
    ends = [0]
    for one in asked:
        for _, side, signs in one.phrases:
            indices += [columns[sign, side] for sign in signs if (sign, side) in columns]
            ends.append(len(indices))
    rows = csr_matrix((np.ones(len(indices)), indices, ends), shape=(len(ends) - 1, len(columns)))
    counts = [len(one.phrases) for one in asked]
    starts = np.cumsum([0, *counts[:-1]])
    group = np.repeat(np.arange(len(asked)), counts)
    right = np.concatenate([one.right for one in asked])

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = rows @ weights
        raised = np.exp(scores - np.maximum.reduceat(scores, starts)[group])
        total = np.add.reduceat(raised, starts)
        good = np.add.reduceat(raised * right, starts)
        value = float((np.log(total) - np.log(good)).sum()) + PENALTY / 2 * float(weights @ weights)
        pull = raised / total[group] - raised * right / good[group]
        return value, rows.T @ pull + PENALTY * weights

    found = minimize(
        loss, np.zeros(len(columns)), jac=True, method="L-BFGS-B", options={"maxiter": 400}
    )
    weights: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for (sign, side), at in columns.items():
        weights[sign][side] = round(float(found.x[at]), 2)
    return {sign: (both[0], both[1]) for sign, both in sorted(weights.items()) if any(both)}


def chosen(one: Asked, weights: dict[str, tuple[float, float]]) -> tuple[str | None, float]:
    """The likeliest phrase of a value, and how likely it or its kin is, as the extractor has it."""
    nothing = (0.0, 0.0)
    scores = np.array(
        [sum(weights.get(sign, nothing)[side] for sign in signs) for _, side, signs in one.phrases]
    )
    shares = np.exp(scores - scores.max())
    best = one.phrases[int(shares.argmax())][0]
    kin = [
        text is best or bool(text and best and (text in best or best in text))
        for text, _, _ in one.phrases
    ]
    return best, float(shares[kin].sum() / shares.sum())


def cross_validate(asked: Sequence[Asked], folds: int) -> Iterator[str]:
    """How often the metric is told and right, by rules alone and with the model behind them."""
    count = 1 + max(one.abstract for one in asked)
    part = np.random.default_rng(7).permutation(count) % folds
    told: list[tuple[Asked, str | None, float]] = []
    for fold in range(folds):
        weights = train([one for one in asked if part[one.abstract] != fold])
        told += [(one, *chosen(one, weights)) for one in asked if part[one.abstract] == fold]
    yield f"{len(told)} values; rules: {_tally([(one, one.by_rule) for one, _, _ in told])}"
    for sure in (0.4, 0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 1.0):
        answers = [(one, one.by_rule or (text if p > sure else None)) for one, text, p in told]
        alone = [(one, text if p > sure else None) for one, text, p in told if not one.by_rule]
        yield f"sure {sure}: with rules {_tally(answers)}; model alone {_tally(alone)}"


def _tally(answers: Sequence[tuple[Asked, str | None]]) -> str:
    given = [(one, text) for one, text in answers if text]
    right = sum(_agreement(text, one.metric) > 0 for one, text in given)
    silent = sum(not text and not one.metric for one, text in answers)
    share = right / max(1, len(given))
    return f"{len(given)} told, {share:.3f} right, {(right + silent) / len(answers):.3f} agree"


def main() -> None:
    """Train, and write the weights; or tell what cross-validation says."""
    parser = argparse.ArgumentParser(description="Train the model of what numbers measure.")
    parser.add_argument("labelled", type=Path, nargs="+")
    parser.add_argument("--folds", type=int, default=0)
    parser.add_argument(
        "--output", type=Path, default=Path(measures.__file__).with_name("measures.json")
    )
    options = parser.parse_args()
    asked = list(read(options.labelled))
    if options.folds:
        sys.stdout.writelines(f"{line}\n" for line in cross_validate(asked, options.folds))
        return
    weights = train(asked)
    lines = (f"{json.dumps(n, ensure_ascii=False)}: {json.dumps(w)}" for n, w in weights.items())
    options.output.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
    sys.stdout.write(f"{len(asked)} values, {len(weights)} signs\n")


if __name__ == "__main__":
    main()
