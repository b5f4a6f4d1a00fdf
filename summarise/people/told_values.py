"""What people say of the values of a run's records, as readers and programs are told of it.

Words of papers and people are in the lines as they are: whoever prints a line cleans it.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from summarise.characters import for_screen, noun_of
from summarise.errors import RunError
from summarise.judging import JudgedCounts, leaves_of, said_in_words, told_name
from summarise.models import JudgedAs, Judgement, Record
from summarise.people.told import first_lines
from summarise.schema import shape_of
from summarise.store import JudgedRow, Run

if TYPE_CHECKING:
    from summarise.people.taking import Taken

_TITLE = 60


def taken_lines(taken: Taken) -> Iterator[str]:
    """What was added, what wasn't, and why."""
    undone = sum(one.verdict is JudgedAs.UNDONE for one in taken.new)
    new, parts = len(taken.new) - undone, []
    if new or not undone:
        told = taken.counts.told()
        parts.append(f"{new:,} new{f' ({told})' if told else ''}")
    if undone:
        parts.append(f"{undone:,} taken back")
    if taken.known:
        parts.append(f"{taken.known:,} already there")
    if taken.older:
        parts.append(f"{len(taken.older):,} older than what stands, left out")
    if taken.instead:
        parts.append(f"{taken.instead:,} in the place of what somebody else said")
    if taken.refused:
        parts.append(f"{len(taken.refused):,} refused")
    yield f"{taken.path}: {', '.join(parts)}"
    yield from _cell_lines(taken)
    if taken.vouched:
        told = noun_of(taken.vouched, "of the values stands", "of the values stand")
        yield f"  {taken.vouched:,} {told} neither in the abstract nor in the title"
    yield from first_lines(
        f"  {one.doc_id}: {said_in_words(one)}; later: {said_in_words(stands)}"
        for one, stands in taken.older
    )
    if taken.gone:
        told = f"{taken.gone:,} of those already there {noun_of(taken.gone, 'was', 'were')}"
        yield f"  {told} taken back since; --again lays over again what was taken back"
    if taken.drops_table:
        place = shlex.quote(str(taken.path))
        yield f"  table.md is gone until the next run, being long; `summarise table {place}` has it"
    yield from offered_lines(taken.rows)


def _cell_lines(taken: Taken) -> Iterator[str]:
    """Of one cell, its paper by the title: a number may be another's since the run has grown."""
    if taken.paper is not None:
        yield f"  {for_screen(taken.paper.title or taken.paper.doc_id, _TITLE, reveal=True)}"
    said = (one for one in taken.new if one.verdict is not JudgedAs.UNDONE)
    yield from (f"    {said_in_words(one)}" for one in said if taken.paper)


def offered_lines(rows: Iterable[JudgedRow]) -> Iterator[str]:
    """What is to be looked at again, a line each."""
    told = [
        f"  {_paper(row, one.judgement)}: {said_in_words(one.judgement)}; {one.why}"
        for row in rows
        for one in row.offered
    ]
    if told:
        yield f"To be offered again: {len(told):,}"
        yield from first_lines(told)


def judgement_lines(run: Run, wanted: str | None = None) -> Iterator[str]:
    """All that stands of what people said of a run, or of one of its papers.

    Raises:
        RunError: There is no such paper.
    """
    counts = JudgedCounts()
    for row in _rows(run, wanted):
        laid = row.shown.judgements if row.shown else ()
        counts.add(laid, row.offered)
        if laid:
            yield _paper(row, laid[0])
        for one in laid:
            yield f"  {said_in_words(one)}"
        if row.offered:
            yield from offered_lines([row])
    told, left = counts.told(), counts.offered.total()
    again = f"; {left:,} to be offered again" if left else ""
    yield f"{told or 'nothing is laid over the records'}{again}"


def place_lines(run: Run, wanted: str) -> Iterator[str]:
    """Each place of a paper's record by its path, as it is shown, with who has said so.

    Raises:
        RunError: There is no such paper, or it has no record.
    """
    document, record = run.find(wanted)
    if not isinstance(record, Record):
        raise RunError("has no record that could be corrected", where=f"{run.path}: {wanted}")
    yield for_screen(document.title or document.doc_id, 2 * _TITLE, reveal=True)
    for path, value in leaves_of(shape_of(run.schema), record.draft):
        one = record.judged.get(path)
        said = f"  ({one.verdict} by {told_name(one.by)})" if one else ""
        shown = "–" if value in (None, []) else for_screen(str(value), _TITLE, reveal=True)
        yield f"  {path}: {shown}{said}"


def _rows(run: Run, wanted: str | None) -> Iterator[JudgedRow]:
    document = run.find(wanted)[0] if wanted is not None else None
    rows = run.judged_rows(None if document is None else {document.doc_id})
    return (row for row in rows if document is None or row.document == document)


def _paper(row: JudgedRow, one: Judgement) -> str:
    title = (row.document.title if row.document else None) or one.doc_id
    number = f"{row.number}. " if row.number else ""
    return f"{number}{for_screen(title, _TITLE, reveal=True)}"


def taken_json(taken: Taken) -> str:
    """What came of judgements, on one line."""
    return json.dumps(
        {
            "path": str(taken.path),
            "new": len(taken.new),
            "laid_over": taken.counts.counts(),
            "already_there": taken.known,
            "taken_back_since": taken.gone,
            "older": [one.model_dump(mode="json") for one, _ in taken.older],
            "instead": taken.instead,
            "offered_again": [one for row in taken.rows for one in _offered_json(row)],
            "refused": [{"where": one.where, "why": one.why} for one in taken.refused],
        },
        ensure_ascii=False,
    )


def _offered_json(row: JudgedRow) -> Iterator[dict[str, Any]]:
    for one in row.offered:
        line = one.judgement.model_dump(mode="json")
        yield {"number": row.number, **line, "why": one.why}


def judgement_json(run: Run, wanted: str | None = None) -> Iterator[str]:
    """All that stands of what people said, a line each; ``why`` is of what is offered again."""
    for row in _rows(run, wanted):
        for one in row.shown.judgements if row.shown else ():
            told = {"number": row.number, **one.model_dump(mode="json"), "why": None}
            yield json.dumps(told, ensure_ascii=False)
        for told in _offered_json(row):
            yield json.dumps(told, ensure_ascii=False)
