"""Train the models that ship as ``summarise/numbers/rows.json``.

usage: python -m training.train_rows LABELLED.jsonl... [--output rows.json] [--folds 4]

Needs numpy and scipy, which the package itself doesn't. A line has ``title``, ``abstract`` and
``results``, each with the ``value`` of an outcome, the place in the abstract at which it starts
(``start``), and ``metric``, ``group``, ``comparator``, ``dataset`` and ``baseline`` in words of the
abstract or null. ``read_until`` tells how far an abstract was read, where not to its end, and
``is_invented`` that it is none: it is learnt from, but its words get no weights for its sake.

Three linear models over the signs of ``summarise.numbers.signs``: whether a number is an outcome
(logistic), which phrase of its sentence says what of it (a softmax over all of them and none, for
each field), and with which other number it is compared (a softmax over these and none). A phrase is
right for a field that agrees with the labelled one, the more the more of its words it shares.
L-BFGS with an L2 penalty; no randomness is involved, but for the folds of a cross-validation.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from summarise.drafting.outcomes import datasets_in
from summarise.models import Document
from summarise.numbers import RowField, rows
from summarise.numbers.outcomes import numbers_in
from summarise.numbers.signs import SentenceSigns
from summarise.numbers.values import ToldNumber
from summarise.reading import Reading, Sentence, said_of

Floats = NDArray[np.float64]
Column = tuple[Any, ...]

PENALTY = {"fields": 4.0, "outcome": 3.0, "pair": 3.0}
PAIR = "baseline"
"""The name of the choice of a number that a value is compared with."""
FEWEST = 8
"""Abstracts that must have a sign; a rarer one has no weight."""
LEAST = 3
"""Weights of fewer hundredths are dropped, where they are so for all that they speak for."""


class Candidate(NamedTuple):
    """One of those from which is chosen, and its signs."""

    text: str
    signs: list[Column]


@dataclass
class Choice:
    """A choice between some and none, by the abstract that it is of, and which are right."""

    abstract: int
    candidates: list[Candidate]
    none: list[Column]
    right: dict[str, Floats] = field(default_factory=dict)
    labels: dict[str, str | None] = field(default_factory=dict)


@dataclass
class Labelled:
    """All that is asked of some abstracts."""

    numbers: list[tuple[int, list[Column], bool]] = field(default_factory=list)
    """Of each number its abstract, its signs, and whether it is an outcome."""
    phrases: list[Choice] = field(default_factory=list)
    pairs: list[Choice] = field(default_factory=list)


def read(paths: Iterable[Path]) -> Labelled:
    """What is asked of labelled abstracts in English."""
    found = Labelled()
    lines = (line for path in paths for line in path.read_text(encoding="utf-8").splitlines())
    known: dict[str, int] = {}
    for line in lines:
        entry = json.loads(line)
        at = known.setdefault(entry["abstract"], len(known))
        # What is invented has no words of its own: those of abstracts alone get weights.
        at = -1 - at if entry.get("is_invented") else at
        document = Document(doc_id="-", title=entry["title"] or None, abstract=entry["abstract"])
        reading = Reading(document)
        if reading.language is None and reading.text == entry["abstract"]:
            _add(found, at, reading, entry)
    return found


def _add(found: Labelled, abstract: int, reading: Reading, entry: Mapping[str, Any]) -> None:
    results: Sequence[Mapping[str, Any]] = entry["results"]
    until = entry.get("read_until") or len(reading.text)
    for sentence in reading.sentences:
        if sentence.span.start >= until:
            break
        numbers, marks = numbers_in(reading.text, sentence)
        signs = SentenceSigns(
            reading.text, sentence, datasets_in(reading, sentence), said_of(sentence)
        )
        of_all = [*signs.of_sentence(len(numbers))]
        here = [(one, _labelled(one, reading.text, results)) for one in numbers]
        count = sum(of is not None for _, of in here)
        for index, (one, of) in enumerate(here):
            own = signs.of_number(one, marks, is_first=index == 0)
            found.numbers.append((abstract, [*of_all, *own], of is not None))
            if of is not None:
                found.phrases.append(_phrases(abstract, sentence, signs, one, of, count))
                found.pairs.append(_pairs(abstract, reading.text, signs, one, of, numbers))


def _labelled(
    one: ToldNumber, text: str, results: Sequence[Mapping[str, Any]]
) -> Mapping[str, Any] | None:
    """The result whose value a number is."""
    digits = [at for at in range(*one.span) if text[at].isdigit()]
    first = digits[0] if digits else one.span.start
    return next(
        (of for of in results if of["start"] <= first < of["start"] + len(of["value"])), None
    )


def _phrases(
    abstract: int,
    sentence: Sentence,
    signs: SentenceSigns,
    one: ToldNumber,
    of: Mapping[str, Any],
    count: int,
) -> Choice:
    candidates = []
    for index, is_before, beside in signs.beside(one.span):
        told = [*signs.of_phrases[index], *beside]
        # What speaks for a phrase speaks for it on either side, and more on one of them.
        both: list[Column] = [*told, *((*sign, is_before) for sign in told)]
        start, end = signs.layout.phrases[index].span
        candidates.append(
            Candidate(sentence.text[start - sentence.span.start : end - sentence.span.start], both)
        )
    choice = Choice(abstract, candidates, [*signs.of_none(one.span, count)])
    for name in RowField:
        label = of[name.value]
        told_here = label if label and label in sentence.text else None
        choice.labels[name] = told_here
        right = [agreement(candidate.text, told_here) ** 2 for candidate in candidates]
        choice.right[name] = np.array([*right, float(told_here is None)])
    return choice


def _pairs(
    abstract: int,
    text: str,
    signs: SentenceSigns,
    one: ToldNumber,
    of: Mapping[str, Any],
    numbers: Sequence[ToldNumber],
) -> Choice:
    others = rows.numbers_near(one, numbers)
    candidates = [Candidate(other.span.of(text), [*signs.of_pair(one, other)]) for other in others]
    label = of[PAIR]
    right = [float(bool(label) and _same_number(c.text, label)) for c in candidates]
    is_told = any(right)
    choice = Choice(abstract, candidates, [("none", "")])
    choice.right[PAIR] = np.array([*right, float(not is_told)])
    choice.labels[PAIR] = label if is_told else None
    return choice


def _same_number(one: str, other: str) -> bool:
    first, second = (_DIGITS.findall(text.replace(",", "")) for text in (one, other))
    if first and second:
        return first[0] == second[0]
    return not (first or second) and one.lower() == other.lower()


_DIGITS = re.compile(r"\d+(?:\.\d+)?")


def agreement(one: str | None, other: str | None) -> float:
    """The share of words in common, of phrases of which one holds the other or half of it."""
    if not one or not other:
        return float(not one and not other)
    ours, theirs = one.lower().split(), other.lower().split()
    common = sum((Counter(ours) & Counter(theirs)).values())
    shared = 2 * common / (len(ours) + len(theirs))
    first, second = f" {' '.join(ours)} ", f" {' '.join(theirs)} "
    is_part = first in second or second in first
    return max(shared, 0.3) if shared >= 0.5 or is_part else 0.0


def columns_of(told: Iterable[tuple[int, Iterable[Column]]]) -> dict[Column, int]:
    """The signs that are in enough abstracts, each with its column."""
    seen: dict[Column, set[int]] = defaultdict(set)
    for abstract, signs in told:
        for sign in signs if abstract >= 0 else ():
            seen[sign].add(abstract)
    return {key: at for at, key in enumerate(k for k, of in seen.items() if len(of) >= FEWEST)}


def matrix(told: Sequence[Sequence[Column]], columns: Mapping[Column, int]) -> csr_matrix:
    """What has signs, as rows."""
    places: list[int] = []
    ends = [0]
    for signs in told:
        places += [columns[sign] for sign in signs if sign in columns]
        ends.append(len(places))
    return csr_matrix((np.ones(len(places)), places, ends), shape=(len(told), len(columns)))


def fit_choices(choices: Sequence[Choice], name: str, penalty: float) -> dict[Column, float]:
    """How much each sign speaks for a candidate, and each of none for none."""
    asked = [one for one in choices if one.right[name].any()]
    told = [(o.abstract, [*c.signs]) for o in asked for c in o.candidates]
    told += [(o.abstract, o.none) for o in asked]
    columns = columns_of(told)
    rows_of = matrix(
        [s for o in asked for s in (*(c.signs for c in o.candidates), o.none)], columns
    )
    counts = [len(one.candidates) + 1 for one in asked]
    starts = np.cumsum([0, *counts[:-1]])
    group = np.repeat(np.arange(len(asked)), counts)
    right = np.concatenate([one.right[name] for one in asked])
    of_abstract = Counter(one.abstract for one in asked)
    share = np.array([of_abstract[one.abstract] ** -0.3 for one in asked])

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = rows_of @ weights
        raised = np.exp(scores - np.maximum.reduceat(scores, starts)[group])
        total = np.add.reduceat(raised, starts)
        good = np.add.reduceat(raised * right, starts) + 1e-12
        value = float((share * (np.log(total) - np.log(good))).sum())
        pull = (raised / total[group] - raised * right / good[group]) * share[group]
        return value + penalty / 2 * float(weights @ weights), rows_of.T @ pull + penalty * weights

    return dict(zip(columns, _minimum(loss, len(columns)), strict=True))


def fit_outcomes(
    numbers: Sequence[tuple[int, list[Column], bool]], penalty: float
) -> dict[Column, float]:
    """How much each sign speaks for that a number is an outcome."""
    columns = columns_of((abstract, signs) for abstract, signs, _ in numbers)
    rows_of = matrix([signs for _, signs, _ in numbers], columns)
    right = np.array([is_outcome for *_, is_outcome in numbers], dtype=float)

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = rows_of @ weights
        value = float(np.logaddexp(0, scores).sum() - right @ scores)
        pull = rows_of.T @ (1 / (1 + np.exp(-scores)) - right)
        return value + penalty / 2 * float(weights @ weights), pull + penalty * weights

    return dict(zip(columns, _minimum(loss, len(columns)), strict=True))


def _minimum(loss: Callable[[Floats], tuple[float, Floats]], size: int) -> list[float]:
    options = {"maxiter": 250}
    found = minimize(loss, np.zeros(size), jac=True, method="L-BFGS-B", options=options)
    return [float(one) for one in found.x]


def train(labelled: Labelled) -> rows.RowWeights:
    """All weights, as ``rows.load_weights`` reads them."""
    each = {n: fit_choices(labelled.phrases, n, PENALTY["fields"]) for n in RowField}
    none_sorts = {sort for one in labelled.phrases for sort, _ in one.none}
    none_signs = {sign for one in labelled.phrases for sign in one.none}
    fields: dict[str, dict[str, Any]] = defaultdict(dict)
    none: dict[str, dict[str, list[int]]] = {sort: {} for sort in none_sorts}
    for column in {column[:2] for found in each.values() for column in found}:
        sort, sign = column
        if column in none_signs:
            told = [_hundredths(each[n].get(column, 0.0)) for n in RowField]
            if any(abs(one) >= LEAST for one in told):
                none[sort][sign] = told
            continue
        sides = [
            [
                _hundredths(each[n].get(column, 0.0) + each[n].get((*column, is_before), 0.0))
                for n in RowField
            ]
            for is_before in (True, False)
        ]
        if any(abs(one) >= LEAST for side in sides for one in side):
            fields[sort][sign] = sides
    for sort in {sort for one in labelled.phrases for c in one.candidates for sort, *_ in c.signs}:
        fields.setdefault(sort, {})
    pair = fit_choices(labelled.pairs, PAIR, PENALTY["pair"])
    no_pair = pair.pop(("none", ""), 0.0)
    return rows.RowWeights(
        fields=_ordered(fields),
        none=_ordered(none),
        outcome=_nested(
            fit_outcomes(labelled.numbers, PENALTY["outcome"]),
            {sort for _, signs, _ in labelled.numbers for sort, _ in signs},
        ),
        pair=_nested(
            pair, {s for one in labelled.pairs for c in one.candidates for s, _ in c.signs}
        ),
        no_pair=_hundredths(no_pair),
    )


def _nested(weights: Mapping[Column, float], sorts: set[str]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {sort: {} for sort in sorts}
    for (sort, sign), weight in weights.items():
        if abs(told := _hundredths(weight)) >= LEAST:
            found.setdefault(sort, {})[sign] = told
    return _ordered(found)


def _hundredths(weight: float) -> int:
    return round(weight * rows.HUNDREDTHS)


def _ordered(weights: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    return {sort: dict(sorted(of.items())) for sort, of in sorted(weights.items())}


def main() -> None:
    """Train, and write the weights; or tell what cross-validation says."""
    parser = argparse.ArgumentParser(description="Train the models of rows.")
    parser.add_argument("labelled", type=Path, nargs="+")
    parser.add_argument("--folds", type=int, default=0)
    parser.add_argument("--output", type=Path, default=Path(rows.__file__).with_name("rows.json"))
    options = parser.parse_args()
    labelled = read(options.labelled)
    if options.folds:
        sys.stdout.writelines(f"{line}\n" for line in cross_validate(labelled, options.folds))
        return
    write(train(labelled), options.output)
    sys.stdout.write(f"{len(labelled.numbers)} numbers, {len(labelled.phrases)} outcomes\n")


def write(weights: rows.RowWeights, path: Path) -> None:
    """Write weights, a line for each sort of signs."""
    parts = []
    for name, of in weights._asdict().items():
        if isinstance(of, dict):
            told = (
                f"{json.dumps(sort)}: "
                + json.dumps(signs, ensure_ascii=False, separators=(",", ":"))
                for sort, signs in of.items()
            )
            parts.append(f"{json.dumps(name)}: {{\n" + ",\n".join(told) + "\n}")
        else:
            parts.append(f"{json.dumps(name)}: {of}")
    path.write_text("{\n" + ",\n".join(parts) + "\n}\n", "utf-8")


def cross_validate(labelled: Labelled, folds: int) -> Iterator[str]:
    """How right each model is on abstracts that it wasn't trained on."""
    count = 1 + max(abstract for abstract, *_ in labelled.numbers)
    part = np.random.default_rng(7).permutation(count) % folds
    chances: list[tuple[float, bool]] = []
    told: dict[str, list[tuple[float, bool, bool]]] = defaultdict(list)
    for fold in range(folds):
        ours = _part(labelled, lambda one, fold=fold: one < 0 or part[one] != fold)
        theirs = _part(labelled, lambda one, fold=fold: one >= 0 and part[one] == fold)
        weights = fit_outcomes(ours.numbers, PENALTY["outcome"])
        for _, signs, is_outcome in theirs.numbers:
            score = sum(weights.get(sign, 0.0) for sign in signs)
            chances.append((1 / (1 + np.exp(-score)), is_outcome))
        for name in (*RowField, PAIR):
            choices = "pairs" if name == PAIR else "phrases"
            penalty = PENALTY["pair" if name == PAIR else "fields"]
            found = fit_choices(getattr(ours, choices), name, penalty)
            told[name] += [_chosen(one, name, found) for one in getattr(theirs, choices)]
    outcomes = sum(is_outcome for _, is_outcome in chances)
    for least in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
        right = [is_outcome for chance, is_outcome in chances if chance >= least]
        yield (
            f"outcomes likelier than {least}: {len(right)}, precision {_mean(right):.3f},"
            f" recall {sum(right) / max(1, outcomes):.3f}"
        )
    for name, of in told.items():
        labelled_ones = sum(is_labelled for *_, is_labelled in of)
        for least in (0.0, 0.4, 0.5, 0.6, 0.7, 0.8):
            taken = [is_right for share, is_right, _ in of if share > least]
            yield (
                f"{name} likelier than {least}: {len(taken)} of {labelled_ones} labelled,"
                f" precision {_mean(taken):.3f}, recall {sum(taken) / max(1, labelled_ones):.3f}"
            )


def _mean(right: Sequence[bool]) -> float:
    return sum(right) / max(1, len(right))


def _part(labelled: Labelled, has: Callable[[int], bool]) -> Labelled:
    return Labelled(
        [one for one in labelled.numbers if has(one[0])],
        [one for one in labelled.phrases if has(one.abstract)],
        [one for one in labelled.pairs if has(one.abstract)],
    )


def _chosen(one: Choice, name: str, weights: Mapping[Column, float]) -> tuple[float, bool, bool]:
    """How likely the best candidate or its kin is, whether it is right, and one is labelled."""
    of = (*(c.signs for c in one.candidates), one.none)
    shares = rows.softmax([sum(weights.get(s, 0.0) for s in signs) for signs in of])
    best = max(range(len(shares)), key=shares.__getitem__)
    label = one.labels[name]
    if best == len(one.candidates):
        return 0.0, False, label is not None
    text = one.candidates[best].text
    kin = sum(
        share
        for c, share in zip(one.candidates, shares, strict=False)
        if c.text == text or (name != PAIR and (text in c.text or c.text in text))
    )
    return kin, bool(label) and one.right[name][best] > 0, label is not None


if __name__ == "__main__":
    main()
