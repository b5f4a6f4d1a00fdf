"""Add labels to labels.jsonl: quoted words become offsets, and the text itself stays outside.

    python training/add_labels.py DOCS LABELS [LABELS …]

DOCS has one JSON object a line: id, title, abstract, sentences (half-open spans), source, field.
LABELS has the labels of one abstract a line, with values quoted from the abstract, as an annotator
writes them; README.md says what each key means. A line whose words don't stand in the abstract is
named and left out. A second reading of the same abstract goes to labels_again.jsonl, to measure
agreement.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Set
from hashlib import sha256
from pathlib import Path
from typing import Any

FIRST, AGAIN = (Path(__file__).parent / name for name in ("labels.jsonl", "labels_again.jsonl"))
POINTERS = ("of", "vs", "vv", "on", "if")
Span = list[int]


class Text:
    """The text that offsets count in: the abstract, a line break, and the title."""

    def __init__(self, doc: dict[str, Any]) -> None:
        self.text = f"{doc['abstract']}\n{doc['title']}"
        self.sentences: list[Span] = doc["sentences"]

    def find(self, quoted: str, near: Span, taken: Set[int] = frozenset()) -> Span:
        """The occurrence of some words that is nearest to a span; inside it, the first one.

        Those that begin where something ``taken`` does come last.

        One that is part of a longer word or number counts only where there is no other.

        Raises:
            ValueError: The words don't stand in the text.
        """
        quoted = quoted.strip()
        starts = [found.start() for found in re.finditer(re.escape(quoted), self.text)]
        if not quoted or not starts:
            raise ValueError(f"{quoted!r} isn't in the text")
        whole = [start for start in starts if self._is_whole(start, start + len(quoted))]

        def distance(start: int) -> tuple[bool, int, int]:
            end = start + len(quoted)
            return start in taken, max(near[0] - end, start - near[1], 0), start

        start = min(whole or starts, key=distance)
        return [start, start + len(quoted)]

    def _is_whole(self, start: int, end: int) -> bool:
        before, after = self.text[max(start - 2, 0) : start], self.text[end : end + 2]
        is_cut = before[-1:].isalnum() and self.text[start].isalnum()
        is_cut |= after[:1].isalnum() and self.text[end - 1].isalnum()
        is_cut |= bool(re.fullmatch(r"\d[.,]", before) and self.text[start].isdigit())
        return not (is_cut or (re.fullmatch(r"[.,]\d", after) and self.text[end - 1].isdigit()))


def offsets(label: dict[str, Any], doc: dict[str, Any]) -> dict[str, Any]:
    """A line of labels.jsonl: the labels of an abstract with spans in place of its words.

    Raises:
        ValueError: Some words don't stand in the abstract, or a sentence isn't one of it.
    """
    text = Text(doc)
    if len(label["roles"]) != len(text.sentences):
        raise ValueError(f"{len(label['roles'])} roles for {len(text.sentences)} sentences")
    sentence = dict(enumerate(text.sentences, 1))
    whole = [0, len(doc["abstract"])]
    results, taken = [], set[int]()
    for row in label["res"]:
        # A number that a sentence has twice is a result each time.
        value = text.find(row["v"], sentence[row["s"]], taken)
        taken.add(value[0])
        made: dict[str, Any] = {"s": row["s"], "v": value}
        for key, cut in (("o", " | "), ("ci", "; ")):
            if row.get(key):
                made[key] = [text.find(part, value) for part in row[key].split(cut) if part.strip()]
        made |= {key: text.find(row[key], value) for key in POINTERS if row.get(key)}
        made |= {key: row[key] for key in ("k", "w", "main") if row.get(key)}
        results.append(made)
    return {
        "id": label["id"],
        "source": doc["source"],
        "sha256": sha256(doc["abstract"].encode()).hexdigest(),
        "field": doc["field"],
        "sentences": text.sentences,
        **{key: label[key] for key in ("roles", "p", "m", "find")},
        "name": text.find(label["name"], whole) if label["name"] else None,
        "data": [
            [text.find(name, sentence[n]), text.find(size, sentence[n]) if size else None, role, n]
            for name, size, role, n in label["data"]
        ],
        "comp": [[text.find(words, sentence[n]), n] for words, n in label["comp"]],
        "res": results,
    }


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON lines file; none where it isn't there."""
    if path.exists():
        yield from map(json.loads, path.read_text(encoding="utf-8").splitlines())


def main(docs: Path, *sources: Path) -> int:
    """Add the labels of some files; exit code 1 where one was left out."""
    known = {doc["id"]: doc for doc in lines(docs)}
    counts, done = (
        dict.fromkeys((FIRST, AGAIN), 0),
        {path: {label["id"] for label in lines(path)} for path in (FIRST, AGAIN)},
    )
    is_faulty = False
    for source in sources:
        for label in lines(source):
            path = next((path for path in done if label["id"] not in done[path]), None)
            try:
                if path is None:
                    raise ValueError("has two readings already")  # noqa: TRY301
                line = json.dumps(offsets(label, known[label["id"]]), separators=(",", ":"))
            except (KeyError, ValueError, TypeError) as fault:
                is_faulty = True
                print(f"{source}: {label.get('id')} is left out: {fault}")
                continue
            with path.open("a", encoding="utf-8") as file:
                file.write(line + "\n")
            done[path].add(label["id"])
            counts[path] += 1
    print(f"{counts[FIRST]} abstracts labelled, {counts[AGAIN]} read a second time")
    return int(is_faulty)


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
