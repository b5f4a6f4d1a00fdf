"""What grounding and doubts notice of lies, and what they say of true drafts.

    python -m benchmarks.attacks GOLD.jsonl... [--flips FLIPS.jsonl] [--missed]

GOLD are files of JSON lines: ``id``, ``title``, ``abstract``, ``sentence_spans`` and ``gold``,
which holds the fields of the built-in schema (and may lack some). FLIPS has statements that
somebody has turned round, one a line: ``id``, ``path`` (``results[0].claim``), ``kind``, ``text``.

A lie is caught where grounding finds nothing of the kind in the abstract, else doubted where the
object that was changed has a doubt that the true draft lacks, else missed. Seeded.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.lies import LIES, TRUTHS, Lie, Maker, Paper, flips
from summarise.ground import Grounded, SourceText, doubts_of, ground
from summarise.models import Span
from summarise.schema import Draft, shape_of

SEED = 11


class Tally(NamedTuple):
    """What became of the lies of one class."""

    made: int
    caught: int
    doubted: int
    missed: tuple[str, ...]


class Verdict:
    """What is said of a draft.

    Attributes:
        refused: Paths that aren't supported.
    """

    def __init__(self, grounded: Grounded, source: SourceText) -> None:
        self._grounded, self._source = grounded, source
        refused = {value.path for value in grounded.verbatims if value.span is None}
        self.refused = refused | {one.path for one in grounded.unsupported}

    @cached_property
    def doubts(self) -> frozenset[tuple[str, str]]:
        """Paths and kinds; they take the longest, and nobody asks for those of a caught lie."""
        found = doubts_of(self._grounded, self._source)
        return frozenset((one.path, one.kind.value) for one in found)


def papers(path: Path) -> Iterator[Paper]:
    """The documents of a gold file."""
    shape = shape_of(Draft)
    with path.open(encoding="utf-8") as file:
        for line in file:
            entry = json.loads(line)
            spans = [Span(*span) for span in entry["sentence_spans"]]
            sentences = tuple(span.of(entry["abstract"]) for span in spans)
            draft = {
                field.name: _filled(field, entry["gold"][field.name]) for field in shape.inside
            }
            yield Paper(entry["id"], entry["title"], entry["abstract"], sentences, draft)


def _filled(node: Any, value: Any) -> Any:
    """A value with null for each field that it lacks."""
    if isinstance(value, list):
        return [_filled(node, item) for item in value]
    if not isinstance(value, dict):
        return value
    return {field.name: value.get(field.name) for field in node.held.inside}


def spans_of(paper: Paper) -> tuple[Span, ...]:
    """The sentences of a paper as spans."""
    spans, at = [], 0
    for sentence in paper.sentences:
        start = paper.abstract.index(sentence, at)
        at = start + len(sentence)
        spans.append(Span(start, at))
    return tuple(spans)


# What is learnt of a text holds for all the lies told of it.
_source = lru_cache(maxsize=128)(SourceText)


def verdict(paper: Paper, draft: dict[str, Any]) -> Verdict:
    """Ground a draft of a paper."""
    source = _source(paper.abstract, paper.title, spans_of(paper))
    return Verdict(ground(Draft, draft, source), source)


_truths: dict[int, tuple[Paper, Verdict]] = {}


def _of_the_truth(paper: Paper) -> Verdict:
    """What is said of a paper's true draft, which all the lies about it are held against."""
    if id(paper) not in _truths:
        _truths[id(paper)] = paper, verdict(paper, paper.draft)
    return _truths[id(paper)][1]


def attack(found: Iterable[Paper], maker: Maker) -> Tally:
    """Tell the lies of one class, and count."""
    counts: Counter[str] = Counter()
    missed = []
    for paper in found:
        for lie in maker(paper, random.Random(SEED)):  # noqa: S311 - no secret
            what = _became(lie, _of_the_truth(paper), verdict(paper, lie.draft))
            counts[what] += 1
            if what == "missed":
                missed.append(lie.what)
    return Tally(counts.total(), counts["caught"], counts["doubted"], tuple(missed))


def _became(lie: Lie, before: Verdict, after: Verdict) -> str:
    def touched(path: str) -> bool:
        return path.startswith(f"{lie.at}.")

    if any(map(touched, after.refused - before.refused)):
        return "caught"
    new = after.doubts - before.doubts
    return "doubted" if any(touched(path) for path, _ in new) else "missed"


def false_alarms(found: Iterable[Paper]) -> tuple[int, Counter[str], list[str]]:
    """How many objects true drafts have, and how many of them are doubted, by kind."""
    objects, counts, told = 0, Counter[str](), []
    for paper in found:
        draft = paper.draft
        objects += sum(len(part) if isinstance(part, list) else 1 for part in draft.values())
        alarms = {(p.rpartition(".")[0], kind) for p, kind in verdict(paper, draft).doubts}
        counts.update(kind for _, kind in alarms)
        counts["any"] += len({at for at, _ in alarms})
        told += [f"{paper.doc_id} {at} {kind}" for at, kind in sorted(alarms)]
    return objects, counts, told


def report(found: list[Paper], makers: dict[str, Maker], *, missed: bool) -> Iterator[str]:
    """Markdown tables: lies by class, then doubts of what is true."""
    yield "| lie | told | caught | doubted | missed | noticed |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for name, maker in makers.items():
        tally = attack(found, maker)
        noticed = tally.caught + tally.doubted
        share = f"{noticed / tally.made:.0%}" if tally.made else "–"
        yield (
            f"| {name} | {tally.made} | {tally.caught} | {tally.doubted} | {len(tally.missed)}"
            f" | {share} |"
        )
        if missed:
            yield from (f"    {what}" for what in tally.missed)
    for name, maker in TRUTHS.items():
        tally = attack(found, maker)
        yield f"| true: {name} | {tally.made} | {tally.caught} | {tally.doubted} | | |"
    objects, counts, told = false_alarms(found)
    yield ""
    yield f"| doubted though true, of {objects} objects | | |"
    yield "| --- | --- | --- |"
    for kind, count in counts.most_common():
        yield f"| {kind} | {count} | {count / objects:.1%} |"
    if missed:
        yield from told


def main() -> None:
    """Print the tables for a gold file."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("gold", type=Path, metavar="GOLD", nargs="+")
    parser.add_argument("--flips", type=Path, help="statements turned round")
    parser.add_argument("--missed", action="store_true", help="list what isn't noticed")
    given = parser.parse_args()
    makers = dict(LIES)
    if given.flips:
        told = [json.loads(line) for line in given.flips.read_text("utf-8").splitlines()]
        kinds = sorted({one["kind"] for one in told})
        makers |= {f"flip: {k}": flips([o for o in told if o["kind"] == k]) for k in kinds}
    found = [paper for path in given.gold for paper in papers(path)]
    lines = report(found, makers, missed=given.missed)
    sys.stdout.writelines(f"{line}\n" for line in lines)


if __name__ == "__main__":
    main()
