"""The lines of a run directory: which one is about which document."""

from __future__ import annotations

import contextlib
import re
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import from_json

from summarise.digests import DigestTable, digest
from summarise.journal import read_journal
from summarise.models import (
    Answer,
    Completion,
    Document,
    Failure,
    Outcome,
    Record,
    Row,
    Spent,
    content_hash,
)
from summarise.store.files import ANSWERS, DOCUMENTS, FAILURES, RECORDS, damaged
from summarise.store.manifest import Manifest

# How a line of ours starts; an id with an escape in it is left to the JSON parser.
_OUTCOME_START = re.compile(rb'\{"doc_id":"([^"\\]*)","content_hash":"([0-9a-f]{32})"')


class StoredRow(NamedTuple):
    """A document and the line that is stored about it.

    Attributes:
        document: The document.
        kind: What the line holds, None where there is none.
        line: JSON; empty where there is none.
    """

    document: Document
    kind: type[Record | Failure] | None = None
    line: bytes = b""


class Index:
    """Where the line about each document starts: its record, else its last failure.

    A key is a hash of the document's id and content, so that a record of an older version of the
    document isn't found. Takes about 25 bytes a line.
    """

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self._records = _Offsets()
        self._failures = _Offsets()
        for offset, line in read_journal(path / RECORDS, manifest.records_from):
            self._records.put(key_in(line, path / RECORDS, offset), offset)
        for offset, line in read_journal(path / FAILURES, manifest.failures_from):
            self._failures.put(key_in(line, path / FAILURES, offset), offset)

    def add(self, outcome: Outcome, offset: int) -> None:
        """Take up a line that was just written."""
        offsets = self._records if isinstance(outcome, Record) else self._failures
        offsets.put(document_key(outcome.doc_id, outcome.content_hash), offset)

    def record_offset(self, key: int) -> int | None:
        """Where the record with this key starts, None where there is none."""
        return self._records.get(key)

    def failure_offset(self, key: int) -> int | None:
        """Where the last failure with this key starts, None where there is none."""
        return self._failures.get(key)


class _Offsets:
    """Byte offsets by key; the last one put counts."""

    def __init__(self) -> None:
        self._keys = DigestTable()
        self._offsets = array("Q")

    def put(self, key: int, offset: int) -> None:
        number = self._keys.add(key)
        if number < len(self._offsets):
            self._offsets[number] = offset
        else:
            self._offsets.append(offset)

    def get(self, key: int) -> int | None:
        number = self._keys.number(key)
        return None if number is None else self._offsets[number]


class KeptAnswers:
    """The answers of a run that still count, by document. Use ``Run.answers``."""

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self._path = path / ANSWERS
        self._offsets: dict[int, list[int]] = {}
        for offset, line in read_journal(self._path, manifest.answers_from):
            self._offsets.setdefault(key_in(line, self._path, offset), []).append(offset)

    def of(self, document: Document) -> list[Answer]:
        """What the endpoint answered about a document, in the order received.

        Raises:
            RunError: The file is damaged.
        """
        offsets = self._offsets.get(document_key(document.doc_id, document.content_hash))
        if not offsets:
            return []
        answers = []
        with self._path.open("rb") as file:
            for offset in offsets:
                try:
                    answers.append(Answer.model_validate_json(line_at(file, offset)))
                except ValidationError as error:
                    raise damaged(self._path, offset) from error
        return answers


def stored_documents(path: Path) -> Iterator[Document]:
    """The documents of a run directory in input order.

    Raises:
        RunError: The file is damaged.
    """
    for offset, line in read_journal(path / DOCUMENTS):
        try:
            yield Document.model_validate_json(line)
        except ValidationError as error:
            raise damaged(path / DOCUMENTS, offset) from error


def rows(path: Path, index: Index) -> Iterator[Row]:
    """Each document in input order with its record or failure."""
    for document, kind, line in stored_rows(path, index):
        if kind is None:
            yield document, None
            continue
        try:
            yield document, kind.model_validate_json(line)
        except ValidationError as error:
            name = RECORDS if kind is Record else FAILURES
            raise damaged(path / name, document.doc_id) from error


def stored_rows(path: Path, index: Index) -> Iterator[StoredRow]:
    """Each document in input order with the line that is stored about it."""
    with contextlib.ExitStack() as stack:
        files = {
            name: stack.enter_context((path / name).open("rb"))
            for name in (RECORDS, FAILURES)
            if (path / name).exists()
        }
        for document in stored_documents(path):
            key = document_key(document.doc_id, document.content_hash)
            if (offset := index.record_offset(key)) is not None:
                yield StoredRow(document, Record, line_at(files[RECORDS], offset))
            elif (offset := index.failure_offset(key)) is not None:
                yield StoredRow(document, Failure, line_at(files[FAILURES], offset))
            else:
                yield StoredRow(document)


def read_answers(
    path: Path, manifest: Manifest, index: Index
) -> tuple[Spent, dict[str, Completion]]:
    """What all answers took, and, by key, the answers that nothing has been made of yet."""
    used_until = {
        (failure.doc_id, failure.content_hash): failure.answered_until
        for failure in _failures(path, manifest)
    }
    settled = manifest.settled
    spent = settled.spent
    unused: dict[str, Completion] = {}
    for offset, line in read_journal(path / ANSWERS, settled.answers_until):
        try:
            answer = Answer.model_validate_json(line)
        except ValidationError as error:
            raise damaged(path / ANSWERS, offset) from error
        spent = spent + Spent.of(answer.completion)
        document = (answer.doc_id, answer.content_hash)
        used = index.record_offset(document_key(*document)) is not None
        if not used and offset >= max(manifest.answers_from, used_until.get(document, 0)):
            unused[answer.key] = answer.completion
    return spent, unused


def _failures(path: Path, manifest: Manifest) -> Iterator[Failure]:
    for offset, line in read_journal(path / FAILURES, manifest.failures_from):
        try:
            yield Failure.model_validate_json(line)
        except ValidationError as error:
            raise damaged(path / FAILURES, offset) from error


def line_at(file: IO[bytes], offset: int) -> bytes:
    """The line that starts at a byte offset."""
    file.seek(offset)
    return file.readline()


def key_in(line: bytes, path: Path, offset: int) -> int:
    """The key of the document that a line is about.

    Raises:
        RunError: The line is damaged.
    """
    if start := _OUTCOME_START.match(line):
        return digest(f"{start[1].decode()}\0{start[2].decode()}")
    try:
        values = from_json(line)
        return document_key(values["doc_id"], values["content_hash"])
    except (ValueError, LookupError, TypeError) as error:
        raise damaged(path, offset) from error


def document_key(doc_id: str, content: str) -> int:
    """Key of a document with this id and content hash."""
    return digest(f"{doc_id}\0{content}")


def keyed_documents(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The documents in a file, each with its key, as JSON values that are not yet checked.

    Raises:
        RunError: The file is damaged.
    """
    for offset, line in read_journal(path):
        try:
            values = from_json(line)
            content = content_hash(values["title"], values["abstract"])
            yield document_key(values["doc_id"], content), values
        except (ValueError, LookupError, TypeError) as error:
            raise damaged(path, offset) from error
