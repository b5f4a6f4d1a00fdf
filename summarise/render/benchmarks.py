"""Records by dataset, metric or resource: a row each, with the values that all papers report of it.

Values share a row where dataset, measure and unit are the same in any case, levels apart from
changes. They aren't merged or ranked: settings differ, so each stands with its paper, baseline,
arm and uncertainty, as the abstract has it. What code works out (the difference from a baseline in
the same unit, a resource in the package's unit) shows its inputs, and is blank where one is
missing, or is in doubt. What a record is unsure of is left out and counted, as in a table of
papers.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from pydantic import BaseModel

from summarise.characters import counted, for_screen, inert_json, readable, readable_line
from summarise.errors import SettingsError, check_choice
from summarise.models import NormalisedQuantity, Record, Row
from summarise.render.cells import COLON
from summarise.render.conditions import measures_of
from summarise.render.facts import FactCells
from summarise.render.flags import entry_doubts
from summarise.render.format import (
    Cell,
    Entries,
    Line,
    Mark,
    RowCounts,
    RowView,
    Stretch,
    TableView,
    text_of,
)
from summarise.render.layout import Column, DraftEntry, Field, Layout, is_fact
from summarise.render.table import Placed, title_of
from summarise.render.wording import short_title
from summarise.schema import MEASURED, Kind, Node, shape_of, value_at

_TITLE = 40
_MOST = 30
"""Values of a row that are shown; the others are counted."""
_NONE = "–"
_NULL: Line = [Stretch(_NONE)]
_UNSURE = "unsure, since many like them are wrong; the record has them"


class By(StrEnum):
    """What a row is of."""

    DATASET = "dataset"
    METRIC = "metric"
    COMPUTE = "compute"


HEADS = {
    By.DATASET: ("Dataset", "Metric"),
    By.METRIC: ("Metric", "Dataset"),
    By.COMPUTE: ("Unit", "Kind"),
}
"""The heads of the columns that say what a row is of."""
COLUMNS = ("Papers", "As reported", "Worked out")


class ReportedValue(NamedTuple):
    """A value of a paper, and where it belongs.

    Attributes:
        key: Alike for values that share a row.
        title: What the row is of, as this paper has it.
        beside: What stands beside that.
        line: The value with what it is compared with, whose it is, how sure, and its signs.
        worked: What code works out of it, with the inputs; empty where it can't.
    """

    entry: DraftEntry
    key: tuple[str, ...]
    title: str
    beside: str
    line: Line
    worked: str


class _Benchmark:
    """The values of one row."""

    def __init__(self, title: str, beside: str) -> None:
        self.title, self.beside = title, beside
        self.values: Cell = []
        self.worked: Cell = []
        self.papers: set[tuple[str, int]] = set()
        self.left_out = 0

    def add(self, paper: tuple[str, int], value: Line, worked: str) -> None:
        """Take a value, and what was worked out of it."""
        self.papers.add(paper)
        if len(self.values) >= _MOST:
            self.left_out += 1
            return
        self.values.append(value)
        if worked:
            self.worked.append([Stretch(f"{paper[1]}: {worked}")])

    def view(self, number: int) -> RowView:
        """How it is shown, as the row with this number."""
        values = [*self.values, *([[Stretch(f"+{self.left_out:,} more")]] * bool(self.left_out))]
        papers = str(len(self.papers))
        told = [[[Stretch(self.beside)]], [[Stretch(papers)]]]
        cells: list[Cell] = [*told, values, self.worked]
        return RowView(number, self.title, None, [], [], cells, None)


def rows_by(
    by: By, rows: Iterable[tuple[Placed, FactCells | None]], layout: Layout, counts: RowCounts
) -> Iterator[RowView]:
    """A row for each dataset, metric or unit that a paper has a value of, the most papers first."""
    fields = fields_of(by, layout)
    groups: dict[tuple[str, ...], _Benchmark] = {}
    left_out: Counter[str] = Counter()
    for placed, cells in rows:
        outcome = placed.row[1]
        if cells is None or not isinstance(outcome, Record):
            continue
        run = "".join(text_of(line) for cell in placed.asides for line in cell)
        label = f"{placed.number} {short_title(readable(title_of(placed.row[0])), _TITLE)}"
        for value in values_by(by, fields, layout, outcome, cells):
            if isinstance(value, str):
                left_out[value] += 1
                continue
            group = groups.setdefault(value.key, _Benchmark(value.title, value.beside))
            line = [Stretch(f"{run} {label}".strip()), COLON, *value.line]
            group.add((run, placed.number), line, value.worked)
    counts.doubtful = 0
    for number, group in enumerate(_ordered(list(groups.values())), 1):
        view = group.view(number)
        counts.doubtful += any(one.mark is Mark.DOUBT for line in view.cells[2] for one in line)
        yield view
    counts.notes += told_left_out(left_out)


def told_left_out(counts: Mapping[str, int]) -> list[str]:
    """How many values are left out, for each reason of ``values_by``."""
    return [f"{counted(count, 'value')} left out: {why}" for why, count in counts.items()]


def values_by(
    by: By, fields: Iterable[Field], layout: Layout, record: Record, cells: FactCells
) -> Iterator[ReportedValue | str]:
    """The values that a record has in some fields; for one that is left out, why."""
    draft = DraftEntry("", layout, record.draft)
    for entry in (one for field in fields for one in draft.entries(field) if one.texts("value")):
        if (found := _key(by, entry, record)) is None:
            yield f"no {by.value} is named"
            continue
        if cells.is_left_out(entry):
            yield _UNSURE
            continue
        title, beside, unit = found
        key = (title.casefold(), beside.casefold(), unit, str(entry.values.get("kind")))
        worked = "" if cells.is_uncertain(entry) else _worked_out(by, entry, record)
        yield ReportedValue(entry, key, title, beside, cells.value_line(entry), worked)


def _ordered(groups: list[_Benchmark]) -> list[_Benchmark]:
    """What most papers have first, of one title together; never by the size of a value."""
    papers: dict[str, set[tuple[str, int]]] = {}
    for group in groups:
        papers.setdefault(group.title.casefold(), set()).update(group.papers)
    places = {title: at for at, title in enumerate(papers)}

    def order(group: _Benchmark) -> tuple[int, int, int]:
        title = group.title.casefold()
        return -len(papers[title]), places[title], -len(group.papers)

    return sorted(groups, key=order)


def fields_of(by: By, layout: Layout) -> list[Field]:
    """The fields whose entries have what a row is of.

    Raises:
        SettingsError: There is none.
    """
    wanted = {By.DATASET: {"dataset"}, By.METRIC: set(MEASURED)}.get(by)
    found = []
    for field in layout.fields:
        names = {one.name for one in field.part.fields} if field.part else set()
        if field.part is None or "value" not in names:
            continue
        is_in = not is_fact(field.part) if wanted is None else bool(names & wanted)
        found += [field] if is_in else []
    if not found:
        hint = f"Choose another of {', '.join(By)}."
        raise SettingsError(f"these records have no values by {by.value}", where="--by", hint=hint)
    return found


def _key(by: By, entry: DraftEntry, record: Record) -> tuple[str, str, str] | None:
    """What the row is of, what stands beside it, and the unit; None where that isn't told."""
    if by is By.COMPUTE:
        unit = _resource_unit(entry, record)
        return (_as_written(unit, entry) or "in words", _told(entry, "kind"), unit)
    quantities = measures_of(_told(entry, "value"))
    unit = quantities[0].unit if len(quantities) == 1 else ""
    measured = next(filter(None, (_told(entry, name) for name in MEASURED)), "")
    names = (_told(entry, "dataset"), measured)
    title, beside = names if by is By.DATASET else names[::-1]
    if not title:
        return None
    kind = f" (Δ, {unit or 'no unit'})" if entry.values.get("kind") else f" ({unit})" * bool(unit)
    return title, f"{beside or _NONE}{kind}", unit


def _told(entry: DraftEntry, name: str) -> str:
    return ", ".join(entry.texts(name))


def _resource_unit(entry: DraftEntry, record: Record) -> str:
    """The one unit that is read in its value, or that its sentence gives it; none of several."""
    found = {one.unit for one in measures_of(_told(entry, "value")) if one.unit}
    # "7B" has no unit by itself: that it counts parameters is known of where it stands.
    found |= {one.unit for one in amounts_of(entry, record)}
    # What stands in brackets tells of a device that it counts: "16 A100 (40 GB)".
    return found.pop().partition(" (")[0] if len(found) == 1 else ""


def _as_written(unit: str, entry: DraftEntry) -> str:
    """A unit with the capitals that its value has: "a100" is an A100."""
    value = _told(entry, "value")
    at = value.lower().find(unit)
    return value[at : at + len(unit)] if at >= 0 else unit


def _worked_out(by: By, entry: DraftEntry, record: Record) -> str:
    """A difference from the baseline, or a resource in the package's unit, with the inputs."""
    value = _told(entry, "value")
    if by is By.COMPUTE:
        return readable_line("; ".join(one.arithmetic for one in amounts_of(entry, record)))
    baseline = _told(entry, "baseline")
    ours, theirs = measures_of(value), measures_of(baseline)
    is_level = entry.values.get("kind") is None
    if not (is_level and len(ours) == len(theirs) == 1 and ours[0].unit == theirs[0].unit):
        return ""
    difference = round(ours[0].value - theirs[0].value, 6)
    unit = {"%": " points", "": ""}.get(ours[0].unit, f" {ours[0].unit}")
    told = f"{difference:+,g}".replace("-", "−")
    return f"{value} − {baseline} = {told}{unit}"


def amounts_of(entry: DraftEntry, record: Record) -> list[NormalisedQuantity]:
    """The quantities of an entry's value that are known in the package's units."""
    return [one for one in record.quantities if one.text in entry.values["value"]]


# The entries of a list as rows


def part_of(name: str, schema: type[BaseModel]) -> Node:
    """The field of a schema whose entries are to be rows.

    Raises:
        SettingsError: It is no list.
    """
    lists = {one.name: one for one in shape_of(schema).inside if one.kind is Kind.LIST}
    check_choice("list of entries", name, lists, "--rows")
    return lists[name]


def entry_columns(part: Node) -> list[Column]:
    """A column of the numbers of its entries, one for each value, and one for the doubts."""
    paths = (path for path, _ in part.columns)
    return [entry_numbers(part), *(value_column(part, one) for one in paths), doubts_column(part)]


def entry_numbers(part: Node) -> Column:
    """The numbers of the entries, from 1."""
    return _column("Entry", lambda record: range(1, 1 + len(part.entries(record.draft))))


def value_column(part: Node, path: tuple[str, ...], title: str = "") -> Column:
    """What each entry has under names; of what isn't parted into columns, the whole."""
    inside = path if part.columns[0][0] else ()
    return _column(
        title or for_screen(" ".join(path or (part.name,)).replace("_", " ")).capitalize(),
        lambda record: [value_at(one, inside) for one in part.entries(record.draft)],
    )


def doubts_column(part: Node, title: str = "Doubts") -> Column:
    """What is doubted of each entry."""
    doubts = _column(title, lambda record: entry_doubts(part, record))
    return doubts._replace(tells_doubts=True)


def _column(title: str, read: Callable[[Record], Iterable[Any]]) -> Column:
    def cell(row: Row) -> Cell:
        return Entries(map(_line, read(row[1]))) if isinstance(row[1], Record) else []

    return Column(None, entries=cell, head=title)


def _line(value: Any) -> Line:
    """A value on one line, from which it can be read back: a clean text as it is, all else as JSON.

    So is a text that could be taken for JSON or for null.
    """
    if value is None:
        return _NULL
    is_plain = isinstance(value, str) and value == for_screen(value) != _NONE
    if is_plain and value and not value.startswith(('"', "[", "{")):
        return [Stretch(value)]
    return [Stretch(inert_json(json.dumps(value, ensure_ascii=False)))]


def entry_rows(part: Node, table: TableView) -> Iterator[RowView]:
    """The rows of the papers of a table, parted into those of their entries; null is blank there.

    A paper without any keeps its row.
    """
    counts, doubtful = table.counts, 0
    for row in table.rows:
        outcome = row.row[1] if row.row else None
        count = len(part.entries(outcome.draft)) if isinstance(outcome, Record) else 0
        for at in range(count):
            cells = [
                cell if not isinstance(cell, Entries) else [] if cell[at] is _NULL else [cell[at]]
                for cell in row.cells
            ]
            doubtful += Mark.DOUBT.sign in "".join(map(text_of, cells[-1]))
            yield row._replace(cells=cells, entry=at)
        if not count:
            yield row
    counts.doubtful = doubtful
