"""Whole records as Parquet, for data frames and DuckDB: a row for each paper, nested as the schema.

Beside what is known of the paper stand the fields of its record, and what is doubted: also of each
entry of a list, as ``results.doubts``. Where rows are entries, each value of one has a column, with
its doubts behind them. Texts are clean; as they stand in the abstract, to the character, they are
in JSON. The counts are in the file's metadata, under ``summarise``. Rows that are no document's
have their cells as text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from summarise.characters import for_screen
from summarise.errors import RunError, SettingsError
from summarise.models import Record
from summarise.render.flags import entry_doubts
from summarise.render.format import OutputFormat, RowView, TableView, Target, made_file_of, reported
from summarise.render.formats.sqlite import JUDGED, free_name, paper_of, told_judgement
from summarise.schema import Kind, Node, shape_of, value_at

_ROWS_AT_ONCE = 500
_GROUP = 1 << 24
"""Bytes of a group of rows as Arrow has them: one is held until it is written. What a file says of
its groups is held to the end, and by whoever reads it: of thousands that is much."""


def _write(table: TableView, target: Target) -> None:
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra, and slow
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError:
        raise SettingsError(
            "this format needs pyarrow, which isn't installed",
            where="--format parquet",
            hint="Install it: pip install 'summarise-abstracts[parquet]'.",
        ) from None
    first = list(islice(table.rows, 1))
    rows = chain(first, table.rows)
    maker = _Maker(pa, table, has_papers=not first or first[0].row is not None)
    with made_file_of(target, "parquet") as path:
        try:
            with parquet.ParquetWriter(path, maker.schema) as writer:
                for group in maker.groups(rows):
                    writer.write_table(group)
                told = [list(line) for line in table.counts.accounts()]
                writer.add_key_value_metadata({"summarise": json.dumps(told)})
        except ValueError as error:
            raise RunError(
                f"a record isn't as the schema of the run has it ({error})",
                where="--format parquet",
                hint="Choose jsonl, which has records as they are.",
            ) from error


class _Maker:
    """Makes rows of Parquet, and says what is in their columns."""

    def __init__(self, pa: Any, table: TableView, *, has_papers: bool) -> None:
        self._pa = pa
        self._fields: list[tuple[str, Node]] = []
        self._doubted: list[tuple[str, Node]] = []
        self._part = table.part
        self._titles = [] if has_papers else table.columns[2:]
        text = pa.string()
        columns = {"number": pa.int64(), "title": text}
        taken = set(columns)
        if has_papers:
            row = RowView(0, "", None, [], [], [], None)
            columns = dict.fromkeys(paper_of(row), text)
            columns |= {"number": pa.int64(), "author_count": pa.int64(), "is_flagged": pa.bool_()}
            doubt = pa.struct([(name, text) for name in ("path", "kind", "words")])
            columns |= {"authors": pa.list_(text), "doubts": pa.list_(doubt)}
            judgement = pa.struct([(name, text) for name in JUDGED])
            columns["judgements"] = pa.list_(judgement)
            taken = set(columns)
            fields = shape_of(table.schema).inside
            if self._part is not None:
                fields = ()
                columns |= {free_name("entry", taken): pa.int64()}
                for path, node in self._part.columns:
                    name = free_name(".".join((self._part.name, *path)), taken)
                    columns[name] = self._type(node)
            self._fields = [(free_name(one.name, taken), one) for one in fields]
            columns |= {name: self._type(node) for name, node in self._fields}
            doubted = [node for node in fields if node.kind is Kind.LIST]
            self._doubted = [(free_name(f"{one.name}.doubts", taken), one) for one in doubted]
            columns |= {name: pa.list_(text) for name, _ in self._doubted}
            if self._part is not None:
                columns[free_name(f"{self._part.name}.doubts", taken)] = text
        self._titles = [free_name(title, taken) for title in self._titles]
        columns |= dict.fromkeys(self._titles, text)
        self.schema = pa.schema(list(columns.items()))

    def _type(self, node: Node) -> Any:
        pa = self._pa
        if node.kind is Kind.OBJECT and node.inside:
            return pa.struct([(one.name, self._type(one)) for one in node.inside])
        if node.kind in {Kind.LIST, Kind.SENTENCES}:
            return pa.list_(self._type(node.inside[0]))
        return pa.int64() if node.kind is Kind.SENTENCE else pa.string()

    def groups(self, rows: Iterator[RowView]) -> Iterator[Any]:
        """Tables of many rows."""
        held: list[Any] = []
        size = 0
        while batch := [self.row(one) for one in islice(rows, _ROWS_AT_ONCE)]:
            held.append(self._pa.Table.from_pylist(batch, self.schema))
            size += held[-1].nbytes
            if size >= _GROUP:
                yield self._pa.concat_tables(held)
                held, size = [], 0
        if held:
            yield self._pa.concat_tables(held)

    def row(self, row: RowView) -> dict[str, Any]:
        """A row by the names of its columns."""
        if row.row is None:
            cells = ("\n".join(reported(cell)) for cell in row.cells)
            told = zip(self._titles, cells, strict=True) if self._titles else ()
            return {"number": row.number, "title": row.title, **dict(told)}
        made = {name: _clean(value) for name, value in paper_of(row).items()}
        outcome = row.row[1]
        if self._part is not None and isinstance(outcome, Record) and row.entry is not None:
            at = row.entry
            entry = self._part.entries(outcome.draft)[at]
            values = (_fitted(node, value_at(entry, path)) for path, node in self._part.columns)
            told = (at + 1, *values, entry_doubts(self._part, outcome)[at])
            made |= zip(self.schema.names[-len(told) :], told, strict=True)
        elif self._part is None and isinstance(outcome, Record):
            made |= {name: entry_doubts(node, outcome) for name, node in self._doubted}
            made["doubts"] = [
                {"path": one.path, "kind": one.kind.value, "words": for_screen(one.words)}
                for one in outcome.doubts
            ]
            made["judgements"] = [
                dict(zip(JUDGED, told_judgement(one), strict=True)) for one in outcome.judgements
            ]
            made |= {
                name: _fitted(node, outcome.draft.get(node.name)) for name, node in self._fields
            }
        return made


def _clean(value: Any) -> Any:
    if isinstance(value, list):
        return [for_screen(one) for one in value]
    return for_screen(value) if isinstance(value, str) else value


def _fitted(node: Node, value: Any) -> Any:
    """A value of a record, as the type of its column has it.

    Raises:
        ValueError: It is of another kind.
    """
    if value is None:
        return None
    if node.kind is Kind.OBJECT and node.inside:
        _expect(value, dict, node)
        return {one.name: _fitted(one, value.get(one.name)) for one in node.inside}
    if node.kind in {Kind.LIST, Kind.SENTENCES}:
        _expect(value, list, node)
        return [_fitted(node.inside[0], one) for one in value]
    if node.kind is Kind.SENTENCE:
        _expect(value, int, node)
        return value
    return for_screen(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _expect(value: Any, kind: type, node: Node) -> None:
    if not isinstance(value, kind):
        raise ValueError(f"{node.path} is {type(value).__name__}")  # noqa: TRY004 - as of pyarrow


FORMAT = OutputFormat(_write)
