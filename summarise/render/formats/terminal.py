"""A table for a terminal: side by side where the columns are wide enough, else below each other.

It is as wide as the terminal, or 80 columns. Styled where somebody looks at it and hasn't set
``NO_COLOR`` (no-color.org), else plain. Nothing in the texts acts on it: they are clean, and none
is markup.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING

from summarise.render.format import (
    Cell,
    Mark,
    OutputFormat,
    RowCounts,
    RowView,
    Strength,
    TableView,
    Target,
    file_of,
    shares_of,
)

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

_NARROWEST_PAGE = 40
_NARROWEST_COLUMN = 20
"""On average."""
_GAP = 2
_STYLES = {Strength.STRONG: "bold", Strength.NOTE: "italic dim", Strength.STRUCK: "strike"}
_ALARMING = {Mark.FLAG, Mark.DOUBT, Mark.INSTRUCTION, Mark.CUT}
_WARNING = {Mark.UNSURE, Mark.WORDED}
"""Notes that are as plain to see as the words that they warn of."""


def _console(target: Target) -> Console:
    from rich.console import Console  # noqa: PLC0415 - choosing a format needs none

    is_seen = not isinstance(target, Path) and target.isatty()
    return Console(
        width=max(get_terminal_size((80, 24)).columns, _NARROWEST_PAGE),
        color_system="auto" if is_seen and not os.environ.get("NO_COLOR") else None,
        force_terminal=is_seen,
        legacy_windows=False,
    )


def _text(cell: Cell) -> Text:
    """The entries of a cell, below each other."""
    from rich.text import Text  # noqa: PLC0415

    shown = Text()
    for at, line in enumerate(cell):
        if at:
            shown.append("\n")
        for text, strength, _, mark in line:
            style = "italic" if mark in _WARNING else _STYLES.get(strength)
            shown.append(text, "red" if mark in _ALARMING else style)
    return shown


def _parts(table: TableView, console: Console) -> Iterator[RenderableType]:
    """The page in parts that are drawn one by one: none holds more than a row."""
    from rich.rule import Rule  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    shares, rows = shares_of(table)
    number_width = max(len(table.columns[0]), 5)
    room = console.width - number_width - _GAP * len(shares)
    widths = [max(int(share * room), 1) for share in shares]
    rule = Rule(style="dim", characters="─")
    if room < _NARROWEST_COLUMN * len(shares):
        label_width = max(map(len, table.columns[2:]), default=0)
        for row in rows:
            yield rule
            yield from _stacked(row, table.columns, number_width, label_width)
    else:
        head = [Text(title, "bold") for title in table.columns]
        yield _grid(number_width, widths, head)
        for row in rows:
            number, paper = Text(str(row.number)), Text("\n").join(_about(row))
            yield rule
            yield _grid(number_width, widths, [number, paper, *map(_text, row.cells)])
    yield rule
    yield from _closing(table.counts)


def _about(row: RowView) -> Iterator[Text]:
    """Title, byline and notes of a row."""
    from rich.text import Text  # noqa: PLC0415

    yield Text(row.title, "bold")
    if row.byline:
        yield Text(" · ".join(row.byline), "dim")
    yield from (_text([[note]]) for note in row.notes)


def _grid(number_width: int, widths: Iterable[int], cells: Iterable[Text]) -> RenderableType:
    """One line of the table."""
    from rich.table import Table  # noqa: PLC0415

    grid = Table.grid(padding=(0, _GAP, 0, 0), pad_edge=False)
    grid.add_column(width=number_width, justify="right", no_wrap=True)
    for width in widths:
        grid.add_column(width=width, overflow="fold")
    grid.add_row(*cells)
    return grid


def _stacked(
    row: RowView, titles: list[str], number_width: int, label_width: int
) -> Iterator[RenderableType]:
    """A row as a block: what would stand side by side stands below each other."""
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    block = Table.grid(padding=(0, _GAP, 0, 0), pad_edge=False, expand=True)
    block.add_column(width=number_width, justify="right", no_wrap=True)
    block.add_column(ratio=1, overflow="fold")
    about = [*_about(row), *([Text(row.url, "dim")] if row.url else [])]
    block.add_row(Text(str(row.number)), Text("\n").join(about))
    yield block
    fields = Table.grid(padding=(0, _GAP, 0, 0), pad_edge=False, expand=True)
    fields.add_column(width=number_width)
    fields.add_column(width=label_width, no_wrap=True)
    fields.add_column(ratio=1, overflow="fold")
    for title, cell in zip(titles[2:], row.cells, strict=True):
        if cell:
            fields.add_row("", Text(title, "dim"), _text(cell))
    yield fields


def _closing(counts: RowCounts) -> Iterator[Text]:
    from rich.text import Text  # noqa: PLC0415

    documents, became = counts.summary()
    yield from map(Text, counts.notes)
    yield Text.assemble((documents, "bold"), ": ", became)
    yield from (Text(f"{mark.sign} : {mark.meaning}", "dim") for mark in counts.legend)
    for one in counts.listed:
        yield Text.assemble((one.kind, "bold red"), f": {one.title}: {one.message}")
    if counts.unlisted:
        yield Text(f"and {counts.unlisted:,} more failures, marked in the table")


def _write(table: TableView, target: Target) -> None:
    console = _console(target)
    with file_of(target) as file:
        for part in _parts(table, console):
            with console.capture() as drawn:
                console.print(part, markup=False, highlight=False, emoji=False, soft_wrap=False)
            lines = (line.rstrip() for line in drawn.get().splitlines())
            file.write("".join(f"{line}\n" for line in lines).encode())


FORMAT = OutputFormat(_write, is_page=True)
