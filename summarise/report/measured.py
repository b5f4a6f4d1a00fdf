"""What papers report by dataset, metric and resource, as ``summarise table --by`` has it.

Each paper's values stand with it, with the number of the row that they belong to, so that the page
can show those of the papers that are left of its filters. What the rows are of is told at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from summarise.characters import for_screen
from summarise.errors import SettingsError
from summarise.models import Record
from summarise.render import (
    HEADS,
    By,
    Clipping,
    FactCells,
    Field,
    Layout,
    Line,
    Mark,
    ReportedValue,
    amounts_of,
    fields_of,
    values_by,
)


class MeasuredValues:
    """Numbers the rows that values of one run belong to, as they come."""

    def __init__(self, layout: Layout, marks: set[Mark], told: Callable[[Line], list[Any]]) -> None:
        self._layout = layout
        self._marks = marks
        self._told = told
        self._fields = {by: fields for by in By if (fields := _fields(by, layout))}
        self._rows: dict[By, dict[tuple[str, ...], tuple[int, str, str]]] = {
            by: {} for by in self._fields
        }
        self._unplaced = dict.fromkeys(self._fields, 0)

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
                if value is None:
                    self._unplaced[by] += 1
                    continue
                path = value.entry.path
                if path not in measured:
                    measured[path] = [self._told(value.line)]
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
                "unplaced": self._unplaced[by],
            }


def _fields(by: By, layout: Layout) -> list[Field]:
    try:
        return fields_of(by, layout)
    except SettingsError:
        return []
