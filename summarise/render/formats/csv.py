"""A table as comma-separated values (RFC 4180), for spreadsheets and programs.

A cell that isn't reported is empty; entries of a cell stand below each other in it. What a
spreadsheet would take for a formula has an apostrophe before it, a plain signed number none:
https://owasp.org/www-community/attacks/CSV_Injection
One that parts cells at semicolons, as Excel does where a comma is decimal, sees cells begin inside
of ours: behind a semicolon, and on a line of their own.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from summarise.characters import for_screen
from summarise.render.format import RowView, TableView, reported, text_format

_ACTS = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]\d[\d.,]*%?")
# A number with a word behind it is none, and acts as little.
_ACTS_INSIDE = re.compile(r"(?<=[;\n])(?=[=@]|[+-](?!\d[\d.,]*%?(?: [A-Za-z]|[;\n]|\Z)))")
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
        yield stop.join(reported(cell))


def _line(values: list[str], delimiter: str) -> str:
    text = io.StringIO()
    safe = [_ACTS_INSIDE.sub("'", f"'{value}" if _acts(value) else value) for value in values]
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerow(safe)
    return text.getvalue()


def _acts(value: str) -> bool:
    """Whether a spreadsheet might run it; a signed number is one there as well."""
    return value.startswith(_ACTS) and _NUMBER.fullmatch(value) is None


FORMAT = text_format(lines_of)
