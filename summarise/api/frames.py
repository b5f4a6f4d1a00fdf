"""A run as a data frame of pandas or polars.

Neither library is a dependency: a frame is made by whichever is there.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel

from summarise.api.record import Record, RecordEntry
from summarise.characters import for_screen
from summarise.errors import SettingsError, check_choice
from summarise.models import Document
from summarise.render import RowView, Style, reported, table_view, year_of
from summarise.schema import Kind, Node, shape_of

Engine = Literal["pandas", "polars"]
_ENGINES: tuple[Engine, ...] = ("pandas", "polars")


def to_frame(
    rows: Iterable[tuple[Document, Any]],
    schema: type[BaseModel],
    engine: Engine | None,
    explode: str | None,
) -> Any:
    """A row for each record, or for each entry of the field that is to ``explode``.

    Raises:
        SettingsError: The library isn't installed, or there is no such list.
    """
    library = _library(engine)
    nodes = shape_of(schema).inside
    if explode is not None:
        lists = [node.name for node in nodes if _holds_objects(node)]
        check_choice("list of entries", explode, lists, "explode")
    columns = _Columns(nodes, explode)
    for view in table_view(rows, schema, Style.FULL).rows:
        if view.row is not None and isinstance(view.row[1], Record):
            columns.add(view, view.row[0], view.row[1])
    return _framed(library, columns)


class _Column(NamedTuple):
    kind: type
    values: list[Any]


class _Columns:
    """The columns of a frame, as they are filled."""

    def __init__(self, nodes: tuple[Node, ...], explode: str | None) -> None:
        self._nodes = nodes
        self._explode = explode
        self.columns: dict[str, _Column] = {}
        kinds = {"number": int, "year": int}
        known = ("number", "doc_id", "title", "authors", "year", "published", "venue", "doi", "url")
        for name in known:
            self.columns[name] = _Column(kinds.get(name, str), [])
        for node in nodes:
            for name, kind in self._names(node):
                # A field may be called as what is known of a paper.
                self.columns[f"{name}_" if name in known else name] = _Column(kind, [])
        self.columns |= {name: _Column(bool, []) for name in ("is_flagged", "is_doubtful")}

    def _names(self, node: Node) -> Iterator[tuple[str, type]]:
        if node.name == self._explode:
            for leaf in _leaves(node.held):
                yield leaf.path.replace("[]", ""), _kind_of(leaf)
            yield from ((f"{node.name}.{name}", str) for name in ("evidence", "doubts"))
        elif node.kind is Kind.OBJECT:
            yield from ((leaf.path, _kind_of(leaf)) for leaf in _leaves(node))
        else:
            yield node.name, str if _holds_objects(node) else _kind_of(node)

    def add(self, view: RowView, document: Document, record: Record) -> None:
        """Take a record: a row, or one for each of its entries that are rows."""
        cells = dict(zip((node.name for node in self._nodes), view.cells, strict=True))
        entries: tuple[RecordEntry | None, ...] = (None,)
        if self._explode is not None:
            entries = getattr(record, self._explode) or (None,)
        for entry in entries:
            values = [view.number, *_known(document)]
            for node in self._nodes:
                if node.name == self._explode:
                    values += _exploded(node.held, entry)
                elif node.kind is Kind.OBJECT:
                    held = record.draft.get(node.name)
                    values += [_leaf(held, node, leaf) for leaf in _leaves(node)]
                elif _holds_objects(node):
                    values.append("\n".join(reported(cells[node.name])) or None)
                else:
                    values.append(_plain(record.draft.get(node.name)))
            values += [record.is_flagged, bool(record.doubtful)]
            for column, value in zip(self.columns.values(), values, strict=True):
                column.values.append(value)


def _known(document: Document) -> Iterator[Any]:
    """What is known of a paper, in the order of the columns."""
    year = year_of(document)
    yield _plain(document.doc_id)
    yield _plain(document.title)
    yield _plain(document.authors)
    yield int(year) if year else None
    yield _plain(document.published)
    yield _plain(document.reference.get("venue"))
    yield _plain(document.reference.get("doi"))
    yield _plain(document.url)


def _holds_objects(node: Node) -> bool:
    return node.kind is Kind.LIST and node.held.kind is Kind.OBJECT


def _leaves(node: Node) -> Iterator[Node]:
    """The fields of an object that hold plain values, its sentence numbers apart."""
    for one in node.fields:
        if one.kind is Kind.OBJECT:
            yield from _leaves(one)
        else:
            yield one


def _leaf(values: Any, node: Node, leaf: Node) -> Any:
    """The value of a field below an object."""
    path = leaf.path.replace("[]", "").removeprefix(f"{node.path.replace('[]', '')}.")
    for name in path.split("."):
        values = values.get(name) if isinstance(values, Mapping) else None
    return _plain(values)


def _exploded(node: Node, entry: RecordEntry | None) -> Iterator[Any]:
    values = None if entry is None else dict(entry)
    yield from (_leaf(values, node, leaf) for leaf in _leaves(node))
    yield None if entry is None else _plain(" ".join(one.text for one in entry.evidence)) or None
    yield None if entry is None else _plain([one.words for one in entry.doubts])


def _kind_of(node: Node) -> type:
    kinds = {"integer": int, "number": float, "boolean": bool}
    return kinds.get(str(node.told.get("type")), str)


def _plain(value: Any) -> Any:
    """A value as a cell has it; a frame is printed, so nothing in a text acts on a screen."""
    if isinstance(value, list | tuple):
        return "; ".join(str(_plain(one)) for one in value) or None
    if isinstance(value, dict):
        value = json.dumps(value, ensure_ascii=False)
    return for_screen(value) if isinstance(value, str) else value


def _library(engine: Engine | None) -> Any:
    """The library that is named; else the one in use, or what is installed."""
    if engine is not None:
        check_choice("engine", engine, _ENGINES, "to_dataframe")
    wanted = _ENGINES if engine is None else (engine,)
    there = [name for name in wanted if name in sys.modules]
    found = there or [name for name in wanted if find_spec(name) is not None]
    if not found:
        told = ("pandas or polars, and neither is", "one", "polars")
        lacking, which, name = told if engine is None else (f"{engine}, which isn't", "it", engine)
        raise SettingsError(
            f"needs {lacking} installed",
            where="to_dataframe",
            hint=f"Install {which}: pip install {name}.",
        )
    return import_module(found[0])


def _framed(library: Any, columns: _Columns) -> Any:
    held = {name: column.values for name, column in columns.columns.items()}
    if library.__name__ == "polars":
        types = {str: library.String, int: library.Int64, bool: library.Boolean}
        types[float] = library.Float64
        return library.DataFrame(held, {n: types[c.kind] for n, c in columns.columns.items()})
    # Whole numbers stay whole beside what isn't known.
    types = {str: object, int: "Int64", bool: "boolean", float: "Float64"}
    made = {n: library.Series(c.values, dtype=types[c.kind]) for n, c in columns.columns.items()}
    return library.DataFrame(made)
