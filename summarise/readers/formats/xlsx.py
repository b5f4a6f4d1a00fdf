"""A workbook (XLSX): each sheet whose first rows name a column of abstracts.

What reads it holds a sheet as a rectangle, with a copy of a shared text in each cell that names it:
a small file may take any amount of memory. So what it would take is counted first, by a strict
parser, and what that can't read isn't read at all.
"""

from __future__ import annotations

import logging
import zipfile
import zlib
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, islice
from typing import Any, BinaryIO
from xml.parsers import expat

from summarise.errors import InputError
from summarise.readers import InputFormat
from summarise.readers.entry import Entry, one_line
from summarise.readers.source import DAMAGED, Source
from summarise.readers.table import (
    MOST_ABOVE,
    Table,
    TableRow,
    cell_text,
    find_header,
    has_abstracts,
)

_MOST = 256 << 20
"""Bytes of a workbook, unpacked, and characters of the texts in its cells: both are held."""
_MOST_CELLS = 10_000_000
_CHUNK = 1 << 16
_LOCAL_HEADER = 30
# Whatever a file with such an element is called, it may be a sheet.
_SHEET = b"sheetData"
# By these it would be read as a workbook of OpenDocument, or as a binary one.
_OTHER_KINDS = frozenset(("content.xml", "xl/workbook.bin"))
_LONGEST_NAME = 7
_AS_CSV = "Open it in a spreadsheet and save it as CSV."
_LOG = logging.getLogger("summarise")


def _entries(source: Source) -> Iterator[Entry]:
    from python_calamine import CalamineError, load_workbook  # noqa: PLC0415 - for workbooks alone

    with source.open() as stream:
        most = _check(stream, source.name)
        stream.seek(0)
        try:
            workbook = load_workbook(stream)
            headers = dict(_headers(workbook, most))
        except (CalamineError, OSError, ValueError) as error:
            raise InputError(
                f"isn't a workbook that can be read ({one_line(str(error))[:80]})",
                where=source.name,
                hint=_AS_CSV,
            ) from None
        tables = [name for name in headers if has_abstracts(headers[name])] or [*headers][:1]
        for name in headers:
            if name not in tables:
                _LOG.info("%s: sheet “%s” has no column of abstracts", source.name, name)
        for name in tables:
            rows = _Sheet(workbook.get_sheet_by_name(name))
            table = Table(rows.header, source.columns, source.name)
            yield from map(table.entry, rows.below)


def _headers(workbook: Any, most: int) -> Iterator[tuple[str, Sequence[str]]]:
    """The names of the columns of each sheet that has some; a sheet is held at a time.

    Raises:
        ValueError: There are more sheets than files, or what was counted once is there many times.
    """
    places = 0
    for number, name in enumerate(workbook.sheet_names):
        sheet = workbook.get_sheet_by_name(name)
        places += sheet.total_height * sheet.total_width
        if number >= most or places > _MOST_CELLS:
            raise ValueError("it names more sheets than it has")
        if header := _Sheet(sheet).header:
            yield name, header


class _Sheet:
    """The rows of a sheet as text, with their numbers as Excel shows them."""

    def __init__(self, sheet: Any) -> None:
        numbered = enumerate(sheet.iter_rows(), 1)
        rows = (TableRow(list(map(cell_text, row)), line) for line, row in numbered)
        filled = (row for row in rows if any(row.cells))
        first = list(islice(filled, MOST_ABOVE))
        at = find_header(first)
        self.header = first[at].cells if first else ()
        self.below = chain(first[at + 1 :], filled)
        """Those below it that aren't blank."""


def _check(stream: BinaryIO, name: str) -> int:
    """How many files are in it; refuse what would take more memory than can be held."""
    contents, size, places = _HeldCells(), 0, 0
    try:
        with zipfile.ZipFile(stream) as archive:
            members = archive.infolist()
        if not _OTHER_KINDS.isdisjoint(one.filename.replace("\\", "/").lower() for one in members):
            raise ValueError("it is one of another kind than XLSX")
        for member in members:
            for piece in contents.of(member.filename, _unpacked(stream, member)):
                size += len(piece)
                if size > _MOST:
                    raise _too_large(name, f"more than {_MOST >> 20} MB when it is unpacked")
            places += contents.area()
            if places > _MOST_CELLS:
                raise _too_large(name, f"a place for more than {_MOST_CELLS:,} cells")
        if contents.named * max(contents.texts, default=0) > _MOST:
            references = _NamedTexts(contents.texts)
            for member in members:
                deque(references.of(member.filename, _unpacked(stream, member)), maxlen=0)
            if references.size > _MOST:
                raise _too_large(name, f"more than {_MOST >> 20} MB of text in its cells")
    except (OSError, *DAMAGED) as error:
        raise InputError(f"is a damaged workbook ({error})", where=name, hint=_AS_CSV) from None
    return len(members)


def _too_large(name: str, what: str) -> InputError:
    hint = "Save it as CSV, which is read row by row."
    return InputError(f"holds {what}", where=name, hint=hint)


class _Elements:
    """The elements of XML, file by file."""

    def of(self, name: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The pieces of a file, whose elements are read on their way, as far as they are XML.

        Raises:
            ValueError: It isn't, and may be read as such.
        """
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.StartDoctypeDeclHandler = _refuse_type
        is_read, end, fault = name.lower().endswith(".xml"), b"", ""
        for piece in pieces:
            is_read = is_read or _SHEET in end + piece
            end = piece[-len(_SHEET) :]
            fault = fault or self._parse(piece)
            yield piece
        if is_read and (fault := fault or self._parse(b"", is_final=True)):
            raise ValueError(fault)

    def _parse(self, piece: bytes, *, is_final: bool = False) -> str:
        try:
            self._parser.Parse(piece, is_final)
        except (expat.ExpatError, ValueError) as error:
            return str(error)
        return ""

    def _start(self, name: str, given: Mapping[str, str]) -> None:
        raise NotImplementedError


def _refuse_type(*_: object) -> None:
    # It could say more of elements than is written there.
    raise ValueError("it declares a document type")


class _HeldCells(_Elements):
    """What is to be held: places for cells, and texts.

    Attributes:
        texts: Characters of each shared text.
        named: Cells that have a shared text.
    """

    def __init__(self) -> None:
        self.texts: list[int] = []
        self.named = 0
        self._row = self._rows = self._column = self._columns = 0

    def area(self) -> int:
        """The places between the cells of the last file, all of which are held."""
        area = self._rows * self._columns
        self._row = self._rows = self._column = self._columns = 0
        return area

    def _start(self, name: str, given: Mapping[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "c":
            if place := given.get("r"):
                letters = place.rstrip("0123456789")
                self._column = max(self._column, _number(letters))
                self._rows = max(self._rows, int(place[len(letters) :] or 0))
            else:
                self._column += 1
            self._columns = max(self._columns, self._column)
            self.named += given.get("t") == "s"
        elif name == "row":
            self._row, self._column = max(self._row + 1, int(given.get("r", 0))), 0
            self._rows = max(self._rows, self._row)
        elif name == "si":
            self.texts.append(0)
            self._parser.CharacterDataHandler = self._add

    def _add(self, text: str) -> None:
        self.texts[-1] += len(text)


@lru_cache(maxsize=1 << 15)
def _number(letters: str) -> int:
    """The number of a column, from 1."""
    number = 0
    for letter in letters[:_LONGEST_NAME].upper():
        number = number * 26 + ord(letter) - 64
    return number


class _NamedTexts(_Elements):
    """The characters of all cells that have a shared text, of ``texts`` with these lengths."""

    def __init__(self, texts: list[int]) -> None:
        self.size = 0
        self._texts = texts
        self._number = ""

    def _start(self, name: str, given: Mapping[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "c":
            self._number = ""
            self._parser.CharacterDataHandler = self._add if given.get("t") == "s" else None
            self._parser.EndElementHandler = self._end

    def _add(self, text: str) -> None:
        self._number += text

    def _end(self, name: str) -> None:
        if self._number and name.rpartition(":")[2] == "v":
            number, self._number = int(self._number), ""
            self.size += self._texts[number] if number < len(self._texts) else 0


def _unpacked(stream: BinaryIO, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """What a member truly holds, piece by piece."""
    stream.seek(member.header_offset)
    header = stream.read(_LOCAL_HEADER)
    named = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    stream.seek(named, 1)
    if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise ValueError("it is compressed in a way that no workbook is")
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
