"""A workbook (XLSX): each sheet whose first row names a column of abstracts."""

from __future__ import annotations

import logging
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

from summarise.errors import InputError
from summarise.readers import InputFormat
from summarise.readers.entry import Entry, one_line
from summarise.readers.source import DAMAGED, Source
from summarise.readers.table import Table, TableRow, cell_text, has_abstracts

_MOST = 256 << 20
"""Bytes of a workbook, unpacked: it is held in memory."""
_MOST_CELLS = 10_000_000
_CHUNK = 1 << 16
# Where a cell or a row of a sheet stands: r="AB12".
_PLACE = re.compile(rb"\br\s{0,9}=\s{0,9}[\"']([A-Z]{0,3})(\d{1,12})[\"']")
_HIDDEN_PLACE = re.compile(rb"\br\s{0,9}=\s{0,9}[\"'][^\"'<>]{0,20}&")
_LONGEST_PLACE = 60
_LOCAL_HEADER = 30
_LOG = logging.getLogger("summarise")


def _entries(source: Source) -> Iterator[Entry]:
    from python_calamine import CalamineError, load_workbook  # noqa: PLC0415 - for workbooks alone

    with source.open() as stream:
        _check(stream, source.name)
        stream.seek(0)
        try:
            workbook = load_workbook(stream)
            sheets = [(name, workbook.get_sheet_by_name(name)) for name in workbook.sheet_names]
        except (CalamineError, OSError, ValueError) as error:
            raise InputError(
                f"isn't a workbook that can be read ({one_line(str(error))[:80]})",
                where=source.name,
                hint="Open it in a spreadsheet and save it as CSV.",
            ) from None
        found = [(name, rows) for name, sheet in sheets if (rows := _Sheet(sheet)).header]
        tables = [one for one in found if has_abstracts(one[1].header)] or found[:1]
        for name, _ in found:
            if name not in dict(tables):
                _LOG.info("%s: sheet “%s” has no column of abstracts", source.name, name)
        for _, rows in tables:
            table = Table(rows.header, source.columns, source.name)
            yield from map(table.entry, rows.below())


class _Sheet:
    """The rows of a sheet as text, with their numbers as Excel shows them."""

    def __init__(self, sheet: Any) -> None:
        self._rows = enumerate(sheet.iter_rows(), 1)
        filled = (cells for _, row in self._rows if any(cells := list(map(cell_text, row))))
        self.header = next(filled, list[str]())

    def below(self) -> Iterator[TableRow]:
        """Those below its header that aren't blank."""
        for line, row in self._rows:
            cells = list(map(cell_text, row))
            if any(cells):
                yield TableRow(cells, line)


def _check(stream: BinaryIO, name: str) -> None:
    """Refuse what would take more memory than can be held, whatever it says of its own size."""
    size = cells = 0
    try:
        with zipfile.ZipFile(stream) as archive:
            members = archive.infolist()
        for member in members:
            farthest = _Farthest()
            for piece in _unpacked(stream, member):
                size += len(piece)
                if size > _MOST:
                    raise _too_large(name, f"more than {_MOST >> 20} MB when it is unpacked")
                farthest.add(piece)
            cells += farthest.area
            if cells > _MOST_CELLS:
                raise _too_large(name, f"a place for more than {_MOST_CELLS:,} cells")
    except (OSError, *DAMAGED) as error:
        hint = "Open it in a spreadsheet and save it as CSV."
        raise InputError(f"is a damaged workbook ({error})", where=name, hint=hint) from None


def _too_large(name: str, what: str) -> InputError:
    hint = "Save it as CSV, which is read row by row."
    return InputError(f"holds {what}", where=name, hint=hint)


class _Farthest:
    """How far apart the cells of a sheet are: all between them are held."""

    def __init__(self) -> None:
        self._row = self._column = 1
        self._end = b""

    def add(self, piece: bytes) -> None:
        text = self._end + piece
        for column, row in _PLACE.findall(text):
            self._row = max(self._row, int(row or 1))
            number = 0
            for letter in column:
                number = number * 26 + letter - 64
            self._column = max(self._column, number)
        if _HIDDEN_PLACE.search(text):
            raise ValueError("a place that is written with entities")
        self._end = text[-_LONGEST_PLACE:]

    @property
    def area(self) -> int:
        return self._row * self._column


def _unpacked(stream: BinaryIO, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """What a member truly holds, piece by piece."""
    stream.seek(member.header_offset)
    header = stream.read(_LOCAL_HEADER)
    named = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    stream.seek(named, 1)
    left = member.compress_size
    unpacker = zlib.decompressobj(-15) if member.compress_type == zipfile.ZIP_DEFLATED else None
    while left > 0 and (packed := stream.read(min(_CHUNK, left))):
        left -= len(packed)
        if unpacker is None:
            yield packed
            continue
        while packed and not unpacker.eof:
            yield unpacker.decompress(packed, _CHUNK)
            packed = unpacker.unconsumed_tail


FORMAT = InputFormat(
    about="rows below names of columns, one of them “abstract”",
    recognises=lambda head: head.startswith(b"PK\x03\x04") and b"xl/" in head,
    entries=_entries,
    is_binary=True,
)
