"""A run as a table: its rows in their order, and what they come to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import islice
from typing import NamedTuple
from urllib.parse import urlsplit

from pydantic import BaseModel

from summarise.characters import clip, for_screen, noun_of, readable_line
from summarise.models import Document, Failure, Outcome, Record, Row, top_field
from summarise.render.cells import COLON, Clipping, RecordCells, is_absent
from summarise.render.facts import FactCells
from summarise.render.format import (
    DOUBTS,
    Cell,
    FailureView,
    Mark,
    RowCounts,
    RowView,
    Strength,
    Stretch,
    TableView,
    text_of,
)
from summarise.render.formats import markdown
from summarise.render.layout import Column, Columns, all_columns, layout_of, page_columns
from summarise.render.references import Published, year_of
from summarise.render.wording import short_title
from summarise.schema import Draft

_AUTHORS_NAMED = 2
_FAILURES_LISTED = 50
_UNTITLED = _LISTED_TITLE = 80
# What heads a structured abstract is no title.
_LABEL = re.compile(
    r"\A\s*(?:[A-Z][A-Z ,/&]{3,40}|(?:Backgrounds?|Objectives?|Aims?|Purpose|Introduction|Context"
    r"|Importance|Rationale|Summary|Abstract)(?: [a-z]+){0,3}):\s+"
)
_LISTED_MESSAGE = 300
# Rows whose cells are made together, column by column: what makes one kind of cell and what makes
# the next would drive each other out of the processor's caches, a tenth of a table's time.
_AT_A_TIME = 32
# Of these alone an address is one, as most are; the rest is taken apart.
_PLAIN_ADDRESS = re.compile(r"https?://[a-z0-9][a-z0-9.-]*/[A-Za-z0-9./_-]*")


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
    Style.BRIEF: Clipping(statement=100, title=48, room=70, entries=3, names_alone=True),
    Style.EVIDENCE: Clipping(evidence=True),
    Style.FULL: Clipping(
        text=None, statement=None, room=None, entries=None, message=None, evidence=True
    ),
}


class Placed(NamedTuple):
    """A document and what became of it, with where it stands."""

    number: int
    """Of the row in its run, from 1: what ``show`` takes."""
    row: Row
    asides: tuple[Cell, ...] = ()
    """Cells before those of the schema: its run, its group."""
    is_again: bool = False
    """Whether it was there before, in another group: it is counted once."""


class Contrast(NamedTuple):
    """A field of a paper, or a paper that one run lacks, as both runs have it."""

    name: str
    left: Cell
    """Where they differ, with each entry marked that the other one lacks; so is ``right``."""
    right: Cell
    differs: bool = True


class PaperPair(NamedTuple):
    """A paper that is in both runs or in one, field by field."""

    left: int | None
    """The number of its row in the first run; None where it isn't there. So is ``right``."""
    right: int | None
    view: RowView
    fields: list[Contrast]


def render_table(
    rows: Iterable[Row],
    schema: type[BaseModel] = Draft,
    style: Style = Style.FACTS,
    lines: Iterable[bytes] = (),
) -> Iterator[str]:
    """The lines of a Markdown document that shows a run, as ``table_view`` does; no line ends."""
    return markdown.lines_of(table_view(rows, schema, style, lines))


def table_view(
    rows: Iterable[Row],
    schema: type[BaseModel] = Draft,
    style: Style = Style.FACTS,
    lines: Iterable[bytes] = (),
) -> TableView:
    """A run as a table: a row for each document, a column for each field of the schema, and counts.

    Brief, it has no column of resources, nor one of a statement alone. Where the ``lines`` of the
    records are given, a field that few of them report takes no column of its own (see ``layout``).
    """
    layout = layout_of(schema)
    columns = all_columns(layout, brief=style is Style.BRIEF)
    if style is not Style.FULL:
        columns = page_columns(columns, layout, lines)
    placed = (Placed(number, row) for number, row in enumerate(rows, 1))
    return TableMaker(schema, columns, style).table(placed)


class TableMaker:
    """Makes the rows of a table, and counts what they come to."""

    def __init__(self, schema: type[BaseModel], columns: Columns, style: Style) -> None:
        self._schema = schema
        self._layout = layout_of(schema)
        self._columns = columns
        self._style = style
        self.counts = RowCounts()
        self._reported = [0] * len(columns.left_out)

    def counted(self, rows: Iterable[Placed]) -> Iterator[tuple[Placed, FactCells | None]]:
        """Rows that are counted and not shown, each with what writes the values of its record."""
        for placed in rows:
            document, outcome = placed.row
            self._count(document, outcome)
            writer, limits = None, _LIMITS[Style.FACTS]
            if isinstance(outcome, Record):
                writer = FactCells(outcome, self._layout, limits, self.counts.marks)
            yield placed, writer
        self._note_people()

    def table(self, rows: Iterable[Placed], asides: Sequence[str] = ()) -> TableView:
        """The table of some rows; ``asides`` are the titles of theirs."""
        titles = ["#", "Paper", *asides, *(column.title for column in self._columns.shown)]
        return TableView(titles, self._views(rows), self.counts, self._schema)

    def _views(self, rows: Iterable[Placed]) -> Iterator[RowView]:
        left = iter(rows)
        while some := list(islice(left, _AT_A_TIME)):
            yield from self._views_of(some)
        if self._columns.left_out:
            self.counts.notes.append(self._columns.note(self.counts.records, self._reported))
        self._note_people()

    def _note_people(self) -> None:
        """Say below the table what people said of it, once all rows are counted."""
        if (judged := self.counts.judged).whose:
            self.counts.notes.append(f"Of what is shown: {judged.told()}.")

    def _views_of(self, some: Sequence[Placed]) -> list[RowView]:
        """The rows of some documents; those that have a record get their cells by columns."""
        views = [self._view(placed) for placed in some]
        made = RecordCells if self._style is Style.FULL else FactCells
        limits, marks = _LIMITS[self._style], self.counts.marks
        written = [
            (view.cells, row, made(row[1], self._layout, limits, marks, row[0], view.title))
            for view, (_, row, *_) in zip(views, some, strict=True)
            if isinstance(row[1], Record)
        ]
        for column in self._columns.shown:
            for cells, row, writer in written:
                cells.append(cell := _cell(column, row, writer))
                if column.tells_doubts:
                    told = "".join(map(text_of, cell))
                    marks.update(one for one in DOUBTS if one.sign in told)
        for at, field in enumerate(self._columns.left_out):
            self._reported[at] += sum(not is_absent(one.cell(field)) for _, _, one in written)
        return views

    def _view(self, placed: Placed) -> RowView:
        """A row, which has no cells of a record yet."""
        document, outcome = placed.row
        limits = _LIMITS[self._style]
        is_full = self._style is Style.FULL
        title, address = readable_line(title_of(document)), web_address(document.url)
        if not placed.is_again:
            self._count(document, outcome)
        shown = title if is_full else short_title(title, limits.title)
        told = _notes_of_input(document, self.counts.marks)
        cells = [*placed.asides]
        if isinstance(outcome, Record):
            told += _notes(outcome, self.counts.marks)
        else:
            cells += self._blank_cells(placed.row)
        known = byline(document, names=_AUTHORS_NAMED) if is_full else _cited(document)
        return RowView(
            placed.number,
            shown,
            address,
            [clip(part, limits.text) for part in known],
            told,
            cells,
            placed.row,
        )

    def _count(self, document: Document, outcome: Outcome | None) -> None:
        counts = self.counts
        counts.add(outcome)
        if status := document.status:
            counts.statuses[status] += 1
        if isinstance(outcome, Record):
            counts.flagged += outcome.is_flagged
            is_full = self._style is Style.FULL  # which marks what the others leave out
            found = {top_field(one.path) for one in outcome.doubts} if is_full else outcome.doubtful
            counts.doubtful += len(found)
            counts.values += outcome.verbatim_count
            counts.grounded += outcome.verbatim_count - len(outcome.missing)
            if outcome.judgements:
                counts.grounded -= len(outcome.vouched)
                counts.judged.add(outcome.judgements)
        elif outcome is not None and len(counts.listed) < _FAILURES_LISTED:
            message = for_screen(outcome.message, _LISTED_MESSAGE)
            short = clip(readable_line(title_of(document)), _LISTED_TITLE)
            url = web_address(document.url)
            counts.listed.append(FailureView(outcome.kind.value, short, url, message))

    def _blank_cells(self, row: Row) -> list[Cell]:
        """The first says why there is nothing; what the document says of itself is there."""
        cells: list[Cell] = []
        why: Cell = _unread(row[1], _LIMITS[self._style]) if not isinstance(row[1], Record) else []
        for column in self._columns.shown:
            if column.field is None and column.chosen is not None:
                cells.append(_values_cell(column.chosen.values(row)))
            else:
                cells.append(why)
                why = []
        return cells


def _cell(column: Column, row: Row, writer: RecordCells) -> Cell:
    field, beside, chosen, entries, *_ = column
    if entries is not None:
        return entries(row)
    if field is None or chosen is not None:
        values = chosen.values(row) if chosen else []
        inner = chosen.inner if chosen else None
        made = writer.inner_cell(field, inner) if field and inner else None
        return _values_cell(values) if made is None else made
    cell = writer.cell(field)
    for other in beside:
        if not is_absent(more := writer.cell(other)):
            named = _named(more, other.label)
            cell = named if is_absent(cell) else [*cell, *named]
    return cell


def _named(cell: Cell, name: str) -> Cell:
    """A cell under the name of its field, which a line that has a label already has before it."""
    named: Cell = []
    for line in cell:
        own = line[0] if line[1:2] == [COLON] and line[0].strength is Strength.NOTE else None
        if own is not None:
            named.append([own._replace(text=f"{name} ({own.text})"), *line[1:]])
        else:
            named.append(line if named else [Stretch(name, Strength.NOTE), COLON, *line])
    return named


def _notes_of_input(document: Document, marks: set[Mark]) -> list[Stretch]:
    """What the input tells of a paper as a whole."""
    told: list[Stretch] = []
    if status := document.status:
        marks.add(Mark.STATUS)
        told.append(Stretch(f"{Mark.FLAG.sign} {status}", mark=Mark.STATUS))
    if other := document.version_of:
        marks.add(Mark.VERSION)
        text = f"{Mark.VERSION.sign} {for_screen(other, _LISTED_TITLE)}"
        told.append(Stretch(text, mark=Mark.VERSION))
    return told


def _values_cell(values: Sequence[str]) -> Cell:
    return [[Stretch(value)] for value in values]


def _notes(record: Record, marks: set[Mark]) -> list[Stretch]:
    """What is to be known of a record as a whole: how it was read, and of instructions in it."""
    told = []
    if record.input_was_cut:
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


def _cited(document: Document) -> list[str]:
    """The first author, or two, and the year, as far as they are known: what a citation has."""
    are_two = max(document.author_count or 0, len(document.authors)) == 2
    cited = _authors(document, 1 + are_two, families=True) if document.authors else ""
    return [part for part in (cited, year_of(document)) if part]


def _unread(failure: Failure | None, limits: Clipping) -> Cell:
    """The first cell of a document without a record; the others are blank."""
    if failure is None:
        return [[Stretch("not attempted", Strength.NOTE)]]
    cell = [[Stretch(f"failed: {failure.kind.value}", Strength.NOTE)]]
    message = for_screen(failure.message, limits.message)
    return [*cell, [Stretch(message)]] if message else cell


def title_of(document: Document) -> str:
    """The title on one line, else the first words of the abstract, unlabelled, else the id."""
    title = for_screen(document.title or "")
    said = _LABEL.sub("", document.abstract)
    return title or for_screen(said, _UNTITLED) or for_screen(document.doc_id)


def byline(document: Document, *, names: int) -> list[str]:
    """Authors, organisation and date, as far as they are known; so many names, then "et al."."""
    # What isn't a plain date stays as it is.
    date = Published.of(for_screen(document.published or "")).in_words()
    parts = (_authors(document, names), for_screen(document.organisation or ""), date)
    return [part for part in parts if part]


def _authors(document: Document, names: int, *, families: bool = False) -> str:
    """So many names; of “Roe, Ann” the family name alone where that is asked for."""
    # One more than are named tells that there are others, as well as a thousand do.
    known = list(islice(filter(None, map(for_screen, document.authors)), names + 1))
    count = max(document.author_count or 0, len(known))
    if not known:
        return f"{count} {noun_of(count, 'author')}" if count else ""
    is_turned = any(", " in name for name in known)
    known = [name.partition(", ")[0] for name in known] if families else known
    shown = (" and " if families else "; " if is_turned else ", ").join(known[:names])
    return shown if count <= min(names, len(known)) else f"{shown} et al."


def web_address(url: str | None) -> str | None:
    """An address, where it is an absolute http or https one."""
    if not url:
        return None
    if _PLAIN_ADDRESS.fullmatch(url):
        return url
    address = for_screen(url)
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return address if parts.scheme in {"http", "https"} and parts.hostname else None
