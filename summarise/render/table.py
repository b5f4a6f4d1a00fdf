"""A run as a table: its rows one by one, and what they come to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import urlsplit

from pydantic import BaseModel

from summarise.characters import clip, for_screen, noun_of
from summarise.models import Document, Failure, Record, Row
from summarise.render.cells import Clipping, Field, Layout, RecordCells, layout_of
from summarise.render.facts import FactCells, is_fact
from summarise.render.format import (
    Cell,
    FailureView,
    Mark,
    RowCounts,
    RowView,
    Strength,
    Stretch,
    TableView,
)
from summarise.render.formats import markdown
from summarise.schema import Draft

_AUTHORS_NAMED = 2
_TITLE = 90
_NAMED = 12
_FAILURES_LISTED = 50
_UNTITLED = _LISTED_TITLE = 80
_LISTED_MESSAGE = 300
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATE = re.compile(r"(\d{4}|XXXX)(?:-(0[1-9]|1[0-2])(?:-([0-3]\d))?)?")


class Style(StrEnum):
    """How much of each record a table shows."""

    FACTS = "facts"
    """Phrases and facts, the first three results that have a value."""
    BRIEF = "brief"
    """What is proposed, on what data, with the first result."""
    EVIDENCE = "evidence"
    """Facts, with the numbers of the sentences that support them."""
    FULL = "full"
    """Every entry of every field, in whole texts, with the sentences."""


_LIMITS = {
    Style.FACTS: Clipping(),
    Style.BRIEF: Clipping(entries=3, facts=1, words=1),
    Style.EVIDENCE: Clipping(evidence=True),
    Style.FULL: Clipping(None, None, None, evidence=True),
}


def render_table(
    rows: Iterable[Row], schema: type[BaseModel] = Draft, style: Style = Style.FACTS
) -> Iterator[str]:
    """The lines of a Markdown document that shows a run, as ``table_view`` does; no line ends."""
    return markdown.lines_of(table_view(rows, schema, style))


def table_view(
    rows: Iterable[Row], schema: type[BaseModel] = Draft, style: Style = Style.FACTS
) -> TableView:
    """A run as a table: a row for each document, a column for each field of the schema, and counts.

    Brief, it has no column of resources, nor one of a statement alone.
    """
    layout, counts = layout_of(schema), RowCounts()
    columns = [one for one in layout.fields if style is not Style.BRIEF or _is_chief(one)]
    maker = _RowMaker(layout, columns or list(layout.fields), style, counts)
    views = (maker.view(number, row) for number, row in enumerate(rows, 1))
    titles = ["#", "Paper", *(column.title for column in maker.columns)]
    return TableView(titles, views, counts, schema)


def _is_chief(column: Field) -> bool:
    """Whether a column names things, or has what was measured."""
    part = column.part
    return part is None or is_fact(part) or bool(part.head and part.head.name == "name")


class _RowMaker(NamedTuple):
    layout: Layout
    columns: list[Field]
    style: Style
    counts: RowCounts

    def view(self, number: int, row: Row) -> RowView:
        """A document and what became of it; the counts take it in."""
        document, outcome = row
        limits, counts = _LIMITS[self.style], self.counts
        is_full = self.style is Style.FULL
        title, address = title_of(document), web_address(document.url)
        told: list[Stretch] = []
        counts.add(outcome)
        if isinstance(outcome, Record):
            counts.flagged += outcome.is_flagged
            counts.doubtful += len(outcome.doubtful)
            counts.values += len(outcome.verbatims)
            counts.grounded += len(outcome.verbatims) - len(outcome.missing)
            told = _notes(outcome, counts.marks)
            made = RecordCells if is_full else FactCells
            writer = made(outcome, self.layout, limits, counts.marks)
            cells = [writer.cell(column) for column in self.columns]
        else:
            cells = [_unread(outcome, limits), *([] for _ in self.columns[1:])]
            if outcome is not None and len(counts.listed) < _FAILURES_LISTED:
                message = for_screen(outcome.message, _LISTED_MESSAGE)
                short = clip(title, _LISTED_TITLE)
                counts.listed.append(FailureView(outcome.kind.value, short, address, message))
        known = byline(document, names=_AUTHORS_NAMED) if is_full else _cited(document)
        return RowView(
            number,
            title if is_full else _short(title),
            address,
            [clip(part, limits.text) for part in known],
            told,
            cells,
            row,
        )


def _notes(record: Record, marks: set[Mark]) -> list[Stretch]:
    """What is to be known of a record as a whole: of its input, and of instructions in it."""
    told = []
    if record.provenance.input_was_cut:
        marks.add(Mark.CUT)
        told.append(Stretch(Mark.CUT.sign, mark=Mark.CUT))
    if record.is_unread:
        marks.add(Mark.UNREAD)
        text = f"{Mark.UNREAD.sign}: in {for_screen(record.written_in or '')}"
        told.append(Stretch(text, mark=Mark.UNREAD))
    if found := record.instructions:
        marks.add(Mark.INSTRUCTION)
        numbers = [str(number) for number in found if number]
        places = ["title"] if 0 in found else []
        if numbers:
            places.append(f"{noun_of(len(numbers), 'sentence')} {', '.join(numbers)}")
        verb = noun_of(len(found), "reads", "read")
        text = f"{Mark.FLAG.sign} {' and '.join(places)} {verb} like an instruction"
        told.append(Stretch(text, mark=Mark.INSTRUCTION))
    return told


def _short(title: str) -> str:
    """A title that fits into a row: the part before its colon, else as many words as do."""
    if len(title) <= _TITLE:
        return title
    name = title.partition(": ")[0]
    return name if _NAMED <= len(name) <= _TITLE else clip(title, _TITLE)


def _cited(document: Document) -> list[str]:
    """The first author and the year, as far as they are known: what a citation has."""
    year = for_screen(document.published or "")[:4]
    parts = (_authors(document, 1), year if year.isdigit() else "")
    return [part for part in parts if part]


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
