"""A run as a data frame of pandas or polars.

Neither library is a dependency: a frame is made by whichever is there.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel

from summarise.api.record import Record, RecordEntry
from summarise.characters import for_screen, inert_json
from summarise.errors import SettingsError, check_choice
from summarise.models import Document
from summarise.render import entry_doubts, year_of
from summarise.schema import LISTS, Kind, Node, shape_of, value_at

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
    for number, (document, outcome) in enumerate(rows, 1):
        if isinstance(outcome, Record):
            columns.add(number, document, outcome)
    return _framed(library, columns)


class _Column(NamedTuple):
    node: Node | type
    """Of what it holds; of a list in a cell, what its entries are."""
    is_list: bool
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
            self._put(name, kinds.get(name, str))
        for node in nodes:
            is_list = node.kind is Kind.LIST and node.name != explode
            for path, held in node.columns:
                if node.kind is not Kind.OBJECT or not held.is_evidence:
                    self._put(".".join((node.name, *path)), held, is_list=is_list)
            if node.name == explode:
                self._put(f"{node.name}.evidence", str)
            if _holds_objects(node):
                self._put(f"{node.name}.doubts", str, is_list=is_list)
        for name in ("is_flagged", "is_doubtful"):
            self._put(name, bool)

    def _put(self, name: str, node: Node | type, *, is_list: bool = False) -> None:
        while name in self.columns:  # a field may be called as what is known of a paper
            name += "_"
        self.columns[name] = _Column(node, is_list, [])

    def add(self, number: int, document: Document, record: Record) -> None:
        """Take a record: a row, or one for each of its entries that are rows."""
        known = [number, *_known(document)]
        held: dict[str, list[list[Any]]] = {}
        for node in self._nodes:
            entries = node.entries(record.draft)
            held[node.name] = [
                [_plain(value_at(one, path), leaf) for one in entries]
                for path, leaf in node.columns
                if node.kind is not Kind.OBJECT or not leaf.is_evidence
            ]
            if node.name == self._explode:
                seen: tuple[RecordEntry | None, ...] = getattr(record, node.name)
                texts = [" ".join(s.text for s in one.evidence) if one else "" for one in seen]
                held[node.name].append([_plain(text) or None for text in texts])
            if _holds_objects(node):
                held[node.name].append([*entry_doubts(node, record)])
        count = len(held[self._explode][0]) if self._explode else 1
        for at in range(count or 1):
            values = list(known)
            for node in self._nodes:
                if node.kind is Kind.LIST and node.name != self._explode:
                    values += held[node.name]
                else:
                    here = at if node.name == self._explode else 0
                    values += [one[here] if one else None for one in held[node.name]]
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
    for name, (node, is_list, cells) in held.items():
        kind = node if isinstance(node, type) else object if node.kind in LISTS else _kind_of(node)
        made[name] = library.Series(cells, dtype=object if is_list else types.get(kind, object))
    return library.DataFrame(made)


def _dtype(polars: Any, column: _Column) -> Any:
    types = {str: polars.String, int: polars.Int64, bool: polars.Boolean, float: polars.Float64}

    def of(node: Node | type) -> Any:
        if isinstance(node, type):
            return types[node]
        return polars.List(of(node.inside[0])) if node.kind in LISTS else types[_kind_of(node)]

    return polars.List(of(column.node)) if column.is_list else of(column.node)
