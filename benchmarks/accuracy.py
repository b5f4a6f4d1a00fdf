"""How right summaries are, by field and by kind of paper, on sets of gold.

    python -m benchmarks.accuracy --gold NAME GOLD.jsonl... [--answers NAME WHO RUN]...
                                  [--kind SOURCE=KIND]... [--write docs/accuracy.md]

A set is one or more files of gold under a name. A line of them may tell the ``kind`` of its paper,
or its ``source``, of which ``--kind`` names the kind by its first word: ``--kind pmid=medicine``.
On each set the embedded extractor is run and scored as ``summarise eval`` does it. ``--answers``
adds the run directory of somebody else, such as a model, on the set of that name. ``--write`` puts
the tables between the two marks of a page, in place of what stood there.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

from benchmarks.tables import table
from summarise import Run, __version__, read, summarise
from summarise.evaluate import Gold, Scores, against_gold, load_gold
from summarise.models import Row

EMBEDDED = "embedded extractor"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
UNTOLD = "not told"
_FIRST_WORD = re.compile(r"\w+")
_WHOLE_ROWS = ("row.value", "row.whole", "row.group", "row.uncertainty")


@dataclass(frozen=True, slots=True)
class Set:
    """Gold under one name."""

    name: str
    paths: tuple[Path, ...]
    named: Mapping[str, str] = field(default_factory=dict)
    """The kind of paper that comes from a source."""

    @property
    def gold(self) -> Gold:
        """What its files hold together."""
        parts = [load_gold(path) for path in self.paths]
        return Gold(
            tuple(one for part in parts for one in part.summaries),
            tuple(what for part in parts for what in part.unusable),
        )

    def kinds(self) -> dict[str, str]:
        """The kind of each paper by its id or, without one, title."""
        lines = chain.from_iterable(path.read_text("utf-8").split("\n") for path in self.paths)
        entries = [json.loads(line) for line in lines if line.strip()]
        return {str(entry.get("id") or entry.get("title")): self._kind(entry) for entry in entries}

    def _kind(self, entry: Mapping[str, Any]) -> str:
        source = _FIRST_WORD.match(entry.get("source") or "")
        return entry.get("kind") or self.named.get(source.group() if source else "", UNTOLD)

    def embedded(self) -> list[Row]:
        """What the embedded extractor makes of its abstracts."""
        documents = chain.from_iterable(map(read, self.paths))
        # Its folder goes with the run.
        run = summarise(documents, model="embedded")
        return list(run.rows())


@dataclass(frozen=True, slots=True)
class Answered:
    """The answers of somebody on a set."""

    who: str
    set: Set
    all: Scores
    by_kind: dict[str, Scores]
    """Kinds in the order of how many papers they have."""


def scored(of: Set, who: str, rows: Iterable[Row]) -> Answered:
    """Score answers on a whole set and on each kind of paper in it."""
    gold, kinds, kept = of.gold, of.kinds(), list(rows)
    papers: dict[str, list[int]] = {}
    for at, one in enumerate(gold.summaries):
        papers.setdefault(kinds[one.doc_id or one.name], []).append(at)

    def score(numbers: Iterable[int]) -> Scores:
        part = Gold(tuple(gold.summaries[at] for at in numbers))
        return against_gold(kept, part, run=who, name=of.name)

    ordered = sorted(papers.items(), key=lambda item: -len(item[1]))
    return Answered(
        who,
        of,
        score(range(len(gold.summaries))),
        {kind: score(numbers) for kind, numbers in ordered},
    )


def report(found: Sequence[Answered]) -> Iterator[str]:
    """The tables as Markdown."""
    today = datetime.now(UTC).date().isoformat()
    yield f"Measured on {today}, version {__version__}."
    yield ""
    yield from _whole(found)
    for one in found:
        yield from ("", f"## {_title(one)}, by field", "", *_by_field(one))
        if set(one.by_kind) != {UNTOLD}:
            yield from ("", f"## {_title(one)}, by kind of paper", "", *_by_kind(one))


def _title(one: Answered) -> str:
    return f"{one.set.name}: {one.who}"


def _papers(scores: Scores) -> str:
    return str(len(scores.compared) + len(scores.right_only))


def _rows(scores: Scores) -> list[str]:
    """Mean F1, then precision and recall of the rows' values, then F1 of what goes with them."""
    tallies = scores.tallies
    value = tallies.get("row.value")
    cells = [f"{scores.macro_f1:.2f}"]
    cells += [f"{value.precision:.2f}", f"{value.recall:.2f}"] if value else ["–", "–"]
    return cells + [
        f"{tallies[name].f1:.2f}" if name in tallies else "–" for name in _WHOLE_ROWS[1:]
    ]


_HEADS = (
    *("mean F1", "values: precision", "values: recall"),
    *("whole rows: F1", "groups: F1", "uncertainty: F1"),
)


def _whole(found: Sequence[Answered]) -> Iterator[str]:
    heads = ("abstracts", "answers by", "papers", *_HEADS)
    rows = [(one.set.name, one.who, _papers(one.all), *_rows(one.all)) for one in found]
    yield from table(heads, rows)


def _by_kind(one: Answered) -> Iterator[str]:
    rows = [(kind, _papers(scores), *_rows(scores)) for kind, scores in one.by_kind.items()]
    yield from table(("kind of paper", "papers", *_HEADS), rows)


def _by_field(one: Answered) -> Iterator[str]:
    heads = ("field", "precision", "recall", "F1", "right", "answered", "in the gold")
    rows = [
        (
            f"`{name}`",
            # Of nothing no share is right.
            f"{tally.precision:.2f}" if tally.predicted else "–",
            *(f"{share:.2f}" for share in (tally.recall, tally.f1)),
            *map(str, (tally.matched, tally.predicted, tally.expected)),
        )
        for name, tally in one.all.tallies.items()
    ]
    yield from table(heads, rows)


def written(page: str, lines: Iterable[str]) -> str:
    """A page with other lines between its marks.

    Raises:
        SystemExit: It hasn't both marks, in this order.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise SystemExit(f"the page needs {BEGIN} and then {END}")
    return "\n".join((f"{before}{begin}", "", *lines, "", f"{end}{after}"))


def main() -> None:
    """Score, and print or write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--gold", nargs="+", action="append", required=True, metavar="NAME|FILE")
    parser.add_argument("--answers", nargs=3, action="append", metavar=("NAME", "WHO", "RUN"))
    parser.add_argument("--kind", action="append", default=[], metavar="SOURCE=KIND")
    parser.add_argument("--write", type=Path, metavar="PAGE")
    given = parser.parse_args()
    named = dict(pair.split("=", 1) for pair in given.kind)
    found = []
    for name, *paths in given.gold:
        one = Set(name, tuple(map(Path, paths)), named)
        found.append(scored(one, EMBEDDED, one.embedded()))
        for of, who, run in given.answers or ():
            if of == name:
                found.append(scored(one, who, Run(Path(run)).rows()))
    lines = list(report(found))
    if given.write:
        given.write.write_text(written(given.write.read_text("utf-8"), lines), encoding="utf-8")
    else:
        sys.stdout.writelines(f"{line}\n" for line in lines)


if __name__ == "__main__":
    main()
