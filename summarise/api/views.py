"""A run as a data frame of pandas or polars, and, with its records, as a page of a notebook.

Neither library is a dependency: a frame is made by whichever is there. The page is HTML that is
escaped, and in which nothing acts. Its table is that of the format ``html``; colours go with a
light page and with a dark one; a dollar sign is one, and opens no formula.
"""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from importlib import import_module
from importlib.util import find_spec
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

from pydantic import BaseModel

from summarise.api.record import Record, RecordEntry
from summarise.characters import counted, for_screen
from summarise.errors import SettingsError, check_choice
from summarise.models import Document, Span
from summarise.render import (
    RowCounts,
    RowView,
    Style,
    TableView,
    byline,
    cell_html,
    covered_pieces,
    output_format,
    places_of,
    reported,
    shown_in_full,
    table_view,
    title_of,
    warnings_of,
    web_address,
)
from summarise.schema import Kind, Node, shape_of

if TYPE_CHECKING:
    from summarise.api.run import Run

Engine = Literal["pandas", "polars"]
_ENGINES: tuple[Engine, ...] = ("pandas", "polars")
_ROWS = 10
_AUTHORS = 10
_HUES = (210, 130, 35, 290, 0, 175, 55, 330)
_STYLE = """<style>
.summarise-page { font: 0.85rem/1.4 system-ui, sans-serif; overflow-x: auto; }
.summarise-page table { border-collapse: collapse; }
.summarise-page th { background: color-mix(in srgb, currentColor 8%, transparent) !important; }
.summarise-page th, .summarise-page td { padding: 0.3rem 0.6rem; text-align: left !important;
  border: 1px solid color-mix(in srgb, currentColor 25%, transparent) !important;
  vertical-align: top; }
.summarise-page td:first-child { overflow-wrap: normal !important; }
.summarise-page small { color: inherit !important; opacity: 0.7; }
.summarise-page mark { color: inherit; border-radius: 2px; padding: 0 1px;
  background: hsl(var(--hue) 80% 50% / 25%); border-bottom: 2px solid hsl(var(--hue) 70% 45%); }
.summarise-page .abstract { max-width: 46rem; font-size: 1.1em; line-height: 1.6; }
</style>"""


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
        kinds = {"number": int, "year": int, "is_flagged": bool, "is_doubtful": bool}
        known = ("number", "doc_id", "title", "authors", "year", "published", "venue", "doi", "url")
        for name in known:
            self.columns[name] = _Column(kinds.get(name, str), [])
        for node in nodes:
            for name, kind in self._names(node):
                # A field may be called as what is known of a paper.
                self.columns[f"{name}_" if name in known else name] = _Column(kind, [])
        for name in ("is_flagged", "is_doubtful"):
            self.columns[name] = _Column(bool, [])

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
            values += [record.is_flagged, bool(record.doubts)]
            for column, value in zip(self.columns.values(), values, strict=True):
                column.values.append(value)


def _known(document: Document) -> Iterator[Any]:
    """What is known of a paper, in the order of the columns."""
    year = (document.published or "")[:4]
    yield _plain(document.doc_id)
    yield _plain(document.title)
    yield _plain(document.authors)
    yield int(year) if re.fullmatch("[0-9]{4}", year) else None
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


def run_page(run: Run) -> str:
    """The first rows of a run's table, what the run has come to, and what the marks mean."""
    view = table_view(islice(run.rows(), _ROWS), run.schema)
    return _page([_fragment(view._replace(counts=cast("RowCounts", _OfRun(view.counts, run))))])


class _OfRun:
    """What is said below the first rows of a run: it is of all of them."""

    def __init__(self, shown: RowCounts, run: Run) -> None:
        self._shown = shown
        self._told = run.manifest.counts

    def __getattr__(self, name: str) -> object:
        return getattr(self._shown, name)

    def summary(self) -> tuple[str, str]:
        """How many documents, and what became of them."""
        told, shown = self._told, self._shown
        failed, pending = told.get("failures", 0), told.get("pending", 0)
        all_ = told.get("records", 0) + failed + pending
        parts = [counted(told.get("records", 0), "record"), counted(failed, "failure")]
        parts += [f"{pending:,} not attempted"] if pending else []
        parts += [f"{told['flagged']:,} flagged ⚠"] if told.get("flagged") else []
        parts += [f"{told['doubtful']:,} with doubts (?)"] if told.get("doubtful") else []
        is_all = all_ <= shown.documents
        more = "" if is_all else f" The first {shown.documents} are shown; run.table() has all."
        told_one = " run.record(1) shows one in its abstract." if told.get("records") else ""
        return counted(all_, "document"), f"{', '.join(parts)}.{more}{told_one}"


def record_page(document: Document, record: Record, schema: type[BaseModel]) -> str:
    """The abstract with what was found in it, what is to be known of that, and the fields."""
    title, address = escape(for_screen(title_of(document))), web_address(document.url)
    shown = f'<a href="{escape(address)}">{title}</a>' if address else title
    about = escape(" · ".join(byline(document, names=_AUTHORS)))
    parts = [f'<p><strong dir="auto">{shown}</strong><br><small>{about}</small></p>']
    parts += _abstract(document, record, schema)
    if told := list(warnings_of(record)):
        items = (f'<li dir="auto">{escape(for_screen(one, reveal=True))}</li>' for one in told)
        parts.append(f"<ul>{''.join(items)}</ul>")
    view = table_view([(document, record)], schema, Style.FULL)
    for row in view.rows:
        fields = zip(view.columns[2:], row.cells, strict=True)
        lines = (
            f"<tr><th>{escape(name)}</th><td>{cell_html(cell)}</td></tr>" for name, cell in fields
        )
        parts += ["<table><tbody>", *lines, "</tbody></table>"]
    return _page(parts)


def _page(parts: list[str]) -> str:
    return "\n".join(
        ['<div class="summarise-page tex2jax_ignore mathjax_ignore">', _STYLE, *parts, "</div>"]
    )


def _fragment(view: TableView) -> str:
    stream = io.BytesIO()
    output_format("html", None).write(view, stream)
    return stream.getvalue().decode()


def _abstract(document: Document, record: Record, schema: type[BaseModel]) -> Iterator[str]:
    """The numbered sentences, each value that was found in them marked with its field."""
    if record.content_hash != document.content_hash:
        yield "<p>⚠ The abstract has changed since it was extracted: nothing is marked.</p>"
        return
    text = document.abstract
    found = places_of(record, "abstract")
    fields = [node.name for node in shape_of(schema).inside]
    hues = {name: _HUES[at % len(_HUES)] for at, name in enumerate(fields)}
    sentences = (
        f'<span dir="auto"><small>[{number}]</small> {_marked(text, span, found, hues)}</span>'
        for number, span in enumerate(record.sentence_spans, 1)
    )
    yield f'<p class="abstract">{" ".join(sentences)}</p>'
    used = {name for _, name in found}
    if legend := " ".join(_mark(name, name, hues) for name in fields if name in used):
        yield f"<p><small>Marked: {legend}</small></p>"


def _marked(text: str, span: Span, found: list[tuple[Span, str]], hues: dict[str, int]) -> str:
    shown = []
    pieces = covered_pieces(text, span, found)
    for name, group in groupby(pieces, key=lambda one: one[1][-1] if one[1] else None):
        piece = shown_in_full("".join(part for part, _ in group))
        shown.append(escape(piece) if name is None else _mark(name, piece, hues))
    return "".join(shown)


def _mark(name: str, text: str, hues: dict[str, int]) -> str:
    hue = hues.get(name, _HUES[0])
    return f'<mark style="--hue: {hue}" title="{escape(for_screen(name))}">{escape(text)}</mark>'
