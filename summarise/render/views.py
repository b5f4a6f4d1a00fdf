"""Other tables of the same records: some columns, some rows, another order, fields down."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import chain, islice
from typing import NamedTuple

from pydantic import BaseModel

from summarise.characters import clip, counted, for_screen
from summarise.errors import SettingsError, check_choice, check_limit
from summarise.models import Row, ScreeningState
from summarise.render.benchmarks import (
    COLUMNS,
    HEADS,
    By,
    doubts_column,
    entry_columns,
    entry_numbers,
    entry_rows,
    fields_of,
    part_of,
    rows_by,
    value_column,
)
from summarise.render.conditions import (
    Condition,
    FieldNames,
    Measure,
    measures_of,
    parse_condition,
    remarks_on,
)
from summarise.render.format import Cell, RowView, Stretch, TableView
from summarise.render.layout import Column, Columns, Selector, all_columns, layout_of, page_columns
from summarise.render.table import Placed, Style, TableMaker
from summarise.schema import Kind, Node, schema_fingerprint, shape_of
from summarise.store import Change, PileChanges, Run, Screening, changes_of, load_screening

_MOST_ACROSS = 20
"""Papers that stand side by side."""
_HEAD = 40
_NOTHING = "–"
_LISTS = ("authors", "status", "judged", "screening_reason", "screened_by", "screening_said")
"""Of which a paper may have several, where a row of a group has one."""
_TITLE = 80


class View(NamedTuple):
    """What a user wants to see of some runs, in words that aren't checked; by default all papers.

    Attributes:
        columns: Names of fields or columns, in their order; with commas between them, or several.
        where: A condition, see ``conditions``.
        sort: Name of a field, then ``:desc`` for the largest first.
        group_by: Name of a field: a row stands under each of its values; of entries, such as data,
            under what each is called.
        limit: Rows at most.
        is_transposed: Fields down, papers across.
        by: What a row is of, where it isn't of a paper; it has its own columns and order.
        changes_since: As of ``changes_of``: what changed in the only run, the rest isn't shown.
        style: How much of each record, where no columns are named.
        rows: Name of a field that holds a list: a row is of one of its entries.
    """

    columns: Sequence[str] = ()
    where: str | None = None
    sort: str | None = None
    group_by: str | None = None
    limit: int | None = None
    is_transposed: bool = False
    by: str | None = None
    changes_since: str | None = None
    style: str = Style.FACTS
    rows: str | None = None


class _Pick(NamedTuple):
    """Where a row is, and where it belongs; the row itself isn't held."""

    group: tuple[object, ...]
    order: tuple[object, ...]
    run: int
    number: int
    place: int
    shown: str


def view_of(runs: Sequence[Run], view: View, *, is_page: bool) -> TableView:
    """The table of some runs as a user wants it; on a page, ``page_columns`` are left out.

    Raises:
        SettingsError: A name, a condition or an order isn't one, or the runs have other fields.
        RunError: A run has lost its documents or its records.
    """
    for run in runs:
        run.check_whole()  # before a head is printed
    check_choice("style", view.style, Style, "--style")
    if view.by is not None:
        check_choice("table by", view.by, By, "--by")
    style, by = Style(view.style), By(view.by) if view.by else None
    changes = None if view.changes_since is None else changes_of(runs[0], view.changes_since)
    if view.limit is not None:
        check_limit(view.limit)
    schema = _shared_schema(runs)
    names = FieldNames(schema, _screening_of(runs))
    part = None if view.rows is None else part_of(view.rows, schema)
    if part is not None and (view.by is not None or view.is_transposed):
        raise SettingsError("goes with neither --by nor --transpose", where="--rows")
    columns = _columns(runs, view, style, names, part, is_page=is_page)
    maker = TableMaker(schema, columns, style)
    rows = _PickedRows(runs, view, names, changes)
    if by is not None:
        layout, counts = layout_of(schema), maker.counts
        fields_of(by, layout)
        shown = rows_by(by, maker.counted(rows.placed(counts.notes)), layout, counts)
        titles = ["#", *HEADS[by], *COLUMNS]
        return TableView(titles, shown, counts, schema, tells_papers=False)
    notes: list[str] = []
    asides = [*rows.titles, *([rows.group.title] if rows.group else [])]
    table = maker.table(rows.placed(notes), asides)
    if part is not None:
        table = table._replace(rows=entry_rows(part, table), part=part)
    table = table._replace(rows=_noted(table, notes))
    return _transposed(table) if view.is_transposed else table


def _shared_schema(runs: Sequence[Run]) -> type[BaseModel]:
    first, *others = runs
    for other in others:
        if schema_fingerprint(other.schema) != schema_fingerprint(first.schema):
            raise SettingsError(
                f"was made with other fields than {first.path}, so they share no table",
                where=str(other.path),
                hint="Make a table of each.",
            )
    return first.schema


def _screening_of(runs: Sequence[Run]) -> dict[str, Callable[[Row], list[str]]]:
    """What people decided about the documents of some runs, by name; read when it is asked for."""

    @cache
    def screening() -> Screening:
        return load_screening({run.path: run.damage for run in runs})

    def state(row: Row) -> list[str]:
        found = screening().of(row[0]).state
        return [] if found is ScreeningState.OPEN else [found.value]

    return {
        "screening": state,
        "screening_reason": lambda row: list(screening().of(row[0]).reasons),
        "screened_by": lambda row: [one.by for one in screening().of(row[0]).counting],
        "screening_said": lambda row: [one.told for one in screening().of(row[0]).opinions],
    }


def _columns(
    runs: Sequence[Run],
    view: View,
    style: Style,
    names: FieldNames,
    part: Node | None,
    *,
    is_page: bool,
) -> Columns:
    layout, shape = layout_of(runs[0].schema), shape_of(runs[0].schema)
    if part is not None and not view.columns:
        return Columns(list(entry_columns(part)), [])
    if view.columns:
        named = (name for text in view.columns for name in map(str.strip, text.split(",")) if name)
        chosen = [names.selector(name, "--columns") for name in named]
        group = names.selector(view.group_by, "--group-by") if view.group_by else None
        if group is not None and group.about and group.name not in _LISTS:
            chosen = [one for one in chosen if one is not group]  # each row has it already
        return Columns(_chosen(chosen, shape, part, is_page=is_page), [])
    columns = all_columns(layout, brief=style is Style.BRIEF)
    if is_page and style is not Style.FULL and not (view.where or view.is_transposed):
        lines = chain.from_iterable(run.shown_lines() for run in runs)
        return page_columns(columns, layout, lines, sum(run.recorded for run in runs))
    return columns


def _chosen(
    chosen: Iterable[Selector], shape: Node, part: Node | None, *, is_page: bool
) -> list[Column]:
    """The columns that a user names; of entries as data, where no page shows them, with doubts."""
    fields = {one.name: one for one in shape.inside if one.kind is Kind.LIST}
    shown: list[Column] = [] if part is None else [entry_numbers(part)]
    doubts: dict[str, Column] = {} if part is None else {part.name: doubts_column(part)}
    for one in chosen:
        node = fields.get(one.field.name) if one.field and one.inner else None
        if node is None or one.inner is None or part not in {None, node}:
            shown.append(_column(one))
            continue
        is_told = is_page and part is None
        shown.append(_column(one) if is_told else value_column(node, (one.inner,), one.title))
        doubts.setdefault(node.name, doubts_column(node, f"{one.title.partition(':')[0]}: doubts"))
    return [*shown, *doubts.values()]


def _column(chosen: Selector) -> Column:
    is_whole = chosen.field is not None and chosen.inner is None
    return Column(chosen.field) if is_whole else Column(chosen.field, chosen=chosen)


class _PickedRows:
    """The rows of some runs that a view asks for, in its order."""

    def __init__(
        self,
        runs: Sequence[Run],
        view: View,
        names: FieldNames,
        changes: PileChanges | None,
    ) -> None:
        self._runs, self._view, self._changes = runs, view, changes
        self._where: Condition | None = None
        if view.where is not None:
            self._where = parse_condition(view.where, names)
        self.group = names.selector(view.group_by, "--group-by") if view.group_by else None
        field, self._is_falling = view.sort or "", False
        if field.endswith((":desc", ":asc")):
            self._is_falling = field.endswith(":desc")
            field = field.rpartition(":")[0]
        self._sort = names.selector(field, "--sort") if view.sort else None
        titles = [run.path.resolve().name for run in runs]
        is_told = len(set(titles)) == len(titles)
        self._titles = titles if is_told else [str(run.path) for run in runs]
        self._units: set[str] = set()
        if changes is not None and len(runs) > 1:
            raise SettingsError(
                "is of one run", where="--changes-since", hint="Name the newer run alone."
            )

    @property
    def titles(self) -> list[str]:
        """The titles of the cells before those of the schema, the group's apart."""
        return ["Run"] if len(self._runs) > 1 else ["Change"] if self._changes is not None else []

    def placed(self, notes: list[str]) -> Iterator[Placed]:
        """The rows; ``notes`` takes what is to be said of them below the table."""
        all_ = shown = 0
        for seen, one in self._counted():
            all_ = seen
            if one is not None:
                shown += not one.is_again
                yield one
        if (changes := self._changes) is not None:
            notes.append(f"{changes.told()}; the rest of {counted(all_, 'document')} is as it was.")
            named = "; ".join(f"“{for_screen(one, _TITLE)}”" for one in changes.gone_titles)
            more = changes.gone - len(changes.gone_titles)
            notes += [f"Gone: {named}{f' and {more:,} more' if more else ''}"] if named else []
        elif self._where is not None or shown < all_:
            about = f": where {for_screen(self._view.where)}" if self._view.where else ""
            is_full = bool(about) and shown == self._view.limit
            about += f"; more may be, beyond --limit {shown}" if is_full else ""
            notes.append(f"{shown:,} of {counted(all_, 'document')} shown{about}")
        notes += map(for_screen, remarks_on(self._where)) if self._where else ()
        if len(self._units) > 1:
            notes.append("Sorted within each unit: amounts of different units aren't compared.")

    def _counted(self) -> Iterator[tuple[int, Placed | None]]:
        """How many documents were seen so far, and the next row."""
        if self._sort is None and self.group is None:
            yield from self._streamed()
            return
        seen, picks = self._picks()
        limit = self._view.limit
        before: set[tuple[int, int]] = set()
        yield seen, None
        with contextlib.ExitStack() as stack:
            readers = [stack.enter_context(run.rows_by_place()) for run in self._runs]
            for pick in picks:
                is_again = (pick.run, pick.number) in before
                if not is_again and limit is not None and len(before) >= limit:
                    continue
                before.add((pick.run, pick.number))
                row = readers[pick.run](pick.place)
                asides = (
                    *self._aside(pick.run, pick.number),
                    *([_cell(pick.shown)] if self.group else []),
                )
                yield seen, Placed(pick.number, row, asides, is_again)

    def _streamed(self) -> Iterator[tuple[int, Placed | None]]:
        seen = shown = 0
        limit = self._view.limit
        # Nothing is asked of most rows, nor told before them.
        holds_all = self._where is None and self._changes is None
        has_asides = bool(self.titles)
        for at, run in enumerate(self._runs):
            for number, (_, row) in enumerate(run.placed_rows(), 1):
                seen += 1
                if (holds_all or self._holds(number, row)) and (limit is None or shown < limit):
                    shown += 1
                    yield seen, Placed(number, row, self._aside(at, number) if has_asides else ())
        yield seen, None

    def _picks(self) -> tuple[int, list[_Pick]]:
        """How many documents there are, and where those are that are shown, in their order."""
        seen, picks = 0, []
        for at, run in enumerate(self._runs):
            for number, (place, row) in enumerate(run.placed_rows(), 1):
                seen += 1
                if self._holds(number, row):
                    order = self._order(row)
                    for key, shown in self._groups(row):
                        picks.append(_Pick(key, order, at, number, place, shown))
        # Words come behind amounts, and what has no value last, whichever way the others go.
        picks.sort(key=lambda pick: pick.order[2:], reverse=self._is_falling)
        picks.sort(key=lambda pick: (pick.group, pick.order[:2]))
        return seen, picks

    def _order(self, row: Row) -> tuple[object, ...]:
        if self._sort is None:
            return ()
        texts = self._sort.values(row)
        found = next((one for text in texts for one in measures_of(text)), None)
        if found is not None:
            found = found.in_base()
            self._units.add(found.unit)
        return _order_of(found, texts)

    def _groups(self, row: Row) -> Iterator[tuple[tuple[object, ...], str]]:
        if self.group is None:
            yield (), ""
            return
        texts = list(dict.fromkeys(self.group.heads(row)))
        for text in texts or [_NOTHING]:
            measured = next(iter(measures_of(text)), None) if text[:1].isdigit() else None
            order = _order_of(measured, texts and [text])
            if measured is not None and not text.replace(".", "").isdigit():
                # "1,126 adults" is what somebody counted, and comes behind what has a name.
                order = (False, 2, *order[2:4], text.casefold())
            yield order, text

    def _holds(self, number: int, row: Row) -> bool:
        """Whether the row with this number is one that is asked for."""
        changes = self._changes
        is_same = changes is not None and changes.kinds[number - 1] == Change.SAME
        return not is_same and (self._where is None or self._where.holds(row))

    def _aside(self, run: int, number: int) -> tuple[Cell, ...]:
        if (changes := self._changes) is not None:
            return (_cell(Change(changes.kinds[number - 1]).name.lower()),)
        return (_cell(self._titles[run]),) if len(self._runs) > 1 else ()


def _order_of(measure: Measure | None, texts: Sequence[str]) -> tuple[object, ...]:
    """What has no value comes last, then words; amounts by unit, then by size."""
    if measure is not None:
        return (False, False, measure.unit, measure.value, "")
    return (not texts, True, "", 0.0, texts[0].casefold() if texts else "")


def _cell(text: str) -> Cell:
    return [[Stretch(for_screen(text))]]


def _noted(table: TableView, notes: list[str]) -> Iterator[RowView]:
    yield from table.rows
    table.counts.notes.extend(notes)


def _transposed(table: TableView) -> TableView:
    """Fields down, papers across.

    Raises:
        SettingsError: There are too many for a page.
    """
    papers = list(islice(table.rows, _MOST_ACROSS + 1))
    if len(papers) > _MOST_ACROSS:
        raise SettingsError(
            f"puts papers side by side, {_MOST_ACROSS} at most",
            where="--transpose",
            hint="Choose some with --where or --limit.",
        )
    for _ in table.rows:  # nothing is left; what is noted below comes at the end
        pass
    heads = [f"{paper.number}. {clip(paper.title, _HEAD)}" for paper in papers]
    lines: list[tuple[str, Callable[[RowView], Cell]]] = [
        ("Authors and year", lambda paper: _cell(" · ".join(paper.byline)) if paper.byline else []),
        ("Notes", lambda paper: [[note] for note in paper.notes]),
    ]
    kept = [one for one in lines if any(map(one[1], papers))]
    rows = [(name, [cell(paper) for paper in papers]) for name, cell in kept]
    for at, title in enumerate(table.columns[2:]):
        rows.append((title, [paper.cells[at] for paper in papers]))
    views = (
        RowView(number, name, None, [], [], cells, None)
        for number, (name, cells) in enumerate(rows, 1)
    )
    return table._replace(columns=["#", "Field", *heads], rows=views, tells_papers=False)
