"""The lines of a run directory: each document written once, and which line is about it."""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import IO, NamedTuple, TypeVar

from pydantic import ValidationError
from pydantic_core import from_json

from summarise.models import (
    Answer,
    Decided,
    Document,
    Failure,
    Made,
    MadeRecord,
    Record,
    Reference,
    SettledRow,
    Spent,
)
from summarise.schema import Node, misfit, schema_of, shape_of
from summarise.store.digests import Offsets, digest
from summarise.store.files import (
    ANSWERS,
    DOCUMENTS,
    DUPLICATES,
    FAILURES,
    MANIFEST,
    RECORDS,
    Damage,
    read_journal,
    understood,
)
from summarise.store.manifest import Manifest, Marks, Settled
from summarise.store.skimming import RecordSkimmer, skimmer_of

_Line = TypeVar("_Line", Record, Failure, Answer, Document)
_Stored = TypeVar("_Stored", Record, Failure)
_Files = dict[type[Record | Failure], IO[bytes]]
_NAMES: dict[type[Record | Failure], str] = {Record: RECORDS, Failure: FAILURES}

# Rows that are read before the first of them is shown. What reads and what shows would drive each
# other out of the processor's caches if they took turns at each row: a tenth of a table's time.
_AT_A_TIME = 32

# How a line of ours starts; an id with an escape in it is left to the JSON parser.
_OUTCOME_START = re.compile(rb'\{"doc_id":"([^"\\]*)","content_hash":"([0-9a-f]{32})"')
_ID_START = re.compile(rb'\{"doc_id":"([^"\\]*)"')

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


class Index:
    """Where the line about each document starts, and what stands there.

    A key is a hash of the document's id and content, so that a record of an older version of the
    document isn't found. Where it ``checks``, no damaged line is taken for a record.
    """

    def __init__(
        self, path: Path, manifest: Manifest, damage: Damage, *, checks: bool = False
    ) -> None:
        self._path, self._marks, self._damage = path, manifest.marks, damage
        self._schema_form = manifest.schema_form
        self.records, self.failures = Offsets(), Offsets()
        begun = manifest.shown_from
        self._shown_from = manifest.records_from if begun is None else begun
        record_key = self._fitting_key if checks else key_of
        lines = 0
        for offset, key in understood(path / RECORDS, record_key, damage, self._shown_from):
            self.records.put(key, offset)
            lines += 1
        self._lines = lines
        for offset, key in understood(path / FAILURES, key_of, damage, manifest.failures_from):
            self.failures.put(key, offset)

    def _fitting_key(self, line: bytes) -> int:
        """The key of a record that its reader will take; another is made anew."""
        if misfit(self._shape, values := from_json(line)) is not None:
            raise ValueError
        return document_key(values["doc_id"], values["content_hash"])

    def add(self, made: Made, offset: int) -> None:
        """Take up a line that was just written."""
        offsets = self.records if isinstance(made, MadeRecord) else self.failures
        offsets.put(document_key(made.doc_id, made.content_hash), offset)

    def settled_rows(
        self,
        documents: Path | None = None,
        since: Callable[[str], Marks] | None = None,
        *,
        skims: bool = False,
    ) -> Iterator[SettledRow]:
        """Each document in input order, with what is shown of it and what has become of it.

        Their file may be another than the run directory's, and lines about a document may count
        ``since`` elsewhere, by its id, than the manifest says. Who ``skims`` gets records of which
        is built what a page shows.
        """
        status = self._read_status()
        with self._opened() as files:
            for one in stored_documents(documents or self._path / DOCUMENTS, self._damage):
                marks = since(one.doc_id) if since else self._marks
                yield self._settled(files, status(one), marks, skims=skims)

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

    def _settled(
        self, files: _Files, document: Document, marks: Marks, *, skims: bool = False
    ) -> SettledRow:
        key = document_key(document.doc_id, document.content_hash)
        at = self.records.get(key)
        record = self._skimmed(files, at) if skims else None
        record = record or self._outcome(files, Record, at)
        if record is not None and at is not None and at >= marks.records:
            return SettledRow(document, record, record)
        failure = self._outcome(files, Failure, self.failures.get(key, marks.failures))
        return SettledRow(document, record or failure, failure)

    def placed_rows(self, *, skims: bool = False) -> Iterator[tuple[int, SettledRow]]:
        """Each document in input order, with where it starts in its file; ``skims`` as above."""
        path, parse = self._path / DOCUMENTS, Document.model_validate_json
        status = self._read_status()
        with self._opened() as files:
            documents = understood(path, parse, self._damage)
            while some := list(itertools.islice(documents, _AT_A_TIME)):
                yield from [
                    (at, self._settled(files, status(document), self._marks, skims=skims))
                    for at, document in some
                ]

    @contextlib.contextmanager
    def rows_by_place(self) -> Iterator[Callable[[int], SettledRow]]:
        """What reads the row of the document that starts at a place in its file."""
        status = self._read_status()
        with self._opened() as files, (self._path / DOCUMENTS).open("rb") as documents:

            def row_at(place: int) -> SettledRow:
                document = Document.model_validate_json(line_at(documents, place))
                return self._settled(files, status(document), self._marks)

            yield row_at

    def record_lines(self) -> Iterator[bytes]:
        """The lines of the records, not understood, in the order in which they were written."""
        path = self._path / RECORDS
        if self._lines == len(self.records) and RECORDS not in self._damage.places:
            # Each document has one line, as is usual: all of them count.
            yield from (line for _, line in read_journal(path, self._shown_from))
            return
        for at, (key, line) in understood(path, _keyed, self._damage, self._shown_from):
            if self.records.get(key) == at:
                yield line

    def count_hidden(self, documents: Path) -> int:
        """Documents without a record that can be shown, of which one of another schema is kept."""
        lines = understood(self._path / RECORDS, key_of, self._damage)
        older = {
            key for _, key in itertools.takewhile(lambda one: one[0] < self._shown_from, lines)
        }
        held = stored_documents(documents, self._damage) if older else iter(())
        keys = (document_key(one.doc_id, one.content_hash) for one in held)
        return sum(key in older and self.records.get(key) is None for key in keys)

    def stored_rows(self) -> Iterator[StoredRow]:
        """Each document in input order with the line that is stored about it."""
        with self._opened() as files:
            for document in stored_documents(self._path / DOCUMENTS, self._damage):
                key = document_key(document.doc_id, document.content_hash)
                record, failure = self.records.get(key), self.failures.get(key)
                failed = None if failure is None else Failure
                if record is not None:
                    became = Record if record >= self._marks.records else failed
                    line = line_at(files[Record], record)
                    yield StoredRow(document, Record, line, became, record)
                elif failure is not None:
                    yield StoredRow(document, Failure, line_at(files[Failure], failure), Failure)
                else:
                    yield StoredRow(document)

    def read_answers(
        self, settled: Settled, since: Callable[[str], Marks] | None = None
    ) -> tuple[Spent, Offsets]:
        """What all answers took, and where, by key, those are that nothing has been made of yet.

        Those that are settled aren't read; ``since`` is that of ``settled_rows``.
        """
        parse, path = Failure.model_validate_json, self._path / FAILURES
        used_until = {
            (failure.doc_id, failure.content_hash): failure.answered_until
            for _, failure in understood(path, parse, self._damage, self._marks.failures)
        }
        spent = settled.spent
        unused = Offsets()
        for offset, answer in understood(
            self._path / ANSWERS, Answer.model_validate_json, self._damage, settled.answers_until
        ):
            spent = spent + answer.spent
            document = (answer.doc_id, answer.content_hash)
            marks = since(answer.doc_id) if since else self._marks
            is_used = self.records.get(document_key(*document), marks.records) is not None
            if not is_used and offset >= max(marks.answers, used_until.get(document, 0)):
                unused.put(digest(answer.key), offset)
        return spent, unused

    @contextlib.contextmanager
    def _opened(self) -> Iterator[_Files]:
        """The files of outcomes, as far as they are there."""
        with contextlib.ExitStack() as stack:
            yield {
                kind: stack.enter_context((self._path / name).open("rb"))
                for kind, name in _NAMES.items()
                if (self._path / name).exists()
            }

    def _outcome(self, files: _Files, kind: type[_Stored], offset: int | None) -> _Stored | None:
        """What stands at an offset; None without one, or where it is damaged."""
        if offset is None:
            return None
        found = stored_at(files[kind], offset, kind, self._damage)
        if isinstance(found, Record) and (path := misfit(self._shape, found.draft)) is not None:
            why = f": {path} isn't what its field holds"
            self._damage.tell(Path(files[kind].name), offset, why)
            return None
        return found

    def _skimmed(self, files: _Files, offset: int | None) -> Record | None:
        """The record at an offset, as far as a page shows it; None where that can't be told."""
        if offset is None:
            return None
        try:
            return self._skimmer.read(line_at(files[Record], offset))
        except ValidationError:
            return None

    @cached_property
    def _skimmer(self) -> RecordSkimmer:
        return skimmer_of(self._shape)

    @cached_property
    def _shape(self) -> Node:
        return shape_of(schema_of(self._schema_form, str(self._path / MANIFEST)))


class KeptAnswers:
    """The answers of a run that still count, by document. Use ``Run.answers``."""

    def __init__(self, path: Path, manifest: Manifest, damage: Damage) -> None:
        self._path = path / ANSWERS
        self._start, self._damage = manifest.answers_from, damage

    @cached_property
    def _offsets(self) -> dict[int, list[int]]:
        offsets: dict[int, list[int]] = {}
        for offset, key in understood(self._path, key_of, self._damage, self._start):
            offsets.setdefault(key, []).append(offset)
        return offsets

    def counting(self) -> Iterator[Answer]:
        """All of them, in the order received."""
        parse = Answer.model_validate_json
        return (one for _, one in understood(self._path, parse, self._damage, self._start))

    def of(self, document: Document) -> list[Answer]:
        """What the endpoint answered about a document, in the order received."""
        offsets = self._offsets.get(document_key(document.doc_id, document.content_hash))
        if not offsets:
            return []
        with self._path.open("rb") as file:
            read = [stored_at(file, offset, Answer, self._damage) for offset in offsets]
        return [answer for answer in read if answer is not None]

    def all(self) -> Iterator[tuple[int, Answer]]:
        """Every answer of the file, counting or not, with the byte offset at which it ends."""
        parse = Answer.model_validate_json
        measured = understood(self._path, lambda line: (parse(line), len(line) + 1), self._damage)
        return ((offset + length, answer) for offset, (answer, length) in measured)


def spent_since(path: Path, start: int) -> Spent:
    """What the answers took that a run directory has from a byte offset on."""
    lines = understood(path / ANSWERS, Answer.model_validate_json, Damage(), start)
    return sum((answer.spent for _, answer in lines), Spent())


def stored_documents(path: Path, damage: Damage) -> Iterator[Document]:
    """The documents in a file, in its order."""
    return (document for _, document in understood(path, Document.model_validate_json, damage))


def _status_in(line: bytes) -> tuple[str, str] | None:
    """A document's id and its status, where a line about a duplicate tells that."""
    if _MARKED not in line:
        return None
    decided = Decided.model_validate_json(line)
    return (decided.of, decided.marked) if decided.marked else None


def marked_documents(path: Path, marks: Iterable[int], damage: Damage) -> Iterator[Document]:
    """Those of the documents in a file that are marked, line by line."""
    for offset, line in itertools.compress(read_journal(path), marks):
        try:
            document = Document.model_validate_json(line)
        except ValidationError:
            damage.tell(path, offset)
        else:
            yield document


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


def document_key(doc_id: str, content: str) -> int:
    """Key of a document with this id and content hash."""
    return digest(f"{doc_id}\0{content}")


def id_of(line: bytes) -> str:
    """The id of the document that a line holds, or is about."""
    start = _ID_START.match(line)
    return start[1].decode() if start else str(from_json(line)["doc_id"])


def _keyed(line: bytes) -> tuple[int, bytes]:
    return key_of(line), line


def key_of(line: bytes) -> int:
    """The key of the document that a line is about."""
    if start := _OUTCOME_START.match(line):
        return digest(f"{start[1].decode()}\0{start[2].decode()}")
    values = from_json(line)
    return document_key(values["doc_id"], values["content_hash"])
