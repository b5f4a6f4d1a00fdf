"""A run as a data frame of pandas or polars.

Neither library is a dependency: a frame is made by whichever is there.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel

from summarise.api.record import Record
from summarise.characters import for_screen, inert_json
from summarise.errors import SettingsError, check_choice
from summarise.models import Document
from summarise.render import entry_doubts, year_of
from summarise.schema import LISTS, Kind, Node, shape_of, value_at

Engine = Literal["pandas", "polars"]
_Read = Callable[[Document, Record], Sequence[Any]]
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
        lists = [node.name for node in nodes if node.kind is Kind.LIST]
        check_choice("list of entries", explode, lists, "explode")
    columns = _Columns(nodes, explode)
    for number, (document, outcome) in enumerate(rows, 1):
        if isinstance(outcome, Record):
            columns.add(number, document, outcome)
    return _framed(library, columns)


class _Column(NamedTuple):
    node: Node | type
    """Of what it holds; of a list in a cell, what its entries are."""
    field: str
    """Of the schema, whose entries it tells."""
    is_list: bool
    read: _Read
    """What it has of each entry; of what isn't a field, of the paper."""
    values: list[Any]


class _Columns:
    """The columns of a frame, as they are filled."""

    def __init__(self, nodes: tuple[Node, ...], explode: str | None) -> None:
        self._explode = explode
        self.columns: dict[str, _Column] = {}
        self._put("number", int, lambda *_: [self._number])
        for name in ("doc_id", "title", "authors", "year", "published", "venue", "doi", "url"):
            self._put(name, int if name == "year" else str, partial(_known, name))
        for node in nodes:
            for path, leaf in node.columns:
                if node.kind is not Kind.OBJECT or not leaf.is_evidence:
                    name = ".".join((node.name, *path))
                    self._put(name, leaf, partial(_values, node, path, leaf), node)
            if node.name == explode:
                self._put(f"{node.name}.evidence", str, partial(_evidence, node.name), node)
            if node.kind is Kind.LIST:
                self._put(f"{node.name}.doubts", str, partial(_doubts, node), node)
        self._put("is_flagged", bool, lambda _, record: [record.is_flagged])
        self._put("is_doubtful", bool, lambda _, record: [bool(record.doubtful)])

    def _put(self, name: str, kind: Node | type, read: _Read, field: Node | None = None) -> None:
        while name in self.columns:  # a field may be called as what is known of a paper
            name += "_"
        owner = field.name if field else ""
        is_list = field is not None and field.kind is Kind.LIST and owner != self._explode
        self.columns[name] = _Column(kind, owner, is_list, read, [])

    def add(self, number: int, document: Document, record: Record) -> None:
        """Take a record: a row, or one for each of its entries that are rows."""
        self._number = number
        held = [(one, one.read(document, record)) for one in self.columns.values()]
        rows = max((len(all_) for one, all_ in held if one.field == self._explode), default=1)
        for at in range(rows or 1):
            for column, all_ in held:
                here = at if column.field == self._explode else 0
                one = all_[here] if all_ else None
                column.values.append(all_ if column.is_list else one)


def _known(name: str, paper: Document, _: Record) -> list[Any]:
    if name == "year":
        return [int(year) if (year := year_of(paper)) else None]
    is_cited = name in {"venue", "doi"}
    return [_plain(paper.reference.get(name) if is_cited else getattr(paper, name))]


def _values(
    node: Node, path: tuple[str, ...], leaf: Node, _: Document, record: Record
) -> list[Any]:
    return [_plain(value_at(one, path), leaf) for one in node.entries(record.draft)]


def _doubts(node: Node, _: Document, record: Record) -> Sequence[str | None]:
    return entry_doubts(node, record)


def _evidence(name: str, _: Document, record: Record) -> list[str | None]:
    """The sentences that each entry of a field rests on."""
    held = (getattr(one, "evidence", ()) for one in getattr(record, name))
    return [_plain(" ".join(one.text for one in sentences)) or None for sentences in held]


def _plain(value: Any, node: Node | None = None) -> Any:
    """A value as a cell has it; a frame is printed, so nothing in a text acts on a screen."""
    if isinstance(value, list | tuple) and node is None:
        return "; ".join(str(_plain(one)) for one in value) or None
    if isinstance(value, list) and node is not None and node.kind in LISTS:
        return [_plain(one, node.inside[0]) for one in value]
    if isinstance(value, str) or value is None or (node and _kind_of(node) is not str):
        return for_screen(value) if isinstance(value, str) else value
    return inert_json(json.dumps(value, ensure_ascii=False))


def _kind_of(node: Node) -> type:
    kinds = {"integer": int, "number": float, "boolean": bool}
    return kinds.get(str(node.told.get("type")), str)


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
    held = columns.columns
    if library.__name__ == "polars":
        values = {name: column.values for name, column in held.items()}
        return library.DataFrame(values, {n: _dtype(library, c) for n, c in held.items()})
    # Whole numbers stay whole beside what isn't known.
    types = {int: "Int64", bool: "boolean", float: "Float64"}
    made = {}
    for name, one in held.items():
        node = one.node
        kind = node if isinstance(node, type) else object if node.kind in LISTS else _kind_of(node)
        dtype = object if one.is_list else types.get(kind, object)
        made[name] = library.Series(one.values, dtype=dtype)
    return library.DataFrame(made)


def _dtype(polars: Any, column: _Column) -> Any:
    types = {str: polars.String, int: polars.Int64, bool: polars.Boolean, float: polars.Float64}

    def of(node: Node | type) -> Any:
        if isinstance(node, type):
            return types[node]
        return polars.List(of(node.inside[0])) if node.kind in LISTS else types[_kind_of(node)]

    return polars.List(of(column.node)) if column.is_list else of(column.node)
