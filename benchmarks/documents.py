"""Invented abstracts, and the answer that a faultless model would give to each.

    python -m benchmarks.documents 2000 > documents.jsonl

Document n is the same in every run: its name holds its number, by which the server knows it. No two
are alike enough to be taken for one paper: each is of a town of its own.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MARK = "Arbour-"
"""In front of a document's number, six digits long, in its abstract."""

_NUMBER = re.compile(rb"Arbour-(\d{6})")
_LONGEST = 1500
_RESULTS = 5
"""Place of the sentence with the values."""

_TOPICS = ("Harbour noise", "River ice", "Orchard blight", "Tunnel drainage", "Moth migration")
_KINDS = ("small and tidy", "old and costly", "short and local", "clean but rare")
_PLACES = ("remote valleys", "crowded ports", "dry summers", "long polar nights")
_OLDER = ("Gallowtone", "Pelagon", "Scriptoria", "Turnbridge", "Marlock")
_CORPORA = ("TideBook", "FenMarks", "OrchardSet", "DuskRead", "HedgeBank")
_TESTS = ("NightCalve", "ReasonYard", "PageClean", "VoxParlour", "StoneWalk")
_SYLLABLES = [
    "ka",
    "lo",
    "mi",
    "ren",
    "tu",
    "vas",
    "el",
    "dor",
    "ni",
    "pha",
    "sor",
    "bek",
    "ul",
    "gan",
    "ti",
    "wex",
    "ar",
    "moth",
    "hy",
    "qui",
]
_PARTS = ("the second stage", "the wider window", "the shared memory", "the sorted buffer")
_FILLER = (
    (
        "Annotators agreed on nearly all of the labels, and the remaining cases were settled by "
        "a third reader who had not seen the earlier votes."
    ),
    (
        "The method needs no change to the sensors that are already in use, and its output can be "
        "read by staff without further training."
    ),
    (
        "Errors that remain are mostly due to blurred edges and to objects that overlap, which "
        "people find hard as well."
    ),
    (
        "We also describe what did not work, since several obvious ideas made the outcome worse on "
        "the harder part of the collection."
    ),
    (
        "Code, weights and the full set of annotations will be made available to other groups "
        "under an open licence."
    ),
)


_COPIED = {
    "%": r"\%",
    " is usually measured on": "—as is well known—is usually measured on",
    "weather changes": r"“weather” changes ($\alpha$ ± 2\sigma)",
    " GPU hours": "~GPU hours",
    "raises accuracy": r"raises top-1 F$_1$ accuracy",
    "short supervised phase": "short, α-weighted supervised_phase [12]",
}
"""What a paper says, and how it reads where somebody copied it from LaTeX or a page."""
_WORDED = (
    "In every setting that we tried it stays ahead of systems of its size, and what it gains is "
    "largest where the light is poor, e.g., at dusk or in fog, and little is lost elsewhere."
)


@dataclass(frozen=True, slots=True)
class Paper:
    """One invented document.

    Attributes:
        number: Counted from 0.
        title: Of one line.
        sentences: Of the abstract, in order.
        draft: The answer: fields of the built-in schema, values that stand in the abstract.
    """

    number: int
    title: str
    sentences: tuple[str, ...]
    draft: dict[str, Any]

    @property
    def doc_id(self) -> str:
        """The id in the input."""
        return f"doc-{self.number:06d}"

    @property
    def abstract(self) -> str:
        """The sentences in one line."""
        return " ".join(self.sentences)

    @property
    def copied(self) -> str:
        """The abstract with LaTeX and signs in it; one in two tells its results in words."""
        told = [_WORDED if at == _RESULTS else one for at, one in enumerate(self.sentences)]
        text = " ".join(told) if self.number % 2 else self.abstract
        for plain, sign in _COPIED.items():
            text = text.replace(plain, sign)
        return text

    def line(self, *, copied: bool = False) -> str:
        """The document as a JSON line."""
        abstract = self.copied if copied else self.abstract
        return json.dumps({"id": self.doc_id, "title": self.title, "abstract": abstract})


def invent(number: int) -> Paper:
    """Document ``number``."""
    rng = random.Random(number)  # noqa: S311 - nothing secret
    facts = _facts(number, rng)
    sentences = _body(facts)
    size = sum(map(len, sentences)) + len(sentences)
    target = rng.randint(900, _LONGEST - 150)
    for filler in rng.sample(_FILLER, len(_FILLER)):
        if size >= target:
            break
        sentences.append(filler)
        size += len(filler) + 1
    title = f"{facts['name']}: {facts['topic']} in {facts['place']}"
    return Paper(number, title, tuple(sentences), _draft(facts, sentences))


def _facts(number: int, rng: random.Random) -> dict[str, str]:
    return {
        "name": f"{MARK}{number:06d}",
        "topic": rng.choice(_TOPICS),
        "kind": rng.choice(_KINDS),
        "place": f"{rng.choice(_PLACES)} around {''.join(rng.sample(_SYLLABLES, 5)).capitalize()}",
        "older": rng.choice(_OLDER),
        "corpus": rng.choice(_CORPORA),
        "test": rng.choice(_TESTS),
        "part": rng.choice(_PARTS),
        "labels": f"{rng.randint(12, 990)},{rng.randint(100, 999)} labelled images",
        "parameters": f"{rng.randint(11, 980)}M parameters",
        "hours": f"{rng.randint(20, 900)} GPU hours",
        "cards": f"{rng.randint(2, 64)} Vantor-9 GPUs",
        "before": f"{rng.randint(50, 69)}.{rng.randint(1, 9)}%",
        "after": f"{rng.randint(70, 97)}.{rng.randint(1, 9)}%",
        "errors_before": f"{rng.randint(8, 11)}.{rng.randint(1, 9)}%",
        "errors_after": f"{rng.randint(2, 7)}.{rng.randint(1, 9)}%",
    }


def _body(f: dict[str, str]) -> list[str]:
    return [
        (
            f"{f['topic']} is usually measured on collections that are {f['kind']}, so progress in "
            f"{f['place']} is hard to judge."
        ),
        (
            f"Earlier systems such as {f['older']} rely on long recordings and fail when the "
            "weather changes."
        ),
        (
            f"We present {f['name']}, a compact model that learns from unlabelled streams and is "
            "refined by a short supervised phase."
        ),
        f"It is trained on {f['corpus']}, a corpus of {f['labels']}, and evaluated on {f['test']}.",
        f"The model has {f['parameters']}, and training takes {f['hours']} on {f['cards']}.",
        (
            f"On {f['test']}, {f['name']} raises accuracy from {f['before']} to {f['after']} and "
            f"lowers the error rate from {f['errors_before']} to {f['errors_after']}."
        ),
        f"An ablation shows that most of the gain comes from {f['part']}.",
    ]


def _draft(f: dict[str, str], sentences: list[str]) -> dict[str, Any]:
    return {
        "problem": {"text": sentences[0], "sentences": [1, 2]},
        "method": {
            "name": f["name"],
            "also": [],
            "text": "A compact model that learns from unlabelled streams and is refined by a "
            "short supervised phase.",
            "sentences": [3],
        },
        "data": [
            {"name": f["corpus"], "role": "training", "size": f["labels"], "sentences": [4]},
            {"name": f["test"], "role": "evaluation", "size": None, "sentences": [4]},
        ],
        "compute": [
            {"kind": kind, "value": f[fact], "sentences": [5]}
            for kind, fact in (
                ("model_size", "parameters"),
                ("time", "hours"),
                ("hardware", "cards"),
            )
        ],
        "results": [
            _change(f, "accuracy", "before", "after"),
            _change(f, "error rate", "errors_before", "errors_after"),
            _result(f"Most of the gain comes from {f['part']}.", 7),
        ],
    }


def _change(f: dict[str, str], metric: str, before: str, after: str) -> dict[str, Any]:
    claim = f"The {metric} goes from {f[before]} to {f[after]}."
    found = {"metric": metric, "value": f[after], "baseline": f[before], "dataset": f["test"]}
    return _result(claim, 6, **found)


def _result(claim: str, sentence: int, **found: str) -> dict[str, Any]:
    names = ("metric", "value", "kind", "uncertainty", "group", "baseline", "comparator", "dataset")
    return {"claim": claim, **{n: found.get(n) for n in names}, "sentences": [sentence]}


def number_in(body: bytes) -> int | None:
    """The number of the last document that a request speaks of, None where it speaks of none."""
    # Worked examples come first and the document last: look from the end.
    at = body.rfind(MARK.encode())
    found = _NUMBER.match(body, at) if at >= 0 else None
    return int(found[1]) if found else None


def lines(count: int, *, copied: bool = False) -> Iterator[str]:
    """The first ``count`` documents as JSON lines, without line breaks."""
    return (invent(number).line(copied=copied) for number in range(count))


def write(path: Path, count: int, *, copied: bool = False) -> Path:
    """Write the first ``count`` documents to a file, or as they read where they were copied."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines(count, copied=copied))
    return path


def main() -> None:
    """Print documents."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("count", type=int, metavar="N")
    sys.stdout.writelines(f"{line}\n" for line in lines(parser.parse_args().count))


if __name__ == "__main__":
    main()
