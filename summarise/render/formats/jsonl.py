"""Whole records as JSON Lines: a document and what became of it on each (RFC 8259, jsonlines.org).

A line has the ``number`` of the row, what is known of the paper, its ``outcome`` (``record``,
``failure`` or ``pending``) and ``failure``, null where there is none. A record has ``fields`` as
the schema has them, the texts of the sentences that they cite as ``evidence`` by number, how each
verbatim value was found, what is unsupported or doubted, and where it comes from; ``entry_doubts``
has a text for each entry of a list, null where none is in doubt. Where rows are entries, a line has
the paper, ``field``, ``entry`` from 1, ``value`` and ``doubts``. Values are those of the record, to
the character; what could act on a screen is in JSON's own escapes. A row that is no document's has
its ``title`` and, by the titles of their columns, its ``cells``.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic_core import to_json

from summarise.characters import inert_json
from summarise.models import Document, Failure, Outcome, Record, Row
from summarise.render.flags import entry_doubts
from summarise.render.format import RowView, TableView, reported, text_format
from summarise.schema import Kind, Node, holders, shape_of

_PAPER = (
    *("doc_id", "title", "authors", "author_count", "organisation", "published", "url"),
    *("reference", "version_of", "source", "line"),
)
_FOUND = ("verbatims", "unsupported", "doubts", "instructions", "written_in", "links", "quantities")
_ORIGIN = ("extractor", "model", "prompt_version", "schema_name", "version", "input_was_cut")


def json_of(row: RowView, table: TableView) -> str:
    """A row as an object of JSON, on one line."""
    told: dict[str, Any] = {"number": row.number}
    if row.row is None:
        told["title"] = row.title
        cells = zip(table.columns[2:], row.cells, strict=True)
        told["cells"] = {title: list(reported(cell)) for title, cell in cells}
    elif table.part is None:
        told |= _told(*row.row, table.schema)
    else:
        told |= _told_entry(row.row, row.entry, table.part, _told(*row.row, table.schema))
    return inert_json(to_json(told).decode())


def _told_entry(row: Row, at: int | None, part: Node, told: dict[str, Any]) -> dict[str, Any]:
    """A paper, and one of the entries of a field."""
    outcome = row[1]
    known = {name: told[name] for name in (*_PAPER, "outcome", "failure")}
    known |= {"field": part.name, "entry": None, "value": None, "doubts": None}
    if at is not None and isinstance(outcome, Record):
        known |= {"entry": at + 1, "value": part.entries(outcome.draft)[at]}
        known["doubts"] = entry_doubts(part, outcome)[at]
    return known


def _told(document: Document, outcome: Outcome | None, schema: type[BaseModel]) -> dict[str, Any]:
    """A document and what became of it."""
    told = {name: getattr(document, name) for name in _PAPER}
    if isinstance(outcome, Record):
        told |= {"outcome": "record", "failure": None, "fields": outcome.draft}
        told["evidence"] = _evidence(document, outcome, schema)
        told |= {name: getattr(outcome, name) for name in _FOUND}
        lists = (one for one in shape_of(schema).fields if one.kind is Kind.LIST)
        told["entry_doubts"] = {one.name: entry_doubts(one, outcome) for one in lists}
        if outcome.judgements:
            told["judgements"] = outcome.judgements
    elif isinstance(outcome, Failure):
        why = {"kind": outcome.kind, "message": outcome.message}
        told |= {"outcome": "failure", "failure": why}
    else:
        told |= {"outcome": "pending", "failure": None}
    if outcome is not None:
        told["provenance"] = {name: getattr(outcome.provenance, name) for name in _ORIGIN}
    return told


def _evidence(document: Document, record: Record, schema: type[BaseModel]) -> dict[str, str]:
    """The sentences of the abstract that something rests on, by their numbers."""
    cited = sorted({number for one in holders(schema, record.draft) for number in one.numbers})
    spans = record.sentence_spans
    return {
        str(number): spans[number - 1].of(document.abstract)
        for number in cited
        if 0 < number <= len(spans)
    }


FORMAT = text_format(lambda table: (json_of(row, table) for row in table.rows), end="\n")
