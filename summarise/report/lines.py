"""What the page is told: lines of JSON for the run, for each document, and for what it comes to.

The page shows each text as text and cuts none: what has to be known of places in an abstract, which
count characters as Python does, is worked out here. All texts that are shown are clean (see
``for_screen``). ``web/src/data.ts`` has the same shapes as types.
"""

from __future__ import annotations

import json
import logging
import shlex
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, NamedTuple

from summarise.characters import counted, for_screen, inert_json
from summarise.errors import RunError, SettingsError
from summarise.models import Record
from summarise.readers import SUMMARY_BEGINS
from summarise.render import (
    HEADS,
    By,
    Citations,
    Clipping,
    Contrast,
    FactCells,
    Field,
    Layout,
    Mark,
    PaperPair,
    ReferenceView,
    ReportedValue,
    RowView,
    Style,
    TableView,
    amounts_of,
    fields_of,
    layout_of,
    table_view,
    told_left_out,
    values_by,
)
from summarise.report.opened import HeldWork, opened, shape_told, stretches_told
from summarise.schema import MEASURED, Kind, shape_of
from summarise.store import Run

REASONS = (
    "another topic",
    "another population",
    "another method or intervention",
    "no comparison",
    "other outcomes",
    "no research of its own",
    "retracted",
)
"""Why a paper may be excluded; a person may name others."""

_LOG = logging.getLogger("summarise")
_SHARED = {"dataset", *MEASURED}


class Against(NamedTuple):
    """The run that another is held against, and what came of that."""

    run: Run
    pairs: Iterator[PaperPair]
    """The papers of the other run in their order, then those that ``run`` alone has."""


def lines_of(run: Run, against: Against | None = None) -> Iterator[str]:
    """The lines that the page is made of, without their ends; one row at a time is held."""
    layout = layout_of(run.schema)
    table = table_view(run.rows(), run.schema, Style.FACTS)
    yield _line(_head(run, table, layout))
    measured = _MeasuredValues(layout, table.counts.marks)
    compared = _ComparedRows(run, against) if against else None
    held, citations = HeldWork(run), Citations(table.columns)
    for view in table.rows:
        told = _row(view, layout, measured, held)
        if view.row is not None:
            told["cited"] = _cited(citations.of(view))
        yield _line(told | compared.of(view.number) if compared else told)
    losses = told_losses(run)
    if compared:
        table.counts.marks |= {Mark.DIFFERS, Mark.EVIDENCE}
    documents, became = table.counts.summary()
    accounts: dict[str, Any] = {
        "documents": documents,
        "became": became,
        "marks": [[mark.sign, mark.meaning] for mark in table.counts.legend],
        "losses": losses,
        "tables": list(measured.tables()),
    }
    yield _line(accounts | {"compare": compared.accounts()} if compared else accounts)


def _line(told: Any) -> str:
    # What a record holds, be it half a character, is there as it is.
    return inert_json(json.dumps(told, ensure_ascii=False, separators=(",", ":")))


def _head(run: Run, table: TableView, layout: Layout) -> dict[str, Any]:
    identity = run.manifest.identity
    name = run.path.resolve().name
    # As a command names it, without what it is in on this machine.
    place = run.path.name if run.path.is_absolute() else str(run.path)
    known_by = f"{run.manifest.created}\0{name}"
    return {
        "name": for_screen(name),
        "runId": sha256(known_by.encode(errors="replace")).hexdigest()[:16],
        "place": for_screen(shlex.quote(place)),
        "reasons": REASONS,
        "summaryBegins": SUMMARY_BEGINS,
        "madeBy": for_screen(identity.model or f"the {identity.extractor} extractor"),
        "columns": list(map(for_screen, table.columns)),
        "fields": [[field.name, field.title] for field in layout.fields],
        "shape": shape_told(shape_of(run.schema)),
        "facets": list(_facets(layout)),
        "reported": list(_reported(layout)),
    }


def _facets(layout: Layout) -> Iterator[list[Any]]:
    """What papers may share, so that a reader may want those of one: a title, field and label.

    Those are choices, what an entry opens with, and what was measured on what.
    """
    for number, field in enumerate(layout.fields):
        if field.part is None and field.kind in {Kind.CHOICE, Kind.VERBATIM}:
            yield [field.title, number, ""]
        for one in field.part.fields if field.part else ():
            opens = field.part is not None and one is field.part.head
            if opens or one.choices or one.name in _SHARED:
                title = field.title if opens else f"{field.title}: {one.label}"
                yield [title, number, one.label]


def _reported(layout: Layout) -> Iterator[list[Any]]:
    """What a paper may report: a title, field, and the label of a value in it, else any."""
    for number, field in enumerate(layout.fields):
        yield [field.title, number, None]
        names = {one.name for one in field.part.fields} if field.part else set()
        if "value" in names and names & set(MEASURED):
            yield [f"{field.title}: a number", number, "value"]


def told_losses(run: Run) -> list[str]:
    """What a run whose rows have been gone through holds no more, and so the page; logged, too."""
    losses = [
        f"{counted(len(places), 'line is', 'lines are')} damaged in {for_screen(name)}"
        for name, places in sorted(run.damage.places.items())
    ]
    losses += run.damage.cut.values()
    for loss in losses:
        _LOG.warning("%s: %s", run.path, loss)
    return losses


def _row(
    view: RowView, layout: Layout, measured: _MeasuredValues, held: HeldWork
) -> dict[str, Any]:
    told = {
        "number": view.number,
        "title": view.title,
        "url": view.url,
        "byline": view.byline,
        "notes": [note.text for note in view.notes],
        "cells": [list(map(stretches_told, cell)) for cell in view.cells],
    }
    if view.row is None:
        return told
    # The page lays people's work over what was extracted by itself; the table has it already.
    extracted, work = held.of(view.number, view.row)
    told |= opened(extracted, layout) | work
    outcome = view.row[1]
    if not isinstance(outcome, Record):
        return told
    return told | {"links": len(outcome.links)} | measured.of(outcome)


def _cited(reference: ReferenceView) -> dict[str, Any]:
    """What a paper is cited by, besides what is told of it anyway; what isn't known isn't there."""
    told: dict[str, Any] = {
        "key": reference.key,
        "kind": reference.kind.value,
        "authors": reference.authors,
        "more": reference.has_more_authors,
        "published": reference.published,
        "printed": {name: text for name, text in reference.printed.items() if text},
        "doi": reference.doi,
        "ids": list(reference.ids.items()),
        "language": reference.language,
    }
    return {name: value for name, value in told.items() if value}


class _MeasuredValues:
    """What papers report by dataset, metric and resource, as ``summarise table --by`` has it.

    Each paper's values stand with it, with the number of the row that they belong to, so that the
    page can show those of the papers that are left of its filters. Rows are numbered as they come.
    """

    def __init__(self, layout: Layout, marks: set[Mark]) -> None:
        self._layout = layout
        self._marks = marks
        self._fields = {by: fields for by in By if (fields := _fields(by, layout))}
        self._rows: dict[By, dict[tuple[str, ...], tuple[int, str, str]]] = {
            by: {} for by in self._fields
        }
        self._left_out = {by: Counter[str]() for by in self._fields}

    def of(self, record: Record) -> dict[str, Any]:
        """The values of a record.

        ``measured`` has for each the line, and where it stands: the place of a table in ``tables``,
        the number of a row there, and what was worked out. ``amounts`` has units and amounts of
        resources, and the words that they were worked out of.
        """
        cells = FactCells(record, self._layout, Clipping(), self._marks)
        measured: dict[str, list[Any]] = {}
        amounts = []
        for at, by in enumerate(self._fields):
            for value in values_by(by, self._fields[by], self._layout, record, cells):
                if isinstance(value, str):
                    self._left_out[by][value] += 1
                    continue
                path = value.entry.path
                if path not in measured:
                    measured[path] = [stretches_told(value.line)]
                measured[path].append([at, self._row(by, value), value.worked])
                if by is By.COMPUTE and value.worked:
                    found = amounts_of(value.entry, record)
                    amounts += [[one.unit, one.value, one.text] for one in found]
        told = {"measured": list(measured.values())} if measured else {}
        return told | ({"amounts": amounts} if amounts else {})

    def _row(self, by: By, value: ReportedValue) -> int:
        rows = self._rows[by]
        new = (len(rows), value.title, value.beside)
        return rows.setdefault(value.key, new)[0]

    def tables(self) -> Iterator[dict[str, Any]]:
        """What the rows are of, by number; once all records have been gone through."""
        for by, rows in self._rows.items():
            yield {
                "by": by.value,
                "heads": HEADS[by],
                "rows": [
                    [for_screen(title), for_screen(beside)] for _, title, beside in rows.values()
                ],
                "leftOut": told_left_out(self._left_out[by]),
            }


def _fields(by: By, layout: Layout) -> list[Field]:
    try:
        return fields_of(by, layout)
    except SettingsError:
        return []


class _ComparedRows:
    """Takes the pairs of a comparison along with the rows of its first run.

    What differs, ``summarise diff`` says: whoever asks for a page brings what it found.
    """

    def __init__(self, run: Run, against: Against) -> None:
        self._against = against
        self._names: dict[str, int] = {}
        own, other = (
            {field.title for field in layout_of(one.schema).fields} for one in (run, against.run)
        )
        self._only = [sorted(own - other), sorted(other - own)]

    def of(self, number: int) -> dict[str, Any]:
        """What is told of the next row, with its number.

        ``other`` is its number in the other run, or null. ``compared`` has for each field its
        number, and the cells of both runs, or of both one where they are the same.

        Raises:
            RunError: The run has changed since they were compared.
        """
        pair = next(self._against.pairs, None)
        if pair is None or pair.left != number:
            raise RunError(
                "has changed while it was compared",
                where=str(self._against.run.path),
                hint="Again.",
            )
        return {"other": pair.right, "compared": list(map(self._field, pair.fields))}

    def _field(self, field: Contrast) -> list[Any]:
        number = self._names.setdefault(field.name, len(self._names))
        cells = [field.left, field.right] if field.differs else [field.left]
        return [number, *(list(map(stretches_told, cell)) for cell in cells)]

    def accounts(self) -> dict[str, Any]:
        """What is told at the end: the names of fields, and the papers of the other run alone."""
        identity = self._against.run.manifest.identity
        return {
            "name": for_screen(self._against.run.path.resolve().name),
            "madeBy": for_screen(identity.model or f"the {identity.extractor} extractor"),
            "alone": [
                {
                    "number": pair.right,
                    "title": pair.view.title,
                    "compared": list(map(self._field, pair.fields)),
                }
                for pair in self._against.pairs
            ],
            "fields": list(map(for_screen, self._names)),
            "only": self._only,
        }
