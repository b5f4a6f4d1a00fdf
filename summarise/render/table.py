"""A run as a table: its rows one by one, and what they come to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from pydantic import BaseModel

from summarise.characters import clip, for_screen, noun_of
from summarise.models import Document, Failure, Record, Row
from summarise.render.cells import Clipping, Layout, RecordCells, layout_of, notes
from summarise.render.format import (
    Cell,
    FailureView,
    RowCounts,
    RowView,
    Strength,
    Stretch,
    TableView,
)
from summarise.render.formats import markdown
from summarise.schema import Draft

_AUTHORS_NAMED = 2
_FAILURES_LISTED = 50
_UNTITLED = _LISTED_TITLE = 80
_LISTED_MESSAGE = 300
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATE = re.compile(r"(\d{4}|XXXX)(?:-(0[1-9]|1[0-2])(?:-([0-3]\d))?)?")


def render_table(
    rows: Iterable[Row], schema: type[BaseModel] = Draft, *, full: bool = False
) -> Iterator[str]:
    """The lines of a Markdown document that shows a run, as ``table_view`` does; no line ends."""
    return markdown.lines_of(table_view(rows, schema, full=full))


def table_view(
    rows: Iterable[Row], schema: type[BaseModel] = Draft, *, full: bool = False
) -> TableView:
    """A run as a table: a row for each document, a column for each field of the schema, and counts.

    In full nothing is clipped, and every entry is shown.
    """
    layout = layout_of(schema)
    counts = RowCounts()
    limits = Clipping(None, None, None) if full else Clipping()
    views = (_row_view(row, layout, limits, counts) for row in rows)
    return TableView(["Paper", *(column.title for column in layout.fields)], views, counts)


def _row_view(row: Row, layout: Layout, limits: Clipping, counts: RowCounts) -> RowView:
    document, outcome = row
    title = title_of(document)
    address = web_address(document.url)
    told: list[Stretch] = []
    counts.add(outcome)
    if isinstance(outcome, Record):
        counts.flagged += outcome.is_flagged
        counts.doubtful += len(outcome.doubtful)
        counts.values += len(outcome.verbatims)
        counts.grounded += len(outcome.verbatims) - len(outcome.missing)
        told = notes(outcome, counts.marks)
        writer = RecordCells(outcome, layout, limits, counts.marks)
        cells = [writer.cell(column) for column in layout.fields]
    else:
        cells = [_unread(outcome, limits), *([] for _ in layout.fields[1:])]
        if outcome is not None and len(counts.listed) < _FAILURES_LISTED:
            message = for_screen(outcome.message, _LISTED_MESSAGE)
            short = clip(title, _LISTED_TITLE)
            counts.listed.append(FailureView(outcome.kind.value, short, address, message))
    known = [clip(part, limits.text) for part in byline(document, names=_AUTHORS_NAMED)]
    return RowView(clip(title, limits.text), address, known, told, cells)


def _unread(failure: Failure | None, limits: Clipping) -> Cell:
    """The first cell of a document without a record; the others are blank."""
    if failure is None:
        return [[Stretch("not attempted", Strength.NOTE)]]
    cell = [[Stretch(f"failed: {failure.kind.value}", Strength.NOTE)]]
    message = for_screen(failure.message, limits.message)
    return [*cell, [Stretch(message)]] if message else cell


def title_of(document: Document) -> str:
    """The title on one line, else the first words of the abstract, else the id."""
    title = for_screen(document.title or "")
    return title or for_screen(document.abstract, _UNTITLED) or for_screen(document.doc_id)


def byline(document: Document, *, names: int) -> list[str]:
    """Authors, organisation and date, as far as they are known; so many names, then "et al."."""
    parts = (_authors(document, names), for_screen(document.organisation or ""), _date(document))
    return [part for part in parts if part]


def _authors(document: Document, names: int) -> str:
    known = [name for name in map(for_screen, document.authors) if name]
    count = max(document.author_count or 0, len(known))
    if not known:
        return f"{count} {noun_of(count, 'author')}" if count else ""
    shown = ", ".join(known[:names])
    return shown if count <= min(names, len(known)) else f"{shown} et al."


def _date(document: Document) -> str:
    """A date of EDTF in words; what isn't a plain date stays as it is."""
    text = for_screen(document.published or "")
    match = _DATE.fullmatch(text)
    if not match:
        return text
    year, month, day = match.groups()
    words = (day and str(int(day)), month and _MONTHS[int(month) - 1], year != "XXXX" and year)
    return " ".join(word for word in words if word)


def web_address(url: str | None) -> str | None:
    """An address, where it is an absolute http or https one."""
    address = for_screen(url or "")
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return address if parts.scheme in {"http", "https"} and parts.hostname else None
