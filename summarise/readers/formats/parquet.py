"""Parquet: each row of a table whose columns have names; needs pyarrow, of the extra ``parquet``.

Rows are read in batches, and of the columns those alone that hold something known; names in a list
are the authors one by one. The line of an entry is the number of its row. What is held is a batch
and, of each column, one page as the file has it; a text that many cells share is held once.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from summarise.errors import InputError
from summarise.models import Skipped
from summarise.readers import InputFormat
from summarise.readers.entry import LARGEST, Entry, one_line, skipped
from summarise.readers.source import HELD, Source, check_unpacked
from summarise.readers.table import Table, TableRow, cell_text

_ROWS = 256
_BUFFER = 1 << 16
_MAGIC = (b"PAR1", b"PARE")
_NAMES = ("name", "fullname", "display_name", "literal")


def _entries(source: Source) -> Iterator[Entry | Skipped]:
    try:
        from pyarrow import ArrowException  # noqa: PLC0415 - an extra, and slow to import
        from pyarrow.parquet import ParquetFile  # noqa: PLC0415
    except ImportError:
        hint = "Install it: pip install 'summarise-abstracts[parquet]'."
        raise InputError("is Parquet, which needs pyarrow", where=source.name, hint=hint) from None
    with source.open() as stream:
        size = stream.seek(0, os.SEEK_END)
        try:
            file = ParquetFile(stream)
            if file.metadata.num_rows > size:
                raise _damaged(source.name, "it has more rows than bytes")
            table = Table(file.schema_arrow.names, source.columns, source.name)
            named = [file.schema_arrow.names[place] for place in table.used]
            _check(file, frozenset(named), size, source.name)
            leaves = [file.schema.column(at) for at in range(len(file.schema))]
            file = ParquetFile(
                stream,
                metadata=file.metadata,
                read_dictionary=[one.path for one in leaves if one.physical_type == "BYTE_ARRAY"],
                buffer_size=_BUFFER,
                pre_buffer=False,
            )
            line = 1
            for batch in file.iter_batches(_ROWS, columns=named, use_threads=False):
                columns = batch.columns
                is_large = sum(map(_size, columns)) > LARGEST
                for row in range(batch.num_rows):
                    if is_large and sum(_size(one.slice(row, 1)) for one in columns) > LARGEST:
                        told = f"the entry is longer than {LARGEST >> 20} MB"
                        yield skipped(source.name, line, told)
                    else:
                        yield _entry(table, columns, row, line)
                    line += 1
        except (ArrowException, OSError, ValueError, MemoryError) as error:
            raise _damaged(source.name, one_line(str(error))[:80]) from None


def _damaged(name: str, told: str) -> InputError:
    hint = "Write it anew, or as CSV."
    return InputError(f"is Parquet that can't be read ({told})", where=name, hint=hint)


def _check(file: Any, named: frozenset[str], size: int, name: str) -> None:
    """Refuse a file whose columns unpack to far more than text does, as it says itself."""
    groups = (file.metadata.row_group(at) for at in range(file.metadata.num_row_groups))
    columns = (group.column(at) for group in groups for at in range(group.num_columns))
    unpacked = sum(
        one.total_uncompressed_size
        for one in columns
        if one.path_in_schema.partition(".")[0] in named
    )
    if unpacked > HELD:
        check_unpacked(unpacked, size, name)


def _size(cells: Any) -> int:
    """Bytes of some cells, of which each is counted that shares a text with others."""
    from pyarrow import compute, types  # noqa: PLC0415 - an extra

    if types.is_dictionary(cells.type):
        lengths = compute.binary_length(cells.dictionary).take(cells.indices)
        return compute.sum(lengths).as_py() or 0
    if types.is_nested(cells.type):
        inside = cells.flatten()
        return sum(map(_size, inside)) if isinstance(inside, list) else _size(inside)
    return int(cells.nbytes)


def _entry(table: Table, columns: Sequence[Any], row: int, line: int) -> Entry | Skipped:
    cells = [""] * table.width
    for place, column in zip(table.used, columns, strict=True):
        try:
            cells[place] = _text(column[row].as_py())
        except (ValueError, OverflowError) as error:
            told = one_line(str(error))[:80]
            return skipped(table.name, line, f"a cell of it is no text or date ({told})")
    return table.entry(TableRow(cells, line))


def _text(cell: Any) -> str:
    """A cell as it would be written; the members of a list parted as authors are."""
    match cell:
        case None:
            return ""
        case bytes():
            return cell.decode()
        case list():
            return "; ".join(filter(None, map(_text, cell)))
        case Mapping():
            return next((_text(cell[name]) for name in _NAMES if cell.get(name)), "")
    return cell_text(cell)


FORMAT = InputFormat(
    about="rows of named columns, one of them “abstract”",
    recognises=lambda head: head.startswith(_MAGIC),
    entries=_entries,
    is_binary=True,
)
