"""What the page is told: lines of JSON for the run, for each document, and for what it comes to.

The page shows each text as text and cuts none: what has to be known of places in an abstract, which
count characters as Python does, is worked out here. All texts are clean (see ``for_screen``).
``web/src/data.ts`` has the same shapes as types.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from summarise.characters import for_screen
from summarise.models import Document, Failure, Grounding, Record, Row, Span
from summarise.render import (
    MEASURED,
    DraftEntry,
    Field,
    Layout,
    Mark,
    RowView,
    Strength,
    Stretch,
    Style,
    TableView,
    covered_pieces,
    grounding_in_words,
    in_words,
    layout_of,
    notes_of,
    table_view,
    warnings_of,
    year_of,
)
from summarise.scan import sentence_spans
from summarise.schema import Kind
from summarise.store import Run

Piece = str | list[Any]
"""Some characters of a text; in a list, with what is to be known of them."""

_SHARED = {"dataset", *MEASURED}
_KINDS = {Strength.STRONG: "strong", Strength.NOTE: "note"}
_MARKS = {Mark.DOUBT: "doubt", Mark.FLAG: "flag", Mark.ABSENT: "absent"}


def lines_of(run: Run) -> Iterator[str]:
    """The lines that the page is made of, without their ends; one row at a time is held."""
    layout = layout_of(run.schema)
    table = table_view(run.rows(), run.schema, Style.FACTS)
    yield _line(_head(run, table, layout))
    for view in table.rows:
        yield _line(_row(view, layout))
    yield _line(_accounts(table))


def _line(told: Any) -> str:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _head(run: Run, table: TableView, layout: Layout) -> dict[str, Any]:
    identity = run.manifest.identity
    return {
        "name": for_screen(run.path.resolve().name),
        "madeBy": for_screen(identity.model or f"the {identity.extractor} extractor"),
        "columns": list(map(for_screen, table.columns)),
        "fields": [[field.name, field.title] for field in layout.fields],
        "facets": list(_facets(layout)),
    }


def _facets(layout: Layout) -> Iterator[list[Any]]:
    """What papers may share, so that a reader may want those of one: a title, field and label.

    Those are choices, what an entry opens with, and what was measured on what.
    """
    for number, field in enumerate(layout.fields):
        for one in field.part.fields if field.part else ():
            opens = field.part is not None and one is field.part.head
            if opens or one.choices or one.name in _SHARED:
                title = field.title if opens else f"{field.title}: {one.label}"
                yield [title, number, one.label]


def _accounts(table: TableView) -> dict[str, Any]:
    documents, became = table.counts.summary()
    marks = [[mark.sign, mark.meaning] for mark in table.counts.legend]
    return {"documents": documents, "became": became, "marks": marks}


def _row(view: RowView, layout: Layout) -> dict[str, Any]:
    told = {
        "number": view.number,
        "title": view.title,
        "url": view.url,
        "byline": view.byline,
        "notes": [note.text for note in view.notes],
        "cells": [list(map(_stretches, cell)) for cell in view.cells],
    }
    return told if view.row is None else told | _opened(view.row, layout)


def _stretches(line: Iterable[Stretch]) -> list[Piece]:
    """A line, each stretch that is more than text with what it is."""
    told: list[Piece] = []
    for stretch in line:
        kind = _MARKS.get(stretch.mark) if stretch.mark else None
        kind = kind or _KINDS.get(stretch.strength)
        if kind is not None:
            told.append([stretch.text, kind])
        elif told and isinstance(told[-1], str):
            told[-1] += stretch.text
        else:
            told.append(stretch.text)
    return told


def _opened(row: Row, layout: Layout) -> dict[str, Any]:
    """What is shown of a row that is opened: the texts, and what the record holds."""
    document, outcome = row
    record = outcome if isinstance(outcome, Record) else None
    # A record of other words has no places in these.
    is_stale = record is not None and record.content_hash != document.content_hash
    held = _HeldValues(document, record, layout)
    places = {} if is_stale else held.places
    sentences = record.sentence_spans if record and not is_stale else ()
    spans = sentences or sentence_spans(document.abstract)
    title, in_abstract = document.title or "", places.get("abstract", [])
    told: dict[str, Any] = {
        "id": for_screen(document.doc_id),
        "year": year_of(document),
        "venue": for_screen(document.reference.get("venue", "")),
        "sentences": [_pieces(document.abstract, span, in_abstract) for span in spans],
    }
    if title:
        told["whole"] = _pieces(title, Span(0, len(title)), places.get("title", []))
    if isinstance(outcome, Failure):
        told["failure"] = [outcome.kind.value, for_screen(outcome.message)]
    if record is not None:
        told |= {"values": held.values, "entries": held.entries}
        flags = [*warnings_of(record), *notes_of(record)]
        told["flags"] = [for_screen(flag, reveal=True) for flag in flags]
        told["needsEyes"] = record.is_flagged or bool(record.doubts) or record.is_unread
        told["isUnread"] = record.is_unread
        told["instructions"] = record.instructions
        told["isStale"] = is_stale
    return told


class _HeldValues:
    """The values of a record, numbered.

    Attributes:
        values: Label, text, state and notes of each; the state is ``doubt``, ``missing``,
            ``unsupported`` or empty.
        entries: For each field, the entries that it holds: numbers of sentences and of values.
        places: Where values stand in each text, and the number of each, from 0.
    """

    def __init__(self, document: Document, record: Record | None, layout: Layout) -> None:
        self.values: list[list[Any]] = []
        self.entries: list[list[Any]] = []
        self.places: dict[str, list[tuple[Span, int]]] = {}
        if record is None:
            return
        self._texts = {"abstract": document.abstract, "title": document.title or ""}
        self._grounded = {value.path: value for value in record.verbatims}
        self._unsupported = {one.path: one.tokens for one in record.unsupported}
        self._doubts: dict[str, list[str]] = {}
        for doubt in record.doubts:
            self._doubts.setdefault(doubt.path, []).append(doubt.words)
        draft = DraftEntry("", layout, record.draft)
        for field in layout.fields:
            self.entries.append(list(self._entries(draft, field)))

    def _entries(self, owner: DraftEntry, field: Field) -> Iterator[list[Any]]:
        for entry in owner.entries(field):
            yield [entry.sentences, list(self._numbered(entry, field, ""))]

    def _numbered(self, entry: DraftEntry, field: Field, owner: str) -> Iterator[int]:
        """The numbers of what an entry holds; what stands deeper says in what."""
        for inner in entry.layout.fields:
            label = "" if inner is field else f"{owner}{inner.label}"
            if inner.part is not None:
                for nested in entry.entries(inner):
                    yield from self._numbered(nested, inner, f"{label} · ")
                continue
            for path, value in entry.items(inner.name):
                yield len(self.values)
                self._add(path, label, inner, value)

    def _add(self, path: str, label: str, field: Field, value: Any) -> None:
        state = ""
        notes: list[str] = []
        grounded = self._grounded.get(path)
        if grounded is not None:
            notes += grounding_in_words(grounded, self._texts)
            if grounded.grounding is Grounding.MISSING:
                state = "missing"
            elif grounded.span is not None:
                here = self.places.setdefault(grounded.source, [])
                here.append((grounded.span, len(self.values)))
        elif field.kind is Kind.VERBATIM:
            notes.append("not grounded")
        if tokens := self._unsupported.get(path):
            state = "unsupported"
            notes.append(f"not in its evidence: {', '.join(tokens)}")
        if doubts := self._doubts.get(path):
            state = state or "doubt"
            notes += doubts
        text = for_screen(in_words(value, is_choice=field.kind is Kind.CHOICE), reveal=True)
        told = [for_screen(note, reveal=True) for note in notes]
        self.values.append([label, text, state, told])


def _pieces(text: str, whole: Span, places: Sequence[tuple[Span, int]]) -> list[Piece]:
    """A part of a text, clean, with the numbers of the values that stand in its pieces."""
    pieces = ((_shown(piece), over) for piece, over in covered_pieces(text, whole, places))
    return [[shown, over] if over else shown for shown, over in pieces if shown]


def _shown(text: str) -> str:
    """Like ``for_screen``, but a blank at an end stays: it parts this piece from the next."""
    return for_screen(f"|{text}|", reveal=True)[1:-1]
