"""A table as text: CSV with commas or semicolons, TSV, or bars; a row names the columns.

It is the first one, unless that says what was exported. A cell in quotation marks may hold line
breaks. A row whose quotes don't match costs itself alone: what it has swallowed is read anew.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice

from summarise.models import Skipped
from summarise.readers import InputFormat
from summarise.readers.entry import Entry, skipped
from summarise.readers.fields import OTHER_BYTES, OtherBytes
from summarise.readers.source import Source, decoded
from summarise.readers.table import MOST_ABOVE, Table, TableRow, find_header, has_abstracts

_LONGEST = 1 << 20
"""Characters of the longest row."""
_DELIMITERS = (",", ";", "\t", "|")
_NO_DELIMITER = "\x1f"
"""No text has it: in a table of one column commas are text."""
_NAMED = re.compile(r"sep=(.)\s*$", re.IGNORECASE)
_UNDOUBLED = "quotation marks inside of a cell aren't doubled"


class _Rows:
    """The rows of a text, with their lines."""

    def __init__(self, lines: Iterable[str], delimiter: str, quote: str = '"') -> None:
        self._lines = iter(lines)
        self._kept: deque[str] = deque()
        self._taken: list[str] = []
        self._delimiter, self._quote = delimiter, quote
        self._line = 1
        self._reader = partial(csv.reader, delimiter=delimiter, quotechar=quote, strict=True)

    def read(self, width: int | None) -> Iterator[TableRow | tuple[int, str]]:
        """Each row that isn't blank; or the line of one that isn't whole, and what is wrong."""
        csv.field_size_limit(2 * _LONGEST)
        while (found := self._next(width)) is not None:
            line, self._line = self._line, self._line + len(self._taken)
            cells, fault, repairs = found
            if fault:
                yield line, fault
            elif any(map(str.strip, cells)):
                yield TableRow(cells, line, repairs)

    def _next(self, width: int | None) -> tuple[list[str], str, tuple[str, ...]] | None:
        self._taken = []
        try:
            cells = next(self._reader(self._fed()), [])
        except csv.Error:
            return self._anew(width, 0)
        if not self._taken:
            return None
        if width is None or not any(map(str.strip, cells)):
            return cells, "", ()
        if len(cells) >= width and not any(map(str.strip, cells[width:])):
            return cells[:width], "", ()
        if len(cells) < width and len(self._taken) == 1:
            return cells, "", (f"the row has {len(cells)} cells of {width}",)
        return self._anew(width, len(cells))

    def _anew(self, width: int | None, count: int) -> tuple[list[str], str, tuple[str, ...]]:
        """The first line alone, with its quotation marks as they stand; others are for later."""
        first = self._taken[0]
        self._kept.extendleft(reversed(self._taken[1:]))
        self._taken = [first]
        plain = next(csv.reader([first], delimiter=self._delimiter, quoting=csv.QUOTE_NONE), [])
        for cells in (list(map(self._unquoted, plain)), self._loosely(first, width or 0)):
            if len(cells) == width and self._quote in first:
                return cells, "", (_UNDOUBLED,)
        if count > (width or 0) or self._quote not in first:
            return [], f"has {max(count, len(plain))} cells, where the first row has {width}", ()
        return [], "has a quotation mark that isn't closed; double those inside of a cell", ()

    def _unquoted(self, cell: str) -> str:
        is_whole = len(cell) > 1 and cell[0] == cell[-1] == self._quote
        return cell[1:-1] if is_whole else cell

    def _loosely(self, line: str, width: int) -> list[str]:
        """The cells of a line, where a cell ends at a quotation mark before a delimiter alone."""
        quote, mark = re.escape(self._quote), re.escape(self._delimiter)
        cell = re.compile(rf"{quote}(.*?){quote}(?={mark}|$)|([^{mark}\n]*)", re.DOTALL)
        cells: list[str] = []
        position = 0
        while len(cells) <= width and (found := cell.match(line.rstrip("\n"), position)):
            cells.append(found[1] if found[1] is not None else found[2])
            position = found.end() + 1
            if found.end() >= len(line.rstrip("\n")):
                break
        return cells

    def _fed(self) -> Iterator[str]:
        held = 0
        while held <= _LONGEST:
            line = self._kept.popleft() if self._kept else next(self._lines, None)
            if line is None:
                return
            self._taken.append(line)
            held += len(line)
            yield line


def _dialect(head: str) -> tuple[str, str]:
    """What stands between cells and around them: as Excel says, or as parts the first row."""
    first = next((line for line in head.split("\n") if line.strip()), "")
    if named := _NAMED.match(first):
        return named[1], '"'
    quote = "'" if first.startswith("'") else '"'

    def parted(delimiter: str) -> tuple[bool, int]:
        rows = _from_header(head, delimiter, quote)
        header = rows[0].cells if rows else ()
        return has_abstracts(header), len(header)

    best = max(_DELIMITERS, key=parted)
    return (best if parted(best)[1] > 1 else _NO_DELIMITER), quote


def _from_header(head: str, delimiter: str, quote: str) -> list[TableRow]:
    """The first rows that are whole, from the one on that names the columns."""
    lines = (f"{line}\n" for line in head.split("\n"))
    rows = _Rows(lines, delimiter, quote).read(None)
    whole = (row for row in rows if isinstance(row, TableRow))
    first = list(islice((row for row in whole if not _is_name(row)), MOST_ABOVE + 1))
    return first[find_header(first[:MOST_ABOVE]) :]


def _is_name(row: TableRow) -> bool:
    """Whether it says what stands between cells."""
    return len(row.cells) < 3 and row.cells[0].lower().startswith("sep=")


def _recognises(head: bytes) -> bool:
    """Whether a row names a column of abstracts, and the one below it has as many cells."""
    text = decoded(head).lstrip("\n")
    first, _, below_it = text.partition("\n")
    if first.startswith("|"):  # a table in Markdown
        return False
    if _NAMED.match(first):
        return True
    if below_it.startswith("\n"):  # a heading
        return False
    rows = _from_header(text, *_dialect(text))
    if len(rows) < 2 or not has_abstracts(rows[0].cells):
        return False
    return 1 < len(rows[1].cells) <= len(rows[0].cells)


def _entries(source: Source) -> Iterator[Entry | Skipped]:
    head = decoded(source.head())
    delimiter, quote = _dialect(head)
    named = _from_header(head, delimiter, quote)
    rows, bytes_ = _Rows(source.lines(), delimiter, quote), OtherBytes()
    whole = (one for one in rows.read(None) if isinstance(one, TableRow))
    first = next((one for one in whole if named and one.line == named[0].line), None)
    if first is None:
        return
    header = _as_text(first, bytes_)
    if not isinstance(header, TableRow):
        yield skipped(source.name, *header)
        return
    table = Table(header.cells, source.columns, source.name)
    for one in rows.read(table.width):
        row = _as_text(one, bytes_) if isinstance(one, TableRow) else one
        yield table.entry(row) if isinstance(row, TableRow) else skipped(source.name, *row)


def _as_text(row: TableRow, bytes_: OtherBytes) -> TableRow | tuple[int, str]:
    """A row as text, whatever its bytes; or why it is none."""
    if (found := bytes_.read("\0".join(row.cells))) is None:
        return row.line, OTHER_BYTES
    text, told = found
    return TableRow(text.split("\0"), row.line, (*row.repairs, told)) if told else row


FORMAT = InputFormat(
    about="rows below names of columns, one of them “abstract”",
    recognises=_recognises,
    entries=_entries,
    errors="surrogateescape",
)
