"""A table as comma-separated values (RFC 4180), for spreadsheets and programs.

A cell that isn't reported is empty; entries of a cell stand below each other in it. What a
spreadsheet would take for a formula has an apostrophe before it, a plain signed number none:
https://owasp.org/www-community/attacks/CSV_Injection
A reader that parts cells at other separators sees cells begin inside of ours: behind a comma, a
semicolon, a tab, and on a line of their own. Quotes and invisible characters hide no formula.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator

from summarise.characters import INVISIBLE, for_screen
from summarise.render.format import Entries, RowView, TableView, reported, text_format, text_of

_HIDING = rf"\"{INVISIBLE}"
_NUMBER = r"\d[\d.,]*%?"


def _acts(number: str) -> str:
    """What a spreadsheet might run, as a pattern; behind a sign a ``number`` is one there as well.

    An apostrophe of the text's own gets another one, so that who drops one has the text.
    """
    return (
        rf"[\s'{_HIDING}]*[=@＝＠]"
        rf"|[{_HIDING}]*(?:'['{_HIDING}]*[+\-＋－]|[+\-＋－](?!{number}))"
    )


_AT_START = _acts(rf"{_NUMBER}\Z")
# A number with a word behind it is none, and acts as little.
_INSIDE = _acts(rf"{_NUMBER}(?: [A-Za-z]|[,;\n]|\Z)")
_BEGINS = re.compile(rf"\A(?=[\t\r]|{_AT_START})|(?<=[,;\t\n])(?={_INSIDE})")
_OWN = ("Authors and year", "Link", "Id", "Notes")


def lines_of(table: TableView, delimiter: str = ",", stop: str = "\n") -> Iterator[str]:
    """A line for each row; ``stop`` parts the entries of a cell.

    Behind the title of a paper, which is whole, come authors and year, address, id, and what is to
    be known of the record.
    """
    yield _line(titles_of(table), delimiter)
    for row in table.rows:
        yield _line([str(row.number), *values_of(table, row, stop)], delimiter)


def titles_of(table: TableView) -> list[str]:
    """The titles of the columns."""
    number, what, *columns = table.columns
    return [number, what, *own_titles_of(table), *columns]


def own_titles_of(table: TableView) -> tuple[str, ...]:
    """The titles of what is told of papers apart; rows of fields or measures have none of it."""
    return _OWN if table.tells_papers else ()


def values_of(table: TableView, row: RowView, stop: str) -> Iterator[str]:
    """What stands behind the number of a row, in the columns that ``titles_of`` names."""
    yield row.whole_title
    if own_titles_of(table):
        yield ", ".join(row.byline)
        yield row.url or ""
        yield for_screen(row.row[0].doc_id) if row.row else ""
        yield "; ".join(note.text for note in row.notes)
    for cell in row.cells:
        if isinstance(cell, Entries):
            yield stop.join(_unparted(text_of(line), stop) for line in cell)
        else:
            yield stop.join(reported(cell))


def _unparted(text: str, stop: str) -> str:
    """The text of an entry, in which no stop ends it: in JSON a semicolon has another form."""
    if stop not in text:
        return text
    told = text if text.startswith(('"', "[", "{")) else json.dumps(text, ensure_ascii=False)
    return told.replace(";", "\\u003b")


def _line(values: list[str], delimiter: str) -> str:
    text = io.StringIO()
    safe = [_BEGINS.sub("'", value) for value in values]
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerow(safe)
    return text.getvalue()


FORMAT = text_format(lines_of)
