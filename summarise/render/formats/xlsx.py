"""A table as a workbook of Excel: papers on one sheet, what is to be known of them on another.

A cell that isn't reported is empty; entries of a cell stand below each other in it. All but the
row's number is text, so that nothing is taken for a formula, a link or a date.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import count, islice
from typing import Any

from summarise.characters import ELLIPSIS
from summarise.errors import SettingsError
from summarise.render.format import OutputFormat, TableView, Target, made_file_of
from summarise.render.formats.csv import own_titles_of, titles_of, values_of

# Excel specifications and limits; text counts in UTF-16.
_ROWS, _COLUMNS, _UNITS = 1_048_576, 16_384, 32_767
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_WIDTHS = (5, 36)
_OWN_WIDTHS = (18, 26, 18, 18)
_WIDTH = 40
_MADE = datetime(2000, 1, 1)


def _write(table: TableView, target: Target) -> None:
    from xlsxwriter import Workbook  # noqa: PLC0415 - choosing a format needs none
    from xlsxwriter.exceptions import FileCreateError  # noqa: PLC0415

    titles = titles_of(table)
    if len(titles) > _COLUMNS:
        raise SettingsError(
            f"a sheet of Excel has at most {_COLUMNS:,} columns, this table has {len(titles):,}",
            where="--format xlsx",
            hint="Choose another format, or show fewer papers.",
        )
    with made_file_of(target, "xlsx") as path:
        options = {**_OPTIONS, "tmpdir": str(path.parent)}
        try:
            with Workbook(str(path), options) as book:
                book.set_properties({"created": _MADE})
                _fill(book, titles, table)
        except FileCreateError as error:
            raise error.args[0] from None  # what the system said


def _fill(book: Any, titles: list[str], table: TableView) -> None:
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    body = book.add_format({"text_wrap": True, "valign": "top"})
    widths = _WIDTHS + (_OWN_WIDTHS if own_titles_of(table) else ())
    for number in count(1):
        name = f"{table.columns[1]}s"
        sheet = book.add_worksheet(name if number == 1 else f"{name} {number}")
        for column in range(len(titles)):
            sheet.set_column(column, column, widths[column] if column < len(widths) else _WIDTH)
        sheet.freeze_panes(1, 2)
        # On paper: across, all columns on a page, the heads on each.
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        _write_line(sheet, 0, titles, head)
        last = 0
        for last, row in enumerate(islice(table.rows, _ROWS - 1), 1):
            sheet.write_number(last, 0, row.number, body)
            _write_line(sheet, last, values_of(table, row, "\n"), body, first=1)
        sheet.autofilter(0, 0, last, len(titles) - 1)
        if last < _ROWS - 1:  # a sheet that is full goes on in another
            break
    about = book.add_worksheet("About")
    about.set_column(0, 3, _WIDTH)
    _write_line(about, 0, ["What", "Which", "Told", "Link"], head)
    for at, line in enumerate(table.counts.accounts(), 1):
        _write_line(about, at, line, body)


def _write_line(sheet: Any, at: int, values: Iterable[str], style: Any, first: int = 0) -> None:
    for column, value in enumerate(values, first):
        if value:
            sheet.write_string(at, column, _fitting(value), style)


def _fitting(text: str) -> str:
    """A text, as far as a cell can hold it."""
    if 2 * len(text) <= _UNITS or len(units := text.encode("utf-16-le")) <= 2 * _UNITS:
        return text
    return units[: 2 * (_UNITS - 1)].decode("utf-16-le", "ignore") + ELLIPSIS


FORMAT = OutputFormat(_write)
