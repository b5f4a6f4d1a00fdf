"""Abstracts of varied words and length, mixed of the invented ones of ``fixtures/gold.jsonl``.

What is made of few sentences over and over compresses as nothing real does. Here sentences are
drawn from all papers, their digits drawn anew and some of their words exchanged. Document n is the
same in every run.
"""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

_GOLD = Path(__file__).parent.parent / "fixtures" / "gold.jsonl"
_VENUES = ("Ledger of Tides", "Proceedings of Fenwork", "Annals of Kites", "Hedge Letters")
_FAMILIES = ("Arnesen", "Boateng", "Castellan", "Dufresne", "Egwu", "Farrow", "Giordano", "Hsu")
_DIGIT = re.compile(r"(?<!\w)\d+")
_LONG = re.compile(r"\b[a-z]{6,}\b")
_EXCHANGED = 0.2
"""Share of the long words."""


class Mixer:
    """Makes documents of the sentences of others."""

    def __init__(self) -> None:
        lines = [json.loads(line) for line in _GOLD.read_text("utf-8").splitlines()]
        self._titles: list[str] = [line["title"] for line in lines]
        self._sentences = [
            line["abstract"][start:end] for line in lines for start, end in line["sentence_spans"]
        ]
        self._words = sorted({word for one in self._sentences for word in _LONG.findall(one)})

    def document(self, number: int) -> dict[str, Any]:
        """Document ``number``."""
        rng = random.Random(number)  # noqa: S311 - nothing secret
        drawn = rng.sample(self._sentences, min(22, 5 + int(rng.expovariate(0.13))))
        first, second = (title.split() for title in rng.sample(self._titles, 2))
        title = [*first[: (len(first) + 1) // 2], *second[len(second) // 2 :]]
        year = 2026 - min(15, int(rng.expovariate(0.3)))
        return {
            "id": f"mixed-{number:06d}",
            "title": " ".join(title),
            "abstract": " ".join(self._changed(sentence, rng) for sentence in drawn),
            "authors": [
                f"{chr(65 + rng.randrange(26))}. {name}" for name in rng.sample(_FAMILIES, 3)
            ],
            "published": f"{year}-{rng.randint(1, 12):02d}",
            "venue": rng.choice(_VENUES),
            "doi": f"10.{rng.randint(1000, 9999)}/mixed.{number}",
        }

    def _changed(self, sentence: str, rng: random.Random) -> str:
        def digits(found: re.Match[str]) -> str:
            return str(rng.randint(1, 9)) + "".join(str(rng.randrange(10)) for _ in found[0][1:])

        def word(found: re.Match[str]) -> str:
            return rng.choice(self._words) if rng.random() < _EXCHANGED else found[0]

        return _LONG.sub(word, _DIGIT.sub(digits, sentence))


def write_mixed(path: Path, count: int) -> Path:
    """Write the first ``count`` documents to a file of JSON lines."""
    mixer = Mixer()
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{json.dumps(mixer.document(number))}\n" for number in range(count))
    return path
