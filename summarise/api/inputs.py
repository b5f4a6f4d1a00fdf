"""What a program gives to be summarised, as the inputs of a run.

A string is what would be typed after ``summarise run``: a path, a pattern, an identifier. One that
no file is called is read as what would be piped into it, where it has a line break, is longer than
any name, or has many words and ends as a sentence does. Whatever else isn't there is refused, or
left out among others, with its reason: a misspelt path is never taken for an abstract.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from summarise.batch import Batch, InputOptions, documents_batch, read_batch
from summarise.characters import clip
from summarise.errors import InputError, NoDocumentError
from summarise.models import Document, Skipped
from summarise.readers import Source as ReadSource
from summarise.readers import (
    Table,
    TableRow,
    cell_text,
    read_documents,
    recognise,
    skipped,
    to_document,
)

_LONGEST_NAME = 255
"""Bytes of a name in a path, in every file system in use (NAME_MAX)."""
_WORDS = 8
"""At most, of a name that isn't a sentence."""
FRAME = "DataFrame"
"""What an input is called that is one."""
_CLOSING = "\"'”’)]»"


class Frame(Protocol):
    """A data frame, by what those of both libraries have."""

    @property
    def columns(self) -> Any:
        """Names of its columns."""


Item = str | os.PathLike[str] | Document | Mapping[str, Any]
"""A path, an identifier or a text; a document; or a mapping with an ``abstract``."""
Source = Item | Iterable[Item] | Frame
"""One of these, several, or a data frame of pandas or polars."""


def batch_of(source: Source, options: InputOptions) -> Batch:
    """The inputs that a value stands for; what is iterated over is taken one by one.

    Raises:
        InputError: One can't be read, or there is no abstract.
    """
    if is_frame(source):
        return documents_batch(frame_entries(source, options.columns or {}), FRAME, options)
    items: Any = [source] if isinstance(source, str | os.PathLike | Document | Mapping) else source
    if isinstance(items, list | tuple) and items and all(map(_is_name, items)):
        with _told_of_texts(items):
            return read_batch([os.fsdecode(one) for one in items], options)
    if isinstance(items, bytes) or not isinstance(items, Iterable):
        raise _unknown(source, "source")
    name = "text" if isinstance(source, str) else "documents"
    return documents_batch(_entries(items, name, options), name, options)


def _is_name(item: Any) -> bool:
    if isinstance(item, str):
        return not is_missing(item) and not is_text(item)
    return isinstance(item, os.PathLike)


def is_text(value: str) -> bool:
    """Whether a string is a text: nothing is called so, and nothing could be."""
    if os.path.lexists(value):
        return False
    text = value.strip()
    parts = text.replace("\\", "/").split("/")
    is_long = any(len(part.encode(errors="replace")) > _LONGEST_NAME for part in parts)
    is_sentence = len(text.split()) > _WORDS and text.rstrip(_CLOSING).endswith((".", "!", "?"))
    return is_long or is_sentence or "\n" in text


def _entries(
    items: Iterable[Any], name: str, options: InputOptions
) -> Iterator[Document | Skipped]:
    for number, item in enumerate(items, 1):
        if isinstance(item, Document):
            place = {"source": name, "line": number}
            yield item if item.source else item.model_copy(update=place)
        elif isinstance(item, Mapping):
            yield from _of_mapping(item, name, number, options.columns or {})
        elif is_missing(item):
            yield skipped(name, number, "it holds nothing")
        elif isinstance(item, str) and is_text(item):
            yield from _of_text(item, name, number, options)
        elif isinstance(item, str | os.PathLike):
            yield from _of_name(item, name, number, options)
        else:
            raise _unknown(item, f"{name}, item {number}")


def _of_name(
    item: str | os.PathLike[str], name: str, number: int, options: InputOptions
) -> Iterator[Document | Skipped]:
    """The entries of what is called so. A string that nothing is called costs itself alone.

    In a column of abstracts it is the cell of a paper that has none ("not available").
    """
    path = os.fsdecode(item)
    try:
        entries = read_batch([path], options).entries
    except InputError as error:
        if isinstance(item, os.PathLike) or os.path.lexists(path):
            raise
        yield skipped(name, number, f"“{clip(path, 60)}”: {error.message}")
    else:
        yield from entries


@contextlib.contextmanager
def _told_of_texts(names: Iterable[Any]) -> Iterator[None]:
    """Tell whoever gave a short text that it was taken for the name of a file."""
    try:
        yield
    except InputError as error:
        if error.where in names and " " in str(error.where):
            error.hint = (
                'Check the path; an abstract that is so short is given as {"abstract": text}.'
            )
        raise


def _unknown(value: Any, where: str) -> InputError:
    return InputError(
        f"is of type {type(value).__name__}, which is no input",
        where=where,
        hint='Give paths, texts, documents, a data frame, or dicts such as {"abstract": text}.',
    )


def _of_mapping(
    item: Mapping[str, Any], name: str, number: int, columns: Mapping[str, str]
) -> Iterator[Document | Skipped]:
    """An entry by the keys that a line of JSON has; it is read as one."""
    given = {str(key): value for key, value in item.items() if not is_missing(value)}
    # A year of a column with gaps is a number with a point.
    told = {k: text_of_cell(v) if isinstance(v, float) else v for k, v in given.items()}
    told |= {field: told[column] for field, column in columns.items() if column in told}
    try:
        line = json.dumps(told, default=text_of_cell).encode()
    except (TypeError, ValueError, RecursionError) as error:
        yield skipped(name, number, f"it has no JSON form ({error})")
        return
    yield from _placed(ReadSource(name, content=line, format="jsonl"), name, number)


def _of_text(
    text: str, name: str, number: int, options: InputOptions
) -> Iterator[Document | Skipped]:
    content = text.encode(errors="replace")
    source = ReadSource(name, content=content, columns=options.columns)
    try:
        recognise(source, content[: 1 << 16], options.format)
    except InputError as error:
        yield skipped(name, number, error.message)
        return
    yield from _placed(source, name, None if name == "text" else number)


def _placed(source: ReadSource, name: str, number: int | None) -> Iterator[Document | Skipped]:
    """The entries of a source, at the number of the item that they came from."""
    try:
        for entry in read_documents(source):
            yield entry if number is None else entry.model_copy(update={"line": number})
    except NoDocumentError:
        pass  # told by the entry itself, and by the batch where it is the only one
    except InputError as error:
        yield skipped(name, number or 1, error.message)


def is_frame(value: Any) -> bool:
    """Whether a value is a data frame of pandas or polars, or one that works like theirs."""
    return any(hasattr(value, name) for name in ("itertuples", "iter_rows", "collect_schema"))


def frame_entries(frame: Any, columns: Mapping[str, str]) -> Iterator[Document | Skipped]:
    """The rows of a frame; which column holds what is found as in CSV, where it isn't told.

    Raises:
        InputError: No column is known to hold abstracts, or the frame isn't there yet.
    """
    if hasattr(frame, "iter_rows"):
        header, rows = list(frame.columns), frame.iter_rows()
    elif hasattr(frame, "itertuples"):
        header, rows = [str(name) for name in frame.columns], frame.itertuples(index=False)
    else:
        hint = "Collect it first: frame.collect()."
        raise InputError("is lazy, so it has no rows yet", where=type(frame).__name__, hint=hint)
    table = Table(header, columns, FRAME)
    for line, row in enumerate(rows, 1):
        try:
            cells = [text_of_cell(cell) for cell in row]
        except (ValueError, OverflowError) as error:
            yield skipped(FRAME, line, f"a cell of it is no text or date ({error})")
        else:
            yield to_document(table.entry(TableRow(cells, line)))


def is_missing(cell: Any) -> bool:
    """Whether a cell holds nothing: None, NaN, what pandas has for them, no more than blanks."""
    is_blank = isinstance(cell, str) and not cell.strip()
    is_nan = isinstance(cell, float) and cell != cell  # noqa: PLR0124 - NaN alone isn't itself
    return cell is None or is_blank or is_nan or type(cell).__name__ in {"NAType", "NaTType"}


def text_of_cell(cell: Any) -> str:
    """A cell as it would be written; the members of a list parted as authors are."""
    if is_missing(cell):
        return ""
    if hasattr(cell, "tolist"):  # of numpy, or a series
        cell = cell.tolist()
    if isinstance(cell, list | tuple):
        return "; ".join(filter(None, map(text_of_cell, cell)))
    return cell_text(cell)
