"""One document of a run: which one somebody means, and the lines that are stored about it."""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import IO, NamedTuple, TypeVar

from pydantic import ValidationError
from pydantic_core import from_json

from summarise.characters import clip
from summarise.errors import RunError
from summarise.models import Answer, Decided, Document, Failure, Record, Reference, SettledRow
from summarise.schema import Node, misfit, schema_of, shape_of
from summarise.store.digests import digest
from summarise.store.files import (
    DUPLICATES,
    FAILURES,
    MANIFEST,
    RECORDS,
    Damage,
    reading,
    understood,
)
from summarise.store.manifest import Manifest, Marks

_Line = TypeVar("_Line", Record, Failure, Answer, Document)
_Stored = TypeVar("_Stored", Record, Failure)
Files = dict[type[Record | Failure], IO[bytes]]
"""The files of outcomes, by what their lines are."""
_NAMES: dict[type[Record | Failure], str] = {Record: RECORDS, Failure: FAILURES}
_SEARCHED = 1 << 20
FEW = 4
"""What of a file is sooner searched for, one after the other, than the whole file read."""

# How a line of ours starts; an id with an escape in it is left to the JSON parser.
_OUTCOME_START = re.compile(rb'\{"doc_id":"([^"\\]*)","content_hash":"([0-9a-f]{32})"')

# Of few duplicates of many.
_MARKED = b'"marked":"'


class StoredRow(NamedTuple):
    """A document and the line that is stored about it.

    Attributes:
        kind: What the line holds, None where there is none.
        line: JSON; empty where there is none.
        became: What has become of it by the settings of the manifest: something else than ``kind``
            where the record was made by others, and is shown until it is made anew.
        at: Where the line starts in its file.
    """

    document: Document
    kind: type[Record | Failure] | None = None
    line: bytes = b""
    became: type[Record | Failure] | None = None
    at: int = 0


class Lines:
    """The lines of a run directory that are about its documents.

    Where those about one start is found by searching for its content hash, without understanding
    the others: for a few documents; ``Index`` is for all. A record of an older version of a
    document has another hash, so it isn't found.
    """

    def __init__(self, path: Path, manifest: Manifest, damage: Damage) -> None:
        self._path, self._marks, self._damage = path, manifest.marks, damage
        self._schema_form = manifest.schema_form
        begun = manifest.shown_from
        self._shown_from = manifest.records_from if begun is None else begun

    def _places(self, document: Document) -> tuple[int | None, int | None]:
        """Where the record of a document starts, and the failure, as far as they count."""
        return (
            self._sought(RECORDS, document, self._shown_from),
            self._sought(FAILURES, document, self._marks.failures),
        )

    def _sought(self, name: str, document: Document, start: int) -> int | None:
        key, path, found = key_of_document(document), self._path / name, None
        for offset, line in lines_with(path, document.content_hash.encode(), start):
            try:
                found = offset if key_of(line) == key else found
            except (ValueError, LookupError, TypeError):
                self._damage.tell(path, offset)
        return found

    def _read_status(self) -> Callable[[Document], Document]:
        """What gives a document the status that only a duplicate tells.

        That may be read long after the document was written.
        """
        told = understood(self._path / DUPLICATES, _status_in, self._damage)
        known = dict(status for _, status in told if status)

        def with_status(document: Document) -> Document:
            status = known.get(document.doc_id)
            if status is None:
                return document
            reference: Reference = {**document.reference, "status": status}
            return document.model_copy(update={"reference": reference})

        return with_status

    def settled_row(self, document: Document) -> SettledRow:
        """A document with what is shown of it and what has become of it."""
        with self._opened() as files:
            return self._settled(files, self._read_status()(document), self._marks)

    def _settled(self, files: Files, document: Document, marks: Marks) -> SettledRow:
        at, failed_at = self._places(document)
        record = self._outcome(files, Record, at)
        if record is not None and at is not None and at >= marks.records:
            return SettledRow(document, record, record)
        counts = failed_at is not None and failed_at >= marks.failures
        failure = self._outcome(files, Failure, failed_at if counts else None)
        return SettledRow(document, record or failure, failure)

    def stored_row(self, document: Document) -> StoredRow:
        """A document with the line that is stored about it."""
        with self._opened() as files:
            return self._stored(files, document)

    def _stored(self, files: Files, document: Document) -> StoredRow:
        record, failure = self._places(document)
        failed = None if failure is None else Failure
        if record is not None:
            became = Record if record >= self._marks.records else failed
            return StoredRow(document, Record, line_at(files[Record], record), became, record)
        if failure is not None:
            return StoredRow(document, Failure, line_at(files[Failure], failure), Failure)
        return StoredRow(document)

    @contextlib.contextmanager
    def _opened(self) -> Iterator[Files]:
        """The files of outcomes, as far as they are there."""
        with contextlib.ExitStack() as stack:
            held = {
                kind: stack.enter_context(reading(self._path / name))
                for kind, name in _NAMES.items()
            }
            yield {kind: file for kind, file in held.items() if file is not None}

    def _outcome(self, files: Files, kind: type[_Stored], offset: int | None) -> _Stored | None:
        """What stands at an offset; None without one, or where it is damaged."""
        if offset is None:
            return None
        found = stored_at(files[kind], offset, kind, self._damage)
        if isinstance(found, Record) and (path := misfit(self._shape, found.draft)) is not None:
            why = f": {path} isn't what its field holds"
            self._damage.tell(Path(files[kind].name), offset, why)
            return None
        return found

    @cached_property
    def _shape(self) -> Node:
        return shape_of(schema_of(self._schema_form, str(self._path / MANIFEST)))


def _status_in(line: bytes) -> tuple[str, str] | None:
    """A document's id and its status, where a line about a duplicate tells that."""
    if _MARKED not in line:
        return None
    decided = Decided.model_validate_json(line)
    return (decided.of, decided.marked) if decided.marked else None


def line_at(file: IO[bytes], offset: int) -> bytes:
    """The line that starts at a byte offset."""
    file.seek(offset)
    return file.readline()


def stored_at(file: IO[bytes], offset: int, kind: type[_Line], damage: Damage) -> _Line | None:
    """What the line at a byte offset holds; None where it is damaged."""
    try:
        return kind.model_validate_json(line_at(file, offset))
    except ValidationError:
        damage.tell(Path(file.name), offset)
        return None


def lines_with(path: Path, word: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """The whole lines of a journal from a byte offset on that hold a word, each with its own."""
    with reading(path) as file:
        if file is None:
            return
        offset = file.seek(start)
        while block := file.read(_SEARCHED):
            block += file.readline()
            at = 0
            while (at := block.find(word, at)) >= 0 and (end := block.find(b"\n", at)) >= 0:
                begin = block.rfind(b"\n", 0, at) + 1
                yield offset + begin, block[begin:end]
                at = end
            offset += len(block)


def document_key(doc_id: str, content: str) -> int:
    """Key of a document with this id and content hash."""
    return digest(f"{doc_id}\0{content}")


def key_of_document(document: Document) -> int:
    """Likewise."""
    return document_key(document.doc_id, document.content_hash)


def key_of(line: bytes) -> int:
    """The key of the document that a line is about."""
    if start := _OUTCOME_START.match(line):
        return document_key(start[1].decode(), start[2].decode())
    values = from_json(line)
    return document_key(values["doc_id"], values["content_hash"])


_MOST_NAMED = 5
# Ids that nobody takes for the number of a row.
_BARE = frozenset(("doi", "arxiv", "acl", "openalex", "citation_key"))
# Of a row; more digits are no number of one.
_NUMBER = re.compile(r"-?[0-9]{1,9}")


def find_document(
    documents: Iterable[Document], wanted: int | str, where: str
) -> tuple[int, Document]:
    """The one of a run's documents that is meant, with its number; see ``Run.find``.

    Raises:
        RunError: There is none, or more than one.
    """
    is_row, text = isinstance(wanted, int), str(wanted)
    number = int(text) if is_row or _NUMBER.fullmatch(text) else None
    ids, phrase = {text.casefold(), text.removeprefix("id:").casefold()}, text.casefold()
    words = phrase.split()
    by_id: tuple[int, Document] | None = None
    # By whether the words stand in the title as they are: the first documents, and how many.
    titled: dict[bool, list[tuple[int, Document]]] = {True: [], False: []}
    counts = Counter[bool]()
    last = 0
    for last, document in enumerate(documents, 1):
        if last == number:
            return number, document
        title = (document.title or "").casefold()
        if not is_row and not ids.isdisjoint(_ids(document)):
            by_id = by_id or (last, document)
        elif all(word in title for word in words):
            is_whole = phrase in title
            counts[is_whole] += 1
            if counts[is_whole] <= _MOST_NAMED:
                titled[is_whole].append((last, document))
    if by_id is not None:
        return by_id
    is_whole = bool(counts[True])
    count, first = counts[is_whole], titled[is_whole]
    if number is not None or not count:
        shown = text if number is not None else repr(clip(text, 80))
        numbered = "as number" if is_row else "as number or as id"
        places = numbered if number is not None else "as id or in the title"
        raise RunError(
            f"no document has {shown} {places}",
            where=where,
            hint=f"Rows count from 1 to {last:,}, in the order of the table.",
        )
    if count == 1:
        return first[0]
    named = ", ".join(f"{at} ({clip(one.title or '', 40)})" for at, one in first)
    more = f" and {left:,} more" if (left := count - len(first)) else ""
    raise RunError(
        f"{count:,} documents have {clip(text, 80)!r} in the title: {named}{more}",
        where=where,
        hint="Give a number of these, or more words.",
    )


def _ids(document: Document) -> Iterator[str]:
    """All that a document may be asked for by, in small letters."""
    yield document.doc_id.casefold()
    for name, value in document.reference.items():
        if name in _BARE:
            yield str(value).casefold()
        yield f"{name}:{value}".casefold()
