"""Train the sentence-role model that ships as ``summarise/scan/roles.bin``.

usage: python training/train_roles.py TRAIN.jsonl PQAL.json [--dev DEV.jsonl] [--output roles.bin]

Needs numpy and scipy, which the package itself doesn't. The data is CSAbstruct (Cohan et al. 2019,
arXiv 1909.04054, Apache-2.0): JSON lines with ``sentences``, ``labels`` and ``confs``. It is
computer science above all. Medicine comes from the abstracts of PubMedQA (Jin et al. 2019, arXiv
1909.06146, MIT; ``ori_pqal.json``) whose sections are labelled: those with an even number are
trained on, the others tell how well it went. ``frames.txt`` adds invented sentences of other
fields, of which abstracts are put together.

The model is a linear-chain conditional random field. The crowd that labelled the data often
disagreed, so each label is trained as a distribution: its confidence on the label itself, the
rest spread evenly. Optimised by L-BFGS with an L2 penalty; then pruned, and rounded to one byte a
weight. The result depends only on the data: no randomness is involved.
"""

from __future__ import annotations

import argparse
import json
import sys
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize

from summarise.scan import Section, roles, section_label, sections_of, sentence_spans

PENALTY = 40.0
MIN_COUNT = 3
ITERATIONS = 80
KEPT = 26_000
"""Features that are kept: those with the largest spread of weights between roles."""

FRAMES = Path(__file__).with_name("frames.txt")
ABSTRACTS_A_FIELD = 24
CONFIDENCE = 0.7
"""That of invented labels: what the crowd has of its own, about."""
SECTION_CONFIDENCE = 0.8
"""That of a label which the section gives that a sentence stands in."""

Floats = NDArray[np.float64]
_ROLES = [str(role) for role in roles.ROLES]
_LETTERS = {
    "b": "background",
    "o": "objective",
    "m": "method",
    "r": "result",
    "c": "result",
    "x": "other",
}


@dataclass(frozen=True)
class Abstract:
    """One labelled abstract of the training data."""

    sentences: tuple[str, ...]
    labels: tuple[int, ...]
    confidences: tuple[float, ...]


def read_abstracts(path: Path) -> list[Abstract]:
    """Read labelled abstracts from JSON lines."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
    return [
        Abstract(tuple(r["sentences"]), tuple(map(_ROLES.index, r["labels"])), tuple(r["confs"]))
        for r in rows
    ]


def read_sections(path: Path) -> tuple[list[Abstract], list[Abstract]]:
    """The abstracts of PubMedQA whose sections are labelled, of even and of odd number.

    A sentence has the role of its section. Abstracts with sections of another kind are left out.
    """
    halves: tuple[list[Abstract], list[Abstract]] = ([], [])
    for number, row in json.loads(path.read_text(encoding="utf-8")).items():
        sections = [*zip(row["LABELS"], row["CONTEXTS"], strict=True)]
        sections.append(("CONCLUSION", row["LONG_ANSWER"]))
        labels = [section_label(f"{label}: ") for label, _ in sections]
        told = [_ROLE_OF.get(label.section) if label else None for label in labels]
        if None in told:
            continue
        texts: list[str] = []
        given: list[int] = []
        for role, (_, text) in zip(told, sections, strict=True):
            found = [span.of(text).strip() for span in sentence_spans(text)]
            texts += found
            given += [_ROLES.index(str(role))] * len(found)
        confidences = (SECTION_CONFIDENCE,) * len(texts)
        halves[int(number) % 2].append(Abstract(tuple(texts), tuple(given), confidences))
    return halves


_ROLE_OF = {
    Section.BACKGROUND: "background",
    Section.OBJECTIVE: "objective",
    Section.METHOD: "method",
    Section.RESULT: "result",
    Section.CONCLUSION: "result",
}


def read_frames(path: Path) -> dict[str, dict[str, list[str]]]:
    """Read the invented sentences of each field, by the letter of their role."""
    fields: dict[str, dict[str, list[str]]] = {}
    found: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            found = fields[line[1:-1]] = {}
        elif line and not line.startswith("#"):
            found.setdefault(line[0], []).append(line[2:])
    return fields


def invented(fields: dict[str, dict[str, list[str]]]) -> Iterator[Abstract]:
    """Put abstracts of many lengths together, each time of other sentences; nothing is random."""
    for sentences in fields.values():
        for turn in range(ABSTRACTS_A_FIELD):
            counts = {
                "b": turn % 3,
                "o": min(turn % 4, 1),
                "m": 2 + turn % 3,
                "r": 2 + turn // 2 % 3,
                "c": turn % 2,
                "x": int(turn % 5 == 4),
            }
            steps = {"m": 2, "r": 3}
            chosen: list[tuple[str, int]] = []
            for letter, count in counts.items():
                known, start = sentences.get(letter, []), turn * steps.get(letter, 1)
                role = _ROLES.index(_LETTERS[letter])
                places = range(start, start + min(count, len(known)))
                chosen += ((known[at % len(known)], role) for at in places)
            texts, labels = zip(*chosen, strict=True)
            yield Abstract(texts, labels, (CONFIDENCE,) * len(texts))


def features_of(abstract: Abstract) -> list[set[str]]:
    """Features of each sentence; ``<`` marks those of the previous sentence, ``>`` the next."""
    own = [roles.role_features(text) for text in abstract.sentences]
    words = [{f for f in found if _is_word(f)} for found in own]
    count = len(own)
    result = []
    for index, found in enumerate(own):
        before = {f"<{f}" for f in words[index - 1]} if index else {"#first"}
        after = {f">{f}" for f in words[index + 1]} if index + 1 < count else {"#last"}
        result.append(found | set(roles.position_features(index, count)) | before | after)
    return result


def _is_word(feature: str) -> bool:
    return " " not in feature and not feature.startswith("#l")


def _is_neighbour(feature: str) -> bool:
    return len(feature) > 1 and feature[0] in "<>" and " " not in feature


def vocabulary(found: Sequence[Sequence[set[str]]]) -> dict[str, int]:
    """Number the features that occur often enough."""
    counts = Counter(f for abstract in found for sentence in abstract for f in sentence)
    return {f: i for i, f in enumerate(sorted(f for f, n in counts.items() if n >= MIN_COUNT))}


def matrix(found: Sequence[Sequence[set[str]]], index: dict[str, int]) -> Any:
    """Sentences as rows of a sparse matrix."""
    rows = [[index[f] for f in s if f in index] for abstract in found for s in abstract]
    pointers = np.cumsum([0, *map(len, rows)])
    columns = np.fromiter((c for row in rows for c in row), dtype=np.int32)
    return sparse.csr_matrix(
        (np.ones(len(columns)), columns, pointers), shape=(len(rows), len(index))
    )


@dataclass(frozen=True)
class Chains:
    """The shape of the data: which rows follow each other."""

    mask: NDArray[np.bool_]

    @classmethod
    def of(cls, lengths: Sequence[int]) -> Chains:
        """Chains of the given lengths, padded to the longest."""
        steps = np.arange(max(lengths))
        return cls(steps[None, :] < np.asarray(lengths)[:, None])

    def padded(self, rows: Floats) -> Floats:
        """Rows laid out as chain × step × role."""
        out = np.zeros((*self.mask.shape, rows.shape[1]))
        out[self.mask] = rows
        return out


def _logsumexp(values: Floats, axis: int) -> Floats:
    top = values.max(axis)
    return np.asarray(top + np.log(np.exp(values - np.expand_dims(top, axis)).sum(axis)))


def expectations(chains: Chains, scores: Floats, moves: Floats) -> tuple[float, Floats, Floats]:
    """Log partition function, role marginals and expected transitions (forward, backward)."""
    local = chains.padded(scores)
    _, steps, count = local.shape
    forward, backward = local.copy(), np.zeros_like(local)
    for t in range(1, steps):
        step = _logsumexp(forward[:, t - 1][:, :, None] + moves, 1) + local[:, t]
        forward[:, t] = np.where(chains.mask[:, t, None], step, forward[:, t - 1])
    total = _logsumexp(forward[:, -1], 1)
    pairs = np.zeros((count, count))
    for t in range(steps - 1, 0, -1):
        ahead = moves + (local[:, t] + backward[:, t])[:, None, :]
        joint = np.exp(forward[:, t - 1][:, :, None] + ahead - total[:, None, None])
        pairs += (joint * chains.mask[:, t, None, None]).sum(0)
        backward[:, t - 1] = np.where(chains.mask[:, t, None], _logsumexp(ahead, 2), 0.0)
    marginals = np.exp(forward + backward - total[:, None, None])[chains.mask]
    return float(total.sum()), marginals, pairs


def soft_labels(abstracts: Sequence[Abstract]) -> Floats:
    """Each label as a distribution: its confidence, and the rest spread evenly."""
    labels = np.array([y for a in abstracts for y in a.labels])
    sure = np.array([c for a in abstracts for c in a.confidences])[:, None]
    return np.asarray(np.eye(len(_ROLES))[labels] * sure + (1 - sure) / len(_ROLES))


def train(rows: Any, target: Floats, lengths: Sequence[int]) -> tuple[Floats, Floats]:
    """Weights of features and of transitions."""
    chains = Chains.of(lengths)
    count, width = target.shape[1], rows.shape[1]
    transposed = rows.T.tocsr()
    seen = transposed @ target
    steps = chains.padded(target)
    seen_pairs = np.einsum("bti,btj->ij", steps[:, :-1], steps[:, 1:])

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights, moves = flat[: width * count].reshape(width, count), flat[width * count :]
        moves = moves.reshape(count, count)
        scores = np.asarray(rows @ weights)
        total, marginals, pairs = expectations(chains, scores, moves)
        fit = float((scores * target).sum() + (moves * seen_pairs).sum()) - total
        slope = np.concatenate(
            [(seen - transposed @ marginals).ravel(), (seen_pairs - pairs).ravel()]
        )
        return -fit + PENALTY / 2 * float(flat @ flat), -slope + PENALTY * flat

    start = np.zeros(width * count + count * count)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": ITERATIONS})
    weights = found.x[: width * count].reshape(width, count)
    return weights, found.x[width * count :].reshape(count, count)


def pack(index: dict[str, int], weights: Floats, moves: Floats) -> bytes:
    """Prune, round to one byte a weight, and serialise as ``roles.unpack_model`` reads it."""
    weights = weights - weights.mean(1, keepdims=True)
    spread = np.ptp(weights, axis=1)
    limit = np.sort(spread)[-KEPT] if len(spread) > KEPT else 0.0
    scale = 127.0 / np.abs(weights).max()
    kept = {f: i for f, i in index.items() if spread[i] >= limit or f.startswith("#")}

    def lanes(feature: str) -> bytes:
        at = kept.get(feature)
        values = np.zeros(len(_ROLES)) if at is None else weights[at]
        return bytes((np.rint(values * scale) + 128).astype(np.uint8).tolist())

    bare = {f[1:] if _is_neighbour(f) else f for f in kept}
    words = sorted(f for f in bare if _is_word(f) and not f.startswith("#"))
    others = sorted(bare - set(words))
    transitions = np.rint((moves - moves.mean()) * scale).astype(int).tolist()
    head = json.dumps(
        {"words": words, "others": others, "transitions": transitions}, ensure_ascii=False
    ).encode()
    body = b"".join(
        (
            *(lanes(f) + lanes(f"<{f}") + lanes(f">{f}") for f in words),
            *(lanes(f) for f in others),
        )
    )
    return zlib.compress(len(head).to_bytes(4, "little") + head + body, 9)


def report(abstracts: Sequence[Abstract]) -> str:
    """Accuracy of the packaged model, for all labels and by confidence, and F1 of each role."""
    found, labels, sure, silent = [], [], [], []
    for abstract in abstracts:
        sections = list(sections_of([section_label(text) for text in abstract.sentences]))
        told = [
            roles.ROLES.index(one.role)
            for one in roles.sentence_roles(abstract.sentences, sections)
        ]
        found += told
        labels += abstract.labels
        sure += abstract.confidences
        if (result := _ROLES.index("result")) not in abstract.labels:
            silent.append(result in told)
    given, true, confidence = np.array(found), np.array(labels), np.array(sure)
    hits = given == true
    scores = (
        2 * (hits & (true == at)).sum() / ((given == at).sum() + (true == at).sum())
        for at in range(len(_ROLES))
    )
    return (
        f"{len(abstracts)} abstracts, {len(hits)} sentences: accuracy {hits.mean():.3f}, where "
        f"confidence >= 0.75 {hits[confidence >= 0.75].mean():.3f}, weighted by confidence "
        f"{np.average(hits, weights=confidence):.3f}; F1 "
        + ", ".join(f"{role} {score:.3f}" for role, score in zip(_ROLES, scores, strict=True))
        + f"; of {len(silent)} abstracts without a result {sum(silent)} get one"
    )


def unshared(abstracts: Sequence[Abstract], trained: Sequence[Abstract]) -> list[Abstract]:
    """The abstracts that have no sentence in common with the training data."""
    known = {sentence.casefold().strip() for abstract in trained for sentence in abstract.sentences}
    return [a for a in abstracts if known.isdisjoint(s.casefold().strip() for s in a.sentences)]


def main() -> None:
    """Train, write the weights, and report accuracy."""
    parser = argparse.ArgumentParser(description="Train the sentence-role model.")
    parser.add_argument("train", type=Path)
    parser.add_argument("sections", type=Path)
    parser.add_argument("--dev", type=Path)
    parser.add_argument("--output", type=Path, default=Path(roles.__file__).with_name("roles.bin"))
    options = parser.parse_args()
    medicine, unseen = read_sections(options.sections)
    abstracts = [*read_abstracts(options.train), *medicine, *invented(read_frames(FRAMES))]
    found = [features_of(a) for a in abstracts]
    index = vocabulary(found)
    weights, moves = train(
        matrix(found, index), soft_labels(abstracts), [len(a.labels) for a in abstracts]
    )
    options.output.write_bytes(pack(index, weights, moves))
    sys.stdout.write(f"{len(index)} features, {options.output.stat().st_size} bytes\n")
    sys.stdout.write(f"sections: {report(unseen)}\n")
    if options.dev:
        kept = read_abstracts(options.dev)
        sys.stdout.write(f"{report(kept)}\nwithout shared sentences: ")
        sys.stdout.write(f"{report(unshared(kept, abstracts))}\n")


if __name__ == "__main__":
    main()
